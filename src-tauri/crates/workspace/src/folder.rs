use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::WorkspaceError;
use crate::account::Account;
use crate::connection::socket_name;
use crate::postmaster::PostmasterFile;

pub(crate) const PGDATA: &str = "pgdata";
const PARTIAL_PREFIX: &str = "pgdata.partial-";
const PASSWORD_PREFIX: &str = "password-";
/// Names of the sockets' folders outside of a workspace begin with it.
const SHORT_PREFIX: &str = "containerstacks-";
/// A socket's path has room for 108 bytes, its end included; PostgreSQL refuses 108 and more.
const LONGEST_SOCKET_PATH: usize = 100;
/// With TCP the port, and with it the socket's name, is not known yet: room for the longest.
const HIGHEST_PORT: u16 = u16::MAX;

/// The folder of a workspace and the names in it.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Makes the folder when it is missing, private from its first moment.
    pub(crate) fn open(data_dir: &Path) -> Result<Self, WorkspaceError> {
        if let Some(parent) = data_dir.parent() {
            fs::create_dir_all(parent).map_err(WorkspaceError::io("Creating", parent))?;
        }
        match DirBuilder::new().mode(0o700).create(data_dir) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(WorkspaceError::io("Creating", data_dir)(error));
            }
            _ => {}
        }
        let root = data_dir
            .canonicalize()
            .map_err(WorkspaceError::io("Opening", data_dir))?;
        let ourselves = rustix::process::geteuid().as_raw();
        let owner = fs::metadata(&root).map_err(WorkspaceError::io("Reading", &root))?.uid();
        // Root may go on with anybody's, under that person's account.
        if ourselves != 0 && owner != ourselves {
            return Err(WorkspaceError::NotOurs { path: root });
        }
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn pgdata(&self) -> PathBuf {
        self.root.join(PGDATA)
    }

    pub(crate) fn start_log(&self) -> PathBuf {
        self.root.join("start.log")
    }

    pub(crate) fn lock_file(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn users_file(&self) -> PathBuf {
        self.root.join("users")
    }

    fn run_dir(&self) -> PathBuf {
        self.root.join("run")
    }

    /// Whether a completed data folder is there, of the major version `installed`.
    pub(crate) fn check_data(&self, installed: u32) -> Result<bool, WorkspaceError> {
        let pgdata = self.pgdata();
        match data_version(&pgdata).map_err(WorkspaceError::io("Reading", &pgdata))? {
            Some(data) if data == installed => Ok(true),
            Some(data) => Err(WorkspaceError::OtherVersion { data, installed }),
            None if is_empty_or_missing(&pgdata) => Ok(false),
            None => Err(WorkspaceError::NotADataFolder { path: pgdata }),
        }
    }

    /// Whether the server was not shut down properly and will replay its log.
    pub(crate) fn needs_recovery(&self) -> bool {
        /// `DBState` in PostgreSQL's `catalog/pg_control.h`: the same in all versions since 9.
        const SHUT_DOWN: [u32; 2] = [1, 2];
        /// After `system_identifier`, `pg_control_version` and `catalog_version_no`.
        const STATE_OFFSET: u64 = 16;
        let mut state = [0; 4];
        let read = File::open(self.pgdata().join("global/pg_control"))
            .and_then(|file| file.read_exact_at(&mut state, STATE_OFFSET));
        read.is_ok() && !SHUT_DOWN.contains(&u32::from_ne_bytes(state))
    }

    /// A new name for an initialization, not made yet. Unique, so that an `initdb` orphaned by a killed program never
    /// writes into the next one's folder.
    pub(crate) fn new_partial(&self) -> Result<PathBuf, WorkspaceError> {
        let folder = tempfile::Builder::new()
            .prefix(PARTIAL_PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&self.root)
            .map_err(WorkspaceError::io("Creating a folder in", &self.root))?;
        Ok(folder.keep())
    }

    /// A file of mode 0600 with `contents`, removed when the answer is dropped.
    pub(crate) fn private_file(&self, contents: &str) -> Result<NamedTempFile, WorkspaceError> {
        let mut file = tempfile::Builder::new()
            .prefix(PASSWORD_PREFIX)
            .tempfile_in(&self.root)
            .map_err(WorkspaceError::io("Creating a file in", &self.root))?;
        file.write_all(contents.as_bytes())
            .map_err(WorkspaceError::io("Writing", file.path()))?;
        Ok(file)
    }

    /// Removes what programs that were killed while they initialized have left.
    pub(crate) fn remove_leftovers(&self) {
        let Ok(entries) = self.root.read_dir() else {
            return;
        };
        for entry in entries.filter_map(Result::ok) {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let removed = if name.starts_with(PARTIAL_PREFIX) {
                fs::remove_dir_all(entry.path())
            } else if name.starts_with(PASSWORD_PREFIX) {
                fs::remove_file(entry.path())
            } else {
                continue;
            };
            // An orphaned initdb may still be writing: the next start tries again.
            if let Err(error) = removed {
                tracing::warn!(%error, %name, "a leftover could not be removed");
            }
        }
    }

    /// An empty folder of mode 0700 for the socket, owned by the server's account: in the workspace, or in `short_dir`
    /// where a socket's path would be too long.
    pub(crate) fn new_socket_dir(&self, short_dir: &Path, account: &Account) -> Result<PathBuf, WorkspaceError> {
        let run = self.run_dir();
        let longest = run.join(socket_name(HIGHEST_PORT));
        let dir = if longest.as_os_str().len() <= LONGEST_SOCKET_PATH {
            remove_sockets(&run);
            let _ = fs::remove_dir(&run);
            DirBuilder::new()
                .mode(0o700)
                .create(&run)
                .map_err(WorkspaceError::io("Creating", &run))?;
            run
        } else {
            tempfile::Builder::new()
                .prefix(SHORT_PREFIX)
                .permissions(Permissions::from_mode(0o700))
                .tempdir_in(short_dir)
                .map(TempDir::keep)
                .map_err(WorkspaceError::io("Creating a folder in", short_dir))?
        };
        account.give(&dir)?;
        Ok(dir)
    }

    /// Removes what a server that is certainly gone has left: `postmaster.pid`, and sockets with their lock files.
    /// PostgreSQL itself would take another process with the same number, or one that nobody reaped, for the server.
    pub(crate) fn remove_traces(&self) -> Result<(), WorkspaceError> {
        if let Some(left) = PostmasterFile::read(&self.pgdata())
            && let Some(dir) = left.socket_dir
        {
            self.remove_socket_dir(&dir);
        }
        let pid_file = PostmasterFile::path(&self.pgdata());
        match fs::remove_file(&pid_file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(WorkspaceError::io("Removing", &pid_file)(error))
            }
            _ => Ok(()),
        }
    }

    /// Empties the socket's folder, and removes it if it is outside of the workspace.
    pub(crate) fn remove_socket_dir(&self, dir: &Path) {
        let short = dir
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(SHORT_PREFIX));
        if dir == self.run_dir() || short {
            remove_sockets(dir);
        }
        if short {
            // Only an empty folder goes; nothing else of anybody's.
            let _ = fs::remove_dir(dir);
        }
    }
}

