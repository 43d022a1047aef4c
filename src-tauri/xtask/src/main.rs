//! Developers' chores that are more than a line of the Makefile.

mod arrows;
#[cfg(feature = "contract")]
mod bindings;
mod cluster;
mod queries;
mod runner;
mod shell;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <chore>
  bindings         write the UI's types from the contract
  check-bindings   fail when they differ from the contract
  check-arrows     fail when a crate uses what ARCHITECTURE.md forbids it
  sqlx-prepare     write what the compiler knows of the queries without a database
  sqlx-check       fail when that is no longer true
  test             run every Rust test over one PostgreSQL, the window's last";

/// Why a chore failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// What was checked does not hold.
    #[error("{0}")]
    Check(String),
    /// A program that was needed did not do its work.
    #[error("{0}")]
    Program(String),
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error("an answer could not be read: {0}")]
    Answer(#[from] serde_json::Error),
    #[error(transparent)]
    Workspace(#[from] workspace::WorkspaceError),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

fn main() -> ExitCode {
    let chore = std::env::args().nth(1).unwrap_or_default();
    let done = match chore.as_str() {
        #[cfg(feature = "contract")]
        "bindings" => bindings::write(),
        #[cfg(feature = "contract")]
        "check-bindings" => bindings::check(),
        "check-arrows" => arrows::check(),
        "sqlx-prepare" => queries::prepare(),
        "sqlx-check" => queries::check(),
        "test" => runner::test(),
        _ => {
            shell::say(USAGE);
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            shell::say(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}
