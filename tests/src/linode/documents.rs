//! What Linode's answers look like.

use serde_json::{Value, json};

/// A usual server.
pub fn instance(id: u64) -> Value {
    json!({
        "id": id, "label": format!("server-{id}"), "group": "", "status": "running",
        "created": "2018-01-01T00:01:01", "updated": "2018-01-01T00:01:01", "type": "g6-nanode-1",
        "ipv4": [format!("203.0.{}.{}", 100 + id / 250 % 100, 1 + id % 250), "192.168.133.234"],
        "ipv6": format!("2600:3c00::{:x}:{:x}/128", id / 65_536, id % 65_536),
        "image": "linode/debian12", "region": "us-east",
        "specs": {"disk": 25600, "memory": 1024, "vcpus": 1, "gpus": 0, "transfer": 1000, "accelerated_devices": 0},
        "alerts": {"cpu": 90, "network_in": 10, "network_out": 10, "transfer_quota": 80, "io": 10000},
        "backups": {"enabled": true, "available": true, "schedule": {"day": null, "window": null}, "last_successful": null},
        "hypervisor": "kvm", "watchdog_enabled": true, "tags": ["shop"],
        "host_uuid": "3a3ddd59d9a78bb8de041391075df44de62bfec8", "has_user_data": false,
        "placement_group": null, "disk_encryption": "enabled", "lke_cluster_id": null, "capabilities": []
    })
}

/// A type with prices as numbers of these digits.
pub fn linode_type(id: &str, hourly: &str, monthly: &str) -> Value {
    let number = |digits: &str| -> Value { digits.parse().expect("a number") };
    json!({
        "id": id, "label": id, "class": "nanode", "disk": 25600, "memory": 1024, "vcpus": 1, "gpus": 0,
        "network_out": 1000, "transfer": 1000, "successor": null,
        "price": {"hourly": number(hourly), "monthly": number(monthly)},
        "region_prices": [{"id": "id-cgk", "hourly": 0.009, "monthly": 6.0}],
        "addons": {"backups": {"price": {"hourly": 0.003, "monthly": null}, "region_prices": []}}
    })
}

/// A usual region.
pub fn region(id: &str) -> Value {
    json!({
        "id": id, "label": "Newark, NJ", "country": "us", "status": "ok", "site_type": "core",
        "capabilities": ["Linodes", "Metadata"], "resolvers": {"ipv4": "192.0.2.1", "ipv6": "2001:db8::1"}
    })
}

/// What traffic costs.
pub fn transfer_price() -> Value {
    json!({
        "id": "network_transfer", "label": "Network Transfer", "price": {"hourly": 0.005, "monthly": null},
        "region_prices": [{"id": "id-cgk", "hourly": 0.015, "monthly": null}], "transfer": 0
    })
}

/// An image; its id says whose it is.
pub fn image(id: &str) -> Value {
    let public = id.starts_with("linode/");
    json!({
        "id": id, "label": id, "status": "available", "type": "manual", "is_public": public, "deprecated": false,
        "vendor": public.then_some("Debian"), "size": 1500, "total_size": 1500, "created": "2023-06-10T00:00:00",
        "updated": "2023-06-10T00:00:00", "eol": null, "expiry": null, "description": null, "created_by": "linode",
        "capabilities": if public { json!(["cloud-init"]) } else { json!([]) },
        "regions": if public { Value::Null } else { json!([{"region": "us-east", "status": "available"}]) }, "tags": []
    })
}

/// A StackScript that asks for something of each sort.
pub fn stackscript(id: u64, mine: bool) -> Value {
    json!({
        "id": id, "label": format!("script-{id}"), "description": "A shop", "username": "reseller",
        "user_gravatar_id": "a445b305abda30ebc766bc7fda037c37", "images": ["linode/debian12"], "deployments_total": 12,
        "deployments_active": 1, "is_public": !mine, "mine": mine, "created": "2018-01-01T00:01:01",
        "updated": "2018-01-01T00:01:01", "rev_note": "Set up", "script": "#!/bin/bash", "ordinal": 0, "logo_url": "",
        "user_defined_fields": [
            {"name": "heading", "label": "The shop", "header": "Yes"},
            {"name": "domain", "label": "Its domain", "example": "shop.example"},
            {"name": "db_password", "label": "Its password"},
            {"name": "size", "label": "Its size", "oneof": "small,large", "default": "small"},
            {"name": "extras", "label": "More", "manyof": "ssl,backup", "default": ""}
        ]
    })
}

/// A firewall that says nothing about what goes out.
pub fn firewall(id: u64) -> Value {
    json!({
        "id": id, "label": format!("wall-{id}"), "status": "enabled", "tags": [], "created": "2020-01-01T00:01:01",
        "updated": "2020-01-01T00:01:01", "entities": [],
        "rules": {
            "inbound": [{"label": "ssh", "description": null, "action": "ACCEPT", "protocol": "TCP", "ports": "22",
                "addresses": {"ipv4": ["192.0.2.0/24"], "ipv6": null}},
                {"label": "esp", "action": "ACCEPT", "protocol": "50", "addresses": {"ipv4": ["0.0.0.0/0"]}}],
            "outbound": null, "inbound_policy": "DROP", "outbound_policy": "ACCEPT", "version": 1, "fingerprint": "997dd135"
        }
    })
}

/// What all servers have sent: gigabytes.
pub fn account_transfer() -> Value {
    json!({
        "used": 22, "quota": 9141, "billable": 0,
        "region_transfers": [{"id": "id-cgk", "used": 1, "quota": 1000, "billable": 0}]
    })
}

/// A backup.
pub fn backup(id: u64, kind: &str, label: Option<&str>, status: &str) -> Value {
    json!({
        "id": id, "label": label, "status": status, "type": kind, "region": "us-east", "available": status == "successful",
        "created": "2018-01-15T00:01:01", "updated": "2018-01-15T00:01:01",
        "finished": (status == "successful").then_some("2018-01-15T00:01:01"),
        "configs": ["My Debian Config"], "disks": [{"label": "My Debian Disk", "size": 9001, "filesystem": "ext4"}]
    })
}

/// The backups of a server: one that Linode made, no snapshot.
pub fn backups() -> Value {
    json!({
        "automatic": [backup(6001, "auto", None, "successful")],
        "snapshot": {"current": null, "in_progress": null}
    })
}

/// The curves of a server, as the real answers have them.
pub fn stats(id: u64) -> Value {
    let curve = json!([[1_521_483_600_000_i64, 0.42], [1_521_483_900_000_i64, 12]]);
    let traffic = json!({"in": curve, "out": curve, "private_in": [], "private_out": []});
    json!({
        "title": format!("linode.com - server-{id} (linode{id}) - day (5 min avg)"),
        "data": {"cpu": curve, "io": {"io": curve, "swap": []}, "netv4": traffic, "netv6": traffic}
    })
}

/// A piece of work on the computer of a server.
pub fn maintenance(id: u64, kind: &str, status: &str) -> Value {
    json!({
        "entity": {"id": id, "label": format!("server-{id}"), "type": "linode", "url": format!("/v4/linode/instances/{id}")},
        "type": kind, "status": status, "reason": "A reboot is needed.", "when": "2026-01-03T02:00:00",
        "not_before": null, "start_time": null, "complete_time": null, "source": "platform", "description": "emergency"
    })
}
