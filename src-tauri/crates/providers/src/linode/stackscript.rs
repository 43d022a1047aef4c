//! StackScripts: programs that set a server up, and what they ask for.

use std::{collections::BTreeMap, fmt};

use chrono::NaiveDateTime;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Number, Value};

use super::{
    Reason,
    lenient::{flag, objects, text, texts, time, whole},
    list::Item,
};

/// All values of one order together, in characters.
const LONGEST_DATA: usize = 65_535;

/// A StackScript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackScript {
    /// Its number.
    pub id: u64,
    /// Its name; empty if Linode gives none.
    pub label: String,
    /// What it says about itself.
    pub description: Option<String>,
    /// Whose it is.
    pub username: Option<String>,
    /// Whether it is this account's.
    pub mine: Option<bool>,
    /// Whether everybody may use it.
    pub is_public: Option<bool>,
    /// The ids of the images that it is for; `any/all` is all of them.
    pub images: Vec<String>,
    /// What the newest revision changes.
    pub revision: Option<String>,
    /// When it was changed last, UTC.
    pub updated: Option<NaiveDateTime>,
    /// What it asks for, in its order, headings among them.
    pub fields: Vec<Field>,
}

/// What a StackScript asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name, under which the value is sent.
    pub name: String,
    /// The question; the name, if there is none.
    pub label: String,
    /// What is taken where nothing is answered. A field with a default, be it empty, may stay unanswered.
    pub default: Option<String>,
    /// What an answer may look like.
    pub example: Option<String>,
    /// What may be answered.
    pub kind: FieldKind,
}

/// What may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// A heading: no answer.
    Header,
    /// Any text.
    Text,
    /// A text that nobody may see: its name holds “password”, by which Linode's own pages tell it, too.
    Password,
    /// One of these.
    OneOf(Vec<String>),
    /// Any of these, with commas between.
    ManyOf(Vec<String>),
}

impl Field {
    /// Reads one; nothing if it has no name. Linode writes the keys in small letters, its specification not all.
    fn from_value(value: &Value) -> Option<Self> {
        let name = text(value, "name")?;
        let choices = |small: &str, documented: &str| {
            let joined = text(value, small).or_else(|| text(value, documented))?;
            let all = joined.split(',').map(str::trim).filter(|choice| !choice.is_empty());
            Some(all.map(str::to_owned).collect::<Vec<_>>())
        };
        let kind = if text(value, "header").is_some_and(|header| header.eq_ignore_ascii_case("yes")) {
            FieldKind::Header
        } else if let Some(choices) = choices("oneof", "oneOf") {
            FieldKind::OneOf(choices)
        } else if let Some(choices) = choices("manyof", "manyOf") {
            FieldKind::ManyOf(choices)
        } else if StackScript::hides(&name) {
            FieldKind::Password
        } else {
            FieldKind::Text
        };
        Some(Self {
            label: text(value, "label").unwrap_or_else(|| name.clone()),
            // An empty default is one, too.
            default: value.get("default").and_then(|default| match default {
                Value::String(text) => Some(text.clone()),
                Value::Number(number) => Some(Number::to_string(number)),
                Value::Bool(flag) => Some(flag.to_string()),
                _ => None,
            }),
            example: text(value, "example"),
            name,
            kind,
        })
    }

    /// Whether it has to be answered.
    pub fn is_required(&self) -> bool {
        self.default.is_none() && self.kind != FieldKind::Header
    }

    /// What is wrong with an answer. No sentence repeats it.
    fn check(&self, answer: &str) -> Option<String> {
        let one_of = |choices: &[String], answer: &str| choices.iter().any(|choice| choice == answer);
        match &self.kind {
            FieldKind::Header => Some("it is a heading and takes no answer".to_owned()),
            FieldKind::OneOf(choices) if !one_of(choices, answer) => {
                Some(format!("it must be one of {}", choices.join(", ")))
            }
            FieldKind::ManyOf(choices)
                if !(answer.is_empty() || answer.split(',').all(|part| one_of(choices, part.trim()))) =>
            {
                Some(format!("it may only be of {}, with commas between", choices.join(", ")))
            }
            FieldKind::Text | FieldKind::Password if answer.is_empty() && self.is_required() => {
                Some("it must be answered".to_owned())
            }
            _ => None,
        }
    }
}

impl StackScript {
    /// Checks answers as Linode does: all that is wrong, or the data to send. What is not answered and has a default
    /// is left to Linode.
    pub fn answered(&self, answers: BTreeMap<String, SecretString>) -> Result<StackScriptData, Vec<Reason>> {
        let mut wrong = Vec::new();
        let on = |name: &str, reason: String| Reason::new(format!("stackscript_data.{name}"), reason);
        for field in &self.fields {
            match answers.get(&field.name) {
                None if field.is_required() => wrong.push(on(&field.name, "it must be answered".to_owned())),
                None => {}
                Some(answer) => {
                    let flaw = field.check(answer.expose_secret());
                    wrong.extend(flaw.map(|flaw| on(&field.name, flaw)));
                }
            }
        }
        let known = |name: &String| self.fields.iter().any(|field| field.name == *name);
        let unknown = answers.keys().filter(|name| !known(name));
        wrong.extend(unknown.map(|name| on(name, "the StackScript doesn't ask for it".to_owned())));
        let longest = answers
            .values()
            .map(|answer| answer.expose_secret().chars().count())
            .sum::<usize>();
        if longest >= LONGEST_DATA {
            let flaw = format!("all answers together have more than {} characters", LONGEST_DATA - 1);
            wrong.push(Reason::new("stackscript_data", flaw));
        }
        if wrong.is_empty() {
            let id = self.id;
            Ok(StackScriptData { id, answers })
        } else {
            Err(wrong)
        }
    }

