//! Another key for what is sealed, while everybody goes on working.
//!
//! The new key is kept beside the old ones before the database hears of it. Then every sealed value is sealed anew, a
//! batch at a time, each written only where what was read is still there. What was cut off is finished by the next that
//! begins; two that do it at once help each other.

use std::{future::Future, ops::ControlFlow};

use domain::role::Action;
use secrecy::ExposeSecret;
use store::{
    StoreError,
    workspace_keys::{self as stored, ExposedRow, KnownKey, NewKey, Resealed, SealedCount, SealedValue},
};
use vault::Place;

use crate::{
    AppError, KeyProblem,
    session::Session,
    workspace_key::{self, Key, Ring},
};

/// How many values are sealed anew in one transaction.
const BATCH: i32 = 100;
/// How often somebody else may register a key while this one is at work.
const MOST_ROUNDS: usize = 20;
/// The longest name of what was lost.
const MOST_LOST: usize = 100;

/// Why the key is rotated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// From time to time: who holds the old key follows on its own.
    Routine,
    /// Something was lost that held the key: a desk's login, or what else it is called. Nobody follows from the old key.
    Lost(String),
}

impl Why {
    /// Because something was lost, which has to have a name; otherwise from time to time.
    pub fn parse(lost: Option<&str>) -> Result<Self, AppError> {
        let Some(lost) = lost else { return Ok(Self::Routine) };
        let lost = lost.trim();
        if lost.is_empty() || lost.chars().count() > MOST_LOST || lost.chars().any(char::is_control) {
            return Err(AppError::invalid(
                "lost",
                format!("Say what was lost, in at most {MOST_LOST} characters: a desk's login, or another name."),
            ));
        }
        Ok(Self::Lost(lost.to_owned()))
    }
}

/// Where somebody's keys lie.
pub trait KeyPlace: Sync {
    /// Those that are there.
    fn load(&self) -> impl Future<Output = Result<Ring, AppError>> + Send;

    /// Puts keys beside them, in place of others of their versions. Once it has answered they are kept for good.
    fn add(&self, keys: &[Key]) -> impl Future<Output = Result<(), AppError>> + Send;

    /// Takes a key away that was made for nothing.
    fn forget(&self, key: &Key) -> impl Future<Output = Result<(), AppError>> + Send;
}

/// What a rotation came to.
#[derive(Debug, Clone)]
pub struct Rotated {
    /// The newest key's version.
    pub version: u32,
    /// Whether this made it; otherwise it finished what another had begun.
    pub is_new: bool,
    /// How many values were sealed anew by this.
    pub resealed: u64,
    /// Values that none of the keys here opens: in their place new ones have to be entered.
    pub unopened: Vec<Unopened>,
    /// Keys under which nothing is sealed any more, since this.
    pub retired: Vec<u32>,
    /// Whether it was stopped before its end.
    pub is_stopped: bool,
}

/// A value that was not opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unopened {
    /// In which table.
    pub table: String,
    /// In which row.
    pub row: i64,
    /// What that is called.
    pub label: Option<String>,
}

/// How the keys stand.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The keys, oldest first.
    pub keys: Vec<KnownKey>,
    /// How many values are sealed under each.
    pub counts: Vec<SealedCount>,
    /// Secrets that a lost holder may know, and that are still in use.
    pub exposed: Vec<ExposedRow>,
}

impl Standing {
    /// The keys that a rotation goes on from: neither the newest, nor retired, nor lost for good before a new beginning.
    fn older(&self) -> impl Iterator<Item = &KnownKey> {
        let newest = self.keys.last().map(|key| key.version);
        let beginnings = self
            .keys
            .iter()
            .filter(|key| key.wrapped.is_none() && key.lost.is_none());
        let beginning = beginnings.map(|key| key.version).max();
        self.keys
            .iter()
            .filter(move |key| !key.is_retired && Some(key.version) < newest && Some(key.version) >= beginning)
    }

