//! What a person who answers a customer needs beside the conversation.

use chrono::{DateTime, Utc};
use domain::{
    ids::{OrganizationId, TicketId},
    money::Money,
};
use sqlx::PgConnection;
use store::{
    desk,
    invoices::{self, InvoiceRow},
    list::{FilterOp, ListRequest},
    organizations,
    servers::{self, ServerRow},
    tickets::{self, TicketRow},
};

use crate::AppError;

const SERVERS: u32 = 8;
const INVOICES: u32 = 3;
const TICKETS: u32 = 6;

/// The customer behind a ticket.
#[derive(Debug)]
pub struct CustomerContext {
    /// Their organization.
    pub organization_id: OrganizationId,
    /// Its name.
    pub organization: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The person who asked.
    pub customer: Option<String>,
    /// That person's address.
    pub email: Option<String>,
    /// What the wallet holds, and its currency.
    pub wallet: Option<(Money, String)>,
    /// Some servers.
    pub servers: Vec<ServerRow>,
    /// How many there are.
    pub server_count: i64,
    /// The newest invoices.
    pub invoices: Vec<InvoiceRow>,
    /// Other tickets, newest first.
    pub earlier: Vec<TicketRow>,
    /// How many tickets there are, with this one.
    pub ticket_count: i64,
    /// How many of them are not settled.
    pub open_ticket_count: i64,
}

/// Reads it; `None` for a ticket without an organization.
pub(crate) async fn of_ticket(
    connection: &mut PgConnection,
    ticket: &TicketRow,
) -> Result<Option<CustomerContext>, AppError> {
    let Some(id) = ticket.organization_id.map(OrganizationId::new) else {
        return Ok(None);
    };
    let organization = organizations::get(connection, id).await?;
    let asker = desk::asker(connection, TicketId::new(ticket.id)).await?;
    let servers = servers::list(
        connection,
        &ListRequest::first(SERVERS).with("organization_id", FilterOp::Is, &id),
    )
    .await?;
    let tickets = tickets::of_organization(connection, id, TICKETS).await?;
    Ok(Some(CustomerContext {
        organization_id: id,
        since: organization.created_at,
        customer: asker.name,
        email: asker.email,
        wallet: organization.balance.zip(organization.currency),
        server_count: servers.total,
        servers: servers.rows,
        invoices: invoices::list(
            connection,
            &ListRequest::first(INVOICES).with("organization_id", FilterOp::Is, &id),
        )
        .await?
        .rows,
        ticket_count: tickets.total,
        open_ticket_count: organization.open_tickets,
        earlier: tickets
            .rows
            .into_iter()
            .filter(|other| other.id != ticket.id)
            .take(5)
            .collect(),
        organization: organization.name,
    }))
}
