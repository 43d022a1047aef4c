//! Accounts at providers. What they are reached with is never read for a list.

use chrono::{DateTime, Utc};
use domain::{ids::ProviderConfigId, provider::AccountLabel};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;
use ts_rs::TS;

use crate::StoreError;

/// How the token of an account is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// Sealed under the newest workspace key, or under an older one that is still with it.
    Sealed,
    /// Sealed under one that was lost before the newest was made.
    SealedBefore,
    /// Written by another program, in clear text or sealed in another way.
    NotSealed,
    /// There is none.
    Missing,
}

/// How the last sync of an account ended.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LastSync {
    /// `provider_syncs.id`.
    #[ts(type = "number")]
    pub id: i64,
    /// running, completed, partial, stopped, failed or cancelled.
    pub status: String,
    /// When it began.
    #[ts(type = "Instant")]
    pub started_at: DateTime<Utc>,
    /// The failure's code.
    pub error_code: Option<String>,
    /// Why it failed, in a sentence.
    pub error: Option<String>,
}

/// How many requests a token has left.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RateRow {
    /// Of how many; `null` where the provider doesn't say.
    pub limit: Option<i32>,
    /// So many.
    pub left: i32,
    /// When there are all of them again.
    #[ts(type = "Instant | null")]
    pub resets_at: Option<DateTime<Utc>>,
    /// When the provider said so.
    #[ts(type = "Instant")]
    pub seen_at: DateTime<Utc>,
}

/// An account as the window shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AccountRow {
    /// `provider_configs.id`.
    pub id: i32,
    /// linode, or what another program wrote.
    pub provider: String,
    /// Its name here.
    pub label: String,
    /// Where it is reached; `null` is the provider's public address.
    pub endpoint: Option<String>,
    /// Whether it is read.
    pub is_active: bool,
    /// How its token is kept.
    pub token: TokenState,
    /// Whose token it is at the provider.
    pub username: Option<String>,
    /// What the token may do, if the provider said so.
    pub scopes: Option<String>,
    /// When the token was last checked.
    #[ts(type = "Instant | null")]
    pub token_checked_at: Option<DateTime<Utc>>,
    /// When its servers were last read.
    #[ts(type = "Instant | null")]
    pub observed_at: Option<DateTime<Utc>>,
    /// How the last sync ended.
    pub last_sync: Option<LastSync>,
    /// When a sync was last written.
    #[ts(type = "Instant | null")]
    pub last_success_at: Option<DateTime<Utc>>,
    /// The last sync that wrote nothing, and why.
    pub last_failure: Option<LastSync>,
    /// How many requests the token has left, as the provider last said.
    pub rate: Option<RateRow>,
    /// What the token may not do and this program does, where the provider says what it may.
    pub missing_scopes: Vec<String>,
    /// Servers of this account that are not deleted.
    #[ts(type = "number")]
    pub servers: i64,
    /// Of those, the ones that belong to nobody.
    #[ts(type = "number")]
    pub unassigned: i64,
    /// Of those, the ones that the last sync didn't see.
    #[ts(type = "number")]
    pub missing: i64,
    /// Of those, the ones that are gone at the provider.
    #[ts(type = "number")]
    pub gone: i64,
    /// The regions that are sold; empty is all of them.
    pub regions_on_sale: Vec<String>,
    /// When the account's row was last changed; sent back with a change of it.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
}

