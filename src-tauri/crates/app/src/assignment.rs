//! Whose a server or container is, on which plan, from when: assign, change the plan, take back.
//!
//! A preview is the deed itself, in a transaction that is rolled back: it meets the same refusals, and its charge is
//! what the run's own statement says.

use chrono::{DateTime, Utc};
use domain::{
    ids::OrganizationId,
    money::{Amount4, Money, Rate},
    plan::{PlanRef, ResourceKind, ResourceRef, priced_elsewhere},
    role::Action,
};
use serde::Serialize;
use sqlx::PgConnection;
use store::{
    StoreError,
    assignment::{self, Resource},
    organizations,
    plans::{self, PlanTerms},
};
use ts_rs::TS;

use crate::{AppError, rules, session::Session};

/// An assignment.
#[derive(Debug, Clone, Copy)]
pub struct Assign {
    /// Of what.
    pub resource: ResourceRef,
    /// To whom.
    pub organization: OrganizationId,
    /// On which plan.
    pub plan: PlanRef,
    /// From when it is charged; `None` is now.
    pub start: Option<DateTime<Utc>>,
}

/// What an assignment does, or would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Assigned {
    /// What the server or container is called.
    pub label: String,
    /// Whose it becomes.
    pub organization: String,
    /// Whose it was until now.
    pub taken_from: Option<String>,
    /// On which plan.
    pub plan: String,
    /// What an hour costs.
    #[ts(type = "Rate")]
    pub rate: Rate,
    /// The cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// From when it is charged.
    #[ts(type = "Instant")]
    pub starts_at: DateTime<Utc>,
    /// Whole hours that have passed since, which the next run charges.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost, to the ten-thousandth.
    #[ts(type = "string")]
    pub amount: Amount4,
    /// What a person should look at before.
    pub warnings: Vec<String>,
}

/// What a change of plan does, or would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PlanChanged {
    /// What the server or container is called.
    pub label: String,
    /// The plan until now.
    pub old_plan: Option<String>,
    /// What an hour costs until now.
    #[ts(type = "Rate | null")]
    pub old_rate: Option<Rate>,
    /// The cap of a month until now.
    #[ts(type = "Money | null")]
    pub old_monthly_rate: Option<Money>,
    /// The plan for hours that begin from now.
    pub plan: String,
    /// What they cost each.
    #[ts(type = "Rate")]
    pub rate: Rate,
    /// Their cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// Whole hours up to now that the next run charges.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost. Hours that waited for a plan cost what this one does.
    #[ts(type = "string")]
    pub amount: Amount4,
    /// What a person should look at before.
    pub warnings: Vec<String>,
}

/// How an assignment can be taken back.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Release {
    /// What the server or container is called.
    pub label: String,
    /// Whose it is.
    pub organization: String,
    /// Why it can't be undone as if it had not been; `null` when it can.
    pub not_undoable: Option<String>,
    /// Whole hours that the next run charges when it is ended instead; the hour that has begun comes in addition.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost.
    #[ts(type = "string")]
    pub amount: Amount4,
}

fn broken(rule: &str) -> AppError {
    StoreError::Rule(rule.to_owned()).into()
}

fn may(session: &Session, resource: ResourceRef) -> Result<(), AppError> {
    session.may(match resource.kind() {
        ResourceKind::Vps => Action::EditServer,
        ResourceKind::Container => Action::EditContainer,
    })
}

fn label(resource: ResourceRef, found: &Resource) -> String {
    found
        .label
        .clone()
        .unwrap_or_else(|| format!("{} {}", resource.kind().noun(), resource.get()))
}

async fn live(connection: &mut PgConnection, resource: ResourceRef) -> Result<Resource, AppError> {
    let found = assignment::resource(connection, resource).await?;
    if found.deleted {
        return Err(broken("assign_deleted"));
    }
    Ok(found)
}

