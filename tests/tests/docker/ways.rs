//! Ways to an engine: a socket, an encrypted port, ssh; and what stands in each of them.

use std::{ffi::OsString, fs, net::TcpListener, path::Path, time::Duration};

use cs_tests::docker_engine::{Engine, Papers, found, script};
use providers::docker::{Call, CancellationToken, Docker, DockerError, DockerHost, DockerOptions, LogOptions, Tls};
use secrecy::SecretString;

use crate::shared::{GONE, call, client, ended, engine, options, pace, running, started};

fn tcp(port: u16) -> DockerOptions {
    let name = "127.0.0.1".to_owned();
    DockerOptions::new(DockerHost::Tcp { name, port })
}

fn tls(papers: &Papers) -> Tls {
    Tls {
        authority: Some(papers.authority.clone()),
        certificate: Some(papers.certificate.clone()),
        key: Some(SecretString::from(papers.key.clone())),
    }
}

fn encrypted(engine: &Engine, change: impl FnOnce(&mut DockerOptions)) -> Docker {
    let mut options = tcp(engine.port());
    options.tls = Some(tls(&engine.papers));
    change(&mut options);
    Docker::new(options, pace()).unwrap()
}

#[tokio::test]
async fn an_encrypted_port_serves_all_that_a_socket_does() {
    let engine = engine!();
    let docker = encrypted(engine, |_| {});
    docker.server(&call()).await.unwrap();
    let id = started(&docker, &running("encrypted", "echo hello")).await.id;
    ended(&docker, id.as_str()).await;
    let mut logs = docker.logs(id.as_str(), LogOptions::default(), &call()).await.unwrap();
    assert_eq!(logs.next().await.unwrap().unwrap().text, "hello");
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
}

#[tokio::test]
async fn both_sides_have_to_prove_themselves() {
    let engine = engine!();
    let others = Papers::issue();
    let wrong_authority = encrypted(engine, |options| {
        options.tls.as_mut().unwrap().authority = Some(others.authority.clone());
    });
    let no_certificate = encrypted(engine, |options| {
        let tls = options.tls.as_mut().unwrap();
        tls.certificate = None;
        tls.key = None;
    });
    let strangers = encrypted(engine, |options| {
        let tls = options.tls.as_mut().unwrap();
        tls.certificate = Some(others.certificate.clone());
        tls.key = Some(SecretString::from(others.key.clone()));
    });
    let another_name = encrypted(engine, |options| {
        let port = engine.port();
        let name = "localhost".to_owned();
        options.host = DockerHost::Tcp { name, port };
    });
    let system = encrypted(engine, |options| options.tls.as_mut().unwrap().authority = None);
    for (docker, what) in [
        (wrong_authority, "authority"),
        (no_certificate, "no certificate"),
        (strangers, "stranger"),
        (another_name, "name"),
        (system, "this computer's authorities"),
    ] {
        let error = docker.ping(&call()).await.unwrap_err();
        assert!(matches!(error, DockerError::Untrusted { .. }), "{what}: {error:?}");
        assert!(!error.is_passing());
    }
    let mixed = Tls {
        key: Some(SecretString::from(others.key.clone())),
        ..tls(&engine.papers)
    };
    let mut options = tcp(engine.port());
    options.tls = Some(mixed);
    let error = Docker::new(options, pace()).unwrap_err();
    assert_eq!(error.code(), "docker_certificates");
    // The other way round: an engine that expects encryption is asked without.
    let mut options = tcp(engine.port());
    options.open = true;
    let error = Docker::new(options, pace()).unwrap().ping(&call()).await.unwrap_err();
    assert!(matches!(error, DockerError::NotDocker { .. }), "{error:?}");
}

#[tokio::test]
async fn nothing_open_is_used_unless_it_is_chosen() {
    let error = Docker::new(tcp(2375), pace()).unwrap_err();
    let host = "127.0.0.1".to_owned();
    assert_eq!(error, DockerError::Plain { host });
}

#[tokio::test]
async fn nobody_there_is_said_at_once() {
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let mut open = tcp(port);
    open.open = true;
    let folder = tempfile::tempdir().unwrap();
    let missing = options(&folder.path().join("docker.sock"));
    let nobody = folder.path().join("nobody.sock");
    drop(std::os::unix::net::UnixListener::bind(&nobody).unwrap());
    for (options, cause) in [
        (open, "nobody listens there"),
        (missing, "there is no such socket"),
        (options(&nobody), "nobody listens there"),
    ] {
        let docker = Docker::new(options, pace()).unwrap();
        let error = docker.start("web", &call()).await.unwrap_err();
        assert!(
            matches!(&error, DockerError::Unreachable { cause: told, .. } if told == cause),
            "{error:?}"
        );
        assert!(error.is_passing() && !error.is_uncertain(), "nothing was sent: {error}");
    }
}

