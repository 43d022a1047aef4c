//! Intents: what is done to servers at their provider, written down before it is. The database's own functions decide who
//! may ask for what, who carries it out, and what becomes of it; secrets lie sealed and are read by who carries it out.

pub mod containers;
mod rows;

use chrono::NaiveDateTime;
use domain::{
    ids::{IntentId, OrganizationId, PlanId, ProviderConfigId, ServerId, UserId},
    intent::{IntentKind, IntentState, Wanted},
    money::Money,
    transaction::IdempotencyKey,
};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::StoreError;

pub use rows::{IntentRow, list, row};

/// Of what an intent is: of a server that is there, or of a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A server.
    Server(ServerId),
    /// A new one.
    New {
        /// In which account.
        account: ProviderConfigId,
        /// Whose it becomes.
        organization: OrganizationId,
    },
}

/// An intent that was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub id: IntentId,
    /// What it holds of the wallet.
    pub held: Money,
    /// It had been placed before, under the same key.
    pub repeated: bool,
}

/// Writes an intent down. Sent again under its key it answers with the first.
pub async fn place(
    connection: &mut PgConnection,
    subject: Subject,
    wanted: &Wanted,
    plan: Option<PlanId>,
    key: &IdempotencyKey,
    acting: Option<UserId>,
) -> Result<Placed, StoreError> {
    let (account, organization, server) = match subject {
        Subject::Server(server) => (None, None, Some(server.get())),
        Subject::New { account, organization } => (Some(account.get()), Some(organization.get()), None),
    };
    let row = sqlx::query!(
        r#"SELECT intent AS "intent!", held AS "held!", repeated AS "repeated!" FROM cs_intents.place($1, $2, $3, $4, $5, $6, $7, $8)"#,
        wanted.kind().as_str(),
        account,
        organization,
        server,
        plan.map(PlanId::get),
        wanted.parameters(),
        key.as_str(),
        acting.map(UserId::get),
    )
    .fetch_one(connection)
    .await?;
    Ok(Placed {
        id: IntentId::new(row.intent),
        held: Money::from_decimal(row.held).map_err(|_| StoreError::OutOfRange)?,
        repeated: row.repeated,
    })
}

/// Keeps what was sealed for an intent that waits.
pub async fn keep_secret(connection: &mut PgConnection, intent: IntentId, sealed: &str) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_intents.keep_secret($1, $2)", intent.get(), sealed)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// An intent that somebody has taken to work on.
#[derive(Debug, Clone)]
pub struct Claim {
    /// What shows that it is still theirs.
    pub lease: Uuid,
    /// Its secrets, sealed.
    pub sealed: Option<String>,
}

/// Takes an intent that is not at its end, for so long; `None` where somebody else has it.
pub async fn claim(connection: &mut PgConnection, intent: IntentId, seconds: i32) -> Result<Option<Claim>, StoreError> {
    let row = sqlx::query!(
        "SELECT lent, sealed FROM cs_intents.claim($1, $2)",
        intent.get(),
        seconds
    )
    .fetch_one(connection)
    .await?;
    Ok(row.lent.map(|lease| Claim {
        lease,
        sealed: row.sealed,
    }))
}

/// Goes on holding it, and says how far it is; whether it still is theirs.
pub async fn hold(
    connection: &mut PgConnection,
    intent: IntentId,
    lease: Uuid,
    seconds: i32,
    percent: Option<i32>,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_intents.hold($1, $2, $3, $4) AS "held!""#,
        intent.get(),
        lease,
        seconds,
        percent
    )
    .fetch_one(connection)
    .await?)
}

/// Why an intent is not at its end, or came to nothing: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Why {
    /// Stable.
    pub code: String,
    /// What happened, what was not done, what to do.
    pub sentence: String,
}

/// Gives it back as it is.
pub async fn give_back(
    connection: &mut PgConnection,
    intent: IntentId,
    lease: Uuid,
    why: Option<&Why>,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_intents.give_back($1, $2, $3, $4) AS "given!""#,
        intent.get(),
        lease,
        why.map(|why| why.code.as_str()),
        why.map(|why| why.sentence.as_str()),
    )
    .fetch_one(connection)
    .await?)
}

