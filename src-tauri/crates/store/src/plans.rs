//! Plans and prices, of servers and of containers: two documented tables that are looked at as one list.
//!
//! What a plan costs us is read only for roles that may: a statement that names a column without the right to it is
//! refused whole, so each list has two texts.

mod import;
mod prices;
mod write;

use chrono::{DateTime, Utc};
use domain::{
    money::{Amount4, Markup, Money, Rate},
    plan::{PlanPrice, PlanRef, ResourceKind},
};
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use crate::{
    StoreError,
    list::{FilterOp, Kind, List, ListRequest, Page, column, nullable},
    row,
};

pub use import::{ImportedPlan, ImportedSize, KnownPlan, insert_imported, known, update_imported};
pub use prices::{ListedPrice, keep as keep_prices, read_at as prices_read_at};
pub use write::{NewPlanRow, PlanFields, change_price, create, edit, set_active};

/// What a provider takes now for a type that a plan sells for less.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PriceAlarm {
    /// In which region; empty is the usual price.
    pub region: String,
    /// What an hour costs.
    #[ts(type = "string | null")]
    pub hourly: Option<Decimal>,
    /// What a month costs at most.
    #[ts(type = "string | null")]
    pub monthly: Option<Decimal>,
    /// What an hour cost before, if it was ever another price.
    #[ts(type = "string | null")]
    pub was_hourly: Option<Decimal>,
    /// Since when, as far as anybody looked.
    #[ts(type = "Instant | null")]
    pub since: Option<DateTime<Utc>>,
}

impl PriceAlarm {
    fn read(r: &PgRow) -> Result<Option<Self>, sqlx::Error> {
        if !r.try_get::<bool, _>("at_loss")? {
            return Ok(None);
        }
        let amount = |column: &str| {
            r.try_get::<Option<Decimal>, _>(column)
                .map(|amount| amount.map(|amount| amount.normalize()))
        };
        Ok(Some(Self {
            region: r.try_get("alarm_region")?,
            hourly: amount("alarm_hourly")?,
            monthly: amount("alarm_monthly")?,
            was_hourly: amount("alarm_was_hourly")?,
            since: row::instant(r, "alarm_since")?,
        }))
    }
}

/// A plan as lists show it. What it costs us is `null` for roles that may not see it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlanRow {
    /// Tells it from all other plans of both kinds: the list's own number.
    #[ts(type = "number")]
    pub key: i64,
    /// vps or container.
    #[ts(type = "ResourceKind")]
    pub kind: ResourceKind,
    /// `vps_plans.id` or `container_plans.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// Who runs it; servers only.
    pub provider: Option<String>,
    /// The provider's type; servers only.
    pub linode_type: Option<String>,
    /// Processor cores of a server.
    pub vcpus: Option<i32>,
    /// Processor cores of a container, with two decimals.
    pub cpu_cores: Option<String>,
    /// Memory, MB.
    pub memory_mb: Option<i32>,
    /// Disk, GB.
    pub disk_gb: Option<i32>,
    /// Traffic a month, GB.
    pub transfer_gb: Option<i32>,
    /// Outbound network, Mbit/s.
    pub network_out_mbps: Option<i32>,
    /// Regions that it is for; empty is everywhere.
    pub regions: Vec<String>,
    /// What an hour costs us.
    #[ts(type = "Rate | null")]
    pub base_cost: Option<Rate>,
    /// The markup in percent.
    #[ts(type = "string | null")]
    pub markup: Option<Markup>,
    /// What a month costs us at most, where the provider has said so.
    #[ts(type = "string | null")]
    pub provider_monthly: Option<Amount4>,
    /// What an hour costs the customer; `null` is no price: what runs on it waits.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// Whether the rate was set by hand; `null` for roles that can't tell.
    pub rate_by_hand: Option<bool>,
    /// The cap of a month; `null` is uncapped, zero is free.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// Whether it is sold.
    pub is_active: bool,
    /// Servers or containers on it that somebody pays for.
    #[ts(type = "number")]
    pub resources: i64,
    /// Whether the provider takes more now than we do; for roles that see cost.
    pub alarm: Option<PriceAlarm>,
    /// When it was made.
    #[ts(type = "Instant | null")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed; sent back with a change, so that nobody's work is overwritten unseen.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
}

