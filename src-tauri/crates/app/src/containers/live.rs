//! What a container's host says of it right now: asked of the host each time, and never kept. Values of its environment
//! don't leave this room.

use chrono::{DateTime, Utc};
use domain::{ids::ContainerId, role::Action};
use providers::docker::{
    self, Call, Container, Counters, DockerError, Health, LogOptions, LogPosition, Output, RestartPolicy, Sample,
};
use serde::Serialize;
use store::containers as stored;
use ts_rs::TS;

use crate::{AppError, hosts::Host, providers::Reach, session::Session, workspace_key::Ring};

/// So many lines, and so many bytes of them, are read at a time.
const MOST_LINES: usize = 2000;
const MOST_BYTES: usize = 1024 * 1024;

/// A container in full, as its host describes it. Of its environment only the names.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Inspected {
    /// The id that the host gave it.
    pub id: String,
    /// Its name there.
    pub name: String,
    /// What it runs.
    pub image: String,
    /// The image's id.
    pub image_id: Option<String>,
    /// created, running, paused, restarting, exited, dead; an open set.
    pub state: String,
    /// healthy, unhealthy, starting; `null` where it has no check of its own.
    pub health: Option<String>,
    /// How it ended last.
    #[ts(type = "number | null")]
    pub exit_code: Option<i64>,
    /// Whether it ended because it wanted more memory than it may have.
    pub oom_killed: bool,
    /// What kept it from starting.
    pub error: Option<String>,
    /// When it was made.
    #[ts(type = "Instant | null")]
    pub created: Option<DateTime<Utc>>,
    /// When it was started last.
    #[ts(type = "Instant | null")]
    pub started: Option<DateTime<Utc>>,
    /// When it ended last.
    #[ts(type = "Instant | null")]
    pub finished: Option<DateTime<Utc>>,
    /// How often it was started again by its policy.
    #[ts(type = "number")]
    pub restarts: u64,
    /// What becomes of it when it ends.
    pub restart_policy: String,
    /// Cores that it is held to, in parts.
    pub cpus: Option<f64>,
    /// Bytes of memory that it is held to.
    #[ts(type = "number | null")]
    pub memory_bytes: Option<u64>,
    /// What its disk is held to, as the storage driver was told.
    pub disk_limit: Option<String>,
    /// Its ports: within, and outside.
    pub ports: Vec<String>,
    /// What of the host is within.
    pub mounts: Vec<String>,
    /// Its addresses, by network.
    pub addresses: Vec<String>,
    /// The names of its environment.
    pub environment: Vec<String>,
    /// Its labels.
    pub labels: Vec<String>,
}

/// A line of a log.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LogLine {
    /// When it was said.
    #[ts(type = "Instant | null")]
    pub at: Option<DateTime<Utc>>,
    /// Whether it went to standard error.
    pub is_error: bool,
    /// What.
    pub text: String,
    /// Whether it was longer.
    pub cut: bool,
}

/// A piece of a log, and from where to go on.
#[derive(Debug, Clone, Serialize, TS)]
pub struct LogPiece {
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
    /// From where to go on: repeats no line and leaves none out.
    pub position: String,
    /// Whether there are more by now.
    pub more: bool,
}

/// Which part of a log.
#[derive(Debug, Clone, Default)]
pub struct LogRequest {
    /// From where another piece ended.
    pub from: Option<String>,
    /// Of the first piece: only so many of the last lines.
    pub tail: Option<u32>,
}

/// What a container uses, and the counters that make the next answer one with rates.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StatsSample {
    /// When, by the host's clock.
    #[ts(type = "Instant")]
    pub at: DateTime<Utc>,
    /// Percent of one core: 200 is two cores in full.
    pub cpu_percent: Option<f64>,
    /// Bytes of memory.
    #[ts(type = "number | null")]
    pub memory: Option<u64>,
    /// Bytes of memory that it may have.
    #[ts(type = "number | null")]
    pub memory_limit: Option<u64>,
    /// Bytes received a second.
    pub received: Option<f64>,
    /// Bytes sent a second.
    pub sent: Option<f64>,
    /// Bytes read from disks a second.
    pub disk_read: Option<f64>,
    /// Bytes written to disks a second.
    pub disk_written: Option<f64>,
    /// Processes and threads.
    #[ts(type = "number | null")]
    pub processes: Option<u64>,
}

/// What was measured; without a sample the container doesn't run.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Measured {
    /// What it uses.
    pub sample: Option<StatsSample>,
    /// To be given with the next question.
    pub counters: Option<String>,
}

impl From<docker::LogLine> for LogLine {
    fn from(line: docker::LogLine) -> Self {
        Self {
            at: line.at,
            is_error: line.output == Output::Err,
            text: line.text,
            cut: line.cut,
        }
    }
}

/// The way to a container's host, and its id there.
pub(super) async fn reached(
    session: &Session,
    keys: Option<&Ring>,
    id: ContainerId,
    reach: &Reach,
) -> Result<(Host, String), AppError> {
    session.may(Action::EditContainer)?;
    let place = stored::place(&mut *session.read().await?, id).await?;
    let host = Host::open(session, keys, place.host, reach).await?;
    Ok((host, place.external_id))
}

