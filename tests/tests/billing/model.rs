//! A model of metering and charging that knows nothing of the product's: it walks hour by hour over what happened.
//! Amounts are in ten-thousandths, balances in cents, times in seconds since 1970.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, NaiveDate};

pub const HOUR: i64 = 3600;

/// Hours that begin at one instant are charged in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Container,
    Vps,
}

/// A resource, or a plan for resources of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Thing {
    pub kind: Kind,
    pub id: i32,
}

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
    pub resource: Thing,
    pub organization: i32,
    pub start: i64,
    pub end: Option<i64>,
    /// Which plan from when on, if any.
    pub plans: Vec<(i64, Option<i32>)>,
    /// How many of its hours have been charged.
    pub charged: i64,
}

/// What an organization has, and what it was charged.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// None without a wallet.
    pub balance: Option<i64>,
    /// Whether the wallet is in another currency than the panel's.
    pub foreign: bool,
    pub carry: i64,
    pub arrears: i64,
    /// What was charged for each month of use.
    pub months: BTreeMap<i32, i64>,
}

/// What a run charges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Charged {
    pub hours: i64,
    pub usage: i64,
    pub cents: i64,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub struct Model {
    pub prices: BTreeMap<Thing, Vec<Price>>,
    pub stays: Vec<Stay>,
    pub accounts: BTreeMap<i32, Account>,
    pub last_run: Option<i64>,
}

/// An hour that has ended, with its stay, its place in it and its cost; none if it waits for a price.
struct Hour {
    begins: i64,
    resource: Thing,
    month: i32,
    stay: usize,
    place: i64,
    cost: Option<i64>,
}

/// The months are numbered.
pub fn month_of(at: i64) -> i32 {
    let date = DateTime::from_timestamp(at, 0).unwrap();
    date.year() * 12 + i32::try_from(date.month0()).unwrap()
}

pub fn month_start(month: i32) -> i64 {
    let number = u32::try_from(month.rem_euclid(12)).unwrap() + 1;
    let first = NaiveDate::from_ymd_opt(month.div_euclid(12), number, 1).unwrap();
    first.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp()
}

impl Stay {
    pub fn new(resource: Thing, organization: i32, start: i64, plan: Option<i32>) -> Self {
        Self {
            resource,
            organization,
            start,
            end: None,
            plans: vec![(start, plan)],
            charged: 0,
        }
    }

    /// How many hours it has when it has ended: the started one counts, and one does at least.
    fn most(&self) -> i64 {
        self.end
            .map_or(i64::MAX, |end| ((end - self.start + HOUR - 1) / HOUR).max(1))
    }

    /// From when on its next hour can be charged, if it has one.
    fn next(&self) -> Option<i64> {
        (self.charged < self.most()).then_some(self.start + self.charged * HOUR)
    }

    /// Time without a plan waits for one, and takes the first.
    pub fn change_plan(&mut self, at: i64, plan: Option<i32>) {
        let last = self.plans.last_mut().unwrap();
        if last.1.is_none() || last.0 >= at {
            last.1 = plan;
        } else {
            self.plans.push((at, plan));
        }
    }
}

impl Model {
    /// The price in force; time before a plan's first price takes the first.
    fn price(&self, stay: &Stay, at: i64) -> Option<Price> {
        let plan = stay.plans.iter().rev().find(|(from, _)| *from <= at)?.1?;
        let prices = self.prices.get(&Thing {
            kind: stay.resource.kind,
            id: plan,
        })?;
        prices
            .iter()
            .rev()
            .find(|price| price.from <= at)
            .or(prices.first())
            .copied()
    }

    /// The hours of one resource's stays with one organization that begin at or after a month's start and have ended by
    /// `until`. Each costs its rate, or what the month's cap leaves; a stay that meets an hour without a price waits there.
    fn hours(&self, stays: &[usize], since: i64, until: i64) -> Vec<Hour> {
        let mut hours = Vec::new();
        let (mut month, mut month_end, mut metered) = (0, i64::MIN, 0);
        for index in stays {
            let stay = &self.stays[*index];
            let most = stay.most();
            let mut place = ((since - stay.start + HOUR - 1) / HOUR).max(0);
            while place < most && stay.start + (place + 1) * HOUR <= until {
                let begins = stay.start + place * HOUR;
                if begins >= month_end {
                    month = month_of(begins);
                    (month_end, metered) = (month_start(month + 1), 0);
                }
                let cost = self.price(stay, begins).map(|price| {
                    price
                        .cap
                        .map_or(price.rate, |cap| price.rate.min((cap - metered).max(0)))
                });
                metered += cost.unwrap_or_default();
                hours.push(Hour {
                    begins,
                    resource: stay.resource,
                    month,
                    stay: *index,
                    place,
                    cost,
                });
                if cost.is_none() {
                    break;
                }
                place += 1;
            }
        }
        hours
    }

