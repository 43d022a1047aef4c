//! Random worlds against the model.

use cs_tests::workspace_db::ask;

use super::world::{Dice, World};

/// How many events a world has.
const EVENTS: u32 = 45;

async fn live(seed: u64) {
    let mut world = World::new(seed).await;
    let mut dice = Dice::new(seed ^ 0x5eed);
    for _ in 0..EVENTS {
        world.happen().await;
        if dice.roll(4) == 0 {
            world.bill().await;
            world.agrees(seed).await;
        }
    }
    world.bill().await;
    world.agrees(seed).await;
    world.is_proven(seed).await;
    world.settle().await;
    world.agrees(seed).await;
    world.is_proven(seed).await;
    books_hold(&mut world).await;
}

/// What holds whatever happened.
async fn books_hold(world: &mut World) {
    for (rule, count) in [
        (
            "a wallet is the sum of its transactions",
            "SELECT count(*) FROM wallets w WHERE balance <> coalesce((SELECT sum(amount) FROM transactions t
               WHERE t.organization_id = w.organization_id AND coalesce(status, 'completed') = 'completed'), 0)",
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
            "SELECT count(*) FROM billing_runs r WHERE r.id > 1 AND (r.charged <> coalesce((SELECT sum(amount) FROM billing_charges WHERE run_id = r.id), 0)
               OR r.hours <> coalesce((SELECT sum(hours) FROM billing_charges WHERE run_id = r.id), 0))",
        ),
        (
            "no balance is below zero",
            "SELECT count(*) FROM wallets WHERE balance < 0",
        ),
    ] {
        assert_eq!(ask(&mut world.owner, count).await, "0", "{rule}");
    }
}

#[tokio::test]
async fn any_world_is_charged_to_the_ten_thousandth() {
    for seed in 1..=6 {
        live(seed).await;
    }
}

#[tokio::test]
async fn other_worlds_too() {
    for seed in 101..=106 {
        live(seed).await;
    }
}
