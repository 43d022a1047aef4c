//! Cut off, or two at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Child;
use std::time::Duration;

use cs_tests::csctl::Said;
use cs_tests::workspace_db::{PASSWORD, ask, connect, run, sign_in};
use serde_json::Value;
use store::init::{DatabaseState, initialize};
use store::migrate;

use super::shared::{BOSS, BY_HAND, Script, catalogue, hashes, lines, make, request, state, with};

#[tokio::test]
async fn two_at_once_stand_in_line() {
    for sql in ["SELECT 1", BY_HAND] {
        let database = with(sql).await;
        let (one, other) = tokio::join!(make(&database), make(&database));
        let ((one, first), (other, second)) = (one.unwrap(), other.unwrap());
        assert_eq!(
            usize::from(one.migrated.applied.is_empty()) + usize::from(other.migrated.applied.is_empty()),
            1
        );
        assert_ne!(one.admin_added, other.admin_added);
        assert_eq!(one.prefix, other.prefix);
        let mut admin = connect(&database.admin_url).await;
        assert_eq!(
            ask(
                &mut admin,
                &format!("SELECT count(*) FROM users WHERE email = '{BOSS}'")
            )
            .await,
            "1"
        );
        assert_eq!(ask(&mut admin, "SELECT count(*) FROM cs_meta.workspace").await, "1");
        for request in [first, second] {
            sign_in(
                &database.url_as(&request.desk.login, &request.desk.password),
                BOSS,
                PASSWORD,
            )
            .await
            .unwrap();
        }
    }
}

#[tokio::test]
async fn cut_off_at_any_moment_it_can_be_repeated() {
    let database = with(BY_HAND).await;
    let mut admin = connect(&database.admin_url).await;
    let (rows, before) = (hashes(&mut admin, None).await, catalogue(&mut admin).await);
    let mut cut_off = 0;
    for milliseconds in [0, 2, 5, 15, 40, 80, 120, 160, 200, 300] {
        let url = database.admin_url.clone();
        let order = request();
        let running = tokio::spawn(async move { initialize(&mut connect(&url).await, &order).await });
        let others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        while ask(&mut admin, &format!("SELECT count(*) {others} AND state = 'active'")).await == "0" {
            tokio::task::yield_now().await;
        }
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        run(&mut admin, &format!("SELECT pg_terminate_backend(pid) {others}")).await;
        if let Ok(Ok(_)) = running.await {
            break;
        }
        cut_off += 1;
        assert_eq!(hashes(&mut admin, None).await, rows, "after {milliseconds} ms");
        assert_eq!(catalogue(&mut admin).await, before, "after {milliseconds} ms");
    }
    assert!(cut_off > 0);
    let (_, order) = make(&database).await.unwrap();
    assert_eq!(
        state(&database).await,
        DatabaseState::Initialized {
            version: migrate::VERSION
        }
    );
    let after = hashes(&mut admin, Some(&rows)).await;
    assert!(
        rows.hashes
            .iter()
            .all(|(row, hash)| after.hashes.get(row) == Some(hash))
    );
    sign_in(
        &database.url_as(&order.desk.login, &order.desk.password),
        BOSS,
        PASSWORD,
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn csctl_that_was_killed_completes_when_it_is_repeated() {
    let script = Script::new(BY_HAND).await;
    let file = script.file();
    let arguments = script.init_arguments(file.to_str().unwrap());
    let mut killed = 0;
    for milliseconds in [0, 10, 30, 60, 100, 150, 200, 250, 300, 400] {
        let mut child = script.start(&arguments, &format!("{PASSWORD}\n"));
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        child.kill().unwrap();
        killed += usize::from(!child.wait().unwrap().success());
    }
    assert!(killed > 0);
    // What the killed one's backend still does, the next one waits for.
    let said = script.init(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    let urls = lines(&file);
    sign_in(&urls[0], BOSS, PASSWORD).await.unwrap();
    assert_eq!(
        ask(&mut connect(&urls[1]).await, "SELECT count(*) FROM organizations").await,
        "3"
    );
    assert_eq!(
        fs::read_dir(script.folder.path()).unwrap().count(),
        1,
        "no draft is left"
    );
    assert_eq!(
        ask(
            &mut connect(&script.database.admin_url).await,
            &format!("SELECT count(*) FROM users WHERE email = '{BOSS}'")
        )
        .await,
        "1"
    );

    // Killed between the commit and the file's name: the draft's logins exist.
    fs::rename(&file, file.with_extension("urls.partial")).unwrap();
    let said = script.init(&["--json"]);
    assert_eq!(
        (said.code, &said.json()["already_initialized"]),
        (0, &Value::Bool(true)),
        "{said:?}"
    );
    assert_eq!(lines(&file), urls);
    // The draft of a run that never came so far is written anew.
    fs::remove_file(&file).unwrap();
    fs::write(
        file.with_extension("urls.partial"),
        "postgres://desk_0:x@h/d\npostgres://agent_0:x@h/d\n",
    )
    .unwrap();
    let said = script.init(&[]);
    assert_eq!(said.code, 0, "{said:?}");
    sign_in(&lines(&file)[0], BOSS, PASSWORD).await.unwrap();
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600);
}

#[tokio::test]
async fn two_csctl_with_one_file_agree() {
    let script = Script::new("SELECT 1").await;
    let file = script.file();
    let arguments = script.init_arguments(file.to_str().unwrap());
    let children: Vec<Child> = (0..3)
        .map(|_| script.start(&arguments, &format!("{PASSWORD}\n")))
        .collect();
    for child in children {
        let said = Said::of(&child.wait_with_output().unwrap());
        assert_eq!(said.code, 0, "{said:?}");
    }
    sign_in(&lines(&file)[0], BOSS, PASSWORD).await.unwrap();
    let logins = ask(
        &mut connect(&script.database.admin_url).await,
        "SELECT count(*) FROM cs_auth.logins",
    )
    .await;
    assert_eq!(logins, "2");
    // A file of another database, or of anything else, is never written over.
    let other = Script::new("SELECT 1").await;
    for text in [lines(&file).join("\n"), "my diary".to_owned()] {
        fs::write(other.file(), &text).unwrap();
        let said = other.init(&[]);
        assert_eq!((said.code, said.error()), (1, "credentials_file_exists"), "{said:?}");
        assert_eq!(fs::read_to_string(other.file()).unwrap(), text);
    }
    assert_eq!(state(&other.database).await, DatabaseState::Empty);
    fs::remove_file(other.file()).unwrap();
    std::os::unix::fs::symlink("/tmp/elsewhere", other.file().with_extension("urls.partial")).unwrap();
    assert_eq!(other.init(&[]).error(), "credentials_file");
}
