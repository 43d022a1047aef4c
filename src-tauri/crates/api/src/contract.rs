//! Requests and answers, as JSON has them. Rows of lists are the store's read models as they are.

use chrono::{DateTime, Utc};
use domain::{
    money::Money,
    role::Role,
    ticket::{Priority, TicketStatus},
};
use serde::{Deserialize, Serialize};
use store::{
    connect::TlsMode,
    desk::{ContextInvoice, PaletteHit},
    list::{ListRequest, Page},
    messages::TicketMessage,
    organizations::OrganizationRow,
    servers::ServerRow,
    tickets::{TicketCounts, TicketQueue, TicketRow},
    transactions::TransactionRow,
    users::{StaffMember, UserRow},
};
use ts_rs::TS;

use crate::ApiError;

/// Nothing is asked, or nothing is answered.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[ts(type = "Record<string, never>")]
pub struct Empty {}

/// What may be done to a thing, with the reason when not.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Whether it may be done.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<String>,
}

/// A list as a CSV file.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ExportRequest {
    /// Which rows; the position and the limit don't count.
    pub list: ListRequest,
    /// Which columns, in order.
    pub columns: Vec<String>,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExportAnswer {
    /// Where it is.
    pub path: String,
    /// How many rows it has.
    #[ts(type = "number")]
    pub rows: u64,
}

/// One thing by its id.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct GetRequest {
    /// Its id.
    pub id: i32,
}

/// Something new.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Created {
    /// Its id.
    pub id: i32,
}

// --- the program -----------------------------------------------------------------------------

/// A database that this desk knows. Never holds a secret.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Profile {
    /// Its id here.
    pub id: String,
    /// The business's name.
    pub name: String,
    /// local, production, staging or development.
    #[ts(type = "Environment")]
    pub environment: app::profiles::Environment,
    /// Whether the server is this computer's own.
    #[ts(type = "\"local\" | \"server\"")]
    pub kind: app::profiles::ProfileKind,
    /// Where the server is.
    pub host: String,
    /// The database.
    pub database: String,
    /// How the line is protected.
    pub tls: TlsMode,
}

/// Who has signed in.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SessionInfo {
    /// `users.id`.
    pub user_id: i32,
    /// Address.
    pub email: String,
    /// Name, or the address.
    pub name: String,
    /// Role.
    #[ts(type = "Role")]
    pub role: Role,
    /// When the session ends at the latest.
    #[ts(type = "Instant")]
    pub expires_at: DateTime<Utc>,
    /// After how many minutes without activity it ends.
    pub idle_minutes: i32,
    /// Without a keychain, password and token are kept for the session only.
    pub secrets_in_memory_only: bool,
}

/// What a keychain is good for here.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keychain {
    /// It keeps secrets.
    Available,
    /// There is none.
    NoService,
    /// There is one, and it is locked.
    Locked,
}

/// What the role may do in an area.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Permission {
    /// The area.
    #[ts(type = "Area")]
    pub area: domain::role::Area,
    /// Whether something of it can be read.
    pub read: bool,
    /// Whether something of it can be written.
    pub write: bool,
    /// Why not written.
    pub reason: Option<String>,
}

/// Where the program stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum AppState {
    /// No database is known yet.
    FirstRun {
        /// Whether a local workspace can be made.
        local_available: bool,
        /// Why not.
        local_problem: Option<String>,
        /// What the keychain is good for.
        keychain: Keychain,
    },
    /// A database is known and can't be worked with now.
    Disconnected {
        /// Which.
        profile: Profile,
        /// All that are known.
        profiles: Vec<Profile>,
        /// Why.
        error: ApiError,
    },
    /// Nobody has signed in.
    SignIn {
        /// Where.
        profile: Profile,
        /// All that are known.
        profiles: Vec<Profile>,
        /// Who did last.
        last_email: Option<String>,
        /// What the keychain is good for.
        keychain: Keychain,
    },
    /// Ready for work.
    Ready {
        /// Where.
        profile: Profile,
        /// All that are known.
        profiles: Vec<Profile>,
        /// By whom.
        session: SessionInfo,
        /// What the role may do.
        permissions: Vec<Permission>,
    },
}

