//! Prices: rates per hour, markups, and how a provider's cost becomes a price.

use rust_decimal::{Decimal, RoundingStrategy};

use super::decimal::{decimal_type, result};
use super::{Amount4, Money, MoneyError};

decimal_type! {
    /// A price or cost per hour: zero or more, four decimals, as `DECIMAL(10, 4)` holds.
    Rate {
        scale: 4, min: 0, max: 9_999_999_999, max_text: "999,999.9999",
        below_zero: Some(MoneyError::Negative), at_zero: None,
    }
}

decimal_type! {
    /// A markup in percent, as `DECIMAL(5, 2)` holds. Negative markups are discounts; one below −100 % is accepted
    /// as data (the column allows it) but gives no price.
    Markup {
        scale: 2, min: -99_999, max: 99_999, max_text: "999.99",
        below_zero: None, at_zero: None,
    }
}

impl Rate {
    /// Free of charge.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The price per hour of what costs `base_cost` per hour: `round_half_up(base_cost × (1 + markup/100), 4)`.
    pub fn from_cost(base_cost: Self, markup: Markup) -> Result<Self, MoneyError> {
        result(marked_up(base_cost.0, markup, Self::SCALE)?, Self::from_decimal)
    }

    /// Whether an hour costs nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl Markup {
    /// The price is the cost: the documented default.
    pub const NONE: Self = Self(Decimal::ZERO);
}

impl Default for Markup {
    fn default() -> Self {
        Self::NONE
    }
}

/// The monthly cap of a plan imported from a provider: `round_half_up(provider's monthly price × (1 + markup/100), 2)`,
/// rounded once, whatever decimals the provider's price has.
pub fn monthly_from_provider(provider_monthly: Amount4, markup: Markup) -> Result<Money, MoneyError> {
    if provider_monthly.is_negative() {
        return Err(MoneyError::Negative);
    }
    result(
        marked_up(provider_monthly.decimal(), markup, Money::SCALE)?,
        Money::from_decimal,
    )
}

/// Half up is away from zero, as PostgreSQL's `round(numeric)` does it; the two must agree to the last digit.
fn marked_up(cost: Decimal, markup: Markup, scale: u32) -> Result<Option<Decimal>, MoneyError> {
    let percent_of_cost = Decimal::ONE_HUNDRED + markup.0;
    if percent_of_cost.is_sign_negative() && !percent_of_cost.is_zero() {
        return Err(MoneyError::Negative);
    }
    let exact = cost
        .checked_mul(percent_of_cost)
        .and_then(|percents| percents.checked_div(Decimal::ONE_HUNDRED));
    Ok(exact.map(|e| e.round_dp_with_strategy(scale, RoundingStrategy::MidpointAwayFromZero)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Rate {
        Rate::parse(text).unwrap()
    }

    fn markup(text: &str) -> Markup {
        Markup::parse(text).unwrap()
    }

    #[test]
    fn price_is_cost_with_markup_rounded_half_up() {
        for (cost, percent, price) in [
            ("0.0075", "0", "0.0075"),
            ("0.0075", "20", "0.0090"),
            ("0.0075", "50", "0.0113"), // 0.01125
            ("0.0001", "50", "0.0002"), // 0.00015
            ("0.0001", "49.99", "0.0001"),
            ("0.0360", "33.33", "0.0480"), // 0.0479988
            ("0.1000", "-100", "0.0000"),
            ("0", "999.99", "0.0000"),
        ] {
            assert_eq!(
                Rate::from_cost(rate(cost), markup(percent)).unwrap().to_string(),
                price,
                "{cost} + {percent} %"
            );
        }
        assert_eq!(
            Rate::from_cost(rate("0.1"), markup("-100.01")),
            Err(MoneyError::Negative)
        );
        assert_eq!(
            Rate::from_cost(rate("999999.9999"), markup("1")),
            Err(MoneyError::Overflow)
        );
    }

    #[test]
    fn cap_is_providers_monthly_with_markup() {
        let monthly = |price: &str, percent: &str| {
            monthly_from_provider(Amount4::parse(price).unwrap(), markup(percent)).map(|m| m.to_string())
        };
        assert_eq!(monthly("5.00", "20"), Ok("6.00".to_owned()));
        assert_eq!(monthly("5.01", "50"), Ok("7.52".to_owned())); // 7.515
        assert_eq!(monthly("4.1475", "10"), Ok("4.56".to_owned())); // 4.56225
        assert_eq!(monthly("0", "50"), Ok("0.00".to_owned()));
        assert_eq!(monthly("5", "-200"), Err(MoneyError::Negative));
        assert_eq!(monthly("-5", "0"), Err(MoneyError::Negative));
        assert_eq!(monthly("99999999.99", "999.99"), Err(MoneyError::Overflow));
    }

    #[test]
    fn rates_have_four_decimals_and_no_sign() {
        assert_eq!(rate("0.1224").to_string(), "0.1224");
        assert_eq!(Rate::parse("-0.0001"), Err(MoneyError::Negative));
        assert_eq!(Rate::parse("0.00001"), Err(MoneyError::TooManyDecimals { max: 4 }));
        assert_eq!(
            Rate::parse("1000000"),
            Err(MoneyError::OutOfRange { max: "999,999.9999" })
        );
        assert_eq!(
            Rate::from_decimal(Decimal::new(10_000_000, 8)).unwrap().to_string(),
            "0.1000"
        );
    }

    proptest! {
        #[test]
        fn the_rounded_price_is_within_half_a_unit(units in 0_i64..=999_999_999, percent in -10_000_i64..=99_999) {
            let cost = Rate::from_decimal(Decimal::new(units, 4)).unwrap();
            let markup = Markup::from_decimal(Decimal::new(percent, 2)).unwrap();
            if let Ok(price) = Rate::from_cost(cost, markup) {
                // Exactly, in units of 10⁻⁸: cost × (100 + percent) against price, half up.
                let exact = i128::from(units) * i128::from(10_000 + percent);
                let rounded = (exact + 5_000).div_euclid(10_000);
                prop_assert_eq!(price.decimal(), Decimal::from_i128_with_scale(rounded, 4));
            }
        }
    }
}
