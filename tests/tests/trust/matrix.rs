//! With a session: the matrix and no more.

use std::collections::BTreeMap;

use cs_tests::workspace_db::{ADMIN, FINANCE, SUPPORT, WorkspaceDb, ask, attempt, connect, entered, refused, run};
use domain::role::{Area, Role};
use sqlx::AssertSqlSafe;

use super::shared::{DENIED, SIGN_IN, SIGNED_IN, callable, names, tables};

/// Table; then what admin, support and finance may do there: r read, i insert, u update. PRODUCT's matrix, written
/// down once more by hand: it doesn't look at the migration's.
pub const MATRIX: &[(&str, &str, &str, &str)] = &[
    ("organizations", "riu", "r", "r"),
    ("users", "riu", "r", "r"),
    ("wallets", "ri", "r", "ri"),
    ("transactions", "riu", "r", "riu"),
    ("invoices", "ru", "r", "ru"),
    ("usage_details", "r", "r", "r"),
    ("invoice_transactions", "r", "r", "r"),
    ("seller_logos", "ri", "r", "r"),
    ("billing_charges", "r", "r", "r"),
    ("billing_runs", "r", "r", "r"),
    ("charge_positions", "r", "r", "r"),
    ("book_proofs", "r", "", "r"),
    ("proven_books", "", "", ""),
    ("organization_meters", "r", "r", "r"),
    ("resource_terms", "r", "r", "r"),
    ("retired_meters", "r", "r", "r"),
    ("parked_resources", "r", "r", "r"),
    ("wallet_holds", "r", "r", "r"),
    ("low_balances", "r", "r", "r"),
    ("adjustment_requests", "riu", "r", "riu"),
    ("revenue_hours", "r", "r", "r"),
    ("invoice_counters", "r", "", "r"),
    ("closed_periods", "r", "r", "r"),
    ("vps_instances", "riu", "r", "r"),
    ("containers", "riu", "r", "r"),
    ("vps_plans", "riu", "r", "r"),
    ("container_plans", "riu", "r", "r"),
    ("plan_prices", "r", "r", "r"),
    ("provider_prices", "r", "", "r"),
    ("provider_price_lists", "r", "", "r"),
    ("provider_price_alarms", "", "", ""),
    ("tickets", "riu", "riu", "riu"),
    ("ticket_messages", "ri", "ri", "ri"),
    ("notifications", "ru", "ru", "ru"),
    ("activity_logs", "r", "r", "r"),
    ("log_chain", "r", "r", "r"),
    ("theme_settings", "riu", "r", "r"),
    ("workspace_settings", "ru", "r", "r"),
    ("provider_configs", "riu", "", ""),
    ("provider_accounts", "riu", "r", "r"),
    ("provider_states", "r", "r", "r"),
    ("provider_syncs", "r", "", ""),
    ("provider_intents", "r", "r", "r"),
    ("docker_hosts", "riu", "r", "r"),
    ("agent_hosts", "r", "r", "r"),
    ("agent_jobs", "r", "r", "r"),
    ("stackscript_configs", "riu", "", ""),
    ("networking_config", "riu", "", ""),
    ("user_api_keys", "riu", "", ""),
    ("password_reset_tokens", "", "", ""),
];

