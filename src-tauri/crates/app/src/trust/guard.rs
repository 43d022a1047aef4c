//! What a desk does by itself while it is connected: it looks whether the database still decides as it should, seals the
//! log, and remembers how far it has seen it.

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use store::{
    StoreError,
    isolation::{self, Finding, Level},
    log_chain::{self, Head, Reach},
};
use tokio::sync::watch;

use super::log::{self, Break, Verified};
use crate::{AppError, host::Host};

/// Between two looks at the log.
const TICK: Duration = Duration::from_secs(5);
/// So many ticks between two looks at who may what.
const TICKS_BETWEEN_CHECKS: u32 = 60;
/// A check that takes longer has failed.
const CHECK_PATIENCE: Duration = Duration::from_secs(20);
/// A write waits so long for the first check.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// Rows sealed in one go.
const SEAL_MOST: i32 = 500;
/// New links followed in one go.
const FOLLOW_MOST: i64 = 5_000;
/// Old rows recomputed in one go, round and round.
const RECHECK: i64 = 500;

/// Whether the database decides as it should.
#[derive(Debug, Clone)]
pub enum Isolation {
    /// Not looked at yet.
    Pending,
    /// It does: so many lines of the catalogue, so many attacks.
    Sound {
        /// Lines compared.
        facts: usize,
        /// Attacks refused.
        attacks: usize,
    },
    /// It doesn't: nothing is written.
    Red(Vec<Finding>),
    /// The look failed, for a reason.
    Unchecked(String),
}

/// What is known of the log.
#[derive(Debug, Clone)]
pub enum LogState {
    /// Nobody has signed in, or it was not looked at yet.
    Unknown,
    /// As it was, up to this place.
    Sound {
        /// The end that this desk remembers.
        position: i64,
    },
    /// History has changed.
    Changed(Vec<Break>),
}

/// Both, for the window.
#[derive(Debug, Clone)]
pub struct Status {
    /// Who may what.
    pub isolation: Isolation,
    /// The log.
    pub log: LogState,
}

/// What a desk keeps of a workspace's log, in its settings.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Memory {
    position: i64,
    hash: String,
    /// Where recomputing goes on.
    #[serde(default)]
    recheck: i64,
}

impl Memory {
    fn of(head: &Head) -> Self {
        Self {
            position: head.position,
            hash: log::hex(&head.hash),
            recheck: 0,
        }
    }

    fn head(&self) -> Option<Head> {
        Some(Head {
            position: self.position,
            hash: log::from_hex(&self.hash)?,
        })
    }
}

struct Inner {
    isolation: watch::Sender<Isolation>,
    log: Mutex<LogState>,
}

/// The watch over one line. It ends when the last of its holders lets go.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

impl Guard {
    /// Begins to watch a database over a desk's pool. `name` names what is remembered of its log.
    pub fn begin(pool: PgPool, host: Arc<dyn Host>, name: &str) -> Self {
        let inner = Arc::new(Inner {
            isolation: watch::Sender::new(Isolation::Pending),
            log: Mutex::new(LogState::Unknown),
        });
        let watched = Arc::downgrade(&inner);
        tokio::spawn(keep_watch(watched, pool, host, format!("log_head.{name}")));
        Self(inner)
    }

