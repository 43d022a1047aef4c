//! Rotating the workspace key from the window and with `csctl`, with two desks and a script at work.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command};

use app::session::Session;
use cs_tests::{
    csctl::program,
    desk::{ADMIN, TestDesk, Workspace},
    linode::{Account, LinodeStandIn, TOKEN},
};
use serde_json::{Value, json};
use store::roles::{self, LoginKind, RolePrefix};

use crate::code;

/// The last task once it has ended.
async fn ended(desk: &TestDesk) -> Value {
    let waiting = async {
        loop {
            let tasks = desk.ok("tasks.list", json!({})).await;
            let task = tasks["tasks"][0].clone();
            if !matches!(task["state"].as_str(), Some("running" | "stopping")) {
                return task;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), waiting)
        .await
        .unwrap()
}

async fn copy(desk: &TestDesk) -> String {
    let copy = desk.ok("workspace_key.copy", json!({})).await;
    let text = fs::read_to_string(copy["path"].as_str().unwrap()).unwrap();
    text.trim().to_owned()
}

/// Versions of the keys in a text.
fn versions(text: &str) -> Vec<&str> {
    text.lines()
        .filter_map(|line| line.strip_prefix("cswk-")?.split('-').next())
        .collect()
}

struct World {
    workspace: Workspace,
    stand_in: LinodeStandIn,
    folder: tempfile::TempDir,
    account: Value,
}

struct Said {
    code: i32,
    json: Value,
    err: String,
}

impl World {
    /// Two desks that hold the key, and an account.
    async fn new() -> (Self, TestDesk, TestDesk) {
        let workspace = Workspace::fresh().await;
        let one = workspace.admin_desk().await;
        one.ok("workspace_key.make", json!({"replace": false})).await;
        let two = workspace.desk().await;
        two.sign_in(ADMIN).await;
        two.ok("workspace_key.give", json!({"key": copy(&one).await})).await;
        let stand_in = LinodeStandIn::start(Account::with_instances(2)).await;
        let account = one
            .ok(
                "providers.create",
                json!({"label": "Main", "endpoint": stand_in.base_url(), "token": TOKEN}),
            )
            .await;
        let world = Self {
            workspace,
            stand_in,
            folder: tempfile::tempdir().unwrap(),
            account: account["id"].clone(),
        };
        (world, one, two)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, format!("{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    async fn agent(&self) -> String {
        let admin = self.workspace.admin();
        let mut connection = admin.connect("tests").await.unwrap();
        let prefix = RolePrefix::of_workspace(&mut connection).await.unwrap();
        let (login, password) = (format!("{}_agent", admin.database), "a".repeat(40));
        roles::add_login(
            &mut connection,
            &prefix,
            LoginKind::Agent,
            "a script",
            &login,
            &password,
        )
        .await
        .unwrap();
        app::database::Address {
            login,
            password,
            ..admin.clone()
        }
        .to_url()
    }

    async fn csctl(&self, arguments: &[&str], url: &str, key: Option<&str>) -> Said {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .arg("--json")
            .env_clear()
            .env("HOME", self.folder.path())
            .env("CONTAINERSTACKS_DATABASE_URL", url);
        if let Some(key) = key {
            command.env("CONTAINERSTACKS_WORKSPACE_KEY", key);
        }
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let (out, err) = (
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        );
        let all = format!("{out} {err}");
        assert!(
            !all.contains(TOKEN) && !all.contains("cs1.") && !all.contains("csw1.") && !all.contains("cswk-"),
            "a secret: {all}"
        );
        Said {
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {all}")),
            err,
        }
    }

    async fn ask(&self, sql: &'static str) -> String {
        let mut connection = self.workspace.admin().connect("tests").await.unwrap();
        sqlx::query_scalar::<_, Option<String>>(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap()
            .unwrap_or_default()
    }

    /// Under which versions something is sealed.
    async fn sealed(&self) -> String {
        self.ask(
            "SELECT string_agg(c.version || ':' || c.sealed, ' ' ORDER BY c.version) FROM cs_auth.sealed_counts() c",
        )
        .await
    }

    /// A desk opens what is sealed, and seals.
    async fn works_at(&self, desk: &TestDesk) {
        let listed = desk.ok("providers.list", json!({})).await;
        assert_eq!(
            (&listed["key"], &listed["accounts"][0]["token"]),
            (&json!("held"), &json!("sealed"))
        );
        self.syncs_at(desk).await;
        desk.ok("providers.replace_token", json!({"id": self.account, "token": TOKEN}))
            .await;
        self.syncs_at(desk).await;
    }

    async fn syncs_at(&self, desk: &TestDesk) {
        desk.ok("providers.sync", json!({"id": self.account, "allow_gone": false}))
            .await;
        let task = ended(desk).await;
        assert_eq!(task["state"], "done", "{task}");
    }

    /// Makes the next key, and is killed before anything is sealed anew.
    async fn begin(&self, key: &str) {
        let session = Session::operator(self.workspace.admin(), "tests").await.unwrap();
        let held = app::workspace_key::parse(&secrecy::SecretString::from(key)).unwrap();
        let next = app::workspace_key::draw(held.newest().version() + 1).unwrap();
        let wrapped = held.newest().wrap(&next, [7; 24]).unwrap();
        let new = store::workspace_keys::NewKey {
            version: next.version(),
            fingerprint: &next.fingerprint(),
            wrapped: Some(&wrapped),
            lost: None,
        };
        let mut transaction = session.write().await.unwrap();
        store::workspace_keys::register(&mut transaction, &new).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_goes_on_working_while_the_key_is_rotated() {
    let (world, one, two) = World::new().await;
    let old = copy(&one).await;
    let agent = world.agent().await;
    let key_file = world.file("workspace.key", &format!("{old}\n# of the script"));
    let shown = key_file.to_str().unwrap();
    let sync = ["sync", "linode", "--workspace-key-file", shown];
    world.works_at(&two).await;
    assert_eq!(world.csctl(&sync, &agent, None).await.code, 0);

    // A program that was killed has made the next key, and nobody holds it. Everybody follows.
    world.begin(&old).await;
    assert_eq!(world.sealed().await, "1:1");
    let in_memory = world.csctl(&["sync", "linode"], &agent, Some(&old)).await;
    assert_eq!(in_memory.code, 0, "{}", in_memory.json);
    assert!(in_memory.err.contains("for this time only"), "{}", in_memory.err);
    let dry = world
        .csctl(
            &["sync", "linode", "--dry-run", "--workspace-key-file", shown],
            &agent,
            None,
        )
        .await;
    assert_eq!(
        (dry.code, fs::read_to_string(&key_file).unwrap().lines().count()),
        (0, 2)
    );
    let added = world.csctl(&sync, &agent, None).await;
    assert_eq!(added.code, 0, "{}", added.json);
    assert!(added.err.contains("version 2 was added to"), "{}", added.err);
    let text = fs::read_to_string(&key_file).unwrap();
    assert_eq!(versions(&text), ["2", "1"]);
    assert!(text.ends_with("# of the script\n"));
    assert_eq!(fs::metadata(&key_file).unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(world.csctl(&sync, &agent, None).await.err.is_empty(), "said once");
    let standing = one.ok("workspace_key.standing", json!({})).await;
    assert_eq!(
        (&standing["version"], &standing["is_under_way"], &standing["left"]),
        (&json!(2), &json!(true), &json!(1))
    );
    world.works_at(&one).await;
    assert_eq!(versions(&copy(&one).await), ["2", "1"]);
    assert_eq!(world.sealed().await, "2:1");
    world.works_at(&two).await;

    // A script can't make one; an administrator's can't without a file to keep it in.
    let refused = world
        .csctl(&["key", "rotate", "--workspace-key-file", shown], &agent, None)
        .await;
    assert_eq!(
        (refused.code, refused.json["error"]["code"].as_str()),
        (1, Some("not_an_administrator"))
    );
    assert_eq!(versions(&fs::read_to_string(&key_file).unwrap()), ["2", "1"]);

    // Finished from the window; the old key is retired, and desks drop it.
    one.ok("workspace_key.rotate", json!({"lost": null})).await;
    let task = ended(&one).await;
    assert_eq!(
        (&task["kind"], &task["state"]),
        (&json!("rotation"), &json!("done")),
        "{task}"
    );
    let outcome = task["outcome"].as_str().unwrap();
    assert!(
        outcome.starts_with("The workspace key is version 2. 0 secrets were sealed anew, and version 1 is retired."),
        "{outcome}"
    );
    for desk in [&one, &two] {
        world.works_at(desk).await;
        assert_eq!(versions(&copy(desk).await), ["2"]);
    }
    // An old file works for ever.
    let late = world.file("late.key", &old);
    let said = world
        .csctl(
            &["sync", "linode", "--workspace-key-file", late.to_str().unwrap()],
            &agent,
            None,
        )
        .await;
    assert_eq!(
        (said.code, versions(&fs::read_to_string(&late).unwrap())),
        (0, vec!["2", "1"])
    );
    // So does giving it to a desk.
    let third = world.workspace.desk().await;
    third.sign_in(ADMIN).await;
    third.ok("workspace_key.give", json!({"key": old})).await;
    world.works_at(&third).await;
    assert_eq!(versions(&copy(&third).await), ["2"]);

    // Another one, from beginning to end.
    two.ok("workspace_key.rotate", json!({"lost": null})).await;
    assert!(
        ended(&two).await["outcome"]
            .as_str()
            .unwrap()
            .starts_with("The workspace key is version 3. 1 secret was sealed anew, and version 2 is retired.")
    );
    assert_eq!(world.sealed().await, "3:1");
    for desk in [&one, &two, &third] {
        world.works_at(desk).await;
    }
    assert_eq!(world.csctl(&sync, &agent, None).await.code, 0);
    let holders = one.ok("desks.list", json!({})).await;
    let holding = |row: &&Value| row["holds_workspace_key"] == true;
    assert_eq!(holders["rows"].as_array().unwrap().iter().filter(holding).count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_desk_is_left_behind() {
    let (world, one, two) = World::new().await;
    let old = copy(&one).await;
    let desks = two.ok("desks.list", json!({})).await;
    let rows = desks["rows"].as_array().unwrap();
    let lost = rows.iter().find(|row| row["is_own"] == true).unwrap()["login"]
        .as_str()
        .unwrap()
        .to_owned();
    let third = world.workspace.desk().await;
    third.sign_in(ADMIN).await;
    third.ok("workspace_key.give", json!({"key": old})).await;
    let admin = world.workspace.admin().to_url();
    let revoked = world.csctl(&["desk", "revoke", &lost], &admin, None).await;
    assert_eq!(
        (&revoked.json["held_workspace_key"], revoked.json["next"].as_str()),
        (
            &json!(true),
            Some(format!("csctl key rotate --lost-desk {lost} --workspace-key-file FILE").as_str())
        )
    );

    // As it says, with a copy of the key.
    let key_file = world.file("workspace.key", &old);
    let shown = key_file.to_str().unwrap();
    let rotate = ["key", "rotate", "--lost-desk", &lost, "--workspace-key-file", shown];
    let dry = world.csctl(&[&rotate[..], &["--dry-run"]].concat(), &admin, None).await;
    assert_eq!((dry.code, &dry.json["sealed"]), (0, &json!(1)));
    assert_eq!(versions(&fs::read_to_string(&key_file).unwrap()), ["1"]);
    let done = world.csctl(&rotate, &admin, None).await;
    assert_eq!(
        (
            done.code,
            &done.json["version"],
            &done.json["resealed"],
            &done.json["retired"]
        ),
        (0, &json!(2), &json!(1), &json!([1])),
        "{}",
        done.json
    );
    assert_eq!(
        (&done.json["exposed"][0]["label"], &done.json["exposed"][0]["lost"]),
        (&json!("Main"), &json!(lost))
    );
    let text = fs::read_to_string(&key_file).unwrap();
    assert_eq!(versions(&text), ["2", "1"]);

    // Nobody follows.
    let agent = world.agent().await;
    let said = world.csctl(&["sync", "linode"], &agent, Some(&old)).await;
    assert_eq!(
        (said.code, said.json["error"]["code"].as_str()),
        (1, Some("workspace_key_wrong"))
    );
    for desk in [&one, &third] {
        let listed = desk.ok("providers.list", json!({})).await;
        assert_eq!(listed["key"], "wrong");
        assert_eq!(
            code(
                &desk
                    .refused("providers.sync", json!({"id": world.account, "allow_gone": false}))
                    .await
            ),
            "workspace_key_wrong"
        );
        assert_eq!(
            code(&desk.refused("workspace_key.give", json!({"key": old})).await),
            "workspace_key_wrong"
        );
        assert_eq!(
            code(&desk.refused("workspace_key.rotate", json!({"lost": null})).await),
            "workspace_key_wrong"
        );
    }
    // Given by hand: with the older line or without.
    one.ok("workspace_key.give", json!({"key": text})).await;
    world.syncs_at(&one).await;
    let newest = text.lines().next().unwrap();
    third.ok("workspace_key.give", json!({"key": newest})).await;

    // What the lost desk could read is worked through.
    let standing = third.ok("workspace_key.standing", json!({})).await;
    assert_eq!(
        (&standing["exposed"][0]["table"], &standing["exposed"][0]["row"]),
        (&json!("provider_configs"), &world.account)
    );
    third
        .ok("providers.replace_token", json!({"id": world.account, "token": TOKEN}))
        .await;
    let standing = third.ok("workspace_key.standing", json!({})).await;
    assert_eq!((&standing["exposed"], &standing["left"]), (&json!([]), &json!(0)));
    let status = world.csctl(&["key", "status"], &admin, None).await;
    assert_eq!(
        (
            &status.json["keys"][0]["is_retired"],
            &status.json["keys"][1]["lost"],
            &status.json["is_under_way"]
        ),
        (&json!(true), &json!(lost), &json!(false))
    );
    let unknown = world.csctl(&["key", "changed", "--server", "1"], &admin, None).await;
    assert_eq!(
        (unknown.code, unknown.json["error"]["code"].as_str()),
        (1, Some("not_found"))
    );

    // From the window, for something that is no desk; its own key goes along.
    third
        .ok("workspace_key.rotate", json!({"lost": "The copy in the safe"}))
        .await;
    let task = ended(&third).await;
    assert_eq!(task["state"], "done", "{task}");
    world.works_at(&third).await;
    assert_eq!(one.ok("providers.list", json!({})).await["key"], "wrong");
    let named = third
        .refused("workspace_key.rotate", json!({"lost": "x".repeat(101)}))
        .await;
    assert_eq!(
        (code(&named).as_str(), named.field.as_deref()),
        ("invalid_field", Some("lost"))
    );
    drop(world.stand_in);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_the_admins_alone() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    admin.ok("workspace_key.make", json!({"replace": false})).await;
    for role in ["support", "finance"] {
        let email = format!("{role}@halyard.example");
        admin.create_user(&email, ("Sam", role), role, None).await;
        let desk = workspace.desk().await;
        desk.sign_in(&email).await;
        for (command, request) in [
            ("workspace_key.standing", json!({})),
            ("workspace_key.rotate", json!({"lost": null})),
            (
                "workspace_key.settle",
                json!({"table": "provider_configs", "column": "credentials", "row": 1}),
            ),
        ] {
            assert_eq!(
                code(&desk.refused(command, request).await),
                "forbidden",
                "{role}: {command}"
            );
        }
    }
    let nothing = json!({"table": "provider_configs", "column": "credentials", "row": 1});
    assert_eq!(code(&admin.refused("workspace_key.settle", nothing).await), "not_found");
}