    /// Whether the answer to a field of this name is a password.
    pub(super) fn hides(name: &str) -> bool {
        name.to_ascii_lowercase().contains("password")
    }

    /// Whether it is for this image.
    pub fn suits(&self, image: &str) -> bool {
        self.images.iter().any(|own| own == image || own == "any/all")
    }
}

/// A StackScript with its answers, checked. Debug output names the fields and shows no answer.
#[derive(Clone)]
pub struct StackScriptData {
    pub(super) id: u64,
    pub(super) answers: BTreeMap<String, SecretString>,
}

impl StackScriptData {
    /// The number of the StackScript.
    pub const fn id(&self) -> u64 {
        self.id
    }
}

impl fmt::Debug for StackScriptData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackScriptData")
            .field("id", &self.id)
            .field("fields", &self.answers.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Item for StackScript {
    type Key = u64;

    fn key(&self) -> u64 {
        self.id
    }

    fn read(json: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(json).ok()?;
        let fields = objects(&value, "user_defined_fields").unwrap_or_default();
        Some(Self {
            id: whole(&value, "id")?,
            label: text(&value, "label").unwrap_or_default(),
            description: text(&value, "description"),
            username: text(&value, "username"),
            mine: flag(&value, "mine"),
            is_public: flag(&value, "is_public"),
            images: texts(&value, "images"),
            revision: text(&value, "rev_note"),
            updated: time(&value, "updated"),
            fields: fields.iter().filter_map(Field::from_value).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = r##"{"id": 10079, "label": "shop", "username": "me", "mine": true, "is_public": false, "images": ["linode/debian12"],
        "rev_note": "first", "updated": "2020-01-01T00:00:00", "script": "#!/bin/bash", "user_defined_fields": [
        {"name": "head", "label": "Shop", "header": "Yes"},
        {"name": "domain", "label": "Domain", "example": "shop.example"},
        {"name": "DB_Password", "label": "Database password"},
        {"name": "size", "label": "Size", "oneof": "small, large", "default": "small"},
        {"name": "extras", "manyOf": "ssl,backup", "default": ""},
        {"label": "no name"}, 7]}"##;

    fn answers(pairs: &[(&str, &str)]) -> BTreeMap<String, SecretString> {
        let secret = |(name, answer): &(&str, &str)| ((*name).to_owned(), SecretString::from(*answer));
        pairs.iter().map(secret).collect()
    }

    #[test]
    fn fields_are_told_apart() {
        let script = StackScript::read(SCRIPT).unwrap();
        let kinds: Vec<_> = script.fields.iter().map(|field| &field.kind).collect();
        let choices = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        assert_eq!(
            kinds,
            [
                &FieldKind::Header,
                &FieldKind::Text,
                &FieldKind::Password,
                &FieldKind::OneOf(choices(&["small", "large"])),
                &FieldKind::ManyOf(choices(&["ssl", "backup"])),
            ]
        );
        let required: Vec<_> = script.fields.iter().map(Field::is_required).collect();
        assert_eq!(required, [false, true, true, false, false]);
        assert_eq!(script.fields[4].label, "extras");
        assert!(script.suits("linode/debian12") && !script.suits("linode/ubuntu24.04"));
    }

    #[test]
    fn answers_are_checked_as_linode_does() {
        let script = StackScript::read(SCRIPT).unwrap();
        let good = answers(&[
            ("domain", "a.example"),
            ("DB_Password", "s3cret"),
            ("extras", "ssl, backup"),
        ]);
        let data = script.answered(good).unwrap();
        assert_eq!(data.id(), 10079);
        let shown = format!("{data:?}");
        assert!(shown.contains("DB_Password") && !shown.contains("s3cret") && !shown.contains("a.example"));
        let bad = answers(&[
            ("domain", ""),
            ("size", "huge"),
            ("extras", "ssl,dns"),
            ("head", "x"),
            ("other", "s3cret"),
        ]);
        let wrong = script.answered(bad).unwrap_err();
        let fields: Vec<_> = wrong.iter().filter_map(|reason| reason.field.as_deref()).collect();
        let expected = ["head", "domain", "DB_Password", "size", "extras", "other"];
        assert_eq!(fields, expected.map(|name| format!("stackscript_data.{name}")));
        assert!(!format!("{wrong:?}").contains("s3cret"));
        let long = "x".repeat(70_000);
        let long = answers(&[("domain", &long), ("DB_Password", "x")]);
        assert_eq!(script.answered(long).unwrap_err().len(), 1);
    }
}
