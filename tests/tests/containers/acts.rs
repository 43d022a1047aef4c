//! Containers that are made, started, stopped, restarted and removed.

use app::{
    AppError,
    domain::{
        container::{write_ports, write_volumes},
        intent::IntentState,
        user::EmailAddress,
    },
    intents::containers::{self, ContainerAct},
};
use secrecy::SecretString;
use store::StoreError;

use super::shared::{World, cleared, engine, key, own_engine, reach};

#[tokio::test]
async fn a_container_is_made_as_its_plan_sells_it_recorded_and_charged() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let mut order = world.wanted("shop");
    order.volumes = write_volumes(["/tmp:/data"]).unwrap();
    order
        .environment
        .insert("API_TOKEN".to_owned(), SecretString::from("hunter-2-secret"));
    let preview = containers::preview_order(&world.session, Some(&world.key), &order, &key("shop"))
        .await
        .unwrap();
    assert_eq!(preview.held.to_string(), "0.15");
    assert_eq!(world.ask("SELECT count(*) FROM provider_intents").await, "0");

    let placed = world.order(&order).await;
    assert_eq!(world.state(placed.id).await, "waiting held sealed");
    let kept = world
        .ask(&format!(
            "SELECT parameters::text FROM provider_intents WHERE id = {}",
            placed.id
        ))
        .await;
    assert!(kept.contains("API_TOKEN") && !kept.contains("hunter"), "{kept}");
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Done, "{carried:?}");
    assert_eq!(world.state(placed.id).await, "done");
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', organization_id, plan_id = (SELECT max(id) FROM container_plans), status, environment ->> 'API_TOKEN', volumes::text) FROM containers WHERE name = 'shop'")
            .await,
        r#"1 t running hunter-2-secret {"/data": "/tmp"}"#
    );
    let log = world
        .ask("SELECT string_agg(details::text, ' ') FROM activity_logs")
        .await;
    assert!(!log.contains("hunter"), "no value is in the log");

    let host_id = world
        .ask("SELECT container_id FROM containers WHERE name = 'shop'")
        .await;
    let said = engine.raw("GET", &format!("/containers/{host_id}/json"), b"");
    assert!(
        said.contains(r#""Memory":67108864"#) && said.contains(r#""NanoCpus":500000000"#),
        "{said}"
    );
    assert!(said.contains("API_TOKEN=hunter-2-secret") && said.contains(r#""Name":"unless-stopped""#));
    assert_eq!(world.ask("SELECT count(*) FROM resource_terms t JOIN containers c ON c.id = t.resource_id AND t.resource_kind = 'container' WHERE c.name = 'shop'").await, "1");

    // Sent again under its key it is the first, and nothing is made twice.
    let again = world.order(&order).await;
    assert!(again.repeated && again.id == placed.id);
    assert_eq!(world.carry(placed.id).await.state, IntentState::Done);
    let report = world.sync().await;
    assert_eq!((report.added, report.gone.len()), (0, 0), "{report:?}");
    cleared(&engine);
}

#[tokio::test]
async fn it_is_stopped_started_restarted_and_removed_with_its_last_hour() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let id = world.made("box").await;
    for (act, status) in [
        (ContainerAct::Stop, "exited"),
        (ContainerAct::Stop, "exited"),
        (ContainerAct::Start, "running"),
        (ContainerAct::Restart, "running"),
    ] {
        let placed = world.act(id, act).await;
        let carried = world.carry(placed.id).await;
        assert_eq!(carried.state, IntentState::Done, "{act:?} {carried:?}");
        assert_eq!(world.status(id).await, status, "{act:?}");
    }
    let preview = containers::preview_act(&world.session, id, ContainerAct::Remove, &key("look"))
        .await
        .unwrap();
    assert_eq!(preview.final_hours, Some(1));
    assert_eq!(preview.final_amount.unwrap().to_string(), "0.0060");
    let placed = world.act(id, ContainerAct::Remove).await;
    // While that waits nothing else is asked for.
    let busy = containers::act(&world.session, id, ContainerAct::Start, &key("busy"))
        .await
        .unwrap_err();
    assert!(
        matches!(&busy, AppError::Store(StoreError::Rule(rule)) if rule == "intent_container_busy"),
        "{busy:?}"
    );
    assert_eq!(world.carry(placed.id).await.state, IntentState::Done);
    assert_eq!(
        world
            .ask(&format!(
                "SELECT concat_ws(' ', status, deleted_at IS NOT NULL) FROM containers WHERE id = {id}"
            ))
            .await,
        "removed t"
    );
    assert_eq!(
        world
            .ask(&format!(
                "SELECT count(*) FROM retired_meters WHERE resource_kind = 'container' AND resource_id = {id}"
            ))
            .await,
        "1"
    );
    let gone = containers::act(&world.session, id, ContainerAct::Start, &key("gone"))
        .await
        .unwrap_err();
    assert!(
        matches!(&gone, AppError::Store(StoreError::Rule(rule)) if rule == "intent_container_deleted"),
        "{gone:?}"
    );
    assert!(
        !engine
            .raw("GET", "/containers/json?all=true", b"")
            .contains(r#""Names":["/box"]"#)
    );
}

#[tokio::test]
async fn what_can_t_be_made_or_started_leaves_nothing_and_holds_nothing() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let mut order = world.wanted("nothing");
    // Of a registry that isn't there.
    order.image = "127.0.0.1:1/no-such/image:1".parse().unwrap();
    let placed = world.order(&order).await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Failed);
    assert_eq!(world.state(placed.id).await, "failed docker_registry");
    // Made, and not to be started: there is no such file to mount over.
    let mut order = world.wanted("unstartable");
    order.volumes = write_volumes(["/tmp:/bin/sleep"]).unwrap();
    let placed = world.order(&order).await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Failed, "{carried:?}");
    assert!(
        world.state(placed.id).await.starts_with("failed docker_"),
        "{}",
        world.state(placed.id).await
    );
    assert!(
        !engine
            .raw("GET", "/containers/json?all=true", b"")
            .contains("unstartable")
    );
    assert_eq!(
        world
            .ask("SELECT count(*) FROM containers WHERE name IN ('nothing', 'unstartable')")
            .await,
        "0"
    );
    // What no engine would take is not written down.
    let mut order = world.wanted("wrong name");
    order.ports = write_ports(["8080:80"]).unwrap();
    let refused = containers::order(&world.session, Some(&world.key), &order, &key("wrong"))
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::Docker(_)), "{refused:?}");
    cleared(&engine);
}

