//! Tickets.

use app::{session::Session, tickets};
use domain::{
    ids::{OrganizationId, TicketId, UserId},
    ticket::{MessageBody, Subject, TicketCategory},
    transaction::IdempotencyKey,
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{
        Action, ContextWallet, CreateTicketRequest, Created, CustomerContext, GetRequest, PostMessageAnswer,
        PostMessageRequest, TicketDetail, TicketListRequest, TicketPage, UpdateTicketRequest,
    },
};

pub(crate) async fn list(desk: &Desk, request: TicketListRequest) -> Result<TicketPage, ApiError> {
    let (page, counts) = tickets::list(&desk.session().await?, request.queue, &request.list).await?;
    Ok(TicketPage { page, counts })
}

async fn detail(session: &Session, id: TicketId) -> Result<TicketDetail, ApiError> {
    let detail = tickets::detail(session, id).await?;
    let actions = tickets::actions(session.role(), &detail.ticket)
        .into_iter()
        .map(|(name, outcome)| Action {
            name: name.to_owned(),
            allowed: outcome.is_ok(),
            reason: outcome.err(),
        })
        .collect();
    let context = detail.context.map(|found| CustomerContext {
        organization_id: found.organization_id.get(),
        organization: found.organization,
        customer: found.customer,
        customer_email: found.email,
        customer_since: found.since,
        wallet: found
            .wallet
            .map(|(balance, currency)| ContextWallet { balance, currency }),
        servers: found.servers,
        server_count: found.server_count,
        invoices: found.invoices,
        earlier_tickets: found.earlier,
        ticket_count: found.ticket_count,
        open_ticket_count: found.open_ticket_count,
    });
    Ok(TicketDetail {
        ticket: detail.ticket,
        messages: detail.messages,
        context,
        staff: detail.staff,
        actions,
    })
}

pub(crate) async fn get(desk: &Desk, request: GetRequest) -> Result<TicketDetail, ApiError> {
    detail(&desk.session().await?, TicketId::new(request.id)).await
}

pub(crate) async fn create(desk: &Desk, request: CreateTicketRequest) -> Result<Created, ApiError> {
    let new = tickets::Opening {
        organization: OrganizationId::new(request.organization_id),
        customer: request.user_id.map(UserId::new),
        subject: field("subject", Subject::parse(&request.subject))?,
        description: field("description", MessageBody::parse(&request.description))?,
        category: field("category", TicketCategory::parse(&request.category))?,
        priority: request.priority,
        key: field("key", IdempotencyKey::parse(&request.key))?,
    };
    let id = tickets::create(&desk.session().await?, &new).await?;
    Ok(Created { id: id.get() })
}

async fn post(desk: &Desk, request: PostMessageRequest, internal: bool) -> Result<PostMessageAnswer, ApiError> {
    let session = desk.session().await?;
    let ticket = TicketId::new(request.ticket_id);
    let posting = tickets::Posting {
        ticket,
        text: field("text", MessageBody::parse(&request.text))?,
        internal,
        seen: request.seen_message_id.unwrap_or(0),
        status: request.set_status,
        key: field("key", IdempotencyKey::parse(&request.key))?,
    };
    let message = tickets::post(&session, &posting).await?;
    Ok(PostMessageAnswer {
        message,
        detail: detail(&session, ticket).await?,
    })
}

pub(crate) async fn reply(desk: &Desk, request: PostMessageRequest) -> Result<PostMessageAnswer, ApiError> {
    post(desk, request, false).await
}

pub(crate) async fn note(desk: &Desk, request: PostMessageRequest) -> Result<PostMessageAnswer, ApiError> {
    post(desk, request, true).await
}

pub(crate) async fn update(desk: &Desk, request: UpdateTicketRequest) -> Result<TicketDetail, ApiError> {
    let session = desk.session().await?;
    let id = TicketId::new(request.id);
    let assigned_to = if request.unassign {
        Some(None)
    } else {
        request.assigned_to.map(|person| Some(UserId::new(person)))
    };
    tickets::change(
        &session,
        id,
        &tickets::Change {
            status: request.status,
            priority: request.priority,
            assigned_to,
        },
    )
    .await?;
    detail(&session, id).await
}
