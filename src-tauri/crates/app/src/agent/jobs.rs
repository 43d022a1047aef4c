//! The jobs themselves. A new one is a word of [`JobKind`], its interval there, and an arm here.

use ::providers::{docker::DockerError, linode::LinodeError};
use chrono::{DateTime, Utc};
use domain::{
    agent::{Job, JobKind, JobOutcome, billing_target, next_to_close},
    ids::ProviderConfigId,
    metering::UsageMonth,
};
use serde_json::{Value, json};
use store::{
    StoreError,
    agent::{self, GraceEnded},
    auth, customer_view, live,
};
use uuid::Uuid;

use super::{Plan, Stop, backups};
use crate::{
    AppError, KeyProblem, billing, intents,
    invoices::{self, CloseOutcome},
    plans,
    providers::{self as accounts, Reach},
    session::Session,
    sync::{
        self, Order,
        containers::{self, HostOrder},
    },
    trust,
};

/// How many organizations' time of grace is ended in one transaction.
const GRACE_BATCH: i32 = 200;

/// What a job did.
pub struct Finished {
    /// How it ended.
    pub outcome: JobOutcome,
    /// For people.
    pub message: String,
    /// For programs.
    pub result: Value,
}

impl Finished {
    pub fn new(outcome: JobOutcome, message: impl Into<String>, result: Value) -> Self {
        Self {
            outcome,
            message: message.into(),
            result,
        }
    }
}

/// Does a job.
pub async fn run(
    session: &Session,
    plan: &Plan,
    reach: &Reach,
    (job, lease): (Job, Uuid),
    stop: &Stop,
) -> Result<Finished, AppError> {
    match (job.kind, job.account) {
        (JobKind::Sessions, _) => sweep(session).await,
        (JobKind::Log, _) => {
            trust::seal_log(session).await?;
            Ok(Finished::new(JobOutcome::Completed, "The log is chained.", json!({})))
        }
        (JobKind::Billing, _) => bill(session, stop).await,
        (JobKind::Grace, _) => end_grace(session, stop).await,
        (JobKind::Close, _) => close(session, stop).await,
        (JobKind::Sync, Some(account)) => {
            let Some(held) = &plan.key else {
                return Err(AppError::WorkspaceKey(KeyProblem::Missing));
            };
            let keys = held.follow(session).await?;
            if is_host(session, account).await? {
                let order = HostOrder {
                    host: account,
                    key: Some(&keys),
                    allow_gone: false,
                    dry_run: false,
                };
                return read_host(session, &order, reach, stop).await;
            }
            let order = Order {
                account,
                key: Some(&keys),
                token: None,
                endpoint: None,
                allow_gone: false,
                dry_run: false,
            };
            Box::pin(read_account(session, &order, reach, stop)).await
        }
        (JobKind::Intents, _) => carry_out(session, plan, reach, stop).await,
        (JobKind::Backup, _) => match &plan.backups {
            Some(backups) => backups::take(backups, lease, now(session).await?, stop).await,
            None => Err(AppError::Internal("an agent without a place for backups takes none")),
        },
        (JobKind::Sync, None) => Err(AppError::Internal("a sync names no account")),
    }
}

/// Whether work was stopped between two of its steps.
pub fn is_cancelled(error: &AppError) -> bool {
    matches!(
        error,
        AppError::Provider(LinodeError::Cancelled) | AppError::Docker(DockerError::Cancelled { .. })
    )
}

async fn is_host(session: &Session, account: ProviderConfigId) -> Result<bool, AppError> {
    let account = accounts::get(session, account).await.map_err(removed)?;
    Ok(account.provider.eq_ignore_ascii_case("docker"))
}

/// Switched off, or removed, since it was seen: nobody needs to look.
fn removed(error: AppError) -> AppError {
    match error {
        AppError::Store(StoreError::NotFound) => AppError::Store(StoreError::Rule("sync_account_inactive".to_owned())),
        other => other,
    }
}

/// The database's time.
pub async fn now(session: &Session) -> Result<DateTime<Utc>, AppError> {
    let mut transaction = session.write().await?;
    Ok(agent::standing(&mut transaction, false).await?.facts.now)
}

