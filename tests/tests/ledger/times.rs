//! Times are UTC, and `updated_at` is kept.

use cs_tests::workspace_db::{ADMIN, WorkspaceDb, ask, entered, run};

use super::shared::{at, deposit};

#[tokio::test]
async fn every_table_with_updated_at_keeps_it() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let tables = ask(
        &mut admin,
        "SELECT string_agg(table_name, ' ' ORDER BY table_name) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE table_schema = 'public' AND column_name = 'updated_at' AND table_type = 'BASE TABLE'",
    )
    .await;
    assert_eq!(tables.split(' ').count(), 13, "{tables}");
    for table in tables.split(' ') {
        let column = match table {
            "wallets" => "currency = currency",
            "workspace_settings" => "grace_hours = 24",
            "tickets" => "subject = subject",
            "networking_config" => "type = type",
            "provider_configs" => "provider_name = provider_name",
            "users" => "email = email",
            "vps_instances" => "label = label",
            _ => "name = name",
        };
        run(
            &mut admin,
            &format!("UPDATE {table} SET updated_at = '2001-01-01', {column}"),
        )
        .await;
        let old = ask(
            &mut admin,
            &format!("SELECT count(*) FROM {table} WHERE updated_at < timezone('UTC', now()) - interval '1 hour'"),
        )
        .await;
        assert_eq!(old, "0", "{table}");
        assert_ne!(
            ask(&mut admin, &format!("SELECT count(*) FROM {table}")).await,
            "0",
            "{table}"
        );
    }
}

#[tokio::test]
async fn a_sessions_time_zone_changes_nothing() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, ADMIN).await;
    let mut admin = db.admin().await;
    for zone in ["America/New_York", "Pacific/Kiritimati"] {
        for connection in [&mut desk, &mut admin] {
            run(connection, &format!("SET TimeZone = '{zone}'")).await;
        }
        let writes = format!(
            "INSERT INTO organizations (id, name) VALUES (NULL, '{zone}');
             UPDATE vps_plans SET hourly_rate = hourly_rate + 0.0001 WHERE id = 1;
             UPDATE tickets SET status = CASE status WHEN 'open' THEN 'resolved' ELSE 'open' END WHERE id = 1;
             {};
             INSERT INTO ticket_messages (id, ticket_id, user_id, message) VALUES (NULL, 1, {}, 'x')",
            deposit(1, "1.00", zone),
            session.user_id
        );
        run(&mut desk, &entered(&session.token, &writes)).await;
        run(&mut admin, "INSERT INTO notifications (user_id, title) VALUES (1, 'x')").await;
        run(
            &mut admin,
            "INSERT INTO notifications (user_id, title, created_at) VALUES (1, 'dated', '2020-01-01 10:00')",
        )
        .await;
        let mut reader = db.admin().await;
        for time in [
            "SELECT max(created_at) FROM organizations",
            "SELECT max(updated_at) FROM organizations",
            "SELECT max(updated_at) FROM vps_plans",
            "SELECT max(effective_from) FROM plan_prices",
            "SELECT max(recorded_at) FROM plan_prices",
            "SELECT max(created_at) FROM transactions",
            "SELECT max(updated_at) FROM wallets",
            "SELECT max(updated_at) FROM tickets",
            "SELECT max(last_message_at) FROM tickets",
            "SELECT max(created_at) FROM ticket_messages",
            "SELECT max(created_at) FROM activity_logs",
            "SELECT max(created_at) FROM notifications",
        ] {
            let sql = format!(
                "SELECT ({time}) BETWEEN timezone('UTC', now()) - interval '30 minutes' AND timezone('UTC', now()) + interval '1 minute'"
            );
            assert_eq!(ask(&mut reader, &sql).await, "true", "{zone}: {time}");
        }
        assert_eq!(
            ask(
                &mut reader,
                "SELECT DISTINCT created_at FROM notifications WHERE title = 'dated'"
            )
            .await,
            "2020-01-01 10:00:00"
        );
    }
}