    /// Each resource's stays with an organization, in their order.
    fn stays(&self, organization: i32) -> BTreeMap<Thing, Vec<usize>> {
        let mut stays: BTreeMap<Thing, Vec<usize>> = BTreeMap::new();
        for (index, stay) in self.stays.iter().enumerate() {
            if stay.organization == organization {
                stays.entry(stay.resource).or_default().push(index);
            }
        }
        for indexes in stays.values_mut() {
            indexes.sort_by_key(|index| self.stays[*index].start);
        }
        stays
    }

    /// What each organization has used by then, exactly.
    pub fn usage(&self, until: i64) -> BTreeMap<i32, i64> {
        let organizations: BTreeSet<i32> = self.stays.iter().map(|stay| stay.organization).collect();
        let used = |id| {
            let stays = self.stays(id).into_values();
            let hours = stays.flat_map(|stays| self.hours(&stays, month_start(0), until));
            (id, hours.filter_map(|hour| hour.cost).sum())
        };
        organizations.into_iter().map(used).collect()
    }

    /// Whether a run leaves the organization out.
    pub fn left_out(&self, organization: i32) -> bool {
        let account = &self.accounts[&organization];
        account.balance.is_none() || account.foreign
    }

    /// The hours that are due by then in the order in which they are charged, and the resources that wait for a price.
    fn due(&self, organization: i32, until: i64) -> (Vec<Hour>, BTreeSet<Thing>) {
        let (mut due, mut waiting) = (Vec::new(), BTreeSet::new());
        for (resource, stays) in self.stays(organization) {
            let next = stays.iter().filter_map(|index| self.stays[*index].next()).min();
            let Some(since) = next.filter(|since| since + HOUR <= until) else {
                continue;
            };
            // A cap counts from the month's first hour.
            for hour in self.hours(&stays, month_start(month_of(since)), until) {
                if hour.cost.is_none() {
                    waiting.insert(resource);
                } else if hour.place >= self.stays[hour.stay].charged {
                    due.push(hour);
                }
            }
        }
        due.sort_unstable_by_key(|hour| (hour.begins, hour.resource));
        (due, waiting)
    }

    pub fn waiting(&self, organization: i32, until: i64) -> BTreeSet<Thing> {
        self.due(organization, until).1
    }

    /// Charges an organization up to a time: whole cents, up to the first hour that the wallet doesn't cover.
    pub fn bill(&mut self, organization: i32, until: i64) -> Charged {
        if self.left_out(organization) {
            return Charged::default();
        }
        let (due, _) = self.due(organization, until);
        let account = self.accounts.get_mut(&organization).unwrap();
        let balance = account.balance.as_mut().unwrap();
        let mut charged = Charged::default();
        for hour in &due {
            let usage = charged.usage + hour.cost.unwrap_or_default();
            if (account.carry + usage) / 100 > *balance {
                break;
            }
            charged.usage = usage;
            charged.hours += 1;
            self.stays[hour.stay].charged += 1;
            *account.months.entry(hour.month).or_default() += hour.cost.unwrap_or_default();
        }
        charged.cents = (account.carry + charged.usage) / 100;
        account.carry = (account.carry + charged.usage) % 100;
        account.arrears = due.iter().filter_map(|hour| hour.cost).sum::<i64>() - charged.usage;
        *balance -= charged.cents;
        charged
    }

    /// The stay that a resource has now.
    pub fn staying(&mut self, resource: Thing) -> &mut Stay {
        let stays = &mut self.stays;
        stays
            .iter_mut()
            .find(|stay| stay.resource == resource && stay.end.is_none())
            .unwrap()
    }

    /// How many organizations a resource has been with.
    pub fn organizations_of(&self, resource: Thing) -> usize {
        let stays = self.stays.iter().filter(|stay| stay.resource == resource);
        stays.map(|stay| stay.organization).collect::<BTreeSet<i32>>().len()
    }
}
