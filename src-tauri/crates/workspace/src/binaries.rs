use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::WorkspaceError;
use crate::folder::data_version;

/// The oldest major version of PostgreSQL that the schema works on.
pub const OLDEST_MAJOR: u32 = 15;

/// Where Debian and Ubuntu keep `<major>/bin`.
const SYSTEM_ROOT: &str = "/usr/lib/postgresql";

/// Where to look for PostgreSQL, in the order of the fields.
#[derive(Debug, Clone)]
pub struct SearchPath {
    /// A folder of programs that the person chose; nothing else is looked at when it is given.
    pub configured: Option<PathBuf>,
    /// The program's own resources: the folder itself, its `bin`, or its `postgresql/bin`.
    pub bundled: Option<PathBuf>,
    /// The value of the environment's `PATH`.
    pub path: Option<OsString>,
    /// A folder with a `<major>/bin` per version, of which the highest is taken.
    pub system_root: PathBuf,
}

impl SearchPath {
    /// Looks in `path` (the environment's `PATH`), then where Debian keeps its servers.
    pub fn new(path: Option<OsString>) -> Self {
        Self {
            configured: None,
            bundled: None,
            path,
            system_root: PathBuf::from(SYSTEM_ROOT),
        }
    }

    /// Folders that may hold the programs, best first, each once.
    fn candidates(&self) -> Vec<PathBuf> {
        self.folders_with("postgres")
    }

    /// Folders with a program of this name, where it really is, best first, each once.
    pub(crate) fn folders_with(&self, program: &str) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        if let Some(bundled) = &self.bundled {
            folders.extend([bundled.clone(), bundled.join("bin"), bundled.join("postgresql/bin")]);
        }
        if let Some(path) = &self.path {
            folders.extend(std::env::split_paths(path).filter(|folder| folder.is_absolute()));
        }
        folders.extend(versions_below(&self.system_root));
        let mut real = Vec::new();
        for folder in folders {
            // A link in PATH leads to the folder where the other programs and the libraries are.
            if let Ok(server) = folder.join(program).canonicalize()
                && let Some(home) = server.parent()
                && !real.iter().any(|known| known == home)
            {
                real.push(home.to_owned());
            }
        }
        real
    }

    fn searched(&self) -> Vec<PathBuf> {
        let mut searched: Vec<PathBuf> = self.bundled.iter().cloned().collect();
        if let Some(path) = &self.path {
            searched.extend(std::env::split_paths(path));
        }
        searched.push(self.system_root.clone());
        searched
    }
}

/// The `bin` folders below `/usr/lib/postgresql`, highest version first.
fn versions_below(root: &Path) -> Vec<PathBuf> {
    let Ok(entries) = root.read_dir() else {
        return Vec::new();
    };
    let mut versions: Vec<(u32, PathBuf)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    versions.into_iter().map(|(_, folder)| folder).collect()
}

/// A usable PostgreSQL: `postgres` and `initdb` of one version in one folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    folder: PathBuf,
    major: u32,
}

impl Binaries {
    /// The first PostgreSQL that is new enough.
    pub fn find(search: &SearchPath) -> Result<Self, WorkspaceError> {
        Self::choose(search, None)
    }

    /// Like [`Self::find`], but prefers the version that made the workspace in `data_dir`, so that a new major version
    /// installed beside the old one doesn't shut the workspace.
    pub fn find_for(search: &SearchPath, data_dir: &Path) -> Result<Self, WorkspaceError> {
        let made_by = data_version(&data_dir.join(crate::folder::PGDATA));
        Self::choose(search, made_by.ok().flatten())
    }

