//! Known secrets go through the real ways of the program, over the wire, against a server that logs all it can. Then
//! everything that was written anywhere is searched for them.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
};

use app::database::{self, Address};
use cs_tests::{
    desk::{ADMIN, PASSWORD, Workspace},
    linode::{Account, LinodeStandIn, TOKEN},
    server::Server,
};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, postgres::PgListener};
use tracing_subscriber::{Layer, fmt::MakeWriter, layer::SubscriberExt};
use workspace::Listen;

/// Everything that this program's own log would hold, at its most talkative.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Heard {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// All text below a folder that a program could have written a secret to: logs, not the tables themselves.
fn logs(folder: &Path, text: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "base" | "global" | "pg_wal" | "pg_xact") {
                logs(&path, text);
            }
        } else if let Ok(content) = fs::read(&path) {
            text.extend(content);
        }
    }
}

async fn everything(connection: &mut PgConnection, sql: &str) -> String {
    let rows: Vec<Option<String>> = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_all(connection)
        .await
        .unwrap();
    rows.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn no_secret_is_written_anywhere() {
    let heard = Heard::default();
    let subscriber = tracing_subscriber::registry().with(
        tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(heard.clone())
            .with_filter(tracing_subscriber::filter::LevelFilter::TRACE),
    );
    // This thread's: the test's runtime has no other.
    let _heard_here = tracing::subscriber::set_default(subscriber);

    let mut server = Server::start(Listen::Socket).await;
    let superuser = server.admin().clone();
    let mut admin = superuser.connect("tests").await.unwrap();
    for setting in [
        "log_statement = 'all'",
        "log_min_duration_statement = 0",
        "log_min_error_statement = debug5",
        "log_min_messages = debug1",
        "log_connections = on",
        "log_error_verbosity = verbose",
        "log_parameter_max_length = -1",
        "track_activity_query_size = 102400",
    ] {
        sqlx::raw_sql(AssertSqlSafe(format!("ALTER SYSTEM SET {setting}")))
            .execute(&mut admin)
            .await
            .unwrap();
    }
    admin.close().await.unwrap();
    server.stop().await;
    server.start_again().await;

    database::create_if_missing(&superuser, "tests", "books").await.unwrap();
    let books = Address {
        database: "books".to_owned(),
        ..superuser.clone()
    };
    let workspace = Workspace::made_in(books.clone()).await;
    let mut listener = PgListener::connect(&books.to_url()).await.unwrap();
    listener
        .listen_all(["containerstacks", "cs_changed", "outbox", "x"])
        .await
        .unwrap();
    let login = workspace.desk_login("Planted").await;
    let mut secrets = vec![
        ("the desk's password", login.password.expose_secret().to_owned()),
        ("a person's password", PASSWORD.to_owned()),
        ("a new person's password", "a planted password 4711".to_owned()),
        ("a wrong password", "a planted wrong password 4711".to_owned()),
    ];

    let desk = workspace.desk().await;
    desk.ok("app.state", json!({})).await;
    desk.refused("session.sign_in", json!({"email": ADMIN, "password": secrets[3].1}))
        .await;
    desk.sign_in(ADMIN).await;
    desk.ok(
        "users.create",
        json!({"email": "planted@halyard.example", "first_name": "P", "last_name": "Q", "role": "support", "organization_id": null, "password": secrets[2].1}),
    )
    .await;
    let organization = desk.create_organization("Planted").await;
    desk.deposit(organization, "10.00", "planted").await.unwrap();
    // What fails is logged with the most words.
    desk.deposit(organization, "99999999.00", "planted-too")
        .await
        .unwrap_err();
    let token = desk.token();
    secrets.push(("the session's token", token));
    // The workspace's keys: made, rotated from time to time, and rotated after a loss. What seals is in none of these
    // places, nor is what a newer key is wrapped in.
    let stand_in = LinodeStandIn::start(Account::with_instances(1)).await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    desk.ok(
        "providers.create",
        json!({"label": "Planted", "endpoint": stand_in.base_url(), "token": TOKEN}),
    )
    .await;
    secrets.push(("a provider's token", TOKEN.to_owned()));
    for (what, wrapped, lost) in [
        ("the first workspace key", None, None),
        ("the next workspace key", Some("the wrapped key"), Some(Value::Null)),
        ("the workspace key after a loss", None, Some(json!("desk_lost"))),
    ] {
        if let Some(lost) = lost {
            desk.ok("workspace_key.rotate", json!({"lost": lost})).await;
            let rotated = async {
                while desk.ok("tasks.list", json!({})).await["tasks"][0]["state"] != "done" {
                    tokio::task::yield_now().await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_mins(1), rotated)
                .await
                .expect("the rotation ends");
            desk.ok("tasks.clear", json!({})).await;
        }
        let copy = desk.ok("workspace_key.copy", json!({})).await;
        let text = fs::read_to_string(copy["path"].as_str().unwrap()).unwrap();
        // Without its beginning: also where only the key itself was written, in the same letters.
        let key = text.lines().next().unwrap().splitn(3, '-').last().unwrap();
        secrets.push((what, key[..40.min(key.len())].to_owned()));
        if let Some(what) = wrapped {
            let sql = "SELECT split_part(wrapped, '.', 3) FROM cs_auth.workspace_keys WHERE wrapped IS NOT NULL";
            let mut connection = books.connect("tests").await.unwrap();
            secrets.push((what, everything(&mut connection, sql).await));
        }
    }
    let mut as_superuser = books.connect("tests").await.unwrap();
    secrets.push((
        "a password's hash",
        everything(
            &mut as_superuser,
            &format!("SELECT split_part(password_hash, '$', 6) FROM users WHERE email = '{ADMIN}'"),
        )
        .await,
    ));
    let seen = everything(&mut as_superuser, "SELECT query FROM pg_stat_activity").await;
    let log = everything(&mut as_superuser, "SELECT to_jsonb(a)::text FROM activity_logs a").await;
    let functions = everything(
        &mut as_superuser,
        "SELECT prosrc FROM pg_proc WHERE pronamespace::regnamespace::text ~ '^(cs_|public)'",
    )
    .await;
    let mut notices = String::new();
    while let Ok(Ok(notice)) = tokio::time::timeout(std::time::Duration::from_millis(200), listener.recv()).await {
        notices.push_str(notice.payload());
    }
    desk.ok("session.sign_out", json!({})).await;
    drop(listener);
    drop(as_superuser);

    let mut server_log = Vec::new();
    logs(&server.data_dir(), &mut server_log);
    let server_log = String::from_utf8_lossy(&server_log).into_owned();
    assert!(server_log.contains("cs_auth.enter"), "the server logs statements");
    let heard = String::from_utf8_lossy(&heard.0.lock().unwrap()).into_owned();
    assert!(heard.len() > 10_000, "this program was heard");
    let arguments = fs::read("/proc/self/cmdline").unwrap();
    let arguments = String::from_utf8_lossy(&arguments).into_owned();
    let mut found = Vec::new();
    for (place, text) in [
        ("the server's log", &server_log),
        ("this program's log", &heard),
        ("the settings file", &desk.store_text()),
        ("pg_stat_activity", &seen),
        ("the activity log", &log),
        ("the functions", &functions),
        ("the notices", &notices),
        ("the arguments", &arguments),
    ] {
        for (what, secret) in &secrets {
            assert!(secret.len() > 12, "{what}");
            if text.contains(secret.as_str()) {
                let at = text.find(secret.as_str()).unwrap();
                let start = text[..at].char_indices().rev().nth(200).map_or(0, |(index, _)| index);
                found.push(format!("{what} is in {place}: …{}", &text[start..at]));
            }
        }
    }
    server.stop().await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}
