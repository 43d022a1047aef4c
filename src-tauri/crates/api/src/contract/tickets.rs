//! Tickets: queues, conversations, decisions.

use app::views::{
    InvoiceRow, ListRequest, Page, ServerRow, StaffMember, TicketCounts, TicketMessage, TicketQueue, TicketRow,
};
use chrono::{DateTime, Utc};
use domain::{
    money::Money,
    ticket::{Priority, TicketStatus},
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// A window of a queue.
#[derive(Debug, Deserialize, TS)]
pub struct TicketListRequest {
    /// Which queue.
    pub queue: TicketQueue,
    /// Which rows.
    pub list: ListRequest,
}

/// A window with the sizes of the queues.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketPage {
    /// The window.
    pub page: Page<TicketRow>,
    /// The queues.
    pub counts: TicketCounts,
}

/// A wallet in the customer's context.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ContextWallet {
    /// What it holds.
    #[ts(type = "Money")]
    pub balance: Money,
    /// Its currency.
    pub currency: String,
}

/// The customer behind a ticket.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CustomerContext {
    /// Their organization.
    pub organization_id: i32,
    /// Its name.
    pub organization: String,
    /// Who asked.
    pub customer: Option<String>,
    /// That person's address.
    pub customer_email: Option<String>,
    /// Since when they are customers.
    #[ts(type = "Instant")]
    pub customer_since: DateTime<Utc>,
    /// Their wallet.
    pub wallet: Option<ContextWallet>,
    /// Some servers.
    pub servers: Vec<ServerRow>,
    /// How many there are.
    #[ts(type = "number")]
    pub server_count: i64,
    /// The newest invoices.
    pub invoices: Vec<InvoiceRow>,
    /// Other tickets.
    pub earlier_tickets: Vec<TicketRow>,
    /// How many tickets there are.
    #[ts(type = "number")]
    pub ticket_count: i64,
    /// How many are not settled.
    #[ts(type = "number")]
    pub open_ticket_count: i64,
}

/// A ticket's workspace.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketDetail {
    /// Itself.
    pub ticket: TicketRow,
    /// The conversation, oldest first.
    pub messages: Vec<TicketMessage>,
    /// The customer.
    pub context: Option<CustomerContext>,
    /// To whom it can be given.
    pub staff: Vec<StaffMember>,
    /// What may be done: reply, note, edit, start, release, resolve, close, reopen.
    pub actions: Vec<Action>,
}

/// A ticket on behalf of a customer.
#[derive(Debug, Deserialize, TS)]
pub struct CreateTicketRequest {
    /// Whose.
    pub organization_id: i32,
    /// Who asks, if known.
    pub user_id: Option<i32>,
    /// What about.
    pub subject: String,
    /// The first words.
    pub description: String,
    /// Category.
    pub category: String,
    /// Priority.
    #[ts(type = "TicketPriority")]
    pub priority: Priority,
    /// Makes it repeatable.
    pub key: String,
}

/// A reply or a note. `seen_message_id` is the newest message that the writer saw: when the conversation has
/// moved on, the text is held back (`conversation_moved`).
#[derive(Debug, Deserialize, TS)]
pub struct PostMessageRequest {
    /// Where.
    pub ticket_id: i32,
    /// What.
    pub text: String,
    /// The newest message that was seen.
    pub seen_message_id: Option<i32>,
    /// A status to move to with it.
    #[ts(type = "TicketStatus | null")]
    pub set_status: Option<TicketStatus>,
    /// Makes it repeatable.
    pub key: String,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PostMessageAnswer {
    /// The message as written.
    pub message: TicketMessage,
    /// The ticket after it.
    pub detail: TicketDetail,
}

/// A decision about a ticket; `null` leaves a thing as it is.
#[derive(Debug, Deserialize, TS)]
pub struct UpdateTicketRequest {
    /// Which.
    pub id: i32,
    /// Another status.
    #[ts(type = "TicketStatus | null")]
    pub status: Option<TicketStatus>,
    /// Another priority.
    #[ts(type = "TicketPriority | null")]
    pub priority: Option<Priority>,
    /// Another person.
    pub assigned_to: Option<i32>,
    /// Nobody.
    pub unassign: bool,
}
