//! What a login may do by itself.

use cs_tests::workspace_db::{ADMIN, WorkspaceDb, ask, broken_rule, connect, refused, run};
use store::roles::LoginKind;

use super::shared::{DENIED, SIGN_IN, callable, names, tables};

#[tokio::test]
async fn without_a_session_a_desk_may_only_sign_in() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    let tables = tables(&db).await;
    assert!(tables.len() > 35, "{tables:?}");
    for (table, column) in &tables {
        for sql in [
            format!("SELECT {column} FROM {table}"),
            format!("SELECT count(*) FROM {table}"),
            format!("SELECT FROM {table} LIMIT 0"),
            format!("INSERT INTO {table} DEFAULT VALUES"),
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
            format!("LOCK TABLE {table} IN ACCESS SHARE MODE"),
            format!("COPY {table} TO STDOUT"),
        ] {
            assert_eq!(
                refused(&mut connection, &format!("BEGIN; {sql}; COMMIT")).await,
                DENIED,
                "{sql}"
            );
        }
    }
    assert_eq!(callable(&db, &desk.name).await, names(SIGN_IN));
    assert_eq!(
        ask(
            &mut connection,
            "SELECT count(*) FROM cs_auth.whoami() w WHERE w.user_id IS NOT NULL"
        )
        .await,
        "0"
    );
    assert_eq!(
        ask(
            &mut connection,
            "SELECT concat(cs_auth.user_id(), cs_auth.role(), cs_auth.organization_id(), cs_auth.writing())"
        )
        .await,
        "f"
    );
    assert_eq!(
        ask(&mut connection, "SELECT is_test FROM cs_auth.workspace()").await,
        "true"
    );
    assert_eq!(refused(&mut connection, "SELECT cs_auth.enter('x')").await, "CS011");
    assert_eq!(
        refused(&mut connection, "SELECT cs_auth.replace_hash('x', 'y')").await,
        "CS011"
    );
    for sql in [
        "SELECT cs_auth.view_as('x', 1, 'They ask what they see')",
        "SELECT cs_auth.view_as(NULL, 1, 'They ask what they see')",
        "SELECT cs_auth.stop_viewing('x')",
        "SELECT cs_auth.stop_viewing(NULL)",
    ] {
        assert_eq!(refused(&mut connection, sql).await, "CS011", "{sql}");
    }
    assert_eq!(
        ask(
            &mut connection,
            "SELECT (SELECT count(*) FROM cs_auth.viewing()) + cs_auth.sweep_views()"
        )
        .await,
        "0"
    );
    // This desk was not invited.
    assert_eq!(
        broken_rule(&mut connection, "SELECT cs_auth.accept_invitation()").await,
        "invitation_used"
    );
}

#[tokio::test]
async fn nobody_outside_the_groups_may_do_anything() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let wide_open = "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_sync', 'cs_agent', 'cs_meta')
                       AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)";
    assert_eq!(ask(&mut admin, wide_open).await, "∅");
    let unpinned = "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE p.prosecdef AND p.pronamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_sync', 'cs_agent', 'cs_meta')
                      AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']";
    assert_eq!(ask(&mut admin, unpinned).await, "∅");
    let open_tables = "SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
    assert_eq!(ask(&mut admin, open_tables).await, "∅");
    let to_public = "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = 0 AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_sync', 'cs_agent', 'cs_meta')";
    assert_eq!(ask(&mut admin, to_public).await, "0");
    let database = "SELECT count(*) FROM pg_database d, aclexplode(d.datacl) a WHERE a.grantee = 0 AND d.datname = current_database()";
    assert_eq!(ask(&mut admin, database).await, "0");
    let truncate = "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee <> c.relowner AND a.privilege_type IN ('TRUNCATE', 'DELETE', 'REFERENCES', 'TRIGGER')
                      AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_sync', 'cs_agent', 'cs_meta')";
    assert_eq!(ask(&mut admin, truncate).await, "0");
    let sequences = format!(
        "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relkind = 'S' AND a.grantee NOT IN (c.relowner, '{}'::regrole)
           AND NOT (a.grantee = '{}'::regrole AND a.privilege_type = 'SELECT') AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_sync', 'cs_agent', 'cs_meta')",
        db.role("service"),
        db.role("backup")
    );
    assert_eq!(ask(&mut admin, &sequences).await, "0");
    // A group that policies name holds a column's grant, else DROP OWNED BY its members would drop those policies.
    let bare = format!(
        "SELECT string_agg(DISTINCT r::regrole::text, ' ') FROM pg_policy p, unnest(p.polroles) r WHERE r <> '{}'::regrole
           AND NOT EXISTS (SELECT FROM pg_attribute a, aclexplode(a.attacl) g WHERE g.grantee = r)",
        db.role("owner")
    );
    assert_eq!(ask(&mut admin, &bare).await, "∅");
}

