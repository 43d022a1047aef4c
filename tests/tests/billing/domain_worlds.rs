//! Thousands of random worlds: the domain's own rules against the model, without a database.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    domain_player::DomainPlayer,
    events::{Happening, stamp},
    generator::{Generator, Shape},
    model::Model,
    worlds::{seeds, tell},
};

const SHAPE: Shape = Shape {
    organizations: 2,
    events: 30,
    days: 25,
    bills: true,
    plain: false,
};

fn units(amount: Decimal, scale: u32) -> i64 {
    (amount * Decimal::from(10_i64.pow(scale))).to_i64().unwrap()
}

fn live(seed: u64) {
    let (mut player, mut model) = (DomainPlayer::default(), Model::default());
    let story = Generator::new(seed, SHAPE).all();
    for (index, happening) in story.iter().enumerate() {
        tell(happening);
        player.play(happening);
        model.hear(happening);
        agrees(seed, &player, &model, &story[..=index]);
    }
}

fn agrees(seed: u64, player: &DomainPlayer, model: &Model, story: &[Happening]) {
    for (id, account) in &model.accounts {
        let purse = &player.purses[id];
        let told = (
            purse.balance.map(|balance| units(balance.decimal(), 2)),
            units(purse.carry.decimal(), 4),
            units(purse.arrears.decimal(), 4),
        );
        let expected = (account.balance, account.carry, account.arrears);
        assert_eq!(
            told,
            expected,
            "CS_WORLD={seed}, organization {id}, at {}: balance, carry and arrears, and what the model has, after {:#?}",
            stamp(story.last().unwrap().at),
            story.iter().map(ToString::to_string).collect::<Vec<_>>()
        );
    }
}

#[test]
fn the_domain_agrees_with_the_model_in_a_thousand_worlds() {
    seeds(1..=1_000, true).into_iter().for_each(live);
}

#[test]
fn and_in_a_thousand_more() {
    seeds(1_001..=2_000, false).into_iter().for_each(live);
}
