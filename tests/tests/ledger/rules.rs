//! Which rows the ledger refuses.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, SECOND_ADMIN, WorkspaceDb, ask, attempt, broken_rule, entered, refused, run, sqlstate,
};

use super::shared::{BALANCE_1, at, correction, deposit, proven};

#[tokio::test]
async fn each_rule_on_a_new_transaction_has_its_name() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    for (values, rule) in [
        (
            "NULL, 5, 'deposit', 'completed', 'k', NULL, NULL",
            "transactions_organization_given",
        ),
        (
            "1, NULL, 'deposit', 'completed', 'k', NULL, NULL",
            "transactions_amount_given",
        ),
        (
            "1, 0, 'deposit', 'completed', 'k', NULL, NULL",
            "transactions_amount_given",
        ),
        ("1, 5, NULL, 'completed', 'k', NULL, NULL", "transactions_type_known"),
        ("1, 5, 'gift', 'completed', 'k', NULL, NULL", "transactions_type_known"),
        ("1, 5, 'deposit', 'done', 'k', NULL, NULL", "transactions_status_known"),
        (
            "1, -5, 'deposit', 'completed', 'k', NULL, NULL",
            "transactions_deposit_positive",
        ),
        (
            "1, 5, 'charge', 'completed', 'k', NULL, NULL",
            "transactions_charge_negative",
        ),
        (
            "1, 5, 'deposit', 'completed', NULL, NULL, NULL",
            "transactions_key_given",
        ),
        (
            "1, 5, 'adjustment', 'completed', 'k', NULL, NULL",
            "transactions_reason_given",
        ),
        (
            "1, 5, 'adjustment', 'completed', 'k', '  ', NULL",
            "transactions_reason_given",
        ),
        (
            "1, 5, 'refund', 'completed', 'k', 'r', NULL",
            "transactions_refund_names_original",
        ),
        (
            "1, -5, 'charge', 'completed', 'k', NULL, NULL",
            "transactions_charge_in_open_run",
        ),
        (
            "1, -5, 'charge', 'completed', 'k', NULL, 1",
            "transactions_charge_in_open_run",
        ),
        (
            "1, 100.01, 'adjustment', 'completed', 'k', 'r', NULL",
            "transactions_second_person",
        ),
        (
            "1, 'NaN', 'deposit', 'completed', 'k', NULL, NULL",
            "transactions_amount_given",
        ),
    ] {
        let sql = format!(
            "INSERT INTO transactions (organization_id, amount, type, status, idempotency_key, reason, run_id) VALUES ({values})"
        );
        assert_eq!(broken_rule(&mut owner, &sql).await, rule, "{values}");
    }
    run(&mut owner, "INSERT INTO organizations (name) VALUES ('No wallet')").await;
    assert_eq!(
        broken_rule(&mut owner, &deposit(3, "5", "k")).await,
        "transactions_wallet_missing"
    );
    assert_eq!(ask(&mut owner, BALANCE_1).await, "250.00");
}

#[tokio::test]
async fn a_charge_belongs_to_an_open_run() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    run(&mut owner, "INSERT INTO billing_runs (run_at) VALUES ('2026-02-01')").await;
    let charge = "INSERT INTO transactions (organization_id, amount, type, status, run_id) SELECT 1, -1.23, 'charge', 'completed', max(id) FROM billing_runs";
    run(&mut owner, charge).await;
    assert_eq!(ask(&mut owner, BALANCE_1).await, "248.77");
    run(
        &mut owner,
        "UPDATE billing_runs SET status = 'completed', finished_at = now() WHERE status = 'open'",
    )
    .await;
    assert_eq!(broken_rule(&mut owner, charge).await, "transactions_charge_in_open_run");
    for person in [ADMIN, FINANCE] {
        let (mut desk, session) = at(&db, person).await;
        let sql = "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 1, -1, 'charge', 'completed', 'k')";
        assert_eq!(
            broken_rule(&mut desk, &entered(&session.token, sql)).await,
            "transactions_charge_in_open_run"
        );
    }
    proven(&db).await;
}

