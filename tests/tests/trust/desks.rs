//! Desks are cut off, invitations run out, and who can see a row is told as it is.

use cs_tests::workspace_db::{
    ADMIN, FINANCE, PASSWORD, SUPPORT, WorkspaceDb, ask, attempt, broken_rule, connect, entered, refused, run, sign_in,
};
use sqlx::AssertSqlSafe;
use store::roles::{LoginKind, RolePrefix, close_desk};

use super::shared::DENIED;

#[tokio::test]
async fn a_revoked_desk_is_cut_off_at_its_next_statement() {
    let db = WorkspaceDb::new().await;
    let (own, boss) = db.desk_of(ADMIN).await;
    let (lost, session) = db.desk_of(SUPPORT).await;
    let (mut admin, mut thief) = (connect(&own.url).await, connect(&lost.url).await);
    let mut as_role = connect(&lost.url).await;
    run(&mut as_role, &format!("SET ROLE {}", db.role("support"))).await;
    assert_eq!(ask(&mut thief, "SELECT count(*) FROM organizations").await, "2");

    let revoke = |token: &str, desk: &str| format!("SELECT cs_auth.revoke_desk('{token}', '{desk}')");
    for (person, token, desk, answer) in [
        ("support", session.token.as_str(), own.name.as_str(), DENIED),
        (
            "somebody else's token",
            session.token.as_str(),
            lost.name.as_str(),
            "CS011",
        ),
    ] {
        let connection = if person == "support" { &mut thief } else { &mut admin };
        assert_eq!(refused(connection, &revoke(token, desk)).await, answer, "{person}");
    }
    assert_eq!(refused(&mut thief, "SELECT * FROM cs_auth.desks()").await, DENIED);
    assert_eq!(
        broken_rule(&mut admin, &revoke(&boss.token, &own.name)).await,
        "desk_is_own"
    );
    assert_eq!(
        broken_rule(&mut admin, &revoke(&boss.token, "postgres")).await,
        "desk_known"
    );
    assert_eq!(ask(&mut admin, &revoke(&boss.token, &lost.name)).await, "false");
    assert_eq!(
        broken_rule(&mut admin, &revoke(&boss.token, &lost.name)).await,
        "desk_not_revoked"
    );

    assert_eq!(refused(&mut thief, "SELECT count(*) FROM organizations").await, DENIED);
    assert_eq!(refused(&mut thief, &entered(&session.token, "SELECT 1")).await, "CS011");
    assert_eq!(
        refused(&mut thief, &format!("SELECT cs_auth.challenge('{SUPPORT}')")).await,
        "CS010"
    );
    assert_eq!(refused(&mut thief, "SELECT cs_auth.workspace()").await, "CS010");
    assert_eq!(
        refused(&mut as_role, "SELECT count(*) FROM public.organizations").await,
        DENIED
    );
    let state = format!(
        "SELECT concat_ws(' ', revoked_by, may_connect, is_own, last_person, is_signed_in) FROM cs_auth.desks() WHERE login = '{}'",
        lost.name
    );
    assert_eq!(ask(&mut admin, &state).await, "Maya Okafor t f Sam f");
    assert_eq!(
        ask(
            &mut db.admin().await,
            "SELECT concat_ws(' ', user_id, details ->> 'label') FROM activity_logs WHERE action = 'desk.revoke'"
        )
        .await,
        "1 a test's"
    );

    // Whoever administers the server closes the login too, and ends what it has open.
    let mut server = db.admin().await;
    let prefix = RolePrefix::of_workspace(&mut server).await.unwrap();
    let closed = close_desk(&mut server, &prefix, &lost.name).await.unwrap();
    assert_eq!(closed.connections_ended, 2);
    assert!(attempt(&mut thief, "SELECT 1").await.is_err());
    let again = <sqlx::PgConnection as sqlx::Connection>::connect(&lost.url)
        .await
        .map(drop);
    assert_eq!(cs_tests::workspace_db::sqlstate(&again.unwrap_err()), "28000");
    assert!(close_desk(&mut server, &prefix, "postgres").await.is_err());
}

