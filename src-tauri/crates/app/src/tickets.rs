//! Tickets: queues, the conversation, replies and notes, decisions.

use domain::{
    ids::{MessageId, OrganizationId, TicketId, UserId},
    role::{Action, Role},
    ticket::{MessageBody, Priority, Subject, TicketAction, TicketCategory, TicketStatus},
    transaction::IdempotencyKey,
};
use store::{
    StoreError,
    list::{ListRequest, Page},
    messages::{self, NewMessage, PostedMessage, TicketMessage},
    tickets::{self, Decision, NewTicket, TicketCounts, TicketQueue, TicketRow},
    users::{self, StaffMember},
};

use crate::{
    AppError,
    context::{self, CustomerContext},
    session::Session,
};

/// A window of a queue, with the sizes of all queues.
pub async fn list(
    session: &Session,
    queue: TicketQueue,
    request: &ListRequest,
) -> Result<(Page<TicketRow>, TicketCounts), AppError> {
    let mut connection = session.read().await?;
    let me = session.person()?.id;
    let page = tickets::list(&mut connection, queue, me, request).await?;
    let counts = tickets::counts(&mut connection, me).await?;
    Ok((page, counts))
}

/// A window of a queue that is nobody's own.
pub async fn window(session: &Session, queue: TicketQueue, request: &ListRequest) -> Result<Page<TicketRow>, AppError> {
    Ok(tickets::list(&mut *session.read().await?, queue, UserId::new(0), request).await?)
}

/// A ticket with its conversation and the customer behind it.
#[derive(Debug)]
pub struct Detail {
    /// Itself.
    pub ticket: TicketRow,
    /// The conversation, oldest first.
    pub messages: Vec<TicketMessage>,
    /// Who asks, and what they have.
    pub context: Option<CustomerContext>,
    /// To whom it can be given.
    pub staff: Vec<StaffMember>,
}

/// Reads a ticket's workspace.
pub async fn detail(session: &Session, id: TicketId) -> Result<Detail, AppError> {
    let mut connection = session.read().await?;
    let ticket = tickets::get(&mut connection, id).await?;
    let messages = messages::thread(&mut connection, id).await?;
    let staff = users::staff(&mut connection).await?;
    let context = context::of_ticket(&mut connection, &ticket).await?;
    Ok(Detail {
        ticket,
        messages,
        context,
        staff,
    })
}

/// What a person may do with a ticket, and why not.
pub fn actions(role: Role, ticket: &TicketRow) -> Vec<(&'static str, Result<(), String>)> {
    let category = ticket
        .category
        .as_deref()
        .and_then(|text| TicketCategory::parse(text).ok());
    let allowed = |action: Action| {
        action
            .check_in_category(role, category.as_ref())
            .map_err(|refusal| refusal.to_string())
    };
    let reply = allowed(Action::ReplyToTicket).and_then(|()| {
        ticket
            .status
            .after_staff_reply()
            .map(|_| ())
            .map_err(|refusal| refusal.to_string())
    });
    let mut all = vec![
        ("reply", reply),
        ("note", allowed(Action::WriteNote)),
        ("edit", allowed(Action::EditTicket)),
    ];
    for (action, outcome) in ticket.status.actions() {
        all.push((
            action.as_str(),
            allowed(Action::EditTicket).and_then(|()| outcome.map(|_| ()).map_err(|refusal| refusal.to_string())),
        ));
    }
    all
}

fn check(session: &Session, ticket: &TicketRow, name: &str) -> Result<(), AppError> {
    match actions(session.role(), ticket)
        .into_iter()
        .find(|(known, _)| *known == name)
    {
        Some((_, Ok(()))) => Ok(()),
        Some((_, Err(reason))) => Err(AppError::Transition(reason)),
        None => Err(AppError::Internal("an action without a name")),
    }
}

/// A ticket on behalf of a customer.
#[derive(Debug)]
pub struct Opening {
    /// Whose.
    pub organization: OrganizationId,
    /// Who asks.
    pub customer: Option<UserId>,
    /// What about.
    pub subject: Subject,
    /// The first words.
    pub description: MessageBody,
    /// Category.
    pub category: TicketCategory,
    /// Priority.
    pub priority: Priority,
    /// Makes it repeatable.
    pub key: IdempotencyKey,
}

/// Opens a ticket.
pub async fn create(session: &Session, new: &Opening) -> Result<TicketId, AppError> {
    Action::EditTicket
        .check_in_category(session.role(), Some(&new.category))
        .map_err(|refusal| AppError::Refused(refusal.to_string()))?;
    let mut transaction = session.write().await?;
    let id = tickets::create(
        &mut transaction,
        &NewTicket {
            organization: new.organization,
            customer: new.customer,
            subject: &new.subject,
            description: &new.description,
            category: &new.category,
            priority: new.priority,
            key: &new.key,
        },
    )
    .await?;
    transaction.commit().await?;
    Ok(id)
}

