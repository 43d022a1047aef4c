//! `csctl billing preview`, and a run that charges what a preview has shown.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use app::{
    AppError,
    billing::RunReport,
    preview::{self, Reader, Totals, Writer},
    views::PreviewRow,
};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    address::Input,
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// How many organizations a person is shown.
const SHOWN: usize = 200;

/// `csctl billing preview`
#[derive(Args)]
pub struct PreviewArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// As of this time instead of now (RFC 3339, such as 2026-03-01T00:00:00Z)
    #[arg(long, value_name = "TIME")]
    pub at: Option<DateTime<Utc>>,
    /// Write the preview to a new file, a JSON object a line, for csctl billing run --preview
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Where the organizations go.
enum Sink {
    /// To a person: the first of those that have something to tell.
    Lines(Vec<String>),
    /// To a program.
    Json { rows: String },
    /// Into a file.
    File {
        file: Option<(BufWriter<File>, PathBuf)>,
        writer: Option<Writer<BufWriter<File>>>,
    },
}

/// Shows what a run would charge. With `--json` it writes standard output itself, the organizations as they come.
pub async fn run(place: &Place, at: Option<DateTime<Utc>>, out: Option<&Path>, json: bool) -> Result<Report, Failure> {
    let operator = Operator::open(place, &mut Input::new()).await?;
    let mut sink = match out {
        Some(path) => {
            let file = File::create_new(path).map_err(|cause| not_written(path, &cause))?;
            Sink::File {
                file: Some((BufWriter::new(file), path.to_owned())),
                writer: None,
            }
        }
        None if json => Sink::Json { rows: String::new() },
        None => Sink::Lines(Vec::new()),
    };
    // A file needs the time first: it is asked for before anything is looked at.
    let at = preview::time(&operator.session, at)
        .await
        .map_err(|error| discard(out, operator.failed(error)))?;
    if let Sink::File { file, writer } = &mut sink
        && let Some((file, path)) = file.take()
    {
        *writer = Some(Writer::new(file, at).map_err(|error| discard(Some(&path), operator.failed(error)))?);
    }
    let totals = preview::preview(&operator.session, Some(at), |row| sink.take(row))
        .await
        .map_err(|error| discard(out, operator.failed(error)))?;
    let mut answer = answer(&totals);
    let mut lines = vec![sums(&totals)];
    match sink {
        Sink::Lines(rows) => lines.extend(rows),
        Sink::Json { rows } => {
            // Not through a tree of values: a hundred thousand organizations would fill the memory.
            let text = answer.to_string();
            let head = text.strip_suffix('}').unwrap_or(&text);
            let written = writeln!(std::io::stdout().lock(), "{head},\"by_organization\":[{rows}]}}");
            drop(written);
            return Ok(Report::already_told());
        }
        Sink::File { writer, .. } => {
            if let Some(writer) = writer {
                writer
                    .end(&totals)
                    .map_err(|error| discard(out, operator.failed(error)))?;
            }
            if let Some(path) = out {
                lines.push(format!(
                    "Written to {0}; charge it with csctl billing run --preview {0}.",
                    path.display()
                ));
                answer["path"] = json!(path);
            }
        }
    }
    lines.extend(totals.skipped.iter().map(|skipped| {
        format!(
            "Would be skipped: {} (organization {}): {}.",
            skipped.organization.as_deref().unwrap_or("?"),
            skipped.organization_id,
            skipped.reason.replace('_', " ")
        )
    }));
    lines.extend(totals.parked.iter().map(|parked| {
        format!(
            "Waits: {} {} ({}) of {} from {}: {}.",
            parked.kind,
            parked.resource_id,
            parked.label.as_deref().unwrap_or("no name"),
            parked.organization.as_deref().unwrap_or("?"),
            parked.parked_from.format("%Y-%m-%d %H:%M UTC"),
            parked.reason.replace('_', " ")
        )
    }));
    Ok(Report { lines, json: answer })
}

