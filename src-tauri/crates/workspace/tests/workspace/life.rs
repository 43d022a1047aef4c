//! First start to last stop, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, Executor, PgConnection};
use workspace::{Event, Host, Listen, LocalServer, StopOutcome, WorkspaceError};

use crate::home::{Home, PASSWORD, ask, connect, is_postgres};

/// Everything but the data folder's own contents.
fn names_in(home: &Home) -> Vec<String> {
    let mut names: Vec<String> = home
        .data_dir()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

async fn a_whole_life(home: Home) {
    let server = home.start().await;
    assert!(server.started_by_us() && server.is_running());
    assert!(home.seen(|event| *event == Event::Initializing));
    assert!(!home.seen(|event| matches!(event, Event::Recovering { .. })));
    assert_eq!(
        names_in(&home),
        ["lock", "pgdata", "run", "start.log", "users"],
        "the password's file is gone"
    );

    let mut connection = connect(&server).await;
    for (setting, value) in [
        ("SHOW timezone", "UTC"),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW lc_collate", "C.UTF-8"),
        ("SHOW listen_addresses", ""),
        ("SHOW password_encryption", "scram-sha-256"),
        ("SHOW log_statement", "none"),
        ("SHOW log_parameter_max_length", "0"),
        ("SHOW log_parameter_max_length_on_error", "0"),
        ("SELECT current_user::text", "containerstacks_local"),
        (
            "SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules",
            "scram-sha-256",
        ),
    ] {
        assert_eq!(ask(&mut connection, setting).await, value, "{setting}");
    }
    connection.close().await.unwrap();

    let mode = fs::metadata(&server.connection().socket_dir)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    assert!(!format!("{server:?}").contains("not a secret"));

    let wrong = SecretString::from("wrong");
    let url = server.connection().url("postgres", &wrong);
    let refused = PgConnection::connect(url.expose_secret()).await.unwrap_err();
    let code = refused.as_database_error().unwrap().code();
    assert_eq!(code.as_deref(), Some("28P01"));

    let pid = server.pid();
    assert_eq!(server.stop().await.unwrap(), StopOutcome::Stopped);
    assert!(!is_postgres(pid));
    assert!(!home.pgdata().join("postmaster.pid").exists());

    let server = home.start().await;
    assert!(server.started_by_us());
    assert_ne!(server.pid(), pid);
    assert!(
        !home.seen(|event| matches!(event, Event::Recovering { .. })),
        "it was shut down properly"
    );
    assert_eq!(server.stop().await.unwrap(), StopOutcome::Stopped);
}

#[tokio::test]
async fn a_workspace_that_every_account_can_reach() {
    a_whole_life(Home::open_to_all()).await;
}

#[tokio::test]
async fn a_workspace_that_only_its_owner_can_reach() {
    a_whole_life(Home::private()).await;
}

#[tokio::test]
async fn a_second_start_uses_the_first_ones_server_and_the_last_user_stops_it() {
    let home = Home::private();
    let first = home.start().await;
    let second = home.start().await;
    assert_eq!(second.pid(), first.pid());
    assert!(!second.started_by_us());
    assert_eq!(first.stop().await.unwrap(), StopOutcome::StillUsed);
    connect(&second).await.close().await.unwrap();
    assert_eq!(second.stop().await.unwrap(), StopOutcome::Stopped);
}

#[tokio::test]
async fn of_two_starts_at_once_one_makes_the_database() {
    let home = Home::private();
    let (first, second) = tokio::join!(home.start(), home.start());
    assert_eq!(first.pid(), second.pid());
    assert!(first.started_by_us() != second.started_by_us());
    assert!(home.seen(|event| *event == Event::WaitingForAnotherProgram));
    let initialized = home
        .events
        .lock()
        .unwrap()
        .iter()
        .filter(|event| **event == Event::Initializing)
        .count();
    assert_eq!(initialized, 1);
}

#[tokio::test]
async fn a_path_too_long_for_a_socket() {
    let home = Home::named(&"long ".repeat(20));
    let server = home.start().await;
    let dir = server.connection().socket_dir.clone();
    assert_eq!(dir.parent(), Some(home.short_dir()));
    let again = home.start().await;
    assert_eq!(again.connection(), server.connection());
    connect(&again).await.close().await.unwrap();
    drop(again);
    assert_eq!(server.stop().await.unwrap(), StopOutcome::Stopped);
    assert!(!dir.exists());
}

#[tokio::test]
async fn loopback_when_it_is_asked_for() {
    let home = Home::private();
    let mut options = home.options();
    options.listen = Listen::Loopback;
    let server = LocalServer::start(options).await.unwrap();
    assert_eq!(server.connection().host, Host::Loopback);
    let mut connection = connect(&server).await;
    let address = ask(&mut connection, "SELECT host(inet_server_addr())").await;
    assert_eq!(address, "127.0.0.1");

    let over_socket = home.start().await;
    assert!(matches!(over_socket.connection().host, Host::Socket(_)));
    let mut connection = connect(&over_socket).await;
    let address = ask(&mut connection, "SELECT coalesce(host(inet_server_addr()), 'socket')").await;
    assert_eq!(address, "socket");
}

#[tokio::test]
async fn an_older_versions_data_is_refused_and_left_as_it_is() {
    let home = Home::private();
    home.start().await.stop().await.unwrap();
    let version = home.pgdata().join("PG_VERSION");
    fs::write(&version, "14\n").unwrap();
    let error = LocalServer::start(home.options()).await.unwrap_err();
    assert!(
        matches!(error, WorkspaceError::OtherVersion { data: 14, .. }),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&version).unwrap(), "14\n");
    assert!(!home.pgdata().join("postmaster.pid").exists());
}

