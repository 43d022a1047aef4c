//! What a sync of a large account costs, as ratios within one run: `csctl sync linode` against a client that only fetches
//! the same pages at the same parallelism, the writes of a second sync of which nothing has changed, and the memory of
//! `csctl`. `bench_sync [SERVERS] [MILLISECONDS…]`: how many servers, and how long the stand-in takes for each page.

#![expect(
    clippy::expect_used,
    reason = "a measurement without its parts ends, with what is missing as its message"
)]

use std::{
    fs,
    io::Write,
    process::Stdio,
    time::{Duration, Instant},
};

use cs_tests::{
    csctl::command_over,
    linode::{Account, LinodeStandIn, TOKEN},
    workspace_db::{WorkspaceDb, ask},
};
use store::roles::LoginKind;

/// How often each side is measured, in turns; the quickest counts.
const ROUNDS: usize = 3;
/// What the program fetches side by side.
const SIDE_BY_SIDE: u64 = 4;
/// What a sync may write, without its own row: rows inserted and changed so far.
const WRITTEN: &str = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables
    WHERE relname IN ('vps_instances', 'provider_states', 'parked_resources', 'resource_terms', 'activity_logs', 'notifications', 'transactions')";

fn say(line: &str) {
    // A reader who has gone changes nothing.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[tokio::main]
async fn main() {
    let given: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (servers, delays) = match given.split_first() {
        Some((servers, delays)) if !delays.is_empty() => (*servers, delays.to_vec()),
        Some((servers, _)) => (*servers, vec![0, 500]),
        None => (50_000, vec![0, 500]),
    };
    let stand_in = LinodeStandIn::start(Account::with_instances(servers)).await;
    for delay in delays {
        stand_in.takes(Duration::from_millis(delay));
        measure(&stand_in, servers, delay).await;
    }
}

async fn measure(stand_in: &LinodeStandIn, servers: u64, delay: u64) {
    let mut floor = f64::INFINITY;
    let mut first = f64::INFINITY;
    let mut second = f64::INFINITY;
    for round in 0..ROUNDS {
        let fetched = fetched(stand_in, servers.div_ceil(500)).await;
        let db = WorkspaceDb::new().await;
        let url = db.login(LoginKind::Agent).await.url;
        let mut admin = db.admin().await;
        let synced = synced(&url, stand_in).await;
        let stored = ask(&mut admin, "SELECT count(*) FROM provider_states").await;
        assert_eq!(stored, servers.to_string(), "every server is stored");
        let before = written(&mut admin).await;
        let again = self::synced(&url, stand_in).await;
        let writes = written(&mut admin).await - before;
        say(&format!(
            "{servers} servers, {delay} ms a page, round {round}: fetched {fetched:.2} s; first sync {:.2} s, {} MB; second {:.2} s, {} MB, {writes} rows written",
            synced.0, synced.1, again.0, again.1
        ));
        floor = floor.min(fetched);
        first = first.min(synced.0);
        second = second.min(again.0);
    }
    say(&format!(
        "{servers} servers, {delay} ms a page: first sync {:.2} of fetching, second {:.2}",
        first / floor,
        second / floor
    ));
}

/// How long a client takes that fetches all pages and looks at none.
async fn fetched(stand_in: &LinodeStandIn, pages: u64) -> f64 {
    // Another one that is there already does as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let begun = Instant::now();
    let workers: Vec<_> = (0..SIDE_BY_SIDE)
        .map(|worker| {
            let client = client.clone();
            let base = stand_in.base_url();
            tokio::spawn(async move {
                for page in (1..=pages).filter(|page| page % SIDE_BY_SIDE == worker) {
                    let url = format!("{base}/linode/instances?page={page}&page_size=500");
                    let answer = client.get(url).bearer_auth(TOKEN).send().await.expect("an answer");
                    assert!(answer.bytes().await.expect("a page").len() > 1000);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("a worker ends");
    }
    begun.elapsed().as_secs_f64()
}

/// How long `csctl` takes, and its greatest memory in megabytes.
async fn synced(url: &str, stand_in: &LinodeStandIn) -> (f64, u64) {
    let base = stand_in.base_url();
    let mut command = command_over(url, &["sync", "linode", "--token-stdin", "--base-url", &base, "--json"]);
    let begun = Instant::now();
    let mut child = command.stdin(Stdio::piped()).spawn().expect("csctl starts");
    let mut input = child.stdin.take().expect("its input");
    writeln!(input, "{TOKEN}").expect("it reads");
    drop(input);
    tokio::task::spawn_blocking(move || {
        let process = child.id();
        let watch = std::thread::spawn(move || {
            let mut peak = 0;
            while let Some(now) = memory(process) {
                peak = now;
                std::thread::sleep(Duration::from_millis(5));
            }
            peak
        });
        let ended = child.wait_with_output().expect("it ends");
        let seconds = begun.elapsed().as_secs_f64();
        assert!(
            ended.status.success(),
            "{}{}",
            String::from_utf8_lossy(&ended.stdout),
            String::from_utf8_lossy(&ended.stderr)
        );
        (seconds, watch.join().expect("it is watched") / 1024)
    })
    .await
    .expect("it ends")
}

/// The greatest memory of a process so far, in kilobytes.
fn memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

async fn written(admin: &mut sqlx::PgConnection) -> i64 {
    // Other processes tell what they have done when they end.
    ask(admin, "SELECT pg_stat_force_next_flush()").await;
    ask(admin, "SELECT pg_stat_clear_snapshot()").await;
    ask(admin, WRITTEN).await.parse().expect("a number")
}
