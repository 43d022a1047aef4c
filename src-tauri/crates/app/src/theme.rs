//! The theme that all desks of a business show.

use domain::theme::ResolvedTheme;

use crate::{AppError, session::Session};

/// The active theme, ready for the screen, with its name; the built-in one when none is active.
pub async fn active(session: &Session) -> Result<(Option<String>, ResolvedTheme), AppError> {
    let stored = store::desk::active_theme(&mut *session.read().await?).await?;
    Ok(match stored {
        Some((name, colors)) => (Some(name), ResolvedTheme::resolve(&colors)),
        None => (None, ResolvedTheme::built_in()),
    })
}
