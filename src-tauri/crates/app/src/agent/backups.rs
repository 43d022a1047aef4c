//! Backups by schedule: each is taken, read again from the disk, and only then are old ones removed.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use domain::{
    agent::JobOutcome,
    backup::{Reason, Retention},
};
use serde_json::json;
use store::connect::Address;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::{Stop, jobs::Finished};
use crate::{
    AppError,
    backup::{self, BackupError, Create, Created, Fate, Lock, Toolbox, Verified, Verify},
};

/// How backups are taken.
#[derive(Debug)]
pub struct Backups {
    /// The database, over a login that sees everything.
    pub place: Address,
    /// How the program shows itself.
    pub client: String,
    /// `pg_dump` and `pg_restore`.
    pub toolbox: Toolbox,
    /// Where they are kept.
    pub folder: PathBuf,
    /// What they are sealed under.
    pub lock: Lock,
    /// Which are kept; where that is none, nothing is ever removed.
    pub keep: Retention,
}

/// Takes one. An agent that is told to stop while it is written drops it, and nothing of it is kept.
pub async fn take(backups: &Backups, lease: Uuid, now: DateTime<Utc>, stop: &Stop) -> Result<Finished, AppError> {
    // Who takes backups can't read those of before; this one it can, for as long as it has it in hand.
    let (lock, opener) = backups.lock.opened_once();
    let create = Create {
        place: &backups.place,
        client: &backups.client,
        toolbox: &backups.toolbox,
        folder: &backups.folder,
        lock: &lock,
        lease: Some(lease),
    };
    let created = tokio::select! {
        created = Box::pin(backup::create(&create)) => created?,
        () = stop.asked() => {
            return Ok(Finished::new(
                JobOutcome::Stopped,
                "The backup was stopped; nothing of it is kept.",
                json!({}),
            ));
        }
    };
    let verify = Verify {
        archive: &created.archive,
        opener: &opener,
        toolbox: &backups.toolbox,
        client: &backups.client,
        now,
    };
    let verified = tokio::select! {
        verified = Box::pin(backup::verify(&verify)) => verified?,
        () = stop.asked() => return Ok(told(backups, &created, None, None)),
    };
    let removed = remove_old(backups, created.manifest.workspace.id).await;
    Ok(told(backups, &created, Some(&verified), Some(removed)))
}

/// What was removed, and how many are left.
struct Removed {
    removed: usize,
    kept: usize,
}

/// Removes what no rule keeps, of this workspace alone: of others who use the folder this agent knows no rules.
async fn remove_old(backups: &Backups, workspace: Uuid) -> Result<Removed, BackupError> {
    let (folder, rules) = (backups.folder.clone(), backups.keep);
    let work = move || {
        let mut fates = backup::what_goes(&folder, rules)?;
        fates.retain(|fate| fate.entry.workspace.is_none_or(|of| of == workspace));
        if rules.keeps_nothing() {
            keep_whole(&mut fates);
        }
        let removed = backup::prune(&fates)?;
        Ok(Removed {
            removed,
            kept: fates.len() - removed,
        })
    };
    spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(BackupError::Tools("The work was interrupted.".to_owned())))
}

/// Without rules only what killed programs have left goes.
fn keep_whole(fates: &mut [Fate]) {
    for fate in fates {
        if fate.entry.state != backup::State::Unfinished && fate.kept.is_empty() {
            fate.kept.push(Reason::Last);
        }
    }
}

fn told(
    backups: &Backups,
    created: &Created,
    verified: Option<&Verified>,
    removed: Option<Result<Removed, BackupError>>,
) -> Finished {
    let manifest = &created.manifest;
    let bytes = manifest.archive.as_ref().map_or(0, |archive| archive.bytes);
    let file = created.archive.file_name().unwrap_or_default().to_string_lossy();
    let read = match verified {
        Some(verified) => format!(
            "read again from the disk in {}, each table's count and hash equal",
            seconds(verified.took_ms)
        ),
        None => "not read again, since the agent was stopped".to_owned(),
    };
    let taken = format!(
        "Backed up as of {}: {} rows in {} tables, {bytes} bytes, in {}; {read}. It is {file} in {}.",
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC"),
        manifest.rows(),
        manifest.tables.len(),
        seconds(created.took_ms),
        backups.folder.display(),
    );
    let is_whole = verified.is_some() && matches!(removed, Some(Ok(_)));
    let (rest, removed, kept) = match removed {
        None => (String::new(), 0, None),
        Some(Ok(Removed { removed: 0, kept })) => (String::new(), 0, Some(kept)),
        Some(Ok(Removed { removed, kept })) => {
            (format!(" Removed: {removed} that no rule keeps."), removed, Some(kept))
        }
        Some(Err(error)) => (format!(" What no rule keeps could not be removed: {error}"), 0, None),
    };
    Finished::new(
        if is_whole {
            JobOutcome::Completed
        } else {
            JobOutcome::Partial
        },
        taken + &rest,
        json!({
            "file": file, "folder": backups.folder, "taken_at": manifest.taken_at, "rows": manifest.rows(), "tables": manifest.tables.len(),
            "bytes": bytes, "took_ms": created.took_ms, "state": if verified.is_some() { "verified" } else { "claimed" },
            "verify_ms": verified.map(|verified| verified.took_ms), "removed": removed, "kept": kept,
        }),
    )
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}
