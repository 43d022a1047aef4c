//! Holds: what an order keeps of a wallet while something is being made. They lower what may be ordered, never what usage
//! may take.

use domain::{
    ids::{HoldId, OrganizationId},
    money::Money,
    plan::PlanRef,
    transaction::IdempotencyKey,
};
use sqlx::PgConnection;

use crate::StoreError;

/// A hold that was placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which; none for a plan that costs nothing.
    pub hold: Option<HoldId>,
    /// How much.
    pub amount: Money,
    /// It had been placed before, under the same key.
    pub repeated: bool,
}

/// Holds 24 hours at a plan's rate, for 24 hours. Refused by the rule `hold_not_covered` when the wallet doesn't cover it
/// beside what is due and what others hold.
pub async fn place(
    connection: &mut PgConnection,
    organization: OrganizationId,
    plan: PlanRef,
    purpose: &str,
    key: &IdempotencyKey,
) -> Result<Held, StoreError> {
    let row = sqlx::query!(
        r#"SELECT hold, held AS "held!", repeated AS "repeated!" FROM cs_billing.place_hold($1, $2, $3, $4, $5)"#,
        organization.get(),
        plan.kind().as_str(),
        plan.get(),
        purpose,
        key.as_str(),
    )
    .fetch_one(connection)
    .await?;
    Ok(Held {
        hold: row.hold.map(HoldId::new),
        amount: Money::from_decimal(row.held).map_err(|_| StoreError::OutOfRange)?,
        repeated: row.repeated,
    })
}

/// Gives a hold back; whether it was held until now.
pub async fn release(connection: &mut PgConnection, hold: HoldId) -> Result<bool, StoreError> {
    Ok(
        sqlx::query_scalar!(r#"SELECT cs_billing.release_hold($1) AS "released!""#, hold.get())
            .fetch_one(connection)
            .await?,
    )
}

/// What an organization may order for: its balance without what is due and what is held. `None` without a wallet.
pub async fn orderable(
    connection: &mut PgConnection,
    organization: OrganizationId,
) -> Result<Option<Money>, StoreError> {
    sqlx::query_scalar!("SELECT cs_billing.orderable($1)", organization.get())
        .fetch_one(connection)
        .await?
        .map(|amount| Money::from_decimal(amount).map_err(|_| StoreError::OutOfRange))
        .transpose()
}
