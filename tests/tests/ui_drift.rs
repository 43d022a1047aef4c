//! Drift, margin and providers in Debian's Chromium: a difference found by a sync, looked at, and put right with one click; what
//! a month brings and costs, four ways; what servers are set up with. Pictures in `target/screenshots/browser`.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

use std::path::PathBuf;

use cs_tests::{
    bridge::Bridge,
    business,
    desk::{ADMIN, PASSWORD, TestDesk, Workspace},
    linode::{Account, LinodeStandIn, TOKEN, linode_type},
    window::Window,
};
use serde_json::json;

struct Scene {
    workspace: Workspace,
    desk: TestDesk,
    page: Window,
    _bridge: Bridge,
    _folder: tempfile::TempDir,
}

fn picture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../target/screenshots/browser/{name}.png"))
}

/// A business whose admin sits at a browser; another desk of the same admin's makes what happens meanwhile.
async fn scene() -> Scene {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    business::open(&workspace, &desk).await;
    let shown = workspace.desk().await;
    let bridge = Bridge::start(shown.shared()).await;
    let folder = tempfile::tempdir().unwrap();
    let page = Window::browse(folder.path(), &bridge.url()).await.unwrap();
    page.one("heading", "Sign in").await.unwrap();
    page.fill("E-mail", ADMIN).await.unwrap();
    page.fill("Password", PASSWORD).await.unwrap();
    page.click("button", "Sign in").await.unwrap();
    page.one("link", "Organizations…").await.unwrap();
    Scene {
        workspace,
        desk,
        page,
        _bridge: bridge,
        _folder: folder,
    }
}

async fn go_to(page: &Window, name: &str) {
    page.click("link", &format!("{name}…")).await.unwrap();
    page.one("heading", &format!("{name}…")).await.unwrap();
    page.settled().await.unwrap();
}

