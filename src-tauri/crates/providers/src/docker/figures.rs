//! What a container uses, from two readings of its counters.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::{below, entries, moment, positive, text, whole};

/// The counters of a container at a moment. Kept, so that the next reading becomes a sample without waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// When they were read, by the host's clock.
    pub at: DateTime<Utc>,
    /// Nanoseconds of processor time that it has used.
    pub cpu: Option<u64>,
    /// The same of the whole host.
    pub host_cpu: Option<u64>,
    /// Cores of the host.
    pub cores: u64,
    /// Bytes of memory, caches that could be dropped left out.
    pub memory: Option<u64>,
    /// Bytes of memory that it may have; the host's, where it is not limited.
    pub memory_limit: Option<u64>,
    /// Bytes received, over all networks.
    pub received: Option<u64>,
    /// Bytes sent, over all networks.
    pub sent: Option<u64>,
    /// Bytes read from disks.
    pub disk_read: Option<u64>,
    /// Bytes written to disks.
    pub disk_written: Option<u64>,
    /// Processes and threads.
    pub processes: Option<u64>,
}

/// What a container uses. Rates need an earlier reading and are absent without one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// When it was read, by the host's clock.
    pub at: DateTime<Utc>,
    /// Percent of one core: 200 is two cores in full.
    pub cpu_of_core: Option<f64>,
    /// Percent of the whole host.
    pub cpu_of_host: Option<f64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
    /// Bytes of memory that it may have.
    pub memory_limit: Option<u64>,
    /// Bytes received a second.
    pub received: Option<f64>,
    /// Bytes sent a second.
    pub sent: Option<f64>,
    /// Bytes read from disks a second.
    pub disk_read: Option<f64>,
    /// Bytes written to disks a second.
    pub disk_written: Option<f64>,
    /// Processes and threads.
    pub processes: Option<u64>,
}

impl Counters {
    /// Reads them; nothing if the container doesn't run.
    pub(super) fn read(answer: &Value) -> Option<Self> {
        let cpu = below(answer, "cpu_stats");
        let usage = below(cpu, "cpu_usage");
        let memory = below(answer, "memory_stats");
        let network = |key: &str| {
            let Some(Value::Object(networks)) = answer.get("networks") else {
                return None;
            };
            let each = networks.values().filter_map(|network| whole(network, key));
            Some(each.fold(0_u64, u64::saturating_add))
        };
        let disk = |operation: &str| {
            let all = below(answer, "blkio_stats")
                .get("io_service_bytes_recursive")?
                .as_array()?;
            let of = all
                .iter()
                .filter(|entry| text(entry, "op").is_some_and(|op| op.eq_ignore_ascii_case(operation)))
                .filter_map(|entry| whole(entry, "value"));
            Some(of.fold(0_u64, u64::saturating_add))
        };
        let listed = u64::try_from(entries(usage, "percpu_usage").len()).unwrap_or_default();
        let cores = positive(cpu, "online_cpus").unwrap_or(listed).max(1);
        // A container that has ended is described by zeros of the year 1.
        let at = moment(answer, "read")?;
        let used = whole(usage, "total_usage");
        if used == Some(0) && positive(cpu, "system_cpu_usage").is_none() {
            return None;
        }
        Some(Self {
            at,
            cpu: used,
            host_cpu: positive(cpu, "system_cpu_usage"),
            cores,
            memory: used_memory(memory),
            memory_limit: positive(memory, "limit"),
            received: network("rx_bytes"),
            sent: network("tx_bytes"),
            disk_read: disk("read"),
            disk_written: disk("write"),
            processes: positive(below(answer, "pids_stats"), "current"),
        })
    }
}

/// As Docker's command line shows it: what could be dropped at once is no use of memory. The first key is that of
/// control groups of version 1.
fn used_memory(memory: &Value) -> Option<u64> {
    let usage = whole(memory, "usage")?;
    let stats = below(memory, "stats");
    let droppable = ["total_inactive_file", "inactive_file"]
        .iter()
        .find_map(|key| whole(stats, key).filter(|cache| *cache < usage));
    Some(usage - droppable.unwrap_or_default())
}

impl Sample {
    /// What was used between two readings.
    pub fn between(before: Option<&Counters>, now: &Counters) -> Self {
        let cores = before.and_then(|before| cores_used(before, now));
        let seconds = before.and_then(|before| seconds(before, now));
        let rate = |of: fn(&Counters) -> Option<u64>| {
            let moved = rise(before.and_then(of), of(now))?;
            Some(fraction(moved) / seconds?)
        };
        Self {
            at: now.at,
            cpu_of_core: cores.map(|cores| cores * 100.0),
            cpu_of_host: cores.map(|cores| cores * 100.0 / fraction(now.cores)),
            memory: now.memory,
            memory_limit: now.memory_limit,
            received: rate(|counters| counters.received),
            sent: rate(|counters| counters.sent),
            disk_read: rate(|counters| counters.disk_read),
            disk_written: rate(|counters| counters.disk_written),
            processes: now.processes,
        }
    }
}

/// A counter that has gone back belongs to another life of the container.
fn rise(before: Option<u64>, now: Option<u64>) -> Option<u64> {
    now?.checked_sub(before?)
}