    /// What is known.
    pub fn status(&self) -> Status {
        Status {
            isolation: self.0.isolation.borrow().clone(),
            log: self.0.log.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Whether a write may begin. Waits for the first look, which takes a fraction of a second; a look that failed stops
    /// nobody, one that has found something does.
    pub async fn allow_writing(&self) -> Result<(), AppError> {
        let mut isolation = self.0.isolation.subscribe();
        let looked = tokio::time::timeout(
            WRITE_PATIENCE,
            isolation.wait_for(|state| !matches!(state, Isolation::Pending)),
        )
        .await;
        match looked {
            Ok(Ok(state)) => match &*state {
                Isolation::Red(findings) => Err(AppError::IsolationBroken(
                    findings
                        .first()
                        .map(|first| format!("What differs first: {}.", first.subject()))
                        .unwrap_or_default(),
                )),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

async fn keep_watch(watched: Weak<Inner>, pool: PgPool, host: Arc<dyn Host>, key: String) {
    let mut ticks = 0;
    loop {
        {
            let Some(inner) = watched.upgrade() else { return };
            if ticks % TICKS_BETWEEN_CHECKS == 0 {
                let looked = look(&pool).await;
                inner.isolation.send_if_modified(|known| {
                    // What was found broken is so until a look has ended that finds it sound.
                    let keep = matches!((&*known, &looked), (Isolation::Red(_), Isolation::Unchecked(_)));
                    if !keep {
                        *known = looked;
                    }
                    !keep
                });
            }
            match look_at_log(&pool, host.as_ref(), &key).await {
                Ok(Some(state)) => {
                    if let LogState::Changed(breaks) = &state
                        && let Some(first) = breaks.first()
                    {
                        tracing::error!(position = first.position, problem = ?first.problem, "the log's history has changed");
                    }
                    *inner.log.lock().unwrap_or_else(PoisonError::into_inner) = state;
                }
                // Nobody has signed in.
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "the log was not looked at"),
            }
        }
        ticks += 1;
        tokio::time::sleep(TICK).await;
    }
}

async fn look(pool: &PgPool) -> Isolation {
    let checked = async {
        let mut connection = pool.acquire().await?;
        isolation::check_within(&mut connection, CHECK_PATIENCE).await
    }
    .await;
    match checked {
        Ok(checked) if checked.is_red() => {
            let red: Vec<Finding> = checked
                .findings
                .into_iter()
                .filter(|finding| finding.level == Level::Red)
                .collect();
            for finding in &red {
                tracing::error!(
                    object = finding.object,
                    says = finding.says,
                    "the database is not isolated"
                );
            }
            Isolation::Red(red)
        }
        Ok(checked) => Isolation::Sound {
            facts: checked.facts,
            attacks: checked.attacked.iter().map(|(_, tried)| tried).sum(),
        },
        Err(error) => {
            tracing::warn!(%error, "the database's isolation could not be checked");
            Isolation::Unchecked(error.to_string())
        }
    }
}

async fn look_at_log(pool: &PgPool, host: &dyn Host, key: &str) -> Result<Option<LogState>, AppError> {
    let mut connection = pool.acquire().await?;
    let reach = log_chain::reach(&mut connection).await?;
    if reach == Reach::None {
        return Ok(None);
    }
    match log_chain::seal(&mut connection, SEAL_MOST).await {
        // The next tick, or another desk, does it.
        Ok(_) | Err(StoreError::Timeout) => {}
        Err(error) => return Err(error.into()),
    }
    let stored = host
        .load(key)?
        .and_then(|value| serde_json::from_value::<Memory>(value).ok());
    let Some((memory, remembered)) = stored
        .and_then(|memory| Some((memory.head()?, memory)))
        .map(|(head, memory)| (memory, head))
    else {
        // The first time: what is there now is what it is compared with from here on.
        let head = log_chain::head(&mut connection).await?;
        save(host, key, &Memory::of(&head))?;
        return Ok(Some(LogState::Sound {
            position: head.position,
        }));
    };
    if let Some(found) = log::compare(&mut connection, &remembered).await? {
        return Ok(Some(LogState::Changed(vec![found])));
    }
    let with_rows = reach == Reach::Rows;
    let ahead = follow_on(&mut connection, remembered, with_rows).await?;
    let (behind, recheck) = if with_rows {
        recheck(&mut connection, &memory).await?
    } else {
        (Vec::new(), memory.recheck)
    };
    let breaks: Vec<Break> = ahead.breaks.into_iter().chain(behind).collect();
    if !breaks.is_empty() {
        // What is remembered stays what it was before.
        return Ok(Some(LogState::Changed(breaks)));
    }
    save(
        host,
        key,
        &Memory {
            recheck,
            ..Memory::of(&ahead.head)
        },
    )?;
    Ok(Some(LogState::Sound {
        position: ahead.head.position,
    }))
}

fn save(host: &dyn Host, key: &str, memory: &Memory) -> Result<(), AppError> {
    let value = serde_json::to_value(memory).map_err(|_| AppError::Internal("a head that can't be written"))?;
    // A disk is not written to for nothing every few seconds.
    if host.load(key)?.as_ref() != Some(&value) {
        host.save(key, value)?;
    }
    Ok(())
}

/// New links since the remembered head.
async fn follow_on(connection: &mut PgConnection, from: Head, with_rows: bool) -> Result<Verified, AppError> {
    let links = if with_rows {
        log_chain::hashed(connection, from.position, FOLLOW_MOST).await?
    } else {
        log_chain::links(connection, from.position, FOLLOW_MOST).await?
    };
    let mut done = Verified {
        rows: 0,
        head: from,
        breaks: Vec::new(),
    };
    log::follow(&mut done, links, with_rows);
    Ok(done)
}

/// Some old rows, up to the remembered head, then from the beginning again; where it goes on.
async fn recheck(connection: &mut PgConnection, memory: &Memory) -> Result<(Vec<Break>, i64), AppError> {
    let Some(from) = log_chain::at(connection, memory.recheck).await? else {
        return Ok((Vec::new(), 0));
    };
    let mut links = log_chain::hashed(connection, from.position, RECHECK).await?;
    links.retain(|link| link.head.position <= memory.position);
    let mut done = Verified {
        rows: 0,
        head: from,
        breaks: Vec::new(),
    };
    log::follow(&mut done, links, true);
    let next = if done.head.position >= memory.position {
        0
    } else {
        done.head.position
    };
    Ok((done.breaks, next))
}