/// All accounts, with how they are.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<AccountRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id, p.provider_name, coalesce(a.label, initcap(left(p.provider_name, 80)) || ' ' || p.id) AS "label!", p.api_endpoint,
             p.is_active IS NOT FALSE AS "is_active!", a.username AS "username?", a.scopes AS "scopes?", a.token_checked_at AS "token_checked_at?",
             a.observed_at AS "observed_at?",
             CASE WHEN p.credentials IS NULL OR p.credentials IN ('{}', '[]', 'null', '""') THEN 'missing'
               WHEN p.credentials ->> 'sealed' !~ '^cs1\.[1-9][0-9]{0,5}\.' OR p.credentials ->> 'sealed' IS NULL THEN 'not_sealed'
               WHEN split_part(p.credentials ->> 'sealed', '.', 2)::integer >= k.version THEN 'sealed' ELSE 'sealed_before' END AS "token!",
             s.id AS "sync_id?", s.status AS "sync_status?", s.started_at AS "sync_started_at?", s.error_code AS "sync_error_code?", s.error AS "sync_error?",
             (SELECT max(x.finished_at) FROM provider_syncs x WHERE x.provider_config_id = p.id AND x.status IN ('completed', 'partial')) AS last_success_at,
             f.id AS "failure_id?", f.status AS "failure_status?", f.started_at AS "failure_at?", f.error_code AS "failure_code?", f.error AS "failure?",
             a.rate_limit AS "rate_limit?", a.rate_left AS "rate_left?", a.rate_resets_at AS "rate_resets_at?", a.rate_seen_at AS "rate_seen_at?",
             coalesce(n.servers, 0) AS "servers!", coalesce(n.unassigned, 0) AS "unassigned!", coalesce(n.missing, 0) AS "missing!", coalesce(n.gone, 0) AS "gone!",
             coalesce(cs_sync.regions_on_sale(p.settings), '{}') AS "regions_on_sale!", coalesce(p.updated_at, 'epoch') AS "updated_at!"
           FROM provider_configs p
           LEFT JOIN provider_accounts a ON a.id = p.id
           LEFT JOIN LATERAL (SELECT x.* FROM provider_syncs x WHERE x.provider_config_id = p.id ORDER BY x.id DESC LIMIT 1) s ON true
           LEFT JOIN LATERAL (SELECT x.* FROM provider_syncs x WHERE x.provider_config_id = p.id AND x.status IN ('failed', 'stopped')
             ORDER BY x.id DESC LIMIT 1) f ON true
           LEFT JOIN (
             SELECT v.provider_config_id, count(*) AS servers, count(*) FILTER (WHERE v.organization_id IS NULL) AS unassigned,
               count(*) FILTER (WHERE t.is_missing AND t.gone_at IS NULL) AS missing, count(*) FILTER (WHERE t.gone_at IS NOT NULL) AS gone
             FROM vps_instances v LEFT JOIN provider_states t ON t.server_id = v.id
             WHERE v.deleted_at IS NULL AND v.provider_config_id IS NOT NULL GROUP BY 1
           ) n ON n.provider_config_id = p.id
           -- Keys that came beside an older one leave what that has sealed readable; one that came in place of a lost one doesn't.
           CROSS JOIN (SELECT coalesce(max(r.version), 0) AS version FROM cs_auth.workspace_key_ring() r WHERE r.wrapped IS NULL AND r.lost IS NULL) AS k
           ORDER BY p.is_active IS NOT FALSE DESC, 3, p.id LIMIT 500"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| AccountRow {
            id: row.id,
            provider: row.provider_name,
            label: row.label,
            endpoint: row.api_endpoint,
            is_active: row.is_active,
            token: match row.token.as_str() {
                "sealed" => TokenState::Sealed,
                "sealed_before" => TokenState::SealedBefore,
                "missing" => TokenState::Missing,
                _ => TokenState::NotSealed,
            },
            username: row.username,
            scopes: row.scopes,
            token_checked_at: row.token_checked_at.map(|at| at.and_utc()),
            observed_at: row.observed_at.map(|at| at.and_utc()),
            last_sync: row
                .sync_id
                .zip(row.sync_status)
                .zip(row.sync_started_at)
                .map(|((id, status), started_at)| LastSync {
                    id,
                    status,
                    started_at: started_at.and_utc(),
                    error_code: row.sync_error_code,
                    error: row.sync_error,
                }),
            last_success_at: row.last_success_at.map(|at| at.and_utc()),
            last_failure: row.failure_id.zip(row.failure_status).zip(row.failure_at).map(
                |((id, status), started_at)| LastSync {
                    id,
                    status,
                    started_at: started_at.and_utc(),
                    error_code: row.failure_code,
                    error: row.failure,
                },
            ),
            rate: row.rate_left.zip(row.rate_seen_at).map(|(left, seen_at)| RateRow {
                limit: row.rate_limit,
                left,
                resets_at: row.rate_resets_at.map(|at| at.and_utc()),
                seen_at: seen_at.and_utc(),
            }),
            missing_scopes: Vec::new(),
            servers: row.servers,
            unassigned: row.unassigned,
            missing: row.missing,
            gone: row.gone,
            regions_on_sale: row.regions_on_sale,
            updated_at: row.updated_at.and_utc(),
        })
        .collect())
}

/// What an account is reached with. `sealed` is the sealed token; anything else that another program wrote is
/// [`Credentials::NotSealed`], and stays in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A token that this program has sealed.
    Sealed(String),
    /// Something else.
    NotSealed,
    /// Nothing.
    Missing,
}

/// An account as a sync needs it.
#[derive(Debug, Clone)]
pub struct Account {
    /// `provider_configs.id`.
    pub id: ProviderConfigId,
    /// linode, or what another program wrote.
    pub provider: String,
    /// Its name here.
    pub label: String,
    /// Where it is reached.
    pub endpoint: Option<String>,
    /// Whether it is read.
    pub is_active: bool,
    /// What it is reached with.
    pub credentials: Credentials,
}

