//! The arrows between crates, as ARCHITECTURE.md draws them: who may depend on whom, and who must never meet a window.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Failure, shell};

/// Each package of the workspace with those that it may use; tests' dependencies are free.
const MAY_USE: &[(&str, &[&str])] = &[
    ("cs-domain", &[]),
    ("cs-store", &["cs-domain"]),
    ("cs-vault", &["cs-domain"]),
    ("cs-workspace", &["cs-domain"]),
    ("cs-documents", &["cs-domain"]),
    ("cs-providers", &["cs-domain"]),
    (
        "cs-app",
        &["cs-documents", "cs-domain", "cs-providers", "cs-store", "cs-vault"],
    ),
    ("cs-api", &["cs-app", "cs-domain"]),
    ("cs-local", &["cs-app", "cs-vault", "cs-workspace"]),
    ("csctl", &["cs-api", "cs-app", "cs-local"]),
    (
        "containerstacks",
        &[
            "cs-api",
            "cs-app",
            "cs-documents",
            "cs-domain",
            "cs-local",
            "cs-store",
            "cs-vault",
        ],
    ),
    ("xtask", &["cs-api", "cs-workspace"]),
    (
        "cs-tests",
        &[
            "cs-api",
            "cs-app",
            "cs-documents",
            "cs-domain",
            "cs-providers",
            "cs-store",
            "cs-vault",
            "cs-workspace",
        ],
    ),
];

/// The one package that may link a window.
const PROGRAM: &str = "containerstacks";
/// What a window is made of; the start of a name counts.
const WINDOW: &[&str] = &[
    "tauri",
    "wry",
    "tao",
    "gtk",
    "gdk",
    "webkit2gtk",
    "javascriptcore",
    "soup3",
];
/// What the rules of the business have no use for.
const OUTSIDE: &[&str] = &["tokio", "sqlx", "reqwest", "hyper"];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<DependencyKind>,
}

#[derive(Deserialize)]
struct DependencyKind {
    /// Nothing for a normal one, else `build` or `dev`.
    kind: Option<String>,
}

/// Asks cargo for the graph and compares it with the rules.
pub fn check() -> Result<(), Failure> {
    // For this platform: cargo would fetch the crates of all others first.
    let platform = platform()?;
    let question = [
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        &platform,
    ];
    let answer = shell::output("cargo", &question)?;
    let metadata: Metadata = serde_json::from_str(&answer)?;
    let breaches = breaches(&metadata);
    if breaches.is_empty() {
        shell::say(&format!(
            "The arrows between {} crates hold.",
            metadata.workspace_members.len()
        ));
        return Ok(());
    }
    Err(Failure::Check(format!(
        "The crates break ARCHITECTURE.md's arrows:\n  {}",
        breaches.join("\n  ")
    )))
}

fn platform() -> Result<String, Failure> {
    let version = shell::output("rustc", &["-vV"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::Program("rustc names no host".to_owned()))
}

fn breaches(metadata: &Metadata) -> Vec<String> {
    let graph = Graph::of(metadata);
    let mut found = Vec::new();
    for member in graph.members() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == member) else {
            found.push(format!("{member} has no line in the table of crates"));
            continue;
        };
        for used in graph.uses(member) {
            if graph.is_member(used) && !allowed.contains(&used) {
                found.push(format!("{member} must not use {used}"));
            }
        }
        let tree = graph.tree(member);
        let starts_with_any = |name: &str, starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
        if member != PROGRAM {
            let window = tree.iter().filter(|name| starts_with_any(name, WINDOW));
            found.extend(window.map(|name| format!("{member} must not link {name}")));
        }
        if member == "cs-domain" {
            let outside = tree.iter().filter(|name| starts_with_any(name, OUTSIDE));
            found.extend(outside.map(|name| format!("{member} must not use {name}: it does no I/O")));
        }
    }
    found
}

