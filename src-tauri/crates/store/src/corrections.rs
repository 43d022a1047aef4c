//! Corrections of wallets: posted, asked of a second person, decided; and what is due, collected.

use chrono::{DateTime, Utc};
use domain::{
    correction::{NewCorrection, RequestDecision},
    ids::{BillingRunId, OrganizationId, RequestId, TransactionId, UserId},
    money::Money,
    transaction::TransactionStatus,
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// What became of a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Corrected {
    /// The ledger's row, once there is one.
    pub transaction: Option<TransactionId>,
    /// The request, where it needs a second person.
    pub request: Option<RequestId>,
    /// It had been sent before, under the same key.
    pub repeated: bool,
}

/// Posts a correction or asks for it. `acting` is who an operator without a session stands for. Refused by the ledger's
/// rules; the same key with another content is a [`StoreError::Duplicate`].
pub async fn correct(
    connection: &mut PgConnection,
    new: &NewCorrection,
    acting: Option<UserId>,
) -> Result<Corrected, StoreError> {
    let row = sqlx::query!(
        r#"SELECT transaction_id, request_id, repeated AS "repeated!" FROM cs_billing.correct($1, $2, $3, $4, $5, $6, $7, $8)"#,
        new.organization().get(),
        new.kind().as_str(),
        new.amount().decimal(),
        new.reason().as_str(),
        new.refund_of().map(TransactionId::get),
        new.invoice().map(domain::ids::InvoiceId::get),
        new.key().as_str(),
        acting.map(UserId::get),
    )
    .fetch_one(connection)
    .await?;
    Ok(Corrected {
        transaction: row.transaction_id.map(TransactionId::new),
        request: row.request_id.map(RequestId::new),
        repeated: row.repeated,
    })
}

/// Decides on a request; the posted row, if it was approved. Refused by the rules `request_known`, `request_decided` and
/// `adjustment_requests_two_people`, and by the ledger's where what was asked can't be posted any more.
pub async fn decide(
    connection: &mut PgConnection,
    id: RequestId,
    decision: RequestDecision,
    why: Option<&str>,
    acting: Option<UserId>,
) -> Result<Corrected, StoreError> {
    let row = sqlx::query!(
        r#"SELECT transaction_id, repeated AS "repeated!" FROM cs_billing.decide_request($1, $2, $3, $4)"#,
        id.get(),
        decision.as_str(),
        why,
        acting.map(UserId::get),
    )
    .fetch_one(connection)
    .await?;
    Ok(Corrected {
        transaction: row.transaction_id.map(TransactionId::new),
        request: Some(id),
        repeated: row.repeated,
    })
}

/// What was collected of what an organization owes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Collection {
    /// The run that did it; none where nothing was due or covered.
    pub run: Option<BillingRunId>,
    /// How much.
    pub collected: Money,
    /// What is still due.
    pub still_due: Money,
}

/// Charges what an organization owes up to the last run's time, as far as its wallet covers it.
pub async fn collect(connection: &mut PgConnection, organization: OrganizationId) -> Result<Collection, StoreError> {
    let row = sqlx::query!(
        r#"SELECT run, collected AS "collected!", still_due AS "still_due!" FROM cs_billing.collect($1)"#,
        organization.get()
    )
    .fetch_one(connection)
    .await?;
    let money = |amount| Money::from_decimal(amount).map_err(|_| StoreError::OutOfRange);
    Ok(Collection {
        run: row.run.map(BillingRunId::new),
        collected: money(row.collected)?,
        still_due: money(row.still_due)?,
    })
}

/// What is left to refund of a transaction, and whose it is. `None` of what is no completed deposit or charge.
pub async fn refundable(
    connection: &mut PgConnection,
    original: TransactionId,
) -> Result<Option<(OrganizationId, Money, bool)>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT organization_id AS "organization_id!", direction > 0 AS "into_wallet!", remaining AS "remaining!" FROM cs_billing.refundable($1)"#,
        original.get()
    )
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let left = Money::from_decimal(row.remaining).map_err(|_| StoreError::OutOfRange)?;
        Ok((OrganizationId::new(row.organization_id), left, row.into_wallet))
    })
    .transpose()
}

