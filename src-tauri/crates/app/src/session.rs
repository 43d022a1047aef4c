//! A signed-in desk: the pool, the person, the token. Reads are single statements on any connection;
//! whatever writes happens in one transaction that has shown the token.

use chrono::{DateTime, Utc};
use domain::{
    role::{Action, Role},
    user::EmailAddress,
};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{PgPool, Postgres, Transaction, pool::PoolConnection};
use store::{StoreError, auth, auth::Person, connect::Address, operator};

use crate::{AppError, trust::Guard};

/// Who works over a session.
#[derive(Clone)]
enum Actor {
    /// Somebody who has signed in at a desk.
    Person { person: Box<Person>, token: SecretString },
    /// A program without a window, over the agent's login or an administrator's; it may write in somebody's name.
    Operator { person: Option<Box<Person>> },
}

/// What use-cases get.
#[derive(Clone)]
pub struct Session {
    pool: PgPool,
    actor: Actor,
    /// In a database for tests: what the clock is moved to.
    clock: Option<DateTime<Utc>>,
    /// Whether the database may be written to.
    guard: Option<Guard>,
}

impl Session {
    pub(crate) fn new(pool: PgPool, person: Person, token: SecretString) -> Self {
        Self {
            pool,
            actor: Actor::Person {
                person: Box::new(person),
                token,
            },
            clock: None,
            guard: None,
        }
    }

    /// A session without a person, for `csctl`: over the agent's login, or over an administrator's, which then works
    /// as the owner of the tables.
    pub async fn operator(address: &Address, client: &str) -> Result<Self, AppError> {
        let pool = operator::open(address, client).await?;
        Ok(Self {
            pool,
            actor: Actor::Operator { person: None },
            clock: None,
            guard: None,
        })
    }

    /// The same operator's session, writing in the name of a member of the staff. The log names the login.
    pub async fn acting_as(&self, email: &EmailAddress) -> Result<Self, AppError> {
        let person = operator::staff_member(&mut *self.read().await?, email).await?;
        Ok(Self {
            actor: Actor::Operator {
                person: Some(Box::new(person)),
            },
            ..self.clone()
        })
    }

    /// The same session, which writes only while the guard allows it.
    #[must_use]
    pub(crate) fn guarded_by(self, guard: &Guard) -> Self {
        Self {
            guard: Some(guard.clone()),
            ..self
        }
    }

    /// The same session with the clock moved, in a database for tests; elsewhere it stays the clock.
    #[must_use]
    pub fn at(&self, time: DateTime<Utc>) -> Self {
        Self {
            clock: Some(time),
            ..self.clone()
        }
    }

    /// Who has signed in; an operator is nobody.
    pub fn person(&self) -> Result<&Person, AppError> {
        match &self.actor {
            Actor::Person { person, .. } | Actor::Operator { person: Some(person) } => Ok(person),
            Actor::Operator { person: None } => Err(AppError::NotSignedIn),
        }
    }

    pub(crate) fn token(&self) -> Result<&SecretString, AppError> {
        match &self.actor {
            Actor::Person { token, .. } => Ok(token),
            Actor::Operator { .. } => Err(AppError::NotSignedIn),
        }
    }

    /// A connection for reading. The lent role is what decides on it.
    pub async fn read(&self) -> Result<PoolConnection<Postgres>, AppError> {
        Ok(self.pool.acquire().await?)
    }

    /// A transaction that may write. Dropped without a commit, it leaves nothing.
    pub async fn write(&self) -> Result<Transaction<'static, Postgres>, AppError> {
        if let Some(guard) = &self.guard {
            guard.allow_writing().await?;
        }
        let mut transaction = self.pool.begin().await?;
        if let Actor::Person { token, .. } = &self.actor {
            auth::enter(&mut transaction, token.expose_secret()).await?;
        }
        if let Some(time) = self.clock {
            operator::move_clock(&mut transaction, time).await?;
        }
        Ok(transaction)
    }

    /// The window asks before it offers; this asks again with the same sentence. The database decides last.
    pub fn may(&self, action: Action) -> Result<(), AppError> {
        self.role()
            .may(action)
            .map_err(|refusal| AppError::Refused(refusal.to_string()))
    }

    /// The person's role. An operator is asked for what an admin may; the database decides.
    pub fn role(&self) -> Role {
        match &self.actor {
            Actor::Person { person, .. } | Actor::Operator { person: Some(person) } => person.role,
            Actor::Operator { person: None } => Role::Admin,
        }
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
