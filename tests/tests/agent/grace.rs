//! The time of grace: from when a wallet stopped covering until it covers again, ended once.

use app::{
    agent::Keys,
    database::Address,
    domain::{agent::JobKind, provider::AccountLabel},
    providers::{self, NewAccount, Reach},
    session::Session,
    workspace_key::{self, Ring},
};
use chrono::TimeDelta;
use cs_tests::{
    csctl::json,
    linode::{Account, LinodeStandIn, TOKEN},
    workspace_db::{ADMIN, FINANCE, SUPPORT},
};
use secrecy::SecretString;

use super::shared::{World, outcome, plan_with};

const ANA: &str = "ana1001@customer.example";
const STATE: &str = "SELECT coalesce(string_agg(concat_ws(' ', organization_id, state, to_char(since, 'MM-DD HH24:MI'), to_char(grace_ended_at, 'MM-DD HH24:MI')), ', ' ORDER BY organization_id), '') FROM low_balances";
const INVOICES: &str = "SELECT string_agg(concat_ws(' ', to_char(billing_period_start, 'YYYY-MM'), amount, amount_paid, status), ', ' ORDER BY id) FROM invoices WHERE organization_id = 1001";

#[tokio::test]
async fn grace_ends_once_per_crossing_and_a_deposit_puts_everything_right() {
    let mut world = World::new().await;
    let closing = plan_with(|plan| plan.intervals.close = Some(TimeDelta::hours(6)));
    // Ten hours are covered; then 0.10 an hour is not.
    world.customer("2030-01-30 00:00", 1001, "1", 1).await;
    world.pass_as("2030-01-30 10:05", &closing).await;
    assert_eq!(
        world.ask(STATE).await,
        "1001 zero 01-30 10:05",
        "nothing is left, and nothing is due yet"
    );
    world.pass_as("2030-01-31 10:05", &closing).await;
    world.pass_as("2030-02-01 06:00", &closing).await;
    assert_eq!(
        world.ask(STATE).await,
        "1001 zero 01-30 10:05",
        "runs don't begin it anew"
    );
    assert_eq!(world.ask(INVOICES).await, "2030-01 4.80 1.00 pending");
    world.pass_as("2030-02-02 10:04", &closing).await;
    assert_eq!(world.told(ANA).await, "", "the hours of grace are not over");
    assert_eq!(world.ask(INVOICES).await, "2030-01 4.80 1.00 pending");

    // Over, and two agents see it at the same time.
    let bills = plan_with(|plan| plan.leave_out = vec![JobKind::Grace]);
    world.pass_as("2030-02-02 10:10", &bills).await;
    let (one, other) = tokio::join!(
        world.pass_as("2030-02-02 10:10", &closing),
        world.pass_as("2030-02-02 10:10", &closing)
    );
    let begun = [&one, &other]
        .iter()
        .filter(|done| outcome(done, JobKind::Grace) == "completed")
        .count();
    assert_eq!(begun, 1);
    assert_eq!(world.ask(STATE).await, "1001 zero 01-30 10:05 02-02 10:10");
    assert_eq!(world.ask(INVOICES).await, "2030-01 4.80 1.00 failed");
    for at in ["2030-02-02 10:20", "2030-02-03 10:10", "2030-02-10 10:10"] {
        world.pass_as(at, &closing).await;
        for (person, told) in [
            (ADMIN, "grace_ended"),
            (FINANCE, "grace_ended"),
            (ANA, "grace_ended"),
            (SUPPORT, ""),
        ] {
            assert_eq!(world.told(person).await, told, "{person} at {at}");
        }
    }
    assert_eq!(
        world
            .ask(&format!(
                "SELECT n.title || ': ' || n.message FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = '{ANA}' AND n.metadata ->> 'kind' = 'grace_ended'"
            ))
            .await,
        "the time of grace has ended: The wallet has not covered the usage since 2030-01-30 10:05 UTC. It holds 0.00 USD, and 7.20 USD are due. \
         One invoice is marked as failed. Nothing is shut down or deleted. A deposit puts it right."
    );
    assert_eq!(
        world.ask("SELECT string_agg(organization_id || ' ' || (details ->> 'due'), ', ') FROM activity_logs WHERE action = 'wallet.grace_end'").await,
        "1001 7.20"
    );
    // A month that is closed afterwards is not paid either.
    world.pass_as("2030-03-01 06:00", &closing).await;
    world.pass_as("2030-03-01 06:05", &closing).await;
    assert_eq!(
        world.ask(INVOICES).await,
        "2030-01 4.80 1.00 failed, 2030-02 67.20 0.00 failed"
    );
    assert_eq!(world.told(ANA).await, "grace_ended", "the crossing was told");

    // A part of it changes nothing but what has been paid.
    world.deposit("2030-03-01 06:10", 1001, "5").await;
    world.pass_as("2030-03-01 07:05", &closing).await;
    assert_eq!(
        world.ask(INVOICES).await,
        "2030-01 4.80 4.80 paid, 2030-02 67.20 1.20 failed"
    );
    assert_eq!(world.ask(STATE).await, "1001 zero 01-30 10:05 02-02 10:10");
    // All of it ends it.
    world.deposit("2030-03-01 07:10", 1001, "70").await;
    assert_eq!(world.ask(STATE).await, "");
    world.pass_as("2030-03-01 08:05", &closing).await;
    assert_eq!(
        world.ask(INVOICES).await,
        "2030-01 4.80 4.80 paid, 2030-02 67.20 67.20 paid"
    );
    // The next time it begins anew, and is told anew.
    world.pass_as("2030-03-05 08:05", &closing).await;
    assert!(world.ask(STATE).await.starts_with("1001 zero 03-05 08:05"));
    world.pass_as("2030-03-08 08:00", &closing).await;
    assert_eq!(world.told(ANA).await, "grace_ended");
    world.pass_as("2030-03-08 08:10", &closing).await;
    assert_eq!(world.told(ANA).await, "grace_ended grace_ended");
    assert_eq!(
        world
            .ask("SELECT count(*) FROM vps_instances WHERE deleted_at IS NULL AND organization_id = 1001")
            .await,
        "1"
    );
}

