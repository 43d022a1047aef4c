//! Passwords: confirmed before dangerous work, changed, forced to change, reset.

use cs_tests::workspace_db::{
    ADMIN, CUSTOMER, FINANCE, PASSWORD, SECOND_ADMIN, SUPPORT, WorkspaceDb, ask, broken_rule, connect, entered, open,
    prove, prove_again, refused, run, sign_in, sign_in_over, within,
};
use secrecy::SecretString;
use sqlx::PgConnection;
use uuid::Uuid;

use super::shared::DENIED;

const NEW: &str = "another harbour at dusk";

fn hash(password: &str) -> String {
    app::password::hash_new(&SecretString::from(password)).unwrap()
}

async fn age_confirmations(db: &WorkspaceDb) {
    run(
        &mut db.admin().await,
        "UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'",
    )
    .await;
}

async fn confirm(desk: &mut PgConnection, attempt: Uuid) -> String {
    ask(desk, &format!("SELECT cs_auth.confirm('{attempt}')")).await
}

#[tokio::test]
async fn dangerous_work_needs_the_password_again() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(ADMIN).await;
    let mut connection = connect(&desk.url).await;
    let promote = "UPDATE users SET role = 'admin' WHERE email = 'sam@halyard.example'";
    let new_staff =
        "INSERT INTO users (id, email, password_hash, role) VALUES (NULL, 'new@halyard.example', 'x', 'support')";
    let new_customer = "INSERT INTO users (id, email, password_hash, role, organization_id) VALUES (NULL, 'new@brisa.example', 'x', 'user', 1)";
    let shut_out = "UPDATE users SET disabled_at = timezone('UTC', now()) WHERE email = 'fern@halyard.example'";
    let let_in = "UPDATE users SET disabled_at = NULL WHERE email = 'fern@halyard.example'";
    // Signing in is a confirmation for five minutes.
    assert_eq!(ask(&mut connection, "SELECT cs_auth.confirmed()").await, "true");
    run(
        &mut connection,
        &entered(
            &session.token,
            "UPDATE users SET role = 'finance' WHERE email = 'sam@halyard.example'",
        ),
    )
    .await;
    age_confirmations(&db).await;
    assert_eq!(ask(&mut connection, "SELECT cs_auth.confirmed()").await, "false");
    run(
        &mut connection,
        &entered(&session.token, &format!("{new_customer}; {shut_out}")),
    )
    .await;
    for sql in [promote, new_staff, let_in] {
        assert_eq!(
            broken_rule(&mut connection, &entered(&session.token, sql)).await,
            "confirmation_needed",
            "{sql}"
        );
    }
    // The wrong password; the right one in the same transaction; another kind of attempt; another's attempt.
    let wrong = prove_again(&mut connection, "wrong").await.unwrap();
    assert_eq!(confirm(&mut connection, wrong).await, "false");
    run(&mut connection, "BEGIN").await;
    let uncommitted = prove_again(&mut connection, PASSWORD).await.unwrap();
    assert_eq!(confirm(&mut connection, uncommitted).await, "false");
    run(&mut connection, "ROLLBACK").await;
    let sign_in_attempt = prove(&mut connection, ADMIN, PASSWORD).await.unwrap();
    assert_eq!(confirm(&mut connection, sign_in_attempt).await, "false");
    let (other_desk, _) = db.desk_of(SECOND_ADMIN).await;
    let others = prove_again(&mut connect(&other_desk.url).await, PASSWORD)
        .await
        .unwrap();
    assert_eq!(confirm(&mut connection, others).await, "false");
    age_confirmations(&db).await;
    assert_eq!(
        broken_rule(&mut connection, &entered(&session.token, promote)).await,
        "confirmation_needed"
    );
    // The right one opens the door, and opens no session.
    let right = prove_again(&mut connection, PASSWORD).await.unwrap();
    assert_eq!(open(&mut connection, Some(right)).await.unwrap_err(), "stale");
    assert_eq!(confirm(&mut connection, right).await, "true");
    assert_eq!(confirm(&mut connection, right).await, "false", "once");
    for sql in [promote, new_staff, let_in] {
        run(&mut connection, &entered(&session.token, sql)).await;
    }
    // Failures count as at the door.
    for _ in 0..4 {
        let wrong = prove_again(&mut connection, "wrong").await.unwrap();
        assert_eq!(confirm(&mut connection, wrong).await, "false");
    }
    assert_eq!(prove_again(&mut connection, PASSWORD).await.unwrap_err(), "throttled");
    // Without a session there is nothing to confirm.
    assert_eq!(
        refused(
            &mut connect(&db.desk().await.url).await,
            "SELECT * FROM cs_auth.confirm_challenge()"
        )
        .await,
        DENIED
    );
}

