//! A model of metering that knows nothing of the product's: it walks hour by hour over what happened. Amounts are in
//! ten-thousandths, times in seconds since 1970.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike};

pub const HOUR: i64 = 3600;

/// What a plan costs from an instant on.
#[derive(Debug, Clone, Copy)]
pub struct Price {
    pub from: i64,
    pub rate: i64,
    pub cap: Option<i64>,
}

/// A resource's time with one organization.
#[derive(Debug, Clone)]
pub struct Stay {
    pub resource: i32,
    pub organization: i32,
    pub start: i64,
    pub end: Option<i64>,
    /// Which plan from when on; the first from the start.
    pub plans: Vec<(i64, i32)>,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub struct Model {
    pub prices: BTreeMap<i32, Vec<Price>>,
    pub stays: Vec<Stay>,
}

fn month(at: i64) -> (i32, u32) {
    let date = DateTime::from_timestamp(at, 0).unwrap();
    (date.year(), date.month())
}

impl Model {
    fn price(&self, plan: i32, at: i64) -> Price {
        *self.prices[&plan].iter().rev().find(|price| price.from <= at).unwrap()
    }

    /// When the hours of a stay begin that have ended by `until`.
    fn hours(stay: &Stay, until: i64) -> impl Iterator<Item = i64> {
        let most = stay.end.map(|end| ((end - stay.start + HOUR - 1) / HOUR).max(1));
        let start = stay.start;
        (0..)
            .take_while(move |index| most.is_none_or(|most| *index < most))
            .map(move |index| start + index * HOUR)
            .take_while(move |begins| begins + HOUR <= until)
    }

    /// What each organization has used by then, exactly.
    pub fn usage(&self, until: i64) -> BTreeMap<i32, i64> {
        let mut used = BTreeMap::new();
        let mut metered: BTreeMap<(i32, i32, (i32, u32)), i64> = BTreeMap::new();
        let mut stays: Vec<&Stay> = self.stays.iter().collect();
        stays.sort_by_key(|stay| stay.start);
        for stay in stays {
            for begins in Self::hours(stay, until) {
                let plan = stay.plans.iter().rev().find(|(from, _)| *from <= begins).unwrap().1;
                let price = self.price(plan, begins);
                let so_far = metered
                    .entry((stay.organization, stay.resource, month(begins)))
                    .or_default();
                let cost = price
                    .cap
                    .map_or(price.rate, |cap| price.rate.min((cap - *so_far).max(0)));
                *so_far += cost;
                *used.entry(stay.organization).or_default() += cost;
            }
        }
        used
    }

    /// The stay that a resource has now.
    pub fn staying(&mut self, resource: i32) -> Option<&mut Stay> {
        self.stays
            .iter_mut()
            .find(|stay| stay.resource == resource && stay.end.is_none())
    }

    pub fn resources(&self) -> Vec<i32> {
        let all: BTreeSet<i32> = self
            .stays
            .iter()
            .filter(|stay| stay.end.is_none())
            .map(|stay| stay.resource)
            .collect();
        all.into_iter().collect()
    }
}
