//! What all decimal types share: strict parsing, bounds, fixed output.

use rust_decimal::Decimal;

use super::MoneyError;

/// Most digits that are looked at; every type here has fewer, so that longer input is out of range, not parsed.
const MAX_DIGITS: usize = 24;

/// Reads an optional sign, digits, and optionally a point with 1 to `scale` digits. Nothing else: no blanks, no
/// grouping, no exponent, since each of these means different numbers to different people.
pub(super) fn parse(text: &str, scale: u32, max: &'static str) -> Result<Decimal, MoneyError> {
    if text.is_empty() {
        return Err(MoneyError::Empty);
    }
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = match unsigned.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(MoneyError::NotANumber),
        None => (unsigned, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(MoneyError::NotANumber);
    }
    if fraction.len() > scale as usize {
        return Err(MoneyError::TooManyDecimals { max: scale });
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() + fraction.len() > MAX_DIGITS {
        return Err(MoneyError::OutOfRange { max });
    }
    let mantissa = whole
        .bytes()
        .chain(fraction.bytes())
        .fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
    let decimals = u32::try_from(fraction.len()).map_err(|_| MoneyError::TooManyDecimals { max: scale })?;
    let signed = if negative { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(signed, decimals).map_err(|_| MoneyError::OutOfRange { max })
}

/// Checks that `value` has at most `scale` decimals that aren't zero, and gives it exactly `scale`, so that equal
/// amounts are the same bits; zero is positive.
pub(super) fn fix_scale(value: Decimal, scale: u32) -> Result<Decimal, MoneyError> {
    if value.is_zero() {
        return Ok(Decimal::ZERO);
    }
    let shortest = value.normalize();
    if shortest.scale() > scale {
        return Err(MoneyError::TooManyDecimals { max: scale });
    }
    Ok(shortest)
}

/// Keeps the result of an operation if `make` takes it; what is out of range, or finer than the type, has overflowed.
pub(super) fn result<T>(
    value: Option<Decimal>,
    make: impl FnOnce(Decimal) -> Result<T, MoneyError>,
) -> Result<T, MoneyError> {
    make(value.ok_or(MoneyError::Overflow)?).map_err(|refusal| match refusal {
        MoneyError::OutOfRange { .. } | MoneyError::TooManyDecimals { .. } => MoneyError::Overflow,
        other => other,
    })
}

/// Declares a decimal type: `scale` decimals, at least `min` and at most `max` units of the last decimal.
macro_rules! decimal_type {
    (
        $(#[$meta:meta])*
        $name:ident {
            scale: $scale:literal, min: $min:expr, max: $max:expr, max_text: $max_text:literal,
            below_zero: $below_zero:expr, at_zero: $at_zero:expr,
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(rust_decimal::Decimal);

        impl $name {
            /// Number of decimals, in storage and in output.
            pub const SCALE: u32 = $scale;

            /// Reads an optional sign, digits, and optionally a point with digits.
            pub fn parse(text: &str) -> Result<Self, $crate::money::MoneyError> {
                Self::from_decimal($crate::money::decimal::parse(text, $scale, $max_text)?)
            }

            /// Takes a decimal that holds the type's rule; trailing zeros don't count as decimals.
            pub fn from_decimal(
                value: rust_decimal::Decimal,
            ) -> Result<Self, $crate::money::MoneyError> {
                let value = $crate::money::decimal::fix_scale(value, $scale)?;
                let zero_rule: Option<$crate::money::MoneyError> = $at_zero;
                if value.is_zero() && let Some(refusal) = zero_rule {
                    return Err(refusal);
                }
                let below_rule: Option<$crate::money::MoneyError> = $below_zero;
                if value.is_sign_negative() && let Some(refusal) = below_rule {
                    return Err(refusal);
                }
                if value < rust_decimal::Decimal::new($min, $scale)
                    || value > rust_decimal::Decimal::new($max, $scale)
                {
                    return Err($crate::money::MoneyError::OutOfRange { max: $max_text });
                }
                Ok(Self(value))
            }

            /// The value, for a bind parameter.
            pub const fn decimal(self) -> rust_decimal::Decimal {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:.*}", $scale as usize, self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::money::MoneyError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<rust_decimal::Decimal> for $name {
            type Error = $crate::money::MoneyError;

            fn try_from(value: rust_decimal::Decimal) -> Result<Self, Self::Error> {
                Self::from_decimal(value)
            }
        }

        impl From<$name> for rust_decimal::Decimal {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use decimal_type;
