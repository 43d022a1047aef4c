//! The demonstration's books, computed once more by a model that knows only whose each resource was, on which plan, at
//! which price, and when: not how the product charges.

use std::{collections::BTreeMap, ops::ControlFlow};

use app::{
    database::EmailAddress,
    demo::{self, Demo},
    session::Session,
};
use chrono::{DateTime, Utc};
use cs_tests::desk::{ADMIN, PASSWORD, Workspace};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use secrecy::SecretString;
use sqlx::{PgConnection, Row};

use super::model::{Kind, Model, Price, Stay, Thing};

const UNTIL: &str = "2026-11-20T15:20:00Z";

async fn demonstration(seed: u64) -> (Workspace, PgConnection, demo::Report) {
    let workspace = Workspace::fresh().await;
    let session = Session::operator(workspace.admin(), "tests").await.unwrap();
    let order = Demo {
        seed,
        until: Some(UNTIL.parse().unwrap()),
        admin: EmailAddress::parse(ADMIN).unwrap(),
        password: SecretString::from(PASSWORD),
    };
    let mut last = 0;
    let made = demo::fill(&session, &order, |done, total| {
        assert!(done >= last && done < total, "{done} of {total} after {last}");
        last = done;
        ControlFlow::Continue(())
    })
    .await
    .unwrap();
    let books = workspace.admin().connect("tests").await.unwrap();
    (workspace, books, made)
}

/// In ten-thousandths.
fn exact(amount: Decimal) -> i64 {
    (amount * Decimal::from(10_000)).trunc().to_i64().unwrap()
}

/// How many rows break a rule.
async fn breaks(books: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(books).await.unwrap()
}

#[tokio::test]
async fn every_wallet_invoice_and_hour_of_the_demonstration_adds_up() {
    let (_workspace, mut books, made) = demonstration(7).await;
    assert_eq!(made.organizations, 42);
    assert!(
        made.resources > 250 && made.invoices > 180 && made.tickets > 90 && made.runs > 180,
        "{made:?}"
    );

    for (rule, sql) in [
        (
            "a wallet is the sum of its transactions",
            "SELECT count(*) FROM wallets w WHERE w.balance <> coalesce((SELECT sum(t.amount) FROM transactions t
               WHERE t.organization_id = w.organization_id AND coalesce(t.status, 'completed') = 'completed'), 0)",
        ),
        (
            "an invoice is its lines and its carries",
            "SELECT count(*) FROM invoices i WHERE i.amount + i.carry_out <> i.carry_in
               + (SELECT sum((l ->> 'amount')::numeric) FROM jsonb_array_elements(i.line_items) AS l)",
        ),
        (
            "invoices are numbered without a gap",
            "SELECT coalesce(max(substr(invoice_number, 10)::bigint), 0) - count(*) FROM invoices",
        ),
        (
            "carries go from charge to charge",
            "SELECT count(*) FROM billing_charges c JOIN billing_charges p ON p.id = c.previous_id WHERE c.carry_in <> p.carry_out",
        ),
        (
            "no balance is below zero",
            "SELECT count(*) FROM wallets WHERE balance < 0",
        ),
        (
            "nothing is of a time that has not come",
            "SELECT count(*) FROM transactions WHERE created_at > '2026-11-20 15:20:00'",
        ),
    ] {
        assert_eq!(breaks(&mut books, sql).await, 0, "{rule}");
    }

    let until = UNTIL.parse::<DateTime<Utc>>().unwrap().timestamp();
    let mut used: BTreeMap<i32, i64> = BTreeMap::new();
    // Ids of servers and containers, and of their plans, are apart.
    for kind in [Kind::Vps, Kind::Container] {
        for (organization, amount) in model_of(&mut books, kind).await.usage(until) {
            *used.entry(organization).or_default() += amount;
        }
    }
    let told = sqlx::query(
        "SELECT m.organization_id, m.carry + m.arrears - coalesce((SELECT sum(t.amount) FROM transactions t
           WHERE t.organization_id = m.organization_id AND t.type = 'charge'), 0) AS told FROM organization_meters m",
    )
    .fetch_all(&mut books)
    .await
    .unwrap();
    assert_eq!(told.len(), 42);
    for row in told {
        let organization: i32 = row.get("organization_id");
        assert_eq!(
            exact(row.get::<Decimal, _>("told")),
            used.get(&organization).copied().unwrap_or_default(),
            "charges, carry and arrears of organization {organization} are its exact usage"
        );
    }
}

