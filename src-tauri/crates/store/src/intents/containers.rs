//! The same of containers.

use chrono::NaiveDateTime;
use domain::{
    ids::{ContainerId, ContainerPlanId, IntentId, OrganizationId, ProviderConfigId, UserId},
    intent::Wanted,
    money::Money,
    transaction::IdempotencyKey,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use super::Placed;
use crate::StoreError;

/// Of what an intent is: of a container that is there, or of a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerSubject {
    /// A container.
    Container(ContainerId),
    /// A new one.
    New {
        /// On which host.
        host: ProviderConfigId,
        /// Whose it becomes.
        organization: OrganizationId,
        /// On which plan.
        plan: ContainerPlanId,
    },
}

/// Writes an intent down. Sent again under its key it answers with the first.
pub async fn place(
    connection: &mut PgConnection,
    subject: ContainerSubject,
    wanted: &Wanted,
    key: &IdempotencyKey,
    acting: Option<UserId>,
) -> Result<Placed, StoreError> {
    let (host, organization, plan, container) = match subject {
        ContainerSubject::Container(id) => (None, None, None, Some(id.get())),
        ContainerSubject::New {
            host,
            organization,
            plan,
        } => (Some(host.get()), Some(organization.get()), Some(plan.get()), None),
    };
    let row = sqlx::query!(
        r#"SELECT intent AS "intent!", held AS "held!", repeated AS "repeated!" FROM cs_intents.place_container($1, $2, $3, $4, $5, $6, $7, $8)"#,
        wanted.kind().as_str(),
        host,
        organization,
        container,
        plan,
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

/// What a host says of the container that it has made. Absent is what it didn't say.
#[derive(Clone, Default, Serialize)]
pub struct Made {
    /// The id that the engine gave it.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// What it runs.
    pub image: Option<String>,
    /// Its state.
    pub status: Option<String>,
    /// When it was made, UTC.
    pub created: Option<NaiveDateTime>,
    /// As the documented column keeps it: secret.
    pub environment: Value,
}

/// Records the container of a creation: its row.
pub async fn record(connection: &mut PgConnection, intent: IntentId, made: &Made) -> Result<ContainerId, StoreError> {
    let id = sqlx::query_scalar!(
        r#"SELECT cs_intents.record_container($1, $2) AS "container!""#,
        intent.get(),
        serde_json::to_value(made).map_err(|_| StoreError::BadValue)?,
    )
    .fetch_one(connection)
    .await?;
    Ok(ContainerId::new(id))
}

/// Writes down that it is done, with the state that the container is in now.
pub async fn settle(connection: &mut PgConnection, intent: IntentId, status: Option<&str>) -> Result<(), StoreError> {
    let told = status.map_or_else(
        || serde_json::json!({}),
        |status| serde_json::json!({ "status": status }),
    );
    sqlx::query!("SELECT cs_intents.settle_container($1, $2)", intent.get(), told)
        .fetch_one(connection)
        .await?;
    Ok(())
}

/// What only an intent of a container has.
#[derive(Debug, Clone)]
pub struct OfContainer {
    /// The container, as far as there is one.
    pub container: Option<ContainerId>,
    /// The id that its host gave it.
    pub external_id: Option<String>,
    /// When it was sent, UTC.
    pub sent_at: Option<NaiveDateTime>,
}

/// What only an intent of a container has.
pub async fn of_container(connection: &mut PgConnection, id: IntentId) -> Result<OfContainer, StoreError> {
    let row = sqlx::query!(
        "SELECT i.container_id, i.host_container_id, i.sent_at FROM provider_intents i WHERE i.id = $1",
        id.get()
    )
    .fetch_one(connection)
    .await?;
    Ok(OfContainer {
        container: row.container_id.map(ContainerId::new),
        external_id: row.host_container_id,
        sent_at: row.sent_at,
    })
}

/// Creations that were given up, and whose containers a sync has found all the same.
pub async fn late(connection: &mut PgConnection) -> Result<Vec<IntentId>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT DISTINCT i.id FROM provider_intents i JOIN provider_states s
             ON s.provider_config_id = i.provider_config_id AND s.gone_at IS NULL AND NOT s.is_missing AND s.observed ->> 'key' = i.mark
           WHERE i.kind = 'create' AND i.state = 'failed' AND i.container_id IS NULL AND i.sent_at > cs_billing.clock() - interval '30 days'
           ORDER BY i.id"#
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(IntentId::new).collect())
}
