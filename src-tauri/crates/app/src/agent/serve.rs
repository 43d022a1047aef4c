//! An agent that stays: looks every few seconds what is due, and comes back after a line was cut.

use std::time::Duration;

use store::{StoreError, connect::Address};

use super::{Agent, Done, Explain, Plan, Stop, Trouble};
use crate::{AppError, providers::Reach, session::Session};

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
    while !stop.is_asked() {
        super::within(agent.announce(*begins)).await?;
        if *begins {
            tell(Event::Begun);
            *begins = false;
        }
        agent.pass(stop, |done| tell(Event::Done(done))).await?;
        // Only now: a database that answers and can't be worked with is told once, and waited for longer and longer.
        if *cuts > 0 {
            *cuts = 0;
            tell(Event::LineBack);
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = stop.asked() => {}
        }
    }
    // Without it the next who looks sees when it was heard of last.
    drop(tokio::time::timeout(FAREWELL, agent.retire()).await);
    Ok(())
}

/// Whether the same may well work later, without anybody changing anything.
pub(super) fn is_passing(error: &AppError) -> bool {
    match error {
        AppError::Provider(fault) => fault.is_passing(),
        AppError::Store(StoreError::Rule(rule)) => matches!(rule.as_str(), "billing_run_not_open" | "sync_not_running"),
        AppError::Store(error) => matches!(
            error,
            StoreError::Unreachable(_) | StoreError::ConnectionLost(_) | StoreError::Timeout | StoreError::Other(_)
        ),
        _ => false,
    }
}
