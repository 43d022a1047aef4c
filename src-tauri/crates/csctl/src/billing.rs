//! `csctl billing`: the run.

use std::ops::ControlFlow;

use app::billing::{self, RunReport};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    address::Input,
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// `csctl billing …`
#[derive(Subcommand)]
pub enum BillingCommand {
    /// Charge the hours that have ended since the last run
    #[command(
        after_help = "Safe to repeat: an hour is charged once. Killed at any instant, it leaves every organization charged in \
                            full for a step or untouched, and the next run goes on. What a wallet doesn't cover stays due."
    )]
    Run(RunArgs),
}

/// `csctl billing run`
#[derive(Args)]
pub struct RunArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Charge up to this time instead of now (RFC 3339, such as 2026-03-01T00:00:00Z)
    #[arg(long, value_name = "TIME")]
    pub at: Option<DateTime<Utc>>,
}

/// Runs one of the commands.
pub async fn run(command: &BillingCommand) -> Result<Report, Failure> {
    match command {
        BillingCommand::Run(arguments) => charge(arguments).await,
    }
}

async fn charge(arguments: &RunArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let report = billing::run(&operator.session, arguments.at, |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| operator.failed(error))?;
    // The run stands whether or not its entries of the log are chained now; the next who comes chains them too.
    drop(app::trust::seal_log(&operator.session).await);
    let said = told(&report);
    if report.run.status == "partial" {
        return Err(Failure::done_in_part(
            said,
            "billing_in_part",
            "Something was skipped or parked; the rest is charged:",
        ));
    }
    Ok(said)
}

/// What a run did.
pub fn told(report: &RunReport) -> Report {
    let run = &report.run;
    let mut lines = vec![format!(
        "Run {} up to {}: {} of {} in {} charged, {}.",
        run.id,
        run.run_at.format("%Y-%m-%d %H:%M:%S UTC"),
        run.charged,
        count(usize::try_from(run.hours).unwrap_or(0), "hour"),
        count(usize::try_from(run.organizations).unwrap_or(0), "organization"),
        run.status,
    )];
    for skipped in &report.skipped {
        lines.push(format!(
            "Skipped: {} (organization {}): {}.",
            skipped.organization.as_deref().unwrap_or("?"),
            skipped.organization_id,
            skipped.reason.replace('_', " ")
        ));
    }
    for parked in &report.parked {
        lines.push(format!(
            "Parked: {} {} ({}) from {}: {}.",
            parked.kind,
            parked.resource_id,
            parked.label.as_deref().unwrap_or("no name"),
            parked.parked_from.format("%Y-%m-%d %H:%M UTC"),
            parked.reason.replace('_', " ")
        ));
    }
    Report {
        lines,
        json: json!({
            "run_id": run.id,
            "at": run.run_at,
            "status": run.status,
            "organizations": run.organizations,
            "resources": run.resources,
            "hours": run.hours,
            "charged": run.charged.to_string(),
            "carried": run.carried.to_string(),
            "skipped": report.skipped,
            "parked": report.parked,
            "duration_ms": report.duration_ms,
        }),
    }
}
