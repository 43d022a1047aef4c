//! One PostgreSQL per run, and a fresh database for every test.
//!
//! Under `cargo xtask test` the run's cluster is named by [`VARIABLE`]. A test process that is started in any other way
//! starts a cluster of its own, which ends with the process, however that ends.

#![expect(
    clippy::expect_used,
    reason = "a test without its database fails, with what is missing as its message"
)]
#![expect(clippy::missing_panics_doc, reason = "all of it panics, see above")]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;
use url::Url;
use uuid::Uuid;
use workspace::{Binaries, Durability, LocalServer, Options, SearchPath};

/// The environment variable that holds the superuser's URL of the run's cluster.
pub const VARIABLE: &str = "CS_TEST_CLUSTER";

const PASSWORD: &str = "only-this-computer-reaches-it";
/// `object_in_use`: somebody is still connected to the template.
const IN_USE: &str = "55006";
const PATIENCE: Duration = Duration::from_mins(1);

/// Reads until the test process is gone (its end of the pipe closes with it), ends the server, removes the folder.
const WATCHDOG: &str = r#"
cat > /dev/null
file=$1/cluster/pgdata/postmaster.pid
pid=$(head -n 1 "$file" 2> /dev/null) && kill -INT "$pid"
tries=0
while [ -e "$file" ] && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
rm -rf "$1"
"#;

/// A PostgreSQL in which a test may do everything.
#[derive(Debug)]
pub struct Cluster {
    admin_url: Url,
    own: Option<Own>,
}

/// What a cluster of this process's own is held by.
#[derive(Debug)]
struct Own {
    server: LocalServer,
    options: Options,
    /// Its standard input stays open as long as this process lives.
    _watchdog: Child,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

/// The cluster of this run, or of this process.
pub async fn cluster() -> &'static Cluster {
    CLUSTER
        .get_or_init(async || match std::env::var(VARIABLE) {
            Ok(url) => Cluster {
                admin_url: Url::parse(&url).expect("the run's cluster is named by a URL"),
                own: None,
            },
            Err(_) => Cluster::start().await,
        })
        .await
}

impl Cluster {
    /// A second one, of this process's own, that knows nothing of the first.
    pub async fn another() -> Self {
        Self::start().await
    }

