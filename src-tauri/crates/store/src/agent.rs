//! What an agent does by schedule: its jobs, who holds them, what is due. The rules are the database's (`cs_agent`).

use chrono::{DateTime, Utc};
use domain::{
    agent::{Facts, JobOutcome, LastRun},
    metering::UsageMonth,
    settings::{BillingSchedule, GraceAction},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::StoreError;

/// Where the business stands, for a schedule.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What decides on what is due.
    pub facts: Facts,
    /// The schema's version now: it may have been migrated under an agent that runs.
    pub schema_version: i32,
    /// The newest time of any run, whatever became of it: none may go back before it.
    pub last_run_at: Option<DateTime<Utc>>,
}

/// Reads it in one statement. Whether anything was used before this month is asked only by who `closes` months.
pub async fn standing(connection: &mut PgConnection, closes: bool) -> Result<Standing, StoreError> {
    let row = sqlx::query!(
        r#"SELECT c.now AS "now!", (SELECT w.schema_version FROM cs_auth.workspace() w) AS "schema_version!", s.billing_schedule,
             (SELECT b.run_at FROM billing_runs b WHERE b.status IN ('completed', 'partial') ORDER BY b.run_at DESC, b.id DESC LIMIT 1) AS "charged_until?",
             (SELECT b.run_at FROM billing_runs b ORDER BY b.run_at DESC, b.id DESC LIMIT 1) AS "last_run_at?",
             (SELECT p.period FROM closed_periods p ORDER BY p.period DESC LIMIT 1) AS "closed?",
             $1 AND EXISTS (SELECT FROM resource_terms r WHERE r.starts_at < date_trunc('month', c.now)) AS "used_before!"
           FROM workspace_settings s CROSS JOIN (SELECT cs_billing.clock() AS now) c"#,
        closes
    )
    .fetch_one(connection)
    .await?;
    let newest_closed = row
        .closed
        .map(|day| UsageMonth::of(day.and_time(chrono::NaiveTime::MIN)));
    Ok(Standing {
        facts: Facts {
            now: row.now.and_utc(),
            billing: BillingSchedule::parse(&row.billing_schedule).map_err(|_| StoreError::BadValue)?,
            charged_until: row.charged_until.map(|at| at.and_utc()),
            closed: newest_closed.transpose().map_err(|_| StoreError::BadValue)?,
            used_before: row.used_before,
        },
        schema_version: row.schema_version,
        last_run_at: row.last_run_at.map(|at| at.and_utc()),
    })
}

/// Where times of grace stand.
#[derive(Debug, Clone)]
pub struct Grace {
    /// How long one is.
    pub hours: i32,
    /// What happens when it is over.
    pub action: GraceAction,
    /// Organizations for which something is to be done now.
    pub waiting: i64,
    /// Organizations whose time of grace has ended.
    pub ended: i64,
}

/// Reads it.
pub async fn grace(connection: &mut PgConnection) -> Result<Grace, StoreError> {
    let row = sqlx::query!(
        r#"SELECT s.grace_hours, s.grace_action, (SELECT count(*) FROM cs_billing.grace_over(NULL)) AS "waiting!",
             (SELECT count(*) FROM low_balances l WHERE l.grace_ended_at IS NOT NULL) AS "ended!"
           FROM workspace_settings s"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Grace {
        hours: row.grace_hours,
        action: GraceAction::parse(&row.grace_action).map_err(|_| StoreError::BadValue)?,
        waiting: row.waiting,
        ended: row.ended,
    })
}

/// Since when there is something to charge. Reads every term that is open: not for a look every few seconds.
pub async fn billable_since(connection: &mut PgConnection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let since = sqlx::query_scalar!("SELECT min(starts_at) FROM resource_terms WHERE ends_at IS NULL")
        .fetch_one(connection)
        .await?;
    Ok(since.map(|at| at.and_utc()))
}

/// A job as it stands.
#[derive(Debug, Clone)]
pub struct JobRow {
    /// `billing`, `sync 3`.
    pub name: String,
    /// How often it was begun: whoever has seen this number may begin it next.
    pub runs: i64,
    /// When it began last.
    pub started_at: DateTime<Utc>,
    /// When it ended last.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it ended well last.
    pub succeeded_at: Option<DateTime<Utc>>,
    /// How it ended last.
    pub outcome: Option<JobOutcome>,
    /// Why not well: a code.
    pub error_code: Option<String>,
    /// Why not well: a sentence.
    pub error: Option<String>,
    /// What it did, for programs.
    pub result: Value,
    /// How often it has failed in a row.
    pub failures: i32,
    /// When it is due again.
    pub next_due: Option<DateTime<Utc>>,
    /// Whose login began it last.
    pub login: String,
    /// On which computer.
    pub host: String,
    /// Whether it is held now.
    pub held: bool,
    /// Until when.
    pub held_until: Option<DateTime<Utc>>,
}

