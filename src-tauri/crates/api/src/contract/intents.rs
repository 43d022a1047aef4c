//! What is done to servers at their provider.

use std::{collections::BTreeMap, net::IpAddr};

use domain::{intent::System, money::Money};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a system is made from, and who may enter it beside root.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct SystemRequest {
    /// The id of an image, such as linode/debian12.
    pub image: String,
    /// Public SSH keys, one each.
    pub authorized_keys: Vec<String>,
    /// The provider's number of the StackScript that sets it up.
    pub stackscript: Option<u32>,
    /// The answers to it, by field. They are kept sealed.
    #[ts(type = "Record<string, string>")]
    pub answers: BTreeMap<String, SecretString>,
}

impl SystemRequest {
    pub(crate) fn parts(self) -> (System, BTreeMap<String, SecretString>) {
        let system = System {
            image: self.image,
            authorized_keys: self.authorized_keys,
            stackscript: self.stackscript,
            answered: Vec::new(),
        };
        (system, self.answers)
    }
}

/// An order of a server.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct OrderServerRequest {
    /// In which account.
    pub account_id: i32,
    /// For whom.
    pub organization_id: i32,
    /// On which plan.
    pub plan_id: i32,
    /// Its name.
    pub label: String,
    /// The provider's region.
    pub region: String,
    /// What it is made from.
    pub system: SystemRequest,
    /// Whether backups are on, which costs extra at the provider.
    pub backups: bool,
    /// Whether it also gets an address within the provider's own network.
    pub private_ip: bool,
    /// Made when the form opens: sent again, the order stays the one that it was.
    pub key: String,
}

/// What is done to a server.
#[derive(Debug, Clone, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerAct {
    /// It is started.
    Boot,
    /// It is shut down.
    Shutdown,
    /// It is started anew.
    Reboot,
    /// It is put on another plan.
    Resize {
        /// Which.
        plan_id: i32,
        /// Whether it runs on while it is copied.
        warm: bool,
        /// Whether its disk may follow.
        resize_disk: bool,
    },
    /// Its disks are made anew: all that is on them is lost.
    Rebuild {
        /// From what.
        system: SystemRequest,
    },
    /// It gets another name.
    Rename {
        /// Which.
        label: String,
    },
    /// Root gets another password; the server has to be off.
    ResetPassword,
    /// One of its addresses gets the name that it leads back to.
    Rdns {
        /// The address.
        #[ts(type = "string")]
        address: IpAddr,
        /// Its name; `null` is the provider's own.
        name: Option<String>,
    },
    /// Backups are switched on.
    EnableBackups,
    /// Backups are switched off, and deleted.
    CancelBackups,
    /// A snapshot is made, which replaces the one before.
    Snapshot {
        /// Its name.
        label: String,
    },
    /// It is filled from a backup: all that is on it is lost.
    Restore {
        /// The provider's number of the backup.
        #[ts(type = "number")]
        backup: u64,
    },
    /// It is deleted, with its backups.
    Delete,
}

/// Something that is to be done to a server.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ActOnServerRequest {
    /// Which.
    pub server_id: i32,
    /// What.
    pub act: ServerAct,
    /// Made when the form opens: sent again, it is done once.
    pub key: String,
}

/// An intent that was written down.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IntentPlaced {
    /// `provider_intents.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// What is held of the wallet meanwhile.
    #[ts(type = "Money")]
    pub held: Money,
    /// It had been asked for before, under the same key.
    pub repeated: bool,
    /// Whether this desk carries it out; otherwise it waits for the agent or an admin's desk.
    pub carried_out_here: bool,
}

/// One intent.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct IntentRequest {
    /// `provider_intents.id`.
    #[ts(type = "number")]
    pub id: i64,
}