    /// How many values are sealed under older keys than the newest.
    pub fn left(&self) -> u64 {
        let sealed = |key: &KnownKey| self.counts.iter().find(|count| count.version == key.version);
        self.older().filter_map(sealed).map(|count| count.sealed).sum()
    }

    /// Whether a rotation was begun and is not at its end.
    pub fn is_under_way(&self) -> bool {
        self.older().next().is_some()
    }
}

/// How the keys stand. For admins and owners.
pub async fn standing(session: &Session) -> Result<Standing, AppError> {
    session.may(Action::EditProvider)?;
    let mut connection = session.read().await?;
    Ok(Standing {
        counts: stored::counts(&mut connection).await?,
        keys: stored::known(&mut connection).await?,
        exposed: stored::exposed(&mut connection).await?,
    })
}

/// Strikes a secret off that was changed where it is used.
pub async fn settle(session: &Session, table: &str, column: &str, row: i64) -> Result<(), AppError> {
    session.may(Action::EditProvider)?;
    let mut transaction = session.write().await?;
    stored::settle(&mut transaction, table, column, row).await?;
    transaction.commit().await?;
    Ok(())
}

/// Rotates the key, or finishes a rotation that was begun. `watch` hears how many values are done of how many, and may
/// stop it after each batch; what is done stays done.
pub async fn run(
    session: &Session,
    place: &impl KeyPlace,
    why: &Why,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()> + Send,
) -> Result<Rotated, AppError> {
    session.may(Action::EditProvider)?;
    let mut rotated = Rotated {
        version: 0,
        is_new: false,
        resealed: 0,
        unopened: Vec::new(),
        retired: Vec::new(),
        is_stopped: false,
    };
    // Somebody else has rotated since this began.
    let mut was_overtaken = false;
    // What is left of an older key opens with none at hand: there is nothing to finish.
    let mut is_stuck = false;
    for _ in 0..MOST_ROUNDS {
        // Refused here for whoever may not, before anything is made.
        let counts = stored::counts(&mut *session.read().await?).await?;
        let known = workspace_key::known(session).await?;
        let newest = known.last().ok_or(AppError::WorkspaceKey(KeyProblem::NotMade))?;
        let held = place.load().await?;
        let followed = workspace_key::follow(&held, &known).ok_or(AppError::WorkspaceKey(KeyProblem::Wrong))?;
        if !followed.learned.is_empty() {
            place.add(&followed.learned).await?;
        }
        let mut ring = followed.usable;
        let is_unfinished = known
            .iter()
            .any(|key| !key.is_retired && key.version < newest.version && is_finishable(key, &ring, &counts));
        let is_to_be_finished = match why {
            Why::Routine => (is_unfinished && !is_stuck) || was_overtaken,
            Why::Lost(what) => is_unfinished && newest.lost.as_ref() == Some(what),
        };
        if !is_to_be_finished && !rotated.is_new {
            let Some(key) = make(session, place, &ring, why).await? else {
                was_overtaken = true;
                continue;
            };
            ring = ring.with(key);
            rotated.is_new = true;
        }
        rotated.version = ring.newest().version();
        match reseal(session, &ring, &mut rotated, &mut watch).await {
            Ok(()) => {}
            // Somebody has registered a key meanwhile.
            Err(AppError::Store(StoreError::Rule(rule))) if rule == "sealed_under_newest" => {
                was_overtaken = true;
                continue;
            }
            Err(other) => return Err(other),
        }
        if !rotated.is_stopped {
            let mut transaction = session.write().await?;
            rotated.retired = stored::retire(&mut transaction).await?;
            transaction.commit().await?;
            let has_done = rotated.is_new || was_overtaken || rotated.resealed > 0 || !rotated.retired.is_empty();
            if !has_done && *why == Why::Routine {
                is_stuck = true;
                continue;
            }
        }
        return Ok(rotated);
    }
    Err(AppError::Store(StoreError::Rule("workspace_key_known".to_owned())))
}

