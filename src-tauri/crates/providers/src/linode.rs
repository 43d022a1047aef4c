//! The client of Linode's API, version 4: what an account has, what things cost, and what is done to servers.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `client`, `options` | one account and the way to it |
//! | `ask`, `reads` | one question, its repeats, its deadline; the questions by name |
//! | `write`, `create`, `change` | one order, and why it may or may not be put again; the orders by name |
//! | `follow` | a piece of work, through its events to its end |
//! | `check`, `data` | what can be known of an order before it is sent |
//! | `list` | whole lists: pages side by side, lists that shift while they are read |
//! | `limits` | how many requests are left until when |
//! | `answer` | what an HTTP answer means |
//! | `instance`, `kind`, `region`, `image`, `stackscript`, `event` … | what is read, tolerant of the missing and the unknown |
//!
//! Questions are repeated when what went wrong passes. Orders are repeated only where Linode has certainly not carried
//! them out (it said so, or nothing reached it), or where a second time leaves things as the first did (a name, a
//! deletion). Any other order whose answer is lost ends as [`WriteError::Unknown`], and the caller looks first.
//!
//! Times are UTC, amounts US dollars as the digits that were sent; each field names its unit. Where the real answers
//! and the official specification differ, the real ones are read.

mod address;
mod answer;
mod ask;
mod backup;
mod call;
mod change;
mod check;
mod client;
mod create;
mod data;
mod error;
mod event;
mod firewall;
mod follow;
#[cfg(test)]
mod fuzz;
mod image;
mod instance;
mod kind;
mod lenient;
mod limits;
mod list;
mod maintenance;
mod options;
mod profile;
mod reads;
mod region;
mod stackscript;
mod stats;
mod status;
mod transfer;
mod write;

pub use address::{Address, AddressRange, Addresses};
pub use backup::{Backup, BackupDisk, Backups};
pub use call::{Call, Progress};
pub use change::{Deleted, Migration, Rebuild, Resize};
pub use check::Access;
pub use client::Linode;
pub use create::{DiskSource, Mark, NewInstance};
pub use data::UserData;
pub use error::{LinodeError, Reason};
pub use event::{Entity, EntityId, Event, EventFilter, EventStatus};
pub use firewall::{Firewall, Rule, Rules};
pub use follow::{Action, Follow, Followed, Tempo};
pub use image::Image;
pub use instance::{Columns, Instance, Misfit, Specs};
pub use kind::{LinodeType, Price, RegionPrice, Tariff, TransferPrice};
pub use limits::RateLeft;
pub use list::Listing;
pub use maintenance::{Maintenance, MaintenanceStatus};
pub use options::{LinodeOptions, Proxy, Timeouts};
pub use profile::{Profile, Scopes};
pub use region::{Availability, Region};
pub use stackscript::{Field, FieldKind, StackScript, StackScriptData};
pub use stats::{Point, Stats, StatsAnswer, Traffic};
pub use status::Status;
pub use tokio_util::sync::CancellationToken;
pub use transfer::{AccountTransfer, Bytes, Gigabytes, MonthlyTransfer, RegionTransfer, Transfer};
pub use write::{Done, WriteError};
