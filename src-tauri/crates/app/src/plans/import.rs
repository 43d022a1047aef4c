//! Import of plans from a provider's price list. It can be repeated: what is there stays as it is, and a price that
//! the provider has changed is a proposal until somebody applies it.

use domain::{
    money::{Amount4, Markup, Money, Rate},
    plan::{PlanPrice, PriceGap, ProviderPrice, ProviderWord},
    role::Action,
};
use providers::linode::{LinodeType, Price};
use serde::Serialize;
use store::plans::{self, ImportedPlan, ImportedSize, KnownPlan};
use ts_rs::TS;

use super::{Offers, prices::listed};
use crate::{AppError, session::Session};

/// As `vps_plans.provider` has it.
const PROVIDER: &str = "linode";
/// The column's length.
const NAME_CHARS: usize = 255;

/// What is imported, and how.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// The markup on what is new, and the one proposed for what is there.
    pub markup: Markup,
    /// Only these regions; empty is all.
    pub regions: Vec<ProviderWord>,
    /// Only these types; empty is all.
    pub types: Vec<ProviderWord>,
    /// Whether changed prices are applied.
    pub update_prices: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
}

/// A price in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImportPrice {
    /// What the provider takes for an hour.
    #[ts(type = "Rate | null")]
    pub base_cost: Option<Rate>,
    /// What it takes for a month at most.
    #[ts(type = "string | null")]
    pub provider_monthly: Option<Amount4>,
    /// The markup in percent.
    #[ts(type = "string")]
    pub markup: Markup,
    /// What an hour costs the customer.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// The cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
}

impl From<&PlanPrice> for ImportPrice {
    fn from(price: &PlanPrice) -> Self {
        Self {
            base_cost: price.base_cost(),
            provider_monthly: price.provider_monthly(),
            markup: price.markup(),
            rate: price.hourly_rate(),
            monthly_rate: price.monthly_rate(),
        }
    }
}

/// A plan that is new.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Added {
    /// Its name.
    pub name: String,
    /// The provider's type.
    pub linode_type: String,
    /// The region whose price it is; `null` is the usual one.
    pub region: Option<String>,
    /// What it costs.
    pub price: ImportPrice,
}

/// A plan that is there and costs what it should.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Unchanged {
    /// `vps_plans.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The provider's type.
    pub linode_type: String,
    /// The region whose price it is.
    pub region: Option<String>,
}

/// A plan that is there and whose price or regions would change.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Changed {
    /// `vps_plans.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The provider's type.
    pub linode_type: String,
    /// The region whose price it is.
    pub region: Option<String>,
    /// What it costs now.
    pub old: ImportPrice,
    /// What it would cost. A rate or cap set by hand stays.
    pub new: ImportPrice,
    /// Regions that it would be for in addition.
    pub regions_added: Vec<String>,
    /// Whether the provider takes more now than this plan charges.
    pub above_ours: bool,
}

/// Something that makes no plan.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LeftOut {
    /// The provider's type.
    pub linode_type: String,
    /// The region whose price it is.
    pub region: Option<String>,
    /// Why, in a sentence.
    pub reason: String,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct ImportReport {
    /// Plans that are new.
    pub added: Vec<Added>,
    /// Plans that are as they should be.
    pub unchanged: Vec<Unchanged>,
    /// Plans whose price or regions differ.
    pub changed: Vec<Changed>,
    /// What makes no plan.
    pub left_out: Vec<LeftOut>,
    /// Whether the new ones were written.
    pub applied: bool,
    /// Whether the changes were written too.
    pub prices_updated: bool,
}

/// A price that makes a plan.
struct Wanted<'a> {
    kind: &'a LinodeType,
    /// Whose price it is; `None` is the usual one.
    region: Option<&'a str>,
    /// For which regions; empty is everywhere.
    regions: Vec<String>,
    price: Price,
}

