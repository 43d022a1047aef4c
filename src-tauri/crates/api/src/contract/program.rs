//! Where the program stands: profiles, sessions, permissions.

use app::views::TlsMode;
use chrono::{DateTime, Utc};
use domain::role::Role;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::SignInStep;
use crate::ApiError;

/// A database that this desk knows. Never holds a secret.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Profile {
    /// Its id here.
    pub id: String,
    /// The business's name.
    pub name: String,
    /// local, production, staging or development.
    #[ts(type = "Environment")]
    pub environment: app::profiles::Environment,
    /// Whether the server is this computer's own.
    #[ts(type = "\"local\" | \"server\"")]
    pub kind: app::profiles::ProfileKind,
    /// Where the server is.
    pub host: String,
    /// The database.
    pub database: String,
    /// How the line is protected.
    pub tls: TlsMode,
}

/// Who has signed in.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SessionInfo {
    /// `users.id`.
    pub user_id: i32,
    /// Address.
    pub email: String,
    /// Name, or the address.
    pub name: String,
    /// Role.
    #[ts(type = "Role")]
    pub role: Role,
    /// When the session ends at the latest.
    #[ts(type = "Instant")]
    pub expires_at: DateTime<Utc>,
    /// After how many minutes without activity it ends.
    pub idle_minutes: i32,
    /// Without a keychain, password and token are kept for the session only.
    pub secrets_in_memory_only: bool,
}

/// What a keychain is good for here.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keychain {
    /// It keeps secrets.
    Available,
    /// There is none.
    NoService,
    /// There is one, and it is locked.
    Locked,
}

/// What the role may do in an area.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Permission {
    /// The area.
    #[ts(type = "Area")]
    pub area: domain::role::Area,
    /// Whether something of it can be read.
    pub read: bool,
    /// Whether something of it can be written.
    pub write: bool,
    /// Why not written.
    pub reason: Option<String>,
}

/// Where the program stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum AppState {
    /// No database is known yet.
    FirstRun {
        /// Whether a local workspace can be made.
        local_available: bool,
        /// Why not.
        local_problem: Option<String>,
        /// Where a settings file is that could not be read.
        settings_set_aside: Option<String>,
        /// What the keychain is good for.
        keychain: Keychain,
    },
    /// A database is known and can't be worked with now.
    Disconnected {
        /// Which.
        profile: Profile,
        /// All that are known.
        profiles: Vec<Profile>,
        /// Why.
        error: ApiError,
    },
    /// Nobody has signed in.
    SignIn {
        /// Where.
        profile: Profile,
        /// All that are known.
        profiles: Vec<Profile>,
        /// Who did last.
        last_email: Option<String>,
        /// What somebody who has given the password still has to prove.
        step: Option<SignInStep>,
        /// What the keychain is good for.
        keychain: Keychain,
    },
    /// Ready for work.
    Ready {
        /// Where.
        profile: Profile,
        /// All that are known.
        profiles: Vec<Profile>,
        /// By whom.
        session: SessionInfo,
        /// What the role may do.
        permissions: Vec<Permission>,
    },
}

/// "Try it on this computer".
#[derive(Deserialize, TS)]
pub struct CreateLocalRequest {
    /// The business's name.
    pub business: String,
    /// The first admin's first name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
    /// Whether it is filled with a demonstration; the workspace is then one for tests.
    pub demo: bool,
}

/// A server that is entered by hand.
#[derive(Deserialize, TS)]
pub struct AddServerRequest {
    /// The business's name.
    pub name: String,
    /// What kind of business it is.
    #[ts(type = "Environment")]
    pub environment: app::profiles::Environment,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// This desk's login.
    pub login: String,
    /// Its password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
    /// How the line is protected.
    pub tls: TlsMode,
    /// Path of a certificate authority's certificate.
    pub root_certificate: Option<String>,
}

/// A profile by its id.
#[derive(Debug, Deserialize, TS)]
pub struct ConnectRequest {
    /// Which.
    pub profile_id: String,
}

/// Address and password.
#[derive(Deserialize, TS)]
pub struct SignInRequest {
    /// Address.
    pub email: String,
    /// Password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}
