//! How an engine is reached.

use std::{ffi::OsString, time::Duration};

use secrecy::SecretString;

use super::DockerHost;

/// How long each part may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until there is a connection, encryption included.
    pub connect: Duration,
    /// A whole call, from the first byte sent to the last one read. Stopping adds the seconds that it grants.
    pub call: Duration,
    /// Without a word from what should speak all the time: figures, the progress of a pull.
    pub silence: Duration,
    /// How long logs and events may say nothing before the host is asked whether it is still there.
    pub heartbeat: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            call: Duration::from_mins(1),
            silence: Duration::from_mins(1),
            heartbeat: Duration::from_secs(30),
        }
    }
}

/// What encryption needs, as PEM. Kept in memory only; the key shows up in no debug output.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The authority that signed the host's certificate; else those that this computer trusts.
    pub authority: Option<String>,
    /// Our certificate, with those between it and the authority.
    pub certificate: Option<String>,
    /// Our certificate's key.
    pub key: Option<SecretString>,
}

/// How much is read and kept at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// A whole answer, or one entry of a list or stream, in bytes.
    pub answer: usize,
    /// A list's entries.
    pub entries: usize,
    /// A line of a log, in bytes. What is longer is cut.
    pub line: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            answer: 4 * 1024 * 1024,
            entries: 100_000,
            line: 64 * 1024,
        }
    }
}

/// How an engine is reached.
#[derive(Debug, Clone)]
pub struct DockerOptions {
    /// Where it is.
    pub host: DockerHost,
    /// What encryption needs, for `tcp://`.
    pub tls: Option<Tls>,
    /// Whether a person has chosen `tcp://` without encryption. Ignored where [`Self::tls`] is given.
    pub open: bool,
    /// How long each part may take.
    pub timeouts: Timeouts,
    /// How much is read at most.
    pub bounds: Bounds,
    /// The program for `ssh://`.
    pub ssh: OsString,
    /// What the program calls itself.
    pub user_agent: String,
}

impl DockerOptions {
    /// A host, with what is usual.
    pub fn new(host: DockerHost) -> Self {
        Self {
            host,
            tls: None,
            open: false,
            timeouts: Timeouts::default(),
            bounds: Bounds::default(),
            ssh: OsString::from("ssh"),
            user_agent: concat!("ContainerStacks/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}
