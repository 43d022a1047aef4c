//! What is done to a server at its provider, and to a container on its host. It is written down first, as an intent;
//! secrets are kept apart from it.

mod container;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::stored::stored_enum;

pub use container::{NewContainer, PlanLimits};

stored_enum! {
    /// What is done.
    IntentKind, "intent" {
        /// A server is ordered.
        Order = "order",
        /// It is started.
        Boot = "boot",
        /// It is shut down.
        Shutdown = "shutdown",
        /// It is started anew.
        Reboot = "reboot",
        /// It gets another plan.
        Resize = "resize",
        /// Its disks are made anew: all that is on them is lost.
        Rebuild = "rebuild",
        /// It gets another name.
        Rename = "rename",
        /// Root gets another password.
        ResetPassword = "reset_password",
        /// One of its addresses gets the name that it leads back to.
        Rdns = "rdns",
        /// Backups are switched on.
        EnableBackups = "enable_backups",
        /// Backups are switched off, and deleted.
        CancelBackups = "cancel_backups",
        /// A snapshot is made, which replaces the one before.
        Snapshot = "snapshot",
        /// It is filled from a backup: all that is on it is lost.
        Restore = "restore",
        /// It is deleted, with its backups.
        Delete = "delete",
        /// A container is made and started.
        Create = "create",
        /// It is started.
        Start = "start",
        /// It is asked to end.
        Stop = "stop",
        /// It is stopped and started.
        Restart = "restart",
        /// It is removed: what is in it and in no volume is lost.
        Remove = "remove",
    }
}

stored_enum! {
    /// How far an intent is.
    IntentState, "state of an intent" {
        /// Nothing was sent.
        Waiting = "waiting",
        /// It is sent at this moment, or was when whoever sent it was lost.
        Sending = "sending",
        /// The provider is at work on it.
        Running = "running",
        /// It was sent, and its answer lost.
        Unknown = "unknown",
        /// It is done.
        Done = "done",
        /// It was not carried out.
        Failed = "failed",
        /// It was taken back before anything was sent.
        Undone = "undone",
    }
}

impl IntentState {
    /// Whether nothing more will come of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Undone)
    }
}

impl IntentKind {
    /// Whether support staff may ask for it, too.
    pub const fn is_power(self) -> bool {
        matches!(
            self,
            Self::Boot | Self::Shutdown | Self::Reboot | Self::Start | Self::Stop | Self::Restart
        )
    }

    /// Whether it is done to a container, on its host.
    pub const fn is_of_container(self) -> bool {
        matches!(
            self,
            Self::Create | Self::Start | Self::Stop | Self::Restart | Self::Remove
        )
    }

    /// Whether it draws a new password of root.
    pub const fn draws_password(self) -> bool {
        matches!(self, Self::Order | Self::Rebuild | Self::ResetPassword)
    }

    /// What was done, for a sentence: “The server was …”.
    pub const fn past(self) -> &'static str {
        match self {
            Self::Order => "ordered",
            Self::Boot | Self::Start => "started",
            Self::Shutdown => "shut down",
            Self::Reboot | Self::Restart => "started anew",
            Self::Resize => "put on another plan",
            Self::Rebuild => "made anew",
            Self::Rename => "renamed",
            Self::ResetPassword => "given another root password",
            Self::Rdns => "given another name for its address",
            Self::EnableBackups => "given backups",
            Self::CancelBackups => "rid of its backups",
            Self::Snapshot => "taken a snapshot of",
            Self::Restore => "filled from the backup",
            Self::Delete => "deleted",
            Self::Create => "made",
            Self::Stop => "stopped",
            Self::Remove => "removed",
        }
    }
}

/// What a new system is made from, and who may enter it beside root with its password.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The id of an image (`linode/debian12`).
    pub image: String,
    /// Public SSH keys, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorized_keys: Vec<String>,
    /// The provider's number of the StackScript that sets it up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stackscript: Option<u32>,
    /// The fields of the StackScript that are answered. The answers are a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answered: Vec<String>,
}

/// A server that is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewServer {
    /// Its name.
    pub label: String,
    /// The id of the region.
    pub region: String,
    /// The provider's id of what the plan sells.
    #[serde(rename = "type")]
    pub type_id: String,
    /// What it is made from.
    #[serde(flatten)]
    pub system: System,
    /// Whether backups are on, which costs extra.
    #[serde(default)]
    pub backups: bool,
    /// Whether it also gets an address within the provider's own network.
    #[serde(default)]
    pub private_ip: bool,
}

/// What is asked of the provider, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "parameters", rename_all = "snake_case")]
pub enum Wanted {
    /// A new server.
    Order(NewServer),
    /// A start.
    Boot,
    /// A shutdown.
    Shutdown,
    /// A start anew.
    Reboot,
    /// Another plan.
    Resize {
        /// The provider's id of what it sells.
        #[serde(rename = "type")]
        type_id: String,
        /// Whether the server runs on while it is copied.
        warm: bool,
        /// Whether its disk may follow.
        resize_disk: bool,
    },
    /// New disks.
    Rebuild(System),
    /// Another name.
    Rename {
        /// Which.
        label: String,
    },
    /// Another password of root.
    ResetPassword,
    /// Another name of an address; without one, the provider's own.
    Rdns {
        /// The address.
        address: IpAddr,
        /// Its name.
        name: Option<String>,
    },
    /// Backups on.
    EnableBackups,
    /// Backups off.
    CancelBackups,
    /// A snapshot.
    Snapshot {
        /// Its name.
        label: String,
    },
    /// The disks of a backup in place of those of the server.
    Restore {
        /// The provider's number of the backup.
        backup: u64,
    },
    /// An end.
    Delete,
    /// A new container.
    Create(Box<NewContainer>),
    /// A container's start.
    Start,
    /// A container's end, which can be started again.
    Stop,
    /// Both, one after the other.
    Restart,
    /// A container's end for ever.
    Remove,
}

