//! Profiles: which databases this desk knows. Kept in the host's store; passwords and tokens are in the
//! keychain and never here.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use store::connect::TlsMode;

use crate::{AppError, host::Host};

const KEY: &str = "profiles";
/// Under this key a host says where it has put a settings file that it could not read.
pub const SET_ASIDE: &str = "settings_set_aside";

/// What kind of business a database holds; a production profile never looks like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// On this computer.
    Local,
    /// The real one.
    Production,
    /// A rehearsal.
    Staging,
    /// For developers.
    Development,
}

/// Whether the server is ours to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// The private server of this computer.
    Local,
    /// A server elsewhere.
    Server,
}

/// A database that this desk knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Names it in the keychain.
    pub id: String,
    /// The business's name.
    pub name: String,
    /// What kind of business it is.
    pub environment: Environment,
    /// Whose server.
    pub kind: ProfileKind,
    /// Host name, address or socket folder.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// This desk's own login.
    pub login: String,
    /// How the line is protected.
    pub tls: TlsMode,
    /// A certificate authority to trust besides the system's.
    pub root_certificate: Option<PathBuf>,
    /// Who signed in last.
    pub last_email: Option<String>,
}

/// All profiles, and which one is open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profiles {
    /// In the order in which they were added.
    pub known: Vec<Profile>,
    /// The open one.
    pub open: Option<String>,
}

impl Profiles {
    /// Reads them. A store whose content can't be understood is an error, not an empty list.
    pub fn load(host: &dyn Host) -> Result<Self, AppError> {
        match host.load(KEY)? {
            None => Ok(Self::default()),
            Some(value) => serde_json::from_value(value).map_err(|_| {
                AppError::Host(crate::host::HostError::Store(
                    "the list of profiles has an unknown form".to_owned(),
                ))
            }),
        }
    }

    /// Writes them.
    pub fn save(&self, host: &dyn Host) -> Result<(), AppError> {
        let value = serde_json::to_value(self).map_err(|_| AppError::Internal("profiles"))?;
        Ok(host.save(KEY, value)?)
    }

    /// Adds or replaces one, and opens it.
    pub fn put(&mut self, profile: Profile) {
        self.open = Some(profile.id.clone());
        match self.known.iter_mut().find(|known| known.id == profile.id) {
            Some(known) => *known = profile,
            None => self.known.push(profile),
        }
    }

    /// Takes one off the list; another is open then, if there is one.
    pub fn remove(&mut self, id: &str) {
        self.known.retain(|known| known.id != id);
        if self.open.as_deref() == Some(id) {
            self.open = self.known.first().map(|first| first.id.clone());
        }
    }

    /// One of them.
    pub fn get(&self, id: &str) -> Result<&Profile, AppError> {
        self.known
            .iter()
            .find(|profile| profile.id == id)
            .ok_or(AppError::UnknownProfile)
    }

    /// The open one.
    pub fn current(&self) -> Option<&Profile> {
        let open = self.open.as_deref()?;
        self.known.iter().find(|profile| profile.id == open)
    }
}
