//! Signing in and out, throttling, roles.

use cs_tests::desk::{ADMIN, PASSWORD, Workspace, first_rows};
use serde_json::json;

use crate::code;

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_and_out() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.desk().await;
    let state = desk.ok("app.state", json!({})).await;
    assert_eq!(state["phase"], "sign_in");
    assert_eq!(state["profile"]["name"], "Halyard");

    let wrong = desk
        .refused("session.sign_in", json!({"email": ADMIN, "password": "not this one"}))
        .await;
    assert_eq!(
        (code(&wrong).as_str(), wrong.field.as_deref()),
        ("wrong_password", Some("password"))
    );
    let unknown = desk
        .refused(
            "session.sign_in",
            json!({"email": "nobody@halyard.example", "password": "x"}),
        )
        .await;
    assert_eq!(
        (unknown.code, &unknown.message),
        (wrong.code, &wrong.message),
        "an unknown address is not told apart"
    );
    assert_eq!(
        code(&desk.refused("organizations.list", first_rows(10)).await),
        "not_signed_in"
    );

    let ready = desk
        .ok(
            "session.sign_in",
            json!({"email": ADMIN.to_uppercase(), "password": PASSWORD}),
        )
        .await;
    assert_eq!(ready["phase"], "ready");
    assert_eq!(ready["session"]["name"], "Maya Okafor");
    assert_eq!(desk.ok("app.state", json!({})).await["phase"], "ready");
    assert_eq!(desk.ok("session.sign_out", json!({})).await["phase"], "sign_in");
    assert_eq!(
        code(&desk.refused("organizations.list", first_rows(10)).await),
        "not_signed_in"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_throttled_and_the_answer_says_for_how_long() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.desk().await;
    desk.ok("app.state", json!({})).await;
    let mut last = None;
    for _ in 0..6 {
        last = Some(
            desk.refused("session.sign_in", json!({"email": ADMIN, "password": "wrong"}))
                .await,
        );
    }
    let last = last.unwrap();
    assert_eq!(code(&last), "throttled");
    assert!(
        last.retry_after_ms.is_some_and(|wait| wait > 0 && wait <= 60_000),
        "{last:?}"
    );
    // The right password does not get in earlier, and a colleague at another desk is not locked out.
    assert_eq!(
        code(
            &desk
                .refused("session.sign_in", json!({"email": ADMIN, "password": PASSWORD}))
                .await
        ),
        "throttled"
    );
    workspace.admin_desk().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_everywhere_when_its_person_changes() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let id = admin
        .create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    let support = workspace.desk().await;
    support.sign_in("tomas.lind@halyard.example").await;
    support.ok("organizations.list", first_rows(10)).await;
    admin
        .ok(
            "users.set_role",
            json!({"id": id, "role": "finance", "organization_id": null}),
        )
        .await;
    assert_eq!(
        code(&support.refused("organizations.list", first_rows(10)).await),
        "session_expired"
    );
    assert_eq!(
        code(&support.refused("session.touch", json!({})).await),
        "session_expired"
    );
    assert_eq!(support.ok("app.state", json!({})).await["phase"], "sign_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_get_sentences_not_surprises() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let organization = admin.create_organization("Tallgrass Media").await;
    admin
        .create_user("tomas@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    admin
        .create_user("fina@halyard.example", ("Fina", "Moreau"), "finance", None)
        .await;
    let support = workspace.desk().await;
    support.sign_in("tomas@halyard.example").await;
    let refused = support
        .refused("organizations.create", json!({"name": "X", "currency": "USD"}))
        .await;
    assert_eq!(
        (code(&refused).as_str(), refused.message.as_str()),
        (
            "forbidden",
            "Only admins can create organizations. Nothing was changed."
        )
    );
    assert_eq!(
        code(&support.deposit(organization, "5.00", "k").await.unwrap_err()),
        "forbidden"
    );
    let actions = support.ok("organizations.get", json!({"id": organization})).await["actions"].clone();
    let deposit = actions
        .as_array()
        .unwrap()
        .iter()
        .find(|action| action["name"] == "deposit")
        .unwrap();
    assert_eq!(
        (deposit["allowed"].as_bool(), deposit["reason"].as_str()),
        (Some(false), Some("Only admins and finance staff can post deposits."))
    );

    let finance = workspace.desk().await;
    finance.sign_in("fina@halyard.example").await;
    finance.deposit(organization, "5.00", "k").await.unwrap();
    let ticket = |category: &str| json!({"organization_id": organization, "user_id": null, "subject": "Hello", "description": "Text", "category": category, "priority": "low", "key": category});
    finance.ok("tickets.create", ticket("billing")).await;
    assert_eq!(
        code(&finance.refused("tickets.create", ticket("technical")).await),
        "forbidden"
    );
}
