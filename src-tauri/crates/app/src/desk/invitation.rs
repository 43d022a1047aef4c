//! Opening an invitation: it sets this desk up.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use sqlx::Connection;
use store::{
    StoreError,
    connect::{self, Address},
};

use super::{Desk, Standing, State, key, new_profile_id, password_name};
use crate::{
    AppError,
    host::HostError,
    invitation, password,
    profiles::{Environment, Profile, ProfileKind},
};

impl Desk {
    /// Opens an invitation and sets this desk up. The login's password is changed to one that only this desk knows, so
    /// that the file opens nothing afterwards. What is secret goes to the keychain, before anything is changed.
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
        let line = match self.set_up(&profile, &address, &own, key).await {
            Ok(()) => self.dial(profile.clone(), &own).await,
            // A line that broke at the end: the login says itself whether the password was changed.
            Err(error @ AppError::Store(StoreError::ConnectionLost(_))) => {
                self.dial(profile.clone(), &own).await.map_err(|_| error)
            }
            Err(error) => Err(error),
        };
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                // A password that never became the login's, and what came with it.
                let _ = self.drop_secret(password_name(&profile)).await;
                let _ = self.drop_secret(key::name(&profile)).await;
                self.forget_certificate(&profile.id);
                return Err(error);
            }
        };
        self.remember(&profile, &own).await?;
        *self.state.write().await = State {
            line: Some(line),
            ..State::default()
        };
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
        self.keep_secret(password_name(profile), own.clone()).await?;
        if let Some(workspace_key) = workspace_key {
            self.keep_secret(key::name(profile), workspace_key).await?;
        }
        let mut transaction = connection.begin().await?;
        store::desks::accept(&mut transaction, own.expose_secret()).await?;
        transaction.commit().await?;
        Ok(())
    }
}
