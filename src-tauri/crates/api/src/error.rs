//! Errors as they cross to the window: a code for the program, a sentence for the person. The sentence says
//! what happened, what was not done, and what to do. Causes go to the log, once, here.

use app::{AppError, database::InitError, host::HostError};
use serde::{Deserialize, Serialize};
use store::StoreError;
use ts_rs::TS;
use vault::VaultError;

/// What the window can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request can't be understood.
    BadRequest,
    /// Something that should not happen.
    Internal,
    /// Nobody has signed in.
    NotSignedIn,
    /// The role may not do this.
    Forbidden,
    /// There is no such thing, or this role can't see it.
    NotFound,
    /// It clashes with something that exists.
    Conflict,
    /// It has changed in the meantime.
    Stale,
    /// Wrong address or password.
    WrongPassword,
    /// Too many failures.
    Throttled,
    /// The session is over.
    SessionExpired,
    /// The server refuses this desk's login.
    DeskRefused,
    /// Customers don't sign in here.
    RoleNotAllowed,
    /// Nothing answers.
    ServerUnreachable,
    /// The line broke in mid-work.
    ConnectionLost,
    /// The server's certificate is not trusted.
    CertificateUntrusted,
    /// The database holds no workspace.
    DatabaseNotInitialized,
    /// The database needs a migration.
    DatabaseTooOld,
    /// This program is too old.
    DatabaseTooNew,
    /// The database differs from the documented schema.
    DatabaseDiffers,
    /// There is no keychain.
    KeychainMissing,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain failed.
    KeychainFailed,
    /// The desk's password is not in the keychain.
    PasswordMissing,
    /// No such profile.
    ProfileUnknown,
    /// The settings file can't be used.
    ProfileStoreBroken,
    /// The local server could not be prepared.
    WorkspaceFailed,
    /// PostgreSQL is not installed here.
    PostgresMissing,
    /// A field is wrong.
    InvalidField,
    /// The e-mail address is taken.
    DuplicateAddress,
    /// The key was used for something else.
    DuplicateKey,
    /// An amount that no column holds.
    AmountOutOfRange,
    /// The wallet can't hold that much.
    WalletOverflow,
    /// The organization has no wallet.
    WalletMissing,
    /// The wallet doesn't cover it.
    InsufficientFunds,
    /// A rule of the ledger.
    LedgerRule,
    /// A reply to an older state of the conversation.
    ConversationMoved,
    /// The state machine has no such move.
    TransitionNotAllowed,
    /// The file could not be written.
    ExportFailed,
    /// It took too long.
    Timeout,
}

/// An error as the window gets it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// For the program.
    pub code: ErrorCode,
    /// For a person: what happened, what was not done, what to do.
    pub message: String,
    /// The request's field that is wrong, for forms.
    pub field: Option<String>,
    /// When to try again.
    #[ts(type = "number | null")]
    pub retry_after_ms: Option<u64>,
    /// Names this failure in the log. Holds no secret.
    pub request_id: String,
}

