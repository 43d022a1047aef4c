//! Plays an invented world through the use-cases.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    ids::{OrganizationId, TicketId, UserId},
    metering::UsageMonth,
    money::{Currency, PositiveMoney},
    role::Role,
    ticket::{MessageBody, Subject, TicketCategory, TicketStatus},
    transaction::{IdempotencyKey, NewDeposit, PaymentMethod, PaymentReference, Reason},
    user::{EmailAddress, OrganizationName, optional_name},
};
use rust_decimal::{Decimal, RoundingStrategy};
use secrecy::SecretString;
use store::{
    list::{ListRequest, MAX_LIMIT},
    organizations::Billed,
};

use super::{
    Demo, Report,
    fleet::Fleet,
    names::STAFF,
    talks::Voice,
    world::{Event, Payer, World},
};
use crate::{
    AppError, billing, invoices, organizations, password,
    session::Session,
    tickets::{self, Change, Opening, Posting, Received},
    transactions, users,
};

/// How often a customer pays in ahead, in days of usage.
const PAID_AHEAD_DAYS: u32 = 40;

/// What was made of the world so far.
pub(super) struct Player<'w> {
    world: &'w World,
    session: Session,
    /// The staff's sessions: those of the list, then the first admin's.
    staff: Vec<Session>,
    staff_ids: Vec<UserId>,
    organizations: Vec<Option<OrganizationId>>,
    people: HashMap<(usize, usize), UserId>,
    fleet: Fleet<'w>,
    tickets: HashMap<usize, Ticket>,
    payments: u32,
    runs: usize,
    invoices: usize,
}

struct Ticket {
    id: TicketId,
    newest: i32,
    is_assigned: bool,
}

