//! Signing in inside the database: the calls of `cs_auth`, one function each.

use chrono::{DateTime, Utc};
use domain::{ids::UserId, role::Role};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::StoreError;

/// What the database asks before it looks at a password.
#[derive(Debug)]
pub struct Challenge {
    /// Names the attempt.
    pub attempt: Uuid,
    /// How to derive the hash.
    pub derivation: Derivation,
    /// What the proof is bound to.
    pub nonce: Vec<u8>,
}

/// How the hash is derived from the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Derivation {
    /// Argon2id, version 19.
    Argon2id {
        /// `m=…,t=…,p=…` of a PHC string.
        parameters: String,
        /// The salt, base64 without padding.
        salt: String,
    },
    /// bcrypt, as older panels wrote it.
    Bcrypt {
        /// The cost, 4 to 31.
        cost: u32,
        /// The salt in bcrypt's own base64.
        salt: String,
    },
}

/// An answer that may be "not yet".
#[derive(Debug)]
pub enum Throttled<T> {
    /// Go on.
    Go(T),
    /// Too many failures: try again after so many milliseconds.
    Wait(u64),
}

fn milliseconds(value: Option<i64>) -> u64 {
    value.and_then(|wait| u64::try_from(wait).ok()).unwrap_or(0)
}

/// First step.
pub async fn challenge(connection: &mut PgConnection, email: &str) -> Result<Throttled<Challenge>, StoreError> {
    let row = sqlx::query!(
        "SELECT attempt, algorithm, parameters, salt, nonce, retry_after_ms FROM cs_auth.challenge($1)",
        email
    )
    .fetch_one(connection)
    .await?;
    let (Some(attempt), Some(algorithm), Some(parameters), Some(salt), Some(nonce)) =
        (row.attempt, row.algorithm, row.parameters, row.salt, row.nonce)
    else {
        return Ok(Throttled::Wait(milliseconds(row.retry_after_ms).max(1)));
    };
    let derivation = match algorithm.as_str() {
        "bcrypt" => Derivation::Bcrypt {
            cost: parameters.parse().map_err(|_| StoreError::BadValue)?,
            salt,
        },
        _ => Derivation::Argon2id { parameters, salt },
    };
    Ok(Throttled::Go(Challenge {
        attempt,
        derivation,
        nonce,
    }))
}

/// Second step: leaves the proof. The transaction must be committed before [`open`].
pub async fn submit(connection: &mut PgConnection, attempt: Uuid, proof: &[u8]) -> Result<Throttled<bool>, StoreError> {
    let row = sqlx::query!(
        "SELECT accepted, retry_after_ms FROM cs_auth.submit($1, $2)",
        attempt,
        proof
    )
    .fetch_one(connection)
    .await?;
    match milliseconds(row.retry_after_ms) {
        0 => Ok(Throttled::Go(row.accepted == Some(true))),
        wait => Ok(Throttled::Wait(wait)),
    }
}

/// How an attempt ended.
pub enum Opened {
    /// The session is open and the login has been lent the person's role.
    Session {
        /// Shown at the beginning of each transaction that writes. A secret.
        token: String,
        /// Whether the stored hash is of an older kind and should be replaced.
        rehash: bool,
    },
    /// The address or the password is wrong.
    Wrong,
    /// Right, but customers don't sign in at a desk.
    RoleNotAllowed,
    /// The attempt is too old or was used.
    Stale,
}

/// Third step.
pub async fn open(connection: &mut PgConnection, attempt: Uuid, client: &str) -> Result<Opened, StoreError> {
    let row = sqlx::query!(
        "SELECT status, token, rehash FROM cs_auth.open($1, $2)",
        attempt,
        client
    )
    .fetch_one(connection)
    .await?;
    Ok(match (row.status.as_deref(), row.token) {
        (Some("opened"), Some(token)) => Opened::Session {
            token,
            rehash: row.rehash == Some(true),
        },
        (Some("role_not_allowed"), _) => Opened::RoleNotAllowed,
        (Some("wrong"), _) => Opened::Wrong,
        _ => Opened::Stale,
    })
}

/// Begins a transaction that writes: shows the session's token.
pub async fn enter(connection: &mut PgConnection, token: &str) -> Result<(), StoreError> {
    sqlx::query!("SELECT user_id FROM cs_auth.enter($1)", token)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// The person is active. False when the session is over.
pub async fn touch(connection: &mut PgConnection, token: &str) -> Result<bool, StoreError> {
    let alive = sqlx::query_scalar!("SELECT cs_auth.touch($1)", token)
        .fetch_one(connection)
        .await?;
    Ok(alive == Some(true))
}

/// Ends the session and gives the role back.
pub async fn leave(connection: &mut PgConnection, token: &str) -> Result<(), StoreError> {
    sqlx::query_scalar!("SELECT cs_auth.leave($1)", token)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Takes back the roles of all sessions that have expired, here or elsewhere.
pub async fn sweep(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query_scalar!("SELECT cs_auth.sweep()")
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Replaces an old hash by one of today's kind.
pub async fn replace_hash(connection: &mut PgConnection, token: &str, hash: &str) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_auth.replace_hash($1, $2)", token, hash)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// Who has signed in over this login.
#[derive(Debug, Clone)]
pub struct Person {
    /// `users.id`.
    pub id: UserId,
    /// Address.
    pub email: String,
    /// Name, or empty.
    pub name: String,
    /// Role of the session.
    pub role: Role,
    /// When the session ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// After how many minutes without activity it ends.
    pub idle_minutes: i32,
}

/// The live session's person, or `None`.
pub async fn whoami(connection: &mut PgConnection) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query!("SELECT user_id, email, name, role, expires_at, idle_minutes FROM cs_auth.whoami()")
        .fetch_optional(connection)
        .await?;
    Ok(row.and_then(|row| {
        Some(Person {
            id: UserId::new(row.user_id?),
            email: row.email?,
            name: row.name.unwrap_or_default(),
            role: Role::parse(&row.role?).ok()?,
            expires_at: row.expires_at?,
            idle_minutes: row.idle_minutes?,
        })
    }))
}