impl FromRow<'_, PgRow> for PlanRow {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let with_cost: bool = r.try_get("with_cost")?;
        let base_cost = row::rate(r, "base_cost")?;
        let markup = markup(r.try_get("markup_percentage")?);
        let written = row::rate(r, "hourly_rate")?;
        let price = PlanPrice::stored(base_cost, markup, written, None, None);
        Ok(Self {
            key: r.try_get("key")?,
            kind: kind(r.try_get("kind")?)?,
            id: r.try_get("id")?,
            name: r.try_get("name")?,
            provider: r.try_get("provider")?,
            linode_type: r.try_get("linode_type")?,
            vcpus: r.try_get("vcpus")?,
            cpu_cores: r
                .try_get::<Option<Decimal>, _>("cpu_cores")?
                .map(|cores| format!("{cores:.2}")),
            memory_mb: r.try_get("memory_mb")?,
            disk_gb: r.try_get("disk_gb")?,
            transfer_gb: r.try_get("transfer_gb")?,
            network_out_mbps: r.try_get("network_out_mbps")?,
            regions: r
                .try_get::<Option<Vec<String>>, _>("available_regions")?
                .unwrap_or_default(),
            base_cost,
            markup: with_cost.then_some(markup),
            provider_monthly: amount(r.try_get("provider_monthly")?),
            rate: row::rate(r, "rate")?,
            rate_by_hand: with_cost.then(|| price.rate_by_hand()),
            monthly_rate: row::money(r, "monthly_rate")?,
            is_active: r.try_get("is_active")?,
            resources: r.try_get("resources")?,
            alarm: PriceAlarm::read(r)?,
            created_at: row::instant(r, "created_at")?,
            updated_at: row::instant_or_epoch(r, "updated_at")?,
        })
    }
}

fn kind(word: &str) -> Result<ResourceKind, sqlx::Error> {
    ResourceKind::parse(word).map_err(|error| sqlx::Error::ColumnDecode {
        index: "kind".to_owned(),
        source: Box::new(error),
    })
}

/// A markup that other programs may have left out: the documented default is none.
fn markup(stored: Option<Decimal>) -> Markup {
    stored
        .and_then(|value| Markup::from_decimal(value).ok())
        .unwrap_or_default()
}

fn amount(stored: Option<Decimal>) -> Option<Amount4> {
    stored.and_then(|value| Amount4::from_decimal(value).ok())
}

const RESOURCES: &str = "(CASE p.kind WHEN 'vps'
    THEN (SELECT count(*) FROM vps_instances x WHERE x.plan_id = p.id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL)
    ELSE (SELECT count(*) FROM containers x WHERE x.plan_id = p.id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL) END)";

/// The list with what plans cost us, or without.
macro_rules! list {
    ($with_cost:literal, $vps_cost:literal, $container_cost:literal, $alarms:literal) => {
        List {
            select: concat!(
                $with_cost,
                " AS with_cost, p.*, r.rate, l.plan_id IS NOT NULL AS at_loss, l.region AS alarm_region, l.hourly AS alarm_hourly, l.monthly AS alarm_monthly,
                    l.was_hourly AS alarm_was_hourly, l.since AS alarm_since, (CASE p.kind WHEN 'vps'
                    THEN (SELECT count(*) FROM vps_instances x WHERE x.plan_id = p.id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL)
                    ELSE (SELECT count(*) FROM containers x WHERE x.plan_id = p.id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL) END) AS resources"
            ),
            from: concat!(
                "(SELECT v.id::bigint * 2 AS key, 'vps' AS kind, v.id, v.name, v.provider, v.linode_type, v.vcpus, NULL::numeric AS cpu_cores,
                    v.memory_mb, v.disk_gb, v.transfer_gb, v.network_out_mbps, v.available_regions, v.hourly_rate, v.monthly_rate,
                    coalesce(v.is_active, true) AS is_active, v.created_at, v.updated_at, ",
                $vps_cost,
                " FROM vps_plans v
                  UNION ALL
                  SELECT c.id::bigint * 2 + 1, 'container', c.id, c.name, NULL, NULL, NULL, c.cpu_cores, c.memory_mb, c.disk_gb, NULL, NULL, NULL,
                    c.hourly_rate, c.monthly_rate, coalesce(c.is_active, true), c.created_at, c.updated_at, ",
                $container_cost,
                " FROM container_plans c) p LEFT JOIN cs_billing.rates() r ON r.plan_kind = p.kind AND r.plan_id = p.id LEFT JOIN ",
                $alarms,
                " l ON p.kind = 'vps' AND l.plan_id = p.id"
            ),
            condition: "true",
            id: "p.key",
            columns: &[
                column("key", "p.key", Kind::Integer),
                column("id", "p.id", Kind::Integer),
                column("kind", "p.kind", Kind::Word),
                column("name", "p.name", Kind::Text),
                nullable("provider", "p.provider", Kind::Text),
                nullable("linode_type", "p.linode_type", Kind::Text),
                nullable("vcpus", "p.vcpus", Kind::Integer),
                nullable("cpu_cores", "p.cpu_cores", Kind::Decimal),
                nullable("memory_mb", "p.memory_mb", Kind::Integer),
                nullable("disk_gb", "p.disk_gb", Kind::Integer),
                nullable("transfer_gb", "p.transfer_gb", Kind::Integer),
                nullable("network_out_mbps", "p.network_out_mbps", Kind::Integer),
                nullable("regions", "array_to_string(p.available_regions, ' ')", Kind::Text),
                nullable("base_cost", "p.base_cost", Kind::Decimal),
                nullable("markup", "p.markup_percentage", Kind::Decimal),
                nullable("provider_monthly", "p.provider_monthly", Kind::Decimal),
                nullable("rate", "r.rate", Kind::Decimal),
                nullable("monthly_rate", "p.monthly_rate", Kind::Decimal),
                column("is_active", "p.is_active", Kind::Flag),
                column("at_loss", "(l.plan_id IS NOT NULL)", Kind::Flag),
                column("resources", RESOURCES, Kind::Integer),
                nullable("created_at", "p.created_at", Kind::Time),
            ],
            search: &["p.name", "p.linode_type", "array_to_string(p.available_regions, ' ')"],
            default_sort: ("name", false),
        }
    };
}

