//! The ledger. Money moves by inserting here; the database's trigger moves the wallet.

use chrono::{DateTime, Utc};
use domain::{
    ids::{OrganizationId, TransactionId},
    money::Money,
    transaction::{NewDeposit, TransactionStatus},
};
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// A movement of money as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TransactionRow {
    /// `transactions.id`.
    pub id: i32,
    /// Whose wallet.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// The signed change of the wallet.
    #[ts(type = "Money | null")]
    pub amount: Option<Money>,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// deposit, charge, refund or adjustment; other programs may have written other words.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Where it stands; NULL in the database counts as completed.
    #[ts(type = "TransactionStatus")]
    pub status: TransactionStatus,
    /// How it was paid.
    pub payment_method: Option<String>,
    /// The payment's number elsewhere.
    pub payment_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What it refunds.
    pub refund_of: Option<i32>,
    /// The invoice made by hand that it pays.
    pub invoice_id: Option<i32>,
    /// Who wrote it.
    pub created_by: Option<String>,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for TransactionRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            amount: row::money(r, "amount")?,
            currency: r.try_get("currency")?,
            kind: r.try_get("type")?,
            // A word that the documentation doesn't have moved no wallet of ours: it reads as failed.
            status: TransactionStatus::from_stored(r.try_get::<Option<&str>, _>("status")?)
                .unwrap_or(TransactionStatus::Failed),
            payment_method: r.try_get("payment_method")?,
            payment_id: r.try_get("payment_id")?,
            reason: r.try_get("reason")?,
            refund_of: r.try_get("refund_of")?,
            invoice_id: r.try_get("invoice_id")?,
            created_by: r.try_get("created_by_name")?,
            created_at: row::instant(r, "created_at")?,
        })
    }
}

const LIST: List = List {
    select: "t.id, t.organization_id, o.name AS organization, t.amount, w.currency, t.type, t.status, t.payment_method,
        t.payment_id, t.reason, t.refund_of, t.invoice_id, coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS created_by_name, t.created_at",
    from: "transactions t LEFT JOIN organizations o ON o.id = t.organization_id
        LEFT JOIN wallets w ON w.organization_id = t.organization_id LEFT JOIN users u ON u.id = t.created_by",
    condition: "true",
    id: "t.id",
    columns: &[
        column("id", "t.id", Kind::Integer),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "t.organization_id", Kind::Integer),
        nullable("amount", "t.amount", Kind::Decimal),
        nullable("currency", "w.currency", Kind::Word),
        nullable("type", "t.type", Kind::Word),
        column("status", "coalesce(t.status, 'completed')", Kind::Word),
        nullable("payment_method", "t.payment_method", Kind::Text),
        nullable("payment_id", "t.payment_id", Kind::Text),
        nullable("reason", "t.reason", Kind::Text),
        nullable("created_by", "u.email", Kind::Text),
        nullable("created_at", "t.created_at", Kind::Time),
    ],
    search: &["o.name", "t.payment_id", "t.reason", "t.id::text"],
    default_sort: ("created_at", true),
};

/// A window of the ledger.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<TransactionRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// One movement.
pub async fn get(connection: &mut PgConnection, id: TransactionId) -> Result<TransactionRow, StoreError> {
    let page = list(connection, &ListRequest::first(1).with("id", FilterOp::Is, &id)).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// What became of a money write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It was written now.
    Now(TransactionId),
    /// It had been written before, under the same key and with the same content.
    Before(TransactionId),
}

/// Posts a deposit. The key makes it repeatable: the same deposit sent again answers with the first; the
/// same key with another content is a [`StoreError::Duplicate`].
pub async fn deposit(connection: &mut PgConnection, new: &NewDeposit) -> Result<Posted, StoreError> {
    let inserted = sqlx::query_scalar!(
        "INSERT INTO transactions (id, organization_id, amount, type, status, payment_method, payment_id, idempotency_key, reason)
         SELECT NULL, $1, $2, 'deposit', 'completed', $3, $4, $5::varchar, $6
         -- A correction that waits for a second person has its key, too.
         WHERE NOT EXISTS (SELECT FROM adjustment_requests q WHERE q.organization_id = $1 AND q.idempotency_key = $5)
         ON CONFLICT (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
         RETURNING id",
        new.organization().get(),
        new.amount().money().decimal(),
        new.method().map(domain::transaction::PaymentMethod::as_str),
        new.reference().map(domain::transaction::PaymentReference::as_str),
        new.key().as_str(),
        new.reason().map(domain::transaction::Reason::as_str),
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(id) = inserted {
        return Ok(Posted::Now(TransactionId::new(id)));
    }
    let before = sqlx::query!(
        r#"SELECT id, amount = $3 AND type = 'deposit' AND payment_method IS NOT DISTINCT FROM $4 AND payment_id IS NOT DISTINCT FROM $5
             AND reason IS NOT DISTINCT FROM $6 AS "same?"
           FROM transactions WHERE organization_id = $1 AND idempotency_key = $2"#,
        new.organization().get(),
        new.key().as_str(),
        new.amount().money().decimal(),
        new.method().map(domain::transaction::PaymentMethod::as_str),
        new.reference().map(domain::transaction::PaymentReference::as_str),
        new.reason().map(domain::transaction::Reason::as_str),
    )
    .fetch_optional(connection)
    .await?;
    match before {
        Some(before) if before.same == Some(true) => Ok(Posted::Before(TransactionId::new(before.id))),
        _ => Err(StoreError::Duplicate("transactions_idempotency".to_owned())),
    }
}

/// What a wallet holds.
pub async fn balance(connection: &mut PgConnection, organization: OrganizationId) -> Result<Money, StoreError> {
    let balance = sqlx::query_scalar!(
        "SELECT balance FROM wallets WHERE organization_id = $1",
        organization.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or_else(|| StoreError::Rule("transactions_wallet_missing".to_owned()))?;
    Money::from_decimal(balance.unwrap_or_default()).map_err(|_| StoreError::OutOfRange)
}
