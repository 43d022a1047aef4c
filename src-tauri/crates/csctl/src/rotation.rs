//! `csctl key`: another workspace key, and what is sealed under which.

use std::{ops::ControlFlow, path::PathBuf};

use app::{
    AppError,
    rotation::{self, Rotated, Standing, Unopened, Why},
    views::ExposedRow,
};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::{
    address::Input,
    cli::Place,
    failure::{Failure, count},
    key_file::{self, KeyFilePlace},
    operator::Operator,
    report::Report,
};

/// `csctl key …`
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make another workspace key, and seal everything anew under it
    #[command(after_help = ROTATE_HELP)]
    Rotate(RotateArgs),
    /// Say which keys there are, what is sealed under them, and which secrets a lost computer may have given away
    Status(StatusArgs),
    /// Strike a secret off that you have changed where it is used; a replaced token is struck off by itself
    Changed(ChangedArgs),
}

const ROTATE_HELP: &str = "\
Everybody goes on working meanwhile. The new key is written into the file beside the old one before the database hears of
it; it lies in the database sealed under the old key, so that desks and scripts that hold that one follow by themselves.
A rotation that was cut off is finished by the same command; given at two places at once, one makes the key and both
seal.

With --lost-desk nobody follows from the old key: give the new one to the other desks (page Providers, Enter workspace
key) and into the files of scripts. Whoever has the lost computer and a copy of the database made before can still read
what was sealed in it; the answer lists which tokens and passwords have to be changed where they are used.

The login is an administrator's. Exit code 3: some values open with none of the keys in the file; the rest was sealed anew.

Example:
  csctl key rotate --workspace-key-file workspace.key --lost-desk desk_1a2b3c4d";

/// `csctl key rotate`
#[derive(Args)]
pub struct RotateArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The file (mode 0600) with the workspace key; the new one is written into it
    #[arg(long, value_name = "FILE", required = true)]
    pub workspace_key_file: PathBuf,
    /// A desk that held the key is lost: its login, as the list of desks has it, or the name of what else was lost
    #[arg(long, value_name = "LOGIN")]
    pub lost_desk: Option<String>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `csctl key status`
#[derive(Args)]
pub struct StatusArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
}

/// `csctl key changed`
#[derive(Args)]
pub struct ChangedArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// The number of an account whose token was changed
    #[arg(
        long,
        value_name = "NUMBER",
        required_unless_present = "server",
        conflicts_with = "server"
    )]
    pub account: Option<i64>,
    /// The number of a server whose root password was changed
    #[arg(long, value_name = "NUMBER")]
    pub server: Option<i64>,
}

/// Runs one of the commands.
pub async fn run(command: &KeyCommand) -> Result<Report, Failure> {
    match command {
        KeyCommand::Rotate(arguments) => rotate(arguments).await,
        KeyCommand::Status(arguments) => status(arguments).await,
        KeyCommand::Changed(arguments) => changed(arguments).await,
    }
}

async fn standing(operator: &Operator) -> Result<Standing, Failure> {
    rotation::standing(&operator.session)
        .await
        .map_err(|error| operator.failed(error))
}

async fn rotate(arguments: &RotateArgs) -> Result<Report, Failure> {
    let why = Why::parse(arguments.lost_desk.as_deref()).map_err(|error| Failure::usage(error.to_string()))?;
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let file = arguments.workspace_key_file.display();
    // Looked at before anything is made.
    key_file::read(&arguments.workspace_key_file)?;
    if arguments.dry_run {
        let standing = standing(&operator).await?;
        let sealed: u64 = standing.counts.iter().map(|count| count.sealed).sum();
        let line = if standing.is_under_way() && why == Why::Routine {
            format!(
                "Would finish a rotation that was begun: {} are left.",
                values(standing.left())
            )
        } else {
            format!("Would make a new workspace key and seal {} anew.", values(sealed))
        };
        return Ok(Report {
            lines: vec![line],
            json: json!({ "would": "rotate", "sealed": sealed, "left": standing.left(), "is_under_way": standing.is_under_way() }),
        });
    }
    let place = KeyFilePlace(arguments.workspace_key_file.clone());
    let done = rotation::run(&operator.session, &place, &why, |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| match error {
            AppError::Export(cause) => Failure::new(
                "workspace_key_file",
                format!("The file {file} can't be written ({cause}); nothing was changed."),
            ),
            other => operator.failed(other),
        })?;
    let standing = standing(&operator).await?;
    let mut lines = vec![
        format!(
            "{} {}; it is in {file}, beside the older ones.",
            if done.is_new {
                "The workspace key is now version"
            } else {
                "Finished the rotation to the workspace key of version"
            },
            done.version
        ),
        format!("Sealed anew: {}.", values(done.resealed)),
    ];
    lines.extend(done.retired.iter().map(|version| {
        format!(
            "Version {version} is retired: it opens nothing but copies of the database made before. Keep its line as long as you keep such copies."
        )
    }));
    lines.push(match &why {
        Why::Routine => "Desks and scripts that hold the older key follow by themselves.".to_owned(),
        Why::Lost(_) => "Nobody follows from the older key: give the new one to the other desks (page Providers, Enter workspace key) and to scripts."
            .to_owned(),
    });
    lines.extend(told_exposed(&standing.exposed));
    let report = Report {
        lines,
        json: json!({ "version": done.version, "is_new": done.is_new, "resealed": done.resealed, "retired": done.retired,
            "unopened": unopened(&done), "exposed": standing.exposed, "workspace_key_file": arguments.workspace_key_file }),
    };
    if done.unopened.is_empty() {
        return Ok(report);
    }
    let names: Vec<String> = done
        .unopened
        .iter()
        .take(20)
        .map(|one| named(&one.table, one.row, one.label.as_deref()))
        .collect();
    Err(Failure::done_in_part(
        report,
        "key_rotated_in_part",
        format!(
            "{} with none of the keys in the file, so the older key is not retired: {}. Enter them anew (csctl provider replace-token).",
            match done.unopened.len() {
                1 => "1 value opens".to_owned(),
                many => format!("{many} values open"),
            },
            names.join(", ")
        ),
    ))
}

