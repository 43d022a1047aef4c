//! The log: what `activity_logs.details` says, whoever wrote it.
//!
//! This program's own rows name the login, the role, and what changed with its value before and after. Programs before it
//! wrote other shapes: `changes: {field: {from, to}}`, pairs such as `oldHostname`/`newHostname` or `old_status`/
//! `new_status`, flat facts, all of it possibly as a string that holds JSON. Whatever it is, it is shown, and nothing in
//! it is taken for more than text.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// JSON within a string within a string is as far as any known writer went.
const MAX_ENCODINGS: usize = 2;
/// The longest value that is shown.
const MAX_CHARS: usize = 400;
/// The most entries that are shown of each kind.
const MAX_ENTRIES: usize = 60;
/// The most that a line of a list tells.
const MAX_TOLD: usize = 3;
/// What stands for a secret, here and in what the database writes.
const SECRET: &str = "(secret)";
/// What names a new thing, the best first.
const NAMES: &[&str] = &[
    "name", "label", "subject", "email", "title", "number", "amount", "status",
];

/// A value that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of what.
    pub field: String,
    /// Before; none for what was made.
    pub before: Option<String>,
    /// After; none for what was deleted.
    pub after: Option<String>,
}

/// Something else that an entry says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What about.
    pub name: String,
    /// What.
    pub value: String,
}

/// An entry's details, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Over which login of the database.
    pub login: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// As which role of the database, where it differs from the person's own.
    pub acting_as: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
    /// What else it says.
    pub facts: Vec<Fact>,
}

impl Details {
    /// Reads what is stored; never fails.
    pub fn read(stored: &Value) -> Self {
        let mut details = Self::default();
        match decode(stored) {
            Value::Object(map) => details.read_map(map),
            Value::Null => {}
            other => {
                if let Some(value) = shown("", &other) {
                    details.facts.push(Fact {
                        name: "details".to_owned(),
                        value,
                    });
                }
            }
        }
        details.changes.truncate(MAX_ENTRIES);
        details.facts.truncate(MAX_ENTRIES);
        details
    }

    /// A line for a list: the first changes, or what a new thing is called, or the first facts.
    pub fn summary(&self) -> String {
        let made = !self.changes.is_empty() && self.changes.iter().all(|change| change.before.is_none());
        let parts: Vec<String> = if made {
            NAMES
                .iter()
                .filter_map(|name| self.changes.iter().find(|change| change.field == *name))
                .filter_map(|change| change.after.clone())
                .take(2)
                .collect()
        } else if self.changes.is_empty() {
            self.facts
                .iter()
                .take(MAX_TOLD)
                .map(|fact| format!("{} {}", fact.name.replace('_', " "), fact.value))
                .collect()
        } else {
            self.changes
                .iter()
                .take(MAX_TOLD)
                .map(|change| {
                    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
                    format!(
                        "{}: {} → {}",
                        change.field.replace('_', " "),
                        side(&change.before),
                        side(&change.after)
                    )
                })
                .collect()
        };
        let more = if made || self.changes.len() <= MAX_TOLD {
            String::new()
        } else {
            format!(", {} more", self.changes.len() - MAX_TOLD)
        };
        shortened(&format!("{}{more}", parts.join(", ")), 200)
    }

    fn read_map(&mut self, mut map: Map<String, Value>) {
        let mut word = |name: &str| match map.remove(name) {
            Some(Value::String(text)) if !text.is_empty() => Some(shortened(&text, MAX_CHARS)),
            _ => None,
        };
        self.login = word("login");
        self.role = word("role");
        self.acting_as = word("as");
        self.read_before_and_after(&mut map);
        if let Some(Value::Object(changes)) = map.remove("changes").map(|value| decode(&value)) {
            for (field, sides) in changes {
                let side = |name: &str| sides.get(name).and_then(|value| shown(&field, value));
                self.changes.push(Change {
                    before: side("from"),
                    after: side("to"),
                    field,
                });
            }
        }
        self.read_pairs(&mut map);
        for (name, value) in map {
            if let Some(value) = shown(&name, &value) {
                self.facts.push(Fact { name, value });
            }
        }
    }

