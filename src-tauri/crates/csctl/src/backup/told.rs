//! What `csctl backup` says.

use std::path::Path;

use app::{
    backup::{Created, Entry, Fate, Found, KnownLogin, Prospect, Restored, State, Verified},
    database::Address,
};
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{failure::count, report::Report};

fn counted(number: u64, thing: &str) -> String {
    count(usize::try_from(number).unwrap_or(usize::MAX), thing)
}

/// "3.4 MB".
fn size(bytes: u64) -> String {
    let mut whole = bytes;
    let mut rest = 0;
    let mut units = ["bytes", "kB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if whole < 1000 {
            break;
        }
        rest = whole % 1000;
        whole /= 1000;
        unit = next;
    }
    if unit == "bytes" || whole >= 100 {
        format!("{whole} {unit}")
    } else {
        format!("{whole}.{} {unit}", rest / 100)
    }
}

/// "5 h ago".
fn age(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - at).num_minutes();
    match minutes {
        ..0 => "from the future".to_owned(),
        0..120 => format!("{minutes} min ago"),
        120..2880 => format!("{} h ago", minutes / 60),
        _ => format!("{} d ago", minutes / 1440),
    }
}

fn seconds(milliseconds: u64) -> String {
    format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// What would be backed up.
pub fn prospect(prospect: &Prospect, folder: &Path) -> Report {
    let rows = prospect.rows.map_or_else(String::new, |rows| {
        format!(" with {}", counted(rows.unsigned_abs(), "row"))
    });
    let mut lines = vec![format!(
        "Would back up {}: {}{rows}, with pg_dump {}, into {}. Nothing was written.",
        prospect.business,
        count(prospect.tables, "table"),
        prospect.tool_major,
        folder.display()
    )];
    lines.extend(left_out(&prospect.left_out));
    Report {
        lines,
        json: json!({ "dry_run": true, "business": prospect.business, "tables": prospect.tables, "rows": prospect.rows,
            "left_out": prospect.left_out, "pg_dump": prospect.tool_major, "folder": folder }),
    }
}

fn left_out(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("Not in it, since they belong to somebody else: {}.", names.join(", ")))
}

/// What was backed up.
pub fn created(created: &Created) -> Report {
    let manifest = &created.manifest;
    let bytes = manifest.archive.as_ref().map_or(0, |archive| archive.bytes);
    let mut lines = vec![
        format!(
            "Backed up {}: {} in {}, {}, in {}.",
            manifest.workspace.name,
            counted(manifest.rows(), "row"),
            count(manifest.tables.len(), "table"),
            size(bytes),
            seconds(created.took_ms)
        ),
        format!("It is {}.", created.archive.display()),
        "It was compared with the database while it was written; only csctl backup restore proves that it can be restored."
            .to_owned(),
    ];
    lines.extend(left_out(&manifest.left_out));
    Report {
        lines,
        json: json!({ "archive": created.archive, "took_ms": created.took_ms, "rows": manifest.rows(), "bytes": bytes, "manifest": manifest }),
    }
}

fn word(state: State) -> &'static str {
    match state {
        State::Running => "being written",
        State::Unfinished => "unfinished",
        State::Damaged => "DAMAGED",
        State::Claimed => "claimed",
        State::Verified => "verified",
        State::Proven => "proven",
    }
}

