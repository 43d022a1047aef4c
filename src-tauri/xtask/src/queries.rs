//! What the compiler knows of the queries when there is no database: `.sqlx`, one file for each query.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process,
};

use secrecy::ExposeSecret;

use crate::{
    Failure,
    cluster::{self, Cluster},
    shell,
};

/// The crate in which the queries are.
const PACKAGE: &str = "cs-store";
const DATABASE: &str = "queries";
/// The groups that the migrations grant to; `csctl db init` makes them on a real server.
const GROUPS: [&str; 9] = [
    "owner", "staff", "admin", "support", "finance", "customer", "agent", "service", "backup",
];

fn committed() -> PathBuf {
    shell::root().join(".sqlx")
}

/// Writes the files anew.
pub fn prepare() -> Result<(), Failure> {
    let fresh = described()?;
    let known = files(&committed())?;
    fs::create_dir_all(committed())?;
    for name in known.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(committed().join(name))?;
    }
    for (name, content) in fresh
        .iter()
        .filter(|(name, content)| known.get(*name) != Some(*content))
    {
        fs::write(committed().join(name), content)?;
    }
    shell::say(&format!("Written: .sqlx, {} queries.", fresh.len()));
    Ok(())
}

/// Compares them with what a fresh database says.
pub fn check() -> Result<(), Failure> {
    let fresh = described()?;
    if fresh == files(&committed())? {
        shell::say(&format!(
            "The data of {} queries is that of a fresh database.",
            fresh.len()
        ));
        return Ok(());
    }
    Err(Failure::Check(
        ".sqlx is not what a fresh database says of the queries: run make sqlx.".to_owned(),
    ))
}

/// The files as a fresh, migrated database has them written.
fn described() -> Result<BTreeMap<String, String>, Failure> {
    let made = tempfile::tempdir()?;
    cluster::with_cluster(async |cluster| {
        let done = describe(&cluster, made.path()).await;
        (cluster, done)
    })?;
    files(made.path())
}

async fn describe(cluster: &Cluster, folder: &Path) -> Result<(), Failure> {
    let groups: Vec<String> = GROUPS
        .iter()
        .map(|group| format!("CREATE ROLE containerstacks_{group} NOLOGIN NOINHERIT;"))
        .collect();
    cluster.execute("postgres", &groups.concat()).await?;
    cluster
        .execute(
            "postgres",
            &format!("CREATE DATABASE {DATABASE} OWNER containerstacks_owner"),
        )
        .await?;
    let migrations = shell::root().join("migrations");
    for (_, sql) in files(&migrations)? {
        cluster.execute(DATABASE, &sql).await?;
    }
    // The macros write a file for each query that they meet. The nonce makes rustc meet them all, in this crate only.
    let nonce = format!("metadata=queries-{}", process::id());
    let mut check = shell::command(
        "cargo",
        &[
            "rustc",
            "-q",
            "-p",
            PACKAGE,
            "--lib",
            "--profile",
            "check",
            "--",
            "-C",
            &nonce,
        ],
    );
    check
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", folder)
        .env("DATABASE_URL", cluster.url(DATABASE).expose_secret());
    shell::run(&mut check)
}

/// The files of a folder by name, empty when there is no such folder.
fn files(folder: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let entries = match folder.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(error.into()),
    };
    let mut found = BTreeMap::new();
    for entry in entries {
        let path = entry?.path();
        if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
            found.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}
