//! Money by hand at a terminal: over the agent's login, and over an administrator's where somebody decides.

use std::os::unix::fs::PermissionsExt;

use cs_tests::{
    csctl,
    workspace_db::{FINANCE, SECOND_ADMIN, WorkspaceDb, ask, run},
};
use serde_json::Value;
use store::roles::LoginKind;

use super::shared::{BALANCE_1, proven};

fn json(url: &str, arguments: &[&str], code: i32) -> Value {
    csctl::json(&csctl::csctl(url, &[arguments, &["--json"]].concat()), code)
}

#[tokio::test]
async fn corrections_are_posted_asked_for_and_decided() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let agent = db.login(LoginKind::Agent).await.url;
    let root = db.admin_url().to_owned();
    let adjust = |amount: &'static str, more: &[&'static str]| {
        let mut all = vec![
            "adjust",
            "--organization",
            "1",
            "--reason",
            "goodwill",
            "--key",
            "k1",
            "--amount",
            amount,
        ];
        all.extend(more);
        all
    };
    let dry = json(&agent, &adjust("-12.50", &["--dry-run"]), 0);
    assert_eq!((&dry["dry_run"], &dry["balance"]), (&true.into(), &"237.50".into()));
    assert_eq!(ask(&mut admin, BALANCE_1).await, "250.00");
    for repeated in [false, true] {
        let done = json(&agent, &adjust("-12.50", &[]), 0);
        assert_eq!(
            (&done["repeated"], &done["balance"]),
            (&repeated.into(), &"237.50".into()),
            "{done}"
        );
    }
    assert_eq!(
        json(&agent, &adjust("-12.51", &[]), 1)["error"]["code"],
        "duplicate_key"
    );
    assert_eq!(json(&agent, &adjust("0", &[]), 2)["error"]["code"], "invalid");

    // All that is left of it, above the limit: in a person's name.
    let refund = |more: &[&'static str]| {
        let mut all = vec!["refund", "--of", "1", "--reason", "they left", "--key", "k2"];
        all.extend(more);
        all
    };
    assert_eq!(json(&agent, &refund(&[]), 1)["error"]["code"], "request_needs_person");
    assert_eq!(
        json(&agent, &refund(&["--amount", "250.01"]), 1)["error"]["code"],
        "request_needs_person"
    );
    let asked = json(&agent, &refund(&["--amount", "120.00", "--as", FINANCE]), 0);
    assert_eq!(
        (&asked["transaction"], &asked["request"]["amount"]),
        (&Value::Null, &"-120.00".into()),
        "{asked}"
    );
    let number = asked["request"]["id"].to_string();
    let waiting = json(&agent, &["request", "list"], 0);
    assert_eq!(waiting["rows"][0]["id"].to_string(), number, "{waiting}");
    let decide = |what: &'static str, who: &'static str| ["request", what, &number, "--as", who];
    // The agent decides on nothing; who asked doesn't either.
    let refused = csctl::csctl(&agent, &decide("approve", SECOND_ADMIN));
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        json(&root, &decide("approve", FINANCE), 1)["error"]["code"],
        "request_own"
    );
    let dry = json(
        &root,
        &[&decide("approve", SECOND_ADMIN)[..], &["--dry-run"]].concat(),
        0,
    );
    assert_eq!(dry["balance"], "117.50", "{dry}");
    for repeated in [false, true] {
        let done = json(&root, &decide("approve", SECOND_ADMIN), 0);
        assert_eq!(
            (&done["repeated"], &done["balance"]),
            (&repeated.into(), &"117.50".into()),
            "{done}"
        );
    }
    assert_eq!(
        json(&root, &decide("reject", SECOND_ADMIN), 1)["error"]["code"],
        "request_decided"
    );
    assert_eq!(
        json(&root, &["request", "withdraw", "99", "--as", FINANCE], 1)["error"]["code"],
        "not_found"
    );
    let rest = json(
        &agent,
        &[
            "refund",
            "--of",
            "1",
            "--reason",
            "they left",
            "--key",
            "k3",
            "--amount",
            "130.01",
            "--as",
            FINANCE,
        ],
        1,
    );
    assert_eq!(rest["error"]["code"], "refund_bounded");
    proven(&db).await;
}

