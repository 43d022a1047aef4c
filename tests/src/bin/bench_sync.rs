//! What a sync of a large account costs, as ratios within one run: `csctl sync linode` against a client that only fetches
//! the same pages at the same parallelism, the writes of a second sync of which nothing has changed, and the memory of
//! `csctl`; and how long a desk's pages take while the desk itself syncs the account, against the same pages afterwards.
//! `bench_sync [SERVERS] [MILLISECONDS…]`: how many servers, and how long the stand-in takes for each page.

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
    business,
    csctl::command_over,
    desk::{TestDesk, Workspace, first_rows},
    linode::{Account, LinodeStandIn, TOKEN},
    workspace_db::{WorkspaceDb, ask},
};
use serde_json::json;
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
        while_it_syncs(&stand_in, servers, delay).await;
    }
}

/// Milliseconds that a desk's pages took: the median, 95 of a hundred, the longest.
struct Waits(Vec<f64>);

impl Waits {
    /// Reads what the pages of servers, organizations and the dashboard show.
    async fn add(&mut self, desk: &TestDesk) {
        for (command, payload) in [
            ("servers.list", first_rows(50)),
            ("organizations.list", first_rows(50)),
            ("dashboard.summary", json!({})),
        ] {
            let begun = Instant::now();
            desk.ok(command, payload).await;
            self.0.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }

    fn at(&mut self, part: f64) -> f64 {
        self.0.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            clippy::cast_sign_loss,
            reason = "a place in a list of some thousands"
        )]
        let place = ((self.0.len() - 1) as f64 * part) as usize;
        self.0[place]
    }

    fn told(&mut self) -> String {
        format!(
            "median {:.1} ms, 95 of 100 within {:.1} ms, the longest {:.1} ms ({} pages)",
            self.at(0.5),
            self.at(0.95),
            self.at(1.0),
            self.0.len()
        )
    }
}

/// How long a desk's pages take while it syncs the account by itself, and when it has.
async fn while_it_syncs(stand_in: &LinodeStandIn, servers: u64, delay: u64) {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    business::open(&workspace, &desk).await;
    desk.ok("workspace_key.make", json!({"replace": false})).await;
    let account = json!({"label": "Main", "endpoint": stand_in.base_url(), "token": TOKEN});
    let id = desk.ok("providers.create", account).await["id"].clone();
    let begun = Instant::now();
    desk.ok("providers.sync", json!({"id": id, "allow_gone": false})).await;
    let mut busy = Waits(Vec::new());
    loop {
        busy.add(&desk).await;
        let task = desk.ok("tasks.list", json!({})).await["tasks"][0].clone();
        match task["state"].as_str() {
            Some("done") => break,
            Some("failed" | "cancelled") => panic!("{task}"),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let mut idle = Waits(Vec::new());
    for _ in 0..100 {
        idle.add(&desk).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    say(&format!(
        "{servers} servers, {delay} ms a page, a desk's pages: while it syncs for {seconds:.1} s {}; afterwards {}",
        busy.told(),
        idle.told()
    ));
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
