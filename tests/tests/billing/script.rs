//! `csctl invoices`, as a schedule runs it: over the agent's login.

use std::os::unix::fs::PermissionsExt;

use cs_tests::{
    csctl::{csctl, json},
    workspace_db::{WorkspaceDb, ask, run},
};
use serde_json::Value;
use store::roles::LoginKind;

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

/// The names of an object's fields.
fn fields(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn csctl_previews_charges_what_it_has_shown_explains_and_proves() {
    let workspace = cs_tests::desk::Workspace::fresh().await;
    let url = workspace.admin().to_url();
    let mut admin = cs_tests::workspace_db::connect(&url).await;
    run(
        &mut admin,
        "BEGIN; SET LOCAL cs.at = '2026-01-31 00:00';
         INSERT INTO organizations (id, name) VALUES (900, 'Alder'), (901, 'Walletless'), (902, 'Birch');
         INSERT INTO wallets (id, organization_id) VALUES (NULL, 900), (NULL, 902);
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES
           (NULL, 900, 50, 'deposit', 'completed', 'k'), (NULL, 902, 50, 'deposit', 'completed', 'k');
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Plain', 'linode', 0.0101), (901, 'Unpriced', 'linode', NULL);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES
           (900, 'alder-1', 900, 900), (901, 'lost', 900, 901), (902, 'birch-1', 900, 902), (903, 'birch-2', 901, 902);
         COMMIT",
    )
    .await;
    let csctl = |arguments: &[&str]| csctl(&url, arguments);
    let at = "2026-02-01T02:00:00Z";
    let shape = [
        "at",
        "carried",
        "charged",
        "duration_ms",
        "hours",
        "organizations",
        "parked",
        "resources",
        "run_id",
        "skipped",
    ];

    // The dry run answers as the run does, and changes nothing.
    let dry = json(&csctl(&["billing", "run", "--at", at, "--dry-run", "--json"]), 0);
    for field in shape {
        assert!(fields(&dry).contains(&field), "{field}: {dry}");
    }
    assert_eq!(
        (&dry["run_id"], &dry["organizations"], &dry["hours"], &dry["charged"]),
        (&Value::Null, &2.into(), &52.into(), &"0.52".into()),
        "{dry}"
    );
    assert_eq!(dry["skipped"][0]["reason"], "no_wallet", "{dry}");
    assert_eq!(
        (&dry["parked"][0]["reason"], &dry["parked"][0]["resource_id"]),
        (&"no_rate".into(), &903.into()),
        "{dry}"
    );
    assert_eq!(dry["by_organization"].as_array().unwrap().len(), 3, "{dry}");
    assert_eq!(dry["by_organization"][0]["amount"], "0.26", "{dry}");
    let same = json(&csctl(&["billing", "preview", "--at", at, "--json"]), 0);
    assert_eq!(
        (&same["id"], &same["by_organization"]),
        (&dry["id"], &dry["by_organization"])
    );
    assert_eq!(ask(&mut admin, "SELECT count(*) FROM billing_runs").await, "0");

    // Into a file, which isn't replaced; and charged from there, but for who has paid in meanwhile.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("preview.jsonl");
    let path = file.to_str().unwrap();
    let kept = json(&csctl(&["billing", "preview", "--at", at, "--out", path, "--json"]), 0);
    assert_eq!(kept["id"], dry["id"], "{kept}");
    let again = json(&csctl(&["billing", "preview", "--at", at, "--out", path, "--json"]), 1);
    assert_eq!(again["error"]["code"], "file_not_written", "{again}");
    let half = folder.path().join("half.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&half, text.lines().take(3).collect::<Vec<_>>().join("\n")).unwrap();
    let refused = json(
        &csctl(&["billing", "run", "--preview", half.to_str().unwrap(), "--json"]),
        2,
    );
    assert_eq!(refused["error"]["code"], "preview_damaged", "{refused}");
    run(
        &mut admin,
        "BEGIN; SET LOCAL cs.at = '2026-02-01 02:10'; INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
         VALUES (NULL, 902, 1, 'deposit', 'completed', 'later'); COMMIT",
    )
    .await;
    let done = json(&csctl(&["billing", "run", "--preview", path, "--json"]), 3);
    for field in shape {
        assert!(fields(&done).contains(&field), "{field}: {done}");
    }
    assert_eq!(
        (
            &done["run_id"],
            &done["at"],
            &done["organizations"],
            &done["charged"],
            &done["carried"]
        ),
        (&1.into(), &at.into(), &1.into(), &"0.26".into(), &"0.0026".into()),
        "{done}"
    );
    let reasons: Vec<&str> = done["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["reason"].as_str())
        .collect();
    assert_eq!(reasons, ["changed_since_preview", "no_wallet"], "{done}");
    assert!(done["parked"].is_array() && done["duration_ms"].is_u64(), "{done}");

    // The next run takes the rest; its charges are explained.
    json(&csctl(&["billing", "run", "--at", "2026-02-01T03:00:00Z", "--json"]), 3);
    let charge = ask(&mut admin, "SELECT min(id) FROM transactions WHERE type = 'charge'").await;
    let told = json(&csctl(&["billing", "explain", "--transaction", &charge, "--json"]), 0);
    let line = &told["charge"]["lines"][0];
    assert_eq!(
        (
            &told["charge"]["agrees"],
            &line["label"],
            &line["hours"],
            &line["hourly_rate"],
            &line["amount"]
        ),
        (
            &true.into(),
            &"alder-1".into(),
            &24.into(),
            &"0.0101".into(),
            &"0.2424".into()
        ),
        "{told}"
    );
    let closed = json(&csctl(&["invoices", "close", "--period", "2026-01", "--json"]), 3);
    assert_eq!(closed["invoices"], 2, "{closed}");
    let number = ask(&mut admin, "SELECT min(invoice_number) FROM invoices").await;
    let told = json(&csctl(&["billing", "explain", "--invoice", &number, "--json"]), 0);
    assert_eq!(
        (
            &told["agrees"],
            &told["told_hours"],
            &told["uncharged_hours"],
            &told["sum"]
        ),
        (&true.into(), &24.into(), &0.into(), &"0.2424".into()),
        "{told}"
    );
    let told = json(&csctl(&["billing", "explain", "--organization", "Birch", "--json"]), 0);
    assert_eq!(
        (&told["agrees"], &told["organization_id"]),
        (&true.into(), &902.into()),
        "{told}"
    );
    let none = json(&csctl(&["billing", "explain", "--transaction", "999999", "--json"]), 1);
    assert_eq!(none["error"]["code"], "not_found", "{none}");
    json(&csctl(&["billing", "explain", "--json"]), 2);
    // As a person reads it.
    let table = csctl(&["billing", "explain", "--transaction", &charge]);
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(
        table.contains("alder-1") && table.contains("0.2424 + 0.0000 carried in = 0.24 charged + 0.0024 carried on."),
        "{table}"
    );

    let proof = json(&csctl(&["billing", "prove", "--json"]), 0);
    assert_eq!(
        (&proof["ok"], &proof["breaches"]),
        (&true.into(), &Value::Array(Vec::new())),
        "{proof}"
    );
    assert_eq!(proof["checked"]["invoices"], 2, "{proof}");
    run(
        &mut admin,
        "BEGIN; SET LOCAL session_replication_role = replica; UPDATE wallets SET balance = balance - 0.01 WHERE organization_id = 900; COMMIT",
    )
    .await;
    let broken = json(&csctl(&["billing", "prove", "--json"]), 1);
    assert_eq!(broken["ok"], false, "{broken}");
    assert_eq!(
        (&broken["breaches"][0]["what"], &broken["breaches"][0]["organization"]),
        (&"wallet".into(), &"Alder".into()),
        "{broken}"
    );
    let told = String::from_utf8(csctl(&["billing", "prove", "--incremental"]).stdout).unwrap();
    assert!(told.starts_with("The books are wrong: 1 breach at"), "{told}");
}
