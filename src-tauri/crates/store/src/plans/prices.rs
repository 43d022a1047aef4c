//! What a provider takes now, and which plans that makes a loss.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::PgConnection;

use crate::StoreError;

/// A price of a list.
#[derive(Debug, Clone, Serialize)]
pub struct ListedPrice {
    /// The provider's type.
    pub type_id: String,
    /// The region that has it; empty is the usual price.
    pub region: String,
    /// What an hour costs, as the list writes it; `None` is open.
    pub hourly: Option<String>,
    /// What a month costs at most.
    pub monthly: Option<String>,
}

/// When a provider's list was last read.
pub async fn read_at(connection: &mut PgConnection, provider: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
    let at = sqlx::query_scalar!("SELECT read_at FROM provider_price_lists WHERE provider = $1", provider)
        .fetch_optional(connection)
        .await?;
    Ok(at.map(|at| at.and_utc()))
}

/// Keeps a list. How many prices have changed, and of how many plans admins were told that they cost more than they bring.
pub async fn keep(
    connection: &mut PgConnection,
    provider: &str,
    list: &[ListedPrice],
) -> Result<(i32, i32), StoreError> {
    let list: Value = serde_json::to_value(list).map_err(|_| StoreError::BadValue)?;
    let row = sqlx::query!(
        r#"SELECT changed AS "changed!", told AS "told!" FROM cs_billing.keep_prices($1, $2)"#,
        provider,
        list
    )
    .fetch_one(connection)
    .await?;
    Ok((row.changed, row.told))
}
