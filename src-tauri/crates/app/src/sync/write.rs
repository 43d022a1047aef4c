//! Writing, by set: of a large account in parts while the rest is read, what the reading proves as a whole at its end.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ids::{ProviderConfigId, SyncId},
    role::Action,
};
use providers::linode::RateLeft;
use sqlx::PgConnection;
use store::{
    StoreError,
    sync::{self as syncs, Counts, Finish, SyncNote, Told},
};

use super::{Observed, ObservedInstance, SyncReport, fetch::Read, is_many, told::told};
use crate::{AppError, session::Session};

/// How many servers one statement writes.
const BATCH: usize = 1000;
/// How many wait at most until they are written while the rest is read. Fewer are written together with the end, so that a
/// reading that fails has written nothing.
const FULL: usize = 5000;
/// How often the writing is tried when somebody changes the same rows meanwhile.
const TRIES: u32 = 5;

/// What has been read: what of it waits, and what became of the rest.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// Each number once; of two that tell of one server the later one counts.
    waiting: BTreeMap<u64, ObservedInstance>,
    written: BTreeSet<u64>,
    done: Done,
}

/// What was written so far.
#[derive(Debug, Clone, Default)]
struct Done {
    counts: Counts,
    notes: Vec<SyncNote>,
}

impl Pending {
    /// Takes what was read.
    pub(super) fn take(&mut self, servers: Vec<ObservedInstance>) {
        self.waiting
            .extend(servers.into_iter().map(|server| (server.id, server)));
    }

    /// Whether enough waits to be written.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= FULL
    }

    /// Forgets of what waits all but these: what a list that shifted named at first and not at last.
    pub(super) fn keep(&mut self, named: &BTreeSet<u64>) {
        self.waiting.retain(|id, _| named.contains(id));
    }

    /// How many servers are written, whatever becomes of the rest.
    pub(super) fn written(&self) -> usize {
        self.written.len()
    }

    /// Writes what waits, in a transaction of its own.
    pub(super) async fn flush(&mut self, session: &Session, sync: SyncId) -> Result<(), AppError> {
        let mut tries = Tries::default();
        let done = loop {
            match self.try_flush(session, sync).await {
                Err(error) if tries.may_go_on(&error) => {}
                ended => break ended?,
            }
        };
        self.done = done;
        self.written.extend(std::mem::take(&mut self.waiting).into_keys());
        Ok(())
    }

    async fn try_flush(&self, session: &Session, sync: SyncId) -> Result<Done, AppError> {
        let mut transaction = session.write().await?;
        let done = self.write(&mut transaction, sync).await?;
        transaction.commit().await?;
        Ok(done)
    }

    /// All that will have been written once what waits is.
    async fn write(&self, connection: &mut PgConnection, sync: SyncId) -> Result<Done, AppError> {
        let mut done = self.done.clone();
        // What a list that shifted told twice was counted the first time.
        let (again, new): (Vec<_>, Vec<_>) = self
            .waiting
            .values()
            .partition(|server| self.written.contains(&server.id));
        write_all(connection, sync, &new, &mut done).await?;
        write_all(connection, sync, &again, &mut Done::default()).await?;
        Ok(done)
    }
}

async fn write_all(
    connection: &mut PgConnection,
    sync: SyncId,
    servers: &[&ObservedInstance],
    done: &mut Done,
) -> Result<(), AppError> {
    for part in servers.chunks(BATCH) {
        let batch: Vec<Told> = part.iter().filter_map(|server| told(server, &mut done.notes)).collect();
        done.counts.skipped += i32::try_from(part.len() - batch.len()).unwrap_or(i32::MAX);
        if batch.is_empty() {
            continue;
        }
        let (counts, more) = syncs::apply_batch(connection, sync, &batch).await?;
        done.counts.added += counts.added;
        done.counts.changed += counts.changed;
        done.counts.unchanged += counts.unchanged;
        done.counts.returned += counts.returned;
        done.notes.extend(more);
    }
    Ok(())
}

