//! Metering: which hours a resource has used, what they cost, and what of it is charged.
//!
//! Source: the product's section "Money". In short:
//!
//! - a resource is billable from its creation until its deletion, running or not, in whole hours counted from its own
//!   beginning (not from the clock's full hours);
//! - an hour belongs to the month (UTC) in which it begins, and costs `min(rate, max(0, cap − metered this month))`;
//! - a run charges the whole cents of what is due and carries the fraction of a cent to the next run, so that for any
//!   schedule of runs the sum charged plus the carry equals the exact usage.

mod cost;
mod cover;
mod time;

pub use cost::{Cap, Meter, Price, UsageSegment, charge_split, cost_of_hour};
pub use cover::{Covered, DueHour, cover, held_for};
pub use time::{BillingPeriod, Hours, UsageMonth, hours_at_deletion, whole_hours_between};

use crate::money::MoneyError;

/// Why hours couldn't be metered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MeteringError {
    /// A period that ends before, or when, it begins.
    #[error("A billing period must end after it begins.")]
    EmptyPeriod,
    /// A month or an instant before 1970 or after 9999.
    #[error("The date is outside of the calendar from 1970 to 9999.")]
    OutOfCalendar,
    /// Not of the form `2026-03`.
    #[error("Write the month as year and month, such as 2026-03.")]
    NotAMonth,
    /// More hours than any resource can have lived.
    #[error("There are too many hours between the two times.")]
    TooManyHours,
    /// The hours go back before those that were metered already.
    #[error("These hours begin before the last metered month.")]
    Backwards,
    /// An amount beyond its type.
    #[error(transparent)]
    Money(#[from] MoneyError),
}
