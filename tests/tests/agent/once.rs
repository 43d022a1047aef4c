//! What is due, by the database's clock.

use app::domain::agent::JobKind;
use chrono::TimeDelta;
use cs_tests::{
    csctl::{csctl, json},
    workspace_db::{ADMIN, FINANCE, SUPPORT},
};
use serde_json::Value;

use super::shared::{World, outcome, outcomes, plan, stopped};

#[tokio::test]
async fn hours_are_charged_some_minutes_after_they_end_and_an_outage_in_one_run() {
    let mut world = World::new().await;
    world.customer("2030-01-01 00:00", 1001, "100", 1).await;
    let first = world.pass("2030-01-01 12:07").await;
    assert_eq!(
        outcomes(&first),
        "sessions completed, log completed, billing completed, grace completed"
    );
    assert!(
        first[2].message.starts_with("Billed up to 2030-01-01 12:00 UTC"),
        "{}",
        first[2].message
    );
    assert_eq!(outcomes(&world.pass("2030-01-01 12:07").await), "", "all is done");
    for at in ["2030-01-01 12:30", "2030-01-01 13:04"] {
        assert_eq!(outcome(&world.pass(at).await, JobKind::Billing), "not begun", "{at}");
    }
    assert_eq!(
        outcome(&world.pass("2030-01-01 13:05").await, JobKind::Billing),
        "completed"
    );
    world.pass("2030-01-03 08:10").await;
    // The clock was put back: what is charged stays charged, and nothing fails.
    let back = world.pass("2030-01-02 08:10").await;
    assert_eq!(outcome(&back, JobKind::Billing), "not begun");
    assert_eq!(
        outcome(&back, JobKind::Log),
        "completed",
        "what ended at a time to come is due"
    );
    assert_eq!(
        world.billed_up_to().await,
        "01-01 12:00 completed 12, 01-01 13:00 completed 1, 01-03 08:00 completed 43"
    );
    assert_eq!(
        world
            .ask("SELECT balance FROM wallets WHERE organization_id = 1001")
            .await,
        "94.40"
    );
    assert_eq!(
        world
            .ask("SELECT to_char(next_due, 'MM-DD HH24:MI') FROM agent_jobs WHERE name = 'billing'")
            .await,
        "01-03 09:05"
    );

    // By the day.
    world
        .at(
            "2030-01-03 08:10",
            "UPDATE workspace_settings SET billing_schedule = 'daily'",
        )
        .await;
    for (at, expected) in [
        ("2030-01-03 23:00", "not begun"),
        ("2030-01-04 00:04", "not begun"),
        ("2030-01-04 00:05", "completed"),
    ] {
        assert_eq!(outcome(&world.pass(at).await, JobKind::Billing), expected, "{at}");
    }
}

#[tokio::test]
async fn a_run_at_a_desk_counts_and_one_that_goes_on_is_left_alone() {
    let mut world = World::new().await;
    world.customer("2030-01-01 00:00", 1001, "100", 1).await;
    world.at("2030-01-01 10:03", "SELECT cs_billing.open_run(NULL)").await;
    let beside = world.pass("2030-01-01 10:06").await;
    assert_eq!(outcome(&beside, JobKind::Billing), "busy");
    assert_eq!(
        outcome(&world.pass("2030-01-01 10:06").await, JobKind::Billing),
        "not begun"
    );
    world
        .at(
            "2030-01-01 10:06",
            "SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed')",
        )
        .await;
    assert_eq!(
        outcome(&world.pass("2030-01-01 10:08").await, JobKind::Billing),
        "not begun",
        "10:03 is charged"
    );
    // One that failed later than the hour: no run goes back before it.
    world.at("2030-01-01 11:30", "SELECT cs_billing.open_run(NULL); SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'failed')").await;
    assert_eq!(
        outcome(&world.pass("2030-01-01 11:31").await, JobKind::Billing),
        "completed"
    );
    assert_eq!(
        world.billed_up_to().await,
        "01-01 10:03 completed 0, 01-01 11:30 failed 0, 01-01 11:30 completed 11"
    );
    assert_eq!(
        world.told(ADMIN).await,
        "run_failed",
        "of the person's run, and nothing of the agent's"
    );
}

