//! What the database knows of the workspace's keys, and of what is sealed under which of them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::PgConnection;
use ts_rs::TS;

use crate::StoreError;

/// A key that was made known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Which of the workspace's keys.
    pub version: u32,
    /// Its fingerprint.
    pub fingerprint: Vec<u8>,
    /// Itself, sealed under the one before it; missing where nobody shall follow by that.
    pub wrapped: Option<String>,
    /// In place of whose key it came, when that was lost.
    pub lost: Option<String>,
    /// Whether nothing is sealed under it any more.
    pub is_retired: bool,
}

fn version(number: Option<i32>) -> Result<u32, StoreError> {
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or(StoreError::BadValue)
}

fn number(version: u32) -> Result<i32, StoreError> {
    i32::try_from(version).map_err(|_| StoreError::BadValue)
}

/// The keys that are known, oldest first.
pub async fn known(connection: &mut PgConnection) -> Result<Vec<KnownKey>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT version, fingerprint AS "fingerprint!", wrapped, lost, retired_at FROM cs_auth.workspace_key_ring()"#
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KnownKey {
                version: version(row.version)?,
                fingerprint: row.fingerprint,
                wrapped: row.wrapped,
                lost: row.lost,
                is_retired: row.retired_at.is_some(),
            })
        })
        .collect()
}

/// The version and fingerprint of the key under which a value of this column is to be sealed; it stays the newest until
/// the transaction ends. `None` while none was made.
pub async fn sealing_key(
    connection: &mut PgConnection,
    table: &str,
    column: &str,
) -> Result<Option<(u32, Vec<u8>)>, StoreError> {
    let row = sqlx::query!(
        "SELECT version, fingerprint FROM cs_auth.sealing_key($1, $2)",
        table,
        column
    )
    .fetch_one(connection)
    .await?;
    match row.version.zip(row.fingerprint) {
        Some((number, fingerprint)) => Ok(Some((version(Some(number))?, fingerprint))),
        None => Ok(None),
    }
}

/// Notes that this desk was given a key; whether it is the newest.
pub async fn hold(connection: &mut PgConnection, version: u32, fingerprint: &[u8]) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_auth.hold_workspace_key($1, $2) AS "is_newest!""#,
        number(version)?,
        fingerprint
    )
    .fetch_one(connection)
    .await?)
}

/// A key that is to be made known.
#[derive(Debug, Clone)]
pub struct NewKey<'a> {
    /// Which of the workspace's keys.
    pub version: u32,
    /// Its fingerprint.
    pub fingerprint: &'a [u8],
    /// Itself, sealed under the one before it.
    pub wrapped: Option<&'a str>,
    /// In place of whose key it comes, when that was lost.
    pub lost: Option<&'a str>,
}

/// Makes a key known: the first, or the next after the newest. This desk holds it; the others that held the one before
/// do only if it is wrapped. Refused by the rule `workspace_key_known` when another key has its version.
pub async fn register(connection: &mut PgConnection, key: &NewKey<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_auth.register_workspace_key($1, $2, $3, $4)",
        number(key.version)?,
        key.fingerprint,
        key.wrapped,
        key.lost
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// How many values are sealed under a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SealedCount {
    /// Which.
    pub version: u32,
    /// How many.
    pub sealed: u64,
}

/// How many values are sealed under each version. For admins and owners.
pub async fn counts(connection: &mut PgConnection) -> Result<Vec<SealedCount>, StoreError> {
    let rows = sqlx::query!(r#"SELECT version, sealed AS "sealed!" FROM cs_auth.sealed_counts()"#)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SealedCount {
                version: version(row.version)?,
                sealed: u64::try_from(row.sealed).unwrap_or(0),
            })
        })
        .collect()
}

/// A value that is sealed under an older key than the newest.
#[derive(Debug, Clone)]
pub struct SealedValue {
    /// In which table.
    pub table: String,
    /// In which column.
    pub column: String,
    /// In which row.
    pub row: i64,
    /// What the row is called.
    pub label: Option<String>,
    /// The value.
    pub sealed: String,
}

/// Those behind a place, in the order of their places.
pub async fn sealed_before(
    connection: &mut PgConnection,
    after: Option<&SealedValue>,
    most: i32,
) -> Result<Vec<SealedValue>, StoreError> {
    let (table, column, row) = after.map_or(("", "", 0), |value| {
        (value.table.as_str(), value.column.as_str(), value.row)
    });
    Ok(sqlx::query_as!(
        SealedValue,
        r#"SELECT table_name AS "table!", column_name AS "column!", row_id AS "row!", label, sealed AS "sealed!"
           FROM cs_auth.sealed_before($1, $2, $3, $4)"#,
        table,
        column,
        row,
        most
    )
    .fetch_all(connection)
    .await?)
}

/// A value that was sealed anew.
#[derive(Debug, Clone)]
pub struct Resealed<'a> {
    /// As it was read.
    pub value: &'a SealedValue,
    /// Under the newest key.
    pub becomes: String,
}

/// Writes those whose row still holds what was read; how many. Refused by the rule `sealed_under_newest` when another
/// key was made known meanwhile.
pub async fn reseal(connection: &mut PgConnection, batch: &[Resealed<'_>]) -> Result<u64, StoreError> {
    let rows: Vec<serde_json::Value> = batch
        .iter()
        .map(|one| {
            serde_json::json!({ "table": one.value.table, "column": one.value.column, "id": one.value.row,
                "was": one.value.sealed, "becomes": one.becomes })
        })
        .collect();
    let written = sqlx::query_scalar!(
        r#"SELECT cs_auth.reseal($1) AS "written!""#,
        serde_json::Value::Array(rows)
    )
    .fetch_one(connection)
    .await?;
    u64::try_from(written).map_err(|_| StoreError::BadValue)
}

/// Retires the older keys under which nothing is sealed any more; their versions.
pub async fn retire(connection: &mut PgConnection) -> Result<Vec<u32>, StoreError> {
    let rows = sqlx::query_scalar!("SELECT cs_auth.retire_workspace_keys()")
        .fetch_all(connection)
        .await?;
    rows.into_iter().map(version).collect()
}

/// A secret that the lost holder of a key may know, and that is still in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ExposedRow {
    /// In which table it is sealed: `provider_configs` is an account, `vps_instances` a server.
    pub table: String,
    /// In which column.
    pub column: String,
    /// In which row.
    #[ts(type = "number")]
    pub row: i64,
    /// What the row is called.
    pub label: Option<String>,
    /// Whose key was lost.
    pub lost: Option<String>,
    /// Since when it is known.
    #[ts(type = "Instant")]
    pub noted_at: DateTime<Utc>,
}

/// All of them. For admins and owners.
pub async fn exposed(connection: &mut PgConnection) -> Result<Vec<ExposedRow>, StoreError> {
    Ok(sqlx::query_as!(
        ExposedRow,
        r#"SELECT table_name AS "table!", column_name AS "column!", row_id AS "row!", label, lost, noted_at AS "noted_at!" FROM cs_auth.exposed()"#
    )
    .fetch_all(connection)
    .await?)
}

/// Strikes one off, because it was changed where it is used.
pub async fn settle(connection: &mut PgConnection, table: &str, column: &str, row: i64) -> Result<(), StoreError> {
    let was_there = sqlx::query_scalar!("SELECT cs_auth.settle_exposed($1, $2, $3)", table, column, row)
        .fetch_one(connection)
        .await?;
    if was_there == Some(true) {
        Ok(())
    } else {
        Err(StoreError::NotFound)
    }
}