fn values(number: u64) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), "value")
}

fn unopened(done: &Rotated) -> Vec<Value> {
    let told = |one: &Unopened| json!({ "table": one.table, "row": one.row, "label": one.label });
    done.unopened.iter().map(told).collect()
}

fn named(table: &str, row: i64, label: Option<&str>) -> String {
    let kind = match table {
        "provider_configs" => "account",
        "vps_instances" => "server",
        "provider_intents" => "intent",
        other => other,
    };
    match label {
        Some(label) => format!("{kind} {label} ({row})"),
        None => format!("{kind} {row}"),
    }
}

/// What an admin works through after a loss.
fn told_exposed(exposed: &[ExposedRow]) -> Vec<String> {
    if exposed.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![
        "With the lost key and a copy of the database made before, these secrets can be read until they are changed where they are used:"
            .to_owned(),
    ];
    lines.extend(exposed.iter().map(|row| {
        let what = match row.table.as_str() {
            "provider_configs" => "token of ",
            "vps_instances" => "root password of ",
            "provider_intents" => "secrets of ",
            _ => "",
        };
        format!(
            "  {what}{} (lost: {})",
            named(&row.table, row.row, row.label.as_deref()),
            row.lost.as_deref().unwrap_or("a key")
        )
    }));
    lines.push(
        "Revoke each token at the provider and give another (csctl provider replace-token); what you changed elsewhere, strike off with csctl key changed."
            .to_owned(),
    );
    lines
}

async fn status(arguments: &StatusArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let standing = standing(&operator).await?;
    let sealed = |version: u32| {
        let found = standing.counts.iter().find(|count| count.version == version);
        found.map_or(0, |count| count.sealed)
    };
    let keys: Vec<Value> = standing
        .keys
        .iter()
        .map(|key| {
            json!({ "version": key.version, "sealed": sealed(key.version), "is_retired": key.is_retired,
                "follows_from_older": key.wrapped.is_some(), "lost": key.lost })
        })
        .collect();
    let mut lines: Vec<String> = standing
        .keys
        .iter()
        .map(|key| {
            let state = if key.is_retired {
                "retired".to_owned()
            } else {
                format!("{} sealed under it", values(sealed(key.version)))
            };
            let instead = key
                .lost
                .as_ref()
                .map(|lost| format!(", made when {lost} was lost"))
                .unwrap_or_default();
            format!("Version {}: {state}{instead}", key.version)
        })
        .collect();
    if lines.is_empty() {
        lines.push("No workspace key was made yet.".to_owned());
    } else if standing.is_under_way() {
        lines.push("A rotation is under way, or was cut off: csctl key rotate finishes it.".to_owned());
    }
    lines.extend(told_exposed(&standing.exposed));
    Ok(Report {
        lines,
        json: json!({ "keys": keys, "is_under_way": standing.is_under_way(), "left": standing.left(), "exposed": standing.exposed }),
    })
}

async fn changed(arguments: &ChangedArgs) -> Result<Report, Failure> {
    let (table, column, row) = match (arguments.account, arguments.server) {
        (Some(row), _) => ("provider_configs", "credentials", row),
        (None, Some(row)) => ("vps_instances", "root_password", row),
        (None, None) => return Err(Failure::usage("Give --account or --server; nothing was changed.")),
    };
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    rotation::settle(&operator.session, table, column, row)
        .await
        .map_err(|error| operator.failed(error))?;
    Ok(Report {
        lines: vec![format!("Struck off: {}.", named(table, row, None))],
        json: json!({ "done": "changed", "table": table, "row": row }),
    })
}
