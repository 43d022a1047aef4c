//! Invoices and credit notes that a person makes.

use cs_tests::workspace_db::{FINANCE, SECOND_ADMIN, SUPPORT, WorkspaceDb, ask, broken_rule, run, within};
use sqlx::PgConnection;

use super::shared::{BALANCE_1, at, proven};

fn line(text: &str, amount: &str) -> String {
    format!(r#"{{"description": "{text}", "quantity": "1", "unitPrice": "{amount}", "amount": "{amount}"}}"#)
}

fn issue(organization: i32, lines: &str, total: &str, corrects: &str, key: &str) -> String {
    format!(
        "SELECT x.repeated FROM cs_billing.issue_invoice({organization}, '[{lines}]', {total}, {corrects}, '{key}', NULL) x"
    )
}

/// Pays from organization 1's wallet: the transaction, or the request.
fn pay(invoice: &str, amount: &str, key: &str) -> String {
    format!(
        "SELECT CASE WHEN request_id IS NULL THEN 'posted' ELSE 'asked' END || ' ' || repeated
         FROM cs_billing.correct(1, 'adjustment', {amount}, 'Invoice', NULL, {invoice}, '{key}', NULL)"
    )
}

async fn id(admin: &mut PgConnection, key: &str) -> String {
    ask(
        admin,
        &format!("SELECT id FROM invoices WHERE idempotency_key = '{key}'"),
    )
    .await
}

async fn number(admin: &mut PgConnection, key: &str) -> String {
    ask(
        admin,
        &format!("SELECT invoice_number FROM invoices WHERE idempotency_key = '{key}'"),
    )
    .await
}

async fn state(admin: &mut PgConnection, key: &str) -> String {
    let sql = format!(
        "SELECT concat_ws(' ', amount, amount_paid, status, paid_at IS NOT NULL) FROM invoices WHERE idempotency_key = '{key}'"
    );
    ask(admin, &sql).await
}

async fn year(admin: &mut PgConnection) -> String {
    ask(admin, "SELECT extract(year FROM timezone('UTC', now()))").await
}

#[tokio::test]
async fn one_made_by_hand_has_the_next_number_and_is_paid_in_parts() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    let token = &session.token;
    let mut admin = db.admin().await;
    let year = year(&mut admin).await;
    // Another program has the first number of the year.
    run(
        &mut admin,
        &format!(
            "DELETE FROM invoice_counters; INSERT INTO invoice_counters VALUES ({year}, 10);
             INSERT INTO invoices (organization_id, invoice_number, amount) VALUES (2, 'INV-{year}-000011', 5)"
        ),
    )
    .await;
    let both = format!("{}, {}", line("Set-up fee", "49.00"), line("Discount", "-9.00"));
    let first = within(&mut desk, token, &issue(1, &both, "40.00", "NULL", "i1")).await;
    assert_eq!(first, Ok("false".to_owned()));
    let again = within(&mut desk, token, &issue(1, &both, "40.00", "NULL", "i1")).await;
    assert_eq!(again, Ok("true".to_owned()));
    assert_eq!(number(&mut admin, "i1").await, format!("INV-{year}-000012"));
    assert_eq!(
        within(
            &mut desk,
            token,
            &issue(1, &line("Other", "40.00"), "40.00", "NULL", "i1")
        )
        .await,
        Err("invoices_idempotency".to_owned())
    );
    assert_eq!(state(&mut admin, "i1").await, "40.00 0.00 pending f");
    let invoice = id(&mut admin, "i1").await;
    assert_eq!(
        within(&mut desk, token, &pay(&invoice, "-15.00", "p1")).await,
        Ok("posted false".to_owned())
    );
    assert_eq!(
        within(&mut desk, token, &pay(&invoice, "-15.00", "p1")).await,
        Ok("posted true".to_owned())
    );
    assert_eq!(state(&mut admin, "i1").await, "40.00 15.00 pending f");
    // Not more than is due, not the wrong way, not from another wallet, not by a refund.
    for wrong in [
        pay(&invoice, "-25.01", "p2"),
        pay(&invoice, "5.00", "p2"),
        pay(&invoice, "-5.00", "p2").replace("correct(1,", "correct(2,"),
        pay("1", "-5.00", "p2"),
        pay(&invoice, "-5.00", "p2").replace("'adjustment', -5.00, 'Invoice', NULL", "'refund', -5.00, 'Invoice', 1"),
    ] {
        assert_eq!(
            within(&mut desk, token, &wrong).await,
            Err("invoice_not_payable".to_owned()),
            "{wrong}"
        );
    }
    // What is paid in part is not cancelled.
    let cancel = format!("SELECT cs_billing.cancel_invoice({invoice}, 'pending')");
    assert_eq!(
        within(&mut desk, token, &cancel).await,
        Err("invoice_paid_in_part".to_owned())
    );
    assert_eq!(
        within(&mut desk, token, &pay(&invoice, "-25.00", "p3")).await,
        Ok("posted false".to_owned())
    );
    assert_eq!(state(&mut admin, "i1").await, "40.00 40.00 paid t");
    assert_eq!(ask(&mut admin, BALANCE_1).await, "210.00");

    // A cancelled one keeps its number.
    within(&mut desk, token, &issue(1, &line("Work", "8.00"), "8.00", "NULL", "i2"))
        .await
        .unwrap();
    let second = id(&mut admin, "i2").await;
    let cancel = format!("SELECT cs_billing.cancel_invoice({second}, 'pending')");
    assert_eq!(within(&mut desk, token, &cancel).await, Ok("true".to_owned()));
    assert_eq!(
        within(&mut desk, token, &pay(&second, "-8.00", "p4")).await,
        Err("invoice_not_payable".to_owned())
    );
    let third = within(&mut desk, token, &issue(1, &line("Work", "8.00"), "8.00", "NULL", "i3")).await;
    assert_eq!(third, Ok("false".to_owned()));
    assert_eq!(number(&mut admin, "i3").await, format!("INV-{year}-000014"));
    proven(&db).await;
}

