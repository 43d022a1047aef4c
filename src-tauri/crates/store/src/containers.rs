//! Containers. Of their environment only names are read out of a row; values never leave this room.

use chrono::{DateTime, Utc};
use domain::{
    container::{
        Binding as Bound, ContainerName, ContainerStatus, Environment, HostContainerId, ImageName, ports, volumes,
    },
    ids::{ContainerId, ProviderConfigId},
    money::Rate,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
    servers::Presence,
};

/// A port or a path inside a container, and what it is outside.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Binding {
    /// Inside: `80/tcp`, `/data`.
    pub inside: String,
    /// Outside: a port of the host, a path of the host.
    pub outside: Option<String>,
    /// `inside` is as it was written, and nobody can say which side is which.
    pub as_written: bool,
}

impl From<Bound> for Binding {
    fn from(bound: Bound) -> Self {
        Self {
            inside: bound.inside,
            outside: bound.outside,
            as_written: bound.as_written,
        }
    }
}

/// A container as lists show it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ContainerRow {
    /// `containers.id`.
    pub id: i32,
    /// The id that its host gave it.
    pub container_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What it runs.
    pub image: Option<String>,
    /// Whose it is; `null` while nobody has assigned it.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// Whether it is somebody's.
    pub assigned: bool,
    /// Its plan.
    pub plan_id: Option<i32>,
    /// The plan's name.
    pub plan: Option<String>,
    /// What an hour costs now.
    #[ts(type = "Rate | null")]
    pub hourly_rate: Option<Rate>,
    /// The host's word for its state; an open set.
    pub status: Option<String>,
    /// Its published ports.
    pub ports: Vec<Binding>,
    /// Its volumes.
    pub volumes: Vec<Binding>,
    /// The names of its environment; values don't cross.
    pub environment: Vec<String>,
    /// Entries of its environment that are no variable, and aren't shown.
    #[ts(type = "number")]
    pub environment_unreadable: usize,
    /// When it was created.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// Up to when it has been charged.
    #[ts(type = "Instant | null")]
    pub last_billed_at: Option<DateTime<Utc>>,
    /// The host on which it is.
    pub host_id: Option<i32>,
    /// The host's name.
    pub host: Option<String>,
    /// Whether its host still has it.
    pub presence: Presence,
    /// What its own check says: healthy, unhealthy, starting; `null` where it has none.
    pub health: Option<String>,
    /// When the host last said so.
    #[ts(type = "Instant | null")]
    pub seen_at: Option<DateTime<Utc>>,
}

impl FromRow<'_, PgRow> for ContainerRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let json = |name: &str| r.try_get::<Option<Value>, _>(name);
        let bindings = |bound: Vec<Bound>| bound.into_iter().map(Binding::from).collect();
        let environment = Environment::read(json("environment")?.as_ref());
        Ok(Self {
            id: r.try_get("id")?,
            container_id: r.try_get("container_id")?,
            name: r.try_get("name")?,
            image: r.try_get("image")?,
            organization_id: r.try_get("organization_id")?,
            organization: r.try_get("organization")?,
            assigned: r.try_get("assigned")?,
            plan_id: r.try_get("plan_id")?,
            plan: r.try_get("plan")?,
            hourly_rate: row::rate(r, "hourly_rate")?,
            status: r.try_get("status")?,
            ports: bindings(ports(json("ports")?.as_ref())),
            volumes: bindings(volumes(json("volumes")?.as_ref())),
            environment: environment.names,
            environment_unreadable: environment.unreadable,
            created_at: row::instant(r, "created_at")?,
            last_billed_at: row::instant(r, "last_billed_at")?,
            host_id: r.try_get("provider_config_id")?,
            host: r.try_get("host")?,
            presence: Presence::read(r.try_get("presence")?),
            health: r.try_get("health")?,
            seen_at: row::instant(r, "seen_at")?,
        })
    }
}

const PRESENCE: &str = "CASE WHEN s.id IS NULL THEN 'unknown' WHEN s.gone_at IS NOT NULL THEN 'gone' WHEN s.is_missing THEN 'missing' ELSE 'present' END";

