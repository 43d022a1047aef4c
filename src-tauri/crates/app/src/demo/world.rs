//! What happens in the demonstration: who comes when, what they run, what they write. Invented from a seed; the same
//! seed and the same end give the same world.

use chrono::{DateTime, Datelike, Days, Months, NaiveTime, TimeDelta, Utc};
use domain::metering::UsageMonth;
use fastrand::Rng;

use super::{
    catalogue::{CONTAINER_PLANS, IMAGES, REGIONS, SERVER_PLANS},
    names::{CONTAINERS, FIRST, LAST, ORGANIZATIONS, SERVERS, STAFF},
    talks::{TALKS, Talk, Voice},
};

/// How many months before the one that the demonstration ends in it begins.
const MONTHS: u32 = 6;
/// How many conversations there are.
const CONVERSATIONS: usize = 96;
/// How many of them began within the last hours.
const FRESH: usize = 15;

/// How a customer pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Payer {
    /// Before it gets low.
    Early,
    /// When it is nearly too late.
    Late,
    /// Not any more.
    Stopped,
}

/// A person of a customer's.
pub(super) struct Person {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    pub(super) email: String,
}

/// A customer.
pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) domain: &'static str,
    pub(super) joins: DateTime<Utc>,
    pub(super) people: Vec<Person>,
    pub(super) payer: Payer,
}

/// A server or a container.
pub(super) struct Resource {
    pub(super) customer: usize,
    pub(super) label: String,
    /// Its place in the list of plans of its kind.
    pub(super) plan: usize,
    pub(super) created: DateTime<Utc>,
    /// When it vanishes, if it does.
    pub(super) ends: Option<DateTime<Utc>>,
    /// When it moves to which plan, if it does.
    pub(super) resize: Option<(DateTime<Utc>, usize)>,
    /// The number of its kind, from zero: addresses and ids follow from it.
    pub(super) number: u32,
    pub(super) region: &'static str,
    pub(super) image: &'static str,
    /// What the provider says of it at the end.
    pub(super) status: &'static str,
}

impl Resource {
    /// Whether it exists at an instant.
    pub(super) fn is_there(&self, at: DateTime<Utc>) -> bool {
        self.created <= at && self.ends.is_none_or(|ends| ends > at)
    }

    /// Its plan at an instant.
    pub(super) fn plan_at(&self, at: DateTime<Utc>) -> usize {
        match self.resize {
            Some((since, plan)) if since <= at => plan,
            _ => self.plan,
        }
    }

    /// Its public address, of a range that is for documentation.
    pub(super) fn ipv4(&self) -> String {
        format!("203.0.113.{}", self.number % 250 + 2)
    }
}

/// A conversation that takes place.
pub(super) struct Conversation {
    pub(super) talk: &'static Talk,
    pub(super) customer: usize,
    pub(super) person: usize,
    /// Which of the staff answers; one more than there are means the first admin.
    pub(super) staff: usize,
    /// The server that it is about.
    pub(super) server: Option<usize>,
    pub(super) opens: DateTime<Utc>,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A customer comes.
    Join(usize),
    /// Somebody looks at what the provider has, and places what is new.
    Sync,
    /// A server moves to another plan.
    Resize(usize),
    /// A container does.
    ResizeContainer(usize),
    /// Somebody decides on a server that has vanished.
    Release(usize),
    /// A container is given up.
    ReleaseContainer(usize),
    /// Prices go up.
    Prices,
    /// Customers pay in.
    TopUps,
    /// Billing runs.
    Run,
    /// A month is closed.
    Close(i32, u32),
    /// A ticket is opened.
    Open(usize),
    /// Somebody writes in it.
    Say(usize, usize),
    /// It is resolved.
    Resolve(usize),
    /// It is closed.
    Settle(usize),
}

/// All of it.
pub(super) struct World {
    pub(super) begins: DateTime<Utc>,
    pub(super) until: DateTime<Utc>,
    pub(super) customers: Vec<Customer>,
    pub(super) servers: Vec<Resource>,
    pub(super) containers: Vec<Resource>,
    pub(super) conversations: Vec<Conversation>,
    /// In order.
    pub(super) events: Vec<(DateTime<Utc>, Event)>,
}

