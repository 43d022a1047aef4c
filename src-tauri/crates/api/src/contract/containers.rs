//! Docker hosts and their containers. Papers and environments come in and never go out.

use std::collections::BTreeMap;

use app::views::{ContainerRow, Engine, PlanRow};
use chrono::{DateTime, Utc};
use domain::money::Money;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// What an encrypted port asks of both sides, as PEM; empty is none.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct PapersRequest {
    /// The authority that signed the host's certificate; empty: those that this computer trusts.
    pub authority: String,
    /// Our certificate.
    pub certificate: String,
    /// Its key.
    #[ts(type = "string")]
    pub key: SecretString,
}

/// A new host.
#[derive(Debug, Deserialize, TS)]
pub struct CreateHostRequest {
    /// Its name here.
    pub label: String,
    /// `unix://…`, `tcp://…` or `ssh://…`.
    pub endpoint: String,
    /// For `tcp://`.
    pub papers: PapersRequest,
}

/// Another address of a host, or other papers.
#[derive(Debug, Deserialize, TS)]
pub struct ReplaceHostRequest {
    /// Which host.
    pub id: i32,
    /// Where it is; empty leaves that as it is.
    pub endpoint: String,
    /// In place of those that it has.
    pub papers: PapersRequest,
}

/// A host that shall be asked what it is.
#[derive(Debug, Deserialize, TS)]
pub struct CheckHostRequest {
    /// Which host.
    pub id: i32,
    /// Whether another engine than before may have taken its place.
    pub accept_other: bool,
}

/// A host that was asked.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HostChecked {
    /// Which.
    pub id: i32,
    /// What its engine says of itself.
    pub engine: Engine,
}

/// One host.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct HostRequest {
    /// `provider_configs.id`.
    pub id: i32,
}

/// An image that a host has.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ImageRow {
    /// Its name with a tag.
    pub name: String,
    /// Bytes on the disk.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
    /// When it was made.
    #[ts(type = "Instant | null")]
    pub created: Option<DateTime<Utc>>,
}

/// The images of a host that have a name.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ImageList {
    /// By name.
    pub images: Vec<ImageRow>,
}

/// One container.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ContainerRequest {
    /// `containers.id`.
    pub id: i32,
}

/// What an organization's wallet holds.
#[derive(Debug, Clone, Serialize, TS)]
pub struct WalletFacts {
    /// Its balance.
    #[ts(type = "Money | null")]
    pub balance: Option<Money>,
    /// What may be ordered for: less what is due and held.
    #[ts(type = "Money | null")]
    pub orderable: Option<Money>,
}

/// A container with what stands behind it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ContainerDetail {
    /// The container, and the state that its host last told.
    pub container: ContainerRow,
    /// Its plan.
    pub plan: Option<PlanRow>,
    /// Whose it is: their wallet.
    pub wallet: Option<WalletFacts>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A container that is asked for.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct OrderContainerRequest {
    /// On which host.
    pub host_id: i32,
    /// For whom.
    pub organization_id: i32,
    /// On which plan.
    pub plan_id: i32,
    /// Its name.
    pub name: String,
    /// An image that the host has.
    pub image: String,
    /// Published ports, as HOST:CONTAINER or HOST:CONTAINER/udp.
    pub ports: Vec<String>,
    /// Volumes, as `/HOST:/CONTAINER`.
    pub volumes: Vec<String>,
    /// Its environment, by name. The values are kept sealed.
    #[ts(type = "Record<string, string>")]
    pub environment: BTreeMap<String, SecretString>,
    /// Whether there shall be none where the host can't limit the disk.
    pub disk_required: bool,
    /// Made when the form opens: sent again, it stays the one that it was.
    pub key: String,
}

/// What is done to a container.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ContainerAct {
    /// It is started.
    Start,
    /// It is asked to end.
    Stop,
    /// It is stopped and started.
    Restart,
    /// It is removed.
    Remove,
}

/// Something that is to be done to a container.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ActOnContainerRequest {
    /// Which.
    pub container_id: i32,
    /// What.
    pub act: ContainerAct,
    /// Made when the form opens: sent again, it is done once.
    pub key: String,
}

/// A piece of a log.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct LogsRequest {
    /// Of which container.
    pub id: i32,
    /// Where another piece ended; `null`: the last lines.
    pub from: Option<String>,
    /// How many of the last lines.
    pub tail: Option<u32>,
}

/// What a container uses.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct StatsRequest {
    /// Which.
    pub id: i32,
    /// Of the answer before: with them there are rates.
    pub counters: Option<String>,
}
