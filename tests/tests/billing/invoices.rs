//! Closing a month as use-case: what is on an invoice, and what a close does when it is repeated, cut off or not alone.

use std::ops::ControlFlow;

use app::{
    AppError,
    domain::invoice::InvoiceStatus,
    invoices::{self, CloseOutcome, DocumentFormat},
    views::ListRequest,
};
use cs_tests::workspace_db::connect;
use store::StoreError;

use super::books::{Books, month, time};

#[tokio::test]
async fn a_close_bills_first_and_issues_one_invoice_for_each_with_usage() {
    let mut books = Books::new().await;
    for (id, paid) in [(1, "50"), (2, "50"), (3, "50"), (4, "50"), (5, "0")] {
        books.customer("2030-01-01 00:00", id, paid).await;
    }
    books.at("2030-01-01 00:00", "UPDATE wallets SET currency = 'CHF' WHERE organization_id = 4; INSERT INTO organizations (id, name) VALUES (6, 'No wallet')").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    // Its hours begin at the half: the month's last one ends in February.
    books.server("2030-01-31 20:30", 12, 1, 901).await;
    books.server("2030-01-10 00:00", 21, 2, 902).await;
    books.server("2030-01-30 00:00", 41, 4, 900).await;
    books.server("2030-01-30 00:00", 51, 5, 900).await;
    books.server("2030-01-30 00:00", 61, 6, 900).await;

    let preview = invoices::preview(&books.session.at(time("2030-02-01 01:00")), month("2030-01"))
        .await
        .unwrap();
    assert_eq!(
        (preview.invoices, preview.total.to_string(), preview.billed),
        (3, "8.00".to_owned(), false)
    );
    assert_eq!(
        books.ask("SELECT count(*) FROM invoices").await,
        "0",
        "a preview writes nothing"
    );

    let report = books.close("2030-02-01 01:00", "2030-01").await;
    assert_eq!(
        (report.outcome, report.issued, report.already),
        (CloseOutcome::Closed, 3, 0)
    );
    assert_eq!(report.total.to_string(), preview.total.to_string());
    let run = report.run.unwrap().run;
    assert_eq!(run.run_at, time("2030-02-01 01:00"));
    let skipped: Vec<_> = report
        .skipped
        .iter()
        .map(|who| (who.organization_id, who.reason.as_str()))
        .collect();
    assert_eq!(skipped, [(4, "foreign_currency"), (6, "no_wallet")]);
    // 744 h at 0.0100, 4 h at 0.0213: 7.5252, of which 0.0052 is carried. Free is an invoice of nothing, and paid.
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 7.52 7.52 paid\n2 2030-000002 0.00 0.00 paid\n5 2030-000003 0.48 0.00 pending"
    );
    assert_eq!(
        books
            .ask("SELECT carry_in || ' ' || carry_out FROM invoices WHERE organization_id = 1")
            .await,
        "0.0000 0.0052"
    );
    assert_eq!(
        books.lines(1).await,
        "server-11 2030-01 744 0.0100 7.4400\nserver-12 2030-01 4 0.0213 0.0852"
    );
    assert_eq!(books.lines(2).await, "server-21 2030-01 528 0.0100 0.0000 capped");
    assert_eq!(
        books
            .ask("SELECT count(*) || ' ' || max(resource_id) FROM activity_logs WHERE action = 'period.close'")
            .await,
        "1 2030-01"
    );

    let again = books.close("2030-02-03 00:00", "2030-01").await;
    assert_eq!(
        (again.outcome, again.issued, again.already, again.run.is_none()),
        (CloseOutcome::Repeated, 0, 3, true)
    );
    let preview = invoices::preview(&books.session.at(time("2030-02-03 00:00")), month("2030-01"))
        .await
        .unwrap();
    assert_eq!((preview.closed, preview.invoices, preview.already), (true, 0, 3));
    assert_eq!(books.ask("SELECT count(*) FROM invoices").await, "3");
}