    async fn start() -> Self {
        // PostgreSQL refuses to run as root: its account has to get through to the folder inside.
        let folder = tempfile::Builder::new()
            .prefix("containerstacks-tests-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .expect("a temporary folder")
            .keep();
        let watchdog = watch(&folder);
        let search = SearchPath::new(std::env::var_os("PATH"));
        let binaries = Binaries::find(&search).expect("PostgreSQL is installed");
        let mut options = Options::new(folder.join("cluster"), PASSWORD.into(), binaries);
        options.durability = Durability::Fast;
        let server = LocalServer::start(options.clone()).await.expect("PostgreSQL starts");
        Self {
            admin_url: admin_url(&server),
            own: Some(Own {
                server,
                options,
                _watchdog: watchdog,
            }),
        }
    }

    /// Starts this process's own server again after it was ended in whatever way. Its URLs are others then.
    pub async fn start_again(&mut self) {
        let own = self.own.as_mut().expect("a server of this process's own");
        own.server = LocalServer::start(own.options.clone())
            .await
            .expect("PostgreSQL starts again");
        self.admin_url = admin_url(&own.server);
    }

    /// The superuser's URL of the database `postgres`.
    pub fn admin_url(&self) -> &str {
        self.admin_url.as_str()
    }

    /// The server's process, if it is this process's own.
    pub fn own_pid(&self) -> Option<u32> {
        self.own.as_ref().map(|own| own.server.pid())
    }

    /// A new database: a copy of a template made by [`Self::template`], or empty. It goes when the answer is dropped.
    pub async fn fresh_database(&self, template: Option<&str>) -> TestDatabase {
        #[expect(clippy::disallowed_methods, reason = "tests are an edge")]
        let unique = Uuid::new_v4();
        let name = format!("test_{}", unique.simple());
        let mut admin = self.connect().await;
        // The other strategy writes all pages to the log: three times slower.
        let statement = format!(
            "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy",
            quoted(&name),
            quoted(template.unwrap_or("template0"))
        );
        let deadline = Instant::now() + PATIENCE;
        loop {
            match run(&mut admin, &statement).await {
                Ok(()) => break,
                // The server itself has waited for some seconds before it says so.
                Err(error) if is_in_use(&error) && Instant::now() < deadline => {}
                Err(error) => panic!("a new database from {template:?}: {error}"),
            }
        }
        admin.close().await.expect("the connection closes");
        TestDatabase {
            admin_url: self.url_of(&name).into(),
            cluster_url: self.admin_url.clone().into(),
            name,
        }
    }

    /// Makes the template `name` unless the run has it: `build` gets the superuser's URL of an empty database. Of
    /// several processes that ask at once, one builds and the others wait.
    pub async fn template(&self, name: &str, build: impl AsyncFnOnce(String)) {
        let mut admin = self.connect().await;
        // Ends with the connection, so with a builder that panics or is killed.
        sqlx::query("SELECT pg_advisory_lock(hashtextextended('template ' || $1, 0))")
            .bind(name)
            .execute(&mut admin)
            .await
            .expect("the template's lock");
        let complete: Option<bool> = sqlx::query_scalar("SELECT datistemplate FROM pg_database WHERE datname = $1")
            .bind(name)
            .fetch_optional(&mut admin)
            .await
            .expect("the list of databases");
        if complete != Some(true) {
            let database = quoted(name);
            for statement in [
                // The rest of a builder that didn't come to its end.
                format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"),
                format!("CREATE DATABASE {database} TEMPLATE template0 STRATEGY file_copy"),
            ] {
                run(&mut admin, &statement).await.expect("an empty database");
            }
            build(self.url_of(name).into()).await;
            // Nobody connects to a finished template, so nobody who copies it waits.
            let finish = format!("ALTER DATABASE {database} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true");
            run(&mut admin, &finish).await.expect("a finished template");
            sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1")
                .bind(name)
                .execute(&mut admin)
                .await
                .expect("the builder's connections end");
        }
        admin.close().await.expect("the connection closes");
    }

    async fn connect(&self) -> PgConnection {
        connect(self.admin_url.as_str()).await
    }

    /// The superuser's URL of a database.
    pub fn url_of(&self, database: &str) -> Url {
        let mut url = self.admin_url.clone();
        url.set_path(database);
        url
    }
}

/// A database of one test's own, dropped with this, together with the connections to it.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its name.
    pub name: String,
    /// The superuser's URL of it.
    pub admin_url: String,
    cluster_url: String,
}

impl TestDatabase {
    /// A URL of it for another login.
    pub fn url_as(&self, user: &str, password: &str) -> String {
        let mut url = Url::parse(&self.admin_url).expect("a URL");
        url.set_username(user)
            .and_then(|()| url.set_password(Some(password)))
            .expect("a URL with a host takes a login");
        url.into()
    }
}

impl Drop for TestDatabase {
    /// On a thread with a runtime of its own: the test's can't be waited for from here.
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", quoted(&self.name));
        let cluster_url = std::mem::take(&mut self.cluster_url);
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut admin = connect(&cluster_url).await;
                run(&mut admin, &statement).await.expect("the test's database goes");
                admin.close().await.expect("the connection closes");
            });
        });
        // A test that failed already is not made to abort by its database.
        let dropped = dropping.join();
        assert!(
            dropped.is_ok() || thread::panicking(),
            "the database {} could not be dropped",
            self.name
        );
    }
}

fn admin_url(server: &LocalServer) -> Url {
    Url::parse(server.url("postgres").expose_secret()).expect("a URL")
}

/// Starts what ends the server and removes the folder after this process. In a process group of its own: Ctrl-C in a
/// terminal is not for it.
pub(crate) fn watch(folder: &Path) -> Child {
    Command::new("sh")
        .args(["-c", WATCHDOG, "watchdog"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("a shell")
}

async fn connect(url: &str) -> PgConnection {
    PgConnection::connect(url).await.expect("the run's cluster answers")
}

/// Runs one statement that can't have parameters.
async fn run(connection: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
    connection.execute(statement).await.map(|_| ())
}

fn is_in_use(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .is_some_and(|code| code == IN_USE)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