#[tokio::test]
async fn an_invitation_that_ran_out_signs_nobody_in() {
    let db = WorkspaceDb::new().await;
    let desk = db.desk().await;
    let mut admin = db.admin().await;
    let mut connection = connect(&desk.url).await;
    assert_eq!(
        broken_rule(&mut connection, "SELECT cs_auth.accept_invitation()").await,
        "invitation_used"
    );
    let set = |columns: &str| format!("UPDATE cs_auth.logins SET {columns} WHERE login = '{}'", desk.name);
    run(&mut admin, &set("invited_until = now()")).await;
    assert_eq!(
        broken_rule(&mut connection, &format!("SELECT cs_auth.challenge('{ADMIN}')")).await,
        "invitation_expired"
    );
    assert_eq!(
        broken_rule(&mut connection, "SELECT cs_auth.accept_invitation()").await,
        "invitation_expired"
    );
    run(&mut admin, &set("invited_until = now() + interval '1 day'")).await;
    run(&mut connection, "SELECT cs_auth.accept_invitation()").await;
    assert_eq!(
        broken_rule(&mut connection, "SELECT cs_auth.accept_invitation()").await,
        "invitation_used"
    );
    // Once it was opened, its time means nothing.
    run(&mut admin, &set("invited_until = now()")).await;
    sign_in(&desk.url, ADMIN, PASSWORD).await.unwrap();
    // Agents and back ends are not invited.
    let agent = db.login(LoginKind::Agent).await;
    assert_eq!(
        refused(&mut connect(&agent.url).await, "SELECT cs_auth.accept_invitation()").await,
        DENIED
    );
}

/// Kind, its table, and a row of organization 1.
const ROWS: &[(&str, &str, i32)] = &[
    ("organization", "organizations", 1),
    ("server", "vps_instances", 1),
    ("container", "containers", 1),
    ("wallet", "wallets", 1),
    ("transaction", "transactions", 1),
    ("invoice", "invoices", 1),
    ("ticket", "tickets", 1),
    ("message", "ticket_messages", 1),
    // An internal note.
    ("message", "ticket_messages", 3),
    ("user", "users", 5),
    // Somebody of ours.
    ("user", "users", 3),
];

#[derive(sqlx::FromRow, Debug)]
struct Told {
    role: String,
    context: Option<String>,
    reads: bool,
    hidden: Vec<String>,
    changes: Vec<String>,
}

