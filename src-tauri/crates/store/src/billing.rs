//! Billing runs: opened, charged batch by batch by the database itself, finished. And what people see of them.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    ids::{BillingRunId, OrganizationId},
    money::{Money, Rate},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// Opens a run at a time, or at the database's. Refused by the rules `billing_run_under_way`,
/// `billing_run_ahead_of_clock` and `billing_run_before_last`.
pub async fn open_run(connection: &mut PgConnection, at: Option<DateTime<Utc>>) -> Result<BillingRunId, StoreError> {
    let id = sqlx::query_scalar!(
        r#"SELECT cs_billing.open_run($1) AS "id!""#,
        at.map(|at| at.naive_utc())
    )
    .fetch_one(connection)
    .await?;
    Ok(BillingRunId::new(id))
}

/// The next organizations in id order, for a batch.
pub async fn organizations_after(
    connection: &mut PgConnection,
    after: OrganizationId,
    limit: i64,
) -> Result<Vec<i32>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM organizations WHERE id > $1 ORDER BY id LIMIT $2",
        after.get(),
        limit
    )
    .fetch_all(connection)
    .await?)
}

/// How many organizations there are.
pub async fn organization_count(connection: &mut PgConnection) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT count(*) AS "n!" FROM organizations"#)
        .fetch_one(connection)
        .await?)
}

/// Charges a batch. Its sums are added to the run's row.
pub async fn charge_batch(
    connection: &mut PgConnection,
    run: BillingRunId,
    organizations: &[i32],
) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT charged_organizations FROM cs_billing.charge_batch($1, $2)",
        run.get(),
        organizations
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Everybody was looked at.
    Completed,
    /// A person stopped it.
    Cancelled,
    /// It could not go on.
    Failed,
}

/// Ends a run.
pub async fn finish_run(
    connection: &mut PgConnection,
    run: BillingRunId,
    outcome: RunOutcome,
) -> Result<(), StoreError> {
    let word = match outcome {
        RunOutcome::Completed => "completed",
        RunOutcome::Cancelled => "cancelled",
        RunOutcome::Failed => "failed",
    };
    sqlx::query!("SELECT cs_billing.finish_run($1, $2)", run.get(), word)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// A run as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunRow {
    /// `billing_runs.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// The time up to which it charged.
    #[ts(type = "Instant")]
    pub run_at: DateTime<Utc>,
    /// open, completed, partial, failed or cancelled; `collected` is what a deposit collected of arrears.
    pub status: String,
    /// When it began.
    #[ts(type = "Instant")]
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[ts(type = "Instant | null")]
    pub finished_at: Option<DateTime<Utc>>,
    /// Who started it; nobody means a program.
    pub started_by: Option<String>,
    /// Organizations that were charged.
    pub organizations: i32,
    /// Resources of which hours were charged.
    pub resources: i32,
    /// Hours that were charged.
    #[ts(type = "number")]
    pub hours: i64,
    /// What was charged.
    #[ts(type = "Money")]
    pub charged: Decimal,
    /// The panel's currency when it ran.
    pub currency: String,
    /// Fractions of a cent that are carried, together.
    #[ts(type = "string")]
    pub carried: Decimal,
    /// Resources that could not be priced.
    pub parked: i32,
    /// Organizations that were left out.
    #[ts(type = "number")]
    pub skipped: i64,
    /// Whether it goes on: it has given a sign of life within the last minute.
    pub is_alive: bool,
}

impl FromRow<'_, PgRow> for RunRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            run_at: row::instant_or_epoch(r, "run_at")?,
            status: r.try_get("status")?,
            started_at: row::instant_or_epoch(r, "started_at")?,
            finished_at: row::instant(r, "finished_at")?,
            started_by: r.try_get("started_by_name")?,
            organizations: r.try_get("organizations")?,
            resources: r.try_get("resources")?,
            hours: r.try_get("hours")?,
            charged: r.try_get("charged")?,
            currency: r.try_get("currency")?,
            carried: r.try_get("carried")?,
            parked: r.try_get("parked")?,
            skipped: r.try_get("skipped_count")?,
            is_alive: r.try_get("is_alive")?,
        })
    }
}

