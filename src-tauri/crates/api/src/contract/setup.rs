//! What servers are set up with: StackScripts, networking, regions on sale.

use std::collections::BTreeMap;

use app::{
    networking::NetworkRow,
    providers::RegionRow,
    scripts::{ScriptFacts, ScriptRow},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// The scripts.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScriptList {
    /// By name.
    pub scripts: Vec<ScriptRow>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A script as a form has it.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ScriptFields {
    /// Its name here.
    pub name: String,
    /// Its number at Linode.
    pub script_id: i32,
    /// What it is for; may be empty.
    pub description: String,
    /// The images that it is offered for; empty is all that it is for.
    pub images: Vec<String>,
    /// What is answered beforehand, by field; never a secret.
    pub answers: BTreeMap<String, String>,
    /// The fields whose answer whoever orders can't change.
    pub locked: Vec<String>,
    /// Whether it is offered.
    pub is_active: bool,
}

/// A script that is changed.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct EditScriptRequest {
    /// Which.
    pub id: i32,
    /// What it is.
    pub fields: ScriptFields,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// Something of which the person has seen a state.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct SeenRequest {
    /// Which.
    pub id: i32,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// A script that the provider is asked for.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct LookUpScriptRequest {
    /// Over which account; `null` is the first active one.
    pub account_id: Option<i32>,
    /// Its number.
    pub script_id: i32,
}

/// What the provider says.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LookedUpScript {
    /// The script; `null` if there is none of that number, or only its owner sees it.
    pub script: Option<ScriptFacts>,
}

/// The rows of networking.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NetworkList {
    /// By type.
    pub rows: Vec<NetworkRow>,
    /// The domain under which new servers' addresses get their names.
    pub rdns_base: Option<String>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A new row.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct CreateNetworkRequest {
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: String,
    /// JSON, as typed.
    pub config: String,
    /// Whether it counts.
    pub is_active: bool,
}

/// A row that is changed.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct EditNetworkRequest {
    /// Which.
    pub id: i32,
    /// JSON, as typed.
    pub config: String,
    /// Whether it counts.
    pub is_active: bool,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// What an address is called where nobody has chosen another name.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct AddressRequest {
    /// The address.
    #[ts(type = "string")]
    pub address: std::net::IpAddr,
}

/// The name.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AddressName {
    /// The name; `null` while no domain is set up.
    pub name: Option<String>,
}

/// The regions of an account, as its provider tells them.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RegionList {
    /// By id.
    pub regions: Vec<RegionRow>,
}

/// Which regions of an account are sold.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct SetRegionsRequest {
    /// Which account.
    pub id: i32,
    /// The regions; empty is all of them.
    pub regions: Vec<String>,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}
