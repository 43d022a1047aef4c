//! `csctl invoices export`: many invoices in one file.

use std::path::PathBuf;

use app::{
    domain::{invoice::InvoiceStatus, metering::UsageMonth},
    invoices::{self, DocumentFormat},
    views::{FilterOp, ListRequest},
};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::write_file;
use crate::{
    address::Input,
    business::{organization, wrong},
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// What kind of file.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// Each invoice on sheets of its own, to hand out
    Pdf,
    /// A workbook: a sheet of invoices, a sheet of their lines
    Xlsx,
    /// The lines, a row each
    Csv,
}

/// `csctl invoices export`
#[derive(Args)]
pub struct ExportArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What kind of file
    #[arg(long, value_enum)]
    pub format: Format,
    /// Only those of this organization: its number or name
    #[arg(long)]
    pub organization: Option<String>,
    /// Only those that are pending, paid, failed or cancelled
    #[arg(long)]
    pub status: Option<String>,
    /// Only those of this month's close, such as 2026-10
    #[arg(long, value_name = "YYYY-MM")]
    pub period: Option<String>,
    /// The file to write; only you may read it
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
}

/// Runs `csctl invoices export`.
pub async fn export(arguments: &ExportArgs) -> Result<Report, Failure> {
    let mut request = ListRequest::first(1);
    if let Some(text) = &arguments.status {
        let status = InvoiceStatus::parse(text).map_err(|why| wrong("status", why))?;
        request = request.with("status", FilterOp::Is, &status);
    }
    if let Some(text) = &arguments.period {
        let period = UsageMonth::parse(text).map_err(|why| wrong("period", why))?;
        request = request.with("period_start", FilterOp::Is, &period.start().and_utc().to_rfc3339());
    }
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    if let Some(text) = &arguments.organization {
        let found = organization(&operator, text).await?;
        request = request.with("organization_id", FilterOp::Is, &found.id);
    }
    let format = match arguments.format {
        Format::Pdf => DocumentFormat::Pdf,
        Format::Xlsx => DocumentFormat::Xlsx,
        Format::Csv => DocumentFormat::Csv,
    };
    let made = invoices::file(&operator.session, format, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    let path = &arguments.output;
    write_file(&operator, path, &made.bytes, arguments.force)?;
    let mut lines = vec![format!(
        "Wrote {} to {}.",
        count(made.invoices, "invoice"),
        path.display()
    )];
    if made.left_out > 0 {
        lines.push(format!(
            "{} left out: another program wrote them, and their lines don't make their amount.",
            made.left_out
        ));
    }
    Ok(Report {
        lines,
        json: json!({ "path": path, "invoices": made.invoices, "left_out": made.left_out, "bytes": made.bytes.len() }),
    })
}
