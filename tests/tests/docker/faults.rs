//! Everything that an engine, or somebody in its place, can do wrong.

use std::time::Duration;

use cs_tests::docker::{DockerStandIn, Said};
use providers::docker::{
    Asked, Call, CancellationToken, ContainerSpec, Docker, DockerError, LogOptions, Outcome, Removal,
};
use serde_json::{Value, json};

use crate::shared::{call, options, pace, stand_in};

const LIST: &str = "/containers/json";
const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

fn id(number: usize) -> String {
    format!("{number:064x}")
}

/// What the list answers when it is said so.
async fn listing(said: Said) -> Result<usize, DockerError> {
    let (stand_in, docker) = stand_in();
    stand_in.say(LIST, said);
    let listing = docker.containers(&call()).await?;
    assert_eq!(listing.unreadable, 0);
    Ok(listing.items.len())
}

async fn failing(said: Said) -> DockerError {
    listing(said).await.unwrap_err()
}

/// The client with a short patience.
fn impatient(stand_in: &DockerStandIn) -> Docker {
    let mut options = options(stand_in.socket());
    options.timeouts.call = Duration::from_millis(500);
    options.timeouts.silence = Duration::from_millis(500);
    options.timeouts.heartbeat = Duration::from_millis(500);
    Docker::new(options, pace()).unwrap()
}

#[tokio::test]
async fn what_is_no_engine_is_said_to_be_none() {
    for (said, status) in [
        (Said::html(500), 500),
        (Said::html(404), 404),
        (Said::Whole(302, vec![("Location", "http://elsewhere/")], vec![]), 302),
        (Said::Raw(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec()), 0),
        (Said::Raw(b"220 mail.example ESMTP\r\n\r\n".to_vec()), 0),
    ] {
        let error = failing(said).await;
        assert!(
            matches!(&error, DockerError::NotDocker { status: told, .. } if *told == status),
            "{error:?}"
        );
        assert!(
            !error.is_passing() && error.to_string().contains("is no Docker engine"),
            "{error}"
        );
    }
    for nonsense in ["<html></html>", "[1,2]", "{\"Id\":1}", "\u{0}\u{1}", "nonsense"] {
        let said = Said::Whole(200, vec![], nonsense.as_bytes().to_vec());
        let error = failing(said).await;
        assert!(
            matches!(error, DockerError::Unreadable { .. } | DockerError::Truncated { .. }),
            "{nonsense}: {error:?}"
        );
    }
}

#[tokio::test]
async fn what_breaks_off_is_not_taken_for_the_whole() {
    let whole = format!("[{{\"Id\":\"{ID}\"}}]");
    assert_eq!(
        listing(Said::Whole(200, vec![], whole.clone().into_bytes())).await,
        Ok(1)
    );
    assert_eq!(listing(Said::Whole(200, vec![], b"null".to_vec())).await, Ok(0));
    let truncated = DockerError::Truncated { asked: Asked::Question };
    for end in 1..whole.len() {
        let begun = whole.as_bytes()[..end].to_vec();
        assert_eq!(failing(Said::Cut(begun.clone())).await, truncated);
        assert_eq!(failing(Said::Whole(200, vec![], begun)).await, truncated);
    }
    assert!(truncated.is_passing());
}

#[tokio::test]
async fn a_connection_that_is_closed_leaves_a_change_uncertain() {
    let (stand_in, docker) = stand_in();
    stand_in.say(LIST, Said::Closed);
    let path = format!("/containers/{ID}/start");
    stand_in.say(&path, Said::Closed);
    let question = docker.containers(&call()).await.unwrap_err();
    let change = docker.start(ID, &call()).await.unwrap_err();
    for (error, asked) in [(&question, Asked::Question), (&change, Asked::Change)] {
        assert!(
            matches!(error, DockerError::Unreachable { asked: told, .. } if *told == asked),
            "{error:?}"
        );
    }
    assert!(change.is_uncertain() && !question.is_uncertain());
    let asked = stand_in
        .heard()
        .into_iter()
        .filter(|heard| heard.target.starts_with(&path));
    assert_eq!(asked.count(), 1, "a change is never sent twice");
}

