//! Invoices: the list, one with its lines, and the close of a month.

mod by_hand;

pub use by_hand::{Issued, issue};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{invoice::InvoiceStatus, metering::UsageMonth, money::Money};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow, types::Json};
use ts_rs::TS;

use crate::{
    StoreError,
    billing::Skipped,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// An invoice as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct InvoiceRow {
    /// `invoices.id`.
    pub id: i32,
    /// Its number, as written.
    pub number: Option<String>,
    /// Whose.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// The wallet's currency.
    pub currency: Option<String>,
    /// The total.
    #[ts(type = "Money | null")]
    pub amount: Option<Money>,
    /// What of it has been paid.
    #[ts(type = "Money | null")]
    pub amount_paid: Option<Money>,
    /// What of it is due.
    #[ts(type = "Money")]
    pub due: Money,
    /// pending, paid, failed or cancelled; another program's word stays as it is.
    pub status: String,
    /// How the status reads today: `in_review` and overdue are what pending is before and after the grace time.
    pub state: String,
    /// The end of the grace time.
    #[ts(type = "Instant | null")]
    pub due_by: Option<DateTime<Utc>>,
    /// It was written by a month's close, so its lines and carries are its amount.
    pub of_close: bool,
    /// usage, `by_hand`, `credit_note`, or foreign: another program wrote it.
    pub kind: String,
    /// The number of the invoice that a credit note corrects.
    pub corrects: Option<String>,
    /// From when on.
    #[ts(type = "Instant | null")]
    pub period_start: Option<DateTime<Utc>>,
    /// Until when, not included.
    #[ts(type = "Instant | null")]
    pub period_end: Option<DateTime<Utc>>,
    /// When it was issued.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// When nothing of it was due any more.
    #[ts(type = "Instant | null")]
    pub paid_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for InvoiceRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            number: r.try_get("invoice_number")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            currency: r.try_get("currency")?,
            amount: row::money(r, "amount")?,
            amount_paid: row::money(r, "paid")?,
            due: row::money(r, "due")?.unwrap_or(Money::ZERO),
            status: r.try_get("status")?,
            state: r.try_get("state")?,
            due_by: row::instant(r, "due_by")?,
            of_close: r.try_get("of_close")?,
            kind: r.try_get("kind")?,
            corrects: r.try_get("corrects_number")?,
            period_start: row::instant(r, "billing_period_start")?,
            period_end: row::instant(r, "billing_period_end")?,
            created_at: row::instant(r, "created_at")?,
            paid_at: row::instant(r, "paid_at")?,
        })
    }
}

/// What is due: nothing of a cancelled or paid one; of other programs' rows, which know no part payment, all or nothing.
macro_rules! due {
    () => {
        "(CASE WHEN i.status IN ('paid', 'cancelled') THEN 0 ELSE coalesce(i.amount, 0) - coalesce(i.amount_paid, 0) END)"
    };
}
/// The end of the grace time.
macro_rules! due_by {
    () => {
        "(i.created_at + make_interval(hours => g.grace_hours))"
    };
}
macro_rules! state {
    () => {
        concat!(
            "(CASE WHEN coalesce(i.status, 'pending') <> 'pending' THEN i.status WHEN i.corrects IS NULL AND ",
            due_by!(),
            " < timezone('UTC', now()) THEN 'overdue' ELSE 'in_review' END)"
        )
    };
}

macro_rules! kind {
    () => {
        "(CASE WHEN i.corrects IS NOT NULL THEN 'credit_note' WHEN i.carry_in IS NOT NULL THEN 'usage' WHEN i.idempotency_key IS NOT NULL THEN 'by_hand' ELSE 'foreign' END)"
    };
}

