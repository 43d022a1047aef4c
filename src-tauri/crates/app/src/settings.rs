//! Settings of the business: look at them, change them.

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chrono::{DateTime, Utc};
use documents::{DocumentError, Logo};
use domain::{
    role::{Action, Area},
    settings::Setting,
};
use sha2::{Digest, Sha256};
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

/// The logo on documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoAnswer {
    /// Of its bytes, SHA-256.
    pub hash: String,
    /// PNG.
    pub png: Vec<u8>,
    /// In pixels.
    pub width: u16,
    /// In pixels.
    pub height: u16,
}

impl LogoAnswer {
    /// The picture, for JSON.
    pub fn png_base64(&self) -> String {
        BASE64.encode(&self.png)
    }
}

/// A file that came as JSON.
pub fn from_base64(text: &str) -> Result<Vec<u8>, AppError> {
    BASE64
        .decode(text.trim())
        .map_err(|_| AppError::invalid("logo", DocumentError::Logo))
}

/// The logo, if there is one.
pub async fn logo(session: &Session) -> Result<Option<LogoAnswer>, AppError> {
    let stored = settings::logo(&mut *session.read().await?).await?;
    Ok(stored
        .and_then(|(_, png)| Logo::known_png(png).ok())
        .map(|logo| answer(&logo)))
}

fn answer(logo: &Logo) -> LogoAnswer {
    let (width, height) = logo.pixels();
    LogoAnswer {
        hash: crate::trust::log::hex(&Sha256::digest(logo.png())),
        png: logo.png().to_vec(),
        width,
        height,
    }
}

/// Takes a PNG or SVG file as the logo of documents that are issued from now on, or takes the logo away. A picture that
/// can't be set is refused now, so that it never stands in the way of a document.
pub async fn set_logo(session: &Session, file: Option<Vec<u8>>, dry_run: bool) -> Result<Option<LogoAnswer>, AppError> {
    session.may(Action::EditSettings)?;
    let read = move || file.map(Logo::from_file).transpose();
    let logo = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| AppError::Internal("a logo was not read to its end"))?
        .map_err(|why| AppError::invalid("logo", why))?;
    let logo = logo.as_ref().map(answer);
    if !dry_run {
        let mut transaction = session.write().await?;
        let stored = logo.as_ref().map(|logo| (logo.hash.as_str(), logo.png.as_slice()));
        settings::set_logo(&mut transaction, stored).await?;
        transaction.commit().await?;
    }
    Ok(logo)
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
