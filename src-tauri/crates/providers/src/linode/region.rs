//! Where Linode has computers.

use serde_json::Value;

use super::{
    lenient::{text, texts},
    list::Item,
};

/// A region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its id (`us-east`).
    pub id: String,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// The country's two letters, as Linode writes them.
    pub country: Option<String>,
    /// `ok` or `outage`; new words may appear.
    pub status: Option<String>,
    /// `core` or `distributed`.
    pub site_type: Option<String>,
    /// What can be had there (`Metadata`, `VPCs` …).
    pub capabilities: Vec<String>,
}

impl Item for Region {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        Some(Self {
            id: text(&value, "id")?,
            label: text(&value, "label").unwrap_or_default(),
            country: text(&value, "country"),
            status: text(&value, "status"),
            site_type: text(&value, "site_type"),
            capabilities: texts(&value, "capabilities"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_and_a_bare_one() {
        let json = r#"{"id": "us-east", "label": "Newark, NJ", "country": "us", "status": "ok", "site_type": "core",
            "capabilities": ["Linodes", "Metadata", 3], "resolvers": {"ipv4": "192.0.2.1"}}"#;
        let region = Region::read(json).unwrap();
        assert_eq!(region.capabilities, ["Linodes", "Metadata"]);
        assert_eq!(region.status.as_deref(), Some("ok"));
        assert_eq!(Region::read(r#"{"id": "moon"}"#).unwrap().country, None);
        assert_eq!(Region::read(r#"{"id": null}"#), None);
    }
}
