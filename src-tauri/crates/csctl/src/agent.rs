//! `csctl agent`: what runs by a schedule.

mod backups;
mod status;
mod told;

use std::{io::Write, time::Duration};

use app::{
    AppError,
    agent::{self, Agent, Done, Event, Keys, Plan, Stop, Stopper, Trouble},
    database::Address,
    domain::agent::{Intervals, JobKind, JobOutcome},
    providers::Reach,
    session::Session,
};
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    address::{self, Input},
    cli::Place,
    failure::{Failure, count},
    key::KeyArgs,
    operator::{CLIENT, Operator},
    report::{Report, plain},
};

/// Below the options.
pub const HELP: &str = "\
Without --once it stays until it is told to stop (SIGTERM, Ctrl C): it finishes the step that it is at, gives back what it
holds, and ends with 0. Its jobs: billing (hourly or daily, as the settings say, five minutes after; what was missed in an
outage is charged in one run), the end of the time of grace, syncs of accounts and what is to be done to servers there (only
with the workspace key), closing of months (only with --close-months), ending of expired sessions, chaining of the log, and
backups (only with --backup-folder: without it this agent takes none).

Any number of agents may run: each job is claimed in the database before it is begun. One whose agent was killed is taken
over when its lease of 90 seconds is over. A job that fails is tried again later and later, and doesn't keep the others from
being done; admins are told once.

It takes the agent's login (the last line of the credentials file) or an administrator's. Besides the ways named above, the
address may be the systemd credential database-url.

A backup is taken over a login of its own (csctl backup role add), sealed under a public key, read again from the disk, and
what no rule keeps is removed then; one that fails leaves nothing that looks like a backup, and is tried again. Only
csctl backup restore proves that one can be restored.

Exit codes: 0 done (or stopped), 1 nothing could be done, 2 bad usage, 3 something was left out or failed.";

/// `csctl agent`
#[derive(Args)]
pub struct AgentArgs {
    /// Something else than to run.
    #[command(subcommand)]
    pub command: Option<AgentCommand>,
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Where the key is.
    #[command(flatten)]
    pub key: KeyArgs,
    /// Do what is due, and end: for cron or a systemd timer
    #[arg(long)]
    pub once: bool,
    /// Say what is due and would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Read each account so often
    #[arg(long, value_name = "MINUTES", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10080))]
    pub sync_every: u32,
    /// Give up a sync after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 180, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub sync_deadline: u64,
    /// Close each month when it is over: charge its last hours, issue its invoices
    #[arg(long)]
    pub close_months: bool,
    /// So long after a month's end it is closed
    #[arg(long, value_name = "HOURS", default_value_t = 6, requires = "close_months", value_parser = clap::value_parser!(u32).range(1..=720))]
    pub close_after: u32,
    /// How backups are taken.
    #[command(flatten)]
    pub backups: backups::BackupArgs,
    /// Leave a job to others: billing, grace, close, sync, intents, sessions, log or backup (may be given again)
    #[arg(long, value_name = "JOB", value_parser = job_kind)]
    pub leave_out: Vec<JobKind>,
    /// The name under which this agent is known [default: this computer's]
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
}

/// `csctl agent …`
#[derive(Subcommand)]
pub enum AgentCommand {
    /// Say what was done when, what is due next, and what is overdue; changes nothing
    Status(StatusArgs),
}

/// `csctl agent status`
#[derive(Args)]
pub struct StatusArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

fn job_kind(word: &str) -> Result<JobKind, String> {
    JobKind::parse(word).map_err(|_| {
        let known: Vec<&str> = JobKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("known jobs are {}", known.join(", "))
    })
}

/// Runs one of the commands.
pub async fn run(arguments: &AgentArgs, json: bool) -> Result<Report, Failure> {
    if let Some(AgentCommand::Status(arguments)) = &arguments.command {
        let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
        let status = agent::status(&operator.session)
            .await
            .map_err(|error| operator.failed(error))?;
        return Ok(status::told(&status));
    }
    let place = address::find(&arguments.place, &mut Input::new())?;
    let stop = on_signals()?;
    let mut plan = plan(arguments);
    plan.backups = arguments.backups.find()?;
    let explain = {
        let place = place.clone();
        let of_backups = plan.backups.as_ref().map(|backups| backups.place.clone());
        move |error| {
            let failure = match (&error, &of_backups) {
                (AppError::Backup(_), Some(place)) => Failure::of(error, place),
                _ => Failure::of(error, &place),
            };
            Trouble {
                code: failure.code.to_owned(),
                message: failure.message,
            }
        }
    };
    if arguments.once || arguments.dry_run {
        let session = Session::operator(&place, CLIENT)
            .await
            .map_err(|error| Failure::of(error, &place))?;
        let operator = Operator { session, place };
        plan.key = arguments
            .key
            .find(&operator, arguments.dry_run)
            .await?
            .map(|ring| Keys::new(ring, |_| ()));
        let agent = Agent::new(operator.session.clone(), &plan, Reach::running(), &explain);
        return if arguments.dry_run {
            let look = agent.look().await.map_err(|error| operator.failed(error))?;
            let waiting = agent.grace_waiting().await.map_err(|error| operator.failed(error))?;
            Ok(told::would(&plan, &look, waiting))
        } else {
            once(&operator, &agent, &plan, &stop).await
        };
    }
    stay(&place, arguments, plan, &stop, &explain, json).await
}