#[tokio::test]
async fn refunds_give_back_no_more_than_the_original() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    let refund = |amount: &str, key: &str| {
        entered(
            &session.token,
            &correction("refund", amount, "completed", "1", "NULL", key),
        )
    };
    run(&mut desk, &refund("-100.00", "r1")).await;
    run(&mut desk, &refund("-100.00", "r2")).await;
    // Enough in the wallet, so that only the bound can refuse.
    run(&mut desk, &entered(&session.token, &deposit(1, "75.00", "more"))).await;
    for (amount, what) in [
        ("-50.01", "more than is left"),
        ("10.00", "in the original's own direction"),
    ] {
        assert_eq!(
            broken_rule(&mut desk, &refund(amount, "r3")).await,
            "transactions_refund_bounded",
            "{what}"
        );
    }
    let another = correction("refund", "-1.00", "completed", "2", "NULL", "r4");
    assert_eq!(
        broken_rule(&mut desk, &entered(&session.token, &another)).await,
        "transactions_refund_bounded",
        "another's"
    );
    run(&mut desk, &refund("-50.00", "r5")).await;
    let of_refund = correction(
        "refund",
        "1.00",
        "completed",
        "(SELECT id FROM transactions WHERE idempotency_key = 'r5')",
        "NULL",
        "r6",
    );
    assert_eq!(
        broken_rule(&mut desk, &entered(&session.token, &of_refund)).await,
        "transactions_refund_bounded",
        "a refund's"
    );
    assert_eq!(ask(&mut db.admin().await, BALANCE_1).await, "75.00");
    proven(&db).await;
}

#[tokio::test]
async fn two_refunds_at_once_stay_within_the_original() {
    for status in ["completed", "pending"] {
        let db = WorkspaceDb::new().await;
        // Enough in the wallet, so that only the bound can refuse.
        let (mut one, first) = at(&db, FINANCE).await;
        let (mut other, second) = at(&db, SECOND_ADMIN).await;
        run(&mut one, &entered(&first.token, &deposit(1, "90.00", "original"))).await;
        let original = "(SELECT id FROM transactions WHERE idempotency_key = 'original')";
        let refund = |key: &str| correction("refund", "-60.00", status, original, "NULL", key);

        run(
            &mut one,
            &format!("BEGIN; SELECT cs_auth.enter('{}'); {}", first.token, refund("a")),
        )
        .await;
        let sql = entered(&second.token, &refund("b"));
        let waiting = tokio::spawn(async move {
            let rule = broken_rule(&mut other, &sql).await;
            (other, rule)
        });
        let mut admin = db.admin().await;
        while ask(
            &mut admin,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        .await
            == "0"
        {
            tokio::task::yield_now().await;
        }
        run(&mut one, "COMMIT").await;
        let (_, rule) = waiting.await.unwrap();
        assert_eq!(rule, "transactions_refund_bounded", "{status}");
        proven(&db).await;
    }
}

#[tokio::test]
async fn above_the_limit_a_second_person_decides() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    let (mut second, other) = at(&db, SECOND_ADMIN).await;
    let write = |request: &str, amount: &str, key: &str| {
        entered(
            &session.token,
            &correction("adjustment", amount, "completed", "NULL", request, key),
        )
    };
    assert_eq!(
        broken_rule(&mut desk, &write("NULL", "150.00", "a")).await,
        "transactions_second_person"
    );
    run(
        &mut desk,
        &entered(
            &session.token,
            &format!(
                "INSERT INTO adjustment_requests (organization_id, type, amount, reason, requested_by) VALUES (1, 'adjustment', 150.00, 'because', {})",
                session.user_id
            ),
        ),
    )
    .await;
    let mut admin = db.admin().await;
    let request = ask(&mut admin, "SELECT max(id) FROM adjustment_requests").await;
    assert_eq!(
        broken_rule(&mut desk, &write(&request, "150.00", "a")).await,
        "transactions_second_person"
    );

    let decide = |person: i32, decision: &str| {
        format!(
            "UPDATE adjustment_requests SET decided_by = {person}, decided_at = timezone('UTC', now()), decision = '{decision}' WHERE id = {request}"
        )
    };
    // Not oneself, not in another's name, not without the session's token.
    assert_eq!(
        broken_rule(
            &mut desk,
            &entered(&session.token, &decide(session.user_id, "approved"))
        )
        .await,
        "adjustment_requests_two_people"
    );
    assert_eq!(
        refused(&mut desk, &entered(&session.token, &decide(other.user_id, "approved"))).await,
        "42501"
    );
    assert_eq!(
        attempt(&mut second, &decide(other.user_id, "approved")).await.unwrap(),
        0
    );
    run(&mut second, &entered(&other.token, &decide(other.user_id, "approved"))).await;
    assert_eq!(
        ask(
            &mut admin,
            &format!("SELECT decision FROM adjustment_requests WHERE id = {request}")
        )
        .await,
        "approved"
    );
    // What was decided stays.
    run(&mut second, &entered(&other.token, &decide(other.user_id, "refused"))).await;
    assert_eq!(
        ask(
            &mut admin,
            &format!("SELECT decision FROM adjustment_requests WHERE id = {request}")
        )
        .await,
        "approved"
    );

    // Approving has posted it; the approval is used up, for this amount and for any other.
    for amount in ["150.00", "151.00"] {
        assert_eq!(
            broken_rule(&mut desk, &write(&request, amount, "b")).await,
            "transactions_request",
            "the same approval twice"
        );
    }
    assert_eq!(ask(&mut admin, BALANCE_1).await, "400.00");
    proven(&db).await;
}