/// A reply or a note that is about to be posted.
#[derive(Debug)]
pub struct Posting {
    /// Where.
    pub ticket: TicketId,
    /// What.
    pub text: MessageBody,
    /// A note, for staff only.
    pub internal: bool,
    /// The newest message that the writer saw.
    pub seen: i32,
    /// A status to move to with it.
    pub status: Option<TicketStatus>,
    /// Makes it repeatable.
    pub key: IdempotencyKey,
}

/// Posts a reply or a note. Held back, with nothing written, when the conversation has moved on.
pub async fn post(session: &Session, new: &Posting) -> Result<TicketMessage, AppError> {
    let mut transaction = session.write().await?;
    let ticket = tickets::get(&mut transaction, new.ticket).await?;
    check(session, &ticket, if new.internal { "note" } else { "reply" })?;
    let posted = messages::post(
        &mut transaction,
        &NewMessage {
            ticket: new.ticket,
            author: session.person()?.id,
            text: &new.text,
            internal: new.internal,
            seen: new.seen,
            key: &new.key,
        },
    )
    .await?;
    let id = match posted {
        PostedMessage::MovedOn => return Err(AppError::ConversationMoved),
        // Sent again after a lost answer: the first time has done the rest.
        PostedMessage::Before(id) => id,
        PostedMessage::Written(id) => {
            let next = match new.status {
                Some(wanted) => Some(wanted),
                None if new.internal => None,
                None => ticket.status.after_staff_reply().ok(),
            };
            if let Some(next) = next.filter(|next| *next != ticket.status) {
                find_action(ticket.status, next)?;
                let decision = Decision {
                    status: Some((ticket.status, next)),
                    ..Decision::default()
                };
                tickets::decide(&mut transaction, new.ticket, &decision).await?;
            }
            id
        }
    };
    let message = messages::thread(&mut transaction, new.ticket)
        .await?
        .into_iter()
        .find(|message| message.id == id.get())
        .ok_or(AppError::Store(StoreError::NotFound))?;
    transaction.commit().await?;
    Ok(message)
}

/// What a customer wrote elsewhere: in the business's own panel, in a mail.
#[derive(Debug)]
pub struct Received {
    /// In which ticket.
    pub ticket: TicketId,
    /// Who wrote it.
    pub author: UserId,
    /// What.
    pub text: MessageBody,
    /// Makes it repeatable.
    pub key: IdempotencyKey,
}

/// Enters what a customer wrote. Only for programs without a window: a person at a desk speaks for nobody else.
pub async fn receive(session: &Session, new: &Received) -> Result<MessageId, AppError> {
    if session.person().is_ok() {
        return Err(AppError::Refused(
            "Only a program without a window enters what a customer wrote.".to_owned(),
        ));
    }
    let mut transaction = session.write().await?;
    let ticket = tickets::get(&mut transaction, new.ticket).await?;
    let next = ticket
        .status
        .after_customer_reply()
        .map_err(|refusal| AppError::Transition(refusal.to_string()))?;
    let posted = messages::post(
        &mut transaction,
        &NewMessage {
            ticket: new.ticket,
            author: new.author,
            text: &new.text,
            internal: false,
            // A customer answers whatever is there.
            seen: i32::MAX,
            key: &new.key,
        },
    )
    .await?;
    let id = match posted {
        PostedMessage::MovedOn => return Err(AppError::ConversationMoved),
        PostedMessage::Before(id) => id,
        PostedMessage::Written(id) => {
            if next != ticket.status {
                let decision = Decision {
                    status: Some((ticket.status, next)),
                    ..Decision::default()
                };
                tickets::decide(&mut transaction, new.ticket, &decision).await?;
            }
            id
        }
    };
    transaction.commit().await?;
    Ok(id)
}

fn find_action(from: TicketStatus, to: TicketStatus) -> Result<TicketAction, AppError> {
    let mut refusal = None;
    for (action, outcome) in from.actions() {
        match outcome {
            Ok(reached) if reached == to => return Ok(action),
            Err(refused) => refusal = Some(refused.to_string()),
            Ok(_) => {}
        }
    }
    Err(AppError::Transition(
        refusal.unwrap_or_else(|| "The ticket can't be moved there.".to_owned()),
    ))
}

/// What a person decides about a ticket.
#[derive(Debug, Default)]
pub struct Change {
    /// Another status.
    pub status: Option<TicketStatus>,
    /// Another priority.
    pub priority: Option<Priority>,
    /// Another person, or nobody.
    pub assigned_to: Option<Option<UserId>>,
}

/// Changes a ticket.
pub async fn change(session: &Session, id: TicketId, change: &Change) -> Result<(), AppError> {
    let mut transaction = session.write().await?;
    let ticket = tickets::get(&mut transaction, id).await?;
    check(session, &ticket, "edit")?;
    let status = match change.status.filter(|wanted| *wanted != ticket.status) {
        Some(wanted) => {
            find_action(ticket.status, wanted)?;
            Some((ticket.status, wanted))
        }
        None => None,
    };
    tickets::decide(
        &mut transaction,
        id,
        &Decision {
            status,
            priority: change.priority,
            assigned_to: change.assigned_to,
        },
    )
    .await?;
    transaction.commit().await?;
    Ok(())
}
