//! Sums of the whole business, each command's in one statement. What an amount means is said in the migration, at
//! `cs_billing.revenue_hour`, `cs_billing.provider_cost` and `cs_billing.usage_ahead`.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    agent::{JobOutcome, LastRun},
    dashboard::Period,
    ticket::{Priority, Target},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use ts_rs::TS;

use crate::{StoreError, plans::Costs};

/// One bar: an hour or a day.
#[derive(Debug, Clone)]
pub struct Bar {
    /// When it begins.
    pub at: DateTime<Utc>,
    /// What was charged for use in it, less what was given back in it.
    pub revenue: Decimal,
    /// What its metered and charged time has cost us; nothing for roles that see no cost.
    pub cost: Decimal,
    /// What its time that isn't charged yet is going to be charged at.
    pub ahead: Decimal,
}

/// With two decimals also when it is zero, whose decimals the driver drops.
fn cents(mut amount: Decimal) -> Decimal {
    amount.rescale(2);
    amount
}

/// A period's revenue and cost.
#[derive(Debug, Clone)]
pub struct Revenue {
    /// The database's time.
    pub now: DateTime<Utc>,
    /// The panel's currency, in which alone is summed.
    pub currency: String,
    /// When the period begins.
    pub since: DateTime<Utc>,
    /// When its last bar ends.
    pub ends: DateTime<Utc>,
    /// Up to when billing has charged within it: cost is counted as far as revenue is.
    pub charged_until: DateTime<Utc>,
    /// When the stretch that it is compared with begins.
    pub earlier_since: DateTime<Utc>,
    /// When that ends: as far into its period as it is now in this one.
    pub earlier_until: DateTime<Utc>,
    /// Its revenue.
    pub earlier_revenue: Decimal,
    /// Its cost.
    pub earlier_cost: Decimal,
    /// Its bars.
    pub bars: Vec<Bar>,
}

/// Reads a period as of a time, or as of now.
pub async fn revenue(
    connection: &mut PgConnection,
    period: Period,
    at: Option<DateTime<Utc>>,
) -> Result<Revenue, StoreError> {
    let rows = sqlx::query!(
        r#"WITH clock AS (
             SELECT coalesce($1::timestamp, timezone('UTC', statement_timestamp())) AS now
           ), run AS (
             SELECT max(b.run_at) AS last FROM billing_runs b, clock c WHERE b.status IN ('completed', 'partial') AND b.run_at <= c.now
           ), w AS MATERIALIZED (
             SELECT c.now, s.currency, x.unit, ('1 ' || x.unit)::interval AS step, x.since, x.ends, x.earlier,
               least(x.earlier + (c.now - x.since), x.since) AS earlier_until,
               CASE WHEN r.last IS NULL THEN x.since ELSE greatest(x.since, r.last) END AS charged_until
             FROM clock c CROSS JOIN run r CROSS JOIN workspace_settings s CROSS JOIN LATERAL (VALUES
               ('day', 'hour', date_trunc('hour', c.now) - interval '23 hours', date_trunc('hour', c.now) + interval '1 hour', date_trunc('hour', c.now) - interval '47 hours'),
               ('week', 'day', date_trunc('day', c.now) - interval '6 days', date_trunc('day', c.now) + interval '1 day', date_trunc('day', c.now) - interval '13 days'),
               ('month', 'day', date_trunc('month', c.now), date_trunc('month', c.now) + interval '1 month', date_trunc('month', c.now) - interval '1 month')
             ) AS x(period, unit, since, ends, earlier) WHERE x.period = $2
           ), charged AS (
             SELECT date_trunc(w.unit, r.hour) AS at, sum(r.charged - r.refunded) AS amount
             FROM w JOIN revenue_hours r ON r.currency = w.currency AND r.hour >= w.since AND r.hour < w.ends GROUP BY 1
           ), earlier AS (
             SELECT sum(r.charged - r.refunded) AS amount
             FROM w JOIN revenue_hours r ON r.currency = w.currency AND r.hour >= w.earlier AND r.hour < w.earlier_until
           ), cost AS (
             SELECT p.bucket AS at, round(p.amount, 2) AS amount FROM w, cs_billing.provider_cost(w.since, w.step, w.since, w.charged_until) p
           ), earlier_cost AS (
             SELECT sum(round(p.amount, 2)) AS amount
             FROM w, cs_billing.provider_cost(w.earlier, w.step, w.earlier, least(w.earlier + (w.charged_until - w.since), w.since)) p
           ), ahead AS (
             SELECT u.bucket AS at, round(u.amount, 2) AS amount FROM w, cs_billing.usage_ahead(w.since, w.step, w.charged_until, w.ends) u WHERE $2 = 'month'
           )
           SELECT w.now AS "now!", w.currency AS "currency!", w.since AS "since!", w.ends AS "ends!", w.charged_until AS "charged_until!",
             w.earlier AS "earlier!", w.earlier_until AS "earlier_until!",
             round(coalesce((SELECT e.amount FROM earlier e), 0), 2) AS "earlier_revenue!",
             round(coalesce((SELECT e.amount FROM earlier_cost e), 0), 2) AS "earlier_cost!",
             k.at AS "at!", round(coalesce(r.amount, 0), 2) AS "revenue!", round(coalesce(c.amount, 0), 2) AS "cost!",
             round(coalesce(a.amount, 0), 2) AS "ahead!"
           FROM w CROSS JOIN LATERAL generate_series(w.since, w.ends - interval '1 microsecond', w.step) AS k(at)
           LEFT JOIN charged r ON r.at = k.at LEFT JOIN cost c ON c.at = k.at LEFT JOIN ahead a ON a.at = k.at
           ORDER BY k.at"#,
        at.map(|at| at.naive_utc()),
        period.as_str(),
    )
    .fetch_all(connection)
    .await?;
    let first = rows.first().ok_or(StoreError::NotFound)?;
    Ok(Revenue {
        now: first.now.and_utc(),
        currency: first.currency.clone(),
        since: first.since.and_utc(),
        ends: first.ends.and_utc(),
        charged_until: first.charged_until.and_utc(),
        earlier_since: first.earlier.and_utc(),
        earlier_until: first.earlier_until.and_utc(),
        earlier_revenue: cents(first.earlier_revenue),
        earlier_cost: cents(first.earlier_cost),
        bars: rows
            .iter()
            .map(|row| Bar {
                at: row.at.and_utc(),
                revenue: cents(row.revenue),
                cost: cents(row.cost),
                ahead: cents(row.ahead),
            })
            .collect(),
    })
}

