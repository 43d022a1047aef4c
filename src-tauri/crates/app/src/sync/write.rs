//! Writing: all of it in one transaction, by set.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ids::{ProviderConfigId, SyncId},
    role::Action,
};
use sqlx::PgConnection;
use store::{
    StoreError,
    sync::{self as syncs, Counts, Finish, SyncNote, Told},
};

use super::{Observed, ObservedInstance, SyncReport, is_many, told::told};
use crate::{AppError, session::Session};

/// How many servers one statement writes.
const BATCH: usize = 1000;
/// How often the writing is tried when somebody changes the same rows meanwhile.
const TRIES: u32 = 5;

/// Writes what a provider says of an account, as a sync of its own: for whoever has read it in another way. Repeated with
/// the same, it changes nothing.
pub async fn apply(session: &Session, account: ProviderConfigId, observed: &Observed) -> Result<SyncReport, AppError> {
    session.may(Action::EditProvider)?;
    attempt(session, account, None, observed, Ending::Commit).await
}

/// Writes what a sync that has begun has read.
pub(super) async fn apply_to(
    session: &Session,
    account: ProviderConfigId,
    sync: SyncId,
    observed: &Observed,
) -> Result<SyncReport, AppError> {
    attempt(session, account, Some(sync), observed, Ending::Commit).await
}

/// Says what would be written, and writes nothing.
pub(super) async fn rehearse(
    session: &Session,
    account: ProviderConfigId,
    observed: &Observed,
) -> Result<SyncReport, AppError> {
    attempt(session, account, None, observed, Ending::Rollback).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Commit,
    Rollback,
}

async fn attempt(
    session: &Session,
    account: ProviderConfigId,
    sync: Option<SyncId>,
    observed: &Observed,
    ending: Ending,
) -> Result<SyncReport, AppError> {
    let mut tries = 1;
    loop {
        let mut transaction = session.write().await?;
        match write(&mut transaction, account, sync, observed).await {
            Err(AppError::Store(StoreError::Timeout)) if tries < TRIES => tries += 1,
            Err(error) => return Err(error),
            Ok(report) => {
                if ending == Ending::Commit {
                    transaction.commit().await?;
                } else {
                    transaction.rollback().await?;
                }
                return Ok(report);
            }
        }
    }
}

async fn write(
    connection: &mut PgConnection,
    account: ProviderConfigId,
    sync: Option<SyncId>,
    observed: &Observed,
) -> Result<SyncReport, AppError> {
    let sync = match sync {
        Some(sync) => sync,
        None => syncs::begin(connection, account).await?,
    };
    refuse_many_gone(connection, account, observed).await?;
    // Each number once; of two that tell of one server the later one counts.
    let unique: BTreeMap<u64, &ObservedInstance> = observed
        .instances
        .iter()
        .map(|instance| (instance.id, instance))
        .collect();
    let mut notes: Vec<SyncNote> = Vec::new();
    let batch: Vec<Told> = unique
        .values()
        .filter_map(|instance| told(instance, &mut notes))
        .collect();
    let mut counts = Counts {
        skipped: i32::try_from(unique.len() - batch.len() + observed.unreadable).unwrap_or(i32::MAX),
        ..Counts::default()
    };
    for part in batch.chunks(BATCH) {
        let (done, more) = syncs::apply_batch(connection, sync, part).await?;
        counts.added += done.added;
        counts.changed += done.changed;
        counts.unchanged += done.unchanged;
        counts.returned += done.returned;
        notes.extend(more);
    }
    let seen: Vec<i64> = unique.keys().filter_map(|id| i64::try_from(*id).ok()).collect();
    let (missing, gone) = syncs::finish(
        connection,
        sync,
        &Finish {
            seen: &seen,
            gone: &observed.confirmed_gone,
            allow_gone: observed.allow_gone,
            complete: observed.complete,
            counts,
            notes: &notes,
        },
    )
    .await?;
    Ok(SyncReport {
        account,
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

/// The database refuses it too; here the numbers can be said.
async fn refuse_many_gone(
    connection: &mut PgConnection,
    account: ProviderConfigId,
    observed: &Observed,
) -> Result<(), AppError> {
    if observed.allow_gone || observed.confirmed_gone.is_empty() {
        return Ok(());
    }
    let living: BTreeSet<i64> = syncs::living(connection, account).await?.into_iter().collect();
    let gone = observed.confirmed_gone.iter().filter(|id| living.contains(id)).count();
    if is_many(gone, living.len()) {
        return Err(AppError::ManyGone { gone, of: living.len() });
    }
    Ok(())
}
