//! What is done to servers at their provider, and to containers on their hosts ([`containers`]). It is written down first ([`order`], [`act`]), with what it holds of the
//! wallet; whoever holds the workspace key carries it out ([`carry_out`]), and whoever comes next finishes what was cut off
//! ([`sweep`]): a server that costs money is always recorded, and none is ordered twice.

mod call;
mod carry;
pub mod containers;
mod lent;
mod look;
mod naming;
mod secret;
mod sweep;
mod watch;

use std::collections::BTreeMap;

use domain::{
    ids::{IntentId, OrganizationId, PlanId, ProviderConfigId, ServerId},
    intent::{IntentKind, NewServer, System, Wanted},
    money::{Money, Rate},
    plan::{PlanRef, ResourceRef},
    role::Action,
    transaction::IdempotencyKey,
};
pub use providers::linode::CancellationToken as StopWatching;
use providers::linode::WriteError;
use secrecy::SecretString;
use serde::Serialize;
use sqlx::PgConnection;
use store::{
    StoreError, assignment,
    intents::{self as stored, IntentRow, Subject},
    list::{ListRequest, Page},
    plans,
};
use ts_rs::TS;

use crate::{
    AppError, KeyProblem,
    session::Session,
    workspace_key::{self, Ring},
};

pub use carry::{Carried, carry_out};
pub use secret::{password_of, show_password};
pub use store::intents::Placed;
pub use sweep::{Swept, sweep};
pub use watch::{begin, watch};

use secret::Secrets;

/// Answers to a StackScript, by field. They are kept sealed.
pub type Answers = BTreeMap<String, SecretString>;

/// An order of a server.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// In which account.
    pub account: ProviderConfigId,
    /// Whose it becomes.
    pub organization: OrganizationId,
    /// On which plan.
    pub plan: PlanId,
    /// Its name.
    pub label: String,
    /// The provider's region.
    pub region: String,
    /// What it is made from.
    pub system: System,
    /// The answers to its StackScript.
    pub answers: Answers,
    /// Whether backups are on.
    pub backups: bool,
    /// Whether it also gets an address within the provider's own network.
    pub private_ip: bool,
}

/// Something that is done to a server that is there.
#[derive(Debug, Clone)]
pub enum Act {
    /// What needs nothing more than this.
    Plain(Wanted),
    /// Another plan.
    Resize {
        /// Which.
        plan: PlanId,
        /// Whether the server runs on while it is copied.
        warm: bool,
        /// Whether its disk may follow.
        resize_disk: bool,
    },
    /// New disks, with the answers to their StackScript.
    Rebuild(System, Answers),
}

impl Act {
    /// Of what kind it is.
    pub const fn kind(&self) -> IntentKind {
        match self {
            Self::Plain(wanted) => wanted.kind(),
            Self::Resize { .. } => IntentKind::Resize,
            Self::Rebuild(..) => IntentKind::Rebuild,
        }
    }
}

/// What an intent does, or would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Preview {
    /// What is done.
    pub kind: String,
    /// The plan.
    pub plan: Option<String>,
    /// What an hour on it costs.
    #[ts(type = "Rate | null")]
    pub rate: Option<Rate>,
    /// The cap of a month.
    #[ts(type = "Money | null")]
    pub monthly_rate: Option<Money>,
    /// What is held of the wallet while it is carried out.
    #[ts(type = "Money")]
    pub held: Money,
    /// What may be ordered for afterwards.
    #[ts(type = "Money | null")]
    pub orderable: Option<Money>,
    /// Of a deletion: hours that are still charged, with the one that has begun.
    #[ts(type = "number | null")]
    pub final_hours: Option<i64>,
    /// Of a deletion: what they cost, to the ten-thousandth.
    #[ts(type = "string | null")]
    pub final_amount: Option<domain::money::Amount4>,
    /// What is asked of the provider, without secrets.
    #[ts(type = "unknown")]
    pub parameters: serde_json::Value,
    /// What a person should know before.
    pub warnings: Vec<String>,
}

