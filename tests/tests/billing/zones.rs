//! A server in New York, through both changes of its clocks: nothing is other than in UTC.

use std::process::{Command, Stdio};

use cs_tests::{
    cluster::Cluster,
    csctl::{csctl, json},
    desk::Workspace,
    workspace_db::{ask, connect, run},
};
use store::{
    connect::Address,
    roles::{self, LoginKind, RolePrefix},
};
use workspace::{Clients, SearchPath};

use super::worlds::owner_of;

const PASSWORD: &str = "onlythiscomputerreachesit0123456789abcdef0123456789abcdef0123456";
const ZONE: &str = "America/New_York";

/// Where New York's time comes from. The program's own connections say UTC in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// From the server, and database and logins say UTC: as they are made.
    Pinned,
    /// From the server, and the database doesn't say anything else any more.
    Server,
    /// The logins themselves say New York.
    Role,
}

/// What happens, by plain SQL of the owner: the clocks go forward at 07:00 on the 9th of March, and back at 06:00 on the
/// 2nd of November. What a documented default would fill in is given, since here it would be the time of the test.
const STORY: &[(&str, &str)] = &[
    (
        "2025-03-08 20:30:00",
        "INSERT INTO organizations (id, name) VALUES (1, 'Alder'), (2, 'Birch');
         INSERT INTO wallets (id, organization_id) VALUES (1, 1), (2, 2);
         INSERT INTO vps_plans (id, name, provider, hourly_rate, monthly_rate) VALUES (1, 'Plain', 'linode', 0.0101, NULL), (2, 'Capped', 'linode', 0.0213, 9.00);
         INSERT INTO container_plans (id, name, base_cost, markup_percentage) VALUES (1, 'Small', 0.0070, 33.33);
         INSERT INTO vps_instances (id, label, organization_id, plan_id, created_at) VALUES (1, 'one', 1, 1, '2025-03-08 20:30:00');
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key, created_at) VALUES
           (NULL, 1, 150, 'deposit', 'completed', 'first', '2025-03-08 20:30:00'), (NULL, 2, 0.40, 'deposit', 'completed', 'first', '2025-03-08 20:30:00')",
    ),
    // A local time that there isn't on that day.
    (
        "2025-03-09 02:30:00",
        "INSERT INTO vps_instances (id, label, organization_id, plan_id, created_at) VALUES (2, 'two', 2, 2, '2025-03-09 02:30:00'), (3, 'found', NULL, NULL, '2025-03-09 02:30:00')",
    ),
    ("2025-03-09 06:30:00", "run"),
    (
        "2025-03-09 06:59:59",
        "INSERT INTO vps_instances (id, label, organization_id, plan_id, created_at) VALUES (4, 'short', 1, 2, '2025-03-09 06:59:59')",
    ),
    (
        "2025-03-09 07:00:00",
        "INSERT INTO containers (id, name, organization_id, plan_id, created_at) VALUES (5, 'five', 1, 1, '2025-03-09 07:00:00')",
    ),
    ("2025-03-09 07:00:00", "run"),
    ("2025-03-09 07:00:01", "UPDATE vps_instances SET deleted_at = '2025-03-09 07:00:01' WHERE id = 4"),
    ("2025-03-09 07:30:00", "UPDATE vps_plans SET hourly_rate = 0.0350 WHERE id = 1"),
    ("2025-03-09 07:30:00", "run"),
    ("2025-03-09 08:30:00", "UPDATE vps_instances SET plan_id = 2 WHERE id = 1"),
    (
        "2025-03-10 12:00:00",
        "UPDATE vps_instances SET organization_id = 2, plan_id = 1, last_billed_at = '2025-03-09 02:30:01' WHERE id = 3",
    ),
    ("2025-03-10 12:00:00", "run"),
    ("2025-04-01 00:00:00", "run"),
    ("2025-04-01 01:00:00", "run"),
    // Twice the same local time.
    (
        "2025-11-02 05:30:00",
        "INSERT INTO vps_instances (id, label, organization_id, plan_id, created_at) VALUES (6, 'an hour', 1, 1, '2025-11-02 05:30:00');
         INSERT INTO transactions (id, organization_id, amount, type, status, idempotency_key, created_at)
         VALUES (NULL, 2, 3, 'deposit', 'completed', 'second', '2025-11-02 05:30:00'); SELECT cs_billing.collect(2)",
    ),
    ("2025-11-02 05:30:00", "run"),
    ("2025-11-02 06:00:00", "UPDATE vps_instances SET organization_id = 2 WHERE id = 1"),
    ("2025-11-02 06:00:00", "run"),
    ("2025-11-02 06:30:00", "UPDATE vps_instances SET deleted_at = '2025-11-02 06:30:00' WHERE id = 6"),
    ("2025-11-02 06:30:00", "run"),
    ("2025-11-02 07:00:00", "UPDATE vps_plans SET monthly_rate = 4.00 WHERE id = 2"),
    ("2025-12-01 01:00:00", "run"),
];