/// A container as its host describes it.
pub async fn inspect(
    session: &Session,
    keys: Option<&Ring>,
    id: ContainerId,
    reach: &Reach,
) -> Result<Inspected, AppError> {
    let (host, external) = reached(session, keys, id, reach).await?;
    match host.docker.container(&external, &Call::new()).await? {
        Some(container) => Ok(inspected(&container)),
        None => Err(not_there(&external)),
    }
}

pub(super) fn not_there(id: &str) -> AppError {
    let what = format!("container {}", id.get(..12).unwrap_or(id));
    DockerError::NotFound { what }.into()
}

fn inspected(container: &Container) -> Inspected {
    let word = |health: &Health| match health {
        Health::Starting => "starting".to_owned(),
        Health::Healthy => "healthy".to_owned(),
        Health::Unhealthy => "unhealthy".to_owned(),
        Health::Other(word) => word.clone(),
    };
    let policy = match &container.restart {
        RestartPolicy::Never => "no".to_owned(),
        RestartPolicy::Always => "always".to_owned(),
        RestartPolicy::UnlessStopped => "unless-stopped".to_owned(),
        RestartPolicy::OnFailure(0) => "on-failure".to_owned(),
        RestartPolicy::OnFailure(most) => format!("on-failure:{most}"),
        RestartPolicy::Other(word) => word.clone(),
    };
    let port = |port: &docker::Port| {
        let inside = format!("{}/{}", port.inside, port.protocol);
        match (port.address, port.outside) {
            (Some(address), Some(outside)) => format!("{address}:{outside} to {inside}"),
            (None, Some(outside)) => format!("{outside} to {inside}"),
            (_, None) => inside,
        }
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "a share of processors for people to read; no money"
    )]
    let cpus = container.limits.nano_cpus.map(|nano| nano as f64 / 1e9);
    Inspected {
        id: container.id.to_string(),
        name: container.name.clone(),
        image: container.image.clone(),
        image_id: container.image_id.clone(),
        state: container.state.word().to_owned(),
        health: container.health.as_ref().map(word),
        exit_code: container.exit_code,
        oom_killed: container.oom_killed,
        error: container.error.clone(),
        created: container.created,
        started: container.started,
        finished: container.finished,
        restarts: container.restarts,
        restart_policy: policy,
        cpus,
        memory_bytes: container.limits.memory,
        disk_limit: container.disk_limit.clone(),
        ports: container.ports.iter().map(port).collect(),
        mounts: container
            .mounts
            .iter()
            .map(|mount| {
                let end = if mount.writable { "" } else { " (read only)" };
                format!("{} to {}{end}", mount.source, mount.target)
            })
            .collect(),
        addresses: container
            .addresses
            .iter()
            .flat_map(|(network, all)| all.iter().map(move |address| format!("{address} ({network})")))
            .collect(),
        environment: container
            .environment
            .iter()
            .map(|variable| variable.name.clone())
            .collect(),
        labels: container
            .labels
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect(),
    }
}

/// A piece of a container's log: the last lines, or what was said since another piece.
pub async fn logs(
    session: &Session,
    keys: Option<&Ring>,
    id: ContainerId,
    request: &LogRequest,
    reach: &Reach,
) -> Result<LogPiece, AppError> {
    let from = match &request.from {
        Some(text) => Some(
            text.parse::<LogPosition>()
                .map_err(|why| AppError::invalid("from", why))?,
        ),
        None => None,
    };
    let (host, external) = reached(session, keys, id, reach).await?;
    let options = LogOptions {
        follow: false,
        tail: request.tail.map(u64::from),
        since: None,
        from,
    };
    let mut reading = host.docker.logs(&external, options, &Call::new()).await?;
    let mut lines = Vec::new();
    let mut bytes = 0;
    let mut more = false;
    while let Some(line) = reading.next().await? {
        bytes += line.text.len();
        lines.push(line.into());
        if lines.len() == MOST_LINES || bytes > MOST_BYTES {
            more = true;
            break;
        }
    }
    Ok(LogPiece {
        position: reading.position().to_string(),
        lines,
        more,
    })
}

/// What a container uses now. `counters` are those of the answer before; without them there are no rates.
pub async fn stats(
    session: &Session,
    keys: Option<&Ring>,
    id: ContainerId,
    counters: Option<&str>,
    reach: &Reach,
) -> Result<Measured, AppError> {
    let before: Option<Counters> = match counters {
        Some(text) => Some(
            serde_json::from_str(text)
                .map_err(|_| AppError::invalid("counters", "These are no counters of a container."))?,
        ),
        None => None,
    };
    let (host, external) = reached(session, keys, id, reach).await?;
    let sampled = host.docker.sample(&external, before.as_ref(), &Call::new()).await?;
    let Some((sample, now)) = sampled else {
        return Ok(Measured {
            sample: None,
            counters: None,
        });
    };
    Ok(Measured {
        sample: Some(told(&sample)),
        counters: serde_json::to_string(&now).ok(),
    })
}

fn told(sample: &Sample) -> StatsSample {
    StatsSample {
        at: sample.at,
        cpu_percent: sample.cpu_of_core,
        memory: sample.memory,
        memory_limit: sample.memory_limit,
        received: sample.received,
        sent: sample.sent,
        disk_read: sample.disk_read,
        disk_written: sample.disk_written,
        processes: sample.processes,
    }
}
