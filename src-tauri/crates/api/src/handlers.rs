//! From requests to use-cases and back: parse, call, translate. No rule lives here.

pub(crate) mod assignments;
pub(crate) mod billing;
pub(crate) mod corrections;
pub(crate) mod customer_view;
pub(crate) mod desks;
pub(crate) mod drift;
pub(crate) mod intents;
pub(crate) mod invoices;
pub(crate) mod live;
pub(crate) mod notifications;
pub(crate) mod pages;
pub(crate) mod people;
pub(crate) mod plans;
pub(crate) mod program;
pub(crate) mod providers;
pub(crate) mod records;
pub(crate) mod servers;
pub(crate) mod setup;
pub(crate) mod shell;
pub(crate) mod tasks;
pub(crate) mod tickets;
pub(crate) mod trust;
pub(crate) mod workspace_key;

use app::AppError;

use crate::ApiError;

/// Parses a field of a request; what its parser says is what the person reads.
pub(crate) fn field<T, E: std::fmt::Display>(name: &'static str, parsed: Result<T, E>) -> Result<T, ApiError> {
    parsed.map_err(|error| AppError::invalid(name, error).into())
}
