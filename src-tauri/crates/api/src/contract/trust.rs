//! Whether the database can be trusted.

use serde::Serialize;
use ts_rs::TS;

/// How far something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TrustState {
    /// Not looked at yet.
    Pending,
    /// As it should be.
    Sound,
    /// Not as it should be.
    Red,
    /// The look failed.
    Unchecked,
}

/// Something that isn't as it should be.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TrustFinding {
    /// What it is about, short enough for a sentence.
    pub subject: String,
    /// What it is about, in full.
    pub object: String,
    /// A sentence.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
}

/// What the desk has found out about its database by itself.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TrustStatus {
    /// Whether it decides who may what as it should. Where not, nothing is written.
    pub isolation: TrustState,
    /// A sentence about that.
    pub isolation_message: String,
    /// What is wrong there.
    pub findings: Vec<TrustFinding>,
    /// Whether the log is what it was.
    pub log: TrustState,
    /// A sentence about that.
    pub log_message: String,
    /// Up to which entry of its chain the log was seen.
    #[ts(type = "number | null")]
    pub log_position: Option<i64>,
}
