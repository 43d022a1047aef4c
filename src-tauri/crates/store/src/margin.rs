//! Margin: revenue less provider cost, as `cs_billing.margin` and `cs_billing.margin_months` say.

use chrono::{DateTime, NaiveDate, Utc};
use domain::margin::Grouping;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
};

/// What something has brought and cost in a month.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MarginRow {
    /// Tells it from all others of its grouping; -1 is what can't be told of one.
    #[ts(type = "number")]
    pub key: i64,
    /// vps, container, organization or other.
    pub kind: String,
    /// Its number in the table of its kind.
    pub id: Option<i32>,
    /// Its name.
    pub label: String,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// On which plan.
    pub plan_id: Option<i32>,
    /// The plan's name.
    pub plan: Option<String>,
    /// Servers and containers in it.
    #[ts(type = "number")]
    pub resources: i64,
    /// Hours that were charged; those of organizations are counted with their charges.
    #[ts(type = "number")]
    pub hours: i64,
    /// What it has brought, to the ten-thousandth.
    #[ts(type = "string")]
    pub revenue: Decimal,
    /// What it has cost us.
    #[ts(type = "string")]
    pub cost: Decimal,
    /// The difference.
    #[ts(type = "string")]
    pub margin: Decimal,
    /// That in percent of the revenue; `null` of nothing.
    #[ts(type = "string | null")]
    pub percent: Option<Decimal>,
    /// Of how many servers and containers no cost is known.
    #[ts(type = "number")]
    pub uncosted: i64,
}

/// With so many decimals also where the driver drops zeros.
fn scaled(mut amount: Decimal, decimals: u32) -> Decimal {
    amount.rescale(decimals);
    amount
}

/// A share of what was brought; of a month that gave back more than it took there is none.
fn share(percent: Option<Decimal>, revenue: Decimal) -> Option<Decimal> {
    percent
        .filter(|_| revenue > Decimal::ZERO)
        .map(|percent| scaled(percent, 1))
}

impl FromRow<'_, PgRow> for MarginRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let amount = |column: &str| Ok::<_, sqlx::Error>(scaled(r.try_get(column)?, 4));
        Ok(Self {
            key: r.try_get("key")?,
            kind: r.try_get("kind")?,
            id: r.try_get("id")?,
            label: r.try_get("label")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            plan_id: r.try_get("plan_id")?,
            plan: r.try_get("plan")?,
            resources: r.try_get("resources")?,
            hours: r.try_get("hours")?,
            revenue: amount("revenue")?,
            cost: amount("cost")?,
            margin: amount("margin")?,
            percent: r
                .try_get::<Option<Decimal>, _>("percent")?
                .map(|percent| scaled(percent, 1)),
            uncosted: r.try_get("uncosted")?,
        })
    }
}

const MARGIN: &str = "(m.revenue - m.cost)";
const PERCENT: &str = "CASE WHEN m.revenue > 0 THEN (m.revenue - m.cost) * 100 / m.revenue END";
const LIST: List = List {
    select: "m.key, m.kind, m.id, m.label, m.organization_id, m.organization, m.plan_id, m.plan, m.resources, m.hours, round(m.revenue, 4) AS revenue,
        round(m.cost, 4) AS cost, round(m.revenue - m.cost, 4) AS margin, round(CASE WHEN m.revenue > 0 THEN (m.revenue - m.cost) * 100 / m.revenue END, 1) AS percent,
        m.uncosted",
    // Given with the month and the grouping.
    from: "",
    condition: "true",
    id: "m.key",
    columns: &[
        column("key", "m.key", Kind::Integer),
        column("kind", "m.kind", Kind::Word),
        nullable("id", "m.id", Kind::Integer),
        column("label", "m.label", Kind::Text),
        nullable("organization_id", "m.organization_id", Kind::Integer),
        nullable("organization", "m.organization", Kind::Text),
        nullable("plan", "m.plan", Kind::Text),
        column("resources", "m.resources", Kind::Integer),
        column("hours", "m.hours", Kind::Integer),
        column("revenue", "m.revenue", Kind::Decimal),
        column("cost", "m.cost", Kind::Decimal),
        column("margin", MARGIN, Kind::Decimal),
        nullable("percent", PERCENT, Kind::Decimal),
        column("uncosted", "m.uncosted", Kind::Integer),
    ],
    search: &["m.label", "m.organization", "m.plan"],
    default_sort: ("margin", true),
};

