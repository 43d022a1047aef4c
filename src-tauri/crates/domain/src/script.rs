//! StackScripts as the business offers them: which images, which answers are given beforehand, which of those are fixed.
//!
//! `stackscript_configs.script_data` is other programs' too: what is unknown in it stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::{
    loose,
    text::{self, text_type},
};

/// More fields or images than any script has.
const MOST: usize = 200;
/// The longest answer that is given beforehand, in characters.
const LONGEST_ANSWER: usize = 4000;

text_type! {
    /// The name under which a script is offered: 1 to 255 characters of one line.
    ScriptName, |text| text::single_line(text, 1, 255)
}

text_type! {
    /// What a script is for: up to 4,000 characters.
    ScriptDescription, |text| text::multi_line(text, 1, 4000)
}

text_type! {
    /// The name of a field that a script asks for: 1 to 255 characters without blanks.
    FieldName, |text| text::visible_ascii(text.trim(), 255)
}

text_type! {
    /// The id of an image, such as `linode/debian12`: 1 to 100 characters without blanks.
    ImageId, |text| text::visible_ascii(text.trim(), 100)
}

impl FieldName {
    /// Whether what is answered to it is a secret. Linode tells a password by its name, and so do we, a little wider.
    pub fn is_secret(&self) -> bool {
        is_secret(&self.0)
    }
}

/// Whether the answer to a field of this name is a secret: it is never kept in clear.
pub fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "token",
        "api_key",
        "apikey",
        "private_key",
        "privatekey",
    ];
    let name = name.to_ascii_lowercase().replace('-', "_");
    WORDS.iter().any(|word| name.contains(word))
}

/// Why a script's settings were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptFlaw {
    /// An answer that nobody may see would be kept in clear.
    #[error("{0} is a secret: it is asked for with each order and never kept here. Leave its answer out.")]
    Secret(String),
    /// A fixed field without an answer.
    #[error("{0} is fixed and has no answer. Give it one, or let it be asked for.")]
    LockedWithoutAnswer(String),
    /// An answer that is too long.
    #[error("The answer to {0} has more than 4,000 characters.")]
    LongAnswer(String),
    /// Too many.
    #[error("No script has more than 200 fields or images.")]
    TooMany,
    /// The row holds something that is no object.
    #[error("Another program has written something here that can't be read; nothing is added to it.")]
    Unreadable,
}

/// What the business has decided about a script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptSettings {
    images: BTreeSet<ImageId>,
    answers: BTreeMap<FieldName, String>,
    locked: BTreeSet<FieldName>,
}

impl ScriptSettings {
    /// Checks it. No images are all that the script is for.
    pub fn new(
        images: BTreeSet<ImageId>,
        answers: BTreeMap<FieldName, String>,
        locked: BTreeSet<FieldName>,
    ) -> Result<Self, ScriptFlaw> {
        if images.len() > MOST || answers.len() > MOST || locked.len() > MOST {
            return Err(ScriptFlaw::TooMany);
        }
        for (field, answer) in &answers {
            if field.is_secret() {
                return Err(ScriptFlaw::Secret(field.to_string()));
            }
            if answer.chars().count() > LONGEST_ANSWER {
                return Err(ScriptFlaw::LongAnswer(field.to_string()));
            }
        }
        if let Some(field) = locked.iter().find(|field| !answers.contains_key(*field)) {
            return Err(ScriptFlaw::LockedWithoutAnswer(field.to_string()));
        }
        Ok(Self {
            images,
            answers,
            locked,
        })
    }

    /// Which images it is offered for; empty is all that the script is for.
    pub const fn images(&self) -> &BTreeSet<ImageId> {
        &self.images
    }

    /// What is answered beforehand.
    pub const fn answers(&self) -> &BTreeMap<FieldName, String> {
        &self.answers
    }

    /// Which of these answers whoever orders can't change.
    pub const fn locked(&self) -> &BTreeSet<FieldName> {
        &self.locked
    }
}

/// `script_data`, whoever wrote it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScriptData {
    stored: Option<Map<String, Value>>,
}

/// The keys that this program knows.
const KEYS: [&str; 3] = ["images", "answers", "locked"];

impl ScriptData {
    /// Reads it: an object, one as a text, or nothing in any of its ways.
    pub fn read(stored: Option<&Value>) -> Self {
        Self {
            stored: match stored {
                None => Some(Map::new()),
                stored => loose::object(stored),
            },
        }
    }

    /// Whether it is something that this program can add to.
    pub const fn is_readable(&self) -> bool {
        self.stored.is_some()
    }

    fn part(&self, key: &str) -> Option<&Value> {
        self.stored.as_ref()?.get(key)
    }

