//! Billing: run it, look at what runs did, decide what waits.

use std::{ops::ControlFlow, time::Instant};

use chrono::{DateTime, Utc};
use domain::{
    ids::{BillingRunId, OrganizationId},
    money::Money,
    role::Action,
    settings::BillingSchedule,
};
use store::{
    StoreError,
    billing::{self, ChargeRow, ParkedRow, RunOutcome, RunRow, Skipped},
    list::{ListRequest, Page},
    live,
};

use crate::{AppError, session::Session};

/// How many organizations are charged in one transaction: few enough that a wallet is never locked for long.
pub(crate) const BATCH: i64 = 500;
/// How many of these transactions go on at the same time: one computes while the other writes.
const SIDE_BY_SIDE: i64 = 2;
/// How often a batch is tried when somebody changes its resources meanwhile.
pub(crate) const TRIES: u32 = 5;
/// How much of what waits is shown.
const SHOWN: i64 = 500;

/// What a run did.
#[derive(Debug)]
pub struct RunReport {
    /// The run.
    pub run: RunRow,
    /// Whom it left out.
    pub skipped: Vec<Skipped>,
    /// What waits for a price or a decision.
    pub parked: Vec<ParkedRow>,
    /// How long it took.
    pub duration_ms: u64,
}

/// Charges every organization up to a time, or up to now. `watch` hears how many organizations are done of how many,
/// and may stop it: what was charged stays charged, and the next run goes on from there.
pub async fn run(
    session: &Session,
    at: Option<DateTime<Utc>>,
    watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<RunReport, AppError> {
    run_with(session, at, charge_side_by_side, watch).await
}

/// A run whose batches, some at a time and in the order of the organizations, are charged by `charge_some`.
pub(crate) async fn run_with(
    session: &Session,
    at: Option<DateTime<Utc>>,
    mut charge_some: impl AsyncFnMut(&Session, BillingRunId, &[&[i32]]) -> Result<(), AppError>,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<RunReport, AppError> {
    session.may(Action::RunBilling)?;
    let began = Instant::now();
    let mut transaction = session.write().await?;
    let total = count(billing::organization_count(&mut transaction).await?);
    let id = billing::open_run(&mut transaction, at).await?;
    transaction.commit().await?;
    let charged = charge_everybody(session, id, total, &mut charge_some, &mut watch).await;
    let outcome = match &charged {
        Ok(outcome) => *outcome,
        Err(_) => RunOutcome::Failed,
    };
    let finished = finish(session, id, outcome).await;
    charged?;
    finished?;
    let mut connection = session.read().await?;
    // Also where no desk polls, the outbox stays short.
    live::prune(&mut connection).await?;
    Ok(RunReport {
        run: billing::run(&mut connection, id).await?,
        skipped: billing::skipped(&mut connection, id).await?,
        parked: billing::parked(&mut connection, SHOWN).await?,
        duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

async fn charge_everybody(
    session: &Session,
    run: BillingRunId,
    total: u64,
    charge_some: &mut impl AsyncFnMut(&Session, BillingRunId, &[&[i32]]) -> Result<(), AppError>,
    watch: &mut impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<RunOutcome, AppError> {
    let mut last = OrganizationId::new(0);
    let mut done = 0;
    loop {
        if watch(done, total).is_break() {
            return Ok(RunOutcome::Cancelled);
        }
        let next = billing::organizations_after(&mut *session.read().await?, last, BATCH * SIDE_BY_SIDE).await?;
        let Some(end) = next.last().copied() else {
            return Ok(RunOutcome::Completed);
        };
        let batches: Vec<&[i32]> = next.chunks(usize::try_from(BATCH).unwrap_or(usize::MAX)).collect();
        charge_some(session, run, &batches).await?;
        last = OrganizationId::new(end);
        done += count(i64::try_from(next.len()).unwrap_or(i64::MAX));
    }
}

/// Each batch over a connection of its own. All of them end before one that failed is told of.
async fn charge_side_by_side(session: &Session, run: BillingRunId, batches: &[&[i32]]) -> Result<(), AppError> {
    let one = async |place: usize| match batches.get(place) {
        Some(batch) => charge(session, run, batch).await,
        None => Ok(()),
    };
    let (first, second) = tokio::join!(one(0), one(1));
    first.and(second)
}

/// One batch, one transaction. Somebody who assigns or deletes a resource at that moment makes it start over.
async fn charge(session: &Session, run: BillingRunId, batch: &[i32]) -> Result<(), AppError> {
    let mut tries = 1;
    loop {
        let mut transaction = session.write().await?;
        match billing::charge_batch(&mut transaction, run, batch).await {
            Err(StoreError::Timeout) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
            Ok(()) => {
                transaction.commit().await?;
                return Ok(());
            }
        }
    }
}

async fn finish(session: &Session, run: BillingRunId, outcome: RunOutcome) -> Result<(), AppError> {
    let mut transaction = session.write().await?;
    billing::finish_run(&mut transaction, run, outcome).await?;
    transaction.commit().await?;
    Ok(())
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Where billing stands.
#[derive(Debug)]
pub struct Overview {
    /// The newest run that went to its end.
    pub last_run: Option<RunRow>,
    /// The run that is under way, here or elsewhere.
    pub open_run: Option<BillingRunId>,
    /// Whether a run should have been by now.
    pub overdue: bool,
    /// When an agent was last heard of; `None` where none was ever set up.
    pub agent_seen: Option<DateTime<Utc>>,
    /// Whether one should have been heard of since.
    pub agent_missing: bool,
    /// Resources that wait for a price or a decision.
    pub parked: i64,
    /// Of those, for a decision.
    pub undecided: i64,
    /// Usage that wallets don't cover.
    pub arrears: Money,
    /// How many organizations that is.
    pub behind: i64,
    /// hourly or daily.
    pub schedule: String,
    /// The panel's currency.
    pub currency: String,
}

/// Where billing stands.
pub async fn overview(session: &Session) -> Result<Overview, AppError> {
    let mut connection = session.read().await?;
    let standing = billing::standing(&mut connection).await?;
    let last_run = match standing.last_run {
        Some(id) => Some(billing::run(&mut connection, id).await?),
        None => None,
    };
    let charged_until = last_run.as_ref().map(|run| run.run_at);
    Ok(Overview {
        overdue: schedule(&standing.schedule).is_overdue(standing.now, charged_until, standing.billable_since),
        agent_seen: standing.agent_seen,
        agent_missing: domain::agent::is_missing(schedule(&standing.schedule), standing.now, standing.agent_seen),
        last_run,
        open_run: standing.open_run,
        parked: standing.parked,
        undecided: standing.undecided,
        arrears: standing.arrears,
        behind: standing.behind,
        schedule: standing.schedule,
        currency: standing.currency,
    })
}

/// The schedule that is stored; the more patient one where the word isn't known.
pub(crate) fn schedule(word: &str) -> BillingSchedule {
    BillingSchedule::parse(word).unwrap_or(BillingSchedule::Daily)
}

/// A window of the runs.
pub async fn runs(session: &Session, request: &ListRequest) -> Result<Page<RunRow>, AppError> {
    Ok(billing::runs(&mut *session.read().await?, request).await?)
}

/// A run, and whom it left out.
pub async fn detail(session: &Session, id: BillingRunId) -> Result<(RunRow, Vec<Skipped>), AppError> {
    let mut connection = session.read().await?;
    let run = billing::run(&mut connection, id).await?;
    let skipped = billing::skipped(&mut connection, id).await?;
    Ok((run, skipped))
}

/// A window of charges.
pub async fn charges(session: &Session, request: &ListRequest) -> Result<Page<ChargeRow>, AppError> {
    Ok(billing::charges(&mut *session.read().await?, request).await?)
}

/// What waits for a price or a decision.
pub async fn parked(session: &Session) -> Result<Vec<ParkedRow>, AppError> {
    Ok(billing::parked(&mut *session.read().await?, SHOWN).await?)
}

/// Decides on the hours of an adopted or gone resource.
pub async fn resolve_parked(session: &Session, id: i64, from_start: bool) -> Result<(), AppError> {
    session.may(Action::RunBilling)?;
    let mut transaction = session.write().await?;
    billing::resolve_parked(&mut transaction, id, from_start).await?;
    transaction.commit().await?;
    Ok(())
}
