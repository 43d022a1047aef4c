//! Reading: the list, and what it doesn't name any more by its number.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use providers::linode::{Call, Linode};

use super::{Observed, is_many};
use crate::AppError;

/// How many servers are asked for by their number at once.
const SIDE_BY_SIDE: usize = 4;

/// Reads an account's servers. `living` are those that are known here: what a complete list doesn't name of them is
/// asked for by its number, and gone only if the provider doesn't know that. When more than a tenth is not named, and
/// nobody has agreed to it, nothing more is asked and a person is.
pub async fn fetch(linode: &Linode, living: &[i64], allow_gone: bool, call: &Call) -> Result<Observed, AppError> {
    let listing = linode.instances(call).await?;
    let mut observed = Observed {
        complete: listing.is_complete(),
        unreadable: listing.unreadable,
        instances: listing.items,
        confirmed_gone: Vec::new(),
        allow_gone,
    };
    if !observed.complete {
        return Ok(observed);
    }
    let named: BTreeSet<u64> = observed.instances.iter().map(|instance| instance.id).collect();
    let absent: Vec<u64> = living
        .iter()
        .filter_map(|id| u64::try_from(*id).ok())
        .filter(|id| !named.contains(id))
        .collect();
    if !allow_gone && is_many(absent.len(), living.len()) {
        return Err(AppError::ManyGone {
            gone: absent.len(),
            of: living.len(),
        });
    }
    let mut answers = stream::iter(absent)
        .map(async |id| linode.instance(id, call).await.map(|answer| (id, answer)))
        .buffer_unordered(SIDE_BY_SIDE);
    while let Some((id, answer)) = answers.try_next().await? {
        match (answer, i64::try_from(id)) {
            (Some(instance), _) => observed.instances.push(instance),
            (None, Ok(id)) => observed.confirmed_gone.push(id),
            (None, Err(_)) => {}
        }
    }
    drop(answers);
    Ok(observed)
}
