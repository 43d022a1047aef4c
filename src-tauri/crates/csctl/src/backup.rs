//! `csctl backup`: taking backups, and finding out what they are worth.

pub(crate) mod keys;
mod role;
mod told;

use std::path::{Path, PathBuf};

use app::{
    backup::{self, BackupError, Create, Restore, Restored, Retention, State, Verify},
    database::Address,
};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use local::Scratch;
use serde_json::json;

use crate::{
    address::{self, Input},
    cli::Place,
    failure::{Failure, count},
    operator::CLIENT,
    report::Report,
};
use keys::{LockArgs, OpenerArgs};

/// `csctl backup …`
#[derive(Subcommand)]
pub enum BackupCommand {
    /// Make a key: its public part seals backups, its secret part opens them
    Key(keys::KeyArgs),
    /// Add, list and revoke the logins that backups are taken over
    Role {
        /// What to do.
        #[command(subcommand)]
        command: role::RoleCommand,
    },
    /// Take a backup of the whole workspace, sealed
    #[command(after_help = CREATE_HELP)]
    Create(CreateArgs),
    /// List what is in a folder, and how far each is to be believed
    List(ListArgs),
    /// Read a whole backup and compare its content with what was there
    #[command(after_help = "What was found out is kept beside the backup, good or bad; csctl backup list shows it.")]
    Verify(VerifyArgs),
    /// Prove a backup in a scratch server, or restore it into an empty database
    #[command(after_help = RESTORE_HELP)]
    Restore(RestoreArgs),
    /// Remove backups that no rule keeps
    #[command(
        after_help = "The newest backup and the newest that was proven by a restore always stay, and so do damaged ones: those are for a person. What \
                      killed programs have left goes."
    )]
    Prune(PruneArgs),
}

const CREATE_HELP: &str = "\
It reads one snapshot of the database: pg_dump's, in which rows are counted and hashed over a second connection. The dump is
compared with that while it is written, sealed (age), and gets its name when all of it is on the disk. The login has to see
everything: csctl backup role add makes one for this. pg_dump must be no older than the server.

Example:
  csctl backup key --file backup.key                       # keep it elsewhere; prints the public part, age1…
  csctl backup role add --database-url postgres://postgres@db.example/books --credentials-file backup-url.txt
  csctl backup create --database-url-file backup-url.txt --folder /var/backups/books --recipient age1…";

const RESTORE_HELP: &str = "\
Without --into a private PostgreSQL is started for the purpose, the backup restored into it, row counts, hashes, sequences,
isolation and log compared, and all of it thrown away; the proof is kept beside the backup. With --into the database has to
be there and empty; its login is an administrator's. All of the backup is read before anything is restored.

Exit codes: 0 restored and equal, 1 not restored, or not equal, 3 restored, but something else is to be put right.";

/// `csctl backup create`
#[derive(Args)]
pub struct CreateArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What it is sealed under.
    #[command(flatten)]
    pub lock: LockArgs,
    /// Where backups are kept; made if it is missing
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Say what would be backed up, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl backup list`
#[derive(Args)]
pub struct ListArgs {
    /// Where backups are kept
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Read each file, and compare it with the hash that it was written with
    #[arg(long)]
    pub hash: bool,
}

/// Which backup.
#[derive(Args)]
pub struct Which {
    /// The archive (….dump.age)
    #[arg(
        value_name = "ARCHIVE",
        required_unless_present = "folder",
        conflicts_with = "folder"
    )]
    pub archive: Option<PathBuf>,
    /// Instead of an archive: the newest in this folder
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// `csctl backup verify`
#[derive(Args)]
pub struct VerifyArgs {
    /// Which backup.
    #[command(flatten)]
    pub which: Which,
    /// What opens it.
    #[command(flatten)]
    pub opener: OpenerArgs,
}

/// `csctl backup restore`
#[derive(Args)]
pub struct RestoreArgs {
    /// Which backup.
    #[command(flatten)]
    pub which: Which,
    /// What opens it.
    #[command(flatten)]
    pub opener: OpenerArgs,
    /// Restore into a scratch server that is thrown away, as a proof; this is the default
    #[arg(long, conflicts_with_all = ["into", "into_file"])]
    pub scratch: bool,
    /// Where the scratch server's folder is made [default: the folder for temporary files]
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["into", "into_file"])]
    pub scratch_folder: Option<PathBuf>,
    /// Restore into this empty database: a URL without a password, or - for the first line of standard input
    #[arg(long, value_name = "URL", conflicts_with = "into_file")]
    pub into: Option<String>,
    /// The same from a file that only you may read (mode 0600); the URL in it may hold a password
    #[arg(long, value_name = "FILE")]
    pub into_file: Option<PathBuf>,
    /// Read the backup, say whether it could be restored there, and restore nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl backup prune`