    /// What the business has decided; what can't be read of it is left out, and secrets that another program has written
    /// in clear are not shown.
    pub fn settings(&self) -> ScriptSettings {
        let fields = |texts: Vec<String>| {
            texts
                .iter()
                .filter_map(|text| FieldName::parse(text).ok())
                .collect::<BTreeSet<_>>()
        };
        let answers: BTreeMap<FieldName, String> = loose::object(self.part("answers"))
            .unwrap_or_default()
            .iter()
            .filter_map(|(name, answer)| Some((FieldName::parse(name).ok()?, loose::scalar(answer)?)))
            .filter(|(name, _)| !name.is_secret())
            .take(MOST)
            .collect();
        let locked = fields(loose::texts(self.part("locked")));
        ScriptSettings {
            images: loose::texts(self.part("images"))
                .iter()
                .filter_map(|text| ImageId::parse(text).ok())
                .take(MOST)
                .collect(),
            locked: locked.into_iter().filter(|name| answers.contains_key(name)).collect(),
            answers,
        }
    }

    /// The names of what other programs keep there.
    pub fn other_keys(&self) -> Vec<String> {
        self.stored
            .iter()
            .flat_map(Map::keys)
            .filter(|key| !KEYS.contains(&key.as_str()))
            .cloned()
            .collect()
    }

    /// The same with other decisions; all else stays.
    pub fn with(&self, settings: &ScriptSettings) -> Result<Value, ScriptFlaw> {
        let mut stored = self.stored.clone().ok_or(ScriptFlaw::Unreadable)?;
        stored.insert("images".to_owned(), json!(settings.images));
        stored.insert(
            "answers".to_owned(),
            Value::Object(
                settings
                    .answers
                    .iter()
                    .map(|(name, answer)| (name.to_string(), json!(answer)))
                    .collect(),
            ),
        );
        stored.insert("locked".to_owned(), json!(settings.locked));
        Ok(Value::Object(stored))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str) -> FieldName {
        FieldName::parse(name).unwrap()
    }

    fn settings(answers: &[(&str, &str)], locked: &[&str]) -> Result<ScriptSettings, ScriptFlaw> {
        ScriptSettings::new(
            BTreeSet::new(),
            answers
                .iter()
                .map(|(name, answer)| (field(name), (*answer).to_owned()))
                .collect(),
            locked.iter().map(|name| field(name)).collect(),
        )
    }

    #[test]
    fn a_secret_is_never_answered_beforehand() {
        for name in [
            "DB_Password",
            "root-passwd",
            "api_key",
            "API-Key",
            "gh_token",
            "client_secret",
        ] {
            assert_eq!(settings(&[(name, "x")], &[]), Err(ScriptFlaw::Secret(name.to_owned())));
        }
        assert!(settings(&[("sudo_user", "deploy")], &["sudo_user"]).is_ok());
        assert_eq!(
            settings(&[], &["sudo_user"]),
            Err(ScriptFlaw::LockedWithoutAnswer("sudo_user".to_owned()))
        );
    }

    #[test]
    fn what_others_have_written_stays() {
        let stored =
            json!({"display_order": 3, "fields": [], "answers": {"db_password": "clear", "size": 2}, "locked": "size"});
        for stored in [stored.clone(), Value::from(stored.to_string())] {
            let data = ScriptData::read(Some(&stored));
            assert_eq!(data.other_keys(), ["display_order", "fields"]);
            let read = data.settings();
            assert_eq!(read.answers().len(), 1, "a secret in clear isn't shown");
            assert_eq!(read.answers()[&field("size")], "2");
            assert!(read.locked().contains(&field("size")));
            let written = data.with(&settings(&[("a", "b")], &[]).unwrap()).unwrap();
            assert_eq!(
                written,
                json!({"display_order": 3, "fields": [], "images": [], "answers": {"a": "b"}, "locked": []})
            );
        }
    }

    #[test]
    fn nothing_has_three_ways_and_nonsense_is_left_alone() {
        for nothing in [
            None,
            Some(json!(null)),
            Some(json!([])),
            Some(json!("")),
            Some(json!("{}")),
        ] {
            let data = ScriptData::read(nothing.as_ref());
            assert!(data.is_readable(), "{nothing:?}");
            assert_eq!(data.settings(), ScriptSettings::default());
        }
        for nonsense in [json!(7), json!(["x"]), json!("words")] {
            let data = ScriptData::read(Some(&nonsense));
            assert_eq!(
                data.with(&ScriptSettings::default()),
                Err(ScriptFlaw::Unreadable),
                "{nonsense}"
            );
        }
    }
}
