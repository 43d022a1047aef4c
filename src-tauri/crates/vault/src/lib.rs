//! Where a desk's secrets are: the operating system's keychain, or memory for the length of a session where there is
//! none. Nothing else keeps a secret: no settings file, no log, no error, no argument list.
//!
//! And how secrets lie in the database: sealed under the [`WorkspaceKey`], each for its own place.

mod error;
mod key_ring;
mod keychain;
mod memory;
mod name;
mod os;
mod sealed_file;
mod sealed_stream;
mod sealing;
mod workspace_key;

pub use error::VaultError;
pub use key_ring::{KeyRing, wrapped_under};
pub use keychain::{Keychain, KeychainState};
pub use memory::MemoryKeychain;
pub use name::SecretName;
pub use os::OsKeychain;
pub use sealed_file::{MOST_BYTES, Passphrase, SealedFileError, open_file, seal_file};
pub use sealed_stream::{
    LEAST_LETTERS, Lock, Opener, PublicKey, SealedWriter, SecretKey, check_passphrase, open_stream,
};
pub use sealing::{LONGEST_SHORT_SECRET, Place, SealError, sealed_with};
pub use workspace_key::{KeyTextError, WorkspaceKey};
