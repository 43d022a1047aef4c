//! The agent: does by a schedule what must happen when no desk is open. What is due is read from the database each time,
//! each job is claimed there before it is begun and held while it goes on, so that any number of agents do no harm.

mod backups;
mod jobs;
mod keys;
mod lease;
mod serve;
mod status;
mod stop;

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    agent::{Facts, Intervals, Job, JobKind, JobOutcome, due_at, next_try},
    ids::ProviderConfigId,
};
use futures_util::{StreamExt, stream::FuturesUnordered};
use serde_json::{Map, Value, json};
use store::{
    StoreError,
    agent::{self, Ended, JobRow, Standing},
    migrate,
    providers::TokenState,
};
use uuid::Uuid;

use crate::{AppError, containers::watch as containers, providers::Reach, session::Session};

pub use backups::Backups;
pub use keys::Keys;
use serve::is_passing;
pub use serve::{Event, serve};
pub use status::{JobStatus, Status, status};
pub use stop::{Stop, Stopper};
pub use store::agent::{HostRow, ToShutDown};

/// How long a job stays held without a sign of life.
const LEASE: Duration = Duration::from_secs(90);
/// A look at the database, or a sign of life, that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(30);
/// A failure that may pass by itself is told to people when it has come so often in a row.
const TELL_AFTER: u32 = 3;

/// What an agent was told to do.
#[derive(Debug)]
pub struct Plan {
    /// On which computer it runs.
    pub host: String,
    /// The program's version.
    pub version: String,
    /// Whether it stays, or is started time and again.
    pub serving: bool,
    /// What it was told to leave to others.
    pub leave_out: Vec<JobKind>,
    /// How often, and how long after.
    pub intervals: Intervals,
    /// How backups are taken, if this agent takes any.
    pub backups: Option<Backups>,
    /// What opens the tokens of accounts, and the secrets of intents.
    pub key: Option<Keys>,
    /// A sync that takes longer is given up.
    pub sync_within: Duration,
}

impl Plan {
    /// What it doesn't do, and why.
    pub fn leaves_out(&self) -> Vec<(JobKind, &'static str)> {
        JobKind::ALL
            .iter()
            .filter_map(|kind| {
                let why = match kind {
                    kind if self.leave_out.contains(kind) => "told_to",
                    JobKind::Sync | JobKind::Intents if self.key.is_none() => "no_workspace_key",
                    JobKind::Backup if self.backups.is_none() || self.intervals.backup.is_none() => "no_backup_folder",
                    JobKind::Close if self.intervals.close.is_none() => "not_asked_for",
                    _ => return None,
                };
                Some((*kind, why))
            })
            .collect()
    }

    fn mode(&self) -> &'static str {
        if self.serving { "serving" } else { "once" }
    }
}

/// Why a job failed, in words of the program around it.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
}

/// Puts an error into words.
pub type Explain = dyn Fn(AppError) -> Trouble + Send + Sync;

/// A job that this agent would do.
#[derive(Debug, Clone)]
pub struct Item {
    /// Which.
    pub job: Job,
    /// The account's name.
    pub label: Option<String>,
    /// When it is due; `None`: not, as things are.
    pub due_at: Option<DateTime<Utc>>,
    /// Who holds it: a login and a computer.
    pub held_by: Option<(String, String)>,
    /// How often it has failed in a row.
    pub failures: u32,
    runs: i64,
    /// Whether it reads a Docker host: these are done side by side, beside the rest.
    is_host: bool,
}

impl Item {
    /// Whether it is to be begun.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.held_by.is_none() && self.due_at.is_some_and(|due| due <= now)
    }
}

