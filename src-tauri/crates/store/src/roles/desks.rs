//! What whoever administers the server does with a desk's login. An admin at a desk has less: see [`crate::desks`].

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use super::{LoginKind, NewLogin, RolePrefix, is_login, is_password};
use crate::StoreError;

/// Until when an invitation can be opened, and what it hands over.
#[derive(Debug, Clone, Copy)]
pub struct InvitedUntil {
    /// The last moment.
    pub until: DateTime<Utc>,
    /// Whether the workspace key is in it.
    pub with_workspace_key: bool,
}

/// What became of a login that was closed, or given to another computer.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Closed {
    /// Whether the desk held the workspace key, which then must be rotated.
    pub held_workspace_key: bool,
    /// How many connections of it were ended.
    pub connections_ended: i64,
}

async fn become_owner(transaction: &mut PgConnection, prefix: &RolePrefix) -> Result<(), StoreError> {
    raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {}", prefix.role("owner"))))
        .execute(transaction)
        .await?;
    Ok(())
}

async fn must_be_a_desk(transaction: &mut PgConnection, login: &str) -> Result<(), StoreError> {
    let known: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM cs_auth.logins WHERE login = $1::text::name AND kind = 'desk')")
            .bind(login)
            .fetch_one(transaction)
            .await?;
    if known && is_login(login) {
        Ok(())
    } else {
        Err(StoreError::Rule("desk_known".to_owned()))
    }
}

/// Ends the connections of a login, as far as the server lets this administrator.
async fn hang_up(connection: &mut PgConnection, login: &str) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_catalog.pg_stat_activity WHERE usename = $1::text::name",
    )
    .bind(login)
    .fetch_one(connection)
    .await
    .unwrap_or(0)
}

/// Closes a desk's login for good: the server refuses it, its session and its connections end. A desk that an admin
/// has revoked at a desk is closed at the server too.
pub async fn close_desk(connection: &mut PgConnection, prefix: &RolePrefix, login: &str) -> Result<Closed, StoreError> {
    let mut transaction = connection.begin().await?;
    must_be_a_desk(&mut transaction, login).await?;
    raw_sql(AssertSqlSafe(format!("ALTER ROLE {login} NOLOGIN")))
        .execute(&mut *transaction)
        .await?;
    become_owner(&mut transaction, prefix).await?;
    let held_workspace_key: bool = sqlx::query_scalar("SELECT cs_auth.close_desk($1::text::name, NULL)")
        .bind(login)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Closed {
        held_workspace_key,
        connections_ended: hang_up(connection, login).await,
    })
}

/// Gives a desk's login a new password, for another computer: the old one is refused, its session and its connections
/// end. A desk that was revoked works again. Whether it held the workspace key is answered for the old computer.
pub async fn replace_desk(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    new: &NewLogin,
    invited: Option<InvitedUntil>,
) -> Result<Closed, StoreError> {
    if !is_password(&new.password) {
        return Err(StoreError::BadValue);
    }
    let mut transaction = connection.begin().await?;
    must_be_a_desk(&mut transaction, &new.login).await?;
    let verifier = crate::scram::verifier(&new.password);
    raw_sql(AssertSqlSafe(format!(
        "ALTER ROLE {} LOGIN PASSWORD '{verifier}'",
        new.login
    )))
    .execute(&mut *transaction)
    .await?;
    become_owner(&mut transaction, prefix).await?;
    let held_workspace_key: bool =
        sqlx::query_scalar("SELECT holds_workspace_key FROM cs_auth.logins WHERE login = $1::text::name FOR UPDATE")
            .bind(&new.login)
            .fetch_one(&mut *transaction)
            .await?;
    sqlx::query("SELECT cs_auth.end_sessions(NULL, $1::text::name, 'desk_replaced')")
        .bind(&new.login)
        .execute(&mut *transaction)
        .await?;
    sqlx::query(
        "UPDATE cs_auth.logins SET revoked_at = NULL, revoked_by = NULL, replaced_at = clock_timestamp(), accepted_at = NULL,
           invited_until = $2, holds_workspace_key = $3 WHERE login = $1::text::name",
    )
    .bind(&new.login)
    .bind(invited.map(|invited| invited.until))
    .bind(invited.is_some_and(|invited| invited.with_workspace_key))
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Closed {
        held_workspace_key,
        connections_ended: hang_up(connection, &new.login).await,
    })
}

/// A login that is no desk's.
#[derive(Debug, Clone, serde::Serialize, sqlx::FromRow)]
pub struct OtherLogin {
    /// Its name.
    pub login: String,
    /// What it is called.
    pub label: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
    /// Since when it is closed.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether the server lets it in.
    pub may_connect: bool,
}

/// Those of a kind, in use first. For an administrator's connection.
pub async fn logins_of(connection: &mut PgConnection, kind: LoginKind) -> Result<Vec<OtherLogin>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT l.login::text, l.label, l.added_at, l.revoked_at, coalesce(r.rolcanlogin, false) AS may_connect
         FROM cs_auth.logins l LEFT JOIN pg_roles r ON r.rolname = l.login WHERE l.kind = $1 ORDER BY l.revoked_at IS NOT NULL, l.added_at, l.login",
    )
    .bind(kind.word())
    .fetch_all(connection)
    .await?)
}

/// Closes a login that is no desk's for good: the server refuses it, and its connections end; how many.
pub async fn close_other(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    kind: LoginKind,
    login: &str,
) -> Result<i64, StoreError> {
    let mut transaction = connection.begin().await?;
    let known: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM cs_auth.logins WHERE login = $1::text::name AND kind = $2)")
            .bind(login)
            .bind(kind.word())
            .fetch_one(&mut *transaction)
            .await?;
    if !known || !is_login(login) {
        return Err(StoreError::NotFound);
    }
    raw_sql(AssertSqlSafe(format!("ALTER ROLE {login} NOLOGIN")))
        .execute(&mut *transaction)
        .await?;
    become_owner(&mut transaction, prefix).await?;
    sqlx::query(
        "UPDATE cs_auth.logins SET revoked_at = clock_timestamp() WHERE login = $1::text::name AND revoked_at IS NULL",
    )
    .bind(login)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(hang_up(connection, login).await)
}
