//! The check finds what was broken, names it, and says what puts it right.

use std::time::{Duration, Instant};

use cs_tests::{
    desk::{ADMIN as FIRST_ADMIN, Workspace},
    workspace_db::{ADMIN, FINANCE, PASSWORD, SUPPORT, WorkspaceDb, ask, attempt, connect, open, prove, run},
};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use store::{
    isolation::{self, Checked, Level},
    roles::LoginKind,
};

async fn check(connection: &mut PgConnection) -> Checked {
    isolation::check(connection).await.unwrap()
}

fn red(checked: &Checked) -> Vec<String> {
    checked
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Red)
        .map(|finding| format!("{}: {} → {}", finding.object, finding.says, finding.remedy))
        .collect()
}

#[tokio::test]
async fn the_programs_copy_is_that_of_a_fresh_database() {
    let db = WorkspaceDb::new().await;
    let kept = isolation::render(&isolation::expected().collect::<Vec<_>>());
    assert!(
        kept == db.catalogue().await,
        "the migrations make another catalogue than expected.txt says: run make catalogue and look at what it changes"
    );
}

#[tokio::test]
async fn a_sound_workspace_is_green_for_everybody() {
    let db = WorkspaceDb::new().await;
    let checked = check(&mut db.admin().await).await;
    assert_eq!(red(&checked), [""; 0]);
    assert!(checked.facts > 1000, "{}", checked.facts);
    let tried: Vec<(&str, bool)> = checked
        .attacked
        .iter()
        .map(|(who, tried)| (who.as_str(), *tried > 50))
        .collect();
    let all = [
        "nobody", "admin", "support", "finance", "customer", "agent", "service", "backup",
    ];
    assert_eq!(tried, all.map(|who| (who, true)));
    assert_eq!(checked.matrix["public.wallets"]["finance"], "ri");
    assert_eq!(checked.matrix["cs_auth.secrets"]["backup"], "r");
    assert_eq!(checked.matrix["cs_auth.secrets"].len(), 1);

    let mut urls = vec![
        db.desk().await.url,
        db.login(LoginKind::Agent).await.url,
        db.login(LoginKind::Service).await.url,
    ];
    for person in [ADMIN, SUPPORT, FINANCE] {
        urls.push(db.desk_of(person).await.0.url);
    }
    for url in urls {
        let checked = check(&mut connect(&url).await).await;
        assert_eq!(red(&checked), [""; 0], "{url}");
        assert!(checked.facts > 800 && checked.attacked[0].1 > 50, "{checked:?}");
    }
    // Nothing of it stays.
    let mut admin = db.admin().await;
    assert_eq!(
        ask(&mut admin, "SELECT count(*) FROM pg_roles WHERE rolname ~ '^cs_check_'").await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_while_a_desk_checks_is_no_finding() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut signing_in = connect(&desk.url).await;
    let proven = prove(&mut signing_in, ADMIN, PASSWORD).await.unwrap();
    // The check stops at the first of its attacks.
    let mut admin = db.admin().await;
    run(&mut admin, "BEGIN; LOCK TABLE cs_auth.secrets").await;
    let mut connection = connect(&desk.url).await;
    let checking = tokio::spawn(async move { check(&mut connection).await });
    let waits = format!(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '{}' AND wait_event_type = 'Lock' AND query ~ 'attacks')",
        desk.name
    );
    let mut watching = db.admin().await;
    let began = Instant::now();
    while ask(&mut watching, &waits).await != "true" {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the check didn't come to its attacks"
        );
    }
    open(&mut signing_in, Some(proven)).await.unwrap();
    run(&mut admin, "ROLLBACK").await;
    let checked = checking.await.unwrap();
    assert_eq!(red(&checked), [""; 0]);
    assert_eq!(checked.attacked[0].0, "admin");
}

