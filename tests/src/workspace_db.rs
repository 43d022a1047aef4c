//! A workspace with two organizations and people of each role, and the ways to it: as the superuser, as the owner, over
//! a desk's login, with a session. Everything here is plain SQL, as somebody with `psql` would write it.

#![expect(
    clippy::expect_used,
    reason = "a test without its database fails, with what is missing as its message"
)]
#![expect(clippy::missing_panics_doc, reason = "all of it panics, see above")]

use app::password;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, Row,
    postgres::{PgConnectOptions, PgRow},
};
use store::{
    auth::Derivation,
    connect::Address,
    init::{FirstAdmin, InitRequest},
    roles::{self, LoginKind, NewLogin, RolePrefix},
};
use uuid::Uuid;

use crate::cluster::{TestDatabase, cluster};

/// Everybody's password.
pub const PASSWORD: &str = "the quiet harbour at dawn";
/// People of the seeded workspace, by role.
pub const ADMIN: &str = "maya@halyard.example";
/// Another admin, who can decide on what the first one asked for.
pub const SECOND_ADMIN: &str = "noor@halyard.example";
/// Answers tickets.
pub const SUPPORT: &str = "sam@halyard.example";
/// Keeps the books.
pub const FINANCE: &str = "fern@halyard.example";
/// A customer of organization 1.
pub const CUSTOMER: &str = "rui@brisa.example";

const TEMPLATE: &str = "seeded_workspace";
const SEED: &str = include_str!("../fixtures/seed.sql");

/// A migrated database with the seed's rows, of one test's own.
pub struct WorkspaceDb {
    database: TestDatabase,
    prefix: RolePrefix,
}

/// A login and the URL that leads to the database over it.
#[derive(Clone)]
pub struct Login {
    /// Its name.
    pub name: String,
    /// With its password.
    pub url: String,
}

/// What `cs_auth.open` gave.
#[derive(Debug)]
pub struct Session {
    /// Shown to `cs_auth.enter`.
    pub token: String,
    /// Whose it is.
    pub user_id: i32,
}

impl WorkspaceDb {
    /// A fresh one.
    pub async fn new() -> Self {
        let cluster = cluster().await;
        cluster.template(TEMPLATE, build).await;
        let database = cluster.fresh_database(Some(TEMPLATE)).await;
        let mut admin = connect(&database.admin_url).await;
        let prefix = RolePrefix::of_workspace(&mut admin)
            .await
            .expect("the template is a workspace");
        roles::close_database(&mut admin, &prefix)
            .await
            .expect("the copy is closed as its original");
        Self { database, prefix }
    }

    /// The superuser's URL.
    pub fn admin_url(&self) -> &str {
        &self.database.admin_url
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.database.name
    }

    /// The full name of one of the workspace's groups.
    pub fn role(&self, group: &str) -> String {
        self.prefix.role(group)
    }

    /// A connection as the superuser.
    pub async fn admin(&self) -> PgConnection {
        connect(self.admin_url()).await
    }

    /// A connection as the superuser who has become the owner.
    pub async fn owner(&self) -> PgConnection {
        let mut connection = self.admin().await;
        run(&mut connection, &format!("SET ROLE {}", self.role("owner"))).await;
        connection
    }

    /// The catalogue's inventory, as the program keeps its own copy.
    pub async fn catalogue(&self) -> String {
        let mut admin = self.admin().await;
        run(&mut admin, "SET search_path = pg_catalog").await;
        let facts = store::isolation::inventory(&mut admin, &self.prefix, true)
            .await
            .expect("the inventory");
        store::isolation::render(&facts)
    }

    /// The prefix of the workspace's roles.
    pub fn prefix(&self) -> &RolePrefix {
        &self.prefix
    }

    /// A new login.
    pub async fn login(&self, kind: LoginKind) -> Login {
        let name = format!("login_{}", unique());
        let password = format!("{}{}", unique(), unique());
        let mut admin = self.admin().await;
        roles::add_login(&mut admin, &self.prefix, kind, "a test's", &name, &password)
            .await
            .expect("a new login");
        Login {
            url: self.database.url_as(&name, &password),
            name,
        }
    }

    /// A new desk.
    pub async fn desk(&self) -> Login {
        self.login(LoginKind::Desk).await
    }

    /// A new desk at which somebody has signed in.
    pub async fn desk_of(&self, email: &str) -> (Login, Session) {
        let desk = self.desk().await;
        let session = sign_in(&desk.url, email, PASSWORD).await.expect("the person signs in");
        (desk, session)
    }
}

