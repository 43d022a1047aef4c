use std::fs;
use std::path::{Path, PathBuf};

use crate::connection::Connection;
use crate::process::Process;

/// What a server writes into `postmaster.pid`. Lines may be missing while it starts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PostmasterFile {
    pub(crate) pid: u32,
    pub(crate) port: Option<u16>,
    pub(crate) socket_dir: Option<PathBuf>,
    pub(crate) over_tcp: bool,
}

impl PostmasterFile {
    pub(crate) fn path(pgdata: &Path) -> PathBuf {
        pgdata.join("postmaster.pid")
    }

    pub(crate) fn read(pgdata: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(Self::path(pgdata)).ok()?)
    }

    /// The order of the lines is in PostgreSQL's `utils/pidfile.h`.
    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let line = |number: usize| lines.get(number - 1).copied().filter(|line| !line.is_empty());
        // Negative for a server in single-user mode.
        let pid = line(1)?.parse::<i32>().ok()?.unsigned_abs();
        Some(Self {
            pid,
            port: line(4).and_then(|port| port.parse().ok()),
            socket_dir: line(5).map(PathBuf::from),
            over_tcp: line(6).is_some(),
        })
    }

    pub(crate) fn connection(&self, want_tcp: bool) -> Option<Connection> {
        let (dir, port) = (self.socket_dir.clone()?, self.port?);
        Some(Connection::new(dir, port, want_tcp && self.over_tcp))
    }
}

/// The server of the data folder, if one runs.
pub(crate) fn running_server(pgdata: &Path) -> Option<Process> {
    Process::find_server(PostmasterFile::read(pgdata)?.pid, pgdata)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_read() {
        let text = "4242\n/w/pgdata\n1700000000\n5432\n/w/run\n127.0.0.1\n  5432001         3\nready   \n";
        let file = PostmasterFile::parse(text).unwrap();
        assert_eq!((file.pid, file.port, file.over_tcp), (4242, Some(5432), true));
        assert_eq!(file.socket_dir.as_deref(), Some(Path::new("/w/run")));
    }

    #[test]
    fn a_file_of_a_starting_server_has_no_address_yet() {
        let file = PostmasterFile::parse("4242\n/w/pgdata\n1700000000\n5432\n\n").unwrap();
        assert_eq!(file.connection(false), None);
        assert_eq!(PostmasterFile::parse(""), None);
        assert_eq!(PostmasterFile::parse("-17\n").unwrap().pid, 17);
    }

    #[test]
    fn a_number_that_another_process_has_now_is_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::process::id();
        fs::write(PostmasterFile::path(folder.path()), format!("{own}\n")).unwrap();
        assert_eq!(running_server(folder.path()), None);
    }
}
