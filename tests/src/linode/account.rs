//! An account at Linode and what it answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    Reply,
    documents::{account_transfer, firewall, image, instance, linode_type, region, stackscript, transfer_price},
    jobs::Job,
};

/// What an account has. All of it can be changed between two requests.
#[derive(Clone)]
pub struct Account {
    /// Its servers, by ascending id.
    pub instances: Vec<Value>,
    /// What is sold.
    pub types: Vec<Value>,
    /// Where.
    pub regions: Vec<Value>,
    /// What can be ordered where, as far as it is listed.
    pub availability: Vec<Value>,
    /// What traffic costs.
    pub transfer_prices: Vec<Value>,
    /// What disks can be made from.
    pub images: Vec<Value>,
    /// Its own StackScripts and those of others.
    pub stackscripts: Vec<Value>,
    /// Its firewalls.
    pub firewalls: Vec<Value>,
    /// What has happened, by ascending id.
    pub events: Vec<Value>,
    /// What Linode announces.
    pub maintenance: Vec<Value>,
    /// The names that addresses lead back to.
    pub rdns: BTreeMap<String, String>,
    /// The backups of its servers.
    pub backups: BTreeMap<u64, Value>,
    /// Servers that have no curves yet.
    pub without_stats: BTreeSet<u64>,
    /// The curves of its servers, where they are not the usual ones.
    pub curves: BTreeMap<u64, Value>,
    /// What all servers have sent.
    pub transfer: Value,
    /// Whether the header `X-Filter` is overlooked.
    pub overlooks_filters: bool,
    /// What the next jobs to end come to nothing.
    pub failing_jobs: u32,
    /// When the next servers say that they were made, UTC without a zone.
    pub made_at: Option<String>,
    /// What the token may do, as in `X-OAuth-Scopes`.
    pub scopes: String,
    /// Requests left and when there are more (seconds since 1970), told with every answer.
    pub limit: Option<(u64, i64)>,
    pub(super) jobs: Vec<Job>,
    pub(super) passwords: BTreeMap<u64, String>,
    pub(super) next_id: u64,
}

/// What is asked of an account.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    /// Below `/v4`.
    pub(super) path: &'a str,
    pub(super) query: Vec<(&'a str, &'a str)>,
    pub(super) filter: Option<&'a str>,
    pub(super) body: &'a Value,
}

impl Account {
    /// An account with so many usual servers, numbered from 1.
    pub fn with_instances(count: u64) -> Self {
        Self {
            instances: (1..=count).map(instance).collect(),
            types: vec![linode_type("g6-nanode-1", "0.0075", "5.0")],
            regions: vec![region("us-east")],
            availability: vec![json!({"region": "us-east", "plan": "premium131072.7", "available": false})],
            transfer_prices: vec![transfer_price()],
            images: vec![image("linode/debian12"), image("private/77")],
            stackscripts: vec![stackscript(501, true), stackscript(502, false)],
            firewalls: vec![firewall(9001)],
            events: Vec::new(),
            maintenance: Vec::new(),
            rdns: BTreeMap::new(),
            backups: BTreeMap::new(),
            without_stats: BTreeSet::new(),
            curves: BTreeMap::new(),
            transfer: account_transfer(),
            overlooks_filters: false,
            failing_jobs: 0,
            made_at: None,
            scopes: "*".to_owned(),
            limit: None,
            jobs: Vec::new(),
            passwords: BTreeMap::new(),
            next_id: 100_000,
        }
    }

    /// Removes the server of this number.
    pub fn remove(&mut self, id: u64) {
        self.instances.retain(|instance| instance["id"] != id);
    }

    /// A server, to look at and to change.
    pub fn server(&mut self, id: u64) -> &mut Value {
        let found = self.instances.iter_mut().find(|instance| instance["id"] == id);
        found.expect("such a server")
    }

    /// The password that root of a server was given last.
    pub fn password(&self, id: u64) -> Option<&str> {
        self.passwords.get(&id).map(String::as_str)
    }

    pub(super) fn fresh_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// The answer to a request.
    pub(super) fn answer(&mut self, asked: &Asked<'_>) -> Reply {
        let scope = scope(asked);
        let mut reply = if !scope.is_empty() && !self.may(&scope) {
            Reply::error(401, "Your OAuth token is not authorized to use this endpoint.")
        } else if asked.method == "GET" {
            self.read(asked)
        } else {
            self.write(asked)
        };
        reply = reply
            .with("X-OAuth-Scopes", &self.scopes)
            .with("X-Accepted-OAuth-Scopes", &scope);
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

/// The scope that a request needs; none for what everybody may read.
fn scope(asked: &Asked<'_>) -> String {
    let right = if asked.method == "GET" {
        "read_only"
    } else {
        "read_write"
    };
    let area = match asked.path {
        "/linode/types" | "/regions" | "/regions/availability" | "/network-transfer/prices" => return String::new(),
        path if path.starts_with("/images") => "images",
        path if path.starts_with("/linode/stackscripts") => "stackscripts",
        path if path.starts_with("/networking/ips") => "ips",
        path if path.starts_with("/networking/firewalls") => "firewall",
        path if path.starts_with("/account/events") => "events",
        path if path.starts_with("/account") || path == "/profile" => "account",
        _ => "linodes",
    };
    format!("{area}:{right}")
}
