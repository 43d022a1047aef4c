//! Proof: sound books are proven, and whatever is broken in them is found and named.

use std::ops::ControlFlow;

use app::books::{self, Scope};
use cs_tests::workspace_db::{ask, connect, run};

use super::books::{Books, time};

/// Two months of two customers: a cap, another price, hours that came late, a wallet that ran dry, invoices.
async fn business() -> Books {
    let mut books = Books::new().await;
    books.customer("2030-01-01 00:00", 1, "90").await;
    books.customer("2030-01-01 00:00", 2, "3").await;
    books.server("2030-01-01 00:00", 11, 1, 900).await;
    books.server("2030-01-05 10:30", 12, 1, 901).await;
    books.server("2030-01-01 00:00", 21, 2, 901).await;
    books
        .at(
            "2030-01-10 00:00",
            "INSERT INTO vps_instances (id, label) VALUES (13, 'found')",
        )
        .await;
    books.bill("2030-01-12 00:00").await;
    books
        .at(
            "2030-01-15 08:20",
            "UPDATE vps_plans SET hourly_rate = 0.0175 WHERE id = 900",
        )
        .await;
    books.bill("2030-01-20 00:00").await;
    books
        .at("2030-01-21 00:00", "UPDATE vps_instances SET organization_id = 1, plan_id = 900, last_billed_at = '2030-01-11 00:00' WHERE id = 13")
        .await;
    books.bill("2030-01-28 00:00").await;
    books
        .at(
            "2030-01-29 12:00",
            "UPDATE vps_instances SET deleted_at = '2030-01-29 12:00' WHERE id = 12",
        )
        .await;
    books.close("2030-02-01 01:00", "2030-01").await;
    books.bill("2030-02-10 00:00").await;
    books.close("2030-03-01 01:00", "2030-02").await;
    books
}

/// Proves the books as the owner in a transaction that first breaks them and is rolled back: what is found.
async fn found(books: &mut Books, breaks: &str, scope: &str) -> String {
    run(
        &mut books.admin,
        &format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL session_replication_role = replica; {breaks};
             SET LOCAL session_replication_role = DEFAULT; SET LOCAL cs.at = '2030-03-02';
             CREATE TEMP TABLE p ON COMMIT DROP AS SELECT cs_billing.begin_proof({scope}) AS id;
             SELECT cs_billing.prove_next(p.id, 1) FROM p, generate_series(1, 5); SELECT cs_billing.finish_proof(p.id) FROM p"
        ),
    )
    .await;
    let told = books
        .ask("SELECT string_agg(concat_ws(' ', b ->> 'what', b ->> 'organization_id', b ->> 'thing', b ->> 'thing_id', b ->> 'expected', '|', b ->> 'found'), E'\\n' ORDER BY n)
              FROM p JOIN book_proofs x USING (id), jsonb_array_elements(x.breaches) WITH ORDINALITY AS e(b, n)")
        .await;
    run(&mut books.admin, "ROLLBACK").await;
    told
}

