//! The ledger: look at it, post a deposit, settle what is pending. Corrections are [`crate::corrections`].

use domain::{
    ids::{OrganizationId, TransactionId},
    money::Money,
    role::Action,
    transaction::{NewDeposit, TransactionStatus},
};
use store::{
    StoreError,
    corrections::{self, Collection},
    list::{ListRequest, Page},
    transactions::{self, Posted, TransactionRow},
};

use crate::{AppError, session::Session};

/// How often what is due is tried to be collected when somebody changes the resources meanwhile.
const TRIES: u32 = 5;

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<TransactionRow>, AppError> {
    Ok(transactions::list(&mut *session.read().await?, request).await?)
}

/// What became of a deposit.
#[derive(Debug)]
pub struct Deposited {
    /// The ledger's row.
    pub transaction: TransactionRow,
    /// The wallet after it, and after what was collected.
    pub balance: Money,
    /// It had been posted before, under the same key: nothing was added now.
    pub repeated: bool,
    /// What was collected of usage that was due.
    pub collected: Collected,
}

/// What was collected after money came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collected {
    /// So much, and so much is still due.
    Now(Collection),
    /// It could not be done now: the next billing run collects.
    Later,
}

impl Collected {
    /// How much.
    pub const fn amount(self) -> Money {
        match self {
            Self::Now(collection) => collection.collected,
            Self::Later => Money::ZERO,
        }
    }

    /// What is still due, where it is known.
    pub const fn still_due(self) -> Option<Money> {
        match self {
            Self::Now(collection) => Some(collection.still_due),
            Self::Later => None,
        }
    }
}

/// Puts money into a wallet, and collects what is due. Sent again under its key, it answers with the first result.
///
/// The deposit is committed first: what is due is collected in a transaction of its own, so that nothing about usage can
/// keep money from being posted. Lost between the two, the next billing run collects, as it does for a deposit that
/// another program has written.
pub async fn deposit(session: &Session, new: &NewDeposit) -> Result<Deposited, AppError> {
    session.may(Action::PostDeposit)?;
    let mut transaction = session.write().await?;
    let (id, repeated) = post(&mut transaction, new).await?;
    transaction.commit().await?;
    let collected = collect(session, new.organization()).await;
    let mut connection = session.read().await?;
    Ok(Deposited {
        transaction: transactions::get(&mut connection, id).await?,
        balance: transactions::balance(&mut connection, new.organization()).await?,
        repeated,
        collected,
    })
}

async fn post(connection: &mut sqlx::PgConnection, new: &NewDeposit) -> Result<(TransactionId, bool), StoreError> {
    Ok(match transactions::deposit(connection, new).await? {
        Posted::Now(id) => (id, false),
        Posted::Before(id) => (id, true),
    })
}

/// What a deposit would do, without doing it: all of it is taken back.
pub async fn preview_deposit(session: &Session, new: &NewDeposit) -> Result<Deposited, AppError> {
    session.may(Action::PostDeposit)?;
    let mut transaction = session.write().await?;
    let (id, repeated) = post(&mut transaction, new).await?;
    let collected = corrections::collect(&mut transaction, new.organization()).await?;
    let previewed = Deposited {
        transaction: transactions::get(&mut transaction, id).await?,
        balance: transactions::balance(&mut transaction, new.organization()).await?,
        repeated,
        collected: Collected::Now(collected),
    };
    transaction.rollback().await?;
    Ok(previewed)
}

/// Collects what an organization owes, as far as its wallet covers it. Money that has come stays whatever happens here.
pub(crate) async fn collect(session: &Session, organization: OrganizationId) -> Collected {
    for _ in 0..TRIES {
        match collect_once(session, organization).await {
            Ok(collection) => return Collected::Now(collection),
            Err(AppError::Store(StoreError::Timeout)) => {}
            Err(error) => {
                tracing::warn!(%organization, %error, "what is due was not collected; the next billing run does");
                return Collected::Later;
            }
        }
    }
    Collected::Later
}

async fn collect_once(session: &Session, organization: OrganizationId) -> Result<Collection, AppError> {
    let mut transaction = session.write().await?;
    let collection = corrections::collect(&mut transaction, organization).await?;
    transaction.commit().await?;
    Ok(collection)
}

/// What became of a pending transaction.
#[derive(Debug)]
pub struct Settled {
    /// The ledger's row.
    pub transaction: TransactionRow,
    /// It had been settled so before.
    pub repeated: bool,
    /// What was collected of usage that was due.
    pub collected: Collected,
}

/// Completes a pending transaction, which moves the wallet, or gives it up. [`StoreError::Stale`] when it was settled
/// otherwise.
pub async fn settle(session: &Session, id: TransactionId, to: TransactionStatus) -> Result<Settled, AppError> {
    session.may(Action::PostDeposit)?;
    if !TransactionStatus::Pending.may_become(to) {
        return Err(AppError::Transition(
            "A pending transaction can only be completed or given up.".to_owned(),
        ));
    }
    let mut transaction = session.write().await?;
    let (organization, repeated) = corrections::settle(&mut transaction, id, to).await?;
    transaction.commit().await?;
    let collected = match organization {
        Some(organization) => collect(session, organization).await,
        None => Collected::Later,
    };
    Ok(Settled {
        transaction: transactions::get(&mut *session.read().await?, id).await?,
        repeated,
        collected,
    })
}