/// What breaks something, what the finding is about, and whether its remedy can be carried out as it stands.
const BROKEN: &[(&str, &str, bool)] = &[
    (
        "ALTER POLICY customer_select ON wallets USING (true)",
        "policy customer_select on public.wallets",
        true,
    ),
    (
        "DROP POLICY admin_update ON users",
        "policy admin_update on public.users",
        true,
    ),
    (
        "CREATE POLICY mine ON invoices TO @support USING (true)",
        "policy mine on public.invoices",
        true,
    ),
    (
        "DROP POLICY service_money_insert ON transactions",
        "policy service_money_insert on public.transactions",
        true,
    ),
    (
        "GRANT UPDATE (balance) ON wallets TO @finance",
        "grant UPDATE on public.wallets to @finance",
        true,
    ),
    (
        "GRANT SELECT (password_hash) ON users TO @admin",
        "grant SELECT on public.users to @admin",
        true,
    ),
    (
        "GRANT SELECT ON wallets TO @customer",
        "grant SELECT on public.wallets to @customer",
        true,
    ),
    (
        "GRANT SELECT ON plan_prices TO PUBLIC",
        "grant SELECT on public.plan_prices to PUBLIC",
        true,
    ),
    (
        "REVOKE SELECT (amount) ON transactions FROM @finance",
        "grant SELECT on public.transactions to @finance",
        true,
    ),
    (
        "GRANT USAGE ON SCHEMA cs_meta TO @staff",
        "grant USAGE on schema cs_meta to @staff",
        true,
    ),
    (
        "GRANT EXECUTE ON FUNCTION cs_auth.pass_of(bigint) TO @staff",
        "grant EXECUTE on function cs_auth.pass_of(session_id bigint) to @staff",
        true,
    ),
    (
        "GRANT EXECUTE ON FUNCTION cs_ledger.move(integer[], numeric[]) TO PUBLIC",
        "grant EXECUTE on function cs_ledger.move(organizations integer[], amounts numeric[]) to PUBLIC",
        true,
    ),
    (
        "GRANT USAGE ON SEQUENCE users_id_seq TO @support",
        "grant USAGE on public.users_id_seq to @support",
        true,
    ),
    (
        "GRANT TRUNCATE ON activity_logs TO @agent",
        "grant TRUNCATE on public.activity_logs to @agent",
        true,
    ),
    (
        "CREATE OR REPLACE FUNCTION cs_auth.writing() RETURNS boolean LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT true'",
        "function cs_auth.writing()",
        false,
    ),
    (
        "ALTER FUNCTION cs_auth.enter(text) RESET search_path",
        "function cs_auth.enter(token text, OUT user_id integer, OUT role text)",
        false,
    ),
    (
        "ALTER FUNCTION cs_ledger.keep() OWNER TO CURRENT_USER",
        "function cs_ledger.keep()",
        false,
    ),
    (
        "CREATE FUNCTION cs_auth.back_door() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "function cs_auth.back_door()",
        false,
    ),
    (
        "CREATE FUNCTION public.back_door() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; ALTER FUNCTION public.back_door() OWNER TO @owner",
        "function public.back_door()",
        false,
    ),
    (
        "ALTER TABLE wallets OWNER TO CURRENT_USER",
        "relation public.wallets",
        true,
    ),
    (
        "ALTER TABLE users NO FORCE ROW LEVEL SECURITY",
        "relation public.users",
        true,
    ),
    (
        "ALTER TABLE tickets DISABLE ROW LEVEL SECURITY",
        "relation public.tickets",
        true,
    ),
    ("ALTER SCHEMA cs_auth OWNER TO CURRENT_USER", "schema cs_auth", true),
    (
        "ALTER TABLE transactions DISABLE TRIGGER ledger_insert",
        "trigger ledger_insert on public.transactions",
        true,
    ),
    (
        "DROP TRIGGER keep_unchanged ON activity_logs",
        "trigger keep_unchanged on public.activity_logs",
        true,
    ),
    (
        "CREATE TRIGGER mine BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()",
        "trigger mine on public.users",
        true,
    ),
    (
        "ALTER TABLE invoices DISABLE TRIGGER ALL",
        "trigger immutable on public.invoices",
        true,
    ),
    (
        "CREATE RULE mine AS ON DELETE TO tickets DO INSTEAD NOTHING",
        "rule mine on public.tickets",
        true,
    ),
    (
        "UPDATE cs_meta.matrix SET condition = 'true' WHERE role = 'customer' AND table_name = 'wallets'",
        "matrix customer select wallets",
        false,
    ),
    (
        "CREATE VIEW public.all_wallets AS SELECT * FROM wallets; GRANT SELECT ON public.all_wallets TO @support",
        "view public.all_wallets",
        true,
    ),
    (
        "CREATE SCHEMA reports; CREATE MATERIALIZED VIEW reports.people AS SELECT email FROM users; GRANT SELECT ON reports.people TO @finance",
        "view reports.people",
        true,
    ),
    ("ALTER ROLE @support LOGIN", "group @support", true),
    ("GRANT @admin TO @support", "membership @support in @admin", true),
    ("ALTER ROLE {desk} BYPASSRLS", "login {desk}", true),
    ("ALTER ROLE {desk} CREATEROLE", "login {desk}", true),
    ("GRANT @agent TO {desk}", "login {desk}", false),
    ("GRANT pg_read_all_data TO {desk}", "login {desk}", true),
    ("GRANT @owner TO {desk}", "role {desk}", true),
    ("GRANT @admin, @finance TO {desk}", "login {desk}", false),
    ("ALTER ROLE {desk} SET search_path = evil", "login {desk}", true),
    ("ALTER ROLE {desk} RESET TimeZone", "login {desk}", true),
    ("GRANT TEMPORARY ON DATABASE {database} TO @staff", "database", true),
    (
        "GRANT CREATE ON DATABASE {database} TO PUBLIC",
        "database PUBLIC",
        false,
    ),
    (
        "ALTER DATABASE {database} SET TimeZone = 'Europe/Berlin'",
        "database time zone",
        false,
    ),
    (
        "ALTER DATABASE {database} SET session_replication_role = replica",
        "database",
        true,
    ),
    (
        "ALTER DEFAULT PRIVILEGES FOR ROLE @owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
        "default functions that @owner makes",
        true,
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO @staff",
        "function pg_read_file(text)",
        true,
    ),
    (
        "GRANT SET ON PARAMETER session_replication_role TO @staff",
        "setting session_replication_role",
        true,
    ),
    (
        "UPDATE cs_auth.logins SET revoked_at = now() WHERE login = '{desk}'",
        "login {desk}",
        true,
    ),
];

