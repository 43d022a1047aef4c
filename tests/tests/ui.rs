//! The UI in Debian's Chromium against the real `api` over the loopback bridge: what pages say and do, that axe finds
//! nothing on any of them, and how they look (pictures in `target/screenshots/browser`).

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

use std::path::PathBuf;

use cs_tests::{
    bridge::Bridge,
    business,
    desk::{ADMIN, PASSWORD, TestDesk, Workspace},
    linode::{Account, LinodeStandIn, TOKEN},
    window::Window,
};
use serde_json::{Value, json};

const PAGES: [(&str, &str); 16] = [
    ("Dashboard", "dashboard"),
    ("Tickets", "tickets"),
    ("Notifications", "notifications"),
    ("Organizations", "organizations"),
    ("Users", "users"),
    ("Servers", "servers"),
    ("Containers", "containers"),
    ("Providers", "providers"),
    ("Plans & pricing", "plans"),
    ("Transactions", "transactions"),
    ("Billing runs", "billing"),
    ("Invoices", "invoices"),
    ("Activity log", "activity"),
    ("API keys", "api-keys"),
    ("Themes", "themes"),
    ("Settings", "settings"),
];

struct Scene {
    workspace: Workspace,
    /// Another desk of the same admin's, for what colleagues do meanwhile.
    colleague: TestDesk,
    made: business::Business,
    page: Window,
    _bridge: Bridge,
    _folder: tempfile::TempDir,
}

/// A business, and a browser at its sign-in screen.
async fn scene() -> Scene {
    let workspace = Workspace::fresh().await;
    let colleague = workspace.admin_desk().await;
    let made = business::open(&workspace, &colleague).await;
    let desk = workspace.desk().await;
    let bridge = Bridge::start(desk.shared()).await;
    let folder = tempfile::tempdir().unwrap();
    let page = Window::browse(folder.path(), &bridge.url()).await.unwrap();
    Scene {
        workspace,
        colleague,
        made,
        page,
        _bridge: bridge,
        _folder: folder,
    }
}

async fn sign_in(page: &Window) {
    page.one("heading", "Sign in").await.unwrap();
    page.fill("E-mail", ADMIN).await.unwrap();
    page.fill("Password", PASSWORD).await.unwrap();
    page.click("button", "Sign in").await.unwrap();
    page.one("link", "Organizations…").await.unwrap();
}

async fn go_to(page: &Window, name: &str) {
    page.click("link", &format!("{name}…")).await.unwrap();
    // A ticket that is open is part of its page's heading.
    page.one("heading", &format!("{name}…")).await.unwrap();
    page.settled().await.unwrap();
}

