//! Invoices as files: PDF to hand out, CSV and XLSX to go on with.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use documents::{Charge, Customer, InvoiceDocument, InvoiceKind, InvoiceParts, Line, Logo, Period, Seller, Settled};
use domain::{
    invoice::{InvoiceNumber, InvoiceStatus},
    money::{Amount4, Carry, Currency, Money, Rate},
};
use rust_decimal::Decimal;
use store::{
    StoreError,
    invoices::{self, Body, InvoiceRow, IssuedAs, IssuedBy, IssuedTo, SellerRow, ToldRow},
    list::{ListRequest, MAX_LIMIT},
};

use super::lines::{self, InvoiceLine};
use crate::{AppError, export, session::Session};

/// What one file holds at most: it is made in memory, which grows with its lines.
struct Bounds {
    invoices: usize,
    lines: i64,
}

/// A file to print, not an archive.
const PDF_MAX: Bounds = Bounds {
    invoices: 1_000,
    lines: 20_000,
};
const TABLE_MAX: Bounds = Bounds {
    invoices: 20_000,
    lines: 200_000,
};

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// Each on sheets of its own.
    Pdf,
    /// A workbook: a sheet of invoices, a sheet of their lines.
    Xlsx,
    /// Their lines, a row each.
    Csv,
}

/// A file that was written.
#[derive(Debug)]
pub struct Saved {
    /// Where.
    pub path: PathBuf,
    /// How many invoices it holds.
    pub invoices: usize,
    /// Of those asked for, how many it can't hold: another program wrote them, and their lines don't make their amount.
    pub left_out: usize,
}

/// One invoice as a PDF file, and its number.
pub async fn pdf(session: &Session, id: i32) -> Result<(InvoiceNumber, Vec<u8>), AppError> {
    let mut connection = session.read().await?;
    let row = invoices::get(&mut connection, id).await?;
    let bodies = invoices::bodies(&mut connection, &[id]).await?;
    let seller = invoices::seller(&mut connection).await?;
    let mut logos = Logos::default();
    logos.learn(&mut connection, &bodies, &seller).await?;
    drop(connection);
    let body = bodies.first().ok_or(StoreError::NotFound)?;
    let document = document(&row, body, &seller, &logos).map_err(|why| AppError::NoDocument(why.to_string()))?;
    let number = document.parts().number;
    Ok((number, written(DocumentFormat::Pdf, vec![document]).await?))
}

/// Logos that documents were issued with.
#[derive(Debug, Default)]
pub(super) struct Logos(BTreeMap<String, Option<Logo>>);

impl Logos {
    /// Reads those that are not known yet.
    async fn learn(
        &mut self,
        connection: &mut sqlx::PgConnection,
        bodies: &[Body],
        seller: &SellerRow,
    ) -> Result<(), AppError> {
        let of_each = bodies.iter().map(|body| match &body.issued_as {
            Some(said) => said.seller.logo.as_ref(),
            None => seller.logo.as_ref(),
        });
        let mut missing: Vec<String> = of_each
            .flatten()
            .filter(|hash| !self.0.contains_key(*hash))
            .cloned()
            .collect();
        missing.sort();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        for (hash, png) in invoices::logos(connection, &missing).await? {
            // It was read whole when it was taken; whatever is there now keeps no document from being made.
            self.0.insert(hash, Logo::from_png(png).ok());
        }
        Ok(())
    }

    fn get(&self, hash: Option<&String>) -> Option<Logo> {
        self.0.get(hash?)?.clone()
    }
}

/// A file of invoices in memory.
#[derive(Debug)]
pub struct Made {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its name without an ending.
    stem: String,
    /// How many invoices it holds.
    pub invoices: usize,
    /// Of those asked for, how many it can't hold: another program wrote them, and their lines don't make their amount.
    pub left_out: usize,
}

