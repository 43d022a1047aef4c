//! What a server has been doing, as curves.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::lenient::text;

/// The curves of a server, or that there are none yet.
#[derive(Debug, Clone, PartialEq)]
pub enum StatsAnswer {
    /// The last 24 hours in steps of five minutes, or the month that was asked for.
    Ready(Box<Stats>),
    /// Linode has none: a new server has no curves for its first five to seven minutes. No failure.
    NotYet,
}

/// The curves of a server. Each may be empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Linode's heading.
    pub title: Option<String>,
    /// Percent of one core: a server with four cores goes up to 400.
    pub cpu: Vec<Point>,
    /// Disk: blocks a second.
    pub disk: Vec<Point>,
    /// Swap: blocks a second.
    pub swap: Vec<Point>,
    /// IPv4.
    pub ipv4: Traffic,
    /// IPv6.
    pub ipv6: Traffic,
}

/// Network, bits a second.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Traffic {
    /// From the world.
    pub incoming: Vec<Point>,
    /// To the world.
    pub outgoing: Vec<Point>,
    /// From Linode's own network.
    pub private_incoming: Vec<Point>,
    /// To Linode's own network.
    pub private_outgoing: Vec<Point>,
}

/// A measurement. For curves, not for money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When.
    pub at: DateTime<Utc>,
    /// How much.
    pub value: f64,
}

impl Stats {
    /// Reads curves; nothing if there is no curve of any kind, nor a place for them.
    pub(super) fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        // The real answers have `data`; the specification leaves it out.
        let data = value.get("data").filter(|data| data.is_object()).unwrap_or(&value);
        let places = ["cpu", "io", "netv4", "netv6"];
        if !places.iter().any(|place| data.get(place).is_some()) {
            return None;
        }
        let traffic = |place: &str| {
            let part = |name: &str| points(data.get(place).and_then(|place| place.get(name)));
            Traffic {
                incoming: part("in"),
                outgoing: part("out"),
                private_incoming: part("private_in"),
                private_outgoing: part("private_out"),
            }
        };
        let io = data.get("io");
        Some(Self {
            title: text(&value, "title"),
            cpu: points(data.get("cpu")),
            disk: points(io.and_then(|io| io.get("io"))),
            swap: points(io.and_then(|io| io.get("swap"))),
            ipv4: traffic("netv4"),
            ipv6: traffic("netv6"),
        })
    }
}

/// `[[milliseconds since 1970, value], …]`; what is none is left out.
fn points(value: Option<&Value>) -> Vec<Point> {
    let Some(Value::Array(entries)) = value else {
        return Vec::new();
    };
    let point = |entry: &Value| {
        let at = entry.get(0)?;
        let at = at.as_i64().or_else(|| {
            let at = at.as_f64()?.round();
            // A time in milliseconds has 13 digits, a binary fraction holds 15.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "checked: within what a binary fraction holds exactly"
            )]
            (at.abs() < 1e15).then_some(at as i64)
        })?;
        Some(Point {
            at: DateTime::from_timestamp_millis(at)?,
            value: entry.get(1)?.as_f64().filter(|value| value.is_finite())?,
        })
    };
    entries.iter().filter_map(point).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_shape_and_the_documented_one() {
        let data = r#"{"cpu": [[1521483600000, 0.42], [1521483900000.0, 1], [null, 1], 7], "io": {"io": [[1521484800000, 0.19]], "swap": []},
            "netv4": {"in": [[1521484800000, 2004.36]], "out": null, "private_in": [], "private_out": []}, "netv6": {}}"#;
        let stats = Stats::read(&format!(r#"{{"title": "linode.com - my-linode", "data": {data}}}"#)).unwrap();
        assert_eq!(stats.cpu.len(), 2);
        assert_eq!(stats.cpu[0].at.to_string(), "2018-03-19 18:20:00 UTC");
        assert!((stats.ipv4.incoming[0].value - 2004.36).abs() < f64::EPSILON);
        let bare = Stats::read(data).unwrap();
        assert_eq!(Stats { title: None, ..stats }, bare);
        for none in ["{}", r#"{"data": {}}"#, "[]", "7", r#"{"data": [1]}"#] {
            assert_eq!(Stats::read(none), None, "{none}");
        }
    }
}