/// A window of a month's rows.
pub async fn list(
    connection: &mut PgConnection,
    month: NaiveDate,
    grouping: Grouping,
    request: &ListRequest,
) -> Result<Page<MarginRow>, StoreError> {
    // A date and a word of ours: nothing that anybody has typed.
    let from = format!(
        "cs_billing.margin('{}', '{}') m",
        month.format("%Y-%m-%d"),
        grouping.as_str()
    );
    LIST.page_over(connection, &from, request, |_| ()).await
}

/// A month's sums.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MarginMonth {
    /// Its first instant.
    #[ts(type = "Instant")]
    pub month: DateTime<Utc>,
    /// What was charged for it, less what was given back in it.
    #[ts(type = "string")]
    pub revenue: Decimal,
    /// What it has cost us.
    #[ts(type = "string")]
    pub cost: Decimal,
    /// The difference.
    #[ts(type = "string")]
    pub margin: Decimal,
    /// That in percent of the revenue.
    #[ts(type = "string | null")]
    pub percent: Option<Decimal>,
}

/// The last months, the newest first.
pub async fn months(connection: &mut PgConnection, most: i32) -> Result<Vec<MarginMonth>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.month AS "month!", round(m.revenue, 2) AS "revenue!", round(m.cost, 2) AS "cost!", round(m.revenue, 2) - round(m.cost, 2) AS "margin!",
             round(CASE WHEN m.revenue <> 0 THEN (m.revenue - m.cost) * 100 / m.revenue END, 1) AS percent
           FROM cs_billing.margin_months($1) m ORDER BY m.month DESC"#,
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| MarginMonth {
            month: row.month.and_utc(),
            revenue: scaled(row.revenue, 2),
            cost: scaled(row.cost, 2),
            margin: scaled(row.margin, 2),
            percent: share(row.percent, row.revenue),
        })
        .collect())
}

/// What all rows of a grouping come to, and up to when they are counted.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MarginTotal {
    /// The panel's currency, in which alone is summed.
    pub currency: String,
    /// Up to when charges and cost are counted.
    #[ts(type = "Instant")]
    pub counted_until: DateTime<Utc>,
    /// What all rows have brought.
    #[ts(type = "string")]
    pub revenue: Decimal,
    /// What they have cost us.
    #[ts(type = "string")]
    pub cost: Decimal,
    /// The difference.
    #[ts(type = "string")]
    pub margin: Decimal,
    /// That in percent of the revenue.
    #[ts(type = "string | null")]
    pub percent: Option<Decimal>,
    /// Of how many servers and containers no cost is known.
    #[ts(type = "number")]
    pub uncosted: i64,
}

/// Sums up a month.
pub async fn total(
    connection: &mut PgConnection,
    month: NaiveDate,
    grouping: Grouping,
) -> Result<MarginTotal, StoreError> {
    let row = sqlx::query!(
        r#"SELECT (SELECT s.currency FROM workspace_settings s) AS "currency!", cs_billing.counted_until($1::date::timestamp) AS "until!",
             round(coalesce(sum(m.revenue), 0), 4) AS "revenue!", round(coalesce(sum(m.cost), 0), 4) AS "cost!",
             round(CASE WHEN sum(m.revenue) <> 0 THEN sum(m.revenue - m.cost) * 100 / sum(m.revenue) END, 1) AS percent, coalesce(sum(m.uncosted), 0)::bigint AS "uncosted!"
           FROM cs_billing.margin($1, $2) m"#,
        month,
        grouping.as_str()
    )
    .fetch_one(connection)
    .await?;
    Ok(MarginTotal {
        currency: row.currency,
        counted_until: row.until.and_utc(),
        revenue: scaled(row.revenue, 4),
        cost: scaled(row.cost, 4),
        margin: scaled(row.revenue - row.cost, 4),
        percent: share(row.percent, row.revenue),
        uncosted: row.uncosted,
    })
}
