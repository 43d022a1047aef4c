//! Carrying an intent of a container out.

use std::time::Instant;

use domain::{
    ids::IntentId,
    intent::{IntentState, NewContainer, Wanted},
};
use providers::docker::{Call, Container, DockerError, KEY_LABEL, Removal, Summary};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use store::{
    StoreError,
    intents::{
        self as stored, Claim, Intent, Why,
        containers::{self as of_containers, Made, OfContainer},
    },
};

use super::{look, spec};
use crate::{
    AppError,
    hosts::Host,
    intents::{
        carry::{Carried, LEASE_SECONDS, SENT_WITHIN, TRIES, note},
        secret::Secrets,
    },
    providers::Reach,
    session::Session,
    workspace_key::Ring,
};

/// How long a container is given to end by itself.
const GRACE_SECONDS: u32 = 10;

/// Carries out an intent that waits, or looks what has become of one that was sent.
pub(in crate::intents) async fn carry_out(
    session: &Session,
    keys: &Ring,
    reach: &Reach,
    id: IntentId,
) -> Result<Carried, AppError> {
    let Some(work) = Work::take(session, keys, reach, id).await? else {
        let intent = stored::get(&mut *session.read().await?, id).await?;
        return Ok(Carried::now(id, intent.state, None));
    };
    if work.intent.state == IntentState::Waiting {
        Box::pin(work.send()).await
    } else {
        Box::pin(look::look(work)).await
    }
}