/// The template: a workspace as `csctl db init` makes it, then the seed as its owner.
async fn build(url: String) {
    let address = Address::from_url(&url).expect("a URL");
    let mut connection = address.connect("tests").await.expect("the cluster answers");
    let hash = password::hash_new(&SecretString::from(PASSWORD)).expect("a hash");
    let login = |kind: &str| NewLogin {
        login: format!("{kind}_{}", unique()),
        password: format!("{}{}", unique(), unique()),
    };
    let request = InitRequest {
        name: "Halyard Hosting".to_owned(),
        is_test: true,
        first_admin: FirstAdmin {
            email: ADMIN.to_owned(),
            first_name: Some("Maya".to_owned()),
            last_name: Some("Okafor".to_owned()),
            password_hash: hash.clone(),
        },
        desk_label: "First desk".to_owned(),
        desk: login("desk"),
        agent: login("agent"),
    };
    let done = store::init::initialize(&mut connection, &request)
        .await
        .expect("a workspace");
    let seed = SEED.replace("$HASH", &hash);
    run(
        &mut connection,
        &format!("BEGIN; SET LOCAL ROLE {}_owner; {seed}; COMMIT;", done.prefix),
    )
    .await;
    connection.close().await.expect("the connection closes");
}

fn unique() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests are an edge")]
    let id = Uuid::new_v4();
    id.simple().to_string()
}

/// Connects with what the URL says and nothing else; the server's time-outs are its own.
pub async fn connect(url: &str) -> PgConnection {
    let options: PgConnectOptions = url.parse().expect("a URL");
    PgConnection::connect_with(&options)
        .await
        .expect("the database answers")
}

/// Runs statements that have to work.
pub async fn run(connection: &mut PgConnection, sql: &str) {
    if let Err(error) = attempt(connection, sql).await {
        panic!("{sql}\n{error}");
    }
}

/// Runs statements, and says how many rows the last one touched.
pub async fn attempt(connection: &mut PgConnection, sql: &str) -> Result<u64, sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
}

/// The SQLSTATE of a statement that has to fail; of the whole transaction it began, nothing stays.
pub async fn refused(connection: &mut PgConnection, sql: &str) -> String {
    let outcome = attempt(connection, sql).await;
    let error = match outcome {
        Ok(rows) => panic!("this was accepted ({rows} rows): {sql}"),
        Err(error) => error,
    };
    if sql.contains("BEGIN") {
        attempt(connection, "ROLLBACK").await.expect("a rollback");
    }
    sqlstate(&error)
}

/// The SQLSTATE of an error, or what it is instead.
pub fn sqlstate(error: &sqlx::Error) -> String {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .map_or_else(|| error.to_string(), std::borrow::Cow::into_owned)
}

/// The rule that a statement breaks.
pub async fn broken_rule(connection: &mut PgConnection, sql: &str) -> String {
    match attempt(connection, sql).await {
        Ok(rows) => panic!("this was accepted ({rows} rows): {sql}"),
        Err(error) => {
            if sql.contains("BEGIN") {
                attempt(connection, "ROLLBACK").await.expect("a rollback");
            }
            let rule = error
                .as_database_error()
                .and_then(|error| error.constraint())
                .map(str::to_owned);
            rule.unwrap_or_else(|| panic!("no rule is named: {error}"))
        }
    }
}

/// One value, as text; NULL is "∅".
pub async fn ask(connection: &mut PgConnection, sql: &str) -> String {
    let row: PgRow = sqlx::query(AssertSqlSafe(format!("SELECT ({sql})::text")))
        .fetch_one(connection)
        .await
        .unwrap_or_else(|error| panic!("{sql}\n{error}"));
    row.get::<Option<String>, _>(0).unwrap_or_else(|| "∅".to_owned())
}

/// A transaction that shows a token first.
pub fn entered(token: &str, sql: &str) -> String {
    format!("BEGIN; SELECT cs_auth.enter('{token}'); {sql}; COMMIT;")
}

