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
pub mod server;

pub use error::{StoreError, describe};

pub mod activity;
pub mod agent;
pub mod api_keys;
pub mod assignment;
pub mod auth;
pub mod backup;
pub mod billing;
pub mod containers;
pub mod corrections;
pub mod customer_view;
pub mod dashboard;
pub mod demo;
pub mod desk;
pub mod desks;
pub mod drift;
pub mod explain;
pub mod holds;
pub mod intents;
pub mod invoices;
pub mod list;
pub mod live;
pub mod log_chain;
pub mod margin;
pub mod messages;
pub mod networking;
pub mod notifications;
pub mod organizations;
pub mod plans;
pub mod proof;
pub mod providers;
mod row;
pub mod scripts;
pub mod security;
pub mod servers;
pub mod settings;
pub mod sync;
pub mod themes;
pub mod tickets;
pub mod transactions;
pub mod users;
pub mod visibility;
pub mod workspace_keys;
