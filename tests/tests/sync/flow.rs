//! What a sync writes, and what it leaves alone.

use std::ops::ControlFlow;

use app::{
    AppError,
    sync::{self, Observed, ObservedInstance, Order},
};
use cs_tests::{
    linode::{Fault, instance},
    workspace_db::run,
};
use serde_json::json;
use store::StoreError;

use super::shared::{World, counts, reach};

#[tokio::test(flavor = "multi_thread")]
async fn unknown_servers_are_stored_without_an_organization() {
    let world = World::with(3).await;
    let report = world.sync().await;
    assert_eq!(counts(&report), (3, 0, 0, 0, 0));
    assert!(report.complete && report.notes.is_empty());
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', label, region, status, ipv4, ipv6, image, created_at, organization_id, plan_id, last_billed_at, provider_config_id) FROM vps_instances WHERE linode_id = 2")
            .await,
        format!("server-2 us-east running 203.0.100.3 2600:3c00::2 linode/debian12 2018-01-01 00:01:01 {}", world.account)
    );
    assert_eq!(
        world.ask("SELECT count(*) FROM resource_terms t JOIN vps_instances v ON v.id = t.resource_id WHERE v.linode_id <= 3").await,
        "0",
        "nobody is billed for them"
    );
    assert_eq!(
        world.ask("SELECT concat_ws(' ', status, seen, added, unchanged, gone, error) FROM provider_syncs ORDER BY id DESC LIMIT 1").await,
        "completed 3 3 0 0"
    );
    assert_eq!(
        world.ask("SELECT observed ->> 'type' || ' ' || (observed -> 'specs' ->> 'memory_mb') FROM provider_states WHERE external_id = '1'").await,
        "g6-nanode-1 1024"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_sync_touches_no_row() {
    let world = World::with(40).await;
    world.sync().await;
    let before = world.rows().await;
    let log = world.ask("SELECT count(*) FROM activity_logs").await;
    let report = world.sync().await;
    assert_eq!(counts(&report), (0, 0, 40, 0, 0));
    assert_eq!(world.rows().await, before);
    assert_eq!(world.ask("SELECT count(*) FROM activity_logs").await, log);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_status_and_addresses_follow_the_provider() {
    let world = World::with(12).await;
    world.sync().await;
    run(
        &mut world.db.owner().await,
        "UPDATE vps_instances SET organization_id = 1, plan_id = 1, last_billed_at = timezone('UTC', now()) WHERE linode_id = 1",
    )
    .await;
    world.change(1, "status", json!("a_new_word"));
    world.change(1, "label", json!("renamed-there"));
    world.change(1, "type", json!("g6-standard-8"));
    world.change(1, "region", json!("eu-central"));
    world.change(1, "created", json!("2020-02-02T02:02:02"));
    world.change(1, "ipv4", json!(["192.168.133.9", "198.51.100.7", "198.51.100.8"]));
    world.change(1, "ipv6", json!("2600:3c00::abc/128"));
    let report = world.sync().await;
    assert_eq!(counts(&report), (0, 1, 11, 0, 0));
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', label, region, status, ipv4, ipv6, created_at, organization_id, plan_id) FROM vps_instances WHERE linode_id = 1")
            .await,
        "server-1 us-east a_new_word 198.51.100.7 2600:3c00::abc 2018-01-01 00:01:01 1 1"
    );
    assert_eq!(
        world.ask("SELECT concat_ws(' ', observed ->> 'label', observed ->> 'type', observed ->> 'region') FROM provider_states WHERE external_id = '1'").await,
        "renamed-there g6-standard-8 eu-central",
        "what differs is kept"
    );
    // The address that is written down stays while it is one of them.
    world.change(1, "ipv4", json!(["198.51.100.8", "198.51.100.7"]));
    world.sync().await;
    assert_eq!(
        world.ask("SELECT ipv4 FROM vps_instances WHERE linode_id = 1").await,
        "198.51.100.7"
    );
    // No word of addresses leaves it; private ones alone mean that there is no public one.
    world.change(1, "ipv4", json!(null));
    world.sync().await;
    assert_eq!(
        world.ask("SELECT ipv4 FROM vps_instances WHERE linode_id = 1").await,
        "198.51.100.7"
    );
    world.change(1, "ipv4", json!(["192.168.133.9"]));
    world.sync().await;
    assert_eq!(
        world.ask("SELECT ipv4 FROM vps_instances WHERE linode_id = 1").await,
        "∅"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_other_programs_are_matched() {
    let world = World::with(0).await;
    // 101 and 102 are in the seed, of two organizations; 103 was deleted here, 104 is another account's.
    run(
        &mut world.db.owner().await,
        "INSERT INTO provider_configs (id, provider_name) VALUES (900, 'linode');
         INSERT INTO vps_instances (id, linode_id, label, deleted_at, provider_config_id) VALUES (903, 103, 'deleted', timezone('UTC', now()), NULL), (904, 104, 'elsewhere', NULL, 900)",
    )
    .await;
    world.stand_in.account().instances = (101..=105).map(instance).collect();
    let report = world.sync().await;
    assert_eq!(counts(&report), (1, 2, 2, 0, 0));
    let kinds: Vec<(i64, &str)> = report.notes.iter().map(|note| (note.id, note.kind.as_str())).collect();
    assert_eq!(kinds, [(103, "deleted_here"), (104, "of_another_account")]);
    assert_eq!(
        world
            .ask("SELECT string_agg(concat_ws(' ', linode_id, label, organization_id, status, provider_config_id = 1 OR provider_config_id = (SELECT max(id) FROM provider_accounts)), ', ' ORDER BY linode_id) FROM vps_instances WHERE linode_id BETWEEN 101 AND 105")
            .await,
        "101 brisa-web-1 1 running t, 102 kestrel-1 2 running t, 103 deleted, 104 elsewhere f, 105 server-105 running t"
    );
    let again = world.sync().await;
    assert_eq!(counts(&again), (0, 0, 5, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_shift_lose_and_repeat_nothing() {
    let world = World::with(1200).await;
    world.sync().await;
    // One goes between the pages: the list is read again, and only the one by its number is gone.
    world.stand_in.on(
        "/linode/instances?page=2",
        1,
        Fault::Change(|account| account.remove(3)),
    );
    let report = world.sync().await;
    assert_eq!(counts(&report), (0, 0, 1199, 0, 1));
    // It never comes to rest: what was seen is written, nothing is proven gone.
    for page in ["/linode/instances?page=2", "/linode/instances?page=3"] {
        world.stand_in.always(
            page,
            Fault::Change(|account| {
                account.instances.remove(0);
            }),
        );
    }
    let report = world.sync().await;
    assert!(!report.complete && report.gone.is_empty(), "{report:?}");
    assert_eq!(
        world
            .ask("SELECT status FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        "partial"
    );
    assert_eq!(
        world
            .ask("SELECT count(*) - count(DISTINCT linode_id) FROM vps_instances")
            .await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_syncs_of_an_account_at_once_are_one() {
    let world = World::with(2).await;
    for nth in 1..=3 {
        world.stand_in.on("/linode/instances", nth, Fault::Stall);
    }
    let order = world.order();
    let first = world.sync_with(&order);
    let second = async {
        // Once the first is known to the database.
        for _ in 0..200 {
            if world
                .ask("SELECT count(*) FROM provider_syncs WHERE status = 'running'")
                .await
                == "1"
            {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        world.sync_with(&order).await
    };
    let (first, second) = tokio::join!(first, second);
    assert!(
        matches!(&second, Err(AppError::Store(StoreError::Rule(rule))) if rule == "sync_under_way"),
        "{second:?}"
    );
    assert_eq!(counts(&first.unwrap()), (2, 0, 0, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_stopped_while_it_reads() {
    let world = World::with(2).await;
    world.stand_in.always("/linode/instances", Fault::Silence);
    let before = world.rows().await;
    let stopped = sync::run(&world.session, &world.order(), &reach(), |_, _| ControlFlow::Break(())).await;
    assert!(
        matches!(
            stopped,
            Err(AppError::Provider(::providers::linode::LinodeError::Cancelled))
        ),
        "{stopped:?}"
    );
    assert_eq!(world.rows().await, before);
    assert_eq!(
        world
            .ask("SELECT status FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        "cancelled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_says_and_writes_nothing() {
    let world = World::with(4).await;
    let before = world.rows().await;
    let dry = Order {
        dry_run: true,
        ..world.order()
    };
    let report = world.sync_with(&dry).await.unwrap();
    assert_eq!(counts(&report), (4, 0, 0, 0, 0));
    assert_eq!(world.rows().await, before);
    assert_eq!(world.ask("SELECT count(*) FROM provider_syncs").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_elsewhere_is_applied_as_well() {
    let world = World::with(0).await;
    let invented = Observed {
        instances: vec![
            ObservedInstance {
                id: 70,
                label: "invented".to_owned(),
                status: Some("running".to_owned()),
                ..ObservedInstance::default()
            },
            // Twice: the later one counts.
            ObservedInstance {
                id: 70,
                label: "invented-again".to_owned(),
                ..ObservedInstance::default()
            },
        ],
        complete: true,
        ..Observed::default()
    };
    let report = sync::apply(&world.session, world.account, &invented).await.unwrap();
    assert_eq!(counts(&report), (1, 0, 0, 0, 0));
    assert_eq!(
        world.ask("SELECT label FROM vps_instances WHERE linode_id = 70").await,
        "invented-again"
    );
    let again = sync::apply(&world.session, world.account, &invented).await.unwrap();
    assert_eq!(counts(&again), (0, 0, 1, 0, 0));
}
