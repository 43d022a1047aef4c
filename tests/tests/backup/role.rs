//! The login that backups are taken over.

use cs_tests::workspace_db::{WorkspaceDb, ask, attempt, connect, refused, run};
use store::roles::LoginKind;

use super::shared::{Yard, content};

const DENIED: &str = "42501";

#[tokio::test]
async fn it_sees_every_row_of_every_table_and_writes_none() {
    let db = WorkspaceDb::new().await;
    let login = db.login(LoginKind::Backup).await;
    let everything = content(&mut db.admin().await).await;
    assert!(everything.len() > 50, "{}", everything.len());
    assert!(everything["cs_auth.secrets"].0 > 0 && everything["public.user_api_keys"].0 > 0);
    let mut connection = connect(&login.url).await;
    assert_eq!(content(&mut connection).await, everything);
    for (table, (rows, _)) in &everything {
        let witness = format!("SELECT row_count FROM cs_meta.row_counts() WHERE table_name = '{table}'");
        assert_eq!(ask(&mut connection, &witness).await, rows.to_string(), "{table}");
        for sql in [
            format!("INSERT INTO {table} DEFAULT VALUES"),
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table}"),
            format!("LOCK TABLE {table} IN ROW EXCLUSIVE MODE"),
        ] {
            let sql = format!("BEGIN; {sql}; COMMIT");
            assert_eq!(refused(&mut connection, &sql).await, DENIED, "{sql}");
        }
    }
    assert_eq!(
        refused(&mut connection, "SELECT nextval('public.users_id_seq')").await,
        DENIED
    );
    assert_eq!(
        refused(&mut connection, &format!("SET ROLE {}", db.role("owner"))).await,
        DENIED
    );
}

#[tokio::test]
async fn what_later_migrations_make_is_seen_too() {
    let db = WorkspaceDb::new().await;
    let login = db.login(LoginKind::Backup).await;
    let mut owner = db.owner().await;
    run(
        &mut owner,
        "CREATE TABLE public.later (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x TEXT);
         SELECT cs_meta.guard_table('later'); INSERT INTO public.later (x) VALUES ('one'), ('two');
         CREATE SCHEMA cs_later; CREATE TABLE cs_later.more (x TEXT); INSERT INTO cs_later.more VALUES ('three')",
    )
    .await;
    let mut connection = connect(&login.url).await;
    assert_eq!(ask(&mut connection, "SELECT count(*) FROM public.later").await, "2");
    assert_eq!(ask(&mut connection, "SELECT count(*) FROM cs_later.more").await, "1");
    assert_eq!(
        ask(&mut connection, "SELECT last_value FROM public.later_id_seq").await,
        "2"
    );
    assert_eq!(
        refused(&mut connection, "INSERT INTO public.later (x) VALUES ('no')").await,
        DENIED
    );
}

#[tokio::test]
async fn csctl_makes_one_lists_it_and_closes_it() {
    let yard = Yard::new().await;
    let admin = yard.private("admin.url", yard.db.admin_url());
    let file = yard.root.path().join("backup.url");
    let file = file.to_str().unwrap();
    let role = |arguments: &[&str]| {
        let mut all = vec!["--json", "backup", "role"];
        all.extend(arguments);
        all.extend(["--database-url-file", &admin]);
        yard.csctl(&all)
    };
    let said = role(&["add", "--dry-run", "--label", "Nightly"]);
    assert_eq!(said.code, 0, "{said:?}");
    let said = role(&["add", "--credentials-file", file, "--label", "Nightly"]);
    assert_eq!(said.code, 0, "{said:?}");
    let login = said.json()["login"].as_str().unwrap().to_owned();
    assert!(login.starts_with("backup_"));
    let url = std::fs::read_to_string(file).unwrap();
    assert_eq!(
        ask(
            &mut connect(url.trim()).await,
            "SELECT count(*) > 0 FROM cs_auth.secrets"
        )
        .await,
        "true"
    );
    // A second one into the same file is none.
    assert_eq!(role(&["add", "--credentials-file", file]).code, 1);
    let listed = role(&["list"]).json();
    assert!(
        listed["logins"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["label"] == "Nightly" && row["may_connect"] == true),
        "{listed}"
    );
    let logged = "SELECT string_agg(action, ' ' ORDER BY id) FROM activity_logs WHERE resource_id = '";
    let said = role(&["revoke", &login]);
    assert_eq!(said.code, 0, "{said:?}");
    let mut superuser = yard.db.admin().await;
    assert_eq!(
        ask(&mut superuser, &format!("{logged}{login}'")).await,
        "backup_login.add backup_login.revoke"
    );
    let closed = <sqlx::PgConnection as sqlx::Connection>::connect(url.trim()).await;
    assert!(closed.is_err(), "the server lets it in no more");
    assert_eq!(role(&["revoke", "nobody"]).code, 1);
    // The desks' way doesn't close it, nor the other way round.
    let desk = yard.db.desk().await;
    assert_eq!(role(&["revoke", &desk.name]).code, 1);
    assert!(attempt(&mut connect(&desk.url).await, "SELECT 1").await.is_ok());
}