async fn scheme(page: &Window, scheme: &str) {
    go_to(page, "Settings").await;
    page.click("radio", scheme).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_seen_and_put_right_with_one_click() {
    let scene = scene().await;
    let page = &scene.page;
    go_to(page, "Drift").await;
    page.see("No drift").await.unwrap();

    // The account has what the business runs, and not all of it as it should be.
    let mut account = Account::with_instances(3);
    account.types.push(linode_type("g6-dedicated-4", "0.108", "72"));
    account.types.push(linode_type("g6-dedicated-8", "0.216", "144"));
    account.types.push(linode_type("g6-standard-1", "0.018", "12"));
    let mut rows = scene.workspace.admin().connect("tests").await.unwrap();
    let known: Vec<(i32, String, String, String, String)> = sqlx::query_as(
        "SELECT v.linode_id, v.label, v.region, v.ipv4, p.linode_type FROM vps_instances v JOIN vps_plans p ON p.id = v.plan_id WHERE v.linode_id > 51000000 ORDER BY v.id",
    )
    .fetch_all(&mut rows)
    .await
    .unwrap();
    for (place, (id, label, region, address, kind)) in known.iter().enumerate() {
        if place == 5 {
            continue;
        }
        let mut server = cs_tests::linode::instance(u64::try_from(*id).unwrap());
        server["label"] = json!(label);
        server["region"] = json!(if place == 2 { "us-east" } else { region });
        server["ipv4"] = json!([address]);
        server["type"] = json!(if place == 0 { "g6-dedicated-8" } else { kind });
        server["status"] = json!(if place == 7 { "offline" } else { "running" });
        account.instances.push(server);
    }
    let stand_in = LinodeStandIn::start(account).await;
    scene.desk.ok("workspace_key.make", json!({"replace": false})).await;
    let id = scene
        .desk
        .ok(
            "providers.create",
            json!({"label": "Linode EU", "endpoint": stand_in.base_url(), "token": TOKEN}),
        )
        .await["id"]
        .clone();
    scene
        .workspace
        .execute("UPDATE vps_instances SET provider_config_id = (SELECT max(id) FROM provider_configs) WHERE linode_id > 51000000")
        .await;
    scene
        .desk
        .ok("providers.sync", json!({"id": id, "allow_gone": true}))
        .await;
    page.see("Billed to nobody").await.unwrap();
    page.see("Not at the provider").await.unwrap();
    page.settled().await.unwrap();
    for (scheme_name, file) in [("Dark", "dark"), ("Light", "light")] {
        scheme(page, scheme_name).await;
        go_to(page, "Drift").await;
        page.see("Billed to nobody").await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(&format!("drift-{file}"))).await.unwrap();
        assert_eq!(
            page.violations().await.unwrap(),
            Vec::<String>::new(),
            "drift, {scheme_name}"
        );
    }

    // One kind alone; its glance says what helps.
    page.click("button", "Other region…").await.unwrap();
    page.settled().await.unwrap();
    page.press("j").await.unwrap();
    page.press(" ").await.unwrap();
    page.see("What helps").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("drift-glance")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "glance");
    page.click("button", "Take over…").await.unwrap();
    page.one("dialog", "Take over…").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("drift-take-over")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "take over");
    page.click("button", "Take over").await.unwrap();
    page.see("region taken over").await.unwrap();
    let moved: String = sqlx::query_scalar("SELECT region FROM vps_instances WHERE linode_id = $1")
        .bind(known[2].0)
        .fetch_one(&mut rows)
        .await
        .unwrap();
    assert_eq!(moved, "us-east");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_brings_and_costs_four_ways() {
    let scene = scene().await;
    let page = &scene.page;
    scene.desk.ok("billing.run", json!({})).await;
    go_to(page, "Margin").await;
    page.see("Dedicated 8 GB").await.unwrap();
    for (scheme_name, file) in [("Dark", "dark"), ("Light", "light")] {
        scheme(page, scheme_name).await;
        go_to(page, "Margin").await;
        page.see("Dedicated 8 GB").await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(&format!("margin-{file}"))).await.unwrap();
        assert_eq!(
            page.violations().await.unwrap(),
            Vec::<String>::new(),
            "margin, {scheme_name}"
        );
    }
    for (way, seen, file) in [
        ("Organization", "Mirador Health", "margin-organizations"),
        ("Server", "web-01", "margin-servers"),
        ("Month", "so far", "margin-months"),
    ] {
        page.click("radio", way).await.unwrap();
        page.see(seen).await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(file)).await.unwrap();
        assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "{way}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_scripts_and_reverse_names_are_set_up() {
    let scene = scene().await;
    let page = &scene.page;
    let mut account = Account::with_instances(3);
    for region in ["eu-central", "eu-west", "ap-south"] {
        account.regions.push(cs_tests::linode::region(region));
    }
    account.regions[2]["status"] = json!("outage");
    account.scopes = "linodes:read_only account:read_only stackscripts:read_only".to_owned();
    let mut script = cs_tests::linode::stackscript(77, true);
    script["user_defined_fields"] = json!([
        {"name": "sudo_user", "label": "Sudo user", "default": "deploy"},
        {"name": "db_password", "label": "Database password"},
        {"name": "size", "label": "Size", "oneof": "small,large"},
    ]);
    script["is_public"] = json!(true);
    account.stackscripts.push(script);
    let stand_in = LinodeStandIn::start(account).await;
    scene.desk.ok("workspace_key.make", json!({"replace": false})).await;
    scene
        .desk
        .ok(
            "providers.create",
            json!({"label": "Linode EU", "endpoint": stand_in.base_url(), "token": TOKEN}),
        )
        .await;
    go_to(page, "Providers").await;
    page.see("Linode EU").await.unwrap();
    page.click("button", "Actions for Linode EU").await.unwrap();
    page.click("menuitem", "Health…").await.unwrap();
    page.one("dialog", "Health of Linode EU").await.unwrap();
    page.see("linodes:read_write").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("provider-health")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "health");
    page.click("button", "Close").await.unwrap();

    page.click("button", "Actions for Linode EU").await.unwrap();
    page.click("menuitem", "Regions on sale…").await.unwrap();
    page.one("dialog", "Regions on sale of Linode EU").await.unwrap();
    page.click("switch", "Sell all regions").await.unwrap();
    page.click("checkbox", "eu-central…").await.unwrap();
    page.click("checkbox", "us-east…").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("provider-regions")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "regions");
    page.click("button", "Save regions").await.unwrap();
    page.see("2 regions are sold.").await.unwrap();

    page.click("radio", "StackScripts").await.unwrap();
    page.see("No scripts yet").await.unwrap();
    page.click("button", "Add script").await.unwrap();
    page.fill("Name", "Docker host").await.unwrap();
    page.fill("Number at Linode", "77").await.unwrap();
    page.see("is a secret: asked for with each order").await.unwrap();
    page.fill("Size", "small").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("provider-script")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "script");
    page.click("button", "Add script").await.unwrap();
    page.see("1 field").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("provider-scripts")).await.unwrap();

    page.click("radio", "Networking").await.unwrap();
    page.click("button", "Add configuration").await.unwrap();
    page.fill("Domain of reverse names", "rev.halyard.example")
        .await
        .unwrap();
    page.see("203-0-113-9.rev.halyard.example").await.unwrap();
    page.click("button", "Add configuration").await.unwrap();
    page.see("Addresses are named under rev.halyard.example").await.unwrap();
    page.settled().await.unwrap();
    for (scheme_name, file) in [("Dark", "dark"), ("Light", "light")] {
        scheme(page, scheme_name).await;
        go_to(page, "Providers").await;
        page.see("Linode EU").await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(&format!("providers-{file}"))).await.unwrap();
        page.click("radio", "Networking").await.unwrap();
        page.see("rev.halyard.example").await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(&format!("provider-networking-{file}")))
            .await
            .unwrap();
        assert_eq!(
            page.violations().await.unwrap(),
            Vec::<String>::new(),
            "networking, {scheme_name}"
        );
    }
}
