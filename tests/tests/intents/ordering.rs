//! Orders that go as they should.

use app::{
    domain::{
        intent::{IntentState, Wanted},
        networking::{NetworkConfig, NetworkKind},
    },
    intents, networking,
};
use secrecy::ExposeSecret;

use super::shared::{CREATE, World, code, key};

#[tokio::test]
async fn an_ordered_server_is_recorded_with_its_owner_and_costs_from_when_it_was_made() {
    let world = World::new().await;
    let preview = intents::preview_order(&world.session, Some(&world.key), &world.wanted("web-1"), &key("web-1"))
        .await
        .unwrap();
    assert_eq!(preview.held.to_string(), "0.22");
    assert_eq!(preview.orderable.unwrap().to_string(), "249.78");
    assert_eq!(
        world.ask("SELECT count(*) FROM provider_intents").await,
        "0",
        "a preview writes nothing"
    );

    let placed = world.order("web-1").await;
    assert_eq!(placed.held.to_string(), "0.22");
    assert_eq!(world.state(placed.id).await, "waiting held");
    assert_eq!(world.stand_in.requests(CREATE), 0);
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Running, "{carried:?}");
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t");
    assert_eq!(world.state(placed.id).await, "running sealed");
    let row = world
        .ask("SELECT concat_ws(' ', v.status, v.region, v.image, v.ipv4 <> '', i.server_id = v.id, v.created_at >= i.sent_at)
              FROM vps_instances v JOIN provider_intents i ON i.server_id = v.id")
        .await;
    assert_eq!(row, "provisioning us-east linode/debian12 t t t");
    // The terms begin then, and nothing before.
    assert_eq!(
        world
            .ask("SELECT count(*) FROM resource_terms t JOIN vps_instances v ON v.id = t.resource_id AND t.resource_kind = 'vps'
                  WHERE v.label = 'web-1' AND t.starts_at = v.created_at AND t.organization_id = 1")
            .await,
        "1"
    );

    // Desks hear of it.
    assert_ne!(
        world
            .ask("SELECT count(*) FROM cs_live.outbox WHERE topic = 'intents'")
            .await,
        "0"
    );

    let swept = world.finish().await;
    assert_eq!((swept.done, swept.errors.len()), (1, 0), "{swept:?}");
    assert_eq!(world.state(placed.id).await, "done");
    assert_eq!(
        world
            .ask("SELECT status FROM vps_instances WHERE label = 'web-1'")
            .await,
        "running"
    );
    assert_eq!(world.stand_in.requests(CREATE), 1);

    // Root has the password that is kept for the server.
    let id = world
        .ask("SELECT linode_id FROM vps_instances WHERE label = 'web-1'")
        .await;
    let server = world
        .ask("SELECT id FROM vps_instances WHERE label = 'web-1'")
        .await
        .parse()
        .unwrap();
    let kept = intents::password_of(&world.session, &world.key, server)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        world.stand_in.account().password(id.parse().unwrap()),
        Some(kept.expose_secret())
    );
    assert_eq!(carried.password.unwrap().expose_secret(), kept.expose_secret());
}

