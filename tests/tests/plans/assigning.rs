//! Whose servers and containers are.

use chrono::{DateTime, SubsecRound, Utc};
use cs_tests::desk::{TestDesk, Workspace, first_rows};
use serde_json::{Value, json};

use crate::shared::{assign, bill, by_the_clock, code, plan, server};

struct Scene {
    workspace: Workspace,
    desk: TestDesk,
    acme: i64,
    other: i64,
    plan: i64,
    server: i64,
}

impl Scene {
    async fn new() -> Self {
        let workspace = Workspace::fresh().await;
        let desk = workspace.admin_desk().await;
        let acme = desk.create_organization("Acme").await;
        let other = desk.create_organization("Other").await;
        desk.deposit(acme, "100.00", "a").await.unwrap();
        let plan = plan(&desk, "vps", "Usual").await;
        let server = server(&workspace, "web-01").await;
        by_the_clock(&workspace).await;
        Self {
            workspace,
            desk,
            acme,
            other,
            plan,
            server,
        }
    }

    /// The server as it stands.
    async fn row(&self) -> Value {
        let page = self.desk.ok("servers.list", first_rows(10)).await;
        page["rows"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["id"] == self.server)
            .unwrap()
            .clone()
    }

    fn to(&self, organization: i64, start: Value) -> Value {
        assign("vps", &[self.server], organization, self.plan, start)
    }

    async fn refused(&self, request: Value) -> String {
        let preview = self.desk.refused("assignments.preview", request.clone()).await;
        let refused = self.desk.refused("assignments.assign", request).await;
        assert_eq!(preview.code, refused.code, "the preview meets the same refusal");
        code(&refused)
    }
}

