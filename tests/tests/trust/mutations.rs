//! Each policy and each grant is dropped or loosened in turn. The check has to see every one, and so has the test that
//! tries what each role can do.
//!
//! A run takes a sample; `make mutate` takes all of them (`CS_MUTATIONS=all`). `CS_MUTATIONS_SEED` chooses the sample.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
};

use cs_tests::workspace_db::{WorkspaceDb, run};
use sqlx::{Connection, PgConnection};
use store::{
    isolation::{self, Fact},
    roles::RolePrefix,
};

use super::{
    probe::{self, Actor, Table},
    shared::{GROUPS, callable_as},
};

/// One in so many is taken.
const SAMPLE: u64 = 10;

/// Something that is made wrong.
struct Mutation {
    sql: String,
    /// What the check's finding has to be about.
    object: String,
    /// Whose doings show it, with which table; `None` where it is about no table.
    shows: Option<(String, String)>,
    /// Whether it can be seen by what anybody can do. A policy for a role that has no right to what the policy is about
    /// changes nothing, for one.
    by_doing: bool,
}

fn all(facts: &[Fact], tables: &[Table]) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    for fact in facts.iter().filter(|fact| fact.kind == "policy") {
        let (name, table) = fact.object.rsplit_once(" on ").unwrap();
        let role = fact
            .fact
            .split(" TO ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .trim_start_matches('@');
        // One that lets nothing through leaves nothing behind when it goes.
        let lets_nothing = fact.fact.ends_with("USING (false)");
        mutations.push(Mutation {
            sql: format!("DROP POLICY {name} ON {table}"),
            object: format!("policy {}", fact.object),
            shows: Some((role.to_owned(), table.trim_start_matches("public.").to_owned())),
            by_doing: !lets_nothing,
        });
        let mut mutate = |sql: String| {
            mutations.push(Mutation {
                sql,
                object: format!("policy {}", fact.object),
                shows: Some((role.to_owned(), table.trim_start_matches("public.").to_owned())),
                by_doing: true,
            });
        };
        let (using, check) = match fact.fact.split_once(" WITH CHECK (") {
            Some((before, check)) => (before, Some(check.trim_end_matches(')'))),
            None => (fact.fact.as_str(), None),
        };
        if let Some((_, using)) = using.split_once(" USING (")
            && using != "true)"
        {
            // Without a check of its own a policy's condition is its check, and both are loosened.
            let more = if check.is_some() { " WITH CHECK (true)" } else { "" };
            mutate(format!("ALTER POLICY {name} ON {table} USING (true){more}"));
        } else if check.is_some_and(|check| check != "true") {
            mutate(format!("ALTER POLICY {name} ON {table} WITH CHECK (true)"));
        }
    }
    for fact in facts.iter().filter(|fact| fact.kind == "grant") {
        let (right, rest) = fact.object.split_once(" on ").unwrap();
        let (thing, role) = rest.rsplit_once(" to ").unwrap();
        let columns = if fact.fact.is_empty() || fact.fact == "the whole" {
            String::new()
        } else {
            format!("({})", fact.fact)
        };
        mutations.push(Mutation {
            sql: format!("REVOKE {right} {columns} ON {thing} FROM {role}"),
            object: format!("grant {}", fact.object),
            shows: thing
                .strip_prefix("public.")
                .filter(|name| tables.iter().any(|table| table.name == *name))
                .map(|name| (role.trim_start_matches('@').to_owned(), name.to_owned())),
            by_doing: !(thing.contains("_id_seq")
                || right == "REFERENCES"
                || thing.starts_with("schema")
                // What backups read in our own schemas is compared with what a superuser reads there, in another test.
                || right == "SELECT" && thing.starts_with("cs_")),
        });
    }
    // Each right to each table is given to each role that lacks it, or to one column more.
    let held: BTreeMap<&str, &str> = facts
        .iter()
        .filter(|fact| fact.kind == "grant")
        .map(|fact| (fact.object.as_str(), fact.fact.as_str()))
        .collect();
    for table in tables {
        for role in ["staff", "admin", "support", "finance", "customer", "agent", "service"] {
            for right in ["SELECT", "INSERT", "UPDATE", "DELETE"] {
                let object = format!("{right} on public.{} to @{role}", table.name);
                let has: Vec<&str> = held
                    .get(object.as_str())
                    .map(|held| held.split(',').collect())
                    .unwrap_or_default();
                let more = table.columns.iter().find(|column| !has.contains(&column.as_str()));
                let columns = match (right, more) {
                    ("DELETE", _) => String::new(),
                    (_, Some(column)) => format!("({column})"),
                    (_, None) => continue,
                };
                mutations.push(Mutation {
                    sql: format!("GRANT {right} {columns} ON public.{} TO @{role}", table.name),
                    object: format!("grant {object}"),
                    shows: Some((role.to_owned(), table.name.clone())),
                    by_doing: true,
                });
            }
        }
    }
    for fact in facts
        .iter()
        .filter(|fact| fact.kind == "function" && !fact.fact.starts_with("aggregate"))
    {
        mutations.push(Mutation {
            sql: format!("GRANT EXECUTE ON FUNCTION {} TO @staff", fact.object),
            object: format!("grant EXECUTE on function {} to @staff", fact.object),
            shows: None,
            by_doing: !facts
                .iter()
                .any(|other| other.object == format!("EXECUTE on function {} to @staff", fact.object)),
        });
    }
    mutations.retain(|mutation| {
        // To give what is held is no change.
        mutation.by_doing || !mutation.sql.starts_with("GRANT EXECUTE")
    });
    mutations
}