    fn read_before_and_after(&mut self, map: &mut Map<String, Value>) {
        let (before, after) = (map.remove("before"), map.remove("after"));
        map.remove("changed");
        match (before, after) {
            (None, None) => {}
            (Some(Value::Object(before)), None) => self.push_sides(&before, &Map::new()),
            (None, Some(Value::Object(after))) => self.push_sides(&Map::new(), &after),
            (Some(Value::Object(before)), Some(Value::Object(after))) => self.push_sides(&before, &after),
            // The ledger's own: a status that moved on.
            (before, after) => self.changes.push(Change {
                field: "status".to_owned(),
                before: before.and_then(|value| shown("status", &value)),
                after: after.and_then(|value| shown("status", &value)),
            }),
        }
    }

    fn push_sides(&mut self, before: &Map<String, Value>, after: &Map<String, Value>) {
        let mut fields: Vec<&String> = before.keys().chain(after.keys()).collect();
        fields.sort_unstable();
        fields.dedup();
        for field in fields {
            let side = |map: &Map<String, Value>| map.get(field).and_then(|value| shown(field, value));
            let (before, after) = (side(before), side(after));
            if before.is_some() || after.is_some() {
                self.changes.push(Change {
                    field: field.clone(),
                    before,
                    after,
                });
            }
        }
    }

    /// `old_x` with `new_x`, `oldX` with `newX`.
    fn read_pairs(&mut self, map: &mut Map<String, Value>) {
        let pairs: BTreeMap<String, (String, String)> = map
            .keys()
            .filter_map(|old| {
                let rest = old.strip_prefix("old")?;
                let new = format!("new{rest}");
                let named = rest.starts_with('_') || rest.starts_with(|c: char| c.is_ascii_uppercase());
                (named && map.contains_key(&new)).then(|| {
                    let field = rest.trim_start_matches('_');
                    (lower_first(field), (old.clone(), new))
                })
            })
            .collect();
        for (field, (old, new)) in pairs {
            let mut side = |key: &str| map.remove(key).and_then(|value| shown(&field, &value));
            let (before, after) = (side(&old), side(&new));
            self.changes.push(Change { field, before, after });
        }
    }
}

/// A value as text; none for what says nothing. What a name gives away as secret stays so, whoever wrote it.
fn shown(name: &str, value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => text.clone(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(list) if list.is_empty() => return None,
        Value::Object(map) if map.is_empty() => return None,
        Value::Array(list) if list.iter().all(|item| item.is_string() || item.is_number()) => list
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        nested => masked(nested).to_string(),
    };
    Some(if is_secret(name) {
        SECRET.to_owned()
    } else {
        shortened(&text, MAX_CHARS)
    })
}

fn masked(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(name, inner)| {
                    let kept = if is_secret(name) {
                        Value::from(SECRET)
                    } else {
                        masked(inner)
                    };
                    (name.clone(), kept)
                })
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.iter().map(masked).collect()),
        other => other.clone(),
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "password",
        "passwd",
        "secret",
        "token",
        "credential",
        "private_key",
        "privatekey",
        "key_hash",
    ]
    .iter()
    .any(|part| name.contains(part))
}

