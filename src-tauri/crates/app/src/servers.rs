//! Servers: look at them.

use domain::ids::ServerId;
use store::{
    assignment,
    list::{ListRequest, Page},
    servers::{self, ServerRow},
};

use crate::{AppError, session::Session};

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<ServerRow>, AppError> {
    Ok(servers::list(&mut *session.read().await?, request).await?)
}

/// The servers of a label, at most two: one is an answer, two are a question.
pub async fn of_label(session: &Session, label: &str) -> Result<Vec<ServerId>, AppError> {
    Ok(assignment::servers_of_label(&mut *session.read().await?, label).await?)
}
