//! What a demonstration asks before it begins.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::StoreError;

/// The workspace before a demonstration.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// Whether it is one for tests, in which time can be moved.
    pub is_test: bool,
    /// How many organizations it has.
    pub organizations: i64,
    /// The database's time.
    pub now: DateTime<Utc>,
}

/// Looks at a workspace.
pub async fn look(connection: &mut PgConnection) -> Result<Found, StoreError> {
    let row = sqlx::query!(
        r#"SELECT w.is_test AS "is_test!", (SELECT count(*) FROM organizations) AS "organizations!", timezone('UTC', now()) AS "now!"
           FROM cs_auth.workspace() w"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Found {
        is_test: row.is_test,
        organizations: row.organizations,
        now: row.now.and_utc(),
    })
}

/// Has the planner look at what months that passed in seconds have written; nobody else does so soon.
pub async fn refresh_statistics(connection: &mut PgConnection) -> Result<(), StoreError> {
    sqlx::raw_sql(
        "ANALYZE organizations, wallets, transactions, vps_instances, containers, resource_terms, retired_meters, plan_prices,
           organization_meters, billing_charges, billing_runs, usage_details, parked_resources, invoices, tickets, ticket_messages",
    )
    .execute(connection)
    .await?;
    Ok(())
}
