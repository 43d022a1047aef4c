//! A server that goes away and comes back, and one whose certificate is or isn't trusted.

#![expect(clippy::unwrap_used, reason = "what a test needs and does not get ends the test")]

use std::time::{Duration, Instant};

use app::database::{self, Address, TlsMode};
use cs_tests::{
    desk::{ADMIN, PASSWORD, Workspace, first_rows},
    server::Server,
};
use serde_json::json;
use workspace::Listen;

async fn initialized(server: &Server) -> Workspace {
    database::create_if_missing(server.admin(), "tests", "books")
        .await
        .unwrap();
    let admin = Address {
        database: "books".to_owned(),
        ..server.admin().clone()
    };
    Workspace::made_in(admin).await
}

#[tokio::test(flavor = "multi_thread")]
async fn gone_in_mid_work_and_back() {
    let mut server = Server::start(Listen::Socket).await;
    let workspace = initialized(&server).await;
    let desk = workspace.admin_desk().await;
    desk.create_organization("Before").await;

    server.stop().await;
    let gone = desk
        .refused("organizations.create", json!({"name": "While", "currency": "USD"}))
        .await;
    assert!(
        matches!(
            gone.code,
            api::ErrorCode::ServerUnreachable | api::ErrorCode::ConnectionLost
        ),
        "{gone:?}"
    );
    let state = desk.ok("app.state", json!({})).await;
    assert_eq!(state["phase"], "disconnected");
    assert_eq!(state["error"]["code"], "server_unreachable");

    server.start_again().await;
    // The session is still there: the desk goes on where it was.
    assert_eq!(desk.ok("app.state", json!({})).await["phase"], "ready");
    desk.create_organization("After").await;
    let page = desk.ok("organizations.list", first_rows(10)).await;
    let names: Vec<&str> = page["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["After", "Before"]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_forgives_no_wrong_password() {
    let mut server = Server::start(Listen::Socket).await;
    let workspace = initialized(&server).await;
    let desk = workspace.desk().await;
    desk.ok("app.state", json!({})).await;
    let attempt = async |password: &str| {
        desk.refused("session.sign_in", json!({"email": ADMIN, "password": password}))
            .await
            .code
    };
    for _ in 0..4 {
        assert_eq!(attempt("not this one").await, api::ErrorCode::WrongPassword);
    }
    // The wait is drawn out, so that it lasts however long the restart takes.
    let waits = "UPDATE cs_auth.throttle SET next_at = now() + interval '1 hour' WHERE next_at > now()";
    workspace.execute(waits).await;
    assert_eq!(attempt(PASSWORD).await, api::ErrorCode::Throttled);
    server.stop().await;
    server.start_again().await;
    assert_eq!(attempt(PASSWORD).await, api::ErrorCode::Throttled);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_trusted_only_by_name_and_authority() {
    let mut server = Server::start(Listen::Loopback).await;
    let workspace = initialized(&server).await;
    let login = workspace.desk_login("Remote").await;
    let at = |host: &str, tls, root_certificate| Address {
        host: host.to_owned(),
        tls,
        root_certificate,
        ..login.address(workspace.admin())
    };
    let error = at("localhost", TlsMode::VerifyFull, None)
        .connect("tests")
        .await
        .unwrap_err();
    assert!(matches!(error, store::StoreError::NoEncryption), "{error:?}");
    let root = server.certify("localhost").await;
    // The reloaded settings take a moment to reach new connections.
    let deadline = Instant::now() + Duration::from_secs(10);
    while let Err(error) = at("localhost", TlsMode::Require, None).connect("tests").await {
        assert!(Instant::now() < deadline, "the server offers no encryption: {error:?}");
        tokio::task::yield_now().await;
    }
    at("localhost", TlsMode::VerifyFull, Some(root.clone()))
        .connect("tests")
        .await
        .unwrap();
    at("127.0.0.1", TlsMode::VerifyCa, Some(root.clone()))
        .connect("tests")
        .await
        .unwrap();
    for (what, address) in [
        ("an unknown authority", at("localhost", TlsMode::VerifyFull, None)),
        ("another name", at("127.0.0.1", TlsMode::VerifyFull, Some(root))),
    ] {
        let error = address.connect("tests").await.unwrap_err();
        assert!(
            matches!(error, store::StoreError::CertificateUntrusted(_)),
            "{what}: {error:?}"
        );
    }

    let desk = workspace.desk().await;
    desk.ok("app.state", json!({})).await;
    let address = at("localhost", TlsMode::VerifyFull, None);
    let refused = desk
        .refused(
            "app.add_server",
            json!({"name": "X", "environment": "production", "host": address.host, "port": address.port, "database": address.database,
                   "login": address.login, "password": address.password, "tls": "verify_full", "root_certificate": null}),
        )
        .await;
    assert_eq!(refused.code, api::ErrorCode::CertificateUntrusted);
    desk.sign_in(ADMIN).await;
    server.stop().await;
}
