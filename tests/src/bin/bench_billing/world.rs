//! A business of a size: one organization for ten servers, ten plans, wallets that cover months.

use std::{
    fs,
    ops::ControlFlow,
    process::Child,
    thread::sleep,
    time::{Duration, Instant},
};

use app::{billing, database::Address, session::Session};
use chrono::{NaiveDateTime, TimeDelta};
use cs_tests::{
    cluster::cluster,
    csctl::command_over,
    workspace_db::{Login, WorkspaceDb, ask, run},
};
use sqlx::PgConnection;
use store::roles::LoginKind;

use crate::{
    floor::Floor,
    load::{Load, Watch, of_process},
};

/// A database for the measurement, and who bills in it.
pub struct World {
    /// Held: the database goes with it.
    _db: WorkspaceDb,
    /// The superuser.
    pub admin: PgConnection,
    agent: Login,
    session: Session,
    server: u32,
    resources: u32,
    now: NaiveDateTime,
    floor: Option<Floor>,
}

/// Tables of which the server never tells how they look otherwise.
const TOUCHED: &str = "vps_instances, wallets, organization_meters, transactions, billing_charges, resource_terms";

impl World {
    /// An empty one.
    pub async fn empty() -> Self {
        let server = cluster().await.own_pid().expect("a measurement starts its own server");
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        // Nobody of the seed has anything that costs.
        run(
            &mut admin,
            "SET statement_timeout = 0; SET session_replication_role = replica; DELETE FROM resource_terms; DELETE FROM parked_resources;
             UPDATE vps_instances SET organization_id = NULL; UPDATE containers SET organization_id = NULL; SET session_replication_role = origin",
        )
        .await;
        let agent = db.login(LoginKind::Agent).await;
        let address = Address::from_url(&agent.url).expect("an address");
        let session = Session::operator(&address, "bench_billing")
            .await
            .expect("the agent's session");
        Self {
            _db: db,
            admin,
            agent,
            session,
            server,
            resources: 0,
            now: NaiveDateTime::default(),
            floor: None,
        }
    }

