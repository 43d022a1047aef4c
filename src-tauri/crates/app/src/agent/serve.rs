//! An agent that stays: looks every few seconds what is due, and comes back after a line was cut.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use store::{StoreError, connect::Address};

use super::{Agent, Done, Explain, Plan, Stop, Trouble};
use crate::{AppError, backup::BackupError, providers::Reach, session::Session};

/// How often it looks: one short transaction.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// The longest wait before another try to reach the database.
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// How long its farewell may take.
const FAREWELL: Duration = Duration::from_secs(5);

/// What happens meanwhile.
#[derive(Debug)]
pub enum Event<'a> {
    /// It is at work.
    Begun,
    /// A job was done, or not.
    Done(&'a Done),
    /// The database can't be reached; said once, until it can be.
    LineLost(Trouble),
    /// It can be again.
    LineBack,
}

/// Stays until it is told to stop, which is no error. One that a wait doesn't mend ends it.
pub async fn serve(
    address: &Address,
    client: &str,
    plan: &Plan,
    reach: &Reach,
    stop: &Stop,
    explain: &Explain,
    mut tell: impl FnMut(Event<'_>),
) -> Result<(), AppError> {
    let mut cuts = 0u32;
    let mut begins = true;
    while !stop.is_asked() {
        let error = match Session::operator(address, client).await {
            Ok(session) => {
                let agent = Agent::new(session, plan, reach.clone(), explain);
                work(&agent, stop, &mut begins, &mut cuts, &mut tell).await
            }
            Err(error) => Err(error),
        };
        let Err(error) = error else { break };
        // A server that restarts or is taken over answers in many ways; what a person has to change doesn't pass.
        if !is_passing(&error) {
            return Err(error);
        }
        if cuts == 0 {
            tell(Event::LineLost(explain(error)));
        }
        cuts = cuts.saturating_add(1);
        let wait = Duration::from_secs(1u64 << cuts.min(10)).min(LONGEST_WAIT);
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.asked() => {}
        }
    }
    Ok(())
}

/// Works over one session, until it is told to stop or the line is cut.
async fn work(
    agent: &Agent<'_>,
    stop: &Stop,
    begins: &mut bool,
    cuts: &mut u32,
    tell: &mut impl FnMut(Event<'_>),
) -> Result<(), AppError> {
    let tell = Mutex::new(tell);
    let tell = |event: Event<'_>| (tell.lock().unwrap_or_else(PoisonError::into_inner))(event);
    let _watched = agent.watch_hosts();
    let mut often = Box::pin(often(agent, stop, begins, cuts, &tell));
    let mut beside = Box::pin(async { tokio::join!(long(agent, stop, &tell), hosts(agent, stop, &tell)) });
    tokio::select! {
        // A line that was cut ends all; what is told to stop comes to its own end.
        ended = &mut often => {
            ended?;
            beside.await;
        }
        _ = &mut beside => often.await?,
    }
    // Without it the next who looks sees when it was heard of last.
    drop(tokio::time::timeout(FAREWELL, agent.retire()).await);
    Ok(())
}

/// What may take hours, beside all else.
async fn long(agent: &Agent<'_>, stop: &Stop, tell: &impl Fn(Event<'_>)) {
    while !stop.is_asked() {
        let done = agent.pass_of(|item| item.job.kind.is_long(), stop, |done| tell(Event::Done(done)));
        // Of a line that is cut the others hear, and tell.
        if let Err(error) = done.await {
            tracing::warn!(%error, "the database could not be asked for what takes long");
        }
        pause(stop).await;
    }
}

/// The hosts, beside all else and side by side.
async fn hosts(agent: &Agent<'_>, stop: &Stop, tell: &impl Fn(Event<'_>)) {
    while !stop.is_asked() {
        if let Err(error) = agent.pass_hosts(stop, |done| tell(Event::Done(done))).await {
            tracing::warn!(%error, "the database could not be asked for the hosts that are due");
        }
        pause(stop).await;
    }
}

async fn often(
    agent: &Agent<'_>,
    stop: &Stop,
    begins: &mut bool,
    cuts: &mut u32,
    tell: &impl Fn(Event<'_>),
) -> Result<(), AppError> {
    while !stop.is_asked() {
        super::within(agent.announce(*begins)).await?;
        if *begins {
            tell(Event::Begun);
            *begins = false;
        }
        agent.follow_key().await;
        agent
            .pass_of(
                |item| !item.job.kind.is_long() && !item.is_host,
                stop,
                |done| tell(Event::Done(done)),
            )
            .await?;
        // Only now: a database that answers and can't be worked with is told once, and waited for longer and longer.
        if *cuts > 0 {
            *cuts = 0;
            tell(Event::LineBack);
        }
        pause(stop).await;
    }
    Ok(())
}

async fn pause(stop: &Stop) {
    tokio::select! {
        () = tokio::time::sleep(LOOK_EVERY) => {}
        () = stop.asked() => {}
    }
}

/// Whether the same may well work later, without anybody changing anything.
pub(super) fn is_passing(error: &AppError) -> bool {
    match error {
        AppError::Provider(fault) => fault.is_passing(),
        AppError::Docker(fault) => fault.is_passing(),
        AppError::Backup(error) => match error.as_ref() {
            BackupError::Store(error) => is_passing_in_the_database(error),
            BackupError::Other(error) => is_passing(error),
            error => matches!(error, BackupError::Changing),
        },
        AppError::Store(StoreError::Rule(rule)) => matches!(rule.as_str(), "billing_run_not_open" | "sync_not_running"),
        AppError::Store(error) => is_passing_in_the_database(error),
        _ => false,
    }
}

fn is_passing_in_the_database(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Unreachable(_) | StoreError::ConnectionLost(_) | StoreError::Timeout | StoreError::Other(_)
    )
}
