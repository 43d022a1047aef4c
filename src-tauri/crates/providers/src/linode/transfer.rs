//! What has gone over the network, in units that can't be mixed up: Linode counts bytes in one place and gigabytes in
//! the next.

use serde_json::Value;

use super::lenient::{count, objects, text};

/// Bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// Gigabytes, as Linode counts them; how many bytes it takes for one is not documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gigabytes(pub u64);

/// What a server has sent this month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Sent so far: bytes.
    pub used: Option<Bytes>,
    /// What the type includes, in proportion to the days that the server is there in this month.
    pub quota: Option<Gigabytes>,
    /// What goes beyond and costs extra.
    pub billable: Option<Gigabytes>,
}

/// What a server has sent and received in a month of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthlyTransfer {
    /// Received.
    pub incoming: Option<Bytes>,
    /// Sent.
    pub outgoing: Option<Bytes>,
    /// Both.
    pub total: Option<Bytes>,
}

/// What all servers of the account have sent this month; all of it in gigabytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountTransfer {
    /// Sent so far.
    pub used: Option<Gigabytes>,
    /// What is included.
    pub quota: Option<Gigabytes>,
    /// What goes beyond and costs extra.
    pub billable: Option<Gigabytes>,
    /// Regions with a pool of their own, which are not in the figures above.
    pub regions: Vec<RegionTransfer>,
}

/// What the servers of a region have sent this month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionTransfer {
    /// The id of the region.
    pub region: String,
    /// Sent so far.
    pub used: Option<Gigabytes>,
    /// What is included.
    pub quota: Option<Gigabytes>,
    /// What goes beyond and costs extra.
    pub billable: Option<Gigabytes>,
}

fn bytes(value: &Value, key: &str) -> Option<Bytes> {
    count(value, key).map(Bytes)
}

fn gigabytes(value: &Value, key: &str) -> Option<Gigabytes> {
    count(value, key).map(Gigabytes)
}

/// An object that has at least one of these keys: an answer about something else is none.
fn object(json: &str, keys: [&str; 3]) -> Option<Value> {
    let value: Value = serde_json::from_str(json).ok()?;
    keys.iter().any(|key| value.get(key).is_some()).then_some(value)
}

impl Transfer {
    pub(super) fn read(json: &str) -> Option<Self> {
        let value = object(json, ["used", "quota", "billable"])?;
        Some(Self {
            used: bytes(&value, "used"),
            quota: gigabytes(&value, "quota"),
            billable: gigabytes(&value, "billable"),
        })
    }
}

impl MonthlyTransfer {
    pub(super) fn read(json: &str) -> Option<Self> {
        let value = object(json, ["bytes_in", "bytes_out", "bytes_total"])?;
        Some(Self {
            incoming: bytes(&value, "bytes_in"),
            outgoing: bytes(&value, "bytes_out"),
            total: bytes(&value, "bytes_total"),
        })
    }
}

impl AccountTransfer {
    pub(super) fn read(json: &str) -> Option<Self> {
        let value = object(json, ["used", "quota", "billable"])?;
        let regions = objects(&value, "region_transfers").unwrap_or_default();
        Some(Self {
            used: gigabytes(&value, "used"),
            quota: gigabytes(&value, "quota"),
            billable: gigabytes(&value, "billable"),
            regions: regions
                .iter()
                .filter_map(|region| {
                    Some(RegionTransfer {
                        region: text(region, "id")?,
                        used: gigabytes(region, "used"),
                        quota: gigabytes(region, "quota"),
                        billable: gigabytes(region, "billable"),
                    })
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_unit() {
        let json = r#"{"used": 22956600198, "quota": 2000, "billable": 0}"#;
        let server = Transfer::read(json).unwrap();
        assert_eq!(server.used, Some(Bytes(22_956_600_198)));
        assert_eq!(server.quota, Some(Gigabytes(2000)));
        let account = r#"{"used": 22, "quota": 9141, "billable": null, "region_transfers": [{"id": "id-cgk", "used": 1, "quota": 5}, {}]}"#;
        let account = AccountTransfer::read(account).unwrap();
        assert_eq!((account.used, account.billable), (Some(Gigabytes(22)), None));
        assert_eq!(account.regions.len(), 1);
        let month = MonthlyTransfer::read(r#"{"bytes_in": 30471077120.0, "bytes_out": 22956600198}"#).unwrap();
        assert_eq!(month.incoming, Some(Bytes(30_471_077_120)));
        assert_eq!(month.total, None);
        assert_eq!((Transfer::read("{}"), MonthlyTransfer::read("[]")), (None, None));
    }
}
