//! `csctl container logs --follow`: over a real engine, and over one that breaks off.

use std::os::unix::process::ExitStatusExt;

use cs_tests::{
    csctl::command_over,
    docker::{DockerStandIn, Said},
    docker_engine::{Engine, IMAGE},
    process::Process,
};
use rustix::process::Signal;
use serde_json::{Value, json};

use super::shared::{World, cleared, own_engine, unix};

const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

impl World {
    fn follow(&self, more: &[&str]) -> Process {
        let arguments = ["container", "logs", "--container", "talks", "--follow"];
        Process::of(command_over(self.db.admin_url(), &[&arguments, more].concat()))
    }
}

/// A container that counts, a line each 200 ms, until it is stopped. Its id on its host.
fn talking(engine: &Engine) -> String {
    let script = "trap 'echo last; exit 0' TERM; i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done";
    let body = json!({ "Image": IMAGE, "Cmd": ["/bin/sh", "-c", script], "HostConfig": { "NetworkMode": "none" } });
    let answer = engine.raw("POST", "/containers/create?name=talks", body.to_string().as_bytes());
    let at = answer.find(r#""Id":""#).unwrap_or_else(|| panic!("{answer}")) + 6;
    let id = answer[at..at + 64].to_owned();
    engine.raw("POST", &format!("/containers/{id}/start"), b"");
    id
}

/// Which of its lines were told.
fn counted(said: &[String]) -> Vec<u64> {
    let texts = said.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    texts
        .filter_map(|line| line["text"].as_str()?.strip_prefix("line ")?.parse().ok())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_arrive_while_it_runs_and_it_ends_with_the_container() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let id = talking(&engine);
    world.sync().await;

    let mut interrupted = world.follow(&["--search", "LINE"]);
    let mut followed = world.follow(&["--tail", "1", "--json"]);
    let first: Value = serde_json::from_str(&followed.until("line ")).unwrap();
    assert!(
        first["at"].is_string() && first["is_error"] == false && first["cut"] == false,
        "{first}"
    );
    // Said after it was looked at: it can't have come with the last lines.
    let began = counted(&followed.said)[0];
    followed.until(&format!("line {}\"", began + 5));
    assert!(
        engine
            .raw("GET", &format!("/containers/{id}/json"), b"")
            .contains(r#""Running":true"#)
    );

    // A signal ends it as it ends what doesn't stay; a person sees the times.
    let line = interrupted.until("line 3");
    assert!(
        line.starts_with("20") && line.contains(':') && line.ends_with("line 3"),
        "{line}"
    );
    interrupted.signal(Signal::INT);
    assert_eq!(interrupted.end().signal(), Some(Signal::INT.as_raw()));

    engine.raw("POST", &format!("/containers/{id}/stop?t=10"), b"");
    assert!(followed.end().success(), "{:?}", followed.said);
    let told = counted(&followed.said);
    let all: Vec<u64> = (began..=*told.last().unwrap()).collect();
    assert_eq!(told, all, "each once");
    assert!(followed.said.last().unwrap().contains(r#""text":"last""#));

    // One that has ended says what it said, and that was all.
    let mut over = world.follow(&["--tail", "1"]);
    assert!(over.end().success(), "{:?}", over.said);
    assert!(
        over.said.len() == 1 && over.said[0].ends_with(" last"),
        "{:?}",
        over.said
    );
    cleared(&engine);
}

/// A line of standard output, as an engine frames it.
fn framed(text: &str) -> Vec<u8> {
    let line = format!("2030-03-17T17:46:42.000000000Z {text}\n");
    let length = u32::try_from(line.len()).unwrap().to_be_bytes();
    [&[1, 0, 0, 0], &length[..], line.as_bytes()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_breaks_off_is_an_error_behind_what_was_told() {
    let stand_in = DockerStandIn::start();
    for (path, answer) in [
        ("/version", json!({ "Version": "20.10.24", "ApiVersion": "1.41" })),
        ("/info", json!({ "ID": "engine-1", "Driver": "overlay2" })),
        (
            "/containers/json",
            json!([{ "Id": ID, "Names": ["/talks"], "Image": IMAGE, "State": "running", "Status": "Up", "Created": 1_900_000_000 }]),
        ),
        (
            &format!("/containers/{ID}/json"),
            json!({ "Id": ID, "Name": "/talks", "Created": "2030-03-17T17:46:40Z", "Config": { "Image": IMAGE },
                "State": { "Status": "running", "Running": true, "StartedAt": "2030-03-17T17:46:41Z" } }),
        ),
    ] {
        stand_in.say(path, Said::json(200, &answer));
    }
    let world = World::at(&unix(stand_in.socket()), true).await;
    world.sync().await;
    // Cut, or ended well by an engine that is shut down while the container goes on.
    for said in [
        Said::Cut(framed("one")),
        Said::Whole(200, vec![("Api-Version", "1.41")], framed("one")),
    ] {
        stand_in.say(&format!("/containers/{ID}/logs"), said);
        let mut followed = world.follow(&["--json"]);
        assert_eq!(followed.end().code(), Some(1), "{:?}", followed.said);
        let [line, error] = &followed.said[..] else {
            panic!("{:?}", followed.said)
        };
        assert!(line.contains(r#""text":"one""#), "{line}");
        let error: Value = serde_json::from_str(error).unwrap();
        assert_eq!(error["error"]["code"], "docker_truncated");
        let sentence = error["error"]["message"].as_str().unwrap();
        assert!(sentence.contains("What came until then stands"), "{sentence}");
    }
}
