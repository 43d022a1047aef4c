//! Looking as a customer: only in a view, only that customer, only reading, and only for as long as it lasts.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, Login, SUPPORT, Session, WorkspaceDb, ask, broken_rule, connect, entered, refused, run,
};

use super::shared::{DENIED, tables};

/// Table, and which rows a customer of organization $1 sees, by hand: it doesn't look at the policies.
const SEEN: &[(&str, &str)] = &[
    ("organizations", "id = $1"),
    ("users", "organization_id = $1"),
    ("wallets", "organization_id = $1"),
    ("low_balances", "organization_id = $1"),
    ("transactions", "organization_id = $1"),
    ("invoices", "organization_id = $1"),
    ("vps_instances", "organization_id = $1"),
    ("containers", "organization_id = $1"),
    ("usage_details", "organization_id = $1"),
    ("invoice_transactions", "organization_id = $1"),
    ("billing_charges", "organization_id = $1"),
    ("organization_meters", "organization_id = $1"),
    ("resource_terms", "organization_id = $1"),
    ("retired_meters", "organization_id = $1"),
    ("vps_plans", "is_active"),
    ("container_plans", "is_active"),
    ("theme_settings", "is_active"),
    ("tickets", "organization_id = $1"),
    (
        "ticket_messages",
        "is_internal IS NOT TRUE AND ticket_id IN (SELECT id FROM tickets WHERE organization_id = $1)",
    ),
    ("activity_logs", "organization_id = $1"),
    (
        "notifications",
        "user_id IN (SELECT id FROM users WHERE organization_id = $1 AND role = 'user')",
    ),
];

/// Columns that no customer sees.
const HIDDEN: &[(&str, &str)] = &[
    ("users", "password_hash"),
    ("vps_instances", "root_password"),
    ("vps_instances", "stackscript_data"),
    ("vps_plans", "base_cost"),
    ("vps_plans", "markup_percentage"),
    ("container_plans", "base_cost"),
    ("transactions", "reason"),
    ("transactions", "idempotency_key"),
    ("transactions", "created_by"),
    ("activity_logs", "details"),
    ("activity_logs", "user_id"),
    ("notifications", "metadata"),
];

fn view(session: &Session, organization: i32) -> String {
    format!(
        "SELECT cs_auth.view_as('{}', {organization}, 'They ask what they see')",
        session.token
    )
}

fn as_customer(db: &WorkspaceDb, sql: &str) -> String {
    format!("BEGIN; SET LOCAL ROLE {}; {sql}; COMMIT", db.role("customer"))
}

async fn groups_of(db: &WorkspaceDb, desk: &Login) -> String {
    ask(
        &mut db.admin().await,
        &format!(
            "SELECT string_agg(g.rolname, ' ' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = '{}'::regrole",
            desk.name
        ),
    )
    .await
}

#[tokio::test]
async fn nobody_becomes_a_customer_without_a_view() {
    let db = WorkspaceDb::new().await;
    let switch = as_customer(&db, "SELECT 1");
    let alone = db.desk().await;
    assert_eq!(refused(&mut connect(&alone.url).await, &switch).await, DENIED);
    for person in [ADMIN, SUPPORT, FINANCE] {
        let (desk, session) = db.desk_of(person).await;
        let mut connection = connect(&desk.url).await;
        assert_eq!(refused(&mut connection, &switch).await, DENIED, "{person}");
        for group in ["viewer", "customer"] {
            assert_eq!(
                refused(&mut connection, &format!("SET ROLE {}", db.role(group))).await,
                DENIED
            );
        }
        if person == FINANCE {
            assert_eq!(
                broken_rule(&mut connection, &view(&session, 1)).await,
                "view_not_for_role"
            );
            assert_eq!(refused(&mut connection, &switch).await, DENIED);
            continue;
        }
        run(&mut connection, &view(&session, 1)).await;
        run(&mut connection, &switch).await;
        // What the customer may is not mixed into what the login may as itself.
        if person == SUPPORT {
            assert_eq!(
                ask(
                    &mut connection,
                    "SELECT count(*) FROM activity_logs WHERE user_id IS DISTINCT FROM 3"
                )
                .await,
                "0",
                "support still reads its own acts only"
            );
        }
        let stop = format!("SELECT cs_auth.stop_viewing('{}')", session.token);
        assert_eq!(ask(&mut connection, &stop).await, "true");
        assert_eq!(ask(&mut connection, &stop).await, "false");
        assert_eq!(refused(&mut connection, &switch).await, DENIED, "{person}: after it");
        assert_eq!(refused(&mut connect(&desk.url).await, &switch).await, DENIED);
        assert!(!groups_of(&db, &desk).await.contains("viewer"));
    }
}

