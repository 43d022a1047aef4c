//! Draws a world's events from its seed.

use std::collections::BTreeMap;

use super::{
    dice::Dice,
    events::{Ending, Event, Happening, Offer},
    model::{HOUR, Kind, Thing, month_of, month_start},
};

const DAY: i64 = 24 * HOUR;

/// How large a world is.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    pub organizations: i32,
    pub events: u32,
    /// After so many days its time passes slowly.
    pub days: i64,
    /// Whether it has runs of its own.
    pub bills: bool,
    /// Everybody has a wallet in the panel's currency, and everything a plan with a price.
    pub plain: bool,
}

/// What a world needs to know of itself to go on.
pub struct Generator {
    pub dice: Dice,
    pub now: i64,
    shape: Shape,
    start: i64,
    last_run: Option<i64>,
    /// Whether there is a wallet, whether it is foreign, whether the organization is archived.
    organizations: BTreeMap<i32, (bool, bool, bool)>,
    plans: Vec<Thing>,
    /// Whose each is, and since when.
    live: BTreeMap<Thing, (i32, i64)>,
    /// Nobody's, and since when.
    loose: BTreeMap<Thing, i64>,
    /// Since when each organization has a resource, for the last time.
    stays: BTreeMap<(Thing, i32), i64>,
    resources: i32,
    out: Vec<Happening>,
}

/// Days before something of the calendar: the end of a short, a leap and a long month and of a year, summer time.
const STARTS: [(u32, u32); 9] = [
    (1, 29),
    (2, 25),
    (3, 11),
    (3, 27),
    (4, 28),
    (6, 28),
    (10, 29),
    (11, 4),
    (12, 28),
];

impl Generator {
    /// A world of its own time: no other seed's years are these, so that worlds can follow each other in one database.
    pub fn new(seed: u64, shape: Shape) -> Self {
        let mut dice = Dice::new(seed);
        let years = i32::try_from(seed % 2_000).unwrap() * 3 + i32::try_from(dice.roll(2)).unwrap();
        let (month, day) = dice.pick(&STARTS).unwrap();
        let first = chrono::NaiveDate::from_ymd_opt(2027 + years, month, day).unwrap();
        let now = first.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp() + dice.roll(DAY);
        let mut events = Self {
            dice,
            now,
            shape,
            start: now,
            last_run: None,
            organizations: BTreeMap::new(),
            plans: Vec::new(),
            live: BTreeMap::new(),
            loose: BTreeMap::new(),
            stays: BTreeMap::new(),
            resources: 0,
            out: Vec::new(),
        };
        for id in 1..=shape.organizations {
            // The first has a wallet, so that there is always one that is charged.
            let wallet = id == 1 || shape.plain || !events.dice.one_in(6);
            events.organizations.insert(id, (wallet, false, false));
            events.push(Event::Organization { id, wallet });
        }
        for id in 1..=5 {
            let kind = if id % 2 == 0 { Kind::Container } else { Kind::Vps };
            let plan = Thing { kind, id };
            let offer = events.offer();
            events.plans.push(plan);
            events.push(Event::Plan { plan, offer });
        }
        events
    }

    fn push(&mut self, event: Event) {
        self.out.push(Happening { at: self.now, event });
    }

    pub fn ids(&self) -> Vec<i32> {
        self.organizations.keys().copied().collect()
    }

    fn offer(&mut self) -> Offer {
        // Caps in whole cents: none, nothing, or somewhere within a month's hours.
        let cap = match self.dice.roll(5) {
            0 => None,
            1 => Some(0),
            _ => Some(self.dice.roll(4_000) * 100),
        };
        match if self.shape.plain {
            4 + self.dice.roll(8)
        } else {
            self.dice.roll(12)
        } {
            0 => Offer::Unpriced,
            1 => Offer::NotANumber,
            2 => Offer::Markup {
                cost: self.dice.roll(900) + 1,
                markup: -20_000 - self.dice.roll(5_000),
                cap,
            },
            3..6 => Offer::Markup {
                cost: self.dice.roll(2_000),
                markup: self.dice.roll(20_000) - 9_000,
                cap,
            },
            _ => Offer::Rate {
                rate: self.dice.roll(2_500) + self.dice.roll(2),
                cap,
            },
        }
    }

