//! One server, and what its provider says of it now.

use app::{
    servers::timeline::TimelineEntry,
    views::{IntentRow, Observed, ServerPlan, ServerRow, ServerWallet},
};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};
use ts_rs::TS;

use super::Action;
use crate::ErrorCode;

/// A server with what is known around it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ServerDetail {
    /// As lists show it.
    pub server: ServerRow,
    /// When it was deleted.
    #[ts(type = "Instant | null")]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Its plan and what it costs.
    pub plan: Option<ServerPlan>,
    /// The wallet that pays for it.
    pub wallet: Option<ServerWallet>,
    /// What its provider said last; `null` where no sync has seen it.
    pub observed: Option<Observed>,
    /// What is done to it, or waits to be.
    pub open: Vec<IntentRow>,
    /// What may be done to it, by the intent's kind; `live` is asking its provider, `show_password` telling root's password.
    pub actions: Vec<Action>,
    /// Why its provider can't be asked from this desk; `null` where it can.
    pub live_code: Option<ErrorCode>,
}

/// A server's curves or traffic: now, or of a month.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ServerMonthRequest {
    /// `vps_instances.id`.
    pub id: i32,
    /// `2026-11`; `null` is the last 24 hours, or the month so far.
    pub month: Option<String>,
}

/// A window of a server's timeline.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct TimelineRequest {
    /// `vps_instances.id`.
    pub id: i32,
    /// Where it begins; `null` is now.
    #[ts(type = "Cursor | null")]
    pub after: Option<String>,
    /// Whether its provider is asked for events, too.
    pub with_provider: bool,
}

/// Why something that was asked is not in an answer.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Unanswered {
    /// For the program.
    pub code: ErrorCode,
    /// For a person.
    pub message: String,
}

/// A window of a server's timeline.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TimelineAnswer {
    /// Newest first.
    pub entries: Vec<TimelineEntry>,
    /// Where the next window begins; `null` at the end.
    #[ts(type = "Cursor | null")]
    pub next: Option<String>,
    /// Why the provider's events are not in it.
    pub unanswered: Option<Unanswered>,
}

/// What an order may choose among.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct OrderChoicesRequest {
    /// Whose wallet pays; `null` while that isn't chosen.
    pub organization_id: Option<i32>,
    /// A part of a plan's name or type.
    pub search: Option<String>,
}

/// What an account's provider offers.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct OrderOffersRequest {
    /// `provider_configs.id`.
    pub account_id: i32,
}

/// Root's password on a server. It is shown and forgotten; the log has an entry that it was.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RootPassword {
    /// The password.
    #[serde(serialize_with = "told")]
    #[ts(type = "string")]
    pub password: SecretString,
}

fn told<S: Serializer>(password: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    use secrecy::ExposeSecret;
    to.serialize_str(password.expose_secret())
}
