//! The system's keychain or, where there is none, the program's own memory.

use std::sync::OnceLock;

use secrecy::SecretString;
use vault::{Keychain, KeychainState, MemoryKeychain, OsKeychain, SecretName, VaultError};

/// Decides once, at the first use, which of the two keeps the secrets of this run. A locked keychain is no missing one:
/// secrets wait there until it is unlocked.
#[derive(Default)]
pub struct LocalKeychain<O = OsKeychain> {
    system: O,
    memory: MemoryKeychain,
    has_system: OnceLock<bool>,
}

impl<O: Keychain> LocalKeychain<O> {
    /// Whether secrets last only as long as the program.
    pub fn is_temporary(&self) -> bool {
        !self.has_system()
    }

    fn has_system(&self) -> bool {
        *self.has_system.get_or_init(|| {
            let state = self.system.probe();
            if state == KeychainState::NoService {
                tracing::warn!("there is no keychain; passwords last as long as the program");
            }
            state != KeychainState::NoService
        })
    }

    fn chosen(&self) -> &dyn Keychain {
        if self.has_system() { &self.system } else { &self.memory }
    }
}

impl<O: Keychain> Keychain for LocalKeychain<O> {
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        self.chosen().get(name)
    }

    fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
        self.chosen().set(name, secret)
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.chosen().delete(name)
    }

    /// Says what the system has: that memory works is no comfort to who must type passwords again.
    fn probe(&self) -> KeychainState {
        if self.has_system() {
            self.system.probe()
        } else {
            KeychainState::NoService
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    /// A system in one state, which keeps nothing.
    struct System(KeychainState);

    impl Keychain for System {
        fn get(&self, _: &SecretName) -> Result<Option<SecretString>, VaultError> {
            Err(VaultError::Locked)
        }

        fn set(&self, _: &SecretName, _: &SecretString) -> Result<(), VaultError> {
            Err(VaultError::Locked)
        }

        fn delete(&self, _: &SecretName) -> Result<(), VaultError> {
            Err(VaultError::Locked)
        }

        fn probe(&self) -> KeychainState {
            self.0
        }
    }

    fn desktop(state: KeychainState) -> LocalKeychain<System> {
        LocalKeychain {
            system: System(state),
            memory: MemoryKeychain::default(),
            has_system: OnceLock::new(),
        }
    }

    #[test]
    fn without_a_service_memory_keeps_secrets_and_the_state_says_so() {
        let keychain = desktop(KeychainState::NoService);
        keychain.set(&SecretName::LocalSuperuser, &"x".into()).unwrap();
        let kept = keychain.get(&SecretName::LocalSuperuser).unwrap().unwrap();
        assert_eq!(kept.expose_secret(), "x");
        assert_eq!(
            (keychain.probe(), keychain.is_temporary()),
            (KeychainState::NoService, true)
        );
        keychain.delete(&SecretName::LocalSuperuser).unwrap();
        assert!(keychain.get(&SecretName::LocalSuperuser).unwrap().is_none());
    }

    #[test]
    fn a_locked_keychain_is_not_passed_over() {
        let keychain = desktop(KeychainState::Locked);
        assert_eq!(
            keychain.set(&SecretName::LocalSuperuser, &"x".into()),
            Err(VaultError::Locked)
        );
        assert_eq!(
            (keychain.probe(), keychain.is_temporary()),
            (KeychainState::Locked, false)
        );
    }
}
