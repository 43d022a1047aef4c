//! The real window on a private desktop: `WebKitGTK` over `WebDriver`, a display, a session bus, a keychain, and the local
//! workspace that the program makes by itself.

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use app::{
    database::EmailAddress,
    demo::{self, Demo},
    session::Session,
};
use cs_tests::{
    business,
    desk::{self, Workspace},
    tour::{self, CUSTOMER, PASSWORD, Tour},
    window::{Keychain, Stage, Window, program},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use thirtyfour::{Key, TypingData};

type Done = Result<(), Box<dyn Error>>;

/// Where a person finds what the test has seen.
fn screenshots(test: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).join("target/screenshots").join(test)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_day_and_the_days_after() -> Done {
    let stage = Stage::set(Keychain::Unlocked)?;
    let window = Window::open(&stage).await?;
    Tour::of(&window, &screenshots("first-day")).whole().await?;

    // Secrets are in the keychain and in no file.
    let secrets = secrets_in_keychain(&stage)?;
    assert!(secrets.len() >= 3, "the keychain holds {} secrets", secrets.len());
    for secret in secrets.iter().map(String::as_str).chain([PASSWORD]) {
        assert_eq!(files_with(&stage.data(), secret)?, Vec::<PathBuf>::new());
    }

    // A second start leaves the window to the first.
    let began = Instant::now();
    let mut second = Command::new(program()?);
    stage.dress(&mut second);
    let second = second.output()?;
    assert!(second.status.success(), "{}", String::from_utf8_lossy(&second.stderr));
    assert!(began.elapsed() < Duration::from_secs(10));
    window.see(CUSTOMER).await?;

    // Killed, it leaves its server running; the next start goes on with it, and nobody has to sign in again.
    window.kill().await?;
    assert!(is_server_running(&stage));
    let window = Window::open(&stage).await?;
    let mut tour = Tour::of(&window, &screenshots("first-day-later"));
    tour.go_to("Organizations").await?;
    window.see(CUSTOMER).await?;

    // Asked to close over a form in which something was typed, it asks back.
    window.click("button", "New organization").await?;
    window.fill("Name", "Half a na").await?;
    stage.ask_to_close()?;
    window.see("What you typed is not saved.").await?;
    window.click("button", "Discard").await?;
    window.see_no("What you typed is not saved.").await?;

    // Closed, it takes the server with it.
    stage.ask_to_close()?;
    window.gone().await?;
    assert!(!is_server_running(&stage));
    let window = Window::open(&stage).await?;
    let mut tour = Tour::of(&window, &screenshots("first-day-later"));
    tour.go_to("Organizations").await?;
    window.see(CUSTOMER).await?;
    window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_workspace_opens_again() -> Done {
    let stage = Stage::set(Keychain::Missing)?;
    // What somebody's editor left is put aside, not taken for settings and not lost.
    fs::write(stage.data().join("settings.json"), "{\"profiles\": [")?;
    let window = Window::open(&stage).await?;
    let mut tour = Tour::of(&window, &screenshots("without-keychain"));
    window.see("This computer has no keychain.").await?;
    window.see("settings.broken-1.json").await?;
    tour.look("settings-set-aside").await?;
    assert_eq!(
        fs::read_to_string(stage.data().join("settings.broken-1.json"))?,
        "{\"profiles\": ["
    );
    tour.make_workspace().await?;
    tour.add_organization(CUSTOMER).await?;
    window.close().await?;

    let window = Window::open(&stage).await?;
    let mut tour = Tour::of(&window, &screenshots("without-keychain-later"));
    tour.sign_in(tour::EMAIL, "not the password").await?;
    window.see("The e-mail address or the password is wrong.").await?;
    tour.look("wrong-password").await?;
    tour.sign_in(tour::EMAIL, PASSWORD).await?;
    tour.go_to("Organizations").await?;
    window.see(CUSTOMER).await?;
    window.close().await?;
    assert!(!is_server_running(&stage));
    Ok(())
}

/// A window at the sign-in screen of a workspace on a server.
async fn connected(stage: &Stage, workspace: &Workspace) -> Result<Window, Box<dyn Error>> {
    let login = workspace.desk_login("The window's desk").await;
    let window = Window::open(stage).await?;
    window.click("button", "Connect to a server").await?;
    window.fill("Name", "Halyard").await?;
    window.fill("Server", &workspace.admin().host).await?;
    window.fill("Port", &workspace.admin().port.to_string()).await?;
    window.fill("Database", &workspace.admin().database).await?;
    window.fill("Desk login", &login.login).await?;
    window.fill("Password", login.password.expose_secret()).await?;
    window.choose("Encryption", "No encryption…").await?;
    Ok(window)
}

/// Six months of a business up to now; how many billing runs there were.
async fn demonstration(workspace: &Workspace) -> Result<(), Box<dyn Error>> {
    let session = Session::operator(workspace.admin(), "tests").await?;
    let order = Demo {
        seed: 7,
        until: None,
        admin: EmailAddress::parse(desk::ADMIN)?,
        password: SecretString::from(desk::PASSWORD),
    };
    demo::fill(&session, &order, |_, _| std::ops::ControlFlow::Continue(())).await?;
    Ok(())
}

/// The number of the newest billing run, of those that a deposit's collection made too.
async fn newest_run(workspace: &Workspace) -> Result<i64, Box<dyn Error>> {
    let mut books = workspace.admin().connect("tests").await?;
    let newest = sqlx::query_scalar("SELECT max(id) FROM billing_runs");
    Ok(newest.fetch_one(&mut books).await?)
}

/// The number of an organization's newest invoice, and the hours of its longest line: the month is as long as it is.
async fn newest_invoice(workspace: &Workspace, organization: Option<i64>) -> Result<(String, i64), Box<dyn Error>> {
    let mut books = workspace.admin().connect("tests").await?;
    let newest = sqlx::query_as(
        "SELECT i.invoice_number, (l ->> 'quantity')::bigint FROM invoices i, jsonb_array_elements(i.line_items) AS l
         WHERE i.organization_id = $1 ORDER BY i.created_at DESC, i.id DESC, 2 DESC LIMIT 1",
    )
    .bind(organization)
    .fetch_one(&mut books)
    .await?;
    Ok(newest)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_by_keyboard_alone() -> Done {
    let enter = || TypingData::from(Key::Enter);
    let workspace = Workspace::fresh().await;
    demonstration(&workspace).await?;
    let colleague = workspace.admin_desk().await;
    let found = colleague.ok("palette.search", json!({"query": CUSTOMER})).await;
    let customer = found["hits"][0]["id"].clone();
    colleague
        .ok(
            "tickets.create",
            json!({"organization_id": customer, "user_id": null, "subject": "Which hours are on our invoice?",
                   "description": "We would like to understand the lines.", "category": "billing", "priority": "medium", "key": "main-job"}),
        )
        .await;

    let stage = Stage::set(Keychain::Unlocked)?;
    let window = connected(&stage, &workspace).await?;
    let mut tour = Tour::of(&window, &screenshots("keyboard"));
    window.tab_to("button", "Connect").await?;
    window.press(enter()).await?;

    // Signs in.
    window.tab_to("field", "E-mail").await?;
    window.press(desk::ADMIN).await?;
    window.tab_to("field", "Password").await?;
    window.press(desk::PASSWORD).await?;
    window.press(enter()).await?;
    window.one("link", "Organizations…").await?;

    // Finds an organization and posts a deposit.
    window.command("brightwater", &format!("{CUSTOMER}…")).await?;
    window.one("heading", CUSTOMER).await?;
    tour.look("organization").await?;
    window.tab_to("button", "Post deposit").await?;
    window.press(enter()).await?;
    for (field, typed) in [
        ("Amount", "250"),
        ("Payment method", "Bank transfer"),
        ("Reason", "Top-up for December"),
    ] {
        window.tab_to("field", field).await?;
        window.press(typed).await?;
    }
    window.press(enter()).await?;
    window.one("dialog", "Deposit posted").await?;
    window.see("$250.00").await?;
    window.focus_comes_to("button", "Done").await?;
    window.press(enter()).await?;
    window.see_no("The wallet has the money.").await?;

    // Runs billing.
    let before = newest_run(&workspace).await?;
    window.command("run billing", "Run billing now…").await?;
    window.one("heading", "Billing runs").await?;
    window.see(&format!("Run {}", before + 1)).await?;
    tour.look("billing").await?;

    // Opens its invoice.
    window.command("brightwater", &format!("{CUSTOMER}…")).await?;
    window.one("heading", CUSTOMER).await?;
    window.tab_to("link", "INV-…").await?;
    window.press(enter()).await?;
    window.one("button", "Save PDF…").await?;
    let (number, hours) = newest_invoice(&workspace, customer.as_i64()).await?;
    window.see(&number).await?;
    window.see(&format!("{hours} h")).await?;
    tour.look("invoice").await?;

    // Answers its ticket with a note and a reply.
    window
        .command("which hours", "Which hours are on our invoice?…")
        .await?;
    window.see("We would like to understand the lines.").await?;
    for (key, field, text) in [
        ("n", "Internal note", "Their October had one resize."),
        ("r", "Reply", "Each line has its hours, its rate and its cap."),
    ] {
        window.press(key).await?;
        window.focus_comes_to("field", field).await?;
        window.press(text).await?;
        window.press(Key::Control + Key::Enter).await?;
        window.one("listitem", "").await?;
        window.press(TypingData::from(Key::Escape)).await?;
    }
    let ticket = colleague
        .ok("palette.search", json!({"query": "Which hours are on our invoice"}))
        .await["hits"][0]["id"]
        .clone();
    window
        .until("both messages in the books", async || {
            let detail = colleague.ok("tickets.get", json!({"id": ticket})).await;
            let said: Vec<(&str, bool)> = detail["messages"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|message| Some((message["text"].as_str()?, message["internal"].as_bool()?)))
                .collect();
            let both = said.contains(&("Their October had one resize.", true))
                && said.contains(&("Each line has its hours, its rate and its cap.", false));
            Ok(both.then_some(()))
        })
        .await?;
    tour.look("ticket").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_on_this_computer() -> Done {
    let stage = Stage::set(Keychain::Unlocked)?;
    let window = Window::open(&stage).await?;
    let mut tour = Tour::of(&window, &screenshots("demonstration"));
    tour.make_demonstration().await?;
    tour.look("dashboard").await?;
    tour.walk_pages("light").await?;
    window.close().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_a_business_on_a_server() -> Done {
    let workspace = Workspace::fresh().await;
    business::open(&workspace, &workspace.admin_desk().await).await;
    let stage = Stage::set(Keychain::Unlocked)?;
    let window = connected(&stage, &workspace).await?;
    let mut tour = Tour::of(&window, &screenshots("window"));
    tour.look("connect").await?;
    window.click("button", "Connect").await?;
    tour.sign_in(desk::ADMIN, desk::PASSWORD).await?;
    for scheme in ["Light", "Dark"] {
        tour.choose_scheme(scheme).await?;
        tour.walk(&scheme.to_lowercase()).await?;
    }
    window.close().await?;
    Ok(())
}

/// What `secret-tool` finds of the program's.
fn secrets_in_keychain(stage: &Stage) -> Result<Vec<String>, Box<dyn Error>> {
    let found = stage.ask("secret-tool", &["search", "--all", "service", "containerstacks"])?;
    Ok(found
        .lines()
        .filter_map(|line| line.strip_prefix("secret = "))
        .map(str::to_owned)
        .collect())
}

fn is_server_running(stage: &Stage) -> bool {
    stage.data().join("workspace/pgdata/postmaster.pid").exists()
}

/// The files of the program that hold this text. The database's own files are not the program's.
fn files_with(folder: &Path, text: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() && !path.ends_with("pgdata") {
                open.push(path);
            } else if path.is_file()
                && fs::read(&path)?
                    .windows(text.len())
                    .any(|window| window == text.as_bytes())
            {
                found.push(path);
            }
        }
    }
    Ok(found)
}
