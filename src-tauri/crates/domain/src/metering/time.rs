//! Hours, periods and months, all in UTC.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::MeteringError;

/// A number of whole hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Hours(u32);

impl Hours {
    /// None.
    pub const ZERO: Self = Self(0);

    /// So many.
    pub const fn new(hours: u32) -> Self {
        Self(hours)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Sum, if it is in range.
    pub fn checked_add(self, other: Self) -> Result<Self, MeteringError> {
        self.0.checked_add(other.0).map(Self).ok_or(MeteringError::TooManyHours)
    }

    /// As a span of time.
    pub fn duration(self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.0))
    }
}

impl std::fmt::Display for Hours {
    /// As the user interface writes it: `744 h`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} h", self.0)
    }
}

/// A half-open span of time in UTC: the start belongs to it, the end doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct BillingPeriod {
    start: NaiveDateTime,
    end: NaiveDateTime,
}

impl BillingPeriod {
    /// A period that ends after it begins.
    pub fn new(start: NaiveDateTime, end: NaiveDateTime) -> Result<Self, MeteringError> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(MeteringError::EmptyPeriod)
        }
    }

    /// The first instant that belongs to it.
    pub const fn start(self) -> NaiveDateTime {
        self.start
    }

    /// The first instant that doesn't belong to it any more.
    pub const fn end(self) -> NaiveDateTime {
        self.end
    }

    /// Whether the instant belongs to it.
    pub fn contains(self, instant: NaiveDateTime) -> bool {
        self.start <= instant && instant < self.end
    }

    /// Whether the two have an instant in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A month of usage, in UTC: years 1970 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageMonth {
    /// The first day. Every constructor takes care that this and the following month are in the calendar.
    first: NaiveDate,
}

impl UsageMonth {
    /// The month `month` (1 to 12) of the year `year`.
    pub fn new(year: i32, month: u32) -> Result<Self, MeteringError> {
        if !(1970..=9999).contains(&year) {
            return Err(MeteringError::OutOfCalendar);
        }
        let first = NaiveDate::from_ymd_opt(year, month, 1).ok_or(MeteringError::NotAMonth)?;
        Ok(Self { first })
    }

    /// The month to which an instant belongs, and so the month of an hour that begins at it.
    pub fn of(instant: NaiveDateTime) -> Result<Self, MeteringError> {
        Self::new(instant.year(), instant.month())
    }

    /// Reads `2026-03`.
    pub fn parse(text: &str) -> Result<Self, MeteringError> {
        let (year, month) = text.split_once('-').ok_or(MeteringError::NotAMonth)?;
        let digits = |part: &str, length: usize| {
            if part.len() == length && part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse::<u16>().map_err(|_| MeteringError::NotAMonth)
            } else {
                Err(MeteringError::NotAMonth)
            }
        };
        Self::new(i32::from(digits(year, 4)?), u32::from(digits(month, 2)?))
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.first.year()
    }

    /// The month of the year, 1 to 12.
    pub fn month(self) -> u32 {
        self.first.month()
    }

    /// The first day.
    pub const fn first_day(self) -> NaiveDate {
        self.first
    }

    /// Its first instant.
    pub const fn start(self) -> NaiveDateTime {
        self.first.and_time(NaiveTime::MIN)
    }

    /// The first instant of the month after it.
    pub fn end(self) -> NaiveDateTime {
        self.start() + TimeDelta::hours(i64::from(self.hours().get()))
    }

    /// Its span of time.
    pub fn period(self) -> BillingPeriod {
        BillingPeriod {
            start: self.start(),
            end: self.end(),
        }
    }

    /// The month after it.
    pub fn next(self) -> Result<Self, MeteringError> {
        Self::of(self.end())
    }

    /// Whether an hour that begins at the instant belongs to it.
    pub fn contains(self, instant: NaiveDateTime) -> bool {
        self.period().contains(instant)
    }

    /// How many hours it has: 672 to 744. UTC has no summer time.
    pub fn hours(self) -> Hours {
        let days: u32 = match self.month() {
            4 | 6 | 9 | 11 => 30,
            2 if self.first.leap_year() => 29,
            2 => 28,
            _ => 31,
        };
        Hours(days * 24)
    }
}

impl std::fmt::Display for UsageMonth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.month())
    }
}