const LIST: List = List {
    select: concat!(
        "i.id, i.invoice_number, i.organization_id, o.name AS organization, w.currency, i.amount,
        coalesce(i.amount_paid, CASE WHEN i.status = 'paid' THEN i.amount ELSE 0 END) AS paid, coalesce(i.status, 'pending') AS status,
        i.carry_in IS NOT NULL AS of_close, (SELECT c.invoice_number FROM invoices c WHERE c.id = i.corrects) AS corrects_number, i.billing_period_start, i.billing_period_end, i.created_at, i.paid_at, ",
        due!(),
        " AS due, ",
        due_by!(),
        " AS due_by, ",
        state!(),
        " AS state, ",
        kind!(),
        " AS kind"
    ),
    from: "invoices i CROSS JOIN workspace_settings g LEFT JOIN organizations o ON o.id = i.organization_id LEFT JOIN wallets w ON w.organization_id = i.organization_id",
    condition: "true",
    id: "i.id",
    columns: &[
        column("id", "i.id", Kind::Integer),
        nullable("number", "i.invoice_number", Kind::Text),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "i.organization_id", Kind::Integer),
        nullable("currency", "w.currency", Kind::Word),
        nullable("amount", "i.amount", Kind::Decimal),
        nullable("amount_paid", "i.amount_paid", Kind::Decimal),
        column("due", due!(), Kind::Decimal),
        column("status", "coalesce(i.status, 'pending')", Kind::Word),
        column("state", state!(), Kind::Word),
        column("kind", kind!(), Kind::Word),
        nullable("period_start", "i.billing_period_start", Kind::Time),
        nullable("created_at", "i.created_at", Kind::Time),
        nullable("paid_at", "i.paid_at", Kind::Time),
    ],
    search: &["i.invoice_number", "o.name"],
    default_sort: ("created_at", true),
};

/// A window of the invoices.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<InvoiceRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// One invoice.
pub async fn get(connection: &mut PgConnection, id: i32) -> Result<InvoiceRow, StoreError> {
    let page = list(connection, &ListRequest::first(1).with("id", FilterOp::Is, &id)).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// The invoice of a number.
pub async fn by_number(connection: &mut PgConnection, number: &str) -> Result<InvoiceRow, StoreError> {
    let page = list(connection, &ListRequest::first(1).with("number", FilterOp::Is, &number)).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// What an invoice says besides its row.
#[derive(Debug, Clone)]
pub struct Body {
    /// `invoices.id`.
    pub id: i32,
    /// The stored lines, in whatever shape their writer gave them.
    pub line_items: Value,
    /// The fraction of a cent that came in; of a month's close only.
    pub carry_in: Option<Decimal>,
    /// The fraction that goes on.
    pub carry_out: Option<Decimal>,
    /// A later invoice of the organization goes on from its carry.
    pub has_successor: bool,
    /// A credit note corrects it.
    pub has_credit_note: bool,
    /// What it said of both sides when it was issued; an older one knows only what they are called now.
    pub issued_as: Option<IssuedAs>,
    /// What moved the wallet besides usage, in the order in which it did; no part of the amount.
    pub told: Vec<ToldRow>,
}

/// A transaction that an invoice tells beside its lines.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, ts_rs::TS)]
pub struct ToldRow {
    /// `transactions.id`.
    pub transaction_id: i32,
    /// When.
    #[ts(type = "Instant")]
    pub at: DateTime<Utc>,
    /// refund, adjustment or charge.
    pub kind: String,
    /// Why.
    pub reason: Option<String>,
    /// What the wallet was charged with; less than zero is what it got.
    #[ts(type = "string")]
    pub amount: Decimal,
}

/// What a document said when it was issued.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct IssuedAs {
    /// Who sent it.
    pub seller: IssuedBy,
    /// Whom it is for.
    pub customer: IssuedTo,
    /// Of its amounts.
    pub currency: String,
    /// When the grace time was to end.
    pub due_by: Option<DateTime<Utc>>,
}

/// The seller as it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct IssuedBy {
    /// Name.
    pub name: String,
    /// Lines of the address.
    pub address: String,
    /// Terms of payment.
    pub terms: String,
    /// The hash of the logo, if there was one.
    #[serde(default)]
    pub logo: Option<String>,
}

/// The customer as it was.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct IssuedTo {
    /// Name; none where another program's invoice is nobody's.
    pub name: Option<String>,
    /// Lines of the address.
    pub address: String,
}

