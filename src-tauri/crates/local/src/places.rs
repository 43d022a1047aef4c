//! Where the program keeps what it keeps.

use std::{
    env, fs, io,
    path::{self, Path, PathBuf},
};

/// A folder that takes everything, in place of the platform's folders.
pub const HOME: &str = "CONTAINERSTACKS_HOME";
/// The program's name among others, as `tauri.conf.json` has it: the platform's folders carry it.
pub const IDENTIFIER: &str = "com.containerstacks.desktop";

/// The program's files and folders. None holds a secret, but for the local database, which the system protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// Profiles and preferences.
    pub settings: PathBuf,
    /// The local workspace.
    pub workspace: PathBuf,
    /// What the program did.
    pub logs: PathBuf,
    /// What the page keeps: its layout, its caches.
    pub web: PathBuf,
    /// Where exports are written.
    pub downloads: PathBuf,
}

impl Places {
    /// The folder that the environment names, absolute.
    pub fn home() -> io::Result<Option<PathBuf>> {
        env::var_os(HOME)
            .filter(|home| !home.is_empty())
            .map(path::absolute)
            .transpose()
    }

    /// Everything below one folder.
    pub fn below(home: &Path) -> Self {
        Self {
            settings: home.join("settings.json"),
            workspace: home.join("workspace"),
            logs: home.join("logs"),
            web: home.join("web"),
            downloads: home.join("downloads"),
        }
    }

    /// The folders that the environment or else the platform gives the program. Nothing is made.
    pub fn find() -> io::Result<Self> {
        match Self::home()? {
            Some(home) => Ok(Self::below(&home)),
            None => Self::of_platform(),
        }
    }

    /// Makes the folders that the program shares with nobody.
    pub fn make(&self) -> io::Result<()> {
        for folder in [&self.logs, &self.web, &self.downloads] {
            fs::create_dir_all(folder)?;
        }
        Ok(())
    }

    fn of_platform() -> io::Result<Self> {
        let nowhere = || {
            io::Error::new(
                io::ErrorKind::NotFound,
                format!("this computer names no folder for data; set {HOME}"),
            )
        };
        let data = dirs::data_local_dir().ok_or_else(nowhere)?.join(IDENTIFIER);
        Ok(Self {
            settings: dirs::data_dir()
                .ok_or_else(nowhere)?
                .join(IDENTIFIER)
                .join("settings.json"),
            workspace: data.join("workspace"),
            logs: data.join("logs"),
            downloads: dirs::download_dir().or_else(dirs::home_dir).ok_or_else(nowhere)?,
            web: data,
        })
    }
}