#[derive(Args)]
pub struct PruneArgs {
    /// Where backups are kept
    #[arg(long, value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Keep the newest so many
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub keep_last: u32,
    /// Keep the newest of each of the last so many days that have one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub keep_daily: u32,
    /// Keep the newest of each of the last so many weeks that have one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub keep_weekly: u32,
    /// Keep the newest of each of the last so many months that have one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub keep_monthly: u32,
    /// Say what would go, and remove nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &BackupCommand) -> Result<Report, Failure> {
    match command {
        BackupCommand::Key(arguments) => keys::make(arguments),
        BackupCommand::Role { command } => role::run(command).await,
        BackupCommand::Create(arguments) => create(arguments).await,
        BackupCommand::List(arguments) => list(arguments),
        BackupCommand::Verify(arguments) => verify(arguments).await,
        BackupCommand::Restore(arguments) => restore(arguments).await,
        BackupCommand::Prune(arguments) => prune(arguments),
    }
}

fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "the edge: here the clock is read")]
    Utc::now()
}

/// What a use-case says, as this program's failure.
pub(crate) fn failure(error: BackupError, place: Option<&Address>) -> Failure {
    let code = error.code();
    match (error, place) {
        (BackupError::Store(error), Some(place)) => Failure::of(error.into(), place),
        (BackupError::Other(error), Some(place)) => Failure::of(*error, place),
        (error, _) => Failure::new(code, error.to_string()),
    }
}

async fn create(arguments: &CreateArgs) -> Result<Report, Failure> {
    let mut input = Input::new();
    let place = address::find(&arguments.place, &mut input)?;
    let lock = arguments.lock.find()?;
    let toolbox = local::toolbox();
    if arguments.dry_run {
        let prospect = backup::prospect(&place, CLIENT, &toolbox)
            .await
            .map_err(|error| failure(error, Some(&place)))?;
        return Ok(told::prospect(&prospect, &arguments.folder));
    }
    let order = Create {
        place: &place,
        client: CLIENT,
        toolbox: &toolbox,
        folder: &arguments.folder,
        lock: &lock,
        lease: None,
    };
    let created = backup::create(&order)
        .await
        .map_err(|error| failure(error, Some(&place)))?;
    Ok(told::created(&created))
}

fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let entries = backup::list(&arguments.folder, arguments.hash).map_err(|error| failure(error, None))?;
    Ok(told::listed(&entries, now()))
}

/// The archive that is meant.
fn chosen(which: &Which) -> Result<PathBuf, Failure> {
    if let Some(archive) = &which.archive {
        return Ok(archive.clone());
    }
    let folder = which.folder.as_deref().unwrap_or(Path::new("."));
    let entries = backup::list(folder, false).map_err(|error| failure(error, None))?;
    let usable = |state: State| matches!(state, State::Claimed | State::Verified | State::Proven);
    let newest = entries.into_iter().find(|entry| usable(entry.state));
    newest.map(|entry| entry.path).ok_or_else(|| {
        Failure::new(
            "no_backup",
            format!("There is no backup in {} that isn't damaged.", folder.display()),
        )
    })
}

async fn verify(arguments: &VerifyArgs) -> Result<Report, Failure> {
    let archive = chosen(&arguments.which)?;
    let opener = arguments.opener.find()?;
    let order = Verify {
        archive: &archive,
        opener: &opener,
        toolbox: &local::toolbox(),
        client: CLIENT,
        now: now(),
    };
    let verified = backup::verify(&order).await.map_err(|error| failure(error, None))?;
    Ok(told::verified(&archive, &verified))
}