impl JobRow {
    /// Whether its agent was lost while it was at it.
    pub fn is_lost(&self) -> bool {
        !self.held && self.held_until.is_some()
    }

    /// What a schedule asks of it.
    pub fn last_run(&self) -> LastRun {
        LastRun {
            started_at: self.started_at,
            // Of one that was not given back, what is stored is of the run before.
            finished_at: self.finished_at.filter(|_| self.held_until.is_none()),
            outcome: self.outcome,
            next_due: self.next_due,
        }
    }
}

/// All jobs that were ever begun.
pub async fn jobs(connection: &mut PgConnection) -> Result<Vec<JobRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT name, runs, started_at, finished_at, succeeded_at, outcome, error_code, error, result, failures, next_due,
             login::text AS "login!", host, held_until,
             -- As cs_agent.claim has it.
             coalesce(held_until BETWEEN clock_timestamp() AND clock_timestamp() + interval '10 minutes', false) AS "held!"
           FROM agent_jobs ORDER BY name"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| JobRow {
            name: row.name,
            runs: row.runs,
            started_at: row.started_at.and_utc(),
            finished_at: row.finished_at.map(|at| at.and_utc()),
            succeeded_at: row.succeeded_at.map(|at| at.and_utc()),
            outcome: row
                .outcome
                .as_deref()
                .and_then(|word: &str| JobOutcome::parse(word).ok()),
            error_code: row.error_code,
            error: row.error,
            result: row.result,
            failures: row.failures,
            next_due: row.next_due.map(|at| at.and_utc()),
            login: row.login,
            host: row.host,
            held: row.held,
            held_until: row.held_until,
        })
        .collect())
}

/// What is known of the backups that agents took. Others may be taken without the database being told.
#[derive(Debug, Clone, serde::Serialize)]
pub struct LastBackup {
    /// When the last was taken.
    pub taken_at: Option<DateTime<Utc>>,
    /// How often it has failed in a row since.
    pub failures: i32,
    /// Why.
    pub error: Option<String>,
}

/// The last backup of an agent; `None` where this login may not see that.
pub async fn last_backup(connection: &mut PgConnection) -> Result<Option<LastBackup>, StoreError> {
    let may = sqlx::query_scalar!(
        r#"SELECT has_schema_privilege('public', 'usage') AND has_column_privilege('public.agent_jobs', 'error', 'select') AS "may!""#
    )
    .fetch_one(&mut *connection)
    .await?;
    if !may {
        return Ok(None);
    }
    let row = sqlx::query!("SELECT succeeded_at, failures, error FROM public.agent_jobs WHERE name = 'backup'")
        .fetch_optional(connection)
        .await?;
    Ok(Some(LastBackup {
        taken_at: row.as_ref().and_then(|row| row.succeeded_at).map(|at| at.and_utc()),
        failures: row.as_ref().map_or(0, |row| row.failures),
        error: row.and_then(|row| row.error),
    }))
}

/// Where an agent runs.
#[derive(Debug, Clone)]
pub struct HostRow {
    /// Its login.
    pub login: String,
    /// On which computer.
    pub host: String,
    /// The program's version.
    pub version: String,
    /// serving or once.
    pub mode: String,
    /// What it doesn't do, and why.
    pub leaves_out: Value,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last heard of.
    pub last_seen_at: DateTime<Utc>,
    /// When it was told to stop.
    pub stopped_at: Option<DateTime<Utc>>,
}

/// Agents, the one that was heard of last first.
pub async fn hosts(connection: &mut PgConnection) -> Result<Vec<HostRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT login::text AS "login!", host, version, mode, leaves_out, started_at, last_seen_at, stopped_at
           FROM agent_hosts ORDER BY last_seen_at DESC, login, host LIMIT 50"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| HostRow {
            login: row.login,
            host: row.host,
            version: row.version,
            mode: row.mode,
            leaves_out: row.leaves_out,
            started_at: row.started_at.and_utc(),
            last_seen_at: row.last_seen_at.and_utc(),
            stopped_at: row.stopped_at.map(|at| at.and_utc()),
        })
        .collect())
}

