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

fn throttled<T>(retry_after_ms: Option<i64>, answer: T) -> Throttled<T> {
    match milliseconds(retry_after_ms) {
        0 => Throttled::Go(answer),
        wait => Throttled::Wait(wait),
    }
}

struct ChallengeRow {
    attempt: Option<Uuid>,
    algorithm: Option<String>,
    parameters: Option<String>,
    salt: Option<String>,
    nonce: Option<Vec<u8>>,
    retry_after_ms: Option<i64>,
}

/// First step.
pub async fn challenge(connection: &mut PgConnection, email: &str) -> Result<Throttled<Challenge>, StoreError> {
    let row = sqlx::query_as!(
        ChallengeRow,
        "SELECT attempt, algorithm, parameters, salt, nonce, retry_after_ms FROM cs_auth.challenge($1)",
        email
    )
    .fetch_one(connection)
    .await?;
    read_challenge(row)
}

/// First step of proving the password once more, in a session.
pub async fn confirm_challenge(connection: &mut PgConnection) -> Result<Throttled<Challenge>, StoreError> {
    let row = sqlx::query_as!(
        ChallengeRow,
        "SELECT attempt, algorithm, parameters, salt, nonce, retry_after_ms FROM cs_auth.confirm_challenge()"
    )
    .fetch_one(connection)
    .await?;
    read_challenge(row)
}

fn read_challenge(row: ChallengeRow) -> Result<Throttled<Challenge>, StoreError> {
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
    Ok(throttled(row.retry_after_ms, row.accepted == Some(true)))
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
    /// The password is right; a code is still to be given ([`submit_code`]).
    SecondFactor,
    /// The code that was given is wrong; the password stays proven.
    WrongCode,
    /// The role signs in with a second factor only, and the person has none yet.
    SecondFactorSetup,
    /// The password is right and has to be replaced.
    NewPassword,
}

/// Third step, and again after each further proof that it asked for.
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
        (Some("second_factor"), _) => Opened::SecondFactor,
        (Some("wrong_code"), _) => Opened::WrongCode,
        (Some("second_factor_setup"), _) => Opened::SecondFactorSetup,
        (Some("new_password"), _) => Opened::NewPassword,
        _ => Opened::Stale,
    })
}

/// Leaves a code of the second factor with an attempt whose password is proven. Must be committed before [`open`].
pub async fn submit_code(
    connection: &mut PgConnection,
    attempt: Uuid,
    code: &str,
) -> Result<Throttled<bool>, StoreError> {
    let row = sqlx::query!(
        "SELECT accepted, retry_after_ms FROM cs_auth.submit_code($1, $2)",
        attempt,
        code
    )
    .fetch_one(connection)
    .await?;
    Ok(throttled(row.retry_after_ms, row.accepted == Some(true)))
}

/// The password that [`open`] asked for. False when the attempt is too old.
pub async fn change_password_at_sign_in(
    connection: &mut PgConnection,
    attempt: Uuid,
    hash: &str,
    client: &str,
) -> Result<bool, StoreError> {
    let done = sqlx::query_scalar!(
        "SELECT cs_auth.change_password_at_sign_in($1, $2, $3)",
        attempt,
        hash,
        client
    )
    .fetch_one(connection)
    .await?;
    Ok(done == Some(true))
}

/// A second factor's secret in base32, for a person who has to have one and has none. `None` when the attempt is too old.
pub async fn begin_factor_at_sign_in(
    connection: &mut PgConnection,
    attempt: Uuid,
) -> Result<Option<String>, StoreError> {
    Ok(
        sqlx::query_scalar!("SELECT cs_auth.second_factor_begin_at_sign_in($1)", attempt)
            .fetch_one(connection)
            .await?,
    )
}

/// Its first code: the recovery codes, or `None` when it is wrong.
pub async fn finish_factor_at_sign_in(
    connection: &mut PgConnection,
    attempt: Uuid,
    code: &str,
    client: &str,
) -> Result<Option<Vec<String>>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT cs_auth.second_factor_finish_at_sign_in($1, $2, $3)",
        attempt,
        code,
        client
    )
    .fetch_one(connection)
    .await?)
}

/// First step of choosing a new password with a reset code: leaves the code. Must be committed before [`redeem_reset`].
pub async fn submit_reset(
    connection: &mut PgConnection,
    email: &str,
    code: &str,
) -> Result<Throttled<Uuid>, StoreError> {
    let row = sqlx::query!(
        "SELECT attempt, retry_after_ms FROM cs_auth.reset_submit($1, $2)",
        email,
        code
    )
    .fetch_one(connection)
    .await?;
    Ok(match row.attempt {
        Some(attempt) => Throttled::Go(attempt),
        None => Throttled::Wait(milliseconds(row.retry_after_ms).max(1)),
    })
}

/// Second step: whether the code was right. Then the password is another, and all sessions of the person have ended.
pub async fn redeem_reset(
    connection: &mut PgConnection,
    attempt: Uuid,
    hash: &str,
    client: &str,
) -> Result<bool, StoreError> {
    let status = sqlx::query_scalar!("SELECT cs_auth.reset_redeem($1, $2, $3)", attempt, hash, client)
        .fetch_one(connection)
        .await?;
    Ok(status.as_deref() == Some("reset"))
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