fn seconds(before: &Counters, now: &Counters) -> Option<f64> {
    let nanoseconds = u64::try_from((now.at - before.at).num_nanoseconds()?).ok()?;
    (nanoseconds > 0).then(|| fraction(nanoseconds) / 1e9)
}

/// By the host's own time, as Docker does; by the clock where that is not told.
fn cores_used(before: &Counters, now: &Counters) -> Option<f64> {
    let used = rise(before.cpu, now.cpu)?;
    match rise(before.host_cpu, now.host_cpu).filter(|host| *host > 0) {
        Some(host) => Some(fraction(used) / fraction(host) * fraction(now.cores)),
        None => Some(fraction(used) / 1e9 / seconds(before, now)?),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "figures for a chart: nine petabytes are exact, and no money is computed from them"
)]
fn fraction(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::docker::read::fuzz::{any_json, broken};

    fn usual(second: u32, cpu: u64, host: u64, received: u64) -> Value {
        json!({
            "read": format!("2026-11-26T17:38:{second:02}.000000000Z"), "preread": "0001-01-01T00:00:00Z",
            "pids_stats": {"current": 3},
            "blkio_stats": {"io_service_bytes_recursive": [
                {"major": 254, "minor": 0, "op": "Read", "value": 10}, {"major": 254, "minor": 0, "op": "write", "value": received},
                {"major": 254, "minor": 0, "op": "Total", "value": 999},
            ]},
            "cpu_stats": {"cpu_usage": {"total_usage": cpu, "percpu_usage": [1, 2]}, "system_cpu_usage": host, "online_cpus": 2},
            "memory_stats": {"usage": 1000, "limit": 4000, "stats": {"total_inactive_file": 300, "inactive_file": 100}},
            "networks": {"eth0": {"rx_bytes": received, "tx_bytes": 1}, "eth1": {"rx_bytes": 5, "tx_bytes": 2}}
        })
    }

    fn counters(value: &Value) -> Counters {
        Counters::read(value).expect("running")
    }

    #[test]
    fn two_readings_make_a_sample() {
        let before = counters(&usual(10, 1_000_000_000, 100_000_000_000, 100));
        // Two seconds on: two cores of the host have four, and it has used one.
        let now = counters(&usual(12, 2_000_000_000, 104_000_000_000, 300));
        let sample = Sample::between(Some(&before), &now);
        assert_eq!((sample.cpu_of_core, sample.cpu_of_host), (Some(50.0), Some(25.0)));
        assert_eq!((sample.received, sample.sent), (Some(100.0), Some(0.0)));
        assert_eq!((sample.disk_read, sample.disk_written), (Some(0.0), Some(100.0)));
        assert_eq!((sample.memory, sample.memory_limit), (Some(700), Some(4000)));
        let first = Sample::between(None, &now);
        assert_eq!((first.cpu_of_core, first.received), (None, None));
        assert_eq!(first.memory, Some(700));
    }

    #[test]
    fn without_the_hosts_time_the_clock_serves() {
        let mut early = usual(10, 1_000_000_000, 0, 0);
        let mut late = usual(12, 2_000_000_000, 0, 0);
        for value in [&mut early, &mut late] {
            value["cpu_stats"]["system_cpu_usage"] = Value::Null;
        }
        let sample = Sample::between(Some(&counters(&early)), &counters(&late));
        assert_eq!((sample.cpu_of_core, sample.cpu_of_host), (Some(50.0), Some(25.0)));
    }

    #[test]
    fn counters_of_another_life_make_no_rates() {
        let before = counters(&usual(10, 9_000_000_000, 100_000_000_000, 900));
        let now = counters(&usual(12, 1_000_000, 104_000_000_000, 3));
        let sample = Sample::between(Some(&before), &now);
        assert_eq!((sample.cpu_of_core, sample.received), (None, None));
        let same = Sample::between(Some(&now), &now);
        assert_eq!((same.received, same.cpu_of_core), (None, None), "no time has passed");
    }

    #[test]
    fn a_container_that_has_ended_has_no_figures() {
        let ended = json!({"read": "0001-01-01T00:00:00Z", "cpu_stats": {"cpu_usage": {"total_usage": 0}}});
        assert_eq!(Counters::read(&ended), None);
        let newer = json!({"read": "2026-11-26T17:38:10Z", "cpu_stats": {"cpu_usage": {"total_usage": 0}}});
        assert_eq!(Counters::read(&newer), None);
    }

    proptest! {
        #[test]
        fn any_figures_are_read_or_refused(
            json in any_json(),
            before in broken(usual(10, 1, 1, 1)),
            now in broken(usual(12, u64::MAX, u64::MAX, u64::MAX)),
        ) {
            let _read = Counters::read(&json);
            if let (Some(before), Some(now)) = (Counters::read(&before), Counters::read(&now)) {
                let sample = Sample::between(Some(&before), &now);
                for figure in [sample.cpu_of_core, sample.cpu_of_host, sample.received, sample.disk_written] {
                    prop_assert!(figure.is_none_or(|figure| figure.is_finite() && figure >= 0.0));
                }
            }
        }
    }
}
