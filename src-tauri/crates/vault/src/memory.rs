use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

use crate::{Keychain, KeychainState, SecretName, VaultError};

/// Keeps secrets until the program ends: for computers without a keychain, and for tests.
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    secrets: Mutex<HashMap<SecretName, SecretString>>,
}

impl MemoryKeychain {
    fn secrets(&self) -> MutexGuard<'_, HashMap<SecretName, SecretString>> {
        // Each change is a single call of the map: whoever panicked left it whole.
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keychain for MemoryKeychain {
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        Ok(self.secrets().get(name).cloned())
    }

    fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
        self.secrets().insert(name.clone(), secret.clone());
        Ok(())
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.secrets().remove(name);
        Ok(())
    }

    fn probe(&self) -> KeychainState {
        KeychainState::Available
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn desk(profile: &str) -> SecretName {
        SecretName::DeskPassword {
            profile: profile.to_owned(),
        }
    }

    fn read(keychain: &MemoryKeychain, name: &SecretName) -> Option<String> {
        let secret = keychain.get(name).unwrap()?;
        Some(secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_kept_replaced_and_forgotten() {
        let keychain = MemoryKeychain::default();
        assert_eq!(read(&keychain, &desk("a")), None);
        keychain.set(&desk("a"), &"first".into()).unwrap();
        keychain.set(&desk("a"), &"second".into()).unwrap();
        keychain.set(&desk("b"), &"other".into()).unwrap();
        assert_eq!(read(&keychain, &desk("a")).as_deref(), Some("second"));
        keychain.delete(&desk("a")).unwrap();
        keychain.delete(&desk("a")).unwrap();
        assert_eq!(read(&keychain, &desk("a")), None);
        assert_eq!(read(&keychain, &desk("b")).as_deref(), Some("other"));
        assert_eq!(keychain.probe(), KeychainState::Available);
    }

    #[test]
    fn it_never_shows_what_it_keeps() {
        let keychain = MemoryKeychain::default();
        let name = SecretName::LocalSuperuser;
        keychain.set(&name, &"hunter2".into()).unwrap();
        assert!(!format!("{keychain:?}").contains("hunter2"));
    }
}
