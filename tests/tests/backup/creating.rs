//! Taking backups: whole, or not at all.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use app::backup::{BackupError, Opener, State, list};
use cs_tests::workspace_db::{ask, attempt, connect, run};
use store::roles::LoginKind;

use cs_tests::pg_dump::with_pg_dump;

use super::shared::{CLIENT, Yard, address, content, toolbox, verify_with};

#[tokio::test]
async fn a_backup_holds_every_row_and_says_so() {
    let yard = Yard::new().await;
    let everything = content(&mut yard.db.admin().await).await;
    let created = yard.create().await;
    let counted: Vec<(String, i64)> = created
        .manifest
        .tables
        .iter()
        .map(|table| (table.name.clone(), i64::try_from(table.rows).unwrap()))
        .collect();
    let there: Vec<(String, i64)> = everything
        .iter()
        .map(|(name, (rows, _))| (name.clone(), *rows))
        .collect();
    assert_eq!(counted, there);
    assert!(created.manifest.sequences.len() > 20);
    assert!(created.manifest.tables.iter().all(|table| table.hash.is_none()));
    // Nobody else may read it, nothing in it is in clear, and nothing else lies about.
    let files = yard.files();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in &files {
        let path = yard.folder().join(file);
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600,
            "{file}"
        );
        let text = fs::read(&path).unwrap();
        for secret in ["maya@halyard.example", "argon2id", "a hashed token", "PGDMP"] {
            assert!(
                !text.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "{secret} in {file}"
            );
        }
    }
    assert_eq!(fs::metadata(yard.folder()).unwrap().permissions().mode() & 0o777, 0o700);
    let verified = yard.verify(&created.archive).await.unwrap();
    assert!(verified.manifest.tables.iter().all(|table| table.hash.is_some()));
    let entries = list(&yard.folder(), true).unwrap();
    assert_eq!((entries.len(), entries[0].state), (1, State::Verified));
}

#[tokio::test]
async fn what_is_written_meanwhile_is_in_all_of_it_or_in_nothing() {
    let yard = Yard::new().await;
    let url = yard.db.admin_url().to_owned();
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let writer = tokio::spawn(async move {
        let mut connection = connect(&url).await;
        let mut written = 0;
        while !*stopped.borrow_and_update() {
            run(&mut connection, "INSERT INTO public.transactions (organization_id, amount, type, status, payment_id) VALUES (1, 1.00, 'deposit', 'completed', 'while')").await;
            written += 1;
        }
        written
    });
    let backups = [yard.create().await, yard.create().await];
    stop.send(true).unwrap();
    assert!(writer.await.unwrap() > 0);
    for created in &backups {
        // Compared with the snapshot; the wallet's balance and its rows are of one instant.
        yard.verify(&created.archive).await.unwrap();
    }
}

#[tokio::test]
async fn a_login_that_sees_a_part_makes_none() {
    let yard = Yard::new().await;
    for kind in [LoginKind::Agent, LoginKind::Service, LoginKind::Desk] {
        let login = yard.db.login(kind).await;
        let error = yard.try_create(&login.url, &toolbox()).await.unwrap_err();
        assert!(matches!(error, BackupError::NotAllSeen(_)), "{kind:?}: {error}");
    }
    // Its own policy narrowed, gone, or another put beside it.
    let mut owner = yard.db.owner().await;
    for (wrong, right) in [
        (
            "ALTER POLICY backup_all ON public.wallets USING (organization_id = 1)",
            "ALTER POLICY backup_all ON public.wallets USING (true)",
        ),
        (
            "CREATE POLICY narrow ON public.wallets AS RESTRICTIVE FOR SELECT USING (organization_id = 1)",
            "DROP POLICY narrow ON public.wallets",
        ),
        (
            "REVOKE SELECT ON cs_auth.secrets FROM BACKUP",
            "GRANT SELECT ON cs_auth.secrets TO BACKUP",
        ),
    ] {
        let named = |sql: &str| sql.replace("BACKUP", &yard.db.role("backup"));
        run(&mut owner, &named(wrong)).await;
        let error = yard.try_create(&yard.login.url, &toolbox()).await.unwrap_err();
        assert!(matches!(error, BackupError::NotAllSeen(_)), "{wrong}: {error}");
        run(&mut owner, &named(right)).await;
    }
    assert_eq!(yard.files(), [""; 0]);
    // An administrator sees everything as well.
    yard.try_create(yard.db.admin_url(), &toolbox()).await.unwrap();
}

