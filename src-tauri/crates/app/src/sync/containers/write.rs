//! Writing: all of it in one transaction, by set.

use std::collections::BTreeMap;

use domain::ids::{ProviderConfigId, SyncId};
use sqlx::PgConnection;
use store::{
    StoreError,
    sync::{
        self as syncs, Counts, SyncNote,
        containers::{self as stored, Finish, ToldContainer},
    },
};

use super::{HostReport, ObservedHost, told};
use crate::{AppError, session::Session};

/// How many containers one statement writes.
const BATCH: usize = 1000;
/// How often the writing is tried when somebody changes the same rows meanwhile.
const TRIES: u32 = 5;

/// Writes what a sync that has begun has read.
pub(super) async fn apply(
    session: &Session,
    host: ProviderConfigId,
    sync: SyncId,
    observed: &ObservedHost,
) -> Result<HostReport, AppError> {
    let mut tries = 1;
    loop {
        let mut transaction = session.write().await?;
        match write(&mut transaction, host, sync, observed).await {
            Err(AppError::Store(StoreError::Timeout)) if tries < TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok(report) => {
                transaction.commit().await?;
                return Ok(report);
            }
        }
    }
}

/// Says what would be written, and writes nothing.
pub(super) async fn rehearse(
    session: &Session,
    host: ProviderConfigId,
    observed: &ObservedHost,
) -> Result<HostReport, AppError> {
    let mut transaction = session.write().await?;
    let sync = syncs::begin(&mut transaction, host).await?;
    let report = write(&mut transaction, host, sync, observed).await?;
    transaction.rollback().await?;
    Ok(report)
}

async fn write(
    connection: &mut PgConnection,
    host: ProviderConfigId,
    sync: SyncId,
    observed: &ObservedHost,
) -> Result<HostReport, AppError> {
    let mut notes: Vec<SyncNote> = Vec::new();
    // Each id once.
    let unique: BTreeMap<&str, _> = observed.containers.iter().map(|one| (one.id.as_str(), one)).collect();
    let batch: Vec<ToldContainer> = unique.values().map(|one| told(one, &mut notes)).collect();
    let seen: Vec<String> = unique.keys().map(ToString::to_string).collect();
    let mut counts = Counts {
        skipped: i32::try_from(observed.unreadable).unwrap_or(i32::MAX),
        ..Counts::default()
    };
    for part in batch.chunks(BATCH) {
        let (done, more) = stored::apply_batch(connection, sync, part, &seen).await?;
        counts.added += done.added;
        counts.changed += done.changed;
        counts.unchanged += done.unchanged;
        counts.returned += done.returned;
        notes.extend(more);
    }
    let end = Finish {
        seen: &seen,
        gone: &observed.confirmed_gone,
        allow_gone: observed.allow_gone,
        complete: observed.complete,
        counts,
        notes: &notes,
    };
    let (missing, gone) = stored::finish(connection, sync, &end).await?;
    Ok(HostReport {
        host,
        added: counts.added,
        changed: counts.changed,
        unchanged: counts.unchanged,
        returned: counts.returned,
        missing,
        gone,
        skipped: counts.skipped,
        notes,
        complete: observed.complete && counts.skipped == 0,
        duration_ms: 0,
    })
}
