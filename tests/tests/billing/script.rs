//! `csctl invoices`, as a schedule runs it: over the agent's login.

use std::{
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use cs_tests::{
    csctl::program,
    workspace_db::{WorkspaceDb, ask, run},
};
use serde_json::Value;
use store::roles::LoginKind;

fn csctl(url: &str, arguments: &[&str]) -> Output {
    Command::new(program())
        .args(arguments)
        .env_clear()
        .env("CONTAINERSTACKS_DATABASE_URL", url)
        .output()
        .unwrap()
}

fn json(output: &Output, code: i32) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[tokio::test]
async fn csctl_closes_a_month_and_shows_what_it_wrote() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2026-01-31 00:00';
         INSERT INTO organizations (id, name) VALUES (900, 'Alder'), (901, 'Walletless');
         INSERT INTO wallets (id, organization_id) VALUES (NULL, 900);
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 900, 50, 'deposit', 'completed', 'k');
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Plain', 'linode', 0.0101);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'alder-1', 900, 900), (901, 'lost', 900, 901);
         COMMIT",
    )
    .await;
    let agent = db.login(LoginKind::Agent).await.url;
    let close = |more: &[&str]| {
        let mut arguments = vec!["invoices", "close", "--json", "--period"];
        arguments.extend(more);
        csctl(&agent, &arguments)
    };

    let dry = json(&close(&["2026-01", "--dry-run"]), 0);
    assert_eq!(
        (&dry["invoices"], &dry["total"], &dry["usage"]),
        (&1.into(), &"0.24".into(), &"0.2424".into()),
        "{dry}"
    );
    assert_eq!(
        ask(&mut owner, "SELECT count(*) FROM invoices WHERE carry_in IS NOT NULL").await,
        "0"
    );
    // One organization was left out: done in part.
    let done = json(&close(&["2026-01"]), 3);
    assert_eq!(done["error"]["code"], "close_in_part", "{done}");
    assert_eq!(
        (&done["outcome"], &done["invoices"], &done["total"], &done["already"]),
        (&"closed".into(), &1.into(), &"0.24".into(), &0.into()),
        "{done}"
    );
    assert_eq!(done["skipped"][0]["reason"], "no_wallet", "{done}");
    assert!(done["run"]["charged"].is_string(), "{done}");
    let again = json(&close(&["2026-01"]), 0);
    assert_eq!(
        (&again["outcome"], &again["invoices"], &again["already"], &again["run"]),
        (&"repeated".into(), &0.into(), &1.into(), &Value::Null),
        "{again}"
    );
    for (period, exit, code) in [
        ("2020-1", 2, "invalid"),
        ("9998-01", 1, "period_not_over"),
        ("2025-12", 1, "period_later_closed"),
    ] {
        assert_eq!(json(&close(&[period]), exit)["error"]["code"], code, "{period}");
    }

    let listed = json(
        &csctl(
            &agent,
            &[
                "invoices",
                "list",
                "--organization",
                "Alder",
                "--status",
                "paid",
                "--json",
            ],
        ),
        0,
    );
    assert_eq!(listed["total"], 1, "{listed}");
    let number = listed["rows"][0]["number"].as_str().unwrap();
    let shown = json(&csctl(&agent, &["invoices", "show", number, "--json"]), 0);
    assert_eq!(
        (
            &shown["lines"][0]["description"],
            &shown["lines"][0]["amount"],
            &shown["carry_out"]
        ),
        (&"alder-1".into(), &"0.2424".into(), &"0.0024".into()),
        "{shown}"
    );
    let missing = json(&csctl(&agent, &["invoices", "show", "INV-2026-999999", "--json"]), 1);
    assert_eq!(missing["error"]["code"], "not_found");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alder.pdf");
    let pdf = |more: &[&str]| {
        let mut arguments = vec!["invoices", "pdf", number, "--json", "--output", file.to_str().unwrap()];
        arguments.extend(more);
        csctl(&agent, &arguments)
    };
    assert_eq!(json(&pdf(&[]), 0)["number"], number);
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&file, "mine").unwrap();
    assert_eq!(json(&pdf(&[]), 1)["error"]["code"], "file_exists");
    assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    assert_eq!(json(&pdf(&["--force"]), 0)["number"], number);
    assert_eq!(
        std::fs::read(&file).unwrap(),
        bytes,
        "the same invoice is the same file"
    );
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing else is left"
    );
}
