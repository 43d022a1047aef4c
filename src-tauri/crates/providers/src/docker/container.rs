//! A container, as an engine describes it.

mod reading;

use std::{collections::BTreeMap, fmt, net::IpAddr};

use chrono::{DateTime, Utc};
use secrecy::SecretString;

/// The id that an engine gave: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContainerId(String);

impl ContainerId {
    /// Reads one; nothing if it is no whole id.
    pub fn parse(text: &str) -> Option<Self> {
        let whole = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        whole.then(|| Self(text.to_owned()))
    }

    /// All 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContainerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a container is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ContainerState {
    /// Never started.
    Created,
    /// Running.
    Running,
    /// Frozen.
    Paused,
    /// Between two tries.
    Restarting,
    /// Being removed.
    Removing,
    /// Ended.
    Exited,
    /// Could not be removed.
    Dead,
    /// A word that this program doesn't know.
    Other(String),
}

impl ContainerState {
    /// From the engine's word.
    pub fn from_word(word: &str) -> Self {
        match word {
            "created" => Self::Created,
            "running" => Self::Running,
            "paused" => Self::Paused,
            "restarting" => Self::Restarting,
            "removing" => Self::Removing,
            "exited" => Self::Exited,
            "dead" => Self::Dead,
            _ => Self::Other(word.to_owned()),
        }
    }

    /// The engine's word.
    pub fn word(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Exited => "exited",
            Self::Dead => "dead",
            Self::Other(word) => word,
        }
    }
}

/// A port of a container, and where it is published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port {
    /// The port within.
    pub inside: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// The host's port; none where it is not published.
    pub outside: Option<u16>,
    /// The host's address that it is published at; none where it is all.
    pub address: Option<IpAddr>,
}

/// A container in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its id.
    pub id: ContainerId,
    /// Its name, without the stroke that engines write before it; empty if there is none.
    pub name: String,
    /// The image's name as it was asked for.
    pub image: String,
    /// The image's id.
    pub image_id: Option<String>,
    /// Where it is in its life.
    pub state: ContainerState,
    /// The same in the engine's words: `Up 2 hours (healthy)`.
    pub status: String,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its addresses by network.
    pub addresses: BTreeMap<String, Vec<IpAddr>>,
}

/// A variable of the environment. The value is a secret, whatever it is.
#[derive(Debug, Clone)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value, which no debug output shows.
    pub value: SecretString,
}

/// Something of outside within a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mount {
    /// `bind`, `volume`, `tmpfs`, …
    pub kind: String,
    /// The volume's name, or the host's path.
    pub source: String,
    /// The path within.
    pub target: String,
    /// Whether it may be written.
    pub writable: bool,
}

/// What a container is held to; what is absent is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Billionths of a processor core.
    pub nano_cpus: Option<u64>,
    /// Bytes of memory.
    pub memory: Option<u64>,
}

/// What becomes of a container that has ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Nothing.
    #[default]
    Never,
    /// It is started again, whatever happened.
    Always,
    /// The same, unless a person has stopped it.
    UnlessStopped,
    /// It is started again if it failed, so many times at most; 0 is without end.
    OnFailure(u32),
    /// A word that this program doesn't know.
    Other(String),
}

/// The result of an image's own check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Not yet known.
    Starting,
    /// Well.
    Healthy,
    /// Not well.
    Unhealthy,
    /// A word that this program doesn't know.
    Other(String),
}

/// A container in full.
#[derive(Debug, Clone)]
pub struct Container {
    /// Its id.
    pub id: ContainerId,
    /// Its name, without the stroke that engines write before it.
    pub name: String,
    /// The image's name as it was asked for.
    pub image: String,
    /// The image's id.
    pub image_id: Option<String>,
    /// Where it is in its life.
    pub state: ContainerState,
    /// How it ended last; none while it runs and before its first start.
    pub exit_code: Option<i64>,
    /// Whether it ended because it wanted more memory than it may have. Engines lose that where they notice the end
    /// before its reason: false is no proof, exit code 137 that nobody asked for a hint.
    pub oom_killed: bool,
    /// What kept it from starting.
    pub error: Option<String>,
    /// When it was started last.
    pub started: Option<DateTime<Utc>>,
    /// When it ended last.
    pub finished: Option<DateTime<Utc>>,
    /// When it was made.
    pub created: Option<DateTime<Utc>>,
    /// How often it was started again by its policy.
    pub restarts: u64,
    /// Its own check, if it has one.
    pub health: Option<Health>,
    /// Its ports.
    pub ports: Vec<Port>,
    /// Its environment. Values are secrets.
    pub environment: Vec<Variable>,
    /// What it runs.
    pub command: Vec<String>,
    /// What of outside is within.
    pub mounts: Vec<Mount>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What it is held to.
    pub limits: Limits,
    /// What its disk is held to, as the storage driver was told.
    pub disk_limit: Option<String>,
    /// What becomes of it when it has ended.
    pub restart: RestartPolicy,
    /// Its addresses by network.
    pub addresses: BTreeMap<String, Vec<IpAddr>>,
    /// Whether it has a terminal: its output is one stream then.
    pub terminal: bool,
}

#[cfg(test)]
mod tests;
