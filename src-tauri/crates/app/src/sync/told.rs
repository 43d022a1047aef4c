//! From what a provider says to what the database takes: nothing that a column can't hold gets there, nothing is cut.

use providers::linode::Instance;
use serde_json::{Value, json};
use store::sync::{SyncNote, Told};

/// Longer texts and lists are nonsense, and are kept up to here.
const LONGEST_TEXT: usize = 300;
const LONGEST_LIST: usize = 100;

/// A server as a batch tells it, with what was left out of it. `None` if its number fits no row.
pub(crate) fn told(instance: &Instance, notes: &mut Vec<SyncNote>) -> Option<Told> {
    let mut instance = cleaned(instance);
    let note = |kind: &str, text: String| SyncNote {
        id: i64::try_from(instance.id).unwrap_or(i64::MAX),
        kind: kind.to_owned(),
        server_id: None,
        external_id: None,
        container_id: None,
        text: Some(text),
    };
    let mut left_out = Vec::new();
    if let Err(misfits) = instance.fits() {
        for misfit in misfits {
            if misfit.column == "linode_id" {
                notes.push(note("not_written", misfit.to_string()));
                return None;
            }
            notes.push(note("left_out", misfit.to_string()));
            left_out.push(misfit.column);
        }
    }
    for column in left_out {
        match column {
            "label" => instance.label.clear(),
            "region" => instance.region = None,
            "status" => instance.status = None,
            "image" => instance.image = None,
            "ipv6" => instance.ipv6 = None,
            _ => instance.public_ipv4.clear(),
        }
    }
    Some(Told {
        id: i32::try_from(instance.id).ok()?,
        observed: observed(&instance),
        addresses_told: !(instance.public_ipv4.is_empty() && instance.private_ipv4.is_empty()),
        ipv4: instance
            .public_ipv4
            .iter()
            .take(LONGEST_LIST)
            .map(ToString::to_string)
            .collect(),
        ipv6: instance.ipv6.map(|address| address.to_string()),
        created: instance
            .created
            .filter(|at| (1970..=9999).contains(&chrono::Datelike::year(at))),
        label: Some(instance.label).filter(|label| !label.is_empty()),
        region: instance.region,
        status: instance.status,
        image: instance.image,
    })
}

/// The same without characters that can't be stored or seen.
fn cleaned(instance: &Instance) -> Instance {
    let text = |text: &Option<String>| text.as_deref().map(clean).filter(|text| !text.is_empty());
    Instance {
        label: clean(&instance.label),
        region: text(&instance.region),
        status: text(&instance.status),
        type_id: text(&instance.type_id),
        image: text(&instance.image),
        tags: instance.tags.iter().map(|tag| clean(tag)).collect(),
        ..instance.clone()
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

/// What is kept beside the documented columns: what is used, nothing else.
fn observed(instance: &Instance) -> Value {
    let short = |text: &Option<String>| {
        text.as_ref()
            .map(|text| text.chars().take(LONGEST_TEXT).collect::<String>())
    };
    let list = |addresses: &[std::net::Ipv4Addr]| {
        addresses
            .iter()
            .take(LONGEST_LIST)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    json!({
        "label": instance.label,
        "region": instance.region,
        "type": short(&instance.type_id),
        "status": instance.status,
        "image": instance.image,
        "ipv4": list(&instance.public_ipv4),
        "private_ipv4": list(&instance.private_ipv4),
        "ipv6": instance.ipv6.map(|address| address.to_string()),
        "created": instance.created.map(|at| at.to_string()),
        "tags": instance.tags.iter().take(LONGEST_LIST).map(|tag| tag.chars().take(LONGEST_TEXT).collect::<String>()).collect::<Vec<_>>(),
        "specs": {
            "vcpus": instance.specs.vcpus,
            "memory_mb": instance.specs.memory_mb,
            "disk_mb": instance.specs.disk_mb,
            "transfer_gb": instance.specs.transfer_gb,
            "gpus": instance.specs.gpus,
        },
        "backups": instance.backups_enabled,
        "lke_cluster_id": instance.lke_cluster_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance() -> Instance {
        Instance {
            id: 5,
            label: "web\u{0}-01\n".to_owned(),
            status: Some("running".to_owned()),
            ..Instance::default()
        }
    }

    #[test]
    fn what_can_t_be_stored_is_left_out_and_said() {
        let mut notes = Vec::new();
        let odd = Instance {
            status: Some("x".repeat(60)),
            image: Some("\u{0}".to_owned()),
            ..instance()
        };
        let told = told(&odd, &mut notes).unwrap();
        assert_eq!(told.label.as_deref(), Some("web-01"));
        assert_eq!((told.status, told.image), (None, None));
        assert_eq!((notes.len(), notes[0].kind.as_str()), (1, "left_out"));
        assert!(!told.observed.to_string().contains("\\u0000"));
    }

    #[test]
    fn a_number_that_fits_no_row_is_said() {
        let mut notes = Vec::new();
        let large = Instance {
            id: u64::MAX,
            ..instance()
        };
        assert!(told(&large, &mut notes).is_none());
        assert_eq!((notes[0].kind.as_str(), notes[0].id), ("not_written", i64::MAX));
    }

    #[test]
    fn no_word_of_addresses_is_not_a_word_that_there_are_none() {
        let mut notes = Vec::new();
        assert!(!told(&instance(), &mut notes).unwrap().addresses_told);
        let private = Instance {
            private_ipv4: vec![[192, 168, 1, 1].into()],
            ..instance()
        };
        let told = told(&private, &mut notes).unwrap();
        assert!(told.addresses_told && told.ipv4.is_empty());
    }
}
