//! What puts a difference right: statements for the database's administrator, from the line that says how it should be.

/// For a thing of that kind: `wanted` are its lines as they should be, `missing` those of them that aren't there, `extra`
/// those that shouldn't be.
pub(super) fn of(kind: &str, object: &str, wanted: &[String], missing: &[String], extra: &[String]) -> String {
    match kind {
        "policy" => policy(object, missing.first(), !extra.is_empty()),
        // A whole table's right takes those to its columns along when it goes.
        "grant" if extra.iter().any(|fact| fact == "the whole") => grant(object, wanted, extra),
        "grant" => grant(object, missing, extra),
        "relation" => relation(object, missing.first(), extra.first()),
        "trigger" => trigger(object, missing.first(), extra.first()),
        "rule" => split_on(object).map_or_else(String::new, |(name, table)| format!("DROP RULE {name} ON {table};")),
        "schema" => match missing.first().and_then(|fact| fact.strip_prefix("owner ")) {
            Some(owner) => format!("ALTER SCHEMA {object} OWNER TO {owner};"),
            None => format!("DROP SCHEMA {object}; (after you have looked at what is in it)"),
        },
        "group" => format!(
            "ALTER ROLE {object} NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;"
        ),
        "membership" => membership(object, missing.first()),
        "default" => default_right(object, missing.is_empty()),
        "database" if object == "PUBLIC" => "REVOKE ALL ON DATABASE (this one) FROM PUBLIC;".to_owned(),
        "database" => "ALTER DATABASE (this one) SET TimeZone = 'UTC';".to_owned(),
        "function" if missing.is_empty() => format!("DROP FUNCTION {object}; (after you have found out who made it)"),
        "function" => format!(
            "Find out who replaced it, then restore {object} from this program's migrations (the last CREATE FUNCTION of this \
             name there) as the owner of the tables."
        ),
        "matrix" => {
            "Find out who changed the table of rules (cs_meta.matrix), and put the row back as it should be.".to_owned()
        }
        _ => "Restore it as a freshly made workspace has it.".to_owned(),
    }
}

/// "name on table" in its two parts.
fn split_on(object: &str) -> Option<(&str, &str)> {
    object.rsplit_once(" on ")
}

fn policy(object: &str, wanted: Option<&String>, there: bool) -> String {
    let Some((name, table)) = split_on(object) else {
        return String::new();
    };
    let drop = if there {
        format!("DROP POLICY {name} ON {table};")
    } else {
        String::new()
    };
    let create = wanted.map_or_else(String::new, |fact| {
        format!("CREATE POLICY {name} ON {table} AS {fact};")
    });
    [drop, create].join(" ").trim().to_owned()
}

/// "SELECT on public.users to role" with its columns; "EXECUTE on function …" and "USAGE on schema …" without.
fn grant(object: &str, missing: &[String], extra: &[String]) -> String {
    let Some((right, rest)) = object.split_once(" on ") else {
        return String::new();
    };
    let Some((thing, role)) = rest.rsplit_once(" to ") else {
        return String::new();
    };
    let (right, option) = match right.strip_suffix(" with grant option") {
        Some(right) => (right, " WITH GRANT OPTION"),
        None => (right, ""),
    };
    let thing = with_keyword(thing);
    let columns = |fact: &str| match fact {
        "" | "the whole" => right.to_owned(),
        columns => format!("{right} ({columns})"),
    };
    let revokes = extra
        .iter()
        .map(|fact| format!("REVOKE {} ON {thing} FROM {role};", columns(fact)));
    let grants = missing
        .iter()
        .map(|fact| format!("GRANT {} ON {thing} TO {role}{option};", columns(fact)));
    revokes.chain(grants).collect::<Vec<_>>().join(" ")
}

/// `schema x` as `SCHEMA x`.
fn with_keyword(thing: &str) -> String {
    match thing.split_once(' ') {
        Some((word @ ("schema" | "function"), rest)) => format!("{} {rest}", word.to_uppercase()),
        _ => thing.to_owned(),
    }
}

fn relation(object: &str, wanted: Option<&String>, live: Option<&String>) -> String {
    let (Some(wanted), Some(live)) = (wanted, live) else {
        return match wanted {
            Some(_) => format!("Restore {object} from a backup: its rows went with it."),
            None => format!("DROP it, or give it to its maker: {object} is not part of the workspace."),
        };
    };
    let mut steps = Vec::new();
    let owner = |fact: &str| {
        fact.split(", ")
            .find_map(|part| part.strip_prefix("owner ").map(str::to_owned))
    };
    if owner(wanted) != owner(live)
        && let Some(owner) = owner(wanted)
    {
        steps.push(format!("ALTER TABLE {object} OWNER TO {owner};"));
    }
    if wanted.contains("security on and forced") {
        steps.push(format!(
            "ALTER TABLE {object} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        ));
    }
    steps.join(" ")
}

fn trigger(object: &str, wanted: Option<&String>, live: Option<&String>) -> String {
    let Some((name, table)) = split_on(object) else {
        return String::new();
    };
    if name.starts_with("foreign key ") {
        return format!("ALTER TABLE {table} ENABLE TRIGGER ALL;");
    }
    match (wanted, live) {
        (Some(wanted), Some(live)) if live.starts_with(wanted.as_str()) => {
            format!("ALTER TABLE {table} ENABLE TRIGGER {name};")
        }
        (Some(wanted), Some(_)) => format!("DROP TRIGGER {name} ON {table}; {wanted};"),
        (Some(wanted), None) => format!("{wanted};"),
        (None, _) => format!("DROP TRIGGER {name} ON {table};"),
    }
}

fn membership(object: &str, wanted: Option<&String>) -> String {
    let Some((member, group)) = object.split_once(" in ") else {
        return String::new();
    };
    match wanted.map(String::as_str) {
        Some("may lend it") => format!("GRANT {group} TO {member} WITH ADMIN OPTION;"),
        Some(_) => format!("REVOKE ADMIN OPTION FOR {group} FROM {member}; GRANT {group} TO {member};"),
        None => format!("REVOKE {group} FROM {member};"),
    }
}

fn default_right(object: &str, is_extra: bool) -> String {
    match object
        .strip_prefix("functions that ")
        .and_then(|rest| rest.strip_suffix(" makes"))
    {
        Some(owner) => format!("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;"),
        None if is_extra => "Take the default back with ALTER DEFAULT PRIVILEGES … REVOKE.".to_owned(),
        None => String::new(),
    }
}
