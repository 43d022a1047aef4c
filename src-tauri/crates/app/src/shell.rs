//! What the frame of the window asks for.

use domain::ids::UserId;
use sqlx::PgConnection;
use store::desk::{self, PaletteHit, Summary};

use crate::{AppError, session::Session};

/// The counts and times of the frame, in one statement.
pub async fn summary(connection: &mut PgConnection, me: UserId) -> Result<Summary, AppError> {
    Ok(desk::summary(connection, me).await?)
}

/// Looks for a name, number or address in everything. Nothing for less than two characters.
pub async fn search(session: &Session, query: &str) -> Result<Vec<PaletteHit>, AppError> {
    let query: String = query.trim().chars().take(100).collect();
    if query.chars().count() < 2 && query.parse::<i32>().is_err() {
        return Ok(Vec::new());
    }
    Ok(desk::search(&mut *session.read().await?, &query).await?)
}
