//! The second factor: its arithmetic, what it asks, what it counts, and who may take it away.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, Login, PASSWORD, SECOND_ADMIN, SUPPORT, Session, WorkspaceDb, ask, attempt, connect, open, prove,
    prove_again, refused, run, sign_in, sign_in_over, within,
};
use sha1::{Digest, Sha1};
use sqlx::PgConnection;
use store::roles::LoginKind;
use uuid::Uuid;

use super::shared::DENIED;

fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.concat()
}

#[tokio::test]
async fn the_arithmetic_is_that_of_the_standards() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    // SHA-1 against another implementation, over every way of filling blocks.
    for length in 0..=200_usize {
        let message: Vec<u8> = (0..length).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();
        let sql = format!("SELECT encode(cs_auth.sha1(decode('{}', 'hex')), 'hex')", hex(&message));
        assert_eq!(ask(&mut admin, &sql).await, hex(&Sha1::digest(&message)), "{length}");
    }
    // RFC 2202, 3.
    for (key, data, mac) in [
        (
            "0b".repeat(20),
            hex(b"Hi There"),
            "b617318655057264e28bc0b6fb378c8ef146be00",
        ),
        (
            hex(b"Jefe"),
            hex(b"what do ya want for nothing?"),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        ),
        (
            "aa".repeat(20),
            "dd".repeat(50),
            "125d7342b9ac11cd91a39af48aa17b4f63f175d3",
        ),
        (
            "aa".repeat(80),
            hex(b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112",
        ),
        (
            "aa".repeat(80),
            hex(b"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
            "e8e99d0f45237d786d6bbaa7965c7808bbff1a91",
        ),
    ] {
        let sql = format!("SELECT encode(cs_auth.hmac_sha1(decode('{key}', 'hex'), decode('{data}', 'hex')), 'hex')");
        assert_eq!(ask(&mut admin, &sql).await, mac, "{data}");
    }
    // RFC 4226, appendix D: the counters from 0 on.
    let hotp = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
    ];
    for (counter, code) in hotp.iter().enumerate() {
        let sql = format!("SELECT cs_auth.totp('12345678901234567890'::bytea, {counter})");
        assert_eq!(ask(&mut admin, &sql).await, *code, "{counter}");
    }
    // RFC 6238, appendix B: eight digits, steps of 30 seconds.
    for (time, code) in [
        (59_i64, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        let sql = format!("SELECT cs_auth.totp('12345678901234567890'::bytea, {}, 8)", time / 30);
        assert_eq!(ask(&mut admin, &sql).await, code, "{time}");
    }
    assert_eq!(
        ask(
            &mut admin,
            "SELECT abs(cs_auth.totp_step() * 30 - extract(epoch FROM now())) <= 31"
        )
        .await,
        "true"
    );
    // RFC 4648, 10, without padding.
    for (text, encoded) in [
        ("f", "MY"),
        ("fo", "MZXQ"),
        ("foo", "MZXW6"),
        ("foob", "MZXW6YQ"),
        ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ] {
        assert_eq!(
            ask(&mut admin, &format!("SELECT cs_auth.base32('{text}')")).await,
            encoded
        );
    }
}

/// Somebody who has set a second factor up: the desk, the session and the recovery codes.
async fn with_factor(db: &WorkspaceDb, email: &str) -> (Login, Session, Vec<String>) {
    let (desk, session) = db.desk_of(email).await;
    let mut connection = connect(&desk.url).await;
    within(&mut connection, &session.token, "SELECT cs_auth.second_factor_begin()")
        .await
        .unwrap();
    let code = code_of(db, session.user_id, 0).await;
    let codes = within(
        &mut connection,
        &session.token,
        &format!("SELECT array_to_string(cs_auth.second_factor_finish('{code}'), ' ')"),
    )
    .await
    .unwrap();
    // The first code is used up by this; tests that want it again turn the mark back.
    (desk, session, codes.split(' ').map(str::to_owned).collect())
}

/// What the phone shows, so many steps from now.
async fn code_of(db: &WorkspaceDb, user: i32, steps: i32) -> String {
    let sql = format!(
        "SELECT cs_auth.totp(f.secret, cs_auth.totp_step() + {steps}) FROM cs_auth.second_factors f WHERE f.user_id = {user}"
    );
    ask(&mut db.admin().await, &sql).await
}

/// Lets codes be used that were used before, and forgets failures.
async fn forget(db: &WorkspaceDb) {
    run(
        &mut db.admin().await,
        "UPDATE cs_auth.second_factors SET last_step = 0; UPDATE cs_auth.throttle SET next_at = now(), failures = 0",
    )
    .await;
}

async fn submit_code(desk: &mut PgConnection, id: Uuid, code: &str) -> bool {
    let (accepted, _): (bool, i64) = sqlx::query_as("SELECT * FROM cs_auth.submit_code($1, $2)")
        .bind(id)
        .bind(code)
        .fetch_one(desk)
        .await
        .unwrap();
    accepted
}

/// A code for an attempt, looked at.
async fn give(desk: &mut PgConnection, id: Uuid, code: &str) -> Result<Session, String> {
    assert!(submit_code(desk, id, code).await);
    open(desk, Some(id)).await
}

#[tokio::test]
async fn a_code_is_asked_for_and_used_once() {
    let db = WorkspaceDb::new().await;
    let (_, session, _) = with_factor(&db, SUPPORT).await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    // The code that confirmed it is used up too.
    let first = code_of(&db, session.user_id, 0).await;
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    assert!(
        !submit_code(&mut connection, id, &first).await,
        "before the password was looked at"
    );
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    assert_eq!(
        refused(&mut connection, "SELECT count(*) FROM public.users").await,
        DENIED
    );
    let used = "SELECT last_step = cs_auth.totp_step() FROM cs_auth.second_factors";
    if ask(&mut db.admin().await, used).await == "true" {
        assert_eq!(give(&mut connection, id, &first).await.unwrap_err(), "wrong_code");
    }
    forget(&db).await;
    // One attempt may be given several codes; the password stays proven.
    assert_eq!(give(&mut connection, id, "000000x").await.unwrap_err(), "wrong_code");
    let code = code_of(&db, session.user_id, 0).await;
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    give(&mut connection, id, &spaced).await.unwrap();
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "stale");
    // The same code again, and the one before it.
    let before = code_of(&db, session.user_id, -1).await;
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    assert_eq!(
        give(&mut connection, id, &code).await.unwrap_err(),
        "wrong_code",
        "replayed"
    );
    assert_eq!(
        give(&mut connection, id, &before).await.unwrap_err(),
        "wrong_code",
        "older than a used one"
    );
}

