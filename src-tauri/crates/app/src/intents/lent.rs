//! An intent that this program has taken, wherever it is carried out: its lease, its secrets, and the ends that are no
//! answer of anybody.

use std::time::{Duration, Instant};

use domain::{ids::IntentId, intent::IntentState};
use providers::linode::{LinodeError, WriteError};
use store::{
    StoreError,
    intents::{self as stored, Claim, Intent, Why},
};

use super::{carry::Carried, secret::Secrets};
use crate::{AppError, session::Session, workspace_key::Ring};

/// How long an intent is lent.
const LEASE_SECONDS: i32 = 300;
/// So long after it was taken it is not sent any more: together with the longest call that ends before the lease does, so
/// that nobody sends what somebody else already looks for.
const SENT_WITHIN: Duration = Duration::from_mins(2);

/// An intent that this program has taken.
pub(super) struct Lent<'a> {
    pub(super) session: &'a Session,
    pub(super) keys: &'a Ring,
    pub(super) intent: Intent,
    claim: Claim,
    began: Instant,
}

impl<'a> Lent<'a> {
    /// Takes it; `None` where somebody else has it or it is at its end.
    pub(super) async fn take(session: &'a Session, keys: &'a Ring, id: IntentId) -> Result<Option<Self>, AppError> {
        let began = Instant::now();
        let mut transaction = session.write().await?;
        let Some(claim) = stored::claim(&mut transaction, id, LEASE_SECONDS).await? else {
            return Ok(None);
        };
        let intent = stored::get(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(Some(Self {
            session,
            keys,
            intent,
            claim,
            began,
        }))
    }

    /// One that is not taken, because it was given up already.
    pub(super) async fn late(session: &'a Session, keys: &'a Ring, id: IntentId) -> Result<Self, AppError> {
        Ok(Self {
            intent: stored::get(&mut *session.read().await?, id).await?,
            session,
            keys,
            claim: Claim {
                lease: uuid::Uuid::nil(),
                sealed: None,
            },
            began: Instant::now(),
        })
    }

    /// Which.
    pub(super) const fn id(&self) -> IntentId {
        self.intent.id
    }

    /// What lies sealed with it.
    pub(super) async fn secrets(&self) -> Result<Secrets, AppError> {
        match &self.claim.sealed {
            Some(sealed) => Secrets::open(self.session, self.keys, self.id(), sealed).await,
            None => Ok(Secrets::default()),
        }
    }

    /// Goes on holding what takes longer, with how much of it is done in a hundred; whether it is still held.
    pub(super) async fn hold(&mut self, percent: u8) -> Result<bool, AppError> {
        let mut transaction = self.session.write().await?;
        let percent = Some(i32::from(percent));
        let held = stored::hold(&mut transaction, self.id(), self.claim.lease, LEASE_SECONDS, percent).await?;
        transaction.commit().await?;
        if held {
            self.began = Instant::now();
        }
        Ok(held)
    }

    /// Somebody else has it, or has taken it back: how far it is.
    pub(super) async fn elsewhere(&self) -> Result<Carried, AppError> {
        let intent = stored::get(&mut *self.session.read().await?, self.id()).await?;
        Ok(Carried::now(self.id(), intent.state, None))
    }

    /// Writes down that it is sent from now on, with the secrets that were drawn for it. Where it may not be sent, what has
    /// become of it instead.
    pub(super) async fn may_send(
        &self,
        drawn: Option<&Secrets>,
        event_before: Option<u64>,
    ) -> Result<Option<Carried>, AppError> {
        match self.write_sent(drawn, event_before).await {
            Ok(()) => {}
            Err(AppError::Store(StoreError::Rule(rule))) if rule == "intent_lease_lost" => {
                return self.elsewhere().await.map(Some);
            }
            Err(error) => {
                self.note(Some(&error)).await;
                return Err(error);
            }
        }
        if self.began.elapsed() > SENT_WITHIN {
            let why = Why {
                code: "intent_too_slow".to_owned(),
                sentence: "This computer was too slow to send it in time. Nothing was sent; ask for it again."
                    .to_owned(),
            };
            return self.fail("intent_too_slow", why).await.map(Some);
        }
        Ok(None)
    }

    async fn write_sent(&self, drawn: Option<&Secrets>, event_before: Option<u64>) -> Result<(), AppError> {
        let before = event_before.and_then(|id| i64::try_from(id).ok());
        let mut transaction = self.session.write().await?;
        let sealed = match drawn {
            Some(secrets) => Some(secrets.seal(&mut transaction, self.keys, self.id()).await?),
            None => None,
        };
        stored::sent(&mut transaction, self.id(), self.claim.lease, sealed.as_deref(), before).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// It was certainly not carried out, and may well be another time: it waits again, and whoever sweeps sends it within
    /// its day.
    pub(super) async fn wait_again(&self, why: &Why, error: AppError) -> Result<Carried, AppError> {
        let mut transaction = self.session.write().await?;
        stored::unsend(&mut transaction, self.id(), self.claim.lease, why).await?;
        let state = stored::get(&mut transaction, self.id()).await?.state;
        transaction.commit().await?;
        Ok(Carried::now(self.id(), state, Some(error)))
    }

    /// It was not carried out, for a reason of ours.
    pub(super) async fn fail(&self, code: &'static str, why: Why) -> Result<Carried, AppError> {
        let sentence = why.sentence.clone();
        self.end_failed(&why, AppError::Intent { code, sentence }).await
    }

    pub(super) async fn unreadable(&self) -> Result<Carried, AppError> {
        let why = Why {
            code: "intent_unreadable".to_owned(),
            sentence: "Another version of this program asked for this, and this one can't read it. Nothing was sent."
                .to_owned(),
        };
        self.fail("intent_unreadable", why).await
    }

    /// It was not carried out.
    pub(super) async fn end_failed(&self, why: &Why, error: AppError) -> Result<Carried, AppError> {
        let state = self.write_failed(why).await?;
        Ok(Carried::now(self.id(), state, Some(error)))
    }

    /// The same, for who has another answer; how far it is now.
    pub(super) async fn write_failed(&self, why: &Why) -> Result<IntentState, AppError> {
        let mut transaction = self.session.write().await?;
        let failed = stored::fail(&mut transaction, self.id(), self.claim.lease, why).await?;
        let state = if failed {
            IntentState::Failed
        } else {
            stored::get(&mut transaction, self.id()).await?.state
        };
        transaction.commit().await?;
        Ok(state)
    }

    /// Nobody knows what became of it; it is given back.
    pub(super) async fn forget(&self, why: &Why) -> Result<(), AppError> {
        let mut transaction = self.session.write().await?;
        stored::lost(&mut transaction, self.id(), self.claim.lease, why).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Gives it back as it is.
    pub(super) async fn leave(&self, error: Option<AppError>) -> Carried {
        self.note(error.as_ref()).await;
        Carried::now(self.id(), self.intent.state, error)
    }

    /// Gives it back with why it stays as it is. A lease that can't be given back runs out.
    pub(super) async fn note(&self, error: Option<&AppError>) {
        let why = error.map(why_not);
        let given = async {
            let mut transaction = self.session.write().await?;
            stored::give_back(&mut transaction, self.id(), self.claim.lease, why.as_ref()).await?;
            transaction.commit().await?;
            Ok::<(), AppError>(())
        };
        if let Err(error) = given.await {
            tracing::warn!(intent = self.id().get(), %error, "an intent could not be given back; its lease runs out");
        }
    }
}

/// How often an answer is written down before that is given up; whoever sweeps then finds it.
pub(super) struct Tries(u32);

impl Tries {
    pub(super) const fn new() -> Self {
        Self(3)
    }

    /// Whether to try again after this.
    pub(super) const fn again_after(&mut self, error: &AppError) -> bool {
        let passes = matches!(
            error,
            AppError::Store(StoreError::Timeout | StoreError::ConnectionLost(_))
        );
        self.0 = self.0.saturating_sub(1);
        passes && self.0 > 0
    }
}

/// The code that is kept of a failure. A refusal of the provider is one, whether it was foreseen or told.
pub(super) const fn code(error: &WriteError) -> &'static str {
    match error {
        WriteError::NotDone(LinodeError::Rejected(_)) => "provider_invalid",
        other => other.code(),
    }
}

fn why_not(error: &AppError) -> Why {
    Why {
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
    }
}
