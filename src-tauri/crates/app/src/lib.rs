//! The use-cases, one function each, and the desk that they happen at.
//!
//! Only this crate begins and commits transactions. It knows neither Tauri nor the command line: what
//! surrounds it comes in as a [`host::Host`].

mod error;

pub mod billing;
pub mod context;
pub mod database;
pub mod desk;
pub mod export;
pub mod host;
pub mod organizations;
pub mod password;
pub mod preferences;
pub mod profiles;
pub mod rules;
pub mod servers;
pub mod session;
pub mod shell;
pub mod tasks;
pub mod theme;
pub mod tickets;
pub mod transactions;
pub mod trust;
pub mod users;

pub use error::AppError;

/// The words of the field, for programs that know only the use-cases.
pub use domain;

/// What the lower rooms say, for the contract with the window, which knows only the use-cases.
pub mod views {
    pub use store::{
        StoreError,
        billing::{ChargeRow, ParkedRow, RunRow, Skipped},
        connect::TlsMode,
        describe,
        desk::{ContextInvoice, PALETTE_KINDS, PaletteHit},
        list::{Filter, FilterOp, ListRequest, Page, Sort},
        messages::TicketMessage,
        organizations::OrganizationRow,
        servers::ServerRow,
        tickets::{TicketCounts, TicketQueue, TicketRow},
        transactions::TransactionRow,
        users::{StaffMember, UserRow},
    };
    pub use vault::{KeychainState, VaultError};
}
