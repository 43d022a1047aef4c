//! What an order chooses among, as far as the database knows: at once, whatever the provider does.

use domain::{
    ids::OrganizationId,
    money::{Money, Rate},
    plan::ResourceKind,
    provider::Provider,
    role::Action,
};
use serde::Serialize;
use store::{
    list::{FilterOp, ListRequest, Sort},
    plans::{self, Costs},
    providers as accounts,
};
use ts_rs::TS;

use crate::{AppError, session::Session};

/// So many plans are offered at once; a search finds the others.
const PLANS: u32 = 200;

/// An account to order in.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrderAccount {
    /// `provider_configs.id`.
    pub id: i32,
    /// Its name.
    pub label: String,
    /// The regions of it that are sold; empty is all of them.
    pub regions_on_sale: Vec<String>,
}

/// A plan to order.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrderPlan {
    /// `vps_plans.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The provider's type.
    pub linode_type: String,
    /// Processor cores.
    pub vcpus: Option<i32>,
    /// Memory, MB.
    pub memory_mb: Option<i32>,
    /// Disk, GB.
    pub disk_gb: Option<i32>,
    /// Traffic a month, GB.
    pub transfer_gb: Option<i32>,
    /// What an hour costs.
    #[ts(type = "Rate")]
    pub rate: Rate,
    /// The cap of a month; `null` is uncapped.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// Regions that its price is for; empty is everywhere that has no price of its own.
    pub regions: Vec<String>,
    /// Regions in which its type has a plan of its own.
    pub elsewhere: Vec<String>,
}

/// What an order chooses among.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrderChoices {
    /// Accounts that are switched on.
    pub accounts: Vec<OrderAccount>,
    /// Active plans with a price.
    pub plans: Vec<OrderPlan>,
    /// How many there are; more than are listed are found by a search.
    #[ts(type = "number")]
    pub plans_total: i64,
    /// Regions that the plans name.
    pub regions: Vec<String>,
    /// What the organization may order for.
    #[ts(type = "Money | null")]
    pub orderable: Option<Money>,
}

/// Reads them.
pub async fn order_choices(
    session: &Session,
    organization: Option<OrganizationId>,
    search: Option<&str>,
) -> Result<OrderChoices, AppError> {
    session.may(Action::EditServer)?;
    let mut connection = session.read().await?;
    let accounts = accounts::list(&mut connection).await?;
    let request = ListRequest {
        search: search.map(str::to_owned),
        sort: Some(Sort {
            column: "rate".to_owned(),
            descending: false,
        }),
        ..ListRequest::first(PLANS)
            .with("kind", FilterOp::Is, &ResourceKind::Vps)
            .with("is_active", FilterOp::Is, &true)
            .with("rate", FilterOp::AtLeast, &0)
    };
    let page = plans::list(&mut connection, &request, Costs::Hidden).await?;
    let orderable = match organization {
        Some(organization) => store::holds::orderable(&mut connection, organization).await?,
        None => None,
    };
    let of_type: Vec<(Option<String>, Vec<String>)> = page
        .rows
        .iter()
        .map(|plan| (plan.linode_type.clone(), plan.regions.clone()))
        .collect();
    let sold: Vec<OrderPlan> = page
        .rows
        .into_iter()
        .filter(|plan| plan.provider.as_deref().is_some_and(is_linode))
        .filter_map(|plan| {
            let linode_type = plan.linode_type?;
            // The usual price doesn't hold where the type has one of its own.
            let mut elsewhere: Vec<String> = of_type
                .iter()
                .filter(|(other, _)| plan.regions.is_empty() && other.as_deref() == Some(&linode_type))
                .flat_map(|(_, regions)| regions.iter().cloned())
                .collect();
            elsewhere.sort_unstable();
            elsewhere.dedup();
            Some(OrderPlan {
                id: plan.id,
                name: plan.name,
                linode_type,
                vcpus: plan.vcpus,
                memory_mb: plan.memory_mb,
                disk_gb: plan.disk_gb,
                transfer_gb: plan.transfer_gb,
                rate: plan.rate?,
                monthly_rate: plan.monthly_rate,
                regions: plan.regions,
                elsewhere,
            })
        })
        .collect();
    let mut regions: Vec<String> = sold.iter().flat_map(|plan| plan.regions.iter().cloned()).collect();
    regions.sort_unstable();
    regions.dedup();
    Ok(OrderChoices {
        accounts: accounts
            .into_iter()
            .filter(|account| account.is_active && is_linode(&account.provider))
            .map(|account| OrderAccount {
                id: account.id,
                label: account.label,
                regions_on_sale: account.regions_on_sale,
            })
            .collect(),
        plans_total: page.total,
        plans: sold,
        regions,
        orderable,
    })
}

fn is_linode(word: &str) -> bool {
    word.eq_ignore_ascii_case(Provider::Linode.as_str())
}