#[tokio::test]
async fn the_window_is_one_step_on_either_side() {
    let db = WorkspaceDb::new().await;
    let (_, session, _) = with_factor(&db, SUPPORT).await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    let mut admin = db.admin().await;
    for (steps, right) in [(-2, false), (-1, true), (0, true), (1, true), (2, false), (-20, false)] {
        // A step that ends meanwhile would shift what is expected: then once more.
        loop {
            forget(&db).await;
            let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
            assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
            let began = ask(&mut admin, "SELECT cs_auth.totp_step()").await;
            let code = code_of(&db, session.user_id, steps).await;
            let outcome = give(&mut connection, id, &code).await;
            if ask(&mut admin, "SELECT cs_auth.totp_step()").await == began {
                assert_eq!(outcome.is_ok(), right, "{steps}: {outcome:?}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn codes_are_counted_like_passwords() {
    let db = WorkspaceDb::new().await;
    let (_, session, _) = with_factor(&db, SUPPORT).await;
    forget(&db).await;
    let (desk, colleague) = (db.desk().await, db.desk().await);
    let mut connection = connect(&desk.url).await;
    let failures = format!(
        "SELECT coalesce(max(failures), 0) FROM cs_auth.throttle WHERE address = cs_auth.factor_key({}) AND login = '{}'",
        session.user_id, desk.name
    );
    let mut admin = db.admin().await;
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    let right = code_of(&db, session.user_id, 1).await;

    // In one transaction nothing is looked at, so a rollback that hides the count has learnt nothing.
    run(&mut connection, "BEGIN").await;
    assert!(submit_code(&mut connection, id, &right).await);
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    run(&mut connection, "ROLLBACK").await;
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    assert_eq!(ask(&mut admin, &failures).await, "0");
    // A look that is rolled back had been counted before.
    assert!(submit_code(&mut connection, id, "123456x").await);
    run(&mut connection, "BEGIN").await;
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "wrong_code");
    run(&mut connection, "ROLLBACK").await;
    assert_eq!(ask(&mut admin, &failures).await, "1");

    // Many at once, each with an attempt of its own whose password is right.
    let mut prepared = Vec::new();
    for _ in 0..8 {
        let mut connection = connect(&desk.url).await;
        let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
        assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
        prepared.push((connection, id));
    }
    let tasks: Vec<_> = prepared
        .into_iter()
        .map(|(mut connection, id)| tokio::spawn(async move { submit_code(&mut connection, id, "999999x").await }))
        .collect();
    let mut accepted = 1;
    for task in tasks {
        accepted += usize::from(task.await.unwrap());
    }
    assert_eq!((accepted, ask(&mut admin, &failures).await.as_str()), (4, "4"));
    // A right password doesn't wash wrong codes away, nor does the right code get through now.
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    assert!(!submit_code(&mut connection, id, &right).await);
    // At another desk the person gets in at once: nobody is locked out from elsewhere.
    let mut elsewhere = connect(&colleague.url).await;
    let id = prove(&mut elsewhere, SUPPORT, PASSWORD).await.unwrap();
    assert_eq!(open(&mut elsewhere, Some(id)).await.unwrap_err(), "second_factor");
    let code = code_of(&db, session.user_id, 0).await;
    give(&mut elsewhere, id, &code).await.unwrap();
}

#[tokio::test]
async fn recovery_codes_work_once_and_are_stored_as_digests() {
    let db = WorkspaceDb::new().await;
    let (first_desk, session, codes) = with_factor(&db, SUPPORT).await;
    assert_eq!(codes.len(), 10);
    assert!(codes.iter().all(|code| code.len() == 16), "80 bits each: {codes:?}");
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    let lower = codes[0].to_lowercase();
    let grouped = format!("{}-{}-{}-{}", &lower[..4], &lower[4..8], &lower[8..12], &lower[12..]);
    for expected in [Ok(()), Err("wrong_code")] {
        let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
        assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
        let outcome = give(&mut connection, id, &grouped).await;
        assert_eq!(
            outcome.map(|_| ()).map_err(|status| status == "wrong_code"),
            expected.map_err(|_| true)
        );
    }
    let mut admin = db.admin().await;
    let logged = "SELECT string_agg(concat(user_id, ' ', details ->> 'left'), ', ') FROM activity_logs WHERE action = 'second_factor.recovery_code'";
    assert_eq!(ask(&mut admin, logged).await, format!("{} 9", session.user_id));
    // New ones void the old ones. The first desk's session is still there.
    let mut first = connect(&first_desk.url).await;
    let made = "SELECT array_to_string(cs_auth.second_factor_new_codes(), ' ')";
    let new = within(&mut first, &session.token, made).await.unwrap();
    forget(&db).await;
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "second_factor");
    assert_eq!(give(&mut connection, id, &codes[1]).await.unwrap_err(), "wrong_code");
    let new: Vec<&str> = new.split(' ').collect();
    give(&mut connection, id, new[9]).await.unwrap();
    // What was shown is nowhere: neither code nor secret.
    let secret = ask(&mut admin, "SELECT cs_auth.base32(secret) FROM cs_auth.second_factors").await;
    for shown in [codes[1].as_str(), new[0], new[9], secret.as_str()] {
        for table in [
            "cs_auth.recovery_codes",
            "cs_auth.attempts",
            "cs_auth.second_factors",
            "public.activity_logs",
            "public.users",
        ] {
            let sql = format!("SELECT count(*) FROM {table} t WHERE to_jsonb(t)::text ILIKE '%{shown}%'");
            assert_eq!(ask(&mut admin, &sql).await, "0", "{table}");
        }
    }
}

#[tokio::test]
async fn setting_up_takes_the_password_and_a_first_code() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(SUPPORT).await;
    let mut connection = connect(&desk.url).await;
    let begin = "SELECT cs_auth.second_factor_begin()";
    run(
        &mut db.admin().await,
        "UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'",
    )
    .await;
    assert_eq!(
        within(&mut connection, &session.token, begin).await.unwrap_err(),
        "confirmation_needed"
    );
    assert_eq!(refused(&mut connection, begin).await, "CS011", "without the token");
    let id = prove_again(&mut connection, PASSWORD).await.unwrap();
    assert_eq!(
        ask(&mut connection, &format!("SELECT cs_auth.confirm('{id}')")).await,
        "true"
    );
    let secret = within(&mut connection, &session.token, begin).await.unwrap();
    assert_eq!(secret.len(), 32, "160 bits");
    // It doesn't count yet.
    sign_in(&db.desk().await.url, SUPPORT, PASSWORD).await.unwrap();
    let finish = |code: &str| format!("SELECT cardinality(cs_auth.second_factor_finish('{code}'))");
    assert_eq!(
        within(&mut connection, &session.token, &finish("12345x"))
            .await
            .unwrap(),
        "∅"
    );
    let code = code_of(&db, session.user_id, 0).await;
    assert_eq!(
        within(&mut connection, &session.token, &finish(&code)).await.unwrap(),
        "10"
    );
    assert_eq!(
        within(&mut connection, &session.token, begin).await.unwrap_err(),
        "second_factor_exists"
    );
    assert_eq!(
        within(&mut connection, &session.token, &finish(&code))
            .await
            .unwrap_err(),
        "second_factor_not_begun"
    );
    assert_eq!(
        sign_in(&db.desk().await.url, SUPPORT, PASSWORD).await.unwrap_err(),
        "second_factor"
    );
    // Giving it up takes the password and a code, counted both.
    forget(&db).await;
    let disable = |id: Uuid| format!("SELECT cs_auth.second_factor_disable('{id}')");
    let id = prove_again(&mut connection, PASSWORD).await.unwrap();
    assert!(
        !submit_code(&mut connection, id, &code).await,
        "before the password was looked at"
    );
    assert_eq!(
        ask(&mut connection, &format!("SELECT cs_auth.confirm('{id}')")).await,
        "true"
    );
    assert_eq!(
        within(&mut connection, &session.token, &disable(id)).await.unwrap(),
        "false"
    );
    assert!(submit_code(&mut connection, id, "0").await);
    assert_eq!(
        within(&mut connection, &session.token, &disable(id)).await.unwrap(),
        "false"
    );
    let code = code_of(&db, session.user_id, 0).await;
    assert!(submit_code(&mut connection, id, &code).await);
    assert_eq!(
        within(&mut connection, &session.token, &disable(id)).await.unwrap(),
        "true"
    );
    sign_in(&db.desk().await.url, SUPPORT, PASSWORD).await.unwrap();
    let logged = "SELECT string_agg(action, ' ' ORDER BY id) FROM activity_logs WHERE action LIKE 'second_factor.%'";
    assert_eq!(
        ask(&mut db.admin().await, logged).await,
        "second_factor.set_up second_factor.wrong_code second_factor.disable"
    );
}

#[tokio::test]
async fn a_role_can_be_required_to_have_one() {
    let db = WorkspaceDb::new().await;
    let (admin_desk, admin_session) = db.desk_of(ADMIN).await;
    let mut as_admin = connect(&admin_desk.url).await;
    let require = |roles: &str| format!("SELECT cs_auth.require_second_factor('{{{roles}}}')");
    within(&mut as_admin, &admin_session.token, &require("support,finance"))
        .await
        .unwrap();
    assert!(
        within(&mut as_admin, &admin_session.token, &require("user"))
            .await
            .is_err()
    );
    run(
        &mut db.admin().await,
        "UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'",
    )
    .await;
    assert_eq!(
        within(&mut as_admin, &admin_session.token, &require(""))
            .await
            .unwrap_err(),
        "confirmation_needed"
    );
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    let id = prove(&mut connection, SUPPORT, PASSWORD).await.unwrap();
    let begin = format!("SELECT cs_auth.second_factor_begin_at_sign_in('{id}')");
    assert_eq!(
        ask(&mut connection, &begin).await,
        "∅",
        "before the password was looked at"
    );
    assert_eq!(
        open(&mut connection, Some(id)).await.unwrap_err(),
        "second_factor_setup"
    );
    assert_eq!(
        ask(&mut connect(&db.desk().await.url).await, &begin).await,
        "∅",
        "over another login"
    );
    let secret = ask(&mut connection, &begin).await;
    assert_eq!(secret.len(), 32);
    assert_eq!(
        open(&mut connection, Some(id)).await.unwrap_err(),
        "second_factor_setup"
    );
    let user = ask(&mut db.admin().await, "SELECT user_id FROM cs_auth.second_factors").await;
    let code = code_of(&db, user.parse().unwrap(), 0).await;
    let finish = format!("SELECT cardinality(cs_auth.second_factor_finish_at_sign_in('{id}', '{code}', 'a test'))");
    assert_eq!(ask(&mut connection, &finish).await, "10");
    let session = open(&mut connection, Some(id)).await.unwrap();
    // It can't be given up as long as it is required.
    let id = prove_again(&mut connection, PASSWORD).await.unwrap();
    assert_eq!(
        ask(&mut connection, &format!("SELECT cs_auth.confirm('{id}')")).await,
        "true"
    );
    let disable = format!("SELECT cs_auth.second_factor_disable('{id}')");
    assert_eq!(
        within(&mut connection, &session.token, &disable).await.unwrap_err(),
        "second_factor_required"
    );
    // Admins aren't named: they come in as before.
    sign_in(&db.desk().await.url, SECOND_ADMIN, PASSWORD).await.unwrap();
}

#[tokio::test]
async fn an_admin_takes_anothers_away_and_never_the_own() {
    let db = WorkspaceDb::new().await;
    let (desk, session, _) = with_factor(&db, SUPPORT).await;
    let (admin_desk, admin_session, _) = with_factor(&db, ADMIN).await;
    let (finance_desk, finance_session) = db.desk_of(FINANCE).await;
    let reset = |whose: i32| format!("SELECT cs_auth.reset_second_factor({whose})");
    assert_eq!(
        within(
            &mut connect(&finance_desk.url).await,
            &finance_session.token,
            &reset(session.user_id)
        )
        .await
        .unwrap_err(),
        DENIED
    );
    let mut as_admin = connect(&admin_desk.url).await;
    for (whose, rule) in [
        (admin_session.user_id, "second_factor_own"),
        (finance_session.user_id, "second_factor_missing"),
    ] {
        assert_eq!(
            within(&mut as_admin, &admin_session.token, &reset(whose))
                .await
                .unwrap_err(),
            rule
        );
    }
    let mut admin = db.admin().await;
    run(
        &mut admin,
        "UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'",
    )
    .await;
    assert_eq!(
        within(&mut as_admin, &admin_session.token, &reset(session.user_id))
            .await
            .unwrap_err(),
        "confirmation_needed"
    );
    run(&mut admin, "UPDATE cs_auth.sessions SET confirmed_at = now()").await;
    within(&mut as_admin, &admin_session.token, &reset(session.user_id))
        .await
        .unwrap();
    assert_eq!(
        ask(
            &mut connect(&desk.url).await,
            &format!("SELECT cs_auth.touch('{}')", session.token)
        )
        .await,
        "false"
    );
    sign_in_over(&mut connect(&desk.url).await, SUPPORT, PASSWORD)
        .await
        .unwrap();
    let logged = "SELECT concat_ws(' ', user_id, resource_id) FROM activity_logs WHERE action = 'second_factor.reset'";
    assert_eq!(
        ask(&mut admin, logged).await,
        format!("{} {}", admin_session.user_id, session.user_id)
    );
}

#[tokio::test]
async fn nobody_reads_secrets_codes_or_tokens() {
    let db = WorkspaceDb::new().await;
    let (desk, _, _) = with_factor(&db, ADMIN).await;
    let mut logins = vec![("admin", desk.url)];
    for email in [SUPPORT, FINANCE] {
        logins.push((email, db.desk_of(email).await.0.url));
    }
    logins.push(("nobody", db.desk().await.url));
    logins.push(("agent", db.login(LoginKind::Agent).await.url));
    logins.push(("service", db.login(LoginKind::Service).await.url));
    for (who, url) in logins {
        let mut connection = connect(&url).await;
        for sql in [
            "SELECT secret FROM cs_auth.second_factors",
            "SELECT code_sha256 FROM cs_auth.recovery_codes",
            "SELECT token_sha256 FROM cs_auth.sessions",
            "SELECT proof FROM cs_auth.attempts",
            "SELECT code_sha256 FROM cs_auth.attempts",
            "SELECT value FROM cs_auth.secrets",
            "SELECT failures FROM cs_auth.throttle",
            "SELECT cs_auth.totp('x', 1)",
            "SELECT cs_auth.use_code(1, 'x', 'x')",
            "SELECT cs_auth.make_factor(1)",
            "SELECT cs_auth.make_recovery_codes(1)",
            "SELECT cs_auth.set_password(1, 'x', NULL, 'x')",
            "SELECT * FROM cs_auth.issue_reset_for(1)",
            "SELECT cs_auth.reset_second_factor_of(1)",
            "SELECT cs_auth.need_confirmation()",
            "SELECT cs_auth.count_attempt('x')",
            "SELECT cs_auth.forgive('x')",
            "SELECT cs_auth.drop_factor(1)",
            "COPY cs_auth.second_factors TO STDOUT",
        ] {
            assert_eq!(refused(&mut connection, sql).await, DENIED, "{who}: {sql}");
        }
        if who != "service" {
            assert!(
                attempt(&mut connection, "SELECT token FROM password_reset_tokens")
                    .await
                    .is_err(),
                "{who}"
            );
        }
    }
}
