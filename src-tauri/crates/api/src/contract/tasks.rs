//! Long work in the background.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Tag;

/// Work that goes on, or has ended.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TaskRow {
    /// Its number; later ones have higher numbers.
    #[ts(type = "number")]
    pub id: u64,
    /// What kind of work.
    #[ts(type = "TaskKind")]
    pub kind: &'static str,
    /// What it is.
    pub title: String,
    /// What stopping it means.
    pub on_cancel: String,
    /// Steps done.
    #[ts(type = "number")]
    pub done: u64,
    /// Of how many; zero while that isn't known.
    #[ts(type = "number")]
    pub total: u64,
    /// How long it has been at work, or was.
    #[ts(type = "number")]
    pub elapsed_ms: u64,
    /// Where it stands.
    pub state: TaskState,
    /// What it did, in a sentence; of a failure, why.
    pub outcome: Option<String>,
    /// The failure's code and its name in the log.
    pub failure: Option<TaskFailureCode>,
    /// What its end makes stale.
    pub stale: Vec<Tag>,
}

/// Where work stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// At work.
    Running,
    /// Told to stop.
    Stopping,
    /// Ended.
    Done,
    /// Stopped before its end.
    Cancelled,
    /// Failed.
    Failed,
}

/// A failure's code and its name in the log.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TaskFailureCode {
    /// The code.
    pub code: String,
    /// Its name in the log.
    pub request_id: String,
}

/// All that are known, newest first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TaskList {
    /// The tasks.
    pub tasks: Vec<TaskRow>,
}

/// Which one.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct TaskRequest {
    /// Its number.
    #[ts(type = "number")]
    pub id: u64,
}

/// Work that has begun.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct TaskStarted {
    /// Its number.
    #[ts(type = "number")]
    pub task: u64,
}
