//! Money moves only by rows of `transactions`, and whatever changes something is logged with it.

#[cfg(test)]
mod ledger {
    use std::sync::Arc;

    use cs_tests::workspace_db::{
        ADMIN, FINANCE, SECOND_ADMIN, SUPPORT, Session, WorkspaceDb, ask, attempt, broken_rule, connect, entered,
        refused, run, sqlstate,
    };
    use sqlx::{Connection, PgConnection};
    use tokio::task::JoinSet;

    const BALANCE_1: &str = "SELECT balance FROM wallets WHERE organization_id = 1";

    /// A deposit as a desk writes it.
    fn deposit(organization: i32, amount: &str, key: &str) -> String {
        format!(
            "INSERT INTO transactions (id, organization_id, amount, type, status, payment_method, idempotency_key)
             VALUES (NULL, {organization}, {amount}, 'deposit', 'completed', 'bank', '{key}')"
        )
    }

    /// A refund or adjustment as a desk writes it.
    fn correction(kind: &str, amount: &str, status: &str, refund_of: &str, request: &str, key: &str) -> String {
        format!(
            "INSERT INTO transactions (id, organization_id, amount, type, status, reason, refund_of, request_id, idempotency_key)
             VALUES (NULL, 1, {amount}, '{kind}', '{status}', 'because', {refund_of}, {request}, '{key}')"
        )
    }

    async fn at(db: &WorkspaceDb, email: &str) -> (PgConnection, Session) {
        let (desk, session) = db.desk_of(email).await;
        (connect(&desk.url).await, session)
    }

