//! Tests over real parts: PostgreSQL, the wire, the window.

pub mod cluster;
pub mod window;
