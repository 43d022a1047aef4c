//! What intents do to wallets and hours.

use std::ops::ControlFlow;

use app::{
    billing,
    domain::intent::{IntentState, Wanted},
    intents::{self, Act},
};
use chrono::{DateTime, Utc};

use super::shared::{World, code, key, may, reach};

impl World {
    /// An order that is carried out at a time, with the provider's clock there, too.
    async fn ordered_at(&self, label: &str, at: DateTime<Utc>) {
        self.stand_in.account().made_at = Some(at.format("%Y-%m-%dT%H:%M:%S").to_string());
        let session = self.session.at(at);
        let placed = intents::order(&session, Some(&self.key), &self.wanted(label), &key(label))
            .await
            .unwrap();
        let carried = self.carry_over(&session, placed.id).await.unwrap();
        assert_eq!(carried.state, IntentState::Running, "{carried:?}");
        self.stand_in.account().step();
        self.stand_in.account().step();
        self.sweep_over(&session).await;
    }

    async fn act_at(&self, label: &str, act: &Act, at: DateTime<Utc>) {
        let session = self.session.at(at);
        let server = self
            .ask(&format!("SELECT id FROM vps_instances WHERE label = '{label}'"))
            .await
            .parse()
            .unwrap();
        let placed = intents::act(
            &session,
            None,
            server,
            act,
            &key(&format!("{label} {at}").replace(' ', "-")),
        )
        .await
        .unwrap();
        let carried = intents::carry_out(&session, &self.key, &reach(), placed.id)
            .await
            .unwrap();
        assert!(carried.error.is_none(), "{carried:?}");
        self.stand_in.account().step();
        self.stand_in.account().step();
        self.sweep_over(&session).await;
        assert_eq!(self.state(placed.id).await, "done");
    }

    /// Runs billing up to a time; what the server's hours have come to since it was made, exactly.
    async fn billed(&self, label: &str, at: DateTime<Utc>) -> String {
        billing::run(&self.session.at(at), Some(at), |_, _| ControlFlow::Continue(()))
            .await
            .unwrap();
        self.ask(&format!(
            "SELECT concat_ws(' ', sum(s.hours), sum(s.amount)) FROM cs_billing.segments(ARRAY[1], '2000-01-01', '{}') s JOIN vps_instances v ON v.id = s.resource_id
             WHERE s.resource_kind = 'vps' AND v.label = '{label}'",
            at.naive_utc()
        ))
        .await
    }
}

#[tokio::test]
async fn a_hold_lowers_what_may_be_ordered_until_the_server_is_there() {
    let world = World::new().await;
    world
        .run("UPDATE vps_plans SET hourly_rate = 5.0000, monthly_rate = NULL WHERE id = 1")
        .await;
    let first = world.order("web-1").await;
    assert_eq!(first.held.to_string(), "120.00");
    world.order("web-2").await;
    let error = intents::order(&world.session, None, &world.wanted("web-3"), &key("web-3"))
        .await
        .unwrap_err();
    assert_eq!(code(&error), "hold_not_covered");
    assert_eq!(
        world
            .ask("SELECT count(*) FROM provider_intents WHERE label = 'web-3'")
            .await,
        "0"
    );
    world.carry(first.id).await;
    assert_eq!(world.ask("SELECT cs_billing.orderable(1)").await, "130.00");
    world.order("web-3").await;
}

#[tokio::test]
async fn a_dearer_plan_is_held_for_and_charged_from_the_hour_after_the_change() {
    let world = World::new().await;
    world.ordered_at("web-1", may(1, 0)).await;
    let resize = Act::Resize {
        plan: world.large,
        warm: false,
        resize_disk: false,
    };
    let server = world
        .ask("SELECT id FROM vps_instances WHERE label = 'web-1'")
        .await
        .parse()
        .unwrap();
    let preview = intents::preview_act(&world.session.at(may(1, 3)), None, server, &resize, &key("look"))
        .await
        .unwrap();
    assert_eq!(
        (preview.held.to_string(), preview.rate.unwrap().to_string()),
        ("0.72".to_owned(), "0.0300".to_owned())
    );
    let half_past = may(1, 3) + chrono::TimeDelta::minutes(30);
    world.act_at("web-1", &resize, half_past).await;
    assert_eq!(
        world
            .ask("SELECT count(*) FROM wallet_holds WHERE released_at IS NULL AND purpose LIKE 'resize%'")
            .await,
        "0"
    );
    // Four hours at 0.0090, with the one in which it was changed; then two at 0.0300.
    assert_eq!(world.billed("web-1", may(1, 6)).await, "6 0.0960");
    // A plan that costs less holds nothing.
    let back = Act::Resize {
        plan: "1".parse().unwrap(),
        warm: false,
        resize_disk: false,
    };
    let preview = intents::preview_act(&world.session.at(may(1, 6)), None, server, &back, &key("look"))
        .await
        .unwrap();
    assert_eq!(preview.held.to_string(), "0.00");
}

