//! Helper programs: started as direct children in process groups of their own, ended by their ids.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group, test_kill_process_group};

use super::WindowError;

/// How long a helper may take to say its first word or to go.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a state is looked at.
pub const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A running helper and what it has started; all of it ends with this value.
#[derive(Debug)]
pub struct Helper {
    name: String,
    child: Child,
}

impl Helper {
    /// Starts a helper; what it prints goes to `log`.
    pub fn start(mut command: Command, log: &Path) -> Result<Self, WindowError> {
        command.stdout(File::options().create(true).append(true).open(log)?);
        Self::spawn(command, Stdio::null(), log)
    }

    /// Starts a helper and gives it `input` to read.
    pub fn start_with(mut command: Command, input: &str, log: &Path) -> Result<Self, WindowError> {
        command.stdout(File::options().create(true).append(true).open(log)?);
        let mut helper = Self::spawn(command, Stdio::piped(), log)?;
        if let Some(mut stdin) = helper.child.stdin.take() {
            stdin.write_all(input.as_bytes())?;
        }
        Ok(helper)
    }

    /// Starts a helper and waits for the first line that it prints, which says that it is ready.
    pub fn start_and_hear(mut command: Command, log: &Path) -> Result<(Self, String), WindowError> {
        command.stdout(Stdio::piped());
        let mut helper = Self::spawn(command, Stdio::null(), log)?;
        let mut line = String::new();
        if let Some(stdout) = helper.child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let line = line.trim().to_owned();
        if line.is_empty() {
            return Err(WindowError::helper(&helper.name, log));
        }
        Ok((helper, line))
    }

    fn spawn(mut command: Command, stdin: Stdio, log: &Path) -> Result<Self, WindowError> {
        let name = Path::new(command.get_program())
            .file_name()
            .unwrap_or(OsStr::new("helper"));
        let name = name.to_string_lossy().into_owned();
        let errors = File::options().create(true).append(true).open(log)?;
        let spawned = command.stdin(stdin).stderr(errors).process_group(0).spawn();
        let child = spawned.map_err(|source| WindowError::Missing {
            name: name.clone(),
            source,
        })?;
        Ok(Self { name, child })
    }

    /// Whether it has not ended by itself.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it is called, for errors.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The processes of this name that the helper has started.
    pub fn running(&self, name: &str) -> Vec<Pid> {
        let Ok(processes) = Path::new("/proc").read_dir() else {
            return Vec::new();
        };
        processes
            .filter_map(Result::ok)
            .filter_map(|entry| self.member(&entry.path(), name))
            .collect()
    }

    fn member(&self, process: &Path, name: &str) -> Option<Pid> {
        let pid = Pid::from_raw(process.file_name()?.to_str()?.parse().ok()?)?;
        let stat = std::fs::read_to_string(process.join("stat")).ok()?;
        // pid (name) state parent group …, and the name may hold anything.
        let (before, after) = stat.rsplit_once(") ")?;
        let mut fields = after.split(' ');
        let is_zombie = fields.next()? == "Z";
        let group = Pid::from_raw(fields.nth(1)?.parse().ok()?)?;
        (before.ends_with(&format!("({name}")) && !is_zombie && Some(group) == self.group()).then_some(pid)
    }

    fn group(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let Some(group) = self.group() else { return };
        for signal in [Signal::TERM, Signal::KILL] {
            // A group that is gone needs no signal.
            let _ = kill_process_group(group, signal);
            let gone = wait_until(PATIENCE, || {
                // Reaps the leader, which would keep its group.
                !matches!(self.child.try_wait(), Ok(None)) && test_kill_process_group(group).is_err()
            });
            if gone {
                return;
            }
        }
    }
}

/// Looks again and again until `done`, at most for `limit`.
pub fn wait_until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    loop {
        if done() {
            return true;
        }
        if began.elapsed() > limit {
            return false;
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}
