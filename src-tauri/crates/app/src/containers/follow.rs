//! A container's log while it is said: asked of its host, handed on line by line, and never kept.

use chrono::{DateTime, Utc};
use domain::ids::ContainerId;
use providers::docker::{Asked, Call, ContainerState, DockerError, LogOptions, Logs};

use super::live::{LogLine, not_there, reached};
use crate::{AppError, hosts::Host, providers::Reach, session::Session, workspace_key::Ring};

/// A log that is followed. Dropping it ends the reading.
pub struct Followed {
    host: Host,
    id: String,
    started: Option<DateTime<Utc>>,
    reading: Logs,
}

/// Follows a container's log from its `tail` last lines on.
pub async fn follow(
    session: &Session,
    keys: Option<&Ring>,
    id: ContainerId,
    tail: u32,
    reach: &Reach,
) -> Result<Followed, AppError> {
    let (host, id) = reached(session, keys, id, reach).await?;
    let Some(container) = host.docker.container(&id, &Call::new()).await? else {
        return Err(not_there(&id));
    };
    let options = LogOptions {
        follow: true,
        tail: Some(u64::from(tail)),
        ..LogOptions::default()
    };
    Ok(Followed {
        started: container.started,
        reading: host.docker.logs(&id, options, &Call::new()).await?,
        host,
        id,
    })
}

impl Followed {
    /// The next line, when it comes; nothing when the container has ended. No more is read ahead than the host sends at
    /// once.
    pub async fn next(&mut self) -> Result<Option<LogLine>, AppError> {
        let next = self.reading.next().await.map_err(DockerError::of_the_rest)?;
        if next.is_none() && self.goes_on().await.map_err(DockerError::of_the_rest)? {
            return Err(DockerError::Truncated { asked: Asked::Rest }.into());
        }
        Ok(next.map(Into::into))
    }

    /// Whether the container is as alive as it was: an engine that is shut down ends its answers well, and containers may
    /// outlive it.
    async fn goes_on(&self) -> Result<bool, DockerError> {
        let container = self.host.docker.container(&self.id, &Call::new()).await?;
        Ok(container.is_some_and(|container| {
            container.started == self.started
                && matches!(container.state, ContainerState::Running | ContainerState::Paused)
        }))
    }
}