#[tokio::test]
async fn a_password_changes_with_the_old_one() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let (elsewhere, other_session) = db.desk_of(SUPPORT).await;
    let (_, bystander) = db.desk_of(FINANCE).await;
    let mut connection = connect(&desk.url).await;
    let new = hash(NEW);
    let change = |id: Uuid, hash: &str| format!("SELECT cs_auth.change_password('{id}', '{hash}')");
    let wrong = prove_again(&mut connection, "wrong").await.unwrap();
    assert_eq!(
        within(&mut connection, &session.token, &change(wrong, &new))
            .await
            .unwrap(),
        "false"
    );
    let right = prove_again(&mut connection, PASSWORD).await.unwrap();
    assert_eq!(
        refused(&mut connection, &change(right, &new)).await,
        "CS011",
        "without the token"
    );
    // A weaker hash is none.
    for weak in [
        "plain",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$VGhpcyBpcyBub3QgYSBoYXNoIG9mIHRoZSBzdGFuZGFyZCE",
        "$2b$04$1.syT.4BqhNJ81MZlv4WYeZvQGB8XIwWFjfIImJAp6LRxwc2YjLaG",
    ] {
        assert_eq!(
            within(&mut connection, &session.token, &change(right, weak))
                .await
                .unwrap_err(),
            "password_hash_form"
        );
    }
    assert_eq!(
        within(&mut connection, &session.token, &change(right, &new))
            .await
            .unwrap(),
        "true"
    );
    // Here the session stays; elsewhere it ends; nobody else's does.
    let touch = |token: &str| format!("SELECT cs_auth.touch('{token}')");
    assert_eq!(ask(&mut connection, &touch(&session.token)).await, "true");
    assert_eq!(
        ask(&mut connect(&elsewhere.url).await, &touch(&other_session.token)).await,
        "false"
    );
    let live = "SELECT count(*) FROM cs_auth.sessions WHERE ended_at IS NULL";
    assert_eq!(ask(&mut db.admin().await, live).await, "2", "{}", bystander.user_id);
    assert_eq!(sign_in(&elsewhere.url, SUPPORT, PASSWORD).await.unwrap_err(), "wrong");
    sign_in(&elsewhere.url, SUPPORT, NEW).await.unwrap();
    let logged =
        "SELECT count(*) FROM activity_logs WHERE action = 'password.change' AND user_id = resource_id::integer";
    assert_eq!(ask(&mut db.admin().await, logged).await, "1");
    let leaked = "SELECT count(*) FROM activity_logs t WHERE to_jsonb(t)::text LIKE '%argon2%'";
    assert_eq!(ask(&mut db.admin().await, leaked).await, "0");
}

#[tokio::test]
async fn an_old_hash_is_replaced_only_beside_the_password() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let bcrypt = "$2a$04$1.syT.4BqhNJ81MZlv4WYeZvQGB8XIwWFjfIImJAp6LRxwc2YjLaG";
    run(
        &mut admin,
        &format!("UPDATE users SET password_hash = '{bcrypt}' WHERE email = '{SUPPORT}'"),
    )
    .await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let mut connection = connect(&desk.url).await;
    age_confirmations(&db).await;
    // Whoever finds the desk unlocked later can't choose a password by it.
    let replace = format!("SELECT cs_auth.replace_hash('{}', '{}')", session.token, hash(NEW));
    assert_eq!(broken_rule(&mut connection, &replace).await, "confirmation_needed");
}

