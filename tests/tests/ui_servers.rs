//! A server in Debian's Chromium, against the real `api` over the loopback bridge and the stand-in for Linode: ordered from the
//! form to its password, looked at from every side, turned off, and deleted with its final charge.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

use cs_tests::{
    bridge::Bridge,
    business,
    desk::{PASSWORD, TestDesk, Workspace},
    linode::{Account, Fault, LinodeStandIn, TOKEN, linode_type},
    window::Window,
};
use serde_json::{Value, json};

struct Scene {
    workspace: Workspace,
    /// The desk behind the window.
    desk: TestDesk,
    stand_in: LinodeStandIn,
    page: Window,
    _bridge: Bridge,
    _folder: tempfile::TempDir,
}

/// A business with an account at Linode, and a browser at which its admin has signed in.
async fn scene() -> Scene {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    business::open(&workspace, &desk).await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let mut account = Account::with_instances(2);
    account.types.push(linode_type("g6-standard-1", "0.018", "12.0"));
    let stand_in = LinodeStandIn::start(account).await;
    desk.ok(
        "providers.create",
        json!({"label": "Linode main", "endpoint": stand_in.base_url(), "token": TOKEN}),
    )
    .await;
    let bridge = Bridge::start(desk.shared()).await;
    let folder = tempfile::tempdir().unwrap();
    let page = Window::browse(folder.path(), &bridge.url()).await.unwrap();
    page.one("link", "Servers…").await.unwrap();
    Scene {
        workspace,
        desk,
        stand_in,
        page,
        _bridge: bridge,
        _folder: folder,
    }
}

async fn go_to(page: &Window, hash: &str, heading: &str) {
    page.run(&format!("location.hash = '{hash}'"), Vec::new())
        .await
        .unwrap();
    page.one("heading", heading).await.unwrap();
    page.settled().await.unwrap();
}

async fn scheme(page: &Window, name: &str, back: &str, heading: &str) {
    go_to(page, "/settings", "Settings").await;
    page.click("radio", name).await.unwrap();
    go_to(page, back, heading).await;
}

async fn picture(page: &Window, name: &str) {
    page.shot(name).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "{name}");
}

/// A day of curves, five minutes apart.
fn curves() -> Value {
    let now = chrono::DateTime::parse_from_rfc3339("2026-11-27T18:00:00Z")
        .unwrap()
        .timestamp_millis();
    let curve = |scale: f64, swing: f64| -> Value {
        (0..288)
            .map(|step| {
                let at = now - (287 - step) * 300_000;
                #[expect(clippy::cast_precision_loss, reason = "a picture's curve")]
                let phase = step as f64 / 24.0;
                json!([
                    at,
                    scale * (1.0 + swing * phase.sin() + 0.2 * (phase * 7.0).cos()).max(0.02)
                ])
            })
            .collect()
    };
    let traffic = |scale: f64| json!({"in": curve(scale, 0.6), "out": curve(scale * 2.2, 0.8), "private_in": [], "private_out": []});
    json!({"title": "linode.com", "data": {"cpu": curve(24.0, 0.7), "io": {"io": curve(40.0, 0.5), "swap": curve(1.2, 0.9)},
        "netv4": traffic(4_200_000.0), "netv6": traffic(310_000.0)}})
}

