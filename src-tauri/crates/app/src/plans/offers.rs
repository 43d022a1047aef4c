//! What a provider sells: its price list, which everybody may read.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use providers::{
    linode::{Call, Linode, LinodeError, LinodeOptions, LinodeType, Timeouts},
    pace::RunningPace,
};

use crate::AppError;

/// A person waits for the list.
const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(10),
    silence: Duration::from_secs(10),
    attempt: Duration::from_secs(20),
    call: Duration::from_mins(1),
};

/// A provider's price list.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// The types that it sells.
    pub types: Vec<LinodeType>,
    /// How many entries could not be read.
    pub unreadable: usize,
}

/// Reads Linode's price list. It needs no token; `base_url` is another address of the API than the public one.
pub async fn read_offers(base_url: Option<&str>) -> Result<Offers, AppError> {
    let mut options = LinodeOptions::anonymous();
    options.timeouts = TIMEOUTS;
    if let Some(base_url) = base_url {
        base_url.clone_into(&mut options.base_url);
    }
    let client = Linode::new(options, Arc::new(RunningPace::new(now, chance)))?;
    let listing = client.types(&Call::new()).await?;
    Ok(Offers {
        types: listing.items,
        unreadable: listing.unreadable,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "paces requests to a provider, and is no input of any rule"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

#[expect(
    clippy::disallowed_methods,
    reason = "spreads repeated requests, and is no input of any rule"
)]
fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness all desks wait equally long, which is no harm.
    if getrandom::fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
}

/// A provider's failure as a code for programs; its sentence is its own.
pub fn provider_code(error: &LinodeError) -> &'static str {
    match error {
        LinodeError::Address { .. } => "provider_address",
        LinodeError::Token => "provider_token_malformed",
        LinodeError::Certificates { .. } => "provider_certificates",
        LinodeError::Unauthorized => "provider_token_refused",
        LinodeError::Forbidden { .. } => "provider_scope_missing",
        LinodeError::NotFound { .. } => "provider_not_found",
        LinodeError::RateLimited { .. } => "provider_limited",
        LinodeError::Busy => "provider_busy",
        LinodeError::Unavailable { .. } => "provider_unavailable",
        LinodeError::NotJson { .. } => "provider_not_json",
        LinodeError::Unreadable { .. } => "provider_unreadable",
        LinodeError::Truncated => "provider_truncated",
        LinodeError::Timeout => "provider_timeout",
        LinodeError::Unreachable { .. } => "provider_unreachable",
        LinodeError::Rejected(_) => "provider_rejected",
        LinodeError::TooLarge { .. } => "provider_too_large",
        LinodeError::Cancelled => "provider_cancelled",
    }
}
