//! A person's own ways of signing in, and what admins do to those of others: the calls of `cs_auth` that need a session.
//! All but [`confirm`] and [`mine`] belong into a transaction that has shown the session's token.

use chrono::{DateTime, Utc};
use domain::{ids::UserId, role::Role};
use serde::Serialize;
use sqlx::PgConnection;
use ts_rs::TS;
use uuid::Uuid;

use crate::StoreError;

/// Whether the attempt proves the session's person's password. Then the session counts as confirmed for some minutes.
pub async fn confirm(connection: &mut PgConnection, attempt: Uuid) -> Result<bool, StoreError> {
    let proven = sqlx::query_scalar!("SELECT cs_auth.confirm($1)", attempt)
        .fetch_one(connection)
        .await?;
    Ok(proven == Some(true))
}

/// Another password, if the attempt proves the old one. The person's other sessions end.
pub async fn change_password(connection: &mut PgConnection, attempt: Uuid, hash: &str) -> Result<bool, StoreError> {
    let done = sqlx::query_scalar!("SELECT cs_auth.change_password($1, $2)", attempt, hash)
        .fetch_one(connection)
        .await?;
    Ok(done == Some(true))
}

/// A code with which somebody chooses a new password. A secret.
pub struct ResetCode {
    /// The code.
    pub code: String,
    /// Until when it can be redeemed.
    pub expires_at: DateTime<Utc>,
}

/// Makes one in a session.
pub async fn issue_reset(connection: &mut PgConnection, user: UserId) -> Result<ResetCode, StoreError> {
    Ok(sqlx::query_as!(
        ResetCode,
        r#"SELECT code AS "code!", expires_at AS "expires_at!" FROM cs_auth.issue_reset($1)"#,
        user.get()
    )
    .fetch_one(connection)
    .await?)
}

/// Makes one over an administrator's login.
pub async fn issue_reset_as_owner(connection: &mut PgConnection, user: UserId) -> Result<ResetCode, StoreError> {
    Ok(sqlx::query_as!(
        ResetCode,
        r#"SELECT code AS "code!", expires_at AS "expires_at!" FROM cs_auth.issue_reset_for($1)"#,
        user.get()
    )
    .fetch_one(connection)
    .await?)
}

/// How somebody signs in.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Security {
    /// Since when there is a second factor.
    #[ts(type = "Instant | null")]
    pub second_factor_since: Option<DateTime<Utc>>,
    /// How many recovery codes are unused.
    pub recovery_codes_left: i32,
    /// Whether the role signs in with a second factor only.
    pub second_factor_required: bool,
}

/// The session's person's.
pub async fn mine(connection: &mut PgConnection) -> Result<Security, StoreError> {
    let row = sqlx::query!(
        "SELECT second_factor_since, recovery_codes_left, second_factor_required FROM cs_auth.my_security()"
    )
    .fetch_one(connection)
    .await?;
    Ok(Security {
        second_factor_since: row.second_factor_since,
        recovery_codes_left: row.recovery_codes_left.unwrap_or(0),
        second_factor_required: row.second_factor_required.unwrap_or(false),
    })
}

/// A new second factor's secret, in base32. It counts from its first code on.
pub async fn begin_factor(connection: &mut PgConnection) -> Result<String, StoreError> {
    sqlx::query_scalar!("SELECT cs_auth.second_factor_begin()")
        .fetch_one(connection)
        .await?
        .ok_or(StoreError::NotFound)
}

/// The first code: the recovery codes, or `None` when it is wrong.
pub async fn finish_factor(connection: &mut PgConnection, code: &str) -> Result<Option<Vec<String>>, StoreError> {
    Ok(sqlx::query_scalar!("SELECT cs_auth.second_factor_finish($1)", code)
        .fetch_one(connection)
        .await?)
}

/// Gives the second factor up, with an attempt that proved the password and carries a code. False when the code is wrong.
pub async fn disable_factor(connection: &mut PgConnection, attempt: Uuid) -> Result<bool, StoreError> {
    let done = sqlx::query_scalar!("SELECT cs_auth.second_factor_disable($1)", attempt)
        .fetch_one(connection)
        .await?;
    Ok(done == Some(true))
}

