//! What has happened to a server, as far as the database knows: what was asked for, what was charged, how money moved while
//! it was somebody's, tickets that name it, and the log.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{
    activity::Details,
    ids::ServerId,
    money::{Amount4, Money},
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::StoreError;

/// How many charges of an organization are looked at for one window.
const CHARGES: i32 = 400;

/// From where an entry is. Of entries of one instant those of a larger source come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(i32)]
pub enum Source {
    /// The log.
    Log = 1,
    /// A ticket that names it.
    Ticket = 2,
    /// A movement of the payer's wallet.
    Money = 3,
    /// What a run charged for it.
    Charge = 4,
    /// Something that was asked for.
    Intent = 5,
    /// An event at the provider.
    Event = 6,
}

impl Source {
    /// As a number that sorts.
    pub const fn rank(self) -> i32 {
        self as i32
    }

    const fn read(rank: i32) -> Self {
        match rank {
            2 => Self::Ticket,
            3 => Self::Money,
            5 => Self::Intent,
            _ => Self::Log,
        }
    }
}

/// Behind which entry a window begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// When.
    pub at: NaiveDateTime,
    /// From where.
    pub rank: i32,
    /// Which.
    pub id: i64,
}

/// An entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it stands.
    pub place: Place,
    /// From where it is.
    pub source: Source,
    /// Its word: an intent's kind, a transaction's type, the log's action; nothing for a ticket.
    pub word: String,
    /// How far it is.
    pub state: Option<String>,
    /// What it says: a reason, a subject, an error, what changed.
    pub text: Option<String>,
    /// How much.
    pub amount: Option<Money>,
    /// In what.
    pub currency: Option<String>,
    /// Who.
    pub who: Option<String>,
}

/// The entries behind a place, newest first.
pub async fn entries(
    connection: &mut PgConnection,
    server: ServerId,
    before: Option<Place>,
    most: i64,
) -> Result<Vec<Entry>, StoreError> {
    let rows = sqlx::query!(
        r#"WITH v AS (
             SELECT s.id, s.organization_id, CASE WHEN length(s.label) >= 3 THEN s.label END AS label, s.ipv4 FROM vps_instances s WHERE s.id = $1
           ), named AS (
             -- As a word of its own: web-1 is not web-10.
             SELECT v.organization_id, '(^|[^a-z0-9.-])(' || string_agg(regexp_replace(n.name, '([^a-zA-Z0-9])', '\\\1', 'g'), '|') || ')($|[^a-z0-9-])' AS pattern
             FROM v CROSS JOIN LATERAL (VALUES (v.label), (v.ipv4)) AS n(name) WHERE n.name IS NOT NULL GROUP BY v.organization_id
           ), all_entries AS (
             SELECT 5 AS rank, i.id, i.requested_at AS at, i.kind::text AS word, i.state::text AS state, i.error AS text, NULL::numeric AS amount,
               NULL::text AS currency, i.requested_by AS user_id, NULL::jsonb AS details
             FROM provider_intents i WHERE i.server_id = $1
             UNION ALL
             SELECT 3, t.id, t.created_at, t.type, coalesce(t.status, 'completed'), t.reason, t.amount, w.currency, t.created_by, NULL
             FROM (SELECT DISTINCT r.organization_id FROM resource_terms r WHERE r.resource_kind = 'vps' AND r.resource_id = $1) o
             JOIN transactions t ON t.organization_id = o.organization_id AND t.type <> 'charge'
             LEFT JOIN wallets w ON w.organization_id = t.organization_id
             WHERE EXISTS (SELECT FROM resource_terms r WHERE r.resource_kind = 'vps' AND r.resource_id = $1 AND r.organization_id = t.organization_id
               AND r.starts_at <= t.created_at AND (r.ends_at IS NULL OR r.ends_at > t.created_at))
             UNION ALL
             SELECT 2, k.id, k.created_at, '', k.status, k.subject, NULL, NULL, k.user_id, NULL
             FROM named n JOIN tickets k ON k.organization_id = n.organization_id
             WHERE k.subject ~* n.pattern OR k.description ~* n.pattern
               OR EXISTS (SELECT FROM ticket_messages m WHERE m.ticket_id = k.id AND m.message ~* n.pattern)
             UNION ALL
             SELECT 1, a.id, a.created_at, a.action, NULL, NULL, NULL, NULL, a.user_id, a.details
             FROM activity_logs a WHERE a.resource_type = 'server' AND a.resource_id = $1::integer::text
           )
           SELECT x.rank AS "rank!", x.id::bigint AS "id!", x.at AS "at!", x.word AS "word?", x.state AS "state?", x.text AS "text?", x.amount AS "amount?",
             x.currency AS "currency?", x.details AS "details?",
             coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS "who?"
           FROM all_entries x LEFT JOIN users u ON u.id = x.user_id
           WHERE x.at IS NOT NULL AND ($2::timestamp IS NULL OR (x.at, x.rank, x.id::bigint) < ($2, $3::integer, $4::bigint))
           ORDER BY x.at DESC, x.rank DESC, x.id DESC LIMIT $5"#,
        server.get(),
        before.map(|place| place.at),
        before.map(|place| place.rank),
        before.map(|place| place.id),
        most,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Entry {
                place: Place {
                    at: row.at,
                    rank: row.rank,
                    id: row.id,
                },
                source: Source::read(row.rank),
                word: row.word.unwrap_or_default(),
                state: row.state,
                text: row.text.or_else(|| row.details.as_ref().map(told)),
                amount: row
                    .amount
                    .map(Money::from_decimal)
                    .transpose()
                    .map_err(|_| StoreError::OutOfRange)?,
                currency: row.currency,
                who: row.who,
            })
        })
        .collect()
}

