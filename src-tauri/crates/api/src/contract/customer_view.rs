//! Looking as a customer, and who can see a row.

use app::views::{Onlooker, RowKind, ViewPart, ViewedMessage, Viewing};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Opens the view of an organization.
#[derive(Debug, Deserialize, TS)]
pub struct StartViewRequest {
    /// Whose customer.
    pub organization_id: i32,
    /// Why; kept in the log.
    pub reason: String,
    /// The number of the ticket that it is for.
    pub ticket_number: Option<String>,
}

/// The view that is open.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CustomerView {
    /// `null` when none is.
    pub viewing: Option<Viewing>,
}

/// A part of it.
#[derive(Debug, Deserialize, TS)]
pub struct ViewPartRequest {
    /// Which.
    pub part: ViewPart,
    /// Of lists the rows before this id; the newest when `null`.
    pub before: Option<i32>,
}

/// A conversation as the customer sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedThread {
    /// Oldest first.
    pub messages: Vec<ViewedMessage>,
}

/// Asks who can see a row.
#[derive(Debug, Deserialize, TS)]
pub struct WhoSeesRequest {
    /// What kind of row.
    pub kind: RowKind,
    /// Its id.
    pub id: i32,
}

/// What each role may do with it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WhoSees {
    /// By role.
    pub rows: Vec<Onlooker>,
}