#[tokio::test]
async fn what_is_to_be_shut_down_is_told_to_people_once_and_is_cancelled_by_a_deposit() {
    let mut world = World::new().await;
    world
        .at(
            "2030-01-01 00:00",
            "UPDATE workspace_settings SET grace_hours = 24, grace_action = 'shutdown'",
        )
        .await;
    world.customer("2030-01-01 00:00", 1001, "0", 3).await;
    world.customer("2030-01-01 00:00", 1002, "0", 2).await;
    world
        .at(
            "2030-01-01 00:00",
            "UPDATE vps_instances SET status = 'offline' WHERE id = 10012",
        )
        .await;
    world.pass("2030-01-01 05:05").await;
    // In time.
    world.deposit("2030-01-02 05:00", 1002, "100").await;
    world.pass("2030-01-02 05:10").await;
    assert_eq!(world.told(ADMIN).await, "grace_ended shutdown_by_hand");
    assert_eq!(world.told(FINANCE).await, "grace_ended");
    assert_eq!(world.told("ana1002@customer.example").await, "");
    assert_eq!(
        world.ask("SELECT string_agg(DISTINCT title || '. ' || message, '') FROM notifications WHERE metadata ->> 'kind' = 'shutdown_by_hand'").await,
        "2 servers of Customer 1001 are to be shut down by hand. The time of grace has ended, and the settings say to shut down what runs. \
         In no account that is switched on, or something else is done to them; shut down by hand: web-1001-1, web-1001-3."
    );
    world.pass("2030-01-03 05:10").await;
    assert_eq!(world.told(ADMIN).await, "grace_ended shutdown_by_hand");
    let status = json(&world.csctl(&["agent", "status", "--json"]), 0);
    assert_eq!(
        status["grace"],
        serde_json::json!({"hours": 24, "action": "shutdown", "ended": 1, "to_shut_down_by_hand": [
            {"organization_id": 1001, "organization": "Customer 1001", "servers": ["web-1001-1", "web-1001-3"], "containers": []}]}),
    );
    world.deposit("2030-01-03 06:00", 1001, "100").await;
    let status = json(&world.csctl(&["agent", "status", "--json"]), 0);
    assert_eq!(
        (&status["grace"]["ended"], &status["grace"]["to_shut_down_by_hand"]),
        (&0.into(), &serde_json::json!([]))
    );
}