/// Imports plans. Safe to repeat; one transaction.
pub async fn import(session: &Session, offers: &Offers, request: &ImportRequest) -> Result<ImportReport, AppError> {
    session.may(Action::EditPlan)?;
    let (wanted, left_out) = wanted(offers, request);
    let types: Vec<String> = wanted.iter().map(|want| want.kind.id.clone()).collect();
    if request.dry_run {
        let known = plans::known(&mut *session.read().await?, PROVIDER, &types).await?;
        return Ok(compare(wanted, &known, request.markup, left_out).0);
    }
    let mut transaction = session.write().await?;
    let known = plans::known(&mut transaction, PROVIDER, &types).await?;
    let (mut report, writes) = compare(wanted, &known, request.markup, left_out);
    plans::insert_imported(&mut transaction, &writes.new).await?;
    if request.update_prices {
        plans::update_imported(&mut transaction, &writes.changed).await?;
    }
    plans::keep_prices(&mut transaction, PROVIDER, &listed(&offers.types)).await?;
    transaction.commit().await?;
    report.applied = true;
    report.prices_updated = request.update_prices;
    Ok(report)
}

/// What is asked for: a price for each type, and one more for each region that has another.
fn wanted<'a>(offers: &'a Offers, request: &'a ImportRequest) -> (Vec<Wanted<'a>>, Vec<LeftOut>) {
    let mut wanted = Vec::new();
    let mut left_out = Vec::new();
    if offers.unreadable > 0 {
        left_out.push(LeftOut {
            linode_type: String::new(),
            region: None,
            reason: format!("{} entries of the price list can't be understood.", offers.unreadable),
        });
    }
    for asked in &request.types {
        if !offers.types.iter().any(|kind| kind.id == asked.as_str()) {
            left_out.push(LeftOut {
                linode_type: asked.to_string(),
                region: None,
                reason: "The provider sells no such type.".to_owned(),
            });
        }
    }
    for kind in &offers.types {
        if !request.types.is_empty() && !request.types.iter().any(|asked| asked.as_str() == kind.id) {
            continue;
        }
        if ProviderWord::parse(&kind.id).is_err() {
            left_out.push(unusable(&kind.id, None));
            continue;
        }
        let tariff = &kind.price;
        let mut own: Vec<_> = tariff
            .regions
            .iter()
            .filter(|other| other.price != tariff.usual)
            .collect();
        own.retain(|other| {
            let usable = ProviderWord::parse(&other.region).is_ok();
            if !usable {
                left_out.push(unusable(&kind.id, Some(&other.region)));
            }
            usable
        });
        let asked = |region: &str| request.regions.iter().any(|asked| asked.as_str() == region);
        let usual: Vec<String> = request
            .regions
            .iter()
            .filter(|region| !own.iter().any(|other| other.region == region.as_str()))
            .map(ToString::to_string)
            .collect();
        if request.regions.is_empty() || !usual.is_empty() {
            wanted.push(Wanted {
                kind,
                region: None,
                regions: usual,
                price: tariff.usual,
            });
        }
        for other in own {
            if request.regions.is_empty() || asked(&other.region) {
                wanted.push(Wanted {
                    kind,
                    region: Some(&other.region),
                    regions: vec![other.region.clone()],
                    price: other.price,
                });
            }
        }
    }
    (wanted, left_out)
}

/// A name that no column holds is shown shortened, without what can't be seen.
fn unusable(linode_type: &str, region: Option<&str>) -> LeftOut {
    let shown = |text: &str| {
        text.chars()
            .filter(|letter| !letter.is_control())
            .take(NAME_CHARS)
            .collect()
    };
    LeftOut {
        linode_type: shown(linode_type),
        region: region.map(shown),
        reason: "Its name is none that the provider's types and regions have.".to_owned(),
    }
}

#[derive(Default)]
struct Writes {
    new: Vec<ImportedPlan>,
    changed: Vec<ImportedPlan>,
}