/// Writes down that an agent lives.
pub async fn seen(
    connection: &mut PgConnection,
    host: &str,
    version: &str,
    mode: &str,
    leaves_out: &Value,
    begins: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_agent.seen($1, $2, $3, $4, $5)",
        host,
        version,
        mode,
        leaves_out,
        begins
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Writes down that an agent was told to stop.
pub async fn stopped(connection: &mut PgConnection, host: &str) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_agent.stopped($1)", host)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Begins a job that was seen when it had been begun `seen` times; `None` when somebody else has.
pub async fn claim(
    connection: &mut PgConnection,
    job: &str,
    seen: i64,
    host: &str,
    seconds: i32,
) -> Result<Option<Uuid>, StoreError> {
    Ok(
        sqlx::query_scalar!("SELECT cs_agent.claim($1, $2, $3, $4)", job, seen, host, seconds)
            .fetch_one(connection)
            .await?,
    )
}

/// Goes on holding a job; whether it still is.
pub async fn hold(connection: &mut PgConnection, job: &str, lease: Uuid, seconds: i32) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT cs_agent.hold($1, $2, $3) AS "held!""#, job, lease, seconds)
            .fetch_one(connection)
            .await?,
    )
}

/// How a job went.
#[derive(Debug)]
pub struct Ended<'a> {
    /// How.
    pub outcome: JobOutcome,
    /// Why not well.
    pub error: Option<(&'a str, &'a str)>,
    /// What it did, for programs.
    pub result: &'a Value,
    /// When it is due again.
    pub next_due: Option<DateTime<Utc>>,
    /// The title of what people are told, unless they have been.
    pub tell: Option<&'a str>,
}

/// Gives a job back; whether it was still held.
pub async fn finish(
    connection: &mut PgConnection,
    job: &str,
    lease: Uuid,
    ended: &Ended<'_>,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_agent.finish($1, $2, $3, $4, $5, $6, $7, $8) AS "held!""#,
        job,
        lease,
        ended.outcome.as_str(),
        ended.error.map(|error| error.0),
        ended.error.map(|error| error.1),
        ended.result,
        ended.next_due.map(|at| at.naive_utc()),
        ended.tell
    )
    .fetch_one(connection)
    .await?)
}

/// What ending some times of grace did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct GraceEnded {
    /// Organizations that were looked at.
    pub looked_at: i32,
    /// Organizations whose time of grace has ended now.
    pub ended: i32,
    /// Invoices that have failed.
    pub failed_invoices: i32,
    /// Organizations of which admins were asked to shut something down.
    pub told_to_shut_down: i32,
    /// Servers and containers that are shut down.
    pub shut_down: i32,
}

/// Ends the time of grace of at most so many organizations.
pub async fn end_grace(connection: &mut PgConnection, most: i32) -> Result<GraceEnded, StoreError> {
    Ok(sqlx::query_as!(
        GraceEnded,
        r#"SELECT looked_at AS "looked_at!", ended AS "ended!", failed_invoices AS "failed_invoices!", told_to_shut_down AS "told_to_shut_down!",
             shut_down AS "shut_down!"
           FROM cs_billing.end_grace($1)"#,
        most
    )
    .fetch_one(connection)
    .await?)
}

/// What is to be shut down by hand.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ToShutDown {
    /// Whose.
    pub organization_id: i32,
    /// The name.
    pub organization: String,
    /// Names of servers that run.
    pub servers: Vec<String>,
    /// Names of containers that run.
    pub containers: Vec<String>,
}

/// What still runs of organizations whose time of grace has ended, if the settings say to shut it down.
pub async fn to_shut_down(connection: &mut PgConnection) -> Result<Vec<ToShutDown>, StoreError> {
    Ok(sqlx::query_as!(
        ToShutDown,
        r#"SELECT l.organization_id, o.name AS organization,
             coalesce(array_agg(r.name ORDER BY r.name) FILTER (WHERE r.kind = 'vps'), '{}') AS "servers!",
             coalesce(array_agg(r.name ORDER BY r.name) FILTER (WHERE r.kind = 'container'), '{}') AS "containers!"
           FROM low_balances l JOIN organizations o ON o.id = l.organization_id CROSS JOIN workspace_settings s
           CROSS JOIN LATERAL cs_billing.runs_without_money(ARRAY[l.organization_id]) r
           WHERE l.grace_ended_at IS NOT NULL AND s.grace_action = 'shutdown'
             AND NOT EXISTS (SELECT FROM provider_intents i WHERE CASE r.kind WHEN 'vps' THEN i.server_id ELSE i.container_id END = r.id
               AND i.state IN ('waiting', 'sending', 'running', 'unknown'))
           GROUP BY 1, 2 ORDER BY 2, 1 LIMIT 500"#
    )
    .fetch_all(connection)
    .await?)
}
