//! The log can't be rewritten unseen.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use app::trust::{
    self, Head,
    log::{self, Problem, Verified},
};
use cs_tests::{
    desk::Workspace,
    workspace_db::{ADMIN, FINANCE, SUPPORT, WorkspaceDb, ask, attempt, connect, entered, refused, run},
};
use serde_json::json;
use sqlx::PgConnection;
use store::{connect::Address, log_chain};

use super::shared::DENIED;

async fn verify(connection: &mut PgConnection) -> Verified {
    log::verify(connection, Head::beginning(), |_, _| ControlFlow::Continue(()))
        .await
        .unwrap()
}

async fn problems(connection: &mut PgConnection) -> Vec<(i64, Problem)> {
    verify(connection)
        .await
        .breaks
        .iter()
        .map(|found| (found.position, found.problem))
        .collect()
}

/// As somebody who owns the server: no trigger stops it.
async fn rewrite(connection: &mut PgConnection, sql: &str) {
    run(
        connection,
        &format!("BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT"),
    )
    .await;
}

#[tokio::test]
async fn what_is_committed_is_sealed_once_in_the_order_of_its_commit() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let (mut early, mut late) = (db.owner().await, db.owner().await);
    while log_chain::seal(&mut admin, 7).await.unwrap() > 0 {}
    let seeded = verify(&mut admin).await;
    assert!(seeded.rows > 20 && seeded.breaks.is_empty(), "{seeded:?}");
    // One that began first and commits last is not lost, though its number is lower.
    run(
        &mut early,
        "BEGIN; INSERT INTO public.activity_logs (action) VALUES ('early')",
    )
    .await;
    run(&mut late, "INSERT INTO public.activity_logs (action) VALUES ('late')").await;
    assert_eq!(log_chain::seal(&mut admin, 100).await.unwrap(), 1);
    assert_eq!(log_chain::seal(&mut admin, 100).await.unwrap(), 0);
    run(&mut early, "COMMIT").await;
    run(
        &mut late,
        "BEGIN; INSERT INTO public.activity_logs (action) VALUES ('never'); ROLLBACK",
    )
    .await;
    assert_eq!(log_chain::seal(&mut admin, 100).await.unwrap(), 1);
    assert_eq!(log_chain::seal(&mut admin, 100).await.unwrap(), 0);
    assert_eq!(
        ask(&mut admin, "SELECT string_agg(a.action, ' ' ORDER BY c.position) FROM log_chain c JOIN activity_logs a ON a.id = c.activity_id WHERE a.action IN ('early', 'late', 'never')").await,
        "late early"
    );
    assert_eq!(
        ask(&mut admin, "SELECT count(*) = max(position) FROM log_chain").await,
        "true"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_seal_at_once_chain_each_row_once() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let mut work = Vec::new();
    for number in 0..6 {
        let mut writer = db.owner().await;
        work.push(tokio::spawn(async move {
            for _ in 0..20 {
                run(
                    &mut writer,
                    &format!("INSERT INTO public.activity_logs (action) SELECT 'w{number}' FROM generate_series(1, 5)"),
                )
                .await;
            }
        }));
        let mut sealer = db.admin().await;
        work.push(tokio::spawn(async move {
            for _ in 0..30 {
                log_chain::seal(&mut sealer, 40).await.unwrap();
            }
        }));
    }
    for one in work {
        one.await.unwrap();
    }
    while log_chain::seal(&mut admin, 1000).await.unwrap() > 0 {}
    assert_eq!(
        ask(
            &mut admin,
            "SELECT (SELECT count(*) FROM activity_logs) = (SELECT count(*) FROM log_chain)"
        )
        .await,
        "true"
    );
    assert_eq!(verify(&mut admin).await.breaks, []);
    // A sealer that stands still holds up no writer and no other program.
    let mut still = db.admin().await;
    run(
        &mut db.owner().await,
        "INSERT INTO public.activity_logs (action) VALUES ('waits')",
    )
    .await;
    run(&mut still, "BEGIN; SELECT cs_ledger.seal_log(10)").await;
    run(
        &mut db.owner().await,
        "SET lock_timeout = '1s'; INSERT INTO public.activity_logs (action) VALUES ('goes on')",
    )
    .await;
    assert_eq!(log_chain::seal(&mut admin, 10).await.unwrap(), 0);
    run(&mut still, "ROLLBACK").await;
    assert_eq!(log_chain::seal(&mut admin, 10).await.unwrap(), 2);
}