#[tokio::test]
async fn a_month_is_closed_when_its_last_hours_have_ended_and_no_later_one_is_closed() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "50").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    assert_eq!(books.refused("2030-02-01 00:59", "2030-01").await, "period_not_over");
    assert_eq!(
        books.ask("SELECT count(*) FROM billing_runs").await,
        "0",
        "nothing was charged either"
    );
    assert_eq!(
        books
            .rule("2030-02-02 00:00", "SELECT cs_billing.close_batch('2030-01-01', '{1}')")
            .await,
        "period_not_billed"
    );
    assert_eq!(
        books
            .rule("2030-02-02 00:00", "SELECT cs_billing.close_batch('2030-01-02', '{1}')")
            .await,
        "period_not_a_month"
    );
    books.close("2030-03-01 01:00", "2030-02").await;
    // What was not closed before is told late, and can't be closed any more.
    assert_eq!(
        books.lines(1).await,
        "server-11 2030-02 672 0.0100 6.7200\nserver-11 2030-01 744 0.0100 7.4400 late"
    );
    assert_eq!(
        books.refused("2030-03-02 00:00", "2030-01").await,
        "period_later_closed"
    );
    assert_eq!(
        books.close("2030-03-02 00:00", "2030-02").await.outcome,
        CloseOutcome::Repeated
    );
}

#[tokio::test]
async fn after_a_failed_run_at_a_later_time_the_close_bills_up_to_that_time() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "50").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    let failed = "SELECT cs_billing.finish_run(cs_billing.open_run('2030-02-05'), 'failed')";
    books.at("2030-02-05 00:00", failed).await;
    let report = books.close("2030-02-06 00:00", "2030-01").await;
    assert_eq!(report.run.unwrap().run.run_at, time("2030-02-05 00:00"));
    assert_eq!(books.invoices().await, "1 2030-000001 7.44 7.44 paid");
}

#[tokio::test]
async fn two_closes_at_once_issue_each_invoice_once() {
    let mut books = Books::new().await;
    for id in 1..=30 {
        books.customer("2030-01-01 00:00", id, "50").await;
        books.server("2030-01-20 00:00", 100 + id, id, 900).await;
    }
    books.bill("2030-02-01 01:00").await;
    let (one, two) = tokio::join!(
        books.try_close("2030-02-02 00:00", "2030-01"),
        books.try_close("2030-02-02 00:00", "2030-01")
    );
    let outcomes = [one, two];
    let issued: u64 = outcomes.iter().flatten().map(|report| report.issued).sum();
    assert_eq!(issued, 30, "{outcomes:?}");
    for outcome in &outcomes {
        if let Err(error) = outcome {
            assert!(
                matches!(error, AppError::Store(StoreError::Rule(rule)) if rule == "close_under_way"),
                "{error:?}"
            );
        }
    }
    assert_eq!(
        books
            .ask(
                "SELECT count(*) || ' ' || count(DISTINCT organization_id) || ' ' || max(invoice_number) FROM invoices"
            )
            .await,
        "30 30 INV-2030-000030"
    );

    // One that holds the numbers keeps the other out, which then has done nothing.
    let mut holder = connect(&books.workspace.admin().to_url()).await;
    cs_tests::workspace_db::run(&mut holder, "BEGIN; SELECT * FROM invoice_counters FOR UPDATE").await;
    books.bill("2030-03-01 01:00").await;
    assert_eq!(books.refused("2030-03-02 00:00", "2030-02").await, "close_under_way");
    cs_tests::workspace_db::run(&mut holder, "ROLLBACK").await;
    assert_eq!(books.close("2030-03-02 00:00", "2030-02").await.issued, 30);
}

#[tokio::test]
async fn a_close_that_was_cut_off_goes_on_without_a_gap() {
    let mut books = Books::new().await;
    for id in 1..=4 {
        books.customer("2030-01-01 00:00", id, "50").await;
        books.server("2030-01-20 00:00", 100 + id, id, 900).await;
    }
    books.bill("2030-02-01 01:00").await;
    // Killed between batches; then in the middle of one.
    books
        .at(
            "2030-02-02 00:00",
            "SELECT cs_billing.close_batch('2030-01-01', '{1,2}')",
        )
        .await;
    let lost = "BEGIN; SET LOCAL cs.at = '2030-02-02'; SELECT cs_billing.close_batch('2030-01-01', '{3}'); ROLLBACK";
    cs_tests::workspace_db::run(&mut books.admin, lost).await;
    // Stopped by a person before the first batch: nothing is issued, and the month stays open.
    let session = books.session.at(time("2030-02-03 00:00"));
    let stopped = invoices::close(&session, month("2030-01"), |_, _| ControlFlow::Break(()))
        .await
        .unwrap();
    assert_eq!(
        (stopped.outcome, stopped.issued, stopped.already),
        (CloseOutcome::Cancelled, 0, 2)
    );
    assert_eq!(books.ask("SELECT count(*) FROM closed_periods").await, "0");
    let report = books.close("2030-02-04 00:00", "2030-01").await;
    assert_eq!((report.issued, report.already), (2, 2));
    assert_eq!(
        books
            .ask("SELECT string_agg(organization_id || ':' || right(invoice_number, 6), ' ' ORDER BY id) FROM invoices")
            .await,
        "1:000001 2:000002 3:000003 4:000004"
    );
}

