//! The log, the themes, the settings of the business; archiving and disabling.

use cs_tests::desk::{ADMIN, TestDesk, Workspace, first_rows};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::code;

const SUPPORT: &str = "tomas.lind@halyard.example";
const FINANCE: &str = "fina.moreau@halyard.example";

async fn desk_of(workspace: &Workspace, email: &str) -> TestDesk {
    let desk = workspace.desk().await;
    desk.sign_in(email).await;
    desk
}

async fn staffed() -> (Workspace, TestDesk) {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    desk.create_user(SUPPORT, ("Tomas", "Lind"), "support", None).await;
    desk.create_user(FINANCE, ("Fina", "Moreau"), "finance", None).await;
    (workspace, desk)
}

fn rows(page: &Value) -> &Vec<Value> {
    page["rows"].as_array().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_shows_each_role_its_part() {
    let (workspace, desk) = staffed().await;
    let id = desk.create_organization("Fjord & Pine").await;
    desk.deposit(id, "50.00", "first").await.unwrap();
    let seen = desk.ok("organizations.get", json!({"id": id})).await["organization"]["updated_at"].clone();
    desk.ok(
        "organizations.rename",
        json!({"id": id, "name": "Fjord", "expected_updated_at": seen}),
    )
    .await;

    let all = desk.ok("activity.list", first_rows(200)).await;
    let renamed = &rows(&all)[0];
    assert_eq!(
        (renamed["action"].as_str(), renamed["who"].as_str()),
        (Some("organization.update"), Some("Maya Okafor"))
    );
    assert_eq!(renamed["summary"], "name: Fjord & Pine → Fjord");
    assert_eq!(renamed["organization"], "Fjord");
    assert_eq!(renamed["role"], "admin");
    let entry = desk.ok("activity.get", json!({"id": renamed["id"]})).await;
    assert_eq!(
        entry["changes"],
        json!([{"field": "name", "before": "Fjord & Pine", "after": "Fjord"}])
    );
    // Neither a hash nor its end is in what was logged of a new person.
    let made = rows(&all).iter().find(|row| row["action"] == "user.create").unwrap();
    let entry = desk.ok("activity.get", json!({"id": made["id"]})).await;
    let hash = entry["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["field"] == "password_hash")
        .unwrap();
    assert_eq!(hash["after"], "(secret)");

    let finance = desk_of(&workspace, FINANCE).await;
    let money = finance.ok("activity.list", first_rows(200)).await;
    assert!(!rows(&money).is_empty());
    for row in rows(&money) {
        let kind = row["resource_type"].as_str().unwrap();
        assert!(
            ["transaction", "wallet", "settings", "invoice", "plan"].contains(&kind),
            "{row}"
        );
    }
    assert_eq!(
        code(&finance.refused("activity.get", json!({"id": made["id"]})).await),
        "not_found"
    );
    let support = desk_of(&workspace, SUPPORT).await;
    let own = support.ok("activity.list", first_rows(200)).await;
    assert_eq!(rows(&own).len(), 1, "only the own session: {own}");
    assert_eq!(rows(&own)[0]["action"], "session.open");

    let deposits = desk
        .ok(
            "activity.list",
            json!({"search": null, "filters": [{"column": "resource_type", "op": "is", "values": ["transaction"]}, {"column": "who", "op": "contains", "values": ["okafor"]},
                   {"column": "created_at", "op": "at_least", "values": ["2020-01-01T00:00:00Z"]}], "sort": null, "after": null, "limit": 10}),
        )
        .await;
    assert_eq!(deposits["total"], 1);
    let exported = desk
        .ok(
            "activity.export",
            json!({"list": first_rows(1), "columns": ["created_at", "who", "action", "summary"]}),
        )
        .await;
    let now = desk.ok("activity.list", first_rows(1)).await;
    assert_eq!(exported["rows"], now["total"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_other_programs_are_shown_whatever_their_shape() {
    let (workspace, desk) = staffed().await;
    workspace
        .execute(
            r#"INSERT INTO activity_logs (action, resource_type, resource_id, details, ip_address, created_at) VALUES
                 ('vps.hostname.update', 'vps', '7', '{"oldHostname": "a.example", "newHostname": "b.example"}', '::ffff:1.2.3.4', now() + interval '1 hour'),
                 ('user_update', NULL, NULL, '{"changes": {"role": {"from": "user", "to": "admin"}}}', NULL, now() + interval '2 hours'),
                 ('odd', NULL, NULL, '"{\"root_password\": \"hunter2\"}"', NULL, now() + interval '3 hours'),
                 ('odd', NULL, NULL, '[1, {"a": null}]', NULL, now() + interval '4 hours'),
                 ('odd', NULL, NULL, NULL, NULL, NULL)"#,
        )
        .await;
    let page = desk.ok("activity.list", first_rows(200)).await;
    let summaries: Vec<&str> = rows(&page)
        .iter()
        .take(4)
        .map(|row| row["summary"].as_str().unwrap())
        .collect();
    assert_eq!(
        summaries[1..],
        [
            "root password (secret)",
            "role: user → admin",
            "hostname: a.example → b.example"
        ]
    );
    assert!(!page.to_string().contains("hunter2"));
    let last = rows(&page).last().unwrap();
    assert_eq!(
        (last["created_at"].clone(), last["who"].clone()),
        (Value::Null, Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_of_a_long_log_is_read_off_an_index() {
    let (workspace, desk) = staffed().await;
    workspace
        .execute(
            "INSERT INTO activity_logs (user_id, organization_id, action, resource_type, created_at)
             SELECT CASE WHEN n % 4 = 0 THEN 1 END, NULL, 'server.update', 'server', timezone('UTC', now()) - n * interval '1 minute' FROM generate_series(1, 100000) n;
             ANALYZE activity_logs",
        )
        .await;
    let page = desk.ok("activity.list", first_rows(50)).await;
    assert_eq!((rows(&page).len(), page["total_is_exact"].as_bool()), (50, Some(false)));
    let mut admin = workspace.admin().connect("tests").await.unwrap();
    for (condition, index) in [("true", "activity_newest"), ("a.user_id = 1", "activity_person_newest")] {
        let plan: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "EXPLAIN SELECT a.id, o.name FROM activity_logs a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN organizations o ON o.id = a.organization_id
             WHERE {condition} AND (coalesce(a.created_at, '-infinity'::timestamp), a.id) < (now()::timestamp, 100)
             ORDER BY coalesce(a.created_at, '-infinity'::timestamp) DESC, a.id DESC LIMIT 201"
        )))
        .fetch_all(&mut admin)
        .await
        .unwrap();
        let plan = plan.join("\n");
        assert!(
            plan.contains(index) && !plan.contains("Sort") && !plan.contains("Seq Scan on activity_logs"),
            "{plan}"
        );
    }
}

async fn active(workspace: &Workspace) -> Vec<String> {
    let mut admin = workspace.admin().connect("tests").await.unwrap();
    sqlx::query_scalar("SELECT name FROM theme_settings WHERE is_active ORDER BY name")
        .fetch_all(&mut admin)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_themes_one_is_active_also_when_two_are_chosen_at_once() {
    let (workspace, desk) = staffed().await;
    workspace
        .execute(
            r##"INSERT INTO theme_settings (id, name, colors, is_active) VALUES
                  (NULL, 'Verdant', '{"light": {"background": "#fdfdfc", "primary": "158 63% 29%", "foreground": "#172621"}}', true),
                  (NULL, 'Ember', '{"primary": "#b4411e", "primary-foreground": "#d99a82"}', true),
                  (NULL, 'Broken', '"nonsense"', false),
                  (NULL, 'Hostile', '{"light": {"background": "url(javascript:x)", "primary": "red;}*{display:none"}}', false)"##,
        )
        .await;
    let list = desk.ok("themes.list", json!({})).await;
    let themes = list["themes"].as_array().unwrap();
    let names: Vec<&str> = themes.iter().map(|theme| theme["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Built-in", "Broken", "Ember", "Hostile", "Verdant"]);
    assert_eq!(
        themes.iter().filter(|theme| theme["active"] == true).count(),
        1,
        "{list}"
    );
    assert!(themes[1]["broken"].is_string() && themes[3]["broken"].is_string());
    assert!(themes[0]["broken"].is_null() && themes[4]["broken"].is_null());
    assert_eq!(themes[2]["adjusted"], 1, "{}", themes[2]);
    for theme in themes {
        for mode in ["light", "dark"] {
            for color in theme[mode].as_object().unwrap().values() {
                let color = color.as_str().unwrap();
                assert!(
                    color.len() == 7 && color.starts_with('#') && color[1..].bytes().all(|b| b.is_ascii_hexdigit()),
                    "{color}"
                );
            }
        }
    }
    let (ember, verdant) = (themes[2]["id"].clone(), themes[4]["id"].clone());
    let other = desk_of(&workspace, ADMIN).await;
    for _ in 0..10 {
        let (one, two) = tokio::join!(
            desk.call("themes.activate", json!({"id": ember})),
            other.call("themes.activate", json!({"id": verdant}))
        );
        one.unwrap();
        two.unwrap();
        assert_eq!(active(&workspace).await.len(), 1);
    }
    let shown = other.ok("themes.active", json!({})).await["name"].clone();
    assert_eq!(json!(active(&workspace).await), json!([shown]));
    desk.ok("themes.activate", json!({"id": null})).await;
    assert_eq!(active(&workspace).await, Vec::<String>::new());
    assert_eq!(desk.ok("themes.active", json!({})).await["name"], Value::Null);
    assert_eq!(
        code(&desk.refused("themes.activate", json!({"id": 9999})).await),
        "not_found"
    );

    let support = desk_of(&workspace, SUPPORT).await;
    let list = support.ok("themes.list", json!({})).await;
    assert_eq!(list["actions"][0]["allowed"], false);
    assert_eq!(
        code(&support.refused("themes.activate", json!({"id": ember})).await),
        "forbidden"
    );
    assert_eq!(active(&workspace).await, Vec::<String>::new());
}

fn change(settings: &Value, values: &[(&str, &str)]) -> Value {
    let values: Vec<Value> = values
        .iter()
        .map(|(key, value)| json!({"key": key, "value": value}))
        .collect();
    json!({"values": values, "expected_updated_at": settings["updated_at"]})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logo_is_set_by_admins_shown_to_staff_and_refused_where_it_cannot_be_set() {
    let (workspace, desk) = staffed().await;
    assert_eq!(desk.ok("settings.logo", json!({})).await, json!({ "logo": null }));
    // `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>`
    let svg = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCA0IDEiPjxyZWN0IHdpZHRoPSI0IiBoZWlnaHQ9IjEiLz48L3N2Zz4=";
    let set = desk.ok("settings.set_logo", json!({ "file": svg })).await;
    assert_eq!(
        (&set["logo"]["width"], &set["logo"]["height"]),
        (&json!(1360), &json!(340)),
        "{set}"
    );
    assert!(set["logo"]["png"].as_str().unwrap().starts_with("iVBORw0KGgo"));
    assert_eq!(desk.ok("settings.logo", json!({})).await, set);
    for wrong in ["!", "bm90aGluZw=="] {
        let refused = desk.refused("settings.set_logo", json!({ "file": wrong })).await;
        assert_eq!(
            (code(&refused).as_str(), refused.field.as_deref()),
            ("invalid_field", Some("logo")),
            "{refused:?}"
        );
    }
    for person in [FINANCE, SUPPORT] {
        let desk = desk_of(&workspace, person).await;
        assert_eq!(desk.ok("settings.logo", json!({})).await, set, "{person}");
        let refused = desk.refused("settings.set_logo", json!({ "file": null })).await;
        assert_eq!(code(&refused), "forbidden", "{person}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_checked_logged_and_never_overwritten_unseen() {
    let (workspace, desk) = staffed().await;
    desk.create_organization("Fjord & Pine").await;
    let settings = desk.ok("settings.get", json!({})).await;
    let value = |settings: &Value, key: &str| {
        settings["values"]
            .as_array()
            .unwrap()
            .iter()
            .find(|each| each["key"] == key)
            .unwrap()["value"]
            .clone()
    };
    assert_eq!(value(&settings, "grace_hours"), "72");
    assert_eq!(settings["wallets"], json!([{"currency": "USD", "wallets": 1}]));
    for (key, wrong) in [
        ("grace_hours", "8761"),
        ("idle_minutes", "0"),
        ("session_hours", "169"),
        ("low_mark_days", "three"),
        ("second_person_above", "-1"),
        ("currency", "EURO"),
        ("billing_schedule", "weekly"),
        ("seller_name", "a\nb"),
    ] {
        // Together with one that is right: none of them is kept.
        let refused = desk
            .refused(
                "settings.change",
                change(&settings, &[("seller_name", "Halyard Ltd"), (key, wrong)]),
            )
            .await;
        assert_eq!(
            (code(&refused).as_str(), refused.field.as_deref()),
            ("invalid_field", Some(key))
        );
    }
    let changed = desk
        .ok(
            "settings.change",
            change(
                &settings,
                &[
                    ("grace_hours", "48"),
                    ("seller_name", "Halyard Ltd"),
                    ("idle_minutes", "30"),
                ],
            ),
        )
        .await;
    assert_eq!(
        changed["changed"],
        json!([{"key": "grace_hours", "before": "72", "after": "48"}, {"key": "seller_name", "before": "", "after": "Halyard Ltd"}])
    );
    assert_eq!(
        code(
            &desk
                .refused("settings.change", change(&settings, &[("grace_hours", "24")]))
                .await
        ),
        "stale"
    );
    let log = desk.ok("activity.list", first_rows(1)).await;
    assert_eq!(rows(&log)[0]["action"], "settings.update");
    assert_eq!(
        rows(&log)[0]["summary"],
        "grace hours: 72 → 48, seller name: nothing → Halyard Ltd"
    );
    for email in [SUPPORT, FINANCE] {
        let desk = desk_of(&workspace, email).await;
        assert_eq!(code(&desk.refused("settings.get", json!({})).await), "forbidden");
        let now = change(&json!({"updated_at": "2026-01-01T00:00:00Z"}), &[("grace_hours", "1")]);
        assert_eq!(code(&desk.refused("settings.change", now).await), "forbidden");
    }
    assert_eq!(value(&desk.ok("settings.get", json!({})).await, "grace_hours"), "48");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_is_put_away_and_taken_back() {
    let (workspace, desk) = staffed().await;
    let id = desk.create_organization("Fjord & Pine").await;
    desk.deposit(id, "50.00", "first").await.unwrap();
    workspace
        .execute(
            "INSERT INTO vps_instances (id, label, organization_id) SELECT NULL, 'web', max(id) FROM organizations",
        )
        .await;
    let told = desk.ok("organizations.archive_consequences", json!({"id": id})).await["sentences"].to_string();
    assert!(
        told.contains("1 server or container keeps going on") && told.contains("50.00 USD"),
        "{told}"
    );
    let detail = desk.ok("organizations.get", json!({"id": id})).await;
    let stamp = json!({"id": id, "expected_updated_at": detail["organization"]["updated_at"]});
    let support = desk_of(&workspace, SUPPORT).await;
    assert_eq!(
        code(&support.refused("organizations.archive", stamp.clone()).await),
        "forbidden"
    );
    desk.ok("organizations.archive", stamp.clone()).await;
    assert_eq!(code(&desk.refused("organizations.archive", stamp).await), "stale");
    assert_eq!(desk.ok("organizations.list", first_rows(10)).await["total"], 0);
    let put_away = desk
        .ok(
            "organizations.list",
            json!({"search": null, "filters": [{"column": "archived", "op": "is", "values": ["true"]}], "sort": null, "after": null, "limit": 10}),
        )
        .await;
    assert_eq!(rows(&put_away)[0]["id"], id);
    // The database itself refuses to give it a server.
    let mut admin = workspace.admin().connect("tests").await.unwrap();
    let assigned = sqlx::query("INSERT INTO vps_instances (id, label, organization_id) VALUES (NULL, 'new', $1)")
        .bind(i32::try_from(id).unwrap())
        .execute(&mut admin)
        .await;
    assert_eq!(
        assigned.unwrap_err().as_database_error().unwrap().constraint(),
        Some("assign_archived_organization")
    );
    let detail = desk.ok("organizations.get", json!({"id": id})).await["organization"].clone();
    assert!(detail["archived_at"].is_string());
    desk.ok(
        "organizations.restore",
        json!({"id": id, "expected_updated_at": detail["updated_at"]}),
    )
    .await;
    assert_eq!(desk.ok("organizations.list", first_rows(10)).await["total"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_is_out_at_once_and_the_last_admin_stays() {
    let (workspace, desk) = staffed().await;
    let support = desk_of(&workspace, SUPPORT).await;
    let people = desk.ok("users.list", first_rows(10)).await;
    let id = |email: &str| rows(&people).iter().find(|row| row["email"] == email).unwrap()["id"].clone();
    assert_eq!(
        code(
            &support
                .refused("users.set_disabled", json!({"id": id(FINANCE), "disabled": true}))
                .await
        ),
        "forbidden"
    );
    let me = desk
        .refused("users.set_disabled", json!({"id": id(ADMIN), "disabled": true}))
        .await;
    assert!(me.message.contains("This is you"), "{}", me.message);
    desk.ok("users.set_disabled", json!({"id": id(SUPPORT), "disabled": true}))
        .await;
    let over = support
        .refused("tickets.list", json!({"queue": "open", "list": first_rows(1)}))
        .await;
    assert!(
        ["session_expired", "not_signed_in", "forbidden"].contains(&code(&over).as_str()),
        "{over:?}"
    );
    let out = workspace.desk().await;
    out.ok("app.state", json!({})).await;
    let wrong = out
        .refused(
            "session.sign_in",
            json!({"email": SUPPORT, "password": cs_tests::desk::PASSWORD}),
        )
        .await;
    assert_eq!(code(&wrong), "wrong_password");
    desk.ok("users.set_disabled", json!({"id": id(SUPPORT), "disabled": false}))
        .await;
    desk_of(&workspace, SUPPORT).await;

    // Another admin may not take the last one away either, over csctl.
    let session = app::session::Session::operator(workspace.admin(), "tests")
        .await
        .unwrap();
    let last = domain::ids::UserId::new(i32::try_from(id(ADMIN).as_i64().unwrap()).unwrap());
    let refused = app::users::set_disabled(&session, last, true).await.unwrap_err();
    assert!(refused.to_string().contains("last admin"), "{refused}");
}
