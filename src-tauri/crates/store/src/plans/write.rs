//! Writing plans by hand. The history of prices is written by the tables' triggers.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ContainerPlanId, PlanId},
    plan::{CpuCores, PlanName, PlanPrice, PlanRef, ProviderName, ProviderWord},
};
use sqlx::PgConnection;

use crate::StoreError;

/// All of a plan but its price.
#[derive(Debug, Clone)]
pub enum PlanFields {
    /// A plan of servers.
    Vps {
        /// Its name.
        name: PlanName,
        /// Who runs it.
        provider: ProviderName,
        /// The provider's type.
        linode_type: Option<ProviderWord>,
        /// Processor cores.
        vcpus: Option<i32>,
        /// Memory, MB.
        memory_mb: Option<i32>,
        /// Disk, GB.
        disk_gb: Option<i32>,
        /// Traffic a month, GB.
        transfer_gb: Option<i32>,
        /// Outbound network, Mbit/s.
        network_out_mbps: Option<i32>,
        /// Regions that it is for; empty is everywhere.
        regions: Vec<ProviderWord>,
    },
    /// A plan of containers.
    Container {
        /// Its name.
        name: PlanName,
        /// Processor cores.
        cpu_cores: Option<CpuCores>,
        /// Memory, MB.
        memory_mb: Option<i32>,
        /// Disk, GB.
        disk_gb: Option<i32>,
    },
}

/// A new plan.
#[derive(Debug, Clone)]
pub struct NewPlanRow {
    /// What it is.
    pub fields: PlanFields,
    /// What it costs.
    pub price: PlanPrice,
}

fn words(regions: &[ProviderWord]) -> Option<Vec<String>> {
    (!regions.is_empty()).then(|| regions.iter().map(|region| region.as_str().to_owned()).collect())
}

/// Makes a plan that is sold from now on.
pub async fn create(connection: &mut PgConnection, new: &NewPlanRow) -> Result<PlanRef, StoreError> {
    let price = &new.price;
    let (base_cost, markup, rate, cap) = (
        price.base_cost().map(domain::money::Rate::decimal),
        price.markup().decimal(),
        price.hourly_rate().map(domain::money::Rate::decimal),
        price.monthly_rate().map(domain::money::Money::decimal),
    );
    // The id is NULL: the database numbers the row.
    match &new.fields {
        PlanFields::Vps {
            name,
            provider,
            linode_type,
            vcpus,
            memory_mb,
            disk_gb,
            transfer_gb,
            network_out_mbps,
            regions,
        } => {
            let regions = words(regions);
            let id = sqlx::query_scalar!(
                "INSERT INTO vps_plans (id, name, provider, linode_type, vcpus, memory_mb, disk_gb, transfer_gb, network_out_mbps,
                   base_cost, markup_percentage, hourly_rate, monthly_rate, available_regions, is_active)
                 VALUES (NULL, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true) RETURNING id",
                name.as_str(),
                provider.as_str(),
                linode_type.as_ref().map(ProviderWord::as_str),
                *vcpus,
                *memory_mb,
                *disk_gb,
                *transfer_gb,
                *network_out_mbps,
                base_cost,
                markup,
                rate,
                cap,
                regions.as_deref(),
            )
            .fetch_one(connection)
            .await?;
            Ok(PlanRef::Vps(PlanId::new(id)))
        }
        PlanFields::Container {
            name,
            cpu_cores,
            memory_mb,
            disk_gb,
        } => {
            let id = sqlx::query_scalar!(
                "INSERT INTO container_plans (id, name, cpu_cores, memory_mb, disk_gb, base_cost, markup_percentage, hourly_rate,
                   monthly_rate, is_active)
                 VALUES (NULL, $1, $2, $3, $4, $5, $6, $7, $8, true) RETURNING id",
                name.as_str(),
                cpu_cores.map(CpuCores::decimal),
                *memory_mb,
                *disk_gb,
                base_cost,
                markup,
                rate,
                cap,
            )
            .fetch_one(connection)
            .await?;
            Ok(PlanRef::Container(ContainerPlanId::new(id)))
        }
    }
}

fn one(changed: u64) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::Stale) } else { Ok(()) }
}

