//! The sync of an account's servers: what the provider says is read without a transaction and written in short ones,
//! of large accounts while the rest is still read. What is gone is decided at the end, by a complete list alone: a
//! provider that is down, slow or talks nonsense changes no books.

pub mod containers;
mod fetch;
mod told;
mod write;

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    ids::{ProviderConfigId, SyncId},
    role::Action,
};
use futures_util::{StreamExt, stream};
use providers::linode::{Call, CancellationToken, Linode, LinodeError};
use secrecy::SecretString;
use store::{
    StoreError,
    list::{ListRequest, Page},
    sync::{self as syncs, GivenUp, GoneServer, SyncNote, SyncRow},
};
use tokio::sync::mpsc;

use crate::{
    AppError, KeyProblem,
    providers::{self as accounts, Reach},
    session::Session,
    workspace_key::Ring,
};

pub use providers::linode::{Instance as ObservedInstance, Specs};
pub(crate) use told::told;
pub use write::apply;

use fetch::fetch;
use write::{Ending, Pending, end};

/// How often a sync that reads asks whether it shall go on.
const TICK: Duration = Duration::from_millis(200);
/// How often it tells the database that it is still at work, which gives it up after a minute.
const BEAT: Duration = Duration::from_secs(15);

/// What a provider says of an account.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Its servers.
    pub instances: Vec<ObservedInstance>,
    /// Whether these are all of them.
    pub complete: bool,
    /// Numbers of which the provider itself says that they don't exist.
    pub confirmed_gone: Vec<i64>,
    /// How many entries could not be read.
    pub unreadable: usize,
    /// Whether a person has agreed to more than a tenth going at once.
    pub allow_gone: bool,
}

/// What a sync did.
#[derive(Debug, Clone)]
pub struct SyncReport {
    /// Of which account.
    pub account: ProviderConfigId,
    /// Servers stored now, without an organization.
    pub added: i32,
    /// Servers of which something has changed.
    pub changed: i32,
    /// Servers as they were.
    pub unchanged: i32,
    /// Servers that were gone, and are back.
    pub returned: i32,
    /// Servers that were not seen, and are not proven gone.
    pub missing: i32,
    /// Servers that are gone now.
    pub gone: Vec<GoneServer>,
    /// Servers and entries that were not written.
    pub skipped: i32,
    /// What a person should know of particular servers.
    pub notes: Vec<SyncNote>,
    /// Whether the list was complete and all of it was written.
    pub complete: bool,
    /// How long it took.
    pub duration_ms: u64,
}

/// What to sync, and how.
#[derive(Debug)]
pub struct Order<'a> {
    /// Which account.
    pub account: ProviderConfigId,
    /// What opens its token.
    pub key: Option<&'a Ring>,
    /// A token for this time, instead of the account's.
    pub token: Option<SecretString>,
    /// An address for this time, instead of the account's.
    pub endpoint: Option<String>,
    /// Whether more than a tenth may go at once.
    pub allow_gone: bool,
    /// Whether only to say what would be done.
    pub dry_run: bool,
}

