//! Invoices and the month's close.

use app::{
    invoices::InvoiceLine,
    views::{InvoiceRow, ListRequest, Skipped},
};
use domain::invoice::InvoiceStatus;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// An invoice's page.
#[derive(Debug, Clone, Serialize, TS)]
pub struct InvoiceDetail {
    /// Its row.
    pub invoice: InvoiceRow,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// The lines' sum, exactly; unknown where a line has no amount.
    #[ts(type = "string | null")]
    pub usage: Option<Decimal>,
    /// The fraction of a cent that came in; of a month's close only.
    #[ts(type = "string | null")]
    pub carry_in: Option<Decimal>,
    /// The fraction that goes on.
    #[ts(type = "string | null")]
    pub carry_out: Option<Decimal>,
    /// Who sends it.
    pub seller: InvoiceSeller,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// Who sends invoices.
#[derive(Debug, Clone, Serialize, TS)]
pub struct InvoiceSeller {
    /// Name.
    pub name: String,
    /// Lines of the address.
    pub address: String,
    /// Terms of payment.
    pub terms: String,
}

/// Which month.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct CloseRequest {
    /// Year and month, such as 2026-10.
    pub period: String,
}

/// What closing a month would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ClosePreviewAnswer {
    /// Which month.
    pub period: String,
    /// It has been closed: nothing would be written.
    pub closed: bool,
    /// A billing run has charged the month's last hours; otherwise the close begins with one.
    pub billed: bool,
    /// Invoices of the month that are there.
    #[ts(type = "number")]
    pub already: u64,
    /// Their sum.
    #[ts(type = "Money")]
    pub already_total: Decimal,
    /// Invoices that would be issued.
    #[ts(type = "number")]
    pub invoices: u64,
    /// Their sum.
    #[ts(type = "Money")]
    pub total: Decimal,
    /// Their usage, exactly.
    #[ts(type = "string")]
    pub usage: Decimal,
    /// What of it was used before the month.
    #[ts(type = "string")]
    pub late: Decimal,
    /// The panel's currency, in which all of it is.
    pub currency: String,
    /// Organizations with usage that would get none.
    pub skipped: Vec<Skipped>,
}

/// Withdraws an invoice.
#[derive(Debug, Deserialize, TS)]
pub struct CancelInvoiceRequest {
    /// Which.
    pub id: i32,
    /// Its status as it was seen.
    #[ts(type = "InvoiceStatus")]
    pub expected_status: InvoiceStatus,
}

/// What kind of file.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceFileFormat {
    /// To hand out.
    Pdf,
    /// A workbook of invoices and lines.
    Xlsx,
    /// The lines, a row each.
    Csv,
}

/// Invoices as a file.
#[derive(Debug, Deserialize, TS)]
pub struct SaveInvoicesRequest {
    /// What kind of file.
    pub format: InvoiceFileFormat,
    /// Which invoices; the position and the limit don't count.
    pub list: ListRequest,
}

/// The file that was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SaveInvoicesAnswer {
    /// Where it is.
    pub path: String,
    /// How many invoices it holds.
    #[ts(type = "number")]
    pub invoices: usize,
    /// How many it can't hold, since another program wrote them.
    #[ts(type = "number")]
    pub left_out: usize,
}
