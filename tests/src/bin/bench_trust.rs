//! What trust costs, as ratios within one run: policies against the same queries with conditions of their own, the log's
//! sequencer against none, how fast the chain is sealed and recomputed, and what a desk's isolation check takes.
//! `bench_trust [ROWS]`, a million by default.

#![expect(
    clippy::expect_used,
    reason = "a measurement without its database ends, with what is missing as its message"
)]

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use app::trust::{Head, log};
use cs_tests::workspace_db::{SUPPORT, WorkspaceDb, ask, attempt, connect, run};
use sqlx::PgConnection;
use store::{isolation, log_chain};

const CLIENTS: usize = 16;
const FOR: Duration = Duration::from_secs(8);
/// Of each query; the quickest counts.
const TIMES: usize = 40;

fn say(line: &str) {
    // A reader who has gone changes nothing.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let rows: u32 = std::env::args()
        .nth(1)
        .and_then(|rows| rows.parse().ok())
        .unwrap_or(1_000_000);
    let db = WorkspaceDb::new().await;
    policies(&db, rows).await;
    sequencer(&db).await;
    chain(&db).await;
    isolation_check(&db).await;
}

/// The quickest of each, in turns: what a busy machine adds is no part of either.
async fn quickest(one: (&mut PgConnection, &str), other: (&mut PgConnection, &str)) -> (f64, f64) {
    let mut best = (f64::MAX, f64::MAX);
    for _ in 0..TIMES {
        best.0 = best.0.min(timed(one.0, one.1).await);
        best.1 = best.1.min(timed(other.0, other.1).await);
    }
    best
}

async fn timed(connection: &mut PgConnection, sql: &str) -> f64 {
    let began = Instant::now();
    attempt(connection, sql).await.expect("the query runs");
    began.elapsed().as_secs_f64() * 1000.0
}

/// The lent role against the tables' owner without row level security, on the queries of lists and counts; then a
/// customer's policy against the same condition written by hand.
async fn policies(db: &WorkspaceDb, rows: u32) {
    let mut admin = db.admin().await;
    // Rows alone count here; what their triggers do is billing's.
    run(
        &mut admin,
        &format!(
            "BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL statement_timeout = 0;
             INSERT INTO organizations (name) SELECT 'organization ' || n FROM generate_series(3, 1000) n;
             INSERT INTO vps_instances (label, region, plan_id, organization_id, status, ipv4)
               SELECT 'web-' || n, 'eu-central', 1, 1 + n % 1000, CASE n % 10 WHEN 0 THEN 'offline' ELSE 'running' END, '10.' || n % 250 || '.0.1' FROM generate_series(1, {rows}) n;
             COMMIT"
        ),
    )
    .await;
    run(&mut admin, "VACUUM ANALYZE vps_instances").await;
    // A connection as new as the others: one that has made a million rows has memory at hand that they lack.
    let mut plain = db.admin().await;
    let (desk, _session) = db.desk_of(SUPPORT).await;
    let mut support = connect(&desk.url).await;
    let (other, session) = db.desk_of(SUPPORT).await;
    let mut customer = connect(&other.url).await;
    run(
        &mut customer,
        &format!("SELECT cs_auth.view_as('{}', 1, 'A benchmark', NULL)", session.token),
    )
    .await;
    run(&mut customer, &format!("SET ROLE {}", db.role("customer"))).await;
    say(&format!(
        "{rows} servers of 1000 organizations; milliseconds, the quickest of {TIMES}"
    ));
    for (what, query) in [
        ("count", "SELECT count(*) FROM vps_instances WHERE deleted_at IS NULL"),
        (
            "count, filtered",
            "SELECT count(*) FROM vps_instances WHERE status = 'offline'",
        ),
        (
            "list of 50",
            "SELECT id, label, status, region FROM vps_instances WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 50",
        ),
        (
            "list of 50, filtered",
            "SELECT id, label, status, region FROM vps_instances WHERE status = 'offline' ORDER BY id LIMIT 50",
        ),
    ] {
        let (own, lent) = quickest((&mut plain, query), (&mut support, query)).await;
        say(&format!(
            "staff, {what}: without policies {own:.2}, with {lent:.2}, ratio {:.2}",
            lent / own
        ));
        let by_hand = query.replace(" WHERE ", " WHERE organization_id = 1 AND ");
        let (own, policy) = quickest((&mut plain, &by_hand), (&mut customer, query)).await;
        say(&format!(
            "customer, {what}: by hand {own:.2}, by policy {policy:.2}, ratio {:.2}",
            policy / own
        ));
    }
}

