//! What waits is carried out, what was cut off is looked for, what waited too long is ended. Whoever does this by schedule
//! does it once a minute; twice at once does no harm.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use domain::{ids::IntentId, intent::IntentState, role::Action};
use futures_util::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use store::{
    StoreError,
    intents::{self as stored, containers as of_containers},
};
use tokio::sync::Semaphore;

use super::{
    carry::{Work, carry_out},
    containers, look,
};
use crate::{AppError, providers::Reach, session::Session, workspace_key::Ring};

/// How many intents one sweep takes up.
const MOST: i64 = 200;
/// In how many accounts and on how many hosts at once.
const SIDE_BY_SIDE: usize = 16;

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Swept {
    /// Ended because they waited for a day.
    pub expired: u64,
    /// Done now.
    pub done: u64,
    /// At work at the provider.
    pub running: u64,
    /// Not carried out.
    pub failed: u64,
    /// Of unknown outcome still.
    pub unknown: u64,
    /// Left to whoever has them, or as they were.
    pub left: u64,
    /// Orders that were given up, and whose servers are there all the same: recorded now.
    pub late: u64,
    /// Those that could not be looked at, and why.
    pub errors: Vec<(IntentId, AppError)>,
}

/// Sweeps. `go_on` is asked between two intents.
pub async fn sweep(
    session: &Session,
    keys: &Ring,
    reach: &Reach,
    mut go_on: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Swept, AppError> {
    session.may(Action::EditServer)?;
    let mut swept = Swept::default();
    let mut transaction = session.write().await?;
    swept.expired = u64::try_from(stored::expire(&mut transaction).await?).unwrap_or(0);
    transaction.commit().await?;
    let late = stored::late(&mut *session.read().await?).await?;
    for one in late {
        match record_late(session, keys, reach, one).await {
            Ok(()) => swept.late += 1,
            Err(error) => swept.errors.push((one.intent, error)),
        }
    }
    let late = of_containers::late(&mut *session.read().await?).await?;
    for one in late {
        match containers::record_late(session, keys, reach, one).await {
            Ok(recorded) => swept.late += u64::from(recorded),
            Err(error) => swept.errors.push((one, error)),
        }
    }
    let open = stored::open(&mut *session.read().await?, MOST).await?;
    let of = u64::try_from(open.len()).unwrap_or(u64::MAX);
    // One that hangs delays what is to be done there, and nothing else.
    let mut places: BTreeMap<i32, Vec<IntentId>> = BTreeMap::new();
    for (id, account) in open {
        places.entry(account.get()).or_default().push(id);
    }
    let stopped = AtomicBool::new(false);
    let (stopped, wait) = (&stopped, Arc::new(Semaphore::new(SIDE_BY_SIDE)));
    let mut work: FuturesUnordered<_> = places
        .into_values()
        .map(|ids| {
            let wait = Arc::clone(&wait);
            stream::iter(ids).filter_map(move |id| {
                let wait = Arc::clone(&wait);
                async move {
                    let _one = wait.acquire().await.ok()?;
                    if stopped.load(Ordering::Relaxed) {
                        return None;
                    }
                    Some((id, Box::pin(carry_out(session, keys, reach, id)).await))
                }
            })
        })
        .map(|each| Box::pin(each).into_future())
        .collect();
    let mut at = 0;
    if go_on(at, of).is_break() {
        return Ok(swept);
    }
    while let Some((done, rest)) = work.next().await {
        let Some((id, done)) = done else { continue };
        work.push(rest.into_future());
        at += 1;
        if go_on(at, of).is_break() {
            stopped.store(true, Ordering::Relaxed);
        }
        match done {
            Ok(carried) => {
                let counted = match carried.state {
                    IntentState::Done => &mut swept.done,
                    IntentState::Running => &mut swept.running,
                    IntentState::Failed => &mut swept.failed,
                    IntentState::Unknown => &mut swept.unknown,
                    IntentState::Waiting | IntentState::Sending | IntentState::Undone => &mut swept.left,
                };
                *counted += 1;
            }
            // The others wouldn't fare better.
            Err(AppError::Store(
                error @ (StoreError::Unreachable(_) | StoreError::ConnectionLost(_) | StoreError::SessionOver),
            )) => {
                return Err(error.into());
            }
            Err(error) => swept.errors.push((id, error)),
        }
    }
    Ok(swept)
}

/// A server of nobody that a sync has found carries the mark of an order that was given up.
async fn record_late(session: &Session, keys: &Ring, reach: &Reach, late: stored::Late) -> Result<(), AppError> {
    let work = Work::late(session, keys, reach, late.intent).await?;
    match work.linode.instance(late.external_id, &work.call).await? {
        Some(server) if server.tags.contains(&work.lent.intent.mark) => {
            Box::pin(look::recorded(work, &server)).await?;
            Ok(())
        }
        _ => Ok(()),
    }
}