#[tokio::test]
async fn who_sees_a_row_is_what_each_really_sees() {
    let db = WorkspaceDb::new().await;
    let (desk, boss) = db.desk_of(ADMIN).await;
    let mut admin = connect(&desk.url).await;
    let (support, sam) = db.desk_of(SUPPORT).await;
    let (finance, fern) = db.desk_of(FINANCE).await;
    let (viewer, noor) = db.desk_of("noor@halyard.example").await;
    let agent = db.login(LoginKind::Agent).await;
    let panel = db.login(LoginKind::Service).await;
    let (mut support, mut finance) = (connect(&support.url).await, connect(&finance.url).await);
    let (mut agent, mut viewer) = (connect(&agent.url).await, connect(&viewer.url).await);
    let (mut panel_admin, mut panel_customer) = (connect(&panel.url).await, connect(&panel.url).await);
    run(&mut panel_admin, "SET app.current_user_role = 'admin'").await;
    run(&mut panel_customer, "SET app.current_organization_id = '1'").await;
    run(
        &mut viewer,
        &format!("SELECT cs_auth.view_as('{}', 1, 'for a test')", noor.token),
    )
    .await;
    run(&mut viewer, &format!("SET ROLE {}", db.role("customer"))).await;
    assert_eq!(
        refused(&mut support, "SELECT * FROM cs_auth.who_sees('user', 1)").await,
        DENIED
    );

    for (kind, table, id) in ROWS {
        let told: Vec<Told> = sqlx::query_as(AssertSqlSafe(format!("SELECT * FROM cs_auth.who_sees('{kind}', {id})")))
            .fetch_all(&mut admin)
            .await
            .unwrap();
        assert_eq!(told.len(), 7, "{told:?}");
        for told in told {
            let context = format!("{kind} {id}: {told:?}");
            let (connection, token) = match (told.role.as_str(), told.context.as_deref()) {
                ("admin", _) => (&mut admin, Some(boss.token.as_str())),
                ("support", _) => (&mut support, Some(sam.token.as_str())),
                ("finance", _) => (&mut finance, Some(fern.token.as_str())),
                ("agent", _) => (&mut agent, None),
                ("service", Some("as an administrator")) => (&mut panel_admin, None),
                ("service", _) => (&mut panel_customer, None),
                _ => (&mut viewer, None),
            };
            let seen = ask(connection, &format!("SELECT count(*) FROM {table} WHERE id = {id}")).await;
            assert_eq!(told.reads, seen == "1", "{context}");
            for column in &told.hidden {
                assert_eq!(
                    refused(connection, &format!("SELECT {column} FROM {table} WHERE id = {id}")).await,
                    DENIED,
                    "{context}"
                );
            }
            let columns: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(format!(
                "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'public.{table}'::regclass AND attnum > 0 AND NOT attisdropped"
            )))
            .fetch_all(&mut *connection)
            .await
            .unwrap();
            for (column,) in columns {
                if told.reads && !told.hidden.contains(&column) {
                    run(connection, &format!("SELECT {column} FROM {table} WHERE id = {id}")).await;
                }
                // What a write to the row would do; triggers may have rules of their own, so only who is let through counts.
                // A column that can't be read can still be written.
                let value = if told.hidden.contains(&column) {
                    "NULL"
                } else {
                    column.as_str()
                };
                let write = format!("UPDATE {table} SET {column} = {value} WHERE id = {id}");
                let begin = match token {
                    Some(token) => format!("BEGIN; SELECT cs_auth.enter('{token}')"),
                    None => "BEGIN".to_owned(),
                };
                run(connection, &begin).await;
                let written = attempt(connection, &write).await;
                run(connection, "ROLLBACK").await;
                let let_through = match &written {
                    Ok(rows) => *rows == 1,
                    Err(error) => cs_tests::workspace_db::sqlstate(error) != DENIED,
                };
                assert_eq!(
                    told.changes.contains(&column),
                    let_through,
                    "{column}: {written:?} {context}"
                );
            }
        }
    }
    let people = |role: &'static str, kind: &'static str, id: i32| {
        format!(
            "SELECT array_to_string(people, ',') || ' ' || people_count || ' ' || coalesce(context, '') FROM cs_auth.who_sees('{kind}', {id}) WHERE role = '{role}' LIMIT 1"
        )
    };
    assert_eq!(
        ask(&mut admin, &people("customer", "server", 1)).await,
        "Rui 1 Brisa Studio"
    );
    assert_eq!(
        ask(&mut admin, &people("customer", "message", 3)).await,
        " 0 of any organization"
    );
    assert_eq!(
        ask(&mut admin, &people("admin", "server", 1)).await,
        "Maya Okafor,Noor 2 "
    );
    assert_eq!(
        ask(&mut admin, "SELECT count(*) FROM cs_auth.who_sees('user', 9999)").await,
        "0"
    );

    // It reads the rules in force: a loosened one shows.
    run(
        &mut db.owner().await,
        "ALTER POLICY customer_select ON invoices USING (true)",
    )
    .await;
    let context = "SELECT context FROM cs_auth.who_sees('invoice', 1) WHERE role = 'customer'";
    assert_eq!(ask(&mut admin, context).await, "Brisa Studio, Kestrel Maps");
    run(&mut db.owner().await, "ALTER TABLE invoices DISABLE ROW LEVEL SECURITY").await;
    assert_eq!(
        ask(&mut admin, "SELECT bool_and(reads) FROM cs_auth.who_sees('invoice', 1)").await,
        "true"
    );
}
