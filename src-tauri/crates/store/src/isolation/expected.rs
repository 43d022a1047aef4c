//! What a freshly migrated database's inventory is, and how a live one differs from it.

use std::collections::BTreeMap;

use super::{Fact, Finding, remedy};
use crate::roles::RolePrefix;

/// Written by `make catalogue` from a fresh database; a test compares the two.
const EXPECTED: &str = include_str!("expected.txt");

/// The lines of this program's own copy.
pub fn expected() -> impl Iterator<Item = Fact> {
    EXPECTED.lines().filter_map(|line| {
        let mut parts = line.splitn(3, '\t');
        Some(Fact {
            kind: parts.next()?.to_owned(),
            object: parts.next()?.to_owned(),
            fact: parts.next()?.to_owned(),
        })
    })
}

/// An inventory as the text of that copy.
pub fn render(facts: &[Fact]) -> String {
    let lines: Vec<String> = facts
        .iter()
        .map(|fact| format!("{}\t{}\t{}", fact.kind, fact.object, fact.fact))
        .collect();
    lines.join("\n") + "\n"
}

/// A finding for each difference. Without `with_rules` the table of rules was not read and isn't compared.
pub fn compare(found: &[Fact], prefix: &RolePrefix, with_rules: bool) -> Vec<Finding> {
    // A thing can have several lines (a right to the whole table and to columns of it).
    let mut things: BTreeMap<(String, String), (Vec<String>, Vec<String>)> = BTreeMap::new();
    for fact in expected().filter(|fact| with_rules || fact.kind != "matrix") {
        things.entry((fact.kind, fact.object)).or_default().0.push(fact.fact);
    }
    for fact in found {
        let key = (fact.kind.clone(), fact.object.clone());
        things.entry(key).or_default().1.push(fact.fact.clone());
    }
    let mut findings = Vec::new();
    for ((kind, object), (wanted, live)) in things {
        if wanted == live {
            continue;
        }
        let named = |text: &str| text.replace('@', &format!("{}_", prefix.as_str()));
        let object_named = named(&object);
        let missing: Vec<String> = wanted
            .iter()
            .filter(|fact| !live.contains(fact))
            .map(|fact| named(fact))
            .collect();
        let extra: Vec<String> = live
            .iter()
            .filter(|fact| !wanted.contains(fact))
            .map(|fact| named(fact))
            .collect();
        let says = match (wanted.is_empty(), live.is_empty()) {
            (true, _) => format!("This {kind} is not one of this program's{}.", shown(&extra)),
            (_, true) => format!("This {kind} is missing."),
            _ => format!(
                "This {kind} was changed: it should be{}, and is{}.",
                shown(&missing),
                shown(&extra)
            ),
        };
        findings.push(Finding::red(
            format!("{kind} {object_named}"),
            says,
            remedy::of(
                &kind,
                &object_named,
                &wanted.iter().map(|fact| named(fact)).collect::<Vec<_>>(),
                &missing,
                &extra,
            ),
        ));
    }
    findings
}

/// Facts inside a sentence, cut where they are long.
fn shown(facts: &[String]) -> String {
    let text = facts.join("; ");
    match text.char_indices().nth(240) {
        _ if text.is_empty() => String::new(),
        Some((end, _)) => format!(" \u{201c}{}…\u{201d}", &text[..end]),
        None => format!(" \u{201c}{text}\u{201d}"),
    }
}
