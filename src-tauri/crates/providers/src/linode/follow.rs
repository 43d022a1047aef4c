//! One piece of work at Linode, followed through its events to its end.

use std::time::Duration;

use super::{Call, Event, EventFilter, EventStatus, Linode, LinodeError};

/// What can be done to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// It is made.
    Create,
    /// It is started.
    Boot,
    /// It is shut down.
    Shutdown,
    /// It is started anew.
    Reboot,
    /// It gets another type. The events `linode_resize_create` and `linode_resize_warm_create` only say that it begins.
    Resize,
    /// Its disks are made anew.
    Rebuild,
    /// It gets another name.
    Rename,
    /// It gets another root password.
    Password,
    /// It is deleted.
    Delete,
    /// Backups are switched on.
    EnableBackups,
    /// Backups are switched off, and deleted.
    CancelBackups,
    /// A snapshot is made.
    Snapshot,
    /// It is filled from a backup.
    Restore,
}

impl Action {
    /// The word of its events.
    pub const fn event(self) -> &'static str {
        match self {
            Self::Create => "linode_create",
            Self::Boot => "linode_boot",
            Self::Shutdown => "linode_shutdown",
            Self::Reboot => "linode_reboot",
            Self::Resize => "linode_resize",
            Self::Rebuild => "linode_rebuild",
            Self::Rename => "linode_update",
            Self::Password => "password_reset",
            Self::Delete => "linode_delete",
            Self::EnableBackups => "backups_enable",
            Self::CancelBackups => "backups_cancel",
            Self::Snapshot => "linode_snapshot",
            Self::Restore => "backups_restore",
        }
    }
}

/// How often Linode is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tempo {
    /// While nothing is seen to run.
    pub idle: Duration,
    /// While the work runs.
    pub running: Duration,
}

impl Default for Tempo {
    /// As often as Linode's own pages do.
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(16),
            running: Duration::from_secs(2),
        }
    }
}

/// What is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follow {
    /// The server.
    pub instance: u64,
    /// What is done to it.
    pub action: Action,
    /// The newest event before it was ordered ([`Linode::newest_event`]): the work has a later one. The first later
    /// one of its action is taken to be it; Linode doesn't say whose order an event is.
    pub after: u64,
    /// How often Linode is asked.
    pub tempo: Tempo,
    /// How long it is followed at most.
    pub patience: Duration,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Followed {
    /// It is done.
    Finished(Event),
    /// It came to nothing.
    Failed(Event),
    /// It was called off.
    Canceled(Event),
    /// It was not over when patience was; how it was last seen, if at all. It goes on at Linode.
    Overdue(Option<Event>),
}

impl Linode {
    /// The number of the newest event there is; 0 if there is none. To be asked before an order, for
    /// [`Linode::follow`].
    pub async fn newest_event(&self, call: &Call) -> Result<u64, LinodeError> {
        let newest = self.newest_events(&EventFilter::new(), call).await?;
        Ok(newest.first().map_or(0, |event| event.id))
    }

    /// Follows a piece of work to its end, and tells each state of it that is new. A failure that passes ends nothing
    /// while there is patience; the call's own limit holds for each question, not for the whole.
    pub async fn follow(
        &self,
        follow: Follow,
        mut tell: impl FnMut(&Event) + Send,
        call: &Call,
    ) -> Result<Followed, LinodeError> {
        let end = self.pace.elapsed().saturating_add(follow.patience);
        let mut last: Option<Event> = None;
        loop {
            let left = end.saturating_sub(self.pace.elapsed());
            let question = call.clone().within(call.longest(left));
            match self.look(follow, last.as_ref(), &question).await {
                Ok(Some(event)) => {
                    if last.as_ref() != Some(&event) {
                        tell(&event);
                    }
                    match event.status {
                        EventStatus::Finished | EventStatus::Notification => return Ok(Followed::Finished(event)),
                        EventStatus::Failed => return Ok(Followed::Failed(event)),
                        EventStatus::Canceled => return Ok(Followed::Canceled(event)),
                        EventStatus::Scheduled | EventStatus::Started | EventStatus::Other(_) => last = Some(event),
                    }
                }
                Ok(None) => {}
                Err(error) if error.is_passing() => {
                    tracing::debug!(error = %error, "work at Linode can't be seen for now");
                }
                Err(error) => return Err(error),
            }
            let wait = if last.is_some() {
                follow.tempo.running
            } else {
                follow.tempo.idle
            };
            // Without any wait the clock of a test would stand still for ever.
            let wait = wait.max(Duration::from_millis(1));
            if self.pace.elapsed().saturating_add(wait) >= end {
                return Ok(Followed::Overdue(last));
            }
            tokio::select! {
                biased;
                () = call.cancelled() => return Err(LinodeError::Cancelled),
                () = self.pace.pause(wait) => {}
            }
        }
    }

    /// The event of the work as it is now: by its number once it is known.
    async fn look(&self, follow: Follow, last: Option<&Event>, call: &Call) -> Result<Option<Event>, LinodeError> {
        if let Some(last) = last
            && let Some(event) = self.event(last.id, call).await?
        {
            return Ok(Some(event));
        }
        let filter = EventFilter::new()
            .after(follow.after)
            .about(follow.instance)
            .action(follow.action.event());
        let newest = self.newest_events(&filter, call).await?;
        Ok(newest.into_iter().min_by_key(|event| event.id))
    }
}
