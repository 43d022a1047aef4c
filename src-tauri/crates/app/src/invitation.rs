//! Invitations: a small file under a passphrase that sets another desk up.
//!
//! It holds the way to the database and a login of its own. Opened, it is worthless: the desk that opens it changes
//! the login's password in the same transaction. Not opened for seven days, the database signs nobody in over it.

use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::desk::DeskLabel;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use store::{
    connect::{Address, TlsMode},
    roles::{self, InvitedUntil, NewLogin, RolePrefix},
};
use vault::{Passphrase, SealedFileError};
use zeroize::Zeroizing;

use crate::{
    AppError,
    database::{Credentials, close},
    workspace_key::{self, Ring},
};

/// For how many days it can be opened.
pub const DAYS: i64 = 7;
const FORMAT: &str = "containerstacks-invitation";
const VERSION: u32 = 1;
const MOST_CERTIFICATE: u64 = 24 * 1024;
/// As many invitations of one name in a folder; after that a taken name is refused by the file system.
const MOST_NAMES: u32 = 1_000;

/// How the new desk gets to the database.
#[derive(Debug, Clone)]
pub struct Way {
    /// Host name or address, as the new desk reaches it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the line is protected.
    pub tls: TlsMode,
    /// A certificate authority to trust besides the system's, as PEM.
    pub certificate: Option<String>,
}

/// An invitation that is about to be written.
pub struct NewInvitation {
    /// What the new desk is called.
    pub label: DeskLabel,
    /// A login that gets a new password; otherwise one is made.
    pub replaces: Option<String>,
    /// The way.
    pub way: Way,
    /// Only for desks that carry out what is done at providers.
    pub workspace_key: Option<Ring>,
}

/// An invitation that was written.
pub struct Invited {
    /// Where it is.
    pub file: PathBuf,
    /// Opens it. Shown once, kept nowhere.
    pub passphrase: SecretString,
    /// The desk's login.
    pub login: String,
    /// Until when it can be opened.
    pub until: DateTime<Utc>,
    /// Whether the computer that had the login before held the workspace key, which then must be rotated.
    pub held_workspace_key: bool,
}

/// What is in the file. Never logged, and not to be debugged.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    format: String,
    version: u32,
    pub(crate) workspace: String,
    pub(crate) label: String,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) database: String,
    pub(crate) tls: TlsMode,
    pub(crate) certificate: Option<String>,
    pub(crate) login: String,
    pub(crate) password: String,
    pub(crate) workspace_key: Option<String>,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

/// Reads a certificate of an authority, to be put into an invitation.
pub fn read_certificate(path: &Path) -> Result<String, AppError> {
    let too_large = std::fs::metadata(path).is_ok_and(|file| file.len() > MOST_CERTIFICATE);
    let text = std::fs::read_to_string(path).unwrap_or_default();
    if too_large || !is_pem(&text) {
        return Err(AppError::invalid(
            "certificate",
            format!("The file {} is no certificate in PEM form.", path.display()),
        ));
    }
    Ok(text)
}

fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN CERTIFICATE-----") && !text.contains("PRIVATE KEY")
}

/// A name that no file of the folder has.
pub(crate) fn free_name(folder: &Path, label: &DeskLabel) -> PathBuf {
    let slug: String = label
        .as_str()
        .to_lowercase()
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    let slug = if slug.is_empty() { "desk".to_owned() } else { slug };
    let named = |number: u32| match number {
        1 => folder.join(format!("invitation-{slug}.age")),
        _ => folder.join(format!("invitation-{slug}-{number}.age")),
    };
    (1..=MOST_NAMES)
        .map(named)
        .find(|path| !path.exists())
        .unwrap_or_else(|| named(1))
}

