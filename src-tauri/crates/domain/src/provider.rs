//! Accounts at providers of servers and hosts of containers, and what is sold of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    loose,
    plan::ProviderWord,
    stored::stored_enum,
    text::{self, text_type},
};

stored_enum! {
    /// A provider whose servers or containers can be read (`provider_configs.provider_name`). Other programs may have
    /// written others.
    Provider, "provider" {
        /// Linode (Akamai).
        Linode = "linode",
        /// A computer of one's own with a Docker engine.
        Docker = "docker",
    }
}

text_type! {
    /// The name of an account here: 1 to 100 characters of one line.
    AccountLabel, |text| text::single_line(text, 1, 100)
}

/// More regions than any provider has.
const MOST_REGIONS: usize = 500;

/// Why regions on sale were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegionFlaw {
    /// Too many.
    #[error("No provider has more than 500 regions.")]
    TooMany,
    /// The settings hold something that is no object.
    #[error("Another program has written settings for this account that can't be read; nothing is added to them.")]
    Unreadable,
}

/// The regions of an account that are sold; none are all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegionsOnSale(BTreeSet<ProviderWord>);

impl RegionsOnSale {
    /// These, or all where there are none.
    pub fn new(regions: BTreeSet<ProviderWord>) -> Result<Self, RegionFlaw> {
        if regions.len() > MOST_REGIONS {
            return Err(RegionFlaw::TooMany);
        }
        Ok(Self(regions))
    }

    /// As a row's settings with them: what other programs keep there stays.
    pub fn settings(&self, stored: Option<&Value>) -> Result<Value, RegionFlaw> {
        let mut settings = match stored {
            None => serde_json::Map::new(),
            stored => loose::object(stored).ok_or(RegionFlaw::Unreadable)?,
        };
        let regions = if self.0.is_empty() { Value::Null } else { json!(self.0) };
        settings.insert("allowed_regions".to_owned(), regions);
        Ok(Value::Object(settings))
    }

    /// Their names, in order.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_keep_in_the_settings_stays() {
        let two = RegionsOnSale::new(
            ["us-east", "eu-west"]
                .iter()
                .map(|word| ProviderWord::parse(word).unwrap())
                .collect(),
        )
        .unwrap();
        let expected = json!({"validation_status": "valid", "allowed_regions": ["eu-west", "us-east"]});
        for stored in [
            json!({"validation_status": "valid", "allowed_regions": "[\"us-east\"]"}),
            json!("{\"validation_status\": \"valid\"}"),
        ] {
            assert_eq!(two.settings(Some(&stored)), Ok(expected.clone()));
        }
        assert_eq!(
            RegionsOnSale::default().settings(None),
            Ok(json!({"allowed_regions": null}))
        );
        assert_eq!(two.settings(Some(&json!([1]))), Err(RegionFlaw::Unreadable));
    }
}
