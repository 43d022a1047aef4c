//! Containers: look at them, record one that was found or made on a host; ask their hosts about them ([`live`]), hear
//! what they say ([`follow`]) and what happens there ([`watch`]).

pub mod follow;
pub mod live;
pub mod watch;

use domain::{ids::ContainerId, role::Action};
use store::{
    containers::{self, ContainerRow},
    list::{ListRequest, Page},
};

use crate::{AppError, session::Session};

pub use store::containers::NewContainer;

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<ContainerRow>, AppError> {
    Ok(containers::list(&mut *session.read().await?, request).await?)
}

/// One container.
pub async fn get(session: &Session, id: ContainerId) -> Result<ContainerRow, AppError> {
    Ok(containers::get(&mut *session.read().await?, id).await?)
}

/// Records a container of a host. It is nobody's, and is charged to nobody, until somebody assigns it.
pub async fn record(session: &Session, new: &NewContainer) -> Result<ContainerId, AppError> {
    session.may(Action::EditContainer)?;
    let mut transaction = session.write().await?;
    let id = containers::record(&mut transaction, new).await?;
    transaction.commit().await?;
    Ok(id)
}

/// The containers of a name or a host's id, at most two: one is an answer, two are a question.
pub async fn of_name(session: &Session, name: &str) -> Result<Vec<ContainerId>, AppError> {
    Ok(containers::of_name(&mut *session.read().await?, name).await?)
}