/// What is due, as it was seen at one moment.
#[derive(Debug, Clone)]
pub struct Look {
    /// Where the business stands.
    pub standing: Standing,
    /// The jobs of this agent, in the order in which they are done.
    pub items: Vec<Item>,
    /// Accounts that can't be read, with the reason: `token_missing`, …
    pub unreadable: Vec<(String, &'static str)>,
}

/// A job that was begun, and how it went.
#[derive(Debug, Clone)]
pub struct Done {
    /// Which.
    pub job: Job,
    /// The account's name.
    pub label: Option<String>,
    /// How; `None` when the job was lost to somebody else.
    pub outcome: Option<JobOutcome>,
    /// Why not well: a code.
    pub code: Option<String>,
    /// What it did, or why not.
    pub message: String,
    /// For programs.
    pub result: Value,
}

/// An agent at its database.
pub struct Agent<'a> {
    session: Session,
    plan: &'a Plan,
    reach: Reach,
    explain: &'a Explain,
}

impl<'a> Agent<'a> {
    /// Over a session of an operator.
    pub fn new(session: Session, plan: &'a Plan, reach: Reach, explain: &'a Explain) -> Self {
        Self {
            reach: reach.within(plan.sync_within),
            session,
            plan,
            explain,
        }
    }

    /// Reads what is due. Changes nothing.
    pub async fn look(&self) -> Result<Look, AppError> {
        // A transaction for the session's clock; nothing is written in it.
        let mut transaction = self.session.write().await?;
        let standing = agent::standing(&mut transaction, self.plan.intervals.close.is_some()).await?;
        let rows = agent::jobs(&mut transaction).await?;
        let accounts = store::providers::list(&mut transaction).await?;
        let hosts = store::hosts::list(&mut transaction).await?;
        drop(transaction);
        migrate::check_version(standing.schema_version)?;

        let left_out = self.plan.leaves_out();
        let does = |kind: &JobKind| !left_out.iter().any(|(left, _)| left == kind);
        let mut items: Vec<Item> = Vec::new();
        let mut unreadable = Vec::new();
        for kind in JobKind::ALL.iter().filter(|kind| does(kind)) {
            if *kind != JobKind::Sync {
                items.push(self.item(Job::of(*kind), None, &standing.facts, &rows));
                continue;
            }
            for account in &accounts {
                if !account.is_active || !account.provider.eq_ignore_ascii_case("linode") {
                    continue;
                }
                let why = match account.token {
                    TokenState::Sealed => None,
                    TokenState::SealedBefore => Some("token_sealed_under_a_lost_key"),
                    TokenState::NotSealed => Some("token_not_sealed"),
                    TokenState::Missing => Some("token_missing"),
                };
                match why {
                    Some(why) => unreadable.push((account.label.clone(), why)),
                    None => items.push(self.item(
                        Job::sync(ProviderConfigId::new(account.id)),
                        Some(account.label.clone()),
                        &standing.facts,
                        &rows,
                    )),
                }
            }
            for host in hosts.iter().filter(|host| host.is_active) {
                let why = match host.papers {
                    // A socket and ssh need none.
                    TokenState::Sealed | TokenState::Missing => None,
                    TokenState::SealedBefore => Some("papers_sealed_under_a_lost_key"),
                    TokenState::NotSealed => Some("papers_not_sealed"),
                };
                match why {
                    Some(why) => unreadable.push((host.label.clone(), why)),
                    None => items.push(Item {
                        is_host: true,
                        ..self.item(
                            Job::sync(ProviderConfigId::new(host.id)),
                            Some(host.label.clone()),
                            &standing.facts,
                            &rows,
                        )
                    }),
                }
            }
        }
        Ok(Look {
            standing,
            items,
            unreadable,
        })
    }

    fn item(&self, job: Job, label: Option<String>, facts: &Facts, rows: &[JobRow]) -> Item {
        let name = job.to_string();
        let row = rows.iter().find(|row| row.name == name);
        Item {
            job,
            label,
            due_at: due_at(job, facts, row.map(JobRow::last_run), &self.plan.intervals),
            held_by: row
                .filter(|row| row.held)
                .map(|row| (row.login.clone(), row.host.clone())),
            failures: row.map_or(0, |row| u32::try_from(row.failures).unwrap_or(0)),
            runs: row.map_or(0, |row| row.runs),
            is_host: false,
        }
    }

