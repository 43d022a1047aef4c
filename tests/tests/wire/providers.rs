//! Accounts at providers, their syncs, the workspace's key.

use std::time::Duration;

use api::ApiError;
use cs_tests::{
    desk::{TestDesk, Workspace, first_rows},
    linode::{Account, Fault, LinodeStandIn, TOKEN},
};
use serde_json::{Value, json};

use crate::code;

/// The last task once it has ended.
async fn ended(desk: &TestDesk) -> Value {
    for _ in 0..600 {
        let tasks = desk.ok("tasks.list", json!({})).await;
        let task = tasks["tasks"][0].clone();
        if !matches!(task["state"].as_str(), Some("running" | "stopping")) {
            return task;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the task doesn't end");
}

fn shows_no_secret(answer: &Value) {
    let shown = answer.to_string();
    assert!(
        !shown.contains(TOKEN) && !shown.contains("cs1.") && !shown.contains("cswk-"),
        "{shown}"
    );
}

async fn create(desk: &TestDesk, stand_in: &LinodeStandIn, token: &str) -> Result<Value, ApiError> {
    create_as(desk, "Main", stand_in, token).await
}

async fn create_as(desk: &TestDesk, label: &str, stand_in: &LinodeStandIn, token: &str) -> Result<Value, ApiError> {
    desk.call(
        "providers.create",
        json!({"label": label, "endpoint": stand_in.base_url(), "token": token}),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_from_the_key_to_its_servers() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let stand_in = LinodeStandIn::start(Account::with_instances(12)).await;

    let empty = desk.ok("providers.list", json!({})).await;
    assert_eq!((&empty["key"], &empty["accounts"]), (&json!("not_made"), &json!([])));
    assert_eq!(empty["actions"][0]["allowed"], false);
    let refused = create(&desk, &stand_in, TOKEN).await.unwrap_err();
    assert_eq!(code(&refused), "workspace_key_not_made");
    let made = desk.ok("workspace_key.make", json!({"replace": false})).await;
    assert_eq!(made["path"], Value::Null, "the keychain holds it");
    let refused = desk.refused("workspace_key.make", json!({"replace": false})).await;
    assert_eq!(code(&refused), "workspace_key_made");

    let refused = create(&desk, &stand_in, "not-it").await.unwrap_err();
    assert_eq!(
        (code(&refused).as_str(), refused.field.as_deref()),
        ("provider_token_refused", Some("token"))
    );
    let refused = desk
        .refused(
            "providers.create",
            json!({"label": "Main", "endpoint": "http://api.linode.com/v4", "token": TOKEN}),
        )
        .await;
    assert_eq!(
        (code(&refused).as_str(), refused.field.as_deref()),
        ("provider_address", Some("endpoint"))
    );
    let created = create(&desk, &stand_in, TOKEN).await.unwrap();
    assert_eq!(created["username"], "reseller");
    let id = created["id"].clone();
    let listed = desk.ok("providers.list", json!({})).await;
    shows_no_secret(&listed);
    assert_eq!(
        (
            &listed["key"],
            &listed["accounts"][0]["token"],
            &listed["accounts"][0]["observed_at"]
        ),
        (&json!("held"), &json!("sealed"), &Value::Null)
    );

    desk.ok("providers.sync", json!({"id": id, "allow_gone": false})).await;
    let task = ended(&desk).await;
    assert_eq!(
        (&task["state"], &task["kind"]),
        (&json!("done"), &json!("sync")),
        "{task}"
    );
    assert_eq!(
        task["outcome"],
        "Main: 12 added, 0 changed, 0 unchanged, 0 gone, 0 back."
    );
    let servers = desk
        .ok(
            "servers.list",
            json!({"search": null, "filters": [{"column": "assigned", "op": "is", "values": ["false"]}, {"column": "presence", "op": "is", "values": ["present"]}], "sort": null, "after": null, "limit": 50}),
        )
        .await;
    assert_eq!(servers["total"], 12);
    assert_eq!(servers["rows"][0]["account"], "Main");
    assert!(servers["rows"][0]["seen_at"].is_string());

    for gone in [3, 4] {
        stand_in.account().remove(gone);
    }
    desk.ok("providers.sync", json!({"id": id, "allow_gone": false})).await;
    let task = ended(&desk).await;
    assert_eq!(task["failure"]["code"], "sync_many_gone", "{task}");
    desk.ok("providers.sync", json!({"id": id, "allow_gone": true})).await;
    assert_eq!(
        ended(&desk).await["outcome"],
        "Main: 0 added, 0 changed, 10 unchanged, 2 gone, 0 back."
    );
    let listed = desk.ok("providers.list", json!({})).await;
    let account = &listed["accounts"][0];
    assert_eq!(
        (
            &account["servers"],
            &account["unassigned"],
            &account["gone"],
            &account["last_sync"]["status"]
        ),
        (&json!(12), &json!(12), &json!(2), &json!("completed"))
    );
    let syncs = desk.ok("providers.syncs", first_rows(10)).await;
    let statuses: Vec<&str> = syncs["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["completed", "stopped", "completed"]);
    assert_eq!(syncs["rows"][0]["started_by"], "Maya Okafor");
    shows_no_secret(&syncs);
    let exported = desk
        .ok(
            "providers.export_syncs",
            json!({"list": first_rows(10), "columns": ["id", "account", "status", "gone", "error_code"]}),
        )
        .await;
    assert_eq!(exported["rows"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_is_stopped_by_its_task() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let stand_in = LinodeStandIn::start(Account::with_instances(2)).await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let id = create(&desk, &stand_in, TOKEN).await.unwrap()["id"].clone();
    stand_in.always("/linode/instances", Fault::Silence);
    let started = desk.ok("providers.sync", json!({"id": id, "allow_gone": false})).await;
    let refused = desk
        .refused("providers.sync", json!({"id": id, "allow_gone": false}))
        .await;
    assert_eq!(code(&refused), "task_under_way");
    desk.ok("tasks.cancel", json!({"id": started["task"]})).await;
    let task = ended(&desk).await;
    assert_eq!(
        (&task["state"], &task["outcome"]),
        (
            &json!("cancelled"),
            &json!("Main: stopped. What was written before stays.")
        )
    );
    let syncs = desk.ok("providers.syncs", first_rows(10)).await;
    assert_eq!(syncs["rows"][0]["status"], "cancelled");
}

/// What pages read first.
const READ_BY_PAGES: [(&str, bool); 16] = [
    ("app.state", false),
    ("shell.summary", false),
    ("dashboard.summary", false),
    ("billing.overview", false),
    ("providers.list", false),
    ("themes.list", false),
    ("settings.get", false),
    ("desks.list", false),
    ("organizations.list", true),
    ("users.list", true),
    ("servers.list", true),
    ("containers.list", true),
    ("plans.list", true),
    ("transactions.list", true),
    ("invoices.list", true),
    ("activity.list", true),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_hangs_delays_no_page_and_no_other_account() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let hanging = LinodeStandIn::start(Account::with_instances(2)).await;
    let answering = LinodeStandIn::start(Account::with_instances(3)).await;
    for (instance, id) in answering.account().instances.iter_mut().zip(101..) {
        instance["id"] = json!(id);
    }
    let first = create_as(&desk, "Hangs", &hanging, TOKEN).await.unwrap()["id"].clone();
    let second = create_as(&desk, "Answers", &answering, TOKEN).await.unwrap()["id"].clone();
    hanging.always("/linode/instances", Fault::Silence);
    let started = desk
        .ok("providers.sync", json!({"id": first, "allow_gone": false}))
        .await;

    for (read, is_list) in READ_BY_PAGES {
        let request = if is_list { first_rows(50) } else { json!({}) };
        desk.ok(read, request).await;
    }
    desk.ok("providers.sync", json!({"id": second, "allow_gone": false}))
        .await;
    let synced = ended(&desk).await;
    assert_eq!(
        synced["outcome"],
        "Answers: 3 added, 0 changed, 0 unchanged, 0 gone, 0 back."
    );
    let tasks = desk.ok("tasks.list", json!({})).await;
    let still = tasks["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|task| task["id"] == started["task"]);
    assert_eq!(still.unwrap()["state"], "running", "it hangs to this moment");
    desk.ok("tasks.cancel", json!({"id": started["task"]})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_desk_is_given_the_key() {
    let workspace = Workspace::fresh().await;
    let first = workspace.admin_desk().await;
    first.ok("workspace_key.make", json!({"replace": false})).await;
    let copy = first.ok("workspace_key.copy", json!({})).await;
    shows_no_secret(&copy);
    let path = copy["path"].as_str().unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
    assert_eq!(mode & 0o7777, 0o600);
    let key = std::fs::read_to_string(path).unwrap();

    first
        .create_user("noor@halyard.example", ("Noor", "Second"), "admin", None)
        .await;
    let second = workspace.desk().await;
    second.sign_in("noor@halyard.example").await;
    assert_eq!(second.ok("providers.list", json!({})).await["key"], "missing");
    let stand_in = LinodeStandIn::start(Account::with_instances(1)).await;
    let refused = create(&second, &stand_in, TOKEN).await.unwrap_err();
    assert_eq!(code(&refused), "workspace_key_missing");
    let mut mistyped = key.clone();
    let other = if key[12..].starts_with('A') { "B" } else { "A" };
    mistyped.replace_range(12..13, other);
    for (text, expected) in [
        ("hunter2hunter2".to_owned(), "invalid_field"),
        (mistyped, "invalid_field"),
        (
            "cswk-1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            "invalid_field",
        ),
    ] {
        let refused = second.refused("workspace_key.give", json!({"key": text})).await;
        assert_eq!(
            (code(&refused).as_str(), refused.field.as_deref()),
            (expected, Some("key"))
        );
        assert!(!refused.message.contains("hunter2"), "{}", refused.message);
    }
    second.ok("workspace_key.give", json!({"key": key})).await;
    assert_eq!(second.ok("providers.list", json!({})).await["key"], "held");
    create(&second, &stand_in, TOKEN).await.unwrap();
    // It is lost, and replaced: the first desk's is an older one, and what it sealed is said to be.
    second.ok("workspace_key.make", json!({"replace": true})).await;
    let listed = first.ok("providers.list", json!({})).await;
    assert_eq!(
        (&listed["key"], &listed["accounts"][0]["token"]),
        (&json!("wrong"), &json!("sealed_before"))
    );
    let refused = first.refused("workspace_key.give", json!({"key": key})).await;
    assert_eq!(code(&refused), "workspace_key_wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_are_the_admins_alone() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let stand_in = LinodeStandIn::start(Account::with_instances(1)).await;
    admin.ok("workspace_key.make", json!({"replace": false})).await;
    let id = create(&admin, &stand_in, TOKEN).await.unwrap()["id"].clone();
    admin
        .create_user("sam@halyard.example", ("Sam", "Support"), "support", None)
        .await;
    let desk = workspace.desk().await;
    desk.sign_in("sam@halyard.example").await;
    for (command, request) in [
        ("providers.list", json!({})),
        ("providers.create", json!({"label": "x", "endpoint": "", "token": "t"})),
        ("providers.rename", json!({"id": id, "label": "x"})),
        ("providers.replace_token", json!({"id": id, "token": "t"})),
        ("providers.set_active", json!({"id": id, "active": false})),
        ("providers.sync", json!({"id": id, "allow_gone": false})),
        ("providers.syncs", first_rows(1)),
        ("workspace_key.make", json!({"replace": true})),
        ("workspace_key.give", json!({"key": "x"})),
        ("workspace_key.copy", json!({})),
    ] {
        let refused = desk.refused(command, request).await;
        assert_eq!(code(&refused), "forbidden", "{command}: {}", refused.message);
    }
    // What a server's provider says of it is part of the server.
    desk.ok("servers.list", first_rows(1)).await;
    admin
        .ok("providers.rename", json!({"id": id, "label": "Frankfurt"}))
        .await;
    admin
        .ok("providers.set_active", json!({"id": id, "active": false}))
        .await;
    let listed = admin.ok("providers.list", json!({})).await;
    assert_eq!(
        (&listed["accounts"][0]["label"], &listed["accounts"][0]["is_active"]),
        (&json!("Frankfurt"), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_health_of_a_token_is_kept_beside_its_account() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let stand_in = LinodeStandIn::start(Account::with_instances(2)).await;
    let id = create(&desk, &stand_in, TOKEN).await.unwrap()["id"].clone();
    let account = async || desk.ok("providers.list", json!({})).await["accounts"][0].clone();
    let before = account().await;
    assert_eq!(
        (&before["missing_scopes"], &before["last_success_at"], &before["rate"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    stand_in.account().scopes = "linodes:read_only account:read_write images:read_only".to_owned();
    let left = |remaining: u32| {
        Fault::Headers(vec![
            ("X-RateLimit-Limit".to_owned(), "1840".to_owned()),
            ("X-RateLimit-Remaining".to_owned(), remaining.to_string()),
            ("X-RateLimit-Reset".to_owned(), "4102444800".to_owned()),
        ])
    };
    stand_in.always("/profile", left(1797));
    let checked = desk.ok("providers.check", json!({"id": id})).await;
    assert_eq!(checked["username"], "reseller");
    let told = account().await;
    assert_eq!(
        told["missing_scopes"],
        json!([
            "linodes:read_write",
            "ips:read_write",
            "stackscripts:read_only",
            "firewall:read_only",
            "events:read_only"
        ])
    );
    assert_eq!(
        (&told["rate"]["limit"], &told["rate"]["left"]),
        (&json!(1840), &json!(1797))
    );
    shows_no_secret(&told);

    // A sync notes it in its own transaction; one that fails is told, and what was known stays.
    stand_in.on("/linode/instances", 1, left(1500));
    desk.ok("providers.sync", json!({"id": id, "allow_gone": false})).await;
    assert_eq!(ended(&desk).await["state"], "done");
    let synced = account().await;
    assert_eq!(synced["rate"]["left"], 1500);
    assert!(
        synced["last_success_at"].is_string() && synced["last_failure"].is_null(),
        "{synced}"
    );
    stand_in.always(
        "/linode/instances",
        Fault::Answer(cs_tests::linode::Reply::error(401, "Invalid Token")),
    );
    desk.ok("providers.sync", json!({"id": id, "allow_gone": false})).await;
    assert_eq!(ended(&desk).await["state"], "failed");
    let failed = account().await;
    assert_eq!(failed["last_failure"]["error_code"], "provider_token_refused");
    assert_eq!(failed["last_success_at"], synced["last_success_at"]);
    assert_eq!(failed["rate"]["left"], 1500);
    let support = workspace.desk().await;
    desk.create_user("s@halyard.example", ("Sam", "Reed"), "support", None)
        .await;
    support.sign_in("s@halyard.example").await;
    assert_eq!(
        code(&support.refused("providers.check", json!({"id": id})).await),
        "forbidden"
    );
}