#[tokio::test]
async fn a_server_that_can_not_start_says_why() {
    let home = Home::private();
    home.start().await.stop().await.unwrap();
    let settings = home.pgdata().join("postgresql.conf");
    fs::write(&settings, "max_connections = many\n").unwrap();
    let error = LocalServer::start(home.options()).await.unwrap_err();
    assert!(matches!(error, WorkspaceError::StartFailed { .. }), "{error}");
    assert!(error.to_string().contains("max_connections"), "{error}");
}

#[tokio::test]
async fn what_statements_hold_is_not_logged() {
    let home = Home::private();
    let server = home.start().await;
    let mut connection = connect(&server).await;
    connection
        .execute("CREATE TABLE secrets (value text UNIQUE)")
        .await
        .unwrap();
    connection
        .execute("CREATE ROLE somebody PASSWORD 'hunter2-literal'; SELECT 1/0")
        .await
        .unwrap_err();
    let insert = "INSERT INTO secrets VALUES ($1), ($1)";
    sqlx::query(insert)
        .bind("hunter2-parameter")
        .execute(&mut connection)
        .await
        .unwrap_err();
    connection.close().await.unwrap();
    server.stop().await.unwrap();

    let mut log = String::new();
    for entry in home.pgdata().join("log").read_dir().unwrap() {
        log.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    assert!(log.contains("division by zero"), "{log}");
    assert!(log.contains("unique constraint"), "{log}");
    assert!(!log.contains("hunter2"), "{log}");
}

#[tokio::test]
async fn a_lost_password_is_replaced() {
    let home = Home::private();
    let server = home.start().await;
    let mut new = home.options();
    new.superuser_password = "another one: 100%'\\".into();
    let busy = workspace::reset_superuser_password(&new).await;
    assert!(matches!(busy, Err(WorkspaceError::Busy { .. })));
    drop(server);

    workspace::reset_superuser_password(&new).await.unwrap();
    let server = LocalServer::start(new).await.unwrap();
    connect(&server).await.close().await.unwrap();
    let old = server.connection().url("postgres", &PASSWORD.into());
    PgConnection::connect(old.expose_secret()).await.unwrap_err();
}

#[tokio::test]
async fn a_turn_that_never_comes_is_given_up() {
    let home = Home::private();
    fs::create_dir(home.data_dir()).unwrap();
    let lock = fs::File::create(home.data_dir().join("lock")).unwrap();
    lock.lock().unwrap();
    let mut options = home.options();
    options.timeouts.lock = Duration::ZERO;
    let error = LocalServer::start(options).await.unwrap_err();
    assert!(matches!(error, WorkspaceError::Busy { .. }), "{error}");
    assert!(!home.pgdata().exists());
}
