//! What the business hands out: invoices as PDF, CSV and XLSX.
//!
//! Everything here is a function of values: no input or output, no clock, no fonts of the machine. The same document
//! gives the same bytes, today and on another computer. A document is checked once, when it is made
//! ([`InvoiceDocument::new`]): its lines, carries and total agree to the last decimal, so that nothing that is printed
//! contradicts the books. All text of people is data, never markup or formula.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `invoice` | the document and its sums |
//! | `logo` | the picture at its top: PNG, or an SVG that becomes one |
//! | `pdf` | the page: typesetting, layout, the file |
//! | `csv`, `xlsx` | invoices and their lines as tables |

mod clean;
mod csv;
mod error;
mod format;
mod invoice;
mod logo;
mod pdf;
mod xlsx;

pub use csv::{invoice_lines_csv, invoices_csv};
pub use error::DocumentError;
pub use invoice::{Charge, Customer, InvoiceDocument, InvoiceKind, InvoiceParts, Line, Period, Seller, Settled, Sums};
pub use logo::Logo;
pub use pdf::{invoice_pdf, invoices_pdf};
pub use xlsx::invoices_xlsx;

#[cfg(test)]
mod samples;
