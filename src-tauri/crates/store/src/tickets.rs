//! Tickets as queues show them, and what is decided about them.

use chrono::{DateTime, Utc};
use domain::{
    ids::{OrganizationId, TicketId, UserId},
    ticket::{self, MessageBody, Priority, Subject, TicketCategory, TicketStatus},
    transaction::IdempotencyKey,
};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// What is owed next to a customer.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct TicketDue {
    /// `first_reply` or `resolution`.
    #[ts(type = "\"first_reply\" | \"resolution\"")]
    pub kind: ticket::Target,
    /// Until when.
    #[ts(type = "Instant")]
    pub at: DateTime<Utc>,
}

/// A ticket as queues show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketRow {
    /// `tickets.id`.
    pub id: i32,
    /// Its public number.
    pub ticket_number: Option<String>,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    #[ts(type = "TicketStatus")]
    pub status: TicketStatus,
    /// How urgent it is.
    #[ts(type = "TicketPriority")]
    pub priority: Priority,
    /// Free text; finance writes in `billing`.
    pub category: Option<String>,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// Who asked.
    pub customer: Option<String>,
    /// Who works on it.
    pub assigned_to: Option<i32>,
    /// That person's name.
    pub assignee: Option<String>,
    /// When the newest message was written.
    #[ts(type = "Instant | null")]
    pub last_message_at: Option<DateTime<Utc>>,
    /// Whether the customer spoke last, so that it is our turn.
    pub last_from_customer: bool,
    /// What is owed next; nothing when resolved or closed.
    pub due: Option<TicketDue>,
    /// When it was opened.
    #[ts(type = "Instant")]
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
}

impl FromRow<'_, PgRow> for TicketRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        // The documented defaults stand for NULL and for words that other programs made up.
        let status = r
            .try_get::<Option<&str>, _>("status")?
            .and_then(|word| TicketStatus::parse(word).ok())
            .unwrap_or(TicketStatus::Open);
        let priority = r
            .try_get::<Option<&str>, _>("priority")?
            .and_then(|word| Priority::parse(word).ok())
            .unwrap_or(Priority::Medium);
        let created_at = row::instant_or_epoch(r, "created_at")?;
        let first_reply = row::instant(r, "first_reply_at")?.map(|at| at.naive_utc());
        Ok(Self {
            id: r.try_get("id")?,
            ticket_number: r.try_get("ticket_number")?,
            subject: r.try_get("subject")?,
            status,
            priority,
            category: r.try_get("category")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            customer: r.try_get("customer")?,
            assigned_to: r.try_get("assigned_to")?,
            assignee: r.try_get("assignee")?,
            last_message_at: row::instant(r, "last_message_at")?,
            last_from_customer: r.try_get("last_from_customer")?,
            due: ticket::due(status, priority, created_at.naive_utc(), first_reply).map(|due| TicketDue {
                kind: due.target,
                at: due.at.and_utc(),
            }),
            created_at,
            updated_at: row::instant_or_epoch(r, "updated_at")?,
        })
    }
}

// When the next answer is due, as the domain's targets say it (hours by priority), for sorting in SQL.
// The figures are the domain's, written a second time: change both. A test sorts by it for first replies only.
const DUE_AT: &str = "CASE WHEN coalesce(t.status, 'open') IN ('resolved', 'closed') THEN 'infinity'::timestamp
    ELSE coalesce(t.created_at, 'epoch') + make_interval(hours => CASE WHEN t.first_reply_at IS NULL
        THEN CASE t.priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 4 WHEN 'low' THEN 24 ELSE 8 END
        ELSE CASE t.priority WHEN 'urgent' THEN 8 WHEN 'high' THEN 24 WHEN 'low' THEN 168 ELSE 72 END END) END";

const LIST: List = List {
    select: "t.id, t.ticket_number, t.subject, t.status, t.priority, t.category, t.organization_id, o.name AS organization,
        coalesce(nullif(btrim(concat_ws(' ', c.first_name, c.last_name)), ''), c.email) AS customer,
        t.assigned_to, coalesce(nullif(btrim(concat_ws(' ', a.first_name, a.last_name)), ''), a.email) AS assignee,
        t.last_message_at, coalesce(t.last_from_customer, t.last_message_id IS NULL) AS last_from_customer, t.first_reply_at, t.created_at, t.updated_at",
    from: "tickets t LEFT JOIN organizations o ON o.id = t.organization_id
        LEFT JOIN users c ON c.id = t.user_id LEFT JOIN users a ON a.id = t.assigned_to",
    condition: "true",
    id: "t.id",
    columns: &[
        column("id", "t.id", Kind::Integer),
        column("due", DUE_AT, Kind::Time),
        nullable("ticket_number", "t.ticket_number", Kind::Word),
        column("subject", "t.subject", Kind::Text),
        column("status", "coalesce(t.status, 'open')", Kind::Word),
        column("priority", "coalesce(t.priority, 'medium')", Kind::Word),
        nullable("category", "t.category", Kind::Word),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "t.organization_id", Kind::Integer),
        nullable("assigned_to", "t.assigned_to", Kind::Integer),
        nullable("last_message_at", "t.last_message_at", Kind::Time),
        nullable("created_at", "t.created_at", Kind::Time),
        nullable("updated_at", "t.updated_at", Kind::Time),
    ],
    search: &["t.subject", "t.ticket_number", "o.name", "c.email"],
    default_sort: ("due", false),
};

