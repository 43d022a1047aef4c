//! The contract with the window: commands, requests, answers, error codes, cache tags, and their TypeScript.
//!
//! Everything crosses as JSON through [`dispatch`], so that tests speak the same wire without a web view. This crate
//! knows neither Tauri nor HTTP, and holds no rule: a command is a translation.

mod commands;
mod contract;
mod error;
mod handlers;
mod typescript;

use std::{sync::Arc, time::Duration};

pub use commands::{CommandName, Kind, Tag};
pub use contract::{Empty, SessionInfo};
pub use error::{ApiError, ErrorCode};
pub use typescript::typescript;

/// What commands work on: one desk.
pub type Desk = app::desk::Desk;

/// Longer than any statement is allowed to take, and than a private server needs to recover.
const DEADLINE: Duration = Duration::from_secs(150);

/// A desk in its surroundings.
pub fn desk(host: Arc<dyn app::host::Host>) -> Arc<Desk> {
    Arc::new(Desk::new(host))
}

/// Runs a command by its name. Always answers: with JSON, or with an error that has a code and a sentence.
pub async fn dispatch(desk: &Arc<Desk>, name: &str, payload: serde_json::Value) -> Result<serde_json::Value, ApiError> {
    let Some(command) = CommandName::parse(name) else {
        return Err(ApiError::bad_request("an unknown command"));
    };
    let answer = match tokio::time::timeout(DEADLINE, command.run(desk, payload)).await {
        Ok(answer) => answer,
        Err(_) => Err(ApiError::timeout()),
    };
    if let Err(error) = &answer
        && error.code == ErrorCode::Forbidden
        && matches!(desk.session_lives().await, Ok(false))
    {
        return Err(ApiError::session_expired());
    }
    if let Err(error) = &answer
        && matches!(error.code, ErrorCode::ServerUnreachable | ErrorCode::ConnectionLost)
    {
        let desk = Arc::clone(desk);
        tokio::spawn(async move { desk.recover().await });
    }
    answer
}
