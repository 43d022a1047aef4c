//! Invoices: look at them, cancel one, close a month, write them as documents.

mod by_hand;
mod close;
mod files;
mod lines;

use domain::{invoice::InvoiceStatus, metering::UsageMonth, role::Action};
use rust_decimal::Decimal;
use store::{
    StoreError,
    invoices::{self, Body, InvoiceRow, IssuedAs, ToldRow},
    list::{ListRequest, Page},
};

pub use by_hand::{Issued, credit, issue, pay};
pub use close::{CloseOutcome, ClosePreview, CloseReport, check, close, preview};
pub use files::{DocumentFormat, Made, Saved, file, pdf, save};
pub use lines::{InvoiceLine, Resource};

use crate::{AppError, session::Session};

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<InvoiceRow>, AppError> {
    Ok(invoices::list(&mut *session.read().await?, request).await?)
}

/// The id of the invoice with a number.
pub async fn find(session: &Session, number: &str) -> Result<i32, AppError> {
    let found = invoices::by_number(&mut *session.read().await?, number.trim()).await?;
    Ok(found.id)
}

/// An invoice with what it says.
#[derive(Debug)]
pub struct Detail {
    /// Its row.
    pub invoice: InvoiceRow,
    /// Its lines, in the order of their writer.
    pub lines: Vec<InvoiceLine>,
    /// The lines' sum, exactly; unknown where a line has no amount that can be read.
    pub usage: Option<Decimal>,
    /// The fraction of a cent that came in; of a month's close only.
    pub carry_in: Option<Decimal>,
    /// The fraction that goes on.
    pub carry_out: Option<Decimal>,
    /// What moved the wallet besides usage; no part of the amount.
    pub told: Vec<ToldRow>,
    /// What it says of both sides: as they were when it was issued.
    pub said: IssuedAs,
    /// What may be done, and why not.
    pub actions: Vec<(&'static str, Result<(), String>)>,
}

/// Reads an invoice.
pub async fn detail(session: &Session, id: i32) -> Result<Detail, AppError> {
    let mut connection = session.read().await?;
    let invoice = invoices::get(&mut connection, id).await?;
    let bodies = invoices::bodies(&mut connection, &[id]).await?;
    let body = bodies.into_iter().next().ok_or(StoreError::NotFound)?;
    let seller = invoices::seller(&mut connection).await?;
    let lines = lines::parse(&body.line_items);
    let actions = vec![
        (
            "pdf",
            files::document(&invoice, &body, &seller, &files::Logos::default())
                .map(|_| ())
                .map_err(|refusal| refusal.to_string()),
        ),
        ("cancel", cancellable(session, &invoice, &body).map(|_| ())),
    ];
    Ok(Detail {
        usage: lines.iter().map(|line| line.amount).sum(),
        carry_in: body.carry_in,
        carry_out: body.carry_out,
        told: body.told,
        said: body.issued_as.unwrap_or_else(|| files::said_today(&invoice, &seller)),
        invoice,
        lines,
        actions,
    })
}

/// The status that it is cancelled from, or why it can't be.
fn cancellable(session: &Session, invoice: &InvoiceRow, body: &Body) -> Result<InvoiceStatus, String> {
    session
        .role()
        .may(Action::ManageInvoices)
        .map_err(|refusal| refusal.to_string())?;
    let status = InvoiceStatus::parse(&invoice.status).map_err(|unknown| unknown.to_string())?;
    status
        .change_to(InvoiceStatus::Cancelled)
        .map_err(|refusal| refusal.to_string())?;
    if body.has_credit_note {
        return Err("A credit note corrects this invoice, so it can't be cancelled.".to_owned());
    }
    if !invoice.of_close && invoice.amount_paid.is_some_and(|paid| !paid.is_zero()) {
        return Err(
            "Something of this invoice is paid, so it can't be cancelled: a credit note gives it back.".to_owned(),
        );
    }
    if body.has_successor {
        return Err(
            "A later invoice of this organization goes on from this one: only the newest can be cancelled.".to_owned(),
        );
    }
    Ok(status)
}

/// Cancels an invoice, unless somebody has changed its status since the person saw it. Its number is never used again;
/// its hours are told by the organization's next invoice.
pub async fn cancel(session: &Session, id: i32, seen: InvoiceStatus) -> Result<(), AppError> {
    session.may(Action::ManageInvoices)?;
    seen.change_to(InvoiceStatus::Cancelled)
        .map_err(|refusal| AppError::Transition(refusal.to_string()))?;
    let mut transaction = session.write().await?;
    invoices::cancel(&mut transaction, id, seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// Reads a month as people write it.
pub fn period(text: &str) -> Result<UsageMonth, AppError> {
    UsageMonth::parse(text.trim()).map_err(|why| AppError::invalid("period", why))
}
