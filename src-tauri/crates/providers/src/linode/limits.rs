//! How many requests are left until when, as Linode's own answers say. Nothing is assumed: the documented figures and
//! the real ones differ.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// No answer may close a door for longer than this.
const LONGEST: Duration = Duration::from_hours(1);
/// Ends of one window, told in whole seconds by answers that cross, differ by this at most.
const SAME_WINDOW: Duration = Duration::from_secs(2);

/// What shares a limit: Linode counts by operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bucket {
    Profile,
    Instances,
    Instance,
    Types,
    Regions,
    Availability,
    TransferPrices,
    Images,
    Image,
    StackScripts,
    StackScript,
    Events,
    Event,
    Stats,
    Transfer,
    Addresses,
    InstanceFirewalls,
    Firewalls,
    Backups,
    Maintenance,
    Create,
    Boot,
    Shutdown,
    Reboot,
    Resize,
    Rebuild,
    Update,
    Password,
    Delete,
    ReverseDns,
    BackupSwitch,
    Snapshot,
    Restore,
}

/// What is left in a window.
#[derive(Debug, Clone, Copy)]
struct Left {
    requests: u64,
    until: Duration,
}

/// How many requests an answer said are left, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLeft {
    /// Of how many.
    pub limit: Option<u64>,
    /// So many.
    pub remaining: u64,
    /// When there are all of them again.
    pub resets_at: Option<DateTime<Utc>>,
}

/// All times are those of [`crate::pace::Pace::elapsed`].
#[derive(Debug, Default)]
pub(super) struct Limits {
    left: HashMap<Bucket, Left>,
    /// What the last answer said that said anything.
    told: Option<RateLeft>,
}

impl Limits {
    /// Takes one request out of what is left; else how long to wait until there are more.
    pub(super) fn take(&mut self, bucket: Bucket, now: Duration) -> Result<(), Duration> {
        let Some(left) = self.left.get_mut(&bucket) else {
            return Ok(());
        };
        if now >= left.until {
            self.left.remove(&bucket);
            return Ok(());
        }
        if left.requests == 0 {
            return Err(left.until.saturating_sub(now));
        }
        left.requests -= 1;
        Ok(())
    }

    /// Closes the door for a while: the answer was that there were too many.
    pub(super) fn close(&mut self, bucket: Bucket, now: Duration, wait: Duration) {
        let until = now + wait.min(LONGEST);
        let left = self.left.entry(bucket).or_insert(Left { requests: 0, until });
        left.requests = 0;
        left.until = left.until.max(until);
    }

    /// What the last answer said is left.
    pub(super) const fn told(&self) -> Option<RateLeft> {
        self.told
    }

    /// What the headers of an answer say.
    pub(super) fn observe(&mut self, bucket: Bucket, headers: &HeaderMap, now: Duration, wall: DateTime<Utc>) {
        let Some(requests) = number(headers, "x-ratelimit-remaining") else {
            return;
        };
        self.told = Some(RateLeft {
            limit: number(headers, "x-ratelimit-limit"),
            remaining: requests,
            resets_at: number(headers, "x-ratelimit-reset")
                .and_then(|epoch| DateTime::from_timestamp(i64::try_from(epoch).ok()?, 0)),
        });
        let Some(wait) = until_reset(headers, wall) else {
            return;
        };
        let until = now + wait;
        let known = self.left.entry(bucket).or_insert(Left { requests, until });
        if until > known.until + SAME_WINDOW {
            *known = Left { requests, until };
        } else {
            // Answers cross each other, and requests on the way are counted here already: the lower figure is right.
            known.requests = known.requests.min(requests);
        }
    }
}

/// How long a refused request shall wait, if the answer says so.
pub(super) fn retry_after(headers: &HeaderMap, wall: DateTime<Utc>) -> Option<Duration> {
    let told = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let in_seconds = || Some(Duration::from_secs(told?.trim().parse().ok()?));
    let at_a_time = || {
        let at = DateTime::parse_from_rfc2822(told?.trim()).ok()?;
        Some(since(at.to_utc(), here(headers, wall)))
    };
    let wait = in_seconds().or_else(at_a_time);
    Some(wait.or_else(|| until_reset(headers, wall))?.min(LONGEST))
}

