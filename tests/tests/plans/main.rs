//! Plans, their import, and whose servers and containers are: the wire, `csctl`, and the database's refusals.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

mod assigning;
mod csctl;
mod importing;
mod odd;
mod pricing;
mod shared;
