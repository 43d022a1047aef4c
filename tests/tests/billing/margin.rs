//! Margin against a business whose every figure is reckoned by hand.

use app::{
    domain::margin::Grouping,
    margin,
    views::{ListRequest, MarginRow},
};

use cs_tests::workspace_db::run;

use super::books::{Books, month};

/// Rows as `label: revenue - cost = margin (percent)`, the best first.
async fn rows(books: &Books, period: &str, by: Grouping) -> Vec<String> {
    let mut request = ListRequest::first(2);
    let mut found: Vec<MarginRow> = Vec::new();
    loop {
        let page = margin::list(&books.session, month(period), by, &request).await.unwrap();
        found.extend(page.rows);
        match page.next {
            Some(after) => request.after = Some(after),
            None => break,
        }
    }
    found
        .iter()
        .map(|row| {
            let percent = row
                .percent
                .map_or_else(|| "-".to_owned(), |percent| percent.to_string());
            format!(
                "{}: {} - {} = {} ({percent})",
                row.label, row.revenue, row.cost, row.margin
            )
        })
        .collect()
}

async fn total(books: &Books, period: &str, by: Grouping) -> String {
    let total = margin::total(&books.session, month(period), by).await.unwrap();
    format!(
        "{} - {} = {} {}",
        total.revenue, total.cost, total.margin, total.uncosted
    )
}

/// 910 costs 0.0050 an hour and at most 3.00 a month, and brings 0.0100 and at most 5.00; 911 costs 0.0200 and brings 0.0333;
/// of 912 no cost is known.
async fn business() -> Books {
    let mut books = Books::new().await;
    books
        .at(
            "2029-12-01 00:00",
            "INSERT INTO vps_plans (id, name, provider, base_cost, hourly_rate, monthly_rate, provider_monthly) VALUES
               (910, 'Capped both', 'linode', 0.0050, 0.0100, 5.00, 3.00), (911, 'Plain', 'linode', 0.0200, 0.0333, NULL, NULL),
               (912, 'Unknown cost', 'linode', NULL, 0.0100, NULL, NULL)",
        )
        .await;
    books.customer("2030-05-01 00:00", 10, "100.00").await;
    books.customer("2030-05-01 00:00", 11, "100.00").await;
    // A whole month: 744 hours bring 7.44, so 5.00, and cost 3.72, so 3.00.
    books.server("2030-05-01 00:00", 1, 10, 910).await;
    // Ten hours: 0.3330 less 0.2000.
    books.server("2030-05-31 14:00", 2, 10, 911).await;
    // A hundred hours: 1.0000, and nobody knows what they cost.
    books.server("2030-05-27 20:00", 3, 11, 912).await;
    books
}

#[tokio::test(flavor = "multi_thread")]
async fn every_grouping_comes_to_what_was_reckoned_by_hand() {
    let mut books = business().await;
    books.bill("2030-06-01 00:00").await;
    assert_eq!(
        rows(&books, "2030-05", Grouping::Server).await,
        [
            "server-1: 5.0000 - 3.0000 = 2.0000 (40.0)",
            "server-3: 1.0000 - 0.0000 = 1.0000 (100.0)",
            "server-2: 0.3330 - 0.2000 = 0.1330 (39.9)",
            // 5.3330 are charged as 5.33; the rest is carried into June.
            "Refunds, carried cents and other charges: -0.0030 - 0.0000 = -0.0030 (-)",
        ]
    );
    assert_eq!(
        rows(&books, "2030-05", Grouping::Plan).await,
        [
            "Capped both: 5.0000 - 3.0000 = 2.0000 (40.0)",
            "Unknown cost: 1.0000 - 0.0000 = 1.0000 (100.0)",
            "Plain: 0.3330 - 0.2000 = 0.1330 (39.9)",
            "Refunds, carried cents and other charges: -0.0030 - 0.0000 = -0.0030 (-)",
        ]
    );
    assert_eq!(
        rows(&books, "2030-05", Grouping::Organization).await,
        [
            "Customer 10: 5.3300 - 3.2000 = 2.1300 (40.0)",
            "Customer 11: 1.0000 - 0.0000 = 1.0000 (100.0)",
        ]
    );
    for by in Grouping::ALL {
        assert_eq!(
            total(&books, "2030-05", *by).await,
            "6.3300 - 3.2000 = 3.1300 1",
            "{by}"
        );
    }
    // The same as the dashboard's own figures.
    let dashboard = "SELECT concat((SELECT sum(charged - refunded) FROM revenue_hours WHERE hour >= '2030-05-01' AND hour < '2030-06-01'), ' ',
        (SELECT round(amount, 4) FROM cs_billing.provider_cost('2030-05-01', interval '1 month', '2030-05-01', '2030-06-01')))";
    assert_eq!(books.ask(dashboard).await, "6.33 3.2000");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_counts_as_far_as_it_is_charged_and_refunds_count_when_they_are_made() {
    let mut books = business().await;
    books.bill("2030-06-01 00:00").await;
    // Ten hours of June: 0.1000 and 0.0500, 0.3330 and 0.2000, 0.1000.
    books.bill("2030-06-01 10:00").await;
    assert_eq!(
        rows(&books, "2030-06", Grouping::Server).await,
        [
            "server-2: 0.3330 - 0.2000 = 0.1330 (39.9)",
            "server-3: 0.1000 - 0.0000 = 0.1000 (100.0)",
            "server-1: 0.1000 - 0.0500 = 0.0500 (50.0)",
            // 0.4330 and 0.0030 carried are charged as 0.43.
            "Refunds, carried cents and other charges: -0.0030 - 0.0000 = -0.0030 (-)",
        ]
    );
    let charge = books
        .ask("SELECT id FROM transactions WHERE type = 'charge' AND organization_id = 10 ORDER BY id LIMIT 1")
        .await;
    books
        .at(
            "2030-06-01 11:00",
            &format!(
                "INSERT INTO transactions (id, organization_id, amount, type, status, reason, refund_of, idempotency_key)
                 VALUES (NULL, 10, 1.00, 'refund', 'completed', 'goodwill', {charge}, 'back')"
            ),
        )
        .await;
    assert_eq!(
        total(&books, "2030-05", Grouping::Server).await,
        "6.3300 - 3.2000 = 3.1300 1",
        "May stays"
    );
    for by in Grouping::ALL {
        assert_eq!(
            total(&books, "2030-06", *by).await,
            "-0.4700 - 0.2500 = -0.7200 1",
            "{by}"
        );
    }
    assert_eq!(
        rows(&books, "2030-06", Grouping::Organization).await,
        [
            "Customer 11: 0.1000 - 0.0000 = 0.1000 (100.0)",
            "Customer 10: -0.5700 - 0.2500 = -0.8200 (-)",
        ]
    );
    let months = "SELECT string_agg(concat_ws(' ', to_char(month, 'YYYY-MM'), revenue, round(cost, 4)), ', ' ORDER BY month DESC) FROM cs_billing.margin_months(2)";
    run(&mut books.admin, "BEGIN; SET LOCAL cs.at = '2030-06-02'").await;
    assert_eq!(books.ask(months).await, "2030-06 -0.47 0.2500, 2030-05 6.33 3.2000");
    run(&mut books.admin, "ROLLBACK").await;
}
