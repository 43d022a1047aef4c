//! Plans and prices: make them, change what they cost, look at them, import them from a provider's price list.

pub mod import;
mod offers;
mod prices;

use chrono::{DateTime, Utc};
use domain::{
    money::{Money, Rate},
    plan::{PlanPrice, PlanRef, ResourceKind, ResourceRef, priced_elsewhere},
    role::{Action, Area},
};
use serde::Serialize;
use store::{
    StoreError, assignment,
    list::{FilterOp, ListRequest, Page, Sort},
    plans::{self, Costs, PlanRow, PriceRow},
};
use ts_rs::TS;

use crate::{AppError, session::Session};

pub use import::{ImportReport, ImportRequest, import};
pub use offers::{Offers, read_offers};
pub use prices::{PricesKept, Refresh, refresh_prices};
pub use store::plans::{NewPlanRow, PlanFields};

/// How many of its newest prices a plan's page shows.
const HISTORY: i64 = 100;
/// How many plans are offered for a choice.
const CHOICES: u32 = 50;

/// What the session's person may see.
pub(crate) fn costs(session: &Session) -> Costs {
    if session.role().can_read(Area::PlanCosts) {
        Costs::Shown
    } else {
        Costs::Hidden
    }
}

/// A window of the plans of both kinds; without what they cost us for roles that may not see it.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<PlanRow>, AppError> {
    Ok(plans::list(&mut *session.read().await?, request, costs(session)).await?)
}

/// A plan with what its price was and what it brings.
#[derive(Debug)]
pub struct Detail {
    /// Itself.
    pub plan: PlanRow,
    /// Its newest prices, newest first.
    pub history: Vec<PriceRow>,
    /// What a month of 744 hours brings when everything on it runs all the time; `None` without a price.
    pub full_month: Option<Money>,
}

/// Reads it.
pub async fn detail(session: &Session, plan: PlanRef) -> Result<Detail, AppError> {
    let mut connection = session.read().await?;
    let costs = costs(session);
    Ok(Detail {
        plan: plans::get(&mut connection, plan, costs).await?,
        history: plans::history(&mut connection, plan, costs, HISTORY).await?,
        full_month: plans::full_month(&mut connection, plan).await?,
    })
}

