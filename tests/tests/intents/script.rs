//! `csctl server`, as a script runs it, and killed where it hurts most.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use app::domain::intent::Wanted;
use cs_tests::{
    csctl::{Said, command_over},
    linode::{Fault, Reply},
};
use secrecy::ExposeSecret;
use serde_json::Value;

use super::shared::{CREATE, World};

const ORDER: &[&str] = &[
    "server",
    "order",
    "--account",
    "Main",
    "--organization",
    "Brisa Studio",
    "--plan",
    "Small",
    "--label",
    "web-1",
    "--region",
    "us-east",
    "--image",
    "linode/debian12",
    "--key",
    "order-1",
];

impl World {
    fn command(&self, arguments: &[&str], with_key: bool) -> std::process::Command {
        let mut command = command_over(self.db.admin_url(), arguments);
        command.arg("--json");
        if with_key {
            command.env("CONTAINERSTACKS_WORKSPACE_KEY", self.key.to_text().expose_secret());
        }
        command
    }

    async fn csctl(&self, arguments: &[&str], with_key: bool) -> Said {
        let mut command = self.command(arguments, with_key);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        Said::of(&output)
    }

    /// What it answers, when it ends with this code.
    async fn answer(&self, arguments: &[&str], with_key: bool, code: i32) -> Value {
        let said = self.csctl(arguments, with_key).await;
        assert_eq!(said.code, code, "{arguments:?} {said:?}");
        said.json()
    }

    fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments, true);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Waits until the provider has seen so many requests, then kills the program.
    async fn kill_at(&self, mut child: Child, path: &str, requests: u64) {
        let deadline = Instant::now() + Duration::from_mins(1);
        while self.stand_in.requests(path) < requests {
            assert!(Instant::now() < deadline, "{path} was never asked");
            assert!(child.try_wait().unwrap().is_none(), "it ended before {path}");
            tokio::task::yield_now().await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_ordered_run_and_deleted_from_a_script() {
    let world = World::new().await;
    let mut dry = ORDER.to_vec();
    dry.push("--dry-run");
    let told = world.answer(&dry, true, 0).await;
    assert_eq!(
        (told["would"]["held"].as_str(), told["would"]["rate"].as_str()),
        (Some("0.22"), Some("0.0090"))
    );
    assert_eq!(told["would"]["parameters"]["type"], "g6-nanode-1");
    assert_eq!(world.ask("SELECT count(*) FROM provider_intents").await, "0");

    let mut order = ORDER.to_vec();
    order.push("--show-password");
    let ordered = world.answer(&order, true, 0).await;
    assert_eq!(ordered["intent"]["state"], "running");
    let password = ordered["root_password"].as_str().unwrap().to_owned();
    let again = world.answer(&order, true, 0).await;
    assert_eq!(again["intent"]["id"], ordered["intent"]["id"]);
    assert!(again["root_password"].is_null(), "told once");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
    let id: u64 = world
        .ask("SELECT linode_id FROM vps_instances WHERE label = 'web-1'")
        .await
        .parse()
        .unwrap();
    assert_eq!(world.stand_in.account().password(id), Some(password.as_str()));

    world.stand_in.account().step();
    world.stand_in.account().step();
    let swept = world.answer(&["server", "sweep"], true, 0).await;
    assert_eq!(swept["done"], 1, "{swept}");
    // Without the key it is left to others; nothing is told of it but that it waits.
    let left = world
        .answer(&["server", "shutdown", "--server", "web-1", "--key", "off-1"], false, 0)
        .await;
    assert_eq!(left["intent"]["state"], "waiting");
    let busy = world.answer(&["server", "reboot", "--server", "web-1"], true, 1).await;
    assert_eq!(busy["error"]["code"], "intent_server_busy");
    let number = left["intent"]["id"].to_string();
    let undone = world.answer(&["server", "withdraw", &number], false, 0).await;
    assert_eq!(undone["intents"][0]["state"], "undone");
    let renamed = world
        .answer(&["server", "rename", "--server", "web-1", "--label", "shop-1"], true, 0)
        .await;
    assert_eq!(renamed["intent"]["state"], "done");

    let unsure = world.answer(&["server", "delete", "--server", "shop-1"], true, 2).await;
    assert_eq!(unsure["error"]["code"], "not_confirmed");
    assert_eq!(
        (
            unsure["would"]["final_hours"].as_i64(),
            unsure["would"]["final_amount"].as_str()
        ),
        (Some(1), Some("0.0090"))
    );
    assert_eq!(world.at_provider(), 1);
    let deleted = world
        .answer(&["server", "delete", "--server", "shop-1", "--yes"], true, 0)
        .await;
    assert_eq!(deleted["intent"]["state"], "done");
    assert_eq!(world.at_provider(), 0);
    let listed = world.answer(&["server", "intents"], false, 0).await;
    assert_eq!(listed["intents"].as_array().unwrap().len(), 4);
    assert!(!listed.to_string().contains(&password));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exit_codes_tell_what_is_known() {
    let world = World::new().await;
    world.stand_in.account().instances[1]["label"] = "web-1".into();
    let refused = world.answer(ORDER, true, 1).await;
    assert_eq!(refused["error"]["code"], "provider_invalid");
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .contains("Label must be unique"),
        "{refused}"
    );
    world
        .stand_in
        .on("POST /linode/instances/1/shutdown", 1, Fault::Answer(Reply::html(502)));
    let unknown = world
        .answer(&["server", "shutdown", "--server", &world.server.to_string()], true, 3)
        .await;
    assert_eq!(unknown["error"]["code"], "provider_outcome_unknown");
    assert_eq!(unknown["intent"]["state"], "unknown");
    let usage = world.answer(&["server", "order", "--plan", "Small"], true, 2).await;
    assert_eq!(usage["error"]["code"], "bad_usage");
    let mut quiet = world.command(ORDER, true);
    quiet.arg("--root-password").arg("x");
    let said = Said::of(
        &tokio::task::spawn_blocking(move || quiet.output().unwrap())
            .await
            .unwrap(),
    );
    assert_eq!(said.code, 2, "no password is taken from the command line: {said:?}");
    // In the name of support staff, for power only.
    let mut as_support = ORDER.to_vec();
    as_support.extend(["--as", cs_tests::workspace_db::SUPPORT]);
    as_support[15] = "order-2";
    let forbidden = world.csctl(&as_support, true).await;
    assert_eq!(forbidden.code, 1, "{forbidden:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_between_the_answer_and_the_commit_the_server_is_recorded_exactly_once() {
    let world = World::new().await;
    // The server is made; half of the answer comes, then nothing.
    world.stand_in.on(CREATE, 1, Fault::Stall);
    let child = world.spawn(ORDER);
    world.kill_at(child, CREATE, 1).await;
    let id = world.ask("SELECT id FROM provider_intents").await.parse().unwrap();
    assert_eq!(world.state(id).await, "sending held sealed leased");
    assert_eq!((world.at_provider(), world.ordered_rows().await.as_str()), (1, ""));
    // As long as its lease lasts nobody touches it.
    let swept = world.answer(&["server", "sweep"], true, 0).await;
    assert_eq!(swept["running"], 0, "{swept}");
    world.lose_leases().await;
    for _ in 0..2 {
        world.answer(&["server", "sweep"], true, 0).await;
        assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
    }
    world.stand_in.account().step();
    world.stand_in.account().step();
    world.answer(&["server", "sweep"], true, 0).await;
    assert_eq!(world.state(id).await, "done");
    let again = world.answer(ORDER, true, 0).await;
    assert_eq!(again["intent"]["state"], "done");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
    assert_eq!(world.ask("SELECT count(*) FROM resource_terms t JOIN vps_instances v ON v.id = t.resource_id WHERE v.label = 'web-1' AND t.resource_kind = 'vps'").await, "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_anything_was_sent_it_is_sent_once_by_the_next() {
    let world = World::new().await;
    world.stand_in.on("GET /account/events", 1, Fault::Silence);
    let child = world.spawn(ORDER);
    world.kill_at(child, "GET /account/events", 1).await;
    let id = world.ask("SELECT id FROM provider_intents").await.parse().unwrap();
    assert_eq!(world.state(id).await, "waiting held leased");
    world.lose_leases().await;
    let swept = world.answer(&["server", "sweep"], true, 0).await;
    assert_eq!(swept["running"], 1, "{swept}");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_mid_work_a_deletion_ends_the_hours_once() {
    let world = World::new().await;
    let server = world.server.to_string();
    world.stand_in.on("DELETE /linode/instances/1", 1, Fault::Stall);
    let child = world.spawn(&["server", "delete", "--server", &server, "--yes"]);
    world.kill_at(child, "DELETE /linode/instances/1", 1).await;
    world.lose_leases().await;
    let swept = world.answer(&["server", "sweep"], true, 0).await;
    assert_eq!(swept["done"], 1, "{swept}");
    assert_eq!(
        world.ask(&format!("SELECT concat_ws(' ', v.deleted_at = i.sent_at, (SELECT count(*) FROM retired_meters m WHERE m.resource_id = v.id)) FROM vps_instances v JOIN provider_intents i ON i.server_id = v.id WHERE v.id = {server}")).await,
        "t 1"
    );
    assert_eq!(world.stand_in.requests("DELETE /linode/instances/1"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_is_to_the_end_and_two_programs_at_once_send_once() {
    let world = World::new().await;
    let order = ORDER.to_vec();
    let mut waiting = order.clone();
    waiting.extend(["--wait", "60"]);
    let ends = async {
        let deadline = Instant::now() + Duration::from_mins(1);
        while world
            .ask("SELECT count(*) FROM provider_intents WHERE state = 'running'")
            .await
            != "1"
        {
            assert!(Instant::now() < deadline, "it never ran");
        }
        world.stand_in.account().step();
        world.stand_in.account().step();
    };
    let (one, two, ()) = tokio::join!(world.csctl(&waiting, true), world.csctl(&waiting, true), ends);
    for said in [one, two] {
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.json()["intent"]["state"], "done");
    }
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
    let placed = world.plain(Wanted::Reboot).await;
    assert_eq!(
        world
            .ask(&format!("SELECT state FROM provider_intents WHERE id = {}", placed.id))
            .await,
        "waiting"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_agent_carries_out_what_waits_and_finishes_what_was_cut_off() {
    let world = World::new().await;
    let agent = world.db.login(store::roles::LoginKind::Agent).await;
    let once = async |with_key: bool| {
        let mut command = command_over(
            &agent.url,
            &[
                "agent",
                "--once",
                "--leave-out",
                "sync",
                "--leave-out",
                "billing",
                "--leave-out",
                "log",
                "--json",
            ],
        );
        if with_key {
            command.env("CONTAINERSTACKS_WORKSPACE_KEY", world.key.to_text().expose_secret());
        }
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let done = Said::of(&output).json();
        let jobs = done["done"].as_array().unwrap().iter();
        jobs.filter(|one| one["job"] == "intents")
            .cloned()
            .collect::<Vec<Value>>()
    };
    let again = "UPDATE agent_jobs SET finished_at = finished_at - interval '1 hour' WHERE name = 'intents'";
    let placed = world.order("web-1").await;
    assert!(once(false).await.is_empty(), "without the key it is left to others");
    assert_eq!(world.state(placed.id).await, "waiting held");
    let done = once(true).await;
    assert_eq!(
        (&done[0]["outcome"], &done[0]["result"]["running"]),
        (&"completed".into(), &1.into()),
        "{done:?}"
    );
    world.stand_in.account().step();
    world.stand_in.account().step();
    assert!(once(true).await.is_empty(), "once a minute");
    world.run(again).await;
    let done = once(true).await;
    assert_eq!(done[0]["result"]["done"], 1, "{done:?}");
    // An executor that was killed while its answer came.
    world.stand_in.on(CREATE, 1, Fault::Stall);
    let mut order = ORDER.to_vec();
    order[9] = "web-2";
    let child = world.spawn(&order);
    world.kill_at(child, CREATE, 2).await;
    world.lose_leases().await;
    world.run(again).await;
    let done = once(true).await;
    assert_eq!(done[0]["result"]["running"], 1, "{done:?}");
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t; web-2 1 1 t");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (2, 2));
}
