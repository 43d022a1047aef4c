//! What a run would charge, and whether the books are right. The database computes both; here they are asked for, a
//! page of organizations at a time.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::ids::BillingRunId;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use ts_rs::TS;

use crate::StoreError;

/// The time up to which a run would charge, if it may: the given one, or the database's.
pub async fn run_time(connection: &mut PgConnection, at: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, StoreError> {
    let time: NaiveDateTime = sqlx::query_scalar!(
        r#"SELECT cs_billing.run_time($1) AS "at!""#,
        at.map(|at| at.naive_utc())
    )
    .fetch_one(connection)
    .await?;
    Ok(time.and_utc())
}

/// Why a charge would be another than the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Change {
    /// `new`, `ended`, `parked`, `price`, `hours`, `cap`, `carry`, `balance` or `first`.
    pub reason: String,
    /// How many resources it is about.
    #[ts(type = "number | null")]
    pub resources: Option<i64>,
    /// What it adds, exactly; less than zero where it takes away.
    #[ts(type = "string | null")]
    pub adds: Option<Decimal>,
}

/// A resource whose hours would wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Waiting {
    /// vps or container.
    pub kind: String,
    /// Its id there.
    pub resource_id: i32,
    /// Its name.
    pub label: Option<String>,
    /// Whose.
    pub organization_id: i32,
    /// The name.
    pub organization: Option<String>,
    /// `no_plan`, `no_rate`, adopted or gone.
    pub reason: String,
    /// From which hour on.
    #[ts(type = "Instant")]
    pub parked_from: DateTime<Utc>,
}

/// What a run would charge one organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewRow {
    /// Whom.
    pub organization_id: i32,
    /// The name.
    pub organization: String,
    /// Why the run would leave it out: `no_wallet`, `foreign_currency` or `usage_too_large`.
    pub reason: Option<String>,
    /// Over everything on which the charge depends.
    pub hash: String,
    /// Resources of which hours would be charged.
    #[ts(type = "number")]
    pub resources: i64,
    /// How many hours.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost exactly.
    #[ts(type = "string")]
    pub usage: Decimal,
    /// The fraction of a cent that comes in.
    #[ts(type = "string")]
    pub carry_in: Decimal,
    /// What would be charged.
    #[ts(type = "Money")]
    pub amount: Decimal,
    /// The fraction that would go on.
    #[ts(type = "string")]
    pub carry_out: Decimal,
    /// What the wallet holds.
    #[ts(type = "Money | null")]
    pub balance: Option<Decimal>,
    /// Whether that covers everything.
    pub covered: Option<bool>,
    /// What all hours cost that are due.
    #[ts(type = "string | null")]
    pub due: Option<Decimal>,
    /// The run that charged it last.
    #[ts(type = "number | null")]
    pub last_run: Option<i64>,
    /// That run's time.
    #[ts(type = "Instant | null")]
    pub last_run_at: Option<DateTime<Utc>>,
    /// The hours that it charged.
    #[ts(type = "number | null")]
    pub last_hours: Option<i64>,
    /// What they cost exactly.
    #[ts(type = "string | null")]
    pub last_usage: Option<Decimal>,
    /// What it charged.
    #[ts(type = "Money | null")]
    pub last_amount: Option<Decimal>,
    /// Why this is another charge than that one.
    pub changes: Vec<Change>,
    /// What would wait.
    pub waiting: Vec<Waiting>,
}

/// What a run up to a time would charge these organizations. It writes nothing and waits for nobody.
pub async fn preview(
    connection: &mut PgConnection,
    at: DateTime<Utc>,
    organizations: &[i32],
) -> Result<Vec<PreviewRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT organization_id AS "organization_id!", organization AS "organization!", reason, hash AS "hash!", resources AS "resources!",
             hours AS "hours!", usage AS "usage!", carry_in AS "carry_in!", amount AS "amount!", carry_out AS "carry_out!", balance, covered, due,
             last_run, last_run_at, last_hours, last_usage, last_amount, changes AS "changes!: Json<Vec<Change>>", waiting AS "waiting!: Json<Vec<Waiting>>"
           FROM cs_billing.preview_batch($1, $2)"#,
        at.naive_utc(),
        organizations
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PreviewRow {
            organization_id: row.organization_id,
            organization: row.organization,
            reason: row.reason,
            hash: row.hash,
            resources: row.resources,
            hours: row.hours,
            usage: row.usage,
            carry_in: row.carry_in,
            amount: row.amount,
            carry_out: row.carry_out,
            balance: row.balance,
            covered: row.covered,
            due: row.due,
            last_run: row.last_run,
            last_run_at: row.last_run_at.map(|at| at.and_utc()),
            last_hours: row.last_hours,
            last_usage: row.last_usage,
            last_amount: row.last_amount,
            changes: row.changes.0,
            waiting: row.waiting.0,
        })
        .collect())
}

/// Of a preview, what its commit needs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Previewed {
    /// Whom.
    pub organization_id: i32,
    /// Over everything on which the charge depends.
    pub hash: String,
    /// What the hours cost exactly.
    pub usage: Decimal,
    /// What is charged.
    pub amount: Decimal,
}

