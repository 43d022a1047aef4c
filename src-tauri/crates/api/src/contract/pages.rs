//! The dashboard, the log, the themes, the settings of the business.

use app::views::Tally;
use chrono::{DateTime, Utc};
use domain::{
    dashboard::{Concern, Period},
    settings::Setting,
    theme::Mode,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Action, ThemeNotice};

/// Which period is summed up.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct PeriodRequest {
    /// Which.
    #[ts(type = "Period")]
    pub period: Period,
}

/// One bar of the chart: an hour or a day, in UTC.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RevenueBar {
    /// When it begins.
    #[ts(type = "Instant")]
    pub at: DateTime<Utc>,
    /// What was charged for its use, less what was given back.
    #[ts(type = "Money")]
    pub revenue: Decimal,
    /// What its time has cost us; `null` for roles that see no cost.
    #[ts(type = "Money | null")]
    pub cost: Option<Decimal>,
    /// The difference.
    #[ts(type = "Money | null")]
    pub margin: Option<Decimal>,
    /// The difference in percent of the revenue, with one decimal.
    #[ts(type = "string | null")]
    pub margin_percent: Option<Decimal>,
    /// What the rest of its time is going to be charged at.
    #[ts(type = "Money")]
    pub ahead: Decimal,
}

/// Revenue less provider cost; for roles that see cost.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RevenueMargin {
    /// Provider cost: metered time times the plan's cost in force, capped by the provider's monthly price.
    #[ts(type = "Money")]
    pub cost: Decimal,
    /// Revenue less that.
    #[ts(type = "Money")]
    pub margin: Decimal,
    /// In percent of revenue, with one decimal.
    #[ts(type = "string | null")]
    pub percent: Option<Decimal>,
    /// How many points more than in the stretch before.
    #[ts(type = "string | null")]
    pub points: Option<Decimal>,
}

/// A period's revenue.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RevenueAnswer {
    /// The database's time.
    #[ts(type = "Instant")]
    pub now: DateTime<Utc>,
    /// The panel's currency, in which alone is summed.
    pub currency: String,
    /// When the period begins.
    #[ts(type = "Instant")]
    pub since: DateTime<Utc>,
    /// When its last bar ends.
    #[ts(type = "Instant")]
    pub ends: DateTime<Utc>,
    /// Up to when billing has charged: cost is counted as far as revenue is.
    #[ts(type = "Instant")]
    pub charged_until: DateTime<Utc>,
    /// When the stretch that it is compared with begins.
    #[ts(type = "Instant")]
    pub earlier_since: DateTime<Utc>,
    /// When that ends.
    #[ts(type = "Instant")]
    pub earlier_until: DateTime<Utc>,
    /// All revenue of the period.
    #[ts(type = "Money")]
    pub revenue: Decimal,
    /// The revenue of the stretch before.
    #[ts(type = "Money")]
    pub earlier_revenue: Decimal,
    /// How much more than that, in percent with one decimal.
    #[ts(type = "string | null")]
    pub change: Option<Decimal>,
    /// What the month's revenue is going to be; `null` for other periods.
    #[ts(type = "Money | null")]
    pub month_end: Option<Decimal>,
    /// The margin.
    pub margin: Option<RevenueMargin>,
    /// The bars in order.
    pub bars: Vec<RevenueBar>,
}

/// Something that needs somebody.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AttentionItem {
    /// What.
    #[ts(type = "Concern")]
    pub concern: Concern,
    /// How many.
    #[ts(type = "number")]
    pub count: i64,
    /// Of these, nobody's.
    #[ts(type = "number | null")]
    pub unassigned: Option<i64>,
    /// What is at stake.
    #[ts(type = "Money | null")]
    pub amount: Option<Decimal>,
    /// Since when, the oldest.
    #[ts(type = "Instant | null")]
    pub since: Option<DateTime<Utc>>,
}

/// A billing run in short.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DashboardRun {
    /// `billing_runs.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// Up to when it charged.
    #[ts(type = "Instant")]
    pub run_at: DateTime<Utc>,
    /// open, completed, partial, failed or cancelled.
    pub status: String,
    /// How long it took; `null` while it goes on.
    #[ts(type = "number | null")]
    pub duration_ms: Option<i64>,
    /// Organizations that were charged.
    #[ts(type = "number")]
    pub organizations: i64,
    /// What was charged.
    #[ts(type = "Money")]
    pub charged: Decimal,
    /// Resources that could not be priced.
    #[ts(type = "number")]
    pub parked: i64,
    /// Organizations that were left out.
    #[ts(type = "number")]
    pub skipped: i64,
}

