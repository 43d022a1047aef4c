//! Files of any size that are sealed while they are written: age again, under a public key or a passphrase. Whatever is
//! read back is known to be unchanged block by block, and to be whole at its end.

use std::io::{self, BufReader, Read, Write};

use age::{DecryptError, Encryptor, scrypt, x25519};
use secrecy::{ExposeSecret, SecretString};

use crate::SealedFileError;

/// scrypt's N is 2 to this: 128 MiB, a good half second. A person may have chosen the passphrase.
const WORK: u8 = 17;
/// What a file may ask for: 1 GiB.
const MOST_WORK: u8 = 20;
/// What a passphrase that a person chose has at least.
pub const LEAST_LETTERS: usize = 16;

/// What a stream is sealed under.
#[derive(Clone)]
pub enum Lock {
    /// Public keys, each of which opens it: who seals can't.
    PublicKeys(Vec<PublicKey>),
    /// A passphrase: who seals can open.
    Passphrase(SecretString),
}

/// An age recipient, `age1…`.
#[derive(Clone)]
pub struct PublicKey(x25519::Recipient);

impl PublicKey {
    /// Reads one.
    pub fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok().map(Self)
    }
}

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What a stream is opened with.
#[derive(Clone)]
pub enum Opener {
    /// The secret part of the key.
    SecretKey(SecretKey),
    /// The passphrase.
    Passphrase(SecretString),
}

/// An age identity, `AGE-SECRET-KEY-1…`.
#[derive(Clone)]
pub struct SecretKey(x25519::Identity);

impl SecretKey {
    /// A new one.
    pub fn random() -> Self {
        Self(x25519::Identity::generate())
    }

    /// Reads one: the first line of a file in age's form that isn't a comment.
    pub fn parse(text: &SecretString) -> Option<Self> {
        let line = text.expose_secret().lines().map(str::trim);
        let mut lines = line.filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.next()?.parse().ok().map(Self)
    }

    /// As text, to be put into a safe place at once.
    pub fn to_text(&self) -> SecretString {
        self.0.to_string()
    }

    /// What others seal with.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.to_public())
    }
}

impl Lock {
    /// The same, and what opens it now: the passphrase, or a further key of which nothing is kept.
    pub fn opened_once(&self) -> (Self, Opener) {
        match self {
            Self::PublicKeys(keys) => {
                let once = SecretKey::random();
                let keys = keys.iter().cloned().chain([once.public_key()]).collect();
                (Self::PublicKeys(keys), Opener::SecretKey(once))
            }
            Self::Passphrase(text) => (self.clone(), Opener::Passphrase(text.clone())),
        }
    }
}

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::PublicKeys(_) => "PublicKeys",
            Self::Passphrase(_) => "Passphrase",
        })
    }
}

/// Whether a passphrase is long enough to be tried against for ever.
pub fn check_passphrase(passphrase: &SecretString) -> bool {
    passphrase.expose_secret().trim().chars().count() >= LEAST_LETTERS
}

/// A file under way. Without [`SealedWriter::finish`] it is cut short, and is known to be.
pub struct SealedWriter<W: Write>(age::stream::StreamWriter<W>);

impl<W: Write> SealedWriter<W> {
    /// Begins one.
    pub fn begin(output: W, lock: &Lock) -> Result<Self, SealedFileError> {
        let passphrase;
        let keys: Vec<&dyn age::Recipient> = match lock {
            Lock::PublicKeys(keys) => keys.iter().map(|key| &key.0 as &dyn age::Recipient).collect(),
            Lock::Passphrase(text) => {
                passphrase = {
                    let mut recipient = scrypt::Recipient::new(trimmed(text));
                    recipient.set_work_factor(WORK);
                    recipient
                };
                vec![&passphrase]
            }
        };
        let encryptor = Encryptor::with_recipients(keys.into_iter()).map_err(|_| SealedFileError::Failed)?;
        encryptor
            .wrap_output(output)
            .map(Self)
            .map_err(|_| SealedFileError::Failed)
    }