fn may(session: &Session, kind: IntentKind) -> Result<(), AppError> {
    session.may(if kind.is_power() {
        Action::PowerResource
    } else {
        Action::EditServer
    })
}

/// What is to be written down, before a transaction looks at it.
struct Draft {
    subject: Subject,
    wanted: Wanted,
    plan: Option<PlanId>,
    answers: Answers,
}

/// What the plan sells at the provider.
async fn sold(connection: &mut PgConnection, plan: PlanId) -> Result<String, AppError> {
    let found = plans::get(connection, PlanRef::Vps(plan), plans::Costs::Hidden).await?;
    found
        .linode_type
        .ok_or_else(|| StoreError::Rule("intent_plan_type".to_owned()).into())
}

async fn draft_order(connection: &mut PgConnection, new: &NewOrder) -> Result<Draft, AppError> {
    let mut system = new.system.clone();
    system.answered = new.answers.keys().cloned().collect();
    Ok(Draft {
        subject: Subject::New {
            account: new.account,
            organization: new.organization,
        },
        wanted: Wanted::Order(NewServer {
            label: new.label.clone(),
            region: new.region.clone(),
            type_id: sold(connection, new.plan).await?,
            system,
            backups: new.backups,
            private_ip: new.private_ip,
        }),
        plan: Some(new.plan),
        answers: new.answers.clone(),
    })
}

async fn draft_act(connection: &mut PgConnection, server: ServerId, act: &Act) -> Result<Draft, AppError> {
    let subject = Subject::Server(server);
    Ok(match act {
        Act::Plain(wanted) => Draft {
            subject,
            wanted: wanted.clone(),
            plan: None,
            answers: Answers::new(),
        },
        Act::Resize {
            plan,
            warm,
            resize_disk,
        } => Draft {
            subject,
            wanted: Wanted::Resize {
                type_id: sold(connection, *plan).await?,
                warm: *warm,
                resize_disk: *resize_disk,
            },
            plan: Some(*plan),
            answers: Answers::new(),
        },
        Act::Rebuild(system, answers) => {
            let mut system = system.clone();
            system.answered = answers.keys().cloned().collect();
            Draft {
                subject,
                wanted: Wanted::Rebuild(system),
                plan: None,
                answers: answers.clone(),
            }
        }
    })
}

async fn write(
    session: &Session,
    connection: &mut PgConnection,
    draft: &Draft,
    keys: Option<&Ring>,
    key: &IdempotencyKey,
) -> Result<Placed, AppError> {
    let wrong = call::check(&draft.wanted);
    if !wrong.is_empty() {
        return Err(AppError::Write(WriteError::Invalid(wrong)));
    }
    let placed = stored::place(
        connection,
        draft.subject,
        &draft.wanted,
        draft.plan,
        key,
        session.acting(),
    )
    .await?;
    if !placed.repeated && !draft.answers.is_empty() {
        let keys = keys.ok_or(AppError::WorkspaceKey(KeyProblem::Missing))?;
        let secrets = Secrets::of_answers(draft.answers.clone());
        let sealed = secrets.seal(connection, keys, placed.id).await?;
        stored::keep_secret(connection, placed.id, &sealed).await?;
    }
    Ok(placed)
}

async fn described(connection: &mut PgConnection, draft: &Draft, placed: &Placed) -> Result<Preview, AppError> {
    let plan = match draft.plan {
        Some(plan) => Some(plans::terms(connection, PlanRef::Vps(plan)).await?),
        None => None,
    };
    let row = stored::row(connection, placed.id).await?;
    let orderable = match row.organization_id {
        Some(id) => store::holds::orderable(connection, OrganizationId::new(id)).await?,
        None => None,
    };
    let ends = match (&draft.wanted, draft.subject) {
        (Wanted::Delete, Subject::Server(server)) => {
            Some(assignment::final_charge(connection, ResourceRef::Vps(server)).await?)
        }
        _ => None,
    };
    Ok(Preview {
        kind: draft.wanted.kind().as_str().to_owned(),
        rate: plan.as_ref().and_then(|plan| plan.rate),
        monthly_rate: plan.as_ref().and_then(|plan| plan.cap),
        plan: plan.map(|plan| plan.name),
        held: placed.held,
        orderable,
        final_hours: ends.map(|ends| ends.hours),
        final_amount: ends.map(|ends| ends.amount),
        parameters: row.parameters,
        warnings: Vec::new(),
    })
}

