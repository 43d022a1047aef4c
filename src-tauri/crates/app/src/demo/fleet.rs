//! What the business sells and runs: its plans, its account at a provider, the servers that are found there and given to
//! customers, the containers on its hosts.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    container::{self, ContainerName, ContainerStatus, HostContainerId, ImageName},
    ids::{ContainerId, OrganizationId, ProviderConfigId, ServerId},
    money::{Markup, Money, Rate},
    plan::{CpuCores, PlanName, PlanPrice, PlanRef, ResourceKind, ResourceRef},
    provider::AccountLabel,
    settings::Setting,
    theme::ThemeName,
};
use providers::linode::{LinodeType, Price, Tariff};
use rust_decimal::Decimal;
use serde_json::json;
use store::list::{FilterOp, ListRequest, MAX_LIMIT};

use super::{
    catalogue::{CONTAINER_PLANS, MARKUP, MARKUP_LATER, SERVER_PLANS},
    play::parsed,
    world::{Resource, World},
};
use crate::{
    AppError,
    assignment::{self, Assign},
    containers::{self, NewContainer},
    plans::{self, ImportRequest, NewPlanRow, Offers, PlanFields},
    providers::create_without_token,
    servers,
    session::Session,
    settings,
    sync::{self, Observed, ObservedInstance, Specs},
    themes,
};

/// The first of the numbers that the provider gives.
const FIRST_NUMBER: u32 = 61_840_217;
const HOURS_A_DAY: u32 = 24;

/// Servers that somebody has made at the provider for a try, and that were assigned to nobody.
const STRAYS: &[&str] = &["test-tomas", "migration-check"];
const STRAY_DAYS: i64 = 9;

/// The plans, the account, and what of the world's servers and containers has been placed.
pub(super) struct Fleet<'w> {
    world: &'w World,
    account: ProviderConfigId,
    server_plans: Vec<PlanRef>,
    container_plans: Vec<PlanRef>,
    servers: Vec<Option<ServerId>>,
    containers: Vec<Option<ContainerId>>,
}

/// What the business says of itself, and two themes to choose from.
pub(super) async fn describe_business(opening: &Session) -> Result<(), AppError> {
    let values = [
        (Setting::SellerName, "Halyard Hosting Ltd"),
        (
            Setting::SellerAddress,
            "7 Ropewalk Quay\nBristol BS1 6XN\nUnited Kingdom",
        ),
        (
            Setting::InvoiceTerms,
            "Paid from your prepaid wallet. What it did not cover is due within three days of issue.",
        ),
        (Setting::BillingSchedule, "daily"),
    ]
    .map(|(setting, value)| (setting, value.to_owned()));
    settings::change(opening, &values, None, false).await?;
    for (name, colors) in [
        (
            "Verdant",
            json!({ "light": { "primary": "#1c7a5c", "accent": "#e7f3ef", "sidebar": "#f6f4ef", "ring": "#259d77" },
                    "dark": { "primary": "#46b98f", "accent": "#17352b", "ring": "#46b98f" } }),
        ),
        // As an older panel wrote it: one mode, as HSL triplets.
        (
            "Harbour",
            json!({ "background": "210 40% 99%", "foreground": "215 35% 14%", "primary": "203 82% 33%",
                    "primary-foreground": "0 0% 100%", "accent": "203 60% 94%", "border": "210 24% 88%" }),
        ),
    ] {
        themes::create(opening, &parsed(ThemeName::parse(name))?, &colors).await?;
    }
    Ok(())
}