#[tokio::test]
async fn a_view_is_opened_with_a_reason_for_what_exists() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let (other, _) = db.desk_of(ADMIN).await;
    let mut connection = connect(&desk.url).await;
    let token = &session.token;
    for (arguments, rule) in [
        (format!("'{token}', 1, ''"), "view_reason_given"),
        (format!("'{token}', 1, NULL"), "view_reason_given"),
        (format!("'{token}', 99, 'why not'"), "view_organization_known"),
        (
            format!("'{token}', 1, 'why not', (SELECT ticket_number FROM tickets WHERE id = 2)"),
            "view_ticket_of_organization",
        ),
    ] {
        assert_eq!(
            broken_rule(&mut connection, &format!("SELECT cs_auth.view_as({arguments})")).await,
            rule,
            "{arguments}"
        );
    }
    assert_eq!(
        refused(&mut connect(&other.url).await, &view(&session, 1)).await,
        "CS011"
    );
    assert_eq!(
        refused(&mut connection, "SELECT cs_auth.view_as('x', 1, 'why not')").await,
        "CS011"
    );
    // Nothing that a client can set chooses the organization.
    run(&mut connection, &view(&session, 1)).await;
    run(
        &mut connection,
        "SET app.current_organization_id = '2'; SET app.current_user_role = 'admin'",
    )
    .await;
    run(&mut connection, &format!("SET ROLE {}", db.role("customer"))).await;
    assert_eq!(
        ask(&mut connection, "SELECT string_agg(name, ' ') FROM organizations").await,
        "Brisa Studio"
    );
    for sql in [
        "UPDATE cs_auth.sessions SET viewing_organization_id = 2",
        "SELECT cs_auth.end_view(1, 'x')",
        "SELECT cs_auth.live_session()",
    ] {
        assert_eq!(refused(&mut connection, sql).await, DENIED, "{sql}");
    }
}

#[tokio::test]
async fn a_view_shows_exactly_what_the_customers_policies_show() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    run(
        &mut admin,
        "INSERT INTO notifications (user_id, organization_id, title) VALUES (1, 1, 'Their balance is low');
         INSERT INTO low_balances (organization_id, state, since) VALUES (1, 'low', now()), (2, 'zero', now())",
    )
    .await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let mut connection = connect(&desk.url).await;
    for organization in [1, 2] {
        run(&mut connection, &view(&session, organization)).await;
        run(&mut connection, &format!("SET ROLE {}", db.role("customer"))).await;
        for (name, _) in tables(&db).await {
            let table = name.trim_start_matches("public.");
            let Some((_, condition)) = SEEN
                .iter()
                .find(|(seen, _)| *seen == table && name.starts_with("public."))
            else {
                assert_eq!(
                    refused(&mut connection, &format!("SELECT count(*) FROM {name}")).await,
                    DENIED,
                    "{name}"
                );
                continue;
            };
            let key = match table {
                "organization_meters" | "low_balances" => "organization_id",
                "invoice_transactions" => "transaction_id",
                _ => "id",
            };
            let rows = |filter: &str| {
                format!("SELECT coalesce(string_agg({key}::text, ',' ORDER BY {key}), '') FROM {name} WHERE {filter}")
            };
            let expected = ask(&mut admin, &rows(&condition.replace("$1", &organization.to_string()))).await;
            assert_eq!(
                ask(&mut connection, &rows("true")).await,
                expected,
                "{name} of {organization}"
            );
            assert!(
                !expected.is_empty() || matches!(table, "resource_terms" | "containers"),
                "the test has no row of {name}"
            );
        }
        for (table, column) in HIDDEN {
            assert_eq!(
                refused(&mut connection, &format!("SELECT {column} FROM {table}")).await,
                DENIED,
                "{table}.{column}"
            );
        }
        run(&mut connection, "RESET ROLE").await;
    }
    // As the documented settings show a back end's customer the same money.
    let service = db.login(store::roles::LoginKind::Service).await;
    let mut panel = connect(&service.url).await;
    run(&mut panel, "SET app.current_organization_id = '2'").await;
    run(&mut connection, &format!("SET ROLE {}", db.role("customer"))).await;
    for table in [
        "organizations",
        "wallets",
        "transactions",
        "invoices",
        "tickets",
        "ticket_messages",
    ] {
        let rows = format!("SELECT string_agg(id::text, ',' ORDER BY id) FROM {table}");
        assert_eq!(
            ask(&mut connection, &rows).await,
            ask(&mut panel, &rows).await,
            "{table}"
        );
    }
}

#[tokio::test]
async fn nothing_is_written_while_looking_as_a_customer() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(ADMIN).await;
    let mut connection = connect(&desk.url).await;
    let insert = "INSERT INTO organizations (id, name) VALUES (NULL, 'Written')";
    // A transaction that had shown the token before.
    let mut before = connect(&desk.url).await;
    run(
        &mut before,
        &format!("BEGIN; SELECT cs_auth.enter('{}')", session.token),
    )
    .await;
    run(&mut connection, &view(&session, 1)).await;
    assert_eq!(broken_rule(&mut before, insert).await, "session_is_viewing");
    run(&mut before, "ROLLBACK").await;
    assert_eq!(
        broken_rule(&mut connection, &entered(&session.token, insert)).await,
        "session_is_viewing"
    );
    for (table, column) in tables(&db).await {
        for sql in [
            format!("INSERT INTO {table} DEFAULT VALUES"),
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
        ] {
            assert_eq!(refused(&mut connection, &as_customer(&db, &sql)).await, DENIED, "{sql}");
        }
    }
    run(
        &mut connection,
        &format!("SELECT cs_auth.stop_viewing('{}')", session.token),
    )
    .await;
    run(&mut connection, &entered(&session.token, insert)).await;
}

