//! Where the program keeps what it keeps.

use std::{
    env, fs, io,
    path::{self, Path, PathBuf},
};

use tauri::{AppHandle, Manager};

/// A folder that takes everything, in place of the platform's folders.
pub const HOME: &str = "CONTAINERSTACKS_HOME";

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

    /// The folders that the environment or else the platform gives the program; those that are shared with nobody are
    /// made.
    pub fn find(app: &AppHandle) -> Result<Self, Box<dyn std::error::Error>> {
        let places = match Self::home()? {
            Some(home) => Self::below(&home),
            None => Self::of_platform(app)?,
        };
        for folder in [&places.logs, &places.web, &places.downloads] {
            fs::create_dir_all(folder)?;
        }
        Ok(places)
    }

    fn of_platform(app: &AppHandle) -> tauri::Result<Self> {
        let paths = app.path();
        let data = paths.app_local_data_dir()?;
        Ok(Self {
            settings: paths.app_data_dir()?.join("settings.json"),
            workspace: data.join("workspace"),
            logs: paths.app_log_dir()?,
            web: data,
            downloads: paths.download_dir().or_else(|_| paths.home_dir())?,
        })
    }
}