const LIST: List = List {
    select: "c.id, c.container_id, c.name, c.image, c.organization_id, o.name AS organization, c.organization_id IS NOT NULL AS assigned,
        c.plan_id, p.name AS plan, p.hourly_rate, c.status, c.ports, c.volumes, c.environment, c.created_at, c.last_billed_at,
        c.provider_config_id, a.label AS host, CASE WHEN s.id IS NULL THEN 'unknown' WHEN s.gone_at IS NOT NULL THEN 'gone' WHEN s.is_missing THEN 'missing' ELSE 'present' END AS presence,
        s.observed ->> 'health' AS health, CASE WHEN s.is_missing THEN s.last_seen_at ELSE greatest(s.last_seen_at, a.observed_at) END AS seen_at",
    from: "containers c LEFT JOIN organizations o ON o.id = c.organization_id LEFT JOIN container_plans p ON p.id = c.plan_id
        LEFT JOIN provider_states s ON s.container_id = c.id LEFT JOIN provider_accounts a ON a.id = c.provider_config_id",
    condition: "c.deleted_at IS NULL",
    id: "c.id",
    columns: &[
        column("id", "c.id", Kind::Integer),
        nullable("container_id", "c.container_id", Kind::Text),
        nullable("name", "c.name", Kind::Text),
        nullable("image", "c.image", Kind::Text),
        nullable("organization", "o.name", Kind::Text),
        nullable("organization_id", "c.organization_id", Kind::Integer),
        column("assigned", "(c.organization_id IS NOT NULL)", Kind::Flag),
        nullable("plan", "p.name", Kind::Text),
        nullable("plan_id", "c.plan_id", Kind::Integer),
        nullable("hourly_rate", "p.hourly_rate", Kind::Decimal),
        nullable("status", "c.status", Kind::Word),
        nullable("created_at", "c.created_at", Kind::Time),
        nullable("last_billed_at", "c.last_billed_at", Kind::Time),
        nullable("host_id", "c.provider_config_id", Kind::Integer),
        nullable("host", "a.label", Kind::Text),
        column("presence", PRESENCE, Kind::Word),
    ],
    search: &["c.name", "c.image", "c.container_id", "o.name"],
    default_sort: ("name", false),
};

/// A window of the containers that are not deleted.
pub async fn list(connection: &mut PgConnection, request: &ListRequest) -> Result<Page<ContainerRow>, StoreError> {
    LIST.page(connection, request, |_| ()).await
}

/// One container that is not deleted.
pub async fn get(connection: &mut PgConnection, id: ContainerId) -> Result<ContainerRow, StoreError> {
    let page = list(connection, &ListRequest::first(1).with("id", FilterOp::Is, &id)).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// Where a container is: on which host, and under which id there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The host.
    pub host: ProviderConfigId,
    /// The id that the host's engine gave it, or the beginning that a person has written.
    pub external_id: String,
}

/// Where a container is. One of which nobody knows the host is refused by the rule `intent_container_without_host`.
pub async fn place(connection: &mut PgConnection, id: ContainerId) -> Result<Place, StoreError> {
    let row = sqlx::query!(
        "SELECT provider_config_id, container_id FROM containers WHERE id = $1 AND deleted_at IS NULL",
        id.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)?;
    match row.provider_config_id.zip(row.container_id) {
        Some((host, external_id)) => Ok(Place {
            host: ProviderConfigId::new(host),
            external_id,
        }),
        None => Err(StoreError::Rule("intent_container_without_host".to_owned())),
    }
}

/// A container that was found or made on a host.
#[derive(Clone)]
pub struct NewContainer {
    /// The id that its host gave it.
    pub container_id: HostContainerId,
    /// Its name.
    pub name: ContainerName,
    /// What it runs.
    pub image: ImageName,
    /// The host's word for its state.
    pub status: ContainerStatus,
    /// As `domain::container::write_ports` makes it.
    pub ports: Value,
    /// As `domain::container::write_environment` makes it: secret.
    pub environment: Value,
    /// As `domain::container::write_volumes` makes it.
    pub volumes: Value,
}

/// Records it, nobody's yet. An id of a host that is known already is a [`StoreError::Duplicate`].
pub async fn record(connection: &mut PgConnection, new: &NewContainer) -> Result<ContainerId, StoreError> {
    // The id is NULL: the database numbers the row.
    let id = sqlx::query_scalar!(
        "INSERT INTO containers (id, container_id, name, image, status, ports, environment, volumes)
         VALUES (NULL, $1, $2, $3, $4, $5, $6, $7) RETURNING id",
        new.container_id.as_str(),
        new.name.as_str(),
        new.image.as_str(),
        new.status.as_str(),
        new.ports,
        new.environment,
        new.volumes,
    )
    .fetch_one(connection)
    .await?;
    Ok(ContainerId::new(id))
}

/// The containers of a name or a host's id, at most two: one is an answer, two are a question.
pub async fn of_name(connection: &mut PgConnection, name: &str) -> Result<Vec<ContainerId>, StoreError> {
    let rows = sqlx::query_scalar!(
        "SELECT id FROM containers WHERE (name = $1 OR container_id = $1) AND deleted_at IS NULL ORDER BY id LIMIT 2",
        name
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ContainerId::new).collect())
}
