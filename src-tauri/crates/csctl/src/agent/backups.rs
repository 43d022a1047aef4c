//! How `csctl agent` takes backups: what is said on its command line, and what is found elsewhere.

use std::path::PathBuf;

use app::{agent::Backups, backup::Retention};
use clap::Args;

use crate::{
    address::{self, Input, Ways},
    backup::keys,
    cli::Place,
    failure::Failure,
    operator::CLIENT,
};

const WAYS: Ways = Ways {
    what: "login for backups",
    argument: "--backup-database-url",
    file_argument: "--backup-database-url-file",
    variable: "CONTAINERSTACKS_BACKUP_DATABASE_URL",
    credential: "backup-database-url",
    // That is the agent's.
    takes_pgpassword: false,
};

/// What `csctl agent` takes for backups.
#[derive(Args)]
#[expect(clippy::struct_field_names, reason = "they are the arguments' names")]
pub struct BackupArgs {
    /// Take backups into this folder (made if it is missing); without it this agent takes none
    #[arg(long, value_name = "FOLDER")]
    pub backup_folder: Option<PathBuf>,
    /// The same database over a login for backups, without a password, or - for the first line of standard input
    ///
    /// Without it, `CONTAINERSTACKS_BACKUP_DATABASE_URL` is taken, or the credential `backup-database-url` of a systemd
    /// unit. The password comes from there, from the file named by PGPASSFILE (or ~/.pgpass), or from
    /// --backup-database-url-file, never from the command line.
    #[arg(
        long,
        value_name = "URL",
        requires = "backup_folder",
        conflicts_with = "backup_database_url_file"
    )]
    pub backup_database_url: Option<String>,
    /// A file that only you may read (mode 0600) whose first line is that URL; it may hold a password
    #[arg(long, value_name = "FILE", requires = "backup_folder")]
    pub backup_database_url_file: Option<PathBuf>,
    /// The public part of a key (age1…) that backups are sealed under; may be given again, and each opens them
    ///
    /// Without it, `CONTAINERSTACKS_BACKUP_RECIPIENT` is taken.
    #[arg(
        long,
        value_name = "AGE1…",
        requires = "backup_folder",
        conflicts_with = "backup_passphrase_file"
    )]
    pub backup_recipient: Vec<String>,
    /// Instead of a key: a file that only you may read (mode 0600) whose first line is a passphrase
    ///
    /// Without either, `CONTAINERSTACKS_BACKUP_PASSPHRASE` is taken, or the credential `backup-passphrase` of a systemd unit.
    #[arg(long, value_name = "FILE", requires = "backup_folder")]
    pub backup_passphrase_file: Option<PathBuf>,
    /// Take one so often
    #[arg(long, value_name = "HOURS", default_value_t = 24, requires = "backup_folder", value_parser = clap::value_parser!(u32).range(1..=744))]
    pub backup_every: u32,
    /// Keep the newest so many; where all four are 0, nothing is removed
    #[arg(long, value_name = "N", default_value_t = 0, requires = "backup_folder")]
    pub backup_keep_last: u32,
    /// Keep the newest of each of the last so many days that have one
    #[arg(long, value_name = "N", default_value_t = 7, requires = "backup_folder")]
    pub backup_keep_daily: u32,
    /// Keep the newest of each of the last so many weeks that have one
    #[arg(long, value_name = "N", default_value_t = 5, requires = "backup_folder")]
    pub backup_keep_weekly: u32,
    /// Keep the newest of each of the last so many months that have one
    #[arg(long, value_name = "N", default_value_t = 12, requires = "backup_folder")]
    pub backup_keep_monthly: u32,
}

impl BackupArgs {
    /// All that is needed, if backups are asked for.
    pub fn find(&self) -> Result<Option<Backups>, Failure> {
        let Some(folder) = &self.backup_folder else {
            return Ok(None);
        };
        let place = Place {
            database_url: self.backup_database_url.clone(),
            database_url_file: self.backup_database_url_file.clone(),
        };
        Ok(Some(Backups {
            place: address::find_by(&WAYS, &place, &mut Input::new())?,
            client: CLIENT.to_owned(),
            toolbox: local::toolbox(),
            folder: folder.clone(),
            lock: keys::find_lock(
                &self.backup_recipient,
                self.backup_passphrase_file.as_deref(),
                "--backup-",
            )?,
            keep: Retention {
                last: self.backup_keep_last,
                daily: self.backup_keep_daily,
                weekly: self.backup_keep_weekly,
                monthly: self.backup_keep_monthly,
            },
        }))
    }
}
