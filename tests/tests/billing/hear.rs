//! What the model makes of a world's events.

use super::{
    events::{Event, Happening, Offer},
    model::{Account, Charged, Model, Price, Stay, Thing},
};

impl Model {
    /// Hears what happened; of a run, what it has charged to each.
    pub fn hear(&mut self, happening: &Happening) -> Vec<(i32, Charged)> {
        let at = happening.at;
        match happening.event {
            Event::Organization { id, wallet } => {
                let balance = wallet.then_some(0);
                self.accounts.insert(
                    id,
                    Account {
                        balance,
                        ..Account::default()
                    },
                );
            }
            // A plan has always cost what it costs at first.
            Event::Plan { plan, offer } => self.offered(plan, i64::MIN, offer),
            Event::ChangePrice { plan, offer } => self.offered(plan, at, offer),
            Event::Create {
                resource,
                organization,
                plan,
            } => self.stays.push(Stay::new(resource, organization, at, plan)),
            Event::Assign {
                resource,
                organization,
                plan,
                start,
            } => self.stays.push(Stay::new(resource, organization, start, plan)),
            Event::End { resource, .. } => self.staying(resource).end = Some(at),
            Event::HandOver { resource, organization } => {
                let stay = self.staying(resource);
                stay.end = Some(at);
                let plan = stay.plans.last().unwrap().1;
                self.stays.push(Stay::new(resource, organization, at, plan));
            }
            Event::ChangePlan { resource, plan } => self.staying(resource).change_plan(at, plan),
            Event::Deposit {
                organization,
                cents,
                collects,
            } => {
                *self.account(organization).balance.as_mut().unwrap() += cents;
                if collects {
                    self.collect(organization);
                }
            }
            Event::Wallet { organization } => self.account(organization).balance = Some(0),
            Event::Currency { organization, foreign } => self.account(organization).foreign = foreign,
            Event::Run { ref batches, .. } => {
                self.last_run = Some(at);
                return batches.iter().flatten().map(|id| (*id, self.bill(*id, at))).collect();
            }
            Event::Find { .. } | Event::Archive { .. } | Event::RefusedCreation { .. } | Event::RefusedRun { .. } => {}
        }
        Vec::new()
    }

    fn account(&mut self, organization: i32) -> &mut Account {
        self.accounts.get_mut(&organization).unwrap()
    }

    /// What has no price says nothing: the last one stays in force.
    fn offered(&mut self, plan: Thing, from: i64, offer: Offer) {
        let prices = self.prices.entry(plan).or_default();
        prices.retain(|price| price.from != from);
        if let Some((rate, cap)) = offer.price() {
            prices.push(Price { from, rate, cap });
        }
    }

    /// Money that comes in takes what is due up to the last run, if it covers an hour of it.
    fn collect(&mut self, organization: i32) {
        let before = self.accounts[&organization].clone();
        let some = before.arrears > 0 && before.balance.is_some_and(|balance| balance > 0);
        if let Some(last) = self.last_run.filter(|_| some)
            && self.bill(organization, last).hours == 0
        {
            self.accounts.insert(organization, before);
        }
    }
}
