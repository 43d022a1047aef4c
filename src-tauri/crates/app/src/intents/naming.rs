//! Reverse names of servers that were just made, as the networking settings give them.

use std::net::IpAddr;

use domain::{ids::IntentId, intent::Wanted, transaction::IdempotencyKey};
use store::{intents as stored, servers};

use super::{Act, act, carry_out};
use crate::{AppError, networking, providers::Reach, session::Session, workspace_key::Ring};

/// Names the address of the server of an order that is done, where the settings have a domain for that: an intent of its
/// own, once an order, which a person may follow with another name. What goes wrong is that intent's; the order stays done.
pub(super) async fn name(session: &Session, keys: &Ring, reach: &Reach, order: IntentId) {
    if let Err(error) = try_name(session, keys, reach, order).await {
        tracing::warn!(intent = order.get(), %error, "the address of a new server was not named");
    }
}

async fn try_name(session: &Session, keys: &Ring, reach: &Reach, order: IntentId) -> Result<(), AppError> {
    let Some(base) = networking::rdns_base(session).await? else {
        return Ok(());
    };
    let mut connection = session.read().await?;
    let Some(server) = stored::get(&mut connection, order).await?.server else {
        return Ok(());
    };
    let ipv4 = servers::known(&mut connection, server).await?.row.ipv4;
    drop(connection);
    let Some(address) = ipv4.and_then(|text| text.parse::<IpAddr>().ok()) else {
        return Ok(());
    };
    let wanted = Wanted::Rdns {
        address,
        name: Some(base.name_of(address)),
    };
    let key = IdempotencyKey::parse(&format!("rdns-of-order-{order}"))
        .map_err(|_| AppError::Internal("the key of a reverse name"))?;
    let placed = act(session, Some(keys), server, &Act::Plain(wanted), &key).await?;
    if !placed.repeated {
        Box::pin(carry_out(session, keys, reach, placed.id)).await?;
    }
    Ok(())
}
