//! Import from Linode's price list.

use cs_tests::{
    desk::{TestDesk, Workspace},
    linode::{Account, Fault, LinodeStandIn, Reply, linode_type},
};
use serde_json::{Value, json};

use crate::shared::{code, price, priced, row};

/// A type that costs the same everywhere.
fn plain(id: &str, hourly: &str, monthly: &str) -> Value {
    let mut kind = linode_type(id, hourly, monthly);
    kind["region_prices"] = json!([]);
    kind
}

async fn stand_in() -> LinodeStandIn {
    let mut account = Account::with_instances(0);
    let mut open = plain("g6-open-1", "0.01", "1");
    open["price"] = json!({"hourly": 0.01, "monthly": null});
    let mut nothing = plain("g6-open-2", "0.01", "1");
    nothing["price"] = Value::Null;
    let mut closed = linode_type("g6-standard-1", "0.018", "12.0");
    closed["region_prices"] = json!([{"id": "id-cgk", "hourly": 0.0216, "monthly": 14.4}, {"id": "br-gru", "hourly": null, "monthly": null},
                                     {"id": "us-same", "hourly": 0.018, "monthly": 12.0}]);
    // The usual one has a price of its own in id-cgk: 0.009, 6.0.
    account.types = vec![
        linode_type("g6-nanode-1", "0.0075", "5.0"),
        closed,
        plain("g6-odd-1", "0.0101", "4.1475"),
        open,
        nothing,
    ];
    LinodeStandIn::start(account).await
}

fn request(linode: &LinodeStandIn, markup: &str, update: bool) -> Value {
    json!({"base_url": linode.base_url(), "markup": markup, "regions": [], "types": [], "update_prices": update})
}

