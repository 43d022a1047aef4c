//! Other programs, and words to the developer.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Failure;

/// A line for the developer, on standard error.
pub fn say(line: &str) {
    // Nobody is left to tell when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A program that runs in the root of the repository. Which cargo calls is passed on, so that nested calls use the
/// same one.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let program = match program {
        "cargo" => std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        other => other.into(),
    };
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

/// Runs a program to its end; what it prints goes to the terminal.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Program(format!("{} failed: {status}", name(command))))
    }
}

/// What a program prints on standard output.
pub fn output(program: &str, arguments: &[&str]) -> Result<String, Failure> {
    let mut command = command(program, arguments);
    let output = command.stderr(Stdio::inherit()).output()?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Failure::Program(format!(
            "{} failed: {}",
            name(&command),
            output.status
        )))
    }
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy();
    let first = command
        .get_args()
        .next()
        .map(|argument| argument.to_string_lossy())
        .unwrap_or_default();
    format!("{program} {first}")
}
