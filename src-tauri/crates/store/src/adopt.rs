//! Taking over a database that somebody made from the documentation by hand: what differs from it, and
//! giving it to the owner role without touching a row.
//!
//! The documented tables are made once more in a schema of their own, inside a transaction that is rolled
//! back, and the two catalogues are compared. So nothing about the documented schema is written twice.

mod catalogue;
mod difference;
mod rows;

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::{StoreError, migrate, roles::RolePrefix};
use catalogue::Catalogue;
pub use difference::Difference;

/// Where the documented tables are made for the comparison.
const SCRATCH: &str = "cs_documented";

/// The names of the documented tables, in the order of their making.
pub(crate) fn documented_tables() -> Vec<&'static str> {
    migrate::documented_schema()
        .lines()
        .filter_map(|line| line.strip_prefix("CREATE TABLE ")?.strip_suffix(" ("))
        .collect()
}

/// The catalogue that the documentation's statements make.
async fn documented(connection: &mut PgConnection) -> Result<Catalogue, StoreError> {
    let mut scratch = connection.begin().await?;
    raw_sql(AssertSqlSafe(format!(
        "CREATE SCHEMA {SCRATCH}; SET LOCAL search_path = {SCRATCH};"
    )))
    .execute(&mut *scratch)
    .await?;
    raw_sql(migrate::documented_schema()).execute(&mut *scratch).await?;
    for index in migrate::documented_indexes() {
        raw_sql(index).execute(&mut *scratch).await?;
    }
    for table in difference::TABLES_WITH_DOCUMENTED_POLICIES {
        raw_sql(AssertSqlSafe(difference::documented_policies(table)))
            .execute(&mut *scratch)
            .await?;
    }
    let catalogue = Catalogue::read(&mut scratch, SCRATCH, &documented_tables()).await?;
    scratch.rollback().await?;
    Ok(catalogue)
}

/// Everything in which the schema `public` differs from the documentation. Changes nothing.
pub(crate) async fn compare(connection: &mut PgConnection) -> Result<Vec<Difference>, StoreError> {
    let tables = documented_tables();
    let documented = documented(&mut *connection).await?;
    let mut reading = connection.begin().await?;
    raw_sql("SET LOCAL search_path = public").execute(&mut *reading).await?;
    let found = Catalogue::read(&mut reading, "public", &tables).await?;
    let mut differences = difference::between(&documented, &found);
    differences.extend(catalogue::in_the_way(&mut reading).await?);
    // Rows are judged once the columns are what they should be.
    if differences.is_empty() {
        differences.extend(rows::breaking(&mut reading).await?);
    }
    reading.rollback().await?;
    Ok(differences)
}

/// Counts the rows of each documented table.
pub(crate) async fn count_rows(connection: &mut PgConnection) -> Result<BTreeMap<&'static str, i64>, StoreError> {
    let mut counts = BTreeMap::new();
    for table in documented_tables() {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM public.{table}")))
            .fetch_one(&mut *connection)
            .await?;
        counts.insert(table, count);
    }
    Ok(counts)
}

/// Gives the documented tables, their sequences and the documented function to the owner role, takes back
/// what others had been granted on them, and gives constraints the names that the documentation's own
/// statements give them. Answers with the roles whose access ended.
pub(crate) async fn take_over(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<Vec<String>, StoreError> {
    let documented = documented(&mut *connection).await?;
    raw_sql("SET LOCAL search_path = public")
        .execute(&mut *connection)
        .await?;
    let found = Catalogue::read(&mut *connection, "public", &documented_tables()).await?;
    let owner = prefix.role("owner");
    let mut statements = String::new();
    for (table, from, to) in found.constraints_named_otherwise(&documented) {
        statements.push_str(&format!(
            "ALTER TABLE public.{table} RENAME CONSTRAINT {} TO {to};\n",
            quoted(from)
        ));
    }
    for table in documented_tables() {
        statements.push_str(&format!("ALTER TABLE public.{table} OWNER TO {owner};\n"));
    }
    if found.function.is_some() {
        statements.push_str(&format!(
            "ALTER FUNCTION public.update_updated_at_column() OWNER TO {owner};\n"
        ));
    }
    raw_sql(AssertSqlSafe(statements)).execute(&mut *connection).await?;
    for table in documented_tables() {
        // Rows that were inserted with ids of their own are behind the sequence's back.
        raw_sql(AssertSqlSafe(format!(
            "SELECT setval('public.{table}_id_seq', m.newest) FROM (SELECT max(id) AS newest FROM public.{table}) m, public.{table}_id_seq s
             WHERE m.newest > s.last_value OR (m.newest = s.last_value AND NOT s.is_called)"
        )))
        .execute(&mut *connection)
        .await?;
    }
    let ended = end_access(&mut *connection, &owner).await?;
    raw_sql("RESET search_path").execute(&mut *connection).await?;
    Ok(ended)
}

/// Nobody but the roles of the matrix reaches the tables from now on.
async fn end_access(connection: &mut PgConnection, owner: &str) -> Result<Vec<String>, StoreError> {
    let tables = documented_tables();
    let granted: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT DISTINCT c.relkind::text, c.relname::text, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END
         FROM pg_catalog.pg_class c
         CROSS JOIN LATERAL (
           SELECT a.grantee FROM aclexplode(c.relacl) a
           UNION SELECT a.grantee FROM pg_catalog.pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid
         ) g
         LEFT JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S')
           AND (c.relname = ANY ($1) OR c.relname = ANY (SELECT t || '_id_seq' FROM unnest($1) AS t))
           AND g.grantee <> c.relowner
         ORDER BY 2, 3",
    )
    .bind(&tables)
    .fetch_all(&mut *connection)
    .await?;
    let mut statements = format!("SET LOCAL ROLE {owner};\n");
    let mut ended = Vec::new();
    for (kind, name, grantee) in granted {
        let kind = if kind == "S" { "SEQUENCE" } else { "TABLE" };
        statements.push_str(&format!("REVOKE ALL ON {kind} public.{name} FROM {grantee} CASCADE;\n"));
        ended.push(grantee);
    }
    statements.push_str("SET LOCAL ROLE NONE;");
    raw_sql(AssertSqlSafe(statements)).execute(connection).await?;
    ended.sort();
    ended.dedup();
    Ok(ended)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_tables_are_found_in_the_migration() {
        let tables = documented_tables();
        assert_eq!(tables.len(), 19);
        assert_eq!(tables.first(), Some(&"organizations"));
        assert_eq!(tables.last(), Some(&"networking_config"));
    }

    #[test]
    fn documented_indexes_and_added_names_are_found() {
        assert_eq!(migrate::documented_indexes().count(), 16);
        let added: Vec<&str> = migrate::added_relations().collect();
        assert!(added.contains(&"billing_runs"));
        assert!(added.contains(&"resource_terms_one_open"));
    }
}
