//! Who works at which desk, and the end of it.

use domain::{ids::UserId, role::Action};
use store::{
    StoreError,
    security::{self, SessionRow},
};

use crate::{AppError, session::Session};

/// The sessions that live: the person's own, or everybody's.
pub async fn list(session: &Session, everybody: bool) -> Result<Vec<SessionRow>, AppError> {
    if everybody {
        session.may(Action::EndSessions)?;
    }
    Ok(security::sessions(&mut *session.read().await?, everybody).await?)
}

/// Ends one: one's own, or an admin's choice. The desk's next statement is refused.
pub async fn revoke(session: &Session, id: i64) -> Result<(), AppError> {
    let mut transaction = session.write().await?;
    let ended = security::revoke(&mut transaction, id).await?;
    transaction.commit().await?;
    if ended {
        Ok(())
    } else {
        Err(AppError::Store(StoreError::NotFound))
    }
}

/// Ends all sessions of a person, but for the one that asks; how many.
pub async fn revoke_all_of(session: &Session, user: UserId) -> Result<i32, AppError> {
    if session.person()?.id != user {
        session.may(Action::EndSessions)?;
    }
    let mut transaction = session.write().await?;
    let ended = security::revoke_all_of(&mut transaction, user).await?;
    transaction.commit().await?;
    Ok(ended)
}