/// Charges a batch as it was previewed. Whom the preview has not seen, or seen otherwise, is left out and listed.
pub async fn charge_previewed(
    connection: &mut PgConnection,
    run: BillingRunId,
    batch: &[(i32, Option<Previewed>)],
) -> Result<(), StoreError> {
    let organizations: Vec<i32> = batch.iter().map(|(id, _)| *id).collect();
    let seen = |index: usize| batch.get(index).and_then(|(_, seen)| seen.as_ref());
    let hashes: Vec<Option<String>> = (0..batch.len()).map(|i| seen(i).map(|s| s.hash.clone())).collect();
    let usages: Vec<Decimal> = (0..batch.len())
        .map(|i| seen(i).map(|s| s.usage).unwrap_or_default())
        .collect();
    let amounts: Vec<Decimal> = (0..batch.len())
        .map(|i| seen(i).map(|s| s.amount).unwrap_or_default())
        .collect();
    sqlx::query!(
        "SELECT cs_billing.charge_previewed($1, $2, $3, $4, $5)",
        run.get(),
        &organizations,
        &hashes as &[Option<String>],
        &usages,
        &amounts
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Something in the books that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Breach {
    /// `wallet`, `charge_usage`, `charge_sum`, `charge_transaction`, `charge_chain`, `meter`, `arrears`, `hours_missed`, `hours_twice`,
    /// `two_owners`, `invoice_sum`, `invoice_lines`, `invoice_carry`, `invoice_paid`, `invoice_number`, `told_transaction`, `ledger_charge`, `run_sum` or `revenue`.
    pub what: String,
    /// Whose books.
    pub organization_id: Option<i32>,
    /// The name.
    pub organization: Option<String>,
    /// What kind of thing it is.
    pub thing: String,
    /// Which.
    pub thing_id: Option<String>,
    /// What should be there.
    pub expected: Option<String>,
    /// What is.
    pub found: Option<String>,
}

/// A proof of the books.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ProofRow {
    /// `book_proofs.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// `full` or `incremental`.
    pub scope: String,
    /// Of when the books are that were looked at.
    #[ts(type = "Instant")]
    pub proven_at: DateTime<Utc>,
    /// When it was last looked, and nothing had moved since.
    #[ts(type = "Instant")]
    pub confirmed_at: DateTime<Utc>,
    /// Who; nobody means a program.
    pub proven_by: Option<String>,
    /// Whether everything is right.
    pub ok: bool,
    /// How much was looked at, by kind.
    #[ts(type = "Record<string, number>")]
    pub checked: serde_json::Value,
    /// How much isn't right.
    pub breach_count: i32,
    /// What isn't, the first thousand.
    pub breaches: Vec<Breach>,
    /// How long it took.
    #[ts(type = "number | null")]
    pub duration_ms: Option<i64>,
}

/// The newest proof, or one.
pub async fn proof(connection: &mut PgConnection, id: Option<i64>) -> Result<Option<ProofRow>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.id, p.scope, p.proven_at, p.confirmed_at, p.ok AS "ok!", p.checked, p.breach_count, p.breaches AS "breaches!: Json<Vec<Breach>>", p.duration_ms,
             coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS proven_by
           FROM book_proofs p LEFT JOIN users u ON u.id = p.proven_by
           WHERE p.ok IS NOT NULL AND ($1::bigint IS NULL OR p.id = $1) ORDER BY p.id DESC LIMIT 1"#,
        id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| ProofRow {
        id: row.id,
        scope: row.scope,
        proven_at: row.proven_at.and_utc(),
        confirmed_at: row.confirmed_at.and_utc(),
        proven_by: row.proven_by,
        ok: row.ok,
        checked: row.checked,
        breach_count: row.breach_count,
        breaches: row.breaches.0,
        duration_ms: row.duration_ms,
    }))
}

/// Begins a proof; `None` when nothing has moved since the last one. In a transaction that sees one snapshot.
pub async fn begin_proof(connection: &mut PgConnection, everything: bool) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT cs_billing.begin_proof($1)", everything)
        .fetch_one(connection)
        .await?)
}

/// Looks at the next organizations; how many are left.
pub async fn prove_next(connection: &mut PgConnection, proof: i64, most: i32) -> Result<i32, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT cs_billing.prove_next($1, $2) AS "left!""#, proof, most)
            .fetch_one(connection)
            .await?,
    )
}

/// Looks at what invoices tell beside their lines, of all that the proof is about. Before it is ended.
pub async fn prove_told(connection: &mut PgConnection, proof: i64) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_billing.prove_told($1)", proof)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Ends it.
pub async fn finish_proof(connection: &mut PgConnection, proof: i64) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT cs_billing.finish_proof($1) AS "ok!""#, proof)
            .fetch_one(connection)
            .await?,
    )
}

/// Makes this transaction see the database as it is now until its end, however long a statement takes. Its first
/// statement.
pub async fn see_one_snapshot(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::raw_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = '1h'")
        .execute(connection)
        .await?;
    Ok(())
}
