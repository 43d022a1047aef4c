//! Why a use-case did not do what was asked. Each variant is something that a caller does differently;
//! the sentences for people are `api`'s.

use providers::{
    docker::DockerError,
    linode::{LinodeError, WriteError},
};
use store::{StoreError, init::InitError};

use crate::{backup::BackupError, host::HostError};

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
    /// A file under a passphrase was not opened, or not made.
    #[error(transparent)]
    SealedFile(#[from] vault::SealedFileError),
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
    /// The signed-in person's password, given once more, is wrong; the field in which it stood.
    #[error("wrong password of one's own")]
    WrongOwnPassword(&'static str),
    /// The code of the second factor is wrong, or was used.
    #[error("wrong code")]
    WrongCode,
    /// The address or the reset code is wrong, or the code has expired.
    #[error("wrong reset code")]
    WrongResetCode,
    /// A sign-in that waited for a further proof has taken too long, or something changed meanwhile.
    #[error("the sign-in has to begin anew")]
    SignInOver,
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
    /// The workspace is none that a demonstration may fill; the sentence says why.
    #[error("{0}")]
    NotForDemo(&'static str),
    /// The provider refused, failed or could not be reached. Nothing was written; the sentence says what to do.
    #[error(transparent)]
    Provider(#[from] LinodeError),
    /// Something that was to be done at the provider was refused, or nobody knows whether it was done; the sentence says
    /// which.
    #[error(transparent)]
    Write(WriteError),
    /// Something that was to be done at the provider came to nothing: its code, and what is known of it.
    #[error("{sentence}")]
    Intent {
        /// Stable, for programs.
        code: &'static str,
        /// What happened, what was not done, what to do.
        sentence: String,
    },
    /// More than a tenth of an account's servers would be gone at once: a person is asked. None of them was marked as gone.
    #[error(
        "{gone} of the {of} servers of this account are missing at the provider: more than a tenth. None was marked as gone, and their hours count as before. Check that the token is the right account's; if they are really gone, sync again and allow it."
    )]
    ManyGone {
        /// How many are missing.
        gone: usize,
        /// Of how many.
        of: usize,
    },
    /// The workspace key that this needs is not at hand.
    #[error("{0}")]
    WorkspaceKey(KeyProblem),
    /// The account's token can't be used.
    #[error("{0}")]
    Token(TokenProblem),
    /// The account is of a provider that this program doesn't read.
    #[error("accounts of the provider {0} can't be read")]
    UnknownProvider(String),
    /// A Docker host refused, failed or could not be reached; the sentence says what is known.
    #[error(transparent)]
    Docker(#[from] DockerError),
    /// A Docker host was named where an account of servers is meant.
    #[error("{0} is a Docker host, and this is for accounts of servers. Nothing was changed.")]
    NotAnAccount(String),
    /// An account of servers was named where a Docker host is meant.
    #[error("{0} is no Docker host. Nothing was changed.")]
    NotAHost(String),
    /// Another engine answers than the one that was asked before.
    #[error(
        "Another Docker engine answers at the address of {0} than the one whose containers are known. Nothing was read or changed. An address such as unix:///var/run/docker.sock means another engine on each computer; if this one has really taken the other's place, check the host and accept it."
    )]
    OtherEngine(String),
    /// More than a tenth of a host's containers would be gone at once: a person is asked. Nothing was written.
    #[error(
        "{gone} of the {of} containers of this host are missing: more than a tenth. Nothing was changed. Check that it is the right host; if they are really gone, sync again and allow it."
    )]
    ManyContainersGone {
        /// How many are missing.
        gone: usize,
        /// Of how many.
        of: usize,
    },
    /// The file could not be written.
    #[error("the export could not be written: {0}")]
    Export(std::io::Error),
    /// There is no document of this; the sentence says why.
    #[error("{0}")]
    NoDocument(String),
    /// A backup was not taken, or what was taken is not to be believed.
    #[error(transparent)]
    Backup(Box<BackupError>),
    /// Something that should not happen; for the log.
    #[error("internal: {0}")]
    Internal(&'static str),
}

/// What is wrong with the workspace key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// None was made for this workspace yet.
    #[error("no workspace key was made yet")]
    NotMade,
    /// One was made, and it is not here.
    #[error("the workspace key is not here")]
    Missing,
    /// The one that is here is not this workspace's, or an older one.
    #[error("the workspace key is another one")]
    Wrong,
    /// One was made already.
    #[error("a workspace key was made already")]
    Made,
}

/// What is wrong with an account's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// There is none.
    #[error("the account has no token")]
    Missing,
    /// Another program wrote it, and not sealed.
    #[error("the token was not sealed by this program")]
    NotSealed,
    /// It was sealed with an older key or for another place, or was changed.
    #[error("the token can't be opened")]
    Unreadable,
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

impl From<BackupError> for AppError {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Other(error) => *error,
            other => Self::Backup(Box::new(other)),
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
