//! Drift: where provider and database differ, as `cs_billing.drift` says.

use chrono::{DateTime, Utc};
use domain::{
    drift::{DriftKind, TakeOver},
    ids::ServerId,
    money::Amount4,
    plan::ResourceKind,
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// A difference.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DriftRow {
    /// Tells it from all others.
    #[ts(type = "number")]
    pub key: i64,
    /// What differs.
    #[ts(type = "DriftKind")]
    pub kind: DriftKind,
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub resource_kind: ResourceKind,
    /// Its number in the table of its kind.
    pub resource_id: i32,
    /// Its name.
    pub label: String,
    /// In which account.
    pub account_id: i32,
    /// The account's name.
    pub account: Option<String>,
    /// Its number at the provider.
    pub external_id: String,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// On which plan.
    pub plan_id: Option<i32>,
    /// The plan's name.
    pub plan: Option<String>,
    /// What it is here.
    pub here: Option<String>,
    /// What it is at the provider.
    pub there: Option<String>,
    /// What a month of it is worth; `null` is unknown, or cost for a role that sees none.
    #[ts(type = "string | null")]
    pub monthly: Option<Amount4>,
    /// Whether that is what it costs us; else it is what a customer pays.
    pub is_cost: bool,
    /// Since when, as far as anybody looked.
    #[ts(type = "Instant | null")]
    pub since: Option<DateTime<Utc>>,
    /// When the account was last read.
    #[ts(type = "Instant | null")]
    pub observed_at: Option<DateTime<Utc>>,
    /// Whether the provider itself says that it doesn't exist.
    pub is_gone: bool,
    /// The plan that sells what is there.
    pub target_plan_id: Option<i32>,
    /// That plan's name.
    pub target_plan: Option<String>,
}

fn word<T, E: std::error::Error + Send + Sync + 'static>(column: &str, parsed: Result<T, E>) -> Result<T, sqlx::Error> {
    parsed.map_err(|error| sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source: Box::new(error),
    })
}

impl FromRow<'_, PgRow> for DriftRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            key: r.try_get("key")?,
            kind: word("kind", DriftKind::parse(r.try_get("kind")?))?,
            resource_kind: word("resource_kind", ResourceKind::parse(r.try_get("resource_kind")?))?,
            resource_id: r.try_get("resource_id")?,
            label: r.try_get("label")?,
            account_id: r.try_get("account_id")?,
            account: r.try_get("account")?,
            external_id: r.try_get("external_id")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            plan_id: r.try_get("plan_id")?,
            plan: r.try_get("plan")?,
            here: r.try_get("here")?,
            there: r.try_get("there")?,
            monthly: r
                .try_get::<Option<rust_decimal::Decimal>, _>("monthly")?
                .and_then(|sum| Amount4::from_decimal(sum.round_dp(4)).ok()),
            is_cost: r.try_get("is_cost")?,
            since: row::instant(r, "since")?,
            observed_at: row::instant(r, "observed_at")?,
            is_gone: r.try_get("is_gone")?,
            target_plan_id: r.try_get("target_plan")?,
            target_plan: r.try_get("target_plan_name")?,
        })
    }
}

