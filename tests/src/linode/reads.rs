//! What an account answers to a GET.

use serde_json::{Value, json};

use super::{Account, Reply, account::Asked, documents, filter::filtered};

/// What events can be filtered by.
const OF_EVENTS: &[&str] = &["id", "action", "created", "entity.id", "entity.type"];
/// What servers can be filtered by.
const OF_INSTANCES: &[&str] = &["id", "label", "tags", "region", "image"];

impl Account {
    pub(super) fn read(&self, asked: &Asked<'_>) -> Reply {
        let parts: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
        match parts.as_slice() {
            ["profile"] => Reply::ok(&json!({"username": "reseller", "email": "r@example.com", "restricted": false})),
            ["linode", "instances"] => self.page(&self.instances, asked, OF_INSTANCES),
            ["linode", "types"] => self.page(&self.types, asked, &[]),
            ["network-transfer", "prices"] => self.page(&self.transfer_prices, asked, &[]),
            ["regions"] => self.page(&self.regions, asked, &[]),
            ["regions", "availability"] => self.page(&self.availability, asked, &[]),
            ["images"] => self.page(&self.images, asked, &[]),
            ["images", owner, name] => one(&self.images, &json!(format!("{owner}/{name}"))),
            ["linode", "stackscripts"] => self.page(&self.stackscripts, asked, &["mine", "label"]),
            ["linode", "stackscripts", id] => one(&self.stackscripts, &number(id)),
            ["networking", "firewalls"] => self.page(&self.firewalls, asked, &[]),
            ["networking", "firewalls", id, "rules"] => {
                let id = number(id);
                let found = self.firewalls.iter().find(|wall| wall["id"] == id);
                found.map_or_else(missing, |wall| Reply::ok(&wall["rules"]))
            }
            ["networking", "ips", address] => self.address(address).map_or_else(missing, |found| Reply::ok(&found)),
            ["account", "events"] => self.page(&self.events, asked, OF_EVENTS),
            ["account", "events", id] => one(&self.events, &number(id)),
            ["account", "maintenance"] => self.page(&self.maintenance, asked, &[]),
            ["account", "transfer"] => Reply::ok(&self.transfer),
            ["linode", "instances", id, rest @ ..] => {
                let id = number(id);
                let found = self.instances.iter().find(|instance| instance["id"] == id);
                found.map_or_else(missing, |instance| self.of_instance(instance, rest, asked))
            }
            _ => missing(),
        }
    }

    fn of_instance(&self, instance: &Value, rest: &[&str], asked: &Asked<'_>) -> Reply {
        let id = instance["id"].as_u64().unwrap_or_default();
        match rest {
            [] => Reply::ok(instance),
            ["stats"] | ["stats", _, _] if self.without_stats.contains(&id) => {
                Reply::error(400, "Stats are unavailable at this time.")
            }
            ["stats", _, month] if !matches!(month.parse(), Ok(1..=12)) => {
                Reply::on_field("month", "month must be between 1 and 12")
            }
            ["stats"] | ["stats", _, _] => {
                let own = self.curves.get(&id).cloned();
                Reply::ok(&own.unwrap_or_else(|| documents::stats(id)))
            }
            ["transfer"] => Reply::ok(&json!({"used": 22_956_600_198_u64, "quota": 1000, "billable": 0})),
            ["transfer", _, _] => Reply::ok(&json!({
                "bytes_in": 30_471_077_120_u64, "bytes_out": 22_956_600_198_u64, "bytes_total": 53_427_677_318_u64
            })),
            ["firewalls"] => self.page(&self.firewalls, asked, &[]),
            ["backups"] => {
                let own = self.backups.get(&id).cloned();
                Reply::ok(&own.unwrap_or_else(documents::backups))
            }
            ["ips"] => {
                let all: Vec<Value> = instance["ipv4"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|address| self.address(address.as_str()?))
                    .collect();
                let (private, public): (Vec<Value>, Vec<Value>) =
                    all.into_iter().partition(|address| address["public"] == false);
                let slaac = instance["ipv6"]
                    .as_str()
                    .and_then(|own| self.address(own.split('/').next()?));
                Reply::ok(&json!({
                    "ipv4": {"public": public, "private": private, "shared": [], "reserved": [], "vpc": []},
                    "ipv6": {"slaac": slaac, "link_local": {"address": "fe80::f03c:91ff:fe24:3a2f", "prefix": 64, "rdns": null},
                        "global": [{"range": "2600:3c00:e000:1::", "prefix": 64, "region": "us-east",
                            "route_target": "2600:3c00::f03c:91ff:fe24:3a2f"}]}
                }))
            }
            _ => missing(),
        }
    }

    /// An address of one of the servers.
    pub(super) fn address(&self, address: &str) -> Option<Value> {
        let owner = self.instances.iter().find(|instance| {
            let own = instance["ipv4"].as_array().into_iter().flatten();
            let v6 = instance["ipv6"].as_str().and_then(|own| own.split('/').next());
            own.filter_map(Value::as_str).any(|own| own == address) || v6 == Some(address)
        })?;
        let v6 = address.contains(':');
        Some(json!({
            "address": address, "gateway": if v6 { "fe80::1" } else { "203.0.113.1" },
            "subnet_mask": if v6 { "ffff:ffff:ffff:ffff::" } else { "255.255.255.0" },
            "prefix": if v6 { 64 } else { 24 }, "type": if v6 { "ipv6" } else { "ipv4" },
            "public": !address.starts_with("192.168."), "rdns": self.rdns.get(address),
            "linode_id": owner["id"], "region": owner["region"], "vpc_nat_1_1": null
        }))
    }

    /// A page of a list: `page` from 1, `page_size` 25 to 500.
    fn page(&self, all: &[Value], asked: &Asked<'_>, fields: &[&str]) -> Reply {
        let kept;
        let all = match asked.filter {
            Some(filter) if !self.overlooks_filters => match filtered(all, filter, fields) {
                Ok(found) => {
                    kept = found;
                    &kept[..]
                }
                Err(refused) => return refused,
            },
            _ => all,
        };
        let number = |name: &str, otherwise: usize| {
            let value = asked
                .query
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| *value);
            value.map_or(Some(otherwise), |value| value.parse().ok())
        };
        let (Some(number), Some(size)) = (number("page", 1), number("page_size", 100)) else {
            return Reply::error(400, "Must be an integer");
        };
        if !(25..=500).contains(&size) {
            return Reply::error(400, "Must be 25-500");
        }
        let pages = all.len().div_ceil(size).max(1);
        if number == 0 || number > pages {
            return missing();
        }
        let data: Vec<&Value> = all.iter().skip((number - 1) * size).take(size).collect();
        Reply::ok(&json!({"data": data, "page": number, "pages": pages, "results": all.len()}))
    }
}

fn missing() -> Reply {
    Reply::error(404, "Not found")
}

fn number(text: &str) -> Value {
    text.parse::<u64>().map_or(Value::Null, Value::from)
}

/// The entry of this id.
fn one(all: &[Value], id: &Value) -> Reply {
    let found = all.iter().find(|entry| !id.is_null() && entry["id"] == *id);
    found.map_or_else(missing, Reply::ok)
}