/// The terms of a plan that something can be put on, and what an hour on it costs.
async fn sold(
    connection: &mut PgConnection,
    resource: ResourceRef,
    plan: PlanRef,
) -> Result<(PlanTerms, Rate), AppError> {
    if resource.kind() != plan.kind() {
        return Err(AppError::invalid(
            "plan_id",
            "Servers and containers have plans of their own.",
        ));
    }
    let terms = plans::terms(connection, plan).await?;
    if !terms.is_active {
        return Err(broken("plan_inactive"));
    }
    match terms.rate {
        Some(rate) => Ok((terms, rate)),
        None => Err(broken("plan_without_rate")),
    }
}

fn warnings(found: &Resource, terms: &PlanTerms) -> Vec<String> {
    let elsewhere = |region: &String| priced_elsewhere(&terms.regions, region);
    found.region.as_ref().and_then(elsewhere).into_iter().collect()
}

/// When a server or container was created, for an assignment from then on.
pub async fn created_at(session: &Session, resource: ResourceRef) -> Result<Option<DateTime<Utc>>, AppError> {
    Ok(live(&mut *session.read().await?, resource).await?.created_at)
}

async fn assigning(connection: &mut PgConnection, assign: &Assign) -> Result<Assigned, AppError> {
    let found = live(connection, assign.resource).await?;
    if found.organization_id == Some(assign.organization.get()) {
        return Err(broken("assign_already_there"));
    }
    let (terms, rate) = sold(connection, assign.resource, assign.plan).await?;
    let organization = organizations::get(connection, assign.organization).await?;
    let starts_at = assignment::assign(
        connection,
        assign.resource,
        found.organization_id,
        assign.organization,
        assign.plan,
        assign.start,
    )
    .await?;
    let due = assignment::due(connection, assign.resource).await?;
    let mut warnings = warnings(&found, &terms);
    if organization.balance.is_none() {
        warnings.push("The organization has no wallet: runs leave it out.".to_owned());
    }
    Ok(Assigned {
        label: label(assign.resource, &found),
        organization: organization.name,
        taken_from: found.organization,
        plan: terms.name,
        rate,
        monthly_rate: terms.cap,
        starts_at,
        hours: due.hours,
        amount: due.amount,
        warnings,
    })
}

/// Assigns a server or container to an organization on a plan, charged from a time or from now.
pub async fn assign(session: &Session, assign: &Assign) -> Result<Assigned, AppError> {
    may(session, assign.resource)?;
    let mut transaction = session.write().await?;
    let done = assigning(&mut transaction, assign).await?;
    transaction.commit().await?;
    Ok(done)
}

/// What [`assign`] would do, or why it would not. Changes nothing.
pub async fn preview(session: &Session, assign: &Assign) -> Result<Assigned, AppError> {
    may(session, assign.resource)?;
    let mut transaction = session.write().await?;
    let would = assigning(&mut transaction, assign).await;
    transaction.rollback().await?;
    would
}

/// The most that are assigned at once.
pub const MOST: usize = 100;

/// What assignments of several do together, or would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AssignedTogether {
    /// Each.
    pub items: Vec<Assigned>,
    /// Whole hours of all that the next run charges.
    #[ts(type = "number")]
    pub hours: i64,
    /// What they cost, to the ten-thousandth.
    #[ts(type = "string")]
    pub amount: Amount4,
}

/// Assigns several in one transaction: all, or none when one is refused. With `dry_run` it says what it would do.
pub async fn assign_together(
    session: &Session,
    assigns: &[Assign],
    dry_run: bool,
) -> Result<AssignedTogether, AppError> {
    if assigns.is_empty() || assigns.len() > MOST {
        return Err(AppError::invalid(
            "resource_ids",
            format!("Choose 1 to {MOST} at once."),
        ));
    }
    for assign in assigns {
        may(session, assign.resource)?;
    }
    let mut transaction = session.write().await?;
    let mut together = AssignedTogether {
        items: Vec::with_capacity(assigns.len()),
        hours: 0,
        amount: Amount4::ZERO,
    };
    for assign in assigns {
        let done = assigning(&mut transaction, assign).await?;
        together.hours += done.hours;
        let sum = together.amount.checked_add(done.amount);
        together.amount = sum.map_err(|_| AppError::Store(StoreError::OutOfRange))?;
        together.items.push(done);
    }
    if dry_run {
        transaction.rollback().await?;
    } else {
        transaction.commit().await?;
    }
    Ok(together)
}

