//! The shapes in which ports, volumes and environments have been written.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use crate::loose::decoded;

/// As many as a screen shows of one container; a row with more is broken or hostile.
const MOST: usize = 200;
/// The longest text that is shown.
const LONGEST: usize = 300;

/// Something inside a container and what it is outside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Binding {
    /// Inside: a port with its protocol, or a path. What can't be told apart stands here as it is written.
    pub inside: String,
    /// Outside; `None` where it is reachable from nowhere, or nobody knows.
    pub outside: Option<String>,
    /// Whether `inside` is the text as written, in which nobody can say which side is which.
    pub as_written: bool,
}

impl Binding {
    fn new(inside: &str, outside: Option<String>) -> Self {
        Self {
            inside: shortened(inside),
            outside: outside.map(|text| shortened(&text)),
            as_written: false,
        }
    }

    fn as_written(value: &Value) -> Self {
        Self {
            inside: shortened(&plain(value).unwrap_or_else(|| value.to_string())),
            outside: None,
            as_written: true,
        }
    }
}

/// Published ports, in whatever shape.
pub fn ports(stored: Option<&Value>) -> Vec<Binding> {
    read(
        stored,
        |key, value| match value {
            // Docker's own: a list of addresses, or nothing published.
            Value::Array(list) if !list.is_empty() => list
                .iter()
                .map(|entry| match host_side(entry) {
                    Some(host) => Binding::new(key, Some(host)),
                    None => Binding::as_written(entry),
                })
                .collect(),
            Value::Null | Value::Array(_) => vec![Binding::new(key, None)],
            other => vec![match plain(other) {
                Some(host) => Binding::new(key, Some(host)),
                None => Binding::as_written(other),
            }],
        },
        |entry| {
            // A list of "80:8080": programs don't agree on which side comes first.
            let port = |name: &str| entry.get(name).and_then(plain);
            match port("PrivatePort").or_else(|| port("container")) {
                Some(inside) => {
                    let protocol = port("Type").or_else(|| port("protocol"));
                    let inside = protocol.map_or(inside.clone(), |protocol| format!("{inside}/{protocol}"));
                    Binding::new(&inside, port("PublicPort").or_else(|| port("host")))
                }
                None => Binding::as_written(entry),
            }
        },
    )
}

/// Mounted volumes, in whatever shape.
pub fn volumes(stored: Option<&Value>) -> Vec<Binding> {
    read(
        stored,
        |key, value| {
            vec![match value {
                Value::Null => Binding::new(key, None),
                // `{"/data": {}}` is a volume that Docker keeps itself.
                Value::Object(object) if object.is_empty() => Binding::new(key, None),
                other => match plain(other) {
                    Some(host) => Binding::new(key, Some(host)),
                    None => Binding::as_written(other),
                },
            }]
        },
        |entry| {
            let part = |name: &str| entry.get(name).and_then(plain);
            if let Some(inside) = part("Destination").or_else(|| part("target")) {
                return Binding::new(&inside, part("Source").or_else(|| part("source")));
            }
            // "/host:/container", as Docker's command line has it.
            match entry.as_str().and_then(|text| text.split_once(':')) {
                Some((host, inside)) if host.starts_with('/') && inside.starts_with('/') => {
                    Binding::new(inside, Some(host.to_owned()))
                }
                _ => Binding::as_written(entry),
            }
        },
    )
}

/// The variables of an environment: their names. Values are never read into it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Environment {
    /// Names, in order.
    pub names: Vec<String>,
    /// How many entries are no variable; they aren't shown, since they may be secrets.
    pub unreadable: usize,
}

impl Environment {
    /// Reads the names, in whatever shape.
    pub fn read(stored: Option<&Value>) -> Self {
        let mut names = BTreeSet::new();
        let mut unreadable = 0;
        let mut take = |name: &str| {
            if is_name(name) {
                names.insert(name.to_owned());
            } else {
                unreadable += 1;
            }
        };
        match stored.map(decoded).unwrap_or_default() {
            Value::Null => {}
            Value::Object(object) => object.keys().for_each(|key| take(key)),
            Value::Array(list) => {
                for entry in &list {
                    // "NAME=value", or Docker's {"name": …, "value": …}.
                    let name = entry
                        .as_str()
                        .and_then(|text| text.split_once('='))
                        .map(|(name, _)| name);
                    take(
                        name.or_else(|| entry.get("name").and_then(Value::as_str))
                            .unwrap_or_default(),
                    );
                }
            }
            _ => unreadable += 1,
        }
        Self {
            names: names.into_iter().take(MOST).collect(),
            unreadable,
        }
    }
}

/// Whether a text is a variable's name: nothing in it could be a value by mistake.
pub(super) fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    text.len() <= 100
        && characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
}

fn read(
    stored: Option<&Value>,
    of_pair: impl Fn(&str, &Value) -> Vec<Binding>,
    of_entry: impl Fn(&Value) -> Binding,
) -> Vec<Binding> {
    let mut found: Vec<Binding> = match stored.map(decoded).unwrap_or_default() {
        Value::Null => Vec::new(),
        Value::Object(object) => object.iter().flat_map(|(key, value)| of_pair(key, value)).collect(),
        Value::Array(list) => list.iter().map(of_entry).collect(),
        text => vec![of_entry(&text)],
    };
    found.truncate(MOST);
    found.sort();
    found
}

