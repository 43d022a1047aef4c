//! Docker hosts: accounts whose containers are read. What they are reached with is never read for a list.

use chrono::{DateTime, Utc};
use domain::{ids::ProviderConfigId, provider::AccountLabel};
use serde::Serialize;
use sqlx::PgConnection;
use ts_rs::TS;

use crate::{
    StoreError,
    providers::{LastSync, TokenState},
};

/// What a host's engine says of itself and of its computer. What it doesn't say is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Engine {
    /// What it is by its own account; it stays when the address changes.
    pub engine_id: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The version of its interface.
    pub api_version: Option<String>,
    /// The name of its computer.
    pub computer: Option<String>,
    /// The operating system, in words.
    pub system: Option<String>,
    /// `x86_64`, `aarch64`, …
    pub architecture: Option<String>,
    /// How layers are stored: not every way can limit a container's disk.
    pub storage_driver: Option<String>,
    /// Processor cores.
    pub cpus: Option<i32>,
    /// Memory, in bytes.
    #[ts(type = "number | null")]
    pub memory_bytes: Option<i64>,
    /// Whether it can limit a container's memory.
    pub limits_memory: Option<bool>,
    /// Whether it can limit a container's share of the processor.
    pub limits_cpu: Option<bool>,
    /// What it warns of.
    pub warnings: Vec<String>,
}

/// A host as the window shows it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HostRow {
    /// `provider_configs.id`.
    pub id: i32,
    /// Its name here.
    pub label: String,
    /// Where its engine is: `unix://…`, `tcp://…` or `ssh://…`.
    pub endpoint: Option<String>,
    /// Whether it is read.
    pub is_active: bool,
    /// How the papers for its encrypted port are kept; the other ways need none.
    pub papers: TokenState,
    /// What its engine said when it was last asked.
    pub engine: Engine,
    /// When that was.
    #[ts(type = "Instant | null")]
    pub checked_at: Option<DateTime<Utc>>,
    /// When its containers were last read.
    #[ts(type = "Instant | null")]
    pub observed_at: Option<DateTime<Utc>>,
    /// How the last sync ended.
    pub last_sync: Option<LastSync>,
    /// Containers of this host that are not deleted.
    #[ts(type = "number")]
    pub containers: i64,
    /// Of those, the ones that run.
    #[ts(type = "number")]
    pub running: i64,
    /// Of those, the ones that belong to nobody.
    #[ts(type = "number")]
    pub unassigned: i64,
    /// Of those, the ones that the last sync didn't see.
    #[ts(type = "number")]
    pub missing: i64,
    /// Of those, the ones that are gone from the host.
    #[ts(type = "number")]
    pub gone: i64,
}

/// All hosts, with how they are.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<HostRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT p.id, coalesce(a.label, 'Docker ' || p.id) AS "label!", p.api_endpoint, p.is_active IS NOT FALSE AS "is_active!",
             a.observed_at AS "observed_at?",
             CASE WHEN p.credentials IS NULL OR p.credentials IN ('{}', '[]', 'null', '""') THEN 'missing'
               WHEN p.credentials ->> 'sealed' !~ '^cs1\.[1-9][0-9]{0,5}\.' OR p.credentials ->> 'sealed' IS NULL THEN 'not_sealed'
               WHEN split_part(p.credentials ->> 'sealed', '.', 2)::integer >= k.version THEN 'sealed' ELSE 'sealed_before' END AS "papers!",
             h.engine_id AS "engine_id?", h.engine_version AS "engine_version?", h.api_version AS "api_version?", h.computer AS "computer?",
             h.system AS "system?", h.architecture AS "architecture?", h.storage_driver AS "storage_driver?", h.cpus AS "cpus?",
             h.memory_bytes AS "memory_bytes?", h.limits_memory AS "limits_memory?", h.limits_cpu AS "limits_cpu?", h.warnings AS "warnings?",
             h.checked_at AS "checked_at?",
             s.id AS "sync_id?", s.status AS "sync_status?", s.started_at AS "sync_started_at?", s.error_code AS "sync_error_code?", s.error AS "sync_error?",
             coalesce(n.containers, 0) AS "containers!", coalesce(n.running, 0) AS "running!", coalesce(n.unassigned, 0) AS "unassigned!",
             coalesce(n.missing, 0) AS "missing!", coalesce(n.gone, 0) AS "gone!"
           FROM provider_configs p
           LEFT JOIN provider_accounts a ON a.id = p.id
           LEFT JOIN docker_hosts h ON h.id = p.id
           LEFT JOIN LATERAL (SELECT x.* FROM provider_syncs x WHERE x.provider_config_id = p.id ORDER BY x.id DESC LIMIT 1) s ON true
           LEFT JOIN (
             SELECT c.provider_config_id, count(*) AS containers, count(*) FILTER (WHERE c.status = 'running' AND t.gone_at IS NULL) AS running,
               count(*) FILTER (WHERE c.organization_id IS NULL) AS unassigned,
               count(*) FILTER (WHERE t.is_missing AND t.gone_at IS NULL) AS missing, count(*) FILTER (WHERE t.gone_at IS NOT NULL) AS gone
             FROM containers c LEFT JOIN provider_states t ON t.container_id = c.id
             WHERE c.deleted_at IS NULL AND c.provider_config_id IS NOT NULL GROUP BY 1
           ) n ON n.provider_config_id = p.id
           CROSS JOIN (SELECT coalesce(max(r.version), 0) AS version FROM cs_auth.workspace_key_ring() r WHERE r.wrapped IS NULL AND r.lost IS NULL) AS k
           WHERE lower(p.provider_name) = 'docker'
           ORDER BY p.is_active IS NOT FALSE DESC, 2, p.id LIMIT 500"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| HostRow {
            id: row.id,
            label: row.label,
            endpoint: row.api_endpoint,
            is_active: row.is_active,
            papers: TokenState::of(&row.papers),
            engine: Engine {
                engine_id: row.engine_id,
                version: row.engine_version,
                api_version: row.api_version,
                computer: row.computer,
                system: row.system,
                architecture: row.architecture,
                storage_driver: row.storage_driver,
                cpus: row.cpus,
                memory_bytes: row.memory_bytes,
                limits_memory: row.limits_memory,
                limits_cpu: row.limits_cpu,
                warnings: row
                    .warnings
                    .and_then(|list| serde_json::from_value(list).ok())
                    .unwrap_or_default(),
            },
            checked_at: row.checked_at.map(|at| at.and_utc()),
            observed_at: row.observed_at.map(|at| at.and_utc()),
            last_sync: LastSync::of(
                row.sync_id,
                row.sync_status,
                row.sync_started_at,
                row.sync_error_code,
                row.sync_error,
            ),
            containers: row.containers,
            running: row.running,
            unassigned: row.unassigned,
            missing: row.missing,
            gone: row.gone,
        })
        .collect())
}

