//! Why a use-case did not do what was asked. Each variant is something that a caller does differently;
//! the sentences for people are `api`'s.

use store::{StoreError, init::InitError};

use crate::host::HostError;

/// The outcome of a use-case that failed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database refused, failed or could not be reached.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The surroundings failed: store file, keychain, local server.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The keychain failed.
    #[error(transparent)]
    Keychain(#[from] vault::VaultError),
    /// Nobody has signed in.
    #[error("nobody has signed in")]
    NotSignedIn,
    /// No database has been chosen, or the line to it was given up.
    #[error("there is no connection")]
    NotConnected,
    /// No profile has this id.
    #[error("there is no such profile")]
    UnknownProfile,
    /// The desk's password for the profile is not in the keychain.
    #[error("the password of the profile is missing")]
    PasswordMissing,
    /// Address or password is wrong.
    #[error("wrong address or password")]
    WrongPassword,
    /// Too many failures.
    #[error("throttled for {retry_after_ms} ms")]
    Throttled {
        /// Try again after so long.
        retry_after_ms: u64,
    },
    /// The database doesn't decide as it should; the sentence names what differs. Nothing was written.
    #[error("the database is not isolated: {0}")]
    IsolationBroken(String),
    /// The person is a customer.
    #[error("this role does not sign in at a desk")]
    RoleNotAllowed,
    /// The role may not do this; the sentence says who may.
    #[error("{0}")]
    Refused(String),
    /// A field of the request is wrong; the sentence says how.
    #[error("{field}: {message}")]
    Invalid {
        /// The request's field.
        field: &'static str,
        /// A sentence for the person.
        message: String,
    },
    /// The conversation has moved on since the writer looked. The text was not sent.
    #[error("the conversation has moved on")]
    ConversationMoved,
    /// The state machine has no such move; the sentence says why.
    #[error("{0}")]
    Transition(String),
    /// The database was not made into a workspace. Nothing was changed.
    #[error(transparent)]
    NotMade(InitError),
    /// The file could not be written.
    #[error("the export could not be written: {0}")]
    Export(std::io::Error),
    /// Something that should not happen; for the log.
    #[error("internal: {0}")]
    Internal(&'static str),
}

impl AppError {
    /// A wrong field, with what its parser says of it.
    pub fn invalid(field: &'static str, why: impl std::fmt::Display) -> Self {
        Self::Invalid {
            field,
            message: why.to_string(),
        }
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<InitError> for AppError {
    fn from(error: InitError) -> Self {
        match error {
            InitError::Store(error) => Self::Store(error),
            refusal => Self::NotMade(refusal),
        }
    }
}
