//! The numbers of invoices, and the end of a month's close.

use app::{invoices::CloseOutcome, rules};

use super::books::Books;

/// The numbers that closes gave, by organization.
async fn numbers(books: &mut Books) -> String {
    books
        .ask("SELECT string_agg(organization_id || ':' || substr(invoice_number, 10), ' ' ORDER BY id) FROM invoices WHERE carry_in IS NOT NULL")
        .await
}

async fn foreign(books: &mut Books, number: &str) {
    let sql =
        format!("INSERT INTO invoices (id, organization_id, invoice_number, amount) VALUES (NULL, 1, '{number}', 5)");
    books.at("2030-02-01 00:30", &sql).await;
}

#[tokio::test]
async fn what_another_program_has_numbered_leaves_no_gap() {
    let mut books = Books::new().await;
    // Whoever has no usage needs no number.
    for id in 1..=8 {
        books.customer("2030-01-01 00:00", id, "50").await;
    }
    for id in [2, 4, 6, 8] {
        books.server("2030-01-20 00:00", 100 + id, id, 900).await;
    }
    books.bill("2030-02-01 01:00").await;
    // The counter begins; then the other program writes on, the last time as nobody else would write it.
    books
        .at(
            "2030-02-01 00:30",
            "INSERT INTO invoice_counters (year, last_number) VALUES (2030, 0)",
        )
        .await;
    for number in ["INV-2030-000002", "INV-2030-000003", "INV-2030-000006", "INV-2030-7"] {
        foreign(&mut books, number).await;
    }
    books
        .at(
            "2030-02-02 00:00",
            "SELECT cs_billing.close_batch('2030-01-01', '{1,2,3,4,5}')",
        )
        .await;
    assert_eq!(numbers(&mut books).await, "2:000001 4:000004");
    // All of a batch without usage use none.
    books
        .at(
            "2030-02-02 00:00",
            "SELECT cs_billing.close_batch('2030-01-01', '{1,3,5,7}')",
        )
        .await;
    assert_eq!(books.close("2030-02-02 00:00", "2030-01").await.issued, 2);
    assert_eq!(numbers(&mut books).await, "2:000001 4:000004 6:000005 8:000007");
    assert_eq!(books.ask("SELECT last_number FROM invoice_counters").await, "7");
}

#[tokio::test]
async fn a_month_ends_when_its_hours_are_charged_and_everybody_has_an_invoice() {
    let mut books = Books::new().await;
    for id in 1..=4 {
        books.customer("2030-01-01 00:00", id, "0").await;
    }
    books
        .at(
            "2030-01-01 00:00",
            "UPDATE wallets SET currency = 'CHF' WHERE organization_id = 3;
             INSERT INTO organizations (id, name) VALUES (5, 'No wallet');
             INSERT INTO vps_plans (id, name, provider) VALUES (903, 'Unpriced', 'linode')",
        )
        .await;
    // Who waits for a price, and who is left out, get none; 4 has nothing.
    for (id, organization, plan) in [(11, 1, 900), (21, 2, 903), (31, 3, 900), (51, 5, 900)] {
        books.server("2030-01-20 00:00", id, organization, plan).await;
    }
    let finish = "SELECT cs_billing.finish_close('2030-01-01')";
    assert_eq!(books.rule("2030-02-02 00:00", finish).await, "period_not_billed");
    books.bill("2030-02-01 01:00").await;
    assert_eq!(books.rule("2030-02-02 00:00", finish).await, "period_not_issued");
    assert_eq!(rules::sentence("period_not_issued").unwrap().0, "period_not_issued");
    books
        .at(
            "2030-02-02 00:00",
            "SELECT cs_billing.close_batch('2030-01-01', '{2,3,4,5}')",
        )
        .await;
    assert_eq!(books.rule("2030-02-02 00:00", finish).await, "period_not_issued");
    assert_eq!(books.ask("SELECT count(*) FROM closed_periods").await, "0");
    books
        .at("2030-02-02 00:00", "SELECT cs_billing.close_batch('2030-01-01', '{1}')")
        .await;
    books.at("2030-02-02 00:00", finish).await;
    assert_eq!(books.ask("SELECT count(*) FROM closed_periods").await, "1");
    // A month that is closed is asked nothing more: its newest invoice can be cancelled.
    books
        .at(
            "2030-02-03 00:00",
            "SELECT cs_billing.cancel_invoice(id, 'pending') FROM invoices",
        )
        .await;
    assert_eq!(
        books.close("2030-02-03 00:00", "2030-01").await.outcome,
        CloseOutcome::Repeated
    );
    books.at("2030-02-03 00:00", finish).await;
    assert_eq!(books.ask("SELECT count(*) FROM closed_periods").await, "1");
}
