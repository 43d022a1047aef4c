//! Connections of programs without a window: over the agent's login, or over an administrator's that may act as the
//! owner of the tables.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, Executor, PgConnection, PgPool, postgres::PgPoolOptions};

use domain::{ids::UserId, role::Role, user::EmailAddress};

use crate::{
    StoreError,
    auth::Person,
    connect::{self, Address},
    roles::RolePrefix,
};

/// Few: a program without a window does one thing after the other.
const CONNECTIONS: u32 = 4;

/// Opens a pool for an operator, after making sure that this program fits the database. An administrator's
/// connections act as the owner; the agent's as what they are; a desk's login is [`StoreError::NotAnOperator`].
pub async fn open(address: &Address, client: &str) -> Result<PgPool, StoreError> {
    let mut connection = address.connect(client).await?;
    connect::check_workspace(&mut connection).await?;
    let owner: Option<String> = sqlx::query_scalar(
        // By the catalogue: naming the table would need a right to its schema, which the agent hasn't.
        // By the catalogue: the agent may not even look a name up in this schema.
        "SELECT pg_get_userbyid(c.relowner)::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'cs_meta' AND c.relname = 'workspace' AND pg_has_role(current_user, c.relowner, 'member')",
    )
    .fetch_optional(&mut connection)
    .await?;
    let act_as = match owner {
        Some(_) => Some(RolePrefix::of_workspace(&mut connection).await?.role("owner")),
        None if is_agent(&mut connection).await? => None,
        None => return Err(StoreError::NotAnOperator),
    };
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(10))
        .after_connect(move |connection, _| {
            let act_as = act_as.clone();
            Box::pin(async move {
                if let Some(owner) = act_as {
                    connection.execute(AssertSqlSafe(format!("SET ROLE {owner}"))).await?;
                }
                Ok(())
            })
        })
        .connect_lazy_with(address.options(client));
    Ok(pool)
}

async fn is_agent(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let answer: Result<bool, sqlx::Error> = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
           JOIN pg_catalog.pg_roles b ON b.oid = m.member WHERE b.rolname = session_user AND g.rolname ~ '^containerstacks.*_agent$')",
    )
    .fetch_one(connection)
    .await;
    Ok(answer?)
}

/// Moves the clock of the transaction, in a database for tests; elsewhere the setting means nothing.
pub async fn move_clock(connection: &mut PgConnection, time: DateTime<Utc>) -> Result<(), StoreError> {
    sqlx::query("SELECT set_config('cs.at', $1, true)")
        .bind(time.naive_utc().to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// A member of the staff who can still sign in, by address.
pub async fn staff_member(connection: &mut PgConnection, email: &EmailAddress) -> Result<Person, StoreError> {
    let row = sqlx::query!(
        r#"SELECT id, email, btrim(concat_ws(' ', first_name, last_name)) AS "name!", role AS "role!" FROM users
           WHERE lower(email) = lower($1) AND disabled_at IS NULL AND role IN ('admin', 'support', 'finance') ORDER BY id LIMIT 1"#,
        email.as_str()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)?;
    Ok(Person {
        id: UserId::new(row.id),
        email: row.email,
        name: row.name,
        role: Role::parse(&row.role).map_err(|_| StoreError::BadValue)?,
        // No session: nothing to expire.
        expires_at: DateTime::<Utc>::MAX_UTC,
        idle_minutes: 0,
    })
}
