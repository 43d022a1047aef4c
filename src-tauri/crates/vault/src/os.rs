use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use keyring::{Entry, Error};
use secrecy::{ExposeSecret, SecretString};

use crate::{Keychain, KeychainState, SecretName, VaultError};

const SERVICE: &str = "containerstacks";
/// Long enough for a person to type a password into the keychain's prompt.
const PATIENCE: Duration = Duration::from_mins(2);

/// The operating system's keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows.
///
/// Each call runs on a thread of its own. The library must not be called from an asynchronous runtime's thread, and a
/// prompt that nobody answers would hold the caller for ever.
#[derive(Debug, Clone)]
pub struct OsKeychain {
    patience: Duration,
}

impl Default for OsKeychain {
    fn default() -> Self {
        Self { patience: PATIENCE }
    }
}

impl OsKeychain {
    /// One that counts as locked when it has not answered for `patience`.
    pub fn with_patience(patience: Duration) -> Self {
        Self { patience }
    }

    fn call<T: Send + 'static>(
        &self,
        account: String,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, answered) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let result = Entry::new(SERVICE, &account).and_then(|entry| work(&entry));
                // Nobody waits for it any more when it took too long.
                let _ = answer.send(result);
            })
            .map_err(|error| VaultError::Other(error.to_string()))?;
        match answered.recv_timeout(self.patience) {
            Ok(result) => result.map_err(|error| classified(&error)),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(VaultError::Locked),
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(VaultError::Other("its library ended unexpectedly".to_owned()))
            }
        }
    }

    fn try_out(&self) -> Result<(), VaultError> {
        // Of this process's own: two programs that start at once don't take each other's entry away.
        let account = format!("probe/{}", std::process::id());
        self.call(account, |entry| {
            entry.set_password("probe")?;
            entry.get_password()?;
            entry.delete_credential()
        })
    }
}

impl Keychain for OsKeychain {
    fn get(&self, name: &SecretName) -> Result<Option<SecretString>, VaultError> {
        self.call(name.to_string(), |entry| match entry.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    fn set(&self, name: &SecretName, secret: &SecretString) -> Result<(), VaultError> {
        let secret = secret.clone();
        self.call(name.to_string(), move |entry| {
            entry.set_password(secret.expose_secret())
        })
    }

    fn delete(&self, name: &SecretName) -> Result<(), VaultError> {
        self.call(name.to_string(), |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(error),
        })
    }

    fn probe(&self) -> KeychainState {
        match self.try_out() {
            Ok(()) => KeychainState::Available,
            Err(VaultError::Locked) => KeychainState::Locked,
            Err(error) => {
                tracing::warn!(%error, "the keychain can't be used");
                KeychainState::NoService
            }
        }
    }
}

/// What a service that has gone away, or never was there, is called by D-Bus and by the library.
const GONE: [&str; 4] = [
    "ServiceUnknown",
    "NameHasNoOwner",
    "Disconnected",
    "no secret service provider",
];

/// Takes no text from an error that may hold the secret itself.
fn classified(error: &Error) -> VaultError {
    match error {
        Error::NoDefaultStore => VaultError::NoService,
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::PlatformFailure(cause) => {
            let reason = cause.to_string();
            if GONE.iter().any(|gone| reason.contains(gone)) {
                VaultError::NoService
            } else {
                VaultError::Other(reason)
            }
        }
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            VaultError::Other("the entry holds something else than text".to_owned())
        }
        Error::Ambiguous(entries) => VaultError::Other(format!("it holds {} entries of the same name", entries.len())),
        Error::NoEntry
        | Error::BadStoreFormat(_)
        | Error::TooLong(..)
        | Error::Invalid(..)
        | Error::NotSupportedByStore(_) => VaultError::Other(error.to_string()),
        _ => VaultError::Other("of an unknown kind".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_apart_and_never_hold_the_secret() {
        let platform = |text: &str| Error::PlatformFailure(text.into());
        assert_eq!(classified(&Error::NoDefaultStore), VaultError::NoService);
        assert_eq!(classified(&Error::NoStorageAccess("locked".into())), VaultError::Locked);
        assert_eq!(
            classified(&platform("org.freedesktop.DBus.Error.ServiceUnknown: x")),
            VaultError::NoService
        );
        let other = classified(&platform("disk full"));
        assert_eq!(other.to_string(), "The keychain failed: disk full.");
        for error in [
            Error::BadEncoding(b"hunter2".to_vec()),
            Error::BadDataFormat(b"hunter2".to_vec(), "hunter2".into()),
        ] {
            assert!(!format!("{:?}", classified(&error)).contains("hunter2"));
        }
    }
}