    /// One with so many servers, in public and by hand.
    pub async fn new(resources: u32) -> Self {
        let mut world = Self::empty().await;
        world.resources = resources;
        // 2028-02-03: far from a month's end.
        world.now = NaiveDateTime::parse_from_str("2028-02-03 00:00", "%Y-%m-%d %H:%M").expect("a time");
        let rows = rows(resources);
        // Rows alone count here; what their triggers would write is written by hand.
        run(
            &mut world.admin,
            &format!(
                "BEGIN; SET LOCAL session_replication_role = replica; {rows}
                 INSERT INTO plan_prices (plan_kind, plan_id, effective_from, base_cost, markup_percentage, hourly_rate, monthly_rate)
                   SELECT 'vps', id, '-infinity', base_cost, markup_percentage, hourly_rate, monthly_rate FROM vps_plans WHERE name LIKE 'plan %';
                 INSERT INTO transactions (organization_id, amount, type, status, idempotency_key, created_at)
                   SELECT organization_id, balance, 'deposit', 'completed', 'bench', '2028-02-01' FROM wallets WHERE organization_id > 1000;
                 INSERT INTO resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, unit_start)
                   SELECT 'vps', id, organization_id, plan_id, created_at, created_at FROM vps_instances WHERE id > 1000;
                 COMMIT"
            ),
        )
        .await;
        run(&mut world.admin, "VACUUM ANALYZE").await;
        let fillfactor = "SELECT coalesce(substring(reloptions::text FROM 'fillfactor=([0-9]+)'), '100') FROM pg_class WHERE oid = 'vps_instances'::regclass";
        let fillfactor = ask(&mut world.admin, fillfactor).await;
        world.floor = Some(Floor::new(&rows, &fillfactor).await);
        world
    }

    /// An hour passes.
    pub fn an_hour_later(&mut self) {
        self.now += TimeDelta::hours(1);
    }

    fn at(&self) -> String {
        self.now.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// The hour by hand.
    pub async fn by_hand(&mut self) -> Load {
        let at = self.at();
        let floor = self.floor.as_mut().expect("there is a floor");
        let watch = Watch::start(self.server);
        floor.charge(&at).await;
        watch.stop(0)
    }

    /// The hour by the program's use-case, as `csctl billing run` calls it.
    pub async fn billed(&self) -> Load {
        let began = of_process(std::process::id()).expect("this process").0;
        let watch = Watch::start(self.server);
        let report = billing::run(
            &self.session,
            Some(self.now.and_utc()),
            |_, _| ControlFlow::Continue(()),
        )
        .await
        .expect("the run");
        let load = watch.stop(of_process(std::process::id()).expect("this process").0 - began);
        assert_eq!(
            (report.run.status.as_str(), report.run.resources),
            ("completed", i32::try_from(self.resources).expect("so many"))
        );
        load
    }

    /// The hour by `csctl`: run, and proof of what is new. What both took, and its greatest memory in megabytes.
    pub fn billed_and_proven(&self) -> (Load, u64) {
        let (load, memory, _) = self.watched(&["billing", "run", "--at", &self.at(), "--json"]);
        (load, memory)
    }

    /// What the program takes for something, and what it says.
    pub fn csctl(&self, arguments: &[&str]) -> (Load, String) {
        let (load, _, said) = self.watched(arguments);
        (load, said)
    }

    fn watched(&self, arguments: &[&str]) -> (Load, u64, String) {
        let answer = tempfile::NamedTempFile::new().expect("a file for the answer");
        let watch = Watch::start(self.server);
        let mut child = command_over(&self.agent.url, arguments)
            .stdout(answer.reopen().expect("the file"))
            .spawn()
            .expect("csctl runs");
        let (own, peak) = followed(&mut child);
        let load = watch.stop(own);
        let code = child.wait().expect("csctl ends").code();
        let said = fs::read_to_string(answer.path()).expect("its answer");
        // 1: a proof that has found something. The seed's own books are not sound.
        assert!(matches!(code, Some(0 | 1)), "{said}");
        (load, peak / 1024, said)
    }

    /// What usual hours find: pages that a vacuum has seen.
    pub async fn settle(&mut self) {
        run(&mut self.admin, "VACUUM ANALYZE").await;
        self.floor.as_mut().expect("there is a floor").settle().await;
    }

    /// Megabytes of what a run writes to.
    pub async fn stored(&mut self) -> String {
        let sizes: Vec<String> = TOUCHED
            .split(", ")
            .map(|table| {
                format!("(SELECT '{table} ' || round(pg_total_relation_size('{table}') / 1048576.0, 1) || ' MB')")
            })
            .collect();
        ask(
            &mut self.admin,
            &format!("SELECT concat_ws(', ', {})", sizes.join(", ")),
        )
        .await
    }

    /// How long a page takes that asks this, in seconds: the quicker of two.
    pub async fn asked(&mut self, sql: &str) -> f64 {
        let mut quickest = f64::INFINITY;
        for _ in 0..2 {
            let begun = Instant::now();
            ask(&mut self.admin, sql).await;
            quickest = quickest.min(begun.elapsed().as_secs_f64());
        }
        quickest
    }

    /// Both sides have charged the same.
    pub async fn agrees(&mut self) {
        let wallets = "SELECT md5(string_agg(concat_ws(' ', organization_id, w.balance, round(m.carry, 4)), ',' ORDER BY organization_id))
            FROM wallets w JOIN organization_meters m USING (organization_id) WHERE organization_id > 1000";
        let resources = "SELECT md5(string_agg(concat_ws(' ', id, last_billed_at), ',' ORDER BY id)) FROM vps_instances WHERE id > 1000";
        let ours = (
            ask(&mut self.admin, wallets).await,
            ask(&mut self.admin, resources).await,
        );
        let by_hand = self.floor.as_mut().expect("there is a floor").reached().await;
        assert_eq!(ours, by_hand, "both sides charge the same");
    }
}

/// The business, as rows of documented tables.
fn rows(resources: u32) -> String {
    let organizations = resources / 10;
    format!(
        "INSERT INTO vps_plans (id, name, provider, base_cost, markup_percentage, hourly_rate, monthly_rate)
           SELECT 1000 + n, 'plan ' || n, 'linode', 0.0050 * n, 50, 0.0075 * n, CASE WHEN n % 3 = 0 THEN 5.00 * n END FROM generate_series(1, 10) n;
         INSERT INTO organizations (id, name) SELECT n, 'organization ' || n FROM generate_series(1001, 1000 + {organizations}) n;
         INSERT INTO wallets (id, organization_id, balance) SELECT n, n, 100000 FROM generate_series(1001, 1000 + {organizations}) n;
         INSERT INTO vps_instances (id, label, region, plan_id, organization_id, status, ipv4, created_at)
           SELECT 1000 + n, 'web-' || n, 'eu-central', 1001 + n % 10, 1001 + n % {organizations}, 'running',
             '10.' || n % 250 || '.0.1', timestamp '2028-02-02' + n % 3600 * interval '1 second' FROM generate_series(1, {resources}) n;"
    )
}

/// Watches a process until it ends: the ticks that it took, and its greatest memory in kilobytes.
fn followed(child: &mut Child) -> (u64, u64) {
    let mut seen = (0, 0);
    while child.try_wait().expect("it can be asked").is_none() {
        if let Some((ticks, peak)) = of_process(child.id()) {
            seen = (ticks, peak.max(seen.1));
        }
        sleep(Duration::from_millis(20));
    }
    seen
}
