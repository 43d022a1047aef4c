//! A folder over the months: what is listed, and what goes.

use std::fs;

use app::backup::{ARCHIVE, Reason, Retention, State, list, prune, what_goes};
use serde_json::{Value, json};

use super::shared::{Yard, files};

/// As if a backup had been taken at several times: copies of one, with what lies beside them changed.
async fn aged(yard: &Yard, times: &[&str]) -> Vec<String> {
    let created = yard.create().await;
    let text = fs::read_to_string(created.archive.to_str().unwrap().replace(ARCHIVE, ".json")).unwrap();
    let mut names = Vec::new();
    for time in times {
        let name = format!("books-{}", time.replace([':', '-'], ""));
        let mut manifest: Value = serde_json::from_str(&text).unwrap();
        manifest["taken_at"] = json!(time);
        fs::copy(&created.archive, yard.folder().join(format!("{name}{ARCHIVE}"))).unwrap();
        fs::write(yard.folder().join(format!("{name}.json")), manifest.to_string()).unwrap();
        names.push(name);
    }
    for file in files(&yard.folder()) {
        if !file.starts_with("books-") {
            fs::remove_file(yard.folder().join(file)).unwrap();
        }
    }
    names
}

#[tokio::test]
async fn rules_decide_what_goes_and_a_dry_run_only_says_so() {
    let yard = Yard::new().await;
    let times = [
        "2026-11-26T03:00:00Z",
        "2026-11-26T02:00:00Z",
        "2026-11-25T03:00:00Z",
        "2026-11-20T03:00:00Z",
        "2026-10-01T03:00:00Z",
        "2026-09-01T03:00:00Z",
    ];
    let names = aged(&yard, &times).await;
    // The oldest is the only one that was proven; the second newest was cut short; somebody keeps a note here.
    let sha256 = |name: &str| {
        let text = fs::read_to_string(yard.folder().join(format!("{name}.json"))).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["archive"]["sha256"].clone()
    };
    let proof = json!({ "archive_sha256": sha256(&names[5]),
        "proven": { "at": "2026-09-02T03:00:00Z", "took_ms": 1, "program": "csctl" } });
    fs::write(
        yard.folder().join(format!("{}.evidence.json", names[5])),
        proof.to_string(),
    )
    .unwrap();
    // Evidence of another file is none.
    let foreign =
        json!({ "archive_sha256": "00", "proven": { "at": "2026-09-02T03:00:00Z", "took_ms": 1, "program": "csctl" } });
    fs::write(
        yard.folder().join(format!("{}.evidence.json", names[4])),
        foreign.to_string(),
    )
    .unwrap();
    fs::write(yard.folder().join(format!("{}{ARCHIVE}", names[1])), "short").unwrap();
    fs::write(yard.folder().join("note.txt"), "x").unwrap();
    fs::write(yard.folder().join("other.json"), "{}").unwrap();
    fs::write(yard.folder().join(format!("left{ARCHIVE}.partial")), "x").unwrap();
    fs::write(yard.folder().join("left.json.partial"), "x").unwrap();

    let states: Vec<State> = list(&yard.folder(), false)
        .unwrap()
        .iter()
        .map(|entry| entry.state)
        .collect();
    assert_eq!(
        states,
        [
            State::Claimed,
            State::Damaged,
            State::Claimed,
            State::Claimed,
            State::Claimed,
            State::Proven,
            State::Unfinished
        ]
    );
    let folder = yard.folder();
    let folder = folder.to_str().unwrap();
    let arguments = ["--json", "backup", "prune", "--folder", folder, "--keep-daily", "2"];
    let before = yard.files();
    let mut dry = arguments.to_vec();
    dry.push("--dry-run");
    let said = yard.csctl(&dry);
    assert_eq!((said.code, yard.files()), (0, before), "{said:?}");
    let removed = said.json()["removed"].clone();
    let said = yard.csctl(&arguments);
    assert_eq!((said.code, &said.json()["removed"]), (0, &removed), "{said:?}");
    let mut left: Vec<String> = yard.files();
    left.retain(|file| file.ends_with(ARCHIVE));
    let kept = [5, 2, 1, 0].map(|place| format!("{}{ARCHIVE}", names[place]));
    assert_eq!(left, kept);
    let all = yard.files();
    assert!(all.contains(&"note.txt".to_owned()) && all.contains(&"other.json".to_owned()));
    assert!(
        !all.iter()
            .any(|file| file.starts_with("left") || file.contains(&names[3]) || file.contains(&names[4])),
        "{all:?}"
    );

    let fates = what_goes(
        &yard.folder(),
        Retention {
            last: 1,
            ..Retention::default()
        },
    )
    .unwrap();
    assert_eq!(fates[0].kept, [Reason::Last, Reason::Newest]);
    assert_eq!(fates[1].kept, [Reason::Damaged]);
    assert!(fates[2].goes());
    assert_eq!(fates[3].kept, [Reason::NewestProven]);
    assert_eq!(prune(&fates).unwrap(), 1);
    let said = yard.csctl(&["backup", "prune", "--folder", folder]);
    assert_eq!(said.code, 2, "{said:?}");
}

#[tokio::test]
async fn each_workspace_is_counted_by_itself() {
    let yard = Yard::new().await;
    let names = aged(&yard, &["2026-11-26T03:00:00Z", "2026-11-25T03:00:00Z"]).await;
    let path = yard.folder().join(format!("{}.json", names[1]));
    let mut other: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    other["workspace"]["id"] = json!("00000000-0000-4000-8000-000000000000");
    fs::write(&path, other.to_string()).unwrap();
    let one = Retention {
        last: 1,
        ..Retention::default()
    };
    assert!(what_goes(&yard.folder(), one).unwrap().iter().all(|fate| !fate.goes()));
}
