//! Challenge, submit, open: what they tell, and what they count.

use cs_tests::workspace_db::{
    CUSTOMER, FINANCE, PASSWORD, SUPPORT, WorkspaceDb, ask, challenge, connect, open, proof, refused, run, sign_in,
    sign_in_over,
};

use super::shared::DENIED;

#[tokio::test]
async fn refusals_of_sign_in_tell_nothing() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    assert_eq!(
        sign_in_over(&mut connection, SUPPORT, "wrong").await.unwrap_err(),
        "wrong"
    );
    assert_eq!(
        sign_in_over(&mut connection, "nobody@nowhere.example", PASSWORD)
            .await
            .unwrap_err(),
        "wrong"
    );
    assert_eq!(
        sign_in_over(&mut connection, CUSTOMER, PASSWORD).await.unwrap_err(),
        "role_not_allowed"
    );
    assert_eq!(
        sign_in_over(&mut connection, CUSTOMER, "wrong").await.unwrap_err(),
        "wrong"
    );
    run(
        &mut db.admin().await,
        "UPDATE users SET disabled_at = now() WHERE role = 'finance'",
    )
    .await;
    assert_eq!(
        sign_in_over(&mut connection, FINANCE, PASSWORD).await.unwrap_err(),
        "wrong"
    );
    assert_eq!(
        refused(&mut connection, "SELECT count(*) FROM public.users").await,
        DENIED
    );

    let known = challenge(&mut connection, SUPPORT).await;
    let (one, again) = (
        challenge(&mut connection, "x@y.example").await,
        challenge(&mut connection, " X@Y.example ").await,
    );
    let other = challenge(&mut connection, "z@y.example").await;
    assert_eq!(
        (&one.salt, &one.parameters),
        (&again.salt, &again.parameters),
        "a decoy stays the same"
    );
    assert_ne!(one.salt, other.salt);
    assert_ne!(one.nonce, again.nonce);
    assert_eq!((&one.algorithm, &one.parameters), (&known.algorithm, &known.parameters));
    assert_eq!(one.salt.unwrap().len(), known.salt.unwrap().len());
    // Addresses are compared without regard to case.
    sign_in_over(&mut connection, "SAM@Halyard.example", PASSWORD)
        .await
        .unwrap();
}

#[tokio::test]
async fn failures_slow_down_one_login_and_no_colleague() {
    let db = WorkspaceDb::new().await;
    let (desk, colleague) = (db.desk().await, db.desk().await);
    let mut connection = connect(&desk.url).await;
    let mut admin = db.admin().await;
    let mut waits = Vec::new();
    for attempt in 1..=7 {
        assert_eq!(
            sign_in_over(&mut connection, SUPPORT, "wrong").await.unwrap_err(),
            "wrong",
            "attempt {attempt}"
        );
        let asked = challenge(&mut connection, SUPPORT).await;
        assert_eq!(asked.attempt.is_none(), asked.retry_after_ms > 0);
        waits.push(asked.retry_after_ms);
        if asked.retry_after_ms > 0 {
            assert_eq!(
                sign_in_over(&mut connection, SUPPORT, PASSWORD).await.unwrap_err(),
                "throttled",
                "also with the right password"
            );
        }
        run(&mut admin, "UPDATE cs_auth.throttle SET next_at = now()").await;
    }
    assert_eq!(waits[..3], [0, 0, 0]);
    assert!(
        waits[3] > 1000 && waits.windows(2).skip(3).all(|pair| pair[1] > pair[0] * 3 / 2),
        "{waits:?}"
    );
    // The last wait still runs for this login; at another desk it doesn't.
    run(
        &mut admin,
        &format!(
            "UPDATE cs_auth.throttle SET next_at = now() + interval '1 hour' WHERE login = '{}'",
            desk.name
        ),
    )
    .await;
    assert_eq!(
        sign_in_over(&mut connection, SUPPORT, PASSWORD).await.unwrap_err(),
        "throttled"
    );
    sign_in(&colleague.url, SUPPORT, PASSWORD).await.unwrap();
    // Nor for another address at this one.
    sign_in_over(&mut connection, FINANCE, PASSWORD).await.unwrap();
    // An unknown address is slowed down alike.
    for _ in 0..4 {
        assert_eq!(
            sign_in_over(&mut connection, "nobody@nowhere.example", "wrong")
                .await
                .unwrap_err(),
            "wrong"
        );
    }
    assert!(
        challenge(&mut connection, "nobody@nowhere.example")
            .await
            .retry_after_ms
            > 0
    );
}

async fn failures(db: &WorkspaceDb) -> String {
    ask(
        &mut db.admin().await,
        "SELECT coalesce(max(failures), 0) FROM cs_auth.throttle",
    )
    .await
}

