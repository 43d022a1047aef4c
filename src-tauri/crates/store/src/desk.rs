//! What the frame of the window shows: counts, search over everything, the theme.

use chrono::{DateTime, Utc};
use domain::ids::UserId;
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use ts_rs::TS;

use crate::{StoreError, list::contains_pattern};

/// Counts and times of the shell.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The database's time.
    pub server_time: DateTime<Utc>,
    /// Tickets that are not settled.
    pub tickets_open: i64,
    /// Of mine, those in which the customer spoke last.
    pub tickets_mine_unanswered: i64,
    /// Notifications that I have not read.
    pub notifications_unread: i64,
    /// Organizations.
    pub organizations: i64,
    /// People.
    pub users: i64,
    /// Servers.
    pub servers: i64,
    /// Containers.
    pub containers: i64,
    /// When billing last ran to its end.
    pub last_billing_run: Option<DateTime<Utc>>,
    /// Up to when the organization that is furthest behind has been charged.
    pub billed_until: Option<DateTime<Utc>>,
}

/// Reads the shell's numbers in one statement. Counts stop at 100,000.
pub async fn summary(connection: &mut PgConnection, me: UserId) -> Result<Summary, StoreError> {
    let row = sqlx::query!(
        r#"SELECT statement_timestamp() AS "server_time!",
             (SELECT count(*) FROM tickets WHERE status IN ('open', 'in_progress')) AS "tickets_open!",
             (SELECT count(*) FROM tickets WHERE status IN ('open', 'in_progress') AND assigned_to = $1
                AND coalesce(last_from_customer, last_message_id IS NULL)) AS "tickets_mine_unanswered!",
             (SELECT count(*) FROM notifications WHERE user_id = $1 AND is_read IS NOT TRUE) AS "notifications_unread!",
             (SELECT count(*) FROM (SELECT FROM organizations WHERE archived_at IS NULL LIMIT 100000) x) AS "organizations!",
             (SELECT count(*) FROM (SELECT FROM users LIMIT 100000) x) AS "users!",
             (SELECT count(*) FROM (SELECT FROM vps_instances WHERE deleted_at IS NULL LIMIT 100000) x) AS "servers!",
             (SELECT count(*) FROM (SELECT FROM containers WHERE deleted_at IS NULL LIMIT 100000) x) AS "containers!",
             (SELECT max(run_at) FROM billing_runs WHERE status IN ('completed', 'partial')) AS last_billing_run,
             (SELECT min(charged_until) FROM organization_meters) AS billed_until"#,
        me.get()
    )
    .fetch_one(connection)
    .await?;
    Ok(Summary {
        server_time: row.server_time,
        tickets_open: row.tickets_open,
        tickets_mine_unanswered: row.tickets_mine_unanswered,
        notifications_unread: row.notifications_unread,
        organizations: row.organizations,
        users: row.users,
        servers: row.servers,
        containers: row.containers,
        last_billing_run: row.last_billing_run.map(|at| at.and_utc()),
        billed_until: row.billed_until.map(|at| at.and_utc()),
    })
}

/// What the palette found.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PaletteHit {
    /// What it is.
    #[ts(type = "PaletteHitKind")]
    pub kind: String,
    /// Its id.
    pub id: i32,
    /// The line that names it.
    pub title: String,
    /// What tells it from others.
    pub subtitle: String,
}

/// The kinds of things that the palette finds.
pub const PALETTE_KINDS: &[&str] = &["organization", "user", "server", "ticket", "invoice", "transaction"];

/// Looks for a name, number or address in everything, at most 20 of each kind. One arm of a UNION per
/// thing that is searched, since an OR would use no index.
pub async fn search(connection: &mut PgConnection, query: &str) -> Result<Vec<PaletteHit>, StoreError> {
    let number: Option<i32> = query.trim().trim_start_matches('#').parse().ok();
    Ok(sqlx::query_as!(
        PaletteHit,
        r#"SELECT kind AS "kind!", id AS "id!", title AS "title!", coalesce(subtitle, '') AS "subtitle!" FROM (
             (SELECT 1 AS place, 'organization' AS kind, o.id, o.name AS title, concat_ws(' · ', '#' || o.id, w.balance || ' ' || w.currency) AS subtitle
              FROM organizations o LEFT JOIN wallets w ON w.organization_id = o.id
              WHERE o.archived_at IS NULL AND (o.name ILIKE $1 OR o.id = $2) ORDER BY o.name, o.id LIMIT 20)
             UNION ALL
             (SELECT 2, 'user', u.id, coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email), concat_ws(' · ', u.email, u.role)
              FROM users u WHERE u.email ILIKE $1 OR concat_ws(' ', u.first_name, u.last_name) ILIKE $1 ORDER BY u.email LIMIT 20)
             UNION ALL
             (SELECT 3, 'server', v.id, coalesce(v.label, 'Server ' || v.id), concat_ws(' · ', v.ipv4, v.region, v.status)
              FROM vps_instances v WHERE v.deleted_at IS NULL AND (v.label ILIKE $1 OR v.ipv4 ILIKE $1 OR v.ipv6 ILIKE $1 OR v.linode_id = $2)
              ORDER BY v.label, v.id LIMIT 20)
             UNION ALL
             (SELECT 4, 'ticket', t.id, t.subject, concat_ws(' · ', t.ticket_number, o.name)
              FROM tickets t LEFT JOIN organizations o ON o.id = t.organization_id
              WHERE t.subject ILIKE $1 OR t.ticket_number ILIKE $1 OR t.id = $2 ORDER BY t.updated_at DESC, t.id DESC LIMIT 20)
             UNION ALL
             (SELECT 5, 'invoice', i.id, coalesce(i.invoice_number, 'Invoice ' || i.id), concat_ws(' · ', o.name, i.amount || ' ' || w.currency, i.status)
              FROM invoices i LEFT JOIN organizations o ON o.id = i.organization_id LEFT JOIN wallets w ON w.organization_id = i.organization_id
              WHERE i.invoice_number ILIKE $1 ORDER BY i.id DESC LIMIT 20)
             UNION ALL
             (SELECT 6, 'transaction', x.id, concat_ws(' ', x.type, x.amount::text), concat_ws(' · ', '#' || x.id, x.payment_id, o.name)
              FROM transactions x LEFT JOIN organizations o ON o.id = x.organization_id
              WHERE x.id = $2 OR x.payment_id ILIKE $1 ORDER BY x.id DESC LIMIT 20)
           ) found ORDER BY place"#,
        contains_pattern(query),
        number
    )
    .fetch_all(connection)
    .await?)
}

/// The active theme's name and colours as stored, whatever their shape.
pub async fn active_theme(connection: &mut PgConnection) -> Result<Option<(String, Value)>, StoreError> {
    let row = sqlx::query!(
        "SELECT name, colors FROM theme_settings WHERE is_active ORDER BY updated_at DESC NULLS LAST, id DESC LIMIT 1"
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.name, row.colors)))
}

/// Who asked in a ticket: the person's name, address and whose they are.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Name, if known.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
}

/// The customer's person of a ticket.
pub async fn asker(connection: &mut PgConnection, ticket: domain::ids::TicketId) -> Result<Asker, StoreError> {
    let row = sqlx::query!(
        r#"SELECT nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), '') AS name, u.email AS "email?"
           FROM tickets t LEFT JOIN users u ON u.id = t.user_id WHERE t.id = $1"#,
        ticket.get()
    )
    .fetch_one(connection)
    .await?;
    Ok(Asker {
        name: row.name,
        email: row.email,
    })
}
