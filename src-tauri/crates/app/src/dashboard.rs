//! The dashboard: sums of the business, and what in it needs somebody.

use std::path::Path;

use chrono::{DateTime, Utc};
use domain::{
    dashboard::{Concern, Period, change, percent},
    role::Area,
};
use rust_decimal::Decimal;
use store::dashboard::{self, Revenue, Summary};

use crate::{
    AppError,
    billing::schedule,
    export::{self, Exported},
    plans::costs,
    session::Session,
};

/// A period's revenue, with what follows from it.
#[derive(Debug, Clone)]
pub struct RevenueReport {
    /// Which period.
    pub period: Period,
    /// Its bars and bounds.
    pub figures: Revenue,
    /// All of its revenue.
    pub revenue: Decimal,
    /// How much more than in the same stretch before, in percent.
    pub change: Option<Decimal>,
    /// What it is going to be when the month ends; for the month only.
    pub month_end: Option<Decimal>,
    /// What it has cost; for roles that see cost.
    pub margin: Option<Margin>,
}

/// Revenue less provider cost.
#[derive(Debug, Clone)]
pub struct Margin {
    /// The cost.
    pub cost: Decimal,
    /// The margin.
    pub margin: Decimal,
    /// The margin in percent of revenue.
    pub percent: Option<Decimal>,
    /// How many points more than before.
    pub points: Option<Decimal>,
}

/// Sums up a period as of now, or as of a time.
pub async fn revenue(session: &Session, period: Period, at: Option<DateTime<Utc>>) -> Result<RevenueReport, AppError> {
    let figures = dashboard::revenue(&mut *session.read().await?, period, at).await?;
    let sum = |of: fn(&dashboard::Bar) -> Decimal| figures.bars.iter().map(of).sum::<Decimal>();
    let revenue = sum(|bar| bar.revenue);
    let margin = session.role().can_read(Area::PlanCosts).then(|| {
        let cost = sum(|bar| bar.cost);
        let now = percent(revenue - cost, revenue);
        let before = percent(figures.earlier_revenue - figures.earlier_cost, figures.earlier_revenue);
        Margin {
            cost,
            margin: revenue - cost,
            percent: now,
            points: now.zip(before).map(|(now, before)| now - before),
        }
    });
    Ok(RevenueReport {
        period,
        revenue,
        change: change(revenue, figures.earlier_revenue),
        month_end: (period == Period::Month).then(|| revenue + sum(|bar| bar.ahead)),
        margin,
        figures,
    })
}

/// Writes a period's bars into a new CSV file of `folder`, exact and in UTC.
pub async fn export(
    session: &Session,
    period: Period,
    at: Option<DateTime<Utc>>,
    folder: &Path,
) -> Result<Exported, AppError> {
    let report = revenue(session, period, at).await?;
    let costs = report.margin.is_some();
    let mut head = vec!["from", "currency", "revenue"];
    if costs {
        head.extend(["provider_cost", "margin"]);
    }
    head.push("projected");
    let lines = report.figures.bars.iter().map(|bar| {
        let mut line = vec![
            bar.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            report.figures.currency.clone(),
            bar.revenue.to_string(),
        ];
        if costs {
            line.extend([bar.cost.to_string(), (bar.revenue - bar.cost).to_string()]);
        }
        line.push(bar.ahead.to_string());
        line
    });
    export::table("revenue", &head, lines, folder)
}

/// Something that needs somebody.
#[derive(Debug, Clone)]
pub struct Attention {
    /// What.
    pub concern: Concern,
    /// How many.
    pub count: i64,
    /// Of these, nobody's.
    pub unassigned: Option<i64>,
    /// What is at stake.
    pub amount: Option<Decimal>,
    /// Since when.
    pub since: Option<DateTime<Utc>>,
}

/// Where the business stands, and what needs somebody, the most pressing first.
pub async fn summary(session: &Session, at: Option<DateTime<Utc>>) -> Result<(Summary, Vec<Attention>), AppError> {
    let summary = dashboard::summary(&mut *session.read().await?, at, costs(session)).await?;
    let attention = Concern::ALL
        .iter()
        .filter_map(|concern| attention(&summary, *concern))
        .collect();
    Ok((summary, attention))
}

fn attention(summary: &Summary, concern: Concern) -> Option<Attention> {
    let count = match concern {
        Concern::BillingOverdue => return billing_overdue(summary),
        Concern::AgentMissing => return agent_missing(summary),
        Concern::BackupMissed => return backup_missed(summary),
        Concern::ServersGone => summary.gone,
        Concern::LateTickets => summary.late,
        Concern::UnassignedServers => summary.unassigned,
        Concern::PlansBelowCost => summary.below_cost,
        Concern::ParkedResources => summary.parked,
        Concern::EmptyWallets => summary.empty,
        Concern::OverdueInvoices => summary.overdue,
        Concern::ServersDown => summary.down,
    };
    (count.count > 0).then(|| Attention {
        concern,
        count: count.count,
        unassigned: count.unassigned,
        amount: count.amount,
        since: count.oldest.map(|at| at.and_utc()),
    })
}

fn agent_missing(summary: &Summary) -> Option<Attention> {
    let missing = domain::agent::is_missing(schedule(&summary.schedule), summary.now, summary.agent_seen);
    missing.then_some(Attention {
        concern: Concern::AgentMissing,
        count: 1,
        unassigned: None,
        amount: None,
        since: summary.agent_seen,
    })
}

fn backup_missed(summary: &Summary) -> Option<Attention> {
    let backup = summary.backup?;
    domain::agent::backup_is_missed(summary.now, backup.last_run()).then_some(Attention {
        concern: Concern::BackupMissed,
        count: 1,
        unassigned: None,
        amount: None,
        since: backup.succeeded_at.map(|at| at.and_utc()),
    })
}

fn billing_overdue(summary: &Summary) -> Option<Attention> {
    let overdue = schedule(&summary.schedule).is_overdue(summary.now, summary.last_run, summary.billable_since);
    overdue.then_some(Attention {
        concern: Concern::BillingOverdue,
        count: 1,
        unassigned: None,
        amount: None,
        since: summary.last_run,
    })
}
