//! Many servers.

use std::time::{Duration, Instant};

use app::sync::{self, Observed, ObservedInstance};

use super::shared::{World, counts};

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
