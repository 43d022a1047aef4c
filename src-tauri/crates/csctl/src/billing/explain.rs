//! `csctl billing explain`.

use app::{
    explain, invoices,
    views::{ExplainedCharge, ExplainedInvoice, ExplainedOrganization, ExplainedTransaction, Mark},
};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::Value;

use crate::{address::Input, business::organization, cli::Place, failure::Failure, operator::Operator, report::Report};

/// `csctl billing explain`
#[derive(Args)]
#[group(id = "what", required = true, multiple = false, args = ["transaction", "invoice", "organization"])]
pub struct ExplainArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// A row of the ledger, by its number
    #[arg(long, value_name = "ID")]
    pub transaction: Option<i32>,
    /// An invoice, by its number such as INV-2026-000123
    #[arg(long, value_name = "NUMBER")]
    pub invoice: Option<String>,
    /// The balance of an organization, by its number or name
    #[arg(long, value_name = "ORGANIZATION")]
    pub organization: Option<String>,
}

/// Explains.
pub async fn run(arguments: &ExplainArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let session = &operator.session;
    let report = if let Some(id) = arguments.transaction {
        explain::transaction(session, id)
            .await
            .map(|told| report(transaction(&told), serde_json::to_value(&told)))
    } else if let Some(number) = &arguments.invoice {
        match invoices::find(session, number).await {
            Ok(id) => explain::invoice(session, id)
                .await
                .map(|told| report(invoice(&told), serde_json::to_value(&told))),
            Err(error) => Err(error),
        }
    } else {
        let found = organization(&operator, arguments.organization.as_deref().unwrap_or_default()).await?;
        explain::organization(session, found.id)
            .await
            .map(|told| report(balance(&told), serde_json::to_value(&told)))
    };
    report.map_err(|error| operator.failed(error))
}