#[tokio::test]
async fn a_change_of_history_by_the_owner_is_found_by_its_place() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    log_chain::seal(&mut admin, 1000).await.unwrap();
    let head = log_chain::head(&mut admin).await.unwrap();
    assert_eq!(problems(&mut admin).await, []);
    // The server's own hashing and this program's agree.
    let (by_server, here) = (
        log_chain::hashed(&mut admin, 0, 500).await.unwrap(),
        log_chain::fetched(&mut admin, 0, 500).await.unwrap(),
    );
    assert!(
        by_server
            .iter()
            .zip(&here)
            .all(|(a, b)| a.now == b.now && a.now.as_deref() == Some(a.row_hash.as_slice()))
    );

    let entry = |position: i64| format!("(SELECT activity_id FROM log_chain WHERE position = {position})");
    for (field, value) in [
        ("details", "'{\"amount\": \"1.00\"}'"),
        ("user_id", "2"),
        ("organization_id", "1"),
        ("action", "'other'"),
        ("resource_type", "'other'"),
        ("resource_id", "'other'"),
        ("ip_address", "'192.0.2.7'"),
        ("user_agent", "'other'"),
        ("created_at", "created_at - interval '1 microsecond'"),
    ] {
        let before = ask(
            &mut admin,
            &format!("SELECT to_jsonb(a) FROM activity_logs a WHERE id = {}", entry(5)),
        )
        .await;
        rewrite(
            &mut admin,
            &format!("UPDATE activity_logs SET {field} = {value} WHERE id = {}", entry(5)),
        )
        .await;
        assert_eq!(problems(&mut admin).await, [(5, Problem::Changed)], "{field}");
        rewrite(
            &mut admin,
            &format!("UPDATE activity_logs a SET {field} = b.{field} FROM jsonb_populate_record(NULL::activity_logs, '{}') b WHERE a.id = b.id", before.replace('\'', "''")),
        )
        .await;
        assert_eq!(problems(&mut admin).await, [], "{field} back");
    }
    rewrite(
        &mut admin,
        &format!("DELETE FROM activity_logs WHERE id = {}", entry(9)),
    )
    .await;
    assert_eq!(problems(&mut admin).await, [(9, Problem::Deleted)]);
    rewrite(
        &mut admin,
        "UPDATE log_chain SET row_hash = sha256('x') WHERE position = 12",
    )
    .await;
    assert_eq!(
        problems(&mut admin).await,
        [(9, Problem::Deleted), (12, Problem::Unlinked), (12, Problem::Changed)]
    );
    rewrite(&mut admin, "DELETE FROM log_chain WHERE position IN (9, 12)").await;
    assert_eq!(problems(&mut admin).await, [(10, Problem::Gap), (13, Problem::Gap)]);
    // An entry that is put into the past.
    rewrite(
        &mut admin,
        "INSERT INTO activity_logs (id, action, created_at, written_by) VALUES (-1, 'forged', '2020-01-01', '1')",
    )
    .await;
    assert!(log_chain::passed_by(&mut admin).await.unwrap().contains(&-1));

    // All of it chained anew: nothing shows any more, but to whoever remembers.
    rewrite(
        &mut admin,
        "DELETE FROM log_chain; UPDATE cs_ledger.log_seal SET home = NULL, sealed = NULL, target = NULL",
    )
    .await;
    while log_chain::seal(&mut admin, 1000).await.unwrap() > 0 {}
    assert_eq!(problems(&mut admin).await, []);
    let found = log::compare(&mut admin, &head).await.unwrap().unwrap();
    assert_eq!((found.position, found.problem), (head.position, Problem::Rewritten));
    rewrite(&mut admin, "DELETE FROM log_chain WHERE position >= 10").await;
    assert_eq!(
        log::compare(&mut admin, &head).await.unwrap().unwrap().problem,
        Problem::Shortened
    );
}

