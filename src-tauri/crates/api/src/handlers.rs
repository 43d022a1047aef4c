//! From requests to use-cases and back: parse, call, translate. No rule lives here.

pub(crate) mod billing;
pub(crate) mod people;
pub(crate) mod program;
pub(crate) mod records;
pub(crate) mod shell;
pub(crate) mod tasks;
pub(crate) mod tickets;

use app::{AppError, session::Session};

use crate::{ApiError, contract::Action};

/// Whether a role may do something, with the reason when not.
pub(crate) fn action(session: &Session, name: &str, deed: domain::role::Action) -> Action {
    let refusal = session.role().may(deed).err();
    Action {
        name: name.to_owned(),
        allowed: refusal.is_none(),
        reason: refusal.map(|refusal| refusal.to_string()),
    }
}

/// Parses a field of a request; what its parser says is what the person reads.
pub(crate) fn field<T, E: std::fmt::Display>(name: &'static str, parsed: Result<T, E>) -> Result<T, ApiError> {
    parsed.map_err(|error| AppError::invalid(name, error).into())
}
