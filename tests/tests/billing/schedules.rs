//! Any schedule of runs over the same time ends in the same totals.

use cs_tests::{desk::Workspace, workspace_db::ask};

use super::{
    dice::Dice,
    events::{Event, Happening},
    generator::{Generator, Shape},
    model::HOUR,
    player::Player,
    worlds::{owner_of, seeds},
};

const SHAPE: Shape = Shape {
    organizations: 3,
    events: 35,
    days: 5,
    bills: false,
    plain: false,
};

/// When runs are: every hour, every day, at random, or not before the end.
#[derive(Debug, Clone, Copy)]
pub enum Schedule {
    Hourly,
    Daily,
    Random,
    Once,
}

impl Schedule {
    fn next(self, at: i64, dice: &mut Dice) -> i64 {
        match self {
            Self::Hourly => at + HOUR,
            Self::Daily => at + 24 * HOUR,
            Self::Random => at + dice.roll(30 * HOUR),
            Self::Once => i64::MAX,
        }
    }

    /// The world's events, with a run at each of its times and one before the last settling.
    pub fn of(self, story: &[Happening], settled_from: usize, seed: u64, rich: bool) -> Vec<Happening> {
        let run = |at| Happening {
            at,
            event: Event::Run {
                batches: vec![(1..=SHAPE.organizations).collect()],
                previewed: false,
            },
        };
        let mut dice = Dice::new(seed ^ 0x5c4e);
        let mut all = Vec::new();
        let mut next = self.next(story[0].at + 300, &mut dice);
        for (index, happening) in story.iter().enumerate() {
            while next <= happening.at {
                all.push(run(next));
                next = self.next(next, &mut dice);
            }
            if index == settled_from {
                all.push(run(happening.at));
            }
            all.push(happening.clone());
            let (Event::Organization {
                id: organization,
                wallet: true,
            }
            | Event::Wallet { organization }) = happening.event
            else {
                continue;
            };
            if rich {
                let event = Event::Deposit {
                    organization,
                    cents: 1_000_000,
                    collects: false,
                };
                all.push(Happening { event, ..*happening });
            }
        }
        all
    }
}

/// A world without runs, and from where on everybody pays.
pub fn story(seed: u64) -> (Vec<Happening>, usize) {
    let mut events = Generator::new(seed, SHAPE);
    let mut story = Vec::new();
    for _ in 0..SHAPE.events {
        story.extend(events.next());
    }
    let settled_from = story.len();
    story.extend(events.finale());
    (story, settled_from)
}

/// What a schedule ends in: before everybody has paid, whether somebody owes something, and each organization's charges with
/// carry and arrears; then usage by month and resource, as the charges took it, and by month, as they say themselves.
async fn play(schedule: Schedule, seed: u64, rich: bool) -> (bool, [String; 3]) {
    let workspace = Workspace::fresh().await;
    let mut player = Player::new(owner_of(&workspace).await, seed, 1_000);
    let (story, settled_from) = story(seed);
    let settling = story[settled_from].at;
    let mut due = None;
    for happening in schedule.of(&story, settled_from, seed, rich) {
        let before_settling = happening.at == settling && matches!(happening.event, Event::Run { .. });
        player.play(&happening).await;
        if before_settling {
            let charged = ask(
                &mut player.owner,
                "SELECT string_agg(format('%s %s', m.organization_id, m.carry + m.arrears + coalesce(c.charged, 0)), E'\\n' ORDER BY m.organization_id)
                 FROM organization_meters m JOIN wallets w ON w.organization_id = m.organization_id AND w.currency = 'USD'
                 LEFT JOIN (SELECT organization_id, sum(amount) AS charged FROM billing_charges GROUP BY 1) c ON c.organization_id = m.organization_id",
            )
            .await;
            let owing = player.model.accounts.values().any(|account| account.arrears > 0);
            due = Some((owing, charged));
        }
    }
    player.is_proven().await;
    let all = player.everybody();
    let by_resource = format!(
        "SELECT string_agg(x.line, E'\\n' ORDER BY x.line) FROM (
           SELECT concat_ws(' ', organization_id, resource_kind, resource_id, usage_month, sum(hours), sum(amount)) AS line
           FROM (SELECT {all}::integer[] AS organizations) o CROSS JOIN LATERAL cs_billing.charged(o.organizations,
             array_fill(0::bigint, ARRAY[cardinality(o.organizations)]), array_fill(NULL::bigint, ARRAY[cardinality(o.organizations)]))
           WHERE hours IS NOT NULL GROUP BY organization_id, resource_kind, resource_id, usage_month) x"
    );
    let by_month = "SELECT string_agg(x.line, E'\\n' ORDER BY x.line) FROM (
         SELECT concat_ws(' ', organization_id, usage_month, sum(hours), sum(usage)) AS line FROM billing_charges GROUP BY organization_id, usage_month) x";
    let (owing, charged) = due.unwrap();
    let by_resource = ask(&mut player.owner, &by_resource).await;
    let by_month = ask(&mut player.owner, by_month).await;
    (owing, [charged, by_resource, by_month])
}

async fn same_totals(seed: u64, rich: bool) {
    let once = play(Schedule::Once, seed, rich).await;
    assert!(
        once.1[1].lines().count() > 3,
        "seed {seed} has used something: {once:?}"
    );
    assert_ne!(once.0, rich, "seed {seed}: whether a wallet has run dry");
    for schedule in [Schedule::Hourly, Schedule::Daily, Schedule::Random] {
        let totals = play(schedule, seed, rich).await;
        assert_eq!(totals, once, "seed {seed}: {schedule:?}, and one run at the end");
    }
}

#[tokio::test]
async fn runs_by_any_schedule_end_in_the_same_totals() {
    for seed in seeds([3, 35].into_iter(), true) {
        same_totals(seed, true).await;
    }
}

#[tokio::test]
async fn also_where_wallets_run_dry_in_between() {
    for seed in seeds([15, 27].into_iter(), true) {
        same_totals(seed, false).await;
    }
}
