//! What is done to a server that is there. Every order is answered at once and carried out later: its end is seen by
//! [`Linode::follow`](super::Linode::follow).

use std::{collections::BTreeMap, net::IpAddr};

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;

use super::{
    Access, Address, Backup, Call, Done, Instance, Linode, LinodeError, Reason, StackScriptData, Status, UserData,
    WriteError,
    address::wrong_name,
    check::{check_id, check_image, wrong_label, wrong_password},
    create::{Disks, secrets},
    limits::Bucket,
    list::Item,
    write::{Busy, Lost, Order},
};

/// How a server moves to its new type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Migration {
    /// It runs on while it is copied, and is started anew at the end.
    Warm,
    /// It is off while it is copied.
    Cold,
}

/// Another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resize {
    /// The id of the type.
    pub type_id: String,
    /// How it moves; Linode takes `Cold` if absent.
    pub migration: Option<Migration>,
    /// Whether its disk may follow. Only with one disk besides swap; smaller only if what is on it fits.
    pub resize_disk: bool,
}

/// New disks. All that is on the old ones is lost.
#[derive(Debug, Clone)]
pub struct Rebuild {
    /// The id of the image.
    pub image: String,
    /// Who may enter it.
    pub access: Access,
    /// What sets it up, with the answers.
    pub stackscript: Option<StackScriptData>,
    /// What cloud-init reads.
    pub user_data: Option<UserData>,
    /// Whether it is started afterwards; Linode starts it if absent.
    pub booted: Option<bool>,
    /// Another type at the same time. The answer still names the old one.
    pub type_id: Option<String>,
}

/// Whether a server was there to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// Linode deletes it.
    Now,
    /// Linode has no such server: it was deleted before, or by this order when its answer was lost.
    Already,
}

#[derive(Serialize)]
struct RebuildBody<'a> {
    #[serde(flatten)]
    disks: Disks<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
}

fn below(id: u64, what: &str) -> String {
    format!("/linode/instances/{id}{what}")
}

fn valid(wrong: Vec<Reason>) -> Result<(), WriteError> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(WriteError::Invalid(wrong))
    }
}

impl Linode {
    /// Starts a server, by a configuration or by the one that it was last started by.
    pub async fn boot(&self, id: u64, config: Option<u64>, call: &Call) -> Result<Done<()>, WriteError> {
        let path = below(id, "/boot");
        let order = Order::post("started the server", &path, Bucket::Boot).with(&configured(config))?;
        self.write_only(&order, call).await
    }

    /// Shuts a server down.
    pub async fn shutdown(&self, id: u64, call: &Call) -> Result<Done<()>, WriteError> {
        let path = below(id, "/shutdown");
        let order = Order::post("shut the server down", &path, Bucket::Shutdown);
        self.write_only(&order, call).await
    }

    /// Starts a server anew.
    pub async fn reboot(&self, id: u64, config: Option<u64>, call: &Call) -> Result<Done<()>, WriteError> {
        let path = below(id, "/reboot");
        let order = Order::post("started the server anew", &path, Bucket::Reboot).with(&configured(config))?;
        self.write_only(&order, call).await
    }

    /// Gives a server another type.
    pub async fn resize(&self, id: u64, resize: &Resize, call: &Call) -> Result<Done<()>, WriteError> {
        let mut wrong = Vec::new();
        check_id("type", &resize.type_id, &mut wrong);
        valid(wrong)?;
        let mut body = json!({"type": resize.type_id, "allow_auto_disk_resize": resize.resize_disk});
        if let Some(migration) = resize.migration {
            body["migration_type"] = json!(match migration {
                Migration::Warm => "warm",
                Migration::Cold => "cold",
            });
        }
        let path = below(id, "/resize");
        let order = Order::post("begun to give the server another type", &path, Bucket::Resize).with(&body)?;
        self.write_only(&order, call).await
    }

    /// Makes a server's disks anew. A busy server is not waited for: what would be lost was decided on before.
    pub async fn rebuild(&self, id: u64, rebuild: &Rebuild, call: &Call) -> Result<Done<Instance>, WriteError> {
        let mut wrong = Vec::new();
        check_image(&rebuild.image, &mut wrong);
        rebuild.access.check(&mut wrong);
        if let Some(type_id) = &rebuild.type_id {
            check_id("type", type_id, &mut wrong);
        }
        valid(wrong)?;
        let (script, data) = (rebuild.stackscript.as_ref(), rebuild.user_data.as_ref());
        let body = RebuildBody {
            disks: Disks::new(Some((&rebuild.image, &rebuild.access)), script, data, rebuild.booted),
            r#type: rebuild.type_id.as_deref(),
        };
        let path = below(id, "/rebuild");
        let mut order = Order::post("made the server's disks anew", &path, Bucket::Rebuild)
            .with(&body)?
            .telling_busy();
        order.secrets = secrets(Some(&rebuild.access), script, data);
        self.write_for(&order, call, reads(id)).await
    }

    /// Gives a server another name. Sent again when the answer is lost: the name is the same the second time.
    pub async fn rename(&self, id: u64, label: &str, call: &Call) -> Result<Done<Instance>, WriteError> {
        valid(wrong_label(label).into_iter().collect())?;
        let path = below(id, "");
        let order = Order::put("renamed the server", &path, Bucket::Update).with(&json!({ "label": label }))?;
        self.write_for(&order, call, reads(id)).await
    }

