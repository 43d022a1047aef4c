//! Invoices and credit notes that a person makes.

use domain::{
    ids::{InvoiceId, OrganizationId, UserId},
    invoice::HandLines,
    transaction::IdempotencyKey,
};
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::StoreError;

/// One that was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Issued {
    /// Which.
    pub id: InvoiceId,
    /// It had been issued before, under the same key.
    pub repeated: bool,
}

/// Issues an invoice of these lines, or a credit note that corrects another. Refused by the rules of `invoices`; the same
/// key with another content is a [`StoreError::Duplicate`].
pub async fn issue(
    connection: &mut PgConnection,
    organization: OrganizationId,
    lines: &HandLines,
    corrects: Option<InvoiceId>,
    key: &IdempotencyKey,
    acting: Option<UserId>,
) -> Result<Issued, StoreError> {
    let row = sqlx::query!(
        r#"SELECT invoice AS "invoice!", repeated AS "repeated!" FROM cs_billing.issue_invoice($1, $2, $3, $4, $5, $6)"#,
        organization.get(),
        stored(lines),
        lines.total().decimal(),
        corrects.map(InvoiceId::get),
        key.as_str(),
        acting.map(UserId::get),
    )
    .fetch_one(connection)
    .await?;
    Ok(Issued {
        id: InvoiceId::new(row.invoice),
        repeated: row.repeated,
    })
}

/// The documented shape of a line, with its amounts as text.
fn stored(lines: &HandLines) -> Value {
    lines
        .lines()
        .iter()
        .map(|line| {
            json!({
                "description": line.text().as_str(),
                "quantity": line.quantity().to_string(),
                "unitPrice": line.unit_price().to_string(),
                "amount": line.amount().to_string(),
            })
        })
        .collect()
}
