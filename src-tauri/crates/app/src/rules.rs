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
        "period_not_a_month" => (
            "period_not_a_month",
            "An invoice's period is a month, such as 2026-10. Nothing was closed.",
        ),
        "period_not_over" => (
            "period_not_over",
            "The month's last hours have not ended yet. Nothing was closed; try again at 01:00 UTC on the first of the next month, or later.",
        ),
        "period_later_closed" => (
            "period_later_closed",
            "A later month is closed already, and its invoices list what was open of this one. Nothing was closed.",
        ),
        "period_not_billed" => (
            "period_not_billed",
            "No billing run has charged the month's last hours. Nothing was issued; run billing, then close the month.",
        ),
        "close_under_way" => (
            "close_under_way",
            "Another close is under way. What was issued stays, and no invoice was issued twice; wait until it has ended.",
        ),
        "invoice_not_newest" => (
            "invoice_not_newest",
            "A later invoice of this organization goes on from this one, so it can't be cancelled. Nothing was changed; put it right by a refund or an adjustment.",
        ),
        "invoices_immutable" => (
            "invoice_fixed",
            "An invoice that is paid or cancelled stays as it is. Nothing was changed.",
        ),
        "assign_already_invoiced" => (
            "assign_already_invoiced",
            "Hours of this assignment are on an invoice, so it can't be taken back. Nothing was changed; unassign the resource instead.",
        ),
        _ => return None,
    })
}
