//! The desks: who they are, cutting one off, opening an invitation. For a desk's own connection.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{AssertSqlSafe, PgConnection, raw_sql};
use ts_rs::TS;

use crate::{StoreError, scram};

/// A desk's login and what it was last used for.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DeskRow {
    /// Its login.
    pub login: String,
    /// What it is called.
    pub label: String,
    /// Since when.
    #[ts(type = "Instant")]
    pub added_at: DateTime<Utc>,
    /// When it was cut off.
    #[ts(type = "Instant | null")]
    pub revoked_at: Option<DateTime<Utc>>,
    /// By which admin; `null` also when it was the server's administrator.
    pub revoked_by: Option<String>,
    /// When it last got another password.
    #[ts(type = "Instant | null")]
    pub replaced_at: Option<DateTime<Utc>>,
    /// Until when its invitation can be opened.
    #[ts(type = "Instant | null")]
    pub invited_until: Option<DateTime<Utc>>,
    /// When the invitation was opened.
    #[ts(type = "Instant | null")]
    pub accepted_at: Option<DateTime<Utc>>,
    /// Whether it was given the workspace key.
    pub holds_workspace_key: bool,
    /// Whether the server still lets it in; what it may do there is another thing.
    pub may_connect: bool,
    /// Whether it is the one that asks.
    pub is_own: bool,
    /// Who last signed in there.
    pub last_person: Option<String>,
    /// As what.
    pub last_role: Option<String>,
    /// With which program.
    pub last_client: Option<String>,
    /// When.
    #[ts(type = "Instant | null")]
    pub last_opened_at: Option<DateTime<Utc>>,
    /// When that session was last used, to the minute.
    #[ts(type = "Instant | null")]
    pub last_use: Option<DateTime<Utc>>,
    /// Whether it lives.
    pub is_signed_in: bool,
}

/// The desks, those in use first.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<DeskRow>, StoreError> {
    Ok(sqlx::query_as!(
        DeskRow,
        r#"SELECT login AS "login!", label AS "label!", added_at AS "added_at!", revoked_at, revoked_by, replaced_at, invited_until,
             accepted_at, holds_workspace_key AS "holds_workspace_key!", may_connect AS "may_connect!", is_own AS "is_own!",
             last_person, last_role, last_client, last_opened_at, last_use, is_signed_in AS "is_signed_in!" FROM cs_auth.desks()"#
    )
    .fetch_all(connection)
    .await?)
}

/// Takes everything from another desk's login. Says whether it held the workspace key.
pub async fn revoke(connection: &mut PgConnection, token: &str, login: &str) -> Result<bool, StoreError> {
    let held = sqlx::query_scalar!("SELECT cs_auth.revoke_desk($1, $2)", token, login)
        .fetch_one(connection)
        .await?;
    Ok(held == Some(true))
}

/// Opens the invitation that made this connection's login, and gives the login another password: the one in the
/// file is worthless from then on. In one transaction, which the caller commits.
pub async fn accept(connection: &mut PgConnection, password: &str) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_auth.accept_invitation()")
        .execute(&mut *connection)
        .await?;
    // As a verifier: what the statement's text says could end in a log.
    raw_sql(AssertSqlSafe(format!(
        "ALTER ROLE CURRENT_USER PASSWORD '{}'",
        scram::verifier(password)
    )))
    .execute(connection)
    .await?;
    Ok(())
}

/// The workspace's name, for whoever administers its database.
pub async fn workspace_name(connection: &mut PgConnection) -> Result<String, StoreError> {
    Ok(sqlx::query_scalar!("SELECT name FROM cs_meta.workspace")
        .fetch_one(connection)
        .await?)
}
