//! Removing backups that no rule keeps.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use domain::backup::{Candidate, Reason, Retention, keep};
use serde::Serialize;
use uuid::Uuid;

use super::{
    BackupError,
    folder::{Entry, State, list},
    manifest::{ARCHIVE, PARTIAL, names},
};

/// What becomes of a backup.
#[derive(Debug, Clone, Serialize)]
pub struct Fate {
    /// The backup.
    #[serde(flatten)]
    pub entry: Entry,
    /// Why it stays; it goes where there is no reason.
    pub kept: Vec<Reason>,
}

impl Fate {
    /// Whether it is removed.
    pub fn goes(&self) -> bool {
        self.kept.is_empty() && self.entry.state != State::Running
    }
}

/// What the rules would remove from a folder, workspace by workspace; what killed programs have left goes always. Removes
/// nothing.
pub fn what_goes(folder: &Path, rules: Retention) -> Result<Vec<Fate>, BackupError> {
    let entries = list(folder, false)?;
    let mut of_workspace: BTreeMap<Option<Uuid>, Vec<usize>> = BTreeMap::new();
    let mut fates: Vec<Fate> = entries
        .into_iter()
        .map(|entry| Fate {
            entry,
            kept: Vec::new(),
        })
        .collect();
    for (place, fate) in fates.iter().enumerate() {
        if !matches!(fate.entry.state, State::Running | State::Unfinished) {
            of_workspace.entry(fate.entry.workspace).or_default().push(place);
        }
    }
    for places in of_workspace.values() {
        let candidates: Vec<Candidate> = places
            .iter()
            .filter_map(|place| fates.get(*place))
            .map(|fate| Candidate {
                taken_at: fate.entry.taken_at.unwrap_or_default(),
                is_damaged: fate.entry.state == State::Damaged,
                is_proven: fate.entry.state == State::Proven,
            })
            .collect();
        for (place, reasons) in places.iter().zip(keep(&candidates, rules)) {
            if let Some(fate) = fates.get_mut(*place) {
                fate.kept = reasons;
            }
        }
    }
    Ok(fates)
}

/// Removes it: first what makes it a backup, so that an interruption leaves no half that looks like one.
pub fn prune(fates: &[Fate]) -> Result<usize, BackupError> {
    let mut removed = 0;
    for fate in fates.iter().filter(|fate| fate.goes()) {
        let path = &fate.entry.path;
        remove(path)?;
        let beside = names(&archive_of(path));
        for path in [beside.manifest, beside.evidence] {
            remove(&path)?;
            let mut half = path.into_os_string();
            half.push(PARTIAL);
            remove(Path::new(&half))?;
        }
        removed += 1;
    }
    Ok(removed)
}

/// The archive that a file belongs to, or would have.
fn archive_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = name.strip_suffix(PARTIAL).unwrap_or(&name).to_owned();
    let name = match name.strip_suffix(super::manifest::BESIDE) {
        Some(stem) => format!("{stem}{ARCHIVE}"),
        None => name,
    };
    path.with_file_name(name)
}

fn remove(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(BackupError::File {
            path: path.to_owned(),
            verb: "removed",
            cause: error,
        }),
        _ => Ok(()),
    }
}
