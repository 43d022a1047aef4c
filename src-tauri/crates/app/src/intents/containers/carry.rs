//! Carrying an intent of a container out.

use domain::{
    ids::IntentId,
    intent::{IntentState, NewContainer, Wanted},
};
use providers::docker::{Call, Container, DockerError, KEY_LABEL, Removal, Summary};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use store::intents::{
    self as stored, Why,
    containers::{self as of_containers, Made, OfContainer},
};

use super::{image, look, spec};
use crate::{
    AppError,
    hosts::Host,
    intents::{
        carry::Carried,
        lent::{Lent, Tries},
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
    if work.lent.intent.state == IntentState::Waiting {
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

/// An intent of a container that this program has taken, and the way to its host.
pub(super) struct Work<'a> {
    pub(super) lent: Lent<'a>,
    pub(super) host: Host,
    pub(super) of: OfContainer,
    pub(super) call: Call,
}

impl<'a> Work<'a> {
    /// Takes it; `None` where somebody else has it or it is at its end.
    async fn take(session: &'a Session, keys: &'a Ring, reach: &Reach, id: IntentId) -> Result<Option<Self>, AppError> {
        let Some(lent) = Lent::take(session, keys, id).await? else {
            return Ok(None);
        };
        let open = async {
            let of = of_containers::of_container(&mut *session.read().await?, id).await?;
            let host = Host::open(session, Some(keys), lent.intent.account, reach).await?;
            // Nothing is done on another engine than the one that it was asked for: an address of a socket means one on
            // each computer.
            host.same_engine(session, &Call::new()).await?;
            Ok::<_, AppError>((of, host))
        };
        match open.await {
            Ok((of, host)) => Ok(Some(Self {
                lent,
                host,
                of,
                call: Call::new(),
            })),
            Err(error) => Err(Self::not_reached(&lent, reach, error).await),
        }
    }

    /// A host that is not reached: what was to be done to it is not. But what waits for a computer on which its socket is,
    /// or was sent already, goes on waiting for somebody who can.
    async fn not_reached(lent: &Lent<'a>, reach: &Reach, error: AppError) -> AppError {
        let elsewhere = match &error {
            AppError::Docker(_) => Host::open(lent.session, Some(lent.keys), lent.intent.account, reach)
                .await
                .is_ok_and(|host| host.is_of_this_computer()),
            _ => true,
        };
        match &error {
            AppError::Docker(fault) if !elsewhere && lent.intent.state == IntentState::Waiting => {
                match lent.write_failed(&why(fault)).await {
                    Ok(_) => error,
                    Err(other) => other,
                }
            }
            _ => {
                lent.note(Some(&error)).await;
                error
            }
        }
    }

    /// One that is not taken, because it was given up already.
    async fn late(session: &'a Session, keys: &'a Ring, reach: &Reach, id: IntentId) -> Result<Self, AppError> {
        let lent = Lent::late(session, keys, id).await?;
        Ok(Self {
            of: of_containers::of_container(&mut *session.read().await?, id).await?,
            host: Host::open(session, Some(keys), lent.intent.account, reach).await?,
            lent,
            call: Call::new(),
        })
    }

    /// The container of a creation, found by its mark.
    pub(super) async fn marked(&self) -> Result<Option<Summary>, DockerError> {
        let found = self
            .host
            .docker
            .labelled(KEY_LABEL, &self.lent.intent.mark, &self.call)
            .await?;
        Ok(found.items.into_iter().min_by_key(|one| one.created))
    }

    async fn send(mut self) -> Result<Carried, AppError> {
        let Some(wanted) = self.lent.intent.wanted.clone() else {
            return self.lent.unreadable().await;
        };
        let secrets = match self.lent.secrets().await {
            Ok(secrets) => secrets,
            Err(error) => {
                self.lent.note(Some(&error)).await;
                return Err(error);
            }
        };
        if let Wanted::Create(new) = &wanted {
            match image::fetch(&mut self.lent, &self.host.docker, new.image.as_str()).await {
                Ok(true) => {}
                Ok(false) => return self.lent.elsewhere().await,
                Err(AppError::Docker(error)) => return self.refused(error).await,
                Err(error) => {
                    self.lent.note(Some(&error)).await;
                    return Err(error);
                }
            }
        }
        if let Some(ended) = self.lent.may_send(None, None).await? {
            return Ok(ended);
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
        let Ok(spec) = spec::of(&self.lent.intent.mark, new, &secrets.answers) else {
            return self.lent.unreadable().await;
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
                        tracing::warn!(intent = self.lent.id().get(), %other, "what could not be started was not removed");
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
        match self.lent.secrets().await {
            Ok(secrets) => {
                let entries = secrets.answers.iter();
                let open = entries.map(|(name, value)| (name.clone(), Value::from(value.expose_secret())));
                Value::Object(open.collect::<Map<_, _>>())
            }
            Err(error) => {
                tracing::warn!(intent = self.lent.id().get(), %error, "the environment of a container was not opened");
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
        let mut tries = Tries::new();
        loop {
            match self.try_write(made, status).await {
                Ok(()) => return Ok(Carried::now(self.lent.id(), IntentState::Done, None)),
                Err(error) if tries.again_after(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn try_write(&self, made: Option<&Made>, status: Option<&str>) -> Result<(), AppError> {
        let mut transaction = self.lent.session.write().await?;
        if let Some(made) = made {
            of_containers::record(&mut transaction, self.lent.id(), made).await?;
        }
        let status = made.and_then(|made| made.status.as_deref()).or(status);
        of_containers::settle(&mut transaction, self.lent.id(), status).await?;
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

    pub(super) async fn refused(self, error: DockerError) -> Result<Carried, AppError> {
        self.lent.end_failed(&why(&error), AppError::Docker(error)).await
    }

    /// The answer is lost: written down as such, then looked for at once, over a connection of its own.
    async fn lost(mut self, error: DockerError) -> Result<Carried, AppError> {
        self.lent.forget(&why(&error)).await?;
        let id = self.lent.id();
        let Some(lent) = Lent::take(self.lent.session, self.lent.keys, id).await? else {
            return Ok(Carried::now(id, IntentState::Unknown, Some(AppError::Docker(error))));
        };
        self.lent = lent;
        let found = Box::pin(look::look(self)).await?;
        Ok(Carried {
            error: match found.state {
                IntentState::Unknown => Some(AppError::Docker(error)),
                _ => found.error,
            },
            ..found
        })
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