/// Sums over the books.
const READERS: &[&str] = &[
    "provider_cost",
    "usage_ahead",
    "rates",
    "past_rates",
    "seal_log",
    "explain_transaction",
    "explain_invoice",
    "explain_organization",
    "charges_of",
    "refundable",
    "orderable",
    "drift",
];
/// Billing.
const BILLERS: &[&str] = &[
    "open_run",
    "charge_batch",
    "run_time",
    "preview_batch",
    "charge_previewed",
    "begin_proof",
    "prove_next",
    "prove_told",
    "finish_proof",
    "finish_run",
    "resolve_parked",
    "close_preview",
    "close_batch",
    "finish_close",
    "cancel_invoice",
    "prune",
    "correct",
    "decide_request",
    "collect",
    "issue_invoice",
    "counted_until",
    "margin",
    "margin_months",
    "price_alarms",
];
/// Billing, assigning, syncs and the key of what is sealed.
const ADMINS: &[&str] = &[
    "open_run",
    "charge_batch",
    "run_time",
    "preview_batch",
    "charge_previewed",
    "begin_proof",
    "prove_next",
    "prove_told",
    "finish_proof",
    "finish_run",
    "resolve_parked",
    "close_preview",
    "close_batch",
    "finish_close",
    "cancel_invoice",
    "prune",
    "correct",
    "decide_request",
    "collect",
    "issue_invoice",
    "undo_assignment",
    "place_hold",
    "release_hold",
    "due_of",
    "refuse",
    "clock",
    "start_refused",
    "workspace_key",
    "workspace_key_ring",
    "sealing_key",
    "register_workspace_key",
    "hold_workspace_key",
    "sealed_counts",
    "sealed_before",
    "reseal",
    "retire_workspace_keys",
    "exposed",
    "settle_exposed",
    "begin",
    "beat",
    "give_up",
    "apply_batch",
    "finish",
    "issue_reset",
    "reset_second_factor",
    "require_second_factor",
    "desks",
    "revoke_desk",
    "who_sees",
    "place",
    "withdraw",
    "keep_secret",
    "claim",
    "hold",
    "give_back",
    "sent",
    "lost",
    "record",
    "settle",
    "fail",
    "expire",
    "settings_of",
    "regions_on_sale",
    "remove_script",
    "remove_networking",
    "show_password",
    "unsend",
    "take_over",
    "keep_prices",
    "counted_until",
    "margin",
    "margin_months",
    "price_alarms",
    "apply_containers",
    "note_containers",
    "finish_containers",
    "place_container",
    "record_container",
    "settle_container",
];
/// Support staff turn servers and containers on and off.
const SUPPORTERS: &[&str] = &["place", "withdraw", "place_container"];

/// What no session may read, and who may after all.
const NEVER: &[(&str, &str, &[&str])] = &[
    ("users", "password_hash", &[]),
    ("user_api_keys", "key_hash", &[]),
    ("password_reset_tokens", "token", &[]),
    ("vps_instances", "root_password", &[ADMIN]),
    ("vps_instances", "stackscript_data", &[ADMIN]),
    ("provider_configs", "credentials", &[ADMIN]),
    ("provider_accounts", "username", &[ADMIN]),
    ("provider_accounts", "scopes", &[ADMIN]),
    ("provider_intents", "secret", &[]),
    ("provider_intents", "lease", &[]),
    ("vps_plans", "base_cost", &[ADMIN, FINANCE]),
    ("vps_plans", "markup_percentage", &[ADMIN, FINANCE]),
    ("vps_plans", "provider_monthly", &[ADMIN, FINANCE]),
    ("log_chain", "activity_id", &[ADMIN]),
    ("agent_hosts", "login", &[ADMIN]),
    ("agent_jobs", "error", &[ADMIN]),
    ("container_plans", "base_cost", &[ADMIN, FINANCE]),
    ("plan_prices", "base_cost", &[ADMIN, FINANCE]),
];

/// Where an area of the program's own matrix lies. Usage is written by billing's functions only, power is not in tables,
/// costs, notes and roles are columns and rows (below), and parts of the settings everybody reads.
const AREAS: &[(Area, &str)] = &[
    (Area::Organizations, "organizations"),
    (Area::Users, "users"),
    (Area::Servers, "vps_instances"),
    (Area::Containers, "containers"),
    (Area::Wallets, "wallets"),
    (Area::Transactions, "transactions"),
    (Area::Invoices, "invoices"),
    (Area::Plans, "vps_plans"),
    (Area::Plans, "container_plans"),
    (Area::Tickets, "tickets"),
    (Area::Tickets, "ticket_messages"),
    (Area::Providers, "provider_configs"),
    (Area::Scripts, "stackscript_configs"),
    (Area::Networking, "networking_config"),
    (Area::ApiKeys, "user_api_keys"),
    (Area::Themes, "theme_settings"),
    (Area::ActivityLog, "activity_logs"),
    (Area::Notifications, "notifications"),
];

