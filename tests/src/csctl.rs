//! `csctl` as a process of its own, and what it says.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// `csctl` as it was built beside the tests.
#[must_use]
pub fn program() -> PathBuf {
    let here = std::env::current_exe().expect("a test is a file");
    let folder = here.ancestors().find(|folder| folder.join("csctl").is_file());
    folder.expect("csctl is built beside the tests").join("csctl")
}

/// It with these arguments, an empty environment, and nothing on standard input.
#[must_use]
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(arguments)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The same, over the database at `url`.
#[must_use]
pub fn command_over(url: &str, arguments: &[&str]) -> Command {
    let mut command = command(arguments);
    command.env("CONTAINERSTACKS_DATABASE_URL", url);
    command
}

/// What it does over the database at `url`.
#[must_use]
pub fn csctl(url: &str, arguments: &[&str]) -> Output {
    command_over(url, arguments).output().expect("csctl runs")
}

/// Its answer as JSON, when it ended with this code.
#[expect(clippy::must_use_candidate, reason = "often only the code is what is asked")]
pub fn json(output: &Output, code: i32) -> Value {
    let said = Said::of(output);
    assert_eq!(said.code, code, "{said:?}");
    said.json()
}

/// What it said.
#[derive(Debug)]
pub struct Said {
    /// The exit code.
    pub code: i32,
    /// On standard output.
    pub out: String,
    /// On standard error.
    pub err: String,
}

impl Said {
    /// What a process that has ended said.
    #[must_use]
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it says text");
        Self {
            code: output.status.code().unwrap_or(-1),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// The answer, as one JSON object; nothing is on standard error.
    #[must_use]
    pub fn json(&self) -> Value {
        assert_eq!(self.err, "", "{self:?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of the error on standard error, which is one sentence or more, and nothing is on standard output.
    #[must_use]
    pub fn error(&self) -> &str {
        assert!(self.out.is_empty(), "{self:?}");
        self.err
            .strip_prefix("error[")
            .and_then(|rest| rest.split_once("]: "))
            .unwrap_or_else(|| panic!("{self:?}"))
            .0
    }
}
