//! What moved a wallet besides usage: told by the month's invoice, and added to nothing.

use std::ops::ControlFlow;

use app::{
    books::{self, Scope},
    invoices::{self, DocumentFormat},
    views::ListRequest,
};
use cs_tests::workspace_db::run;

use super::books::{Books, time};

/// A transaction that isn't usage.
fn moved(kind: &str, amount: &str, reason: &str, more: &str) -> String {
    let (columns, values) = more.split_once('=').unwrap_or_default();
    let columns = if columns.is_empty() {
        String::new()
    } else {
        format!(", {columns}")
    };
    let values = if values.is_empty() {
        String::new()
    } else {
        format!(", {values}")
    };
    format!(
        "INSERT INTO transactions (id, organization_id, amount, type, status, reason, idempotency_key{columns})
         VALUES (NULL, 1, {amount}, '{kind}', 'completed', '{reason}', '{kind} {amount} {reason}'{values})"
    )
}

/// What each invoice of organization 1 tells, the oldest first.
async fn told(books: &mut Books) -> String {
    books
        .ask(
            "SELECT coalesce(string_agg(concat_ws(' ', right(i.invoice_number, 6), l.amount, t.reason, CASE WHEN l.withdrawn THEN 'withdrawn' END), E'\\n'
               ORDER BY i.id, t.created_at, t.id), '') FROM invoice_transactions l JOIN invoices i ON i.id = l.invoice_id JOIN transactions t ON t.id = l.transaction_id",
        )
        .await
}

async fn sound(books: &Books, at: &str, scope: Scope) -> (String, u64) {
    let proof = books::prove(&books.session.at(time(at)), scope, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap()
        .unwrap();
    let looked = proof.checked["told_transactions"].as_u64().unwrap_or(0);
    (format!("{:?}", proof.breaches), looked)
}

/// January with everything that can move a wallet, and its invoice.
async fn january() -> Books {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "90").await;
    books.customer("2030-01-01 00:00", 2, "90").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    books.server("2030-01-01 00:00", 21, 2, 900).await;
    books
        .at("2030-01-03 09:00", &moved("adjustment", "12.50", "slow week", ""))
        .await;
    books
        .at(
            "2030-01-04 09:00",
            &moved(
                "refund",
                "-20.00",
                "paid twice",
                "refund_of=(SELECT min(id) FROM transactions WHERE type = $$deposit$$ AND organization_id = 1)",
            ),
        )
        .await;
    // Another program's charge, as an adoption finds it, and one that waits.
    run(
        &mut books.admin,
        "BEGIN; SET LOCAL cs.at = '2030-01-05 09:00'; SET LOCAL session_replication_role = replica;
         INSERT INTO transactions (id, organization_id, amount, type, status, metadata, created_at)
         VALUES (9001, 1, 18.00, 'charge', NULL, '{\"description\": \"domain\"}', '2030-01-05 09:00');
         UPDATE wallets SET balance = balance - 18.00 WHERE organization_id = 1;
         INSERT INTO revenue_hours (hour, currency, charged) VALUES ('2030-01-05 09:00', 'USD', 18.00); COMMIT",
    )
    .await;
    books
        .at(
            "2030-01-06 09:00",
            &moved("adjustment", "-1.00", "waits", "").replace("'completed'", "'pending'"),
        )
        .await;
    // What pays an invoice made by hand is told there.
    books
        .at(
            "2030-01-07 09:00",
            "SELECT cs_billing.issue_invoice(1, '[{\"description\": \"Set-up\", \"amount\": \"5.00\"}]', 5.00, NULL, 'hand', NULL);
             SELECT cs_billing.correct(1, 'adjustment', -5.00, 'pays', NULL, (SELECT id FROM invoices WHERE idempotency_key = 'hand'), 'pay', NULL)",
        )
        .await;
    books.bill("2030-01-20 00:00").await;
    books.close("2030-02-01 01:00", "2030-01").await;
    books
}