fn not_written(path: &Path, cause: &std::io::Error) -> Failure {
    Failure::new(
        "file_not_written",
        format!(
            "{} could not be made ({cause}); nothing was written. Give a file that isn't there yet.",
            path.display()
        ),
    )
}

/// Half a preview is none.
fn discard(path: Option<&Path>, failure: Failure) -> Failure {
    if let Some(path) = path {
        drop(std::fs::remove_file(path));
    }
    failure
}

impl Sink {
    fn take(&mut self, row: &PreviewRow) -> Result<(), AppError> {
        match self {
            Self::Lines(lines) => {
                if lines.len() < SHOWN && (row.hours > 0 || !row.changes.is_empty()) {
                    lines.push(told(row));
                } else if lines.len() == SHOWN {
                    lines.push("… and more: --out FILE or --json has all of them.".to_owned());
                }
            }
            Self::Json { rows } => {
                if !rows.is_empty() {
                    rows.push(',');
                }
                rows.push_str(
                    &serde_json::to_string(row).map_err(|_| AppError::Internal("a preview that can't be written"))?,
                );
            }
            Self::File { writer, .. } => {
                if let Some(writer) = writer {
                    writer.row(row)?;
                }
            }
        }
        Ok(())
    }
}

fn told(row: &PreviewRow) -> String {
    let changes: Vec<String> = row
        .changes
        .iter()
        .map(|change| {
            let adds = change.adds.map_or_else(String::new, |adds| format!(" {adds:+}"));
            match change.resources {
                Some(number) => format!("{} ({}){adds}", change.reason, number),
                None => format!("{}{adds}", change.reason),
            }
        })
        .collect();
    format!(
        "  {:<32} {:>7} h {:>12}  last {:>10}  {}",
        row.organization,
        row.hours,
        row.amount,
        row.last_amount
            .map_or_else(|| "never".to_owned(), |amount| amount.to_string()),
        changes.join(", ")
    )
}

fn sums(totals: &Totals) -> String {
    format!(
        "A run up to {} would charge {} for {} of {} in {}. Nothing was changed.",
        totals.at.format("%Y-%m-%d %H:%M:%S UTC"),
        totals.charged,
        count(usize::try_from(totals.hours).unwrap_or(0), "hour"),
        count(usize::try_from(totals.resources).unwrap_or(0), "resource"),
        count(usize::try_from(totals.organizations).unwrap_or(0), "organization"),
    )
}

/// As a run answers, with no run.
fn answer(totals: &Totals) -> Value {
    json!({
        "run_id": null,
        "dry_run": true,
        "id": totals.id,
        "at": totals.at,
        "organizations": totals.organizations,
        "looked_at": totals.looked_at,
        "resources": totals.resources,
        "hours": totals.hours,
        "charged": totals.charged,
        "carried": totals.carried,
        "skipped": totals.skipped,
        "parked": totals.parked,
        "duration_ms": totals.duration_ms,
    })
}

/// Charges what a file's preview has shown.
pub async fn commit(operator: &Operator, path: &Path) -> Result<RunReport, Failure> {
    let open = || {
        File::open(path).map(BufReader::new).map_err(|cause| {
            Failure::bad(
                "file_not_read",
                format!("{} could not be read ({cause}); nothing was charged.", path.display()),
            )
        })
    };
    let damaged = |_| {
        Failure::bad(
            "preview_damaged",
            format!(
                "{} is no whole preview; nothing was charged. Make it anew with csctl billing preview --out FILE.",
                path.display()
            ),
        )
    };
    // All of it is looked through before the first organization is charged.
    preview::check(Reader::new(open()?).map_err(damaged)?).map_err(damaged)?;
    let reader = Reader::new(open()?).map_err(damaged)?;
    preview::commit(&operator.session, reader, |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| operator.failed(error))
}
