//! The provider's price list beside the plans: kept when it is read, so that a price that rises above ours is seen.

use chrono::TimeDelta;
use domain::{plan::ProviderWord, role::Action};
use providers::linode::{Call, LinodeType, Price};
use rust_decimal::Decimal;
use store::plans::{ListedPrice, keep_prices, prices_read_at};

use crate::{AppError, providers::Reach, session::Session};

/// How old a list may get before it is read again.
const OLD: TimeDelta = TimeDelta::hours(20);
/// As `provider_prices.provider` has it.
const PROVIDER: &str = "linode";

/// When a list is read, and what becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// Read and kept if the one that is kept is old.
    IfOld,
    /// Read now, and kept.
    AtOnce,
    /// Read now; what keeping it would change is told and taken back.
    Rehearsed,
}

/// What became of a list that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PricesKept {
    /// How many prices have changed.
    pub changed: i32,
    /// Of how many plans admins were told that they cost more than they bring.
    pub told: i32,
}

/// Reads the list of a provider, and keeps it. `None` where the one that is kept isn't old enough, or where there is another API
/// behind `endpoint` than the provider's own list is kept of.
pub async fn refresh_prices(
    session: &Session,
    endpoint: Option<&str>,
    reach: &Reach,
    refresh: Refresh,
) -> Result<Option<PricesKept>, AppError> {
    session.may(Action::EditProvider)?;
    if refresh == Refresh::IfOld {
        let mut connection = session.read().await?;
        let now = store::server::time(&mut connection).await?;
        let read_at = prices_read_at(&mut connection, PROVIDER).await?;
        if read_at.is_some_and(|at| now.signed_duration_since(at) < OLD) {
            return Ok(None);
        }
    }
    let listing = reach.anonymous(endpoint)?.types(&Call::new()).await?;
    if listing.items.is_empty() {
        return Ok(None);
    }
    let list = listed(&listing.items);
    let mut transaction = session.write().await?;
    let (changed, told) = keep_prices(&mut transaction, PROVIDER, &list).await?;
    if refresh == Refresh::Rehearsed {
        transaction.rollback().await?;
    } else {
        transaction.commit().await?;
    }
    Ok(Some(PricesKept { changed, told }))
}

/// An amount that the table takes: anything else is as good as unknown.
fn told(amount: Option<Decimal>) -> Option<String> {
    amount
        .filter(|amount| !amount.is_sign_negative() && *amount < Decimal::ONE_THOUSAND * Decimal::ONE_THOUSAND)
        .map(|amount| amount.to_string())
}

/// A type's usual price, and those of regions that have another. What has a name that no column holds is left out.
pub(super) fn listed(types: &[LinodeType]) -> Vec<ListedPrice> {
    let price = |kind: &LinodeType, region: &str, price: &Price| ListedPrice {
        type_id: kind.id.clone(),
        region: region.to_owned(),
        hourly: told(price.hourly),
        monthly: told(price.monthly),
    };
    types
        .iter()
        .filter(|kind| ProviderWord::parse(&kind.id).is_ok())
        .flat_map(|kind| {
            let own = kind
                .price
                .regions
                .iter()
                .filter(|own| ProviderWord::parse(&own.region).is_ok())
                .map(|own| price(kind, &own.region, &own.price));
            std::iter::once(price(kind, "", &kind.price.usual))
                .chain(own)
                .collect::<Vec<_>>()
        })
        .collect()
}
