//! The private local server: started when a desk asks for it, stopped with the program.
//!
//! The superuser's password lives in the keychain. Where there is no keychain that lasts, nothing that opens the server
//! is written to the disk: each run of the program gives the superuser a new random password, in PostgreSQL's
//! single-user mode, which only the owner of the files can do. So that a password from the keychain is not taken for the
//! right one after such a run, the hash of the one in force stands beside the workspace; of 256 random bits, a hash
//! tells nothing.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::host::{HostError, LocalEndpoint};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use vault::{Keychain, SecretName, VaultError};
use workspace::{Binaries, Host, LocalServer, Options, SearchPath, WorkspaceError};

use crate::LocalKeychain;

const PASSWORD_BYTES: usize = 32;

/// The workspace's server, running or not.
pub struct Local {
    folder: PathBuf,
    bundled: Option<PathBuf>,
    running: Mutex<Option<Running>>,
}

struct Running {
    server: LocalServer,
    password: SecretString,
}

impl Local {
    /// A server of the workspace in `folder`, of the PostgreSQL in `bundled` if there is one there.
    pub fn new(folder: PathBuf, bundled: Option<PathBuf>) -> Self {
        Self {
            folder,
            bundled,
            running: Mutex::new(None),
        }
    }

    /// The PostgreSQL that would be started.
    pub fn binaries(&self) -> Result<Binaries, WorkspaceError> {
        let search = SearchPath {
            bundled: self.bundled.clone(),
            ..SearchPath::new(env::var_os("PATH"))
        };
        Binaries::find_for(&search, &self.folder)
    }

    /// Brings the server up, unless it is.
    pub async fn endpoint(&self, keychain: Arc<LocalKeychain>) -> Result<LocalEndpoint, HostError> {
        let mut running = self.running.lock().await;
        if let Some(running) = running.as_ref().filter(|running| running.server.is_running()) {
            return Ok(endpoint_of(running));
        }
        // A server that has died makes way for the next.
        *running = None;
        let password = self.password(&keychain).await?;
        let options = self.options(password.clone()).map_err(host_error)?;
        let server = LocalServer::start(options).await.map_err(host_error)?;
        Ok(endpoint_of(running.insert(Running { server, password })))
    }

    /// Ends the server, unless another program uses it.
    pub async fn stop(&self) {
        let Some(running) = self.running.lock().await.take() else {
            return;
        };
        match running.server.stop().await {
            Ok(outcome) => tracing::info!(?outcome, "the local server was let go"),
            Err(error) => tracing::warn!(%error, "the local server could not be stopped"),
        }
    }

    fn options(&self, password: SecretString) -> Result<Options, WorkspaceError> {
        Ok(Options::new(&self.folder, password, self.binaries()?))
    }

    /// The password in force, or a new one put in force.
    async fn password(&self, keychain: &Arc<LocalKeychain>) -> Result<SecretString, HostError> {
        let tag = Tag::beside(&self.folder);
        let known = off_the_runtime(keychain, |keychain| keychain.get(&SecretName::LocalSuperuser)).await?;
        let is_made = self.folder.join("pgdata").exists();
        if let Some(known) = known.filter(|known| !is_made || tag.is_of(known)) {
            return Ok(known);
        }
        let new = random_password().map_err(|error| HostError::Workspace(error.to_string()))?;
        if is_made {
            let options = self.options(new.clone()).map_err(host_error)?;
            workspace::reset_superuser_password(&options)
                .await
                .map_err(host_error)?;
        }
        // If the program ends between these, the next run finds no password that fits, and makes another.
        tag.write(&new)
            .map_err(|error| HostError::Workspace(error.to_string()))?;
        let kept = new.clone();
        off_the_runtime(keychain, move |keychain| {
            keychain.set(&SecretName::LocalSuperuser, &kept)
        })
        .await?;
        Ok(new)
    }
}

/// The keychain may wait for a person who unlocks it.
async fn off_the_runtime<T: Send + 'static>(
    keychain: &Arc<LocalKeychain>,
    work: impl FnOnce(&LocalKeychain) -> Result<T, VaultError> + Send + 'static,
) -> Result<T, HostError> {
    let keychain = Arc::clone(keychain);
    let done = tokio::task::spawn_blocking(move || work(&keychain)).await;
    Ok(done.map_err(|error| HostError::Workspace(error.to_string()))??)
}

fn endpoint_of(running: &Running) -> LocalEndpoint {
    let connection = running.server.connection();
    let host = match &connection.host {
        Host::Socket(folder) => folder.to_string_lossy().into_owned(),
        Host::Loopback => "127.0.0.1".to_owned(),
    };
    LocalEndpoint {
        host,
        port: connection.port,
        superuser: connection.user.to_owned(),
        password: running.password.clone(),
    }
}

/// The workspace's sentences are for people already.
pub fn host_error(error: WorkspaceError) -> HostError {
    match error {
        missing @ (WorkspaceError::NotInstalled { .. } | WorkspaceError::TooOld { .. }) => {
            HostError::PostgresMissing(missing.to_string())
        }
        other => HostError::Workspace(other.to_string()),
    }
}

/// Which password is in force, without telling it.
struct Tag(PathBuf);

impl Tag {
    fn beside(workspace: &Path) -> Self {
        Self(workspace.with_extension("password-hash"))
    }

    fn is_of(&self, password: &SecretString) -> bool {
        fs::read_to_string(&self.0).is_ok_and(|written| written == hash(password))
    }

    fn write(&self, password: &SecretString) -> io::Result<()> {
        if let Some(folder) = self.0.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.0, hash(password))
    }
}

fn hash(password: &SecretString) -> String {
    hex(&Sha256::digest(password.expose_secret().as_bytes()))
}

pub(crate) fn random_password() -> Result<SecretString, getrandom::Error> {
    let mut bytes = [0; PASSWORD_BYTES];
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge: here randomness comes from the operating system"
    )]
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes).into())
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_by_its_tag_only() {
        let folder = tempfile::tempdir().unwrap();
        let tag = Tag::beside(&folder.path().join("workspace"));
        let (old, new) = (random_password().unwrap(), random_password().unwrap());
        assert!(!tag.is_of(&old));
        tag.write(&old).unwrap();
        assert!(tag.is_of(&old));
        assert!(!tag.is_of(&new));
        let written = fs::read_to_string(folder.path().join("workspace.password-hash")).unwrap();
        assert!(!written.contains(old.expose_secret()));
    }

    #[test]
    fn passwords_are_long_and_never_the_same() {
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert_eq!(one.expose_secret().len(), 2 * PASSWORD_BYTES);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }

    #[test]
    fn a_missing_server_is_told_apart() {
        let missing = host_error(WorkspaceError::NotInstalled { searched: Vec::new() });
        assert!(matches!(missing, HostError::PostgresMissing(_)));
        let other = host_error(WorkspaceError::BadPassword);
        assert!(matches!(other, HostError::Workspace(_)));
    }
}
