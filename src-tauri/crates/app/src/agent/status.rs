//! What the agent did, when it is due again, and what is overdue.

use chrono::{DateTime, TimeDelta, Utc};
use domain::agent::{Job, JobKind};
use store::agent::{self, Grace, HostRow, JobRow, ToShutDown};

use crate::{AppError, providers, session::Session};

/// A job that is so late is overdue.
const LATE: TimeDelta = TimeDelta::minutes(15);

/// A job as a person looks at it.
#[derive(Debug)]
pub struct JobStatus {
    /// `billing`, `sync 3`.
    pub name: String,
    /// The account's name.
    pub label: Option<String>,
    /// How it stands; `None` where no agent has ever begun it.
    pub row: Option<JobRow>,
    /// Whether it should have been done by now.
    pub overdue: bool,
}

/// Where the agent stands.
#[derive(Debug)]
pub struct Status {
    /// The database's time.
    pub now: DateTime<Utc>,
    /// Up to when everybody was charged.
    pub billed_up_to: Option<DateTime<Utc>>,
    /// Agents.
    pub hosts: Vec<HostRow>,
    /// Jobs.
    pub jobs: Vec<JobStatus>,
    /// Times of grace.
    pub grace: Grace,
    /// What people have to shut down.
    pub to_shut_down: Vec<ToShutDown>,
}

/// Reads it.
pub async fn status(session: &Session) -> Result<Status, AppError> {
    let accounts = providers::list(session).await?;
    let mut transaction = session.write().await?;
    let standing = agent::standing(&mut transaction, false).await?;
    let since = agent::billable_since(&mut transaction).await?;
    let mut rows = agent::jobs(&mut transaction).await?;
    let hosts = agent::hosts(&mut transaction).await?;
    let grace = agent::grace(&mut transaction).await?;
    let to_shut_down = agent::to_shut_down(&mut transaction).await?;
    drop(transaction);

    let facts = standing.facts;
    let billing_overdue = facts.billing.is_overdue(facts.now, facts.charged_until, since);
    let mut wanted: Vec<(Job, Option<String>)> = JobKind::ALL
        .iter()
        .filter(|kind| **kind != JobKind::Sync)
        .map(|kind| (Job::of(*kind), None))
        .collect();
    wanted.extend(accounts.into_iter().filter(|account| account.is_active).map(|account| {
        (
            Job::sync(domain::ids::ProviderConfigId::new(account.id)),
            Some(account.label),
        )
    }));
    let jobs = wanted
        .into_iter()
        .map(|(job, label)| {
            let name = job.to_string();
            let row = rows
                .iter()
                .position(|row| row.name == name)
                .map(|place| rows.swap_remove(place));
            let late = row
                .as_ref()
                .is_some_and(|row| !row.held && row.next_due.is_some_and(|due| due + LATE < facts.now));
            JobStatus {
                overdue: match job.kind {
                    JobKind::Billing => billing_overdue,
                    _ => late,
                },
                name,
                label,
                row,
            }
        })
        .collect();
    Ok(Status {
        now: facts.now,
        billed_up_to: facts.charged_until,
        hosts,
        jobs,
        grace,
        to_shut_down,
    })
}
