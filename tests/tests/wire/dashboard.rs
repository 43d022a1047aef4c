//! The dashboard's sums against a computation of the test's own, and what each role sees of them.

use app::{dashboard, session::Session};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use cs_tests::{
    business,
    desk::{TestDesk, Workspace},
};
use domain::dashboard::Period;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};

use crate::code;

fn at(text: &str) -> NaiveDateTime {
    format!("{text}:00").parse().unwrap()
}

fn of(text: &str) -> Decimal {
    text.parse().unwrap()
}

async fn operator(workspace: &Workspace) -> Session {
    Session::operator(workspace.admin(), "tests").await.unwrap()
}

/// Runs statements as the server's administrator with the clock moved.
async fn act(connection: &mut PgConnection, time: NaiveDateTime, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(format!(
        "BEGIN; SET LOCAL cs.at = '{time}'; {sql}; COMMIT"
    )))
    .execute(connection)
    .await
    .unwrap();
}

/// A resource: whose, from when until when, its prices (from when, rate, cost), its cap and the provider's.
struct Stay {
    organization: usize,
    from: NaiveDateTime,
    until: NaiveDateTime,
    prices: Vec<(NaiveDateTime, Decimal, Decimal)>,
    cap: Option<Decimal>,
    provider_cap: Option<Decimal>,
}

impl Stay {
    fn price(&self, time: NaiveDateTime) -> (Decimal, Decimal) {
        let found = self.prices.iter().rev().find(|(from, _, _)| *from <= time);
        found.map(|(_, rate, cost)| (*rate, *cost)).unwrap()
    }
}

fn month_of(time: NaiveDateTime) -> (i32, u32) {
    use chrono::Datelike;
    (time.year(), time.month())
}

/// What each day's bar has to be: the charges that daily runs post, hour by hour, cap by cap, cent by cent.
fn expected_revenue(stays: &[Stay], runs: &[NaiveDateTime]) -> Vec<(NaiveDateTime, Decimal)> {
    let hour = TimeDelta::hours(1);
    let mut days = Vec::new();
    let mut next: Vec<NaiveDateTime> = stays.iter().map(|stay| stay.from).collect();
    let mut metered: Vec<((i32, u32), Decimal)> = vec![((0, 0), Decimal::ZERO); stays.len()];
    let mut carry = [Decimal::ZERO; 2];
    for run in runs {
        for (organization, carry) in carry.iter_mut().enumerate() {
            let mut by_month: std::collections::BTreeMap<(i32, u32), Decimal> = std::collections::BTreeMap::new();
            for (index, stay) in stays
                .iter()
                .enumerate()
                .filter(|(_, stay)| stay.organization == organization)
            {
                while next[index] + hour <= *run && next[index] < stay.until {
                    let month = month_of(next[index]);
                    if metered[index].0 != month {
                        metered[index] = (month, Decimal::ZERO);
                    }
                    let (rate, _) = stay.price(next[index]);
                    let cost = stay
                        .cap
                        .map_or(rate, |cap| rate.min((cap - metered[index].1).max(Decimal::ZERO)));
                    metered[index].1 += cost;
                    *by_month.entry(month).or_default() += cost;
                    next[index] += hour;
                }
            }
            for (month, usage) in by_month {
                let due = usage + *carry;
                let charged = (due * of("100")).floor() / of("100");
                *carry = due - charged;
                let mut day = (*run - hour).date();
                while month_of(day.into()) > month {
                    day = day.pred_opt().unwrap();
                }
                days.push((day.and_hms_opt(0, 0, 0).unwrap(), charged));
            }
        }
    }
    days
}

