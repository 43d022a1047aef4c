//! Plays a world's events with the domain's own rules, without a database.

use std::collections::BTreeMap;

use app::domain::{
    metering::{
        Cap, Covered, DueHour, Hours, Meter, Price, UsageMonth, charge_split, cost_of_hour, cover, hours_at_deletion,
        whole_hours_between,
    },
    money::{Amount4, Carry, Markup, Money, Rate},
};
use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;

use super::{
    events::{Event, Happening, Offer},
    model::{Kind, Thing},
};

fn time(at: i64) -> NaiveDateTime {
    DateTime::from_timestamp(at, 0).unwrap().naive_utc()
}

fn money(cents: i64) -> Money {
    Money::from_decimal(Decimal::new(cents, 2)).unwrap()
}

fn rate(amount: i64) -> Rate {
    Rate::from_decimal(Decimal::new(amount, 4)).unwrap()
}

/// The price of an offer, as plans make it.
fn price(offer: Offer) -> Option<Price> {
    let capped = |rate, cap: Option<i64>| Price {
        rate,
        cap: Cap::from_monthly_rate(cap.map(|cap| money(cap / 100))).unwrap(),
    };
    match offer {
        Offer::Rate { rate: amount, cap } => Some(capped(rate(amount), cap)),
        Offer::Markup { cost, markup, cap } => {
            let markup = Markup::from_decimal(Decimal::new(markup, 2)).unwrap();
            Some(capped(Rate::from_cost(rate(cost), markup).ok()?, cap))
        }
        Offer::Unpriced | Offer::NotANumber => None,
    }
}

/// A resource's time with one organization: terms from when on, and how far it has been charged.
struct Unit {
    resource: Thing,
    organization: i32,
    start: NaiveDateTime,
    end: Option<NaiveDateTime>,
    terms: Vec<(NaiveDateTime, Option<i32>)>,
    billed_until: NaiveDateTime,
}

#[derive(Clone)]
pub struct Purse {
    pub balance: Option<Money>,
    foreign: bool,
    pub carry: Carry,
    pub arrears: Amount4,
    pub charged: Money,
    /// What was charged for each resource and month of use.
    pub usage: BTreeMap<(Thing, UsageMonth), Amount4>,
}

#[derive(Default)]
pub struct DomainPlayer {
    prices: BTreeMap<Thing, Vec<(NaiveDateTime, Price)>>,
    units: Vec<Unit>,
    pub purses: BTreeMap<i32, Purse>,
    last_run: Option<i64>,
}

/// Hours of one unit in one month at one price.
struct Segment {
    unit: usize,
    month: UsageMonth,
    first: NaiveDateTime,
    hours: u32,
    price: Price,
    /// In the month before it.
    metered: Amount4,
    amount: Amount4,
}

impl Unit {
    /// How many hours can be charged at a time, counted from where it has been charged.
    fn due(&self, at: NaiveDateTime) -> Hours {
        match self.end {
            // The started hour is charged when it has ended.
            Some(end) => {
                let last = hours_at_deletion(self.start, self.billed_until, end).unwrap();
                last.min(whole_hours_between(self.billed_until, at).unwrap())
            }
            None => whole_hours_between(self.billed_until, at).unwrap(),
        }
    }
}