#[tokio::test]
async fn a_view_ends_by_itself_and_the_log_has_both_ends() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let (colleague, _) = db.desk_of(ADMIN).await;
    let mut colleague = connect(&colleague.url).await;
    for (how, why) in [
        (
            "UPDATE cs_auth.sessions SET viewing_until = clock_timestamp() WHERE login = 'DESK'",
            "expired",
        ),
        ("SELECT cs_auth.end_sessions(NULL, 'DESK', 'tested')", "tested"),
        ("UPDATE users SET disabled_at = now() WHERE id = 3", "user_changed"),
    ] {
        let (desk, session) = db.desk_of(SUPPORT).await;
        let mut connection = connect(&desk.url).await;
        run(&mut connection, &view(&session, 2)).await;
        assert_eq!(
            ask(&mut connection, "SELECT concat(organization_id, ' ', until BETWEEN now() + '29 minutes' AND now() + '31 minutes') FROM cs_auth.viewing()").await,
            "2 t"
        );
        run(&mut connection, &format!("SET ROLE {}", db.role("customer"))).await;
        assert_eq!(ask(&mut connection, "SELECT count(*) FROM invoices").await, "1");
        run(&mut admin, &how.replace("DESK", &desk.name)).await;
        // The connection that has become the customer sees nothing any more, not even what all customers see.
        for table in [
            "organizations",
            "invoices",
            "vps_plans",
            "theme_settings",
            "ticket_messages",
        ] {
            assert_eq!(
                ask(&mut connection, &format!("SELECT count(*) FROM {table}")).await,
                "0",
                "{why}: {table}"
            );
        }
        run(&mut connection, "RESET ROLE").await;
        if why == "expired" {
            assert_eq!(
                ask(&mut connection, "SELECT count(*) FROM cs_auth.viewing()").await,
                "0"
            );
            run(&mut connection, &entered(&session.token, "SELECT 1")).await;
            assert_eq!(ask(&mut colleague, "SELECT cs_auth.sweep_views()").await, "1");
        }
        assert!(!groups_of(&db, &desk).await.contains("viewer"), "{why}");
        assert_eq!(
            refused(&mut connection, &as_customer(&db, "SELECT 1")).await,
            DENIED,
            "{why}"
        );
        let log = format!(
            "SELECT string_agg(concat_ws(' ', user_id, organization_id, resource_type, resource_id, details ->> 'step', details ->> 'why', details ->> 'reason'), '; ' ORDER BY id)
             FROM activity_logs WHERE action = 'session.view_as' AND details ->> 'login' = '{}'",
            desk.name
        );
        assert_eq!(
            ask(&mut admin, &log).await,
            format!(
                "3 2 organization 2 begin They ask what they see; 3 2 organization 2 end {why} They ask what they see"
            )
        );
    }
}

#[tokio::test]
async fn a_role_that_a_login_has_become_is_worth_nothing() {
    let db = WorkspaceDb::new().await;
    for (person, group) in [(ADMIN, "admin"), (SUPPORT, "support"), (FINANCE, "finance")] {
        let (desk, session) = db.desk_of(person).await;
        let mut connection = connect(&desk.url).await;
        assert_eq!(ask(&mut connection, "SELECT count(*) FROM organizations").await, "2");
        // A plan of before, too.
        run(&mut connection, "PREPARE known AS SELECT count(*) FROM public.users").await;
        run(&mut connection, "EXECUTE known").await;
        run(&mut connection, &format!("SET ROLE {}", db.role(group))).await;
        for live in [true, false] {
            if !live {
                let end = format!("SELECT cs_auth.end_sessions(NULL, '{}', 'tested')", desk.name);
                run(&mut db.admin().await, &end).await;
            }
            for (table, column) in tables(&db).await {
                for sql in [
                    format!("SELECT count(*) FROM {table}"),
                    format!("UPDATE {table} SET {column} = {column}"),
                    format!("INSERT INTO {table} DEFAULT VALUES"),
                ] {
                    assert_eq!(
                        refused(&mut connection, &sql).await,
                        DENIED,
                        "{person}, live: {live}: {sql}"
                    );
                }
            }
            assert_eq!(refused(&mut connection, "EXECUTE known").await, DENIED);
            assert_eq!(
                refused(&mut connection, &format!("SELECT cs_auth.enter('{}')", session.token)).await,
                DENIED
            );
        }
        run(&mut connection, "RESET ROLE").await;
        assert_eq!(
            refused(&mut connection, "SELECT count(*) FROM public.organizations").await,
            DENIED
        );
    }
}
