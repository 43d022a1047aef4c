//! What a session is worth, and how it ends.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, PASSWORD, SECOND_ADMIN, SUPPORT, WorkspaceDb, ask, attempt, connect, entered, refused, run,
    sign_in, sign_in_over,
};

use super::shared::DENIED;

#[tokio::test]
async fn a_write_shows_the_sessions_token() {
    let db = WorkspaceDb::new().await;
    let (desk, session) = db.desk_of(ADMIN).await;
    let (other_desk, _) = db.desk_of(SECOND_ADMIN).await;
    let mut connection = connect(&desk.url).await;
    let mut admin = db.admin().await;
    let insert = "INSERT INTO organizations (id, name) VALUES (NULL, 'Written')";
    let update = "UPDATE organizations SET name = 'Changed' WHERE id = 1";
    assert_eq!(refused(&mut connection, insert).await, DENIED);
    assert_eq!(attempt(&mut connection, update).await.unwrap(), 0);
    assert_eq!(
        refused(&mut connection, &entered("not the token", insert)).await,
        "CS011"
    );
    // Another's token, over another login.
    assert_eq!(
        refused(&mut connect(&other_desk.url).await, &entered(&session.token, insert)).await,
        "CS011"
    );

    // What enter() leaves is worth nothing in another transaction, and can't be made up.
    run(
        &mut connection,
        &format!("BEGIN; SELECT cs_auth.enter('{}')", session.token),
    )
    .await;
    let pass = ask(&mut connection, "SELECT current_setting('cs.pass')").await;
    run(&mut connection, "COMMIT").await;
    for forged in [
        pass.as_str(),
        "1:",
        "1",
        "",
        "true",
        &format!("{}:{}", 1, "0".repeat(64)),
    ] {
        run(&mut connection, &format!("SET cs.pass = '{forged}'")).await;
        assert_eq!(
            refused(
                &mut connection,
                &format!("BEGIN; SELECT txid_current(); {insert}; COMMIT")
            )
            .await,
            DENIED,
            "{forged}"
        );
        assert_eq!(attempt(&mut connection, update).await.unwrap(), 0, "{forged}");
    }
    run(
        &mut connection,
        "SET app.current_user_role = 'admin'; SET app.current_organization_id = '1'; SET cs_auth.user_id = '1'",
    )
    .await;
    assert_eq!(refused(&mut connection, insert).await, DENIED);
    assert_eq!(refused(&mut connection, "SELECT cs_auth.pass_of(1)").await, DENIED);
    assert_eq!(refused(&mut connection, "SELECT cs_auth.live_session()").await, DENIED);

    run(
        &mut connection,
        &entered(&session.token, &format!("{insert}; {update}")),
    )
    .await;
    assert_eq!(
        ask(
            &mut admin,
            "SELECT string_agg(name, ', ' ORDER BY id) FROM organizations"
        )
        .await,
        "Changed, Kestrel Maps, Written"
    );
    // An id that the writer sends is not the row's, so that no key can be used up or guessed ahead.
    run(
        &mut connection,
        &entered(
            &session.token,
            "INSERT INTO organizations (id, name) VALUES (2000000000, 'Numbered')",
        ),
    )
    .await;
    assert_eq!(
        ask(
            &mut admin,
            "SELECT string_agg(id::text, ' ' ORDER BY id) FROM organizations"
        )
        .await,
        "1 2 3 4"
    );
}

