//! The outbox over SQL, as somebody with `psql` would poll it.

use cs_tests::workspace_db::{ADMIN, FINANCE, SUPPORT, WorkspaceDb, ask, connect, entered, refused, run};
use serde_json::Value;
use sqlx::{Connection, PgConnection, Row};
use store::roles::LoginKind;

/// One poll: cursor, whether everything is stale, and "topic:ids" of each change, `*` for many.
struct Heard {
    cursor: String,
    everything: bool,
    changes: Vec<String>,
}

async fn poll(desk: &mut PgConnection, cursor: Option<&str>) -> Heard {
    let row = sqlx::query("SELECT reached, everything, changes FROM cs_live.poll($1)")
        .bind(cursor)
        .fetch_one(desk)
        .await
        .unwrap();
    let changes: Value = row.get("changes");
    Heard {
        cursor: row.get("reached"),
        everything: row.get("everything"),
        changes: changes
            .as_array()
            .unwrap()
            .iter()
            .map(|change| {
                let ids = match &change["ids"] {
                    Value::Null => "*".to_owned(),
                    ids => ids
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(Value::to_string)
                        .collect::<Vec<_>>()
                        .join(","),
                };
                format!("{}:{ids}", change["topic"].as_str().unwrap())
            })
            .collect(),
    }
}

/// A desk with a session and the cursor of its first poll.
async fn listener(db: &WorkspaceDb, person: &str) -> (PgConnection, String) {
    let (login, _session) = db.desk_of(person).await;
    let mut desk = connect(&login.url).await;
    let cursor = poll(&mut desk, None).await.cursor;
    (desk, cursor)
}

#[tokio::test]
async fn a_poll_brings_what_came_since_and_only_that() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    let (mut desk, cursor) = listener(&db, ADMIN).await;
    assert_eq!(poll(&mut desk, Some(&cursor)).await.changes, Vec::<String>::new());
    run(&mut owner, "UPDATE organizations SET name = 'Brisa' WHERE id = 1").await;
    run(
        &mut owner,
        "INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES (2, 5, 'deposit', 'completed', 'k')",
    )
    .await;
    run(&mut owner, "UPDATE organizations SET name = name WHERE id = -1").await;
    let heard = poll(&mut desk, Some(&cursor)).await;
    assert!(!heard.everything);
    let transaction = ask(&mut owner, "SELECT max(id) FROM transactions").await;
    assert_eq!(
        heard.changes,
        [
            "activity:*",
            "organizations:1",
            &format!("transactions:{transaction}"),
            "wallets:2"
        ]
    );
    assert_eq!(
        poll(&mut desk, Some(&heard.cursor)).await.changes,
        Vec::<String>::new(),
        "each change is heard once"
    );
    run(
        &mut owner,
        "INSERT INTO ticket_messages (ticket_id, user_id, message) VALUES (2, 6, 'And?'), (2, 6, 'Hello?')",
    )
    .await;
    let heard = poll(&mut desk, Some(&heard.cursor)).await;
    assert_eq!(heard.changes, ["activity:*", "tickets:2"]);
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_heard() {
    let db = WorkspaceDb::new().await;
    let (mut desk, cursor) = listener(&db, ADMIN).await;
    let mut late = db.owner().await;
    let mut early = db.owner().await;
    let mut slow = late.begin().await.unwrap();
    run(&mut slow, "UPDATE organizations SET name = 'Late' WHERE id = 1").await;
    run(&mut early, "UPDATE organizations SET name = 'Early' WHERE id = 2").await;
    let heard = poll(&mut desk, Some(&cursor)).await;
    assert_eq!(heard.changes, ["activity:*", "organizations:2"]);
    let again = poll(&mut desk, Some(&heard.cursor)).await;
    assert_eq!(again.changes, Vec::<String>::new());
    slow.commit().await.unwrap();
    let heard = poll(&mut desk, Some(&again.cursor)).await;
    assert_eq!(heard.changes, ["activity:*", "organizations:1"]);
    // What is rolled back is heard by nobody.
    let mut undone = late.begin().await.unwrap();
    run(&mut undone, "UPDATE organizations SET name = 'Never' WHERE id = 1").await;
    undone.rollback().await.unwrap();
    assert_eq!(poll(&mut desk, Some(&heard.cursor)).await.changes, Vec::<String>::new());
}

