//! The business's networking: what addresses are called, and what other programs keep beside that.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use domain::{
    ids::NetworkingConfigId,
    networking::{NetworkConfig, NetworkKind, RdnsBase},
    role::Action,
};
use serde::Serialize;
use serde_json::Value;
use store::networking::{self, StoredNetwork};
use ts_rs::TS;

use crate::{AppError, session::Session};

/// A row of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NetworkRow {
    /// `networking_config.id`.
    pub id: i32,
    /// What it is about: `rdns`, or another program's word.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is kept, as JSON.
    pub config: String,
    /// The domain of reverse names, of a row that has one.
    pub rdns_base: Option<String>,
    /// Whether it counts.
    pub is_active: bool,
    /// When it was last changed; sent back with a change.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
}

fn base_of(row: &StoredNetwork) -> Option<RdnsBase> {
    let kind = NetworkKind::parse(&row.kind).ok()?;
    NetworkConfig::read(&row.config).filter(|_| kind.is_rdns())?.base()
}

impl From<StoredNetwork> for NetworkRow {
    fn from(row: StoredNetwork) -> Self {
        // A text that holds an object is shown as that object.
        let config = NetworkConfig::read(&row.config).map_or_else(|| row.config.clone(), NetworkConfig::value);
        Self {
            rdns_base: base_of(&row).map(|base| base.as_str().to_owned()),
            id: row.id,
            kind: row.kind,
            config: serde_json::to_string_pretty(&config).unwrap_or_default(),
            is_active: row.is_active,
            updated_at: row.updated_at,
        }
    }
}

/// All rows, by type.
pub async fn list(session: &Session) -> Result<Vec<NetworkRow>, AppError> {
    let rows = networking::list(&mut *session.read().await?).await?;
    Ok(rows.into_iter().map(NetworkRow::from).collect())
}

/// The domain under which new servers' addresses get their names: the newest active one.
pub async fn rdns_base(session: &Session) -> Result<Option<RdnsBase>, AppError> {
    let rows = networking::list(&mut *session.read().await?).await?;
    Ok(rows.iter().filter(|row| row.is_active).find_map(base_of))
}

/// What an address is called where nobody has chosen another name.
pub async fn name_of(session: &Session, address: IpAddr) -> Result<Option<String>, AppError> {
    Ok(rdns_base(session).await?.map(|base| base.name_of(address)))
}

/// Adds a row.
pub async fn create(
    session: &Session,
    kind: &NetworkKind,
    config: NetworkConfig,
    active: bool,
) -> Result<NetworkingConfigId, AppError> {
    session.may(Action::EditNetworking)?;
    let mut transaction = session.write().await?;
    let id = networking::create(&mut transaction, kind, &config.value(), active).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Changes a row, unless somebody has changed it since the person saw it.
pub async fn edit(
    session: &Session,
    id: NetworkingConfigId,
    config: NetworkConfig,
    active: bool,
    seen: DateTime<Utc>,
) -> Result<(), AppError> {
    session.may(Action::EditNetworking)?;
    let mut transaction = session.write().await?;
    networking::edit(&mut transaction, id, &config.value(), active, seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// Removes a row.
pub async fn remove(session: &Session, id: NetworkingConfigId, seen: DateTime<Utc>) -> Result<(), AppError> {
    session.may(Action::EditNetworking)?;
    let mut transaction = session.write().await?;
    networking::remove(&mut transaction, id, seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// A row's configuration with another domain of reverse names; what else is there stays.
pub fn with_base(row: Option<&NetworkRow>, base: &RdnsBase) -> Result<NetworkConfig, AppError> {
    let stored: Value = row
        .map_or(Ok(Value::Null), |row| serde_json::from_str(&row.config))
        .unwrap_or_default();
    let config = NetworkConfig::read(&stored).ok_or_else(|| {
        AppError::invalid(
            "config",
            "Another program has written something here that can't be read; nothing is added to it.",
        )
    })?;
    Ok(config.with_base(base))
}
