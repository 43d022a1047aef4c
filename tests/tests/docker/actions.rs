//! What is done to containers, on a real engine.

use std::collections::BTreeMap;

use cs_tests::docker_engine::IMAGE;
use providers::docker::{
    ContainerSpec, ContainerState, DiskLimit, DockerError, KEY_LABEL, Limits, Outcome, Removal, RestartPolicy, Volume,
};
use secrecy::{ExposeSecret, SecretString};

use crate::shared::{GONE, call, client, ended, engine, running, started, until};

#[tokio::test]
async fn an_engine_says_what_it_is() {
    let engine = engine!();
    let docker = client(engine);
    docker.ping(&call()).await.unwrap();
    let server = docker.server(&call()).await.unwrap();
    assert!(
        !server.version.is_empty() && server.api_version.contains('.'),
        "{server:?}"
    );
    assert_eq!(server.os.as_deref(), Some("linux"));
    assert!(server.cpus.unwrap() > 0 && server.memory.unwrap() > 1 << 20);
    assert_eq!(server.storage_driver.as_deref(), Some(engine.driver()));
    assert_eq!((server.limits_cpu, server.limits_memory), (Some(true), Some(true)));
    let images = docker.images(&call()).await.unwrap();
    let ours = images
        .items
        .iter()
        .find(|image| image.tags.iter().any(|tag| tag == IMAGE));
    assert!(ours.unwrap().size.unwrap() > 100_000 && images.unreadable == 0);
}

#[tokio::test]
async fn a_container_lives_as_it_was_ordered() {
    let docker = client(engine!());
    let volume = tempfile::tempdir().unwrap();
    let mut spec = running("life", "echo $GREETING > /data/said; exec sleep 100000");
    spec.environment = vec![("GREETING".to_owned(), SecretString::from("hunter2=$x"))];
    spec.labels = BTreeMap::from([("containerstacks.container".to_owned(), "17".to_owned())]);
    spec.volumes = vec![
        Volume {
            source: volume.path().to_str().unwrap().to_owned(),
            target: "/data".to_owned(),
            read_only: false,
        },
        Volume {
            source: "life-volume".to_owned(),
            target: "/kept".to_owned(),
            read_only: true,
        },
    ];
    spec.limits.nano_cpus = Some(500_000_000);
    spec.limits.memory = Some(64 << 20);
    spec.restart = RestartPolicy::OnFailure(3);
    let created = docker.create(&spec, &call()).await.unwrap();
    assert!(!created.existing && created.disk_limited.is_none(), "{created:?}");
    let id = created.id.as_str();

    let new = docker.container(id, &call()).await.unwrap().unwrap();
    assert_eq!(new.state, ContainerState::Created);
    assert_eq!((new.exit_code, new.started, new.finished), (None, None, None));
    assert_eq!((new.name.as_str(), new.image.as_str()), ("life", IMAGE));
    let limits = Limits {
        nano_cpus: Some(500_000_000),
        memory: Some(64 << 20),
    };
    assert_eq!((new.limits, new.restart), (limits, RestartPolicy::OnFailure(3)));
    assert_eq!(new.labels["containerstacks.container"], "17");
    let secret = new.environment.iter().find(|variable| variable.name == "GREETING");
    assert_eq!(secret.unwrap().value.expose_secret(), "hunter2=$x");
    let mounts: BTreeMap<&str, (&str, bool)> = new
        .mounts
        .iter()
        .map(|mount| (mount.target.as_str(), (mount.kind.as_str(), mount.writable)))
        .collect();
    assert_eq!(mounts["/data"], ("bind", true));
    assert_eq!(mounts["/kept"], ("volume", false));

    assert_eq!(docker.start(id, &call()).await, Ok(Outcome::Done));
    assert_eq!(docker.start(id, &call()).await, Ok(Outcome::Already));
    let said = volume.path().join("said");
    until("it writes", async || said.exists()).await;
    let listed = docker.containers(&call()).await.unwrap();
    let ours = listed.items.iter().find(|item| item.id == created.id).unwrap();
    assert_eq!(ours.state, ContainerState::Running);
    assert!(
        ours.status.starts_with("Up") && ours.created == new.created.map(trunc),
        "{ours:?}"
    );

    assert_eq!(docker.restart(id, 0, &call()).await, Ok(Outcome::Done));
    assert_eq!(docker.stop(id, 0, &call()).await, Ok(Outcome::Done));
    assert_eq!(docker.stop(id, 0, &call()).await, Ok(Outcome::Already));
    assert_eq!(docker.kill(id, None, &call()).await, Ok(Outcome::Already));
    let stopped = docker.container(id, &call()).await.unwrap().unwrap();
    assert_eq!((stopped.state, stopped.exit_code), (ContainerState::Exited, Some(137)));
    assert!(stopped.finished > stopped.started && !stopped.oom_killed);

    assert_eq!(docker.rename(id, "life-2", &call()).await, Ok(Outcome::Done));
    assert_eq!(docker.rename(id, "life-2", &call()).await, Ok(Outcome::Already));
    assert_eq!(docker.start("life-2", &call()).await, Ok(Outcome::Done));
    let refused = docker.remove(id, Removal::default(), &call()).await.unwrap_err();
    assert_eq!(refused.code(), "docker_conflict");
    assert_eq!(docker.kill(id, Some("KILL"), &call()).await, Ok(Outcome::Done));
    assert_eq!(docker.remove(id, GONE, &call()).await, Ok(Outcome::Done));
    assert_eq!(docker.remove(id, GONE, &call()).await, Ok(Outcome::Already));
    assert!(docker.container(id, &call()).await.unwrap().is_none());
    let missing = docker.start(id, &call()).await.unwrap_err();
    assert_eq!(missing.code(), "docker_not_found");
}

