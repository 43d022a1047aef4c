//! Keys with which programs of customers reach the business's own panel. Made here, shown once; the database gets the
//! SHA-256 of a key and never the key.

use domain::{
    ids::{OrganizationId, UserId},
    role::Action,
    user::KeyName,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use store::{
    StoreError,
    api_keys::{self, ApiKeyRow},
    list::{ListRequest, Page},
};

use crate::{AppError, session::Session};

/// Tells a key of ours from other secrets, for programs that look for leaked ones.
const PREFIX: &str = "cs_";
const MOST_DAYS: u16 = 3653;

/// The SHA-256 of a text, in hexadecimal.
struct HexDigest<'a>(&'a str);

impl std::fmt::LowerHex for HexDigest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Sha256::digest(self.0.as_bytes())
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<ApiKeyRow>, AppError> {
    Ok(api_keys::list(&mut *session.read().await?, request).await?)
}

/// A key that is about to be made.
#[derive(Debug)]
pub struct NewApiKey {
    /// Which organization it opens.
    pub organization: OrganizationId,
    /// Whose it is, if it is one person's.
    pub user: Option<UserId>,
    /// What it is for.
    pub name: KeyName,
    /// After how many days it stops working, if ever.
    pub expires_in_days: Option<u16>,
}

/// Makes a key; its id and the key, which nobody can read again.
pub async fn create(session: &Session, new: &NewApiKey) -> Result<(i32, SecretString), AppError> {
    session.may(Action::ManageApiKeys)?;
    if new.expires_in_days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
        return Err(AppError::invalid(
            "expires_in_days",
            "A key lives from one day to ten years, or until it is revoked.",
        ));
    }
    let key = SecretString::from(format!("{PREFIX}{}", crate::password::random_secret()?.expose_secret()));
    let hash = format!("{:x}", HexDigest(key.expose_secret()));
    let mut transaction = session.write().await?;
    let id = api_keys::create(
        &mut transaction,
        new.organization,
        new.user,
        new.name.as_str(),
        &hash,
        new.expires_in_days,
    )
    .await
    .map_err(|error| match error {
        StoreError::NotFound => AppError::invalid("user_id", "This person doesn't belong to the organization."),
        other => AppError::Store(other),
    })?;
    transaction.commit().await?;
    Ok((id, key))
}

/// Makes a key worthless.
pub async fn revoke(session: &Session, id: i32) -> Result<(), AppError> {
    session.may(Action::ManageApiKeys)?;
    let mut transaction = session.write().await?;
    api_keys::revoke(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(())
}
