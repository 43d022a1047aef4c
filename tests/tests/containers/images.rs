//! Images that a host has to get first, from a real registry by a real engine.

use app::{
    domain::{ids::IntentId, intent::IntentState},
    intents::{self, Carried},
};
use cs_tests::{docker_engine::Engine, registry::Registry};

use super::shared::{World, cleared, own_engine, until};

/// A creation that waits for its image, and what becomes of it meanwhile.
async fn while_it_is_got(
    world: &World,
    engine: &Engine,
    registry: &Registry,
    meanwhile: impl AsyncFnOnce(),
) -> (String, Carried) {
    let mut order = world.wanted("shop");
    order.image = registry.image().parse().unwrap();
    let placed = world.order(&order).await;
    let watching = async {
        until("the image is got under a lease", async || {
            world.state(placed.id).await == "waiting held leased"
                && world
                    .ask(&format!(
                        "SELECT progress IS NOT NULL FROM provider_intents WHERE id = {}",
                        placed.id
                    ))
                    .await
                    == "true"
        })
        .await;
        let made = engine.raw("GET", "/containers/json?all=true", b"");
        assert!(made.ends_with("[]\n"), "{made}");
        meanwhile().await;
    };
    let (carried, ()) = tokio::join!(world.carry(placed.id), watching);
    (world.state(placed.id).await, carried)
}

#[tokio::test]
async fn an_image_that_the_host_lacks_is_got_before_anything_is_made() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let registry = Registry::holding_back(engine.layer()).await;
    let (state, carried) = while_it_is_got(&world, &engine, &registry, async || registry.let_through()).await;
    assert_eq!(
        (carried.state, state.as_str()),
        (IntentState::Done, "done"),
        "{carried:?}"
    );
    let id = world.id_of("shop").await;
    assert_eq!(world.status(id).await, "running");
    assert_eq!(
        world
            .ask(&format!("SELECT image FROM containers WHERE id = {id}"))
            .await,
        registry.image()
    );
    cleared(&engine);
}

#[tokio::test]
async fn a_creation_that_is_taken_back_meanwhile_makes_nothing() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let registry = Registry::holding_back(engine.layer()).await;
    let id = async || {
        world
            .ask("SELECT max(id) FROM provider_intents")
            .await
            .parse::<IntentId>()
            .unwrap()
    };
    let take_back = async || intents::withdraw(&world.session, id().await).await.unwrap();
    let (state, carried) = while_it_is_got(&world, &engine, &registry, take_back).await;
    assert_eq!(
        (carried.state, state.as_str()),
        (IntentState::Undone, "undone"),
        "{carried:?}"
    );
    let has = engine.raw("GET", "/images/json", b"");
    assert!(!has.contains("shop/web"), "the pull was ended: {has}");
    let made = engine.raw("GET", "/containers/json?all=true", b"");
    assert!(made.ends_with("[]\n"), "{made}");
}

#[tokio::test]
async fn an_image_that_no_registry_has_makes_nothing_and_frees_the_wallet() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let registry = Registry::with(engine.layer()).await;
    let mut order = world.wanted("shop");
    order.image = registry.missing().parse().unwrap();
    let placed = world.order(&order).await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Failed, "{carried:?}");
    assert_eq!(world.state(placed.id).await, "failed docker_registry");
    let made = engine.raw("GET", "/containers/json?all=true", b"");
    assert!(made.ends_with("[]\n"), "{made}");
}
