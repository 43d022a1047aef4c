//! Why a backup was not made, not read or not restored: a code for scripts and a sentence for people.

use std::{io, path::PathBuf};

use store::StoreError;

use crate::AppError;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database refused, failed or could not be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No PostgreSQL programs that fit.
    #[error("{0}")]
    Tools(String),
    /// The login doesn't see everything; table and why.
    #[error(
        "This login does not see everything ({}); no backup was made. Take a login for backups: csctl backup role add makes one.", shown(.0)
    )]
    NotAllSeen(Vec<String>),
    /// The agent works for another database than this login leads to.
    #[error(
        "The login for backups leads to another database than the agent's; no backup was made. Give the URL of a login for backups of the agent's database: csctl backup role add makes one."
    )]
    OtherDatabase,
    /// The form of the tables was changed while the snapshot was taken.
    #[error("Somebody changed the form of the tables while the backup began; nothing was kept. Try again.")]
    Changing,
    /// A file or folder.
    #[error("{} can't be {verb} ({cause}).", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// `read`, `written`.
        verb: &'static str,
        /// Why.
        cause: io::Error,
    },
    /// What was named is no backup.
    #[error("{} is no backup of this program ({why}).", path.display())]
    NotABackup {
        /// Which file.
        path: PathBuf,
        /// How that is known.
        why: String,
    },
    /// The key or passphrase is another.
    #[error("The key or passphrase is not the one of this backup; nothing could be read of it.")]
    WrongKey,
    /// The file was cut short or changed.
    #[error(
        "The backup is damaged: {0}. Nothing can be restored from it; take another, and find out what happened to this one."
    )]
    Damaged(String),
    /// The content differs from what was there when the backup was taken; each table with the difference.
    #[error("The content is not what it should be ({}).", shown(.0))]
    Differs(Vec<String>),
    /// One of PostgreSQL's programs failed.
    #[error("{tool} failed ({said}); {outcome}.")]
    Tool {
        /// Which.
        tool: &'static str,
        /// Its own words, without values of rows.
        said: String,
        /// What was not done.
        outcome: &'static str,
    },
    /// What was restored isn't what was backed up.
    #[error("The database was restored, but it is not what was backed up ({}). Don't work with it; drop it, and restore another backup.", shown(.0))]
    RestoredDiffers(Vec<String>),
    /// The database to restore into holds something.
    #[error("The database is not empty (it holds {}); nothing was restored. Name an empty one.", shown(.0))]
    NotEmpty(Vec<String>),
    /// Another workspace of that server has these roles.
    #[error(
        "The roles {0}_* of this server belong to a workspace in another of its databases, and two never share them; nothing was restored. Name a database of another server, or drop that one first."
    )]
    RolesTaken(String),
    /// The server is older than the one that the backup is of.
    #[error(
        "The server is PostgreSQL {found}, and the backup is of {needed}; nothing was restored. Take a server that is no older."
    )]
    ServerOlder {
        /// What is there.
        found: i32,
        /// What is needed.
        needed: i32,
    },
    /// A newer program has written it.
    #[error("The backup was written by a newer program (form {0}); install that one.")]
    Newer(u32),
    /// Something else.
    #[error("{0}")]
    Other(#[from] Box<AppError>),
}

impl From<AppError> for BackupError {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Store(error) => Self::Store(error),
            other => Self::Other(Box::new(other)),
        }
    }
}

impl BackupError {
    /// For scripts.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(_) | Self::Other(_) => "backup_failed",
            Self::Tools(_) => "postgres_programs_missing",
            Self::NotAllSeen(_) => "backup_not_all_seen",
            Self::OtherDatabase => "backup_other_database",
            Self::Changing => "backup_tables_changing",
            Self::File { .. } => "backup_file",
            Self::NotABackup { .. } => "not_a_backup",
            Self::WrongKey => "backup_wrong_key",
            Self::Damaged(_) => "backup_damaged",
            Self::Differs(_) => "backup_differs",
            Self::Tool { .. } => "postgres_program_failed",
            Self::RestoredDiffers(_) => "restored_differs",
            Self::NotEmpty(_) => "database_not_empty",
            Self::RolesTaken(_) => "roles_taken",
            Self::ServerOlder { .. } => "server_older",
            Self::Newer(_) => "backup_newer",
        }
    }

    /// Whether it says something about the backup itself, which is to be remembered.
    pub(super) fn condemns(&self) -> bool {
        matches!(self, Self::Damaged(_) | Self::Differs(_))
    }

    pub(super) fn reading(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |cause| Self::File {
            path,
            verb: "read",
            cause,
        }
    }

    pub(super) fn writing(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |cause| Self::File {
            path,
            verb: "written",
            cause,
        }
    }
}

/// Some of a list.
fn shown(names: &[String]) -> String {
    let first: Vec<&str> = names.iter().take(6).map(String::as_str).collect();
    let more = names.len().saturating_sub(first.len());
    let more = if more == 0 {
        String::new()
    } else {
        format!(", and {more} more")
    };
    format!("{}{more}", first.join(", "))
}
