//! Why a document couldn't be made.

use domain::money::{Amount4, MoneyError};

/// Why a document couldn't be made, as a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Lines, other charges and carries don't make the total.
    #[error("The lines and carries of the invoice make {lines}, but its total is {total}. No document was made.")]
    Unbalanced {
        /// Lines + other charges + carry in − carry out.
        lines: Amount4,
        /// The total that was given.
        total: Amount4,
    },
    /// It is said to be paid, but something is due.
    #[error("The invoice is marked as paid, but {due} of it is due. No document was made.")]
    PaidButDue {
        /// Total − paid.
        due: Amount4,
    },
    /// The period ends before it begins.
    #[error("The period of the invoice ends before it begins.")]
    Period,
    /// Not a PNG picture, or a damaged one.
    #[error("The logo isn't a readable PNG or SVG picture.")]
    Logo,
    /// The SVG has something that a logo can't have.
    #[error("The logo can't be used: {0}.")]
    LogoContent(String),
    /// The picture is larger than a logo may be.
    #[error("The logo is too large: at most {max_pixels} pixels wide and high, and {max_bytes} bytes.")]
    LogoTooLarge {
        /// The most pixels of a side.
        max_pixels: u16,
        /// The most bytes of the file.
        max_bytes: usize,
    },
    /// There is no invoice to print.
    #[error("There is no invoice to print.")]
    Empty,
    /// A sum is beyond what its type holds.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// More rows than a sheet of a workbook can have.
    #[error("There are {rows} rows; a workbook holds at most {max} on a sheet. Export fewer, or use CSV.")]
    TooManyRows {
        /// How many rows were asked for.
        rows: usize,
        /// How many there can be, the head aside.
        max: usize,
    },
    /// The PDF couldn't be written.
    #[error("The PDF couldn't be written: {0}.")]
    Pdf(String),
    /// The workbook couldn't be written.
    #[error("The workbook couldn't be written: {0}.")]
    Workbook(String),
}
