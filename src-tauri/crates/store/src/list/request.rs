//! What a list is asked and what it answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FilterOp {
    /// One of the values.
    Is,
    /// None of the values; NULL counts as none.
    IsNot,
    /// Contains the text, in any case of letters.
    Contains,
    /// Not less than.
    AtLeast,
    /// Not more than.
    AtMost,
}

/// A condition on one column.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Filter {
    /// The column's name.
    pub column: String,
    /// How to compare.
    pub op: FilterOp,
    /// With what.
    pub values: Vec<String>,
}

/// An order.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Sort {
    /// The column's name.
    pub column: String,
    /// From high to low.
    pub descending: bool,
}

/// One window of a list. Sorting, filtering and paging happen in SQL; `limit` is at most 200.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ListRequest {
    /// What the search field holds.
    pub search: Option<String>,
    /// All must hold.
    pub filters: Vec<Filter>,
    /// The order, or the list's own.
    pub sort: Option<Sort>,
    /// The position that the window before ended at.
    #[ts(type = "Cursor | null")]
    pub after: Option<String>,
    /// How many rows.
    pub limit: u32,
}

impl ListRequest {
    /// The first rows, in the list's own order.
    pub fn first(limit: u32) -> Self {
        Self {
            search: None,
            filters: Vec::new(),
            sort: None,
            after: None,
            limit,
        }
    }

    /// The same with one more condition.
    #[must_use]
    pub fn with(mut self, column: &str, op: FilterOp, value: &dyn std::fmt::Display) -> Self {
        self.filters.push(Filter {
            column: column.to_owned(),
            op,
            values: vec![value.to_string()],
        });
        self
    }
}

/// A window of rows. `total` counts all rows that match; above 100,000 it is that number and not exact.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// The position after them, or `null` at the end.
    #[ts(type = "Cursor | null")]
    pub next: Option<String>,
    /// How many rows match.
    #[ts(type = "number")]
    pub total: i64,
    /// Whether `total` is exact.
    pub total_is_exact: bool,
    /// The database's time of reading.
    #[ts(type = "Instant")]
    pub as_of: DateTime<Utc>,
}