#[tokio::test]
async fn many_rows_and_many_statements_collapse() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    let (mut desk, cursor) = listener(&db, ADMIN).await;
    run(
        &mut owner,
        "INSERT INTO vps_instances (label, plan_id, organization_id) SELECT 's' || i, 1, 1 FROM generate_series(1, 5000) AS i",
    )
    .await;
    let heard = poll(&mut desk, Some(&cursor)).await;
    assert_eq!(heard.changes, ["activity:*", "servers:*"]);
    // As many statements in one transaction.
    run(
        &mut owner,
        "DO $$ BEGIN FOR i IN 1..500 LOOP UPDATE organizations SET name = 'Name ' || i WHERE id = 1; END LOOP; END $$",
    )
    .await;
    assert_eq!(
        poll(&mut desk, Some(&heard.cursor)).await.changes,
        ["activity:*", "organizations:*"]
    );
    let rows: i64 = ask(
        &mut db.admin().await,
        "SELECT count(*) FROM cs_live.outbox WHERE topic IN ('servers', 'organizations')",
    )
    .await
    .parse()
    .unwrap();
    assert!(rows < 30, "{rows} rows for 5,000 servers and 500 renames");
}

#[tokio::test]
async fn a_billing_run_writes_a_handful() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01';
         INSERT INTO organizations (id, name) SELECT 1000 + i, 'Org ' || i FROM generate_series(1, 500) AS i;
         INSERT INTO wallets (id, organization_id) SELECT NULL, 1000 + i FROM generate_series(1, 500) AS i;
         INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) SELECT 1000 + i, 500, 'deposit', 'completed', 'k' FROM generate_series(1, 500) AS i;
         INSERT INTO vps_instances (label, plan_id, organization_id) SELECT 's' || i, 1, 1000 + 1 + i % 500 FROM generate_series(1, 10000) AS i;
         COMMIT; ",
    )
    .await;
    let before: i64 = ask(&mut owner, "SELECT count(*) FROM cs_live.outbox")
        .await
        .parse()
        .unwrap();
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01 10:00'; SELECT cs_billing.open_run(NULL); COMMIT;
         SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), ARRAY(SELECT id FROM organizations WHERE id > 1000));
         BEGIN; SET LOCAL cs.at = '2030-01-01 10:00'; SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT",
    )
    .await;
    assert_eq!(
        ask(
            &mut owner,
            "SELECT status || ' ' || resources || ' ' || hours FROM billing_runs ORDER BY id DESC LIMIT 1"
        )
        .await,
        "completed 10000 100000"
    );
    let rows: i64 = ask(&mut owner, "SELECT count(*) FROM cs_live.outbox")
        .await
        .parse()
        .unwrap();
    assert!(rows - before <= 10, "{} rows for 10,000 resources", rows - before);
}

#[tokio::test]
async fn a_role_hears_only_of_what_it_may_read_and_each_of_its_own_notifications() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    let (mut admin, admin_at) = listener(&db, ADMIN).await;
    let (mut support, support_at) = listener(&db, SUPPORT).await;
    let (mut finance, finance_at) = listener(&db, FINANCE).await;
    // That the others have signed in since is heard too.
    let admin_at = poll(&mut admin, Some(&admin_at)).await.cursor;
    let support_at = poll(&mut support, Some(&support_at)).await.cursor;
    run(&mut owner, "UPDATE provider_configs SET provider_name = 'linode-2'").await;
    run(&mut owner, "UPDATE theme_settings SET name = 'Port' WHERE id = 1").await;
    run(
        &mut owner,
        &format!("INSERT INTO notifications (id, user_id, title) SELECT 900, id, 'For Sam' FROM users WHERE email = '{SUPPORT}'"),
    )
    .await;
    run(
        &mut owner,
        "INSERT INTO notifications (user_id, title) SELECT id, 'For a customer' FROM users WHERE role = 'user'",
    )
    .await;
    assert_eq!(
        poll(&mut admin, Some(&admin_at)).await.changes,
        ["activity:*", "providers:1", "themes:1"]
    );
    // Of the accounts all staff read the names.
    let heard = poll(&mut support, Some(&support_at)).await;
    assert_eq!(
        heard.changes,
        ["activity:*", "notifications:900", "providers:1", "themes:1"]
    );
    assert_eq!(
        poll(&mut finance, Some(&finance_at)).await.changes,
        ["activity:*", "providers:1", "themes:1"]
    );
    // Who reads nothing of a topic hears nothing of it.
    run(
        &mut db.admin().await,
        "DELETE FROM cs_meta.matrix WHERE role = 'support' AND table_name IN ('provider_accounts', 'docker_hosts')",
    )
    .await;
    run(&mut owner, "UPDATE provider_configs SET provider_name = 'linode-3'").await;
    assert_eq!(poll(&mut support, Some(&heard.cursor)).await.changes, ["activity:*"]);
}

