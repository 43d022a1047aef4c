//! A seeded world: what happens in it is done to the database and told to the model.

use chrono::DateTime;
use cs_tests::workspace_db::{WorkspaceDb, ask, run};
use sqlx::PgConnection;

use super::model::{HOUR, Model, Price, Stay};

/// Small, seeded, the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) >> 1).unwrap() % sides
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        let length = i64::try_from(from.len()).unwrap();
        (length > 0).then(|| from[usize::try_from(self.roll(length)).unwrap()])
    }
}

pub struct World {
    /// Held: the database goes with it.
    _db: WorkspaceDb,
    pub owner: PgConnection,
    pub model: Model,
    pub now: i64,
    pub dice: Dice,
    pub organizations: Vec<i32>,
    plans: Vec<i32>,
    keys: u32,
}

/// Ten-thousandths as SQL reads them.
pub fn decimal(amount: i64) -> String {
    format!("{}.{:04}", amount / 10_000, amount % 10_000)
}

pub fn stamp(at: i64) -> String {
    DateTime::from_timestamp(at, 0)
        .unwrap()
        .naive_utc()
        .format("%Y-%m-%d %H:%M:%S")
        .to_string()
}

impl World {
    /// Three organizations and four plans, some days before a month ends.
    pub async fn new(seed: u64) -> Self {
        let db = WorkspaceDb::new().await;
        let owner = db.owner().await;
        let mut world = Self {
            _db: db,
            owner,
            model: Model::default(),
            // 2028-02-25: the next month ends on a leap day.
            now: 1_835_049_600,
            dice: Dice::new(seed),
            organizations: Vec::new(),
            plans: Vec::new(),
            keys: 0,
        };
        // Nothing is charged or invoiced to those that are there already.
        world.act("UPDATE wallets SET currency = 'CHF'").await;
        for index in 0..3 {
            let id = world
                .make(&format!(
                    "INSERT INTO organizations (id, name) VALUES (NULL, 'Org {index}') RETURNING id"
                ))
                .await;
            world
                .act(&format!(
                    "INSERT INTO wallets (id, organization_id) VALUES (NULL, {id})"
                ))
                .await;
            world.organizations.push(id);
        }
        for index in 0..4 {
            let price = world.price(i64::MIN);
            let id = world
                .make(&format!(
                    "INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES (NULL, 'Plan {index}', 'linode', {}, {}) RETURNING id",
                    decimal(price.rate),
                    price.cap.map_or_else(|| "NULL".to_owned(), decimal)
                ))
                .await;
            world.model.prices.insert(id, vec![price]);
            world.plans.push(id);
        }
        world
    }

    fn price(&mut self, from: i64) -> Price {
        let rate = self.dice.roll(2_500) + self.dice.roll(2);
        // Caps in whole cents: none, nothing, or somewhere within a month's hours.
        let cap = match self.dice.roll(5) {
            0 => None,
            1 => Some(0),
            _ => Some(self.dice.roll(4_000) * 100),
        };
        Price { from, rate, cap }
    }

    /// Does something at the world's time.
    pub async fn act(&mut self, sql: &str) {
        let at = stamp(self.now);
        run(
            &mut self.owner,
            &format!("BEGIN; SET LOCAL cs.at = '{at}'; {sql}; COMMIT"),
        )
        .await;
    }

