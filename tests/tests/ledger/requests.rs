//! Corrections above the limit: asked by one, decided by another, posted once.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, SECOND_ADMIN, SUPPORT, WorkspaceDb, ask, connect, entered, refused, run, within,
};
use sqlx::PgConnection;
use store::roles::LoginKind;

use super::shared::{BALANCE_1, at, deposit, proven};

/// A correction of organization 1 as the program sends it: which transaction, which request, whether repeated.
fn correct(kind: &str, amount: &str, original: &str, key: &str) -> String {
    correct_by(kind, amount, original, key, "NULL")
}

fn correct_by(kind: &str, amount: &str, original: &str, key: &str, acting: &str) -> String {
    format!(
        "SELECT concat_ws(' ', coalesce(transaction_id::text, '-'), coalesce(request_id::text, '-'), repeated)
         FROM cs_billing.correct(1, '{kind}', {amount}, 'because', {original}, NULL, '{key}', {acting})"
    )
}

fn decide(request: &str, decision: &str) -> String {
    format!(
        "SELECT concat_ws(' ', coalesce(transaction_id::text, '-'), repeated) FROM cs_billing.decide_request({request}, '{decision}', NULL, NULL)"
    )
}

async fn last_request(admin: &mut PgConnection) -> String {
    ask(admin, "SELECT max(id) FROM adjustment_requests").await
}

#[tokio::test]
async fn a_correction_within_the_limit_is_posted_once_per_key() {
    let db = WorkspaceDb::new().await;
    let (mut desk, session) = at(&db, FINANCE).await;
    let mut admin = db.admin().await;
    let first = within(&mut desk, &session.token, &correct("adjustment", "12.50", "NULL", "k1"))
        .await
        .unwrap();
    let (id, rest) = first.split_once(' ').unwrap();
    assert_eq!(rest, "- f");
    let again = within(&mut desk, &session.token, &correct("adjustment", "12.50", "NULL", "k1")).await;
    assert_eq!(again, Ok(format!("{id} - t")));
    for other in [
        correct("adjustment", "12.51", "NULL", "k1"),
        correct("refund", "12.50", "1", "k1"),
        correct("adjustment", "12.50", "NULL", "k1").replace("because", "another reason"),
    ] {
        assert_eq!(
            within(&mut desk, &session.token, &other).await,
            Err("transactions_idempotency".to_owned())
        );
    }
    assert_eq!(ask(&mut admin, BALANCE_1).await, "262.50");
    let who = format!("SELECT created_by FROM transactions WHERE id = {id}");
    assert_eq!(ask(&mut admin, &who).await, session.user_id.to_string());
    proven(&db).await;
}

