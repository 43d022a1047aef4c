//! The private server of this computer: made on first use, brought up to date, entered with a login of its own.

use secrecy::ExposeSecret;
use store::{
    StoreError,
    connect::{self, Address},
};

use super::{Desk, Line, Standing, new_profile_id, password_name};
use crate::{
    AppError, database,
    host::LocalEndpoint,
    profiles::{Environment, Profile, ProfileKind},
    session::Session,
};

/// The database of the private server.
pub const LOCAL_DATABASE: &str = "containerstacks";

/// The first admin of a local workspace.
pub struct NewLocal {
    /// The business's name.
    pub business: String,
    /// The admin.
    pub admin: database::FirstAdmin,
    /// Whether it is for a demonstration, in which time can be moved.
    pub is_demo: bool,
}

impl Desk {
    /// The private server: started if need be, brought to this program's version, and entered with this
    /// desk's own login. A login whose password is lost (no keychain, or a new one) is replaced: whoever may
    /// start the server owns it.
    pub(super) async fn open_local(&self, profile: &Profile) -> Result<Line, AppError> {
        let endpoint = self.host.local_server().await?;
        let profile = Profile {
            host: endpoint.host.clone(),
            port: endpoint.port,
            ..profile.clone()
        };
        if let Some(password) = self.secret(password_name(&profile)).await? {
            match self.dial(profile.clone(), &password).await {
                Err(AppError::Store(StoreError::LoginRefused)) => {}
                Err(AppError::Store(StoreError::TooOld { .. })) => {
                    database::migrate(&administrator_of(&endpoint, LOCAL_DATABASE), &self.host.client()).await?;
                    return self.dial(profile, &password).await;
                }
                outcome => return outcome,
            }
        }
        let administrator = administrator_of(&endpoint, LOCAL_DATABASE);
        database::migrate(&administrator, &self.host.client()).await?;
        let login = database::add_desk(&administrator, &self.host.client(), "This computer").await?;
        let profile = Profile {
            login: login.login.clone(),
            ..profile
        };
        self.remember(&profile, &login.password).await?;
        self.dial(profile, &login.password).await
    }

    /// A session over the private server's administrator, who may fill a demonstration.
    pub async fn local_operator(&self) -> Result<Session, AppError> {
        let endpoint = self.host.local_server().await?;
        Session::operator(&administrator_of(&endpoint, LOCAL_DATABASE), &self.host.client()).await
    }

    /// Makes the local workspace with its first admin, and signs that person in.
    pub async fn create_local(&self, new: NewLocal) -> Result<Standing, AppError> {
        let _one = self.changing.lock().await;
        new.admin.check()?;
        let endpoint = self.host.local_server().await?;
        database::create_if_missing(
            &administrator_of(&endpoint, "postgres"),
            &self.host.client(),
            LOCAL_DATABASE,
        )
        .await?;
        let email = new.admin.email.as_str().to_owned();
        let password = new.admin.password.clone();
        let made = database::init(
            &administrator_of(&endpoint, LOCAL_DATABASE),
            &self.host.client(),
            database::Init {
                name: new.business.clone(),
                is_test: new.is_demo,
                admin: new.admin,
                desk_label: "This computer".to_owned(),
            },
        )
        .await?;
        let profile = Profile {
            id: new_profile_id(),
            name: new.business,
            environment: Environment::Local,
            kind: ProfileKind::Local,
            host: endpoint.host,
            port: endpoint.port,
            database: LOCAL_DATABASE.to_owned(),
            login: made.desk.login,
            tls: connect::TlsMode::Disable,
            root_certificate: None,
            last_email: Some(email.clone()),
        };
        self.remember(&profile, &made.desk.password).await?;
        self.tasks.leave_workspace().await;
        self.open(&profile).await?;
        self.sign_in_here(&email, password).await?;
        // Where secrets don't outlive the program a person makes the key, who is told where its copy is.
        if !self.host.keychain_is_temporary()
            && let Err(error) = self.make_workspace_key(false).await
        {
            tracing::warn!(%error, "no workspace key was made; the page of providers offers it");
        }
        self.stand(profile).await
    }
}

/// The address of a database of the private server, as its administrator.
pub fn administrator_of(endpoint: &LocalEndpoint, database: &str) -> Address {
    Address {
        host: endpoint.host.clone(),
        port: endpoint.port,
        database: database.to_owned(),
        login: endpoint.superuser.clone(),
        password: endpoint.password.expose_secret().to_owned(),
        tls: connect::TlsMode::Disable,
        root_certificate: None,
    }
}
