//! What backups need of this computer: PostgreSQL's client programs, and a scratch server to restore into.

use std::{
    env, fs, io,
    io::Write,
    os::unix::fs::PermissionsExt,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use app::{
    backup::{Toolbox, Tools},
    database::{Address, TlsMode},
    host::HostError,
};
use secrecy::{ExposeSecret, SecretString};
use workspace::{Binaries, Clients, Durability, Host, LocalServer, Options, SearchPath};

use crate::server::{host_error, random_password};

/// Waits until this program has ended, however it has, or has said that it is done; then ends the server and removes the
/// folder. What was restored never outlives the program that looks at it.
const WATCHDOG: &str = r#"
cat > /dev/null
file=$1/server/pgdata/postmaster.pid
pid=$(head -n 1 "$file" 2> /dev/null) && kill -INT "$pid"
tries=0
while [ -e "$file" ] && [ $tries -lt 300 ]; do tries=$((tries + 1)); sleep 0.1; done
rm -rf "$1"
"#;

fn search() -> SearchPath {
    SearchPath::new(env::var_os("PATH"))
}

/// All `pg_dump` and `pg_restore` of this computer.
pub fn toolbox() -> Toolbox {
    let tools = Clients::find_all(&search()).into_iter().map(|clients| Tools {
        folder: clients.folder().to_owned(),
        major: clients.major(),
    });
    Toolbox::new(tools.collect())
}

/// A private server that nothing is kept of.
pub struct Scratch {
    server: LocalServer,
    password: SecretString,
    watchdog: Child,
    folder: PathBuf,
}

impl Scratch {
    /// Starts one that is no older than that, in a folder of its own below `parent`.
    pub async fn start(parent: &Path, least_major: u32) -> Result<Self, HostError> {
        let failed =
            |why: io::Error| HostError::Workspace(format!("The scratch server's folder can't be made: {why}."));
        let binaries = Binaries::at_least(&search(), least_major).map_err(host_error)?;
        let password = random_password().map_err(|error| HostError::Workspace(error.to_string()))?;
        fs::create_dir_all(parent).map_err(failed)?;
        // Not to be read by others; root's server runs under another account, which has to get through.
        let folder = tempfile::Builder::new()
            .prefix("containerstacks-scratch-")
            .permissions(fs::Permissions::from_mode(0o711))
            .tempdir_in(parent)
            .map_err(failed)?
            .keep();
        let watchdog = watch(&folder).map_err(failed)?;
        let mut options = Options::new(folder.join("server"), password.clone(), binaries);
        // It is thrown away: what a crash of the computer would cost doesn't matter.
        options.durability = Durability::Fast;
        match LocalServer::start(options).await {
            Ok(server) => Ok(Self {
                server,
                password,
                watchdog,
                folder,
            }),
            Err(error) => {
                end(watchdog);
                Err(host_error(error))
            }
        }
    }

    /// Its superuser's way into the database `postgres`.
    pub fn address(&self) -> Address {
        let connection = self.server.connection();
        Address {
            host: match &connection.host {
                Host::Socket(folder) => folder.to_string_lossy().into_owned(),
                Host::Loopback => "127.0.0.1".to_owned(),
            },
            port: connection.port,
            database: "postgres".to_owned(),
            login: connection.user.to_owned(),
            password: self.password.expose_secret().to_owned(),
            tls: TlsMode::Disable,
            root_certificate: None,
        }
    }

    /// Ends it, and removes all of it; whether that is done.
    pub async fn end(self) -> bool {
        if let Err(error) = self.server.stop().await {
            tracing::warn!(%error, "the scratch server could not be stopped");
        }
        let watchdog = self.watchdog;
        let done = tokio::task::spawn_blocking(move || end(watchdog)).await;
        done.is_ok() && !self.folder.exists()
    }
}

fn watch(folder: &Path) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", WATCHDOG, "sh"])
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // An interruption at the terminal is for the program, not for what cleans up behind it.
        .process_group(0)
        .spawn()
}

fn end(mut watchdog: Child) {
    if let Some(mut input) = watchdog.stdin.take() {
        drop(input.flush());
    }
    drop(watchdog.wait());
}