#[tokio::test]
async fn a_restored_copy_goes_on_with_the_chain() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    log_chain::seal(&mut admin, 10).await.unwrap();
    log_chain::seal(&mut admin, 1000).await.unwrap();
    let head = log_chain::head(&mut admin).await.unwrap();
    // In another cluster the numbers of transactions are others.
    rewrite(&mut admin, "UPDATE activity_logs SET written_by = (written_by::text::bigint + 1000000000)::text::xid8; UPDATE cs_ledger.log_seal SET home = 'another'").await;
    run(
        &mut db.owner().await,
        "INSERT INTO public.activity_logs (action) VALUES ('after')",
    )
    .await;
    assert_eq!(log_chain::seal(&mut admin, 1000).await.unwrap(), 1);
    run(
        &mut db.owner().await,
        "INSERT INTO public.activity_logs (action) VALUES ('later')",
    )
    .await;
    assert_eq!(log_chain::seal(&mut admin, 1000).await.unwrap(), 1);
    assert_eq!(problems(&mut admin).await, []);
    assert_eq!(log::compare(&mut admin, &head).await.unwrap(), None);
    assert_eq!(log_chain::passed_by(&mut admin).await.unwrap(), [0; 0]);
}

#[tokio::test]
async fn nobody_writes_to_the_chain_and_each_role_reads_its_part() {
    let db = WorkspaceDb::new().await;
    for person in [ADMIN, SUPPORT, FINANCE] {
        let (desk, session) = db.desk_of(person).await;
        let mut connection = connect(&desk.url).await;
        log_chain::seal(&mut connection, 1000).await.unwrap();
        let links = log_chain::links(&mut connection, 0, 100).await.unwrap();
        assert!(links.len() > 20);
        assert_eq!(log_chain::hashed(&mut connection, 0, 10).await.is_ok(), person == ADMIN);
        for sql in [
            "UPDATE log_chain SET position = position",
            "DELETE FROM log_chain",
            "INSERT INTO log_chain (position, activity_id, row_hash, chain_hash) VALUES (99999, 1, sha256(''), sha256(''))",
            "UPDATE activity_logs SET written_by = '1'",
            "SELECT sealed FROM cs_ledger.log_seal",
        ] {
            assert_eq!(
                refused(&mut connection, &entered(&session.token, sql)).await,
                DENIED,
                "{person}: {sql}"
            );
        }
    }
    // Also the owner's slips are stopped.
    let mut owner = db.owner().await;
    for sql in [
        "UPDATE log_chain SET position = position",
        "DELETE FROM log_chain",
        "TRUNCATE log_chain",
    ] {
        assert!(attempt(&mut owner, sql).await.is_err(), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_seals_remembers_and_says_when_history_has_changed() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.create_organization("Brisa").await;
    let log = async |wanted: &str| {
        let deadline = Instant::now() + Duration::from_mins(1);
        loop {
            let status = desk.ok("trust.status", json!({})).await;
            if status["log"] == wanted && status["log_position"].as_i64() > Some(0) {
                return status;
            }
            assert!(Instant::now() < deadline, "{status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    log("sound").await;
    workspace
        .execute("BEGIN; SET LOCAL session_replication_role = replica; UPDATE activity_logs SET action = 'nothing' WHERE id = (SELECT activity_id FROM log_chain WHERE position = 2); COMMIT")
        .await;
    let status = log("red").await;
    assert!(
        status["log_message"].as_str().unwrap().contains("position 2"),
        "{status}"
    );

    // The doctor finds it too, and a head that was remembered.
    let address: &Address = workspace.admin();
    let head = Head {
        position: 1,
        hash: vec![0; 32],
    };
    let diagnosis = trust::diagnose(address, "tests", Some(&head), |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    assert!(diagnosis.is_red() && !diagnosis.isolation.is_red());
    assert_eq!(diagnosis.log.unwrap().breaks[0].problem, Problem::Changed);
    assert_eq!(diagnosis.remembered.unwrap().unwrap().problem, Problem::Rewritten);
}