#[tokio::test]
async fn nobody_polls_without_a_session_or_reads_the_outbox() {
    let db = WorkspaceDb::new().await;
    let login = db.desk().await;
    let mut desk = connect(&login.url).await;
    assert_eq!(refused(&mut desk, "SELECT cs_live.poll(NULL)").await, "42501");
    for kind in [LoginKind::Agent, LoginKind::Service] {
        let mut program = connect(&db.login(kind).await.url).await;
        assert_eq!(refused(&mut program, "SELECT cs_live.poll(NULL)").await, "42501");
    }
    let (login, session) = db.desk_of(ADMIN).await;
    let mut desk = connect(&login.url).await;
    for sql in [
        "SELECT * FROM cs_live.outbox",
        "DELETE FROM cs_live.outbox",
        "SELECT * FROM cs_live.kept",
        "INSERT INTO cs_live.outbox (topic) VALUES ('users')",
        "SELECT cs_live.tell('users', NULL, NULL)",
    ] {
        assert_eq!(
            refused(&mut desk, &entered(&session.token, sql)).await,
            "42501",
            "{sql}"
        );
    }
    assert_eq!(refused(&mut desk, "SELECT cs_live.poll('nonsense')").await, "22P02");
    // A session that has expired, before anybody has swept it.
    run(
        &mut db.admin().await,
        "UPDATE cs_auth.sessions SET expires_at = now() - interval '1 second'",
    )
    .await;
    assert_eq!(refused(&mut desk, "SELECT cs_live.poll(NULL)").await, "CS011");
}

#[tokio::test]
async fn what_is_old_goes_and_a_cursor_from_before_reads_everything_again() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let mut owner = db.owner().await;
    let (mut desk, old) = listener(&db, ADMIN).await;
    // Written before the mark, committed after it.
    let mut late = db.owner().await;
    let mut slow = late.begin().await.unwrap();
    run(&mut slow, "UPDATE organizations SET name = 'Late' WHERE id = 1").await;
    run(&mut owner, "UPDATE organizations SET name = 'Old' WHERE id = 2").await;
    run(
        &mut admin,
        "DELETE FROM cs_live.marks; INSERT INTO cs_live.marks (at) VALUES (now() - interval '61 minutes')",
    )
    .await;
    let recent = poll(&mut desk, Some(&old)).await;
    assert!(recent.everything, "what it has not heard has been deleted");
    slow.commit().await.unwrap();
    assert_eq!(
        ask(&mut admin, "SELECT count(*) FROM cs_live.outbox").await,
        "2",
        "the late one and its log"
    );
    let heard = poll(&mut desk, Some(&recent.cursor)).await;
    assert_eq!(
        (heard.everything, heard.changes),
        (false, vec!["activity:*".to_owned(), "organizations:1".to_owned()])
    );
    // A cursor of another course of events: a database that was put back.
    let ahead = "900000000:900000000:";
    assert!(poll(&mut desk, Some(ahead)).await.everything);
}

#[tokio::test]
async fn a_long_outbox_and_a_long_transaction_cost_a_poll_nothing() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let mut long = db.owner().await;
    let mut open = long.begin().await.unwrap();
    run(&mut open, "UPDATE organizations SET name = 'Long' WHERE id = 1").await;
    // An hour of 28 changes a second, after the long transaction has begun.
    run(
        &mut admin,
        "DO $$ BEGIN FOR i IN 1..1000 LOOP
           INSERT INTO cs_live.outbox (topic, ids) SELECT 'tickets', ARRAY[j] FROM generate_series(1, 100) AS j; COMMIT;
         END LOOP; END $$",
    )
    .await;
    run(&mut admin, "ANALYZE cs_live.outbox").await;
    let (mut desk, cursor) = listener(&db, ADMIN).await;
    // What this session has looked at and not reported yet, which includes its first poll.
    let looked_at = "SELECT seq_scan + idx_tup_fetch FROM pg_stat_xact_all_tables WHERE relname = 'outbox'";
    run(&mut desk, "BEGIN").await;
    let before: i64 = ask(&mut desk, looked_at).await.parse().unwrap();
    for _ in 0..100 {
        assert_eq!(poll(&mut desk, Some(&cursor)).await.changes, Vec::<String>::new());
    }
    let after: i64 = ask(&mut desk, looked_at).await.parse().unwrap();
    assert!(
        after - before < 500,
        "a hundred polls have looked at {} rows",
        after - before
    );
    run(&mut desk, "COMMIT").await;
    open.commit().await.unwrap();
    assert_eq!(
        poll(&mut desk, Some(&cursor)).await.changes,
        ["activity:*", "organizations:1"]
    );
}
