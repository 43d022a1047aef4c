//! Backups of servers.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::lenient::{count, flag, objects, text, texts, time, whole};

/// A backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its number.
    pub id: u64,
    /// The name of a snapshot; automatic ones have none.
    pub label: Option<String>,
    /// `paused`, `pending`, `running`, `needsPostProcessing`, `successful`, `failed`, `userAborted`; new words may appear.
    pub status: Option<String>,
    /// `auto` or `snapshot`.
    pub kind: Option<String>,
    /// The id of the region.
    pub region: Option<String>,
    /// Whether a server can be filled from it.
    pub available: Option<bool>,
    /// When it began, UTC.
    pub created: Option<NaiveDateTime>,
    /// When it changed last, UTC.
    pub updated: Option<NaiveDateTime>,
    /// When it was complete, UTC.
    pub finished: Option<NaiveDateTime>,
    /// The configurations in it.
    pub configs: Vec<String>,
    /// The disks in it.
    pub disks: Vec<BackupDisk>,
}

/// A disk in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupDisk {
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// How large, MB.
    pub size_mb: Option<u64>,
    /// `ext4`, `swap`, `raw` …
    pub filesystem: Option<String>,
}

/// All backups of a server; Linode gives them without pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backups {
    /// Those that Linode made by itself.
    pub automatic: Vec<Backup>,
    /// The snapshot that is there. A new one replaces it.
    pub snapshot: Option<Backup>,
    /// The snapshot that is being made.
    pub snapshot_in_progress: Option<Backup>,
}

impl Backup {
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let disks = objects(value, "disks").unwrap_or_default();
        let disk = |disk: &Value| {
            disk.is_object().then(|| BackupDisk {
                label: text(disk, "label").unwrap_or_default(),
                size_mb: count(disk, "size"),
                filesystem: text(disk, "filesystem"),
            })
        };
        Some(Self {
            id: whole(value, "id")?,
            label: text(value, "label"),
            status: text(value, "status"),
            kind: text(value, "type"),
            region: text(value, "region"),
            available: flag(value, "available"),
            created: time(value, "created"),
            updated: time(value, "updated"),
            finished: time(value, "finished"),
            configs: texts(value, "configs"),
            disks: disks.iter().filter_map(disk).collect(),
        })
    }

    pub(super) fn read(json: &str) -> Option<Self> {
        Self::from_value(&serde_json::from_str(json).ok()?)
    }
}

impl Backups {
    /// Reads them; nothing if neither sort is spoken of.
    pub(super) fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        value.get("automatic").or(value.get("snapshot"))?;
        let automatic = objects(&value, "automatic").unwrap_or_default();
        let snapshot = |which: &str| value.get("snapshot")?.get(which).and_then(Backup::from_value);
        Some(Self {
            automatic: automatic.iter().filter_map(Backup::from_value).collect(),
            snapshot: snapshot("current"),
            snapshot_in_progress: snapshot("in_progress"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_pages_and_with_nulls() {
        let json = r#"{"automatic": [{"id": 123456, "label": null, "status": "successful", "type": "auto", "region": "us-east", "available": true,
            "created": "2018-01-15T00:01:01", "updated": "2018-01-15T00:01:01", "finished": "2018-01-15T00:01:01", "configs": ["My Debian Config"],
            "disks": [{"label": "My Debian Disk", "size": 9001, "filesystem": "ext4"}, 3]}, {"label": "no id"}],
            "snapshot": {"current": null, "in_progress": {"id": 7, "label": "before", "status": "pending"}}}"#;
        let backups = Backups::read(json).unwrap();
        assert_eq!(backups.automatic.len(), 1);
        assert_eq!(backups.automatic[0].disks[0].size_mb, Some(9001));
        assert_eq!(backups.snapshot, None);
        assert_eq!(backups.snapshot_in_progress.unwrap().label.as_deref(), Some("before"));
        assert_eq!(
            Backups::read(r#"{"automatic": null, "snapshot": null}"#),
            Some(Backups::default())
        );
        assert_eq!(Backups::read("{}"), None);
    }
}
