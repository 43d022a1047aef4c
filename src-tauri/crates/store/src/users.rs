//! People: staff and customers. A hash is written here and never read.

use chrono::{DateTime, Utc};
use domain::{
    ids::{OrganizationId, UserId},
    role::Role,
    user::{EmailAddress, PersonName},
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// A person as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct UserRow {
    /// `users.id`.
    pub id: i32,
    /// The address that they sign in with.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// What they may do.
    #[ts(type = "Role")]
    pub role: Role,
    /// Whose customer they are.
    pub organization_id: Option<i32>,
    /// Its name.
    pub organization: Option<String>,
    /// Whether the address has been confirmed.
    pub email_verified: bool,
    /// Whether they are shut out.
    pub is_disabled: bool,
    /// Whether the next sign-in asks for another password.
    pub must_change_password: bool,
    /// Whether they sign in with a second factor.
    pub has_second_factor: bool,
    /// When they last signed in.
    #[ts(type = "Instant | null")]
    pub last_login: Option<DateTime<Utc>>,
    /// When they were created.
    #[ts(type = "Instant")]
    pub created_at: DateTime<Utc>,
}

impl FromRow<'_, PgRow> for UserRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            email: r.try_get("email")?,
            first_name: r.try_get("first_name")?,
            last_name: r.try_get("last_name")?,
            // The column's check knows no other word; NULL is the documented default.
            role: r
                .try_get::<Option<String>, _>("role")?
                .and_then(|word| Role::parse(&word).ok())
                .unwrap_or(Role::User),
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            email_verified: r.try_get::<Option<bool>, _>("email_verified")?.unwrap_or(false),
            is_disabled: r.try_get("is_disabled")?,
            must_change_password: r.try_get("must_change_password")?,
            has_second_factor: r.try_get("has_second_factor")?,
            last_login: row::instant(r, "last_login")?,
            created_at: row::instant_or_epoch(r, "created_at")?,
        })
    }
}

const LIST: List = List {
    select: "u.id, u.email, u.first_name, u.last_name, u.role, u.organization_id, o.name AS organization,
        u.email_verified, u.disabled_at IS NOT NULL AS is_disabled, u.must_change_password,
        u.second_factor_at IS NOT NULL AS has_second_factor, u.last_login, u.created_at",
    from: "users u LEFT JOIN organizations o ON o.id = u.organization_id",
    condition: "true",
    id: "u.id",
    columns: &[
        column("id", "u.id", Kind::Integer),
        column("email", "u.email", Kind::Text),
        nullable("first_name", "u.first_name", Kind::Text),
        nullable("last_name", "u.last_name", Kind::Text),
        nullable("role", "u.role", Kind::Word),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "u.organization_id", Kind::Integer),
        nullable("email_verified", "u.email_verified", Kind::Flag),
        column("is_disabled", "(u.disabled_at IS NOT NULL)", Kind::Flag),
        column("has_second_factor", "(u.second_factor_at IS NOT NULL)", Kind::Flag),
        nullable("last_login", "u.last_login", Kind::Time),
        nullable("created_at", "u.created_at", Kind::Time),
    ],
    search: &["u.email", "concat_ws(' ', u.first_name, u.last_name)", "o.name"],
    default_sort: ("email", false),
};

/// A window of people.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<UserRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// Somebody who is about to be created.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// The address.
    pub email: &'a EmailAddress,
    /// First name.
    pub first_name: Option<&'a PersonName>,
    /// Last name.
    pub last_name: Option<&'a PersonName>,
    /// What they may do.
    pub role: Role,
    /// Whose customer they are.
    pub organization: Option<OrganizationId>,
    /// PHC string of the first password.
    pub password_hash: &'a str,
    /// Whether the first sign-in asks for another.
    pub must_change_password: bool,
}

/// Makes a person. An address that exists in any case of letters is a [`StoreError::Duplicate`].
pub async fn create(connection: &mut PgConnection, new: &NewUser<'_>) -> Result<UserId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (id, email, password_hash, first_name, last_name, role, organization_id, must_change_password)
         SELECT NULL, $1::varchar, $2, $3, $4, $5, $6, $7 WHERE NOT EXISTS (SELECT FROM users WHERE lower(email) = lower($1::varchar))
         RETURNING id",
        new.email.as_str(),
        new.password_hash,
        new.first_name.map(PersonName::as_str),
        new.last_name.map(PersonName::as_str),
        new.role.as_str(),
        new.organization.map(OrganizationId::get),
        new.must_change_password
    )
    .fetch_optional(connection)
    .await?;
    id.map(UserId::new)
        .ok_or_else(|| StoreError::Duplicate("users_email_key".to_owned()))
}

/// The person with an address, in any case of letters.
pub async fn by_email(connection: &mut PgConnection, email: &EmailAddress) -> Result<UserId, StoreError> {
    sqlx::query_scalar!(
        "SELECT id FROM users WHERE lower(email) = lower($1::varchar) ORDER BY email = $1 DESC, id LIMIT 1",
        email.as_str()
    )
    .fetch_optional(connection)
    .await?
    .map(UserId::new)
    .ok_or(StoreError::NotFound)
}

/// Gives a person another role and organization. Their sessions end, wherever they are.
pub async fn set_role(
    connection: &mut PgConnection,
    id: UserId,
    role: Role,
    organization: Option<OrganizationId>,
) -> Result<(), StoreError> {
    let changed = sqlx::query!(
        "UPDATE users SET role = $2, organization_id = $3 WHERE id = $1",
        id.get(),
        role.as_str(),
        organization.map(OrganizationId::get)
    )
    .execute(connection)
    .await?;
    if changed.rows_affected() == 0 {
        Err(StoreError::NotFound)
    } else {
        Ok(())
    }
}

/// Shuts a person out, or lets them in again. Their sessions end, wherever they are.
pub async fn set_disabled(connection: &mut PgConnection, id: UserId, disabled: bool) -> Result<(), StoreError> {
    let changed = sqlx::query!(
        "UPDATE users SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, timezone('UTC', now())) END WHERE id = $1",
        id.get(),
        disabled
    )
    .execute(connection)
    .await?;
    if changed.rows_affected() == 0 {
        Err(StoreError::NotFound)
    } else {
        Ok(())
    }
}

/// How many admins can still sign in, counted behind a lock on their rows, so that two desks can't take
/// the last two away at once.
pub async fn lock_active_admins(connection: &mut PgConnection) -> Result<Vec<UserId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL ORDER BY id FOR NO KEY UPDATE"
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(UserId::new).collect())
}

/// A colleague to whom work can be given.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StaffMember {
    /// `users.id`.
    pub id: i32,
    /// Their name, or the address when they have none.
    pub name: String,
}

/// Everybody who works at a desk.
pub async fn staff(connection: &mut PgConnection) -> Result<Vec<StaffMember>, StoreError> {
    Ok(sqlx::query_as!(
        StaffMember,
        r#"SELECT id, coalesce(nullif(btrim(concat_ws(' ', first_name, last_name)), ''), email) AS "name!" FROM users
           WHERE role IN ('admin', 'support', 'finance') AND disabled_at IS NULL ORDER BY 2, 1 LIMIT 500"#
    )
    .fetch_all(connection)
    .await?)
}
