//! A server, as Linode describes it.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    Status,
    lenient::{flag, text, texts, time, whole},
    list::Item,
};

/// A server at Linode. What Linode doesn't say, or says in another way than documented, is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instance {
    /// Its number at Linode.
    pub id: u64,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// The id of the region.
    pub region: Option<String>,
    /// The status in Linode's own word; new words appear.
    pub status: Option<String>,
    /// The id of the type (plan).
    pub type_id: Option<String>,
    /// The image it was made from.
    pub image: Option<String>,
    /// Addresses that the world reaches. May be empty.
    pub public_ipv4: Vec<Ipv4Addr>,
    /// Addresses within Linode's own network.
    pub private_ipv4: Vec<Ipv4Addr>,
    /// The address that Linode made for it, without the length of the prefix.
    pub ipv6: Option<Ipv6Addr>,
    /// When it was made, UTC.
    pub created: Option<NaiveDateTime>,
    /// When it was changed last, UTC.
    pub updated: Option<NaiveDateTime>,
    /// What it has.
    pub specs: Specs,
    /// Whether backups are on, which costs extra.
    pub backups_enabled: Option<bool>,
    /// The Kubernetes cluster that made it and replaces it at will.
    pub lke_cluster_id: Option<u64>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// What a server has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Specs {
    /// Processor cores.
    pub vcpus: Option<u64>,
    /// Memory, MB.
    pub memory_mb: Option<u64>,
    /// Disk, MB.
    pub disk_mb: Option<u64>,
    /// Traffic a month, GB.
    pub transfer_gb: Option<u64>,
    /// Graphics processors.
    pub gpus: Option<u64>,
}

/// The documented columns of a server, filled with what fits into them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// `linode_id INTEGER`.
    pub linode_id: i32,
    /// `label VARCHAR(255)`.
    pub label: String,
    /// `region VARCHAR(100)`.
    pub region: Option<String>,
    /// `status VARCHAR(50)`.
    pub status: Option<String>,
    /// `ipv4 VARCHAR(15)`: the first public address.
    pub ipv4: Option<String>,
    /// `ipv6 VARCHAR(39)`.
    pub ipv6: Option<String>,
    /// `image VARCHAR(100)`.
    pub image: Option<String>,
}

/// A value that its documented column can't hold. It is reported, never cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The column.
    pub column: &'static str,
    /// What it holds at most.
    pub holds: &'static str,
    /// The value, shortened for a sentence.
    pub value: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "The column {} holds {}; “{}” was not written.",
            self.column, self.holds, self.value
        )
    }
}

impl Instance {
    /// Reads one; nothing if it has no id.
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let (public_ipv4, private_ipv4) = texts(value, "ipv4")
            .iter()
            .filter_map(|address| address.parse::<Ipv4Addr>().ok())
            .partition(|address| !address.is_private());
        let specs = value.get("specs").unwrap_or(&Value::Null);
        Some(Self {
            id: whole(value, "id")?,
            label: text(value, "label").unwrap_or_default(),
            region: text(value, "region"),
            status: text(value, "status"),
            type_id: text(value, "type"),
            image: text(value, "image"),
            public_ipv4,
            private_ipv4,
            ipv6: text(value, "ipv6").and_then(|address| without_prefix(&address)),
            created: time(value, "created"),
            updated: time(value, "updated"),
            specs: Specs {
                vcpus: whole(specs, "vcpus"),
                memory_mb: whole(specs, "memory"),
                disk_mb: whole(specs, "disk"),
                transfer_gb: whole(specs, "transfer"),
                gpus: whole(specs, "gpus"),
            },
            backups_enabled: value.get("backups").and_then(|backups| flag(backups, "enabled")),
            lke_cluster_id: whole(value, "lke_cluster_id"),
            tags: texts(value, "tags"),
        })
    }

    /// What it is doing, if Linode says so.
    pub fn state(&self) -> Option<Status> {
        self.status.as_deref().map(Status::of)
    }

    /// The documented columns, or all that doesn't fit into them.
    pub fn fits(&self) -> Result<Columns, Vec<Misfit>> {
        let mut misfits = Vec::new();
        let linode_id = i32::try_from(self.id).unwrap_or_else(|_| {
            misfits.push(Misfit {
                column: "linode_id",
                holds: "numbers up to 2147483647",
                value: self.id.to_string(),
            });
            0
        });
        let ipv4 = self.public_ipv4.first().map(Ipv4Addr::to_string);
        let ipv6 = self.ipv6.map(|address| address.to_string());
        for (column, longest, holds, value) in [
            ("label", 255, "255 characters", Some(&self.label)),
            ("region", 100, "100 characters", self.region.as_ref()),
            ("status", 50, "50 characters", self.status.as_ref()),
            ("ipv4", 15, "15 characters", ipv4.as_ref()),
            ("ipv6", 39, "39 characters", ipv6.as_ref()),
            ("image", 100, "100 characters", self.image.as_ref()),
        ] {
            if let Some(value) = value.filter(|value| value.chars().count() > longest) {
                misfits.push(Misfit {
                    column,
                    holds,
                    value: value.chars().take(40).collect(),
                });
            }
        }
        if !misfits.is_empty() {
            return Err(misfits);
        }
        Ok(Columns {
            linode_id,
            label: self.label.clone(),
            region: self.region.clone(),
            status: self.status.clone(),
            ipv4,
            ipv6,
            image: self.image.clone(),
        })
    }
}