/// What each of several visitors can do.
type Seen = Vec<BTreeMap<String, String>>;

/// What everybody whom it is about does with the table now, or may call.
async fn observe(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    actors: &[Actor],
    tables: &[Table],
    mutation: &Mutation,
) -> Seen {
    let mut seen = Vec::new();
    match &mutation.shows {
        Some((role, table)) => {
            let table = tables.iter().find(|known| known.name == *table).unwrap();
            for actor in actors.iter().filter(|actor| actor.group() == role) {
                seen.push(probe::probe(&mut *connection, actor, table).await);
            }
        }
        None => {
            for group in GROUPS {
                let may_call = callable_as(&mut *connection, &prefix.role(group)).await;
                seen.push(BTreeMap::from([("calls".to_owned(), may_call.join(" "))]));
            }
        }
    }
    seen
}

#[tokio::test]
async fn every_dropped_or_loosened_policy_and_grant_is_caught() {
    let db = WorkspaceDb::new().await;
    let actors = probe::actors(&db).await;
    let mut admin = db.admin().await;
    probe::more_rows(&mut admin).await;
    let tables = probe::tables(&mut admin).await;
    run(&mut admin, "SET client_min_messages = error").await;
    let mut outer = admin.begin().await.unwrap();
    run(&mut outer, "SET LOCAL search_path = pg_catalog").await;
    let facts = isolation::inventory(&mut outer, db.prefix(), true).await.unwrap();
    let mutations = all(&facts, &tables);
    let everything = std::env::var("CS_MUTATIONS").is_ok_and(|which| which == "all");
    let seed = std::env::var("CS_MUTATIONS_SEED").unwrap_or_default();
    let chosen: Vec<&Mutation> = mutations
        .iter()
        .filter(|mutation| {
            let mut hasher = DefaultHasher::new();
            (&seed, &mutation.sql).hash(&mut hasher);
            everything || hasher.finish().is_multiple_of(SAMPLE)
        })
        .collect();
    let mut before: BTreeMap<Option<(String, String)>, Seen> = BTreeMap::new();
    let (mut by_check, mut by_doing, mut missed) = (0, 0, Vec::new());
    let named = |text: &str| text.replace('@', &format!("{}_", db.prefix().as_str()));
    for mutation in &chosen {
        if !before.contains_key(&mutation.shows) {
            let observed = observe(&mut outer, db.prefix(), &actors, &tables, mutation).await;
            before.insert(mutation.shows.clone(), observed);
        }
        let mut inner = outer.begin().await.unwrap();
        run(&mut inner, &named(&mutation.sql)).await;
        let found = isolation::inventory(&mut inner, db.prefix(), true).await.unwrap();
        let findings = isolation::compare(&found, db.prefix(), true);
        if findings.iter().any(|finding| finding.object == named(&mutation.object)) {
            by_check += 1;
        } else {
            missed.push(format!("the check on {}", mutation.sql));
        }
        if mutation.by_doing {
            if observe(&mut inner, db.prefix(), &actors, &tables, mutation).await == before[&mutation.shows] {
                missed.push(format!("the matrix's test on {}", mutation.sql));
            } else {
                by_doing += 1;
            }
        }
        inner.rollback().await.unwrap();
    }
    outer.rollback().await.unwrap();
    let told = format!(
        "{} of {} mutations: {by_check} caught by the check, {by_doing} by the test of the matrix\n",
        chosen.len(),
        mutations.len()
    );
    std::io::stdout().lock().write_all(told.as_bytes()).unwrap();
    assert!(missed.is_empty(), "{} missed:\n{}", missed.len(), missed.join("\n"));
    assert!(chosen.len() > 50);
}