#[tokio::test]
async fn a_deposit_collects_what_is_due_and_a_pending_one_when_it_completes() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    let agent = db.login(LoginKind::Agent).await.url;
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2026-02-01 00:00';
         INSERT INTO organizations (id, name) VALUES (900, 'Alder');
         INSERT INTO wallets (id, organization_id) VALUES (NULL, 900);
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Plain', 'linode', 1);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'alder-1', 900, 900); COMMIT",
    )
    .await;
    json(&agent, &["billing", "run", "--at", "2026-02-01T10:00:00Z"], 0);
    let deposit = ["deposit", "--organization", "Alder", "--amount", "4.50", "--key", "d1"];
    let dry = json(&agent, &[&deposit[..], &["--dry-run"]].concat(), 0);
    assert_eq!(
        (&dry["balance"], &dry["collected"]["amount"]),
        (&"0.50".into(), &"4.00".into()),
        "{dry}"
    );
    let done = json(&agent, &deposit, 0);
    assert_eq!(
        (
            &done["balance"],
            &done["collected"]["amount"],
            &done["collected"]["still_due"]
        ),
        (&"0.50".into(), &"4.00".into(), &"6.00".into()),
        "{done}"
    );
    run(
        &mut owner,
        "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (9000, 900, 20, 'deposit', 'pending', 'p')",
    )
    .await;
    let root = db.admin_url();
    let settled = json(root, &["transaction", "complete", "9000"], 0);
    assert_eq!(settled["collected"]["amount"], "6.00", "{settled}");
    assert_eq!(json(root, &["transaction", "complete", "9000"], 0)["repeated"], true);
    assert_eq!(
        json(root, &["transaction", "fail", "9000"], 1)["error"]["code"],
        "stale"
    );
    assert_eq!(
        ask(&mut owner, "SELECT balance FROM wallets WHERE organization_id = 900").await,
        "14.50"
    );
    proven(&db).await;
}

#[tokio::test]
async fn invoices_by_hand_are_issued_paid_credited_and_exported() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let agent = db.login(LoginKind::Agent).await.url;
    let root = db.admin_url().to_owned();
    let set = [
        "org",
        "set",
        "1",
        "--billing-name",
        "Brisa Lda.",
        "--billing-address",
        "Rua 1\\nPorto",
    ];
    let changed = json(&root, &set, 0);
    assert_eq!(changed["billing_address"], "Rua 1\nPorto");
    assert_eq!(
        ask(
            &mut admin,
            "SELECT name || '/' || billing_name FROM organizations WHERE id = 1"
        )
        .await,
        "Brisa Studio/Brisa Lda."
    );
    let issue = [
        "invoices",
        "issue",
        "--organization",
        "1",
        "--line",
        "1.5 x 40.00 Work",
        "--line",
        "1 x -10 Discount",
        "--key",
        "i1",
    ];
    let dry = json(&agent, &[&issue[..], &["--dry-run"]].concat(), 0);
    let issued = json(&agent, &issue, 0);
    assert_eq!(
        dry["invoice"]["number"], issued["invoice"]["number"],
        "nothing was used up"
    );
    assert_eq!(
        (&issued["invoice"]["amount"], &issued["invoice"]["kind"]),
        (&"50.00".into(), &"by_hand".into())
    );
    assert_eq!(json(&agent, &issue, 0)["repeated"], true);
    let number = issued["invoice"]["number"].as_str().unwrap();
    for wrong in ["Work", "1 x Work", "x 1 Work", "0 x 1 Work"] {
        assert_eq!(
            json(
                &agent,
                &[
                    "invoices",
                    "issue",
                    "--organization",
                    "1",
                    "--line",
                    wrong,
                    "--key",
                    "i2"
                ],
                2
            )["error"]["code"],
            "invalid"
        );
    }
    for repeated in [false, true] {
        let paid = json(&agent, &["invoices", "pay", number, "--key", "p1"], 0);
        assert_eq!(
            (&paid["repeated"], &paid["balance"]),
            (&repeated.into(), &"200.00".into()),
            "{paid}"
        );
    }
    let credit = ["invoices", "credit", number, "--line", "1 x 20 Too much", "--key", "c1"];
    let note = json(&agent, &credit, 0);
    assert_eq!(
        (&note["invoice"]["amount"], &note["invoice"]["corrects"]),
        (&"-20.00".into(), &number.into())
    );
    let note = note["invoice"]["number"].as_str().unwrap();
    assert_eq!(
        json(&agent, &["invoices", "pay", note, "--key", "p2"], 0)["balance"],
        "220.00"
    );

    let folder = tempfile::tempdir().unwrap();
    for (format, begins) in [("pdf", &b"%PDF"[..]), ("xlsx", b"PK"), ("csv", b"")] {
        let path = folder.path().join(format!("all.{format}"));
        let path = path.to_str().unwrap();
        let export = [
            "invoices",
            "export",
            "--format",
            format,
            "--organization",
            "1",
            "--output",
            path,
        ];
        let made = json(&agent, &export, 0);
        assert_eq!((&made["invoices"], &made["left_out"]), (&2.into(), &1.into()), "{made}");
        let bytes = std::fs::read(path).unwrap();
        assert!(bytes.starts_with(begins) && bytes.len() > 100, "{format}");
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(json(&agent, &export, 1)["error"]["code"], "file_exists");
    }
    let nothing = folder.path().join("none.pdf");
    let export = [
        "invoices",
        "export",
        "--format",
        "pdf",
        "--period",
        "2020-01",
        "--output",
        nothing.to_str().unwrap(),
    ];
    assert_eq!(json(&agent, &export, 1)["error"]["code"], "document_not_possible");
    assert!(!nothing.exists());
    proven(&db).await;
}