/// A login that may read every table, and sees no row where there are policies.
pub async fn limited(yard: &Yard) -> (String, String) {
    let name = format!("limited_{}", yard.login.name);
    let password = "a-password-of-a-test".to_owned();
    run(
        &mut yard.db.admin().await,
        &format!(
            "CREATE ROLE {name} LOGIN PASSWORD '{password}';
             DO $$ DECLARE n text; BEGIN
               EXECUTE format('GRANT CONNECT ON DATABASE %I TO {name}', current_database());
               FOR n IN SELECT nspname FROM pg_namespace WHERE nspname = 'public' OR nspname ~ '^cs_' LOOP
                 EXECUTE format('GRANT USAGE ON SCHEMA %I TO {name}; GRANT SELECT ON ALL TABLES IN SCHEMA %1$I TO {name}; GRANT SELECT ON ALL SEQUENCES IN SCHEMA %1$I TO {name}', n);
               END LOOP;
             END $$"
        ),
    )
    .await;
    (name, password)
}

#[tokio::test]
async fn a_dump_under_row_level_security_is_recognized_though_pg_dump_is_content() {
    let yard = Yard::new().await;
    let (name, password) = limited(&yard).await;
    let tools = with_pg_dump(
        &yard.root.path().join("bin"),
        &format!("PGUSER={name} PGPASSWORD={password} exec REAL \"$@\""),
    );
    let error = yard.try_create(&yard.login.url, &tools).await.unwrap_err();
    let BackupError::Differs(tables) = &error else {
        panic!("{error}");
    };
    assert!(
        tables.iter().any(|table| table == "public.users has 0 of 6 rows"),
        "{tables:?}"
    );
    assert_eq!(yard.files(), [""; 0]);
}

