//! The roles of a workspace and the logins of its desks. For an administrator's connection.

mod desks;

pub use desks::{Closed, InvitedUntil, OtherLogin, close_desk, close_other, logins_of, replace_desk};

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::StoreError;

/// What the roles' names begin with. Roles belong to the whole cluster: the first workspace in it has
/// the plain prefix, any further one carries its database's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolePrefix(String);

/// The groups, in the order in which they are made.
const GROUPS: [&str; 10] = [
    "owner", "staff", "admin", "support", "finance", "customer", "agent", "service", BACKUP, VIEWER,
];
/// Holds no right but to become a customer: lent while a session looks as one.
const VIEWER: &str = "viewer";
/// Reads everything, for backups.
const BACKUP: &str = "backup";
const PLAIN: &str = "containerstacks";

impl RolePrefix {
    /// Takes a stored prefix: lower-case letters, digits and underscores.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let sound = text.len() <= 48
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if sound {
            Ok(Self(text.to_owned()))
        } else {
            Err(StoreError::BadValue)
        }
    }

    /// The prefix.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The full name of a group, safe in SQL without quotes.
    pub fn role(&self, group: &str) -> String {
        format!("{}_{group}", self.0)
    }

    /// The names that a database's roles can have, in the order in which they are tried. Two databases can have the
    /// same slug: the number tells them apart.
    fn candidates(database: &str) -> impl Iterator<Item = Self> {
        let slug: String = database
            .to_ascii_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .take(26)
            .collect();
        std::iter::once(PLAIN.to_owned())
            .chain(std::iter::once(format!("{PLAIN}_{slug}")))
            .chain((2..1000).map(move |number| format!("{PLAIN}_{slug}_{number}")))
            .map(Self)
    }

    /// The prefix that the initialized database uses.
    pub async fn of_workspace(connection: &mut PgConnection) -> Result<Self, StoreError> {
        let text: Option<String> = sqlx::query_scalar("SELECT role_prefix FROM cs_meta.workspace")
            .fetch_optional(connection)
            .await?;
        Self::parse(&text.ok_or(StoreError::NotInitialized)?)
    }
}

/// A login that was made, with its password, to be put into a keychain at once.
pub struct NewLogin {
    /// Its name.
    pub login: String,
    /// Its password: 256 random bits.
    pub password: String,
}

/// What kind of program a login is for. No login is of two kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginKind {
    /// A desk: may do nothing but sign people in.
    Desk,
    /// The agent: `csctl` from cron or systemd.
    Agent,
    /// A trusted back end, such as the customers' web panel.
    Service,
    /// What takes backups: reads everything and writes nothing.
    Backup,
}

impl LoginKind {
    fn word(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Agent => "agent",
            Self::Service => "service",
            Self::Backup => BACKUP,
        }
    }

    fn group(self) -> &'static str {
        match self {
            Self::Desk => "staff",
            other => other.word(),
        }
    }
}

/// Makes the groups, or finds those that an interrupted run has made, and gives the database to the owner.
pub(crate) async fn prepare(connection: &mut PgConnection) -> Result<RolePrefix, StoreError> {
    let database: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut *connection)
        .await?;
    let mut transaction = connection.begin().await?;
    // The owner's comment says whose the groups are: two workspaces must never share them.
    let note = note(&database);
    let taken: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT rolname::text, shobj_description(oid, 'pg_authid') FROM pg_catalog.pg_roles WHERE rolname ~ ('^' || $1 || '.*_owner$')",
    )
    .bind(PLAIN)
    .fetch_all(&mut *transaction)
    .await?;
    let is_mine = |prefix: &RolePrefix| {
        let owner = prefix.role("owner");
        taken
            .iter()
            .find(|(name, _)| *name == owner)
            .is_none_or(|(_, comment)| comment.as_deref() == Some(note.as_str()))
    };
    let prefix = RolePrefix::candidates(&database)
        .find(is_mine)
        .ok_or(StoreError::BadValue)?;
    make_all(&mut transaction, &prefix, &note).await?;
    transaction.commit().await?;
    Ok(prefix)
}

