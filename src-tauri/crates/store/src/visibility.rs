//! Who can see a row, as the rules in force say.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use ts_rs::TS;

use crate::StoreError;

/// The kinds of rows that can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// `organizations`.
    Organization,
    /// `vps_instances`.
    Server,
    /// `containers`.
    Container,
    /// `wallets`.
    Wallet,
    /// `transactions`.
    Transaction,
    /// `invoices`.
    Invoice,
    /// `tickets`.
    Ticket,
    /// `ticket_messages`.
    Message,
    /// `users`.
    User,
}

impl RowKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Organization,
        Self::Server,
        Self::Container,
        Self::Wallet,
        Self::Transaction,
        Self::Invoice,
        Self::Ticket,
        Self::Message,
        Self::User,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Server => "server",
            Self::Container => "container",
            Self::Wallet => "wallet",
            Self::Transaction => "transaction",
            Self::Invoice => "invoice",
            Self::Ticket => "ticket",
            Self::Message => "message",
            Self::User => "user",
        }
    }
}

/// What one role may do with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Onlooker {
    /// admin, support, finance, customer, service or agent.
    pub role: String,
    /// Of which organizations, or with which setting.
    pub context: Option<String>,
    /// Whether it reads the row.
    pub reads: bool,
    /// Columns of a row it reads that it doesn't.
    pub hidden: Vec<String>,
    /// Columns of the row that it may change.
    pub changes: Vec<String>,
    /// Whether it may write new rows of the kind.
    pub inserts: bool,
    /// Who has the role now, twelve at most.
    pub people: Vec<String>,
    /// How many do.
    #[ts(type = "number")]
    pub people_count: i64,
}

/// Asks for a row. For admins.
pub async fn who_sees(connection: &mut PgConnection, kind: RowKind, id: i32) -> Result<Vec<Onlooker>, StoreError> {
    let rows = sqlx::query_as!(
        Onlooker,
        r#"SELECT role AS "role!", context, reads AS "reads!", hidden AS "hidden!", changes AS "changes!", inserts AS "inserts!",
             people AS "people!", people_count AS "people_count!" FROM cs_auth.who_sees($1, $2)"#,
        kind.as_str(),
        id
    )
    .fetch_all(connection)
    .await?;
    if rows.is_empty() {
        return Err(StoreError::NotFound);
    }
    Ok(rows)
}
