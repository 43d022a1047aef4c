//! The sentences: what happened, what was not done, what to do.

use app::views::{DockerError, LinodeError, SealedFileError, StoreError, VaultError, WriteError};
use app::{AppError, KeyProblem, TokenProblem, database::InitError, host::HostError};

use super::{ApiError, ErrorCode};

pub(super) fn internal() -> ApiError {
    ApiError::new(
        ErrorCode::Internal,
        "The program failed at something that should not happen. Nothing is known to have been changed; copy the details for whoever looks after it.",
    )
}

/// The cause for the log: codes and rule names, never values of rows.
pub(super) fn root_cause(error: &AppError) -> String {
    match error {
        AppError::Store(
            StoreError::Other(sqlx)
            | StoreError::ConnectionLost(sqlx)
            | StoreError::Unreachable(sqlx)
            | StoreError::CertificateUntrusted(sqlx),
        ) => app::views::describe(sqlx),
        AppError::Invalid { field, .. } => format!("field {field}"),
        other => other.to_string(),
    }
}

pub(super) fn from_store(error: &StoreError) -> ApiError {
    use ErrorCode as Code;
    match error {
        StoreError::Unreachable(_) => ApiError::new(
            Code::ServerUnreachable,
            "The database server does not answer. Nothing was changed; check the network and the address, then try again.",
        ),
        StoreError::ConnectionLost(_) => ApiError::new(
            Code::ConnectionLost,
            "The connection to the database broke. If you were saving, look whether the change is there before you try again.",
        ),
        StoreError::CertificateUntrusted(_) => ApiError::new(
            Code::CertificateUntrusted,
            "The server's certificate is not trusted, or it was made for another name. Nothing was sent; check the address, or give the certificate of the authority that signed it.",
        ),
        StoreError::NoEncryption => ApiError::new(
            Code::EncryptionMissing,
            "The server offers no encryption. Nothing was sent; have TLS switched on there, or choose a weaker mode if the line is safe.",
        ),
        StoreError::LoginRefused => ApiError::new(
            Code::DeskRefused,
            "The server refused this desk's login. It may have been revoked or its password changed; ask an admin for a new one.",
        ),
        StoreError::NotADesk | StoreError::NotAnOperator => ApiError::new(
            Code::DeskRefused,
            "This login is not one of a desk, or it was revoked. Ask an admin for a desk's login.",
        ),
        StoreError::NotInitialized => ApiError::new(
            Code::DatabaseNotInitialized,
            "This database holds no ContainerStacks workspace. Nothing was changed; check the database's name, or have it prepared with `csctl db init`.",
        ),
        StoreError::TooOld { found, needed } => ApiError::new(
            Code::DatabaseTooOld,
            format!(
                "The database has schema version {found}, this program needs {needed}. Nothing was changed; have it brought up to date with `csctl db migrate`."
            ),
        ),
        StoreError::TooNew { found, known } => ApiError::new(
            Code::DatabaseTooNew,
            format!(
                "The database has schema version {found}, this program knows {known}. Nothing was changed; update ContainerStacks on this computer."
            ),
        ),
        StoreError::SessionOver => ApiError::new(
            Code::SessionExpired,
            "Your session has ended. What you were about to save was not saved; sign in again.",
        ),
        StoreError::Forbidden => ApiError::new(
            Code::Forbidden,
            "The database doesn't allow this to your role. Nothing was changed.",
        ),
        StoreError::Rule(rule) => from_rule(rule),
        StoreError::Duplicate(rule) if rule.starts_with("users_email") => ApiError::new(
            Code::DuplicateAddress,
            "Somebody with this e-mail address exists already. Nobody was created.",
        )
        .on("email"),
        StoreError::Duplicate(rule) if rule.contains("idempotency") => ApiError::new(
            Code::DuplicateKey,
            "This was sent before with another content. Nothing was posted; open the form again.",
        ),
        StoreError::Duplicate(_) => ApiError::new(
            Code::Conflict,
            "Something with this name or number exists already. Nothing was changed.",
        ),
        StoreError::MissingReference(_) => ApiError::new(
            Code::NotFound,
            "Something that this refers to doesn't exist any more. Nothing was changed; reload and choose again.",
        ),
        StoreError::OutOfRange => ApiError::new(
            Code::WalletOverflow,
            "The amount is more than a wallet can hold (99,999,999.99). Nothing was posted.",
        )
        .on("amount"),
        StoreError::BadValue | StoreError::UnknownColumn(_) => ApiError::bad_request("a value of the wrong form"),
        StoreError::BadCursor => ApiError::bad_request("a position of another list"),
        StoreError::NotFound => ApiError::new(Code::NotFound, "It doesn't exist, or your role can't see it."),
        StoreError::Stale => ApiError::new(
            Code::Stale,
            "Somebody has changed this in the meantime. Your change was not saved; look at the new state and try again.",
        ),
        StoreError::Timeout => ApiError::new(
            Code::Timeout,
            "The database was busy for too long. Nothing was changed; try again.",
        ),
        StoreError::Other(_) => internal(),
    }
}

