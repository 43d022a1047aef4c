//! Why a command did not do what was asked: a code for scripts, a sentence for people.

use app::{
    AppError, KeyProblem, TokenProblem,
    database::{Address, InitError, StoreError},
    views::{LinodeError, WriteError},
};

use crate::report::Report;

/// The outcome of a command that failed.
#[derive(Debug)]
pub struct Failure {
    /// Stable, for scripts.
    pub code: &'static str,
    /// What happened, what was not done, what to do.
    pub message: String,
    /// A list that belongs to it.
    pub details: Vec<String>,
    /// The program's exit code.
    pub exit: u8,
    /// What was done all the same, for programs.
    pub answer: Option<Box<serde_json::Value>>,
    /// What is told instead of the sentence: a report of what was looked at.
    pub report: Option<Box<Report>>,
}

impl Failure {
    /// Nothing was done.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
            exit: 1,
            answer: None,
            report: None,
        }
    }

    /// A check that was made to its end and found something.
    pub fn found(report: Report) -> Self {
        Self {
            report: Some(Box::new(report)),
            ..Self::new("found", "Something is wrong.")
        }
    }

    /// The command line asks for something that can't be.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            exit: 2,
            ..Self::new("bad_usage", message)
        }
    }

    /// Another code for bad usage.
    pub fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit: 2,
            ..Self::new(code, message)
        }
    }

    /// A part was done.
    pub fn in_part(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            exit: 3,
            ..Self::new(code, message)
        }
    }

    /// A part was done, and this is what.
    pub fn done_in_part(done: Report, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            details: done.lines,
            answer: Some(Box::new(done.json)),
            ..Self::in_part(code, message)
        }
    }

    /// What a use-case says, about the database at `place`.
    pub fn of(error: AppError, place: &Address) -> Self {
        match error {
            AppError::Store(error) => Self::of_store(&error, place),
            AppError::NotMade(error) => Self::of_init(error, place),
            AppError::Invalid { field, message } => {
                Self::bad("invalid", format!("{message} ({field}) Nothing was changed."))
            }
            AppError::Internal(what) => {
                Self::new("internal", format!("The program failed: {what}. Nothing was changed."))
            }
            AppError::NotForDemo(message) => Self::new("not_for_demo", message),
            AppError::Refused(message) => Self::new("refused", message),
            AppError::Transition(message) => Self::new("not_possible", format!("{message} Nothing was changed.")),
            AppError::ConversationMoved => Self::new(
                "conversation_moved",
                "Somebody has written in this conversation meanwhile; nothing was sent. Look at it and send again.",
            ),
            AppError::NoDocument(message) => Self::new("document_not_possible", message),
            AppError::NotSignedIn => Self::usage("Say in whose name, with --as ADDRESS; nothing was changed."),
            AppError::Provider(fault) => Self::new(fault.code(), fault.to_string()),
            AppError::Docker(fault) => Self::new(fault.code(), fault.to_string()),
            AppError::NotAnAccount(_) | AppError::NotAHost(_) => Self::new("provider_unknown", error.to_string()),
            AppError::OtherEngine(_) => Self::new(
                "docker_other_engine",
                format!("{error} (csctl provider check --accept-other)"),
            ),
            AppError::Write(error) => Self::new(
                match &error {
                    WriteError::NotDone(LinodeError::Rejected(_)) => "provider_invalid",
                    other => other.code(),
                },
                error.to_string(),
            ),
            AppError::Intent { code, sentence } => Self::new(code, sentence),
            AppError::ManyGone { .. } | AppError::ManyContainersGone { .. } => {
                Self::new("sync_many_gone", format!("{error} (--allow-gone)"))
            }
            AppError::WorkspaceKey(problem) => Self::of_key(problem),
            AppError::Token(problem) => Self::of_token(problem),
            AppError::Backup(error) => crate::backup::failure(*error, Some(place)),
            AppError::UnknownProvider(name) => Self::new(
                "provider_unknown",
                format!("Accounts of the provider {name} can't be read; nothing was changed."),
            ),
            // No use-case of this program can end in any other way; the rest belongs to desks.
            other => Self::new("internal", format!("The program failed: {other}.")),
        }
    }

    fn of_key(problem: KeyProblem) -> Self {
        match problem {
            KeyProblem::NotMade => Self::new(
                "workspace_key_not_made",
                "No workspace key was made for this database yet; nothing was changed. Make one with csctl db init --workspace-key-file FILE (the \
                 same command as before, with this argument), or at a desk on the page Providers.",
            ),
            KeyProblem::Missing => Self::new(
                "workspace_key_missing",
                "This needs the workspace key; nothing was changed. Give --workspace-key-file FILE, CONTAINERSTACKS_WORKSPACE_KEY or the systemd \
                 credential workspace-key (or, for a sync, a token with --token-stdin).",
            ),
            KeyProblem::Wrong => Self::new(
                "workspace_key_wrong",
                "This is not the workspace key of this database, or an older one; nothing was changed. Give the newest.",
            ),
            KeyProblem::Made => Self::new(
                "workspace_key_made",
                "A workspace key was made before; nothing was changed.",
            ),
        }
    }

    fn of_token(problem: TokenProblem) -> Self {
        let why = match problem {
            TokenProblem::Missing => "The account has no token",
            TokenProblem::NotSealed => "The account's token was written by another program and is not sealed",
            TokenProblem::Unreadable => "The account's token was sealed with another workspace key, or was changed",
        };
        let code = match problem {
            TokenProblem::Missing => "token_missing",
            TokenProblem::NotSealed => "token_not_sealed",
            TokenProblem::Unreadable => "token_unreadable",
        };
        Self::new(
            code,
            format!(
                "{why}; nothing was read. Replace it with csctl provider replace-token, or give one for this time with --token-stdin."
            ),
        )
    }

    fn of_init(error: InitError, place: &Address) -> Self {
        let database = &place.database;
        match error {
            InitError::Differs(differences) => Self {
                details: differences.iter().map(ToString::to_string).collect(),
                ..Self::new(
                    "database_differs",
                    format!(
                        "The database {database} differs from the documented schema in {}; nothing was changed. \
                         Mend each of these, or give an empty database:",
                        count(differences.len(), "thing")
                    ),
                )
            },
            InitError::Foreign(tables) => Self {
                details: tables,
                ..Self::new(
                    "database_foreign",
                    format!(
                        "The database {database} holds tables of something else; nothing was changed. Give an empty database:"
                    ),
                )
            },
            InitError::AddressInUse => Self::new(
                "address_in_use",
                "The first admin's address belongs to a user of the database who is no admin; nothing was changed. Give another address.",
            ),
            InitError::NotATest => Self::new(
                "not_a_test",
                format!(
                    "The database {database} was initialized without --test, and stays as it is; nothing was changed."
                ),
            ),
            InitError::NotAnAdministrator => Self::new(
                "not_an_administrator",
                format!(
                    "The login {} may not do this; nothing was changed. Take a superuser's, or that of the owner of the database \
                     and of its tables who may also create roles.",
                    place.login
                ),
            ),
            InitError::Store(error) => Self::of_store(&error, place),
        }
    }

    fn of_store(error: &StoreError, place: &Address) -> Self {
        let (host, port, database, login) = (&place.host, place.port, &place.database, &place.login);
        match error {
            StoreError::Unreachable(_) => Self::new(
                "unreachable",
                format!(
                    "No database server answers at {host}, port {port}; nothing was changed. Check the address and whether the server runs."
                ),
            ),
            StoreError::ConnectionLost(_) => Self::new(
                "connection_lost",
                "The connection to the database was lost; what was under way happened whole or not at all. Give the same command again.",
            ),
            StoreError::CertificateUntrusted(_) => Self::new(
                "certificate_untrusted",
                format!(
                    "The certificate of {host} is not trusted or not for this name; nothing was changed. \
                     Name its authority with ?sslrootcert=FILE in the URL."
                ),
            ),
            StoreError::NoEncryption => Self::new(
                "encryption_missing",
                format!(
                    "{host} offers no encryption; nothing was sent. Have TLS switched on there, or say ?sslmode=disable if the line is safe."
                ),
            ),
            StoreError::LoginRefused => Self::new(
                "login_refused",
                format!("The server refuses the login {login} or its password; nothing was changed."),
            ),
            StoreError::NotInitialized => Self::new(
                "not_initialized",
                format!(
                    "There is no workspace in the database {database} (or no such database); nothing was changed. Make one with csctl db init."
                ),
            ),
            StoreError::TooOld { found, needed } => Self::new(
                "database_older",
                format!(
                    "The database {database} has version {found}, this program needs {needed}; nothing was changed. Run csctl db migrate."
                ),
            ),
            StoreError::TooNew { found, known } => Self::new(
                "database_newer",
                format!(
                    "The database {database} has version {found}, this program knows {known}; nothing was changed. Install a newer program."
                ),
            ),
            StoreError::NotAnOperator => Self::new(
                "not_an_operator",
                format!(
                    "The login {login} is neither the agent's nor an administrator's; nothing was changed. \
                     Give the agent's URL (the last line of the credentials file)."
                ),
            ),
            StoreError::Forbidden => Self::of_init(InitError::NotAnAdministrator, place),
            StoreError::Timeout => Self::new(
                "timeout",
                "The database took too long, or others hold its tables; nothing was changed. Try again when they are done.",
            ),
            StoreError::Rule(rule) if app::rules::sentence(rule).is_some() => {
                let (code, sentence) = app::rules::sentence(rule).unwrap_or_default();
                Self::new(code, sentence)
            }
            StoreError::Rule(rule) if rule == "wallets_balance_check" => Self::new(
                "insufficient_funds",
                "The wallet doesn't hold that much: it can't go below zero. Nothing was posted.",
            ),
            StoreError::Rule(rule) if rule == "transactions_refund_bounded" => Self::new(
                "refund_bounded",
                "A refund gives back no more than what is left of the original, to the same organization. Nothing was posted.",
            ),
            StoreError::Rule(rule) if rule == "transactions_wallet_missing" => {
                Self::new("wallet_missing", "The organization has no wallet. Nothing was posted.")
            }
            StoreError::Stale => Self::new(
                "stale",
                "It isn't as it was any more; nothing was changed. Look at it and give the command again.",
            ),
            StoreError::NotFound => Self::new(
                "not_found",
                "There is no such thing in this database; nothing was changed.",
            ),
            StoreError::Duplicate(rule) if rule.contains("idempotency") => Self::new(
                "duplicate_key",
                "This key was used before with another content; nothing was posted. Give another --key.",
            ),
            StoreError::Duplicate(_) => Self::new(
                "conflict",
                "Something with this name, address or number exists already; nothing was changed.",
            ),
            StoreError::MissingReference(_) => Self::new(
                "not_found",
                "Something that this refers to doesn't exist; nothing was changed.",
            ),
            StoreError::OutOfRange => Self::new(
                "amount_out_of_range",
                "The amount is more than a wallet can hold (99,999,999.99); nothing was posted.",
            ),
            StoreError::Rule(rule) => Self::new(
                "rule_broken",
                format!("The database refused this by its rule {rule}; nothing was changed."),
            ),
            other => Self::new(
                "database_failed",
                format!("The database failed ({other}); nothing was changed. The server's log says why."),
            ),
        }
    }
}

/// "1 thing", "2 things".
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}