async fn sweep(session: &Session) -> Result<Finished, AppError> {
    let mut connection = session.read().await?;
    auth::sweep(&mut connection).await?;
    customer_view::sweep(&mut connection).await?;
    live::prune(&mut connection).await?;
    Ok(Finished::new(
        JobOutcome::Completed,
        "Sessions and views that had expired are ended.",
        json!({}),
    ))
}

async fn bill(session: &Session, stop: &Stop) -> Result<Finished, AppError> {
    let standing = agent::standing(&mut *session.write().await?, false).await?;
    let target = billing_target(standing.facts.billing, standing.facts.now);
    // No run goes back before the last one, whatever became of it.
    let at = standing.last_run_at.map_or(target, |last| last.max(target));
    let report = billing::run(session, Some(at), |_, _| stop.flow()).await?;
    let run = &report.run;
    let outcome = match run.status.as_str() {
        "cancelled" => JobOutcome::Stopped,
        "partial" => JobOutcome::Partial,
        _ => JobOutcome::Completed,
    };
    let left_out = match (report.skipped.len(), run.parked) {
        (0, 0) => String::new(),
        (skipped, parked) => format!(" Left out: {skipped} organizations; {parked} resources wait for a price."),
    };
    Ok(Finished::new(
        outcome,
        match outcome {
            JobOutcome::Stopped => format!("Run {} was stopped; what it charged stays charged.", run.id),
            _ => format!(
                "Billed up to {}: run {}, {} {} charged to {} organizations.{left_out}",
                run.run_at.format("%Y-%m-%d %H:%M UTC"),
                run.id,
                run.charged,
                run.currency,
                run.organizations
            ),
        },
        json!({
            "run_id": run.id, "billed_up_to": run.run_at, "charged": run.charged.to_string(), "organizations": run.organizations,
            "hours": run.hours, "parked": run.parked, "skipped": report.skipped.len(), "duration_ms": report.duration_ms,
        }),
    ))
}

async fn end_grace(session: &Session, stop: &Stop) -> Result<Finished, AppError> {
    let mut sum = GraceEnded::default();
    loop {
        let mut transaction = session.write().await?;
        let batch = agent::end_grace(&mut transaction, GRACE_BATCH).await?;
        transaction.commit().await?;
        sum.ended += batch.ended;
        sum.failed_invoices += batch.failed_invoices;
        sum.told_to_shut_down += batch.told_to_shut_down;
        sum.shut_down += batch.shut_down;
        if batch.looked_at < GRACE_BATCH || stop.is_asked() {
            break;
        }
    }
    let mut then = match sum.shut_down {
        0 => String::new(),
        resources => format!(" {resources} servers and containers are shut down."),
    };
    if sum.told_to_shut_down > 0 {
        then.push_str(&format!(
            " Admins were asked to shut down by hand what {} organizations run.",
            sum.told_to_shut_down
        ));
    }
    Ok(Finished::new(
        JobOutcome::Completed,
        format!(
            "The time of grace of {} organizations has ended; {} invoices failed.{then}",
            sum.ended, sum.failed_invoices
        ),
        json!({ "ended": sum.ended, "failed_invoices": sum.failed_invoices, "told_to_shut_down": sum.told_to_shut_down, "shut_down": sum.shut_down }),
    ))
}

async fn close(session: &Session, stop: &Stop) -> Result<Finished, AppError> {
    let facts = agent::standing(&mut *session.write().await?, true).await?.facts;
    // It was due when it was claimed: there is one unless somebody has closed it since.
    let month = next_to_close(&facts).filter(|month: &UsageMonth| month.end() <= facts.now.naive_utc());
    let Some(month) = month else {
        return Ok(Finished::new(
            JobOutcome::Completed,
            "No month is to be closed.",
            json!({}),
        ));
    };
    let report = invoices::close(session, month, |_, _| stop.flow()).await?;
    let outcome = match report.outcome {
        CloseOutcome::Cancelled => JobOutcome::Stopped,
        _ if report.skipped.is_empty() => JobOutcome::Completed,
        _ => JobOutcome::Partial,
    };
    Ok(Finished::new(
        outcome,
        match outcome {
            JobOutcome::Stopped => format!("Closing {month} was stopped; what was issued stays."),
            _ => format!(
                "{month} is closed: {} invoices, {} in all. Left out: {} organizations.",
                report.issued,
                report.total,
                report.skipped.len()
            ),
        },
        json!({
            "period": month.to_string(), "invoices": report.issued, "total": report.total.to_string(), "skipped": report.skipped.len(),
            "duration_ms": report.duration_ms,
        }),
    ))
}

