//! The desktop program: a window around the use-cases. What is decided, is decided below this folder.

mod desktop;
mod host;
mod ipc;
mod logging;
mod settings;

use std::process::ExitCode;

fn main() -> ExitCode {
    match desktop::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ContainerStacks could not start: {error}");
            ExitCode::FAILURE
        }
    }
}
