//! The wire: commands as the window sends them, over a real PostgreSQL, without a web view.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

mod dashboard;
mod desks;
mod intents;
mod invoices;
mod keys;
mod pages;
mod people;
mod providers;
mod records;
mod servers;
mod session;
mod setup;
mod surroundings;
mod tickets;
mod view;

/// A code as it is on the wire.
fn code(error: &api::ApiError) -> String {
    serde_json::to_value(error.code).unwrap().as_str().unwrap().to_owned()
}
