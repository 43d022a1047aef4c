//! PostgreSQL's own programs, `pg_dump` and `pg_restore`: which of those at hand, and how they are run. What they need to
//! know of the database goes to them by their environment, a password never as an argument.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
};

use store::connect::{Address, TlsMode};
use tokio::{
    io::AsyncReadExt,
    process::{Child, Command},
    task::JoinHandle,
};

use super::BackupError;

/// Where Debian, and most others, keep the authorities that the system trusts.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";
/// As much of a program's words as is kept.
const WORDS: usize = 16 << 10;

/// `pg_dump` and `pg_restore` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    /// Their folder.
    pub folder: PathBuf,
    /// Their major version.
    pub major: u32,
}

/// All that this computer has.
#[derive(Debug, Clone, Default)]
pub struct Toolbox(Vec<Tools>);

impl Toolbox {
    /// Those.
    pub fn new(tools: Vec<Tools>) -> Self {
        Self(tools)
    }

    /// The oldest that are not older than that: they understand it, and what they write is read by the most others.
    pub(super) fn at_least(&self, major: u32) -> Result<&Tools, BackupError> {
        let fitting = self.0.iter().filter(|tools| tools.major >= major);
        fitting.min_by_key(|tools| tools.major).ok_or_else(|| {
            BackupError::Tools(match self.0.iter().map(|tools| tools.major).max() {
                None => "pg_dump and pg_restore are not on this computer; nothing was done. Install them (Debian: postgresql-client).".to_owned(),
                Some(newest) => format!(
                    "pg_dump and pg_restore of PostgreSQL {major} or newer are needed, and this computer has {newest}; nothing was done. Install newer ones (Debian: postgresql-client)."
                ),
            })
        })
    }

    /// The newest.
    pub(super) fn newest(&self) -> Result<&Tools, BackupError> {
        let major = self.0.iter().map(|tools| tools.major).max().unwrap_or(0);
        self.at_least(major)
    }
}

/// A program that runs. It ends when this is dropped.
pub(super) struct Running {
    child: Child,
    words: JoinHandle<String>,
    tool: &'static str,
}

impl Tools {
    /// A program without anything of this one's environment; towards a database, if one is named.
    pub(super) fn command(&self, tool: &'static str, client: &str, place: Option<&Address>) -> Command {
        let mut command = Command::new(self.folder.join(tool));
        command
            .env_clear()
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("PGTZ", "UTC")
            .env("PGPASSFILE", "/dev/null")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(place) = place {
            command
                .arg("--no-password")
                .arg(format!("--dbname=dbname={}", quoted(&place.database)))
                .env("PGHOST", place.host.trim_start_matches('[').trim_end_matches(']'))
                .env("PGPORT", place.port.to_string())
                .env("PGUSER", &place.login)
                .env("PGPASSWORD", &place.password)
                .env("PGAPPNAME", client)
                .env("PGCONNECT_TIMEOUT", "10")
                .env(
                    "PGOPTIONS",
                    "-c TimeZone=UTC -c bytea_output=hex -c idle_in_transaction_session_timeout=0",
                )
                .env("PGSSLMODE", sslmode(place.tls));
            if let Some(file) = authorities(place) {
                command.env("PGSSLROOTCERT", file);
            }
        }
        command
    }

    /// Starts one of them.
    pub(super) fn start(&self, tool: &'static str, mut command: Command) -> Result<Running, BackupError> {
        let failed = |why: std::io::Error| {
            BackupError::Tools(format!(
                "{} can't be started ({why}); nothing was done.",
                self.folder.join(tool).display()
            ))
        };
        let mut child = command
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let mut errors = child.stderr.take();
        let words = tokio::spawn(async move {
            let mut kept = Vec::new();
            let mut piece = [0; 4096];
            while let Some(errors) = &mut errors {
                match errors.read(&mut piece).await {
                    Ok(read) if read > 0 => {
                        let room = WORDS.saturating_sub(kept.len()).min(read);
                        kept.extend_from_slice(piece.get(..room).unwrap_or_default());
                    }
                    _ => break,
                }
            }
            first_error(&String::from_utf8_lossy(&kept))
        });
        Ok(Running { child, words, tool })
    }
}

