//! Plans, prices, whose servers and containers are, and containers themselves.

use app::{
    plans::PlanChoice,
    views::{PlanRow, PriceRow},
};
use chrono::{DateTime, Utc};
use domain::{
    money::{Money, Rate},
    plan::ResourceKind,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Action;

/// One plan.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct PlanRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Its number in the table of its kind.
    pub id: i32,
}

/// A plan with what its price was and what it brings.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlanDetail {
    /// Itself.
    pub plan: PlanRow,
    /// Its newest prices, newest first. Empty for a plan that another program wrote and nobody has changed.
    pub history: Vec<PriceRow>,
    /// What a month of 744 hours brings when everything on it runs all the time; `null` without a price.
    #[ts(type = "Money | null")]
    pub full_month: Option<Money>,
    /// What may be done.
    pub actions: Vec<Action>,
}

/// A price as a form has it: text, as typed.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct PriceFields {
    /// What an hour costs us; empty when unknown.
    pub base_cost: String,
    /// The markup in percent; empty is none.
    pub markup: String,
    /// The rate, set by hand; empty lets it follow from cost and markup.
    pub hourly_rate: String,
    /// The cap of a month; empty is uncapped.
    pub monthly_rate: String,
}

/// What a price comes to.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PriceAnswer {
    /// What an hour costs the customer; `null` is no price.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// Whether it was set by hand.
    pub by_hand: bool,
    /// The cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
}

/// What a plan is, as a form has it; what doesn't belong to its kind is empty.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct PlanFormFields {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Its name.
    pub name: String,
    /// Who runs it; servers only.
    pub provider: String,
    /// The provider's type; servers only.
    pub linode_type: String,
    /// Processor cores of a server.
    pub vcpus: Option<i32>,
    /// Processor cores of a container, such as "0.50".
    pub cpu_cores: String,
    /// Memory, MB.
    pub memory_mb: Option<i32>,
    /// Disk, GB.
    pub disk_gb: Option<i32>,
    /// Traffic a month, GB; servers only.
    pub transfer_gb: Option<i32>,
    /// Outbound network, Mbit/s; servers only.
    pub network_out_mbps: Option<i32>,
    /// Regions that it is for; empty is everywhere. Servers only.
    pub regions: Vec<String>,
}

/// A new plan.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct CreatePlanRequest {
    /// What it is.
    pub fields: PlanFormFields,
    /// What it costs.
    pub price: PriceFields,
    /// Made knowingly without a rate: what runs on it waits.
    pub without_rate: bool,
}

/// Another description of a plan.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct EditPlanRequest {
    /// Which.
    pub id: i32,
    /// What it is.
    pub fields: PlanFormFields,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// Another price for hours that begin from now.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ChangePriceRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Which.
    pub id: i32,
    /// The price.
    pub price: PriceFields,
    /// `updated_at` as it was seen.
    #[ts(type = "Instant")]
    pub expected_updated_at: DateTime<Utc>,
}

/// What became of it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ChangePriceAnswer {
    /// The rate until now.
    #[ts(type = "Rate | null")]
    pub old_rate: Option<Rate>,
    /// The rate for hours that begin from now.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// The cap until now.
    #[ts(type = "Money | null")]
    pub old_monthly_rate: Option<Money>,
    /// The cap from now.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// Servers or containers whose next hours cost something else.
    #[ts(type = "number")]
    pub affected: i64,
}

/// Whether a plan is sold.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct SetPlanActiveRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Which.
    pub id: i32,
    /// Whether it is sold.
    pub active: bool,
}

/// An import from Linode's price list.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ImportPlansRequest {
    /// The address of the API, if not the public one; may be empty.
    pub base_url: String,
    /// The markup in percent.
    pub markup: String,
    /// Only these regions; empty is all.
    pub regions: Vec<String>,
    /// Only these types; empty is all.
    pub types: Vec<String>,
    /// Whether prices that have changed are applied.
    pub update_prices: bool,
}

/// Which plans a server or container can be put on.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct PlanChoicesRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// For which; the plans that fit it come first.
    pub resource_id: Option<i32>,
    /// What the search field holds.
    pub search: String,
}

/// The plans, at most 50.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlanChoices {
    /// Those that fit first.
    pub choices: Vec<PlanChoice>,
}

/// A server or a container.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ResourceRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Its number in the table of its kind.
    pub id: i32,
}

/// Servers or containers for an organization.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct AssignRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Which, 1 to 100: all or none.
    pub resource_ids: Vec<i32>,
    /// To whom.
    pub organization_id: i32,
    /// On which plan.
    pub plan_id: i32,
    /// From when; `null` is now.
    #[ts(type = "Instant | null")]
    pub start: Option<DateTime<Utc>>,
}

/// Another plan for hours that begin from now.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ChangePlanRequest {
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// Which.
    pub id: i32,
    /// On which plan.
    pub plan_id: i32,
    /// The plan that it was seen on.
    pub seen_plan_id: Option<i32>,
}

/// A container that was found or made on a host.
#[derive(Deserialize, TS)]
pub struct RecordContainerRequest {
    /// The id that its host gave it.
    pub container_id: String,
    /// Its name.
    pub name: String,
    /// What it runs.
    pub image: String,
    /// The host's word for its state.
    pub status: String,
    /// Published ports, each as `8080:80` or `8080:80/udp`.
    pub ports: Vec<String>,
    /// Volumes, each as `/host:/container`.
    pub volumes: Vec<String>,
    /// Variables, each as `NAME=value`.
    pub environment: Vec<String>,
}
