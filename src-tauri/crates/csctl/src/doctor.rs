//! `csctl doctor`: whether the database still decides as it should, and whether its log is what it was.

use std::{collections::BTreeSet, ops::ControlFlow, path::PathBuf};

use app::{
    database::Address,
    trust::{self, Checked, Diagnosis, Head, LastBackup, Level, log},
};
use clap::Args;
use serde_json::{Value, json};

use crate::{
    address::{self, Input},
    cli::Place,
    failure::{Failure, count},
    operator::CLIENT,
    report::Report,
};

/// Below the options.
pub const HELP: &str = "\
It compares owners, grants, policies, triggers and functions with what this program's migrations make, tries known attacks
and takes them back, and recomputes the whole log from its first entry. It looks as whoever the login is: a superuser's
address sees everything, and has the attacks tried as a throw-away role of each kind. Nothing is changed, except that
entries of the log that wait for it are chained.

Exit codes: 0 nothing is wrong, 1 something is (or it could not be looked at).";

/// `csctl doctor`
#[derive(Args)]
pub struct DoctorArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Print what each role may do with each table, from the live grants
    #[arg(long)]
    pub matrix: bool,
    /// A file that remembers the end of the log's chain: compared if it is there, and written anew if nothing is wrong
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
}

/// Looks.
pub async fn run(arguments: &DoctorArgs) -> Result<Report, Failure> {
    let place = address::find(&arguments.place, &mut Input::new())?;
    let remembered = match &arguments.head {
        Some(file) if file.exists() => Some(read_head(file)?),
        _ => None,
    };
    let diagnosis = trust::diagnose(&place, CLIENT, remembered.as_ref(), |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| Failure::of(error, &place))?;
    let mut report = told(&diagnosis, &place, arguments.matrix);
    if let (Some(file), Some(log), false) = (&arguments.head, &diagnosis.log, diagnosis.is_red()) {
        write_head(file, &log.head)?;
        report.lines.push(format!(
            "The end of the chain, position {}, is remembered in {}.",
            log.head.position,
            file.display()
        ));
    }
    if diagnosis.is_red() {
        Err(Failure::found(report))
    } else {
        Ok(report)
    }
}

fn read_head(file: &PathBuf) -> Result<Head, Failure> {
    let shown = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!(
            "The file {shown} can't be read ({error}); nothing was looked at."
        ))
    })?;
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    let position = value["position"].as_i64();
    let hash = value["hash"].as_str().and_then(log::from_hex);
    match (position, hash) {
        (Some(position), Some(hash)) => Ok(Head { position, hash }),
        _ => Err(Failure::usage(format!(
            "The file {shown} holds no head of a log's chain; nothing was looked at. Give a file that this command has written."
        ))),
    }
}

fn write_head(file: &PathBuf, head: &Head) -> Result<(), Failure> {
    let text = json!({ "position": head.position, "hash": log::hex(&head.hash) }).to_string();
    // Beside it first: a head that is cut off by a full disk would be worse than an old one.
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, text + "\n")
        .and_then(|()| std::fs::rename(&fresh, file))
        .map_err(|error| {
            Failure::new(
                "file_not_written",
                format!(
                    "Nothing is wrong with the database, but the file {} can't be written ({error}).",
                    file.display()
                ),
            )
        })
}