/// What is written down of one kind of resource.
async fn model_of(books: &mut PgConnection, kind: Kind) -> Model {
    let word = match kind {
        Kind::Vps => "vps",
        Kind::Container => "container",
    };
    let mut model = Model::default();
    let prices = sqlx::query(
        "SELECT plan_id, CASE WHEN effective_from = '-infinity' THEN NULL ELSE extract(epoch FROM effective_from)::bigint END AS since,
           hourly_rate, monthly_rate FROM plan_prices WHERE plan_kind = $1 ORDER BY plan_id, effective_from",
    )
    .bind(word)
    .fetch_all(&mut *books)
    .await
    .unwrap();
    for row in prices {
        let plan = Thing {
            kind,
            id: row.get("plan_id"),
        };
        model.prices.entry(plan).or_default().push(Price {
            from: row.get::<Option<i64>, _>("since").unwrap_or(i64::MIN),
            rate: exact(row.get("hourly_rate")),
            cap: row.get::<Option<Decimal>, _>("monthly_rate").map(exact),
        });
    }
    let terms = sqlx::query(
        "SELECT t.resource_id, t.organization_id, t.plan_id, extract(epoch FROM t.starts_at)::bigint AS starts,
           extract(epoch FROM t.unit_start)::bigint AS unit_start,
           extract(epoch FROM coalesce(r.ends_at, p.parked_from))::bigint AS ends
         FROM resource_terms t
         LEFT JOIN retired_meters r ON r.resource_kind = t.resource_kind AND r.resource_id = t.resource_id
           AND r.organization_id = t.organization_id AND r.unit_start = t.unit_start
         LEFT JOIN parked_resources p ON p.resource_kind = t.resource_kind AND p.resource_id = t.resource_id AND p.resolved_at IS NULL
         WHERE t.resource_kind = $1 ORDER BY t.resource_id, t.unit_start, t.starts_at",
    )
    .bind(word)
    .fetch_all(&mut *books)
    .await
    .unwrap();
    for row in terms {
        let organization: i32 = row.get("organization_id");
        let resource = Thing {
            kind,
            id: row.get("resource_id"),
        };
        let start: i64 = row.get("unit_start");
        let plan = (row.get::<i64, _>("starts"), Some(row.get::<i32, _>("plan_id")));
        match model.stays.last_mut() {
            Some(stay) if stay.resource == resource && stay.organization == organization && stay.start == start => {
                stay.plans.push(plan);
            }
            _ => model.stays.push(Stay {
                resource,
                organization,
                start,
                end: row.get("ends"),
                plans: vec![plan],
                charged: 0,
            }),
        }
    }
    model
}

#[tokio::test]
async fn a_demonstration_begins_only_where_nothing_real_can_be_hurt() {
    let workspace = Workspace::fresh().await;
    let session = Session::operator(workspace.admin(), "tests").await.unwrap();
    let order = |seed| Demo {
        seed,
        until: None,
        admin: EmailAddress::parse(ADMIN).unwrap(),
        password: SecretString::from(PASSWORD),
    };
    // Told to stop, it stops, and what has been made stays.
    let stopped = demo::fill(&session, &order(1), |done, _| {
        if done < 12 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })
    .await
    .unwrap();
    assert!(stopped.stopped && stopped.organizations > 0, "{stopped:?}");
    let again = demo::fill(&session, &order(1), |_, _| ControlFlow::Continue(()))
        .await
        .unwrap_err();
    assert!(again.to_string().contains("has organizations already"), "{again}");
    workspace.execute("UPDATE cs_meta.workspace SET is_test = false").await;
    let real = demo::fill(&session, &order(1), |_, _| ControlFlow::Continue(()))
        .await
        .unwrap_err();
    assert!(real.to_string().contains("real business"), "{real}");
}