/// One account.
pub async fn get(connection: &mut PgConnection, id: ProviderConfigId) -> Result<Account, StoreError> {
    let row = sqlx::query!(
        r#"SELECT p.id, p.provider_name, coalesce(a.label, initcap(left(p.provider_name, 80)) || ' ' || p.id) AS "label!", p.api_endpoint,
             p.is_active IS NOT FALSE AS "is_active!", CASE WHEN p.credentials ->> 'sealed' LIKE 'cs1.%' THEN p.credentials ->> 'sealed' END AS sealed,
             p.credentials IS NULL OR p.credentials IN ('{}', '[]', 'null', '""') AS "is_missing!"
           FROM provider_configs p LEFT JOIN provider_accounts a ON a.id = p.id WHERE p.id = $1"#,
        id.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)?;
    Ok(Account {
        id: ProviderConfigId::new(row.id),
        provider: row.provider_name,
        label: row.label,
        endpoint: row.api_endpoint,
        is_active: row.is_active,
        credentials: match row.sealed {
            Some(sealed) => Credentials::Sealed(sealed),
            None if row.is_missing => Credentials::Missing,
            None => Credentials::NotSealed,
        },
    })
}

/// What a token turned out to be when it was checked.
#[derive(Debug, Clone)]
pub struct Checked<'a> {
    /// Whose it is at the provider.
    pub username: &'a str,
    /// What it may do, if the provider says so.
    pub scopes: Option<&'a str>,
}

/// Makes an account without a token; the caller seals that for the row and gives it to [`set_token`].
pub async fn create(
    connection: &mut PgConnection,
    provider: &str,
    label: &AccountLabel,
    endpoint: Option<&str>,
) -> Result<ProviderConfigId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO provider_configs (id, provider_name, api_endpoint) VALUES (NULL, $1, $2) RETURNING id",
        provider,
        endpoint
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO provider_accounts (id, label) VALUES ($1, $2)",
        id,
        label.as_str()
    )
    .execute(connection)
    .await?;
    Ok(ProviderConfigId::new(id))
}

/// Keeps a sealed token in place of whatever was there, and what its check said.
pub async fn set_token(
    connection: &mut PgConnection,
    account: &Account,
    sealed: &str,
    checked: &Checked<'_>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE provider_configs SET credentials = jsonb_build_object('sealed', $2::text) WHERE id = $1",
        account.id.get(),
        sealed
    )
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    note_check(connection, account, checked).await
}

/// What the provider said is left of a token's requests.
#[derive(Debug, Clone, Copy)]
pub struct RateTold {
    /// Of how many.
    pub limit: Option<i32>,
    /// So many.
    pub left: i32,
    /// When there are all of them again.
    pub resets_at: Option<DateTime<Utc>>,
}

/// Keeps it beside the account.
pub async fn note_rate(connection: &mut PgConnection, id: ProviderConfigId, rate: &RateTold) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE provider_accounts SET rate_limit = $2, rate_left = $3, rate_resets_at = $4, rate_seen_at = timezone('UTC', now()) WHERE id = $1",
        id.get(),
        rate.limit,
        rate.left,
        rate.resets_at.map(|at| at.naive_utc())
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps what a check of the token said that an account has.
pub async fn note_check(
    connection: &mut PgConnection,
    account: &Account,
    checked: &Checked<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO provider_accounts (id, label, username, scopes, token_checked_at) VALUES ($1, left($2, 100), left($3, 255), $4, timezone('UTC', now()))
         ON CONFLICT (id) DO UPDATE SET username = EXCLUDED.username, scopes = EXCLUDED.scopes, token_checked_at = EXCLUDED.token_checked_at",
        account.id.get(),
        account.label,
        checked.username,
        checked.scopes
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives an account another name.
pub async fn rename(
    connection: &mut PgConnection,
    id: ProviderConfigId,
    label: &AccountLabel,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "INSERT INTO provider_accounts (id, label) SELECT p.id, $2 FROM provider_configs p WHERE p.id = $1
         ON CONFLICT (id) DO UPDATE SET label = EXCLUDED.label",
        id.get(),
        label.as_str()
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

/// Switches an account on or off.
pub async fn set_active(connection: &mut PgConnection, id: ProviderConfigId, active: bool) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE provider_configs SET is_active = $2 WHERE id = $1",
        id.get(),
        active
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

/// The settings of an account, in whatever shape; they stay as they are until the transaction ends.
pub async fn settings(connection: &mut PgConnection, id: ProviderConfigId) -> Result<Option<Value>, StoreError> {
    sqlx::query_scalar!(
        "SELECT settings FROM provider_configs WHERE id = $1 FOR NO KEY UPDATE",
        id.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)
}

/// Writes the settings of an account that nobody has changed since it was seen.
pub async fn set_settings(
    connection: &mut PgConnection,
    id: ProviderConfigId,
    settings: &Value,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE provider_configs SET settings = $3
         WHERE id = $1 AND date_trunc('milliseconds', coalesce(updated_at, 'epoch')) = date_trunc('milliseconds', $2::timestamp)",
        id.get(),
        seen.naive_utc(),
        settings
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}