/// Texts and numbers, which programs write for one another.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Docker's `{"HostIp": "", "HostPort": "8080"}`.
fn host_side(entry: &Value) -> Option<String> {
    let port = entry.get("HostPort").and_then(plain)?;
    let address = entry
        .get("HostIp")
        .and_then(plain)
        .filter(|address| !address.is_empty());
    Some(match address {
        Some(address) if address.contains(':') => format!("[{address}]:{port}"),
        Some(address) => format!("{address}:{port}"),
        None => port,
    })
}

fn shortened(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn bindings(read: &[Binding]) -> Vec<String> {
        read.iter()
            .map(|binding| match &binding.outside {
                Some(outside) => format!("{outside}>{}", binding.inside),
                None if binding.as_written => format!("?{}", binding.inside),
                None => format!("->{}", binding.inside),
            })
            .collect()
    }

    #[test]
    fn ports_of_every_shape() {
        for (stored, expected) in [
            (json!(null), vec![]),
            (json!({}), vec![]),
            (json!([]), vec![]),
            (json!(""), vec![]),
            (
                json!({"80/tcp": 8080, "53/udp": "5353"}),
                vec!["5353>53/udp", "8080>80/tcp"],
            ),
            (json!(["80:8080", "443:8443"]), vec!["?443:8443", "?80:8080"]),
            (json!("80:8080"), vec!["?80:8080"]),
            (json!("{\"80/tcp\":8080}"), vec!["8080>80/tcp"]),
            (json!("\"{\\\"80/tcp\\\":8080}\""), vec!["8080>80/tcp"]),
            (
                json!({"80/tcp": [{"HostIp": "", "HostPort": "8080"}, {"HostIp": "127.0.0.1", "HostPort": 81}], "9000/tcp": null}),
                vec!["127.0.0.1:81>80/tcp", "8080>80/tcp", "->9000/tcp"],
            ),
            (
                json!({"80/tcp": [{"HostIp": "::1", "HostPort": "1"}]}),
                vec!["[::1]:1>80/tcp"],
            ),
            (
                json!([{"PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}]),
                vec!["8080>80/tcp"],
            ),
            (json!([{"x": 1}]), vec!["?{\"x\":1}"]),
            (json!(true), vec!["?true"]),
        ] {
            assert_eq!(bindings(&ports(Some(&stored))), expected, "{stored}");
        }
        assert!(ports(None).is_empty());
    }

    #[test]
    fn volumes_of_every_shape() {
        for (stored, expected) in [
            (json!({"/data": "/host/data"}), vec!["/host/data>/data"]),
            (
                json!(["/host/path:/container/path"]),
                vec!["/host/path>/container/path"],
            ),
            (json!(["named:/data"]), vec!["?named:/data"]),
            (json!({"/cache": {}, "/tmp": null}), vec!["->/cache", "->/tmp"]),
            (json!([{"Source": "/a", "Destination": "/b"}]), vec!["/a>/b"]),
            (json!("[\"/a:/b\"]"), vec!["/a>/b"]),
        ] {
            assert_eq!(bindings(&volumes(Some(&stored))), expected, "{stored}");
        }
    }

    #[test]
    fn of_an_environment_only_names_are_read() {
        for (stored, names, unreadable) in [
            (
                json!({"NODE_ENV": "production", "PORT": 3000}),
                vec!["NODE_ENV", "PORT"],
                0,
            ),
            (json!(["TOKEN=s3cret", "PATH=/bin"]), vec!["PATH", "TOKEN"], 0),
            (json!("{\"A\":\"s3cret\"}"), vec!["A"], 0),
            (json!(["s3cret!"]), vec![], 1),
            (json!("s3cret"), vec![], 1),
            (json!([{"name": "KEY", "value": "s3cret"}]), vec!["KEY"], 0),
            (json!({"not a name": "s3cret"}), vec![], 1),
            (json!(null), vec![], 0),
        ] {
            let read = Environment::read(Some(&stored));
            assert_eq!(
                (read.names.clone(), read.unreadable),
                (names.iter().map(ToString::to_string).collect(), unreadable)
            );
            assert!(!serde_json::to_string(&read).unwrap().contains("s3cret"), "{stored}");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[ -~]{0,20}".prop_map(Value::from),
            Just(json!("{\"80/tcp\":1}")),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec(("[ -~]{0,12}", inner), 0..4)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_stored_is_read(stored in any_json()) {
            prop_assert!(ports(Some(&stored)).len() <= MOST);
            prop_assert!(volumes(Some(&stored)).len() <= MOST);
            prop_assert!(Environment::read(Some(&stored)).names.iter().all(|name| is_name(name)));
        }

        #[test]
        fn no_value_of_an_environment_is_read(name in "[A-Z]{1,8}", value in "[a-z0-9]{9,20}") {
            for stored in [json!({&name: &value}), json!([format!("{name}={value}")])] {
                let read = serde_json::to_string(&Environment::read(Some(&stored))).unwrap();
                prop_assert!(!read.contains(&value));
            }
        }
    }
}
