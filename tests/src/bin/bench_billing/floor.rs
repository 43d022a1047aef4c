//! The floor: what one would write by hand over the documented tables, in a database that has nothing else. It computes,
//! moves wallets and carry, inserts one charge for each organization with its lines as JSON, and advances
//! `last_billed_at`, in one transaction, as the tables' owner and without policies. It knows no price history, no caps,
//! no wallets that run dry, no hours that come late, and can't be run twice.

use cs_tests::{
    cluster::{TestDatabase, cluster},
    workspace_db::{ask, connect, run},
};
use sqlx::PgConnection;

/// The documented tables, and what is documented beside them: indexes, the check, the trigger for `updated_at`.
const DOCUMENTED: [&str; 2] = [
    include_str!("../../../../migrations/0001_documented_schema.sql"),
    include_str!("../../../../migrations/0002_documented_completions.sql"),
];

/// A database of the documented tables.
pub struct Floor {
    _database: TestDatabase,
    owner: PgConnection,
}

impl Floor {
    /// With this business in it. Its resources have the fill factor that ours have.
    pub async fn new(rows: &str, fillfactor: &str) -> Self {
        let database = cluster().await.fresh_database(None).await;
        let mut owner = connect(&database.admin_url).await;
        run(&mut owner, "SET statement_timeout = 0; SET jit = off").await;
        for sql in DOCUMENTED {
            run(&mut owner, sql).await;
        }
        run(
            &mut owner,
            &format!(
                "ALTER TABLE wallets ADD COLUMN carry numeric NOT NULL DEFAULT 0;
                 ALTER TABLE vps_instances ADD COLUMN deleted_at timestamp;
                 ALTER TABLE vps_instances SET (fillfactor = {fillfactor});
                 ALTER TABLE wallets SET (fillfactor = {fillfactor});
                 {rows}"
            ),
        )
        .await;
        run(&mut owner, "VACUUM ANALYZE").await;
        Self {
            _database: database,
            owner,
        }
    }

    /// Charges what has ended by a time.
    pub async fn charge(&mut self, at: &str) {
        run(&mut self.owner, &charge(at)).await;
    }

    /// As after a night.
    pub async fn settle(&mut self) {
        run(&mut self.owner, "VACUUM ANALYZE").await;
    }

    /// Every wallet and its carry, and every resource's position, in one word each.
    pub async fn reached(&mut self) -> (String, String) {
        (
            ask(
                &mut self.owner,
                "SELECT md5(string_agg(concat_ws(' ', organization_id, balance, round(carry, 4)), ',' ORDER BY organization_id)) FROM wallets",
            )
            .await,
            ask(
                &mut self.owner,
                "SELECT md5(string_agg(concat_ws(' ', id, last_billed_at), ',' ORDER BY id)) FROM vps_instances",
            )
            .await,
        )
    }
}

fn charge(at: &str) -> String {
    format!(
        "BEGIN;
WITH due AS MATERIALIZED (
  SELECT v.id, v.organization_id, p.name, p.hourly_rate, x.since, x.hours
  FROM vps_instances v JOIN vps_plans p ON p.id = v.plan_id
  CROSS JOIN LATERAL (SELECT coalesce(v.last_billed_at, v.created_at) AS since,
    floor(extract(epoch FROM timestamp '{at}' - coalesce(v.last_billed_at, v.created_at)) / 3600)::integer AS hours) x
  WHERE v.organization_id IS NOT NULL AND v.deleted_at IS NULL AND x.hours > 0
), total AS MATERIALIZED (
  SELECT d.organization_id, sum(d.hours * d.hourly_rate) AS usage,
    jsonb_agg(jsonb_build_object('type', 'vps', 'id', d.id, 'plan', d.name, 'from', d.since, 'hours', d.hours, 'rate', d.hourly_rate)) AS lines
  FROM due d GROUP BY d.organization_id
), moved AS (
  UPDATE wallets w SET balance = w.balance - floor((t.usage + w.carry) * 100) / 100,
    carry = t.usage + w.carry - floor((t.usage + w.carry) * 100) / 100
  FROM total t WHERE w.organization_id = t.organization_id RETURNING 1
), posted AS (
  INSERT INTO transactions (organization_id, amount, type, status, metadata, created_at)
  SELECT t.organization_id, -floor((t.usage + w.carry) * 100) / 100, 'charge', 'completed', jsonb_build_object('lines', t.lines), '{at}'
  FROM total t JOIN wallets w USING (organization_id) RETURNING 1
)
UPDATE vps_instances v SET last_billed_at = d.since + d.hours * interval '1 hour' FROM due d WHERE v.id = d.id;
COMMIT;"
    )
}
