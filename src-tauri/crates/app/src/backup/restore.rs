//! Restoring: into a scratch server, which proves the backup and is thrown away, or into an empty database that somebody
//! names. Either is compared with what was backed up, table by table.

use std::{collections::BTreeMap, ops::ControlFlow, process::Stdio, time::Instant};

use serde::Serialize;
use sqlx::PgConnection;
use store::{
    StoreError,
    backup::{self, KnownLogin},
    connect::Address,
    roles::RolePrefix,
};

use super::{
    BackupError,
    content::{Tally, plain},
    manifest::{Evidence, Manifest},
    verify::{Verify, differing, elapsed, feed, found, verify},
};
use crate::{
    database::{close, create_if_missing},
    trust::{self, Finding, Head, Level, log},
};

/// What is to be restored, and where to.
pub struct Restore<'a> {
    /// The backup and its key.
    pub from: Verify<'a>,
    /// The database, over an administrator's login: a superuser, or the owner of the database with CREATEROLE.
    pub to: &'a Address,
}

/// A database that is what was backed up.
#[derive(Debug, Serialize)]
pub struct Restored {
    /// What the backup says of itself.
    #[serde(skip)]
    pub manifest: Manifest,
    /// How long all of it took.
    pub took_ms: u64,
    /// Roles that the server lacked.
    pub roles_made: Vec<String>,
    /// Logins that the workspace knows and the server has no password of.
    pub logins_without_password: Vec<KnownLogin>,
    /// What the isolation check found wrong.
    pub isolation: Vec<Finding>,
    /// How many entries of the log were recomputed.
    pub log_entries: u64,
    /// What is wrong with the log, its last known entry included.
    pub log_breaks: Vec<String>,
}

/// Whether a backup could be restored into a database: reads all of it, and looks whether the database takes it. Writes
/// nothing but what was found out of the backup.
pub async fn prospect_into(order: &Restore<'_>) -> Result<Manifest, BackupError> {
    let verified = verify(&order.from).await?;
    let (connection, _) = welcome(order, &verified.manifest).await?;
    close(connection).await;
    Ok(verified.manifest)
}

/// Restores into an empty database. The data comes in one transaction; roles are made before it.
pub async fn into(order: &Restore<'_>) -> Result<Restored, BackupError> {
    let began = Instant::now();
    // Nothing is touched before all of the backup was read.
    let verified = verify(&order.from).await?;
    restore(order, verified.manifest, began).await
}

/// Restores into a server that was started for this and is thrown away after; `order.to` is its superuser's address. The
/// proof is kept beside the backup.
pub async fn prove(order: &Restore<'_>) -> Result<Restored, BackupError> {
    let began = Instant::now();
    let verified = verify(&order.from).await?;
    let database = &verified.manifest.database.name;
    create_if_missing(order.to, order.from.client, database).await?;
    let to = Address {
        database: database.clone(),
        ..order.to.clone()
    };
    let inside = Restore {
        from: Verify { ..order.from },
        to: &to,
    };
    let archive = order.from.archive;
    let sha256 = verified
        .manifest
        .archive
        .as_ref()
        .map(|archive| archive.sha256.clone())
        .unwrap_or_default();
    let outcome = restore(&inside, verified.manifest, began).await;
    let mut evidence = Evidence::of(archive, &sha256);
    match &outcome {
        Ok(restored) => {
            evidence.proven = Some(found(&order.from, restored.took_ms, Some(restored.in_a_sentence())));
            evidence.failed = None;
        }
        Err(error @ BackupError::RestoredDiffers(_)) => {
            evidence.failed = Some(found(&order.from, elapsed(began), Some(error.to_string())));
        }
        Err(_) => return outcome,
    }
    evidence.keep(archive)?;
    outcome
}

impl Restored {
    fn in_a_sentence(&self) -> String {
        format!(
            "{} rows of {} tables equal; {}; {}.",
            self.manifest.rows(),
            self.manifest.tables.len(),
            match self.isolation.len() {
                0 => "isolation sound".to_owned(),
                red => format!("isolation: {red} wrong"),
            },
            match self.log_breaks.len() {
                0 => format!("log of {} entries as it was", self.log_entries),
                breaks => format!("log broken in {breaks} places"),
            }
        )
    }
}