    /// Gives root another password. The server must be off: for one that runs it is not sent.
    pub async fn reset_password(&self, id: u64, root_pass: &SecretString, call: &Call) -> Result<Done<()>, WriteError> {
        valid(wrong_password(root_pass).into_iter().collect())?;
        let server = self.instance(id, call).await.map_err(WriteError::NotDone)?;
        let path = below(id, "/password");
        let Some(server) = server else {
            return Err(WriteError::NotDone(LinodeError::NotFound { what: below(id, "") }));
        };
        if server.state() == Some(Status::Running) {
            let flaw = "the server must be off for a new password, and it runs";
            return Err(WriteError::Invalid(vec![Reason::new("status", flaw)]));
        }
        let body = BTreeMap::from([("root_pass", root_pass.expose_secret())]);
        let mut order = Order::post("changed the password", &path, Bucket::Password).with(&body)?;
        order.secrets = vec![root_pass];
        self.write_only(&order, call).await
    }

    /// Deletes a server, its disks and its backups, and gives its addresses away. Sent again when the answer is lost:
    /// what is gone can't go a second time. A busy server is not waited for.
    pub async fn delete(&self, id: u64, call: &Call) -> Result<Done<Deleted>, WriteError> {
        let path = below(id, "");
        let mut order = Order::post("deleted the server", &path, Bucket::Delete);
        order.method = Method::DELETE;
        (order.lost, order.busy) = (Lost::Repeat, Busy::Tell);
        match self.write_only(&order, call).await {
            Ok(Done { warnings, .. }) => Ok(Done {
                value: Deleted::Now,
                warnings,
            }),
            Err(
                WriteError::NotDone(LinodeError::NotFound { .. })
                | WriteError::Unknown {
                    cause: LinodeError::NotFound { .. },
                    ..
                },
            ) => Ok(Done {
                value: Deleted::Already,
                warnings: Vec::new(),
            }),
            Err(error) => Err(error),
        }
    }

    /// Sets the name that an address leads back to; without one, Linode's own. The name has to lead to the address
    /// already. Sent again when the answer is lost.
    pub async fn set_rdns(
        &self,
        address: IpAddr,
        name: Option<&str>,
        call: &Call,
    ) -> Result<Done<Address>, WriteError> {
        valid(name.and_then(wrong_name).into_iter().collect())?;
        let path = format!("/networking/ips/{address}");
        let order =
            Order::put("set the name of the address", &path, Bucket::ReverseDns).with(&json!({ "rdns": name }))?;
        let read = |json: &str| Address::read(json).filter(|read| read.address == address);
        self.write_for(&order, call, read).await
    }

    /// Switches backups on, which costs extra.
    pub async fn enable_backups(&self, id: u64, call: &Call) -> Result<Done<()>, WriteError> {
        let path = below(id, "/backups/enable");
        let order = Order::post("switched backups on", &path, Bucket::BackupSwitch);
        self.write_only(&order, call).await
    }

    /// Switches backups off. All backups of the server are deleted; they can't be had again, and Linode doesn't switch
    /// backups on again within a day.
    pub async fn cancel_backups(&self, id: u64, call: &Call) -> Result<Done<()>, WriteError> {
        let path = below(id, "/backups/cancel");
        let order = Order::post("switched backups off", &path, Bucket::BackupSwitch).telling_busy();
        self.write_only(&order, call).await
    }

    /// Makes a snapshot, which replaces the one before.
    pub async fn snapshot(&self, id: u64, label: &str, call: &Call) -> Result<Done<Backup>, WriteError> {
        if label.is_empty() || label.chars().count() > 255 || label.chars().any(char::is_control) {
            let flaw = Reason::new("label", "it must have 1 to 255 characters");
            return Err(WriteError::Invalid(vec![flaw]));
        }
        let path = below(id, "/backups");
        let order = Order::post("begun a snapshot", &path, Bucket::Snapshot).with(&json!({ "label": label }))?;
        self.write_for(&order, call, Backup::read).await
    }

    /// Fills a server from a backup of this or another one. With `overwrite` all disks of `target` are deleted before;
    /// without it, it must have room. A busy server is not waited for.
    pub async fn restore(
        &self,
        id: u64,
        backup: u64,
        target: u64,
        overwrite: bool,
        call: &Call,
    ) -> Result<Done<()>, WriteError> {
        let path = below(id, &format!("/backups/{backup}/restore"));
        let order = Order::post("begun to fill the server from the backup", &path, Bucket::Restore)
            .with(&json!({"linode_id": target, "overwrite": overwrite}))?
            .telling_busy();
        self.write_only(&order, call).await
    }
}

fn configured(config: Option<u64>) -> serde_json::Value {
    config.map_or_else(|| json!({}), |config| json!({ "config_id": config }))
}

/// Reads the server of this number; an answer about another is none.
fn reads(id: u64) -> impl FnOnce(&str) -> Option<Instance> {
    move |json| Instance::read(json).filter(|instance| instance.id == id)
}
