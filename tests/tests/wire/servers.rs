//! A server's page: what the database knows at once, and what its provider says when it is asked.

use std::time::{Duration, Instant};

use cs_tests::{
    desk::{ADMIN, PASSWORD, TestDesk, Workspace},
    linode::{Account, Fault, LinodeStandIn, Reply, TOKEN},
};
use serde_json::{Value, json};

use crate::code;

/// All that is asked of the provider about a server, with the path that it asks.
const LIVE: [(&str, &str); 6] = [
    ("servers.stats", "/linode/instances/1/stats"),
    ("servers.transfer", "/linode/instances/1/transfer"),
    ("servers.addresses", "/linode/instances/1/ips"),
    ("servers.firewalls", "/linode/instances/1/firewalls"),
    ("servers.provider_backups", "/linode/instances/1/backups"),
    ("servers.provider_events", "/account/events"),
];

struct World {
    workspace: Workspace,
    desk: TestDesk,
    stand_in: LinodeStandIn,
    account: Value,
    organization: i64,
    server: Value,
}

impl World {
    async fn new() -> Self {
        let workspace = Workspace::fresh().await;
        let desk = workspace.admin_desk().await;
        desk.ok("workspace_key.make", json!({"replace": false})).await;
        let stand_in = LinodeStandIn::start(Account::with_instances(2)).await;
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
                "INSERT INTO vps_plans (name, provider, linode_type, vcpus, memory_mb, disk_gb, hourly_rate, monthly_rate, available_regions) VALUES
                   ('Small', 'linode', 'g6-nanode-1', 1, 1024, 25, 0.0090, 6.00, NULL),
                   ('Small in Jakarta', 'linode', 'g6-nanode-1', 1, 1024, 25, 0.0110, 7.20, '{id-cgk}'),
                   ('Parked', 'linode', 'g6-standard-1', 1, 2048, 50, NULL, NULL, NULL)",
            )
            .await;
        desk.ok("providers.sync", json!({"id": account, "allow_gone": false}))
            .await;
        let found = async {
            loop {
                let list = json!({"search": "server-1", "filters": [], "sort": null, "after": null, "limit": 5});
                let servers = desk.ok("servers.list", list).await;
                if let Some(row) = servers["rows"].as_array().unwrap().first() {
                    return row["id"].clone();
                }
                tokio::task::yield_now().await;
            }
        };
        let server = tokio::time::timeout(Duration::from_mins(1), found).await.unwrap();
        Self {
            workspace,
            desk,
            stand_in,
            account,
            organization,
            server,
        }
    }

    fn asked(&self) -> Value {
        json!({"id": self.server, "month": null})
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_told_with_what_is_around_it_and_what_its_provider_says() {
    let world = World::new().await;
    let detail = world.desk.ok("servers.get", json!({"id": world.server})).await;
    assert_eq!(
        (
            &detail["server"]["label"],
            &detail["observed"]["backups"],
            &detail["live_code"]
        ),
        (&json!("server-1"), &json!(true), &Value::Null),
        "{detail}"
    );
    assert_eq!(detail["observed"]["type_id"], "g6-nanode-1");
    let stats = world.desk.ok("servers.stats", world.asked()).await;
    assert_eq!(
        (&stats["ready"], &stats["cpu"][0]),
        (&json!(true), &json!([1_521_483_600_000_i64, 0.42]))
    );
    let month = world
        .desk
        .ok("servers.transfer", json!({"id": world.server, "month": "2026-10"}))
        .await;
    assert_eq!(month["incoming"], json!(30_471_077_120_u64));
    assert_eq!(world.stand_in.requests("/linode/instances/1/transfer/2026/10"), 1);
    let wrong = world
        .desk
        .refused("servers.stats", json!({"id": world.server, "month": "October"}))
        .await;
    assert_eq!(
        (code(&wrong).as_str(), wrong.field.as_deref()),
        ("invalid_field", Some("month"))
    );
    world
        .stand_in
        .account()
        .rdns
        .insert("203.0.100.2".to_owned(), "web.example.com".to_owned());
    let addresses = world.desk.ok("servers.addresses", world.asked()).await;
    assert_eq!(
        (
            &addresses["addresses"][0]["rdns"],
            &addresses["addresses"][0]["may_name"],
            &addresses["ranges"][0]
        ),
        (&json!("web.example.com"), &json!(true), &json!("2600:3c00:e000:1::/64")),
        "{addresses}"
    );
    let walls = world.desk.ok("servers.firewalls", world.asked()).await;
    let wall = &walls["firewalls"][0];
    assert_eq!(
        (&wall["inbound"][0]["ports"], &wall["outbound"], &wall["inbound_policy"]),
        (&json!("22"), &Value::Null, &json!("DROP")),
        "{walls}"
    );
    let backups = world.desk.ok("servers.provider_backups", world.asked()).await;
    assert_eq!(
        (&backups["automatic"][0]["id"], &backups["automatic"][0]["size_mb"]),
        (&json!(6001), &json!(9001))
    );
    world.stand_in.account().without_stats.insert(1);
    let none = world.desk.ok("servers.stats", world.asked()).await;
    assert_eq!(none["ready"], false);
    world.stand_in.account().remove(1);
    for (command, _) in &LIVE[..5] {
        let refused = world.desk.refused(command, world.asked()).await;
        assert_eq!(code(&refused), "provider_not_found", "{command}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_or_refuses_is_said_by_each_command_and_holds_up_none() {
    let world = World::new().await;
    for (_, path) in LIVE {
        world.stand_in.always(&format!("GET {path}"), Fault::Silence);
    }
    let began = Instant::now();
    let ask = |command: &'static str| world.desk.refused(command, world.asked());
    let hung = tokio::join!(
        ask(LIVE[0].0),
        ask(LIVE[1].0),
        ask(LIVE[2].0),
        ask(LIVE[3].0),
        ask(LIVE[4].0),
        ask(LIVE[5].0),
        async {
            // What the database knows is there meanwhile.
            let detail = world.desk.ok("servers.get", json!({"id": world.server})).await;
            assert_eq!(detail["server"]["label"], "server-1");
            let timeline = json!({"id": world.server, "after": null, "with_provider": false});
            world.desk.ok("servers.timeline", timeline).await;
            assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        }
    );
    for refused in [&hung.0, &hung.1, &hung.2, &hung.3, &hung.4, &hung.5] {
        assert_eq!(code(refused), "provider_timeout", "{}", refused.message);
    }

    for (fault, expected) in [
        (Reply::html(500), "provider_not_json"),
        (
            Reply::error(429, "Too many requests").with("Retry-After", "3600"),
            "provider_limited",
        ),
        (Reply::error(401, "Invalid Token"), "provider_token_refused"),
    ] {
        let world = World::new().await;
        for (command, path) in LIVE {
            world
                .stand_in
                .always(&format!("GET {path}"), Fault::Answer(fault.clone()));
            let refused = world.desk.refused(command, world.asked()).await;
            assert_eq!(code(&refused), expected, "{command}: {}", refused.message);
            assert!(!refused.message.contains(TOKEN));
        }
        let timeline = json!({"id": world.server, "after": null, "with_provider": true});
        let told = world.desk.ok("servers.timeline", timeline).await;
        assert_eq!(told["unanswered"]["code"], expected, "{told}");
        assert!(!told["entries"].as_array().unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_without_the_key_and_support_staff_get_the_reason_and_the_rest() {
    let world = World::new().await;
    let without = world.workspace.desk().await;
    without.sign_in(ADMIN).await;
    world
        .desk
        .create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    let support = world.workspace.desk().await;
    support.sign_in("tomas.lind@halyard.example").await;
    for (desk, expected) in [(&without, "workspace_key_missing"), (&support, "forbidden")] {
        let detail = desk.ok("servers.get", json!({"id": world.server})).await;
        assert_eq!(detail["live_code"], expected);
        for (command, _) in LIVE {
            assert_eq!(code(&desk.refused(command, world.asked()).await), expected, "{command}");
        }
        let timeline = json!({"id": world.server, "after": null, "with_provider": true});
        assert_eq!(
            desk.ok("servers.timeline", timeline).await["unanswered"]["code"],
            expected
        );
        let offers = json!({"account_id": world.account});
        assert_eq!(code(&desk.refused("servers.order_offers", offers).await), expected);
    }
    let detail = support.ok("servers.get", json!({"id": world.server})).await;
    let allowed: Vec<&str> = detail["actions"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|action| action["allowed"] == true)
        .map(|action| action["name"].as_str().unwrap())
        .collect();
    assert_eq!(allowed, ["shutdown", "reboot"], "{detail}");
    let delete = json!({"server_id": world.server, "act": {"kind": "delete"}, "key": "delete-1"});
    assert_eq!(code(&support.refused("servers.act_preview", delete).await), "forbidden");
    let password = json!({"id": world.server});
    assert_eq!(
        code(&support.refused("servers.root_password", password).await),
        "forbidden"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_chooses_among_what_is_sold_here_and_offered_there() {
    let world = World::new().await;
    let choices = world
        .desk
        .ok(
            "servers.order_choices",
            json!({"organization_id": world.organization, "search": null}),
        )
        .await;
    let plans: Vec<&str> = choices["plans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| plan["name"].as_str().unwrap())
        .collect();
    assert_eq!(plans, ["Small", "Small in Jakarta"], "{choices}");
    assert_eq!(
        (
            &choices["plans"][0]["elsewhere"],
            &choices["accounts"][0]["label"],
            &choices["orderable"]
        ),
        (&json!(["id-cgk"]), &json!("Main"), &json!("50.00"))
    );
    let ask = json!({"account_id": world.account});
    let offer = world.desk.ok("servers.order_offers", ask.clone()).await;
    assert_eq!(
        (
            &offer["regions"][0]["id"],
            &offer["images"][0]["id"],
            &offer["scripts"][0]["id"]
        ),
        (&json!("us-east"), &json!("linode/debian12"), &json!(501)),
        "{offer}"
    );
    let kinds: Vec<(&str, bool)> = offer["scripts"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| (field["kind"].as_str().unwrap(), field["required"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        kinds,
        [
            ("header", false),
            ("text", true),
            ("password", true),
            ("one_of", false),
            ("many_of", false)
        ]
    );
    assert_eq!(offer["unread"], json!([]));
    world.desk.ok("servers.order_offers", ask.clone()).await;
    assert_eq!(world.stand_in.requests("/images"), 1, "kept for some minutes");

    // What the business offers comes in place of the account's own, with what it has answered.
    let script = json!({"name": "Shop", "script_id": 502, "description": "Ours", "images": ["linode/debian12"],
        "answers": {"domain": "shop.example", "size": "large"}, "locked": ["domain"], "is_active": true});
    world.desk.ok("scripts.create", script).await;
    let offer = world.desk.ok("servers.order_offers", ask.clone()).await;
    let scripts = offer["scripts"].as_array().unwrap();
    assert_eq!(
        (scripts.len(), &scripts[0]["id"], &scripts[0]["label"]),
        (1, &json!(502), &json!("Shop"))
    );
    let fields: Vec<Value> = scripts[0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| json!([field["name"], field["answer"], field["locked"], field["required"]]))
        .collect();
    assert_eq!(
        Value::Array(fields),
        json!([
            ["heading", null, false, false],
            ["domain", "shop.example", true, false],
            ["db_password", null, false, true],
            ["size", "large", false, false],
            ["extras", null, false, false]
        ])
    );
    let accounts = world.desk.ok("providers.list", json!({})).await;
    let sell = json!({"id": world.account, "regions": ["us-east"], "expected_updated_at": accounts["accounts"][0]["updated_at"]});
    world.desk.ok("providers.set_regions", sell).await;
    let choices = world
        .desk
        .ok(
            "servers.order_choices",
            json!({"organization_id": null, "search": null}),
        )
        .await;
    assert_eq!(choices["accounts"][0]["regions_on_sale"], json!(["us-east"]));

    // A list that hangs leaves the others, and is asked again the next time.
    let world = World::new().await;
    world.stand_in.on(
        "GET /images",
        1,
        Fault::Answer(Reply::error(429, "Too many requests").with("Retry-After", "3600")),
    );
    let ask = json!({"account_id": world.account});
    let part = world.desk.ok("servers.order_offers", ask.clone()).await;
    assert_eq!(
        (&part["unread"][0]["part"], &part["unread"][0]["code"], &part["images"]),
        (&json!("images"), &json!("provider_limited"), &json!([])),
        "{part}"
    );
    assert_eq!(part["regions"][0]["id"], "us-east");
    let whole = world.desk.ok("servers.order_offers", ask).await;
    assert_eq!(whole["images"][0]["id"], "linode/debian12");
}

#[tokio::test(flavor = "multi_thread")]
async fn root_s_password_is_shown_to_who_proves_who_they_are_and_the_log_says_so() {
    let world = World::new().await;
    let ask = json!({"id": world.server});
    let unknown = world.desk.refused("servers.root_password", ask.clone()).await;
    assert_eq!(code(&unknown), "server_password_unknown");
    let mut order = json!({
        "account_id": world.account, "organization_id": world.organization, "plan_id": null, "label": "web-1", "region": "us-east",
        "system": {"image": "linode/debian12", "authorized_keys": [], "stackscript": null, "answers": {}},
        "backups": false, "private_ip": false, "key": "order-1",
    });
    let choices = world
        .desk
        .ok(
            "servers.order_choices",
            json!({"organization_id": null, "search": "Small"}),
        )
        .await;
    order["plan_id"] = choices["plans"][0]["id"].clone();
    let placed = world.desk.ok("servers.order_place", order).await;
    let recorded = async {
        loop {
            let row = world.desk.ok("intents.get", json!({"id": placed["id"]})).await;
            assert!(row["state"] != "failed", "{row}");
            if row["server_id"].is_number() {
                return row["server_id"].clone();
            }
            tokio::task::yield_now().await;
        }
    };
    let server = tokio::time::timeout(Duration::from_mins(1), recorded).await.unwrap();
    let ask = json!({"id": server});
    world
        .workspace
        .execute("UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'")
        .await;
    let refused = world.desk.refused("servers.root_password", ask.clone()).await;
    assert_eq!(code(&refused), "confirmation_needed");
    world.desk.ok("account.confirm", json!({"password": PASSWORD})).await;
    let told = world.desk.ok("servers.root_password", ask.clone()).await;
    let at_provider = world.stand_in.account().instances.last().unwrap()["id"]
        .as_u64()
        .unwrap();
    let set = world.stand_in.account().password(at_provider).map(str::to_owned);
    assert_eq!(told["password"].as_str(), set.as_deref());
    let list = json!({"search": "show_password", "filters": [], "sort": null, "after": null, "limit": 10});
    let log = world.desk.ok("activity.list", list).await;
    assert_eq!(log["total"], 1, "{log}");
    assert_eq!(log["rows"][0]["who"], "Maya Okafor");
    assert!(!log.to_string().contains(told["password"].as_str().unwrap()));
    let detail = world.desk.ok("servers.get", ask.clone()).await;
    assert!(!detail.to_string().contains(told["password"].as_str().unwrap()));
    // Who can't open it is told nothing, and the log says nothing.
    let without = world.workspace.desk().await;
    without.sign_in(ADMIN).await;
    assert_eq!(
        code(&without.refused("servers.root_password", ask).await),
        "workspace_key_missing"
    );
    let list = json!({"search": "show_password", "filters": [], "sort": null, "after": null, "limit": 10});
    assert_eq!(world.desk.ok("activity.list", list).await["total"], 1);
}