/// A connection to a database that takes the backup.
async fn welcome(order: &Restore<'_>, manifest: &Manifest) -> Result<(PgConnection, RolePrefix), BackupError> {
    let prefix = backup::parse_prefix(&manifest.workspace.role_prefix)?;
    let mut connection = order.to.connect(order.from.client).await?;
    let server = backup::server_major(&mut connection).await?;
    if server < manifest.database.server_major {
        return Err(BackupError::ServerOlder {
            found: server,
            needed: manifest.database.server_major,
        });
    }
    let holds = backup::holds(&mut connection).await?;
    if !holds.is_empty() {
        return Err(BackupError::NotEmpty(holds));
    }
    if backup::roles_used_elsewhere(&mut connection, &prefix).await? {
        return Err(BackupError::RolesTaken(prefix.as_str().to_owned()));
    }
    Ok((connection, prefix))
}

async fn restore(order: &Restore<'_>, manifest: Manifest, began: Instant) -> Result<Restored, BackupError> {
    let (mut connection, prefix) = welcome(order, &manifest).await?;
    let tools = order.from.toolbox.at_least(manifest.dump.major)?;
    let is_superuser = store::server::is_superuser(&mut connection).await?;
    let roles_made = backup::make_roles(&mut connection, &prefix, &manifest.roles).await?;

    let client = order.from.client;
    let mut command = tools.command("pg_restore", client, Some(order.to));
    // Rows come before row level security is switched on and before any trigger: nothing is in their way, and nothing fires.
    command
        .args(["--single-transaction", "--exit-on-error"])
        .stdin(Stdio::piped());
    if !is_superuser {
        command.args(["--no-owner", &format!("--role={}", prefix.role("owner"))]);
    }
    let reader = tools.start("pg_restore", command)?;
    let (_, done) = feed(&order.from, Some(&manifest), reader).await?;
    done.map_err(|said| BackupError::Tool {
        tool: "pg_restore",
        said,
        outcome: "nothing was restored, the database is empty as before",
    })?;

    let wrong = differences(order, &manifest, &prefix).await?;
    if !wrong.is_empty() {
        return Err(BackupError::RestoredDiffers(wrong));
    }
    let logins_without_password = backup::settle_in(&mut connection, &prefix).await?;
    close(connection).await;

    let remembered = log::from_hex(&manifest.log.hash).map(|hash| Head {
        position: manifest.log.position,
        hash,
    });
    let (isolation, log_entries, log_breaks) = match diagnose(order, remembered.as_ref()).await {
        // A backup of an older program is whole all the same; csctl db migrate comes next, then csctl doctor.
        Err(BackupError::Store(StoreError::TooOld { .. })) => (Vec::new(), 0, Vec::new()),
        other => other?,
    };
    Ok(Restored {
        took_ms: elapsed(began),
        manifest,
        roles_made,
        logins_without_password,
        isolation,
        log_entries,
        log_breaks,
    })
}

async fn diagnose(
    order: &Restore<'_>,
    remembered: Option<&Head>,
) -> Result<(Vec<Finding>, u64, Vec<String>), BackupError> {
    let diagnosis = trust::diagnose(
        order.to,
        order.from.client,
        remembered,
        |_, _| ControlFlow::Continue(()),
    )
    .await?;
    let mut breaks: Vec<String> = diagnosis
        .log
        .iter()
        .flat_map(|log| log.breaks.iter().map(ToString::to_string))
        .collect();
    breaks.extend(diagnosis.remembered.iter().flatten().map(ToString::to_string));
    let red = diagnosis.isolation.findings.into_iter();
    Ok((
        red.filter(|finding| finding.level == Level::Red).collect(),
        diagnosis.log.map_or(0, |log| log.rows),
        breaks,
    ))
}

/// What is not as it was backed up.
async fn differences(
    order: &Restore<'_>,
    manifest: &Manifest,
    prefix: &RolePrefix,
) -> Result<Vec<String>, BackupError> {
    let mut there = backup::Restored::open(order.to, order.from.client, prefix).await?;
    let mut found: BTreeMap<String, Tally> = BTreeMap::new();
    for table in there.tables().await? {
        let mut content = Tally::default();
        there.read(&table, |piece| content.feed(piece)).await?;
        found.insert(plain(&table.name), content);
    }
    let mut wrong = differing(manifest, &found);
    let sequences = there.sequences().await?;
    for wanted in &manifest.sequences {
        let restored = sequences
            .iter()
            .find(|sequence| plain(&sequence.name) == plain(&wanted.name));
        match restored {
            None => wrong.push(format!("the sequence {} is missing", wanted.name)),
            Some(restored) if restored.last < wanted.last => {
                wrong.push(format!("the sequence {} is behind", wanted.name));
            }
            Some(_) => {}
        }
    }
    let behind = there.sequences_behind().await?;
    wrong.extend(
        behind
            .into_iter()
            .map(|name| format!("the sequence {name} would give numbers twice")),
    );
    there.end().await;
    Ok(wrong)
}