fn trunc(at: chrono::DateTime<chrono::Utc>) -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(at.timestamp(), 0).unwrap()
}

#[tokio::test]
async fn under_one_key_there_is_one_container() {
    let docker = client(engine!());
    let spec = running("once", "");
    let call = call();
    let all = tokio::join!(
        docker.create(&spec, &call),
        docker.create(&spec, &call),
        docker.create(&spec, &call),
        docker.create(&spec, &call),
    );
    let all = [all.0, all.1, all.2, all.3].map(Result::unwrap);
    assert!(all.iter().all(|created| created.id == all[0].id), "{all:?}");
    assert_eq!(all.iter().filter(|created| !created.existing).count(), 1);
    let again = docker.create(&spec, &call).await.unwrap();
    assert!(again.existing && again.id == all[0].id);
    let under = docker.labelled(KEY_LABEL, "key-once", &call).await.unwrap();
    assert_eq!(under.items.len(), 1);

    let other = ContainerSpec {
        key: "key-other".to_owned(),
        ..spec.clone()
    };
    let taken = docker.create(&other, &call).await.unwrap_err();
    let name = "once".to_owned();
    assert_eq!(taken, DockerError::NameInUse { name });
    let changed = ContainerSpec {
        image: "cs-test/other:1".to_owned(),
        ..spec.clone()
    };
    let reused = docker.create(&changed, &call).await.unwrap_err();
    assert_eq!(reused.code(), "docker_key_in_use");
    docker.remove(all[0].id.as_str(), GONE, &call).await.unwrap();
}

#[tokio::test]
async fn a_container_is_held_to_its_memory() {
    let docker = client(engine!());
    let mut spec = running("greedy", "x=$(yes | head -c 200000000); echo ${#x}");
    spec.limits.memory = Some(16 << 20);
    let id = started(&docker, &spec).await.id;
    ended(&docker, id.as_str()).await;
    let container = docker.container(id.as_str(), &call()).await.unwrap().unwrap();
    // Nobody but the kernel has killed it. The engine's own flag is not asked: it is lost where the end is noticed
    // before its reason.
    assert_eq!(container.exit_code, Some(137), "{container:?}");
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
}

#[tokio::test]
async fn a_disk_is_limited_or_it_is_said_that_it_is_not() {
    let engine = engine!();
    let docker = client(engine);
    let mut spec = running("disk", "");
    let mut disk = DiskLimit {
        bytes: 1 << 30,
        required: false,
    };
    spec.limits.disk = Some(disk);
    let created = docker.create(&spec, &call()).await.unwrap();
    let limited = created.disk_limited.unwrap();
    docker.remove(created.id.as_str(), GONE, &call()).await.unwrap();
    disk.required = true;
    spec.limits.disk = Some(disk);
    match docker.create(&spec, &call()).await {
        Ok(created) => {
            assert!(limited, "only where the storage driver can");
            docker.remove(created.id.as_str(), GONE, &call()).await.unwrap();
        }
        Err(error) => {
            assert!(!limited && error.code() == "docker_limits_unsupported", "{error}");
            let left = docker.labelled(KEY_LABEL, &spec.key, &call()).await.unwrap();
            assert!(left.items.is_empty(), "nothing is left behind");
        }
    }
}

#[tokio::test]
async fn what_the_engine_refuses_has_its_kind() {
    let docker = client(engine!());
    let mut spec = running("refused", "");
    spec.image = "cs-test/nowhere:1".to_owned();
    let image = spec.image.clone();
    let error = docker.create(&spec, &call()).await.unwrap_err();
    assert_eq!(error, DockerError::NoImage { image });
    spec.image = IMAGE.to_owned();
    spec.limits.nano_cpus = Some(4_000_000_000_000);
    let error = docker.create(&spec, &call()).await.unwrap_err();
    assert_eq!(error.code(), "docker_rejected", "{error}");
    spec.limits.nano_cpus = None;
    spec.network = Some("nowhere".to_owned());
    let created = docker.create(&spec, &call()).await;
    let error = match created {
        // The engine looks for the network when it starts.
        Ok(created) => {
            let error = docker.start(created.id.as_str(), &call()).await.unwrap_err();
            docker.remove(created.id.as_str(), GONE, &call()).await.unwrap();
            error
        }
        Err(error) => error,
    };
    assert!(!error.is_passing() && !error.is_uncertain(), "{error:?}");
    let mut spec = running("no-program", "");
    spec.command = vec!["/bin/nope".to_owned()];
    let created = docker.create(&spec, &call()).await.unwrap();
    let error = docker.start(created.id.as_str(), &call()).await.unwrap_err();
    assert_eq!(error.code(), "docker_rejected", "{error}");
    let container = docker.container("no-program", &call()).await.unwrap().unwrap();
    assert!(container.error.is_some(), "{container:?}");
    docker.remove("no-program", GONE, &call()).await.unwrap();
}