#[tokio::test]
async fn a_password_that_another_chose_is_replaced_on_the_way_in() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    run(
        &mut admin,
        &format!("UPDATE users SET must_change_password = true WHERE email = '{SUPPORT}'"),
    )
    .await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    let change =
        |id: Uuid, hash: &str| format!("SELECT cs_auth.change_password_at_sign_in('{id}', '{hash}', 'a test')");
    assert_eq!(
        ask(&mut connection, &change(id, &hash(NEW))).await,
        "false",
        "before the password was looked at"
    );
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "new_password");
    assert_eq!(
        refused(&mut connection, "SELECT count(*) FROM public.users").await,
        DENIED
    );
    assert_eq!(
        ask(&mut connect(&db.desk().await.url).await, &change(id, &hash(NEW))).await,
        "false",
        "over another login"
    );
    assert_eq!(refused(&mut connection, &change(id, "plain")).await, "CS012");
    // With a second factor the code comes first.
    run(
        &mut admin,
        &format!(
            "INSERT INTO cs_auth.second_factors (user_id, secret, confirmed_at) SELECT id, '12345678901234567890', now() FROM users WHERE email = '{SUPPORT}'"
        ),
    )
    .await;
    assert_eq!(
        ask(&mut connection, &change(id, &hash(NEW))).await,
        "false",
        "without the second factor"
    );
    run(&mut admin, "DELETE FROM cs_auth.second_factors").await;
    assert_eq!(ask(&mut connection, &change(id, &hash(NEW))).await, "true");
    open(&mut connection, Some(id)).await.unwrap();
    assert_eq!(
        sign_in(&db.desk().await.url, SUPPORT, PASSWORD).await.unwrap_err(),
        "wrong"
    );
    sign_in(&db.desk().await.url, SUPPORT, NEW).await.unwrap();

    // A proof that was right is worth nothing when the password changes meanwhile.
    run(
        &mut admin,
        &format!("UPDATE users SET must_change_password = true WHERE email = '{FINANCE}'"),
    )
    .await;
    let id = prove(&mut connection, FINANCE, PASSWORD).await.unwrap();
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "new_password");
    run(
        &mut admin,
        &format!(
            "UPDATE users SET password_hash = '{}' WHERE email = '{FINANCE}'",
            hash(NEW)
        ),
    )
    .await;
    assert_eq!(
        ask(&mut connection, &change(id, &hash("a third harbour"))).await,
        "false"
    );
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "wrong");
}

/// The first step of redeeming: the attempt, or `None` when it is too early.
async fn submit_reset(desk: &mut PgConnection, email: &str, code: &str) -> Option<Uuid> {
    let (id, _): (Option<Uuid>, i64) = sqlx::query_as("SELECT * FROM cs_auth.reset_submit($1, $2)")
        .bind(email)
        .bind(code)
        .fetch_one(desk)
        .await
        .unwrap();
    id
}

async fn redeem(desk: &mut PgConnection, id: Uuid, password: &str) -> String {
    ask(
        desk,
        &format!("SELECT cs_auth.reset_redeem('{id}', '{}', 'a test')", hash(password)),
    )
    .await
}

async fn try_code(desk: &mut PgConnection, email: &str, code: &str, password: &str) -> String {
    match submit_reset(desk, email, code).await {
        Some(id) => redeem(desk, id, password).await,
        None => "throttled".to_owned(),
    }
}

