//! The conversation of a ticket.

use chrono::{DateTime, Utc};
use domain::{
    ids::{MessageId, TicketId, UserId},
    ticket::MessageBody,
    transaction::IdempotencyKey,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use ts_rs::TS;

use crate::StoreError;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// Somebody of the customer's.
    Customer,
    /// One of us.
    Staff,
}

/// A message or an internal note. Its text is untrusted.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketMessage {
    /// `ticket_messages.id`; 0 for the ticket's own first words.
    pub id: i32,
    /// Who wrote it.
    pub author_id: Option<i32>,
    /// That person's name.
    pub author: String,
    /// On which side.
    pub from: Speaker,
    /// Only staff can see it.
    pub internal: bool,
    /// Markdown by convention.
    pub text: String,
    /// Names of attached files.
    pub attachments: Vec<String>,
    /// When.
    #[ts(type = "Instant")]
    pub created_at: DateTime<Utc>,
}

/// How many of a thread's messages are read at once: the newest.
pub const THREAD_LIMIT: i64 = 500;

/// The conversation, oldest first: the ticket's own description, then its messages. The newest
/// [`THREAD_LIMIT`] of them when there are more.
pub async fn thread(connection: &mut PgConnection, ticket: TicketId) -> Result<Vec<TicketMessage>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT x.id AS "id!", x.user_id, x.message AS "message!", x.is_internal AS "is_internal!", x.attachments, x.created_at,
             coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email,
               CASE WHEN x.id = 0 THEN (SELECT o.name FROM tickets t JOIN organizations o ON o.id = t.organization_id WHERE t.id = $1) END,
               'Unknown') AS "author!",
             coalesce(u.role IN ('admin', 'support', 'finance'), false) AS "staff!"
           FROM (
             SELECT 0 AS id, t.user_id, t.description AS message, false AS is_internal, NULL::jsonb AS attachments, t.created_at
             FROM tickets t WHERE t.id = $1 AND btrim(coalesce(t.description, '')) <> ''
             UNION ALL
             (SELECT m.id, m.user_id, m.message, coalesce(m.is_internal, false), m.attachments, m.created_at
              FROM ticket_messages m WHERE m.ticket_id = $1 ORDER BY m.id DESC LIMIT $2)
           ) x LEFT JOIN users u ON u.id = x.user_id ORDER BY x.id"#,
        ticket.get(),
        THREAD_LIMIT
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TicketMessage {
            id: row.id,
            author_id: row.user_id,
            author: row.author,
            from: if row.staff { Speaker::Staff } else { Speaker::Customer },
            internal: row.is_internal,
            text: row.message,
            attachments: row.attachments.as_ref().map(attachment_names).unwrap_or_default(),
            created_at: row.created_at.unwrap_or_default().and_utc(),
        })
        .collect())
}

/// What other programs have written into `attachments`: names, URLs or objects with either.
fn attachment_names(value: &Value) -> Vec<String> {
    match value {
        // Some programs encode twice.
        Value::String(text) => serde_json::from_str(text)
            .ok()
            .filter(Value::is_array)
            .as_ref()
            .map(attachment_names)
            .unwrap_or_default(),
        Value::Array(items) => items
            .iter()
            .filter_map(|item| match item {
                Value::String(name) => Some(name.clone()),
                Value::Object(fields) => ["name", "filename", "url", "path"]
                    .iter()
                    .find_map(|key| fields.get(*key)?.as_str().map(str::to_owned)),
                _ => None,
            })
            .take(100)
            .collect(),
        _ => Vec::new(),
    }
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostedMessage {
    /// Written.
    Written(MessageId),
    /// It had been written before under the same key.
    Before(MessageId),
    /// The conversation has moved on since `seen`; nothing was written.
    MovedOn,
}

/// A message that is about to be written.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// In which ticket.
    pub ticket: TicketId,
    /// By whom: the session's person, the database checks it.
    pub author: UserId,
    /// What.
    pub text: &'a MessageBody,
    /// Only for staff.
    pub internal: bool,
    /// The newest message that the writer saw, 0 for none.
    pub seen: i32,
    /// Makes sending repeatable.
    pub key: &'a IdempotencyKey,
}

/// Writes a message if the conversation still ends where the writer saw it end. One conditional statement:
/// its lock on the ticket lets one of many writers through, and tells the others.
pub async fn post(connection: &mut PgConnection, new: &NewMessage<'_>) -> Result<PostedMessage, StoreError> {
    let before = sqlx::query_scalar!(
        "SELECT id FROM ticket_messages WHERE ticket_id = $1 AND client_key = $2",
        new.ticket.get(),
        new.key.as_str()
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(id) = before {
        return Ok(PostedMessage::Before(MessageId::new(id)));
    }
    let written = sqlx::query_scalar!(
        "WITH head AS (
           UPDATE tickets SET updated_at = timezone('UTC', now()) WHERE id = $1 AND coalesce(last_message_id, 0) <= $2 RETURNING id
         )
         INSERT INTO ticket_messages (id, ticket_id, user_id, message, is_internal, client_key)
         SELECT NULL, head.id, $3, $4, $5, $6 FROM head RETURNING id",
        new.ticket.get(),
        new.seen,
        new.author.get(),
        new.text.as_str(),
        new.internal,
        new.key.as_str(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(written.map_or(PostedMessage::MovedOn, |id| PostedMessage::Written(MessageId::new(id))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_of_every_shape_have_names() {
        let names = |text: &str| attachment_names(&serde_json::from_str(text).unwrap());
        assert_eq!(
            names(r#"[{"filename":"a.log","size":3},"https://x/b.png",7,{"url":"u"}]"#),
            ["a.log", "https://x/b.png", "u"]
        );
        assert_eq!(names(r#""[\"c.txt\"]""#), ["c.txt"]);
        assert!(names("{}").is_empty() && names("null").is_empty() && names(r#""x""#).is_empty());
    }
}
