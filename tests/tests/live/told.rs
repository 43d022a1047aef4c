//! What people are told without having asked.

use cs_tests::{
    desk::{Workspace, first_rows},
    workspace_db::{FINANCE, WorkspaceDb, ask, run},
};
use serde_json::{Value, json};
use sqlx::PgConnection;

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_is_given_to_me_and_a_customer_who_replies() {
    let workspace = Workspace::fresh().await;
    let maya = workspace.admin_desk().await;
    let organization = maya.create_organization("Brightwater Labs GmbH").await;
    let tomas_id = maya
        .create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    maya.create_user(
        "ines@brightwater.example",
        ("Ines", "Carvalho"),
        "user",
        Some(organization),
    )
    .await;
    let tomas = workspace.desk().await;
    tomas.sign_in("tomas.lind@halyard.example").await;
    let new = json!({"organization_id": organization, "user_id": null, "subject": "batch-07 unreachable", "description": "x", "category": "general", "priority": "low", "key": "t"});
    let ticket = maya.ok("tickets.create", new).await["id"].clone();
    let assign = |person: Value| json!({"id": ticket, "status": null, "priority": null, "assigned_to": person, "unassign": false});
    maya.ok("tickets.update", assign(json!(tomas_id))).await;

    let mine = tomas.ok("notifications.list", first_rows(10)).await;
    assert_eq!(mine["total"], 1);
    let first = mine["rows"][0].clone();
    assert!(
        first["title"].as_str().unwrap().ends_with("was assigned to you"),
        "{first}"
    );
    assert_eq!(
        (first["message"].as_str(), first["is_read"].as_bool(), &first["target"]),
        (
            Some("batch-07 unreachable"),
            Some(false),
            &json!({"kind": "ticket", "id": ticket})
        )
    );
    assert_eq!(tomas.ok("shell.summary", json!({})).await["notifications_unread"], 1);
    assert_eq!(
        maya.ok("notifications.list", first_rows(10)).await["total"],
        0,
        "each sees their own"
    );

    // What I give to myself is no news, nor what a colleague writes.
    tomas
        .ok(
            "tickets.update",
            json!({"id": ticket, "status": null, "priority": null, "assigned_to": null, "unassign": true}),
        )
        .await;
    tomas.ok("tickets.update", assign(json!(tomas_id))).await;
    maya.ok(
        "tickets.reply",
        json!({"ticket_id": ticket, "text": "Hello.", "seen_message_id": null, "set_status": null, "key": "r"}),
    )
    .await;
    assert_eq!(tomas.ok("notifications.list", first_rows(10)).await["total"], 1);

    // Ines writes in the customers' panel, twice.
    for _ in 0..2 {
        workspace
            .execute("INSERT INTO ticket_messages (ticket_id, user_id, message) SELECT t.id, u.id, 'Any news?' FROM tickets t, users u WHERE u.email = 'ines@brightwater.example'")
            .await;
    }
    let mine = tomas.ok("notifications.list", first_rows(10)).await;
    assert_eq!(mine["total"], 2);
    assert!(
        mine["rows"][0]["title"]
            .as_str()
            .unwrap()
            .starts_with("Ines Carvalho replied to T-"),
        "{mine}"
    );

    // Read, unread, all read; a colleague's is out of reach.
    let mark = |read: bool| json!({"ids": [first["id"]], "read": read});
    assert_eq!(maya.ok("notifications.mark_read", mark(true)).await["changed"], 0);
    assert_eq!(tomas.ok("notifications.mark_read", mark(true)).await["changed"], 1);
    assert_eq!(tomas.ok("notifications.mark_read", mark(true)).await["changed"], 0);
    assert_eq!(tomas.ok("notifications.mark_read", mark(false)).await["changed"], 1);
    assert_eq!(
        tomas
            .ok("notifications.mark_all_read", json!({"newest_id": first["id"]}))
            .await["changed"],
        1,
        "what came later stays unread"
    );
    assert_eq!(tomas.ok("shell.summary", json!({})).await["notifications_unread"], 1);
    // After it was read, the next reply is news again.
    tomas
        .ok("notifications.mark_all_read", json!({"newest_id": 2_000_000_000}))
        .await;
    workspace
        .execute("INSERT INTO ticket_messages (ticket_id, user_id, message) SELECT t.id, u.id, 'Hello?' FROM tickets t, users u WHERE u.email = 'ines@brightwater.example'")
        .await;
    assert_eq!(tomas.ok("notifications.list", first_rows(10)).await["total"], 3);
}

