//! What a provider refuses or doesn't answer, before and at the sending.

use app::domain::intent::{IntentState, Wanted};
use cs_tests::linode::{Fault, Reply};

use super::shared::{CREATE, World, code};

const EVENTS: &str = "GET /account/events";
const BOOT: &str = "POST /linode/instances/1/shutdown";

#[tokio::test]
async fn a_refusal_is_told_with_its_reasons_and_holds_nothing() {
    let world = World::new().await;
    world.stand_in.account().instances[1]["label"] = "web-1".into();
    let placed = world.order("web-1").await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Failed);
    let error = carried.error.unwrap();
    assert!(error.to_string().contains("Label must be unique"), "{error}");
    assert_eq!(world.state(placed.id).await, "failed provider_invalid");
    assert_eq!(world.ordered_rows().await, "");
    assert_eq!(world.ask("SELECT cs_billing.orderable(1)").await, "250.00");
}

#[tokio::test]
async fn what_can_t_be_asked_before_it_is_sent_is_not_sent() {
    for (fault, expected, passes) in [
        (Reply::error(401, "Invalid Token"), "provider_token_refused", false),
        (Reply::error(429, "Too many requests"), "provider_limited", true),
        (Reply::error(500, "Internal error"), "provider_unavailable", true),
        (Reply::html(502), "provider_not_json", true),
        (
            Reply::html(503).with("X-Maintenance-Mode", "all"),
            "provider_unavailable",
            true,
        ),
    ] {
        let world = World::new().await;
        world.stand_in.always(EVENTS, Fault::Answer(fault));
        let order = world.order("web-1").await;
        let shutdown = world.plain(Wanted::Shutdown).await;
        for (placed, held) in [(order, " held"), (shutdown, "")] {
            let carried = world.carry(placed.id).await;
            assert_eq!(code(carried.error.as_ref().unwrap()), expected, "{carried:?}");
            if passes {
                assert_eq!(carried.state, IntentState::Waiting, "{carried:?}");
                assert_eq!(world.state(placed.id).await, format!("waiting {expected}{held}"));
            } else {
                assert_eq!(carried.state, IntentState::Failed, "{carried:?}");
                assert_eq!(world.state(placed.id).await, format!("failed {expected}"));
            }
        }
        assert_eq!((world.stand_in.requests(CREATE), world.stand_in.requests(BOOT)), (0, 0));
    }
}

#[tokio::test]
async fn what_the_provider_refuses_in_passing_waits_and_is_sent_again_within_its_day() {
    let world = World::new().await;
    let limited = || {
        Reply::error(429, "Too many requests")
            .with("Retry-After", "3600")
            .into()
    };
    world.stand_in.on(CREATE, 1, limited());
    let placed = world.order("web-1").await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Waiting, "{carried:?}");
    assert_eq!(code(carried.error.as_ref().unwrap()), "provider_limited");
    assert_eq!(world.state(placed.id).await, "waiting provider_limited held sealed");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 0));
    let swept = world.sweep().await;
    assert_eq!((swept.running, swept.failed), (1, 0), "{swept:?}");
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (2, 1));
    world.finish().await;
    assert_eq!(world.state(placed.id).await, "done");
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");

    // What never passes is over with its day, and holds nothing.
    world.stand_in.always(CREATE, limited());
    let other = world.order("web-2").await;
    world.carry(other.id).await;
    assert_eq!(world.sweep_later(60).await.left, 1);
    assert_eq!(world.sweep_later(24 * 60 + 1).await.expired, 1);
    assert_eq!(world.state(other.id).await, "undone intent_expired");
    assert_eq!(world.at_provider(), 1);
}

#[tokio::test]
async fn what_the_sending_meets_is_either_undone_or_unknown_and_never_sent_again() {
    for (fault, expected) in [
        (Reply::error(401, "Invalid Token").into(), "provider_token_refused"),
        (Reply::error(403, "Forbidden").into(), "provider_scope_missing"),
        (Reply::empty(500).into(), "provider_outcome_unknown"),
        (Reply::html(502).into(), "provider_outcome_unknown"),
        (Fault::Silence, "provider_outcome_unknown"),
        (Fault::Reset, "provider_outcome_unknown"),
    ] {
        let world = World::new().await;
        for path in [CREATE, BOOT] {
            let fault: Fault = Fault::clone(&fault);
            world.stand_in.always(path, fault);
        }
        let order = world.order("web-1").await;
        let shutdown = world.plain(Wanted::Shutdown).await;
        let unknown = expected == "provider_outcome_unknown";
        for placed in [order, shutdown] {
            let carried = world.carry(placed.id).await;
            let state = if unknown {
                IntentState::Unknown
            } else {
                IntentState::Failed
            };
            assert_eq!(carried.state, state, "{carried:?}");
            assert_eq!(code(carried.error.as_ref().unwrap()), expected, "{carried:?}");
        }
        let held = if unknown { " held sealed" } else { "" };
        let becomes = if unknown { "unknown" } else { "failed" };
        assert_eq!(world.state(order.id).await, format!("{becomes} {expected}{held}"));
        world.sweep().await;
        assert_eq!(world.stand_in.requests(CREATE), 1);
        assert_eq!(world.stand_in.requests(BOOT), 1);
        if unknown {
            world.sweep_later(11).await;
            assert_eq!(world.state(order.id).await, "failed provider_knows_nothing");
            assert_eq!(world.state(shutdown.id).await, "failed provider_knows_nothing");
        }
    }
}

#[tokio::test]
async fn a_limit_that_passes_is_waited_for() {
    let world = World::new().await;
    world.stand_in.on(
        CREATE,
        1,
        Reply::error(429, "Too many requests").with("Retry-After", "2").into(),
    );
    let placed = world.order("web-1").await;
    assert_eq!(world.carry(placed.id).await.state, IntentState::Running);
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (2, 1));
}

#[tokio::test]
async fn a_token_that_can_t_be_used_leaves_the_intent_waiting_and_says_why() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    world
        .run("UPDATE provider_configs SET credentials = '{}' WHERE api_endpoint IS NOT NULL")
        .await;
    world.carry_over(&world.session, placed.id).await.unwrap_err();
    assert_eq!(world.state(placed.id).await, "waiting token_unusable held");
    let swept = world.sweep().await;
    assert_eq!(swept.errors.len(), 1);
    assert_eq!(world.stand_in.requests(CREATE), 0);
}

#[tokio::test]
async fn work_that_comes_to_nothing_at_the_provider_is_failed() {
    let world = World::new().await;
    let placed = world.plain(Wanted::Shutdown).await;
    assert_eq!(world.carry(placed.id).await.state, IntentState::Running);
    world.stand_in.account().failing_jobs = 1;
    let swept = world.finish().await;
    assert_eq!(swept.failed, 1, "{swept:?}");
    assert_eq!(world.state(placed.id).await, "failed provider_work_failed");
}

#[tokio::test]
async fn a_token_that_may_not_read_events_is_told_by_the_server_itself() {
    let world = World::new().await;
    world
        .stand_in
        .always(EVENTS, Fault::Answer(Reply::error(403, "Forbidden")));
    let placed = world.plain(Wanted::Shutdown).await;
    assert_eq!(world.carry(placed.id).await.state, IntentState::Running);
    assert_eq!(world.sweep().await.running, 1);
    let swept = world.finish().await;
    assert_eq!(swept.done, 1, "{swept:?}");
    assert_eq!(
        world
            .ask(&format!("SELECT status FROM vps_instances WHERE id = {}", world.server))
            .await,
        "offline"
    );
}
