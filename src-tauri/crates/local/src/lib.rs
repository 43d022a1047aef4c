//! This computer, for the window and for `csctl` alike: where the program keeps what it keeps, the keychain or memory in
//! its place, and the private server of a local workspace. Knows neither Tauri nor the command line.

mod backup;
mod keychain;
mod places;
mod server;

pub use backup::{Scratch, toolbox};
pub use keychain::LocalKeychain;
pub use places::{HOME, IDENTIFIER, Places};
pub use server::{Local, host_error};
