use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::{Binaries, Events};

/// What a crash of the computer may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Nothing that was committed.
    #[default]
    Safe,
    /// Everything: no `fsync`, for tests only.
    Fast,
}

/// Where the server can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listen {
    /// Over a Unix socket in a private folder.
    #[default]
    Socket,
    /// Over that socket, and over TCP on 127.0.0.1 at a free port.
    Loopback,
}

/// How long each thing may take.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Waiting for another program that starts or stops the same server.
    pub lock: Duration,
    /// `initdb`.
    pub init: Duration,
    /// A start without recovery; also how long a running server may stay silent before it is restarted.
    pub start: Duration,
    /// A start with recovery after a crash.
    pub recovery: Duration,
    /// A fast shutdown, which writes a checkpoint.
    pub stop: Duration,
    /// An immediate shutdown, tried when the fast one took too long.
    pub quit: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            lock: Duration::from_secs(90),
            init: Duration::from_mins(2),
            start: Duration::from_secs(30),
            recovery: Duration::from_mins(10),
            stop: Duration::from_secs(30),
            quit: Duration::from_secs(10),
        }
    }
}

/// What [`LocalServer::start`](crate::LocalServer::start) needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// The workspace's folder; made when missing, with its parents.
    pub data_dir: PathBuf,
    /// The superuser's password: given to a new data folder, used for one that exists.
    pub superuser_password: SecretString,
    /// The PostgreSQL to run.
    pub binaries: Binaries,
    /// What a crash may cost.
    pub durability: Durability,
    /// Where the server can be reached, if it is not running yet.
    pub listen: Listen,
    /// A folder with a short path for the socket's folder, when the path in the workspace is too long for a socket.
    pub short_dir: PathBuf,
    /// How long each thing may take.
    pub timeouts: Timeouts,
    /// Who hears of progress.
    pub events: Events,
}

impl Options {
    /// A durable server over a Unix socket, with the usual time limits.
    pub fn new(data_dir: impl Into<PathBuf>, superuser_password: SecretString, binaries: Binaries) -> Self {
        Self {
            data_dir: data_dir.into(),
            superuser_password,
            binaries,
            durability: Durability::default(),
            listen: Listen::default(),
            short_dir: PathBuf::from("/tmp"),
            timeouts: Timeouts::default(),
            events: Events::default(),
        }
    }
}
