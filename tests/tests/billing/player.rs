//! Plays a world's events into a database, beside the model.

use std::collections::BTreeSet;

use cs_tests::workspace_db::{ask, broken_rule};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::{
    events::{Event, Happening, stamp},
    model::{Charged, Model},
    player_sql::table,
    worlds::tell,
};

pub struct Player {
    pub owner: PgConnection,
    pub model: Model,
    pub organizations: Vec<i32>,
    pub(super) seed: u64,
    /// Added to every id, so that many worlds have room in one database.
    pub(super) base: i32,
    /// What has not been sent yet: events between two runs take one round trip.
    pending: String,
    pub(super) keys: u32,
    /// Whether sessions are in UTC.
    pub(super) utc: bool,
    /// What kinds of things it has seen, so that a test can say that nothing was left out.
    pub seen: BTreeSet<&'static str>,
    played: Vec<String>,
}

/// Ten-thousandths as SQL writes them.
pub fn decimal(amount: i64) -> String {
    format!("{}.{:04}", amount / 10_000, amount % 10_000)
}

pub fn cents(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

impl Player {
    pub fn new(owner: PgConnection, seed: u64, base: i32) -> Self {
        Self {
            owner,
            model: Model::default(),
            organizations: Vec::new(),
            seed,
            base,
            pending: String::new(),
            keys: 0,
            utc: true,
            seen: BTreeSet::new(),
            played: Vec::new(),
        }
    }

    /// Another time zone for what is played from now on.
    pub async fn zone(&mut self, zone: &str) {
        self.utc = zone == "UTC";
        self.pending.push_str(&format!("SET TimeZone = '{zone}';"));
        self.flush().await;
    }

    pub fn id(&self, id: i32) -> i32 {
        self.base + id
    }

    /// All of them, as an array of SQL.
    pub fn everybody(&self) -> String {
        self.array(&self.organizations)
    }

    pub fn array(&self, organizations: &[i32]) -> String {
        let ids: Vec<String> = organizations.iter().map(|id| self.id(*id).to_string()).collect();
        format!("'{{{}}}'", ids.join(","))
    }

    /// Does something at a time, with the next that needs an answer.
    pub fn act(&mut self, at: i64, sql: &str) {
        self.pending
            .push_str(&format!("BEGIN; SET LOCAL cs.at = '{}'; {sql}; COMMIT;\n", stamp(at)));
    }

    /// Sends what has not been sent. Of the answers only those are given that have a column `told`.
    pub async fn flush(&mut self) -> Vec<String> {
        let sql = std::mem::take(&mut self.pending);
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.clone()))
            .fetch_all(&mut self.owner)
            .await;
        let rows = rows.unwrap_or_else(|error| panic!("{}\n{sql}\n{error}", self.story()));
        let told = rows
            .iter()
            .filter_map(|row| row.try_get::<Option<String>, _>("told").ok());
        told.map(Option::unwrap_or_default).collect()
    }

    /// Which world, and all that has happened in it.
    pub fn story(&self) -> String {
        format!(
            "CS_WORLD={} has played:\n{}\nwhich breaks in the world of seed {}.",
            self.seed,
            self.played.join("\n"),
            self.seed
        )
    }

    pub async fn play(&mut self, happening: &Happening) {
        self.played.push(happening.to_string());
        tell(happening);
        let at = happening.at;
        match &happening.event {
            Event::Run { batches, previewed } => self.bill(happening, batches, *previewed).await,
            Event::RefusedRun { before } => {
                let run = format!("SELECT cs_billing.open_run('{}')", stamp(*before));
                self.refused(at, &run, "billing_run_before_last").await;
            }
            Event::RefusedCreation { resource, organization } => {
                let sql = self.creation(at, *resource, Some(*organization), None);
                self.refused(at, &sql, "assign_archived_organization").await;
            }
            event => {
                let sql = self.sql(at, event);
                self.act(at, &sql);
                if let Event::Organization { id, .. } = event {
                    self.organizations.push(*id);
                }
                self.model.hear(happening);
            }
        }
    }

    async fn refused(&mut self, at: i64, sql: &str, rule: &str) {
        self.flush().await;
        let sql = format!("BEGIN; SET LOCAL cs.at = '{}'; {sql}; COMMIT", stamp(at));
        let broken = broken_rule(&mut self.owner, &sql).await;
        assert_eq!(broken, rule, "{}", self.story());
        self.seen.insert("a refusal");
    }

    /// A run: the database charges, in one round trip with what came before, and then the model.
    async fn bill(&mut self, run: &Happening, batches: &[Vec<i32>], previewed: bool) {
        let at = run.at;
        let (time, all) = (stamp(at), self.everybody());
        if previewed {
            self.act(
                at,
                &format!(
                    "SELECT string_agg(format('%s: %s h %s %s, carry %s', organization_id - {}, hours, usage, amount, carry_out), E'\\n' ORDER BY organization_id) AS told
                     FROM cs_billing.preview_batch('{time}', {all}) WHERE balance IS NOT NULL",
                    self.base
                ),
            );
        }
        self.act(at, &format!("SELECT cs_billing.open_run('{time}')"));
        let newest = "(SELECT max(id) FROM billing_runs)";
        for batch in batches {
            let batch = self.array(batch);
            self.act(at, &format!("SELECT cs_billing.charge_batch({newest}, {batch})"));
        }
        self.act(at, &format!("SELECT cs_billing.finish_run({newest}, 'completed')"));
        self.act(
            at,
            &format!(
                "SELECT string_agg(format('%s: %s h %s %s, carry %s, due %s, has %s', m.organization_id - {base}, coalesce(c.hours, 0), coalesce(c.usage, 0.0000),
                   coalesce(c.amount, 0.00), m.carry, m.arrears, coalesce(w.balance::text, '-')), E'\\n' ORDER BY m.organization_id) AS told
                 FROM organization_meters m LEFT JOIN wallets w USING (organization_id)
                 LEFT JOIN (SELECT organization_id, sum(hours) AS hours, sum(usage) AS usage, sum(amount) AS amount
                   FROM billing_charges WHERE run_id = {newest} GROUP BY 1) c USING (organization_id) WHERE m.organization_id = ANY ({all});
                 SELECT string_agg(format('%s %s', resource_kind, resource_id - {base}), ', ' ORDER BY resource_kind, resource_id) AS told
                 FROM parked_resources p JOIN wallets w ON w.organization_id = p.organization_id AND w.currency = 'USD'
                 WHERE p.resolved_at IS NULL AND p.organization_id = ANY ({all}) AND NOT EXISTS (SELECT FROM resource_terms t
                   WHERE t.resource_kind = p.resource_kind AND t.resource_id = p.resource_id AND t.organization_id <> p.organization_id)",
                base = self.base
            ),
        );
        let told = self.flush().await;
        let (seen, [charged, waiting]) = told.split_at(told.len() - 2) else {
            panic!("{}\n{told:?}", self.story())
        };
        let mut previews = Vec::new();
        let mut states = Vec::new();
        let mut waits = BTreeSet::new();
        for (
            id,
            Charged {
                hours,
                usage,
                cents: sum,
            },
        ) in self.model.hear(run)
        {
            let account = &self.model.accounts[&id];
            let line = format!(
                "{id}: {hours} h {} {}, carry {}",
                decimal(usage),
                cents(sum),
                decimal(account.carry)
            );
            let balance = account.balance.map_or_else(|| "-".to_owned(), cents);
            self.seen
                .extend((account.arrears > 0).then_some("a wallet that ran dry"));
            self.seen.extend((sum > 0).then_some("a charge"));
            states.push(format!("{line}, due {}, has {balance}", decimal(account.arrears)));
            if self.model.left_out(id) {
                self.seen.insert("an organization that is left out");
            } else {
                previews.push(line);
                waits.extend(self.model.waiting(id, at));
            }
        }
        self.seen
            .extend((!waits.is_empty()).then_some("a resource that waits for a price"));
        self.seen.extend(previewed.then_some("a preview"));
        // One row stands for a resource, whoever's hours wait: told apart only where it has been one organization's.
        let waits: Vec<String> = waits
            .iter()
            .filter(|thing| self.model.organizations_of(**thing) == 1)
            .map(|thing| format!("{} {}", table(thing.kind).2, thing.id))
            .collect();
        let story = || format!("{}\nat {time}", self.story());
        assert_eq!(*charged, states.join("\n"), "charged, and the model: {}", story());
        assert!(
            seen.iter().all(|seen| *seen == previews.join("\n")),
            "previewed {seen:?}, the model {previews:?}: {}",
            story()
        );
        assert_eq!(*waiting, waits.join(", "), "waiting, and the model: {}", story());
    }

    /// What a proof finds wrong with this world's books.
    pub async fn is_proven(&mut self) {
        self.flush().await;
        let all = self.everybody();
        // From the beginning; and of each organization from the run in the middle on.
        let middle = "coalesce((SELECT min(b.id) FROM billing_charges b WHERE b.organization_id = o AND b.run_id = (SELECT c.run_id FROM billing_charges c
           WHERE c.organization_id = o ORDER BY c.id OFFSET (SELECT count(*) / 2 FROM billing_charges x WHERE x.organization_id = o) LIMIT 1)), 0)";
        for since in ["0", middle] {
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
            assert_eq!(wrong, "∅", "proven: {}", self.story());
        }
    }

    /// What one of so many charges says of itself, and every invoice and balance.
    pub async fn is_explained(&mut self, one_in: u64) {
        self.flush().await;
        let (all, rest) = (self.everybody(), self.seed % one_in);
        let explained = ask(
            &mut self.owner,
            &format!(
                "SELECT string_agg(x.what, E'\\n') FROM (
                   SELECT 'charge ' || c.id AS what FROM billing_charges c CROSS JOIN LATERAL (SELECT cs_billing.explain_charge(c.id) AS e OFFSET 0) e
                   WHERE c.organization_id = ANY ({all}) AND c.id % {one_in} = {rest} AND ((e ->> 'agrees')::boolean IS NOT TRUE
                     OR (SELECT sum((l ->> 'amount')::numeric) FROM jsonb_array_elements(e -> 'lines') l) IS DISTINCT FROM c.usage)
                   UNION ALL
                   SELECT 'transaction ' || t.id FROM transactions t WHERE t.organization_id = ANY ({all}) AND t.type = 'charge' AND t.id % {one_in} = {rest}
                     AND (cs_billing.explain_transaction(t.id) -> 'charge' ->> 'agrees')::boolean IS NOT TRUE
                   UNION ALL
                   SELECT 'invoice ' || i.id FROM invoices i WHERE i.organization_id = ANY ({all}) AND (cs_billing.explain_invoice(i.id) ->> 'agrees')::boolean IS NOT TRUE
                   UNION ALL
                   SELECT 'balance of ' || o FROM unnest({all}::integer[]) o WHERE (cs_billing.explain_organization(o) ->> 'agrees')::boolean IS NOT TRUE) x"
            ),
        )
        .await;
        assert_eq!(explained, "∅", "explained: {}", self.story());
    }
}