/// Writes an order down. Sent again under its key it answers with the first. A StackScript's answers need the workspace key.
pub async fn order(
    session: &Session,
    keys: Option<&Ring>,
    new: &NewOrder,
    key: &IdempotencyKey,
) -> Result<Placed, AppError> {
    may(session, IntentKind::Order)?;
    let mut transaction = session.write().await?;
    let draft = draft_order(&mut transaction, new).await?;
    let placed = write(session, &mut transaction, &draft, keys, key).await?;
    transaction.commit().await?;
    Ok(placed)
}

/// What [`order`] would do, or why it would not. Changes nothing.
pub async fn preview_order(
    session: &Session,
    keys: Option<&Ring>,
    new: &NewOrder,
    key: &IdempotencyKey,
) -> Result<Preview, AppError> {
    may(session, IntentKind::Order)?;
    let mut transaction = session.write().await?;
    let draft = draft_order(&mut transaction, new).await?;
    let placed = write(session, &mut transaction, &draft, keys, key).await?;
    let preview = described(&mut transaction, &draft, &placed).await?;
    transaction.rollback().await?;
    Ok(preview)
}

/// Writes down what is to be done to a server. Sent again under its key it answers with the first.
pub async fn act(
    session: &Session,
    keys: Option<&Ring>,
    server: ServerId,
    act: &Act,
    key: &IdempotencyKey,
) -> Result<Placed, AppError> {
    may(session, act.kind())?;
    let mut transaction = session.write().await?;
    let draft = draft_act(&mut transaction, server, act).await?;
    let placed = write(session, &mut transaction, &draft, keys, key).await?;
    transaction.commit().await?;
    Ok(placed)
}

/// What [`act`] would do, or why it would not. Changes nothing.
pub async fn preview_act(
    session: &Session,
    keys: Option<&Ring>,
    server: ServerId,
    act: &Act,
    key: &IdempotencyKey,
) -> Result<Preview, AppError> {
    may(session, act.kind())?;
    let mut transaction = session.write().await?;
    let draft = draft_act(&mut transaction, server, act).await?;
    let placed = write(session, &mut transaction, &draft, keys, key).await?;
    let preview = described(&mut transaction, &draft, &placed).await?;
    transaction.rollback().await?;
    Ok(preview)
}

/// Takes an intent back that still waits: nothing was sent, and nothing will be.
pub async fn withdraw(session: &Session, id: IntentId) -> Result<(), AppError> {
    session.may(Action::PowerResource)?;
    let mut transaction = session.write().await?;
    stored::withdraw(&mut transaction, id, session.acting()).await?;
    transaction.commit().await?;
    Ok(())
}

/// A key for what nobody sends twice on purpose.
pub fn fresh_key() -> Result<IdempotencyKey, AppError> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a key only has to be new, and is no input of any rule"
    )]
    let id = uuid::Uuid::new_v4();
    IdempotencyKey::parse(&format!("once-{id}")).map_err(|_| AppError::Internal("a key of an intent"))
}

/// A window of the intents.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<IntentRow>, AppError> {
    Ok(stored::list(&mut *session.read().await?, request).await?)
}

/// One intent.
pub async fn get(session: &Session, id: IntentId) -> Result<IntentRow, AppError> {
    Ok(stored::row(&mut *session.read().await?, id).await?)
}

/// The keys that are the workspace's newest, where somebody holds any.
pub async fn usable(session: &Session, held: &Ring) -> Result<Ring, AppError> {
    Ok(workspace_key::check(session, held).await?.ring)
}
