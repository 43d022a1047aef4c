//! The unit files, as systemd reads them and as `csctl` understands them.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use cs_tests::csctl::program;

use super::shared::World;

const INSTALLED: &str = "/usr/local/bin/csctl";

fn units() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/systemd");
    let mut found: Vec<(String, String)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (
                path.file_name().unwrap().to_str().unwrap().to_owned(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect();
    found.sort();
    assert_eq!(found.len(), 3);
    found
}

#[test]
fn what_units_start_is_understood() {
    let mut started = Vec::new();
    for (name, text) in units() {
        // Also what a comment tells to write into a drop-in.
        for line in text
            .lines()
            .filter_map(|line| line.trim_start_matches(['#', ' ']).strip_prefix("ExecStart="))
        {
            let Some(arguments) = line.strip_prefix(INSTALLED) else {
                assert!(line.is_empty(), "{name}: {line}");
                continue;
            };
            // A dry run without a database: the arguments are understood, and then it says what is missing.
            let output = Command::new(program())
                .args(arguments.split_whitespace())
                .env_clear()
                .output()
                .unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(said.contains("No database is named"), "{name}: {line}: {said}");
            started.push(arguments.trim().to_owned());
        }
        assert!(!text.contains("postgres://"), "{name}");
    }
    assert_eq!(
        started,
        [
            "agent --once",
            "agent --once --backup-folder /var/lib/containerstacks-backups",
            "agent",
            "agent --close-months --sync-every 15",
            "agent --backup-folder /var/lib/containerstacks-backups",
        ]
    );
}

#[test]
fn systemd_finds_nothing_wrong_with_them() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("systemd-analyze is not here: not verified");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = units()
        .into_iter()
        .map(|(name, text)| {
            let path = folder.path().join(name);
            fs::write(&path, text.replace(INSTALLED, program().to_str().unwrap())).unwrap();
            path
        })
        .collect();
    let output = Command::new("systemd-analyze")
        .arg("verify")
        .args(&paths)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_units_say_of_backups_is_enough_to_take_one() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in units().into_iter().filter(|(name, _)| name.ends_with(".service")) {
        let said: Vec<&str> = text.lines().map(|line| line.trim_start_matches(['#', ' '])).collect();
        let state = said
            .iter()
            .find_map(|line| line.strip_prefix("StateDirectory="))
            .unwrap();
        let credentials = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = credentials.path().join(name);
            fs::write(&path, format!("{text}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        };
        // Under the names that the unit passes them on by, and no other.
        for line in said.iter().filter_map(|line| line.strip_prefix("LoadCredential=")) {
            let credential = line.split_once(':').unwrap().0;
            let backup_login = world.db.login(store::roles::LoginKind::Backup).await;
            match credential {
                "database-url" => put(credential, &world.agent),
                "workspace-key" => put(credential, "none"),
                "backup-database-url" => put(credential, &backup_login.url),
                other => panic!("{name}: {other}"),
            }
        }
        let start = said
            .iter()
            .filter_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/csctl "))
            .find(|line| line.contains("--backup-folder"))
            .unwrap();
        let here = folder.path().join(&name);
        assert!(start.contains(&format!("/var/lib/{state}")), "{name}: {start}");
        let start = start.replace(&format!("/var/lib/{state}"), here.to_str().unwrap());
        let variable = said
            .iter()
            .find_map(|line| line.strip_prefix("Environment="))
            .and_then(|line| line.split_once('='))
            .unwrap();
        assert!(variable.1.starts_with("age1"), "{name}");
        let output = Command::new(program())
            .args(start.split_whitespace())
            .args(if start.contains("--once") {
                &["--json"][..]
            } else {
                &["--once", "--json"]
            })
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("CREDENTIALS_DIRECTORY", credentials.path())
            .env(variable.0, app::backup::SecretKey::random().public_key().to_string())
            .output()
            .unwrap();
        let done = cs_tests::csctl::json(&output, 0);
        let backup = done["done"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["job"] == "backup");
        assert_eq!(backup.unwrap()["outcome"], "completed", "{name}: {done}");
        assert_eq!(
            fs::read_dir(&here).unwrap().count(),
            3,
            "archive, manifest and evidence"
        );
        cs_tests::workspace_db::run(&mut world.db.owner().await, "DELETE FROM agent_jobs").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_systemd_passes_on_are_found_and_others_stay_private() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        drop(fs::remove_file(&path));
        fs::write(&path, format!("{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let run = |arguments: &[&str]| {
        let output = Command::new(program())
            .args(arguments)
            .env_clear()
            .env("CREDENTIALS_DIRECTORY", folder.path())
            .output()
            .unwrap();
        (
            output.status.code(),
            [output.stdout, output.stderr]
                .map(|bytes| String::from_utf8(bytes).unwrap())
                .concat(),
        )
    };
    // An access list shows as a right of the group.
    write("database-url", &world.agent, 0o440);
    write("workspace-key", "none", 0o440);
    let (code, said) = run(&["agent", "--once"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Left out: sync"), "{said}");
    write("workspace-key", "no key", 0o440);
    let (code, said) = run(&["agent", "--once"]);
    assert_eq!(code, Some(2), "{said}");
    write("workspace-key", "none", 0o440);
    write("database-url", &world.agent, 0o444);
    let (code, said) = run(&["agent", "--dry-run"]);
    assert!(code == Some(2) && said.contains("Others may read"), "{said}");
    // A file of one's own elsewhere is as private as before.
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("agent.url");
    fs::write(&path, &world.agent).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
    let (code, said) = run(&["agent", "--dry-run", "--database-url-file", path.to_str().unwrap()]);
    assert!(code == Some(2) && said.contains("Others may read"), "{said}");
}
