//! What hosts tell of containers: logs, figures, inspection, images; and events that keep the state fresh.

use app::{
    containers::{
        live::{self, LogRequest},
        watch,
    },
    hosts,
};
use providers::docker::CancellationToken;

use super::shared::{World, cleared, made_by_hand, own_engine, reach, until};

#[tokio::test]
async fn logs_go_on_where_they_broke_off_and_figures_have_rates() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let mut order = world.wanted("talker");
    order
        .environment
        .insert("PASSPHRASE".to_owned(), "open-sesame".to_owned().into());
    let placed = world.order(&order).await;
    world.carry(placed.id).await;
    let id = world.id_of("talker").await;
    let keys = Some(&world.key);

    let seen = live::inspect(&world.session, keys, id, &reach()).await.unwrap();
    assert_eq!((seen.state.as_str(), seen.memory_bytes), ("running", Some(64 << 20)));
    assert_eq!(seen.environment.iter().filter(|name| *name == "PASSPHRASE").count(), 1);
    assert!(
        !serde_json::to_string(&seen).unwrap().contains("sesame"),
        "values don't cross"
    );

    // Somebody else's container that says something, found by a sync.
    let host_id = {
        let body = r#"{"Image":"cs-test/busybox:1","Cmd":["/bin/sh","-c","echo one; echo two; sleep 1000"],"HostConfig":{"NetworkMode":"none"}}"#;
        let answer = engine.raw("POST", "/containers/create?name=says", body.as_bytes());
        let at = answer.find(r#""Id":""#).unwrap() + 6;
        answer[at..at + 64].to_owned()
    };
    engine.raw("POST", &format!("/containers/{host_id}/start"), b"");
    world.sync().await;
    let says = world.id_of("says").await;
    let first = LogRequest {
        from: None,
        tail: Some(1),
    };
    until("it speaks", async || {
        let all = live::logs(&world.session, keys, says, &LogRequest::default(), &reach())
            .await
            .unwrap();
        all.lines.len() == 2
    })
    .await;
    let piece = live::logs(&world.session, keys, says, &first, &reach()).await.unwrap();
    assert_eq!(
        piece.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(),
        ["two"]
    );
    let next = LogRequest {
        from: Some(piece.position.clone()),
        tail: None,
    };
    let more = live::logs(&world.session, keys, says, &next, &reach()).await.unwrap();
    assert!(more.lines.is_empty() && more.position == piece.position, "{more:?}");
    engine.raw("POST", &format!("/containers/{host_id}/restart?t=0"), b"");
    until("it speaks again", async || {
        let more = live::logs(&world.session, keys, says, &next, &reach()).await.unwrap();
        more.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>() == ["one", "two"]
    })
    .await;
    let nonsense = LogRequest {
        from: Some("x".to_owned()),
        tail: None,
    };
    assert!(
        live::logs(&world.session, keys, says, &nonsense, &reach())
            .await
            .is_err()
    );

    let measured = live::stats(&world.session, keys, id, None, &reach()).await.unwrap();
    assert!(
        measured.sample.as_ref().unwrap().cpu_percent.is_none(),
        "no rate without a reading before"
    );
    let counters = measured.counters.unwrap();
    let measured = live::stats(&world.session, keys, id, Some(&counters), &reach())
        .await
        .unwrap();
    assert!(measured.sample.unwrap().memory_limit.is_some());

    let images = hosts::images(&world.session, keys, world.host, &reach()).await.unwrap();
    assert!(
        images
            .items
            .iter()
            .any(|image| image.tags.contains(&"cs-test/busybox:1".to_owned()))
    );
    cleared(&engine);
}

#[tokio::test]
async fn events_move_the_state_and_a_break_is_caught_up() {
    let Some(mut engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let end = CancellationToken::new();
    let (session, key, host, stop) = (world.session.clone(), world.key.clone(), world.host, end.clone());
    let watching = tokio::spawn(async move { watch::follow(&session, Some(&key), host, &reach(), &stop).await });
    let syncs = "SELECT count(*) FROM provider_syncs WHERE status = 'completed'";
    until("the first look", async || world.ask(syncs).await != "0").await;

    let id = made_by_hand(&engine, "watched", "");
    let row = format!("SELECT coalesce(max(status), '') FROM containers WHERE container_id = '{id}'");
    until("it is known", async || world.ask(&row).await == "running").await;
    engine.raw("POST", &format!("/containers/{id}/pause"), b"");
    until("paused", async || world.ask(&row).await == "paused").await;
    engine.raw("POST", &format!("/containers/{id}/unpause"), b"");
    until("running", async || world.ask(&row).await == "running").await;
    // None of that was a sync: a list that was read before must not move it back.
    assert_eq!(
        world.ask("SELECT noted_at IS NOT NULL FROM provider_states").await,
        "true"
    );

    // The engine goes away, and with it what it remembers of events; what happened meanwhile is caught up.
    let engine = tokio::task::spawn_blocking(move || {
        engine.restart();
        engine
    })
    .await
    .unwrap();
    until("the end of what ran is seen", async || {
        world.ask(&row).await == "exited"
    })
    .await;
    engine.raw("DELETE", &format!("/containers/{id}?force=true"), b"");
    let gone = format!("SELECT gone_at IS NOT NULL OR is_missing FROM provider_states WHERE external_id = '{id}'");
    // The only one of its host: a person is asked before it is gone.
    until("a sync asks", async || {
        world
            .ask("SELECT count(*) FROM provider_syncs WHERE status = 'stopped'")
            .await
            != "0"
    })
    .await;
    assert_eq!(world.ask(&gone).await, "false");
    end.cancel();
    watching.await.unwrap().unwrap();
}
