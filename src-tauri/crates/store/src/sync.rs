//! Syncs: what a provider says is written by set, by the database's own functions, and every reading has a row.

pub mod containers;

use chrono::{DateTime, Utc};
use domain::ids::{ProviderConfigId, SyncId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{Kind, List, ListRequest, Page, column, nullable},
    row,
};

/// Begins a sync of an account. Refused by the rules `sync_under_way` and `sync_account_inactive`.
pub async fn begin(connection: &mut PgConnection, account: ProviderConfigId) -> Result<SyncId, StoreError> {
    let id = sqlx::query_scalar!(r#"SELECT cs_sync.begin($1) AS "id!""#, account.get())
        .fetch_one(connection)
        .await?;
    Ok(SyncId::new(id))
}

/// Says that it is still at work.
pub async fn beat(connection: &mut PgConnection, sync: SyncId) -> Result<(), StoreError> {
    sqlx::query!("SELECT cs_sync.beat($1)", sync.get())
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// How a sync ends that wrote nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenUp {
    /// It could not go on.
    Failed,
    /// A person stopped it.
    Cancelled,
    /// Too many would be gone: a person is asked.
    Stopped,
}

/// Ends a sync that wrote nothing, with the failure's code and sentence.
pub async fn give_up(
    connection: &mut PgConnection,
    sync: SyncId,
    outcome: GivenUp,
    code: &str,
    why: &str,
) -> Result<(), StoreError> {
    let word = match outcome {
        GivenUp::Failed => "failed",
        GivenUp::Cancelled => "cancelled",
        GivenUp::Stopped => "stopped",
    };
    sqlx::query!("SELECT cs_sync.give_up($1, $2, $3, $4)", sync.get(), word, code, why)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// The numbers of an account's servers that are not gone, as the provider counts them: those that a sync has seen, and
/// those whose rows name the account.
pub async fn living(connection: &mut PgConnection, account: ProviderConfigId) -> Result<Vec<i64>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT s.external_id::bigint AS "id!" FROM provider_states s
           WHERE s.provider_config_id = $1 AND s.gone_at IS NULL AND s.external_id ~ '^[0-9]{1,18}$'
           UNION
           SELECT v.linode_id FROM vps_instances v WHERE v.provider_config_id = $1 AND v.linode_id IS NOT NULL AND v.deleted_at IS NULL
             AND NOT EXISTS (SELECT FROM provider_states s WHERE s.provider_config_id = $1 AND s.external_id = v.linode_id::text)
           ORDER BY 1"#,
        account.get()
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

/// A server as a batch tells it: what fits into the documented columns, and what is kept beside them. Absent is what
/// the provider didn't say.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// `linode_id INTEGER`.
    pub id: i32,
    /// `label VARCHAR(255)`, at insert only.
    pub label: Option<String>,
    /// `region VARCHAR(100)`, at insert only.
    pub region: Option<String>,
    /// `status VARCHAR(50)`.
    pub status: Option<String>,
    /// `image VARCHAR(100)`, at insert only.
    pub image: Option<String>,
    /// Public addresses; one of them goes into `ipv4 VARCHAR(15)`.
    pub ipv4: Vec<String>,
    /// Whether the provider told addresses at all: then no public one means that there is none.
    pub addresses_told: bool,
    /// `ipv6 VARCHAR(39)`.
    pub ipv6: Option<String>,
    /// When it was made, UTC, at insert only.
    pub created: Option<chrono::NaiveDateTime>,
    /// What is kept.
    pub observed: Value,
}

/// How many servers of a batch were what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Stored now, without an organization.
    pub added: i32,
    /// Something of them has changed.
    pub changed: i32,
    /// As they were.
    pub unchanged: i32,
    /// Gone before, and back.
    pub returned: i32,
    /// Not written.
    pub skipped: i32,
}

/// Something that a person should know of a server or a container, and that the sync did not decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncNote {
    /// The server's number at the provider.
    #[ts(type = "number")]
    pub id: i64,
    /// `deleted_here`, `of_another_account`, `not_written` or `left_out`.
    pub kind: String,
    /// The row here.
    #[serde(default)]
    pub server_id: Option<i32>,
    /// Of a container: the id that its host gave it; the number above is 0 then.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Of a container: the row here.
    #[serde(default)]
    pub container_id: Option<i32>,
    /// What was left out, in a sentence.
    #[serde(default)]
    pub text: Option<String>,
}

/// Writes a batch.
pub async fn apply_batch(
    connection: &mut PgConnection,
    sync: SyncId,
    batch: &[Told],
) -> Result<(Counts, Vec<SyncNote>), StoreError> {
    let batch = serde_json::to_value(batch).map_err(|_| StoreError::BadValue)?;
    let row = sqlx::query!(
        r#"SELECT added AS "added!", changed AS "changed!", unchanged AS "unchanged!", returned AS "returned!", notes AS "notes!"
           FROM cs_sync.apply_batch($1, $2)"#,
        sync.get(),
        batch
    )
    .fetch_one(connection)
    .await?;
    let notes = serde_json::from_value(row.notes).map_err(|_| StoreError::BadValue)?;
    let counts = Counts {
        added: row.added,
        changed: row.changed,
        unchanged: row.unchanged,
        returned: row.returned,
        skipped: 0,
    };
    Ok((counts, notes))
}

