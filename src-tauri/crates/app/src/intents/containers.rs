//! What is done to containers on their hosts, in the same way: written down first, with what it holds of the wallet, then
//! carried out by whoever reaches the host. A creation carries its mark as a label, under which an engine makes one
//! container and no second.

mod carry;
mod image;
mod look;
mod spec;

use domain::{
    container::{ContainerName, ImageName},
    ids::{ContainerId, ContainerPlanId, IntentId, OrganizationId, ProviderConfigId},
    intent::{IntentKind, NewContainer, PlanLimits, Wanted},
    plan::{CpuCores, PlanRef, ResourceRef},
    role::Action,
    transaction::IdempotencyKey,
};
use serde_json::Value;
use sqlx::PgConnection;
use store::{
    assignment,
    intents::{
        self as stored, Placed,
        containers::{self as of_containers, ContainerSubject},
    },
    plans::{self, Costs},
};

use super::{Answers, Preview, secret::Secrets};
use crate::{AppError, KeyProblem, hosts, session::Session, workspace_key::Ring};

pub(super) use carry::{carry_out, record_late};

/// A container that is asked for.
#[derive(Debug, Clone)]
pub struct ContainerOrder {
    /// On which host.
    pub host: ProviderConfigId,
    /// Whose it becomes.
    pub organization: OrganizationId,
    /// On which plan: what that sells it is held to.
    pub plan: ContainerPlanId,
    /// Its name.
    pub name: ContainerName,
    /// An image that the host has.
    pub image: ImageName,
    /// Published ports, as [`domain::container::write_ports`] makes them.
    pub ports: Value,
    /// Paths of the host within, as [`domain::container::write_volumes`] makes them.
    pub volumes: Value,
    /// Its environment, which is kept sealed until it is made.
    pub environment: Answers,
    /// Whether there shall be none where the host can't limit the disk.
    pub disk_required: bool,
}

/// What is done to a container that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerAct {
    /// It is started.
    Start,
    /// It is asked to end, and ended after ten seconds.
    Stop,
    /// Both.
    Restart,
    /// It is removed, with what is in it and in no volume of a name or path.
    Remove,
}

impl ContainerAct {
    fn wanted(self) -> Wanted {
        match self {
            Self::Start => Wanted::Start,
            Self::Stop => Wanted::Stop,
            Self::Restart => Wanted::Restart,
            Self::Remove => Wanted::Remove,
        }
    }
}

fn may(session: &Session, kind: IntentKind) -> Result<(), AppError> {
    session.may(if kind.is_power() {
        Action::PowerResource
    } else {
        Action::EditContainer
    })
}

/// What a plan sells. What another program has written into its row and is no limit limits nothing.
async fn limits(connection: &mut PgConnection, plan: ContainerPlanId) -> Result<PlanLimits, AppError> {
    let found = plans::get(connection, PlanRef::Container(plan), Costs::Hidden).await?;
    let positive = |number: Option<i32>| {
        number
            .and_then(|number| u32::try_from(number).ok())
            .filter(|number| *number > 0)
    };
    Ok(PlanLimits {
        cpu_cores: found.cpu_cores.as_deref().and_then(|cores| CpuCores::parse(cores).ok()),
        memory_mb: positive(found.memory_mb),
        disk_gb: positive(found.disk_gb),
    })
}

async fn write_order(
    session: &Session,
    connection: &mut PgConnection,
    keys: Option<&Ring>,
    order: &ContainerOrder,
    key: &IdempotencyKey,
) -> Result<(Placed, PlanLimits), AppError> {
    let new = NewContainer {
        name: order.name.clone(),
        image: order.image.clone(),
        limits: limits(connection, order.plan).await?,
        disk_required: order.disk_required,
        ports: order.ports.clone(),
        volumes: order.volumes.clone(),
        variables: order.environment.keys().cloned().collect(),
    };
    let limits = new.limits;
    // What the engine would refuse in itself is not written down.
    spec::of("cs-mark", &new, &order.environment)?.check()?;
    let subject = ContainerSubject::New {
        host: order.host,
        organization: order.organization,
        plan: order.plan,
    };
    let wanted = Wanted::Create(Box::new(new));
    let placed = of_containers::place(connection, subject, &wanted, key, session.acting()).await?;
    if !placed.repeated && !order.environment.is_empty() {
        let keys = keys.ok_or(AppError::WorkspaceKey(KeyProblem::Missing))?;
        let secrets = Secrets::of_answers(order.environment.clone());
        let sealed = secrets.seal(connection, keys, placed.id).await?;
        stored::keep_secret(connection, placed.id, &sealed).await?;
    }
    Ok((placed, limits))
}

