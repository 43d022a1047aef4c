//! A world's events as SQL.

use super::{
    events::{Ending, Event, Offer, stamp},
    model::{Kind, Thing},
    player::{Player, cents, decimal},
};

pub(super) fn table(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Vps => ("vps_instances", "label", "vps"),
        Kind::Container => ("containers", "name", "container"),
    }
}

fn number(id: Option<i32>) -> String {
    id.map_or_else(|| "NULL".to_owned(), |id| id.to_string())
}

/// The cost, the markup, the rate and the cap, as a plan's columns have them.
fn columns(offer: Offer) -> [String; 4] {
    let null = || "NULL".to_owned();
    let maximum = |cap: Option<i64>| cap.map_or_else(null, decimal);
    match offer {
        Offer::Rate { rate, cap } => [null(), null(), decimal(rate), maximum(cap)],
        Offer::Markup { cost, markup, cap } => {
            let sign = if markup < 0 { "-" } else { "" };
            [
                decimal(cost),
                format!("{sign}{}", cents(markup.abs())),
                null(),
                maximum(cap),
            ]
        }
        Offer::Unpriced => [null(), null(), null(), null()],
        Offer::NotANumber => [null(), null(), "'NaN'".to_owned(), null()],
    }
}

impl Player {
    pub(super) fn creation(&self, at: i64, resource: Thing, organization: Option<i32>, plan: Option<i32>) -> String {
        let (table, label, _) = table(resource.kind);
        let id = self.id(resource.id);
        let (organization, plan) = (
            number(organization.map(|id| self.id(id))),
            number(plan.map(|id| self.id(id))),
        );
        // What a default of the documented schema has filled in can't be told from a time that was given, but in UTC.
        let (column, time) = if self.utc {
            ("", String::new())
        } else {
            (", created_at", format!(", '{}'", stamp(at)))
        };
        format!(
            "INSERT INTO {table} (id, {label}, organization_id, plan_id{column}) VALUES ({id}, 'x-{id}', {organization}, {plan}{time})"
        )
    }

    pub(super) fn sql(&mut self, at: i64, event: &Event) -> String {
        let update = |resource: Thing, what: String| {
            format!(
                "UPDATE {} SET {what} WHERE id = {}",
                table(resource.kind).0,
                self.base + resource.id
            )
        };
        let plans = |kind| match kind {
            Kind::Vps => "vps_plans",
            Kind::Container => "container_plans",
        };
        match event {
            Event::Organization { id, wallet } => {
                let id = self.id(*id);
                let purse = format!("; INSERT INTO wallets (id, organization_id) VALUES ({id}, {id})");
                format!(
                    "INSERT INTO organizations (id, name) VALUES ({id}, 'World {}, {id}'){}",
                    self.seed,
                    if *wallet { purse } else { String::new() }
                )
            }
            Event::Plan { plan, offer } => {
                let (id, [cost, markup, rate, cap]) = (self.id(plan.id), columns(*offer));
                let (provider, linode) = match plan.kind {
                    Kind::Vps => (", provider", ", 'linode'"),
                    Kind::Container => ("", ""),
                };
                format!(
                    "INSERT INTO {} (id, name, base_cost, markup_percentage, hourly_rate, monthly_rate{provider})
                     VALUES ({id}, 'Plan {id}', {cost}, {markup}, {rate}, {cap}{linode})",
                    plans(plan.kind)
                )
            }
            Event::ChangePrice { plan, offer } => {
                let (id, [cost, markup, rate, cap]) = (self.id(plan.id), columns(*offer));
                format!(
                    "UPDATE {} SET base_cost = {cost}, markup_percentage = {markup}, hourly_rate = {rate}, monthly_rate = {cap} WHERE id = {id}",
                    plans(plan.kind)
                )
            }
            Event::Create {
                resource,
                organization,
                plan,
            } => self.creation(at, *resource, Some(*organization), *plan),
            Event::Find { resource } => self.creation(at, *resource, None, None),
            Event::Assign {
                resource,
                organization,
                plan,
                start,
            } => {
                let (organization, plan) = (self.id(*organization), number(plan.map(|id| self.id(id))));
                update(
                    *resource,
                    format!(
                        "organization_id = {organization}, plan_id = {plan}, last_billed_at = '{}'",
                        stamp(*start)
                    ),
                )
            }
            Event::End { resource, ending } => match ending {
                Ending::Deleted => update(*resource, format!("deleted_at = '{}'", stamp(at))),
                Ending::Unassigned => update(*resource, "organization_id = NULL, plan_id = NULL".to_owned()),
                Ending::Removed => format!(
                    "DELETE FROM {} WHERE id = {}",
                    table(resource.kind).0,
                    self.id(resource.id)
                ),
            },
            Event::HandOver { resource, organization } => {
                update(*resource, format!("organization_id = {}", self.id(*organization)))
            }
            Event::ChangePlan { resource, plan } => {
                update(*resource, format!("plan_id = {}", number(plan.map(|id| self.id(id)))))
            }
            Event::Deposit {
                organization,
                cents: paid,
                collects,
            } => {
                self.keys += 1;
                let (id, key) = (self.id(*organization), self.keys);
                let collect = format!("; SELECT cs_billing.collect({id})");
                format!(
                    "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
                     VALUES (NULL, {id}, {}, 'deposit', 'completed', 'k{key}'){}",
                    cents(*paid),
                    if *collects { collect } else { String::new() }
                )
            }
            Event::Wallet { organization } => {
                let id = self.id(*organization);
                format!("INSERT INTO wallets (id, organization_id) VALUES ({id}, {id})")
            }
            Event::Currency { organization, foreign } => format!(
                "UPDATE wallets SET currency = '{}' WHERE organization_id = {}",
                if *foreign { "CHF" } else { "USD" },
                self.id(*organization)
            ),
            Event::Archive { organization, archived } => format!(
                "UPDATE organizations SET archived_at = {} WHERE id = {}",
                if *archived {
                    format!("'{}'", stamp(at))
                } else {
                    "NULL".to_owned()
                },
                self.id(*organization)
            ),
            Event::RefusedCreation { .. } | Event::Run { .. } | Event::RefusedRun { .. } => String::new(),
        }
    }
}