impl<'w> Fleet<'w> {
    /// Imports the provider's price list, makes plans of containers, and adds the account.
    pub(super) async fn open(opening: &Session, world: &'w World) -> Result<Self, AppError> {
        let request = ImportRequest {
            markup: parsed(Markup::parse(MARKUP))?,
            regions: Vec::new(),
            types: Vec::new(),
            update_prices: false,
            dry_run: false,
        };
        plans::import(opening, &offers()?, &request).await?;
        let rows = plans::list(opening, &ListRequest::first(MAX_LIMIT)).await?.rows;
        let mut server_plans = Vec::new();
        for plan in SERVER_PLANS {
            let row = rows
                .iter()
                .find(|row| row.linode_type.as_deref() == Some(plan.linode_type));
            server_plans.push(PlanRef::new(ResourceKind::Vps, row.map_or(0, |row| row.id)));
        }
        let mut container_plans = Vec::new();
        for (name, cores, memory_mb, disk_gb, hourly, monthly, _) in CONTAINER_PLANS {
            let new = NewPlanRow {
                fields: PlanFields::Container {
                    name: parsed(PlanName::parse(name))?,
                    cpu_cores: Some(parsed(CpuCores::parse(cores))?),
                    memory_mb: Some(*memory_mb),
                    disk_gb: Some(*disk_gb),
                },
                price: parsed(PlanPrice::new(
                    Some(parsed(Rate::parse(hourly))?),
                    parsed(Markup::parse(MARKUP))?,
                    None,
                    Some(parsed(Money::parse(monthly))?),
                ))?,
            };
            container_plans.push(plans::create(opening, &new, false).await?);
        }
        Ok(Self {
            world,
            account: create_without_token(opening, &parsed(AccountLabel::parse("Linode (demonstration)"))?, None)
                .await?,
            server_plans,
            container_plans,
            servers: vec![None; world.servers.len()],
            containers: vec![None; world.containers.len()],
        })
    }

    /// How many servers and containers have been placed.
    pub(super) fn placed(&self) -> usize {
        self.servers.iter().flatten().count() + self.containers.iter().flatten().count()
    }

    /// What the provider has is read; what is new is given to the customer who ordered it.
    pub(super) async fn sync(
        &mut self,
        session: &Session,
        at: DateTime<Utc>,
        organizations: &[Option<OrganizationId>],
    ) -> Result<(), AppError> {
        let mut observed = Observed {
            complete: true,
            ..Observed::default()
        };
        for server in &self.world.servers {
            if server.is_there(at) {
                observed.instances.push(instance(server, at));
            } else if server.created <= at {
                observed.confirmed_gone.push(i64::from(FIRST_NUMBER + server.number));
            }
        }
        let strays = self.world.until - TimeDelta::days(STRAY_DAYS);
        if at > strays {
            observed.instances.extend(
                STRAYS
                    .iter()
                    .enumerate()
                    .map(|(index, label)| stray(index, label, strays)),
            );
        }
        sync::apply(session, self.account, &observed).await?;
        self.place_servers(session, at, organizations).await?;
        self.place_containers(session, at, organizations).await
    }

    async fn place_servers(
        &mut self,
        session: &Session,
        at: DateTime<Utc>,
        organizations: &[Option<OrganizationId>],
    ) -> Result<(), AppError> {
        for (index, server) in self.world.servers.iter().enumerate() {
            let is_new = server.is_there(at) && self.servers.get(index).is_some_and(Option::is_none);
            let Some(organization) = organizations.get(server.customer).copied().flatten().filter(|_| is_new) else {
                continue;
            };
            let number = i64::from(FIRST_NUMBER + server.number);
            let request = ListRequest::first(1).with("linode_id", FilterOp::Is, &number);
            let Some(row) = servers::list(session, &request).await?.rows.into_iter().next() else {
                continue;
            };
            let id = ServerId::new(row.id);
            self.assign(session, ResourceRef::Vps(id), server, organization).await?;
            if let Some(place) = self.servers.get_mut(index) {
                *place = Some(id);
            }
        }
        Ok(())
    }

    async fn place_containers(
        &mut self,
        session: &Session,
        at: DateTime<Utc>,
        organizations: &[Option<OrganizationId>],
    ) -> Result<(), AppError> {
        for (index, found) in self.world.containers.iter().enumerate() {
            let is_new = found.is_there(at) && self.containers.get(index).is_some_and(Option::is_none);
            let Some(organization) = organizations.get(found.customer).copied().flatten().filter(|_| is_new) else {
                continue;
            };
            let (ports, volumes, environment) = if found.number.is_multiple_of(3) {
                (
                    vec!["8080:80"],
                    vec!["/srv/data:/data"],
                    vec!["TZ=UTC", "LOG_LEVEL=info"],
                )
            } else {
                (vec![], vec![], vec!["TZ=UTC"])
            };
            let new = NewContainer {
                container_id: parsed(HostContainerId::parse(&host_id(found.number)))?,
                name: parsed(ContainerName::parse(&found.label))?,
                image: parsed(ImageName::parse(found.image))?,
                status: parsed(ContainerStatus::parse(if found.status == "offline" {
                    "exited"
                } else {
                    "running"
                }))?,
                ports: parsed(container::write_ports(ports))?,
                environment: parsed(container::write_environment(environment))?,
                volumes: parsed(container::write_volumes(volumes))?,
            };
            // It was recorded when it was made.
            let id = containers::record(&session.at(found.created), &new).await?;
            self.assign(session, ResourceRef::Container(id), found, organization)
                .await?;
            if let Some(place) = self.containers.get_mut(index) {
                *place = Some(id);
            }
        }
        Ok(())
    }

