//! What these tests share.

use std::{future::Future, ops::ControlFlow, path::Path, sync::Arc, time::Duration};

use app::{
    AppError,
    database::Address,
    domain::{
        container::{write_ports, write_volumes},
        ids::{ContainerId, ContainerPlanId, IntentId, OrganizationId, ProviderConfigId},
        provider::AccountLabel,
        transaction::IdempotencyKey,
    },
    hosts::{self, NewHost, Papers},
    intents::{
        self, Answers, Carried, Placed, Swept,
        containers::{self, ContainerAct, ContainerOrder},
    },
    providers::{Reach, Timeouts},
    session::Session,
    sync::containers::{self as sync, HostOrder, HostReport},
    workspace_key::{self, Ring},
};
use chrono::{DateTime, Utc};
use cs_tests::{
    docker_engine::{Engine, IMAGE},
    workspace_db::{WorkspaceDb, ask, run},
};
use providers::pace::RunningPace;

/// However slow the machine is: nothing here takes as long.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The engine of these tests, or the end of the test: the notice is printed where no engine can run.
macro_rules! engine {
    () => {{
        let Some(engine) = cs_tests::docker_engine::engine().await else {
            return;
        };
        engine
    }};
}
pub(crate) use engine;

/// Calls end after so long.
pub fn reach_within(call: Duration) -> Reach {
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        silence: call,
        attempt: call,
        call,
    };
    Reach::new(timeouts, Arc::new(RunningPace::new(|| DateTime::UNIX_EPOCH, || 0.0)))
}

pub fn reach() -> Reach {
    reach_within(Duration::from_secs(30))
}

pub fn key(text: &str) -> IdempotencyKey {
    IdempotencyKey::parse(text).unwrap()
}

pub fn unix(socket: &Path) -> String {
    format!("unix://{}", socket.display())
}

/// Waits until a question is answered with yes.
pub async fn until<F: Future<Output = bool>>(what: &str, question: impl Fn() -> F) {
    let asking = async {
        while !question().await {
            tokio::task::yield_now().await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, asking).await.is_ok(), "{what}");
}

/// A workspace with a key, a host, and a plan of containers that is organization 1's.
pub struct World {
    pub db: WorkspaceDb,
    pub session: Session,
    pub key: Ring,
    pub host: ProviderConfigId,
    pub plan: ContainerPlanId,
}

impl World {
    /// Over the socket of an engine.
    pub async fn over(engine: &Engine) -> Self {
        Self::at(&unix(&engine.socket()), true).await
    }

    /// With the address of a host; one that answers nothing yet is written down without being asked.
    pub async fn at(endpoint: &str, asked: bool) -> Self {
        let db = WorkspaceDb::new().await;
        let session = Session::operator(&Address::from_url(db.admin_url()).unwrap(), "tests")
            .await
            .unwrap();
        let made = workspace_key::draw(1).unwrap();
        workspace_key::register(&session, &made, async |_| Ok(()))
            .await
            .unwrap();
        let mut owner = db.owner().await;
        run(&mut owner, "UPDATE wallet_holds SET released_at = created_at").await;
        run(
            &mut owner,
            "INSERT INTO container_plans (name, cpu_cores, memory_mb, disk_gb, base_cost, markup_percentage, hourly_rate, monthly_rate)
             VALUES ('Box', 0.50, 64, NULL, 0.0050, 20, 0.0060, 4.00)",
        )
        .await;
        let plan = ask(&mut owner, "SELECT id FROM container_plans WHERE name = 'Box'").await;
        let mut world = Self {
            db,
            session,
            key: Ring::from(made),
            host: ProviderConfigId::new(0),
            plan: plan.parse().unwrap(),
        };
        world.host = if asked {
            world
                .add_host("Engine room", endpoint, Papers::default())
                .await
                .unwrap()
        } else {
            run(
                &mut owner,
                &format!("INSERT INTO provider_configs (provider_name, api_endpoint) VALUES ('docker', '{endpoint}')"),
            )
            .await;
            ask(&mut owner, "SELECT max(id) FROM provider_configs")
                .await
                .parse()
                .unwrap()
        };
        world
    }

