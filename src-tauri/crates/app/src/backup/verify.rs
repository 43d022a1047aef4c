//! Reading a whole backup, and comparing what is in it with what it says is in it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufReader, Write},
    path::Path,
    process::Stdio,
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::spawn_blocking;
use vault::Opener;

use super::{
    BackupError, Toolbox,
    archive::{self, Content},
    content::{Tally, plain, tally_script},
    manifest::{self, Archive, Evidence, Found, Manifest},
    tools::Running,
};

/// What is to be read.
pub struct Verify<'a> {
    /// The archive.
    pub archive: &'a Path,
    /// What opens it.
    pub opener: &'a Opener,
    /// `pg_restore`.
    pub toolbox: &'a Toolbox,
    /// How this program names itself in what it keeps.
    pub client: &'a str,
    /// When this begins.
    pub now: DateTime<Utc>,
}

/// A backup that was read to its end and is whole.
#[derive(Debug)]
pub struct Verified {
    /// What it says of itself, with the hashes.
    pub manifest: Manifest,
    /// Whether what lies beside it was lost, and is there again.
    pub manifest_renewed: bool,
    /// How long it took.
    pub took_ms: u64,
}

/// Reads all of it. What is found out is kept beside it, good or bad.
pub async fn verify(order: &Verify<'_>) -> Result<Verified, BackupError> {
    let began = Instant::now();
    let beside = manifest::beside(order.archive)?;
    let outcome = look(order, beside.as_ref()).await;
    let known = |archive: &Archive| Evidence::of(order.archive, &archive.sha256);
    match outcome {
        Ok(manifest) => {
            let archive = manifest.archive.clone();
            if beside.is_none() {
                let mut lost = manifest.common();
                lost.archive.clone_from(&archive);
                manifest::write_beside(&manifest::names(order.archive).manifest, &lost)?;
            }
            let took_ms = elapsed(began);
            if let Some(mut evidence) = archive.as_ref().map(known) {
                evidence.verified = Some(found(order, took_ms, None));
                evidence.failed = None;
                evidence.keep(order.archive)?;
            }
            Ok(Verified {
                manifest,
                manifest_renewed: beside.is_none(),
                took_ms,
            })
        }
        Err(error) => {
            let archive = beside.and_then(|beside| beside.archive);
            if let Some(mut evidence) = archive.as_ref().map(known).filter(|_| error.condemns()) {
                evidence.failed = Some(found(order, elapsed(began), Some(error.to_string())));
                // The first error is what is told.
                drop(evidence.keep(order.archive));
            }
            Err(error)
        }
    }
}

pub(super) fn elapsed(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn found(order: &Verify<'_>, took_ms: u64, says: Option<String>) -> Found {
    let took = TimeDelta::milliseconds(i64::try_from(took_ms).unwrap_or(0));
    Found {
        at: order.now + took,
        took_ms,
        program: order.client.to_owned(),
        says,
    }
}

async fn look(order: &Verify<'_>, beside: Option<&Manifest>) -> Result<Manifest, BackupError> {
    let tools = match beside {
        Some(beside) => order.toolbox.at_least(beside.dump.major)?,
        None => order.toolbox.newest()?,
    };
    let mut command = tools.command("pg_restore", order.client, None);
    command
        .args(["--data-only", "--file=-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut reader = tools.start("pg_restore", command)?;
    let script = reader.output()?;
    let tally = spawn_blocking(move || tally_script(BufReader::with_capacity(archive::PIECE, script)));
    let (content, read) = feed(order, beside, reader).await?;
    read.map_err(|said| BackupError::Damaged(format!("pg_restore can't read the dump inside: {said}")))?;
    let dumped = tally
        .await
        .map_err(|_| interrupted())?
        .map_err(|why| BackupError::Damaged(format!("the dump inside ends too early: {why}")))?;
    check(content, beside, &dumped, order.archive)
}

fn interrupted() -> BackupError {
    BackupError::Tools("The work was interrupted.".to_owned())
}

/// Opens the archive into a `pg_restore`; what is in it, and what that says of it.
pub(super) async fn feed(
    order: &Verify<'_>,
    beside: Option<&Manifest>,
    mut reader: Running,
) -> Result<(Content, Result<(), String>), BackupError> {
    let mut input = reader.input()?;
    let (path, opener) = (order.archive.to_owned(), order.opener.clone());
    let reading = spawn_blocking(move || archive::read(&path, &opener, |piece| input.write_all(piece)));
    let content = reading.await.map_err(|_| interrupted())?;
    match content {
        Ok(content) => Ok((content, reader.end().await)),
        Err(error) => Err(told_apart(order.archive, beside, error).await),
    }
}

/// A head that was changed looks like one of another key; the file's hash tells them apart.
async fn told_apart(path: &Path, beside: Option<&Manifest>, error: BackupError) -> BackupError {
    let known = beside.and_then(|beside| beside.archive.clone());
    let (Some(known), BackupError::WrongKey | BackupError::NotABackup { .. }) = (known, &error) else {
        return error;
    };
    let path = path.to_owned();
    match spawn_blocking(move || archive::measure(&path)).await {
        Ok(Ok(measured)) if measured.sha256 != known.sha256 => BackupError::Damaged(
            if measured.bytes < known.bytes {
                "it was cut short"
            } else {
                "its head was changed"
            }
            .to_owned(),
        ),
        _ => error,
    }
}

fn check(
    content: Content,
    beside: Option<&Manifest>,
    dumped: &BTreeMap<String, Tally>,
    path: &Path,
) -> Result<Manifest, BackupError> {
    let mut manifest = content.manifest;
    if (content.dump.bytes, &content.dump.sha256) != (manifest.dump.bytes, &manifest.dump.sha256) {
        return Err(BackupError::Damaged(
            "the dump inside is not the one that was taken".to_owned(),
        ));
    }
    let file = Archive {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: content.archive.bytes,
        sha256: content.archive.sha256,
    };
    if let Some(beside) = beside {
        if beside.common() != manifest.common() {
            return Err(BackupError::Damaged(
                "what lies beside it says something else than what is inside; one of the two is another backup's"
                    .to_owned(),
            ));
        }
        let known = beside.archive.as_ref();
        if known.is_none_or(|known| (known.bytes, &known.sha256) != (file.bytes, &file.sha256)) {
            return Err(BackupError::Damaged("it is not the file that was written".to_owned()));
        }
    }
    let differences = differing(&manifest, dumped);
    if !differences.is_empty() {
        return Err(BackupError::Differs(differences));
    }
    manifest.archive = Some(file);
    Ok(manifest)
}

/// Tables whose content isn't what the manifest says.
pub(super) fn differing(manifest: &Manifest, found: &BTreeMap<String, Tally>) -> Vec<String> {
    let mut differences = Vec::new();
    for table in &manifest.tables {
        match found.get(&plain(&table.name)) {
            None => differences.push(format!("{} is missing", table.name)),
            Some(tally) if tally.rows() != table.rows => {
                differences.push(format!("{} has {} of {} rows", table.name, tally.rows(), table.rows));
            }
            Some(tally) if Some(tally.hash()) != table.hash => {
                differences.push(format!("{} has other rows", table.name));
            }
            Some(_) => {}
        }
    }
    let known: std::collections::BTreeSet<String> = manifest.tables.iter().map(|table| plain(&table.name)).collect();
    let extra = found.keys().filter(|name| !known.contains(*name));
    differences.extend(extra.map(|name| format!("{name} should not be there")));
    differences
}

/// Whether somebody writes this file now.
pub(super) fn is_held(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(std::fs::TryLockError::WouldBlock)))
}