async fn carry_out(session: &Session, plan: &Plan, reach: &Reach, stop: &Stop) -> Result<Finished, AppError> {
    let held = plan.key.as_ref().ok_or(AppError::WorkspaceKey(KeyProblem::Missing))?;
    let keys = held.follow(session).await?;
    let swept = intents::sweep(session, &keys, reach, |_, _| stop.flow()).await?;
    let outcome = match swept.errors.len() {
        _ if stop.is_asked() => JobOutcome::Stopped,
        0 => JobOutcome::Completed,
        _ => JobOutcome::Partial,
    };
    for (intent, error) in &swept.errors {
        tracing::warn!(intent = intent.get(), %error, "an intent could not be carried out");
    }
    Ok(Finished::new(
        outcome,
        format!(
            "{} done, {} at work at the provider, {} not carried out, {} of unknown outcome, {} expired, {} found late, {} left waiting by a failure.",
            swept.done,
            swept.running,
            swept.failed,
            swept.unknown,
            swept.expired,
            swept.late,
            swept.errors.len()
        ),
        json!({
            "done": swept.done, "running": swept.running, "not_carried_out": swept.failed, "unknown": swept.unknown, "expired": swept.expired,
            "late": swept.late, "errors": swept.errors.len(),
        }),
    ))
}

async fn read_account(session: &Session, order: &Order<'_>, reach: &Reach, stop: &Stop) -> Result<Finished, AppError> {
    let report = Box::pin(sync::run(session, order, reach, |_, _| stop.flow()))
        .await
        .map_err(removed)?;
    match plans::refresh_prices(
        session,
        accounts::get(session, order.account).await?.endpoint.as_deref(),
        &Reach::patient(),
        plans::Refresh::IfOld,
    )
    .await
    {
        Ok(Some(kept)) => tracing::info!(changed = kept.changed, told = kept.told, "a price list was kept"),
        Ok(None) => {}
        // The servers are read all the same; the next sync asks again.
        Err(error) => tracing::warn!(%error, "a price list could not be read"),
    }
    let outcome = if report.complete {
        JobOutcome::Completed
    } else {
        JobOutcome::Partial
    };
    Ok(Finished::new(
        outcome,
        format!(
            "{} servers added, {} changed, {} unchanged, {} back, {} gone, {} left out.",
            report.added,
            report.changed,
            report.unchanged,
            report.returned,
            report.gone.len(),
            report.skipped
        ),
        json!({
            "added": report.added, "changed": report.changed, "unchanged": report.unchanged, "returned": report.returned,
            "gone": report.gone.len(), "skipped": report.skipped, "complete": report.complete, "duration_ms": report.duration_ms,
        }),
    ))
}

async fn read_host(session: &Session, order: &HostOrder<'_>, reach: &Reach, stop: &Stop) -> Result<Finished, AppError> {
    let report = containers::run(session, order, reach, |_, _| stop.flow())
        .await
        .map_err(removed)?;
    let outcome = if report.complete {
        JobOutcome::Completed
    } else {
        JobOutcome::Partial
    };
    Ok(Finished::new(
        outcome,
        format!(
            "{} containers added, {} changed, {} unchanged, {} back, {} gone, {} left out.",
            report.added,
            report.changed,
            report.unchanged,
            report.returned,
            report.gone.len(),
            report.skipped
        ),
        json!({
            "added": report.added, "changed": report.changed, "unchanged": report.unchanged, "returned": report.returned,
            "gone": report.gone.len(), "skipped": report.skipped, "complete": report.complete, "duration_ms": report.duration_ms,
        }),
    ))
}
