//! Ten thousand resources of five thousand customers, made by set-based SQL, and what the model says of them.

use cs_tests::workspace_db::run;
use sqlx::PgConnection;

use super::{
    model::{Account, HOUR, Kind, Model, Price, Stay, Thing},
    player::decimal,
};

pub const ORGANIZATIONS: i32 = 5_000;

/// 2030-01-29 00:00: a month ends while they are charged.
const BEGIN: i64 = 1_895_875_200;

/// Rates and caps by plan, from 1 on.
const PLANS: [(i64, Option<i64>); 5] = [
    (90, None),
    (213, Some(10_000)),
    (1, None),
    (447, Some(0)),
    (2_500, Some(150_000)),
];

/// When a resource begins, on which plan, and when it ends.
fn resource(id: i32) -> (i64, i32, Option<i64>) {
    let start = BEGIN + i64::from(id * 37 % 3_600) + i64::from(id % 97) * HOUR / 4;
    let end = (id % 11 == 0).then_some(start + i64::from(id % 30) * HOUR + 17);
    (start, id % 5 + 1, end)
}

/// In cents. Every seventh has little.
fn paid(organization: i32) -> i64 {
    if organization % 7 == 0 { 57 } else { 100_000 }
}

/// Makes them as the owner.
pub async fn make(owner: &mut PgConnection) {
    let plans: Vec<String> = (1..)
        .zip(PLANS)
        .map(|(id, (rate, cap))| {
            let cap = cap.map_or_else(|| "NULL".to_owned(), decimal);
            format!("({id}, 'Plan {id}', 'linode', {}, {cap})", decimal(rate))
        })
        .collect();
    let begin = super::events::stamp(BEGIN);
    run(
        owner,
        &format!(
            "BEGIN; SET LOCAL cs.at = '{begin}';
             INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES {};
             INSERT INTO organizations (id, name) SELECT i, 'Customer ' || i FROM generate_series(1, {ORGANIZATIONS}) i;
             INSERT INTO wallets (id, organization_id) SELECT i, i FROM generate_series(1, {ORGANIZATIONS}) i;
             INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key)
             SELECT NULL, i, CASE WHEN i % 7 = 0 THEN 0.57 ELSE 1000 END, 'deposit', 'completed', 'first' FROM generate_series(1, {ORGANIZATIONS}) i;
             INSERT INTO vps_instances (id, label, organization_id, plan_id, created_at)
             SELECT i, 'server-' || i, (i + 1) / 2, i % 5 + 1, timestamp '{begin}' + i * 37 % 3600 * interval '1 second' + i % 97 * interval '15 minutes'
             FROM generate_series(1, 2 * {ORGANIZATIONS}) i;
             UPDATE vps_instances SET deleted_at = created_at + id % 30 * interval '1 hour' + interval '17 seconds' WHERE id % 11 = 0;
             COMMIT; ANALYZE",
            plans.join(", ")
        ),
    )
    .await;
}

/// The same.
pub fn model() -> Model {
    let mut model = Model::default();
    let plan = |id| Thing { kind: Kind::Vps, id };
    for (id, (rate, cap)) in (1..).zip(PLANS) {
        let price = Price {
            from: i64::MIN,
            rate,
            cap,
        };
        model.prices.insert(plan(id), vec![price]);
    }
    for id in 1..=ORGANIZATIONS {
        let balance = Some(paid(id));
        model.accounts.insert(
            id,
            Account {
                balance,
                ..Account::default()
            },
        );
    }
    for id in 1..=2 * ORGANIZATIONS {
        let (start, on, end) = resource(id);
        model.stays.push(Stay {
            end,
            ..Stay::new(plan(id), (id + 1) / 2, start, Some(on))
        });
    }
    model
}