#[tokio::test]
async fn a_reset_code_works_once_for_its_person() {
    let db = WorkspaceDb::new().await;
    let (admin_desk, admin_session) = db.desk_of(ADMIN).await;
    let (support_desk, support) = db.desk_of(SUPPORT).await;
    let mut as_admin = connect(&admin_desk.url).await;
    let mut admin = db.admin().await;
    let issue = format!("SELECT code FROM cs_auth.issue_reset({})", support.user_id);
    assert_eq!(
        within(&mut connect(&support_desk.url).await, &support.token, &issue)
            .await
            .unwrap_err(),
        DENIED
    );
    let first = within(&mut as_admin, &admin_session.token, &issue).await.unwrap();
    let code = within(&mut as_admin, &admin_session.token, &issue).await.unwrap();
    assert_eq!(code.len(), 52, "256 bits");
    let stored = "SELECT token FROM password_reset_tokens ORDER BY id DESC LIMIT 1";
    let stored = ask(&mut admin, stored).await;
    assert_eq!(
        stored,
        ask(&mut admin, &format!("SELECT encode(sha256('{code}'), 'hex')")).await
    );
    age_confirmations(&db).await;
    assert_eq!(
        within(&mut as_admin, &admin_session.token, &issue).await.unwrap_err(),
        "confirmation_needed"
    );
    // Another program's token in clear.
    run(
        &mut admin,
        &format!(
            "INSERT INTO password_reset_tokens (user_id, token, expires_at) VALUES ({}, 'INCLEAR', '2099-01-01')",
            support.user_id
        ),
    )
    .await;

    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    for (email, tried) in [
        (SUPPORT, first.as_str()),
        (SUPPORT, "INCLEAR"),
        (FINANCE, code.as_str()),
        ("nobody@nowhere.example", code.as_str()),
        (SUPPORT, stored.as_str()),
        (SUPPORT, ""),
    ] {
        assert_eq!(
            try_code(&mut connection, email, tried, NEW).await,
            "wrong",
            "{email} {tried}"
        );
        run(&mut admin, "UPDATE cs_auth.throttle SET next_at = now()").await;
    }
    // Counted and committed first: in one transaction nothing is looked at.
    run(&mut connection, "BEGIN").await;
    let id = submit_reset(&mut connection, SUPPORT, &code).await.unwrap();
    assert_eq!(redeem(&mut connection, id, NEW).await, "stale");
    run(&mut connection, "ROLLBACK").await;
    assert_eq!(redeem(&mut connection, id, NEW).await, "stale");
    let id = submit_reset(&mut connection, SUPPORT, &code).await.unwrap();
    assert_eq!(
        redeem(&mut connect(&db.desk().await.url).await, id, NEW).await,
        "stale",
        "over another login"
    );
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "stale");
    run(&mut admin, "UPDATE cs_auth.throttle SET next_at = now(), failures = 0").await;
    let blocks: Vec<String> = code
        .as_bytes()
        .chunks(4)
        .map(|b| String::from_utf8_lossy(b).to_lowercase())
        .collect();
    assert_eq!(
        try_code(&mut connection, &SUPPORT.to_uppercase(), &blocks.join("-"), NEW).await,
        "reset"
    );
    assert_eq!(
        try_code(&mut connection, SUPPORT, &code, "a third harbour").await,
        "wrong",
        "a second time"
    );
    // The session that was there has ended; the new password is in force.
    assert_eq!(
        ask(
            &mut connect(&support_desk.url).await,
            &format!("SELECT cs_auth.touch('{}')", support.token)
        )
        .await,
        "false"
    );
    assert_eq!(
        sign_in_over(&mut connection, SUPPORT, PASSWORD).await.unwrap_err(),
        "wrong"
    );
    sign_in_over(&mut connection, SUPPORT, NEW).await.unwrap();
    let logged = "SELECT string_agg(concat_ws(' ', action, user_id), ', ' ORDER BY id) FROM activity_logs WHERE action IN ('password.reset', 'reset_token.create') AND user_id IS NOT NULL";
    let (a, s) = (admin_session.user_id, support.user_id);
    assert_eq!(
        ask(&mut admin, logged).await,
        format!("reset_token.create {a}, reset_token.create {a}, password.reset {s}")
    );
    let leaked = format!(
        "SELECT count(*) FROM activity_logs t WHERE to_jsonb(t)::text ILIKE ANY (ARRAY['%{code}%', '%{stored}%'])"
    );
    assert_eq!(ask(&mut admin, &leaked).await, "0");
}

#[tokio::test]
async fn a_reset_code_expires_and_is_throttled() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let (desk, session) = db.desk_of(ADMIN).await;
    let issue = format!("SELECT code FROM cs_auth.issue_reset({})", session.user_id + 1);
    let code = within(&mut connect(&desk.url).await, &session.token, &issue)
        .await
        .unwrap();
    assert_eq!(
        ask(&mut admin, "SELECT max(expires_at) FILTER (WHERE used_at IS NULL AND expires_at < '2099-01-01') BETWEEN timezone('UTC', now()) + interval '59 minutes' AND timezone('UTC', now()) + interval '61 minutes' FROM password_reset_tokens").await,
        "true"
    );
    run(
        &mut admin,
        "UPDATE password_reset_tokens SET expires_at = timezone('UTC', now()) WHERE user_id <> 5",
    )
    .await;
    let stranger = db.desk().await;
    let mut connection = connect(&stranger.url).await;
    assert_eq!(try_code(&mut connection, SECOND_ADMIN, &code, NEW).await, "wrong");
    for email in [SECOND_ADMIN, "nobody@nowhere.example"] {
        let mut answers = Vec::new();
        for _ in 0..6 {
            answers.push(try_code(&mut connection, email, "x", NEW).await);
        }
        assert_eq!(answers.last().unwrap(), "throttled", "{email}: {answers:?}");
    }
    // A colleague who redeems at another desk isn't kept waiting.
    let code = within(&mut connect(&desk.url).await, &session.token, &issue)
        .await
        .unwrap();
    assert_eq!(
        try_code(&mut connect(&db.desk().await.url).await, SECOND_ADMIN, &code, NEW).await,
        "reset"
    );
    // Nobody who is shut out gets one, and one that was made is worth nothing then.
    let code = within(&mut connect(&desk.url).await, &session.token, &issue)
        .await
        .unwrap();
    run(
        &mut admin,
        &format!("UPDATE users SET disabled_at = now() WHERE email = '{SECOND_ADMIN}'"),
    )
    .await;
    assert_eq!(
        try_code(&mut connect(&db.desk().await.url).await, SECOND_ADMIN, &code, NEW).await,
        "wrong"
    );
    assert_eq!(
        within(&mut connect(&desk.url).await, &session.token, &issue)
            .await
            .unwrap_err(),
        "reset_of_nobody"
    );
    // A customer's opens no desk.
    assert_eq!(
        sign_in(&desk.url, CUSTOMER, PASSWORD).await.unwrap_err(),
        "role_not_allowed"
    );
}

