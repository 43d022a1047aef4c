//! What a server's provider says of it now. Each is a question of its own with its own deadline; where it is not answered,
//! what the database knows stays.

mod figures;
mod history;
mod network;

use domain::{ids::ServerId, role::Action};
use providers::linode::{Call, Linode, LinodeError};
use store::{StoreError, servers as stored};

use crate::{
    AppError,
    providers::{self as accounts, Reach},
    session::Session,
    workspace_key::Ring,
};

pub use figures::{ServerStats, ServerTraffic, ServerTransfer, stats, transfer};
pub use history::{BackupInfo, EventInfo, ServerBackups, ServerEvents, backups, events};
pub use network::{FirewallInfo, FirewallRule, ServerAddress, ServerAddresses, ServerFirewalls, addresses, firewalls};

/// What a live question needs beside the session.
#[derive(Debug, Clone, Copy)]
pub struct LiveReach<'a> {
    /// The workspace's keys, which open the account's token.
    pub keys: &'a Ring,
    /// How its provider is reached, and for how long at most.
    pub reach: &'a Reach,
}

/// The server at its provider.
struct There {
    linode: Linode,
    id: u64,
    call: Call,
}

impl There {
    async fn find(session: &Session, live: LiveReach<'_>, server: ServerId) -> Result<Self, AppError> {
        // A token opens everything that its account has: whoever may not change servers isn't lent it either.
        session.may(Action::EditServer)?;
        let place = stored::place(&mut *session.read().await?, server).await?;
        if place.is_deleted {
            return Err(StoreError::Rule("intent_server_deleted".to_owned()).into());
        }
        let (Some(account), Some(id)) = (place.account, place.external_id) else {
            return Err(StoreError::Rule("intent_server_without_account".to_owned()).into());
        };
        let account = accounts::linode(accounts::get(session, account).await?)?;
        let token = accounts::open_token(session, &account, live.keys).await?;
        Ok(Self {
            linode: live.reach.linode(account.endpoint.as_deref(), &token)?,
            id,
            call: Call::new(),
        })
    }

    fn gone(&self) -> AppError {
        AppError::Provider(LinodeError::NotFound {
            what: format!("/linode/instances/{}", self.id),
        })
    }
}