/// Makes a file of all invoices that match.
pub async fn file(session: &Session, format: DocumentFormat, request: &ListRequest) -> Result<Made, AppError> {
    let (bounds, stem) = match format {
        DocumentFormat::Pdf => (PDF_MAX, "invoices"),
        DocumentFormat::Xlsx => (TABLE_MAX, "invoices"),
        DocumentFormat::Csv => (TABLE_MAX, "invoice-lines"),
    };
    let (documents, left_out) = collect(session, request, &bounds, format).await?;
    let stem = match (format, documents.as_slice()) {
        (DocumentFormat::Pdf, [only]) => only.parts().number.to_string(),
        _ => stem.to_owned(),
    };
    let invoices = documents.len();
    Ok(Made {
        bytes: written(format, documents).await?,
        stem,
        invoices,
        left_out,
    })
}

/// Writes all invoices that match into a new file of `folder`.
pub async fn save(
    session: &Session,
    format: DocumentFormat,
    request: &ListRequest,
    folder: &Path,
) -> Result<Saved, AppError> {
    let extension = match format {
        DocumentFormat::Pdf => "pdf",
        DocumentFormat::Xlsx => "xlsx",
        DocumentFormat::Csv => "csv",
    };
    let made = file(session, format, request).await?;
    Ok(Saved {
        path: export::keep_in(folder, &made.stem, extension, &made.bytes)?,
        invoices: made.invoices,
        left_out: made.left_out,
    })
}

/// The documents of all that match, and how many others there are. More than the bounds are refused: more invoices at
/// once, more lines before the page that has them is read.
async fn collect(
    session: &Session,
    request: &ListRequest,
    bounds: &Bounds,
    format: DocumentFormat,
) -> Result<(Vec<InvoiceDocument>, usize), AppError> {
    let mut connection = session.read().await?;
    let seller = invoices::seller(&mut connection).await?;
    let mut request = ListRequest {
        limit: MAX_LIMIT,
        after: None,
        ..request.clone()
    };
    let (mut documents, mut left_out, mut lines) = (Vec::new(), 0, 0);
    let mut logos = Logos::default();
    loop {
        let page = invoices::list(&mut connection, &request).await?;
        if usize::try_from(page.total).unwrap_or(usize::MAX) > bounds.invoices {
            return Err(AppError::NoDocument(format!(
                "These are {} invoices; one file of this kind holds at most {}. Nothing was written; choose fewer.",
                page.total, bounds.invoices
            )));
        }
        let ids: Vec<i32> = page.rows.iter().map(|row| row.id).collect();
        lines += invoices::count_lines(&mut connection, &ids).await?;
        if lines > bounds.lines {
            return Err(AppError::NoDocument(format!(
                "These invoices have more than {} lines together, the most that one file of this kind holds. Nothing was written; choose fewer.",
                bounds.lines
            )));
        }
        let bodies = invoices::bodies(&mut connection, &ids).await?;
        if format == DocumentFormat::Pdf {
            logos.learn(&mut connection, &bodies, &seller).await?;
        }
        for row in &page.rows {
            let body = bodies.iter().find(|body| body.id == row.id);
            match body.map(|body| document(row, body, &seller, &logos)) {
                Some(Ok(document)) => documents.push(document),
                _ => left_out += 1,
            }
        }
        match page.next {
            Some(position) => request.after = Some(position),
            None => break,
        }
    }
    if documents.is_empty() {
        return Err(AppError::NoDocument(if left_out == 0 {
            "No invoice matches. Nothing was written.".to_owned()
        } else {
            format!("{} Nothing was written.", Unprintable::Foreign)
        }));
    }
    Ok((documents, left_out))
}

/// Typesetting takes its time: not on the thread that answers others.
async fn written(format: DocumentFormat, documents: Vec<InvoiceDocument>) -> Result<Vec<u8>, AppError> {
    tokio::task::spawn_blocking(move || match format {
        DocumentFormat::Pdf => documents::invoices_pdf(&documents),
        DocumentFormat::Xlsx => documents::invoices_xlsx(&documents),
        DocumentFormat::Csv => Ok(documents::invoice_lines_csv(&documents).into_bytes()),
    })
    .await
    .map_err(|_| AppError::Internal("typesetting was cut off"))?
    .map_err(|why| AppError::NoDocument(why.to_string()))
}