impl<'w> Player<'w> {
    /// The business itself: its people, what it sells, its account at the provider.
    pub(super) async fn begin(session: &Session, demo: &Demo, world: &'w World) -> Result<Self, AppError> {
        let opening = session.at(world.begins);
        super::fleet::describe_business(&opening).await?;
        let mut staff = Vec::new();
        for (first, last, role) in STAFF {
            let email = parsed(EmailAddress::parse(&format!(
                "{}.{}@halyard.example",
                first.to_lowercase(),
                last.to_lowercase()
            )))?;
            users::create(
                &opening,
                new_user(&email, first, last, *role, None, demo.password.clone())?,
            )
            .await?;
            staff.push(session.acting_as(&email).await?);
        }
        staff.push(session.acting_as(&demo.admin).await?);
        let staff_ids = staff
            .iter()
            .map(|member| member.person().map(|person| person.id))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            world,
            session: session.clone(),
            staff,
            staff_ids,
            organizations: vec![None; world.customers.len()],
            people: HashMap::new(),
            fleet: Fleet::open(&opening, world).await?,
            tickets: HashMap::new(),
            payments: 0,
            runs: 0,
            invoices: 0,
        })
    }

    /// What was made.
    pub(super) fn report(&self, stopped: bool) -> Report {
        Report {
            organizations: self.organizations.iter().flatten().count(),
            resources: self.fleet.placed(),
            runs: self.runs,
            invoices: self.invoices,
            tickets: self.tickets.len(),
            staff: self
                .staff
                .iter()
                .take(STAFF.len())
                .filter_map(|member| member.person().ok().map(|person| person.email.clone()))
                .collect(),
            stopped,
        }
    }

    /// Something happens.
    pub(super) async fn play(&mut self, at: DateTime<Utc>, event: Event) -> Result<(), AppError> {
        let now = self.session.at(at);
        match event {
            Event::Join(customer) => self.join(&now, customer).await,
            Event::Sync => self.fleet.sync(&now, at, &self.organizations).await,
            Event::Resize(server) => self.fleet.resize_server(&now, server).await,
            Event::ResizeContainer(container) => self.fleet.resize_container(&now, container).await,
            Event::Release(server) => self.fleet.release_server(&now, server).await,
            Event::ReleaseContainer(container) => self.fleet.release_container(&now, container).await,
            Event::Prices => self.fleet.raise_prices(&now).await,
            Event::TopUps => self.pay_in(&now, at).await,
            Event::Run => {
                billing::run(&now, None, |_, _| std::ops::ControlFlow::Continue(())).await?;
                self.runs += 1;
                Ok(())
            }
            Event::Close(year, month) => {
                let period = parsed(UsageMonth::new(year, month))?;
                let closed = invoices::close(&now, period, |_, _| std::ops::ControlFlow::Continue(())).await?;
                self.invoices += usize::try_from(closed.issued).unwrap_or(0);
                Ok(())
            }
            Event::Open(talk) => self.open(&now, talk).await,
            Event::Say(talk, line) => self.say(at, talk, line).await,
            Event::Resolve(talk) => self.settle(at, talk, TicketStatus::Resolved).await,
            Event::Settle(talk) => self.settle(at, talk, TicketStatus::Closed).await,
        }
    }

    async fn join(&mut self, now: &Session, index: usize) -> Result<(), AppError> {
        let Some(customer) = self.world.customers.get(index) else {
            return Ok(());
        };
        let name = parsed(OrganizationName::parse(customer.name))?;
        let id = organizations::create(now, &name, Currency::default(), &Billed::default()).await?;
        if let Some(place) = self.organizations.get_mut(index) {
            *place = Some(id);
        }
        for (number, person) in customer.people.iter().enumerate() {
            let email = parsed(EmailAddress::parse(&person.email))?;
            let user = new_user(
                &email,
                person.first,
                person.last,
                Role::User,
                Some(id),
                password::random_secret()?,
            )?;
            self.people.insert((index, number), users::create(now, user).await?);
        }
        // The first payment comes with the order.
        let daily = self.fleet.daily_cost_soon(index, customer.joins);
        self.deposit(now, index, id, daily).await
    }

    /// Who is low pays, each in a manner of their own.
    async fn pay_in(&mut self, now: &Session, at: DateTime<Utc>) -> Result<(), AppError> {
        let request = ListRequest::first(MAX_LIMIT);
        let wallets: HashMap<i32, Decimal> = organizations::list(now, &request)
            .await?
            .rows
            .into_iter()
            .filter_map(|row| Some((row.id, row.balance?.decimal())))
            .collect();
        for (index, customer) in self.world.customers.iter().enumerate() {
            let Some(id) = self.organizations.get(index).copied().flatten() else {
                continue;
            };
            let daily = self.fleet.daily_cost(index, at);
            let balance = wallets.get(&id.get()).copied().unwrap_or_default();
            let pays_below = match customer.payer {
                Payer::Early => daily * Decimal::from(6),
                Payer::Late => daily / Decimal::from(2),
                Payer::Stopped if at < self.world.until - TimeDelta::days(38) => daily,
                Payer::Stopped => continue,
            };
            if !daily.is_zero() && balance < pays_below {
                self.deposit(now, index, id, daily).await?;
            }
        }
        Ok(())
    }

    async fn deposit(
        &mut self,
        now: &Session,
        index: usize,
        id: OrganizationId,
        daily: Decimal,
    ) -> Result<(), AppError> {
        let step = Decimal::from(25);
        let wanted = daily * Decimal::from(PAID_AHEAD_DAYS);
        let amount = ((wanted / step).round_dp_with_strategy(0, RoundingStrategy::ToPositiveInfinity) * step).max(step);
        self.payments += 1;
        let number = self.payments;
        let (method, reference) = match index % 4 {
            0 => ("paypal", format!("PAY-{:08}", 41_870_000 + number)),
            _ => ("Bank transfer", format!("BT-{:06}", 310_000 + number)),
        };
        let new = NewDeposit::new(
            id,
            parsed(PositiveMoney::parse(&format!("{amount:.2}")))?,
            parsed(IdempotencyKey::parse(&format!("demo-deposit-{number}")))?,
        )
        .paid_by(
            Some(parsed(PaymentMethod::parse(method))?),
            Some(parsed(PaymentReference::parse(&reference))?),
        )
        .because(Some(parsed(Reason::parse("Top-up"))?));
        transactions::deposit(now, &new).await?;
        Ok(())
    }

    async fn open(&mut self, now: &Session, index: usize) -> Result<(), AppError> {
        let Some(conversation) = self.world.conversations.get(index) else {
            return Ok(());
        };
        let Some(organization) = self.organizations.get(conversation.customer).copied().flatten() else {
            return Ok(());
        };
        let subject = parsed(Subject::parse(&self.fill(index, conversation.talk.subject)))?;
        let id = tickets::create(
            now,
            &Opening {
                organization,
                customer: self.people.get(&(conversation.customer, conversation.person)).copied(),
                subject,
                description: parsed(MessageBody::parse(&self.fill(index, conversation.talk.opening)))?,
                category: parsed(TicketCategory::parse(conversation.talk.category))?,
                priority: conversation.talk.priority,
                key: parsed(IdempotencyKey::parse(&format!("demo-ticket-{index}")))?,
            },
        )
        .await?;
        self.tickets.insert(
            index,
            Ticket {
                id,
                newest: 0,
                is_assigned: false,
            },
        );
        Ok(())
    }

    async fn say(&mut self, at: DateTime<Utc>, index: usize, line: usize) -> Result<(), AppError> {
        let (Some(conversation), Some(ticket)) = (self.world.conversations.get(index), self.tickets.get(&index)) else {
            return Ok(());
        };
        let Some((voice, _, text)) = conversation.talk.lines.get(line) else {
            return Ok(());
        };
        let (id, newest, is_assigned) = (ticket.id, ticket.newest, ticket.is_assigned);
        let text = parsed(MessageBody::parse(&self.fill(index, text)))?;
        let key = parsed(IdempotencyKey::parse(&format!("demo-message-{index}-{line}")))?;
        let written = match voice {
            Voice::Customer => {
                let Some(author) = self.people.get(&(conversation.customer, conversation.person)).copied() else {
                    return Ok(());
                };
                let received = Received {
                    ticket: id,
                    author,
                    text,
                    key,
                };
                tickets::receive(&self.session.at(at), &received).await?
            }
            Voice::Staff | Voice::Note => {
                let Some(member) = self.staff.get(conversation.staff) else {
                    return Ok(());
                };
                let member = member.at(at);
                if !is_assigned {
                    let to = self.staff_ids.get(conversation.staff).copied();
                    let change = Change {
                        assigned_to: Some(to),
                        ..Change::default()
                    };
                    tickets::change(&member, id, &change).await?;
                }
                let posting = Posting {
                    ticket: id,
                    text,
                    internal: *voice == Voice::Note,
                    seen: newest,
                    status: None,
                    key,
                };
                domain::ids::MessageId::new(tickets::post(&member, &posting).await?.id)
            }
        };
        if let Some(ticket) = self.tickets.get_mut(&index) {
            ticket.newest = written.get();
            ticket.is_assigned |= *voice != Voice::Customer;
        }
        Ok(())
    }

    async fn settle(&mut self, at: DateTime<Utc>, index: usize, status: TicketStatus) -> Result<(), AppError> {
        let (Some(conversation), Some(ticket)) = (self.world.conversations.get(index), self.tickets.get(&index)) else {
            return Ok(());
        };
        let Some(member) = self.staff.get(conversation.staff) else {
            return Ok(());
        };
        let change = Change {
            status: Some(status),
            ..Change::default()
        };
        tickets::change(&member.at(at), ticket.id, &change).await
    }

    /// A sentence of a conversation with its names in it.
    fn fill(&self, index: usize, text: &str) -> String {
        let Some(conversation) = self.world.conversations.get(index) else {
            return text.to_owned();
        };
        let customer = self.world.customers.get(conversation.customer);
        let person = customer.and_then(|customer| customer.people.get(conversation.person));
        let server = conversation.server.and_then(|server| self.world.servers.get(server));
        let before = conversation.opens - TimeDelta::days(28);
        text.replace("{server}", server.map_or("our server", |server| server.label.as_str()))
            .replace(
                "{ip}",
                &server.map_or_else(|| "203.0.113.7".to_owned(), super::world::Resource::ipv4),
            )
            .replace("{plan}", self.fleet.plan_name(conversation.server))
            .replace("{month}", &before.format("%B").to_string())
            .replace(
                "{domain}",
                &customer.map_or_else(String::new, |customer| format!("{}.example", customer.domain)),
            )
            .replace("{first}", person.map_or("there", |person| person.first))
    }
}

fn new_user(
    email: &EmailAddress,
    first: &str,
    last: &str,
    role: Role,
    organization: Option<OrganizationId>,
    password: SecretString,
) -> Result<users::NewUser, AppError> {
    Ok(users::NewUser {
        email: email.clone(),
        first_name: parsed(optional_name(Some(first)))?,
        last_name: parsed(optional_name(Some(last)))?,
        role,
        organization,
        password,
        must_change_password: false,
    })
}

/// What the demonstration is made of is written here and right; a slip in it is a fault of this program.
pub(super) fn parsed<T, E>(made: Result<T, E>) -> Result<T, AppError> {
    made.map_err(|_| AppError::Internal("the demonstration holds a value that its own rules refuse"))
}
