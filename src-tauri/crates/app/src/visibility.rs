//! Who can see a row.

use domain::role::Action;
use store::visibility::{self, Onlooker, RowKind};

use crate::{AppError, session::Session};

/// Each role's rights on one row, as the database's rules in force give them.
pub async fn who_sees(session: &Session, kind: RowKind, id: i32) -> Result<Vec<Onlooker>, AppError> {
    session.may(Action::AskWhoSees)?;
    Ok(visibility::who_sees(&mut *session.read().await?, kind, id).await?)
}