fn note(database: &str) -> String {
    format!("ContainerStacks workspace in database {database}")
}

/// Makes the groups of a workspace that is to be restored into this database, or finds them.
pub(crate) async fn make(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<(), StoreError> {
    let database: String = sqlx::query_scalar("SELECT current_database()::text")
        .fetch_one(&mut *connection)
        .await?;
    make_all(connection, prefix, &note(&database)).await
}

async fn make_all(transaction: &mut PgConnection, prefix: &RolePrefix, note: &str) -> Result<(), StoreError> {
    for group in GROUPS {
        make_group(&mut *transaction, &prefix.role(group)).await?;
    }
    let owner = prefix.role("owner");
    raw_sql(AssertSqlSafe(format!(
        "COMMENT ON ROLE {owner} IS '{comment}';
         GRANT {admin}, {support}, {finance} TO {owner} WITH ADMIN OPTION;
         GRANT {owner} TO CURRENT_USER;
         ALTER SCHEMA public OWNER TO {owner};
         REVOKE ALL ON SCHEMA public FROM PUBLIC;
         ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
        comment = note.replace('\'', "''"),
        admin = prefix.role("admin"),
        support = prefix.role("support"),
        finance = prefix.role("finance"),
    )))
    .execute(&mut *transaction)
    .await?;
    complete(&mut *transaction, prefix).await?;
    close_database(transaction, prefix).await
}

/// Lets a login that the workspace knows into a restored database. One that the server lacks is made, and can't be used
/// until it is given a password.
pub(crate) async fn readmit(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    kind: &str,
    login: &str,
    database: &str,
) -> Result<(), StoreError> {
    let kinds = [LoginKind::Desk, LoginKind::Agent, LoginKind::Service, LoginKind::Backup];
    let Some(kind) = kinds.into_iter().find(|known| known.word() == kind) else {
        return Ok(());
    };
    let (quoted, is_there): (String, bool) =
        sqlx::query_as("SELECT quote_ident($1), EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)")
            .bind(login)
            .fetch_one(&mut *connection)
            .await?;
    if !is_there {
        raw_sql(AssertSqlSafe(format!(
            "CREATE ROLE {quoted} NOLOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
             ALTER ROLE {quoted} SET TimeZone = 'UTC';"
        )))
        .execute(&mut *connection)
        .await?;
    }
    raw_sql(AssertSqlSafe(format!(
        "SET LOCAL client_min_messages = error; GRANT {group} TO {quoted}; GRANT CONNECT ON DATABASE {database} TO {quoted};",
        group = prefix.role(kind.group()),
    )))
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes a group unless it is there.
async fn make_group(connection: &mut PgConnection, role: &str) -> Result<(), StoreError> {
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)")
        .bind(role)
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        raw_sql(AssertSqlSafe(format!("CREATE ROLE {role} NOLOGIN NOINHERIT")))
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// What workspaces of older programs lack: the group of backups, and the one that is lent for looking as a customer.
/// Until that existed, admins and support staff could become the customer at any time. Safe to repeat.
pub(crate) async fn complete(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<(), StoreError> {
    make_group(&mut *connection, &prefix.role(BACKUP)).await?;
    let (viewer, customer, owner) = (prefix.role(VIEWER), prefix.role("customer"), prefix.role("owner"));
    let lent: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
           JOIN pg_catalog.pg_roles b ON b.oid = m.member WHERE g.rolname = $1 AND b.rolname = $2 AND m.admin_option)",
    )
    .bind(&viewer)
    .bind(&owner)
    .fetch_one(&mut *connection)
    .await?;
    if lent {
        return Ok(());
    }
    make_group(&mut *connection, &viewer).await?;
    raw_sql(AssertSqlSafe(format!(
        "SET LOCAL client_min_messages = error;
         GRANT {viewer} TO {owner} WITH ADMIN OPTION;
         GRANT {customer} TO {viewer};
         REVOKE {customer} FROM {admin}, {support};",
        admin = prefix.role("admin"),
        support = prefix.role("support"),
    )))
    .execute(connection)
    .await?;
    Ok(())
}

/// Closes the database to everybody but the workspace's logins, and pins its time zone. A copy of a database and one
/// that was restored from a dump lack this: it belongs to the database and isn't in it.
pub async fn close_database(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<(), StoreError> {
    let database: String = sqlx::query_scalar("SELECT quote_ident(current_database())")
        .fetch_one(&mut *connection)
        .await?;
    raw_sql(AssertSqlSafe(format!(
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC;
         GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {database} TO {};
         ALTER DATABASE {database} SET TimeZone = 'UTC';
         -- Compiling a large statement costs more than all of our statements save by it: a small billing run took ten
         -- times as long.
         ALTER DATABASE {database} SET jit = off;
         -- What programs send beside their statements (tokens, proofs) stays out of the server's log, whatever it logs.
         -- Only a superuser may say so; csctl doctor tells when it is missing.
         DO $$ BEGIN
           EXECUTE format('ALTER DATABASE %I SET log_parameter_max_length = 0', current_database());
         EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;",
        prefix.role("owner")
    )))
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether a login's name is safe in SQL without quotes.
fn is_login(login: &str) -> bool {
    !login.is_empty()
        && login.len() <= 60
        && login
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn is_password(password: &str) -> bool {
    password.len() >= 32 && password.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Makes a login of its own for a desk, an agent or a back end. The caller brings the password.
pub async fn add_login(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    kind: LoginKind,
    label: &str,
    login: &str,
    password: &str,
) -> Result<(), StoreError> {
    add(connection, prefix, kind, label, login, password, None).await
}

/// Makes a desk's login that signs nobody in unless its invitation is opened in time.
pub async fn add_invited(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    label: &str,
    new: &NewLogin,
    invited: InvitedUntil,
) -> Result<(), StoreError> {
    add(
        connection,
        prefix,
        LoginKind::Desk,
        label,
        &new.login,
        &new.password,
        Some(invited),
    )
    .await
}

async fn add(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    kind: LoginKind,
    label: &str,
    login: &str,
    password: &str,
    invited: Option<InvitedUntil>,
) -> Result<(), StoreError> {
    if !is_login(login) || !is_password(password) {
        return Err(StoreError::BadValue);
    }
    let mut transaction = connection.begin().await?;
    let database: String = sqlx::query_scalar("SELECT quote_ident(current_database())")
        .fetch_one(&mut *transaction)
        .await?;
    // The password enters the server as a verifier: what the statement's text says could end in a log.
    let verifier = crate::scram::verifier(password);
    raw_sql(AssertSqlSafe(format!(
        "CREATE ROLE {login} LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '{verifier}' IN ROLE {group};
         GRANT CONNECT ON DATABASE {database} TO {login};
         ALTER ROLE {login} SET TimeZone = 'UTC';",
        group = prefix.role(kind.group()),
    )))
    .execute(&mut *transaction)
    .await?;
    raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {}", prefix.role("owner"))))
        .execute(&mut *transaction)
        .await?;
    sqlx::query("INSERT INTO cs_auth.logins (login, kind, label, invited_until, holds_workspace_key) VALUES ($1::text::name, $2, $3, $4, $5)")
        .bind(login)
        .bind(kind.word())
        .bind(label)
        .bind(invited.map(|invited| invited.until))
        .bind(invited.is_some_and(|invited| invited.with_workspace_key))
        .execute(&mut *transaction)
        .await?;
    // Inside a caller's transaction this is a savepoint, and SET LOCAL would outlive it.
    raw_sql("SET LOCAL ROLE NONE").execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}