const RUNS: List = List {
    select: "b.id, b.run_at, b.status, b.started_at, b.finished_at,
        coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS started_by_name,
        b.organizations, b.resources, b.hours, b.charged, b.carried, b.parked, jsonb_array_length(b.skipped)::bigint AS skipped_count,
        b.currency, b.status = 'open' AND b.heartbeat_at > clock_timestamp() - interval '60 seconds' AS is_alive",
    from: "billing_runs b LEFT JOIN users u ON u.id = b.started_by",
    condition: "true",
    id: "b.id",
    columns: &[
        column("id", "b.id", Kind::Integer),
        column("run_at", "b.run_at", Kind::Time),
        column("status", "b.status", Kind::Word),
        column("started_at", "b.started_at", Kind::Time),
        nullable("finished_at", "b.finished_at", Kind::Time),
        nullable("started_by", "u.email", Kind::Text),
        column("organizations", "b.organizations", Kind::Integer),
        column("resources", "b.resources", Kind::Integer),
        column("hours", "b.hours", Kind::Integer),
        column("charged", "b.charged", Kind::Decimal),
        column("parked", "b.parked", Kind::Integer),
    ],
    search: &["b.id::text", "u.email"],
    default_sort: ("id", true),
};

/// A window of the runs. Collections at deposits are among them only when the request asks for one run or a status.
pub async fn runs(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<RunRow>, StoreError> {
    let asked = request
        .filters
        .iter()
        .any(|filter| matches!(filter.column.as_str(), "id" | "status"));
    RUNS.page(connection, request, |sql| {
        if !asked {
            sql.push(" AND b.status <> 'collected'");
        }
    })
    .await
}

/// One run.
pub async fn run(connection: &mut PgConnection, id: BillingRunId) -> Result<RunRow, StoreError> {
    let page = runs(connection, &ListRequest::first(1).with("id", FilterOp::Is, &id)).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// Somebody whom a run or a close left out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Skipped {
    /// Whom.
    pub organization_id: i32,
    /// The name.
    pub organization: Option<String>,
    /// `no_wallet`, `foreign_currency`, `usage_too_large`, or `changed_since_preview`.
    pub reason: String,
}

/// Whom a run left out, and why.
pub async fn skipped(connection: &mut PgConnection, id: BillingRunId) -> Result<Vec<Skipped>, StoreError> {
    Ok(sqlx::query_as!(
        Skipped,
        r#"SELECT x.organization_id AS "organization_id!", o.name AS "organization?", x.reason AS "reason!"
           FROM billing_runs b CROSS JOIN LATERAL jsonb_to_recordset(b.skipped) AS x(organization_id integer, reason text)
           LEFT JOIN organizations o ON o.id = x.organization_id
           WHERE b.id = $1 ORDER BY o.name, x.organization_id"#,
        id.get()
    )
    .fetch_all(connection)
    .await?)
}

/// Where billing stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The database's time.
    pub now: DateTime<Utc>,
    /// The newest run that went to its end.
    pub last_run: Option<BillingRunId>,
    /// The run that is under way.
    pub open_run: Option<BillingRunId>,
    /// Resources that wait for a price or a decision.
    pub parked: i64,
    /// Of those, for a decision.
    pub undecided: i64,
    /// Usage that wallets of the panel's currency don't cover.
    pub arrears: Money,
    /// How many organizations that is.
    pub behind: i64,
    /// Since when there is something to charge.
    pub billable_since: Option<DateTime<Utc>>,
    /// When an agent was last heard of.
    pub agent_seen: Option<DateTime<Utc>>,
    /// hourly or daily.
    pub schedule: String,
    /// The panel's currency.
    pub currency: String,
}

