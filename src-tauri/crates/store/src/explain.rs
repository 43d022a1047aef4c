//! What stands behind a charge, an invoice or a balance: computed by the database from terms, prices and charges.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use ts_rs::TS;

use crate::StoreError;

/// Up to which hour was charged. With a resource: up to its hour that begins then, in the order of beginning, kind and
/// id; without: every hour that had ended then.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Mark {
    /// When.
    #[ts(type = "Instant | null")]
    pub at: Option<DateTime<Utc>>,
    /// vps or container.
    pub kind: Option<String>,
    /// Its id there.
    pub resource_id: Option<i32>,
}

/// Hours of a resource at one price.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainedLine {
    /// vps or container.
    pub kind: String,
    /// Its id there.
    pub resource_id: i32,
    /// Its name.
    pub label: Option<String>,
    /// On which plan.
    pub plan_id: Option<i32>,
    /// The plan's name.
    pub plan: Option<String>,
    /// When the first of the hours began.
    #[ts(type = "Instant")]
    pub first_hour: DateTime<Utc>,
    /// When the last of them ended.
    #[ts(type = "Instant")]
    pub until: DateTime<Utc>,
    /// How many.
    #[ts(type = "number")]
    pub hours: i64,
    /// What one costs.
    #[ts(type = "Rate")]
    pub hourly_rate: Decimal,
    /// Since when it costs that; nothing: always.
    #[ts(type = "Instant | null")]
    pub in_force_since: Option<DateTime<Utc>>,
    /// What the month costs at most.
    #[ts(type = "Money | null")]
    pub monthly_cap: Option<Decimal>,
    /// What the month had cost before these hours.
    #[ts(type = "string")]
    pub metered_before: Decimal,
    /// What they cost.
    #[ts(type = "string")]
    pub amount: Decimal,
    /// Whether the cap made them cheaper.
    pub cap_applied: bool,
    /// Whether hours were due before and came late.
    pub late: bool,
}

/// What a charge was made of.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainedCharge {
    /// `billing_charges.id`.
    #[ts(type = "number")]
    pub charge_id: i64,
    /// The ledger's row; none when it was less than a cent.
    pub transaction_id: Option<i32>,
    /// Which run.
    #[ts(type = "number")]
    pub run_id: i64,
    /// Its time.
    #[ts(type = "Instant | null")]
    pub run_at: Option<DateTime<Utc>>,
    /// Whom.
    pub organization_id: i32,
    /// The month in which the hours began.
    pub usage_month: String,
    /// From where.
    pub from: Mark,
    /// Up to where.
    pub until: Mark,
    /// Whether the wallet did not cover everything.
    pub partial: bool,
    /// Hours, as stored.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost, as stored.
    #[ts(type = "string")]
    pub usage: Decimal,
    /// The fraction of a cent that came in.
    #[ts(type = "string")]
    pub carry_in: Decimal,
    /// What was charged.
    #[ts(type = "Money")]
    pub amount: Decimal,
    /// The fraction that went on.
    #[ts(type = "string")]
    pub carry_out: Decimal,
    /// The hours.
    pub lines: Vec<ExplainedLine>,
    /// The lines' hours.
    #[ts(type = "number")]
    pub sum_hours: i64,
    /// The lines' sum.
    #[ts(type = "string")]
    pub sum: Decimal,
    /// Whether the lines are what was stored.
    pub agrees: bool,
}

/// A row that gives back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Refund {
    /// `transactions.id`.
    pub transaction_id: i32,
    /// How much.
    #[ts(type = "Money")]
    pub amount: Decimal,
    /// pending, completed or failed.
    pub status: String,
}

/// What stands behind a row of the ledger.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainedTransaction {
    /// `transactions.id`.
    pub transaction_id: i32,
    /// Whose.
    pub organization_id: Option<i32>,
    /// The name.
    pub organization: Option<String>,
    /// deposit, charge, refund or adjustment.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// How much.
    #[ts(type = "Money | null")]
    pub amount: Option<Decimal>,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// pending, completed or failed.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// Of which run.
    #[ts(type = "number | null")]
    pub run_id: Option<i64>,
    /// What it gives back.
    pub refund_of: Option<i32>,
    /// How it was paid.
    pub payment_method: Option<String>,
    /// What was given back of it.
    pub refunds: Vec<Refund>,
    /// Of a charge: what it was made of.
    pub charge: Option<ExplainedCharge>,
}

