//! What has changed while the window was looking.

use store::live::{self, Poll};

use crate::{AppError, session::Session};

/// What has changed since a cursor, in what the session's role may read. Does not keep the session from idling out.
pub async fn poll(session: &Session, cursor: Option<&str>) -> Result<Poll, AppError> {
    Ok(live::poll(&mut *session.read().await?, cursor).await?)
}