fn instant(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_charges_from_its_start_what_the_preview_says() {
    let scene = Scene::new().await;
    let created = scene.row().await["created_at"].clone();
    assert_eq!(scene.row().await["assigned"], false);
    let preview = scene
        .desk
        .ok("assignments.preview", scene.to(scene.acme, created.clone()))
        .await;
    assert_eq!(
        (preview["hours"].as_i64(), preview["amount"].as_str()),
        (Some(10), Some("0.1000"))
    );
    assert_eq!(
        scene.row().await["organization_id"],
        Value::Null,
        "a preview changes nothing"
    );
    let done = scene
        .desk
        .ok("assignments.assign", scene.to(scene.acme, created.clone()))
        .await;
    assert_eq!(done, preview);
    let row = scene.row().await;
    assert_eq!(
        (
            row["organization"].as_str(),
            row["plan"].as_str(),
            row["assigned"].as_bool()
        ),
        (Some("Acme"), Some("Usual"), Some(true))
    );
    assert_eq!(instant(&row["last_billed_at"]), instant(&created));
    assert_eq!(bill(&scene.workspace, &scene.desk).await, "0.10");
    // From now on is the default.
    let fresh = server(&scene.workspace, "web-02").await;
    let done = scene
        .desk
        .ok(
            "assignments.assign",
            assign("vps", &[fresh], scene.acme, scene.plan, Value::Null),
        )
        .await;
    assert_eq!(
        (done["hours"].as_i64(), done["amount"].as_str()),
        (Some(0), Some("0.0000"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_own_code() {
    let scene = Scene::new().await;
    let row = scene.row().await;
    let created = instant(&row["created_at"]);
    let early = json!(created - chrono::TimeDelta::seconds(1));
    assert_eq!(
        scene.refused(scene.to(scene.acme, early)).await,
        "assign_start_before_creation"
    );
    let ahead = json!(created + chrono::TimeDelta::hours(20));
    assert_eq!(
        scene.refused(scene.to(scene.acme, ahead)).await,
        "assign_start_in_future"
    );
    assert_eq!(scene.refused(scene.to(999_999, Value::Null)).await, "not_found");
    assert_eq!(
        scene
            .refused(assign("vps", &[scene.server], scene.acme, 999_999, Value::Null))
            .await,
        "not_found"
    );
    assert_eq!(
        scene
            .refused(assign("vps", &[999_999], scene.acme, scene.plan, Value::Null))
            .await,
        "not_found"
    );
    assert_eq!(
        scene
            .refused(assign("vps", &[], scene.acme, scene.plan, Value::Null))
            .await,
        "invalid_field"
    );
    for (name, request) in [
        (
            "assignments.change_plan",
            json!({"kind": "vps", "id": scene.server, "plan_id": scene.plan, "seen_plan_id": null}),
        ),
        ("assignments.undo", json!({"kind": "vps", "id": scene.server})),
        ("assignments.end", json!({"kind": "vps", "id": scene.server})),
    ] {
        assert_eq!(
            code(&scene.desk.refused(name, request).await),
            "assign_nobodys",
            "{name}"
        );
    }

    scene
        .desk
        .ok("assignments.assign", scene.to(scene.acme, json!(created)))
        .await;
    assert_eq!(
        scene.refused(scene.to(scene.acme, Value::Null)).await,
        "assign_already_there"
    );
    assert_eq!(
        scene.refused(scene.to(scene.other, json!(created))).await,
        "assign_start_overlaps"
    );
    let same = json!({"kind": "vps", "id": scene.server, "plan_id": scene.plan, "seen_plan_id": scene.plan});
    assert_eq!(
        code(&scene.desk.refused("assignments.change_plan", same).await),
        "assign_same_plan"
    );
    scene
        .workspace
        .execute("UPDATE organizations SET archived_at = now() WHERE name = 'Other'")
        .await;
    assert_eq!(
        scene.refused(scene.to(scene.other, Value::Null)).await,
        "assign_archived_organization"
    );
    scene
        .workspace
        .execute("UPDATE vps_instances SET deleted_at = now()")
        .await;
    assert_eq!(
        scene.refused(scene.to(scene.other, Value::Null)).await,
        "assign_deleted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assignment_is_undone_until_it_is_charged_and_then_only_ended() {
    let scene = Scene::new().await;
    let created = scene.row().await["created_at"].clone();
    let resource = json!({"kind": "vps", "id": scene.server});
    scene
        .desk
        .ok("assignments.assign", scene.to(scene.acme, created.clone()))
        .await;
    let release = scene.desk.ok("assignments.release", resource.clone()).await;
    assert_eq!(
        (&release["not_undoable"], release["amount"].as_str()),
        (&Value::Null, Some("0.1000"))
    );
    assert_eq!(scene.row().await["organization"], "Acme", "asking changes nothing");
    scene.desk.ok("assignments.undo", resource.clone()).await;
    assert_eq!(
        (
            scene.row().await["organization_id"].clone(),
            scene.row().await["plan_id"].clone()
        ),
        (Value::Null, Value::Null)
    );
    assert_eq!(
        bill(&scene.workspace, &scene.desk).await,
        "0.00",
        "as if it had not been"
    );

    // The same start again is the same start, and to somebody else as well.
    let done = scene
        .desk
        .ok("assignments.assign", scene.to(scene.other, created.clone()))
        .await;
    assert_eq!(done["hours"], 10);
    scene.desk.ok("assignments.undo", resource.clone()).await;
    scene
        .desk
        .ok("assignments.assign", scene.to(scene.acme, created.clone()))
        .await;
    assert_eq!(bill(&scene.workspace, &scene.desk).await, "0.10");
    let release = scene.desk.ok("assignments.release", resource.clone()).await;
    assert!(release["not_undoable"].as_str().unwrap().contains("have been charged"));
    assert_eq!(
        code(&scene.desk.refused("assignments.undo", resource.clone()).await),
        "assign_already_charged"
    );
    scene.desk.ok("assignments.end", resource.clone()).await;
    assert_eq!(scene.row().await["organization_id"], Value::Null);
    // The hour that had begun belongs to Acme.
    assert_eq!(
        scene.refused(scene.to(scene.other, created)).await,
        "assign_start_overlaps"
    );
    let mut connection = scene.workspace.admin().connect("tests").await.unwrap();
    let left: String = sqlx::query_scalar("SELECT (bills_until - billed_until)::text FROM retired_meters")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(left, "01:00:00", "it is charged when it has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_where_the_last_assignment_was_charged_to_is_kept() {
    let scene = Scene::new().await;
    let created = instant(&scene.row().await["created_at"]);
    scene
        .desk
        .ok("assignments.assign", scene.to(scene.acme, json!(created)))
        .await;
    bill(&scene.workspace, &scene.desk).await;
    let charged = instant(&scene.row().await["last_billed_at"]);
    // It had ended when its last hour had: the next one may begin there.
    scene
        .workspace
        .execute(
            "UPDATE vps_instances SET organization_id = NULL, plan_id = NULL;
             ALTER TABLE retired_meters DISABLE TRIGGER USER; UPDATE retired_meters SET ends_at = billed_until, bills_until = billed_until; ALTER TABLE retired_meters ENABLE TRIGGER USER",
        )
        .await;
    scene
        .desk
        .ok("assignments.assign", scene.to(scene.other, json!(charged)))
        .await;
    assert_eq!(
        instant(&scene.row().await["last_billed_at"]).trunc_subsecs(3),
        charged.trunc_subsecs(3)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_plan_counts_from_now() {
    let scene = Scene::new().await;
    let created = scene.row().await["created_at"].clone();
    scene.desk.ok("assignments.assign", scene.to(scene.acme, created)).await;
    let dear = crate::shared::priced(&scene.desk, "vps", "Dear", crate::shared::price("", "", "1", "")).await;
    let request = |seen: i64| json!({"kind": "vps", "id": scene.server, "plan_id": dear, "seen_plan_id": seen});
    let preview = scene.desk.ok("assignments.preview_plan", request(scene.plan)).await;
    assert_eq!(
        (
            preview["old_rate"].as_str(),
            preview["rate"].as_str(),
            preview["amount"].as_str()
        ),
        (Some("0.0100"), Some("1.0000"), Some("0.1000")),
        "hours that were used stay at the old rate"
    );
    assert_eq!(scene.row().await["plan"], "Usual");
    assert_eq!(
        code(&scene.desk.refused("assignments.change_plan", request(dear)).await),
        "stale"
    );
    scene.desk.ok("assignments.change_plan", request(scene.plan)).await;
    assert_eq!(scene.row().await["plan"], "Dear");
    assert_eq!(bill(&scene.workspace, &scene.desk).await, "0.10");
    let undo = scene
        .desk
        .refused("assignments.undo", json!({"kind": "vps", "id": scene.server}))
        .await;
    assert_eq!(code(&undo), "assign_not_undoable");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_assigned_together_or_none() {
    let scene = Scene::new().await;
    let second = server(&scene.workspace, "web-02").await;
    let created = scene.row().await["created_at"].clone();
    let both = |start: Value| assign("vps", &[scene.server, second], scene.acme, scene.plan, start);
    // The second was created a moment later.
    assert_eq!(scene.refused(both(created)).await, "assign_start_before_creation");
    assert_eq!(scene.row().await["organization_id"], Value::Null, "nothing half done");
    let done = scene.desk.ok("assignments.assign", both(Value::Null)).await;
    assert_eq!(done["items"].as_array().unwrap().len(), 2);
    assert_eq!(scene.row().await["organization"], "Acme");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_assign() {
    let scene = Scene::new().await;
    scene
        .desk
        .create_user("fin@halyard.example", ("Fin", "Ance"), "finance", None)
        .await;
    let finance = scene.workspace.desk().await;
    finance.sign_in("fin@halyard.example").await;
    for name in ["assignments.preview", "assignments.assign"] {
        let refused = finance.refused(name, scene.to(scene.acme, Value::Null)).await;
        assert_eq!(code(&refused), "forbidden");
    }
    let refused = finance
        .refused("assignments.release", json!({"kind": "vps", "id": scene.server}))
        .await;
    assert_eq!(code(&refused), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_are_recorded_assigned_and_never_tell_their_environment() {
    let scene = Scene::new().await;
    let record = json!({"container_id": "4f1c2a", "name": "shop", "image": "nginx:1.27", "status": "running", "ports": ["8080:80"],
                        "volumes": ["/srv/shop:/data"], "environment": ["TOKEN=s3cret-value", "MODE=live"]});
    let id = scene.desk.ok("containers.record", record.clone()).await["id"]
        .as_i64()
        .unwrap();
    assert_eq!(
        code(&scene.desk.refused("containers.record", record.clone()).await),
        "conflict"
    );
    let mut wrong = record;
    wrong["environment"] = json!(["s3cret-value"]);
    let refused = scene.desk.refused("containers.record", wrong).await;
    assert_eq!(refused.field.as_deref(), Some("environment"));
    assert!(!refused.message.contains("s3cret"));
    scene
        .workspace
        .execute("INSERT INTO containers (container_id, name, ports, environment, volumes, created_at) VALUES
            ('old-1', 'by another program', '[\"80:8080\"]', '\"{\\\"KEY\\\":\\\"s3cret-value\\\"}\"', '{\"/data\":\"/host\"}', '2026-01-01')")
        .await;
    let page = scene.desk.ok("containers.list", first_rows(10)).await;
    assert!(!page.to_string().contains("s3cret"), "{page}");
    let rows = page["rows"].as_array().unwrap();
    assert_eq!(rows[0]["environment"], json!(["KEY"]));
    assert_eq!(
        rows[0]["ports"][0],
        json!({"inside": "80:8080", "outside": null, "as_written": true})
    );
    assert_eq!(rows[1]["environment"], json!(["MODE", "TOKEN"]));
    assert_eq!(
        rows[1]["ports"],
        json!([{"inside": "80/tcp", "outside": "8080", "as_written": false}])
    );

    let box_plan = plan(&scene.desk, "container", "Box").await;
    let misfit = scene
        .desk
        .refused(
            "assignments.assign",
            assign("container", &[id], scene.acme, 999, Value::Null),
        )
        .await;
    assert_eq!(code(&misfit), "not_found");
    scene
        .desk
        .ok(
            "assignments.assign",
            assign("container", &[id], scene.acme, box_plan, Value::Null),
        )
        .await;
    let summary = scene.desk.ok("shell.summary", json!({})).await;
    assert_eq!(summary["containers"], 2);
    let unassigned = json!({"search": null, "filters": [{"column": "assigned", "op": "is", "values": ["false"]}], "sort": null, "after": null, "limit": 10});
    assert_eq!(scene.desk.ok("containers.list", unassigned).await["total"], 1);
}
