//! Restoring: what comes out is what went in, and is a workspace again.

use std::fs;

use app::backup::{BackupError, Restore, State, Verify, into, list};
use app::workspace_key;
use cs_tests::cluster::{Cluster, cluster};
use cs_tests::csctl::Said;
use cs_tests::workspace_db::{ADMIN, PASSWORD, SUPPORT, ask, connect, refused, run, sign_in};
use store::isolation;
use vault::Place;

use super::shared::{CLIENT, Yard, address, content, now, toolbox};

impl Yard {
    async fn restore(&self, archive: &std::path::Path, url: &str) -> Result<app::backup::Restored, BackupError> {
        into(&Restore {
            from: Verify {
                archive,
                opener: &self.opener(),
                toolbox: &toolbox(),
                client: CLIENT,
                now: now(),
            },
            to: &address(url),
        })
        .await
    }
}

const SEALED: Place = Place {
    table: "provider_configs",
    row: 1,
    column: "credentials",
};

#[tokio::test]
async fn what_is_restored_is_the_workspace_that_was_backed_up() {
    let yard = Yard::new().await;
    let mut source = yard.db.admin().await;
    // Something sealed, somebody signed in who looks as a customer, a log that is chained.
    let key = workspace_key::draw(1).unwrap();
    let sealed = key.seal(SEALED, "a token of the provider", [7; 24]).unwrap();
    run(
        &mut source,
        &format!("UPDATE public.provider_configs SET credentials = '{{\"token\": \"{sealed}\"}}' WHERE id = 1"),
    )
    .await;
    let (desk, session) = yard.db.desk_of(SUPPORT).await;
    let view = format!(
        "SELECT cs_auth.view_as('{}', 1, 'They ask what they see')",
        session.token
    );
    run(&mut connect(&desk.url).await, &view).await;
    run(
        &mut source,
        "SELECT cs_ledger.seal_log(10000); SELECT nextval('public.users_id_seq')",
    )
    .await;
    let created = yard.create().await;
    let wanted = content(&mut source).await;
    let sequence = ask(&mut source, "SELECT last_value FROM public.users_id_seq").await;

    let server = Cluster::another().await;
    let database = server.fresh_database(None).await;
    let restored = yard.restore(&created.archive, &database.admin_url).await.unwrap();
    assert!(restored.isolation.is_empty(), "{:?}", restored.isolation);
    assert!(
        restored.log_breaks.is_empty() && restored.log_entries > 10,
        "{:?}",
        restored.log_breaks
    );
    assert!(
        restored.roles_made.contains(&yard.db.role("owner")),
        "{:?}",
        restored.roles_made
    );
    let logins: Vec<&str> = restored
        .logins_without_password
        .iter()
        .map(|login| login.login.as_str())
        .collect();
    assert!(
        logins.contains(&desk.name.as_str()) && logins.contains(&yard.login.name.as_str()),
        "{logins:?}"
    );

    // Compared by the server, not by the program. What was put right after the restore is known.
    let mut target = connect(&database.admin_url).await;
    let mut found = content(&mut target).await;
    for changed in [
        "cs_auth.sessions",
        "public.activity_logs",
        "public.log_chain",
        "cs_ledger.log_seal",
    ] {
        assert!(found[changed].0 >= wanted[changed].0, "{changed}");
        found.insert(changed.to_owned(), wanted[changed].clone());
    }
    found.retain(|table, _| !table.starts_with("cs_live."));
    let mut compared = wanted.clone();
    compared.retain(|table, _| !table.starts_with("cs_live."));
    assert_eq!(found, compared);
    assert_eq!(
        ask(&mut target, "SELECT last_value FROM public.users_id_seq").await,
        sequence
    );
    let token = ask(
        &mut target,
        "SELECT credentials->>'token' FROM public.provider_configs WHERE id = 1",
    )
    .await;
    let opened = key.open(SEALED, &token).unwrap();
    assert_eq!(secrecy::ExposeSecret::expose_secret(&opened), "a token of the provider");

    // Nobody is signed in, and nothing is lent; a desk that is given a password lets people in, and the rules hold.
    assert_eq!(
        ask(
            &mut target,
            "SELECT count(*) FROM cs_auth.sessions WHERE ended_at IS NULL"
        )
        .await,
        "0"
    );
    let new = app::database::replace_desk(&address(&database.admin_url), CLIENT, &desk.name)
        .await
        .unwrap();
    let url = new.0.address(&address(&database.admin_url)).to_url();
    sign_in(&url, ADMIN, PASSWORD).await.unwrap();
    let mut admin = connect(&url).await;
    assert_eq!(ask(&mut admin, "SELECT count(*) FROM users").await, "6");
    assert_eq!(refused(&mut admin, "SELECT password_hash FROM users").await, "42501");
    assert_eq!(refused(&mut admin, "DELETE FROM transactions").await, "42501");
    let checked = isolation::check(&mut target).await.unwrap();
    assert!(!checked.is_red(), "{:?}", checked.findings);

    // A second time into the same is refused; so is another database of the server while this one has the roles.
    let error = yard.restore(&created.archive, &database.admin_url).await.unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty(_)), "{error}");
    let second = server.fresh_database(None).await;
    let error = yard.restore(&created.archive, &second.admin_url).await.unwrap_err();
    assert!(matches!(error, BackupError::RolesTaken(_)), "{error}");
    drop((admin, target, database));

    // After that one is gone: the owner of a database who is no superuser can restore into it, too.
    let name = second.name.clone();
    let mut superuser = connect(&second.admin_url).await;
    run(
        &mut superuser,
        &format!("CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'of-a-test'; ALTER DATABASE \"{name}\" OWNER TO keeper"),
    )
    .await;
    let keeper = second.url_as("keeper", "of-a-test");
    let restored = yard.restore(&created.archive, &keeper).await.unwrap();
    assert!(restored.isolation.is_empty(), "{:?}", restored.isolation);
    assert_eq!(content(&mut superuser).await["public.users"], wanted["public.users"]);
}