    /// The oldest PostgreSQL that is no older than that.
    pub fn at_least(search: &SearchPath, major: u32) -> Result<Self, WorkspaceError> {
        if search.configured.is_some() {
            return Self::find(search);
        }
        let found: Vec<Self> = search
            .candidates()
            .into_iter()
            .filter_map(|folder| Self::at(folder).ok())
            .collect();
        let fitting = found.iter().filter(|found| found.major >= major.max(OLDEST_MAJOR));
        match (
            fitting.min_by_key(|found| found.major),
            found.iter().max_by_key(|found| found.major),
        ) {
            (Some(fitting), _) => Ok(fitting.clone()),
            (None, Some(newest)) => Err(WorkspaceError::TooOldFor {
                found: newest.major,
                path: newest.folder.clone(),
                needed: major,
            }),
            (None, None) => Err(WorkspaceError::NotInstalled {
                searched: search.searched(),
            }),
        }
    }

    fn choose(search: &SearchPath, preferred: Option<u32>) -> Result<Self, WorkspaceError> {
        if let Some(configured) = &search.configured {
            return Self::configured(configured);
        }
        let mut usable = Vec::new();
        let mut too_old: Option<Self> = None;
        for folder in search.candidates() {
            match Self::at(folder) {
                Ok(found) if found.major >= OLDEST_MAJOR => usable.push(found),
                Ok(found) if too_old.as_ref().is_none_or(|old| old.major < found.major) => {
                    too_old = Some(found);
                }
                Ok(_) => {}
                Err((folder, reason)) => {
                    tracing::debug!(folder = %folder.display(), reason, "not a usable PostgreSQL");
                }
            }
        }
        let same = usable.iter().position(|found| Some(found.major) == preferred);
        if usable.is_empty() {
            return Err(too_old.map_or_else(
                || WorkspaceError::NotInstalled {
                    searched: search.searched(),
                },
                |old| WorkspaceError::TooOld {
                    found: old.major,
                    path: old.folder,
                },
            ));
        }
        Ok(usable.swap_remove(same.unwrap_or(0)))
    }

    /// A person's choice is never replaced by something else that happens to work.
    fn configured(configured: &Path) -> Result<Self, WorkspaceError> {
        let unusable = |reason: String| WorkspaceError::ConfiguredNotUsable {
            path: configured.to_owned(),
            reason,
        };
        let folder = [configured.to_owned(), configured.join("bin")]
            .into_iter()
            .find(|folder| folder.join("postgres").exists())
            .ok_or_else(|| unusable("there is no program `postgres` in it".to_owned()))?;
        let found = Self::at(folder).map_err(|(_, reason)| unusable(reason))?;
        if found.major < OLDEST_MAJOR {
            return Err(WorkspaceError::TooOld {
                found: found.major,
                path: found.folder,
            });
        }
        Ok(found)
    }

    /// Asks the server in `folder` for its version; the folder and the reason when it is not usable.
    fn at(folder: PathBuf) -> Result<Self, (PathBuf, String)> {
        if !folder.join("initdb").exists() {
            return Err((folder, "there is no program `initdb` in it".to_owned()));
        }
        let output = Command::new(folder.join("postgres"))
            .arg("--version")
            .stdin(Stdio::null())
            .output();
        let output = match output {
            Ok(output) => output,
            Err(error) => return Err((folder, format!("`postgres --version` failed: {error}"))),
        };
        match major_version(&String::from_utf8_lossy(&output.stdout)) {
            Some(major) => Ok(Self { folder, major }),
            None => Err((folder, "`postgres --version` names no version".to_owned())),
        }
    }

    /// The major version.
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The folder of all its programs (`pg_dump` and `psql` too, unless it is a bundle without them).
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    pub(crate) fn initdb(&self) -> PathBuf {
        self.folder.join("initdb")
    }
}

