//! What a provider sells: its price list, which everybody may read.

use providers::linode::{Call, LinodeType};

use crate::{AppError, providers::Reach};

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
    let client = Reach::patient().anonymous(base_url)?;
    let listing = client.types(&Call::new()).await?;
    Ok(Offers {
        types: listing.items,
        unreadable: listing.unreadable,
    })
}