/// What a day's resources cost, second by second, up to the provider's cap of the month.
fn expected_cost(stays: &[Stay], from: NaiveDateTime, until: NaiveDateTime) -> Decimal {
    let minute = TimeDelta::minutes(1);
    let mut sum = Decimal::ZERO;
    for stay in stays {
        let first: NaiveDateTime = chrono::NaiveDate::from_ymd_opt(month_of(from).0, month_of(from).1, 1)
            .unwrap()
            .into();
        let mut time = stay.from.max(first);
        let mut used = Decimal::ZERO;
        while time < until.min(stay.until) {
            let (_, cost) = stay.price(time);
            let more = cost / of("60");
            let taken = stay
                .provider_cap
                .map_or(more, |cap| more.min((cap - used).max(Decimal::ZERO)));
            used += taken;
            if time >= from {
                sum += taken;
            }
            time += minute;
        }
    }
    sum.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bar_equals_what_the_books_say() {
    let workspace = Workspace::fresh().await;
    let mut admin = workspace.admin().connect("tests").await.unwrap();
    let began = at("2028-02-25T00:00");
    act(
        &mut admin,
        began,
        "INSERT INTO organizations (id, name) VALUES (NULL, 'Quarry Street Games'), (NULL, 'Kestrel Freight'), (NULL, 'Ovella Foods');
         INSERT INTO wallets (id, organization_id, currency) SELECT NULL, id, CASE name WHEN 'Ovella Foods' THEN 'EUR' ELSE 'USD' END FROM organizations;
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key, reason) SELECT NULL, id, 500, 'deposit', 'completed', 'first', '' FROM organizations;
         INSERT INTO vps_plans (id, name, provider, base_cost, hourly_rate, monthly_rate, provider_monthly) VALUES (NULL, 'Capped', 'linode', 0.06, 0.1013, 20, 15), (NULL, 'Plain', 'linode', 0.03, 0.0517, NULL, NULL);
         INSERT INTO vps_instances (id, label, plan_id, organization_id) SELECT NULL, 'capped ' || o.name, p.id, o.id FROM organizations o, vps_plans p WHERE p.name = 'Capped' AND o.name <> 'Kestrel Freight'",
    )
    .await;
    let place = |name: &str, organization: &str| {
        format!(
            "INSERT INTO vps_instances (id, label, plan_id, organization_id) SELECT NULL, '{name}', p.id, o.id FROM organizations o, vps_plans p
             WHERE p.name = 'Plain' AND o.name = '{organization}'"
        )
    };
    let changed = at("2028-03-10T00:00");
    let stays = [
        Stay {
            organization: 0,
            from: began,
            until: NaiveDateTime::MAX,
            prices: vec![(NaiveDateTime::MIN, of("0.1013"), of("0.06"))],
            cap: Some(of("20")),
            provider_cap: Some(of("15")),
        },
        Stay {
            organization: 0,
            from: at("2028-03-05T12:20"),
            until: NaiveDateTime::MAX,
            prices: vec![
                (NaiveDateTime::MIN, of("0.0517"), of("0.03")),
                (changed, of("0.0633"), of("0.0401")),
            ],
            cap: None,
            provider_cap: None,
        },
        Stay {
            organization: 1,
            from: at("2028-03-01T06:30"),
            until: at("2028-03-08T09:30"),
            prices: vec![(NaiveDateTime::MIN, of("0.0517"), of("0.03"))],
            cap: None,
            provider_cap: None,
        },
    ];
    let session = operator(&workspace).await;
    let now = at("2028-03-20T10:00");
    let runs: Vec<NaiveDateTime> = (1..=24)
        .map(|day| at("2028-02-25T00:05") + TimeDelta::days(day))
        .collect();
    let mut deeds = vec![
        (at("2028-03-01T06:30"), place("short", "Kestrel Freight")),
        (at("2028-03-05T12:20"), place("late", "Quarry Street Games")),
        (
            at("2028-03-08T09:30"),
            "UPDATE vps_instances SET deleted_at = now() WHERE label = 'short'".to_owned(),
        ),
        (
            changed,
            "UPDATE vps_plans SET hourly_rate = 0.0633, base_cost = 0.0401 WHERE name = 'Plain'".to_owned(),
        ),
    ];
    for run in &runs {
        while deeds.first().is_some_and(|(time, _)| time <= run) {
            let (time, sql) = deeds.remove(0);
            act(&mut admin, time, &sql).await;
        }
        app::billing::run(&session.at(run.and_utc()), Some(run.and_utc()), |_, _| {
            std::ops::ControlFlow::Continue(())
        })
        .await
        .unwrap();
    }
    // A charge of the middle of the month is given back in part.
    act(
        &mut admin,
        at("2028-03-15T14:00"),
        "INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key, reason, refund_of)
         SELECT NULL, t.organization_id, 0.75, 'refund', 'completed', 'back', 'A broken disk', t.id FROM transactions t
         WHERE t.type = 'charge' AND t.amount <= -1 ORDER BY t.id DESC LIMIT 1",
    )
    .await;

    let report = dashboard::revenue(&session, Period::Month, Some(now.and_utc()))
        .await
        .unwrap();
    let charges = expected_revenue(&stays, &runs);
    let charged_until = *runs.last().unwrap();
    let mut revenue = Decimal::ZERO;
    let mut cost = Decimal::ZERO;
    assert_eq!(report.figures.bars.len(), 31);
    for bar in &report.figures.bars {
        let day = bar.at.naive_utc();
        let refunded = if day == at("2028-03-15T00:00") {
            of("0.75")
        } else {
            Decimal::ZERO
        };
        let due = charges
            .iter()
            .filter(|(at, _)| *at == day)
            .map(|(_, sum)| *sum)
            .sum::<Decimal>()
            - refunded;
        assert_eq!(bar.revenue, due, "revenue of {day}");
        let spent = expected_cost(&stays, day, (day + TimeDelta::days(1)).min(charged_until));
        assert_eq!(bar.cost, spent, "cost of {day}");
        assert_eq!(bar.ahead.is_zero(), day < at("2028-03-20T00:00"), "ahead of {day}");
        revenue += due;
        cost += spent;
    }
    assert!(revenue > of("30") && cost > of("20"), "{revenue} {cost}");
    let margin = report.margin.clone().unwrap();
    assert_eq!(
        (report.revenue, margin.cost, margin.margin),
        (revenue, cost, revenue - cost)
    );
    // The capped one has reached its cap; the other one goes on for the rest of the month.
    let hours = Decimal::from((at("2028-04-01T00:00") - charged_until).num_minutes()) / of("60");
    let ahead = report.month_end.unwrap() - revenue;
    assert!((ahead - hours * of("0.0633")).abs() < of("0.10"), "{ahead}");

    // The same stretch of the month before: it began on the 25th, so 1–20 February has nothing.
    assert_eq!(report.figures.earlier_revenue, Decimal::ZERO);
    assert_eq!(report.change, None);
    // A week by the same books. It has come to 10:00 of its last day, so the week before counts up to there: a daily run
    // stands in the last hour of its day.
    let week = dashboard::revenue(&session, Period::Week, Some(now.and_utc()))
        .await
        .unwrap();
    let of_month = |from: &str, until: &str| {
        charges
            .iter()
            .filter(|(day, _)| *day >= at(from) && *day < at(until))
            .map(|(_, sum)| *sum)
            .sum::<Decimal>()
    };
    assert_eq!(
        week.revenue,
        of_month("2028-03-14T00:00", "2028-03-21T00:00") - of("0.75")
    );
    assert_eq!(
        week.figures.earlier_revenue,
        of_month("2028-03-07T00:00", "2028-03-13T00:00")
    );
    assert_eq!(week.month_end, None);
    // And the last day, hour by hour: one daily run stands in its last hour.
    let day = dashboard::revenue(&session, Period::Day, Some(now.and_utc()))
        .await
        .unwrap();
    assert_eq!(day.figures.bars.len(), 24);
    assert_eq!(day.revenue, of_month("2028-03-19T00:00", "2028-03-20T00:00"));
    assert_eq!(day.figures.bars.iter().filter(|bar| !bar.revenue.is_zero()).count(), 1);

    // What the triggers keep equals what the books say, all of it.
    let kept: Decimal = sqlx::query_scalar("SELECT sum(charged - refunded) FROM revenue_hours WHERE currency = 'USD'")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    let books: Decimal = sqlx::query_scalar("SELECT -sum(amount) FROM transactions WHERE type IN ('charge', 'refund')")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(kept, books);
}

