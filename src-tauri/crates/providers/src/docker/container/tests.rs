use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::*;
use crate::docker::read::fuzz::{any_json, broken};

const ID: &str = "e90e34656806b9d7c4f2a1d0e5c6b7a8e90e34656806b9d7c4f2a1d0e5c6b7a8";

fn listed() -> Value {
    json!({
        "Id": ID, "Names": ["/other/web", "/web"], "Image": "shop/web:1", "ImageID": "sha256:abc",
        "Command": "/bin/sh", "Created": 1_767_268_800, "State": "running", "Status": "Up 2 hours (healthy)",
        "Ports": [
            {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
            {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
            {"PrivatePort": 9000, "Type": "tcp"},
        ],
        "Labels": {"a": "b"}, "HostConfig": {"NetworkMode": "default"},
        "NetworkSettings": {"Networks": {"bridge": {"IPAddress": "172.17.0.2", "GlobalIPv6Address": ""}}}, "Mounts": []
    })
}

fn inspected() -> Value {
    json!({
        "Id": ID, "Name": "/web", "Created": "2026-01-01T12:00:00.5Z", "Path": "/bin/sh", "Args": ["-c", "serve"],
        "State": {"Status": "exited", "Running": false, "OOMKilled": true, "ExitCode": 137, "Error": "",
            "StartedAt": "2026-01-01T12:00:01Z", "FinishedAt": "2026-01-01T13:00:00Z",
            "Health": {"Status": "unhealthy", "FailingStreak": 3, "Log": []}},
        "Image": "sha256:abc", "RestartCount": 4,
        "HostConfig": {"NanoCpus": 0, "CpuQuota": 50_000, "CpuPeriod": 100_000, "Memory": 67_108_864,
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}, "StorageOpt": {"size": "10g"},
            "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}},
        "Mounts": [{"Type": "volume", "Name": "data", "Source": "/var/lib/docker/volumes/data/_data",
            "Destination": "/data", "RW": false}, {"Type": "bind", "Source": "/srv", "Destination": "/srv", "RW": true}],
        "Config": {"Image": "shop/web:1", "Tty": false, "Env": ["TOKEN=hunter2=", "EMPTY=", "BARE"], "Labels": {"a": "b"},
            "ExposedPorts": {"80/tcp": {}, "443/tcp": {}}},
        "NetworkSettings": {"Ports": {}, "Networks": {"bridge": {"IPAddress": "", "GlobalIPv6Address": ""}}}
    })
}

fn port(inside: u16, outside: Option<u16>, address: Option<&str>) -> Port {
    Port {
        inside,
        protocol: "tcp".to_owned(),
        outside,
        address: address.map(|address| address.parse().unwrap()),
    }
}

#[test]
fn a_usual_entry_of_the_list() {
    let summary = Summary::read(&listed()).unwrap();
    assert_eq!((summary.id.as_str(), summary.name.as_str()), (ID, "web"));
    assert_eq!(summary.state, ContainerState::Running);
    assert_eq!(summary.created.unwrap().to_string(), "2026-01-01 12:00:00 UTC");
    assert_eq!(summary.ports, [port(80, Some(8080), None), port(9000, None, None)]);
    let address: IpAddr = "172.17.0.2".parse().unwrap();
    assert_eq!(summary.addresses["bridge"], [address]);
}

#[test]
fn a_usual_inspection() {
    let container = Container::read(&inspected()).unwrap();
    assert_eq!(container.state, ContainerState::Exited);
    assert_eq!((container.exit_code, container.oom_killed), (Some(137), true));
    assert_eq!(container.health, Some(Health::Unhealthy));
    assert_eq!(
        container.limits,
        Limits {
            nano_cpus: Some(500_000_000),
            memory: Some(67_108_864)
        }
    );
    assert_eq!(container.restart, RestartPolicy::OnFailure(3));
    assert_eq!(container.disk_limit.as_deref(), Some("10g"));
    assert_eq!(container.command, ["/bin/sh", "-c", "serve"]);
    assert_eq!(
        container.ports,
        [port(80, Some(8080), Some("127.0.0.1")), port(443, None, None)]
    );
    assert_eq!(container.mounts[0].source, "data");
    assert!(!container.mounts[0].writable && container.mounts[1].writable);
    assert_eq!(container.addresses["bridge"], Vec::<IpAddr>::new());
}

#[test]
fn the_environment_is_read_and_never_shown() {
    let container = Container::read(&inspected()).unwrap();
    let read: Vec<(&str, &str)> = container
        .environment
        .iter()
        .map(|variable| (variable.name.as_str(), variable.value.expose_secret()))
        .collect();
    assert_eq!(read, [("TOKEN", "hunter2="), ("EMPTY", ""), ("BARE", "")]);
    assert!(!format!("{container:?}").contains("hunter2"));
}

#[test]
fn a_word_that_is_not_known_is_kept() {
    let mut value = listed();
    value["State"] = json!("teleporting");
    let state = Summary::read(&value).unwrap().state;
    assert_eq!(state.word(), "teleporting");
    for word in [
        "created",
        "running",
        "paused",
        "restarting",
        "removing",
        "exited",
        "dead",
    ] {
        let state = ContainerState::from_word(word);
        assert!(!matches!(state, ContainerState::Other(_)));
        assert_eq!(state.word(), word);
    }
}

#[test]
fn all_but_the_id_may_be_null() {
    let bare = json!({ "Id": ID });
    for mut value in [listed(), inspected()] {
        for (key, field) in value.as_object_mut().unwrap() {
            if key != "Id" {
                *field = Value::Null;
            }
        }
        assert_eq!(Summary::read(&value), Summary::read(&bare));
        assert!(Container::read(&value).is_some());
    }
    for id in ["", "abc", &ID.to_uppercase(), &format!("{ID}0"), "../../etc/passwd"] {
        assert_eq!(Summary::read(&json!({ "Id": id })), None, "{id}");
    }
    let never = Container::read(&bare).unwrap();
    assert_eq!((never.exit_code, never.state.word()), (None, ""));
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused(json in any_json()) {
        let _summary = Summary::read(&json);
        let _container = Container::read(&json);
    }

    #[test]
    fn a_broken_entry_is_read_or_refused(json in broken(listed())) {
        let _summary = Summary::read(&json);
    }

    #[test]
    fn a_broken_inspection_is_read_or_refused(json in broken(inspected())) {
        if let Some(container) = Container::read(&json) {
            let shown = format!("{container:?}");
            prop_assert!(!shown.contains("hunter2"));
        }
    }
}
