//! What was tried on such databases before.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, PASSWORD, SUPPORT, WorkspaceDb, ask, attempt, connect, refused, run, sign_in, sqlstate,
};

use sqlx::PgConnection;
use store::roles::LoginKind;

use super::shared::DENIED;

/// What no transaction may contain: within one it is refused whoever asks, which says nothing of rights.
const ALONE: &[&str] = &["ALTER SYSTEM", "CREATE DATABASE"];
/// What only a transaction may contain.
const WITHIN: &[&str] = &["LOCK TABLE"];

/// Everything that was tried on such databases before. Each names what is there, so that what refuses it, whoever has
/// signed in, is the missing right.
async fn attacks(db: &WorkspaceDb, own: &str, colleague: &str) -> Vec<String> {
    let administrator = ask(&mut db.admin().await, "quote_ident(current_user)").await;
    let mut attacks: Vec<String> = [
        "CREATE TEMP TABLE t (x int)",
        "CREATE TABLE public.t (x int)",
        "CREATE TABLE cs_auth.t (x int)",
        "CREATE SCHEMA mine",
        "CREATE VIEW public.v AS SELECT 1",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE DOMAIN pg_temp.text AS pg_catalog.text",
        "CREATE EXTENSION pgcrypto",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "CREATE PUBLICATION p FOR ALL TABLES",
        "CREATE POLICY p ON public.users USING (true)",
        "CREATE TRIGGER t BEFORE UPDATE ON public.wallets FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()",
        "CREATE RULE r AS ON UPDATE TO public.wallets DO INSTEAD NOTHING",
        "CREATE INDEX ON public.users (email)",
        "ALTER TABLE public.users DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE public.users NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE public.wallets DISABLE TRIGGER ALL",
        "ALTER FUNCTION cs_auth.writing() RENAME TO w",
        "CREATE OR REPLACE FUNCTION cs_auth.writing() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "DROP POLICY owner_all ON public.users",
        "DROP TABLE public.log_chain CASCADE",
        "DROP SCHEMA cs_auth CASCADE",
        "SET session_replication_role = replica",
        "SET ROLE ADMINISTRATOR",
        "SELECT set_config('session_replication_role', 'replica', false)",
        "SET SESSION AUTHORIZATION ADMINISTRATOR",
        "SELECT nextval('public.users_id_seq')",
        "SELECT setval('public.users_id_seq', 2147483647)",
        "SELECT last_value FROM public.users_id_seq",
        "SELECT nextval('cs_auth.sessions_id_seq')",
        "COPY public.users TO '/tmp/x'",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY public.wallets (balance) FROM PROGRAM 'echo 1'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_statistic",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'COLLEAGUE'",
        "ALTER SYSTEM SET log_statement = 'all'",
        "DO $$ BEGIN EXECUTE 'SELECT * FROM cs_auth.secrets'; END $$",
        "SELECT value FROM cs_auth.secrets",
        "SELECT token_sha256 FROM cs_auth.sessions",
        "SELECT proof FROM cs_auth.attempts",
        "SELECT cs_auth.take_back('COLLEAGUE')",
        "SELECT cs_auth.end_sessions(NULL, NULL, 'x')",
        "SELECT cs_auth.hmac('a', 'b')",
        "SELECT cs_ledger.move(ARRAY[1], ARRAY[100])",
        "SELECT cs_meta.apply_grant(NULL)",
        "SET row_security = off; SELECT count(*) FROM public.notifications",
        "ALTER ROLE COLLEAGUE PASSWORD 'x'",
        "ALTER ROLE COLLEAGUE SET cs.pass = 'x'",
        "DROP ROLE COLLEAGUE",
        "DROP OWNED BY COLLEAGUE",
        "ALTER ROLE OWN SUPERUSER",
        "ALTER ROLE OWN BYPASSRLS",
        "ALTER ROLE OWN CREATEROLE",
        "ALTER ROLE OWN SET session_replication_role = replica",
        "EXPLAIN ANALYZE SELECT 1 FROM cs_auth.secrets WHERE value > 'a'",
        "EXPLAIN ANALYZE SELECT 1 FROM public.users WHERE password_hash > 'a'",
        "EXPLAIN ANALYZE SELECT 1 FROM public.password_reset_tokens WHERE token > 'a'",
        "SELECT count(*) FILTER (WHERE password_hash LIKE '$%') FROM public.users",
        "INSERT INTO public.users (id, email, password_hash, role) VALUES (NULL, 'x@x.example', 'x', 'admin') RETURNING password_hash",
        "SELECT cs_auth.pass_of(1)",
        "SELECT cs_auth.live_session()",
        "SELECT cs_meta.permit('support', 'wallets', 'update', 'balance', 'true')",
        "SELECT cs_meta.guard_table('users')",
        "UPDATE cs_meta.matrix SET condition = 'true'",
        "INSERT INTO cs_auth.logins (login, kind, label) VALUES ('OWN', 'agent', 'x')",
        "UPDATE cs_auth.sessions SET expires_at = 'infinity'",
        "DELETE FROM cs_auth.throttle",
        "UPDATE public.log_chain SET chain_hash = row_hash",
        "INSERT INTO public.activity_logs (action) VALUES ('forged')",
        "UPDATE public.activity_logs SET written_by = '1'",
        "INSERT INTO public.wallets (id, organization_id, balance) VALUES (NULL, 1, 5000)",
        "UPDATE public.wallets SET balance = 5000",
        "SELECT lo_export(1, '/tmp/x')",
        "SELECT pg_reload_conf()",
        "SELECT pg_promote()",
        "SELECT pg_create_physical_replication_slot('x')",
        "SELECT pg_log_backend_memory_contexts(pg_backend_pid())",
        "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION public.update_updated_at_column()",
        "CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p WITH (connect = false)",
        "CREATE FOREIGN DATA WRAPPER mine",
        "CREATE LANGUAGE mine HANDLER plpgsql_call_handler",
        "CREATE CAST (text AS integer) WITH INOUT",
        "CREATE STATISTICS s ON email, role FROM public.users",
        "CLUSTER public.users USING users_pkey",
        "REINDEX TABLE public.users",
        "COMMENT ON TABLE public.users IS 'x'",
        "ALTER DEFAULT PRIVILEGES FOR ROLE COLLEAGUE GRANT ALL ON TABLES TO PUBLIC",
    ]
    .iter()
    .map(|sql| {
        sql.replace("COLLEAGUE", colleague)
            .replace("ADMINISTRATOR", &administrator)
            .replace("OWN ", &format!("{own} "))
    })
    .collect();
    for table in ["users", "wallets", "transactions", "organizations"] {
        for mode in ["ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] {
            attacks.push(format!("LOCK TABLE public.{table} IN {mode} MODE NOWAIT"));
        }
        attacks.push(format!("TRUNCATE public.{table} CASCADE"));
        attacks.push(format!("DELETE FROM public.{table}"));
        attacks.push(format!("GRANT ALL ON public.{table} TO {own}"));
    }
    for group in [
        "owner", "staff", "admin", "support", "finance", "customer", "agent", "service", "backup", "viewer",
    ] {
        let role = db.role(group);
        attacks.push(format!("DROP OWNED BY {role}"));
        attacks.push(format!("DROP OWNED BY {role} CASCADE"));
        attacks.push(format!("GRANT {role} TO {own}"));
        attacks.push(format!("GRANT {role} TO {colleague}"));
        attacks.push(format!("REVOKE {role} FROM {colleague}"));
        attacks.push(format!("ALTER ROLE {role} LOGIN"));
    }
    attacks
}

