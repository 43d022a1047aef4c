//! In what a catalogue differs from the documented one, each as a sentence.

use std::collections::BTreeMap;
use std::fmt;

use super::catalogue::{Catalogue, Column, Constraint, Table};

/// One thing in which a database isn't what the documentation says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Difference {
    /// The table (or other object) it is about.
    pub table: String,
    /// The column, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// What is different; a sentence without its beginning, which is the place.
    pub what: String,
}

impl Difference {
    pub(super) fn new(table: &str, column: Option<&str>, what: impl Into<String>) -> Self {
        Self {
            table: table.to_owned(),
            column: column.map(str::to_owned),
            what: what.into(),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "{}.{column} {}.", self.table, self.what),
            None => write!(f, "{} {}.", self.table, self.what),
        }
    }
}

/// The tables on which the documentation has policies.
pub(super) const TABLES_WITH_DOCUMENTED_POLICIES: [&str; 8] = [
    "vps_instances",
    "containers",
    "invoices",
    "transactions",
    "tickets",
    "activity_logs",
    "notifications",
    // Not in the list, but "all tables that hold an organization's data" is how it is often read.
    "wallets",
];

/// The documented statements for one of these tables, and the same with settings that may be unset.
pub(super) fn documented_policies(table: &str) -> String {
    format!(
        "CREATE POLICY {table}_user_policy ON {table} FOR ALL USING (organization_id = current_setting('app.current_organization_id')::INTEGER);
         CREATE POLICY {table}_admin_policy ON {table} FOR ALL USING (current_setting('app.current_user_role') = 'admin');"
    )
}

/// Whether a check lists roles: those of the documentation, of this product, or something between.
fn is_role_check(definition: &str) -> bool {
    let roles: Vec<&str> = definition.split('\'').skip(1).step_by(2).collect();
    let frame: String = definition.split('\'').step_by(2).collect();
    let frame: String = frame.split_whitespace().collect();
    let list = vec!["::charactervarying"; roles.len()].join(",");
    ["admin", "user"].iter().all(|role| roles.contains(role))
        && roles
            .iter()
            .all(|role| matches!(*role, "admin" | "user" | "support" | "finance"))
        && frame == format!("CHECK(((role)::text=ANY((ARRAY[{list}])::text[])))")
}

/// All differences, in order.
pub(super) fn between(documented: &Catalogue, found: &Catalogue) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (name, model) in &documented.tables {
        match found.tables.get(name) {
            None => differences.push(Difference::new(name, None, "is missing")),
            Some(Table {
                oddity: Some(oddity), ..
            }) => {
                differences.push(Difference::new(
                    name,
                    None,
                    format!("is {oddity}, documented is a table"),
                ));
            }
            Some(table) => {
                columns(name, &model.columns, &table.columns, &mut differences);
                constraints(name, &model.constraints, &table.constraints, &mut differences);
                indexes(name, model, table, &mut differences);
                behaviour(name, model, table, &mut differences);
            }
        }
    }
    if let Some((language, result, body)) = &found.function {
        let body: String = body.to_lowercase().split_whitespace().collect();
        let known = [
            "begin new.updated_at = current_timestamp; return new; end;",
            "begin new.updated_at = now(); return new; end;",
        ]
        .iter()
        .any(|known| {
            body == known.split_whitespace().collect::<String>()
                || body == known.replace(" =", " :=").split_whitespace().collect::<String>()
        });
        if language != "plpgsql" || result != "trigger" || !known {
            differences.push(Difference::new(
                "update_updated_at_column()",
                None,
                "does something else than the documented function",
            ));
        }
    }
    differences
}

fn columns(
    table: &str,
    model: &BTreeMap<String, Column>,
    found: &BTreeMap<String, Column>,
    differences: &mut Vec<Difference>,
) {
    for (name, column) in model {
        let mut differs = |what: String| differences.push(Difference::new(table, Some(name), what));
        let Some(other) = found.get(name) else {
            differs("is missing".to_owned());
            continue;
        };
        if other.type_name != column.type_name {
            differs(format!(
                "has the type {}, documented is {}",
                other.type_name, column.type_name
            ));
        }
        if other.not_null != column.not_null {
            let (is, documented) = if other.not_null {
                ("refuses NULL", "allows it")
            } else {
                ("allows NULL", "refuses it")
            };
            differs(format!("{is}, the documentation {documented}"));
        }
        if other.default != column.default {
            let say = |default: &Option<String>| default.clone().unwrap_or_else(|| "none".to_owned());
            differs(format!(
                "has the default {}, documented is {}",
                say(&other.default),
                say(&column.default)
            ));
        }
        if other.special != column.special {
            differs(format!("is special ({}), documented is a plain column", other.special));
        }
    }
    for name in found.keys().filter(|name| !model.contains_key(*name)) {
        differences.push(Difference::new(table, Some(name), "is not documented"));
    }
}

