//! Organizations, users, servers, the ledger.

use app::views::{InvoiceRow, OrganizationRow, RequestRow, ServerRow, TicketRow, TransactionRow, UserRow};
use chrono::{DateTime, Utc};
use domain::{money::Money, role::Role, transaction::TransactionStatus};
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
    /// The name on its invoices, where it is another.
    pub billing_name: Option<String>,
    /// Lines of the address on its invoices.
    pub billing_address: Option<String>,
}

/// Another name, or another name and address on its invoices.
#[derive(Debug, Deserialize, TS)]
pub struct RenameOrganizationRequest {
    /// Whose.
    pub id: i32,
    /// Which.
    pub name: String,
    /// The name on its invoices, where it is another; empty takes it away, none leaves it.
    pub billing_name: Option<String>,
    /// Lines of the address on its invoices; empty takes it away, none leaves it.
    pub billing_address: Option<String>,
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
    /// What was collected for usage that was due.
    #[ts(type = "Money")]
    pub collected: Money,
    /// What is still due; unknown where it could not be collected now, and the next run does.
    #[ts(type = "Money | null")]
    pub still_due: Option<Money>,
}

/// A correction of a wallet. `key` as in a deposit.
#[derive(Debug, Deserialize, TS)]
pub struct AdjustRequest {
    /// Whose wallet.
    pub organization_id: i32,
    /// By how much, such as "-12.50".
    pub amount: String,
    /// Why.
    pub reason: String,
    /// Makes it repeatable.
    pub key: String,
}

/// Gives a deposit or a charge back, or a part of it.
#[derive(Debug, Deserialize, TS)]
pub struct RefundRequest {
    /// Which transaction.
    pub id: i32,
    /// How much of it, such as "12.50".
    pub amount: String,
    /// Why.
    pub reason: String,
    /// Makes it repeatable.
    pub key: String,
}

/// What became of a correction: posted, or waiting for a second person.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CorrectionAnswer {
    /// The ledger's row, once there is one.
    pub transaction: Option<TransactionRow>,
    /// The request, where a second person is needed.
    pub request: Option<RequestRow>,
    /// The wallet after it.
    #[ts(type = "Money")]
    pub balance: Money,
    /// It had been sent before; nothing was added now.
    pub repeated: bool,
    /// What was collected for usage that was due.
    #[ts(type = "Money")]
    pub collected: Money,
}

/// Completes a pending transaction, or gives it up.
#[derive(Debug, Deserialize, TS)]
pub struct SettleTransactionRequest {
    /// Which.
    pub id: i32,
    /// completed or failed.
    #[ts(type = "TransactionStatus")]
    pub status: TransactionStatus,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SettledAnswer {
    /// The ledger's row.
    pub transaction: TransactionRow,
    /// It had been settled so before.
    pub repeated: bool,
    /// What was collected for usage that was due.
    #[ts(type = "Money")]
    pub collected: Money,
}

/// Decides on a request.
#[derive(Debug, Deserialize, TS)]
pub struct DecideRequestRequest {
    /// Which.
    #[ts(type = "number")]
    pub id: i64,
    /// approved or refused by another person, withdrawn by who asked.
    pub decision: String,
    /// Why; may be empty.
    pub reason: String,
}