fn concern<'a>(summary: &'a Value, name: &str) -> Option<&'a Value> {
    summary["attention"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["concern"] == name)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_somebody_is_counted_and_the_rest_is_silent() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    let empty = desk.ok("dashboard.summary", json!({})).await;
    assert_eq!(empty["attention"], json!([]), "a new business has nothing to look at");
    assert_eq!(
        (empty["held"].as_str(), empty["runs"].as_array().unwrap().len()),
        (Some("0.00"), 0)
    );

    business::open(&workspace, &desk).await;
    let session = operator(&workspace).await;
    app::billing::run(&session, None, |_, _| std::ops::ControlFlow::Continue(()))
        .await
        .unwrap();
    workspace
        .execute(
            "UPDATE vps_instances SET status = 'running';
             UPDATE vps_instances SET status = 'error' WHERE id IN (SELECT min(id) FROM vps_instances);
             INSERT INTO vps_instances (id, label, status) VALUES (NULL, 'stray-1', 'running'), (NULL, 'stray-2', 'running');
             INSERT INTO organizations (id, name) VALUES (NULL, 'Abroad');
             INSERT INTO wallets (id, organization_id, currency) SELECT NULL, id, 'EUR' FROM organizations WHERE name = 'Abroad';
             INSERT INTO invoices (id, organization_id, invoice_number, amount, status, amount_paid, created_at)
               SELECT NULL, id, 'INV-2026-' || id, 20.00, 'pending', 5.50, timezone('UTC', now()) - interval '73 hours' FROM organizations WHERE name <> 'Abroad' LIMIT 2;
             INSERT INTO invoices (id, organization_id, invoice_number, amount, status, created_at)
               SELECT NULL, id, 'INV-2027-' || id, 99.00, 'pending', timezone('UTC', now()) - interval '71 hours' FROM organizations WHERE name <> 'Abroad' LIMIT 1;
             UPDATE tickets SET first_reply_at = NULL;
             ALTER TABLE tickets DISABLE TRIGGER USER;
             UPDATE tickets SET created_at = timezone('UTC', now()) - interval '5 hours';
             ALTER TABLE tickets ENABLE TRIGGER USER;
             INSERT INTO parked_resources (resource_kind, resource_id, organization_id, reason, parked_from)
               SELECT 'vps', id, organization_id, 'gone', timezone('UTC', now()) FROM vps_instances ORDER BY id DESC OFFSET 5 LIMIT 1;",
        )
        .await;
    let summary = desk.ok("dashboard.summary", json!({})).await;
    assert_eq!(concern(&summary, "billing_overdue"), None);
    assert_eq!(concern(&summary, "servers_gone").unwrap()["count"], 1);
    assert_eq!(concern(&summary, "servers_down").unwrap()["count"], 1);
    assert_eq!(concern(&summary, "unassigned_servers").unwrap()["count"], 2);
    // Urgent after an hour, high after four; medium and low have more time.
    assert_eq!(concern(&summary, "late_tickets").unwrap()["count"], 3);
    let overdue = concern(&summary, "overdue_invoices").unwrap();
    assert_eq!(
        (overdue["count"].as_i64(), overdue["amount"].as_str()),
        (Some(2), Some("29.00"))
    );
    assert_eq!(
        (summary["overdue"].as_i64(), summary["overdue_amount"].as_str()),
        (Some(2), Some("29.00"))
    );
    assert_eq!(summary["foreign_wallets"], 1);
    // Two of the small wallets don't cover 40 days.
    let mut admin = workspace.admin().connect("tests").await.unwrap();
    let (owing, owed): (i64, Decimal) =
        sqlx::query_as("SELECT count(*), ceil(sum(arrears) * 100) / 100 FROM organization_meters WHERE arrears > 0")
            .fetch_one(&mut admin)
            .await
            .unwrap();
    assert!(owing > 0);
    assert_eq!(
        (summary["owing"].as_i64(), summary["owed"].as_str().map(of)),
        (Some(owing), Some(owed))
    );
    assert_eq!(concern(&summary, "empty_wallets").unwrap()["count"], owing);
    let held: Decimal = sqlx::query_scalar("SELECT sum(balance) FROM wallets WHERE currency = 'USD'")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(summary["held"].as_str().map(of), Some(held));
    let run = &summary["runs"][0];
    let charged: Decimal = sqlx::query_scalar("SELECT -sum(amount) FROM transactions WHERE type = 'charge'")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(run["charged"].as_str().map(of), Some(charged));
    let fleet: i64 = summary["fleet"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| each["count"].as_i64().unwrap())
        .sum();
    let servers: i64 = sqlx::query_scalar("SELECT count(*) FROM vps_instances")
        .fetch_one(&mut admin)
        .await
        .unwrap();
    assert_eq!(fleet, servers);
    assert_eq!(
        summary["tickets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| each["count"].as_i64().unwrap())
            .sum::<i64>(),
        6
    );

    // Three hours later nobody has charged: the schedule is hourly.
    let later: DateTime<Utc> = summary["now"].as_str().unwrap().parse().unwrap();
    let (_, attention) = dashboard::summary(&session, Some(later + TimeDelta::hours(3)))
        .await
        .unwrap();
    assert_eq!(attention[0].concern, domain::dashboard::Concern::BillingOverdue);
    let missed = |attention: &[dashboard::Attention]| {
        let found = attention
            .iter()
            .find(|each| each.concern == domain::dashboard::Concern::AgentMissing);
        found.map(|each| each.since.unwrap())
    };
    assert_eq!(missed(&attention), None, "none was ever set up");
    let overview = desk.ok("billing.overview", json!({})).await;
    assert_eq!(
        (&overview["agent_seen"], &overview["agent_missing"]),
        (&Value::Null, &json!(false))
    );

    // Nor has the agent been heard of since then.
    workspace
        .execute(
            "INSERT INTO agent_hosts (login, host, version, mode, started_at, last_seen_at)
             SELECT 'agent', 'web1', '1', 'serving', t, t FROM (SELECT timezone('UTC', now()) AS t) x",
        )
        .await;
    let (_, attention) = dashboard::summary(&session, Some(later + TimeDelta::hours(1)))
        .await
        .unwrap();
    assert_eq!(missed(&attention), None);
    let (_, attention) = dashboard::summary(&session, Some(later + TimeDelta::hours(3)))
        .await
        .unwrap();
    assert!(missed(&attention).unwrap() >= later);
    workspace
        .execute("UPDATE agent_hosts SET last_seen_at = last_seen_at - interval '3 hours'")
        .await;
    let overview = desk.ok("billing.overview", json!({})).await;
    assert!(
        overview["agent_seen"].is_string() && overview["agent_missing"] == true,
        "{overview}"
    );

    // Backups that an agent was set up to take, and which are not taken.
    let of_backups = |attention: &[dashboard::Attention]| {
        let found = attention
            .iter()
            .find(|each| each.concern == domain::dashboard::Concern::BackupMissed);
        found.map(|each| each.since)
    };
    assert_eq!(of_backups(&attention), None, "no agent takes any");
    workspace
        .execute(
            "INSERT INTO agent_jobs (name, started_at, finished_at, succeeded_at, outcome, next_due, login, host)
             SELECT 'backup', t, t, t, 'completed', t + interval '1 day', 'agent', 'web1' FROM (SELECT timezone('UTC', now()) AS t) x",
        )
        .await;
    for (hours, missed) in [(3, false), (26, true), (31 * 24, false)] {
        let (_, attention) = dashboard::summary(&session, Some(later + TimeDelta::hours(hours)))
            .await
            .unwrap();
        let since = of_backups(&attention);
        assert_eq!(since.is_some(), missed, "{hours}");
        assert!(since.is_none_or(|since| since.unwrap() >= later));
    }
    workspace
        .execute("UPDATE agent_jobs SET outcome = 'failed', succeeded_at = NULL WHERE name = 'backup'")
        .await;
    let (_, attention) = dashboard::summary(&session, Some(later + TimeDelta::hours(3)))
        .await
        .unwrap();
    assert_eq!(of_backups(&attention), Some(None), "it fails, and there is none");
    workspace
        .execute("UPDATE workspace_settings SET billing_schedule = 'daily'")
        .await;
    let (_, attention) = dashboard::summary(&session, Some(later + TimeDelta::hours(3)))
        .await
        .unwrap();
    assert_ne!(attention[0].concern, domain::dashboard::Concern::BillingOverdue);
}

