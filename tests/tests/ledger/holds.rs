//! Holds lower what may be ordered, never what usage may take.

use cs_tests::workspace_db::{ADMIN, FINANCE, WorkspaceDb, ask, run, within};
use sqlx::PgConnection;

use super::shared::{at, proven};

fn place(organization: i32, plan: i32, key: &str) -> String {
    format!(
        "SELECT concat_ws(' ', held, hold IS NOT NULL, repeated) FROM cs_billing.place_hold({organization}, 'vps', {plan}, 'A server', '{key}')"
    )
}

async fn orderable(admin: &mut PgConnection) -> String {
    ask(admin, "SELECT cs_billing.orderable(1)").await
}

#[tokio::test]
async fn an_order_is_covered_beside_what_is_due_and_held() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, ADMIN).await;
    let mut admin = db.admin().await;
    run(
        &mut admin,
        "INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES (50, 'Huge', 'linode', 5.0001, NULL), (51, 'Capped', 'linode', 5, 7.00),
           (52, 'Free', 'linode', 5, 0), (53, 'Unpriced', 'linode', NULL, NULL), (54, 'Cap only', 'linode', NULL, 3)",
    )
    .await;
    // 250.00, and 5.00 are held.
    assert_eq!(orderable(&mut admin).await, "245.00");
    let first = within(&mut desk, &session.token, &place(1, 50, "o1")).await;
    assert_eq!(first, Ok("120.01 t f".to_owned()), "24 hours, up to the cent");
    assert_eq!(
        within(&mut desk, &session.token, &place(1, 50, "o1")).await,
        Ok("120.01 t t".to_owned())
    );
    assert_eq!(
        within(&mut desk, &session.token, &place(1, 51, "o1")).await,
        Err("wallet_holds_idempotency".to_owned())
    );
    assert_eq!(
        within(&mut desk, &session.token, &place(1, 51, "o2")).await,
        Ok("7.00 t f".to_owned())
    );
    assert_eq!(
        within(&mut desk, &session.token, &place(1, 52, "o3")).await,
        Ok("0.00 f f".to_owned())
    );
    for unpriced in [53, 54] {
        assert_eq!(
            within(&mut desk, &session.token, &place(1, unpriced, "o4")).await,
            Err("plan_without_rate".to_owned())
        );
    }
    assert_eq!(orderable(&mut admin).await, "117.99");
    assert_eq!(
        within(&mut desk, &session.token, &place(1, 50, "o5")).await,
        Err("hold_not_covered".to_owned())
    );
    // What is due counts, up to the cent.
    run(
        &mut admin,
        "UPDATE organization_meters SET arrears = 117.9801 WHERE organization_id = 1",
    )
    .await;
    assert_eq!(orderable(&mut admin).await, "0.00");
    run(
        &mut admin,
        "UPDATE organization_meters SET arrears = 0 WHERE organization_id = 1",
    )
    .await;

    // Given back once; another expires by itself.
    let hold = ask(&mut admin, "SELECT id FROM wallet_holds WHERE idempotency_key = 'o1'").await;
    let release = format!("SELECT cs_billing.release_hold({hold})");
    assert_eq!(within(&mut desk, &session.token, &release).await, Ok("true".to_owned()));
    assert_eq!(
        within(&mut desk, &session.token, &release).await,
        Ok("false".to_owned())
    );
    assert_eq!(orderable(&mut admin).await, "238.00");
    assert_eq!(
        ask(
            &mut admin,
            "SELECT extract(epoch FROM expires_at - created_at)::integer FROM wallet_holds WHERE idempotency_key = 'o2'"
        )
        .await,
        "86400"
    );
    run(
        &mut admin,
        "UPDATE wallet_holds SET expires_at = timezone('UTC', now()) - interval '1 second' WHERE idempotency_key = 'o2'",
    )
    .await;
    assert_eq!(orderable(&mut admin).await, "245.00");

    let (mut finance, session) = at(&db, FINANCE).await;
    assert_eq!(
        within(&mut finance, &session.token, &place(1, 51, "o6")).await,
        Err("42501".to_owned())
    );
    run(
        &mut admin,
        "UPDATE wallets SET currency = 'CHF' WHERE organization_id = 1",
    )
    .await;
    proven(&db).await;
}

#[tokio::test]
async fn two_orders_at_once_don_t_hold_the_same_money() {
    let db = WorkspaceDb::new().await;
    let (mut one, first) = at(&db, ADMIN).await;
    let (mut other, second) = at(&db, cs_tests::workspace_db::SECOND_ADMIN).await;
    let mut admin = db.admin().await;
    run(
        &mut admin,
        "INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (50, 'Huge', 'linode', 6)",
    )
    .await;
    run(
        &mut one,
        &format!("BEGIN; SELECT cs_auth.enter('{}'); {}", first.token, place(1, 50, "o1")),
    )
    .await;
    let waiting = tokio::spawn(async move { within(&mut other, &second.token, &place(1, 50, "o2")).await });
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
    assert_eq!(waiting.await.unwrap(), Err("hold_not_covered".to_owned()));
}
