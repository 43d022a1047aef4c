//! Servers. Root passwords and StackScript values are never read for a list.

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
}

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
        })
    }
}

const LIST: List = List {
    select: "v.id, v.label, v.linode_id, v.organization_id, o.name AS organization, v.organization_id IS NOT NULL AS assigned, v.plan_id, p.name AS plan, p.hourly_rate,
        v.region, v.status, v.ipv4, v.ipv6, v.image, v.created_at, v.last_billed_at",
    from: "vps_instances v LEFT JOIN organizations o ON o.id = v.organization_id LEFT JOIN vps_plans p ON p.id = v.plan_id",
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
    ],
    search: &["v.label", "v.ipv4", "v.ipv6", "v.linode_id::text", "o.name"],
    default_sort: ("label", false),
};

/// A window of the servers that are not deleted.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<ServerRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}
