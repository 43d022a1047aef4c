//! Many programs bill the same resources at once; some are killed while they do, and the server is, too.

use std::{
    collections::BTreeMap,
    os::unix::process::ExitStatusExt,
    process::Child,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use cs_tests::{
    cluster::Cluster,
    csctl::{Said, command_over, csctl, json},
    desk::Workspace,
    workspace_db::{ask, run},
};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use store::{
    connect::Address,
    roles::{self, LoginKind, RolePrefix},
};

use super::{
    dice::Dice,
    events::stamp,
    model::HOUR,
    player::{cents, decimal},
    storm_business::{ORGANIZATIONS, make, model},
    worlds::owner_of,
};

const PROGRAMS: usize = 8;
const PATIENCE: Duration = Duration::from_mins(8);
const LOOK_AGAIN: Duration = Duration::from_millis(10);
const DATABASE: &str = "storm";
const PASSWORD: &str = "onlythiscomputerreachesit0123456789abcdef0123456789abcdef00000000";
/// 2030-02-03 00:00.
const FIRST_RUN: i64 = 1_896_307_200;

/// What is done to a run that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blow {
    /// Its program is killed, and never comes back.
    Program,
    /// The server's process that works for it is killed, whereupon the server begins anew.
    Backend,
    /// The server is stopped at once, as by a crash, and started again.
    Server,
}

/// What all of this test's threads share.
struct Storm {
    /// Where the server is now, and up to when is billed.
    place: Mutex<(String, i64)>,
    children: Vec<Mutex<Option<Child>>>,
    said: Mutex<Vec<Said>>,
    over: AtomicBool,
}

fn login(slot: usize) -> String {
    format!("storm_agent_{slot}")
}

impl Storm {
    /// Bills over and over, until it is killed or the storm is over.
    fn bill(&self, slot: usize) {
        while !self.over.load(Ordering::SeqCst) {
            let (url, at) = self.place.lock().unwrap().clone();
            let mut url = url::Url::parse(&url).unwrap();
            url.set_username(&login(slot)).unwrap();
            url.set_password(Some(PASSWORD)).unwrap();
            let at = stamp(at).replace(' ', "T") + "Z";
            let mut command = command_over(url.as_str(), &["billing", "run", "--json", "--at", &at]);
            *self.children[slot].lock().unwrap() = Some(command.spawn().unwrap());
            let child = self.ended(slot);
            let output = child.wait_with_output().unwrap();
            if output.status.signal() == Some(Signal::KILL.as_raw()) {
                return;
            }
            self.said.lock().unwrap().push(Said::of(&output));
        }
    }

