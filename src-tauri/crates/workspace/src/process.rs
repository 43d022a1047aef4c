use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// How often a process that was told to end is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// A process that is told from a later one of the same number by the time when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pid: u32,
    /// In clock ticks since the computer started.
    began: u64,
}

impl Process {
    /// The process `pid`, if there is one and it has not ended.
    pub(crate) fn find(pid: u32) -> Option<Self> {
        let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
        let (state, began) = parse_stat(&String::from_utf8_lossy(&stat))?;
        // A process that ended but was never waited for keeps its number.
        (!matches!(state, 'Z' | 'X')).then_some(Self { pid, began })
    }

    /// The process `pid`, if it is the server of the data folder. Its arguments are readable to everybody, its working
    /// folder is not.
    pub(crate) fn find_server(pid: u32, pgdata: &Path) -> Option<Self> {
        let process = Self::find(pid)?;
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        is_server_of(&arguments, pgdata).then_some(process)
    }

    pub(crate) fn pid(self) -> u32 {
        self.pid
    }

    pub(crate) fn is_alive(self) -> bool {
        Self::find(self.pid) == Some(self)
    }

    /// Sends a signal; a process that is gone already is no error.
    pub(crate) fn signal(self, signal: Signal) -> io::Result<()> {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else {
            return Ok(());
        };
        if !self.is_alive() {
            return Ok(());
        }
        match kill_process(pid, signal) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits for the end of the process; false when it takes too long.
    pub(crate) async fn ends_within(self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        while self.is_alive() {
            if Instant::now() >= deadline {
                return false;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        true
    }
}

/// State (field 3) and start time (field 22) of `/proc/<pid>/stat`; the name before them may hold anything.
fn parse_stat(stat: &str) -> Option<(char, u64)> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?.chars().next()?;
    let began = fields.nth(18)?.parse().ok()?;
    Some((state, began))
}

fn is_server_of(arguments: &[u8], pgdata: &Path) -> bool {
    let arguments: Vec<&OsStr> = arguments.split(|byte| *byte == 0).map(OsStr::from_bytes).collect();
    let program = arguments.first().and_then(|name| Path::new(name).file_name());
    let same_folder = |folder: &OsStr| {
        let folder = Path::new(folder);
        folder == pgdata || folder.canonicalize().is_ok_and(|real| real == pgdata)
    };
    program == Some(OsStr::new("postgres")) && arguments.windows(2).any(|pair| pair[0] == "-D" && same_folder(pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_does_not_confuse() {
        let stat = "7 (a) Z (b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4321 99 100";
        assert_eq!(parse_stat(stat), Some(('S', 4321)));
    }

    #[test]
    fn a_server_is_known_by_its_folder() {
        let command = b"/usr/lib/postgresql/15/bin/postgres\0-D\0/a b/pgdata\0-p\x005432\0";
        assert!(is_server_of(command, Path::new("/a b/pgdata")));
        assert!(!is_server_of(command, Path::new("/a")));
        assert!(!is_server_of(b"/bin/cat\0-D\0/a b/pgdata\0", Path::new("/a b/pgdata")));
    }

    #[test]
    fn a_process_that_was_not_waited_for_counts_as_ended() {
        let mut child = std::process::Command::new("cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let process = Process::find(child.id()).unwrap();
        assert!(process.is_alive());
        process.signal(Signal::KILL).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        assert!(runtime.block_on(process.ends_within(Duration::from_secs(10))));
        assert!(
            Path::new(&format!("/proc/{}", child.id())).exists(),
            "its entry is still there"
        );
        child.wait().unwrap();
    }
}