#[tokio::test]
async fn what_is_broken_turns_red_is_named_and_can_be_put_right() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut admin = db.admin().await;
    let named = |text: &str| {
        text.replace('@', &format!("{}_", db.prefix().as_str()))
            .replace("{desk}", &desk.name)
            .replace("{database}", &format!("\"{}\"", db.name()))
    };
    for (sql, object, mendable) in BROKEN {
        let (sql, object) = (named(sql), named(object));
        let mut transaction = admin.begin().await.unwrap();
        run(&mut transaction, "SET LOCAL client_min_messages = error").await;
        run(&mut transaction, &sql).await;
        let checked = check(&mut transaction).await;
        let about = checked
            .findings
            .iter()
            .find(|finding| finding.level == Level::Red && finding.object == object);
        assert!(about.is_some(), "{sql}: {object} is not among {:#?}", red(&checked));
        if *mendable {
            let remedies: Vec<&str> = checked
                .findings
                .iter()
                .filter(|finding| finding.level == Level::Red && !finding.object.starts_with("attack"))
                .map(|finding| finding.remedy.as_str())
                .collect();
            for remedy in remedies {
                if let Err(error) = attempt(&mut transaction, remedy).await {
                    panic!("{sql}: the remedy {remedy}: {error}");
                }
            }
            assert_eq!(red(&check(&mut transaction).await), [""; 0], "{sql}");
        }
        transaction.rollback().await.unwrap();
    }
}

#[tokio::test]
async fn a_desk_writes_nothing_where_it_is_red() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.create_organization("Before").await;
    assert_eq!(desk.ok("trust.status", json!({})).await["isolation"], "sound");
    workspace
        .execute("ALTER POLICY customer_select ON public.wallets USING (true)")
        .await;
    // Whoever connects now finds it.
    let other = workspace.desk().await;
    other.sign_in(FIRST_ADMIN).await;
    let refused = other
        .refused("organizations.create", json!({"name": "After", "currency": "USD"}))
        .await;
    assert_eq!(refused.code, api::ErrorCode::IsolationBroken);
    assert!(
        refused.message.contains("customer_select on public.wallets"),
        "{}",
        refused.message
    );
    let status = other.ok("trust.status", json!({})).await;
    assert_eq!(status["isolation"], "red");
    assert_eq!(
        status["findings"][0]["object"],
        "policy customer_select on public.wallets"
    );
    // Reading goes on.
    other.ok("organizations.list", cs_tests::desk::first_rows(5)).await;
}

#[tokio::test]
async fn a_check_is_quick_enough_for_every_connection() {
    let db = WorkspaceDb::new().await;
    let mut desk = connect(&db.desk().await.url).await;
    // A bound with much room on a busy machine: what matters is that it isn't seconds.
    isolation::check_within(&mut desk, Duration::from_secs(5))
        .await
        .unwrap();
}
