//! Making, migrating and looking at a workspace's database, for whoever has an administrator's connection
//! to it: `csctl db`, and the desk that makes a local workspace. Each call has a connection of its own.

use std::collections::BTreeMap;

use domain::user::check_new_password;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sqlx::{Connection, PgConnection};
use store::{
    init::{DatabaseState, InitRequest},
    migrate,
    roles::{self, LoginKind, NewLogin, RolePrefix},
};

pub use domain::user::{EmailAddress, PersonName, optional_name};
pub use store::{
    StoreError,
    adopt::Difference,
    connect::{Address, TlsMode},
    init::{InitError, Overview},
    migrate::Migrated,
};

use crate::{AppError, password};

/// The person who can sign in first.
pub struct FirstAdmin {
    /// Address.
    pub email: EmailAddress,
    /// First name.
    pub first_name: Option<PersonName>,
    /// Last name.
    pub last_name: Option<PersonName>,
    /// What the person will sign in with.
    pub password: SecretString,
}

impl FirstAdmin {
    /// Whether the password is one that may be chosen (field `password`).
    pub fn check(&self) -> Result<(), AppError> {
        check_new_password(self.password.expose_secret(), &self.email).map_err(|why| AppError::invalid("password", why))
    }
}

/// What to make.
pub struct Init {
    /// The business's name.
    pub name: String,
    /// Whether a run's time may be ahead of the clock here.
    pub is_test: bool,
    /// The first person.
    pub admin: FirstAdmin,
    /// What the first desk is called in the list of desks.
    pub desk_label: String,
}

/// A login of the database and its password.
pub struct Credentials {
    /// The login's name.
    pub login: String,
    /// Its password.
    pub password: SecretString,
}

impl Credentials {
    /// A login `<kind>_<8 hex digits>` with a password of 256 random bits. It doesn't exist yet.
    pub(crate) fn random(kind: &str) -> Result<Self, AppError> {
        let mut bytes = [0u8; 4];
        #[expect(
            clippy::disallowed_methods,
            reason = "a login's name is no input of any rule, and only has to be new"
        )]
        getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("no randomness"))?;
        Ok(Self {
            login: format!("{kind}_{:08x}", u32::from_be_bytes(bytes)),
            password: password::random_secret()?,
        })
    }

    /// The address of a database under this login.
    pub fn address(&self, place: &Address) -> Address {
        Address {
            login: self.login.clone(),
            password: self.password.expose_secret().to_owned(),
            ..place.clone()
        }
    }

    fn as_new_login(&self) -> NewLogin {
        NewLogin {
            login: self.login.clone(),
            password: self.password.expose_secret().to_owned(),
        }
    }
}

/// The logins that an initialization makes, so that they can be put in a safe place before it happens.
pub struct Logins {
    /// The first desk's.
    pub desk: Credentials,
    /// The agent's.
    pub agent: Credentials,
}

impl Logins {
    /// Thinks up both.
    pub fn random() -> Result<Self, AppError> {
        Ok(Self {
            desk: Credentials::random("desk")?,
            agent: Credentials::random("agent")?,
        })
    }
}

/// What an initialization has made.
pub struct Made {
    /// The first desk's login.
    pub desk: Credentials,
    /// The agent's login.
    pub agent: Credentials,
    /// Whether the documented tables were there before.
    pub adopted: bool,
    /// Whether the admin was added; otherwise an admin with this address was there and was left alone.
    pub admin_added: bool,
    /// What the names of the workspace's roles begin with.
    pub prefix: String,
    /// Database roles whose access to adopted tables ended: they become service logins, or go.
    pub access_ended: Vec<String>,
    /// What was migrated.
    pub migrated: Migrated,
}

/// Makes a workspace out of an empty database or of one that was made from the documentation. A database that is
/// a workspace already is migrated and given two new logins; its people stay as they are. On an error nothing
/// was changed.
pub async fn init(admin: &Address, client: &str, init: Init) -> Result<Made, AppError> {
    init_with(admin, client, init, Logins::random()?).await
}

/// As [`init`], with logins that the caller has kept already.
pub async fn init_with(admin: &Address, client: &str, init: Init, logins: Logins) -> Result<Made, AppError> {
    init.admin.check()?;
    // Before the transaction: hashing takes its time on purpose.
    let password_hash = password::hash_new(&init.admin.password)?;
    let request = InitRequest {
        name: init.name,
        is_test: init.is_test,
        first_admin: store::init::FirstAdmin {
            email: init.admin.email.as_str().to_owned(),
            first_name: init.admin.first_name.map(|name| name.to_string()),
            last_name: init.admin.last_name.map(|name| name.to_string()),
            password_hash,
        },
        desk_label: init.desk_label,
        desk: logins.desk.as_new_login(),
        agent: logins.agent.as_new_login(),
    };
    let mut connection = admin.connect(client).await?;
    let done = store::init::initialize(&mut connection, &request).await?;
    close(connection).await;
    Ok(Made {
        desk: logins.desk,
        agent: logins.agent,
        adopted: done.adopted,
        admin_added: done.admin_added,
        prefix: done.prefix,
        access_ended: done.access_ended,
        migrated: done.migrated,
    })
}

/// Brings a workspace to this program's version.
pub async fn migrate(admin: &Address, client: &str) -> Result<Migrated, AppError> {
    let mut connection = admin.connect(client).await?;
    refuse_unless_initialized(&store::init::inspect(&mut connection).await?)?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    let done = migrate::run(&mut connection, &prefix, &[]).await?;
    close(connection).await;
    Ok(done)
}

