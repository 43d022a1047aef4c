//! What these tests share.

use std::{future::Future, path::Path, sync::Arc, time::Duration};

use chrono::DateTime;
use cs_tests::{
    docker::DockerStandIn,
    docker_engine::{Engine, IMAGE},
};
use providers::{
    docker::{Call, ContainerSpec, Created, Docker, DockerHost, DockerOptions, Removal},
    pace::{Pace, RunningPace},
};

/// However slow the machine is: nothing here takes as long.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub fn pace() -> Arc<dyn Pace> {
    Arc::new(RunningPace::new(|| DateTime::UNIX_EPOCH, || 0.0))
}

pub fn options(socket: &Path) -> DockerOptions {
    DockerOptions::new(DockerHost::Unix {
        path: socket.to_owned(),
    })
}

pub fn client(engine: &Engine) -> Docker {
    Docker::new(options(&engine.socket()), pace()).unwrap()
}

/// A stand-in and its client.
pub fn stand_in() -> (DockerStandIn, Docker) {
    let stand_in = DockerStandIn::start();
    let docker = Docker::new(options(stand_in.socket()), pace()).unwrap();
    (stand_in, docker)
}

pub fn call() -> Call {
    Call::new()
}

pub const GONE: Removal = Removal {
    force: true,
    volumes: true,
};

/// A container that runs a script of the shell's. Nothing of it is reached from outside.
pub fn running(name: &str, script: &str) -> ContainerSpec {
    let mut spec = ContainerSpec::new(format!("key-{name}"), name, IMAGE);
    spec.network = Some("none".to_owned());
    if !script.is_empty() {
        spec.command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    }
    spec
}

pub async fn started(docker: &Docker, spec: &ContainerSpec) -> Created {
    let created = docker.create(spec, &call()).await.unwrap();
    docker.start(created.id.as_str(), &call()).await.unwrap();
    created
}

/// Waits until a question is answered with yes.
pub async fn until<F: Future<Output = bool>>(what: &str, question: impl Fn() -> F) {
    let asking = async {
        while !question().await {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, asking).await.is_ok(), "{what}");
}

/// Waits until a container has ended.
pub async fn ended(docker: &Docker, id: &str) {
    until("it ends", async || {
        let container = docker.container(id, &call()).await.unwrap().unwrap();
        container.finished.is_some() && container.state.word() == "exited"
    })
    .await;
}

/// The engine of these tests, or the end of the test: the notice is printed where no engine can run.
macro_rules! engine {
    () => {{
        let Some(engine) = cs_tests::docker_engine::engine().await else {
            return;
        };
        engine
    }};
}
pub(crate) use engine;
