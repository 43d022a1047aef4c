use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{fs, io};

use crate::folder::Folder;
use crate::{Binaries, WorkspaceError};

/// The account that Debian's package makes.
const POSTGRES: &str = "postgres";
/// What PostgreSQL's programs are found with; nothing else of the program's environment reaches them: a bundled
/// program's library path, or a `PGDATA`, would mislead them.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Under which account the server runs. PostgreSQL refuses to run as root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The program's own: it is an ordinary user's.
    Own,
    /// The program is root's and gives up its rights to this account before it becomes PostgreSQL.
    Other { user_id: u32, group_id: u32 },
    /// The program is root's, and PostgreSQL runs in a user namespace where root has another number.
    Namespace,
}

impl Account {
    /// Chooses the account; the owner of a data folder that exists stays what it is.
    pub(crate) fn choose(folder: &Folder, binaries: &Binaries) -> Result<Self, WorkspaceError> {
        if rustix::process::geteuid().as_raw() != 0 {
            return Ok(Self::Own);
        }
        let root = folder.root();
        let pgdata = folder.pgdata();
        let initialized = pgdata.exists();
        let place = if initialized { pgdata.as_path() } else { root };
        let owner = fs::metadata(place).map_err(WorkspaceError::io("Reading", place))?;
        if owner.uid() != 0 {
            let account = Self::Other {
                user_id: owner.uid(),
                group_id: owner.gid(),
            };
            return account.must_reach(&[root, binaries.folder()]);
        }
        if !initialized && let Some(postgres) = postgres_account() {
            // The workspace's own folder will be given to it, so only what is above counts.
            let above = root.parent().unwrap_or(root);
            if let Ok(account) = postgres.must_reach(&[above, binaries.folder()]) {
                account.give(root)?;
                return Ok(account);
            }
        }
        if namespaces_work() {
            return Ok(Self::Namespace);
        }
        Err(WorkspaceError::NotReachable {
            path: root.to_owned(),
        })
    }

    /// A command that runs `program` under the account, in `folder`, with a fixed environment.
    pub(crate) fn command(&self, program: &Path, folder: &Folder) -> Command {
        let mut command = match self {
            Self::Own => Command::new(program),
            Self::Other { user_id, group_id } => {
                let mut command = Command::new(program);
                command.uid(*user_id).gid(*group_id);
                command
            }
            Self::Namespace => {
                // It doesn't fork: the process becomes PostgreSQL.
                let mut command = Command::new("unshare");
                command
                    .args(["--user", "--map-user=1000", "--"])
                    .arg(program);
                command
            }
        };
        command
            .env_clear()
            .env("PATH", SYSTEM_PATH)
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .current_dir(folder.root())
            .stdin(Stdio::null());
        command
    }

    /// Makes the account the owner of a file or folder that the program has made. A link is not followed: the account
    /// may have put it there to be given something of root's.
    pub(crate) fn give(&self, path: &Path) -> Result<(), WorkspaceError> {
        match self {
            Self::Other { user_id, group_id } => lchown(path, Some(*user_id), Some(*group_id))
                .map_err(WorkspaceError::io("Changing the owner of", path)),
            Self::Own | Self::Namespace => Ok(()),
        }
    }

    fn must_reach(self, paths: &[&Path]) -> Result<Self, WorkspaceError> {
        let Self::Other { user_id, group_id } = self else {
            return Ok(self);
        };
        match paths
            .iter()
            .find(|path| !may_enter(path, user_id, group_id).unwrap_or(false))
        {
            None => Ok(self),
            Some(path) => Err(WorkspaceError::NotReachable {
                path: (*path).to_owned(),
            }),
        }
    }
}

/// Whether the permissions of `path` and of all above it let the account through.
fn may_enter(path: &Path, user_id: u32, group_id: u32) -> io::Result<bool> {
    for folder in path.ancestors() {
        let metadata = fs::metadata(folder)?;
        let bit = if metadata.uid() == user_id {
            0o100
        } else if metadata.gid() == group_id {
            0o010
        } else {
            0o001
        };
        if metadata.mode() & bit == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The account that the package made, asked of `id` because accounts needn't be in `/etc/passwd`.
fn postgres_account() -> Option<Account> {
    let ask = |option: &str| -> Option<u32> {
        let output = Command::new("id").args([option, POSTGRES]).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    Some(Account::Other {
        user_id: ask("-u")?,
        group_id: ask("-g")?,
    })
}

/// Containers often forbid them.
fn namespaces_work() -> bool {
    Command::new("unshare")
        .args(["--user", "--map-user=1000", "--", "true"])
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_is_entered_only_through_open_doors() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let inner = root.path().join("inner");
        fs::create_dir(&inner).unwrap();
        let metadata = fs::metadata(&inner).unwrap();
        let (owner, group) = (metadata.uid(), metadata.gid());
        let stranger = (owner + 4711, group + 4711);
        assert!(may_enter(&inner, owner, group).unwrap());
        assert!(!may_enter(&inner, stranger.0, stranger.1).unwrap());
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o711)).unwrap();
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o711)).unwrap();
        assert!(may_enter(&inner, stranger.0, stranger.1).unwrap());
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o710)).unwrap();
        assert!(!may_enter(&inner, stranger.0, stranger.1).unwrap());
        assert!(may_enter(&inner, stranger.0, group).unwrap());
    }
}
