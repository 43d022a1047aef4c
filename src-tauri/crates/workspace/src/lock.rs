use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::{Event, Events, WorkspaceError};

const TRY_AGAIN: Duration = Duration::from_millis(20);
/// A child that another thread forks holds our locks until it becomes its program: not a user of the server.
const FORKED_CHILD: Duration = Duration::from_millis(300);

fn open(path: &Path) -> Result<File, WorkspaceError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(WorkspaceError::io("Opening", path))
}

/// Whether the lock was taken.
fn taken(result: Result<(), TryLockError>, path: &Path) -> Result<bool, WorkspaceError> {
    match result {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(WorkspaceError::io("Locking", path)(error)),
    }
}

/// The right to start or stop the server; ends when it is dropped, and with the process however that ends.
#[derive(Debug)]
pub(crate) struct TurnLock(#[expect(dead_code, reason = "held for its lock only")] File);

impl TurnLock {
    pub(crate) async fn take(path: &Path, limit: Duration, events: &Events) -> Result<Self, WorkspaceError> {
        let file = open(path)?;
        let began = Instant::now();
        let mut told = false;
        while !taken(file.try_lock(), path)? {
            if !told {
                events.send(&Event::WaitingForAnotherProgram);
                told = true;
            }
            if began.elapsed() >= limit {
                return Err(WorkspaceError::Busy { waited: limit });
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
        Ok(Self(file))
    }
}

/// A program's use of the server. Taken and given up only by who holds the [`TurnLock`].
#[derive(Debug)]
pub(crate) struct UseLock {
    file: File,
    path: std::path::PathBuf,
}

impl UseLock {
    pub(crate) fn share(path: &Path) -> Result<Self, WorkspaceError> {
        let file = open(path)?;
        file.lock_shared().map_err(WorkspaceError::io("Locking", path))?;
        Ok(Self {
            file,
            path: path.to_owned(),
        })
    }

    /// Gives up the use; whether nobody else uses the server.
    pub(crate) async fn give_up(self) -> Result<bool, WorkspaceError> {
        self.file
            .unlock()
            .map_err(WorkspaceError::io("Unlocking", &self.path))?;
        let deadline = Instant::now() + FORKED_CHILD;
        while !taken(self.file.try_lock(), &self.path)? {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            tokio::time::sleep(TRY_AGAIN).await;
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_turns_never_overlap() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = TurnLock::take(&path, Duration::ZERO, &Events::default()).await.unwrap();
        let second = TurnLock::take(&path, Duration::ZERO, &Events::default()).await;
        assert!(matches!(second, Err(WorkspaceError::Busy { .. })));
        drop(first);
        TurnLock::take(&path, Duration::ZERO, &Events::default()).await.unwrap();
    }

    #[tokio::test]
    async fn only_the_last_user_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users");
        let first = UseLock::share(&path).unwrap();
        let second = UseLock::share(&path).unwrap();
        assert!(!first.give_up().await.unwrap());
        assert!(second.give_up().await.unwrap());
    }
}
