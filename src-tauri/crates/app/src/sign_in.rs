//! Signing in, proof by proof: the password, a code of the second factor, a new password where one is due. Each is
//! committed before the database looks at it, so that an attempt that is cut off has been counted.

use domain::user::EmailAddress;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{PgConnection, PgPool};
use store::{
    StoreError,
    auth::{self, Challenge, Opened, Throttled},
};
use uuid::Uuid;

use crate::{
    AppError, passwords,
    second_factor::{Offer, RecoveryCodes},
    session::Session,
};

/// What is still to be proven before a session opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A code of the second factor, or a recovery code.
    SecondFactor,
    /// The role needs a second factor and the person has none yet.
    SecondFactorSetup,
    /// The second factor has just been set up: nothing but to go on.
    SetUpDone,
    /// Another password: somebody else knows this one.
    NewPassword,
}

/// Somebody who has proven the password and not yet all.
#[derive(Clone)]
pub(crate) struct Pending {
    attempt: Uuid,
    email: String,
    password: SecretString,
    pub(crate) step: Step,
}

/// How far a sign-in has come.
pub(crate) enum Progress {
    /// Signed in.
    Open(Session),
    /// One proof more.
    Needs(Pending),
}

pub(crate) fn go<T>(answer: Throttled<T>) -> Result<T, AppError> {
    match answer {
        Throttled::Go(value) => Ok(value),
        Throttled::Wait(retry_after_ms) => Err(AppError::Throttled { retry_after_ms }),
    }
}

/// Leaves the proof of a password with a challenge; false when the challenge is too old.
pub(crate) async fn prove(
    connection: &mut PgConnection,
    challenge: Challenge,
    password: &SecretString,
) -> Result<bool, AppError> {
    let (attempt, kept) = (challenge.attempt, password.clone());
    let proof =
        tokio::task::spawn_blocking(move || crate::password::prove(&kept, &challenge.derivation, &challenge.nonce))
            .await
            .map_err(|_| AppError::Internal("the derivation was cut off"))??;
    go(auth::submit(connection, attempt, &proof).await?)
}

/// Begins with address and password, over a pool of a desk's login.
pub(crate) async fn begin(
    pool: &PgPool,
    client: &str,
    email: &str,
    password: SecretString,
) -> Result<Progress, AppError> {
    let mut connection = pool.acquire().await?;
    let challenge = go(auth::challenge(&mut connection, email).await?)?;
    let attempt = challenge.attempt;
    if !prove(&mut connection, challenge, &password).await? {
        return Err(AppError::WrongPassword);
    }
    drop(connection);
    let pending = Pending {
        attempt,
        email: email.to_owned(),
        password,
        step: Step::SecondFactor,
    };
    match open(pool, client, pending).await {
        // The password was looked at here for the first time.
        Err(AppError::SignInOver) => Err(AppError::WrongPassword),
        outcome => outcome,
    }
}

/// Opens the session, or learns what it still needs.
pub(crate) async fn open(pool: &PgPool, client: &str, pending: Pending) -> Result<Progress, AppError> {
    let mut connection = pool.acquire().await?;
    let needs = |step| {
        Ok(Progress::Needs(Pending {
            step,
            ..pending.clone()
        }))
    };
    let (token, rehash) = match auth::open(&mut connection, pending.attempt, client).await? {
        Opened::Session { token, rehash } => (SecretString::from(token), rehash),
        Opened::SecondFactor => return needs(Step::SecondFactor),
        Opened::SecondFactorSetup => return needs(Step::SecondFactorSetup),
        Opened::NewPassword => return needs(Step::NewPassword),
        Opened::WrongCode => return Err(AppError::WrongCode),
        Opened::Wrong | Opened::Stale => return Err(AppError::SignInOver),
        Opened::RoleNotAllowed => return Err(AppError::RoleNotAllowed),
    };
    if rehash {
        let hash = crate::password::hash_in_background(&pending.password).await?;
        auth::replace_hash(&mut connection, token.expose_secret(), &hash).await?;
    }
    let person = auth::whoami(&mut connection)
        .await?
        .ok_or(AppError::Store(StoreError::SessionOver))?;
    drop(connection);
    Ok(Progress::Open(Session::new(pool.clone(), person, token)))
}

/// Gives a code of the second factor, or a recovery code.
pub(crate) async fn give_code(
    pool: &PgPool,
    client: &str,
    pending: Pending,
    code: &SecretString,
) -> Result<Progress, AppError> {
    let accepted = {
        let mut connection = pool.acquire().await?;
        go(auth::submit_code(&mut connection, pending.attempt, code.expose_secret()).await?)?
    };
    if accepted {
        open(pool, client, pending).await
    } else {
        Err(AppError::SignInOver)
    }
}

/// Chooses another password, as [`Step::NewPassword`] asks.
pub(crate) async fn choose_password(
    pool: &PgPool,
    client: &str,
    pending: Pending,
    password: SecretString,
) -> Result<Progress, AppError> {
    passwords::check_new(&password, &pending.email)?;
    if password.expose_secret() == pending.password.expose_secret() {
        return Err(AppError::invalid(
            "password",
            "Choose a password other than the one that you have now.",
        ));
    }
    let hash = crate::password::hash_in_background(&password).await?;
    let done = {
        let mut connection = pool.acquire().await?;
        auth::change_password_at_sign_in(&mut connection, pending.attempt, &hash, client).await?
    };
    if done {
        open(pool, client, Pending { password, ..pending }).await
    } else {
        Err(AppError::SignInOver)
    }
}

/// A second factor for somebody who has to have one. It counts from its first code on.
pub(crate) async fn begin_factor(pool: &PgPool, pending: &Pending, issuer: &str) -> Result<Offer, AppError> {
    let mut connection = pool.acquire().await?;
    let secret = auth::begin_factor_at_sign_in(&mut connection, pending.attempt)
        .await?
        .ok_or(AppError::SignInOver)?;
    Offer::new(issuer, &pending.email, &secret)
}

/// Its first code.
pub(crate) async fn finish_factor(
    pool: &PgPool,
    client: &str,
    pending: &Pending,
    code: &SecretString,
) -> Result<RecoveryCodes, AppError> {
    let mut connection = pool.acquire().await?;
    let codes = auth::finish_factor_at_sign_in(&mut connection, pending.attempt, code.expose_secret(), client).await?;
    codes.as_deref().map(RecoveryCodes::new).ok_or(AppError::WrongCode)
}

/// Chooses a new password with a reset code. Nobody is signed in by it.
pub(crate) async fn redeem_reset(
    pool: &PgPool,
    client: &str,
    email: &EmailAddress,
    code: &SecretString,
    password: &SecretString,
) -> Result<(), AppError> {
    passwords::check_new(password, email.as_str())?;
    let hash = crate::password::hash_in_background(password).await?;
    let mut connection = pool.acquire().await?;
    let attempt = go(auth::submit_reset(&mut connection, email.as_str(), code.expose_secret()).await?)?;
    if auth::redeem_reset(&mut connection, attempt, &hash, client).await? {
        Ok(())
    } else {
        Err(AppError::WrongResetCode)
    }
}