fn picture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../target/screenshots/browser/{name}.png"))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_light_and_dark_and_axe_finds_nothing() {
    let scene = scene().await;
    let page = &scene.page;
    page.one("heading", "Sign in").await.unwrap();
    page.screenshot(&picture("sign-in")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "sign-in");
    sign_in(page).await;
    for scheme in ["Light", "Dark"] {
        go_to(page, "Settings").await;
        page.click("radio", scheme).await.unwrap();
        for (name, file) in PAGES {
            go_to(page, name).await;
            if name == "Tickets" {
                page.see("batch-07 unreachable after resize").await.unwrap();
            }
            page.screenshot(&picture(&format!("{file}-{}", scheme.to_lowercase())))
                .await
                .unwrap();
            assert_eq!(
                page.violations().await.unwrap(),
                Vec::<String>::new(),
                "{name}, {scheme}"
            );
        }
        go_to(page, "Organizations").await;
        page.open_row("Brightwater Labs GmbH").await.unwrap();
        page.one("heading", "Brightwater Labs GmbH").await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(&format!("organization-{}", scheme.to_lowercase())))
            .await
            .unwrap();
        assert_eq!(
            page.violations().await.unwrap(),
            Vec::<String>::new(),
            "organization, {scheme}"
        );
        page.click("button", "Post deposit").await.unwrap();
        page.one("dialog", "Post deposit").await.unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(&format!("deposit-{}", scheme.to_lowercase())))
            .await
            .unwrap();
        assert_eq!(
            page.violations().await.unwrap(),
            Vec::<String>::new(),
            "deposit, {scheme}"
        );
        page.click("button", "Cancel").await.unwrap();
    }
    // At twice the size (half the pixels) nothing is cut off: the page does not scroll sideways.
    page.resize(720, 450).await.unwrap();
    for (name, file) in [
        ("dashboard", "dashboard-zoomed"),
        ("tickets", "tickets-zoomed"),
        ("organizations", "organizations-zoomed"),
        ("activity", "activity-zoomed"),
        ("themes", "themes-zoomed"),
    ] {
        page.run(&format!("location.hash = '/{name}'"), Vec::new())
            .await
            .unwrap();
        page.settled().await.unwrap();
        page.screenshot(&picture(file)).await.unwrap();
        let wider = page
            .run(
                "return document.documentElement.scrollWidth > document.documentElement.clientWidth",
                Vec::new(),
            )
            .await
            .unwrap();
        assert_eq!(wider, Value::Bool(false), "{name}");
    }
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_get_sentences_where_they_were_made() {
    let scene = scene().await;
    let page = &scene.page;
    page.one("heading", "Sign in").await.unwrap();
    page.fill("E-mail", ADMIN).await.unwrap();
    page.fill("Password", "not the password").await.unwrap();
    page.click("button", "Sign in").await.unwrap();
    page.see("The e-mail address or the password is wrong.").await.unwrap();
    sign_in(page).await;

    go_to(page, "Organizations").await;
    page.open_row("Zephyr Sails").await.unwrap();
    page.one("heading", "Zephyr Sails").await.unwrap();
    page.click("button", "Post deposit").await.unwrap();
    page.one("dialog", "Post deposit").await.unwrap();
    page.fill("Amount", "99999999.99").await.unwrap();
    page.fill("Payment method", "Bank transfer").await.unwrap();
    page.fill("Reason", "Too much").await.unwrap();
    page.click("button", "Post deposit").await.unwrap();
    page.see("more than a wallet can hold").await.unwrap();
    page.fill("Amount", "12.50").await.unwrap();
    page.click("button", "Post deposit").await.unwrap();
    page.see("$262.50").await.unwrap();
    page.click("button", "Done").await.unwrap();

    go_to(page, "Users").await;
    page.click("button", "New user").await.unwrap();
    page.fill("E-mail", "INES@brightwater.example").await.unwrap();
    page.fill("Organization", "Brightwater").await.unwrap();
    page.click("option", "Brightwater Labs GmbH…").await.unwrap();
    page.click("button", "Generate").await.unwrap();
    page.click("button", "Create user").await.unwrap();
    page.see("Somebody with this e-mail address exists already.")
        .await
        .unwrap();
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_is_held_back_when_a_colleague_was_faster() {
    let scene = scene().await;
    let page = &scene.page;
    sign_in(page).await;
    go_to(page, "Tickets").await;
    page.click("option", "…").await.unwrap();
    page.see("It has").await.ok();
    page.fill(
        "Reply",
        "Hi Ines, it panics because its boot entry still points at the old disk layout.",
    )
    .await
    .unwrap();
    let ticket = scene.made.tickets[0];
    let detail = scene.colleague.ok("tickets.get", json!({"id": ticket})).await;
    let newest = detail["messages"].as_array().unwrap().last().unwrap()["id"].clone();
    scene
        .colleague
        .ok("tickets.note", json!({"ticket_id": ticket, "text": "fsck is through.", "seen_message_id": newest, "set_status": null, "key": "late"}))
        .await;
    page.press(thirtyfour::Key::Control + thirtyfour::Key::Enter)
        .await
        .unwrap();
    page.see("fsck is through.").await.unwrap();
    let after = scene.colleague.ok("tickets.get", json!({"id": ticket})).await;
    let last = after["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        last["text"], "fsck is through.",
        "nothing was sent over the colleague's note"
    );
    page.screenshot(&picture("reply-held-back")).await.unwrap();
    page.click("button", "Send anyway…").await.unwrap();
    page.until("the reply to be sent", async || {
        let now = scene.colleague.ok("tickets.get", json!({"id": ticket})).await;
        let last = now["messages"].as_array().unwrap().last().unwrap()["text"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Ok(last.starts_with("Hi Ines").then_some(()))
    })
    .await
    .unwrap();
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_theme_never_reaches_the_page() {
    let scene = scene().await;
    scene
        .workspace
        .execute(r##"INSERT INTO theme_settings (name, colors, is_active) VALUES ('hostile', '{"light": {"background": "#fff;} body{display:none", "primary": "#0a7d55", "foreground": "url(x)"}}', true)"##)
        .await;
    let page = &scene.page;
    sign_in(page).await;
    go_to(page, "Organizations").await;
    page.see("Brightwater Labs GmbH").await.unwrap();
    let text = page
        .run(
            "return getComputedStyle(document.documentElement).getPropertyValue('--background')",
            Vec::new(),
        )
        .await
        .unwrap();
    assert!(text.as_str().unwrap().trim().starts_with('#'), "{text}");
    scene.page.leave().await.unwrap();
}

/// What the product promises from the moment that the first window has been answered.
const SHOWN_WITHIN: std::time::Duration = std::time::Duration::from_secs(2);

/// Waits until a window shows a text; how long that took.
async fn shows(page: &Window, text: &str) -> std::time::Duration {
    let began = std::time::Instant::now();
    page.see(text).await.unwrap();
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_window_does_the_other_shows_within_two_seconds() {
    let scene = scene().await;
    let page = &scene.page;
    sign_in(page).await;
    // A second window at a desk of its own, on the page of a customer, with a form open that somebody types into.
    let desk = scene.workspace.desk().await;
    let bridge = Bridge::start(desk.shared()).await;
    let folder = tempfile::tempdir().unwrap();
    let other = Window::browse(folder.path(), &bridge.url()).await.unwrap();
    sign_in(&other).await;
    go_to(&other, "Organizations").await;
    other.open_row("Zephyr Sails").await.unwrap();
    other.see("$250.00").await.unwrap();
    other.click("button", "Edit").await.unwrap();
    other.fill("Name", "Zephyr Sails and Rig").await.unwrap();

    go_to(page, "Organizations").await;
    page.open_row("Zephyr Sails").await.unwrap();
    page.click("button", "Post deposit").await.unwrap();
    page.fill("Amount", "12.50").await.unwrap();
    page.fill("Payment method", "Bank transfer").await.unwrap();
    page.fill("Reason", "Top-up").await.unwrap();
    page.click("button", "Post deposit").await.unwrap();
    page.one("dialog", "Deposit posted").await.unwrap();
    let took = shows(&other, "$262.50").await;
    assert!(took < SHOWN_WITHIN, "the deposit showed after {took:?}");
    let typed = other
        .run("return document.querySelector('[role=dialog] input').value", Vec::new())
        .await
        .unwrap();
    assert_eq!(typed, "Zephyr Sails and Rig", "an open form is not reset");
    page.click("button", "Done").await.unwrap();

    // A colleague's ticket in the queue, and its reply in the conversation that is open.
    other.click("button", "Cancel").await.unwrap();
    other.click("button", "Discard").await.unwrap();
    go_to(&other, "Tickets").await;
    other.see("batch-07 unreachable after resize").await.unwrap();
    let ticket = scene.made.tickets[0];
    let newest = scene.colleague.ok("tickets.get", json!({"id": ticket})).await["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()["id"]
        .clone();
    scene
        .colleague
        .ok("tickets.note", json!({"ticket_id": ticket, "text": "The disk is mounted.", "seen_message_id": newest, "set_status": null, "key": "live"}))
        .await;
    let took = shows(&other, "The disk is mounted.").await;
    assert!(took < SHOWN_WITHIN, "the note showed after {took:?}");

    // A line of customers' panel, an ended session.
    let me = desk.ok("app.state", json!({})).await["session"]["user_id"].clone();
    scene
        .workspace
        .execute("UPDATE cs_auth.sessions SET expires_at = now() WHERE ended_at IS NULL")
        .await;
    assert!(me.is_i64());
    other.one("heading", "Sign in").await.unwrap();
    other.leave().await.unwrap();
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_started_watched_and_its_leftovers_decided() {
    let scene = scene().await;
    scene
        .workspace
        .execute(
            "INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from)
             SELECT 'vps', v.id, v.organization_id, 'gone', timezone('UTC', now()) - interval '3 hours' FROM vps_instances v
             WHERE v.organization_id IS NOT NULL ORDER BY v.id LIMIT 1",
        )
        .await;
    let page = &scene.page;
    sign_in(page).await;
    go_to(page, "Billing runs").await;
    page.see("No billing run yet").await.unwrap();
    page.click("button", "Run now").await.unwrap();
    page.see("Billing run is done").await.unwrap();
    page.see("Run 1:").await.unwrap();
    page.click("button", "1 ended").await.unwrap();
    page.one("dialog", "Tasks").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("tasks")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "the tasks");
    page.press(thirtyfour::Key::Escape + "").await.unwrap();
    page.open_row("#1").await.unwrap();
    page.one("heading", "Run #1").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("run")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "the run");

    go_to(page, "Billing runs").await;
    page.click("radio", "Parked…").await.unwrap();
    page.see("The provider doesn’t have it any more.").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("parked")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "what is parked");
    page.click("button", "Decide on…").await.unwrap();
    page.click("radio", "From now…").await.unwrap();
    page.click("button", "Charge from now").await.unwrap();
    page.see("Nothing is parked").await.unwrap();
    page.click("button", "Notifications…").await.unwrap();
    page.one("dialog", "Notifications").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("notifications-popover")).await.unwrap();
    assert_eq!(
        page.violations().await.unwrap(),
        Vec::<String>::new(),
        "the notifications"
    );
    scene.page.leave().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspace_key_is_made_rotated_and_what_a_loss_exposed_is_listed() {
    let scene = scene().await;
    let page = &scene.page;
    sign_in(page).await;
    go_to(page, "Providers").await;
    page.click("button", "Make workspace key").await.unwrap();
    page.click("button", "Make key").await.unwrap();
    page.see("The workspace key is made").await.unwrap();
    let stand_in = LinodeStandIn::start(Account::with_instances(2)).await;
    page.click("button", "Add account").await.unwrap();
    page.fill("Name", "Linode main").await.unwrap();
    page.fill("Personal access token", TOKEN).await.unwrap();
    page.fill("API address…", &stand_in.base_url()).await.unwrap();
    page.screenshot(&picture("add-account")).await.unwrap();
    page.press(thirtyfour::Key::Enter + "").await.unwrap();
    page.see("Linode main").await.unwrap();

    page.click("button", "Rotate key…").await.unwrap();
    page.one("dialog", "Rotate workspace key").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("rotate-key")).await.unwrap();
    assert_eq!(
        page.violations().await.unwrap(),
        Vec::<String>::new(),
        "from time to time"
    );
    page.click("button", "Rotate key").await.unwrap();
    page.see("1 secret was sealed anew, and version 1 is retired.")
        .await
        .unwrap();

    // What is lost is named.
    page.click("button", "Rotate key…").await.unwrap();
    page.click("radio", "The key was lost").await.unwrap();
    page.click("button", "Rotate key").await.unwrap();
    page.see("Choose what was lost.").await.unwrap();
    page.choose("What was lost", "Something else…").await.unwrap();
    page.fill("What it is called", "The copy in the safe").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("rotate-key-lost")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "after a loss");
    page.click("button", "Rotate key").await.unwrap();
    page.click("button", "Show what to change").await.unwrap();
    page.see("Token of the account Linode main").await.unwrap();
    page.settled().await.unwrap();
    page.screenshot(&picture("exposed-secrets")).await.unwrap();
    assert_eq!(page.violations().await.unwrap(), Vec::<String>::new(), "what to change");
    page.click("button", "Mark as changed").await.unwrap();
    page.see("Nothing is left.").await.unwrap();
    scene.page.leave().await.unwrap();
}
