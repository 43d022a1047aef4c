//! `csctl backup role`: the logins that backups are taken over, for whoever administers the server.

use std::{fs, path::PathBuf};

use app::{AppError, backup, database::StoreError, domain::desk::DeskLabel};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::{
    address::{self, Input},
    business::wrong,
    cli::Place,
    desk::{fill, reserve},
    failure::Failure,
    operator::CLIENT,
    report::Report,
};

/// `csctl backup role …`
#[derive(Subcommand)]
pub enum RoleCommand {
    /// Make a login that reads everything and writes nothing
    #[command(
        after_help = "The login is an administrator's: a superuser, or the owner of the database with CREATEROLE. Who has the new one reads \
                      everything but what is sealed: keep its URL as you keep passwords."
    )]
    Add(AddArgs),
    /// List them
    List(ListArgs),
    /// Close one for good
    Revoke(RevokeArgs),
}

/// `csctl backup role add`
#[derive(Args)]
pub struct AddArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// What it is called
    #[arg(long, value_name = "NAME", default_value = "Backups")]
    pub label: String,
    /// A new file (mode 0600) for the connection URL
    #[arg(long, value_name = "FILE", required_unless_present = "dry_run")]
    pub credentials_file: Option<PathBuf>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl backup role list`
#[derive(Args)]
pub struct ListArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// `csctl backup role revoke`
#[derive(Args)]
pub struct RevokeArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The login, as the list has it
    pub login: String,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Runs one of the commands.
pub async fn run(command: &RoleCommand) -> Result<Report, Failure> {
    match command {
        RoleCommand::Add(arguments) => add(arguments).await,
        RoleCommand::List(arguments) => list(arguments).await,
        RoleCommand::Revoke(arguments) => revoke(arguments).await,
    }
}

async fn add(arguments: &AddArgs) -> Result<Report, Failure> {
    let administrator = address::find(&arguments.place, &mut Input::new())?;
    let label = DeskLabel::parse(&arguments.label).map_err(|why| wrong("label", why))?;
    let Some(file) = arguments.credentials_file.as_deref().filter(|_| !arguments.dry_run) else {
        return Ok(Report {
            lines: vec![format!(
                "Would make the login {label} for backups of {}.",
                administrator.database
            )],
            json: json!({ "would": "add", "label": label.as_str() }),
        });
    };
    // The name first: a file that can't be made is found out before the database is changed.
    reserve(file)?;
    let login = match backup::add_login(&administrator, CLIENT, label.as_str()).await {
        Ok(login) => login,
        Err(error) => {
            drop(fs::remove_file(file));
            return Err(Failure::of(error, &administrator));
        }
    };
    fill(file, &login, &administrator)?;
    Ok(Report {
        lines: vec![format!(
            "The login {} reads everything, for backups; its connection URL is in {}.",
            login.login,
            file.display()
        )],
        json: json!({ "done": "add", "label": label.as_str(), "login": login.login, "credentials_file": file }),
    })
}

async fn list(arguments: &ListArgs) -> Result<Report, Failure> {
    let administrator = address::find(&arguments.place, &mut Input::new())?;
    let rows = backup::list_logins(&administrator, CLIENT)
        .await
        .map_err(|error| Failure::of(error, &administrator))?;
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let state = match row.revoked_at {
                Some(at) => format!("revoked {}", at.format("%Y-%m-%d")),
                None if row.may_connect => "in use".to_owned(),
                None => "has no password; make another".to_owned(),
            };
            format!("{:<16}  {:<32}  {state}", row.login, row.label)
        })
        .collect();
    if lines.is_empty() {
        lines.push("There is no login for backups; csctl backup role add makes one.".to_owned());
    }
    Ok(Report {
        lines,
        json: json!({ "logins": rows }),
    })
}

async fn revoke(arguments: &RevokeArgs) -> Result<Report, Failure> {
    let administrator = address::find(&arguments.place, &mut Input::new())?;
    if arguments.dry_run {
        return Ok(Report {
            lines: vec![format!("Would close the login {}.", arguments.login)],
            json: json!({ "would": "revoke", "login": arguments.login }),
        });
    }
    let ended = backup::revoke_login(&administrator, CLIENT, &arguments.login)
        .await
        .map_err(|error| match error {
            AppError::Store(StoreError::NotFound) => Failure::new(
                "not_found",
                format!(
                    "No login for backups is called {:?}; nothing was changed. Look at csctl backup role list.",
                    arguments.login
                ),
            ),
            other => Failure::of(other, &administrator),
        })?;
    Ok(Report {
        lines: vec![format!(
            "The login {} is closed, and {ended} of its connections ended.",
            arguments.login
        )],
        json: json!({ "done": "revoke", "login": arguments.login, "connections_ended": ended }),
    })
}