#[tokio::test]
async fn hours_that_come_late_are_named_on_the_next_invoice() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "90").await;
    books.server("2030-01-31 14:00", 11, 1, 900).await;
    // Found at the provider, and adopted: nobody is charged for either before a person decides.
    books
        .at(
            "2030-01-30 00:00",
            "INSERT INTO vps_instances (id, label) VALUES (12, 'found')",
        )
        .await;
    books.server("2030-01-31 10:00", 13, 1, 901).await;
    books.at("2030-01-31 12:00", "INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from) VALUES ('vps', 13, 1, 'gone', '2030-01-31 11:00')").await;
    books.close("2030-02-01 01:00", "2030-01").await;
    assert_eq!(
        books.lines(1).await,
        "server-11 2030-01 10 0.0100 0.1000\nserver-13 2030-01 1 0.0213 0.0213"
    );

    books.at("2030-02-10 00:00", "UPDATE vps_instances SET organization_id = 1, plan_id = 900, last_billed_at = '2030-01-31 20:00' WHERE id = 12").await;
    books
        .at(
            "2030-02-10 00:00",
            "SELECT cs_billing.resolve_parked((SELECT id FROM parked_resources WHERE resource_id = 13), true)",
        )
        .await;
    books.close("2030-03-01 01:00", "2030-02").await;
    assert_eq!(
        books.lines(1).await,
        "found 2030-02 672 0.0100 6.7200\nserver-11 2030-02 672 0.0100 6.7200\nserver-13 2030-02 672 0.0213 5.0000 capped\n\
         found 2030-01 4 0.0100 0.0400 late\nserver-13 2030-01 13 0.0213 0.2769 late"
    );
    assert_eq!(
        books
            .ask("SELECT sum(amount) + min(carry_out) FILTER (WHERE amount > 1) FROM invoices")
            .await,
        "18.8782"
    );
}

#[tokio::test]
async fn what_was_used_or_told_before_a_parking_stays_due() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "0").await;
    for id in 11..=13 {
        books.server("2030-01-31 00:00", id, 1, 900).await;
    }
    // 12 has gone unnoticed before the close, 11 before its end too: the first invoice tells 24 h of each.
    books.close("2030-02-01 01:00", "2030-01").await;
    for (id, gone) in [(11, "2030-01-31 10:00"), (12, "2030-02-01 05:00")] {
        books.at("2030-02-02 00:00", &format!("INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from) VALUES ('vps', {id}, 1, 'gone', '{gone}')")).await;
    }
    books
        .at(
            "2030-02-03 00:00",
            "SELECT cs_billing.resolve_parked(id, false) FROM parked_resources WHERE resource_id = 12",
        )
        .await;
    books
        .at(
            "2030-02-03 00:00",
            "UPDATE vps_instances SET deleted_at = '2030-02-03' WHERE id IN (11, 12, 13)",
        )
        .await;
    books.close("2030-03-01 01:00", "2030-02").await;
    // 12: five hours until it had gone, and the one that began when it was taken up anew.
    assert_eq!(
        books.lines(1).await,
        "server-12 2030-02 5 0.0100 0.0500\nserver-12 2030-02 1 0.0100 0.0100\nserver-13 2030-02 48 0.0100 0.4800"
    );
    books.deposit("2030-03-02 00:00", 1, "50").await;
    books.bill("2030-03-02 01:00").await;
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 0.72 0.72 paid\n1 2030-000002 0.54 0.54 paid"
    );
    assert_eq!(
        books
            .ask("SELECT sum(amount) FROM transactions WHERE type = 'charge'")
            .await,
        "-1.26"
    );
}

