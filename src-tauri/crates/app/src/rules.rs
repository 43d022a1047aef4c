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
        "proof_under_way" => (
            "proof_under_way",
            "Another proof of the books is under way. Wait until it has ended, and look at its result.",
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
        "period_not_issued" => (
            "period_not_issued",
            "An organization with usage in this month has no invoice of it yet. What was issued stays, and the month is still open; close it again.",
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
        "sync_under_way" => (
            "sync_under_way",
            "Another sync of this account is under way. Nothing was read; wait until it has ended.",
        ),
        "sync_not_running" => (
            "sync_not_running",
            "This sync was ended by somebody else, or given up for lost. Nothing was written; sync again.",
        ),
        "sync_account_inactive" => (
            "sync_account_inactive",
            "This account doesn't exist, or is switched off. Nothing was read; switch it on and sync again.",
        ),
        "sync_many_gone" => (
            "sync_many_gone",
            "More than a tenth of this account's servers would be gone at once. Nothing was changed; if they are really gone, sync again and allow it.",
        ),
        "sealed_under_newest" => (
            "workspace_key_wrong",
            "Another workspace key was made meanwhile. Nothing was changed; try again.",
        ),
        "workspace_key_known" => (
            "workspace_key_made",
            "Another workspace key was made meanwhile. This one was not; enter that one.",
        ),
        _ => return ledger(rule).or_else(|| assigning(rule)),
    })
}

/// Requests for a second person, holds, invoices made by hand.
fn ledger(rule: &str) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        "adjustment_requests_two_people" => (
            "request_own",
            "Who has asked for this can't decide on it, and nobody else can withdraw it. Nothing was changed; ask another admin or somebody of finance.",
        ),
        "request_decided" => (
            "request_decided",
            "Somebody has decided on this request already. Nothing was changed; look at it again.",
        ),
        "request_known" => ("not_found", "There is no such request. Nothing was changed."),
        "request_asked_by_person" => (
            "request_needs_person",
            "An amount above the limit waits for a second person, so it is asked for in a person's name. Nothing was posted; say in whose (--as ADDRESS).",
        ),
        "request_decided_by_person" => (
            "request_needs_person",
            "A request is decided by a person. Nothing was changed; say who decides (--as ADDRESS).",
        ),
        "hold_not_covered" => (
            "hold_not_covered",
            "The wallet doesn't cover 24 hours of it beside what is due and what other orders hold. Nothing was ordered; post a deposit first.",
        ),
        "hold_foreign_currency" => (
            "conflict",
            "This wallet is not in the panel's currency, so usage could not be charged to it. Nothing was ordered.",
        ),
        "invoice_not_payable" => (
            "invoice_not_payable",
            "Only an open invoice that was made by hand is paid like this, and by no more than is due of it. Nothing was posted; look at the invoice again.",
        ),
        "invoice_paid_in_part" => (
            "invoice_fixed",
            "Something of this invoice is paid, so it can't be cancelled. Nothing was changed; give it back by a credit note.",
        ),
        "invoice_corrected" => (
            "invoice_fixed",
            "A credit note corrects this invoice, so it can't be cancelled. Nothing was changed.",
        ),
        "credit_note_original" => (
            "credit_note_original",
            "A credit note corrects an invoice that this program has issued and that is not cancelled. Nothing was issued.",
        ),
        "credit_note_bounded" => (
            "credit_note_bounded",
            "Credit notes give back no more than the invoice that they correct. Nothing was issued; give a smaller amount.",
        ),
        _ => return None,
    })
}