impl Wanted {
    /// Of what kind it is.
    pub const fn kind(&self) -> IntentKind {
        match self {
            Self::Order(_) => IntentKind::Order,
            Self::Boot => IntentKind::Boot,
            Self::Shutdown => IntentKind::Shutdown,
            Self::Reboot => IntentKind::Reboot,
            Self::Resize { .. } => IntentKind::Resize,
            Self::Rebuild(_) => IntentKind::Rebuild,
            Self::Rename { .. } => IntentKind::Rename,
            Self::ResetPassword => IntentKind::ResetPassword,
            Self::Rdns { .. } => IntentKind::Rdns,
            Self::EnableBackups => IntentKind::EnableBackups,
            Self::CancelBackups => IntentKind::CancelBackups,
            Self::Snapshot { .. } => IntentKind::Snapshot,
            Self::Restore { .. } => IntentKind::Restore,
            Self::Delete => IntentKind::Delete,
            Self::Create(_) => IntentKind::Create,
            Self::Start => IntentKind::Start,
            Self::Stop => IntentKind::Stop,
            Self::Restart => IntentKind::Restart,
            Self::Remove => IntentKind::Remove,
        }
    }

    /// What is kept beside the kind: an object.
    pub fn parameters(&self) -> serde_json::Value {
        let mut whole = serde_json::to_value(self).unwrap_or_default();
        match whole.get_mut("parameters") {
            Some(parameters) => parameters.take(),
            None => serde_json::json!({}),
        }
    }

    /// Reads what was kept; `None` for what another version has written.
    pub fn read(kind: IntentKind, parameters: &serde_json::Value) -> Option<Self> {
        let empty = parameters.as_object().is_some_and(serde_json::Map::is_empty);
        let whole = if empty {
            serde_json::json!({ "kind": kind.as_str() })
        } else {
            serde_json::json!({ "kind": kind.as_str(), "parameters": parameters })
        };
        serde_json::from_value(whole).ok()
    }

    /// The system that it makes.
    pub const fn system(&self) -> Option<&System> {
        match self {
            Self::Order(new) => Some(&new.system),
            Self::Rebuild(system) => Some(system),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Wanted> {
        let system = System {
            image: "linode/debian12".to_owned(),
            stackscript: Some(7),
            answered: vec!["db_password".to_owned()],
            ..System::default()
        };
        vec![
            Wanted::Order(NewServer {
                label: "web-1".to_owned(),
                region: "us-east".to_owned(),
                type_id: "g6-nanode-1".to_owned(),
                system: system.clone(),
                backups: true,
                private_ip: false,
            }),
            Wanted::Boot,
            Wanted::Shutdown,
            Wanted::Reboot,
            Wanted::Resize {
                type_id: "g6-standard-1".to_owned(),
                warm: false,
                resize_disk: true,
            },
            Wanted::Rebuild(system),
            Wanted::Rename {
                label: "web-2".to_owned(),
            },
            Wanted::ResetPassword,
            Wanted::Rdns {
                address: "192.0.2.1".parse().unwrap(),
                name: None,
            },
            Wanted::EnableBackups,
            Wanted::CancelBackups,
            Wanted::Snapshot {
                label: "before".to_owned(),
            },
            Wanted::Restore { backup: 9 },
            Wanted::Delete,
            Wanted::Create(Box::new(NewContainer {
                name: "shop".parse().unwrap(),
                image: "shop/web:1".parse().unwrap(),
                limits: PlanLimits {
                    cpu_cores: Some(crate::plan::CpuCores::parse("0.50").unwrap()),
                    memory_mb: Some(512),
                    disk_gb: None,
                },
                disk_required: false,
                ports: serde_json::json!({"80/tcp": 8080}),
                volumes: serde_json::json!({}),
                variables: vec!["TOKEN".to_owned()],
            })),
            Wanted::Start,
            Wanted::Stop,
            Wanted::Restart,
            Wanted::Remove,
        ]
    }

    #[test]
    fn what_is_kept_is_read_again_and_every_kind_is_there() {
        let kinds: Vec<IntentKind> = all().iter().map(Wanted::kind).collect();
        assert_eq!(kinds, IntentKind::ALL);
        for wanted in all() {
            let kept = wanted.parameters();
            assert!(kept.is_object(), "{kept}");
            assert_eq!(Wanted::read(wanted.kind(), &kept), Some(wanted));
        }
    }

    #[test]
    fn what_another_version_wrote_is_not_guessed() {
        assert_eq!(Wanted::read(IntentKind::Resize, &serde_json::json!({})), None);
        assert_eq!(
            Wanted::read(IntentKind::Restore, &serde_json::json!({"backup": "x"})),
            None
        );
    }
}