#[test]
fn what_the_program_offers_is_what_the_database_gives() {
    let rights = |table: &str, role: Role| {
        let (_, admin, support, finance) = MATRIX.iter().find(|(name, ..)| *name == table).unwrap();
        match role {
            Role::Admin => *admin,
            Role::Support => *support,
            _ => *finance,
        }
    };
    for role in [Role::Admin, Role::Support, Role::Finance] {
        for (area, table) in AREAS {
            let has = rights(table, role);
            assert_eq!(role.can_read(*area), has.contains('r'), "{role} reads {table}");
            assert_eq!(role.can_write(*area), has.contains(['i', 'u']), "{role} writes {table}");
        }
        assert_eq!(
            role.can_write(Area::Settings),
            rights("workspace_settings", role).contains('u'),
            "{role}"
        );
        let cost = NEVER
            .iter()
            .find(|(table, column, _)| (*table, *column) == ("vps_plans", "base_cost"))
            .unwrap();
        let reads_cost = match role {
            Role::Admin => cost.2.contains(&ADMIN),
            Role::Support => cost.2.contains(&SUPPORT),
            _ => cost.2.contains(&FINANCE),
        };
        assert_eq!(role.can_read(Area::PlanCosts), reads_cost, "{role}");
    }
}

#[tokio::test]
async fn a_session_gives_the_matrix_and_no_more() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let listed: BTreeMap<&str, [&str; 3]> = MATRIX.iter().map(|(table, a, s, f)| (*table, [*a, *s, *f])).collect();
    for (place, person) in [ADMIN, SUPPORT, FINANCE].into_iter().enumerate() {
        let (desk, _session) = db.desk_of(person).await;
        let mut connection = connect(&desk.url).await;
        for (table, column) in tables(&db).await {
            let known = table.strip_prefix("public.").map(|name| {
                listed
                    .get(name)
                    .unwrap_or_else(|| panic!("{table} is not in the test's matrix"))
            });
            let expected = known.map_or("", |roles| roles[place]);
            let mut has = String::new();
            for (letter, right) in [("r", "SELECT"), ("i", "INSERT"), ("u", "UPDATE")] {
                if ask(
                    &mut admin,
                    &format!("SELECT has_any_column_privilege('{}', '{table}', '{right}')", desk.name),
                )
                .await
                    == "true"
                {
                    has.push_str(letter);
                }
            }
            assert_eq!(has, expected, "{person} on {table}");
            for right in ["DELETE", "TRUNCATE", "TRIGGER"] {
                let any = format!("SELECT has_table_privilege('{}', '{table}', '{right}')", desk.name);
                assert_eq!(ask(&mut admin, &any).await, "false", "{person}: {right} on {table}");
            }
            // Grants by column only: with the right to a whole table one may lock it.
            for right in ["SELECT", "INSERT", "UPDATE"] {
                let whole = format!(
                    "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = '{table}'::regclass AND a.grantee <> c.relowner AND a.privilege_type = '{right}'
                       AND NOT (a.grantee = '{}'::regrole AND a.privilege_type = 'SELECT')",
                    db.role("backup")
                );
                assert_eq!(ask(&mut admin, &whole).await, "0", "{right} on the whole of {table}");
            }
            // The same once more, by doing it.
            let read = attempt(&mut connection, &format!("SELECT count(*) FROM {table}")).await;
            assert_eq!(read.is_ok(), expected.contains('r'), "{person} reads {table}");
            for sql in [
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
                format!("UPDATE {table} SET {column} = {column}"),
            ] {
                if !(sql.starts_with("UPDATE") && expected.contains('u')) {
                    assert_eq!(refused(&mut connection, &sql).await, DENIED, "{person}: {sql}");
                }
            }
        }
        let mut may_call = names(SIGN_IN);
        may_call.insert("poll".to_owned());
        may_call.extend(names(READERS));
        may_call.extend(names(SIGNED_IN));
        may_call.extend(names(match person {
            ADMIN => ADMINS,
            FINANCE => BILLERS,
            _ => SUPPORTERS,
        }));
        assert_eq!(callable(&db, &desk.name).await, may_call, "{person}");
        for (table, column, readers) in NEVER {
            let allowed = readers.contains(&person);
            let sql = format!("SELECT {column} FROM {table} LIMIT 1");
            assert_eq!(attempt(&mut connection, &sql).await.is_ok(), allowed, "{person}: {sql}");
            if !allowed {
                for sql in [
                    format!("SELECT t FROM {table} t"),
                    format!("SELECT * FROM {table}"),
                    format!("SELECT to_jsonb(t) FROM {table} t"),
                    format!("SELECT 1 FROM {table} WHERE {column} IS NOT NULL"),
                    format!("SELECT 1 FROM {table} ORDER BY {column}"),
                    format!("COPY {table} ({column}) TO STDOUT"),
                    format!("COPY (SELECT {column} FROM {table}) TO STDOUT"),
                ] {
                    assert_eq!(refused(&mut connection, &sql).await, DENIED, "{person}: {sql}");
                }
            }
        }
    }
}

