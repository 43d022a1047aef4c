//! The workspace's keys against what the database knows of them: which of those that somebody holds are the workspace's,
//! how the next one is come by from the one before it, and sealing under the newest.

use secrecy::SecretString;
use sqlx::PgConnection;
use store::workspace_keys::{self as stored, KnownKey, NewKey};
use vault::{Place, WorkspaceKey, wrapped_under};

use crate::{AppError, KeyProblem, session::Session};

pub use vault::{KeyRing as Ring, KeyTextError, WorkspaceKey as Key};

/// Reads keys as they are written in a file or were pasted.
pub fn parse(text: &SecretString) -> Result<Ring, KeyTextError> {
    Ring::parse(text)
}

/// A new key of 32 random bytes. Nothing knows it yet.
pub fn draw(version: u32) -> Result<Key, AppError> {
    let mut bytes = [0u8; 32];
    #[expect(clippy::disallowed_methods, reason = "a key is random, and no input of any rule")]
    getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("no randomness"))?;
    Ok(WorkspaceKey::new(version, bytes))
}

/// 24 random bytes: never the same twice.
pub(crate) fn nonce() -> Result<[u8; 24], AppError> {
    let mut bytes = [0u8; 24];
    #[expect(
        clippy::disallowed_methods,
        reason = "a nonce only has to be new, and is no input of any rule"
    )]
    getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("no randomness"))?;
    Ok(bytes)
}

/// What became of the keys that somebody holds when the database was asked.
pub(crate) struct Followed {
    /// Those that open something: the newest key, and older ones that are not retired.
    pub usable: Ring,
    /// Those that were come by from the ones held.
    pub learned: Vec<Key>,
}

impl Followed {
    /// What stays of the keys held: what opens something, and what the database knows nothing of. That may be a key whose
    /// making was cut off, or the database is an older copy.
    pub(crate) fn kept(&self, held: &Ring, known: &[KnownKey]) -> Ring {
        let unknown = held
            .keys()
            .filter(|key| known.iter().all(|one| one.version != key.version()))
            .cloned();
        Ring::of(self.usable.keys().cloned().chain(unknown)).unwrap_or_else(|| self.usable.clone())
    }
}

/// Follows from the keys that somebody holds to the newest. Nothing that the database says is believed of a key but with
/// its fingerprint; `None` where the newest is not come by.
pub(crate) fn follow(held: &Ring, known: &[KnownKey]) -> Option<Followed> {
    let is_known = |key: &Key| {
        known
            .iter()
            .any(|one| one.version == key.version() && one.fingerprint == key.fingerprint())
    };
    let mut keys: Vec<Key> = held.keys().filter(|key| is_known(key)).cloned().collect();
    let mut learned = Vec::new();
    for one in known {
        if keys.iter().any(|key| key.version() == one.version) {
            continue;
        }
        let Some(wrapped) = &one.wrapped else { continue };
        let Some(under) = keys.iter().find(|key| Some(key.version()) == wrapped_under(wrapped)) else {
            continue;
        };
        match under.unwrap_key(one.version, wrapped) {
            Ok(key) if is_known(&key) => {
                learned.push(key.clone());
                keys.push(key);
            }
            _ => tracing::warn!(
                version = one.version,
                "a wrapped workspace key is not what it should be"
            ),
        }
    }
    let newest = known.last()?.version;
    let is_retired = |key: &Key| known.iter().any(|one| one.version == key.version() && one.is_retired);
    let usable = Ring::of(keys.into_iter().filter(|key| !is_retired(key)))?;
    (usable.newest().version() == newest).then_some(Followed { usable, learned })
}

/// The version of the newest key that the database knows; `None` while none was made.
pub async fn newest_version(session: &Session) -> Result<Option<u32>, AppError> {
    Ok(known(session).await?.last().map(|key| key.version))
}

/// The keys that the database knows, oldest first.
pub(crate) async fn known(session: &Session) -> Result<Vec<KnownKey>, AppError> {
    Ok(stored::known(&mut *session.read().await?).await?)
}

/// A ring that was checked, and what was learned by that.
#[derive(Debug)]
pub struct Checked {
    /// The newest key, and the older ones that still open something.
    pub ring: Ring,
    /// Keys that were come by from those given: whoever gave those keeps these, too.
    pub learned: Vec<Key>,
}

/// The keys that are the workspace's among those given, and what follows from them.
pub async fn check(session: &Session, held: &Ring) -> Result<Checked, AppError> {
    check_on(&mut *session.read().await?, held).await
}

/// The same, over any line that may know.
pub(crate) async fn check_on(connection: &mut PgConnection, held: &Ring) -> Result<Checked, AppError> {
    let known = stored::known(connection).await?;
    if known.is_empty() {
        return Err(AppError::WorkspaceKey(KeyProblem::NotMade));
    }
    let followed = follow(held, &known).ok_or(AppError::WorkspaceKey(KeyProblem::Wrong))?;
    Ok(Checked {
        ring: followed.usable,
        learned: followed.learned,
    })
}

/// Seals a secret for its place, under the newest key. That stays the newest until the transaction ends, so that a
/// rotation either finds what was written or is done before.
pub(crate) async fn seal(
    connection: &mut PgConnection,
    ring: &Ring,
    place: Place<'_>,
    secret: &str,
) -> Result<String, AppError> {
    let (version, fingerprint) = stored::sealing_key(connection, place.table, place.column)
        .await?
        .ok_or(AppError::WorkspaceKey(KeyProblem::NotMade))?;
    let newest = |ring: &Ring| {
        ring.get(version)
            .filter(|key| key.fingerprint().as_slice() == fingerprint)
            .cloned()
    };
    let key = match newest(ring) {
        Some(key) => key,
        // Made since these keys were looked at.
        None => newest(&check_on(connection, ring).await?.ring).ok_or(AppError::WorkspaceKey(KeyProblem::Wrong))?,
    };
    key.seal(place, secret, nonce()?)
        .map_err(|_| AppError::Internal("sealing"))
}

