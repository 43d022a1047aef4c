//! A key stands for what was first sent under it: sent again it answers the same, with anything else it is refused by a
//! code of its own, and nothing is done.

use cs_tests::{
    csctl,
    workspace_db::{FINANCE, WorkspaceDb, ask, run},
};
use serde_json::Value;
use store::roles::LoginKind;

use super::shared::proven;

/// What every write of money could have changed.
const ALL: &str = "SELECT concat_ws(' ', (SELECT count(*) FROM transactions), (SELECT sum(balance) FROM wallets), (SELECT count(*) FROM invoices),
  (SELECT count(*) FROM adjustment_requests), (SELECT max(last_number) FROM invoice_counters), (SELECT count(*) FROM notifications))";

fn json(url: &str, arguments: &[&str], code: i32) -> Value {
    csctl::json(&csctl::csctl(url, &[arguments, &["--json"]].concat()), code)
}

#[tokio::test]
async fn the_same_key_with_other_content_is_refused_everywhere() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let url = db.login(LoginKind::Agent).await.url;
    // Each: the command, and what else is sent under its key.
    let cases: &[(&[&str], &[&[&str]])] = &[
        (
            &[
                "deposit",
                "--organization",
                "1",
                "--amount",
                "50.00",
                "--method",
                "Bank transfer",
                "--key",
                "d1",
            ],
            &[
                &[
                    "deposit",
                    "--organization",
                    "1",
                    "--amount",
                    "50.01",
                    "--method",
                    "Bank transfer",
                    "--key",
                    "d1",
                ],
                &[
                    "deposit",
                    "--organization",
                    "1",
                    "--amount",
                    "50.00",
                    "--method",
                    "Card",
                    "--key",
                    "d1",
                ],
                &[
                    "adjust",
                    "--organization",
                    "1",
                    "--amount",
                    "50.00",
                    "--reason",
                    "goodwill",
                    "--key",
                    "d1",
                ],
            ],
        ),
        (
            &[
                "adjust",
                "--organization",
                "1",
                "--amount",
                "-5.00",
                "--reason",
                "goodwill",
                "--key",
                "a1",
            ],
            &[
                &[
                    "adjust",
                    "--organization",
                    "1",
                    "--amount",
                    "5.00",
                    "--reason",
                    "goodwill",
                    "--key",
                    "a1",
                ],
                &[
                    "adjust",
                    "--organization",
                    "1",
                    "--amount",
                    "-5.00",
                    "--reason",
                    "another",
                    "--key",
                    "a1",
                ],
                &["deposit", "--organization", "1", "--amount", "5.00", "--key", "a1"],
                &[
                    "refund", "--of", "1", "--amount", "5.00", "--reason", "goodwill", "--key", "a1",
                ],
            ],
        ),
        (
            &[
                "refund", "--of", "1", "--amount", "10.00", "--reason", "goodwill", "--key", "r1",
            ],
            &[
                &[
                    "refund", "--of", "1", "--amount", "11.00", "--reason", "goodwill", "--key", "r1",
                ],
                &[
                    "refund", "--of", "1", "--amount", "10.00", "--reason", "another", "--key", "r1",
                ],
            ],
        ),
        // One that waits for a second person.
        (
            &[
                "adjust",
                "--organization",
                "1",
                "--amount",
                "-150.00",
                "--reason",
                "goodwill",
                "--key",
                "q1",
                "--as",
                FINANCE,
            ],
            &[
                &[
                    "adjust",
                    "--organization",
                    "1",
                    "--amount",
                    "-151.00",
                    "--reason",
                    "goodwill",
                    "--key",
                    "q1",
                    "--as",
                    FINANCE,
                ],
                &[
                    "adjust",
                    "--organization",
                    "1",
                    "--amount",
                    "-1.00",
                    "--reason",
                    "goodwill",
                    "--key",
                    "q1",
                ],
                &["deposit", "--organization", "1", "--amount", "150.00", "--key", "q1"],
            ],
        ),
        (
            &[
                "invoices",
                "issue",
                "--organization",
                "1",
                "--line",
                "1 x 49.00 Set-up",
                "--key",
                "i1",
            ],
            &[
                &[
                    "invoices",
                    "issue",
                    "--organization",
                    "1",
                    "--line",
                    "2 x 49.00 Set-up",
                    "--key",
                    "i1",
                ],
                &[
                    "invoices",
                    "issue",
                    "--organization",
                    "1",
                    "--line",
                    "1 x 49.00 Other",
                    "--key",
                    "i1",
                ],
            ],
        ),
    ];
    for (first, others) in cases {
        let done = json(&url, first, 0);
        assert_eq!(done["repeated"], false, "{first:?}: {done}");
        let before = ask(&mut admin, ALL).await;
        for other in *others {
            let refused = json(&url, other, 1);
            assert_eq!(refused["error"]["code"], "duplicate_key", "{other:?}: {refused}");
        }
        let again = json(&url, first, 0);
        assert_eq!(again["repeated"], true, "{first:?}: {again}");
        assert_eq!(ask(&mut admin, ALL).await, before, "{first:?}");
    }

    // A credit note, and what pays an invoice.
    let number = ask(
        &mut admin,
        "SELECT invoice_number FROM invoices WHERE idempotency_key = 'i1'",
    )
    .await;
    let credit = |line: &'static str, key: &'static str| {
        json(&url, &["invoices", "credit", &number, "--line", line, "--key", key], 0)
    };
    let first = credit("1 x 9.00 Discount", "c1");
    assert_eq!(first["repeated"], false, "{first}");
    let before = ask(&mut admin, ALL).await;
    for arguments in [
        &[
            "invoices",
            "credit",
            number.as_str(),
            "--line",
            "1 x 8.00 Discount",
            "--key",
            "c1",
        ][..],
        &[
            "invoices",
            "credit",
            &number,
            "--line",
            "1 x 9.00 Discount",
            "--key",
            "i1",
        ],
        &[
            "invoices",
            "issue",
            "--organization",
            "1",
            "--line",
            "1 x 9.00 Discount",
            "--key",
            "c1",
        ],
    ] {
        let refused = json(&url, arguments, 1);
        assert_eq!(refused["error"]["code"], "duplicate_key", "{arguments:?}: {refused}");
    }
    assert_eq!(credit("1 x 9.00 Discount", "c1")["repeated"], true);
    assert_eq!(ask(&mut admin, ALL).await, before);
    let pay = ["invoices", "pay", number.as_str(), "--amount", "10.00", "--key", "p1"];
    json(&url, &pay, 0);
    let before = ask(&mut admin, ALL).await;
    for arguments in [
        &["invoices", "pay", number.as_str(), "--amount", "11.00", "--key", "p1"][..],
        &[
            "adjust",
            "--organization",
            "1",
            "--amount",
            "-10.00",
            "--reason",
            "goodwill",
            "--key",
            "p1",
        ],
    ] {
        let refused = json(&url, arguments, 1);
        assert_eq!(refused["error"]["code"], "duplicate_key", "{arguments:?}: {refused}");
    }
    assert_eq!(ask(&mut admin, ALL).await, before);
    // What belongs to another organization is another key.
    let elsewhere = json(
        &url,
        &["deposit", "--organization", "2", "--amount", "1.00", "--key", "d1"],
        0,
    );
    assert_eq!(elsewhere["repeated"], false);
    proven(&db).await;
}

#[tokio::test]
async fn a_hold_is_for_what_it_was_placed_for() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    run(
        &mut admin,
        "INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (50, 'One', 'linode', 0.5), (51, 'Other', 'linode', 0.5)",
    )
    .await;
    let place = |plan: i32, purpose: &str| {
        format!("SELECT repeated FROM cs_billing.place_hold(1, 'vps', {plan}, '{purpose}', 'h1')")
    };
    assert_eq!(ask(&mut admin, &place(50, "web-1")).await, "false");
    assert_eq!(ask(&mut admin, &place(50, "web-1")).await, "true");
    for other in [place(51, "web-1"), place(50, "web-2")] {
        let refused = cs_tests::workspace_db::attempt(&mut admin, &other).await.unwrap_err();
        let refused = refused.as_database_error().unwrap();
        assert_eq!(
            (refused.code().as_deref(), refused.constraint()),
            (Some("23505"), Some("wallet_holds_idempotency")),
            "{other}"
        );
    }
}
