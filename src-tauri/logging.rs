//! What the program did, on standard error and in a file of bounded size. Secrets are never given to it.

use std::{
    fs::{self, File},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

/// Says what is logged, as `RUST_LOG` does for other programs.
const FILTER: &str = "CONTAINERSTACKS_LOG";
const USUAL: &str = "info,sqlx=warn,zbus=warn,keyring=warn";
const FILE: &str = "containerstacks.log";
/// A file that has grown past this becomes the older one; there are two at most.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Begins to log; panics are logged too.
pub fn start(folder: &Path) -> io::Result<()> {
    let filter = || EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new(USUAL));
    let file = Rotating::open(folder.join(FILE), MOST_BYTES)?;
    let to_file = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(Mutex::new(file));
    let to_terminal = tracing_subscriber::fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let begun = tracing_subscriber::registry()
        .with(to_file.with_filter(filter()))
        .with(to_terminal.with_filter(filter()))
        .try_init();
    begun.map_err(io::Error::other)?;

    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // Without its message, which may quote anything.
        tracing::error!(
            at = panic.location().map(tracing::field::display),
            "a thread has panicked"
        );
        usual(panic);
    }));
    Ok(())
}

/// A file that makes way for a new one when it is full.
struct Rotating {
    path: PathBuf,
    file: File,
    bytes: u64,
    most: u64,
}

impl Rotating {
    fn open(path: PathBuf, most: u64) -> io::Result<Self> {
        let file = File::options().create(true).append(true).open(&path)?;
        let bytes = file.metadata()?.len();
        Ok(Self {
            path,
            file,
            bytes,
            most,
        })
    }
}

impl Write for Rotating {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.bytes >= self.most {
            fs::rename(&self.path, self.path.with_extension("old.log"))?;
            *self = Self::open(self.path.clone(), self.most)?;
        }
        let written = self.file.write(line)?;
        self.bytes = self.bytes.saturating_add(written as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_two_files_at_most() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path().join("x.log"), 10).unwrap();
        for line in ["one 456789\n", "two 456789\n", "three\n", "four\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(
            fs::read_to_string(folder.path().join("x.log")).unwrap(),
            "three\nfour\n"
        );
        assert_eq!(
            fs::read_to_string(folder.path().join("x.old.log")).unwrap(),
            "two 456789\n"
        );
        assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_is_there_is_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.log");
        fs::write(&path, "before\n").unwrap();
        Rotating::open(path.clone(), 100)
            .unwrap()
            .write_all(b"after\n")
            .unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "before\nafter\n");
    }
}
