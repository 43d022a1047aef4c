//! Looking as a customer: opening the view, and what the customer's own policies show in it.
//!
//! Each reading below runs in a transaction that has become the customer; none names an organization, since the
//! policies do. Rows are paged by id, the newest first.

use chrono::{DateTime, Utc};
use domain::ids::{OrganizationId, TicketId};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use ts_rs::TS;

use crate::StoreError;

/// How many rows a window has.
pub const WINDOW: i64 = 100;

/// A view that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Viewing {
    /// Whose customer the session looks as.
    pub organization_id: i32,
    /// Its name.
    pub organization: String,
    /// Since when.
    #[ts(type = "Instant")]
    pub since: DateTime<Utc>,
    /// When it ends by itself.
    #[ts(type = "Instant")]
    pub until: DateTime<Utc>,
    /// Why, as the log has it.
    pub reason: String,
    /// The ticket that it is for.
    pub ticket_number: Option<String>,
}

/// Opens the view of an organization. What was open ends.
pub async fn start(
    connection: &mut PgConnection,
    token: &str,
    organization: OrganizationId,
    reason: &str,
    ticket_number: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_auth.view_as($1, $2, $3, $4)",
        token,
        organization.get(),
        reason,
        ticket_number
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Ends it. False when none was open.
pub async fn stop(connection: &mut PgConnection, token: &str) -> Result<bool, StoreError> {
    let stopped = sqlx::query_scalar!("SELECT cs_auth.stop_viewing($1)", token)
        .fetch_one(connection)
        .await?;
    Ok(stopped == Some(true))
}

/// Ends views whose time is over, here or elsewhere.
pub async fn sweep(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::query_scalar!("SELECT cs_auth.sweep_views()")
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// The view that is open over this login.
pub async fn current(connection: &mut PgConnection) -> Result<Option<Viewing>, StoreError> {
    Ok(sqlx::query_as!(
        Viewing,
        r#"SELECT organization_id AS "organization_id!", organization AS "organization!", since AS "since!", until AS "until!",
             reason AS "reason!", ticket_number FROM cs_auth.viewing()"#
    )
    .fetch_optional(connection)
    .await?)
}

/// Makes the transaction that has just begun read one state of the database as the customer whom the session looks as.
pub async fn become_customer(transaction: &mut PgConnection) -> Result<(), StoreError> {
    crate::connect::hold_snapshot(transaction).await?;
    let role = sqlx::query_scalar!("SELECT set_config('role', v.as_role, true) FROM cs_auth.viewing() v")
        .fetch_optional(transaction)
        .await?;
    match role {
        Some(_) => Ok(()),
        None => Err(StoreError::Rule("view_not_open".to_owned())),
    }
}

/// The parts of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ViewPart {
    /// The organization, its wallet and its people.
    Overview,
    /// Servers.
    Servers,
    /// Containers.
    Containers,
    /// Invoices.
    Invoices,
    /// Movements of money.
    Transactions,
    /// Tickets.
    Tickets,
    /// Plans on sale.
    Plans,
    /// The log's entries about the organization.
    Activity,
    /// What its people were told.
    Notifications,
}

/// One of the organization's people.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedPerson {
    /// `users.id`.
    pub id: i32,
    /// Name, or empty.
    pub name: String,
    /// Address.
    pub email: String,
}

/// The organization as its customer sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedOverview {
    /// `organizations.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// Since when.
    #[ts(type = "Instant | null")]
    pub since: Option<DateTime<Utc>>,
    /// What the wallet holds.
    #[ts(type = "Money | null")]
    pub balance: Option<Decimal>,
    /// In which currency.
    pub currency: Option<String>,
    /// Up to when its usage has been charged.
    #[ts(type = "Instant | null")]
    pub charged_until: Option<DateTime<Utc>>,
    /// Some of its people.
    pub people: Vec<ViewedPerson>,
}

/// A server as its customer sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedServer {
    /// `vps_instances.id`.
    pub id: i32,
    /// Its label.
    pub label: Option<String>,
    /// The plan, if it is still on sale: a customer sees no other.
    pub plan: Option<String>,
    /// Where.
    pub region: Option<String>,
    /// Status.
    pub status: Option<String>,
    /// Address.
    pub ipv4: Option<String>,
    /// Address.
    pub ipv6: Option<String>,
    /// Image.
    pub image: Option<String>,
    /// When it was made.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it went.
    #[ts(type = "Instant | null")]
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A container as its customer sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedContainer {
    /// `containers.id`.
    pub id: i32,
    /// Its name.
    pub name: Option<String>,
    /// The plan, if it is still on sale.
    pub plan: Option<String>,
    /// Image.
    pub image: Option<String>,
    /// Status.
    pub status: Option<String>,
    /// When it was made.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it went.
    #[ts(type = "Instant | null")]
    pub deleted_at: Option<DateTime<Utc>>,
}