/// Where the business stands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DashboardSummary {
    /// The database's time.
    #[ts(type = "Instant")]
    pub now: DateTime<Utc>,
    /// The panel's currency, in which alone is summed.
    pub currency: String,
    /// What the next hour is going to be charged at.
    #[ts(type = "Rate")]
    pub hourly: Decimal,
    /// What all wallets of the currency hold.
    #[ts(type = "Money")]
    pub held: Decimal,
    /// Wallets of other currencies, which are not summed.
    #[ts(type = "number")]
    pub foreign_wallets: i64,
    /// Organizations that owe.
    #[ts(type = "number")]
    pub owing: i64,
    /// What they owe.
    #[ts(type = "Money")]
    pub owed: Decimal,
    /// Invoices that are due for longer than the time of grace.
    #[ts(type = "number")]
    pub overdue: i64,
    /// What is due of them.
    #[ts(type = "Money")]
    pub overdue_amount: Decimal,
    /// When the oldest was issued.
    #[ts(type = "Instant | null")]
    pub overdue_since: Option<DateTime<Utc>>,
    /// What needs somebody, the most pressing first.
    pub attention: Vec<AttentionItem>,
    /// hourly or daily.
    pub schedule: String,
    /// The last runs, newest first.
    pub runs: Vec<DashboardRun>,
    /// Servers by the provider's word.
    pub fleet: Vec<Tally>,
    /// Regions that they are in.
    #[ts(type = "number")]
    pub regions: i64,
    /// Containers that are not deleted.
    #[ts(type = "number")]
    pub containers: i64,
    /// Open tickets by priority.
    pub tickets: Vec<Tally>,
    /// The median time to a first reply in the last seven days.
    #[ts(type = "number | null")]
    pub first_reply_seconds: Option<i64>,
}

/// A theme of the list, as it would look.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ThemeCard {
    /// `theme_settings.id`; `null` for the built-in one.
    pub id: Option<i32>,
    /// Its name.
    pub name: String,
    /// Whether all desks show it.
    pub active: bool,
    /// When it was last changed.
    #[ts(type = "Instant | null")]
    pub updated_at: Option<DateTime<Utc>>,
    /// Tokens in light mode, each our own `#rrggbb`.
    #[ts(type = "Record<string, string>")]
    pub light: serde_json::Value,
    /// Tokens in dark mode.
    #[ts(type = "Record<string, string>")]
    pub dark: serde_json::Value,
    /// Whether the light mode's background is in fact light.
    #[ts(type = "ThemeMode")]
    pub light_appearance: Mode,
    /// Whether the dark mode's background is in fact dark.
    #[ts(type = "ThemeMode")]
    pub dark_appearance: Mode,
    /// Radius of controls, such as `0.375rem`.
    pub radius_rem: String,
    /// Colours that were adjusted for readability.
    #[ts(type = "number")]
    pub adjusted: usize,
    /// Why nothing of the row can be shown; `null` when it can.
    pub broken: Option<String>,
    /// What was adjusted or left out.
    pub notices: Vec<ThemeNotice>,
}

/// The themes.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ThemeList {
    /// The built-in one first, then by name.
    pub themes: Vec<ThemeCard>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// Which theme all desks shall show.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ActivateThemeRequest {
    /// `theme_settings.id`; `null` for the built-in one.
    pub id: Option<i32>,
}

/// A setting and its value, as it is typed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SettingValue {
    /// Which.
    #[ts(type = "SettingKey")]
    pub key: Setting,
    /// Its value.
    pub value: String,
}

/// How many wallets have a currency.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CurrencyWallets {
    /// The currency.
    pub currency: String,
    /// How many.
    #[ts(type = "number")]
    pub wallets: i64,
}

/// The settings of the business.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SettingsAnswer {
    /// All of them.
    pub values: Vec<SettingValue>,
    /// When they were last changed; sent back with a change.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
    /// Wallets by currency, the most first: those of other currencies than the panel's aren't charged.
    pub wallets: Vec<CurrencyWallets>,
}

/// The logo on documents.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LogoState {
    /// None until one is set.
    pub logo: Option<LogoPicture>,
}

/// A picture.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LogoPicture {
    /// PNG, in base64.
    pub png: String,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
}

/// Another logo.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct SetLogoRequest {
    /// A PNG or SVG file, in base64; none takes the logo away.
    pub file: Option<String>,
}

/// Other values.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ChangeSettingsRequest {
    /// Those that are to change: all, or none when one is refused.
    pub values: Vec<SettingValue>,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// A setting that has another value now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SettingChange {
    /// Which.
    #[ts(type = "SettingKey")]
    pub key: Setting,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SettingsChanged {
    /// What is different now.
    pub changed: Vec<SettingChange>,
}

/// Archives an organization, or takes it back.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ArchiveOrganizationRequest {
    /// Which.
    pub id: i32,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// What an action would mean, a sentence each.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Consequences {
    /// The sentences.
    pub sentences: Vec<String>,
}

/// Shuts a person out, or lets them in again.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct SetDisabledRequest {
    /// Whom.
    pub id: i32,
    /// Out, or in.
    pub disabled: bool,
}
