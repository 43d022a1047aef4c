//! Where provider and database differ, what it is worth, and what helps.

use app::{
    domain::{
        drift::{Remedy, TakeOver},
        ids::{PlanId, ServerId},
        intent::Wanted,
    },
    drift::{self, Seen},
    intents::{self, Act},
    views::{DriftRow, ListRequest, StoreError},
};
use cs_tests::workspace_db::{ADMIN, FINANCE, SUPPORT, ask, attempt, connect, run};
use serde_json::json;

use super::shared::{World, reach};

/// Every difference as `label kind monthly here there`, in order of the labels.
async fn differences(world: &World) -> (Vec<String>, Vec<DriftRow>) {
    let page = drift::list(&world.session, &ListRequest::first(200)).await.unwrap();
    let mut rows = page.rows;
    rows.retain(|row| row.account_id == world.account.get());
    rows.sort_by(|a, b| (&a.label, a.kind).cmp(&(&b.label, b.kind)));
    let told = |row: &DriftRow| {
        let text = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        let monthly = row.monthly.map_or_else(|| "-".to_owned(), |sum| sum.to_string());
        format!(
            "{} {} {monthly} {} {}",
            row.label,
            row.kind,
            text(&row.here),
            text(&row.there)
        )
    };
    (rows.iter().map(told).collect(), rows)
}

async fn found(world: &World, label: &str) -> DriftRow {
    let (_, rows) = differences(world).await;
    rows.into_iter().find(|row| row.label == label).unwrap()
}