/// Syncs an account. `watch` hears how many steps are done of how many, and may stop it while it reads.
pub async fn run(
    session: &Session,
    order: &Order<'_>,
    reach: &Reach,
    watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<SyncReport, AppError> {
    session.may(Action::EditProvider)?;
    let began = Instant::now();
    let account = accounts::linode(accounts::get(session, order.account).await?)?;
    let token = match (&order.token, order.key) {
        (Some(token), _) => token.clone(),
        (None, Some(keys)) => accounts::open_token(session, &account, keys).await?,
        (None, None) => return Err(AppError::WorkspaceKey(KeyProblem::Missing)),
    };
    let endpoint = order.endpoint.as_deref().or(account.endpoint.as_deref());
    let linode = reach.linode(endpoint, &token)?;
    let sync = if order.dry_run {
        None
    } else {
        Some(begin(session, order.account).await?)
    };
    let mut pending = Pending::default();
    // In a place of its own: it holds all that is read and written.
    let done = Box::pin(read_and_write(session, order, &linode, sync, &mut pending, watch)).await;
    match done {
        Ok(report) => Ok(SyncReport {
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            ..report
        }),
        Err(error) => {
            if let Some(sync) = sync
                && let Err(other) = give_up(session, sync, &error, pending.written()).await
            {
                tracing::warn!(sync = sync.get(), error = %other, "the end of a sync could not be written down");
            }
            Err(error)
        }
    }
}

/// How many accounts are read at once.
const SIDE_BY_SIDE: usize = 32;

/// Syncs several accounts side by side, each within its own deadline: one that hangs delays no other. The outcomes stand in
/// the order of the accounts.
pub async fn run_together(
    session: &Session,
    orders: Vec<Order<'_>>,
    reach: &Reach,
) -> Vec<Result<SyncReport, AppError>> {
    let mut outcomes: Vec<(usize, Result<SyncReport, AppError>)> = stream::iter(orders.iter().enumerate())
        .map(async |(place, order)| {
            (
                place,
                run(session, order, reach, |_, _| ControlFlow::Continue(())).await,
            )
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .collect()
        .await;
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

async fn begin(session: &Session, account: ProviderConfigId) -> Result<SyncId, AppError> {
    let mut transaction = session.write().await?;
    let sync = syncs::begin(&mut transaction, account).await?;
    transaction.commit().await?;
    Ok(sync)
}

async fn read_and_write(
    session: &Session,
    order: &Order<'_>,
    linode: &Linode,
    sync: Option<SyncId>,
    pending: &mut Pending,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<SyncReport, AppError> {
    let living = syncs::living(&mut *session.read().await?, order.account).await?;
    let cancel = CancellationToken::new();
    let pages = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let seen = Arc::clone(&pages);
    let call = Call::new().cancelled_by(cancel.clone()).reporting_to(move |progress| {
        seen.0.store(progress.done, Ordering::Relaxed);
        seen.1.store(progress.of, Ordering::Relaxed);
    });
    let (hand, mut handed) = mpsc::unbounded_channel();
    // A page that nobody takes any more is one of a sync that has failed.
    let reading = fetch(linode, &living, order.allow_gone, &call, move |page| {
        drop(hand.send(page));
    });
    let writing = async {
        while let Some(page) = handed.recv().await {
            pending.take(page);
            if let Some(sync) = sync
                && pending.is_full()
            {
                pending.flush(session, sync).await?;
            }
        }
        Ok(())
    };
    let (read, ()) = {
        let mut work = std::pin::pin!(async { tokio::try_join!(reading, writing) });
        // Beside the work, never between its steps: while a flush holds the sync's row, a beat waits for it.
        let mut beats = std::pin::pin!(beat_on(session, sync));
        let mut tick = tokio::time::interval(TICK);
        loop {
            tokio::select! {
                done = &mut work => break done?,
                error = &mut beats => return Err(error),
                _ = tick.tick() => {}
            }
            let of = pages.1.load(Ordering::Relaxed);
            // The writing is the last step.
            let total = if of == 0 { 0 } else { of + 1 };
            if watch(pages.0.load(Ordering::Relaxed), total).is_break() {
                cancel.cancel();
            }
        }
    };
    let of = pages.1.load(Ordering::Relaxed);
    if watch(of, of + 1).is_break() {
        return Err(LinodeError::Cancelled.into());
    }
    let ending = Ending {
        account: order.account,
        sync,
        allow_gone: order.allow_gone,
        rehearsed: order.dry_run,
        rate: linode.rate_left(),
    };
    pending.keep(&read.named);
    let report = end(session, ending, pending, &read).await?;
    // All of it is done now, whatever the answer.
    let _ = watch(of + 1, of + 1);
    Ok(report)
}

/// Says again and again that a sync is at work, until that can't be said any more: why not. One that waits for too long
/// behind a batch is left out, the next says the same.
async fn beat_on(session: &Session, sync: Option<SyncId>) -> AppError {
    let Some(sync) = sync else {
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(BEAT).await;
        match beat(session, sync).await {
            Ok(()) | Err(AppError::Store(StoreError::Timeout)) => {}
            Err(error) => return error,
        }
    }
}

async fn beat(session: &Session, sync: SyncId) -> Result<(), AppError> {
    let mut transaction = session.write().await?;
    syncs::beat(&mut transaction, sync).await?;
    transaction.commit().await?;
    Ok(())
}

async fn give_up(session: &Session, sync: SyncId, error: &AppError, written: usize) -> Result<(), AppError> {
    let stays = match written {
        0 => "Nothing was written.".to_owned(),
        some => format!("{some} servers that had been read are written; what is missing was not judged."),
    };
    let (outcome, code, why) = match error {
        AppError::Provider(LinodeError::Cancelled) => {
            (GivenUp::Cancelled, "cancelled", format!("It was stopped. {stays}"))
        }
        AppError::Provider(fault) if written > 0 => (GivenUp::Failed, fault.code(), format!("{fault} {stays}")),
        AppError::Provider(fault) => (GivenUp::Failed, fault.code(), fault.to_string()),
        AppError::ManyGone { .. } => (GivenUp::Stopped, "sync_many_gone", error.to_string()),
        // Somebody else has written its end.
        AppError::Store(StoreError::Rule(rule)) if rule == "sync_not_running" => return Ok(()),
        _ => (
            GivenUp::Failed,
            "database_failed",
            format!("The database refused or could not be reached. {stays} Sync again."),
        ),
    };
    let mut transaction = session.write().await?;
    syncs::give_up(&mut transaction, sync, outcome, code, &why).await?;
    transaction.commit().await?;
    Ok(())
}

/// A window of the syncs.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<SyncRow>, AppError> {
    Ok(syncs::list(&mut *session.read().await?, request).await?)
}

/// Whether so many of so many are too many to go without a person's word: more than a tenth.
pub(crate) fn is_many(gone: usize, of: usize) -> bool {
    gone.saturating_mul(10) > of
}

#[cfg(test)]
mod tests {
    use super::is_many;

    #[test]
    fn a_tenth_may_go_and_no_more() {
        assert!(!is_many(0, 0));
        assert!(!is_many(4, 40));
        assert!(is_many(5, 40));
        assert!(is_many(1, 9));
        assert!(!is_many(1, 10));
    }
}
