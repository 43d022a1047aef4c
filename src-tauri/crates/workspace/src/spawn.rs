use std::fs::{self, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::account::Account;
use crate::connection::Connection;
use crate::folder::Folder;
use crate::postmaster::PostmasterFile;
use crate::probe::{Answer, ask};
use crate::process::Process;
use crate::{Event, Listen, Options, WorkspaceError, settings};

/// The number in the socket's name when there is no TCP.
const SOCKET_PORT: u16 = 5432;
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);
pub(crate) const TELL_AGAIN: Duration = Duration::from_secs(1);
/// How often a port that was free a moment ago may be gone.
const PORT_TRIES: u32 = 5;
const LAST_LINES: usize = 5;

/// What the server says when processes of one that was killed have not all ended.
const PREDECESSOR: [&str; 2] = ["pre-existing shared memory block", "lock file \"postmaster.pid\""];
/// What the server says last before its own log in `pgdata/log` is open.
const REDIRECTED: &str = "redirecting log output to logging collector";
const PORT_TAKEN: &str = "could not create any TCP/IP sockets";

/// Starts the server of an initialized data folder on which none runs, and waits until it takes connections.
pub(crate) async fn start(
    folder: &Folder,
    account: &Account,
    options: &Options,
) -> Result<(Process, Connection), WorkspaceError> {
    folder.remove_traces()?;
    settings::write(&folder.pgdata(), options.durability, account)?;
    let socket_dir = folder.new_socket_dir(&options.short_dir, account)?;
    let started = try_until_it_runs(folder, account, options, &socket_dir).await;
    if matches!(started, Err(WorkspaceError::StartFailed { .. })) {
        folder.remove_socket_dir(&socket_dir);
    }
    started
}

async fn try_until_it_runs(
    folder: &Folder,
    account: &Account,
    options: &Options,
    socket_dir: &Path,
) -> Result<(Process, Connection), WorkspaceError> {
    let deadline = Instant::now() + options.timeouts.start;
    let mut ports_tried = 0;
    options.events.send(&Event::Starting);
    loop {
        let port = match options.listen {
            Listen::Socket => SOCKET_PORT,
            Listen::Loopback => free_port()?,
        };
        let connection = Connection::new(socket_dir.to_owned(), port, options.listen == Listen::Loopback);
        let recovering = folder.needs_recovery();
        let process = spawn(folder, account, options, &connection)?;
        let Err(error) = wait_until_ready(process, folder, options, &connection, recovering).await else {
            options.events.send(&Event::Ready { pid: process.pid() });
            return Ok((process, connection));
        };
        let WorkspaceError::StartFailed { detail } = &error else {
            return Err(error);
        };
        if detail.contains(PORT_TAKEN) && ports_tried < PORT_TRIES {
            ports_tried += 1;
        } else if PREDECESSOR.iter().any(|text| detail.contains(text)) && Instant::now() < deadline {
            tokio::time::sleep(LOOK_AGAIN).await;
        } else {
            return Err(error);
        }
    }
}

/// Starts the server as a child in a process group of its own, so that Ctrl-C in a terminal doesn't reach it, and lets
/// a thread wait for its end: a child that nobody waits for would keep its number for ever.
fn spawn(
    folder: &Folder,
    account: &Account,
    options: &Options,
    connection: &Connection,
) -> Result<Process, WorkspaceError> {
    let log = folder.start_log();
    // Made anew, so that nothing is written through a link.
    let _ = fs::remove_file(&log);
    let output = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(&log)
        .map_err(WorkspaceError::io("Opening", &log))?;
    let program = options.binaries.postgres();
    let starting = || WorkspaceError::io("Starting", &program);
    let second = output.try_clone().map_err(starting())?;
    let listen = settings::listen_arguments(options.listen, &connection.socket_dir, connection.port);
    let mut child = account
        .command(&program, folder)
        .arg("-D")
        .arg(folder.pgdata())
        .args(listen)
        .stdout(output)
        .stderr(second)
        .process_group(0)
        .spawn()
        .map_err(starting())?;
    let process = Process::find(child.id());
    thread::Builder::new()
        .name("postgres-wait".to_owned())
        .spawn(move || {
            // The end is seen by looking at the process; here it only has to be taken note of.
            if let Ok(status) = child.wait() {
                tracing::debug!(%status, "the local database ended");
            }
        })
        .map_err(starting())?;
    process.ok_or_else(|| start_failed(folder))
}

/// Waits for the server's first good answer. One that still recovers when time is up is left to it.
async fn wait_until_ready(
    process: Process,
    folder: &Folder,
    options: &Options,
    connection: &Connection,
    recovering: bool,
) -> Result<(), WorkspaceError> {
    let limits = &options.timeouts;
    let began = Instant::now();
    let socket = connection.socket();
    let mut told = None;
    loop {
        let waited = began.elapsed();
        if recovering && told.is_none_or(|last: Instant| last.elapsed() >= TELL_AGAIN) {
            told = Some(Instant::now());
            options.events.send(&Event::Recovering { waited });
        }
        let answer = ask(&socket).await;
        // Another server may have the name of a socket, but not in our data folder's file.
        if answer == Answer::Ready
            && PostmasterFile::read(&folder.pgdata()).is_some_and(|file| file.pid == process.pid())
        {
            return Ok(());
        }
        if !process.is_alive() {
            return Err(start_failed(folder));
        }
        if recovering && waited >= limits.recovery {
            return Err(WorkspaceError::StillRecovering { waited });
        }
        if !recovering && waited >= limits.start {
            process
                .signal(rustix::process::Signal::QUIT)
                .map_err(WorkspaceError::io("Stopping", folder.root()))?;
            return Err(start_failed(folder));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// A port that is free at this moment.
fn free_port() -> Result<u16, WorkspaceError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(WorkspaceError::io("Opening a port on", Path::new("127.0.0.1")))
}

fn start_failed(folder: &Folder) -> WorkspaceError {
    let mut said = fs::read_to_string(folder.start_log()).unwrap_or_default();
    // Unless it came that far, the end of its log tells of an earlier start.
    if said.contains(REDIRECTED)
        && let Ok(Some(log)) = newest_log(&folder.pgdata().join("log"))
    {
        said = fs::read_to_string(log).unwrap_or_default();
    }
    let detail = last_lines(&said);
    let detail = if detail.is_empty() {
        "it said nothing".to_owned()
    } else {
        detail
    };
    WorkspaceError::StartFailed { detail }
}

fn newest_log(dir: &Path) -> io::Result<Option<PathBuf>> {
    let mut newest = None;
    for entry in dir.read_dir()? {
        let entry = entry?;
        let changed = entry.metadata()?.modified()?;
        if newest.as_ref().is_none_or(|(last, _)| *last < changed) {
            newest = Some((changed, entry.path()));
        }
    }
    Ok(newest.map(|(_, path)| path))
}

/// The last lines of what a program said; they hold no secret, see `settings`.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}
