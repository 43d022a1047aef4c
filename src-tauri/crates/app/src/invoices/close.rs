//! Closing a month: bills up to the end of its last hour first, then issues its invoices, batch by batch.

use std::{ops::ControlFlow, time::Instant};

use domain::{ids::OrganizationId, metering::UsageMonth, role::Action};
use rust_decimal::Decimal;
use store::{
    StoreError,
    billing::{self, Skipped},
    invoices::{self, BatchClosed, CloseState},
};

use crate::{AppError, billing::RunReport, session::Session};

/// How many organizations get their invoices in one transaction, which holds the numbers that it uses.
const BATCH: i64 = 500;
/// How often a batch is tried when a billing run holds its organizations.
const TRIES: u32 = 5;

/// How a close ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseOutcome {
    /// The month is closed now.
    Closed,
    /// It had been closed before; nothing was written.
    Repeated,
    /// A person stopped it. What was issued stays; closing again goes on from there.
    Cancelled,
}

impl CloseOutcome {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Repeated => "repeated",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What a close did.
#[derive(Debug)]
pub struct CloseReport {
    /// Which month.
    pub period: UsageMonth,
    /// How it ended.
    pub outcome: CloseOutcome,
    /// Invoices that it issued.
    pub issued: u64,
    /// Their sum.
    pub total: Decimal,
    /// Invoices of the month that were there before.
    pub already: u64,
    /// Organizations with usage that got none, and why.
    pub skipped: Vec<Skipped>,
    /// The billing run that charged the month's last hours, where none had.
    pub run: Option<RunReport>,
    /// How long it took.
    pub duration_ms: u64,
}

/// What a close would do.
#[derive(Debug)]
pub struct ClosePreview {
    /// Which month.
    pub period: UsageMonth,
    /// It has been closed: nothing would be written.
    pub closed: bool,
    /// A billing run has charged the month's last hours; otherwise the close begins with one.
    pub billed: bool,
    /// Invoices of the month that are there.
    pub already: u64,
    /// Their sum.
    pub already_total: Decimal,
    /// Invoices that would be issued.
    pub invoices: u64,
    /// Their sum.
    pub total: Decimal,
    /// Their usage, exactly.
    pub usage: Decimal,
    /// What of it was used before the month.
    pub late: Decimal,
    /// The panel's currency, in which all of it is.
    pub currency: String,
    /// Organizations with usage that would get none, and why.
    pub skipped: Vec<Skipped>,
}

/// Closes a month. `watch` hears how far it is, and may stop it: what was issued stays issued. Repeated, it does nothing
/// twice; lost at any instant, it leaves each organization with the month's invoice or without, and closing again goes on.
pub async fn close(
    session: &Session,
    period: UsageMonth,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<CloseReport, AppError> {
    session.may(Action::ManageInvoices)?;
    let began = Instant::now();
    let state = look(session, period).await?;
    let mut report = CloseReport {
        period,
        outcome: CloseOutcome::Repeated,
        issued: 0,
        total: Decimal::ZERO,
        already: count(state.already),
        skipped: Vec::new(),
        run: None,
        duration_ms: 0,
    };
    if !state.closed {
        report.outcome = bill_and_issue(session, &state, &mut report, &mut watch).await?;
    }
    report.duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(report)
}

/// What closing a month would do, without doing it.
pub async fn preview(session: &Session, period: UsageMonth) -> Result<ClosePreview, AppError> {
    session.may(Action::ManageInvoices)?;
    let state = look(session, period).await?;
    let mut preview = ClosePreview {
        period,
        closed: state.closed,
        billed: state.billed,
        already: count(state.already),
        already_total: state.already_total,
        invoices: 0,
        total: Decimal::ZERO,
        usage: Decimal::ZERO,
        late: Decimal::ZERO,
        currency: invoices::seller(&mut *session.read().await?).await?.currency,
        skipped: Vec::new(),
    };
    if state.closed {
        return Ok(preview);
    }
    let mut last = OrganizationId::new(0);
    loop {
        let batch = billing::organizations_after(&mut *session.read().await?, last, BATCH).await?;
        let Some(end) = batch.last().copied() else { break };
        // Nothing is written; the session's clock is what a transaction for writing brings.
        let found = invoices::close_preview(&mut *session.write().await?, period, &batch).await?;
        preview.invoices += count(found.invoices);
        preview.total += found.total;
        preview.usage += found.usage;
        preview.late += found.late;
        preview.skipped.extend(found.skipped);
        last = OrganizationId::new(end);
    }
    Ok(preview)
}

/// Refuses what [`close`] would refuse before it does anything.
pub async fn check(session: &Session, period: UsageMonth) -> Result<(), AppError> {
    session.may(Action::ManageInvoices)?;
    look(session, period).await.map(|_| ())
}

/// How far the month is; refused when it can't be closed at all, before anything is charged.
async fn look(session: &Session, period: UsageMonth) -> Result<CloseState, AppError> {
    let mut transaction = session.write().await?;
    let state = invoices::close_state(&mut transaction, period).await?;
    invoices::close_preview(&mut transaction, period, &[]).await?;
    Ok(state)
}

async fn bill_and_issue(
    session: &Session,
    state: &CloseState,
    report: &mut CloseReport,
    watch: &mut impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<CloseOutcome, AppError> {
    // Billing is the first half of the way.
    let mut before = 0;
    if !state.billed {
        // No run goes back before the last one, whatever became of it.
        let end = invoices::last_hours_end(report.period);
        let at = state.last_run_at.map_or(end, |last| last.max(end));
        let run = crate::billing::run(session, Some(at), |done, total| {
            before = total;
            watch(done, total * 2)
        })
        .await?;
        let stopped = run.run.status == "cancelled";
        report.run = Some(run);
        if stopped {
            return Ok(CloseOutcome::Cancelled);
        }
    }
    let total = count(billing::organization_count(&mut *session.read().await?).await?);
    let mut last = OrganizationId::new(0);
    let mut done = 0;
    loop {
        if watch(before + done, before + total).is_break() {
            return Ok(CloseOutcome::Cancelled);
        }
        let batch = billing::organizations_after(&mut *session.read().await?, last, BATCH).await?;
        let Some(end) = batch.last().copied() else { break };
        let closed = issue(session, report.period, &batch).await?;
        report.issued += count(closed.issued);
        report.total += closed.total;
        report.skipped.extend(closed.skipped);
        last = OrganizationId::new(end);
        done += count(i64::try_from(batch.len()).unwrap_or(i64::MAX));
    }
    let mut transaction = session.write().await?;
    invoices::finish_close(&mut transaction, report.period).await?;
    transaction.commit().await?;
    Ok(CloseOutcome::Closed)
}

/// One batch, one transaction. A run that holds the organizations for long makes it start over.
async fn issue(session: &Session, period: UsageMonth, batch: &[i32]) -> Result<BatchClosed, AppError> {
    let mut tries = 1;
    loop {
        let mut transaction = session.write().await?;
        match invoices::close_batch(&mut transaction, period, batch).await {
            Err(StoreError::Timeout) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
            Ok(closed) => {
                transaction.commit().await?;
                return Ok(closed);
            }
        }
    }
}

fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