    /// Follows the events of hosts until what is answered is dropped, where it reads hosts at all.
    fn watch_hosts(&self) -> Option<containers::Watched> {
        let keys = self.plan.key.as_ref()?.clone();
        if self.plan.leave_out.contains(&JobKind::Sync) {
            return None;
        }
        let session = self.session.clone();
        let of = session.clone();
        let keys = move || {
            let (keys, session) = (keys.clone(), of.clone());
            async move { keys.follow(&session).await.ok() }
        };
        Some(containers::watch(session, keys, self.reach.clone()))
    }

    /// For how many organizations something is to be done since their time of grace has ended.
    pub async fn grace_waiting(&self) -> Result<i64, AppError> {
        Ok(agent::grace(&mut *self.session.write().await?).await?.waiting)
    }

    /// Writes down that this agent lives.
    pub async fn announce(&self, begins: bool) -> Result<(), AppError> {
        let leaves_out: Map<String, Value> = self
            .plan
            .leaves_out()
            .into_iter()
            .map(|(kind, why)| (kind.to_string(), Value::from(why)))
            .collect();
        let plan = self.plan;
        let mut transaction = self.session.write().await?;
        agent::seen(
            &mut transaction,
            &plan.host,
            &plan.version,
            plan.mode(),
            &Value::Object(leaves_out),
            begins,
        )
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Writes down that it was told to stop.
    pub async fn retire(&self) -> Result<(), AppError> {
        let mut transaction = self.session.write().await?;
        agent::stopped(&mut transaction, &self.plan.host).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Does what is due, one job after the other, and then the hosts side by side; `tell` hears of each. A job that fails
    /// doesn't keep the next from being done. An error means that the database can't be worked with at all.
    pub async fn pass(&self, stop: &Stop, mut tell: impl FnMut(&Done)) -> Result<Vec<Done>, AppError> {
        self.follow_key().await;
        let mut done = self.pass_of(|item| !item.is_host, stop, &mut tell).await?;
        done.extend(self.pass_hosts(stop, tell).await?);
        Ok(done)
    }

    /// The same, of some jobs only.
    async fn pass_of(
        &self,
        takes: impl Fn(&Item) -> bool,
        stop: &Stop,
        mut tell: impl FnMut(&Done),
    ) -> Result<Vec<Done>, AppError> {
        let look = within(self.look()).await?;
        let now = look.standing.facts.now;
        let mut done = Vec::new();
        for item in look.items.iter().filter(|item| takes(item)) {
            if stop.is_asked() {
                break;
            }
            if !item.is_due(now) {
                continue;
            }
            if let Some(one) = self.attempt(item, now, stop).await? {
                tell(&one);
                done.push(one);
            }
        }
        Ok(done)
    }

    /// The syncs of hosts that are due, side by side: one that hangs delays no other.
    async fn pass_hosts(&self, stop: &Stop, mut tell: impl FnMut(&Done)) -> Result<Vec<Done>, AppError> {
        let look = within(self.look()).await?;
        let now = look.standing.facts.now;
        let due = look.items.iter().filter(|item| item.is_host && item.is_due(now));
        let mut work: FuturesUnordered<_> = due.map(|item| Box::pin(self.attempt(item, now, stop))).collect();
        let mut done = Vec::new();
        while let Some(one) = work.next().await {
            if let Some(one) = one? {
                tell(&one);
                done.push(one);
            }
        }
        Ok(done)
    }

    /// Goes on from the workspace key that it holds to a newer one, if the key was rotated. What is wrong with it the next
    /// sync says.
    async fn follow_key(&self) {
        if let Some(keys) = &self.plan.key
            && let Err(error) = within(keys.follow(&self.session)).await
        {
            tracing::debug!(%error, "the workspace key could not be followed");
        }
    }

    /// Claims a job and does it; `None` when somebody else has claimed it.
    async fn attempt(&self, item: &Item, began: DateTime<Utc>, stop: &Stop) -> Result<Option<Done>, AppError> {
        let name = item.job.to_string();
        let Some(lease) = within(self.claim(&name, item.runs)).await? else {
            return Ok(None);
        };
        let work = jobs::run(&self.session, self.plan, &self.reach, (item.job, lease), stop);
        let ended = match lease::while_held(&self.session, &name, lease, Box::pin(work)).await {
            lease::Held::Ended(ended) => ended,
            lease::Held::Lost => return Ok(Some(lost(item))),
        };
        let (done, passing) = self.told(item, ended, stop);
        let outcome = done.outcome.unwrap_or(JobOutcome::Failed);
        let failures = item.failures.saturating_add(1);
        let now = within(jobs::now(&self.session)).await?;
        let next_due = match next_try(outcome, failures, now) {
            Some(again) => Some(again),
            None => within(self.next_due(item.job, began)).await?,
        };
        let tell = (outcome == JobOutcome::Failed && (!passing || failures >= TELL_AFTER)).then(|| {
            let which = item.label.as_ref().map(|label| format!(" of {label}"));
            format!(
                "The agent can't do its job: {}{}",
                item.job.kind,
                which.unwrap_or_default()
            )
        });
        let ended = Ended {
            outcome,
            error: done.code.as_deref().map(|code| (code, done.message.as_str())),
            result: &done.result,
            next_due,
            tell: tell.as_deref(),
        };
        let held = within(self.finish(&name, lease, &ended)).await?;
        Ok(Some(if held { done } else { lost(item) }))
    }

    /// What came of a job, and whether what went wrong may pass by itself.
    fn told(&self, item: &Item, ended: Result<jobs::Finished, AppError>, stop: &Stop) -> (Done, bool) {
        let done = |outcome, code, message, result| Done {
            job: item.job,
            label: item.label.clone(),
            outcome: Some(outcome),
            code,
            message,
            result,
        };
        match ended {
            Ok(finished) => (done(finished.outcome, None, finished.message, finished.result), true),
            Err(error) => {
                let passing = is_passing(&error);
                let outcome = match &error {
                    _ if stop.is_asked() && jobs::is_cancelled(&error) => JobOutcome::Stopped,
                    AppError::Store(StoreError::Rule(rule)) if rule.ends_with("_under_way") => JobOutcome::Busy,
                    _ => JobOutcome::Failed,
                };
                let trouble = (self.explain)(error);
                (done(outcome, Some(trouble.code), trouble.message, json!({})), passing)
            }
        }
    }

    async fn claim(&self, name: &str, runs: i64) -> Result<Option<Uuid>, AppError> {
        let seconds = i32::try_from(LEASE.as_secs()).unwrap_or(i32::MAX);
        let mut transaction = self.session.write().await?;
        let lease = agent::claim(&mut transaction, name, runs, &self.plan.host, seconds).await?;
        transaction.commit().await?;
        Ok(lease)
    }

    async fn finish(&self, name: &str, lease: Uuid, ended: &Ended<'_>) -> Result<bool, AppError> {
        let mut transaction = self.session.write().await?;
        let held = agent::finish(&mut transaction, name, lease, ended).await?;
        transaction.commit().await?;
        Ok(held)
    }

    /// When a job that went well is due again.
    async fn next_due(&self, job: Job, began: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, AppError> {
        let mut transaction = self.session.write().await?;
        let facts = agent::standing(&mut transaction, self.plan.intervals.close.is_some())
            .await?
            .facts;
        let now = domain::agent::LastRun {
            started_at: began,
            finished_at: Some(facts.now),
            outcome: Some(JobOutcome::Completed),
            next_due: None,
        };
        Ok(due_at(job, &facts, Some(now), &self.plan.intervals))
    }
}

fn lost(item: &Item) -> Done {
    Done {
        job: item.job,
        label: item.label.clone(),
        outcome: None,
        code: Some("lease_lost".to_owned()),
        message: "The database was not reached for too long, so that another agent may have taken this over. What was written stays written."
            .to_owned(),
        result: json!({}),
    }
}

/// Gives up what takes too long: a line that was cut says nothing.
async fn within<T>(what: impl Future<Output = Result<T, AppError>>) -> Result<T, AppError> {
    match tokio::time::timeout(PATIENCE, what).await {
        Ok(done) => done,
        Err(_) => Err(StoreError::Unreachable(sqlx::Error::PoolTimedOut).into()),
    }
}
