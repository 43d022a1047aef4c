//! What the database knows of the workspace's key: a fingerprint for each version.

use sqlx::PgConnection;

use crate::StoreError;

/// A key that was made known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownKey {
    /// Which of the workspace's keys.
    pub version: u32,
    /// Its fingerprint.
    pub fingerprint: Vec<u8>,
}

/// The newest key that is known, if there is one.
pub async fn newest(connection: &mut PgConnection) -> Result<Option<KnownKey>, StoreError> {
    let row = sqlx::query!("SELECT version, fingerprint FROM cs_auth.workspace_key()")
        .fetch_one(connection)
        .await?;
    Ok(row.version.zip(row.fingerprint).and_then(|(version, fingerprint)| {
        Some(KnownKey {
            version: u32::try_from(version).ok()?,
            fingerprint,
        })
    }))
}

/// Notes that this desk was given a key; whether it is the newest.
pub async fn hold(connection: &mut PgConnection, version: u32, fingerprint: &[u8]) -> Result<bool, StoreError> {
    let version = i32::try_from(version).map_err(|_| StoreError::BadValue)?;
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_auth.hold_workspace_key($1, $2) AS "is_newest!""#,
        version,
        fingerprint
    )
    .fetch_one(connection)
    .await?)
}

/// Makes a key known: the first, or the next after the newest; this desk holds it, and no other does. Refused by the rule `workspace_key_known` when another
/// key has its version.
pub async fn register(connection: &mut PgConnection, version: u32, fingerprint: &[u8]) -> Result<(), StoreError> {
    let version = i32::try_from(version).map_err(|_| StoreError::BadValue)?;
    sqlx::query!("SELECT cs_auth.register_workspace_key($1, $2)", version, fingerprint)
        .fetch_one(connection)
        .await?;
    Ok(())
}
