//! Carrying an intent out: taken, sealed, written down as sent, sent once, and its answer written down.

use std::time::{Duration, Instant};

use domain::{
    ids::{IntentId, ServerId},
    intent::{IntentKind, IntentState, Wanted},
};
use providers::linode::{Call, Linode, LinodeError, WriteError};
use secrecy::SecretString;
use store::{
    StoreError,
    intents::{self as stored, Claim, Intent, Settled, Told, Why},
};

use super::{
    call::{self, Answer},
    containers, look,
    secret::{self, Secrets, draw_password},
};
use crate::{
    AppError,
    providers::{self as accounts, Reach},
    session::Session,
    workspace_key::Ring,
};

/// How long an intent is lent.
pub(super) const LEASE_SECONDS: i32 = 300;
/// How long one call of the provider may take.
const LONGEST_CALL: Duration = Duration::from_mins(2);
/// So long after it was taken it is not sent any more: both together end before the lease does, so that nobody sends what
/// somebody else already looks for.
pub(super) const SENT_WITHIN: Duration = Duration::from_mins(2);
/// How often an answer of the provider is written down before that is given up; whoever sweeps then finds it.
pub(super) const TRIES: u32 = 3;

/// What became of an intent.
#[derive(Debug)]
pub struct Carried {
    /// Which.
    pub id: IntentId,
    /// How far it is.
    pub state: IntentState,
    /// Why it is not done.
    pub error: Option<AppError>,
    /// The password that root has got, for whoever has carried it out: told once.
    pub password: Option<SecretString>,
    /// What the provider warns of.
    pub warnings: Vec<String>,
}

impl Carried {
    pub(super) fn now(id: IntentId, state: IntentState, error: Option<AppError>) -> Self {
        Self {
            id,
            state,
            error,
            password: None,
            warnings: Vec::new(),
        }
    }
}

/// The code and the sentence that are kept of a failure.
fn why(error: &WriteError) -> Why {
    Why {
        code: code(error).to_owned(),
        sentence: error.to_string(),
    }
}

/// A refusal of the provider is one, whether it was foreseen or told.
pub(super) const fn code(error: &WriteError) -> &'static str {
    match error {
        WriteError::NotDone(LinodeError::Rejected(_)) => "provider_invalid",
        other => other.code(),
    }
}

/// Whether it was not carried out for a reason that passes by itself, and may be sent another time as it is. Not where a server
/// that is at work would lose what was not there when a person decided.
fn passes(kind: IntentKind, error: &WriteError) -> bool {
    let loses = matches!(
        kind,
        IntentKind::Rebuild | IntentKind::Restore | IntentKind::Delete | IntentKind::CancelBackups
    );
    match error {
        WriteError::NotDone(LinodeError::Busy) => !loses,
        WriteError::NotDone(error) => error.is_passing(),
        WriteError::Invalid(_) | WriteError::Unknown { .. } => false,
    }
}

/// Carries out an intent that waits, or looks what has become of one that was sent. Where somebody else has it, or it is at
/// its end, the answer is how far it is.
pub async fn carry_out(session: &Session, keys: &Ring, reach: &Reach, id: IntentId) -> Result<Carried, AppError> {
    if containers::is_of_container(session, id).await? {
        return Box::pin(containers::carry_out(session, keys, reach, id)).await;
    }
    let Some(work) = Work::take(session, keys, reach, id).await? else {
        let intent = stored::get(&mut *session.read().await?, id).await?;
        return Ok(Carried::now(id, intent.state, None));
    };
    if work.intent.state == IntentState::Waiting {
        Box::pin(work.send(reach)).await
    } else {
        Box::pin(look::look(work)).await
    }
}

/// An intent that this program has taken.
pub(super) struct Work<'a> {
    pub(super) session: &'a Session,
    keys: &'a Ring,
    pub(super) linode: Linode,
    pub(super) intent: Intent,
    claim: Claim,
    began: Instant,
    pub(super) call: Call,
}

impl<'a> Work<'a> {
    /// Takes it; `None` where somebody else has it or it is at its end.
    pub(super) async fn take(
        session: &'a Session,
        keys: &'a Ring,
        reach: &Reach,
        id: IntentId,
    ) -> Result<Option<Self>, AppError> {
        let began = Instant::now();
        let mut transaction = session.write().await?;
        let Some(claim) = stored::claim(&mut transaction, id, LEASE_SECONDS).await? else {
            return Ok(None);
        };
        let intent = stored::get(&mut transaction, id).await?;
        transaction.commit().await?;
        match client(session, keys, reach, &intent).await {
            Ok(linode) => Ok(Some(Self {
                session,
                keys,
                linode,
                intent,
                claim,
                began,
                call: Call::new().within(LONGEST_CALL),
            })),
            Err(error) => {
                // It stays as it is, and waits for somebody who can.
                note(session, id, &claim, Some(&error)).await;
                Err(error)
            }
        }
    }