    /// All that happens until the world's end.
    pub fn all(mut self) -> Vec<Happening> {
        let mut all = Vec::new();
        for _ in 0..self.shape.events {
            all.extend(self.next());
        }
        all.extend(self.finale());
        all
    }

    /// Time passes, and something happens; now and then there is a run.
    pub fn next(&mut self) -> Vec<Happening> {
        self.pass();
        self.something();
        if self.shape.bills && self.dice.one_in(4) {
            self.run();
            match self.dice.roll(8) {
                // Once more at the same time.
                0 => self.run(),
                1 => {
                    let before = self.now - self.dice.roll(3 * DAY) - 1;
                    self.push(Event::RefusedRun { before });
                }
                _ => {}
            }
        }
        self.taken()
    }

    /// What has happened and was not taken yet.
    pub fn taken(&mut self) -> Vec<Happening> {
        std::mem::take(&mut self.out)
    }

    fn pass(&mut self) {
        let month_end = month_start(month_of(self.now) + 1);
        let young = self.now - self.start < self.shape.days * DAY;
        self.now += match self.dice.roll(if young { 12 } else { 5 }) {
            0 => 0,
            1..3 => self.dice.roll(60) + 1,
            3..5 => HOUR * (self.dice.roll(5) + 1),
            // To the end of the month, or a second beside it.
            5 if month_end - self.now < self.shape.days * DAY => (month_end - self.now + self.dice.roll(3) - 1).max(0),
            // A time in which nobody runs anything.
            6 if self.dice.one_in(4) && self.shape.days > 100 => (20 + self.dice.roll(40)) * DAY,
            _ => self.dice.roll(self.shape.days.min(40) * DAY / 10) + 1,
        };
    }

    fn something(&mut self) {
        let organization = self.dice.pick(&self.ids()).unwrap();
        let live: Vec<Thing> = self.live.keys().copied().collect();
        let loose: Vec<Thing> = self.loose.keys().copied().collect();
        let (live, loose) = (self.dice.pick(&live), self.dice.pick(&loose));
        match (self.dice.roll(24), live, loose) {
            (0..6, ..) | (_, None, None) => self.create(organization),
            (6..8, ..) => self.find(),
            (8..10, _, Some(resource)) => self.assign(resource, organization),
            (10..12, Some(resource), _) => self.end(resource),
            (12, Some(resource), _) => self.hand_over(resource, organization),
            (13..15, Some(resource), _) => {
                let plan = self.plan(resource.kind);
                self.push(Event::ChangePlan { resource, plan });
            }
            (15..17, ..) => {
                let (plan, offer) = (self.dice.pick(&self.plans).unwrap(), self.offer());
                self.push(Event::ChangePrice { plan, offer });
            }
            (17, ..) if !self.shape.plain => self.account(organization),
            _ => self.deposit(organization),
        }
    }

    /// A plan of a kind; now and then none.
    fn plan(&mut self, kind: Kind) -> Option<i32> {
        let plans: Vec<i32> = self
            .plans
            .iter()
            .filter(|plan| plan.kind == kind)
            .map(|plan| plan.id)
            .collect();
        self.dice
            .pick(&plans)
            .filter(|_| self.shape.plain || !self.dice.one_in(12))
    }

    fn resource(&mut self) -> Thing {
        self.resources += 1;
        let kind = if self.dice.one_in(3) {
            Kind::Container
        } else {
            Kind::Vps
        };
        Thing {
            kind,
            id: self.resources,
        }
    }

    fn begin(&mut self, resource: Thing, organization: i32, start: i64) {
        self.loose.remove(&resource);
        self.live.insert(resource, (organization, start));
        self.stays.insert((resource, organization), start);
    }

    fn create(&mut self, organization: i32) {
        let resource = self.resource();
        if self.organizations[&organization].2 {
            self.push(Event::RefusedCreation { resource, organization });
            return;
        }
        let plan = self.plan(resource.kind);
        self.begin(resource, organization, self.now);
        self.push(Event::Create {
            resource,
            organization,
            plan,
        });
    }