/// It is sent from now on: to be committed before anything is. Refused by the rule `intent_lease_lost` where it is somebody
/// else's by now.
pub async fn sent(
    connection: &mut PgConnection,
    intent: IntentId,
    lease: Uuid,
    sealed: Option<&str>,
    event_before: Option<i64>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_intents.sent($1, $2, $3, $4)",
        intent.get(),
        lease,
        sealed,
        event_before
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Its answer is lost; it is given back.
pub async fn lost(connection: &mut PgConnection, intent: IntentId, lease: Uuid, why: &Why) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_intents.lost($1, $2, $3, $4) AS "noted!""#,
        intent.get(),
        lease,
        why.code,
        why.sentence
    )
    .fetch_one(connection)
    .await?)
}

/// What the provider says of the server, as far as it fits into the documented columns. Absent is what it didn't say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Its number there.
    pub id: Option<i32>,
    /// Its name.
    pub label: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Its state.
    pub status: Option<String>,
    /// The first public address.
    pub ipv4: Option<String>,
    /// The address that the provider made for it.
    pub ipv6: Option<String>,
    /// What it was made from.
    pub image: Option<String>,
    /// When it was made, UTC.
    pub created: Option<NaiveDateTime>,
}

impl Told {
    fn json(&self) -> Result<serde_json::Value, StoreError> {
        serde_json::to_value(self).map_err(|_| StoreError::BadValue)
    }
}

/// Records the server of an order: its row.
pub async fn record(connection: &mut PgConnection, intent: IntentId, told: &Told) -> Result<ServerId, StoreError> {
    let id = sqlx::query_scalar!(
        r#"SELECT cs_intents.record($1, $2) AS "server!""#,
        intent.get(),
        told.json()?
    )
    .fetch_one(connection)
    .await?;
    Ok(ServerId::new(id))
}

/// What the provider has done.
#[derive(Debug, Clone, Default)]
pub struct Settled<'a> {
    /// What it says of the server.
    pub told: Told,
    /// The password that root has now, sealed for the server's row.
    pub password: Option<&'a str>,
    /// The number of the provider's event.
    pub event: Option<i64>,
    /// How far it is.
    pub percent: Option<i32>,
    /// Whether it is at its end.
    pub over: bool,
}

/// Writes down what the provider has done.
pub async fn settle(connection: &mut PgConnection, intent: IntentId, settled: &Settled<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_intents.settle($1, $2, $3, $4, $5, $6)",
        intent.get(),
        settled.told.json()?,
        settled.password,
        settled.event,
        settled.percent,
        settled.over,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// It was not carried out; whether it was still theirs to say so.
pub async fn fail(connection: &mut PgConnection, intent: IntentId, lease: Uuid, why: &Why) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_intents.fail($1, $2, $3, $4) AS "failed!""#,
        intent.get(),
        lease,
        why.code,
        why.sentence
    )
    .fetch_one(connection)
    .await?)
}

/// The provider has certainly not carried it out, and may well another time: it waits again.
pub async fn unsend(
    connection: &mut PgConnection,
    intent: IntentId,
    lease: Uuid,
    why: &Why,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT cs_intents.unsend($1, $2, $3, $4) AS "unsent!""#,
        intent.get(),
        lease,
        why.code,
        why.sentence
    )
    .fetch_one(connection)
    .await?)
}

