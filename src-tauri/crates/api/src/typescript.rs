//! The contract as TypeScript. Written by a chore, committed, and compared in the checks.

use std::{any::TypeId, collections::BTreeMap, collections::HashSet, fmt::Write};

use domain::{
    role::{Area, Role},
    ticket::{Priority, TicketStatus},
    transaction::{TransactionStatus, TransactionType},
};
use ts_rs::{Config, TS, TypeVisitor};

use crate::{
    ApiError, ErrorCode,
    commands::{CommandName, Kind, Tag},
};

const HEAD: &str = r#"// Generated from the Rust crate `api` by `make bindings`. Do not edit.

declare const brand: unique symbol;
/** An amount of money with two decimals, such as "-12.50". Never a number. */
export type Money = string & { readonly [brand]: "Money" };
/** A rate per hour with four decimals, such as "0.1224". */
export type Rate = string & { readonly [brand]: "Rate" };
/** An instant, RFC 3339 in UTC with Z. */
export type Instant = string & { readonly [brand]: "Instant" };
/** An opaque position in a list. */
export type Cursor = string & { readonly [brand]: "Cursor" };

"#;

/// Collects the declarations of everything that the commands mention.
struct Declarations<'a> {
    config: &'a Config,
    seen: HashSet<TypeId>,
    found: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only types of ours have a file of their own in ts-rs' view; strings, numbers and lists have none.
        if T::output_path().is_some() {
            let documentation = T::docs().unwrap_or_default();
            self.found
                .entry(T::ident(self.config))
                .or_insert_with(|| format!("{documentation}export {}\n", T::decl(self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn union<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ")
}

/// A declaration with its comments on one line each and its fields indented.
fn laid_out(declaration: &str) -> String {
    let shorter = declaration.replace("/**\n * ", "/** ").replace("\n */", " */");
    let mut text = String::new();
    let mut inside = false;
    for line in shorter.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
        let _ = writeln!(text, "{}{line}", if inside { "  " } else { "" });
        inside |= line.starts_with("export ");
    }
    text
}

/// The whole file.
pub fn typescript() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = HEAD.to_owned();
    let words = [
        ("Role", union(Role::ALL.iter().map(|value| value.as_str()))),
        ("Area", union(Area::ALL.iter().map(|value| value.as_str()))),
        (
            "TicketStatus",
            union(TicketStatus::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "TicketPriority",
            union(Priority::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "TransactionType",
            union(TransactionType::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "TransactionStatus",
            union(TransactionStatus::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "InvoiceStatus",
            union(domain::invoice::InvoiceStatus::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "ResourceKind",
            union(domain::plan::ResourceKind::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "DriftKind",
            union(domain::drift::DriftKind::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "Remedy",
            union(domain::drift::Remedy::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "TakeOver",
            union(domain::drift::TakeOver::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "Grouping",
            union(domain::margin::Grouping::ALL.iter().map(|value| value.as_str())),
        ),
        ("PaletteHitKind", union(app::views::PALETTE_KINDS.iter().copied())),
        (
            "TaskKind",
            union(app::tasks::TaskKind::ALL.iter().map(|kind| kind.as_str())),
        ),
        (
            "Period",
            union(domain::dashboard::Period::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "Concern",
            union(domain::dashboard::Concern::ALL.iter().map(|value| value.as_str())),
        ),
        (
            "SettingKey",
            union(domain::settings::Setting::ALL.iter().map(|value| value.as_str())),
        ),
        ("ThemeMode", union(["light", "dark"].into_iter())),
        (
            "Environment",
            union(["local", "production", "staging", "development"].into_iter()),
        ),
    ];
    for (name, values) in words {
        let _ = writeln!(text, "export type {name} = {values};");
    }
    text.push('\n');
    let mut declarations = Declarations {
        config: &config,
        seen: HashSet::new(),
        found: BTreeMap::new(),
    };
    declarations.visit::<ApiError>();
    declarations.visit::<ErrorCode>();
    declarations.visit::<Tag>();
    for command in CommandName::ALL {
        command.visit_types(&mut declarations);
    }
    for declaration in declarations.found.values() {
        text.push_str(&laid_out(declaration));
    }
    text.push_str("\n/** Every command with its request and its answer. */\nexport interface Commands {\n");
    for command in CommandName::ALL {
        let signature = command.signature(&config);
        let _ = writeln!(
            text,
            "  \"{}\": {{ request: {}; answer: {} }};",
            command.as_str(),
            signature.request,
            signature.answer
        );
    }
    text.push_str("}\nexport type CommandName = keyof Commands;\n");
    text.push_str("/** A read names the tags that it provides, a change those that it makes stale. */\n");
    text.push_str("export const COMMAND_TAGS: { readonly [N in CommandName]: { readonly kind: \"read\" | \"write\"; readonly tags: ReadonlyArray<Tag> } } = {\n");
    for command in CommandName::ALL {
        let kind = match command.kind() {
            Kind::Read => "read",
            Kind::Write => "write",
        };
        let tags: Vec<String> = command
            .tags()
            .iter()
            .filter_map(|tag| serde_json::to_string(tag).ok())
            .collect();
        let _ = writeln!(
            text,
            "  \"{}\": {{ kind: \"{kind}\", tags: [{}] }},",
            command.as_str(),
            tags.join(", ")
        );
    }
    text.push_str("};\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_no_big_integer() {
        let text = typescript();
        for command in CommandName::ALL {
            assert!(
                text.contains(&format!("\"{}\": {{ request:", command.as_str())),
                "{}",
                command.as_str()
            );
        }
        assert!(!text.contains("bigint"), "JSON has no bigint");
    }

    #[test]
    fn every_type_that_is_mentioned_is_declared() {
        let text = typescript();
        for name in [
            "AppState",
            "OrganizationRow",
            "ServerRow",
            "TicketDetail",
            "TransactionRow",
            "Page<T>",
            "ListRequest",
            "Preferences",
            "ErrorCode",
        ] {
            assert!(text.contains(&format!("export type {name} =")), "{name}");
        }
    }
}
