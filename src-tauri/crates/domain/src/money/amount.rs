//! Amounts: what a wallet holds, what usage costs exactly, and the fraction of a cent between the two.

use rust_decimal::{Decimal, RoundingStrategy};

use super::MoneyError;
use super::decimal::{decimal_type, result};

decimal_type! {
    /// An amount in a wallet's scale: two decimals, as `DECIMAL(10, 2)` holds, of either sign.
    Money {
        scale: 2, min: -9_999_999_999, max: 9_999_999_999, max_text: "99,999,999.99",
        below_zero: None, at_zero: None,
    }
}

decimal_type! {
    /// An amount of more than zero: what a deposit brings.
    PositiveMoney {
        scale: 2, min: 1, max: 9_999_999_999, max_text: "99,999,999.99",
        below_zero: Some(MoneyError::NotPositive), at_zero: Some(MoneyError::NotPositive),
    }
}

decimal_type! {
    /// An exact cost to four decimals. Sums over many resources are larger than any one column of the documented
    /// schema, hence fourteen digits before the point (`NUMERIC(18, 4)`).
    Amount4 {
        scale: 4, min: -999_999_999_999_999_999, max: 999_999_999_999_999_999, max_text: "99,999,999,999,999.9999",
        below_zero: None, at_zero: None,
    }
}

decimal_type! {
    /// The fraction of a cent that an organization carries to its next run: at least 0, less than 0.01.
    Carry {
        scale: 4, min: 0, max: 99, max_text: "0.0099",
        below_zero: Some(MoneyError::Negative), at_zero: None,
    }
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Sum, if it is in range.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        result(self.0.checked_add(other.0), Self::from_decimal)
    }

    /// Difference, if it is in range.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        result(self.0.checked_sub(other.0), Self::from_decimal)
    }

    /// The same amount with the other sign; the range is symmetric, so this can't fail.
    #[must_use]
    pub fn negated(self) -> Self {
        if self.0.is_zero() { self } else { Self(-self.0) }
    }

    /// The amount without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether it is exactly nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is less than zero.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative()
    }

    /// Whether it is more than zero.
    pub fn is_positive(self) -> bool {
        !self.is_zero() && !self.is_negative()
    }
}

impl PositiveMoney {
    /// The same amount, as one that may have either sign.
    pub const fn money(self) -> Money {
        Money(self.0)
    }
}

impl From<PositiveMoney> for Money {
    fn from(amount: PositiveMoney) -> Self {
        amount.money()
    }
}

impl TryFrom<Money> for PositiveMoney {
    type Error = MoneyError;

    fn try_from(amount: Money) -> Result<Self, Self::Error> {
        Self::from_decimal(amount.0)
    }
}

impl Amount4 {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Sum, if it is in range.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        result(self.0.checked_add(other.0), Self::from_decimal)
    }

    /// Difference, if it is in range.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        result(self.0.checked_sub(other.0), Self::from_decimal)
    }

    /// Whether it is exactly nothing.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is less than zero.
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative()
    }

    /// Splits an amount of zero or more into the whole cents and the rest. The rest is always a valid carry.
    pub(crate) fn split_at_cent(self) -> Result<(Money, Carry), MoneyError> {
        if self.is_negative() {
            return Err(MoneyError::Negative);
        }
        let cents = self.0.round_dp_with_strategy(Money::SCALE, RoundingStrategy::ToZero);
        let rest = self.0.checked_sub(cents).ok_or(MoneyError::Overflow)?;
        Ok((
            result(Some(cents), Money::from_decimal)?,
            result(Some(rest), Carry::from_decimal)?,
        ))
    }
}

impl From<Money> for Amount4 {
    fn from(amount: Money) -> Self {
        Self(amount.0)
    }
}

impl From<Carry> for Amount4 {
    fn from(carry: Carry) -> Self {
        Self(carry.0)
    }
}

impl Carry {
    /// No fraction of a cent.
    pub const ZERO: Self = Self(Decimal::ZERO);
}