fn check_sizes(fields: &PlanFields) -> Result<(), AppError> {
    let sizes: &[(&'static str, Option<i32>)] = match fields {
        PlanFields::Vps {
            vcpus,
            memory_mb,
            disk_gb,
            transfer_gb,
            network_out_mbps,
            ..
        } => &[
            ("vcpus", *vcpus),
            ("memory_mb", *memory_mb),
            ("disk_gb", *disk_gb),
            ("transfer_gb", *transfer_gb),
            ("network_out_mbps", *network_out_mbps),
        ],
        PlanFields::Container { memory_mb, disk_gb, .. } => &[("memory_mb", *memory_mb), ("disk_gb", *disk_gb)],
    };
    match sizes.iter().find(|(_, size)| size.is_some_and(|size| size < 1)) {
        Some((field, _)) => Err(AppError::invalid(field, "Give at least 1, or leave it empty.")),
        None => Ok(()),
    }
}

fn broken(rule: &str) -> AppError {
    StoreError::Rule(rule.to_owned()).into()
}

/// Makes a plan that is sold from now on. One without a rate is made only knowingly: what runs on such a plan waits
/// for a price.
pub async fn create(session: &Session, new: &NewPlanRow, without_rate: bool) -> Result<PlanRef, AppError> {
    session.may(Action::EditPlan)?;
    check_sizes(&new.fields)?;
    if new.price.hourly_rate().is_none() && !without_rate {
        return Err(broken("plan_rate_missing"));
    }
    let mut transaction = session.write().await?;
    let plan = plans::create(&mut transaction, new).await?;
    transaction.commit().await?;
    Ok(plan)
}

/// Changes what a plan is, unless somebody has changed it since the person saw it. Its price is changed apart.
pub async fn edit(session: &Session, plan: PlanRef, fields: &PlanFields, seen: DateTime<Utc>) -> Result<(), AppError> {
    session.may(Action::EditPlan)?;
    check_sizes(fields)?;
    let mut transaction = session.write().await?;
    plans::edit(&mut transaction, plan, fields, seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// What became of a change of a price.
#[derive(Debug)]
pub struct PriceChanged {
    /// The price until now.
    pub old: PlanPrice,
    /// The price for hours that begin from now.
    pub new: PlanPrice,
    /// Servers or containers whose next hours cost something else.
    pub affected: i64,
}

/// Changes a plan's price for hours that begin from now; hours that were used cost what they did. A price can't be
/// taken away: what runs on the plan would go on at the old one.
pub async fn change_price(
    session: &Session,
    plan: PlanRef,
    price: PlanPrice,
    seen: DateTime<Utc>,
) -> Result<PriceChanged, AppError> {
    session.may(Action::EditPlan)?;
    if price.hourly_rate().is_none() {
        return Err(broken("plan_rate_missing"));
    }
    let mut transaction = session.write().await?;
    let old = plans::price(&mut transaction, plan).await?;
    plans::change_price(&mut transaction, plan, &price, seen).await?;
    let row = plans::get(&mut transaction, plan, Costs::Shown).await?;
    transaction.commit().await?;
    Ok(PriceChanged {
        old,
        new: price.keeping(old.provider_monthly()),
        affected: row.resources,
    })
}

/// Whether a plan is sold. What runs on it goes on either way.
pub async fn set_active(session: &Session, plan: PlanRef, active: bool) -> Result<(), AppError> {
    session.may(Action::EditPlan)?;
    let mut transaction = session.write().await?;
    plans::set_active(&mut transaction, plan, active).await?;
    transaction.commit().await?;
    Ok(())
}

/// A plan that something can be put on.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlanChoice {
    /// Its number in the table of its kind.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// What an hour costs.
    #[ts(type = "Rate")]
    pub rate: Rate,
    /// The cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// Why it may be the wrong one; `null` for one that fits.
    pub misfit: Option<String>,
}

/// The plans that a server or container can be put on: active ones with a price, those that fit first.
pub async fn choices(
    session: &Session,
    kind: ResourceKind,
    resource: Option<ResourceRef>,
    search: Option<&str>,
) -> Result<Vec<PlanChoice>, AppError> {
    let mut connection = session.read().await?;
    let region = match resource {
        Some(resource) => assignment::resource(&mut connection, resource).await?.region,
        None => None,
    };
    let request = ListRequest {
        search: search.map(str::to_owned),
        sort: Some(Sort {
            column: "name".to_owned(),
            descending: false,
        }),
        ..ListRequest::first(CHOICES)
            .with("kind", FilterOp::Is, &kind)
            .with("is_active", FilterOp::Is, &true)
            .with("rate", FilterOp::AtLeast, &0)
    };
    let found = plans::list(&mut connection, &request, Costs::Hidden).await?.rows;
    let mut choices: Vec<PlanChoice> = found
        .iter()
        .filter_map(|plan| {
            Some(PlanChoice {
                id: plan.id,
                name: plan.name.clone(),
                rate: plan.rate?,
                monthly_rate: plan.monthly_rate,
                misfit: region.as_deref().and_then(|region| misfit(plan, region, &found)),
            })
        })
        .collect();
    choices.sort_by_key(|choice| choice.misfit.is_some());
    Ok(choices)
}

/// Why a plan is not for a region: it is for others, or this one has a price of its own.
fn misfit(plan: &PlanRow, region: &str, all: &[PlanRow]) -> Option<String> {
    let names = |plan: &PlanRow| plan.regions.iter().any(|other| other == region);
    if !plan.regions.is_empty() {
        return priced_elsewhere(&plan.regions, region);
    }
    let own = all
        .iter()
        .find(|other| plan.linode_type.is_some() && other.linode_type == plan.linode_type && names(other))?;
    Some(format!("In {region} this type has a plan of its own: {}.", own.name))
}
