//! `csctl` over the agent's login, as a script runs it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use cs_tests::{
    csctl::program,
    linode::{Account, LinodeStandIn, linode_type},
    workspace_db::{WorkspaceDb, ask, run},
};
use serde_json::Value;
use store::roles::LoginKind;

struct Agent {
    db: WorkspaceDb,
    url: String,
    folder: tempfile::TempDir,
}

impl Agent {
    async fn new() -> Self {
        let db = WorkspaceDb::new().await;
        let url = db.login(LoginKind::Agent).await.url;
        let folder = tempfile::tempdir().unwrap();
        Self { db, url, folder }
    }

    /// The exit code and the answer.
    async fn says(&self, arguments: &[&str], input: &str) -> (i32, Value) {
        let mut child = Command::new(program())
            .args(arguments)
            .arg("--json")
            .env_clear()
            .env("HOME", self.folder.path())
            .env("CONTAINERSTACKS_DATABASE_URL", &self.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that doesn't read it has closed its end.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        // On a thread of its own: the stand-in for Linode answers on this runtime.
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap())
            .await
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let answer = serde_json::from_str(&text)
            .unwrap_or_else(|_| panic!("{arguments:?}: {text} {output:?}", output = output.stderr));
        (output.status.code().unwrap(), answer)
    }

    async fn ok(&self, arguments: &[&str]) -> Value {
        let (code, answer) = self.says(arguments, "").await;
        assert_eq!(code, 0, "{arguments:?} {answer}");
        answer
    }