fn evidence(entry: &Entry) -> String {
    let at = |found: &Found| found.at.format("%Y-%m-%d %H:%M").to_string();
    let parts: Vec<String> = [
        entry
            .proven
            .as_ref()
            .map(|found| format!("restored and equal {} (took {})", at(found), seconds(found.took_ms))),
        entry
            .verified
            .as_ref()
            .map(|found| format!("read and equal {}", at(found))),
        entry.problem.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    parts.join("; ")
}

fn line(entry: &Entry, now: DateTime<Utc>) -> String {
    let taken = entry.taken_at.map_or_else(
        || "?".to_owned(),
        |at| format!("{} ({})", at.format("%Y-%m-%d %H:%M"), age(at, now)),
    );
    format!(
        "{:<14}  {taken:<30}  {:>9}  {}  {}",
        word(entry.state),
        size(entry.bytes),
        entry.file,
        evidence(entry)
    )
    .trim_end()
    .to_owned()
}

/// A folder.
pub fn listed(entries: &[Entry], now: DateTime<Utc>) -> Report {
    let mut lines: Vec<String> = entries.iter().map(|entry| line(entry, now)).collect();
    if lines.is_empty() {
        lines.push("There is no backup.".to_owned());
    }
    let proven = entries.iter().filter(|entry| entry.state == State::Proven);
    let newest = proven.filter_map(|entry| entry.taken_at).max();
    lines.push(match newest {
        Some(at) => format!("The newest that was proven by a restore is of {}.", age(at, now)),
        None => "None was proven by a restore.".to_owned(),
    });
    Report {
        lines,
        json: json!({ "backups": entries, "newest_proven": newest }),
    }
}

/// A backup that was read.
pub fn verified(archive: &Path, verified: &Verified) -> Report {
    let manifest = &verified.manifest;
    let mut lines = vec![format!(
        "All of it was read and is what was there on {} UTC: {} in {}, each table's count and hash equal. It took {}.",
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S"),
        counted(manifest.rows(), "row"),
        count(manifest.tables.len(), "table"),
        seconds(verified.took_ms)
    )];
    if verified.manifest_renewed {
        lines.push("What lay beside it was missing, and was written anew.".to_owned());
    }
    Report {
        lines,
        json: json!({ "archive": archive, "state": "verified", "rows": manifest.rows(), "tables": manifest.tables.len(),
            "taken_at": manifest.taken_at, "manifest_renewed": verified.manifest_renewed, "took_ms": verified.took_ms }),
    }
}

/// A backup that was restored, into a database or into a scratch server.
pub fn restored(archive: &Path, restored: &Restored, to: Option<&Address>) -> Report {
    let manifest = &restored.manifest;
    let mut lines = vec![format!(
        "{}: {} in {}, counts, hashes and sequences equal. It took {}.",
        match to {
            Some(to) => format!("Restored into the database {}", to.database),
            None => "Proven: restored into a scratch server".to_owned(),
        },
        counted(manifest.rows(), "row"),
        count(manifest.tables.len(), "table"),
        seconds(restored.took_ms)
    )];
    lines.push(match restored.isolation.len() {
        0 => "Isolation: all as it should be.".to_owned(),
        wrong => format!("Isolation: {} wrong.", count(wrong, "thing")),
    });
    lines.extend(
        restored
            .isolation
            .iter()
            .map(|finding| format!("RED: {}: {}", finding.object, finding.says)),
    );
    lines.push(format!(
        "Log: {} entries recomputed, {}.",
        restored.log_entries,
        if restored.log_breaks.is_empty() {
            "all as they were"
        } else {
            "history has changed"
        }
    ));
    lines.extend(restored.log_breaks.iter().map(|broken| format!("RED: {broken}")));
    if to.is_some() {
        lines.extend(next_steps(&restored.logins_without_password));
    }
    Report {
        lines,
        json: json!({ "archive": archive, "state": if to.is_some() { "restored" } else { "proven" }, "database": to.map(|to| &to.database),
            "rows": manifest.rows(), "tables": manifest.tables.len(), "taken_at": manifest.taken_at, "equal": true, "took_ms": restored.took_ms,
            "isolation": { "sound": restored.isolation.is_empty(), "findings": restored.isolation },
            "log": { "entries": restored.log_entries, "breaks": restored.log_breaks }, "roles_made": restored.roles_made,
            "logins_without_password": restored.logins_without_password }),
    }
}

fn next_steps(logins: &[KnownLogin]) -> Vec<String> {
    let mut lines = vec![
        "All sessions have ended. Desks say that the log is shorter than they remember, and are right to.".to_owned(),
    ];
    if !logins.is_empty() {
        let names: Vec<String> = logins
            .iter()
            .map(|login| format!("{} ({})", login.login, login.kind))
            .collect();
        lines.push(format!(
            "These logins have no password on this server: {}. Give desks one with csctl desk replace; csctl db init makes a new one for the agent, csctl backup role add for backups.",
            names.join(", ")
        ));
    }
    lines
}

/// What went, or would.
pub fn pruned(fates: &[Fate], dry_run: bool) -> Report {
    let mut lines: Vec<String> = fates
        .iter()
        .map(|fate| {
            let why: Vec<String> = fate
                .kept
                .iter()
                .map(|reason| {
                    serde_json::to_value(reason)
                        .ok()
                        .and_then(|word| word.as_str().map(str::to_owned))
                        .unwrap_or_default()
                })
                .collect();
            match (fate.goes(), dry_run) {
                (true, true) => format!("would go  {}", fate.entry.file),
                (true, false) => format!("removed   {}", fate.entry.file),
                (false, _) => format!("stays     {}  {}", fate.entry.file, why.join(", ")),
            }
        })
        .collect();
    let going: Vec<&str> = fates
        .iter()
        .filter(|fate| fate.goes())
        .map(|fate| fate.entry.file.as_str())
        .collect();
    lines.push(format!(
        "{} {}, {} stay.",
        count(going.len(), "file"),
        if dry_run { "would go" } else { "removed" },
        fates.len() - going.len()
    ));
    Report {
        lines,
        json: json!({ "dry_run": dry_run, "removed": going, "backups": fates }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_ages_are_short() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (999, "999 bytes"),
            (1_200, "1.2 kB"),
            (345_678_901, "345 MB"),
            (12_000_000_000, "12.0 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
        let now: DateTime<Utc> = "2026-11-26T12:00:00Z".parse().unwrap();
        for (at, text) in [
            ("2026-11-26T11:55:00Z", "5 min ago"),
            ("2026-11-26T03:00:00Z", "9 h ago"),
            ("2026-11-20T03:00:00Z", "6 d ago"),
            ("2026-11-27T03:00:00Z", "from the future"),
        ] {
            assert_eq!(age(at.parse().unwrap(), now), text);
        }
    }
}
