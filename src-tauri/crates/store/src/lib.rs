//! PostgreSQL: one file per family of tables, the SQL beside the function that names it.
//!
//! Functions take a connection and neither begin nor commit anything a use-case does: that is `app`'s.
//! The database decides who may what; nothing here repeats its policies.

mod error;
mod scram;

pub mod adopt;
pub mod connect;
pub mod init;
pub mod isolation;
pub mod migrate;
pub mod operator;
pub mod roles;

pub use error::{StoreError, describe};

pub mod auth;
pub mod billing;
pub mod desk;
pub mod list;
pub mod log_chain;
pub mod messages;
pub mod organizations;
mod row;
pub mod servers;
pub mod tickets;
pub mod transactions;
pub mod users;
