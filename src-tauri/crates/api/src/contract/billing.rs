//! Billing runs, and what waits for a price or a decision.

use app::views::{ExplainedInvoice, ExplainedOrganization, ExplainedTransaction, ParkedRow, ProofRow, RunRow, Skipped};
use chrono::{DateTime, Utc};
use domain::money::Money;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// Where billing stands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BillingOverview {
    /// The newest run that went to its end: up to its time everybody was looked at.
    pub last_run: Option<RunRow>,
    /// The run that is under way, at this desk or elsewhere.
    #[ts(type = "number | null")]
    pub open_run: Option<i64>,
    /// Whether a run should have been by now.
    pub overdue: bool,
    /// When an agent was last heard of; none where none was ever set up.
    #[ts(type = "Instant | null")]
    pub agent_seen: Option<DateTime<Utc>>,
    /// Whether one should have been heard of since.
    pub agent_missing: bool,
    /// Resources that wait for a price or a decision.
    #[ts(type = "number")]
    pub parked: i64,
    /// Of those, for a decision.
    #[ts(type = "number")]
    pub undecided: i64,
    /// Usage that wallets don't cover.
    #[ts(type = "Money")]
    pub arrears: Money,
    /// How many organizations that is.
    #[ts(type = "number")]
    pub behind: i64,
    /// How often a run should be.
    #[ts(type = "\"hourly\" | \"daily\"")]
    pub schedule: String,
    /// The panel's currency.
    pub currency: String,
    /// What may be done: `run`, `decide`.
    pub actions: Vec<Action>,
}

/// Which run.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct RunRequest {
    /// `billing_runs.id`.
    #[ts(type = "number")]
    pub id: i64,
}

/// A run's page; its charges are a list of their own.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RunDetail {
    /// Itself.
    pub run: RunRow,
    /// Whom it left out.
    pub skipped: Vec<Skipped>,
}

/// What waits, oldest first, at most 500.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ParkedList {
    /// The resources.
    pub parked: Vec<ParkedRow>,
}

/// From when a parked resource is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ParkedDecision {
    /// From where it was parked: the hours that wait are charged by the next run.
    FromStart,
    /// From now: the hours that wait are never charged.
    FromNow,
}

/// A decision on what waits.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ResolveParkedRequest {
    /// `parked_resources.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// What was decided.
    pub decision: ParkedDecision,
}

/// Whether the books are right, as the newest proof says.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Books {
    /// None: they were never proven, or this role isn't told.
    pub proof: Option<ProofRow>,
    /// What may be done: `prove`.
    pub actions: Vec<Action>,
}

/// What is to be explained: one of these.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ExplainRequest {
    /// `transactions.id`.
    pub transaction: Option<i32>,
    /// `invoices.id`.
    pub invoice: Option<i32>,
    /// `organizations.id`, for its balance.
    pub organization: Option<i32>,
}

/// What stands behind it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Explanation {
    /// Of a row of the ledger.
    pub transaction: Option<ExplainedTransaction>,
    /// Of an invoice.
    pub invoice: Option<ExplainedInvoice>,
    /// Of a balance.
    pub organization: Option<ExplainedOrganization>,
}
