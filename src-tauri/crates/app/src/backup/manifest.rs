//! What a backup says of itself. Whole, with the hashes of the content, it lies inside the sealed archive; beside the
//! archive lies a copy without hashes, so that a folder can be looked through without the key. The two are compared
//! whenever the archive is read: what stands beside counts for nothing that it doesn't say inside.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::BackupError;

/// What each manifest begins with.
const KIND: &str = "containerstacks-backup";
/// The form that this program writes.
pub const FORM: u32 = 1;
/// The largest that is looked at.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// How the archive's name ends.
pub const ARCHIVE: &str = ".dump.age";
/// How the manifest's does.
pub const BESIDE: &str = ".json";
/// How that of what has been found out since does.
pub const EVIDENCE: &str = ".evidence.json";
/// What is added while a file is being written.
pub const PARTIAL: &str = ".partial";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    kind: String,
    /// Which form this is.
    pub form: u32,
    /// The backup's own number.
    pub id: Uuid,
    /// The program that made it.
    pub program: String,
    /// Whose it is.
    pub workspace: Workspace,
    /// The instant that it is of, by the server's clock.
    pub taken_at: DateTime<Utc>,
    /// The snapshot, as the server writes it.
    pub snapshot: String,
    /// The database.
    pub database: Database,
    /// Every table of the workspace.
    pub tables: Vec<TableContent>,
    /// Every sequence, and the last number that it had given when the backup began.
    pub sequences: Vec<SequenceAt>,
    /// What of others lies beside it in the database and is not in the backup.
    pub left_out: Vec<String>,
    /// The roles that it names.
    pub roles: Vec<String>,
    /// The end of the log's chain.
    pub log: LogHead,
    /// The dump inside.
    pub dump: Dump,
    /// The file; only beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<Archive>,
}

/// Whose backup it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its number.
    pub id: Uuid,
    /// The business's name.
    pub name: String,
    /// What the names of its roles begin with.
    pub role_prefix: String,
    /// Whether its clock may be moved.
    pub is_test: bool,
}

/// The database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Its name.
    pub name: String,
    /// The server's version.
    pub server_version: String,
    /// Its first number.
    pub server_major: i32,
    /// The schema's version.
    pub schema_version: i32,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableContent {
    /// Schema and name, quoted where they have to be.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// Their hash; only inside the archive, for a hash confirms a guess.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequenceAt {
    /// Schema and name, quoted where they have to be.
    pub name: String,
    /// The last number, if any was given.
    pub last: Option<i64>,
}

/// The end of the log's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// Its position.
    pub position: i64,
    /// Its hash, in hexadecimal digits.
    pub hash: String,
}

/// The dump inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dump {
    /// `pg_dump` and its version.
    pub tool: String,
    /// Its first number.
    pub major: u32,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// The file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archive {
    /// Its name.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Manifest {
    /// One without sequences, roles and log, which are put in after.
    pub(super) fn new(
        id: Uuid,
        program: &str,
        workspace: Workspace,
        (taken_at, snapshot): (DateTime<Utc>, String),
        database: Database,
        tables: Vec<TableContent>,
        dump: Dump,
    ) -> Self {
        Self {
            kind: KIND.to_owned(),
            form: FORM,
            id,
            program: program.to_owned(),
            workspace,
            taken_at,
            snapshot,
            database,
            tables,
            sequences: Vec::new(),
            left_out: Vec::new(),
            roles: Vec::new(),
            log: LogHead {
                position: 0,
                hash: String::new(),
            },
            dump,
            archive: None,
        }
    }

    /// Reads one, from wherever it comes.
    pub(super) fn parse(text: &[u8]) -> Result<Self, ParseError> {
        #[derive(Deserialize)]
        struct Head {
            kind: String,
            form: u32,
        }
        if text.len() > MOST_BYTES {
            return Err(ParseError::Foreign("it is too large"));
        }
        let head: Head = serde_json::from_slice(text).map_err(|_| ParseError::Foreign("it has another form"))?;
        if head.kind != KIND {
            return Err(ParseError::Foreign("it is of another kind"));
        }
        if head.form > FORM {
            return Err(ParseError::Newer(head.form));
        }
        serde_json::from_slice(text).map_err(|_| ParseError::Foreign("parts of it are missing"))
    }

    /// Without what only stands inside, and without what only stands beside.
    pub(super) fn common(&self) -> Self {
        let mut common = self.clone();
        common.archive = None;
        for table in &mut common.tables {
            table.hash = None;
        }
        common
    }

    /// How many rows there are in all.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }
}

/// Why a text is no manifest.
#[derive(Debug)]
pub(super) enum ParseError {
    Foreign(&'static str),
    Newer(u32),
}

/// Something that was found out, when, and how long that took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// When it was over, by this computer's clock.
    pub at: DateTime<Utc>,
    /// How long it took.
    pub took_ms: u64,
    /// The program that did it.
    pub program: String,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

/// What has been found out of a backup since it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Of which file; of another one it says nothing.
    pub archive_sha256: String,
    /// The whole archive was read, and its content is what it should be.
    #[serde(default)]
    pub verified: Option<Found>,
    /// It was restored into a scratch server, and row counts, hashes, sequences and log were compared.
    #[serde(default)]
    pub proven: Option<Found>,
    /// It was found to be damaged.
    #[serde(default)]
    pub failed: Option<Found>,
}

impl Evidence {
    /// What is known of a file.
    pub(super) fn of(archive: &Path, sha256: &str) -> Self {
        fs::read(names(archive).evidence)
            .ok()
            .filter(|text| text.len() <= MOST_BYTES)
            .and_then(|text| serde_json::from_slice::<Self>(&text).ok())
            .filter(|evidence| evidence.archive_sha256 == sha256)
            .unwrap_or(Self {
                archive_sha256: sha256.to_owned(),
                verified: None,
                proven: None,
                failed: None,
            })
    }

    /// Keeps it beside the archive.
    pub(super) fn keep(&self, archive: &Path) -> Result<(), BackupError> {
        write_beside(&names(archive).evidence, self)
    }
}

/// The files of a backup.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pub manifest: PathBuf,
    pub evidence: PathBuf,
}

/// What lies beside an archive.
pub(super) fn names(archive: &Path) -> Names {
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(ARCHIVE).unwrap_or(&name).to_owned();
    Names {
        manifest: archive.with_file_name(format!("{stem}{BESIDE}")),
        evidence: archive.with_file_name(format!("{stem}{EVIDENCE}")),
    }
}

/// The manifest that lies beside an archive; `None` where there is none.
pub fn beside(archive: &Path) -> Result<Option<Manifest>, BackupError> {
    let path = names(archive).manifest;
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BackupError::reading(&path)(error)),
    };
    Manifest::parse(&text).map(Some).map_err(|why| match why {
        ParseError::Newer(form) => BackupError::Newer(form),
        ParseError::Foreign(why) => BackupError::NotABackup {
            path,
            why: why.to_owned(),
        },
    })
}

/// Writes a small file whole or not at all.
pub(super) fn write_beside(path: &Path, content: &impl Serialize) -> Result<(), BackupError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(PARTIAL);
    let partial = path.with_file_name(name);
    let failed = || BackupError::writing(path);
    let mut text = serde_json::to_vec_pretty(content).map_err(|why| failed()(why.into()))?;
    text.push(b'\n');
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&partial)
        .map_err(failed())?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::rename(&partial, path))
        .and_then(|()| sync_folder(path))
        .map_err(failed())
}

/// Makes sure that a new name is on the disk.
pub(super) fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
