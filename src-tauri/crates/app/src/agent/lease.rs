//! Holding a job while it goes on.

use std::time::{Duration, Instant};

use store::agent;
use uuid::Uuid;

use super::{LEASE, within};
use crate::{AppError, session::Session};

/// How often a sign of life is given.
const BEAT: Duration = Duration::from_secs(20);

/// How work under a lease came out.
pub enum Held<T> {
    /// It went to its end.
    Ended(T),
    /// Somebody else may be at it: it was dropped where it was, with whatever transaction was open.
    Lost,
}

/// Does some work, and says all the while that it goes on. When the database hasn't heard that for as long as a lease
/// lasts, or has given the job to somebody else, the work is dropped.
pub async fn while_held<T>(session: &Session, name: &str, lease: Uuid, work: impl Future<Output = T>) -> Held<T> {
    tokio::select! {
        done = work => Held::Ended(done),
        () = until_lost(session, name, lease) => Held::Lost,
    }
}

async fn until_lost(session: &Session, name: &str, lease: Uuid) {
    let mut heard = Instant::now();
    loop {
        tokio::time::sleep(BEAT).await;
        let asked = Instant::now();
        match within(hold(session, name, lease)).await {
            Ok(true) => heard = asked,
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(job = name, error = %error, "a sign of life did not arrive");
                if heard.elapsed() >= LEASE {
                    return;
                }
            }
        }
    }
}

async fn hold(session: &Session, name: &str, lease: Uuid) -> Result<bool, AppError> {
    let seconds = i32::try_from(LEASE.as_secs()).unwrap_or(i32::MAX);
    let mut transaction = session.write().await?;
    let held = agent::hold(&mut transaction, name, lease, seconds).await?;
    transaction.commit().await?;
    Ok(held)
}
