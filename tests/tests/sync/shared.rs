//! What these tests share.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use app::{
    AppError,
    database::Address,
    domain::{ids::ProviderConfigId, provider::AccountLabel},
    providers::{self, NewAccount, Reach, Timeouts},
    session::Session,
    sync::{self, Order, SyncReport},
    workspace_key::{self, Ring},
};
use chrono::{DateTime, TimeZone, Utc};
use cs_tests::{
    linode::{Account, LinodeStandIn, TOKEN},
    workspace_db::{WorkspaceDb, ask},
};
use secrecy::SecretString;
use serde_json::Value;

use ::providers::pace::{Pace, Pause};

/// Waits take no time.
pub struct Hurried;

impl Pace for Hurried {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }

    fn pause(&self, _: Duration) -> Pause<'_> {
        Box::pin(std::future::ready(()))
    }

    fn chance(&self) -> f64 {
        0.5
    }
}

/// Everything is over soon.
pub fn reach() -> Reach {
    let soon = Duration::from_millis(500);
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        silence: soon,
        attempt: Duration::from_secs(20),
        call: Duration::from_secs(30),
    };
    Reach::new(timeouts, Arc::new(Hurried))
}

/// A workspace with an account, and the stand-in that it leads to.
pub struct World {
    pub db: WorkspaceDb,
    pub session: Session,
    pub stand_in: LinodeStandIn,
    pub key: Ring,
    pub account: ProviderConfigId,
}

pub async fn operator(db: &WorkspaceDb) -> Session {
    Session::operator(&Address::from_url(db.admin_url()).unwrap(), "tests")
        .await
        .unwrap()
}

pub async fn made_key(session: &Session) -> Ring {
    let key = workspace_key::draw(1).unwrap();
    workspace_key::register(session, &key, async |_| Ok(())).await.unwrap();
    key.into()
}

pub fn new_account(stand_in: &LinodeStandIn, label: &str, token: &str) -> NewAccount {
    NewAccount {
        label: AccountLabel::parse(label).unwrap(),
        endpoint: Some(stand_in.base_url()),
        token: SecretString::from(token),
    }
}

impl World {
    /// An account with so many servers, numbered from 1, none of which is known here.
    pub async fn with(count: u64) -> Self {
        let db = WorkspaceDb::new().await;
        let session = operator(&db).await;
        let stand_in = LinodeStandIn::start(Account::with_instances(count)).await;
        let key = made_key(&session).await;
        let new = new_account(&stand_in, "Main", TOKEN);
        let account = providers::create(&session, &key, &new, &reach()).await.unwrap().id;
        Self {
            db,
            session,
            stand_in,
            key,
            account,
        }
    }

    pub fn order(&self) -> Order<'_> {
        Order {
            account: self.account,
            key: Some(&self.key),
            token: None,
            endpoint: None,
            allow_gone: false,
            dry_run: false,
        }
    }

    pub async fn sync_with(&self, order: &Order<'_>) -> Result<SyncReport, AppError> {
        sync::run(&self.session, order, &reach(), |_, _| ControlFlow::Continue(())).await
    }

    pub async fn sync(&self) -> SyncReport {
        self.sync_with(&self.order()).await.unwrap()
    }

    /// At a time of a database for tests.
    pub async fn sync_at(&self, time: DateTime<Utc>, allow_gone: bool) -> Result<SyncReport, AppError> {
        let order = Order {
            allow_gone,
            ..self.order()
        };
        sync::run(&self.session.at(time), &order, &reach(), |_, _| {
            ControlFlow::Continue(())
        })
        .await
    }

    pub async fn ask(&self, sql: &str) -> String {
        ask(&mut self.db.owner().await, sql).await
    }

    /// Everything that a sync may write, but for the log of syncs: as one text, with the version of each row.
    pub async fn rows(&self) -> String {
        self.ask(
            "SELECT concat((SELECT string_agg(concat(v.xmin, v.ctid, v::text), E'\\n' ORDER BY v.id) FROM vps_instances v),
               (SELECT string_agg(concat(s.xmin, s::text), E'\\n' ORDER BY s.id) FROM provider_states s),
               (SELECT string_agg(concat(p.xmin, p::text), E'\\n' ORDER BY p.id) FROM parked_resources p),
               (SELECT string_agg(concat(t.xmin, t::text), E'\\n' ORDER BY t.id) FROM resource_terms t),
               (SELECT string_agg(concat(x.xmin, x::text), E'\\n' ORDER BY x.id) FROM transactions x))",
        )
        .await
    }

    pub fn change(&self, id: u64, field: &str, value: Value) {
        let mut account = self.stand_in.account();
        let instance = account
            .instances
            .iter_mut()
            .find(|instance| instance["id"] == id)
            .unwrap();
        instance[field] = value;
    }
}

pub fn counts(report: &SyncReport) -> (i32, i32, i32, i32, usize) {
    (
        report.added,
        report.changed,
        report.unchanged,
        report.returned,
        report.gone.len(),
    )
}

/// An hour of a day in May 2030.
pub fn may(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2030, 5, day, hour, 0, 0).unwrap()
}
