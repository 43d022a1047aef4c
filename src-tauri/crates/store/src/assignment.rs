//! Whose a server or container is, on which plan, from when. The database keeps the terms, and refuses by name what
//! would charge an hour twice.

use chrono::{DateTime, Utc};
use domain::{
    ids::{OrganizationId, ServerId},
    money::Amount4,
    plan::{PlanRef, ResourceRef},
};
use sqlx::PgConnection;

use crate::StoreError;

/// A server or container as an assignment finds it.
#[derive(Debug, Clone)]
pub struct Resource {
    /// What it is called.
    pub label: Option<String>,
    /// Whose it is.
    pub organization_id: Option<i32>,
    /// The organization's name.
    pub organization: Option<String>,
    /// Its plan.
    pub plan_id: Option<i32>,
    /// The provider's region; servers only.
    pub region: Option<String>,
    /// When it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// Reads it.
pub async fn resource(connection: &mut PgConnection, resource: ResourceRef) -> Result<Resource, StoreError> {
    struct Stored {
        label: Option<String>,
        organization_id: Option<i32>,
        organization: Option<String>,
        plan_id: Option<i32>,
        region: Option<String>,
        created_at: Option<chrono::NaiveDateTime>,
        deleted: bool,
    }
    let stored = match resource {
        ResourceRef::Vps(id) => {
            sqlx::query_as!(
                Stored,
                r#"SELECT v.label, v.organization_id, o.name AS "organization?", v.plan_id, v.region, v.created_at, v.deleted_at IS NOT NULL AS "deleted!"
                   FROM vps_instances v LEFT JOIN organizations o ON o.id = v.organization_id WHERE v.id = $1"#,
                id.get()
            )
            .fetch_optional(connection)
            .await?
        }
        ResourceRef::Container(id) => {
            sqlx::query_as!(
                Stored,
                r#"SELECT c.name AS label, c.organization_id, o.name AS "organization?", c.plan_id, NULL::text AS region, c.created_at,
                     c.deleted_at IS NOT NULL AS "deleted!"
                   FROM containers c LEFT JOIN organizations o ON o.id = c.organization_id WHERE c.id = $1"#,
                id.get()
            )
            .fetch_optional(connection)
            .await?
        }
    }
    .ok_or(StoreError::NotFound)?;
    Ok(Resource {
        label: stored.label,
        organization_id: stored.organization_id,
        organization: stored.organization,
        plan_id: stored.plan_id,
        region: stored.region,
        created_at: stored.created_at.map(|at| at.and_utc()),
        deleted: stored.deleted,
    })
}

/// Gives it to an organization on a plan, from a time or from now. Refused when it is somebody else's than `seen`.
/// Answers from when it is charged.
pub async fn assign(
    connection: &mut PgConnection,
    resource: ResourceRef,
    seen: Option<i32>,
    organization: OrganizationId,
    plan: PlanRef,
    start: Option<DateTime<Utc>>,
) -> Result<DateTime<Utc>, StoreError> {
    let start = start.map(|at| at.naive_utc());
    // The database takes a start that is the old one for none given. A microsecond tells them apart; hours are counted
    // from wherever they begin.
    let begins = match resource {
        ResourceRef::Vps(id) => {
            sqlx::query_scalar!(
                "UPDATE vps_instances SET organization_id = $2, plan_id = $3, last_billed_at = coalesce(
                   CASE WHEN last_billed_at = $4 THEN $4::timestamp + interval '1 microsecond' ELSE $4 END, cs_billing.clock())
                 WHERE id = $1 AND deleted_at IS NULL AND organization_id IS NOT DISTINCT FROM $5 RETURNING last_billed_at",
                id.get(),
                organization.get(),
                plan.get(),
                start,
                seen
            )
            .fetch_optional(connection)
            .await?
        }
        ResourceRef::Container(id) => {
            sqlx::query_scalar!(
                "UPDATE containers SET organization_id = $2, plan_id = $3, last_billed_at = coalesce(
                   CASE WHEN last_billed_at = $4 THEN $4::timestamp + interval '1 microsecond' ELSE $4 END, cs_billing.clock())
                 WHERE id = $1 AND deleted_at IS NULL AND organization_id IS NOT DISTINCT FROM $5 RETURNING last_billed_at",
                id.get(),
                organization.get(),
                plan.get(),
                start,
                seen
            )
            .fetch_optional(connection)
            .await?
        }
    };
    begins
        .ok_or(StoreError::Stale)?
        .map(|at| at.and_utc())
        .ok_or(StoreError::BadValue)
}

