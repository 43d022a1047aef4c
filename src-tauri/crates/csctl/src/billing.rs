//! `csctl billing`: the run, its preview, and what proves and explains it.

mod explain;
mod margin;
mod preview;
mod prove;

use std::{ops::ControlFlow, path::PathBuf};

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
    /// Show what a run would charge, organization by organization, and why it differs from the last
    #[command(
        after_help = "Writes nothing, takes no lock and uses up no number. With --out it can be charged as it was shown: what has \
                            changed in between is left out and listed."
    )]
    Preview(preview::PreviewArgs),
    /// Prove that the books are right: wallets, charges, invoices, and every hour once
    #[command(after_help = "Exit code 1 if anything is wrong; each breach says what, where, expected and found.")]
    Prove(prove::ProveArgs),
    /// Show the hours, rates, caps and carries behind a charge, an invoice or a balance
    Explain(explain::ExplainArgs),
    /// Show revenue less provider cost, by month, plan, organization or server
    Margin(margin::MarginArgs),
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
    /// Show what would be charged, and change nothing: as csctl billing preview
    #[arg(long)]
    pub dry_run: bool,
    /// Charge what this preview (of csctl billing preview --out) has shown; what has changed since is left out and listed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["at", "dry_run"])]
    pub preview: Option<PathBuf>,
}

/// Runs one of the commands.
pub async fn run(command: &BillingCommand, json: bool) -> Result<Report, Failure> {
    match command {
        BillingCommand::Run(arguments) if arguments.dry_run => {
            preview::run(&arguments.place, arguments.at, None, json).await
        }
        BillingCommand::Run(arguments) => charge(arguments).await,
        BillingCommand::Preview(arguments) => {
            preview::run(&arguments.place, arguments.at, arguments.out.as_deref(), json).await
        }
        BillingCommand::Prove(arguments) => prove::run(arguments).await,
        BillingCommand::Explain(arguments) => explain::run(arguments).await,
        BillingCommand::Margin(arguments) => margin::run(arguments).await,
    }
}

async fn charge(arguments: &RunArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let report = match &arguments.preview {
        Some(path) => preview::commit(&operator, path).await?,
        None => billing::run(&operator.session, arguments.at, |_, _| ControlFlow::Continue(()))
            .await
            .map_err(|error| operator.failed(error))?,
    };
    // What was charged is proven; whether that could be done is seen in every desk.
    let proof = app::books::prove_changes(&operator.session).await.ok().flatten();
    // The run stands whether or not its entries of the log are chained now; the next who comes chains them too.
    drop(app::trust::seal_log(&operator.session).await);
    let mut said = told(&report);
    if let Some(proof) = proof.filter(|proof| !proof.ok) {
        said.lines.extend(prove::told(&proof).lines);
    }
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
