//! Billing.

use std::ops::ControlFlow;

use app::{
    billing::{self, RunReport},
    books::{self, Scope},
    explain,
    export::Exportable,
    tasks::{Ended, TaskKind},
    views::{ChargeRow, ListRequest, Page, ProofRow, RunRow},
};
use domain::{ids::BillingRunId, role::Action as Deed};

use super::{records::export, tasks};
use crate::{
    ApiError, Desk,
    contract::{
        Action, BillingOverview, Books, Empty, ExplainRequest, Explanation, ExportAnswer, ExportRequest,
        ParkedDecision, ParkedList, ResolveParkedRequest, RunDetail, RunRequest, TaskStarted,
    },
};

pub(crate) async fn overview(desk: &Desk, _: Empty) -> Result<BillingOverview, ApiError> {
    let session = desk.session().await?;
    let overview = billing::overview(&session).await?;
    let refusal = session
        .role()
        .may(Deed::RunBilling)
        .err()
        .map(|refusal| refusal.to_string());
    let action = |name: &str, reason: Option<String>| Action {
        name: name.to_owned(),
        allowed: reason.is_none(),
        reason,
    };
    let under_way = overview.open_run.map(|run| format!("Billing run {run} is under way."));
    Ok(BillingOverview {
        last_run: overview.last_run,
        open_run: overview.open_run.map(BillingRunId::get),
        overdue: overview.overdue,
        agent_seen: overview.agent_seen,
        agent_missing: overview.agent_missing,
        parked: overview.parked,
        undecided: overview.undecided,
        arrears: overview.arrears,
        behind: overview.behind,
        schedule: overview.schedule,
        currency: overview.currency,
        actions: vec![action("run", refusal.clone().or(under_way)), action("decide", refusal)],
    })
}

pub(crate) async fn runs(desk: &Desk, request: ListRequest) -> Result<Page<RunRow>, ApiError> {
    Ok(billing::runs(&desk.session().await?, &request).await?)
}

pub(crate) async fn export_runs(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::BillingRuns, request).await
}

pub(crate) async fn detail(desk: &Desk, request: RunRequest) -> Result<RunDetail, ApiError> {
    let (run, skipped) = billing::detail(&desk.session().await?, BillingRunId::new(request.id)).await?;
    Ok(RunDetail { run, skipped })
}

pub(crate) async fn charges(desk: &Desk, request: ListRequest) -> Result<Page<ChargeRow>, ApiError> {
    Ok(billing::charges(&desk.session().await?, &request).await?)
}

pub(crate) async fn export_charges(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Charges, request).await
}

pub(crate) async fn parked(desk: &Desk, _: Empty) -> Result<ParkedList, ApiError> {
    Ok(ParkedList {
        parked: billing::parked(&desk.session().await?).await?,
    })
}

pub(crate) async fn resolve_parked(desk: &Desk, request: ResolveParkedRequest) -> Result<Empty, ApiError> {
    let from_start = request.decision == ParkedDecision::FromStart;
    billing::resolve_parked(&desk.session().await?, request.id, from_start).await?;
    Ok(Empty {})
}

pub(crate) async fn run(desk: &Desk, _: Empty) -> Result<TaskStarted, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::RunBilling)?;
    tasks::start(
        desk,
        TaskKind::Billing,
        "Billing run",
        "Stops after the current charge; what was charged stays charged.",
        move |progress| async move {
            let report = billing::run(&session, None, |done, total| progress.step(done, total)).await?;
            // What was charged is proven at once; the run stands whether or not that could be done.
            drop(books::prove_changes(&session).await);
            Ok(told(&report))
        },
    )
}

/// The newest proof, for those whom the books concern.
pub(crate) async fn books(desk: &Desk, _: Empty) -> Result<Books, ApiError> {
    let session = desk.session().await?;
    let refusal = session
        .role()
        .may(Deed::RunBilling)
        .err()
        .map(|refusal| refusal.to_string());
    let proof = if refusal.is_none() {
        books::newest(&session).await?
    } else {
        None
    };
    Ok(Books {
        proof,
        actions: vec![Action {
            name: "prove".to_owned(),
            allowed: refusal.is_none(),
            reason: refusal,
        }],
    })
}

pub(crate) async fn prove(desk: &Desk, _: Empty) -> Result<TaskStarted, ApiError> {
    let session = desk.session().await?;
    session.may(Deed::RunBilling)?;
    tasks::start(
        desk,
        TaskKind::Proof,
        "Proof of the books",
        "Stops at once; the last proof stays what it was.",
        move |progress| async move {
            let watch = |done, total| -> ControlFlow<()> { progress.step(done, total) };
            let proof = books::prove(&session, Scope::Full, watch).await?;
            Ok(proof.map_or_else(
                || Ended::Cancelled("Stopped before its end; nothing was found out.".to_owned()),
                |proof| Ended::Done(proven(&proof)),
            ))
        },
    )
}

fn proven(proof: &ProofRow) -> String {
    let number = |kind: &str| {
        proof
            .checked
            .get(kind)
            .map_or_else(|| "0".to_owned(), |n| grouped(&n.to_string()))
    };
    let looked = format!(
        "{} wallets, {} transactions, {} charges and {} invoices",
        number("wallets"),
        number("transactions"),
        number("charges"),
        number("invoices")
    );
    match proof.breach_count {
        0 => format!("The books are right: {looked} were looked at."),
        1 => format!("The books have 1 breach, in {looked}; the status bar names it."),
        many => format!("The books have {many} breaches, in {looked}; the status bar names them."),
    }
}

pub(crate) async fn prove_changes(desk: &Desk, _: Empty) -> Result<Empty, ApiError> {
    books::prove_changes(&desk.session().await?).await?;
    Ok(Empty {})
}

pub(crate) async fn explain(desk: &Desk, request: ExplainRequest) -> Result<Explanation, ApiError> {
    let session = desk.session().await?;
    let mut told = Explanation {
        transaction: None,
        invoice: None,
        organization: None,
    };
    match (request.transaction, request.invoice, request.organization) {
        (Some(id), None, None) => told.transaction = Some(explain::transaction(&session, id).await?),
        (None, Some(id), None) => told.invoice = Some(explain::invoice(&session, id).await?),
        (None, None, Some(id)) => told.organization = Some(explain::organization(&session, id).await?),
        _ => return Err(ApiError::bad_request("one thing is explained at a time")),
    }
    Ok(told)
}

fn told(report: &RunReport) -> Ended {
    let run = &report.run;
    let sums = if run.hours == 0 {
        format!("Run {}: nothing was charged.", run.id)
    } else {
        format!(
            "Run {}: {} {} charged for {} hours of {} organizations.",
            run.id,
            grouped(&run.charged.to_string()),
            run.currency,
            grouped(&run.hours.to_string()),
            grouped(&run.organizations.to_string())
        )
    };
    match run.status.as_str() {
        "cancelled" => Ended::Cancelled(format!(
            "{sums} Stopped before its end; what was charged stays charged."
        )),
        "partial" => Ended::Done(format!("{sums} Something was skipped or parked; look at the run.")),
        _ => Ended::Done(sums),
    }
}

/// A number as people read it: `3,734.03`. Only for sentences; amounts cross to the window as they are.
fn grouped(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |point| number.split_at(point));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_sentences_are_grouped() {
        for (number, text) in [
            ("0", "0"),
            ("999.50", "999.50"),
            ("3734.03", "3,734.03"),
            ("1234567", "1,234,567"),
            ("-123.00", "-123.00"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
