//! Random worlds whose months are closed: what invoices say, together with the carry, is what the model says.

use chrono::{DateTime, Datelike, NaiveDate};
use cs_tests::workspace_db::{WorkspaceDb, ask, run};

use super::{
    dice::Dice,
    events::stamp,
    generator::{Generator, Shape},
    model::HOUR,
    player::{Player, decimal},
};

/// Everybody is invoiced: all have wallets in the panel's currency, and every plan has a price.
const SHAPE: Shape = Shape {
    organizations: 3,
    events: 50,
    days: 150,
    bills: false,
    plain: true,
};

/// A world and who plays it.
struct World {
    events: Generator,
    player: Player,
    seed: u64,
    /// Held: the database goes with it.
    _db: WorkspaceDb,
}

impl World {
    async fn new(seed: u64) -> Self {
        let db = WorkspaceDb::new().await;
        let mut owner = db.owner().await;
        // Nothing is charged or invoiced to those that are there already.
        run(&mut owner, "UPDATE wallets SET currency = 'CHF'").await;
        Self {
            events: Generator::new(seed, SHAPE),
            player: Player::new(owner, seed, 1_000),
            seed,
            _db: db,
        }
    }

    async fn happen(&mut self) {
        for happening in self.events.next() {
            self.player.play(&happening).await;
        }
    }

    async fn bill(&mut self) {
        self.events.run();
        for happening in self.events.taken() {
            self.player.play(&happening).await;
        }
    }

    /// Pays what is owed.
    async fn settle(&mut self) {
        for happening in self.events.finale() {
            self.player.play(&happening).await;
        }
    }

    async fn act(&mut self, sql: &str) {
        self.player.act(self.events.now, sql);
        self.player.flush().await;
    }

    async fn ask(&mut self, sql: &str) -> String {
        self.player.flush().await;
        ask(&mut self.player.owner, sql).await
    }
}

/// The world's months, from its first on, and which of them is the next to close.
struct Months {
    next: NaiveDate,
}

fn month_of(at: i64) -> NaiveDate {
    let date = DateTime::from_timestamp(at, 0).unwrap().date_naive();
    date.with_day(1).unwrap()
}

fn end_of(month: NaiveDate) -> i64 {
    let next = month.checked_add_months(chrono::Months::new(1)).unwrap();
    next.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp()
}

impl Months {
    /// Closes all months whose last hours have ended, oldest first.
    async fn close(&mut self, world: &mut World) {
        if world.events.now < end_of(self.next) + HOUR {
            return;
        }
        world.bill().await;
        while world.events.now >= end_of(self.next) + HOUR {
            let month = self.next;
            for batch in world.player.organizations.clone().chunks(2) {
                let batch = world.player.array(batch);
                world
                    .act(&format!("SELECT cs_billing.close_batch('{month}', {batch})"))
                    .await;
            }
            world.act(&format!("SELECT cs_billing.finish_close('{month}')")).await;
            agrees(world, month).await;
            self.next = month.checked_add_months(chrono::Months::new(1)).unwrap();
        }
    }
}

/// Everything that was used before the month's end has been told, exactly; and what is due is what no charge has paid.
async fn agrees(world: &mut World, month: NaiveDate) {
    let seed = world.seed;
    let usage = world.player.model.usage(end_of(month) + HOUR - 1);
    for organization in world.player.organizations.clone() {
        let id = world.player.id(organization);
        let valid = format!("organization_id = {id} AND status <> 'cancelled'");
        let told = world.ask(&format!(
                "SELECT coalesce(sum(amount), 0) + coalesce((SELECT carry_out FROM invoices WHERE {valid} ORDER BY id DESC LIMIT 1), 0.0000)
                 FROM invoices WHERE {valid}"
            ),
        )
        .await;
        let expected = decimal(usage.get(&organization).copied().unwrap_or_default());
        let now = stamp(world.events.now);
        assert_eq!(
            told, expected,
            "seed {seed}, organization {organization}, {month} closed at {now}"
        );
    }
    invoices_hold(world).await;
}