    fn find(&mut self) {
        let resource = self.resource();
        self.loose.insert(resource, self.now);
        self.push(Event::Find { resource });
    }

    fn assign(&mut self, resource: Thing, organization: i32) {
        if self.organizations[&organization].2 {
            return;
        }
        let since = self.loose[&resource];
        let start = since + self.dice.roll(self.now - since + 1);
        if self
            .stays
            .get(&(resource, organization))
            .is_some_and(|last| *last >= start)
        {
            return;
        }
        let plan = self.plan(resource.kind);
        self.begin(resource, organization, start);
        self.push(Event::Assign {
            resource,
            organization,
            plan,
            start,
        });
    }

    fn end(&mut self, resource: Thing) {
        let ending = match self.dice.roll(4) {
            0 => Ending::Unassigned,
            1 => Ending::Removed,
            _ => Ending::Deleted,
        };
        self.live.remove(&resource);
        if ending == Ending::Unassigned {
            // A second later, so that the time it is given from is none that it was charged up to.
            self.loose.insert(resource, self.now + 1);
            self.push(Event::End { resource, ending });
            self.now += 1;
        } else {
            self.push(Event::End { resource, ending });
        }
    }

    fn hand_over(&mut self, resource: Thing, organization: i32) {
        let from = self.live[&resource].0;
        // Not back in the instant in which it was given away.
        let just_left = self
            .stays
            .get(&(resource, organization))
            .is_some_and(|start| *start == self.now);
        if from == organization || just_left || self.organizations[&organization].2 {
            return;
        }
        self.begin(resource, organization, self.now);
        self.push(Event::HandOver { resource, organization });
    }

    /// A wallet where there was none, another currency, an archived organization, and back.
    fn account(&mut self, organization: i32) {
        let (wallet, foreign, archived) = *self.organizations.get(&organization).unwrap();
        let account = self.organizations.get_mut(&organization).unwrap();
        if !wallet {
            account.0 = true;
            self.push(Event::Wallet { organization });
        } else if self.dice.one_in(2) {
            account.1 = !foreign;
            let foreign = !foreign;
            self.push(Event::Currency { organization, foreign });
        } else {
            account.2 = !archived;
            let archived = !archived;
            self.push(Event::Archive { organization, archived });
        }
    }

    fn deposit(&mut self, organization: i32) {
        if self.organizations[&organization].0 {
            let (cents, collects) = (self.dice.roll(3_000) + 1, self.dice.one_in(2));
            self.push(Event::Deposit {
                organization,
                cents,
                collects,
            });
        }
    }

    /// A run of everybody, in batches.
    pub fn run(&mut self) {
        self.last_run = Some(self.now);
        let all = self.ids();
        let size = if self.dice.one_in(2) {
            all.len()
        } else {
            all.len().div_ceil(2)
        };
        let batches = all.chunks(size).map(<[i32]>::to_vec).collect();
        let previewed = self.dice.one_in(2);
        self.push(Event::Run { batches, previewed });
    }

    /// Everything gets a plan, a price, a wallet and enough money, and there is one more run.
    pub fn finale(&mut self) -> Vec<Happening> {
        self.now += HOUR + self.dice.roll(DAY);
        if self.shape.bills {
            self.run();
        }
        for plan in self.plans.clone() {
            let rate = self.dice.roll(500);
            self.push(Event::ChangePrice {
                plan,
                offer: Offer::Rate { rate, cap: None },
            });
        }
        for resource in self.live.keys().copied().collect::<Vec<_>>() {
            let plan = self
                .plans
                .iter()
                .find(|plan| plan.kind == resource.kind)
                .map(|plan| plan.id);
            self.push(Event::ChangePlan { resource, plan });
        }
        for (organization, (wallet, foreign, _)) in self.organizations.clone() {
            if !wallet {
                self.push(Event::Wallet { organization });
            }
            if foreign {
                self.push(Event::Currency {
                    organization,
                    foreign: false,
                });
            }
            self.push(Event::Deposit {
                organization,
                cents: 900_000_000,
                collects: false,
            });
        }
        self.now += 30 * HOUR;
        self.run();
        self.taken()
    }
}
