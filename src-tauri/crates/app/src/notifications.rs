//! What a person should know without having asked: look at it, mark it as read.

use domain::ids::NotificationId;
use store::{
    list::{ListRequest, Page},
    notifications::{self, NotificationRow},
};

use crate::{AppError, session::Session};

/// At most so many are marked at once; all of them have a use-case of their own.
const MARKED_MAX: usize = 200;

/// A window of one's own.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<NotificationRow>, AppError> {
    Ok(notifications::list(&mut *session.read().await?, request).await?)
}

/// Marks some of one's own as read, or as not read; how many have changed.
pub async fn mark(session: &Session, ids: &[NotificationId], read: bool) -> Result<u64, AppError> {
    if ids.len() > MARKED_MAX {
        return Err(AppError::invalid("ids", "Mark at most 200 at once."));
    }
    let ids: Vec<i32> = ids.iter().map(|id| id.get()).collect();
    let mut transaction = session.write().await?;
    let changed = notifications::mark(&mut transaction, &ids, read).await?;
    transaction.commit().await?;
    Ok(changed)
}

/// Marks as read all up to the newest that was seen, so that what arrives meanwhile stays unread; how many have changed.
pub async fn mark_up_to(session: &Session, newest: NotificationId) -> Result<u64, AppError> {
    let mut transaction = session.write().await?;
    let changed = notifications::mark_up_to(&mut transaction, newest.get()).await?;
    transaction.commit().await?;
    Ok(changed)
}
