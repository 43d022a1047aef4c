//! Where billing stands.

use std::ops::ControlFlow;

use app::billing;
use cs_tests::workspace_db::run;

use super::books::Books;

#[tokio::test]
async fn where_billing_stands_is_said_in_the_panels_currency() {
    let mut books = Books::new().await;
    let hours_ago = |hours: u32| format!("timezone('UTC', now()) - interval '{hours} hours'");
    let overview = async |books: &Books| billing::overview(&books.session).await.unwrap();
    assert!(!overview(&books).await.overdue, "there is nothing to charge");
    for id in 1..=2 {
        books.customer("2030-01-01 00:00", id, "0").await;
    }
    // A server that was found three hours ago, and never charged.
    let found = format!(
        "INSERT INTO vps_plans (id, name, provider, base_cost, markup_percentage) VALUES (910, 'Follows', 'linode', 0.0150, 100);
         INSERT INTO vps_instances (id, label, plan_id, organization_id, created_at) VALUES (11, 'late', 910, 1, {})",
        hours_ago(3)
    );
    run(&mut books.admin, &found).await;
    let seen = overview(&books).await;
    assert!(
        seen.overdue && seen.last_run.is_none(),
        "nobody has ever charged: {seen:?}"
    );
    run(
        &mut books.admin,
        "UPDATE workspace_settings SET billing_schedule = 'daily'",
    )
    .await;
    assert!(!overview(&books).await.overdue, "the day is not over");
    run(
        &mut books.admin,
        "UPDATE workspace_settings SET billing_schedule = 'hourly'",
    )
    .await;
    billing::run(&books.session, None, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    let seen = overview(&books).await;
    assert_eq!(
        (seen.overdue, seen.arrears.to_string(), seen.behind),
        (false, "0.09".to_owned(), 1),
        "{seen:?}"
    );

    // What waits is worth what its plan's cost and markup make.
    let gone = format!(
        "INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from) VALUES ('vps', 11, 1, 'gone', {})",
        hours_ago(2)
    );
    run(&mut books.admin, &gone).await;
    let parked = billing::parked(&books.session).await.unwrap();
    let [row] = parked.as_slice() else { panic!("{parked:?}") };
    assert_eq!(
        (
            row.hours,
            row.hourly_rate.unwrap().to_string(),
            row.worth.unwrap().to_string()
        ),
        (2, "0.0300".to_owned(), "0.06".to_owned())
    );

    // Francs are not dollars.
    run(
        &mut books.admin,
        "UPDATE wallets SET currency = 'CHF' WHERE organization_id = 1",
    )
    .await;
    let seen = overview(&books).await;
    assert_eq!(
        (seen.arrears.to_string(), seen.behind),
        ("0.00".to_owned(), 0),
        "{seen:?}"
    );
}