#[tokio::test]
async fn silence_ends_in_a_time_out() {
    let stand_in = DockerStandIn::start();
    let docker = impatient(&stand_in);
    stand_in.say(LIST, Said::Silence);
    stand_in.say("/images/json", Said::Stall(b"[{".to_vec()));
    stand_in.say("/_ping", Said::Silence);
    for error in [
        docker.containers(&call()).await.unwrap_err(),
        docker.images(&call()).await.unwrap_err(),
        docker.ping(&call()).await.unwrap_err(),
    ] {
        assert!(
            matches!(
                error,
                DockerError::Timeout {
                    asked: Asked::Question,
                    ..
                }
            ),
            "{error:?}"
        );
    }
    let path = format!("/containers/{ID}");
    stand_in.say(&path, Said::Silence);
    let error = docker.remove(ID, Removal::default(), &call()).await.unwrap_err();
    assert!(error.is_uncertain() && error.code() == "docker_timeout", "{error:?}");
    // What goes on is bounded by its silence.
    stand_in.say(&format!("/containers/{ID}/stats"), Said::Stall(vec![]));
    let mut stats = docker.stats(ID, &call()).await.unwrap();
    assert_eq!(stats.next().await.unwrap_err().code(), "docker_timeout");
    stand_in.say("/images/create", Said::Stall(b"{\"status\":\"Pulling\"}".to_vec()));
    let mut told = Vec::new();
    let error = docker
        .pull("web", &call(), |far| told.push(far.status))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), told.as_slice()),
        ("docker_timeout", ["Pulling".to_owned()].as_slice())
    );
    // A log may be silent, its host may not.
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &json!({ "Id": ID })));
    stand_in.say(&format!("/containers/{ID}/logs"), Said::Stall(vec![]));
    let follow = LogOptions {
        follow: true,
        ..LogOptions::default()
    };
    let mut logs = docker.logs(ID, follow, &call()).await.unwrap();
    assert_eq!(logs.next().await.unwrap_err().code(), "docker_timeout");
}

#[tokio::test]
async fn a_call_can_be_cancelled_and_dropped() {
    let (stand_in, docker) = stand_in();
    stand_in.say(LIST, Said::Silence);
    stand_in.say(LIST, Said::json(200, &json!([])));
    let token = CancellationToken::new();
    let cancelled = Call::new().cancelled_by(token.clone());
    let end = async {
        stand_in.requests(1).await;
        token.cancel();
    };
    let (answer, ()) = tokio::join!(docker.containers(&cancelled), end);
    let asked = Asked::Question;
    assert_eq!(answer.unwrap_err(), DockerError::Cancelled { asked });
    assert_eq!(
        docker.start(ID, &cancelled).await.unwrap_err(),
        DockerError::Cancelled { asked }
    );
    assert_eq!(stand_in.heard().len(), 1, "a cancelled call asks nothing");
    assert!(docker.containers(&call()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn what_has_no_end_is_not_kept() {
    let stand_in = DockerStandIn::start();
    let mut bounded = options(stand_in.socket());
    bounded.bounds.answer = 10_000;
    bounded.bounds.entries = 1000;
    let docker = Docker::new(bounded, pace()).unwrap();
    let entry = format!("{{\"Id\":\"{ID}\"}},");
    for (path, bytes) in [
        // Entries without end, one entry without end, and a text that never closes.
        (LIST, format!("[{entry}")),
        (LIST, "[{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".to_owned()),
        ("/version", format!("{{\"a\":\"{}", "x".repeat(5000))),
        ("/_ping", "OK".repeat(500)),
    ] {
        stand_in.say(path, Said::Endless(bytes.into_bytes()));
    }
    // Between the list's `[` again and again: the first entry is whole, then it is no list any more.
    let error = docker.containers(&call()).await.unwrap_err();
    assert_eq!(error.code(), "docker_unreadable");
    let error = docker.containers(&call()).await.unwrap_err();
    assert_eq!(error.code(), "docker_too_large", "{error}");
    for error in [
        docker.server(&call()).await.unwrap_err(),
        docker.ping(&call()).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), "docker_too_large", "{error}");
    }
    // A refusal is read as far as it fits into a sentence.
    let mut head = b"HTTP/1.1 500 No\r\nApi-Version: 1.41\r\nContent-Length: 900000000\r\n\r\n".to_vec();
    head.extend(vec![b'x'; 200_000]);
    let path = format!("/containers/{ID}/start");
    stand_in.say(&path, Said::Raw(head));
    let error = docker.start(ID, &call()).await.unwrap_err();
    assert!(
        error.code() == "docker_failed" && error.to_string().len() < 1000,
        "{error}"
    );
}

#[tokio::test]
async fn a_long_list_is_read_and_a_longer_one_refused() {
    let (stand_in, docker) = stand_in();
    let entries = |count: usize| -> Vec<Value> { (0..count).map(|number| json!({ "Id": id(number) })).collect() };
    stand_in.say(LIST, Said::json(200, &Value::Array(entries(20_000))));
    assert_eq!(docker.containers(&call()).await.unwrap().items.len(), 20_000);
    let mut bounded = options(stand_in.socket());
    bounded.bounds.entries = 19_999;
    let docker = Docker::new(bounded, pace()).unwrap();
    let error = docker.containers(&call()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "The answer of the Docker host is larger than 19999 entries. It was not read."
    );
}

#[tokio::test]
async fn one_entry_that_can_not_be_read_leaves_the_others() {
    let (stand_in, docker) = stand_in();
    let list = json!([
        {"Id": ID, "State": "teleporting", "Names": null, "Ports": "none", "Labels": [1]}, {"Id": null}, {},
        {"Id": id(1), "State": "running", "Names": ["/web"]},
    ]);
    stand_in.say(LIST, Said::json(200, &list));
    let listing = docker.containers(&call()).await.unwrap();
    assert_eq!((listing.items.len(), listing.unreadable), (2, 2));
    assert_eq!(listing.items[0].state.word(), "teleporting");
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &json!({"Id": null})));
    let error = docker.container(ID, &call()).await.unwrap_err();
    assert_eq!(error.code(), "docker_unreadable");
}