/// One hour of billing of organization 900, and what was told by now to the finance person: kind by kind.
async fn hour(owner: &mut PgConnection, at: &str) -> String {
    run(
        owner,
        &format!(
            "BEGIN; SET LOCAL cs.at = '{at}'; SELECT cs_billing.open_run(NULL); COMMIT;
             BEGIN; SET LOCAL cs.at = '{at}'; SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), '{{900}}'); COMMIT;
             BEGIN; SET LOCAL cs.at = '{at}'; SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT"
        ),
    )
    .await;
    told(owner).await
}

async fn told(owner: &mut PgConnection) -> String {
    ask(
        owner,
        &format!(
            "SELECT coalesce(string_agg(n.metadata ->> 'kind', ' ' ORDER BY n.id), '') FROM notifications n JOIN users u ON u.id = n.user_id
             WHERE u.email = '{FINANCE}' AND n.type = 'billing'"
        ),
    )
    .await
}

#[tokio::test]
async fn a_balance_that_falls_is_told_once_on_its_way_down() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    // One server at 1.00 an hour: three days are 72.00.
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01';
         INSERT INTO organizations (id, name) VALUES (900, 'Tallgrass Media');
         INSERT INTO users (email, password_hash, role, organization_id) VALUES ('ana@tallgrass.example', '!', 'user', 900);
         INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, 900, 'USD');
         INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES (900, 74, 'deposit', 'completed', 'k1');
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'One', 'linode', 1.00);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (900, 'one', 900, 900); COMMIT",
    )
    .await;
    assert_eq!(
        hour(&mut owner, "2030-01-01 02:00").await,
        "",
        "72.00 is not below 72.00"
    );
    assert_eq!(hour(&mut owner, "2030-01-01 03:00").await, "balance_low");
    assert_eq!(
        hour(&mut owner, "2030-01-01 04:00").await,
        "balance_low",
        "once per crossing, not per run"
    );
    assert_eq!(
        ask(&mut owner, "SELECT n.title || '. ' || n.message FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.email = 'ana@tallgrass.example'").await,
        "the balance is low. The wallet holds 71.00 USD: less than 3 days of usage at the current rate of 1.0000 an hour."
    );
    // 70 hours more; the 71st is not covered.
    assert_eq!(hour(&mut owner, "2030-01-04 02:00").await, "balance_low balance_zero");
    assert_eq!(hour(&mut owner, "2030-01-04 05:00").await, "balance_low balance_zero");
    assert_eq!(
        ask(&mut owner, "SELECT state FROM low_balances WHERE organization_id = 900").await,
        "zero"
    );
    // A deposit takes it above; the next fall is told again.
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-04 05:00'; INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES (900, 100, 'deposit', 'completed', 'k2'); COMMIT",
    )
    .await;
    assert_eq!(ask(&mut owner, "SELECT count(*) FROM low_balances").await, "0");
    assert_eq!(hour(&mut owner, "2030-01-04 06:00").await, "balance_low balance_zero");
    assert_eq!(
        hour(&mut owner, "2030-01-05 10:00").await,
        "balance_low balance_zero balance_low"
    );
    let support = ask(&mut owner, "SELECT count(*) FROM notifications n JOIN users u ON u.id = n.user_id WHERE u.role = 'support' AND n.type = 'billing'").await;
    assert_eq!(support, "0", "money is no affair of support's");
}

