//! What happens on a host, with breaks: on a real engine, and on a stand-in that forgets.

use std::{path::PathBuf, sync::Arc, time::Duration};

use cs_tests::{
    docker::Said,
    docker_engine::{Engine, engine},
};
use providers::docker::{Asked, Call, CancellationToken, Docker, DockerError, Event, Events, News, Relist};
use serde_json::json;
use tokio::{
    io::copy_bidirectional,
    net::{UnixListener, UnixStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

use crate::shared::{GONE, PATIENCE, call, client, engine, options, pace, running, stand_in, until};

async fn next(events: &mut Events) -> News {
    tokio::time::timeout(PATIENCE, events.next()).await.unwrap().unwrap()
}

/// The next event of a container of this name; others belong to other tests.
async fn event_of(events: &mut Events, name: &str) -> Event {
    loop {
        if let News::Event(event) = next(events).await
            && event.name.as_deref() == Some(name)
        {
            return event;
        }
    }
}

async fn actions(events: &mut Events, name: &str, last: &str) -> Vec<String> {
    let mut all = Vec::new();
    while all.last().is_none_or(|action| action != last) {
        all.push(event_of(events, name).await.action);
    }
    all
}

/// A socket before an engine's, whose connections can be cut.
struct Proxy {
    socket: PathBuf,
    cut: watch::Sender<u32>,
    server: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Proxy {
    fn start(to: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("proxy.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let cut = watch::Sender::new(0);
        let cuts = cut.clone();
        let server = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut from, _) = listener.accept().await.unwrap();
                let to = to.clone();
                let mut cut = cuts.subscribe();
                connections.spawn(async move {
                    let mut to = UnixStream::connect(to).await.unwrap();
                    tokio::select! {
                        _ended = copy_bidirectional(&mut from, &mut to) => {}
                        _cut = cut.changed() => {}
                    }
                });
            }
        });
        Self {
            socket,
            cut,
            server,
            _folder: folder,
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test]
async fn a_life_is_told_without_what_happens_within() {
    let engine = engine!();
    let docker = client(engine);
    let token = CancellationToken::new();
    let mut events = docker.events(&Call::new().cancelled_by(token.clone()));
    assert_eq!(next(&mut events).await, News::Relist(Relist::First));
    let created = docker.create(&running("told", ""), &call()).await.unwrap();
    let id = created.id.as_str();
    docker.start(id, &call()).await.unwrap();
    let body = br#"{"Cmd":["/bin/true"]}"#;
    let answer = engine.raw("POST", &format!("/containers/{id}/exec"), body);
    let exec = answer.split("\"Id\":\"").nth(1).unwrap().split('"').next().unwrap();
    engine.raw("POST", &format!("/exec/{exec}/start"), br#"{"Detach":true}"#);
    docker.kill(id, None, &call()).await.unwrap();
    docker.rename(id, "told", &call()).await.unwrap();
    docker.remove(id, GONE, &call()).await.unwrap();
    let told = actions(&mut events, "told", "destroy").await;
    assert_eq!(told, ["create", "start", "kill", "die", "destroy"]);
    let (end, ()) = tokio::join!(events.next(), async { token.cancel() });
    let asked = Asked::Question;
    assert_eq!(end, Err(DockerError::Cancelled { asked }));
}

#[tokio::test]
async fn a_break_is_caught_up_with() {
    let engine = engine!();
    let direct = client(engine);
    let proxy = Proxy::start(engine.socket());
    let docker = Docker::new(options(&proxy.socket), pace()).unwrap();
    let mut events = docker.events(&call());
    assert_eq!(next(&mut events).await, News::Relist(Relist::First));
    let created = direct.create(&running("caught-up", ""), &call()).await.unwrap();
    let id = created.id.as_str();
    assert_eq!(event_of(&mut events, "caught-up").await.action, "create");
    proxy.cut.send_modify(|count| *count += 1);
    direct.start(id, &call()).await.unwrap();
    direct.kill(id, None, &call()).await.unwrap();
    direct.remove(id, GONE, &call()).await.unwrap();
    let (mut away, mut told) = (0, Vec::new());
    while told.last().is_none_or(|action: &String| action != "destroy") {
        match next(&mut events).await {
            News::Away(_) => away += 1,
            News::Event(event) if event.id == created.id => told.push(event.action),
            News::Event(_) => {}
            News::Relist(_) => panic!("nothing was missed"),
        }
    }
    assert_eq!(away, 1);
    assert_eq!(told, ["start", "kill", "die", "destroy"], "each once, in order");
}

#[tokio::test]
async fn an_engine_that_was_restarted_has_forgotten() {
    if engine().await.is_none() {
        return;
    }
    let mut own = tokio::task::spawn_blocking(Engine::start).await.unwrap();
    let docker = client(&own);
    let mut events = docker.events(&call());
    assert_eq!(next(&mut events).await, News::Relist(Relist::First));
    let created = docker.create(&running("forgotten", ""), &call()).await.unwrap();
    assert_eq!(event_of(&mut events, "forgotten").await.action, "create");
    own = tokio::task::spawn_blocking(move || {
        own.restart();
        own
    })
    .await
    .unwrap();
    assert!(matches!(next(&mut events).await, News::Away(_)));
    assert_eq!(next(&mut events).await, News::Relist(Relist::Missed));
    docker.remove(created.id.as_str(), GONE, &call()).await.unwrap();
    assert_eq!(event_of(&mut events, "forgotten").await.action, "destroy");
    tokio::task::spawn_blocking(move || drop(own)).await.unwrap();
}

#[tokio::test]
async fn a_host_that_hangs_is_away_until_it_goes_on() {
    if engine().await.is_none() {
        return;
    }
    let own = Arc::new(tokio::task::spawn_blocking(Engine::start).await.unwrap());
    let mut impatient = options(&own.socket());
    impatient.timeouts.heartbeat = Duration::from_millis(300);
    impatient.timeouts.call = Duration::from_secs(3);
    let docker = Docker::new(impatient, pace()).unwrap();
    let mut events = docker.events(&call());
    assert_eq!(next(&mut events).await, News::Relist(Relist::First));
    own.freeze(true);
    let away = next(&mut events).await;
    own.freeze(false);
    assert!(matches!(away, News::Away(DockerError::Timeout { .. })), "{away:?}");
    assert_eq!(
        next(&mut events).await,
        News::Relist(Relist::Missed),
        "there was no event to go on from"
    );
    let own = Arc::into_inner(own).unwrap();
    tokio::task::spawn_blocking(move || drop(own)).await.unwrap();
}

const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

fn event(action: &str, nano: i64) -> Vec<u8> {
    let mut line = json!({
        "Type": "container", "Action": action, "Actor": {"ID": ID, "Attributes": {"name": "web"}}, "timeNano": nano
    })
    .to_string();
    line.push('\n');
    line.into_bytes()
}

#[tokio::test]
async fn repeated_events_are_told_once_and_nonsense_is_passed_over() {
    let (stand_in, docker) = stand_in();
    let mut first = event("create", 1_000_000_000_000_000_000);
    first.extend(event("exec_start: /bin/check", 1_000_000_000_000_000_001));
    first.extend(b"{\"Type\":\"container\"}\n{\"nonsense\":[1,2]}\n{broken}\n");
    first.extend(event("start", 1_000_000_000_000_000_002));
    stand_in.say("/events", Said::Cut(first));
    // What is still known there, then what goes on.
    stand_in.say(
        "/events",
        Said::Whole(200, vec![], event("start", 1_000_000_000_000_000_002)),
    );
    let mut second = event("start", 1_000_000_000_000_000_002);
    second.extend(event("die", 1_000_000_000_000_000_002));
    second.extend(event("health_status: healthy", 1_000_000_000_000_000_003));
    stand_in.say("/events", Said::Stall(second));
    let mut events = docker.events(&call());
    let mut told = Vec::new();
    while told.len() < 6 {
        told.push(match next(&mut events).await {
            News::Event(event) => event.action,
            News::Away(error) => error.code().to_owned(),
            News::Relist(why) => format!("{why:?}"),
        });
    }
    assert_eq!(
        told,
        [
            "First",
            "create",
            "start",
            "docker_truncated",
            "die",
            "health_status: healthy"
        ]
    );
    let asked: Vec<String> = stand_in.heard().into_iter().map(|heard| heard.target).collect();
    assert!(!asked[0].contains("since="), "{asked:?}");
    assert!(
        asked[1].contains("since=1000000000.000000002&until=1000000000.000000002"),
        "{asked:?}"
    );
    assert!(
        asked[2].contains("since=1000000000.000000002") && !asked[2].contains("until="),
        "{asked:?}"
    );
}

#[tokio::test]
async fn what_does_not_pass_is_an_error_and_may_be_tried_again() {
    let (stand_in, docker) = stand_in();
    stand_in.say("/events", Said::html(502));
    stand_in.say("/events", Said::Stall(event("create", 1)));
    let mut events = docker.events(&call());
    let error = events.next().await.unwrap_err();
    assert_eq!(error.code(), "docker_not_docker");
    assert_eq!(next(&mut events).await, News::Relist(Relist::First));
    assert!(matches!(next(&mut events).await, News::Event(_)));
    // Waits that are dropped lose nothing.
    let (stand_in, docker) = crate::shared::stand_in();
    stand_in.say("/events", Said::Closed);
    stand_in.say("/events", Said::Stall(event("create", 1)));
    let mut events = docker.events(&call());
    let mut told = Vec::new();
    while told.len() < 3 {
        tokio::select! {
            biased;
            news = events.next() => told.push(news.unwrap()),
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
    }
    assert!(
        matches!(told[0], News::Away(_)) && told[1] == News::Relist(Relist::First),
        "{told:?}"
    );
    until("both were asked", async || stand_in.heard().len() == 2).await;
}
