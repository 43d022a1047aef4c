//! The logins that backups are taken over.

use secrecy::ExposeSecret;
use store::{
    connect::Address,
    roles::{self, LoginKind, OtherLogin, RolePrefix},
};

use crate::{
    AppError,
    database::{Credentials, close},
};

/// Makes one. For an administrator's address.
pub async fn add_login(admin: &Address, client: &str, label: &str) -> Result<Credentials, AppError> {
    let login = Credentials::random("backup")?;
    let mut connection = admin.connect(client).await?;
    store::connect::check_workspace(&mut connection).await?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    roles::add_login(
        &mut connection,
        &prefix,
        LoginKind::Backup,
        label,
        &login.login,
        login.password.expose_secret(),
    )
    .await?;
    close(connection).await;
    Ok(login)
}

/// Lists them.
pub async fn list_logins(admin: &Address, client: &str) -> Result<Vec<OtherLogin>, AppError> {
    let mut connection = admin.connect(client).await?;
    store::connect::check_workspace(&mut connection).await?;
    let rows = roles::logins_of(&mut connection, LoginKind::Backup).await?;
    close(connection).await;
    Ok(rows)
}

/// Closes one for good; how many of its connections ended.
pub async fn revoke_login(admin: &Address, client: &str, login: &str) -> Result<i64, AppError> {
    let mut connection = admin.connect(client).await?;
    store::connect::check_workspace(&mut connection).await?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    let ended = roles::close_other(&mut connection, &prefix, LoginKind::Backup, login).await?;
    close(connection).await;
    Ok(ended)
}
