//! Who may bill, when a run may be, and what the database refuses.

use cs_tests::workspace_db::{ADMIN, FINANCE, SUPPORT, WorkspaceDb, ask, broken_rule, connect, entered, refused, run};
use store::roles::LoginKind;

const OPEN: &str = "SELECT cs_billing.open_run(NULL)";

/// A database whose clock is the clock.
async fn real() -> WorkspaceDb {
    let db = WorkspaceDb::new().await;
    run(&mut db.owner().await, "UPDATE cs_meta.workspace SET is_test = false").await;
    db
}

#[tokio::test]
async fn admins_finance_and_the_agent_bill_and_nobody_else() {
    let db = WorkspaceDb::new().await;
    for (person, may) in [(ADMIN, true), (FINANCE, true), (SUPPORT, false)] {
        let (login, session) = db.desk_of(person).await;
        let mut desk = connect(&login.url).await;
        assert_eq!(refused(&mut desk, OPEN).await, "42501", "{person} without the token");
        let sql = entered(
            &session.token,
            "SELECT cs_billing.finish_run(cs_billing.open_run(NULL), 'completed')",
        );
        if may {
            run(&mut desk, &sql).await;
        } else {
            assert_eq!(refused(&mut desk, &sql).await, "42501", "{person}");
        }
    }
    for (kind, may) in [(LoginKind::Agent, true), (LoginKind::Service, false)] {
        let mut program = connect(&db.login(kind).await.url).await;
        if may {
            run(
                &mut program,
                "SELECT cs_billing.finish_run(cs_billing.open_run(NULL), 'completed')",
            )
            .await;
        } else {
            assert_eq!(refused(&mut program, OPEN).await, "42501");
        }
    }
}

#[tokio::test]
async fn a_run_is_neither_ahead_of_the_clock_nor_before_the_last_nor_beside_another() {
    let db = real().await;
    let mut agent = connect(&db.login(LoginKind::Agent).await.url).await;
    let soon = "SELECT cs_billing.open_run(timezone('UTC', now()) + interval '1 minute')";
    assert_eq!(broken_rule(&mut agent, soon).await, "billing_run_ahead_of_clock");
    run(&mut agent, OPEN).await;
    // The first has not ended, and its connection lives.
    let mut other = connect(&db.login(LoginKind::Agent).await.url).await;
    assert_eq!(broken_rule(&mut other, OPEN).await, "billing_run_under_way");
    run(&mut agent, "SELECT cs_billing.finish_run(2, 'completed')").await;
    assert_eq!(
        broken_rule(&mut agent, "SELECT cs_billing.finish_run(2, 'completed')").await,
        "billing_run_not_open"
    );
    assert_eq!(
        broken_rule(&mut agent, "SELECT cs_billing.charge_batch(2, '{1}')").await,
        "billing_run_not_open"
    );
    assert_eq!(
        broken_rule(&mut agent, "SELECT cs_billing.open_run('2020-01-01')").await,
        "billing_run_before_last"
    );
    assert_eq!(
        ask(&mut db.admin().await, "SELECT count(*) FROM billing_runs WHERE id > 1").await,
        "1"
    );
}

