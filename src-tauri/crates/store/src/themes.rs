//! Themes: `theme_settings`. Colours are handed on as they are stored; what they become is the domain's.

use chrono::{DateTime, Utc};
use domain::{ids::ThemeId, theme::ThemeName};
use serde_json::Value;
use sqlx::PgConnection;

use crate::StoreError;

/// A row.
#[derive(Debug, Clone)]
pub struct StoredTheme {
    /// `theme_settings.id`.
    pub id: i32,
    /// Its name.
    pub name: String,
    /// Its colours, in whatever shape.
    pub colors: Value,
    /// Whether it is the one that desks show: the newest, where another program has marked several.
    pub is_active: bool,
    /// When it was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// The themes by name, at most 200.
pub async fn list(connection: &mut PgConnection) -> Result<Vec<StoredTheme>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, name, colors, updated_at,
             id = (SELECT a.id FROM theme_settings a WHERE a.is_active ORDER BY a.updated_at DESC NULLS LAST, a.id DESC LIMIT 1) AS is_active
           FROM theme_settings ORDER BY lower(name), id LIMIT 200"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StoredTheme {
            id: row.id,
            name: row.name,
            colors: row.colors,
            is_active: row.is_active.unwrap_or(false),
            updated_at: row.updated_at.map(|at| at.and_utc()),
        })
        .collect())
}

/// Makes a theme, which is not active.
pub async fn create(connection: &mut PgConnection, name: &ThemeName, colors: &Value) -> Result<ThemeId, StoreError> {
    let id = sqlx::query_scalar!(
        "INSERT INTO theme_settings (id, name, colors, is_active) VALUES (NULL, $1, $2, false) RETURNING id",
        name.as_str(),
        colors
    )
    .fetch_one(connection)
    .await?;
    Ok(ThemeId::new(id))
}

/// Makes one theme the only active one, or none of them. Two that do this at once stand in line at the rows.
pub async fn activate(connection: &mut PgConnection, theme: Option<ThemeId>) -> Result<(), StoreError> {
    let known = sqlx::query_scalar!("SELECT id FROM theme_settings ORDER BY id FOR NO KEY UPDATE")
        .fetch_all(&mut *connection)
        .await?;
    let id = theme.map(ThemeId::get);
    if id.is_some_and(|id| !known.contains(&id)) {
        return Err(StoreError::NotFound);
    }
    // In a statement of its own: it sees what whoever stood in line before has committed.
    sqlx::query!(
        "UPDATE theme_settings SET is_active = coalesce(id = $1, false) WHERE is_active IS DISTINCT FROM coalesce(id = $1, false)",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}
