//! Holds: what an order keeps of a wallet while something is being made.

use domain::{
    ids::{HoldId, OrganizationId},
    money::Money,
    plan::PlanRef,
    role::Action,
    transaction::{IdempotencyKey, Reason},
};
use store::holds::{self, Held};

use crate::{AppError, session::Session};

/// Holds 24 hours at a plan's rate while something is ordered on it, for 24 hours. Sent again under its key, it answers
/// with the first result.
pub async fn place(
    session: &Session,
    organization: OrganizationId,
    plan: PlanRef,
    purpose: &Reason,
    key: &IdempotencyKey,
) -> Result<Held, AppError> {
    session.may(Action::EditServer)?;
    let mut transaction = session.write().await?;
    let held = holds::place(&mut transaction, organization, plan, purpose.as_str(), key).await?;
    transaction.commit().await?;
    Ok(held)
}

/// Gives a hold back, once what was ordered is there or will not be; whether it was held until now.
pub async fn release(session: &Session, hold: HoldId) -> Result<bool, AppError> {
    session.may(Action::EditServer)?;
    let mut transaction = session.write().await?;
    let released = holds::release(&mut transaction, hold).await?;
    transaction.commit().await?;
    Ok(released)
}

/// What an organization may order for; `None` without a wallet.
pub async fn orderable(session: &Session, organization: OrganizationId) -> Result<Option<Money>, AppError> {
    Ok(holds::orderable(&mut *session.read().await?, organization).await?)
}
