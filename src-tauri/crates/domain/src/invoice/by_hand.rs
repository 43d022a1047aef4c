//! Invoices that a person makes: a set-up fee, work done, a credit note. Their lines are typed and in whole cents.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::money::{Money, MoneyError};
use crate::text::{self, TextError, text_type};

text_type! {
    /// What a line is for: up to 500 characters of one line.
    LineText, |text| text::single_line(text, 1, 500)
}

/// The most lines of an invoice by hand.
pub const MAX_LINES: usize = 200;

/// Why lines make no invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinesError {
    /// None, or too many.
    #[error("An invoice has 1 to {MAX_LINES} lines.")]
    Count,
    /// Nothing, or less than nothing.
    #[error("A quantity must be more than zero and have at most four decimals.")]
    Quantity,
    /// A price of nothing.
    #[error("A line's price can't be zero.")]
    Price,
    /// The sum has the wrong sign.
    #[error("The lines must come to more than zero.")]
    Total,
    /// The words.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The amounts.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// One line: so much of something at a price, in whole cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandLine {
    text: LineText,
    quantity: Decimal,
    unit_price: Money,
    amount: Money,
}

impl HandLine {
    /// `quantity × unit_price`, rounded half up to the cent. A price below zero is a discount.
    pub fn new(text: &str, quantity: Decimal, unit_price: Money) -> Result<Self, LinesError> {
        let text = LineText::parse(text)?;
        let quantity = quantity.normalize();
        if quantity <= Decimal::ZERO || quantity.scale() > 4 || quantity > Decimal::from(1_000_000) {
            return Err(LinesError::Quantity);
        }
        if unit_price.is_zero() {
            return Err(LinesError::Price);
        }
        let exact = unit_price.decimal().checked_mul(quantity).ok_or(MoneyError::Overflow)?;
        let amount = Money::from_decimal(exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
            .map_err(|_| MoneyError::Overflow)?;
        Ok(Self {
            text,
            quantity,
            unit_price,
            amount,
        })
    }

    /// What it is for.
    pub const fn text(&self) -> &LineText {
        &self.text
    }

    /// How much of it.
    pub const fn quantity(&self) -> Decimal {
        self.quantity
    }

    /// What one costs.
    pub const fn unit_price(&self) -> Money {
        self.unit_price
    }

    /// What it comes to.
    pub const fn amount(&self) -> Money {
        self.amount
    }
}

/// The lines of an invoice, or, given back, of a credit note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandLines {
    lines: Vec<HandLine>,
    total: Money,
}

impl HandLines {
    /// Checks their number, and that they ask for money.
    pub fn new(lines: Vec<HandLine>) -> Result<Self, LinesError> {
        if lines.is_empty() || lines.len() > MAX_LINES {
            return Err(LinesError::Count);
        }
        let total = lines
            .iter()
            .try_fold(Money::ZERO, |sum, line| sum.checked_add(line.amount))?;
        if !total.is_positive() {
            return Err(LinesError::Total);
        }
        Ok(Self { lines, total })
    }

    /// The same lines, given back.
    #[must_use]
    pub fn credited(self) -> Self {
        let lines = self.lines.into_iter().map(|line| HandLine {
            unit_price: line.unit_price.negated(),
            amount: line.amount.negated(),
            ..line
        });
        Self {
            lines: lines.collect(),
            total: self.total.negated(),
        }
    }

    /// The lines in their order.
    pub fn lines(&self) -> &[HandLine] {
        &self.lines
    }

    /// Their sum.
    pub const fn total(&self) -> Money {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(quantity: &str, price: &str) -> Result<HandLine, LinesError> {
        HandLine::new("Set-up", quantity.parse().unwrap(), Money::parse(price).unwrap())
    }

    #[test]
    fn a_line_is_quantity_times_price_in_cents() {
        assert_eq!(line("1.5", "80.00").unwrap().amount().to_string(), "120.00");
        assert_eq!(line("0.333", "0.05").unwrap().amount().to_string(), "0.02");
        assert_eq!(line("1.50", "-0.01").unwrap().amount().to_string(), "-0.02");
        for (quantity, price, wrong) in [
            ("0", "1", LinesError::Quantity),
            ("-1", "1", LinesError::Quantity),
            ("1.00001", "1", LinesError::Quantity),
            ("1", "0", LinesError::Price),
            ("1000000", "99999999", LinesError::Money(MoneyError::Overflow)),
        ] {
            assert_eq!(line(quantity, price), Err(wrong), "{quantity} × {price}");
        }
        assert!(HandLine::new("two\nlines", Decimal::ONE, Money::parse("1").unwrap()).is_err());
    }

    #[test]
    fn an_invoice_asks_for_money_and_a_credit_note_gives_it_back() {
        assert_eq!(HandLines::new(vec![]), Err(LinesError::Count));
        let discount = line("1", "-5").unwrap();
        assert_eq!(HandLines::new(vec![discount.clone()]), Err(LinesError::Total));
        assert_eq!(HandLines::new(vec![discount.clone(); 201]), Err(LinesError::Count));
        let lines = HandLines::new(vec![line("2", "10").unwrap(), discount]).unwrap();
        assert_eq!(lines.total().to_string(), "15.00");
        assert_eq!(lines.clone().credited().total().to_string(), "-15.00");
        assert_eq!(lines.clone().credited().credited(), lines);
    }

    proptest! {
        #[test]
        fn the_total_is_the_sum_of_its_lines(items in proptest::collection::vec((1..100_000_i64, -50_000..50_000_i64), 1..20)) {
            let lines: Result<Vec<_>, _> = items.iter()
                .map(|(quantity, cents)| HandLine::new("x", Decimal::new(*quantity, 4), Money::from_decimal(Decimal::new(*cents, 2)).unwrap()))
                .collect();
            if let Ok(made) = lines.and_then(HandLines::new) {
                let sum: Decimal = made.lines().iter().map(|line| line.amount().decimal()).sum();
                prop_assert_eq!(made.total().decimal(), sum);
                for line in made.lines() {
                    let exact = line.quantity() * line.unit_price().decimal();
                    prop_assert!((exact - line.amount().decimal()).abs() <= Decimal::new(5, 3));
                }
            }
        }
    }
}
