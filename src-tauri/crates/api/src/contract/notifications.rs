//! Notifications.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which are read, or not read any more.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct MarkRequest {
    /// `notifications.id`, at most 200.
    pub ids: Vec<i32>,
    /// Whether they are read.
    pub read: bool,
}

/// All that have been seen.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct MarkAllRequest {
    /// The newest that was seen: what has arrived since stays unread.
    pub newest_id: i32,
}

/// What marking did.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct MarkAnswer {
    /// How many have changed.
    #[ts(type = "number")]
    pub changed: u64,
}
