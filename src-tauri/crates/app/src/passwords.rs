//! Passwords of people who have signed in: given once more, changed, reset.

use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    role::Action,
    user::{self, EmailAddress, PasswordError},
};
use secrecy::{ExposeSecret, SecretString};
use store::{StoreError, auth, security};
use uuid::Uuid;

use crate::{
    AppError,
    second_factor::in_blocks,
    session::Session,
    sign_in::{go, prove},
};

/// Whether a password may be chosen by who has this address.
pub(crate) fn check_new(password: &SecretString, email: &str) -> Result<(), AppError> {
    let wrong = |why: PasswordError| AppError::invalid("password", why);
    match EmailAddress::parse(email) {
        Ok(email) => user::check_new_password(password.expose_secret(), &email).map_err(wrong),
        // An address of an older panel that is none of today's: its own rule is that of the length.
        Err(_) => user::check_password_length(password.expose_secret()).map_err(wrong),
    }
}

/// An attempt that carries a proof of the session's person's password, not yet looked at.
pub(crate) async fn prove_again(session: &Session, password: &SecretString) -> Result<Uuid, AppError> {
    let mut connection = session.read().await?;
    let challenge = go(auth::confirm_challenge(&mut connection).await?)?;
    let attempt = challenge.attempt;
    if prove(&mut connection, challenge, password).await? {
        Ok(attempt)
    } else {
        Err(AppError::WrongOwnPassword("password"))
    }
}

/// The password once more, before dangerous work: the database then allows that for some minutes.
pub async fn confirm(session: &Session, password: &SecretString) -> Result<(), AppError> {
    let attempt = prove_again(session, password).await?;
    if security::confirm(&mut *session.read().await?, attempt).await? {
        Ok(())
    } else {
        Err(AppError::WrongOwnPassword("password"))
    }
}

/// Another password for the person. Their sessions at other desks end.
pub async fn change(session: &Session, old: &SecretString, new: &SecretString) -> Result<(), AppError> {
    let email = session.person()?.email.clone();
    check_new(new, &email)?;
    if old.expose_secret() == new.expose_secret() {
        return Err(AppError::invalid(
            "password",
            "Choose a password other than the one that you have now.",
        ));
    }
    let old_is_wrong = |error| match error {
        AppError::WrongOwnPassword(_) => AppError::WrongOwnPassword("old_password"),
        other => other,
    };
    let attempt = prove_again(session, old).await.map_err(old_is_wrong)?;
    let hash = crate::password::hash_in_background(new).await?;
    let mut transaction = session.write().await?;
    let done = security::change_password(&mut transaction, attempt, &hash).await?;
    transaction.commit().await?;
    if done {
        Ok(())
    } else {
        Err(AppError::WrongOwnPassword("old_password"))
    }
}

/// A code with which somebody chooses a new password at the sign-in screen: shown once.
pub struct ResetCode {
    /// In blocks.
    pub code: SecretString,
    /// Until when it can be redeemed.
    pub expires_at: DateTime<Utc>,
}

/// Makes one; earlier ones of the person are void. In a session it needs a confirmation, over an administrator's login
/// nothing; the agent's can't.
pub async fn issue_reset(session: &Session, user: UserId) -> Result<ResetCode, AppError> {
    session.may(Action::ResetPassword)?;
    let mut transaction = session.write().await?;
    let made = if session.is_operator() {
        security::issue_reset_as_owner(&mut transaction, user)
            .await
            .map_err(owners_only)?
    } else {
        security::issue_reset(&mut transaction, user).await?
    };
    transaction.commit().await?;
    Ok(ResetCode {
        code: SecretString::from(in_blocks(&made.code)),
        expires_at: made.expires_at,
    })
}

/// What the agent's login is told where an administrator's is needed.
pub(crate) fn owners_only(error: StoreError) -> AppError {
    match error {
        StoreError::Forbidden => AppError::Refused(
            "The agent's login can't change how people sign in. Use the URL of an administrator of the database."
                .to_owned(),
        ),
        other => AppError::Store(other),
    }
}
