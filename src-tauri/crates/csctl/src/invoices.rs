//! `csctl invoices`: the month's close, and what it wrote.

mod by_hand;
mod files;

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use app::{
    AppError,
    domain::{invoice::InvoiceStatus, metering::UsageMonth},
    export,
    invoices::{self, CloseOutcome, ClosePreview, CloseReport, Detail},
    views::{FilterOp, InvoiceRow, ListRequest, Page, Skipped},
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    address::Input,
    billing,
    business::{organization, wrong},
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// How many rows a listing shows at most.
const SHOWN: u32 = 200;

/// `csctl invoices …`
#[derive(Subcommand)]
pub enum InvoicesCommand {
    /// Close a month: charge its last hours, then issue one invoice per organization with usage
    #[command(
        after_help = "Safe to repeat: an organization gets one invoice a month, and a month that is closed stays as it is. Killed at \
                            any instant, it leaves each organization with its invoice or without; the same command goes on."
    )]
    Close(CloseArgs),
    /// List invoices, newest first
    List(ListArgs),
    /// Show an invoice and its lines
    Show(ShowArgs),
    /// Write an invoice as PDF
    Pdf(PdfArgs),
    /// Write many invoices into one file: PDF, XLSX or CSV
    Export(files::ExportArgs),
    /// Issue an invoice for what isn't usage, such as a set-up fee
    #[command(
        after_help = "It gets the next number and waits to be paid: csctl invoices pay takes it from the wallet."
    )]
    Issue(by_hand::IssueArgs),
    /// Issue a credit note over an invoice
    #[command(after_help = "It gives back no more than the invoice: csctl invoices pay puts it into the wallet.")]
    Credit(by_hand::CreditArgs),
    /// Take an invoice made by hand from the wallet, or put a credit note into it
    Pay(by_hand::PayArgs),
}

/// `csctl invoices close`
#[derive(Args)]
pub struct CloseArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The month, such as 2026-10
    #[arg(long, value_name = "YYYY-MM")]
    pub period: String,
    /// Say what would be issued, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl invoices list`
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Only those of this organization: its number or name
    #[arg(long)]
    pub organization: Option<String>,
    /// Only those that are pending, paid, failed or cancelled
    #[arg(long)]
    pub status: Option<String>,
}

/// `csctl invoices show`
#[derive(Args)]
pub struct ShowArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The invoice's number, such as INV-2026-000123
    pub number: String,
}

/// `csctl invoices pdf`
#[derive(Args)]
pub struct PdfArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The invoice's number, such as INV-2026-000123
    pub number: String,
    /// The file to write; only you may read it
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
}

/// Runs one of the commands.
pub async fn run(command: &InvoicesCommand) -> Result<Report, Failure> {
    match command {
        InvoicesCommand::Close(arguments) => close(arguments).await,
        InvoicesCommand::List(arguments) => list(arguments).await,
        InvoicesCommand::Show(arguments) => show(arguments).await,
        InvoicesCommand::Pdf(arguments) => pdf(arguments).await,
        InvoicesCommand::Export(arguments) => files::export(arguments).await,
        InvoicesCommand::Issue(arguments) => by_hand::issue(arguments).await,
        InvoicesCommand::Credit(arguments) => by_hand::credit(arguments).await,
        InvoicesCommand::Pay(arguments) => by_hand::pay(arguments).await,
    }
}

