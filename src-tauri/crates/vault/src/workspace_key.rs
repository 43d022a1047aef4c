//! The key of a workspace: what seals the secrets of its database. It never enters the database; that holds a
//! fingerprint only, so that a wrong key is recognized.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What the written form begins with.
const PREFIX: &str = "cswk";
/// How much of a checksum the written form ends with: enough to notice what was copied badly.
const CHECK_BYTES: usize = 4;

/// A workspace's key and which of its keys it is. Shown by no debug output, and wiped from memory when dropped.
#[derive(Clone)]
pub struct WorkspaceKey {
    version: u32,
    bytes: Zeroizing<[u8; 32]>,
}

/// Why a text is no key. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// It doesn't have the form of a key.
    #[error("This is no workspace key: one begins with {PREFIX}- and is a single line.")]
    Form,
    /// It has, but a character is wrong or missing.
    #[error("A character of this workspace key is wrong or missing. Copy the whole line again.")]
    Checksum,
}

impl WorkspaceKey {
    /// A key of these random bytes. Versions count from 1.
    pub fn new(version: u32, random: [u8; 32]) -> Self {
        Self {
            version: version.max(1),
            bytes: Zeroizing::new(random),
        }
    }

    /// Reads the written form; blanks around it don't matter.
    pub fn parse(text: &SecretString) -> Result<Self, KeyTextError> {
        let text = text.expose_secret().trim();
        let (version, encoded) = text
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.strip_prefix('-'))
            .and_then(|rest| rest.split_once('-'))
            .ok_or(KeyTextError::Form)?;
        let version: u32 = version.parse().map_err(|_| KeyTextError::Form)?;
        if version == 0 || version > 999_999 {
            return Err(KeyTextError::Form);
        }
        let decoded = Zeroizing::new(URL_SAFE_NO_PAD.decode(encoded).map_err(|_| KeyTextError::Checksum)?);
        let (bytes, check) = decoded.split_first_chunk::<32>().ok_or(KeyTextError::Checksum)?;
        let key = Self::new(version, *bytes);
        if check == key.checksum() {
            Ok(key)
        } else {
            Err(KeyTextError::Checksum)
        }
    }

    /// The written form: `cswk-<version>-<the key and a checksum>`.
    pub fn to_text(&self) -> SecretString {
        let mut whole = Zeroizing::new(Vec::with_capacity(32 + CHECK_BYTES));
        whole.extend_from_slice(self.bytes.as_slice());
        whole.extend_from_slice(&self.checksum());
        SecretString::from(format!(
            "{PREFIX}-{}-{}",
            self.version,
            URL_SAFE_NO_PAD.encode(whole.as_slice())
        ))
    }

    /// Which of the workspace's keys it is.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// What the database keeps of it. 256 random bits can't be found again from their hash.
    pub fn fingerprint(&self) -> [u8; 32] {
        self.digest(b"fingerprint")
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    fn checksum(&self) -> [u8; CHECK_BYTES] {
        let digest = self.digest(b"checksum");
        [digest[0], digest[1], digest[2], digest[3]]
    }

    fn digest(&self, purpose: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"containerstacks workspace key ");
        hash.update(purpose);
        hash.update([0]);
        hash.update(self.version.to_be_bytes());
        hash.update(self.bytes.as_slice());
        hash.finalize().into()
    }
}

impl fmt::Debug for WorkspaceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkspaceKey")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<WorkspaceKey, KeyTextError> {
        WorkspaceKey::parse(&SecretString::from(text))
    }

    proptest! {
        #[test]
        fn the_written_form_reads_back(version in 1_u32..1_000_000, random: [u8; 32]) {
            let key = WorkspaceKey::new(version, random);
            let text = key.to_text();
            let again = read(&format!("  {}\n", text.expose_secret())).unwrap();
            prop_assert_eq!(again.version(), version);
            prop_assert_eq!(again.fingerprint(), key.fingerprint());
        }

        #[test]
        fn a_wrong_character_is_noticed(random: [u8; 32], place in 0_usize..48, letter in "[A-Za-z0-9_-]") {
            let text = WorkspaceKey::new(1, random).to_text().expose_secret().to_owned();
            let mut characters: Vec<char> = text.chars().collect();
            let at = "cswk-1-".len() + place;
            let letter = letter.chars().next().unwrap();
            prop_assume!(characters[at] != letter);
            characters[at] = letter;
            prop_assert_eq!(read(&characters.iter().collect::<String>()).err(), Some(KeyTextError::Checksum));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _read = read(&text);
        }

        #[test]
        fn the_fingerprint_tells_keys_and_versions_apart(a: [u8; 32], b: [u8; 32]) {
            prop_assume!(a != b);
            prop_assert_ne!(WorkspaceKey::new(1, a).fingerprint(), WorkspaceKey::new(1, b).fingerprint());
            prop_assert_ne!(WorkspaceKey::new(1, a).fingerprint(), WorkspaceKey::new(2, a).fingerprint());
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_repeated() {
        for text in ["", "hunter2", "cswk", "cswk-1", "cswk--AAAA", "cswk-0-AAAA", "cswk-1-"] {
            let error = read(text).err();
            assert!(error.is_some(), "{text}");
        }
        let shown = format!("{} {}", KeyTextError::Form, KeyTextError::Checksum);
        assert!(!shown.contains("hunter2"));
    }

    #[test]
    fn it_is_not_shown() {
        let key = WorkspaceKey::new(3, [0xAB; 32]);
        let shown = format!("{key:?}");
        assert!(shown.contains('3') && !shown.contains("171") && !shown.to_lowercase().contains("ab, "));
    }
}
