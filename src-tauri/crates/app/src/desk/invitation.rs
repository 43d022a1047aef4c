//! Opening an invitation: it sets this desk up.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};
use store::{
    StoreError,
    connect::{self, Address},
};

use super::{Desk, Standing, State, key, new_profile_id, password_name};
use crate::{
    AppError,
    host::HostError,
    invitation, password,
    profiles::{Environment, Profile, ProfileKind, Profiles},
};

impl Desk {
    /// Opens an invitation and sets this desk up. The login's password is changed to one that only this desk knows, so
    /// that the file opens nothing afterwards. The desk keeps what it needs before anything is changed.
    pub async fn open_invitation(&self, file: &str, passphrase: SecretString) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        let content = invitation::read(file, &passphrase).await?;
        let id = new_profile_id();
        let root_certificate = match &content.certificate {
            Some(pem) => Some(self.keep_certificate(&id, pem)?),
            None => None,
        };
        let profile = Profile {
            id,
            name: content.workspace.clone(),
            environment: Environment::Production,
            kind: ProfileKind::Server,
            host: content.host.clone(),
            port: content.port,
            database: content.database.clone(),
            login: content.login.clone(),
            tls: content.tls,
            root_certificate: root_certificate.clone(),
            last_email: None,
        };
        let address = Address {
            host: content.host.clone(),
            port: content.port,
            database: content.database.clone(),
            login: content.login.clone(),
            password: content.password.clone(),
            tls: content.tls,
            root_certificate,
        };
        let own = password::random_secret()?;
        let key = content.workspace_key.clone().map(SecretString::from);
        let open_before = Profiles::load(self.host())?.open;
        if let Err(error) = self.set_up(&profile, &address, &own, key).await {
            // A password that never became the login's, and what came with it. The cause is the error to show.
            let _ = self.drop_secret(password_name(&profile)).await;
            let _ = self.drop_secret(key::name(&profile)).await;
            self.forget_certificate(&profile.id);
            let mut profiles = Profiles::load(self.host())?;
            profiles.remove(&profile.id);
            profiles.open = open_before;
            profiles.save(self.host())?;
            return Err(error);
        }
        // From here on the password is the login's, and nobody else has it: a line that is down is tried again.
        self.tasks.leave_workspace().await;
        *self.state.write().await = State::default();
        self.stand(profile).await
    }

    fn keep_certificate(&self, profile: &str, pem: &str) -> Result<PathBuf, AppError> {
        let folder = self.host.certificates_dir();
        let path = folder.join(format!("{profile}.pem"));
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(&path, pem))
            .map_err(|error| AppError::Host(HostError::Store(error.to_string())))?;
        Ok(path)
    }

    /// Forgets the certificate that came with an invitation, if one did.
    pub(super) fn forget_certificate(&self, profile: &str) {
        drop(std::fs::remove_file(
            self.host.certificates_dir().join(format!("{profile}.pem")),
        ));
    }

    /// Ends with an error only where the login's password is certainly still the file's.
    async fn set_up(
        &self,
        profile: &Profile,
        address: &Address,
        own: &SecretString,
        workspace_key: Option<SecretString>,
    ) -> Result<(), AppError> {
        let used = |error: StoreError| match error {
            // Its password was changed by whoever opened it, or the desk was replaced or revoked since.
            StoreError::LoginRefused | StoreError::NotADesk => StoreError::Rule("invitation_used".to_owned()),
            other => other,
        };
        let mut connection = address.connect(&self.host.client()).await.map_err(used)?;
        connect::check_workspace(&mut connection).await.map_err(used)?;
        if let Some(workspace_key) = workspace_key {
            self.keep_secret(key::name(profile), workspace_key).await?;
        }
        self.remember(profile, own).await?;
        match accept(&mut connection, own).await {
            // It broke where it may have been done: the login says itself whether its password is the new one.
            Err(error @ StoreError::ConnectionLost(_)) => match self.dial(profile.clone(), own).await {
                Err(AppError::Store(StoreError::LoginRefused)) => Err(error.into()),
                _ => Ok(()),
            },
            other => Ok(other?),
        }
    }
}

async fn accept(connection: &mut PgConnection, own: &SecretString) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await?;
    store::desks::accept(&mut transaction, own.expose_secret()).await?;
    Ok(transaction.commit().await?)
}