    /// One that is not taken, because it was given up already.
    pub(super) async fn late(
        session: &'a Session,
        keys: &'a Ring,
        reach: &Reach,
        id: IntentId,
    ) -> Result<Self, AppError> {
        let mut transaction = session.write().await?;
        let intent = stored::get(&mut transaction, id).await?;
        transaction.rollback().await?;
        Ok(Self {
            linode: client(session, keys, reach, &intent).await?,
            session,
            keys,
            intent,
            claim: Claim {
                lease: uuid::Uuid::nil(),
                sealed: None,
            },
            began: Instant::now(),
            call: Call::new().within(LONGEST_CALL),
        })
    }

    async fn send(self, reach: &Reach) -> Result<Carried, AppError> {
        let Some(wanted) = self.intent.wanted.clone() else {
            return self.unreadable().await;
        };
        let ready = self.ready(&wanted).await;
        let (secrets, prepared) = match ready {
            Ok(Ok(ready)) => ready,
            Ok(Err(error)) if passes(self.intent.kind, &error) => {
                return Ok(self.leave(Some(AppError::Write(error))).await);
            }
            Ok(Err(error)) => return self.refused(error).await,
            Err(error) => {
                note(self.session, self.intent.id, &self.claim, Some(&error)).await;
                return Err(error);
            }
        };
        match self.write_sent(&secrets, prepared.event_before).await {
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
        match call::send(&self.linode, &self.intent, &wanted, &secrets, prepared, &self.call).await {
            Ok(answer) => self.answered(answer, secrets).await,
            Err(error) if passes(self.intent.kind, &error) => self.waits_again(error).await,
            Err(error) if error.is_undone() => self.refused(error).await,
            Err(error) => self.lost(error, reach).await,
        }
    }

    /// The secrets, and what has to be asked before.
    async fn ready(&self, wanted: &Wanted) -> Result<Result<(Secrets, call::Prepared), WriteError>, AppError> {
        let mut secrets = self.secrets().await?;
        if self.intent.kind.draws_password() && secrets.root_password.is_none() {
            secrets.root_password = Some(draw_password()?);
        }
        let prepared = call::prepare(&self.linode, wanted, &secrets, &self.call).await;
        Ok(prepared.map(|prepared| (secrets, prepared)))
    }

    async fn secrets(&self) -> Result<Secrets, AppError> {
        match &self.claim.sealed {
            Some(sealed) => Secrets::open(self.session, self.keys, self.intent.id, sealed).await,
            None => Ok(Secrets::default()),
        }
    }

    async fn write_sent(&self, secrets: &Secrets, event_before: Option<u64>) -> Result<(), AppError> {
        let (id, lease) = (self.intent.id, self.claim.lease);
        let before = event_before.and_then(|id| i64::try_from(id).ok());
        let mut transaction = self.session.write().await?;
        let sealed = if secrets.root_password.is_some() {
            Some(secrets.seal(&mut transaction, self.keys, id).await?)
        } else {
            None
        };
        stored::sent(&mut transaction, id, lease, sealed.as_deref(), before).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn answered(self, answer: Answer, secrets: Secrets) -> Result<Carried, AppError> {
        let settled = Settled {
            told: answer.told,
            over: answer.over,
            ..Settled::default()
        };
        let state = self
            .settle(&settled, answer.created, secrets.root_password.as_ref())
            .await?;
        Ok(Carried {
            id: self.intent.id,
            state,
            error: None,
            password: secrets.root_password,
            warnings: answer.warnings,
        })
    }

    /// Writes down what the provider has done. Said twice it is written once, so it is tried again where the database fails.
    pub(super) async fn settle(
        &self,
        settled: &Settled<'_>,
        created: bool,
        password: Option<&SecretString>,
    ) -> Result<IntentState, AppError> {
        let mut tries = 1;
        loop {
            match self.try_settle(settled, created, password).await {
                Err(AppError::Store(StoreError::Timeout | StoreError::ConnectionLost(_))) if tries < TRIES => {
                    tries += 1;
                }
                Err(error) => return Err(error),
                Ok(()) => break,
            }
        }
        Ok(if settled.over {
            IntentState::Done
        } else {
            IntentState::Running
        })
    }

    async fn try_settle(
        &self,
        settled: &Settled<'_>,
        created: bool,
        password: Option<&SecretString>,
    ) -> Result<(), AppError> {
        let mut transaction = self.session.write().await?;
        let server = if created {
            Some(stored::record(&mut transaction, self.intent.id, &settled.told).await?)
        } else {
            self.intent.server
        };
        // Of what was ordered or made anew root has the password from the answer on, of what gets another one at the end.
        let due = match self.intent.kind {
            IntentKind::ResetPassword => settled.over,
            _ => self.intent.state != IntentState::Running,
        };
        let sealed = self.seal(&mut transaction, server.filter(|_| due), password).await?;
        let settled = Settled {
            password: sealed.as_deref(),
            ..settled.clone()
        };
        stored::settle(&mut transaction, self.intent.id, &settled).await?;
        transaction.commit().await?;
        Ok(())
    }

    async fn seal(
        &self,
        connection: &mut sqlx::PgConnection,
        server: Option<ServerId>,
        password: Option<&SecretString>,
    ) -> Result<Option<String>, AppError> {
        match server.zip(password) {
            Some((server, password)) => Ok(Some(
                secret::seal_password(connection, self.keys, server, password).await?,
            )),
            None => Ok(None),
        }
    }

    /// The password that lies sealed with the intent. Where it can't be opened what the provider has done is written down
    /// all the same: root can be given another one.
    pub(super) async fn kept_password(&self) -> Option<SecretString> {
        match self.secrets().await {
            Ok(secrets) => secrets.root_password,
            Err(error) => {
                tracing::warn!(intent = self.intent.id.get(), %error, "the password of an intent was not opened");
                None
            }
        }
    }

    /// It was certainly not carried out, and may well be another time: it waits again, and whoever sweeps sends it within its
    /// day.
    async fn waits_again(self, error: WriteError) -> Result<Carried, AppError> {
        let mut transaction = self.session.write().await?;
        stored::unsend(&mut transaction, self.intent.id, self.claim.lease, &why(&error)).await?;
        let state = stored::get(&mut transaction, self.intent.id).await?.state;
        transaction.commit().await?;
        Ok(Carried::now(self.intent.id, state, Some(AppError::Write(error))))
    }

    async fn refused(self, error: WriteError) -> Result<Carried, AppError> {
        let why = why(&error);
        self.end_failed(why, AppError::Write(error)).await
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

    /// The answer is lost: written down as such, then looked for at once.
    async fn lost(self, error: WriteError, reach: &Reach) -> Result<Carried, AppError> {
        let (session, keys, id) = (self.session, self.keys, self.intent.id);
        self.forget(&why(&error)).await?;
        let found = match Work::take(session, keys, reach, id).await? {
            Some(work) => Box::pin(look::look(work)).await?,
            None => Carried::now(id, IntentState::Unknown, None),
        };
        Ok(Carried {
            error: match found.state {
                IntentState::Unknown => Some(AppError::Write(error)),
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

    pub(super) fn ended(&self, state: IntentState, password: Option<SecretString>) -> Carried {
        Carried {
            password,
            ..Carried::now(self.intent.id, state, None)
        }
    }
}

/// The client of the intent's account.
async fn client(session: &Session, keys: &Ring, reach: &Reach, intent: &Intent) -> Result<Linode, AppError> {
    let account = accounts::linode(accounts::get(session, intent.account).await?)?;
    let token = accounts::open_token(session, &account, keys).await?;
    reach.linode(account.endpoint.as_deref(), &token)
}

/// Gives an intent back with why it stays as it is. A lease that can't be given back runs out.
pub(super) async fn note(session: &Session, id: IntentId, claim: &Claim, error: Option<&AppError>) {
    let why = error.map(|error| Why {
        code: match error {
            AppError::Provider(fault) => fault.code(),
            AppError::Docker(fault) => fault.code(),
            AppError::OtherEngine(_) => "docker_other_engine",
            AppError::Write(error) => code(error),
            AppError::Intent { code, .. } => code,
            AppError::Token(_) => "token_unusable",
            AppError::WorkspaceKey(_) => "workspace_key_missing",
            _ => "not_carried_out",
        }
        .to_owned(),
        sentence: match error {
            AppError::Store(_) => "The database refused or could not be reached.".to_owned(),
            other => other.to_string(),
        },
    });
    let given = async {
        let mut transaction = session.write().await?;
        stored::give_back(&mut transaction, id, claim.lease, why.as_ref()).await?;
        transaction.commit().await?;
        Ok::<(), AppError>(())
    };
    if let Err(error) = given.await {
        tracing::warn!(intent = id.get(), %error, "an intent could not be given back; its lease runs out");
    }
}

/// What is told of a server that the provider has no more.
pub(super) fn untold() -> Told {
    Told::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_sent_again_unless_it_would_lose_what_is_new() {
        let limited = || WriteError::NotDone(LinodeError::RateLimited { retry_after: None });
        let busy = || WriteError::NotDone(LinodeError::Busy);
        assert!(passes(IntentKind::Delete, &limited()) && passes(IntentKind::Order, &limited()));
        assert!(passes(IntentKind::Reboot, &busy()) && !passes(IntentKind::Rebuild, &busy()));
        for never in [
            WriteError::NotDone(LinodeError::Unauthorized),
            WriteError::NotDone(LinodeError::Rejected(Vec::new())),
            WriteError::Invalid(Vec::new()),
            WriteError::Unknown {
                what: "created the server",
                cause: LinodeError::Timeout,
            },
        ] {
            assert!(!passes(IntentKind::Order, &never), "{never}");
        }
    }
}
