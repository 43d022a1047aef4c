//! What is done to servers at their provider: asked for here, carried out by this desk where it holds the workspace key.

use app::{
    intents::{self, Act, NewOrder, Placed, Preview},
    providers::Reach,
    session::Session,
    views::{IntentRow, ListRequest, Page},
    workspace_key::Ring,
};
use domain::{
    ids::{IntentId, OrganizationId, PlanId, ProviderConfigId, ServerId},
    intent::Wanted,
    role::Action as Deed,
    transaction::IdempotencyKey,
};

use super::field;
use crate::{
    ApiError, Desk,
    contract::{ActOnServerRequest, Empty, IntentPlaced, IntentRequest, OrderServerRequest, ServerAct},
};

/// The keys of this desk, where its person may use them and they are the workspace's.
pub(super) async fn keys(desk: &Desk, session: &Session) -> Option<Ring> {
    session.may(Deed::EditServer).ok()?;
    desk.workspace_key().await.ok()
}

fn new_order(request: OrderServerRequest) -> NewOrder {
    let (system, answers) = request.system.parts();
    NewOrder {
        account: ProviderConfigId::new(request.account_id),
        organization: OrganizationId::new(request.organization_id),
        plan: PlanId::new(request.plan_id),
        label: request.label,
        region: request.region,
        system,
        answers,
        backups: request.backups,
        private_ip: request.private_ip,
    }
}

fn act_of(act: ServerAct) -> Act {
    Act::Plain(match act {
        ServerAct::Boot => Wanted::Boot,
        ServerAct::Shutdown => Wanted::Shutdown,
        ServerAct::Reboot => Wanted::Reboot,
        ServerAct::Resize {
            plan_id,
            warm,
            resize_disk,
        } => {
            return Act::Resize {
                plan: PlanId::new(plan_id),
                warm,
                resize_disk,
            };
        }
        ServerAct::Rebuild { system } => {
            let (system, answers) = system.parts();
            return Act::Rebuild(system, answers);
        }
        ServerAct::Rename { label } => Wanted::Rename { label },
        ServerAct::ResetPassword => Wanted::ResetPassword,
        ServerAct::Rdns { address, name } => Wanted::Rdns { address, name },
        ServerAct::EnableBackups => Wanted::EnableBackups,
        ServerAct::CancelBackups => Wanted::CancelBackups,
        ServerAct::Snapshot { label } => Wanted::Snapshot { label },
        ServerAct::Restore { backup } => Wanted::Restore { backup },
        ServerAct::Delete => Wanted::Delete,
    })
}

/// Begins to carry it out, where this desk can; how it goes is told by the intent itself.
pub(super) fn begun(session: Session, keys: Option<Ring>, placed: Placed) -> IntentPlaced {
    let carried_out_here = keys.is_some();
    if let Some(keys) = keys {
        intents::begin(session, keys, Reach::running(), placed.id);
    }
    IntentPlaced {
        id: placed.id.get(),
        held: placed.held,
        repeated: placed.repeated,
        carried_out_here,
    }
}

pub(crate) async fn preview_order(desk: &Desk, request: OrderServerRequest) -> Result<Preview, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = keys(desk, &session).await;
    Ok(intents::preview_order(&session, keys.as_ref(), &new_order(request), &key).await?)
}

pub(crate) async fn order(desk: &Desk, request: OrderServerRequest) -> Result<IntentPlaced, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = keys(desk, &session).await;
    let placed = intents::order(&session, keys.as_ref(), &new_order(request), &key).await?;
    Ok(begun(session, keys, placed))
}

pub(crate) async fn preview_act(desk: &Desk, request: ActOnServerRequest) -> Result<Preview, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = keys(desk, &session).await;
    let server = ServerId::new(request.server_id);
    Ok(intents::preview_act(&session, keys.as_ref(), server, &act_of(request.act), &key).await?)
}

pub(crate) async fn act(desk: &Desk, request: ActOnServerRequest) -> Result<IntentPlaced, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = keys(desk, &session).await;
    let server = ServerId::new(request.server_id);
    let placed = intents::act(&session, keys.as_ref(), server, &act_of(request.act), &key).await?;
    Ok(begun(session, keys, placed))
}

pub(crate) async fn list(desk: &Desk, request: ListRequest) -> Result<Page<IntentRow>, ApiError> {
    Ok(intents::list(&desk.session().await?, &request).await?)
}

pub(crate) async fn get(desk: &Desk, request: IntentRequest) -> Result<IntentRow, ApiError> {
    Ok(intents::get(&desk.session().await?, IntentId::new(request.id)).await?)
}

pub(crate) async fn withdraw(desk: &Desk, request: IntentRequest) -> Result<Empty, ApiError> {
    intents::withdraw(&desk.session().await?, IntentId::new(request.id)).await?;
    Ok(Empty {})
}
