//! A file of workspace keys: a line for each, the newest first. It is only ever replaced whole, by one program at a
//! time, and whatever else stands in it stays.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

use app::{
    AppError,
    rotation::KeyPlace,
    workspace_key::{Key, KeyTextError, Ring},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{address, failure::Failure, key::malformed};

/// How the line of a key begins.
const KEY: &str = "cswk-";

/// The keys in a file that only this person may read.
pub fn read(file: &Path) -> Result<Ring, Failure> {
    parse(&address::private_text(file)?).map_err(|why| malformed("--workspace-key-file", why))
}

fn parse(text: &str) -> Result<Ring, KeyTextError> {
    let first = text.lines().next().unwrap_or_default();
    let keys: Vec<&str> = text.lines().filter(|line| is_key(line)).collect();
    // What is wrong with the first line is said of a file without a key.
    let keys = if is_key(first) {
        keys.join("\n")
    } else {
        first.to_owned()
    };
    Ring::parse(&SecretString::from(keys))
}

fn is_key(line: &str) -> bool {
    line.trim_start().starts_with(KEY)
}

/// Puts keys beside those in a file.
pub fn add(file: &Path, keys: &[Key]) -> io::Result<()> {
    change(file, |held| {
        Ring::of(held.keys().chain(keys).cloned()).unwrap_or_else(|| held.clone())
    })
}

/// Changes the keys of a file. Whoever is killed at it leaves the file as it was or as it is to be.
fn change(file: &Path, change: impl Fn(&Ring) -> Ring) -> io::Result<()> {
    // Behind a link is the file itself.
    let file = fs::canonicalize(file)?;
    let mut open = locked(&file)?;
    let mut text = String::new();
    open.read_to_string(&mut text)?;
    let held = parse(&text).map_err(|why| io::Error::new(io::ErrorKind::InvalidData, why.to_string()))?;
    let changed = change(&held);
    if changed.is_same_as(&held) {
        return Ok(());
    }
    let mut becomes = format!("{}\n", changed.to_text().expose_secret());
    for line in text.lines().filter(|line| !is_key(line)) {
        becomes.push_str(line);
        becomes.push('\n');
    }
    replace(&file, &open, &becomes)
}

/// The file, which nobody else changes while it is open.
fn locked(file: &Path) -> io::Result<File> {
    loop {
        let open = File::open(file)?;
        open.lock()?;
        // Whoever had it before may have put another in its place.
        let (own, there) = (open.metadata()?, fs::metadata(file)?);
        if (own.dev(), own.ino()) == (there.dev(), there.ino()) {
            return Ok(open);
        }
    }
}

fn replace(file: &Path, old: &File, text: &str) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("/"));
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().unwrap_or_default());
    name.push(".new");
    let beside = folder.join(name);
    // Left by somebody who was killed: only one at a time comes here.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let written = write(&beside, old, text).and_then(|()| fs::rename(&beside, file));
    if written.is_err() {
        drop(fs::remove_file(&beside));
        return written;
    }
    File::open(folder)?.sync_all()
}

fn write(beside: &Path, old: &File, text: &str) -> io::Result<()> {
    let mut new = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(beside)?;
    let (owner, me) = (old.metadata()?, new.metadata()?);
    if (owner.uid(), owner.gid()) != (me.uid(), me.gid()) {
        fchown(&new, Some(owner.uid()), Some(owner.gid()))?;
    }
    new.write_all(text.as_bytes())?;
    new.sync_all()
}

/// A file as the place of somebody's keys. What is retired stays in it: it opens older copies of the database.
pub struct KeyFilePlace(pub PathBuf);

impl KeyPlace for KeyFilePlace {
    async fn load(&self) -> Result<Ring, AppError> {
        let text = fs::read_to_string(&self.0).map_err(AppError::Export)?;
        parse(&text).map_err(|why| AppError::invalid("workspace-key-file", why))
    }

    async fn add(&self, keys: &[Key]) -> Result<(), AppError> {
        add(&self.0, keys).map_err(AppError::Export)
    }

    async fn forget(&self, key: &Key) -> Result<(), AppError> {
        change(&self.0, |held| {
            held.only(|other| other.fingerprint() != key.fingerprint())
                .unwrap_or_else(|| held.clone())
        })
        .map_err(AppError::Export)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn key(version: u32) -> Key {
        Key::new(version, [7; 32])
    }

    #[test]
    fn keys_are_added_beside_others_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workspace.key");
        let line = key(1).to_text();
        fs::write(&file, format!("{}\n# the safe in the cellar\n", line.expose_secret())).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let shortcut = folder.path().join("shortcut");
        std::os::unix::fs::symlink(&file, &shortcut).unwrap();
        // Left by somebody who was killed.
        fs::write(folder.path().join(".workspace.key.new"), "half").unwrap();
        add(&shortcut, &[key(2)]).unwrap();
        assert!(fs::symlink_metadata(&shortcut).unwrap().is_symlink());
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("cswk-2-"));
        assert_eq!((lines[1], lines[2]), (line.expose_secret(), "# the safe in the cellar"));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        let versions: Vec<u32> = read(&file).unwrap().keys().map(Key::version).collect();
        assert_eq!(versions, [2, 1]);
    }

    #[test]
    fn those_who_add_at_once_all_do() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workspace.key");
        fs::write(&file, format!("{}\n", key(1).to_text().expose_secret())).unwrap();
        std::thread::scope(|scope| {
            for version in 2..10 {
                let file = &file;
                scope.spawn(move || add(file, &[key(version)]).unwrap());
            }
        });
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(parse(&text).unwrap().keys().count(), 9);
    }

    #[test]
    fn a_file_without_a_key_is_not_one() {
        assert_eq!(parse("").err(), Some(KeyTextError::Form));
        assert_eq!(parse("hunter2\n").err(), Some(KeyTextError::Form));
        assert_eq!(parse("cswk-1-AAAA\n").err(), Some(KeyTextError::Checksum));
    }
}