    async fn make(&mut self, sql: &str) -> i32 {
        run(
            &mut self.owner,
            &format!("BEGIN; SET LOCAL cs.at = '{}'", stamp(self.now)),
        )
        .await;
        let id: i32 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut self.owner)
            .await
            .unwrap_or_else(|error| panic!("{sql}\n{error}"));
        run(&mut self.owner, "COMMIT").await;
        id
    }

    pub async fn deposit(&mut self, organization: i32, cents: i64) {
        self.keys += 1;
        let (key, amount) = (self.keys, decimal(cents * 100));
        self.act(&format!(
            "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
             VALUES (NULL, {organization}, {amount}, 'deposit', 'completed', 'k{key}')"
        ))
        .await;
        // Every other one collects what is due, as a deposit of this program does; the rest is left to the next run.
        if key % 2 == 0 {
            self.act(&format!("SELECT cs_billing.collect({organization})")).await;
        }
    }

    /// Time passes, seconds or days, and something happens.
    pub async fn happen(&mut self) {
        self.now += match self.dice.roll(4) {
            0 => self.dice.roll(60) + 1,
            1 => HOUR * (self.dice.roll(5) + 1),
            _ => self.dice.roll(4 * 24 * HOUR) + 1,
        };
        let organization = self.dice.pick(&self.organizations).unwrap();
        let plan = self.dice.pick(&self.plans).unwrap();
        let resource = self.dice.pick(&self.model.resources());
        match (self.dice.roll(10), resource) {
            (0..3, _) | (_, None) => self.create(organization, plan).await,
            (3, Some(resource)) => self.end(resource).await,
            (4, Some(resource)) => self.hand_over(resource, organization).await,
            (5, Some(resource)) => self.change_plan(resource, plan).await,
            (6, _) => self.change_price(plan).await,
            (7, _) => self.assign_late(organization, plan).await,
            _ => {
                let cents = self.dice.roll(3_000) + 1;
                self.deposit(organization, cents).await;
            }
        }
    }

    async fn create(&mut self, organization: i32, plan: i32) {
        let resource = self
            .make(&format!(
                "INSERT INTO vps_instances (id, label, plan_id, organization_id) VALUES (NULL, 'x', {plan}, {organization}) RETURNING id"
            ))
            .await;
        self.stay(resource, organization, plan, self.now);
    }

    fn stay(&mut self, resource: i32, organization: i32, plan: i32, start: i64) {
        self.model.stays.push(Stay {
            resource,
            organization,
            start,
            end: None,
            plans: vec![(i64::MIN, plan)],
        });
    }

    async fn end(&mut self, resource: i32) {
        let at = stamp(self.now);
        self.act(&format!(
            "UPDATE vps_instances SET deleted_at = '{at}' WHERE id = {resource}"
        ))
        .await;
        let now = self.now;
        self.model.staying(resource).unwrap().end = Some(now);
    }

    async fn hand_over(&mut self, resource: i32, organization: i32) {
        let stay = self.model.staying(resource).unwrap().clone();
        if stay.organization == organization {
            return;
        }
        self.act(&format!(
            "UPDATE vps_instances SET organization_id = {organization} WHERE id = {resource}"
        ))
        .await;
        let now = self.now;
        self.model.staying(resource).unwrap().end = Some(now);
        self.stay(resource, organization, stay.plans.last().unwrap().1, now);
    }

    async fn change_plan(&mut self, resource: i32, plan: i32) {
        self.act(&format!(
            "UPDATE vps_instances SET plan_id = {plan} WHERE id = {resource}"
        ))
        .await;
        let now = self.now;
        self.model.staying(resource).unwrap().plans.push((now, plan));
    }

    async fn change_price(&mut self, plan: i32) {
        let price = self.price(self.now);
        let cap = price.cap.map_or_else(|| "NULL".to_owned(), decimal);
        self.act(&format!(
            "UPDATE vps_plans SET hourly_rate = {}, monthly_rate = {cap} WHERE id = {plan}",
            decimal(price.rate)
        ))
        .await;
        self.model.prices.get_mut(&plan).unwrap().push(price);
    }

    /// Found at the provider, and assigned days later from a time in between.
    async fn assign_late(&mut self, organization: i32, plan: i32) {
        let resource = self
            .make("INSERT INTO vps_instances (id, label) VALUES (NULL, 'found') RETURNING id")
            .await;
        let found = self.now;
        self.now += self.dice.roll(40 * 24 * HOUR) + 1;
        let start = found + self.dice.roll(self.now - found + 1);
        self.act(&format!(
            "UPDATE vps_instances SET organization_id = {organization}, plan_id = {plan}, last_billed_at = '{}' WHERE id = {resource}",
            stamp(start)
        ))
        .await;
        self.stay(resource, organization, plan, start);
    }

    /// A run at the world's time, in batches of two.
    pub async fn bill(&mut self) {
        let at = stamp(self.now);
        let all: Vec<String> = self.organizations.iter().map(ToString::to_string).collect();
        let previewed = ask(
            &mut self.owner,
            &format!(
                "SELECT string_agg(format('%s: %s h, %s, %s, %s', organization_id, hours, usage, amount, carry_out), '; ' ORDER BY organization_id)
                 FROM cs_billing.preview_batch('{at}', '{{{}}}')",
                all.join(",")
            ),
        )
        .await;
        let run_id = self.make(&format!("SELECT cs_billing.open_run('{at}')::integer")).await;
        for batch in all.chunks(2) {
            self.act(&format!(
                "SELECT cs_billing.charge_batch({run_id}, '{{{}}}')",
                batch.join(",")
            ))
            .await;
        }
        self.act(&format!("SELECT cs_billing.finish_run({run_id}, 'completed')"))
            .await;
        let charged = ask(
            &mut self.owner,
            &format!(
                "SELECT string_agg(format('%s: %s h, %s, %s, %s', m.organization_id, coalesce(c.hours, 0), coalesce(c.usage, 0.0000), coalesce(c.amount, 0.00), m.carry),
                   '; ' ORDER BY m.organization_id)
                 FROM organization_meters m LEFT JOIN (SELECT organization_id, sum(hours) AS hours, sum(usage) AS usage, sum(amount) AS amount
                   FROM billing_charges WHERE run_id = {run_id} GROUP BY 1) c USING (organization_id) WHERE m.organization_id IN ({})",
                all.join(",")
            ),
        )
        .await;
        assert_eq!(charged, previewed, "the run at {at} charges what was previewed");
    }

    /// What a proof finds wrong with this world's books; and what each charge says of itself.
    pub async fn is_proven(&mut self, seed: u64) {
        let all = format!(
            "'{{{}}}'",
            self.organizations
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(",")
        );
        // From the beginning; and of each organization from the run in the middle on.
        for since in [
            "0",
            "coalesce((SELECT min(b.id) FROM billing_charges b WHERE b.organization_id = o AND b.run_id = (SELECT c.run_id FROM billing_charges c
               WHERE c.organization_id = o ORDER BY c.id OFFSET (SELECT count(*) / 2 FROM billing_charges x WHERE x.organization_id = o) LIMIT 1)), 0)",
        ] {
            let wrong = ask(
                &mut self.owner,
                &format!(
                    "SELECT string_agg(concat_ws(' ', f.what, f.organization_id, f.thing, f.thing_id, f.expected, 'found', f.found), E'\\n')
                     FROM (SELECT array_agg(({since})::bigint ORDER BY place) AS since, array_agg(0) AS invoices FROM unnest({all}::integer[]) WITH ORDINALITY AS x(o, place)) s
                     CROSS JOIN LATERAL (SELECT * FROM cs_billing.find_breaches({all}, s.since, s.invoices)
                       UNION ALL SELECT * FROM cs_billing.find_ledger_breaches({all})) f WHERE f.thing IS NOT NULL"
                ),
            )
            .await;
            assert_eq!(wrong, "∅", "seed {seed} at {}", stamp(self.now));
        }
        let explained = ask(
            &mut self.owner,
            &format!(
                "SELECT string_agg(x.what, E'\\n') FROM (
                   SELECT 'charge ' || c.id AS what FROM billing_charges c CROSS JOIN LATERAL (SELECT cs_billing.explain_charge(c.id) AS e) e
                   WHERE c.organization_id = ANY ({all}) AND ((e ->> 'agrees')::boolean IS NOT TRUE
                     OR (SELECT sum((l ->> 'amount')::numeric) FROM jsonb_array_elements(e -> 'lines') l) IS DISTINCT FROM c.usage)
                   UNION ALL
                   SELECT 'transaction ' || t.id FROM transactions t WHERE t.organization_id = ANY ({all}) AND t.type = 'charge'
                     AND (cs_billing.explain_transaction(t.id) -> 'charge' ->> 'agrees')::boolean IS NOT TRUE
                   UNION ALL
                   SELECT 'invoice ' || i.id FROM invoices i WHERE i.organization_id = ANY ({all}) AND (cs_billing.explain_invoice(i.id) ->> 'agrees')::boolean IS NOT TRUE
                   UNION ALL
                   SELECT 'balance of ' || o FROM unnest({all}::integer[]) o WHERE (cs_billing.explain_organization(o) ->> 'agrees')::boolean IS NOT TRUE) x"
            ),
        )
        .await;
        assert_eq!(explained, "∅", "seed {seed} at {}", stamp(self.now));
    }

    /// Every organization: what was charged, plus carry, plus what its wallet didn't cover, is what the model says.
    pub async fn agrees(&mut self, seed: u64) {
        let usage = self.model.usage(self.now);
        for organization in self.organizations.clone() {
            let found = ask(
                &mut self.owner,
                &format!(
                    "SELECT m.carry + m.arrears - coalesce((SELECT sum(amount) FROM transactions
                       WHERE organization_id = {organization} AND type = 'charge'), 0)
                     FROM organization_meters m WHERE m.organization_id = {organization}"
                ),
            )
            .await;
            let expected = decimal(usage.get(&organization).copied().unwrap_or_default());
            assert_eq!(
                found,
                expected,
                "seed {seed}, organization {organization}, at {}",
                stamp(self.now)
            );
        }
    }

    /// Pays what is owed.
    pub async fn settle(&mut self) {
        for organization in self.organizations.clone() {
            self.deposit(organization, 9_000_000).await;
        }
        self.bill().await;
        let owed = ask(
            &mut self.owner,
            "SELECT count(*) FROM organization_meters WHERE arrears <> 0",
        )
        .await;
        assert_eq!(owed, "0", "nobody owes anything after a deposit");
    }
}
