//! A server's timeline: what the database knows and what the provider tells, by time.

use std::ops::ControlFlow;

use app::{
    assignment::{self, Assign},
    billing,
    domain::{
        ids::{OrganizationId, PlanId},
        intent::Wanted,
        plan::{PlanRef, ResourceRef},
    },
    servers::{
        self, LiveReach,
        timeline::{Timeline, timeline},
    },
};
use chrono::TimeDelta;
use cs_tests::linode::{Fault, Reply};
use serde_json::json;

use super::shared::{World, may, reach};

impl World {
    async fn timeline(&self, with_provider: bool, after: Option<&str>) -> Timeline {
        let reach = reach();
        let live = LiveReach {
            keys: &self.key,
            reach: &reach,
        };
        timeline(&self.session, with_provider.then_some(live), self.server, after)
            .await
            .unwrap()
    }

    async fn bill(&self, at: chrono::DateTime<chrono::Utc>) {
        billing::run(&self.session.at(at), Some(at), |_, _| ControlFlow::Continue(()))
            .await
            .unwrap();
    }
}

fn told(timeline: &Timeline) -> Vec<String> {
    timeline
        .entries
        .iter()
        .map(|entry| format!("{} {}", entry.source, entry.word).trim().to_owned())
        .collect()
}

#[tokio::test]
async fn everything_that_happened_to_a_server_is_one_list_by_time() {
    let world = World::new().await;
    // What else it has must not empty the wallet.
    world
        .run("INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES (1, 50000.00, 'deposit', 'completed', 'first')")
        .await;
    // Server 1 is organization 1's from May 2030 on, by its terms and by the clock of what is charged.
    world
        .run(&format!(
            "UPDATE vps_instances SET organization_id = NULL WHERE id = {}",
            world.server
        ))
        .await;
    let assign = Assign {
        resource: ResourceRef::Vps(world.server),
        organization: OrganizationId::new(1),
        plan: PlanRef::Vps(PlanId::new(1)),
        start: None,
    };
    assignment::assign(&world.session.at(may(10, 0)), &assign)
        .await
        .unwrap();
    for hour in [3, 6, 9] {
        world.bill(may(10, hour)).await;
    }
    world.bill(may(11, 2)).await;
    world
        .run(
            "INSERT INTO tickets (subject, description, organization_id, created_at) VALUES
               ('Slow', 'Please look at server-1.', 1, '2030-05-11 01:00'),
               ('Another', 'It is about server-10 and server-11.', 1, '2030-05-11 01:30'),
               ('Not theirs', 'server-1', 2, '2030-05-11 01:40')",
        )
        .await;
    world
        .run(
            "INSERT INTO transactions (organization_id, amount, type, status, idempotency_key, created_at)
             VALUES (1, 5.00, 'deposit', 'completed', 'later', '2030-05-10 23:00')",
        )
        .await;
    let placed = world.plain(Wanted::Reboot).await;
    world
        .run(&format!(
            "UPDATE provider_intents SET requested_at = '2030-05-11 03:00' WHERE id = {}",
            placed.id
        ))
        .await;
    let event = |id: u64, action: &str, at: &str| {
        json!({"id": id, "action": action, "created": at, "status": "finished", "username": "reseller", "message": null,
            "entity": {"id": 1, "label": "server-1", "type": "linode"}, "percent_complete": 100})
    };
    let other = json!({"id": 90, "action": "linode_boot", "created": "2030-05-11T04:00:00", "status": "finished",
        "entity": {"id": 2, "label": "server-2", "type": "linode"}});
    world.stand_in.account().events = vec![
        event(80, "linode_boot", "2030-05-10T12:00:00"),
        event(81, "linode_reboot", "2030-05-11T03:00:00"),
        other,
    ];

    let whole = world.timeline(true, None).await;
    assert!(whole.unanswered.is_none(), "{:?}", whole.unanswered);
    let mut seen = told(&whole);
    seen.retain(|line| !line.starts_with("log"));
    assert_eq!(
        seen[..7],
        [
            "event linode_reboot",
            "intent reboot",
            "charge charge",
            "ticket",
            "money deposit",
            "event linode_boot",
            "charge charge"
        ],
        "{seen:?}"
    );
    let days: Vec<_> = whole.entries.iter().filter_map(|entry| entry.charge.clone()).collect();
    // Three runs of one day are one entry; the hours are those of this server alone.
    assert!(days[1].hours >= 9 && days[1].runs == 3, "{days:?}");
    assert_eq!((days[0].hours, days[0].runs), (17, 1), "{days:?}");
    assert!(whole.entries.windows(2).all(|pair| pair[0].at >= pair[1].at));
    assert_eq!(whole.next, None);
    assert!(
        told(&whole).contains(&"log server.update".to_owned()),
        "{:?}",
        told(&whole)
    );
}