/// Makes a host without papers; the caller seals those for the row.
pub async fn create(
    connection: &mut PgConnection,
    label: &AccountLabel,
    endpoint: &str,
) -> Result<ProviderConfigId, StoreError> {
    crate::providers::create(connection, "docker", label, Some(endpoint)).await
}

/// Keeps sealed papers, or none, in place of whatever was there.
pub async fn set_papers(
    connection: &mut PgConnection,
    id: ProviderConfigId,
    sealed: Option<&str>,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE provider_configs SET credentials = CASE WHEN $2::text IS NOT NULL THEN jsonb_build_object('sealed', $2::text) END WHERE id = $1",
        id.get(),
        sealed
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

/// Another address.
pub async fn set_endpoint(
    connection: &mut PgConnection,
    id: ProviderConfigId,
    endpoint: &str,
) -> Result<(), StoreError> {
    let done = sqlx::query!(
        "UPDATE provider_configs SET api_endpoint = $2 WHERE id = $1",
        id.get(),
        endpoint
    )
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}

/// Keeps what an engine says of itself. What is as it was moves only the time, and that at most once a minute.
pub async fn keep_engine(
    connection: &mut PgConnection,
    id: ProviderConfigId,
    engine: &Engine,
) -> Result<(), StoreError> {
    let warnings = serde_json::to_value(&engine.warnings).map_err(|_| StoreError::BadValue)?;
    sqlx::query!(
        "INSERT INTO docker_hosts AS h (id, engine_id, engine_version, api_version, computer, system, architecture, storage_driver, cpus, memory_bytes,
           limits_memory, limits_cpu, warnings, checked_at)
         VALUES ($1, left($2, 255), left($3, 100), left($4, 50), left($5, 255), left($6, 255), left($7, 50), left($8, 50), $9, $10, $11, $12, $13,
           timezone('UTC', now()))
         ON CONFLICT (id) DO UPDATE SET engine_id = EXCLUDED.engine_id, engine_version = EXCLUDED.engine_version, api_version = EXCLUDED.api_version,
           computer = EXCLUDED.computer, system = EXCLUDED.system, architecture = EXCLUDED.architecture, storage_driver = EXCLUDED.storage_driver,
           cpus = EXCLUDED.cpus, memory_bytes = EXCLUDED.memory_bytes, limits_memory = EXCLUDED.limits_memory, limits_cpu = EXCLUDED.limits_cpu,
           warnings = EXCLUDED.warnings, checked_at = EXCLUDED.checked_at
         WHERE h.checked_at IS NULL OR h.checked_at < EXCLUDED.checked_at - interval '1 minute'
           OR (h.engine_id, h.engine_version, h.api_version, h.computer, h.system, h.architecture, h.storage_driver, h.cpus, h.memory_bytes, h.limits_memory,
             h.limits_cpu, h.warnings) IS DISTINCT FROM (EXCLUDED.engine_id, EXCLUDED.engine_version, EXCLUDED.api_version, EXCLUDED.computer, EXCLUDED.system,
             EXCLUDED.architecture, EXCLUDED.storage_driver, EXCLUDED.cpus, EXCLUDED.memory_bytes, EXCLUDED.limits_memory, EXCLUDED.limits_cpu, EXCLUDED.warnings)",
        id.get(),
        engine.engine_id,
        engine.version,
        engine.api_version,
        engine.computer,
        engine.system,
        engine.architecture,
        engine.storage_driver,
        engine.cpus,
        engine.memory_bytes,
        engine.limits_memory,
        engine.limits_cpu,
        warnings,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The id of the engine that a host's containers were read from, if any were.
pub async fn engine_id(connection: &mut PgConnection, id: ProviderConfigId) -> Result<Option<String>, StoreError> {
    let found = sqlx::query_scalar!("SELECT engine_id FROM docker_hosts WHERE id = $1", id.get())
        .fetch_optional(connection)
        .await?;
    Ok(found.flatten())
}

/// The hosts that are read.
pub async fn active(connection: &mut PgConnection) -> Result<Vec<ProviderConfigId>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT p.id FROM provider_configs p WHERE lower(p.provider_name) = 'docker' AND p.is_active IS NOT FALSE ORDER BY p.id LIMIT 500"
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(ProviderConfigId::new).collect())
}