    pub async fn add_host(&self, name: &str, endpoint: &str, papers: Papers) -> Result<ProviderConfigId, AppError> {
        let new = NewHost {
            label: AccountLabel::parse(name).unwrap(),
            endpoint: endpoint.to_owned(),
            papers,
        };
        Ok(hosts::create(&self.session, Some(&self.key), &new, &reach()).await?.id)
    }

    pub async fn sync_of(&self, host: ProviderConfigId, allow_gone: bool) -> Result<HostReport, AppError> {
        let order = HostOrder {
            host,
            key: Some(&self.key),
            allow_gone,
            dry_run: false,
        };
        sync::run(&self.session, &order, &reach(), |_, _| ControlFlow::Continue(())).await
    }

    pub async fn sync(&self) -> HostReport {
        self.sync_of(self.host, false).await.unwrap()
    }

    pub fn wanted(&self, name: &str) -> ContainerOrder {
        ContainerOrder {
            host: self.host,
            organization: OrganizationId::new(1),
            plan: self.plan,
            name: name.parse().unwrap(),
            image: IMAGE.parse().unwrap(),
            ports: write_ports([]).unwrap(),
            volumes: write_volumes([]).unwrap(),
            environment: Answers::new(),
            disk_required: true,
        }
    }

    pub async fn order(&self, order: &ContainerOrder) -> Placed {
        containers::order(&self.session, Some(&self.key), order, &key(order.name.as_str()))
            .await
            .unwrap()
    }

    /// One that is made and runs.
    pub async fn made(&self, name: &str) -> ContainerId {
        let placed = self.order(&self.wanted(name)).await;
        let carried = self.carry(placed.id).await;
        assert_eq!(carried.state.as_str(), "done", "{carried:?}");
        self.id_of(name).await
    }

    pub async fn id_of(&self, name: &str) -> ContainerId {
        self.ask(&format!(
            "SELECT id FROM containers WHERE name = '{name}' AND deleted_at IS NULL"
        ))
        .await
        .parse()
        .unwrap()
    }

    pub async fn act(&self, id: ContainerId, act: ContainerAct) -> Placed {
        let number = self.ask("SELECT count(*) FROM provider_intents").await;
        containers::act(&self.session, id, act, &key(&format!("act-{number}")))
            .await
            .unwrap()
    }

    pub async fn carry(&self, id: IntentId) -> Carried {
        intents::carry_out(&self.session, &self.key, &reach(), id)
            .await
            .unwrap()
    }

    pub async fn sweep_over(&self, session: &Session) -> Swept {
        intents::sweep(session, &self.key, &reach(), |_, _| ControlFlow::Continue(()))
            .await
            .unwrap()
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

    pub async fn status(&self, id: ContainerId) -> String {
        self.ask(&format!("SELECT status FROM containers WHERE id = {id}"))
            .await
    }

    /// Whoever held an intent is not heard of any more.
    pub async fn lose_leases(&self) {
        self.run(
            "UPDATE provider_intents SET held_until = clock_timestamp() - interval '1 second' WHERE lease IS NOT NULL",
        )
        .await;
    }
}

/// A container of the engine that nobody here has asked for.
pub fn made_by_hand(engine: &Engine, name: &str, labels: &str) -> String {
    let body = format!(r#"{{"Image":"{IMAGE}","Labels":{{{labels}}},"HostConfig":{{"NetworkMode":"none"}}}}"#);
    let answer = engine.raw("POST", &format!("/containers/create?name={name}"), body.as_bytes());
    let at = answer.find(r#""Id":""#).unwrap_or_else(|| panic!("{answer}")) + 6;
    let id = answer[at..at + 64].to_owned();
    engine.raw("POST", &format!("/containers/{id}/start"), b"");
    id
}

/// Removes whatever an engine has.
pub fn cleared(engine: &Engine) {
    let answer = engine.raw("GET", "/containers/json?all=true", b"");
    let mut rest = answer.as_str();
    while let Some(at) = rest.find(r#""Id":""#) {
        let id = &rest[at + 6..at + 70];
        engine.raw("DELETE", &format!("/containers/{id}?force=true"), b"");
        rest = &rest[at + 70..];
    }
}

/// An engine of this test's own, where one can run.
pub async fn own_engine() -> Option<Engine> {
    cs_tests::docker_engine::engine().await?;
    Some(tokio::task::spawn_blocking(Engine::start).await.unwrap())
}
