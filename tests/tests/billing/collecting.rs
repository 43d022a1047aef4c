//! What a deposit collects: what is due, oldest hours first, as a run of its own.

use std::ops::ControlFlow;

use app::{
    domain::{
        ids::OrganizationId,
        money::{Money, PositiveMoney},
        transaction::{IdempotencyKey, NewDeposit},
    },
    transactions::{self, Collected, Deposited},
    views::ListRequest,
};

use super::books::{Books, time};

fn of(organization: i32, amount: &str, key: &str) -> NewDeposit {
    NewDeposit::new(
        OrganizationId::new(organization),
        PositiveMoney::parse(amount).unwrap(),
        IdempotencyKey::parse(key).unwrap(),
    )
}

async fn deposit(books: &Books, at: &str, organization: i32, amount: &str, key: &str) -> Deposited {
    transactions::deposit(&books.session.at(time(at)), &of(organization, amount, key))
        .await
        .unwrap()
}

/// What was collected, what is still due, and the balance.
fn told(done: &Deposited) -> (String, String, String) {
    let due = done.collected.still_due().unwrap_or(Money::ZERO);
    (
        done.collected.amount().to_string(),
        due.to_string(),
        done.balance.to_string(),
    )
}

fn words(collected: &str, due: &str, balance: &str) -> (String, String, String) {
    (collected.to_owned(), due.to_owned(), balance.to_owned())
}

/// The charges of an organization in their order: run's state, when the row was made, hours, amount.
async fn charges(books: &mut Books, organization: i32) -> String {
    books
        .ask(&format!(
            "SELECT string_agg(concat_ws(' ', r.status, to_char(t.created_at, 'MM-DD HH24:MI'), c.hours, c.amount), E'\\n' ORDER BY c.id)
             FROM billing_charges c JOIN billing_runs r ON r.id = c.run_id LEFT JOIN transactions t ON t.id = c.transaction_id
             WHERE c.organization_id = {organization}"
        ))
        .await
}

/// Nothing is charged twice, the chain has no gap, and the wallet is its transactions.
async fn sound(books: &mut Books) {
    for broken in [
        "SELECT count(*) FROM wallets w LEFT JOIN (SELECT organization_id, sum(amount) AS moved FROM transactions
           WHERE coalesce(status, 'completed') = 'completed' GROUP BY 1) t USING (organization_id) WHERE w.balance <> coalesce(t.moved, 0)",
        "SELECT count(*) FROM billing_charges c JOIN transactions t ON t.id = c.transaction_id WHERE t.amount <> -c.amount OR t.run_id <> c.run_id",
        // The months of one run are one step.
        "SELECT count(*) FROM (SELECT charged_from, run_id, lag(charged_until) OVER w AS before, lag(run_id) OVER w AS of_run FROM billing_charges
           WINDOW w AS (PARTITION BY organization_id ORDER BY id)) x WHERE of_run <> run_id AND charged_from < before",
        "SELECT count(*) FROM billing_runs WHERE status = 'open'",
        "SELECT count(*) FROM (SELECT carry_in, lag(carry_out) OVER (PARTITION BY organization_id ORDER BY id) AS before FROM billing_charges) x WHERE carry_in <> before",
    ] {
        assert_eq!(books.ask(broken).await, "0", "{broken}");
    }
}

#[tokio::test]
async fn a_deposit_collects_what_is_due_and_no_more() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "1.00").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    // 200 hours at 0.01; the wallet covers the first hundred.
    books.bill("2030-01-09 08:00").await;
    let done = deposit(&books, "2030-01-09 10:30", 1, "0.50", "d1").await;
    assert_eq!(told(&done), words("0.50", "0.50", "0.00"));
    // Sent again nothing is added, and nothing collected twice.
    let again = deposit(&books, "2030-01-09 10:40", 1, "0.50", "d1").await;
    assert!(again.repeated);
    assert_eq!(told(&again), words("0.00", "0.50", "0.00"));
    // More than is due: hours since the last run wait for the next one.
    let done = deposit(&books, "2030-01-09 11:30", 1, "5.00", "d2").await;
    assert_eq!(told(&done), words("0.50", "0.00", "4.50"));
    assert_eq!(
        charges(&mut books, 1).await,
        "completed 01-09 08:00 100 1.00\ncollected 01-09 10:30 50 0.50\ncollected 01-09 11:30 50 0.50"
    );
    books.bill("2030-01-09 12:00").await;
    assert_eq!(
        books.ask("SELECT balance FROM wallets WHERE organization_id = 1").await,
        "4.46"
    );
    sound(&mut books).await;
    // Collections are no billing runs to people: the list has them only when asked for.
    let runs = app::billing::runs(&books.session, &ListRequest::first(10))
        .await
        .unwrap();
    assert_eq!(runs.total, 2);
    let overview = app::billing::overview(&books.session).await.unwrap();
    assert_eq!(overview.last_run.unwrap().status, "completed");
}

