//! Inviting another desk, opening the invitation there, and cutting it off.

use app::{
    AppError, KeyProblem,
    invitation::{self, NewInvitation, Way},
    workspace_key,
};
use cs_tests::desk::{ADMIN, TestDesk, Workspace, first_rows};
use domain::desk::DeskLabel;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::code;

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let number = part.iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..4 {
            text.push(if place <= part.len() {
                char::from(LETTERS[(number >> (18 - 6 * place)) as usize & 63])
            } else {
                '='
            });
        }
    }
    text
}

/// Invites a desk from the window; the file and its passphrase.
async fn invite(workspace: &Workspace, desk: &TestDesk, replaces: Option<&str>) -> (Vec<u8>, String, Value) {
    let answer = desk
        .ok(
            "desks.invite",
            json!({"label": "Front office", "replaces": replaces, "administrator": workspace.admin().login,
                   "password": workspace.admin().password, "with_workspace_key": false}),
        )
        .await;
    let file = std::fs::read(answer["path"].as_str().unwrap()).unwrap();
    (file, answer["passphrase"].as_str().unwrap().to_owned(), answer)
}

async fn open(desk: &TestDesk, file: &[u8], passphrase: &str) -> Result<Value, api::ApiError> {
    desk.call(
        "app.open_invitation",
        json!({"content": base64(file), "passphrase": passphrase}),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_sets_another_desk_up_once() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let (file, passphrase, answer) = invite(&workspace, &desk, None).await;
    let login = answer["login"].as_str().unwrap().to_owned();
    let list = desk.ok("desks.list", json!({})).await;
    assert_eq!(list["invite_problem"], Value::Null);
    assert!(
        list["command"]
            .as_str()
            .unwrap()
            .starts_with("csctl desk add --database-url 'postgres://ADMINISTRATOR@")
    );
    let row = |list: &Value| -> Value {
        let rows = list["rows"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["login"] == login.as_str()).unwrap()
    };
    assert_eq!(
        (&row(&list)["accepted_at"], &row(&list)["label"]),
        (&Value::Null, &json!("Front office"))
    );

    let other = TestDesk::blank();
    assert_eq!(other.ok("app.state", json!({})).await["phase"], "first_run");
    assert_eq!(
        code(&open(&other, &file, "abcd-efgh-ijkm-npqr-stuv").await.unwrap_err()),
        "invitation_passphrase"
    );
    let mut changed = file.clone();
    *changed.last_mut().unwrap() ^= 1;
    assert_eq!(
        code(&open(&other, &changed, &passphrase).await.unwrap_err()),
        "invitation_damaged"
    );
    assert_eq!(
        code(&open(&other, b"%PDF-1.7", &passphrase).await.unwrap_err()),
        "invitation_foreign"
    );
    assert_eq!(
        code(&open(&other, &vec![0; 100_000], &passphrase).await.unwrap_err()),
        "invitation_foreign"
    );
    assert_eq!(
        other.ok("app.state", json!({})).await["phase"],
        "first_run",
        "nothing was remembered"
    );

    // Typed as people type.
    let opened = open(&other, &file, &passphrase.to_uppercase().replace('-', " "))
        .await
        .unwrap();
    assert_eq!(
        (&opened["phase"], &opened["profile"]["name"]),
        (&json!("sign_in"), &json!("Halyard"))
    );
    assert!(!opened.to_string().contains(&passphrase));
    other.sign_in(ADMIN).await;
    other.ok("organizations.list", first_rows(1)).await;
    let seen = row(&desk.ok("desks.list", json!({})).await);
    assert_ne!(seen["accepted_at"], Value::Null);
    assert_eq!(
        (&seen["last_person"], &seen["is_signed_in"], &seen["is_own"]),
        (&json!("Maya Okafor"), &json!(true), &json!(false))
    );

    // A copy of the file opens nothing.
    let thief = TestDesk::blank();
    assert_eq!(
        code(&open(&thief, &file, &passphrase).await.unwrap_err()),
        "invitation_used"
    );

    // Cut off: the next thing that it asks is refused, and it can't come back.
    let own = desk.ok("desks.list", json!({})).await["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["is_own"] == true)
        .unwrap()["login"]
        .clone();
    assert_eq!(
        code(&desk.refused("desks.revoke", json!({"login": own})).await),
        "desk_is_own"
    );
    assert_eq!(
        code(&desk.refused("desks.revoke", json!({"login": "nobody"})).await),
        "not_found"
    );
    assert_eq!(
        desk.ok("desks.revoke", json!({"login": login})).await,
        json!({"held_workspace_key": false})
    );
    assert_eq!(
        code(&other.refused("organizations.list", first_rows(1)).await),
        "session_expired"
    );
    let refused = other
        .refused(
            "session.sign_in",
            json!({"email": ADMIN, "password": cs_tests::desk::PASSWORD}),
        )
        .await;
    assert_eq!(code(&refused), "desk_refused");

    // Replaced: the same desk on another computer.
    let (file, passphrase, answer) = invite(&workspace, &desk, Some(&login)).await;
    assert_eq!(answer["login"], login.as_str());
    let newer = TestDesk::blank();
    open(&newer, &file, &passphrase).await.unwrap();
    newer.sign_in(ADMIN).await;
    assert_eq!(row(&desk.ok("desks.list", json!({})).await)["revoked_at"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_that_ran_out_or_fails_leaves_nothing() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let (file, passphrase, answer) = invite(&workspace, &desk, None).await;
    workspace
        .execute("UPDATE cs_auth.logins SET invited_until = now() WHERE invited_until IS NOT NULL")
        .await;
    let other = TestDesk::blank();
    assert_eq!(
        code(&open(&other, &file, &passphrase).await.unwrap_err()),
        "invitation_expired"
    );
    assert_eq!(other.ok("app.state", json!({})).await["phase"], "first_run");

    // A wrong administrator's password: no file is left.
    let folder = std::path::Path::new(answer["path"].as_str().unwrap())
        .parent()
        .unwrap()
        .to_owned();
    let before = std::fs::read_dir(&folder).unwrap().count();
    let wrong = json!({"label": "Another", "replaces": null, "administrator": "nobody_at_all", "password": "x", "with_workspace_key": false});
    assert_eq!(code(&desk.refused("desks.invite", wrong).await), "desk_refused");
    let unknown = json!({"label": "Another", "replaces": "desk_unknown", "administrator": workspace.admin().login,
        "password": workspace.admin().password, "with_workspace_key": false});
    assert_eq!(code(&desk.refused("desks.invite", unknown).await), "not_found");
    let keyless = json!({"label": "Another", "replaces": null, "administrator": workspace.admin().login,
        "password": workspace.admin().password, "with_workspace_key": true});
    assert_eq!(
        code(&desk.refused("desks.invite", keyless.clone()).await),
        "workspace_key_not_made",
        "there is no key to hand on"
    );
    let holder = workspace.desk().await;
    holder.sign_in(ADMIN).await;
    holder.ok("workspace_key.make", json!({"replace": false})).await;
    assert_eq!(
        code(&desk.refused("desks.invite", keyless).await),
        "workspace_key_missing",
        "this desk has no key to hand on"
    );
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), before);

    // Support staff neither list nor invite nor revoke.
    desk.create_user("tomas.lind@halyard.example", ("Tomas", "Lind"), "support", None)
        .await;
    let support = workspace.desk().await;
    support.sign_in("tomas.lind@halyard.example").await;
    for (name, payload) in [
        ("desks.list", json!({})),
        ("desks.revoke", json!({"login": "x"})),
        (
            "desks.invite",
            json!({"label": "x", "replaces": null, "administrator": "x", "password": "x", "with_workspace_key": false}),
        ),
        ("rows.who_sees", json!({"kind": "user", "id": 1})),
    ] {
        assert_eq!(code(&support.refused(name, payload).await), "forbidden", "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_carries_key_and_certificate() {
    let workspace = Workspace::fresh().await;
    let holder = workspace.admin_desk().await;
    assert_eq!(holder.ok("desks.list", json!({})).await["holds_workspace_key"], false);
    holder.ok("workspace_key.make", json!({"replace": false})).await;
    assert_eq!(holder.ok("desks.list", json!({})).await["holds_workspace_key"], true);
    let copy = holder.ok("workspace_key.copy", json!({})).await;
    let key = std::fs::read_to_string(copy["path"].as_str().unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invitation.age");
    let way = Way {
        host: workspace.admin().host.clone(),
        port: workspace.admin().port,
        tls: workspace.admin().tls,
        certificate: Some("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned()),
    };
    let new = |key| NewInvitation {
        label: DeskLabel::parse("Back office").unwrap(),
        replaces: None,
        way: way.clone(),
        workspace_key: Some(key),
    };
    let foreign = workspace_key::draw(1).unwrap();
    let refused = invitation::write(workspace.admin(), "tests", new(foreign.into()), &file).await;
    assert!(matches!(refused, Err(AppError::WorkspaceKey(KeyProblem::Wrong))));
    assert!(!file.exists(), "a foreign key does not travel");
    let new = new(workspace_key::parse(&SecretString::from(key.trim())).unwrap());
    let done = invitation::write(workspace.admin(), "tests", new, &file).await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains(key.trim()));
    let other = TestDesk::blank();
    open(&other, &bytes, done.passphrase.expose_secret()).await.unwrap();
    other.sign_in(ADMIN).await;
    let list = other.ok("desks.list", json!({})).await;
    assert_eq!(list["holds_workspace_key"], true);
    let own = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["is_own"] == true)
        .unwrap()
        .clone();
    assert_eq!(own["holds_workspace_key"], true);
    assert_eq!(other.ok("providers.list", json!({})).await["key"], "held");
    assert_eq!(
        other.ok("desks.list", json!({})).await["command"]
            .as_str()
            .unwrap()
            .matches("sslrootcert=")
            .count(),
        1,
        "the certificate is kept beside the settings"
    );
}

/// Whether the database has it that a desk holds the key: for each desk, as one that asks says.
async fn holders(desk: &TestDesk) -> Vec<(String, bool)> {
    let list = desk.ok("desks.list", json!({})).await;
    let rows = list["rows"].as_array().unwrap();
    let word = |row: &Value| {
        (
            row["login"].as_str().unwrap().to_owned(),
            row["holds_workspace_key"] == true,
        )
    };
    rows.iter().map(word).collect()
}

async fn own_login(desk: &TestDesk) -> String {
    let list = desk.ok("desks.list", json!({})).await;
    let own = list["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["is_own"] == true);
    own.unwrap()["login"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_made_the_key_or_was_given_it_holds_it() {
    let workspace = Workspace::fresh().await;
    let maker = workspace.admin_desk().await;
    let given = workspace.desk().await;
    given.sign_in(ADMIN).await;
    let (one, two) = (own_login(&maker).await, own_login(&given).await);
    let hold = async |expected: [&str; 2]| {
        let expected: Vec<&str> = expected.into_iter().filter(|login| !login.is_empty()).collect();
        let mut seen = holders(&maker).await;
        seen.retain(|(_, holds)| *holds);
        let mut seen: Vec<String> = seen.into_iter().map(|(login, _)| login).collect();
        seen.sort_by_key(|login| *login != one);
        assert_eq!(seen, expected);
    };
    let copy = async |desk: &TestDesk| {
        let copy = desk.ok("workspace_key.copy", json!({})).await;
        let text = std::fs::read_to_string(copy["path"].as_str().unwrap()).unwrap();
        text.trim().to_owned()
    };
    hold(["", ""]).await;
    maker.ok("workspace_key.make", json!({"replace": false})).await;
    hold([&one, ""]).await;

    // Another's key is none of this workspace's.
    let foreign = workspace_key::draw(1).unwrap().to_text();
    let refused = given
        .refused("workspace_key.give", json!({"key": foreign.expose_secret()}))
        .await;
    assert_eq!(code(&refused), "workspace_key_wrong");
    hold([&one, ""]).await;
    given.ok("workspace_key.give", json!({"key": copy(&maker).await})).await;
    hold([&one, &two]).await;

    // A new key: what the other holds is an older one.
    given.ok("workspace_key.make", json!({"replace": true})).await;
    hold([&two, ""]).await;
    maker.ok("workspace_key.give", json!({"key": copy(&given).await})).await;
    hold([&one, &two]).await;

    // Given to another computer: the old one still has the key. Then nobody does, and then it is cut off.
    let replace = async || {
        app::database::replace_desk(workspace.admin(), "tests", &two)
            .await
            .unwrap()
            .1
            .held_workspace_key
    };
    assert!(replace().await);
    hold([&one, ""]).await;
    assert!(!replace().await);
    let boss = workspace.desk().await;
    boss.sign_in(ADMIN).await;
    assert_eq!(
        boss.ok("desks.revoke", json!({"login": one})).await,
        json!({"held_workspace_key": true})
    );
}