    async fn assign(
        &self,
        session: &Session,
        resource: ResourceRef,
        of: &Resource,
        organization: OrganizationId,
    ) -> Result<(), AppError> {
        let list = match resource.kind() {
            ResourceKind::Vps => &self.server_plans,
            ResourceKind::Container => &self.container_plans,
        };
        let Some(plan) = list.get(of.plan).copied() else {
            return Ok(());
        };
        let start = Some(of.created);
        assignment::assign(
            session,
            &Assign {
                resource,
                organization,
                plan,
                start,
            },
        )
        .await?;
        Ok(())
    }

    /// A server moves to the plan that it was resized to.
    pub(super) async fn resize_server(&self, session: &Session, index: usize) -> Result<(), AppError> {
        let (Some(server), Some(Some(id))) = (self.world.servers.get(index), self.servers.get(index)) else {
            return Ok(());
        };
        resize(session, ResourceRef::Vps(*id), server, &self.server_plans).await
    }

    /// A container does.
    pub(super) async fn resize_container(&self, session: &Session, index: usize) -> Result<(), AppError> {
        let (Some(found), Some(Some(id))) = (self.world.containers.get(index), self.containers.get(index)) else {
            return Ok(());
        };
        resize(session, ResourceRef::Container(*id), found, &self.container_plans).await
    }

    /// Somebody decides on a server that has vanished: its hours end when it was last seen.
    pub(super) async fn release_server(&self, session: &Session, index: usize) -> Result<(), AppError> {
        match self.servers.get(index) {
            Some(Some(id)) => assignment::end(session, ResourceRef::Vps(*id)).await.map(drop),
            _ => Ok(()),
        }
    }

    /// A container that is not needed any more.
    pub(super) async fn release_container(&self, session: &Session, index: usize) -> Result<(), AppError> {
        match self.containers.get(index) {
            Some(Some(id)) => assignment::end(session, ResourceRef::Container(*id)).await.map(drop),
            _ => Ok(()),
        }
    }

    /// Some plans get dearer; hours that were used cost what they did.
    pub(super) async fn raise_prices(&self, session: &Session) -> Result<(), AppError> {
        let rows = plans::list(session, &ListRequest::first(MAX_LIMIT)).await?.rows;
        let markup = parsed(Markup::parse(MARKUP_LATER))?;
        for plan in self.server_plans.iter().skip(5) {
            let Some(row) = rows.iter().find(|row| row.kind == plan.kind() && row.id == plan.get()) else {
                continue;
            };
            let price = parsed(PlanPrice::new(row.base_cost, markup, None, row.monthly_rate))?;
            plans::change_price(session, *plan, price, row.updated_at).await?;
        }
        Ok(())
    }

    /// What a customer uses in a day, about: enough to know when to pay in.
    pub(super) fn daily_cost(&self, customer: usize, at: DateTime<Utc>) -> Decimal {
        let of = |list: &'w [Resource], hourly: fn(usize) -> &'static str| -> Decimal {
            list.iter()
                .filter(|resource| resource.customer == customer && resource.is_there(at))
                .filter_map(|resource| Decimal::from_str_exact(hourly(resource.plan_at(at))).ok())
                .sum()
        };
        let markup = Decimal::from_str_exact(MARKUP).unwrap_or_default() / Decimal::ONE_HUNDRED + Decimal::ONE;
        (of(&self.world.servers, server_cost) + of(&self.world.containers, container_cost))
            * markup
            * Decimal::from(HOURS_A_DAY)
    }

    /// The same for what was ordered on joining.
    pub(super) fn daily_cost_soon(&self, customer: usize, joins: DateTime<Utc>) -> Decimal {
        self.daily_cost(customer, joins + TimeDelta::days(2))
    }

    /// What the plan of a server is called.
    pub(super) fn plan_name(&self, server: Option<usize>) -> &'static str {
        server
            .and_then(|index| self.world.servers.get(index))
            .and_then(|server| SERVER_PLANS.get(server.plan))
            .map_or("Shared 4 GB", |plan| plan.name)
    }
}

