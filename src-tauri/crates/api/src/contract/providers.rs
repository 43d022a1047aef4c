//! Accounts at providers, their syncs, the workspace's key. A token or a key comes in and never goes out.

use app::views::{AccountRow, ExposedRow, HostRow};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// The accounts and what can be done with them.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ProviderList {
    /// The accounts.
    pub accounts: Vec<AccountRow>,
    /// The Docker hosts.
    pub hosts: Vec<HostRow>,
    /// Whether this desk has the workspace's key.
    pub key: WorkspaceKeyState,
    /// Whether the key is forgotten when the program ends: this computer has no keychain.
    pub key_is_temporary: bool,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// Whether this desk has the workspace's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceKeyState {
    /// None was made for this workspace yet.
    NotMade,
    /// One was made, and it is not here.
    Missing,
    /// The one that is here is another one, or an older one.
    Wrong,
    /// The keychain is locked or failed.
    Locked,
    /// It is here.
    Held,
}

/// A new account.
#[derive(Debug, Deserialize, TS)]
pub struct CreateProviderRequest {
    /// Its name here.
    pub label: String,
    /// Where it is reached; empty is Linode's public address.
    pub endpoint: String,
    /// Its token.
    #[ts(type = "string")]
    pub token: secrecy::SecretString,
}

/// A token that was checked and sealed.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ProviderChecked {
    /// The account.
    pub id: i32,
    /// Whose token it is at the provider.
    pub username: String,
}

/// Another name.
#[derive(Debug, Deserialize, TS)]
pub struct RenameProviderRequest {
    /// Which account.
    pub id: i32,
    /// The name.
    pub label: String,
}

/// Another token.
#[derive(Debug, Deserialize, TS)]
pub struct ReplaceTokenRequest {
    /// Which account.
    pub id: i32,
    /// The token.
    #[ts(type = "string")]
    pub token: secrecy::SecretString,
}

/// On or off.
#[derive(Debug, Deserialize, TS)]
pub struct SetProviderActiveRequest {
    /// Which account.
    pub id: i32,
    /// On.
    pub active: bool,
}

/// A sync that shall begin.
#[derive(Debug, Deserialize, TS)]
pub struct SyncProviderRequest {
    /// Which account.
    pub id: i32,
    /// Whether more than a tenth of its servers may be gone at once.
    pub allow_gone: bool,
}

/// The workspace's key, as another desk or a file has it.
#[derive(Debug, Deserialize, TS)]
pub struct GiveWorkspaceKeyRequest {
    /// The key.
    #[ts(type = "string")]
    pub key: secrecy::SecretString,
}

/// A key that shall be made.
#[derive(Debug, Deserialize, TS)]
pub struct MakeWorkspaceKeyRequest {
    /// Whether in place of one that is lost: what that has sealed can't be opened any more.
    pub replace: bool,
}

/// Where a copy of the key is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WorkspaceKeyMade {
    /// The file, if one was written.
    pub path: Option<String>,
}

/// How the keys stand.
#[derive(Debug, Clone, Serialize, TS)]
pub struct KeyStanding {
    /// The newest key's version; `null` while none was made.
    pub version: Option<u32>,
    /// Whether a rotation was begun and is not at its end.
    pub is_under_way: bool,
    /// How many values are sealed under older keys than the newest.
    #[ts(type = "number")]
    pub left: u64,
    /// Secrets that the lost holder of a key may know, and that are still in use.
    pub exposed: Vec<ExposedRow>,
}

/// Another key.
#[derive(Debug, Deserialize, TS)]
pub struct RotateKeyRequest {
    /// What was lost that held the key: a desk's login, or another name; `null` when nothing was.
    pub lost: Option<String>,
}

/// A secret that was changed where it is used.
#[derive(Debug, Deserialize, TS)]
pub struct SettleSecretRequest {
    /// As it is listed.
    pub table: String,
    /// As it is listed.
    pub column: String,
    /// As it is listed.
    #[ts(type = "number")]
    pub row: i64,
}
