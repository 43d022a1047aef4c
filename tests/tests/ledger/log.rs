//! What is written down by itself: the log, prices, conversations.

use cs_tests::workspace_db::{ADMIN, SUPPORT, WorkspaceDb, ask, connect, entered, run};

use super::shared::{at, deposit};

#[tokio::test]
async fn changes_are_logged_in_their_own_transaction_without_secrets() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(ADMIN).await;
    let mut connection = connect(&desk.url).await;
    let mut admin = db.admin().await;
    let before: i64 = ask(&mut admin, "SELECT count(*) FROM activity_logs")
        .await
        .parse()
        .unwrap();
    run(
        &mut connection,
        &format!("BEGIN; SELECT cs_auth.enter('{}'); INSERT INTO organizations (id, name) VALUES (NULL, 'Rolled back'); ROLLBACK", session.token),
    )
    .await;
    assert_eq!(
        ask(&mut admin, "SELECT count(*) FROM activity_logs").await,
        before.to_string()
    );

    run(
        &mut connection,
        &entered(
            &session.token,
            "INSERT INTO users (id, email, password_hash, role) VALUES (NULL, 'new@halyard.example', 'very-secret-hash', 'support');
             UPDATE vps_instances SET root_password = 'very-secret-root', label = 'renamed' WHERE id = 1;
             UPDATE provider_configs SET credentials = '{\"token\": \"very-secret-token\"}';
             INSERT INTO user_api_keys (id, user_id, name, key_hash) VALUES (NULL, 5, 'k', 'very-secret-key');
             UPDATE workspace_settings SET grace_hours = 48",
        ),
    )
    .await;
    let log = ask(
        &mut admin,
        &format!("SELECT jsonb_agg(to_jsonb(l) ORDER BY id) FROM activity_logs l WHERE id > {before}"),
    )
    .await;
    assert!(!log.contains("very-secret"), "{log}");
    for action in [
        "user.create",
        "server.update",
        "provider.update",
        "api_key.create",
        "settings.update",
    ] {
        assert!(log.contains(&format!("\"{action}\"")), "{action} in {log}");
    }
    let entry = ask(
        &mut admin,
        "SELECT to_jsonb(l) FROM activity_logs l WHERE action = 'server.update'",
    )
    .await;
    assert!(
        entry.contains(r#""before": {"label": "brisa-web-1", "root_password": "(secret)"}"#),
        "{entry}"
    );
    assert!(
        entry.contains(r#""after": {"label": "renamed", "root_password": "(secret)"}"#),
        "{entry}"
    );
    assert!(
        entry.contains(&format!("\"login\": \"{}\"", desk.name)) && entry.contains("\"role\": \"admin\""),
        "{entry}"
    );
    assert!(
        entry.contains(&format!("\"user_id\": {}", session.user_id)) && entry.contains("\"organization_id\": 1"),
        "{entry}"
    );
    assert!(entry.contains("\"user_agent\": \"a test\""), "{entry}");
    let same = ask(
        &mut admin,
        "SELECT (SELECT xmin FROM activity_logs WHERE action = 'server.update') = (SELECT xmin FROM vps_instances WHERE id = 1)",
    )
    .await;
    assert_eq!(same, "true");

    run(&mut connection, &entered(&session.token, &deposit(1, "5.00", "logged"))).await;
    let entry = ask(
        &mut admin,
        "SELECT to_jsonb(l) FROM activity_logs l WHERE action = 'transaction.deposit' ORDER BY id DESC LIMIT 1",
    )
    .await;
    assert!(
        entry.contains("\"amount\": \"5.00\"") && entry.contains(&format!("\"user_id\": {}", session.user_id)),
        "{entry}"
    );
}

#[tokio::test]
async fn prices_keep_their_history() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, ADMIN).await;
    let mut admin = db.admin().await;
    let history = "SELECT string_agg(concat(effective_from, ' ', hourly_rate, ' ', monthly_rate), '; ' ORDER BY effective_from) FROM plan_prices WHERE plan_kind = 'vps' AND plan_id = 1";
    assert_eq!(ask(&mut admin, history).await, "-infinity 0.0090 6.00");
    run(
        &mut desk,
        &entered(&session.token, "UPDATE vps_plans SET name = 'Smaller' WHERE id = 1"),
    )
    .await;
    assert_eq!(ask(&mut admin, history).await, "-infinity 0.0090 6.00");
    run(
        &mut desk,
        &entered(
            &session.token,
            "UPDATE vps_plans SET hourly_rate = 0.0120, monthly_rate = NULL WHERE id = 1",
        ),
    )
    .await;
    let both = ask(&mut admin, history).await;
    assert!(
        both.starts_with("-infinity 0.0090 6.00; 20") && both.ends_with(" 0.0120 "),
        "{both}"
    );
    let who = "SELECT recorded_by FROM plan_prices WHERE plan_kind = 'vps' AND plan_id = 1 AND hourly_rate = 0.0120";
    assert_eq!(ask(&mut admin, who).await, session.user_id.to_string());

    // A plan that another program wrote before there was a history.
    run(&mut admin, "DELETE FROM plan_prices WHERE plan_kind = 'container'").await;
    run(
        &mut admin,
        "UPDATE container_plans SET hourly_rate = 0.0050 WHERE id = 1",
    )
    .await;
    let history = "SELECT string_agg(hourly_rate::text, '; ' ORDER BY effective_from) FROM plan_prices WHERE plan_kind = 'container' AND plan_id = 1";
    assert_eq!(ask(&mut admin, history).await, "0.0040; 0.0050");
}

#[tokio::test]
async fn a_ticket_knows_the_head_of_its_conversation() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, SUPPORT).await;
    let mut admin = db.admin().await;
    let head = "SELECT concat_ws(' ', last_message_id, last_from_customer, first_reply_at IS NOT NULL) FROM tickets WHERE id = ";
    assert_eq!(ask(&mut admin, &format!("{head} 1")).await, "3 f t");
    assert_eq!(ask(&mut admin, &format!("{head} 2")).await, "4 t f");
    let note = |internal: bool| {
        entered(
            &session.token,
            &format!(
                "INSERT INTO ticket_messages (id, ticket_id, user_id, message, is_internal) VALUES (NULL, 2, {}, 'x', {internal})",
                session.user_id
            ),
        )
    };
    run(&mut desk, &note(true)).await;
    assert_eq!(ask(&mut admin, &format!("{head} 2")).await, "5 t f");
    run(&mut desk, &note(false)).await;
    assert_eq!(ask(&mut admin, &format!("{head} 2")).await, "6 f t");

    run(
        &mut desk,
        &entered(
            &session.token,
            "INSERT INTO tickets (id, subject, organization_id) VALUES (NULL, 'New', 1)",
        ),
    )
    .await;
    assert_eq!(
        ask(&mut admin, "SELECT ticket_number FROM tickets WHERE subject = 'New'").await,
        "T-000003"
    );
    let resolved = "SELECT resolved_at IS NOT NULL FROM tickets WHERE id = 2";
    for (status, is) in [
        ("in_progress", "false"),
        ("resolved", "true"),
        ("closed", "true"),
        ("open", "false"),
    ] {
        run(
            &mut desk,
            &entered(
                &session.token,
                &format!("UPDATE tickets SET status = '{status}' WHERE id = 2"),
            ),
        )
        .await;
        assert_eq!(ask(&mut admin, resolved).await, is, "{status}");
    }
}
