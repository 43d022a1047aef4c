//! Sums and debts that are out of all proportion.

use cs_tests::workspace_db::{WorkspaceDb, ask, run};
use sqlx::PgConnection;

/// Two organizations, with a server each since nine years ago, and what they pay an hour.
async fn nine_years(rates: [&str; 2], deposit: &str) -> (WorkspaceDb, PgConnection) {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    run(
        &mut owner,
        &format!(
            "BEGIN; SET LOCAL cs.at = '2030-01-01';
             INSERT INTO organizations (id, name) VALUES (900, 'Usual'), (901, 'Other');
             INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, 900, 'USD'), (NULL, 901, 'USD');
             INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
               SELECT NULL, o, {deposit}, 'deposit', 'completed', 'k' || o FROM unnest(ARRAY[900, 901]) AS o;
             INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Usual', 'linode', {}), (901, 'Other', 'linode', {});
             INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'one', 900, 900), (901, 'other', 901, 901);
             COMMIT",
            rates[0], rates[1]
        ),
    )
    .await;
    (db, owner)
}

const NINE_YEARS_LATER: &str = "2039-01-01";

async fn bill(owner: &mut PgConnection) -> String {
    run(
        owner,
        &format!(
            "BEGIN; SET LOCAL cs.at = '{NINE_YEARS_LATER}';
             SELECT cs_billing.open_run(NULL); SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), '{{900,901}}');
             SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT"
        ),
    )
    .await;
    ask(
        owner,
        "SELECT concat_ws(' ', status, organizations, hours, charged, skipped) FROM billing_runs ORDER BY id DESC LIMIT 1",
    )
    .await
}

#[tokio::test]
async fn usage_that_no_column_holds_is_left_out_and_the_rest_is_charged() {
    let (_db, mut owner) = nine_years(["0.0100", "999999.9999"], "5000").await;
    let previewed = format!(
        "SELECT concat_ws(' ', reason, hours, amount) FROM cs_billing.preview_batch('{NINE_YEARS_LATER}', '{{901}}')"
    );
    assert_eq!(ask(&mut owner, &previewed).await, "usage_too_large 0 0.00");
    assert_eq!(
        bill(&mut owner).await,
        r#"partial 1 78888 788.88 [{"reason": "usage_too_large", "organization_id": 901}]"#
    );
    assert_eq!(
        ask(&mut owner, "SELECT concat_ws(' ', balance, (SELECT coalesce(last_billed_at, created_at) = created_at FROM vps_instances WHERE id = 901)) FROM wallets WHERE organization_id = 901").await,
        "5000.00 t"
    );
    // The rate is mended: nothing was lost.
    run(
        &mut owner,
        "UPDATE plan_prices SET hourly_rate = 0.02 WHERE plan_kind = 'vps' AND plan_id = 901",
    )
    .await;
    assert_eq!(bill(&mut owner).await, "completed 1 78888 1577.76 []");
}

#[tokio::test]
async fn of_nine_years_of_debt_the_oldest_hours_are_charged_as_far_as_the_money_goes() {
    let (_db, mut owner) = nine_years(["0.0100", "0.0033"], "5.00").await;
    // 5.00 / 0.01; and 1,518 hours at 0.0033 are 5.0094, of which 5.00 is charged.
    assert_eq!(bill(&mut owner).await, "completed 2 2018 10.00 []");
    let reached = "SELECT string_agg(concat_ws(' ', v.id, cs_billing.hours(v.created_at, v.last_billed_at), m.carry, m.arrears), '; ' ORDER BY v.id)
        FROM vps_instances v JOIN organization_meters m USING (organization_id) WHERE v.id >= 900";
    assert_eq!(
        ask(&mut owner, reached).await,
        "900 500 0.0000 783.8800; 901 1518 0.0094 255.3210"
    );
    // Nothing more is taken of an empty wallet.
    assert_eq!(bill(&mut owner).await, "completed 0 0 0.00 []");
    run(
        &mut owner,
        &format!(
            "BEGIN; SET LOCAL cs.at = '{NINE_YEARS_LATER}';
             INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
               SELECT NULL, o, 1000, 'deposit', 'completed', 'l' || o FROM unnest(ARRAY[900, 901]) AS o; COMMIT"
        ),
    )
    .await;
    assert_eq!(bill(&mut owner).await, "completed 2 155758 1039.21 []");
}

/// Hours are counted in doubles: they are those that exact numbers give, a microsecond before and after each.
#[tokio::test]
async fn hours_are_counted_to_the_microsecond_within_a_hundred_years() {
    let db = WorkspaceDb::new().await;
    let wrong = "SELECT count(*) FROM (
          SELECT timestamp '1990-03-25 00:59:59.999999' + n * interval '1 day 01:02:03.000007' AS start, (n * 7919 % 870000) * interval '1 hour' + u * interval '1 microsecond' AS span
          FROM generate_series(0, 20000) n CROSS JOIN generate_series(-1, 1) u) x
        WHERE cs_billing.hours(x.start, x.start + x.span) <> ceil(extract(epoch FROM x.span) / 3600)";
    assert_eq!(ask(&mut db.owner().await, wrong).await, "0");
}
