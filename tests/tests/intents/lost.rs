//! Answers that are lost, executors that are lost: nothing is ordered twice, and what costs money is recorded.

use app::{domain::intent::IntentState, intents};
use cs_tests::linode::{Fault, Reply};

use super::shared::{CREATE, World, code};

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_found_and_recorded_once() {
    for fault in [
        Fault::Lost,
        Fault::CarriedOut(Reply::html(500)),
        Fault::CarriedOut(Reply::empty(502)),
        Fault::Shortened(40),
        Fault::Cut(40),
        Fault::Stall,
    ] {
        let world = World::new().await;
        world.stand_in.on(CREATE, 1, fault);
        let placed = world.order("web-1").await;
        let carried = world.carry(placed.id).await;
        assert_eq!(carried.state, IntentState::Running, "{carried:?}");
        assert!(carried.error.is_none(), "{carried:?}");
        assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
        assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
        world.finish().await;
        assert_eq!(world.state(placed.id).await, "done");
        let server = world
            .ask("SELECT id FROM vps_instances WHERE label = 'web-1'")
            .await
            .parse()
            .unwrap();
        let kept = intents::password_of(&world.session, &world.key, server).await.unwrap();
        assert!(kept.is_some(), "root's password moved to the server's row");
        assert_eq!(
            world
                .ask(&format!(
                    "SELECT count(*) FROM resource_terms WHERE resource_kind = 'vps' AND resource_id = {server}"
                ))
                .await,
            "1"
        );
    }
}

#[tokio::test]
async fn an_order_that_never_arrived_is_given_up_only_when_it_can_t_arrive_any_more() {
    let world = World::new().await;
    world.stand_in.on(CREATE, 1, Fault::Reset);
    let placed = world.order("web-1").await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Unknown, "{carried:?}");
    assert_eq!(code(carried.error.as_ref().unwrap()), "provider_outcome_unknown");
    assert_eq!(
        world.state(placed.id).await,
        "unknown provider_outcome_unknown held sealed"
    );
    assert_eq!(world.sweep().await.unknown, 1);
    assert_eq!(world.sweep_later(9).await.unknown, 1);
    assert_eq!(
        world.state(placed.id).await,
        "unknown provider_outcome_unknown held sealed"
    );
    assert_eq!(world.sweep_later(11).await.failed, 1);
    assert_eq!(world.state(placed.id).await, "failed provider_knows_nothing");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 0));
    assert_eq!(world.ordered_rows().await, "");
}

#[tokio::test]
async fn only_a_list_that_can_be_relied_on_gives_an_order_up() {
    for fault in [
        Reply::html(502),
        Reply::error(401, "Invalid Token"),
        Reply::error(429, "Too many requests"),
        Reply::empty(500),
    ] {
        let world = World::new().await;
        world.stand_in.on(CREATE, 1, Fault::Reset);
        let placed = world.order("web-1").await;
        world.stand_in.always("/linode/instances", Fault::Answer(fault));
        world.carry(placed.id).await;
        let swept = world.sweep_later(30).await;
        assert_eq!((swept.failed, swept.unknown), (0, 1), "{swept:?}");
        assert!(world.state(placed.id).await.starts_with("unknown provider_"));
        assert!(world.state(placed.id).await.ends_with("held sealed"));
    }
}

#[tokio::test]
async fn an_executor_that_is_lost_before_it_sent_anything_leaves_the_order_to_the_next() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    // Taken, and nothing more.
    world.run(&format!("SELECT cs_intents.claim({}, 300)", placed.id)).await;
    assert_eq!(
        world.carry(placed.id).await.state,
        IntentState::Waiting,
        "somebody has it"
    );
    assert_eq!(world.stand_in.requests(CREATE), 0);
    world.lose_leases().await;
    let swept = world.sweep().await;
    assert_eq!(swept.running, 1, "{swept:?}");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
}

#[tokio::test]
async fn one_that_is_lost_between_the_note_and_the_sending_sends_nothing_and_nobody_else_does() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    world
        .run(&format!(
            "DO $$ DECLARE lent uuid := (cs_intents.claim({0}, 300)).lent; BEGIN PERFORM cs_intents.sent({0}, lent, NULL, 0); END $$",
            placed.id
        ))
        .await;
    assert_eq!(world.state(placed.id).await, "sending held leased");
    assert_eq!(world.sweep().await.unknown, 0, "somebody has it");
    world.lose_leases().await;
    assert_eq!(world.sweep().await.unknown, 1);
    assert_eq!(world.sweep_later(11).await.failed, 1);
    assert_eq!(world.state(placed.id).await, "failed provider_knows_nothing");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (0, 0));
}

