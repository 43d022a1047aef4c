//! Who may ask for what, and that nobody gets around it.

use cs_tests::workspace_db::{
    ADMIN, CUSTOMER, FINANCE, SUPPORT, attempt, broken_rule, connect, entered, refused, sign_in, within,
};
use store::roles::LoginKind;

use super::shared::World;

const DENIED: &str = "42501";

fn place(kind: &str, server: impl std::fmt::Display, key: &str) -> String {
    format!("(SELECT intent FROM cs_intents.place('{kind}', NULL, NULL, {server}, NULL, '{{}}', '{key}', NULL))")
}

fn order(world: &World, key: &str) -> String {
    let parameters = r#"{"label": "web-1", "region": "us-east", "type": "g6-nanode-1", "image": "linode/debian12"}"#;
    format!(
        "(SELECT intent FROM cs_intents.place('order', {}, 1, NULL, 1, '{parameters}', '{key}', NULL))",
        world.account
    )
}

#[tokio::test]
async fn support_turns_servers_on_and_off_and_orders_and_deletes_nothing() {
    let world = World::new().await;
    let (desk, session) = world.db.desk_of(SUPPORT).await;
    let mut support = connect(&desk.url).await;
    for (at, kind) in ["boot", "shutdown", "reboot"].into_iter().enumerate() {
        let id = within(
            &mut support,
            &session.token,
            &place(kind, world.server, &format!("s-{at}")),
        )
        .await
        .unwrap();
        assert_eq!(
            world.ask(&format!("SELECT concat_ws(' ', requested_by = {}, login = '{}', organization_id) FROM provider_intents WHERE id = {id}", session.user_id, desk.name)).await,
            "t t 1"
        );
        within(
            &mut support,
            &session.token,
            &format!("cs_intents.withdraw({id}, NULL)"),
        )
        .await
        .unwrap();
    }
    for kind in [
        "resize",
        "rebuild",
        "rename",
        "reset_password",
        "rdns",
        "enable_backups",
        "cancel_backups",
        "snapshot",
        "restore",
        "delete",
    ] {
        assert_eq!(
            within(&mut support, &session.token, &place(kind, world.server, "no")).await,
            Err(DENIED.to_owned()),
            "{kind}"
        );
    }
    assert_eq!(
        within(&mut support, &session.token, &order(&world, "no")).await,
        Err(DENIED.to_owned())
    );
    // In an admin's name neither.
    let as_admin = place("delete", world.server, "no").replace("NULL))", "1))");
    assert_eq!(
        within(&mut support, &session.token, &as_admin).await,
        Err(DENIED.to_owned())
    );
    // What an admin asked for is not theirs to take back.
    let placed = world.plain(domain::intent::Wanted::Delete).await;
    assert_eq!(
        within(
            &mut support,
            &session.token,
            &format!("cs_intents.withdraw({}, NULL)", placed.id)
        )
        .await,
        Err(DENIED.to_owned())
    );
    for call in carrying(placed.id.get()) {
        assert_eq!(
            within(&mut support, &session.token, &call).await,
            Err(DENIED.to_owned()),
            "{call}"
        );
    }
    // They see what is done, without what is secret of it.
    assert!(
        attempt(&mut support, "SELECT id, kind, state, error FROM provider_intents")
            .await
            .is_ok()
    );
    for column in ["secret", "lease"] {
        assert_eq!(
            refused(&mut support, &format!("SELECT {column} FROM provider_intents")).await,
            DENIED
        );
    }
}

/// What only whoever carries intents out may call.
fn carrying(id: i64) -> Vec<String> {
    let lease = "'00000000-0000-0000-0000-000000000000'";
    vec![
        format!("(SELECT lent FROM cs_intents.claim({id}, 60))"),
        format!("cs_intents.hold({id}, {lease}, 60, NULL)"),
        format!("cs_intents.give_back({id}, {lease}, NULL, NULL)"),
        format!("cs_intents.sent({id}, {lease}, NULL, NULL)"),
        format!("cs_intents.lost({id}, {lease}, 'x', 'x')"),
        format!("cs_intents.record({id}, '{{\"id\": 1}}')"),
        format!("cs_intents.settle({id}, '{{}}', NULL, NULL, NULL, true)"),
        format!("cs_intents.fail({id}, {lease}, 'x', 'x')"),
        format!("cs_intents.keep_secret({id}, 'cs1.1.x')"),
        "cs_intents.expire()".to_owned(),
        "(SELECT amount FROM cs_billing.due_of('vps', 1, true))".to_owned(),
    ]
}

#[tokio::test]
async fn finance_and_customers_do_nothing_to_servers() {
    let world = World::new().await;
    let placed = world.order("web-0").await;
    let (desk, session) = world.db.desk_of(FINANCE).await;
    let mut finance = connect(&desk.url).await;
    assert!(
        attempt(&mut finance, "SELECT id, kind, state FROM provider_intents")
            .await
            .is_ok()
    );
    let mut calls = carrying(placed.id.get());
    calls.extend([
        place("boot", world.server, "no"),
        order(&world, "no"),
        format!("cs_intents.withdraw({}, NULL)", placed.id),
    ]);
    for call in &calls {
        assert_eq!(
            within(&mut finance, &session.token, call).await,
            Err(DENIED.to_owned()),
            "{call}"
        );
    }
    assert!(
        sign_in(&desk.url, CUSTOMER, cs_tests::workspace_db::PASSWORD)
            .await
            .is_err()
    );
    let service = world.db.login(LoginKind::Service).await;
    let mut service = connect(&service.url).await;
    for setting in ["app.current_user_role = 'admin'", "app.current_organization_id = '1'"] {
        attempt(&mut service, &format!("SET {setting}")).await.unwrap();
        assert_eq!(refused(&mut service, "SELECT id FROM provider_intents").await, DENIED);
        assert_eq!(
            refused(&mut service, &format!("SELECT {}", place("boot", world.server, "no"))).await,
            DENIED
        );
    }
}

