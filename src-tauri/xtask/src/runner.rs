//! Every Rust test, over one PostgreSQL: each test makes a database of its own in it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::{
    Failure,
    cluster::{self, Cluster},
    shell,
};

/// What tests find the cluster with: a URL of its superuser.
const CLUSTER: &str = "CS_TEST_CLUSTER";
/// The selection of packages and features of the Makefile, so that nothing is compiled twice.
const EVERYTHING: [&str; 3] = ["--workspace", "--features", "tauri/custom-protocol"];

/// A test program that cargo has built.
struct Program {
    name: String,
    file: PathBuf,
    /// Where cargo runs it: its package's folder.
    folder: PathBuf,
}

impl Program {
    /// These use the real window, a display and a keychain: one at a time, after everything that is quicker to fail.
    fn is_window(&self) -> bool {
        self.name == "window"
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
    ignored: u32,
}

impl Tally {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`; others say nothing.
    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else {
            return;
        };
        for part in result.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(Ok(count)), Some(what)) = (words.next().map(str::parse::<u32>), words.next()) else {
                continue;
            };
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

/// Builds and runs them; the first program that fails doesn't keep the others from running.
pub fn test() -> Result<(), Failure> {
    let programs = build()?;
    cluster::with_cluster(async |cluster| {
        let done = tokio::select! {
            done = run_all(&cluster, &programs) => done,
            interrupted = cluster::interrupted() => {
                interrupted.and_then(|()| Err(Failure::Check("The tests were interrupted.".to_owned())))
            }
        };
        (cluster, done)
    })
}

async fn run_all(cluster: &Cluster, programs: &[Program]) -> Result<(), Failure> {
    let mut tally = Tally::default();
    let mut broken = Vec::new();
    let began = Instant::now();
    for program in programs {
        shell::say(&format!("\n— {}", program.name));
        let (passed, took) = run_one(cluster, program, &mut tally).await?;
        shell::say(&format!("— {} took {:.1} s", program.name, took.as_secs_f32()));
        if !passed {
            broken.push(program.name.as_str());
        }
    }
    let Tally {
        passed,
        failed,
        ignored,
    } = tally;
    let total = format!(
        "Rust: {passed} tests passed, {failed} failed, {ignored} left out, in {:.0} s.",
        began.elapsed().as_secs_f32()
    );
    if broken.is_empty() {
        shell::say(&format!("\n{total}"));
        return Ok(());
    }
    Err(Failure::Check(format!("\n{total}\nBroken: {}", broken.join(", "))))
}

async fn run_one(cluster: &Cluster, program: &Program, tally: &mut Tally) -> Result<(bool, Duration), Failure> {
    let began = Instant::now();
    let mut command = tokio::process::Command::new(&program.file);
    command
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .env(CLUSTER, cluster.url("postgres").expose_secret())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    if program.is_window() {
        command.arg("--test-threads=1");
    }
    let mut child = command.spawn()?;
    if let Some(stdout) = child.stdout.take() {
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            tally.add(&line);
            shell::say(&line);
        }
    }
    let status = child.wait().await?;
    Ok((status.success(), began.elapsed()))
}

/// Asks cargo to build the tests and says where they are, the window's last.
fn build() -> Result<Vec<Program>, Failure> {
    let mut arguments = vec!["test", "--no-run", "--message-format=json-render-diagnostics"];
    arguments.extend(EVERYTHING);
    let messages = shell::output("cargo", &arguments)?;
    let mut programs: Vec<Program> = messages.lines().filter_map(program).collect();
    programs.sort_by_key(Program::is_window);
    if programs.is_empty() {
        return Err(Failure::Check("Cargo built no tests.".to_owned()));
    }
    Ok(programs)
}

#[derive(Deserialize)]
struct Message {
    manifest_path: Option<PathBuf>,
    target: Option<Target>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

/// A line of cargo's that tells of a built test.
fn program(line: &str) -> Option<Program> {
    let message: Message = serde_json::from_str(line).ok()?;
    let (Some(file), true) = (message.executable, message.profile?.test) else {
        return None;
    };
    let folder = message.manifest_path?.parent().map(Path::to_path_buf)?;
    Some(Program {
        name: message.target?.name,
        file,
        folder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_added_up() {
        let mut tally = Tally::default();
        tally.add("running 14 tests");
        tally.add("test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.02s");
        tally.add("test result: FAILED. 1 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.50s");
        assert_eq!(
            tally,
            Tally {
                passed: 13,
                failed: 4,
                ignored: 2
            }
        );
    }

    #[test]
    fn only_tests_that_were_built_are_run() {
        let built = r#"{"reason":"compiler-artifact","manifest_path":"/x/tests/Cargo.toml","target":{"name":"window"},"profile":{"test":true},"executable":"/x/target/debug/deps/window-1"}"#;
        let found = program(built).unwrap();
        assert_eq!(
            (found.name.as_str(), found.folder.as_path(), found.is_window()),
            ("window", Path::new("/x/tests"), true)
        );
        assert!(program(&built.replace("true", "false")).is_none());
        assert!(program(r#"{"reason":"build-finished","success":true}"#).is_none());
    }
}
