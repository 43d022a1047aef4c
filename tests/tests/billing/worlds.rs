//! Random worlds against the model: a hundred of them against the database.
//!
//! `CS_WORLD=seed cargo test -p cs-tests --test billing worlds:: -- --nocapture` plays that one and prints what happens in it.

use std::collections::BTreeSet;

use cs_tests::{
    desk::Workspace,
    workspace_db::{ask, run},
};
use sqlx::PgConnection;
use store::roles::RolePrefix;

use super::{
    dice::Dice,
    events::Happening,
    generator::{Generator, Shape},
    player::Player,
};

/// How large they are.
const SHAPE: Shape = Shape {
    organizations: 4,
    events: 50,
    days: 250,
    bills: true,
    plain: false,
};

/// The one world that is asked for.
fn chosen() -> Option<u64> {
    let seed = std::env::var("CS_WORLD").ok()?;
    Some(seed.parse().expect("CS_WORLD is a number"))
}

/// Prints what happens in it.
#[expect(clippy::print_stdout, reason = "somebody looks at this one world")]
pub fn tell(happening: &Happening) {
    if chosen().is_some() {
        println!("{happening}");
    }
}

/// These seeds, or the one that is asked for if it is to be played here.
pub fn seeds(all: impl Iterator<Item = u64>, here: bool) -> Vec<u64> {
    match chosen() {
        Some(seed) => Vec::from_iter(here.then_some(seed)),
        None => all.collect(),
    }
}

/// A connection as the owner of everything.
pub async fn owner_of(workspace: &Workspace) -> PgConnection {
    let mut owner = workspace.admin().connect("tests").await.unwrap();
    let prefix = RolePrefix::of_workspace(&mut owner).await.unwrap();
    run(&mut owner, &format!("SET ROLE {}", prefix.role("owner"))).await;
    owner
}

/// Plays a world to its end, and proves its books there and at one instant before.
async fn live(owner: PgConnection, seed: u64, base: i32) -> (PgConnection, BTreeSet<&'static str>) {
    let mut player = Player::new(owner, seed, base);
    // Nothing may depend on the zone of the session.
    let zones = ["UTC", "UTC", "America/New_York", "Pacific/Chatham"];
    let zone = Dice::new(seed ^ 0x207e).pick(&zones).unwrap();
    player.zone(zone).await;
    let story = Generator::new(seed, SHAPE).all();
    let middle = story.len() / 2;
    for (index, happening) in story.iter().enumerate() {
        player.play(happening).await;
        if index == middle {
            player.is_proven().await;
        }
    }
    for (id, account) in &player.model.accounts {
        assert_eq!(account.arrears, 0, "organization {id} has paid: {}", player.story());
    }
    player.is_proven().await;
    player.is_explained(4).await;
    player.zone("UTC").await;
    (player.owner, player.seen)
}

/// What holds whatever happened, and the whole proof.
async fn books_hold(owner: &mut PgConnection) {
    for (rule, count) in [
        (
            "a wallet is the sum of its transactions",
            "SELECT count(*) FROM wallets w WHERE balance <> coalesce((SELECT sum(amount) FROM transactions t
               WHERE t.organization_id = w.organization_id AND coalesce(t.status, 'completed') = 'completed'), 0)",
        ),
        (
            "a charge is its usage and carries",
            "SELECT count(*) FROM billing_charges c LEFT JOIN transactions t ON t.id = c.transaction_id
             WHERE c.usage + c.carry_in <> c.amount + c.carry_out OR c.amount <> coalesce(-t.amount, 0)",
        ),
        (
            "carries go from charge to charge",
            "SELECT count(*) FROM billing_charges c JOIN billing_charges p ON p.id = c.previous_id WHERE c.carry_in <> p.carry_out",
        ),
        (
            "a run's sum is its charges",
            "SELECT count(*) FROM billing_runs r WHERE (r.charged <> coalesce((SELECT sum(amount) FROM billing_charges WHERE run_id = r.id), 0)
               OR r.hours <> coalesce((SELECT sum(hours) FROM billing_charges WHERE run_id = r.id), 0))",
        ),
        (
            "no balance is below zero",
            "SELECT count(*) FROM wallets WHERE balance < 0",
        ),
    ] {
        assert_eq!(ask(owner, count).await, "0", "{rule}");
    }
    run(
        owner,
        "BEGIN ISOLATION LEVEL REPEATABLE READ; CREATE TEMP TABLE p ON COMMIT DROP AS SELECT cs_billing.begin_proof(true) AS id;
         SELECT cs_billing.prove_next(p.id, 500) FROM p, generate_series(1, 2); SELECT cs_billing.finish_proof(p.id) FROM p; COMMIT",
    )
    .await;
    let proof = "SELECT ok::text || ' ' || breaches::text FROM book_proofs ORDER BY id DESC LIMIT 1";
    assert_eq!(ask(owner, proof).await, "true []");
}

/// Some follow each other in one database, which is not left to grow.
async fn worlds(all: impl Iterator<Item = u64>, here: bool) {
    let (all, mut seen) = (seeds(all, here), BTreeSet::new());
    for seeds in all.chunks(10) {
        let workspace = Workspace::fresh().await;
        let mut owner = owner_of(&workspace).await;
        for (index, seed) in (1..).zip(seeds) {
            let (back, has_seen) = live(owner, *seed, index * 1_000).await;
            owner = back;
            seen.extend(has_seen);
        }
        books_hold(&mut owner).await;
    }
    assert!(
        all.len() < 10 || seen.len() == 6,
        "these worlds have seen everything: {seen:?}"
    );
}

#[tokio::test]
async fn fifty_worlds_are_charged_to_the_ten_thousandth() {
    worlds(1..=50, true).await;
}

#[tokio::test]
async fn fifty_others_too() {
    worlds(51..=100, false).await;
}