fn refuse_unless_initialized(state: &DatabaseState) -> Result<(), AppError> {
    match state {
        DatabaseState::Initialized { .. } => Ok(()),
        DatabaseState::NewerThanProgram { version } => Err(StoreError::TooNew {
            found: *version,
            known: migrate::VERSION,
        }
        .into()),
        DatabaseState::Empty
        | DatabaseState::Documented { .. }
        | DatabaseState::Differs { .. }
        | DatabaseState::Foreign { .. } => Err(StoreError::NotInitialized.into()),
    }
}

/// What a database is, as far as the login may see it.
#[derive(Debug, Serialize)]
pub struct Status {
    /// What it holds.
    #[serde(flatten)]
    pub state: State,
    /// The server's version, such as "15.18".
    pub server_version: String,
    /// The schema's version that this program works with.
    pub program_version: i32,
}

/// What a database holds.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// No table of anybody's: `init` makes a workspace here.
    Empty,
    /// The documented tables, made by hand: `init` adopts them.
    Documented {
        /// How many rows each table has.
        rows: BTreeMap<&'static str, i64>,
    },
    /// Documented tables that differ: `init` refuses them.
    Differs {
        /// Each difference as a sentence.
        differences: Vec<String>,
    },
    /// Tables of something else: `init` refuses them.
    Foreign {
        /// Some of their names.
        tables: Vec<String>,
    },
    /// A workspace.
    Initialized {
        /// The schema's version.
        version: i32,
        /// What an administrator is told besides.
        #[serde(flatten)]
        overview: Option<Overview>,
    },
    /// A workspace that a newer program has migrated.
    NewerThanProgram {
        /// The schema's version.
        version: i32,
    },
}

/// Looks at a database. Changes nothing. A login of the workspace is told its version only.
pub async fn status(address: &Address, client: &str) -> Result<Status, AppError> {
    let mut connection = address.connect(client).await?;
    let server_version = store::server::version(&mut connection).await?;
    let state = match store::init::inspect(&mut connection).await {
        Ok(state) => with_overview(&mut connection, state).await?,
        // A desk's login may not look at the schema, but is told what fits it.
        Err(StoreError::Forbidden) => match store::connect::check_workspace(&mut connection).await {
            Ok(workspace) => State::Initialized {
                version: workspace.schema_version,
                overview: None,
            },
            Err(StoreError::TooOld { found, .. }) => State::Initialized {
                version: found,
                overview: None,
            },
            Err(StoreError::TooNew { found, .. }) => State::NewerThanProgram { version: found },
            // Not ours, and we may not look: say that, not that it isn't initialized.
            Err(StoreError::NotInitialized) => return Err(InitError::NotAnAdministrator.into()),
            Err(other) => return Err(other.into()),
        },
        Err(other) => return Err(other.into()),
    };
    close(connection).await;
    Ok(Status {
        state,
        server_version,
        program_version: migrate::VERSION,
    })
}

async fn with_overview(connection: &mut PgConnection, state: DatabaseState) -> Result<State, AppError> {
    Ok(match state {
        DatabaseState::Empty => State::Empty,
        DatabaseState::Documented { rows } => State::Documented { rows },
        DatabaseState::Differs { differences } => State::Differs {
            differences: differences.iter().map(ToString::to_string).collect(),
        },
        DatabaseState::Foreign { tables } => State::Foreign { tables },
        DatabaseState::NewerThanProgram { version } => State::NewerThanProgram { version },
        DatabaseState::Initialized { version } => State::Initialized {
            version,
            overview: Some(store::init::overview(connection).await?),
        },
    })
}

/// Whether the workspace in this database knows a login; no, where there is no workspace.
pub async fn has_login(admin: &Address, client: &str, login: &str) -> Result<bool, AppError> {
    let mut connection = admin.connect(client).await?;
    let known = match store::init::inspect(&mut connection).await? {
        DatabaseState::Initialized { .. } => store::init::has_login(&mut connection, login).await?,
        _ => false,
    };
    close(connection).await;
    Ok(known)
}

/// Makes a login for one more desk.
pub async fn add_desk(admin: &Address, client: &str, label: &str) -> Result<Credentials, AppError> {
    let desk = Credentials::random("desk")?;
    let mut connection = admin.connect(client).await?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    roles::add_login(
        &mut connection,
        &prefix,
        LoginKind::Desk,
        label,
        &desk.login,
        desk.password.expose_secret(),
    )
    .await?;
    close(connection).await;
    Ok(desk)
}

/// Closes a desk's login for good: at the server too, and with it the connections that it has.
pub async fn close_desk(admin: &Address, client: &str, login: &str) -> Result<roles::Closed, AppError> {
    let mut connection = admin.connect(client).await?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    let closed = roles::close_desk(&mut connection, &prefix, login).await?;
    close(connection).await;
    Ok(closed)
}

/// Gives a desk's login a new password, which is told once. What it had open ends; what that was is told too.
pub async fn replace_desk(
    admin: &Address,
    client: &str,
    login: &str,
) -> Result<(Credentials, roles::Closed), AppError> {
    let desk = Credentials {
        login: login.to_owned(),
        password: password::random_secret()?,
    };
    let mut connection = admin.connect(client).await?;
    let prefix = RolePrefix::of_workspace(&mut connection).await?;
    let closed = roles::replace_desk(&mut connection, &prefix, &desk.as_new_login(), None).await?;
    close(connection).await;
    Ok((desk, closed))
}

/// Makes an empty database unless it is there. `admin` leads to another database of the same server.
pub async fn create_if_missing(admin: &Address, client: &str, database: &str) -> Result<(), AppError> {
    let mut connection = admin.connect(client).await?;
    store::server::create_database_if_missing(&mut connection, database).await?;
    close(connection).await;
    Ok(())
}

/// Says goodbye to the server. What was asked of it is done already, so a line that breaks now doesn't matter.
pub(crate) async fn close(connection: PgConnection) {
    drop(connection.close().await);
}
