//! Carrying an intent out: taken, sealed, written down as sent, sent once, and its answer written down.

use std::time::Duration;

use domain::{
    ids::{IntentId, ServerId},
    intent::{IntentKind, IntentState, Wanted},
};
use providers::linode::{Call, Linode, LinodeError, WriteError};
use secrecy::SecretString;
use store::intents::{self as stored, Intent, Settled, Told, Why};

use super::{
    call::{self, Answer},
    containers,
    lent::{Lent, Tries, code},
    look, naming,
    secret::{self, Secrets, draw_password},
};
use crate::{
    AppError,
    providers::{self as accounts, Reach},
    session::Session,
    workspace_key::Ring,
};

/// How long one call of the provider may take.
const LONGEST_CALL: Duration = Duration::from_mins(2);

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
    let kind = work.lent.intent.kind;
    let carried = if work.lent.intent.state == IntentState::Waiting {
        Box::pin(work.send(reach)).await?
    } else {
        Box::pin(look::look(work)).await?
    };
    if kind == IntentKind::Order && carried.state == IntentState::Done {
        naming::name(session, keys, reach, id).await;
    }
    Ok(carried)
}

/// An intent of a server that this program has taken, and the way to its account.
pub(super) struct Work<'a> {
    pub(super) lent: Lent<'a>,
    pub(super) linode: Linode,
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
        let Some(lent) = Lent::take(session, keys, id).await? else {
            return Ok(None);
        };
        match client(session, keys, reach, &lent.intent).await {
            Ok(linode) => Ok(Some(Self::over(lent, linode))),
            Err(error) => {
                // It stays as it is, and waits for somebody who can.
                lent.note(Some(&error)).await;
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
        let lent = Lent::late(session, keys, id).await?;
        let linode = client(session, keys, reach, &lent.intent).await?;
        Ok(Self::over(lent, linode))
    }

    fn over(lent: Lent<'a>, linode: Linode) -> Self {
        Self {
            lent,
            linode,
            call: Call::new().within(LONGEST_CALL),
        }
    }

    async fn send(self, reach: &Reach) -> Result<Carried, AppError> {
        let kind = self.lent.intent.kind;
        let Some(wanted) = self.lent.intent.wanted.clone() else {
            return self.lent.unreadable().await;
        };
        let ready = self.ready(&wanted).await;
        let (secrets, prepared) = match ready {
            Ok(Ok(ready)) => ready,
            Ok(Err(error)) if passes(kind, &error) => {
                return Ok(self.lent.leave(Some(AppError::Write(error))).await);
            }
            Ok(Err(error)) => return self.refused(error).await,
            Err(error) => {
                self.lent.note(Some(&error)).await;
                return Err(error);
            }
        };
        let drawn = Some(&secrets).filter(|secrets| secrets.root_password.is_some());
        if let Some(ended) = self.lent.may_send(drawn, prepared.event_before).await? {
            return Ok(ended);
        }
        match call::send(&self.linode, &self.lent.intent, &wanted, &secrets, prepared, &self.call).await {
            Ok(answer) => self.answered(answer, secrets).await,
            Err(error) if passes(kind, &error) => self.lent.wait_again(&why(&error), AppError::Write(error)).await,
            Err(error) if error.is_undone() => self.refused(error).await,
            Err(error) => self.lost(error, reach).await,
        }
    }

    /// The secrets, and what has to be asked before.
    async fn ready(&self, wanted: &Wanted) -> Result<Result<(Secrets, call::Prepared), WriteError>, AppError> {
        let mut secrets = self.lent.secrets().await?;
        if self.lent.intent.kind.draws_password() && secrets.root_password.is_none() {
            secrets.root_password = Some(draw_password()?);
        }
        let prepared = call::prepare(&self.linode, wanted, &secrets, &self.call).await;
        Ok(prepared.map(|prepared| (secrets, prepared)))
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
            id: self.lent.id(),
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
        let mut tries = Tries::new();
        loop {
            match self.try_settle(settled, created, password).await {
                Ok(()) => break,
                Err(error) if tries.again_after(&error) => {}
                Err(error) => return Err(error),
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
        let mut transaction = self.lent.session.write().await?;
        let server = if created {
            Some(stored::record(&mut transaction, self.lent.id(), &settled.told).await?)
        } else {
            self.lent.intent.server
        };
        // Of what was ordered or made anew root has the password from the answer on, of what gets another one at the end.
        let due = match self.lent.intent.kind {
            IntentKind::ResetPassword => settled.over,
            _ => self.lent.intent.state != IntentState::Running,
        };
        let sealed = self.seal(&mut transaction, server.filter(|_| due), password).await?;
        let settled = Settled {
            password: sealed.as_deref(),
            ..settled.clone()
        };
        stored::settle(&mut transaction, self.lent.id(), &settled).await?;
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
                secret::seal_password(connection, self.lent.keys, server, password).await?,
            )),
            None => Ok(None),
        }
    }

    /// The password that lies sealed with the intent. Where it can't be opened what the provider has done is written down
    /// all the same: root can be given another one.
    pub(super) async fn kept_password(&self) -> Option<SecretString> {
        match self.lent.secrets().await {
            Ok(secrets) => secrets.root_password,
            Err(error) => {
                tracing::warn!(intent = self.lent.id().get(), %error, "the password of an intent was not opened");
                None
            }
        }
    }

    async fn refused(self, error: WriteError) -> Result<Carried, AppError> {
        self.lent.end_failed(&why(&error), AppError::Write(error)).await
    }

    /// The answer is lost: written down as such, then looked for at once.
    async fn lost(self, error: WriteError, reach: &Reach) -> Result<Carried, AppError> {
        let (session, keys, id) = (self.lent.session, self.lent.keys, self.lent.id());
        self.lent.forget(&why(&error)).await?;
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

    pub(super) fn ended(&self, state: IntentState, password: Option<SecretString>) -> Carried {
        Carried {
            password,
            ..Carried::now(self.lent.id(), state, None)
        }
    }
}

/// The client of the intent's account.
async fn client(session: &Session, keys: &Ring, reach: &Reach, intent: &Intent) -> Result<Linode, AppError> {
    let account = accounts::linode(accounts::get(session, intent.account).await?)?;
    let token = accounts::open_token(session, &account, keys).await?;
    reach.linode(account.endpoint.as_deref(), &token)
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