const WITH_COST: List = list!(
    "true",
    "v.base_cost, v.markup_percentage, v.provider_monthly",
    "c.base_cost, c.markup_percentage, NULL::numeric",
    "cs_billing.price_alarms()"
);
const WITHOUT_COST: List = list!(
    "false",
    "NULL::numeric AS base_cost, NULL::numeric AS markup_percentage, NULL::numeric AS provider_monthly",
    "NULL, NULL, NULL",
    "(SELECT NULL::integer AS plan_id, '' AS region, NULL::numeric AS hourly, NULL::numeric AS monthly, NULL::numeric AS was_hourly, NULL::timestamp AS since WHERE false)"
);

/// Whether what plans cost us is read too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Costs {
    /// For roles that may see it.
    Shown,
    /// For the others.
    Hidden,
}

/// A window of the plans of both kinds.
pub async fn list(
    connection: &mut PgConnection,
    request: &ListRequest,
    costs: Costs,
) -> Result<Page<PlanRow>, StoreError> {
    let list = match costs {
        Costs::Shown => WITH_COST,
        Costs::Hidden => WITHOUT_COST,
    };
    list.page(connection, request, |_| ()).await
}

/// One plan.
pub async fn get(connection: &mut PgConnection, plan: PlanRef, costs: Costs) -> Result<PlanRow, StoreError> {
    let request = ListRequest::first(1)
        .with("kind", FilterOp::Is, &plan.kind())
        .with("id", FilterOp::Is, &plan.get());
    let page = list(connection, &request, costs).await?;
    page.rows.into_iter().next().ok_or(StoreError::NotFound)
}

/// A price that was in force.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PriceRow {
    /// From when; `null` is from the beginning.
    #[ts(type = "Instant | null")]
    pub effective_from: Option<DateTime<Utc>>,
    /// What an hour cost us.
    #[ts(type = "Rate | null")]
    pub base_cost: Option<Rate>,
    /// The markup in percent.
    #[ts(type = "string | null")]
    pub markup: Option<Markup>,
    /// What an hour cost the customer.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// The cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// Who entered it.
    pub recorded_by: Option<String>,
}

struct StoredPrice {
    effective_from: Option<chrono::NaiveDateTime>,
    base_cost: Option<Decimal>,
    markup_percentage: Option<Decimal>,
    hourly_rate: Option<Decimal>,
    monthly_rate: Option<Decimal>,
    recorded_by: Option<String>,
}