/// Takes one back that still waits. Refused by the rule `intent_not_waiting` otherwise.
pub async fn withdraw(
    connection: &mut PgConnection,
    intent: IntentId,
    acting: Option<UserId>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "SELECT cs_intents.withdraw($1, $2)",
        intent.get(),
        acting.map(UserId::get)
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Ends those that have waited for a day; how many.
pub async fn expire(connection: &mut PgConnection) -> Result<i32, StoreError> {
    Ok(sqlx::query_scalar!(r#"SELECT cs_intents.expire() AS "expired!""#)
        .fetch_one(connection)
        .await?)
}

/// An intent as whoever carries it out needs it.
#[derive(Debug, Clone)]
pub struct Intent {
    /// Which.
    pub id: IntentId,
    /// In which account.
    pub account: ProviderConfigId,
    /// What is wanted; `None` for what this version can't read.
    pub wanted: Option<Wanted>,
    /// Of what kind it is.
    pub kind: IntentKind,
    /// How far it is.
    pub state: IntentState,
    /// The server, as far as there is one.
    pub server: Option<ServerId>,
    /// Its number at the provider.
    pub external_id: Option<u64>,
    /// What the server is called.
    pub label: String,
    /// The tag by which the server of an order is found.
    pub mark: String,
    /// The newest event at the provider before it was sent.
    pub event_before: Option<u64>,
    /// Its own event.
    pub event: Option<u64>,
    /// Seconds since it was sent, by the database's clock.
    pub sent_for: Option<i64>,
}

/// One intent.
pub async fn get(connection: &mut PgConnection, id: IntentId) -> Result<Intent, StoreError> {
    let row = sqlx::query!(
        r#"SELECT i.provider_config_id, i.kind, i.state, i.server_id, i.external_id, i.label, i.parameters, i.mark, i.event_before, i.event_id,
             extract(epoch FROM cs_billing.clock() - i.sent_at)::bigint AS sent_for
           FROM provider_intents i WHERE i.id = $1"#,
        id.get()
    )
    .fetch_one(connection)
    .await?;
    let number = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let kind = IntentKind::parse(&row.kind).map_err(|_| StoreError::BadValue)?;
    Ok(Intent {
        id,
        account: ProviderConfigId::new(row.provider_config_id),
        wanted: Wanted::read(kind, &row.parameters),
        kind,
        state: IntentState::parse(&row.state).map_err(|_| StoreError::BadValue)?,
        server: row.server_id.map(ServerId::new),
        external_id: number(row.external_id),
        label: row.label,
        mark: row.mark,
        event_before: number(row.event_before),
        event: number(row.event_id),
        sent_for: row.sent_for,
    })
}

/// Those that are not at their end and nobody has, with their accounts: oldest first.
pub async fn open(connection: &mut PgConnection, most: i64) -> Result<Vec<(IntentId, ProviderConfigId)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT i.id, i.provider_config_id FROM provider_intents i WHERE i.state IN ('waiting', 'sending', 'running', 'unknown')
           AND (i.held_until IS NULL OR i.held_until <= clock_timestamp()) ORDER BY i.id LIMIT $1",
        most
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (IntentId::new(row.id), ProviderConfigId::new(row.provider_config_id)))
        .collect())
}

/// An order that was given up, and whose server a sync has found all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// The order.
    pub intent: IntentId,
    /// The server's number at the provider.
    pub external_id: u64,
}

/// All of them: servers of nobody that carry the mark of an order.
pub async fn late(connection: &mut PgConnection) -> Result<Vec<Late>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT i.id, s.external_id AS "external_id!" FROM provider_intents i JOIN provider_states s
             ON s.provider_config_id = i.provider_config_id AND s.gone_at IS NULL AND s.observed -> 'tags' ? i.mark
           WHERE i.kind = 'order' AND i.state = 'failed' AND i.server_id IS NULL AND i.error_code IN ('provider_knows_nothing', 'intent_too_slow')
             AND i.sent_at > cs_billing.clock() - interval '30 days'"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Late {
                intent: IntentId::new(row.id),
                external_id: row.external_id.parse().ok()?,
            })
        })
        .collect())
}

/// The root password of a server, sealed; for admins and the agent.
pub async fn sealed_password(connection: &mut PgConnection, server: ServerId) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT v.root_password FROM vps_instances v WHERE v.id = $1",
        server.get()
    )
    .fetch_one(connection)
    .await?)
}

/// The same for an admin who is about to see it: refused by the rule `confirmation_needed` until the password was given, and
/// by `server_password_unknown` where there is none. The log says that it was shown once this is committed.
pub async fn show_password(connection: &mut PgConnection, server: ServerId) -> Result<String, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT cs_intents.show_password($1) AS "sealed!""#, server.get())
            .fetch_one(connection)
            .await?,
    )
}
