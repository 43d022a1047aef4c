//! Looking as a customer, and who can see a row.

use app::{
    customer_view,
    views::{Viewed, ViewedMessage},
    visibility,
};
use domain::{
    desk::ViewReason,
    ids::{OrganizationId, TicketId},
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{
        CustomerView, Empty, GetRequest, StartViewRequest, ViewPartRequest, ViewedThread, WhoSees, WhoSeesRequest,
    },
};

pub(crate) async fn start(desk: &Desk, request: StartViewRequest) -> Result<CustomerView, ApiError> {
    let reason = field("reason", ViewReason::parse(&request.reason))?;
    let ticket = request
        .ticket_number
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty());
    let organization = OrganizationId::new(request.organization_id);
    let viewing = customer_view::start(&desk.session().await?, organization, &reason, ticket).await?;
    Ok(CustomerView { viewing: Some(viewing) })
}

pub(crate) async fn stop(desk: &Desk, _: Empty) -> Result<CustomerView, ApiError> {
    customer_view::stop(&desk.session().await?).await?;
    Ok(CustomerView { viewing: None })
}

pub(crate) async fn state(desk: &Desk, _: Empty) -> Result<CustomerView, ApiError> {
    Ok(CustomerView {
        viewing: customer_view::state(&desk.session().await?).await?,
    })
}

pub(crate) async fn get(desk: &Desk, request: ViewPartRequest) -> Result<Viewed, ApiError> {
    Ok(customer_view::part(&desk.session().await?, request.part, request.before).await?)
}

pub(crate) async fn messages(desk: &Desk, request: GetRequest) -> Result<ViewedThread, ApiError> {
    let messages: Vec<ViewedMessage> =
        customer_view::messages(&desk.session().await?, TicketId::new(request.id)).await?;
    Ok(ViewedThread { messages })
}

pub(crate) async fn who_sees(desk: &Desk, request: WhoSeesRequest) -> Result<WhoSees, ApiError> {
    Ok(WhoSees {
        rows: visibility::who_sees(&desk.session().await?, request.kind, request.id).await?,
    })
}
