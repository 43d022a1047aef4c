//! What is in a folder of backups: told from what lies beside them, without the key.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{
    BackupError, archive,
    manifest::{self, ARCHIVE, BESIDE, EVIDENCE, Evidence, Found, Manifest, PARTIAL, names},
    verify::is_held,
};

/// How far a backup is to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is being written now.
    Running,
    /// What a program has left that ended in the middle; no backup.
    Unfinished,
    /// It is known to be damaged, or parts of it are missing.
    Damaged,
    /// It says that it is whole. When it was made, it was compared with the database.
    Claimed,
    /// All of it was read, and its content compared.
    Verified,
    /// It was restored, and what came out compared.
    Proven,
}

/// A backup, or what is left of one.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The file's name.
    pub file: String,
    /// Where it is.
    #[serde(skip)]
    pub path: PathBuf,
    /// How far to believe it.
    pub state: State,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How long the file is.
    pub bytes: u64,
    /// Of which instant.
    pub taken_at: Option<DateTime<Utc>>,
    /// Whose.
    pub workspace: Option<Uuid>,
    /// The business's name.
    pub business: Option<String>,
    /// The database's.
    pub database: Option<String>,
    /// How many rows it says it has.
    pub rows: Option<u64>,
    /// When all of it was read last.
    pub verified: Option<Found>,
    /// When it was restored and compared last.
    pub proven: Option<Found>,
}

/// Looks through a folder, newest first. With `hash`, each file is read and compared with the hash it was written with.
pub fn list(folder: &Path, hash: bool) -> Result<Vec<Entry>, BackupError> {
    let mut archives = BTreeSet::new();
    let mut beside = BTreeSet::new();
    let mut entries = Vec::new();
    for found in fs::read_dir(folder).map_err(BackupError::reading(folder))? {
        let found = found.map_err(BackupError::reading(folder))?;
        let Ok(name) = found.file_name().into_string() else {
            continue;
        };
        if name.ends_with(ARCHIVE) {
            archives.insert(found.path());
        } else if name.ends_with(&format!("{ARCHIVE}{PARTIAL}")) {
            entries.push(unfinished(&found.path()));
        } else if name.ends_with(BESIDE) && !name.ends_with(EVIDENCE) {
            beside.insert(found.path());
        }
    }
    for path in &archives {
        beside.remove(&names(path).manifest);
        entries.push(entry(path, hash));
    }
    for path in beside {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let archive = path.with_file_name(format!("{}{ARCHIVE}", name.trim_end_matches(BESIDE)));
        // A file of somebody else's, or one whose archive is being given its name at this moment.
        let Ok(Some(manifest)) = manifest::beside(&archive) else {
            continue;
        };
        let mut left = of_manifest(&path, &manifest);
        let partial = partial_of(&archive);
        left.state = match partial.exists() {
            // The archive gets its name last.
            true if is_held(&partial) => State::Running,
            true => State::Unfinished,
            false => State::Damaged,
        };
        left.problem = Some("The archive is not here; this is only what lay beside it.".to_owned());
        entries.push(left);
    }
    entries.sort_by(|one, other| {
        other
            .taken_at
            .cmp(&one.taken_at)
            .then_with(|| other.file.cmp(&one.file))
    });
    Ok(entries)
}

fn partial_of(archive: &Path) -> PathBuf {
    let mut name = archive.file_name().unwrap_or_default().to_owned();
    name.push(PARTIAL);
    archive.with_file_name(name)
}

fn bare(path: &Path) -> Entry {
    Entry {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        path: path.to_owned(),
        state: State::Damaged,
        problem: None,
        bytes: fs::metadata(path).map_or(0, |metadata| metadata.len()),
        taken_at: None,
        workspace: None,
        business: None,
        database: None,
        rows: None,
        verified: None,
        proven: None,
    }
}

fn of_manifest(path: &Path, manifest: &Manifest) -> Entry {
    Entry {
        taken_at: Some(manifest.taken_at),
        workspace: Some(manifest.workspace.id),
        business: Some(manifest.workspace.name.clone()),
        database: Some(manifest.database.name.clone()),
        rows: Some(manifest.rows()),
        ..bare(path)
    }
}

fn unfinished(path: &Path) -> Entry {
    let is_held = is_held(path);
    Entry {
        state: if is_held { State::Running } else { State::Unfinished },
        problem: (!is_held).then(|| "A program ended while it wrote this; it is no backup.".to_owned()),
        ..bare(path)
    }
}

fn entry(path: &Path, hash: bool) -> Entry {
    let manifest = match manifest::beside(path) {
        Ok(Some(manifest)) => manifest,
        Ok(None) => {
            return Entry {
                problem: Some("What lay beside it is missing; csctl backup verify writes it anew.".to_owned()),
                ..bare(path)
            };
        }
        Err(error) => {
            return Entry {
                problem: Some(error.to_string()),
                ..bare(path)
            };
        }
    };
    let mut entry = of_manifest(path, &manifest);
    let Some(archive) = &manifest.archive else {
        entry.problem = Some("What lies beside it doesn't say how long it is.".to_owned());
        return entry;
    };
    let evidence = Evidence::of(path, &archive.sha256);
    entry.verified = evidence.verified;
    entry.proven = evidence.proven;
    if let Some(failed) = evidence.failed {
        entry.problem = failed.says.or_else(|| Some("It was found to be damaged.".to_owned()));
    } else if entry.bytes != archive.bytes {
        entry.problem = Some(format!("It has {} bytes, and had {}.", entry.bytes, archive.bytes));
    } else if hash {
        match archive::measure(path) {
            Ok(measured) if measured.sha256 == archive.sha256 => {}
            Ok(_) => entry.problem = Some("It is not the file that was written: a part was changed.".to_owned()),
            Err(error) => entry.problem = Some(error.to_string()),
        }
    }
    entry.state = match (&entry.problem, &entry.proven, &entry.verified) {
        (Some(_), ..) => State::Damaged,
        (None, Some(_), _) => State::Proven,
        (None, None, Some(_)) => State::Verified,
        (None, None, None) => State::Claimed,
    };
    entry
}
