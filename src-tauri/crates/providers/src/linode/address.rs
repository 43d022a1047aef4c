//! The addresses of servers and their names.

use std::net::IpAddr;

use serde_json::Value;

use super::{
    Reason,
    lenient::{count, flag, objects, text, whole},
};

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The address itself.
    pub address: IpAddr,
    /// `ipv4`, `ipv6`, `ipv6/pool` or `ipv6/range`; new words may appear.
    pub kind: Option<String>,
    /// Whether the world reaches it.
    pub public: Option<bool>,
    /// The name that it leads back to.
    pub rdns: Option<String>,
    /// Whose it is; nobody's if absent.
    pub linode_id: Option<u64>,
    /// The id of the region.
    pub region: Option<String>,
    /// The way out.
    pub gateway: Option<IpAddr>,
    /// How many bits of it are the network's.
    pub prefix: Option<u64>,
}

/// A range of IPv6 addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressRange {
    /// Its first address.
    pub first: IpAddr,
    /// How many bits of it are the network's.
    pub prefix: Option<u64>,
    /// The address that it is led to.
    pub route_target: Option<IpAddr>,
    /// The id of the region.
    pub region: Option<String>,
}

/// All addresses of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// IPv4 that the world reaches. May be empty (a server within a VPC).
    pub public: Vec<Address>,
    /// IPv4 within Linode's own network.
    pub private: Vec<Address>,
    /// IPv4 of other servers that this one may take over.
    pub shared: Vec<Address>,
    /// IPv4 that stay the account's.
    pub reserved: Vec<Address>,
    /// The IPv6 that Linode made for it.
    pub slaac: Option<Address>,
    /// The IPv6 of its own line only.
    pub link_local: Option<Address>,
    /// Ranges of IPv6.
    pub ranges: Vec<AddressRange>,
}

impl Address {
    pub(super) fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            address: ip(value, "address")?,
            kind: text(value, "type"),
            public: flag(value, "public"),
            rdns: text(value, "rdns"),
            linode_id: whole(value, "linode_id"),
            region: text(value, "region"),
            gateway: ip(value, "gateway"),
            prefix: count(value, "prefix"),
        })
    }

    pub(super) fn read(json: &str) -> Option<Self> {
        Self::from_value(&serde_json::from_str(json).ok()?)
    }
}

impl Addresses {
    /// Reads them; nothing if neither sort is spoken of.
    pub(super) fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        let (ipv4, ipv6) = (value.get("ipv4"), value.get("ipv6"));
        ipv4.or(ipv6)?;
        let (ipv4, ipv6) = (ipv4.unwrap_or(&Value::Null), ipv6.unwrap_or(&Value::Null));
        let sort = |name: &str| -> Vec<Address> {
            let all = objects(ipv4, name).unwrap_or_default();
            all.iter().filter_map(Address::from_value).collect()
        };
        let one = |name: &str| ipv6.get(name).and_then(Address::from_value);
        let ranges = objects(ipv6, "global").unwrap_or_default();
        Some(Self {
            public: sort("public"),
            private: sort("private"),
            shared: sort("shared"),
            reserved: sort("reserved"),
            slaac: one("slaac"),
            link_local: one("link_local"),
            ranges: ranges.iter().filter_map(range).collect(),
        })
    }
}

fn range(value: &Value) -> Option<AddressRange> {
    Some(AddressRange {
        first: ip(value, "range")?,
        prefix: count(value, "prefix"),
        route_target: ip(value, "route_target"),
        region: text(value, "region"),
    })
}

/// An address, with or without the length of a prefix behind it.
fn ip(object: &Value, key: &str) -> Option<IpAddr> {
    text(object, key)?.split('/').next()?.parse().ok()
}

/// What is wrong with a name that an address shall lead back to. Linode also looks whether the name leads to the
/// address; only it can.
pub(super) fn wrong_name(name: &str) -> Option<Reason> {
    let part = |part: &str| {
        let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=63).contains(&part.len()) && part.bytes().all(inner) && !part.starts_with('-') && !part.ends_with('-')
    };
    let whole = name.strip_suffix('.').unwrap_or(name);
    let good = whole.len() <= 253 && whole.contains('.') && whole.split('.').all(part);
    (!good).then(|| Reason::new("rdns", "it must be a whole host name, such as mail.example.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_of_a_server() {
        let json = r#"{"ipv4": {"public": [{"address": "203.0.113.1", "gateway": "203.0.113.1", "subnet_mask": "255.255.255.0", "prefix": 24,
            "type": "ipv4", "public": true, "rdns": "web.example.com", "linode_id": 123, "region": "us-east"}, {"address": "nonsense"}],
            "private": [{"address": "192.168.133.234", "rdns": null}], "shared": null},
            "ipv6": {"link_local": {"address": "fe80::f03c:91ff:fe24:3a2f"}, "slaac": {"address": "2600:3c00::f03c:91ff:fe24:3a2f", "prefix": 64},
            "global": [{"range": "2600:3c00:e000:1::", "prefix": 64, "route_target": "2600:3c00::f03c:91ff:fe24:3a2f", "region": "us-east"}, {}]}}"#;
        let all = Addresses::read(json).unwrap();
        assert_eq!(all.public.len(), 1);
        assert_eq!(all.public[0].rdns.as_deref(), Some("web.example.com"));
        assert_eq!((all.private[0].rdns.as_ref(), all.shared.len()), (None, 0));
        assert_eq!(all.slaac.unwrap().prefix, Some(64));
        assert_eq!(all.ranges.len(), 1);
        assert_eq!(
            Addresses::read(r#"{"ipv4": null, "ipv6": {}}"#),
            Some(Addresses::default())
        );
        assert_eq!(Addresses::read("{}"), None);
        assert_eq!(Address::read(r#"{"address": null}"#), None);
    }

    #[test]
    fn names_are_whole() {
        for good in [
            "mail.example.com",
            "a-b.example.com.",
            "xn--bcher-kva.example",
            "_x.example.com",
        ] {
            assert_eq!(wrong_name(good), None, "{good}");
        }
        let long = format!("{}.example.com", "x".repeat(64));
        for bad in [
            "",
            "localhost",
            "a..b",
            "-a.example",
            "a-.example",
            "a b.example",
            "bücher.example",
            ".",
        ] {
            assert!(wrong_name(bad).is_some(), "{bad}");
        }
        assert!(wrong_name(&long).is_some());
    }
}
