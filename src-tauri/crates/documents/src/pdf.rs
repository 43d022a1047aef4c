//! An invoice as PDF: A4, typeset from embedded fonts.
//!
//! [`layout`] puts lines of text and rules on sheets, [`typesetter`] shapes and breaks text, [`file`] writes the sheets. Only
//! when all sheets are laid out is their number known, so nothing is written before.

mod file;
mod head;
mod layout;
mod paper;
mod table;
mod totals;
mod typesetter;

use crate::{DocumentError, InvoiceDocument};

/// The invoice as a PDF file. The same document gives the same bytes.
pub fn invoice_pdf(document: &InvoiceDocument) -> Result<Vec<u8>, DocumentError> {
    file::write(document, layout::sheets(document))
}

#[cfg(test)]
mod tests;