/// A container that a sync has found carries the mark of a creation that was given up.
pub(in crate::intents) async fn record_late(
    session: &Session,
    keys: &Ring,
    reach: &Reach,
    id: IntentId,
) -> Result<bool, AppError> {
    let work = Work::late(session, keys, reach, id).await?;
    match work.marked().await? {
        Some(found) => {
            look::recorded(work, &found).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// An intent that this program has taken.
pub(super) struct Work<'a> {
    pub(super) session: &'a Session,
    keys: &'a Ring,
    pub(super) host: Host,
    pub(super) intent: Intent,
    pub(super) of: OfContainer,
    claim: Claim,
    began: Instant,
    pub(super) call: Call,
}

impl<'a> Work<'a> {
    /// Takes it; `None` where somebody else has it or it is at its end.
    async fn take(session: &'a Session, keys: &'a Ring, reach: &Reach, id: IntentId) -> Result<Option<Self>, AppError> {
        let began = Instant::now();
        let mut transaction = session.write().await?;
        let Some(claim) = stored::claim(&mut transaction, id, LEASE_SECONDS).await? else {
            return Ok(None);
        };
        let intent = stored::get(&mut transaction, id).await?;
        let of = of_containers::of_container(&mut transaction, id).await?;
        transaction.commit().await?;
        let open = async {
            let host = Host::open(session, Some(keys), intent.account, reach).await?;
            // Nothing is done on another engine than the one that it was asked for: an address of a socket means one on
            // each computer.
            host.same_engine(session, &Call::new()).await?;
            Ok::<_, AppError>(host)
        };
        match open.await {
            Ok(host) => Ok(Some(Self {
                session,
                keys,
                host,
                intent,
                of,
                claim,
                began,
                call: Call::new(),
            })),
            Err(error) => Self::not_reached(session, reach, keys, &intent, &claim, error).await,
        }
    }

    /// A host that is not reached: what was to be done to it is not. But what waits for a computer on which its socket is,
    /// or was sent already, goes on waiting for somebody who can.
    async fn not_reached(
        session: &Session,
        reach: &Reach,
        keys: &Ring,
        intent: &Intent,
        claim: &Claim,
        error: AppError,
    ) -> Result<Option<Self>, AppError> {
        let elsewhere = match &error {
            AppError::Docker(_) => Host::open(session, Some(keys), intent.account, reach)
                .await
                .is_ok_and(|host| host.is_of_this_computer()),
            _ => true,
        };
        if !elsewhere
            && intent.state == IntentState::Waiting
            && let AppError::Docker(fault) = &error
        {
            let mut transaction = session.write().await?;
            stored::fail(&mut transaction, intent.id, claim.lease, &why(fault)).await?;
            transaction.commit().await?;
        } else {
            note(session, intent.id, claim, Some(&error)).await;
        }
        Err(error)
    }

    /// One that is not taken, because it was given up already.
    async fn late(session: &'a Session, keys: &'a Ring, reach: &Reach, id: IntentId) -> Result<Self, AppError> {
        let mut connection = session.read().await?;
        let intent = stored::get(&mut connection, id).await?;
        let of = of_containers::of_container(&mut connection, id).await?;
        drop(connection);
        Ok(Self {
            host: Host::open(session, Some(keys), intent.account, reach).await?,
            session,
            keys,
            intent,
            of,
            claim: Claim {
                lease: uuid::Uuid::nil(),
                sealed: None,
            },
            began: Instant::now(),
            call: Call::new(),
        })
    }

    /// The container of a creation, found by its mark.
    pub(super) async fn marked(&self) -> Result<Option<Summary>, DockerError> {
        let found = self
            .host
            .docker
            .labelled(KEY_LABEL, &self.intent.mark, &self.call)
            .await?;
        Ok(found.items.into_iter().min_by_key(|one| one.created))
    }

    async fn send(self) -> Result<Carried, AppError> {
        let Some(wanted) = self.intent.wanted.clone() else {
            return self.unreadable().await;
        };
        let secrets = match self.secrets().await {
            Ok(secrets) => secrets,
            Err(error) => {
                note(self.session, self.intent.id, &self.claim, Some(&error)).await;
                return Err(error);
            }
        };
        match self.write_sent().await {
            Ok(()) => {}
            Err(AppError::Store(StoreError::Rule(rule))) if rule == "intent_lease_lost" => {
                let intent = stored::get(&mut *self.session.read().await?, self.intent.id).await?;
                return Ok(Carried::now(self.intent.id, intent.state, None));
            }
            Err(error) => {
                note(self.session, self.intent.id, &self.claim, Some(&error)).await;
                return Err(error);
            }
        }
        if self.began.elapsed() > SENT_WITHIN {
            let why = Why {
                code: "intent_too_slow".to_owned(),
                sentence: "This computer was too slow to send it in time. Nothing was sent; ask for it again."
                    .to_owned(),
            };
            return self.fail("intent_too_slow", why).await;
        }
        if let Wanted::Create(new) = &wanted {
            return Box::pin(self.create(new, &secrets)).await;
        }
        let docker = &self.host.docker;
        let id = self.external_id()?;
        let done = match &wanted {
            Wanted::Stop => docker.stop(id, GRACE_SECONDS, &self.call).await,
            Wanted::Restart => docker.restart(id, GRACE_SECONDS, &self.call).await,
            Wanted::Remove => docker.remove(id, REMOVAL, &self.call).await,
            _ => docker.start(id, &self.call).await,
        };
        match done {
            Ok(_) => self.settle_now().await,
            Err(error) if is_uncertain(&error) => self.lost(error).await,
            Err(error) => self.refused(error).await,
        }
    }

    async fn create(self, new: &NewContainer, secrets: &Secrets) -> Result<Carried, AppError> {
        let Ok(spec) = spec::of(&self.intent.mark, new, &secrets.answers) else {
            return self.unreadable().await;
        };
        let created = match self.host.docker.create(&spec, &self.call).await {
            Ok(created) => created,
            Err(error) if is_uncertain(&error) => return self.lost(error).await,
            Err(error) => return self.refused(error).await,
        };
        let mut warnings = created.warnings;
        if created.disk_limited == Some(false) {
            warnings
                .push("The host can't limit this container's disk, so it may use more than its plan sells.".to_owned());
        }
        let carried = Box::pin(self.start_made(created.id.as_str())).await?;
        Ok(Carried { warnings, ..carried })
    }

    /// Starts what was made, and records it. What can't be started is removed again: nobody pays for what never ran.
    pub(super) async fn start_made(self, id: &str) -> Result<Carried, AppError> {
        match self.host.docker.start(id, &self.call).await {
            Ok(_) => {}
            Err(error) if is_uncertain(&error) => return self.lost(error).await,
            Err(error) => {
                return match self.host.docker.remove(id, REMOVAL, &self.call).await {
                    Ok(_) => self.refused(error).await,
                    Err(other) => {
                        tracing::warn!(intent = self.intent.id.get(), %other, "what could not be started was not removed");
                        self.lost(error).await
                    }
                };
            }
        }
        match self.host.docker.container(id, &self.call).await {
            Ok(Some(container)) => self.record(&container).await,
            Ok(None) => {
                let what = format!("container {id}");
                self.refused(DockerError::NotFound { what }).await
            }
            Err(error) => self.lost(error).await,
        }
    }

    /// Writes down that the container is there. Said twice it is written once.
    pub(super) async fn record(self, container: &Container) -> Result<Carried, AppError> {
        let made = Made {
            id: container.id.to_string(),
            name: Some(container.name.clone()).filter(|name| !name.is_empty()),
            image: Some(container.image.chars().take(255).collect()),
            status: Some(container.state.word().chars().take(50).collect()),
            created: container.created.map(|at| at.naive_utc()),
            environment: self.environment().await,
        };
        self.written(Some(&made), None).await
    }

    /// Its environment, as the documented column keeps it. Where it can't be opened the container is recorded all the same.
    async fn environment(&self) -> Value {
        match self.secrets().await {
            Ok(secrets) => {
                let entries = secrets.answers.iter();
                let open = entries.map(|(name, value)| (name.clone(), Value::from(value.expose_secret())));
                Value::Object(open.collect::<Map<_, _>>())
            }
            Err(error) => {
                tracing::warn!(intent = self.intent.id.get(), %error, "the environment of a container was not opened");
                Value::Null
            }
        }
    }

    /// It is done: with the state that the container is in now, as far as the host says.
    pub(super) async fn settle_now(self) -> Result<Carried, AppError> {
        let id = self.external_id()?;
        let status = match self.host.docker.container(id, &self.call).await {
            Ok(Some(container)) => Some(container.state.word().chars().take(50).collect::<String>()),
            Ok(None) => None,
            Err(error) => {
                tracing::debug!(%error, "the state of a container is left to the next sync");
                None
            }
        };
        self.written(None, status.as_deref()).await
    }

    async fn written(self, made: Option<&Made>, status: Option<&str>) -> Result<Carried, AppError> {
        let mut tries = 1;
        loop {
            match self.try_write(made, status).await {
                Err(AppError::Store(StoreError::Timeout | StoreError::ConnectionLost(_))) if tries < TRIES => {
                    tries += 1;
                }
                Err(error) => return Err(error),
                Ok(()) => return Ok(Carried::now(self.intent.id, IntentState::Done, None)),
            }
        }
    }

    async fn try_write(&self, made: Option<&Made>, status: Option<&str>) -> Result<(), AppError> {
        let mut transaction = self.session.write().await?;
        if let Some(made) = made {
            of_containers::record(&mut transaction, self.intent.id, made).await?;
        }
        let status = made.and_then(|made| made.status.as_deref()).or(status);
        of_containers::settle(&mut transaction, self.intent.id, status).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The id that the host gave it.
    pub(super) fn external_id(&self) -> Result<&str, AppError> {
        self.of
            .external_id
            .as_deref()
            .ok_or(AppError::Internal("an intent of a container without its id"))
    }

    async fn secrets(&self) -> Result<Secrets, AppError> {
        match &self.claim.sealed {
            Some(sealed) => Secrets::open(self.session, self.keys, self.intent.id, sealed).await,
            None => Ok(Secrets::default()),
        }
    }

    async fn write_sent(&self) -> Result<(), AppError> {
        let mut transaction = self.session.write().await?;
        stored::sent(&mut transaction, self.intent.id, self.claim.lease, None, None).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(super) async fn refused(self, error: DockerError) -> Result<Carried, AppError> {
        let why = why(&error);
        self.end_failed(why, AppError::Docker(error)).await
    }

    pub(super) async fn fail(self, code: &'static str, why: Why) -> Result<Carried, AppError> {
        let sentence = why.sentence.clone();
        self.end_failed(why, AppError::Intent { code, sentence }).await
    }

    pub(super) async fn unreadable(self) -> Result<Carried, AppError> {
        let why = Why {
            code: "intent_unreadable".to_owned(),
            sentence: "Another version of this program asked for this, and this one can't read it. Nothing was sent."
                .to_owned(),
        };
        self.fail("intent_unreadable", why).await
    }

    async fn end_failed(self, why: Why, error: AppError) -> Result<Carried, AppError> {
        let id = self.intent.id;
        let mut transaction = self.session.write().await?;
        let failed = stored::fail(&mut transaction, id, self.claim.lease, &why).await?;
        let state = if failed {
            IntentState::Failed
        } else {
            stored::get(&mut transaction, id).await?.state
        };
        transaction.commit().await?;
        Ok(Carried::now(id, state, Some(error)))
    }

    /// The answer is lost: written down as such, then looked for at once, over a connection of its own.
    async fn lost(mut self, error: DockerError) -> Result<Carried, AppError> {
        self.forget(&why(&error)).await?;
        let id = self.intent.id;
        let mut transaction = self.session.write().await?;
        let claim = stored::claim(&mut transaction, id, LEASE_SECONDS).await?;
        self.intent = stored::get(&mut transaction, id).await?;
        transaction.commit().await?;
        let Some(claim) = claim else {
            return Ok(Carried::now(id, IntentState::Unknown, Some(AppError::Docker(error))));
        };
        self.claim = claim;
        let found = Box::pin(look::look(self)).await?;
        Ok(Carried {
            error: match found.state {
                IntentState::Unknown => Some(AppError::Docker(error)),
                _ => found.error,
            },
            ..found
        })
    }

    /// Nobody knows what became of it; it is given back.
    pub(super) async fn forget(&self, why: &Why) -> Result<(), AppError> {
        let mut transaction = self.session.write().await?;
        stored::lost(&mut transaction, self.intent.id, self.claim.lease, why).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives it back as it is.
    pub(super) async fn leave(self, error: Option<AppError>) -> Carried {
        note(self.session, self.intent.id, &self.claim, error.as_ref()).await;
        Carried::now(self.intent.id, self.intent.state, error)
    }
}

/// A container is removed even while it runs, with its volumes that have no name.
const REMOVAL: Removal = Removal {
    force: true,
    volumes: true,
};

/// Whether it may have been carried out. Somebody on the way who answers in the engine's place may have passed it on.
fn is_uncertain(error: &DockerError) -> bool {
    error.is_uncertain() || matches!(error, DockerError::NotDocker { .. })
}

fn why(error: &DockerError) -> Why {
    Why {
        code: error.code().to_owned(),
        sentence: error.to_string(),
    }
}
