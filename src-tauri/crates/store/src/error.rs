//! What the database answered, sorted by what a caller does about it. Messages of the server never
//! reach a person from here: they can name values of rows.

use sqlx::error::{DatabaseError, ErrorKind};

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing answers at the address.
    #[error("the database server does not answer")]
    Unreachable(#[source] sqlx::Error),
    /// The connection broke while something was under way. A write may or may not have happened.
    #[error("the connection to the database was lost")]
    ConnectionLost(#[source] sqlx::Error),
    /// The server's certificate is not trusted, or not for this name.
    #[error("the server's certificate is not trusted")]
    CertificateUntrusted(#[source] sqlx::Error),
    /// Encryption was asked for, and the server has none.
    #[error("the server offers no encryption")]
    NoEncryption,
    /// The server refuses this login or its password.
    #[error("the server refused the login")]
    LoginRefused,
    /// The database exists but holds no workspace of ours.
    #[error("the database is not initialized")]
    NotInitialized,
    /// The database is of an older version than this program: it must be migrated first.
    #[error("the database has version {found}, this program needs {needed}")]
    TooOld {
        /// The version found.
        found: i32,
        /// The version of this program.
        needed: i32,
    },
    /// The database has been migrated by a newer program.
    #[error("the database has version {found}, this program knows {known}")]
    TooNew {
        /// The version found.
        found: i32,
        /// The newest version known here.
        known: i32,
    },
    /// The session has ended, expired or was taken back.
    #[error("the session is over")]
    SessionOver,
    /// The login is not one of a desk.
    #[error("this login is not a desk's")]
    NotADesk,
    /// The login is neither the agent's nor an administrator's.
    #[error("this login is neither the agent's nor an administrator's")]
    NotAnOperator,
    /// The role may not do this.
    #[error("the database refused this for the session's role")]
    Forbidden,
    /// A named rule of the database was broken: a check, an exclusion or a trigger's rule.
    #[error("the rule {0} was broken")]
    Rule(String),
    /// A unique rule was broken.
    #[error("a row with this value exists: {0}")]
    Duplicate(String),
    /// Something that the row names does not exist.
    #[error("a row that this refers to does not exist: {0}")]
    MissingReference(String),
    /// A number beyond what its column holds.
    #[error("a number is out of range")]
    OutOfRange,
    /// A value of the request can't be read as its column's type.
    #[error("a value has the wrong form")]
    BadValue,
    /// The row does not exist, or this role can't see it.
    #[error("there is no such row")]
    NotFound,
    /// Somebody has changed the row in the meantime.
    #[error("the row has changed in the meantime")]
    Stale,
    /// Waiting for a lock or an answer took too long. Nothing was changed.
    #[error("the database took too long")]
    Timeout,
    /// A cursor that this program did not make.
    #[error("the position in the list is not one of ours")]
    BadCursor,
    /// A column that the list does not have.
    #[error("the list has no column {0}")]
    UnknownColumn(String),
    /// Anything else.
    #[error("the database failed")]
    Other(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            // The server ends the connection, or is starting.
            sqlx::Error::Database(answer) if matches!(answer.code().as_deref(), Some("57P01" | "57P02")) => {
                Self::ConnectionLost(error)
            }
            sqlx::Error::Database(answer) if answer.code().as_deref() == Some("57P03") => Self::Unreachable(error),
            sqlx::Error::Database(answer) => match from_answer(answer.as_ref()) {
                Some(known) => known,
                None => Self::Other(error),
            },
            sqlx::Error::Tls(cause) if cause.to_string().contains("does not support TLS") => Self::NoEncryption,
            sqlx::Error::Tls(_) => Self::CertificateUntrusted(error),
            sqlx::Error::Io(io) => match io.kind() {
                // rustls reports a certificate that it refuses as invalid data.
                std::io::ErrorKind::InvalidData => Self::CertificateUntrusted(error),
                std::io::ErrorKind::ConnectionRefused
                | std::io::ErrorKind::NotFound
                | std::io::ErrorKind::HostUnreachable
                | std::io::ErrorKind::NetworkUnreachable
                | std::io::ErrorKind::TimedOut => Self::Unreachable(error),
                _ if io.to_string().contains("failed to lookup address") => Self::Unreachable(error),
                _ => Self::ConnectionLost(error),
            },
            sqlx::Error::PoolTimedOut => Self::Unreachable(error),
            sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_) => {
                Self::ConnectionLost(error)
            }
            _ => Self::Other(error),
        }
    }
}

fn from_answer(answer: &dyn DatabaseError) -> Option<StoreError> {
    let rule = || answer.constraint().unwrap_or("unnamed").to_owned();
    match answer.kind() {
        ErrorKind::UniqueViolation => return Some(StoreError::Duplicate(rule())),
        ErrorKind::ForeignKeyViolation => return Some(StoreError::MissingReference(rule())),
        ErrorKind::CheckViolation | ErrorKind::NotNullViolation => return Some(StoreError::Rule(rule())),
        _ => {}
    }
    Some(match answer.code()?.as_ref() {
        "CS010" => StoreError::NotADesk,
        "CS011" => StoreError::SessionOver,
        "CS012" | "CS020" | "CS021" | "CS022" | "23P01" => StoreError::Rule(rule()),
        "28000" | "28P01" => StoreError::LoginRefused,
        "3D000" => StoreError::NotInitialized,
        // Without any right to the schema its tables don't even have names.
        "42501" | "42P01" => StoreError::Forbidden,
        "22003" => StoreError::OutOfRange,
        "22P02" | "22007" | "22008" | "22021" | "22P05" => StoreError::BadValue,
        "55P03" | "57014" | "40P01" | "40001" => StoreError::Timeout,
        _ => return None,
    })
}

/// A failure of the driver for the log: its kind and the server's code, never the values of rows that the
/// server's messages and details may quote.
pub fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(answer) => format!(
            "the database answered {} ({})",
            answer.code().unwrap_or_default(),
            answer.constraint().or(answer.table()).unwrap_or("no rule named")
        ),
        other => other.to_string(),
    }
}
