//! What was kept and done of a server: its backups and its events.

use chrono::NaiveDateTime;
use domain::ids::ServerId;
use providers::linode::{Backup, Event, EventFilter, EventStatus};
use serde::Serialize;
use ts_rs::TS;

use super::{LiveReach, There};
use crate::{AppError, session::Session};

/// A backup of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackupInfo {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// Its name.
    pub label: Option<String>,
    /// pending, running, successful, failed …; an open set.
    pub status: Option<String>,
    /// Whether a server can be filled from it.
    pub available: Option<bool>,
    /// When it began.
    #[ts(type = "Instant | null")]
    pub created_at: Option<chrono::DateTime<chrono::Utc>>,
    /// When it was complete.
    #[ts(type = "Instant | null")]
    pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
    /// How large its disks are together, MB.
    #[ts(type = "number | null")]
    pub size_mb: Option<u64>,
}

/// The backups of a server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerBackups {
    /// Those that the provider made by itself.
    pub automatic: Vec<BackupInfo>,
    /// The snapshot that is there.
    pub snapshot: Option<BackupInfo>,
    /// The snapshot that is being made.
    pub in_progress: Option<BackupInfo>,
}

fn backup(of: &Backup) -> BackupInfo {
    let sizes = of.disks.iter().map(|disk| disk.size_mb);
    let size_mb: Option<u64> = sizes.sum::<Option<u64>>().filter(|_| !of.disks.is_empty());
    BackupInfo {
        id: of.id,
        label: of.label.clone(),
        status: of.status.clone(),
        available: of.available,
        created_at: utc(of.created),
        finished_at: utc(of.finished),
        size_mb,
    }
}

fn utc(at: Option<NaiveDateTime>) -> Option<chrono::DateTime<chrono::Utc>> {
    at.map(|at| at.and_utc())
}

/// Reads them.
pub async fn backups(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerBackups, AppError> {
    let there = There::find(session, live, server).await?;
    let found = there.linode.backups(there.id, &there.call).await?;
    let found = found.ok_or_else(|| there.gone())?;
    Ok(ServerBackups {
        automatic: found.automatic.iter().map(backup).collect(),
        snapshot: found.snapshot.as_ref().map(backup),
        in_progress: found.snapshot_in_progress.as_ref().map(backup),
    })
}

/// An event of a server at its provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct EventInfo {
    /// Its number there.
    #[ts(type = "number")]
    pub id: u64,
    /// What was done (`linode_boot`); an open set.
    pub action: String,
    /// scheduled, started, finished, failed, notification or canceled; an open set.
    pub status: String,
    /// When it began.
    #[ts(type = "Instant | null")]
    pub at: Option<chrono::DateTime<chrono::Utc>>,
    /// Who had it done there.
    pub username: Option<String>,
    /// What the provider says about it.
    pub message: Option<String>,
    /// How far it is, of 100.
    pub percent: Option<u8>,
    /// How long it has taken, seconds.
    #[ts(type = "number | null")]
    pub seconds: Option<u64>,
}

/// The newest events of a server, newest first; no more than 100.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct ServerEvents {
    /// One by one.
    pub events: Vec<EventInfo>,
}

fn word(status: &EventStatus) -> String {
    match status {
        EventStatus::Scheduled => "scheduled",
        EventStatus::Started => "started",
        EventStatus::Finished => "finished",
        EventStatus::Failed => "failed",
        EventStatus::Notification => "notification",
        EventStatus::Canceled => "canceled",
        EventStatus::Other(word) => word,
    }
    .to_owned()
}

fn event_info(event: &Event) -> EventInfo {
    EventInfo {
        id: event.id,
        action: event.action.clone(),
        status: word(&event.status),
        at: utc(event.created),
        username: event.username.clone(),
        message: event.message.clone(),
        percent: event.percent,
        seconds: event.duration.map(|taken| taken.as_secs()),
    }
}

/// Reads them.
pub async fn events(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<ServerEvents, AppError> {
    let there = There::find(session, live, server).await?;
    let filter = EventFilter::new().about(there.id);
    let newest = there.linode.newest_events(&filter, &there.call).await?;
    Ok(ServerEvents {
        events: newest.iter().map(event_info).collect(),
    })
}
