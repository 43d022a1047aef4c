//! A signed-in desk: the pool, the person, the token. Reads are single statements on any connection;
//! whatever writes happens in one transaction that has shown the token.

use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
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

    /// Where the clock was moved to.
    pub(crate) const fn clock(&self) -> Option<DateTime<Utc>> {
        self.clock
    }

    /// Who has signed in; an operator is nobody.
    pub fn person(&self) -> Result<&Person, AppError> {
        match &self.actor {
            Actor::Person { person, .. } | Actor::Operator { person: Some(person) } => Ok(person),
            Actor::Operator { person: None } => Err(AppError::NotSignedIn),
        }
    }

    /// In whose name a program without a window writes. A person at a desk is who has signed in, and nobody else.
    pub(crate) fn acting(&self) -> Option<UserId> {
        match &self.actor {
            Actor::Operator { person: Some(person) } => Some(person.id),
            Actor::Operator { person: None } | Actor::Person { .. } => None,
        }
    }

    /// Whether a program without a window works over it.
    pub(crate) fn is_operator(&self) -> bool {
        matches!(self.actor, Actor::Operator { .. })
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
        let transaction = self.pool.begin().await?;
        self.entered(transaction).await
    }

    /// With the token shown, and the clock where it was moved to.
    async fn entered(
        &self,
        mut transaction: Transaction<'static, Postgres>,
    ) -> Result<Transaction<'static, Postgres>, AppError> {
        if let Actor::Person { token, .. } = &self.actor {
            auth::enter(&mut transaction, token.expose_secret()).await?;
        }
        if let Some(time) = self.clock {
            operator::move_clock(&mut transaction, time).await?;
        }
        Ok(transaction)
    }

    /// A transaction that may write and sees the database as it is at its beginning until its end.
    pub(crate) async fn snapshot(&self) -> Result<Transaction<'static, Postgres>, AppError> {
        if let Some(guard) = &self.guard {
            guard.allow_writing().await?;
        }
        let mut transaction = self.pool.begin().await?;
        store::proof::see_one_snapshot(&mut transaction).await?;
        self.entered(transaction).await
    }

    /// A transaction that reads as the customer whom the session looks as: under that customer's policies, and nothing
    /// else. Dropping it is all that is to be done with it. Refused when no view is open.
    pub async fn read_as_customer(&self) -> Result<Transaction<'static, Postgres>, AppError> {
        let mut transaction = self.pool.begin().await?;
        store::customer_view::become_customer(&mut transaction)
            .await
            .map_err(|error| match error {
                // The role was taken back between the question and the answer.
                StoreError::Forbidden | StoreError::BadValue => StoreError::Rule("view_not_open".to_owned()),
                other => other,
            })?;
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
