//! Small cases that were wrong once: who may look ahead, starts and prices at the edges, queues, absurd prices.

use std::ops::ControlFlow;

use app::{
    books::{self, Scope},
    domain::money::Rate,
};
use cs_tests::{
    csctl::{csctl, json},
    desk::Workspace,
    workspace_db::ask,
};
use store::StoreError;

use super::books::{Books, time};

/// What a full proof finds.
async fn breaches(books: &Books) -> String {
    let proof = books::prove(&books.session, Scope::Full, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap()
        .unwrap();
    let breaches: Vec<String> = proof.breaches.iter().map(|breach| format!("{breach:?}")).collect();
    breaches.join("\n")
}

/// The agent's login may run billing, and so see what it would do.
#[tokio::test]
async fn the_agent_previews_what_it_may_charge() {
    let workspace = Workspace::fresh().await;
    let agent = workspace.agent().await;
    let at = "2030-01-01T00:00:00Z";
    json(&csctl(&agent, &["billing", "preview", "--at", at, "--json"]), 0);
    json(
        &csctl(&agent, &["billing", "run", "--at", at, "--dry-run", "--json"]),
        0,
    );
}

/// A connection that the server ends is lost, and the command can be given again.
#[tokio::test]
async fn a_connection_that_the_server_ends_is_told_as_lost() {
    let workspace = Workspace::fresh().await;
    let mut connection = workspace.admin().connect("tests").await.unwrap();
    let ended = sqlx::query("SELECT pg_terminate_backend(pg_backend_pid())")
        .execute(&mut connection)
        .await;
    let told = StoreError::from(ended.unwrap_err());
    assert!(matches!(told, StoreError::ConnectionLost(_)), "{told:?}");
}

/// A resource that was with two organizations waits for the first one's price, also when the other one alone is charged.
#[tokio::test]
async fn hours_that_wait_stay_in_the_queue_whoever_has_the_resource_now() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "50").await;
    books.customer("2030-01-01 00:00", 2, "50").await;
    books
        .at(
            "2030-01-01 00:00",
            "INSERT INTO vps_plans (id, name, provider) VALUES (905, 'Unpriced', 'linode')",
        )
        .await;
    books.server("2030-01-01 00:00", 11, 1, 905).await;
    books
        .at(
            "2030-01-01 10:00",
            "UPDATE vps_instances SET organization_id = 2, plan_id = 900 WHERE id = 11",
        )
        .await;
    let newest = "(SELECT max(id) FROM billing_runs)";
    books
        .at(
            "2030-01-01 20:00",
            &format!(
                "SELECT cs_billing.open_run(NULL); SELECT cs_billing.charge_batch({newest}, '{{1}}');
                 SELECT cs_billing.charge_batch({newest}, '{{2}}'); SELECT cs_billing.finish_run({newest}, 'completed')"
            ),
        )
        .await;
    let waiting =
        "SELECT string_agg(concat_ws(' ', resource_id, reason), ', ') FROM parked_resources WHERE resolved_at IS NULL";
    assert_eq!(books.ask(waiting).await, "11 no_rate");
}

/// A resource that was taken back can be given from the very instant up to which it had been charged. That start is
/// none that was left as it was.
#[tokio::test]
async fn an_assignment_begins_when_it_was_said_also_at_the_end_of_the_last_charge() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "50").await;
    books.customer("2030-01-01 00:00", 2, "50").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    books.bill("2030-01-01 10:00").await;
    books
        .at(
            "2030-01-01 10:00",
            "UPDATE vps_instances SET organization_id = NULL, plan_id = NULL WHERE id = 11",
        )
        .await;
    books
        .at(
            "2030-01-01 20:00",
            "UPDATE vps_instances SET organization_id = 2, plan_id = 900, last_billed_at = '2030-01-01 10:00' WHERE id = 11",
        )
        .await;
    let start = "SELECT unit_start FROM resource_terms WHERE organization_id = 2";
    assert_eq!(books.ask(start).await, "2030-01-01 10:00:00");
}

/// A clock that was put back by more than an hour dates no new price, and no new plan, before hours that have been charged.
#[tokio::test]
async fn a_price_of_a_clock_that_was_put_back_leaves_what_was_charged() {
    for change in [
        "UPDATE vps_plans SET hourly_rate = 0.5 WHERE id = 900",
        "UPDATE vps_instances SET plan_id = 901 WHERE id = 11",
    ] {
        let mut books = Books::new().await;
        books.customer("2030-01-01 00:00", 1, "50").await;
        books.server("2030-01-01 00:00", 11, 1, 900).await;
        books.bill("2030-01-01 10:00").await;
        books.at("2030-01-01 05:00", change).await;
        assert_eq!(breaches(&books).await, "", "{change}");
    }
}

/// Two customers, one of them on a price that somebody has mistyped.
async fn with_an_absurd_price() -> Books {
    let mut books = Books::new().await;
    books
        .at(
            "2030-01-01 00:00",
            "INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (905, 'Absurd', 'linode', 999999.9999)",
        )
        .await;
    for (id, plan) in [(1, 900), (2, 905)] {
        books.customer("2030-01-01 00:00", id, "50000").await;
        books.server("2030-01-01 00:00", 10 + id, id, plan).await;
    }
    books
}

/// Usage that no column holds (such a price, and more than a year) is left out.
#[tokio::test]
async fn an_absurd_price_does_not_stop_the_run_for_others() {
    let books = with_an_absurd_price().await;
    let until = time("2032-01-02 00:00");
    let done = app::billing::run(&books.session.at(until), Some(until), |_, _| ControlFlow::Continue(())).await;
    let report = done.unwrap();
    let left_out: Vec<_> = report
        .skipped
        .iter()
        .map(|skipped| (skipped.organization_id, skipped.reason.as_str()))
        .collect();
    assert_eq!(
        (left_out.as_slice(), report.run.organizations),
        ([(2, "usage_too_large")].as_slice(), 1)
    );
}

/// Usage of a month beyond what an invoice's amount holds (99,999,999.99) is left out.
#[tokio::test]
async fn an_absurd_price_does_not_stop_the_close_for_others() {
    let mut books = with_an_absurd_price().await;
    books.bill("2030-02-02 00:00").await;
    let closed = books.try_close("2030-02-02 00:00", "2030-01").await;
    assert!(closed.is_ok(), "{closed:?}");
    let issued = "SELECT string_agg(DISTINCT o.name, ', ') FROM invoices i JOIN organizations o ON o.id = i.organization_id WHERE i.billing_period_start = '2030-01-01'";
    let names = "SELECT name FROM organizations WHERE id = 1";
    assert_eq!(books.ask(issued).await, books.ask(names).await);
}

/// A markup just below −100 % gives no price, as the domain has it, though it rounds to a price of nothing.
#[tokio::test]
async fn a_markup_below_all_of_the_cost_gives_no_price() {
    let mut books = Books::new().await;
    books
        .at(
            "2030-01-01 00:00",
            "INSERT INTO vps_plans (id, name, provider, base_cost, markup_percentage) VALUES (905, 'Gives', 'linode', 0.02, -100.01)",
        )
        .await;
    let price = Rate::from_cost("0.02".parse().unwrap(), "-100.01".parse().unwrap());
    let rate = "SELECT rate FROM cs_billing.rates() WHERE plan_id = 905";
    let expected = price.map_or_else(|_| "∅".to_owned(), |rate| rate.to_string());
    assert_eq!(ask(&mut books.admin, rate).await, expected);
}