#[tokio::test]
async fn its_lines_are_typed_and_make_its_amount_whoever_writes_it() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    for (lines, total, rule) in [
        ("", "1.00", "invoice_lines_readable"),
        (r#""words""#, "1.00", "invoice_lines_readable"),
        (
            r#"{"description": " ", "amount": "1.00"}"#,
            "1.00",
            "invoice_lines_readable",
        ),
        (
            r#"{"description": "x", "amount": "1.005"}"#,
            "1.01",
            "invoice_lines_readable",
        ),
        (r#"{"description": "x", "amount": 1}"#, "1.00", "invoice_lines_readable"),
        (r#"{"description": "x", "amount": "1.00"}"#, "2.00", "invoices_add_up"),
        (r#"{"description": "x", "amount": "-1.00"}"#, "-1.00", "invoice_sign"),
        (r#"{"description": "x", "amount": "0.00"}"#, "0.00", "invoice_sign"),
    ] {
        assert_eq!(
            within(&mut desk, &session.token, &issue(1, lines, total, "NULL", "k")).await,
            Err(rule.to_owned()),
            "{lines}"
        );
    }
    let mut owner = db.owner().await;
    let direct = "INSERT INTO invoices (organization_id, invoice_number, amount, line_items, idempotency_key) VALUES (1, 'X', 5, '[]', 'k')";
    assert_eq!(broken_rule(&mut owner, direct).await, "invoice_lines_readable");
    let (mut desk, session) = at(&db, SUPPORT).await;
    assert_eq!(
        within(
            &mut desk,
            &session.token,
            &issue(1, &line("x", "1.00"), "1.00", "NULL", "k")
        )
        .await,
        Err("42501".to_owned())
    );
    // Nothing of all this has used up a number.
    assert_eq!(
        ask(&mut owner, "SELECT max(last_number) FROM invoice_counters").await,
        "2"
    );
}

#[tokio::test]
async fn a_credit_note_is_a_document_of_its_own_and_gives_back_no_more() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    let (mut second, decider) = at(&db, SECOND_ADMIN).await;
    let token = &session.token;
    let mut admin = db.admin().await;
    within(
        &mut desk,
        token,
        &issue(1, &line("Work", "180.00"), "180.00", "NULL", "i1"),
    )
    .await
    .unwrap();
    let invoice = id(&mut admin, "i1").await;
    let credit = |amount: &str, key: &str| {
        issue(
            1,
            &line("Too much", &format!("-{amount}")),
            &format!("-{amount}"),
            &invoice,
            key,
        )
    };
    within(&mut desk, token, &credit("30.00", "c1")).await.unwrap();
    assert_eq!(
        within(&mut desk, token, &credit("150.01", "c2")).await,
        Err("credit_note_bounded".to_owned())
    );
    // Of nobody else's, of no other program's, of no credit note.
    let note = id(&mut admin, "c1").await;
    for (organization, original) in [(2, invoice.as_str()), (1, "1"), (1, note.as_str())] {
        let wrong = issue(organization, &line("x", "-1.00"), "-1.00", original, "c3");
        assert_eq!(
            within(&mut desk, token, &wrong).await,
            Err("credit_note_original".to_owned()),
            "{original}"
        );
    }
    // What it corrects stays, and is not cancelled any more.
    let cancel = format!("SELECT cs_billing.cancel_invoice({invoice}, 'pending')");
    assert_eq!(
        within(&mut desk, token, &cancel).await,
        Err("invoice_corrected".to_owned())
    );
    assert_eq!(state(&mut admin, "c1").await, "-30.00 0.00 pending f");
    assert_eq!(
        within(&mut desk, token, &pay(&note, "-30.00", "p1")).await,
        Err("invoice_not_payable".to_owned())
    );
    assert_eq!(
        within(&mut desk, token, &pay(&note, "30.00", "p1")).await,
        Ok("posted false".to_owned())
    );
    assert_eq!(state(&mut admin, "c1").await, "-30.00 -30.00 paid t");
    assert_eq!(ask(&mut admin, BALANCE_1).await, "280.00");
    // Above the limit a second person lets the invoice be paid: then it is, with the approval.
    assert_eq!(
        within(&mut desk, token, &pay(&invoice, "-180.00", "p2")).await,
        Ok("asked false".to_owned())
    );
    assert_eq!(state(&mut admin, "i1").await, "180.00 0.00 pending f");
    let approve = "SELECT transaction_id IS NOT NULL FROM cs_billing.decide_request((SELECT max(id) FROM adjustment_requests), 'approved', NULL, NULL)";
    assert_eq!(
        within(&mut second, &decider.token, approve).await,
        Ok("true".to_owned())
    );
    assert_eq!(state(&mut admin, "i1").await, "180.00 180.00 paid t");
    assert_eq!(ask(&mut admin, BALANCE_1).await, "100.00");
    proven(&db).await;
}

#[tokio::test]
async fn a_document_keeps_what_it_said_when_it_was_issued() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    let mut admin = db.admin().await;
    run(
        &mut admin,
        "UPDATE organizations SET billing_name = 'Brisa Lda.', billing_address = E'Rua 1\\nPorto' WHERE id = 1;
         UPDATE workspace_settings SET seller_name = 'Halyard OÜ', seller_address = 'Tallinn', invoice_terms = 'At once', grace_hours = 24",
    )
    .await;
    within(
        &mut desk,
        &session.token,
        &issue(1, &line("Work", "8.00"), "8.00", "NULL", "i1"),
    )
    .await
    .unwrap();
    run(
        &mut admin,
        "UPDATE organizations SET name = 'Renamed', billing_name = NULL, billing_address = NULL WHERE id = 1;
         UPDATE workspace_settings SET seller_name = 'Sold', seller_address = '', invoice_terms = '', grace_hours = 72",
    )
    .await;
    let said = ask(
        &mut admin,
        "SELECT concat_ws('|', issued_as -> 'seller' ->> 'name', issued_as -> 'seller' ->> 'address', issued_as -> 'seller' ->> 'terms',
           issued_as -> 'customer' ->> 'name', issued_as -> 'customer' ->> 'address', issued_as ->> 'currency',
           (issued_as ->> 'due_by')::timestamptz - created_at AT TIME ZONE 'UTC' < interval '24 hours 1 second') FROM invoices WHERE idempotency_key = 'i1'",
    )
    .await;
    assert_eq!(said, "Halyard OÜ|Tallinn|At once|Brisa Lda.|Rua 1\nPorto|USD|t");
    assert_eq!(
        broken_rule(
            &mut admin,
            "UPDATE invoices SET issued_as = '{}' WHERE idempotency_key = 'i1'"
        )
        .await,
        "invoices_immutable"
    );
}
