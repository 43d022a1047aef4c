//! The sync of a host's containers: as with servers, what the host says is read without a transaction, then written in
//! one. Each host by itself: one that hangs delays no other.

mod told;
mod write;

use std::{ops::ControlFlow, time::Instant};

use domain::{
    ids::{ProviderConfigId, SyncId},
    role::Action,
};
use providers::docker::{Asked, Call, CancellationToken, Docker, DockerError, Summary};
use store::{
    StoreError,
    sync::{
        self as syncs, GivenUp, SyncNote,
        containers::{self as stored, GoneContainer},
    },
};

use super::{TICK, beat_on, begin, is_many};
use crate::{
    AppError,
    hosts::{self, Host},
    providers::Reach,
    session::Session,
    workspace_key::Ring,
};

pub(crate) use told::told;

/// What a host says of its containers.
#[derive(Debug, Clone, Default)]
pub struct ObservedHost {
    /// Those that it lists.
    pub containers: Vec<Summary>,
    /// Whether these are all of them.
    pub complete: bool,
    /// Ids of which the host itself says that they don't exist.
    pub confirmed_gone: Vec<String>,
    /// How many entries could not be read.
    pub unreadable: usize,
    /// Whether a person has agreed to more than a tenth going at once.
    pub allow_gone: bool,
}

/// What a sync did.
#[derive(Debug, Clone)]
pub struct HostReport {
    /// Of which host.
    pub host: ProviderConfigId,
    /// Containers stored now, without an organization.
    pub added: i32,
    /// Containers of which something has changed.
    pub changed: i32,
    /// Containers as they were.
    pub unchanged: i32,
    /// Containers that were gone, and are back.
    pub returned: i32,
    /// Containers that were not seen, and are not proven gone.
    pub missing: i32,
    /// Containers that are gone now.
    pub gone: Vec<GoneContainer>,
    /// Containers and entries that were not written.
    pub skipped: i32,
    /// What a person should know of particular containers.
    pub notes: Vec<SyncNote>,
    /// Whether the list was complete and all of it was written.
    pub complete: bool,
    /// How long it took.
    pub duration_ms: u64,
}

/// What to sync, and how.
#[derive(Debug)]
pub struct HostOrder<'a> {
    /// Which host.
    pub host: ProviderConfigId,
    /// What opens its papers; a socket and ssh need none.
    pub key: Option<&'a Ring>,
    /// Whether more than a tenth may go at once.
    pub allow_gone: bool,
    /// Whether only to say what would be done.
    pub dry_run: bool,
}