#[tokio::test]
async fn what_the_provider_doesn_t_answer_is_said_and_the_rest_is_told() {
    for (fault, code) in [
        (Fault::Silence, "provider_timeout"),
        (Fault::Answer(Reply::html(500)), "provider_not_json"),
        (
            Fault::Answer(Reply::error(429, "Too many requests").with("Retry-After", "3600")),
            "provider_limited",
        ),
    ] {
        let world = World::new().await;
        world.plain(Wanted::Shutdown).await;
        world.stand_in.always("GET /account/events", fault);
        let told_without = told(&world.timeline(false, None).await);
        let asked = world.timeline(true, None).await;
        let app::AppError::Provider(error) = asked.unanswered.as_ref().unwrap() else {
            panic!("{:?}", asked.unanswered);
        };
        assert_eq!(error.code(), code);
        assert_eq!(told(&asked), told_without);
        assert!(told_without.contains(&"intent shutdown".to_owned()));
    }
}

#[tokio::test]
async fn windows_of_a_timeline_tell_everything_once() {
    let world = World::new().await;
    world
        .run(&format!(
            "INSERT INTO activity_logs (action, resource_type, resource_id, created_at)
             SELECT 'server.update', 'server', '{}', timestamp '2030-05-01' + n / 3 * interval '1 minute' FROM generate_series(1, 130) AS n",
            world.server
        ))
        .await;
    world.stand_in.account().events = (1..=60)
        .map(|n| {
            json!({"id": n, "action": "linode_boot", "status": "finished", "entity": {"id": 1, "type": "linode"},
                "created": (may(1, 0) + TimeDelta::minutes(n / 2)).format("%Y-%m-%dT%H:%M:%S").to_string()})
        })
        .collect();
    let (mut seen, mut after) = (Vec::new(), None);
    for _ in 0..20 {
        let window = world.timeline(true, after.as_deref()).await;
        seen.extend(window.entries.iter().map(|entry| (entry.source, entry.id)));
        after = window.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(after, None);
    let events = seen.iter().filter(|(source, _)| *source == "event").count();
    let logs = seen.iter().filter(|(source, _)| *source == "log").count();
    assert_eq!(events, 60);
    assert!(logs >= 130, "{logs}");
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count, "nothing is told twice");
}

#[tokio::test]
async fn a_server_s_page_says_what_can_be_done_and_why_not() {
    let world = World::new().await;
    let reason = |detail: &servers::Detail, name: &str| {
        let found = detail.actions.iter().find(|(action, _)| *action == name).unwrap();
        found.1.clone().err()
    };
    let detail = servers::detail(&world.session, world.server).await.unwrap();
    assert_eq!(detail.known.observed.as_ref().unwrap().backups, Some(true));
    assert_eq!(reason(&detail, "reboot"), None);
    assert_eq!(reason(&detail, "boot").as_deref(), Some("It is running."));
    assert!(
        reason(&detail, "reset_password")
            .unwrap()
            .contains("Shut it down first")
    );
    assert!(reason(&detail, "show_password").is_some());
    world.plain(Wanted::Reboot).await;
    let busy = servers::detail(&world.session, world.server).await.unwrap();
    assert_eq!(busy.open.len(), 1);
    assert!(reason(&busy, "delete").unwrap().contains("reboot"));
    assert_eq!(reason(&busy, "rename"), None);
    world
        .run(&format!(
            "UPDATE vps_instances SET deleted_at = timezone('UTC', now()) WHERE id = {}",
            world.server
        ))
        .await;
    let gone = servers::detail(&world.session, world.server).await.unwrap();
    assert!(gone.known.deleted_at.is_some());
    assert_eq!(reason(&gone, "rename").as_deref(), Some("The server is deleted."));
}
