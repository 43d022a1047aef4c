//! What an import reads and writes: whole sets in one statement.

use domain::{
    ids::PlanId,
    money::{Markup, Money, Rate},
    plan::PlanPrice,
};
use serde::Serialize;
use sqlx::PgConnection;

use super::{amount, markup, rate};
use crate::StoreError;

/// A plan of a provider's type that is there already.
#[derive(Debug, Clone)]
pub struct KnownPlan {
    /// Which.
    pub id: PlanId,
    /// Its name.
    pub name: String,
    /// The provider's type.
    pub linode_type: String,
    /// Whose price it is: a region's, or the usual one. A plan made by hand for one region counts as that region's.
    pub region: Option<String>,
    /// Regions that it is for; empty is everywhere.
    pub regions: Vec<String>,
    /// What it costs.
    pub price: PlanPrice,
}

/// The plans of a provider's types, those made by hand as well.
pub async fn known(
    connection: &mut PgConnection,
    provider: &str,
    types: &[String],
) -> Result<Vec<KnownPlan>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, name, linode_type AS "linode_type!", available_regions,
             CASE WHEN imported_region IS NOT NULL THEN nullif(imported_region, '')
                  WHEN cardinality(available_regions) = 1 THEN available_regions[1] END AS region,
             base_cost, markup_percentage, hourly_rate, monthly_rate, provider_monthly
           FROM vps_plans WHERE lower(provider) = $1 AND linode_type = ANY ($2) ORDER BY id"#,
        provider,
        types
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| KnownPlan {
            id: PlanId::new(row.id),
            name: row.name,
            linode_type: row.linode_type,
            region: row.region,
            regions: row.available_regions.unwrap_or_default(),
            price: PlanPrice::stored(
                rate(row.base_cost),
                markup(row.markup_percentage),
                rate(row.hourly_rate),
                row.monthly_rate.and_then(|value| Money::from_decimal(value).ok()),
                amount(row.provider_monthly),
            ),
        })
        .collect())
}

/// How large a provider's type is, in the columns' units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportedSize {
    /// Processor cores.
    pub vcpus: Option<i32>,
    /// Memory, MB.
    pub memory_mb: Option<i32>,
    /// Disk, GB.
    pub disk_gb: Option<i32>,
    /// Traffic a month, GB.
    pub transfer_gb: Option<i32>,
    /// Outbound network, Mbit/s.
    pub network_out_mbps: Option<i32>,
}

/// A plan that an import makes, or changes when it has an id. Amounts are text: JSON's numbers are floats to many.
#[derive(Debug, Clone, Serialize)]
pub struct ImportedPlan {
    id: Option<i32>,
    name: String,
    provider: String,
    linode_type: String,
    imported_region: String,
    available_regions: Option<Vec<String>>,
    vcpus: Option<i32>,
    memory_mb: Option<i32>,
    disk_gb: Option<i32>,
    transfer_gb: Option<i32>,
    network_out_mbps: Option<i32>,
    base_cost: Option<String>,
    markup_percentage: String,
    hourly_rate: Option<String>,
    monthly_rate: Option<String>,
    provider_monthly: Option<String>,
}

impl ImportedPlan {
    /// A plan of a provider's type: for the region whose price it is, or the usual one.
    pub fn new(
        provider: &str,
        linode_type: &str,
        region: Option<&str>,
        name: &str,
        regions: &[String],
        price: &PlanPrice,
    ) -> Self {
        Self {
            id: None,
            name: name.to_owned(),
            provider: provider.to_owned(),
            linode_type: linode_type.to_owned(),
            imported_region: region.unwrap_or_default().to_owned(),
            available_regions: (!regions.is_empty()).then(|| regions.to_vec()),
            vcpus: None,
            memory_mb: None,
            disk_gb: None,
            transfer_gb: None,
            network_out_mbps: None,
            base_cost: price.base_cost().as_ref().map(Rate::to_string),
            markup_percentage: Markup::to_string(&price.markup()),
            hourly_rate: price.hourly_rate().as_ref().map(Rate::to_string),
            monthly_rate: price.monthly_rate().as_ref().map(Money::to_string),
            provider_monthly: price.provider_monthly().as_ref().map(ToString::to_string),
        }
    }

    /// The same with its size.
    #[must_use]
    pub fn sized(self, size: &ImportedSize) -> Self {
        Self {
            vcpus: size.vcpus,
            memory_mb: size.memory_mb,
            disk_gb: size.disk_gb,
            transfer_gb: size.transfer_gb,
            network_out_mbps: size.network_out_mbps,
            ..self
        }
    }

    /// The same as a change of a plan that is there.
    #[must_use]
    pub fn of(self, id: PlanId) -> Self {
        Self {
            id: Some(id.get()),
            ..self
        }
    }
}

fn as_json(plans: &[ImportedPlan]) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(plans).map_err(|_| StoreError::BadValue)
}

/// Makes plans; those that somebody else has imported at the same moment are left alone. How many were made.
pub async fn insert_imported(connection: &mut PgConnection, plans: &[ImportedPlan]) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO vps_plans (id, name, provider, linode_type, imported_region, available_regions, vcpus, memory_mb, disk_gb, transfer_gb,
           network_out_mbps, base_cost, markup_percentage, hourly_rate, monthly_rate, provider_monthly, is_active)
         SELECT NULL, x.name, x.provider, x.linode_type, x.imported_region, x.available_regions, x.vcpus, x.memory_mb, x.disk_gb, x.transfer_gb,
           x.network_out_mbps, x.base_cost, x.markup_percentage, x.hourly_rate, x.monthly_rate, x.provider_monthly, true
         FROM jsonb_to_recordset($1) AS x(name text, provider text, linode_type text, imported_region text, available_regions text[],
           vcpus integer, memory_mb integer, disk_gb integer, transfer_gb integer, network_out_mbps integer, base_cost numeric,
           markup_percentage numeric, hourly_rate numeric, monthly_rate numeric, provider_monthly numeric)
         ON CONFLICT (provider, linode_type, imported_region) DO NOTHING",
        as_json(plans)?
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Changes price and regions of plans that are there; their names and sizes are the business's own.
pub async fn update_imported(connection: &mut PgConnection, plans: &[ImportedPlan]) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "UPDATE vps_plans p SET base_cost = x.base_cost, markup_percentage = x.markup_percentage, hourly_rate = x.hourly_rate,
           monthly_rate = x.monthly_rate, provider_monthly = x.provider_monthly, available_regions = x.available_regions
         FROM jsonb_to_recordset($1) AS x(id integer, available_regions text[], base_cost numeric, markup_percentage numeric,
           hourly_rate numeric, monthly_rate numeric, provider_monthly numeric)
         WHERE p.id = x.id",
        as_json(plans)?
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