async fn close(arguments: &CloseArgs) -> Result<Report, Failure> {
    let period = UsageMonth::parse(&arguments.period).map_err(|why| wrong("period", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    if arguments.dry_run {
        let preview = invoices::preview(&operator.session, period)
            .await
            .map_err(|error| operator.failed(error))?;
        return Ok(previewed(&preview));
    }
    let report = invoices::close(&operator.session, period, |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| operator.failed(error))?;
    let said = closed(&report);
    if !report.skipped.is_empty() {
        return Err(Failure::done_in_part(
            said,
            "close_in_part",
            "Some organizations were left out and have no invoice of this month; give the same command again when they are in order:",
        ));
    }
    Ok(said)
}

fn left_out(skipped: &[Skipped]) -> impl Iterator<Item = String> {
    skipped.iter().map(|skipped| {
        format!(
            "Left out: {} (organization {}): {}.",
            skipped.organization.as_deref().unwrap_or("?"),
            skipped.organization_id,
            skipped.reason.replace('_', " ")
        )
    })
}

fn invoices_of(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "invoice")
}

fn previewed(preview: &ClosePreview) -> Report {
    let period = preview.period;
    let mut lines = vec![if preview.closed {
        format!(
            "{period} is closed: {} of {} in all. Nothing would be issued.",
            invoices_of(preview.already),
            preview.already_total
        )
    } else {
        format!(
            "Closing {period} would issue {} of {} in all, for usage of {}; {} of the month are there. Nothing was changed.",
            invoices_of(preview.invoices),
            preview.total,
            preview.usage,
            preview.already
        )
    }];
    if !preview.closed && !preview.billed {
        lines.push("It would begin with a billing run up to the end of the month's last hour.".to_owned());
    }
    lines.extend(left_out(&preview.skipped));
    Report {
        lines,
        json: json!({
            "period": period.to_string(),
            "dry_run": true,
            "closed": preview.closed,
            "billed": preview.billed,
            "invoices": preview.invoices,
            "total": preview.total,
            "usage": preview.usage,
            "late": preview.late,
            "already": preview.already,
            "already_total": preview.already_total,
            "skipped": preview.skipped,
        }),
    }
}

fn closed(report: &CloseReport) -> Report {
    let period = report.period;
    let mut lines = vec![match report.outcome {
        CloseOutcome::Repeated => format!(
            "{period} had been closed before, with {}; nothing was issued again.",
            invoices_of(report.already)
        ),
        CloseOutcome::Cancelled => format!("{period} is not closed yet: {} issued.", invoices_of(report.issued)),
        CloseOutcome::Closed => format!(
            "{period} is closed: {} issued, {} in all; {} had been there.",
            invoices_of(report.issued),
            report.total,
            report.already
        ),
    }];
    lines.extend(left_out(&report.skipped));
    let run = report.run.as_ref().map(billing::told);
    if let Some(run) = &run {
        lines.extend(run.lines.iter().cloned());
    }
    Report {
        lines,
        json: json!({
            "period": period.to_string(),
            "outcome": report.outcome.as_str(),
            "invoices": report.issued,
            "total": report.total,
            "already": report.already,
            "skipped": report.skipped,
            "run": run.map(|run| run.json),
            "duration_ms": report.duration_ms,
        }),
    }
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let status = arguments
        .status
        .as_deref()
        .map(|text| InvoiceStatus::parse(text).map_err(|why| wrong("status", why)))
        .transpose()?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let mut request = ListRequest::first(SHOWN);
    if let Some(status) = status {
        request = request.with("status", FilterOp::Is, &status);
    }
    if let Some(text) = &arguments.organization {
        let found = organization(&operator, text).await?;
        request = request.with("organization_id", FilterOp::Is, &found.id);
    }
    let page = invoices::list(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(listed(&page))
}

fn listed(page: &Page<InvoiceRow>) -> Report {
    let mut lines: Vec<String> = page.rows.iter().map(row).collect();
    lines.push(format!("{} of {}", page.rows.len(), page.total));
    Report {
        lines,
        json: json!({ "rows": page.rows, "total": page.total }),
    }
}

fn row(invoice: &InvoiceRow) -> String {
    format!(
        "{:<18}  {:<32}  {:>12} {}  {:<9}  due {}",
        invoice.number.as_deref().unwrap_or("no number"),
        invoice.organization.as_deref().unwrap_or("no organization"),
        invoice
            .amount
            .map_or_else(|| "?".to_owned(), |amount| amount.to_string()),
        invoice.currency.as_deref().unwrap_or_default(),
        invoice.status,
        invoice.due
    )
}

async fn found(operator: &Operator, number: &str) -> Result<i32, Failure> {
    invoices::find(&operator.session, number)
        .await
        .map_err(|error| match error {
            AppError::Store(app::views::StoreError::NotFound) => Failure::new(
                "not_found",
                format!("No invoice has the number {number:?}; nothing was written."),
            ),
            other => operator.failed(other),
        })
}

async fn show(arguments: &ShowArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let id = found(&operator, &arguments.number).await?;
    let detail = invoices::detail(&operator.session, id)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(shown(&detail))
}

fn written(number: Option<impl std::fmt::Display>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

fn shown(detail: &Detail) -> Report {
    let mut lines = vec![row(&detail.invoice)];
    for line in &detail.lines {
        lines.push(format!(
            "  {:<44}  {:>6} {:<4}  x {:>8}  = {:>12}{}{}",
            line.description,
            written(line.quantity),
            line.unit.as_deref().unwrap_or_default(),
            written(line.unit_price),
            written(line.amount),
            if line.cap_applied { "  capped" } else { "" },
            if line.late { "  late" } else { "" },
        ));
    }
    if let Some((carry_in, carry_out)) = detail.carry_in.zip(detail.carry_out) {
        lines.push(format!("  carried in {carry_in}, carried on {carry_out}"));
    }
    for told in &detail.told {
        lines.push(format!(
            "  not in the total: {} {} {}  = {:>12}",
            told.at.format("%Y-%m-%d"),
            told.kind,
            told.reason.as_deref().unwrap_or_default(),
            told.amount
        ));
    }
    Report {
        lines,
        json: json!({
            "invoice": detail.invoice,
            "lines": detail.lines,
            "usage": detail.usage,
            "carry_in": detail.carry_in,
            "carry_out": detail.carry_out,
            "told": detail.told,
        }),
    }
}

async fn pdf(arguments: &PdfArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let id = found(&operator, &arguments.number).await?;
    let (number, bytes) = invoices::pdf(&operator.session, id)
        .await
        .map_err(|error| operator.failed(error))?;
    let path = &arguments.output;
    write_file(&operator, path, &bytes, arguments.force)?;
    let json: Value = json!({ "number": number.to_string(), "path": path, "bytes": bytes.len() });
    Ok(Report {
        lines: vec![format!("Wrote {number} to {}.", path.display())],
        json,
    })
}

fn write_file(operator: &Operator, path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    export::write_file(path, bytes, force).map_err(|error| match error {
        AppError::Export(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Failure::new(
            "file_exists",
            format!(
                "{} is there already; it was left as it is. Give another --output, or --force.",
                path.display()
            ),
        ),
        AppError::Export(cause) => Failure::new(
            "export_failed",
            format!("{} could not be written ({cause}); no file was left.", path.display()),
        ),
        other => operator.failed(other),
    })
}
