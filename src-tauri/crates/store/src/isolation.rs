//! Whether the live database still decides as this program's migrations made it decide.
//!
//! Three looks at it. The *inventory*: every owner, grant, policy, trigger and function of the catalogue, one line each,
//! compared with the lines that a freshly migrated database has; those are part of this program (`expected.txt`), so that
//! a change of the database's own tables of rules is found too. The *rules*: what is about logins and about things that
//! others have made, which no list can hold. The *attacks*: what must be refused, tried and taken back.
//!
//! Nothing here asks a function of the workspace's: its owner could have replaced it.

mod attacks;
mod expected;
mod remedy;
mod throwaway;

use std::{collections::BTreeMap, time::Duration};

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::{StoreError, roles::RolePrefix};

pub use attacks::{ATTACKS, Attack, Who};
pub use expected::{compare, expected, render};

const INVENTORY: &str = include_str!("isolation/inventory.sql");
const RULES: &str = include_str!("isolation/rules.sql");

/// A line of the inventory. Names of the workspace's roles begin with `@` here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// What kind of thing it is, such as `policy`.
    pub kind: String,
    /// Which one.
    pub object: String,
    /// How it is.
    pub fact: String,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The database decides otherwise than it should: nothing is to be written.
    Red,
    /// Worth a look.
    Note,
}

/// Something that isn't as it should be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// How bad.
    pub level: Level,
    /// What it is about, such as `policy admin_select on public.users`.
    pub object: String,
    /// A sentence.
    pub says: String,
    /// What to do: statements for the database's administrator where there are any.
    pub remedy: String,
}

impl Finding {
    /// What it is about, short enough for a sentence: a function without its arguments.
    pub fn subject(&self) -> &str {
        self.object.split_once('(').map_or(&self.object, |(name, _)| name)
    }

    pub(crate) fn red(object: impl Into<String>, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            level: Level::Red,
            object: object.into(),
            says: says.into(),
            remedy: remedy.into(),
        }
    }

    pub(crate) fn note(object: impl Into<String>, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            level: Level::Note,
            ..Self::red(object, says, remedy)
        }
    }
}

/// What a check has looked at and found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// What is wrong, red first.
    pub findings: Vec<Finding>,
    /// How many lines of the catalogue were compared.
    pub facts: usize,
    /// As whom attacks were tried, and how many each.
    pub attacked: Vec<(String, usize)>,
    /// Role × table × operation, from the live grants: table, role, then letters of what the role may do.
    pub matrix: BTreeMap<String, BTreeMap<String, String>>,
}

impl Checked {
    /// Whether the database may be written to.
    pub fn is_red(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Red)
    }
}

/// The prefix of the workspace's roles, as any of its logins can find it out.
pub async fn prefix(connection: &mut PgConnection) -> Result<RolePrefix, StoreError> {
    // The owner of most of what is ours. A single thing that belongs to somebody else is a finding, not another workspace.
    let owner: Option<String> = sqlx::query_scalar(
        "SELECT r.rolname::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
           JOIN pg_catalog.pg_roles r ON r.oid = c.relowner
         WHERE n.nspname IN ('public', 'cs_auth', 'cs_meta', 'cs_ledger') AND c.relkind = 'r' AND r.rolname ~ '^containerstacks.*_owner$'
         GROUP BY r.rolname ORDER BY count(*) DESC LIMIT 1",
    )
    .fetch_optional(connection)
    .await?;
    let owner = owner.ok_or(StoreError::NotInitialized)?;
    RolePrefix::parse(owner.strip_suffix("_owner").unwrap_or_default())
}