/// Plans, and whose a resource is.
fn assigning(rule: &str) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        "plan_rate_missing" => (
            "plan_rate_missing",
            "Without a cost or a rate the plan has no price, and what runs on it is not charged but waits. Nothing was saved; give a cost or a rate.",
        ),
        "plan_without_rate" => (
            "plan_without_rate",
            "This plan has no rate: hours on it could not be charged. Nothing was changed; give the plan a price first, or choose another.",
        ),
        "plan_inactive" => (
            "plan_inactive",
            "This plan is not sold any more. Nothing was changed; choose another, or activate it again.",
        ),
        "assign_archived_organization" => (
            "assign_archived_organization",
            "This organization is archived: nothing can be assigned to it. Nothing was changed; choose another.",
        ),
        "assign_start_in_future" => (
            "assign_start_in_future",
            "The start is ahead of the database's clock. Nothing was changed; give a time that has passed.",
        ),
        "assign_start_before_creation" => (
            "assign_start_before_creation",
            "The start is before the resource was created. Nothing was changed; give a later time.",
        ),
        "assign_gone" => (
            "assign_gone",
            "The provider has this server no more, so it can't be assigned. Nothing was changed; choose another, or sync when it is back.",
        ),
        "parked_still_gone" => (
            "parked_still_gone",
            "The provider has this server no more. Nothing was changed; end its assignment, of which nothing since it was last seen is charged, or sync when it is back.",
        ),
        "assign_start_overlaps" => (
            "assign_start_overlaps",
            "Hours after this start belong to an organization that had it before, and nobody pays for another's hours. Nothing was changed; start later, or now.",
        ),
        "assign_already_charged" => (
            "assign_already_charged",
            "Hours of this assignment have been charged, so it can't be undone. Nothing was changed; end it instead.",
        ),
        "assign_not_undoable" => (
            "assign_not_undoable",
            "The plan was changed since this was assigned, so it can't be undone. Nothing was changed; end the assignment instead.",
        ),
        "assign_already_there" => (
            "assign_already_there",
            "It is this organization's already. Nothing was changed; change its plan, or undo the assignment first.",
        ),
        "assign_nobodys" => (
            "assign_nobodys",
            "It is assigned to nobody. Nothing was changed; assign it first.",
        ),
        "assign_same_plan" => ("assign_same_plan", "It is on this plan already. Nothing was changed."),
        "assign_deleted" => ("assign_deleted", "It has been deleted. Nothing was changed."),
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
        "intent_server_busy" => (
            "intent_server_busy",
            "Something else is being done to this server at its provider, or waits to be. Nothing was asked for; wait until that has ended, or take it back while it waits.",
        ),
        "intent_server_known" => (
            "not_found",
            "There is no such server, or it was given to somebody else meanwhile. Nothing was asked for.",
        ),
        "server_password_unknown" => (
            "server_password_unknown",
            "Nobody here knows root's password on this server: it was not ordered, rebuilt or given another one from here. Nothing was shown; reset the password.",
        ),
        "intent_server_deleted" => ("assign_deleted", "The server has been deleted. Nothing was asked for."),
        "intent_server_without_account" => (
            "conflict",
            "Nobody knows in which account at which provider this server is. Nothing was asked for; sync the account first.",
        ),
        "intent_account_inactive" => (
            "sync_account_inactive",
            "There is no such account, or it is switched off. Nothing was asked for.",
        ),
        "intent_plan_type" => (
            "conflict",
            "This plan doesn't name what it sells at Linode, or names something else. Nothing was asked for; choose another plan, or import plans anew.",
        ),
        "intent_plan_region" => (
            "conflict",
            "This plan's price is not that of this region. Nothing was asked for; choose the plan that is for the region.",
        ),
        "drift_moved" => (
            "stale",
            "It is not any more what you saw: the row or what the provider says of it has changed. Nothing was changed; look again.",
        ),
        "intent_region_not_on_sale" => (
            "region_not_on_sale",
            "This region of the account is not on sale. Nothing was asked for; choose another region, or put it on sale on the page Providers.",
        ),
        "intent_incomplete" => (
            "bad_request",
            "An order names an account, an organization, a plan, a region and a label. Nothing was asked for.",
        ),
        "intent_known" => ("not_found", "There is no such intent. Nothing was changed."),
        "intent_not_waiting" => (
            "intent_not_waiting",
            "It doesn't wait any more: it was sent, or has ended. Nothing was changed.",
        ),
        "intent_expired" => (
            "intent_not_waiting",
            "It has waited for a day, and is not carried out any more. Nothing was sent; ask for it again.",
        ),
        "intent_lease_lost" => (
            "stale",
            "Somebody else carries this out. Nothing was sent; look at how far it is.",
        ),
        _ => return None,
    })
}
