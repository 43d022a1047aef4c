//! The client of Linode's API, version 4: what an account has, and what things cost.
//!
//! | module | what it knows |
//! | --- | --- |
//! | `client` | one question, its repeats, its deadline; the questions by name |
//! | `list` | whole lists: pages side by side, lists that shift while they are read |
//! | `limits` | how many questions are left until when |
//! | `answer` | what an HTTP answer means |
//! | `instance`, `kind`, `region`, `profile` | what is read, tolerant of the missing and the unknown |
//!
//! Only questions are repeated. Nothing here writes at Linode.

mod answer;
mod call;
mod client;
mod error;
mod instance;
mod kind;
mod lenient;
mod limits;
mod list;
mod options;
mod profile;
mod region;

pub use call::{Call, Progress};
pub use client::Linode;
pub use error::{LinodeError, Reason};
pub use instance::{Columns, Instance, Misfit, Specs};
pub use kind::{LinodeType, Price, RegionPrice, Tariff};
pub use list::Listing;
pub use options::{LinodeOptions, Timeouts};
pub use profile::{Profile, Scopes};
pub use region::Region;
pub use tokio_util::sync::CancellationToken;
