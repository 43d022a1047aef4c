//! The workspace's key: where it comes from, and the file that a new one is put into.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use app::{
    database::Address,
    session::Session,
    workspace_key::{self, Key},
};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::{address, failure::Failure, operator::CLIENT, operator::Operator};

/// The environment variable that holds it.
const VARIABLE: &str = "CONTAINERSTACKS_WORKSPACE_KEY";
/// Its name among the credentials that systemd passes on.
const CREDENTIAL: &str = "workspace-key";

/// Where the key is.
#[derive(Args)]
pub struct KeyArgs {
    /// A file that only you may read (mode 0600) whose first line is the workspace key
    ///
    /// Without it, `CONTAINERSTACKS_WORKSPACE_KEY` is taken, or the credential `workspace-key` of a systemd unit
    /// (`LoadCredential=workspace-key:/etc/…`). A key is never taken from the command line.
    #[arg(long, value_name = "FILE")]
    pub workspace_key_file: Option<PathBuf>,
}

fn malformed(from: &str, why: impl std::fmt::Display) -> Failure {
    Failure::bad(
        "workspace_key_malformed",
        format!("{why} ({from}) Nothing was changed."),
    )
}

impl KeyArgs {
    /// The key that was given, if one was. Nothing is known of it yet.
    fn given(&self) -> Result<Option<Key>, Failure> {
        let (text, from) = if let Some(file) = &self.workspace_key_file {
            (address::first_line(file)?, "--workspace-key-file")
        } else if let Some(text) = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()) {
            (text, VARIABLE)
        } else {
            let credential =
                std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(CREDENTIAL));
            match credential {
                Some(file) if file.is_file() => (address::first_line(&file)?, "the systemd credential"),
                _ => return Ok(None),
            }
        };
        parse(text, from).map(Some)
    }

    /// The key that was given, if it is the database's; `None` if none was given.
    pub async fn find(&self, operator: &Operator) -> Result<Option<Key>, Failure> {
        let Some(key) = self.given()? else {
            return Ok(None);
        };
        workspace_key::check(&operator.session, &key)
            .await
            .map_err(|error| operator.failed(error))?;
        Ok(Some(key))
    }

    /// The key, which must have been given.
    pub async fn require(&self, operator: &Operator) -> Result<Key, Failure> {
        if let Some(key) = self.find(operator).await? {
            return Ok(key);
        }
        let made = workspace_key::newest_version(&operator.session)
            .await
            .map_err(|error| operator.failed(error))?;
        Err(operator.failed(app::AppError::WorkspaceKey(match made {
            Some(_) => app::KeyProblem::Missing,
            None => app::KeyProblem::NotMade,
        })))
    }
}

/// The key in a file. Nothing is known of it yet.
pub fn in_file(file: &Path) -> Result<Key, Failure> {
    parse(address::first_line(file)?, "--workspace-key-file")
}

fn parse(text: String, from: &str) -> Result<Key, Failure> {
    workspace_key::parse(&SecretString::from(text)).map_err(|why| malformed(from, why))
}

/// The file of `csctl db init`: its key is there already, or is drawn and written before the database hears of it.
pub struct KeyFile {
    path: PathBuf,
    key: Key,
    is_new: bool,
}

impl KeyFile {
    /// Reads the file, or makes it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(
                "workspace_key_file",
                format!(
                    "The file {} can't be written ({error}); nothing was changed.",
                    path.display()
                ),
            )
        };
        let key = workspace_key::draw(1).map_err(|_| {
            Failure::new(
                "internal",
                "This computer gives no random numbers; nothing was changed.",
            )
        })?;
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                file.write_all(format!("{}\n", key.to_text().expose_secret()).as_bytes())
                    .and_then(|()| file.sync_all())
                    .map_err(failed)?;
                Ok(Self {
                    path: path.to_owned(),
                    key,
                    is_new: true,
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let text = SecretString::from(address::first_line(path)?);
                let key = workspace_key::parse(&text).map_err(|why| malformed("--workspace-key-file", why))?;
                Ok(Self {
                    path: path.to_owned(),
                    key,
                    is_new: false,
                })
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Makes the key the workspace's, unless it is; what to tell of it. A file of another key stays, a new one doesn't.
    pub async fn register(&self, place: &Address) -> Result<String, Failure> {
        let done = self.try_register(place).await;
        if let Err(failure) = done {
            if self.is_new {
                drop(fs::remove_file(&self.path));
            }
            return Err(Failure {
                exit: 3,
                message: format!("The database is initialized, but: {}", failure.message),
                ..failure
            });
        }
        Ok(format!(
            "The workspace key, version {}, is in {}: keep a copy in a safe place.",
            self.key.version(),
            self.path.display()
        ))
    }

    async fn try_register(&self, place: &Address) -> Result<(), Failure> {
        let session = Session::operator(place, CLIENT)
            .await
            .map_err(|error| Failure::of(error, place))?;
        workspace_key::register(&session, &self.key, async |_| Ok(()))
            .await
            .map_err(|error| Failure::of(error, place))
    }

    /// Removes a file that was made for nothing.
    pub fn give_up(self) {
        if self.is_new {
            drop(fs::remove_file(&self.path));
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Which of the workspace's keys it is.
    pub fn version(&self) -> u32 {
        self.key.version()
    }
}
