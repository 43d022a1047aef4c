//! Whatever happens at the provider, the books and the rows stay.

use app::{
    AppError,
    sync::{self, Order},
};
use cs_tests::linode::{Fault, Reply, TOKEN};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::shared::{World, reach};

const LIST: &str = "/linode/instances";

/// The code and sentence of a sync that fails so, after which nothing has changed.
async fn fails(fault: impl Into<Fault>) -> (&'static str, String) {
    let world = World::with(3).await;
    world.sync().await;
    world.change(1, "status", serde_json::json!("offline"));
    world.stand_in.always(LIST, fault.into());
    unchanged_after(&world, &world.order()).await
}

async fn unchanged_after(world: &World, order: &Order<'_>) -> (&'static str, String) {
    let before = world.rows().await;
    let read = world.ask("SELECT max(observed_at) FROM provider_accounts").await;
    let error = sync::run(&world.session, order, &reach(), |_, _| {
        std::ops::ControlFlow::Continue(())
    })
    .await
    .unwrap_err();
    assert_eq!(world.rows().await, before, "{error}");
    assert_eq!(
        world.ask("SELECT max(observed_at) FROM provider_accounts").await,
        read,
        "the last state keeps its age"
    );
    let AppError::Provider(fault) = &error else {
        panic!("{error:?}");
    };
    let logged = world
        .ask("SELECT concat_ws(' ', status, error_code) FROM provider_syncs ORDER BY id DESC LIMIT 1")
        .await;
    assert_eq!(logged, format!("failed {}", fault.code()));
    assert_eq!(
        world
            .ask("SELECT error FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        error.to_string()
    );
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(TOKEN), "{shown}");
    (fault.code(), error.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_has_its_own_code_and_sentence() {
    let mut said = vec![
        fails(Reply::html(502)).await,
        fails(Reply::error(401, "Invalid Token")).await,
        fails(Reply::error(429, "Too many").with("Retry-After", "3600")).await,
        fails(Fault::Shortened(40)).await,
        fails(Fault::Silence).await,
        fails(Reply::error(503, "maintenance").with("X-Maintenance-Mode", "1")).await,
        fails(Fault::Body("[]".to_owned())).await,
    ];
    let codes: Vec<&str> = said.iter().map(|(code, _)| *code).collect();
    assert_eq!(
        codes,
        [
            "provider_not_json",
            "provider_token_refused",
            "provider_limited",
            "provider_truncated",
            "provider_timeout",
            "provider_unavailable",
            "provider_unreadable"
        ]
    );
    assert!(said[2].1.contains("Try again in 3600 seconds"), "{}", said[2].1);
    said.dedup_by(|a, b| a.1 == b.1);
    assert_eq!(said.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_lost_its_scope_is_said_with_the_scope() {
    let world = World::with(3).await;
    world.sync().await;
    world.stand_in.account().scopes = "account:read_only".to_owned();
    let (code, sentence) = unchanged_after(&world, &world.order()).await;
    assert_eq!(code, "provider_scope_missing");
    assert!(sentence.contains("linodes:read_only"), "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_there_or_not_itself_is_said() {
    let world = World::with(3).await;
    world.sync().await;
    let free = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let elsewhere = |endpoint: String| Order {
        endpoint: Some(endpoint),
        ..world.order()
    };
    let (code, _) = unchanged_after(&world, &elsewhere(format!("http://{address}/v4"))).await;
    assert_eq!(code, "provider_unreachable");
    // Somebody who speaks no TLS.
    let stranger = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = stranger.local_addr().unwrap();
    let answering = tokio::spawn(async move {
        loop {
            let (mut stream, _) = stranger.accept().await.unwrap();
            let mut hello = vec![0; 4096];
            drop(stream.read(&mut hello).await);
            drop(stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n{}").await);
        }
    });
    let (code, sentence) = unchanged_after(&world, &elsewhere(format!("https://{address}/v4"))).await;
    answering.abort();
    assert_eq!(code, "provider_untrusted", "{sentence}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_by_number_that_fails_proves_nothing() {
    let world = World::with(30).await;
    world.sync().await;
    world.stand_in.account().remove(7);
    world.stand_in.always("/linode/instances/7", Reply::html(404).into());
    let (code, _) = unchanged_after(&world, &world.order()).await;
    assert_eq!(code, "provider_not_json", "a proxy's page is no proof");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_this_time_replaces_the_sealed_one() {
    let world = World::with(3).await;
    let order = |token: &str| Order {
        token: Some(SecretString::from(token)),
        key: None,
        ..world.order()
    };
    assert_eq!(world.sync_with(&order(TOKEN)).await.unwrap().added, 3);
    let (code, _) = unchanged_after(&world, &order("another-token")).await;
    assert_eq!(code, "provider_token_refused");
}