/// What the end of a sync needs to know.
#[derive(Debug)]
pub struct Finish<'a> {
    /// All numbers that the provider named.
    pub seen: &'a [i64],
    /// Those of which it says by their number that they don't exist.
    pub gone: &'a [i64],
    /// Whether a person has agreed to more than a tenth going.
    pub allow_gone: bool,
    /// Whether the list was complete.
    pub complete: bool,
    /// Sums of the batches.
    pub counts: Counts,
    /// What a person should know.
    pub notes: &'a [SyncNote],
}

/// A server that is gone at its provider.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct GoneServer {
    /// Its number at the provider.
    pub linode_id: String,
    /// The row here.
    pub server_id: Option<i32>,
    /// Its name.
    pub label: Option<String>,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// When it was last seen; its hours are parked from then on.
    #[ts(type = "string")]
    pub last_seen_at: chrono::NaiveDateTime,
}

/// Ends a sync that has written. How many are missing, and which are gone. Refused by the rule `sync_many_gone` when
/// more than a tenth would be and nobody has agreed.
pub async fn finish(
    connection: &mut PgConnection,
    sync: SyncId,
    end: &Finish<'_>,
) -> Result<(i32, Vec<GoneServer>), StoreError> {
    let texts = |ids: &[i64]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let row = sqlx::query!(
        r#"SELECT missing AS "missing!", gone AS "gone!" FROM cs_sync.finish($1, $2, $3, $4, $5, $6, $7)"#,
        sync.get(),
        &texts(end.seen),
        &texts(end.gone),
        end.allow_gone,
        end.complete,
        serde_json::to_value(end.counts).map_err(|_| StoreError::BadValue)?,
        serde_json::to_value(end.notes).map_err(|_| StoreError::BadValue)?,
    )
    .fetch_one(connection)
    .await?;
    let gone = serde_json::from_value(row.gone).map_err(|_| StoreError::BadValue)?;
    Ok((row.missing, gone))
}

/// A sync as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncRow {
    /// `provider_syncs.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// Of which account.
    pub account_id: i32,
    /// The account's name.
    pub account: String,
    /// running, completed, partial, stopped, failed or cancelled.
    pub status: String,
    /// When it began.
    #[ts(type = "Instant")]
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[ts(type = "Instant | null")]
    pub finished_at: Option<DateTime<Utc>>,
    /// Who started it; nobody means a program.
    pub started_by: Option<String>,
    /// Servers that the provider named.
    pub seen: i32,
    /// New ones.
    pub added: i32,
    /// Changed ones.
    pub changed: i32,
    /// Those as they were.
    pub unchanged: i32,
    /// Back again.
    pub returned: i32,
    /// Not seen, and not proven gone.
    pub missing: i32,
    /// Gone.
    pub gone: i32,
    /// Not written.
    pub skipped: i32,
    /// What a person should know of particular servers.
    pub notes: Vec<SyncNote>,
    /// The failure's code.
    pub error_code: Option<String>,
    /// Why it failed, in a sentence.
    pub error: Option<String>,
}

impl FromRow<'_, PgRow> for SyncRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let notes: Value = r.try_get("notes")?;
        Ok(Self {
            id: r.try_get("id")?,
            account_id: r.try_get("provider_config_id")?,
            account: r.try_get("account")?,
            status: r.try_get("status")?,
            started_at: row::instant_or_epoch(r, "started_at")?,
            finished_at: row::instant(r, "finished_at")?,
            started_by: r.try_get("started_by_name")?,
            seen: r.try_get("seen")?,
            added: r.try_get("added")?,
            changed: r.try_get("changed")?,
            unchanged: r.try_get("unchanged")?,
            returned: r.try_get("returned")?,
            missing: r.try_get("missing")?,
            gone: r.try_get("gone")?,
            skipped: r.try_get("skipped")?,
            notes: serde_json::from_value(notes).unwrap_or_default(),
            error_code: r.try_get("error_code")?,
            error: r.try_get("error")?,
        })
    }
}

const LIST: List = List {
    select: "s.id, s.provider_config_id, coalesce(a.label, 'Account ' || s.provider_config_id) AS account, s.status, s.started_at, s.finished_at,
        coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS started_by_name,
        s.seen, s.added, s.changed, s.unchanged, s.returned, s.missing, s.gone, s.skipped, s.notes, s.error_code, s.error",
    from: "provider_syncs s LEFT JOIN provider_accounts a ON a.id = s.provider_config_id LEFT JOIN users u ON u.id = s.started_by",
    condition: "true",
    id: "s.id",
    columns: &[
        column("id", "s.id", Kind::Integer),
        column("account_id", "s.provider_config_id", Kind::Integer),
        nullable("account", "a.label", Kind::Text),
        column("status", "s.status", Kind::Word),
        column("started_at", "s.started_at", Kind::Time),
        nullable("finished_at", "s.finished_at", Kind::Time),
        nullable("started_by", "u.email", Kind::Text),
        column("seen", "s.seen", Kind::Integer),
        column("added", "s.added", Kind::Integer),
        column("changed", "s.changed", Kind::Integer),
        column("gone", "s.gone", Kind::Integer),
        nullable("error_code", "s.error_code", Kind::Word),
    ],
    search: &["s.id::text", "a.label", "s.error"],
    default_sort: ("id", true),
};

/// A window of the syncs.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<SyncRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}
