//! How the one who asks keeps hold of a question: by seeing how far it is, and by ending it.

use std::{fmt, future::Future, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::LinodeError;

/// How far the reading of a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pages read.
    pub done: u64,
    /// Pages there are.
    pub of: u64,
}

/// One call: nothing is watched and nothing ends it early, unless said so. Dropping the future ends it too.
#[derive(Clone, Default)]
pub struct Call {
    cancel: Option<CancellationToken>,
    longest: Option<Duration>,
    progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl Call {
    /// A call that nobody watches.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends with [`LinodeError::Cancelled`] when the token is cancelled.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = Some(token);
        self
    }

    /// Takes no longer than this, with all tries and waits; less if the account's own limit of a call is shorter.
    #[must_use]
    pub fn within(mut self, longest: Duration) -> Self {
        self.longest = Some(longest);
        self
    }

    /// Tells how far a list is, after every page. A list that has shifted is read again and begins anew.
    #[must_use]
    pub fn reporting_to(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.progress = Some(Arc::new(report));
        self
    }

    pub(super) fn report(&self, done: u64, of: u64) {
        if let Some(report) = &self.progress {
            report(Progress { done, of });
        }
    }

    /// How long it may take where `usual` is the account's limit.
    pub(super) fn longest(&self, usual: Duration) -> Duration {
        self.longest.map_or(usual, |own| own.min(usual))
    }

    /// Ends when the call is cancelled; never, if it can't be.
    pub(super) async fn cancelled(&self) {
        match &self.cancel {
            Some(cancel) => cancel.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Runs `work` unless it is cancelled first.
    pub(super) async fn run<T>(&self, work: impl Future<Output = Result<T, LinodeError>>) -> Result<T, LinodeError> {
        tokio::select! {
            biased;
            () = self.cancelled() => Err(LinodeError::Cancelled),
            answer = work => answer,
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("cancellable", &self.cancel.is_some())
            .field("longest", &self.longest)
            .field("watched", &self.progress.is_some())
            .finish()
    }
}
