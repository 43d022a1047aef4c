//! Looking as a customer, as the window does it.

use cs_tests::desk::{Workspace, first_rows};
use serde_json::{Value, json};

use crate::code;

#[tokio::test(flavor = "multi_thread")]
async fn looking_as_a_customer_from_start_to_stop() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let (mine, other) = (
        desk.create_organization("Brightwater Labs").await,
        desk.create_organization("Copperfield Prints").await,
    );
    desk.create_user("rui@brightwater.example", ("Rui", "Costa"), "user", Some(mine))
        .await;
    desk.deposit(mine, "250.00", "k1").await.unwrap();
    desk.deposit(other, "80.00", "k2").await.unwrap();
    workspace.execute(
        "INSERT INTO vps_plans (name, provider, hourly_rate, base_cost) VALUES ('Small', 'linode', 0.0090, 0.0075);
         INSERT INTO vps_instances (label, status, plan_id, organization_id, root_password) SELECT 'web-' || o.id, 'running', 1, o.id, 'sealed' FROM organizations o;
         INSERT INTO containers (container_id, name, organization_id) SELECT 'c' || o.id, 'api', o.id FROM organizations o;
         INSERT INTO invoices (organization_id, invoice_number, amount) SELECT o.id, 'INV-' || o.id, 6 FROM organizations o;
         INSERT INTO tickets (subject, description, organization_id, user_id) SELECT 'Slow', 'It is slow.', o.id, 2 FROM organizations o;
         INSERT INTO ticket_messages (ticket_id, user_id, message, is_internal) SELECT t.id, 1, x.m, x.i FROM tickets t, (VALUES ('We look.', false), ('Disk is full.', true)) x(m, i);
         INSERT INTO notifications (user_id, title) VALUES (1, 'For Maya'), (2, 'For Rui');",
    ).await;
    let ticket = desk
        .ok("tickets.list", json!({"queue": "all", "list": first_rows(10)}))
        .await["page"]["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["organization_id"] == mine)
        .unwrap()
        .clone();

    let start =
        |reason: &str, ticket: Value| json!({"organization_id": mine, "reason": reason, "ticket_number": ticket});
    assert_eq!(
        code(
            &desk
                .refused("customer_view.get", json!({"part": "overview", "before": null}))
                .await
        ),
        "view_ended"
    );
    let short = desk.refused("customer_view.start", start("x", Value::Null)).await;
    assert_eq!(
        (code(&short).as_str(), short.field.as_deref()),
        ("invalid_field", Some("reason"))
    );
    assert_eq!(
        code(
            &desk
                .refused("customer_view.start", start("They ask", json!("T-999999")))
                .await
        ),
        "view_ticket_unknown"
    );
    assert_eq!(desk.ok("customer_view.state", json!({})).await["viewing"], Value::Null);

    let state = desk
        .ok(
            "customer_view.start",
            start("They ask what they see", ticket["ticket_number"].clone()),
        )
        .await;
    assert_eq!(state["viewing"]["organization"], "Brightwater Labs");
    assert_eq!(state["viewing"]["ticket_number"], ticket["ticket_number"]);
    assert_eq!(desk.ok("customer_view.state", json!({})).await, state);
    let part = async |name: &str| {
        desk.ok("customer_view.get", json!({"part": name, "before": null}))
            .await
    };
    let overview = part("overview").await["overview"].clone();
    assert_eq!(
        (&overview["name"], &overview["balance"]),
        (&json!("Brightwater Labs"), &json!("250.00"))
    );
    assert_eq!(overview["people"].as_array().unwrap().len(), 1);
    for (name, column, value) in [
        ("servers", "label", json!(format!("web-{mine}"))),
        ("containers", "name", json!("api")),
        ("invoices", "number", json!(format!("INV-{mine}"))),
        ("transactions", "amount", json!("250.00")),
        ("tickets", "subject", json!("Slow")),
        ("plans", "hourly_rate", json!("0.0090")),
        ("notifications", "title", json!("For Rui")),
    ] {
        let rows = part(name).await["rows"].as_array().unwrap().clone();
        assert_eq!(rows.len(), 1, "{name}: {rows:?}");
        assert_eq!(rows[0][column], value, "{name}");
    }
    let other_id = json!(other.to_string());
    let log = part("activity").await["rows"].as_array().unwrap().clone();
    assert!(
        log.iter().any(|row| row["action"] == "transaction.deposit")
            && !log
                .iter()
                .any(|row| row["resource_id"] == other_id && row["resource_type"] == "organization")
    );
    let older = desk
        .ok("customer_view.get", json!({"part": "activity", "before": log[0]["id"]}))
        .await;
    assert_eq!(older["rows"].as_array().unwrap().len(), log.len() - 1);
    let thread = desk.ok("customer_view.messages", json!({"id": ticket["id"]})).await["messages"]
        .as_array()
        .unwrap()
        .clone();
    let texts: Vec<&str> = thread.iter().map(|message| message["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["It is slow.", "We look."]);
    assert_eq!(
        (&thread[0]["author"], &thread[1]["author"]),
        (&json!("Rui Costa"), &Value::Null),
        "a customer sees no staff"
    );

    // The desk's own reading goes on; nothing is written.
    assert_eq!(desk.ok("organizations.list", first_rows(10)).await["total"], 2);
    assert_eq!(
        code(&desk.deposit(mine, "1.00", "k3").await.unwrap_err()),
        "viewing_as_customer"
    );

    assert_eq!(desk.ok("customer_view.stop", json!({})).await["viewing"], Value::Null);
    desk.ok("customer_view.stop", json!({})).await;
    assert_eq!(
        code(
            &desk
                .refused("customer_view.get", json!({"part": "plans", "before": null}))
                .await
        ),
        "view_ended"
    );
    desk.deposit(mine, "1.00", "k3").await.unwrap();

    // Who can see the row that was shown.
    let told = desk.ok("rows.who_sees", json!({"kind": "transaction", "id": 1})).await["rows"]
        .as_array()
        .unwrap()
        .clone();
    let customer = told.iter().find(|row| row["role"] == "customer").unwrap();
    assert_eq!(
        (&customer["context"], &customer["reads"], &customer["people"]),
        (&json!("Brightwater Labs"), &json!(true), &json!(["Rui Costa"]))
    );
    assert!(customer["hidden"].as_array().unwrap().contains(&json!("reason")));
    assert_eq!(
        code(
            &desk
                .refused("rows.who_sees", json!({"kind": "transaction", "id": 999}))
                .await
        ),
        "not_found"
    );

    desk.create_user("fern@halyard.example", ("Fern", "Adeyemi"), "finance", None)
        .await;
    let finance = workspace.desk().await;
    finance.sign_in("fern@halyard.example").await;
    assert_eq!(
        code(
            &finance
                .refused("customer_view.start", start("They ask", Value::Null))
                .await
        ),
        "forbidden"
    );
}
