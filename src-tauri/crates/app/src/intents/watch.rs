//! Watching an intent to its end. Ending the watching ends nothing else.

use std::time::Duration;

use domain::{ids::IntentId, intent::IntentState};
use providers::linode::CancellationToken;
use store::intents::{self as stored, IntentRow};

use super::{carry::carry_out, get};
use crate::{AppError, providers::Reach, session::Session, workspace_key::Ring};

/// How often it is looked at, as often as the provider's own pages do while something runs.
const TEMPO: Duration = Duration::from_secs(2);
/// After so long a desk sends again what the provider refused in passing.
const AGAIN: Duration = Duration::from_secs(30);
/// A desk watches no longer than this.
const WATCHED: Duration = Duration::from_hours(1);

/// Watches until it is at its end or the watching is ended. With the workspace key it asks the provider; without it reads
/// what others have written down. `tell` hears of every look.
pub async fn watch(
    session: &Session,
    keys: Option<&Ring>,
    reach: &Reach,
    id: IntentId,
    cancel: &CancellationToken,
    mut tell: impl FnMut(&IntentRow),
) -> Result<IntentRow, AppError> {
    loop {
        let row = get(session, id).await?;
        tell(&row);
        let state = IntentState::parse(&row.state).map_err(|_| AppError::Internal("the state of an intent"))?;
        if state.is_over() || cancel.is_cancelled() {
            return Ok(row);
        }
        if let Some(keys) = keys
            && state != IntentState::Waiting
        {
            carry_out(session, keys, reach, id).await?;
            if stored::get(&mut *session.read().await?, id).await?.state.is_over() {
                continue;
            }
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => {}
            () = tokio::time::sleep(TEMPO) => {}
        }
    }
}

/// Begins to carry an intent out and to watch it, beside everything else; what a passing refusal leaves waiting is sent again. How it goes is written down with it; what this
/// program leaves unfinished, the agent or the next sweep takes up.
pub fn begin(session: Session, keys: Ring, reach: Reach, id: IntentId) {
    tokio::spawn(async move {
        let cancel = CancellationToken::new();
        let work = async {
            while carry_out(&session, &keys, &reach, id).await?.state == IntentState::Waiting {
                tokio::time::sleep(AGAIN).await;
            }
            watch(&session, Some(&keys), &reach, id, &cancel, |_| ()).await
        };
        if let Ok(Err(error)) = tokio::time::timeout(WATCHED, Box::pin(work)).await {
            tracing::warn!(intent = id.get(), %error, "an intent is left to the next who looks");
        }
    });
}
