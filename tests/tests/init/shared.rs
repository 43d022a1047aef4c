//! What these tests share.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use app::password;
use cs_tests::cluster::{TestDatabase, cluster};
use cs_tests::csctl::{self, Said};
use cs_tests::workspace_db::{PASSWORD, ask, connect, run};
use secrecy::SecretString;
use sqlx::{AssertSqlSafe, PgConnection};
use store::init::{DatabaseState, FirstAdmin, InitError, InitRequest, Initialized, initialize, inspect};
use store::roles::NewLogin;
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

pub const BY_HAND: &str = include_str!("../../fixtures/documented_by_hand.sql");

pub const PLAIN: &str = include_str!("../../../migrations/0001_documented_schema.sql");

pub const BOSS: &str = "boss@halyard.example";

pub fn unique() -> String {
    #[expect(clippy::disallowed_methods, reason = "tests are an edge")]
    let id = Uuid::new_v4();
    id.simple().to_string()
}

pub fn request() -> InitRequest {
    let login = |kind: &str| NewLogin {
        login: format!("{kind}_{}", unique()),
        password: format!("{}{}", unique(), unique()),
    };
    InitRequest {
        name: "Halyard".to_owned(),
        is_test: false,
        first_admin: FirstAdmin {
            email: BOSS.to_owned(),
            first_name: None,
            last_name: Some("Boss".to_owned()),
            password_hash: password::hash_new(&SecretString::from(PASSWORD)).unwrap(),
        },
        desk_label: "First desk".to_owned(),
        desk: login("desk"),
        agent: login("agent"),
    }
}

pub async fn empty() -> TestDatabase {
    cluster().await.fresh_database(None).await
}

pub async fn with(sql: &str) -> TestDatabase {
    let database = empty().await;
    run(&mut connect(&database.admin_url).await, sql).await;
    database
}

pub async fn make(database: &TestDatabase) -> Result<(Initialized, InitRequest), InitError> {
    let request = request();
    let made = initialize(&mut connect(&database.admin_url).await, &request).await?;
    Ok((made, request))
}

pub async fn state(database: &TestDatabase) -> DatabaseState {
    inspect(&mut connect(&database.admin_url).await).await.unwrap()
}

/// Each row of each table of the schema `public`, as a hash of its columns by name: of the columns in `only`, so that
/// a table that has got more of them can be compared.
pub async fn hashes(connection: &mut PgConnection, only: Option<&Rows>) -> Rows {
    let tables: Vec<(String, Vec<String>)> = sqlx::query_as(
        "SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY 1",
    )
    .fetch_all(&mut *connection)
    .await
    .unwrap();
    let mut rows = Rows::default();
    for (table, columns) in tables {
        let columns = match only.map(|only| only.columns.get(&table)) {
            None => columns,
            Some(Some(columns)) => columns.clone(),
            Some(None) => continue,
        };
        let list = columns
            .iter()
            .map(|column| format!("'{column}', t.{column}"))
            .collect::<Vec<_>>()
            .join(", ");
        let key = if columns.contains(&"id".to_owned()) {
            "id"
        } else {
            &columns[0]
        };
        let sql = format!("SELECT t.{key}::text, md5(jsonb_build_object({list})::text) FROM public.{table} t");
        let found: Vec<(String, String)> = sqlx::query_as(AssertSqlSafe(sql))
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        rows.hashes
            .extend(found.into_iter().map(|(id, hash)| ((table.clone(), id), hash)));
        rows.columns.insert(table, columns);
    }
    rows
}

#[derive(Default, PartialEq, Debug)]
pub struct Rows {
    pub columns: BTreeMap<String, Vec<String>>,
    pub hashes: BTreeMap<(String, String), String>,
}

/// The catalogue and the cluster's roles, as one hash.
pub async fn catalogue(connection: &mut PgConnection) -> String {
    ask(
        connection,
        "SELECT md5(concat(
           (SELECT string_agg(c::text, '' ORDER BY oid) FROM (SELECT oid, relname, relowner, relkind, relrowsecurity, relforcerowsecurity, relacl, relhastriggers FROM pg_class WHERE oid >= 16384) c),
           (SELECT string_agg(concat(attrelid, attname, atttypid, atttypmod, attnotnull, attacl), '' ORDER BY attrelid, attnum) FROM pg_attribute WHERE attrelid >= 16384),
           (SELECT string_agg(concat(oid, conname, pg_get_constraintdef(oid)), '' ORDER BY oid) FROM pg_constraint WHERE oid >= 16384),
           (SELECT string_agg(concat(oid, tgname), '' ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal),
           (SELECT string_agg(concat(oid, polname), '' ORDER BY oid) FROM pg_policy),
           (SELECT string_agg(concat(oid, proname, proowner, prosrc), '' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
           (SELECT string_agg(concat(oid, nspname, nspowner, nspacl), '' ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_t'),
           (SELECT concat(datdba, datacl) FROM pg_database WHERE datname = current_database()),
           (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()),
           (SELECT count(*) FROM pg_roles WHERE shobj_description(oid, 'pg_authid') LIKE '%database ' || current_database())))",
    )
    .await
}

// csctl, as a script runs it.

pub struct Script {
    pub folder: TempDir,
    pub database: TestDatabase,
    /// Without its password, which the cluster's superuser has.
    pub url: String,
    pub password: String,
}

impl Script {
    pub async fn new(sql: &str) -> Self {
        let database = with(sql).await;
        let mut url = Url::parse(&database.admin_url).unwrap();
        let password = url.password().unwrap_or_default().to_owned();
        url.set_password(None).unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            url: url.into(),
            password,
            database,
        }
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("desk.urls")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = csctl::command(arguments);
        command.env("HOME", self.folder.path()).stdin(Stdio::piped());
        command
    }

    pub fn start(&self, arguments: &[&str], input: &str) -> Child {
        let mut child = self
            .command(arguments)
            .env("PGPASSWORD", &self.password)
            .spawn()
            .unwrap();
        // A program that doesn't read it has closed its end.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        child
    }

    pub fn run(&self, arguments: &[&str], input: &str) -> Said {
        Said::of(&self.start(arguments, input).wait_with_output().unwrap())
    }

    pub fn init_arguments<'a>(&'a self, file: &'a str) -> Vec<&'a str> {
        vec![
            "db",
            "init",
            "--database-url",
            &self.url,
            "--admin-email",
            BOSS,
            "--admin-password-stdin",
            "--credentials-file",
            file,
        ]
    }

    pub fn init(&self, more: &[&str]) -> Said {
        let file = self.file();
        let mut arguments = self.init_arguments(file.to_str().unwrap());
        arguments.extend(more);
        self.run(&arguments, &format!("{PASSWORD}\n"))
    }
}

pub fn lines(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}