/// The stored lines and carries of invoices.
pub async fn bodies(connection: &mut PgConnection, ids: &[i32]) -> Result<Vec<Body>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT i.id, i.line_items, i.carry_in, i.carry_out, i.issued_as,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('transaction_id', t.id, 'at', to_char(t.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'kind', t.type,
                'reason', coalesce(nullif(btrim(t.reason), ''), nullif(btrim(t.metadata ->> 'description'), '')), 'amount', l.amount::text) ORDER BY t.created_at, t.id), '[]')
              FROM invoice_transactions l JOIN transactions t ON t.id = l.transaction_id WHERE l.invoice_id = i.id) AS "told!: Json<Vec<ToldRow>>",
             EXISTS (SELECT FROM invoices c WHERE c.corrects = i.id AND c.status <> 'cancelled') AS "has_credit_note!", (i.carry_in IS NOT NULL AND EXISTS (
             SELECT FROM invoices n WHERE n.organization_id = i.organization_id AND n.id > i.id AND n.carry_in IS NOT NULL
               AND n.status <> 'cancelled')) AS "has_successor!"
           FROM invoices i WHERE i.id = ANY ($1)"#,
        ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Body {
            id: row.id,
            line_items: row.line_items.unwrap_or_default(),
            carry_in: row.carry_in,
            carry_out: row.carry_out,
            has_successor: row.has_successor,
            has_credit_note: row.has_credit_note,
            // Another back end may have written it; what can't be read counts as not there.
            issued_as: row.issued_as.and_then(|said| serde_json::from_value(said).ok()),
            told: row.told.0,
        })
        .collect())
}

/// Cancels an invoice whose status is as it was seen; [`StoreError::Stale`] when it isn't. Refused by the rule
/// `invoice_not_newest`.
pub async fn cancel(connection: &mut PgConnection, id: i32, seen: InvoiceStatus) -> Result<(), StoreError> {
    let done = sqlx::query_scalar!(
        r#"SELECT cs_billing.cancel_invoice($1, $2) AS "done!""#,
        id,
        seen.as_str()
    )
    .fetch_one(connection)
    .await?;
    if done { Ok(()) } else { Err(StoreError::Stale) }
}

/// Who sends invoices.
#[derive(Debug, Clone)]
pub struct SellerRow {
    /// Name; empty until it is set.
    pub name: String,
    /// Lines of the address.
    pub address: String,
    /// Terms of payment.
    pub terms: String,
    /// The panel's currency.
    pub currency: String,
    /// The hash of the logo.
    pub logo: Option<String>,
}

/// Logos by their hashes.
pub async fn logos(connection: &mut PgConnection, hashes: &[String]) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let rows = sqlx::query!("SELECT hash, png FROM seller_logos WHERE hash = ANY ($1)", hashes)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.hash, row.png)).collect())
}

/// How many lines the invoices that match have together.
pub async fn count_lines(connection: &mut PgConnection, ids: &[i32]) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT coalesce(sum(CASE jsonb_typeof(line_items) WHEN 'array' THEN jsonb_array_length(line_items) ELSE 1 END), 0)::bigint AS "lines!"
           FROM invoices WHERE id = ANY ($1)"#,
        ids
    )
    .fetch_one(connection)
    .await?)
}

/// Who sends invoices, by the settings; the workspace's name where no other is set.
pub async fn seller(connection: &mut PgConnection) -> Result<SellerRow, StoreError> {
    let row = sqlx::query!(
        r#"SELECT coalesce(nullif(s.seller_name, ''), w.name) AS "name!", s.seller_address, s.invoice_terms, s.currency, s.seller_logo
           FROM workspace_settings s CROSS JOIN cs_auth.workspace() w"#
    )
    .fetch_one(connection)
    .await?;
    Ok(SellerRow {
        name: row.name,
        address: row.seller_address,
        terms: row.invoice_terms,
        currency: row.currency,
        logo: row.seller_logo,
    })
}

/// How far a month's close is.
#[derive(Debug, Clone)]
pub struct CloseState {
    /// The month has been closed.
    pub closed: bool,
    /// Invoices of the month that are there.
    pub already: i64,
    /// Their sum.
    pub already_total: Decimal,
    /// A billing run has charged up to the end of its last hour.
    pub billed: bool,
    /// The time of the newest run, whatever became of it: none can be before it.
    pub last_run_at: Option<DateTime<Utc>>,
}

