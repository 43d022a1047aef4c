//! Errors as they cross to the window: a code for the program, a sentence for the person. The sentence says
//! what happened, what was not done, and what to do. Causes go to the log, once, here.

mod sentences;

use app::AppError;
use app::views::StoreError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use sentences::{
    from_docker, from_fault, from_host, from_init, from_intent, from_key, from_sealed_file, from_store, from_token,
    from_vault, from_write, internal, root_cause,
};

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
    /// Nothing is sold in this region.
    RegionNotOnSale,
    /// It clashes with something that exists.
    Conflict,
    /// It has changed in the meantime.
    Stale,
    /// Wrong address or password.
    WrongPassword,
    /// A code of the second factor or for a reset is wrong, was used, or has expired.
    WrongCode,
    /// A sign-in that waited for a further proof has to begin anew.
    SignInOver,
    /// The password has to be given again first.
    ConfirmationNeeded,
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
    /// The server offers no encryption.
    EncryptionMissing,
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
    /// Another billing run is under way.
    BillingRunUnderWay,
    /// A run's time is ahead of the clock.
    BillingRunAheadOfClock,
    /// A run's time is before the last run's.
    BillingRunBeforeLast,
    /// The run has been ended.
    BillingRunNotOpen,
    /// Another proof of the books is under way.
    ProofUnderWay,
    /// What is parked waits for something else.
    ParkedNotDecidable,
    /// How far a resource was charged is not a person's to change.
    MeterFixed,
    /// An invoice's period is a month.
    PeriodNotAMonth,
    /// The month's last hours have not ended.
    PeriodNotOver,
    /// A later month is closed.
    PeriodLaterClosed,
    /// The month's last hours have not been charged.
    PeriodNotBilled,
    /// An organization with usage in the month has no invoice of it.
    PeriodNotIssued,
    /// Another close is under way.
    CloseUnderWay,
    /// A later invoice goes on from this one.
    InvoiceNotNewest,
    /// An invoice that is paid or cancelled stays.
    InvoiceFixed,
    /// An invoice that is not paid like this.
    InvoiceNotPayable,
    /// A credit note over something else than an invoice of ours.
    CreditNoteOriginal,
    /// Credit notes of more than the invoice.
    CreditNoteBounded,
    /// A request that is decided.
    RequestDecided,
    /// One's own request.
    RequestOwn,
    /// A request in nobody's name.
    RequestNeedsPerson,
    /// The wallet doesn't cover an order.
    HoldNotCovered,
    /// Hours of the assignment are on an invoice.
    AssignAlreadyInvoiced,
    /// There is no document of this.
    DocumentNotPossible,
    /// A reply to an older state of the conversation.
    ConversationMoved,
    /// The state machine has no such move.
    TransitionNotAllowed,
    /// The provider's address can't be used.
    ProviderAddress,
    /// A token of characters that no token has.
    ProviderTokenMalformed,
    /// This computer's certificates can't be used.
    ProviderCertificates,
    /// The provider doesn't accept the token.
    ProviderTokenRefused,
    /// The token may not do this.
    ProviderScopeMissing,
    /// The provider has no such thing.
    ProviderNotFound,
    /// The provider takes no more requests for now.
    ProviderLimited,
    /// The provider is at work on it.
    ProviderBusy,
    /// The provider is down.
    ProviderUnavailable,
    /// Something else answered.
    ProviderNotJson,
    /// The answer can't be understood.
    ProviderUnreadable,
    /// The answer broke off.
    ProviderTruncated,
    /// No answer in time.
    ProviderTimeout,
    /// No connection.
    ProviderUnreachable,
    /// No encrypted connection that can be trusted.
    ProviderUntrusted,
    /// The provider refused the request.
    ProviderRejected,
    /// The answer is too large.
    ProviderTooLarge,
    /// It was stopped.
    ProviderCancelled,
    /// The provider refuses what is asked of it, for reasons that it names.
    ProviderInvalid,
    /// Nobody knows whether the provider has carried it out.
    ProviderOutcomeUnknown,
    /// The provider began it, and it came to nothing.
    ProviderWorkFailed,
    /// The answer was lost, and the provider knows nothing of it.
    ProviderKnowsNothing,
    /// Something else is done to the server.
    IntentServerBusy,
    /// The intent doesn't wait any more.
    IntentNotWaiting,
    /// Nobody here knows root's password.
    ServerPasswordUnknown,
    /// This computer was too slow to send it.
    IntentTooSlow,
    /// Another version asked for it.
    IntentUnreadable,
    /// The address of a Docker host can't be used.
    DockerAddress,
    /// A Docker host would be reached without encryption.
    DockerNotEncrypted,
    /// The certificates of a Docker host can't be used.
    DockerCertificates,
    /// A Docker host's certificate is not trusted, or ours is not.
    DockerUntrusted,
    /// A Docker host can't be reached.
    DockerUnreachable,
    /// This account may not use Docker's socket.
    DockerSocketForbidden,
    /// ssh doesn't reach the Docker host.
    DockerSsh,
    /// Something else than an engine answered.
    DockerNotDocker,
    /// The engine is too old.
    DockerTooOld,
    /// The Docker host has no such thing.
    DockerNotFound,
    /// The Docker host doesn't have the image.
    DockerNoImage,
    /// Another container on the host has the name.
    DockerNameInUse,
    /// A container was made under this key from another image.
    DockerKeyInUse,
    /// A port is in use on the host.
    DockerPortInUse,
    /// The container's state doesn't allow it.
    DockerConflict,
    /// The host has no space left.
    DockerOutOfSpace,
    /// The host can't hold a container to a limit.
    DockerLimitsUnsupported,
    /// The Docker host refused the request.
    DockerRejected,
    /// An image was not pulled.
    DockerRegistry,
    /// The engine failed.
    DockerFailed,
    /// The Docker host didn't answer in time.
    DockerTimeout,
    /// The answer of the Docker host broke off.
    DockerTruncated,
    /// The answer of the Docker host can't be understood.
    DockerUnreadable,
    /// The answer of the Docker host is too large.
    DockerTooLarge,
    /// A request to a Docker host was ended.
    DockerCancelled,
    /// Another engine answers than the one that was asked before.
    DockerOtherEngine,
    /// Something else is done to the container.
    IntentContainerBusy,
    /// An account of a provider that this program doesn't read, or of another kind than is meant.
    ProviderUnknown,
    /// Another sync of the account is under way.
    SyncUnderWay,
    /// The sync has been ended.
    SyncNotRunning,
    /// The account is switched off.
    SyncAccountInactive,
    /// Too many servers would be gone at once.
    SyncManyGone,
    /// No workspace key was made yet.
    WorkspaceKeyNotMade,
    /// This desk doesn't have the workspace key.
    WorkspaceKeyMissing,
    /// The workspace key here is another one.
    WorkspaceKeyWrong,
    /// One was made already.
    WorkspaceKeyMade,
    /// The account has no token.
    TokenMissing,
    /// The account's token is not sealed.
    TokenNotSealed,
    /// The account's token can't be opened.
    TokenUnreadable,
    /// The file could not be written.
    ExportFailed,
    /// It took too long.
    Timeout,
    /// The workspace is none that a demonstration may fill.
    NotForDemo,
    /// Work of this kind is under way on this desk.
    TaskUnderWay,
    /// A plan would have no price.
    PlanRateMissing,
    /// Nothing can be put on a plan without a rate.
    PlanWithoutRate,
    /// The plan is not sold any more.
    PlanInactive,
    /// Nothing can be assigned to an archived organization.
    AssignArchivedOrganization,
    /// A start ahead of the clock.
    AssignStartInFuture,
    /// A start before the resource was created.
    AssignStartBeforeCreation,
    /// The provider has the server no more.
    AssignGone,
    /// The provider has a server no more whose hours a decision would charge.
    ParkedStillGone,
    /// A start within hours of another organization.
    AssignStartOverlaps,
    /// Hours have been charged: not to be undone.
    AssignAlreadyCharged,
    /// The plan was changed since: not to be undone.
    AssignNotUndoable,
    /// It is this organization's already.
    AssignAlreadyThere,
    /// It is nobody's.
    AssignNobodys,
    /// It is on this plan already.
    AssignSamePlan,
    /// It is deleted.
    AssignDeleted,
    /// The session looks as a customer, which is read-only.
    ViewingAsCustomer,
    /// The session no longer looks as a customer.
    ViewEnded,
    /// The organization has no such ticket.
    ViewTicketUnknown,
    /// A desk doesn't revoke itself.
    DeskIsOwn,
    /// The file is no invitation.
    InvitationForeign,
    /// The file was cut short or changed.
    InvitationDamaged,
    /// The passphrase is another.
    InvitationPassphrase,
    /// It was not opened in time.
    InvitationExpired,
    /// It was opened before, or its desk is no more.
    InvitationUsed,
    /// The database doesn't decide as it should.
    IsolationBroken,
}

