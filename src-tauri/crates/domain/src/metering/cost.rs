//! What hours cost, and what of it is charged.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use super::MeteringError;
use super::time::{Hours, UsageMonth, hour_start, hours_beginning_before};
use crate::money::{Amount4, Carry, Money, MoneyError, Rate};

/// The most that a resource costs in a month (`monthly_rate`): NULL is uncapped, 0 is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Cap(Option<Money>);

impl Cap {
    /// No cap: every hour costs its rate.
    pub const UNCAPPED: Self = Self(None);
    /// A cap of zero: no hour costs anything.
    pub const FREE: Self = Self(Some(Money::ZERO));

    /// Takes the plan's `monthly_rate`; it can't be less than zero.
    pub fn from_monthly_rate(monthly_rate: Option<Money>) -> Result<Self, MoneyError> {
        if monthly_rate.is_some_and(Money::is_negative) {
            return Err(MoneyError::Negative);
        }
        Ok(Self(monthly_rate))
    }

    /// The plan's `monthly_rate`.
    pub const fn monthly_rate(self) -> Option<Money> {
        self.0
    }

    /// What may still be metered in a month in which `metered` was: none means no limit.
    fn left(self, metered: Amount4) -> Result<Option<Amount4>, MoneyError> {
        let Some(cap) = self.0 else { return Ok(None) };
        let left = Amount4::from(cap).checked_sub(metered)?;
        Ok(Some(left.max(Amount4::ZERO)))
    }
}

/// The price of an hour: a rate and a monthly cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Price {
    /// Per hour.
    pub rate: Rate,
    /// Per month.
    pub cap: Cap,
}

/// What one hour costs in a month in which `metered` was metered before it: `min(rate, max(0, cap − metered))`.
pub fn cost_of_hour(price: Price, metered: Amount4) -> Result<Amount4, MoneyError> {
    let full = full_cost(price.rate, Hours::new(1))?;
    Ok(price.cap.left(metered)?.map_or(full, |left| full.min(left)))
}

fn full_cost(rate: Rate, hours: Hours) -> Result<Amount4, MoneyError> {
    let cost = rate
        .decimal()
        .checked_mul(Decimal::from(hours.get()))
        .ok_or(MoneyError::Overflow)?;
    Amount4::from_decimal(cost).map_err(|_| MoneyError::Overflow)
}

/// Hours of one resource in one month at one price: what is kept behind a charge for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct UsageSegment {
    /// The month to which all its hours belong.
    pub month: UsageMonth,
    /// When its first hour begins.
    pub first_hour: NaiveDateTime,
    /// How many hours.
    pub hours: Hours,
    /// Per hour.
    pub rate: Rate,
    /// Whether the cap took something off.
    pub capped: bool,
    /// What they cost together, exactly.
    pub amount: Amount4,
}

/// Meters the hours of one resource in order, keeping what has been metered in the current month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meter {
    month: UsageMonth,
    metered: Amount4,
}

impl Meter {
    /// Continues in `month`, in which `metered` has been metered already.
    pub const fn new(month: UsageMonth, metered: Amount4) -> Self {
        Self { month, metered }
    }

    /// The month of the hour that was metered last.
    pub const fn month(&self) -> UsageMonth {
        self.month
    }

    /// What has been metered in that month.
    pub const fn metered(&self) -> Amount4 {
        self.metered
    }

    /// Meters `hours` hours from `start` on at one price: a segment for each month in which one of them begins.
    ///
    /// Hours must come in order; those of an earlier month than the meter's are [`MeteringError::Backwards`]. On an
    /// error the meter is as it was.
    pub fn span(
        &mut self,
        start: NaiveDateTime,
        hours: Hours,
        price: Price,
    ) -> Result<Vec<UsageSegment>, MeteringError> {
        let mut meter = *self;
        let mut segments = Vec::new();
        let mut done = Hours::ZERO;
        while done < hours {
            let first_hour = hour_start(start, done)?;
            let month = UsageMonth::of(first_hour)?;
            let left = Hours::new(hours.get() - done.get());
            let in_month = hours_beginning_before(first_hour, month.end())?.min(left);
            segments.push(meter.within_month(month, first_hour, in_month, price)?);
            done = done.checked_add(in_month)?;
        }
        *self = meter;
        Ok(segments)
    }

    /// The sum of `min(rate, cap left)` over n hours is `min(n × rate, cap left)`: no loop over hours.
    fn within_month(
        &mut self,
        month: UsageMonth,
        first_hour: NaiveDateTime,
        hours: Hours,
        price: Price,
    ) -> Result<UsageSegment, MeteringError> {
        if month < self.month {
            return Err(MeteringError::Backwards);
        }
        if month > self.month {
            *self = Self::new(month, Amount4::ZERO);
        }
        let full = full_cost(price.rate, hours)?;
        let amount = price.cap.left(self.metered)?.map_or(full, |left| full.min(left));
        self.metered = self.metered.checked_add(amount)?;
        Ok(UsageSegment {
            month,
            first_hour,
            hours,
            rate: price.rate,
            capped: amount < full,
            amount,
        })
    }
}

