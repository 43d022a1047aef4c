//! Servers: look at them.

use store::{
    list::{ListRequest, Page},
    servers::{self, ServerRow},
};

use crate::{AppError, session::Session};

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<ServerRow>, AppError> {
    Ok(servers::list(&mut *session.read().await?, request).await?)
}
