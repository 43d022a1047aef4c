//! The log: look at it. A role sees what its policy shows: all of it, what is about money, or its own acts.

use domain::ids::ActivityId;
use store::{
    activity::{self, ActivityEntry, ActivityRow},
    list::{ListRequest, Page},
};

use crate::{AppError, session::Session};

/// A window of the log.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<ActivityRow>, AppError> {
    Ok(activity::list(&mut *session.read().await?, request).await?)
}

/// One entry, with what was before and after.
pub async fn get(session: &Session, id: ActivityId) -> Result<ActivityEntry, AppError> {
    Ok(activity::get(&mut *session.read().await?, id).await?)
}