fn names(report: &Value, part: &str) -> Vec<String> {
    let list = report[part].as_array().unwrap_or_else(|| panic!("{report}"));
    list.iter()
        .map(|plan| plan["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn count(desk: &TestDesk) -> i64 {
    desk.ok("plans.list", cs_tests::desk::first_rows(1)).await["total"]
        .as_i64()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_makes_plans_by_the_rule_and_a_second_one_nothing() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let linode = stand_in().await;

    let preview = desk.ok("plans.import_preview", request(&linode, "20", false)).await;
    assert_eq!(
        (preview["applied"].as_bool(), count(&desk).await),
        (Some(false), 0),
        "a preview writes nothing"
    );
    let report = desk.ok("plans.import", request(&linode, "20", false)).await;
    assert_eq!(preview["added"], report["added"]);
    assert_eq!(
        names(&report, "added"),
        [
            "g6-nanode-1",
            "g6-nanode-1 (id-cgk)",
            "g6-standard-1",
            "g6-standard-1 (id-cgk)",
            "g6-odd-1"
        ]
    );
    let left: Vec<(&str, Option<&str>)> = report["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|left| (left["linode_type"].as_str().unwrap(), left["region"].as_str()))
        .collect();
    assert_eq!(
        left,
        [
            ("g6-standard-1", Some("br-gru")),
            ("g6-open-1", None),
            ("g6-open-2", None)
        ]
    );
    assert!(report["left_out"][1]["reason"].as_str().unwrap().contains("per month"));
    assert!(report["left_out"][2]["reason"].as_str().unwrap().contains("per hour"));

    let nanode = row(&desk, "g6-nanode-1").await;
    assert_eq!(
        (
            nanode["base_cost"].as_str(),
            nanode["rate"].as_str(),
            nanode["monthly_rate"].as_str(),
            nanode["provider_monthly"].as_str()
        ),
        (Some("0.0075"), Some("0.0090"), Some("6.00"), Some("5.0000"))
    );
    assert_eq!(
        (
            nanode["vcpus"].as_i64(),
            nanode["memory_mb"].as_i64(),
            nanode["disk_gb"].as_i64(),
            nanode["network_out_mbps"].as_i64()
        ),
        (Some(1), Some(1024), Some(25), Some(1000))
    );
    let jakarta = row(&desk, "g6-nanode-1 (id-cgk)").await;
    assert_eq!(
        (jakarta["rate"].as_str(), jakarta["monthly_rate"].as_str()),
        (Some("0.0108"), Some("7.20"))
    );
    assert_eq!(jakarta["regions"], json!(["id-cgk"]));
    // 4.1475 and 20 percent is 4.977.
    assert_eq!(row(&desk, "g6-odd-1").await["monthly_rate"], "4.98");

    let before = count(&desk).await;
    let again = desk.ok("plans.import", request(&linode, "20", true)).await;
    assert_eq!(
        (again["added"].clone(), again["changed"].clone()),
        (json!([]), json!([]))
    );
    assert_eq!(names(&again, "unchanged").len(), 5);
    assert_eq!(count(&desk).await, before);
    let history = desk.ok("plans.get", json!({"kind": "vps", "id": nanode["id"]})).await["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 1, "no price was written anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_linode_changed_is_a_proposal_until_it_is_applied() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let linode = stand_in().await;
    desk.ok("plans.import", request(&linode, "20", false)).await;
    // A rate set by hand on one of them.
    let odd = row(&desk, "g6-odd-1").await;
    desk.ok(
        "plans.change_price",
        json!({"kind": "vps", "id": odd["id"], "price": price("0.0101", "20", "0.0200", "4.98"), "expected_updated_at": odd["updated_at"]}),
    )
    .await;
    let still = desk.ok("plans.import", request(&linode, "20", true)).await;
    assert_eq!(still["changed"], json!([]), "by hand is no difference at the provider");

    linode.account().types[0]["price"] = json!({"hourly": 0.0080, "monthly": 6.0});
    linode.account().types[2]["price"] = json!({"hourly": 0.0110, "monthly": 4.2});
    let report = desk.ok("plans.import", request(&linode, "20", false)).await;
    assert_eq!(names(&report, "changed"), ["g6-nanode-1", "g6-odd-1"]);
    let nanode = &report["changed"][0];
    assert_eq!(
        (nanode["old"]["rate"].as_str(), nanode["new"]["rate"].as_str()),
        (Some("0.0090"), Some("0.0096"))
    );
    assert_eq!(
        (
            nanode["old"]["monthly_rate"].as_str(),
            nanode["new"]["monthly_rate"].as_str()
        ),
        (Some("6.00"), Some("7.20"))
    );
    assert_eq!(
        row(&desk, "g6-nanode-1").await["rate"],
        "0.0090",
        "not applied silently"
    );

    let applied = desk.ok("plans.import", request(&linode, "20", true)).await;
    assert_eq!(applied["prices_updated"], true);
    assert_eq!(row(&desk, "g6-nanode-1").await["rate"], "0.0096");
    let odd = row(&desk, "g6-odd-1").await;
    assert_eq!(
        (
            odd["rate"].as_str(),
            odd["base_cost"].as_str(),
            odd["monthly_rate"].as_str()
        ),
        (Some("0.0200"), Some("0.0110"), Some("5.04")),
        "what was set by hand stays, what follows follows"
    );
    assert_eq!(
        desk.ok("plans.import", request(&linode, "20", true)).await["changed"],
        json!([])
    );
    // Another markup is a proposal too.
    let report = desk.ok("plans.import", request(&linode, "30", false)).await;
    assert_eq!(names(&report, "changed").len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_choose_types_and_regions_and_plans_by_hand_are_met() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let linode = stand_in().await;
    let some = |types: &[&str], regions: &[&str]| json!({"base_url": linode.base_url(), "markup": "", "regions": regions, "types": types, "update_prices": true});
    let report = desk
        .ok("plans.import", some(&["g6-nanode-1", "g6-gone-1"], &["us-east"]))
        .await;
    assert_eq!(names(&report, "added"), ["g6-nanode-1"]);
    assert_eq!(report["left_out"][0]["linode_type"], "g6-gone-1");
    assert_eq!(row(&desk, "g6-nanode-1").await["regions"], json!(["us-east"]));
    let report = desk
        .ok("plans.import", some(&["g6-nanode-1"], &["eu-west", "id-cgk"]))
        .await;
    assert_eq!(names(&report, "added"), ["g6-nanode-1 (id-cgk)"]);
    assert_eq!(report["changed"][0]["regions_added"], json!(["eu-west"]));
    assert_eq!(
        row(&desk, "g6-nanode-1").await["regions"],
        json!(["us-east", "eu-west"])
    );

    // A plan that somebody made by hand for a type is that type's plan.
    let by_hand = priced(&desk, "vps", "Small", price("0.0180", "0", "", "12.00")).await;
    workspace
        .execute("UPDATE vps_plans SET linode_type = 'g6-standard-1', provider = 'Linode' WHERE name = 'Small'")
        .await;
    let report = desk.ok("plans.import", some(&["g6-standard-1"], &[])).await;
    assert_eq!(report["unchanged"][0]["id"], by_hand);
    assert_eq!(names(&report, "added"), ["g6-standard-1 (id-cgk)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_imports_at_once_make_each_plan_once() {
    let workspace = Workspace::fresh().await;
    let (one, two) = (workspace.admin_desk().await, workspace.admin_desk().await);
    let linode = stand_in().await;
    let (a, b) = tokio::join!(
        one.call("plans.import", request(&linode, "20", false)),
        two.call("plans.import", request(&linode, "20", false))
    );
    assert!(a.is_ok() && b.is_ok(), "{a:?} {b:?}");
    assert_eq!(count(&one).await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_price_list_changes_nothing_and_says_why() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    for (fault, expected) in [
        (Fault::Answer(Reply::html(200)), "provider_not_json"),
        (
            Fault::Answer(Reply::error(401, "Invalid Token")),
            "provider_token_refused",
        ),
        (Fault::Body("{\"data\":3}".to_owned()), "provider_unreadable"),
    ] {
        let linode = stand_in().await;
        linode.always("/linode/types", fault);
        let refused = desk.refused("plans.import", request(&linode, "20", false)).await;
        assert_eq!(code(&refused), expected, "{}", refused.message);
    }
    let wrong = json!({"base_url": "http://api.linode.example/v4", "markup": "20", "regions": [], "types": [], "update_prices": false});
    assert_eq!(code(&desk.refused("plans.import", wrong).await), "provider_address");
    assert_eq!(count(&desk).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_rises_above_ours_is_seen_and_told_once() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let stand_in = LinodeStandIn::start(Account::with_instances(0)).await;
    let import =
        json!({"base_url": stand_in.base_url(), "markup": "20", "regions": [], "types": [], "update_prices": false});
    desk.ok("plans.import", import.clone()).await;
    let told = async || {
        let mut admin = workspace.admin().connect("tests").await.unwrap();
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM notifications WHERE metadata ->> 'kind' = 'plan_price_rise'")
            .fetch_one(&mut admin)
            .await
            .unwrap()
    };
    assert_eq!(row(&desk, "g6-nanode-1").await["alarm"], Value::Null);
    assert_eq!(told().await, 0);
    let raise = |hourly: f64| stand_in.account().types[0]["price"]["hourly"] = json!(hourly);
    // Dearer than before, and still less than we take: 0.0090.
    raise(0.0085);
    desk.ok("plans.import", import.clone()).await;
    assert_eq!(row(&desk, "g6-nanode-1").await["alarm"], Value::Null);
    raise(0.0095);
    for _ in 0..2 {
        desk.ok("plans.import", import.clone()).await;
        let alarm = row(&desk, "g6-nanode-1").await["alarm"].clone();
        assert_eq!(
            (&alarm["hourly"], &alarm["was_hourly"], &alarm["region"]),
            (&json!("0.0095"), &json!("0.0085"), &json!(""))
        );
        assert_eq!(told().await, 1, "once for a rise");
    }
    raise(0.0099);
    desk.ok("plans.import", import.clone()).await;
    assert_eq!(told().await, 2, "another rise");
    let mut apply = import.clone();
    apply["update_prices"] = json!(true);
    desk.ok("plans.import", apply).await;
    assert_eq!(
        row(&desk, "g6-nanode-1").await["alarm"],
        Value::Null,
        "our price has followed"
    );
    raise(0.02);
    desk.ok("plans.import", import).await;
    assert_eq!(told().await, 3);
    let support = workspace.desk().await;
    desk.create_user("s@halyard.example", ("Sam", "Reed"), "support", None)
        .await;
    support.sign_in("s@halyard.example").await;
    assert_eq!(
        row(&support, "g6-nanode-1").await["alarm"],
        Value::Null,
        "cost is not for support"
    );
}