#[tokio::test]
async fn an_invoice_that_is_paid_in_part_is_paid_by_a_deposit_and_a_run() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "3").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    books.close("2030-02-01 01:00", "2030-01").await;
    assert_eq!(books.invoices().await, "1 2030-000001 7.44 3.00 pending");
    books.close("2030-03-01 01:00", "2030-02").await;
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 7.44 3.00 pending\n1 2030-000002 6.72 0.00 pending"
    );
    // It pays the older one first, and of the newer what is left.
    books.deposit("2030-03-05 00:00", 1, "5").await;
    books.bill("2030-03-05 01:00").await;
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 7.44 7.44 paid\n1 2030-000002 6.72 0.56 pending"
    );
    assert_eq!(
        books.ask("SELECT paid_at FROM invoices ORDER BY id LIMIT 1").await,
        "2030-03-05 01:00:00"
    );
    books.deposit("2030-03-06 00:00", 1, "50").await;
    books.bill("2030-03-06 01:00").await;
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 7.44 7.44 paid\n1 2030-000002 6.72 6.72 paid"
    );
}

#[tokio::test]
async fn numbers_begin_anew_each_year_and_step_over_those_of_others() {
    let mut books = Books::new().await;
    books.customer("2029-12-01 00:00", 1, "90").await;
    books.server("2029-12-01 00:00", 11, 1, 900).await;
    books.at("2029-12-01 00:00", "INSERT INTO invoices (id, organization_id, invoice_number, amount) VALUES (NULL, 1, 'INV-2030-000007', 5), (NULL, 1, 'INV-2030-001', 5)").await;
    books.close("2030-01-01 01:00", "2029-12").await;
    books
        .at(
            "2030-01-15 00:00",
            "INSERT INTO invoices (id, organization_id, invoice_number, amount) VALUES (NULL, 1, 'INV-2030-000009', 5)",
        )
        .await;
    books.close("2030-02-01 01:00", "2030-01").await;
    books
        .at(
            "2030-12-01 00:00",
            "UPDATE invoice_counters SET last_number = 999999 WHERE year = 2030",
        )
        .await;
    books.close("2030-12-31 01:00", "2030-02").await;
    books.close("2031-01-01 01:00", "2030-12").await;
    assert_eq!(
        books
            .ask("SELECT string_agg(invoice_number, ' ' ORDER BY id) FROM invoices WHERE carry_in IS NOT NULL")
            .await,
        "INV-2030-000008 INV-2030-000010 INV-2030-1000000 INV-2031-000001"
    );
}

#[tokio::test]
async fn prices_plans_and_caps_that_change_in_the_month_are_lines_of_their_own() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "90").await;
    books.server("2030-01-01 00:00", 11, 1, 901).await;
    books.server("2030-01-01 00:00", 12, 1, 900).await;
    books
        .at(
            "2030-01-06 00:00",
            "UPDATE vps_plans SET hourly_rate = 0.0300 WHERE id = 901",
        )
        .await;
    books
        .at(
            "2030-01-11 00:00",
            "UPDATE vps_instances SET plan_id = 901 WHERE id = 12",
        )
        .await;
    books.close("2030-02-01 01:00", "2030-01").await;
    // 120 h at 0.0213 are 2.5560; the cap of 5.00 leaves 2.4440. 240 h at 0.0100 are 2.4000; it leaves 2.6000.
    assert_eq!(
        books.lines(1).await,
        "server-11 2030-01 120 0.0213 2.5560\nserver-11 2030-01 624 0.0300 2.4440 capped\n\
         server-12 2030-01 240 0.0100 2.4000\nserver-12 2030-01 504 0.0300 2.6000 capped"
    );
    assert_eq!(books.invoices().await, "1 2030-000001 10.00 10.00 paid");
}