/// A charge that took hours of an invoice.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChargeOfInvoice {
    /// `billing_charges.id`.
    #[ts(type = "number")]
    pub charge_id: i64,
    /// The ledger's row.
    pub transaction_id: Option<i32>,
    /// Which run.
    #[ts(type = "number")]
    pub run_id: i64,
    /// Its time.
    #[ts(type = "Instant | null")]
    pub run_at: Option<DateTime<Utc>>,
    /// The month in which the hours began.
    pub usage_month: String,
    /// How many of the invoice's hours.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost.
    #[ts(type = "string")]
    pub amount: Decimal,
}

/// What stands behind an invoice.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainedInvoice {
    /// `invoices.id`.
    pub invoice_id: i32,
    /// Its number.
    pub number: Option<String>,
    /// Whose.
    pub organization_id: Option<i32>,
    /// The name.
    pub organization: Option<String>,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// pending, paid, failed or cancelled.
    pub status: String,
    /// Its lines, as they were written.
    #[ts(type = "unknown[]")]
    pub lines: Vec<serde_json::Value>,
    /// The lines' sum.
    #[ts(type = "string")]
    pub sum: Decimal,
    /// The fraction of a cent that came in.
    #[ts(type = "string | null")]
    pub carry_in: Option<Decimal>,
    /// The fraction that went on.
    #[ts(type = "string | null")]
    pub carry_out: Option<Decimal>,
    /// Its amount.
    #[ts(type = "Money | null")]
    pub amount: Option<Decimal>,
    /// What of it is paid.
    #[ts(type = "Money | null")]
    pub amount_paid: Option<Decimal>,
    /// The hours that it tells.
    #[ts(type = "number")]
    pub told_hours: i64,
    /// Those of them that were charged.
    #[ts(type = "number")]
    pub charged_hours: i64,
    /// Those that were not yet.
    #[ts(type = "number")]
    pub uncharged_hours: i64,
    /// By which charges.
    pub charges: Vec<ChargeOfInvoice>,
    /// Whether lines and carries are its amount.
    pub agrees: bool,
}

/// Rows of the ledger of one type.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SumOfType {
    /// deposit, charge, refund or adjustment.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// How many.
    #[ts(type = "number")]
    pub count: i64,
    /// Together.
    #[ts(type = "Money")]
    pub sum: Decimal,
}

/// What stands behind a balance.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ExplainedOrganization {
    /// Whose.
    pub organization_id: i32,
    /// The name.
    pub organization: String,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// What the wallet holds.
    #[ts(type = "Money | null")]
    pub balance: Option<Decimal>,
    /// The completed rows.
    pub by_type: Vec<SumOfType>,
    /// Their sum.
    #[ts(type = "Money")]
    pub sum: Decimal,
    /// What waits for its completion.
    #[ts(type = "Money")]
    pub pending: Decimal,
    /// Up to where it has been charged.
    pub charged_until: Mark,
    /// The fraction of a cent that it carries.
    #[ts(type = "string")]
    pub carry: Decimal,
    /// What the wallet did not cover at the last run.
    #[ts(type = "string")]
    pub arrears: Decimal,
    /// Its newest charge.
    #[ts(type = "number | null")]
    pub last_charge_id: Option<i64>,
    /// The database's time.
    #[ts(type = "Instant")]
    pub now: DateTime<Utc>,
    /// Hours that would be charged now.
    #[ts(type = "number")]
    pub accrued_hours: i64,
    /// What they cost.
    #[ts(type = "string")]
    pub accrued: Decimal,
    /// Whether the wallet covers that.
    pub covered: Option<bool>,
    /// Whether balance and carry are what the rows add up to.
    pub agrees: bool,
}

/// Explains a row of the ledger.
pub async fn transaction(connection: &mut PgConnection, id: i32) -> Result<ExplainedTransaction, StoreError> {
    let told = sqlx::query_scalar!(
        r#"SELECT cs_billing.explain_transaction($1) AS "told: Json<ExplainedTransaction>""#,
        id
    )
    .fetch_one(connection)
    .await?;
    told.map(|told| told.0).ok_or(StoreError::NotFound)
}

/// Explains an invoice.
pub async fn invoice(connection: &mut PgConnection, id: i32) -> Result<ExplainedInvoice, StoreError> {
    let told = sqlx::query_scalar!(
        r#"SELECT cs_billing.explain_invoice($1) AS "told: Json<ExplainedInvoice>""#,
        id
    )
    .fetch_one(connection)
    .await?;
    told.map(|told| told.0).ok_or(StoreError::NotFound)
}

/// Explains a balance.
pub async fn organization(connection: &mut PgConnection, id: i32) -> Result<ExplainedOrganization, StoreError> {
    let told = sqlx::query_scalar!(
        r#"SELECT cs_billing.explain_organization($1) AS "told: Json<ExplainedOrganization>""#,
        id
    )
    .fetch_one(connection)
    .await?;
    told.map(|told| told.0).ok_or(StoreError::NotFound)
}
