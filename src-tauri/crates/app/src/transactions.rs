//! The ledger: look at it, post a deposit.

use domain::{money::Money, role::Action, transaction::NewDeposit};
use store::{
    list::{ListRequest, Page},
    transactions::{self, Posted, TransactionRow},
};

use crate::{AppError, session::Session};

/// A window of the list.
pub async fn list(session: &Session, request: &ListRequest) -> Result<Page<TransactionRow>, AppError> {
    Ok(transactions::list(&mut *session.read().await?, request).await?)
}

/// What became of a deposit.
#[derive(Debug)]
pub struct Deposited {
    /// The ledger's row.
    pub transaction: TransactionRow,
    /// The wallet after it.
    pub balance: Money,
    /// It had been posted before, under the same key: nothing was added now.
    pub repeated: bool,
}

/// Puts money into a wallet. Sent again under its key, it answers with the first result.
pub async fn deposit(session: &Session, new: &NewDeposit) -> Result<Deposited, AppError> {
    session.may(Action::PostDeposit)?;
    let mut transaction = session.write().await?;
    let posted = transactions::deposit(&mut transaction, new).await?;
    let (id, repeated) = match posted {
        Posted::Now(id) => (id, false),
        Posted::Before(id) => (id, true),
    };
    let row = transactions::get(&mut transaction, id).await?;
    let balance = transactions::balance(&mut transaction, new.organization()).await?;
    transaction.commit().await?;
    Ok(Deposited {
        transaction: row,
        balance,
        repeated,
    })
}
