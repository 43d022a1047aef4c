//! StackScripts, networking and regions on sale.

use cs_tests::{
    desk::{ADMIN, Workspace},
    linode::{Account, LinodeStandIn, TOKEN, stackscript},
};
use serde_json::{Value, json};

use crate::code;

fn script(name: &str) -> Value {
    json!({"name": name, "script_id": 7, "description": "", "images": [], "answers": {}, "locked": [], "is_active": true})
}

#[tokio::test]
async fn scripts_are_offered_changed_and_removed() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let mut fields = script("Shop");
    fields["answers"] = json!({"size": "small", "domain": "shop.example"});
    fields["locked"] = json!(["size"]);
    fields["images"] = json!(["linode/debian12"]);
    let id = desk.ok("scripts.create", fields.clone()).await["id"].clone();
    workspace
        .execute("UPDATE stackscript_configs SET script_data = to_jsonb((script_data || '{\"display_order\": 4, \"answers\": {\"size\": \"small\", \"domain\": \"shop.example\", \"db_password\": \"cleartext\"}}')::text)")
        .await;
    let listed = desk.ok("scripts.list", json!({})).await;
    let row = &listed["scripts"][0];
    assert_eq!(
        (&row["answers"], &row["locked"], &row["images"], &row["other_keys"]),
        (
            &fields["answers"],
            &json!(["size"]),
            &json!(["linode/debian12"]),
            &json!(["display_order"])
        ),
        "also of a text that holds JSON"
    );
    assert!(!listed.to_string().contains("cleartext"), "{listed}");

    fields["answers"]["db_password"] = json!("never");
    let change = |fields: &Value| json!({"id": id, "fields": fields, "expected_updated_at": row["updated_at"]});
    let refused = desk.refused("scripts.edit", change(&fields)).await;
    assert_eq!(
        (code(&refused).as_str(), refused.field.as_deref()),
        ("invalid_field", Some("answers"))
    );
    assert!(!refused.message.contains("never kept here: never"), "{refused:?}");
    fields["answers"] = json!({"size": "large"});
    fields["is_active"] = json!(false);
    desk.ok("scripts.edit", change(&fields)).await;
    assert_eq!(code(&desk.refused("scripts.edit", change(&fields)).await), "stale");
    let listed = desk.ok("scripts.list", json!({})).await;
    let row = listed["scripts"][0].clone();
    assert_eq!(
        (&row["answers"], &row["is_active"]),
        (&json!({"size": "large"}), &json!(false))
    );
    assert_eq!(
        row["other_keys"],
        json!(["display_order"]),
        "what others keep there stays"
    );

    let support = workspace.desk().await;
    desk.create_user("s@halyard.example", ("Sam", "Reed"), "support", None)
        .await;
    support.sign_in("s@halyard.example").await;
    assert_eq!(code(&support.refused("scripts.list", json!({})).await), "forbidden");
    assert_eq!(
        code(&support.refused("scripts.create", script("Mine")).await),
        "forbidden"
    );
    let remove = json!({"id": row["id"], "expected_updated_at": row["updated_at"]});
    assert_eq!(
        code(&support.refused("scripts.remove", remove.clone()).await),
        "forbidden"
    );
    desk.ok("scripts.remove", remove.clone()).await;
    assert_eq!(code(&desk.refused("scripts.remove", remove).await), "stale");
    let log = desk
        .ok(
            "activity.list",
            json!({"search": null, "filters": [], "sort": null, "after": null, "limit": 20}),
        )
        .await
        .to_string();
    assert!(
        log.contains("stackscript.delete") && !log.contains("cleartext"),
        "{log}"
    );
}

#[tokio::test]
async fn the_provider_says_what_a_script_asks_for() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let mut account = Account::with_instances(0);
    let mut known = stackscript(77, true);
    known["user_defined_fields"] = json!([
        {"name": "sudo_user", "label": "User", "default": "deploy"},
        {"name": "api_token", "label": "Token", "default": "leaked"},
        {"name": "size", "label": "Size", "oneof": "small,large"},
    ]);
    account.stackscripts.push(known);
    let stand_in = LinodeStandIn::start(account).await;
    let id = desk
        .ok(
            "providers.create",
            json!({"label": "Main", "endpoint": stand_in.base_url(), "token": TOKEN}),
        )
        .await["id"]
        .clone();
    let asked = json!({"account_id": id, "script_id": 77});
    let told = desk.ok("scripts.look_up", asked).await["script"].clone();
    let kinds: Vec<&Value> = told["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| &field["kind"])
        .collect();
    assert_eq!(kinds, [&json!("text"), &json!("secret"), &json!("one_of")]);
    assert_eq!(
        (&told["fields"][0]["default"], &told["fields"][1]["default"]),
        (&json!("deploy"), &Value::Null)
    );
    assert_eq!(told["fields"][2]["choices"], json!(["small", "large"]));
    let none = desk
        .ok("scripts.look_up", json!({"account_id": null, "script_id": 78}))
        .await;
    assert_eq!(none["script"], Value::Null);
    drop(stand_in);
    let refused = desk
        .refused("scripts.look_up", json!({"account_id": id, "script_id": 77}))
        .await;
    assert_eq!(code(&refused), "provider_unreachable");
}

