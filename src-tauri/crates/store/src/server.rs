//! What is asked of a server, whatever database of it.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::StoreError;

/// Its version, such as `15.18`.
pub async fn version(connection: &mut PgConnection) -> Result<String, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT split_part(current_setting('server_version'), ' ', 1)")
            .fetch_one(connection)
            .await?,
    )
}

/// Its time, to the second.
pub async fn time(connection: &mut PgConnection) -> Result<DateTime<Utc>, StoreError> {
    Ok(sqlx::query_scalar("SELECT date_trunc('second', clock_timestamp())")
        .fetch_one(connection)
        .await?)
}

/// Whether this login is a superuser.
pub async fn is_superuser(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user")
            .fetch_one(connection)
            .await?,
    )
}

/// Makes an empty database unless it is there.
pub async fn create_database_if_missing(connection: &mut PgConnection, name: &str) -> Result<(), StoreError> {
    let missing: Option<String> = sqlx::query_scalar(
        "SELECT quote_ident($1) WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1)",
    )
    .bind(name)
    .fetch_optional(&mut *connection)
    .await?;
    let Some(quoted) = missing else { return Ok(()) };
    let made = sqlx::raw_sql(AssertSqlSafe(format!(
        "CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'"
    )))
    .execute(connection)
    .await;
    match made.map_err(StoreError::from) {
        // Somebody else was faster.
        Ok(_) | Err(StoreError::Duplicate(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
