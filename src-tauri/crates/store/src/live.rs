//! The outbox of changed ids: what a desk has not heard of yet.

use serde::Deserialize;
use sqlx::PgConnection;

use crate::StoreError;

/// What changes are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Organizations.
    Organizations,
    /// People.
    Users,
    /// Servers.
    Servers,
    /// Containers.
    Containers,
    /// Plans and prices.
    Plans,
    /// Balances, holds, low marks.
    Wallets,
    /// The ledger.
    Transactions,
    /// Invoices.
    Invoices,
    /// Billing runs, and what waits.
    Billing,
    /// Tickets and their messages.
    Tickets,
    /// One's own notifications.
    Notifications,
    /// Themes.
    Themes,
    /// The business's settings.
    Settings,
    /// Accounts at providers.
    Providers,
    /// What is done to servers at their providers.
    Intents,
    /// The log.
    Activity,
}

/// What has changed in one topic.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// The topic.
    pub topic: Topic,
    /// Whether somebody at another login had a part in it.
    pub by_others: bool,
    /// Which rows, at most 200; `None` for many.
    pub ids: Option<Vec<i64>>,
}

/// What a poll brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Poll {
    /// For the next poll.
    pub cursor: String,
    /// So much time has passed since the cursor that everything must be read again.
    pub everything: bool,
    /// By topic.
    pub changes: Vec<Change>,
}

/// What has changed since a cursor, in the topics that the session's role may read; without one, in the last minute or
/// so. One statement of one round trip. [`StoreError::SessionOver`] when nobody has signed in any more.
pub async fn poll(connection: &mut PgConnection, cursor: Option<&str>) -> Result<Poll, StoreError> {
    let row = sqlx::query!(
        r#"SELECT reached AS "reached!", everything AS "everything!", changes AS "changes!" FROM cs_live.poll($1)"#,
        cursor
    )
    .fetch_one(connection)
    .await?;
    Ok(Poll {
        cursor: row.reached,
        everything: row.everything,
        changes: serde_json::from_value(row.changes).map_err(|_| StoreError::BadValue)?,
    })
}

/// Deletes what is older than an hour, at most once a minute.
pub async fn prune(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_live.prune()").fetch_one(connection).await?;
    Ok(())
}
