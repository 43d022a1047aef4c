//! Everything that is done to a server that is there: as it should go, and with its answer lost.

use std::net::IpAddr;

use app::{
    domain::intent::{IntentKind, IntentState, Wanted},
    intents::{self, Act, Answers},
};
use cs_tests::linode::{Fault, Reply};
use secrecy::ExposeSecret;
use serde_json::json;

use super::shared::{World, code, key, system};

const ADDRESS: &str = "203.0.100.2";

/// Each kind but the order, with the request that it makes.
fn all(world: &World) -> Vec<(Act, &'static str)> {
    let address: IpAddr = ADDRESS.parse().unwrap();
    let name = Some("mail.example.com".to_owned());
    vec![
        (Act::Plain(Wanted::Boot), "POST /linode/instances/1/boot"),
        (Act::Plain(Wanted::Shutdown), "POST /linode/instances/1/shutdown"),
        (Act::Plain(Wanted::Reboot), "POST /linode/instances/1/reboot"),
        (
            Act::Resize {
                plan: world.large,
                warm: false,
                resize_disk: true,
            },
            "POST /linode/instances/1/resize",
        ),
        (
            Act::Rebuild(system(), Answers::new()),
            "POST /linode/instances/1/rebuild",
        ),
        (
            Act::Plain(Wanted::Rename {
                label: "shop-1".to_owned(),
            }),
            "PUT /linode/instances/1",
        ),
        (Act::Plain(Wanted::ResetPassword), "POST /linode/instances/1/password"),
        (
            Act::Plain(Wanted::Rdns { address, name }),
            "PUT /networking/ips/203.0.100.2",
        ),
        (
            Act::Plain(Wanted::EnableBackups),
            "POST /linode/instances/1/backups/enable",
        ),
        (
            Act::Plain(Wanted::CancelBackups),
            "POST /linode/instances/1/backups/cancel",
        ),
        (
            Act::Plain(Wanted::Snapshot {
                label: "before".to_owned(),
            }),
            "POST /linode/instances/1/backups",
        ),
        (
            Act::Plain(Wanted::Restore { backup: 6001 }),
            "POST /linode/instances/1/backups/6001/restore",
        ),
        (Act::Plain(Wanted::Delete), "DELETE /linode/instances/1"),
    ]
}

/// The server as this kind needs it.
async fn ready(kind: IntentKind) -> World {
    let world = World::new().await;
    let mut account = world.stand_in.account();
    let server = account.server(1);
    if matches!(kind, IntentKind::Boot | IntentKind::ResetPassword) {
        server["status"] = json!("offline");
    }
    server["backups"]["enabled"] = json!(kind != IntentKind::EnableBackups);
    drop(account);
    world
}

/// What this kind leaves behind, at the provider and here.
async fn check(world: &World, kind: IntentKind) {
    let row = world
        .ask(&format!(
            "SELECT concat_ws(' ', v.status, v.label, v.plan_id, v.image, v.deleted_at IS NOT NULL) FROM vps_instances v WHERE v.id = {}",
            world.server
        ))
        .await;
    let large = world.large;
    let label = world
        .ask(&format!(
            "SELECT label FROM provider_intents WHERE server_id = {} LIMIT 1",
            world.server
        ))
        .await;
    let image = "linode/debian12";
    let expected = match kind {
        IntentKind::Shutdown | IntentKind::ResetPassword | IntentKind::Restore => {
            format!("offline {label} 1 {image} f")
        }
        IntentKind::Resize => format!("running {label} {large} {image} f"),
        IntentKind::Rename => format!("running shop-1 1 {image} f"),
        IntentKind::Delete => format!("deleted {label} 1 {image} t"),
        _ => format!("running {label} 1 {image} f"),
    };
    assert_eq!(row, expected, "{kind}");
    if kind.draws_password() {
        let kept = intents::password_of(&world.session, &world.key, world.server)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            world.stand_in.account().password(1),
            Some(kept.expose_secret()),
            "{kind}"
        );
    }
    let mut account = world.stand_in.account();
    match kind {
        IntentKind::Delete => assert!(account.instances.iter().all(|one| one["id"] != 1)),
        IntentKind::Rename => assert_eq!(account.server(1)["label"], "shop-1"),
        IntentKind::Rdns => assert_eq!(account.rdns[ADDRESS], "mail.example.com"),
        IntentKind::EnableBackups => assert_eq!(account.server(1)["backups"]["enabled"], true),
        IntentKind::CancelBackups => assert_eq!(account.server(1)["backups"]["enabled"], false),
        IntentKind::Resize => assert_eq!(account.server(1)["type"], "g6-standard-1"),
        IntentKind::Snapshot => assert_eq!(account.backups[&1]["snapshot"]["current"]["label"], "before"),
        _ => {}
    }
}