fn report(lines: Vec<String>, told: serde_json::Result<Value>) -> Report {
    Report {
        lines,
        json: told.unwrap_or_default(),
    }
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(
        || "the beginning".to_owned(),
        |at| at.format("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

fn mark(mark: &Mark) -> String {
    match (&mark.kind, mark.resource_id) {
        (Some(kind), Some(id)) => format!("the hour of {kind} {id} from {}", time(mark.at)),
        _ => time(mark.at),
    }
}

fn or_dash(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

const WRONG: &str = "THIS DOES NOT ADD UP: run csctl billing prove.";

fn transaction(told: &ExplainedTransaction) -> Vec<String> {
    let mut lines = vec![format!(
        "Transaction {}: {} of {} {} to {}, {}, {}.",
        told.transaction_id,
        or_dash(told.kind.as_ref()),
        or_dash(told.amount),
        or_dash(told.currency.as_ref()),
        or_dash(told.organization.as_ref()),
        told.status,
        time(told.created_at)
    )];
    lines.extend(told.reason.iter().map(|reason| format!("  {reason}")));
    lines.extend(told.refund_of.map(|id| format!("  Gives back of transaction {id}.")));
    lines.extend(told.refunds.iter().map(|refund| {
        format!(
            "  Given back by transaction {}: {}, {}.",
            refund.transaction_id, refund.amount, refund.status
        )
    }));
    if let Some(explained) = &told.charge {
        lines.extend(charge(explained));
    }
    lines
}

fn charge(told: &ExplainedCharge) -> Vec<String> {
    let mut lines = vec![
        format!(
            "  Usage of {}, by run {} up to {}: from {} until {}{}.",
            told.usage_month,
            told.run_id,
            time(told.run_at),
            mark(&told.from),
            mark(&told.until),
            if told.partial {
                ", as far as the wallet went"
            } else {
                ""
            }
        ),
        format!(
            "  {:<24} {:<18} {:<19} {:>6} {:>9} {:<19} {:>9} {:>12} {:>12}",
            "resource", "plan", "first hour", "hours", "rate", "in force since", "cap", "before", "amount"
        ),
    ];
    for line in &told.lines {
        lines.push(format!(
            "  {:<24} {:<18} {:<19} {:>6} {:>9} {:<19} {:>9} {:>12} {:>12}{}{}",
            line.label
                .clone()
                .unwrap_or_else(|| format!("{} {}", line.kind, line.resource_id)),
            or_dash(line.plan.as_ref()),
            time(Some(line.first_hour)),
            line.hours,
            line.hourly_rate,
            time(line.in_force_since),
            or_dash(line.monthly_cap),
            line.metered_before,
            line.amount,
            if line.cap_applied { "  capped" } else { "" },
            if line.late { "  late" } else { "" },
        ));
    }
    lines.push(format!(
        "  {} h, {} + {} carried in = {} charged + {} carried on.",
        told.sum_hours, told.sum, told.carry_in, told.amount, told.carry_out
    ));
    if !told.agrees {
        lines.push(format!("  {WRONG} Stored: {} h, {}.", told.hours, told.usage));
    }
    lines
}

fn invoice(told: &ExplainedInvoice) -> Vec<String> {
    let text = |line: &Value, field: &str| match line.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => "-".to_owned(),
        Some(other) => other.to_string(),
    };
    let mut lines = vec![format!(
        "Invoice {} to {}: {} {}, {}, {} paid.",
        or_dash(told.number.as_ref()),
        or_dash(told.organization.as_ref()),
        or_dash(told.amount),
        or_dash(told.currency.as_ref()),
        told.status,
        or_dash(told.amount_paid)
    )];
    for line in &told.lines {
        lines.push(format!(
            "  {:<32} {:<7} from {:<20} {:>6} x {:>9} (cap {:>8}) = {:>12}",
            text(line, "description"),
            text(line, "usage_month"),
            text(line, "first_hour"),
            text(line, "quantity"),
            text(line, "unitPrice"),
            text(line, "monthly_cap"),
            text(line, "amount"),
        ));
    }
    if let Some((carry_in, carry_out)) = told.carry_in.zip(told.carry_out) {
        lines.push(format!(
            "  {} + {carry_in} carried in = {} + {carry_out} carried on.",
            told.sum,
            or_dash(told.amount)
        ));
        lines.push(format!(
            "  Of its {} h, {} were charged and {} are due.",
            told.told_hours, told.charged_hours, told.uncharged_hours
        ));
    }
    for charge in &told.charges {
        lines.push(format!(
            "  Charged by run {} up to {}: {:>6} h {:>12}  transaction {}",
            charge.run_id,
            time(charge.run_at),
            charge.hours,
            charge.amount,
            or_dash(charge.transaction_id)
        ));
    }
    if !told.agrees {
        lines.push(format!("  {WRONG}"));
    }
    lines
}

fn balance(told: &ExplainedOrganization) -> Vec<String> {
    let mut lines = vec![format!(
        "{} holds {} {}.",
        told.organization,
        or_dash(told.balance),
        or_dash(told.currency.as_ref())
    )];
    for row in &told.by_type {
        lines.push(format!(
            "  {:<12} {:>8} {:>14}",
            or_dash(row.kind.as_ref()),
            row.count,
            row.sum
        ));
    }
    lines.push(format!(
        "  {:<12} {:>8} {:>14}  ({} is pending)",
        "sum", "", told.sum, told.pending
    ));
    lines.push(format!(
        "  Charged until {}; {} carried; {} not covered at the last run.",
        mark(&told.charged_until),
        told.carry,
        told.arrears
    ));
    lines.push(format!(
        "  A run now would find {} h worth {}{}.",
        told.accrued_hours,
        told.accrued,
        match told.covered {
            Some(false) => ", more than the wallet covers",
            _ => "",
        }
    ));
    if !told.agrees {
        lines.push(format!("  {WRONG}"));
    }
    lines
}
