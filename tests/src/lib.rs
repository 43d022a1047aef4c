//! Tests over real parts: PostgreSQL, the wire, the window.

pub mod bridge;
pub mod business;
pub mod cluster;
pub mod desk;
pub mod server;
pub mod tour;
pub mod window;
pub mod workspace_db;
