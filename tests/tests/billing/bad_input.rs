//! Bad input: each has its own refusal, or waits, and nothing is half done.

use std::ops::ControlFlow;

use cs_tests::{
    csctl::{Said, csctl},
    desk::Workspace,
    workspace_db::{ask, attempt, run, sqlstate},
};

use super::{
    books::{Books, time},
    worlds::owner_of,
};

/// The rows of all tables of the business.
const ROWS: &str = "SELECT md5(string_agg(x, E'\\n' ORDER BY x)) FROM (
    SELECT relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('SELECT md5(string_agg(t::text, '','' ORDER BY t::text)) AS n FROM %s t', c.oid::regclass), false, true, '')))[1]::text
    FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND relname NOT IN ('log_chain', 'live_outbox')) AS s(x)";

#[tokio::test]
async fn csctl_refuses_each_in_its_own_words_and_changes_nothing() {
    let workspace = Workspace::fresh().await;
    let mut owner = owner_of(&workspace).await;
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2026-01-31 00:00';
         INSERT INTO organizations (id, name) VALUES (900, 'Alder'), (901, 'Walletless');
         INSERT INTO wallets (id, organization_id) VALUES (NULL, 900);
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 900, 50, 'deposit', 'completed', 'k');
         INSERT INTO vps_plans (id, name, provider, hourly_rate, is_active) VALUES (900, 'Plain', 'linode', 0.0101, TRUE), (901, 'Old', 'linode', 0.0101, FALSE), (902, 'Unpriced', 'linode', NULL, TRUE);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'alder-1', 900, 900), (901, 'nobodys', NULL, NULL);
         COMMIT",
    )
    .await;
    let agent = workspace.agent().await;
    let say = |line: &str| {
        let mut arguments: Vec<&str> = line.split_whitespace().collect();
        arguments.push("--json");
        Said::of(&csctl(&agent, &arguments))
    };
    let deposit = "deposit --organization Alder --key bank-1 --amount 10.00";
    for done in [
        deposit,
        "billing run --at 2026-02-10T00:00:00Z",
        "invoices close --period 2026-01",
        // Once more it is the one that it was.
        deposit,
    ] {
        let said = say(done);
        assert_eq!(said.code, 0, "{done}: {said:?}");
    }
    run(&mut owner, "UPDATE cs_meta.workspace SET is_test = false").await;
    let before = ask(&mut owner, ROWS).await;
    for (line, exit, code) in [
        (
            "deposit --organization Alder --key bank-1 --amount 11.00",
            1,
            "duplicate_key",
        ),
        ("deposit --organization Alder --key b-2 --amount NaN", 2, "invalid"),
        (
            "deposit --organization Alder --key b-3 --amount 99999999.99",
            1,
            "amount_out_of_range",
        ),
        (
            "deposit --organization Alder --key b-4 --amount 100000000",
            2,
            "invalid",
        ),
        ("deposit --organization Alder --key b-5 --amount=-1", 2, "invalid"),
        (
            "deposit --organization Walletless --key b-6 --amount 1",
            1,
            "wallet_missing",
        ),
        ("billing run --at 2026-02-09T23:59:59Z", 1, "billing_run_before_last"),
        ("billing run --at 9998-01-01T00:00:00Z", 1, "billing_run_ahead_of_clock"),
        ("invoices close --period 9998-01", 1, "period_not_over"),
        ("invoices close --period 2025-12", 1, "period_later_closed"),
        (
            "assign --server nobodys --organization Alder --plan Old",
            1,
            "plan_inactive",
        ),
        (
            "assign --server nobodys --organization Alder --plan Unpriced",
            1,
            "plan_without_rate",
        ),
        (
            "assign --server nobodys --organization Alder --plan Nothing",
            1,
            "not_found",
        ),
        (
            "assign --server nobodys --organization Nobody --plan Plain",
            1,
            "not_found",
        ),
    ] {
        let said = say(line);
        let answer = said.json();
        assert_eq!(
            (said.code, &answer["error"]["code"]),
            (exit, &code.into()),
            "{line}: {said:?}"
        );
        let sentence = answer["error"]["message"].as_str().unwrap();
        assert!(sentence.len() > 20 && sentence.contains('.'), "{said:?}");
        assert_eq!(ask(&mut owner, ROWS).await, before, "{line}");
    }
}