impl std::str::FromStr for UsageMonth {
    type Err = MeteringError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl serde::Serialize for UsageMonth {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for UsageMonth {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

fn elapsed(from: NaiveDateTime, to: NaiveDateTime) -> TimeDelta {
    to.signed_duration_since(from).max(TimeDelta::zero())
}

fn in_hours(hours: i64) -> Result<Hours, MeteringError> {
    u32::try_from(hours).map(Hours).map_err(|_| MeteringError::TooManyHours)
}

/// The whole hours elapsed from `from` to `to`; none when `to` is not later.
pub fn whole_hours_between(from: NaiveDateTime, to: NaiveDateTime) -> Result<Hours, MeteringError> {
    in_hours(elapsed(from, to).num_hours())
}

/// The hours that are still to be charged when a resource is deleted: the started hour counts in full, and a resource
/// of which no hour was ever charged has at least one.
///
/// `billed_until` is `last_billed_at`, or the creation when nothing was charged yet.
pub fn hours_at_deletion(
    created_at: NaiveDateTime,
    billed_until: NaiveDateTime,
    deleted_at: NaiveDateTime,
) -> Result<Hours, MeteringError> {
    let rest = elapsed(billed_until, deleted_at);
    let whole = rest.num_hours();
    // A fraction of a second starts an hour too.
    let started = i64::from(rest > TimeDelta::hours(whole));
    let least = i64::from(billed_until <= created_at);
    in_hours((whole + started).max(least))
}

/// The instant at which the hour number `index` after `start` begins.
pub(super) fn hour_start(start: NaiveDateTime, index: Hours) -> Result<NaiveDateTime, MeteringError> {
    start
        .checked_add_signed(index.duration())
        .ok_or(MeteringError::OutOfCalendar)
}

/// How many of the hours that begin at `start`, `start + 1 h`, … begin before `end`.
pub(super) fn hours_beginning_before(start: NaiveDateTime, end: NaiveDateTime) -> Result<Hours, MeteringError> {
    let span = elapsed(start, end);
    let whole = span.num_hours();
    let started = i64::from(span > TimeDelta::hours(whole));
    in_hours(whole + started)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn months_have_their_hours() {
        for (month, hours) in [
            ("2026-02", 672),
            ("2028-02", 696),
            ("2100-02", 672),
            ("2026-04", 720),
            ("2026-12", 744),
        ] {
            assert_eq!(UsageMonth::parse(month).unwrap().hours().get(), hours, "{month}");
        }
        let december = UsageMonth::new(2026, 12).unwrap();
        assert_eq!(december.end(), at("2027-01-01T00:00:00"));
        assert_eq!(december.next().unwrap().to_string(), "2027-01");
        assert_eq!(
            UsageMonth::new(9999, 12).unwrap().next(),
            Err(MeteringError::OutOfCalendar)
        );
        for wrong in [
            "",
            "2026",
            "2026-13",
            "2026-00",
            "26-01",
            "2026-1",
            "2026-+1",
            "2026-01-01",
        ] {
            assert_eq!(UsageMonth::parse(wrong), Err(MeteringError::NotAMonth), "{wrong}");
        }
    }

    #[test]
    fn an_instant_belongs_to_one_month() {
        let march = UsageMonth::new(2026, 3).unwrap();
        assert!(march.contains(at("2026-03-01T00:00:00")));
        assert!(march.contains(at("2026-03-31T23:59:59.999999")));
        assert!(!march.contains(at("2026-04-01T00:00:00")));
        assert!(UsageMonth::of(at("1969-12-31T23:59:59")).is_err());
        assert_eq!(
            UsageMonth::of(at("1970-01-01T00:00:00")).unwrap().to_string(),
            "1970-01"
        );
    }

    #[test]
    fn only_whole_hours_have_elapsed() {
        let hours = |from, to| whole_hours_between(at(from), at(to)).map(Hours::get);
        assert_eq!(hours("2026-03-01T10:17:33", "2026-03-01T11:17:32.999999"), Ok(0));
        assert_eq!(hours("2026-03-01T10:17:33", "2026-03-01T11:17:33"), Ok(1));
        assert_eq!(hours("2026-03-01T10:17:33", "2026-03-01T09:00:00"), Ok(0));
        assert_eq!(hours("2026-01-01T00:00:00", "2027-01-01T00:00:00"), Ok(8760));
    }

    #[test]
    fn deleting_charges_the_started_hour() {
        let hours = |created, billed, deleted| hours_at_deletion(at(created), at(billed), at(deleted)).map(Hours::get);
        let created = "2026-03-01T10:00:00";
        assert_eq!(hours(created, created, created), Ok(1));
        assert_eq!(hours(created, created, "2026-03-01T10:00:00.000001"), Ok(1));
        assert_eq!(hours(created, created, "2026-03-01T11:00:00"), Ok(1));
        assert_eq!(hours(created, created, "2026-03-01T11:00:00.000001"), Ok(2));
        assert_eq!(hours(created, "2026-03-01T12:00:00", "2026-03-01T12:00:00"), Ok(0));
        assert_eq!(hours(created, "2026-03-01T12:00:00", "2026-03-01T12:01:00"), Ok(1));
    }

    #[test]
    fn periods_are_half_open() {
        let period = |start, end| BillingPeriod::new(at(start), at(end));
        let march = period("2026-03-01T00:00:00", "2026-04-01T00:00:00").unwrap();
        let april = period("2026-04-01T00:00:00", "2026-05-01T00:00:00").unwrap();
        assert!(!march.overlaps(april) && !april.overlaps(march) && march.overlaps(march));
        assert!(!march.contains(march.end()) && march.contains(march.start()));
        assert_eq!(
            period("2026-03-01T00:00:00", "2026-03-01T00:00:00"),
            Err(MeteringError::EmptyPeriod)
        );
    }

    proptest! {
        #[test]
        fn months_tile_the_calendar(year in 1970..=9998_i32, month in 1..=12_u32) {
            let this = UsageMonth::new(year, month).unwrap();
            let next = this.next().unwrap();
            prop_assert_eq!(this.end(), next.start());
            prop_assert!(this < next);
            prop_assert_eq!(UsageMonth::parse(&this.to_string()), Ok(this));
            prop_assert_eq!(whole_hours_between(this.start(), this.end()), Ok(this.hours()));
        }

        #[test]
        fn elapsed_hours_add_up_when_advanced_by_whole_hours(first in 0..10_000_000_i64, second in 0..10_000_000_i64) {
            let start = at("2026-01-01T10:17:33");
            let (t1, t2) = (start + TimeDelta::seconds(first), start + TimeDelta::seconds(first + second));
            let one = whole_hours_between(start, t1).unwrap();
            let two = whole_hours_between(start + one.duration(), t2).unwrap();
            prop_assert_eq!(one.checked_add(two), whole_hours_between(start, t2));
        }
    }
}
