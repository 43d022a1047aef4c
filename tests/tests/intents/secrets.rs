//! Passwords and answers are sealed, and nowhere else.

use app::{
    AppError,
    domain::{
        ids::IntentId,
        intent::{IntentState, Wanted},
    },
    intents::{self, Act, Answers},
    rotation::{self, KeyPlace, Why},
    workspace_key::{Key, Ring},
};
use cs_tests::linode::{Fault, Reply, TOKEN};
use secrecy::{ExposeSecret, SecretString};
use std::{ops::ControlFlow, sync::Mutex};

use super::shared::{World, key, system};

const ANSWER: &str = "an-answer-nobody-reads";

fn answers() -> Answers {
    // The stand-in's StackScript asks for these.
    [("db_password", ANSWER), ("domain", "shop.example")]
        .into_iter()
        .map(|(name, answer)| (name.to_owned(), SecretString::from(answer)))
        .collect()
}

impl World {
    async fn scripted(&self, label: &str) -> IntentId {
        let mut order = self.wanted(label);
        order.system.stackscript = Some(501);
        order.answers = answers();
        intents::order(&self.session, Some(&self.key), &order, &key(label))
            .await
            .unwrap()
            .id
    }

    /// Every text that anybody can read here: all tables as the superuser sees them.
    async fn everything(&self) -> String {
        let mut admin = self.db.admin().await;
        let tables = cs_tests::workspace_db::ask(
            &mut admin,
            "SELECT string_agg(format('SELECT string_agg(x::text, E''\\n'') FROM %s x', c.oid::regclass), ' UNION ALL ') FROM pg_class c
             WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')",
        )
        .await;
        cs_tests::workspace_db::ask(
            &mut admin,
            &format!("SELECT string_agg(t, E'\\n') FROM ({tables}) AS all_of(t)"),
        )
        .await
    }
}

