//! Backups: taken over a login that sees everything, sealed while they are written, and believed only as far as they
//! have been read.
//!
//! A backup is an archive and what lies beside it. The archive is age's format around what `pg_dump` wrote in its custom
//! format, with the manifest at the end, so that `age -d FILE | pg_restore -d DATABASE` restores it without this program.
//! Row counts and hashes of the content are taken in the snapshot that `pg_dump` reads, over another connection; what the
//! dump holds is compared with them while it is written, when it is verified, and once more after a restore. No part of it
//! ever lies on a disk unsealed, but in the scratch server that a restore is tried on.

mod archive;
mod content;
mod create;
mod error;
mod folder;
mod manifest;
mod prune;
mod restore;
mod role;
mod tools;
mod verify;

pub use create::{Create, Created, Prospect, create, prospect};
pub use domain::backup::{Candidate, Reason, Retention};
pub use error::BackupError;
pub use folder::{Entry, State, list};
pub use manifest::{
    ARCHIVE, Archive, Database, Dump, Evidence, Found, LogHead, Manifest, SequenceAt, TableContent, Workspace, beside,
};
pub use prune::{Fate, prune, what_goes};
pub use restore::{Restore, Restored, into, prospect_into, prove};
pub use role::{add_login, list_logins, revoke_login};
pub use store::backup::KnownLogin;
pub use tools::{Toolbox, Tools};
pub use vault::{LEAST_LETTERS, Lock, Opener, PublicKey, SealedFileError, SecretKey, check_passphrase};
pub use verify::{Verified, Verify, verify};