fn remove_sockets(dir: &Path) {
    let Ok(entries) = dir.read_dir() else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with(".s.PGSQL.") {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The major version that made a data folder; `None` when there is none.
pub(crate) fn data_version(pgdata: &Path) -> io::Result<Option<u32>> {
    let mut text = String::new();
    match File::open(pgdata.join("PG_VERSION")) {
        Ok(file) => file.take(16).read_to_string(&mut text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    // `9.6` for the old ones: the part before the point is enough to refuse them.
    let major = text.trim().split('.').next().unwrap_or_default();
    let major = major
        .parse()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "PG_VERSION holds no version"))?;
    Ok(Some(major))
}

fn is_empty_or_missing(dir: &Path) -> bool {
    match dir.read_dir() {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_and_kept() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b c");
        let folder = Folder::open(&path).unwrap();
        Folder::open(&path).unwrap();
        let mode = fs::metadata(folder.root()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    #[test]
    fn a_data_folder_of_another_version_is_refused_with_both_named() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        assert!(!folder.check_data(15).unwrap());
        fs::create_dir(folder.pgdata()).unwrap();
        assert!(!folder.check_data(15).unwrap(), "an empty folder may be filled");
        fs::write(folder.pgdata().join("PG_VERSION"), "14\n").unwrap();
        let error = folder.check_data(15).unwrap_err();
        assert!(matches!(
            error,
            WorkspaceError::OtherVersion {
                data: 14,
                installed: 15
            }
        ));
        let sentence = error.to_string();
        assert!(
            sentence.contains("PostgreSQL 14") && sentence.contains("PostgreSQL 15"),
            "{sentence}"
        );
    }

    #[test]
    fn something_else_in_its_place_is_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        fs::create_dir(folder.pgdata()).unwrap();
        fs::write(folder.pgdata().join("letters.txt"), "dear").unwrap();
        assert!(matches!(
            folder.check_data(15),
            Err(WorkspaceError::NotADataFolder { .. })
        ));
        assert!(folder.pgdata().join("letters.txt").exists());
    }

    #[test]
    fn leftovers_go_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::open(root.path()).unwrap();
        let partial = folder.new_partial().unwrap();
        fs::write(partial.join("PG_VERSION"), "15").unwrap();
        let (_, password) = folder.private_file("secret").unwrap().keep().unwrap();
        let mode = fs::metadata(&password).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::create_dir(folder.pgdata()).unwrap();
        folder.remove_leftovers();
        assert!(!partial.exists() && !password.exists());
        assert!(folder.pgdata().exists());
    }

    #[test]
    fn a_long_path_gets_a_short_private_folder_for_its_socket() {
        let root = tempfile::tempdir().unwrap();
        let near = Folder::open(&root.path().join("w")).unwrap();
        let dir = near.new_socket_dir(root.path(), &Account::Own).unwrap();
        assert_eq!(dir, near.root().join("run"));

        let far = Folder::open(&root.path().join("w".repeat(90))).unwrap();
        let dir = far.new_socket_dir(root.path(), &Account::Own).unwrap();
        assert_eq!(dir.parent(), Some(root.path()));
        let mode = fs::metadata(&dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        fs::write(dir.join(".s.PGSQL.5432"), "").unwrap();
        far.remove_socket_dir(&dir);
        assert!(!dir.exists());
    }
}
