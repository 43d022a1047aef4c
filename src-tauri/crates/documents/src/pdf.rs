//! An invoice as PDF: A4, typeset from embedded fonts.
//!
//! [`layout`] puts lines of text and rules on sheets, [`typesetter`] shapes and breaks text, [`file`] writes the sheets. Only
//! when all sheets are laid out is their number known, so nothing is written before.

mod file;
mod head;
mod layout;
mod paper;
mod settled;
mod table;
mod totals;
mod typesetter;

use crate::{DocumentError, InvoiceDocument};

/// The invoice as a PDF file. The same document gives the same bytes.
pub fn invoice_pdf(document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    invoices_pdf(std::slice::from_ref(document))
}

/// Many invoices in one file, for printing: each begins on a sheet of its own and counts its own pages. Title and
/// date are of the first; no invoices are [`DocumentError::Empty`].
pub fn invoices_pdf(documents: &[InvoiceDocument]) -> Result<Vec<u8>, DocumentError> {
    file::write(documents)
}

#[cfg(test)]
mod tests;