#[tokio::test]
async fn an_attempt_counts_whether_or_not_it_is_rolled_back() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut connection = connect(&desk.url).await;
    let submit = |id: uuid::Uuid, proof: Vec<u8>| {
        sqlx::query_as::<_, (bool, i64)>("SELECT * FROM cs_auth.submit($1, $2)")
            .bind(id)
            .bind(proof)
    };

    // In one transaction nothing opens, so a rollback that hides the count has learnt nothing.
    let asked = challenge(&mut connection, SUPPORT).await;
    let (id, right) = (asked.attempt.unwrap(), proof(&asked, PASSWORD));
    run(&mut connection, "BEGIN").await;
    assert!(submit(id, right.clone()).fetch_one(&mut connection).await.unwrap().0);
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "stale");
    run(&mut connection, "SAVEPOINT s").await;
    assert_eq!(
        open(&mut connection, Some(id)).await.unwrap_err(),
        "stale",
        "nor in a subtransaction"
    );
    run(&mut connection, "ROLLBACK").await;
    assert_eq!(
        open(&mut connection, Some(id)).await.unwrap_err(),
        "stale",
        "the proof was rolled back with it"
    );
    assert_eq!(failures(&db).await, "0");

    // A comparison that is rolled back had been counted before.
    let wrong = proof(&asked, "wrong");
    assert!(submit(id, wrong).fetch_one(&mut connection).await.unwrap().0);
    run(&mut connection, "BEGIN").await;
    assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "wrong");
    run(&mut connection, "ROLLBACK").await;
    assert_eq!(failures(&db).await, "1");
    // One proof per attempt, and of one's own attempts only.
    assert!(!submit(id, right).fetch_one(&mut connection).await.unwrap().0);
    let other_desk = db.desk().await;
    let mut other = connect(&other_desk.url).await;
    let asked = challenge(&mut connection, SUPPORT).await;
    assert!(
        !submit(asked.attempt.unwrap(), proof(&asked, PASSWORD))
            .fetch_one(&mut other)
            .await
            .unwrap()
            .0
    );
    assert!(
        submit(asked.attempt.unwrap(), proof(&asked, PASSWORD))
            .fetch_one(&mut connection)
            .await
            .unwrap()
            .0
    );
    assert_eq!(open(&mut other, asked.attempt).await.unwrap_err(), "stale");
    open(&mut connection, asked.attempt).await.unwrap();
    assert_eq!(
        open(&mut connection, asked.attempt).await.unwrap_err(),
        "stale",
        "an attempt opens once"
    );
}

#[tokio::test]
async fn parallel_attempts_are_each_counted() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut prepared = Vec::new();
    for _ in 0..12 {
        let mut connection = connect(&desk.url).await;
        let asked = challenge(&mut connection, SUPPORT).await;
        prepared.push((connection, asked.attempt.unwrap(), proof(&asked, "wrong")));
    }
    let tasks: Vec<_> = prepared
        .into_iter()
        .map(|(mut connection, id, proof)| {
            tokio::spawn(async move {
                let (accepted, _): (bool, i64) = sqlx::query_as("SELECT * FROM cs_auth.submit($1, $2)")
                    .bind(id)
                    .bind(proof)
                    .fetch_one(&mut connection)
                    .await
                    .unwrap();
                accepted
            })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        accepted += usize::from(task.await.unwrap());
    }
    // The fourth failure closes the door for the others, however many stand before it at once.
    assert_eq!((accepted, failures(&db).await.as_str()), (4, "4"));
}

#[tokio::test]
async fn an_old_hash_verifies_and_is_replaced() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let argon = ask(
        &mut admin,
        &format!("SELECT password_hash FROM users WHERE email = '{FINANCE}'"),
    )
    .await;
    // bcrypt of the same password.
    let bcrypt = "$2a$04$1.syT.4BqhNJ81MZlv4WYeZvQGB8XIwWFjfIImJAp6LRxwc2YjLaG";
    run(
        &mut admin,
        &format!("UPDATE users SET password_hash = '{bcrypt}' WHERE email = '{SUPPORT}'"),
    )
    .await;
    let desk = db.desk().await;
    assert_eq!(sign_in(&desk.url, SUPPORT, "wrong").await.unwrap_err(), "wrong");
    let session = sign_in(&desk.url, SUPPORT, PASSWORD).await.unwrap();
    let mut connection = connect(&desk.url).await;
    let replace = |hash: &str| format!("SELECT cs_auth.replace_hash('{}', '{hash}')", session.token);
    assert_eq!(refused(&mut connection, &replace("plain")).await, "CS012");
    run(&mut connection, &replace(&argon)).await;
    let stored = format!("SELECT password_hash FROM users WHERE email = '{SUPPORT}'");
    assert_eq!(ask(&mut admin, &stored).await, argon);
    // A hash of today's kind isn't replaced: that would be a change of password without the old one.
    let forged = format!("{}A", &argon[..argon.len() - 1]);
    run(&mut connection, &replace(&forged)).await;
    assert_eq!(ask(&mut admin, &stored).await, argon);
    sign_in(&desk.url, SUPPORT, PASSWORD).await.unwrap();
}
