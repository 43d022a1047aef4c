//! Making a workspace out of a database: an empty one, or one that somebody made from the documentation.
//!
//! All of it is one transaction. Killed at any point, it leaves the database as it was, and can be repeated.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::{
    StoreError, adopt,
    adopt::Difference,
    migrate::{self, Migrated},
    roles::{self, LoginKind, NewLogin, RolePrefix},
};

/// Two programs that initialize one database stand in line at this advisory lock. It is for waiting only: each looks
/// at the database again when its turn has come.
const QUEUE: i64 = 0x0043_535f_494e_4954;

/// What a database holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DatabaseState {
    /// No table of anybody's.
    Empty,
    /// The documented tables, made by hand; it can be adopted.
    Documented {
        /// How many rows each table has.
        rows: BTreeMap<&'static str, i64>,
    },
    /// Some of the documented tables, but not as documented.
    Differs {
        /// All differences.
        differences: Vec<Difference>,
    },
    /// A workspace, at most as new as this program.
    Initialized {
        /// The schema's version.
        version: i32,
    },
    /// A workspace that a newer program has migrated.
    NewerThanProgram {
        /// The schema's version.
        version: i32,
    },
    /// Tables of something else.
    Foreign {
        /// Their names, some of them.
        tables: Vec<String>,
    },
}

/// The person who can sign in first.
pub struct FirstAdmin {
    /// Address.
    pub email: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Argon2id, as a PHC string with the standard parameters.
    pub password_hash: String,
}

/// What to make.
pub struct InitRequest {
    /// The business's name.
    pub name: String,
    /// Whether a run's time may be ahead of the clock here.
    pub is_test: bool,
    /// The first person.
    pub first_admin: FirstAdmin,
    /// What the first desk is called in the list of desks.
    pub desk_label: String,
    /// The first desk's login. Name and password are the caller's, so that they can be put in a safe place before.
    pub desk: NewLogin,
    /// The agent's login.
    pub agent: NewLogin,
}

/// What was made.
#[derive(Debug, serde::Serialize)]
pub struct Initialized {
    /// What the roles' names begin with.
    pub prefix: String,
    /// Whether the documented tables were there before.
    pub adopted: bool,
    /// What was migrated.
    pub migrated: Migrated,
    /// Whether the first admin was added; otherwise an admin with this address was there, and was left alone.
    pub admin_added: bool,
    /// Logins and groups whose access to the adopted tables ended.
    pub access_ended: Vec<String>,
}

/// Why a database was not initialized. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// It has the documented tables, but not as documented.
    #[error("the database differs from the documentation in {} things", .0.len())]
    Differs(Vec<Difference>),
    /// It holds something else.
    #[error("the database holds other tables: {}", .0.join(", "))]
    Foreign(Vec<String>),
    /// Somebody who isn't an admin has the first admin's address.
    #[error("the address belongs to a user who is no admin")]
    AddressInUse,
    /// It was initialized before, and not as a test database.
    #[error("the database is not a test database")]
    NotATest,
    /// The login lacks the right to make roles or to own the tables.
    #[error("the login may not do this")]
    NotAnAdministrator,
    /// Anything that the database answered.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for InitError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Forbidden => Self::NotAnAdministrator,
            other => Self::Store(other),
        }
    }
}