#[tokio::test]
async fn one_asks_another_decides_and_it_is_posted_with_the_decision() {
    let db = WorkspaceDb::new().await;
    let (mut desk, asker) = at(&db, FINANCE).await;
    let (mut second, decider) = at(&db, SECOND_ADMIN).await;
    let mut admin = db.admin().await;
    let waits = within(&mut desk, &asker.token, &correct("adjustment", "150.00", "NULL", "big"))
        .await
        .unwrap();
    let request = last_request(&mut admin).await;
    assert_eq!(waits, format!("- {request} f"));
    assert_eq!(ask(&mut admin, BALANCE_1).await, "250.00");
    assert_eq!(
        ask(
            &mut admin,
            "SELECT count(*) FROM notifications WHERE metadata ->> 'kind' = 'request_waits'"
        )
        .await,
        "2",
        "both admins are told, and not who asked"
    );
    // Sent again it is the same request, also where the limit has moved meanwhile.
    run(&mut admin, "UPDATE workspace_settings SET second_person_above = 1000").await;
    let again = within(&mut desk, &asker.token, &correct("adjustment", "150.00", "NULL", "big")).await;
    assert_eq!(again, Ok(format!("- {request} t")));
    let other = within(&mut desk, &asker.token, &correct("adjustment", "150.01", "NULL", "big")).await;
    assert_eq!(other, Err("transactions_idempotency".to_owned()));
    // Who asked can't decide; nobody else can take it back; the asker may be gone meanwhile.
    for decision in ["approved", "refused"] {
        let outcome = within(&mut desk, &asker.token, &decide(&request, decision)).await;
        assert_eq!(outcome, Err("adjustment_requests_two_people".to_owned()), "{decision}");
    }
    let outcome = within(&mut second, &decider.token, &decide(&request, "withdrawn")).await;
    assert_eq!(outcome, Err("adjustment_requests_two_people".to_owned()));
    run(
        &mut admin,
        &format!("UPDATE users SET disabled_at = now() WHERE id = {}", asker.user_id),
    )
    .await;
    let approved = within(&mut second, &decider.token, &decide(&request, "approved"))
        .await
        .unwrap();
    assert_eq!(ask(&mut admin, BALANCE_1).await, "400.00");
    let posted = format!(
        "SELECT concat(t.id, ' f') = '{approved}' AND t.created_by = {} FROM transactions t WHERE t.request_id = {request}",
        asker.user_id
    );
    assert_eq!(ask(&mut admin, &posted).await, "true");
    // Said again by the same person it is the same answer, and nothing moves.
    let repeated = within(&mut second, &decider.token, &decide(&request, "approved"))
        .await
        .unwrap();
    assert_eq!(repeated.replace(" t", " f"), approved);
    assert_eq!(
        within(&mut second, &decider.token, &decide(&request, "refused")).await,
        Err("request_decided".to_owned())
    );
    assert_eq!(ask(&mut admin, BALANCE_1).await, "400.00");
    assert_eq!(
        ask(
            &mut admin,
            &format!("SELECT count(*) FROM transactions WHERE request_id = {request}")
        )
        .await,
        "1"
    );
    proven(&db).await;
}

#[tokio::test]
async fn what_is_refused_or_withdrawn_moves_nothing_and_stays_decided() {
    let db = WorkspaceDb::new().await;
    let (mut desk, asker) = at(&db, FINANCE).await;
    let (mut second, decider) = at(&db, SECOND_ADMIN).await;
    let mut admin = db.admin().await;
    for (key, decision) in [("a", "refused"), ("b", "withdrawn")] {
        within(&mut desk, &asker.token, &correct("adjustment", "-200.00", "NULL", key))
            .await
            .unwrap();
        let request = last_request(&mut admin).await;
        let outcome = if decision == "refused" {
            within(&mut second, &decider.token, &decide(&request, decision)).await
        } else {
            within(&mut desk, &asker.token, &decide(&request, decision)).await
        };
        assert_eq!(outcome, Ok("- f".to_owned()), "{decision}");
        assert_eq!(
            within(&mut second, &decider.token, &decide(&request, "approved")).await,
            Err("request_decided".to_owned())
        );
        // Not by the tables' owner either.
        let mut owner = db.owner().await;
        for sql in [
            format!("UPDATE adjustment_requests SET decision = 'approved' WHERE id = {request}"),
            format!("UPDATE adjustment_requests SET amount = 1 WHERE id = {request}"),
            "DELETE FROM adjustment_requests".to_owned(),
        ] {
            assert!(refused(&mut owner, &sql).await.starts_with("CS02"), "{sql}");
        }
    }
    assert_eq!(ask(&mut admin, BALANCE_1).await, "250.00");
    proven(&db).await;
}