/// Changes what it is, if nobody has changed it since `seen`. Which kind it is stays.
pub async fn edit(
    connection: &mut PgConnection,
    plan: PlanRef,
    fields: &PlanFields,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let done = match (plan, fields) {
        (
            PlanRef::Vps(id),
            PlanFields::Vps {
                name,
                provider,
                linode_type,
                vcpus,
                memory_mb,
                disk_gb,
                transfer_gb,
                network_out_mbps,
                regions,
            },
        ) => {
            let regions = words(regions);
            sqlx::query!(
            "UPDATE vps_plans SET name = $3, provider = $4, linode_type = $5, vcpus = $6, memory_mb = $7, disk_gb = $8,
                   transfer_gb = $9, network_out_mbps = $10, available_regions = $11
                 WHERE id = $1 AND date_trunc('milliseconds', updated_at) = date_trunc('milliseconds', $2::timestamp)",
            id.get(),
            seen.naive_utc(),
            name.as_str(),
            provider.as_str(),
            linode_type.as_ref().map(ProviderWord::as_str),
            *vcpus,
            *memory_mb,
            *disk_gb,
            *transfer_gb,
            *network_out_mbps,
            regions.as_deref(),
        )
            .execute(connection)
            .await?
        }
        (
            PlanRef::Container(id),
            PlanFields::Container {
                name,
                cpu_cores,
                memory_mb,
                disk_gb,
            },
        ) => {
            sqlx::query!(
                "UPDATE container_plans SET name = $3, cpu_cores = $4, memory_mb = $5, disk_gb = $6
                 WHERE id = $1 AND date_trunc('milliseconds', updated_at) = date_trunc('milliseconds', $2::timestamp)",
                id.get(),
                seen.naive_utc(),
                name.as_str(),
                cpu_cores.map(CpuCores::decimal),
                *memory_mb,
                *disk_gb,
            )
            .execute(connection)
            .await?
        }
        _ => return Err(StoreError::NotFound),
    };
    one(done.rows_affected())
}

/// Changes the price for hours that begin from now, if nobody has changed the plan since `seen`.
pub async fn change_price(
    connection: &mut PgConnection,
    plan: PlanRef,
    price: &PlanPrice,
    seen: DateTime<Utc>,
) -> Result<(), StoreError> {
    let (base_cost, markup, rate, cap) = (
        price.base_cost().map(domain::money::Rate::decimal),
        price.markup().decimal(),
        price.hourly_rate().map(domain::money::Rate::decimal),
        price.monthly_rate().map(domain::money::Money::decimal),
    );
    let done = match plan {
        PlanRef::Vps(id) => {
            sqlx::query!(
                "UPDATE vps_plans SET base_cost = $3, markup_percentage = $4, hourly_rate = $5, monthly_rate = $6
                 WHERE id = $1 AND date_trunc('milliseconds', updated_at) = date_trunc('milliseconds', $2::timestamp)",
                id.get(),
                seen.naive_utc(),
                base_cost,
                markup,
                rate,
                cap,
            )
            .execute(connection)
            .await?
        }
        PlanRef::Container(id) => {
            sqlx::query!(
                "UPDATE container_plans SET base_cost = $3, markup_percentage = $4, hourly_rate = $5, monthly_rate = $6
                 WHERE id = $1 AND date_trunc('milliseconds', updated_at) = date_trunc('milliseconds', $2::timestamp)",
                id.get(),
                seen.naive_utc(),
                base_cost,
                markup,
                rate,
                cap,
            )
            .execute(connection)
            .await?
        }
    };
    one(done.rows_affected())
}

/// Whether it is sold. What runs on it goes on either way.
pub async fn set_active(connection: &mut PgConnection, plan: PlanRef, active: bool) -> Result<(), StoreError> {
    let done = match plan {
        PlanRef::Vps(id) => {
            sqlx::query!("UPDATE vps_plans SET is_active = $2 WHERE id = $1", id.get(), active)
                .execute(connection)
                .await?
        }
        PlanRef::Container(id) => {
            sqlx::query!(
                "UPDATE container_plans SET is_active = $2 WHERE id = $1",
                id.get(),
                active
            )
            .execute(connection)
            .await?
        }
    };
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    Ok(())
}
