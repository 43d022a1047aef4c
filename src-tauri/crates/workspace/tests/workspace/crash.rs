//! Programs and servers that are killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use sqlx::{Connection, Executor};
use workspace::{Event, Events, LocalServer, StopOutcome};

use crate::home::{self, Home, ask, connect, is_postgres, signal, wait_until};

const FOLDER_VARIABLE: &str = "WORKSPACE_TEST_FOLDER";

/// Not a test of its own: the program that other tests run and kill. It tells what happens, a line each, and then holds
/// its server until its standard input ends.
#[tokio::test]
async fn program_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER_VARIABLE) else {
        return;
    };
    let mut options = home::options(Path::new(&folder));
    options.events = Events::to(|event| eprintln!("event: {event}"));
    let server = LocalServer::start(options).await.unwrap();
    eprintln!("running: {}", server.pid());
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
}

struct Program {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
}

impl Program {
    fn run(home: &Home) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::program_to_be_killed", "--nocapture"])
            .env(FOLDER_VARIABLE, home.data_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stderr.take().unwrap());
        Self { child, said }
    }

    /// Reads until a line begins so; the rest of that line.
    fn says(&mut self, beginning: &str) -> String {
        let mut heard = String::new();
        loop {
            let mut line = String::new();
            self.said.read_line(&mut line).unwrap();
            assert!(!line.is_empty(), "it never said {beginning:?}: {heard}");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.trim().to_owned();
            }
            heard.push_str(&line);
        }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

async fn remember(server: &LocalServer) {
    let mut connection = connect(server).await;
    connection
        .execute("CREATE TABLE kept AS SELECT 'still here'::text AS word")
        .await
        .unwrap();
    connection.close().await.unwrap();
}

async fn is_remembered(server: &LocalServer) {
    let mut connection = connect(server).await;
    let word = ask(&mut connection, "SELECT word FROM kept").await;
    assert_eq!(word, "still here");
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_killed_server_recovers() {
    let home = Home::durable();
    let server = home.start().await;
    remember(&server).await;
    let killed = server.pid();
    signal(killed, Signal::KILL);
    wait_until("it has ended", || !server.is_running());
    assert!(home.pgdata().join("postmaster.pid").exists(), "it could not clean up");

    let again = home.start().await;
    assert!(again.started_by_us());
    assert!(home.seen(|event| event.to_string() == "the database is recovering"));
    is_remembered(&again).await;
    drop(server);
    assert_eq!(again.stop().await.unwrap(), StopOutcome::Stopped);
}

#[tokio::test]
async fn a_killed_programs_server_is_used_on() {
    let home = Home::private();
    let mut program = Program::run(&home);
    let pid: u32 = program.says("running: ").parse().unwrap();
    program.kill();

    let server = home.start().await;
    assert_eq!(server.pid(), pid);
    assert!(!server.started_by_us());
    assert!(home.seen(|event| *event == Event::Reusing { pid }));
    remember(&server).await;
    assert_eq!(
        server.stop().await.unwrap(),
        StopOutcome::Stopped,
        "a killed program is no user"
    );
    assert!(!is_postgres(pid));
}

#[tokio::test]
async fn program_and_server_killed_together() {
    let home = Home::durable();
    let mut program = Program::run(&home);
    let pid: u32 = program.says("running: ").parse().unwrap();
    let shared = home.start().await;
    remember(&shared).await;
    drop(shared);
    signal(pid, Signal::KILL);
    program.kill();

    let server = home.start().await;
    assert!(server.started_by_us());
    is_remembered(&server).await;
}

#[tokio::test]
async fn a_program_killed_while_the_database_is_made() {
    let home = Home::private();
    let mut program = Program::run(&home);
    program.says("event: the database is being created");
    program.kill();

    let server = home.start().await;
    remember(&server).await;
    assert_eq!(server.stop().await.unwrap(), StopOutcome::Stopped);
}

#[tokio::test]
async fn a_half_made_database_is_thrown_away() {
    let home = Home::private();
    let partial = home.data_dir().join("pgdata.partial-abc");
    fs::create_dir_all(partial.join("base")).unwrap();
    fs::write(partial.join("PG_VERSION"), "15\n").unwrap();
    fs::write(home.data_dir().join("password-abc"), "old").unwrap();
    let server = home.start().await;
    assert!(home.seen(|event| *event == Event::Initializing));
    assert!(!partial.exists());
    assert!(!home.data_dir().join("password-abc").exists());
    connect(&server).await.close().await.unwrap();
}

#[tokio::test]
async fn a_stale_pid_file_that_names_another_process() {
    let home = Home::private();
    home.start().await.stop().await.unwrap();
    let own = std::process::id();
    fs::write(
        home.pgdata().join("postmaster.pid"),
        format!("{own}\n/gone\n1700000000\n5432\n/gone/run\n\n"),
    )
    .unwrap();
    let server = home.start().await;
    assert!(server.started_by_us());
    assert_ne!(server.pid(), own);
}

#[tokio::test]
async fn a_server_that_lost_its_socket_is_replaced() {
    let home = Home::private();
    let server = home.start().await;
    remember(&server).await;
    fs::remove_file(server.connection().socket()).unwrap();
    let mut options = home.options();
    options.timeouts.start = Duration::from_secs(1);
    options.timeouts.stop = Duration::from_secs(30);
    let again = LocalServer::start(options).await.unwrap();
    assert!(home.seen(|event| *event == Event::StoppingUnresponsive { pid: server.pid() }));
    assert!(again.started_by_us() && !server.is_running());
    is_remembered(&again).await;
}