fn constraints(table: &str, model: &[Constraint], found: &[Constraint], differences: &mut Vec<Difference>) {
    let mut differs = |constraint: &Constraint, what: String| {
        let column = (!constraint.columns.is_empty() && !constraint.columns.contains(','))
            .then_some(constraint.columns.as_str());
        differences.push(Difference::new(table, column, what));
    };
    let same = |one: &Constraint, other: &Constraint| one.definition == other.definition;
    for wanted in model {
        let alternative = match (table, wanted.kind.as_str(), wanted.columns.as_str()) {
            ("users", "c", "role") => found.iter().any(|other| is_role_check(&other.definition)),
            // In words only: the statement doesn't have it.
            ("wallets", "c", "balance") => true,
            _ => false,
        };
        if !alternative && !found.iter().any(|other| same(other, wanted)) {
            differs(wanted, format!("lacks the documented {}", wanted.definition));
        }
    }
    for extra in found {
        let alternative = match (table, extra.columns.as_str()) {
            ("users", "role") => is_role_check(&extra.definition),
            ("wallets", "balance") => is_balance_check(&extra.definition),
            _ => false,
        };
        if !alternative && !model.iter().any(|wanted| same(wanted, extra)) {
            differs(
                extra,
                format!(
                    "has a rule that is not documented, {}: {}",
                    extra.name, extra.definition
                ),
            );
        }
    }
    for (at, constraint) in found.iter().enumerate() {
        if constraint.kind != "c" && found.iter().take(at).any(|earlier| same(earlier, constraint)) {
            differs(constraint, format!("has the rule {} twice", constraint.definition));
        }
    }
}

/// `balance >= 0`, whatever the literal's spelling.
fn is_balance_check(definition: &str) -> bool {
    let plain: String = definition.chars().filter(|c| !matches!(c, '(' | ')' | ' ')).collect();
    matches!(
        plain.as_str(),
        "CHECKbalance>=0::numeric" | "CHECKbalance>=0.00" | "CHECKbalance>=0.0" | "CHECKbalance>='0'::numeric"
    )
}

fn indexes(table: &str, model: &Table, found: &Table, differences: &mut Vec<Difference>) {
    for (name, index) in &found.indexes {
        match model.indexes.get(name) {
            Some(documented) if documented != index => {
                differences.push(Difference::new(
                    table,
                    None,
                    format!(
                        "has an index {name}{}, documented is{}",
                        index.definition, documented.definition
                    ),
                ));
            }
            None if index.unique => {
                differences.push(Difference::new(
                    table,
                    None,
                    format!("has a unique index that is not documented, {name}:{}", index.definition),
                ));
            }
            _ => {}
        }
    }
}

/// What acts by itself: triggers, rules, policies, sequences, views.
fn behaviour(table: &str, model: &Table, found: &Table, differences: &mut Vec<Difference>) {
    let mut differs = |what: String| differences.push(Difference::new(table, None, what));
    for trigger in &found.triggers {
        if !trigger.is_documented || !found.columns.contains_key("updated_at") {
            differs(format!("has a trigger that is not documented, {}", trigger.name));
        }
    }
    for rule in &found.rules {
        differs(format!("has a rule that is not documented, {rule}"));
    }
    for (name, policy) in &found.policies {
        // With `current_setting(…, true)` it is the same policy, made safe for unset settings.
        let normalized = policy
            .using
            .as_deref()
            .map(|using| using.replace("::text, true)", "::text)"));
        let same = |documented: &super::catalogue::Policy| {
            policy.is_plain && policy.with_check.is_none() && normalized.as_deref() == documented.using.as_deref()
        };
        if !model.policies.get(name).is_some_and(same) {
            differs(format!("has a policy that is not documented, {name}"));
        }
    }
    if found.sequence != model.sequence {
        let name = model.sequence.as_deref().unwrap_or_default();
        differences.push(Difference::new(
            table,
            Some("id"),
            format!("isn't numbered by a sequence of its own, {name}"),
        ));
    }
    for view in &found.open_views {
        differences.push(Difference::new(
            table,
            None,
            format!("can be read by everybody through the view {view}"),
        ));
    }
}