#[tokio::test]
async fn some_rows_are_only_for_some() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let mut support = connect(&desk.url).await;
    assert_eq!(ask(&mut support, "SELECT count(*) FROM notifications").await, "1");
    assert_eq!(
        ask(
            &mut support,
            &format!(
                "SELECT count(*) FROM activity_logs WHERE user_id IS DISTINCT FROM {}",
                session.user_id
            )
        )
        .await,
        "0"
    );
    assert_ne!(ask(&mut support, "SELECT count(*) FROM activity_logs").await, "0");
    let message = |ticket: i32, author: i32| {
        format!("INSERT INTO ticket_messages (id, ticket_id, user_id, message) VALUES (NULL, {ticket}, {author}, 'x')")
    };
    assert_eq!(
        refused(&mut support, &entered(&session.token, &message(1, 1))).await,
        DENIED,
        "in another's name"
    );
    run(
        &mut support,
        &entered(&session.token, "UPDATE notifications SET is_read = TRUE"),
    )
    .await;
    assert_eq!(
        ask(
            &mut db.admin().await,
            "SELECT count(*) FROM notifications WHERE is_read"
        )
        .await,
        "1"
    );

    // What things cost us: a row per day, or none.
    let cost = "SELECT count(*) FROM cs_billing.provider_cost('2026-01-01', '1 day', '2026-01-01', '2026-01-03')";
    assert_eq!(ask(&mut support, cost).await, "0");

    let (desk, session) = db.desk_of(FINANCE).await;
    let mut finance = connect(&desk.url).await;
    assert_eq!(ask(&mut finance, cost).await, "2");
    assert_eq!(ask(&mut finance, "SELECT count(*) FROM activity_logs WHERE resource_type IN ('user', 'provider', 'api_key', 'session', 'ticket')").await, "0");
    assert_ne!(
        ask(
            &mut finance,
            "SELECT count(*) FROM activity_logs WHERE resource_type = 'transaction'"
        )
        .await,
        "0"
    );
    // Tickets of the category `billing` only; all can be read.
    assert_eq!(ask(&mut finance, "SELECT count(*) FROM tickets").await, "2");
    run(&mut finance, &entered(&session.token, &message(2, session.user_id))).await;
    assert_eq!(
        refused(&mut finance, &entered(&session.token, &message(1, session.user_id))).await,
        DENIED
    );
    run(
        &mut finance,
        &entered(&session.token, "UPDATE tickets SET priority = 'high'"),
    )
    .await;
    assert_eq!(
        ask(
            &mut finance,
            "SELECT string_agg(priority, ' ' ORDER BY id) FROM tickets"
        )
        .await,
        "medium high"
    );
    for sql in [
        "INSERT INTO tickets (id, subject, category) VALUES (NULL, 'x', 'technical')",
        "INSERT INTO tickets (id, subject) VALUES (NULL, 'x')",
        "UPDATE tickets SET category = 'technical'",
    ] {
        assert_eq!(
            refused(&mut finance, &entered(&session.token, sql)).await,
            DENIED,
            "{sql}"
        );
    }
    run(
        &mut finance,
        &entered(
            &session.token,
            "INSERT INTO tickets (id, subject, category) VALUES (NULL, 'x', 'billing')",
        ),
    )
    .await;
}

#[tokio::test]
async fn views_that_others_made_run_as_who_asks() {
    let db = WorkspaceDb::new().await;
    let views: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_meta')
           AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}'"
            .to_owned(),
    ))
    .fetch_all(&mut db.admin().await)
    .await
    .unwrap();
    assert!(views.is_empty(), "{views:?}");
}
