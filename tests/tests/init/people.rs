//! `csctl user …`: people who come in, and those who are let back in.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use cs_tests::workspace_db::{PASSWORD, ask, connect, run, sign_in};

use super::shared::{Script, lines};

const SAM: &str = "sam@halyard.example";
const NEW: &str = "another harbour at dusk";

#[tokio::test]
async fn csctl_lets_people_in_and_back_in() {
    let script = Script::new("SELECT 1").await;
    assert_eq!(script.init(&["--test"]).code, 0);
    let urls = lines(&script.file());
    let (desk, agent) = (&urls[0], script.folder.path().join("agent.url"));
    fs::write(&agent, &urls[1]).unwrap();
    fs::set_permissions(&agent, fs::Permissions::from_mode(0o600)).unwrap();
    let agent = agent.display().to_string();
    let create = |email: &str, more: &[&str]| {
        let mut arguments = vec![
            "user",
            "create",
            "--json",
            "--database-url-file",
            &agent,
            "--email",
            email,
        ];
        arguments.extend(["--role", "support", "--password-stdin"]);
        arguments.extend(more);
        script.run(&arguments, &format!("{PASSWORD}\n"))
    };

    // Somebody else has chosen the password: the first sign-in asks for another.
    let said = create(SAM, &[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(sign_in(desk, SAM, PASSWORD).await.unwrap_err(), "new_password");
    assert_eq!(create("kim@halyard.example", &["--keep-password"]).code, 0);
    sign_in(desk, "kim@halyard.example", PASSWORD).await.unwrap();

    // Only an administrator's URL lets people back in.
    let mut admin = connect(&script.database.admin_url).await;
    for what in ["reset-password", "reset-second-factor"] {
        let said = script.run(&["user", what, "--json", "--database-url-file", &agent, SAM], "");
        assert_eq!(
            (said.code, said.json()["error"]["code"].as_str()),
            (1, Some("refused")),
            "{said:?}"
        );
    }
    assert_eq!(ask(&mut admin, "SELECT count(*) FROM password_reset_tokens").await, "0");
    let reset = |email: &str| {
        script.run(
            &["user", "reset-password", "--json", "--database-url", &script.url, email],
            "",
        )
    };
    let unknown = reset("nobody@halyard.example");
    assert_eq!(
        (unknown.code, unknown.json()["error"]["code"].as_str()),
        (1, Some("not_found"))
    );
    let said = reset("SAM@halyard.example");
    assert_eq!(said.code, 0, "{said:?}");
    let code = said.json()["code"].as_str().unwrap().to_owned();
    assert!(code.len() == 64 && code.contains('-'), "{code}");
    let mut connection = connect(desk).await;
    let submitted: (Option<uuid::Uuid>, i64) = sqlx::query_as("SELECT * FROM cs_auth.reset_submit($1, $2)")
        .bind(SAM)
        .bind(&code)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let hash = app::password::hash_new(&secrecy::SecretString::from(NEW)).unwrap();
    let redeem = format!(
        "SELECT cs_auth.reset_redeem('{}', '{hash}', 'a test')",
        submitted.0.unwrap()
    );
    assert_eq!(ask(&mut connection, &redeem).await, "reset");
    sign_in(desk, SAM, NEW).await.unwrap();

    // A lost phone.
    let drop = || {
        script.run(
            &[
                "user",
                "reset-second-factor",
                "--json",
                "--database-url",
                &script.url,
                SAM,
            ],
            "",
        )
    };
    assert_eq!(drop().json()["error"]["code"], "not_found", "there is none yet");
    run(
        &mut admin,
        &format!("INSERT INTO cs_auth.second_factors (user_id, secret, confirmed_at) SELECT id, '12345678901234567890', now() FROM users WHERE email = '{SAM}'"),
    )
    .await;
    assert_eq!(sign_in(desk, SAM, NEW).await.unwrap_err(), "second_factor");
    assert_eq!(drop().code, 0);
    assert_eq!(
        ask(
            &mut admin,
            "SELECT count(*) FROM cs_auth.sessions WHERE ended_at IS NULL"
        )
        .await,
        "0"
    );
    sign_in(desk, SAM, NEW).await.unwrap();
    let logged = "SELECT string_agg(action, ' ' ORDER BY id) FROM activity_logs WHERE action IN ('password.reset', 'second_factor.reset', 'reset_token.create')";
    assert_eq!(
        ask(&mut admin, logged).await,
        "reset_token.create password.reset second_factor.reset"
    );
}
