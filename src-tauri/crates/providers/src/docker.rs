//! The client of the Docker Engine's interface: the containers of a host, and what they do.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `host`, `options` | where an engine is, from the text that a person enters |
//! | `connect`, `tls`, `ssh` | ways there: a socket, an encrypted port, a process of `ssh` |
//! | `client`, `body`, `split` | one request, its deadline; answers in bounded pieces |
//! | `answer`, `error` | what an answer, or none, means |
//! | `container`, `server`, `images` | what is read, tolerant of the missing and the unknown |
//! | `actions`, `create` | what is changed; what is so already is a success |
//! | `logs`, `lines`, `stats`, `figures`, `events` | what goes on: from where it broke off, or with word that it can't |
//!
//! Of bollard only the bodies that are sent are used: names of fields that are checked, where an engine passes over
//! wrong ones in silence. Its client fails a whole list for one state that it doesn't know, reads answers and frames of
//! any size, writes environments to the debug log, takes keys by path only and opens a connection a call.
//!
//! Only questions are ever put again, and only by whoever asks.

mod actions;
mod answer;
mod body;
mod call;
mod client;
mod connect;
mod container;
mod create;
mod error;
mod events;
mod figures;
mod host;
mod images;
mod lines;
mod logs;
mod options;
mod read;
mod server;
mod split;
mod ssh;
mod stats;
mod tls;

pub use actions::{Outcome, Removal};
pub use call::Call;
pub use client::{Docker, Listing};
pub use container::{
    Container, ContainerId, ContainerState, Health, Limits, Mount, Port, RestartPolicy, Summary, Variable,
};
pub use create::{ContainerSpec, Created, DiskLimit, KEY_LABEL, PublishedPort, Volume, WantedLimits};
pub use error::{Asked, DockerError};
pub use events::{Event, Events, News, Relist};
pub use figures::{Counters, Sample};
pub use host::{DockerHost, HostMistake};
pub use images::{Image, PullProgress};
pub use lines::{LogLine, LogPosition, NoPosition, Output};
pub use logs::{LogOptions, Logs};
pub use options::{Bounds, DockerOptions, Timeouts, Tls};
pub use server::Server;
pub use stats::Stats;
pub use tokio_util::sync::CancellationToken;
