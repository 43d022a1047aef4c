//! What `csctl sync` does beside the servers: the provider's price list.

use app::{
    plans::{self, PricesKept, Refresh},
    providers::Reach,
};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, count},
    operator::Operator,
};

/// What became of the list; nothing where there was none to read.
pub type Outcome = Option<Result<PricesKept, Failure>>;

/// Reads the list at the first of these addresses that has it, and keeps it unless that is only rehearsed. Never a reason to
/// fail: the servers are read.
pub async fn refresh<'a>(
    operator: &Operator,
    endpoints: impl Iterator<Item = Option<&'a str>>,
    reach: &Reach,
    dry_run: bool,
) -> Outcome {
    let refresh = if dry_run { Refresh::Rehearsed } else { Refresh::AtOnce };
    let mut asked = Vec::new();
    let mut outcome = None;
    for endpoint in endpoints {
        if asked.contains(&endpoint) {
            continue;
        }
        asked.push(endpoint);
        match plans::refresh_prices(&operator.session, endpoint, reach, refresh).await {
            Ok(Some(kept)) => return Some(Ok(kept)),
            Ok(None) => {}
            Err(error) => outcome = Some(Err(operator.failed(error))),
        }
    }
    outcome
}

/// For a person.
pub fn line(outcome: &Outcome, dry_run: bool) -> Option<String> {
    let many = |number: i32, thing| count(usize::try_from(number).unwrap_or(0), thing);
    let kept = match outcome.as_ref()? {
        Ok(kept) => kept,
        Err(failure) => {
            return Some(format!(
                "Warning: the price list could not be read; known prices stay. {} ({})",
                failure.message, failure.code
            ));
        }
    };
    let (changed, told) = if dry_run {
        ("would change", "would be told")
    } else {
        ("changed", "were told")
    };
    let alarm = match kept.told {
        0 => String::new(),
        some => format!("; admins {told} of {} sold below cost", many(some, "plan")),
    };
    Some(format!("Prices: {} {changed}{alarm}.", many(kept.changed, "price")))
}

/// For a program: how many prices have changed and of how many plans admins were told, or why it was not read.
pub fn json(outcome: &Outcome) -> Value {
    match outcome {
        None => Value::Null,
        Some(Ok(kept)) => json!({ "changed": kept.changed, "told": kept.told }),
        Some(Err(failure)) => json!({ "error": { "code": failure.code, "message": failure.message } }),
    }
}