#[tokio::test]
async fn every_kind_is_done_and_written_down() {
    let number = all(&World::new().await).len();
    for at in 0..number {
        let kind = IntentKind::ALL[at + 1];
        let world = ready(kind).await;
        let (act, request) = all(&world).swap_remove(at);
        assert_eq!(act.kind(), kind);
        let placed = world.act(&act).await;
        assert_eq!(world.stand_in.requests(request), 0);
        let carried = world.carry(placed.id).await;
        assert!(carried.error.is_none(), "{kind}: {carried:?}");
        assert!(
            matches!(carried.state, IntentState::Running | IntentState::Done),
            "{kind}: {carried:?}"
        );
        let swept = world.finish().await;
        assert_eq!(
            (swept.failed, swept.unknown, swept.errors.len()),
            (0, 0, 0),
            "{kind}: {swept:?}"
        );
        assert_eq!(world.state(placed.id).await, "done", "{kind}");
        assert_eq!(world.stand_in.requests(request), 1, "{kind}");
        check(&world, kind).await;
    }
}

#[tokio::test]
async fn every_kind_whose_answer_is_lost_is_found_done_and_not_sent_again() {
    let number = all(&World::new().await).len();
    for at in 0..number {
        let kind = IntentKind::ALL[at + 1];
        let world = ready(kind).await;
        let (act, request) = all(&world).swap_remove(at);
        world.stand_in.on(request, 1, Fault::CarriedOut(Reply::empty(502)));
        // What the client itself may send again ends in the same.
        let repeats = matches!(kind, IntentKind::Rename | IntentKind::Rdns | IntentKind::Delete);
        let placed = world.act(&act).await;
        let carried = world.carry(placed.id).await;
        assert!(carried.error.is_none(), "{kind}: {carried:?}");
        let swept = world.finish().await;
        assert_eq!(
            (swept.failed, swept.unknown, swept.errors.len()),
            (0, 0, 0),
            "{kind}: {swept:?}"
        );
        assert_eq!(world.state(placed.id).await, "done", "{kind}");
        assert_eq!(world.stand_in.requests(request), if repeats { 2 } else { 1 }, "{kind}");
        check(&world, kind).await;
    }
}

