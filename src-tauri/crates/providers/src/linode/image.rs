//! What a server's disk can be made from.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    lenient::{count, flag, objects, text, texts, time},
    list::Item,
};

/// An image. Its id holds a slash: `linode/debian12` is Linode's own, `private/123` the account's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its id.
    pub id: String,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// `available`, `creating` or `pending_upload`; new words may appear.
    pub status: Option<String>,
    /// `manual` or `automatic`.
    pub kind: Option<String>,
    /// Whether everybody may use it.
    pub is_public: Option<bool>,
    /// Whether Linode advises against it.
    pub deprecated: Option<bool>,
    /// Who made the system (`Debian`).
    pub vendor: Option<String>,
    /// What the disk needs at least, MB.
    pub size_mb: Option<u64>,
    /// When it was made, UTC.
    pub created: Option<NaiveDateTime>,
    /// When its maker stops to care for it, UTC.
    pub end_of_life: Option<NaiveDateTime>,
    /// What it can do: `cloud-init` takes user data.
    pub capabilities: Vec<String>,
    /// Where copies of it are. `None` where Linode doesn't say, as of its own, which are everywhere.
    pub regions: Option<Vec<String>>,
}

impl Image {
    /// Whether a server can be made from it now, as far as Linode says.
    pub fn is_available(&self) -> bool {
        self.status.as_deref().is_none_or(|status| status == "available")
    }

    /// Whether it takes user data.
    pub fn takes_user_data(&self) -> bool {
        self.capabilities.iter().any(|capability| capability == "cloud-init")
    }
}

impl Item for Image {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        // Texts in older answers, objects with a status each in newer ones.
        let regions = objects(&value, "regions").map(|regions| {
            regions
                .iter()
                .filter_map(|region| region.as_str().map(str::to_owned).or_else(|| text(region, "region")))
                .collect()
        });
        Some(Self {
            id: text(&value, "id")?,
            label: text(&value, "label").unwrap_or_default(),
            status: text(&value, "status"),
            kind: text(&value, "type"),
            is_public: flag(&value, "is_public"),
            deprecated: flag(&value, "deprecated"),
            vendor: text(&value, "vendor"),
            size_mb: count(&value, "size"),
            created: time(&value, "created"),
            end_of_life: time(&value, "eol"),
            capabilities: texts(&value, "capabilities"),
            regions,
        })
    }
}

/// Whether this can be the id of an image: one or two names between slashes, which lead nowhere else in a path.
pub(super) fn is_image_id(id: &str) -> bool {
    let name = |part: &str| {
        !part.is_empty()
            && part != "."
            && part != ".."
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    id.len() <= 200 && (1..=2).contains(&id.split('/').count()) && id.split('/').all(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_of_linode_and_one_of_the_account() {
        let public = Image::read(
            r#"{"id": "linode/debian12", "label": "Debian 12", "status": "available", "type": "manual", "is_public": true,
            "deprecated": false, "vendor": "Debian", "size": 1500, "created": "2023-06-10T00:00:00", "eol": "2028-06-10T04:00:00",
            "capabilities": ["cloud-init"], "regions": null}"#,
        )
        .unwrap();
        assert!(public.is_available() && public.takes_user_data());
        assert_eq!((public.size_mb, public.regions), (Some(1500), None));
        let own = r#"{"id": "private/7", "status": "creating", "regions": ["us-east", {"region": "eu-west", "status": "replicating"}, 3]}"#;
        let own = Image::read(own).unwrap();
        assert!(!own.is_available() && !own.takes_user_data());
        assert_eq!(own.regions.unwrap(), ["us-east", "eu-west"]);
        assert_eq!(Image::read(r#"{"label": "no id"}"#), None);
    }

    #[test]
    fn an_id_leads_nowhere_else() {
        for id in ["linode/debian12", "private/123", "linode/ubuntu24.04", "shared/1-a_b"] {
            assert!(is_image_id(id), "{id}");
        }
        for id in [
            "",
            "/",
            "linode/",
            "../account",
            "linode/..",
            "a/b/c",
            "a?b",
            "a%2Fb",
            "linode/ü",
            "a b",
        ] {
            assert!(!is_image_id(id), "{id}");
        }
    }
}