/// Lays what is asked for beside what is there.
fn compare(
    wanted: Vec<Wanted<'_>>,
    known: &[KnownPlan],
    markup: Markup,
    left_out: Vec<LeftOut>,
) -> (ImportReport, Writes) {
    let mut report = ImportReport {
        left_out,
        ..ImportReport::default()
    };
    let mut writes = Writes::default();
    for want in wanted {
        let priced = ProviderPrice::new(want.price.hourly, want.price.monthly)
            .and_then(|price| Ok((price, PlanPrice::imported(price, markup).map_err(|_| PriceGap::Markup)?)));
        let (provider, price) = match priced {
            Ok(priced) => priced,
            Err(gap) => {
                report.left_out.push(LeftOut {
                    linode_type: want.kind.id.clone(),
                    region: want.region.map(str::to_owned),
                    reason: gap.to_string(),
                });
                continue;
            }
        };
        let mut there = known
            .iter()
            .filter(|plan| plan.linode_type == want.kind.id && plan.region.as_deref() == want.region)
            .peekable();
        if there.peek().is_none() {
            let name = name(&want);
            writes.new.push(
                ImportedPlan::new(PROVIDER, &want.kind.id, want.region, &name, &want.regions, &price)
                    .sized(&size(want.kind)),
            );
            report.added.push(Added {
                name,
                linode_type: want.kind.id.clone(),
                region: want.region.map(str::to_owned),
                price: (&price).into(),
            });
        }
        for plan in there {
            let new = plan.price.repriced(provider, markup).unwrap_or(price);
            let regions_added: Vec<String> = want
                .regions
                .iter()
                .filter(|region| !plan.regions.is_empty() && !plan.regions.contains(region))
                .cloned()
                .collect();
            if regions_added.is_empty() && same(&plan.price, &new) {
                report.unchanged.push(Unchanged {
                    id: plan.id.get(),
                    name: plan.name.clone(),
                    linode_type: plan.linode_type.clone(),
                    region: plan.region.clone(),
                });
                continue;
            }
            let regions = [plan.regions.clone(), regions_added.clone()].concat();
            writes.changed.push(
                ImportedPlan::new(PROVIDER, &plan.linode_type, want.region, &plan.name, &regions, &new).of(plan.id),
            );
            report.changed.push(Changed {
                id: plan.id.get(),
                name: plan.name.clone(),
                linode_type: plan.linode_type.clone(),
                region: plan.region.clone(),
                old: (&plan.price).into(),
                new: (&new).into(),
                regions_added,
                above_ours: above(provider, &plan.price),
            });
        }
    }
    (report, writes)
}

/// Whether the provider takes more, by the hour or for a whole month, than we charge.
fn above(provider: ProviderPrice, ours: &PlanPrice) -> bool {
    let hour = ours
        .hourly_rate()
        .is_some_and(|rate| provider.hourly().decimal() > rate.decimal());
    let month = ours
        .monthly_rate()
        .is_some_and(|cap| provider.monthly().decimal() > cap.decimal());
    hour || month
}

/// Whether two prices are one. A plan made by hand doesn't know the provider's month, which is no change of its price.
fn same(old: &PlanPrice, new: &PlanPrice) -> bool {
    *old == if old.provider_monthly().is_none() {
        new.keeping(None)
    } else {
        *new
    }
}

fn name(want: &Wanted<'_>) -> String {
    let label: String = want.kind.label.chars().filter(|letter| !letter.is_control()).collect();
    let label = match label.trim() {
        "" => &want.kind.id,
        label => label,
    };
    let full = match want.region {
        Some(region) => format!("{label} ({region})"),
        None => label.to_owned(),
    };
    full.chars().take(NAME_CHARS).collect()
}

fn size(kind: &LinodeType) -> ImportedSize {
    let fits = |number: Option<u64>| number.and_then(|number| i32::try_from(number).ok());
    ImportedSize {
        vcpus: fits(kind.vcpus),
        memory_mb: fits(kind.memory_mb),
        // Linode counts disks in MB.
        disk_gb: fits(kind.disk_mb.map(|disk| disk / 1024)),
        transfer_gb: fits(kind.transfer_gb),
        network_out_mbps: fits(kind.network_out_mbps),
    }
}
