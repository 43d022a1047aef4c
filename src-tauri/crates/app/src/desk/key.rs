//! The workspace's key at a desk: it lies in the keychain, or is not here.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use domain::role::Action;
use secrecy::{ExposeSecret, SecretString};
use vault::{SecretName, VaultError, WorkspaceKey};

use super::Desk;
use crate::{AppError, KeyProblem, profiles::Profile, workspace_key};

/// Whether this desk can open what is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// No key was made for this workspace yet.
    NotMade,
    /// One was made, and it is not here.
    Missing,
    /// The one that is here is not this workspace's, or an older one.
    Wrong,
    /// It may be here, but the keychain doesn't say.
    Locked,
    /// It is here.
    Held {
        /// Which of the workspace's keys.
        version: u32,
    },
}

pub(super) fn name(profile: &Profile) -> SecretName {
    SecretName::WorkspaceKey {
        profile: profile.id.clone(),
    }
}

impl Desk {
    /// The workspace's key, checked against what the database knows of it.
    pub async fn workspace_key(&self) -> Result<WorkspaceKey, AppError> {
        let session = self.session().await?;
        let profile = self.line().await?.profile;
        let Some(text) = self.secret(name(&profile)).await? else {
            let problem = match workspace_key::newest_version(&session).await? {
                Some(_) => KeyProblem::Missing,
                None => KeyProblem::NotMade,
            };
            return Err(AppError::WorkspaceKey(problem));
        };
        let key = WorkspaceKey::parse(&text).map_err(|_| AppError::WorkspaceKey(KeyProblem::Wrong))?;
        workspace_key::check(&session, &key).await?;
        Ok(key)
    }

    /// Whether the key is here.
    pub async fn workspace_key_state(&self) -> Result<KeyState, AppError> {
        match self.workspace_key().await {
            Ok(key) => Ok(KeyState::Held { version: key.version() }),
            Err(AppError::WorkspaceKey(KeyProblem::NotMade)) => Ok(KeyState::NotMade),
            Err(AppError::WorkspaceKey(KeyProblem::Missing)) => Ok(KeyState::Missing),
            Err(AppError::WorkspaceKey(_)) => Ok(KeyState::Wrong),
            Err(AppError::Keychain(VaultError::Locked | VaultError::Other(_))) => Ok(KeyState::Locked),
            Err(other) => Err(other),
        }
    }

    /// Takes the key that another desk has, if it is this workspace's.
    pub async fn give_workspace_key(&self, text: &SecretString) -> Result<(), AppError> {
        let session = self.session().await?;
        session.may(Action::EditProvider)?;
        let key = WorkspaceKey::parse(text).map_err(|why| AppError::invalid("key", why))?;
        workspace_key::hold(&session, &key).await?;
        let profile = self.line().await?.profile;
        self.keep_secret(name(&profile), key.to_text()).await
    }

    /// Makes a key: the workspace's first, or with `replace` the next one, when the other is lost. What the other has
    /// sealed can't be opened any more. Where the keychain forgets, a copy is written: its path is the answer.
    pub async fn make_workspace_key(&self, replace: bool) -> Result<Option<PathBuf>, AppError> {
        let session = self.session().await?;
        session.may(Action::EditProvider)?;
        let newest = workspace_key::newest_version(&session).await?;
        if newest.is_some() && !replace {
            return Err(AppError::WorkspaceKey(KeyProblem::Made));
        }
        let key = workspace_key::draw(newest.unwrap_or(0) + 1)?;
        let profile = self.line().await?.profile;
        let mut copy = None;
        workspace_key::register(&session, &key, async |key| {
            if self.host.keychain_is_temporary() {
                copy = Some(write_copy(&self.host.downloads_dir(), &profile.name, key)?);
            }
            self.keep_secret(name(&profile), key.to_text()).await
        })
        .await?;
        Ok(copy)
    }

    /// Writes the key into a new file that only this person may read: for other desks and for a safe.
    pub async fn copy_workspace_key(&self) -> Result<PathBuf, AppError> {
        self.session().await?.may(Action::EditProvider)?;
        let key = self.workspace_key().await?;
        let profile = self.line().await?.profile;
        write_copy(&self.host.downloads_dir(), &profile.name, &key)
    }
}

/// Never over another file.
fn write_copy(folder: &Path, business: &str, key: &WorkspaceKey) -> Result<PathBuf, AppError> {
    std::fs::create_dir_all(folder).map_err(AppError::Export)?;
    let name: String = business
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(60)
        .collect();
    let mut tries = 0;
    loop {
        tries += 1;
        let suffix = if tries == 1 { String::new() } else { format!("-{tries}") };
        let path = folder.join(format!("{name}-workspace-key-{}{suffix}.txt", key.version()));
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match opened {
            Ok(mut file) => {
                file.write_all(key.to_text().expose_secret().as_bytes())
                    .and_then(|()| file.write_all(b"\n"))
                    .and_then(|()| file.sync_all())
                    .map_err(AppError::Export)?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && tries < 1000 => {}
            Err(error) => return Err(AppError::Export(error)),
        }
    }
}
