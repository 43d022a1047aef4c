//! What an agent says of what it does.

use app::{
    agent::{Done, Event, Look, Plan},
    domain::agent::{JobKind, JobOutcome, billing_target, next_to_close},
};
use serde_json::{Value, json};

use super::{organizations, say};
use crate::report::Report;

fn left_out(plan: &Plan) -> impl Iterator<Item = String> {
    plan.leaves_out().into_iter().map(|(kind, why)| {
        format!(
            "Left out: {kind}, {}.",
            match why {
                "no_workspace_key" => "since no workspace key was given (--workspace-key-file)",
                "no_backup_folder" => "since this agent takes none (--backup-folder)",
                "not_asked_for" => "which is done with --close-months only",
                _ => "as told",
            }
        )
    })
}

fn left_out_json(plan: &Plan) -> Value {
    plan.leaves_out()
        .into_iter()
        .map(|(kind, why)| (kind.to_string(), Value::from(why)))
        .collect::<serde_json::Map<String, Value>>()
        .into()
}

fn name(kind: JobKind, label: Option<&String>) -> String {
    match label {
        Some(label) => format!("{kind} of {label}"),
        None => kind.to_string(),
    }
}

fn line(done: &Done) -> String {
    let what = name(done.job.kind, done.label.as_ref());
    match done.outcome {
        Some(JobOutcome::Completed) => format!("{what}: {}", done.message),
        Some(outcome) => format!("{what}, {outcome}: {}", done.message),
        None => format!("{what}, lost: {}", done.message),
    }
}

fn object(done: &Done) -> Value {
    json!({
        "job": done.job.to_string(),
        "account": done.label,
        "outcome": done.outcome.map_or("lost", JobOutcome::as_str),
        "code": done.code,
        "message": done.message,
        "result": done.result,
    })
}

/// What was done in one go.
pub fn did(plan: &Plan, done: &[Done]) -> Report {
    let mut lines: Vec<String> = done.iter().map(line).collect();
    if lines.is_empty() {
        lines.push("Nothing is due.".to_owned());
    }
    lines.extend(left_out(plan));
    Report {
        lines,
        json: json!({ "done": done.iter().map(object).collect::<Vec<_>>(), "leaves_out": left_out_json(plan) }),
    }
}

/// What would be done.
pub fn would(plan: &Plan, look: &Look, grace_waiting: i64) -> Report {
    let standing = &look.standing;
    let facts = &standing.facts;
    let mut lines = Vec::new();
    let mut jobs = Vec::new();
    for item in &look.items {
        let is_due = item.is_due(facts.now);
        let what = match item.job.kind {
            JobKind::Billing => {
                let target = billing_target(facts.billing, facts.now);
                format!("charge up to {}", target.format("%Y-%m-%d %H:%M UTC"))
            }
            JobKind::Grace => format!("end the time of grace of {}", organizations(grace_waiting)),
            JobKind::Close => match next_to_close(facts) {
                Some(month) => format!("close {month}"),
                None => "close nothing: nothing was used yet".to_owned(),
            },
            JobKind::Sync => "read the account".to_owned(),
            JobKind::Intents => "carry out what is to be done to servers, and look for what was cut off".to_owned(),
            JobKind::Sessions => "end expired sessions and views, prune the outbox".to_owned(),
            JobKind::Log => "chain the log".to_owned(),
            JobKind::Backup => match &plan.backups {
                Some(backups) => format!("take a backup into {}", backups.folder.display()),
                None => "take no backup".to_owned(),
            },
        };
        let when = match (&item.held_by, item.due_at) {
            (Some((login, host)), _) => format!("under way on {host} ({login})"),
            (None, Some(_)) if is_due => "due".to_owned(),
            (None, Some(due)) => format!("not before {}", due.format("%Y-%m-%d %H:%M UTC")),
            (None, None) => "not due".to_owned(),
        };
        lines.push(format!(
            "{}: would {what}; {when}.",
            name(item.job.kind, item.label.as_ref())
        ));
        jobs.push(json!({
            "job": item.job.to_string(), "account": item.label, "due": is_due, "due_at": item.due_at, "would": what,
            "held_by": item.held_by.as_ref().map(|(login, host)| json!({ "login": login, "host": host })),
            "failures": item.failures,
        }));
    }
    for (account, why) in &look.unreadable {
        lines.push(format!("Left out: the account {account} ({}).", why.replace('_', " ")));
    }
    lines.extend(left_out(plan));
    lines.push("Nothing was changed.".to_owned());
    Report {
        lines,
        json: json!({
            "dry_run": true,
            "now": facts.now,
            "billed_up_to": facts.charged_until,
            "jobs": jobs,
            "unreadable": look.unreadable.iter().map(|(account, why)| json!({ "account": account, "reason": why })).collect::<Vec<_>>(),
            "leaves_out": left_out_json(plan),
        }),
    }
}

/// Says what happens, as it happens: a line, or an object on a line.
pub fn happened(json: bool, plan: &Plan, event: Event<'_>) {
    if json {
        let object = match event {
            Event::Begun => json!({ "event": "begun", "host": plan.host, "leaves_out": left_out_json(plan) }),
            Event::Done(done) => json!({ "event": "job", "done": object(done) }),
            Event::LineLost(trouble) => {
                json!({ "event": "line_lost", "code": trouble.code, "message": trouble.message })
            }
            Event::LineBack => json!({ "event": "line_back" }),
        };
        say(&object.to_string());
        return;
    }
    match event {
        Event::Begun => {
            say(&format!("The agent on {} is at work.", plan.host));
            left_out(plan).for_each(|line| say(&line));
        }
        // What is done every minute is worth a line only when it is not.
        Event::Done(done)
            if matches!(
                done.job.kind,
                JobKind::Sessions | JobKind::Log | JobKind::Grace | JobKind::Intents
            ) && done.outcome == Some(JobOutcome::Completed)
                && !did_something(&done.result) => {}
        Event::Done(done) => say(&line(done)),
        Event::LineLost(trouble) => say(&format!("{} The agent tries again until it answers.", trouble.message)),
        Event::LineBack => say("The database answers again."),
    }
}

fn did_something(result: &Value) -> bool {
    result
        .as_object()
        .is_some_and(|counts| counts.values().any(|count| count.as_i64().unwrap_or(0) > 0))
}
