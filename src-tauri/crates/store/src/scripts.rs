//! StackScripts as they are offered: `stackscript_configs`.

use chrono::{DateTime, Utc};
use domain::{
    ids::StackScriptId,
    script::{ScriptDescription, ScriptName},
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::StoreError;

/// A row.
#[derive(Debug, Clone)]
pub struct StoredScript {
    /// `stackscript_configs.id`.
    pub id: i32,
    /// Its name here.
    pub name: String,
    /// Its number at the provider.
    pub script_id: Option<i32>,
    /// What is kept of it, in whatever shape.
    pub data: Option<Value>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is offered.
    pub is_active: bool,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// All of them by name, at most 500.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<StoredScript>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, name, script_id, script_data, description, is_active IS NOT FALSE AS "is_active!", coalesce(updated_at, 'epoch') AS "updated_at!"
           FROM stackscript_configs ORDER BY lower(name), id LIMIT 500"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StoredScript {
            id: row.id,
            name: row.name,
            script_id: row.script_id,
            data: row.script_data,
            description: row.description,
            is_active: row.is_active,
            updated_at: row.updated_at.and_utc(),
        })
        .collect())
}

/// What is kept of one, for whoever changes it; it stays as it is until the transaction ends.
pub async fn data(connection: &mut PgConnection, id: StackScriptId) -> Result<Option<Value>, StoreError> {
    sqlx::query_scalar!(
        "SELECT script_data FROM stackscript_configs WHERE id = $1 FOR NO KEY UPDATE",
        id.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)
}

/// What is written of a script.
#[derive(Debug)]
pub struct ScriptFields<'a> {
    /// Its name here.
    pub name: &'a ScriptName,
    /// Its number at the provider.
    pub script_id: i32,
    /// What it is for.
    pub description: Option<&'a ScriptDescription>,
    /// Whether it is offered.
    pub is_active: bool,
    /// What is kept of it.
    pub data: &'a Value,
}

/// Makes one.
pub async fn create(connection: &mut PgConnection, new: &ScriptFields<'_>) -> Result<StackScriptId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO stackscript_configs (id, name, script_id, script_data, description, is_active) VALUES (NULL, $1, $2, $3, $4, $5) RETURNING id",
        new.name.as_str(),
        new.script_id,
        new.data,
        new.description.map(ScriptDescription::as_str),
        new.is_active
    )
    .fetch_one(connection)
    .await?;
    Ok(StackScriptId::new(id))
}

/// Changes one that nobody has changed since it was seen.
pub async fn edit(
    connection: &mut PgConnection,
    id: StackScriptId,
    fields: &ScriptFields<'_>,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE stackscript_configs SET name = $3, script_id = $4, script_data = $5, description = $6, is_active = $7
         WHERE id = $1 AND date_trunc('milliseconds', coalesce(updated_at, 'epoch')) = date_trunc('milliseconds', $2::timestamp)",
        id.get(),
        seen.naive_utc(),
        fields.name.as_str(),
        fields.script_id,
        fields.data,
        fields.description.map(ScriptDescription::as_str),
        fields.is_active
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}

/// Removes one that nobody has changed since it was seen. What was set up with it stays.
pub async fn remove(connection: &mut PgConnection, id: StackScriptId, seen: DateTime<Utc>) -> Result<(), StoreError> {
    let removed = sqlx::query_scalar!(
        r#"SELECT cs_sync.remove_script($1, $2) AS "removed!""#,
        id.get(),
        seen.naive_utc()
    )
    .fetch_one(connection)
    .await?;
    if removed { Ok(()) } else { Err(StoreError::Stale) }
}
