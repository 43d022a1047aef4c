use std::path::{Path, PathBuf};
use std::time::Duration;

/// What can go wrong with the local workspace; a variant for each thing that a caller does differently.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// No PostgreSQL on this computer: offer to install it.
    #[error("PostgreSQL is not installed on this computer. Install PostgreSQL 15 or newer and try again.")]
    NotInstalled {
        /// Where it was looked for, in order.
        searched: Vec<PathBuf>,
    },
    /// The folder that the settings name holds no usable PostgreSQL: ask for another.
    #[error("The configured folder {} holds no usable PostgreSQL: {reason}.", path.display())]
    ConfiguredNotUsable {
        /// The configured folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Only servers that are too old were found: offer to install a newer one.
    #[error("PostgreSQL {found} in {} is too old. PostgreSQL 15 or newer is needed.", path.display())]
    TooOld {
        /// The newest major version found.
        found: u32,
        /// Its folder of programs.
        path: PathBuf,
    },
    /// Only servers that are older than what is needed were found.
    #[error("PostgreSQL {needed} or newer is needed, and this computer has PostgreSQL {found} in {}. Install a newer one.", path.display())]
    TooOldFor {
        /// The newest major version found.
        found: u32,
        /// Its folder of programs.
        path: PathBuf,
        /// What is needed.
        needed: u32,
    },
    /// The data was made by another major version: name both and change nothing.
    #[error(
        "The local workspace was made by PostgreSQL {data} and this computer has PostgreSQL {installed}. \
         Install PostgreSQL {data} again, or upgrade the data with pg_upgrade."
    )]
    OtherVersion {
        /// The major version that made the data folder.
        data: u32,
        /// The major version of the programs found.
        installed: u32,
    },
    /// There is something else where the data folder should be: ask for another place.
    #[error("{} is not a data folder of PostgreSQL, and not empty. It was left as it is.", path.display())]
    NotADataFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The folder belongs to another person: ask for another place.
    #[error("The folder {} belongs to another user of this computer.", path.display())]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The program runs as root, and the account that PostgreSQL needs then can't reach the folder or the programs.
    #[error(
        "PostgreSQL refuses to run as root, and no other account can reach {}. Run the program as an ordinary user, \
         or choose a folder such as /var/lib/containerstacks.",
        path.display()
    )]
    NotReachable {
        /// What can't be reached.
        path: PathBuf,
    },
    /// Another program is starting or stopping the server, or still uses it: try again.
    #[error("Another program is using the local workspace. It was waited for {} seconds.", waited.as_secs())]
    Busy {
        /// How long it was waited for.
        waited: Duration,
    },
    /// `initdb` failed; nothing was left behind.
    #[error("The local database could not be created: {detail}")]
    InitFailed {
        /// What `initdb` said last.
        detail: String,
    },
    /// The server ended or said nothing while it was started.
    #[error("The local database did not start: {detail}")]
    StartFailed {
        /// What the server said last.
        detail: String,
    },
    /// The server still recovers from a crash; it goes on doing so. Try again later.
    #[error("The local database is still recovering after {} seconds. It goes on; try again in a while.", waited.as_secs())]
    StillRecovering {
        /// How long it was waited for.
        waited: Duration,
    },
    /// The server doesn't end when it is told to.
    #[error("The local database (process {pid}) does not stop.")]
    DoesNotStop {
        /// Its process.
        pid: u32,
    },
    /// The password can't be used (it is empty or has a line break or a NUL in it).
    #[error("The password of the local database must be a single line and not empty.")]
    BadPassword,
    /// The operating system refused something.
    #[error("{action} {} failed: {source}", path.display())]
    Io {
        /// What was tried, as the beginning of a sentence.
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

impl WorkspaceError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
