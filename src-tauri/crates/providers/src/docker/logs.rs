//! What a container says.

use std::{collections::VecDeque, fmt};

use chrono::{DateTime, Utc};

use super::{
    Asked, Call, Docker, DockerError, LogLine, LogPosition, actions::path, body::Body, client::Ask, lines::Demux,
};

/// Which lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogOptions {
    /// Whether to go on with what it will say.
    pub follow: bool,
    /// Only so many of the last; all if none is named.
    pub tail: Option<u64>,
    /// Only from a moment on.
    pub since: Option<DateTime<Utc>>,
    /// From where another reading broke off; the two above are passed over then.
    pub from: Option<LogPosition>,
}

/// A log that is being read. Dropping it ends the reading.
pub struct Logs {
    docker: Docker,
    call: Call,
    body: Body,
    demux: Demux,
    lines: VecDeque<LogLine>,
    known: LogPosition,
    position: LogPosition,
    follow: bool,
    ended: bool,
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl Docker {
    /// Begins to read what a container says. The call ends all of the reading.
    pub async fn logs(&self, id: &str, options: LogOptions, call: &Call) -> Result<Logs, DockerError> {
        let what = format!("container {id}");
        let target = path(id, "/logs")?;
        // Whether there is a terminal decides what the bytes are.
        let Some(container) = self.container(id, call).await? else {
            return Err(DockerError::NotFound { what });
        };
        let mut ask = Ask::get(target, &what)
            .with("stdout", "true")
            .with("stderr", "true")
            .with("timestamps", "true")
            .with("follow", options.follow.to_string());
        let since = match options.from {
            Some(position) => position.since(),
            None => options.since,
        };
        if let Some(since) = since {
            ask = ask.with("since", stamp(since));
        }
        if let (Some(tail), None) = (options.tail, options.from) {
            ask = ask.with("tail", tail.to_string());
        }
        let answer = self.open(ask, call).await?;
        // Newer engines say it themselves.
        let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok());
        let terminal = match kind {
            Some("application/vnd.docker.multiplexed-stream") => false,
            _ => container.terminal,
        };
        let known = options.from.unwrap_or_default();
        Ok(Logs {
            docker: self.clone(),
            call: call.clone(),
            body: answer.body,
            demux: Demux::new(terminal, self.bounds().line),
            lines: VecDeque::new(),
            known,
            position: known,
            follow: options.follow,
            ended: false,
        })
    }
}

impl Logs {
    /// The next line; nothing at the end: of the container's life where it is followed. Dropping the wait loses
    /// nothing.
    pub async fn next(&mut self) -> Result<Option<LogLine>, DockerError> {
        let call = self.call.clone();
        call.run(Asked::Question, self.read()).await
    }

    /// From where to go on after this line.
    pub fn position(&self) -> LogPosition {
        self.position
    }

    async fn read(&mut self) -> Result<Option<LogLine>, DockerError> {
        loop {
            while let Some(line) = self.lines.pop_front() {
                if !self.known.knows(&line) {
                    self.position.note(&line);
                    return Ok(Some(line));
                }
            }
            if self.ended {
                return Ok(None);
            }
            match self.chunk().await {
                Ok(Some(chunk)) => {
                    if self.demux.push(&chunk, &mut self.lines).is_err() {
                        self.ended = true;
                        return Err(DockerError::Unreadable {
                            what: "a container's log".to_owned(),
                            asked: Asked::Question,
                        });
                    }
                }
                Ok(None) => {
                    self.ended = true;
                    if self.demux.finish(&mut self.lines) {
                        return Err(DockerError::Truncated { asked: Asked::Question });
                    }
                }
                Err(error) => {
                    // A line that broke off is not given out: it comes whole when the reading goes on.
                    self.ended = true;
                    return Err(error);
                }
            }
        }
    }

    /// A container may say nothing for long; the host must still be there.
    async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, DockerError> {
        if !self.follow {
            let silence = self.docker.timeouts().silence;
            return match tokio::time::timeout(silence, self.body.chunk()).await {
                Ok(chunk) => chunk,
                Err(_) => Err(self.docker.slow(Asked::Question)),
            };
        }
        let heartbeat = self.docker.timeouts().heartbeat;
        loop {
            match tokio::time::timeout(heartbeat, self.body.chunk()).await {
                Ok(chunk) => return chunk,
                Err(_) => self.docker.ping(&Call::new()).await?,
            }
        }
    }
}

/// A moment as engines take it.
pub(super) fn stamp(at: DateTime<Utc>) -> String {
    format!("{}.{:09}", at.timestamp(), at.timestamp_subsec_nanos())
}
