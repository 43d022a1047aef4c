//! A workspace's folder for one test, with its server ended and its files gone however the test ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use workspace::{Binaries, Durability, Event, Events, LocalServer, Options, SearchPath};

pub const PASSWORD: &str = "not a secret: 100%'\\";
/// Nothing that is waited for takes nearly as long.
pub const DEADLINE: Duration = Duration::from_mins(1);

pub struct Home {
    root: TempDir,
    name: String,
    pub durability: Durability,
    pub events: Arc<Mutex<Vec<Event>>>,
}

impl Home {
    /// A folder that every account can reach: as root, the server runs under the account `postgres` if there is one.
    pub fn open_to_all() -> Self {
        let home = Self::named("work space");
        fs::set_permissions(home.root.path(), Permissions::from_mode(0o711)).unwrap();
        home
    }

    /// A folder below one that only its owner may enter: as root, the server keeps the right to pass through it, or
    /// runs in a user namespace where there is no account `postgres`.
    pub fn private() -> Self {
        Self::named("work space")
    }

    /// A private one that forgets nothing that was committed.
    pub fn durable() -> Self {
        let mut home = Self::private();
        home.durability = Durability::Safe;
        home
    }

    pub fn named(name: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o700)).unwrap();
        Self {
            root,
            name: name.to_owned(),
            durability: Durability::Fast,
            events: Arc::default(),
        }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.root.path().join(&self.name)
    }

    pub fn pgdata(&self) -> PathBuf {
        self.data_dir().join("pgdata")
    }

    pub fn short_dir(&self) -> &Path {
        self.root.path()
    }

    pub fn options(&self) -> Options {
        let events = Arc::clone(&self.events);
        let mut options = options(&self.data_dir());
        options.durability = self.durability;
        options.short_dir = self.short_dir().to_owned();
        options.events = Events::to(move |event| events.lock().unwrap().push(event.clone()));
        options
    }

    pub async fn start(&self) -> LocalServer {
        LocalServer::start(self.options()).await.unwrap()
    }

    pub fn seen(&self, wanted: impl Fn(&Event) -> bool) -> bool {
        self.events.lock().unwrap().iter().any(wanted)
    }

    fn server_pid(&self) -> Option<u32> {
        let text = fs::read_to_string(self.pgdata().join("postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Some(pid) = self.server_pid()
            && is_postgres(pid)
        {
            signal(pid, Signal::QUIT);
            wait_until("the server has ended", || !is_postgres(pid));
        }
    }
}

pub fn options(data_dir: &Path) -> Options {
    let search = SearchPath::new(std::env::var_os("PATH"));
    let binaries = Binaries::find(&search).unwrap();
    Options::new(data_dir, PASSWORD.into(), binaries)
}

/// Whether `pid` is a PostgreSQL that has not ended; one that nobody waited for has no arguments any more.
pub fn is_postgres(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|arguments| arguments.contains("postgres"))
}

pub fn signal(pid: u32, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// Looks until it is so; fails when it takes far too long.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !so() {
        assert!(Instant::now() < deadline, "waited too long until {what}");
        std::thread::yield_now();
    }
}

pub async fn connect(server: &LocalServer) -> PgConnection {
    PgConnection::connect(server.url("postgres").expose_secret())
        .await
        .unwrap()
}

pub async fn ask(connection: &mut PgConnection, statement: &'static str) -> String {
    sqlx::query_scalar(statement).fetch_one(connection).await.unwrap()
}
