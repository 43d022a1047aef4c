//! Containers as they are on their hosts: hosts, syncs, what is done to containers, what their hosts tell of them.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

mod acts;
mod follow;
mod hosts;
mod images;
mod live;
mod lost;
mod money;
mod script;
mod shared;
mod sync;
