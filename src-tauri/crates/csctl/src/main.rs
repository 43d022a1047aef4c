//! csctl.
fn main() {}