/// Names instead of ids, without the dependencies of tests.
struct Graph<'a> {
    members: BTreeSet<&'a str>,
    uses: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Metadata) -> Self {
        let names: BTreeMap<&str, &str> = metadata
            .packages
            .iter()
            .map(|package| (package.id.as_str(), package.name.as_str()))
            .collect();
        let name = |id: &str| names.get(id).copied();
        let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for node in &metadata.resolve.nodes {
            let Some(from) = name(&node.id) else { continue };
            let shipped = node.deps.iter().filter(|dependency| {
                dependency
                    .dep_kinds
                    .iter()
                    .any(|dependency| dependency.kind.as_deref() != Some("dev"))
            });
            uses.entry(from)
                .or_default()
                .extend(shipped.filter_map(|dependency| name(&dependency.pkg)));
        }
        Self {
            members: metadata.workspace_members.iter().filter_map(|id| name(id)).collect(),
            uses,
        }
    }

    fn members(&self) -> impl Iterator<Item = &'a str> {
        self.members.iter().copied()
    }

    fn is_member(&self, name: &str) -> bool {
        self.members.contains(name)
    }

    fn uses(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.uses.get(name).into_iter().flatten().copied()
    }

    /// All that is linked into `name`, directly or not.
    fn tree(&self, name: &'a str) -> BTreeSet<&'a str> {
        let mut seen = BTreeSet::new();
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            open.extend(self.uses(next).filter(|used| seen.insert(*used)));
        }
        seen
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A graph of `(from, to, kind)`; the names in `members` are the workspace's.
    fn graph(members: &[&str], arrows: &[(&str, &str, Option<&str>)]) -> Metadata {
        let mut names: BTreeSet<&str> = members.iter().copied().collect();
        names.extend(arrows.iter().flat_map(|(from, to, _)| [*from, *to]));
        let nodes: Vec<Value> = names
            .iter()
            .map(|name| {
                let deps: Vec<Value> = arrows
                    .iter()
                    .filter(|(from, ..)| from == name)
                    .map(|(_, to, kind)| json!({"pkg": to, "dep_kinds": [{"kind": kind}]}))
                    .collect();
                json!({"id": name, "deps": deps})
            })
            .collect();
        let packages: Vec<Value> = names.iter().map(|name| json!({"id": name, "name": name})).collect();
        serde_json::from_value(json!({"packages": packages, "workspace_members": members, "resolve": {"nodes": nodes}}))
            .unwrap()
    }

    #[test]
    fn an_arrow_upwards_is_found() {
        let metadata = graph(&["cs-domain", "cs-store"], &[("cs-domain", "cs-store", None)]);
        assert_eq!(breaches(&metadata), ["cs-domain must not use cs-store"]);
    }

    #[test]
    fn arrows_of_the_table_hold() {
        let metadata = graph(
            &["cs-domain", "cs-store"],
            &[("cs-store", "cs-domain", None), ("cs-store", "sqlx", None)],
        );
        assert_eq!(breaches(&metadata), Vec::<String>::new());
    }

    #[test]
    fn a_window_is_found_however_deep() {
        let metadata = graph(
            &["csctl"],
            &[
                ("csctl", "harmless", None),
                ("harmless", "webkit2gtk-sys", Some("build")),
            ],
        );
        assert_eq!(breaches(&metadata), ["csctl must not link webkit2gtk-sys"]);
    }

    #[test]
    fn what_only_tests_use_is_free() {
        let metadata = graph(&["cs-domain", "cs-store"], &[("cs-domain", "tokio", Some("dev"))]);
        assert_eq!(breaches(&metadata), Vec::<String>::new());
    }

    #[test]
    fn a_crate_without_a_line_is_found() {
        let metadata = graph(&["cs-new"], &[]);
        assert_eq!(breaches(&metadata), ["cs-new has no line in the table of crates"]);
    }

    #[test]
    fn the_domain_does_no_io() {
        let metadata = graph(&["cs-domain"], &[("cs-domain", "tokio", None)]);
        assert_eq!(breaches(&metadata), ["cs-domain must not use tokio: it does no I/O"]);
    }
}