/// Transactions a second of many writers to the log, with and without somebody who seals, in turns.
async fn sequencer(db: &WorkspaceDb) {
    for (what, pause) in [
        ("in a tight loop", Duration::ZERO),
        ("with 10 ms of work before each commit", Duration::from_millis(10)),
    ] {
        let mut rates = [0.0, 0.0];
        // Twice each, in turns, so that a machine that warms up favours neither.
        for turn in 0..4 {
            let sealing = turn % 2 == 1;
            rates[usize::from(sealing)] += write_for(db, sealing, pause).await / 2.0;
        }
        say(&format!(
            "{CLIENTS} writers {what}: {:.0} transactions a second without sealing, {:.0} with, ratio {:.2}",
            rates[0],
            rates[1],
            rates[1] / rates[0]
        ));
    }
}

async fn write_for(db: &WorkspaceDb, sealing: bool, pause: Duration) -> f64 {
    let over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let mut work = Vec::new();
    for _ in 0..CLIENTS {
        let (over, done) = (Arc::clone(&over), Arc::clone(&done));
        let mut owner = db.owner().await;
        work.push(tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                run(&mut owner, "BEGIN; INSERT INTO public.activity_logs (action, details) VALUES ('bench', '{\"before\": 1, \"after\": 2}')").await;
                tokio::time::sleep(pause).await;
                run(&mut owner, "COMMIT").await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    if sealing {
        let over = Arc::clone(&over);
        let mut sealer = db.admin().await;
        work.push(tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                if log_chain::seal(&mut sealer, 2_000).await.expect("sealing goes on") < 2_000 {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        }));
    }
    let began = Instant::now();
    tokio::time::sleep(FOR).await;
    over.store(true, Ordering::Relaxed);
    let (count, took) = (done.load(Ordering::Relaxed), began.elapsed());
    for one in work {
        one.await.expect("a client ends");
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = count as f64 / took.as_secs_f64();
    rate
}

/// Rows a second that are sealed, and recomputed here.
async fn chain(db: &WorkspaceDb) {
    let mut admin = db.admin().await;
    let count = |sealed: u64, began: Instant| {
        #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = sealed as f64 / began.elapsed().as_secs_f64();
        rate
    };
    while log_chain::seal(&mut admin, 10_000).await.expect("sealing goes on") > 0 {}
    run(
        &mut db.owner().await,
        "INSERT INTO public.activity_logs (action, details) SELECT 'bench', '{\"before\": 1, \"after\": 2}' FROM generate_series(1, 200000)",
    )
    .await;
    run(&mut admin, "ANALYZE activity_logs, log_chain").await;
    let began = Instant::now();
    let mut sealed = 0;
    loop {
        let now = log_chain::seal(&mut admin, 10_000).await.expect("sealing goes on");
        sealed += u64::try_from(now).unwrap_or(0);
        if now == 0 {
            break;
        }
    }
    say(&format!("sealed: {:.0} rows a second", count(sealed, began)));
    let began = Instant::now();
    let verified = log::verify(
        &mut admin,
        Head::beginning(),
        |_, _| std::ops::ControlFlow::Continue(()),
    )
    .await
    .expect("the log is recomputed");
    assert!(verified.breaks.is_empty(), "{:?}", verified.breaks);
    say(&format!(
        "recomputed by the program: {:.0} rows a second",
        count(verified.rows, began)
    ));
    let began = Instant::now();
    let mut at = 0;
    loop {
        let links = log_chain::hashed(&mut admin, at, 2_000)
            .await
            .expect("the log is hashed");
        match links.last() {
            Some(last) => at = last.head.position,
            None => break,
        }
    }
    say(&format!(
        "recomputed by the server: {:.0} rows a second",
        count(verified.rows, began)
    ));
    let waiting = ask(
        &mut admin,
        "SELECT count(*) FROM activity_logs a WHERE NOT EXISTS (SELECT FROM log_chain c WHERE c.activity_id = a.id)",
    )
    .await;
    assert_eq!(waiting, "0");
}

/// What a desk at which somebody has signed in does every few minutes: reads the catalogue, and tries the attacks.
async fn isolation_check(db: &WorkspaceDb) {
    let (desk, _session) = db.desk_of(SUPPORT).await;
    let mut connection = connect(&desk.url).await;
    let mut best = f64::MAX;
    let mut found = None;
    for _ in 0..TIMES {
        let began = Instant::now();
        let checked = isolation::check(&mut connection).await.expect("the check ends");
        best = best.min(began.elapsed().as_secs_f64() * 1000.0);
        assert!(!checked.is_red(), "{:?}", checked.findings);
        found = Some(checked);
    }
    let checked = found.expect("it was checked");
    let attacks: usize = checked.attacked.iter().map(|(_, tried)| tried).sum();
    say(&format!(
        "isolation check by a desk: {} facts and {attacks} attacks in {best:.0} ms",
        checked.facts
    ));
}