#[tokio::test]
async fn a_run_whose_program_died_is_given_up_and_the_next_goes_on() {
    let db = real().await;
    let mut dying = connect(&db.login(LoginKind::Agent).await.url).await;
    run(&mut dying, OPEN).await;
    drop(dying);
    let mut next = connect(&db.login(LoginKind::Agent).await.url).await;
    // The server notices the closed line in a moment.
    let mut opened = false;
    for _ in 0..100 {
        opened = cs_tests::workspace_db::attempt(&mut next, OPEN).await.is_ok();
        if opened {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(opened, "the next run opens");
    assert_eq!(
        ask(
            &mut db.admin().await,
            "SELECT string_agg(status, ',' ORDER BY id) FROM billing_runs WHERE id > 1"
        )
        .await,
        "failed,open"
    );
}

#[tokio::test]
async fn nobody_but_billing_moves_a_meter() {
    let db = real().await;
    let (login, session) = db.desk_of(ADMIN).await;
    let mut desk = connect(&login.url).await;
    let mut owner = db.owner().await;
    let server = ask(
        &mut owner,
        "SELECT min(id) FROM vps_instances WHERE organization_id IS NOT NULL AND deleted_at IS NULL",
    )
    .await;
    for (sql, rule) in [
        (
            format!("UPDATE vps_instances SET last_billed_at = now() - interval '1 minute' WHERE id = {server}"),
            "meter_moves_by_billing",
        ),
        (
            format!(
                "UPDATE vps_instances SET organization_id = 2, last_billed_at = now() + interval '1 hour' WHERE id = {server}"
            ),
            "assign_start_in_future",
        ),
        (
            format!("UPDATE vps_instances SET organization_id = 2, last_billed_at = created_at WHERE id = {server}"),
            "assign_start_overlaps",
        ),
    ] {
        assert_eq!(
            broken_rule(&mut desk, &entered(&session.token, &sql)).await,
            rule,
            "{sql}"
        );
    }
    run(&mut owner, "UPDATE organizations SET archived_at = now() WHERE id = 2").await;
    let sql = format!("UPDATE vps_instances SET organization_id = 2 WHERE id = {server}");
    assert_eq!(
        broken_rule(&mut desk, &entered(&session.token, &sql)).await,
        "assign_archived_organization"
    );
    let back = format!("UPDATE vps_instances SET last_billed_at = created_at - interval '1 day' WHERE id = {server}");
    assert_eq!(broken_rule(&mut owner, &back).await, "meter_moves_forward");
    assert_eq!(
        ask(&mut owner, &format!("SELECT count(*) FROM resource_terms WHERE resource_kind = 'vps' AND resource_id = {server} AND ends_at IS NULL")).await,
        "1"
    );
}

#[tokio::test]
async fn what_has_no_price_waits_and_the_rest_goes_on() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01';
         INSERT INTO organizations (id, name) VALUES (900, 'Waiting'), (901, 'Francs'), (902, 'Walletless');
         INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, 900, 'USD'), (NULL, 901, 'CHF');
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES (NULL, 900, 50, 'deposit', 'completed', 'k');
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Priced', 'linode', 0.01), (901, 'Unpriced', 'linode', NULL);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES
           (900, 'ok', 900, 900), (901, 'no rate', 901, 900), (902, 'no plan', NULL, 900), (903, 'francs', 900, 901), (904, 'no wallet', 900, 902);
         COMMIT;
         BEGIN; SET LOCAL cs.at = '2030-01-01 10:00';
         SELECT cs_billing.open_run(NULL); SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), '{900,901,902}');
         SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT",
    )
    .await;
    assert_eq!(
        ask(&mut owner, "SELECT status || ' ' || charged || ' ' || parked || ' ' || skipped FROM billing_runs ORDER BY id DESC LIMIT 1").await,
        r#"partial 0.10 2 [{"reason": "foreign_currency", "organization_id": 901}, {"reason": "no_wallet", "organization_id": 902}]"#
    );
    assert_eq!(
        ask(&mut owner, "SELECT string_agg(resource_id || ' ' || reason, ', ' ORDER BY resource_id) FROM parked_resources WHERE resolved_at IS NULL AND resource_id >= 900").await,
        "901 no_rate, 902 no_plan"
    );
    // Both are priced: their hours are charged from the beginning.
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01 12:00';
         UPDATE vps_plans SET base_cost = 0.02, markup_percentage = 50 WHERE id = 901; UPDATE vps_instances SET plan_id = 900 WHERE id = 902;
         SELECT cs_billing.open_run(NULL); SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), '{900,901,902}');
         SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT",
    )
    .await;
    assert_eq!(
        ask(&mut owner, "SELECT charged FROM billing_runs ORDER BY id DESC LIMIT 1").await,
        // 2 h at 0.01, 12 h at 0.03, 12 h at 0.01.
        "0.50"
    );
    assert_eq!(
        ask(
            &mut owner,
            "SELECT count(*) FROM parked_resources WHERE resolved_at IS NULL AND resource_id >= 900"
        )
        .await,
        "0"
    );
}

#[tokio::test]
async fn hours_before_a_missing_price_are_charged_and_each_stay_waits_on_its_own() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    let bill = |at: &str| {
        format!(
            "BEGIN; SET LOCAL cs.at = '2030-01-01 {at}';
             SELECT cs_billing.open_run(NULL); SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), '{{900,901}}');
             SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT"
        )
    };
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01';
         INSERT INTO organizations (id, name) VALUES (900, 'First'), (901, 'Second');
         INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, 900, 'USD'), (NULL, 901, 'USD');
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key) VALUES
           (NULL, 900, 50, 'deposit', 'completed', 'a'), (NULL, 901, 50, 'deposit', 'completed', 'b');
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Priced', 'linode', 0.01), (901, 'Unpriced', 'linode', NULL);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'resized', 900, 900), (901, 'moved', 901, 900);
         COMMIT;
         BEGIN; SET LOCAL cs.at = '2030-01-01 04:00'; UPDATE vps_instances SET plan_id = 901 WHERE id = 900; COMMIT;
         BEGIN; SET LOCAL cs.at = '2030-01-01 06:00'; UPDATE vps_instances SET organization_id = 901 WHERE id = 901; COMMIT",
    )
    .await;
    let told = "SELECT string_agg(charged || ' ' || hours || ' ' || parked, ', ' ORDER BY id) FROM billing_runs WHERE run_at >= '2030-01-01'";
    let meters =
        "SELECT string_agg(to_char(last_billed_at, 'HH24'), ' ' ORDER BY id) FROM vps_instances WHERE id IN (900, 901)";
    run(&mut owner, &bill("10:00")).await;
    assert_eq!(ask(&mut owner, told).await, "0.04 4 2", "four hours had a price");
    assert_eq!(
        ask(&mut owner, meters).await,
        "04 06",
        "no hour without one has been passed over"
    );
    run(&mut owner, &bill("11:00")).await;
    assert_eq!(ask(&mut owner, told).await, "0.04 4 2, 0.00 0 2");
    // With a price all of it is charged: 8 h of the one; 6 h to its first organization and 6 to its second of the other.
    run(&mut owner, "UPDATE vps_plans SET hourly_rate = 0.02 WHERE id = 901").await;
    run(&mut owner, &bill("12:00")).await;
    assert_eq!(
        ask(&mut owner, "SELECT string_agg(organization_id || ' ' || usage, ', ' ORDER BY id) FROM billing_charges WHERE run_id = (SELECT max(id) FROM billing_runs)").await,
        "900 0.2800, 901 0.1200"
    );
    let waiting = "SELECT count(*) FROM parked_resources WHERE resolved_at IS NULL AND resource_id >= 900";
    assert_eq!(ask(&mut owner, waiting).await, "0");
}