impl World {
    /// Invents it.
    pub(super) fn invent(seed: u64, until: DateTime<Utc>) -> Self {
        let mut rng = Rng::with_seed(seed);
        let this_month = midnight(until).with_day(1).unwrap_or(until);
        let mut world = Self {
            begins: this_month.checked_sub_months(Months::new(MONTHS)).unwrap_or(this_month),
            until,
            customers: Vec::new(),
            servers: Vec::new(),
            containers: Vec::new(),
            conversations: Vec::new(),
            events: Vec::new(),
        };
        world.invent_customers(&mut rng);
        world.invent_resources(&mut rng);
        world.plan_endings();
        world.invent_conversations(&mut rng);
        world.plan_routine();
        world.events.retain(|(at, _)| *at <= until);
        world.events.sort_unstable();
        world
    }

    fn invent_customers(&mut self, rng: &mut Rng) {
        let whole = (self.until - self.begins).num_minutes();
        for (index, (name, domain)) in ORGANIZATIONS.iter().enumerate() {
            // Most were there from the beginning, the others come over the months.
            let joins = self.begins
                + TimeDelta::minutes(if index < 27 {
                    rng.i64(30..2 * 24 * 60)
                } else {
                    rng.i64(3 * 24 * 60..whole * 9 / 10)
                });
            let mut people: Vec<Person> = Vec::new();
            for _ in 0..rng.usize(1..=3) {
                let (first, last) = (choose(rng, FIRST), choose(rng, LAST));
                let email = format!("{}.{}@{domain}.example", ascii(first), ascii(last));
                if people.iter().all(|known| known.email != email) {
                    people.push(Person { first, last, email });
                }
            }
            let payer = match index {
                7 | 19 | 33 => Payer::Stopped,
                _ if rng.u32(0..100) < 18 => Payer::Late,
                _ => Payer::Early,
            };
            self.events.push((joins, Event::Join(index)));
            self.customers.push(Customer {
                name,
                domain,
                joins,
                people,
                payer,
            });
        }
    }

    fn invent_resources(&mut self, rng: &mut Rng) {
        for customer in 0..self.customers.len() {
            let joins = self.customers.get(customer).map_or(self.begins, |known| known.joins);
            let wanted = match customer {
                0..3 => rng.usize(18..=24),
                3..13 => rng.usize(8..=12),
                _ => rng.usize(3..=6),
            };
            let home = weighted(rng, REGIONS.iter().map(|(_, weight)| *weight));
            for index in 0..wanted {
                let is_container = rng.u32(0..100) < 30;
                let span = (self.until - joins).num_minutes().max(120);
                let created = joins
                    + TimeDelta::minutes(if index * 2 < wanted {
                        rng.i64(40..(24 * 60).min(span))
                    } else {
                        rng.i64(60..span)
                    });
                self.invent_resource(rng, customer, home, created, is_container);
            }
        }
        // The last ones to vanish wait for somebody's decision.
        for server in self
            .servers
            .iter_mut()
            .filter(|server| server.ends.is_none())
            .skip(11)
            .step_by(40)
            .take(2)
        {
            if server.created < self.until - TimeDelta::days(5) {
                server.ends = Some(self.until - TimeDelta::hours(31));
            }
        }
    }

