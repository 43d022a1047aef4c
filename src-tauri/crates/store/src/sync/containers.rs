//! The same of a host's containers.

use chrono::NaiveDateTime;
use domain::ids::{ProviderConfigId, SyncId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use ts_rs::TS;

use super::{Counts, SyncNote};
use crate::StoreError;

/// The ids of a host's containers that are not gone: those that a sync has seen, and those whose rows name the host.
pub async fn living(connection: &mut PgConnection, host: ProviderConfigId) -> Result<Vec<String>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT s.external_id AS "id!" FROM provider_states s WHERE s.provider_config_id = $1 AND s.gone_at IS NULL
           UNION
           SELECT c.container_id FROM containers c WHERE c.provider_config_id = $1 AND length(c.container_id) BETWEEN 1 AND 64 AND c.deleted_at IS NULL
             AND NOT EXISTS (SELECT FROM provider_states s WHERE s.container_id = c.id)
             AND NOT EXISTS (SELECT FROM provider_states s WHERE s.provider_config_id = $1 AND s.external_id = c.container_id)
           ORDER BY 1"#,
        host.get()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// A container as a batch tells it: what fits into the documented columns, and what is kept beside them.
#[derive(Debug, Clone, Serialize)]
pub struct ToldContainer {
    /// `container_id VARCHAR(255)`.
    pub id: String,
    /// `name VARCHAR(255)`, at insert only.
    pub name: Option<String>,
    /// `image VARCHAR(255)`, at insert only.
    pub image: Option<String>,
    /// `status VARCHAR(50)`.
    pub status: Option<String>,
    /// `ports JSONB`, at insert only.
    pub ports: Value,
    /// When it was made, UTC, at insert only.
    pub created: Option<NaiveDateTime>,
    /// The key under which it was made.
    pub key: Option<String>,
    /// What is kept.
    pub observed: Value,
}

/// Writes a batch. `named` are the ids of the whole list.
pub async fn apply_batch(
    connection: &mut PgConnection,
    sync: SyncId,
    batch: &[ToldContainer],
    named: &[String],
) -> Result<(Counts, Vec<SyncNote>), StoreError> {
    let row = sqlx::query!(
        r#"SELECT added AS "added!", changed AS "changed!", unchanged AS "unchanged!", returned AS "returned!", notes AS "notes!"
           FROM cs_sync.apply_containers($1, $2, $3)"#,
        sync.get(),
        serde_json::to_value(batch).map_err(|_| StoreError::BadValue)?,
        named,
    )
    .fetch_one(connection)
    .await?;
    let notes = serde_json::from_value(row.notes).map_err(|_| StoreError::BadValue)?;
    let counts = Counts {
        added: row.added,
        changed: row.changed,
        unchanged: row.unchanged,
        returned: row.returned,
        skipped: 0,
    };
    Ok((counts, notes))
}

/// Writes what a host's events were about, between two syncs. How many rows have moved.
pub async fn note(
    connection: &mut PgConnection,
    host: ProviderConfigId,
    batch: &[ToldContainer],
) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_sync.note_containers($1, $2) AS "moved!""#,
        host.get(),
        serde_json::to_value(batch).map_err(|_| StoreError::BadValue)?,
    )
    .fetch_one(connection)
    .await?)
}

/// What the end of a sync needs to know.
#[derive(Debug)]
pub struct Finish<'a> {
    /// All ids that the host named.
    pub seen: &'a [String],
    /// Those of which it says that they don't exist.
    pub gone: &'a [String],
    /// Whether a person has agreed to more than a tenth going.
    pub allow_gone: bool,
    /// Whether the list was complete.
    pub complete: bool,
    /// Sums of the batches.
    pub counts: Counts,
    /// What a person should know.
    pub notes: &'a [SyncNote],
}

/// A container that is gone from its host.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct GoneContainer {
    /// The id that the host gave it.
    pub external_id: String,
    /// The row here.
    pub container_id: Option<i32>,
    /// Its name.
    pub name: Option<String>,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// When it was last seen; its hours are parked from then on.
    #[ts(type = "string")]
    pub last_seen_at: NaiveDateTime,
}

/// Ends a sync that has written. How many are missing, and which are gone.
pub async fn finish(
    connection: &mut PgConnection,
    sync: SyncId,
    end: &Finish<'_>,
) -> Result<(i32, Vec<GoneContainer>), StoreError> {
    let row = sqlx::query!(
        r#"SELECT missing AS "missing!", gone AS "gone!" FROM cs_sync.finish_containers($1, $2, $3, $4, $5, $6, $7)"#,
        sync.get(),
        end.seen,
        end.gone,
        end.allow_gone,
        end.complete,
        serde_json::to_value(end.counts).map_err(|_| StoreError::BadValue)?,
        serde_json::to_value(end.notes).map_err(|_| StoreError::BadValue)?,
    )
    .fetch_one(connection)
    .await?;
    let gone = serde_json::from_value(row.gone).map_err(|_| StoreError::BadValue)?;
    Ok((row.missing, gone))
}
