//! What containers are worth where host and database differ, and what becomes of them without money.

use app::{domain::drift::Remedy, drift, views::ListRequest};

use super::shared::{World, cleared, made_by_hand, own_engine};

const DRIFT: &str = "SELECT coalesce(string_agg(concat_ws(' ', d.kind, d.label, d.monthly::text), ', ' ORDER BY d.kind DESC, d.label), '')
    FROM cs_billing.drift() d WHERE d.resource_kind = 'container'";

#[tokio::test]
async fn what_nobody_pays_and_what_is_paid_and_not_there_is_drift_with_its_remedy() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    world.made("paid").await;
    made_by_hand(&engine, "stray", "");
    world.sync().await;
    assert_eq!(world.ask(DRIFT).await, "unbilled stray");

    let host_id = world
        .ask("SELECT container_id FROM containers WHERE name = 'paid'")
        .await;
    engine.raw("DELETE", &format!("/containers/{host_id}?force=true"), b"");
    world.sync_of(world.host, true).await.unwrap();
    // A month at the plan's rate, and no more than its cap.
    assert_eq!(world.ask(DRIFT).await, "unbilled stray, overcharged paid 4.00");
    let before = world
        .ask("SELECT string_agg(xmin::text, ',' ORDER BY id) FROM containers")
        .await;
    let page = drift::list(&world.session, &ListRequest::first(50)).await.unwrap();
    let mut told = Vec::new();
    for row in page.rows.iter().filter(|row| row.account_id == world.host.get()) {
        for remedy in drift::remedies(row) {
            drift::preview(&world.session, Some(&world.key), row, remedy)
                .await
                .unwrap();
            told.push((row.label.clone(), remedy));
        }
    }
    told.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(
        told,
        [
            ("paid".to_owned(), Remedy::EndAssignment),
            ("stray".to_owned(), Remedy::Assign)
        ]
    );
    assert_eq!(
        world
            .ask("SELECT string_agg(xmin::text, ',' ORDER BY id) FROM containers")
            .await,
        before,
        "a preview changes nothing"
    );
    cleared(&engine);
}

#[tokio::test]
async fn at_the_end_of_grace_what_runs_is_stopped_once() {
    let Some(engine) = own_engine().await else { return };
    let world = World::over(&engine).await;
    let runs = world.made("shop").await;
    let off = world.made("idle").await;
    let stop = world.act(off, app::intents::containers::ContainerAct::Stop).await;
    world.carry(stop.id).await;
    world
        .run("INSERT INTO low_balances (organization_id, state, since) VALUES (1, 'zero', '2026-01-01') ON CONFLICT (organization_id) DO UPDATE SET state = 'zero', since = EXCLUDED.since")
        .await;
    let begin = "SELECT coalesce(string_agg(b.id::text, ' '), '') FROM cs_intents.shut_down_for_grace(ARRAY[1]) b WHERE b.kind = 'container'";
    assert_eq!(world.ask(begin).await, runs.to_string());
    assert_eq!(world.ask(begin).await, "", "once a crossing");
    world.sweep().await;
    assert_eq!(world.status(runs).await, "exited");
    let stopped = engine.raw("GET", "/containers/json?all=true", b"");
    assert!(!stopped.contains(r#""State":"running""#), "{stopped}");
    cleared(&engine);
}
