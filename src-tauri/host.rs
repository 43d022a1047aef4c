//! The surroundings that the desktop gives to a desk.

use std::{path::PathBuf, sync::Arc, thread};

use app::host::{BoxFuture, Host, HostError, LocalEndpoint};
use local::{Local, LocalKeychain, Places};
use serde_json::Value;
use tauri::AppHandle;
use vault::Keychain;

use crate::settings::Settings;

/// Tauri's store, the system's keychain, the program's folders and its local server.
pub struct DesktopHost {
    settings: Settings,
    keychain: Arc<LocalKeychain>,
    local: Arc<Local>,
    downloads: PathBuf,
    certificates: PathBuf,
    client: String,
}

impl DesktopHost {
    /// Opens the settings and looks for a keychain; nothing is started.
    pub fn new(app: &AppHandle, places: &Places, local: Arc<Local>) -> Result<Self, tauri_plugin_store::Error> {
        let keychain = Arc::new(LocalKeychain::default());
        // Found out ahead of the first use: it may take a while.
        thread::spawn({
            let keychain = Arc::clone(&keychain);
            move || keychain.probe()
        });

        let package = app.package_info();
        Ok(Self {
            settings: Settings::open(app, &places.settings)?,
            keychain,
            local,
            downloads: places.downloads.clone(),
            certificates: places.settings.with_file_name("certificates"),
            client: format!("{} {}", package.name, package.version),
        })
    }
}

impl Host for DesktopHost {
    fn load(&self, key: &str) -> Result<Option<Value>, HostError> {
        self.settings.load(key)
    }

    fn save(&self, key: &str, value: Value) -> Result<(), HostError> {
        self.settings.save(key, value)
    }

    fn keychain(&self) -> &dyn Keychain {
        self.keychain.as_ref()
    }

    fn keychain_is_temporary(&self) -> bool {
        self.keychain.is_temporary()
    }

    fn downloads_dir(&self) -> PathBuf {
        self.downloads.clone()
    }

    fn certificates_dir(&self) -> PathBuf {
        self.certificates.clone()
    }

    fn local_available(&self) -> Result<(), HostError> {
        self.local.binaries().map(drop).map_err(local::host_error)
    }

    fn local_server(&self) -> BoxFuture<'_, Result<LocalEndpoint, HostError>> {
        Box::pin(self.local.endpoint(Arc::clone(&self.keychain)))
    }

    fn client(&self) -> String {
        self.client.clone()
    }
}