#[tokio::test]
async fn an_old_engine_is_refused_whatever_is_asked() {
    let (stand_in, docker) = stand_in();
    let old = vec![("Api-Version", "1.24"), ("Content-Type", "application/json")];
    stand_in.say(LIST, Said::Whole(200, old, b"[]".to_vec()));
    assert_eq!(docker.containers(&call()).await.unwrap_err().code(), "docker_too_old");
    let version = json!({"Version": "1.12", "ApiVersion": "1.24"});
    stand_in.say("/version", Said::Whole(200, vec![], version.to_string().into_bytes()));
    assert_eq!(docker.server(&call()).await.unwrap_err().code(), "docker_too_old");
}

#[tokio::test]
async fn words_that_say_already_are_a_success() {
    let (stand_in, docker) = stand_in();
    let at = |end: &str| format!("/containers/{ID}{end}");
    stand_in.say(&at("/start"), Said::Whole(304, vec![], vec![]));
    stand_in.say(&at("/stop"), Said::Whole(304, vec![], vec![]));
    let stopped = format!("Cannot kill container: {ID}: Container {ID} is not running");
    stand_in.say(&at("/kill"), Said::error(409, &stopped));
    stand_in.say(
        &at(""),
        Said::error(409, &format!("removal of container {ID} is already in progress")),
    );
    assert_eq!(docker.start(ID, &call()).await, Ok(Outcome::Already));
    assert_eq!(docker.stop(ID, 5, &call()).await, Ok(Outcome::Already));
    assert_eq!(docker.kill(ID, None, &call()).await, Ok(Outcome::Already));
    assert_eq!(
        docker.remove(ID, Removal::default(), &call()).await,
        Ok(Outcome::Already)
    );
    // A page that says 404 is no proof that a container is gone.
    stand_in.say(&at("/json"), Said::html(404));
    assert_eq!(
        docker.container(ID, &call()).await.unwrap_err().code(),
        "docker_not_docker"
    );
}

