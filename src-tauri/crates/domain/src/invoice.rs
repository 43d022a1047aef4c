//! Invoices: statuses and numbers.

mod by_hand;

pub use by_hand::{HandLine, HandLines, LineText, LinesError, MAX_LINES};

use crate::stored::stored_enum;

stored_enum! {
    /// Where an invoice stands (the schema's "Status Values").
    InvoiceStatus, "invoice status" {
        /// Something of it is due.
        Pending = "pending",
        /// Nothing of it is due.
        Paid = "paid",
        /// The grace time has ended unpaid.
        Failed = "failed",
        /// Withdrawn; its number is never used again.
        Cancelled = "cancelled",
    }
}

/// A change of status that doesn't exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("An invoice that is {from} can't become {to}.")]
pub struct RefusedChange {
    /// Where it stands.
    pub from: InvoiceStatus,
    /// What was asked for.
    pub to: InvoiceStatus,
}

impl InvoiceStatus {
    /// The new status, if the change exists: pending is paid, fails or is cancelled; failed can still be paid or
    /// cancelled; paid and cancelled are final.
    pub const fn change_to(self, to: Self) -> Result<Self, RefusedChange> {
        match (self, to) {
            (Self::Pending, Self::Paid | Self::Failed | Self::Cancelled)
            | (Self::Failed, Self::Paid | Self::Cancelled) => Ok(to),
            (from, to) => Err(RefusedChange { from, to }),
        }
    }

    /// Whether nothing but its reading is left.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Paid | Self::Cancelled)
    }
}

/// Why a number isn't one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceNumberError {
    /// A year before 2000 or after 9999.
    #[error("An invoice's year must be from 2000 to 9999.")]
    Year,
    /// Zero, or more than 999,999,999.
    #[error("An invoice's serial number must be from 1 to 999999999.")]
    Serial,
    /// Not of our form.
    #[error("This isn't a number of the form INV-2026-000123.")]
    Form,
}

/// The number of an invoice that we issue: `INV-2026-000123`, year of issue and serial number within it, at least six
/// digits. Numbers of other programs (`INV-2025-001`, `INV-1700000000000`) stay text: they are read, never issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InvoiceNumber {
    year: u16,
    serial: u32,
}

impl InvoiceNumber {
    const MAX_SERIAL: u32 = 999_999_999;
    const LEAST_DIGITS: usize = 6;

    /// The `serial`-th invoice of `year`, from 1.
    pub fn new(year: i32, serial: u32) -> Result<Self, InvoiceNumberError> {
        let year = u16::try_from(year)
            .ok()
            .filter(|year| (2000..=9999).contains(year))
            .ok_or(InvoiceNumberError::Year)?;
        if !(1..=Self::MAX_SERIAL).contains(&serial) {
            return Err(InvoiceNumberError::Serial);
        }
        Ok(Self { year, serial })
    }

    /// Reads exactly what is written by [`std::fmt::Display`].
    pub fn parse(text: &str) -> Result<Self, InvoiceNumberError> {
        let rest = text.strip_prefix("INV-").ok_or(InvoiceNumberError::Form)?;
        let (year, serial) = rest.split_once('-').ok_or(InvoiceNumberError::Form)?;
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || serial.len() < Self::LEAST_DIGITS || !digits(year) || !digits(serial) {
            return Err(InvoiceNumberError::Form);
        }
        // A leading zero beyond six digits would be a second spelling of the same number.
        if serial.len() > Self::LEAST_DIGITS && serial.starts_with('0') {
            return Err(InvoiceNumberError::Form);
        }
        let year = year.parse().map_err(|_| InvoiceNumberError::Year)?;
        let serial = serial.parse().map_err(|_| InvoiceNumberError::Serial)?;
        Self::new(year, serial)
    }

    /// The year of issue.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The serial number within the year.
    pub const fn serial(self) -> u32 {
        self.serial
    }

    /// The number that follows in the same year: gapless.
    pub fn next(self) -> Result<Self, InvoiceNumberError> {
        Self::new(i32::from(self.year), self.serial + 1)
    }
}

impl std::fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "INV-{:04}-{:06}", self.year, self.serial)
    }
}

impl std::str::FromStr for InvoiceNumber {
    type Err = InvoiceNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl serde::Serialize for InvoiceNumber {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for InvoiceNumber {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_written_one_way() {
        let number = InvoiceNumber::new(2026, 123).unwrap();
        assert_eq!(number.to_string(), "INV-2026-000123");
        assert_eq!(number.next().unwrap().to_string(), "INV-2026-000124");
        assert_eq!(
            InvoiceNumber::new(2026, 1_234_567).unwrap().to_string(),
            "INV-2026-1234567"
        );
        for wrong in [
            "",
            "INV-2026-123",
            "INV-2025-001",
            "inv-2026-000123",
            "INV-2026-0000123",
            "INV-26-000123",
            "INV-2026-00012a",
            "INV-2026-000123 ",
            "INV-1700000000000",
            "INV-TXN-000123",
            "INV-2026--00001",
        ] {
            assert_eq!(InvoiceNumber::parse(wrong), Err(InvoiceNumberError::Form), "{wrong}");
        }
        assert_eq!(InvoiceNumber::parse("INV-2026-000000"), Err(InvoiceNumberError::Serial));
        assert_eq!(InvoiceNumber::parse("INV-1999-000001"), Err(InvoiceNumberError::Year));
        assert_eq!(
            InvoiceNumber::parse("INV-2026-99999999999"),
            Err(InvoiceNumberError::Serial)
        );
        assert_eq!(
            InvoiceNumber::new(2026, 999_999_999).unwrap().next(),
            Err(InvoiceNumberError::Serial)
        );
        assert_eq!(InvoiceNumber::new(-2026, 1), Err(InvoiceNumberError::Year));
    }

    #[test]
    fn final_statuses_stay() {
        for from in InvoiceStatus::ALL {
            for to in InvoiceStatus::ALL {
                let changed = from.change_to(*to).is_ok();
                assert!(!(changed && from.is_final()), "{from} to {to}");
                assert!(!(changed && from == to), "{from} to {to}");
            }
        }
        let refusal = InvoiceStatus::Paid.change_to(InvoiceStatus::Cancelled).unwrap_err();
        assert_eq!(refusal.to_string(), "An invoice that is paid can't become cancelled.");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(year in 2000..=9999_i32, serial in 1..=999_999_999_u32) {
            let number = InvoiceNumber::new(year, serial).unwrap();
            prop_assert_eq!(InvoiceNumber::parse(&number.to_string()), Ok(number));
        }
    }
}
