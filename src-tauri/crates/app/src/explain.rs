//! What stands behind a charge, an invoice or a balance.

use store::explain::{self, ExplainedInvoice, ExplainedOrganization, ExplainedTransaction};

use crate::{AppError, session::Session};

/// Explains a row of the ledger.
pub async fn transaction(session: &Session, id: i32) -> Result<ExplainedTransaction, AppError> {
    Ok(explain::transaction(&mut *session.read().await?, id).await?)
}

/// Explains an invoice.
pub async fn invoice(session: &Session, id: i32) -> Result<ExplainedInvoice, AppError> {
    Ok(explain::invoice(&mut *session.read().await?, id).await?)
}

/// Explains a balance.
pub async fn organization(session: &Session, id: i32) -> Result<ExplainedOrganization, AppError> {
    Ok(explain::organization(&mut *session.read().await?, id).await?)
}
