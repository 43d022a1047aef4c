//! One server with what is known around it.

use chrono::{DateTime, Utc};
use domain::{
    ids::{ProviderConfigId, ServerId},
    money::{Currency, Money, Rate},
};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection, Row, postgres::PgRow};
use ts_rs::TS;

use super::{LIST, ServerRow};
use crate::{StoreError, row};

/// What a server's plan sells and costs.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ServerPlan {
    /// `vps_plans.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// The provider's type.
    pub linode_type: Option<String>,
    /// Processor cores.
    pub vcpus: Option<i32>,
    /// Memory, MB.
    pub memory_mb: Option<i32>,
    /// Disk, GB.
    pub disk_gb: Option<i32>,
    /// Traffic a month, GB.
    pub transfer_gb: Option<i32>,
    /// What an hour costs now.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// The cap of a month; `null` is uncapped.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
}

/// The wallet of whoever has the server.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ServerWallet {
    /// What it holds.
    #[ts(type = "Money | null")]
    pub balance: Option<Money>,
    /// In what.
    #[ts(type = "string | null")]
    pub currency: Option<Currency>,
    /// What may be ordered for.
    #[ts(type = "Money | null")]
    pub orderable: Option<Money>,
}

/// What the provider said of the server last, as far as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Observed {
    /// Its type there.
    pub type_id: Option<String>,
    /// Its state there.
    pub status: Option<String>,
    /// Processor cores.
    #[ts(type = "number | null")]
    pub vcpus: Option<i64>,
    /// Memory, MB.
    #[ts(type = "number | null")]
    pub memory_mb: Option<i64>,
    /// Disk, MB.
    #[ts(type = "number | null")]
    pub disk_mb: Option<i64>,
    /// Traffic a month, GB.
    #[ts(type = "number | null")]
    pub transfer_gb: Option<i64>,
    /// Whether backups are on.
    pub backups: Option<bool>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl Observed {
    fn read(stored: &Value) -> Self {
        let text = |name: &str| stored.get(name).and_then(Value::as_str).map(str::to_owned);
        let specs = stored.get("specs").unwrap_or(&Value::Null);
        let number = |name: &str| specs.get(name).and_then(Value::as_i64);
        let tags = stored.get("tags").and_then(Value::as_array);
        Self {
            type_id: text("type"),
            status: text("status"),
            vcpus: number("vcpus"),
            memory_mb: number("memory_mb"),
            disk_mb: number("disk_mb"),
            transfer_gb: number("transfer_gb"),
            backups: stored.get("backups").and_then(Value::as_bool),
            tags: tags
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        }
    }
}

/// One server with what is known around it.
#[derive(Debug, Clone)]
pub struct Known {
    /// As lists show it.
    pub row: ServerRow,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Its plan.
    pub plan: Option<ServerPlan>,
    /// The wallet that pays for it.
    pub wallet: Option<ServerWallet>,
    /// What the provider said last; `None` where no sync has seen it.
    pub observed: Option<Observed>,
}

impl FromRow<'_, PgRow> for Known {
    fn from_row(r: &PgRow) -> Result<Self, sqlx::Error> {
        let plan_name: Option<String> = r.try_get("known_plan")?;
        let plan = match r.try_get::<Option<i32>, _>("plan_id")?.zip(plan_name) {
            Some((id, name)) => Some(ServerPlan {
                id,
                name,
                linode_type: r.try_get("linode_type")?,
                vcpus: r.try_get("vcpus")?,
                memory_mb: r.try_get("memory_mb")?,
                disk_gb: r.try_get("disk_gb")?,
                transfer_gb: r.try_get("transfer_gb")?,
                rate: row::rate(r, "known_rate")?,
                monthly_rate: row::money(r, "known_cap")?,
            }),
            None => None,
        };
        let wallet = if r.try_get::<Option<i32>, _>("wallet_id")?.is_some() {
            let currency: Option<String> = r.try_get("currency")?;
            Some(ServerWallet {
                balance: row::money(r, "balance")?,
                currency: currency.and_then(|word| Currency::parse(&word).ok()),
                orderable: row::money(r, "orderable")?,
            })
        } else {
            None
        };
        let observed: Option<Value> = r.try_get("observed")?;
        Ok(Self {
            row: ServerRow::from_row(r)?,
            deleted_at: row::instant(r, "deleted_at")?,
            plan,
            wallet,
            observed: observed.as_ref().map(Observed::read),
        })
    }
}

/// One server, also a deleted one.
pub async fn known(connection: &mut PgConnection, server: ServerId) -> Result<Known, StoreError> {
    let mut sql = sqlx::QueryBuilder::new("SELECT ");
    sql.push(LIST.select)
        .push(
            ", v.deleted_at, p.name AS known_plan, p.linode_type, p.vcpus, p.memory_mb, p.disk_gb, p.transfer_gb, n.rate AS known_rate, n.cap AS known_cap,
             w.id AS wallet_id, w.balance, w.currency, cs_billing.orderable(v.organization_id) AS orderable, s.observed FROM ",
        )
        .push(LIST.from)
        .push(
            " LEFT JOIN wallets w ON w.organization_id = v.organization_id
              LEFT JOIN cs_billing.rates() n ON n.plan_kind = 'vps' AND n.plan_id = v.plan_id WHERE v.id = ",
        )
        .push_bind(server.get());
    sql.build_query_as()
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::NotFound)
}

/// Where a server is at its provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// In which account.
    pub account: Option<ProviderConfigId>,
    /// Its number there.
    pub external_id: Option<u64>,
    /// Whether it is deleted.
    pub is_deleted: bool,
}

/// Where a server is.
pub async fn place(connection: &mut PgConnection, server: ServerId) -> Result<Place, StoreError> {
    let found = sqlx::query!(
        r#"SELECT v.provider_config_id, v.linode_id, v.deleted_at IS NOT NULL AS "is_deleted!" FROM vps_instances v WHERE v.id = $1"#,
        server.get()
    )
    .fetch_optional(connection)
    .await?
    .ok_or(StoreError::NotFound)?;
    Ok(Place {
        account: found.provider_config_id.map(ProviderConfigId::new),
        external_id: found.linode_id.and_then(|id| u64::try_from(id).ok()),
        is_deleted: found.is_deleted,
    })
}

/// Whether a password of root is kept, sealed; for admins and the agent.
pub async fn has_password(connection: &mut PgConnection, server: ServerId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"SELECT coalesce(v.root_password, '') <> '' AS "has!" FROM vps_instances v WHERE v.id = $1"#,
        server.get()
    )
    .fetch_one(connection)
    .await?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_observed_is_read_however_it_is_written() {
        let told = json!({"type": "g6-nanode-1", "status": "running", "backups": true, "tags": ["shop", 7],
            "specs": {"vcpus": 1, "memory_mb": 1024, "disk_mb": null}});
        let observed = Observed::read(&told);
        assert_eq!(observed.type_id.as_deref(), Some("g6-nanode-1"));
        assert_eq!(
            (observed.vcpus, observed.disk_mb, observed.backups),
            (Some(1), None, Some(true))
        );
        assert_eq!(observed.tags, ["shop"]);
        for nonsense in [
            json!(null),
            json!([1]),
            json!({"specs": 7, "tags": "x", "backups": "yes"}),
        ] {
            assert_eq!(Observed::read(&nonsense), Observed::default());
        }
    }
}
