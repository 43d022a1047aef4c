//! Drift and margin.

use app::{
    drift::{self, Seen, TakenOver},
    export::Exportable,
    margin,
    views::{ListRequest, Page},
};
use domain::{
    ids::ServerId,
    metering::UsageMonth,
    role::{Action as Deed, Area},
};

use super::{field, records::export};
use crate::{
    ApiError, Desk,
    contract::{
        Action, DriftItem, DriftOverview, Empty, ExportAnswer, ExportRequest, MarginAnswer, MarginMonths,
        MarginRequest, TakeOverRequest,
    },
};

pub(crate) async fn overview(desk: &Desk, _: Empty) -> Result<DriftOverview, ApiError> {
    let session = desk.session().await?;
    let role = session.role();
    Ok(DriftOverview {
        summary: drift::summary(&session).await?,
        shows_cost: role.can_read(Area::PlanCosts),
        actions: vec![
            Action::of(role, "edit", Deed::EditServer),
            Action::of(role, "power", Deed::PowerResource),
        ],
    })
}

pub(crate) async fn list(desk: &Desk, request: ListRequest) -> Result<Page<DriftItem>, ApiError> {
    let page = drift::list(&desk.session().await?, &request).await?;
    Ok(Page {
        rows: page
            .rows
            .into_iter()
            .map(|row| DriftItem {
                remedies: drift::remedies(&row),
                row,
            })
            .collect(),
        next: page.next,
        total: page.total,
        total_is_exact: page.total_is_exact,
        as_of: page.as_of,
    })
}

pub(crate) async fn export_drift(desk: &Desk, request: ExportRequest) -> Result<ExportAnswer, ApiError> {
    export(desk, Exportable::Drift, request).await
}

async fn taking_over(desk: &Desk, request: TakeOverRequest, dry_run: bool) -> Result<TakenOver, ApiError> {
    let seen = Seen {
        server: ServerId::new(request.server_id),
        what: request.what,
        here: request.here,
        there: request.there,
    };
    Ok(drift::take_over(&desk.session().await?, &seen, dry_run).await?)
}

pub(crate) async fn preview_take_over(desk: &Desk, request: TakeOverRequest) -> Result<TakenOver, ApiError> {
    taking_over(desk, request, true).await
}

pub(crate) async fn take_over(desk: &Desk, request: TakeOverRequest) -> Result<TakenOver, ApiError> {
    taking_over(desk, request, false).await
}

pub(crate) async fn months(desk: &Desk, _: Empty) -> Result<MarginMonths, ApiError> {
    Ok(MarginMonths {
        months: margin::months(&desk.session().await?).await?,
    })
}

pub(crate) async fn margin_of(desk: &Desk, request: MarginRequest) -> Result<MarginAnswer, ApiError> {
    let session = desk.session().await?;
    let month = field("month", UsageMonth::parse(&request.month))?;
    let (page, total) = tokio::try_join!(
        margin::list(&session, month, request.grouping, &request.list),
        margin::total(&session, month, request.grouping),
    )?;
    Ok(MarginAnswer { page, total })
}

pub(crate) async fn export_margin(desk: &Desk, request: MarginRequest) -> Result<ExportAnswer, ApiError> {
    let session = desk.session().await?;
    let month = field("month", UsageMonth::parse(&request.month))?;
    let folder = desk.host().downloads_dir();
    let done = margin::export(&session, month, request.grouping, &request.list, &folder).await?;
    Ok(ExportAnswer {
        path: done.path.display().to_string(),
        rows: done.rows,
    })
}
