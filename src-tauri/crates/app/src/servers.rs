//! Servers: look at them, and at what their provider says of one now.

mod choices;
mod live;
mod offers;
pub mod timeline;

use domain::{
    ids::ServerId,
    intent::{IntentKind, IntentState},
    role::{Action, Role},
};
use providers::linode::Status;
use store::{
    assignment, intents as stored,
    list::{FilterOp, ListRequest, Page},
    servers::{self, Known, Presence, ServerRow},
};

use crate::{AppError, session::Session};

pub use choices::{OrderAccount, OrderChoices, OrderPlan, order_choices};
pub use live::{
    BackupInfo, EventInfo, FirewallInfo, FirewallRule, LiveReach, ServerAddress, ServerAddresses, ServerBackups,
    ServerEvents, ServerFirewalls, ServerStats, ServerTraffic, ServerTransfer, addresses, backups, events, firewalls,
    stats, transfer,
};
pub use offers::{Offer, OfferCache, OfferedField, OfferedImage, OfferedRegion, OfferedScript, Unread, offers};
pub use providers::linode::Event;

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<ServerRow>, AppError> {
    Ok(servers::list(&mut *session.read().await?, request).await?)
}

/// The servers of a label, at most two: one is an answer, two are a question.
pub async fn of_label(session: &Session, label: &str) -> Result<Vec<ServerId>, AppError> {
    Ok(assignment::servers_of_label(&mut *session.read().await?, label).await?)
}

/// Something that may be done to a server, and why not.
pub type Possible = (&'static str, Result<(), String>);

/// A server with what is known around it.
#[derive(Debug)]
pub struct Detail {
    /// What is stored.
    pub known: Known,
    /// What is done to it, or waits to be.
    pub open: Vec<stored::IntentRow>,
    /// Whether a password of root is kept here; `None` for roles that may not know.
    pub has_password: Option<bool>,
    /// What may be done to it.
    pub actions: Vec<Possible>,
}

/// One server, also a deleted one.
pub async fn detail(session: &Session, server: ServerId) -> Result<Detail, AppError> {
    let mut connection = session.read().await?;
    let mut request = ListRequest::first(20).with("server_id", FilterOp::Is, &server);
    for state in [IntentState::Done, IntentState::Failed, IntentState::Undone] {
        request = request.with("state", FilterOp::IsNot, &state.as_str());
    }
    // Before the server itself: what ends in between is seen in it, never as a server on which nothing goes on any more.
    let open = stored::list(&mut connection, &request).await?.rows;
    let known = servers::known(&mut connection, server).await?;
    let has_password = match session.may(Action::EditServer) {
        Ok(()) => Some(servers::has_password(&mut connection, server).await?),
        Err(_) => None,
    };
    let actions = possible(session.role(), &known, &open, has_password);
    Ok(Detail {
        known,
        open,
        has_password,
        actions,
    })
}

/// What may be done to a server now, and why not: what its role, its row and its open intents say. The database decides.
fn possible(role: Role, known: &Known, open: &[stored::IntentRow], has_password: Option<bool>) -> Vec<Possible> {
    let at_provider = nowhere(known);
    let backups = known.observed.as_ref().and_then(|observed| observed.backups);
    let state = known.row.status.as_deref().map(Status::of);
    let one = |kind: IntentKind| -> Possible {
        let deed = if kind.is_power() {
            Action::PowerResource
        } else {
            Action::EditServer
        };
        let outcome = role
            .may(deed)
            .map_err(|refusal| refusal.to_string())
            .and_then(|()| at_provider.map_or(Ok(()), |why| Err(why.to_owned())))
            .and_then(|()| match busy(kind, open) {
                Some(busy) => Err(format!(
                    "Something else is done to it, or waits to be: {}.",
                    busy.kind.replace('_', " ")
                )),
                None => Ok(()),
            })
            .and_then(|()| match (kind, &state, backups) {
                (IntentKind::Boot, Some(Status::Running), _) => Err("It is running.".to_owned()),
                (IntentKind::Shutdown | IntentKind::Reboot, Some(Status::Offline | Status::Stopped), _) => {
                    Err("It is off.".to_owned())
                }
                (IntentKind::ResetPassword, Some(Status::Running), _) => {
                    Err("Shut it down first: root gets another password only while it is off.".to_owned())
                }
                (IntentKind::EnableBackups, _, Some(true)) => Err("Backups are on.".to_owned()),
                (IntentKind::CancelBackups | IntentKind::Snapshot | IntentKind::Restore, _, Some(false)) => {
                    Err("Backups are off.".to_owned())
                }
                _ => Ok(()),
            });
        (kind.as_str(), outcome)
    };
    let mut all: Vec<Possible> = IntentKind::ALL
        .iter()
        .copied()
        .filter(|kind| *kind != IntentKind::Order && !kind.is_of_container())
        .map(one)
        .collect();
    let shown = role.may(Action::EditServer).map_err(|refusal| refusal.to_string());
    all.push((
        "show_password",
        shown.and_then(|()| match has_password {
            Some(true) => Ok(()),
            _ => Err("Nobody here knows root's password: it was not set from here.".to_owned()),
        }),
    ));
    all
}

/// Why nothing can be done to it at its provider.
fn nowhere(known: &Known) -> Option<&'static str> {
    if known.deleted_at.is_some() {
        Some("The server is deleted.")
    } else if known.row.linode_id.is_none() || known.row.provider_config_id.is_none() {
        Some("Nobody knows in which account it is: sync the account first.")
    } else if known.row.presence == Presence::Gone {
        Some("Its provider says that it doesn't exist any more.")
    } else {
        None
    }
}

/// What stands in the way: of most kinds there is one at a time, of names one of each kind.
fn busy(kind: IntentKind, open: &[stored::IntentRow]) -> Option<&stored::IntentRow> {
    let aside = |word: &str| word == IntentKind::Rename.as_str() || word == IntentKind::Rdns.as_str();
    open.iter()
        .find(|other| other.kind == kind.as_str() || !aside(&other.kind) && !aside(kind.as_str()))
}
