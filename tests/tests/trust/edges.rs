//! What can be learnt or done around the edges of the rights: by errors, plans and counters, by what a neighbour left on a
//! connection, by flooding. And what can't be stopped, so that nobody believes it could.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, SUPPORT, WorkspaceDb, ask, attempt, connect, entered, refused, run, sqlstate,
};
use sqlx::{AssertSqlSafe, PgConnection, Row, postgres::PgDatabaseError};
use store::roles::LoginKind;

use super::shared::DENIED;

/// The whole of what the server says when it refuses.
async fn answer(connection: &mut PgConnection, sql: &str) -> String {
    match attempt(connection, sql).await {
        Ok(rows) => panic!("this was accepted ({rows} rows): {sql}"),
        Err(sqlx::Error::Database(error)) => {
            let error = error.downcast_ref::<PgDatabaseError>();
            [Some(error.message()), error.detail(), error.hint(), error.r#where()]
                .map(Option::unwrap_or_default)
                .join(" ")
        }
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn errors_show_no_row_that_the_asker_may_not_see() {
    let db = WorkspaceDb::new().await;
    run(
        &mut db.admin().await,
        "INSERT INTO activity_logs (action, user_id) SELECT 'a hidden act', id FROM users WHERE email = 'maya@halyard.example'",
    )
    .await;
    let (desk, _) = db.desk_of(SUPPORT).await;
    let mut support = connect(&desk.url).await;
    // An error in a condition is raised only for rows that the policy lets through first.
    for sql in [
        "SELECT count(*) FROM activity_logs WHERE action::integer > 0",
        "SELECT count(*) FROM activity_logs WHERE (details ->> 'login')::integer > 0",
        "SELECT 1 FROM activity_logs WHERE CASE WHEN action = 'a hidden act' THEN 1 / 0 END > 0 OR action::integer = 1",
    ] {
        let said = answer(&mut support, sql).await;
        assert!(!said.contains("hidden"), "{said}");
    }
    run(
        &mut support,
        "SELECT 1 FROM activity_logs WHERE 1 / (CASE WHEN action = 'a hidden act' THEN 0 ELSE 1 END) > 0",
    )
    .await;

    // A back end in a customer's context is told which rule it broke, and of no value of another's row.
    let service = db.login(LoginKind::Service).await;
    let mut service = connect(&service.url).await;
    run(
        &mut service,
        "SET app.current_user_role = 'user'; SET app.current_organization_id = '1'",
    )
    .await;
    for sql in [
        "INSERT INTO tickets (id, subject, organization_id) VALUES (2, 'x', 1)",
        "INSERT INTO tickets (subject, organization_id) VALUES ('x', 2)",
    ] {
        let said = answer(&mut service, sql).await;
        assert!(
            !said.contains("kestrel") && !said.contains("Failing row") && !said.contains("102"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn plans_and_counters_tell_nothing_without_a_session() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    for sql in [
        "EXPLAIN SELECT 1 FROM public.users",
        "EXPLAIN ANALYZE SELECT 1 FROM public.users WHERE email < 'm'",
        "EXPLAIN (ANALYZE, BUFFERS) SELECT 1 FROM public.wallets",
        "PREPARE p AS SELECT email FROM public.users; EXECUTE p",
        "PREPARE q AS SELECT email FROM public.users WHERE email < $1; EXPLAIN EXECUTE q('m')",
        "DECLARE c CURSOR WITH HOLD FOR SELECT email FROM public.users",
    ] {
        assert_eq!(refused(&mut connection, sql).await, DENIED, "{sql}");
    }
    // The counters of this transaction stay where they were: nothing of a table was read for it.
    run(&mut connection, "BEGIN").await;
    run(
        &mut connection,
        "SELECT * FROM cs_auth.challenge('maya@halyard.example')",
    )
    .await;
    let known = counters(&mut connection).await;
    run(&mut connection, "ROLLBACK; BEGIN").await;
    run(
        &mut connection,
        "SELECT * FROM cs_auth.challenge('nobody@halyard.example')",
    )
    .await;
    let unknown = counters(&mut connection).await;
    run(&mut connection, "ROLLBACK").await;
    // Known and unknown differ there by design of the server; it says whether an address exists, and nothing else.
    assert!(known.len() < 12 && unknown.len() < 12, "{known:?} {unknown:?}");
}

async fn counters(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query(AssertSqlSafe(
        "SELECT relname::text FROM pg_stat_xact_all_tables WHERE schemaname IN ('public', 'cs_auth') AND seq_tup_read + coalesce(idx_tup_fetch, 0) > 0".to_owned(),
    ))
    .fetch_all(connection)
    .await
    .unwrap()
    .iter()
    .map(|row| row.get(0))
    .collect()
}

#[tokio::test]
async fn what_a_neighbour_left_on_a_connection_is_worth_nothing() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(ADMIN).await;
    let mut connection = connect(&desk.url).await;
    // The neighbour writes, and leaves everything behind that a pooler in transaction mode would hand on.
    run(
        &mut connection,
        &format!("BEGIN; SELECT cs_auth.enter('{}')", session.token),
    )
    .await;
    let pass = ask(&mut connection, "SELECT current_setting('cs.pass')").await;
    run(&mut connection, "COMMIT").await;
    run(
        &mut connection,
        &format!(
            "SET cs.pass = '{pass}'; SET app.current_user_role = 'admin'; SET app.current_organization_id = '1'; SET search_path = pg_temp, cs_auth, public;
             SET TimeZone = 'Asia/Tokyo'; PREPARE w AS UPDATE public.organizations SET name = 'x'; SELECT pg_advisory_lock(1)"
        ),
    )
    .await;
    run(&mut connection, &format!("SELECT cs_auth.leave('{}')", session.token)).await;
    for sql in [
        "EXECUTE w",
        "UPDATE public.organizations SET name = 'x'",
        "SELECT email FROM public.users",
        &entered(&session.token, "SELECT 1"),
    ] {
        let code = refused(&mut connection, sql).await;
        assert!([DENIED, "CS011"].contains(&code.as_str()), "{sql}: {code}");
    }
    // Whoever signs in next over it works under the own role, and times are still UTC.
    let next = cs_tests::workspace_db::sign_in_over(&mut connection, SUPPORT, cs_tests::workspace_db::PASSWORD)
        .await
        .unwrap();
    assert_eq!(
        refused(&mut connection, &entered(&next.token, "EXECUTE w")).await,
        DENIED
    );
    run(
        &mut connection,
        &entered(
            &next.token,
            "INSERT INTO public.tickets (id, subject) VALUES (NULL, 'in UTC')",
        ),
    )
    .await;
    let mut admin = db.admin().await;
    assert_eq!(
        ask(&mut admin, "SELECT abs(extract(epoch FROM created_at - timezone('UTC', now()))) < 60 FROM tickets WHERE subject = 'in UTC'").await,
        "true"
    );
}

#[tokio::test]
async fn a_full_queue_of_notices_stops_no_write() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    // What writes sends no notice in its own transaction, so that it can't be stopped by a queue that somebody filled.
    let notifying = "SELECT string_agg(DISTINCT p.oid::regprocedure::text, ' ') FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
       WHERE NOT t.tgisinternal AND p.prosrc ~* '(pg_notify|\\mNOTIFY\\M)'";
    assert_eq!(ask(&mut admin, notifying).await, "∅");
    // And what is sent by anybody reaches nobody's rights: it carries what a listener may as well have made up.
    let (desk, session) = db.desk_of(FINANCE).await;
    let mut finance = connect(&desk.url).await;
    let mut idle = connect(&desk.url).await;
    run(&mut idle, "LISTEN x; BEGIN").await;
    run(
        &mut finance,
        "DO $$ BEGIN FOR i IN 1..2000 LOOP PERFORM pg_notify('x', repeat(i::text, 100)); END LOOP; END $$",
    )
    .await;
    run(
        &mut finance,
        &entered(
            &session.token,
            "INSERT INTO transactions (id, organization_id, amount, type, payment_id) VALUES (NULL, 1, 5, 'deposit', 'while flooded')",
        ),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_charge_at_once_charge_each_hour_once() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let (desk, session) = db.desk_of(FINANCE).await;
    let mut finance = connect(&desk.url).await;
    run(
        &mut finance,
        &entered(
            &session.token,
            "SELECT cs_billing.open_run((timezone('UTC', now()) + interval '30 hours')::timestamp)",
        ),
    )
    .await;
    let run_id = ask(&mut admin, "SELECT max(id) FROM billing_runs WHERE status = 'open'").await;
    let mut work = Vec::new();
    for _ in 0..6 {
        let (url, token, run_id) = (desk.url.clone(), session.token.clone(), run_id.clone());
        work.push(tokio::spawn(async move {
            let mut connection = connect(&url).await;
            let sql = entered(
                &token,
                &format!("SELECT cs_billing.charge_batch({run_id}, ARRAY[1, 2])"),
            );
            if let Err(error) = attempt(&mut connection, &sql).await {
                let code = sqlstate(&error);
                assert!(
                    ["CS021", "40001", "40P01", "23P01", "23505"].contains(&code.as_str()),
                    "{error}"
                );
            }
        }));
    }
    for one in work {
        one.await.unwrap();
    }
    let doubled = "SELECT count(*) FROM usage_details a JOIN usage_details b ON a.id < b.id AND a.resource_kind = b.resource_kind AND a.resource_id = b.resource_id
      AND a.first_hour < b.first_hour + make_interval(hours => b.hours) AND b.first_hour < a.first_hour + make_interval(hours => a.hours)";
    assert_eq!(ask(&mut admin, doubled).await, "0");
    assert_eq!(
        ask(&mut admin, "SELECT bool_and(w.balance = (SELECT sum(t.amount) FROM transactions t WHERE t.organization_id = w.organization_id AND t.status = 'completed')) FROM wallets w").await,
        "true"
    );
    assert_ne!(
        ask(
            &mut admin,
            &format!("SELECT count(*) FROM billing_charges WHERE run_id = {run_id}")
        )
        .await,
        "0"
    );
}

/// What no grant stops. `docs/SECURITY.md` says what it is worth and how it is ended.
#[tokio::test]
async fn what_can_not_be_stopped_is_known() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    for sql in [
        "DO $$ BEGIN PERFORM 1; END $$",
        "SELECT pg_advisory_xact_lock(1)",
        "NOTIFY anything, 'forged'",
        "LISTEN anything",
        "SELECT lo_create(0)",
        "SELECT pg_logical_emit_message(true, 'x', 'y')",
        "SELECT pg_total_relation_size('pg_catalog.pg_class')",
        "SELECT reltuples FROM pg_class WHERE relname = 'users'",
        "SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'users'",
        "SELECT prosrc FROM pg_proc WHERE proname = 'writing'",
        "SELECT rolname FROM pg_roles",
        "SET statement_timeout = 0",
    ] {
        run(&mut connection, &format!("BEGIN; {sql}; ROLLBACK")).await;
    }
    // This one can, by a setting that is the server's default.
    assert_eq!(
        refused(
            &mut connection,
            "BEGIN; SELECT txid_current(); PREPARE TRANSACTION 'held'"
        )
        .await,
        "55000"
    );
}
