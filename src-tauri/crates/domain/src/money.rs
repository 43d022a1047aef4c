//! Amounts of money: exact decimals, never a float, never an unchecked operation.
//!
//! Sources: the schema's `DECIMAL(10, 2)`, `DECIMAL(10, 4)` and `DECIMAL(5, 2)` columns; the rules of pricing
//! (markup, rounding half up, the carry of a fraction of a cent) are the product's own. An amount crosses to the user
//! interface, and is read from it, as a string with a fixed number of decimals.

mod amount;
mod currency;
mod decimal;
mod price;

pub use amount::{Amount4, Carry, Money, PositiveMoney};
pub use currency::Currency;
pub use price::{Markup, Rate, monthly_from_provider};

/// Why an amount was refused, as a sentence for the person who typed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// There is no text.
    #[error("Enter an amount.")]
    Empty,
    /// The text isn't an optional sign, digits, and at most one point with digits after it.
    #[error("Write the amount with digits and a point, such as 1234.50.")]
    NotANumber,
    /// More decimals than the type has.
    #[error("Use at most {max} decimals.")]
    TooManyDecimals {
        /// How many decimals the type has.
        max: u32,
    },
    /// Beyond what the column holds.
    #[error("The amount is out of range: it can be at most {max}.")]
    OutOfRange {
        /// The greatest absolute value, for the sentence.
        max: &'static str,
    },
    /// Zero or less, where something must be paid.
    #[error("The amount must be more than zero.")]
    NotPositive,
    /// Less than zero, where only zero or more makes sense.
    #[error("The amount can't be less than zero.")]
    Negative,
    /// The result of an operation is beyond what its type holds.
    #[error("The result is too large to be kept.")]
    Overflow,
    /// Not three letters of ISO 4217.
    #[error("Write the currency as three letters, such as USD.")]
    NotACurrency,
}