#[tokio::test]
async fn books_and_log_are_neither_changed_nor_deleted() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    // One that nothing refers to: its number is kept all the same.
    run(
        &mut admin,
        "INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES (1, 1, 'deposit', 'completed', 'kept')",
    )
    .await;
    for column in [
        "amount = 2",
        "organization_id = 2",
        "type = 'refund'",
        "metadata = '{}'",
        "created_at = now()",
        "id = 77",
    ] {
        assert_eq!(
            broken_rule(
                &mut admin,
                &format!("UPDATE transactions SET {column} WHERE idempotency_key = 'kept'")
            )
            .await,
            "transactions_immutable"
        );
    }
    for column in [
        "amount = 1",
        "line_items = '[1]'",
        "invoice_number = 'X'",
        "organization_id = 2",
    ] {
        assert_eq!(
            broken_rule(&mut admin, &format!("UPDATE invoices SET {column} WHERE id = 1")).await,
            "invoices_immutable"
        );
    }
    run(
        &mut admin,
        "UPDATE invoices SET status = 'paid', paid_at = now(), amount_paid = 6 WHERE id = 1",
    )
    .await;
    assert_eq!(
        broken_rule(&mut admin, "UPDATE invoices SET status = 'pending' WHERE id = 1").await,
        "invoices_immutable"
    );
    assert_eq!(
        broken_rule(&mut admin, "UPDATE activity_logs SET action = 'x'").await,
        "activity_logs_kept"
    );
    for table in [
        "transactions",
        "invoices",
        "activity_logs",
        "billing_runs",
        "billing_charges",
        "usage_details",
        "wallets",
    ] {
        for sql in [format!("DELETE FROM {table}"), format!("TRUNCATE {table} CASCADE")] {
            assert_eq!(refused(&mut admin, &sql).await, "CS022", "{sql}");
        }
    }
    // An organization can't go: its books hang on it.
    let gone = attempt(&mut admin, "DELETE FROM organizations WHERE id = 1")
        .await
        .unwrap_err();
    assert_eq!(sqlstate(&gone), "23503");
    for person in [ADMIN, FINANCE] {
        let (mut desk, session) = at(&db, person).await;
        for sql in [
            "UPDATE transactions SET amount = 1",
            "DELETE FROM transactions",
            "UPDATE activity_logs SET action = 'x'",
            "DELETE FROM activity_logs",
        ] {
            assert_eq!(
                refused(&mut desk, &entered(&session.token, sql)).await,
                "42501",
                "{person}: {sql}"
            );
        }
    }
    proven(&db).await;
}