/// Writes what a provider says of an account, as a sync of its own: for whoever has read it in another way. Repeated with
/// the same, it changes nothing.
pub async fn apply(session: &Session, account: ProviderConfigId, observed: &Observed) -> Result<SyncReport, AppError> {
    session.may(Action::EditProvider)?;
    let mut pending = Pending::default();
    pending.take(observed.instances.clone());
    let read = Read {
        complete: observed.complete,
        named: observed.instances.iter().map(|server| server.id).collect(),
        confirmed_gone: observed.confirmed_gone.clone(),
        unreadable: observed.unreadable,
    };
    let ending = Ending {
        account,
        sync: None,
        allow_gone: observed.allow_gone,
        rehearsed: false,
        rate: None,
    };
    end(session, ending, &pending, &read).await
}

/// The end of which sync, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ending {
    /// Of which account.
    pub(super) account: ProviderConfigId,
    /// The sync that has begun; none is begun with it.
    pub(super) sync: Option<SyncId>,
    /// Whether a person has agreed to more than a tenth going at once.
    pub(super) allow_gone: bool,
    /// Whether only to say what would be written.
    pub(super) rehearsed: bool,
    /// How many requests the token has left.
    pub(super) rate: Option<RateLeft>,
}

/// Writes what still waits, and what the reading as a whole proves: in one transaction.
pub(super) async fn end(
    session: &Session,
    ending: Ending,
    pending: &Pending,
    read: &Read,
) -> Result<SyncReport, AppError> {
    let mut tries = Tries::default();
    loop {
        match try_end(session, ending, pending, read).await {
            Err(error) if tries.may_go_on(&error) => {}
            ended => return ended,
        }
    }
}

async fn try_end(session: &Session, ending: Ending, pending: &Pending, read: &Read) -> Result<SyncReport, AppError> {
    let mut transaction = session.write().await?;
    let report = finish(&mut transaction, ending, pending, read).await?;
    if ending.rehearsed {
        transaction.rollback().await?;
    } else {
        transaction.commit().await?;
    }
    Ok(report)
}

/// How often the writing was tried.
#[derive(Default)]
struct Tries(u32);

impl Tries {
    /// Whether it is tried again: somebody changed the same rows meanwhile, and not for the last time.
    fn may_go_on(&mut self, error: &AppError) -> bool {
        self.0 += 1;
        matches!(error, AppError::Store(StoreError::Timeout)) && self.0 < TRIES
    }
}

async fn finish(
    connection: &mut PgConnection,
    ending: Ending,
    pending: &Pending,
    read: &Read,
) -> Result<SyncReport, AppError> {
    let sync = match ending.sync {
        Some(sync) => sync,
        None => syncs::begin(connection, ending.account).await?,
    };
    refuse_many_gone(connection, ending, read).await?;
    let Done { mut counts, notes } = pending.write(connection, sync).await?;
    counts.skipped += i32::try_from(read.unreadable).unwrap_or(i32::MAX);
    let seen: Vec<i64> = read.named.iter().filter_map(|id| i64::try_from(*id).ok()).collect();
    let (missing, gone) = syncs::finish(
        connection,
        sync,
        &Finish {
            seen: &seen,
            gone: &read.confirmed_gone,
            allow_gone: ending.allow_gone,
            complete: read.complete,
            counts,
            notes: &notes,
        },
    )
    .await?;
    if let Some(rate) = ending.rate {
        store::providers::note_rate(connection, ending.account, &crate::providers::told(rate)).await?;
    }
    Ok(SyncReport {
        account: ending.account,
        added: counts.added,
        changed: counts.changed,
        unchanged: counts.unchanged,
        returned: counts.returned,
        missing,
        gone,
        skipped: counts.skipped,
        notes,
        complete: read.complete && counts.skipped == 0,
        duration_ms: 0,
    })
}

/// The database refuses it too; here the numbers can be said.
async fn refuse_many_gone(connection: &mut PgConnection, ending: Ending, read: &Read) -> Result<(), AppError> {
    if ending.allow_gone || read.confirmed_gone.is_empty() {
        return Ok(());
    }
    let living: BTreeSet<i64> = syncs::living(connection, ending.account).await?.into_iter().collect();
    let gone = read.confirmed_gone.iter().filter(|id| living.contains(id)).count();
    if is_many(gone, living.len()) {
        return Err(AppError::ManyGone { gone, of: living.len() });
    }
    Ok(())
}