#[tokio::test]
async fn an_ended_session_takes_the_role_back() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    let (admin_desk, admin_session) = db.desk_of(ADMIN).await;
    let mut as_admin = connect(&admin_desk.url).await;
    let insert = "INSERT INTO tickets (id, subject) VALUES (NULL, 'x')";
    let read = "SELECT count(*) FROM public.organizations";

    for how in ["expired", "idle", "left", "disabled", "demoted", "promoted"] {
        let (desk, session) = db.desk_of(SUPPORT).await;
        let mut connection = connect(&desk.url).await;
        assert_eq!(ask(&mut connection, read).await, "2", "{how}");
        let change_user = |change: &str| {
            entered(
                &admin_session.token,
                &format!("UPDATE users SET {change} WHERE id = {}", session.user_id),
            )
        };
        match how {
            "expired" => {
                run(
                    &mut admin,
                    &format!(
                        "UPDATE cs_auth.sessions SET expires_at = now() WHERE login = '{}'",
                        desk.name
                    ),
                )
                .await;
            }
            "idle" => {
                run(
                    &mut admin,
                    &format!(
                        "UPDATE cs_auth.sessions SET last_use = now() - interval '31 minutes' WHERE login = '{}'",
                        desk.name
                    ),
                )
                .await;
            }
            "left" => assert_eq!(
                ask(&mut connection, &format!("SELECT cs_auth.leave('{}')", session.token)).await,
                "true"
            ),
            "disabled" => run(&mut as_admin, &change_user("disabled_at = timezone('UTC', now())")).await,
            "demoted" => run(&mut as_admin, &change_user("role = 'user'")).await,
            _ => run(&mut as_admin, &change_user("role = 'finance'")).await,
        }
        // At once: no write, nobody signed in.
        assert_eq!(
            refused(&mut connection, &entered(&session.token, insert)).await,
            "CS011",
            "{how}"
        );
        assert_eq!(
            ask(&mut connection, &format!("SELECT cs_auth.touch('{}')", session.token)).await,
            "false",
            "{how}"
        );
        assert_eq!(
            ask(&mut connection, "SELECT concat(cs_auth.user_id(), cs_auth.role())").await,
            "",
            "{how}"
        );
        // What nobody did for a session that ran out, any other desk does.
        if matches!(how, "expired" | "idle") {
            assert_eq!(ask(&mut as_admin, "SELECT cs_auth.sweep()").await, "1", "{how}");
        }
        assert_eq!(
            refused(&mut connection, read).await,
            DENIED,
            "{how}: on the connection that was there"
        );
        assert_eq!(
            refused(&mut connect(&desk.url).await, read).await,
            DENIED,
            "{how}: on a new one"
        );
        let groups = format!(
            "SELECT string_agg(g.rolname, ' ') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = '{}'::regrole",
            desk.name
        );
        assert_eq!(ask(&mut admin, &groups).await, db.role("staff"), "{how}");
        run(
            &mut admin,
            &format!(
                "UPDATE users SET disabled_at = NULL, role = 'support' WHERE id = {}",
                session.user_id
            ),
        )
        .await;
    }
    // The admin's own is untouched by all of it.
    assert_eq!(ask(&mut as_admin, read).await, "2");
}

#[tokio::test]
async fn one_session_per_login() {
    let db = WorkspaceDb::new().await;
    let (desk, first) = db.desk_of(ADMIN).await;
    let mut connection = connect(&desk.url).await;
    assert_eq!(ask(&mut connection, "SELECT count(*) FROM provider_configs").await, "1");
    let second = sign_in(&desk.url, SUPPORT, PASSWORD).await.unwrap();
    assert_eq!(
        refused(&mut connection, &entered(&first.token, "SELECT 1")).await,
        "CS011"
    );
    run(&mut connection, &entered(&second.token, "SELECT 1")).await;
    assert_eq!(
        refused(&mut connection, "SELECT count(*) FROM provider_configs").await,
        DENIED,
        "the first role is gone"
    );
    assert_eq!(ask(&mut connection, "SELECT cs_auth.role()").await, "support");
    let sessions = format!(
        "SELECT string_agg(coalesce(end_reason, 'live'), ' ' ORDER BY id) FROM cs_auth.sessions WHERE login = '{}'",
        desk.name
    );
    assert_eq!(ask(&mut db.admin().await, &sessions).await, "replaced live");
    // Several at once: the last one stays, nothing breaks.
    let (mut one, mut two) = (connect(&desk.url).await, connect(&desk.url).await);
    let (a, b) = tokio::join!(
        sign_in_over(&mut one, SUPPORT, PASSWORD),
        sign_in_over(&mut two, FINANCE, PASSWORD)
    );
    let live = [a.unwrap(), b.unwrap()]
        .iter()
        .map(|s| format!("SELECT cs_auth.touch('{}')", s.token))
        .collect::<Vec<_>>();
    let answers = [ask(&mut one, &live[0]).await, ask(&mut two, &live[1]).await];
    assert_eq!(
        answers.iter().filter(|answer| *answer == "true").count(),
        1,
        "{answers:?}"
    );
    let lent = format!(
        "SELECT count(*) FROM pg_auth_members WHERE member = '{}'::regrole",
        desk.name
    );
    assert_eq!(ask(&mut db.admin().await, &lent).await, "2", "staff and one lent role");
}