/// Writes down that a container is to be made. Sent again under its key it answers with the first. An environment needs
/// the workspace key, which seals it.
pub async fn order(
    session: &Session,
    keys: Option<&Ring>,
    order: &ContainerOrder,
    key: &IdempotencyKey,
) -> Result<Placed, AppError> {
    may(session, IntentKind::Create)?;
    let mut transaction = session.write().await?;
    let (placed, _) = write_order(session, &mut transaction, keys, order, key).await?;
    transaction.commit().await?;
    Ok(placed)
}

/// What [`order`] would do, or why it would not. Changes nothing.
pub async fn preview_order(
    session: &Session,
    keys: Option<&Ring>,
    order: &ContainerOrder,
    key: &IdempotencyKey,
) -> Result<Preview, AppError> {
    may(session, IntentKind::Create)?;
    let host = hosts::list(session)
        .await?
        .into_iter()
        .find(|host| host.id == order.host.get());
    let driver = host.and_then(|host| host.engine.storage_driver);
    let mut transaction = session.write().await?;
    let (placed, limits) = write_order(session, &mut transaction, keys, order, key).await?;
    let terms = plans::terms(&mut transaction, PlanRef::Container(order.plan)).await?;
    let orderable = store::holds::orderable(&mut transaction, order.organization).await?;
    let row = stored::row(&mut transaction, placed.id).await?;
    transaction.rollback().await?;
    Ok(Preview {
        kind: row.kind,
        plan: Some(terms.name),
        rate: terms.rate,
        monthly_rate: terms.cap,
        held: placed.held,
        orderable,
        final_hours: None,
        final_amount: None,
        parameters: row.parameters,
        warnings: spec::warnings(&limits, driver.as_deref(), order.disk_required),
    })
}

/// Writes down what is to be done to a container. Sent again under its key it answers with the first.
pub async fn act(
    session: &Session,
    container: ContainerId,
    act: ContainerAct,
    key: &IdempotencyKey,
) -> Result<Placed, AppError> {
    let wanted = act.wanted();
    may(session, wanted.kind())?;
    let mut transaction = session.write().await?;
    let subject = ContainerSubject::Container(container);
    let placed = of_containers::place(&mut transaction, subject, &wanted, key, session.acting()).await?;
    transaction.commit().await?;
    Ok(placed)
}

/// What [`act`] would do, or why it would not. Changes nothing.
pub async fn preview_act(
    session: &Session,
    container: ContainerId,
    act: ContainerAct,
    key: &IdempotencyKey,
) -> Result<Preview, AppError> {
    let wanted = act.wanted();
    may(session, wanted.kind())?;
    let mut transaction = session.write().await?;
    let subject = ContainerSubject::Container(container);
    let placed = of_containers::place(&mut transaction, subject, &wanted, key, session.acting()).await?;
    let row = stored::row(&mut transaction, placed.id).await?;
    let ends = match act {
        ContainerAct::Remove => {
            Some(assignment::final_charge(&mut transaction, ResourceRef::Container(container)).await?)
        }
        _ => None,
    };
    transaction.rollback().await?;
    Ok(Preview {
        kind: row.kind,
        plan: None,
        rate: None,
        monthly_rate: None,
        held: placed.held,
        orderable: None,
        final_hours: ends.map(|ends| ends.hours),
        final_amount: ends.map(|ends| ends.amount),
        parameters: row.parameters,
        warnings: Vec::new(),
    })
}

/// Whether it is done to a container.
pub(super) async fn is_of_container(session: &Session, id: IntentId) -> Result<bool, AppError> {
    Ok(stored::get(&mut *session.read().await?, id)
        .await?
        .kind
        .is_of_container())
}
