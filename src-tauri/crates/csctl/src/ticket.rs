//! `csctl ticket`: open one for a customer, look at it, answer it.

use app::{
    domain::{
        ids::{OrganizationId, TicketId, UserId},
        ticket::{MessageBody, Priority, Subject, TicketCategory},
        transaction::IdempotencyKey,
        user::EmailAddress,
    },
    tickets::{self, Opening, Posting},
    users,
    views::{FilterOp, ListRequest, TicketQueue},
};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    address::Input,
    business::{organization, wrong},
    cli::Place,
    failure::Failure,
    operator::Operator,
    report::Report,
};

/// `csctl ticket …`
#[derive(Subcommand)]
pub enum TicketCommand {
    /// Open a ticket for a customer
    Create(CreateArgs),
    /// List tickets that are not settled, newest first
    List(crate::business::ListArgs),
    /// Show a ticket's conversation
    Show(ShowArgs),
    /// Write to the customer
    Reply(PostArgs),
    /// Write an internal note, which only staff can see
    Note(PostArgs),
}

/// `csctl ticket create`
#[derive(Args)]
pub struct CreateArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Whose: an organization's number or name
    #[arg(long)]
    pub organization: String,
    /// Who asks: the address of one of its people
    #[arg(long, value_name = "ADDRESS")]
    pub customer: Option<String>,
    /// What about
    #[arg(long)]
    pub subject: String,
    /// The first words
    #[arg(long)]
    pub message: String,
    /// technical, billing, account, …
    #[arg(long, default_value = "technical")]
    pub category: String,
    /// low, medium, high or urgent
    #[arg(long, default_value = "medium")]
    pub priority: String,
    /// Makes it repeatable
    #[arg(long)]
    pub key: String,
}

/// `csctl ticket show`
#[derive(Args)]
pub struct ShowArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The ticket's number
    pub id: i32,
}

/// `csctl ticket reply` and `note`
#[derive(Args)]
pub struct PostArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The ticket's number
    pub id: i32,
    /// In whose name: the address of a member of the staff
    #[arg(long = "as", value_name = "ADDRESS")]
    pub author: String,
    /// What to write
    #[arg(long)]
    pub message: String,
    /// Makes it repeatable
    #[arg(long)]
    pub key: String,
}

/// Runs one of the commands.
pub async fn run(command: &TicketCommand) -> Result<Report, Failure> {
    match command {
        TicketCommand::Create(arguments) => create(arguments).await,
        TicketCommand::List(arguments) => list(arguments).await,
        TicketCommand::Show(arguments) => show(arguments).await,
        TicketCommand::Reply(arguments) => post(arguments, false).await,
        TicketCommand::Note(arguments) => post(arguments, true).await,
    }
}

async fn create(arguments: &CreateArgs) -> Result<Report, Failure> {
    let subject = Subject::parse(&arguments.subject).map_err(|why| wrong("subject", why))?;
    let description = MessageBody::parse(&arguments.message).map_err(|why| wrong("message", why))?;
    let category = TicketCategory::parse(&arguments.category).map_err(|why| wrong("category", why))?;
    let priority = Priority::parse(&arguments.priority).map_err(|why| wrong("priority", why))?;
    let key = IdempotencyKey::parse(&arguments.key).map_err(|why| wrong("key", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let organization = organization(&operator, &arguments.organization).await?;
    let customer = match &arguments.customer {
        Some(email) => Some(customer(&operator, email, organization.id).await?),
        None => None,
    };
    let id = tickets::create(
        &operator.session,
        &Opening {
            organization: OrganizationId::new(organization.id),
            customer,
            subject,
            description,
            category,
            priority,
            key,
        },
    )
    .await
    .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: vec![format!("Opened the ticket {id} for {}.", organization.name)],
        json: json!({ "id": id, "organization_id": organization.id }),
    })
}

async fn customer(operator: &Operator, email: &str, organization: i32) -> Result<UserId, Failure> {
    let request =
        ListRequest::first(1)
            .with("email", FilterOp::Is, &email)
            .with("organization_id", FilterOp::Is, &organization);
    let page = users::list(&operator.session, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    page.rows.first().map(|row| UserId::new(row.id)).ok_or_else(|| {
        Failure::new(
            "not_found",
            format!("Nobody of this organization has the address {email}; nothing was changed."),
        )
    })
}

async fn list(arguments: &crate::business::ListArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let request = ListRequest {
        search: arguments.search.clone(),
        ..ListRequest::first(100)
    };
    let page = tickets::window(&operator.session, TicketQueue::Open, &request)
        .await
        .map_err(|error| operator.failed(error))?;
    let mut lines: Vec<String> = page
        .rows
        .iter()
        .map(|row| {
            format!(
                "{:>6}  {:<12}  {:<8}  {:<28}  {}",
                row.id,
                row.status.as_str(),
                row.priority.as_str(),
                row.organization.as_deref().unwrap_or("no organization"),
                row.subject
            )
        })
        .collect();
    lines.push(format!("{} of {}", page.rows.len(), page.total));
    Ok(Report {
        lines,
        json: json!({ "rows": page.rows, "total": page.total }),
    })
}

async fn show(arguments: &ShowArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let detail = tickets::detail(&operator.session, TicketId::new(arguments.id))
        .await
        .map_err(|error| operator.failed(error))?;
    let mut lines = vec![format!(
        "{} ({}, {})",
        detail.ticket.subject,
        detail.ticket.status.as_str(),
        detail.ticket.priority.as_str()
    )];
    for message in &detail.messages {
        let kind = if message.internal { "; internal note" } else { "" };
        lines.push(format!("\n{}{kind}:\n{}", message.author, message.text));
    }
    Ok(Report {
        lines,
        json: json!({ "ticket": detail.ticket, "messages": detail.messages }),
    })
}

async fn post(arguments: &PostArgs, internal: bool) -> Result<Report, Failure> {
    let author = EmailAddress::parse(&arguments.author).map_err(|why| wrong("as", why))?;
    let text = MessageBody::parse(&arguments.message).map_err(|why| wrong("message", why))?;
    let key = IdempotencyKey::parse(&arguments.key).map_err(|why| wrong("key", why))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let ticket = TicketId::new(arguments.id);
    let session = operator
        .session
        .acting_as(&author)
        .await
        .map_err(|error| operator.failed(error))?;
    let detail = tickets::detail(&session, ticket)
        .await
        .map_err(|error| operator.failed(error))?;
    let message = tickets::post(
        &session,
        &Posting {
            ticket,
            text,
            internal,
            seen: detail.messages.last().map_or(0, |message| message.id),
            status: None,
            key,
        },
    )
    .await
    .map_err(|error| operator.failed(error))?;
    let what = if internal { "Noted" } else { "Replied" };
    Ok(Report {
        lines: vec![format!("{what} in ticket {ticket} as {author}.")],
        json: json!({ "message": message, "ticket_id": ticket }),
    })
}
