//! What is done to servers, as the window asks for it.

use std::time::Duration;

use cs_tests::{
    desk::{TestDesk, Workspace},
    linode::{Account, LinodeStandIn, TOKEN},
};
use serde_json::{Value, json};

use crate::code;

struct World {
    _workspace: Workspace,
    desk: TestDesk,
    stand_in: LinodeStandIn,
    order: Value,
}

impl World {
    /// A desk that holds the key, or one that doesn't, and an order that it may place.
    async fn new(with_key: bool) -> Self {
        let workspace = Workspace::fresh().await;
        let first = workspace.admin_desk().await;
        first.ok("workspace_key.make", json!({"replace": false})).await;
        let stand_in = LinodeStandIn::start(Account::with_instances(1)).await;
        let account = first
            .ok(
                "providers.create",
                json!({"label": "Main", "endpoint": stand_in.base_url(), "token": TOKEN}),
            )
            .await;
        let organization = first.create_organization("Brightwater Labs").await;
        first.deposit(organization, "50.00", "first").await.unwrap();
        workspace
            .execute(
                "INSERT INTO vps_plans (name, provider, linode_type, hourly_rate, monthly_rate) VALUES ('Small', 'linode', 'g6-nanode-1', 0.0090, 6.00)",
            )
            .await;
        let plans = first
            .ok(
                "plans.list",
                json!({"search": null, "filters": [], "sort": null, "after": null, "limit": 10}),
            )
            .await;
        let plan = plans["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["name"] == "Small")
            .unwrap()["id"]
            .clone();
        let order = json!({
            "account_id": account["id"], "organization_id": organization, "plan_id": plan, "label": "web-1", "region": "us-east",
            "system": {"image": "linode/debian12", "authorized_keys": [], "stackscript": null, "answers": {}},
            "backups": false, "private_ip": false, "key": "order-1",
        });
        let desk = if with_key {
            first
        } else {
            let second = workspace.desk().await;
            second.sign_in(cs_tests::desk::ADMIN).await;
            second
        };
        Self {
            _workspace: workspace,
            desk,
            stand_in,
            order,
        }
    }

    /// Waits until an intent is in this state.
    async fn until(&self, id: &Value, state: &str) -> Value {
        let waiting = async {
            loop {
                let row = self.desk.ok("intents.get", json!({ "id": id })).await;
                if row["state"] == state {
                    return row;
                }
                assert!(row["state"] != "failed", "{row}");
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting).await.unwrap()
    }
}

#[tokio::test]
async fn a_desk_with_the_key_orders_watches_and_deletes() {
    let world = World::new(true).await;
    let preview = world.desk.ok("servers.order_preview", world.order.clone()).await;
    assert_eq!(
        (&preview["held"], &preview["orderable"]),
        (&json!("0.22"), &json!("49.78")),
        "{preview}"
    );
    let placed = world.desk.ok("servers.order_place", world.order.clone()).await;
    assert_eq!(
        (&placed["carried_out_here"], &placed["repeated"]),
        (&json!(true), &json!(false))
    );
    let running = world.until(&placed["id"], "running").await;
    assert_eq!(running["organization"], "Brightwater Labs");
    assert!(!running.to_string().contains("root_pass"), "{running}");
    let again = world.desk.ok("servers.order_place", world.order.clone()).await;
    assert_eq!((&again["id"], &again["repeated"]), (&placed["id"], &json!(true)));
    let mut other = world.order.clone();
    other["label"] = json!("web-2");
    assert_eq!(
        code(&world.desk.refused("servers.order_place", other).await),
        "duplicate_key"
    );
    world.stand_in.account().step();
    world.stand_in.account().step();
    let done = world.until(&placed["id"], "done").await;
    assert_eq!(
        (world.stand_in.requests("POST /linode/instances"), &done["progress"]),
        (1, &json!(100))
    );

    let server = done["server_id"].clone();
    let act = |kind: &str, key: &str| json!({"server_id": server, "act": {"kind": kind}, "key": key});
    let ends = world.desk.ok("servers.act_preview", act("delete", "look")).await;
    assert_eq!(
        (&ends["final_hours"], &ends["final_amount"]),
        (&json!(1), &json!("0.0090")),
        "{ends}"
    );
    let reboot = world.desk.ok("servers.act", act("reboot", "reboot-1")).await;
    let busy = world.desk.refused("servers.act", act("delete", "delete-1")).await;
    assert_eq!(code(&busy), "intent_server_busy");
    world.until(&reboot["id"], "running").await;
    world.stand_in.account().step();
    world.stand_in.account().step();
    world.until(&reboot["id"], "done").await;
    let delete = world.desk.ok("servers.act", act("delete", "delete-1")).await;
    world.until(&delete["id"], "done").await;
    let list = json!({"search": null, "filters": [], "sort": null, "after": null, "limit": 10});
    let all = world.desk.ok("servers.intents", list).await;
    assert_eq!(all["total"], 3, "{all}");
}

#[tokio::test]
async fn a_desk_without_the_key_leaves_it_to_others_and_a_refusal_says_why() {
    let world = World::new(false).await;
    let placed = world.desk.ok("servers.order_place", world.order.clone()).await;
    assert_eq!(placed["carried_out_here"], false);
    world.until(&placed["id"], "waiting").await;
    assert_eq!(world.stand_in.requests("POST /linode/instances"), 0);
    world.desk.ok("intents.withdraw", json!({"id": placed["id"]})).await;
    world.until(&placed["id"], "undone").await;
    let mut wrong = world.order.clone();
    wrong["key"] = json!("order-2");
    wrong["label"] = json!("a b");
    let refused = world.desk.refused("servers.order_place", wrong.clone()).await;
    assert_eq!(
        (code(&refused).as_str(), refused.field.as_deref()),
        ("provider_invalid", Some("label"))
    );
    // Answers can only be sealed with the key.
    wrong["label"] = json!("web-1");
    wrong["system"]["stackscript"] = json!(501);
    wrong["system"]["answers"] = json!({"db_password": "an-answer"});
    let refused = world.desk.refused("servers.order_place", wrong.clone()).await;
    assert_eq!(code(&refused), "workspace_key_missing");
    assert!(!refused.message.contains("an-answer"));
    let gone = json!({"server_id": 4711, "act": {"kind": "boot"}, "key": "boot-1"});
    assert_eq!(code(&world.desk.refused("servers.act", gone).await), "not_found");
    let nothing = json!({"server_id": 4711, "act": {"kind": "dance"}, "key": "boot-1"});
    assert_eq!(code(&world.desk.refused("servers.act", nothing).await), "bad_request");
}