/// An account with so many servers, and the key that opens it.
async fn account(world: &World, servers: u64) -> (LinodeStandIn, Ring) {
    let administrator = Session::operator(&Address::from_url(world.db.admin_url()).unwrap(), "tests")
        .await
        .unwrap();
    let key = workspace_key::draw(1).unwrap();
    workspace_key::register(&administrator, &key, async |_| Ok(()))
        .await
        .unwrap();
    let key: Ring = key.into();
    let stand_in = LinodeStandIn::start(Account::with_instances(servers)).await;
    let new = NewAccount {
        label: AccountLabel::parse("Main").unwrap(),
        endpoint: Some(stand_in.base_url()),
        token: SecretString::from(TOKEN),
    };
    providers::create(&administrator, &key, &new, &Reach::patient())
        .await
        .unwrap();
    (stand_in, key)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_is_shut_down_once_and_a_deposit_takes_back_what_still_waits() {
    const INTENTS: &str = "SELECT coalesce(string_agg(concat_ws(' ', i.kind, i.label, i.state, i.error_code), ', ' ORDER BY i.label), '') FROM provider_intents i";
    let mut world = World::new().await;
    let (stand_in, key) = account(&world, 3).await;
    world
        .at(
            "2030-01-01 00:00",
            "UPDATE workspace_settings SET grace_hours = 24, grace_action = 'shutdown'",
        )
        .await;
    world.customer("2030-01-01 00:00", 1001, "0", 4).await;
    world.customer("2030-01-01 00:00", 1002, "0", 1).await;
    // The fourth is in no account, the third is off, and the only one of the other customer's is in the account too.
    world
        .at(
            "2030-01-01 00:00",
            "UPDATE vps_instances SET linode_id = id - 10010, status = 'running', provider_config_id = (SELECT id FROM provider_accounts WHERE label = 'Main')
             WHERE id IN (10011, 10012);
             UPDATE vps_instances SET status = 'offline' WHERE id = 10013;
             UPDATE vps_instances SET linode_id = 3, status = 'running', provider_config_id = (SELECT id FROM provider_accounts WHERE label = 'Main') WHERE id = 10021",
        )
        .await;
    let without_key = plan_with(|_| ());
    let with_key = plan_with(|plan| {
        plan.key = Some(Keys::new(key.clone(), |_| ()));
        plan.leave_out = vec![JobKind::Sync];
    });
    world.pass_as("2030-01-01 05:05", &without_key).await;
    world.pass_as("2030-01-02 05:10", &without_key).await;
    assert_eq!(
        world.told(ADMIN).await,
        "grace_ended grace_ended shutdown_begun shutdown_begun shutdown_by_hand"
    );
    let waiting = "shutdown web-1001-1 waiting, shutdown web-1001-2 waiting, shutdown web-1002-1 waiting";
    assert_eq!(world.ask(INTENTS).await, waiting);
    assert_eq!(
        world.ask("SELECT string_agg(DISTINCT message, ' ') FROM notifications WHERE metadata ->> 'kind' = 'shutdown_by_hand'").await,
        "The time of grace has ended, and the settings say to shut down what runs. In no account that is switched on, or something else is done to them; shut down by hand: web-1001-4."
    );
    world.pass_as("2030-01-02 06:10", &without_key).await;
    assert_eq!(world.ask(INTENTS).await, waiting, "once a crossing");

    // One pays before anything was sent; the other doesn't.
    world.deposit("2030-01-02 06:30", 1002, "100").await;
    world.pass_as("2030-01-02 06:40", &with_key).await;
    assert_eq!(stand_in.requests("POST /linode/instances/1/shutdown"), 1);
    assert_eq!(stand_in.requests("POST /linode/instances/2/shutdown"), 1);
    assert_eq!(stand_in.requests("POST /linode/instances/3/shutdown"), 0);
    for at in ["2030-01-02 06:41", "2030-01-02 06:42"] {
        stand_in.account().step();
        world.pass_as(at, &with_key).await;
    }
    assert_eq!(
        world.ask(INTENTS).await,
        "shutdown web-1001-1 done, shutdown web-1001-2 done, shutdown web-1002-1 undone grace_over"
    );
    assert_eq!(
        world
            .ask("SELECT string_agg(id || ' ' || status, ', ' ORDER BY id) FROM vps_instances WHERE linode_id IS NOT NULL")
            .await,
        "10011 offline, 10012 offline, 10021 running"
    );
    // It goes on costing: a server that is off is billed.
    assert_eq!(
        world
            .ask("SELECT state FROM low_balances WHERE organization_id = 1001")
            .await,
        "zero"
    );
    let status = json(&world.csctl(&["agent", "status", "--json"]), 0);
    assert_eq!(
        status["grace"]["to_shut_down_by_hand"],
        serde_json::json!([{"organization_id": 1001, "organization": "Customer 1001", "servers": ["web-1001-4"], "containers": []}])
    );
}

#[tokio::test]
async fn a_setting_that_is_changed_afterwards_reaches_those_whose_grace_has_ended() {
    let mut world = World::new().await;
    world
        .at("2030-01-01 00:00", "UPDATE workspace_settings SET grace_hours = 0")
        .await;
    world.customer("2030-01-01 00:00", 1001, "0", 1).await;
    world.pass("2030-01-01 05:05").await;
    assert_eq!(world.told(ADMIN).await, "grace_ended", "no grace at all");
    world
        .at(
            "2030-01-01 06:00",
            "UPDATE workspace_settings SET grace_action = 'shutdown'",
        )
        .await;
    world.pass("2030-01-01 06:05").await;
    assert_eq!(world.told(ADMIN).await, "grace_ended shutdown_by_hand");
}

#[tokio::test]
async fn grace_is_over_when_nothing_is_due_any_more_and_ends_for_nobody_in_another_currency() {
    let mut world = World::new().await;
    world.customer("2030-01-01 00:00", 1001, "0", 1).await;
    world.customer("2030-01-01 00:00", 1002, "0", 1).await;
    world.pass("2030-01-01 05:05").await;
    assert_eq!(world.ask(STATE).await, "1001 zero 01-01 05:05, 1002 zero 01-01 05:05");
    // The server turns out to have been gone all the time: nothing of it is due, until it is back.
    world
        .at(
            "2030-01-01 06:00",
            "INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from) VALUES ('vps', 10011, 1001, 'gone', '2030-01-01');
             UPDATE workspace_settings SET currency = 'EUR'",
        )
        .await;
    world
        .at("2030-01-01 06:00", "UPDATE workspace_settings SET currency = 'USD'")
        .await;
    world.pass("2030-01-02 05:05").await;
    assert_eq!(world.ask(STATE).await, "1002 zero 01-01 05:05");
    world
        .at("2030-01-03 06:00", "UPDATE parked_resources SET resolved_at = '2030-01-03 06:00', resolution = 'returned' WHERE resource_id = 10011")
        .await;
    world
        .at("2030-01-03 06:00", "UPDATE workspace_settings SET currency = 'EUR'")
        .await;
    world.pass("2030-01-04 06:05").await;
    assert_eq!(world.told(ADMIN).await, "", "dollars are not charged any more");
    world
        .at("2030-01-04 07:00", "UPDATE workspace_settings SET currency = 'USD'")
        .await;
    world.pass("2030-01-04 07:15").await;
    assert_eq!(world.told("ana1002@customer.example").await, "grace_ended");
    assert_eq!(world.told(ANA).await, "", "it counts from when it was back");
    assert!(world.ask(STATE).await.starts_with("1001 zero 01-04 0"));
}