/// Whether a key can be retired with these keys at hand: what it sealed can be opened, or there is nothing.
fn is_finishable(key: &KnownKey, ring: &Ring, counts: &[SealedCount]) -> bool {
    ring.get(key.version).is_some() || counts.iter().all(|count| count.version != key.version)
}

/// Draws the next key, keeps it, and makes it known. `None` where somebody else was first.
async fn make(session: &Session, place: &impl KeyPlace, ring: &Ring, why: &Why) -> Result<Option<Key>, AppError> {
    let old = ring.newest();
    let key = workspace_key::draw(old.version() + 1)?;
    let (wrapped, lost) = match why {
        Why::Routine => {
            let wrapped = old
                .wrap(&key, workspace_key::nonce()?)
                .map_err(|_| AppError::Internal("wrapping"))?;
            (Some(wrapped), None)
        }
        Why::Lost(what) => (None, Some(what.as_str())),
    };
    place.add(std::slice::from_ref(&key)).await?;
    let new = NewKey {
        version: key.version(),
        fingerprint: &key.fingerprint(),
        wrapped: wrapped.as_deref(),
        lost,
    };
    match register(session, &new).await {
        Ok(()) => Ok(Some(key)),
        // It may be known: the next that looks finds out.
        Err(error @ AppError::Store(StoreError::ConnectionLost(_))) => Err(error),
        Err(error) => {
            place.forget(&key).await?;
            match error {
                AppError::Store(StoreError::Rule(rule)) if rule == "workspace_key_known" => Ok(None),
                other => Err(other),
            }
        }
    }
}

async fn register(session: &Session, new: &NewKey<'_>) -> Result<(), AppError> {
    let mut transaction = session.write().await?;
    stored::register(&mut transaction, new).await?;
    transaction.commit().await?;
    Ok(())
}

/// Seals anew what is sealed under older keys than the newest.
async fn reseal(
    session: &Session,
    ring: &Ring,
    rotated: &mut Rotated,
    watch: &mut (impl FnMut(u64, u64) -> ControlFlow<()> + Send),
) -> Result<(), AppError> {
    rotated.unopened.clear();
    let newest = ring.newest().version();
    let counts = stored::counts(&mut *session.read().await?).await?;
    let older = counts.iter().filter(|count| count.version < newest);
    let of: u64 = older.map(|count| count.sealed).sum();
    let mut done = 0;
    let mut last: Option<SealedValue> = None;
    loop {
        if watch(done, of.max(done)).is_break() {
            rotated.is_stopped = true;
            return Ok(());
        }
        let batch = stored::sealed_before(&mut *session.read().await?, last.as_ref(), BATCH).await?;
        if batch.is_empty() {
            return Ok(());
        }
        let mut sealed = Vec::with_capacity(batch.len());
        for value in &batch {
            match anew(ring, value)? {
                Some(becomes) => sealed.push(Resealed { value, becomes }),
                None => rotated.unopened.push(Unopened {
                    table: value.table.clone(),
                    row: value.row,
                    label: value.label.clone(),
                }),
            }
        }
        let mut transaction = session.write().await?;
        let written = stored::reseal(&mut transaction, &sealed).await?;
        transaction.commit().await?;
        rotated.resealed += written;
        done += u64::try_from(batch.len()).unwrap_or(0);
        last = batch.into_iter().last();
    }
}

/// A value under the newest key; `None` where none of the keys opens it.
fn anew(ring: &Ring, value: &SealedValue) -> Result<Option<String>, AppError> {
    let place = Place {
        table: &value.table,
        row: value.row,
        column: &value.column,
    };
    match ring.open(place, &value.sealed) {
        Ok(secret) => ring
            .newest()
            .seal(place, secret.expose_secret(), workspace_key::nonce()?)
            .map(Some)
            .map_err(|_| AppError::Internal("sealing")),
        Err(why) => {
            tracing::warn!(%place, %why, "a sealed value was not opened");
            Ok(None)
        }
    }
}
