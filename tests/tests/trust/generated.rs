//! Role × table × operation, tried on rows of two organizations, both what must go and what must not.

use std::collections::{BTreeMap, BTreeSet};

use cs_tests::workspace_db::WorkspaceDb;
use sqlx::Connection;
use store::isolation;

use super::{
    matrix::MATRIX,
    probe::{self, Actor},
    shared::{DENIED, GROUPS, callable_as},
};

/// What the agent may do where it may do more than read.
const AGENT_WRITES: &[(&str, &str)] = &[
    ("organizations", "i"),
    ("wallets", "i"),
    ("users", "i"),
    ("transactions", "i"),
    ("tickets", "iu"),
    ("ticket_messages", "i"),
    // Plans, containers and assignments by script.
    ("vps_plans", "iu"),
    ("container_plans", "iu"),
    ("vps_instances", "u"),
    ("containers", "iu"),
    // Accounts by script, and what a sync notes of them.
    ("provider_configs", "iu"),
    ("provider_accounts", "iu"),
    ("stackscript_configs", "iu"),
    ("networking_config", "iu"),
];
/// What the agent may not even read.
const NOT_FOR_AGENT: &[&str] = &[
    "user_api_keys",
    "password_reset_tokens",
    "notifications",
    "proven_books",
    "provider_price_alarms",
];
/// What a customer reads, and which rows.
const CUSTOMERS: &[(&str, &str)] = &[
    ("organizations", "id = 1"),
    ("users", "organization_id = 1"),
    ("wallets", "organization_id = 1"),
    ("low_balances", "organization_id = 1"),
    ("transactions", "organization_id = 1"),
    ("invoices", "organization_id = 1"),
    ("vps_instances", "organization_id = 1"),
    ("containers", "organization_id = 1"),
    ("usage_details", "organization_id = 1"),
    ("invoice_transactions", "organization_id = 1"),
    ("billing_charges", "organization_id = 1"),
    ("organization_meters", "organization_id = 1"),
    ("retired_meters", "organization_id = 1"),
    ("resource_terms", "organization_id = 1"),
    ("vps_plans", "is_active"),
    ("container_plans", "is_active"),
    ("tickets", "organization_id = 1"),
    (
        "ticket_messages",
        "NOT is_internal AND ticket_id IN (SELECT id FROM tickets WHERE organization_id = 1)",
    ),
    ("theme_settings", "is_active"),
    ("activity_logs", "organization_id = 1"),
    (
        "notifications",
        "user_id IN (SELECT id FROM users WHERE organization_id = 1 AND role = 'user')",
    ),
];
/// What a back end reads and writes, in the context of a customer: which rows, then `i` where it may add and `u` where it
/// may change there.
const SERVICES: &[(&str, &str, &str)] = &[
    ("organizations", "id = 1", ""),
    ("users", "organization_id = 1", ""),
    ("wallets", "organization_id = 1", ""),
    ("vps_plans", "is_active", "read only"),
    ("container_plans", "is_active", "read only"),
    ("theme_settings", "is_active", "read only"),
    ("vps_instances", "organization_id = 1", "iu"),
    ("containers", "organization_id = 1", "iu"),
    ("invoices", "organization_id = 1", ""),
    ("transactions", "organization_id = 1", ""),
    ("tickets", "organization_id = 1", "iu"),
    (
        "ticket_messages",
        "NOT is_internal AND ticket_id IN (SELECT id FROM tickets WHERE organization_id = 1)",
        "iu",
    ),
    ("activity_logs", "organization_id = 1", "i"),
    ("notifications", "organization_id = 1", "iu"),
    ("user_api_keys", "organization_id = 1", "iu"),
    ("password_reset_tokens", "false", "iu"),
];