fn from_rule(rule: &str) -> ApiError {
    use ErrorCode as Code;
    if let Some((code, sentence)) = app::rules::sentence(rule)
        && let Ok(code) = serde_json::from_value(serde_json::Value::from(code))
    {
        return ApiError::new(code, sentence);
    }
    let ledger = |message: &str| ApiError::new(Code::LedgerRule, format!("{message} Nothing was posted."));
    match rule {
        "wallets_balance_check" => ApiError::new(
            Code::InsufficientFunds,
            "The wallet doesn't hold that much: it can't go below zero. Nothing was posted.",
        )
        .on("amount"),
        "wallets_balance_moves_by_transactions" => ledger("A balance moves only through a transaction."),
        "transactions_wallet_missing" => ApiError::new(
            Code::WalletMissing,
            "The organization has no wallet. Nothing was posted.",
        ),
        "transactions_refund_bounded" => {
            ledger("A refund gives back no more than the original, to the same organization.")
        }
        "transactions_refund_names_original" => ledger("A refund names the transaction that it refunds."),
        "transactions_reason_given" => {
            ApiError::new(Code::InvalidField, "Say why: a refund or adjustment has a reason.").on("reason")
        }
        "transactions_second_person" => ledger("An amount above the limit needs the approval of a second person."),
        "transactions_immutable" => ledger("A transaction is never changed afterwards; post an adjustment instead."),
        "invoices_immutable" => ledger("An invoice is corrected by a new document."),
        rule if rule.starts_with("transactions_") => {
            ledger("The database refused this movement of money by one of the ledger's rules.")
        }
        rule if rule.starts_with("migration_") => ApiError::new(
            Code::DatabaseDiffers,
            "The database was migrated with other steps than this program has. Nothing was changed; use the program that made it.",
        ),
        _ => ApiError::new(
            Code::Conflict,
            "The database refused this by one of its rules. Nothing was changed.",
        ),
    }
}

/// What happened at a provider; the client's own sentences say what to do.
pub(super) fn from_fault(fault: &LinodeError) -> ApiError {
    let code = serde_json::from_value(serde_json::Value::from(fault.code())).unwrap_or(ErrorCode::Internal);
    let mut answer = ApiError::new(code, fault.to_string());
    if let LinodeError::RateLimited { retry_after } = fault {
        answer.retry_after_ms = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
    }
    match fault {
        LinodeError::Address { .. } => answer.on("endpoint"),
        LinodeError::Token | LinodeError::Unauthorized | LinodeError::Forbidden { .. } => answer.on("token"),
        _ => answer,
    }
}

/// What happened at a Docker host; the client's own sentences say what to do.
pub(super) fn from_docker(fault: &DockerError) -> ApiError {
    let code = serde_json::from_value(serde_json::Value::from(fault.code())).unwrap_or(ErrorCode::Internal);
    let answer = ApiError::new(code, fault.to_string());
    match fault {
        DockerError::Address(_) | DockerError::Plain { .. } => answer.on("endpoint"),
        DockerError::Certificates { .. } => answer.on("certificate"),
        DockerError::NoImage { .. } => answer.on("image"),
        DockerError::NameInUse { .. } => answer.on("name"),
        _ => answer,
    }
}

/// What a provider was told to do, and did not or perhaps did.
pub(super) fn from_write(error: &WriteError) -> ApiError {
    match error {
        WriteError::NotDone(LinodeError::Rejected(_)) => ApiError::new(ErrorCode::ProviderInvalid, error.to_string()),
        WriteError::NotDone(fault) => ApiError {
            message: error.to_string(),
            ..from_fault(fault)
        },
        WriteError::Invalid(reasons) => {
            let answer = ApiError::new(ErrorCode::ProviderInvalid, error.to_string());
            match reasons.first().and_then(|reason| reason.field.as_deref()) {
                Some(field) => answer.on(field),
                None => answer,
            }
        }
        WriteError::Unknown { .. } => ApiError::new(ErrorCode::ProviderOutcomeUnknown, error.to_string()),
    }
}

/// What became of an intent, by the code that is kept with it.
pub(super) fn from_intent(code: &str, sentence: &str) -> ApiError {
    let code = serde_json::from_value(serde_json::Value::from(code)).unwrap_or(ErrorCode::Conflict);
    ApiError::new(code, sentence)
}

