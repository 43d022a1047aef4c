//! Invoices and the month's close.

use app::{
    invoices::InvoiceLine,
    views::{InvoiceRow, ListRequest, Skipped, ToldRow},
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
    /// What moved the wallet besides usage in the month: told, and no part of the amount.
    pub told: Vec<ToldRow>,
    /// Who sends it, as it was when it was issued.
    pub seller: InvoiceSeller,
    /// Whom it is for, as they were when it was issued.
    pub customer: InvoiceCustomer,
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

/// Whom an invoice is for.
#[derive(Debug, Clone, Serialize, TS)]
pub struct InvoiceCustomer {
    /// Name.
    pub name: Option<String>,
    /// Lines of the address.
    pub address: String,
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

/// A line of an invoice that a person makes.
#[derive(Debug, Deserialize, TS)]
pub struct HandLineRequest {
    /// What it is for.
    pub text: String,
    /// How much of it, such as "1" or "2.5".
    pub quantity: String,
    /// What one costs, such as "49.00".
    pub unit_price: String,
}

/// An invoice for what isn't usage. `key` as in a deposit.
#[derive(Debug, Deserialize, TS)]
pub struct IssueInvoiceRequest {
    /// For whom.
    pub organization_id: i32,
    /// Its lines.
    pub lines: Vec<HandLineRequest>,
    /// Makes it repeatable.
    pub key: String,
}

/// A credit note.
#[derive(Debug, Deserialize, TS)]
pub struct CreditInvoiceRequest {
    /// The invoice that it corrects.
    pub id: i32,
    /// What is given back, above zero.
    pub lines: Vec<HandLineRequest>,
    /// Makes it repeatable.
    pub key: String,
}

/// An invoice that was issued.
#[derive(Debug, Clone, Serialize, TS)]
pub struct IssuedInvoice {
    /// Its row.
    pub invoice: InvoiceRow,
    /// It had been issued before; nothing was issued now.
    pub repeated: bool,
}

/// Takes what is due of an invoice made by hand from the wallet.
#[derive(Debug, Deserialize, TS)]
pub struct PayInvoiceRequest {
    /// Which.
    pub id: i32,
    /// How much of it; all that is due where nothing is given.
    pub amount: Option<String>,
    /// Makes it repeatable.
    pub key: String,
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
