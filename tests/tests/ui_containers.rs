//! Containers in Debian's Chromium, against the real `api` over the loopback bridge and a real engine: a host is added, a
//! container made from the form, looked at, stopped, and removed with its final charge. Left out where no engine can run.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

use cs_tests::{
    bridge::Bridge,
    business,
    desk::{TestDesk, Workspace},
    docker_engine::{Engine, IMAGE, engine},
    registry::Registry,
    window::Window,
};
use serde_json::json;

struct Scene {
    _workspace: Workspace,
    desk: TestDesk,
    engine: &'static Engine,
    page: Window,
    _bridge: Bridge,
    _folder: tempfile::TempDir,
}

/// A business with a plan for containers, and a browser at which its admin has signed in.
async fn scene() -> Option<Scene> {
    let engine = engine().await?;
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    business::open(&workspace, &desk).await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let plan = json!({
        "fields": {"kind": "container", "name": "Box", "provider": "docker", "linode_type": "", "vcpus": null, "cpu_cores": "0.50", "memory_mb": 64,
            "disk_gb": null, "transfer_gb": null, "network_out_mbps": null, "regions": []},
        "price": {"base_cost": "0.0050", "markup": "20", "hourly_rate": "", "monthly_rate": "4.00"},
        "without_rate": false
    });
    desk.ok("plans.create", plan).await;
    let bridge = Bridge::start(desk.shared()).await;
    let folder = tempfile::tempdir().unwrap();
    let page = Window::browse(folder.path(), &bridge.url()).await.unwrap();
    page.one("link", "Containers…").await.unwrap();
    Some(Scene {
        _workspace: workspace,
        desk,
        engine,
        page,
        _bridge: bridge,
        _folder: folder,
    })
}

/// Fills in the form of a new container but for its image.
async fn fill_in(page: &Window, name: &str) {
    page.fill("Organization", "Kestrel").await.unwrap();
    page.click("option", "Kestrel Freight…").await.unwrap();
    page.fill("Name", name).await.unwrap();
    page.choose("Plan", "Box…").await.unwrap();
    // 24 hours of the plan's rate.
    page.see("$0.15 of the wallet").await.unwrap();
    page.click("switch", "Make it also…").await.unwrap();
}

async fn go_to(page: &Window, hash: &str, heading: &str) {
    page.run(&format!("location.hash = '{hash}'"), Vec::new())
        .await
        .unwrap();
    page.one("heading", heading).await.unwrap();
    page.settled().await.unwrap();
}

async fn picture(page: &Window, name: &str) {
    page.shot(name).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_is_added_and_a_container_made_looked_at_stopped_and_removed() {
    let Some(scene) = scene().await else { return };
    let page = &scene.page;
    go_to(page, "/providers", "Providers").await;
    page.click("button", "Add Docker host").await.unwrap();
    page.fill("Name", "Engine room").await.unwrap();
    let address = format!("unix://{}", scene.engine.socket().display());
    page.fill("Address", &address).await.unwrap();
    picture(page, "host-add").await;
    page.press(thirtyfour::Key::Enter + "").await.unwrap();
    page.see("Added Engine room").await.unwrap();
    picture(page, "hosts").await;

    go_to(page, "/containers", "Containers").await;
    page.click("button", "New container").await.unwrap();
    page.choose("Image", IMAGE).await.unwrap();
    fill_in(page, "shop").await;
    page.fill("Environment…", "API_TOKEN=hunter-2-secret").await.unwrap();
    picture(page, "container-new").await;
    page.click("button", "Create shop").await.unwrap();
    page.see("shop is being made").await.unwrap();
    page.one("rowheader", "shop").await.unwrap();
    page.open_row("shop").await.unwrap();
    page.one("heading", "shop").await.unwrap();
    page.see("Running").await.unwrap();
    page.see("API_TOKEN").await.unwrap();
    page.see_no("hunter-2-secret").await.unwrap();
    let here = page.run("return location.hash", Vec::new()).await.unwrap();
    let here = here.as_str().unwrap().trim_start_matches('#').to_owned();
    for (scheme, file) in [("Dark", "dark"), ("Light", "light")] {
        go_to(page, "/settings", "Settings").await;
        page.click("radio", scheme).await.unwrap();
        go_to(page, &here, "shop").await;
        page.see("It has said nothing yet.").await.unwrap();
        picture(page, &format!("container-{file}")).await;
    }

    page.click("button", "Stop…").await.unwrap();
    page.see("Kestrel Freight goes on paying for it").await.unwrap();
    picture(page, "container-stop").await;
    page.click("button", "Stop shop").await.unwrap();
    page.see("Exited").await.unwrap();

    page.click("button", "Remove…").await.unwrap();
    page.see("Final charge to Kestrel Freight: $0.0060 for 1 hour")
        .await
        .unwrap();
    page.fill("Type shop to remove it", "shop").await.unwrap();
    picture(page, "container-remove").await;
    page.click("button", "Remove shop").await.unwrap();
    let gone = async {
        loop {
            let listed = scene.desk.ok("containers.list", cs_tests::desk::first_rows(50)).await;
            if listed["rows"]
                .as_array()
                .unwrap()
                .iter()
                .all(|row| row["name"] != "shop")
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), gone)
        .await
        .unwrap();
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_gets_the_image_first_and_the_page_tells_so() {
    let Some(scene) = scene().await else { return };
    let page = &scene.page;
    let address = format!("unix://{}", scene.engine.socket().display());
    scene
        .desk
        .ok("hosts.create", json!({"label": "Engine room", "endpoint": address, "papers": {"authority": "", "certificate": "", "key": ""}}))
        .await;
    let registry = Registry::holding_back(scene.engine.layer()).await;
    go_to(page, "/containers", "Containers").await;
    for name in ["first", "second"] {
        page.click("button", "New container").await.unwrap();
        page.choose("Image", "Another, from a registry…").await.unwrap();
        page.fill("Image in the registry", &registry.image()).await.unwrap();
        fill_in(page, name).await;
        page.click("button", &format!("Create {name}")).await.unwrap();
        page.see(&format!("Creation of {name} on Box: Its host gets the image."))
            .await
            .unwrap();
        if name == "first" {
            page.settled().await.unwrap();
            picture(page, "container-image").await;
            page.click("button", "Withdraw").await.unwrap();
            page.see("Creation withdrawn").await.unwrap();
            page.see_no("Creation of first").await.unwrap();
        }
    }
    registry.let_through();
    page.one("rowheader", "second").await.unwrap();
    page.see_no("Creation of second").await.unwrap();
    let listed = scene.desk.ok("containers.list", cs_tests::desk::first_rows(50)).await;
    assert!(!listed.to_string().contains("\"first\""), "nothing was made: {listed}");
    scene.page.leave().await.unwrap();
}