/// How far a month's close is.
pub async fn close_state(connection: &mut PgConnection, period: UsageMonth) -> Result<CloseState, StoreError> {
    let row = sqlx::query!(
        r#"SELECT EXISTS (SELECT FROM closed_periods c WHERE c.period = $1::date) AS "closed!", count(i.id) AS "already!",
             coalesce(sum(i.amount), 0) AS "already_total!",
             EXISTS (SELECT FROM billing_runs r WHERE r.status IN ('completed', 'partial') AND r.run_at >= $2) AS "billed!",
             (SELECT max(r.run_at) FROM billing_runs r) AS last_run_at
           FROM invoices i WHERE i.billing_period_start = $1::date::timestamp AND i.carry_in IS NOT NULL AND i.status <> 'cancelled'"#,
        first_day(period),
        last_hours_end(period).naive_utc()
    )
    .fetch_one(connection)
    .await?;
    Ok(CloseState {
        closed: row.closed,
        already: row.already,
        already_total: row.already_total,
        billed: row.billed,
        last_run_at: row.last_run_at.map(|at| at.and_utc()),
    })
}

/// The end of the last hour that can belong to a month.
pub fn last_hours_end(period: UsageMonth) -> DateTime<Utc> {
    (period.end() + chrono::TimeDelta::hours(1)).and_utc()
}

/// What closing a month would write for a batch.
#[derive(Debug, Clone)]
pub struct BatchPreview {
    /// Invoices.
    pub invoices: i64,
    /// Their sum.
    pub total: Decimal,
    /// Their usage, exactly.
    pub usage: Decimal,
    /// What of it was used before the month.
    pub late: Decimal,
    /// Who is left out.
    pub skipped: Vec<Skipped>,
}

/// Looks at what closing a month would write for a batch. Refused by the rules `period_not_over` and
/// `period_later_closed`.
pub async fn close_preview(
    connection: &mut PgConnection,
    period: UsageMonth,
    organizations: &[i32],
) -> Result<BatchPreview, StoreError> {
    let row = sqlx::query!(
        r#"SELECT invoices AS "invoices!", total AS "total!", usage AS "usage!", late AS "late!", skipped AS "skipped!: Json<Vec<Skipped>>"
           FROM cs_billing.close_preview($1, $2)"#,
        first_day(period),
        organizations
    )
    .fetch_one(connection)
    .await?;
    Ok(BatchPreview {
        invoices: row.invoices,
        total: row.total,
        usage: row.usage,
        late: row.late,
        skipped: row.skipped.0,
    })
}

/// What closing a month wrote for a batch.
#[derive(Debug, Clone)]
pub struct BatchClosed {
    /// Invoices that were issued.
    pub issued: i64,
    /// Their sum.
    pub total: Decimal,
    /// Who was left out.
    pub skipped: Vec<Skipped>,
}

/// Writes the invoices of a batch of organizations; those that have the month's are left alone. Refused by the rules
/// `period_not_over`, `period_later_closed`, `period_not_billed` and `close_under_way`.
pub async fn close_batch(
    connection: &mut PgConnection,
    period: UsageMonth,
    organizations: &[i32],
) -> Result<BatchClosed, StoreError> {
    let row = sqlx::query!(
        r#"SELECT issued AS "issued!", total AS "total!", skipped AS "skipped!: Json<Vec<Skipped>>" FROM cs_billing.close_batch($1, $2)"#,
        first_day(period),
        organizations
    )
    .fetch_one(connection)
    .await?;
    Ok(BatchClosed {
        issued: row.issued,
        total: row.total,
        skipped: row.skipped.0,
    })
}

/// Marks a month as closed; whether it wasn't. Refused by the rules of [`close_batch`], and by `period_not_issued` while
/// an organization lacks its invoice.
pub async fn finish_close(connection: &mut PgConnection, period: UsageMonth) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT cs_billing.finish_close($1) AS "now!""#, first_day(period))
            .fetch_one(connection)
            .await?,
    )
}

fn first_day(period: UsageMonth) -> NaiveDate {
    period.first_day()
}