async fn changing(
    connection: &mut PgConnection,
    resource: ResourceRef,
    plan: PlanRef,
    found: Resource,
) -> Result<PlanChanged, AppError> {
    if found.organization_id.is_none() {
        return Err(broken("assign_nobodys"));
    }
    if found.plan_id == Some(plan.get()) {
        return Err(broken("assign_same_plan"));
    }
    let (terms, rate) = sold(connection, resource, plan).await?;
    let old = match found.plan_id {
        Some(id) => Some(plans::terms(connection, PlanRef::new(resource.kind(), id)).await?),
        None => None,
    };
    assignment::change_plan(connection, resource, found.plan_id, plan).await?;
    let due = assignment::due(connection, resource).await?;
    Ok(PlanChanged {
        label: label(resource, &found),
        old_rate: old.as_ref().and_then(|old| old.rate),
        old_monthly_rate: old.as_ref().and_then(|old| old.cap),
        old_plan: old.map(|old| old.name),
        warnings: warnings(&found, &terms),
        plan: terms.name,
        rate,
        monthly_rate: terms.cap,
        hours: due.hours,
        amount: due.amount,
    })
}

/// Puts a server or container on another plan for hours that begin from now. `seen` is the plan that the person saw
/// it on.
pub async fn change_plan(
    session: &Session,
    resource: ResourceRef,
    plan: PlanRef,
    seen: Option<i32>,
) -> Result<PlanChanged, AppError> {
    may(session, resource)?;
    let mut transaction = session.write().await?;
    let found = live(&mut transaction, resource).await?;
    if found.plan_id != seen {
        return Err(StoreError::Stale.into());
    }
    let done = changing(&mut transaction, resource, plan, found).await?;
    transaction.commit().await?;
    Ok(done)
}

/// What [`change_plan`] would do, or why it would not. Changes nothing.
pub async fn preview_plan(session: &Session, resource: ResourceRef, plan: PlanRef) -> Result<PlanChanged, AppError> {
    may(session, resource)?;
    let mut transaction = session.write().await?;
    let found = live(&mut transaction, resource).await?;
    let would = changing(&mut transaction, resource, plan, found).await;
    transaction.rollback().await?;
    would
}

/// How an assignment can be taken back: undone while nothing of it has been charged, else only ended. Changes nothing.
pub async fn release(session: &Session, resource: ResourceRef) -> Result<Release, AppError> {
    may(session, resource)?;
    let mut transaction = session.write().await?;
    let found = live(&mut transaction, resource).await?;
    let Some(organization) = found.organization.clone() else {
        return Err(broken("assign_nobodys"));
    };
    let due = assignment::due(&mut transaction, resource).await?;
    let not_undoable = match assignment::undo(&mut transaction, resource).await {
        Ok(true) => None,
        Ok(false) => rules::sentence("assign_not_undoable").map(|(_, sentence)| sentence.to_owned()),
        Err(StoreError::Rule(rule)) => Some(rules::sentence(&rule).map_or(rule.clone(), |(_, told)| told.to_owned())),
        Err(error) => return Err(error.into()),
    };
    transaction.rollback().await?;
    Ok(Release {
        label: label(resource, &found),
        organization,
        not_undoable,
        hours: due.hours,
        amount: due.amount,
    })
}

/// Takes an assignment back of which nothing has been charged, as if it had not been. Answers what was taken back.
pub async fn undo(session: &Session, resource: ResourceRef) -> Result<Release, AppError> {
    let release = release(session, resource).await?;
    let mut transaction = session.write().await?;
    if !assignment::undo(&mut transaction, resource).await? {
        return Err(broken("assign_not_undoable"));
    }
    transaction.commit().await?;
    Ok(release)
}

/// Ends an assignment now: the hours used, with the one that has begun, stay charged; from then on it is nobody's.
pub async fn end(session: &Session, resource: ResourceRef) -> Result<Release, AppError> {
    let release = release(session, resource).await?;
    let mut transaction = session.write().await?;
    let found = live(&mut transaction, resource).await?;
    assignment::end(&mut transaction, resource, found.organization_id).await?;
    transaction.commit().await?;
    Ok(release)
}