impl Default for Carry {
    fn default() -> Self {
        Self::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parsing_is_strict() {
        for (text, expected) in [
            ("0", "0.00"),
            ("-0", "0.00"),
            ("-0.00", "0.00"),
            ("+5", "5.00"),
            ("1234.5", "1234.50"),
            ("0000000000000000000000000000000012.30", "12.30"),
            ("-99999999.99", "-99999999.99"),
            ("99999999.99", "99999999.99"),
        ] {
            assert_eq!(Money::parse(text).unwrap().to_string(), expected, "{text}");
        }
        for text in [
            "-", "+", ".", "1.", ".5", "1,5", "1 000", " 1", "1 ", "1e3", "--1", "1.2.3", "٣", "NaN", "−1", "0x1",
        ] {
            assert_eq!(Money::parse(text), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::parse(""), Err(MoneyError::Empty));
        assert_eq!(Money::parse("1.234"), Err(MoneyError::TooManyDecimals { max: 2 }));
        assert_eq!(Money::parse("1.000"), Err(MoneyError::TooManyDecimals { max: 2 }));
        let out = MoneyError::OutOfRange { max: "99,999,999.99" };
        assert_eq!(Money::parse("100000000"), Err(out));
        assert_eq!(Money::parse("-100000000.00"), Err(out));
        assert_eq!(Money::parse(&"9".repeat(5000)), Err(out));
    }

    #[test]
    fn a_deposit_is_more_than_zero() {
        assert_eq!(PositiveMoney::parse("0.00"), Err(MoneyError::NotPositive));
        assert_eq!(PositiveMoney::parse("-1"), Err(MoneyError::NotPositive));
        assert_eq!(PositiveMoney::parse("0.01").unwrap().money().to_string(), "0.01");
        assert_eq!(PositiveMoney::try_from(Money::ZERO), Err(MoneyError::NotPositive));
    }

    #[test]
    fn a_carry_is_less_than_a_cent() {
        assert_eq!(Carry::parse("0.0099").unwrap().to_string(), "0.0099");
        assert_eq!(Carry::parse("0.01"), Err(MoneyError::OutOfRange { max: "0.0099" }));
        assert_eq!(Carry::parse("-0.0001"), Err(MoneyError::Negative));
    }

    #[test]
    fn arithmetic_says_when_it_overflows() {
        let most = Money::parse("99999999.99").unwrap();
        let cent = Money::parse("0.01").unwrap();
        assert_eq!(most.checked_add(cent), Err(MoneyError::Overflow));
        assert_eq!(most.negated().checked_sub(cent), Err(MoneyError::Overflow));
        assert_eq!(most.checked_sub(most), Ok(Money::ZERO));
    }

    #[test]
    fn amounts_are_strings_on_the_wire() {
        let amount = Money::parse("12.5").unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), "\"12.50\"");
        assert_eq!(serde_json::from_str::<Money>("\"12.5\"").unwrap(), amount);
        for wrong in ["12.5", "\"12.555\"", "null", "\"\"", "{}"] {
            assert!(serde_json::from_str::<Money>(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn parse_never_panics(text in "\\PC{0,40}") {
            let _ = Money::parse(&text);
            let _ = Amount4::parse(&text);
        }

        #[test]
        fn what_is_written_is_read_back(units in -9_999_999_999_i64..=9_999_999_999) {
            let amount = Money::from_decimal(Decimal::new(units, 2)).unwrap();
            prop_assert_eq!(Money::parse(&amount.to_string()), Ok(amount));
            prop_assert_eq!(amount.negated().negated(), amount);
        }

        #[test]
        fn cents_and_rest_make_the_whole(units in 0_i64..=99_999_999_999_999) {
            let due = Amount4::from_decimal(Decimal::new(units, 4)).unwrap();
            match due.split_at_cent() {
                Ok((charge, carry)) => {
                    prop_assert_eq!(Amount4::from(charge).checked_add(carry.into()), Ok(due));
                }
                Err(refusal) => {
                    prop_assert_eq!(refusal, MoneyError::Overflow);
                    prop_assert!(units > 999_999_999_999);
                }
            }
        }
    }
}
