//! The palette, themes, lines that break, databases that do not fit, nonsense.

use cs_tests::desk::{Workspace, first_rows};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::code;

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
