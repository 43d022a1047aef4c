//! Taking a backup.

use std::{
    collections::BTreeMap,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{BufReader, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::Stdio,
    time::Instant,
};

use chrono::{DateTime, Utc};
use store::{
    StoreError,
    backup::{About, Snapshot, Table},
    connect::Address,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;
use vault::Lock;

use super::{
    BackupError, Toolbox,
    archive::{self, Writer},
    content::{Tally, plain, tally_script},
    manifest::{
        self, ARCHIVE, Archive, Database, Dump, LogHead, Manifest, PARTIAL, SequenceAt, TableContent, Workspace,
    },
};

/// What is to be backed up, and where to.
pub struct Create<'a> {
    /// The database, over a login that sees everything.
    pub place: &'a Address,
    /// How this program shows itself.
    pub client: &'a str,
    /// `pg_dump` and `pg_restore`.
    pub toolbox: &'a Toolbox,
    /// The folder; made if it is missing, for its owner alone.
    pub folder: &'a Path,
    /// What it is sealed under.
    pub lock: &'a Lock,
    /// An agent's lease, which the database has to know: else it is another one than the agent's.
    pub lease: Option<Uuid>,
}

/// A backup that is there.
#[derive(Debug)]
pub struct Created {
    /// The archive.
    pub archive: PathBuf,
    /// What it says of itself, without the hashes.
    pub manifest: Manifest,
    /// How long it took.
    pub took_ms: u64,
}

/// What would be backed up.
#[derive(Debug)]
pub struct Prospect {
    /// The business.
    pub business: String,
    /// Of which instant.
    pub taken_at: DateTime<Utc>,
    /// How many tables.
    pub tables: usize,
    /// How many rows, where this login may have them counted.
    pub rows: Option<i64>,
    /// What of others would be left out.
    pub left_out: Vec<String>,
    /// The version of `pg_dump` that would do it.
    pub tool_major: u32,
}

/// Looks whether a backup could be taken. Writes nothing.
pub async fn prospect(place: &Address, client: &str, toolbox: &Toolbox) -> Result<Prospect, BackupError> {
    let (mut snapshot, about) = begin(place, client).await?;
    let tools = toolbox.at_least(major(&about))?;
    let rows = snapshot.witnessed().await?;
    let (schemas, relations) = snapshot.others().await?;
    let prospect = Prospect {
        business: about.business,
        taken_at: about.taken_at,
        tables: snapshot.tables.len(),
        rows: rows.map(|rows| rows.iter().map(|(_, rows)| rows).sum()),
        left_out: left_out(&schemas, &relations),
        tool_major: tools.major,
    };
    snapshot.end().await;
    Ok(prospect)
}

async fn begin(place: &Address, client: &str) -> Result<(Snapshot, About), BackupError> {
    let mut snapshot = Snapshot::take(place, client).await.map_err(|error| match error {
        StoreError::Stale => BackupError::Changing,
        StoreError::Forbidden => BackupError::NotAllSeen(vec!["its tables may not be read".to_owned()]),
        other => other.into(),
    })?;
    let hidden = snapshot.hidden().await?;
    if !hidden.is_empty() {
        return Err(BackupError::NotAllSeen(
            hidden.into_iter().map(|(name, why)| format!("{name}: {why}")).collect(),
        ));
    }
    let about = snapshot.about().await?;
    Ok((snapshot, about))
}

fn major(about: &About) -> u32 {
    u32::try_from(about.server_major).unwrap_or(0)
}

fn left_out(schemas: &[String], relations: &[String]) -> Vec<String> {
    let schemas = schemas.iter().map(|schema| format!("{schema}.*"));
    schemas.chain(relations.iter().cloned()).collect()
}

/// Takes a backup: whole, compared with the snapshot it is of, on the disk, or not at all.
pub async fn create(order: &Create<'_>) -> Result<Created, BackupError> {
    let began = Instant::now();
    let (mut snapshot, about) = begin(order.place, order.client).await?;
    if let Some(lease) = order.lease
        && !snapshot.knows_lease(lease).await?
    {
        return Err(BackupError::OtherDatabase);
    }
    let tools = order.toolbox.at_least(major(&about))?;
    let (schemas, relations) = snapshot.others().await?;
    // Before the dump begins: sequences only go on, so those in the dump are as far or farther.
    let sequences = snapshot.sequences().await?;
    let roles = snapshot.named_roles().await?;
    let (log_position, log_hash) = snapshot.log_head().await?;
    let witnessed = snapshot.witnessed().await?;

    #[expect(clippy::disallowed_methods, reason = "the number of a backup only has to be new")]
    let id = Uuid::new_v4();
    make_folder(order.folder)?;
    let archive = order.folder.join(name(&about, id));
    let partial = Partial::of(&archive);
    let file = partial.open()?;
    let lock = order.lock.clone();
    // A passphrase is made a key at some length.
    let writer = spawn_blocking(move || Writer::begin(file, &lock))
        .await
        .map_err(|_| interrupted())?
        .map_err(|_| BackupError::Tools("The archive can't be sealed; nothing was kept.".to_owned()))?;

    let mut command = tools.command("pg_dump", order.client, Some(order.place));
    command
        .args([
            "--format=custom",
            "--encoding=UTF8",
            "--enable-row-security",
            "--no-blobs",
            "--no-tablespaces",
        ])
        .args([
            "--no-publications",
            "--no-subscriptions",
            "--no-security-labels",
            "--lock-wait-timeout=30s",
        ])
        .arg(format!("--snapshot={}", snapshot.name))
        .args(schemas.iter().map(|schema| format!("--exclude-schema={schema}")))
        .args(relations.iter().map(|relation| format!("--exclude-table={relation}")))
        .stdout(Stdio::piped());
    let mut dump = tools.start("pg_dump", command)?;
    let mut command = tools.command("pg_restore", order.client, None);
    command
        .args(["--data-only", "--file=-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut reader = tools.start("pg_restore", command)?;
    let (written, into_reader, script) = (dump.output()?, reader.input()?, reader.output()?);
    let path = partial.path.clone();
    let pump = spawn_blocking(move || pump(written, into_reader, writer, &path));
    let tally = spawn_blocking(move || tally_script(BufReader::with_capacity(archive::PIECE, script)));

    // What is there, over another connection that reads the same snapshot, while pg_dump reads it too.
    let tables = snapshot.tables.clone();
    let mut there: BTreeMap<String, Tally> = BTreeMap::new();
    for table in &tables {
        let mut content = Tally::default();
        snapshot.read(table, |piece| content.feed(piece)).await?;
        there.insert(plain(&table.name), content);
    }
    let writer = pump.await.map_err(|_| interrupted())??;
    dump.end().await.map_err(|said| failed("pg_dump", said))?;
    let dumped = tally.await.map_err(|_| interrupted())?;
    reader.end().await.map_err(|said| failed("pg_restore", said))?;
    let dumped = dumped.map_err(|why| failed("pg_restore", why.to_string()))?;
    snapshot.end().await;

    let mut differences = compare(&there, &dumped);
    differences.extend(unseen(witnessed.as_deref(), &there));
    if !differences.is_empty() {
        return Err(BackupError::Differs(differences));
    }
    let content = Inside {
        id,
        client: order.client,
        about: &about,
        tables: &tables,
        there: &there,
    };
    let mut manifest = content.manifest(Dump {
        tool: format!("pg_dump {}", tools.major),
        major: tools.major,
        bytes: writer.dump().bytes,
        sha256: writer.dump().sha256,
    });
    manifest.sequences = sequences
        .into_iter()
        .map(|sequence| SequenceAt {
            name: sequence.name,
            last: sequence.last,
        })
        .collect();
    manifest.left_out = left_out(&schemas, &relations);
    manifest.roles = roles;
    manifest.log = LogHead {
        position: log_position,
        hash: archive::hex(&log_hash),
    };
    let inside = manifest.clone();
    let (measured, file) = spawn_blocking(move || writer.finish(&inside))
        .await
        .map_err(|_| interrupted())?
        .map_err(BackupError::writing(&partial.path))?;
    let mut beside = manifest.common();
    beside.archive = Some(Archive {
        file: archive.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: measured.bytes,
        sha256: measured.sha256,
    });
    // The archive's name comes last: only then there is a backup.
    let manifest_file = manifest::names(&archive).manifest;
    manifest::write_beside(&manifest_file, &beside)?;
    if let Err(error) = partial.finish(&archive) {
        drop(fs::remove_file(&manifest_file));
        return Err(error);
    }
    drop(file);
    Ok(Created {
        archive,
        manifest: beside,
        took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn interrupted() -> BackupError {
    BackupError::Tools("The work was interrupted; nothing was kept.".to_owned())
}

fn failed(tool: &'static str, said: String) -> BackupError {
    BackupError::Tool {
        tool,
        said,
        outcome: "no backup was kept",
    }
}

/// Where the dump goes: into the archive, and to a program that reads it as a restore would.
fn pump(mut dump: File, reader: File, mut writer: Writer, path: &Path) -> Result<Writer, BackupError> {
    let mut reader = Some(reader);
    let mut piece = vec![0; archive::PIECE];
    loop {
        let read = dump.read(&mut piece).map_err(BackupError::reading(path))?;
        let Some(piece) = piece.get(..read).filter(|piece| !piece.is_empty()) else {
            return Ok(writer);
        };
        writer.write(piece).map_err(BackupError::writing(path))?;
        // One that has ended says itself why.
        if reader.as_mut().is_some_and(|reader| reader.write_all(piece).is_err()) {
            reader = None;
        }
    }
}

/// A sentence's part for each table whose content differs.
pub(super) fn compare(wanted: &BTreeMap<String, Tally>, found: &BTreeMap<String, Tally>) -> Vec<String> {
    let mut differences = Vec::new();
    for (name, wanted) in wanted {
        match found.get(name) {
            None => differences.push(format!("{name} is missing")),
            Some(found) if found.rows() != wanted.rows() => {
                differences.push(format!("{name} has {} of {} rows", found.rows(), wanted.rows()));
            }
            Some(found) if found.hash() != wanted.hash() => differences.push(format!("{name} has other rows")),
            Some(_) => {}
        }
    }
    let extra = found.keys().filter(|name| !wanted.contains_key(*name));
    differences.extend(extra.map(|name| format!("{name} should not be there")));
    differences
}

/// Tables of which the owner sees other rows than this login.
fn unseen(witnessed: Option<&[(String, i64)]>, there: &BTreeMap<String, Tally>) -> Vec<String> {
    let rows = |name: &str| there.get(&plain(name)).map_or(0, Tally::rows);
    let differing = witnessed.unwrap_or_default().iter();
    differing
        .filter(|(name, seen)| u64::try_from(*seen) != Ok(rows(name)))
        .map(|(name, seen)| format!("{name} shows this login {} of {seen} rows", rows(name)))
        .collect()
}

struct Inside<'a> {
    id: Uuid,
    client: &'a str,
    about: &'a About,
    tables: &'a [Table],
    there: &'a BTreeMap<String, Tally>,
}

impl Inside<'_> {
    fn manifest(&self, dump: Dump) -> Manifest {
        let about = self.about;
        let content = |table: &Table| {
            let tally = self.there.get(&plain(&table.name));
            TableContent {
                name: table.name.clone(),
                rows: tally.map_or(0, Tally::rows),
                hash: tally.map(Tally::hash),
            }
        };
        Manifest::new(
            self.id,
            self.client,
            Workspace {
                id: about.workspace,
                name: about.business.clone(),
                role_prefix: about.prefix.clone(),
                is_test: about.is_test,
            },
            (about.taken_at, about.snapshot.clone()),
            Database {
                name: about.database.clone(),
                server_version: about.server_version.clone(),
                server_major: about.server_major,
                schema_version: about.schema_version,
            },
            self.tables.iter().map(content).collect(),
            dump,
        )
    }
}

/// A name that sorts by time and says whose it is.
fn name(about: &About, id: Uuid) -> String {
    let database: String = about
        .database
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() || letter == '-' {
                letter
            } else {
                '_'
            }
        })
        .take(40)
        .collect();
    let id = id.simple().to_string();
    format!(
        "{database}-{}-{}{ARCHIVE}",
        about.taken_at.format("%Y%m%dT%H%M%SZ"),
        id.get(..8).unwrap_or(&id)
    )
}

fn make_folder(folder: &Path) -> Result<(), BackupError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(BackupError::writing(folder))
}

/// The archive before it has its name. It goes, unless it is finished; one that a killed program has left is known by
/// its name, and by nobody holding its lock.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn of(archive: &Path) -> Self {
        let mut name = archive.file_name().unwrap_or_default().to_owned();
        name.push(PARTIAL);
        Self {
            path: archive.with_file_name(name),
        }
    }

    fn open(&self) -> Result<File, BackupError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&self.path)
            .map_err(BackupError::writing(&self.path))?;
        file.lock().map_err(BackupError::writing(&self.path))?;
        Ok(file)
    }

    fn finish(self, archive: &Path) -> Result<(), BackupError> {
        fs::rename(&self.path, archive)
            .and_then(|()| manifest::sync_folder(archive))
            .map_err(BackupError::writing(archive))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.path));
    }
}