/// How many of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tally {
    /// A word that is stored; an open set where providers write it.
    pub word: String,
    /// How many.
    #[ts(type = "number")]
    pub count: i64,
}

/// A run in short.
#[derive(Debug, Clone, Deserialize)]
pub struct RunBrief {
    /// `billing_runs.id`.
    pub id: i64,
    /// Up to when it charged.
    pub run_at: NaiveDateTime,
    /// open, completed, partial, failed or cancelled.
    pub status: String,
    /// When it began.
    pub started_at: NaiveDateTime,
    /// When it ended.
    pub finished_at: Option<NaiveDateTime>,
    /// Organizations that were charged.
    pub organizations: i64,
    /// What was charged.
    pub charged: Decimal,
    /// Resources that could not be priced.
    pub parked: i64,
    /// Organizations that were left out.
    pub skipped: i64,
}

/// How many, since when, and what is at stake.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Count {
    /// How many.
    pub count: i64,
    /// Of these, those that nobody has taken up, where that is known.
    #[serde(default)]
    pub unassigned: Option<i64>,
    /// Together.
    #[serde(default)]
    pub amount: Option<Decimal>,
    /// Since when, the oldest.
    #[serde(default)]
    pub oldest: Option<NaiveDateTime>,
}

/// How the agent's backups go.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct BackupJob {
    started_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
    /// When one was taken last.
    pub succeeded_at: Option<NaiveDateTime>,
    outcome: Option<JobOutcome>,
    next_due: Option<NaiveDateTime>,
}

impl BackupJob {
    /// What a schedule asks of it.
    pub fn last_run(&self) -> LastRun {
        LastRun {
            started_at: self.started_at.and_utc(),
            finished_at: self.finished_at.map(|at| at.and_utc()),
            outcome: self.outcome,
            next_due: self.next_due.map(|at| at.and_utc()),
        }
    }
}

