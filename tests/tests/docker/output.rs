//! What containers say and use, on a real engine.

use providers::docker::{Call, CancellationToken, Docker, DockerError, LogLine, LogOptions, LogPosition, Output};

use crate::shared::{GONE, PATIENCE, call, client, ended, engine, options, pace, running, started};

async fn all(docker: &Docker, id: &str, options: LogOptions) -> (Vec<LogLine>, LogPosition) {
    let mut logs = docker.logs(id, options, &call()).await.unwrap();
    let mut lines = Vec::new();
    while let Some(line) = logs.next().await.unwrap() {
        lines.push(line);
    }
    (lines, logs.position())
}

fn texts(lines: &[LogLine]) -> Vec<&str> {
    lines.iter().map(|line| line.text.as_str()).collect()
}

#[tokio::test]
async fn both_streams_are_read_with_their_times() {
    let docker = client(engine!());
    let script = r"echo one; printf 'b\377d\n'; echo two >&2; echo; printf 'no end'";
    let id = started(&docker, &running("speaks", script)).await.id;
    ended(&docker, id.as_str()).await;
    let (lines, position) = all(&docker, id.as_str(), LogOptions::default()).await;
    let of = |output| {
        let lines = lines.iter().filter(|line| line.output == output);
        lines.map(|line| line.text.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(of(Output::Out), ["one", "b\u{fffd}d", "", "no end"]);
    assert_eq!(of(Output::Err), ["two"]);
    assert!(lines.iter().all(|line| line.at.is_some() && !line.cut));
    let last = LogOptions {
        tail: Some(1),
        ..LogOptions::default()
    };
    assert_eq!(all(&docker, id.as_str(), last).await.0.len(), 1);
    let later = LogOptions {
        from: Some(position),
        ..LogOptions::default()
    };
    assert_eq!(all(&docker, id.as_str(), later).await.0, [], "nothing is repeated");
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
}

#[tokio::test]
async fn a_terminal_is_one_stream() {
    let docker = client(engine!());
    let mut spec = running(
        "terminal",
        "echo out; echo err >&2; head -c 40000 /dev/zero | tr '\\0' x; echo",
    );
    spec.terminal = true;
    let id = started(&docker, &spec).await.id;
    ended(&docker, id.as_str()).await;
    let (lines, _) = all(&docker, id.as_str(), LogOptions::default()).await;
    assert_eq!(texts(&lines), ["out", "err", &"x".repeat(40_000)]);
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
}

#[tokio::test]
async fn long_lines_are_whole_up_to_the_bound_and_cut_beyond() {
    let engine = engine!();
    let docker = client(engine);
    let script = "head -c 50000 /dev/zero | tr '\\0' x; echo; head -c 3000000 /dev/zero | tr '\\0' y; echo; echo end";
    let id = started(&docker, &running("long", script)).await.id;
    ended(&docker, id.as_str()).await;
    let (lines, _) = all(&docker, id.as_str(), LogOptions::default()).await;
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0].text, "x".repeat(50_000));
    assert_eq!(lines[1].text, format!("{}…", "y".repeat(64 * 1024)));
    assert_eq!((lines[0].cut, lines[1].cut, lines[2].cut), (false, true, false));
    let mut bounded = options(&engine.socket());
    bounded.bounds.line = 10;
    let docker = Docker::new(bounded, pace()).unwrap();
    let (lines, _) = all(&docker, id.as_str(), LogOptions::default()).await;
    assert_eq!(texts(&lines), ["xxxxxxxxxx…", "yyyyyyyyyy…", "end"]);
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
}

#[tokio::test]
async fn a_log_is_followed_and_gone_on_with_where_it_broke_off() {
    let docker = client(engine!());
    // Many lines of both streams, some of them within one moment; it goes on when it is told to.
    let script = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo $i; echo e$i >&2; done; \
        trap 'echo last; exit 0' TERM; while true; do sleep 0.05; done";
    let id = started(&docker, &running("followed", script)).await.id;
    let follow = |from| LogOptions {
        follow: true,
        from,
        ..LogOptions::default()
    };
    let mut lines = Vec::new();
    let mut position = None;
    // Broken off again and again.
    for step in [1_usize, 7, 100, 200, 292] {
        let mut logs = docker.logs(id.as_str(), follow(position), &call()).await.unwrap();
        for _ in 0..step {
            lines.push(logs.next().await.unwrap().unwrap());
        }
        position = Some(logs.position());
    }
    let mut logs = docker.logs(id.as_str(), follow(position), &call()).await.unwrap();
    let token = CancellationToken::new();
    let cancelled = Call::new().cancelled_by(token.clone());
    let mut silent = docker.logs(id.as_str(), follow(position), &cancelled).await.unwrap();
    let (end, ()) = tokio::join!(silent.next(), async { token.cancel() });
    assert_eq!(end.unwrap_err().code(), "docker_cancelled");
    docker.stop(id.as_str(), 10, &call()).await.unwrap();
    while let Some(line) = logs.next().await.unwrap() {
        lines.push(line);
    }
    let of = |output| {
        let lines = lines.iter().filter(|line| line.output == output);
        lines.map(|line| line.text.clone()).collect::<Vec<_>>()
    };
    let mut out: Vec<String> = (1..=300).map(|number| number.to_string()).collect();
    out.push("last".to_owned());
    let err: Vec<String> = (1..=300).map(|number| format!("e{number}")).collect();
    assert_eq!((of(Output::Out), of(Output::Err)), (out, err));
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
    let missing = docker.logs(id.as_str(), follow(None), &call()).await.unwrap_err();
    assert!(matches!(missing, DockerError::NotFound { .. }));
}

#[tokio::test]
async fn figures_say_what_is_used() {
    let docker = client(engine!());
    let mut spec = running("busy", "while true; do true; done");
    spec.limits.nano_cpus = Some(200_000_000);
    spec.limits.memory = Some(64 << 20);
    let id = started(&docker, &spec).await.id;
    let id = id.as_str();
    let mut stats = docker.stats(id, &call()).await.unwrap();
    let first = stats.next().await.unwrap().unwrap();
    assert_eq!((first.cpu_of_core, first.received), (None, None));
    assert_eq!(first.memory_limit, Some(64 << 20));
    let second = tokio::time::timeout(PATIENCE, stats.next())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let (core, host) = (second.cpu_of_core.unwrap(), second.cpu_of_host.unwrap());
    assert!(core > 0.0 && core < 60.0, "a fifth of a core is allowed: {core}");
    assert!(host <= core && second.at > first.at);
    assert!(second.memory.unwrap() > 0 && second.memory.unwrap() < 64 << 20);
    assert!(second.processes.unwrap() >= 1);
    // At once, with the reading that was kept.
    let (alone, kept) = docker.sample(id, None, &call()).await.unwrap().unwrap();
    assert_eq!(alone.cpu_of_core, None);
    let (with, _) = docker.sample(id, Some(&kept), &call()).await.unwrap().unwrap();
    assert!(with.memory.is_some() && with.at >= alone.at);
    docker.kill(id, None, &call()).await.unwrap();
    let mut left = 0;
    while stats.next().await.unwrap().is_some() {
        left += 1;
        assert!(left < 20, "it ends with the container");
    }
    ended(&docker, id).await;
    assert_eq!(docker.sample(id, None, &call()).await.unwrap(), None);
    docker.remove(id, GONE, &call()).await.unwrap();
    let missing = docker.sample(id, None, &call()).await.unwrap_err();
    assert!(matches!(missing, DockerError::NotFound { .. }));
}