/// The letters of what an actor may do with a table at all.
fn letters(actor: &Actor, table: &str) -> String {
    let of_staff = |place: usize| {
        MATRIX.iter().find(|row| row.0 == table).map_or_else(
            || panic!("{table} is not in the test's matrix"),
            |row| [row.1, row.2, row.3][place].to_owned(),
        )
    };
    match actor.name {
        "admin" => of_staff(0),
        "support" => of_staff(1),
        "finance" => of_staff(2),
        "customer" if CUSTOMERS.iter().any(|row| row.0 == table) => "r".to_owned(),
        "agent" if NOT_FOR_AGENT.contains(&table) => String::new(),
        "agent" => {
            let writes = AGENT_WRITES.iter().find(|row| row.0 == table).map_or("", |row| row.1);
            format!("r{writes}")
        }
        service if service.starts_with("service") => match SERVICES.iter().find(|row| row.0 == table) {
            Some((.., "read only")) => "r".to_owned(),
            Some(("activity_logs", ..)) => "ri".to_owned(),
            Some(_) => "riu".to_owned(),
            None => String::new(),
        },
        // Not by the table of rules: everything, or a dump would be a part.
        "backup" => "r".to_owned(),
        _ => String::new(),
    }
}

/// Which rows an actor sees.
fn seen(actor: &Actor, table: &str) -> String {
    let me = actor.user();
    match (actor.name, table) {
        ("admin" | "support" | "finance", "notifications") | ("support", "activity_logs") => format!("user_id = {me}"),
        ("finance", "activity_logs") => "resource_type IN ('transaction', 'invoice', 'wallet', 'wallet_hold', 'billing_run', 'plan', 'container_plan', 'adjustment_request', 'parked_resource', 'resource_terms', 'settings')".to_owned(),
        ("customer", table) => CUSTOMERS.iter().find(|row| row.0 == table).map_or("false", |row| row.1).to_owned(),
        ("service for a customer", table) => SERVICES.iter().find(|row| row.0 == table).map_or("false", |row| row.1).to_owned(),
        ("service without settings", _) => "false".to_owned(),
        _ => "true".to_owned(),
    }
}

/// Which rows an actor changes in a transaction that has shown its token; `None` where each is another's to decide.
fn changed(actor: &Actor, table: &str) -> Option<String> {
    Some(match (actor.name, table) {
        ("admin" | "finance", "adjustment_requests") => return None,
        ("finance", "tickets") => "category = 'billing'".to_owned(),
        ("service for a customer", table) => {
            let writes = SERVICES.iter().find(|row| row.0 == table).map_or("", |row| row.2);
            if writes.contains('u') {
                seen(actor, table)
            } else {
                "false".to_owned()
            }
        }
        _ => seen(actor, table),
    })
}

/// Whether rows of both organizations, of one of them or none are let in.
fn added(actor: &Actor, table: &str) -> &'static str {
    match (actor.name, table) {
        ("finance", "tickets" | "ticket_messages") => "refused let through",
        ("service without settings", _) => "refused",
        ("service for a customer", table) => match SERVICES.iter().find(|row| row.0 == table) {
            Some((_, "false", _)) => "refused",
            Some((.., writes)) if writes.contains('i') => "let through refused",
            _ => "refused",
        },
        _ => "let through",
    }
}

