//! Drift: where providers and database differ, and what helps. A remedy's preview is the remedy itself, rolled back.

use domain::{
    drift::{DriftKind, Remedy, TakeOver},
    ids::{PlanId, ServerId},
    intent::Wanted,
    plan::{PlanRef, ResourceKind, ResourceRef, priced_elsewhere},
    role::Action,
};
use serde::Serialize;
use store::{
    assignment,
    drift::{self, DriftRow, DriftSum, ReadAccount},
    list::{ListRequest, Page},
    plans,
};
use ts_rs::TS;

use crate::{
    AppError, assignment as assigning,
    intents::{self, Act},
    session::Session,
    workspace_key::Ring,
};

/// A window of the differences; what they cost us only for roles that may see it.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<DriftRow>, AppError> {
    Ok(drift::list(&mut *session.read().await?, request).await?)
}

/// How many differences there are.
pub async fn count(session: &Session) -> Result<i64, AppError> {
    Ok(drift::count(&mut *session.read().await?).await?)
}

/// What there is, by kind, and how old what is known of each account is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DriftSummary {
    /// The kinds that there are, the most pressing first.
    pub sums: Vec<DriftSum>,
    /// The accounts, and when each was read.
    pub accounts: Vec<ReadAccount>,
}

/// Sums up.
pub async fn summary(session: &Session) -> Result<DriftSummary, AppError> {
    let mut connection = session.read().await?;
    let mut sums = drift::sums(&mut connection).await?;
    sums.sort_by_key(|sum| sum.kind);
    Ok(DriftSummary {
        sums,
        accounts: drift::accounts(&mut connection).await?,
    })
}

/// What helps against a difference, the more usual first.
pub fn remedies(row: &DriftRow) -> Vec<Remedy> {
    if row.resource_kind == ResourceKind::Container {
        // A container is put right where it is.
        return match row.kind {
            DriftKind::Unbilled => vec![Remedy::Assign],
            DriftKind::Overcharged => vec![Remedy::EndAssignment],
            _ => Vec::new(),
        };
    }
    let wanted = row.kind.remedies().iter().copied();
    wanted
        .filter_map(|remedy| match remedy {
            Remedy::ChangePlan if row.target_plan_id.is_none() => None,
            Remedy::Resize if row.plan_id.is_none() => None,
            Remedy::Boot if row.there.as_deref() == Some("running") => Some(Remedy::Shutdown),
            other => Some(other),
        })
        .collect()
}

/// What taking over does, or would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TakenOver {
    /// What the server is called.
    pub label: String,
    /// What it was here.
    pub before: Option<String>,
    /// What it is now.
    pub after: String,
    /// What a person should look at before.
    pub warnings: Vec<String>,
}

/// What is taken over of a server, as it was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Of which server.
    pub server: ServerId,
    /// What.
    pub what: TakeOver,
    /// What it is here.
    pub here: Option<String>,
    /// What the provider says.
    pub there: String,
}

/// Takes over what the provider says, if both sides are still what was seen. With `dry_run` it says what it would do.
pub async fn take_over(session: &Session, seen: &Seen, dry_run: bool) -> Result<TakenOver, AppError> {
    session.may(Action::EditServer)?;
    let mut transaction = session.write().await?;
    let found = assignment::resource(&mut transaction, ResourceRef::Vps(seen.server)).await?;
    drift::take_over(
        &mut transaction,
        seen.server,
        seen.what,
        seen.here.as_deref(),
        &seen.there,
    )
    .await?;
    let mut warnings = Vec::new();
    if seen.what == TakeOver::Region
        && let Some(plan) = found.plan_id
    {
        let terms = plans::terms(&mut transaction, PlanRef::Vps(PlanId::new(plan))).await?;
        warnings.extend(priced_elsewhere(&terms.regions, &seen.there));
    }
    if dry_run {
        transaction.rollback().await?;
    } else {
        transaction.commit().await?;
    }
    Ok(TakenOver {
        label: found.label.unwrap_or_else(|| format!("server {}", seen.server)),
        before: seen.here.clone(),
        after: seen.there.clone(),
        warnings,
    })
}

/// What a remedy would do, in a sentence, or why it would not. Changes nothing.
pub async fn preview(
    session: &Session,
    keys: Option<&Ring>,
    row: &DriftRow,
    remedy: Remedy,
) -> Result<String, AppError> {
    let resource = ResourceRef::new(row.resource_kind, row.resource_id);
    let server = ServerId::new(row.resource_id);
    let act = async |act: Act| intents::preview_act(session, keys, server, &act, &intents::fresh_key()?).await;
    let current = row.plan_id.map(PlanId::new);
    Ok(match remedy {
        Remedy::Assign => {
            "Give it to an organization on a plan: it is charged from the start that you choose.".to_owned()
        }
        Remedy::Delete => {
            let would = act(Act::Plain(Wanted::Delete)).await?;
            let due = match (would.final_hours, would.final_amount) {
                (Some(hours), Some(amount)) if hours > 0 => format!("; {hours} hours, {amount}, are still charged"),
                _ => "; nothing is charged for it any more".to_owned(),
            };
            format!("Delete it at the provider, with its backups{due}.")
        }
        Remedy::EndAssignment => {
            let release = assigning::release(session, resource).await?;
            format!(
                "End its assignment to {}: {} whole hours, {}, are still charged.",
                release.organization, release.hours, release.amount
            )
        }
        Remedy::ChangePlan => {
            let plan = row
                .target_plan_id
                .ok_or(AppError::Internal("a remedy without its plan"))?;
            let plan = PlanRef::new(row.resource_kind, plan);
            let would = assigning::preview_plan(session, resource, plan).await?;
            let old = would
                .old_rate
                .map_or_else(|| "no rate".to_owned(), |rate| rate.to_string());
            format!("Put it on {}: {} an hour instead of {old}.", would.plan, would.rate)
        }
        Remedy::Resize => {
            let plan = current.ok_or(AppError::Internal("a remedy without its plan"))?;
            let resize = Act::Resize {
                plan,
                warm: false,
                resize_disk: false,
            };
            let would = act(resize).await?;
            format!(
                "Have the provider make it {} again: it is off for a while.",
                would.plan.as_deref().unwrap_or("what its plan sells")
            )
        }
        Remedy::Boot => {
            act(Act::Plain(Wanted::Boot)).await?;
            "Start it.".to_owned()
        }
        Remedy::Shutdown => {
            act(Act::Plain(Wanted::Shutdown)).await?;
            "Shut it down.".to_owned()
        }
        Remedy::TakeOver => {
            let what = match row.kind {
                DriftKind::Region => TakeOver::Region,
                _ => TakeOver::Address,
            };
            let there = row.there.clone().ok_or(AppError::Internal("a difference to nothing"))?;
            let seen = Seen {
                server,
                what,
                here: row.here.clone(),
                there,
            };
            let would = take_over(session, &seen, true).await?;
            let warned = would
                .warnings
                .iter()
                .fold(String::new(), |said, warning| said + " " + warning);
            format!(
                "Write down {} instead of {}.{warned}",
                would.after,
                would.before.as_deref().unwrap_or("nothing")
            )
        }
    })
}
