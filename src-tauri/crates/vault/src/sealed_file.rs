//! A small file under a passphrase: the format is age's (scrypt and ChaCha20-Poly1305), so that `age -d` opens it too.
//!
//! What is opened here comes from anywhere: its size and the work that it asks for are bounded.

use std::fmt;

use age::{DecryptError, scrypt};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// The largest file that is looked at.
pub const MOST_BYTES: usize = 64 * 1024;
/// scrypt's N is 2 to this: 32 MiB and about a tenth of a second. The passphrases are random, so that more would slow
/// nobody down but their owner.
const WORK: u8 = 15;
/// What a file may ask for: 256 MiB.
const MOST_WORK: u8 = 18;
/// How a file of this kind begins, whatever follows.
const HEAD: &[u8] = b"age-encryption.org/";

/// Lower-case letters that are not taken for another.
const LETTERS: &[u8; 24] = b"abcdefghijkmnpqrstuvwxyz";
const GROUPS: usize = 5;
const GROUP: usize = 4;

/// Why a file was not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealedFileError {
    /// It is larger than any that we write.
    #[error("the file is too large")]
    TooLarge,
    /// It is something else.
    #[error("the file is not a sealed one")]
    Foreign,
    /// It asks for more work than we do for anybody.
    #[error("the file asks for too much work")]
    TooCostly,
    /// The passphrase is another.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// It was cut short or changed.
    #[error("the file is damaged")]
    Damaged,
    /// Sealing failed.
    #[error("the file could not be sealed")]
    Failed,
}

/// A passphrase that a person reads out and types: five groups of four letters, 91 random bits. Case, spaces and
/// hyphens don't matter when it is typed.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// A new one.
    pub fn random() -> Result<Self, SealedFileError> {
        let mut letters = Zeroizing::new(String::with_capacity(GROUPS * GROUP));
        let mut bytes = Zeroizing::new([0u8; 64]);
        while letters.len() < GROUPS * GROUP {
            #[expect(clippy::disallowed_methods, reason = "a secret is drawn, never computed")]
            getrandom::fill(bytes.as_mut()).map_err(|_| SealedFileError::Failed)?;
            // Bytes beyond the last multiple of 24 are left out, so that every letter is equally likely.
            let missing = GROUPS * GROUP - letters.len();
            for byte in bytes.iter().filter(|byte| **byte < 240).take(missing) {
                letters.push(char::from(LETTERS[usize::from(byte % 24)]));
            }
        }
        Ok(Self(SecretString::from(letters.as_str())))
    }

    /// One that somebody has typed.
    pub fn typed(text: &str) -> Self {
        let letters: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '\u{2010}'..='\u{2015}'))
                .flat_map(char::to_lowercase)
                .collect(),
        );
        Self(SecretString::from(letters.as_str()))
    }

    /// In groups, to be shown once.
    pub fn shown(&self) -> SecretString {
        let letters: Vec<char> = self.0.expose_secret().chars().collect();
        let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
        SecretString::from(groups.join("-"))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// Seals a content under a passphrase.
pub fn seal_file(content: &[u8], passphrase: &Passphrase) -> Result<Vec<u8>, SealedFileError> {
    if content.len() > MOST_BYTES / 2 {
        return Err(SealedFileError::TooLarge);
    }
    let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
    recipient.set_work_factor(WORK);
    age::encrypt(&recipient, content).map_err(|_| SealedFileError::Failed)
}

/// Opens what [`seal_file`] has made. Takes its time on purpose.
pub fn open_file(file: &[u8], passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, SealedFileError> {
    if file.len() > MOST_BYTES {
        return Err(SealedFileError::TooLarge);
    }
    if !file.starts_with(HEAD) {
        return Err(SealedFileError::Foreign);
    }
    let mut identity = scrypt::Identity::new(passphrase.0.clone());
    identity.set_max_work_factor(MOST_WORK);
    match age::decrypt(&identity, file) {
        Ok(content) => Ok(Zeroizing::new(content)),
        Err(DecryptError::ExcessiveWork { .. }) => Err(SealedFileError::TooCostly),
        // Of the key under the passphrase; damage there can't be told from another passphrase.
        Err(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed) => {
            Err(SealedFileError::WrongPassphrase)
        }
        Err(DecryptError::NoMatchingKeys) => Err(SealedFileError::Foreign),
        Err(_) => Err(SealedFileError::Damaged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_under_its_passphrase_only() {
        let passphrase = Passphrase::random().unwrap();
        let file = seal_file(b"the desk's password", &passphrase).unwrap();
        assert!(!file.windows(4).any(|part| part == b"desk"));
        assert_eq!(&*open_file(&file, &passphrase).unwrap(), b"the desk's password");
        let typed = Passphrase::typed(&passphrase.shown().expose_secret().to_uppercase().replace('-', " "));
        assert_eq!(&*open_file(&file, &typed).unwrap(), b"the desk's password");
        assert_eq!(
            open_file(&file, &Passphrase::random().unwrap()).unwrap_err(),
            SealedFileError::WrongPassphrase
        );

        // Every part of it is protected: header, key, content, end.
        for place in [60, file.len() / 2, file.len() - 20, file.len() - 1] {
            let mut changed = file.clone();
            changed[place] ^= 1;
            assert!(open_file(&changed, &passphrase).is_err(), "byte {place}");
        }
        let mut changed = file.clone();
        let last = changed.len() - 1;
        changed[last] ^= 1;
        assert_eq!(open_file(&changed, &passphrase).unwrap_err(), SealedFileError::Damaged);
        assert_eq!(
            open_file(&file[..file.len() - 5], &passphrase).unwrap_err(),
            SealedFileError::Damaged
        );
    }

    #[test]
    fn what_comes_from_anywhere_is_bounded() {
        let passphrase = Passphrase::typed("abcd");
        assert_eq!(
            open_file(&vec![b'a'; MOST_BYTES + 1], &passphrase).unwrap_err(),
            SealedFileError::TooLarge
        );
        for other in [b"".as_slice(), b"PK\x03\x04", b"{}"] {
            assert_eq!(open_file(other, &passphrase).unwrap_err(), SealedFileError::Foreign);
        }
        let file = seal_file(b"x", &passphrase).unwrap();
        let text = String::from_utf8_lossy(&file).into_owned();
        let stanza = text
            .lines()
            .find(|line| line.starts_with("-> scrypt"))
            .unwrap()
            .to_owned();
        let costly = stanza.replace(" 15", " 30");
        assert_ne!(costly, stanza);
        let at = file
            .windows(stanza.len())
            .position(|part| part == stanza.as_bytes())
            .unwrap();
        let mut changed = file.clone();
        changed.splice(at..at + stanza.len(), costly.into_bytes());
        assert_eq!(
            open_file(&changed, &passphrase).unwrap_err(),
            SealedFileError::TooCostly
        );
    }

    #[test]
    fn passphrases_are_long_and_differ() {
        let (one, two) = (
            Passphrase::random().unwrap().shown(),
            Passphrase::random().unwrap().shown(),
        );
        assert_ne!(one.expose_secret(), two.expose_secret());
        assert_eq!(one.expose_secret().len(), 24);
        assert!(one.expose_secret().split('-').all(|group| group.len() == 4));
        assert!((20.0 * 24f64.log2()) > 80.0);
        assert!(!format!("{:?}", Passphrase::random().unwrap()).contains(one.expose_secret()));
    }
}
