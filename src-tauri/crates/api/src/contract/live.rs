//! Live updates.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Tag;

/// What has changed since when.
#[derive(Debug, Deserialize, TS)]
pub struct LiveRequest {
    /// As the poll before gave it, `null` for the first.
    pub cursor: Option<String>,
}

/// What has changed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LiveAnswer {
    /// For the next poll.
    pub cursor: String,
    /// Everything must be read again: the cursor is older than what is kept.
    pub everything: bool,
    /// What was read under these tags is stale.
    pub stale: Vec<StaleTag>,
}

/// A tag under which something has changed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StaleTag {
    /// The tag.
    pub tag: Tag,
    /// Whether somebody at another desk had a part in it: what this desk has changed it has read again already.
    pub by_others: bool,
    /// Which rows, at most 200; `null` for many, or where the change is somewhere else and only shows here.
    #[ts(type = "Array<number> | null")]
    pub ids: Option<Vec<i64>>,
}