    /// Waits for the program of a slot; nobody kills it any more.
    fn ended(&self, slot: usize) -> Child {
        loop {
            let mut place = self.children[slot].lock().unwrap();
            if let Some(mut child) = place.take() {
                if child.try_wait().unwrap().is_some() {
                    return child;
                }
                *place = Some(child);
            }
            drop(place);
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// Whether there was a program to be killed.
    fn kill(&self, slot: usize) -> bool {
        let mut place = self.children[slot].lock().unwrap();
        place.as_mut().is_some_and(|child| child.kill().is_ok())
    }
}

/// Ends the storm when it goes, also where a blow has failed.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A connection to a server that may just be starting.
async fn connected(url: &str) -> PgConnection {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match PgConnection::connect(url).await {
            Ok(connection) => return connection,
            Err(error) => assert!(Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// The slot and the server's process of a run that is charging a batch at this instant.
async fn working(admin: &mut PgConnection) -> Option<(usize, i32)> {
    let found = ask(
        admin,
        "SELECT a.usename || ' ' || a.pid FROM billing_runs r JOIN pg_stat_activity a ON a.usename = r.login
         WHERE r.status = 'open' AND a.state = 'active' AND a.query LIKE '%charge_batch%' LIMIT 1",
    )
    .await;
    let (login, pid) = found.split_once(' ')?;
    Some((
        login.strip_prefix("storm_agent_")?.parse().unwrap(),
        pid.parse().unwrap(),
    ))
}

/// Deals the blows one after the other, each after so many looks at a run that works.
async fn deal(storm: &Storm, cluster: &mut Cluster, blows: &[(Blow, i64)]) {
    let deadline = Instant::now() + PATIENCE;
    let mut admin = connected(cluster.url_of(DATABASE).as_str()).await;
    for (blow, looks) in blows {
        let mut seen = 0;
        let (slot, pid) = loop {
            assert!(Instant::now() < deadline, "no run works for {blow:?}");
            if let Some(found) = working(&mut admin).await {
                seen += 1;
                if seen > *looks && (*blow != Blow::Program || storm.kill(found.0)) {
                    break found;
                }
            } else {
                // When everything has been charged, the next hours are.
                let until = storm.place.lock().unwrap().1;
                let all = format!(
                    "SELECT bool_and(m.charged_until >= '{time}' OR m.arrears > 0) AND count(*) = {ORGANIZATIONS} FROM organization_meters m",
                    time = stamp(until)
                );
                if ask(&mut admin, &all).await == "true" {
                    storm.place.lock().unwrap().1 = until + HOUR;
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        };
        tracing::info!("{blow:?} at slot {slot}");
        match blow {
            Blow::Program => {}
            Blow::Backend => {
                let killed = kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL);
                assert!(killed.is_ok(), "{killed:?}");
                admin = connected(cluster.url_of(DATABASE).as_str()).await;
            }
            Blow::Server => {
                let server = i32::try_from(cluster.own_pid().unwrap()).unwrap();
                kill_process(Pid::from_raw(server).unwrap(), Signal::QUIT).unwrap();
                cluster.start_again().await;
                let url = cluster.url_of(DATABASE);
                storm.place.lock().unwrap().0 = url.to_string();
                admin = connected(url.as_str()).await;
            }
        }
    }
}

/// A server of its own, on which a commit that was answered has happened whatever becomes of the server.
async fn server() -> (Cluster, Workspace) {
    let cluster = Cluster::another().await;
    let mut admin = connected(cluster.admin_url()).await;
    for sql in [
        "ALTER SYSTEM SET synchronous_commit = on",
        "SELECT pg_reload_conf()",
        "CREATE DATABASE storm TEMPLATE template0",
    ] {
        run(&mut admin, sql).await;
    }
    let workspace = Workspace::made_in(Address::from_url(cluster.url_of(DATABASE).as_str()).unwrap()).await;
    let mut admin = connected(cluster.url_of(DATABASE).as_str()).await;
    let prefix = RolePrefix::of_workspace(&mut admin).await.unwrap();
    for slot in 0..PROGRAMS {
        roles::add_login(
            &mut admin,
            &prefix,
            LoginKind::Agent,
            "a test's",
            &login(slot),
            PASSWORD,
        )
        .await
        .unwrap();
    }
    (cluster, workspace)
}

/// What programs that were not killed may say: how often each outcome was.
fn outcomes(said: &[Said]) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    for one in said {
        let answer = one.json();
        let code = answer["error"]["code"].as_str().unwrap_or("done").to_owned();
        let expected = i32::from(code != "done");
        assert_eq!(one.code, expected, "{one:?}");
        if code != "done" {
            let sentence = answer["error"]["message"].as_str().unwrap();
            assert!(sentence.ends_with('.') && !sentence.contains("panic"), "{one:?}");
        }
        *outcomes.entry(code).or_default() += 1;
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_resources_are_charged_once_whatever_is_killed() {
    let (mut cluster, workspace) = server().await;
    make(&mut owner_of(&workspace).await).await;
    let mut dice = Dice::new(0x5709);
    let blows = [
        Blow::Program,
        Blow::Server,
        Blow::Program,
        Blow::Backend,
        Blow::Program,
        Blow::Server,
        Blow::Program,
    ];
    let blows = blows.map(|blow| (blow, dice.roll(12)));
    let storm = Storm {
        place: Mutex::new((cluster.url_of(DATABASE).to_string(), FIRST_RUN)),
        children: (0..PROGRAMS).map(|_| Mutex::new(None)).collect(),
        said: Mutex::default(),
        over: AtomicBool::new(false),
    };
    let storm = &storm;
    thread::scope(|scope| {
        for slot in 0..PROGRAMS {
            scope.spawn(move || storm.bill(slot));
        }
        let _over = Over(&storm.over);
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(deal(storm, &mut cluster, &blows));
        });
    });
    let (url, at) = storm.place.lock().unwrap().clone();

    let outcomes = outcomes(&storm.said.lock().unwrap());
    assert!(outcomes.contains_key("billing_run_under_way"), "{outcomes:?}");
    // A server that ends or begins is no failure of the database's, but told as one.
    let known = [
        "done",
        "billing_run_under_way",
        "billing_run_before_last",
        "connection_lost",
        "unreachable",
        "timeout",
    ];
    assert!(
        outcomes.keys().all(|code| known.contains(&code.as_str())),
        "{outcomes:?}"
    );

    // Runs until one completes; the last one that was killed may still be at work.
    let time = stamp(at).replace(' ', "T") + "Z";
    let deadline = Instant::now() + PATIENCE;
    loop {
        let done = Said::of(&csctl(&url, &["billing", "run", "--json", "--at", &time]));
        if done.code == 0 {
            break;
        }
        assert_eq!(done.json()["error"]["code"], "billing_run_under_way", "{done:?}");
        assert!(Instant::now() < deadline, "no run completes");
        thread::sleep(LOOK_AGAIN);
    }
    let proof = json(&csctl(&url, &["billing", "prove", "--json"]), 0);
    assert_eq!(
        (&proof["ok"], &proof["breaches"]),
        (&true.into(), &Value::Array(Vec::new()))
    );

    let mut admin = connected(&url).await;
    for (rule, count) in [
        ("is open", "status = 'open'"),
        (
            "has failed and says nothing",
            "status = 'failed' AND error NOT IN ('abandoned', 'failed')",
        ),
        ("is neither", "status NOT IN ('completed', 'failed')"),
    ] {
        let count = format!("SELECT count(*) FROM billing_runs WHERE {count}");
        assert_eq!(ask(&mut admin, &count).await, "0", "a run {rule}");
    }
    let abandoned = "SELECT count(*) >= 3 FROM billing_runs WHERE error = 'abandoned'";
    assert_eq!(ask(&mut admin, abandoned).await, "true");
    agrees(&mut admin, at).await;
}

/// Every organization: hours, usage, charges, carry, arrears and balance are the model's.
async fn agrees(admin: &mut PgConnection, at: i64) {
    let mut model = model();
    let found = ask(
        admin,
        "SELECT string_agg(format('%s: %s h %s %s, carry %s, due %s, has %s', m.organization_id, coalesce(c.hours, 0), coalesce(c.usage, 0.0000),
           coalesce(c.amount, 0.00), m.carry, m.arrears, w.balance), E'\\n' ORDER BY m.organization_id)
         FROM organization_meters m JOIN wallets w USING (organization_id) LEFT JOIN (SELECT organization_id, sum(hours) AS hours, sum(usage) AS usage,
           sum(amount) AS amount FROM billing_charges GROUP BY 1) c USING (organization_id)",
    )
    .await;
    assert_eq!(found.lines().count(), usize::try_from(ORGANIZATIONS).unwrap());
    for (id, line) in (1..=ORGANIZATIONS).zip(found.lines()) {
        let done = model.bill(id, at);
        let account = &model.accounts[&id];
        let expected = format!(
            "{id}: {} h {} {}, carry {}, due {}, has {}",
            done.hours,
            decimal(done.usage),
            cents(done.cents),
            decimal(account.carry),
            decimal(account.arrears),
            account.balance.map_or_else(String::new, cents)
        );
        assert_eq!(line, expected, "charged, and the model");
    }
}