impl Item for Instance {
    type Key = u64;

    fn key(&self) -> u64 {
        self.id
    }

    fn read(json: &str) -> Option<Self> {
        Self::from_value(&serde_json::from_str(json).ok()?)
    }
}

/// `2600:…/128` as an address.
fn without_prefix(text: &str) -> Option<Ipv6Addr> {
    text.split('/').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::linode::list::fuzz::{any_json, broken};

    fn usual() -> Value {
        json!({
            "id": 123, "label": "web-1", "group": "", "status": "running",
            "created": "2018-01-01T00:01:01", "updated": "2018-01-02T00:01:01",
            "type": "g6-standard-1", "ipv4": ["203.0.113.1", "192.168.133.234"],
            "ipv6": "2600:3c00::f03c:91ff:fe24:3a2f/128", "image": "linode/debian12", "region": "us-east",
            "specs": {"disk": 51200, "memory": 2048, "vcpus": 1, "gpus": 0, "transfer": 2000, "accelerated_devices": 0},
            "alerts": {"cpu": 90}, "backups": {"enabled": true, "available": false, "schedule": {"day": null, "window": null}, "last_successful": null},
            "hypervisor": "kvm", "watchdog_enabled": true, "tags": ["shop"], "host_uuid": "3a3ddd59d9a78bb8de041391075df44de62bfec8",
            "has_user_data": false, "placement_group": null, "disk_encryption": "enabled", "lke_cluster_id": null
        })
    }

    #[test]
    fn a_usual_server() {
        let server = Instance::from_value(&usual()).unwrap();
        assert_eq!(server.label, "web-1");
        assert_eq!(server.status.as_deref(), Some("running"));
        assert_eq!(server.public_ipv4, [Ipv4Addr::new(203, 0, 113, 1)]);
        assert_eq!(server.private_ipv4, [Ipv4Addr::new(192, 168, 133, 234)]);
        assert_eq!(server.created.unwrap().to_string(), "2018-01-01 00:01:01");
        assert_eq!(server.specs.memory_mb, Some(2048));
        assert_eq!(server.backups_enabled, Some(true));
        let columns = server.fits().unwrap();
        assert_eq!(columns.linode_id, 123);
        assert_eq!(columns.ipv4.as_deref(), Some("203.0.113.1"));
        assert_eq!(columns.ipv6.as_deref(), Some("2600:3c00::f03c:91ff:fe24:3a2f"));
    }

    #[test]
    fn all_but_the_id_may_be_null_or_new() {
        let mut value = usual();
        for (key, field) in value.as_object_mut().unwrap() {
            if key != "id" {
                *field = Value::Null;
            }
        }
        let server = Instance::from_value(&value).unwrap();
        assert_eq!(server, Instance::from_value(&json!({ "id": 123 })).unwrap());
        assert_eq!(server.status, None);
        let moved = Instance::from_value(&json!({"id": 1, "status": "teleporting"})).unwrap();
        assert_eq!(moved.status.as_deref(), Some("teleporting"));
        assert_eq!(Instance::from_value(&json!({ "label": "no id" })), None);
    }

    #[test]
    fn a_number_too_large_is_reported() {
        let id = u64::from(i32::MAX.unsigned_abs()) + 1;
        let server = Instance::from_value(&json!({ "id": id, "status": "x".repeat(51) })).unwrap();
        assert_eq!(server.id, id);
        let misfits = server.fits().unwrap_err();
        assert_eq!(misfits.len(), 2);
        assert_eq!(
            misfits[0].to_string(),
            "The column linode_id holds numbers up to 2147483647; “2147483648” was not written."
        );
    }

    #[test]
    fn the_longest_addresses_fit() {
        let server = Instance::from_value(&json!({
            "id": 1, "ipv4": ["203.255.113.255"], "ipv6": "2600:3c00:1111:2222:3333:4444:5555:6666/128"
        }));
        let columns = server.unwrap().fits().unwrap();
        assert_eq!(columns.ipv4.unwrap().len(), 15);
        assert_eq!(columns.ipv6.unwrap().len(), 39);
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(json in any_json()) {
            if let Some(server) = Instance::read(&json.to_string()) {
                prop_assert_eq!(Some(server.id), json.get("id").and_then(Value::as_u64));
                let _fits = server.fits();
            }
        }

        #[test]
        fn a_broken_server_is_read_or_refused(json in broken(usual())) {
            if let Some(server) = Instance::read(&json.to_string()) {
                let _fits = server.fits();
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _read = Instance::read(&text);
        }
    }
}
