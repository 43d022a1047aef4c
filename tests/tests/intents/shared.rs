//! What these tests share.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex},
    time::Duration,
};

use app::{
    AppError,
    assignment::{self, Assign},
    database::Address,
    domain::{
        ids::{IntentId, OrganizationId, PlanId, ProviderConfigId, ServerId},
        intent::{System, Wanted},
        plan::{PlanRef, ResourceRef},
        provider::AccountLabel,
        transaction::IdempotencyKey,
    },
    intents::{self, Act, Answers, Carried, NewOrder, Placed, Swept},
    providers::{self, NewAccount, Reach, Timeouts},
    session::Session,
    sync,
    workspace_key::{self, Ring},
};
use chrono::{DateTime, TimeZone, Utc};
use cs_tests::{
    linode::{Account, LinodeStandIn, TOKEN},
    workspace_db::{WorkspaceDb, ask, run},
};
use secrecy::SecretString;
use serde_json::json;

use ::providers::pace::{Pace, Pause};

pub const CREATE: &str = "POST /linode/instances";

/// Waits take no time, but the clock moves on with them.
#[derive(Default)]
pub struct Dial(Mutex<Duration>);

impl Pace for Dial {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn pause(&self, wait: Duration) -> Pause<'_> {
        *self.0.lock().unwrap() += wait;
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// Everything is over soon.
pub fn reach() -> Reach {
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        silence: Duration::from_millis(500),
        attempt: Duration::from_secs(20),
        call: Duration::from_secs(30),
    };
    Reach::new(timeouts, Arc::new(Dial::default()))
}

/// A workspace with an account, and the stand-in that it leads to. Server 1 is organization 1's on plan 1.
pub struct World {
    pub db: WorkspaceDb,
    pub session: Session,
    pub stand_in: LinodeStandIn,
    pub key: Ring,
    pub account: ProviderConfigId,
    /// The row of the provider's server 1.
    pub server: ServerId,
    /// A plan that is dearer: 0.0300 an hour.
    pub large: PlanId,
}

/// An hour of a day in May 2030.
pub fn may(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2030, 5, day, hour, 0, 0).unwrap()
}

pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

pub fn system() -> System {
    System {
        image: "linode/debian12".to_owned(),
        ..System::default()
    }
}

impl World {
    pub async fn new() -> Self {
        let db = WorkspaceDb::new().await;
        let session = Session::operator(&Address::from_url(db.admin_url()).unwrap(), "tests")
            .await
            .unwrap();
        let mut account = Account::with_instances(3);
        let mut larger = account.types[0].clone();
        larger["id"] = json!("g6-standard-1");
        account.types.push(larger);
        let stand_in = LinodeStandIn::start(account).await;
        let made = workspace_key::draw(1).unwrap();
        workspace_key::register(&session, &made, async |_| Ok(()))
            .await
            .unwrap();
        let key = Ring::from(made);
        let new = NewAccount {
            label: AccountLabel::parse("Main").unwrap(),
            endpoint: Some(stand_in.base_url()),
            token: SecretString::from(TOKEN),
        };
        let account = providers::create(&session, &key, &new, &reach()).await.unwrap().id;
        let mut owner = db.owner().await;
        run(&mut owner, "UPDATE wallet_holds SET released_at = created_at").await;
        run(
            &mut owner,
            "INSERT INTO vps_plans (name, provider, linode_type, base_cost, markup_percentage, hourly_rate, monthly_rate)
             VALUES ('Large', 'linode', 'g6-standard-1', 0.0250, 20, 0.0300, 20.00)",
        )
        .await;
        let large = ask(&mut owner, "SELECT id FROM vps_plans WHERE name = 'Large'").await;
        let mut world = Self {
            db,
            session,
            stand_in,
            key,
            account,
            server: ServerId::new(0),
            large: large.parse().unwrap(),
        };
        world.sync().await;
        world.server = world
            .ask("SELECT id FROM vps_instances WHERE linode_id = 1")
            .await
            .parse()
            .unwrap();
        let assign = Assign {
            resource: ResourceRef::Vps(world.server),
            organization: OrganizationId::new(1),
            plan: PlanRef::Vps(PlanId::new(1)),
            start: None,
        };
        assignment::assign(&world.session, &assign).await.unwrap();
        world
    }

    pub async fn sync(&self) {
        let order = sync::Order {
            account: self.account,
            key: Some(&self.key),
            token: None,
            endpoint: None,
            allow_gone: false,
            dry_run: false,
        };
        sync::run(&self.session, &order, &reach(), |_, _| ControlFlow::Continue(()))
            .await
            .unwrap();
    }

