//! What moves a balance, and what doesn't.

use std::sync::Arc;

use cs_tests::workspace_db::{
    ADMIN, FINANCE, SUPPORT, WorkspaceDb, ask, attempt, broken_rule, connect, entered, refused, run, sqlstate,
};
use sqlx::Connection;
use tokio::task::JoinSet;

use super::shared::{BALANCE_1, at, correction, deposit, proven};

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