/// Splits what is due into what is charged now and what is carried: `due = usage + carry`,
/// `charged = floor(due to the cent)`, `carry = due − charged`.
///
/// The charge is zero or more; the ledger's row has it with a minus. Usage below zero is refused.
pub fn charge_split(usage: Amount4, carry: Carry) -> Result<(Money, Carry), MoneyError> {
    if usage.is_negative() {
        return Err(MoneyError::Negative);
    }
    usage.checked_add(carry.into())?.split_at_cent()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn amount(text: &str) -> Amount4 {
        Amount4::parse(text).unwrap()
    }

    fn price(rate: &str, cap: Option<&str>) -> Price {
        let cap = cap.map(|text| Money::parse(text).unwrap());
        Price {
            rate: Rate::parse(rate).unwrap(),
            cap: Cap::from_monthly_rate(cap).unwrap(),
        }
    }

    fn fresh(start: NaiveDateTime) -> Meter {
        Meter::new(UsageMonth::of(start).unwrap(), Amount4::ZERO)
    }

    #[test]
    fn an_hour_costs_its_rate_up_to_the_cap() {
        let capped = price("0.0150", Some("10.00"));
        assert_eq!(cost_of_hour(capped, amount("0")), Ok(amount("0.0150")));
        assert_eq!(cost_of_hour(capped, amount("9.99")), Ok(amount("0.0100")));
        assert_eq!(cost_of_hour(capped, amount("10")), Ok(Amount4::ZERO));
        assert_eq!(cost_of_hour(capped, amount("12")), Ok(Amount4::ZERO));
        assert_eq!(
            cost_of_hour(price("0.0150", None), amount("1000")),
            Ok(amount("0.0150"))
        );
        assert_eq!(
            cost_of_hour(price("0.0150", Some("0.00")), amount("0")),
            Ok(Amount4::ZERO)
        );
        assert_eq!(
            Cap::from_monthly_rate(Some(Money::parse("-1").unwrap())),
            Err(MoneyError::Negative)
        );
    }

    #[test]
    fn a_long_month_never_costs_more_than_the_cap_and_a_short_one_its_hours() {
        // Seen elsewhere: price / 730 without a cap made a $10 plan $10.19 in a long month.
        let plan = price("0.0150", Some("10.00"));
        let start = at("2026-01-01T00:00:00");
        let segments = fresh(start).span(start, Hours::new(8760), plan).unwrap();
        assert_eq!(segments.len(), 12);
        assert_eq!(segments[0].amount, amount("10.00"));
        assert!(segments[0].capped);
        let cheap = fresh(start)
            .span(start, Hours::new(744), price("0.0027", Some("2.00")))
            .unwrap();
        // Seen elsewhere: rounded each hour, a $2 plan billed 0.00 a month.
        assert_eq!(cheap[0].amount, amount("2.00"));
    }

    #[test]
    fn an_hour_belongs_to_the_month_in_which_it_begins() {
        let start = at("2026-01-31T22:30:00");
        let mut meter = fresh(start);
        let segments = meter.span(start, Hours::new(4), price("0.1", None)).unwrap();
        let found: Vec<_> = segments
            .iter()
            .map(|s| (s.month.to_string(), s.first_hour, s.hours.get()))
            .collect();
        assert_eq!(
            found,
            [
                ("2026-01".to_owned(), at("2026-01-31T22:30:00"), 2),
                ("2026-02".to_owned(), at("2026-02-01T00:30:00"), 2),
            ]
        );
        assert_eq!(meter, Meter::new(UsageMonth::new(2026, 2).unwrap(), amount("0.2")));
        assert_eq!(
            meter.span(start, Hours::new(1), price("0.1", None)),
            Err(MeteringError::Backwards)
        );
        assert_eq!(meter.span(start, Hours::ZERO, price("0.1", None)), Ok(vec![]));
    }

    #[test]
    fn a_price_change_keeps_what_was_metered() {
        let start = at("2026-01-01T00:00:00");
        let mut meter = fresh(start);
        meter
            .span(start, Hours::new(600), price("0.0150", Some("10.00")))
            .unwrap();
        let after = meter
            .span(
                at("2026-01-26T00:00:00"),
                Hours::new(144),
                price("0.0300", Some("12.00")),
            )
            .unwrap();
        assert_eq!(after[0].amount, amount("3.00"));
        assert!(after[0].capped);
    }

    #[test]
    fn failures_leave_the_meter_as_it_was() {
        let start = at("2026-01-01T00:00:00");
        let mut meter = fresh(start);
        let before = meter;
        let far = meter.span(start, Hours::new(u32::MAX), price("0.1", None));
        assert_eq!(far, Err(MeteringError::OutOfCalendar));
        assert_eq!(meter, before);
    }

    #[test]
    fn whole_cents_are_charged_and_the_rest_is_carried() {
        let split = |usage: &str, carry: &str| {
            let (charged, carry) = charge_split(amount(usage), Carry::parse(carry).unwrap()).unwrap();
            (charged.to_string(), carry.to_string())
        };
        assert_eq!(split("0.0027", "0"), ("0.00".to_owned(), "0.0027".to_owned()));
        assert_eq!(split("0.0027", "0.0081"), ("0.01".to_owned(), "0.0008".to_owned()));
        assert_eq!(split("12.3456", "0.0044"), ("12.35".to_owned(), "0.0000".to_owned()));
        assert_eq!(charge_split(amount("-1"), Carry::ZERO), Err(MoneyError::Negative));
        assert_eq!(
            charge_split(amount("100000000"), Carry::ZERO),
            Err(MoneyError::Overflow)
        );
    }

    /// A price of up to 2.0000 an hour, with a cap of up to 300.00 or none.
    fn any_price() -> impl Strategy<Value = Price> {
        (0..20_000_i64, proptest::option::of(0..30_000_i64)).prop_map(|(rate, cap)| Price {
            rate: Rate::from_decimal(Decimal::new(rate, 4)).unwrap(),
            cap: Cap::from_monthly_rate(cap.map(|cents| Money::from_decimal(Decimal::new(cents, 2)).unwrap())).unwrap(),
        })
    }

    /// The rule as it is written, an hour at a time.
    fn hour_by_hour(start: NaiveDateTime, hours: u32, price: Price) -> Amount4 {
        let mut total = Amount4::ZERO;
        let mut metered = (UsageMonth::of(start).unwrap(), Amount4::ZERO);
        for index in 0..hours {
            let month = UsageMonth::of(start + TimeDelta::hours(i64::from(index))).unwrap();
            if month != metered.0 {
                metered = (month, Amount4::ZERO);
            }
            let cost = cost_of_hour(price, metered.1).unwrap();
            metered.1 = metered.1.checked_add(cost).unwrap();
            total = total.checked_add(cost).unwrap();
        }
        total
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Charges plus carry equal the exact usage for any partition into runs.
        #[test]
        fn any_schedule_of_runs_charges_the_same(
            offset in 0..50_000_000_i64,
            runs in proptest::collection::vec(0..400_u32, 1..12),
            resources in proptest::collection::vec(any_price(), 1..4),
        ) {
            let start = at("2026-01-01T00:00:00") + TimeDelta::seconds(offset);
            let hours: u32 = runs.iter().sum();
            let exact = resources.iter().try_fold(Amount4::ZERO, |sum, price| {
                sum.checked_add(hour_by_hour(start, hours, *price))
            }).unwrap();

            let mut meters = vec![fresh(start); resources.len()];
            let (mut charged, mut carry, mut done) = (Money::ZERO, Carry::ZERO, 0_u32);
            for run in &runs {
                let from = start + TimeDelta::hours(i64::from(done));
                let mut usage = Amount4::ZERO;
                for (meter, price) in meters.iter_mut().zip(&resources) {
                    for segment in meter.span(from, Hours::new(*run), *price).unwrap() {
                        prop_assert!(segment.month.contains(segment.first_hour));
                        usage = usage.checked_add(segment.amount).unwrap();
                    }
                }
                let (charge, rest) = charge_split(usage, carry).unwrap();
                charged = charged.checked_add(charge).unwrap();
                carry = rest;
                done += run;
            }
            prop_assert_eq!(Amount4::from(charged).checked_add(carry.into()), Ok(exact));
        }

        #[test]
        fn segments_tile_the_span(offset in 0..50_000_000_i64, hours in 0..20_000_u32, price in any_price()) {
            let start = at("2026-01-01T00:00:00") + TimeDelta::seconds(offset);
            let segments = fresh(start).span(start, Hours::new(hours), price).unwrap();
            let mut next = start;
            for segment in &segments {
                prop_assert_eq!(segment.first_hour, next);
                let last = next + segment.hours.duration() - TimeDelta::hours(1);
                prop_assert!(segment.month.contains(next) && segment.month.contains(last));
                next += segment.hours.duration();
            }
            prop_assert_eq!(next, start + TimeDelta::hours(i64::from(hours)));
        }
    }
}