/// Everything that billing knows, but for when the test itself was.
const BOOKS: &[&str] = &[
    "SELECT id, organization_id, plan_id, created_at, last_billed_at, deleted_at FROM vps_instances",
    "SELECT id, organization_id, plan_id, created_at, last_billed_at, deleted_at FROM containers",
    "SELECT resource_kind, resource_id, organization_id, plan_id, starts_at, ends_at, unit_start FROM resource_terms",
    "SELECT resource_kind, resource_id, organization_id, unit_start, ends_at, bills_until, billed_until FROM retired_meters",
    "SELECT plan_kind, plan_id, effective_from, hourly_rate, monthly_rate FROM plan_prices",
    "SELECT organization_id, charged_until, mark_kind, mark_resource_id, carry, arrears FROM organization_meters",
    "SELECT run_at, status, collects, organizations, resources, hours, charged, carried FROM billing_runs",
    "SELECT organization_id, run_id, usage_month, charged_from, charged_until, hours, usage, carry_in, amount, carry_out FROM billing_charges",
    "SELECT organization_id, amount, type, created_at, usage_month, reason FROM transactions",
    "SELECT organization_id, balance FROM wallets",
    "SELECT resource_kind, resource_id, organization_id, unit_start, usage_month, first_hour, hours, hourly_rate, monthly_cap, amount FROM usage_details",
    "SELECT organization_id, amount, amount_paid, status, billing_period_start, billing_period_end, carry_in, carry_out, line_items FROM invoices",
    "SELECT hour, currency, charged, refunded FROM revenue_hours",
];

/// The story in a database of its own; what it ends in.
async fn told(cluster: &Cluster, setting: Setting) -> Vec<String> {
    let database = format!("{setting:?}").to_lowercase();
    run(
        &mut connect(cluster.admin_url()).await,
        &format!("CREATE DATABASE {database} TEMPLATE template0"),
    )
    .await;
    let url = cluster.url_of(&database);
    let workspace = Workspace::made_in(Address::from_url(url.as_str()).unwrap()).await;
    let mut admin = connect(url.as_str()).await;
    let prefix = RolePrefix::of_workspace(&mut admin).await.unwrap();
    let agent = format!("agent_in_{database}");
    roles::add_login(&mut admin, &prefix, LoginKind::Agent, "a test's", &agent, PASSWORD)
        .await
        .unwrap();
    let settings = match setting {
        Setting::Pinned => "SELECT 1".to_owned(),
        Setting::Server => format!("ALTER DATABASE {database} RESET TimeZone; ALTER ROLE {agent} RESET TimeZone"),
        Setting::Role => format!(
            "ALTER ROLE {agent} SET TimeZone = '{ZONE}'; ALTER ROLE {} SET TimeZone = '{ZONE}'; ALTER ROLE CURRENT_USER IN DATABASE {database} SET TimeZone = '{ZONE}'",
            prefix.role("owner")
        ),
    };
    run(&mut admin, &settings).await;
    let owner = Psql {
        url: url.to_string(),
        role: prefix.role("owner"),
    };
    let zone = if setting == Setting::Pinned { "UTC" } else { ZONE };
    assert_eq!(owner.run("SHOW TimeZone").trim(), zone, "{setting:?}");
    let mut over_agent = url.clone();
    over_agent.set_username(&agent).unwrap();
    over_agent.set_password(Some(PASSWORD)).unwrap();
    let mut by_program = false;
    for (at, what) in STORY {
        if *what == "run" {
            by_program = !by_program;
            bill(&owner, over_agent.as_str(), at, by_program);
        } else {
            owner.run(&format!("BEGIN; SET LOCAL cs.at = '{at}'; {what}; COMMIT"));
        }
    }
    for period in ["2025-03", "2025-11"] {
        json(
            &csctl(
                over_agent.as_str(),
                &["invoices", "close", "--period", period, "--json"],
            ),
            0,
        );
    }
    let proof = json(&csctl(over_agent.as_str(), &["billing", "prove", "--json"]), 0);
    assert_eq!(proof["ok"], true, "{setting:?}: {proof}");
    let mut books = Vec::new();
    for table in BOOKS {
        // Each connection shows them its own way; this one is in UTC.
        let rows = format!("SELECT string_agg(x::text, E'\\n' ORDER BY x::text) FROM ({table}) x");
        books.push(format!(
            "{table}\n{}",
            ask(&mut owner_of(&workspace).await, &rows).await
        ));
    }
    books
}

