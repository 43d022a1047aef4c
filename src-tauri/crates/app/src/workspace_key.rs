//! The workspace's key against what the database knows of it, and the drawing of a new one.

use secrecy::SecretString;
use sqlx::PgConnection;
use vault::WorkspaceKey;

use crate::{AppError, KeyProblem, session::Session};

pub use vault::{KeyTextError, WorkspaceKey as Key};

/// Reads a key as it is written in a file or was pasted.
pub fn parse(text: &SecretString) -> Result<Key, KeyTextError> {
    WorkspaceKey::parse(text)
}

/// A new key of 32 random bytes. Nothing knows it yet.
pub fn draw(version: u32) -> Result<Key, AppError> {
    let mut bytes = [0u8; 32];
    #[expect(clippy::disallowed_methods, reason = "a key is random, and no input of any rule")]
    getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("no randomness"))?;
    Ok(WorkspaceKey::new(version, bytes))
}

/// 24 random bytes: never the same twice.
pub(crate) fn nonce() -> Result<[u8; 24], AppError> {
    let mut bytes = [0u8; 24];
    #[expect(
        clippy::disallowed_methods,
        reason = "a nonce only has to be new, and is no input of any rule"
    )]
    getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("no randomness"))?;
    Ok(bytes)
}

/// The version of the newest key that the database knows; `None` while none was made.
pub async fn newest_version(session: &Session) -> Result<Option<u32>, AppError> {
    let known = store::workspace_keys::newest(&mut *session.read().await?).await?;
    Ok(known.map(|key| key.version))
}

/// Whether this is the workspace's newest key.
pub async fn check(session: &Session, key: &Key) -> Result<(), AppError> {
    check_on(&mut *session.read().await?, key).await
}

/// The same, over any line that may know.
pub(crate) async fn check_on(connection: &mut PgConnection, key: &Key) -> Result<(), AppError> {
    let known = store::workspace_keys::newest(connection)
        .await?
        .ok_or(AppError::WorkspaceKey(KeyProblem::NotMade))?;
    if known.version == key.version() && known.fingerprint == key.fingerprint() {
        Ok(())
    } else {
        Err(AppError::WorkspaceKey(KeyProblem::Wrong))
    }
}

/// Checks a key that was given to this desk, and notes that it has it. Before it is kept: whoever gave it has shown it
/// here in any case.
pub async fn hold(session: &Session, key: &Key) -> Result<(), AppError> {
    check(session, key).await?;
    let mut transaction = session.write().await?;
    if !store::workspace_keys::hold(&mut transaction, key.version(), &key.fingerprint()).await? {
        return Err(AppError::WorkspaceKey(KeyProblem::Wrong));
    }
    transaction.commit().await?;
    Ok(())
}

/// Makes a key known to the database. `keep` puts it in its place in between: a key that could not be kept is not made
/// known, and one whose making was cut off is there already.
pub async fn register(
    session: &Session,
    key: &Key,
    keep: impl AsyncFnOnce(&Key) -> Result<(), AppError>,
) -> Result<(), AppError> {
    session.may(domain::role::Action::EditProvider)?;
    let mut transaction = session.write().await?;
    store::workspace_keys::register(&mut transaction, key.version(), &key.fingerprint()).await?;
    keep(key).await?;
    transaction.commit().await?;
    Ok(())
}