pub(super) fn from_key(problem: KeyProblem) -> ApiError {
    match problem {
        KeyProblem::NotMade => ApiError::new(
            ErrorCode::WorkspaceKeyNotMade,
            "No workspace key was made yet, so no token can be sealed. Nothing was changed; make one on the page Providers.",
        ),
        KeyProblem::Missing => ApiError::new(
            ErrorCode::WorkspaceKeyMissing,
            "This desk doesn't have the workspace key, so it can't open or seal tokens. Nothing was changed; enter the key on the page Providers.",
        ),
        KeyProblem::Wrong => ApiError::new(
            ErrorCode::WorkspaceKeyWrong,
            "This is not this workspace's key, or an older one: its fingerprint differs. Nothing was changed; enter the newest.",
        )
        .on("key"),
        KeyProblem::Made => ApiError::new(
            ErrorCode::WorkspaceKeyMade,
            "A workspace key was made before. No other was made; enter that one, or replace it if it is lost.",
        ),
    }
}

pub(super) fn from_token(problem: TokenProblem) -> ApiError {
    match problem {
        TokenProblem::Missing => ApiError::new(
            ErrorCode::TokenMissing,
            "The account has no token. Nothing was read; give it one with Replace token.",
        ),
        TokenProblem::NotSealed => ApiError::new(
            ErrorCode::TokenNotSealed,
            "The account's token was written by another program and is not sealed. Nothing was read; replace the token, and revoke the old one at the provider.",
        ),
        TokenProblem::Unreadable => ApiError::new(
            ErrorCode::TokenUnreadable,
            "The account's token was sealed with another workspace key, or was changed. Nothing was read; replace the token.",
        ),
    }
}

pub(super) fn from_init(error: &InitError) -> ApiError {
    use ErrorCode as Code;
    match error {
        InitError::Differs(differences) => {
            let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
            ApiError::new(
                Code::DatabaseDiffers,
                format!(
                    "The database is not as documented; nothing was changed. {}",
                    list.join(" ")
                ),
            )
        }
        InitError::Foreign(tables) => ApiError::new(
            Code::DatabaseDiffers,
            format!(
                "The database holds tables of something else ({}). Nothing was changed.",
                tables.join(", ")
            ),
        ),
        InitError::AddressInUse => ApiError::new(
            Code::DuplicateAddress,
            "Somebody who is no admin has this e-mail address. Nothing was changed; choose another.",
        )
        .on("email"),
        InitError::NotATest => ApiError::new(
            Code::Conflict,
            "This database was not made as a test database. Nothing was changed.",
        ),
        InitError::NotAnAdministrator => ApiError::new(
            Code::DeskRefused,
            "This login may not make roles or own the tables. Nothing was changed; use an administrator's.",
        ),
        InitError::Store(store) => from_store(store),
    }
}

pub(super) fn from_host(error: &HostError) -> ApiError {
    match error {
        HostError::Store(why) => ApiError::new(
            ErrorCode::ProfileStoreBroken,
            format!("The settings file of this computer could not be used: {why}."),
        ),
        HostError::PostgresMissing(why) => ApiError::new(ErrorCode::PostgresMissing, why.clone()),
        HostError::Workspace(why) => ApiError::new(ErrorCode::WorkspaceFailed, why.clone()),
        HostError::Keychain(vault) => from_vault(vault),
    }
}

pub(super) fn from_sealed_file(error: SealedFileError) -> ApiError {
    match error {
        SealedFileError::WrongPassphrase => ApiError::new(
            ErrorCode::InvitationPassphrase,
            "The passphrase is wrong. Nothing was changed; check it with whoever gave you the invitation, and try again.",
        )
        .on("passphrase"),
        SealedFileError::Damaged => ApiError::new(
            ErrorCode::InvitationDamaged,
            "The invitation was cut short or changed on its way. Nothing was changed; have the file sent again.",
        )
        .on("content"),
        SealedFileError::TooLarge | SealedFileError::Foreign | SealedFileError::TooCostly => ApiError::new(
            ErrorCode::InvitationForeign,
            "This file is no invitation of ContainerStacks that this program knows. Nothing was changed; choose another file.",
        )
        .on("content"),
        SealedFileError::Failed => internal(),
    }
}

pub(super) fn from_vault(error: &VaultError) -> ApiError {
    match error {
        VaultError::NoService => ApiError::new(
            ErrorCode::KeychainMissing,
            "There is no keychain service on this computer, so the password can't be kept. Install one (such as gnome-keyring), or go on and enter it at each start.",
        ),
        VaultError::Locked => ApiError::new(
            ErrorCode::KeychainLocked,
            "The keychain is locked. Unlock it and try again; nothing was changed.",
        ),
        VaultError::Other(_) => ApiError::new(
            ErrorCode::KeychainFailed,
            "The keychain failed. Nothing was changed; try again.",
        ),
    }
}
