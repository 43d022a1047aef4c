//! A private PostgreSQL for the length of a chore.

use std::{fs::Permissions, future::Future, os::unix::fs::PermissionsExt};

use secrecy::SecretString;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, postgres::PgConnectOptions};
use tempfile::TempDir;
use tokio::signal::unix::{SignalKind, signal};
use workspace::{Binaries, Durability, LocalServer, Options, SearchPath};

use crate::Failure;

/// A server that forgets everything, in a folder that goes with it.
pub struct Cluster {
    server: LocalServer,
    _folder: TempDir,
}

impl Cluster {
    async fn start() -> Result<Self, Failure> {
        // PostgreSQL refuses to run as root: its account has to get through to the folder inside.
        let folder = tempfile::Builder::new()
            .prefix("containerstacks-tests-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()?;
        let binaries = Binaries::find(&SearchPath::new(std::env::var_os("PATH")))?;
        let password = SecretString::from("only-this-computer-reaches-it");
        let options = Options {
            durability: Durability::Fast,
            ..Options::new(folder.path().join("cluster"), password, binaries)
        };
        Ok(Self {
            server: LocalServer::start(options).await?,
            _folder: folder,
        })
    }

    /// A URL of the superuser.
    pub fn url(&self, database: &str) -> SecretString {
        self.server.url(database)
    }

    /// Runs statements as the superuser.
    pub async fn execute(&self, database: &str, statements: &str) -> Result<(), Failure> {
        use secrecy::ExposeSecret;
        let options: PgConnectOptions = self.url(database).expose_secret().parse()?;
        let mut connection = options.disable_statement_logging().connect().await?;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(statements.to_owned())))
            .await?;
        connection.close().await?;
        Ok(())
    }
}

/// Starts a cluster, does the work, and stops the cluster whatever came of it, an interruption from the keyboard or by
/// a signal included.
pub fn with_cluster<F>(work: impl FnOnce(Cluster) -> F) -> Result<(), Failure>
where
    F: Future<Output = (Cluster, Result<(), Failure>)>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let cluster = Cluster::start().await?;
        let (cluster, done) = work(cluster).await;
        cluster.server.stop().await?;
        done
    })
}

/// Ends when somebody wants the chore to end.
pub async fn interrupted() -> Result<(), Failure> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminated.recv() => {}
    }
    Ok(())
}