fn plan(arguments: &AgentArgs) -> Plan {
    Plan {
        host: arguments
            .host
            .clone()
            .unwrap_or_else(|| rustix::system::uname().nodename().to_string_lossy().into_owned()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        serving: !arguments.once,
        leave_out: arguments.leave_out.clone(),
        intervals: Intervals {
            sync: TimeDelta::minutes(i64::from(arguments.sync_every)),
            close: arguments
                .close_months
                .then(|| TimeDelta::hours(i64::from(arguments.close_after))),
            backup: Some(TimeDelta::hours(i64::from(arguments.backups.backup_every))),
        },
        backups: None,
        key: None,
        sync_within: Duration::from_secs(arguments.sync_deadline),
    }
}

/// Passes on the signals that tell a program to end. From then on they end it only here.
fn on_signals() -> Result<Stop, Failure> {
    let (stopper, stop) = Stop::pair();
    let listen = |kind| {
        signal(kind)
            .map_err(|error| Failure::new("internal", format!("The program can't listen for signals: {error}.")))
    };
    let mut end = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let pass_on = |stopper: Stopper| async move {
        tokio::select! {
            _ = end.recv() => {}
            _ = interrupt.recv() => {}
        }
        stopper.stop();
        // The channel stays until the program ends.
        std::future::pending::<()>().await;
    };
    tokio::spawn(pass_on(stopper));
    Ok(stop)
}

/// How often it looks again for what has become due by what it did: a second month to close, for one.
const ROUNDS: usize = 24;

async fn once(operator: &Operator, agent: &Agent<'_>, plan: &Plan, stop: &Stop) -> Result<Report, Failure> {
    agent.announce(true).await.map_err(|error| operator.failed(error))?;
    let mut done: Vec<Done> = Vec::new();
    for _ in 0..ROUNDS {
        let round = agent.pass(stop, |_| ()).await;
        let round = match round {
            Ok(round) => round,
            Err(error) if done.is_empty() => return Err(operator.failed(error)),
            Err(error) => {
                let failure = operator.failed(error);
                return Err(Failure::done_in_part(
                    told::did(plan, &done),
                    failure.code,
                    failure.message,
                ));
            }
        };
        let again = round.iter().any(|one| one.outcome == Some(JobOutcome::Completed));
        done.extend(round);
        if !again || stop.is_asked() {
            break;
        }
    }
    let report = told::did(plan, &done);
    if stop.is_asked() {
        return Err(Failure::done_in_part(
            report,
            "stopped",
            "It was told to stop; what is left is due at once:",
        ));
    }
    let well = |one: &&Done| matches!(one.outcome, Some(JobOutcome::Completed | JobOutcome::Busy));
    let failed = |one: &&Done| matches!(one.outcome, Some(JobOutcome::Failed) | None);
    match done.len() {
        0 => Ok(report),
        all if done.iter().filter(failed).count() == all => Err(Failure {
            exit: 1,
            ..Failure::done_in_part(report, "agent_failed", "Nothing of what is due could be done:")
        }),
        all if done.iter().filter(well).count() < all => Err(Failure::done_in_part(
            report,
            "agent_in_part",
            "Something was left out or failed; the rest is done:",
        )),
        _ => Ok(report),
    }
}

async fn stay(
    place: &Address,
    arguments: &AgentArgs,
    mut plan: Plan,
    stop: &Stop,
    explain: &agent::Explain,
    json: bool,
) -> Result<Report, Failure> {
    plan.key = arguments.key.held()?;
    let told = |event: Event<'_>| told::happened(json, &plan, event);
    // A wrong key is found out by the first sync; until then the line may be down.
    agent::serve(place, CLIENT, &plan, &Reach::running(), stop, explain, told)
        .await
        .map_err(|error| Failure::of(error, place))?;
    Ok(Report {
        lines: vec!["Stopped.".to_owned()],
        json: json!({ "stopped": true }),
    })
}

/// A line of what goes on, at once: a journal reads it.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // As JSON it has none of what is left out here.
    drop(writeln!(out, "{}", plain(line)).and_then(|()| out.flush()));
}

fn organizations(number: i64) -> String {
    count(usize::try_from(number).unwrap_or(0), "organization")
}
