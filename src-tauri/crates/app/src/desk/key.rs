//! The workspace's keys at a desk: they lie in the keychain, or are not here.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::role::Action;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use vault::{Keychain, SecretName, VaultError};

use super::Desk;
use crate::{
    AppError, KeyProblem,
    host::Host,
    profiles::Profile,
    rotation::KeyPlace,
    session::Session,
    workspace_key::{self, Key, Ring},
};

/// Whether this desk can open what is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    /// No key was made for this workspace yet.
    NotMade,
    /// One was made, and it is not here.
    Missing,
    /// The one that is here is not this workspace's, or an older one from which nothing leads to the newest.
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

/// A profile's keys in the keychain. They are read and written whole, by one at a time.
#[derive(Clone)]
pub struct DeskKeys {
    host: Arc<dyn Host>,
    name: SecretName,
    business: String,
    one: Arc<Mutex<()>>,
}

impl DeskKeys {
    async fn with_keychain<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Keychain) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, AppError> {
        let host = Arc::clone(&self.host);
        Ok(tokio::task::spawn_blocking(move || ask(host.keychain()))
            .await
            .map_err(|_| AppError::Internal("the keychain was cut off"))??)
    }

    async fn read(&self) -> Result<Option<Ring>, AppError> {
        let name = self.name.clone();
        let text = self.with_keychain(move |keychain| keychain.get(&name)).await?;
        text.map(|text| Ring::parse(&text))
            .transpose()
            .map_err(|_| AppError::WorkspaceKey(KeyProblem::Wrong))
    }

    async fn write(&self, keys: &Ring) -> Result<(), AppError> {
        let (name, text) = (self.name.clone(), keys.to_text());
        self.with_keychain(move |keychain| keychain.set(&name, &text)).await
    }

    /// The keys that are the workspace's, the newest among them. What follows from them is kept, and what opens nothing
    /// any more is dropped.
    pub(super) async fn usable(&self, session: &Session) -> Result<Ring, AppError> {
        let _one = self.one.lock().await;
        let held = self.read().await?;
        let known = workspace_key::known(session).await?;
        let problem = |problem| AppError::WorkspaceKey(problem);
        if known.is_empty() {
            return Err(problem(KeyProblem::NotMade));
        }
        let held = held.ok_or(problem(KeyProblem::Missing))?;
        let followed = workspace_key::follow(&held, &known).ok_or(problem(KeyProblem::Wrong))?;
        let kept = followed.kept(&held, &known);
        if !kept.is_same_as(&held)
            && let Err(error) = self.write(&kept).await
        {
            tracing::warn!(%error, "the newest workspace key is kept in memory only");
        }
        Ok(followed.usable)
    }

    /// Where the keychain forgets, a copy of a new key is written.
    fn copy_if_forgotten(&self, keys: &Ring) -> Result<Option<PathBuf>, AppError> {
        if !self.host.keychain_is_temporary() {
            return Ok(None);
        }
        write_copy(&self.host.downloads_dir(), &self.business, keys).map(Some)
    }
}

impl KeyPlace for DeskKeys {
    async fn load(&self) -> Result<Ring, AppError> {
        let _one = self.one.lock().await;
        self.read().await?.ok_or(AppError::WorkspaceKey(KeyProblem::Missing))
    }

    async fn add(&self, keys: &[Key]) -> Result<(), AppError> {
        let _one = self.one.lock().await;
        let held = self.read().await?;
        let all = held.iter().flat_map(Ring::keys).chain(keys).cloned();
        let Some(all) = Ring::of(all) else { return Ok(()) };
        self.copy_if_forgotten(&all)?;
        self.write(&all).await
    }

    async fn forget(&self, key: &Key) -> Result<(), AppError> {
        let _one = self.one.lock().await;
        let Some(held) = self.read().await? else { return Ok(()) };
        match held.only(|other| other.fingerprint() != key.fingerprint()) {
            Some(rest) => self.write(&rest).await,
            None => Ok(()),
        }
    }
}

impl Desk {
    /// Where this desk keeps the keys of the workspace that it is connected to.
    pub async fn workspace_keys(&self) -> Result<DeskKeys, AppError> {
        let profile = self.line().await?.profile;
        Ok(DeskKeys {
            host: Arc::clone(&self.host),
            name: name(&profile),
            business: profile.name,
            one: Arc::clone(&self.keys),
        })
    }

    /// The workspace's keys, checked against what the database knows of them.
    pub async fn workspace_key(&self) -> Result<Ring, AppError> {
        let session = self.session().await?;
        self.workspace_keys().await?.usable(&session).await
    }

    /// Whether the key is here.
    pub async fn workspace_key_state(&self) -> Result<KeyState, AppError> {
        match self.workspace_key().await {
            Ok(keys) => Ok(KeyState::Held {
                version: keys.newest().version(),
            }),
            Err(AppError::WorkspaceKey(KeyProblem::NotMade)) => Ok(KeyState::NotMade),
            Err(AppError::WorkspaceKey(KeyProblem::Missing)) => Ok(KeyState::Missing),
            Err(AppError::WorkspaceKey(_)) => Ok(KeyState::Wrong),
            Err(AppError::Keychain(VaultError::Locked | VaultError::Other(_))) => Ok(KeyState::Locked),
            Err(other) => Err(other),
        }
    }

    /// Takes the keys that another desk has, if they are this workspace's.
    pub async fn give_workspace_key(&self, text: &SecretString) -> Result<(), AppError> {
        let session = self.session().await?;
        session.may(Action::EditProvider)?;
        let given = Ring::parse(text).map_err(|why| AppError::invalid("key", why))?;
        let keys = self.workspace_keys().await?;
        let _one = keys.one.lock().await;
        // What can't be read is replaced, as what is another workspace's.
        let held = match keys.read().await {
            Err(AppError::WorkspaceKey(_)) => None,
            other => other?,
        };
        let kept = workspace_key::take(&session, &given, held.as_ref()).await?;
        keys.write(&kept).await
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
        let keys = self.workspace_keys().await?;
        let mut copy = None;
        workspace_key::register(&session, &key, async |key| {
            copy = keys.copy_if_forgotten(&key.clone().into())?;
            let _one = keys.one.lock().await;
            // An older one that is here after all may still open something.
            let all = match keys.read().await {
                Ok(Some(held)) => held.with(key.clone()),
                _ => key.clone().into(),
            };
            keys.write(&all).await
        })
        .await?;
        Ok(copy)
    }

    /// Writes the keys into a new file that only this person may read: for other desks and for a safe.
    pub async fn copy_workspace_key(&self) -> Result<PathBuf, AppError> {
        self.session().await?.may(Action::EditProvider)?;
        let keys = self.workspace_key().await?;
        let profile = self.line().await?.profile;
        write_copy(&self.host.downloads_dir(), &profile.name, &keys)
    }
}

/// Never over another file.
fn write_copy(folder: &Path, business: &str, keys: &Ring) -> Result<PathBuf, AppError> {
    std::fs::create_dir_all(folder).map_err(AppError::Export)?;
    let name: String = business
        .to_lowercase()
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .take(60)
        .collect();
    let version = keys.newest().version();
    let mut tries = 0;
    loop {
        tries += 1;
        let suffix = if tries == 1 { String::new() } else { format!("-{tries}") };
        let path = folder.join(format!("{name}-workspace-key-{version}{suffix}.txt"));
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match opened {
            Ok(mut file) => {
                file.write_all(keys.to_text().expose_secret().as_bytes())
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