#[tokio::test(flavor = "multi_thread")]
async fn support_sees_revenue_and_no_cost() {
    let workspace = Workspace::fresh().await;
    let desk = workspace.admin_desk().await;
    business::open(&workspace, &desk).await;
    let session = operator(&workspace).await;
    app::billing::run(&session, None, |_, _| std::ops::ControlFlow::Continue(()))
        .await
        .unwrap();
    for (email, sees) in [
        ("fina.moreau@halyard.example", true),
        ("tomas.lind@halyard.example", false),
    ] {
        let desk = workspace.desk().await;
        desk.sign_in(email).await;
        let month = desk.ok("dashboard.revenue", json!({"period": "month"})).await;
        let bars = month["bars"].as_array().unwrap();
        // In the first hour of a month nothing has been charged in it yet; in the last seven days something always has.
        let week = desk.ok("dashboard.revenue", json!({"period": "week"})).await;
        assert!(of(week["revenue"].as_str().unwrap()) > Decimal::ZERO, "{email}: {week}");
        assert_eq!(month["margin"].is_object(), sees, "{email}: {month}");
        assert!(
            bars.iter()
                .all(|bar| bar["cost"].is_string() == sees && bar["margin"].is_string() == sees)
        );
        assert!(desk.ok("dashboard.summary", json!({})).await["hourly"].is_string());
        let exported = desk.ok("dashboard.export", json!({"period": "month"})).await;
        let text = std::fs::read_to_string(exported["path"].as_str().unwrap()).unwrap();
        assert_eq!(text.lines().next().unwrap().contains("provider_cost"), sees, "{text}");
        assert_eq!(text.lines().count(), bars.len() + 1);
        let sum: Decimal = text
            .lines()
            .skip(1)
            .map(|line| of(line.split(',').nth(2).unwrap()))
            .sum();
        assert_eq!(Some(sum), month["revenue"].as_str().map(of));
    }
    let wrong = desk.refused("dashboard.revenue", json!({"period": "year"})).await;
    assert_eq!(code(&wrong), "bad_request");
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_below_cost_concern_those_who_see_cost() {
    let workspace = Workspace::fresh().await;
    let admin = workspace.admin_desk().await;
    business::open(&workspace, &admin).await;
    let finance = workspace.desk().await;
    finance.sign_in("fina.moreau@halyard.example").await;
    let support = workspace.desk().await;
    support.sign_in("tomas.lind@halyard.example").await;
    let count = async |desk: &TestDesk| {
        let summary = desk.ok("dashboard.summary", json!({})).await;
        concern(&summary, "plans_below_cost").map(|found| found["count"].clone())
    };
    assert_eq!(count(&admin).await, None, "no list was read yet");
    // The hour of one costs more than ours, and of another the month.
    workspace
        .execute(
            "INSERT INTO provider_prices (provider, type_id, hourly, monthly, since)
             SELECT 'linode', x.type, x.hourly, x.monthly, timezone('UTC', now())
             FROM (VALUES ('g6-dedicated-4', 0.1300, 72.00), ('g6-dedicated-8', 0.2160, 144.00), ('g6-standard-1', 0.0180, 15.00)) AS x(type, hourly, monthly)",
        )
        .await;
    for (desk, seen) in [(&admin, Some(json!(2))), (&finance, Some(json!(2))), (&support, None)] {
        assert_eq!(count(desk).await, seen);
    }
    // What it leads to.
    let list = json!({"filters": [{"column": "at_loss", "op": "is", "values": ["true"]}], "sort": null, "search": null, "after": null, "limit": 10});
    assert_eq!(finance.ok("plans.list", list).await["total"], 2);
    workspace
        .execute(
            "UPDATE provider_prices SET hourly = 0.1080 WHERE type_id = 'g6-dedicated-4';
             UPDATE vps_plans SET monthly_rate = 15.00 WHERE linode_type = 'g6-standard-1'",
        )
        .await;
    assert_eq!(count(&admin).await, None);
}
