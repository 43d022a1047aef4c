//! Live updates: what the outbox says, to whom, and that two desks see each other's work; what people are told.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

mod desks;
mod outbox;
mod told;
