//! Several of a workspace's keys in one hand, and how the next is handed on under the one before it.

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    KeyTextError, Place, SealError, WorkspaceKey,
    sealing::{NONCE_BYTES, parts, sealed_with},
};

/// What the text of a wrapped key begins with.
const WRAP: &str = "csw1";

/// The keys of a workspace that somebody holds, of each version one.
#[derive(Debug, Clone)]
pub struct KeyRing {
    /// Newest first; never empty.
    newest: WorkspaceKey,
    older: Vec<WorkspaceKey>,
}

impl From<WorkspaceKey> for KeyRing {
    fn from(key: WorkspaceKey) -> Self {
        Self {
            newest: key,
            older: Vec::new(),
        }
    }
}

impl KeyRing {
    /// The ring of these keys; `None` if there are none. Of two with the same version the later one counts.
    pub fn of(keys: impl IntoIterator<Item = WorkspaceKey>) -> Option<Self> {
        let mut sorted: Vec<WorkspaceKey> = Vec::new();
        for key in keys {
            sorted.retain(|other| other.version() != key.version());
            sorted.push(key);
        }
        sorted.sort_by_key(|key| std::cmp::Reverse(key.version()));
        let mut keys = sorted.into_iter();
        let newest = keys.next()?;
        Some(Self {
            newest,
            older: keys.collect(),
        })
    }

    /// Reads keys in their written form, set apart by blanks or ends of lines.
    pub fn parse(text: &SecretString) -> Result<Self, KeyTextError> {
        let keys: Vec<WorkspaceKey> = text
            .expose_secret()
            .split_whitespace()
            .map(|word| WorkspaceKey::parse(&SecretString::from(word)))
            .collect::<Result<_, _>>()?;
        Self::of(keys).ok_or(KeyTextError::Form)
    }

    /// The written form: a line for each key, the newest first.
    pub fn to_text(&self) -> SecretString {
        let mut text = Zeroizing::new(String::new());
        for key in self.keys() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(key.to_text().expose_secret());
        }
        SecretString::from(text.as_str())
    }

    /// The key of the highest version.
    pub fn newest(&self) -> &WorkspaceKey {
        &self.newest
    }

    /// All of them, newest first.
    pub fn keys(&self) -> impl Iterator<Item = &WorkspaceKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// The key of a version.
    pub fn get(&self, version: u32) -> Option<&WorkspaceKey> {
        self.keys().find(|key| key.version() == version)
    }

    /// Whether this very key is among them.
    pub fn holds(&self, key: &WorkspaceKey) -> bool {
        self.get(key.version())
            .is_some_and(|own| own.fingerprint() == key.fingerprint())
    }

    /// With another key, in place of one of its version.
    #[must_use]
    pub fn with(&self, key: WorkspaceKey) -> Self {
        let (newest, rest): (WorkspaceKey, Vec<WorkspaceKey>) = (key.clone(), self.keys().cloned().collect());
        Self::of(rest.into_iter().chain([key])).unwrap_or_else(|| newest.into())
    }

    /// Without the keys of which this is not said; `None` when none is left.
    pub fn only(&self, stays: impl Fn(&WorkspaceKey) -> bool) -> Option<Self> {
        Self::of(self.keys().filter(|key| stays(key)).cloned())
    }

    /// Whether both hold the same keys.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.keys().count() == other.keys().count() && self.keys().all(|key| other.holds(key))
    }

    /// Opens what was sealed for this place, with the key whose version it names.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<SecretString, SealError> {
        let version = sealed_with(sealed).ok_or(SealError::Form)?;
        self.get(version)
            .ok_or(SealError::Version {
                sealed: version,
                held: self.newest.version(),
            })?
            .open(place, sealed)
    }
}

impl WorkspaceKey {
    /// Seals a later key under this one: whoever holds this one has that one too. Bound to its purpose and to both
    /// versions, so that nothing else can be taken for it. The nonce is 24 random bytes, never used twice.
    pub fn wrap(&self, later: &Self, nonce: [u8; NONCE_BYTES]) -> Result<String, SealError> {
        let whole = self.shut(later.bytes(), &self.wraps(later.version()), nonce)?;
        Ok(format!("{WRAP}.{}.{whole}", self.version()))
    }

    /// The key of that version, if it was wrapped under this one.
    pub fn unwrap_key(&self, version: u32, wrapped: &str) -> Result<Self, SealError> {
        let (under, encoded) = parts(WRAP, wrapped).ok_or(SealError::Form)?;
        if under != self.version() {
            return Err(SealError::Version {
                sealed: under,
                held: self.version(),
            });
        }
        let opened = self.unshut(encoded, &self.wraps(version))?;
        let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| SealError::Form)?;
        Ok(Self::new(version, bytes))
    }

    fn wraps(&self, version: u32) -> Vec<u8> {
        format!("containerstacks {WRAP}\0workspace key\0{version}\0{}", self.version()).into_bytes()
    }
}

