//! What is gone, what came back, and what of it is billed.

use app::{AppError, billing, sync::Order};
use cs_tests::workspace_db::{broken_rule, run};

use super::shared::{World, counts, may};

/// Twelve servers, the first of which somebody pays a cent an hour for since the first of May.
async fn billed() -> World {
    let world = World::with(12).await;
    world.sync_at(may(1, 0), false).await.unwrap();
    run(
        &mut world.db.owner().await,
        "BEGIN; SET LOCAL cs.at = '2030-05-01';
         INSERT INTO organizations (id, name) VALUES (900, 'Payer');
         INSERT INTO wallets (id, organization_id) VALUES (NULL, 900);
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 900, 500, 'deposit', 'completed', 'k');
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'A cent', 'linode', 0.01);
         UPDATE vps_instances SET organization_id = 900, plan_id = 900, last_billed_at = '2030-05-01' WHERE linode_id = 1;
         COMMIT",
    )
    .await;
    world
}

async fn charged(world: &World) -> String {
    world
        .ask("SELECT coalesce(-sum(amount), 0) FROM transactions WHERE organization_id = 900 AND type = 'charge'")
        .await
}

async fn bill(world: &World, day: u32, hour: u32) {
    use std::ops::ControlFlow;
    let at = may(day, hour);
    billing::run(&world.session.at(at), Some(at), |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_are_parked_from_when_it_was_last_seen() {
    let world = billed().await;
    world.sync_at(may(1, 10), false).await.unwrap();
    bill(&world, 1, 5).await;
    assert_eq!(charged(&world).await, "0.05");
    world.stand_in.account().remove(1);
    let report = world.sync_at(may(2, 0), false).await.unwrap();
    assert_eq!(counts(&report), (0, 0, 11, 0, 1));
    assert_eq!(report.gone[0].organization_id, Some(900));
    assert_eq!(report.gone[0].last_seen_at, may(1, 10).naive_utc());
    bill(&world, 3, 0).await;
    assert_eq!(charged(&world).await, "0.10", "nothing after it was last seen");
    assert_eq!(
        world.ask("SELECT concat_ws(' ', reason, parked_from, resolved_at) FROM parked_resources WHERE organization_id = 900").await,
        "gone 2030-05-01 10:00:00"
    );
    // A second sync doesn't go over it again.
    let again = world.sync_at(may(3, 0), false).await.unwrap();
    assert_eq!(counts(&again), (0, 0, 11, 0, 0));
    // A person deletes it: charged up to when it was last seen, and no further.
    run(
        &mut world.db.owner().await,
        "BEGIN; SET LOCAL cs.at = '2030-05-04'; UPDATE vps_instances SET deleted_at = '2030-05-04' WHERE linode_id = 1; COMMIT",
    )
    .await;
    bill(&world, 5, 0).await;
    assert_eq!(charged(&world).await, "0.10");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_given_to_nobody_and_charged_by_no_decision() {
    let world = billed().await;
    world.sync_at(may(1, 10), false).await.unwrap();
    let kept = world.stand_in.account().instances[0].clone();
    for id in [1, 2] {
        world.stand_in.account().remove(id);
    }
    world.sync_at(may(2, 0), true).await.unwrap();
    let mut owner = world.db.owner().await;
    // The second was nobody's, so nothing of it is parked.
    let give = |linode_id: u8| {
        format!("UPDATE vps_instances SET organization_id = 900, plan_id = 900 WHERE linode_id = {linode_id}")
    };
    assert_eq!(broken_rule(&mut owner, &give(2)).await, "assign_gone");
    for from_start in [true, false] {
        let decide = format!(
            "BEGIN; SET LOCAL cs.at = '2030-05-02 01:00'; SELECT cs_billing.resolve_parked(id, {from_start}) FROM parked_resources WHERE organization_id = 900"
        );
        assert_eq!(broken_rule(&mut owner, &decide).await, "parked_still_gone");
    }
    // Ending it is possible, and once it is back so is giving it to somebody.
    run(
        &mut owner,
        "UPDATE vps_instances SET organization_id = NULL WHERE linode_id = 1",
    )
    .await;
    assert_eq!(broken_rule(&mut owner, &give(1)).await, "assign_gone");
    world.stand_in.account().instances.insert(0, kept);
    world.sync_at(may(2, 12), false).await.unwrap();
    run(
        &mut owner,
        &format!("BEGIN; SET LOCAL cs.at = '2030-05-03'; {}; COMMIT", give(1)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_is_billed_as_if_it_had_not_been_away() {
    let world = billed().await;
    world.sync_at(may(1, 10), false).await.unwrap();
    let kept = world.stand_in.account().instances[0].clone();
    world.stand_in.account().remove(1);
    world.sync_at(may(2, 0), false).await.unwrap();
    world.stand_in.account().instances.insert(0, kept);
    let report = world.sync_at(may(2, 12), false).await.unwrap();
    assert_eq!(counts(&report), (0, 0, 11, 1, 0));
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', reason, resolution) FROM parked_resources WHERE organization_id = 900")
            .await,
        "gone returned"
    );
    bill(&world, 3, 0).await;
    assert_eq!(charged(&world).await, "0.48");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waited_for_a_price_waits_for_a_person_when_it_goes() {
    let world = billed().await;
    run(
        &mut world.db.owner().await,
        "BEGIN; SET LOCAL cs.at = '2030-05-01 02:00'; UPDATE vps_instances SET organization_id = 900, plan_id = NULL WHERE linode_id = 2; COMMIT",
    )
    .await;
    bill(&world, 1, 6).await;
    let parked = "SELECT concat_ws(' ', p.reason, p.parked_from) FROM parked_resources p JOIN vps_instances v ON v.id = p.resource_id
                  WHERE v.linode_id = 2 AND p.resolved_at IS NULL";
    assert_eq!(world.ask(parked).await, "no_plan 2030-05-01 02:00:00");
    world.sync_at(may(1, 10), false).await.unwrap();
    world.stand_in.account().remove(2);
    world.sync_at(may(2, 0), false).await.unwrap();
    assert_eq!(world.ask(parked).await, "gone 2030-05-01 10:00:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_tenth_stops_and_asks() {
    let world = billed().await;
    world.sync_at(may(1, 10), false).await.unwrap();
    for id in [1, 2] {
        world.stand_in.account().remove(id);
    }
    // Also what has changed is left: perhaps it is another account's token.
    world.change(5, "status", serde_json::json!("offline"));
    let before = world.rows().await;
    let asked = world.sync_at(may(2, 0), false).await;
    assert!(
        matches!(asked, Err(AppError::ManyGone { gone: 2, of: 12 })),
        "{asked:?}"
    );
    assert_eq!(world.rows().await, before);
    assert_eq!(
        world.stand_in.requests("/linode/instances/1"),
        0,
        "nothing more was asked"
    );
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', status, error_code) FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        "stopped sync_many_gone"
    );
    let report = world.sync_at(may(2, 1), true).await.unwrap();
    assert_eq!(counts(&report), (0, 1, 9, 0, 2));
    // One of the ten that are left is a tenth.
    world.stand_in.account().remove(3);
    assert_eq!(world.sync_at(may(2, 2), false).await.unwrap().gone.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_a_tenth_and_an_unproven_end_by_itself() {
    let world = billed().await;
    let mut owner = world.db.owner().await;
    let finish = |gone: &str, complete: bool| {
        format!(
            "BEGIN; SELECT cs_sync.begin({0}); SELECT cs_sync.finish((SELECT max(id) FROM provider_syncs), '{{3,4,5,6,7,8,9,10,11,12}}', '{gone}', false, {complete}, '{{\"skipped\": 0}}', '[]'); COMMIT",
            world.account
        )
    };
    let broken = broken_rule(&mut owner, &finish("{1,2}", true)).await;
    assert_eq!(broken, "sync_many_gone");
    let broken = broken_rule(&mut owner, &finish("{1}", false)).await;
    assert_eq!(broken, "sync_gone_unproven");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_from_the_list_and_there_by_its_number_is_there() {
    let world = billed().await;
    world.sync_at(may(1, 10), false).await.unwrap();
    // The list leaves it out, and says so consistently.
    let mut eleven: Vec<serde_json::Value> = world.stand_in.account().instances.clone();
    eleven.remove(0);
    let body = serde_json::json!({"data": eleven, "page": 1, "pages": 1, "results": 11}).to_string();
    world
        .stand_in
        .on("/linode/instances", 1, cs_tests::linode::Fault::Body(body));
    let report = world.sync_at(may(2, 0), false).await.unwrap();
    assert_eq!(world.stand_in.requests("/linode/instances/1"), 1);
    assert_eq!(counts(&report), (0, 0, 12, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_the_account_that_no_sync_has_seen_is_parked_from_where_it_was_charged() {
    let world = World::with(30).await;
    run(
        &mut world.db.owner().await,
        &format!(
            "UPDATE vps_instances SET provider_config_id = {} WHERE linode_id = 101",
            world.account
        ),
    )
    .await;
    let order = Order {
        allow_gone: true,
        ..world.order()
    };
    let report = world.sync_with(&order).await.unwrap();
    assert_eq!(counts(&report), (30, 0, 0, 0, 1));
    assert_eq!(
        world
            .ask("SELECT p.reason || ' ' || (p.parked_from = coalesce(v.last_billed_at, v.created_at)) FROM parked_resources p JOIN vps_instances v ON v.id = p.resource_id AND p.resource_kind = 'vps' WHERE v.linode_id = 101 AND p.resolved_at IS NULL")
            .await,
        "gone true"
    );
}