    async fn refused(&self, arguments: &[&str]) -> String {
        let (code, answer) = self.says(arguments, "").await;
        assert_ne!(code, 0, "{arguments:?} {answer}");
        answer["error"]["code"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_makes_imports_and_lists_plans() {
    let agent = Agent::new().await;
    let by_hand = [
        "plan",
        "create",
        "--name",
        "Scripted",
        "--base-cost",
        "0.0080",
        "--markup",
        "25",
        "--monthly-rate",
        "5",
    ];
    let dry = agent.ok(&[&by_hand[..], &["--dry-run"]].concat()).await;
    assert_eq!(
        (&dry["id"], dry["hourly_rate"].as_str()),
        (&Value::Null, Some("0.0100"))
    );
    let search = ["plan", "list", "--search", "scripted"];
    assert_eq!(agent.ok(&search).await["total"], 0, "a dry run makes nothing");
    let made = agent.ok(&by_hand).await;
    assert!(made["id"].is_i64());
    let listed = agent.ok(&search).await;
    assert_eq!(
        (listed["total"].as_i64(), listed["rows"][0]["rate"].as_str()),
        (Some(1), Some("0.0100"))
    );
    assert_eq!(
        agent.refused(&["plan", "create", "--name", "Bare"]).await,
        "plan_rate_missing"
    );
    agent.ok(&["plan", "create", "--name", "Bare", "--without-rate"]).await;
    agent
        .ok(&[
            "plan",
            "create",
            "--kind",
            "container",
            "--name",
            "Box",
            "--cpu-cores",
            "0.5",
            "--hourly-rate",
            "0.005",
        ])
        .await;
    assert_eq!(
        agent
            .refused(&["plan", "create", "--name", "X", "--base-cost", "lots"])
            .await,
        "invalid"
    );

    let mut account = Account::with_instances(0);
    account.types.push(linode_type("g6-standard-1", "0.018", "12"));
    let linode = LinodeStandIn::start(account).await;
    let base_url = linode.base_url();
    let import = ["plan", "import", "--markup", "20", "--base-url", &base_url];
    let dry = agent.ok(&[&import[..], &["--dry-run"]].concat()).await;
    assert_eq!(
        (dry["added"].as_array().unwrap().len(), dry["applied"].as_bool()),
        (3, Some(false))
    );
    assert_eq!(agent.ok(&import).await["added"].as_array().unwrap().len(), 3);
    let again = agent.ok(&import).await;
    assert_eq!(
        (
            again["added"].as_array().unwrap().len(),
            again["unchanged"].as_array().unwrap().len()
        ),
        (0, 4)
    );
    linode.account().types[0]["price"]["hourly"] = serde_json::json!(0.01);
    assert_eq!(agent.ok(&import).await["changed"][0]["new"]["rate"], "0.0120");
    let applied = agent.ok(&[&import[..], &["--update-prices"]].concat()).await;
    assert_eq!(applied["prices_updated"], true);
    assert_eq!(agent.ok(&import).await["changed"], serde_json::json!([]));
    let one = agent
        .ok(&[&import[..], &["--type", "g6-standard-1", "--region", "id-cgk"]].concat())
        .await;
    assert_eq!(one["unchanged"][0]["name"], "g6-standard-1 (id-cgk)");
    drop(linode);
    assert_eq!(agent.refused(&import).await, "provider_unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_assigns_and_takes_back() {
    let agent = Agent::new().await;
    let mut owner = agent.db.owner().await;
    run(
        &mut owner,
        "UPDATE cs_meta.workspace SET is_test = false;
         INSERT INTO vps_instances (id, label, region, created_at) VALUES (700, 'found-1', 'us-east', timezone('UTC', now()) - interval '3 hours 30 minutes'),
           (701, 'twin', 'us-east', now()), (702, 'twin', 'us-east', now())",
    )
    .await;
    agent
        .ok(&["plan", "create", "--name", "Scripted", "--hourly-rate", "0.5"])
        .await;
    let assign = [
        "assign",
        "--server",
        "found-1",
        "--organization",
        "Kestrel Maps",
        "--plan",
        "scripted",
        "--from",
        "created",
    ];
    let dry = agent.ok(&[&assign[..], &["--dry-run"]].concat()).await;
    assert_eq!(
        (dry["hours"].as_i64(), dry["amount"].as_str(), dry["id"].as_i64()),
        (Some(3), Some("1.5000"), Some(700))
    );
    let whose = "SELECT coalesce(organization_id, 0) FROM vps_instances WHERE id = 700";
    assert_eq!(ask(&mut owner, whose).await, "0");
    agent.ok(&assign).await;
    assert_eq!(ask(&mut owner, whose).await, "2");
    assert_eq!(agent.refused(&assign).await, "assign_already_there");
    let release = agent.ok(&["unassign", "--server", "700", "--dry-run"]).await;
    assert_eq!(release["not_undoable"], Value::Null);
    agent.ok(&["unassign", "--server", "700"]).await;
    assert_eq!(ask(&mut owner, whose).await, "0");
    assert_eq!(agent.refused(&["unassign", "--server", "700"]).await, "assign_nobodys");
    for (change, expected) in [
        (["--server", "twin", "--from", "now"], "ambiguous"),
        (["--server", "nowhere", "--from", "now"], "not_found"),
        (["--server", "700", "--from", "yesterday"], "invalid"),
        (
            ["--server", "700", "--from", "2100-01-01T00:00:00Z"],
            "assign_start_in_future",
        ),
        (
            ["--server", "700", "--from", "2001-01-01T00:00:00Z"],
            "assign_start_before_creation",
        ),
    ] {
        let arguments = [
            &["assign", "--organization", "2", "--plan", "Scripted"][..],
            &change[..],
        ]
        .concat();
        assert_eq!(agent.refused(&arguments).await, expected, "{change:?}");
    }
    assert_eq!(
        agent
            .refused(&["assign", "--organization", "2", "--plan", "Scripted"])
            .await,
        "bad_usage"
    );
    assert_eq!(
        agent
            .refused(&["assign", "--server", "700", "--organization", "2", "--plan", "No such"])
            .await,
        "not_found"
    );

    agent
        .ok(&[
            "plan",
            "create",
            "--kind",
            "container",
            "--name",
            "Box",
            "--hourly-rate",
            "0.005",
        ])
        .await;
    let add = [
        "container",
        "add",
        "--container-id",
        "c0ffee",
        "--name",
        "shop",
        "--image",
        "nginx:1",
        "--port",
        "8080:80",
        "--environment-stdin",
    ];
    let (code, added) = agent.says(&add, "TOKEN=s3cret-value\n").await;
    assert_eq!(code, 0, "{added}");
    let listed = agent.ok(&["container", "list"]).await.to_string();
    assert!(listed.contains("TOKEN") && !listed.contains("s3cret"), "{listed}");
    agent
        .ok(&["assign", "--container", "shop", "--organization", "2", "--plan", "Box"])
        .await;
    let ended = agent.ok(&["unassign", "--container", "c0ffee", "--end"]).await;
    assert_eq!(ended["organization"], "Kestrel Maps");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_sets_up_scripts_networking_and_regions() {
    let agent = Agent::new().await;
    let add = [
        "script",
        "add",
        "--name",
        "Shop",
        "--script",
        "7",
        "--answer",
        "size=small",
        "--lock",
        "size",
    ];
    assert_eq!(agent.ok(&[&add[..], &["--dry-run"]].concat()).await["id"], Value::Null);
    assert_eq!(
        agent.ok(&["script", "list"]).await["rows"].as_array().unwrap().len(),
        1,
        "the seed's"
    );
    agent.ok(&add).await;
    let secret = [&add[..], &["--answer", "db_password=hushhush"]].concat();
    let (code, answer) = agent.says(&secret, "").await;
    assert_eq!((code, answer["error"]["code"].as_str()), (2, Some("invalid")));
    assert!(!answer.to_string().contains("hushhush"), "{answer}");
    let edited = agent
        .ok(&[
            "script",
            "edit",
            "shop",
            "--image",
            "linode/debian12",
            "--unlock",
            "size",
            "--answer",
            "domain=a.example",
            "--active",
            "false",
        ])
        .await;
    assert_eq!(
        (&edited["answers"], &edited["locked"], &edited["is_active"]),
        (
            &serde_json::json!({"size": "small", "domain": "a.example"}),
            &serde_json::json!([]),
            &Value::Bool(false)
        )
    );
    agent.ok(&["script", "remove", "Shop"]).await;
    assert_eq!(agent.refused(&["script", "remove", "Shop"]).await, "not_found");

    assert_eq!(agent.refused(&["network", "set"]).await, "bad_usage");
    assert_eq!(
        agent.refused(&["network", "set", "--rdns-base", "nothing"]).await,
        "invalid"
    );
    let set = ["network", "set", "--rdns-base", "rev.halyard.example"];
    agent.ok(&[&set[..], &["--dry-run"]].concat()).await;
    let listed = agent.ok(&["network", "list"]).await;
    assert_eq!(
        (&listed["total"], &listed["rows"][0]["rdns_base"]),
        (&Value::from(1), &Value::Null)
    );
    agent.ok(&set).await;
    agent
        .ok(&[
            "network",
            "set",
            "--type",
            "branding",
            "--config",
            "{\"company_name\": \"Halyard\"}",
        ])
        .await;
    let listed = agent.ok(&["network", "list"]).await;
    assert_eq!(
        (&listed["total"], &listed["rows"][1]["rdns_base"]),
        (&Value::from(2), &Value::from("rev.halyard.example"))
    );

    let mut owner = agent.db.owner().await;
    run(
        &mut owner,
        "INSERT INTO provider_configs (id, provider_name, settings) VALUES (90, 'linode', '{\"display_order\": 1}'); INSERT INTO provider_accounts (id, label) VALUES (90, 'Spare')",
    )
    .await;
    let sell = ["provider", "regions", "spare", "--sell", "us-east", "--sell", "eu-west"];
    let dry = agent.ok(&[&sell[..], &["--dry-run"]].concat()).await;
    assert_eq!(
        (&dry["regions"], &dry["changed"]),
        (&serde_json::json!(["eu-west", "us-east"]), &Value::Bool(false))
    );
    assert_eq!(
        agent.ok(&["provider", "regions", "spare"]).await["regions"],
        serde_json::json!([])
    );
    agent.ok(&sell).await;
    let stored = "SELECT settings::text FROM provider_configs WHERE id = 90";
    assert_eq!(
        ask(&mut owner, stored).await,
        "{\"display_order\": 1, \"allowed_regions\": [\"eu-west\", \"us-east\"]}"
    );
    agent.ok(&["provider", "regions", "spare", "--all"]).await;
    assert_eq!(
        agent.ok(&["provider", "regions", "spare"]).await["regions"],
        serde_json::json!([])
    );
}