#[tokio::test]
async fn no_plan_takes_a_rate_that_is_none() {
    let mut books = Books::new().await;
    let prices = "SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM plan_prices p";
    let before = books.ask(prices).await;
    for (set, state, rule) in [
        ("hourly_rate = -0.0001", "23514", "plan_prices_hourly_rate_check"),
        ("hourly_rate = 1000000", "22003", "-"),
        ("hourly_rate = 'Infinity'", "22003", "-"),
        (
            "hourly_rate = NULL, base_cost = -1",
            "23514",
            "plan_prices_base_cost_check",
        ),
        ("monthly_rate = -1", "23514", "plan_prices_monthly_rate_check"),
        ("monthly_rate = 100000000", "22003", "-"),
        ("markup_percentage = 1000", "22003", "-"),
    ] {
        for plan in ["vps_plans", "container_plans"] {
            let sql = format!(
                "BEGIN; INSERT INTO container_plans (id, name) VALUES (900, 'Small'); UPDATE {plan} SET {set} WHERE id = 900; COMMIT"
            );
            let error = attempt(&mut books.admin, &sql).await.unwrap_err();
            attempt(&mut books.admin, "ROLLBACK").await.unwrap();
            let named = error
                .as_database_error()
                .and_then(|error| error.constraint())
                .unwrap_or("-");
            assert_eq!((sqlstate(&error).as_str(), named), (state, rule), "{plan}: {set}");
        }
        assert_eq!(books.ask(prices).await, before, "{set}");
    }
}

async fn bill(books: &Books, at: &str) -> (String, String, String) {
    let session = books.session.at(time(at));
    let report = app::billing::run(&session, Some(time(at)), |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    let waiting: Vec<String> = report
        .parked
        .iter()
        .map(|parked| format!("{} {}", parked.resource_id, parked.reason))
        .collect();
    (report.run.status, report.run.charged.to_string(), waiting.join(", "))
}

fn told(status: &str, charged: &str, waiting: &str) -> (String, String, String) {
    (status.to_owned(), charged.to_owned(), waiting.to_owned())
}

#[tokio::test]
async fn what_is_no_number_is_no_price_and_waits_for_one() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "50").await;
    books
        .at(
            "2030-01-01 00:00",
            "INSERT INTO vps_plans (id, name, provider, hourly_rate, base_cost, markup_percentage, monthly_rate) VALUES
               (910, 'No rate', 'linode', 'NaN', NULL, NULL, NULL), (911, 'No cost', 'linode', NULL, 'NaN', 10, NULL),
               (912, 'No markup', 'linode', NULL, 0.02, 'NaN', NULL), (913, 'No cap', 'linode', 0.02, NULL, NULL, 'NaN'),
               (914, 'Gives', 'linode', NULL, 0.02, -150, NULL), (915, 'For nothing', 'linode', NULL, 0.02, -100, NULL)",
        )
        .await;
    for plan in 910..=915 {
        books.server("2030-01-01 00:00", plan, 1, plan).await;
    }
    books.server("2030-01-01 00:00", 920, 1, 900).await;
    assert_eq!(
        bill(&books, "2030-01-01 10:00").await,
        told(
            "partial",
            "0.10",
            "910 no_rate, 911 no_rate, 912 no_rate, 913 no_rate, 914 no_rate"
        )
    );
    // With a price all their hours are charged, from the first on.
    books
        .at(
            "2030-01-01 10:00",
            "UPDATE vps_plans SET hourly_rate = 0.01, monthly_rate = NULL WHERE id BETWEEN 910 AND 914",
        )
        .await;
    assert_eq!(bill(&books, "2030-01-01 11:00").await, told("completed", "0.56", ""));
}

#[tokio::test]
async fn a_price_that_nobody_can_pay_stays_due_and_the_others_are_charged() {
    let mut books = Books::new().await;
    books
        .at(
            "2030-01-01 00:00",
            "INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES (910, 'Absurd', 'linode', 999999.9999, NULL), (911, 'Capped', 'linode', 999999.9999, 99999999.99)",
        )
        .await;
    for id in 1..=4 {
        books.customer("2030-01-01 00:00", id, "50").await;
    }
    for (id, plan) in [(1, 910), (2, 900), (3, 911), (4, 900)] {
        books.server("2030-01-01 00:00", 10 + id, id, plan).await;
    }
    // Another has all that a wallet can hold, and it is taken to the last hour that it covers.
    books.deposit("2030-01-01 00:00", 3, "99999949.99").await;
    assert_eq!(
        bill(&books, "2030-01-31 00:00").await,
        told("completed", "100000014.39", "")
    );
    assert_eq!(
        books
            .ask("SELECT string_agg(concat_ws(' ', organization_id, carry, arrears, balance), ', ' ORDER BY organization_id) FROM organization_meters JOIN wallets USING (organization_id)")
            .await,
        "1 0.0000 719999999.9280 50.00, 2 0.0000 0.0000 42.80, 3 0.0000 0.0000 0.00, 4 0.0000 0.0000 42.80"
    );
}