/// An invoice as its customer sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedInvoice {
    /// `invoices.id`.
    pub id: i32,
    /// Its number.
    pub number: Option<String>,
    /// Its total.
    #[ts(type = "Money | null")]
    pub amount: Option<Decimal>,
    /// How much of it was paid.
    #[ts(type = "Money | null")]
    pub paid: Option<Decimal>,
    /// Status.
    pub status: String,
    /// Beginning of what it bills.
    #[ts(type = "Instant | null")]
    pub period_start: Option<DateTime<Utc>>,
    /// End of what it bills.
    #[ts(type = "Instant | null")]
    pub period_end: Option<DateTime<Utc>>,
    /// When it was issued.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A movement of money as its customer sees it: without our reasons and keys.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedTransaction {
    /// `transactions.id`.
    pub id: i32,
    /// deposit, charge, refund or adjustment.
    pub kind: Option<String>,
    /// The change of the wallet.
    #[ts(type = "Money | null")]
    pub amount: Option<Decimal>,
    /// Status.
    pub status: String,
    /// How it was paid.
    pub payment_method: Option<String>,
    /// The payment's number elsewhere.
    pub payment_id: Option<String>,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A ticket as its customer sees it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedTicket {
    /// `tickets.id`.
    pub id: i32,
    /// Its number.
    pub number: Option<String>,
    /// Subject.
    pub subject: String,
    /// Status.
    pub status: String,
    /// Priority.
    pub priority: String,
    /// Category.
    pub category: Option<String>,
    /// When it was opened.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// When something last happened.
    #[ts(type = "Instant | null")]
    pub updated_at: Option<DateTime<Utc>>,
}

/// A message as its customer sees it. Notes of staff are not among them.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedMessage {
    /// `ticket_messages.id`; 0 for the ticket's own first words.
    pub id: i32,
    /// Who wrote it: a name of their own people; of ours a customer sees none.
    pub author: Option<String>,
    /// What.
    pub text: String,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
}

/// A plan on sale, without what it costs us.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedPlan {
    /// Its id among its kind.
    pub id: i32,
    /// vps or container.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Processors, such as "2" or "0.50".
    pub cpus: Option<String>,
    /// Memory.
    pub memory_mb: Option<i32>,
    /// Disk.
    pub disk_gb: Option<i32>,
    /// Price of an hour.
    #[ts(type = "Rate | null")]
    pub hourly_rate: Option<Decimal>,
    /// The most that a month costs.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Decimal>,
}

/// An entry of the log as the customer sees it: what, not who or how.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedActivity {
    /// `activity_logs.id`.
    pub id: i32,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub resource_type: Option<String>,
    /// To which.
    pub resource_id: Option<String>,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
}

/// Something that one of the organization's people was told.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ViewedNotification {
    /// `notifications.id`.
    pub id: i32,
    /// Whom.
    pub person: Option<String>,
    /// In short.
    pub title: String,
    /// At length.
    pub message: Option<String>,
    /// Whether they have read it.
    pub is_read: bool,
    /// When.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
}

/// One part of the view.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Viewed {
    /// The organization.
    Overview {
        /// Itself.
        overview: ViewedOverview,
    },
    /// Servers.
    Servers {
        /// A window of them.
        rows: Vec<ViewedServer>,
    },
    /// Containers.
    Containers {
        /// A window of them.
        rows: Vec<ViewedContainer>,
    },
    /// Invoices.
    Invoices {
        /// A window of them.
        rows: Vec<ViewedInvoice>,
    },
    /// Movements of money.
    Transactions {
        /// A window of them.
        rows: Vec<ViewedTransaction>,
    },
    /// Tickets.
    Tickets {
        /// A window of them.
        rows: Vec<ViewedTicket>,
    },
    /// Plans: all, up to the window's size.
    Plans {
        /// By kind and price.
        rows: Vec<ViewedPlan>,
    },
    /// The log.
    Activity {
        /// A window of it.
        rows: Vec<ViewedActivity>,
    },
    /// Notifications.
    Notifications {
        /// A window of them.
        rows: Vec<ViewedNotification>,
    },
}

