//! `csctl billing prove`.

use std::ops::ControlFlow;

use app::{
    books::{self, Scope},
    views::{Breach, ProofRow},
};
use clap::Args;
use serde_json::json;

use crate::{
    address::Input,
    cli::Place,
    failure::{Failure, count},
    operator::Operator,
    report::Report,
};

/// `csctl billing prove`
#[derive(Args)]
pub struct ProveArgs {
    /// Where the database is.
    #[command(flatten)]
    pub place: Place,
    /// Look only at what has moved since it was proven
    #[arg(long)]
    pub incremental: bool,
}

/// Proves the books.
pub async fn run(arguments: &ProveArgs) -> Result<Report, Failure> {
    let operator = Operator::open(&arguments.place, &mut Input::new()).await?;
    let scope = if arguments.incremental {
        Scope::Incremental
    } else {
        Scope::Full
    };
    let proof = books::prove(&operator.session, scope, |_, _| ControlFlow::Continue(()))
        .await
        .map_err(|error| operator.failed(error))?
        .ok_or_else(|| Failure::new("not_proven", "The proof was stopped; nothing was found out."))?;
    let ok = proof.ok;
    let report = told(&proof);
    if ok { Ok(report) } else { Err(Failure::found(report)) }
}

/// What a proof has found.
pub fn told(proof: &ProofRow) -> Report {
    let mut checked: Vec<String> = proof
        .checked
        .as_object()
        .into_iter()
        .flatten()
        .map(|(kind, number)| format!("{number} {}", kind.replace('_', " ")))
        .collect();
    checked.sort();
    let mut lines = vec![
        if proof.ok {
            format!(
                "The books are proven ({}), as they were at {}.",
                proof.scope,
                proof.proven_at.format("%Y-%m-%d %H:%M:%S UTC")
            )
        } else {
            format!(
                "The books are wrong: {} at {} ({}).",
                count(usize::try_from(proof.breach_count).unwrap_or(0), "breach").replace("breachs", "breaches"),
                proof.proven_at.format("%Y-%m-%d %H:%M:%S UTC"),
                proof.scope
            )
        },
        format!("Looked at {}.", checked.join(", ")),
    ];
    lines.extend(proof.breaches.iter().map(line));
    Report {
        lines,
        json: json!({
            "ok": proof.ok,
            "scope": proof.scope,
            "proven_at": proof.proven_at,
            "confirmed_at": proof.confirmed_at,
            "checked": proof.checked,
            "breach_count": proof.breach_count,
            "breaches": proof.breaches,
            "duration_ms": proof.duration_ms,
        }),
    }
}

fn line(breach: &Breach) -> String {
    let whose = breach.organization_id.map_or_else(String::new, |id| {
        format!(
            " of {} (organization {id})",
            breach.organization.as_deref().unwrap_or("?")
        )
    });
    format!(
        "  {}: {} {}{whose}: expected {}, found {}.",
        breach.what,
        breach.thing,
        breach.thing_id.as_deref().unwrap_or("?"),
        breach.expected.as_deref().unwrap_or("nothing"),
        breach.found.as_deref().unwrap_or("nothing"),
    )
}