/// One value that a transaction gives which shows a token first; the SQLSTATE, and the rule where one is named, of one
/// that is refused.
pub async fn within(connection: &mut PgConnection, token: &str, sql: &str) -> Result<String, String> {
    run(connection, &format!("BEGIN; SELECT cs_auth.enter('{token}')")).await;
    let answer: Result<(Option<String>,), sqlx::Error> = sqlx::query_as(AssertSqlSafe(format!("SELECT ({sql})::text")))
        .fetch_one(&mut *connection)
        .await;
    run(connection, if answer.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
    match answer {
        Ok((value,)) => Ok(value.unwrap_or_else(|| "∅".to_owned())),
        Err(error) => Err(error
            .as_database_error()
            .and_then(|error| error.constraint())
            .map_or_else(|| sqlstate(&error), str::to_owned)),
    }
}

/// The first step, as the driver sees it.
#[derive(Debug, sqlx::FromRow)]
pub struct Challenge {
    /// Names the attempt.
    pub attempt: Option<Uuid>,
    /// `argon2id` or `bcrypt`.
    pub algorithm: Option<String>,
    /// Of the derivation.
    pub parameters: Option<String>,
    /// Of the derivation.
    pub salt: Option<String>,
    /// What the proof is bound to.
    pub nonce: Option<Vec<u8>>,
    /// Not yet, if above zero.
    pub retry_after_ms: i64,
}

/// Asks for a challenge.
pub async fn challenge(desk: &mut PgConnection, email: &str) -> Challenge {
    sqlx::query_as("SELECT * FROM cs_auth.challenge($1)")
        .bind(email)
        .fetch_one(desk)
        .await
        .expect("a challenge")
}

/// The proof that somebody with this password gives.
pub fn proof(challenge: &Challenge, password: &str) -> Vec<u8> {
    let (parameters, salt) = (
        challenge.parameters.clone().expect("parameters"),
        challenge.salt.clone().expect("a salt"),
    );
    let derivation = if challenge.algorithm.as_deref() == Some("bcrypt") {
        Derivation::Bcrypt {
            cost: parameters.parse().expect("a cost"),
            salt,
        }
    } else {
        Derivation::Argon2id { parameters, salt }
    };
    let secret = SecretString::from(password);
    debug_assert!(!secret.expose_secret().is_empty());
    password::prove(&secret, &derivation, challenge.nonce.as_deref().expect("a nonce")).expect("a proof")
}

/// Walks challenge, submit, open, each in a transaction of its own; otherwise the status, or "throttled".
pub async fn sign_in(desk_url: &str, email: &str, password: &str) -> Result<Session, String> {
    let mut desk = connect(desk_url).await;
    sign_in_over(&mut desk, email, password).await
}

/// The same over a connection that is there.
pub async fn sign_in_over(desk: &mut PgConnection, email: &str, password: &str) -> Result<Session, String> {
    let attempt = prove(desk, email, password).await?;
    open(desk, Some(attempt)).await
}

/// The first two steps: an attempt that carries a proof.
pub async fn prove(desk: &mut PgConnection, email: &str, password: &str) -> Result<Uuid, String> {
    let asked = challenge(desk, email).await;
    submit(desk, &asked, password).await
}

/// The second step.
pub async fn submit(desk: &mut PgConnection, asked: &Challenge, password: &str) -> Result<Uuid, String> {
    if asked.retry_after_ms > 0 {
        return Err("throttled".to_owned());
    }
    let (accepted, _): (bool, i64) = sqlx::query_as("SELECT * FROM cs_auth.submit($1, $2)")
        .bind(asked.attempt)
        .bind(proof(asked, password))
        .fetch_one(&mut *desk)
        .await
        .expect("an answer to submit");
    if !accepted {
        return Err("throttled".to_owned());
    }
    Ok(asked.attempt.expect("an attempt"))
}

/// An attempt that proves the password of who has signed in here once more.
pub async fn prove_again(desk: &mut PgConnection, password: &str) -> Result<Uuid, String> {
    let asked: Challenge = sqlx::query_as("SELECT * FROM cs_auth.confirm_challenge()")
        .fetch_one(&mut *desk)
        .await
        .map_err(|error| sqlstate(&error))?;
    submit(desk, &asked, password).await
}

/// The third step.
pub async fn open(desk: &mut PgConnection, attempt: Option<Uuid>) -> Result<Session, String> {
    let (status, token, user_id): (String, Option<String>, Option<i32>) =
        sqlx::query_as("SELECT status, token, user_id FROM cs_auth.open($1, 'a test')")
            .bind(attempt)
            .fetch_one(desk)
            .await
            .map_err(|error| sqlstate(&error))?;
    match (token, user_id) {
        (Some(token), Some(user_id)) => Ok(Session { token, user_id }),
        _ => Err(status),
    }
}
