//! What the program around the use-cases provides: where profiles are kept, the keychain, folders,
//! and the private local PostgreSQL. The desktop program, the tests' bridge and `csctl` each bring
//! their own, so that nothing here knows Tauri or how a server is started.

use std::{future::Future, path::PathBuf, pin::Pin};

use secrecy::SecretString;
use serde_json::Value;
use vault::Keychain;

/// A boxed future, since the host is used as a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why the host could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The store file of profiles and preferences can't be read or written. Holds no secret.
    #[error("the settings file could not be used: {0}")]
    Store(String),
    /// No PostgreSQL is installed on this computer.
    #[error("{0}")]
    PostgresMissing(String),
    /// The local server could not be prepared or started.
    #[error("{0}")]
    Workspace(String),
    /// The keychain refused.
    #[error(transparent)]
    Keychain(#[from] vault::VaultError),
}

/// A running local server, reached as its administrator.
#[derive(Clone)]
pub struct LocalEndpoint {
    /// The socket folder, or a loopback address.
    pub host: String,
    /// The port; it names the socket file too.
    pub port: u16,
    /// The administrator's login of this private server.
    pub superuser: String,
    /// Its password.
    pub password: SecretString,
}

/// The surroundings of a desk.
pub trait Host: Send + Sync + 'static {
    /// Reads a value of the store (profiles, preferences). Never a secret.
    fn load(&self, key: &str) -> Result<Option<Value>, HostError>;
    /// Writes a value of the store and flushes it to disk.
    fn save(&self, key: &str, value: Value) -> Result<(), HostError>;
    /// The operating system's keychain, or one that lasts for the session only.
    fn keychain(&self) -> &dyn Keychain;
    /// Whether that keychain forgets everything when the program ends.
    fn keychain_is_temporary(&self) -> bool;
    /// Where exports are written.
    fn downloads_dir(&self) -> PathBuf;
    /// Where certificates of servers' authorities are kept: beside the settings.
    fn certificates_dir(&self) -> PathBuf;
    /// Whether a local workspace could be made here: `Err` says in a sentence what is missing.
    fn local_available(&self) -> Result<(), HostError>;
    /// Starts (and on first use makes) the private local server.
    fn local_server(&self) -> BoxFuture<'_, Result<LocalEndpoint, HostError>>;
    /// The program's name and version, shown in the list of sessions.
    fn client(&self) -> String;
}