#[tokio::test]
async fn every_role_can_do_with_every_table_what_it_should_and_no_more() {
    let db = WorkspaceDb::new().await;
    let actors = probe::actors(&db).await;
    let mut admin = db.admin().await;
    probe::more_rows(&mut admin).await;
    let tables = probe::tables(&mut admin).await;
    let rules: BTreeMap<String, String> = isolation::expected()
        .filter(|fact| fact.kind == "matrix")
        .map(|fact| (fact.object, fact.fact))
        .collect();
    let whole = "* where true".to_owned();
    let mut wrong = Vec::new();
    let mut tried = 0;
    let mut transaction = admin.begin().await.unwrap();
    for table in &tables {
        for actor in &actors {
            let found = probe::probe(&mut transaction, actor, table).await;
            let name = table.name.as_str();
            if actor.name == "owner" {
                tried += 1;
                let all = probe::count(&mut transaction, name, "true").await;
                if found["sees"] != all {
                    wrong.push(format!("owner on {name}: sees {}, not {all}", found["sees"]));
                }
                continue;
            }
            let may = letters(actor, name);
            let mut expected = BTreeMap::new();
            for (letter, right) in [('r', "select"), ('i', "insert"), ('u', "update")] {
                let rule = match actor.name {
                    "backup" => (right == "select").then_some(&whole),
                    _ => rules.get(&format!("{} {right} {name}", actor.group())),
                };
                assert_eq!(rule.is_some(), may.contains(letter), "{} {right} {name}", actor.name);
                let columns = rule.map_or_else(String::new, |rule| {
                    let listed: Vec<&str> = rule.split(" where ").next().unwrap().split(',').collect();
                    let granted = table.columns.iter().filter(|column| {
                        listed.contains(&column.trim_matches('"'))
                            || listed.contains(&"*") && !listed.contains(&format!("-{column}").as_str())
                    });
                    granted.cloned().collect::<Vec<_>>().join(",")
                });
                expected.insert(format!("{right} columns"), columns);
            }
            let rows = |condition: String| (condition, name);
            let mut number =
                async |(condition, name): (String, &str)| probe::count(&mut transaction, name, &condition).await;
            let denied = DENIED.to_owned();
            let people = matches!(actor.name, "admin" | "support" | "finance");
            let none = "0".to_owned();
            expected.insert(
                "sees".to_owned(),
                if may.contains('r') {
                    number(rows(seen(actor, name))).await
                } else {
                    denied.clone()
                },
            );
            if may.contains('u') {
                let changes = match changed(actor, name) {
                    Some(condition) => number(rows(condition)).await,
                    // Those not yet decided, and then it isn't this person who decided.
                    None => denied.clone(),
                };
                expected.insert(
                    "changes without a token".to_owned(),
                    if people { none } else { changes.clone() },
                );
                expected.insert("changes".to_owned(), changes);
            } else {
                expected.insert("changes without a token".to_owned(), denied.clone());
                expected.insert("changes".to_owned(), denied.clone());
            }
            if may.contains('i') {
                let adds = added(actor, name).to_owned();
                expected.insert(
                    "adds without a token".to_owned(),
                    if people { "refused".to_owned() } else { adds.clone() },
                );
                expected.insert("adds".to_owned(), adds);
            } else {
                expected.insert("adds without a token".to_owned(), "refused".to_owned());
                expected.insert("adds".to_owned(), "refused".to_owned());
            }
            expected.insert("table rights".to_owned(), "∅".to_owned());
            expected.insert("deletes".to_owned(), denied);
            for (what, outcome) in &found {
                tried += 1;
                if expected.get(what) != Some(outcome) {
                    wrong.push(format!(
                        "{} on {name}: {what}: {outcome}, not {:?}",
                        actor.name,
                        expected.get(what)
                    ));
                }
            }
        }
    }
    transaction.rollback().await.unwrap();
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried > 2500, "{tried}");
}

#[tokio::test]
async fn every_group_may_call_what_it_should_and_no_more() {
    let db = WorkspaceDb::new().await;
    let mut admin = db.admin().await;
    for group in GROUPS {
        let listed = isolation::expected()
            .filter(|fact| fact.kind == "grant")
            .filter_map(|fact| {
                let (function, role) = fact.object.strip_prefix("EXECUTE on function ")?.rsplit_once(" to @")?;
                (role == group).then(|| function.split('(').next().unwrap_or_default().to_owned())
            })
            .collect::<BTreeSet<_>>();
        let live: BTreeSet<String> = callable_as(&mut admin, &db.role(group))
            .await
            .iter()
            .map(|function| function.split('(').next().unwrap_or_default().to_owned())
            .collect();
        assert_eq!(live, listed, "{group}");
    }
}