impl DomainPlayer {
    pub fn play(&mut self, happening: &Happening) {
        let at = time(happening.at);
        match happening.event {
            Event::Organization { id, wallet } => {
                let purse = Purse {
                    balance: wallet.then_some(Money::ZERO),
                    foreign: false,
                    carry: Carry::ZERO,
                    arrears: Amount4::ZERO,
                    charged: Money::ZERO,
                    usage: BTreeMap::new(),
                };
                self.purses.insert(id, purse);
            }
            Event::Plan { plan, offer } => self.offered(plan, NaiveDateTime::MIN, offer),
            Event::ChangePrice { plan, offer } => self.offered(plan, at, offer),
            Event::Create {
                resource,
                organization,
                plan,
            } => self.begin(resource, organization, plan, at),
            Event::Assign {
                resource,
                organization,
                plan,
                start,
            } => self.begin(resource, organization, plan, time(start)),
            Event::End { resource, .. } => self.unit(resource).end = Some(at),
            Event::HandOver { resource, organization } => {
                let unit = self.unit(resource);
                unit.end = Some(at);
                let plan = unit.terms.last().unwrap().1;
                self.begin(resource, organization, plan, at);
            }
            Event::ChangePlan { resource, plan } => {
                let last = self.unit(resource).terms.last_mut().unwrap();
                if last.1.is_none() || last.0 == at {
                    last.1 = plan;
                } else {
                    self.unit(resource).terms.push((at, plan));
                }
            }
            Event::Deposit {
                organization,
                cents,
                collects,
            } => {
                let purse = self.purses.get_mut(&organization).unwrap();
                purse.balance = Some(purse.balance.unwrap().checked_add(money(cents)).unwrap());
                // A collection that takes no hour has not been.
                let before = purse.clone();
                if collects
                    && purse.arrears > Amount4::ZERO
                    && self.bill(organization, time(self.last_run.unwrap())) == 0
                {
                    self.purses.insert(organization, before);
                }
            }
            Event::Wallet { organization } => {
                self.purses.get_mut(&organization).unwrap().balance = Some(Money::ZERO);
            }
            Event::Currency { organization, foreign } => {
                self.purses.get_mut(&organization).unwrap().foreign = foreign;
            }
            Event::Run { ref batches, .. } => {
                self.last_run = Some(happening.at);
                for organization in batches.iter().flatten() {
                    self.bill(*organization, at);
                }
            }
            Event::Find { .. } | Event::Archive { .. } | Event::RefusedCreation { .. } | Event::RefusedRun { .. } => {}
        }
    }

    fn offered(&mut self, plan: Thing, from: NaiveDateTime, offer: Offer) {
        let prices = self.prices.entry(plan).or_default();
        prices.retain(|(known, _)| *known != from);
        prices.extend(price(offer).map(|price| (from, price)));
    }

    fn begin(&mut self, resource: Thing, organization: i32, plan: Option<i32>, start: NaiveDateTime) {
        self.units.push(Unit {
            resource,
            organization,
            start,
            end: None,
            terms: vec![(start, plan)],
            billed_until: start,
        });
    }

    fn unit(&mut self, resource: Thing) -> &mut Unit {
        let mut units = self.units.iter_mut();
        units
            .find(|unit| unit.resource == resource && unit.end.is_none())
            .unwrap()
    }

    /// The price at which an hour begins, and until when hours begin at it.
    fn price_at(&self, unit: &Unit, at: NaiveDateTime) -> (Option<Price>, NaiveDateTime) {
        let later = |instant: NaiveDateTime| (instant > at).then_some(instant);
        let next_term = unit.terms.iter().find_map(|(from, _)| later(*from));
        let (_, plan) = unit.terms.iter().rev().find(|(from, _)| *from <= at).unwrap();
        let prices = plan.and_then(|id| {
            self.prices.get(&Thing {
                kind: unit.resource.kind,
                id,
            })
        });
        let prices = prices.map_or(&[][..], Vec::as_slice);
        let price = prices.iter().rev().find(|(from, _)| *from <= at).or(prices.first());
        let next_price = prices.iter().skip(1).find_map(|(from, _)| later(*from));
        let until = [next_term, next_price].into_iter().flatten().min();
        (price.map(|(_, price)| *price), until.unwrap_or(NaiveDateTime::MAX))
    }

