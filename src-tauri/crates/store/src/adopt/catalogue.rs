//! What the catalogue says of a set of tables, with the schema's name left out so that two can be compared.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{PgConnection, prelude::FromRow};

use super::Difference;
use crate::{StoreError, migrate};

/// A column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) type_name: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// Identity, generated, collation: nothing of it is documented.
    pub(super) special: String,
}

/// A primary, unique or foreign key, a check or an exclusion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Constraint {
    pub(super) name: String,
    pub(super) kind: String,
    /// As PostgreSQL writes it, such as `CHECK (((role)::text = ...))`.
    pub(super) definition: String,
    /// The columns, for the sentence.
    pub(super) columns: String,
}

/// An index that no constraint owns.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) unique: bool,
    pub(super) valid: bool,
    /// From `USING` on.
    pub(super) definition: String,
}

/// A trigger of a person's making.
#[derive(Debug)]
pub(super) struct Trigger {
    pub(super) name: String,
    /// Before update, for each row, always, running the documented function.
    pub(super) is_documented: bool,
}

/// A policy of row level security.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Policy {
    /// For all commands, permissive, to everybody.
    pub(super) is_plain: bool,
    pub(super) using: Option<String>,
    pub(super) with_check: Option<String>,
}

/// One table.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// `r` and permanent, with no relatives; otherwise what it is instead.
    pub(super) oddity: Option<String>,
    pub(super) columns: BTreeMap<String, Column>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: BTreeMap<String, Index>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) rules: BTreeSet<String>,
    pub(super) policies: BTreeMap<String, Policy>,
    /// The sequence that the column `id` owns.
    pub(super) sequence: Option<String>,
    /// Views over it that everybody may read.
    pub(super) open_views: BTreeSet<String>,
}

/// The tables by name, and the documented function.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) tables: BTreeMap<String, Table>,
    /// Language, result and body of `update_updated_at_column()`.
    pub(super) function: Option<(String, String, String)>,
}

#[derive(FromRow)]
struct ColumnRow {
    table_name: String,
    name: String,
    type_name: String,
    not_null: bool,
    default_value: Option<String>,
    special: String,
}

#[derive(FromRow)]
struct ConstraintRow {
    table_name: String,
    name: String,
    kind: String,
    definition: String,
    columns: String,
}

#[derive(FromRow)]
struct IndexRow {
    table_name: String,
    name: String,
    is_unique: bool,
    is_valid: bool,
    definition: String,
}

#[derive(FromRow)]
struct PolicyRow {
    table_name: String,
    name: String,
    is_plain: bool,
    using: Option<String>,
    with_check: Option<String>,
}

impl Catalogue {
    /// Reads what is said of `names` in `schema`, which must be the search path.
    pub(super) async fn read(connection: &mut PgConnection, schema: &str, names: &[&str]) -> Result<Self, StoreError> {
        let mut tables = read_tables(&mut *connection, schema, names).await?;
        read_columns(&mut *connection, schema, &mut tables).await?;
        read_constraints(&mut *connection, schema, &mut tables).await?;
        read_indexes(&mut *connection, schema, &mut tables).await?;
        read_triggers(&mut *connection, schema, &mut tables).await?;
        read_policies(&mut *connection, schema, &mut tables).await?;
        read_rest(&mut *connection, schema, &mut tables).await?;
        let function = sqlx::query_as(
            "SELECT l.lanname::text, p.prorettype::regtype::text, p.prosrc FROM pg_catalog.pg_proc p
             JOIN pg_catalog.pg_language l ON l.oid = p.prolang
             WHERE p.pronamespace = $1::text::regnamespace AND p.proname = 'update_updated_at_column' AND p.pronargs = 0",
        )
        .bind(schema)
        .fetch_optional(connection)
        .await?;
        Ok(Self { tables, function })
    }