    fn invent_resource(
        &mut self,
        rng: &mut Rng,
        customer: usize,
        home: usize,
        created: DateTime<Utc>,
        container: bool,
    ) {
        let left = (self.until - created).num_hours();
        let ends =
            (left > 24 * 20 && rng.u32(0..100) < 6).then(|| created + TimeDelta::hours(rng.i64(24 * 9..left - 24 * 4)));
        let region = if rng.u32(0..100) < 80 {
            home
        } else {
            weighted(rng, REGIONS.iter().map(|(_, weight)| *weight))
        };
        let plans: Vec<u32> = if container {
            CONTAINER_PLANS.iter().map(|plan| plan.6).collect()
        } else {
            SERVER_PLANS.iter().map(|plan| plan.weight).collect()
        };
        let plan = weighted(rng, plans.iter().copied());
        let resize = (ends.is_none() && left > 24 * 12 && plan + 1 < plans.len() && rng.u32(0..100) < 9).then(|| {
            (
                created + TimeDelta::minutes(rng.i64(24 * 3 * 60..left * 60 - 600)),
                plan + 1,
            )
        });
        let list = if container {
            &mut self.containers
        } else {
            &mut self.servers
        };
        let (label, image) = if container {
            let (name, image) = *choose_ref(rng, CONTAINERS);
            (name.to_owned(), image)
        } else {
            (choose(rng, SERVERS).to_owned(), choose(rng, IMAGES))
        };
        let domain = self.customers.get(customer).map_or("", |known| known.domain);
        let name = format!("{domain}-{label}");
        // The number comes after the name.
        let is_same = |known: &&Resource| {
            known
                .label
                .strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let same = list.iter().filter(is_same).count();
        let number = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let event = if container {
            Event::ResizeContainer(list.len())
        } else {
            Event::Resize(list.len())
        };
        list.push(Resource {
            customer,
            // The provider wants labels that are unique in an account.
            label: if container {
                format!(
                    "{name}{}",
                    if same == 0 {
                        String::new()
                    } else {
                        format!("-{}", same + 1)
                    }
                )
            } else {
                format!("{name}-{:02}", same + 1)
            },
            plan,
            created,
            ends,
            resize,
            number,
            region: REGIONS.get(region).map_or("eu-central", |(word, _)| word),
            image,
            status: match rng.u32(0..100) {
                0..92 => "running",
                92..97 => "offline",
                97 => "rebooting",
                98 => "provisioning",
                _ => "migrating",
            },
        });
        if let Some((at, _)) = resize {
            self.events.push((at, event));
        }
    }

    /// A day after a server has vanished somebody notices, but for the last ones; a container is given up at once.
    fn plan_endings(&mut self) {
        for (index, ends) in self
            .servers
            .iter()
            .enumerate()
            .filter_map(|(index, server)| Some((index, server.ends?)))
        {
            if ends < self.until - TimeDelta::days(3) {
                self.events.push((ends + TimeDelta::hours(26), Event::Release(index)));
            }
        }
        for (index, ends) in self
            .containers
            .iter()
            .enumerate()
            .filter_map(|(index, found)| Some((index, found.ends?)))
        {
            self.events.push((ends, Event::ReleaseContainer(index)));
        }
    }

    fn invent_conversations(&mut self, rng: &mut Rng) {
        let whole = (self.until - self.begins).num_minutes();
        for index in 0..CONVERSATIONS {
            let fresh = index >= CONVERSATIONS - FRESH;
            let opens = if fresh {
                self.until - TimeDelta::minutes(rng.i64(4..16 * 60))
            } else {
                // More of late than in the beginning.
                let share = 1_000 - rng.i64(0..1_000) * rng.i64(0..1_000) / 1_000;
                self.begins + TimeDelta::minutes(whole * share.clamp(40, 995) / 1_000)
            };
            let present: Vec<usize> = (0..self.customers.len())
                .filter(|known| {
                    self.customers
                        .get(*known)
                        .is_some_and(|known| known.joins + TimeDelta::days(1) < opens)
                })
                .collect();
            let Some(customer) = present.get(rng.usize(0..present.len().max(1))).copied() else {
                continue;
            };
            let theirs: Vec<usize> = (0..self.servers.len())
                .filter(|known| {
                    self.servers
                        .get(*known)
                        .is_some_and(|known| known.customer == customer && known.is_there(opens))
                })
                .collect();
            let Some(talk) = TALKS.get(index % TALKS.len()) else {
                continue;
            };
            let people = self.customers.get(customer).map_or(1, |known| known.people.len());
            self.conversations.push(Conversation {
                talk,
                customer,
                person: rng.usize(0..people.max(1)),
                staff: if talk.category == "billing" {
                    2
                } else {
                    choose_ref(rng, &[0, 0, 1, 1, STAFF.len()]).to_owned()
                },
                server: theirs.get(rng.usize(0..theirs.len().max(1))).copied(),
                opens,
            });
            self.plan_conversation(rng, self.conversations.len() - 1, fresh);
        }
    }

    fn plan_conversation(&mut self, rng: &mut Rng, index: usize, fresh: bool) {
        let Some(conversation) = self.conversations.get(index) else {
            return;
        };
        let talk = conversation.talk;
        let mut at = conversation.opens;
        self.events.push((at, Event::Open(index)));
        for (line, (voice, minutes, _)) in talk.lines.iter().enumerate() {
            // The newest ones wait: some of them for longer than was promised.
            let slower = if fresh && line == 0 { 4 } else { 1 };
            at += TimeDelta::seconds(minutes * 60 * slower * rng.i64(70..140) / 100 + i64::from(*voice == Voice::Note));
            self.events.push((at, Event::Say(index, line)));
        }
        at += TimeDelta::minutes(rng.i64(15..90));
        self.events.push((at, Event::Resolve(index)));
        if rng.bool() {
            self.events.push((at + TimeDelta::days(5), Event::Settle(index)));
        }
    }

    /// What happens every day and month, whoever the customers are.
    fn plan_routine(&mut self) {
        let mut day = self.begins;
        while day < self.until {
            let next = day + Days::new(1);
            let end = (next - TimeDelta::minutes(10)).min(self.until - TimeDelta::minutes(2));
            // The provider is asked once a day, and when something new is there.
            self.events.push((end, Event::Sync));
            self.events.push((day + TimeDelta::hours(9), Event::TopUps));
            self.events.push((next + TimeDelta::minutes(10), Event::Run));
            if day.day() == 2
                && let Some(before) = day.checked_sub_months(Months::new(1))
                && before >= self.begins
                && UsageMonth::new(before.year(), before.month()).is_ok()
            {
                self.events
                    .push((day + TimeDelta::hours(8), Event::Close(before.year(), before.month())));
            }
            day = next;
        }
        let middle = self.begins.checked_add_months(Months::new(3)).unwrap_or(self.begins);
        self.events
            .push((middle + TimeDelta::days(9) + TimeDelta::hours(10), Event::Prices));
        self.events.push((self.until, Event::Run));
    }
}

fn midnight(at: DateTime<Utc>) -> DateTime<Utc> {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

fn choose<'a>(rng: &mut Rng, from: &[&'a str]) -> &'a str {
    from.get(rng.usize(0..from.len().max(1))).copied().unwrap_or_default()
}