    /// What is due of an organization by then, priced: each resource is metered from the beginning of all its time there.
    fn due(&self, organization: i32, at: NaiveDateTime) -> Vec<Segment> {
        let mut units: Vec<usize> = (0..self.units.len())
            .filter(|index| self.units[*index].organization == organization)
            .collect();
        units.sort_by_key(|index| (self.units[*index].resource, self.units[*index].start));
        let mut segments = Vec::new();
        let mut metering: Option<(Thing, Meter)> = None;
        for index in units {
            let unit = &self.units[index];
            let fresh = Meter::new(UsageMonth::of(unit.start).unwrap(), Amount4::ZERO);
            let mut meter = metering
                .filter(|(resource, _)| *resource == unit.resource)
                .map_or(fresh, |(_, meter)| meter);
            let mut begins = unit.start;
            let end = unit.billed_until + unit.due(at).duration();
            while begins < end {
                let (Some(price), until) = self.price_at(unit, begins) else {
                    break;
                };
                // What has been charged is a piece of its own.
                let mut until = until.min(end);
                if begins < unit.billed_until {
                    until = until.min(unit.billed_until);
                }
                let whole = whole_hours_between(begins, until).unwrap();
                let hours = if begins + whole.duration() < until {
                    whole.checked_add(Hours::new(1)).unwrap()
                } else {
                    whole
                };
                let mut month = meter;
                for part in meter.span(begins, hours, price).unwrap() {
                    if part.month > month.month() {
                        month = Meter::new(part.month, Amount4::ZERO);
                    }
                    let metered = month.metered();
                    month = Meter::new(part.month, metered.checked_add(part.amount).unwrap());
                    if begins >= unit.billed_until {
                        segments.push(Segment {
                            unit: index,
                            month: part.month,
                            first: part.first_hour,
                            hours: part.hours.get(),
                            price,
                            metered,
                            amount: part.amount,
                        });
                    }
                }
                begins += hours.duration();
            }
            metering = Some((unit.resource, meter));
        }
        segments
    }

    /// Charges an organization; how many pieces of time.
    fn bill(&mut self, organization: i32, at: NaiveDateTime) -> usize {
        let purse = &self.purses[&organization];
        let Some(balance) = purse.balance.filter(|_| !purse.foreign) else {
            return 0;
        };
        let due = self.due(organization, at);
        let sum = |amounts: &mut dyn Iterator<Item = Amount4>| {
            amounts.fold(Amount4::ZERO, |sum, amount| sum.checked_add(amount).unwrap())
        };
        let usage = sum(&mut due.iter().map(|segment| segment.amount));
        let (charge, carry) = charge_split(usage, purse.carry).unwrap();
        let mut taken = Vec::new();
        let covered = if charge <= balance {
            taken.extend(
                due.iter()
                    .map(|segment| (segment.unit, segment.month, segment.hours, segment.amount)),
            );
            Covered {
                hours: taken.len(),
                charge,
                carry,
            }
        } else {
            self.covered(&due, balance, purse.carry, &mut taken)
        };
        let purse = self.purses.get_mut(&organization).unwrap();
        for (unit, month, hours, amount) in &taken {
            let unit = &mut self.units[*unit];
            unit.billed_until += Hours::new(*hours).duration();
            let entry = purse.usage.entry((unit.resource, *month)).or_insert(Amount4::ZERO);
            *entry = entry.checked_add(*amount).unwrap();
        }
        let used = sum(&mut taken.iter().map(|(_, _, _, amount)| *amount));
        purse.arrears = usage.checked_sub(used).unwrap();
        purse.balance = Some(balance.checked_sub(covered.charge).unwrap());
        purse.charged = purse.charged.checked_add(covered.charge).unwrap();
        purse.carry = covered.carry;
        covered.hours
    }

    /// Hour by hour, where the wallet doesn't cover everything.
    fn covered(
        &self,
        due: &[Segment],
        balance: Money,
        carry: Carry,
        taken: &mut Vec<(usize, UsageMonth, u32, Amount4)>,
    ) -> Covered {
        let mut hours = Vec::new();
        let mut whose = BTreeMap::new();
        for segment in due {
            let mut metered = segment.metered;
            for place in 0..segment.hours {
                let resource = self.units[segment.unit].resource;
                let cost = cost_of_hour(segment.price, metered).unwrap();
                metered = metered.checked_add(cost).unwrap();
                let begins = segment.first + Hours::new(place).duration();
                let kind = match resource.kind {
                    Kind::Container => "container",
                    Kind::Vps => "vps",
                };
                hours.push(DueHour {
                    begins,
                    kind,
                    resource: resource.id,
                    cost,
                });
                whose.insert((begins, kind, resource.id), (segment.unit, segment.month));
            }
        }
        let covered = cover(&mut hours, balance, carry).unwrap();
        for hour in &hours[..covered.hours] {
            let (unit, month) = whose[&(hour.begins, hour.kind, hour.resource)];
            taken.push((unit, month, 1, hour.cost));
        }
        covered
    }
}
