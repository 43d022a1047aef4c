//! Organizations, users, servers, the ledger.

use app::views::{InvoiceRow, OrganizationRow, ServerRow, TicketRow, TransactionRow, UserRow};
use chrono::{DateTime, Utc};
use domain::{money::Money, role::Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

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
    /// Its newest invoices.
    pub invoices: Vec<InvoiceRow>,
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
    /// Whether the first sign-in asks for another.
    #[serde(default = "yes")]
    pub must_change_password: bool,
}

fn yes() -> bool {
    true
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