#[tokio::test]
async fn a_job_that_fails_waits_longer_each_time_is_told_once_and_stops_no_other() {
    let mut world = World::new().await;
    world.customer("2030-01-01 00:00", 1001, "100", 1).await;
    let mut admin = world.db.admin().await;
    cs_tests::workspace_db::run(
        &mut admin,
        "CREATE FUNCTION public.broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no room'; END $$;
         CREATE TRIGGER broken BEFORE INSERT ON transactions FOR EACH ROW EXECUTE FUNCTION public.broken()",
    )
    .await;
    let mut tried = Vec::new();
    for minute in 0..40 {
        let done = world.pass(&format!("2030-01-01 12:{:02}", 10 + minute)).await;
        assert_eq!(outcome(&done, JobKind::Log), "completed", "{minute}");
        assert_eq!(outcome(&done, JobKind::Sessions), "completed", "{minute}");
        if outcome(&done, JobKind::Billing) == "failed" {
            tried.push(minute);
        }
        let told = world.told(ADMIN).await;
        let expected = if tried.len() < 3 {
            "run_failed"
        } else {
            "agent_job_failed run_failed"
        };
        assert_eq!(told, expected, "{minute}");
    }
    assert_eq!(tried, [0, 1, 3, 7, 15, 31]);
    assert_eq!(world.told(FINANCE).await, "agent_job_failed run_failed");
    assert_eq!(world.told(SUPPORT).await, "");
    assert_eq!(
        world
            .ask("SELECT failures || ' ' || outcome FROM agent_jobs WHERE name = 'billing'")
            .await,
        "6 failed"
    );

    cs_tests::workspace_db::run(&mut admin, "DROP TRIGGER broken ON transactions").await;
    assert_eq!(
        outcome(&world.pass("2030-01-01 13:11").await, JobKind::Billing),
        "completed"
    );
    assert_eq!(
        world
            .ask("SELECT concat_ws(' ', failures, outcome, error, told_at) FROM agent_jobs WHERE name = 'billing'")
            .await,
        "0 completed"
    );
    assert_eq!(
        world
            .ask("SELECT balance FROM wallets WHERE organization_id = 1001")
            .await,
        "98.70"
    );
}

#[tokio::test]
async fn months_are_closed_in_order_where_that_was_asked_for() {
    let mut world = World::new().await;
    world.customer("2030-01-30 00:00", 1001, "100", 1).await;
    let closing = super::shared::plan_with(|plan| plan.intervals.close = Some(TimeDelta::hours(6)));
    assert_eq!(
        outcome(&world.pass("2030-02-01 07:00").await, JobKind::Close),
        "not begun"
    );
    assert_eq!(
        outcome(&world.pass_as("2030-02-01 05:59", &closing).await, JobKind::Close),
        "not begun"
    );
    let closed = world.pass_as("2030-02-01 06:00", &closing).await;
    assert_eq!(outcome(&closed, JobKind::Close), "completed");
    assert_eq!(
        outcome(&world.pass_as("2030-02-01 06:01", &closing).await, JobKind::Close),
        "not begun"
    );
    // After two months away, one after the other.
    assert_eq!(
        outcome(&world.pass_as("2030-04-02 00:00", &closing).await, JobKind::Close),
        "completed"
    );
    assert_eq!(
        outcome(&world.pass_as("2030-04-02 00:00", &closing).await, JobKind::Close),
        "completed"
    );
    assert_eq!(
        outcome(&world.pass_as("2030-04-02 00:00", &closing).await, JobKind::Close),
        "not begun"
    );
    assert_eq!(
        world.ask("SELECT string_agg(concat_ws(' ', to_char(billing_period_start, 'YYYY-MM'), amount, status), ', ' ORDER BY id) FROM invoices WHERE organization_id = 1001").await,
        "2030-01 4.80 paid, 2030-02 67.20 paid, 2030-03 74.40 pending"
    );
    assert_eq!(
        world
            .ask("SELECT to_char(next_due, 'YYYY-MM-DD HH24') FROM agent_jobs WHERE name = 'close'")
            .await,
        "2030-05-01 06"
    );
}