    /// Writes the end, by which a whole file is known.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// What is read of it is unchanged; an error of the kinds `InvalidData` and `UnexpectedEof` is damage.
pub fn open_stream<'a, R: Read + 'a>(input: R, opener: &Opener) -> Result<Box<dyn Read + 'a>, SealedFileError> {
    let decryptor =
        age::Decryptor::new_buffered(BufReader::with_capacity(1 << 16, input)).map_err(|why| match why {
            DecryptError::InvalidHeader | DecryptError::UnknownFormat => SealedFileError::Foreign,
            DecryptError::Io(why) if why.kind() != io::ErrorKind::UnexpectedEof => SealedFileError::Failed,
            _ => SealedFileError::Damaged,
        })?;
    let passphrase;
    let key: &dyn age::Identity = match opener {
        Opener::SecretKey(key) => &key.0,
        Opener::Passphrase(text) => {
            passphrase = {
                let mut identity = scrypt::Identity::new(trimmed(text));
                identity.set_max_work_factor(MOST_WORK);
                identity
            };
            &passphrase
        }
    };
    match decryptor.decrypt(std::iter::once(key)) {
        Ok(reader) => Ok(Box::new(reader)),
        Err(DecryptError::ExcessiveWork { .. }) => Err(SealedFileError::TooCostly),
        Err(DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys) => {
            Err(SealedFileError::WrongPassphrase)
        }
        Err(_) => Err(SealedFileError::Damaged),
    }
}

/// A line's end that an editor has put behind a passphrase is no part of it.
fn trimmed(text: &SecretString) -> SecretString {
    SecretString::from(text.expose_secret().trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(content: &[u8], lock: &Lock) -> Vec<u8> {
        let mut writer = SealedWriter::begin(Vec::new(), lock).unwrap();
        writer.write_all(content).unwrap();
        writer.finish().unwrap()
    }

    fn opened(file: &[u8], opener: &Opener) -> Result<Vec<u8>, String> {
        let mut content = Vec::new();
        let mut reader = open_stream(file, opener).map_err(|why| why.to_string())?;
        reader.read_to_end(&mut content).map_err(|why| why.kind().to_string())?;
        Ok(content)
    }

    #[test]
    fn a_stream_opens_with_its_key_only_and_whole_only() {
        let key = SecretKey::random();
        let public = PublicKey::parse(&key.public_key().to_string()).unwrap();
        let again = SecretKey::parse(&SecretString::from(format!(
            "# created: today\n{}\n",
            key.to_text().expose_secret()
        )));
        let content: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
        let file = sealed(&content, &Lock::PublicKeys(vec![public]));
        assert_eq!(opened(&file, &Opener::SecretKey(again.unwrap())).unwrap(), content);
        let wrong = opened(&file, &Opener::SecretKey(SecretKey::random()));
        assert_eq!(wrong.unwrap_err(), SealedFileError::WrongPassphrase.to_string());
        for length in [10, 150, 400, 70_000, file.len() - 1] {
            let cut = opened(&file[..length], &Opener::SecretKey(key.clone()));
            assert!(cut.is_err(), "cut after {length}");
        }
        // On the border of two blocks, too: what is left are whole blocks.
        let head = file.len() - content.len() - 16 * content.len().div_ceil(1 << 16);
        let border = opened(&file[..head + (1 << 16) + 16], &Opener::SecretKey(key.clone()));
        assert_eq!(border.unwrap_err(), "unexpected end of file");
        for place in [100, 200_000, file.len() - 1] {
            let mut changed = file.clone();
            changed[place] ^= 1;
            assert!(
                opened(&changed, &Opener::SecretKey(key.clone())).is_err(),
                "byte {place}"
            );
        }
    }

    #[test]
    fn each_of_several_keys_opens_it_and_so_does_what_is_kept_for_once() {
        let keys = [SecretKey::random(), SecretKey::random()];
        let lock = Lock::PublicKeys(keys.iter().map(SecretKey::public_key).collect());
        let (with_once, once) = lock.opened_once();
        let file = sealed(b"dump", &with_once);
        for key in keys {
            assert_eq!(opened(&file, &Opener::SecretKey(key)).unwrap(), b"dump");
        }
        assert_eq!(opened(&file, &once).unwrap(), b"dump");
        assert!(opened(&sealed(b"dump", &lock), &once).is_err());
        assert!(SealedWriter::begin(Vec::new(), &Lock::PublicKeys(Vec::new())).is_err());
        let (_, once) = Lock::Passphrase("twelve boats at the quay".into()).opened_once();
        assert!(matches!(once, Opener::Passphrase(_)));
    }

    #[test]
    fn a_stream_opens_with_its_passphrase_only() {
        let lock = Lock::Passphrase("twelve boats at the quay\n".into());
        let file = sealed(b"dump", &lock);
        let right = Opener::Passphrase("twelve boats at the quay".into());
        assert_eq!(opened(&file, &right).unwrap(), b"dump");
        let wrong = Opener::Passphrase("twelve boats at the pier".into());
        assert_eq!(
            opened(&file, &wrong).unwrap_err(),
            SealedFileError::WrongPassphrase.to_string()
        );
        assert_eq!(
            opened(b"PGDMP", &right).unwrap_err(),
            SealedFileError::Foreign.to_string()
        );
        assert!(check_passphrase(&"twelve boats at the quay".into()) && !check_passphrase(&"short          \n".into()));
    }
}