/// Where billing stands, in one statement.
pub async fn standing(connection: &mut PgConnection) -> Result<Standing, StoreError> {
    let row = sqlx::query!(
        r#"SELECT timezone('UTC', now()) AS "now!", s.billing_schedule AS schedule, s.currency,
             (SELECT b.id FROM billing_runs b WHERE b.status IN ('completed', 'partial') ORDER BY b.run_at DESC, b.id DESC LIMIT 1) AS last_run,
             (SELECT b.id FROM billing_runs b WHERE b.status = 'open' AND b.heartbeat_at > clock_timestamp() - interval '60 seconds'
              ORDER BY b.id DESC LIMIT 1) AS open_run,
             (SELECT min(r.starts_at) FROM resource_terms r WHERE r.ends_at IS NULL) AS billable_since,
             (SELECT max(a.last_seen_at) FROM agent_hosts a) AS agent_seen,
             p.parked AS "parked!", p.undecided AS "undecided!", m.arrears AS "arrears!", m.behind AS "behind!"
           FROM workspace_settings s
           CROSS JOIN (SELECT count(*) AS parked, count(*) FILTER (WHERE reason IN ('adopted', 'gone')) AS undecided
                       FROM parked_resources WHERE resolved_at IS NULL) p
           CROSS JOIN LATERAL (SELECT coalesce(ceil(sum(x.arrears) * 100) / 100, 0) AS arrears, count(*) AS behind
                               FROM organization_meters x JOIN wallets w ON w.organization_id = x.organization_id AND w.currency = s.currency
                               WHERE x.arrears > 0) m"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Standing {
        now: row.now.and_utc(),
        last_run: row.last_run.map(BillingRunId::new),
        open_run: row.open_run.map(BillingRunId::new),
        parked: row.parked,
        undecided: row.undecided,
        arrears: Money::from_decimal(row.arrears).map_err(|_| StoreError::OutOfRange)?,
        behind: row.behind,
        billable_since: row.billable_since.map(|at| at.and_utc()),
        agent_seen: row.agent_seen.map(|at| at.and_utc()),
        schedule: row.schedule,
        currency: row.currency,
    })
}

/// What a run charged one organization for one month.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ChargeRow {
    /// `billing_charges.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// Whom.
    pub organization_id: i32,
    /// The name.
    pub organization: String,
    /// The month of the hours, as its first day.
    #[ts(type = "string")]
    pub usage_month: chrono::NaiveDate,
    /// How many hours.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost exactly.
    #[ts(type = "string")]
    pub usage: Decimal,
    /// The fraction of a cent that came in.
    #[ts(type = "string")]
    pub carry_in: Decimal,
    /// What was charged.
    #[ts(type = "Money")]
    pub amount: Decimal,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// The fraction that goes on.
    #[ts(type = "string")]
    pub carry_out: Decimal,
    /// The ledger's row; none when it was less than a cent.
    pub transaction_id: Option<i32>,
}

impl FromRow<'_, PgRow> for ChargeRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            usage_month: r.try_get("usage_month")?,
            hours: r.try_get("hours")?,
            usage: r.try_get("usage")?,
            carry_in: r.try_get("carry_in")?,
            amount: r.try_get("amount")?,
            currency: r.try_get("currency")?,
            carry_out: r.try_get("carry_out")?,
            transaction_id: r.try_get("transaction_id")?,
        })
    }
}

const CHARGES: List = List {
    select: "c.id, c.organization_id, o.name AS organization, c.usage_month, c.hours, c.usage, c.carry_in, c.amount, w.currency, c.carry_out, c.transaction_id",
    from: "billing_charges c JOIN organizations o ON o.id = c.organization_id LEFT JOIN wallets w ON w.organization_id = c.organization_id",
    condition: "true",
    id: "c.id",
    columns: &[
        column("id", "c.id", Kind::Integer),
        column("run_id", "c.run_id", Kind::Integer),
        column("organization_id", "c.organization_id", Kind::Integer),
        column("organization", "o.name", Kind::Text),
        column("usage_month", "c.usage_month::timestamp", Kind::Time),
        column("hours", "c.hours", Kind::Integer),
        column("usage", "c.usage", Kind::Decimal),
        column("amount", "c.amount", Kind::Decimal),
    ],
    search: &["o.name"],
    default_sort: ("amount", true),
};