/// Reads a part; of lists the rows before an id.
pub async fn part(connection: &mut PgConnection, part: ViewPart, before: Option<i32>) -> Result<Viewed, StoreError> {
    let before = before.unwrap_or(i32::MAX);
    Ok(match part {
        ViewPart::Overview => Viewed::Overview {
            overview: overview(connection).await?,
        },
        ViewPart::Servers => Viewed::Servers {
            rows: sqlx::query_as!(
                ViewedServer,
                r#"SELECT v.id, v.label, p.name AS "plan?", v.region, v.status, v.ipv4, v.ipv6, v.image,
                     timezone('UTC', v.created_at) AS created_at, timezone('UTC', v.deleted_at) AS deleted_at
                   FROM vps_instances v LEFT JOIN vps_plans p ON p.id = v.plan_id WHERE v.id < $1 ORDER BY v.id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Containers => Viewed::Containers {
            rows: sqlx::query_as!(
                ViewedContainer,
                r#"SELECT c.id, c.name, p.name AS "plan?", c.image, c.status,
                     timezone('UTC', c.created_at) AS created_at, timezone('UTC', c.deleted_at) AS deleted_at
                   FROM containers c LEFT JOIN container_plans p ON p.id = c.plan_id WHERE c.id < $1 ORDER BY c.id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Invoices => Viewed::Invoices {
            rows: sqlx::query_as!(
                ViewedInvoice,
                r#"SELECT id, invoice_number AS number, amount, amount_paid AS paid, coalesce(status, 'pending') AS "status!",
                     timezone('UTC', billing_period_start) AS period_start, timezone('UTC', billing_period_end) AS period_end,
                     timezone('UTC', created_at) AS created_at FROM invoices WHERE id < $1 ORDER BY id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Transactions => Viewed::Transactions {
            rows: sqlx::query_as!(
                ViewedTransaction,
                r#"SELECT id, type AS kind, amount, coalesce(status, 'completed') AS "status!", payment_method, payment_id,
                     timezone('UTC', created_at) AS created_at FROM transactions WHERE id < $1 ORDER BY id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Tickets => Viewed::Tickets {
            rows: sqlx::query_as!(
                ViewedTicket,
                r#"SELECT id, ticket_number AS number, subject, coalesce(status, 'open') AS "status!", coalesce(priority, 'medium') AS "priority!",
                     category, timezone('UTC', created_at) AS created_at, timezone('UTC', updated_at) AS updated_at
                   FROM tickets WHERE id < $1 ORDER BY id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Plans => Viewed::Plans {
            rows: sqlx::query_as!(
                ViewedPlan,
                r#"SELECT id AS "id!", kind AS "kind!", name AS "name!", cpus, memory_mb, disk_gb, hourly_rate, monthly_rate FROM (
                     SELECT id, 'vps' AS kind, name, vcpus::text AS cpus, memory_mb, disk_gb, hourly_rate, monthly_rate FROM vps_plans
                     UNION ALL
                     SELECT id, 'container', name, cpu_cores::text, memory_mb, disk_gb, hourly_rate, monthly_rate FROM container_plans
                   ) p ORDER BY kind DESC, hourly_rate NULLS LAST, name, id LIMIT $1"#,
                2 * WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Activity => Viewed::Activity {
            rows: sqlx::query_as!(
                ViewedActivity,
                r#"SELECT id, action, resource_type, resource_id, timezone('UTC', created_at) AS created_at
                   FROM activity_logs WHERE id < $1 ORDER BY id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
        ViewPart::Notifications => Viewed::Notifications {
            rows: sqlx::query_as!(
                ViewedNotification,
                r#"SELECT n.id, coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS person, n.title, n.message,
                     coalesce(n.is_read, false) AS "is_read!", timezone('UTC', n.created_at) AS created_at
                   FROM notifications n LEFT JOIN users u ON u.id = n.user_id WHERE n.id < $1 ORDER BY n.id DESC LIMIT $2"#,
                before,
                WINDOW
            )
            .fetch_all(connection)
            .await?,
        },
    })
}

async fn overview(connection: &mut PgConnection) -> Result<ViewedOverview, StoreError> {
    let people = sqlx::query_as!(
        ViewedPerson,
        r#"SELECT id, btrim(concat_ws(' ', first_name, last_name)) AS "name!", email FROM users ORDER BY id LIMIT $1"#,
        WINDOW
    )
    .fetch_all(&mut *connection)
    .await?;
    let row = sqlx::query!(
        r#"SELECT o.id AS "id!", o.name AS "name!", timezone('UTC', o.created_at) AS since, w.balance AS "balance?", w.currency AS "currency?",
             timezone('UTC', m.charged_until) AS charged_until
           FROM organizations o LEFT JOIN wallets w ON w.organization_id = o.id LEFT JOIN organization_meters m ON m.organization_id = o.id"#
    )
    .fetch_one(connection)
    .await?;
    Ok(ViewedOverview {
        id: row.id,
        name: row.name,
        since: row.since,
        balance: row.balance,
        currency: row.currency,
        charged_until: row.charged_until,
        people,
    })
}

/// The conversation of a ticket, oldest first; the newest [`WINDOW`] messages when there are more.
pub async fn messages(connection: &mut PgConnection, ticket: TicketId) -> Result<Vec<ViewedMessage>, StoreError> {
    Ok(sqlx::query_as!(
        ViewedMessage,
        r#"SELECT x.id AS "id!", nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), '') AS author, x.message AS "text!",
             timezone('UTC', x.created_at) AS created_at
           FROM (
             SELECT 0 AS id, t.user_id, t.description AS message, t.created_at FROM tickets t
             WHERE t.id = $1 AND btrim(coalesce(t.description, '')) <> ''
             UNION ALL
             (SELECT m.id, m.user_id, m.message, m.created_at FROM ticket_messages m WHERE m.ticket_id = $1 ORDER BY m.id DESC LIMIT $2)
           ) x LEFT JOIN users u ON u.id = x.user_id ORDER BY x.id"#,
        ticket.get(),
        WINDOW
    )
    .fetch_all(connection)
    .await?)
}
