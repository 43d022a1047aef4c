//! Keys with which programs of customers reach the business's own panel. A key's hash is written here and never read.

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, UserId};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// A key as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ApiKeyRow {
    /// `user_api_keys.id`.
    pub id: i32,
    /// What it is for.
    pub name: String,
    /// Whose it is.
    pub user_id: Option<i32>,
    /// That person's address.
    pub email: Option<String>,
    /// Which organization it opens.
    pub organization_id: Option<i32>,
    /// Its name.
    pub organization: Option<String>,
    /// active, expired or revoked.
    pub state: String,
    /// When it was last used.
    #[ts(type = "Instant | null")]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it stops working.
    #[ts(type = "Instant | null")]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[ts(type = "Instant")]
    pub created_at: DateTime<Utc>,
}

impl FromRow<'_, PgRow> for ApiKeyRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            name: r.try_get("name")?,
            user_id: r.try_get("user_id")?,
            email: r.try_get("email")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            state: r.try_get("state")?,
            last_used_at: row::instant(r, "last_used_at")?,
            expires_at: row::instant(r, "expires_at")?,
            created_at: row::instant_or_epoch(r, "created_at")?,
        })
    }
}

/// What a key is at the moment.
const STATE: &str = "(CASE WHEN NOT coalesce(k.is_active, true) THEN 'revoked'
    WHEN k.expires_at <= timezone('UTC', now()) THEN 'expired' ELSE 'active' END)";

const LIST: List = List {
    select: "k.id, k.name, k.user_id, u.email, k.organization_id, o.name AS organization,
        (CASE WHEN NOT coalesce(k.is_active, true) THEN 'revoked'
            WHEN k.expires_at <= timezone('UTC', now()) THEN 'expired' ELSE 'active' END) AS state,
        k.last_used_at, k.expires_at, k.created_at",
    from: "user_api_keys k LEFT JOIN users u ON u.id = k.user_id LEFT JOIN organizations o ON o.id = k.organization_id",
    condition: "true",
    id: "k.id",
    columns: &[
        column("id", "k.id", Kind::Integer),
        column("name", "k.name", Kind::Text),
        nullable("email", "u.email", Kind::Text),
        nullable("user_id", "k.user_id", Kind::Integer),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "k.organization_id", Kind::Integer),
        column("state", STATE, Kind::Word),
        nullable("last_used_at", "k.last_used_at", Kind::Time),
        nullable("expires_at", "k.expires_at", Kind::Time),
        nullable("created_at", "k.created_at", Kind::Time),
    ],
    search: &["k.name", "u.email", "o.name"],
    default_sort: ("created_at", true),
};

/// A window of keys.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<ApiKeyRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// Writes a new key's hash; its id. A person given must be of the organization given.
pub async fn create(
    connection: &mut PgConnection,
    organization: OrganizationId,
    user: Option<UserId>,
    name: &str,
    hash: &str,
    expires_in_days: Option<u16>,
) -> Result<i32, StoreError> {
    sqlx::query_scalar!(
        "INSERT INTO user_api_keys (id, organization_id, user_id, name, key_hash, expires_at)
         SELECT NULL, $1, $2, $3, $4, timezone('UTC', now()) + make_interval(days => $5::integer)
         WHERE $2::integer IS NULL OR EXISTS (SELECT FROM users u WHERE u.id = $2 AND u.organization_id = $1)
         RETURNING id",
        organization.get(),
        user.map(UserId::get),
        name,
        hash,
        expires_in_days.map(i32::from)
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)
}

/// Makes a key worthless. Nothing happens to one that is so already.
pub async fn revoke(connection: &mut PgConnection, id: i32) -> Result<(), StoreError> {
    let done = sqlx::query!("UPDATE user_api_keys SET is_active = FALSE WHERE id = $1", id)
        .execute(connection)
        .await?;
    if done.rows_affected() == 0 {
        Err(StoreError::NotFound)
    } else {
        Ok(())
    }
}
