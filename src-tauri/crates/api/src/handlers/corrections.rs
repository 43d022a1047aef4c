//! Corrections of wallets, and the requests that wait for a second person.

use app::{
    corrections::{self, Corrected},
    transactions,
    views::{ListRequest, Page, RequestRow},
};
use domain::{
    correction::{NewCorrection, RequestDecision},
    ids::{OrganizationId, RequestId, TransactionId},
    money::{Money, PositiveMoney},
    transaction::{IdempotencyKey, Reason},
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{
        AdjustRequest, CorrectionAnswer, DecideRequestRequest, RefundRequest, SettleTransactionRequest, SettledAnswer,
    },
};

pub(crate) fn answer(done: Corrected) -> CorrectionAnswer {
    CorrectionAnswer {
        transaction: done.transaction,
        request: done.request,
        balance: done.balance,
        repeated: done.repeated,
        collected: done.collected.amount(),
    }
}

pub(crate) async fn adjust(desk: &Desk, request: AdjustRequest) -> Result<CorrectionAnswer, ApiError> {
    let amount = field("amount", Money::parse(request.amount.trim()))?;
    let reason = field("reason", Reason::parse(&request.reason))?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let organization = OrganizationId::new(request.organization_id);
    let new = field("amount", NewCorrection::adjustment(organization, amount, reason, key))?;
    Ok(answer(corrections::correct(&desk.session().await?, &new, false).await?))
}

pub(crate) async fn refund(desk: &Desk, request: RefundRequest) -> Result<CorrectionAnswer, ApiError> {
    let part = field("amount", PositiveMoney::parse(request.amount.trim()))?;
    let reason = field("reason", Reason::parse(&request.reason))?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let session = desk.session().await?;
    let new = corrections::refund_of(&session, TransactionId::new(request.id), part.money(), reason, key).await?;
    Ok(answer(corrections::correct(&session, &new, false).await?))
}

pub(crate) async fn settle(desk: &Desk, request: SettleTransactionRequest) -> Result<SettledAnswer, ApiError> {
    let done = transactions::settle(&desk.session().await?, TransactionId::new(request.id), request.status).await?;
    Ok(SettledAnswer {
        transaction: done.transaction,
        repeated: done.repeated,
        collected: done.collected.amount(),
    })
}

pub(crate) async fn requests(desk: &Desk, request: ListRequest) -> Result<Page<RequestRow>, ApiError> {
    Ok(corrections::requests(&desk.session().await?, &request).await?)
}

pub(crate) async fn decide(desk: &Desk, request: DecideRequestRequest) -> Result<CorrectionAnswer, ApiError> {
    let decision = field("decision", RequestDecision::parse(&request.decision))?;
    let reason = Some(request.reason.trim())
        .filter(|reason| !reason.is_empty())
        .map(|reason| field("reason", Reason::parse(reason)))
        .transpose()?;
    let session = desk.session().await?;
    let id = RequestId::new(request.id);
    Ok(answer(
        corrections::decide(&session, id, decision, reason.as_ref(), false).await?,
    ))
}
