//! Reading: the list, and what it doesn't name any more by its number.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use providers::linode::{Call, Instance, Linode};

use super::is_many;
use crate::AppError;

/// How many servers are asked for by their number at once.
const SIDE_BY_SIDE: usize = 4;

/// What a reading proves of an account's servers as a whole; each of them was handed on.
#[derive(Debug)]
pub(super) struct Read {
    /// The numbers that it has named at last.
    pub(super) named: BTreeSet<u64>,
    /// Whether these were all of them.
    pub(super) complete: bool,
    /// Numbers of which the provider itself says that they don't exist.
    pub(super) confirmed_gone: Vec<i64>,
    /// How many entries could not be read.
    pub(super) unreadable: usize,
}

/// Reads an account's servers, and hands them on as they come. `living` are those that are known here: what a complete
/// list doesn't name of them is asked for by its number, and gone only if the provider doesn't know that. When more than
/// a tenth is not named, and nobody has agreed to it, nothing more is asked and a person is.
pub(super) async fn fetch(
    linode: &Linode,
    living: &[i64],
    allow_gone: bool,
    call: &Call,
    mut hand: impl FnMut(Vec<Instance>) + Send,
) -> Result<Read, AppError> {
    let listing = linode.instances_by_page(call, &mut hand).await?;
    let mut read = Read {
        complete: listing.is_complete(),
        unreadable: listing.unreadable,
        named: listing.items.into_iter().collect(),
        confirmed_gone: Vec::new(),
    };
    if !read.complete {
        return Ok(read);
    }
    let absent: Vec<u64> = living
        .iter()
        .filter_map(|id| u64::try_from(*id).ok())
        .filter(|id| !read.named.contains(id))
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
            (Some(instance), _) => {
                read.named.insert(id);
                hand(vec![instance]);
            }
            (None, Ok(id)) => read.confirmed_gone.push(id),
            (None, Err(_)) => {}
        }
    }
    Ok(read)
}