/// A window of charges, of a run or of an organization.
pub async fn charges(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<ChargeRow>, StoreError> {
    CHARGES.page(connection, request, |_| ()).await
}

/// A resource whose hours wait for a decision.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ParkedRow {
    /// `parked_resources.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// vps or container.
    pub kind: String,
    /// Its id there.
    pub resource_id: i32,
    /// Its name.
    pub label: Option<String>,
    /// Whose.
    pub organization_id: Option<i32>,
    /// The name.
    pub organization: Option<String>,
    /// `no_plan`, `no_rate`, `inactive_currency`, adopted, gone or `no_wallet`.
    pub reason: String,
    /// From which hour on.
    #[ts(type = "Instant")]
    pub parked_from: DateTime<Utc>,
    /// How many hours wait by now.
    #[ts(type = "number")]
    pub hours: i64,
    /// Its plan.
    pub plan_id: Option<i32>,
    /// The plan's name.
    pub plan: Option<String>,
    /// What an hour costs now, if the plan has a price.
    #[ts(type = "Rate | null")]
    pub hourly_rate: Option<Rate>,
    /// The panel's currency.
    pub currency: String,
    /// What the hours cost at that rate, before a monthly cap.
    #[ts(type = "Money | null")]
    pub worth: Option<Money>,
}

/// What waits, oldest first.
pub async fn parked(connection: &mut PgConnection, limit: i64) -> Result<Vec<ParkedRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.resource_kind AS kind, p.resource_id, coalesce(v.label, c.name) AS label, p.organization_id,
             o.name AS "organization?", p.reason, p.parked_from, h.hours AS "hours!", coalesce(vp.id, cp.id) AS plan_id,
             coalesce(vp.name, cp.name) AS plan, r.rate AS hourly_rate,
             round(h.hours * r.rate, 2) AS worth, s.currency
           FROM parked_resources p CROSS JOIN workspace_settings s
           CROSS JOIN LATERAL (SELECT greatest(0, floor(extract(epoch FROM timezone('UTC', now()) - p.parked_from) / 3600))::bigint AS hours) h
           LEFT JOIN vps_instances v ON p.resource_kind = 'vps' AND v.id = p.resource_id
           LEFT JOIN containers c ON p.resource_kind = 'container' AND c.id = p.resource_id
           LEFT JOIN vps_plans vp ON vp.id = v.plan_id
           LEFT JOIN container_plans cp ON cp.id = c.plan_id
           LEFT JOIN cs_billing.rates() r ON r.plan_kind = p.resource_kind AND r.plan_id = coalesce(vp.id, cp.id)
           LEFT JOIN organizations o ON o.id = p.organization_id
           WHERE p.resolved_at IS NULL ORDER BY p.parked_from, p.id LIMIT $1"#,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ParkedRow {
            id: row.id,
            kind: row.kind,
            resource_id: row.resource_id,
            label: row.label,
            organization_id: row.organization_id,
            organization: row.organization,
            reason: row.reason,
            parked_from: row.parked_from.and_utc(),
            hours: row.hours,
            plan_id: row.plan_id,
            plan: row.plan,
            currency: row.currency,
            hourly_rate: row.hourly_rate.and_then(|rate| Rate::from_decimal(rate).ok()),
            worth: row.worth.and_then(|worth| Money::from_decimal(worth).ok()),
        })
        .collect())
}

/// Ends the waiting of a resource that was adopted or has gone: its hours are charged from where they were parked
/// (`from_start`), or from now.
pub async fn resolve_parked(connection: &mut PgConnection, id: i64, from_start: bool) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_billing.resolve_parked($1, $2)", id, from_start)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// The database's time, by which runs go.
pub async fn clock(connection: &mut PgConnection) -> Result<DateTime<Utc>, StoreError> {
    let now: NaiveDateTime = sqlx::query_scalar!(r#"SELECT timezone('UTC', now()) AS "now!""#)
        .fetch_one(connection)
        .await?;
    Ok(now.and_utc())
}
