//! Desks and invitations.

use app::views::DeskRow;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The desks.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskList {
    /// Those in use first.
    pub rows: Vec<DeskRow>,
    /// Why no other desk can be invited to this workspace, if so.
    pub invite_problem: Option<String>,
    /// Whether this desk holds the workspace key, and so can hand it on.
    pub holds_workspace_key: bool,
    /// What whoever administers the server types instead, without the desk's label.
    pub command: String,
}

/// Cuts a desk off.
#[derive(Debug, Deserialize, TS)]
pub struct RevokeDeskRequest {
    /// Its login.
    pub login: String,
}

/// What is left to do.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct RevokedDesk {
    /// It held the workspace key, which now must be rotated.
    pub held_workspace_key: bool,
}

/// Invites another desk, with the login of whoever administers the server.
#[derive(Deserialize, TS)]
pub struct InviteDeskRequest {
    /// What it is called.
    pub label: String,
    /// The login of a desk that gets a new password instead.
    pub replaces: Option<String>,
    /// The administrator's login at the server; used once, not kept.
    pub administrator: String,
    /// Its password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
    /// Whether the new desk needs the workspace key.
    pub with_workspace_key: bool,
}

/// An invitation that was written.
#[derive(Clone, Serialize, TS)]
pub struct InvitedDesk {
    /// Where the file is.
    pub path: String,
    /// Opens it. Told once.
    pub passphrase: String,
    /// The desk's login.
    pub login: String,
    /// Until when it can be opened.
    #[ts(type = "Instant")]
    pub until: DateTime<Utc>,
}

/// An invitation that somebody was given.
#[derive(Deserialize, TS)]
pub struct OpenInvitationRequest {
    /// The file in base64.
    pub content: String,
    /// What opens it.
    #[ts(type = "string")]
    pub passphrase: secrecy::SecretString,
}
