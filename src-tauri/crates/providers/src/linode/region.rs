//! Where Linode has computers.

use serde_json::Value;

use super::{
    Listing,
    lenient::{flag, text, texts},
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

impl Region {
    /// Whether servers there can read user data.
    pub fn gives_user_data(&self) -> bool {
        self.capabilities.iter().any(|capability| capability == "Metadata")
    }
}

/// Whether a type can be ordered in a region right now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The id of the region.
    pub region: String,
    /// The id of the type.
    pub type_id: String,
    /// Whether it can.
    pub available: bool,
}

impl Item for Availability {
    type Key = (String, String);

    fn key(&self) -> Self::Key {
        (self.region.clone(), self.type_id.clone())
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        Some(Self {
            region: text(&value, "region")?,
            type_id: text(&value, "plan")?,
            available: flag(&value, "available")?,
        })
    }
}

impl Listing<Availability> {
    /// Whether a type can be ordered in a region. Linode lists only some pairs; one that it doesn't list is available.
    pub fn offers(&self, region: &str, type_id: &str) -> bool {
        let mut listed = self.items.iter();
        listed
            .find(|pair| pair.region == region && pair.type_id == type_id)
            .is_none_or(|pair| pair.available)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_that_is_not_listed_is_available() {
        let read = |json: &str| Availability::read(json);
        let listing = Listing {
            items: [
                r#"{"region": "us-east", "plan": "premium", "available": false}"#,
                r#"{"region": "us-east", "plan": "gpu", "available": true}"#,
            ]
            .into_iter()
            .filter_map(read)
            .collect(),
            unreadable: 0,
            settled: true,
        };
        assert!(!listing.offers("us-east", "premium"));
        assert!(listing.offers("us-east", "gpu") && listing.offers("eu-west", "premium"));
        assert_eq!(read(r#"{"region": "us-east", "plan": "gpu", "available": null}"#), None);
    }

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
