use std::ffi::OsStr;
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
    Other(Identity),
    /// The same, where a folder above is closed to the account (`/root` is to all): of root's rights it keeps the one
    /// to pass through.
    Passing(Identity),
    /// The program is root's, and PostgreSQL runs in a user namespace where root has another number.
    Namespace,
}

/// Numbers of a user and a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    user: u32,
    group: u32,
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
            let identity = Identity {
                user: owner.uid(),
                group: owner.gid(),
            };
            return identity.reaching(&[root, binaries.folder()]);
        }
        if !initialized && let Some(identity) = Identity::postgres() {
            // The workspace's own folder will be given to it, so only what is above counts.
            let above = root.parent().unwrap_or(root);
            if let Ok(account) = identity.reaching(&[above, binaries.folder()]) {
                account.give(root)?;
                return Ok(account);
            }
        }
        if works(Self::Namespace.prefixed("true")) {
            return Ok(Self::Namespace);
        }
        Err(WorkspaceError::NotReachable { path: root.to_owned() })
    }

    /// A command that runs `program` under the account, in `folder`, with a fixed environment.
    pub(crate) fn command(&self, program: &Path, folder: &Folder) -> Command {
        let mut command = self.prefixed(program);
        command
            .env_clear()
            .env("PATH", SYSTEM_PATH)
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .current_dir(folder.root())
            .stdin(Stdio::null());
        command
    }

    /// None of these forks: the process that is started becomes PostgreSQL.
    fn prefixed(&self, program: impl AsRef<OsStr>) -> Command {
        match self {
            Self::Own => Command::new(program),
            Self::Other(identity) => {
                let mut command = Command::new(program);
                command.uid(identity.user).gid(identity.group);
                command
            }
            Self::Passing(identity) => {
                let mut command = Command::new("setpriv");
                command
                    .arg(format!("--reuid={}", identity.user))
                    .arg(format!("--regid={}", identity.group))
                    .arg("--clear-groups")
                    .args(["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"])
                    .arg("--")
                    .arg(program);
                command
            }
            Self::Namespace => {
                let mut command = Command::new("unshare");
                command.args(["--user", "--map-user=1000", "--"]).arg(program);
                command
            }
        }
    }

    /// Makes the account the owner of a file or folder that the program has made. A link is not followed: the account
    /// may have put it there to be given something of root's.
    pub(crate) fn give(&self, path: &Path) -> Result<(), WorkspaceError> {
        match self {
            Self::Other(identity) | Self::Passing(identity) => lchown(path, Some(identity.user), Some(identity.group))
                .map_err(WorkspaceError::io("Changing the owner of", path)),
            Self::Own | Self::Namespace => Ok(()),
        }
    }
}

impl Identity {
    /// The account that the package made, asked of `id` because accounts needn't be in `/etc/passwd`.
    fn postgres() -> Option<Self> {
        let ask = |option: &str| -> Option<u32> {
            let output = Command::new("id").args([option, POSTGRES]).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse().ok()
        };
        Some(Self {
            user: ask("-u")?,
            group: ask("-g")?,
        })
    }

    /// The account that takes this identity and gets to all of `paths`.
    fn reaching(self, paths: &[&Path]) -> Result<Account, WorkspaceError> {
        let closed = paths.iter().find(|path| !may_enter(path, self).unwrap_or(false));
        let Some(closed) = closed else {
            return Ok(Account::Other(self));
        };
        let passing = Account::Passing(self);
        if works(passing.prefixed("true")) {
            return Ok(passing);
        }
        Err(WorkspaceError::NotReachable {
            path: (*closed).to_owned(),
        })
    }
}

/// Whether the permissions of `path` and of all above it let the account through.
fn may_enter(path: &Path, identity: Identity) -> io::Result<bool> {
    for folder in path.ancestors() {
        let metadata = fs::metadata(folder)?;
        let bit = if metadata.uid() == identity.user {
            0o100
        } else if metadata.gid() == identity.group {
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

/// Containers often forbid namespaces, and some a change of rights.
fn works(mut command: Command) -> bool {
    command
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
        let identity = |user: u32, group: u32| Identity { user, group };
        let (user, group) = (metadata.uid(), metadata.gid());
        let owner = identity(user, group);
        let stranger = identity(user + 4711, group + 4711);
        let mate = identity(user + 4711, group);
        let mode = |path: &Path, bits| {
            fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
        };
        assert!(may_enter(&inner, owner).unwrap());
        assert!(!may_enter(&inner, stranger).unwrap());
        mode(root.path(), 0o711);
        mode(&inner, 0o711);
        assert!(may_enter(&inner, stranger).unwrap());
        mode(&inner, 0o710);
        assert!(!may_enter(&inner, stranger).unwrap());
        assert!(may_enter(&inner, mate).unwrap());
    }

    #[test]
    fn every_account_gets_to_what_it_is_given_and_is_not_root() {
        let closed = tempfile::tempdir().unwrap();
        fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let folder = Folder::open(&closed.path().join("work space")).unwrap();
        let file = folder.root().join("file");
        fs::write(&file, "readable").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();

        // Only root has a choice of accounts.
        let accounts = if rustix::process::geteuid().is_root() {
            let nobody = Identity {
                user: 65534,
                group: 65534,
            };
            vec![Account::Namespace, Account::Passing(nobody)]
        } else {
            vec![Account::Own]
        };
        // What the computer allows at all.
        let possible: Vec<Account> = accounts
            .into_iter()
            .filter(|account| works(account.prefixed("true")))
            .collect();
        assert!(!possible.is_empty());
        for account in possible {
            account.give(folder.root()).unwrap();
            account.give(&file).unwrap();
            let output = account
                .command(Path::new("sh"), &folder)
                .args(["-c", "cat file; echo; id -u"])
                .output()
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let (text, user) = said.trim_end().split_once('\n').unwrap();
            assert_eq!(text, "readable", "{account:?}");
            assert_ne!(user, "0", "{account:?}");
        }
    }
}