/// The owner's own SQL: what the test's driver can't be, since it says UTC to every server.
struct Psql {
    url: String,
    role: String,
}

impl Psql {
    fn run(&self, sql: &str) -> String {
        let clients = Clients::find_all(&SearchPath::new(std::env::var_os("PATH")));
        let program = clients.first().expect("PostgreSQL is installed").folder().join("psql");
        let done = Command::new(program)
            .env_clear()
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["-v", "ON_ERROR_STOP=1", "-d", &self.url, "-c"])
            .arg(format!("SET ROLE {}", self.role))
            .args(["-c", sql])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{sql}\n{}",
            String::from_utf8_lossy(&done.stderr)
        );
        String::from_utf8(done.stdout).unwrap()
    }
}

/// By the program, or by the owner's own SQL.
fn bill(owner: &Psql, agent: &str, at: &str, by_program: bool) {
    if by_program {
        let time = at.replace(' ', "T") + "Z";
        let done = json(&csctl(agent, &["billing", "run", "--at", &time, "--json"]), 0);
        assert_eq!(done["at"], time, "{done}");
        return;
    }
    owner.run(&format!(
        "BEGIN; SET LOCAL cs.at = '{at}'; SELECT cs_billing.open_run('{at}');
         SELECT cs_billing.charge_batch((SELECT max(id) FROM billing_runs), '{{1,2}}');
         SELECT cs_billing.finish_run((SELECT max(id) FROM billing_runs), 'completed'); COMMIT"
    ));
}

#[tokio::test]
async fn a_server_in_new_york_bills_as_one_in_utc() {
    let cluster = Cluster::another().await;
    let mut admin = connect(cluster.admin_url()).await;
    run(&mut admin, &format!("ALTER SYSTEM SET TimeZone = '{ZONE}'")).await;
    run(&mut admin, "SELECT pg_reload_conf()").await;
    // The server rereads its file in a moment.
    let deadline = std::time::Instant::now() + std::time::Duration::from_mins(1);
    let everybody = Psql {
        url: cluster.admin_url().to_owned(),
        role: "NONE".to_owned(),
    };
    while everybody.run("SHOW TimeZone").trim() != ZONE {
        assert!(std::time::Instant::now() < deadline, "the server's zone changes");
    }
    let pinned = told(&cluster, Setting::Pinned).await;
    assert!(
        pinned[8].contains("charge") && pinned[11].lines().count() > 3,
        "{pinned:#?}"
    );
    for setting in [Setting::Server, Setting::Role] {
        let books = told(&cluster, setting).await;
        for (found, expected) in books.iter().zip(&pinned) {
            assert_eq!(found, expected, "{setting:?}");
        }
    }
}
