//! Years of books: organizations with a deposit and a charge for each hour since.

use cs_tests::workspace_db::run;

use crate::world::World;

/// How many charges an organization has.
const HOURS: u32 = 99;

/// A database with so many transactions, and of how many organizations.
pub async fn written(transactions: u32) -> (World, u32) {
    let organizations = transactions / (HOURS + 1);
    let mut world = World::empty().await;
    // Two servers each at 0.0505 an hour, from the same moment on: what each hour charges and carries is arithmetic.
    run(
        &mut world.admin,
        &format!(
            "BEGIN; SET LOCAL session_replication_role = replica;
             INSERT INTO vps_plans (id, name, provider, hourly_rate) VALUES (9999, 'plan', 'linode', 0.0505);
             INSERT INTO plan_prices (plan_kind, plan_id, effective_from, hourly_rate) VALUES ('vps', 9999, '-infinity', 0.0505);
             INSERT INTO organizations (id, name) SELECT n, 'organization ' || n FROM generate_series(1001, 1000 + {organizations}) n;
             INSERT INTO vps_instances (id, label, region, plan_id, organization_id, status, created_at, last_billed_at)
               SELECT 1000 + n, 'web-' || n, 'eu-central', 9999, 1001 + n % {organizations}, 'running', '2028-02-02', timestamp '2028-02-02' + {HOURS} * interval '1 hour'
               FROM generate_series(0, {organizations} * 2 - 1) n;
             INSERT INTO resource_terms (resource_kind, resource_id, organization_id, plan_id, starts_at, unit_start)
               SELECT 'vps', id, organization_id, plan_id, created_at, created_at FROM vps_instances WHERE id > 1000 - 1 AND plan_id = 9999;
             INSERT INTO billing_runs (run_at, status, started_at, finished_at, organizations, resources, hours, charged, currency)
               SELECT timestamp '2028-02-02' + h * interval '1 hour', 'completed', timestamp '2028-02-02' + h * interval '1 hour', timestamp '2028-02-02' + h * interval '1 hour',
                 {organizations}, {organizations} * 2, {organizations} * 2, 0, 'USD' FROM generate_series(1, {HOURS}) h;
             INSERT INTO transactions (organization_id, amount, type, status, idempotency_key, created_at)
               SELECT n, 1000, 'deposit', 'completed', 'bench', '2028-02-01' FROM generate_series(1001, 1000 + {organizations}) n;
             CREATE TEMP TABLE hour ON COMMIT DROP AS
               SELECT h, r.id AS run_id, h * 0.1010 AS used, floor(h * 10.10) / 100 AS cents FROM generate_series(0, {HOURS}) h
               LEFT JOIN billing_runs r ON r.run_at = timestamp '2028-02-02' + h * interval '1 hour' AND r.hours = {organizations} * 2;
             CREATE TEMP TABLE step ON COMMIT DROP AS
               SELECT b.h, b.run_id, b.cents - a.cents AS amount, a.used - a.cents AS carry_in, b.used - b.cents AS carry_out FROM hour a JOIN hour b ON b.h = a.h + 1;
             UPDATE billing_runs r SET charged = s.amount * {organizations}, carried = s.carry_out * {organizations} FROM step s WHERE s.run_id = r.id;
             INSERT INTO transactions (id, organization_id, amount, type, status, reason, run_id, usage_month, created_at)
               SELECT 10000000 + s.h * {organizations} + n, 1000 + n, -s.amount, 'charge', 'completed', 'Usage in February 2028', s.run_id, '2028-02-01',
                 timestamp '2028-02-02' + s.h * interval '1 hour'
               FROM step s CROSS JOIN generate_series(1, {organizations}) n ORDER BY s.h, n;
             INSERT INTO billing_charges (id, previous_id, run_id, organization_id, transaction_id, usage_month, charged_from, charged_until, hours, usage, carry_in, amount, carry_out)
               OVERRIDING SYSTEM VALUE
               SELECT 10000000 + s.h * {organizations} + n, CASE WHEN s.h > 1 THEN 10000000 + (s.h - 1) * {organizations} + n END, s.run_id, 1000 + n,
                 10000000 + s.h * {organizations} + n, '2028-02-01', CASE WHEN s.h > 1 THEN timestamp '2028-02-02' + (s.h - 1) * interval '1 hour' END,
                 timestamp '2028-02-02' + s.h * interval '1 hour', 2, 0.1010, s.carry_in, s.amount, s.carry_out
               FROM step s CROSS JOIN generate_series(1, {organizations}) n ORDER BY s.h, n;
             INSERT INTO wallets (organization_id, balance) SELECT 1000 + n, 1000 - (SELECT sum(amount) FROM step) FROM generate_series(1, {organizations}) n;
             INSERT INTO organization_meters (organization_id, charged_until, carry, last_charge_id)
               SELECT 1000 + n, timestamp '2028-02-02' + {HOURS} * interval '1 hour', (SELECT carry_out FROM step WHERE h = {HOURS}), 10000000 + {HOURS} * {organizations} + n
               FROM generate_series(1, {organizations}) n;
             INSERT INTO revenue_hours AS r (hour, currency, charged)
               SELECT timestamp '2028-02-02' + (s.h - 1) * interval '1 hour', 'USD', s.amount * {organizations} FROM step s WHERE s.amount > 0
               ON CONFLICT (hour, currency) DO UPDATE SET charged = r.charged + EXCLUDED.charged;
             COMMIT"
        ),
    )
    .await;
    run(&mut world.admin, "VACUUM ANALYZE").await;
    (world, organizations)
}