/// Which of these are not refused for want of a right, within a transaction or outside one, where some commands behave
/// in another way.
async fn not_denied(connection: &mut PgConnection, attacks: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for sql in attacks {
        let is_one_of = |commands: &[&str]| commands.iter().any(|command| sql.starts_with(command));
        if !is_one_of(ALONE) {
            // Rolled back, so that an attack that gets through spoils no other.
            run(connection, "BEGIN").await;
            let outcome = attempt(connection, sql).await;
            run(connection, "ROLLBACK").await;
            found.extend(other_than_denied("within a transaction", sql, outcome));
        }
        if !is_one_of(WITHIN) {
            let outcome = attempt(connection, sql).await;
            found.extend(other_than_denied("outside a transaction", sql, outcome));
        }
    }
    found
}

fn other_than_denied(place: &str, sql: &str, outcome: Result<u64, sqlx::Error>) -> Option<String> {
    match outcome {
        Ok(_) => Some(format!("accepted {place}: {sql}")),
        Err(error) if sqlstate(&error) == DENIED => None,
        Err(error) => Some(format!("fails {place}, but not for want of a right: {sql}: {error}")),
    }
}

#[tokio::test]
async fn known_attacks_are_refused_whoever_has_signed_in() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let colleague = db.desk().await;
    let _colleague_is_here = connect(&colleague.url).await;
    let fingerprint = "SELECT md5(concat((SELECT string_agg(concat(polname, polrelid, polroles, pg_get_expr(polqual, polrelid)), '' ORDER BY oid) FROM pg_policy),
                         (SELECT string_agg(concat(oid, relacl, relrowsecurity, relforcerowsecurity), '' ORDER BY oid) FROM pg_class WHERE relnamespace > 16000),
                         (SELECT string_agg(attacl::text, '' ORDER BY attrelid, attnum) FROM pg_attribute),
                         (SELECT string_agg(proacl::text, '' ORDER BY oid) FROM pg_proc), (SELECT sum(balance) FROM wallets)))";
    for person in [None, Some(SUPPORT), Some(FINANCE), Some(ADMIN)] {
        let desk = db.desk().await;
        if let Some(person) = person {
            sign_in(&desk.url, person, PASSWORD).await.unwrap();
        }
        let before = ask(&mut admin, fingerprint).await;
        let mut connection = connect(&desk.url).await;
        let attacks = attacks(&db, &desk.name, &colleague.name).await;
        assert_eq!(
            not_denied(&mut connection, &attacks).await,
            Vec::<String>::new(),
            "{person:?}"
        );
        // The groups own nothing, so that their members reassign nothing; see the fingerprint.
        for group in ["staff", "admin", "support", "finance"] {
            drop(
                attempt(
                    &mut connection,
                    &format!("REASSIGN OWNED BY {} TO {}", db.role(group), desk.name),
                )
                .await,
            );
        }
        for group in ["owner", "agent", "service", "backup", "customer", "viewer"] {
            assert_eq!(
                refused(&mut connection, &format!("SET ROLE {}", db.role(group))).await,
                DENIED
            );
        }
        for sql in [
            "SELECT count(*) FROM pg_stats WHERE schemaname IN ('public', 'cs_auth', 'cs_meta')",
            "SELECT count(*) FROM pg_stats_ext",
            "SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user AND query IS NOT NULL AND query NOT IN ('', '<insufficient privilege>')",
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user",
            "SELECT count(*) FROM pg_policies WHERE current_user = ANY (roles)",
        ] {
            assert_eq!(ask(&mut connection, sql).await, "0", "{person:?}: {sql}");
        }
        assert_eq!(ask(&mut admin, fingerprint).await, before, "{person:?}");
    }
}

