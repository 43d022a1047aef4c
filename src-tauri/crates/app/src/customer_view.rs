//! Looking as a customer: what an admin or support person sees is what the customer's own policies show, read-only.

use domain::{
    desk::ViewReason,
    ids::{OrganizationId, TicketId},
    role::Action,
};
use secrecy::ExposeSecret;
use store::customer_view::{self, ViewPart, Viewed, ViewedMessage, Viewing};

use crate::{AppError, session::Session};

/// Opens the view of an organization for half an hour; one that is open ends. The log has the reason.
pub async fn start(
    session: &Session,
    organization: OrganizationId,
    reason: &ViewReason,
    ticket_number: Option<&str>,
) -> Result<Viewing, AppError> {
    session.may(Action::SeeAsCustomer)?;
    let token = session.token()?;
    let mut connection = session.read().await?;
    customer_view::start(
        &mut connection,
        token.expose_secret(),
        organization,
        reason.as_str(),
        ticket_number,
    )
    .await?;
    customer_view::current(&mut connection)
        .await?
        .ok_or(AppError::Internal("the view that was opened is gone"))
}

/// Ends the view; nothing to do when none is open.
pub async fn stop(session: &Session) -> Result<(), AppError> {
    let token = session.token()?;
    customer_view::stop(&mut *session.read().await?, token.expose_secret()).await?;
    Ok(())
}

/// The view that is open.
pub async fn state(session: &Session) -> Result<Option<Viewing>, AppError> {
    Ok(customer_view::current(&mut *session.read().await?).await?)
}

/// A part of what the customer sees; of lists the rows before an id.
pub async fn part(session: &Session, part: ViewPart, before: Option<i32>) -> Result<Viewed, AppError> {
    let mut transaction = session.read_as_customer().await?;
    Ok(customer_view::part(&mut transaction, part, before).await?)
}

/// A ticket's conversation as the customer sees it: without our notes.
pub async fn messages(session: &Session, ticket: TicketId) -> Result<Vec<ViewedMessage>, AppError> {
    let mut transaction = session.read_as_customer().await?;
    Ok(customer_view::messages(&mut transaction, ticket).await?)
}
