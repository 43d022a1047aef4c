//! Whether the books are right: proven by the database in one snapshot, and written down by it.

use std::ops::ControlFlow;

use domain::role::Action;
use store::{
    StoreError,
    proof::{self, ProofRow},
};

use crate::{AppError, session::Session};

/// How many organizations are looked at by one statement: what it holds in memory grows with their charges.
const BATCH: i32 = 500;

/// How much of the books is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// All.
    Full,
    /// What has moved since it was proven.
    Incremental,
}

/// The newest proof that went to its end.
pub async fn newest(session: &Session) -> Result<Option<ProofRow>, AppError> {
    Ok(proof::proof(&mut *session.read().await?, None).await?)
}

/// Proves the books, and gives what was found. `watch` hears how many organizations are done of how many, and may stop
/// it: nothing of it is kept then.
pub async fn prove(
    session: &Session,
    scope: Scope,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<Option<ProofRow>, AppError> {
    session.may(Action::RunBilling)?;
    let mut transaction = session.snapshot().await?;
    let Some(id) = proof::begin_proof(&mut transaction, scope == Scope::Full).await? else {
        transaction.commit().await?;
        return newest(session).await;
    };
    let mut total = None;
    loop {
        let left = proof::prove_next(&mut transaction, id, BATCH).await?;
        let left = u64::try_from(left).unwrap_or(0);
        let total = *total.get_or_insert(left + u64::from(BATCH.unsigned_abs()));
        if watch(total.saturating_sub(left), total).is_break() {
            return Ok(None);
        }
        if left == 0 {
            break;
        }
    }
    proof::prove_told(&mut transaction, id).await?;
    proof::finish_proof(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(proof::proof(&mut *session.read().await?, Some(id)).await?)
}

/// Proves what has moved, after something has moved it. Another proof that is under way is as good; so is one that has
/// just ended.
pub async fn prove_changes(session: &Session) -> Result<Option<ProofRow>, AppError> {
    match prove(session, Scope::Incremental, |_, _| ControlFlow::Continue(())).await {
        Err(AppError::Store(StoreError::Timeout)) => newest(session).await,
        Err(AppError::Store(StoreError::Rule(rule))) if rule == "proof_under_way" => newest(session).await,
        other => other,
    }
}
