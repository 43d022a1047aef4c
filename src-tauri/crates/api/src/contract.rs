//! Requests and answers, as JSON has them. Rows of lists are the store's read models as they are.

mod billing;
mod customer_view;
mod desks;
mod drift;
mod intents;
mod invoices;
mod live;
mod notifications;
mod pages;
mod people;
mod plans;
mod program;
mod providers;
mod records;
mod servers;
mod setup;
mod shell;
mod tasks;
mod tickets;
mod trust;

pub use billing::*;
pub use customer_view::*;
pub use desks::*;
pub use drift::*;
pub use intents::*;
pub use invoices::*;
pub use live::*;
pub use notifications::*;
pub use pages::*;
pub use people::*;
pub use plans::*;
pub use program::*;
pub use providers::*;
pub use records::*;
pub use servers::*;
pub use setup::*;
pub use shell::*;
pub use tasks::*;
pub use tickets::*;
pub use trust::*;

use app::views::ListRequest;
use domain::role::{Action as Deed, Role};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Nothing is asked, or nothing is answered.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, TS)]
#[ts(type = "Record<string, never>")]
pub struct Empty {}

/// What may be done to a thing, with the reason when not.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Whether it may be done.
    pub allowed: bool,
    /// Why not.
    pub reason: Option<String>,
}

impl Action {
    /// Whether a role may do something, under the name that the window knows it by.
    pub(crate) fn of(role: Role, name: &str, deed: Deed) -> Self {
        let refusal = role.may(deed).err();
        Self {
            name: name.to_owned(),
            allowed: refusal.is_none(),
            reason: refusal.map(|refusal| refusal.to_string()),
        }
    }
}

/// A list as a CSV file.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ExportRequest {
    /// Which rows; the position and the limit don't count.
    pub list: ListRequest,
    /// Which columns, in order.
    pub columns: Vec<String>,
}

/// A file that was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExportAnswer {
    /// Where it is.
    pub path: String,
    /// How many rows it has.
    #[ts(type = "number")]
    pub rows: u64,
}

/// One thing by its id.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct GetRequest {
    /// Its id.
    pub id: i32,
}

/// Something new.
#[derive(Debug, Clone, Copy, Serialize, TS)]
pub struct Created {
    /// Its id.
    pub id: i32,
}
