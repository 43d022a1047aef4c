//! `csctl`, as a script runs it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use cs_tests::csctl::Said;
use cs_tests::workspace_db::{PASSWORD, ask, connect, run, sign_in};
use serde_json::Value;
use store::init::DatabaseState;
use store::migrate;
use url::Url;

use super::shared::{BOSS, BY_HAND, Script, catalogue, lines, state};

#[tokio::test]
async fn csctl_makes_a_workspace_and_a_private_file() {
    let script = Script::new("SELECT 1").await;
    let dry = script.init(&["--dry-run", "--json"]);
    assert_eq!((dry.code, dry.json()["found"]["state"].as_str()), (0, Some("empty")));
    assert_eq!(state(&script.database).await, DatabaseState::Empty);
    assert!(!script.file().exists());

    let said = script.init(&["--json", "--test", "--name", "Halyard Hosting"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.is_empty(), "{said:?}");
    let answer = said.json();
    assert_eq!(answer["adopted"], false);
    assert_eq!(answer["version"], migrate::VERSION);
    assert_eq!(
        fs::metadata(script.file()).unwrap().permissions().mode() & 0o7777,
        0o600
    );
    let urls = lines(&script.file());
    assert_eq!(urls.len(), 2);
    assert!(urls[0].contains("://desk_") && urls[1].contains("://agent_"));
    for url in &urls {
        let password = Url::parse(url).unwrap().password().unwrap().to_owned();
        assert!(password.len() >= 43 && password.chars().all(|c| c.is_ascii_alphanumeric()));
        assert!(!said.out.contains(&password));
    }
    assert_eq!(
        fs::read_dir(script.folder.path()).unwrap().count(),
        1,
        "nothing else is left"
    );
    sign_in(&urls[0], BOSS, PASSWORD).await.unwrap();
    assert_eq!(
        ask(&mut connect(&urls[1]).await, "SELECT count(*) FROM organizations").await,
        "0"
    );

    // Again: nothing changes, also not in the file.
    let mut admin = connect(&script.database.admin_url).await;
    let before = catalogue(&mut admin).await;
    let again = script.init(&["--json", "--test"]);
    assert_eq!(
        (again.code, &again.json()["already_initialized"]),
        (0, &Value::Bool(true))
    );
    assert_eq!(lines(&script.file()), urls);
    assert_eq!(catalogue(&mut admin).await, before);

    let status = script.run(&["db", "status", "--database-url", &script.url, "--json"], "");
    let answer = status.json();
    assert_eq!(
        (
            answer["state"].as_str(),
            answer["is_test"].as_bool(),
            answer["name"].as_str()
        ),
        (Some("initialized"), Some(true), Some("Halyard Hosting"))
    );
    let migrated = script.run(&["db", "migrate", "--database-url", &script.url], "");
    assert_eq!(migrated.code, 0, "{migrated:?}");
    assert!(migrated.out.contains("nothing to do"), "{migrated:?}");
    let would = script.run(
        &["db", "migrate", "--dry-run", "--json", "--database-url", &script.url],
        "",
    );
    assert_eq!((would.code, &would.json()["pending"]), (0, &serde_json::json!([])));

    run(
        &mut admin,
        "INSERT INTO cs_meta.migrations (version, name, checksum) VALUES (999, '0999_later', '')",
    )
    .await;
    for arguments in [vec!["db", "migrate"], vec!["db", "migrate", "--dry-run"]] {
        let said = script.run(&[&arguments[..], &["--database-url", &script.url]].concat(), "");
        assert_eq!((said.code, said.error()), (1, "database_newer"), "{said:?}");
    }
    let status = script.run(&["db", "status", "--database-url", &script.url, "--json"], "");
    assert_eq!(
        (status.code, status.json()["state"].as_str()),
        (0, Some("newer_than_program"))
    );
}

#[tokio::test]
async fn csctl_adopts_or_says_what_differs() {
    let script = Script::new(BY_HAND).await;
    let status = script.run(&["db", "status", "--database-url", &script.url], "");
    assert!(
        status.out.contains("made by hand") && status.out.contains("ticket_messages: 5"),
        "{status:?}"
    );
    let mut admin = connect(&script.database.admin_url).await;
    run(
        &mut admin,
        "ALTER TABLE users ADD nickname TEXT; DROP TABLE networking_config",
    )
    .await;
    let before = catalogue(&mut admin).await;
    let said = script.init(&[]);
    assert_eq!((said.code, said.error()), (1, "database_differs"));
    assert!(
        said.err.contains("\n  - users.nickname is not documented.")
            && said.err.contains("\n  - networking_config is missing."),
        "{said:?}"
    );
    let said = script.init(&["--json"]);
    assert_eq!(
        (
            said.code,
            said.json()["error"]["code"].as_str(),
            said.json()["error"]["details"].as_array().map(Vec::len)
        ),
        (1, Some("database_differs"), Some(2))
    );
    assert_eq!(script.init(&["--dry-run"]).code, 1);
    assert_eq!(catalogue(&mut admin).await, before);
    assert_eq!(
        fs::read_dir(script.folder.path()).unwrap().count(),
        0,
        "no file is left"
    );

    run(&mut admin, "ALTER TABLE users DROP nickname; CREATE TABLE networking_config (id SERIAL PRIMARY KEY, type VARCHAR(50) NOT NULL, config JSONB NOT NULL, is_active BOOLEAN DEFAULT TRUE, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)").await;
    let said = script.init(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("Adopted"), "{said:?}");
    sign_in(&lines(&script.file())[0], BOSS, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn csctl_refuses_bad_usage() {
    let script = Script::new("SELECT 1").await;
    let with_password = script.url.replacen('@', ":hunter2hunter2@", 1);
    let urls = script.folder.path().join("url");
    fs::write(&urls, &script.database.admin_url).unwrap();
    fs::set_permissions(&urls, fs::Permissions::from_mode(0o644)).unwrap();
    let url_file = urls.to_str().unwrap();
    let file = script.file();
    let init = script.init_arguments(file.to_str().unwrap());
    let weak = script.run(&init, "short\n");
    assert_eq!((weak.code, weak.error()), (2, "invalid"), "{weak:?}");
    for (input, arguments, code) in [
        ("", init.clone(), "bad_usage"),
        ("", vec!["db", "status"], "bad_usage"),
        (
            "",
            vec!["db", "status", "--database-url", &with_password],
            "password_on_command_line",
        ),
        (
            "",
            vec![
                "db",
                "status",
                "--database-url",
                "postgres://a@h/d?password=hunter2hunter2",
            ],
            "password_on_command_line",
        ),
        ("", vec!["db", "status", "--database-url", "mysql://a@h/d"], "bad_usage"),
        (
            "",
            vec!["db", "status", "--database-url", "postgres://a@h"],
            "bad_usage",
        ),
        (
            "",
            vec!["db", "status", "--database-url-file", url_file],
            "file_not_private",
        ),
        ("", vec!["db", "status", "--database-url-file", "/nowhere"], "bad_usage"),
        ("\n", vec!["db", "status", "--database-url", "-"], "bad_usage"),
    ] {
        let said = script.run(&arguments, input);
        assert_eq!((said.code, said.error()), (2, code), "{arguments:?} {said:?}");
        assert!(!said.err.contains("hunter2hunter2"), "{said:?}");
        let said = script.run(&[&arguments[..], &["--json"]].concat(), input);
        assert_eq!(
            (said.code, said.json()["error"]["code"].as_str(), said.err.as_str()),
            (2, Some(code), ""),
            "{arguments:?}"
        );
    }
    // What clap refuses.
    for arguments in [
        vec!["db"],
        vec!["db", "init", "--database-url", &script.url],
        vec!["nonsense"],
        vec!["db", "init", "--admin-password", "x"],
    ] {
        let said = script.run(&arguments, "");
        assert_eq!(said.code, 2, "{arguments:?} {said:?}");
        let json = script.run(&[&arguments[..], &["--json"]].concat(), "");
        if arguments != ["db"] {
            assert_eq!(
                (json.code, json.json()["error"]["code"].as_str()),
                (2, Some("bad_usage")),
                "{arguments:?}"
            );
        }
    }
    assert_eq!(script.run(&["--help"], "").code, 0);
    let help = script.run(&["db", "init", "--help"], "");
    assert!(
        help.code == 0 && help.out.contains("--admin-password-stdin") && help.out.contains("Example:"),
        "{help:?}"
    );
    assert_eq!(state(&script.database).await, DatabaseState::Empty);
}

#[tokio::test]
async fn csctl_takes_the_password_from_where_it_is_safe() {
    let script = Script::new("SELECT 1").await;
    let private = |name: &str, text: &str| {
        let path = script.folder.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let full = script.database.admin_url.clone();
    let passwords = private(
        "pgpass",
        &format!(
            "# mine\nelsewhere:*:*:*:wrong\n*:*:{}:*:{}\n",
            script.database.name, script.password
        ),
    );
    let url = private("url", &format!("{full}\n"));
    let by = |environment: &[(&str, &str)], arguments: &[&str], input: &str| {
        let mut command = script.command(&[&["db", "status", "--json"], arguments].concat());
        let mut child = command.envs(environment.iter().copied()).spawn().unwrap();
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        Said::of(&child.wait_with_output().unwrap())
    };
    for said in [
        by(&[("CONTAINERSTACKS_DATABASE_URL", &full)], &[], ""),
        by(
            &[
                ("CONTAINERSTACKS_DATABASE_URL", &script.url),
                ("PGPASSWORD", &script.password),
            ],
            &[],
            "",
        ),
        by(&[("PGPASSFILE", &passwords)], &["--database-url", &script.url], ""),
        by(&[], &["--database-url-file", &url], ""),
        by(&[], &["--database-url", "-"], &format!("{full}\n")),
    ] {
        assert_eq!(
            (said.code, said.json()["state"].as_str()),
            (0, Some("empty")),
            "{said:?}"
        );
    }
    fs::copy(&passwords, script.folder.path().join(".pgpass")).unwrap();
    let said = by(&[], &["--database-url", &script.url], "");
    assert_eq!(said.code, 0, "{said:?}");
    fs::set_permissions(&passwords, fs::Permissions::from_mode(0o640)).unwrap();
    let said = by(&[("PGPASSFILE", &passwords)], &["--database-url", &script.url], "");
    assert_eq!(
        (said.code, said.json()["error"]["code"].as_str()),
        (2, Some("file_not_private"))
    );
    let said = by(&[("PGPASSWORD", "wrong")], &["--database-url", &script.url], "");
    assert_eq!(
        (said.code, said.json()["error"]["code"].as_str()),
        (1, Some("login_refused")),
        "{said:?}"
    );
    let said = by(&[], &["--database-url", "postgres://nobody@127.0.0.1:1/none"], "");
    assert_eq!(
        (said.code, said.json()["error"]["code"].as_str()),
        (1, Some("unreachable")),
        "{said:?}"
    );
    // Both lines from standard input: the URL, then the admin's password.
    let file = script.file();
    let mut child = script
        .command(&[
            "db",
            "init",
            "--json",
            "--database-url",
            "-",
            "--admin-email",
            BOSS,
            "--admin-password-stdin",
            "--credentials-file",
            file.to_str().unwrap(),
        ])
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(format!("{full}\n{PASSWORD}\n").as_bytes())
        .unwrap();
    let said = Said::of(&child.wait_with_output().unwrap());
    assert_eq!(said.code, 0, "{said:?}");
    sign_in(&lines(&file)[0], BOSS, PASSWORD).await.unwrap();
    // A desk's login is told what fits it, and may migrate nothing.
    let desk = private("desk", &lines(&file)[0]);
    let said = by(&[], &["--database-url-file", &desk], "");
    assert_eq!(
        (said.code, said.json()["version"].as_i64()),
        (0, Some(i64::from(migrate::VERSION))),
        "{said:?}"
    );
    let said = script.run(&["db", "migrate", "--json", "--database-url-file", &desk], "");
    assert_eq!(
        (said.code, said.json()["error"]["code"].as_str()),
        (1, Some("not_an_administrator")),
        "{said:?}"
    );
}

#[tokio::test]
async fn csctl_shows_and_sets_the_settings_of_the_business() {
    let script = Script::new("SELECT 1").await;
    assert_eq!(script.init(&[]).code, 0);
    let settings = |more: &[&str]| {
        let mut arguments = vec!["settings"];
        arguments.extend(more);
        arguments.extend(["--database-url", script.url.as_str()]);
        script.run(&arguments, "")
    };
    let shown = settings(&["show", "--json"]).json();
    assert_eq!(shown["settings"]["grace_hours"], "72");
    let dry = settings(&["set", "grace_hours=48", "--dry-run", "--json"]).json();
    assert_eq!(
        dry["changed"],
        serde_json::json!([{"key": "grace_hours", "before": "72", "after": "48"}])
    );
    assert_eq!(settings(&["show", "--json"]).json(), shown, "a dry run changes nothing");
    let set = settings(&["set", "grace_hours=48", "seller_name=Halyard = Co", "--json"]).json();
    assert_eq!(set["changed"].as_array().unwrap().len(), 2);
    let now = settings(&["show", "--json"]).json();
    assert_eq!(now["settings"]["grace_hours"], "48");
    assert_eq!(now["settings"]["seller_name"], "Halyard = Co");
    for wrong in [
        "grace_hours=9000",
        "grace_hours",
        "nonsense=1",
        "billing_schedule=weekly",
    ] {
        let said = settings(&["set", "idle_minutes=5", wrong]);
        assert_eq!((said.code, said.error()), (2, "invalid"), "{wrong}");
    }
    assert_eq!(settings(&["show", "--json"]).json(), now, "all of them, or none");
    // What an admin decides is not the agent's to change.
    let urls = lines(&script.file());
    let mut agent = script.command(&["settings", "set", "grace_hours=1"]);
    let said = agent.env("CONTAINERSTACKS_DATABASE_URL", &urls[1]).output().unwrap();
    assert_eq!(said.status.code(), Some(1));
    assert_eq!(settings(&["show", "--json"]).json(), now);
}

#[tokio::test]
async fn csctl_adds_lists_replaces_and_revokes_desks() {
    let script = Script::new("SELECT 1").await;
    assert_eq!(script.init(&["--test"]).code, 0);
    let desk = |arguments: &[&str]| {
        let said = script.run(
            &[&["desk"], arguments, &["--json", "--database-url", &script.url]].concat(),
            "",
        );
        assert!(said.err.is_empty(), "{said:?}");
        said
    };
    let path = |name: &str| script.folder.path().join(name).to_str().unwrap().to_owned();
    let count = |said: &Said| said.json()["desks"].as_array().unwrap().len();
    assert_eq!(count(&desk(&["list"])), 1);
    for (arguments, exit, code) in [
        (vec!["add", "--label", "", "--invitation", "x"], 2, "invalid"),
        (vec!["add", "--label", "Ana"], 2, "bad_usage"),
        (vec!["revoke", "desk_nobody"], 1, "not_found"),
        (vec!["replace", "postgres", "--credentials-file", "x"], 1, "not_found"),
    ] {
        let said = desk(&arguments);
        assert_eq!(
            (said.code, said.json()["error"]["code"].as_str()),
            (exit, Some(code)),
            "{said:?}"
        );
    }
    let (file, invitation) = (path("desk.url"), path("ana.age"));
    let dry = desk(&["add", "--label", "Ana", "--dry-run"]);
    assert_eq!(
        (dry.code, dry.json()["would"].as_str(), count(&desk(&["list"]))),
        (0, Some("add"), 1)
    );

    let added = desk(&["add", "--label", "Ana's laptop", "--credentials-file", &file]);
    assert_eq!(added.code, 0, "{added:?}");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let url = lines(std::path::Path::new(&file)).remove(0);
    sign_in(&url, BOSS, PASSWORD).await.unwrap();
    let login = added.json()["login"].as_str().unwrap().to_owned();
    let again = desk(&["add", "--label", "Another", "--credentials-file", &file]);
    assert_eq!((again.code, count(&desk(&["list"]))), (2, 2), "no file is written over");

    let invited = desk(&[
        "add",
        "--label",
        "Front office",
        "--invitation",
        &invitation,
        "--host",
        "db.halyard.example",
    ]);
    assert_eq!(invited.code, 0, "{invited:?}");
    let passphrase = invited.json()["passphrase"].as_str().unwrap().to_owned();
    assert_eq!(
        (passphrase.len(), invited.json()["works_here_only"].as_bool()),
        (24, Some(false))
    );
    assert!(fs::read(&invitation).unwrap().starts_with(b"age-encryption.org/v1"));
    assert_eq!(fs::metadata(&invitation).unwrap().permissions().mode() & 0o777, 0o600);

    // Replaced: the old URL is refused, the session over, the new one works.
    let newer = path("newer.url");
    let mut open = connect(&url).await;
    let replaced = desk(&["replace", &login, "--credentials-file", &newer]);
    assert_eq!(replaced.code, 0, "{replaced:?}");
    assert!(cs_tests::workspace_db::attempt(&mut open, "SELECT 1").await.is_err());
    assert!(<sqlx::PgConnection as sqlx::Connection>::connect(&url).await.is_err());
    let url = lines(std::path::Path::new(&newer)).remove(0);
    sign_in(&url, BOSS, PASSWORD).await.unwrap();

    let dry = desk(&["revoke", &login, "--dry-run"]);
    assert_eq!((dry.code, dry.json()["would"].as_str()), (0, Some("revoke")));
    let mut open = connect(&url).await;
    let revoked = desk(&["revoke", &login]);
    assert_eq!(
        (revoked.code, revoked.json()["connections_ended"].as_i64()),
        (0, Some(1)),
        "{revoked:?}"
    );
    assert!(cs_tests::workspace_db::attempt(&mut open, "SELECT 1").await.is_err());
    assert!(<sqlx::PgConnection as sqlx::Connection>::connect(&url).await.is_err());
    let listed = desk(&["list"]).json();
    let row = listed["desks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["login"] == login.as_str())
        .unwrap()
        .clone();
    assert_eq!(
        (&row["may_connect"], row["revoked_at"].is_string()),
        (&Value::Bool(false), true)
    );

    // Whoever has the computer that it was on may have the workspace key.
    assert_eq!(replaced.json()["held_workspace_key"], false);
    let mut server = connect(&script.database.admin_url).await;
    for (flag, file) in [("--credentials-file", "third.url"), ("--invitation", "third.age")] {
        let held = format!("UPDATE cs_auth.logins SET holds_workspace_key = true WHERE login = '{login}'");
        run(&mut server, &held).await;
        let said = desk(&["replace", &login, flag, &path(file)]);
        assert_eq!(
            (said.code, &said.json()["held_workspace_key"]),
            (0, &Value::Bool(true)),
            "{said:?}"
        );
    }

    // A desk's login may do none of it.
    let first = lines(&script.file()).remove(0);
    let desks = script.folder.path().join("first.url");
    fs::write(&desks, first).unwrap();
    fs::set_permissions(&desks, fs::Permissions::from_mode(0o600)).unwrap();
    for arguments in [["desk", "list"].as_slice(), &["desk", "revoke", &login]] {
        let said = script.run(
            &[arguments, &["--json", "--database-url-file", desks.to_str().unwrap()]].concat(),
            "",
        );
        assert_eq!(said.code, 1, "{said:?}");
    }
}
