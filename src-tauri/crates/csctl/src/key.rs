//! The workspace's key: where it comes from, and the file that a new one is put into.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use app::{
    AppError, KeyProblem,
    agent::Keys,
    database::Address,
    session::Session,
    workspace_key::{self, Key, Ring},
};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};

use crate::{address, failure::Failure, key_file, operator::CLIENT, operator::Operator};

/// The environment variable that holds it.
const VARIABLE: &str = "CONTAINERSTACKS_WORKSPACE_KEY";
/// Its name among the credentials that systemd passes on.
const CREDENTIAL: &str = "workspace-key";

/// Where the key is.
#[derive(Args)]
pub struct KeyArgs {
    /// A file that only you may read (mode 0600) with the workspace key, and older ones that still open something
    ///
    /// When the key was rotated, the newer one is added to the file.
    ///
    /// Without it, `CONTAINERSTACKS_WORKSPACE_KEY` is taken, or the credential `workspace-key` of a systemd unit
    /// (`LoadCredential=workspace-key:/etc/…`). A key is never taken from the command line.
    #[arg(long, value_name = "FILE")]
    pub workspace_key_file: Option<PathBuf>,
}

pub fn malformed(from: &str, why: impl std::fmt::Display) -> Failure {
    Failure::bad(
        "workspace_key_malformed",
        format!("{why} ({from}) Nothing was changed."),
    )
}

/// Where keys were taken from.
enum Source<'a> {
    File(&'a Path),
    Elsewhere(&'static str),
}

impl KeyArgs {
    /// The keys that were given, if any were. Nothing is known of them yet.
    fn given(&self) -> Result<Option<(Ring, Source<'_>)>, Failure> {
        if let Some(file) = &self.workspace_key_file {
            return Ok(Some((key_file::read(file)?, Source::File(file))));
        }
        if let Some(text) = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty()) {
            return Ok(Some((parse(text, VARIABLE)?, Source::Elsewhere(VARIABLE))));
        }
        let Some(file) = address::credential(CREDENTIAL) else {
            return Ok(None);
        };
        // A unit passes it on where it is there, and this word where it isn't.
        if matches!(address::first_line(&file)?.as_str(), "" | "none") {
            return Ok(None);
        }
        Ok(Some((
            key_file::read(&file)?,
            Source::Elsewhere("the systemd credential"),
        )))
    }

    /// The keys that were given, if any were, for a program that asks the database later, and time and again: what it
    /// learns then is put where they are.
    pub fn held(&self) -> Result<Option<Keys>, Failure> {
        Ok(self.given()?.map(|(ring, source)| {
            let kept = match source {
                Source::File(file) => Ok(file.to_owned()),
                Source::Elsewhere(place) => Err(place),
            };
            Keys::new(ring, move |learned| {
                let source = match &kept {
                    Ok(file) => Source::File(file),
                    Err(place) => Source::Elsewhere(place),
                };
                if let Some(newest) = learned.last() {
                    tell_newer(newest.version(), &source, learned, "until this program ends");
                }
            })
        }))
    }

    /// The keys that were given, if they are the database's; `None` if none were given. A newer one that follows from
    /// them is put beside them where they are, unless nothing shall be changed.
    pub async fn find(&self, operator: &Operator, dry_run: bool) -> Result<Option<Ring>, Failure> {
        let Some((given, source)) = self.given()? else {
            return Ok(None);
        };
        let checked = workspace_key::check(&operator.session, &given)
            .await
            .map_err(|error| operator.failed(error))?;
        if let Some(newest) = checked.learned.last().filter(|_| !dry_run) {
            tell_newer(newest.version(), &source, &checked.learned, "for this time only");
        }
        Ok(Some(checked.ring))
    }

    /// The keys, which must have been given.
    pub async fn require(&self, operator: &Operator, dry_run: bool) -> Result<Ring, Failure> {
        if let Some(keys) = self.find(operator, dry_run).await? {
            return Ok(keys);
        }
        let made = workspace_key::newest_version(&operator.session)
            .await
            .map_err(|error| operator.failed(error))?;
        Err(operator.failed(AppError::WorkspaceKey(match made {
            Some(_) => KeyProblem::Missing,
            None => KeyProblem::NotMade,
        })))
    }
}

/// Keeps what was learned, and says so beside the answer: what was asked for goes on in any case.
fn tell_newer(version: u32, source: &Source<'_>, learned: &[Key], how_long: &str) {
    let told = match source {
        Source::File(file) => match key_file::add(file, learned) {
            Ok(()) => format!("version {version} was added to {}", file.display()),
            Err(error) => format!(
                "version {version} is used {how_long}, because {} can't be written ({error}); put the newer key there",
                file.display()
            ),
        },
        Source::Elsewhere(place) => {
            format!("version {version} is used {how_long}; put the newer key into {place}")
        }
    };
    drop(writeln!(
        std::io::stderr().lock(),
        "note: The workspace key was rotated: {told}."
    ));
}

/// The keys in a file. Nothing is known of them yet.
pub fn in_file(file: &Path) -> Result<Ring, Failure> {
    key_file::read(file)
}

fn parse(text: String, from: &str) -> Result<Ring, Failure> {
    workspace_key::parse(&SecretString::from(text)).map_err(|why| malformed(from, why))
}

/// The file of `csctl db init`: its key is there already, or is drawn and written before the database hears of it.
pub struct KeyFile {
    path: PathBuf,
    keys: Ring,
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
                    keys: key.into(),
                    is_new: true,
                })
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(Self {
                path: path.to_owned(),
                keys: key_file::read(path)?,
                is_new: false,
            }),
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
            self.version(),
            self.path.display()
        ))
    }

    async fn try_register(&self, place: &Address) -> Result<(), Failure> {
        let session = Session::operator(place, CLIENT)
            .await
            .map_err(|error| Failure::of(error, place))?;
        let failed = |error| Failure::of(error, place);
        match workspace_key::check(&session, &self.keys).await {
            Ok(_) => Ok(()),
            Err(AppError::WorkspaceKey(KeyProblem::NotMade | KeyProblem::Wrong)) => {
                workspace_key::register(&session, self.keys.newest(), async |_| Ok(()))
                    .await
                    .map_err(failed)
            }
            Err(other) => Err(failed(other)),
        }
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
        self.keys.newest().version()
    }
}
