//! Agents as processes: two at once, killed, stopped, cut off.

use cs_tests::{
    cluster::cluster,
    csctl::{csctl, json},
    process::Process,
    workspace_db::{FINANCE, connect, run},
};
use rustix::process::Signal;
use serde_json::Value;

use super::shared::{World, wait_for};

/// What a customer who never paid has used since five hours ago, with no grace at all.
async fn indebted() -> World {
    let mut world = World::new().await;
    run(&mut world.owner, "UPDATE workspace_settings SET grace_hours = 0").await;
    let then = world
        .ask("SELECT timezone('UTC', now()) - interval '5 hours 30 minutes'")
        .await;
    world.customer(&then, 1001, "0", 2).await;
    world.customer(&then, 1002, "100", 2).await;
    world
}

const CHARGES: &str = "SELECT count(*) FROM transactions WHERE type = 'charge'";

#[tokio::test(flavor = "multi_thread")]
async fn two_at_once_bill_once_and_tell_once() {
    let mut world = indebted().await;
    let url = world.agent.clone();
    let other = world.db.login(store::roles::LoginKind::Agent).await.url;
    let starts = [url.clone(), other.clone(), url, other]
        .map(|url| tokio::task::spawn_blocking(move || csctl(&url, &["agent", "--once", "--json"])));
    let mut billed = 0;
    for start in starts {
        let output = start.await.unwrap();
        let done = json(&output, 0);
        let jobs = done["done"].as_array().unwrap();
        billed += jobs
            .iter()
            .filter(|one| one["job"] == "billing" && one["outcome"] == "completed")
            .count();
    }
    assert_eq!(billed, 1);
    assert_eq!(world.ask("SELECT count(*) FROM billing_runs").await, "1");
    assert_eq!(world.ask(CHARGES).await, "1");
    // Whoever was first at the grace may have been before the billing: then it is the next who ends it.
    run(
        &mut world.owner,
        "UPDATE agent_jobs SET finished_at = finished_at - interval '1 hour' WHERE name = 'grace'",
    )
    .await;
    json(&world.csctl(&["agent", "--once", "--json"]), 0);
    run(
        &mut world.owner,
        "UPDATE agent_jobs SET finished_at = finished_at - interval '1 hour' WHERE name = 'grace'",
    )
    .await;
    json(&world.csctl(&["agent", "--once", "--json"]), 0);
    assert_eq!(world.told(FINANCE).await, "grace_ended");
    assert_eq!(
        world
            .ask("SELECT count(*) FROM agent_jobs WHERE lease IS NOT NULL")
            .await,
        "0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_is_taken_over_when_its_lease_is_over() {
    let mut world = indebted().await;
    let mut blocker = world.db.owner().await;
    run(
        &mut blocker,
        "BEGIN; SELECT FROM wallets WHERE organization_id = 1002 FOR UPDATE",
    )
    .await;
    let killed = Process::start(&world.agent, &["agent", "--host", "first"]);
    wait_for(
        &mut world.owner,
        "SELECT count(*) FROM agent_jobs WHERE name = 'billing' AND lease IS NOT NULL",
        "1",
    )
    .await;
    wait_for(&mut world.owner, "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) OR NOT granted AND transactionid IS NOT NULL", "1").await;
    killed.signal(Signal::KILL);
    drop(killed);
    // It is held as yet: another leaves it alone, and does the rest.
    let beside = json(&world.csctl(&["agent", "--once", "--host", "second", "--json"]), 0);
    assert!(
        beside["done"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["job"] != "billing"),
        "{beside}"
    );
    let status = json(&world.csctl(&["agent", "status", "--json"]), 0);
    let held = |status: &Value| {
        status["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["job"] == "billing")
            .unwrap()
            .clone()
    };
    assert_eq!(held(&status)["held_by"]["host"], "first", "{status}");

    run(&mut blocker, "ROLLBACK").await;
    wait_for(
        &mut world.owner,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'csctl%'",
        "0",
    )
    .await;
    // Its ninety seconds are over.
    run(
        &mut world.owner,
        "UPDATE agent_jobs SET held_until = clock_timestamp() WHERE name = 'billing'",
    )
    .await;
    let taken = json(&world.csctl(&["agent", "--once", "--host", "second", "--json"]), 0);
    assert!(
        taken["done"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["job"] == "billing" && one["outcome"] == "completed"),
        "{taken}"
    );
    assert_eq!(
        world
            .ask("SELECT string_agg(status, ' ' ORDER BY id) FROM billing_runs")
            .await,
        "failed completed"
    );
    assert_eq!(world.ask(CHARGES).await, "1");
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', host, outcome, failures, lease) FROM agent_jobs WHERE name = 'billing'")
            .await,
        "second completed 0"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_it_after_its_step_with_everything_given_back() {
    for (signal, host) in [(Signal::TERM, "term"), (Signal::INT, "int")] {
        let mut world = indebted().await;
        let mut blocker = world.db.owner().await;
        run(
            &mut blocker,
            "BEGIN; SELECT FROM wallets WHERE organization_id = 1002 FOR UPDATE",
        )
        .await;
        let mut process = Process::start(&world.agent, &["agent", "--host", host]);
        process.until("is at work");
        wait_for(
            &mut world.owner,
            "SELECT count(*) FROM agent_jobs WHERE name = 'billing' AND lease IS NOT NULL",
            "1",
        )
        .await;
        process.signal(signal);
        run(&mut blocker, "ROLLBACK").await;
        assert!(process.end().success(), "{:?}", process.said);
        assert_eq!(process.said.last().unwrap(), "Stopped.");
        assert_eq!(
            world
                .ask("SELECT count(*) FROM agent_jobs WHERE lease IS NOT NULL")
                .await,
            "0"
        );
        assert_eq!(
            world
                .ask("SELECT count(*) FROM billing_runs WHERE status = 'open'")
                .await,
            "0"
        );
        assert_eq!(
            world
                .ask(&format!(
                    "SELECT count(*) FROM agent_hosts WHERE host = '{host}' AND stopped_at IS NOT NULL"
                ))
                .await,
            "1"
        );
        // What it left is done by the next.
        json(&world.csctl(&["agent", "--once", "--json"]), 0);
        assert_eq!(world.ask(CHARGES).await, "1");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_whose_line_is_cut_says_so_once_and_comes_back() {
    let mut world = indebted().await;
    let mut process = Process::start(&world.agent, &["agent", "--json"]);
    let begun: Value = serde_json::from_str(&process.until("begun")).unwrap();
    assert_eq!(
        begun["leaves_out"],
        serde_json::json!({"sync": "no_workspace_key", "intents": "no_workspace_key", "backup": "no_backup_folder", "close": "not_asked_for"})
    );
    process.until("\"job\":\"grace\"");
    let mut admin = world.db.admin().await;
    let mut server = connect(cluster().await.admin_url()).await;
    let name = world.db.name().to_owned();
    run(&mut server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'csctl%'";
    cs_tests::workspace_db::ask(&mut admin, cut).await;
    process.until("line_lost");
    run(&mut server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await;
    process.until("line_back");
    run(
        &mut world.owner,
        "UPDATE agent_jobs SET finished_at = finished_at - interval '1 hour' WHERE name = 'log'",
    )
    .await;
    process.until("\"job\":\"log\"");
    process.signal(Signal::TERM);
    assert!(process.end().success(), "{:?}", process.said);
    let lost = process.said.iter().filter(|line| line.contains("line_lost")).count();
    assert_eq!(lost, 1, "{:?}", process.said);
    assert_eq!(world.ask(CHARGES).await, "1");

    // What a wait doesn't mend ends it.
    let mut refused = Process::start(&world.agent.replacen("postgres://", "postgres://nobody", 1), &["agent"]);
    assert_eq!(refused.end().code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_file_follows_a_rotation_and_a_credential_is_told_of() {
    let mut world = World::new().await;
    let administrator = world.db.admin_url().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (own, agents) = (at("own.key"), at("agents.key"));
    let session = app::session::Session::operator(&store::connect::Address::from_url(&administrator).unwrap(), "tests")
        .await
        .unwrap();
    let key = app::workspace_key::draw(1).unwrap();
    app::workspace_key::register(&session, &key, async |_| Ok(()))
        .await
        .unwrap();
    let line = format!("{}\n", secrecy::ExposeSecret::expose_secret(&key.to_text()));
    let credentials = folder.path().join("credentials");
    std::fs::create_dir(&credentials).unwrap();
    let credential = credentials.join("workspace-key");
    for path in [&own, &agents, credential.to_str().unwrap()] {
        std::fs::write(path, &line).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, mode).unwrap();
    }
    let mut with_file = Process::start(
        &world.agent,
        &["agent", "--host", "file", "--workspace-key-file", &agents],
    );
    let errors = folder.path().join("errors");
    let mut with_credential = cs_tests::csctl::command_over(&world.agent, &["agent", "--host", "credential"])
        .env("CREDENTIALS_DIRECTORY", &credentials)
        .stdout(std::process::Stdio::null())
        .stderr(std::fs::File::create(&errors).unwrap())
        .spawn()
        .unwrap();
    let begun = "SELECT count(*) FROM agent_hosts WHERE stopped_at IS NULL";
    wait_for(&mut world.owner, begun, "2").await;

    let rotated = csctl(
        &administrator,
        &["key", "rotate", "--workspace-key-file", &own, "--json"],
    );
    assert!(rotated.status.success(), "{rotated:?}");
    let deadline = std::time::Instant::now() + super::shared::DEADLINE;
    let lines = |path: &str| std::fs::read_to_string(path).unwrap();
    let newest = |path: &str| lines(path).lines().next().unwrap().to_owned();
    loop {
        let told = lines(errors.to_str().unwrap());
        if newest(&agents) == newest(&own) && told.contains("put the newer key into the systemd credential") {
            break;
        }
        assert!(std::time::Instant::now() < deadline, "{} {told}", lines(&agents));
        tokio::task::yield_now().await;
    }
    assert!(newest(&agents).starts_with("cswk-2-"));
    assert_eq!(
        lines(&agents).lines().nth(1),
        Some(line.trim()),
        "the older one stays beside it"
    );
    assert_eq!(
        lines(credential.to_str().unwrap()),
        line,
        "what can't be written is left alone"
    );
    // Told once, and no error: it works on.
    let before = world
        .ask("SELECT max(runs) FROM agent_jobs WHERE name = 'sessions'")
        .await;
    assert_ne!(before, "0");
    with_file.signal(Signal::TERM);
    assert!(with_file.end().success(), "{:?}", with_file.said);
    let pid = rustix::process::Pid::from_child(&with_credential);
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    assert!(with_credential.wait().unwrap().success());
    assert_eq!(lines(errors.to_str().unwrap()).matches("was rotated").count(), 1);
}
