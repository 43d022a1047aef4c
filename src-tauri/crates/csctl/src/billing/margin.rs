//! `csctl billing margin`: revenue less provider cost.

use app::{
    domain::{margin::Grouping, metering::UsageMonth},
    margin,
    views::{ListRequest, MarginRow},
};
use clap::Args;
use serde_json::json;

use crate::{address::Input, business::wrong, cli::Place, failure::Failure, operator::Operator, report::Report};

/// How many rows are read at once.
const WINDOW: u32 = 200;

/// `csctl billing margin`
#[derive(Args)]
pub struct MarginArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Which month, such as 2026-10 [default: all months, in one line each]
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
    /// By what: plan, organization or server
    #[arg(long, value_name = "GROUPING", default_value = "plan", requires = "month")]
    pub by: String,
}

/// Runs it.
pub async fn run(arguments: &MarginArgs) -> Result<Report, Failure> {
    let by = Grouping::parse(&arguments.by).map_err(|_| wrong("by", "Give plan, organization or server."))?;
    let month = arguments
        .month
        .as_deref()
        .map(UsageMonth::parse)
        .transpose()
        .map_err(|why| wrong("month", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    match month {
        Some(month) => one(&operator, month, by).await,
        None => all(&operator).await,
    }
}

fn share(percent: Option<impl std::fmt::Display>) -> String {
    percent.map_or_else(|| "–".to_owned(), |percent| format!("{percent} %"))
}

async fn all(operator: &Operator) -> Result<Report, Failure> {
    let months = margin::months(&operator.session)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: months
            .iter()
            .map(|row| {
                format!(
                    "{}  revenue {:>14}  cost {:>14}  margin {:>14}  {:>8}",
                    row.month.format("%Y-%m"),
                    row.revenue,
                    row.cost,
                    row.margin,
                    share(row.percent)
                )
            })
            .collect(),
        json: json!({ "months": months }),
    })
}

async fn one(operator: &Operator, month: UsageMonth, by: Grouping) -> Result<Report, Failure> {
    let failed = |error| operator.failed(error);
    let total = margin::total(&operator.session, month, by).await.map_err(failed)?;
    let mut rows: Vec<MarginRow> = Vec::new();
    let mut request = ListRequest::first(WINDOW);
    loop {
        let page = margin::list(&operator.session, month, by, &request)
            .await
            .map_err(failed)?;
        rows.extend(page.rows);
        match page.next {
            Some(after) => request.after = Some(after),
            None => break,
        }
    }
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{:<40}  revenue {:>14}  cost {:>14}  margin {:>14}  {:>8}",
                row.label,
                row.revenue,
                row.cost,
                row.margin,
                share(row.percent)
            )
        })
        .collect();
    lines.push(format!(
        "{month}, counted until {}: revenue {}, cost {}, margin {} {} ({}).",
        total.counted_until.format("%Y-%m-%d %H:%M UTC"),
        total.revenue,
        total.cost,
        total.margin,
        total.currency,
        share(total.percent)
    ));
    if total.uncosted > 0 {
        lines.push(format!(
            "Of {} no cost is known: their plans have none.",
            total.uncosted
        ));
    }
    Ok(Report {
        lines,
        json: json!({ "month": month.to_string(), "by": by, "rows": rows, "total": total }),
    })
}