async fn restore(arguments: &RestoreArgs) -> Result<Report, Failure> {
    let archive = chosen(&arguments.which)?;
    let opener = arguments.opener.find()?;
    let toolbox = local::toolbox();
    let from = Verify {
        archive: &archive,
        opener: &opener,
        toolbox: &toolbox,
        client: CLIENT,
        now: now(),
    };
    if arguments.into.is_none() && arguments.into_file.is_none() {
        return prove(arguments, from).await;
    }
    let place = Place {
        database_url: arguments.into.clone(),
        database_url_file: arguments.into_file.clone(),
    };
    let to = address::find(&place, &mut Input::new())?;
    let order = Restore { from, to: &to };
    if arguments.dry_run {
        let manifest = backup::prospect_into(&order)
            .await
            .map_err(|error| failure(error, Some(&to)))?;
        return Ok(Report {
            lines: vec![format!(
                "Would restore {} of {} into the empty database {}. Nothing was restored.",
                count(usize::try_from(manifest.rows()).unwrap_or(usize::MAX), "row"),
                manifest.workspace.name,
                to.database
            )],
            json: json!({ "dry_run": true, "archive": archive, "rows": manifest.rows(), "taken_at": manifest.taken_at }),
        });
    }
    let restored = backup::into(&order).await.map_err(|error| failure(error, Some(&to)))?;
    outcome(told::restored(&archive, &restored, Some(&to)), &restored)
}

/// In a server of one's own, which goes whatever happens.
async fn prove(arguments: &RestoreArgs, from: Verify<'_>) -> Result<Report, Failure> {
    let beside = backup::beside(from.archive).map_err(|error| failure(error, None))?;
    let major = beside
        .as_ref()
        .map_or(0, |beside| u32::try_from(beside.database.server_major).unwrap_or(0));
    if arguments.dry_run {
        let verified = backup::verify(&from).await.map_err(|error| failure(error, None))?;
        let mut report = told::verified(from.archive, &verified);
        report
            .lines
            .push("Would restore it into a scratch server. Nothing was restored.".to_owned());
        report.json["dry_run"] = json!(true);
        return Ok(report);
    }
    let parent = arguments.scratch_folder.clone().unwrap_or_else(std::env::temp_dir);
    let scratch = Scratch::start(&parent, major)
        .await
        .map_err(|error| Failure::new("scratch_server", format!("{error} Nothing was restored.")))?;
    let to = scratch.address();
    let archive = from.archive.to_owned();
    let outcome_of = backup::prove(&Restore { from, to: &to }).await;
    let is_gone = scratch.end().await;
    let restored = outcome_of.map_err(|error| failure(error, Some(&to)))?;
    let mut report = told::restored(&archive, &restored, None);
    report.json["scratch_removed"] = json!(is_gone);
    if !is_gone {
        report.lines.push(format!(
            "The scratch server's folder below {} could not be removed: it holds the restored data.",
            parent.display()
        ));
        return Err(Failure::done_in_part(
            report,
            "scratch_left",
            "The backup was proven, but the scratch server is still there.",
        ));
    }
    outcome(report, &restored)
}

/// What was restored is equal; whether there is anything else to say.
fn outcome(report: Report, restored: &Restored) -> Result<Report, Failure> {
    if restored.isolation.is_empty() && restored.log_breaks.is_empty() {
        return Ok(report);
    }
    Err(Failure::done_in_part(
        report,
        "restored_not_sound",
        "The backup was restored and its content is equal, but the isolation check or the log found something wrong.",
    ))
}

fn prune(arguments: &PruneArgs) -> Result<Report, Failure> {
    let rules = Retention {
        last: arguments.keep_last,
        daily: arguments.keep_daily,
        weekly: arguments.keep_weekly,
        monthly: arguments.keep_monthly,
    };
    if rules.keeps_nothing() {
        return Err(Failure::usage(
            "Say what to keep: --keep-last, --keep-daily, --keep-weekly, --keep-monthly. Nothing was removed.",
        ));
    }
    let fates = backup::what_goes(&arguments.folder, rules).map_err(|error| failure(error, None))?;
    if !arguments.dry_run {
        backup::prune(&fates).map_err(|error| failure(error, None))?;
    }
    Ok(told::pruned(&fates, arguments.dry_run))
}
