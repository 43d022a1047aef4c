//! Odd answers: whatever a provider says, no row is written that the schema refuses, and none is lost.

use app::sync;
use cs_tests::linode::instance;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

use super::shared::World;

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,400}".prop_map(Value::from),
        "[\\x00-\\x1f]{0,3}[a-z]{0,90}".prop_map(Value::from),
        Just(json!([])),
        Just(json!({"a": [1, {"b": null}]})),
        prop::collection::vec("[0-9.]{1,15}|192\\.168\\.1\\.1|203\\.0\\.113\\.[1-9]", 0..200).prop_map(Value::from),
        Just(json!("2600:3c00:1111:2222:3333:4444:5555:6666/128")),
        Just(json!("9999-12-31T23:59:59")),
        Just(json!("+262142-12-31T23:59:59")),
        Just(json!("-0044-03-15T00:00:00")),
    ]
}

/// A server of which some fields are odd; its number may be anything.
fn odd_server() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "label",
        "status",
        "created",
        "type",
        "ipv4",
        "ipv6",
        "image",
        "region",
        "specs",
        "backups",
        "tags",
        "lke_cluster_id",
    ]);
    let id = prop_oneof![
        4 => (1_u64..40).prop_map(Value::from),
        1 => (2_147_483_640_u64..2_147_483_660).prop_map(Value::from),
        1 => odd_value(),
    ];
    (id, prop::collection::vec((field, odd_value()), 0..6)).prop_map(|(id, changes)| {
        let mut server = instance(id.as_u64().unwrap_or(1) % 1000);
        server["id"] = id;
        for (name, value) in changes {
            server[name] = value;
        }
        server
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_answers_write_no_row_that_the_schema_refuses() {
    let world = World::with(0).await;
    let mut runner = TestRunner::new(Config::default());
    let account = prop::collection::vec(odd_server(), 0..30);
    for round in 0..60 {
        let servers = account.new_tree(&mut runner).unwrap().current();
        let shown = format!("round {round}: {}", Value::from(servers.clone()));
        world.stand_in.account().instances.clone_from(&servers);
        let order = sync::Order {
            allow_gone: true,
            ..world.order()
        };
        let report = world
            .sync_with(&order)
            .await
            .unwrap_or_else(|error| panic!("{error:?} {shown}"));
        let readable: std::collections::BTreeSet<u64> =
            servers.iter().filter_map(|server| server["id"].as_u64()).collect();
        let fitting = readable.iter().filter(|id| i32::try_from(**id).is_ok()).count();
        assert_eq!(
            usize::try_from(report.added + report.changed + report.unchanged + report.returned).unwrap(),
            fitting,
            "{shown}"
        );
        assert!(
            report.complete || report.skipped > 0 || servers.len() > readable.len(),
            "{shown}"
        );
        // Read again at once, it is as it was.
        let before = world.rows().await;
        let again = world.sync_with(&order).await.unwrap();
        assert_eq!((again.added, again.changed, again.returned), (0, 0, 0), "{shown}");
        assert_eq!(world.rows().await, before, "{shown}");
    }
    assert_eq!(
        world.ask("SELECT count(*) FROM vps_instances WHERE linode_id IS NOT NULL AND organization_id IS NULL AND provider_config_id IS NULL").await,
        "0"
    );
}
