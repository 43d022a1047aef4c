//! The desks: list them, cut one off, invite another.

use domain::{desk::DeskLabel, role::Action};
use secrecy::{ExposeSecret, SecretString};
use store::{
    connect::Address,
    desks::{self, DeskRow},
};

use crate::{
    AppError,
    desk::Desk,
    invitation::{self, Invited, NewInvitation, Way},
    profiles::ProfileKind,
    session::Session,
};

/// The desks, those in use first.
pub async fn list(session: &Session) -> Result<Vec<DeskRow>, AppError> {
    session.may(Action::ManageDesks)?;
    Ok(desks::list(&mut *session.read().await?).await?)
}

/// Takes everything from another desk's login: its session ends, and each next statement of it is refused. Says
/// whether it held the workspace key, which then has to be rotated.
pub async fn revoke(session: &Session, login: &str) -> Result<bool, AppError> {
    session.may(Action::ManageDesks)?;
    let token = session.token()?;
    Ok(desks::revoke(&mut *session.read().await?, token.expose_secret(), login).await?)
}

/// What this desk can do about inviting others.
pub struct Means {
    /// Why it can't.
    pub problem: Option<String>,
    /// Whether it holds the workspace key, and so can hand it on.
    pub holds_workspace_key: bool,
    /// What whoever administers the server types instead, without the desk's label.
    pub command: String,
}

const LOCAL_ONLY: &str = "This workspace is on this computer only; other computers can't reach it.";

/// Looks at them.
pub async fn means(desk: &Desk) -> Result<Means, AppError> {
    let profile = desk.line().await?.profile;
    let way = Address {
        host: profile.host.clone(),
        port: profile.port,
        database: profile.database.clone(),
        login: "ADMINISTRATOR".to_owned(),
        password: String::new(),
        tls: profile.tls,
        root_certificate: profile.root_certificate.clone(),
    };
    Ok(Means {
        problem: (profile.kind == ProfileKind::Local).then(|| LOCAL_ONLY.to_owned()),
        // A key or a keychain that fails here costs an offer, nothing else.
        holds_workspace_key: desk.workspace_key().await.is_ok(),
        command: format!(
            "csctl desk add --database-url '{}' --invitation invitation.age",
            way.to_url().replacen(":@", "@", 1)
        ),
    })
}

/// An invitation made at a desk: with the login of whoever administers the server, used once and not kept.
pub struct DeskInvitation {
    /// What the new desk is called.
    pub label: DeskLabel,
    /// The login that gets a new password instead of a new login being made.
    pub replaces: Option<String>,
    /// The administrator's login at the server.
    pub administrator: String,
    /// Its password.
    pub password: SecretString,
    /// Whether the new desk needs the workspace key, which this desk then must hold.
    pub with_workspace_key: bool,
}

/// Writes an invitation to this desk's own database into the downloads.
pub async fn invite(desk: &Desk, new: DeskInvitation) -> Result<Invited, AppError> {
    let session = desk.session().await?;
    session.may(Action::ManageDesks)?;
    let profile = desk.line().await?.profile;
    if profile.kind == ProfileKind::Local {
        return Err(AppError::Refused(LOCAL_ONLY.to_owned()));
    }
    let workspace_key = if new.with_workspace_key {
        Some(desk.workspace_key().await?)
    } else {
        None
    };
    let certificate = profile
        .root_certificate
        .as_deref()
        .map(invitation::read_certificate)
        .transpose()?;
    let folder = desk.host().downloads_dir();
    std::fs::create_dir_all(&folder).map_err(AppError::Export)?;
    let administrator = Address {
        host: profile.host.clone(),
        port: profile.port,
        database: profile.database.clone(),
        login: new.administrator,
        password: new.password.expose_secret().to_owned(),
        tls: profile.tls,
        root_certificate: profile.root_certificate.clone(),
    };
    let file = invitation::free_name(&folder, &new.label);
    let invitation = NewInvitation {
        label: new.label,
        replaces: new.replaces,
        way: Way {
            host: profile.host,
            port: profile.port,
            tls: profile.tls,
            certificate,
        },
        workspace_key,
    };
    invitation::write(&administrator, &desk.host().client(), invitation, &file).await
}
