//! The private local PostgreSQL behind "Try it on this computer": found, initialized, started, reused, stopped and
//! recovered by the program itself. Linux only: it looks at servers through `/proc`.
//!
//! A workspace is one folder of mode 0700:
//!
//! | name | what it is |
//! | --- | --- |
//! | `pgdata` | PostgreSQL's data folder; exists only when its initialization was completed |
//! | `pgdata.partial-*` | an initialization under way, or the rest of one that was cut off |
//! | `run` | the folder of the Unix socket, mode 0700 |
//! | `lock` | locked while one program starts or stops the server |
//! | `users` | locked (shared) by every program that uses the server, so that the last one stops it |
//! | `start.log` | what the server says before its own log in `pgdata/log` is open |
//!
//! The server is a direct child in a process group of its own. It outlives a program that is killed; the next one finds
//! it through `postmaster.pid` and goes on with it.

mod account;
mod binaries;
mod clients;
mod connection;
mod error;
mod event;
mod folder;
mod init;
mod lock;
mod options;
mod password;
mod postmaster;
mod probe;
mod process;
mod server;
mod settings;
mod spawn;

pub use binaries::{Binaries, OLDEST_MAJOR, SearchPath};
pub use clients::Clients;
pub use connection::{Connection, Host};
pub use error::WorkspaceError;
pub use event::{Event, Events};
pub use options::{Durability, Listen, Options, Timeouts};
pub use password::reset_superuser_password;
pub use server::{LocalServer, StopOutcome};

/// The superuser of the private server, and the owner of what `initdb` makes.
pub const SUPERUSER: &str = "containerstacks_local";
