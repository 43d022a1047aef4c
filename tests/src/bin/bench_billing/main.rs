//! What a billing run costs, as ratios within one run: `csctl billing run` against one transaction by hand over the
//! documented tables, how both grow with the resources, the memory of `csctl`, what stays stored, and how long the books
//! take to be proven. `bench_billing [run RESOURCES…] [prove TRANSACTIONS]`; both with their usual sizes by default.

#![expect(
    clippy::expect_used,
    reason = "a measurement without its database ends, with what is missing as its message"
)]

mod floor;
mod history;
mod load;
mod world;

use std::io::Write;

use cs_tests::workspace_db::ask;
use load::Load;
use world::World;

/// How often each side is measured, in turns; the quickest counts.
const ROUNDS: u32 = 4;

/// Pages that reckon with a month's charges.
const LOOKED_AT: [(&str, &str); 4] = [
    (
        "a month's margin by organization",
        "SELECT count(*) FROM cs_billing.margin('2028-02-01', 'organization')",
    ),
    (
        "a month's margin by plan",
        "SELECT count(*) FROM cs_billing.margin('2028-02-01', 'plan')",
    ),
    (
        "a month's margin by server",
        "SELECT count(*) FROM cs_billing.margin('2028-02-01', 'server')",
    ),
    (
        "the charges of one server",
        "SELECT count(*) FROM cs_billing.charges_of('vps', (SELECT max(id) FROM vps_instances), '2028-03-01', 50)",
    ),
];

fn say(line: &str) {
    // A reader who has gone changes nothing.
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let numbers = |from: &[String]| -> Vec<u32> { from.iter().filter_map(|word| word.parse().ok()).collect() };
    let (runs, proofs) = match given.split_first() {
        Some((what, sizes)) if what == "run" => (numbers(sizes), Vec::new()),
        Some((what, sizes)) if what == "prove" => (Vec::new(), numbers(sizes)),
        _ => (vec![100_000, 1_000_000], vec![10_000_000]),
    };
    let mut measured = Vec::new();
    for resources in runs {
        measured.push((resources, run(resources).await));
    }
    if let [(few, small), .., (many, large)] = &measured[..] {
        say(&format!(
            "time per resource at {many} against {few}: billing {:.2}, by hand {:.2}",
            (large.1.seconds / f64::from(*many)) / (small.1.seconds / f64::from(*few)),
            (large.0.seconds / f64::from(*many)) / (small.0.seconds / f64::from(*few))
        ));
    }
    for transactions in proofs {
        prove(transactions).await;
    }
}

/// The quickest of both sides: by hand, and the program.
async fn run(resources: u32) -> (Load, Load) {
    let mut world = World::new(resources).await;
    let mut best: Option<(Load, Load)> = None;
    let mut stored = String::new();
    for round in 0..=ROUNDS {
        world.an_hour_later();
        let by_hand = world.by_hand().await;
        let program = world.billed().await;
        say(&format!(
            "{resources} resources, hour {round}: by hand {:.2} s ({:.2} s of processors), the program {:.2} s ({:.2} s of processors, of these its own {:.2} s)",
            by_hand.seconds, by_hand.processors, program.seconds, program.processors, program.own
        ));
        if round == 0 {
            // The first hour makes meters and finds every page as it was made: it is no usual hour.
            world.settle().await;
            stored = world.stored().await;
            continue;
        }
        best = Some(match best {
            None => (by_hand, program),
            Some((hand, best)) => (hand.or_quicker(by_hand), best.or_quicker(program)),
        });
    }
    let (by_hand, program) = best.expect("there were rounds");
    say(&format!(
        "{resources} resources: ratio to the floor {:.2} by the clock, {:.2} by processors; {:.0} resources a second",
        by_hand.seconds / program.seconds,
        by_hand.processors / program.processors,
        f64::from(resources) / program.seconds
    ));
    say(&format!("stored before {stored}; after {}", world.stored().await));
    world.an_hour_later();
    world.by_hand().await;
    let (load, memory) = world.billed_and_proven();
    say(&format!(
        "csctl, the run and the proof of what is new: {:.2} s, of processors {:.2} s, its own {:.2} s; at most {memory} MB of memory",
        load.seconds, load.processors, load.own
    ));
    world.agrees().await;
    for (what, sql) in LOOKED_AT {
        say(&format!(
            "{resources} resources, {what}: {:.2} s",
            world.asked(sql).await
        ));
    }
    (by_hand, program)
}

/// How long the books take to be proven.
async fn prove(transactions: u32) {
    let (mut world, organizations) = history::written(transactions).await;
    let files = "SELECT temp_bytes / 1048576 FROM pg_stat_database WHERE datname = current_database()";
    let before = ask(&mut world.admin, files).await;
    let (load, said) = world.csctl(&["billing", "prove", "--json"]);
    let proof: serde_json::Value = serde_json::from_str(&said).expect("a proof");
    // The seed has two organizations and a run of its own.
    let ours = |breach: &&serde_json::Value| match breach["organization_id"].as_i64() {
        Some(id) => id > 1000,
        None => breach["thing_id"] != "1",
    };
    let found: Vec<_> = proof["breaches"]
        .as_array()
        .expect("breaches")
        .iter()
        .filter(ours)
        .collect();
    assert!(found.is_empty(), "{found:?}");
    say(&format!(
        "{transactions} transactions of {organizations} organizations proven in {:.1} s ({:.1} s of processors); temporary files {before} MB before and {} MB after; {}",
        load.seconds,
        load.processors,
        ask(&mut world.admin, files).await,
        proof["checked"]
    ));
    let (load, _) = world.csctl(&["billing", "prove", "--incremental", "--json"]);
    say(&format!("again, what is new since: {:.2} s", load.seconds));
}