/// Why there is no document of an invoice.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unprintable {
    /// It isn't ours.
    #[error(
        "Another program wrote this invoice, and its lines don't make its amount: it can be read here, but not printed."
    )]
    Foreign,
    /// Its parts don't agree, or can't be kept.
    #[error(transparent)]
    Document(#[from] documents::DocumentError),
}

/// The invoice as it is handed out.
pub(super) fn document(
    row: &InvoiceRow,
    body: &Body,
    seller: &SellerRow,
    logos: &Logos,
) -> Result<InvoiceDocument, Unprintable> {
    let number = row
        .number
        .as_deref()
        .and_then(|number| InvoiceNumber::parse(number).ok())
        .ok_or(Unprintable::Foreign)?;
    let issued = row.created_at.ok_or(Unprintable::Foreign)?;
    let total = row.amount.ok_or(Unprintable::Foreign)?;
    let status = InvoiceStatus::parse(&row.status).map_err(|_| Unprintable::Foreign)?;
    // What it said when it was issued; of an older one only today's names are known.
    let said = body.issued_as.clone().unwrap_or_else(|| said_today(row, seller));
    let carry =
        |carry: Option<Decimal>| Carry::from_decimal(carry.unwrap_or_default()).map_err(|_| Unprintable::Foreign);
    let (mut usage, mut others) = (Vec::new(), Vec::new());
    for line in lines::parse(&body.line_items) {
        match placed(&line)? {
            Placed::Usage(line) => usage.push(line),
            Placed::Other(charge) => others.push(charge),
        }
    }
    let parts = InvoiceParts {
        seller: Seller {
            name: said.seller.name,
            address: text_lines(&said.seller.address),
            logo: logos.get(said.seller.logo.as_ref()),
            terms: Some(said.seller.terms.trim().to_owned()).filter(|terms| !terms.is_empty()),
        },
        customer: Customer {
            name: said.customer.name.unwrap_or_else(|| "Unknown".to_owned()),
            address: text_lines(&said.customer.address),
        },
        number,
        kind: if total.is_negative() {
            InvoiceKind::CreditNote
        } else {
            InvoiceKind::Invoice
        },
        corrects: row
            .corrects
            .as_deref()
            .and_then(|number| InvoiceNumber::parse(number).ok()),
        issued: issued.date_naive(),
        due: said
            .due_by
            .map(|due| due.date_naive())
            .filter(|_| row.due.is_positive()),
        period: period(row)?,
        currency: Currency::parse(&said.currency).map_err(|_| Unprintable::Foreign)?,
        status,
        lines: usage,
        other_charges: others,
        settled: body.told.iter().map(settled).collect::<Result<_, _>>()?,
        carry_in: carry(body.carry_in)?,
        carry_out: carry(body.carry_out)?,
        total,
        paid: row.amount_paid.unwrap_or(Money::ZERO),
        wallet_note: wallet_note(row, status),
    };
    match InvoiceDocument::new(parts) {
        Err(documents::DocumentError::Unbalanced { .. }) if !row.of_close => Err(Unprintable::Foreign),
        made => Ok(made?),
    }
}

/// What is known of both sides today.
pub(super) fn said_today(row: &InvoiceRow, seller: &SellerRow) -> IssuedAs {
    IssuedAs {
        seller: IssuedBy {
            name: seller.name.clone(),
            address: seller.address.clone(),
            terms: seller.terms.clone(),
            logo: seller.logo.clone(),
        },
        customer: IssuedTo {
            name: row.organization.clone(),
            address: String::new(),
        },
        currency: row.currency.clone().unwrap_or_else(|| seller.currency.clone()),
        due_by: row.due_by,
    }
}

fn settled(row: &ToldRow) -> Result<Settled, Unprintable> {
    let kind = match row.kind.as_str() {
        "refund" => "Refund",
        "adjustment" => "Adjustment",
        _ => "Charge",
    };
    Ok(Settled {
        day: row.at.date_naive(),
        text: match &row.reason {
            Some(reason) => format!("{kind}: {reason}"),
            None => kind.to_owned(),
        },
        amount: Money::from_decimal(row.amount).map_err(|_| Unprintable::Foreign)?,
    })
}

