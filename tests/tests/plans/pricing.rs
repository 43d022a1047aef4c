//! What plans cost: the rule, its history, and who may see what.

use cs_tests::desk::{Workspace, first_rows};
use serde_json::{Value, json};

use crate::shared::{assign, bill, code, fields, plan, price, priced, row, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_follows_from_the_cost_or_is_set_by_hand() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let asked = desk.ok("plans.price", price("0.1080", "13.33", "", "82")).await;
    assert_eq!(
        asked,
        json!({"rate": "0.1224", "by_hand": false, "monthly_rate": "82.00"})
    );
    let asked = desk.ok("plans.price", price("0.1080", "13.33", "0.12", "")).await;
    assert_eq!(asked, json!({"rate": "0.1200", "by_hand": true, "monthly_rate": null}));

    let id = priced(&desk, "vps", "Dedicated 8 GB", price("0.1080", "13.33", "", "82.00")).await;
    priced(&desk, "container", "Box", price("", "", "0.0050", "0")).await;
    let found = row(&desk, "Dedicated 8 GB").await;
    assert_eq!(
        (
            found["rate"].as_str(),
            found["base_cost"].as_str(),
            found["markup"].as_str(),
            found["rate_by_hand"].as_bool()
        ),
        (Some("0.1224"), Some("0.1080"), Some("13.33"), Some(false))
    );
    let free = row(&desk, "Box").await;
    assert_eq!(
        (free["kind"].as_str(), free["monthly_rate"].as_str()),
        (Some("container"), Some("0.00"))
    );
    let detail = desk.ok("plans.get", json!({"kind": "vps", "id": id})).await;
    assert_eq!(detail["history"].as_array().unwrap().len(), 1);
    assert_eq!(detail["history"][0]["effective_from"], Value::Null);
    assert_eq!(detail["full_month"], "0.00", "nothing runs on it");

    for (wrong, expected) in [
        (price("x", "", "", ""), "base_cost"),
        (price("0.01", "1000", "", ""), "markup"),
        (price("0.01", "-101", "", ""), "markup"),
        (price("0.01", "", "-1", ""), "hourly_rate"),
        (price("0.01", "", "0.00001", ""), "hourly_rate"),
        (price("0.01", "", "", "-0.01"), "monthly_rate"),
    ] {
        let refused = desk.refused("plans.price", wrong.clone()).await;
        assert_eq!(
            (code(&refused).as_str(), refused.field.as_deref()),
            ("invalid_field", Some(expected)),
            "{wrong}"
        );
    }
    let mut odd = fields("vps", "Odd");
    odd["vcpus"] = json!(0);
    let refused = desk
        .refused(
            "plans.create",
            json!({"fields": odd, "price": price("0.01", "", "", ""), "without_rate": false}),
        )
        .await;
    assert_eq!(refused.field.as_deref(), Some("vcpus"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_without_a_rate_is_made_knowingly_and_carries_nothing() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let request = |knowingly: bool| json!({"fields": fields("vps", "Bare"), "price": price("", "", "", ""), "without_rate": knowingly});
    assert_eq!(
        code(&desk.refused("plans.create", request(false)).await),
        "plan_rate_missing"
    );
    let bare = desk.ok("plans.create", request(true)).await["id"].as_i64().unwrap();
    let (id, organization) = (
        server(&workspace, "web-01").await,
        desk.create_organization("Acme").await,
    );
    let refused = desk
        .refused(
            "assignments.assign",
            assign("vps", &[id], organization, bare, Value::Null),
        )
        .await;
    assert_eq!(code(&refused), "plan_without_rate");

    let usual = plan(&desk, "vps", "Usual").await;
    desk.ok("plans.set_active", json!({"kind": "vps", "id": usual, "active": false}))
        .await;
    let refused = desk
        .refused(
            "assignments.assign",
            assign("vps", &[id], organization, usual, Value::Null),
        )
        .await;
    assert_eq!(code(&refused), "plan_inactive");
    let choices = desk
        .ok("plans.choices", json!({"kind": "vps", "resource_id": id, "search": ""}))
        .await;
    assert_eq!(choices["choices"], json!([]), "neither is offered");
    desk.ok("plans.set_active", json!({"kind": "vps", "id": usual, "active": true}))
        .await;
    desk.ok(
        "assignments.assign",
        assign("vps", &[id], organization, usual, Value::Null),
    )
    .await;

    // A price that is there can't be taken away: what runs on the plan would go on at the old one.
    let found = row(&desk, "Usual").await;
    let none =
        json!({"kind": "vps", "id": usual, "price": price("", "", "", ""), "expected_updated_at": found["updated_at"]});
    assert_eq!(
        code(&desk.refused("plans.change_price", none).await),
        "plan_rate_missing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_price_leaves_hours_that_were_used_alone() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let organization = desk.create_organization("Acme").await;
    desk.deposit(organization, "100.00", "first").await.unwrap();
    let usual = plan(&desk, "vps", "Usual").await;
    let id = server(&workspace, "web-01").await;
    let servers = desk.ok("servers.list", first_rows(10)).await;
    let created = servers["rows"][0]["created_at"].clone();
    let assigned = desk
        .ok("assignments.assign", assign("vps", &[id], organization, usual, created))
        .await;
    assert_eq!(
        (assigned["hours"].as_i64(), assigned["amount"].as_str()),
        (Some(10), Some("0.1000"))
    );

    let seen = row(&desk, "Usual").await;
    assert_eq!(seen["resources"], 1);
    let change = json!({"kind": "vps", "id": usual, "price": price("0.0080", "25", "0.5", "5.00"), "expected_updated_at": seen["updated_at"]});
    let changed = desk.ok("plans.change_price", change.clone()).await;
    assert_eq!(
        changed,
        json!({"old_rate": "0.0100", "rate": "0.5000", "old_monthly_rate": "5.00", "monthly_rate": "5.00", "affected": 1})
    );
    assert_eq!(
        code(&desk.refused("plans.change_price", change).await),
        "stale",
        "decided on an older price"
    );
    let detail = desk.ok("plans.get", json!({"kind": "vps", "id": usual})).await;
    let rates: Vec<&str> = detail["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|price| price["rate"].as_str().unwrap())
        .collect();
    assert_eq!(rates, ["0.5000", "0.0100"]);
    assert_eq!(detail["history"][0]["recorded_by"], "Maya Okafor");
    // The cap: 744 hours at 0.5 would be 372.
    assert_eq!(detail["full_month"], "5.00");
    assert_eq!(
        bill(&workspace, &desk).await,
        "0.10",
        "ten hours at the price that was in force"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_plans_cost_us_is_not_for_support() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.create_user("sup@halyard.example", ("Sam", "Port"), "support", None)
        .await;
    desk.create_user("fin@halyard.example", ("Fin", "Ance"), "finance", None)
        .await;
    let id = priced(&desk, "vps", "Telling", price("0.0777", "11.11", "", "")).await;
    priced(&desk, "container", "Telling too", price("0.0666", "22.22", "", "")).await;
    workspace.execute("UPDATE vps_plans SET provider_monthly = 55.5").await;

    let support = workspace.desk().await;
    support.sign_in("sup@halyard.example").await;
    let sorted = json!({"search": null, "filters": [{"column": "base_cost", "op": "at_least", "values": ["0"]}],
                        "sort": {"column": "base_cost", "descending": true}, "after": null, "limit": 10});
    assert_eq!(
        support.ok("plans.list", sorted).await["total"],
        0,
        "nor can it be asked for"
    );
    let exported = support
        .ok(
            "plans.export",
            json!({"list": first_rows(10), "columns": ["name", "base_cost", "markup", "rate", "regions"]}),
        )
        .await;
    let file = std::fs::read_to_string(exported["path"].as_str().unwrap()).unwrap();
    for answer in [
        support.ok("plans.list", first_rows(10)).await.to_string(),
        support
            .ok("plans.get", json!({"kind": "vps", "id": id}))
            .await
            .to_string(),
        support
            .ok(
                "plans.choices",
                json!({"kind": "vps", "resource_id": null, "search": ""}),
            )
            .await
            .to_string(),
        file,
    ] {
        assert!(answer.contains("0.0863"), "the rate is seen: {answer}");
        // A time may hold the same digits.
        let answer: String = answer
            .split('"')
            .filter(|word| chrono::DateTime::parse_from_rfc3339(word).is_err())
            .collect();
        for secret in ["0.0777", "11.11", "0.0666", "22.22", "55.5"] {
            assert!(!answer.contains(secret), "{answer}");
        }
    }
    let found = row(&support, "Telling").await;
    assert_eq!(
        (&found["base_cost"], &found["markup"], &found["rate_by_hand"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );

    // Of each price that it has had the rate is seen, and no more, also where only cost and markup make it.
    workspace
        .execute("UPDATE vps_plans SET base_cost = 0.0333, hourly_rate = NULL WHERE name = 'Telling'")
        .await;
    let history = support.ok("plans.get", json!({"kind": "vps", "id": id})).await["history"].clone();
    let seen: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|price| (&price["rate"], &price["base_cost"]))
        .collect();
    assert_eq!(
        seen,
        [(&json!("0.0370"), &Value::Null), (&json!("0.0863"), &Value::Null)]
    );

    let finance = workspace.desk().await;
    finance.sign_in("fin@halyard.example").await;
    assert_eq!(row(&finance, "Telling").await["base_cost"], "0.0333");
    for desk in [&support, &finance] {
        let seen = row(desk, "Telling").await;
        for (name, request) in [
            (
                "plans.create",
                json!({"fields": fields("vps", "X"), "price": price("1", "", "", ""), "without_rate": false}),
            ),
            (
                "plans.edit",
                json!({"id": id, "fields": fields("vps", "X"), "expected_updated_at": seen["updated_at"]}),
            ),
            (
                "plans.change_price",
                json!({"kind": "vps", "id": id, "price": price("1", "", "", ""), "expected_updated_at": seen["updated_at"]}),
            ),
            ("plans.set_active", json!({"kind": "vps", "id": id, "active": false})),
            (
                "plans.import",
                json!({"base_url": "http://127.0.0.1:9", "markup": "20", "regions": [], "types": [], "update_prices": true}),
            ),
        ] {
            assert_eq!(code(&desk.refused(name, request).await), "forbidden", "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_of_other_programs_cost_what_their_rows_say() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    workspace
        .execute(
            "INSERT INTO vps_plans (name, provider, base_cost, markup_percentage, hourly_rate, is_active) VALUES
               ('Follows', 'linode', 0.02, 50, NULL, NULL), ('Nothing', 'linode', NULL, NULL, NULL, true)",
        )
        .await;
    assert_eq!(row(&desk, "Follows").await["rate"], "0.0300");
    assert_eq!(row(&desk, "Follows").await["is_active"], true);
    assert_eq!(row(&desk, "Nothing").await["rate"], Value::Null);
    let choices = desk
        .ok(
            "plans.choices",
            json!({"kind": "vps", "resource_id": null, "search": ""}),
        )
        .await;
    assert_eq!(choices["choices"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_description_changes_without_the_price() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let id = plan(&desk, "vps", "Old").await;
    let seen = row(&desk, "Old").await["updated_at"].clone();
    let mut new = fields("vps", "New");
    new["memory_mb"] = json!(2048);
    new["regions"] = json!(["us-east", "eu-west"]);
    let request = json!({"id": id, "fields": new, "expected_updated_at": seen});
    desk.ok("plans.edit", request.clone()).await;
    let found = row(&desk, "New").await;
    assert_eq!(
        (
            found["memory_mb"].as_i64(),
            found["regions"].clone(),
            found["rate"].as_str()
        ),
        (Some(2048), json!(["us-east", "eu-west"]), Some("0.0100"))
    );
    assert_eq!(code(&desk.refused("plans.edit", request).await), "stale");
    let detail = desk.ok("plans.get", json!({"kind": "vps", "id": id})).await;
    assert_eq!(detail["history"].as_array().unwrap().len(), 1, "no new price");
}