#[tokio::test]
async fn a_resize_that_comes_to_nothing_changes_no_price() {
    let world = World::new().await;
    let resize = Act::Resize {
        plan: world.large,
        warm: false,
        resize_disk: false,
    };
    let placed = world.act(&resize).await;
    assert_eq!(world.state(placed.id).await, "waiting held");
    world.carry(placed.id).await;
    assert_eq!(world.state(placed.id).await, "running held");
    world.stand_in.account().failing_jobs = 1;
    world.finish().await;
    assert_eq!(world.state(placed.id).await, "failed provider_work_failed");
    assert_eq!(
        world
            .ask(&format!(
                "SELECT plan_id FROM vps_instances WHERE id = {}",
                world.server
            ))
            .await,
        "1"
    );
}

#[tokio::test]
async fn a_deletion_ends_the_hours_with_the_one_in_which_it_was_sent() {
    let world = World::new().await;
    // What server 1 has used for years comes first.
    world
        .run("INSERT INTO transactions (organization_id, amount, type, status, idempotency_key) VALUES (1, 5000, 'deposit', 'completed', 'years')")
        .await;
    world.ordered_at("web-1", may(1, 0)).await;
    world.billed("web-1", may(1, 2)).await;
    let at = may(1, 4) + chrono::TimeDelta::minutes(10);
    let server = world
        .ask("SELECT id FROM vps_instances WHERE label = 'web-1'")
        .await
        .parse()
        .unwrap();
    let act = Act::Plain(Wanted::Delete);
    let preview = intents::preview_act(&world.session.at(at), None, server, &act, &key("look"))
        .await
        .unwrap();
    assert_eq!(
        (preview.final_hours, preview.final_amount.unwrap().to_string()),
        (Some(3), "0.0270".to_owned())
    );
    world.act_at("web-1", &act, at).await;
    // Five hours, the fifth of which had begun; days later no more.
    assert_eq!(world.billed("web-1", may(1, 5)).await, "5 0.0450");
    assert_eq!(world.billed("web-1", may(9, 0)).await, "5 0.0450");
    assert_eq!(
        world
            .ask(&format!("SELECT deleted_at FROM vps_instances WHERE id = {server}"))
            .await,
        "2030-05-01 04:10:00"
    );
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_ends_the_hours_when_it_was_sent_not_when_it_was_found() {
    let world = World::new().await;
    world.ordered_at("web-1", may(1, 0)).await;
    let server = world.ask("SELECT id FROM vps_instances WHERE label = 'web-1'").await;
    let number: u64 = world
        .ask("SELECT linode_id FROM vps_instances WHERE label = 'web-1'")
        .await
        .parse()
        .unwrap();
    let at = may(1, 4) + chrono::TimeDelta::minutes(10);
    let act = Act::Plain(Wanted::Delete);
    let placed = intents::act(&world.session.at(at), None, server.parse().unwrap(), &act, &key("gone"))
        .await
        .unwrap();
    let mut owner = world.db.owner().await;
    cs_tests::workspace_db::run(
        &mut owner,
        &format!(
            "BEGIN; SET LOCAL cs.at = '2030-05-01 04:10'; DO $$ DECLARE lent uuid := (cs_intents.claim({0}, 300)).lent; BEGIN PERFORM cs_intents.sent({0}, lent, NULL, NULL); END $$; COMMIT",
            placed.id
        ),
    )
    .await;
    // It was deleted there, and whoever sent it is lost.
    world.stand_in.account().remove(number);
    world.lose_leases().await;
    let swept = world.sweep_over(&world.session.at(may(3, 0))).await;
    assert_eq!(swept.done, 1, "{swept:?}");
    assert_eq!(
        world
            .ask(&format!("SELECT deleted_at FROM vps_instances WHERE id = {server}"))
            .await,
        "2030-05-01 04:10:00"
    );
    assert_eq!(world.billed("web-1", may(9, 0)).await, "5 0.0450");
}
