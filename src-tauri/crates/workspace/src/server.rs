use std::path::PathBuf;
use std::time::Instant;

use rustix::process::Signal;
use secrecy::SecretString;

use crate::account::Account;
use crate::connection::Connection;
use crate::folder::Folder;
use crate::lock::{TurnLock, UseLock};
use crate::postmaster::{PostmasterFile, running_server};
use crate::probe::{Answer, ask};
use crate::process::Process;
use crate::{Event, Events, Listen, Options, Timeouts, WorkspaceError, init, spawn};

/// The private server of a workspace, running.
///
/// Dropping it leaves the server running, for the next program (or the next start of this one) to go on with.
#[derive(Debug)]
pub struct LocalServer {
    folder: Folder,
    process: Process,
    connection: Connection,
    password: SecretString,
    started_by_us: bool,
    in_use: UseLock,
    timeouts: Timeouts,
    events: Events,
}

/// What became of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopOutcome {
    /// It has ended.
    Stopped,
    /// It goes on: another program uses it, and will stop it.
    StillUsed,
}

impl LocalServer {
    /// Brings the workspace's server up, whatever state it is in: makes the data folder when there is none, reuses a
    /// server that runs, replaces one that doesn't answer, and waits for recovery after a crash.
    ///
    /// Blocks its thread for some milliseconds at a time (file system, looking at processes).
    pub async fn start(options: Options) -> Result<Self, WorkspaceError> {
        let folder = Folder::open(&options.data_dir)?;
        let _turn = TurnLock::take(&folder.lock_file(), options.timeouts.lock, &options.events).await?;
        let in_use = UseLock::share(&folder.users_file())?;

        let running = reuse(&folder, &options).await?;
        let started_by_us = running.is_none();
        let (process, connection) = match running {
            Some(running) => running,
            None => start_anew(&folder, &options).await?,
        };
        Ok(Self {
            folder,
            process,
            connection,
            password: options.superuser_password,
            started_by_us,
            in_use,
            timeouts: options.timeouts,
            events: options.events,
        })
    }

    /// A URL for the superuser, with the password.
    pub fn url(&self, database: &str) -> SecretString {
        self.connection.url(database, &self.password)
    }

    /// How to reach the server, without the password.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The server's process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// Whether this call started it, rather than found it running.
    pub fn started_by_us(&self) -> bool {
        self.started_by_us
    }

    /// Whether the server's process is still there; a caller whose connections fail starts again when it is not.
    pub fn is_running(&self) -> bool {
        self.process.is_alive()
    }

    /// The workspace's folder, links resolved.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.root().to_owned()
    }

    /// Ends the server, unless another program uses it. Open transactions are rolled back.
    pub async fn stop(self) -> Result<StopOutcome, WorkspaceError> {
        let _turn = TurnLock::take(&self.folder.lock_file(), self.timeouts.lock, &self.events).await?;
        if !self.in_use.give_up().await? {
            return Ok(StopOutcome::StillUsed);
        }
        self.events.send(&Event::Stopping {
            pid: self.process.pid(),
        });
        end(&self.folder, self.process, &self.timeouts).await?;
        Ok(StopOutcome::Stopped)
    }
}

async fn start_anew(folder: &Folder, options: &Options) -> Result<(Process, Connection), WorkspaceError> {
    folder.remove_leftovers();
    let initialized = folder.check_data(options.binaries.major())?;
    let account = Account::choose(folder, &options.binaries)?;
    if !initialized {
        init::initialize(folder, &account, options).await?;
    }
    spawn::start(folder, &account, options).await
}

/// The server that runs on the data folder already, once it takes connections. One that doesn't is stopped.
async fn reuse(folder: &Folder, options: &Options) -> Result<Option<(Process, Connection)>, WorkspaceError> {
    let Some(process) = running_server(&folder.pgdata()) else {
        return Ok(None);
    };
    let limits = &options.timeouts;
    let want_tcp = options.listen == Listen::Loopback;
    let began = Instant::now();
    let mut last_word = Instant::now();
    let mut told: Option<Instant> = None;
    while process.is_alive() {
        let connection = PostmasterFile::read(&folder.pgdata()).and_then(|file| file.connection(want_tcp));
        let answer = match &connection {
            Some(connection) => ask(&connection.socket()).await,
            None => Answer::Silent,
        };
        match (answer, connection) {
            (Answer::Ready, Some(connection)) => {
                options.events.send(&Event::Reusing { pid: process.pid() });
                return Ok(Some((process, connection)));
            }
            (Answer::NotYet, _) => {
                last_word = Instant::now();
                let waited = began.elapsed();
                if waited >= limits.recovery {
                    return Err(WorkspaceError::StillRecovering { waited });
                }
                if told.is_none_or(|last| last.elapsed() >= spawn::TELL_AGAIN) {
                    told = Some(Instant::now());
                    options.events.send(&Event::Recovering { waited });
                }
            }
            _ if last_word.elapsed() >= limits.start => {
                options.events.send(&Event::StoppingUnresponsive { pid: process.pid() });
                end(folder, process, limits).await?;
            }
            _ => {}
        }
        tokio::time::sleep(spawn::LOOK_AGAIN).await;
    }
    Ok(None)
}

/// Ends a server: fast, and when that takes too long at once, which leaves its log to be replayed.
pub(crate) async fn end(folder: &Folder, process: Process, limits: &Timeouts) -> Result<(), WorkspaceError> {
    let pid = process.pid();
    // A server that ends properly takes the file with it, but not the socket's folder.
    let socket_dir = PostmasterFile::read(&folder.pgdata()).and_then(|file| file.socket_dir);
    let attempts = [(Signal::INT, limits.stop), (Signal::QUIT, limits.quit)];
    for (signal, limit) in attempts {
        process
            .signal(signal)
            .map_err(WorkspaceError::io("Stopping the server of", folder.root()))?;
        if process.ends_within(limit).await {
            if let Some(dir) = socket_dir {
                folder.remove_socket_dir(&dir);
            }
            return folder.remove_traces();
        }
        tracing::warn!(pid, ?signal, "the local database does not end");
    }
    Err(WorkspaceError::DoesNotStop { pid })
}
