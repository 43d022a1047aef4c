//! The invoice as a document: what it says, and the check that its sums agree.

use chrono::NaiveDate;
use domain::invoice::{InvoiceNumber, InvoiceStatus};
use domain::money::{Amount4, Carry, Currency, Money, Rate};

use crate::{DocumentError, Logo};

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceKind {
    /// Asks for money.
    Invoice,
    /// Gives money back; its total is usually less than zero.
    CreditNote,
}

/// Who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seller {
    /// As it should stand on paper.
    pub name: String,
    /// Street, town, numbers of registers: one line each.
    pub address: Vec<String>,
    /// Stands above the name.
    pub logo: Option<Logo>,
    /// Terms of payment, at the end; may have several lines.
    pub terms: Option<String>,
}

/// Whom it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The organization.
    pub name: String,
    /// One line each.
    pub address: Vec<String>,
}

/// From the first to the last day, both of them included, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    first: NaiveDate,
    last: NaiveDate,
}

impl Period {
    /// Refuses a last day before the first.
    pub fn new(first: NaiveDate, last: NaiveDate) -> Result<Self, DocumentError> {
        if last < first {
            return Err(DocumentError::Period);
        }
        Ok(Self { first, last })
    }

    /// The first day.
    pub const fn first(self) -> NaiveDate {
        self.first
    }

    /// The last day.
    pub const fn last(self) -> NaiveDate {
        self.last
    }
}

/// One resource at one price, or a piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub description: String,
    /// Plan, region, times: a second, smaller line. May be empty.
    pub detail: String,
    /// Whole hours, of what is metered.
    pub quantity_hours: Option<u64>,
    /// Per hour, or per unit.
    pub rate: Option<Rate>,
    /// Whether the cap took something off.
    pub cap_applied: bool,
    /// The most that it costs in a month.
    pub cap: Option<Money>,
    /// What it costs, exactly.
    pub amount: Amount4,
}

/// What the wallet was charged with or got back in the month besides usage. It is told here, and no part of the total: the
/// wallet has moved already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// When.
    pub day: NaiveDate,
    /// What it was.
    pub text: String,
    /// Above zero what the wallet was charged with, below what it got.
    pub amount: Money,
}

/// Something besides usage: a set-up fee, work done, a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// What it is.
    pub text: String,
    /// Of either sign.
    pub amount: Money,
}

/// All that an invoice says; [`InvoiceDocument::new`] checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceParts {
    /// Who sends it.
    pub seller: Seller,
    /// Whom it is for.
    pub customer: Customer,
    /// Its number.
    pub number: InvoiceNumber,
    /// Invoice or credit note.
    pub kind: InvoiceKind,
    /// The invoice that a credit note corrects.
    pub corrects: Option<InvoiceNumber>,
    /// The day of issue.
    pub issued: NaiveDate,
    /// The day by which it is to be paid.
    pub due: Option<NaiveDate>,
    /// The days of usage.
    pub period: Option<Period>,
    /// Of all its amounts.
    pub currency: Currency,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// Usage.
    pub lines: Vec<Line>,
    /// What is charged besides.
    pub other_charges: Vec<Charge>,
    /// What the wallet was charged with or got back besides.
    pub settled: Vec<Settled>,
    /// The fraction of a cent that earlier usage left.
    pub carry_in: Carry,
    /// The fraction of a cent that is left for the next invoice.
    pub carry_out: Carry,
    /// Lines + other charges + carry in − carry out.
    pub total: Money,
    /// What has been paid of it.
    pub paid: Money,
    /// How it was paid from the wallet, or will be. May have several lines.
    pub wallet_note: Option<String>,
}

/// The sums of a checked document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// All lines, exactly.
    pub usage: Amount4,
    /// All other charges.
    pub other: Amount4,
    /// Both together.
    pub subtotal: Amount4,
    /// Total − paid.
    pub due: Money,
    /// What the wallet was charged with besides, less what it got.
    pub settled: Amount4,
}