fn told(details: &Value) -> String {
    Details::read(details).summary()
}

/// What a run charged for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// Which run.
    pub run: i64,
    /// Its time.
    pub run_at: NaiveDateTime,
    /// The ledger's row in which it is; none when it was less than a cent.
    pub transaction: Option<i32>,
    /// When the first of the hours began.
    pub first_hour: DateTime<Utc>,
    /// When the last of them ended.
    pub until: DateTime<Utc>,
    /// How many.
    pub hours: i64,
    /// What they cost.
    pub amount: Amount4,
}

/// What was charged for a server up to a time, newest first, and since when that is all of it: `None` is ever.
#[derive(Debug, Clone, Default)]
pub struct Charges {
    /// A run each.
    pub rows: Vec<Charged>,
    /// The answer is complete from here on.
    pub reaches: Option<NaiveDateTime>,
}

/// Reads it.
pub async fn charges(
    connection: &mut PgConnection,
    server: ServerId,
    before: Option<NaiveDateTime>,
) -> Result<Charges, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT run_id, run_at AS "run_at?", transaction_id, first_hour AS "first_hour?", until AS "until?", hours AS "hours?", amount AS "amount?", reaches
           FROM cs_billing.charges_of('vps', $1, $2, $3) ORDER BY run_at DESC, run_id DESC"#,
        server.get(),
        before,
        CHARGES,
    )
    .fetch_all(connection)
    .await?;
    let mut charges = Charges::default();
    for row in rows {
        charges.reaches = row.reaches;
        let (Some(run), Some(run_at), Some(first_hour), Some(until), Some(hours), Some(amount)) =
            (row.run_id, row.run_at, row.first_hour, row.until, row.hours, row.amount)
        else {
            continue;
        };
        charges.rows.push(Charged {
            run,
            run_at,
            transaction: row.transaction_id,
            first_hour: first_hour.and_utc(),
            until: until.and_utc(),
            hours,
            amount: Amount4::from_decimal(amount).map_err(|_| StoreError::OutOfRange)?,
        });
    }
    Ok(charges)
}
