//! Billing.

use app::{
    billing::{self, RunReport},
    tasks::{Ended, TaskKind},
};

use super::tasks;
use crate::{
    ApiError, Desk,
    contract::{Empty, TaskStarted},
};

pub(crate) async fn run(desk: &Desk, _: Empty) -> Result<TaskStarted, ApiError> {
    let session = desk.session().await?;
    session.may(domain::role::Action::RunBilling)?;
    tasks::start(
        desk,
        TaskKind::Billing,
        "Billing run",
        "Stops after the current charge; what was charged stays charged.",
        move |progress| async move {
            let report = billing::run(&session, None, |done, total| progress.step(done, total)).await?;
            Ok(told(&report))
        },
    )
}

fn told(report: &RunReport) -> Ended {
    let run = &report.run;
    let sums = format!(
        "Run {}: {} charged for {} hours of {} organizations.",
        run.id, run.charged, run.hours, run.organizations
    );
    match run.status.as_str() {
        "cancelled" => Ended::Cancelled(format!(
            "{sums} Stopped before its end; what was charged stays charged."
        )),
        "partial" => Ended::Done(format!("{sums} Something was skipped or parked; look at the run.")),
        _ => Ended::Done(sums),
    }
}
