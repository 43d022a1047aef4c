//! The archive: the dump, then the manifest, its length and a mark, all of it sealed.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use sha2::{Digest, Sha256};
use vault::{Lock, Opener, SealedFileError, SealedWriter, open_stream};

use super::{
    BackupError,
    manifest::{self, Manifest, ParseError},
};

/// Stands at the end of the plaintext, behind the manifest's length.
const MARK: &[u8; 16] = b"containerstacks1";
const LENGTH: usize = 4;
/// The most that can't be told from the dump before the end is known.
const TAIL: usize = manifest::MOST_BYTES + LENGTH + MARK.len();
pub(super) const PIECE: usize = 1 << 16;

/// Digits of a hash.
pub(super) fn hex(bytes: &[u8]) -> String {
    crate::trust::log::hex(bytes)
}

/// Hashes and counts what passes.
struct Hashed<T> {
    inner: T,
    hash: Sha256,
    bytes: u64,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn take(&mut self, piece: &[u8]) {
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.take(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.take(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// An archive under way.
pub(super) struct Writer {
    sealed: SealedWriter<Hashed<File>>,
    hash: Sha256,
    bytes: u64,
}

/// The file's length and SHA-256.
pub(super) struct Measured {
    pub bytes: u64,
    pub sha256: String,
}

impl Writer {
    pub(super) fn begin(file: File, lock: &Lock) -> Result<Self, SealedFileError> {
        Ok(Self {
            sealed: SealedWriter::begin(Hashed::new(file), lock)?,
            hash: Sha256::new(),
            bytes: 0,
        })
    }

    /// A piece of the dump.
    pub(super) fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.hash.update(piece);
        self.bytes += piece.len() as u64;
        self.sealed.write_all(piece)
    }

    /// What the dump is.
    pub(super) fn dump(&self) -> Measured {
        Measured {
            bytes: self.bytes,
            sha256: hex(&self.hash.clone().finalize()),
        }
    }

    /// Writes the end, and makes sure that all of it is on the disk. The file stays locked until it is given back.
    pub(super) fn finish(mut self, manifest: &Manifest) -> io::Result<(Measured, File)> {
        let text = serde_json::to_vec(manifest)?;
        let length = u32::try_from(text.len())
            .ok()
            .filter(|_| text.len() <= manifest::MOST_BYTES)
            .ok_or_else(|| io::Error::other("the manifest is too large"))?;
        self.sealed.write_all(&text)?;
        self.sealed.write_all(&length.to_be_bytes())?;
        self.sealed.write_all(MARK)?;
        let done = self.sealed.finish()?;
        done.inner.sync_all()?;
        Ok((
            Measured {
                bytes: done.bytes,
                sha256: hex(&done.hash.finalize()),
            },
            done.inner,
        ))
    }
}

/// What an archive holds, all of it read.
pub(super) struct Content {
    pub manifest: Manifest,
    pub dump: Measured,
    pub archive: Measured,
}

/// Reads an archive to its end and hands the dump on, piece by piece. A taker that has had enough doesn't end the reading.
pub(super) fn read(
    path: &Path,
    opener: &Opener,
    mut dump: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<Content, BackupError> {
    let file = File::open(path).map_err(BackupError::reading(path))?;
    let mut file = Hashed::new(file);
    let mut measured = Hashed::new(io::sink());
    let mut wants_more = true;
    let mut hand_on = |piece: &[u8], measured: &mut Hashed<io::Sink>| {
        measured.take(piece);
        if wants_more {
            wants_more = dump(piece).is_ok();
        }
    };
    let mut tail: Vec<u8> = Vec::new();
    {
        let mut sealed = open_stream(&mut file, opener).map_err(|why| refused(path, why))?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = sealed.read(&mut piece).map_err(|why| match why.kind() {
                io::ErrorKind::UnexpectedEof => BackupError::Damaged("it was cut short".to_owned()),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                    BackupError::Damaged("a part of it was changed".to_owned())
                }
                _ => BackupError::reading(path)(why),
            })?;
            if read == 0 {
                break;
            }
            tail.extend_from_slice(piece.get(..read).unwrap_or_default());
            if tail.len() >= 2 * TAIL {
                let sure = tail.len() - TAIL;
                hand_on(tail.get(..sure).unwrap_or_default(), &mut measured);
                tail.drain(..sure);
            }
        }
    }
    let (rest, manifest) = split(&tail, path)?;
    hand_on(rest, &mut measured);
    Ok(Content {
        manifest,
        dump: Measured {
            bytes: measured.bytes,
            sha256: hex(&measured.hash.finalize()),
        },
        archive: Measured {
            bytes: file.bytes,
            sha256: hex(&file.hash.finalize()),
        },
    })
}

fn refused(path: &Path, why: SealedFileError) -> BackupError {
    let foreign = |why: &str| BackupError::NotABackup {
        path: path.to_owned(),
        why: why.to_owned(),
    };
    match why {
        SealedFileError::WrongPassphrase => BackupError::WrongKey,
        SealedFileError::Damaged => BackupError::Damaged("its head was cut short or changed".to_owned()),
        SealedFileError::TooCostly => foreign("it asks for too much work"),
        SealedFileError::TooLarge | SealedFileError::Foreign | SealedFileError::Failed => foreign("it is not sealed"),
    }
}

/// The rest of the dump, and the manifest behind it.
fn split<'a>(tail: &'a [u8], path: &Path) -> Result<(&'a [u8], Manifest), BackupError> {
    let foreign = || BackupError::NotABackup {
        path: path.to_owned(),
        why: "it holds something else".to_owned(),
    };
    let (rest, mark) = tail.split_last_chunk::<16>().ok_or_else(foreign)?;
    if mark != MARK {
        return Err(foreign());
    }
    let (rest, length) = rest.split_last_chunk::<LENGTH>().ok_or_else(foreign)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| foreign())?;
    let at = rest.len().checked_sub(length).ok_or_else(foreign)?;
    let (dump, text) = rest.split_at(at);
    let manifest = Manifest::parse(text).map_err(|why| match why {
        ParseError::Newer(form) => BackupError::Newer(form),
        ParseError::Foreign(_) => foreign(),
    })?;
    Ok((dump, manifest))
}

/// A file's length and SHA-256.
pub(super) fn measure(path: &Path) -> Result<Measured, BackupError> {
    let mut file = Hashed::new(File::open(path).map_err(BackupError::reading(path))?);
    io::copy(&mut file, &mut io::sink()).map_err(BackupError::reading(path))?;
    Ok(Measured {
        bytes: file.bytes,
        sha256: hex(&file.hash.finalize()),
    })
}