#[tokio::test]
async fn a_dump_that_ends_early_or_fails_is_none() {
    let yard = Yard::new().await;
    for (place, script) in ["REAL \"$@\" | head -c 20000", "exec REAL --nonsense", "true"]
        .iter()
        .enumerate()
    {
        let tools = with_pg_dump(&yard.root.path().join(format!("bin{place}")), script);
        let error = yard.try_create(&yard.login.url, &tools).await.unwrap_err();
        assert!(matches!(error, BackupError::Tool { .. }), "{script}: {error}");
        assert_eq!(yard.files(), [""; 0], "{script}");
    }
    let none = app::backup::Toolbox::default();
    let error = yard.try_create(&yard.login.url, &none).await.unwrap_err();
    assert!(matches!(error, BackupError::Tools(_)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_killed_leaves_nothing_that_looks_like_a_backup() {
    let yard = Yard::new().await;
    let (mark, fifo, bin) = (
        yard.root.path().join("mark"),
        yard.root.path().join("fifo"),
        yard.root.path().join("bin"),
    );
    let made = std::process::Command::new("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    with_pg_dump(
        &bin,
        &format!(
            "REAL \"$@\" | head -c 60000\n: > {}\nexec cat {}",
            mark.display(),
            fifo.display()
        ),
    );
    let url = yard.private("backup.url", &yard.login.url);
    let folder = yard.folder();
    let mut path = bin.clone().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let recipient = yard.key.public_key().to_string();
    let mut killed = yard
        .command(&["backup", "create", "--database-url-file", &url, "--folder"])
        .arg(&folder)
        .args(["--recipient", &recipient])
        .env("PATH", path)
        .spawn()
        .unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    while !mark.exists() {
        assert!(killed.try_wait().unwrap().is_none(), "it has ended by itself");
        assert!(std::time::Instant::now() < deadline, "the dump never began");
        tokio::task::yield_now().await;
    }
    // While it is at it, it is neither a backup nor a rest that prune may take.
    let entries = list(&folder, false).unwrap();
    assert_eq!((entries.len(), entries[0].state), (1, State::Running), "{entries:?}");
    killed.kill().unwrap();
    killed.wait().unwrap();
    // What waits in the script reads its end.
    drop(fs::OpenOptions::new().write(true).open(&fifo).unwrap());

    let files = yard.files();
    assert_eq!(files.len(), 1);
    assert!(files[0].ends_with(".dump.age.partial"), "{files:?}");
    let entries = list(&folder, true).unwrap();
    assert_eq!(entries[0].state, State::Unfinished);
    assert!(yard.verify(&folder.join(&files[0])).await.is_err());
    let folder_text = folder.to_str().unwrap();
    let said = yard.csctl(&[
        "backup",
        "verify",
        "--folder",
        folder_text,
        "--key-file",
        &yard.key_file(),
    ]);
    assert_eq!(said.code, 1, "{said:?}");
    // The next one is not disturbed, and prune takes the rest away.
    let created = yard.create().await;
    let said = yard.csctl(&["--json", "backup", "prune", "--folder", folder_text, "--keep-last", "1"]);
    assert_eq!(
        (said.code, said.json()["removed"][0].as_str()),
        (0, Some(files[0].as_str())),
        "{said:?}"
    );
    yard.verify(&created.archive).await.unwrap();
}

#[tokio::test]
async fn what_others_keep_in_the_database_is_left_out_and_told() {
    let yard = Yard::new().await;
    run(
        &mut yard.db.admin().await,
        "CREATE TABLE public.\"Somebody's \"\"table\" (x int); INSERT INTO public.\"Somebody's \"\"table\" VALUES (1);
         CREATE SCHEMA \"their own\"; CREATE TABLE \"their own\".t (x int); CREATE VIEW public.theirs AS SELECT 1 AS x",
    )
    .await;
    // A large object that anybody may make, and nobody else may read.
    let desk = yard.db.desk().await;
    let made = attempt(&mut connect(&desk.url).await, "SELECT lo_from_bytea(0, 'x')").await;
    assert!(made.is_ok());
    let created = yard.create().await;
    assert_eq!(
        created.manifest.left_out,
        [
            "\"their own\".*",
            "\"public\".\"Somebody's \"\"table\"",
            "\"public\".\"theirs\""
        ]
    );
    yard.verify(&created.archive).await.unwrap();
}

#[tokio::test]
async fn csctl_takes_one_under_a_passphrase_and_refuses_weak_or_shown_secrets() {
    let yard = Yard::new().await;
    let url = yard.private("backup.url", &yard.login.url);
    let (long, short) = (
        yard.private("long", "seven herons over the weir\n"),
        yard.private("short", "herons\n"),
    );
    let folder = yard.folder();
    let folder = folder.to_str().unwrap();
    let create = |more: &[&str]| {
        let mut arguments = vec![
            "--json",
            "backup",
            "create",
            "--database-url-file",
            &url,
            "--folder",
            folder,
        ];
        arguments.extend(more);
        yard.csctl(&arguments)
    };
    let secret = secrecy::ExposeSecret::expose_secret(&yard.key.to_text()).to_owned();
    for (more, code) in [
        (vec!["--passphrase-file", short.as_str()], "backup_passphrase_short"),
        (vec!["--recipient", &secret], "backup_key_on_command_line"),
        (vec!["--recipient", "age1nonsense"], "backup_recipient_malformed"),
        (vec![], "bad_usage"),
    ] {
        let said = create(&more);
        assert_eq!(
            (said.code, said.json()["error"]["code"].as_str()),
            (2, Some(code)),
            "{said:?}"
        );
    }
    let said = create(&["--passphrase-file", &long, "--dry-run"]);
    assert_eq!((said.code, yard.files().len()), (0, 0), "{said:?}");
    assert!(said.json()["rows"].as_i64().unwrap() > 100);
    let said = create(&["--passphrase-file", &long]);
    assert_eq!(said.code, 0, "{said:?}");
    let archive = said.json()["archive"].as_str().unwrap().to_owned();
    let right = Opener::Passphrase("seven herons over the weir".into());
    verify_with(archive.as_ref(), &right).await.unwrap();
    let wrong = Opener::Passphrase("seven herons over the mill".into());
    let error = verify_with(archive.as_ref(), &wrong).await.unwrap_err();
    assert!(matches!(error, BackupError::WrongKey), "{error}");
    let error = verify_with(archive.as_ref(), &yard.opener()).await.unwrap_err();
    assert!(matches!(error, BackupError::WrongKey), "{error}");
    // A wrong key says nothing about the backup.
    let entries = list(&yard.folder(), false).unwrap();
    assert_eq!(entries[0].state, State::Verified);
}

#[tokio::test]
async fn what_only_reads_leaves_no_trace_in_the_database() {
    let yard = Yard::new().await;
    let mut admin = yard.db.admin().await;
    let before = content(&mut admin).await;
    yard.create().await;
    assert_eq!(content(&mut admin).await, before);
    let left = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{}' AND state <> 'idle'",
        yard.login.name
    );
    assert_eq!(ask(&mut admin, &left).await, "0");
    let prospect = app::backup::prospect(&address(&yard.login.url), CLIENT, &toolbox())
        .await
        .unwrap();
    assert!(prospect.tables > 50);
}
