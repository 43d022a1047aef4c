//! What these tests share.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use app::backup::{
    BackupError, Create, Created, Lock, Opener, SecretKey, Toolbox, Tools, Verified, Verify, create, verify,
};
use app::database::Address;
use chrono::{DateTime, Utc};
use cs_tests::csctl::{self, Said};
use cs_tests::workspace_db::{Login, WorkspaceDb};
use secrecy::ExposeSecret;
use sqlx::{AssertSqlSafe, PgConnection};
use store::roles::LoginKind;
use tempfile::TempDir;
use workspace::{Clients, SearchPath};

pub const CLIENT: &str = "tests";

/// A workspace with a login for backups, a key, and an empty folder.
pub struct Yard {
    pub db: WorkspaceDb,
    pub login: Login,
    pub key: SecretKey,
    pub root: TempDir,
}

pub fn toolbox() -> Toolbox {
    let tools = Clients::find_all(&SearchPath::new(std::env::var_os("PATH")));
    let tools = tools.into_iter().map(|clients| Tools {
        folder: clients.folder().to_owned(),
        major: clients.major(),
    });
    Toolbox::new(tools.collect())
}

pub fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "tests are an edge")]
    Utc::now()
}

pub fn address(url: &str) -> Address {
    Address::from_url(url).unwrap()
}

impl Yard {
    pub async fn new() -> Self {
        let db = WorkspaceDb::new().await;
        let login = db.login(LoginKind::Backup).await;
        Self {
            db,
            login,
            key: SecretKey::random(),
            root: tempfile::tempdir().unwrap(),
        }
    }

    pub fn folder(&self) -> PathBuf {
        self.root.path().join("backups")
    }

    pub fn opener(&self) -> Opener {
        Opener::SecretKey(self.key.clone())
    }

    pub async fn create(&self) -> Created {
        self.try_create(&self.login.url, &toolbox()).await.unwrap()
    }

    pub async fn try_create(&self, url: &str, toolbox: &Toolbox) -> Result<Created, BackupError> {
        create(&Create {
            place: &address(url),
            client: CLIENT,
            toolbox,
            folder: &self.folder(),
            lock: &Lock::PublicKeys(vec![self.key.public_key()]),
            lease: None,
        })
        .await
    }

    pub async fn verify(&self, archive: &Path) -> Result<Verified, BackupError> {
        verify_with(archive, &self.opener()).await
    }

    /// Everything in the folder, by name.
    pub fn files(&self) -> Vec<String> {
        files(&self.folder())
    }

    /// A file of mode 0600.
    pub fn private(&self, name: &str, content: &str) -> String {
        let path = self.root.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn key_file(&self) -> String {
        self.private("backup.key", self.key.to_text().expose_secret())
    }

    pub fn csctl(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = csctl::command(arguments);
        command
            .env("HOME", self.root.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }
}

pub async fn verify_with(archive: &Path, opener: &Opener) -> Result<Verified, BackupError> {
    verify(&Verify {
        archive,
        opener,
        toolbox: &toolbox(),
        client: CLIENT,
        now: now(),
    })
    .await
}

pub fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .map(|entries| {
            entries
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

/// Every row of every table of the workspace, as a superuser sees it, hashed by the server: nothing of the program's own
/// way of hashing.
pub async fn content(connection: &mut PgConnection) -> BTreeMap<String, (i64, String)> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'r' AND (n.nspname = 'public' OR n.nspname ~ '^cs_') ORDER BY 1",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut all = BTreeMap::new();
    for table in tables {
        let row: (i64, String) = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM {table} t"
        )))
        .fetch_one(&mut *connection)
        .await
        .unwrap();
        all.insert(table, row);
    }
    all
}
