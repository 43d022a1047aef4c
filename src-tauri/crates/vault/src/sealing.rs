//! Sealing: secrets that lie in the database, readable only with the workspace's key and only where they were put.
//! XChaCha20-Poly1305; table, row, column and the key's version are bound to each, so that nobody who can write to the
//! database can move one to another place.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::WorkspaceKey;

/// What the text form begins with, and the kind of sealing.
const PREFIX: &str = "cs1";
pub(crate) const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
/// The longest secret whose text form fits into `VARCHAR(255)`, whatever the version of the key: longer than any root
/// password that Linode takes (128).
pub const LONGEST_SHORT_SECRET: usize = 140;

/// Where a secret lies: a column of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The table.
    pub table: &'a str,
    /// The row's id.
    pub row: i64,
    /// The column.
    pub column: &'a str,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} of row {}", self.table, self.column, self.row)
    }
}

/// Why something sealed was not opened. Holds nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It doesn't have the form of something sealed.
    #[error("this was not sealed by this program")]
    Form,
    /// It was sealed with another version of the workspace's key.
    #[error("this was sealed with version {sealed} of the workspace key, and version {held} is at hand")]
    Version {
        /// With which.
        sealed: u32,
        /// Which one is at hand.
        held: u32,
    },
    /// The key is another one, or it was sealed for another place, changed or cut short.
    #[error("this can't be opened: it was sealed with another key or for another place, or was changed")]
    Refused,
    /// The secret is no text.
    #[error("what was sealed is no text")]
    NotText,
}

impl WorkspaceKey {
    /// Seals a secret for a place. The nonce is 24 random bytes, never used twice.
    pub fn seal(&self, place: Place<'_>, secret: &str, nonce: [u8; NONCE_BYTES]) -> Result<String, SealError> {
        let whole = self.shut(secret.as_bytes(), &self.bound_to(place), nonce)?;
        Ok(format!("{PREFIX}.{}.{whole}", self.version()))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, place: Place<'_>, sealed: &str) -> Result<SecretString, SealError> {
        let (version, encoded) = parts(PREFIX, sealed).ok_or(SealError::Form)?;
        if version != self.version() {
            return Err(SealError::Version {
                sealed: version,
                held: self.version(),
            });
        }
        let opened = self.unshut(encoded, &self.bound_to(place))?;
        std::str::from_utf8(&opened)
            .map(SecretString::from)
            .map_err(|_| SealError::NotText)
    }

    /// Nonce, text and tag as base64url.
    pub(crate) fn shut(&self, plain: &[u8], bound_to: &[u8], nonce: [u8; NONCE_BYTES]) -> Result<String, SealError> {
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: bound_to,
                },
            )
            .map_err(|_| SealError::Refused)?;
        let mut whole = Vec::with_capacity(NONCE_BYTES + sealed.len());
        whole.extend_from_slice(&nonce);
        whole.extend_from_slice(&sealed);
        Ok(URL_SAFE_NO_PAD.encode(whole))
    }

    pub(crate) fn unshut(&self, encoded: &str, bound_to: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let whole = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| SealError::Form)?;
        let (nonce, rest) = whole.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Form)?;
        if rest.len() < TAG_BYTES {
            return Err(SealError::Form);
        }
        self.cipher()
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: rest,
                    aad: bound_to,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| SealError::Refused)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.bytes().into())
    }

    /// The parts are set apart by zero bytes, which no name of a table or a column holds.
    fn bound_to(&self, place: Place<'_>) -> Vec<u8> {
        format!(
            "containerstacks {PREFIX}\0{}\0{}\0{}\0{}",
            place.table,
            place.row,
            place.column,
            self.version()
        )
        .into_bytes()
    }
}

/// The version of the key with which a text was sealed; `None` if it was not sealed by this program.
pub fn sealed_with(text: &str) -> Option<u32> {
    parts(PREFIX, text).map(|(version, _)| version)
}