#[tokio::test]
async fn every_kind_of_breach_is_found_and_named() {
    let mut books = business().await;
    assert_eq!(found(&mut books, "SELECT 1", "true").await, "∅", "sound books");
    let charge = "(SELECT min(id) FROM billing_charges WHERE organization_id = 1 AND amount > 0)";
    let newest = "(SELECT max(id) FROM billing_charges WHERE organization_id = 1)";
    for (what, breaks) in [
        ("wallet 1 wallet", "UPDATE wallets SET balance = balance + 1 WHERE organization_id = 1".to_owned()),
        (
            "wallet 2 wallet",
            "UPDATE transactions SET amount = 4 WHERE organization_id = 2 AND type = 'deposit'".to_owned(),
        ),
        (
            "wallet 1 wallet",
            "DELETE FROM wallets WHERE organization_id = 1".to_owned(),
        ),
        (
            "charge_usage 1 charge",
            format!("UPDATE billing_charges SET hours = hours + 1 WHERE id = {charge}"),
        ),
        (
            "charge_usage 1 charge",
            format!("UPDATE billing_charges SET usage = usage + 1, amount = amount + 1 WHERE id = {charge}"),
        ),
        (
            "charge_usage 1 charge",
            "UPDATE plan_prices SET hourly_rate = 0.0200 WHERE plan_id = 900 AND hourly_rate = 0.0175".to_owned(),
        ),
        (
            "charge_usage 1 charge",
            "UPDATE resource_terms SET plan_id = 902 WHERE resource_id = 11".to_owned(),
        ),
        (
            "charge_usage 1 charge",
            "DELETE FROM charge_positions WHERE resource_id = 13".to_owned(),
        ),
        (
            "charge_sum 1 charge",
            format!("ALTER TABLE billing_charges DROP CONSTRAINT billing_charges_adds_up; UPDATE billing_charges SET amount = amount + 1 WHERE id = {charge}"),
        ),
        (
            "charge_transaction 1 charge",
            format!("UPDATE transactions SET amount = amount - 1 WHERE id = (SELECT transaction_id FROM billing_charges WHERE id = {charge})"),
        ),
        (
            "charge_transaction 1 charge",
            format!("UPDATE billing_charges SET transaction_id = NULL WHERE id = {charge}"),
        ),
        (
            "charge_chain 1 charge",
            format!("UPDATE billing_charges SET previous_id = (SELECT min(id) FROM billing_charges WHERE organization_id = 2) WHERE id = {newest}"),
        ),
        (
            "charge_chain 1 charge",
            format!("UPDATE billing_charges SET carry_in = carry_in + 0.001, usage = usage - 0.001 WHERE id = {newest}"),
        ),
        (
            "charge_chain 1 charge",
            format!("UPDATE billing_charges SET charged_from = charged_from - interval '2 hours' WHERE id = {newest}"),
        ),
        ("meter 1 meter", "UPDATE organization_meters SET carry = 0.0001 WHERE organization_id = 1".to_owned()),
        (
            "meter 1 meter",
            format!("UPDATE organization_meters SET last_charge_id = {charge} WHERE organization_id = 1"),
        ),
        (
            "meter 1 meter",
            "UPDATE organization_meters SET charged_until = '2030-01-02' WHERE organization_id = 1".to_owned(),
        ),
        ("arrears 2 meter", "UPDATE organization_meters SET arrears = arrears + 1 WHERE organization_id = 2".to_owned()),
        (
            "hours_missed 1 vps 11",
            "UPDATE vps_instances SET last_billed_at = last_billed_at + interval '3 hours' WHERE id = 11".to_owned(),
        ),
        (
            "hours_twice 1 vps 11",
            "UPDATE vps_instances SET last_billed_at = last_billed_at - interval '3 hours' WHERE id = 11".to_owned(),
        ),
        (
            "hours_twice 1 vps 12",
            "UPDATE retired_meters SET billed_until = billed_until - interval '1 hour' WHERE resource_id = 12".to_owned(),
        ),
        (
            "two_owners 1 vps 11",
            "INSERT INTO resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, ends_at, unit_start)
             VALUES ('vps', 11, 2, 900, '2030-01-20', '2030-01-21', '2030-01-20')"
                .to_owned(),
        ),
        ("invoice_sum 1 invoice", "UPDATE invoices SET amount = amount + 1 WHERE organization_id = 1".to_owned()),
        (
            "invoice_lines 1 invoice",
            "UPDATE usage_details SET hours = hours + 1, amount = 0 WHERE organization_id = 1 AND resource_id = 11".to_owned(),
        ),
        (
            "invoice_lines 1 invoice",
            "UPDATE usage_details SET withdrawn = true WHERE organization_id = 1".to_owned(),
        ),
        (
            "invoice_carry 1 invoice",
            "UPDATE invoices SET carry_in = carry_in + 0.001, carry_out = carry_out + 0.001 WHERE id = (SELECT max(id) FROM invoices WHERE organization_id = 1)".to_owned(),
        ),
        (
            "invoice_paid 2 invoice",
            "UPDATE invoices SET amount_paid = amount_paid + 1 WHERE organization_id = 2 AND status = 'pending'".to_owned(),
        ),
        (
            "invoice_number invoice INV-2030-000002",
            "UPDATE invoices SET invoice_number = 'INV-2030-000009' WHERE invoice_number = 'INV-2030-000002'".to_owned(),
        ),
        ("invoice_number counter 2030", "UPDATE invoice_counters SET last_number = 1".to_owned()),
        (
            "ledger_charge 1 transaction",
            "INSERT INTO transactions (organization_id, amount, type, status, run_id) VALUES (1, -0.50, 'charge', 'completed', (SELECT max(id) FROM billing_runs))".to_owned(),
        ),
        ("run_sum run", "UPDATE billing_runs SET charged = charged + 1 WHERE id = (SELECT max(id) FROM billing_runs)".to_owned()),
        ("revenue hour", "UPDATE revenue_hours SET charged = charged + 1 WHERE hour = (SELECT min(hour) FROM revenue_hours)".to_owned()),
    ] {
        let told = found(&mut books, &breaks, "true").await;
        assert!(
            told.lines().any(|line| line.starts_with(what)),
            "{breaks}\nis not found as {what}:\n{told}"
        );
    }
    assert_eq!(found(&mut books, "SELECT 1", "true").await, "∅", "still sound");
}