/// Reads the account's servers, to the end.
async fn sync(scene: &Scene) {
    let accounts = scene.desk.ok("providers.list", json!({})).await;
    let id = accounts["accounts"][0]["id"].clone();
    scene
        .desk
        .ok("providers.sync", json!({"id": id, "allow_gone": false}))
        .await;
    let ends = async {
        loop {
            let tasks = scene.desk.ok("tasks.list", json!({})).await;
            if tasks["tasks"][0]["state"] == "done" {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), ends)
        .await
        .unwrap();
}

/// Lets Linode do what it is at.
fn work(scene: &Scene) {
    scene.stand_in.account().step();
    scene.stand_in.account().step();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_ordered_looked_at_turned_off_and_deleted() {
    let scene = scene().await;
    let page = &scene.page;
    go_to(page, "/servers", "Servers").await;
    page.click("button", "Order server").await.unwrap();
    page.one("heading", "Order server").await.unwrap();
    page.see("Choose for whom.").await.unwrap();
    picture(page, "order-server-empty").await;
    page.fill("Organization", "Kestrel").await.unwrap();
    page.click("option", "Kestrel Freight…").await.unwrap();
    page.choose("Region", "Newark, NJ…").await.unwrap();
    page.fill("Plan", "Shared").await.unwrap();
    page.click("option", "Shared 2 GB…").await.unwrap();
    page.fill("Label", "shop-1").await.unwrap();
    page.choose("Image", "linode/debian12…").await.unwrap();
    page.choose("StackScript…", "script-501…").await.unwrap();
    page.see("Answer “Its domain”.").await.unwrap();
    page.fill("Its domain", "shop.example.com").await.unwrap();
    page.fill("Its password", "an answer that is kept sealed")
        .await
        .unwrap();
    page.choose("Its size…", "large").await.unwrap();
    page.click("checkbox", "ssl").await.unwrap();
    // 24 hours of the plan's rate.
    page.see("$0.52").await.unwrap();
    picture(page, "order-server-light").await;
    page.click("button", "Order server…").await.unwrap();
    page.see("Linode is at work on it.").await.unwrap();
    picture(page, "order-server-progress").await;
    let sent = scene.stand_in.sent("POST /linode/instances");
    assert_eq!(
        (
            &sent[0]["stackscript_data"]["size"],
            &sent[0]["stackscript_data"]["extras"],
            &sent[0]["label"]
        ),
        (&json!("large"), &json!("ssl"), &json!("shop-1"))
    );
    work(&scene);
    page.see("Linode has done it.").await.unwrap();

    page.click("button", "Show root password…").await.unwrap();
    scene
        .workspace
        .execute("UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'")
        .await;
    page.click("button", "Show password").await.unwrap();
    page.fill("Your password", PASSWORD).await.unwrap();
    page.press(thirtyfour::Key::Enter + "").await.unwrap();
    let id = scene.stand_in.account().instances.last().unwrap()["id"]
        .as_u64()
        .unwrap();
    let password = scene.stand_in.account().password(id).unwrap().to_owned();
    page.see(&password).await.unwrap();
    picture(page, "root-password").await;
    page.click("button", "Hide password").await.unwrap();
    page.see_no(&password).await.unwrap();

    scene.stand_in.account().curves.insert(id, curves());
    page.click("link", "Open shop-1").await.unwrap();
    page.one("heading", "shop-1").await.unwrap();
    page.see("Kestrel Freight").await.unwrap();
    page.see("21.4 GiB").await.unwrap();
    let here = page.run("return location.hash", Vec::new()).await.unwrap();
    let here = here.as_str().unwrap().trim_start_matches('#').to_owned();
    for name in ["Light", "Dark"] {
        scheme(page, name, &here, "shop-1").await;
        page.see("21.4 GiB").await.unwrap();
        let lower = name.to_lowercase();
        picture(page, &format!("server-overview-{lower}")).await;
        for (tab, text) in [
            ("Graphs", "Network, IPv6"),
            ("Networking", "2600:3c00:e000:1::/64"),
            ("Backups", "Made by Linode"),
            ("Timeline", "Created"),
            ("Activity", "Order"),
        ] {
            page.click("radio", tab).await.unwrap();
            page.see(text).await.unwrap();
            picture(page, &format!("server-{}-{lower}", tab.to_lowercase())).await;
        }
    }
    page.click("radio", "Graphs").await.unwrap();
    page.click("button", "Show CPU as table").await.unwrap();
    page.see("Time, UTC").await.unwrap();
    scheme(page, "Light", &here, "shop-1").await;

    // The name of an address.
    page.click("radio", "Networking").await.unwrap();
    page.click("button", "Set reverse DNS of…").await.unwrap();
    page.fill("Name…", "shop.example.com").await.unwrap();
    page.click("button", "Set name…").await.unwrap();
    page.see("shop.example.com").await.unwrap();

    // Another plan: what it costs before and after.
    page.click("button", "More").await.unwrap();
    page.click("menuitem", "Resize…").await.unwrap();
    page.fill("Plan", "Dedicated 8").await.unwrap();
    page.click("option", "Dedicated 8 GB…").await.unwrap();
    page.see("$0.1224").await.unwrap();
    picture(page, "server-resize").await;
    page.click("button", "Cancel").await.unwrap();
    page.click("button", "Discard").await.unwrap();

    // Off, with what goes on shown.
    page.click("button", "Shut down").await.unwrap();
    page.click("button", "Shut down shop-1").await.unwrap();
    page.see("Linode is at work on it.").await.unwrap();
    picture(page, "server-at-work").await;
    work(&scene);
    page.see("Stopped").await.unwrap();

    // Gone for good, once its name is typed.
    page.click("button", "More").await.unwrap();
    page.click("menuitem", "Delete…").await.unwrap();
    page.see("Final charge: $0.0216 for 1 hour").await.unwrap();
    page.fill("Type shop-1 to confirm", "shop-1").await.unwrap();
    picture(page, "server-delete").await;
    page.click("button", "Delete shop-1").await.unwrap();
    page.see("The server is deleted").await.unwrap();
    picture(page, "server-deleted").await;
    assert_eq!(scene.stand_in.requests(&format!("DELETE /linode/instances/{id}")), 1);
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_holds_up_nothing_and_many_are_turned_off_together() {
    let scene = scene().await;
    let page = &scene.page;
    for path in ["stats", "transfer", "ips", "firewalls", "backups"] {
        scene
            .stand_in
            .always(&format!("GET /linode/instances/1/{path}"), Fault::Silence);
    }
    sync(&scene).await;
    go_to(page, "/servers", "Servers").await;
    page.fill("Search…", "server-1").await.unwrap();
    page.open_row("server-1").await.unwrap();
    page.one("heading", "server-1").await.unwrap();
    // What the database knows is there; what Linode would know is waited for beside it.
    page.see("203.0.100.2").await.unwrap();
    page.see("Details").await.unwrap();
    page.see("The figures were not read").await.unwrap();
    page.see("provider_timeout").await.unwrap();
    picture(page, "server-unanswered").await;

    // An order's form is there with the database's plans.
    scene.stand_in.always("GET /images", Fault::Silence);
    scene.stand_in.always("GET /regions", Fault::Silence);
    go_to(page, "/servers/order", "Order server").await;
    page.fill("Plan", "Shared").await.unwrap();
    page.click("option", "Shared 2 GB…").await.unwrap();
    page.see("$14.40").await.unwrap();

    go_to(page, "/servers", "Servers").await;
    page.fill("Search…", "server-").await.unwrap();
    // What is selected is of one list: the one that was asked for has to be there.
    let is_asked = "return decodeURIComponent(location.hash).includes('server-')";
    page.until("the list of all that was typed", async || {
        Ok((page.run(is_asked, Vec::new()).await? == json!(true)).then_some(()))
    })
    .await
    .unwrap();
    page.see("2 servers").await.unwrap();
    page.settled().await.unwrap();
    page.click("grid", "Servers").await.unwrap();
    page.press(thirtyfour::Key::Control + "a").await.unwrap();
    page.click("button", "Shut down…").await.unwrap();
    page.see("Shut down 2 servers?").await.unwrap();
    page.click("button", "Shut down 2 servers").await.unwrap();
    page.see("Asked for").await.unwrap();
    page.click("button", "Done").await.unwrap();
    picture(page, "servers-after-bulk").await;
    assert_eq!(scene.stand_in.requests("POST /linode/instances/2/shutdown"), 1);
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn support_staff_turn_on_and_off_and_are_told_why_not_more() {
    let scene = scene().await;
    sync(&scene).await;
    let page = &scene.page;
    scene.desk.ok("session.sign_out", json!({})).await;
    let signed_in = json!({"email": "tomas.lind@halyard.example", "password": PASSWORD});
    scene.desk.ok("session.sign_in", signed_in).await;
    page.run("location.reload()", Vec::new()).await.unwrap();
    page.one("link", "Servers…").await.unwrap();
    go_to(page, "/servers", "Servers").await;
    page.fill("Search…", "server-1").await.unwrap();
    page.open_row("server-1").await.unwrap();
    page.one("heading", "server-1").await.unwrap();
    page.see("Only admins ask the provider itself").await.unwrap();
    page.click("button", "More").await.unwrap();
    let delete = page.one("menuitem", "Delete…").await.unwrap();
    assert_eq!(delete.attr("aria-disabled").await.unwrap().as_deref(), Some("true"));
    page.shot("server-support-menu").await.unwrap();
    page.press(thirtyfour::Key::Escape + "").await.unwrap();
    picture(page, "server-support").await;
    page.click("button", "Reboot").await.unwrap();
    page.click("button", "Reboot server-1").await.unwrap();
    page.see("It waits for a desk that holds the workspace key")
        .await
        .unwrap();
    page.click("button", "Withdraw").await.unwrap();
    page.see("Nothing was sent.").await.unwrap();
    assert_eq!(scene.stand_in.requests("POST /linode/instances/1/reboot"), 0);
    scene.page.leave().await.unwrap();
}
