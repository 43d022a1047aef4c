//! Intents as lists show them, without what is secret of them.

use chrono::{DateTime, Utc};
use domain::{ids::IntentId, money::Money};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// An intent as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IntentRow {
    /// `provider_intents.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// What is done.
    pub kind: String,
    /// waiting, sending, running, unknown, done, failed or undone.
    pub state: String,
    /// In which account.
    pub account_id: i32,
    /// The account's name.
    pub account: String,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// The server; `null` for an order that the provider has not answered.
    pub server_id: Option<i32>,
    /// The container, of what is done to one; `null` for a creation that the host has not answered.
    pub container_id: Option<i32>,
    /// What the server or container was called when it was asked for.
    pub label: String,
    /// The plan of an order, a resize or a creation.
    pub plan: Option<String>,
    /// What is asked of the provider, without secrets.
    #[ts(type = "unknown")]
    pub parameters: serde_json::Value,
    /// What it holds of the wallet now.
    #[ts(type = "Money | null")]
    pub held: Option<Money>,
    /// Who asked for it; nobody means a program.
    pub requested_by: Option<String>,
    /// When.
    #[ts(type = "Instant")]
    pub requested_at: DateTime<Utc>,
    /// When it was sent.
    #[ts(type = "Instant | null")]
    pub sent_at: Option<DateTime<Utc>>,
    /// When it came to its end.
    #[ts(type = "Instant | null")]
    pub finished_at: Option<DateTime<Utc>>,
    /// How far the provider is with it, of 100.
    pub progress: Option<i16>,
    /// How often it was taken up.
    pub attempts: i32,
    /// Whether somebody is at it now.
    pub held_by_somebody: bool,
    /// Why it is not done: for programs.
    pub error_code: Option<String>,
    /// Why it is not done, in a sentence.
    pub error: Option<String>,
}

impl FromRow<'_, PgRow> for IntentRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            kind: r.try_get("kind")?,
            state: r.try_get("state")?,
            account_id: r.try_get("provider_config_id")?,
            account: r.try_get("account")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            server_id: r.try_get("server_id")?,
            container_id: r.try_get("container_id")?,
            label: r.try_get("label")?,
            plan: r.try_get("plan")?,
            parameters: r.try_get("parameters")?,
            held: row::money(r, "held")?,
            requested_by: r.try_get("requested_by_name")?,
            requested_at: row::instant_or_epoch(r, "requested_at")?,
            sent_at: row::instant(r, "sent_at")?,
            finished_at: row::instant(r, "finished_at")?,
            progress: r.try_get("progress")?,
            attempts: r.try_get("attempts")?,
            held_by_somebody: r.try_get("held_by_somebody")?,
            error_code: r.try_get("error_code")?,
            error: r.try_get("error")?,
        })
    }
}

const LIST: List = List {
    select: "i.id, i.kind, i.state, i.provider_config_id, coalesce(a.label, 'Account ' || i.provider_config_id) AS account, i.organization_id, o.name AS organization,
        i.server_id, i.container_id, i.label, coalesce(p.name, q.name) AS plan, i.parameters, CASE WHEN h.released_at IS NULL THEN h.amount END AS held,
        coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS requested_by_name, i.requested_at, i.sent_at, i.finished_at,
        i.progress, i.attempts, coalesce(i.held_until > clock_timestamp(), false) AS held_by_somebody, i.error_code, i.error",
    from: "provider_intents i LEFT JOIN provider_accounts a ON a.id = i.provider_config_id LEFT JOIN organizations o ON o.id = i.organization_id
        LEFT JOIN vps_plans p ON p.id = i.plan_id AND i.kind <> 'create' LEFT JOIN container_plans q ON q.id = i.plan_id AND i.kind = 'create'
        LEFT JOIN wallet_holds h ON h.id = i.hold_id LEFT JOIN users u ON u.id = i.requested_by",
    condition: "true",
    id: "i.id",
    columns: &[
        column("id", "i.id", Kind::Integer),
        column("kind", "i.kind", Kind::Word),
        column("state", "i.state", Kind::Word),
        column("account_id", "i.provider_config_id", Kind::Integer),
        nullable("account", "a.label", Kind::Text),
        nullable("organization_id", "i.organization_id", Kind::Integer),
        nullable("organization", "o.name", Kind::Text),
        nullable("server_id", "i.server_id", Kind::Integer),
        nullable("container_id", "i.container_id", Kind::Integer),
        column("label", "i.label", Kind::Text),
        nullable("plan", "coalesce(p.name, q.name)", Kind::Text),
        column("requested_at", "i.requested_at", Kind::Time),
        nullable("requested_by", "u.email", Kind::Text),
        nullable("finished_at", "i.finished_at", Kind::Time),
        nullable("error_code", "i.error_code", Kind::Word),
    ],
    search: &["i.id::text", "i.label", "o.name", "i.error"],
    default_sort: ("id", true),
};

/// A window of the intents.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<IntentRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// One, as lists show it.
pub async fn row(connection: &mut PgConnection, id: IntentId) -> Result<IntentRow, StoreError> {
    let request = ListRequest::first(1).with("id", FilterOp::Is, &id);
    let page: Page<IntentRow> = LIST.page(connection, &request, |_| ()).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}