    /// The books agree with themselves: every wallet equals the sum of what completed.
    async fn proven(db: &WorkspaceDb) {
        let mut admin = db.admin().await;
        let wrong = ask(
            &mut admin,
            "SELECT count(*) FROM wallets w LEFT JOIN (SELECT organization_id, sum(amount) AS moved FROM transactions
               WHERE coalesce(status, 'completed') = 'completed' GROUP BY 1) t USING (organization_id) WHERE w.balance <> coalesce(t.moved, 0)",
        )
        .await;
        assert_eq!(wrong, "0", "a wallet isn't the sum of its transactions");
    }

    #[tokio::test]
    async fn nobody_moves_a_balance_directly() {
        let db = WorkspaceDb::new().await;
        for mut connection in [db.admin().await, db.owner().await] {
            for sql in [
                "UPDATE wallets SET balance = 1",
                "UPDATE wallets SET balance = balance + 0.01, currency = 'USD' WHERE organization_id = 1",
                "INSERT INTO wallets (organization_id) VALUES (1) ON CONFLICT (organization_id) DO UPDATE SET balance = 9",
                "MERGE INTO wallets w USING (VALUES (1)) v(o) ON w.organization_id = v.o WHEN MATCHED THEN UPDATE SET balance = 9",
                "INSERT INTO organizations (name) VALUES ('x'); INSERT INTO wallets (organization_id, balance) VALUES (3, 10)",
                "DO $$ BEGIN UPDATE wallets SET balance = 5; END $$",
            ] {
                assert_eq!(refused(&mut connection, sql).await, "CS020", "{sql}");
            }
        }
        for person in [ADMIN, FINANCE, SUPPORT] {
            let (mut desk, session) = at(&db, person).await;
            for sql in [
                "UPDATE wallets SET balance = 1",
                "INSERT INTO wallets (id, organization_id, balance) VALUES (NULL, 3, 10)",
            ] {
                assert_eq!(
                    refused(&mut desk, &entered(&session.token, sql)).await,
                    "42501",
                    "{person}: {sql}"
                );
            }
        }
        assert_eq!(ask(&mut db.admin().await, BALANCE_1).await, "250.00");
        proven(&db).await;
    }

    #[tokio::test]
    async fn a_deposit_moves_the_wallet_once_per_key() {
        let db = WorkspaceDb::new().await;
        let (mut desk, session) = at(&db, FINANCE).await;
        run(&mut desk, &entered(&session.token, &deposit(1, "25.50", "k1"))).await;
        let mut admin = db.admin().await;
        assert_eq!(ask(&mut admin, BALANCE_1).await, "275.50");
        assert_eq!(
            ask(
                &mut admin,
                "SELECT created_by FROM transactions WHERE idempotency_key = 'k1'"
            )
            .await,
            session.user_id.to_string()
        );

        let again = attempt(&mut desk, &entered(&session.token, &deposit(1, "25.50", "k1")))
            .await
            .unwrap_err();
        let refusal = again.as_database_error().unwrap();
        assert_eq!(
            (sqlstate(&again).as_str(), refusal.constraint()),
            ("23505", Some("transactions_idempotency"))
        );
        run(&mut desk, "ROLLBACK").await;
        // The key of another organization's transaction is another key.
        run(&mut desk, &entered(&session.token, &deposit(2, "1.00", "k1"))).await;
        assert_eq!(ask(&mut admin, BALANCE_1).await, "275.50");
        proven(&db).await;
    }

    #[tokio::test]
    async fn a_balance_neither_overflows_nor_goes_below_zero() {
        let db = WorkspaceDb::new().await;
        let (mut desk, session) = at(&db, FINANCE).await;
        run(&mut desk, &entered(&session.token, &deposit(1, "99999000.00", "big"))).await;
        assert_eq!(
            refused(
                &mut desk,
                &entered(&session.token, &deposit(1, "99999000.00", "bigger"))
            )
            .await,
            "22003"
        );
        assert_eq!(
            refused(
                &mut desk,
                &entered(&session.token, &deposit(1, "100000000.00", "biggest"))
            )
            .await,
            "22003"
        );
        let mut owner = db.owner().await;
        run(&mut owner, "INSERT INTO billing_runs (run_at) VALUES ('2026-02-01')").await;
        let below = "INSERT INTO transactions (organization_id, amount, type, status, run_id)
                     SELECT 2, -80.01, 'charge', 'completed', max(id) FROM billing_runs";
        assert_eq!(broken_rule(&mut owner, below).await, "wallets_balance_check");
        let adjust = correction("adjustment", "-100.00", "completed", "NULL", "NULL", "down")
            .replace(", 1,", ", 2,")
            .replace("(NULL, 1", "(NULL, 2");
        assert_eq!(
            broken_rule(&mut desk, &entered(&session.token, &adjust)).await,
            "wallets_balance_check"
        );
        assert_eq!(
            ask(
                &mut owner,
                "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM wallets"
            )
            .await,
            "99999250.00 80.00"
        );
        proven(&db).await;
    }

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

        assert_eq!(
            broken_rule(&mut desk, &write(&request, "151.00", "a")).await,
            "transactions_second_person",
            "another amount"
        );
        run(&mut desk, &write(&request, "150.00", "a")).await;
        assert_eq!(
            broken_rule(&mut desk, &write(&request, "150.00", "b")).await,
            "transactions_request",
            "the same approval twice"
        );
        assert_eq!(ask(&mut admin, BALANCE_1).await, "400.00");
        proven(&db).await;
    }

    #[tokio::test]
    async fn a_pending_transaction_moves_the_wallet_once() {
        let db = WorkspaceDb::new().await;
        let (mut desk, session) = at(&db, FINANCE).await;
        let pending = |key: &str| {
            entered(
                &session.token,
                &deposit(1, "10.00", key).replace("'completed'", "'pending'"),
            )
        };
        let status = |key: &str, status: &str| {
            entered(
                &session.token,
                &format!("UPDATE transactions SET status = '{status}' WHERE idempotency_key = '{key}'"),
            )
        };
        let mut admin = db.admin().await;
        run(&mut desk, &pending("p1")).await;
        run(&mut desk, &pending("p2")).await;
        assert_eq!(ask(&mut admin, BALANCE_1).await, "250.00");
        run(&mut desk, &status("p1", "completed")).await;
        assert_eq!(ask(&mut admin, BALANCE_1).await, "260.00");
        // Saying it again changes nothing; going back is refused.
        run(&mut desk, &status("p1", "completed")).await;
        assert_eq!(ask(&mut admin, BALANCE_1).await, "260.00");
        run(&mut desk, &status("p2", "failed")).await;
        for (key, to) in [
            ("p1", "pending"),
            ("p1", "failed"),
            ("p2", "completed"),
            ("p2", "pending"),
        ] {
            assert_eq!(
                broken_rule(&mut desk, &status(key, to)).await,
                "transactions_immutable",
                "{key} → {to}"
            );
        }
        assert_eq!(
            broken_rule(
                &mut admin,
                "UPDATE transactions SET status = NULL WHERE idempotency_key = 'p1'"
            )
            .await,
            "transactions_immutable"
        );
        assert_eq!(ask(&mut admin, BALANCE_1).await, "260.00");
        proven(&db).await;
    }

    #[tokio::test]
    async fn books_and_log_are_neither_changed_nor_deleted() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        for column in [
            "amount = 1",
            "organization_id = 2",
            "type = 'refund'",
            "metadata = '{}'",
            "created_at = now()",
            "id = 77",
        ] {
            assert_eq!(
                broken_rule(&mut admin, &format!("UPDATE transactions SET {column} WHERE id = 1")).await,
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

    #[tokio::test]
    async fn fifty_deposits_at_once_sum_up() {
        let db = Arc::new(WorkspaceDb::new().await);
        let (desk, session) = db.desk_of(FINANCE).await;
        let mut tasks = JoinSet::new();
        for number in 0..50 {
            let (url, token) = (desk.url.clone(), session.token.clone());
            tasks.spawn(async move {
                let mut connection = connect(&url).await;
                let both = format!(
                    "{}; {}",
                    deposit(1, "1.37", &format!("a{number}")),
                    deposit(2, "0.01", &format!("b{number}"))
                );
                run(&mut connection, &entered(&token, &both)).await;
                connection.close().await.unwrap();
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        let mut admin = db.admin().await;
        assert_eq!(
            ask(
                &mut admin,
                "SELECT string_agg(balance::text, ' ' ORDER BY id) FROM wallets"
            )
            .await,
            "318.50 80.50"
        );
        proven(&db).await;
    }

    #[tokio::test]
    async fn changes_are_logged_in_their_own_transaction_without_secrets() {
        let db = WorkspaceDb::new().await;
        let (desk, session) = db.desk_of(ADMIN).await;
        let mut connection = connect(&desk.url).await;
        let mut admin = db.admin().await;
        let before: i64 = ask(&mut admin, "SELECT count(*) FROM activity_logs")
            .await
            .parse()
            .unwrap();
        run(
            &mut connection,
            &format!("BEGIN; SELECT cs_auth.enter('{}'); INSERT INTO organizations (id, name) VALUES (NULL, 'Rolled back'); ROLLBACK", session.token),
        )
        .await;
        assert_eq!(
            ask(&mut admin, "SELECT count(*) FROM activity_logs").await,
            before.to_string()
        );

        run(
            &mut connection,
            &entered(
                &session.token,
                "INSERT INTO users (id, email, password_hash, role) VALUES (NULL, 'new@halyard.example', 'very-secret-hash', 'support');
                 UPDATE vps_instances SET root_password = 'very-secret-root', label = 'renamed' WHERE id = 1;
                 UPDATE provider_configs SET credentials = '{\"token\": \"very-secret-token\"}';
                 INSERT INTO user_api_keys (id, user_id, name, key_hash) VALUES (NULL, 5, 'k', 'very-secret-key');
                 UPDATE workspace_settings SET grace_hours = 48",
            ),
        )
        .await;
        let log = ask(
            &mut admin,
            &format!("SELECT jsonb_agg(to_jsonb(l) ORDER BY id) FROM activity_logs l WHERE id > {before}"),
        )
        .await;
        assert!(!log.contains("very-secret"), "{log}");
        for action in [
            "user.create",
            "server.update",
            "provider.update",
            "api_key.create",
            "settings.update",
        ] {
            assert!(log.contains(&format!("\"{action}\"")), "{action} in {log}");
        }
        let entry = ask(
            &mut admin,
            "SELECT to_jsonb(l) FROM activity_logs l WHERE action = 'server.update'",
        )
        .await;
        assert!(
            entry.contains(r#""before": {"label": "brisa-web-1", "root_password": "(secret)"}"#),
            "{entry}"
        );
        assert!(
            entry.contains(r#""after": {"label": "renamed", "root_password": "(secret)"}"#),
            "{entry}"
        );
        assert!(
            entry.contains(&format!("\"login\": \"{}\"", desk.name)) && entry.contains("\"role\": \"admin\""),
            "{entry}"
        );
        assert!(
            entry.contains(&format!("\"user_id\": {}", session.user_id)) && entry.contains("\"organization_id\": 1"),
            "{entry}"
        );
        assert!(entry.contains("\"user_agent\": \"a test\""), "{entry}");
        let same = ask(
            &mut admin,
            "SELECT (SELECT xmin FROM activity_logs WHERE action = 'server.update') = (SELECT xmin FROM vps_instances WHERE id = 1)",
        )
        .await;
        assert_eq!(same, "true");

        run(&mut connection, &entered(&session.token, &deposit(1, "5.00", "logged"))).await;
        let entry = ask(
            &mut admin,
            "SELECT to_jsonb(l) FROM activity_logs l WHERE action = 'transaction.deposit' ORDER BY id DESC LIMIT 1",
        )
        .await;
        assert!(
            entry.contains("\"amount\": \"5.00\"") && entry.contains(&format!("\"user_id\": {}", session.user_id)),
            "{entry}"
        );
    }

    #[tokio::test]
    async fn prices_keep_their_history() {
        let db = WorkspaceDb::new().await;
        let (mut desk, session) = at(&db, ADMIN).await;
        let mut admin = db.admin().await;
        let history = "SELECT string_agg(concat(effective_from, ' ', hourly_rate, ' ', monthly_rate), '; ' ORDER BY effective_from) FROM plan_prices WHERE plan_kind = 'vps' AND plan_id = 1";
        assert_eq!(ask(&mut admin, history).await, "-infinity 0.0090 6.00");
        run(
            &mut desk,
            &entered(&session.token, "UPDATE vps_plans SET name = 'Smaller' WHERE id = 1"),
        )
        .await;
        assert_eq!(ask(&mut admin, history).await, "-infinity 0.0090 6.00");
        run(
            &mut desk,
            &entered(
                &session.token,
                "UPDATE vps_plans SET hourly_rate = 0.0120, monthly_rate = NULL WHERE id = 1",
            ),
        )
        .await;
        let both = ask(&mut admin, history).await;
        assert!(
            both.starts_with("-infinity 0.0090 6.00; 20") && both.ends_with(" 0.0120 "),
            "{both}"
        );
        let who =
            "SELECT recorded_by FROM plan_prices WHERE plan_kind = 'vps' AND plan_id = 1 AND hourly_rate = 0.0120";
        assert_eq!(ask(&mut admin, who).await, session.user_id.to_string());

        // A plan that another program wrote before there was a history.
        run(&mut admin, "DELETE FROM plan_prices WHERE plan_kind = 'container'").await;
        run(
            &mut admin,
            "UPDATE container_plans SET hourly_rate = 0.0050 WHERE id = 1",
        )
        .await;
        let history = "SELECT string_agg(hourly_rate::text, '; ' ORDER BY effective_from) FROM plan_prices WHERE plan_kind = 'container' AND plan_id = 1";
        assert_eq!(ask(&mut admin, history).await, "0.0040; 0.0050");
    }

    #[tokio::test]
    async fn a_ticket_knows_the_head_of_its_conversation() {
        let db = WorkspaceDb::new().await;
        let (mut desk, session) = at(&db, SUPPORT).await;
        let mut admin = db.admin().await;
        let head = "SELECT concat_ws(' ', last_message_id, last_from_customer, first_reply_at IS NOT NULL) FROM tickets WHERE id = ";
        assert_eq!(ask(&mut admin, &format!("{head} 1")).await, "3 f t");
        assert_eq!(ask(&mut admin, &format!("{head} 2")).await, "4 t f");
        let note = |internal: bool| {
            entered(
                &session.token,
                &format!(
                    "INSERT INTO ticket_messages (id, ticket_id, user_id, message, is_internal) VALUES (NULL, 2, {}, 'x', {internal})",
                    session.user_id
                ),
            )
        };
        run(&mut desk, &note(true)).await;
        assert_eq!(ask(&mut admin, &format!("{head} 2")).await, "5 t f");
        run(&mut desk, &note(false)).await;
        assert_eq!(ask(&mut admin, &format!("{head} 2")).await, "6 f t");

        run(
            &mut desk,
            &entered(
                &session.token,
                "INSERT INTO tickets (id, subject, organization_id) VALUES (NULL, 'New', 1)",
            ),
        )
        .await;
        assert_eq!(
            ask(&mut admin, "SELECT ticket_number FROM tickets WHERE subject = 'New'").await,
            "T-000003"
        );
        let resolved = "SELECT resolved_at IS NOT NULL FROM tickets WHERE id = 2";
        for (status, is) in [
            ("in_progress", "false"),
            ("resolved", "true"),
            ("closed", "true"),
            ("open", "false"),
        ] {
            run(
                &mut desk,
                &entered(
                    &session.token,
                    &format!("UPDATE tickets SET status = '{status}' WHERE id = 2"),
                ),
            )
            .await;
            assert_eq!(ask(&mut admin, resolved).await, is, "{status}");
        }
    }

    #[tokio::test]
    async fn every_table_with_updated_at_keeps_it() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        let tables = ask(
            &mut admin,
            "SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE table_schema = 'public' AND column_name = 'updated_at' AND table_type = 'BASE TABLE'",
        )
        .await;
        assert_eq!(tables.split(' ').count(), 13, "{tables}");
        for table in tables.split(' ') {
            let column = match table {
                "wallets" => "currency = currency",
                "workspace_settings" => "grace_hours = 24",
                "tickets" => "subject = subject",
                "networking_config" => "type = type",
                "provider_configs" => "provider_name = provider_name",
                "users" => "email = email",
                "vps_instances" => "label = label",
                _ => "name = name",
            };
            run(
                &mut admin,
                &format!("UPDATE {table} SET updated_at = '2001-01-01', {column}"),
            )
            .await;
            let old = ask(
                &mut admin,
                &format!("SELECT count(*) FROM {table} WHERE updated_at < timezone('UTC', now()) - interval '1 hour'"),
            )
            .await;
            assert_eq!(old, "0", "{table}");
            assert_ne!(
                ask(&mut admin, &format!("SELECT count(*) FROM {table}")).await,
                "0",
                "{table}"
            );
        }
    }

    #[tokio::test]
    async fn a_sessions_time_zone_changes_nothing() {
        let db = WorkspaceDb::new().await;
        let (mut desk, session) = at(&db, ADMIN).await;
        let mut admin = db.admin().await;
        for zone in ["America/New_York", "Pacific/Kiritimati"] {
            for connection in [&mut desk, &mut admin] {
                run(connection, &format!("SET TimeZone = '{zone}'")).await;
            }
            let writes = format!(
                "INSERT INTO organizations (id, name) VALUES (NULL, '{zone}');
                 UPDATE vps_plans SET hourly_rate = hourly_rate + 0.0001 WHERE id = 1;
                 UPDATE tickets SET status = CASE status WHEN 'open' THEN 'resolved' ELSE 'open' END WHERE id = 1;
                 {};
                 INSERT INTO ticket_messages (id, ticket_id, user_id, message) VALUES (NULL, 1, {}, 'x')",
                deposit(1, "1.00", zone),
                session.user_id
            );
            run(&mut desk, &entered(&session.token, &writes)).await;
            run(&mut admin, "INSERT INTO notifications (user_id, title) VALUES (1, 'x')").await;
            run(
                &mut admin,
                "INSERT INTO notifications (user_id, title, created_at) VALUES (1, 'dated', '2020-01-01 10:00')",
            )
            .await;
            let mut reader = db.admin().await;
            for time in [
                "SELECT max(created_at) FROM organizations",
                "SELECT max(updated_at) FROM organizations",
                "SELECT max(updated_at) FROM vps_plans",
                "SELECT max(effective_from) FROM plan_prices",
                "SELECT max(recorded_at) FROM plan_prices",
                "SELECT max(created_at) FROM transactions",
                "SELECT max(updated_at) FROM wallets",
                "SELECT max(updated_at) FROM tickets",
                "SELECT max(last_message_at) FROM tickets",
                "SELECT max(created_at) FROM ticket_messages",
                "SELECT max(created_at) FROM activity_logs",
                "SELECT max(created_at) FROM notifications",
            ] {
                let sql = format!(
                    "SELECT ({time}) BETWEEN timezone('UTC', now()) - interval '30 minutes' AND timezone('UTC', now()) + interval '1 minute'"
                );
                assert_eq!(ask(&mut reader, &sql).await, "true", "{zone}: {time}");
            }
            assert_eq!(
                ask(
                    &mut reader,
                    "SELECT DISTINCT created_at FROM notifications WHERE title = 'dated'"
                )
                .await,
                "2020-01-01 10:00:00"
            );
        }
    }
}
