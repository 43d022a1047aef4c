//! The types (plans) that Linode sells, and their prices.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::{
    lenient::{amount, text, whole},
    list::Item,
};

/// A price. An absent side is unknown, not free.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Price {
    /// US dollars an hour.
    pub hourly: Option<Decimal>,
    /// US dollars a month at most.
    pub monthly: Option<Decimal>,
}

/// A price that a region has instead of the usual one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionPrice {
    /// The id of the region.
    pub region: String,
    /// What it costs there.
    pub price: Price,
}

/// The usual price and those of particular regions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tariff {
    /// Everywhere else.
    pub usual: Price,
    /// Where it differs.
    pub regions: Vec<RegionPrice>,
}

impl Tariff {
    /// What it costs in a region. A side that the region's own price leaves open is unknown; the usual one doesn't
    /// stand in for it.
    pub fn in_region(&self, region: &str) -> Price {
        self.regions
            .iter()
            .find(|other| other.region == region)
            .map_or(self.usual, |other| other.price)
    }
}

/// A type (plan) of servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinodeType {
    /// Its id (`g6-standard-1`).
    pub id: String,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// `nanode`, `standard`, `dedicated` …; new words appear.
    pub class: Option<String>,
    /// Processor cores.
    pub vcpus: Option<u64>,
    /// Memory, MB.
    pub memory_mb: Option<u64>,
    /// Disk, MB.
    pub disk_mb: Option<u64>,
    /// Traffic a month, GB.
    pub transfer_gb: Option<u64>,
    /// Outbound network, Mbit/s.
    pub network_out_mbps: Option<u64>,
    /// Graphics processors.
    pub gpus: Option<u64>,
    /// The type that replaces it.
    pub successor: Option<String>,
    /// What it costs.
    pub price: Tariff,
    /// What backups cost in addition.
    pub backups: Tariff,
}

/// The part with prices, as text.
#[derive(Default, Deserialize)]
struct RawTariff<'a> {
    #[serde(borrow, default)]
    price: Option<&'a RawValue>,
    #[serde(borrow, default)]
    region_prices: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct RawPrice<'a> {
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    hourly: Option<&'a RawValue>,
    #[serde(borrow, default)]
    monthly: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct RawAddons<'a> {
    #[serde(borrow, default)]
    addons: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct RawBackups<'a> {
    #[serde(borrow, default)]
    backups: Option<&'a RawValue>,
}

/// What `raw` says as a `T`, or an empty one.
fn part<'a, T: Default + Deserialize<'a>>(raw: Option<&'a RawValue>) -> T {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

impl RawPrice<'_> {
    fn price(&self) -> Price {
        Price {
            hourly: amount(self.hourly),
            monthly: amount(self.monthly),
        }
    }
}

impl RawTariff<'_> {
    fn tariff(&self) -> Tariff {
        let entries: Vec<&RawValue> = part(self.region_prices);
        let regions = entries
            .into_iter()
            .filter_map(|entry| {
                let raw: RawPrice<'_> = part(Some(entry));
                Some(RegionPrice {
                    region: serde_json::from_str(raw.id?.get()).ok()?,
                    price: raw.price(),
                })
            })
            .collect();
        Tariff {
            usual: part::<RawPrice<'_>>(self.price).price(),
            regions,
        }
    }
}

impl Item for LinodeType {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn read(json: &str) -> Option<Self> {
        // Twice over the same text: once for all that is no amount, once for the digits of the amounts.
        let value: Value = serde_json::from_str(json).ok()?;
        let raw: &RawValue = serde_json::from_str(json).ok()?;
        let addons: RawAddons<'_> = part(Some(raw));
        let backups: RawBackups<'_> = part(addons.addons);
        Some(Self {
            id: text(&value, "id")?,
            label: text(&value, "label").unwrap_or_default(),
            class: text(&value, "class"),
            vcpus: whole(&value, "vcpus"),
            memory_mb: whole(&value, "memory"),
            disk_mb: whole(&value, "disk"),
            transfer_gb: whole(&value, "transfer"),
            network_out_mbps: whole(&value, "network_out"),
            gpus: whole(&value, "gpus"),
            successor: text(&value, "successor"),
            price: part::<RawTariff<'_>>(Some(raw)).tariff(),
            backups: part::<RawTariff<'_>>(backups.backups).tariff(),
        })
    }
}