#[tokio::test]
async fn addresses_are_called_after_the_newest_domain_that_counts() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let name = || desk.ok("networking.name_of", json!({"address": "203.0.113.9"}));
    assert_eq!(name().await["name"], Value::Null);
    workspace
        .execute("INSERT INTO networking_config (type, config) VALUES ('branding', '{\"company_name\": \"Halyard\"}')")
        .await;
    let new = json!({"type": "rdns", "config": "{\"rdns_base_domain\": \".Rev.Halyard.example\", \"ttl\": 60}", "is_active": true});
    desk.ok("networking.create", new.clone()).await;
    assert_eq!(name().await["name"], "203-0-113-9.rev.halyard.example");
    let listed = desk.ok("networking.list", json!({})).await;
    assert_eq!(listed["rdns_base"], "rev.halyard.example");
    let types: Vec<&Value> = listed["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["type"])
        .collect();
    assert_eq!(types, [&json!("branding"), &json!("rdns")]);
    let row = listed["rows"][1].clone();
    let change = |config: &str, active: bool| json!({"id": row["id"], "config": config, "is_active": active, "expected_updated_at": row["updated_at"]});
    for bad in ["{", "[]", "{\"rdns_base_domain\": \"no domain\"}", "{}"] {
        let refused = desk.refused("networking.edit", change(bad, true)).await;
        assert_eq!(refused.field.as_deref(), Some("config"), "{bad}");
    }
    desk.ok(
        "networking.edit",
        change("{\"rdns_base_domain\": \"b.example\", \"ttl\": 60}", false),
    )
    .await;
    assert_eq!(name().await["name"], Value::Null, "it doesn't count");
    assert_eq!(
        code(
            &desk
                .refused("networking.edit", change("{\"rdns_base_domain\": \"c.example\"}", true))
                .await
        ),
        "stale"
    );
    let other = listed["rows"][0].clone();
    desk.ok(
        "networking.edit",
        json!({"id": other["id"], "config": "{\"company_name\": \"Halyard Ltd\"}", "is_active": true, "expected_updated_at": other["updated_at"]}),
    )
    .await;
    let listed = desk.ok("networking.list", json!({})).await;
    assert!(listed["rows"][0]["config"].as_str().unwrap().contains("Halyard Ltd"));
    let row = &listed["rows"][1];
    desk.ok(
        "networking.remove",
        json!({"id": row["id"], "expected_updated_at": row["updated_at"]}),
    )
    .await;
    assert_eq!(
        desk.ok("networking.list", json!({})).await["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn nothing_is_ordered_where_nothing_is_sold() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let stand_in = LinodeStandIn::start(Account::with_instances(0)).await;
    let account = desk
        .ok(
            "providers.create",
            json!({"label": "Main", "endpoint": stand_in.base_url(), "token": TOKEN}),
        )
        .await["id"]
        .clone();
    let organization = desk.create_organization("Brightwater Labs").await;
    desk.deposit(organization, "50.00", "first").await.unwrap();
    workspace
        .execute(
            "INSERT INTO vps_plans (id, name, provider, linode_type, hourly_rate) VALUES (900, 'Small', 'linode', 'g6-nanode-1', 0.0090);
             UPDATE provider_configs SET settings = '{\"validation_status\": \"valid\", \"allowed_regions\": \"[\\\"eu-west\\\"]\"}'",
        )
        .await;
    let order = json!({
        "account_id": account, "organization_id": organization, "plan_id": 900, "label": "web-1", "region": "us-east",
        "system": {"image": "linode/debian12", "authorized_keys": [], "stackscript": null, "answers": {}},
        "backups": false, "private_ip": false, "key": "order-1",
    });
    for command in ["servers.order_preview", "servers.order_place"] {
        let refused = desk.refused(command, order.clone()).await;
        assert_eq!(code(&refused), "region_not_on_sale");
    }
    let told = desk.ok("providers.regions", json!({"id": account})).await;
    assert!(
        told["regions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|region| region["id"] == "us-east"),
        "{told}"
    );
    let row = desk.ok("providers.list", json!({})).await["accounts"][0].clone();
    assert_eq!(row["regions_on_sale"], json!(["eu-west"]));
    let sell = json!({"id": account, "regions": ["us-east", "eu-west"], "expected_updated_at": row["updated_at"]});
    desk.ok("providers.set_regions", sell.clone()).await;
    assert_eq!(code(&desk.refused("providers.set_regions", sell).await), "stale");
    let kept = "SELECT settings ->> 'validation_status' FROM provider_configs";
    let mut admin = workspace.admin().connect("tests").await.unwrap();
    let kept: Option<String> = sqlx::query_scalar(kept).fetch_one(&mut admin).await.unwrap();
    assert_eq!(kept.as_deref(), Some("valid"), "what others keep there stays");
    desk.ok("servers.order_place", order).await;

    // No settings at all, and settings that say nothing of regions, sell everything.
    for settings in [
        "NULL",
        "'{}'",
        "'[]'",
        "'{\"allowed_regions\": []}'",
        "'{\"allowed_regions\": null}'",
        "'\"{}\"'",
        "'7'",
    ] {
        let all: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "SELECT cs_sync.regions_on_sale({settings}) IS NULL"
        )))
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert!(all, "{settings}");
    }
    let second = workspace.desk().await;
    second.sign_in(ADMIN).await;
    assert_eq!(
        second.ok("providers.list", json!({})).await["accounts"][0]["regions_on_sale"],
        json!(["eu-west", "us-east"])
    );
}
