//! What is let through to servers.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    lenient::{objects, text, texts, time, whole},
    list::Item,
};

/// A firewall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Firewall {
    /// Its number.
    pub id: u64,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// `enabled`, `disabled` or `deleted`; new words may appear.
    pub status: Option<String>,
    /// What it lets through; absent if Linode doesn't say.
    pub rules: Option<Rules>,
    /// Its tags.
    pub tags: Vec<String>,
    /// When it was made, UTC.
    pub created: Option<NaiveDateTime>,
    /// When it was changed last, UTC.
    pub updated: Option<NaiveDateTime>,
}

/// What a firewall lets through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// To the servers. Absent means not said, which is no word on what is let through.
    pub inbound: Option<Vec<Rule>>,
    /// From the servers; null in real answers.
    pub outbound: Option<Vec<Rule>>,
    /// What happens to all else that comes: `ACCEPT` or `DROP`.
    pub inbound_policy: Option<String>,
    /// What happens to all else that goes.
    pub outbound_policy: Option<String>,
}

/// One rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub label: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// `ACCEPT` or `DROP`.
    pub action: Option<String>,
    /// `TCP`, `UDP`, `ICMP`, `IPENCAP`, `ALL`, or a number as text.
    pub protocol: Option<String>,
    /// Ports and ranges, with commas between: `22, 80, 8000-8100`. Absent means all.
    pub ports: Option<String>,
    /// Ranges of IPv4.
    pub ipv4: Vec<String>,
    /// Ranges of IPv6.
    pub ipv6: Vec<String>,
}

impl Rules {
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        value.is_object().then(|| {
            let rules = |side: &str| Some(objects(value, side)?.iter().filter_map(rule).collect());
            Self {
                inbound: rules("inbound"),
                outbound: rules("outbound"),
                inbound_policy: text(value, "inbound_policy"),
                outbound_policy: text(value, "outbound_policy"),
            }
        })
    }

    /// Reads rules; nothing if no side is spoken of.
    pub(super) fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        value.get("inbound").or(value.get("outbound"))?;
        Self::from_value(&value)
    }
}

fn rule(value: &Value) -> Option<Rule> {
    let addresses = value.get("addresses").unwrap_or(&Value::Null);
    value.is_object().then(|| Rule {
        label: text(value, "label"),
        description: text(value, "description"),
        action: text(value, "action"),
        // A number of a protocol comes as text; a bare one is read as well.
        protocol: text(value, "protocol").or_else(|| whole(value, "protocol").map(|number| number.to_string())),
        ports: text(value, "ports"),
        ipv4: texts(addresses, "ipv4"),
        ipv6: texts(addresses, "ipv6"),
    })
}

impl Item for Firewall {
    type Key = u64;

    fn key(&self) -> u64 {
        self.id
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        Some(Self {
            id: whole(&value, "id")?,
            label: text(&value, "label").unwrap_or_default(),
            status: text(&value, "status"),
            rules: value.get("rules").and_then(Rules::from_value),
            tags: texts(&value, "tags"),
            created: time(&value, "created"),
            updated: time(&value, "updated"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_not_said_are_not_rules_that_are_none() {
        let json = r#"{"id": 45678, "label": "web", "status": "enabled", "tags": ["a"], "created": "2020-01-01T00:00:00", "rules": {
            "inbound": [{"label": "ssh", "action": "ACCEPT", "protocol": "TCP", "ports": "22", "addresses": {"ipv4": ["192.0.2.0/24"], "ipv6": null}},
                {"protocol": "50", "addresses": null}, {"protocol": 51}, 7],
            "outbound": null, "inbound_policy": "DROP", "outbound_policy": "ACCEPT", "version": 1}}"#;
        let firewall = Firewall::read(json).unwrap();
        let rules = firewall.rules.unwrap();
        let inbound = rules.inbound.unwrap();
        assert_eq!(inbound.len(), 3);
        assert_eq!(inbound[0].ipv4, ["192.0.2.0/24"]);
        assert_eq!(inbound[1].protocol.as_deref(), Some("50"));
        assert_eq!(inbound[2].protocol.as_deref(), Some("51"));
        assert_eq!(rules.outbound, None);
        assert_eq!(Firewall::read(r#"{"id": 1, "rules": null}"#).unwrap().rules, None);
        assert_eq!(
            Rules::read(r#"{"inbound": [], "outbound": null}"#).unwrap().inbound,
            Some(Vec::new())
        );
        assert_eq!(Rules::read("{}"), None);
    }
}
