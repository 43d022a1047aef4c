//! Organizations, users, the ledger.

use cs_tests::desk::{PASSWORD, Workspace, first_rows};
use serde_json::{Value, json};

use crate::code;

#[tokio::test(flavor = "multi_thread")]
async fn organizations_from_creation_to_export() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let names = [
        "Quarry Street Games",
        "brightwater labs",
        "Kestrel Freight",
        "=HYPERLINK(\"x\")",
        "Ovella, \"Foods\"",
    ];
    for name in names {
        desk.create_organization(name).await;
    }
    // Windows of two, in an order without regard to case, meet every row once.
    let mut request = json!({"search": null, "filters": [], "sort": {"column": "name", "descending": false}, "after": null, "limit": 2});
    let mut seen = Vec::new();
    loop {
        let page = desk.ok("organizations.list", request.clone()).await;
        assert_eq!(page["total"], 5);
        seen.extend(
            page["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["name"].as_str().unwrap().to_owned()),
        );
        match &page["next"] {
            Value::Null => break,
            next => request["after"] = next.clone(),
        }
    }
    assert_eq!(seen, [names[3], names[1], names[2], names[4], names[0]]);

    let found = desk
        .ok(
            "organizations.list",
            json!({"search": "100%", "filters": [], "sort": null, "after": null, "limit": 10}),
        )
        .await;
    assert_eq!(found["total"], 0, "a wildcard is a character like any other");
    let wrong = desk.refused("organizations.list", json!({"search": null, "filters": [{"column": "nope; DROP", "op": "is", "values": ["1"]}], "sort": null, "after": null, "limit": 10})).await;
    assert_eq!(code(&wrong), "bad_request");
    let wrong = desk.refused("organizations.list", json!({"search": null, "filters": [{"column": "balance", "op": "at_least", "values": ["lots"]}], "sort": null, "after": null, "limit": 10})).await;
    assert_eq!(code(&wrong), "bad_request");

    let exported = desk
        .ok(
            "organizations.export",
            json!({"list": first_rows(10), "columns": ["id", "name", "balance"]}),
        )
        .await;
    assert_eq!(exported["rows"], 5);
    let text = std::fs::read_to_string(exported["path"].as_str().unwrap()).unwrap();
    assert!(
        text.contains("'=HYPERLINK") && text.contains("\"Ovella, \"\"Foods\"\"\"") && text.contains(",0.00\r\n"),
        "{text}"
    );

    let missing = desk
        .refused("organizations.create", json!({"name": "   ", "currency": "USD"}))
        .await;
    assert_eq!(
        (code(&missing).as_str(), missing.field.as_deref()),
        ("invalid_field", Some("name"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rename_over_a_colleagues_is_held_back() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let id = desk.create_organization("Fjord & Pine").await;
    let seen = desk.ok("organizations.get", json!({"id": id})).await["organization"]["updated_at"].clone();
    let rename = |name: &str| json!({"id": id, "name": name, "expected_updated_at": seen});
    desk.ok("organizations.rename", rename("Fjord and Pine")).await;
    assert_eq!(
        code(&desk.refused("organizations.rename", rename("Fjord + Pine")).await),
        "stale"
    );
    assert_eq!(
        desk.ok("organizations.get", json!({"id": id})).await["organization"]["name"],
        "Fjord and Pine"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deposits_are_exact_repeatable_and_bounded() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let id = desk.create_organization("Sable Robotics").await;
    let first = desk.deposit(id, "612.40", "key-1").await.unwrap();
    assert_eq!(
        (first["balance"].as_str(), first["repeated"].as_bool()),
        (Some("612.40"), Some(false))
    );
    assert_eq!(first["transaction"]["created_by"], "Maya Okafor");
    let again = desk.deposit(id, "612.40", "key-1").await.unwrap();
    assert_eq!(
        (again["balance"].as_str(), again["repeated"].as_bool()),
        (Some("612.40"), Some(true))
    );
    assert_eq!(again["transaction"]["id"], first["transaction"]["id"]);
    assert_eq!(
        code(&desk.deposit(id, "612.41", "key-1").await.unwrap_err()),
        "duplicate_key"
    );

    for (amount, expected) in [
        ("0.001", "invalid_field"),
        ("-5", "invalid_field"),
        ("0", "invalid_field"),
        ("1e3", "invalid_field"),
        ("ten", "invalid_field"),
        ("100000000", "invalid_field"),
        ("99999999.99", "wallet_overflow"),
    ] {
        let error = desk.deposit(id, amount, &format!("key-{amount}")).await.unwrap_err();
        assert_eq!(
            (code(&error).as_str(), error.field.as_deref()),
            (expected, Some("amount")),
            "{amount}"
        );
    }
    assert_eq!(
        code(&desk.deposit(999_999, "1.00", "key-2").await.unwrap_err()),
        "not_found"
    );
    workspace
        .execute("INSERT INTO organizations (id, name) VALUES (4242, 'Without a wallet')")
        .await;
    assert_eq!(
        code(&desk.deposit(4242, "1.00", "key-3").await.unwrap_err()),
        "wallet_missing"
    );
    let page = desk.ok("transactions.list", first_rows(50)).await;
    assert_eq!(page["total"], 1, "what was refused left nothing");
    assert_eq!(
        desk.ok("organizations.get", json!({"id": id})).await["organization"]["balance"],
        "612.40"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn users_addresses_and_roles() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let organization = desk.create_organization("Larkspur Legal").await;
    desk.create_user(
        "ines@larkspur.example",
        ("Ines", "Carvalho"),
        "user",
        Some(organization),
    )
    .await;
    let create = |email: &str, role: &str, organization: Option<i64>, password: &str| json!({"email": email, "first_name": "", "last_name": "", "role": role, "organization_id": organization, "password": password});
    for (payload, expected, field) in [
        (
            create("INES@larkspur.example", "user", Some(organization), PASSWORD),
            "duplicate_address",
            "email",
        ),
        (
            create("not an address", "support", None, PASSWORD),
            "invalid_field",
            "email",
        ),
        (
            create("a@b.example", "user", None, PASSWORD),
            "invalid_field",
            "organization_id",
        ),
        (
            create("a@b.example", "support", Some(organization), PASSWORD),
            "invalid_field",
            "organization_id",
        ),
        (
            create("a@b.example", "support", None, "short"),
            "invalid_field",
            "password",
        ),
    ] {
        let error = desk.refused("users.create", payload).await;
        assert_eq!((code(&error).as_str(), error.field.as_deref()), (expected, Some(field)));
    }
    let me = desk.ok("app.state", json!({})).await["session"]["user_id"].clone();
    let last = desk
        .refused(
            "users.set_role",
            json!({"id": me, "role": "support", "organization_id": null}),
        )
        .await;
    assert_eq!(
        (code(&last).as_str(), last.field.as_deref()),
        ("invalid_field", Some("role"))
    );

    let customer = workspace.desk().await;
    customer.ok("app.state", json!({})).await;
    let refused = customer
        .refused(
            "session.sign_in",
            json!({"email": "ines@larkspur.example", "password": PASSWORD}),
        )
        .await;
    assert_eq!(code(&refused), "role_not_allowed");
}