/// Puts it on another plan for hours that begin from now, unless it is on another one than `seen`.
pub async fn change_plan(
    connection: &mut PgConnection,
    resource: ResourceRef,
    seen: Option<i32>,
    plan: PlanRef,
) -> Result<(), StoreError> {
    let done = match resource {
        ResourceRef::Vps(id) => {
            sqlx::query!(
                "UPDATE vps_instances SET plan_id = $2
                 WHERE id = $1 AND deleted_at IS NULL AND organization_id IS NOT NULL AND plan_id IS NOT DISTINCT FROM $3",
                id.get(),
                plan.get(),
                seen
            )
            .execute(connection)
            .await?
        }
        ResourceRef::Container(id) => {
            sqlx::query!(
                "UPDATE containers SET plan_id = $2
                 WHERE id = $1 AND deleted_at IS NULL AND organization_id IS NOT NULL AND plan_id IS NOT DISTINCT FROM $3",
                id.get(),
                plan.get(),
                seen
            )
            .execute(connection)
            .await?
        }
    };
    if done.rows_affected() == 0 {
        return Err(StoreError::Stale);
    }
    Ok(())
}

/// Takes an assignment back of which nothing has been charged. False when there is none, or its plan was changed.
pub async fn undo(connection: &mut PgConnection, resource: ResourceRef) -> Result<bool, StoreError> {
    let undone = sqlx::query_scalar!(
        r#"SELECT cs_billing.undo_assignment($1, $2) AS "undone!""#,
        resource.kind().as_str(),
        resource.get()
    )
    .fetch_one(connection)
    .await?;
    Ok(undone)
}

/// Ends an assignment now: the started hour is charged, then it is nobody's.
pub async fn end(connection: &mut PgConnection, resource: ResourceRef, seen: Option<i32>) -> Result<(), StoreError> {
    let done = match resource {
        ResourceRef::Vps(id) => {
            sqlx::query!(
                "UPDATE vps_instances SET organization_id = NULL, plan_id = NULL
                 WHERE id = $1 AND deleted_at IS NULL AND organization_id = $2",
                id.get(),
                seen
            )
            .execute(connection)
            .await?
        }
        ResourceRef::Container(id) => {
            sqlx::query!(
                "UPDATE containers SET organization_id = NULL, plan_id = NULL
                 WHERE id = $1 AND deleted_at IS NULL AND organization_id = $2",
                id.get(),
                seen
            )
            .execute(connection)
            .await?
        }
    };
    if done.rows_affected() == 0 {
        return Err(StoreError::Stale);
    }
    Ok(())
}

/// What is charged of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Hours that no run has charged and that have a price.
    pub hours: i64,
    /// What they cost.
    pub amount: Amount4,
    /// Hours that have none, and wait.
    pub unpriced: i64,
}

/// What the next run would charge for it: whole hours that have ended. Asks the run's own statement; in a transaction
/// that is rolled back afterwards it previews what was done before.
pub async fn due(connection: &mut PgConnection, resource: ResourceRef) -> Result<Due, StoreError> {
    due_of(connection, resource, false).await
}

/// What would be charged at the end if it ended now, with the hour that has begun.
pub async fn final_charge(connection: &mut PgConnection, resource: ResourceRef) -> Result<Due, StoreError> {
    due_of(connection, resource, true).await
}

async fn due_of(connection: &mut PgConnection, resource: ResourceRef, ending: bool) -> Result<Due, StoreError> {
    let row = sqlx::query!(
        r#"SELECT hours AS "hours!", amount AS "amount!", unpriced AS "unpriced!" FROM cs_billing.due_of($1, $2, $3)"#,
        resource.kind().as_str(),
        resource.get(),
        ending
    )
    .fetch_one(connection)
    .await?;
    Ok(Due {
        hours: row.hours,
        amount: Amount4::from_decimal(row.amount).map_err(|_| StoreError::OutOfRange)?,
        unpriced: row.unpriced,
    })
}

/// The servers of a label, at most two: one is an answer, two are a question.
pub async fn servers_of_label(connection: &mut PgConnection, label: &str) -> Result<Vec<ServerId>, StoreError> {
    let rows = sqlx::query_scalar!(
        "SELECT id FROM vps_instances WHERE label = $1 AND deleted_at IS NULL ORDER BY id LIMIT 2",
        label
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(ServerId::new).collect())
}