#[tokio::test]
async fn every_kind_that_was_never_carried_out_is_given_up_in_the_end() {
    let number = all(&World::new().await).len();
    for at in 0..number {
        let kind = IntentKind::ALL[at + 1];
        let world = ready(kind).await;
        let (act, request) = all(&world).swap_remove(at);
        world.stand_in.always(request, Fault::Reset);
        let placed = world.act(&act).await;
        let carried = world.carry(placed.id).await;
        assert_eq!(carried.state, IntentState::Unknown, "{kind}: {carried:?}");
        let before = world.stand_in.requests(request);
        assert_eq!(world.sweep().await.unknown, 1, "{kind}");
        assert_eq!(world.sweep_later(11).await.failed, 1, "{kind}");
        assert_eq!(world.state(placed.id).await, "failed provider_knows_nothing", "{kind}");
        assert_eq!(world.stand_in.requests(request), before, "{kind}");
        let untouched = world
            .ask(&format!("SELECT concat_ws(' ', v.plan_id, v.deleted_at IS NULL, v.root_password IS NULL) FROM vps_instances v WHERE v.id = {}", world.server))
            .await;
        assert_eq!(untouched, "1 t t", "{kind}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_away_is_looked_for_at_the_address() {
    let request = "PUT /networking/ips/203.0.100.2";
    let address: IpAddr = ADDRESS.parse().unwrap();
    let named = |world: &World, name: &str| {
        let mut account = world.stand_in.account();
        account.rdns.insert(ADDRESS.to_owned(), name.to_owned());
    };
    // Its answer is lost; what is there is none, or the provider's own name.
    for (before, fault) in [
        ("mail.example.com", Fault::Lost),
        ("203-0-100-2.ip.linodeusercontent.com", Fault::Reset),
    ] {
        let world = World::new().await;
        named(&world, before);
        world.stand_in.always(request, fault);
        let placed = world.plain(Wanted::Rdns { address, name: None }).await;
        let carried = world.carry(placed.id).await;
        assert_eq!(carried.state, IntentState::Done, "{carried:?}");
        assert_eq!(world.state(placed.id).await, "done");
    }
    // Never carried out: the name is there still.
    let world = World::new().await;
    named(&world, "mail.example.com");
    world.stand_in.always(request, Fault::Reset);
    let placed = world.plain(Wanted::Rdns { address, name: None }).await;
    assert_eq!(world.carry(placed.id).await.state, IntentState::Unknown);
    assert_eq!(world.sweep_later(11).await.failed, 1);
    assert_eq!(world.state(placed.id).await, "failed provider_knows_nothing");
}

#[tokio::test]
async fn a_server_has_one_thing_done_to_it_at_a_time_but_may_be_renamed() {
    let world = World::new().await;
    let rebuild = world.act(&Act::Rebuild(system(), Answers::new())).await;
    let refused = async |wanted: Wanted| {
        let act = Act::Plain(wanted);
        let error = intents::act(&world.session, None, world.server, &act, &key("refused"))
            .await
            .unwrap_err();
        code(&error).to_owned()
    };
    assert_eq!(refused(Wanted::Reboot).await, "intent_server_busy");
    world.carry(rebuild.id).await;
    assert_eq!(refused(Wanted::Shutdown).await, "intent_server_busy");
    assert_eq!(refused(Wanted::Delete).await, "intent_server_busy");
    let label = "shop-1".to_owned();
    let rename = world.plain(Wanted::Rename { label }).await;
    assert_eq!(
        refused(Wanted::Rename {
            label: "x-1".to_owned()
        })
        .await,
        "intent_server_busy"
    );
    assert_eq!(world.carry(rename.id).await.state, IntentState::Done);
    world.finish().await;
    let shutdown = world.plain(Wanted::Shutdown).await;
    world.carry(shutdown.id).await;
    world.finish().await;
    assert_eq!(world.state(shutdown.id).await, "done");
    let delete = world.plain(Wanted::Delete).await;
    world.carry(delete.id).await;
    assert_eq!(refused(Wanted::Boot).await, "intent_server_deleted");
    // What no account is known of can't be reached.
    let act = Act::Plain(Wanted::Boot);
    let error = intents::act(&world.session, None, "1".parse().unwrap(), &act, &key("seed"))
        .await
        .unwrap_err();
    assert_eq!(code(&error), "intent_server_without_account");
}

#[tokio::test]
async fn a_deletion_doesn_t_stop_the_next_sync_and_progress_is_seen() {
    let world = World::new().await;
    let delete = world.plain(Wanted::Delete).await;
    assert_eq!(world.carry(delete.id).await.state, IntentState::Done);
    // One of three servers is gone, which a sync would otherwise ask about.
    world.sync().await;
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', is_missing, gone_at IS NOT NULL) FROM provider_states WHERE external_id = '1'")
            .await,
        "t t"
    );
    let placed = world.order("web-1").await;
    world.carry(placed.id).await;
    world.stand_in.account().step();
    world.sweep().await;
    let row = intents::get(&world.session, placed.id).await.unwrap();
    assert_eq!(
        (row.state.as_str(), row.progress, row.organization.as_deref()),
        ("running", Some(50), Some("Brisa Studio"))
    );
}