#[tokio::test]
async fn a_disk_that_can_t_be_limited_is_refused_or_agreed_to() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    world
        .run("UPDATE container_plans SET disk_gb = 1 WHERE name = 'Box'")
        .await;
    let mut order = world.wanted("held");
    let preview = containers::preview_order(&world.session, None, &order, &key("held"))
        .await
        .unwrap();
    assert!(
        preview.warnings[0].contains("Where it can't, nothing is made"),
        "{:?}",
        preview.warnings
    );
    let placed = world.order(&order).await;
    let carried = world.carry(placed.id).await;
    if carried.state == IntentState::Done {
        // A file system with quotas: the limit is kept.
        return;
    }
    assert_eq!(world.state(placed.id).await, "failed docker_limits_unsupported");
    assert!(!engine.raw("GET", "/containers/json?all=true", b"").contains("/held"));
    order.name = "free".parse().unwrap();
    order.disk_required = false;
    let placed = world.order(&order).await;
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Done);
    assert!(
        carried.warnings.iter().any(|warning| warning.contains("can't limit")),
        "{carried:?}"
    );
    // A plan that was changed meanwhile sells something else.
    cleared(&engine);
}

#[tokio::test]
async fn support_staff_turn_on_and_off_and_no_more() {
    let engine = engine!();
    let world = World::over(engine).await;
    let id = world.made("supported").await;
    let sam = EmailAddress::parse("sam@halyard.example").unwrap();
    let sam = world.session.acting_as(&sam).await.unwrap();
    containers::act(&sam, id, ContainerAct::Stop, &key("sam-stop"))
        .await
        .unwrap();
    let refused = containers::act(&sam, id, ContainerAct::Remove, &key("sam-remove"))
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused:?}");
    // The database decides, whatever a program asks.
    let refused = world
        .ask(&format!(
            "SELECT count(*) FROM provider_intents WHERE container_id = {id} AND kind = 'remove'"
        ))
        .await;
    assert_eq!(refused, "0");
    let refused = containers::order(&sam, Some(&world.key), &world.wanted("sams"), &key("sam-order"))
        .await
        .unwrap_err();
    assert!(matches!(refused, AppError::Refused(_)), "{refused:?}");
    let looked = app::containers::live::logs(
        &sam,
        Some(&world.key),
        id,
        &app::containers::live::LogRequest::default(),
        &reach(),
    )
    .await;
    assert!(matches!(looked, Err(AppError::Refused(_))));
}
