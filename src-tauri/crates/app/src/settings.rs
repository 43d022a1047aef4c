//! Settings of the business: look at them, change them.

use chrono::{DateTime, Utc};
use domain::{
    role::{Action, Area},
    settings::Setting,
};
use store::settings::{self, StoredSettings};

use crate::{AppError, session::Session};

/// A setting that has another value now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub setting: Setting,
    /// What it was.
    pub before: String,
    /// What it is.
    pub after: String,
}

/// The settings as they are, with how many wallets there are in each currency.
pub async fn get(session: &Session) -> Result<(StoredSettings, Vec<(String, i64)>), AppError> {
    if !session.role().can_read(Area::Settings) {
        return Err(AppError::Refused(
            "Only admins can see the settings of the business.".to_owned(),
        ));
    }
    let mut connection = session.read().await?;
    let stored = settings::get(&mut connection).await?;
    let wallets = settings::wallets_by_currency(&mut connection).await?;
    Ok((stored, wallets))
}

/// Gives settings other values: all of them, or none when one is refused. `seen` is when they were last changed as the
/// person saw them; without it whatever is there is changed. Answers with what is different now.
pub async fn change(
    session: &Session,
    values: &[(Setting, String)],
    seen: Option<DateTime<Utc>>,
    dry_run: bool,
) -> Result<Vec<Changed>, AppError> {
    session.may(Action::EditSettings)?;
    let mut transaction = session.write().await?;
    let before = settings::lock(&mut transaction).await?;
    if seen.is_some_and(|seen| seen.timestamp_millis() != before.updated_at.timestamp_millis()) {
        return Err(store::StoreError::Stale.into());
    }
    let mut after = before.settings.clone();
    for (setting, value) in values {
        after
            .set(*setting, value)
            .map_err(|error| AppError::invalid(setting.as_str(), error))?;
    }
    let changed: Vec<Changed> = Setting::ALL
        .iter()
        .map(|setting| Changed {
            setting: *setting,
            before: before.settings.value(*setting),
            after: after.value(*setting),
        })
        .filter(|change| change.before != change.after)
        .collect();
    if !changed.is_empty() && !dry_run {
        settings::update(&mut transaction, &after).await?;
        transaction.commit().await?;
    }
    Ok(changed)
}
