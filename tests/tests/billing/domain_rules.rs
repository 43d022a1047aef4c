//! Thousands of random worlds: the domain's own rules against the model, without a database. `CS_WORLD` chooses one here, too.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    domain_player::{DomainPlayer, Purse},
    events::{Happening, stamp},
    generator::{Generator, Shape},
    model::Model,
    schedules::{Schedule, story},
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
    for (id, account) in &model.accounts {
        let purse = &player.purses[id];
        assert_eq!(months(purse), account.months, "CS_WORLD={seed}, organization {id}");
        let used: i64 = account.months.values().sum();
        assert_eq!(
            units(purse.charged.decimal(), 4) + account.carry,
            used,
            "CS_WORLD={seed}, organization {id}"
        );
    }
}

/// What was charged for each month.
fn months(purse: &Purse) -> BTreeMap<i32, i64> {
    let mut months = BTreeMap::new();
    for ((_, month), amount) in &purse.usage {
        let number = month.year() * 12 + i32::try_from(month.month()).unwrap() - 1;
        *months.entry(number).or_default() += units(amount.decimal(), 4);
    }
    months
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

#[test]
fn runs_by_any_schedule_end_in_the_same_totals() {
    for seed in seeds(3_001..=3_100, false) {
        let (story, settled_from) = story(seed);
        let rich = seed % 2 == 0;
        let totals = [Schedule::Once, Schedule::Hourly, Schedule::Daily, Schedule::Random].map(|schedule| {
            let mut player = DomainPlayer::default();
            for happening in schedule.of(&story, settled_from, seed, rich) {
                player.play(&happening);
            }
            let ended = player.purses.into_iter();
            let ended = ended.map(|(id, purse)| (id, (purse.charged, purse.carry, purse.arrears, purse.usage)));
            ended.collect::<BTreeMap<_, _>>()
        });
        assert!(
            totals.iter().all(|total| *total == totals[0]),
            "CS_WORLD={seed}: {totals:#?}"
        );
    }
}
