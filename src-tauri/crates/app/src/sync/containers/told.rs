//! From what an engine says to what the database takes: nothing that a column can't hold gets there, nothing is cut.

use providers::docker::{ContainerState, KEY_LABEL, Port, Summary};
use serde_json::{Map, Value, json};
use store::sync::{SyncNote, containers::ToldContainer};

/// What the documented columns hold.
const NAME: usize = 255;
const IMAGE: usize = 255;
const STATUS: usize = 50;
/// Longer texts and lists are nonsense, and are kept up to here.
const LONGEST_TEXT: usize = 300;
const LONGEST_LIST: usize = 100;

/// A container as a batch tells it, with what was left out of it.
pub(crate) fn told(summary: &Summary, notes: &mut Vec<SyncNote>) -> ToldContainer {
    let mut fits = |column: &str, text: &str, most: usize| {
        let text = clean(text);
        let length = text.chars().count();
        if length <= most {
            return Some(text).filter(|text| !text.is_empty());
        }
        notes.push(SyncNote {
            id: 0,
            kind: "left_out".to_owned(),
            server_id: None,
            external_id: Some(summary.id.to_string()),
            container_id: None,
            text: Some(format!("its {column} has {length} characters, and {most} fit")),
        });
        None
    };
    let name = fits("name", &summary.name, NAME);
    let image = fits("image", &summary.image, IMAGE);
    let status = fits("state", summary.state.word(), STATUS);
    ToldContainer {
        id: summary.id.to_string(),
        observed: observed(summary, name.as_deref(), image.as_deref()),
        name,
        image,
        status,
        ports: ports(&summary.ports),
        created: summary.created.map(|at| at.naive_utc()),
        key: summary.labels.get(KEY_LABEL).map(|key| short(key)),
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn short(text: &str) -> String {
    clean(text).chars().take(LONGEST_TEXT).collect()
}

/// Published ports, in the documented shape.
fn ports(ports: &[Port]) -> Value {
    let published = ports.iter().filter_map(|port| {
        let inside = format!("{}/{}", port.inside, short(&port.protocol));
        Some((inside, json!(port.outside?)))
    });
    Value::Object(published.take(LONGEST_LIST).collect::<Map<_, _>>())
}

/// What an image's own check says, which engines write behind the state.
fn health(summary: &Summary) -> Option<&'static str> {
    if summary.state != ContainerState::Running {
        return None;
    }
    [
        ("(healthy)", "healthy"),
        ("(unhealthy)", "unhealthy"),
        ("(health: starting)", "starting"),
    ]
    .into_iter()
    .find_map(|(end, word)| summary.status.ends_with(end).then_some(word))
}

/// What is kept beside the documented columns: what is used, and nothing that moves by itself.
fn observed(summary: &Summary, name: Option<&str>, image: Option<&str>) -> Value {
    let mut bound = summary.ports.clone();
    bound.sort();
    let bound: Vec<Value> = bound
        .iter()
        .take(LONGEST_LIST)
        .map(|port| json!({ "inside": format!("{}/{}", port.inside, short(&port.protocol)), "outside": port.outside, "address": port.address }))
        .collect();
    let addresses: Map<String, Value> = summary
        .addresses
        .iter()
        .take(LONGEST_LIST)
        .map(|(network, addresses)| (short(network), json!(addresses)))
        .collect();
    json!({
        "name": name,
        "image": image,
        "image_id": summary.image_id.as_deref().map(short),
        "state": short(summary.state.word()),
        "health": health(summary),
        "created": summary.created.map(|at| at.to_rfc3339()),
        "ports": bound,
        "addresses": addresses,
        "key": summary.labels.get(KEY_LABEL).map(|key| short(key)),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use providers::docker::ContainerId;

    use super::*;

    fn summary(status: &str) -> Summary {
        Summary {
            id: ContainerId::parse(&"ab".repeat(32)).unwrap(),
            name: "shop\u{0}".to_owned(),
            image: "shop/web:1".to_owned(),
            image_id: None,
            state: ContainerState::Running,
            status: status.to_owned(),
            created: None,
            ports: vec![
                Port {
                    inside: 443,
                    protocol: "tcp".to_owned(),
                    outside: None,
                    address: None,
                },
                Port {
                    inside: 80,
                    protocol: "tcp".to_owned(),
                    outside: Some(8080),
                    address: None,
                },
            ],
            labels: BTreeMap::from([(KEY_LABEL.to_owned(), "cs-1".to_owned())]),
            addresses: BTreeMap::new(),
        }
    }

    #[test]
    fn time_that_passes_is_no_change() {
        let mut notes = Vec::new();
        let told = |status: &str| told(&summary(status), &mut Vec::new());
        assert_eq!(told("Up 2 hours").observed, told("Up 3 hours").observed);
        assert_ne!(
            told("Up 2 hours (healthy)").observed,
            told("Up 2 hours (unhealthy)").observed
        );
        let one = super::told(&summary("Up"), &mut notes);
        assert_eq!((one.name.as_deref(), one.key.as_deref()), (Some("shop"), Some("cs-1")));
        assert_eq!(one.ports, json!({"80/tcp": 8080}));
        assert!(notes.is_empty());
    }

    #[test]
    fn what_no_column_holds_is_left_out_and_said() {
        let mut long = summary("Up");
        long.image = "i".repeat(256);
        let mut notes = Vec::new();
        assert_eq!(told(&long, &mut notes).image, None);
        assert_eq!(notes[0].kind, "left_out");
    }
}