#[tokio::test]
async fn a_port_that_takes_connections_and_says_nothing_is_slow() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let mut options = tcp(silent.local_addr().unwrap().port());
    options.timeouts.connect = Duration::from_millis(150);
    options.tls = Some(tls(&Papers::issue()));
    let docker = Docker::new(options, pace()).unwrap();
    let error = docker.ping(&call()).await.unwrap_err();
    assert!(matches!(error, DockerError::Timeout { .. }), "{error:?}");
}

fn ssh(program: &Path) -> Docker {
    let mut options = DockerOptions::new("ssh://ops@docker.example:2222".parse().unwrap());
    options.ssh = OsString::from(program);
    Docker::new(options, pace()).unwrap()
}

#[tokio::test]
async fn ssh_carries_an_engine_with_a_user_and_a_port() {
    let engine = engine!();
    let Some(docker) = found("docker") else {
        panic!("Docker's command line is not installed (scripts/bootstrap.sh docker)");
    };
    let folder = tempfile::tempdir().unwrap();
    // What ssh would run on the other computer, here; and how it was called.
    let program = script(
        folder.path(),
        "ssh",
        &format!(
            "echo \"$@\" >> {}/calls; exec {} -H unix://{} system dial-stdio",
            folder.path().display(),
            docker.display(),
            engine.socket().display()
        ),
    );
    let docker = ssh(&program);
    docker.server(&call()).await.unwrap();
    let id = started(&docker, &running("over-ssh", "echo hello")).await.id;
    ended(&docker, id.as_str()).await;
    let mut logs = docker.logs(id.as_str(), LogOptions::default(), &call()).await.unwrap();
    assert_eq!(logs.next().await.unwrap().unwrap().text, "hello");
    docker.remove(id.as_str(), GONE, &call()).await.unwrap();
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    assert!(
        calls.lines().all(|line| line.contains("BatchMode=yes")
            && line.ends_with("-l ops -p 2222 -- docker.example docker system dial-stdio")),
        "{calls}"
    );
    assert!(calls.lines().count() <= 3, "connections are used again: {calls}");
}

#[tokio::test]
async fn what_ssh_says_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, said) in [
        (
            "denied",
            "echo 'ops@docker.example: Permission denied (publickey).' >&2; exit 255",
            "ops@docker.example: Permission denied (publickey)",
        ),
        ("quiet", "exit 255", "it ended without a word"),
        (
            "no-docker",
            "head -c 10 >/dev/null; echo 'bash: docker: command not found' >&2; exit 127",
            "bash: docker: command not found",
        ),
        ("flood", "head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1", "xxx"),
    ] {
        let docker = ssh(&script(folder.path(), name, text));
        let error = docker.ping(&call()).await.unwrap_err();
        assert!(
            matches!(&error, DockerError::Ssh { said: told, .. } if told.starts_with(said) && told.len() < 1000),
            "{error:?}"
        );
    }
    let missing = ssh(&folder.path().join("nowhere"));
    let error = missing.ping(&call()).await.unwrap_err();
    assert!(error.to_string().contains("can't be started"), "{error}");
}

#[tokio::test]
async fn a_pull_without_a_registry_fails_and_one_that_hangs_is_cancelled() {
    let docker = client(engine!());
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let token = CancellationToken::new();
    let cancelled = Call::new().cancelled_by(token.clone());
    let image = format!("127.0.0.1:{port}/shop/web:1");
    let end = async {
        // The engine asks the registry: the pull is under way.
        let listener = silent.try_clone().unwrap();
        tokio::task::spawn_blocking(move || listener.accept())
            .await
            .unwrap()
            .unwrap();
        token.cancel();
    };
    let (answer, ()) = tokio::join!(docker.pull(&image, &cancelled, |_| ()), end);
    assert_eq!(answer.unwrap_err().code(), "docker_cancelled");
    drop(silent);
    let error = docker.pull(&image, &call(), |_| ()).await.unwrap_err();
    assert_eq!(error.code(), "docker_registry", "{error}");
    docker.ping(&call()).await.unwrap();
}