/// Completes a pending transaction or gives it up; whose it is. [`StoreError::Stale`] when it isn't pending, unless it is
/// as wanted already.
pub async fn settle(
    connection: &mut PgConnection,
    id: TransactionId,
    to: TransactionStatus,
) -> Result<(Option<OrganizationId>, bool), StoreError> {
    let changed = sqlx::query!(
        "UPDATE transactions SET status = $2 WHERE id = $1 AND status = 'pending'",
        id.get(),
        to.as_str()
    )
    .execute(&mut *connection)
    .await?
    .rows_affected();
    let row = sqlx::query!(
        r#"SELECT organization_id, coalesce(status, 'completed') AS "status!" FROM transactions WHERE id = $1"#,
        id.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)?;
    if changed == 0 && row.status != to.as_str() {
        return Err(StoreError::Stale);
    }
    Ok((row.organization_id.map(OrganizationId::new), changed == 0))
}

/// A request as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RequestRow {
    /// `adjustment_requests.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// Whose wallet.
    pub organization_id: i32,
    /// The organization's name.
    pub organization: String,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// refund or adjustment.
    #[serde(rename = "type")]
    pub kind: String,
    /// The signed change of the wallet.
    #[ts(type = "Money")]
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// What it refunds.
    pub refund_of: Option<i32>,
    /// The number of the invoice that it pays.
    pub invoice: Option<String>,
    /// Who asked.
    pub requested_by: Option<String>,
    /// When.
    #[ts(type = "Instant")]
    pub requested_at: DateTime<Utc>,
    /// waiting, approved, refused or withdrawn.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    #[ts(type = "Instant | null")]
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was decided so.
    pub decision_reason: Option<String>,
    /// The ledger's row of one that was approved.
    pub transaction_id: Option<i32>,
}

impl FromRow<'_, PgRow> for RequestRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            currency: r.try_get("currency")?,
            kind: r.try_get("type")?,
            amount: row::money(r, "amount")?.unwrap_or(Money::ZERO),
            reason: r.try_get("reason")?,
            refund_of: r.try_get("refund_of")?,
            invoice: r.try_get("invoice")?,
            requested_by: r.try_get("requested_by_name")?,
            requested_at: row::instant_or_epoch(r, "requested_at")?,
            state: r.try_get("state")?,
            decided_by: r.try_get("decided_by_name")?,
            decided_at: row::instant(r, "decided_at")?,
            decision_reason: r.try_get("decision_reason")?,
            transaction_id: r.try_get("transaction_id")?,
        })
    }
}

const REQUESTS: List = List {
    select: "q.id, q.organization_id, o.name AS organization, w.currency, q.type, q.amount, q.reason, q.refund_of, i.invoice_number AS invoice,
        coalesce(nullif(btrim(concat_ws(' ', a.first_name, a.last_name)), ''), a.email) AS requested_by_name, q.requested_at,
        coalesce(q.decision, 'waiting') AS state, coalesce(nullif(btrim(concat_ws(' ', d.first_name, d.last_name)), ''), d.email) AS decided_by_name,
        q.decided_at, q.decision_reason, (SELECT t.id FROM transactions t WHERE t.request_id = q.id) AS transaction_id",
    from: "adjustment_requests q JOIN organizations o ON o.id = q.organization_id LEFT JOIN wallets w ON w.organization_id = q.organization_id
        LEFT JOIN users a ON a.id = q.requested_by LEFT JOIN users d ON d.id = q.decided_by LEFT JOIN invoices i ON i.id = q.invoice_id",
    condition: "true",
    id: "q.id",
    columns: &[
        column("id", "q.id", Kind::Integer),
        column("organization_id", "q.organization_id", Kind::Integer),
        column("organization", "o.name", Kind::Text),
        column("type", "q.type", Kind::Word),
        column("amount", "q.amount", Kind::Decimal),
        column("state", "coalesce(q.decision, 'waiting')", Kind::Word),
        nullable("requested_by", "a.email", Kind::Text),
        column("requested_at", "q.requested_at", Kind::Time),
        nullable("decided_at", "q.decided_at", Kind::Time),
    ],
    search: &["o.name", "q.reason", "q.id::text"],
    default_sort: ("requested_at", true),
};

/// A window of the requests.
pub async fn requests(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<RequestRow>, StoreError> {
    REQUESTS.page(connection, request, |_| ()).await
}

/// One request.
pub async fn request(connection: &mut PgConnection, id: RequestId) -> Result<RequestRow, StoreError> {
    let page = requests(connection, &ListRequest::first(1).with("id", FilterOp::Is, &id)).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}
