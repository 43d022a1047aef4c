//! Hosts' events keep the state of their containers fresh: a task for each active host, which a hanging host keeps from
//! nothing but itself. What an event was about is asked for again and written in small batches; after a break that may
//! have swallowed some, the whole list is read by a sync.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    time::Duration,
};

use domain::ids::ProviderConfigId;
use providers::docker::{Call, CancellationToken, ContainerId, DockerError, Events, News};
use store::{
    StoreError, hosts as stored,
    sync::containers::{self as states, ToldContainer},
};
use tokio::{task::JoinHandle, time::Instant};

use crate::{
    AppError,
    hosts::Host,
    providers::Reach,
    session::Session,
    sync::containers::{self as syncs, HostOrder, told},
    workspace_key::Ring,
};

/// Events that come within this are written together.
const GATHERED: Duration = Duration::from_millis(250);
/// As many at most.
const MOST_GATHERED: usize = 100;
/// How often it is looked which hosts there are.
const LOOK: Duration = Duration::from_secs(20);
/// How long a host is left alone after what doesn't pass by itself.
const LEFT_ALONE: Duration = Duration::from_mins(1);
/// A container that has gone is looked for by a sync, at most as often as this.
const SYNC_AT_MOST: Duration = Duration::from_secs(10);

/// A watching that goes on. It ends when this is dropped.
#[derive(Debug)]
pub struct Watched(JoinHandle<()>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Watches all active hosts, one task each, until what is answered is dropped or the database doesn't know the session any
/// more. `keys` is asked for the workspace key before a host is opened; a host that needs it waits until there is one.
pub fn watch<K, F>(session: Session, keys: K, reach: Reach) -> Watched
where
    K: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Option<Ring>> + Send + 'static,
{
    Watched(tokio::spawn(all(session, keys, reach)))
}

async fn all<K, F>(session: Session, keys: K, reach: Reach)
where
    K: Fn() -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Option<Ring>> + Send + 'static,
{
    let mut watched: BTreeMap<ProviderConfigId, Watched> = BTreeMap::new();
    loop {
        match active(&session).await {
            Ok(hosts) => {
                watched.retain(|host, task| hosts.contains(host) && !task.0.is_finished());
                for host in hosts {
                    watched.entry(host).or_insert_with(|| {
                        let (session, keys, reach) = (session.clone(), keys.clone(), reach.clone());
                        Watched(tokio::spawn(one(session, keys, reach, host)))
                    });
                }
            }
            Err(AppError::Store(StoreError::SessionOver | StoreError::Forbidden)) => return,
            Err(error) => tracing::debug!(%error, "the hosts that are watched could not be looked up"),
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn active(session: &Session) -> Result<BTreeSet<ProviderConfigId>, AppError> {
    Ok(stored::active(&mut *session.read().await?).await?.into_iter().collect())
}

/// Watches one host for as long as it is active.
async fn one<K, F>(session: Session, keys: K, reach: Reach, host: ProviderConfigId)
where
    K: Fn() -> F + Send + Sync,
    F: Future<Output = Option<Ring>> + Send,
{
    let end = CancellationToken::new();
    loop {
        let mut ended = follow(&session, None, host, &reach, &end).await;
        if let Err(AppError::WorkspaceKey(_)) = ended
            && let Some(keys) = keys().await
        {
            ended = follow(&session, Some(&keys), host, &reach, &end).await;
        }
        match ended {
            Ok(()) | Err(AppError::Store(StoreError::SessionOver | StoreError::Forbidden)) => return,
            Err(error) => tracing::debug!(host = host.get(), %error, "a host is not watched for a while"),
        }
        tokio::time::sleep(LEFT_ALONE).await;
    }
}

/// Follows a host's events until the watching is ended, or something is wrong that doesn't pass by itself.
pub async fn follow(
    session: &Session,
    keys: Option<&Ring>,
    id: ProviderConfigId,
    reach: &Reach,
    end: &CancellationToken,
) -> Result<(), AppError> {
    let host = Host::open(session, keys, id, reach).await?;
    let call = Call::new().cancelled_by(end.clone());
    // Of another engine nothing is written.
    match host.same_engine(session, &call).await {
        Ok(_) => {}
        Err(AppError::Docker(DockerError::Cancelled { .. })) => return Ok(()),
        // It is tried again by the events themselves.
        Err(AppError::Docker(fault)) if fault.is_passing() => {}
        Err(error) => return Err(error),
    }
    let mut events = host.docker.events(&call);
    // When the whole list is to be read next, and when that was done last.
    let mut due: Option<Instant> = None;
    let mut synced: Option<Instant> = None;
    loop {
        let mut gathered = Gathered::default();
        if let Some(news) = wait(&mut events, due).await {
            match news {
                Ok(news) => gathered.add(news),
                Err(DockerError::Cancelled { .. }) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            let until = Instant::now() + GATHERED;
            while gathered.ids.len() < MOST_GATHERED
                && let Some(more) = wait(&mut events, Some(until)).await
            {
                match more {
                    Ok(news) => gathered.add(news),
                    Err(DockerError::Cancelled { .. }) => return Ok(()),
                    Err(error) => return Err(error.into()),
                }
            }
        }
        if gathered.relist {
            due = Some(Instant::now());
        }
        if !gathered.ids.is_empty() {
            let gone = match note(session, &host, &gathered.ids, &call).await {
                Ok(gone) => gone,
                Err(AppError::Docker(DockerError::Cancelled { .. })) => return Ok(()),
                Err(AppError::Docker(fault)) if fault.is_passing() => true,
                Err(error) => return Err(error),
            };
            if gone {
                let soonest = synced.map_or_else(Instant::now, |at| at + SYNC_AT_MOST);
                due = Some(due.map_or(soonest, |at| at.min(soonest)));
            }
        }
        if due.is_some_and(|at| at <= Instant::now()) {
            synced = Some(Instant::now());
            due = if catch_up(session, keys, id, reach).await? {
                None
            } else {
                Some(Instant::now() + SYNC_AT_MOST)
            };
        }
    }
}

/// The next news, if they come in time.
async fn wait(events: &mut Events, until: Option<Instant>) -> Option<Result<News, DockerError>> {
    match until {
        Some(until) => tokio::time::timeout_at(until, events.next()).await.ok(),
        None => Some(events.next().await),
    }
}

#[derive(Default)]
struct Gathered {
    ids: BTreeSet<ContainerId>,
    relist: bool,
}

impl Gathered {
    fn add(&mut self, news: News) {
        match news {
            News::Event(event) => {
                self.ids.insert(event.id);
            }
            News::Relist(_) => self.relist = true,
            News::Away(error) => tracing::info!(%error, "a Docker host is away; it is tried again"),
        }
    }
}

/// Asks for what the events were about, and writes it. Whether some of it is there no more.
async fn note(session: &Session, host: &Host, ids: &BTreeSet<ContainerId>, call: &Call) -> Result<bool, AppError> {
    let asked: Vec<ContainerId> = ids.iter().cloned().collect();
    let listed = host.docker.listed(&asked, call).await?;
    let gone = listed.items.len() + listed.unreadable < asked.len();
    let batch: Vec<ToldContainer> = listed.items.iter().map(|one| told(one, &mut Vec::new())).collect();
    if !batch.is_empty() {
        let mut transaction = session.write().await?;
        states::note(&mut transaction, host.account.id, &batch).await?;
        transaction.commit().await?;
    }
    Ok(gone)
}

/// Reads the whole list; whether that is done. A host that is away is told of when it is back, and where a sync is under
/// way that has begun before, another one is needed.
async fn catch_up(
    session: &Session,
    keys: Option<&Ring>,
    host: ProviderConfigId,
    reach: &Reach,
) -> Result<bool, AppError> {
    let order = HostOrder {
        host,
        key: keys,
        allow_gone: false,
        dry_run: false,
    };
    match syncs::run(session, &order, reach, |_, _| std::ops::ControlFlow::Continue(())).await {
        // That too many would be gone a person decides; what is there is followed all the same.
        Ok(_) | Err(AppError::ManyContainersGone { .. }) => Ok(true),
        Err(AppError::Store(StoreError::Rule(rule))) if rule == "sync_under_way" || rule == "sync_not_running" => {
            Ok(false)
        }
        Err(AppError::Docker(fault)) if fault.is_passing() => Ok(false),
        Err(error) => Err(error),
    }
}
