//! `csctl agent status`.

use app::{
    agent::{HostRow, JobStatus, Status},
    domain::agent::{JobKind, JobOutcome},
};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::organizations;
use crate::report::Report;

const NEVER: &str = "never";

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| NEVER.to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string())
}

/// Where the agent stands.
pub fn told(status: &Status) -> Report {
    let mut lines = vec![match status.billed_up_to {
        Some(at) => format!("Billed up to {} UTC.", at.format("%Y-%m-%d %H:%M")),
        None => "Nothing was billed yet.".to_owned(),
    }];
    if status.hosts.is_empty() {
        lines.push("No agent has ever been here.".to_owned());
    }
    for host in &status.hosts {
        let left: Vec<&str> = host
            .leaves_out
            .as_object()
            .map(|map| map.keys().map(String::as_str).collect())
            .unwrap_or_default();
        lines.push(format!(
            "Agent on {} ({}): last heard of {} UTC{}{}.",
            host.host,
            host.login,
            host.last_seen_at.format("%Y-%m-%d %H:%M:%S"),
            if host.stopped_at.is_some() {
                ", when it was stopped"
            } else {
                ""
            },
            if left.is_empty() {
                String::new()
            } else {
                format!("; leaves out {}", left.join(", "))
            }
        ));
    }
    lines.push(backup_line(status));
    for job in &status.jobs {
        lines.push(line(job));
        if let Some(row) = &job.row
            && row.failures > 0
            && let Some(error) = &row.error
        {
            lines.push(format!("  failed {} times in a row: {error}", row.failures));
        }
    }
    if status.grace.ended > 0 {
        lines.push(format!(
            "The time of grace ({} hours) of {} has ended.",
            status.grace.hours,
            organizations(status.grace.ended)
        ));
    }
    for one in &status.to_shut_down {
        let names: Vec<&str> = one.servers.iter().chain(&one.containers).map(String::as_str).collect();
        lines.push(format!(
            "To be shut down by hand, of {}: {}.",
            one.organization,
            names.join(", ")
        ));
    }
    Report {
        lines,
        json: object(status),
    }
}

/// When the last backup was taken, as far as this database knows, and whether anybody takes the next.
fn backup_line(status: &Status) -> String {
    let row = status.jobs.iter().find(|job| job.name == JobKind::Backup.as_str());
    let row = row.and_then(|job| job.row.as_ref());
    let last = match row.and_then(|row| row.succeeded_at) {
        Some(at) => format!(
            "The last backup by an agent was taken {} UTC{}",
            at.format("%Y-%m-%d %H:%M"),
            row.map_or_else(String::new, |row| evidence(&row.result))
        ),
        None => "No agent has taken a backup".to_owned(),
    };
    let takes = |host: &HostRow| host.stopped_at.is_none() && host.leaves_out.get(JobKind::Backup.as_str()).is_none();
    if status.hosts.iter().any(takes) {
        format!("{last}.")
    } else {
        format!("{last}, and no agent takes any (csctl agent --backup-folder).")
    }
}

/// What is known of it, unless another try has failed since.
fn evidence(result: &Value) -> String {
    let (Some(rows), Some(file), Some(state)) = (
        result["rows"].as_u64(),
        result["file"].as_str(),
        result["state"].as_str(),
    ) else {
        return String::new();
    };
    let took = ["took_ms", "verify_ms"]
        .iter()
        .filter_map(|part| result[*part].as_u64());
    format!(
        " ({state}, {rows} rows, {} s, {file})",
        took.sum::<u64>().div_ceil(1000)
    )
}

fn line(job: &JobStatus) -> String {
    let what = match &job.label {
        Some(label) => format!("{} ({label})", job.name),
        None => job.name.clone(),
    };
    let overdue = if job.overdue { "  OVERDUE" } else { "" };
    let Some(row) = &job.row else {
        return format!("{what:<20}  {NEVER} done by an agent{overdue}");
    };
    let state = if row.held {
        format!("under way on {}", row.host)
    } else {
        row.outcome
            .filter(|_| !row.is_lost())
            .map_or_else(|| "lost".to_owned(), |outcome| outcome.to_string())
    };
    format!(
        "{what:<20}  last {}  {state:<10}  next {}{overdue}",
        time(row.finished_at.or(Some(row.started_at))),
        time(row.next_due)
    )
}

fn object(status: &Status) -> Value {
    let jobs: Vec<Value> = status
        .jobs
        .iter()
        .map(|job| {
            let row = job.row.as_ref();
            json!({
                "job": job.name,
                "account": job.label,
                "last_started": row.map(|row| row.started_at),
                "last_finished": row.and_then(|row| row.finished_at),
                "last_succeeded": row.and_then(|row| row.succeeded_at),
                "outcome": row.and_then(|row| row.outcome).map(JobOutcome::as_str),
                "error_code": row.and_then(|row| row.error_code.as_deref()),
                "error": row.and_then(|row| row.error.as_deref()),
                "result": row.map(|row| &row.result),
                "failures": row.map_or(0, |row| row.failures),
                "next_due": row.and_then(|row| row.next_due),
                "held_by": row.filter(|row| row.held).map(|row| json!({ "login": row.login, "host": row.host, "until": row.held_until })),
                "overdue": job.overdue,
            })
        })
        .collect();
    json!({
        "now": status.now,
        "billed_up_to": status.billed_up_to,
        "overdue": status.jobs.iter().filter(|job| job.overdue).map(|job| job.name.as_str()).collect::<Vec<_>>(),
        "agents": status.hosts.iter().map(|host| json!({
            "login": host.login, "host": host.host, "version": host.version, "mode": host.mode, "leaves_out": host.leaves_out,
            "started_at": host.started_at, "last_seen_at": host.last_seen_at, "stopped_at": host.stopped_at,
        })).collect::<Vec<_>>(),
        "jobs": jobs,
        "grace": {
            "hours": status.grace.hours,
            "action": status.grace.action.as_str(),
            "ended": status.grace.ended,
            "to_shut_down_by_hand": status.to_shut_down,
        },
    })
}