/// Where the business stands now.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The database's time.
    pub now: DateTime<Utc>,
    /// The panel's currency.
    pub currency: String,
    /// hourly or daily.
    pub schedule: String,
    /// Hours until what is due is overdue.
    pub grace_hours: i32,
    /// What the next hour is going to be charged at.
    pub hourly: Decimal,
    /// What all wallets of the currency hold.
    pub held: Decimal,
    /// Wallets of other currencies, which are not summed.
    pub foreign_wallets: i64,
    /// Organizations that owe, and what.
    pub owing: Count,
    /// Invoices past the time of grace.
    pub overdue: Count,
    /// Organizations at zero that owe and whose resources go on.
    pub empty: Count,
    /// Parked resources that a person can decide on or price.
    pub parked: Count,
    /// Servers missing at the provider.
    pub gone: Count,
    /// Servers that don't run although somebody pays for them.
    pub down: Count,
    /// Servers that nobody pays for.
    pub unassigned: Count,
    /// Plans whose type costs us more than we charge.
    pub below_cost: Count,
    /// Tickets past the target of their first reply.
    pub late: Count,
    /// The last run that came to its end.
    pub last_run: Option<DateTime<Utc>>,
    /// When an agent was last heard of.
    pub agent_seen: Option<DateTime<Utc>>,
    /// The agent's job that takes backups, where there has ever been one.
    pub backup: Option<BackupJob>,
    /// Since when there is something to charge.
    pub billable_since: Option<DateTime<Utc>>,
    /// Servers by the provider's word.
    pub fleet: Vec<Tally>,
    /// Regions that they are in.
    pub regions: i64,
    /// Containers that are not deleted.
    pub containers: i64,
    /// Open tickets by priority.
    pub tickets: Vec<Tally>,
    /// The median time to a first reply, of tickets of the last seven days.
    pub first_reply_seconds: Option<i64>,
    /// The last runs, newest first.
    pub runs: Vec<RunBrief>,
}