#[tokio::test]
async fn what_moved_the_wallet_is_told_once_and_added_to_nothing() {
    let mut books = january().await;
    assert_eq!(
        told(&mut books).await,
        "000002 -12.50 slow week\n000002 20.00 paid twice\n000002 18.00"
    );
    // 744 hours at 0.0100, whatever else has moved.
    assert!(
        books.invoices().await.contains("1 2030-000002 7.44 7.44 paid"),
        "{}",
        books.invoices().await
    );
    assert_eq!(
        sound(&books, "2030-02-01 02:00", Scope::Full).await,
        ("[]".to_owned(), 3)
    );

    // What waited and what came after the close is told by the next, and nothing twice.
    books
        .at(
            "2030-02-02 09:00",
            "UPDATE transactions SET status = 'completed' WHERE reason = 'waits'",
        )
        .await;
    books
        .at("2030-02-03 09:00", &moved("adjustment", "3.00", "february", ""))
        .await;
    books.close("2030-03-01 01:00", "2030-02").await;
    assert_eq!(
        told(&mut books).await,
        "000002 -12.50 slow week\n000002 20.00 paid twice\n000002 18.00\n000004 1.00 waits\n000004 -3.00 february"
    );
    assert_eq!(
        sound(&books, "2030-03-01 02:00", Scope::Incremental).await,
        ("[]".to_owned(), 5)
    );

    // A cancelled one gives them to its successor.
    books.server("2030-03-01 00:00", 12, 1, 901).await;
    books
        .at(
            "2030-03-02 09:00",
            &moved("adjustment", "-45.00", "all that is left", ""),
        )
        .await;
    books
        .at(
            "2030-03-03 09:00",
            &moved(
                "refund",
                "-1.00",
                "march",
                "refund_of=(SELECT min(id) FROM transactions WHERE type = $$deposit$$ AND organization_id = 1)",
            ),
        )
        .await;
    books.bill("2030-03-20 00:00").await;
    books.close("2030-04-01 01:00", "2030-03").await;
    let march = books.ask("SELECT max(id) || ' ' || min(status) FROM invoices WHERE organization_id = 1 AND billing_period_start = '2030-03-01'").await;
    let (id, status) = march.split_once(' ').unwrap();
    assert_eq!(status, "pending", "{}", books.invoices().await);
    books
        .at(
            "2030-04-02 00:00",
            &format!("SELECT cs_billing.cancel_invoice({id}, 'pending')"),
        )
        .await;
    assert_eq!(sound(&books, "2030-04-02 01:00", Scope::Full).await.0, "[]");
    books.close("2030-05-01 01:00", "2030-04").await;
    let all = told(&mut books).await;
    let last: Vec<&str> = all.lines().rev().take(4).collect();
    assert_eq!(
        last,
        [
            "000008 1.00 march",
            "000008 45.00 all that is left",
            "000006 1.00 march withdrawn",
            "000006 45.00 all that is left withdrawn"
        ],
        "{all}"
    );
    assert_eq!(sound(&books, "2030-05-01 02:00", Scope::Full).await.0, "[]");
}

#[tokio::test]
async fn documents_show_it_in_a_section_of_its_own() {
    let mut books = january().await;
    let session = books.session.at(time("2030-02-01 02:00"));
    let id: i32 = books
        .ask("SELECT id FROM invoices WHERE organization_id = 1 AND carry_in IS NOT NULL")
        .await
        .parse()
        .unwrap();
    let detail = invoices::detail(&session, id).await.unwrap();
    let rows: Vec<String> = detail
        .told
        .iter()
        .map(|row| format!("{} {} {}", row.kind, row.amount, row.reason.as_deref().unwrap_or("-")))
        .collect();
    assert_eq!(
        rows,
        [
            "adjustment -12.50 slow week",
            "refund 20.00 paid twice",
            "charge 18.00 domain"
        ]
    );
    assert_eq!(detail.usage.unwrap().normalize().to_string(), "7.44");
    let of_one = ListRequest::first(10).with("id", app::views::FilterOp::Is, &id);
    let csv = invoices::file(&session, DocumentFormat::Csv, &of_one).await.unwrap();
    let csv = String::from_utf8(csv.bytes).unwrap();
    assert!(
        csv.contains(",transaction,Charge: domain,2030-01-05,,,,,,USD,paid,18.00\r\n"),
        "{csv}"
    );
    for format in [DocumentFormat::Pdf, DocumentFormat::Xlsx] {
        let made = invoices::file(&session, format, &of_one).await.unwrap();
        assert_eq!((made.invoices, made.left_out), (1, 0));
        let again = invoices::file(&session, format, &of_one).await.unwrap();
        assert_eq!(made.bytes, again.bytes);
    }
}

#[tokio::test]
async fn the_proof_finds_what_is_told_wrongly() {
    let mut books = january().await;
    assert_eq!(sound(&books, "2030-02-01 02:00", Scope::Full).await.0, "[]");
    for breaks in [
        "UPDATE invoice_transactions SET amount = amount + 0.01 WHERE amount = 18.00",
        "UPDATE invoice_transactions SET withdrawn = true WHERE amount = 18.00",
        "UPDATE invoice_transactions SET organization_id = 2 WHERE amount = 18.00",
        "UPDATE transactions SET status = 'failed' WHERE reason = 'slow week'",
        "INSERT INTO invoice_transactions SELECT i.id, t.id, 1, -t.amount FROM invoices i, transactions t
         WHERE i.organization_id = 1 AND i.carry_in IS NOT NULL AND t.type = 'deposit' AND t.organization_id = 1",
    ] {
        run(
            &mut books.admin,
            &format!(
                "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL session_replication_role = replica; {breaks};
                 SET LOCAL session_replication_role = DEFAULT; SET LOCAL cs.at = '2030-02-02';
                 CREATE TEMP TABLE p ON COMMIT DROP AS SELECT cs_billing.begin_proof(true) AS id;
                 SELECT cs_billing.prove_told(p.id) FROM p"
            ),
        )
        .await;
        let found = books
            .ask("SELECT b.breach_count || ' ' || (b.breaches -> 0 ->> 'what') FROM book_proofs b JOIN p USING (id)")
            .await;
        run(&mut books.admin, "ROLLBACK").await;
        assert_eq!(found, "1 told_transaction", "{breaks}");
    }
}
