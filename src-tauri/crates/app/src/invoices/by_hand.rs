//! Invoices that a person makes: issued, credited, paid from the wallet.

use domain::{
    correction::NewCorrection,
    ids::{InvoiceId, OrganizationId},
    invoice::HandLines,
    money::Money,
    role::Action,
    transaction::{IdempotencyKey, Reason},
};
use store::invoices::{self, InvoiceRow};

use crate::{
    AppError,
    corrections::{self, Corrected},
    session::Session,
};

/// An invoice that was issued by hand.
#[derive(Debug)]
pub struct Issued {
    /// Its row.
    pub invoice: InvoiceRow,
    /// It had been issued before, under the same key.
    pub repeated: bool,
}

/// Issues an invoice for what isn't usage: a set-up fee, work done. Sent again under its key, it answers with the first
/// result. It waits to be paid; with `dry_run` all of it is taken back, and its number is the one that it would get now.
pub async fn issue(
    session: &Session,
    organization: OrganizationId,
    lines: &HandLines,
    key: &IdempotencyKey,
    dry_run: bool,
) -> Result<Issued, AppError> {
    write(session, organization, lines, None, key, dry_run).await
}

/// Issues a credit note over an invoice of ours: a new document, with a number of its own, that gives back no more than
/// the invoice. `lines` are what is given back, above zero.
pub async fn credit(
    session: &Session,
    original: i32,
    lines: HandLines,
    key: &IdempotencyKey,
    dry_run: bool,
) -> Result<Issued, AppError> {
    let row = invoices::get(&mut *session.read().await?, original).await?;
    let organization = row.organization_id.ok_or_else(|| {
        AppError::Transition("This invoice is nobody's: there is nobody to give anything back to.".to_owned())
    })?;
    let id = InvoiceId::new(original);
    write(
        session,
        OrganizationId::new(organization),
        &lines.credited(),
        Some(id),
        key,
        dry_run,
    )
    .await
}

async fn write(
    session: &Session,
    organization: OrganizationId,
    lines: &HandLines,
    corrects: Option<InvoiceId>,
    key: &IdempotencyKey,
    dry_run: bool,
) -> Result<Issued, AppError> {
    session.may(Action::ManageInvoices)?;
    let mut transaction = session.write().await?;
    let done = invoices::issue(&mut transaction, organization, lines, corrects, key, session.acting()).await?;
    let issued = Issued {
        invoice: invoices::get(&mut transaction, done.id.get()).await?,
        repeated: done.repeated,
    };
    if dry_run {
        transaction.rollback().await?;
    } else {
        transaction.commit().await?;
    }
    Ok(issued)
}

/// Takes what is due of an invoice made by hand from the wallet, or gives a credit note's money to it: an adjustment that
/// names the invoice, and that waits for a second person above the limit. Without `part` it is all that is due.
pub async fn pay(
    session: &Session,
    id: i32,
    part: Option<Money>,
    key: IdempotencyKey,
    dry_run: bool,
) -> Result<Corrected, AppError> {
    session.may(Action::ManageInvoices)?;
    let row = invoices::get(&mut *session.read().await?, id).await?;
    let (Some(organization), Some(number)) = (row.organization_id, row.number.as_deref()) else {
        return Err(AppError::Transition(
            "This invoice is nobody's, or has no number.".to_owned(),
        ));
    };
    // Sent again after it was paid, nothing is due any more: what was sent first is what its key knows.
    let total = row.amount.unwrap_or(Money::ZERO);
    let due = if row.due.is_zero() { total } else { row.due };
    let sum = match part {
        Some(part) if total.is_negative() => part,
        Some(part) => part.negated(),
        None => due.negated(),
    };
    let reason = Reason::parse(&format!(
        "{} {number}",
        if total.is_negative() { "Credit note" } else { "Invoice" }
    ))
    .map_err(|why| AppError::invalid("number", why))?;
    let new = NewCorrection::adjustment(OrganizationId::new(organization), sum, reason, key)
        .map_err(|why| AppError::invalid("amount", why))?
        .paying(InvoiceId::new(id));
    corrections::correct(session, &new, dry_run).await
}
