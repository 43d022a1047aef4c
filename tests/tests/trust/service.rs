//! A trusted back end under the documented settings.

use cs_tests::workspace_db::{WorkspaceDb, ask, attempt, connect, refused, run};
use sqlx::PgConnection;
use store::roles::LoginKind;

use super::shared::DENIED;

/// Tables that a service login may read.
async fn service_tables(connection: &mut PgConnection) -> Vec<String> {
    let rows: Vec<(String,)> = sqlx::query_as(
        "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND has_any_column_privilege(c.oid, 'SELECT')",
    )
    .fetch_all(connection)
    .await
    .unwrap();
    rows.into_iter().map(|(name,)| name).collect()
}

#[tokio::test]
async fn a_service_without_settings_sees_nothing() {
    let db = WorkspaceDb::new().await;
    let login = db.login(LoginKind::Service).await;
    let mut service = connect(&login.url).await;
    let tables = service_tables(&mut service).await;
    assert_eq!(tables.len(), 16, "{tables:?}");
    for (organization, role) in [
        (None, None),
        (Some(""), Some("")),
        (Some("nonsense"), Some("root")),
        (Some("99999999999999999999"), Some("Admin")),
        (Some("1; SELECT 1"), Some("admin ")),
        (Some("-1"), Some("user")),
        (Some("1.0"), None),
        (Some(" 1"), Some("customer")),
    ] {
        let mut fresh = connect(&login.url).await;
        if let Some(organization) = organization {
            run(
                &mut fresh,
                &format!("SET app.current_organization_id = '{organization}'"),
            )
            .await;
        }
        if let Some(role) = role {
            run(&mut fresh, &format!("SET app.current_user_role = '{role}'")).await;
        }
        for table in &tables {
            assert_eq!(
                ask(&mut fresh, &format!("SELECT count(*) FROM {table}")).await,
                "0",
                "{table} with {organization:?}, {role:?}"
            );
        }
    }
    // After a SET LOCAL the setting is empty, not unset.
    run(
        &mut service,
        "BEGIN; SET LOCAL app.current_organization_id = '1'; SET LOCAL app.current_user_role = 'admin'; COMMIT",
    )
    .await;
    assert_eq!(ask(&mut service, "SELECT count(*) FROM organizations").await, "0");
}

#[tokio::test]
async fn a_service_in_a_customers_context_stays_in_it() {
    let db = WorkspaceDb::new().await;
    let login = db.login(LoginKind::Service).await;
    let mut service = connect(&login.url).await;
    run(
        &mut service,
        "SET app.current_organization_id = '1'; SET app.current_user_role = 'user'",
    )
    .await;
    for table in service_tables(&mut service).await {
        let others = match table.as_str() {
            "organizations" => "id <> 1",
            "ticket_messages" => "is_internal OR ticket_id <> 1",
            "vps_plans" | "container_plans" | "theme_settings" => "NOT is_active",
            "password_reset_tokens" => "true",
            _ => "organization_id IS DISTINCT FROM 1",
        };
        assert_eq!(
            ask(&mut service, &format!("SELECT count(*) FROM {table} WHERE {others}")).await,
            "0",
            "{table}"
        );
        if !matches!(
            table.as_str(),
            "password_reset_tokens" | "notifications" | "activity_logs"
        ) {
            assert_ne!(
                ask(&mut service, &format!("SELECT count(*) FROM {table}")).await,
                "0",
                "{table}"
            );
        }
    }
    for sql in [
        "INSERT INTO transactions (organization_id, amount, type, status, payment_id) VALUES (1, 1000, 'deposit', 'completed', 'mine')",
        "INSERT INTO transactions (organization_id, amount, type, status, payment_id) VALUES (1, 1000, 'deposit', 'pending', 'mine')",
        "INSERT INTO wallets (organization_id) VALUES (1)",
        "UPDATE wallets SET balance = 1000",
        "INSERT INTO invoices (organization_id, amount) VALUES (1, 5)",
        "INSERT INTO users (email, password_hash, role, organization_id) VALUES ('me@x.example', 'x', 'admin', 1)",
        "INSERT INTO tickets (subject, organization_id) VALUES ('x', 2)",
        "INSERT INTO ticket_messages (ticket_id, message) VALUES (2, 'x')",
        "INSERT INTO vps_plans (name, provider) VALUES ('free', 'x')",
        "SELECT root_password FROM vps_instances",
        "DELETE FROM tickets",
        "UPDATE tickets SET organization_id = 2",
    ] {
        assert_eq!(refused(&mut service, sql).await, DENIED, "{sql}");
    }
    for sql in [
        "UPDATE transactions SET status = 'completed'",
        "UPDATE users SET role = 'admin'",
        "UPDATE organizations SET name = 'x'",
        "UPDATE invoices SET status = 'paid'",
    ] {
        assert_eq!(attempt(&mut service, sql).await.unwrap(), 0, "{sql}");
    }
    run(
        &mut service,
        "INSERT INTO tickets (subject, organization_id) VALUES ('Mine', 1)",
    )
    .await;
    // What a trusted back end does as itself, as documented.
    run(&mut service, "SET app.current_user_role = 'admin'").await;
    run(&mut service, "INSERT INTO transactions (organization_id, amount, type, status, payment_method, payment_id) VALUES (2, 20, 'deposit', 'completed', 'card', 'pi_9')").await;
    assert_eq!(
        ask(&mut service, "SELECT balance FROM wallets WHERE organization_id = 2").await,
        "100.00"
    );
    assert_eq!(ask(&mut service, "SELECT count(*) FROM organizations").await, "2");
}
