//! Which regions of an account are sold.

use chrono::{DateTime, Utc};
use domain::{ids::ProviderConfigId, provider::RegionsOnSale, role::Action};
use providers::linode::{Call, Region};
use serde::Serialize;
use store::providers as accounts;
use ts_rs::TS;

use super::{Reach, get, linode};
use crate::{AppError, session::Session};

/// A region as its provider tells it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RegionRow {
    /// Its id, such as `us-east`.
    pub id: String,
    /// Its name.
    pub label: String,
    /// The country's two letters.
    pub country: Option<String>,
    /// `ok` or `outage`; other words may appear.
    pub status: Option<String>,
    /// `core` or `distributed`.
    pub site_type: Option<String>,
}

impl From<Region> for RegionRow {
    fn from(region: Region) -> Self {
        Self {
            label: if region.label.is_empty() {
                region.id.clone()
            } else {
                region.label
            },
            id: region.id,
            country: region.country,
            status: region.status,
            site_type: region.site_type,
        }
    }
}

/// Asks the provider of an account for its regions, which everybody may read.
pub async fn regions(session: &Session, id: ProviderConfigId, reach: &Reach) -> Result<Vec<RegionRow>, AppError> {
    let account = linode(get(session, id).await?)?;
    let listing = reach
        .anonymous(account.endpoint.as_deref())?
        .regions(&Call::new())
        .await?;
    let mut rows: Vec<RegionRow> = listing.items.into_iter().map(RegionRow::from).collect();
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(rows)
}

/// Says which regions of an account are sold, unless somebody has changed the account since the person saw it. The
/// database refuses orders elsewhere; servers that are there stay as they are.
pub async fn set_regions(
    session: &Session,
    id: ProviderConfigId,
    regions: &RegionsOnSale,
    seen: DateTime<Utc>,
) -> Result<(), AppError> {
    session.may(Action::EditProvider)?;
    let mut transaction = session.write().await?;
    let stored = accounts::settings(&mut transaction, id).await?;
    let settings = regions
        .settings(stored.as_ref())
        .map_err(|why| AppError::invalid("regions", why))?;
    accounts::set_settings(&mut transaction, id, &settings, seen).await?;
    transaction.commit().await?;
    Ok(())
}
