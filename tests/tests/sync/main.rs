//! Accounts and syncs: against the stand-in for Linode, over a real PostgreSQL.

#![cfg_attr(
    test,
    expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")
)]

#[cfg(test)]
mod accounts;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod flow;
#[cfg(test)]
mod gone;
#[cfg(test)]
mod odd;
#[cfg(test)]
mod script;
#[cfg(test)]
mod shared;