/// Eight servers and a difference of each kind: only server-2 is as it should be.
async fn differing() -> World {
    let world = World::with(8).await;
    world.sync().await;
    let mut owner = world.db.owner().await;
    run(
        &mut owner,
        "INSERT INTO vps_plans (id, name, provider, linode_type, base_cost, hourly_rate, monthly_rate) VALUES (900, 'Big', 'linode', 'g6-standard-1', 0.0180, 0.0270, 18.00);
         UPDATE vps_instances SET organization_id = 1, plan_id = 1 WHERE label IN ('server-2', 'server-3', 'server-4', 'server-5', 'server-6', 'server-7', 'server-8')",
    )
    .await;
    run(
        &mut owner,
        "UPDATE vps_instances SET region = 'eu-west' WHERE label = 'server-5';
         UPDATE vps_instances SET deleted_at = timezone('UTC', now()) WHERE label = 'server-6'",
    )
    .await;
    world.change(3, "type", json!("g6-standard-1"));
    world.change(4, "status", json!("offline"));
    world.stand_in.account().remove(7);
    let order = app::sync::Order {
        allow_gone: true,
        ..world.order()
    };
    world.sync_with(&order).await.unwrap();
    run(
        &mut owner,
        "UPDATE vps_instances SET ipv4 = '198.51.100.7' WHERE label = 'server-8'",
    )
    .await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_is_told_with_what_a_month_of_it_is_worth() {
    let world = differing().await;
    let (told, rows) = differences(&world).await;
    let address = world.stand_in.account().server(8)["ipv4"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        told,
        [
            "server-1 unbilled 5.0000 - g6-nanode-1".to_owned(),
            "server-3 plan 12.0000 g6-nanode-1 g6-standard-1".to_owned(),
            "server-4 status 6.0000 running offline".to_owned(),
            "server-5 region 0.0000 eu-west us-east".to_owned(),
            "server-6 deleted_here 5.0000 - g6-nanode-1".to_owned(),
            "server-7 overcharged 6.0000 Small -".to_owned(),
            format!("server-8 address 0.0000 198.51.100.7 {address}"),
        ]
    );
    let remedies: Vec<Vec<Remedy>> = rows.iter().map(drift::remedies).collect();
    assert_eq!(
        remedies,
        [
            vec![Remedy::Assign, Remedy::Delete],
            vec![Remedy::ChangePlan, Remedy::Resize],
            vec![Remedy::Boot],
            vec![Remedy::TakeOver],
            vec![Remedy::Delete],
            vec![Remedy::EndAssignment],
            vec![Remedy::TakeOver],
        ]
    );
    assert!(rows.iter().all(|row| row.since.is_some() && row.observed_at.is_some()));
    assert!(rows[5].is_gone && !rows[0].is_gone);
    // Every remedy of every difference can be looked at, and nothing changes by that.
    let before = world.rows().await;
    for row in &rows {
        for remedy in drift::remedies(row) {
            let answer = drift::preview(&world.session, Some(&world.key), row, remedy).await;
            assert!(answer.is_ok(), "{} {remedy}: {answer:?}", row.label);
        }
    }
    assert_eq!(world.rows().await, before);
    assert_eq!(
        world
            .ask("SELECT count(*) FROM provider_intents WHERE provider_config_id <> 1")
            .await,
        "0"
    );

    let summary = drift::summary(&world.session).await.unwrap();
    let sums: Vec<String> = summary
        .sums
        .iter()
        .map(|sum| {
            format!(
                "{} {} {}",
                sum.kind,
                sum.count,
                sum.monthly.map_or_else(String::new, |sum| sum.to_string())
            )
        })
        .collect();
    assert_eq!(
        sums,
        [
            "unbilled 1 5.0000",
            "overcharged 1 6.0000",
            "deleted_here 1 5.0000",
            "plan 1 12.0000",
            "status 1 6.0000",
            "region 1 0.0000",
            "address 1 0.0000"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_costs_us_is_for_those_who_may_know() {
    let world = differing().await;
    let cost = "SELECT coalesce(max(monthly)::text, 'hidden') FROM cs_billing.drift() WHERE kind = 'unbilled'";
    let paid = "SELECT max(monthly)::numeric(10, 2)::text FROM cs_billing.drift() WHERE kind = 'overcharged'";
    for (person, seen) in [(ADMIN, "5.0000"), (FINANCE, "5.0000"), (SUPPORT, "hidden")] {
        let (desk, _session) = world.db.desk_of(person).await;
        let mut connection = connect(&desk.url).await;
        assert_eq!(ask(&mut connection, cost).await, seen, "{person}");
        assert_eq!(ask(&mut connection, paid).await, "6.00", "{person}");
        let margin = attempt(&mut connection, "SELECT * FROM cs_billing.margin('2026-01-01', 'plan')").await;
        assert_eq!(margin.is_err(), person == SUPPORT, "{person}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_is_taken_over_and_nothing_else() {
    let world = differing().await;
    let row = found(&world, "server-5").await;
    let seen = Seen {
        server: ServerId::new(row.resource_id),
        what: TakeOver::Region,
        here: row.here.clone(),
        there: "us-east".to_owned(),
    };
    let other = Seen {
        there: "id-cgk".to_owned(),
        ..seen.clone()
    };
    for refused in [
        drift::take_over(&world.session, &other, false).await,
        drift::take_over(&world.session, &other, true).await,
    ] {
        assert!(
            matches!(&refused, Err(app::AppError::Store(StoreError::Rule(rule))) if rule == "drift_moved"),
            "{refused:?}"
        );
    }
    drift::take_over(&world.session, &seen, true).await.unwrap();
    assert_eq!(
        found(&world, "server-5").await.here.as_deref(),
        Some("eu-west"),
        "looked at only"
    );
    drift::take_over(&world.session, &seen, false).await.unwrap();
    assert!(drift::take_over(&world.session, &seen, false).await.is_err(), "it was");
    assert_eq!(
        world
            .ask("SELECT region FROM vps_instances WHERE label = 'server-5'")
            .await,
        "us-east"
    );
    let (told, _) = differences(&world).await;
    assert!(!told.iter().any(|line| line.starts_with("server-5")), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_here_is_deleted_there_too_and_a_type_is_put_right() {
    let world = differing().await;
    let act = async |label: &str, act: Act| {
        let server = ServerId::new(found(&world, label).await.resource_id);
        let key = intents::fresh_key().unwrap();
        let placed = intents::act(&world.session, Some(&world.key), server, &act, &key)
            .await
            .unwrap();
        intents::carry_out(&world.session, &world.key, &reach(), placed.id)
            .await
            .unwrap();
    };
    act("server-6", Act::Plain(Wanted::Delete)).await;
    act(
        "server-3",
        Act::Resize {
            plan: PlanId::new(1),
            warm: false,
            resize_disk: false,
        },
    )
    .await;
    let (told, _) = differences(&world).await;
    assert!(!told.iter().any(|line| line.starts_with("server-6")), "{told:?}");
    assert!(
        !world
            .stand_in
            .account()
            .instances
            .iter()
            .any(|instance| instance["id"] == 6)
    );
    assert!(world.stand_in.requests("POST /linode/instances/3/resize") > 0);
    // As it is, nothing is put right: who is on its plan stays refused.
    let server: i32 = world
        .ask("SELECT id FROM vps_instances WHERE label = 'server-2'")
        .await
        .parse()
        .unwrap();
    let resize = Act::Resize {
        plan: PlanId::new(1),
        warm: false,
        resize_disk: false,
    };
    let refused = intents::act(
        &world.session,
        Some(&world.key),
        ServerId::new(server),
        &resize,
        &intents::fresh_key().unwrap(),
    )
    .await;
    assert!(
        matches!(&refused, Err(app::AppError::Store(StoreError::Rule(rule))) if rule == "assign_same_plan"),
        "{refused:?}"
    );
}
