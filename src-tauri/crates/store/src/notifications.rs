//! What a person should know without having asked. Everybody sees their own only.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// What a notification is about: where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotificationTarget {
    /// A conversation.
    Ticket {
        /// `tickets.id`.
        id: i32,
    },
    /// An invoice.
    Invoice {
        /// `invoices.id`.
        id: i32,
    },
    /// A billing run.
    Run {
        /// `billing_runs.id`.
        id: i32,
    },
    /// An organization.
    Organization {
        /// `organizations.id`.
        id: i32,
    },
}

impl NotificationTarget {
    /// The most telling of the ids that the metadata name. Other programs write them as they like.
    fn of(metadata: &Value) -> Option<Self> {
        let id = |name: &str| {
            let value = metadata.get(name)?;
            let number = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
            i32::try_from(number).ok().filter(|id| *id > 0)
        };
        id("ticket_id")
            .map(|id| Self::Ticket { id })
            .or_else(|| id("invoice_id").map(|id| Self::Invoice { id }))
            .or_else(|| id("run_id").map(|id| Self::Run { id }))
            .or_else(|| id("organization_id").map(|id| Self::Organization { id }))
    }
}

/// A notification as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NotificationRow {
    /// `notifications.id`.
    pub id: i32,
    /// What happened.
    pub title: String,
    /// More about it.
    pub message: Option<String>,
    /// info, success, warning, error, billing or support; other programs may write others.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Whether it has been read.
    pub is_read: bool,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// Where it leads.
    pub target: Option<NotificationTarget>,
}

impl FromRow<'_, PgRow> for NotificationRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: r.try_get("id")?,
            title: r.try_get("title")?,
            message: r.try_get("message")?,
            kind: r.try_get("type")?,
            is_read: r.try_get("is_read")?,
            created_at: row::instant(r, "created_at")?,
            target: r
                .try_get::<Option<Value>, _>("metadata")?
                .as_ref()
                .and_then(NotificationTarget::of),
        })
    }
}

const NOTIFICATIONS: List = List {
    select: "n.id, n.title, n.message, n.type, coalesce(n.is_read, false) AS is_read, n.created_at, n.metadata",
    from: "notifications n",
    condition: "n.user_id = (SELECT cs_auth.user_id())",
    id: "n.id",
    columns: &[
        column("id", "n.id", Kind::Integer),
        column("title", "n.title", Kind::Text),
        nullable("message", "n.message", Kind::Text),
        nullable("type", "n.type", Kind::Word),
        column("is_read", "coalesce(n.is_read, false)", Kind::Flag),
        nullable("created_at", "n.created_at", Kind::Time),
    ],
    search: &["n.title", "n.message"],
    default_sort: ("created_at", true),
};

/// A window of the session's person's notifications.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<NotificationRow>, StoreError> {
    NOTIFICATIONS.page(connection, request, |_| ()).await
}

/// Marks some as read, or as not read; how many have changed.
pub async fn mark(connection: &mut PgConnection, ids: &[i32], read: bool) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE notifications SET is_read = $2, read_at = CASE WHEN $2 THEN timezone('UTC', now()) END
         WHERE id = ANY ($1) AND user_id = (SELECT cs_auth.user_id()) AND coalesce(is_read, false) <> $2",
        ids,
        read
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Marks as read all up to the newest that the person has seen; how many have changed.
pub async fn mark_up_to(connection: &mut PgConnection, newest: i32) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE notifications SET is_read = true, read_at = timezone('UTC', now())
         WHERE id <= $1 AND user_id = (SELECT cs_auth.user_id()) AND is_read IS NOT TRUE",
        newest
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_target_is_read_from_whatever_others_write() {
        let of = |metadata| NotificationTarget::of(&metadata);
        assert_eq!(
            of(json!({"ticket_id": 7, "organization_id": 3})),
            Some(NotificationTarget::Ticket { id: 7 })
        );
        assert_eq!(
            of(json!({"invoice_id": "12"})),
            Some(NotificationTarget::Invoice { id: 12 })
        );
        for metadata in [
            json!({}),
            json!([]),
            json!(null),
            json!({"ticket_id": -1}),
            json!({"run_id": 1e12}),
            json!({"ticket_id": {}}),
        ] {
            assert_eq!(of(metadata.clone()), None, "{metadata}");
        }
    }
}
