use secrecy::SecretString;

use crate::{SecretName, VaultError};

/// Whether a keychain can be used now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeychainState {
    /// Secrets can be kept and read.
    Available,
    /// There is none, or none that works.
    NoService,
    /// There is one, and nobody has unlocked it.
    Locked,
}

/// A place for secrets. Its calls block, and may wait for a person who is asked to unlock it: call them where waiting
/// does no harm (`tokio::task::spawn_blocking`).
pub trait Keychain: Send + Sync {
    /// The secret, if there is one. A locked keychain may answer `None` too: ask [`Self::probe`] before concluding that
    /// a secret was lost.
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError>;

    /// Keeps a secret, in place of an earlier one of that name.
    fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError>;

    /// Forgets a secret; that there is none is no error.
    fn delete(&self, name: &SecretName) -> Result<(), VaultError>;

    /// Finds out by keeping, reading and forgetting a throw-away entry: reading alone doesn't tell a locked keychain
    /// from one without the entry.
    fn probe(&self) -> KeychainState;
}