#[tokio::test]
async fn no_table_log_or_error_holds_a_password_or_an_answer() {
    let world = World::new().await;
    let id = world.scripted("web-1").await;
    let waiting = world.everything().await;
    assert!(waiting.contains("db_password"), "the names of the fields are no secret");
    world.carry(id).await;
    let running = world.everything().await;
    world.finish().await;
    let server = world
        .ask("SELECT id FROM vps_instances WHERE label = 'web-1'")
        .await
        .parse()
        .unwrap();
    let password = intents::password_of(&world.session, &world.key, server)
        .await
        .unwrap()
        .unwrap();
    // Lost, refused with words that repeat it, failed in mid-work.
    let refusal = format!("bad answer {ANSWER}");
    world.stand_in.on(
        "POST /linode/instances",
        1,
        Reply::on_field("stackscript_data", &refusal).into(),
    );
    let second = world.scripted("web-2").await;
    let carried = world.carry(second).await;
    assert_eq!(carried.state, IntentState::Failed);
    let told = format!("{carried:?} {}", carried.error.as_ref().unwrap());
    world.stand_in.on("POST /linode/instances/1/rebuild", 1, Fault::Reset);
    let rebuild = world.act(&Act::Rebuild(system(), Answers::new())).await;
    let lost = world.carry(rebuild.id).await;
    let lost = format!("{lost:?}");
    for text in [waiting, running, world.everything().await, told, lost] {
        for secret in [ANSWER, password.expose_secret(), TOKEN] {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
    }
    // The answers reached the provider, and are kept nowhere now.
    let sent = world.stand_in.sent("POST /linode/instances");
    assert_eq!(sent[0]["stackscript_data"]["db_password"], ANSWER);
    assert_eq!(world.state(id).await, "done");
}

#[tokio::test]
async fn answers_need_the_key_and_are_checked_against_the_script() {
    let world = World::new().await;
    let mut order = world.wanted("web-1");
    order.system.stackscript = Some(501);
    order.answers = answers();
    let error = intents::order(&world.session, None, &order, &key("web-1"))
        .await
        .unwrap_err();
    assert!(matches!(error, AppError::WorkspaceKey(_)), "{error:?}");
    assert_eq!(world.ask("SELECT count(*) FROM provider_intents").await, "0");
    order.answers = Answers::new();
    let placed = intents::order(&world.session, Some(&world.key), &order, &key("web-1"))
        .await
        .unwrap();
    let carried = world.carry(placed.id).await;
    assert_eq!(carried.state, IntentState::Failed);
    assert!(carried.error.unwrap().to_string().contains("stackscript_data."));
    assert_eq!(world.state(placed.id).await, "failed provider_invalid");
    assert_eq!(world.stand_in.requests("POST /linode/instances"), 0);
}

/// Keys in a test's pocket.
struct Pocket(Mutex<Ring>);

impl KeyPlace for Pocket {
    async fn load(&self) -> Result<Ring, AppError> {
        Ok(self.0.lock().unwrap().clone())
    }

    async fn add(&self, keys: &[Key]) -> Result<(), AppError> {
        let mut ring = self.0.lock().unwrap();
        for key in keys {
            *ring = ring.with(key.clone());
        }
        Ok(())
    }

    async fn forget(&self, key: &Key) -> Result<(), AppError> {
        let mut ring = self.0.lock().unwrap();
        *ring = ring.only(|other| other.fingerprint() != key.fingerprint()).unwrap();
        Ok(())
    }
}

#[tokio::test]
async fn a_rotation_seals_what_waits_anew_and_it_is_carried_out_with_the_new_key() {
    let mut world = World::new().await;
    let id = world.scripted("web-1").await;
    // One that is at the provider while the key changes.
    world.stand_in.account().server(1)["status"] = "offline".into();
    let reset = world.plain(Wanted::ResetPassword).await;
    world.carry(reset.id).await;
    let pocket = Pocket(Mutex::new(world.key.clone()));
    rotation::run(&world.session, &pocket, &Why::Routine, |_, _| ControlFlow::Continue(()))
        .await
        .unwrap();
    assert_eq!(
        world.ask("SELECT string_agg(DISTINCT cs_auth.sealed_version(secret)::text, ',') FROM provider_intents WHERE secret IS NOT NULL").await,
        "2"
    );
    assert_eq!(
        world
            .ask("SELECT string_agg(version::text, ',') FROM cs_auth.workspace_keys WHERE retired_at IS NOT NULL")
            .await,
        "1"
    );
    let old = world.key.clone();
    world.key = pocket.0.lock().unwrap().clone();
    assert_eq!(world.carry(id).await.state, IntentState::Running);
    world.finish().await;
    assert_eq!(
        (world.state(id).await, world.state(reset.id).await),
        ("done".to_owned(), "done".to_owned())
    );
    let kept = intents::password_of(&world.session, &world.key, world.server)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(world.stand_in.account().password(1), Some(kept.expose_secret()));
    // Whoever holds the old key gets to the new one by itself.
    assert!(
        intents::password_of(&world.session, &old, world.server)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_lost_key_exposes_what_was_sealed_in_an_intent() {
    let world = World::new().await;
    world.scripted("web-1").await;
    let pocket = Pocket(Mutex::new(world.key.clone()));
    rotation::run(&world.session, &pocket, &Why::Lost("a laptop".to_owned()), |_, _| {
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    assert_eq!(
        world.ask("SELECT string_agg(concat_ws(' ', e.table_name, e.column_name, e.label), ', ') FROM cs_auth.exposed() e WHERE e.table_name = 'provider_intents'").await,
        "provider_intents secret order of web-1"
    );
    // A password that was drawn before moves to the server's row, and stays exposed there.
    let world = World::new().await;
    world.stand_in.account().server(1)["status"] = "offline".into();
    let reset = world.plain(Wanted::ResetPassword).await;
    world.carry(reset.id).await;
    let pocket = Pocket(Mutex::new(world.key.clone()));
    rotation::run(&world.session, &pocket, &Why::Lost("a laptop".to_owned()), |_, _| {
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    let world = World {
        key: pocket.0.lock().unwrap().clone(),
        ..world
    };
    world
        .run("DELETE FROM cs_auth.exposed_secrets WHERE table_name = 'provider_configs'")
        .await;
    world
        .run("UPDATE provider_intents SET held_until = NULL, lease = NULL")
        .await;
    world.finish().await;
    assert_eq!(world.state(reset.id).await, "done");
    assert_eq!(
        world
            .ask("SELECT string_agg(concat_ws(' ', e.table_name, e.row_id), ', ') FROM cs_auth.exposed() e WHERE e.table_name <> 'provider_configs'")
            .await,
        format!("vps_instances {}", world.server)
    );
}