/// An invoice whose parts agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDocument {
    parts: InvoiceParts,
    sums: Sums,
}

impl InvoiceDocument {
    /// Checks that lines + other charges + carry in − carry out is the total, to the last decimal, and that nothing is
    /// due of what is paid.
    pub fn new(parts: InvoiceParts) -> Result<Self, DocumentError> {
        let usage = (parts.lines.iter()).try_fold(Amount4::ZERO, |sum, line| sum.checked_add(line.amount))?;
        let other = (parts.other_charges.iter())
            .try_fold(Amount4::ZERO, |sum, charge| sum.checked_add(charge.amount.into()))?;
        let subtotal = usage.checked_add(other)?;
        let lines = subtotal
            .checked_add(parts.carry_in.into())?
            .checked_sub(parts.carry_out.into())?;
        let total = Amount4::from(parts.total);
        if lines != total {
            return Err(DocumentError::Unbalanced { lines, total });
        }
        let due = parts.total.checked_sub(parts.paid)?;
        if parts.status == InvoiceStatus::Paid && due.is_positive() {
            return Err(DocumentError::PaidButDue { due: due.into() });
        }
        let settled = (parts.settled.iter()).try_fold(Amount4::ZERO, |sum, one| sum.checked_add(one.amount.into()))?;
        let sums = Sums {
            usage,
            other,
            subtotal,
            due,
            settled,
        };
        Ok(Self { parts, sums })
    }

    /// What it says.
    pub const fn parts(&self) -> &InvoiceParts {
        &self.parts
    }

    /// What it adds up to.
    pub const fn sums(&self) -> Sums {
        self.sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn amount(text: &str) -> Amount4 {
        Amount4::parse(text).unwrap()
    }

    #[test]
    fn lines_carries_and_total_agree_exactly() {
        let document = InvoiceDocument::new(samples::parts()).unwrap();
        assert_eq!(document.sums().usage, amount("127.1433"));
        assert_eq!(document.sums().other, amount("45.00"));
        assert_eq!(document.sums().subtotal, amount("172.1433"));
        assert_eq!(document.sums().due, Money::parse("72.15").unwrap());

        let mut wrong = samples::parts();
        wrong.carry_out = Carry::parse("0.0001").unwrap();
        let (lines, total) = (amount("172.1513"), amount("172.15"));
        assert_eq!(
            InvoiceDocument::new(wrong),
            Err(DocumentError::Unbalanced { lines, total })
        );
    }

    #[test]
    fn both_sums_are_named() {
        let mut wrong = samples::parts();
        wrong.total = Money::parse("172.16").unwrap();
        let refusal = InvoiceDocument::new(wrong).unwrap_err();
        assert_eq!(
            refusal,
            DocumentError::Unbalanced {
                lines: amount("172.15"),
                total: amount("172.16")
            }
        );
        assert_eq!(
            refusal.to_string(),
            "The lines and carries of the invoice make 172.1500, but its total is 172.1600. No document was made."
        );
    }

    #[test]
    fn what_is_paid_has_nothing_due() {
        let mut parts = samples::parts();
        parts.status = InvoiceStatus::Paid;
        let due = amount("72.15");
        assert_eq!(InvoiceDocument::new(parts), Err(DocumentError::PaidButDue { due }));
    }

    #[test]
    fn sums_beyond_their_type_are_refused() {
        let mut parts = samples::parts();
        let most = amount("99999999999999.9999");
        for line in &mut parts.lines {
            line.amount = most;
        }
        assert!(matches!(InvoiceDocument::new(parts), Err(DocumentError::Money(_))));
    }

    #[test]
    fn a_period_does_not_end_before_it_begins() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 10, day).unwrap();
        assert_eq!(Period::new(day(2), day(1)), Err(DocumentError::Period));
        assert!(Period::new(day(1), day(1)).is_ok());
    }
}
