//! Hosts: added, asked, reached by each way; what one is reached with is kept sealed, and no engine takes another's place.

use app::{
    AppError,
    hosts::{self, Papers},
    providers as accounts, sync,
};
use cs_tests::docker::{DockerStandIn, Said};
use secrecy::SecretString;
use serde_json::json;

use super::shared::{World, engine, reach, unix};

fn papers(engine: &cs_tests::docker_engine::Engine) -> Papers {
    Papers {
        authority: Some(engine.papers.authority.clone()),
        certificate: Some(engine.papers.certificate.clone()),
        key: Some(SecretString::from(engine.papers.key.clone())),
    }
}

#[tokio::test]
async fn a_host_is_asked_what_it_is_before_it_is_written_down() {
    let engine = engine!();
    let world = World::over(engine).await;
    let row = hosts::list(&world.session).await.unwrap().remove(0);
    assert_eq!((row.label.as_str(), row.is_active), ("Engine room", true));
    assert_eq!(row.engine.storage_driver.as_deref(), Some(engine.driver()));
    assert!(row.engine.cpus.unwrap() > 0 && row.engine.memory_bytes.unwrap() > 0 && row.engine.engine_id.is_some());
    assert!(row.checked_at.is_some() && row.observed_at.is_none());

    let before = world.ask("SELECT count(*) FROM provider_configs").await;
    for wrong in ["unix:///nowhere/docker.sock", "http://x", "", "tcp://user@x"] {
        let refused = world.add_host("Other", wrong, Papers::default()).await.unwrap_err();
        assert!(matches!(refused, AppError::Docker(_)), "{wrong}: {refused:?}");
    }
    let refused = world
        .add_host("Other", &unix(&engine.socket()), papers(engine))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, AppError::Invalid { field: "papers", .. }),
        "{refused:?}"
    );
    assert_eq!(world.ask("SELECT count(*) FROM provider_configs").await, before);
}

#[tokio::test]
async fn the_papers_of_an_encrypted_port_are_sealed_and_open_it_again() {
    let engine = engine!();
    let world = World::over(engine).await;
    let endpoint = format!("tcp://127.0.0.1:{}", engine.port());
    // Without the client's certificate the engine refuses, and nothing is kept.
    let half = Papers {
        certificate: None,
        key: None,
        ..papers(engine)
    };
    assert!(world.add_host("Far", &endpoint, half).await.is_err());
    let host = world.add_host("Far", &endpoint, papers(engine)).await.unwrap();
    let kept = world
        .ask(&format!(
            "SELECT credentials::text FROM provider_configs WHERE id = {host}"
        ))
        .await;
    assert!(kept.contains("cs1.") && !kept.contains("BEGIN"), "{kept}");
    let log = world
        .ask("SELECT string_agg(details::text, ' ') FROM activity_logs")
        .await;
    assert!(!log.contains("PRIVATE KEY"));
    let checked = hosts::check(&world.session, Some(&world.key), host, false, &reach())
        .await
        .unwrap();
    assert!(checked.engine.version.is_some());
    // Without the key nothing is opened.
    let refused = hosts::check(&world.session, None, host, false, &reach())
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::WorkspaceKey(_)), "{refused:?}");
    // Two hosts of one engine: what the first has is not stored again.
    let report = world.sync_of(host, false).await.unwrap();
    assert!(report.complete, "{report:?}");
    hosts::replace(&world.session, Some(&world.key), host, None, &papers(engine), &reach())
        .await
        .unwrap();
}

/// An engine that says nothing but what it is.
fn engine_of(id: &str) -> DockerStandIn {
    let stand_in = DockerStandIn::start();
    stand_in.say(
        "/version",
        Said::json(200, &json!({"Version": "20.10.24", "ApiVersion": "1.41"})),
    );
    stand_in.say("/info", Said::json(200, &json!({ "ID": id, "Driver": "overlay2" })));
    stand_in.say("/containers/json", Said::json(200, &json!([])));
    stand_in
}

#[tokio::test]
async fn another_engine_at_the_address_is_not_believed_until_a_person_says_so() {
    let (engine, other) = (engine_of("one"), engine_of("another"));
    let world = World::at(&unix(engine.socket()), true).await;
    let refused = hosts::replace(
        &world.session,
        Some(&world.key),
        world.host,
        Some(&unix(other.socket())),
        &Papers::default(),
        &reach(),
    )
    .await
    .unwrap_err();
    assert!(matches!(refused, AppError::OtherEngine(_)), "{refused:?}");
    // As a desk on another computer would find it: its own engine at the same address.
    world
        .run(&format!(
            "UPDATE provider_configs SET api_endpoint = '{}' WHERE id = {}",
            unix(other.socket()),
            world.host
        ))
        .await;
    let refused = world.sync_of(world.host, true).await.unwrap_err();
    assert!(matches!(refused, AppError::OtherEngine(_)), "{refused:?}");
    assert_eq!(
        world
            .ask("SELECT error_code FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        "docker_other_engine"
    );
    hosts::check(&world.session, None, world.host, true, &reach())
        .await
        .unwrap();
    world.sync_of(world.host, true).await.unwrap();
}

#[tokio::test]
async fn what_is_for_servers_refuses_a_host_and_the_other_way_round() {
    let engine = engine!();
    let world = World::over(engine).await;
    let order = sync::Order {
        account: world.host,
        key: Some(&world.key),
        token: None,
        endpoint: None,
        allow_gone: false,
        dry_run: false,
    };
    let refused = sync::run(&world.session, &order, &reach(), |_, _| {
        std::ops::ControlFlow::Continue(())
    })
    .await
    .unwrap_err();
    assert!(
        matches!(&refused, AppError::NotAnAccount(name) if name == "Engine room"),
        "{refused:?}"
    );
    let token = SecretString::from("x");
    let refused = accounts::replace_token(&world.session, &world.key, world.host, &token, &reach())
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::NotAnAccount(_)), "{refused:?}");
    let linode = world
        .ask("SELECT id FROM provider_configs WHERE provider_name = 'linode'")
        .await;
    let refused = world.sync_of(linode.parse().unwrap(), false).await.unwrap_err();
    assert!(matches!(refused, AppError::NotAHost(_)), "{refused:?}");
    // Neither is listed among the other.
    let listed = accounts::list(&world.session).await.unwrap();
    assert!(listed.iter().all(|row| row.provider == "linode"));
}