/// Checks as whoever the connection is: a desk as itself, the agent, an administrator. In one transaction, rolled back.
pub async fn check(connection: &mut PgConnection) -> Result<Checked, StoreError> {
    let prefix = prefix(&mut *connection).await?;
    let mut transaction = connection.begin().await?;
    settle(&mut transaction).await?;
    let superuser: bool = sqlx::query_scalar("SELECT rolsuper FROM pg_roles WHERE rolname = session_user")
        .fetch_one(&mut *transaction)
        .await?;
    let may_read_rules: bool = sqlx::query_scalar(
        "SELECT CASE WHEN has_schema_privilege('cs_meta', 'usage') THEN has_table_privilege('cs_meta.matrix', 'select') ELSE false END",
    )
    .fetch_one(&mut *transaction)
    .await?;
    let found = inventory(&mut transaction, &prefix, may_read_rules).await?;
    let mut done = Checked {
        findings: compare(&found, &prefix, may_read_rules),
        facts: found.len(),
        matrix: matrix(&found),
        attacked: Vec::new(),
    };
    done.findings.extend(rules(&mut transaction, &prefix).await?);
    if superuser {
        done.findings.extend(logins(&mut transaction).await?);
        throwaway::attack(&mut transaction, &prefix, &mut done).await?;
    } else if may_read_rules {
        done.findings.push(Finding::note(
            "attacks",
            "This login can't become others, so no attacks were tried as them.",
            "Give a superuser's address to have them tried as throw-away roles.",
        ));
    } else {
        let mut who = attacks::myself(&mut transaction, &prefix).await?;
        loop {
            let (tried, findings) = attacks::run(&mut transaction, &prefix, who).await?;
            let now = attacks::myself(&mut transaction, &prefix).await?;
            if now == who {
                done.attacked.push((who.word().to_owned(), tried));
                done.findings.extend(findings);
                break;
            }
            // Somebody has signed in or out over this login meanwhile: what was tried was tried as two.
            who = now;
        }
    }
    transaction.rollback().await?;
    done.findings.sort_by_key(|finding| finding.level);
    Ok(done)
}

/// As [`check`], given up after a time, so that it never holds up what waits for it.
pub async fn check_within(connection: &mut PgConnection, patience: Duration) -> Result<Checked, StoreError> {
    tokio::time::timeout(patience, check(connection))
        .await
        .map_err(|_| StoreError::Timeout)?
}

async fn settle(transaction: &mut PgConnection) -> Result<(), StoreError> {
    raw_sql(
        "SET LOCAL search_path = pg_catalog; SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '20s';
         SET LOCAL client_min_messages = error",
    )
    .execute(transaction)
    .await?;
    Ok(())
}

/// Reads the catalogue. In a transaction whose `search_path` is `pg_catalog`.
pub async fn inventory(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    with_rules: bool,
) -> Result<Vec<Fact>, StoreError> {
    let mut rows: Vec<(String, String, String)> = sqlx::query_as(INVENTORY)
        .bind(prefix.as_str())
        .fetch_all(&mut *connection)
        .await?;
    if with_rules {
        // The rules that grants and policies were made from.
        let rules: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT 'matrix', m.role || ' ' || m.operation || ' ' || m.table_name, m.columns || ' where ' || m.condition FROM cs_meta.matrix m",
        )
        .fetch_all(connection)
        .await?;
        rows.extend(rules);
    }
    let mut facts: Vec<Fact> = rows
        .into_iter()
        .map(|(kind, object, fact)| Fact { kind, object, fact })
        .collect();
    facts.sort();
    Ok(facts)
}