fn choose_ref<'a, T>(rng: &mut Rng, from: &'a [T]) -> &'a T {
    &from[rng.usize(0..from.len())]
}

/// A place in a list, the likelier the more it weighs.
fn weighted(rng: &mut Rng, weights: impl Iterator<Item = u32> + Clone) -> usize {
    let mut drawn = rng.u32(0..weights.clone().sum::<u32>().max(1));
    for (index, weight) in weights.enumerate() {
        if drawn < weight {
            return index;
        }
        drawn -= weight;
    }
    0
}

/// A name as an address has it.
fn ascii(name: &str) -> String {
    name.to_lowercase().replace(' ', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(seed: u64) -> World {
        World::invent(seed, "2026-11-26T11:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_seed_gives_the_same_world_again_and_another_seed_another() {
        let (one, same, other) = (world(7), world(7), world(8));
        assert_eq!(one.events, same.events);
        assert_ne!(one.events, other.events);
    }

    #[test]
    fn it_has_the_size_of_a_small_business_and_six_whole_months() {
        for seed in [1, 7, 42] {
            let world = world(seed);
            assert_eq!(world.customers.len(), 42);
            let resources = world.servers.len() + world.containers.len();
            assert!((250..=350).contains(&resources), "{resources}");
            let closes = world
                .events
                .iter()
                .filter(|(_, event)| matches!(event, Event::Close(..)))
                .count();
            assert_eq!(closes, 6);
            let runs = world.events.iter().filter(|(_, event)| *event == Event::Run).count();
            assert!(runs > 180, "{runs}");
        }
    }

    #[test]
    fn nothing_happens_before_its_cause() {
        let world = world(3);
        assert!(world.events.is_sorted());
        for resource in world.servers.iter().chain(&world.containers) {
            assert!(resource.created > world.customers[resource.customer].joins);
            assert!(resource.ends.is_none_or(|ends| ends > resource.created));
            assert!(resource.resize.is_none_or(|(at, _)| at > resource.created));
        }
        let mut labels: Vec<_> = world.servers.iter().map(|server| server.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), world.servers.len(), "labels are unique");
    }
}