#[tokio::test]
async fn two_who_decide_at_once_one_wins() {
    let db = WorkspaceDb::new().await;
    let (mut desk, asker) = at(&db, FINANCE).await;
    let (mut one, first) = at(&db, ADMIN).await;
    let (mut other, second) = at(&db, SECOND_ADMIN).await;
    let mut admin = db.admin().await;
    within(&mut desk, &asker.token, &correct("adjustment", "150.00", "NULL", "big"))
        .await
        .unwrap();
    let request = last_request(&mut admin).await;
    run(
        &mut one,
        &format!(
            "BEGIN; SELECT cs_auth.enter('{}'); {}",
            first.token,
            decide(&request, "approved")
        ),
    )
    .await;
    let (token, sql) = (second.token.clone(), decide(&request, "refused"));
    let waiting = tokio::spawn(async move { within(&mut other, &token, &sql).await });
    while ask(
        &mut admin,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    .await
        == "0"
    {
        tokio::task::yield_now().await;
    }
    run(&mut one, "COMMIT").await;
    assert_eq!(waiting.await.unwrap(), Err("request_decided".to_owned()));
    assert_eq!(ask(&mut admin, BALANCE_1).await, "400.00");
    proven(&db).await;
}

#[tokio::test]
async fn a_refund_that_can_t_be_posted_any_more_is_not_approved() {
    let db = WorkspaceDb::new().await;
    let (mut desk, asker) = at(&db, FINANCE).await;
    let (mut second, decider) = at(&db, SECOND_ADMIN).await;
    let mut admin = db.admin().await;
    let refund = |amount: &str, key: &str| correct("refund", amount, "1", key);
    for (amount, what) in [("-250.01", "more than it was"), ("120.00", "the wrong way")] {
        assert_eq!(
            within(&mut desk, &asker.token, &refund(amount, "r0")).await,
            Err("transactions_refund_bounded".to_owned()),
            "{what}"
        );
    }
    let other = correct("refund", "-120.00", "2", "r0");
    assert_eq!(
        within(&mut desk, &asker.token, &other).await,
        Err("transactions_refund_bounded".to_owned()),
        "another organization's"
    );
    within(&mut desk, &asker.token, &refund("-200.00", "r1")).await.unwrap();
    let request = last_request(&mut admin).await;
    // Meanwhile a part is given back; money isn't short.
    within(&mut desk, &asker.token, &refund("-60.00", "r2")).await.unwrap();
    run(&mut desk, &entered(&asker.token, &deposit(1, "500.00", "more"))).await;
    assert_eq!(
        within(&mut second, &decider.token, &decide(&request, "approved")).await,
        Err("transactions_refund_bounded".to_owned())
    );
    assert_eq!(
        ask(
            &mut admin,
            &format!("SELECT decision FROM adjustment_requests WHERE id = {request}")
        )
        .await,
        "∅",
        "it waits on"
    );
    assert_eq!(ask(&mut admin, BALANCE_1).await, "690.00");
    proven(&db).await;
}

#[tokio::test]
async fn the_agent_asks_in_a_persons_name_and_never_decides() {
    let db = WorkspaceDb::new().await;
    let mut agent = connect(&db.login(LoginKind::Agent).await.url).await;
    let mut admin = db.admin().await;
    let finance = ask(&mut admin, &format!("SELECT id FROM users WHERE email = '{FINANCE}'")).await;
    let support = ask(&mut admin, &format!("SELECT id FROM users WHERE email = '{SUPPORT}'")).await;
    let posted = ask(
        &mut agent,
        &format!("({})", correct("adjustment", "5.00", "NULL", "k1")),
    )
    .await;
    assert!(posted.ends_with(" - f"), "{posted}");
    let big = |acting: &str| correct_by("adjustment", "500.00", "NULL", "k2", acting);
    assert_eq!(
        cs_tests::workspace_db::broken_rule(&mut agent, &big("NULL")).await,
        "request_asked_by_person"
    );
    assert_eq!(refused(&mut agent, &big(&support)).await, "42501");
    run(&mut agent, &big(&finance)).await;
    let request = last_request(&mut admin).await;
    assert_eq!(refused(&mut agent, &decide(&request, "approved")).await, "42501");
    // A person at a desk is who has signed in, whatever is said.
    let (mut desk, session) = at(&db, ADMIN).await;
    within(
        &mut desk,
        &session.token,
        &correct_by("adjustment", "500.00", "NULL", "k3", &finance),
    )
    .await
    .unwrap();
    assert_eq!(
        ask(
            &mut admin,
            "SELECT requested_by FROM adjustment_requests ORDER BY id DESC LIMIT 1"
        )
        .await,
        session.user_id.to_string()
    );
    let (mut desk, session) = at(&db, SUPPORT).await;
    assert_eq!(
        within(&mut desk, &session.token, &correct("adjustment", "5.00", "NULL", "k4")).await,
        Err("42501".to_owned())
    );
    assert_eq!(ask(&mut admin, BALANCE_1).await, "255.00");
    proven(&db).await;
}
