//! Which hours a wallet covers. Source: the product's section "Money", its bullets "Not enough money" and, for holds,
//! the section "Servers and containers".

use chrono::NaiveDateTime;
use rust_decimal::{Decimal, RoundingStrategy};

use super::cost::{Price, charge_split};
use crate::money::{Amount4, Carry, Money, MoneyError};

/// An hour that is due. The order of its fields is the order in which hours are charged: by beginning, type, id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueHour {
    /// When it begins.
    pub begins: NaiveDateTime,
    /// `vps` or `container`.
    pub kind: &'static str,
    /// Which one.
    pub resource: i32,
    /// What it costs.
    pub cost: Amount4,
}

/// What a wallet covers of hours that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// How many of the ordered hours.
    pub hours: usize,
    /// What is charged for them.
    pub charge: Money,
    /// The fraction of a cent that goes on.
    pub carry: Carry,
}

/// Orders the hours, and charges them up to the first that the balance doesn't cover; the rest stays due, also where a
/// later hour would be cheaper.
pub fn cover(hours: &mut [DueHour], balance: Money, carry: Carry) -> Result<Covered, MoneyError> {
    hours.sort_unstable();
    let mut covered = Covered {
        hours: 0,
        charge: Money::ZERO,
        carry,
    };
    let mut usage = Amount4::ZERO;
    for hour in hours {
        usage = usage.checked_add(hour.cost)?;
        let (charge, rest) = charge_split(usage, carry)?;
        if charge > balance {
            break;
        }
        covered = Covered {
            hours: covered.hours + 1,
            charge,
            carry: rest,
        };
    }
    Ok(covered)
}

/// How many hours at its rate are held while something is ordered.
const HELD_HOURS: i64 = 24;

/// What an order holds: 24 hours at the rate, at most what a month costs, in whole cents that cover it.
pub fn held_for(price: Price) -> Result<Money, MoneyError> {
    let hours = price
        .rate
        .decimal()
        .checked_mul(Decimal::from(HELD_HOURS))
        .ok_or(MoneyError::Overflow)?;
    let most = price.cap.monthly_rate().map_or(hours, |cap| hours.min(cap.decimal()));
    Money::from_decimal(most.round_dp_with_strategy(2, RoundingStrategy::AwayFromZero))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metering::Cap;
    use crate::money::Rate;
    use proptest::prelude::*;

    fn hour(begins: i64, kind: &'static str, resource: i32, units: i64) -> DueHour {
        DueHour {
            begins: chrono::DateTime::from_timestamp(begins * 3600, 0).unwrap().naive_utc(),
            kind,
            resource,
            cost: Amount4::from_decimal(Decimal::new(units, 4)).unwrap(),
        }
    }

    fn money(cents: i64) -> Money {
        Money::from_decimal(Decimal::new(cents, 2)).unwrap()
    }

    #[test]
    fn the_oldest_hour_is_charged_first_then_by_type_and_id() {
        let mut hours = [
            hour(2, "container", 1, 100),
            hour(1, "vps", 2, 100),
            hour(1, "vps", 1, 100),
            hour(1, "container", 9, 100),
        ];
        let covered = cover(&mut hours, money(2), Carry::ZERO).unwrap();
        let order: Vec<(&str, i32)> = hours.iter().map(|hour| (hour.kind, hour.resource)).collect();
        assert_eq!(order, [("container", 9), ("vps", 1), ("vps", 2), ("container", 1)]);
        assert_eq!((covered.hours, covered.charge), (2, money(2)));
    }

    #[test]
    fn an_hour_that_is_not_covered_stops_also_cheaper_ones() {
        let mut hours = [hour(1, "vps", 1, 500), hour(2, "vps", 2, 1)];
        assert_eq!(cover(&mut hours, money(4), Carry::ZERO).unwrap().hours, 0);
    }

    #[test]
    fn an_order_holds_a_day_and_no_more_than_a_month() {
        let held = |rate: &str, cap: Option<&str>| {
            let cap = Cap::from_monthly_rate(cap.map(|cap| Money::parse(cap).unwrap())).unwrap();
            held_for(Price {
                rate: Rate::parse(rate).unwrap(),
                cap,
            })
            .unwrap()
            .to_string()
        };
        assert_eq!(held("0.0090", None), "0.22");
        assert_eq!(held("0.0100", Some("0")), "0.00");
        assert_eq!(held("1.0000", Some("5.00")), "5.00");
        assert_eq!(held("0.0001", None), "0.01");
    }

    proptest! {
        /// However often money comes, and in whatever parts: the hours are charged in one order, none twice, never more
        /// than the wallet holds, and in the end exactly what they cost.
        #[test]
        fn deposits_in_parts_collect_what_one_would(
            due in proptest::collection::vec((0..50_i64, any::<bool>(), 1..5_i32, 0..3_000_i64), 1..40),
            deposits in proptest::collection::vec(0..200_i64, 1..10),
        ) {
            let mut hours: Vec<DueHour> = due.iter()
                .map(|(at, vps, id, units)| hour(*at, if *vps { "vps" } else { "container" }, *id, *units)).collect();
            hours.sort_unstable();
            let total = hours.iter().try_fold(Amount4::ZERO, |sum, hour| sum.checked_add(hour.cost)).unwrap();
            let (mut balance, mut carry, mut done, mut charged) = (Money::ZERO, Carry::ZERO, 0, Money::ZERO);
            // The last one covers everything.
            for deposit in deposits.into_iter().chain([1_000_000]) {
                balance = balance.checked_add(money(deposit)).unwrap();
                let mut rest = hours[done..].to_vec();
                let covered = cover(&mut rest, balance, carry).unwrap();
                prop_assert_eq!(&rest[..], &hours[done..], "the order is one");
                balance = balance.checked_sub(covered.charge).unwrap();
                prop_assert!(!balance.is_negative());
                charged = charged.checked_add(covered.charge).unwrap();
                carry = covered.carry;
                done += covered.hours;
            }
            prop_assert_eq!(done, hours.len());
            prop_assert_eq!(Amount4::from(charged).checked_add(carry.into()), Ok(total));
        }
    }
}