#[tokio::test]
async fn sessions_are_listed_and_revoked() {
    let db = WorkspaceDb::new().await;
    let (admin_desk, admin_session) = db.desk_of(ADMIN).await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let (second_desk, _) = db.desk_of(SUPPORT).await;
    let mut support = connect(&desk.url).await;
    let mut as_admin = connect(&admin_desk.url).await;
    assert_eq!(
        ask(&mut support, "SELECT count(*) FROM cs_auth.session_list(false)").await,
        "2"
    );
    assert_eq!(
        ask(
            &mut support,
            "SELECT login FROM cs_auth.session_list(false) WHERE is_this"
        )
        .await,
        desk.name
    );
    assert_eq!(
        refused(&mut support, "SELECT * FROM cs_auth.session_list(true)").await,
        DENIED
    );
    assert_eq!(
        ask(&mut as_admin, "SELECT count(*) FROM cs_auth.session_list(true)").await,
        "3"
    );
    assert_eq!(
        ask(&mut as_admin, "SELECT count(*) FROM cs_auth.session_list(false)").await,
        "1"
    );
    let number = |login: &str| format!("SELECT id FROM cs_auth.session_list(true) WHERE login = '{login}'");
    let (of_admin, of_second) = (
        ask(&mut as_admin, &number(&admin_desk.name)).await,
        ask(&mut as_admin, &number(&second_desk.name)).await,
    );
    let revoke = |id: &str| format!("SELECT cs_auth.revoke_session({id})");
    assert_eq!(
        refused(&mut support, &revoke(&of_second)).await,
        "CS011",
        "without the token"
    );
    assert_eq!(
        within(&mut support, &session.token, &revoke(&of_admin)).await.unwrap(),
        "false"
    );
    assert_eq!(
        within(&mut support, &session.token, &revoke(&of_second)).await.unwrap(),
        "true"
    );
    assert_eq!(
        within(&mut support, &session.token, &revoke(&of_second)).await.unwrap(),
        "false"
    );
    let read = "SELECT count(*) FROM public.organizations";
    assert_eq!(refused(&mut connect(&second_desk.url).await, read).await, DENIED);
    // All of a person: of others for admins only.
    sign_in(&second_desk.url, SUPPORT, PASSWORD).await.unwrap();
    let all_of = |user: i32| format!("SELECT cs_auth.revoke_sessions_of({user})");
    assert_eq!(
        within(&mut support, &session.token, &all_of(admin_session.user_id))
            .await
            .unwrap_err(),
        DENIED
    );
    assert_eq!(
        within(&mut support, &session.token, &all_of(session.user_id))
            .await
            .unwrap(),
        "1",
        "not this one"
    );
    assert_eq!(
        within(&mut as_admin, &admin_session.token, &all_of(session.user_id))
            .await
            .unwrap(),
        "1"
    );
    assert_eq!(refused(&mut support, read).await, DENIED, "at once");
    assert_eq!(
        ask(&mut as_admin, "SELECT count(*) FROM cs_auth.session_list(true)").await,
        "1"
    );
    let logged = "SELECT count(*) FROM activity_logs WHERE action = 'session.revoke' AND details ? 'of'";
    assert_eq!(ask(&mut db.admin().await, logged).await, "3");
}
