//! The main job from an empty database to an answered ticket, by `csctl` alone.

use std::fs;

use chrono::{Datelike, Days, Months, Utc};
use cs_tests::linode::{TOKEN, linode_type};
use serde_json::Value;

use super::script::Script;

/// What a command answers that has done what it should.
async fn done(script: &Script, arguments: &[&str], input: &str) -> Value {
    let said = script.run(arguments, &script.agent(), None, input).await;
    assert_eq!(said.code, 0, "{}", said.all);
    said.json
}

#[tokio::test(flavor = "multi_thread")]
async fn from_an_empty_database_to_an_answered_ticket_without_a_window() {
    let script = Script::new(3).await;
    script.stand_in.account().types = vec![linode_type("g6-nanode-1", "0.0100", "5")];
    let base = script.stand_in.base_url();
    let made = script.init(None).await;
    assert_eq!(made.code, 0, "{}", made.all);

    let organization = "Brightwater Labs";
    done(&script, &["org", "create", "--name", organization], "").await;
    let import = [
        "plan",
        "import",
        "--markup",
        "45",
        "--type",
        "g6-nanode-1",
        "--base-url",
        &base,
    ];
    let imported = done(&script, &import, "").await;
    assert_eq!(imported["added"][0]["price"]["rate"], "0.0145", "{imported}");
    let plan = imported["added"][0]["name"].as_str().unwrap();

    let token = format!("{TOKEN}\n");
    let sync = ["sync", "linode", "--base-url", &base, "--token-stdin"];
    assert_eq!(done(&script, &sync, &token).await["added"], 3);
    let again = done(&script, &sync, &token).await;
    assert_eq!(
        (&again["added"], &again["unchanged"]),
        (&0.into(), &3.into()),
        "{again}"
    );

    // The last ten days of the month before this one: 240 hours at 0.0145.
    #[expect(clippy::disallowed_methods, reason = "csctl runs on the real clock")]
    let this_month = Utc::now().date_naive().with_day(1).unwrap();
    let last_month = this_month.checked_sub_months(Months::new(1)).unwrap();
    let from = format!("{}T00:00:00Z", this_month.checked_sub_days(Days::new(10)).unwrap());
    let period = last_month.format("%Y-%m").to_string();
    let label = script.ask("SELECT label FROM vps_instances ORDER BY id LIMIT 1").await;
    let assign = [
        "assign",
        "--server",
        &label,
        "--organization",
        organization,
        "--plan",
        plan,
        "--from",
        &from,
    ];
    done(&script, &assign, "").await;
    let deposit = [
        "deposit",
        "--organization",
        organization,
        "--amount",
        "250.00",
        "--key",
        "bank-4711",
    ];
    let posted = done(&script, &deposit, "").await;
    assert_eq!(
        done(&script, &deposit, "").await["id"],
        posted["id"],
        "the same again is the same deposit"
    );

    let run = done(&script, &["billing", "run"], "").await;
    assert!(
        run["charged"].as_str().is_some_and(|charged| charged != "0.0000"),
        "{run}"
    );
    let closed = done(&script, &["invoices", "close", "--period", &period], "").await;
    assert_eq!(
        (&closed["invoices"], &closed["total"]),
        (&1.into(), &"3.48".into()),
        "{closed}"
    );
    let listed = done(&script, &["invoices", "list", "--organization", organization], "").await;
    let invoice = listed["rows"][0]["number"].as_str().unwrap();
    let shown = done(&script, &["invoices", "show", invoice], "").await;
    assert_eq!(
        (&shown["invoice"]["status"], &shown["lines"][0]["amount"]),
        (&"paid".into(), &"3.4800".into()),
        "{shown}"
    );
    let file = script.file("invoice.pdf");
    done(&script, &["invoices", "pdf", invoice, "--output", &file], "").await;
    assert!(fs::read(&file).unwrap().starts_with(b"%PDF-"));

    let create = [
        "ticket",
        "create",
        "--organization",
        organization,
        "--subject",
        "The disk is full",
        "--message",
        "Please look.",
        "--key",
        "mail-17",
    ];
    let ticket = done(&script, &create, "").await["id"].as_i64().unwrap();
    assert_eq!(
        done(&script, &create, "").await["id"],
        ticket,
        "the same again is the same ticket"
    );
    let ticket = ticket.to_string();
    let answer = |what, message, key| {
        [
            "ticket",
            what,
            &ticket,
            "--as",
            "boss@halyard.example",
            "--message",
            message,
            "--key",
            key,
        ]
        .map(str::to_owned)
    };
    for words in [
        answer("note", "Logs fill /var.", "note-1"),
        answer("reply", "We have made room.", "reply-1"),
        answer("reply", "We have made room.", "reply-1"),
    ] {
        done(&script, &words.each_ref().map(String::as_str), "").await;
    }
    let shown = done(&script, &["ticket", "show", &ticket], "").await;
    let said: Vec<(&str, bool)> = shown["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            (
                message["text"].as_str().unwrap(),
                message["internal"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            ("Please look.", false),
            ("Logs fill /var.", true),
            ("We have made room.", false)
        ],
        "{shown}"
    );

    // The books, read past the program.
    let books = "SELECT w.balance = (SELECT sum(amount) FROM transactions t WHERE t.organization_id = w.organization_id AND t.status = 'completed')
       FROM wallets w JOIN organizations o ON o.id = w.organization_id WHERE o.name = 'Brightwater Labs'";
    assert_eq!(script.ask(books).await, "true");
}
