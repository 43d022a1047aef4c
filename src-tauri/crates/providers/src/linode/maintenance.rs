//! Work that Linode announces or does on its own computers.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    event::Entity,
    lenient::{text, time},
    list::Item,
};

/// A piece of work on the computer that a server runs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// What it concerns.
    pub entity: Entity,
    /// `reboot`, `cold_migration`, `live_migration`, `migrate`, `power_off_on`, `volume_migration`; words outside the
    /// documented ones come (`auto`).
    pub kind: Option<String>,
    /// How far it is.
    pub status: MaintenanceStatus,
    /// Why.
    pub reason: Option<String>,
    /// When, UTC.
    pub when: Option<NaiveDateTime>,
    /// When it began, UTC.
    pub started: Option<NaiveDateTime>,
    /// When it was over, UTC.
    pub completed: Option<NaiveDateTime>,
    /// Not earlier, UTC.
    pub not_before: Option<NaiveDateTime>,
}

/// How far a piece of work is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MaintenanceStatus {
    /// It will be.
    Pending,
    /// It has a time.
    Scheduled,
    /// It has begun.
    Started,
    /// It is being done; written `in-progress` and `in_progress`.
    InProgress,
    /// It is over.
    Completed,
    /// It won't be.
    Canceled,
    /// Nothing, or a word that this program doesn't know.
    Other(String),
}

impl MaintenanceStatus {
    fn of(word: Option<String>) -> Self {
        match word.as_deref() {
            Some("pending") => Self::Pending,
            Some("scheduled") => Self::Scheduled,
            Some("started") => Self::Started,
            Some("in-progress" | "in_progress") => Self::InProgress,
            Some("completed") => Self::Completed,
            Some("canceled" | "cancelled") => Self::Canceled,
            _ => Self::Other(word.unwrap_or_default()),
        }
    }

    /// Whether nothing more will come of it, as far as its word is known.
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::Canceled)
    }
}

impl Item for Maintenance {
    /// It has no number of its own.
    type Key = (String, String, Option<String>, Option<NaiveDateTime>);

    fn key(&self) -> Self::Key {
        let kind = self.entity.kind.clone().unwrap_or_default();
        (kind, self.entity.id.to_string(), self.kind.clone(), self.when)
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        Some(Self {
            entity: Entity::from_value(value.get("entity")?)?,
            kind: text(&value, "type"),
            status: MaintenanceStatus::of(text(&value, "status")),
            reason: text(&value, "reason"),
            when: time(&value, "when"),
            started: time(&value, "start_time"),
            completed: time(&value, "complete_time"),
            not_before: time(&value, "not_before"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_outside_the_documented_ones_are_kept() {
        let read = |status: &str| {
            let json = format!(
                r#"{{"entity": {{"id": 1234, "label": "demo", "type": "linode", "url": "/v4/linode/instances/1234"}}, "reason": "A reboot.",
                "status": "{status}", "type": "auto", "when": "2020-07-09T00:01:01", "not_before": null}}"#
            );
            Maintenance::read(&json).unwrap()
        };
        let work = read("in-progress");
        assert_eq!(work.status, MaintenanceStatus::InProgress);
        assert_eq!(work.entity.number(), Some(1234));
        assert_eq!(work.kind.as_deref(), Some("auto"));
        assert_eq!(read("in_progress"), work);
        assert!(read("canceled").status.is_over() && !read("pending").status.is_over());
        assert_eq!(read("dreaming").status, MaintenanceStatus::Other("dreaming".to_owned()));
        assert_eq!(Maintenance::read(r#"{"entity": null}"#), None);
    }
}