/// Under which version a key was wrapped.
pub fn wrapped_under(wrapped: &str) -> Option<u32> {
    parts(WRAP, wrapped).map(|(version, _)| version)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HERE: Place<'static> = Place {
        table: "provider_configs",
        row: 7,
        column: "credentials",
    };

    fn key(version: u32) -> WorkspaceKey {
        WorkspaceKey::new(version, [u8::try_from(version).unwrap(); 32])
    }

    fn versions(ring: &KeyRing) -> Vec<u32> {
        ring.keys().map(WorkspaceKey::version).collect()
    }

    proptest! {
        #[test]
        fn a_wrapped_key_is_the_same_key(old: [u8; 32], new: [u8; 32], nonce: [u8; 24], under in 1_u32..9, step in 1_u32..9) {
            let (old, new) = (WorkspaceKey::new(under, old), WorkspaceKey::new(under + step, new));
            let wrapped = old.wrap(&new, nonce).unwrap();
            prop_assert_eq!(wrapped_under(&wrapped), Some(under));
            prop_assert_eq!(old.unwrap_key(under + step, &wrapped).unwrap().fingerprint(), new.fingerprint());
        }

        #[test]
        fn with_another_key_it_stays_wrapped(other: [u8; 32]) {
            prop_assume!(other != [1; 32]);
            let wrapped = key(1).wrap(&key(2), [3; 24]).unwrap();
            prop_assert_eq!(WorkspaceKey::new(1, other).unwrap_key(2, &wrapped).err(), Some(SealError::Refused));
        }

        #[test]
        fn changed_or_cut_short_it_stays_wrapped(place: prop::sample::Index, cut: prop::sample::Index) {
            let wrapped = key(1).wrap(&key(2), [3; 24]).unwrap();
            let start = "csw1.1.".len();
            let at = start + place.index(wrapped.len() - start);
            let mut changed = wrapped.clone();
            changed.replace_range(at..=at, if wrapped.as_bytes()[at] == b'A' { "B" } else { "A" });
            prop_assert!(key(1).unwrap_key(2, &changed).is_err());
            prop_assert!(key(1).unwrap_key(2, &wrapped[..cut.index(wrapped.len())]).is_err());
        }

        #[test]
        fn any_text_is_unwrapped_or_refused(text: String) {
            prop_assert!(key(1).unwrap_key(2, &text).is_err());
        }
    }

    #[test]
    fn a_wrapped_key_is_bound_to_both_versions_and_to_its_purpose() {
        let wrapped = key(1).wrap(&key(2), [3; 24]).unwrap();
        assert_eq!(wrapped.len(), "csw1.1.".len() + 96);
        assert_eq!(key(1).unwrap_key(3, &wrapped).err(), Some(SealError::Refused));
        assert_eq!(
            key(2).unwrap_key(2, &wrapped).err(),
            Some(SealError::Version { sealed: 1, held: 2 })
        );
        let same_bytes = WorkspaceKey::new(4, [1; 32]);
        assert_eq!(
            same_bytes
                .unwrap_key(2, &wrapped.replacen("csw1.1.", "csw1.4.", 1))
                .err(),
            Some(SealError::Refused)
        );
        // What was sealed for a column is no key, and a wrapped key opens in no column.
        let sealed = key(1).seal(HERE, &"k".repeat(32), [3; 24]).unwrap();
        assert_eq!(
            key(1).unwrap_key(2, &sealed.replacen("cs1.", "csw1.", 1)).err(),
            Some(SealError::Refused)
        );
        assert_eq!(
            key(1).open(HERE, &wrapped.replacen("csw1.", "cs1.", 1)).err(),
            Some(SealError::Refused)
        );
    }

    #[test]
    fn a_ring_opens_with_the_key_that_is_named() {
        let ring = KeyRing::of([key(1), key(3)]).unwrap();
        for version in [1, 3] {
            let sealed = key(version).seal(HERE, "t0ken", [1; 24]).unwrap();
            assert_eq!(ring.open(HERE, &sealed).unwrap().expose_secret(), "t0ken");
        }
        let sealed = key(2).seal(HERE, "t0ken", [1; 24]).unwrap();
        assert_eq!(
            ring.open(HERE, &sealed).err(),
            Some(SealError::Version { sealed: 2, held: 3 })
        );
        // The right version of another key.
        let sealed = WorkspaceKey::new(3, [9; 32]).seal(HERE, "t0ken", [1; 24]).unwrap();
        assert_eq!(ring.open(HERE, &sealed).err(), Some(SealError::Refused));
        assert_eq!(ring.open(HERE, "in clear").err(), Some(SealError::Form));
    }

    #[test]
    fn a_ring_is_written_newest_first_and_reads_back() {
        let ring = KeyRing::of([key(2), key(10), key(1)]).unwrap();
        assert_eq!(versions(&ring), [10, 2, 1]);
        let text = ring.to_text();
        assert_eq!(text.expose_secret().lines().count(), 3);
        let again = KeyRing::parse(&SecretString::from(format!("\n {}\r\n", text.expose_secret()))).unwrap();
        assert!(again.is_same_as(&ring));
        assert!(KeyRing::parse(&SecretString::from(" \n")).is_err());
        let half = format!("{}\nhunter2", text.expose_secret());
        assert_eq!(
            KeyRing::parse(&SecretString::from(half)).err(),
            Some(KeyTextError::Form)
        );
        assert!(!format!("{ring:?}").contains("cswk"));
    }

    #[test]
    fn of_each_version_there_is_one() {
        let ring = KeyRing::from(key(1)).with(key(2));
        assert_eq!(versions(&ring), [2, 1]);
        let other = WorkspaceKey::new(2, [9; 32]);
        let changed = ring.with(other.clone());
        assert_eq!(versions(&changed), [2, 1]);
        assert!(changed.holds(&other) && !changed.holds(&key(2)));
        assert!(!changed.is_same_as(&ring));
        assert_eq!(versions(&ring.only(|key| key.version() < 2).unwrap()), [1]);
        assert!(ring.only(|_| false).is_none());
    }
}
