//! How the one who asks ends a question early.

use std::future::Future;

use tokio_util::sync::CancellationToken;

use super::{Asked, DockerError};

/// One call: nothing ends it early, unless said so. Dropping the future ends it, too.
#[derive(Debug, Clone, Default)]
pub struct Call {
    cancel: Option<CancellationToken>,
}

impl Call {
    /// A call that only its deadline ends.
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends with [`DockerError::Cancelled`] when the token is cancelled.
    #[must_use]
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = Some(token);
        self
    }

    /// Runs `work` unless it is cancelled first.
    pub(super) async fn run<T>(
        &self,
        asked: Asked,
        work: impl Future<Output = Result<T, DockerError>>,
    ) -> Result<T, DockerError> {
        let Some(cancel) = &self.cancel else {
            return work.await;
        };
        if cancel.is_cancelled() {
            return Err(DockerError::Cancelled { asked: Asked::Question });
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(DockerError::Cancelled { asked }),
            answer = work => answer,
        }
    }
}