/// Version and content of a text of this kind. There is one way to write a version: the database reads it too, and must
/// not miss one.
pub(crate) fn parts<'a>(prefix: &str, text: &'a str) -> Option<(u32, &'a str)> {
    let (version, encoded) = text.strip_prefix(prefix)?.strip_prefix('.')?.split_once('.')?;
    let is_plain = (1..=6).contains(&version.len())
        && !version.starts_with('0')
        && version.bytes().all(|letter| letter.is_ascii_digit());
    if is_plain {
        Some((version.parse().ok()?, encoded))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    const HERE: Place<'static> = Place {
        table: "provider_configs",
        row: 7,
        column: "credentials",
    };

    fn key() -> WorkspaceKey {
        WorkspaceKey::new(1, [7; 32])
    }

    fn opened(key: &WorkspaceKey, place: Place<'_>, sealed: &str) -> Result<String, SealError> {
        key.open(place, sealed).map(|secret| secret.expose_secret().to_owned())
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_at_its_place(random: [u8; 32], nonce: [u8; 24], version in 1_u32..9, secret: String) {
            let key = WorkspaceKey::new(version, random);
            let sealed = key.seal(HERE, &secret, nonce).unwrap();
            prop_assert_eq!(opened(&key, HERE, &sealed), Ok(secret));
            prop_assert_eq!(sealed_with(&sealed), Some(version));
        }

        #[test]
        fn with_another_key_it_stays_shut(random: [u8; 32], secret: String) {
            prop_assume!(random != [7; 32]);
            let sealed = key().seal(HERE, &secret, [1; 24]).unwrap();
            prop_assert_eq!(opened(&WorkspaceKey::new(1, random), HERE, &sealed), Err(SealError::Refused));
        }

        #[test]
        fn in_another_row_it_stays_shut(row: i64, secret: String) {
            prop_assume!(row != HERE.row);
            let sealed = key().seal(HERE, &secret, [1; 24]).unwrap();
            prop_assert_eq!(opened(&key(), Place { row, ..HERE }, &sealed), Err(SealError::Refused));
        }

        #[test]
        fn changed_or_cut_short_it_stays_shut(secret in "[ -~]{0,60}", place: prop::sample::Index, cut: prop::sample::Index) {
            let sealed = key().seal(HERE, &secret, [1; 24]).unwrap();
            let start = "cs1.1.".len();
            let at = start + place.index(sealed.len() - start);
            let other = if sealed.as_bytes()[at] == b'A' { "B" } else { "A" };
            let mut changed = sealed.clone();
            changed.replace_range(at..=at, other);
            prop_assert!(opened(&key(), HERE, &changed).is_err());
            prop_assert!(opened(&key(), HERE, &sealed[..cut.index(sealed.len())]).is_err());
        }

        #[test]
        fn any_text_is_opened_or_refused(text: String) {
            prop_assert!(opened(&key(), HERE, &text).is_err());
        }
    }

    #[test]
    fn in_another_table_or_column_it_stays_shut() {
        let sealed = key().seal(HERE, "t0ken", [1; 24]).unwrap();
        for place in [
            Place {
                table: "vps_instances",
                ..HERE
            },
            Place {
                column: "settings",
                ..HERE
            },
            // Parts that run together must not be taken for others.
            Place {
                table: "provider_config",
                row: 7,
                column: "scredentials",
            },
        ] {
            assert_eq!(opened(&key(), place, &sealed), Err(SealError::Refused), "{place}");
        }
    }

    #[test]
    fn another_version_is_said_and_can_t_be_pretended() {
        let sealed = key().seal(HERE, "t0ken", [1; 24]).unwrap();
        let newer = WorkspaceKey::new(2, [7; 32]);
        assert_eq!(
            opened(&newer, HERE, &sealed),
            Err(SealError::Version { sealed: 1, held: 2 })
        );
        assert_eq!(
            opened(&newer, HERE, &sealed.replacen("cs1.1.", "cs1.2.", 1)),
            Err(SealError::Refused)
        );
    }

    #[test]
    fn a_version_is_written_in_one_way() {
        let sealed = key().seal(HERE, "t0ken", [1; 24]).unwrap();
        for version in ["+1", "01", "1 ", "", "1234567", "-1", "0"] {
            let written = sealed.replacen("cs1.1.", &format!("cs1.{version}."), 1);
            assert_eq!(sealed_with(&written), None, "{version}");
            assert_eq!(opened(&key(), HERE, &written), Err(SealError::Form), "{version}");
        }
    }

    #[test]
    fn the_text_form_of_a_password_fits_its_column() {
        let secret = "p".repeat(LONGEST_SHORT_SECRET);
        let sealed = WorkspaceKey::new(999_999, [7; 32])
            .seal(HERE, &secret, [1; 24])
            .unwrap();
        assert!(sealed.len() <= 255, "{}", sealed.len());
        assert!(!sealed.contains("ppp"));
    }

    #[test]
    fn the_same_secret_looks_different_each_time() {
        let seal = |nonce| key().seal(HERE, "t0ken", nonce).unwrap();
        assert_ne!(seal([1; 24]), seal([2; 24]));
    }
}
