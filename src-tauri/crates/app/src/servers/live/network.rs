//! How a server is reached: its addresses, and the firewalls before it.

use domain::ids::ServerId;
use providers::linode::{Address, Rule};
use serde::Serialize;
use ts_rs::TS;

use super::{LiveReach, There};
use crate::{AppError, session::Session};

/// An address of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ServerAddress {
    /// The address itself.
    pub address: String,
    /// public, private, shared, reserved, slaac or `link_local`.
    pub kind: &'static str,
    /// The name that it leads back to.
    pub rdns: Option<String>,
    /// Whether it can be given such a name.
    pub may_name: bool,
    /// The way out.
    pub gateway: Option<String>,
    /// How many bits of it are the network's.
    #[ts(type = "number | null")]
    pub prefix: Option<u64>,
}

/// The addresses of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerAddresses {
    /// One by one.
    pub addresses: Vec<ServerAddress>,
    /// Ranges of IPv6, such as `2600:3c00:e000:1::/64`.
    pub ranges: Vec<String>,
}

/// Reads them.
pub async fn addresses(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerAddresses, AppError> {
    let there = There::find(session, live, server).await?;
    let found = there.linode.addresses(there.id, &there.call).await?;
    let found = found.ok_or_else(|| there.gone())?;
    let one = |kind: &'static str, address: &Address| ServerAddress {
        address: address.address.to_string(),
        kind,
        rdns: address.rdns.clone(),
        may_name: matches!(kind, "public" | "reserved" | "slaac"),
        gateway: address.gateway.map(|gateway| gateway.to_string()),
        prefix: address.prefix,
    };
    let many = |kind: &'static str, all: &[Address]| all.iter().map(|address| one(kind, address)).collect::<Vec<_>>();
    let mut addresses = many("public", &found.public);
    addresses.extend(found.slaac.iter().map(|address| one("slaac", address)));
    addresses.extend(many("reserved", &found.reserved));
    addresses.extend(many("shared", &found.shared));
    addresses.extend(many("private", &found.private));
    addresses.extend(found.link_local.iter().map(|address| one("link_local", address)));
    Ok(ServerAddresses {
        addresses,
        ranges: found
            .ranges
            .iter()
            .map(|range| match range.prefix {
                Some(prefix) => format!("{}/{prefix}", range.first),
                None => range.first.to_string(),
            })
            .collect(),
    })
}

/// A rule of a firewall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FirewallRule {
    /// Its name.
    pub label: Option<String>,
    /// ACCEPT or DROP.
    pub action: Option<String>,
    /// TCP, UDP, ICMP …
    pub protocol: Option<String>,
    /// Ports and ranges; `null` is all.
    pub ports: Option<String>,
    /// From where, or to where.
    pub addresses: Vec<String>,
}

/// A firewall before a server. A side that is `null` was not told, which is no word on what is let through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FirewallInfo {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// Its name.
    pub label: String,
    /// enabled, disabled or deleted; an open set.
    pub status: Option<String>,
    /// To the server.
    pub inbound: Option<Vec<FirewallRule>>,
    /// From the server.
    pub outbound: Option<Vec<FirewallRule>>,
    /// What happens to all else that comes.
    pub inbound_policy: Option<String>,
    /// What happens to all else that goes.
    pub outbound_policy: Option<String>,
}

/// The firewalls before a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerFirewalls {
    /// One by one.
    pub firewalls: Vec<FirewallInfo>,
}

fn rules(side: Option<&Vec<Rule>>) -> Option<Vec<FirewallRule>> {
    side.map(|rules| {
        rules
            .iter()
            .map(|rule| FirewallRule {
                label: rule.label.clone(),
                action: rule.action.clone(),
                protocol: rule.protocol.clone(),
                ports: rule.ports.clone(),
                addresses: rule.ipv4.iter().chain(&rule.ipv6).cloned().collect(),
            })
            .collect()
    })
}

/// Reads them.
pub async fn firewalls(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerFirewalls, AppError> {
    let there = There::find(session, live, server).await?;
    let found = there.linode.firewalls_of(there.id, &there.call).await?;
    let mut all = Vec::new();
    for wall in found.ok_or_else(|| there.gone())?.items {
        let told = match wall.rules {
            Some(rules) => Some(rules),
            None => there.linode.firewall_rules(wall.id, &there.call).await?,
        };
        all.push(FirewallInfo {
            id: wall.id,
            label: wall.label,
            status: wall.status,
            inbound: told.as_ref().and_then(|told| rules(told.inbound.as_ref())),
            outbound: told.as_ref().and_then(|told| rules(told.outbound.as_ref())),
            inbound_policy: told.as_ref().and_then(|told| told.inbound_policy.clone()),
            outbound_policy: told.and_then(|told| told.outbound_policy),
        });
    }
    Ok(ServerFirewalls { firewalls: all })
}
