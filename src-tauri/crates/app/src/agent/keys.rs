//! The workspace key that an agent holds: when it is rotated, the agent follows, and whoever gave it the key hears of the
//! newer one.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    AppError,
    session::Session,
    workspace_key::{self, Key, Ring},
};

/// Hears of keys that were come by from those held, each once.
pub type Learned = dyn Fn(&[Key]) + Send + Sync;

/// The keys in an agent's hands. A copy of it holds the same.
#[derive(Clone)]
pub struct Keys(Arc<Hands>);

struct Hands {
    held: Mutex<Ring>,
    learned: Box<Learned>,
}

impl Keys {
    /// Those that were given.
    pub fn new(held: Ring, learned: impl Fn(&[Key]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Hands {
            held: Mutex::new(held),
            learned: Box::new(learned),
        }))
    }

    /// Those of them that open something now, after following to the newest.
    pub(super) async fn follow(&self, session: &Session) -> Result<Ring, AppError> {
        self.0.follow(session).await
    }
}

impl Hands {
    async fn follow(&self, session: &Session) -> Result<Ring, AppError> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let checked = workspace_key::check(session, &held).await?;
        let is_new = |key: &&Key| held.get(key.version()).is_none();
        let new: Vec<Key> = checked.learned.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            let all = held.keys().cloned().chain(new.iter().cloned());
            if let Some(ring) = Ring::of(all) {
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = ring;
            }
            (self.learned)(&new);
        }
        Ok(checked.ring)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}