/// Checks keys that were given to this desk, and notes that it has them. Before they are kept: whoever gave them has
/// shown them here in any case. What is to be kept beside what is held is the answer.
pub(crate) async fn take(session: &Session, given: &Ring, held: Option<&Ring>) -> Result<Ring, AppError> {
    let known = known(session).await?;
    if known.is_empty() {
        return Err(AppError::WorkspaceKey(KeyProblem::NotMade));
    }
    let is_known = |key: &Key| {
        known
            .iter()
            .any(|one| one.version == key.version() && one.fingerprint == key.fingerprint())
    };
    let wrong = AppError::WorkspaceKey(KeyProblem::Wrong);
    if !given.keys().all(is_known) {
        return Err(wrong);
    }
    let all = held.into_iter().flat_map(Ring::keys).chain(given.keys()).cloned();
    let all = Ring::of(all).unwrap_or_else(|| given.clone());
    let Some(followed) = follow(&all, &known) else {
        return Err(wrong);
    };
    let newest = followed.usable.newest();
    let mut transaction = session.write().await?;
    if !stored::hold(&mut transaction, newest.version(), &newest.fingerprint()).await? {
        return Err(wrong);
    }
    transaction.commit().await?;
    Ok(followed.kept(&all, &known))
}

/// Makes a key known to the database that comes in nobody's place, or in place of one that is lost for good. `keep` puts
/// it in its place in between: a key that could not be kept is not made known, and one whose making was cut off is there
/// already.
pub async fn register(
    session: &Session,
    key: &Key,
    keep: impl AsyncFnOnce(&Key) -> Result<(), AppError>,
) -> Result<(), AppError> {
    session.may(domain::role::Action::EditProvider)?;
    let mut transaction = session.write().await?;
    let new = NewKey {
        version: key.version(),
        fingerprint: &key.fingerprint(),
        wrapped: None,
        lost: None,
    };
    stored::register(&mut transaction, &new).await?;
    keep(key).await?;
    transaction.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(version: u32) -> Key {
        Key::new(version, [u8::try_from(version).unwrap(); 32])
    }

    fn one(key: &Key) -> KnownKey {
        KnownKey {
            version: key.version(),
            fingerprint: key.fingerprint().to_vec(),
            wrapped: None,
            lost: None,
            is_retired: false,
        }
    }

    fn wrapped(key: &Key, under: &Key) -> KnownKey {
        KnownKey {
            wrapped: Some(under.wrap(key, [9; 24]).unwrap()),
            ..one(key)
        }
    }

    fn versions(ring: &Ring) -> Vec<u32> {
        ring.keys().map(Key::version).collect()
    }

    #[test]
    fn from_an_old_key_one_gets_to_the_newest_and_from_a_lost_one_one_does_not() {
        let known = [one(&key(1)), wrapped(&key(2), &key(1)), wrapped(&key(3), &key(2))];
        let followed = follow(&key(1).into(), &known).unwrap();
        assert_eq!(versions(&followed.usable), [3, 2, 1]);
        assert_eq!(followed.learned.len(), 2);
        assert_eq!(versions(&follow(&key(3).into(), &known).unwrap().usable), [3]);
        let cut = [one(&key(1)), one(&key(2)), wrapped(&key(3), &key(2))];
        assert!(follow(&key(1).into(), &cut).is_none());
        assert!(follow(&key(1).into(), &[]).is_none());
    }

    #[test]
    fn what_is_retired_leads_on_and_opens_nothing() {
        let retired = KnownKey {
            is_retired: true,
            ..one(&key(1))
        };
        let known = [retired, wrapped(&key(2), &key(1))];
        let held = Ring::from(key(1));
        let followed = follow(&held, &known).unwrap();
        assert_eq!(versions(&followed.usable), [2]);
        assert_eq!(versions(&followed.kept(&held, &known)), [2], "a desk drops it");
    }

    #[test]
    fn a_key_of_the_databases_invention_is_not_followed() {
        let known = [
            one(&key(1)),
            KnownKey {
                fingerprint: key(3).fingerprint().to_vec(),
                ..wrapped(&key(2), &key(1))
            },
        ];
        assert!(follow(&key(1).into(), &known).is_none());
        let forged = Key::new(1, [7; 32]).wrap(&key(2), [9; 24]).unwrap();
        let known = [
            one(&key(1)),
            KnownKey {
                wrapped: Some(forged),
                ..one(&key(2))
            },
        ];
        assert!(follow(&key(1).into(), &known).is_none());
    }

    #[test]
    fn a_key_whose_making_was_cut_off_stays_and_a_foreign_one_goes() {
        let known = [one(&key(1))];
        let held = Ring::from(key(1)).with(key(2));
        let followed = follow(&held, &known).unwrap();
        assert_eq!(versions(&followed.usable), [1], "nothing is sealed with it");
        assert_eq!(versions(&followed.kept(&held, &known)), [2, 1]);
        // Somebody else made that version.
        let known = [one(&key(1)), wrapped(&Key::new(2, [7; 32]), &key(1))];
        let kept = follow(&held, &known).unwrap().kept(&held, &known);
        assert_eq!(versions(&kept), [2, 1]);
        assert!(!kept.holds(&key(2)));
        // An older copy of the database: nothing is dropped on its word.
        assert!(follow(&key(2).into(), &[one(&key(1))]).is_none());
    }
}