#[tokio::test]
async fn an_engine_that_leaves_a_limit_out_leaves_no_container() {
    let (stand_in, docker) = stand_in();
    let warning =
        "Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.";
    stand_in.say(LIST, Said::json(200, &json!([])));
    let made = json!({"Id": ID, "Warnings": [warning]});
    stand_in.say("/containers/create", Said::json(201, &made));
    let inspected = json!({"Id": ID, "HostConfig": {"Memory": 0, "NanoCpus": 500_000_000}});
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &inspected));
    stand_in.say(
        &format!("/containers/{ID}"),
        Said::Whole(204, vec![("Api-Version", "1.41")], vec![]),
    );
    let mut spec = ContainerSpec::new("key", "web", "shop/web:1");
    spec.limits.memory = Some(1 << 26);
    spec.limits.nano_cpus = Some(500_000_000);
    let error = docker.create(&spec, &call()).await.unwrap_err();
    assert!(
        matches!(&error, DockerError::LimitsUnsupported { what, .. } if what == "the memory"),
        "{error}"
    );
    assert!(error.to_string().contains("Limitation discarded"), "{error}");
    assert_eq!(stand_in.heard().last().unwrap().method, "DELETE");
}

#[tokio::test]
async fn a_creation_whose_answer_was_lost_is_found_again() {
    let (stand_in, docker) = stand_in();
    stand_in.say(LIST, Said::json(200, &json!([])));
    let labelled = json!([{"Id": ID, "Image": "shop/web:1", "Labels": {"containerstacks.key": "key"}}]);
    stand_in.say(LIST, Said::json(200, &labelled));
    stand_in.say("/containers/create", Said::Closed);
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &json!({ "Id": ID })));
    let spec = ContainerSpec::new("key", "web", "shop/web:1");
    assert!(docker.create(&spec, &call()).await.unwrap_err().is_uncertain());
    let found = docker.create(&spec, &call()).await.unwrap();
    assert!(found.existing && found.id.as_str() == ID);
    let creations = stand_in
        .heard()
        .into_iter()
        .filter(|heard| heard.target.starts_with("/containers/create"));
    assert_eq!(creations.count(), 1);
}

#[tokio::test]
async fn a_name_that_is_given_away_before_there_is_a_container_is_waited_for() {
    let (stand_in, docker) = stand_in();
    stand_in.say(LIST, Said::json(200, &json!([])));
    let taken = "Conflict. The container name \"/web\" is already in use by container \"x\".";
    stand_in.say("/containers/create", Said::error(409, taken));
    let missing = Said::error(404, "No such container: web");
    let other = json!({"Id": ID, "Config": {"Labels": {"containerstacks.key": "other"}}});
    let ours = json!({"Id": ID, "Config": {"Labels": {"containerstacks.key": "key"}}});
    let path = "/containers/web/json";
    stand_in.say(path, missing.clone());
    stand_in.say(path, Said::json(200, &ours));
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &ours));
    let spec = ContainerSpec::new("key", "web", "shop/web:1");
    let created = docker.create(&spec, &call()).await.unwrap();
    assert!(created.existing && created.id.as_str() == ID);
    stand_in.say(path, missing);
    stand_in.say(path, Said::json(200, &other));
    let error = docker.create(&spec, &call()).await.unwrap_err();
    assert_eq!(error.code(), "docker_name_in_use");
}

#[tokio::test]
async fn a_log_that_is_none_is_refused() {
    let (stand_in, docker) = stand_in();
    stand_in.say(&format!("/containers/{ID}/json"), Said::json(200, &json!({ "Id": ID })));
    let mut cut = vec![1, 0, 0, 0, 0, 0, 0, 9];
    cut.extend(b"one\ntw");
    for body in [b"<html>nonsense".to_vec(), cut] {
        stand_in.say(&format!("/containers/{ID}/logs"), Said::Whole(200, vec![], body));
    }
    for code in ["docker_unreadable", "docker_truncated"] {
        let mut logs = docker.logs(ID, LogOptions::default(), &call()).await.unwrap();
        let error = loop {
            match logs.next().await {
                Ok(Some(line)) => assert_eq!(line.text, "one"),
                Ok(None) => panic!("{code}"),
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), code);
    }
}