const LIST: List = List {
    select: "d.*, a.label AS account, o.name AS organization, CASE d.resource_kind WHEN 'vps' THEN p.name ELSE q.name END AS plan, t.name AS target_plan_name",
    from: "cs_billing.drift() d LEFT JOIN provider_accounts a ON a.id = d.account_id LEFT JOIN organizations o ON o.id = d.organization_id
        LEFT JOIN vps_plans p ON d.resource_kind = 'vps' AND p.id = d.plan_id LEFT JOIN container_plans q ON d.resource_kind = 'container' AND q.id = d.plan_id
        LEFT JOIN vps_plans t ON t.id = d.target_plan",
    condition: "true",
    id: "d.key",
    columns: &[
        column("key", "d.key", Kind::Integer),
        column("kind", "d.kind", Kind::Word),
        column("resource_kind", "d.resource_kind", Kind::Word),
        column("resource_id", "d.resource_id", Kind::Integer),
        column("label", "d.label", Kind::Text),
        column("account_id", "d.account_id", Kind::Integer),
        nullable("account", "a.label", Kind::Text),
        column("external_id", "d.external_id", Kind::Text),
        nullable("organization_id", "d.organization_id", Kind::Integer),
        nullable("organization", "o.name", Kind::Text),
        nullable("plan", "CASE d.resource_kind WHEN 'vps' THEN p.name ELSE q.name END", Kind::Text),
        nullable("here", "d.here", Kind::Text),
        nullable("there", "d.there", Kind::Text),
        nullable("monthly", "d.monthly", Kind::Decimal),
        column("is_cost", "d.is_cost", Kind::Flag),
        column("is_gone", "d.is_gone", Kind::Flag),
        nullable("since", "d.since", Kind::Time),
        nullable("observed_at", "d.observed_at", Kind::Time),
    ],
    search: &["d.label", "d.external_id", "o.name", "a.label"],
    default_sort: ("monthly", true),
};

/// A window of the differences, the dearest first.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<DriftRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// The differences of one kind together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DriftSum {
    /// What differs.
    #[ts(type = "DriftKind")]
    pub kind: DriftKind,
    /// How many.
    #[ts(type = "number")]
    pub count: i64,
    /// What a month of all of them is worth, of those of which it is known.
    #[ts(type = "string | null")]
    pub monthly: Option<Amount4>,
    /// Of how many it isn't known.
    #[ts(type = "number")]
    pub unknown: i64,
    /// Whether the sum is what they cost us.
    pub is_cost: bool,
    /// The oldest of them.
    #[ts(type = "Instant | null")]
    pub since: Option<DateTime<Utc>>,
}

/// Sums by kind, of the kinds that there are.
pub async fn sums(connection: &mut PgConnection) -> Result<Vec<DriftSum>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT d.kind AS "kind!", count(*) AS "count!", sum(d.monthly) AS monthly, count(*) FILTER (WHERE d.monthly IS NULL) AS "unknown!",
             bool_or(d.is_cost) AS "is_cost!", min(d.since) AS since
           FROM cs_billing.drift() d GROUP BY d.kind ORDER BY d.kind"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DriftSum {
                kind: DriftKind::parse(&row.kind).map_err(|_| StoreError::BadValue)?,
                count: row.count,
                monthly: row.monthly.and_then(|sum| Amount4::from_decimal(sum.round_dp(4)).ok()),
                unknown: row.unknown,
                is_cost: row.is_cost,
                since: row.since.map(|at| at.and_utc()),
            })
        })
        .collect()
}

/// How many differences there are.
pub async fn count(connection: &mut PgConnection) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT count(*) AS "count!" FROM cs_billing.drift()"#)
            .fetch_one(connection)
            .await?,
    )
}

/// When an account was read, for a page that says how old what it shows is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReadAccount {
    /// `provider_configs.id`.
    pub id: i32,
    /// Its name.
    pub label: String,
    /// When it was last read; `null` is never.
    #[ts(type = "Instant | null")]
    pub observed_at: Option<DateTime<Utc>>,
}

/// The accounts that have a name here, by name.
pub async fn accounts(connection: &mut PgConnection) -> Result<Vec<ReadAccount>, StoreError> {
    let rows = sqlx::query!("SELECT id, label, observed_at FROM provider_accounts ORDER BY lower(label), id LIMIT 500")
        .fetch_all(connection)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| ReadAccount {
            id: row.id,
            label: row.label,
            observed_at: row.observed_at.map(|at| at.and_utc()),
        })
        .collect())
}

/// Takes over what the provider says, if both sides are still what was seen.
pub async fn take_over(
    connection: &mut PgConnection,
    server: ServerId,
    what: TakeOver,
    here: Option<&str>,
    there: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_sync.take_over($1, $2, $3, $4)",
        server.get(),
        what.as_str(),
        here,
        there
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}
