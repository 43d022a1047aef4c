//! An account at Linode and what it answers.

use serde_json::{Value, json};

use super::Reply;

/// What an account has. All of it can be changed between two requests.
#[derive(Clone)]
pub struct Account {
    /// Its servers, by ascending id.
    pub instances: Vec<Value>,
    /// What is sold.
    pub types: Vec<Value>,
    /// Where.
    pub regions: Vec<Value>,
    /// What the token may do, as in `X-OAuth-Scopes`.
    pub scopes: String,
    /// Requests left and when there are more (seconds since 1970), told with every answer.
    pub limit: Option<(u64, i64)>,
}

impl Account {
    /// An account with so many usual servers, numbered from 1.
    pub fn with_instances(count: u64) -> Self {
        Self {
            instances: (1..=count).map(instance).collect(),
            types: vec![linode_type("g6-nanode-1", "0.0075", "5.0")],
            regions: vec![region("us-east")],
            scopes: "*".to_owned(),
            limit: None,
        }
    }

    /// Removes the server of this number.
    pub fn remove(&mut self, id: u64) {
        self.instances.retain(|instance| instance["id"] != id);
    }

    /// The answer to a GET of a path below `/v4`.
    pub(super) fn answer(&self, path: &str, query: &[(&str, &str)]) -> Reply {
        let scope = match path {
            "/profile" => "account:read_only",
            "/linode/types" | "/regions" => "",
            _ => "linodes:read_only",
        };
        let mut reply = if !scope.is_empty() && !self.may(scope) {
            Reply::error(401, "Your OAuth token is not authorized to use this endpoint.")
        } else if let Some(id) = path.strip_prefix("/linode/instances/") {
            let id: Option<u64> = id.parse().ok();
            let found = id.and_then(|id| self.instances.iter().find(|instance| instance["id"] == id));
            found.map_or_else(|| Reply::error(404, "Not found"), |instance| ok(instance.to_string()))
        } else {
            match path {
                "/profile" => {
                    ok(json!({"username": "reseller", "email": "r@example.com", "restricted": false}).to_string())
                }
                "/linode/instances" => page(&self.instances, query),
                "/linode/types" => page(&self.types, query),
                "/regions" => page(&self.regions, query),
                _ => Reply::error(404, "Not found"),
            }
        };
        reply = reply
            .with("X-OAuth-Scopes", &self.scopes)
            .with("X-Accepted-OAuth-Scopes", scope);
        if let Some((remaining, reset)) = self.limit {
            reply = reply
                .with("X-RateLimit-Limit", "1840")
                .with("X-RateLimit-Remaining", &remaining.to_string())
                .with("X-RateLimit-Reset", &reset.to_string());
        }
        reply
    }

    /// Whether the token covers a scope; the client's own reading of scopes is not used to test it.
    fn may(&self, scope: &str) -> bool {
        let written = scope.replace("read_only", "read_write");
        self.scopes
            .split(' ')
            .any(|granted| granted == "*" || granted == scope || granted == written)
    }
}

fn ok(body: String) -> Reply {
    Reply {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body,
    }
}

/// A page of a list: `page` from 1, `page_size` 25 to 500.
fn page(all: &[Value], query: &[(&str, &str)]) -> Reply {
    let asked = |name: &str, otherwise: usize| {
        let value = query.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        value.map_or(Some(otherwise), |value| value.parse().ok())
    };
    let (Some(number), Some(size)) = (asked("page", 1), asked("page_size", 100)) else {
        return Reply::error(400, "Must be an integer");
    };
    if !(25..=500).contains(&size) {
        return Reply::error(400, "Must be 25-500");
    }
    let pages = all.len().div_ceil(size).max(1);
    if number == 0 || number > pages {
        return Reply::error(404, "Not found");
    }
    let data: Vec<&Value> = all.iter().skip((number - 1) * size).take(size).collect();
    let body = json!({"data": data, "page": number, "pages": pages, "results": all.len()});
    ok(body.to_string())
}

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
