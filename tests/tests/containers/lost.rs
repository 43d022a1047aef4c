//! Answers that are lost, executors that are lost: no container that nobody records, and none twice.

use app::{domain::intent::IntentState, intents::containers::ContainerAct};
use cs_tests::{
    docker::{DockerStandIn, Said},
    docker_engine::IMAGE,
};
use serde_json::{Value, json};

use super::shared::{World, unix};

const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

/// A stand-in that answers as an engine, and a workspace that has it as its host.
async fn world() -> (DockerStandIn, World) {
    let stand_in = DockerStandIn::start();
    stand_in.say(
        "/version",
        Said::json(200, &json!({"Version": "20.10.24", "ApiVersion": "1.41"})),
    );
    stand_in.say(
        "/info",
        Said::json(
            200,
            &json!({"ID": "engine-1", "Driver": "overlay2", "NCPU": 2, "MemTotal": 1_u64 << 30}),
        ),
    );
    stand_in.say(
        &format!("/images/{IMAGE}/json"),
        Said::json(200, &json!({"Id": "sha256:1"})),
    );
    let world = World::at(&unix(stand_in.socket()), false).await;
    (stand_in, world)
}

fn listed(mark: &str, state: &str) -> Value {
    json!([{ "Id": ID, "Names": ["/lost"], "Image": "cs-test/busybox:1", "State": state, "Status": "Up", "Created": 1_900_000_000,
        "Labels": { "containerstacks.key": mark } }])
}

fn inspected(mark: &str, running: bool) -> Value {
    json!({ "Id": ID, "Name": "/lost", "Created": "2030-03-17T17:46:40Z",
        "State": { "Status": if running { "running" } else { "created" }, "Running": running, "StartedAt": "2030-03-17T17:46:41Z" },
        "Config": { "Image": "cs-test/busybox:1", "Labels": { "containerstacks.key": mark } },
        "HostConfig": { "Memory": 67_108_864, "NanoCpus": 500_000_000 } })
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found_by_its_mark_started_and_recorded_once() {
    for said in [Said::Closed, Said::error(500, "later"), Said::html(502)] {
        let (stand_in, world) = world().await;
        let mut order = world.wanted("lost");
        order.environment.insert("A".to_owned(), "b".to_owned().into());
        let placed = world.order(&order).await;
        let mark = world
            .ask(&format!("SELECT mark FROM provider_intents WHERE id = {}", placed.id))
            .await;
        stand_in.say("/containers/json", Said::json(200, &json!([])));
        stand_in.say("/containers/create", said);
        // Made all the same.
        stand_in.say("/containers/json", Said::json(200, &listed(&mark, "created")));
        stand_in.say(
            &format!("/containers/{ID}/start"),
            Said::Whole(204, Vec::new(), Vec::new()),
        );
        stand_in.say(
            &format!("/containers/{ID}/json"),
            Said::json(200, &inspected(&mark, true)),
        );
        let carried = world.carry(placed.id).await;
        assert_eq!(carried.state, IntentState::Done, "{carried:?}");
        assert_eq!(world.state(placed.id).await, "done");
        let creations = stand_in
            .heard()
            .iter()
            .filter(|one| one.target.starts_with("/containers/create"))
            .count();
        assert_eq!(creations, 1, "asked for once");
        assert_eq!(
            world.ask("SELECT concat_ws(' ', organization_id, status, environment ->> 'A') FROM containers WHERE name = 'lost'").await,
            "1 running b"
        );
    }
}

#[tokio::test]
async fn one_that_never_arrived_is_given_up_only_when_it_can_t_arrive_any_more_and_recorded_if_it_did() {
    let (stand_in, world) = world().await;
    let placed = world.order(&world.wanted("lost")).await;
    let mark = world
        .ask(&format!("SELECT mark FROM provider_intents WHERE id = {}", placed.id))
        .await;
    stand_in.say("/containers/json", Said::json(200, &json!([])));
    stand_in.say("/containers/create", Said::Closed);
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Unknown, "{carried:?}");
    assert_eq!(world.sweep_later(9).await.unknown, 1);
    assert_eq!(world.state(placed.id).await, "unknown provider_outcome_unknown held");
    // Only a list that can be relied on gives it up.
    stand_in.say("/containers/json", Said::html(502));
    assert_eq!(world.sweep_later(30).await.failed, 0);
    stand_in.say("/containers/json", Said::json(200, &json!([])));
    assert_eq!(world.sweep_later(30).await.failed, 1);
    assert_eq!(world.state(placed.id).await, "failed provider_knows_nothing");

    // It turns up after all: a sync sees it, the sweep records it.
    stand_in.say("/containers/json", Said::json(200, &listed(&mark, "running")));
    stand_in.say(
        &format!("/containers/{ID}/json"),
        Said::json(200, &inspected(&mark, true)),
    );
    let report = world.sync().await;
    assert_eq!(report.added, 1, "{report:?}");
    let swept = world.sweep().await;
    assert_eq!(swept.late, 1, "{swept:?}");
    assert_eq!(world.state(placed.id).await, "done");
    assert_eq!(
        world
            .ask("SELECT organization_id FROM containers WHERE name = 'lost'")
            .await,
        "1"
    );
}

