//! What a sync of a host writes, and what it leaves alone.

use std::time::{Duration, Instant};

use app::{
    AppError,
    assignment::{self, Assign},
    domain::{
        ids::{ContainerId, OrganizationId},
        plan::{PlanRef, ResourceRef},
    },
};
use store::StoreError;

use super::shared::{World, cleared, made_by_hand, own_engine};

async fn versions(world: &World) -> String {
    world
        .ask(
            "SELECT string_agg(x, ',') FROM (SELECT c.xmin::text AS x FROM containers c UNION ALL SELECT s.xmin::text FROM provider_states s ORDER BY 1) v",
        )
        .await
}

#[tokio::test]
async fn a_container_is_stored_as_nobodys_and_only_its_state_follows() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let id = made_by_hand(&engine, "found", "");
    let report = world.sync().await;
    assert_eq!(
        (report.added, report.changed, report.complete),
        (1, 0, true),
        "{report:?}"
    );
    assert_eq!(
        world
            .ask(&format!(
                "SELECT concat_ws(' ', name, image, status, organization_id, provider_config_id = {}) FROM containers WHERE container_id = '{id}'",
                world.host
            ))
            .await,
        "found cs-test/busybox:1 running t"
    );
    assert_eq!(
        world
            .ask("SELECT count(*) FROM resource_terms WHERE resource_kind = 'container' AND resource_id > 2")
            .await,
        "0"
    );

    let before = versions(&world).await;
    let report = world.sync().await;
    assert_eq!((report.unchanged, report.added + report.changed), (1, 0));
    assert_eq!(versions(&world).await, before, "rows as they were are not touched");

    // Somebody has named it otherwise here; only the status follows.
    world
        .run(&format!(
            "UPDATE containers SET name = 'ours' WHERE container_id = '{id}'"
        ))
        .await;
    engine.raw("POST", &format!("/containers/{id}/stop?t=0"), b"");
    let report = world.sync().await;
    assert_eq!(report.changed, 1, "{report:?}");
    assert_eq!(
        world
            .ask(&format!(
                "SELECT concat_ws(' ', name, status) FROM containers WHERE container_id = '{id}'"
            ))
            .await,
        "ours exited"
    );
    cleared(&engine);
}

#[tokio::test]
async fn what_is_gone_is_parked_from_when_it_was_last_seen_and_many_stop_the_sync() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let mut all = Vec::new();
    for number in 0..11 {
        all.push(made_by_hand(&engine, &format!("box-{number}"), ""));
    }
    world.sync().await;
    world
        .run(&format!(
            "UPDATE containers SET organization_id = 1, plan_id = {} WHERE container_id = '{}'",
            world.plan, all[0]
        ))
        .await;
    engine.raw("DELETE", &format!("/containers/{}?force=true", all[0]), b"");
    let report = world.sync().await;
    assert_eq!(report.gone.len(), 1, "{report:?}");
    assert_eq!(report.gone[0].name.as_deref(), Some("box-0"));
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', p.reason, p.parked_from = s.last_seen_at) FROM parked_resources p JOIN provider_states s ON s.container_id = p.resource_id WHERE p.resource_kind = 'container' AND p.reason = 'gone'")
            .await,
        "gone t"
    );
    // What is gone is given to nobody.
    let assign = Assign {
        resource: ResourceRef::Container(ContainerId::new(report.gone[0].container_id.unwrap())),
        organization: OrganizationId::new(2),
        plan: PlanRef::Container(world.plan),
        start: None,
    };
    let refused = assignment::assign(&world.session, &assign).await.unwrap_err();
    assert!(
        matches!(&refused, AppError::Store(StoreError::Rule(rule)) if rule == "assign_gone_container"),
        "{refused:?}"
    );

    for id in &all[1..4] {
        engine.raw("DELETE", &format!("/containers/{id}?force=true"), b"");
    }
    let before = versions(&world).await;
    let refused = world.sync_of(world.host, false).await.unwrap_err();
    assert!(
        matches!(refused, AppError::ManyContainersGone { gone: 3, of: 10 }),
        "{refused:?}"
    );
    assert_eq!(versions(&world).await, before, "nothing was written");
    assert_eq!(
        world
            .ask("SELECT status FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        "stopped"
    );
    let report = world.sync_of(world.host, true).await.unwrap();
    assert_eq!(report.gone.len(), 3);
    cleared(&engine);
}

#[tokio::test]
async fn a_container_made_anew_under_its_key_is_the_same_row() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let id = world.made("kept").await;
    world.sync().await;
    let mark = world.ask("SELECT mark FROM provider_intents").await;
    let old = world
        .ask(&format!("SELECT container_id FROM containers WHERE id = {id}"))
        .await;
    engine.raw("DELETE", &format!("/containers/{old}?force=true"), b"");
    let new = made_by_hand(&engine, "kept", &format!(r#""containerstacks.key":"{mark}""#));
    let report = world.sync_of(world.host, true).await.unwrap();
    assert_eq!((report.added, report.changed), (0, 1), "{report:?}");
    assert_eq!(
        world
            .ask(&format!(
                "SELECT concat_ws(' ', container_id = '{new}', organization_id, status) FROM containers WHERE id = {id}"
            ))
            .await,
        "t 1 running"
    );
    assert_eq!(
        world
            .ask("SELECT count(*) FROM parked_resources WHERE reason = 'gone'")
            .await,
        "0"
    );
    cleared(&engine);
}

#[tokio::test]
async fn a_host_that_hangs_delays_no_other() {
    let Some(engine) = own_engine().await else { return };
    let Some(frozen) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let other = world
        .add_host(
            "Frozen",
            &super::shared::unix(&frozen.socket()),
            app::hosts::Papers::default(),
        )
        .await
        .unwrap();
    made_by_hand(&engine, "alive", "");
    frozen.freeze(true);
    let began = Instant::now();
    let (hung, read) = tokio::join!(
        tokio::time::timeout(Duration::from_secs(5), world.sync_of(other, false)),
        world.sync_of(world.host, false)
    );
    assert_eq!(read.unwrap().added, 1);
    assert!(hung.is_err() || began.elapsed() < Duration::from_mins(1));
    frozen.freeze(false);
    cleared(&engine);
}
