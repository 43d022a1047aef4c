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
        "session_is_viewing" => (
            "viewing_as_customer",
            "You are looking as a customer, which is read-only. Nothing was changed; stop looking as the customer first.",
        ),
        "view_not_for_role" => (
            "forbidden",
            "Only admins and support staff can see the business as a customer. Nothing was opened.",
        ),
        "view_reason_given" => (
            "invalid_field",
            "Say why, in 3 to 500 characters: it is kept in the log. Nothing was opened.",
        ),
        "view_organization_known" => (
            "not_found",
            "This organization doesn't exist any more. Nothing was opened.",
        ),
        "view_ticket_of_organization" => (
            "view_ticket_unknown",
            "This organization has no ticket of that number. Nothing was opened; check the number or leave it out.",
        ),
        "view_not_open" => (
            "view_ended",
            "You are no longer looking as a customer: it was stopped, or its 30 minutes are over. Open it again with a reason.",
        ),
        "desk_known" => (
            "not_found",
            "There is no such desk. Nothing was changed; look at the list of desks.",
        ),
        "desk_is_own" => (
            "desk_is_own",
            "A desk can't revoke itself. Nothing was changed; do it from another desk, or with csctl desk revoke.",
        ),
        "desk_not_revoked" => ("conflict", "This desk was revoked before. Nothing was changed."),
        "invitation_expired" => (
            "invitation_expired",
            "This invitation was not opened within its seven days, so nobody can sign in with it. Ask an admin for a new one.",
        ),
        "invitation_used" => (
            "invitation_used",
            "This invitation doesn't work any more: it was opened before, or its desk was replaced or revoked. Nothing was changed; ask an admin for a new one.",
        ),
        _ => return None,
    })
}
