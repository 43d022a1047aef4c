//! Profiles and preferences: one JSON file, kept by Tauri's store. Never a secret.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use app::host::HostError;
use serde_json::{Map, Value};
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreBuilder};

const MOST_SET_ASIDE: u32 = 100;

/// The open file.
pub struct Settings {
    file: PathBuf,
    store: Arc<Store<Wry>>,
    /// Why the file can't be used, if so; then nothing is read from it or written over it.
    unusable: Option<String>,
}

impl Settings {
    /// Opens the file. One that can't be read as settings is put aside, with a word of that in the new one.
    pub fn open(app: &AppHandle, file: &Path) -> Result<Self, tauri_plugin_store::Error> {
        let looked = set_aside_if_broken(file);
        let store = StoreBuilder::new(app, file).disable_auto_save().build()?;
        let settings = Self {
            file: file.to_path_buf(),
            store,
            unusable: looked
                .as_ref()
                .err()
                .map(|error| format!("{}: {error}", file.display())),
        };
        match looked {
            Ok(Some(aside)) => {
                tracing::warn!(aside = %aside.display(), "the settings could not be read and were put aside");
                if let Err(error) = settings.save(app::profiles::SET_ASIDE, Value::from(aside.to_string_lossy())) {
                    tracing::warn!(%error, "new settings could not be written");
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, file = %file.display(), "the settings can't be used");
            }
        }
        Ok(settings)
    }

    /// The value of a key.
    pub fn load(&self, key: &str) -> Result<Option<Value>, HostError> {
        self.usable()?;
        Ok(self.store.get(key))
    }

    /// Sets the value of a key and writes the file, whole or not at all.
    pub fn save(&self, key: &str, value: Value) -> Result<(), HostError> {
        self.usable()?;
        self.store.set(key, value);
        let entries: BTreeMap<String, Value> = self.store.entries().into_iter().collect();
        let text = serde_json::to_vec_pretty(&entries).map_err(|error| HostError::Store(error.to_string()))?;
        replace(&self.file, &text).map_err(|error| HostError::Store(error.to_string()))
    }

    fn usable(&self) -> Result<(), HostError> {
        self.unusable
            .clone()
            .map_or(Ok(()), |reason| Err(HostError::Store(reason)))
    }
}

/// Writes beside the file first: a crash leaves the old or the new one.
fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    beside.write_all(content)?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    Ok(())
}

/// Renames a file that holds no settings, and says what it is called now.
fn set_aside_if_broken(file: &Path) -> io::Result<Option<PathBuf>> {
    let content = match fs::read(file) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if serde_json::from_slice::<Map<String, Value>>(&content).is_ok() {
        return Ok(None);
    }
    let free = (1..=MOST_SET_ASIDE)
        .map(|number| file.with_extension(format!("broken-{number}.json")))
        .find(|aside| !aside.exists());
    let aside = free.ok_or_else(|| io::Error::other("too many broken settings have been put aside"))?;
    fs::rename(file, &aside)?;
    Ok(Some(aside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_settings_stay_where_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.json");
        assert_eq!(set_aside_if_broken(&file).unwrap(), None);
        replace(&file, br#"{"theme":"dark"}"#).unwrap();
        assert_eq!(set_aside_if_broken(&file).unwrap(), None);
        assert_eq!(fs::read(&file).unwrap(), br#"{"theme":"dark"}"#);
    }

    #[test]
    fn broken_settings_are_put_aside_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.json");
        for (number, broken) in [(1, &b"{\"theme\":"[..]), (2, b"[]"), (3, b"")] {
            fs::write(&file, broken).unwrap();
            let aside = set_aside_if_broken(&file).unwrap().unwrap();
            assert_eq!(aside, folder.path().join(format!("settings.broken-{number}.json")));
            assert_eq!(fs::read(aside).unwrap(), broken);
            assert!(!file.exists());
        }
    }

    #[test]
    fn what_is_no_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(set_aside_if_broken(folder.path()).is_err());
        assert!(folder.path().exists());
    }
}
