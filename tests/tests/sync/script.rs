//! `csctl`, as a script runs it.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    process::{Command, Stdio},
};

use cs_tests::{
    cluster::{TestDatabase, cluster},
    csctl::{command_over, program},
    linode::{Account, Fault, LinodeStandIn, Reply, TOKEN},
    workspace_db::{PASSWORD, ask, connect, run},
};
use serde_json::Value;

pub struct Script {
    folder: tempfile::TempDir,
    database: TestDatabase,
    pub stand_in: LinodeStandIn,
}

pub struct Said {
    pub code: i32,
    pub json: Value,
    pub all: String,
}

impl Script {
    pub async fn new(servers: u64) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            database: cluster().await.fresh_database(None).await,
            stand_in: LinodeStandIn::start(Account::with_instances(servers)).await,
        }
    }

    pub fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub async fn run(&self, arguments: &[&str], url: &str, key: Option<&str>, input: &str) -> Said {
        let mut command = Command::new(program());
        command
            .args(arguments)
            .arg("--json")
            .env_clear()
            .env("HOME", self.folder.path())
            .env("CONTAINERSTACKS_DATABASE_URL", url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(key) = key {
            command.env("CONTAINERSTACKS_WORKSPACE_KEY", key);
        }
        let input = input.to_owned();
        let shown = format!("{arguments:?}");
        let output = tokio::task::spawn_blocking(move || {
            let mut child = command.spawn().unwrap();
            drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
            child.wait_with_output().unwrap()
        })
        .await
        .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let all = format!("{shown} {out} {}", String::from_utf8(output.stderr).unwrap());
        assert!(!all.contains(TOKEN) && !all.contains("cswk-1-"), "a secret: {all}");
        Said {
            code: output.status.code().unwrap_or(-1),
            json: serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {all}")),
            all,
        }
    }

    pub async fn init(&self, key_file: Option<&str>) -> Said {
        let credentials = self.file("desk.urls");
        let mut arguments = vec![
            "db",
            "init",
            "--test",
            "--admin-email",
            "boss@halyard.example",
            "--admin-password-stdin",
            "--credentials-file",
            &credentials,
        ];
        if let Some(file) = key_file {
            arguments.extend(["--workspace-key-file", file]);
        }
        self.run(&arguments, &self.database.admin_url, None, &format!("{PASSWORD}\n"))
            .await
    }

    pub fn agent(&self) -> String {
        let text = fs::read_to_string(self.file("desk.urls")).unwrap();
        text.lines().last().unwrap().to_owned()
    }

    pub async fn execute(&self, sql: &str) {
        run(&mut connect(&self.database.admin_url).await, sql).await;
    }

    pub async fn ask(&self, sql: &str) -> String {
        ask(&mut connect(&self.database.admin_url).await, sql).await
    }
}

