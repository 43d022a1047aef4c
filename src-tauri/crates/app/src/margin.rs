//! Margin: revenue less provider cost, per plan, organization, server and month. For roles that see cost.

use std::path::Path;

use domain::{
    margin::Grouping,
    metering::UsageMonth,
    role::{Area, Role},
};
use sqlx::Connection;
use store::{
    list::{ListRequest, MAX_LIMIT, Page},
    margin::{self, MarginMonth, MarginRow, MarginTotal},
};

use crate::{
    AppError,
    export::{self, Exported},
    session::Session,
};

/// How many months are told at most.
const MONTHS: i32 = 36;

fn may(session: &Session) -> Result<(), AppError> {
    if session.role().can_read(Area::PlanCosts) {
        return Ok(());
    }
    let who: Vec<&str> = Role::ALL
        .iter()
        .filter(|role| role.works_at_desk() && role.can_read(Area::PlanCosts))
        .map(|role| role.plural())
        .collect();
    Err(AppError::Refused(format!(
        "Only {} can see what things cost.",
        who.join(" and ")
    )))
}

/// The last months, the newest first.
pub async fn months(session: &Session) -> Result<Vec<MarginMonth>, AppError> {
    may(session)?;
    Ok(margin::months(&mut *session.read().await?, MONTHS).await?)
}

/// A window of a month's rows.
pub async fn list(
    session: &Session,
    month: UsageMonth,
    grouping: Grouping,
    request: &ListRequest,
) -> Result<Page<MarginRow>, AppError> {
    may(session)?;
    Ok(margin::list(&mut *session.read().await?, month.first_day(), grouping, request).await?)
}

/// What a month comes to. Every grouping comes to the same.
pub async fn total(session: &Session, month: UsageMonth, grouping: Grouping) -> Result<MarginTotal, AppError> {
    may(session)?;
    Ok(margin::total(&mut *session.read().await?, month.first_day(), grouping).await?)
}

/// Writes all rows of a month into a new CSV file of `folder`, exact.
pub async fn export(
    session: &Session,
    month: UsageMonth,
    grouping: Grouping,
    request: &ListRequest,
    folder: &Path,
) -> Result<Exported, AppError> {
    may(session)?;
    let mut connection = session.read().await?;
    // One snapshot, so that rows that move meanwhile are neither repeated nor lost.
    let mut transaction = connection.begin().await?;
    store::connect::hold_snapshot(&mut transaction).await?;
    let currency = margin::total(&mut transaction, month.first_day(), grouping)
        .await?
        .currency;
    let mut rows = Vec::new();
    let mut next = ListRequest {
        after: None,
        limit: MAX_LIMIT,
        ..request.clone()
    };
    loop {
        let page = margin::list(&mut transaction, month.first_day(), grouping, &next).await?;
        rows.extend(page.rows);
        match page.next {
            Some(after) => next.after = Some(after),
            None => break,
        }
    }
    let head = [
        "month",
        "kind",
        "id",
        "name",
        "organization",
        "plan",
        "resources",
        "hours",
        "currency",
        "revenue",
        "provider_cost",
        "margin",
        "margin_percent",
        "without_known_cost",
    ];
    let lines = rows.into_iter().map(|row| {
        vec![
            month.to_string(),
            row.kind,
            row.id.map(|id| id.to_string()).unwrap_or_default(),
            row.label,
            row.organization.unwrap_or_default(),
            row.plan.unwrap_or_default(),
            row.resources.to_string(),
            row.hours.to_string(),
            currency.clone(),
            row.revenue.to_string(),
            row.cost.to_string(),
            row.margin.to_string(),
            row.percent.map(|percent| percent.to_string()).unwrap_or_default(),
            row.uncosted.to_string(),
        ]
    });
    export::table("margin", &head, lines, folder)
}
