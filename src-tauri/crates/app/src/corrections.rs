//! Corrections of wallets: refunds, adjustments, and the requests that wait for a second person.

use domain::{
    correction::{NewCorrection, RequestDecision},
    ids::{OrganizationId, RequestId, TransactionId},
    money::Money,
    role::Action,
    transaction::{IdempotencyKey, Reason, TransactionType},
};
use store::{
    StoreError,
    corrections::{self, RequestRow},
    list::{ListRequest, Page},
    transactions::{self, TransactionRow},
};

use crate::{
    AppError,
    session::Session,
    transactions::{Collected, collect},
};

/// What became of a correction.
#[derive(Debug)]
pub struct Corrected {
    /// The ledger's row, once there is one.
    pub transaction: Option<TransactionRow>,
    /// The request, where a second person is needed.
    pub request: Option<RequestRow>,
    /// The wallet after it.
    pub balance: Money,
    /// It had been sent before, under the same key: nothing was added now.
    pub repeated: bool,
    /// What was collected of usage that was due.
    pub collected: Collected,
}

fn action(kind: TransactionType) -> Action {
    match kind {
        TransactionType::Refund => Action::PostRefund,
        _ => Action::PostAdjustment,
    }
}

/// Posts a correction, or, above the limit, asks a second person for it. With `dry_run` all of it is taken back. What is
/// due is collected afterwards, as it is after a deposit.
pub async fn correct(session: &Session, new: &NewCorrection, dry_run: bool) -> Result<Corrected, AppError> {
    session.may(action(new.kind()))?;
    let mut transaction = session.write().await?;
    let done = corrections::correct(&mut transaction, new, session.acting()).await?;
    let mut corrected = seen(&mut transaction, new.organization(), done).await?;
    if dry_run {
        transaction.rollback().await?;
        return Ok(corrected);
    }
    transaction.commit().await?;
    if done.transaction.is_some() && new.amount().is_positive() {
        collect_after(session, new.organization(), &mut corrected).await?;
    }
    Ok(corrected)
}

async fn collect_after(
    session: &Session,
    organization: OrganizationId,
    corrected: &mut Corrected,
) -> Result<(), AppError> {
    corrected.collected = collect(session, organization).await;
    corrected.balance = transactions::balance(&mut *session.read().await?, organization).await?;
    Ok(())
}

async fn seen(
    connection: &mut sqlx::PgConnection,
    organization: OrganizationId,
    done: corrections::Corrected,
) -> Result<Corrected, StoreError> {
    Ok(Corrected {
        transaction: match done.transaction {
            Some(id) => Some(transactions::get(connection, id).await?),
            None => None,
        },
        request: match done.request {
            Some(id) => Some(corrections::request(connection, id).await?),
            None => None,
        },
        balance: transactions::balance(connection, organization).await?,
        repeated: done.repeated,
        collected: Collected::Later,
    })
}

/// A refund of `part` of a transaction: out of the wallet for a deposit, into it for a charge.
pub async fn refund_of(
    session: &Session,
    original: TransactionId,
    part: Money,
    reason: Reason,
    key: IdempotencyKey,
) -> Result<NewCorrection, AppError> {
    let found = corrections::refundable(&mut *session.read().await?, original).await?;
    let (organization, _, into_wallet) =
        found.ok_or_else(|| AppError::Transition("Only a completed deposit or charge can be refunded.".to_owned()))?;
    let amount = if into_wallet { part } else { part.negated() };
    NewCorrection::refund(organization, original, amount, reason, key).map_err(|why| AppError::invalid("amount", why))
}

/// What is left to refund of a transaction.
pub async fn left_to_refund(session: &Session, original: TransactionId) -> Result<Option<Money>, AppError> {
    let found = corrections::refundable(&mut *session.read().await?, original).await?;
    Ok(found.map(|(_, left, _)| left))
}

/// A window of the requests.
pub async fn requests(session: &Session, request: &ListRequest) -> Result<Page<RequestRow>, AppError> {
    Ok(corrections::requests(&mut *session.read().await?, request).await?)
}

/// Decides on a request. One that is approved is posted in the same transaction, or stays as it is.
pub async fn decide(
    session: &Session,
    id: RequestId,
    decision: RequestDecision,
    why: Option<&Reason>,
    dry_run: bool,
) -> Result<Corrected, AppError> {
    session.may(Action::PostAdjustment)?;
    let mut transaction = session.write().await?;
    let done = corrections::decide(
        &mut transaction,
        id,
        decision,
        why.map(Reason::as_str),
        session.acting(),
    )
    .await?;
    let organization = OrganizationId::new(corrections::request(&mut transaction, id).await?.organization_id);
    let mut decided = seen(&mut transaction, organization, done).await?;
    if dry_run {
        transaction.rollback().await?;
        return Ok(decided);
    }
    transaction.commit().await?;
    let came = decided.transaction.as_ref().and_then(|row| row.amount);
    if came.is_some_and(Money::is_positive) {
        collect_after(session, organization, &mut decided).await?;
    }
    Ok(decided)
}
