//! StackScripts as the business offers them, and what the provider says of one.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::{
    ids::{ProviderConfigId, StackScriptId},
    role::Action,
    script::{ScriptData, ScriptDescription, ScriptName, ScriptSettings, is_secret},
};
use providers::linode::{Call, Field, FieldKind, StackScript};
use serde::Serialize;
use store::scripts::{self, ScriptFields, StoredScript};
use ts_rs::TS;

use crate::{
    AppError,
    providers::{self as accounts, Reach},
    session::Session,
    workspace_key::Ring,
};

/// A script as it is offered. Secrets that another program has written beside it are not in it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScriptRow {
    /// `stackscript_configs.id`.
    pub id: i32,
    /// Its name here.
    pub name: String,
    /// Its number at the provider.
    pub script_id: Option<i32>,
    /// What it is for.
    pub description: Option<String>,
    /// The images that it is offered for; empty is all that the script is for.
    pub images: Vec<String>,
    /// What is answered beforehand, by field.
    pub answers: BTreeMap<String, String>,
    /// The fields whose answer whoever orders can't change.
    pub locked: Vec<String>,
    /// What other programs keep in the row: the names of it.
    pub other_keys: Vec<String>,
    /// Whether what is kept can be read, and so changed.
    pub is_readable: bool,
    /// Whether it is offered.
    pub is_active: bool,
    /// When it was last changed; sent back with a change.
    #[ts(type = "Instant")]
    pub updated_at: DateTime<Utc>,
}

impl From<StoredScript> for ScriptRow {
    fn from(row: StoredScript) -> Self {
        let data = ScriptData::read(row.data.as_ref());
        let settings = data.settings();
        Self {
            id: row.id,
            name: row.name,
            script_id: row.script_id,
            description: row.description.filter(|text| !text.trim().is_empty()),
            images: settings.images().iter().map(ToString::to_string).collect(),
            answers: settings
                .answers()
                .iter()
                .map(|(field, answer)| (field.to_string(), answer.clone()))
                .collect(),
            locked: settings.locked().iter().map(ToString::to_string).collect(),
            other_keys: data.other_keys(),
            is_readable: data.is_readable(),
            is_active: row.is_active,
            updated_at: row.updated_at,
        }
    }
}

/// All scripts, by name.
pub async fn list(session: &Session) -> Result<Vec<ScriptRow>, AppError> {
    let rows = scripts::list(&mut *session.read().await?).await?;
    Ok(rows.into_iter().map(ScriptRow::from).collect())
}

/// What is decided about a script.
#[derive(Debug, Clone)]
pub struct Script {
    /// Its name here.
    pub name: ScriptName,
    /// Its number at the provider.
    pub script_id: i32,
    /// What it is for.
    pub description: Option<ScriptDescription>,
    /// Images, answers, which of them are fixed.
    pub settings: ScriptSettings,
    /// Whether it is offered.
    pub is_active: bool,
}

impl Script {
    fn fields<'a>(&'a self, data: &'a serde_json::Value) -> ScriptFields<'a> {
        ScriptFields {
            name: &self.name,
            script_id: self.script_id,
            description: self.description.as_ref(),
            is_active: self.is_active,
            data,
        }
    }

    fn check(&self) -> Result<(), AppError> {
        if self.script_id < 1 {
            return Err(AppError::invalid("script_id", "Give the script's number at Linode."));
        }
        Ok(())
    }
}

/// Offers another script.
pub async fn create(session: &Session, new: &Script) -> Result<StackScriptId, AppError> {
    session.may(Action::EditScript)?;
    new.check()?;
    let data = ScriptData::read(None).with(&new.settings).map_err(flaw)?;
    let mut transaction = session.write().await?;
    let id = scripts::create(&mut transaction, &new.fields(&data)).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Changes a script, unless somebody has changed it since the person saw it. What other programs keep with it stays.
pub async fn edit(session: &Session, id: StackScriptId, script: &Script, seen: DateTime<Utc>) -> Result<(), AppError> {
    session.may(Action::EditScript)?;
    script.check()?;
    let mut transaction = session.write().await?;
    let stored = scripts::data(&mut transaction, id).await?;
    let data = ScriptData::read(stored.as_ref()).with(&script.settings).map_err(flaw)?;
    scripts::edit(&mut transaction, id, &script.fields(&data), seen).await?;
    transaction.commit().await?;
    Ok(())
}

/// Offers a script no more. Servers that were set up with it stay as they are.
pub async fn remove(session: &Session, id: StackScriptId, seen: DateTime<Utc>) -> Result<(), AppError> {
    session.may(Action::EditScript)?;
    let mut transaction = session.write().await?;
    scripts::remove(&mut transaction, id, seen).await?;
    transaction.commit().await?;
    Ok(())
}

fn flaw(why: domain::script::ScriptFlaw) -> AppError {
    AppError::invalid("answers", why)
}

/// What may be answered to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// A heading: no answer.
    Header,
    /// Any text.
    Text,
    /// A text that nobody may see.
    Secret,
    /// One of the choices.
    OneOf,
    /// Any of the choices, with commas between.
    ManyOf,
}

/// A field that a script asks for.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScriptField {
    /// Its name.
    pub name: String,
    /// The question.
    pub label: String,
    /// What may be answered.
    pub kind: AnswerKind,
    /// Of which choices.
    pub choices: Vec<String>,
    /// What the script takes where nothing is answered; never that of a secret.
    pub default: Option<String>,
    /// What an answer may look like.
    pub example: Option<String>,
    /// Whether it has to be answered.
    pub required: bool,
}

impl From<&Field> for ScriptField {
    fn from(field: &Field) -> Self {
        let (kind, choices) = match &field.kind {
            FieldKind::Header => (AnswerKind::Header, Vec::new()),
            FieldKind::OneOf(choices) => (AnswerKind::OneOf, choices.clone()),
            FieldKind::ManyOf(choices) => (AnswerKind::ManyOf, choices.clone()),
            FieldKind::Text if !is_secret(&field.name) => (AnswerKind::Text, Vec::new()),
            FieldKind::Text | FieldKind::Password => (AnswerKind::Secret, Vec::new()),
        };
        Self {
            name: field.name.clone(),
            label: field.label.clone(),
            default: field.default.clone().filter(|_| kind != AnswerKind::Secret),
            example: field.example.clone(),
            required: field.is_required(),
            kind,
            choices,
        }
    }
}

/// What the provider says of a script.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScriptFacts {
    /// Its number.
    #[ts(type = "number")]
    pub id: u64,
    /// Its name there.
    pub label: String,
    /// Whose it is.
    pub username: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
    /// The images that it is for; `any/all` is all of them.
    pub images: Vec<String>,
    /// What it asks for, in its order.
    pub fields: Vec<ScriptField>,
}

impl From<StackScript> for ScriptFacts {
    fn from(script: StackScript) -> Self {
        Self {
            id: script.id,
            fields: script.fields.iter().map(ScriptField::from).collect(),
            label: script.label,
            username: script.username,
            description: script.description,
            images: script.images,
        }
    }
}

/// Asks the provider for a script: over the account's token where it can be opened, else as everybody may, who sees public
/// scripts only. `None` if there is none of that number.
pub async fn look_up(
    session: &Session,
    keys: Option<&Ring>,
    account: Option<ProviderConfigId>,
    script: u64,
    reach: &Reach,
) -> Result<Option<ScriptFacts>, AppError> {
    session.may(Action::EditScript)?;
    let linode = accounts::reached(session, keys, account, reach).await?;
    let found = linode.stackscript(script, &Call::new()).await?;
    Ok(found.map(ScriptFacts::from))
}
