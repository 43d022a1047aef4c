//! The business's networking: what new servers' addresses are called, and what other programs keep beside it.

use std::net::IpAddr;

use serde_json::{Map, Value};

use crate::{
    loose,
    text::{self, text_type},
};

/// The type of row that names the domain of reverse names.
pub const RDNS: &str = "rdns";
const BASE: &str = "rdns_base_domain";
/// The longest configuration, in bytes of its text.
const LONGEST: usize = 64 * 1024;

text_type! {
    /// What a row is about (`networking_config.type`): 1 to 50 characters of one line.
    NetworkKind, |text| text::single_line(text, 1, 50)
}

impl NetworkKind {
    /// Whether it names the domain of reverse names.
    pub fn is_rdns(&self) -> bool {
        self.0 == RDNS
    }
}

/// Why a configuration was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NetworkFlaw {
    /// It can't be read as JSON.
    #[error("This is not JSON (line {line}, column {column}).")]
    NotJson {
        /// Where it goes wrong.
        line: usize,
        /// Where in the line.
        column: usize,
    },
    /// It is no object.
    #[error("Write an object, such as {{\"key\": \"value\"}}.")]
    NotAnObject,
    /// It is too long.
    #[error("Write at most 64 KiB.")]
    TooLong,
    /// The domain is none.
    #[error("Write a domain such as ip.rev.example.com: 3 to 255 letters, digits, hyphens and dots.")]
    Domain,
}

/// The domain under which addresses get their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RdnsBase(String);

impl RdnsBase {
    /// Reads a domain; dots around it are trimmed. It leaves room for an address before it.
    pub fn parse(text: &str) -> Result<Self, NetworkFlaw> {
        let name = text.trim().trim_matches('.').to_ascii_lowercase();
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        // With the longest address and its dot a name has at most 253 characters.
        let fits = (3..=253 - 40).contains(&name.len()) && name.contains('.');
        if fits && name.split('.').all(label) {
            Ok(Self(name))
        } else {
            Err(NetworkFlaw::Domain)
        }
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of an address: its digits with hyphens between, before the domain.
    pub fn name_of(&self, address: IpAddr) -> String {
        let digits = match address {
            IpAddr::V4(address) => address.octets().map(|part| part.to_string()).join("-"),
            IpAddr::V6(address) => address.segments().map(|part| format!("{part:04x}")).join("-"),
        };
        format!("{digits}.{}", self.0)
    }
}

/// `networking_config.config`, whoever wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkConfig(Map<String, Value>);

impl NetworkConfig {
    /// Reads what is stored; `None` for what is no object.
    pub fn read(stored: &Value) -> Option<Self> {
        loose::object(Some(stored)).map(Self)
    }

    /// Reads what a person has written for a row of this kind.
    pub fn parse(kind: &NetworkKind, text: &str) -> Result<Self, NetworkFlaw> {
        if text.len() > LONGEST {
            return Err(NetworkFlaw::TooLong);
        }
        let value: Value = serde_json::from_str(text).map_err(|error| NetworkFlaw::NotJson {
            line: error.line(),
            column: error.column(),
        })?;
        let Value::Object(object) = value else {
            return Err(NetworkFlaw::NotAnObject);
        };
        let config = Self(object);
        if kind.is_rdns() {
            let written = config.0.get(BASE).and_then(Value::as_str).unwrap_or_default();
            let base = RdnsBase::parse(written)?;
            return Ok(config.with_base(&base));
        }
        Ok(config)
    }

    /// The domain of reverse names.
    pub fn base(&self) -> Option<RdnsBase> {
        RdnsBase::parse(self.0.get(BASE)?.as_str()?).ok()
    }

    /// The same with another domain; all else stays.
    #[must_use]
    pub fn with_base(mut self, base: &RdnsBase) -> Self {
        self.0.insert(BASE.to_owned(), Value::from(base.as_str()));
        self
    }

    /// As it is stored.
    pub fn value(self) -> Value {
        Value::Object(self.0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_follow_from_addresses() {
        let base = RdnsBase::parse(" .IP.rev.Example.com. ").unwrap();
        let name = |address: &str| base.name_of(address.parse().unwrap());
        assert_eq!(name("203.0.113.9"), "203-0-113-9.ip.rev.example.com");
        assert_eq!(
            name("2600:3c00::f03c:91ff:fe24:3a2f"),
            "2600-3c00-0000-0000-f03c-91ff-fe24-3a2f.ip.rev.example.com"
        );
        for bad in [
            "",
            "com",
            "a b.com",
            "-a.com",
            "a-.com",
            "a..com",
            "a_b.com",
            &format!("{}.com", "x".repeat(64)),
            &"a.".repeat(120),
        ] {
            assert_eq!(RdnsBase::parse(bad), Err(NetworkFlaw::Domain), "{bad}");
        }
    }

    #[test]
    fn unknown_keys_stay_and_the_domain_is_checked() {
        let rdns = NetworkKind::parse("rdns").unwrap();
        let other = NetworkKind::parse("branding").unwrap();
        let config = NetworkConfig::parse(
            &rdns,
            r#"{"rdns_base_domain": "Rev.Example.com.", "company_name": "Halyard"}"#,
        )
        .unwrap();
        assert_eq!(config.base().unwrap().as_str(), "rev.example.com");
        assert_eq!(
            config.value(),
            json!({"rdns_base_domain": "rev.example.com", "company_name": "Halyard"})
        );
        assert_eq!(NetworkConfig::parse(&rdns, "{}"), Err(NetworkFlaw::Domain));
        assert!(NetworkConfig::parse(&other, "{}").is_ok());
        assert_eq!(NetworkConfig::parse(&other, "[]"), Err(NetworkFlaw::NotAnObject));
        assert_eq!(
            NetworkConfig::parse(&other, "{\n\"a\":}"),
            Err(NetworkFlaw::NotJson { line: 2, column: 5 })
        );
        let stored = json!("{\"rdns_base_domain\": \"rev.example.com\"}");
        assert_eq!(
            NetworkConfig::read(&stored).unwrap().base().unwrap().as_str(),
            "rev.example.com"
        );
        assert_eq!(NetworkConfig::read(&json!(3)), None);
    }
}