/// "Try it on this computer".
#[derive(Deserialize, TS)]
pub struct CreateLocalRequest {
    /// The business's name.
    pub business: String,
    /// The first admin's first name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}

/// A server that is entered by hand.
#[derive(Deserialize, TS)]
pub struct AddServerRequest {
    /// The business's name.
    pub name: String,
    /// What kind of business it is.
    #[ts(type = "Environment")]
    pub environment: app::profiles::Environment,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Database.
    pub database: String,
    /// This desk's login.
    pub login: String,
    /// Its password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
    /// How the line is protected.
    pub tls: TlsMode,
    /// Path of a certificate authority's certificate.
    pub root_certificate: Option<String>,
}

/// A profile by its id.
#[derive(Debug, Deserialize, TS)]
pub struct ConnectRequest {
    /// Which.
    pub profile_id: String,
}

/// Address and password.
#[derive(Deserialize, TS)]
pub struct SignInRequest {
    /// Address.
    pub email: String,
    /// Password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}

// --- the shell -------------------------------------------------------------------------------

/// What the frame of the window shows.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ShellSummary {
    /// How long the database took to answer.
    #[ts(type = "number")]
    pub latency_ms: u64,
    /// The database's time.
    #[ts(type = "Instant")]
    pub server_time: DateTime<Utc>,
    /// PostgreSQL's version.
    pub database_version: String,
    /// The schema's version.
    pub schema_version: i32,
    /// Tickets that are not settled.
    #[ts(type = "number")]
    pub tickets_open: i64,
    /// Of mine, those in which the customer spoke last.
    #[ts(type = "number")]
    pub tickets_mine_unanswered: i64,
    /// Notifications that I have not read.
    #[ts(type = "number")]
    pub notifications_unread: i64,
    /// Organizations; counting stops at 100,000.
    #[ts(type = "number")]
    pub organizations: i64,
    /// People.
    #[ts(type = "number")]
    pub users: i64,
    /// Servers.
    #[ts(type = "number")]
    pub servers: i64,
    /// When billing last ran to its end.
    #[ts(type = "Instant | null")]
    pub last_billing_run: Option<DateTime<Utc>>,
    /// Up to when everybody has been charged.
    #[ts(type = "Instant | null")]
    pub billed_until: Option<DateTime<Utc>>,
}

/// What the palette looks for.
#[derive(Debug, Deserialize, TS)]
pub struct PaletteRequest {
    /// A name, a number or an address.
    pub query: String,
}

/// What it found, at most 20 of each kind.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PaletteAnswer {
    /// In groups.
    pub hits: Vec<PaletteHit>,
}

/// Something about the theme that an editor of themes should know.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ThemeNotice {
    /// In which mode.
    #[ts(type = "ThemeMode | null")]
    pub mode: Option<domain::theme::Mode>,
    /// Which colour.
    pub token: Option<String>,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// A sentence.
    pub reason: String,
}

/// The active theme: every token of both modes as our own `#rrggbb`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ActiveTheme {
    /// Its name, `null` for the built-in one.
    pub name: Option<String>,
    /// Tokens in light mode.
    #[ts(type = "Record<string, string>")]
    pub light: serde_json::Value,
    /// Tokens in dark mode.
    #[ts(type = "Record<string, string>")]
    pub dark: serde_json::Value,
    /// Whether the light mode's background is in fact light: the status colours follow this.
    #[ts(type = "ThemeMode")]
    pub light_appearance: domain::theme::Mode,
    /// Whether the dark mode's background is in fact dark.
    #[ts(type = "ThemeMode")]
    pub dark_appearance: domain::theme::Mode,
    /// Radius of controls, such as `0.375rem`.
    pub radius_rem: String,
    /// What was adjusted.
    pub notices: Vec<ThemeNotice>,
}

// --- organizations, users, servers -----------------------------------------------------------

/// An organization's page.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrganizationDetail {
    /// Itself.
    pub organization: OrganizationRow,
    /// Usage that its wallet did not cover.
    #[ts(type = "Money")]
    pub owes: Money,
    /// Its people.
    pub users: Vec<UserRow>,
    /// Its servers.
    pub servers: Vec<ServerRow>,
    /// Its newest movements of money.
    pub transactions: Vec<TransactionRow>,
    /// Its newest tickets.
    pub tickets: Vec<TicketRow>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A new organization with an empty wallet.
#[derive(Debug, Deserialize, TS)]
pub struct CreateOrganizationRequest {
    /// Its name.
    pub name: String,
    /// The wallet's currency.
    pub currency: String,
}

/// Another name.
#[derive(Debug, Deserialize, TS)]
pub struct RenameOrganizationRequest {
    /// Whose.
    pub id: i32,
    /// Which.
    pub name: String,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// A new person.
#[derive(Deserialize, TS)]
pub struct CreateUserRequest {
    /// Address.
    pub email: String,
    /// First name, may be empty.
    pub first_name: String,
    /// Last name, may be empty.
    pub last_name: String,
    /// Role.
    #[ts(type = "Role")]
    pub role: Role,
    /// Whose customer; for customers only.
    pub organization_id: Option<i32>,
    /// The first password.
    #[ts(type = "string")]
    pub password: secrecy::SecretString,
}

/// Another role.
#[derive(Debug, Deserialize, TS)]
pub struct SetRoleRequest {
    /// Whose.
    pub id: i32,
    /// Which.
    #[ts(type = "Role")]
    pub role: Role,
    /// Whose customer; for customers only.
    pub organization_id: Option<i32>,
}

// --- transactions ----------------------------------------------------------------------------

/// A deposit. `key` is made by the form when it opens and kept until there is an answer: sent again, the
/// first result comes back.
#[derive(Debug, Deserialize, TS)]
pub struct DepositRequest {
    /// Into whose wallet.
    pub organization_id: i32,
    /// How much, such as "250.00".
    pub amount: String,
    /// How it was paid.
    pub payment_method: String,
    /// The payment's number elsewhere.
    pub payment_id: Option<String>,
    /// A remark; may be empty.
    pub reason: String,
    /// Makes it repeatable.
    pub key: String,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DepositAnswer {
    /// The ledger's row.
    pub transaction: TransactionRow,
    /// The wallet after it.
    #[ts(type = "Money")]
    pub balance: Money,
    /// It had been posted before; nothing was added now.
    pub repeated: bool,
}

// --- tickets ---------------------------------------------------------------------------------

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
    pub invoices: Vec<ContextInvoice>,
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
