//! Preview: what a run would charge, without a trace, and a run that charges what was shown.

use std::{io::BufReader, ops::ControlFlow, time::Duration};

use app::{
    billing::RunReport,
    preview::{self, Reader, Totals, Writer},
    views::PreviewRow,
};
use cs_tests::workspace_db::{connect, run};

use super::books::{Books, time};

/// Five customers with a server each: on the plain plan the first two, on the capped one the others; the last has no money.
async fn business() -> Books {
    let mut books = Books::new().await;
    for id in 1..=5 {
        let paid = if id == 5 { "0.03" } else { "50" };
        books.customer("2030-01-01 00:00", id, paid).await;
        books
            .server("2030-01-01 00:00", 10 + id, id, if id < 3 { 900 } else { 901 })
            .await;
    }
    books.bill("2030-01-02 00:00").await;
    books
}

async fn previewed(books: &Books, at: &str) -> (Totals, Vec<PreviewRow>, Vec<u8>) {
    let mut rows = Vec::new();
    let mut writer = Writer::new(Vec::new(), time(at)).unwrap();
    let totals = preview::preview(&books.session.at(time(at)), Some(time(at)), |row| {
        rows.push(row.clone());
        writer.row(row)
    })
    .await
    .unwrap();
    let file = writer.end(&totals).unwrap();
    (totals, rows, file)
}

fn reasons(row: &PreviewRow) -> String {
    let all: Vec<String> = row
        .changes
        .iter()
        .map(|change| {
            format!(
                "{}{}",
                change.reason,
                change
                    .adds
                    .map_or_else(String::new, |adds| format!(" {}", adds.normalize()))
            )
        })
        .collect();
    all.join(", ")
}

async fn commit(books: &Books, at: &str, file: &[u8]) -> RunReport {
    let session = books.session.at(time(at));
    let reader = Reader::new(BufReader::new(file)).unwrap();
    preview::commit(&session, reader, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_preview_says_what_is_charged_and_why_it_is_another_sum_than_the_last() {
    let mut books = business().await;
    // Since the last run: a new server, one that has ended, another price, nothing, and nothing in the wallet.
    books.server("2030-01-02 12:00", 21, 1, 900).await;
    books
        .at(
            "2030-01-02 06:00",
            "UPDATE vps_instances SET deleted_at = '2030-01-02 06:00' WHERE id = 12",
        )
        .await;
    books
        .at(
            "2030-01-02 00:00",
            "UPDATE vps_plans SET hourly_rate = 0.03 WHERE id = 901",
        )
        .await;
    books
        .at(
            "2030-01-02 00:00",
            "UPDATE vps_instances SET plan_id = 902 WHERE id = 14",
        )
        .await;
    let (totals, rows, _) = previewed(&books, "2030-01-03 00:00").await;
    let told: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{}: {} h, {}, {} | {}",
                row.organization_id,
                row.hours,
                row.usage,
                row.amount,
                reasons(row)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "1: 36 h, 0.3600, 0.36 | new 0.12",
            "2: 6 h, 0.0600, 0.06 | hours -0.18",
            "3: 24 h, 0.7200, 0.72 | carry 0.0012, price 0.2088",
            "4: 24 h, 0, 0 | carry 0.0012, price -0.5112",
            "5: 0 h, 0, 0 | balance -1.2099, carry 0.0013, price 1.1886",
        ]
    );
    assert_eq!((totals.organizations, totals.hours, totals.looked_at), (4, 90, 5));
    let session = books.session.at(time("2030-01-03 00:00"));
    let report = app::billing::run(&session, None, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    assert_eq!(
        (report.run.charged, report.run.hours, report.run.carried),
        (totals.charged, totals.hours, totals.carried)
    );
}

/// What a preview must leave as it is: every table's rows and every sequence.
const STATE: &str = "SELECT md5(string_agg(x, E'\\n' ORDER BY x)) FROM (
    SELECT sequencename || ' ' || coalesce(last_value::text, '-') FROM pg_sequences
    UNION ALL
    SELECT relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT md5(string_agg(t::text, '','' ORDER BY t::text)) AS n FROM %s t', c.oid::regclass), false, true, '')))[1]::text
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_billing', 'cs_live', 'cs_sync', 'cs_meta')
  ) AS s(x)";

#[tokio::test]
async fn a_preview_waits_for_nobody_and_leaves_no_trace() {
    let mut books = business().await;
    let url = books.workspace.admin().to_url();
    let before = books.ask(STATE).await;
    // Somebody holds every wallet, meter and server.
    let mut holder = connect(&url).await;
    run(
        &mut holder,
        "BEGIN; SELECT * FROM wallets FOR UPDATE; SELECT * FROM organization_meters FOR UPDATE; SELECT * FROM vps_instances FOR UPDATE",
    )
    .await;
    let (totals, ..) = tokio::time::timeout(Duration::from_secs(20), previewed(&books, "2030-01-03 00:00"))
        .await
        .expect("a preview waits for nobody");
    assert_eq!(totals.organizations, 4);
    run(&mut holder, "ROLLBACK").await;
    assert_eq!(books.ask(STATE).await, before);
    // It can be asked where nothing can be written, and takes no transaction number.
    run(
        &mut books.admin,
        "BEGIN READ ONLY; SELECT * FROM cs_billing.preview_batch('2030-01-03', ARRAY[1, 2, 3, 4, 5])",
    )
    .await;
    assert_eq!(books.ask("SELECT pg_current_xact_id_if_assigned()").await, "∅");
    assert_eq!(
        books
            .ask("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode <> 'AccessShareLock' AND locktype = 'relation'")
            .await,
        "0"
    );
    run(&mut books.admin, "ROLLBACK").await;
}