    /// Table, name here and name there of constraints that are the same but for their name.
    pub(super) fn constraints_named_otherwise<'a>(&'a self, documented: &'a Self) -> Vec<(&'a str, &'a str, &'a str)> {
        let mut renames = Vec::new();
        for (name, table) in &self.tables {
            let Some(model) = documented.tables.get(name) else {
                continue;
            };
            for constraint in table.constraints.iter().filter(|c| c.kind != "c") {
                let twin = model.constraints.iter().find(|m| m.definition == constraint.definition);
                if let Some(twin) = twin.filter(|twin| twin.name != constraint.name) {
                    renames.push((name.as_str(), constraint.name.as_str(), twin.name.as_str()));
                }
            }
        }
        renames
    }
}

async fn read_tables(
    connection: &mut PgConnection,
    schema: &str,
    names: &[&str],
) -> Result<BTreeMap<String, Table>, StoreError> {
    let found: Vec<(String, Option<String>)> = sqlx::query_as(
        "SELECT c.relname::text, CASE
           WHEN c.relkind = 'p' THEN 'a partitioned table' WHEN c.relkind = 'v' THEN 'a view' WHEN c.relkind = 'm' THEN 'a materialized view'
           WHEN c.relkind = 'f' THEN 'a foreign table' WHEN c.relkind <> 'r' THEN 'not a table' WHEN c.relpersistence = 'u' THEN 'unlogged'
           WHEN EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent)) THEN 'part of an inheritance' END
         FROM pg_catalog.pg_class c WHERE c.relnamespace = $1::text::regnamespace AND c.relname = ANY ($2)",
    )
    .bind(schema)
    .bind(names)
    .fetch_all(connection)
    .await?;
    Ok(found
        .into_iter()
        .map(|(name, oddity)| {
            (
                name,
                Table {
                    oddity,
                    ..Table::default()
                },
            )
        })
        .collect())
}

async fn read_columns(
    connection: &mut PgConnection,
    schema: &str,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), StoreError> {
    let rows: Vec<ColumnRow> = sqlx::query_as(
        "SELECT c.relname::text AS table_name, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type_name,
           a.attnotnull AS not_null, pg_get_expr(d.adbin, d.adrelid) AS default_value,
           concat_ws(', ', CASE WHEN a.attidentity <> '' THEN 'identity' END, CASE WHEN a.attgenerated <> '' THEN 'generated' END,
             CASE WHEN a.attcollation <> t.typcollation THEN 'collation ' || a.attcollation::regcollation END) AS special
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p')",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    for row in rows {
        if let Some(table) = tables.get_mut(&row.table_name) {
            let column = Column {
                type_name: row.type_name,
                not_null: row.not_null,
                default: row.default_value,
                special: row.special,
            };
            table.columns.insert(row.name, column);
        }
    }
    Ok(())
}

async fn read_constraints(
    connection: &mut PgConnection,
    schema: &str,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), StoreError> {
    let rows: Vec<ConstraintRow> = sqlx::query_as(
        "SELECT c.relname::text AS table_name, k.conname::text AS name, k.contype::text AS kind, pg_get_constraintdef(k.oid) AS definition,
           coalesce((SELECT string_agg(a.attname, ', ' ORDER BY a.attname) FROM pg_catalog.pg_attribute a
                     WHERE a.attrelid = c.oid AND a.attnum = ANY (k.conkey)), '') AS columns
         FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
         WHERE c.relnamespace = $1::text::regnamespace AND k.contype IN ('p', 'u', 'f', 'c', 'x')",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    for row in rows {
        if let Some(table) = tables.get_mut(&row.table_name) {
            table.constraints.push(Constraint {
                name: row.name,
                kind: row.kind,
                definition: row.definition,
                columns: row.columns,
            });
        }
    }
    Ok(())
}

