//! What these tests share.

use std::{
    process::Output,
    time::{Duration, Instant},
};

use app::{
    AppError,
    agent::{Agent, Done, Plan, Stop, Stopper, Trouble},
    database::Address,
    domain::agent::{Intervals, JobKind},
    providers::Reach,
    session::Session,
};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use cs_tests::{
    csctl::csctl,
    workspace_db::{WorkspaceDb, ask, run},
};
use sqlx::PgConnection;
use store::roles::LoginKind;

/// Long enough for a slow computer.
pub const DEADLINE: Duration = Duration::from_secs(90);

pub fn time(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc()
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "an agent's way of explaining takes the error"
)]
fn explain(error: AppError) -> Trouble {
    Trouble {
        code: format!("{error:?}")
            .split(['(', ' ', '{'])
            .next()
            .unwrap()
            .to_lowercase(),
        message: error.to_string(),
    }
}

/// A workspace with the agent's login.
pub struct World {
    pub db: WorkspaceDb,
    pub owner: PgConnection,
    pub agent: String,
    pub session: Session,
}

impl World {
    pub async fn new() -> Self {
        let db = WorkspaceDb::new().await;
        // The seed's people stay; its business would be charged along.
        run(
            &mut db.admin().await,
            "SET session_replication_role = replica;
             DELETE FROM vps_instances; DELETE FROM containers; DELETE FROM resource_terms; DELETE FROM retired_meters; DELETE FROM parked_resources;
             DELETE FROM billing_charges; DELETE FROM billing_runs; DELETE FROM provider_accounts; DELETE FROM provider_configs;
             DELETE FROM agent_hosts; DELETE FROM agent_jobs; DELETE FROM low_balances; DELETE FROM usage_details; DELETE FROM invoices; DELETE FROM invoice_counters; DELETE FROM closed_periods; DELETE FROM transactions; DELETE FROM organization_meters",
        )
        .await;
        let agent = db.login(LoginKind::Agent).await.url;
        let session = Session::operator(&Address::from_url(&agent).unwrap(), "tests")
            .await
            .unwrap();
        Self {
            owner: db.owner().await,
            db,
            agent,
            session,
        }
    }

    pub async fn ask(&mut self, sql: &str) -> String {
        ask(&mut self.owner, sql).await
    }

    /// Does something at a time.
    pub async fn at(&mut self, at: &str, sql: &str) {
        run(
            &mut self.owner,
            &format!("BEGIN; SET LOCAL cs.at = '{at}'; {sql}; COMMIT"),
        )
        .await;
    }

    /// An organization that pays so much, with a person, and so many servers at 0.10 an hour.
    pub async fn customer(&mut self, at: &str, id: i32, paid: &str, servers: i32) {
        let sql = format!(
            "INSERT INTO organizations (id, name) VALUES ({id}, 'Customer {id}');
             INSERT INTO users (email, password_hash, role, organization_id) VALUES ('ana{id}@customer.example', '!', 'user', {id});
             INSERT INTO wallets (id, organization_id) VALUES (NULL, {id});
             INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (900, 'Ten cents', 'linode', 0.10) ON CONFLICT DO NOTHING;
             INSERT INTO vps_instances (id, label, plan_id, organization_id)
             SELECT {id} * 10 + n, 'web-{id}-' || n, 900, {id} FROM generate_series(1, {servers}) AS n"
        );
        self.at(at, &sql).await;
        if paid != "0" {
            self.deposit(at, id, paid).await;
        }
    }

    pub async fn deposit(&mut self, at: &str, organization: i32, amount: &str) {
        let sql = format!(
            "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
             VALUES (NULL, {organization}, {amount}, 'deposit', 'completed', '{at} {amount}')"
        );
        self.at(at, &sql).await;
    }

    /// An agent does once what is due at a time.
    pub async fn pass(&self, at: &str) -> Vec<Done> {
        self.pass_as(at, &plan()).await
    }

    pub async fn pass_as(&self, at: &str, plan: &Plan) -> Vec<Done> {
        let (_stopper, stop) = Stop::pair();
        self.pass_until(at, plan, &stop).await
    }

    pub async fn pass_until(&self, at: &str, plan: &Plan, stop: &Stop) -> Vec<Done> {
        let agent = Agent::new(self.session.at(time(at)), plan, Reach::running(), &explain);
        agent.pass(stop, |_| ()).await.unwrap()
    }

    /// What was told to a person, kind by kind, of what the agent tells.
    pub async fn told(&mut self, email: &str) -> String {
        self.ask(&format!(
            "SELECT coalesce(string_agg(n.metadata ->> 'kind', ' ' ORDER BY n.metadata ->> 'kind'), '') FROM notifications n JOIN users u ON u.id = n.user_id
             WHERE u.email = '{email}' AND n.metadata ->> 'kind' IN ('grace_ended', 'shutdown_begun', 'shutdown_by_hand', 'agent_job_failed', 'run_failed')"
        ))
        .await
    }

    pub async fn billed_up_to(&mut self) -> String {
        self.ask("SELECT coalesce(string_agg(to_char(run_at, 'MM-DD HH24:MI') || ' ' || status || ' ' || hours, ', ' ORDER BY id), '') FROM billing_runs")
            .await
    }

    pub fn csctl(&self, arguments: &[&str]) -> Output {
        csctl(&self.agent, arguments)
    }
}

pub fn plan() -> Plan {
    Plan {
        host: "here".to_owned(),
        version: "1".to_owned(),
        serving: false,
        leave_out: Vec::new(),
        intervals: Intervals {
            sync: TimeDelta::hours(1),
            close: None,
            backup: None,
        },
        backups: None,
        key: None,
        sync_within: Duration::from_secs(20),
    }
}

pub fn stopped() -> (Stopper, Stop) {
    let (stopper, stop) = Stop::pair();
    stopper.stop();
    (stopper, stop)
}

/// Job by job, how it went.
pub fn outcomes(done: &[Done]) -> String {
    let each = done.iter().map(|one| match one.outcome {
        Some(outcome) => format!("{} {outcome}", one.job),
        None => format!("{} lost", one.job),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// How one of them went.
pub fn outcome(done: &[Done], kind: JobKind) -> String {
    let one = done.iter().find(|one| one.job.kind == kind);
    one.map_or_else(
        || "not begun".to_owned(),
        |one| one.outcome.map_or("lost", |outcome| outcome.as_str()).to_owned(),
    )
}

/// Asks until the answer is as wanted.
pub async fn wait_for(connection: &mut PgConnection, sql: &str, wanted: &str) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let answer = ask(connection, sql).await;
        if answer == wanted {
            return;
        }
        assert!(Instant::now() < deadline, "{sql}: {answer}, not {wanted}");
        tokio::task::yield_now().await;
    }
}

pub fn plan_with(change: impl FnOnce(&mut Plan)) -> Plan {
    let mut plan = plan();
    change(&mut plan);
    plan
}
