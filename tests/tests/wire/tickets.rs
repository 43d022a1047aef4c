//! Conversations.

use cs_tests::desk::{Workspace, first_rows};
use serde_json::{Value, json};

use crate::code;

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_from_opening_to_resolution() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let organization = desk.create_organization("Brightwater Labs GmbH").await;
    let ines = desk
        .create_user(
            "ines@brightwater.example",
            ("Ines", "Carvalho"),
            "user",
            Some(organization),
        )
        .await;
    let open = json!({"organization_id": organization, "user_id": ines, "subject": "batch-07 unreachable after resize", "description": "It has **not** come back.", "category": "technical", "priority": "urgent", "key": "t-1"});
    let id = desk.ok("tickets.create", open.clone()).await["id"].clone();
    assert_eq!(
        desk.ok("tickets.create", open).await["id"],
        id,
        "sent again, the first ticket comes back"
    );

    let detail = desk.ok("tickets.get", json!({"id": id})).await;
    assert_eq!(
        detail["ticket"]["ticket_number"]
            .as_str()
            .map(|number| number.starts_with("T-")),
        Some(true)
    );
    assert_eq!(detail["ticket"]["due"]["kind"], "first_reply");
    assert_eq!(detail["messages"][0]["from"], "customer");
    assert_eq!(detail["context"]["organization"], "Brightwater Labs GmbH");

    let post = |text: &str, seen: &Value, key: &str| json!({"ticket_id": id, "text": text, "seen_message_id": seen, "set_status": null, "key": key});
    let note = desk
        .ok(
            "tickets.note",
            post("Root disk kept the old layout.", &Value::Null, "n-1"),
        )
        .await;
    assert_eq!(
        (
            note["message"]["internal"].as_bool(),
            note["detail"]["ticket"]["status"].as_str()
        ),
        (Some(true), Some("open"))
    );
    // Somebody who hasn't seen the note is told; the text is not sent.
    let held = desk
        .refused("tickets.reply", post("Hi Ines", &Value::Null, "r-0"))
        .await;
    assert_eq!(code(&held), "conversation_moved");
    let seen = note["message"]["id"].clone();
    let reply = desk
        .ok(
            "tickets.reply",
            post("Hi Ines, we have it in rescue mode.", &seen, "r-1"),
        )
        .await;
    assert_eq!(reply["detail"]["ticket"]["status"], "in_progress");
    assert_eq!(reply["detail"]["ticket"]["due"]["kind"], "resolution");
    assert_eq!(
        desk.ok(
            "tickets.reply",
            post("Hi Ines, we have it in rescue mode.", &seen, "r-1")
        )
        .await["message"]["id"],
        reply["message"]["id"]
    );

    let change =
        |status: &str| json!({"id": id, "status": status, "priority": null, "assigned_to": null, "unassign": false});
    let resolved = desk.ok("tickets.update", change("resolved")).await;
    assert_eq!(resolved["ticket"]["due"], Value::Null);
    assert_eq!(
        code(&desk.refused("tickets.update", change("in_progress")).await),
        "transition_not_allowed"
    );
    let queue = desk
        .ok("tickets.list", json!({"queue": "open", "list": first_rows(10)}))
        .await;
    assert_eq!(
        (queue["page"]["total"].as_i64(), queue["counts"]["open"].as_i64()),
        (Some(0), Some(0))
    );
    let all = desk
        .ok("tickets.list", json!({"queue": "all", "list": first_rows(10)}))
        .await;
    assert_eq!(all["page"]["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_replies_to_one_state_one_is_accepted() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let organization = desk.create_organization("Pilcrow Press").await;
    let id = desk.ok("tickets.create", json!({"organization_id": organization, "user_id": null, "subject": "Teammate", "description": "Add one", "category": "account", "priority": "low", "key": "t"})).await["id"].clone();
    let detail = desk.ok("tickets.get", json!({"id": id})).await;
    assert_eq!(
        (&detail["messages"][0]["author"], &detail["messages"][0]["from"]),
        (&json!("Pilcrow Press"), &json!("customer")),
        "where no customer is named, the organization asks"
    );
    let mut replies = Vec::new();
    for number in 0..50 {
        let desk = desk.shared();
        let payload = json!({"ticket_id": id, "text": format!("Reply {number}"), "seen_message_id": null, "set_status": null, "key": format!("r-{number}")});
        replies.push(tokio::spawn(async move {
            api::dispatch(&desk, "tickets.reply", payload).await
        }));
    }
    let mut accepted = 0;
    for reply in replies {
        match reply.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(error) => assert_eq!(code(&error), "conversation_moved"),
        }
    }
    assert_eq!(accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_sorts_as_the_domain_says() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let organization = desk.create_organization("Mirador Health").await;
    for (number, priority) in ["low", "urgent", "medium", "high"].iter().enumerate() {
        desk.ok("tickets.create", json!({"organization_id": organization, "user_id": null, "subject": format!("{priority} one"), "description": "x", "category": "general", "priority": priority, "key": format!("t-{number}")})).await;
    }
    let queue = desk
        .ok("tickets.list", json!({"queue": "open", "list": first_rows(10)}))
        .await;
    let rows = queue["page"]["rows"].as_array().unwrap();
    let due: Vec<&str> = rows.iter().map(|row| row["due"]["at"].as_str().unwrap()).collect();
    assert!(due.is_sorted(), "{due:?}");
    assert_eq!(rows[0]["priority"], "urgent");
}