async fn rules(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<Vec<Finding>, StoreError> {
    let mut rows: Vec<(String, String, String, String)> = sqlx::query_as(RULES)
        .bind(prefix.as_str())
        .fetch_all(&mut *connection)
        .await?;
    let lends_settings: bool = sqlx::query_scalar("SELECT to_regclass('pg_catalog.pg_parameter_acl') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if lends_settings {
        rows.extend(
            sqlx::query_as::<_, (String, String, String, String)>(
                "SELECT 'red', 'setting ' || p.parname, format('%s may change this setting of the server.', CASE a.grantee WHEN 0 THEN 'Everybody (PUBLIC)' ELSE pg_get_userbyid(a.grantee)::text END),
                   format('REVOKE %s ON PARAMETER %s FROM %s;', a.privilege_type, p.parname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
                 FROM pg_parameter_acl p, aclexplode(p.paracl) a
                 WHERE a.grantee = 0 OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname ~ ('^' || $1 || '_[a-z]+$') AND pg_has_role(a.grantee, g.oid, 'member')
                   AND NOT EXISTS (SELECT FROM pg_roles s WHERE s.oid = a.grantee AND s.rolsuper))",
            )
            .bind(prefix.as_str())
            .fetch_all(connection)
            .await?,
        );
    }
    Ok(rows
        .into_iter()
        .map(|(level, object, says, remedy)| Finding {
            level: if level == "red" { Level::Red } else { Level::Note },
            object,
            says,
            remedy,
        })
        .collect())
}

/// What the workspace's own list of logins says of them. For whoever may read it.
async fn logins(connection: &mut PgConnection) -> Result<Vec<Finding>, StoreError> {
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT l.login::text, CASE WHEN l.revoked_at IS NOT NULL THEN 'The desk was revoked, but its login still opens connections.' END
         FROM cs_auth.logins l JOIN pg_roles r ON r.rolname = l.login WHERE l.revoked_at IS NOT NULL AND r.rolcanlogin
         ORDER BY 1",
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(login, says)| {
            let remedy = format!("ALTER ROLE {login} NOLOGIN;");
            Finding::red(format!("login {login}"), says, remedy)
        })
        .collect())
}

/// Settings with which the server writes into its log what programs send beside their statements: tokens among it.
pub async fn log_settings(connection: &mut PgConnection) -> Result<Vec<Finding>, StoreError> {
    let (statements, parameters, on_error, database): (bool, bool, bool, String) = sqlx::query_as(
        "SELECT current_setting('log_statement') <> 'none' OR current_setting('log_min_duration_statement') <> '-1'
             OR current_setting('log_min_duration_sample') <> '-1' OR current_setting('log_transaction_sample_rate')::float8 > 0,
           current_setting('log_parameter_max_length') <> '0', current_setting('log_parameter_max_length_on_error') <> '0', quote_ident(current_database())",
    )
    .fetch_one(connection)
    .await?;
    let mut findings = Vec::new();
    if parameters {
        let says = "The values that programs send with their statements are written to the server's log";
        let remedy = format!("ALTER DATABASE {database} SET log_parameter_max_length = 0;");
        findings.push(if statements {
            Finding::red(
                "setting log_parameter_max_length",
                format!("{says}: sessions' tokens among them. Statements are being logged."),
                remedy,
            )
        } else {
            Finding::note(
                "setting log_parameter_max_length",
                format!("{says} as soon as somebody has statements logged."),
                remedy,
            )
        });
    }
    if on_error {
        findings.push(Finding::red(
            "setting log_parameter_max_length_on_error",
            "The values that programs send with a statement that fails are written to the server's log.",
            format!("ALTER DATABASE {database} SET log_parameter_max_length_on_error = 0;"),
        ));
    }
    Ok(findings)
}

/// Role × table × operation of an inventory.
fn matrix(found: &[Fact]) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut matrix: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let tables = found
        .iter()
        .filter(|fact| fact.kind == "relation" && fact.fact.starts_with("table"));
    for table in tables {
        matrix.entry(table.object.clone()).or_default();
    }
    for (letter, operation) in [("r", "SELECT"), ("i", "INSERT"), ("u", "UPDATE"), ("d", "DELETE")] {
        for fact in found.iter().filter(|fact| fact.kind == "grant") {
            let Some((table, role)) = fact
                .object
                .strip_prefix(operation)
                .and_then(|rest| rest.strip_prefix(" on "))
                .and_then(|rest| rest.split_once(" to "))
            else {
                continue;
            };
            if let Some(roles) = matrix.get_mut(table) {
                roles
                    .entry(role.trim_start_matches('@').to_owned())
                    .or_default()
                    .push_str(letter);
            }
        }
    }
    matrix
}

/// Runs one text of several statements.
async fn execute(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ())
}
