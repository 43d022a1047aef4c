//! Many servers.

use std::{
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use app::{
    AppError,
    providers::{Reach, Timeouts},
    sync::{self, Observed, ObservedInstance},
};
use cs_tests::{linode::Fault, workspace_db::ask};

use super::shared::{Hurried, World, counts};

fn servers(count: u64) -> Observed {
    Observed {
        instances: (1..=count)
            .map(|id| ObservedInstance {
                id: 1_000_000 + id,
                label: format!("server-{id}"),
                region: Some("us-east".to_owned()),
                status: Some("running".to_owned()),
                public_ipv4: vec![
                    [
                        198,
                        18,
                        u8::try_from(id / 250 % 250).unwrap(),
                        u8::try_from(id % 250).unwrap(),
                    ]
                    .into(),
                ],
                ..ObservedInstance::default()
            })
            .collect(),
        complete: true,
        ..Observed::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_are_written_by_set() {
    let world = World::with(0).await;
    let observed = servers(5_000);
    let all = 5_000;
    let begun = Instant::now();
    let first = sync::apply(&world.session, world.account, &observed).await.unwrap();
    let added = begun.elapsed();
    assert_eq!(counts(&first), (all, 0, 0, 0, 0));
    let begun = Instant::now();
    let second = sync::apply(&world.session, world.account, &observed).await.unwrap();
    let looked = begun.elapsed();
    assert_eq!(counts(&second), (0, 0, all, 0, 0));
    assert!(added + looked < Duration::from_mins(2), "{added:?} {looked:?}");
}

/// Who waits for a slow computer.
fn patient() -> Reach {
    let long = Duration::from_mins(2);
    let timeouts = Timeouts {
        connect: long,
        silence: long,
        attempt: long,
        call: Duration::from_mins(5),
    };
    Reach::new(timeouts, Arc::new(Hurried))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_says_that_it_is_at_work_while_a_batch_waits() {
    const BEAT_IS_OVER: Duration = Duration::from_millis(16_500);
    const WAITS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    let world = World::with(5_600).await;
    // Late enough that its first batch is under way when the first beat is due.
    world.stand_in.takes(Duration::from_secs(3));
    let mut other = world.db.owner().await;
    sqlx::query("SELECT pg_advisory_lock(hashtextextended('cs_sync.apply_batch', 0))")
        .execute(&mut other)
        .await
        .unwrap();
    let begun = Instant::now();
    let order = world.order();
    let reach = patient();
    let reading = sync::run(&world.session, &order, &reach, |_, _| ControlFlow::Continue(()));
    let letting_go = async {
        tokio::time::sleep(BEAT_IS_OVER.saturating_sub(begun.elapsed())).await;
        assert_ne!(ask(&mut other, WAITS).await, "0", "no batch waits");
        drop(other);
    };
    let (done, ()) = tokio::join!(reading, letting_go);
    assert!(done.unwrap().complete);
    assert_eq!(world.ask("SELECT count(*) FROM provider_states").await, "5600");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_what_was_read_is_written_while_the_rest_is_read() {
    let world = World::with(5_600).await;
    world.stand_in.on("/linode/instances?page=12", 1, Fault::Silence);
    let stop = AtomicBool::new(false);
    let order = world.order();
    let reach = patient();
    let reading = sync::run(&world.session, &order, &reach, |_, _| {
        if stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let watching = async {
        let deadline = Instant::now() + Duration::from_mins(3);
        while world.ask("SELECT count(*) FROM provider_states").await != "5000" {
            assert!(
                Instant::now() < deadline,
                "nothing is written while the last page is awaited"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (stopped, ()) = tokio::join!(reading, watching);
    assert!(matches!(stopped, Err(AppError::Provider(_))), "{stopped:?}");
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', status, error) FROM provider_syncs ORDER BY id DESC LIMIT 1")
            .await,
        "cancelled It was stopped. 5000 servers that had been read are written; what is missing was not judged."
    );
    assert_eq!(
        world
            .ask("SELECT count(*) FILTER (WHERE is_missing) FROM provider_states")
            .await,
        "0"
    );
    // The next one counts the rest, and judges.
    world.stand_in.account().remove(5);
    let all = sync::run(&world.session, &order, &reach, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    assert_eq!(counts(&all), (600, 0, 4_999, 0, 1));
    assert_eq!(
        world
            .ask("SELECT count(*) FROM vps_instances v WHERE v.provider_config_id IS NOT NULL")
            .await,
        "5600"
    );
}
