//! The wire: commands as the window sends them, over a real PostgreSQL, without a web view.

use cs_tests::desk::{ADMIN, PASSWORD, Workspace, first_rows};
use serde_json::{Value, json};

fn code(error: &api::ApiError) -> String {
    serde_json::to_value(error.code).unwrap().as_str().unwrap().to_owned()
}

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

#[tokio::test(flavor = "multi_thread")]
async fn the_palette_finds_by_name_number_and_address() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let organization = desk.create_organization("Copperfield Prints").await;
    workspace.execute("INSERT INTO vps_instances (label, ipv4, status, region, organization_id) SELECT 'press-01', '203.0.113.57', 'running', 'eu-central', id FROM organizations").await;
    let kinds = async |query: &str| -> Vec<String> {
        let answer = desk.ok("palette.search", json!({"query": query})).await;
        answer["hits"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hit| hit["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds("copper").await, ["organization"]);
    assert_eq!(kinds("203.0.113").await, ["server"]);
    assert!(
        kinds(&organization.to_string())
            .await
            .contains(&"organization".to_owned())
    );
    assert_eq!(kinds("maya").await, ["user"]);
    assert!(kinds("m").await.is_empty(), "one letter is no question");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_theme_row_never_breaks_the_window() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let plain = desk.ok("themes.active", json!({})).await;
    assert_eq!(plain["name"], Value::Null);
    workspace
        .execute(r#"INSERT INTO theme_settings (name, colors, is_active) VALUES ('hostile', '{"light": {"background": "red;} body{display:none", "primary": "url(javascript:1)", "foreground": "\u202e#fff"}, "dark": 7}', true)"#)
        .await;
    let hostile = desk.ok("themes.active", json!({})).await;
    for mode in ["light", "dark"] {
        for (token, value) in hostile[mode].as_object().unwrap() {
            let value = value.as_str().unwrap();
            assert!(
                value.len() == 7 && value.starts_with('#') && value[1..].bytes().all(|b| b.is_ascii_hexdigit()),
                "{token}: {value}"
            );
        }
    }
    assert!(!hostile["notices"].as_array().unwrap().is_empty());
    workspace.execute("UPDATE theme_settings SET colors = '[1, 2]'").await;
    desk.ok("themes.active", json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_comes_back() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.ok("shell.summary", json!({})).await;
    // All of this desk's connections are cut, as by a restart of the server.
    workspace.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").await;
    desk.ok("shell.summary", json!({})).await;
    desk.create_organization("Zephyr Sails").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_that_do_not_fit_are_told_apart() {
    for (statement, expected) in [
        (
            "INSERT INTO cs_meta.migrations (version, name, checksum) VALUES (9999, 'of the future', '')",
            "database_too_new",
        ),
        ("DELETE FROM cs_meta.migrations WHERE version > 1", "database_too_old"),
        ("DROP SCHEMA cs_auth CASCADE", "database_not_initialized"),
    ] {
        let workspace = Workspace::fresh().await;
        let desk = workspace.desk().await;
        workspace.execute(statement).await;
        let state = desk.ok("app.state", json!({})).await;
        assert_eq!(
            (state["phase"].as_str(), state["error"]["code"].as_str()),
            (Some("disconnected"), Some(expected))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_refuse_or_are_not_there() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.desk().await;
    let admin = workspace.admin();
    let login = workspace.desk_login("Another").await;
    let add = |host: &str, port: u16, password: &str, tls: &str| json!({"name": "X", "environment": "staging", "host": host, "port": port, "database": admin.database, "login": login.login, "password": password, "tls": tls, "root_certificate": null});
    let (host, port) = (admin.host.as_str(), admin.port);
    assert_eq!(
        code(
            &desk
                .refused("app.add_server", add(host, port, "wrong", "disable"))
                .await
        ),
        "desk_refused"
    );
    assert_eq!(
        code(
            &desk
                .refused("app.add_server", add("127.0.0.1", 1, "x", "disable"))
                .await
        ),
        "server_unreachable"
    );
    let before = desk.ok("app.state", json!({})).await["profiles"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(before, 1, "what could not be reached was not remembered");
    use secrecy::ExposeSecret as _;
    let added = desk
        .ok(
            "app.add_server",
            add(host, port, login.password.expose_secret(), "disable"),
        )
        .await;
    assert_eq!(
        (added["phase"].as_str(), added["profiles"].as_array().unwrap().len()),
        (Some("sign_in"), 2)
    );
    let id = added["profile"]["id"].clone();
    assert!(
        !serde_json::to_string(&added)
            .unwrap()
            .contains(login.password.expose_secret()),
        "no answer holds a password"
    );
    let left = desk.ok("app.forget_profile", json!({"profile_id": id})).await;
    assert_eq!(left["profiles"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_answered_not_panicked_over() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    for (name, payload) in [
        ("no.such", json!({})),
        ("organizations.get", json!({"id": "x"})),
        ("organizations.get", json!(null)),
        ("organizations.list", json!({"limit": -1})),
        ("tickets.list", json!({"queue": "everything", "list": first_rows(1)})),
        (
            "organizations.list",
            json!({"search": null, "filters": [], "sort": null, "after": "bm90IGEgY3Vyc29y", "limit": 1}),
        ),
    ] {
        assert_eq!(code(&desk.refused(name, payload).await), "bad_request", "{name}");
    }
    assert_eq!(
        code(&desk.refused("organizations.get", json!({"id": 424_242})).await),
        "not_found"
    );
    let null_byte = desk
        .refused("organizations.create", json!({"name": "a\u{0}b", "currency": "USD"}))
        .await;
    assert_eq!(code(&null_byte), "invalid_field");
}