impl Running {
    /// What it reads, to be written by a thread of its own.
    pub(super) fn input(&mut self) -> Result<File, BackupError> {
        let pipe = self.child.stdin.take().map(tokio::process::ChildStdin::into_owned_fd);
        Self::file(pipe, self.tool)
    }

    /// What it writes, to be read by a thread of its own.
    pub(super) fn output(&mut self) -> Result<File, BackupError> {
        let pipe = self.child.stdout.take().map(tokio::process::ChildStdout::into_owned_fd);
        Self::file(pipe, self.tool)
    }

    fn file(pipe: Option<std::io::Result<std::os::fd::OwnedFd>>, tool: &'static str) -> Result<File, BackupError> {
        match pipe {
            Some(Ok(pipe)) => Ok(File::from(pipe)),
            _ => Err(BackupError::Tools(format!("{tool} has no pipe; nothing was done."))),
        }
    }

    /// Waits for its end; what it says when it fails, if it fails.
    pub(super) async fn end(mut self) -> Result<(), String> {
        let status = self.child.wait().await.map_err(|why| why.to_string())?;
        if status.success() {
            return Ok(());
        }
        let said = self.words.await.unwrap_or_default();
        Err(if said.is_empty() { status.to_string() } else { said })
    }
}

/// The first error in a program's words: one line, which names things but no values. What follows it (details, contexts,
/// statements) can hold parts of rows.
fn first_error(words: &str) -> String {
    let line = words.lines().find_map(|line| {
        ["error: ", "FATAL:  "]
            .iter()
            .find_map(|mark| line.split_once(mark))
            .map(|(_, rest)| rest)
    });
    line.unwrap_or_default().chars().take(300).collect()
}

fn sslmode(tls: TlsMode) -> &'static str {
    match tls {
        TlsMode::VerifyFull => "verify-full",
        TlsMode::VerifyCa => "verify-ca",
        TlsMode::Require => "require",
        TlsMode::Disable => "disable",
    }
}

/// These programs trust nobody by themselves.
fn authorities(place: &Address) -> Option<PathBuf> {
    let system = || {
        Some(Path::new(AUTHORITIES))
            .filter(|file| file.is_file())
            .map(Path::to_owned)
    };
    match place.tls {
        TlsMode::VerifyFull | TlsMode::VerifyCa => place.root_certificate.clone().or_else(system),
        TlsMode::Require | TlsMode::Disable => None,
    }
}

/// A value of a connection string.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(major: u32) -> Tools {
        Tools {
            folder: PathBuf::from(format!("/{major}")),
            major,
        }
    }

    #[test]
    fn the_oldest_that_is_new_enough_is_taken() {
        let toolbox = Toolbox::new(vec![tools(17), tools(15), tools(16)]);
        assert_eq!(toolbox.at_least(15).unwrap().major, 15);
        assert_eq!(toolbox.at_least(16).unwrap().major, 16);
        assert_eq!(toolbox.newest().unwrap().major, 17);
        let sentence = toolbox.at_least(18).unwrap_err().to_string();
        assert!(
            sentence.contains("18 or newer") && sentence.contains("has 17"),
            "{sentence}"
        );
        assert!(Toolbox::default().newest().is_err());
    }

    #[test]
    fn of_an_error_only_the_line_without_values_is_kept() {
        let words = "pg_restore: while PROCESSING TOC:\npg_restore: error: COPY failed for table \"users\": ERROR:  duplicate key\nDETAIL:  Key (email)=(ana@example.com)\nCONTEXT:  COPY users, line 1: \"1\tana\"\n";
        assert_eq!(
            first_error(words),
            "COPY failed for table \"users\": ERROR:  duplicate key"
        );
        assert_eq!(first_error("pg_dump: warning: x\n"), "");
        assert_eq!(quoted(r"a'b\c"), r"'a\'b\\c'");
    }
}