    pub fn wanted(&self, label: &str) -> NewOrder {
        NewOrder {
            account: self.account,
            organization: OrganizationId::new(1),
            plan: PlanId::new(1),
            label: label.to_owned(),
            region: "us-east".to_owned(),
            system: system(),
            answers: Answers::new(),
            backups: false,
            private_ip: false,
        }
    }

    /// An order that waits.
    pub async fn order(&self, label: &str) -> Placed {
        intents::order(&self.session, Some(&self.key), &self.wanted(label), &key(label))
            .await
            .unwrap()
    }

    /// Something that is to be done to server 1, and waits.
    pub async fn act(&self, act: &Act) -> Placed {
        let key = key(&format!(
            "act-{}",
            self.ask("SELECT count(*) FROM provider_intents").await
        ));
        intents::act(&self.session, Some(&self.key), self.server, act, &key)
            .await
            .unwrap()
    }

    pub async fn plain(&self, wanted: Wanted) -> Placed {
        self.act(&Act::Plain(wanted)).await
    }

    pub async fn carry(&self, id: IntentId) -> Carried {
        self.carry_over(&self.session, id).await.unwrap()
    }

    pub async fn carry_over(&self, session: &Session, id: IntentId) -> Result<Carried, AppError> {
        intents::carry_out(session, &self.key, &reach(), id).await
    }

    pub async fn sweep(&self) -> Swept {
        self.sweep_over(&self.session).await
    }

    /// As it would be so many minutes from now.
    pub async fn sweep_later(&self, minutes: i64) -> Swept {
        let now = self
            .ask("SELECT to_char(timezone('UTC', now()), 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
            .await;
        let now: DateTime<Utc> = now.parse().unwrap();
        self.sweep_over(&self.session.at(now + chrono::TimeDelta::minutes(minutes)))
            .await
    }

    pub async fn sweep_over(&self, session: &Session) -> Swept {
        intents::sweep(session, &self.key, &reach(), |_, _| ControlFlow::Continue(()))
            .await
            .unwrap()
    }

    /// Lets the provider end what it is at, and whoever looks then sees it.
    pub async fn finish(&self) -> Swept {
        self.stand_in.account().step();
        self.stand_in.account().step();
        self.sweep().await
    }

    pub async fn ask(&self, sql: &str) -> String {
        ask(&mut self.db.owner().await, sql).await
    }

    pub async fn run(&self, sql: &str) {
        run(&mut self.db.owner().await, sql).await;
    }

    /// State, code of the error, whether something is still held, whether a secret is still kept.
    pub async fn state(&self, id: IntentId) -> String {
        self.ask(&format!(
            "SELECT concat_ws(' ', i.state, i.error_code, CASE WHEN h.released_at IS NULL AND h.id IS NOT NULL THEN 'held' END, CASE WHEN i.secret IS NOT NULL THEN 'sealed' END,
               CASE WHEN i.lease IS NOT NULL THEN 'leased' END)
             FROM provider_intents i LEFT JOIN wallet_holds h ON h.id = i.hold_id WHERE i.id = {id}"
        ))
        .await
    }

    /// What is known of the servers that the provider numbered from 100,000 on: organization, plan and account of each row.
    pub async fn ordered_rows(&self) -> String {
        self.ask(
            "SELECT coalesce(string_agg(concat_ws(' ', v.label, v.organization_id, v.plan_id, v.provider_config_id = (SELECT max(id) FROM provider_configs)), '; ' ORDER BY v.id), '')
             FROM vps_instances v WHERE v.linode_id > 100000",
        )
        .await
    }

    /// How many servers the provider has that were ordered.
    pub fn at_provider(&self) -> usize {
        let account = self.stand_in.account();
        account
            .instances
            .iter()
            .filter(|one| one["id"].as_u64() > Some(100_000))
            .count()
    }

    /// Whoever held an intent is not heard of any more.
    pub async fn lose_leases(&self) {
        self.run(
            "UPDATE provider_intents SET held_until = clock_timestamp() - interval '1 second' WHERE lease IS NOT NULL",
        )
        .await;
    }
}

/// The code of what a use-case says.
pub fn code(error: &AppError) -> &str {
    match error {
        AppError::Write(error) => error.code(),
        AppError::Intent { code, .. } => code,
        AppError::Provider(fault) => fault.code(),
        AppError::Store(store::StoreError::Rule(rule) | store::StoreError::Duplicate(rule)) => rule,
        _ => "another",
    }
}