#[tokio::test]
async fn what_another_program_pays_in_is_collected_by_the_next_run() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "0").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    books.bill("2030-01-01 10:00").await;
    books.deposit("2030-01-01 10:30", 1, "5").await;
    assert_eq!(
        books
            .ask("SELECT arrears FROM organization_meters WHERE organization_id = 1")
            .await,
        "0.1000"
    );
    books.bill("2030-01-01 11:00").await;
    assert_eq!(
        books.ask("SELECT balance FROM wallets WHERE organization_id = 1").await,
        "4.89"
    );
    sound(&mut books).await;
}

#[tokio::test]
async fn nothing_due_or_covered_leaves_no_run_behind() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "0").await;
    books.customer("2030-01-01 00:00", 2, "0").await;
    books
        .at(
            "2030-01-01 00:00",
            "UPDATE wallets SET currency = 'CHF' WHERE organization_id = 2; UPDATE vps_plans SET hourly_rate = 5 WHERE id = 900",
        )
        .await;
    assert_eq!(
        told(&deposit(&books, "2030-01-01 00:30", 1, "1.00", "d0").await),
        words("0.00", "0.00", "1.00"),
        "no run has ever been"
    );
    books.server("2030-01-01 01:00", 11, 1, 900).await;
    books.server("2030-01-01 01:00", 21, 2, 900).await;
    books.bill("2030-01-01 10:00").await;
    // Not even one hour; and nothing is charged to francs.
    assert_eq!(
        told(&deposit(&books, "2030-01-01 10:30", 1, "2.00", "d1").await),
        words("0.00", "45.00", "3.00")
    );
    assert_eq!(
        told(&deposit(&books, "2030-01-01 10:30", 2, "50.00", "d2").await).0,
        "0.00"
    );
    assert_eq!(books.ask("SELECT count(*) FROM billing_runs").await, "1");
    sound(&mut books).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_while_a_run_is_under_way_charges_no_hour_twice() {
    let mut books = Books::new().await;
    for id in 1..=3 {
        books.customer("2030-01-01 00:00", id, "0.05").await;
        books.server("2030-01-01 00:00", 10 + id, id, 900).await;
    }
    books.bill("2030-01-01 10:00").await;
    let at = time("2030-01-01 20:00");
    let session = books.session.at(at);
    // Between two steps of the run money comes: before it has looked at anybody, and after.
    let mut steps = Vec::new();
    let handle = tokio::runtime::Handle::current();
    let other = books.session.clone();
    app::billing::run(&session, Some(at), |done, total| {
        steps.push((done, total));
        let number = steps.len();
        let session = other.at(time("2030-01-01 20:05"));
        let done = std::thread::scope(|scope| {
            let paid = scope.spawn(|| {
                handle.block_on(transactions::deposit(
                    &session,
                    &of(1, "0.04", &format!("during-{number}")),
                ))
            });
            paid.join().unwrap().unwrap()
        });
        assert!(matches!(done.collected, Collected::Now(_)), "{done:?}");
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert_eq!(steps.len(), 2);
    let done = deposit(&books, "2030-01-01 20:30", 1, "1.00", "after").await;
    // 20 hours cost 0.20: 0.05 at first, 0.04 twice, the rest now.
    assert_eq!(told(&done), words("0.07", "0.00", "0.93"));
    assert_eq!(
        books
            .ask("SELECT sum(hours) FROM billing_charges WHERE organization_id = 1")
            .await,
        "20"
    );
    sound(&mut books).await;
}

#[tokio::test]
async fn what_is_collected_pays_the_invoice_that_waits() {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "2.00").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    books.close("2030-02-01 01:00", "2030-01").await;
    assert_eq!(books.invoices().await, "1 2030-000001 7.44 2.00 pending");
    deposit(&books, "2030-02-01 02:00", 1, "3.00", "d1").await;
    assert_eq!(books.invoices().await, "1 2030-000001 7.44 5.00 pending");
    deposit(&books, "2030-02-01 03:00", 1, "10.00", "d2").await;
    assert_eq!(books.invoices().await, "1 2030-000001 7.44 7.44 paid");
    sound(&mut books).await;
    // No close takes a collection for the run that charged a month's last hours.
    assert_eq!(books.refused("2030-02-20 00:00", "2030-02").await, "period_not_over");
    books
        .at(
            "2030-03-01 02:00",
            "UPDATE billing_runs SET status = 'failed' WHERE status = 'completed'",
        )
        .await;
    let finish = "SELECT cs_billing.finish_close('2030-01-01')";
    assert_eq!(books.rule("2030-03-01 02:00", finish).await, "period_not_billed");
}

#[tokio::test]
async fn only_a_collection_ends_as_one() {
    let mut books = Books::new().await;
    // Else whoever runs billing could have a run that no list shows.
    let hidden =
        "SELECT cs_billing.open_run(NULL); SELECT cs_billing.finish_run(max(id), 'collected') FROM billing_runs";
    assert_eq!(books.rule("2030-01-02 00:00", hidden).await, "billing_run_not_open");
}