#[tokio::test]
async fn hours_without_a_price_and_those_behind_them_wait() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "90").await;
    books
        .at(
            "2030-01-01 00:00",
            "INSERT INTO vps_plans (id, name, provider) VALUES (903, 'Unpriced', 'linode')",
        )
        .await;
    books.server("2030-01-31 00:00", 11, 1, 900).await;
    books
        .at(
            "2030-01-31 10:00",
            "UPDATE vps_instances SET plan_id = 903 WHERE id = 11",
        )
        .await;
    books
        .at(
            "2030-01-31 20:00",
            "UPDATE vps_instances SET plan_id = 900 WHERE id = 11",
        )
        .await;
    books.close("2030-02-01 01:00", "2030-01").await;
    assert_eq!(books.lines(1).await, "server-11 2030-01 10 0.0100 0.1000");
    books.at("2030-02-01 02:00", "UPDATE vps_plans SET hourly_rate = 0.0500 WHERE id = 903; UPDATE vps_instances SET deleted_at = now() WHERE id = 11").await;
    books.close("2030-03-01 01:00", "2030-02").await;
    assert_eq!(
        books.lines(1).await,
        "server-11 2030-02 2 0.0100 0.0200\nserver-11 2030-01 10 0.0500 0.5000 late\nserver-11 2030-01 4 0.0100 0.0400 late"
    );
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 0.10 0.10 paid\n1 2030-000002 0.56 0.56 paid"
    );
}

#[tokio::test]
async fn a_cancelled_invoice_gives_its_hours_to_the_next_and_keeps_its_number() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "2").await;
    books.server("2030-01-01 00:00", 11, 1, 901).await;
    books.close("2030-02-01 01:00", "2030-01").await;
    books.close("2030-03-01 01:00", "2030-02").await;
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 5.00 2.00 pending\n1 2030-000002 5.00 0.00 pending"
    );
    let session = books.session.at(time("2030-03-02 00:00"));
    let page = invoices::list(&session, &ListRequest::first(10)).await.unwrap();
    let [newer, older] = page.rows.as_slice() else {
        panic!("{page:?}")
    };

    // The older one: the newer goes on from it. Whatever was not seen: no.
    let cancel = async |id, seen| invoices::cancel(&session, id, seen).await;
    let refused = cancel(older.id, InvoiceStatus::Pending).await;
    assert!(
        matches!(&refused, Err(AppError::Store(StoreError::Rule(rule))) if rule == "invoice_not_newest"),
        "{refused:?}"
    );
    let reasons = invoices::detail(&session, older.id).await.unwrap().actions;
    assert!(
        reasons.iter().any(|(name, may)| *name == "cancel" && may.is_err()),
        "{reasons:?}"
    );
    assert!(matches!(
        cancel(newer.id, InvoiceStatus::Failed).await,
        Err(AppError::Store(StoreError::Stale))
    ));
    assert!(matches!(
        cancel(newer.id, InvoiceStatus::Paid).await,
        Err(AppError::Transition(_))
    ));
    cancel(newer.id, InvoiceStatus::Pending).await.unwrap();
    assert!(matches!(
        cancel(newer.id, InvoiceStatus::Pending).await,
        Err(AppError::Store(StoreError::Stale))
    ));

    // The closed month stays as it is; March tells February's hours again, under a number of its own.
    assert_eq!(books.close("2030-03-02 00:00", "2030-02").await.issued, 0);
    books.close("2030-04-01 01:00", "2030-03").await;
    assert_eq!(
        books.lines(1).await,
        "server-11 2030-03 744 0.0213 5.0000 capped\nserver-11 2030-02 672 0.0213 5.0000 capped late"
    );
    books.deposit("2030-04-02 00:00", 1, "90").await;
    books.bill("2030-04-02 01:00").await;
    assert_eq!(
        books.invoices().await,
        "1 2030-000001 5.00 5.00 paid\n1 2030-000002 5.00 0.00 cancelled\n1 2030-000003 10.00 10.00 paid"
    );
    let paid = books
        .rule(
            "2030-04-03 00:00",
            "SELECT cs_billing.cancel_invoice(id, 'paid') FROM invoices WHERE invoice_number = 'INV-2030-000003'",
        )
        .await;
    assert_eq!(paid, "invoices_immutable");
    assert_eq!(
        books.ask("SELECT string_agg(details ->> 'changed', ' ') FROM activity_logs WHERE action = 'invoice.update' AND details -> 'after' ->> 'status' = 'cancelled'").await,
        r#"["status"]"#
    );
}

