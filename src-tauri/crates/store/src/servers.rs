//! Servers. Root passwords and StackScript values are never read for a list.

mod detail;
pub mod timeline;

use chrono::{DateTime, Utc};
use domain::money::Rate;
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

pub use detail::{Known, Observed, Place, ServerPlan, ServerWallet, has_password, known, place};

/// A server as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ServerRow {
    /// `vps_instances.id`.
    pub id: i32,
    /// Its label.
    pub label: Option<String>,
    /// Its number at the provider.
    pub linode_id: Option<i32>,
    /// Whose it is; `null` while nobody has assigned it.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// Whether it is somebody's.
    pub assigned: bool,
    /// Its plan.
    pub plan_id: Option<i32>,
    /// The plan's name.
    pub plan: Option<String>,
    /// What an hour costs now.
    #[ts(type = "Rate | null")]
    pub hourly_rate: Option<Rate>,
    /// The provider's region.
    pub region: Option<String>,
    /// The provider's word for its state; an open set.
    pub status: Option<String>,
    /// Public IPv4 address.
    pub ipv4: Option<String>,
    /// IPv6 address.
    pub ipv6: Option<String>,
    /// What it was made from.
    pub image: Option<String>,
    /// When it was created.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// Up to when it has been charged.
    #[ts(type = "Instant | null")]
    pub last_billed_at: Option<DateTime<Utc>>,
    /// The account in which it is.
    pub provider_config_id: Option<i32>,
    /// The account's name.
    pub account: Option<String>,
    /// Whether its provider still has it.
    pub presence: Presence,
    /// When the provider last said so.
    #[ts(type = "Instant | null")]
    pub seen_at: Option<DateTime<Utc>>,
}

/// Whether the provider has a server, or the host a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Seen in the last sync.
    Present,
    /// The last sync didn't see it; that proves nothing yet.
    Missing,
    /// The provider says that it doesn't exist.
    Gone,
    /// No sync has looked for it.
    Unknown,
}

impl Presence {
    pub(crate) fn read(word: &str) -> Self {
        match word {
            "present" => Self::Present,
            "missing" => Self::Missing,
            "gone" => Self::Gone,
            _ => Self::Unknown,
        }
    }
}

const PRESENCE: &str = "CASE WHEN s.id IS NULL THEN 'unknown' WHEN s.gone_at IS NOT NULL THEN 'gone' WHEN s.is_missing THEN 'missing' ELSE 'present' END";

impl FromRow<'_, PgRow> for ServerRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            label: r.try_get("label")?,
            linode_id: r.try_get("linode_id")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            assigned: r.try_get("assigned")?,
            plan_id: r.try_get("plan_id")?,
            plan: r.try_get("plan")?,
            hourly_rate: row::rate(r, "hourly_rate")?,
            region: r.try_get("region")?,
            status: r.try_get("status")?,
            ipv4: r.try_get("ipv4")?,
            ipv6: r.try_get("ipv6")?,
            image: r.try_get("image")?,
            created_at: row::instant(r, "created_at")?,
            last_billed_at: row::instant(r, "last_billed_at")?,
            provider_config_id: r.try_get("provider_config_id")?,
            account: r.try_get("account")?,
            presence: Presence::read(r.try_get("presence")?),
            seen_at: row::instant(r, "seen_at")?,
        })
    }
}

const LIST: List = List {
    select: "v.id, v.label, v.linode_id, v.organization_id, o.name AS organization, v.organization_id IS NOT NULL AS assigned, v.plan_id, p.name AS plan, p.hourly_rate,
        v.region, v.status, v.ipv4, v.ipv6, v.image, v.created_at, v.last_billed_at,
        v.provider_config_id, a.label AS account, CASE WHEN s.id IS NULL THEN 'unknown' WHEN s.gone_at IS NOT NULL THEN 'gone' WHEN s.is_missing THEN 'missing' ELSE 'present' END AS presence,
        CASE WHEN s.is_missing THEN s.last_seen_at ELSE greatest(s.last_seen_at, a.observed_at) END AS seen_at",
    from: "vps_instances v LEFT JOIN organizations o ON o.id = v.organization_id LEFT JOIN vps_plans p ON p.id = v.plan_id
        LEFT JOIN provider_states s ON s.server_id = v.id LEFT JOIN provider_accounts a ON a.id = v.provider_config_id",
    condition: "v.deleted_at IS NULL",
    id: "v.id",
    columns: &[
        column("id", "v.id", Kind::Integer),
        nullable("label", "v.label", Kind::Text),
        nullable("linode_id", "v.linode_id", Kind::Integer),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "v.organization_id", Kind::Integer),
        column("assigned", "(v.organization_id IS NOT NULL)", Kind::Flag),
        nullable("plan", "p.name", Kind::Text),
        nullable("plan_id", "v.plan_id", Kind::Integer),
        nullable("hourly_rate", "p.hourly_rate", Kind::Decimal),
        nullable("region", "v.region", Kind::Word),
        nullable("status", "v.status", Kind::Word),
        nullable("ipv4", "v.ipv4", Kind::Word),
        nullable("ipv6", "v.ipv6", Kind::Word),
        nullable("image", "v.image", Kind::Text),
        nullable("created_at", "v.created_at", Kind::Time),
        nullable("last_billed_at", "v.last_billed_at", Kind::Time),
        nullable("account_id", "v.provider_config_id", Kind::Integer),
        nullable("account", "a.label", Kind::Text),
        column("presence", PRESENCE, Kind::Word),
    ],
    search: &["v.label", "v.ipv4", "v.ipv6", "v.linode_id::text", "o.name"],
    default_sort: ("label", false),
};

/// A window of the servers that are not deleted.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<ServerRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}
