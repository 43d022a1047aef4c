//! The frame of the window.

use app::views::PaletteHit;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the frame of the window shows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ShellSummary {
    /// How long the database took to answer.
    #[ts(type = "number")]
    pub latency_ms: u64,
    /// The database's time.
    #[ts(type = "Instant")]
    pub server_time: DateTime<Utc>,
    /// PostgreSQL's version.
    pub database_version: String,
    /// The schema's version.
    pub schema_version: i32,
    /// Tickets that are not settled.
    #[ts(type = "number")]
    pub tickets_open: i64,
    /// Of mine, those in which the customer spoke last.
    #[ts(type = "number")]
    pub tickets_mine_unanswered: i64,
    /// Notifications that I have not read.
    #[ts(type = "number")]
    pub notifications_unread: i64,
    /// Organizations; counting stops at 100,000.
    #[ts(type = "number")]
    pub organizations: i64,
    /// People.
    #[ts(type = "number")]
    pub users: i64,
    /// Servers.
    #[ts(type = "number")]
    pub servers: i64,
    /// Containers.
    #[ts(type = "number")]
    pub containers: i64,
    /// Differences between providers and database.
    #[ts(type = "number")]
    pub drift: i64,
    /// When billing last ran to its end.
    #[ts(type = "Instant | null")]
    pub last_billing_run: Option<DateTime<Utc>>,
    /// Up to when everybody has been charged.
    #[ts(type = "Instant | null")]
    pub billed_until: Option<DateTime<Utc>>,
}

/// What the palette looks for.
#[derive(Debug, Deserialize, TS)]
pub struct PaletteRequest {
    /// A name, a number or an address.
    pub query: String,
}

/// What it found, at most 20 of each kind.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PaletteAnswer {
    /// In groups.
    pub hits: Vec<PaletteHit>,
}

/// Something about the theme that an editor of themes should know.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ThemeNotice {
    /// In which mode.
    #[ts(type = "ThemeMode | null")]
    pub mode: Option<domain::theme::Mode>,
    /// Which colour.
    pub token: Option<String>,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// A sentence.
    pub reason: String,
}

/// The active theme: every token of both modes as our own `#rrggbb`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ActiveTheme {
    /// Its name, `null` for the built-in one.
    pub name: Option<String>,
    /// Tokens in light mode.
    #[ts(type = "Record<string, string>")]
    pub light: serde_json::Value,
    /// Tokens in dark mode.
    #[ts(type = "Record<string, string>")]
    pub dark: serde_json::Value,
    /// Whether the light mode's background is in fact light: the status colours follow this.
    #[ts(type = "ThemeMode")]
    pub light_appearance: domain::theme::Mode,
    /// Whether the dark mode's background is in fact dark.
    #[ts(type = "ThemeMode")]
    pub dark_appearance: domain::theme::Mode,
    /// Radius of controls, such as `0.375rem`.
    pub radius_rem: String,
    /// What was adjusted.
    pub notices: Vec<ThemeNotice>,
}