fn code(said: &Said) -> &str {
    said.json["error"]["code"].as_str().unwrap_or("none")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_from_its_key_to_its_servers_over_the_agents_login() {
    let script = Script::new(3).await;
    let key_file = script.file("workspace.key");
    let made = script.init(Some(&key_file)).await;
    assert_eq!(
        (made.code, made.json["workspace_key_version"].as_i64()),
        (0, Some(1)),
        "{}",
        made.all
    );
    assert_eq!(fs::metadata(&key_file).unwrap().permissions().mode() & 0o7777, 0o600);
    let key = fs::read_to_string(&key_file).unwrap().trim().to_owned();
    assert!(key.starts_with("cswk-1-"));
    // The same again is the same key.
    assert_eq!(script.init(Some(&key_file)).await.code, 0);
    assert_eq!(fs::read_to_string(&key_file).unwrap().trim(), key);
    // Another file would need another key.
    let second = script.file("second.key");
    let refused = script.init(Some(&second)).await;
    assert_eq!(
        (refused.code, code(&refused)),
        (3, "workspace_key_made"),
        "{}",
        refused.all
    );
    assert!(!fs::exists(&second).unwrap());

    let agent = script.agent();
    let base = script.stand_in.base_url();
    let add = [
        "provider",
        "add",
        "--name",
        "Main",
        "--base-url",
        &base,
        "--token-stdin",
    ];
    let token = format!("{TOKEN}\n");
    let missing = script.run(&add, &agent, None, &token).await;
    assert_eq!(
        (missing.code, code(&missing)),
        (1, "workspace_key_missing"),
        "{}",
        missing.all
    );
    let wrong = script.run(&add, &agent, Some(&key), "another\n").await;
    assert_eq!(
        (wrong.code, code(&wrong)),
        (1, "provider_token_refused"),
        "{}",
        wrong.all
    );
    let added = script.run(&add, &agent, Some(&key), &token).await;
    assert_eq!(
        (added.code, added.json["username"].as_str()),
        (0, Some("reseller")),
        "{}",
        added.all
    );

    let sync = ["sync", "linode", "--workspace-key-file", &key_file];
    let dry = script
        .run(&[&sync[..], &["--dry-run"]].concat(), &agent, None, "")
        .await;
    assert_eq!((dry.code, dry.json["added"].as_i64()), (0, Some(3)), "{}", dry.all);
    assert_eq!(script.ask("SELECT count(*) FROM vps_instances").await, "0");
    let done = script.run(&sync, &agent, None, "").await;
    assert_eq!(
        (
            done.code,
            &done.json["added"],
            &done.json["unchanged"],
            &done.json["gone"]
        ),
        (0, &Value::from(3), &Value::from(0), &serde_json::json!([])),
        "{}",
        done.all
    );
    assert!(done.json["duration_ms"].is_u64() && done.json["account"] == added.json["id"]);
    let again = script
        .run(&[&sync[..], &["--account", "main"]].concat(), &agent, None, "")
        .await;
    assert_eq!(
        (again.code, again.json["unchanged"].as_i64()),
        (0, Some(3)),
        "{}",
        again.all
    );

    // More than a tenth gone: asked first.
    script.stand_in.account().remove(2);
    let asked = script.run(&sync, &agent, None, "").await;
    assert_eq!((asked.code, code(&asked)), (1, "sync_many_gone"), "{}", asked.all);
    let gone = script
        .run(&[&sync[..], &["--allow-gone"]].concat(), &agent, None, "")
        .await;
    assert_eq!(
        (gone.code, gone.json["gone"][0]["linode_id"].as_str()),
        (0, Some("2")),
        "{}",
        gone.all
    );

    let listed = script.run(&["provider", "list"], &agent, None, "").await;
    assert_eq!(listed.json["rows"][0]["token"], "sealed", "{}", listed.all);
    let replaced = script
        .run(
            &[
                "provider",
                "replace-token",
                "--name",
                "Main",
                "--token-stdin",
                "--workspace-key-file",
                &key_file,
            ],
            &agent,
            None,
            &token,
        )
        .await;
    assert_eq!(replaced.code, 0, "{}", replaced.all);
    // Something that can't be written: done in part, with what was done.
    script.stand_in.account().instances[0]["id"] = Value::from(9_000_000_000_u64);
    let part = script
        .run(&[&sync[..], &["--allow-gone"]].concat(), &agent, None, "")
        .await;
    assert_eq!(
        (part.code, code(&part), part.json["skipped"].as_i64()),
        (3, "sync_in_part", Some(1)),
        "{}",
        part.all
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_standard_input_needs_neither_account_nor_key() {
    let script = Script::new(2).await;
    assert_eq!(script.init(None).await.code, 0);
    let agent = script.agent();
    let base = script.stand_in.base_url();
    let sync = [
        "sync",
        "linode",
        "--base-url",
        &base,
        "--token-stdin",
        "--deadline",
        "5",
    ];
    let token = format!("{TOKEN}\n");
    let nothing = script.run(&["sync", "linode"], &agent, None, "").await;
    assert_eq!(
        (nothing.code, code(&nothing)),
        (1, "workspace_key_not_made"),
        "{}",
        nothing.all
    );
    let done = script.run(&sync, &agent, None, &token).await;
    assert_eq!((done.code, done.json["added"].as_i64()), (0, Some(2)), "{}", done.all);
    let again = script.run(&sync, &agent, None, &token).await;
    assert_eq!(
        (again.code, again.json["unchanged"].as_i64()),
        (0, Some(2)),
        "{}",
        again.all
    );
    assert_eq!(
        script
            .ask("SELECT concat_ws(' ', count(*), max(credentials::text)) FROM provider_configs")
            .await,
        "1"
    );
    // A provider that hangs is given up at the deadline.
    let begun = std::time::Instant::now();
    script.stand_in.always("/linode/instances", Fault::Silence);
    let hung = script.run(&sync, &agent, None, &token).await;
    assert_eq!((hung.code, code(&hung)), (1, "provider_timeout"), "{}", hung.all);
    assert!(begun.elapsed() < std::time::Duration::from_mins(1));
    drop(script.stand_in);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_one_is_refused_without_being_repeated() {
    let script = Script::new(1).await;
    let key_file = script.file("workspace.key");
    assert_eq!(script.init(Some(&key_file)).await.code, 0);
    let agent = script.agent();
    let open = script.file("open.key");
    fs::copy(&key_file, &open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let said = script
        .run(&["sync", "linode", "--workspace-key-file", &open], &agent, None, "")
        .await;
    assert_eq!((said.code, code(&said)), (2, "file_not_private"), "{}", said.all);
    let said = script
        .run(&["sync", "linode"], &agent, Some("hunter2hunter2"), "")
        .await;
    assert_eq!((said.code, code(&said)), (2, "workspace_key_malformed"), "{}", said.all);
    assert!(!said.all.contains("hunter2"), "{}", said.all);
    // Of another workspace.
    let other = Script::new(1).await;
    let other_file = other.file("workspace.key");
    assert_eq!(other.init(Some(&other_file)).await.code, 0);
    let said = script
        .run(
            &["sync", "linode", "--workspace-key-file", &other_file],
            &agent,
            None,
            "",
        )
        .await;
    assert_eq!((said.code, code(&said)), (1, "workspace_key_wrong"), "{}", said.all);
    let html = Reply::html(200);
    script.stand_in.always("/profile", html.into());
    let base = script.stand_in.base_url();
    let said = script
        .run(
            &[
                "provider",
                "add",
                "--name",
                "x",
                "--base-url",
                &base,
                "--token-stdin",
                "--workspace-key-file",
                &key_file,
            ],
            &agent,
            None,
            &format!("{TOKEN}\n"),
        )
        .await;
    assert_eq!((said.code, code(&said)), (1, "provider_not_json"), "{}", said.all);
    assert_eq!(script.ask("SELECT count(*) FROM provider_configs").await, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_accounts_are_read_side_by_side_and_one_that_hangs_delays_no_other() {
    let script = Script::new(3).await;
    let key_file = script.file("workspace.key");
    script.init(Some(&key_file)).await;
    let key = fs::read_to_string(&key_file).unwrap().trim().to_owned();
    let agent = script.agent();
    let hanging = LinodeStandIn::start(Account::with_instances(2)).await;
    for (name, base) in [("Main", script.stand_in.base_url()), ("Slow", hanging.base_url())] {
        let add = ["provider", "add", "--name", name, "--base-url", &base, "--token-stdin"];
        assert_eq!(
            script.run(&add, &agent, Some(&key), &format!("{TOKEN}\n")).await.code,
            0
        );
    }
    let dry = script.run(&["sync", "--dry-run"], &agent, Some(&key), "").await;
    assert_eq!(dry.code, 0, "{}", dry.all);
    assert_eq!(dry.json["drift"]["total"], 0, "nothing was written");
    hanging.always("/linode/instances", Fault::Silence);
    let said = script.run(&["sync", "--deadline", "3"], &agent, Some(&key), "").await;
    assert_eq!((said.code, code(&said)), (3, "sync_in_part"), "{}", said.all);
    let accounts = said.json["accounts"].as_array().unwrap();
    assert_eq!(
        (&accounts[0]["name"], &accounts[0]["added"], &accounts[1]["complete"]),
        (&Value::from("Main"), &Value::from(3), &Value::Bool(false)),
        "{}",
        said.all
    );
    assert!(
        accounts[1]["error"]["code"].as_str().unwrap().starts_with("provider_"),
        "{}",
        said.all
    );
    // One of them answered: its price list is kept all the same.
    assert_eq!(
        said.json["prices"],
        serde_json::json!({ "changed": 2, "told": 0 }),
        "{}",
        said.all
    );
    let drift = &said.json["drift"];
    assert_eq!(
        (&drift["total"], &drift["sums"][0]["kind"]),
        (&Value::from(3), &Value::from("unbilled"))
    );
    let remedies = drift["rows"][0]["remedies"].as_array().unwrap();
    assert_eq!(
        (&remedies[0]["remedy"], &remedies[1]["remedy"]),
        (&Value::from("assign"), &Value::from("delete"))
    );
    assert_eq!(remedies[1]["possible"], true, "{}", said.all);
    assert_eq!(script.ask("SELECT count(*) FROM provider_intents").await, "0");
    let again = script
        .run(&["sync", "all", "--deadline", "3"], &agent, Some(&key), "")
        .await;
    assert_eq!(
        (again.code, &again.json["accounts"][0]["unchanged"]),
        (3, &Value::from(3)),
        "{}",
        again.all
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_list_is_read_beside_the_servers_and_one_that_fails_is_a_warning() {
    let script = Script::new(1).await;
    let key_file = script.file("workspace.key");
    script.init(Some(&key_file)).await;
    let key = fs::read_to_string(&key_file).unwrap().trim().to_owned();
    let agent = script.agent();
    let base = script.stand_in.base_url();
    let add = [
        "provider",
        "add",
        "--name",
        "Main",
        "--base-url",
        &base,
        "--token-stdin",
    ];
    script.run(&add, &agent, Some(&key), &format!("{TOKEN}\n")).await;
    let sync = async |more: &[&str]| {
        let said = script
            .run(&[&["sync", "all"], more].concat(), &agent, Some(&key), "")
            .await;
        assert_eq!(said.code, 0, "{}", said.all);
        said.json
    };
    let prices = "SELECT concat_ws(' ', (SELECT count(*) FROM provider_price_lists), (SELECT count(*) FROM notifications WHERE metadata ->> 'kind' = 'plan_price_rise'),
        (SELECT string_agg(hourly::text, ' ') FROM provider_prices WHERE type_id = 'g6-nanode-1' AND region = ''))";
    assert_eq!(
        sync(&["--dry-run"]).await["prices"],
        serde_json::json!({ "changed": 2, "told": 0 })
    );
    assert_eq!(script.ask(prices).await, "0 0", "nothing was kept");
    assert_eq!(sync(&[]).await["prices"]["changed"], 2);
    assert_eq!(sync(&[]).await["prices"]["changed"], 0);
    assert_eq!(script.ask(prices).await, "1 0 0.007500");

    // A plan is sold for less than the list says from now on.
    script
        .execute("INSERT INTO vps_plans (name, provider, linode_type, vcpus, memory_mb, disk_gb, base_cost, markup_percentage, hourly_rate, monthly_rate)
             VALUES ('Nano', 'linode', 'g6-nanode-1', 1, 1024, 25, 0.0075, 20, 0.0090, 6.00)")
        .await;
    script.stand_in.account().types[0]["price"]["hourly"] = serde_json::json!(0.0095);
    let would = sync(&["--dry-run"]).await;
    assert_eq!(would["prices"], serde_json::json!({ "changed": 1, "told": 1 }));
    assert_eq!(
        script.ask(prices).await,
        "1 0 0.007500",
        "nothing was kept, nobody was told"
    );
    assert_eq!(
        sync(&[]).await["prices"],
        serde_json::json!({ "changed": 1, "told": 1 })
    );
    assert_eq!(script.ask(prices).await, "1 1 0.009500");

    script.stand_in.always("/linode/types", Reply::html(200).into());
    let warned = sync(&[]).await;
    assert_eq!(warned["prices"]["error"]["code"], "provider_not_json");
    assert_eq!(
        warned["accounts"][0]["unchanged"], 1,
        "the servers are read all the same"
    );
    assert_eq!(script.ask(prices).await, "1 1 0.009500");
    let told = command_over(&agent, &["sync", "all"])
        .env("CONTAINERSTACKS_WORKSPACE_KEY", &key)
        .output()
        .unwrap();
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(
        told.status.success() && text.contains("Warning: the price list could not be read"),
        "{text}"
    );
}
