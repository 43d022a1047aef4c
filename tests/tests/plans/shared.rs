//! What these tests share.

use cs_tests::desk::{TestDesk, Workspace, first_rows};
use serde_json::{Value, json};

/// A code as it is on the wire.
pub fn code(error: &api::ApiError) -> String {
    serde_json::to_value(error.code).unwrap().as_str().unwrap().to_owned()
}

pub fn price(base_cost: &str, markup: &str, hourly: &str, monthly: &str) -> Value {
    json!({"base_cost": base_cost, "markup": markup, "hourly_rate": hourly, "monthly_rate": monthly})
}

pub fn fields(kind: &str, name: &str) -> Value {
    json!({"kind": kind, "name": name, "provider": "linode", "linode_type": "", "vcpus": null, "cpu_cores": "", "memory_mb": null,
           "disk_gb": null, "transfer_gb": null, "network_out_mbps": null, "regions": []})
}

/// A plan with the usual price: 0.0100 an hour, at most 5.00 a month.
pub async fn plan(desk: &TestDesk, kind: &str, name: &str) -> i64 {
    priced(desk, kind, name, price("0.0080", "25", "", "5.00")).await
}

pub async fn priced(desk: &TestDesk, kind: &str, name: &str, price: Value) -> i64 {
    let without_rate = price["base_cost"] == "" && price["hourly_rate"] == "";
    let request = json!({"fields": fields(kind, name), "price": price, "without_rate": without_rate});
    desk.ok("plans.create", request).await["id"].as_i64().unwrap()
}

/// The row of a plan, by name.
pub async fn row(desk: &TestDesk, name: &str) -> Value {
    let page = desk.ok("plans.list", first_rows(200)).await;
    let rows = page["rows"].as_array().unwrap();
    let found = rows.iter().find(|row| row["name"] == name);
    found.unwrap_or_else(|| panic!("no plan {name} in {page}")).clone()
}

/// A server that was found at the provider ten and a half hours ago.
pub async fn server(workspace: &Workspace, label: &str) -> i64 {
    let mut connection = workspace.admin().connect("tests").await.unwrap();
    let id: i32 = sqlx::query_scalar(
        "INSERT INTO vps_instances (label, region, status, created_at) VALUES ($1, 'us-east', 'running', timezone('UTC', now()) - interval '10 hours 30 minutes')
         RETURNING id",
    )
    .bind(label)
    .fetch_one(&mut connection)
    .await
    .unwrap();
    i64::from(id)
}

/// A database whose clock is the clock.
pub async fn by_the_clock(workspace: &Workspace) {
    workspace.execute("UPDATE cs_meta.workspace SET is_test = false").await;
}

pub fn assign(kind: &str, ids: &[i64], organization: i64, plan: i64, start: Value) -> Value {
    let mut request = json!({"kind": kind, "resource_ids": ids, "organization_id": organization, "plan_id": plan});
    request["start"] = start;
    request
}

/// Starts a billing run and waits for its end; what was charged in all.
pub async fn bill(workspace: &Workspace, desk: &TestDesk) -> String {
    let task = desk.ok("billing.run", json!({})).await["task"].clone();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let tasks = desk.ok("tasks.list", json!({})).await;
        let found = tasks["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["id"] == task)
            .unwrap()
            .clone();
        match found["state"].as_str().unwrap() {
            "running" | "stopping" => tokio::task::yield_now().await,
            "done" => break,
            _ => panic!("{found}"),
        }
        assert!(std::time::Instant::now() < deadline, "the run ends");
    }
    let mut connection = workspace.admin().connect("tests").await.unwrap();
    sqlx::query_scalar("SELECT charged::text FROM billing_runs ORDER BY id DESC LIMIT 1")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}