async fn resize(session: &Session, resource: ResourceRef, of: &Resource, list: &[PlanRef]) -> Result<(), AppError> {
    let (Some((_, to)), Some(from)) = (of.resize, list.get(of.plan)) else {
        return Ok(());
    };
    if let Some(plan) = list.get(to).copied() {
        assignment::change_plan(session, resource, plan, Some(from.get())).await?;
    }
    Ok(())
}

fn server_cost(plan: usize) -> &'static str {
    SERVER_PLANS.get(plan).map_or("0", |plan| plan.cost_hourly)
}

fn container_cost(plan: usize) -> &'static str {
    CONTAINER_PLANS.get(plan).map_or("0", |plan| plan.4)
}

/// The provider's price list.
fn offers() -> Result<Offers, AppError> {
    let number = |value: i32| u64::try_from(value).ok();
    let mut types = Vec::new();
    for plan in SERVER_PLANS {
        types.push(LinodeType {
            id: plan.linode_type.to_owned(),
            label: plan.name.to_owned(),
            class: None,
            vcpus: number(plan.vcpus),
            memory_mb: number(plan.memory_mb),
            disk_mb: number(plan.disk_gb * 1024),
            transfer_gb: number(plan.transfer_gb),
            network_out_mbps: number(plan.network_out_mbps),
            gpus: None,
            successor: None,
            price: Tariff {
                usual: Price {
                    hourly: Some(parsed(Decimal::from_str_exact(plan.cost_hourly))?),
                    monthly: Some(parsed(Decimal::from_str_exact(plan.cost_monthly))?),
                },
                regions: Vec::new(),
            },
            backups: Tariff::default(),
        });
    }
    Ok(Offers { types, unreadable: 0 })
}

/// What the provider says of a server.
fn instance(server: &Resource, at: DateTime<Utc>) -> ObservedInstance {
    let plan = SERVER_PLANS.get(server.plan_at(at));
    // States that pass are seen of the newest only.
    let status = match server.status {
        passing @ ("rebooting" | "provisioning" | "migrating") if server.number.is_multiple_of(2) => passing,
        "offline" => "offline",
        _ => "running",
    };
    ObservedInstance {
        id: u64::from(FIRST_NUMBER + server.number),
        label: server.label.clone(),
        region: Some(server.region.to_owned()),
        status: Some(status.to_owned()),
        type_id: plan.map(|plan| plan.linode_type.to_owned()),
        image: Some(server.image.to_owned()),
        public_ipv4: server.ipv4().parse().into_iter().collect(),
        private_ipv4: Vec::new(),
        ipv6: format!("2001:db8:{:x}::f03c:{:x}", server.number / 250, server.number)
            .parse()
            .ok(),
        created: Some(server.created.naive_utc()),
        updated: Some(server.created.naive_utc()),
        specs: Specs {
            vcpus: plan.and_then(|plan| u64::try_from(plan.vcpus).ok()),
            memory_mb: plan.and_then(|plan| u64::try_from(plan.memory_mb).ok()),
            disk_mb: plan.and_then(|plan| u64::try_from(plan.disk_gb * 1024).ok()),
            transfer_gb: plan.and_then(|plan| u64::try_from(plan.transfer_gb).ok()),
            gpus: None,
        },
        backups_enabled: Some(false),
        lke_cluster_id: None,
        tags: Vec::new(),
    }
}

/// What the provider says of a server that is nobody's.
fn stray(index: usize, label: &str, created: DateTime<Utc>) -> ObservedInstance {
    let plan = SERVER_PLANS.get(index);
    ObservedInstance {
        id: u64::from(FIRST_NUMBER) - 1 - u64::try_from(index).unwrap_or(0),
        label: label.to_owned(),
        region: Some("eu-central".to_owned()),
        status: Some("running".to_owned()),
        type_id: plan.map(|plan| plan.linode_type.to_owned()),
        image: Some("linode/debian12".to_owned()),
        created: Some(created.naive_utc()),
        ..ObservedInstance::default()
    }
}

/// Sixty-four digits, as a host gives them.
fn host_id(number: u32) -> String {
    let mut rng = fastrand::Rng::with_seed(u64::from(number));
    (0..64).filter_map(|_| char::from_digit(rng.u32(0..16), 16)).collect()
}