/// Syncs a host. `watch` hears how many steps are done of how many, and may stop it while it reads.
pub async fn run(
    session: &Session,
    order: &HostOrder<'_>,
    reach: &Reach,
    watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<HostReport, AppError> {
    session.may(Action::EditProvider)?;
    let began = Instant::now();
    let host = Host::open(session, order.key, order.host, reach).await?;
    let sync = if order.dry_run {
        None
    } else {
        Some(begin(session, order.host).await?)
    };
    match read_and_write(session, order, &host, sync, watch).await {
        Ok(report) => Ok(HostReport {
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            ..report
        }),
        Err(error) => {
            if let Some(sync) = sync
                && let Err(other) = give_up(session, sync, &error).await
            {
                tracing::warn!(sync = sync.get(), error = %other, "the end of a sync could not be written down");
            }
            Err(error)
        }
    }
}

async fn read_and_write(
    session: &Session,
    order: &HostOrder<'_>,
    host: &Host,
    sync: Option<SyncId>,
    mut watch: impl FnMut(u64, u64) -> ControlFlow<()>,
) -> Result<HostReport, AppError> {
    let cancel = CancellationToken::new();
    let call = Call::new().cancelled_by(cancel.clone());
    let read = async {
        let engine = host.same_engine(session, &call).await?;
        let living = stored::living(&mut *session.read().await?, order.host).await?;
        let observed = fetch(&host.docker, &living, order.allow_gone, &call).await?;
        Ok::<_, AppError>((engine, observed))
    };
    let mut reading = std::pin::pin!(read);
    let mut beats = std::pin::pin!(beat_on(session, sync));
    let mut tick = tokio::time::interval(TICK);
    let (engine, observed) = loop {
        tokio::select! {
            read = &mut reading => break read?,
            error = &mut beats => return Err(error),
            _ = tick.tick() => {}
        }
        if watch(0, 2).is_break() {
            cancel.cancel();
        }
    };
    if watch(1, 2).is_break() {
        return Err(DockerError::Cancelled { asked: Asked::Question }.into());
    }
    let report = match sync {
        Some(sync) => {
            let report = write::apply(session, order.host, sync, &observed).await?;
            hosts::keep(session, order.host, &engine).await?;
            report
        }
        None => write::rehearse(session, order.host, &observed).await?,
    };
    // All of it is done now, whatever the answer.
    let _ = watch(2, 2);
    Ok(report)
}

/// Reads a host's containers. `living` are those that are known here: what a complete list doesn't name of them is asked
/// for by its id, and gone only if the host doesn't know that.
pub async fn fetch(
    docker: &Docker,
    living: &[String],
    allow_gone: bool,
    call: &Call,
) -> Result<ObservedHost, AppError> {
    let listing = docker.containers(call).await?;
    let mut observed = ObservedHost {
        complete: listing.unreadable == 0,
        unreadable: listing.unreadable,
        containers: listing.items,
        confirmed_gone: Vec::new(),
        allow_gone,
    };
    if !observed.complete {
        return Ok(observed);
    }
    // A person may have written an id down short.
    let is_named = |id: &String| {
        observed
            .containers
            .iter()
            .any(|one| one.id.as_str().starts_with(id.as_str()))
    };
    let named: std::collections::BTreeSet<&str> = observed.containers.iter().map(|one| one.id.as_str()).collect();
    let absent: Vec<&String> = living
        .iter()
        .filter(|id| !(named.contains(id.as_str()) || id.len() < 64 && is_named(id)))
        .collect();
    if !allow_gone && is_many(absent.len(), living.len()) {
        return Err(AppError::ManyContainersGone {
            gone: absent.len(),
            of: living.len(),
        });
    }
    let mut gone = Vec::new();
    for id in absent {
        match docker.container(id, call).await {
            // The host itself says so, or no engine has an id of that form.
            Ok(None) | Err(DockerError::Rejected { .. }) => gone.push(id.clone()),
            // Made or found since the list was read: the next sync sees it.
            Ok(Some(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    observed.confirmed_gone = gone;
    Ok(observed)
}

async fn give_up(session: &Session, sync: SyncId, error: &AppError) -> Result<(), AppError> {
    let (outcome, code, why) = match error {
        AppError::Docker(DockerError::Cancelled { .. }) => (
            GivenUp::Cancelled,
            "cancelled",
            "It was stopped. Nothing was written.".to_owned(),
        ),
        AppError::Docker(fault) => (GivenUp::Failed, fault.code(), fault.to_string()),
        AppError::OtherEngine(_) => (GivenUp::Failed, "docker_other_engine", error.to_string()),
        AppError::ManyContainersGone { .. } => (GivenUp::Stopped, "sync_many_gone", error.to_string()),
        // Somebody else has written its end.
        AppError::Store(StoreError::Rule(rule)) if rule == "sync_not_running" => return Ok(()),
        _ => (
            GivenUp::Failed,
            "database_failed",
            "The database refused or could not be reached. Nothing was written; sync again.".to_owned(),
        ),
    };
    let mut transaction = session.write().await?;
    syncs::give_up(&mut transaction, sync, outcome, code, &why).await?;
    transaction.commit().await?;
    Ok(())
}