/// Writes an invitation into a new file (mode 0600) and makes the login that it is for. `administrator` is the login of
/// whoever administers the server. The file is complete before the database is changed; on an error none is left.
pub async fn write(
    administrator: &Address,
    client: &str,
    new: NewInvitation,
    file: &Path,
) -> Result<Invited, AppError> {
    let mut connection = administrator.connect(client).await?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    let workspace = store::desks::workspace_name(&mut connection).await?;
    let now = store::server::time(&mut connection).await?;
    // Older ones that still open something travel along.
    let keys = match &new.workspace_key {
        Some(keys) => Some(workspace_key::check_on(&mut connection, keys).await?.ring),
        None => None,
    };
    let until = now + TimeDelta::days(DAYS);
    let mut login = Credentials::random("desk")?;
    if let Some(replaced) = new.replaces.clone() {
        login.login = replaced;
    }
    let content = Content {
        format: FORMAT.to_owned(),
        version: VERSION,
        workspace,
        label: new.label.as_str().to_owned(),
        host: new.way.host,
        port: new.way.port,
        database: administrator.database.clone(),
        tls: new.way.tls,
        certificate: new.way.certificate,
        login: login.login.clone(),
        password: login.password.expose_secret().to_owned(),
        workspace_key: keys.map(|keys| keys.to_text().expose_secret().to_owned()),
        created_at: now,
        expires_at: until,
    };
    let passphrase = Passphrase::random()?;
    let sealed = {
        let passphrase = passphrase.clone();
        let plain = Zeroizing::new(serde_json::to_vec(&content).map_err(|_| AppError::Internal("an invitation"))?);
        tokio::task::spawn_blocking(move || vault::seal_file(&plain, &passphrase))
            .await
            .map_err(|_| AppError::Internal("sealing was cut off"))??
    };
    save_new(file, &sealed).map_err(AppError::Export)?;
    let invited = InvitedUntil {
        until,
        with_workspace_key: content.workspace_key.is_some(),
    };
    let made = make(
        &mut connection,
        &prefix,
        &new.label,
        &login,
        new.replaces.is_some(),
        invited,
    )
    .await;
    close(connection).await;
    let held_workspace_key = made.inspect_err(|_| drop(std::fs::remove_file(file)))?;
    Ok(Invited {
        file: file.to_owned(),
        passphrase: passphrase.shown(),
        login: login.login,
        until,
        held_workspace_key,
    })
}

/// Whether the computer that had the login before held the workspace key.
async fn make(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    label: &DeskLabel,
    login: &Credentials,
    replaces: bool,
    invited: InvitedUntil,
) -> Result<bool, AppError> {
    let login = NewLogin {
        login: login.login.clone(),
        password: login.password.expose_secret().to_owned(),
    };
    if replaces {
        let closed = roles::replace_desk(connection, prefix, &login, Some(invited)).await?;
        Ok(closed.held_workspace_key)
    } else {
        roles::add_invited(connection, prefix, label.as_str(), &login, invited).await?;
        Ok(false)
    }
}

fn save_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Opens a file that somebody was given, as base64. Takes its time on purpose.
pub(crate) async fn read(file: &str, passphrase: &SecretString) -> Result<Content, AppError> {
    if file.len() > MOST_BASE64 {
        return Err(SealedFileError::TooLarge.into());
    }
    let file = STANDARD.decode(file).map_err(|_| SealedFileError::Foreign)?;
    let passphrase = Passphrase::typed(passphrase.expose_secret());
    let plain = tokio::task::spawn_blocking(move || vault::open_file(&file, &passphrase))
        .await
        .map_err(|_| AppError::Internal("opening was cut off"))??;
    // The error's text would quote what is in it.
    let content: Content = serde_json::from_slice(&plain).map_err(|_| SealedFileError::Foreign)?;
    let sound = content.format == FORMAT
        && content.version == VERSION
        && !content.host.is_empty()
        && !content.login.is_empty()
        && content.certificate.as_deref().is_none_or(is_pem);
    if sound {
        Ok(content)
    } else {
        Err(SealedFileError::Foreign.into())
    }
}

/// The most that a file may have, in its base64.
const MOST_BASE64: usize = vault::MOST_BYTES.div_ceil(3) * 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_free() {
        let folder = tempfile::tempdir().unwrap();
        let label = DeskLabel::parse("Büro / Ana's laptop").unwrap();
        let first = free_name(folder.path(), &label);
        assert_eq!(first.file_name().unwrap(), "invitation-b-ro-ana-s-laptop.age");
        save_new(&first, b"x").unwrap();
        assert_eq!(
            free_name(folder.path(), &label).file_name().unwrap(),
            "invitation-b-ro-ana-s-laptop-2.age"
        );
        assert!(save_new(&first, b"y").is_err(), "never over another");
        assert_eq!(
            free_name(folder.path(), &DeskLabel::parse("…").unwrap())
                .file_name()
                .unwrap(),
            "invitation-desk.age"
        );
    }

    #[test]
    fn a_private_key_is_no_certificate() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----").unwrap();
        assert!(read_certificate(&path).is_err());
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nx").unwrap();
        assert!(read_certificate(&path).is_ok());
    }
}