/// The newest prices of a plan, newest first. A plan that another program wrote has none.
pub async fn history(
    connection: &mut PgConnection,
    plan: PlanRef,
    costs: Costs,
    limit: i64,
) -> Result<Vec<PriceRow>, StoreError> {
    let stored = match costs {
        Costs::Shown => {
            sqlx::query_as!(
                StoredPrice,
                r#"SELECT nullif(p.effective_from, '-infinity') AS effective_from, p.base_cost, p.markup_percentage, p.monthly_rate,
                     r.rate AS hourly_rate,
                     coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS recorded_by
                   FROM plan_prices p LEFT JOIN users u ON u.id = p.recorded_by
                   LEFT JOIN cs_billing.past_rates($1, $2) r ON r.effective_from = p.effective_from
                   WHERE p.plan_kind = $1 AND p.plan_id = $2 ORDER BY p.effective_from DESC LIMIT $3"#,
                plan.kind().as_str(),
                plan.get(),
                limit
            )
            .fetch_all(connection)
            .await?
        }
        Costs::Hidden => {
            sqlx::query_as!(
                StoredPrice,
                r#"SELECT nullif(p.effective_from, '-infinity') AS effective_from, NULL::numeric AS base_cost,
                     NULL::numeric AS markup_percentage, p.monthly_rate, r.rate AS hourly_rate,
                     coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) AS recorded_by
                   FROM plan_prices p LEFT JOIN users u ON u.id = p.recorded_by
                   LEFT JOIN cs_billing.past_rates($1, $2) r ON r.effective_from = p.effective_from
                   WHERE p.plan_kind = $1 AND p.plan_id = $2 ORDER BY p.effective_from DESC LIMIT $3"#,
                plan.kind().as_str(),
                plan.get(),
                limit
            )
            .fetch_all(connection)
            .await?
        }
    };
    Ok(stored
        .into_iter()
        .map(|price| PriceRow {
            effective_from: price.effective_from.map(|at| at.and_utc()),
            base_cost: rate(price.base_cost),
            markup: (costs == Costs::Shown).then(|| markup(price.markup_percentage)),
            rate: rate(price.hourly_rate),
            monthly_rate: price.monthly_rate.and_then(|value| Money::from_decimal(value).ok()),
            recorded_by: price.recorded_by,
        })
        .collect())
}

fn rate(stored: Option<Decimal>) -> Option<Rate> {
    stored.and_then(|value| Rate::from_decimal(value).ok())
}

/// What a plan brings in a month of 744 hours when everything on it that is paid for runs all the time, to the cent.
/// `None` without a price, or beyond what a wallet holds.
pub async fn full_month(connection: &mut PgConnection, plan: PlanRef) -> Result<Option<Money>, StoreError> {
    let sum = sqlx::query_scalar!(
        r#"SELECT round(least(r.rate * 744, r.cap) * (CASE r.plan_kind
             WHEN 'vps' THEN (SELECT count(*) FROM vps_instances x WHERE x.plan_id = r.plan_id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL)
             ELSE (SELECT count(*) FROM containers x WHERE x.plan_id = r.plan_id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL) END), 2) AS sum
           FROM cs_billing.rates() r WHERE r.plan_kind = $1 AND r.plan_id = $2 AND r.rate IS NOT NULL"#,
        plan.kind().as_str(),
        plan.get()
    )
    .fetch_optional(connection)
    .await?;
    Ok(sum.flatten().and_then(|sum| Money::from_decimal(sum).ok()))
}

/// What an assignment asks of a plan.
#[derive(Debug, Clone)]
pub struct PlanTerms {
    /// Its name.
    pub name: String,
    /// Whether it is sold.
    pub is_active: bool,
    /// What an hour costs; `None` is no price.
    pub rate: Option<Rate>,
    /// The cap of a month.
    pub cap: Option<Money>,
    /// Regions that it is for; empty is everywhere.
    pub regions: Vec<String>,
}

/// Reads it.
pub async fn terms(connection: &mut PgConnection, plan: PlanRef) -> Result<PlanTerms, StoreError> {
    let found = get(connection, plan, Costs::Hidden).await?;
    Ok(PlanTerms {
        name: found.name,
        is_active: found.is_active,
        rate: found.rate,
        cap: found.monthly_rate,
        regions: found.regions,
    })
}

/// The price of a plan as its row has it, and the row's last change.
pub async fn price(connection: &mut PgConnection, plan: PlanRef) -> Result<PlanPrice, StoreError> {
    let row = get(connection, plan, Costs::Shown).await?;
    Ok(PlanPrice::stored(
        row.base_cost,
        row.markup.unwrap_or_default(),
        row.rate,
        row.monthly_rate,
        row.provider_monthly,
    ))
}