#[tokio::test]
async fn what_has_moved_since_the_preview_is_left_out_and_the_rest_is_charged_as_shown() {
    for (what, sql, left_out) in [
        ("nothing", "SELECT 1", &[][..]),
        (
            "a deposit",
            "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 5, 9, 'deposit', 'completed', 'later')",
            &[5][..],
        ),
        ("a price", "UPDATE vps_plans SET hourly_rate = 0.05 WHERE id = 900", &[1, 2]),
        (
            "a new server",
            "INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (99, 'new', 902, 4)",
            &[4],
        ),
        (
            "a server given away",
            "UPDATE vps_instances SET organization_id = 2 WHERE id = 13",
            &[2, 3],
        ),
        (
            "a decision",
            "INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from) VALUES ('vps', 11, 1, 'gone', '2030-01-02 03:00')",
            &[1],
        ),
        (
            "a customer",
            "INSERT INTO organizations (id, name) VALUES (6, 'Sixth'); INSERT INTO wallets (id, organization_id) VALUES (NULL, 6);
             INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (98, 'sixth', 900, 6)",
            &[6],
        ),
    ] {
        let mut books = business().await;
        let (_, rows, file) = previewed(&books, "2030-01-03 00:00").await;
        books.at("2030-01-03 00:10", sql).await;
        let report = commit(&books, "2030-01-03 00:20", &file).await;
        let skipped: Vec<i32> = report.skipped.iter().map(|skipped| skipped.organization_id).collect();
        assert_eq!(skipped, left_out, "{what}");
        assert!(
            report.skipped.iter().all(|skipped| skipped.reason == "changed_since_preview"),
            "{what}: {:?}",
            report.skipped
        );
        assert_eq!(report.run.status, if left_out.is_empty() { "completed" } else { "partial" }, "{what}");
        assert_eq!(report.run.run_at, time("2030-01-03 00:00"), "{what}");
        let expected: Vec<String> = rows
            .iter()
            .filter(|row| row.hours > 0 && !left_out.contains(&row.organization_id))
            .map(|row| format!("{} {} {} {}", row.organization_id, row.hours, row.usage, row.amount))
            .collect();
        let charged = books
            .ask("SELECT string_agg(concat_ws(' ', organization_id, hours, usage, amount), E'\\n' ORDER BY organization_id)
                  FROM billing_charges WHERE run_id = (SELECT max(id) FROM billing_runs)")
            .await;
        assert_eq!(charged, expected.join("\n"), "{what}");
        // The next run takes what was left out.
        books.bill("2030-01-03 01:00").await;
        assert_eq!(
            books.ask("SELECT skipped FROM billing_runs ORDER BY id DESC LIMIT 1").await,
            "[]",
            "{what}"
        );
    }
}

#[tokio::test]
async fn a_preview_that_is_cut_short_or_altered_charges_nothing() {
    let mut books = business().await;
    let (_, _, file) = previewed(&books, "2030-01-03 00:00").await;
    let text = String::from_utf8(file).unwrap();
    assert!(preview::check(Reader::new(BufReader::new(text.as_bytes())).unwrap()).is_ok());
    let lines: Vec<&str> = text.lines().collect();
    let mut swapped = lines.clone();
    swapped.swap(1, 2);
    for (what, damaged) in [
        ("no end", lines[..lines.len() - 1].join("\n")),
        ("a line less", [&lines[..2], &lines[3..]].concat().join("\n")),
        ("another order", swapped.join("\n")),
        ("something after it", format!("{text}{{}}\n")),
        ("another hash", text.replacen("\"hash\":\"", "\"hash\":\"0", 1)),
    ] {
        let checked = Reader::new(BufReader::new(damaged.as_bytes())).and_then(preview::check);
        assert!(checked.is_err(), "{what}");
    }
    // Sums that the preview has not shown are not charged either, whatever the file says.
    let altered = text.replacen("\"amount\":\"0.24\"", "\"amount\":\"0.25\"", 1);
    assert_ne!(altered, text);
    let reader = Reader::new(BufReader::new(altered.as_bytes())).unwrap();
    let session = books.session.at(time("2030-01-03 00:20"));
    preview::commit(&session, reader, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap_err();
    assert_eq!(
        books
            .ask("SELECT status || ' ' || charged FROM billing_runs ORDER BY id DESC LIMIT 1")
            .await,
        "failed 0.00"
    );
}
