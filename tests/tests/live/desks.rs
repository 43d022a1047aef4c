//! Two desks over one database, over the wire.

use std::time::{Duration, Instant};

use cs_tests::desk::{ADMIN, PASSWORD, TestDesk, Workspace};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// What the product promises.
const WITHIN: Duration = Duration::from_secs(2);

struct Ear<'a> {
    desk: &'a TestDesk,
    cursor: Value,
}

impl<'a> Ear<'a> {
    async fn new(desk: &'a TestDesk) -> Self {
        let cursor = desk.ok("live.poll", json!({"cursor": null})).await["cursor"].clone();
        Self { desk, cursor }
    }

    async fn poll(&mut self) -> Vec<Value> {
        let answer = self.desk.ok("live.poll", json!({"cursor": self.cursor})).await;
        self.cursor = answer["cursor"].clone();
        assert_eq!(answer["everything"], false);
        answer["stale"].as_array().unwrap().clone()
    }

    /// Polls until a tag is stale; it must be within two seconds.
    async fn hears(&mut self, tag: &str) -> Value {
        let began = Instant::now();
        loop {
            if let Some(stale) = self.poll().await.into_iter().find(|stale| stale["tag"] == tag) {
                return stale;
            }
            assert!(began.elapsed() < WITHIN, "{tag} was not heard of in time");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_desk_does_the_other_hears() {
    let workspace = Workspace::fresh().await;
    let maya = workspace.admin_desk().await;
    let organization = maya.create_organization("Brightwater Labs GmbH").await;
    maya.create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    let tomas = workspace.desk().await;
    tomas.sign_in("tomas.lind@halyard.example").await;
    let mut ear = Ear::new(&tomas).await;
    let mut own = Ear::new(&maya).await;

    maya.deposit(organization, "25.00", "key").await.unwrap();
    let stale = ear.poll().await;
    for tag in ["transactions", "wallets", "activity", "dashboard"] {
        assert!(
            stale.iter().any(|each| each["tag"] == tag && each["by_others"] == true),
            "{tag}: {stale:?}"
        );
    }
    let stale = own.poll().await;
    assert!(
        stale.iter().all(|each| each["by_others"] == false),
        "its own: {stale:?}"
    );

    let seen = maya.ok("organizations.get", json!({"id": organization})).await["organization"]["updated_at"].clone();
    maya.ok(
        "organizations.rename",
        json!({"id": organization, "name": "Brightwater", "expected_updated_at": seen}),
    )
    .await;
    assert_eq!(ear.hears("organizations").await["ids"], json!([organization]));

    let ticket = tomas
        .ok("tickets.create", json!({"organization_id": organization, "user_id": null, "subject": "Slow", "description": "Very", "category": "general", "priority": "low", "key": "t"}))
        .await["id"]
        .clone();
    own.poll().await;
    tomas
        .ok("tickets.reply", json!({"ticket_id": ticket, "text": "We look into it.", "seen_message_id": null, "set_status": null, "key": "r"}))
        .await;
    assert_eq!(own.hears("tickets").await["ids"], json!([ticket]));

    // The desk that has nothing new hears nothing, again and again.
    ear.poll().await;
    assert_eq!(ear.poll().await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_elsewhere_is_noticed_by_the_next_poll() {
    let workspace = Workspace::fresh().await;
    let maya = workspace.admin_desk().await;
    let tomas_id = maya
        .create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    let tomas = workspace.desk().await;
    let refused = tomas.refused("live.poll", json!({"cursor": null})).await;
    assert_eq!(serde_json::to_value(refused.code).unwrap(), "not_signed_in");
    tomas.sign_in("tomas.lind@halyard.example").await;
    let mut ear = Ear::new(&tomas).await;
    ear.poll().await;
    maya.ok(
        "users.set_role",
        json!({"id": tomas_id, "role": "finance", "organization_id": null}),
    )
    .await;
    let refused = tomas.refused("live.poll", json!({"cursor": ear.cursor})).await;
    assert_eq!(serde_json::to_value(refused.code).unwrap(), "session_expired");
    let state = tomas.ok("app.state", json!({})).await;
    assert_eq!(state["phase"], "sign_in");
    tomas
        .ok("session.sign_in", json!({"email": ADMIN, "password": PASSWORD}))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_from_the_window_charges_shows_and_leaves_what_waits() {
    let workspace = Workspace::fresh().await;
    let maya = workspace.admin_desk().await;
    let organization = maya.create_organization("Kestrel Freight").await;
    maya.create_organization("Quarry Street Games").await;
    maya.deposit(organization, "100.00", "key").await.unwrap();
    workspace
        .execute(
            "INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (7, 'Shared 2 GB', 'linode', 0.0216), (8, 'No price yet', 'linode', NULL);
             INSERT INTO vps_instances (label, plan_id, organization_id, created_at)
             SELECT x.label, x.plan, o.id, timezone('UTC', now()) - interval '10 hours' FROM organizations o,
               (VALUES ('web-01', 7), ('web-02', 8), ('web-03', 7)) AS x(label, plan) WHERE o.name = 'Kestrel Freight';
             INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from)
             SELECT 'vps', v.id, v.organization_id, 'gone', timezone('UTC', now()) - interval '3 hours' FROM vps_instances v WHERE v.label = 'web-03';
             INSERT INTO organizations (name) VALUES ('Without a wallet');
             INSERT INTO vps_instances (label, plan_id, organization_id, created_at)
             SELECT 'lost', 7, o.id, timezone('UTC', now()) - interval '10 hours' FROM organizations o WHERE o.name = 'Without a wallet'",
        )
        .await;
    let colleague = workspace.admin_desk().await;
    let mut ear = Ear::new(&colleague).await;
    let overview = maya.ok("billing.overview", json!({})).await;
    assert_eq!(
        (&overview["last_run"], overview["actions"][0]["allowed"].as_bool()),
        (&Value::Null, Some(true))
    );

    let task = maya.ok("billing.run", json!({})).await["task"].clone();
    let began = Instant::now();
    let ended = loop {
        let tasks = maya.ok("tasks.list", json!({})).await["tasks"].clone();
        let mine = tasks
            .as_array()
            .unwrap()
            .iter()
            .find(|each| each["id"] == task)
            .unwrap()
            .clone();
        if mine["state"] != "running" {
            break mine;
        }
        assert!(began.elapsed() < Duration::from_mins(1));
        tokio::task::yield_now().await;
    };
    assert_eq!(ended["state"], "done", "{ended}");
    assert!(ended["stale"].as_array().unwrap().contains(&json!("transactions")));
    ear.hears("billing").await;

    let overview = maya.ok("billing.overview", json!({})).await;
    assert_eq!(
        (
            overview["last_run"]["status"].as_str(),
            overview["overdue"].as_bool(),
            overview["parked"].as_i64(),
            overview["undecided"].as_i64()
        ),
        (Some("partial"), Some(false), Some(2), Some(1))
    );
    let run = overview["last_run"]["id"].clone();
    let detail = maya.ok("billing.run_detail", json!({"id": run})).await;
    assert_eq!(
        detail["skipped"],
        json!([{"organization_id": detail["skipped"][0]["organization_id"], "organization": "Without a wallet", "reason": "no_wallet"}])
    );
    let of_run = json!({"search": null, "filters": [{"column": "run_id", "op": "is", "values": [run.to_string()]}], "sort": null, "after": null, "limit": 50});
    let charges = maya.ok("billing.charges", of_run.clone()).await;
    // Ten hours of one, seven of the one that is gone: in one charge, or in two where a month has begun in between.
    let charges: Vec<(String, i64, Decimal)> = charges["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let amount = row["amount"].as_str().unwrap().parse().unwrap();
            let organization = row["organization"].as_str().unwrap().to_owned();
            (organization, row["hours"].as_i64().unwrap(), amount)
        })
        .collect();
    assert!(
        charges
            .iter()
            .all(|(organization, ..)| organization == "Kestrel Freight"),
        "{charges:?}"
    );
    assert_eq!(
        (
            charges.iter().map(|(_, hours, _)| hours).sum::<i64>(),
            charges.iter().map(|(.., amount)| amount).sum::<Decimal>()
        ),
        (17, Decimal::new(36, 2)),
        "{charges:?}"
    );
    let exported = maya
        .ok(
            "billing.charges_export",
            json!({"list": of_run, "columns": ["organization", "hours", "amount"]}),
        )
        .await;
    let lines: Vec<String> = charges
        .iter()
        .map(|(organization, hours, amount)| format!("{organization},{hours},{amount}\r\n"))
        .collect();
    assert_eq!(
        std::fs::read_to_string(exported["path"].as_str().unwrap()).unwrap(),
        format!("organization,hours,amount\r\n{}", lines.concat())
    );

    let parked = maya.ok("billing.parked", json!({})).await["parked"].clone();
    let of = |label: &str| {
        parked
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["label"] == label)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (
            of("web-02")["reason"].as_str(),
            of("web-02")["plan"].as_str(),
            &of("web-02")["worth"]
        ),
        (Some("no_rate"), Some("No price yet"), &Value::Null)
    );
    assert_eq!(
        (of("web-03")["hours"].as_i64(), of("web-03")["worth"].as_str()),
        (Some(3), Some("0.06"))
    );
    let wrong = maya
        .refused(
            "billing.resolve_parked",
            json!({"id": of("web-02")["id"], "decision": "from_start"}),
        )
        .await;
    assert_eq!(serde_json::to_value(wrong.code).unwrap(), "parked_not_decidable");
    maya.ok(
        "billing.resolve_parked",
        json!({"id": of("web-03")["id"], "decision": "from_start"}),
    )
    .await;
    ear.hears("billing").await;
    assert_eq!(
        maya.ok("billing.parked", json!({})).await["parked"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    // What is left waiting was told to the other finance people, once.
    let told = colleague
        .ok(
            "notifications.list",
            json!({"search": null, "filters": [], "sort": null, "after": null, "limit": 10}),
        )
        .await;
    assert_eq!(told["total"], 0, "the same person ran it");
}

#[tokio::test(flavor = "multi_thread")]
async fn support_may_look_at_billing_and_is_told_why_it_may_not_run_it() {
    let workspace = Workspace::fresh().await;
    let maya = workspace.admin_desk().await;
    maya.create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    let tomas = workspace.desk().await;
    tomas.sign_in("tomas.lind@halyard.example").await;
    let overview = tomas.ok("billing.overview", json!({})).await;
    assert_eq!(overview["actions"][0]["allowed"], false);
    assert!(overview["actions"][0]["reason"].as_str().unwrap().len() > 10);
    tomas.ok("billing.parked", json!({})).await;
    tomas
        .ok(
            "billing.runs",
            json!({"search": null, "filters": [], "sort": null, "after": null, "limit": 10}),
        )
        .await;
    for (command, payload) in [
        ("billing.run", json!({})),
        ("billing.resolve_parked", json!({"id": 1, "decision": "from_now"})),
    ] {
        let refused = tomas.refused(command, payload).await;
        assert_eq!(serde_json::to_value(refused.code).unwrap(), "forbidden", "{command}");
    }
}