#[tokio::test]
async fn a_server_that_a_sync_saw_first_is_the_order_s_and_no_second_row() {
    let world = World::new().await;
    world.stand_in.on(CREATE, 1, Fault::Lost);
    let placed = world.order("web-1").await;
    // It can't be looked for at first.
    for nth in 1..=4 {
        world
            .stand_in
            .on("GET /linode/instances", nth, Fault::Answer(Reply::html(502)));
    }
    assert_eq!(world.carry(placed.id).await.state, IntentState::Unknown);
    world.sync().await;
    assert_eq!(world.ordered_rows().await, "web-1 t", "nobody's as yet");
    let swept = world.sweep().await;
    assert_eq!(swept.running, 1, "{swept:?}");
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
    assert_eq!(
        world
            .ask(
                "SELECT concat_ws(' ', count(*), bool_and(t.starts_at >= i.sent_at)) FROM provider_intents i
                  JOIN resource_terms t ON t.resource_kind = 'vps' AND t.resource_id = i.server_id"
            )
            .await,
        "1 t"
    );
    world.sync().await;
    world.finish().await;
    assert_eq!(world.state(placed.id).await, "done");
    assert_eq!(
        world
            .ask("SELECT count(*) FROM vps_instances WHERE label = 'web-1'")
            .await,
        "1"
    );
}

#[tokio::test]
async fn a_server_that_turns_up_after_its_order_was_given_up_is_recorded_all_the_same() {
    let world = World::new().await;
    world.stand_in.on(CREATE, 1, Fault::Reset);
    let placed = world.order("web-1").await;
    world.carry(placed.id).await;
    assert_eq!(world.sweep_later(11).await.failed, 1);
    let mark = world.ask("SELECT mark FROM provider_intents").await;
    {
        let mut account = world.stand_in.account();
        let mut late = account.instances[0].clone();
        late["id"] = 100_777.into();
        late["label"] = "web-1".into();
        late["tags"] = serde_json::json!([mark]);
        account.instances.push(late);
    }
    assert_eq!(world.sweep().await.late, 0, "nobody has seen it");
    world.sync().await;
    let swept = world.sweep().await;
    assert_eq!((swept.late, swept.errors.len()), (1, 0), "{swept:?}");
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
    assert_eq!(world.sweep().await.late, 0);
}

#[tokio::test]
async fn a_server_whose_organization_was_archived_meanwhile_is_nobody_s_and_admins_are_told() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    world
        .run("UPDATE organizations SET archived_at = timezone('UTC', now()) WHERE id = 1")
        .await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Running, "{carried:?}");
    assert_eq!(world.ordered_rows().await, "web-1 t");
    assert_eq!(
        world.ask("SELECT count(*) FROM notifications n JOIN users u ON u.id = n.user_id AND u.role = 'admin' WHERE n.metadata ->> 'kind' = 'intent_nobodys'").await,
        "2"
    );
}

#[tokio::test]
async fn a_server_whose_plan_was_removed_meanwhile_is_recorded_all_the_same() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    // By another program, with what hangs on it.
    world
        .run("UPDATE vps_instances SET plan_id = NULL; DELETE FROM vps_plans WHERE id = 1")
        .await;
    assert_eq!(world.carry(placed.id).await.state, IntentState::Running);
    assert_eq!(world.ordered_rows().await, "web-1 t");
}

#[tokio::test]
async fn an_answer_that_comes_after_the_order_was_given_up_counts() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    world
        .run(&format!(
            "DO $$ DECLARE lent uuid := (cs_intents.claim({0}, 300)).lent; BEGIN PERFORM cs_intents.sent({0}, lent, NULL, 0);
               PERFORM cs_intents.fail({0}, lent, 'provider_knows_nothing', 'x'); END $$",
            placed.id
        ))
        .await;
    let told =
        r#"{"id": 100500, "label": "web-1", "region": "us-east", "status": "provisioning", "ipv4": "203.0.113.9"}"#;
    for _ in 0..2 {
        world
            .run(&format!(
                "SELECT cs_intents.record({0}, '{told}'); SELECT cs_intents.settle({0}, '{told}', NULL, NULL, NULL, true)",
                placed.id
            ))
            .await;
    }
    assert_eq!(world.state(placed.id).await, "done");
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
}
