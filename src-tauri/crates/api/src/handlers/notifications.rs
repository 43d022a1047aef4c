//! Notifications.

use app::{
    notifications,
    views::{ListRequest, NotificationRow, Page},
};
use domain::ids::NotificationId;

use crate::{
    ApiError, Desk,
    contract::{MarkAllRequest, MarkAnswer, MarkRequest},
};

pub(crate) async fn list(desk: &Desk, request: ListRequest) -> Result<Page<NotificationRow>, ApiError> {
    Ok(notifications::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn mark(desk: &Desk, request: MarkRequest) -> Result<MarkAnswer, ApiError> {
    let ids: Vec<NotificationId> = request.ids.into_iter().map(NotificationId::new).collect();
    let changed = notifications::mark(&desk.session().await?, &ids, request.read).await?;
    Ok(MarkAnswer { changed })
}

pub(crate) async fn mark_all(desk: &Desk, request: MarkAllRequest) -> Result<MarkAnswer, ApiError> {
    let newest = NotificationId::new(request.newest_id);
    let changed = notifications::mark_up_to(&desk.session().await?, newest).await?;
    Ok(MarkAnswer { changed })
}