/// What holds of invoices whatever happened.
async fn invoices_hold(world: &mut World) {
    let seed = world.seed;
    for (rule, broken) in [
        (
            "lines and carries are the amount",
            "SELECT count(*) FROM invoices i WHERE carry_in IS NOT NULL AND amount <>
               (SELECT sum((l ->> 'amount')::numeric) FROM jsonb_array_elements(line_items) l) + carry_in - carry_out",
        ),
        (
            "the detail is the lines",
            "SELECT count(*) FROM invoices i WHERE carry_in IS NOT NULL AND (SELECT sum((l ->> 'amount')::numeric) FROM jsonb_array_elements(line_items) l)
               <> (SELECT sum(amount) FROM usage_details d WHERE d.invoice_id = i.id)",
        ),
        (
            "no hour is told twice",
            "SELECT count(*) FROM usage_details a JOIN usage_details b ON a.id < b.id AND NOT a.withdrawn AND NOT b.withdrawn
               AND (a.resource_kind, a.resource_id, a.organization_id, a.unit_start) = (b.resource_kind, b.resource_id, b.organization_id, b.unit_start)
               AND (a.first_hour, a.first_hour + a.hours * interval '1 hour') OVERLAPS (b.first_hour, b.first_hour + b.hours * interval '1 hour')",
        ),
        (
            "carries go from invoice to invoice",
            "SELECT count(*) FROM (SELECT carry_in, lag(carry_out, 1, 0.0000) OVER (PARTITION BY organization_id ORDER BY id) AS before
               FROM invoices WHERE carry_in IS NOT NULL AND status <> 'cancelled') x WHERE carry_in <> before",
        ),
        (
            "what is due is what charges have not paid",
            "SELECT count(*) FROM (SELECT organization_id, sum(amount) AS billed, sum(amount_paid) AS paid FROM invoices
               WHERE carry_in IS NOT NULL AND status <> 'cancelled' GROUP BY 1) i
             LEFT JOIN (SELECT organization_id, sum(amount) AS charged FROM billing_charges GROUP BY 1) c USING (organization_id)
             WHERE i.paid <> least(i.billed, coalesce(c.charged, 0))",
        ),
        (
            "it is paid when nothing is due",
            "SELECT count(*) FROM invoices WHERE carry_in IS NOT NULL AND status <> 'cancelled' AND (status = 'paid') <> (amount = amount_paid)",
        ),
        (
            "numbers have no gap, in the order of issue",
            "SELECT count(*) FROM (SELECT invoice_number, 'INV-' || extract(year FROM created_at) || '-' ||
                 lpad(row_number() OVER (PARTITION BY extract(year FROM created_at) ORDER BY id)::text, 6, '0') AS expected
               FROM invoices WHERE carry_in IS NOT NULL) x WHERE invoice_number <> expected",
        ),
    ] {
        assert_eq!(world.ask(broken).await, "0", "seed {seed}: {rule}");
    }
}

/// Withdraws an organization's newest invoice, if that one is pending.
async fn cancel(world: &mut World, organization: i32) {
    let organization = world.player.id(organization);
    world
        .act(&format!(
            "SELECT cs_billing.cancel_invoice(i.id, 'pending') FROM (SELECT id, status FROM invoices
             WHERE organization_id = {organization} AND status <> 'cancelled' ORDER BY id DESC LIMIT 1) i WHERE i.status = 'pending'"
        ))
        .await;
}

/// What a world has seen: late lines, withdrawn invoices, invoices that were paid in part.
async fn seen(world: &mut World) -> [i64; 3] {
    let mut counts = [0; 3];
    for (count, sql) in counts.iter_mut().zip([
        "SELECT count(*) FROM invoices i, jsonb_array_elements(line_items) l WHERE carry_in IS NOT NULL AND (l ->> 'late')::boolean",
        "SELECT count(*) FROM invoices WHERE carry_in IS NOT NULL AND status = 'cancelled'",
        "SELECT count(*) FROM invoices WHERE carry_in IS NOT NULL AND status = 'pending' AND amount_paid > 0",
    ]) {
        *count = world.ask(sql).await.parse().unwrap();
    }
    counts
}

async fn worlds(seeds: impl Iterator<Item = u64>) {
    let mut all = [0; 3];
    for seed in seeds {
        for (sum, count) in all.iter_mut().zip(live(seed).await) {
            *sum += count;
        }
    }
    assert!(
        all.iter().all(|count| *count > 0),
        "these worlds have seen everything: {all:?}"
    );
}

async fn live(seed: u64) -> [i64; 3] {
    let mut world = World::new(seed).await;
    let mut dice = Dice::new(seed ^ 0xc105e);
    let mut months = Months {
        next: month_of(world.events.now),
    };
    for _ in 0..SHAPE.events {
        world.happen().await;
        if dice.roll(5) == 0 {
            world.bill().await;
        }
        // Some closes are late, and several months go at once.
        if dice.roll(3) > 0 {
            months.close(&mut world).await;
        }
        if dice.roll(9) == 0 {
            let one = dice.pick(&world.player.organizations).unwrap();
            cancel(&mut world, one).await;
        }
    }
    world.events.now = world.events.now.max(end_of(months.next) + HOUR);
    months.close(&mut world).await;
    assert_ne!(
        world
            .ask("SELECT count(*) FROM invoices WHERE carry_in IS NOT NULL")
            .await,
        "0",
        "seed {seed}: this world has invoices"
    );
    let counts = seen(&mut world).await;
    world.player.is_proven().await;
    world.settle().await;
    world.player.is_proven().await;
    world.player.is_explained(1).await;
    // All that is told is charged then, hour by hour.
    let unexplained = "SELECT count(*) FROM invoices i WHERE i.carry_in IS NOT NULL AND i.status <> 'cancelled'
      AND ((cs_billing.explain_invoice(i.id) ->> 'uncharged_hours')::integer <> 0
        OR (SELECT sum((c ->> 'amount')::numeric) FROM jsonb_array_elements(cs_billing.explain_invoice(i.id) -> 'charges') c)
          IS DISTINCT FROM (SELECT sum(d.amount) FROM usage_details d WHERE d.invoice_id = i.id))";
    assert_eq!(world.ask(unexplained).await, "0", "seed {seed}");
    invoices_hold(&mut world).await;
    let unpaid = "SELECT count(*) FROM invoices WHERE carry_in IS NOT NULL AND status NOT IN ('paid', 'cancelled')";
    assert_eq!(world.ask(unpaid).await, "0", "seed {seed}: all is paid after a deposit");
    counts
}

#[tokio::test]
async fn invoices_of_any_world_tell_its_usage_exactly() {
    worlds(1..=6).await;
}

#[tokio::test]
async fn invoices_of_other_worlds_too() {
    worlds(201..=206).await;
}