impl From<sqlx::Error> for InitError {
    fn from(error: sqlx::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Looks at a database. Changes nothing. For an administrator's connection.
pub async fn inspect(connection: &mut PgConnection) -> Result<DatabaseState, StoreError> {
    let mut transaction = connection.begin().await?;
    settle(&mut transaction).await?;
    let state = look(&mut transaction).await?;
    transaction.rollback().await?;
    Ok(state)
}

/// What a transaction of this file is told first.
async fn settle(transaction: &mut PgConnection) -> Result<(), StoreError> {
    // Without rights to all rows an error is better than a part of them.
    raw_sql(
        "SET LOCAL TimeZone = 'UTC'; SET LOCAL row_security = off; SET LOCAL statement_timeout = 0;
         SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '120s'; SET LOCAL client_min_messages = warning;
         -- The first admin's hash is sent beside a statement: it stays out of the server's log, where this login may say so.
         DO $$ BEGIN
           PERFORM set_config('log_parameter_max_length', '0', true);
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;",
    )
    .execute(transaction)
    .await?;
    Ok(())
}

async fn look(connection: &mut PgConnection) -> Result<DatabaseState, StoreError> {
    if let Some(version) = migrate::version(&mut *connection).await? {
        return Ok(if version > migrate::VERSION {
            DatabaseState::NewerThanProgram { version }
        } else {
            DatabaseState::Initialized { version }
        });
    }
    let tables: Vec<(String, String)> = sqlx::query_as(
        "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                           WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
         UNION ALL SELECT nspname::text, '*' FROM pg_catalog.pg_namespace WHERE nspname IN ('cs_meta', 'cs_auth', 'cs_ledger')
         ORDER BY 1, 2",
    )
    .fetch_all(&mut *connection)
    .await?;
    if tables.is_empty() {
        return Ok(DatabaseState::Empty);
    }
    let documented = adopt::documented_tables();
    let is_documented = |(schema, table): &(String, String)| schema == "public" && documented.contains(&table.as_str());
    if !tables.iter().any(is_documented) {
        let tables = tables
            .iter()
            .take(10)
            .map(|(schema, table)| format!("{schema}.{table}"))
            .collect();
        return Ok(DatabaseState::Foreign { tables });
    }
    let differences = adopt::compare(&mut *connection).await?;
    Ok(if differences.is_empty() {
        DatabaseState::Documented {
            rows: adopt::count_rows(connection).await?,
        }
    } else {
        DatabaseState::Differs { differences }
    })
}

/// Makes a workspace: roles, schema, the logins of the first desk and the agent, the first admin. In one transaction:
/// an error changed nothing. A database that is initialized already is migrated, and given new logins for a desk and
/// an agent, as after an interruption that lost the first ones.
pub async fn initialize(connection: &mut PgConnection, request: &InitRequest) -> Result<Initialized, InitError> {
    let mut transaction = connection.begin().await?;
    let done = initialize_in(&mut transaction, request).await;
    match done {
        Ok(done) => {
            transaction.commit().await?;
            Ok(done)
        }
        Err(error) => {
            // The first error is what is told; without its connection the server rolls back by itself.
            drop(transaction.rollback().await);
            Err(error)
        }
    }
}

async fn initialize_in(transaction: &mut PgConnection, request: &InitRequest) -> Result<Initialized, InitError> {
    settle(&mut *transaction).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)")
        .bind(QUEUE)
        .execute(&mut *transaction)
        .await?;
    let state = look(&mut *transaction).await?;
    // The owner works under its own policy from here on.
    raw_sql("SET LOCAL row_security = on")
        .execute(&mut *transaction)
        .await?;
    let (prefix, adopted, access_ended, migrated) = match state {
        DatabaseState::Differs { differences } => return Err(InitError::Differs(differences)),
        DatabaseState::Foreign { tables } => return Err(InitError::Foreign(tables)),
        DatabaseState::NewerThanProgram { version } => {
            return Err(InitError::Store(StoreError::TooNew {
                found: version,
                known: migrate::VERSION,
            }));
        }
        DatabaseState::Initialized { .. } => {
            let prefix = RolePrefix::of_workspace(&mut *transaction).await?;
            let migrated = migrate::run(&mut *transaction, &prefix, &[]).await?;
            (prefix, false, Vec::new(), migrated)
        }
        DatabaseState::Empty => {
            let prefix = prepare_roles(&mut *transaction).await?;
            migrate::prepare(&mut *transaction, &prefix, &request.name, request.is_test).await?;
            let migrated = migrate::run(&mut *transaction, &prefix, &[]).await?;
            (prefix, false, Vec::new(), migrated)
        }
        DatabaseState::Documented { .. } => {
            let prefix = prepare_roles(&mut *transaction).await?;
            let access_ended = adopt::take_over(&mut *transaction, &prefix).await?;
            migrate::prepare(&mut *transaction, &prefix, &request.name, request.is_test).await?;
            let migrated = migrate::run(&mut *transaction, &prefix, &[1]).await?;
            (prefix, true, access_ended, migrated)
        }
    };
    let is_test: bool = sqlx::query_scalar("SELECT is_test FROM cs_meta.workspace")
        .fetch_one(&mut *transaction)
        .await?;
    if request.is_test && !is_test {
        return Err(InitError::NotATest);
    }
    let admin_added = add_first_admin(&mut *transaction, &prefix, &request.first_admin).await?;
    for (kind, label, login) in [
        (LoginKind::Desk, request.desk_label.as_str(), &request.desk),
        (LoginKind::Agent, "agent", &request.agent),
    ] {
        roles::add_login(&mut *transaction, &prefix, kind, label, &login.login, &login.password).await?;
    }
    Ok(Initialized {
        prefix: prefix.as_str().to_owned(),
        adopted,
        migrated,
        admin_added,
        access_ended,
    })
}

/// Another workspace of the same cluster can take a name of roles at the same moment: then another is found.
async fn prepare_roles(transaction: &mut PgConnection) -> Result<RolePrefix, StoreError> {
    let mut tries = 0;
    loop {
        tries += 1;
        match roles::prepare(&mut *transaction).await {
            Err(StoreError::Duplicate(_)) if tries < 5 => {}
            answer => return answer,
        }
    }
}

async fn add_first_admin(
    transaction: &mut PgConnection,
    prefix: &RolePrefix,
    admin: &FirstAdmin,
) -> Result<bool, InitError> {
    let owner = prefix.role("owner");
    raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {owner}")))
        .execute(&mut *transaction)
        .await?;
    let known: Option<(Option<String>,)> = sqlx::query_as(
        "SELECT role FROM public.users WHERE lower(email) = lower($1) ORDER BY role = 'admin' DESC, id LIMIT 1",
    )
    .bind(&admin.email)
    .fetch_optional(&mut *transaction)
    .await?;
    let added = match known {
        Some((Some(role),)) if role == "admin" => false,
        Some(_) => return Err(InitError::AddressInUse),
        None => {
            sqlx::query("INSERT INTO public.users (email, password_hash, first_name, last_name, role) VALUES ($1, $2, $3, $4, 'admin')")
                .bind(&admin.email)
                .bind(&admin.password_hash)
                .bind(&admin.first_name)
                .bind(&admin.last_name)
                .execute(&mut *transaction)
                .await?;
            true
        }
    };
    raw_sql("SET LOCAL ROLE NONE").execute(&mut *transaction).await?;
    Ok(added)
}

/// Whether the workspace knows a login, such as one whose password a cut-off run has written to a file.
pub async fn has_login(connection: &mut PgConnection, login: &str) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM cs_auth.logins WHERE login = $1::text::name AND revoked_at IS NULL)",
    )
    .bind(login)
    .fetch_one(connection)
    .await?)
}

/// What an administrator is told of a workspace.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Overview {
    /// The business's name.
    pub name: String,
    /// Whether a run's time may be ahead of the clock here.
    pub is_test: bool,
    /// What the roles' names begin with.
    pub prefix: String,
    /// Whether the documented tables were there before the workspace.
    pub adopted: bool,
    /// The names of migrations that this program has and the database has not.
    pub pending: Vec<&'static str>,
}

/// Reads it. For an administrator's connection to an initialized database.
pub async fn overview(connection: &mut PgConnection) -> Result<Overview, StoreError> {
    let (name, is_test, prefix, adopted, version): (String, bool, String, bool, i32) = sqlx::query_as(
        "SELECT w.name, w.is_test, w.role_prefix, (SELECT coalesce(bool_or(m.adopted), false) FROM cs_meta.migrations m),
           (SELECT coalesce(max(m.version), 0) FROM cs_meta.migrations m) FROM cs_meta.workspace w",
    )
    .fetch_one(connection)
    .await?;
    let pending = migrate::MIGRATIONS
        .iter()
        .filter(|m| m.version > version)
        .map(|m| m.name)
        .collect();
    Ok(Overview {
        name,
        is_test,
        prefix,
        adopted,
        pending,
    })
}
