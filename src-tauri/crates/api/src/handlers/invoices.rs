//! Invoices and the month's close.

use std::ops::ControlFlow;

use app::{
    export::Exportable,
    invoices::{self, CloseOutcome, CloseReport, DocumentFormat, Issued},
    tasks::{Ended, TaskKind},
    views::{InvoiceRow, ListRequest, Page},
};
use domain::{
    ids::OrganizationId,
    invoice::{HandLine, HandLines},
    money::{Money, PositiveMoney},
    role::Action as Deed,
    transaction::IdempotencyKey,
};
use rust_decimal::Decimal;

use super::{corrections, field, records, tasks};
use crate::{
    ApiError, Desk,
    contract::{
        Action, CancelInvoiceRequest, ClosePreviewAnswer, CloseRequest, CorrectionAnswer, CreditInvoiceRequest, Empty,
        ExportAnswer, ExportRequest, GetRequest, HandLineRequest, InvoiceCustomer, InvoiceDetail, InvoiceFileFormat,
        InvoiceSeller, IssueInvoiceRequest, IssuedInvoice, PayInvoiceRequest, SaveInvoicesAnswer, SaveInvoicesRequest,
        TaskStarted,
    },
};

pub(crate) async fn list(desk: &Desk, request: ListRequest) -> Result<Page<InvoiceRow>, ApiError> {
    Ok(invoices::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn get(desk: &Desk, request: GetRequest) -> Result<InvoiceDetail, ApiError> {
    let detail = invoices::detail(&desk.session().await?, request.id).await?;
    Ok(InvoiceDetail {
        invoice: detail.invoice,
        lines: detail.lines,
        usage: detail.usage,
        carry_in: detail.carry_in,
        carry_out: detail.carry_out,
        told: detail.told,
        seller: InvoiceSeller {
            name: detail.said.seller.name,
            address: detail.said.seller.address,
            terms: detail.said.seller.terms,
        },
        customer: InvoiceCustomer {
            name: detail.said.customer.name,
            address: detail.said.customer.address,
        },
        actions: detail
            .actions
            .into_iter()
            .map(|(name, outcome)| Action {
                name: name.to_owned(),
                allowed: outcome.is_ok(),
                reason: outcome.err(),
            })
            .collect(),
    })
}

pub(crate) async fn export(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    records::export(desk, Exportable::Invoices, request).await
}

pub(crate) async fn save(desk: &Desk, request: SaveInvoicesRequest) -> Result<SaveInvoicesAnswer, ApiError> {
    let format = match request.format {
        InvoiceFileFormat::Pdf => DocumentFormat::Pdf,
        InvoiceFileFormat::Xlsx => DocumentFormat::Xlsx,
        InvoiceFileFormat::Csv => DocumentFormat::Csv,
    };
    let folder = desk.host().downloads_dir();
    let saved = invoices::save(&desk.session().await?, format, &request.list, &folder).await?;
    Ok(SaveInvoicesAnswer {
        path: saved.path.display().to_string(),
        invoices: saved.invoices,
        left_out: saved.left_out,
    })
}

pub(crate) async fn cancel(desk: &Desk, request: CancelInvoiceRequest) -> Result<Empty, ApiError> {
    invoices::cancel(&desk.session().await?, request.id, request.expected_status).await?;
    Ok(Empty {})
}

fn hand_lines(lines: &[HandLineRequest]) -> Result<HandLines, ApiError> {
    let lines = lines
        .iter()
        .map(|line| {
            let quantity = field("quantity", line.quantity.trim().parse::<Decimal>())?;
            let price = field("unit_price", Money::parse(line.unit_price.trim()))?;
            field("lines", HandLine::new(&line.text, quantity, price))
        })
        .collect::<Result<Vec<_>, _>>()?;
    field("lines", HandLines::new(lines))
}

fn issued(done: Issued) -> IssuedInvoice {
    IssuedInvoice {
        invoice: done.invoice,
        repeated: done.repeated,
    }
}

pub(crate) async fn issue(desk: &Desk, request: IssueInvoiceRequest) -> Result<IssuedInvoice, ApiError> {
    let lines = hand_lines(&request.lines)?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let organization = OrganizationId::new(request.organization_id);
    Ok(issued(
        invoices::issue(&desk.session().await?, organization, &lines, &key, false).await?,
    ))
}

pub(crate) async fn credit(desk: &Desk, request: CreditInvoiceRequest) -> Result<IssuedInvoice, ApiError> {
    let lines = hand_lines(&request.lines)?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    Ok(issued(
        invoices::credit(&desk.session().await?, request.id, lines, &key, false).await?,
    ))
}

pub(crate) async fn pay(desk: &Desk, request: PayInvoiceRequest) -> Result<CorrectionAnswer, ApiError> {
    let part = request
        .amount
        .as_deref()
        .map(|amount| field("amount", PositiveMoney::parse(amount.trim())))
        .transpose()?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let part = part.map(PositiveMoney::money);
    let done = invoices::pay(&desk.session().await?, request.id, part, key, false).await?;
    Ok(corrections::answer(done))
}

pub(crate) async fn close_preview(desk: &Desk, request: CloseRequest) -> Result<ClosePreviewAnswer, ApiError> {
    let preview = invoices::preview(&desk.session().await?, invoices::period(&request.period)?).await?;
    Ok(ClosePreviewAnswer {
        period: preview.period.to_string(),
        closed: preview.closed,
        billed: preview.billed,
        already: preview.already,
        already_total: preview.already_total,
        invoices: preview.invoices,
        total: preview.total,
        usage: preview.usage,
        late: preview.late,
        currency: preview.currency,
        skipped: preview.skipped,
    })
}

pub(crate) async fn close(desk: &Desk, request: CloseRequest) -> Result<TaskStarted, ApiError> {
    let period = invoices::period(&request.period)?;
    let session = desk.session().await?;
    session.may(Deed::ManageInvoices)?;
    // What can't be closed is said at once, where the person is looking.
    invoices::check(&session, period).await?;
    tasks::start(
        desk,
        TaskKind::Close,
        &format!("Close of {period}"),
        "Stops after the current organizations; what was issued stays, and closing again goes on from there.",
        move |progress| async move {
            let watch = |done, total| -> ControlFlow<()> { progress.step(done, total) };
            let report = invoices::close(&session, period, watch).await?;
            // What was issued is proven at once; the close stands whether or not that could be done.
            drop(app::books::prove_changes(&session).await);
            Ok(told(&report))
        },
    )
}

fn told(report: &CloseReport) -> Ended {
    let period = report.period;
    let plural = if report.issued == 1 { "invoice" } else { "invoices" };
    let sums = format!("{period}: {} {plural} issued, {} in all.", report.issued, report.total);
    match report.outcome {
        CloseOutcome::Repeated => Ended::Done(format!("{period} had been closed before; nothing was issued again.")),
        CloseOutcome::Cancelled => Ended::Cancelled(format!(
            "{sums} Stopped before its end; what was issued stays, and closing again goes on from there."
        )),
        CloseOutcome::Closed if report.skipped.is_empty() => Ended::Done(sums),
        CloseOutcome::Closed => Ended::Done(format!(
            "{sums} {} left out, for want of a wallet in the panel's currency: {}.",
            report.skipped.len(),
            report
                .skipped
                .iter()
                .map(|skipped| skipped.organization.as_deref().unwrap_or("?"))
                .collect::<Vec<_>>()
                .join(", ")
        )),
    }
}