/// Lines of text of a setting.
fn text_lines(text: &str) -> Vec<String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

fn period(row: &InvoiceRow) -> Result<Option<Period>, Unprintable> {
    let Some((first, end)) = row.period_start.zip(row.period_end) else {
        return Ok(None);
    };
    let last = (end - TimeDelta::microseconds(1)).date_naive();
    Ok(Some(Period::new(first.date_naive(), last)?))
}

/// Where the money comes from, in a sentence.
fn wallet_note(row: &InvoiceRow, status: InvoiceStatus) -> Option<String> {
    let paid = row.amount_paid.unwrap_or(Money::ZERO);
    if !row.of_close || status == InvoiceStatus::Cancelled {
        None
    } else if !row.due.is_positive() {
        Some("Usage is taken from your prepaid wallet as it runs; nothing is left to pay.".to_owned())
    } else if paid.is_positive() {
        Some("A part was taken from your prepaid wallet; the rest is taken when the wallet is filled up.".to_owned())
    } else {
        Some("Your prepaid wallet did not cover this usage; it is taken when the wallet is filled up.".to_owned())
    }
}

enum Placed {
    Usage(Line),
    Other(Charge),
}

/// Metered hours have their columns; anything else is a charge in whole cents, or a line by its amount alone.
fn placed(line: &InvoiceLine) -> Result<Placed, Unprintable> {
    let amount = line
        .amount
        .and_then(|amount| Amount4::from_decimal(amount).ok())
        .ok_or(Unprintable::Foreign)?;
    let metered = line.unit.as_deref() == Some("hour");
    if !metered && let Ok(amount) = Money::from_decimal(amount.decimal()) {
        return Ok(Placed::Other(Charge {
            text: priced(line),
            amount,
        }));
    }
    let hours = line
        .quantity
        .filter(|_| metered)
        .and_then(|hours| hours.try_into().ok());
    Ok(Placed::Usage(Line {
        description: line.description.clone(),
        detail: detail(line, hours),
        quantity_hours: hours,
        rate: line
            .unit_price
            .filter(|_| metered)
            .and_then(|rate| Rate::from_decimal(rate).ok()),
        cap_applied: line.cap_applied,
        cap: line.monthly_cap.and_then(|cap| Money::from_decimal(cap).ok()),
        amount,
    }))
}

/// What is charged, and how much of it at which price where that is more than one.
fn priced(line: &InvoiceLine) -> String {
    match (line.quantity, line.unit_price) {
        (Some(quantity), Some(price)) if quantity != Decimal::ONE && quantity * price != Decimal::ZERO => {
            format!("{} ({} × {price})", line.description, quantity.normalize())
        }
        _ => line.description.clone(),
    }
}

/// Plan, and when the hours were where that isn't the whole of the invoice's month.
fn detail(line: &InvoiceLine, hours: Option<u64>) -> String {
    let mut parts: Vec<String> = line.plan.iter().cloned().collect();
    if let Some(span) = span(line, hours) {
        parts.push(span);
    }
    parts.join(" · ")
}

fn span(line: &InvoiceLine, hours: Option<u64>) -> Option<String> {
    let first: DateTime<Utc> = line.first_hour.as_deref()?.parse().ok()?;
    let end = first + TimeDelta::hours(i64::try_from(hours?).ok()?);
    let begins_the_month = first.day() == 1 && first.hour() == 0;
    // The month's last hour ends in the next month.
    let last = end - TimeDelta::hours(1);
    let ends_the_month = last.month() == first.month() && end.month() != first.month();
    let day = |at: DateTime<Utc>| at.format("%-d %b %H:%M").to_string();
    let span = match (begins_the_month, ends_the_month) {
        (true, true) => None,
        (_, true) => Some(format!("from {}", day(first))),
        (true, false) => Some(format!("until {}", day(end))),
        (false, false) => Some(format!("{} to {}", day(first), day(end))),
    };
    if !line.late {
        return span;
    }
    let month = format!("late, used in {}", first.format("%B %Y"));
    Some(span.map_or_else(|| month.clone(), |span| format!("{month}, {span}")))
}
