use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::SearchPath;
use crate::binaries::major_version;

/// The client programs of a PostgreSQL, `pg_dump` and `pg_restore` of one version in one folder. There need be no server
/// beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clients {
    folder: PathBuf,
    major: u32,
}

impl Clients {
    /// All that are found where servers are looked for too, best first. A folder that a person chose is the only one then.
    pub fn find_all(search: &SearchPath) -> Vec<Self> {
        let folders = match &search.configured {
            Some(configured) => vec![configured.clone(), configured.join("bin")],
            // What Debian has on PATH only picks one of the versions; its link leads to a folder without the programs.
            None => search.folders_with("pg_dump"),
        };
        folders.into_iter().filter_map(Self::at).collect()
    }

    fn at(folder: PathBuf) -> Option<Self> {
        let version = |program: &str| {
            let output = Command::new(folder.join(program))
                .arg("--version")
                .stdin(Stdio::null())
                .output()
                .ok()?;
            major_version(&String::from_utf8_lossy(&output.stdout))
        };
        let major = version("pg_dump")?;
        (version("pg_restore")? == major).then_some(Self { folder, major })
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Their major version.
    pub fn major(&self) -> u32 {
        self.major
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn both_programs_of_one_version_are_found_and_wrappers_are_not_taken_for_them() {
        let root = tempfile::tempdir().unwrap();
        let fake = |folder: &str, program: &str, version: &str| {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            let script = format!("#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n");
            // Written by another process: a program that is open for writing anywhere can't be run.
            let written = Command::new("sh")
                .args(["-c", r#"printf %s "$1" > "$2" && chmod 755 "$2""#, "sh", &script])
                .arg(folder.join(program))
                .status()
                .unwrap();
            assert!(written.success());
        };
        for (folder, dump, restore) in [
            ("17/bin", "17.2", "17.2"),
            ("16/bin", "16.1", "15.1"),
            ("15/bin", "15.1", "15.1"),
        ] {
            fake(folder, "pg_dump", dump);
            fake(folder, "pg_restore", restore);
        }
        fake("wrapper", "pg_wrapper", "99");
        let path = root.path().join("path");
        fs::create_dir(&path).unwrap();
        for program in ["pg_dump", "pg_restore"] {
            std::os::unix::fs::symlink(root.path().join("wrapper/pg_wrapper"), path.join(program)).unwrap();
        }
        let search = SearchPath {
            system_root: root.path().to_owned(),
            ..SearchPath::new(Some(path.into_os_string()))
        };
        let found = Clients::find_all(&search);
        assert_eq!(found.iter().map(Clients::major).collect::<Vec<_>>(), [17, 15]);
        assert!(found[1].folder().ends_with("15/bin"));
    }
}