/// What traffic beyond the included costs, by gigabyte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferPrice {
    /// Its id (`network_transfer`, `distributed_network_transfer`).
    pub id: String,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// What a gigabyte costs: the side `hourly`, though traffic has no hours. `monthly` is null in real answers, which
    /// is unknown, not free.
    pub price: Tariff,
}

impl Item for TransferPrice {
    type Key = String;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        let raw: &RawValue = serde_json::from_str(json).ok()?;
        Some(Self {
            id: text(&value, "id")?,
            label: text(&value, "label").unwrap_or_default(),
            price: part::<RawTariff<'_>>(Some(raw)).tariff(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::linode::list::fuzz::{any_json, broken};

    /// As text: a number of this test must not pass through a binary fraction either.
    const NANODE: &str = r#"{
        "id": "g6-nanode-1", "label": "Nanode 1GB", "class": "nanode", "disk": 25600, "memory": 1024, "vcpus": 1,
        "gpus": 0, "network_out": 1000, "transfer": 1000, "successor": null,
        "price": {"hourly": 0.0075, "monthly": 5.0},
        "region_prices": [{"id": "id-cgk", "hourly": 0.009, "monthly": 6.0}, {"id": "br-gru", "hourly": 0.0105, "monthly": null}],
        "addons": {"backups": {"price": {"hourly": 0.003, "monthly": 2.0}, "region_prices": [{"id": "id-cgk", "hourly": 0.0036, "monthly": 2.4}]}}
    }"#;

    fn dollars(text: &str) -> Option<Decimal> {
        Decimal::from_str_exact(text).ok()
    }

    #[test]
    fn prices_are_exact_and_of_the_region() {
        let nanode = LinodeType::read(NANODE).unwrap();
        assert_eq!(nanode.price.in_region("us-east").hourly, dollars("0.0075"));
        assert_eq!(nanode.price.in_region("us-east").monthly, dollars("5.0"));
        assert_eq!(nanode.price.in_region("id-cgk").hourly, dollars("0.009"));
        assert_eq!(nanode.backups.in_region("id-cgk").monthly, dollars("2.4"));
        assert_eq!(nanode.memory_mb, Some(1024));
    }

    #[test]
    fn an_open_side_is_unknown_and_not_free() {
        let nanode = LinodeType::read(NANODE).unwrap();
        let there = nanode.price.in_region("br-gru");
        assert_eq!((there.hourly, there.monthly), (dollars("0.0105"), None));
        let bare = LinodeType::read(r#"{"id": "g9-new-1", "price": null, "addons": null}"#).unwrap();
        assert_eq!(bare.price.in_region("us-east"), Price::default());
        assert_eq!(bare.backups, Tariff::default());
    }

    #[test]
    fn traffic_has_a_price_by_region() {
        let json = r#"{"id": "network_transfer", "label": "Network Transfer", "price": {"hourly": 0.005, "monthly": null},
            "region_prices": [{"id": "id-cgk", "hourly": 0.015, "monthly": null}], "transfer": 0}"#;
        let price = TransferPrice::read(json).unwrap().price;
        assert_eq!(
            price.in_region("us-east"),
            Price {
                hourly: dollars("0.005"),
                monthly: None
            }
        );
        assert_eq!(price.in_region("id-cgk").hourly, dollars("0.015"));
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_refused(json in any_json()) {
            let _read = LinodeType::read(&json.to_string());
        }

        #[test]
        fn a_broken_type_is_read_or_refused(json in broken(serde_json::from_str(NANODE).unwrap_or(json!(null)))) {
            let _read = LinodeType::read(&json.to_string());
        }

        #[test]
        fn hourly_prices_keep_every_digit(units in 0_u32..100, fraction in "[0-9]{1,12}") {
            let digits = format!("{units}.{fraction}");
            let json = format!(r#"{{"id": "t", "price": {{"hourly": {digits}, "monthly": 1}}}}"#);
            let read = LinodeType::read(&json).unwrap().price.usual.hourly.unwrap();
            prop_assert_eq!(read.to_string(), digits);
        }
    }
}