impl ErrorCode {
    /// Its word on the wire.
    pub fn as_word(self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::String(word)) => word,
            _ => "internal".to_owned(),
        }
    }
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
        #[expect(
            clippy::disallowed_methods,
            reason = "names a failure in the log, and is no input of any rule"
        )]
        let request = uuid::Uuid::new_v4().simple().to_string();
        Self {
            code,
            message: message.into(),
            field: None,
            retry_after_ms: None,
            request_id: request[..12].to_owned(),
        }
    }

    fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// A request that can't be read.
    pub fn bad_request(why: &str) -> Self {
        Self::new(
            ErrorCode::BadRequest,
            format!("The window asked for something that can't be understood ({why}). Nothing was changed."),
        )
    }

    /// The database no longer knows the session.
    pub fn session_expired() -> Self {
        from_store(&StoreError::SessionOver)
    }

    /// A command that did not answer in time.
    pub fn timeout() -> Self {
        Self::new(
            ErrorCode::Timeout,
            "The database did not answer in time. Look whether the change is there before you try again.",
        )
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
            AppError::NotSignedIn => Self::new(
                ErrorCode::NotSignedIn,
                "Nobody has signed in. Sign in first; nothing was changed.",
            ),
            AppError::IsolationBroken(finding) => Self::new(
                ErrorCode::IsolationBroken,
                format!(
                    "The database no longer decides as it should, so nothing was written. {finding} Tell whoever administers it to run csctl doctor."
                ),
            ),
            AppError::NotConnected => Self::new(
                ErrorCode::ServerUnreachable,
                "There is no connection to a database. Nothing was changed; connect and try again.",
            ),
            AppError::UnknownProfile => Self::new(
                ErrorCode::ProfileUnknown,
                "This connection is no longer known here. Choose another or add it again.",
            ),
            AppError::PasswordMissing => Self::new(
                ErrorCode::PasswordMissing,
                "The keychain doesn't hold this desk's database password. Unlock the keychain and try again, or add the server again with its password.",
            ),
            AppError::WrongPassword => Self::new(
                ErrorCode::WrongPassword,
                "The e-mail address or the password is wrong. Nobody was signed in; check both and try again.",
            )
            .on("password"),
            AppError::NotForDemo(sentence) => Self::new(ErrorCode::NotForDemo, *sentence),
            AppError::WrongOwnPassword(field) => Self::new(
                ErrorCode::WrongPassword,
                "This is not your password. Nothing was changed; try again.",
            )
            .on(field),
            AppError::WrongCode => Self::new(
                ErrorCode::WrongCode,
                "The code is wrong, or it was used already. Nothing was changed; wait for the next code and try that one.",
            )
            .on("code"),
            AppError::WrongResetCode => Self::new(
                ErrorCode::WrongCode,
                "The e-mail address or the reset code is wrong, or the code was used or has expired. The password is unchanged; check both, or ask an admin for a new code.",
            )
            .on("code"),
            AppError::SignInOver => Self::new(
                ErrorCode::SignInOver,
                "Signing in took too long, or something about your account changed meanwhile. Nobody was signed in; begin again.",
            ),
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
            AppError::Transition(sentence) => Self::new(
                ErrorCode::TransitionNotAllowed,
                format!("{sentence} Nothing was changed."),
            ),
            AppError::NotMade(why) => from_init(why),
            AppError::Provider(fault) => from_fault(fault),
            AppError::Docker(fault) => from_docker(fault),
            AppError::NotAnAccount(_) | AppError::NotAHost(_) => {
                Self::new(ErrorCode::ProviderUnknown, error.to_string())
            }
            AppError::OtherEngine(_) => Self::new(ErrorCode::DockerOtherEngine, error.to_string()).on("endpoint"),
            AppError::Write(error) => from_write(error),
            AppError::Intent { code, sentence } => from_intent(code, sentence),
            AppError::ManyGone { .. } | AppError::ManyContainersGone { .. } => Self::new(ErrorCode::SyncManyGone, error.to_string()),
            AppError::WorkspaceKey(problem) => from_key(*problem),
            AppError::Token(problem) => from_token(*problem),
            AppError::UnknownProvider(name) => Self::new(
                ErrorCode::ProviderUnknown,
                format!("Accounts of the provider {name} can't be read by this program. Nothing was changed."),
            ),
            AppError::SealedFile(why) => from_sealed_file(*why),
            AppError::Export(cause) => Self::new(
                ErrorCode::ExportFailed,
                format!(
                    "The file could not be written ({cause}). No file was left; free some space or check the folder, and try again."
                ),
            ),
            AppError::NoDocument(sentence) => Self::new(ErrorCode::DocumentNotPossible, sentence.clone()),
            // Backups are taken by csctl.
            AppError::Backup(_) | AppError::Internal(_) => internal(),
        };
        tracing::warn!(request_id = %answer.request_id, code = ?answer.code, cause = %root_cause(&error), "a command failed");
        answer
    }
}
