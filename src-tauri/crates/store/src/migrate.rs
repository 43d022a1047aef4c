//! Migrations: plain SQL, forward only, each in a transaction of its own, run as the owner.

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::{
    StoreError,
    roles::{self, RolePrefix},
};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number, counted from 1.
    pub version: i32,
    /// Its name, for people.
    pub name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ( $( $version:literal $name:literal, )+ ) => {
        /// All migrations that this program knows, in order.
        pub const MIGRATIONS: &[Migration] = &[$( Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../../../migrations/", $name, ".sql")),
        }, )+];
    };
}

migrations! {
    1 "0001_documented_schema",
    2 "0002_documented_completions",
    3 "0003_additions",
    4 "0004_sign_in",
    5 "0005_ledger_and_log",
    6 "0006_matrix",
    7 "0007_tools",
    8 "0008_metering",
    9 "0009_outbox",
    10 "0010_providers",
    11 "0011_plans",
    12 "0012_pages",
    13 "0013_invoices",
    14 "0014_operators",
    15 "0015_people",
    16 "0016_log_chain",
    17 "0017_desks",
    18 "0018_key_rotation",
    19 "0019_backup",
    20 "0020_proof",
    21 "0021_agent",
    23 "0023_ledger_rest",
    24 "0024_intents",
    25 "0025_other_charges",
    26 "0026_containers",
    27 "0027_drift",
    28 "0028_server_detail",
    29 "0029_margin",
}

/// The version of the schema that this program works with.
pub const VERSION: i32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// Whether this program can work with a schema of that version.
pub fn check_version(found: i32) -> Result<(), StoreError> {
    match found {
        VERSION => Ok(()),
        found if found < VERSION => Err(StoreError::TooOld { found, needed: VERSION }),
        found => Err(StoreError::TooNew { found, known: VERSION }),
    }
}

impl Migration {
    /// The statements with the workspace's role names in them.
    fn sql_for(&self, prefix: &RolePrefix) -> String {
        self.sql.replace("containerstacks_", &format!("{}_", prefix.as_str()))
    }

    /// Of the text as written, so that a changed file is noticed.
    fn checksum(&self) -> Vec<u8> {
        Sha256::digest(self.sql.as_bytes()).to_vec()
    }
}

/// What a migration run did.
#[derive(Debug, Default, serde::Serialize)]
pub struct Migrated {
    /// The version before, 0 for an empty database.
    pub from: i32,
    /// The version now.
    pub to: i32,
    /// The names of the migrations that ran.
    pub applied: Vec<&'static str>,
}

/// The version of a database, or `None` when it holds no workspace. For an administrator.
pub async fn version(connection: &mut PgConnection) -> Result<Option<i32>, StoreError> {
    let exists: bool = sqlx::query_scalar("SELECT to_regclass('cs_meta.migrations') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !exists {
        return Ok(None);
    }
    Ok(sqlx::query_scalar("SELECT max(version) FROM cs_meta.migrations")
        .fetch_one(connection)
        .await?)
}

const BOOKKEEPING: &str = include_str!("../../../../migrations/0000_bookkeeping.sql");

/// Prepares the table that remembers migrations and what the workspace is. Owned by the owner.
pub(crate) async fn prepare(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    name: &str,
    is_test: bool,
) -> Result<(), StoreError> {
    let mut transaction = connection.begin().await?;
    raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {}", prefix.role("owner"))))
        .execute(&mut *transaction)
        .await?;
    raw_sql(BOOKKEEPING).execute(&mut *transaction).await?;
    sqlx::query("INSERT INTO cs_meta.workspace (name, role_prefix, is_test) VALUES ($1, $2, $3)")
        .bind(name)
        .bind(prefix.as_str())
        .bind(is_test)
        .execute(&mut *transaction)
        .await?;
    raw_sql("SET LOCAL ROLE NONE").execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(())
}

/// Runs what is missing. Two programs at once stand in line. `adopted` are migrations whose tables exist already.
pub async fn run(connection: &mut PgConnection, prefix: &RolePrefix, adopted: &[i32]) -> Result<Migrated, StoreError> {
    let from = version(connection).await?.unwrap_or(0);
    if from > VERSION {
        return Err(StoreError::TooNew {
            found: from,
            known: VERSION,
        });
    }
    let mut done = Migrated {
        from,
        to: from,
        applied: Vec::new(),
    };
    if from < VERSION {
        // Groups that newer migrations name. They belong to the cluster, so the owner can't make them.
        let mut transaction = connection.begin().await?;
        roles::complete(&mut transaction, prefix).await?;
        transaction.commit().await?;
    }
    for migration in MIGRATIONS {
        let mut transaction = connection.begin().await?;
        raw_sql(AssertSqlSafe(format!(
            "SET LOCAL ROLE {}; SET LOCAL TimeZone = 'UTC'; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'; SET LOCAL client_min_messages = warning;
             LOCK TABLE cs_meta.migrations IN SHARE ROW EXCLUSIVE MODE;",
            prefix.role("owner")
        )))
        .execute(&mut *transaction)
        .await?;
        let known: Option<Vec<u8>> = sqlx::query_scalar("SELECT checksum FROM cs_meta.migrations WHERE version = $1")
            .bind(migration.version)
            .fetch_optional(&mut *transaction)
            .await?;
        if let Some(checksum) = known {
            if checksum != migration.checksum() {
                return Err(StoreError::Rule(format!("migration_{}_unchanged", migration.name)));
            }
            transaction.rollback().await?;
            continue;
        }
        let is_adopted = adopted.contains(&migration.version);
        if !is_adopted {
            raw_sql(AssertSqlSafe(migration.sql_for(prefix)))
                .execute(&mut *transaction)
                .await?;
        }
        sqlx::query("INSERT INTO cs_meta.migrations (version, name, checksum, adopted) VALUES ($1, $2, $3, $4)")
            .bind(migration.version)
            .bind(migration.name)
            .bind(migration.checksum())
            .bind(is_adopted)
            .execute(&mut *transaction)
            .await?;
        // Inside a caller's transaction this is a savepoint, and SET LOCAL would outlive it.
        raw_sql("SET LOCAL ROLE NONE").execute(&mut *transaction).await?;
        transaction.commit().await?;
        done.applied.push(migration.name);
        done.to = migration.version;
    }
    Ok(done)
}

/// The documented schema's own statements, for comparing a database with them.
pub(crate) fn documented_schema() -> &'static str {
    MIGRATIONS[0].sql
}

/// The documented indexes' own statements.
pub(crate) fn documented_indexes() -> impl Iterator<Item = &'static str> {
    MIGRATIONS[1]
        .sql
        .lines()
        .filter(|line| line.starts_with("CREATE INDEX IF NOT EXISTS "))
}

/// Names of the tables and indexes that this product adds in the schema `public`.
pub(crate) fn added_relations() -> impl Iterator<Item = &'static str> {
    MIGRATIONS[2].sql.lines().filter_map(|line| {
        let rest = ["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "]
            .iter()
            .find_map(|start| line.strip_prefix(start))?;
        rest.split([' ', '(']).next()
    })
}