#[tokio::test]
async fn what_is_made_and_can_t_be_started_is_removed_again() {
    let (stand_in, world) = world().await;
    let placed = world.order(&world.wanted("lost")).await;
    let mark = world
        .ask(&format!("SELECT mark FROM provider_intents WHERE id = {}", placed.id))
        .await;
    stand_in.say("/containers/json", Said::json(200, &json!([])));
    stand_in.say(
        "/containers/create",
        Said::json(201, &json!({ "Id": ID, "Warnings": [] })),
    );
    stand_in.say(
        &format!("/containers/{ID}/json"),
        Said::json(200, &inspected(&mark, false)),
    );
    stand_in.say(
        &format!("/containers/{ID}/start"),
        Said::error(
            500,
            "driver failed programming external connectivity: Bind for 0.0.0.0:80 failed: port is already allocated",
        ),
    );
    stand_in.say(&format!("/containers/{ID}"), Said::Whole(204, Vec::new(), Vec::new()));
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Failed, "{carried:?}");
    assert_eq!(world.state(placed.id).await, "failed docker_port_in_use");
    assert!(stand_in.heard().iter().any(|one| one.method == "DELETE"));
    assert_eq!(
        world.ask("SELECT count(*) FROM containers WHERE name = 'lost'").await,
        "0"
    );
}

#[tokio::test]
async fn a_removal_whose_answer_is_lost_is_done_when_the_host_knows_it_no_more() {
    let (stand_in, world) = world().await;
    world
        .run(&format!(
            "INSERT INTO containers (container_id, name, plan_id, organization_id, status, provider_config_id) VALUES ('{ID}', 'lost', {}, 1, 'running', {})",
            world.plan, world.host
        ))
        .await;
    let id = world.id_of("lost").await;
    let placed = world.act(id, ContainerAct::Remove).await;
    stand_in.say(&format!("/containers/{ID}"), Said::Closed);
    stand_in.say(
        &format!("/containers/{ID}/json"),
        Said::json(200, &inspected("cs-1", true)),
    );
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Unknown, "{carried:?}");
    assert_eq!(
        world
            .ask(&format!("SELECT deleted_at IS NULL FROM containers WHERE id = {id}"))
            .await,
        "true"
    );
    stand_in.say(&format!("/containers/{ID}/json"), Said::error(404, "No such container"));
    assert_eq!(world.sweep().await.done, 1);
    assert_eq!(
        world
            .ask(&format!("SELECT deleted_at IS NULL FROM containers WHERE id = {id}"))
            .await,
        "false"
    );
    let removals = stand_in.heard().iter().filter(|one| one.method == "DELETE").count();
    assert_eq!(removals, 1, "asked for once");
}

#[tokio::test]
async fn a_socket_of_another_computer_leaves_the_work_to_whoever_has_it() {
    let (stand_in, world) = world().await;
    let placed = world.order(&world.wanted("lost")).await;
    let socket = stand_in.socket().to_owned();
    world
        .run(&format!(
            "UPDATE provider_configs SET api_endpoint = 'unix:///nowhere/docker.sock' WHERE id = {}",
            world.host
        ))
        .await;
    let swept = world.sweep().await;
    assert_eq!((swept.failed, swept.errors.len()), (0, 1), "{swept:?}");
    assert_eq!(world.state(placed.id).await, "waiting docker_unreachable held");
    world
        .run(&format!(
            "UPDATE provider_configs SET api_endpoint = '{}' WHERE id = {}",
            unix(&socket),
            world.host
        ))
        .await;
    // Another engine there is no better.
    world
        .run(&format!(
            "INSERT INTO docker_hosts (id, engine_id) VALUES ({}, 'another')",
            world.host
        ))
        .await;
    world.sweep().await;
    assert_eq!(world.state(placed.id).await, "waiting docker_other_engine held");
    assert!(
        !stand_in.heard().iter().any(|one| one.method == "POST"),
        "nothing was sent"
    );
}