#[tokio::test]
async fn what_nothing_is_charged_for_makes_no_balance_low() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    // Free, without a price, waiting for a decision, gone: none of it costs anything. One container does: 0.10 an hour.
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01';
         INSERT INTO organizations (id, name) VALUES (900, 'Tallgrass Media'), (901, 'Francs');
         INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, 900, 'USD'), (NULL, 901, 'CHF');
         INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES (900, 'One', 'linode', 1.00, NULL), (901, 'Free', 'linode', 1.00, 0);
         INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (902, 'Nonsense', 'linode', 'NaN');
         INSERT INTO container_plans (id, name, base_cost, markup_percentage) VALUES (900, 'Box', 0.05, 100);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES
           (900, 'free', 901, 900), (901, 'nonsense', 902, 900), (902, 'gone', 900, 900), (903, 'adopted', 900, 900), (904, 'francs', 900, 901);
         INSERT INTO containers (id, container_id, name, image, plan_id, organization_id) VALUES (900, 'c', 'box', 'i', 900, 900);
         INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from) VALUES
           ('vps', 902, 900, 'gone', '2030-01-01'), ('vps', 903, 900, 'adopted', '2030-01-01'); COMMIT",
    )
    .await;
    let deposit = |organization: i32, amount: &str| {
        format!(
            "INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES ({organization}, {amount}, 'deposit', 'completed', 'k{organization} {amount}')"
        )
    };
    let states = "SELECT coalesce(string_agg(organization_id || ' ' || state, ', ' ORDER BY organization_id), '') FROM low_balances";
    run(&mut owner, &deposit(901, "1")).await;
    assert_eq!(ask(&mut owner, states).await, "", "nothing is charged to francs");
    // Three days of the container are 7.20.
    run(&mut owner, &deposit(900, "7.19")).await;
    assert_eq!(ask(&mut owner, states).await, "900 low");
    assert_eq!(
        ask(
            &mut owner,
            "SELECT max(message) FROM notifications WHERE type = 'billing'"
        )
        .await,
        "The wallet holds 7.19 USD: less than 3 days of usage at the current rate of 0.1000 an hour."
    );
    run(&mut owner, &deposit(900, "0.01")).await;
    assert_eq!(ask(&mut owner, states).await, "");
    // What comes back costs again.
    run(
        &mut owner,
        "UPDATE parked_resources SET resolved_at = '2030-01-02', resolution = 'returned' WHERE resource_id = 902",
    )
    .await;
    run(&mut owner, &deposit(900, "0.02")).await;
    assert_eq!(ask(&mut owner, states).await, "900 low");
    // A wallet that is in another currency from now on isn't low any more.
    run(
        &mut owner,
        "UPDATE wallets SET currency = 'CHF' WHERE organization_id = 900",
    )
    .await;
    assert_eq!(ask(&mut owner, states).await, "");
}

#[tokio::test]
async fn what_begins_to_wait_is_told_once_and_a_run_that_fails() {
    let db = WorkspaceDb::new().await;
    let mut owner = db.owner().await;
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01';
         INSERT INTO organizations (id, name) VALUES (900, 'Waiting');
         INSERT INTO wallets (id, organization_id, currency) VALUES (NULL, 900, 'USD');
         INSERT INTO vps_instances (id, label, organization_id) VALUES (900, 'no plan', 900); COMMIT",
    )
    .await;
    assert_eq!(hour(&mut owner, "2030-01-01 02:00").await, "run_parked");
    assert_eq!(hour(&mut owner, "2030-01-01 03:00").await, "run_parked");
    run(
        &mut owner,
        "BEGIN; SET LOCAL cs.at = '2030-01-01 04:00'; SELECT cs_billing.open_run(NULL); SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'failed'); COMMIT",
    )
    .await;
    assert_eq!(told(&mut owner).await, "run_parked run_failed");
}
