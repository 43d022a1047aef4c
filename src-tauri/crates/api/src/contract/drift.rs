//! Drift and margin.

use app::{
    drift::DriftSummary,
    views::{DriftRow, ListRequest, MarginMonth, MarginRow, MarginTotal, Page},
};
use domain::{
    drift::{Remedy, TakeOver},
    margin::Grouping,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// A difference, with what helps.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DriftItem {
    /// The difference.
    #[serde(flatten)]
    pub row: DriftRow,
    /// What helps, the more usual first.
    #[ts(type = "Array<Remedy>")]
    pub remedies: Vec<Remedy>,
}

/// What there is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DriftOverview {
    /// By kind, and how old what is known is.
    #[serde(flatten)]
    pub summary: DriftSummary,
    /// Whether what things cost us is shown.
    pub shows_cost: bool,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// What is taken over of a server, as it was seen.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct TakeOverRequest {
    /// Of which server.
    pub server_id: i32,
    /// region or address.
    #[ts(type = "TakeOver")]
    pub what: TakeOver,
    /// What it is here.
    pub here: Option<String>,
    /// What the provider says.
    pub there: String,
}

/// A month's rows.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct MarginRequest {
    /// Such as 2026-10.
    pub month: String,
    /// By what.
    #[ts(type = "Grouping")]
    pub grouping: Grouping,
    /// Which window.
    pub list: ListRequest,
}

/// A month by one grouping.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MarginAnswer {
    /// The rows.
    pub page: Page<MarginRow>,
    /// What all rows of the month come to, whatever the window or its filters show.
    pub total: MarginTotal,
}

/// The months there are.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MarginMonths {
    /// The newest first.
    pub months: Vec<MarginMonth>,
}
