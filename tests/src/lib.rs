//! Tests over real parts: PostgreSQL, the wire, the window.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "what a test needs and does not get ends the test"
)]

pub mod bridge;
pub mod business;
pub mod cluster;
pub mod csctl;
pub mod desk;
pub mod docker;
pub mod docker_engine;
pub mod linode;
pub mod pg_dump;
pub mod process;
pub mod registry;
pub mod server;
pub mod tour;
pub mod window;
pub mod workspace_db;