#[tokio::test]
async fn a_proof_of_changes_looks_at_what_has_moved_and_a_breach_stays_until_it_is_mended() {
    let mut books = business().await;
    let session = books.session.at(time("2030-03-02 00:00"));
    let go = |_, _| ControlFlow::Continue(());
    let first = books::prove(&session, Scope::Incremental, go).await.unwrap().unwrap();
    assert_eq!(
        (first.scope.as_str(), first.ok),
        ("full", true),
        "the first looks at everything"
    );
    assert_eq!(first.checked["organizations"], 2);
    // Nothing has moved: the same proof, confirmed later.
    let later = books.session.at(time("2030-03-02 00:10"));
    let same = books::prove_changes(&later).await.unwrap().unwrap();
    assert_eq!((same.id, same.confirmed_at), (first.id, time("2030-03-02 00:10")));
    // One organization gets a deposit: only it is looked at, and its wallet is right without adding up its past.
    books.deposit("2030-03-02 00:20", 1, "5").await;
    let second = books::prove_changes(&session).await.unwrap().unwrap();
    assert_eq!((second.scope.as_str(), second.ok), ("incremental", true));
    assert_eq!(
        (&second.checked["organizations"], &second.checked["charges"]),
        (&1.into(), &0.into())
    );
    assert!(second.checked.get("transactions").is_none(), "{:?}", second.checked);
    // A run: its charges are looked at, and no older ones.
    books.bill("2030-03-02 12:00").await;
    let third = books::prove_changes(&session).await.unwrap().unwrap();
    assert!(third.ok, "{third:?}");
    let of_run = books
        .ask("SELECT count(*) FROM billing_charges WHERE run_id = (SELECT max(id) FROM billing_runs)")
        .await;
    assert_eq!(third.checked["charges"].to_string(), of_run);
    // A broken wallet is found, again and again, until it is right.
    let balance = |by: &str| {
        format!(
            "BEGIN; SET LOCAL session_replication_role = replica; UPDATE wallets SET balance = balance {by} WHERE organization_id = 2; COMMIT"
        )
    };
    run(&mut books.admin, &balance("+ 1")).await;
    for _ in 0..2 {
        let broken = books::prove_changes(&session).await.unwrap().unwrap();
        assert_eq!((broken.ok, broken.breach_count), (false, 1), "{broken:?}");
        let breach = &broken.breaches[0];
        assert_eq!(
            (
                breach.what.as_str(),
                breach.organization_id,
                breach.organization.as_deref()
            ),
            ("wallet", Some(2), Some("Customer 2"))
        );
    }
    run(&mut books.admin, &balance("- 1")).await;
    assert!(books::prove_changes(&session).await.unwrap().unwrap().ok);
    // A row that no wallet has moved with.
    run(
        &mut books.admin,
        "BEGIN; SET LOCAL session_replication_role = replica;
         INSERT INTO transactions (organization_id, amount, type, status, reason) VALUES (2, 7, 'deposit', 'completed', 'x'); COMMIT",
    )
    .await;
    let broken = books::prove_changes(&session).await.unwrap().unwrap();
    assert_eq!(
        (broken.scope.as_str(), broken.breaches[0].what.as_str()),
        ("incremental", "wallet")
    );
}

#[tokio::test]
async fn who_may_prove_cannot_say_that_the_books_are_right() {
    let books = business().await;
    let mut one = connect(&books.workspace.admin().to_url()).await;
    let mut two = connect(&books.workspace.admin().to_url()).await;
    // A proof is of one snapshot, one at a time, and is over when everybody was looked at.
    let refused = async |connection: &mut sqlx::PgConnection, sql: &str| {
        cs_tests::workspace_db::broken_rule(connection, sql).await
    };
    assert_eq!(
        refused(&mut one, "SELECT cs_billing.begin_proof(true)").await,
        "proof_needs_snapshot"
    );
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT cs_billing.begin_proof(true)";
    run(&mut one, begin).await;
    assert_eq!(refused(&mut two, begin).await, "proof_under_way");
    let id = ask(&mut one, "SELECT max(id) FROM book_proofs").await;
    run(&mut one, "SAVEPOINT s").await;
    assert_eq!(
        refused(&mut one, &format!("SELECT cs_billing.finish_proof({id})")).await,
        "proof_not_done"
    );
    run(&mut one, "ROLLBACK").await;
    // Stopped by a person: nothing stays.
    let session = books.session.at(time("2030-03-02 00:00"));
    assert!(
        books::prove(&session, Scope::Full, |_, _| ControlFlow::Break(()))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(ask(&mut two, "SELECT count(*) FROM book_proofs").await, "0");
}
