//! The business's networking: `networking_config`.

use chrono::{DateTime, Utc};
use domain::{ids::NetworkingConfigId, networking::NetworkKind};
use serde_json::Value;
use sqlx::PgConnection;

use crate::StoreError;

/// A row.
#[derive(Debug, Clone)]
pub struct StoredNetwork {
    /// `networking_config.id`.
    pub id: i32,
    /// What it is about.
    pub kind: String,
    /// What is kept, in whatever shape.
    pub config: Value,
    /// Whether it counts.
    pub is_active: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// All of them by type, at most 200; of one type the newest first.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<StoredNetwork>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, type AS kind, config, is_active IS NOT FALSE AS "is_active!", coalesce(updated_at, 'epoch') AS "updated_at!"
           FROM networking_config ORDER BY lower(type), id DESC LIMIT 200"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StoredNetwork {
            id: row.id,
            kind: row.kind,
            config: row.config,
            is_active: row.is_active,
            updated_at: row.updated_at.and_utc(),
        })
        .collect())
}

/// Makes a row.
pub async fn create(
    connection: &mut PgConnection,
    kind: &NetworkKind,
    config: &Value,
    active: bool,
) -> Result<NetworkingConfigId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO networking_config (id, type, config, is_active) VALUES (NULL, $1, $2, $3) RETURNING id",
        kind.as_str(),
        config,
        active
    )
    .fetch_one(connection)
    .await?;
    Ok(NetworkingConfigId::new(id))
}

/// Changes a row that nobody has changed since it was seen. What it is about stays.
pub async fn edit(
    connection: &mut PgConnection,
    id: NetworkingConfigId,
    config: &Value,
    active: bool,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE networking_config SET config = $3, is_active = $4
         WHERE id = $1 AND date_trunc('milliseconds', coalesce(updated_at, 'epoch')) = date_trunc('milliseconds', $2::timestamp)",
        id.get(),
        seen.naive_utc(),
        config,
        active
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}

/// Removes a row that nobody has changed since it was seen.
pub async fn remove(
    connection: &mut PgConnection,
    id: NetworkingConfigId,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let removed = sqlx::query_scalar!(
        r#"SELECT cs_sync.remove_networking($1, $2) AS "removed!""#,
        id.get(),
        seen.naive_utc()
    )
    .fetch_one(connection)
    .await?;
    if removed { Ok(()) } else { Err(StoreError::Stale) }
}