/// Reads `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, also `17beta1` and `18devel`.
pub(crate) fn major_version(line: &str) -> Option<u32> {
    let (_, version) = line.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder with a `postgres` that only tells its version.
    fn fake(root: &Path, name: &str, version: &str) -> PathBuf {
        let folder = root.join(name);
        fs::create_dir_all(&folder).unwrap();
        for program in ["postgres", "initdb"] {
            let script = format!("#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n");
            // Written by another process: a program that is still open for writing in a process that some other test
            // forks can't be run.
            let written = Command::new("sh")
                .args(["-c", r#"printf %s "$1" > "$2" && chmod 755 "$2""#, "sh", &script])
                .arg(folder.join(program))
                .status()
                .unwrap();
            assert!(written.success());
        }
        folder.canonicalize().unwrap()
    }

    fn nowhere() -> SearchPath {
        SearchPath {
            system_root: PathBuf::from("/nowhere"),
            ..SearchPath::new(None)
        }
    }

    #[test]
    fn versions_are_read_as_debian_and_upstream_print_them() {
        for (line, major) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("postgres (PostgreSQL) 18beta2", Some(18)),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("something else", None),
        ] {
            assert_eq!(major_version(line), major, "{line}");
        }
    }

    #[test]
    fn the_order_is_bundled_then_path_then_the_highest_system_version() {
        let root = tempfile::tempdir().unwrap();
        let bundled = fake(root.path(), "resources/postgresql/bin", "16.1");
        let on_path = fake(root.path(), "path", "17.1");
        fake(root.path(), "system/9/bin", "9.6");
        let low = fake(root.path(), "system/15/bin", "15.1");
        let high = fake(root.path(), "system/18/bin", "18.0");
        let mut search = SearchPath {
            configured: None,
            bundled: Some(root.path().join("resources")),
            path: Some(on_path.clone().into_os_string()),
            system_root: root.path().join("system"),
        };
        assert_eq!(Binaries::find(&search).unwrap().folder(), bundled);
        search.bundled = None;
        assert_eq!(Binaries::find(&search).unwrap().folder(), on_path);
        search.path = None;
        assert_eq!(Binaries::find(&search).unwrap().folder(), high);

        let data = root.path().join("data");
        fs::create_dir_all(data.join("pgdata")).unwrap();
        fs::write(data.join("pgdata/PG_VERSION"), "15\n").unwrap();
        assert_eq!(
            Binaries::find_for(&search, &data).unwrap().folder(),
            low,
            "the version that made the data is preferred"
        );
    }

    #[test]
    fn a_link_on_the_path_leads_to_the_real_folder() {
        let root = tempfile::tempdir().unwrap();
        let real = fake(root.path(), "real", "15.2");
        let links = root.path().join("links");
        fs::create_dir(&links).unwrap();
        std::os::unix::fs::symlink(real.join("postgres"), links.join("postgres")).unwrap();
        let search = SearchPath {
            path: Some(links.into_os_string()),
            ..nowhere()
        };
        let found = Binaries::find(&search).unwrap();
        assert_eq!((found.folder(), found.major()), (real.as_path(), 15));
    }

    #[test]
    fn what_is_missing_or_too_old_is_said() {
        let root = tempfile::tempdir().unwrap();
        assert!(matches!(
            Binaries::find(&nowhere()),
            Err(WorkspaceError::NotInstalled { .. })
        ));
        let old = fake(root.path(), "old", "14.9");
        let search = SearchPath {
            path: Some(old.clone().into_os_string()),
            ..nowhere()
        };
        let error = Binaries::find(&search).unwrap_err();
        assert!(
            error.to_string().contains("PostgreSQL 15 or newer is needed"),
            "{error}"
        );
        let search = SearchPath {
            configured: Some(old),
            ..nowhere()
        };
        assert!(matches!(
            Binaries::find(&search),
            Err(WorkspaceError::TooOld { found: 14, .. })
        ));
        let search = SearchPath {
            configured: Some(root.path().join("empty")),
            ..nowhere()
        };
        let error = Binaries::find(&search).unwrap_err();
        assert!(matches!(error, WorkspaceError::ConfiguredNotUsable { .. }), "{error}");
    }
}