/// How long until the window of the limit ends.
fn until_reset(headers: &HeaderMap, wall: DateTime<Utc>) -> Option<Duration> {
    let epoch = i64::try_from(number(headers, "x-ratelimit-reset")?).ok()?;
    let reset = DateTime::from_timestamp(epoch, 0)?;
    Some(since(reset, here(headers, wall)).min(LONGEST))
}

/// The time at Linode: its end of a window is told by its clock, and this computer's may be wrong.
fn here(headers: &HeaderMap, wall: DateTime<Utc>) -> DateTime<Utc> {
    headers
        .get(DATE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok())
        .map_or(wall, |date| date.to_utc())
}

fn since(later: DateTime<Utc>, earlier: DateTime<Utc>) -> Duration {
    (later - earlier).to_std().unwrap_or_default()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const NOON: i64 = 1_767_268_800;

    fn wall() -> DateTime<Utc> {
        DateTime::from_timestamp(NOON, 0).unwrap()
    }

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                (name, HeaderValue::from_str(value).unwrap())
            })
            .collect()
    }

    fn window(remaining: u64, reset: i64) -> HeaderMap {
        headers(&[
            ("X-RateLimit-Remaining", &remaining.to_string()),
            ("X-RateLimit-Reset", &(NOON + reset).to_string()),
        ])
    }

    #[test]
    fn what_is_left_is_counted_down_until_the_window_ends() {
        let mut limits = Limits::default();
        assert_eq!(limits.take(Bucket::Instances, seconds(0)), Ok(()));
        limits.observe(Bucket::Instances, &window(2, 30), seconds(0), wall());
        assert_eq!(limits.take(Bucket::Instances, seconds(1)), Ok(()));
        assert_eq!(limits.take(Bucket::Instances, seconds(1)), Ok(()));
        assert_eq!(limits.take(Bucket::Instances, seconds(1)), Err(seconds(29)));
        assert_eq!(limits.take(Bucket::Types, seconds(1)), Ok(()), "another limit");
        let told = limits.told().unwrap();
        assert_eq!((told.limit, told.remaining), (None, 2));
        assert_eq!(limits.take(Bucket::Instances, seconds(30)), Ok(()));
    }

    #[test]
    fn answers_that_cross_do_not_give_requests_back() {
        let mut limits = Limits::default();
        limits.observe(Bucket::Instances, &window(1, 30), seconds(0), wall());
        limits.observe(Bucket::Instances, &window(9, 31), seconds(0), wall());
        assert_eq!(limits.take(Bucket::Instances, seconds(0)), Ok(()));
        assert!(limits.take(Bucket::Instances, seconds(0)).is_err());
        limits.observe(Bucket::Instances, &window(9, 60), seconds(0), wall());
        assert_eq!(limits.take(Bucket::Instances, seconds(0)), Ok(()), "a new window");
    }

    #[test]
    fn the_end_is_told_by_the_clock_of_linode() {
        // This computer is a day ahead: by its clock the window is long over.
        let ahead = wall() + chrono::TimeDelta::days(1);
        let mut told = window(0, 20);
        told.insert(DATE, HeaderValue::from_static("Thu, 01 Jan 2026 12:00:00 GMT"));
        let mut limits = Limits::default();
        limits.observe(Bucket::Instances, &told, seconds(5), ahead);
        assert_eq!(limits.take(Bucket::Instances, seconds(5)), Err(seconds(20)));
    }

    #[test]
    fn a_wait_may_be_told_in_three_ways_or_not_at_all() {
        let told = |pairs: &[(&str, &str)]| retry_after(&headers(pairs), wall());
        assert_eq!(told(&[("Retry-After", "7")]), Some(seconds(7)));
        assert_eq!(
            told(&[("Retry-After", "Thu, 01 Jan 2026 12:00:09 GMT")]),
            Some(seconds(9))
        );
        assert_eq!(
            told(&[("X-RateLimit-Reset", &(NOON + 4).to_string())]),
            Some(seconds(4))
        );
        assert_eq!(told(&[("Retry-After", "99999999999999999")]), Some(LONGEST));
        for nothing in ["soon", "-1", ""] {
            assert_eq!(told(&[("Retry-After", nothing)]), None);
        }
        assert_eq!(told(&[("X-RateLimit-Reset", "18446744073709551615")]), None);
        assert_eq!(told(&[("X-RateLimit-Reset", "1")]), Some(Duration::ZERO), "long over");
    }
}