#[tokio::test]
async fn a_proof_is_kept_and_the_scratch_server_is_not() {
    let yard = Yard::new().await;
    let created = yard.create().await;
    let archive = created.archive.to_str().unwrap();
    let scratch = yard.root.path().join("scratch");
    // The server may run under another account, which has to get through to its folder.
    fs::set_permissions(yard.root.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    fs::create_dir(&scratch).unwrap();
    fs::set_permissions(&scratch, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
    let key = yard.key_file();
    let arguments = [
        "--json",
        "backup",
        "restore",
        archive,
        "--key-file",
        &key,
        "--scratch-folder",
        scratch.to_str().unwrap(),
    ];
    let said = yard.csctl(&arguments);
    assert_eq!(said.code, 0, "{said:?}");
    let told = said.json();
    assert_eq!(
        (&told["state"], &told["equal"]),
        (&"proven".into(), &true.into()),
        "{told}"
    );
    assert_eq!(
        (&told["isolation"]["sound"], &told["scratch_removed"]),
        (&true.into(), &true.into()),
        "{told}"
    );
    assert!(told["log"]["entries"].as_i64().unwrap() > 0);
    assert_eq!(super::shared::files(&scratch), [""; 0], "nothing of it is left");
    let entries = list(&yard.folder(), true).unwrap();
    assert_eq!(entries[0].state, State::Proven);
    let proof = entries[0].proven.as_ref().unwrap();
    assert!(
        proof.took_ms > 0 && proof.says.as_ref().unwrap().contains("isolation sound"),
        "{proof:?}"
    );
    let said = yard.csctl(&["backup", "list", "--folder", yard.folder().to_str().unwrap()]);
    assert!(
        said.out.contains("proven") && said.out.contains("restored and equal"),
        "{said:?}"
    );

    // A damaged one proves nothing, and starts nothing that stays.
    let mut bytes = fs::read(archive).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(archive, bytes).unwrap();
    let said = yard.csctl(&arguments);
    assert_eq!(
        (said.code, said.json()["error"]["code"].as_str()),
        (1, Some("backup_damaged")),
        "{said:?}"
    );
    assert_eq!(super::shared::files(&scratch), [""; 0]);
    assert_eq!(list(&yard.folder(), false).unwrap()[0].state, State::Damaged);
}

#[tokio::test]
async fn a_database_that_holds_anything_is_refused_and_left_as_it_is() {
    let yard = Yard::new().await;
    let created = yard.create().await;
    for sql in [
        "CREATE TABLE public.theirs (x int)",
        "CREATE FUNCTION public.theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA theirs",
        "CREATE VIEW theirs AS SELECT 1 AS x",
    ] {
        let database = cluster().await.fresh_database(None).await;
        run(&mut connect(&database.admin_url).await, sql).await;
        let error = yard.restore(&created.archive, &database.admin_url).await.unwrap_err();
        assert!(matches!(error, BackupError::NotEmpty(_)), "{sql}: {error}");
    }
    // As a script has it: the URL in a file, and a dry run that says what would be.
    let empty = cluster().await.fresh_database(None).await;
    let into = yard.private("into.url", &empty.admin_url);
    let key = yard.key_file();
    let restore = |more: &[&str]| -> Said {
        let mut arguments = vec![
            "--json",
            "backup",
            "restore",
            created.archive.to_str().unwrap(),
            "--key-file",
            &key,
            "--into-file",
            &into,
        ];
        arguments.extend(more);
        yard.csctl(&arguments)
    };
    // The roles of this server are those of the workspace that was backed up, which is still there.
    let said = restore(&["--dry-run"]);
    assert_eq!(
        (said.code, said.json()["error"]["code"].as_str()),
        (1, Some("roles_taken")),
        "{said:?}"
    );
    assert_eq!(
        ask(
            &mut connect(&empty.admin_url).await,
            "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^cs_'"
        )
        .await,
        "0"
    );
    // A login that may not.
    let login = yard.db.login(store::roles::LoginKind::Agent).await;
    run(
        &mut connect(&empty.admin_url).await,
        &format!("GRANT CONNECT ON DATABASE \"{}\" TO {}", empty.name, login.name),
    )
    .await;
    let said = yard.csctl(&[
        "backup",
        "restore",
        created.archive.to_str().unwrap(),
        "--key-file",
        &key,
        "--into",
        "postgres://a:b@h/d",
    ]);
    assert_eq!(said.code, 2, "a password on the command line: {said:?}");
}
