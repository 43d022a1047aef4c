//! The themes of the business, and the one that all its desks show.

use domain::{
    ids::ThemeId,
    role::Action,
    theme::{ResolvedTheme, ThemeName},
};
use serde_json::Value;
use store::themes::{self, StoredTheme};

use crate::{AppError, session::Session};

/// The active theme, ready for the screen, with its name; the built-in one when none is active.
pub async fn active(session: &Session) -> Result<(Option<String>, ResolvedTheme), AppError> {
    let stored = store::desk::active_theme(&mut *session.read().await?).await?;
    Ok(match stored {
        Some((name, colors)) => (Some(name), ResolvedTheme::resolve(&colors)),
        None => (None, ResolvedTheme::built_in()),
    })
}

/// All themes with what each looks like; a broken row looks built-in, with notices that say why.
pub async fn list(session: &Session) -> Result<Vec<(StoredTheme, ResolvedTheme)>, AppError> {
    let rows = themes::list(&mut *session.read().await?).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let resolved = ResolvedTheme::resolve(&row.colors);
            (row, resolved)
        })
        .collect())
}

/// Makes a theme from colours in any of the known shapes. It isn't shown until somebody activates it.
pub async fn create(session: &Session, name: &ThemeName, colors: &Value) -> Result<ThemeId, AppError> {
    session.may(Action::EditTheme)?;
    let mut transaction = session.write().await?;
    let id = themes::create(&mut transaction, name, colors).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Makes a theme the one that all desks show; none of them is the built-in one.
pub async fn activate(session: &Session, theme: Option<ThemeId>) -> Result<(), AppError> {
    session.may(Action::EditTheme)?;
    let mut transaction = session.write().await?;
    themes::activate(&mut transaction, theme).await?;
    transaction.commit().await?;
    Ok(())
}