/// Which tickets a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TicketQueue {
    /// Given to me and not settled.
    Mine,
    /// Given to nobody and not settled.
    Unassigned,
    /// Not settled.
    Open,
    /// All.
    All,
}

/// A window of a queue, sorted by what is due first.
pub async fn list(
    connection: &mut PgConnection,
    queue: TicketQueue,
    me: UserId,
    request: &ListRequest,
) -> Result<Page<TicketRow>, StoreError> {
    LIST.page(connection, request, |sql| {
        const ACTIVE: &str = " AND t.status IN ('open', 'in_progress')";
        match queue {
            TicketQueue::Mine => sql.push(ACTIVE).push(" AND t.assigned_to = ").push_bind(me.get()),
            TicketQueue::Unassigned => sql.push(ACTIVE).push(" AND t.assigned_to IS NULL"),
            TicketQueue::Open => sql.push(ACTIVE),
            TicketQueue::All => sql,
        };
    })
    .await
}

/// Rows of one organization, newest first.
pub async fn of_organization(
    connection: &mut PgConnection,
    organization: OrganizationId,
    limit: u32,
) -> Result<Page<TicketRow>, StoreError> {
    let mut request = ListRequest::first(limit).with("organization_id", FilterOp::Is, &organization);
    request.sort = Some(crate::list::Sort {
        column: "created_at".to_owned(),
        descending: true,
    });
    LIST.page(connection, &request, |_| ()).await
}

/// One ticket.
pub async fn get(connection: &mut PgConnection, id: TicketId) -> Result<TicketRow, StoreError> {
    let page = LIST
        .page(connection, &ListRequest::first(1).with("id", FilterOp::Is, &id), |_| ())
        .await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// How many tickets the queues hold.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TicketCounts {
    /// Mine.
    #[ts(type = "number")]
    pub mine: i64,
    /// Nobody's.
    #[ts(type = "number")]
    pub unassigned: i64,
    /// All that are not settled.
    #[ts(type = "number")]
    pub open: i64,
}

/// Counts the queues.
pub async fn counts(connection: &mut PgConnection, me: UserId) -> Result<TicketCounts, StoreError> {
    Ok(sqlx::query_as!(
        TicketCounts,
        r#"SELECT count(*) FILTER (WHERE assigned_to = $1) AS "mine!", count(*) FILTER (WHERE assigned_to IS NULL) AS "unassigned!", count(*) AS "open!"
           FROM tickets WHERE status IN ('open', 'in_progress')"#,
        me.get()
    )
    .fetch_one(connection)
    .await?)
}

/// A ticket that is about to be opened on behalf of a customer.
#[derive(Debug)]
pub struct NewTicket<'a> {
    /// Whose.
    pub organization: OrganizationId,
    /// Who asks, if a person of theirs is known.
    pub customer: Option<UserId>,
    /// What it is about.
    pub subject: &'a Subject,
    /// The first words.
    pub description: &'a MessageBody,
    /// Its category.
    pub category: &'a TicketCategory,
    /// How urgent it is.
    pub priority: Priority,
    /// Makes the write repeatable.
    pub key: &'a IdempotencyKey,
}

/// Opens a ticket; sent again under its key it answers with the first one.
pub async fn create(connection: &mut PgConnection, new: &NewTicket<'_>) -> Result<TicketId, StoreError> {
    let inserted = sqlx::query_scalar!(
        "INSERT INTO tickets (id, subject, description, category, priority, user_id, organization_id, client_key)
         VALUES (NULL, $1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (organization_id, client_key) WHERE client_key IS NOT NULL DO NOTHING RETURNING id",
        new.subject.as_str(),
        new.description.as_str(),
        new.category.as_str(),
        new.priority.as_str(),
        new.customer.map(UserId::get),
        new.organization.get(),
        new.key.as_str(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let id = match inserted {
        Some(id) => id,
        None => {
            sqlx::query_scalar!(
                "SELECT id FROM tickets WHERE organization_id = $1 AND client_key = $2",
                new.organization.get(),
                new.key.as_str()
            )
            .fetch_one(connection)
            .await?
        }
    };
    Ok(TicketId::new(id))
}

/// What a person decides about a ticket. `None` leaves a thing as it is.
#[derive(Debug, Default)]
pub struct Decision {
    /// The status that it moves from and to: refused as stale when it stands elsewhere by now.
    pub status: Option<(TicketStatus, TicketStatus)>,
    /// Another priority.
    pub priority: Option<Priority>,
    /// Given to somebody, or to nobody.
    pub assigned_to: Option<Option<UserId>>,
}

/// Applies a decision.
pub async fn decide(connection: &mut PgConnection, id: TicketId, decision: &Decision) -> Result<(), StoreError> {
    let changed = sqlx::query!(
        "UPDATE tickets SET status = coalesce($2, status), priority = coalesce($3, priority),
           assigned_to = CASE WHEN $4 THEN $5 ELSE assigned_to END
         WHERE id = $1 AND ($6::text IS NULL OR coalesce(status, 'open') = $6)",
        id.get(),
        decision.status.map(|(_, to)| to.as_str()),
        decision.priority.map(Priority::as_str),
        decision.assigned_to.is_some(),
        decision.assigned_to.flatten().map(UserId::get),
        decision.status.map(|(from, _)| from.as_str()),
    )
    .execute(connection)
    .await?;
    if changed.rows_affected() == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}