/// The statement of [`summary`], with the plans that are sold below cost or without: one that names a function without the right
/// to it is refused whole.
macro_rules! summed {
    ($connection:expr, $at:expr, $priorities:expr, $targets:expr, $below_cost:literal) => {{
        let row = sqlx::query!(
            r#"WITH w AS MATERIALIZED (
             SELECT coalesce($1::timestamp, timezone('UTC', statement_timestamp())) AS now, s.currency, s.billing_schedule, s.grace_hours FROM workspace_settings s
           )
           SELECT w.now AS "now!", w.currency AS "currency!", w.billing_schedule AS "schedule!", w.grace_hours AS "grace_hours!",
             (SELECT round(coalesce(sum(u.amount), 0), 4) FROM cs_billing.usage_ahead(w.now, interval '1 hour', w.now, w.now + interval '1 hour') u) AS "hourly!",
             (SELECT coalesce(sum(x.balance), 0.00) FROM wallets x WHERE x.currency = w.currency) AS "held!",
             (SELECT count(*) FROM wallets x WHERE x.currency IS DISTINCT FROM w.currency) AS "foreign_wallets!",
             (SELECT jsonb_build_object('count', count(*), 'amount', (ceil(coalesce(sum(m.arrears), 0) * 100) / 100)::numeric(16, 2)::text)
              FROM organization_meters m JOIN wallets x ON x.organization_id = m.organization_id AND x.currency = w.currency
              WHERE m.arrears > 0) AS "owing!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*), 'amount', coalesce(sum(i.amount - coalesce(i.amount_paid, 0)), 0)::numeric(16, 2)::text, 'oldest', min(i.created_at))
              FROM invoices i JOIN wallets x ON x.organization_id = i.organization_id AND x.currency = w.currency
              WHERE i.status IN ('pending', 'failed') AND i.created_at + make_interval(hours => w.grace_hours) < w.now) AS "overdue!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*), 'amount', (ceil(coalesce(sum(m.arrears), 0) * 100) / 100)::numeric(16, 2)::text)
              FROM organization_meters m JOIN wallets x ON x.organization_id = m.organization_id AND x.currency = w.currency
              WHERE m.arrears > 0 AND (EXISTS (SELECT FROM vps_instances v WHERE v.organization_id = m.organization_id AND v.deleted_at IS NULL)
                OR EXISTS (SELECT FROM containers c WHERE c.organization_id = m.organization_id AND c.deleted_at IS NULL))) AS "empty!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*), 'oldest', min(p.parked_from)) FROM parked_resources p
              WHERE p.resolved_at IS NULL AND p.reason <> 'gone') AS "parked!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*), 'oldest', min(p.parked_from)) FROM parked_resources p
              WHERE p.resolved_at IS NULL AND p.reason = 'gone') AS "gone!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*)) FROM vps_instances v
              WHERE v.deleted_at IS NULL AND v.organization_id IS NOT NULL AND v.status IN ('offline', 'stopped', 'error', 'billing_suspension')) AS "down!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*), 'oldest', min(v.created_at)) FROM vps_instances v
              WHERE v.organization_id IS NULL AND v.deleted_at IS NULL
                -- What is gone at the provider costs nothing there.
                AND NOT EXISTS (SELECT FROM provider_states g WHERE g.server_id = v.id AND g.gone_at IS NOT NULL)) AS "unassigned!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*)) FROM "# + $below_cost + r#" b) AS "below_cost!: Json<Count>",
             (SELECT jsonb_build_object('count', count(*), 'unassigned', count(*) FILTER (WHERE t.assigned_to IS NULL), 'oldest', min(t.created_at))
              FROM tickets t JOIN unnest($2::text[], $3::int[]) AS d(priority, hours) ON d.priority = coalesce(t.priority, 'medium')
              WHERE t.status IN ('open', 'in_progress') AND t.first_reply_at IS NULL AND t.created_at + make_interval(hours => d.hours) < w.now) AS "late!: Json<Count>",
             (SELECT max(b.run_at) FROM billing_runs b WHERE b.status IN ('completed', 'partial')) AS last_run,
             (SELECT max(a.last_seen_at) FROM agent_hosts a) AS agent_seen,
             (SELECT jsonb_build_object('started_at', j.started_at, 'finished_at', j.finished_at, 'succeeded_at', j.succeeded_at, 'outcome', j.outcome, 'next_due', j.next_due)
              FROM agent_jobs j WHERE j.name = 'backup') AS "backup?: Json<BackupJob>",
             (SELECT min(r.starts_at) FROM resource_terms r WHERE r.ends_at IS NULL) AS billable_since,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('word', f.status, 'count', f.n) ORDER BY f.n DESC, f.status), '[]')
              FROM (SELECT coalesce(v.status, '') AS status, count(*) AS n FROM vps_instances v WHERE v.deleted_at IS NULL GROUP BY 1) f) AS "fleet!: Json<Vec<Tally>>",
             (SELECT count(DISTINCT v.region) FROM vps_instances v WHERE v.deleted_at IS NULL) AS "regions!",
             (SELECT count(*) FROM containers c WHERE c.deleted_at IS NULL) AS "containers!",
             (SELECT coalesce(jsonb_agg(jsonb_build_object('word', f.priority, 'count', f.n)), '[]')
              FROM (SELECT coalesce(t.priority, 'medium') AS priority, count(*) AS n FROM tickets t WHERE t.status IN ('open', 'in_progress') GROUP BY 1) f) AS "tickets!: Json<Vec<Tally>>",
             (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.first_reply_at - t.created_at)::bigint)
              FROM tickets t WHERE t.updated_at > w.now - interval '7 days' AND t.created_at > w.now - interval '7 days'
                AND t.first_reply_at >= t.created_at) AS first_reply_seconds,
             (SELECT coalesce(jsonb_agg(r ORDER BY r.run_at DESC, r.id DESC), '[]') FROM (
                SELECT b.id, b.run_at, b.status, b.started_at, b.finished_at, b.organizations, b.charged::text AS charged, b.parked, jsonb_array_length(b.skipped) AS skipped
                FROM billing_runs b WHERE b.status <> 'collected' ORDER BY b.run_at DESC, b.id DESC LIMIT 7) r) AS "runs!: Json<Vec<RunBrief>>"
           FROM w"#,
            $at,
            $priorities,
            $targets,
        )
        .fetch_one($connection)
        .await?;
        Summary {
            now: row.now.and_utc(),
            currency: row.currency,
            schedule: row.schedule,
            grace_hours: row.grace_hours,
            hourly: row.hourly,
            held: cents(row.held),
            foreign_wallets: row.foreign_wallets,
            owing: row.owing.0,
            overdue: row.overdue.0,
            empty: row.empty.0,
            parked: row.parked.0,
            gone: row.gone.0,
            down: row.down.0,
            unassigned: row.unassigned.0,
            below_cost: row.below_cost.0,
            late: row.late.0,
            last_run: row.last_run.map(|at| at.and_utc()),
            agent_seen: row.agent_seen.map(|at| at.and_utc()),
            backup: row.backup.map(|backup| backup.0),
            billable_since: row.billable_since.map(|at| at.and_utc()),
            fleet: row.fleet.0,
            regions: row.regions,
            containers: row.containers,
            tickets: row.tickets.0,
            first_reply_seconds: row.first_reply_seconds,
            runs: row.runs.0,
        }
    }};
}

/// Reads it as of a time, or as of now. Nothing is sold below cost for who may not see cost.
pub async fn summary(
    connection: &mut PgConnection,
    at: Option<DateTime<Utc>>,
    costs: Costs,
) -> Result<Summary, StoreError> {
    let priorities: Vec<String> = Priority::ALL.iter().map(|p| p.as_str().to_owned()).collect();
    let targets: Vec<i32> = Priority::ALL
        .iter()
        .map(|p| i32::try_from(p.target(Target::FirstReply).num_hours()).unwrap_or(i32::MAX))
        .collect();
    let at = at.map(|at| at.naive_utc());
    Ok(match costs {
        Costs::Shown => summed!(connection, at, &priorities, &targets, "cs_billing.price_alarms()"),
        Costs::Hidden => summed!(connection, at, &priorities, &targets, "(SELECT WHERE false)"),
    })
}
