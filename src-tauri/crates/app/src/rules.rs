//! Rules of the database that a person meets in daily work: a code for programs, a sentence for people. What is not
//! here is said by kind of error.

/// The code and the sentence of a broken rule; `None` for one that has no sentence of its own.
pub fn sentence(rule: &str) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        "billing_run_under_way" => (
            "billing_run_under_way",
            "Another billing run is under way. Nothing was charged; wait until it has ended.",
        ),
        "billing_run_ahead_of_clock" => (
            "billing_run_ahead_of_clock",
            "The run's time is ahead of the database's clock. Nothing was charged; give a time that has passed.",
        ),
        "billing_run_before_last" => (
            "billing_run_before_last",
            "The run's time is before the last run's. Nothing was charged; give a later time.",
        ),
        "billing_run_not_open" => (
            "billing_run_not_open",
            "This billing run was ended by somebody else, or given up for lost. What it charged stays charged; run again.",
        ),
        "parked_not_decidable" => (
            "parked_not_decidable",
            "This resource waits for a plan or a price, or doesn't wait any more. Nothing was changed.",
        ),
        "meter_moves_by_billing" | "meter_moves_forward" => (
            "meter_fixed",
            "How far a resource has been charged is moved by billing alone. Nothing was changed.",
        ),
        "meter_creation_fixed" | "meter_deletion_fixed" => (
            "meter_fixed",
            "When a resource was created or deleted can't be changed: hours hang on it. Nothing was changed.",
        ),
        "confirmation_needed" => (
            "confirmation_needed",
            "This needs your password again. Nothing was changed yet; enter it to go on.",
        ),
        "reset_of_nobody" => (
            "not_found",
            "This person doesn't exist any more or is shut out. No reset code was made.",
        ),
        "second_factor_exists" => (
            "conflict",
            "There is a second factor already. Nothing was changed; disable it first to set up another.",
        ),
        "second_factor_not_begun" => (
            "stale",
            "Setting up the second factor took too long. Nothing was changed; begin again with a new secret.",
        ),
        "second_factor_missing" => ("not_found", "This person has no second factor. Nothing was changed."),
        "second_factor_own" => (
            "conflict",
            "Your own second factor is disabled with its code, from the menu of your name. Nothing was changed.",
        ),
        "second_factor_required" => (
            "conflict",
            "Your role signs in with a second factor only. Nothing was changed; an admin can change that rule.",
        ),
        _ => return None,
    })
}