/// What a back end and the agent may do of all that, since sequences and the log are theirs to use.
const ALLOWED_TO_SERVICES: &[&str] = &[
    "SELECT nextval('public.users_id_seq')",
    "SELECT last_value FROM public.users_id_seq",
    "SELECT count(*) FILTER (WHERE password_hash",
    "EXPLAIN ANALYZE SELECT 1 FROM public.users WHERE password_hash",
    "EXPLAIN ANALYZE SELECT 1 FROM public.password_reset_tokens",
    "INSERT INTO public.activity_logs",
    "INSERT INTO public.users",
];

#[tokio::test]
async fn known_attacks_are_refused_to_back_ends_and_the_agent() {
    let db = WorkspaceDb::new().await;
    let colleague = db.desk().await;
    let _colleague_is_here = connect(&colleague.url).await;
    for (kind, settings) in [
        (LoginKind::Service, ""),
        (
            LoginKind::Service,
            "SET app.current_user_role = 'user'; SET app.current_organization_id = '1'",
        ),
        (LoginKind::Service, "SET app.current_user_role = 'admin'"),
        (LoginKind::Agent, ""),
    ] {
        let login = db.login(kind).await;
        let mut connection = connect(&login.url).await;
        run(&mut connection, settings).await;
        let mut attacks = attacks(&db, &login.name, &colleague.name).await;
        if kind == LoginKind::Service {
            attacks.retain(|sql| !ALLOWED_TO_SERVICES.iter().any(|allowed| sql.starts_with(allowed)));
        }
        assert_eq!(
            not_denied(&mut connection, &attacks).await,
            Vec::<String>::new(),
            "{kind:?} with \"{settings}\""
        );
    }
}