impl ApiError {
    /// An error with a code and a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, retry_after_ms: None, request_id: uuid::Uuid::new_v4().simple().to_string()[..12].to_owned() }
    }

    fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// A request that can't be read.
    pub fn bad_request(why: &str) -> Self {
        Self::new(ErrorCode::BadRequest, format!("The window asked for something that can't be understood ({why}). Nothing was changed."))
    }

    /// The database no longer knows the session.
    pub fn session_expired() -> Self {
        from_store(&StoreError::SessionOver)
    }

    /// A command that did not answer in time.
    pub fn timeout() -> Self {
        Self::new(ErrorCode::Timeout, "The database did not answer in time. Look whether the change is there before you try again.")
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

impl From<AppError> for ApiError {
    fn from(error: AppError) -> Self {
        let answer = match &error {
            AppError::Store(store) => from_store(store),
            AppError::Host(host) => from_host(host),
            AppError::Keychain(vault) => from_vault(vault),
            AppError::NotSignedIn => Self::new(ErrorCode::NotSignedIn, "Nobody has signed in. Sign in first; nothing was changed."),
            AppError::NotConnected => Self::new(ErrorCode::ServerUnreachable, "There is no connection to a database. Nothing was changed; connect and try again."),
            AppError::UnknownProfile => Self::new(ErrorCode::ProfileUnknown, "This connection is no longer known here. Choose another or add it again."),
            AppError::PasswordMissing => Self::new(
                ErrorCode::PasswordMissing,
                "The keychain doesn't hold this desk's database password. Unlock the keychain and try again, or add the server again with its password.",
            ),
            AppError::WrongPassword => {
                Self::new(ErrorCode::WrongPassword, "The e-mail address or the password is wrong. Nobody was signed in; check both and try again.").on("password")
            }
            AppError::Throttled { retry_after_ms } => {
                let seconds = retry_after_ms.div_ceil(1000);
                let mut answer = Self::new(
                    ErrorCode::Throttled,
                    format!("Too many attempts failed. This one was not looked at; try again in {seconds} s."),
                );
                answer.retry_after_ms = Some(*retry_after_ms);
                answer
            }
            AppError::RoleNotAllowed => Self::new(
                ErrorCode::RoleNotAllowed,
                "This is a customer's account: customers don't sign in at a desk. Use a staff account, or ask an admin for one.",
            ),
            AppError::Refused(sentence) => Self::new(ErrorCode::Forbidden, format!("{sentence} Nothing was changed.")),
            AppError::Invalid { field, message } => Self::new(ErrorCode::InvalidField, message.clone()).on(field),
            AppError::ConversationMoved => Self::new(
                ErrorCode::ConversationMoved,
                "Somebody has written in this conversation since you looked. Your text was not sent and is kept; read what is new and send it again.",
            ),
            AppError::Transition(sentence) => Self::new(ErrorCode::TransitionNotAllowed, format!("{sentence} Nothing was changed.")),
            AppError::NotMade(why) => from_init(why),
            AppError::Export(cause) => Self::new(ErrorCode::ExportFailed, format!("The file could not be written ({cause}). No file was left; free some space or check the folder, and try again.")),
            AppError::Internal(_) => internal(),
        };
        tracing::warn!(request_id = %answer.request_id, code = ?answer.code, cause = %root_cause(&error), "a command failed");
        answer
    }
}

fn internal() -> ApiError {
    ApiError::new(ErrorCode::Internal, "The program failed at something that should not happen. Nothing is known to have been changed; copy the details for whoever looks after it.")
}

/// The cause for the log: codes and rule names, never values of rows.
fn root_cause(error: &AppError) -> String {
    match error {
        AppError::Store(StoreError::Other(sqlx) | StoreError::ConnectionLost(sqlx) | StoreError::Unreachable(sqlx) | StoreError::CertificateUntrusted(sqlx)) => {
            store::describe(sqlx)
        }
        AppError::Invalid { field, .. } => format!("field {field}"),
        other => other.to_string(),
    }
}

fn from_store(error: &StoreError) -> ApiError {
    use ErrorCode as Code;
    match error {
        StoreError::Unreachable(_) => ApiError::new(Code::ServerUnreachable, "The database server does not answer. Nothing was changed; check the network and the address, then try again."),
        StoreError::ConnectionLost(_) => ApiError::new(
            Code::ConnectionLost,
            "The connection to the database broke. If you were saving, look whether the change is there before you try again.",
        ),
        StoreError::CertificateUntrusted(_) => ApiError::new(
            Code::CertificateUntrusted,
            "The server's certificate is not trusted, or it was made for another name. Nothing was sent; check the address, or give the certificate of the authority that signed it.",
        ),
        StoreError::LoginRefused => ApiError::new(Code::DeskRefused, "The server refused this desk's login. It may have been revoked or its password changed; ask an admin for a new one."),
        StoreError::NotADesk => ApiError::new(Code::DeskRefused, "This login is not one of a desk, or it was revoked. Ask an admin for a desk's login."),
        StoreError::NotInitialized => ApiError::new(
            Code::DatabaseNotInitialized,
            "This database holds no ContainerStacks workspace. Nothing was changed; check the database's name, or have it prepared with `csctl db init`.",
        ),
        StoreError::TooOld { found, needed } => ApiError::new(
            Code::DatabaseTooOld,
            format!("The database has schema version {found}, this program needs {needed}. Nothing was changed; have it brought up to date with `csctl db migrate`."),
        ),
        StoreError::TooNew { found, known } => ApiError::new(
            Code::DatabaseTooNew,
            format!("The database has schema version {found}, this program knows {known}. Nothing was changed; update ContainerStacks on this computer."),
        ),
        StoreError::SessionOver => ApiError::new(Code::SessionExpired, "Your session has ended. What you were about to save was not saved; sign in again."),
        StoreError::Forbidden => ApiError::new(Code::Forbidden, "The database doesn't allow this to your role. Nothing was changed."),
        StoreError::Rule(rule) => from_rule(rule),
        StoreError::Duplicate(rule) if rule.starts_with("users_email") => {
            ApiError::new(Code::DuplicateAddress, "Somebody with this e-mail address exists already. Nobody was created.").on("email")
        }
        StoreError::Duplicate(rule) if rule.contains("idempotency") => {
            ApiError::new(Code::DuplicateKey, "This was sent before with another content. Nothing was posted; open the form again.")
        }
        StoreError::Duplicate(_) => ApiError::new(Code::Conflict, "Something with this name or number exists already. Nothing was changed."),
        StoreError::MissingReference(_) => ApiError::new(Code::NotFound, "Something that this refers to doesn't exist any more. Nothing was changed; reload and choose again."),
        StoreError::OutOfRange => ApiError::new(Code::WalletOverflow, "The amount is more than a wallet can hold (99,999,999.99). Nothing was posted.").on("amount"),
        StoreError::BadValue | StoreError::UnknownColumn(_) => ApiError::bad_request("a value of the wrong form"),
        StoreError::BadCursor => ApiError::bad_request("a position of another list"),
        StoreError::NotFound => ApiError::new(Code::NotFound, "It doesn't exist, or your role can't see it."),
        StoreError::Stale => ApiError::new(Code::Stale, "Somebody has changed this in the meantime. Your change was not saved; look at the new state and try again."),
        StoreError::Timeout => ApiError::new(Code::Timeout, "The database was busy for too long. Nothing was changed; try again."),
        StoreError::Other(_) => internal(),
    }
}

fn from_rule(rule: &str) -> ApiError {
    use ErrorCode as Code;
    let ledger = |message: &str| ApiError::new(Code::LedgerRule, format!("{message} Nothing was posted."));
    match rule {
        "wallets_balance_check" => ApiError::new(Code::InsufficientFunds, "The wallet doesn't hold that much: it can't go below zero. Nothing was posted.").on("amount"),
        "wallets_balance_moves_by_transactions" => ledger("A balance moves only through a transaction."),
        "transactions_wallet_missing" => ApiError::new(Code::WalletMissing, "The organization has no wallet. Nothing was posted."),
        "transactions_refund_bounded" => ledger("A refund gives back no more than the original, to the same organization."),
        "transactions_refund_names_original" => ledger("A refund names the transaction that it refunds."),
        "transactions_reason_given" => ApiError::new(Code::InvalidField, "Say why: a refund or adjustment has a reason.").on("reason"),
        "transactions_second_person" => ledger("An amount above the limit needs the approval of a second person."),
        "transactions_immutable" => ledger("A transaction is never changed afterwards; post an adjustment instead."),
        "invoices_immutable" => ledger("An invoice is corrected by a new document."),
        rule if rule.starts_with("transactions_") => ledger("The database refused this movement of money by one of the ledger's rules."),
        rule if rule.starts_with("migration_") => ApiError::new(
            Code::DatabaseDiffers,
            "The database was migrated with other steps than this program has. Nothing was changed; use the program that made it.",
        ),
        _ => ApiError::new(Code::Conflict, "The database refused this by one of its rules. Nothing was changed."),
    }
}

fn from_init(error: &InitError) -> ApiError {
    use ErrorCode as Code;
    match error {
        InitError::Differs(differences) => {
            let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
            ApiError::new(Code::DatabaseDiffers, format!("The database is not as documented; nothing was changed. {}", list.join(" ")))
        }
        InitError::Foreign(tables) => {
            ApiError::new(Code::DatabaseDiffers, format!("The database holds tables of something else ({}). Nothing was changed.", tables.join(", ")))
        }
        InitError::AddressInUse => ApiError::new(Code::DuplicateAddress, "Somebody who is no admin has this e-mail address. Nothing was changed; choose another.").on("email"),
        InitError::NotATest => ApiError::new(Code::Conflict, "This database was not made as a test database. Nothing was changed."),
        InitError::NotAnAdministrator => ApiError::new(Code::DeskRefused, "This login may not make roles or own the tables. Nothing was changed; use an administrator's."),
        InitError::Store(store) => from_store(store),
    }
}

fn from_host(error: &HostError) -> ApiError {
    match error {
        HostError::Store(why) => ApiError::new(ErrorCode::ProfileStoreBroken, format!("The settings file of this computer could not be used: {why}.")),
        HostError::PostgresMissing(why) => ApiError::new(ErrorCode::PostgresMissing, why.clone()),
        HostError::Workspace(why) => ApiError::new(ErrorCode::WorkspaceFailed, why.clone()),
        HostError::Keychain(vault) => from_vault(vault),
    }
}

fn from_vault(error: &VaultError) -> ApiError {
    match error {
        VaultError::NoService => ApiError::new(ErrorCode::KeychainMissing, "There is no keychain service on this computer, so the password can't be kept. Install one (such as gnome-keyring), or go on and enter it at each start."),
        VaultError::Locked => ApiError::new(ErrorCode::KeychainLocked, "The keychain is locked. Unlock it and try again; nothing was changed."),
        VaultError::Other(_) => ApiError::new(ErrorCode::KeychainFailed, "The keychain failed. Nothing was changed; try again."),
    }
}
