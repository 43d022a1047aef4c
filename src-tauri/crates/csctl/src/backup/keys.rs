//! What seals backups and what opens them. Secret parts come from files of mode 0600, the environment or systemd's
//! credentials, never from the command line.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use app::backup::{LEAST_LETTERS, Lock, Opener, PublicKey, SecretKey, check_passphrase};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use crate::{address, failure::Failure, report::Report};

const RECIPIENT: &str = "CONTAINERSTACKS_BACKUP_RECIPIENT";
const KEY: &str = "CONTAINERSTACKS_BACKUP_KEY";
const PASSPHRASE: &str = "CONTAINERSTACKS_BACKUP_PASSPHRASE";

/// `csctl backup key`
#[derive(Args)]
pub struct KeyArgs {
    /// A new file (mode 0600) for the secret part; keep it where the backups are not, and a copy of it
    #[arg(long, value_name = "FILE")]
    pub file: PathBuf,
}

/// What a backup is sealed under.
#[derive(Args)]
pub struct LockArgs {
    /// The public part of a key (age1…), as csctl backup key or age-keygen prints it
    ///
    /// Who takes backups then can't read them. May be given again: each key opens them. Without it,
    /// `CONTAINERSTACKS_BACKUP_RECIPIENT` is taken (several with a space between them).
    #[arg(long, value_name = "AGE1…", conflicts_with = "passphrase_file")]
    pub recipient: Vec<String>,
    /// Instead of a key: a file that only you may read (mode 0600) whose first line is a passphrase
    ///
    /// Without either, `CONTAINERSTACKS_BACKUP_PASSPHRASE` is taken, or the credential `backup-passphrase` of a systemd unit.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// What opens a backup.
#[derive(Args)]
pub struct OpenerArgs {
    /// A file that only you may read (mode 0600) with the secret part of the key (AGE-SECRET-KEY-1…)
    ///
    /// Without it, `CONTAINERSTACKS_BACKUP_KEY` is taken, or the credential `backup-key` of a systemd unit.
    #[arg(long, value_name = "FILE", conflicts_with = "passphrase_file")]
    pub key_file: Option<PathBuf>,
    /// Instead of a key: a file that only you may read (mode 0600) whose first line is the passphrase
    ///
    /// Without either, `CONTAINERSTACKS_BACKUP_PASSPHRASE` is taken, or the credential `backup-passphrase` of a systemd unit.
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

fn credential(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CREDENTIALS_DIRECTORY")?;
    Some(Path::new(&folder).join(name)).filter(|file| file.is_file())
}

fn passphrase(file: Option<&Path>) -> Result<Option<SecretString>, Failure> {
    if let Some(file) = file {
        return address::first_line(file).map(|text| Some(text.into()));
    }
    if let Some(text) = variable(PASSPHRASE) {
        return Ok(Some(text.into()));
    }
    let file = credential("backup-passphrase");
    file.map(|file| address::first_line(&file).map(SecretString::from))
        .transpose()
}

impl LockArgs {
    /// The public key, else the passphrase.
    pub fn find(&self) -> Result<Lock, Failure> {
        find_lock(&self.recipient, self.passphrase_file.as_deref(), "--")
    }
}

/// The public keys, else the passphrase; `dashes` begin the names of the arguments.
pub fn find_lock(recipients: &[String], passphrase_file: Option<&Path>, dashes: &str) -> Result<Lock, Failure> {
    let recipients = match passphrase_file {
        None if recipients.is_empty() => variable(RECIPIENT)
            .iter()
            .flat_map(|all| all.split([' ', ',']))
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect(),
        _ => recipients.to_vec(),
    };
    if recipients.iter().any(|text| text.contains("SECRET")) {
        return Err(Failure::bad(
            "backup_key_on_command_line",
            "This is the secret part of a key, which every user of this computer can read now; nothing was done. Make another key, and give its public part.",
        ));
    }
    if !recipients.is_empty() {
        let keys: Option<Vec<PublicKey>> = recipients.iter().map(|text| PublicKey::parse(text)).collect();
        return keys.map(Lock::PublicKeys).ok_or_else(|| {
            Failure::bad(
                "backup_recipient_malformed",
                "This is no public key of the form age1…; nothing was done.",
            )
        });
    }
    let Some(passphrase) = passphrase(passphrase_file)? else {
        return Err(Failure::usage(format!(
            "Say what the backup is sealed under: {dashes}recipient, {dashes}passphrase-file, {RECIPIENT} or {PASSPHRASE}. Nothing was done."
        )));
    };
    if !check_passphrase(&passphrase) {
        return Err(Failure::bad(
            "backup_passphrase_short",
            format!("A passphrase for backups has at least {LEAST_LETTERS} characters; nothing was done."),
        ));
    }
    Ok(Lock::Passphrase(passphrase))
}

impl OpenerArgs {
    /// The secret key, else the passphrase.
    pub fn find(&self) -> Result<Opener, Failure> {
        let key = match (&self.key_file, &self.passphrase_file) {
            (Some(file), _) => Some(address::private_text(file)?),
            (None, Some(_)) => None,
            (None, None) => match (variable(KEY), credential("backup-key")) {
                (Some(text), _) => Some(text),
                (None, Some(file)) => Some(address::private_text(&file)?),
                (None, None) => None,
            },
        };
        if let Some(text) = key {
            return SecretKey::parse(&text.into()).map(Opener::SecretKey).ok_or_else(|| {
                Failure::bad(
                    "backup_key_malformed",
                    "This is no secret key of the form AGE-SECRET-KEY-1…; nothing was done.",
                )
            });
        }
        passphrase(self.passphrase_file.as_deref())?
            .map(Opener::Passphrase)
            .ok_or_else(|| {
                Failure::usage(format!(
                    "Say what opens the backup: --key-file, --passphrase-file, {KEY} or {PASSPHRASE}. Nothing was done."
                ))
            })
    }
}

/// Makes a key. Only its public part is told.
pub fn make(arguments: &KeyArgs) -> Result<Report, Failure> {
    let key = SecretKey::random();
    let public = key.public_key().to_string();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&arguments.file)
        .and_then(|mut file| {
            writeln!(file, "# public key: {public}\n{}", key.to_text().expose_secret())?;
            file.sync_all()
        });
    written.map_err(|error| {
        Failure::new(
            "backup_key_file",
            format!(
                "The file {} can't be made ({error}); there is no new key.",
                arguments.file.display()
            ),
        )
    })?;
    Ok(Report {
        lines: vec![
            format!("Public key, for csctl backup create: {public}"),
            format!(
                "The secret key is in {}: keep it and a copy where the backups are not. Without it no backup can be opened.",
                arguments.file.display()
            ),
        ],
        json: json!({ "recipient": public, "key_file": arguments.file }),
    })
}