#[tokio::test]
async fn only_a_desks_login_signs_in() {
    let db = WorkspaceDb::new().await;
    for kind in [LoginKind::Agent, LoginKind::Service, LoginKind::Backup] {
        let login = db.login(kind).await;
        let mut connection = connect(&login.url).await;
        assert_eq!(
            refused(&mut connection, &format!("SELECT cs_auth.challenge('{ADMIN}')")).await,
            DENIED
        );
    }
    let agent = db.login(LoginKind::Agent).await;
    assert_eq!(
        callable(&db, &agent.name).await,
        names(&[
            "user_id",
            "role",
            "organization_id",
            "writing",
            "sweep",
            "sweep_views",
            "workspace",
            "open_run",
            "charge_batch",
            "run_time",
            "preview_batch",
            "charge_previewed",
            "begin_proof",
            "prove_next",
            "prove_told",
            "finish_proof",
            "explain_transaction",
            "explain_invoice",
            "explain_organization",
            "finish_run",
            "resolve_parked",
            "close_preview",
            "close_batch",
            "finish_close",
            "cancel_invoice",
            "prune",
            "undo_assignment",
            "correct",
            "collect",
            "issue_invoice",
            "place_hold",
            "release_hold",
            "refundable",
            "orderable",
            "rates",
            "past_rates",
            "due_of",
            "refuse",
            "clock",
            "start_refused",
            "provider_cost",
            "usage_ahead",
            "workspace_key",
            "workspace_key_ring",
            "sealing_key",
            "begin",
            "beat",
            "give_up",
            "apply_batch",
            "finish",
            "seal_log",
            "seen",
            "stopped",
            "claim",
            "hold",
            "grace_over",
            "place",
            "withdraw",
            "keep_secret",
            "give_back",
            "sent",
            "lost",
            "record",
            "settle",
            "fail",
            "expire",
            "end_grace",
            "apply_containers",
            "note_containers",
            "finish_containers",
            "place_container",
            "record_container",
            "settle_container",
            "charges_of",
            "counted_until",
            "drift",
            "keep_prices",
            "margin",
            "margin_months",
            "price_alarms",
            "regions_on_sale",
            "remove_networking",
            "remove_script",
            "runs_without_money",
            "settings_of",
            "show_password",
            "take_over",
            "unsend",
        ])
    );
    let service = db.login(LoginKind::Service).await;
    assert_eq!(
        callable(&db, &service.name).await,
        names(&[
            "setting_organization",
            "setting_is_admin",
            "workspace",
            "user_id",
            "role",
            "organization_id",
            "writing",
            "refuse",
            "clock",
            "start_refused",
        ])
    );
    let backup = db.login(LoginKind::Backup).await;
    assert_eq!(callable(&db, &backup.name).await, names(&["workspace", "row_counts"]));
    // A desk that was revoked.
    let desk = db.desk().await;
    run(
        &mut db.admin().await,
        &format!(
            "UPDATE cs_auth.logins SET revoked_at = now() WHERE login = '{}'",
            desk.name
        ),
    )
    .await;
    assert_eq!(
        refused(
            &mut connect(&desk.url).await,
            &format!("SELECT cs_auth.challenge('{ADMIN}')")
        )
        .await,
        "CS010"
    );
}