fn shortened(text: &str, max: usize) -> String {
    let mut short: String = text.chars().take(max).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// Unwraps strings that hold JSON objects or lists; any other string stays as it is.
fn decode(value: &Value) -> Value {
    let mut value = value.clone();
    for _ in 0..MAX_ENCODINGS {
        let Value::String(text) = &value else { break };
        match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_) | Value::String(_))) => value = inner,
            _ => break,
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn change(field: &str, before: Option<&str>, after: Option<&str>) -> Change {
        Change {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        }
    }

    #[test]
    fn our_own_rows() {
        let details = Details::read(&json!({
            "login": "cs_desk_1", "role": "admin", "as": "containerstacks_admin", "changed": ["name", "password_hash"],
            "before": {"name": "Fjord", "password_hash": "(secret)"}, "after": {"name": "Fjord & Pine", "password_hash": "(secret)"},
        }));
        assert_eq!(details.login.as_deref(), Some("cs_desk_1"));
        assert_eq!(details.role.as_deref(), Some("admin"));
        assert_eq!(
            details.changes,
            [
                change("name", Some("Fjord"), Some("Fjord & Pine")),
                change("password_hash", Some("(secret)"), Some("(secret)")),
            ]
        );
        assert_eq!(
            details.summary(),
            "name: Fjord → Fjord & Pine, password hash: (secret) → (secret)"
        );

        let made = Details::read(&json!({"changed": ["id", "name"], "after": {"id": 7, "name": "Acme"}}));
        assert_eq!(
            made.changes,
            [change("id", None, Some("7")), change("name", None, Some("Acme"))]
        );
        assert_eq!(made.summary(), "Acme");

        let moved = Details::read(&json!({"login": "x", "before": "pending", "after": "completed"}));
        assert_eq!(moved.changes, [change("status", Some("pending"), Some("completed"))]);

        let money = Details::read(&json!({"login": "x", "amount": "250.00", "status": "completed", "reason": null}));
        assert_eq!(money.summary(), "amount 250.00, status completed");
    }

    #[test]
    fn other_programs_rows() {
        let update =
            Details::read(&json!({"operation": "update", "changes": {"role": {"from": "user", "to": "admin"}}}));
        assert_eq!(update.changes, [change("role", Some("user"), Some("admin"))]);
        assert_eq!(update.facts[0].value, "update");
        let renamed = Details::read(&json!({"oldHostname": "a.example", "newHostname": "b.example"}));
        assert_eq!(
            renamed.changes,
            [change("hostname", Some("a.example"), Some("b.example"))]
        );
        let reply = Details::read(
            &json!({"ticket_id": 4, "old_status": "open", "new_status": "closed", "is_staff_reply": true}),
        );
        assert_eq!(reply.changes, [change("status", Some("open"), Some("closed"))]);
        assert_eq!(reply.facts.len(), 2);
        // Twice encoded, with secrets in clear.
        let encoded = Details::read(&json!(
            json!({"label": "web", "root_password": "hunter2", "data": {"adminPassword": "x", "port": 80}}).to_string()
        ));
        let text = format!("{encoded:?}");
        assert!(
            text.contains("web") && text.contains("80") && !text.contains("hunter2") && !text.contains("\"x\""),
            "{text}"
        );
        for nothing in [json!(null), json!({}), json!([]), json!("")] {
            assert_eq!(Details::read(&nothing), Details::default(), "{nothing}");
            assert_eq!(Details::read(&nothing).summary(), "");
        }
        assert_eq!(Details::read(&json!("plain words")).facts[0].value, "plain words");
        assert_eq!(Details::read(&json!(["a", 2])).facts[0].value, "a, 2");
        // A word that begins with "old" is none of a pair.
        assert_eq!(Details::read(&json!({"older": 1, "newer": 2})).changes, []);
    }

    #[test]
    fn what_is_long_is_cut() {
        let details = Details::read(&json!({"text": "é".repeat(5000)}));
        assert_eq!(details.facts[0].value.chars().count(), MAX_CHARS + 1);
        let many: Map<String, Value> = (0..500).map(|n| (format!("f{n}"), json!(n))).collect();
        assert_eq!(Details::read(&Value::Object(many)).facts.len(), MAX_ENTRIES);
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in "\\PC{0,80}", key in "(old|new|before|after|changes|login|_|[A-Za-zé]){0,5}") {
            let _ = Details::read(&json!(text)).summary();
            let _ = Details::read(&json!({key.clone(): text, "after": {key: [1, {"a": null}]}})).summary();
        }
    }
}