fn told(diagnosis: &Diagnosis, place: &Address, with_matrix: bool) -> Report {
    let isolation = &diagnosis.isolation;
    let mut lines = Vec::new();
    let red = isolation
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Red)
        .count();
    lines.push(format!(
        "Isolation: {} of {} compared, {}.",
        count(isolation.facts, "fact"),
        place.database,
        if red == 0 {
            "all as they should be".to_owned()
        } else {
            format!("{} wrong", count(red, "thing"))
        }
    ));
    for (who, tried) in &isolation.attacked {
        lines.push(format!("Attacks as {who}: {tried} tried."));
    }
    for finding in &isolation.findings {
        let word = if finding.level == Level::Red { "RED" } else { "note" };
        lines.push(format!("{word}: {}: {}", finding.object, finding.says));
        lines.push(format!("     {}", finding.remedy));
    }
    log_lines(diagnosis, &mut lines);
    lines.push(backup_line(diagnosis.backups.as_ref()));
    if with_matrix {
        lines.push(String::new());
        lines.extend(matrix_lines(isolation));
    }
    Report {
        lines,
        json: json!({
            "sound": !diagnosis.is_red(),
            "facts": isolation.facts,
            "attacks": isolation.attacked.iter().map(|(who, tried)| json!({"as": who, "tried": tried})).collect::<Vec<_>>(),
            "findings": isolation.findings,
            "log": diagnosis.log.as_ref().map(|log| json!({
                "entries": log.rows,
                "position": log.head.position,
                "hash": log::hex(&log.head.hash),
                "breaks": log.breaks,
                "not_chained": diagnosis.passed_by,
                "remembered_head": diagnosis.remembered.as_ref().map(|found| match found {
                    None => json!("found"),
                    Some(broken) => json!(broken.problem),
                }),
            })),
            "backups": diagnosis.backups,
            "matrix": with_matrix.then_some(&isolation.matrix),
        }),
    }
}

fn log_lines(diagnosis: &Diagnosis, lines: &mut Vec<String>) {
    match &diagnosis.log {
        None => {
            lines.push("Log: this login may not read it; give the agent's or an administrator's address.".to_owned());
        }
        Some(log) => {
            lines.push(format!(
                "Log: {} recomputed, {}.",
                count(usize::try_from(log.rows).unwrap_or(usize::MAX), "chained entry").replace("entrys", "entries"),
                if log.breaks.is_empty() {
                    "all as they were"
                } else {
                    "history has changed"
                }
            ));
            lines.extend(log.breaks.iter().map(|broken| format!("RED: {broken}")));
        }
    }
    match &diagnosis.remembered {
        Some(None) => lines.push("The remembered head is in the chain.".to_owned()),
        Some(Some(broken)) => lines.push(format!("RED: {broken}")),
        None => {}
    }
    lines.extend(
        diagnosis
            .passed_by
            .iter()
            .map(|id| format!("RED: Entry {id} of the log is not in its chain, though its time has passed: it was put there past the log's own ways.")),
    );
}

/// What is known of backups, which is no proof of any.
fn backup_line(backups: Option<&LastBackup>) -> String {
    let Some(backups) = backups else {
        return "Backups: not to be seen over this login.".to_owned();
    };
    let taken = match backups.taken_at {
        Some(at) => format!("the last by an agent was taken {} UTC", at.format("%Y-%m-%d %H:%M")),
        None => "no agent has taken one, as far as this database knows".to_owned(),
    };
    match &backups.error {
        Some(error) if backups.failures > 0 => {
            format!(
                "Backups: {taken}; since then {} failed: {error}",
                count_of(backups.failures)
            )
        }
        _ => format!("Backups: {taken}."),
    }
}

fn count_of(failures: i32) -> String {
    count(usize::try_from(failures).unwrap_or(0), "try").replace("trys", "tries")
}

/// A table: tables down, roles across.
fn matrix_lines(isolation: &Checked) -> Vec<String> {
    let mut lines = Vec::new();
    let known = [
        "admin", "support", "finance", "customer", "agent", "service", "backup", "staff",
    ];
    let others: BTreeSet<&str> = isolation
        .matrix
        .values()
        .flat_map(|roles| roles.keys().map(String::as_str))
        .filter(|role| !known.contains(role))
        .collect();
    let roles: Vec<&str> = known.into_iter().chain(others).collect();
    let width = isolation.matrix.keys().map(String::len).max().unwrap_or(0);
    let row = |first: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.map(|cell| format!("{cell:<9}")).collect();
        format!("{first:<width$}  {}", cells.join(" ")).trim_end().to_owned()
    };
    lines.push(row("", &mut roles.iter().map(|role| (*role).to_owned())));
    for (table, may) in &isolation.matrix {
        lines.push(row(
            table,
            &mut roles
                .iter()
                .map(|role| may.get(*role).map_or_else(|| "·".to_owned(), Clone::clone)),
        ));
    }
    lines
        .push("r read, i insert, u update, d delete; which rows and columns is in the policies and grants.".to_owned());
    lines
}