async fn read_indexes(
    connection: &mut PgConnection,
    schema: &str,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), StoreError> {
    let rows: Vec<IndexRow> = sqlx::query_as(
        "SELECT c.relname::text AS table_name, i.relname::text AS name, x.indisunique AS is_unique, x.indisvalid AS is_valid,
           substring(pg_get_indexdef(x.indexrelid) FROM ' USING .*$') AS definition
         FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class c ON c.oid = x.indrelid JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
         WHERE c.relnamespace = $1::text::regnamespace
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    for row in rows {
        if let Some(table) = tables.get_mut(&row.table_name) {
            let index = Index {
                unique: row.is_unique,
                valid: row.is_valid,
                definition: row.definition,
            };
            table.indexes.insert(row.name, index);
        }
    }
    Ok(())
}

async fn read_triggers(
    connection: &mut PgConnection,
    schema: &str,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), StoreError> {
    // 19: before (2), update (16), for each row (1).
    let rows: Vec<(String, String, bool)> = sqlx::query_as(
        "SELECT c.relname::text, t.tgname::text, t.tgtype = 19 AND t.tgqual IS NULL AND t.tgattr::text = '' AND t.tgenabled = 'O'
           AND t.tgnargs = 0 AND p.proname = 'update_updated_at_column' AND p.pronamespace = c.relnamespace
         FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
         WHERE c.relnamespace = $1::text::regnamespace AND NOT t.tgisinternal",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    for (table_name, name, is_documented) in rows {
        if let Some(table) = tables.get_mut(&table_name) {
            table.triggers.push(Trigger { name, is_documented });
        }
    }
    Ok(())
}

async fn read_policies(
    connection: &mut PgConnection,
    schema: &str,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), StoreError> {
    let rows: Vec<PolicyRow> = sqlx::query_as(
        "SELECT c.relname::text AS table_name, p.polname::text AS name, p.polcmd = '*' AND p.polpermissive AND p.polroles = '{0}' AS is_plain,
           pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS with_check
         FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = $1::text::regnamespace",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    for row in rows {
        if let Some(table) = tables.get_mut(&row.table_name) {
            let policy = Policy {
                is_plain: row.is_plain,
                using: row.using,
                with_check: row.with_check,
            };
            table.policies.insert(row.name, policy);
        }
    }
    Ok(())
}

/// Rules, sequences and views.
async fn read_rest(
    connection: &mut PgConnection,
    schema: &str,
    tables: &mut BTreeMap<String, Table>,
) -> Result<(), StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT 'rule', c.relname::text, r.rulename::text FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
         WHERE c.relnamespace = $1::text::regnamespace AND c.relkind IN ('r', 'p')
         UNION ALL
         SELECT 'sequence', c.relname::text, s.relname::text FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_class s ON s.oid = d.objid AND s.relkind = 'S' AND s.relnamespace = $1::text::regnamespace
         JOIN pg_catalog.pg_class c ON c.oid = d.refobjid JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype = 'a'
           AND a.attname = 'id' AND c.relnamespace = $1::text::regnamespace
         UNION ALL
         SELECT DISTINCT 'view', c.relname::text, v.oid::regclass::text FROM pg_catalog.pg_depend d
         JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
         JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
         WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND c.relnamespace = $1::text::regnamespace AND v.oid <> c.oid
           AND NOT coalesce(v.reloptions, '{}') @> '{security_invoker=true}'
           AND EXISTS (SELECT FROM aclexplode(v.relacl) g WHERE g.grantee = 0)",
    )
    .bind(schema)
    .fetch_all(connection)
    .await?;
    for (what, table_name, name) in rows {
        let Some(table) = tables.get_mut(&table_name) else {
            continue;
        };
        match what.as_str() {
            "rule" => drop(table.rules.insert(name)),
            "view" => drop(table.open_views.insert(name)),
            _ => table.sequence = Some(name),
        }
    }
    Ok(())
}

/// Names in the database that this product needs for what it adds.
pub(super) async fn in_the_way(connection: &mut PgConnection) -> Result<Vec<Difference>, StoreError> {
    let added: Vec<&str> = migrate::added_relations().collect();
    let taken: Vec<(String,)> = sqlx::query_as(
        "SELECT c.relname::text FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY ($1)
         UNION ALL SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname IN ('cs_auth', 'cs_ledger') ORDER BY 1",
    )
    .bind(&added)
    .fetch_all(connection)
    .await?;
    Ok(taken
        .into_iter()
        .map(|(name,)| {
            Difference::new(
                &name,
                None,
                "has a name that this product needs for something of its own",
            )
        })
        .collect())
}