/// Other recovery codes; those before are void.
pub async fn new_recovery_codes(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar!("SELECT cs_auth.second_factor_new_codes()")
        .fetch_one(connection)
        .await?
        .ok_or(StoreError::NotFound)
}

/// Takes another person's second factor away, in a session.
pub async fn reset_factor(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_auth.reset_second_factor($1)", user.get())
        .execute(connection)
        .await?;
    Ok(())
}

/// The same over an administrator's login.
pub async fn reset_factor_as_owner(connection: &mut PgConnection, user: UserId) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_auth.reset_second_factor_of($1)", user.get())
        .execute(connection)
        .await?;
    Ok(())
}

/// Which roles sign in with a second factor only.
pub async fn required_for(connection: &mut PgConnection) -> Result<Vec<Role>, StoreError> {
    let words = sqlx::query_scalar!("SELECT second_factor_for FROM workspace_settings")
        .fetch_one(connection)
        .await?;
    // The column's check knows no other words.
    Ok(words.iter().filter_map(|word| Role::parse(word).ok()).collect())
}

/// Says which.
pub async fn require_for(connection: &mut PgConnection, roles: &[Role]) -> Result<(), StoreError> {
    let words: Vec<String> = roles.iter().map(|role| role.as_str().to_owned()).collect();
    sqlx::query!("SELECT cs_auth.require_second_factor($1)", &words)
        .execute(connection)
        .await?;
    Ok(())
}

/// A session that lives.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SessionRow {
    /// Its number.
    #[ts(type = "number")]
    pub id: i64,
    /// What the desk is called.
    pub desk: String,
    /// The desk's login.
    pub login: String,
    /// Whose it is.
    pub user_id: i32,
    /// That person's address.
    pub email: String,
    /// Name, or the address.
    pub name: String,
    /// The role that it lends.
    #[ts(type = "Role")]
    pub role: Role,
    /// The program and its version.
    pub client: String,
    /// Since when.
    #[ts(type = "Instant")]
    pub opened_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    #[ts(type = "Instant")]
    pub last_use: DateTime<Utc>,
    /// When it ends at the latest.
    #[ts(type = "Instant")]
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The person's own, or everybody's. A thousand at most: one a desk.
pub async fn sessions(connection: &mut PgConnection, everybody: bool) -> Result<Vec<SessionRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id AS "id!", desk AS "desk!", login::text AS "login!", user_id AS "user_id!", email AS "email!",
             coalesce(nullif(name, ''), email) AS "name!", role AS "role!", client AS "client!", opened_at AS "opened_at!",
             last_use AS "last_use!", expires_at AS "expires_at!", is_this AS "is_this!"
           FROM cs_auth.session_list($1)"#,
        everybody
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SessionRow {
                id: row.id,
                desk: row.desk,
                login: row.login,
                user_id: row.user_id,
                email: row.email,
                name: row.name,
                role: Role::parse(&row.role).map_err(|_| StoreError::BadValue)?,
                client: row.client,
                opened_at: row.opened_at,
                last_use: row.last_use,
                expires_at: row.expires_at,
                is_this: row.is_this,
            })
        })
        .collect()
}

/// Ends a session. False when it had ended, or is not one that this role may end.
pub async fn revoke(connection: &mut PgConnection, session: i64) -> Result<bool, StoreError> {
    let ended = sqlx::query_scalar!("SELECT cs_auth.revoke_session($1)", session)
        .fetch_one(connection)
        .await?;
    Ok(ended == Some(true))
}

/// Ends all sessions of a person but the one that asks; how many.
pub async fn revoke_all_of(connection: &mut PgConnection, user: UserId) -> Result<i32, StoreError> {
    let ended = sqlx::query_scalar!("SELECT cs_auth.revoke_sessions_of($1)", user.get())
        .fetch_one(connection)
        .await?;
    Ok(ended.unwrap_or(0))
}