#[tokio::test]
async fn a_new_server_s_address_is_named_as_the_settings_say_once() {
    let world = World::new().await;
    let kind = NetworkKind::parse("rdns").unwrap();
    for (label, domain, ends) in [
        ("web-1", "ip.example.net", "done"),
        ("web-2", "elsewhere.example.net", "failed"),
    ] {
        let config = NetworkConfig::parse(&kind, &format!(r#"{{"rdns_base_domain": "{domain}"}}"#)).unwrap();
        networking::create(&world.session, &kind, config, true).await.unwrap();
        let order = world.order(label).await;
        world.carry(order.id).await;
        world.finish().await;
        assert_eq!(world.state(order.id).await, "done", "whatever becomes of the name");
        let address = world
            .ask(&format!("SELECT ipv4 FROM vps_instances WHERE label = '{label}'"))
            .await;
        let name = format!("{}.{domain}", address.replace('.', "-"));
        assert_eq!(
            world
                .ask(&format!(
                    "SELECT concat_ws(' ', i.state, i.parameters ->> 'name') FROM provider_intents i WHERE i.kind = 'rdns' AND i.label = '{label}'"
                ))
                .await,
            format!("{ends} {name}")
        );
        let named = world.stand_in.account().rdns.get(&address).cloned();
        assert_eq!(named, (ends == "done").then_some(name));
        // Looked at again it is not named again, whatever a person has chosen meanwhile.
        world.carry(order.id).await;
        assert_eq!(
            world
                .ask(&format!(
                    "SELECT count(*) FROM provider_intents WHERE kind = 'rdns' AND label = '{label}'"
                ))
                .await,
            "1"
        );
    }
}

#[tokio::test]
async fn the_provider_says_when_a_server_was_made_and_it_is_never_charged_before() {
    let world = World::new().await;
    let ahead = world
        .ask("SELECT to_char(timezone('UTC', now()) + interval '3 seconds', 'YYYY-MM-DD\"T\"HH24:MI:SS')")
        .await;
    for (label, made, from_sent) in [("old-1", "2018-01-01T00:01:01", true), ("new-1", ahead.as_str(), false)] {
        world.stand_in.account().made_at = Some(made.to_owned());
        let placed = world.order(label).await;
        world.carry(placed.id).await;
        let begins = world
            .ask(&format!(
                "SELECT CASE WHEN v.created_at = i.sent_at THEN 'sent' WHEN v.created_at > i.sent_at THEN 'later' ELSE 'before' END
                 FROM vps_instances v JOIN provider_intents i ON i.server_id = v.id WHERE v.label = '{label}'"
            ))
            .await;
        assert!(begins == if from_sent { "sent" } else { "later" }, "{label}: {begins}");
    }
}

#[tokio::test]
async fn a_key_stands_for_one_order() {
    let world = World::new().await;
    let first = world.order("web-1").await;
    let again = world.order("web-1").await;
    assert_eq!((first.id, first.held, again.repeated), (again.id, again.held, true));
    let mut other = world.wanted("web-1");
    other.backups = true;
    let error = intents::order(&world.session, Some(&world.key), &other, &key("web-1"))
        .await
        .unwrap_err();
    assert_eq!(code(&error), "provider_intents_idempotency");
    // Also what is done under it is one thing, whatever has become of it.
    world.carry(first.id).await;
    assert_eq!(world.order("web-1").await.id, first.id);
    world.finish().await;
    assert!(world.order("web-1").await.repeated);
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (1, 1));
    // Two at once under one key.
    let (one, two) = tokio::join!(world.order("web-2"), world.order("web-2"));
    assert_eq!(one.id, two.id);
    assert_eq!(
        world
            .ask("SELECT count(*) FROM wallet_holds WHERE purpose LIKE '%web-2'")
            .await,
        "1"
    );
}

#[tokio::test]
async fn two_that_carry_one_order_out_send_it_once() {
    let world = World::new().await;
    for label in ["web-1", "web-2", "web-3"] {
        let placed = world.order(label).await;
        let (one, two) = tokio::join!(world.carry(placed.id), world.carry(placed.id));
        assert!(
            [one.state, two.state].contains(&IntentState::Running),
            "{one:?} {two:?}"
        );
        let (one, two) = tokio::join!(world.sweep(), world.sweep());
        assert_eq!((one.failed, two.failed), (0, 0));
    }
    assert_eq!((world.stand_in.requests(CREATE), world.at_provider()), (3, 3));
    assert_eq!(world.ordered_rows().await, "web-1 1 1 t; web-2 1 1 t; web-3 1 1 t");
}

#[tokio::test]
async fn what_waits_can_be_taken_back_and_is_not_carried_out_after_a_day() {
    let world = World::new().await;
    let placed = world.order("web-1").await;
    intents::withdraw(&world.session, placed.id).await.unwrap();
    intents::withdraw(&world.session, placed.id).await.unwrap();
    assert_eq!(world.state(placed.id).await, "undone");
    assert_eq!(world.carry(placed.id).await.state, IntentState::Undone);
    let sent = world.order("web-2").await;
    world.carry(sent.id).await;
    let error = intents::withdraw(&world.session, sent.id).await.unwrap_err();
    assert_eq!(code(&error), "intent_not_waiting");

    let old = world.order("web-3").await;
    let boot = world.plain(Wanted::Shutdown).await;
    let swept = world.sweep_later(24 * 60 + 1).await;
    assert_eq!(swept.expired, 2, "{swept:?}");
    assert_eq!(world.state(old.id).await, "undone intent_expired");
    assert_eq!(world.state(boot.id).await, "undone intent_expired");
    assert_eq!(world.stand_in.requests(CREATE), 1);
    assert_eq!(world.stand_in.requests("POST /linode/instances/1/shutdown"), 0);
}

#[tokio::test]
async fn an_order_of_what_is_not_sold_like_this_is_not_written_down() {
    let world = World::new().await;
    world
        .run("UPDATE vps_plans SET available_regions = '{eu-central}' WHERE name = 'Large'; UPDATE vps_plans SET linode_type = NULL WHERE name = 'Retired'")
        .await;
    let refused = async |change: &dyn Fn(&mut intents::NewOrder)| {
        let mut order = world.wanted("web-1");
        change(&mut order);
        let error = intents::order(&world.session, Some(&world.key), &order, &key("refused"))
            .await
            .unwrap_err();
        code(&error).to_owned()
    };
    assert_eq!(refused(&|order| order.plan = world.large).await, "intent_plan_region");
    assert_eq!(
        refused(&|order| order.plan = "2".parse().unwrap()).await,
        "intent_plan_type"
    );
    assert_eq!(
        refused(&|order| order.label = "a b".to_owned()).await,
        "provider_invalid"
    );
    assert_eq!(
        refused(&|order| order.system.image = String::new()).await,
        "provider_invalid"
    );
    assert_eq!(
        refused(&|order| order.account = "99".parse().unwrap()).await,
        "intent_account_inactive"
    );
    assert_eq!(world.ask("SELECT count(*) FROM provider_intents").await, "0");
}
