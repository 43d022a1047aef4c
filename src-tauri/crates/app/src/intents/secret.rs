//! The secrets of an intent: the password that root gets, and the answers to a StackScript. Sealed for the intent's row
//! while it is carried out; the password then moves to the server's row.

use std::collections::BTreeMap;

use domain::ids::{IntentId, ServerId};
use domain::role::Action;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use vault::{Place, SealError};
use zeroize::Zeroizing;

use super::Answers;
use crate::{
    AppError, TokenProblem,
    session::Session,
    workspace_key::{self, Ring},
};

/// 64 letters, so that each is drawn as often as any other.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
const LENGTH: usize = 32;

/// What is kept sealed.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets {
    pub(super) root_password: Option<SecretString>,
    pub(super) answers: Answers,
}

/// Their text before it is sealed.
#[derive(Serialize, Deserialize)]
struct Text {
    #[serde(skip_serializing_if = "Option::is_none")]
    root_password: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    answers: BTreeMap<String, String>,
}

fn place(intent: IntentId) -> Place<'static> {
    Place {
        table: "provider_intents",
        row: intent.get(),
        column: "secret",
    }
}

fn password_place(server: ServerId) -> Place<'static> {
    Place {
        table: "vps_instances",
        row: i64::from(server.get()),
        column: "root_password",
    }
}

impl Secrets {
    pub(super) fn of_answers(answers: Answers) -> Self {
        Self {
            root_password: None,
            answers,
        }
    }

    /// Seals them for the intent's row.
    pub(super) async fn seal(
        &self,
        connection: &mut PgConnection,
        keys: &Ring,
        intent: IntentId,
    ) -> Result<String, AppError> {
        let open = |secret: &SecretString| secret.expose_secret().to_owned();
        let text = Text {
            root_password: self.root_password.as_ref().map(open),
            answers: self
                .answers
                .iter()
                .map(|(name, answer)| (name.clone(), open(answer)))
                .collect(),
        };
        let json =
            Zeroizing::new(serde_json::to_string(&text).map_err(|_| AppError::Internal("secrets of an intent"))?);
        workspace_key::seal(connection, keys, place(intent), &json).await
    }

    /// Opens what was sealed for the intent's row.
    pub(super) async fn open(session: &Session, keys: &Ring, intent: IntentId, sealed: &str) -> Result<Self, AppError> {
        let opened = open(session, keys, place(intent), sealed).await?;
        let text: Text = serde_json::from_str(opened.expose_secret())
            .map_err(|_| AppError::Internal("the secrets of an intent have another form"))?;
        Ok(Self {
            root_password: text.root_password.map(SecretString::from),
            answers: text
                .answers
                .into_iter()
                .map(|(name, answer)| (name, SecretString::from(answer)))
                .collect(),
        })
    }
}

/// Opens what is sealed for a place, also when it was sealed anew since these keys were looked at.
async fn open(session: &Session, keys: &Ring, place: Place<'_>, sealed: &str) -> Result<SecretString, AppError> {
    let mut opened = keys.open(place, sealed);
    if let Err(SealError::Version { sealed: under, held }) = &opened
        && under > held
    {
        let checked = workspace_key::check(session, keys).await?;
        opened = checked.ring.open(place, sealed);
    }
    opened.map_err(|why| {
        tracing::warn!(%place, %why, "a secret was not opened");
        AppError::Token(match why {
            SealError::Form => TokenProblem::NotSealed,
            SealError::Version { .. } | SealError::Refused | SealError::NotText => TokenProblem::Unreadable,
        })
    })
}

/// Seals root's password for the server's row.
pub(super) async fn seal_password(
    connection: &mut PgConnection,
    keys: &Ring,
    server: ServerId,
    password: &SecretString,
) -> Result<String, AppError> {
    workspace_key::seal(connection, keys, password_place(server), password.expose_secret()).await
}

/// Root's password on a server as far as this program knows it: what was drawn when the server was ordered, made anew or
/// given another one. For admins who hold the workspace key.
pub async fn password_of(session: &Session, keys: &Ring, server: ServerId) -> Result<Option<SecretString>, AppError> {
    session.may(Action::EditServer)?;
    let sealed = store::intents::sealed_password(&mut *session.read().await?, server).await?;
    match sealed {
        Some(sealed) => Ok(Some(open(session, keys, password_place(server), &sealed).await?)),
        None => Ok(None),
    }
}

/// The same, to be shown to a person: behind the confirmation, and told by the log. Where it can't be opened nothing is told,
/// and the log says nothing.
pub async fn show_password(session: &Session, keys: &Ring, server: ServerId) -> Result<SecretString, AppError> {
    session.may(Action::EditServer)?;
    let mut transaction = session.write().await?;
    let sealed = store::intents::show_password(&mut transaction, server).await?;
    let password = open(session, keys, password_place(server), &sealed).await?;
    transaction.commit().await?;
    Ok(password)
}

/// A new password for root.
pub(super) fn draw_password() -> Result<SecretString, AppError> {
    let mut bytes = Zeroizing::new([0u8; LENGTH]);
    #[expect(
        clippy::disallowed_methods,
        reason = "a password is random, and no input of any rule"
    )]
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| AppError::Internal("no randomness"))?;
    let letters = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte & 63)]));
    Ok(SecretString::from(letters.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_never_the_same() {
        let one = draw_password().unwrap();
        let other = draw_password().unwrap();
        assert_eq!(one.expose_secret().len(), LENGTH);
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(one.expose_secret().bytes().all(|letter| LETTERS.contains(&letter)));
    }
}