#[tokio::test]
async fn an_admin_writes_by_the_functions_only_and_only_with_the_session() {
    let world = World::new().await;
    let placed = world.order("web-0").await;
    let (desk, session) = world.db.desk_of(ADMIN).await;
    let mut admin = connect(&desk.url).await;
    for sql in [
        "UPDATE provider_intents SET state = 'waiting'",
        "UPDATE provider_intents SET parameters = '{}'",
        "DELETE FROM provider_intents",
        "TRUNCATE provider_intents",
        "SELECT secret FROM provider_intents",
        "SELECT lease FROM provider_intents",
        "SELECT * FROM provider_intents",
        "INSERT INTO provider_intents (provider_config_id, kind, label, idempotency_key, requested_at) VALUES (1, 'boot', 'x', 'x', now())",
        "SELECT cs_intents.free(1)",
        "SELECT cs_intents.asked_by('boot', 1)",
    ] {
        assert_eq!(
            refused(&mut admin, &entered(&session.token, sql)).await,
            DENIED,
            "{sql}"
        );
    }
    // Without the session's token in the transaction nothing is asked for.
    assert_eq!(
        refused(&mut admin, &format!("SELECT {}", order(&world, "no"))).await,
        DENIED
    );
    for call in carrying(placed.id.get()) {
        assert_eq!(refused(&mut admin, &format!("SELECT {call}")).await, DENIED, "{call}");
    }
    // What nobody has taken is not sent, settled or failed.
    let lease = "'00000000-0000-0000-0000-000000000000'";
    let id = placed.id;
    for (call, rule) in [
        (
            format!("cs_intents.sent({id}, {lease}, NULL, NULL)"),
            "intent_lease_lost",
        ),
        (
            format!("cs_intents.settle({id}, '{{}}', NULL, NULL, NULL, true)"),
            "intent_not_sent",
        ),
        (
            format!("cs_intents.record({id}, '{{\"id\": 100001}}')"),
            "intent_not_sent",
        ),
        (
            format!("cs_intents.keep_secret({id}, 'in clear')"),
            "intent_not_waiting",
        ),
    ] {
        assert_eq!(
            within(&mut admin, &session.token, &call).await,
            Err(rule.to_owned()),
            "{call}"
        );
    }
    assert_eq!(
        within(
            &mut admin,
            &session.token,
            &format!("cs_intents.fail({id}, {lease}, 'x', 'x')")
        )
        .await
        .unwrap(),
        "false"
    );
    // Nor does the owner put secrets where everybody reads, or take rows away.
    let mut owner = world.db.owner().await;
    let clear = r#"UPDATE provider_intents SET parameters = '{"root_pass": "x"}'"#;
    assert_eq!(
        broken_rule(&mut owner, clear).await,
        "provider_intents_parameters_check"
    );
    assert_eq!(
        broken_rule(&mut owner, "DELETE FROM provider_intents").await,
        "provider_intents_kept"
    );
    assert_eq!(world.state(id).await, "waiting held");
}

#[tokio::test]
async fn the_agent_carries_out_what_a_desk_left_to_it() {
    let world = World::new().await;
    let (desk, session) = world.db.desk_of(SUPPORT).await;
    let mut support = connect(&desk.url).await;
    let id = within(&mut support, &session.token, &place("shutdown", world.server, "s-1"))
        .await
        .unwrap();
    let agent = world.db.login(LoginKind::Agent).await;
    let agent = app::session::Session::operator(&app::database::Address::from_url(&agent.url).unwrap(), "tests")
        .await
        .unwrap();
    let order = app::intents::order(
        &agent,
        Some(&world.key),
        &world.wanted("web-1"),
        &super::shared::key("web-1"),
    )
    .await
    .unwrap();
    let swept = world.sweep_over(&agent).await;
    assert_eq!((swept.running, swept.errors.len()), (2, 0), "{swept:?}");
    world.stand_in.account().step();
    world.stand_in.account().step();
    let swept = world.sweep_over(&agent).await;
    assert_eq!(swept.done, 2, "{swept:?}");
    assert_eq!(world.state(order.id).await, "done");
    assert_eq!(world.state(id.parse().unwrap()).await, "done");
    // The log knows who asked for it and over which login it was done; who asked is told of a failure.
    assert_eq!(
        world.ask(&format!("SELECT string_agg(DISTINCT concat_ws(' ', l.action, u.email), ', ' ORDER BY concat_ws(' ', l.action, u.email)) FROM activity_logs l LEFT JOIN users u ON u.id = l.user_id WHERE l.resource_type = 'intent' AND l.resource_id = '{id}'")).await,
        format!("intent.create {SUPPORT}, intent.update")
    );
    let id = within(&mut support, &session.token, &place("reboot", world.server, "s-2"))
        .await
        .unwrap();
    let swept = world.sweep_over(&agent).await;
    assert_eq!(swept.failed, 1, "{swept:?}");
    assert_eq!(
        world.ask(&format!("SELECT count(*) FROM notifications WHERE user_id = {} AND metadata @> '{{\"kind\": \"intent_failed\", \"intent_id\": {id}}}'", session.user_id)).await,
        "1"
    );
}
