use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// What the launcher is doing, for a progress line; `to_string()` is a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Another program is starting or stopping the server.
    WaitingForAnotherProgram,
    /// A new data folder is being made.
    Initializing,
    /// The server is being started.
    Starting,
    /// The server was not shut down properly and replays its log; sent about once a second.
    Recovering {
        /// Since when.
        waited: Duration,
    },
    /// A server that runs but doesn't answer is being stopped.
    StoppingUnresponsive {
        /// Its process.
        pid: u32,
    },
    /// A server that was running already is used.
    Reusing {
        /// Its process.
        pid: u32,
    },
    /// The server takes connections.
    Ready {
        /// Its process.
        pid: u32,
    },
    /// The server is being stopped.
    Stopping {
        /// Its process.
        pid: u32,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WaitingForAnotherProgram => "waiting for another program to finish with the database",
            Self::Initializing => "the database is being created",
            Self::Starting => "the database is starting",
            Self::Recovering { .. } => "the database is recovering",
            Self::StoppingUnresponsive { .. } => "the database does not answer and is being restarted",
            Self::Reusing { .. } => "the database is already running",
            Self::Ready { .. } => "the database is ready",
            Self::Stopping { .. } => "the database is stopping",
        })
    }
}

type Listener = dyn Fn(&Event) + Send + Sync;

/// Who hears of [`Event`]s, if anybody; each is also a `tracing` event.
#[derive(Clone, Default)]
pub struct Events(Option<Arc<Listener>>);

impl Events {
    /// Calls `listener` for every event, on the task that starts or stops the server.
    pub fn to(listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(crate) fn send(&self, event: &Event) {
        tracing::info!(?event, "{event}");
        if let Some(listener) = &self.0 {
            listener(event);
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Events(listener)"
        } else {
            "Events(none)"
        })
    }
}
