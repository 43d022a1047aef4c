//! A signed-in desk: the pool, the person, the token. Reads are single statements on any connection;
//! whatever writes happens in one transaction that has shown the token.

use domain::role::{Action, Role};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{PgPool, Postgres, Transaction, pool::PoolConnection};
use store::{StoreError, auth, auth::Person};

use crate::AppError;

/// What use-cases get.
#[derive(Clone)]
pub struct Session {
    pool: PgPool,
    person: Person,
    token: SecretString,
}

impl Session {
    pub(crate) fn new(pool: PgPool, person: Person, token: SecretString) -> Self {
        Self { pool, person, token }
    }

    /// Who has signed in.
    pub fn person(&self) -> &Person {
        &self.person
    }

    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }

    /// A connection for reading. The lent role is what decides on it.
    pub async fn read(&self) -> Result<PoolConnection<Postgres>, AppError> {
        Ok(self.pool.acquire().await?)
    }

    /// A transaction that may write. Dropped without a commit, it leaves nothing.
    pub async fn write(&self) -> Result<Transaction<'static, Postgres>, AppError> {
        let mut transaction = self.pool.begin().await?;
        auth::enter(&mut transaction, self.token.expose_secret()).await?;
        Ok(transaction)
    }

    /// The window asks before it offers; this asks again with the same sentence. The database decides last.
    pub fn may(&self, action: Action) -> Result<(), AppError> {
        self.person
            .role
            .may(action)
            .map_err(|refusal| AppError::Refused(refusal.to_string()))
    }

    /// The person's role.
    pub fn role(&self) -> Role {
        self.person.role
    }
}

/// Signs in over a pool of a desk's login. Three steps, each committed before the next, so that an attempt
/// that is cut off has been counted.
pub(crate) async fn sign_in(
    pool: &PgPool,
    client: &str,
    email: &str,
    password: SecretString,
) -> Result<Session, AppError> {
    let throttled = |retry_after_ms| AppError::Throttled { retry_after_ms };
    let mut connection = pool.acquire().await?;
    let challenge = match auth::challenge(&mut connection, email).await? {
        auth::Throttled::Go(challenge) => challenge,
        auth::Throttled::Wait(wait) => return Err(throttled(wait)),
    };
    let attempt = challenge.attempt;
    let kept = password.clone();
    let proof =
        tokio::task::spawn_blocking(move || crate::password::prove(&kept, &challenge.derivation, &challenge.nonce))
            .await
            .map_err(|_| AppError::Internal("the derivation was cut off"))??;
    match auth::submit(&mut connection, attempt, &proof).await? {
        auth::Throttled::Go(true) => {}
        auth::Throttled::Go(false) => return Err(AppError::WrongPassword),
        auth::Throttled::Wait(wait) => return Err(throttled(wait)),
    }
    let (token, rehash) = match auth::open(&mut connection, attempt, client).await? {
        auth::Opened::Session { token, rehash } => (SecretString::from(token), rehash),
        auth::Opened::Wrong | auth::Opened::Stale => return Err(AppError::WrongPassword),
        auth::Opened::RoleNotAllowed => return Err(AppError::RoleNotAllowed),
    };
    if rehash {
        let hash = tokio::task::spawn_blocking(move || crate::password::hash_new(&password))
            .await
            .map_err(|_| AppError::Internal("hashing was cut off"))??;
        auth::replace_hash(&mut connection, token.expose_secret(), &hash).await?;
    }
    let person = auth::whoami(&mut connection)
        .await?
        .ok_or(AppError::Store(StoreError::SessionOver))?;
    drop(connection);
    Ok(Session::new(pool.clone(), person, token))
}

/// Takes up a session whose token the keychain has kept, if it still lives.
pub(crate) async fn resume(pool: &PgPool, token: SecretString) -> Result<Option<Session>, AppError> {
    let mut connection = pool.acquire().await?;
    if !auth::touch(&mut connection, token.expose_secret()).await? {
        return Ok(None);
    }
    let person = auth::whoami(&mut connection).await?;
    drop(connection);
    Ok(person.map(|person| Session::new(pool.clone(), person, token)))
}