#[tokio::test]
async fn a_stop_is_heard_between_jobs_and_what_was_left_is_due_at_once() {
    let mut world = World::new().await;
    world.customer("2030-01-01 00:00", 1001, "100", 1).await;
    let (_stopper, stop) = stopped();
    assert_eq!(
        outcomes(&world.pass_until("2030-01-01 12:07", &plan(), &stop).await),
        ""
    );
    assert_eq!(world.ask("SELECT count(*) FROM agent_jobs").await, "0");
    let without = super::shared::plan_with(|plan| plan.leave_out = vec![JobKind::Billing, JobKind::Grace]);
    assert_eq!(
        outcomes(&world.pass_as("2030-01-01 12:07", &without).await),
        "sessions completed, log completed"
    );
    assert_eq!(
        outcome(&world.pass("2030-01-01 12:07").await, JobKind::Billing),
        "completed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_changes_nothing_and_the_status_says_what_is_overdue() {
    let mut world = World::new().await;
    world.customer("2020-01-01 00:00", 1001, "1", 1).await;
    let rows = "SELECT concat_ws(' ', (SELECT count(*) FROM agent_jobs), (SELECT count(*) FROM agent_hosts), (SELECT count(*) FROM billing_runs),
      (SELECT count(*) FROM notifications), (SELECT count(*) FROM activity_logs), (SELECT count(*) FROM log_chain), (SELECT balance FROM wallets WHERE organization_id = 1001))";
    let before = world.ask(rows).await;
    let dry = json(&world.csctl(&["agent", "--dry-run", "--close-months", "--json"]), 0);
    let due = |dry: &Value, job: &str| {
        let jobs = dry["jobs"].as_array().unwrap();
        jobs.iter()
            .find(|row| row["job"] == job)
            .unwrap_or_else(|| panic!("{dry}"))["due"]
            .clone()
    };
    for job in ["billing", "close", "grace", "sessions", "log"] {
        assert_eq!(due(&dry, job), true, "{dry}");
    }
    assert_eq!(
        dry["leaves_out"],
        serde_json::json!({"sync": "no_workspace_key", "intents": "no_workspace_key", "backup": "no_backup_folder"}),
        "{dry}"
    );
    let status = json(&world.csctl(&["agent", "status", "--json"]), 0);
    assert_eq!(
        (&status["billed_up_to"], &status["overdue"]),
        (&Value::Null, &serde_json::json!(["billing"])),
        "{status}"
    );
    assert_eq!(status["agents"], serde_json::json!([]), "{status}");
    assert_eq!(world.ask(rows).await, before);

    let done = json(&world.csctl(&["agent", "--once", "--host", "web1", "--json"]), 0);
    let ran: Vec<&str> = done["done"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["job"].as_str().unwrap())
        .collect();
    assert_eq!(ran, ["sessions", "log", "billing", "grace"], "{done}");
    let status = json(&world.csctl(&["agent", "status", "--json"]), 0);
    let billing = &status["jobs"][2];
    assert_eq!(
        (
            &status["overdue"],
            &billing["job"],
            &billing["outcome"],
            &billing["held_by"],
            &billing["failures"]
        ),
        (
            &serde_json::json!([]),
            &"billing".into(),
            &"completed".into(),
            &Value::Null,
            &0.into()
        ),
        "{status}"
    );
    assert_eq!(status["billed_up_to"], billing["result"]["billed_up_to"], "{status}");
    assert_eq!(
        (&status["agents"][0]["host"], &status["agents"][0]["mode"]),
        (&"web1".into(), &"once".into()),
        "{status}"
    );
    assert_eq!(
        due(&json(&world.csctl(&["agent", "--dry-run", "--json"]), 0), "billing"),
        false
    );
    // An administrator's address serves too.
    let url = world.db.admin_url().to_owned();
    json(&csctl(&url, &["agent", "--once", "--json"]), 0);
    let text = world.csctl(&["agent", "status"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.starts_with("Billed up to 20") && text.contains("Agent on web1"),
        "{text}"
    );
    assert!(!text.contains("OVERDUE"), "{text}");
    assert!(
        text.contains("No agent has taken a backup, and no agent takes any"),
        "{text}"
    );
    for wrong in [
        &["agent", "--leave-out", "dance"][..],
        &["agent", "--close-after", "5"],
        &["agent", "--once", "status"],
    ] {
        assert_eq!(world.csctl(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