#[tokio::test]
async fn what_does_not_add_up_is_no_invoice_and_what_was_told_is_not_undone() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "0").await;
    books.server("2030-01-20 00:00", 11, 1, 900).await;
    books.close("2030-02-01 01:00", "2030-01").await;
    for (amount, carry_in, carry_out) in [
        ("2.89", "0", "0"),
        ("2.88", "0.0050", "0.0050"),
        ("2.87", "0", "0.0100"),
        ("2.88", "0", "NULL"),
    ] {
        let sql = format!(
            "INSERT INTO invoices (id, organization_id, amount, line_items, carry_in, carry_out) VALUES (NULL, 1, {amount}, '[{{\"amount\": \"2.88\"}}]', {carry_in}, {carry_out})"
        );
        assert_eq!(books.rule("2030-02-02 00:00", &sql).await, "invoices_add_up", "{sql}");
    }
    assert_eq!(
        books
            .rule("2030-02-02 00:00", "SELECT cs_billing.undo_assignment('vps', 11)")
            .await,
        "assign_already_invoiced"
    );
}

#[tokio::test]
async fn invoices_become_files() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "2").await;
    books.customer("2030-01-01 00:00", 2, "90").await;
    books.server("2030-01-01 00:30", 11, 1, 901).await;
    books.server("2030-01-12 10:00", 21, 2, 900).await;
    books.close("2030-02-01 01:00", "2030-01").await;
    books.at("2030-02-01 01:00", "INSERT INTO invoices (id, organization_id, invoice_number, amount, line_items) VALUES (NULL, 2, 'INV-2025-001', 50, '{\"items\": [{\"description\": \"VPS\", \"amount\": 50}]}')").await;
    let folder = tempfile::tempdir().unwrap();
    let all = ListRequest::first(1);
    let mut names = Vec::new();
    for format in [
        DocumentFormat::Pdf,
        DocumentFormat::Xlsx,
        DocumentFormat::Csv,
        DocumentFormat::Csv,
    ] {
        let saved = invoices::save(&books.session, format, &all, folder.path())
            .await
            .unwrap();
        assert_eq!((saved.invoices, saved.left_out), (2, 1), "{format:?}");
        names.push(saved.path.file_name().unwrap().to_str().unwrap().to_owned());
        let bytes = std::fs::read(&saved.path).unwrap();
        match format {
            DocumentFormat::Pdf => assert!(bytes.starts_with(b"%PDF-")),
            DocumentFormat::Xlsx => assert!(bytes.starts_with(b"PK")),
            DocumentFormat::Csv => {
                let text = String::from_utf8(bytes).unwrap();
                assert!(
                    text.contains("server-11,Capped,744,0.0213,5.00,true,5.0000,USD,pending"),
                    "{text}"
                );
                assert!(
                    text.contains("server-21,Plain · from 12 Jan 10:00,470,0.0100,,false,4.7000,USD,paid"),
                    "{text}"
                );
            }
        }
    }
    assert_eq!(
        names,
        [
            "invoices.pdf",
            "invoices.xlsx",
            "invoice-lines.csv",
            "invoice-lines (2).csv"
        ]
    );

    let ours = invoices::find(&books.session, "INV-2030-000001").await.unwrap();
    let (number, bytes) = invoices::pdf(&books.session, ours).await.unwrap();
    assert_eq!(
        (number.to_string().as_str(), &bytes[..5]),
        ("INV-2030-000001", b"%PDF-".as_slice())
    );
    let foreign = invoices::find(&books.session, "inv-2025-001").await.unwrap();
    assert!(matches!(
        invoices::pdf(&books.session, foreign).await,
        Err(AppError::NoDocument(_))
    ));
    let detail = invoices::detail(&books.session, foreign).await.unwrap();
    assert_eq!(
        (
            detail.lines.len(),
            detail.usage.unwrap().to_string().as_str(),
            detail.carry_in
        ),
        (1, "50", None)
    );
    let none = ListRequest {
        search: Some("nobody".to_owned()),
        ..all
    };
    assert!(matches!(
        invoices::save(&books.session, DocumentFormat::Pdf, &none, folder.path()).await,
        Err(AppError::NoDocument(_))
    ));
}
