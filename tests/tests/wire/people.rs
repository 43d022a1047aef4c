//! How people sign in: second factors, passwords, sessions, API keys.

use cs_tests::desk::{ADMIN, PASSWORD, TestDesk, Workspace, first_rows};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use sqlx::{AssertSqlSafe, Row};

use crate::code;

const SUPPORT: &str = "tomas.lind@halyard.example";
const NEW: &str = "another harbour at dusk";

/// Only the standard's own words, so that what is shown is what a phone computes with.
fn authenticator(secret: &str) -> String {
    let mut bits = String::new();
    for letter in secret.chars().filter(char::is_ascii_alphanumeric) {
        let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap();
        bits.push_str(&format!("{value:05b}"));
    }
    let mut key: Vec<u8> = bits.as_bytes()[..bits.len() / 8 * 8]
        .chunks(8)
        .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
        .collect();
    assert_eq!(key.len(), 20);
    key.resize(64, 0);
    #[expect(clippy::disallowed_methods, reason = "tests are an edge")]
    let step = u64::try_from(chrono::Utc::now().timestamp() / 30).unwrap();
    let padded = |pad: u8| key.iter().map(|byte| byte ^ pad).collect::<Vec<u8>>();
    let inner = Sha1::digest([padded(0x36), step.to_be_bytes().to_vec()].concat());
    let mac = Sha1::digest([padded(0x5c), inner.to_vec()].concat());
    let at = usize::from(mac[19] & 15);
    let number = u32::from_be_bytes(mac[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

async fn ask(workspace: &Workspace, sql: &str) -> String {
    let mut connection = workspace.admin().connect("tests").await.unwrap();
    let row = sqlx::query(AssertSqlSafe(format!("SELECT ({sql})::text")))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    row.get::<Option<String>, _>(0).unwrap_or_default()
}

/// The desk of a member of the support staff who has just been created.
async fn support_desk(workspace: &Workspace, admin: &TestDesk) -> (TestDesk, i64) {
    let id = admin.create_user(SUPPORT, ("Tomas", "Lind"), "support", None).await;
    let desk = workspace.desk().await;
    desk.sign_in(SUPPORT).await;
    (desk, id)
}

async fn password(desk: &TestDesk, email: &str, password: &str) -> Value {
    desk.ok("app.state", json!({})).await;
    desk.ok("session.sign_in", json!({"email": email, "password": password}))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_from_setting_up_to_giving_up() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    assert_eq!(
        desk.ok("account.security", json!({})).await["second_factor_since"],
        Value::Null
    );
    let offer = desk.ok("account.begin_factor", json!({})).await;
    let secret = offer["secret"].as_str().unwrap();
    let uri = offer["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/Halyard:maya.okafor%40halyard.example?secret=")
            && uri.contains(&secret.replace('-', "")),
        "{uri}"
    );
    assert!(offer["qr_size"].as_u64().unwrap() > 20 && offer["qr_path"].as_str().unwrap().starts_with("M0 0h7"));
    let wrong = desk.refused("account.finish_factor", json!({"code": "12345"})).await;
    assert_eq!(
        (code(&wrong).as_str(), wrong.field.as_deref()),
        ("wrong_code", Some("code"))
    );
    let codes = desk
        .ok("account.finish_factor", json!({"code": authenticator(secret)}))
        .await["codes"]
        .clone();
    assert_eq!(codes.as_array().unwrap().len(), 10);
    let security = desk.ok("account.security", json!({})).await;
    assert_eq!(security["recovery_codes_left"], 10);
    let users = desk.ok("users.list", first_rows(10)).await;
    assert_eq!(users["rows"][0]["has_second_factor"], true);
    assert_eq!(code(&desk.refused("account.begin_factor", json!({})).await), "conflict");

    desk.ok("session.sign_out", json!({})).await;
    let state = password(&desk, ADMIN, PASSWORD).await;
    assert_eq!(
        (&state["phase"], &state["step"]),
        (&json!("sign_in"), &json!("second_factor"))
    );
    assert_eq!(
        desk.ok("app.state", json!({})).await["step"],
        "second_factor",
        "also when asked again"
    );
    assert_eq!(
        code(&desk.refused("organizations.list", first_rows(5)).await),
        "not_signed_in"
    );
    assert_eq!(
        code(&desk.refused("sign_in.give_code", json!({"code": "000000x"})).await),
        "wrong_code"
    );
    // Somebody else wants to sign in.
    assert_eq!(desk.ok("sign_in.abandon", json!({})).await["step"], Value::Null);
    assert_eq!(
        code(&desk.refused("sign_in.give_code", json!({"code": codes[0]})).await),
        "sign_in_over"
    );
    password(&desk, ADMIN, PASSWORD).await;
    let state = desk.ok("sign_in.give_code", json!({"code": codes[0]})).await;
    assert_eq!(state["phase"], "ready");
    assert_eq!(desk.ok("account.security", json!({})).await["recovery_codes_left"], 9);
    let new = desk.ok("account.new_recovery_codes", json!({})).await["codes"].clone();
    assert_ne!(new[1], codes[1]);

    let wrong = desk
        .refused("account.disable_factor", json!({"password": "wrong", "code": new[0]}))
        .await;
    assert_eq!(
        (code(&wrong).as_str(), wrong.field.as_deref()),
        ("wrong_password", Some("password"))
    );
    assert_eq!(
        code(
            &desk
                .refused(
                    "account.disable_factor",
                    json!({"password": PASSWORD, "code": codes[1]})
                )
                .await
        ),
        "wrong_code"
    );
    desk.ok("account.disable_factor", json!({"password": PASSWORD, "code": new[0]}))
        .await;
    desk.ok("session.sign_out", json!({})).await;
    assert_eq!(password(&desk, ADMIN, PASSWORD).await["phase"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_needs_a_second_factor_sets_it_up_on_the_way_in() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    admin.create_user(SUPPORT, ("Tomas", "Lind"), "support", None).await;
    assert_eq!(
        code(
            &admin
                .refused("security.set_policy", json!({"second_factor_for": ["user"]}))
                .await
        ),
        "invalid_field"
    );
    admin
        .ok("security.set_policy", json!({"second_factor_for": ["support"]}))
        .await;
    assert_eq!(
        admin.ok("security.policy", json!({})).await["second_factor_for"],
        json!(["support"])
    );
    let desk = workspace.desk().await;
    assert_eq!(password(&desk, SUPPORT, PASSWORD).await["step"], "second_factor_setup");
    let offer = desk.ok("sign_in.begin_factor", json!({})).await;
    let shown = authenticator(offer["secret"].as_str().unwrap());
    assert_eq!(
        code(&desk.refused("sign_in.finish_factor", json!({"code": "1"})).await),
        "wrong_code"
    );
    let codes = desk.ok("sign_in.finish_factor", json!({"code": shown})).await;
    assert_eq!(codes["codes"].as_array().unwrap().len(), 10);
    assert_eq!(desk.ok("app.state", json!({})).await["step"], "set_up_done");
    assert_eq!(desk.ok("sign_in.go_on", json!({})).await["phase"], "ready");
    assert_eq!(
        code(
            &desk
                .refused(
                    "account.disable_factor",
                    json!({"password": PASSWORD, "code": codes["codes"][0]})
                )
                .await
        ),
        "conflict"
    );
    let refused = desk
        .refused("security.set_policy", json!({"second_factor_for": []}))
        .await;
    assert_eq!(code(&refused), "forbidden");
    // A phone that is lost: an admin takes the second factor away, and the session ends.
    let person = ask(&workspace, &format!("SELECT id FROM users WHERE email = '{SUPPORT}'")).await;
    let person: i32 = person.parse().unwrap();
    admin.ok("users.reset_second_factor", json!({"id": person})).await;
    assert_eq!(
        code(&desk.refused("organizations.list", first_rows(5)).await),
        "session_expired"
    );
    assert_eq!(
        code(&admin.refused("users.reset_second_factor", json!({"id": person})).await),
        "not_found"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_given_a_password_chooses_another() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    admin
        .ok(
            "users.create",
            json!({"email": SUPPORT, "first_name": "Tomas", "last_name": "Lind", "role": "support", "organization_id": null, "password": PASSWORD}),
        )
        .await;
    let desk = workspace.desk().await;
    assert_eq!(password(&desk, SUPPORT, PASSWORD).await["step"], "new_password");
    for weak in [PASSWORD, "short", SUPPORT] {
        let refused = desk.refused("sign_in.choose_password", json!({"password": weak})).await;
        assert_eq!(
            (code(&refused).as_str(), refused.field.as_deref()),
            ("invalid_field", Some("password"))
        );
    }
    assert_eq!(
        desk.ok("sign_in.choose_password", json!({"password": NEW})).await["phase"],
        "ready"
    );
    desk.ok("session.sign_out", json!({})).await;
    assert_eq!(
        code(
            &desk
                .refused("session.sign_in", json!({"email": SUPPORT, "password": PASSWORD}))
                .await
        ),
        "wrong_password"
    );
    assert_eq!(password(&desk, SUPPORT, NEW).await["phase"], "ready");

    // And whoever wants to.
    let elsewhere = workspace.desk().await;
    password(&elsewhere, SUPPORT, NEW).await;
    let change = |old: &str, new: &str| json!({"old_password": old, "password": new});
    let wrong = desk
        .refused("account.change_password", change("wrong", "a third harbour"))
        .await;
    assert_eq!(
        (code(&wrong).as_str(), wrong.field.as_deref()),
        ("wrong_password", Some("old_password"))
    );
    assert_eq!(
        code(&desk.refused("account.change_password", change(NEW, NEW)).await),
        "invalid_field"
    );
    desk.ok("account.change_password", change(NEW, "a third harbour")).await;
    desk.ok("organizations.list", first_rows(5)).await;
    assert_eq!(
        code(&elsewhere.refused("organizations.list", first_rows(5)).await),
        "session_expired"
    );
    assert_eq!(password(&elsewhere, SUPPORT, "a third harbour").await["phase"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_code_lets_somebody_back_in() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let (support, id) = support_desk(&workspace, &admin).await;
    assert_eq!(
        code(&support.refused("users.reset_password", json!({"id": id})).await),
        "forbidden"
    );
    let made = admin.ok("users.reset_password", json!({"id": id})).await;
    let desk = workspace.desk().await;
    desk.ok("app.state", json!({})).await;
    let redeem = |email: &str, code: &Value| json!({"email": email, "code": code, "password": NEW});
    for (email, tried) in [
        (SUPPORT, &json!("AAAA-BBBB")),
        ("nobody@halyard.example", &made["code"]),
        (ADMIN, &made["code"]),
    ] {
        let wrong = desk.refused("sign_in.redeem_reset", redeem(email, tried)).await;
        assert_eq!(
            (code(&wrong).as_str(), wrong.field.as_deref()),
            ("wrong_code", Some("code"))
        );
    }
    let short = desk
        .refused(
            "sign_in.redeem_reset",
            json!({"email": SUPPORT, "code": made["code"], "password": "short"}),
        )
        .await;
    assert_eq!(short.field.as_deref(), Some("password"));
    desk.ok("sign_in.redeem_reset", redeem(SUPPORT, &made["code"])).await;
    assert_eq!(
        code(
            &desk
                .refused("sign_in.redeem_reset", redeem(SUPPORT, &made["code"]))
                .await
        ),
        "wrong_code"
    );
    assert_eq!(
        code(&support.refused("organizations.list", first_rows(5)).await),
        "session_expired"
    );
    assert_eq!(password(&desk, SUPPORT, NEW).await["phase"], "ready");
}

#[tokio::test(flavor = "multi_thread")]
async fn dangerous_work_asks_for_the_password() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let (_, id) = support_desk(&workspace, &admin).await;
    workspace
        .execute("UPDATE cs_auth.sessions SET confirmed_at = now() - interval '6 minutes'")
        .await;
    let promote = json!({"id": id, "role": "finance", "organization_id": null});
    for (command, request) in [
        ("users.set_role", promote.clone()),
        ("users.reset_password", json!({"id": id})),
        ("security.set_policy", json!({"second_factor_for": ["admin"]})),
        ("account.begin_factor", json!({})),
        (
            "users.create",
            json!({"email": "x@halyard.example", "first_name": "", "last_name": "", "role": "admin", "organization_id": null, "password": PASSWORD}),
        ),
    ] {
        assert_eq!(
            code(&admin.refused(command, request).await),
            "confirmation_needed",
            "{command}"
        );
    }
    let wrong = admin.refused("account.confirm", json!({"password": "wrong"})).await;
    assert_eq!(
        (code(&wrong).as_str(), wrong.field.as_deref()),
        ("wrong_password", Some("password"))
    );
    assert_eq!(
        code(&admin.refused("users.set_role", promote.clone()).await),
        "confirmation_needed"
    );
    admin.ok("account.confirm", json!({"password": PASSWORD})).await;
    admin.ok("users.set_role", promote).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_seen_and_ended() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let (support, id) = support_desk(&workspace, &admin).await;
    assert_eq!(
        code(&support.refused("sessions.list", json!({"everybody": true})).await),
        "forbidden"
    );
    let own = support.ok("sessions.list", json!({"everybody": false})).await;
    assert_eq!(own["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &own["sessions"][0]["is_this"],
            &own["sessions"][0]["desk"],
            &own["sessions"][0]["client"]
        ),
        (&json!(true), &json!("A test's desk"), &json!("tests"))
    );
    let all = admin.ok("sessions.list", json!({"everybody": true})).await;
    let theirs = all["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .find(|session| session["email"] == SUPPORT)
        .unwrap();
    admin.ok("sessions.revoke", json!({"id": theirs["id"]})).await;
    assert_eq!(
        code(&support.refused("organizations.list", first_rows(5)).await),
        "session_expired"
    );
    assert_eq!(support.ok("app.state", json!({})).await["phase"], "sign_in");
    assert_eq!(
        code(&admin.refused("sessions.revoke", json!({"id": theirs["id"]})).await),
        "not_found"
    );
    support.sign_in(SUPPORT).await;
    assert_eq!(admin.ok("sessions.revoke_person", json!({"id": id})).await["ended"], 1);
    assert_eq!(
        code(&support.refused("shell.summary", json!({})).await),
        "session_expired"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn api_keys_are_shown_once() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    let (support, staff) = support_desk(&workspace, &admin).await;
    let organization = admin.create_organization("Tallgrass Media").await;
    let create = |user: Value, days: Value| json!({"organization_id": organization, "user_id": user, "name": "Deploys", "expires_in_days": days});
    assert_eq!(
        code(
            &support
                .refused("api_keys.create", create(Value::Null, Value::Null))
                .await
        ),
        "forbidden"
    );
    let elsewhere = admin
        .refused("api_keys.create", create(json!(staff), Value::Null))
        .await;
    assert_eq!(elsewhere.field.as_deref(), Some("user_id"));
    assert_eq!(
        code(&admin.refused("api_keys.create", create(Value::Null, json!(0))).await),
        "invalid_field"
    );
    let made = admin.ok("api_keys.create", create(Value::Null, json!(30))).await;
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("cs_") && key.len() == 47, "{key}");
    let stored = ask(
        &workspace,
        &format!("SELECT key_hash = encode(sha256('{key}'), 'hex') FROM user_api_keys"),
    )
    .await;
    assert_eq!(stored, "true");
    let listed = admin.ok("api_keys.list", first_rows(5)).await;
    assert_eq!(
        (&listed["rows"][0]["state"], &listed["rows"][0]["organization"]),
        (&json!("active"), &json!("Tallgrass Media"))
    );
    assert!(!listed.to_string().contains(key));
    admin.ok("api_keys.revoke", json!({"id": made["id"]})).await;
    assert_eq!(
        admin.ok("api_keys.list", first_rows(5)).await["rows"][0]["state"],
        "revoked"
    );
    let exported = admin
        .ok(
            "api_keys.export",
            json!({"list": first_rows(5), "columns": ["name", "state"]}),
        )
        .await;
    assert_eq!(exported["rows"], 1);
    assert_eq!(
        code(&support.refused("api_keys.list", first_rows(5)).await),
        "forbidden"
    );
}
