//! The file that receives the connection URLs of new logins. It is complete under another name before the database
//! is changed and gets its own name after, so that an interruption at any point loses no password: the next run finds
//! either nothing, or a draft whose logins exist, or one whose logins don't.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use app::database::{Address, Logins};

use crate::failure::Failure;

/// A file under way, held by one program at a time.
#[derive(Debug)]
pub struct Draft {
    target: PathBuf,
    partial: PathBuf,
    file: File,
}

impl Draft {
    /// Opens the draft for `target`, mode 0600, and waits until no other program holds it.
    pub fn open(target: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(
                "credentials_file",
                format!(
                    "The file {} can't be made ({error}); nothing was changed.",
                    target.display()
                ),
            )
        };
        let mut name = target
            .file_name()
            .ok_or_else(|| Failure::usage("--credentials-file names no file; nothing was changed."))?
            .to_owned();
        name.push(".partial");
        let partial = target.with_file_name(name);
        loop {
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .open(&partial)
                .map_err(failed)?;
            let metadata = file.metadata().map_err(failed)?;
            let is_link = fs::symlink_metadata(&partial).is_ok_and(|entry| entry.is_symlink());
            if is_link || metadata.uid() != rustix::process::geteuid().as_raw() {
                return Err(Failure::new(
                    "credentials_file",
                    format!(
                        "The file {} was put there by somebody else; nothing was changed.",
                        partial.display()
                    ),
                ));
            }
            file.set_permissions(fs::Permissions::from_mode(0o600))
                .map_err(failed)?;
            file.lock().map_err(failed)?;
            // The one that held it may have finished it, or given it up.
            if fs::metadata(&partial).is_ok_and(|now| now.ino() == metadata.ino() && now.dev() == metadata.dev()) {
                return Ok(Self {
                    target: target.to_owned(),
                    partial,
                    file,
                });
            }
            if target.exists() {
                return Ok(Self {
                    target: target.to_owned(),
                    partial,
                    file,
                });
            }
        }
    }

    /// The desk's login that a cut-off run has left in the draft.
    pub fn left_over(&mut self) -> Option<String> {
        let mut text = String::new();
        self.file.rewind().ok()?;
        self.file.read_to_string(&mut text).ok()?;
        desk_login(&text)
    }

    /// Writes the URLs and makes sure that they are on the disk.
    pub fn write(&mut self, place: &Address, logins: &Logins) -> Result<(), Failure> {
        let text = format!(
            "{}\n{}\n",
            logins.desk.address(place).to_url(),
            logins.agent.address(place).to_url()
        );
        self.replace(text.as_bytes()).map_err(|error| {
            Failure::new(
                "credentials_file",
                format!(
                    "The file {} can't be written ({error}); nothing was changed.",
                    self.partial.display()
                ),
            )
        })
    }

    fn replace(&mut self, text: &[u8]) -> std::io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()?;
        self.file.write_all(text)?;
        self.file.sync_all()
    }

    /// Gives the file its name. Never over another.
    pub fn finish(self) -> Result<(), Failure> {
        let named = fs::hard_link(&self.partial, &self.target)
            .and_then(|()| fs::remove_file(&self.partial))
            .and_then(|()| {
                let folder = self
                    .target
                    .parent()
                    .filter(|folder| !folder.as_os_str().is_empty())
                    .unwrap_or(Path::new("."));
                File::open(folder)?.sync_all()
            });
        named.map_err(|error| {
            Failure::in_part(
                "credentials_file",
                format!(
                    "The database is initialized, but its logins are still in {}, which can't be renamed ({error}). Give the same command again.",
                    self.partial.display()
                ),
            )
        })
    }

    /// Removes the draft: its logins were not made.
    pub fn give_up(self) {
        drop(fs::remove_file(&self.partial));
    }
}

/// The desk's login in a finished file.
pub fn login_in(file: &Path) -> Option<String> {
    desk_login(&fs::read_to_string(file).ok()?)
}

fn desk_login(text: &str) -> Option<String> {
    let mut lines = text.lines();
    let (desk, agent) = (lines.next()?, lines.next()?);
    Address::from_url(agent).ok()?;
    Some(Address::from_url(desk).ok()?.login)
}
