//! Odd price lists: whatever a provider says, no plan is written that the schema refuses, and no price is invented.

use cs_tests::{
    desk::Workspace,
    linode::{Account, LinodeStandIn, linode_type},
};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};

fn number(digits: &str) -> Value {
    serde_json::from_str(digits).unwrap()
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "0.00015",
            "-1",
            "1e300",
            "99999999.99995",
            "0.123456789012345678901234567890",
            "1e-9"
        ])
        .prop_map(number),
        "\\PC{0,300}".prop_map(Value::from),
        "[\\x00-\\x1f]{0,3}[a-z]{0,90}".prop_map(Value::from),
        Just(json!({"hourly": "0.01", "monthly": [1]})),
        (any::<i64>(), any::<u32>()).prop_map(|(hourly, monthly)| json!({"hourly": hourly, "monthly": monthly})),
        Just(json!([{"id": "us-east", "hourly": null, "monthly": 1}, {"id": null, "hourly": 1}, 7])),
    ]
}

/// A type of which some fields are odd.
fn odd_type() -> impl Strategy<Value = Value> {
    let field = prop::sample::select(vec![
        "id",
        "label",
        "class",
        "disk",
        "memory",
        "vcpus",
        "transfer",
        "network_out",
        "price",
        "region_prices",
        "addons",
    ]);
    (0_u8..12, prop::collection::vec((field, odd_value()), 0..5)).prop_map(|(id, changes)| {
        let mut kind = linode_type(&format!("g6-odd-{id}"), "0.0075", "5.0");
        for (name, value) in changes {
            kind[name] = value;
        }
        kind
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_price_lists_write_no_plan_that_the_schema_refuses() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let linode = LinodeStandIn::start(Account::with_instances(0)).await;
    let request =
        json!({"base_url": linode.base_url(), "markup": "20", "regions": [], "types": [], "update_prices": true});
    let mut runner = TestRunner::new(Config::default());
    let list = prop::collection::vec(odd_type(), 0..10);
    for round in 0..60 {
        let types = list.new_tree(&mut runner).unwrap().current();
        let shown = format!("round {round}: {}", Value::from(types.clone()));
        linode.account().types = types;
        let answer = desk.call("plans.import_preview", request.clone()).await;
        let preview = answer.unwrap_or_else(|error| panic!("{error:?} {shown}"));
        let answer = desk.call("plans.import", request.clone()).await;
        let report = answer.unwrap_or_else(|error| panic!("{error:?} {shown}"));
        assert_eq!(
            (&preview["added"], &preview["changed"]),
            (&report["added"], &report["changed"]),
            "{shown}"
        );
        let again = desk.ok("plans.import", request.clone()).await;
        assert_eq!(
            (&again["added"], &again["changed"]),
            (&json!([]), &json!([])),
            "{shown}"
        );
    }
    // Whatever was stored has a price that can be charged.
    let mut connection = workspace.admin().connect("tests").await.unwrap();
    let (all, priced): (i64, i64) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE hourly_rate >= 0) FROM vps_plans WHERE linode_type LIKE 'g6-odd-%'",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(all > 5, "{all}");
    assert_eq!(all, priced);
}
