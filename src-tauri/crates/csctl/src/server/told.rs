//! What `csctl server` says.

use app::{
    AppError,
    domain::{ids::IntentId, intent::IntentState},
    intents::{Carried, Preview, Swept},
    views::IntentRow,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{failure::Failure, report::Report};

fn words(kind: &str) -> String {
    kind.replace('_', " ")
}

/// What would be asked for.
pub fn preview(preview: &Preview) -> Report {
    let mut lines = vec![format!(
        "Would ask the provider for: {} {}",
        words(&preview.kind),
        preview.parameters
    )];
    if let (Some(plan), Some(rate)) = (&preview.plan, preview.rate) {
        let cap = preview
            .monthly_rate
            .map_or(String::new(), |cap| format!(", at most {cap} a month"));
        lines.push(format!("On the plan {plan}: {rate} an hour{cap}."));
        lines.push(format!("Held of the wallet meanwhile: {}.", preview.held));
    }
    if let (Some(hours), Some(amount)) = (preview.final_hours, &preview.final_amount) {
        lines.push(format!(
            "Final charge, with the hour that has begun: {amount} for {hours} hours that no run has charged yet."
        ));
    }
    lines.extend(preview.warnings.iter().map(|warning| format!("Note: {warning}")));
    lines.push("Nothing was changed.".to_owned());
    let mut json = json!({ "dry_run": true });
    json["would"] = serde_json::to_value(preview).unwrap_or_default();
    Report { lines, json }
}

fn answer(row: &IntentRow) -> Value {
    json!({ "intent": serde_json::to_value(row).unwrap_or_default() })
}

fn line(row: &IntentRow) -> String {
    let error = row.error.as_deref().map_or(String::new(), |error| format!(" {error}"));
    let progress = row
        .progress
        .filter(|_| row.state == "running")
        .map_or(String::new(), |percent| format!(" ({percent} %)"));
    format!(
        "{} {} of {}: {}{progress}.{error}",
        row.id,
        words(&row.kind),
        row.label,
        row.state
    )
}

/// What was asked for.
pub fn rows(rows: &[IntentRow]) -> Report {
    let lines = if rows.is_empty() {
        vec!["Nothing was asked for.".to_owned()]
    } else {
        rows.iter().map(line).collect()
    };
    Report {
        lines,
        json: json!({ "intents": serde_json::to_value(rows).unwrap_or_default() }),
    }
}

/// It is written down, and could not be carried out now.
pub fn left(id: IntentId, failure: Failure) -> Failure {
    Failure {
        exit: 3,
        message: format!(
            "{} It waits as intent {id} and is carried out by the agent, or by csctl server sweep.",
            failure.message
        ),
        answer: Some(Box::new(json!({ "intent": { "id": id } }))),
        ..failure
    }
}

/// What has become of one, and how it ends.
pub fn carried(
    row: &IntentRow,
    carried: Option<Carried>,
    shows: bool,
    failed: impl Fn(AppError) -> Failure,
) -> Result<Report, Failure> {
    let state = IntentState::parse(&row.state).unwrap_or(IntentState::Unknown);
    let mut lines = vec![line(row)];
    let mut json = answer(row);
    let (mut error, mut password) = (None, None);
    if let Some(carried) = carried {
        for warning in &carried.warnings {
            lines.push(format!("The provider warns: {warning}"));
        }
        json["warnings"] = json!(carried.warnings);
        error = carried.error;
        password = carried.password;
    }
    match state {
        IntentState::Waiting => lines.push(
            "It waits for whoever holds the workspace key: the agent, an admin's desk, or csctl server sweep."
                .to_owned(),
        ),
        IntentState::Running | IntentState::Sending => {
            lines.push("The provider is at work; the agent follows it to its end.".to_owned());
        }
        IntentState::Unknown | IntentState::Done | IntentState::Failed | IntentState::Undone => {}
    }
    if let Some(password) = password.filter(|_| shows) {
        lines.push(format!("Root's password, told once: {}", password.expose_secret()));
        json["root_password"] = json!(password.expose_secret());
    }
    let exit = match state {
        IntentState::Failed | IntentState::Undone => 1,
        IntentState::Unknown => 3,
        _ => return Ok(Report { lines, json }),
    };
    let failure = match error {
        Some(error) => failed(error),
        None => Failure::new(
            if exit == 3 {
                "provider_outcome_unknown"
            } else {
                "not_carried_out"
            },
            row.error.clone().unwrap_or_else(|| line(row)),
        ),
    };
    Err(Failure {
        exit,
        answer: Some(Box::new(json)),
        ..failure
    })
}

/// What a sweep did.
pub fn swept(swept: Swept, failed: impl Fn(AppError) -> Failure) -> Result<Report, Failure> {
    let line = format!(
        "{} done, {} at work at the provider, {} not carried out, {} of unknown outcome, {} left, {} expired, {} found late.",
        swept.done, swept.running, swept.failed, swept.unknown, swept.left, swept.expired, swept.late
    );
    let errors: Vec<(IntentId, Failure)> = swept
        .errors
        .into_iter()
        .map(|(id, error)| (id, failed(error)))
        .collect();
    let json = json!({
        "done": swept.done, "running": swept.running, "failed": swept.failed, "unknown": swept.unknown, "left": swept.left,
        "expired": swept.expired, "late": swept.late,
        "errors": errors.iter().map(|(id, failure)| json!({ "intent": id, "code": failure.code, "message": failure.message })).collect::<Vec<_>>(),
    });
    let mut lines = vec![line];
    lines.extend(
        errors
            .iter()
            .map(|(id, failure)| format!("Intent {id}: {}", failure.message)),
    );
    let report = Report { lines, json };
    if errors.is_empty() {
        Ok(report)
    } else {
        Err(Failure::done_in_part(
            report,
            "swept_in_part",
            "Some could not be looked at; the rest was.",
        ))
    }
}
