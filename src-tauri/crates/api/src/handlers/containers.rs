//! Containers: one of them, what its host says of it, and what is done to it there.

use app::{
    containers::{
        self,
        live::{self, Inspected, LogPiece, LogRequest, Measured},
    },
    holds,
    intents::{
        Preview,
        containers::{self as intents, ContainerAct as Act, ContainerOrder},
    },
    organizations, plans,
    providers::Reach,
    views::{FilterOp, ListRequest},
};
use domain::{
    container::{self, ContainerName, ImageName},
    ids::{ContainerId, ContainerPlanId, OrganizationId, ProviderConfigId},
    role::Action as Deed,
    transaction::IdempotencyKey,
};
use secrecy::ExposeSecret;

use super::{
    field,
    hosts::keys,
    intents::{begun, keys as sealing},
};
use crate::{
    ApiError, Desk,
    contract::{
        ActOnContainerRequest, Action, ContainerAct, ContainerDetail, ContainerRequest, IntentPlaced, LogsRequest,
        OrderContainerRequest, StatsRequest, WalletFacts,
    },
};

pub(crate) async fn get(desk: &Desk, request: ContainerRequest) -> Result<ContainerDetail, ApiError> {
    let session = desk.session().await?;
    let container = containers::get(&session, ContainerId::new(request.id)).await?;
    let plan = match container.plan_id {
        Some(id) => {
            let asked = ListRequest::first(1)
                .with("id", FilterOp::Is, &id)
                .with("kind", FilterOp::Is, &"container");
            plans::list(&session, &asked).await?.rows.into_iter().next()
        }
        None => None,
    };
    let wallet = match container.organization_id {
        Some(id) => {
            let asked = ListRequest::first(1).with("id", FilterOp::Is, &id);
            let row = organizations::list(&session, &asked).await?.rows.into_iter().next();
            Some(WalletFacts {
                balance: row.and_then(|row| row.balance),
                orderable: holds::orderable(&session, OrganizationId::new(id)).await?,
            })
        }
        None => None,
    };
    let role = session.role();
    let mut actions: Vec<Action> = [
        ("start", Deed::PowerResource),
        ("stop", Deed::PowerResource),
        ("restart", Deed::PowerResource),
    ]
    .into_iter()
    .chain([("remove", Deed::EditContainer), ("look", Deed::EditContainer)])
    .map(|(name, deed)| Action::of(role, name, deed))
    .collect();
    if container.host_id.is_none() {
        for action in actions.iter_mut().filter(|action| action.allowed) {
            action.allowed = false;
            action.reason = Some("Nobody knows on which host this container is: sync the host first.".to_owned());
        }
    }
    Ok(ContainerDetail {
        container,
        plan,
        wallet,
        actions,
    })
}

pub(crate) async fn inspect(desk: &Desk, request: ContainerRequest) -> Result<Inspected, ApiError> {
    let session = desk.session().await?;
    let keys = keys(desk).await;
    let id = ContainerId::new(request.id);
    Ok(live::inspect(&session, keys.as_ref(), id, &Reach::patient()).await?)
}

pub(crate) async fn logs(desk: &Desk, request: LogsRequest) -> Result<LogPiece, ApiError> {
    let session = desk.session().await?;
    let keys = keys(desk).await;
    let id = ContainerId::new(request.id);
    let asked = LogRequest {
        from: request.from,
        tail: request.tail,
    };
    Ok(live::logs(&session, keys.as_ref(), id, &asked, &Reach::patient()).await?)
}

pub(crate) async fn stats(desk: &Desk, request: StatsRequest) -> Result<Measured, ApiError> {
    let session = desk.session().await?;
    let keys = keys(desk).await;
    let id = ContainerId::new(request.id);
    let counters = request.counters.as_deref();
    Ok(live::stats(&session, keys.as_ref(), id, counters, &Reach::patient()).await?)
}

fn order_of(request: OrderContainerRequest) -> Result<ContainerOrder, ApiError> {
    let lines =
        |list: &[String]| -> Vec<String> { list.iter().filter(|line| !line.trim().is_empty()).cloned().collect() };
    let (ports, volumes) = (lines(&request.ports), lines(&request.volumes));
    let variables: Vec<String> = request
        .environment
        .iter()
        .map(|(name, value)| format!("{name}={}", value.expose_secret()))
        .collect();
    // Names are checked as those that are written down by hand are.
    field(
        "environment",
        container::write_environment(variables.iter().map(String::as_str)),
    )?;
    Ok(ContainerOrder {
        host: ProviderConfigId::new(request.host_id),
        organization: OrganizationId::new(request.organization_id),
        plan: ContainerPlanId::new(request.plan_id),
        name: field("name", ContainerName::parse(&request.name))?,
        image: field("image", ImageName::parse(&request.image))?,
        ports: field("ports", container::write_ports(ports.iter().map(String::as_str)))?,
        volumes: field("volumes", container::write_volumes(volumes.iter().map(String::as_str)))?,
        environment: request.environment,
        disk_required: request.disk_required,
    })
}

fn act_of(act: ContainerAct) -> Act {
    match act {
        ContainerAct::Start => Act::Start,
        ContainerAct::Stop => Act::Stop,
        ContainerAct::Restart => Act::Restart,
        ContainerAct::Remove => Act::Remove,
    }
}

pub(crate) async fn preview_order(desk: &Desk, request: OrderContainerRequest) -> Result<Preview, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = sealing(desk, &session).await;
    let order = order_of(request)?;
    Ok(intents::preview_order(&session, keys.as_ref(), &order, &key).await?)
}

pub(crate) async fn order(desk: &Desk, request: OrderContainerRequest) -> Result<IntentPlaced, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = sealing(desk, &session).await;
    let order = order_of(request)?;
    let placed = intents::order(&session, keys.as_ref(), &order, &key).await?;
    Ok(begun(session, keys, placed))
}

pub(crate) async fn preview_act(desk: &Desk, request: ActOnContainerRequest) -> Result<Preview, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let id = ContainerId::new(request.container_id);
    Ok(intents::preview_act(&session, id, act_of(request.act), &key).await?)
}

pub(crate) async fn act(desk: &Desk, request: ActOnContainerRequest) -> Result<IntentPlaced, ApiError> {
    let session = desk.session().await?;
    let key = field("key", IdempotencyKey::parse(&request.key))?;
    let keys = sealing(desk, &session).await;
    let id = ContainerId::new(request.container_id);
    let placed = intents::act(&session, id, act_of(request.act), &key).await?;
    Ok(begun(session, keys, placed))
}
