//! What a backup asks of the database: one snapshot that others can join, the tables and who sees their rows, their
//! content as `COPY` writes it, and what has to be put right around a database that was restored.

use futures_util::StreamExt;
use sqlx::{AssertSqlSafe, Connection, PgConnection, raw_sql};

use crate::{
    StoreError,
    connect::Address,
    roles::{self, RolePrefix},
};

/// A table of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Schema and name, quoted where they have to be.
    pub name: String,
    /// The columns that hold what was written into them, quoted, in their order.
    pub columns: Vec<String>,
}

impl Table {
    /// Its content, as `pg_dump` asks for it.
    fn copy(&self) -> String {
        format!("COPY {} ({}) TO STDOUT", self.name, self.columns.join(", "))
    }
}

/// What the database says of itself.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct About {
    /// The workspace's number.
    pub workspace: uuid::Uuid,
    /// The business's name.
    pub business: String,
    /// What the names of its roles begin with.
    pub prefix: String,
    /// Whether its clock may be moved.
    pub is_test: bool,
    /// The schema's version.
    pub schema_version: i32,
    /// The database's name.
    pub database: String,
    /// The server's version, such as "15.18".
    pub server_version: String,
    /// Its first number.
    pub server_major: i32,
    /// When the snapshot's transaction began, by the server's clock.
    pub taken_at: chrono::DateTime<chrono::Utc>,
    /// The snapshot, as the server writes it.
    pub snapshot: String,
}

/// A sequence and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Schema and name, quoted where they have to be.
    pub name: String,
    /// The last number that was given, if any was.
    pub last: Option<i64>,
}

const OURS: &str = "(n.nspname = 'public' OR n.nspname ~ '^cs_') AND pg_get_userbyid(c.relowner) = $1";

/// The transaction that holds the snapshot. It ends with the connection.
pub struct Snapshot {
    connection: PgConnection,
    prefix: RolePrefix,
    /// What others join it by.
    pub name: String,
    /// The tables of the workspace.
    pub tables: Vec<Table>,
}

impl Snapshot {
    /// Locks the tables against changes of their form, as each reader does, and takes the snapshot.
    pub async fn take(address: &Address, client: &str) -> Result<Self, StoreError> {
        let mut connection = address.connect(client).await?;
        crate::connect::check_workspace(&mut connection).await?;
        let prefix = crate::isolation::prefix(&mut connection).await?;
        settle(&mut connection).await?;
        let tables = tables(&mut connection, &prefix).await?;
        raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .execute(&mut connection)
            .await?;
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        raw_sql(AssertSqlSafe(format!(
            "LOCK TABLE {} IN ACCESS SHARE MODE",
            names.join(", ")
        )))
        .execute(&mut connection)
        .await?;
        let name: String = sqlx::query_scalar("SELECT pg_export_snapshot()")
            .fetch_one(&mut connection)
            .await?;
        // What was made or changed before the lock was held is seen now.
        if self::tables(&mut connection, &prefix).await? != tables {
            return Err(StoreError::Stale);
        }
        Ok(Self {
            connection,
            prefix,
            name,
            tables,
        })
    }

    /// What the database is.
    pub async fn about(&mut self) -> Result<About, StoreError> {
        Ok(sqlx::query_as(
            "SELECT w.id AS workspace, w.name AS business, w.role_prefix AS prefix, w.is_test,
               (SELECT max(m.version) FROM cs_meta.migrations m) AS schema_version, current_database()::text AS database,
               split_part(current_setting('server_version'), ' ', 1) AS server_version,
               current_setting('server_version_num')::integer / 10000 AS server_major, now() AS taken_at, pg_current_snapshot()::text AS snapshot
             FROM cs_meta.workspace w",
        )
        .fetch_one(&mut self.connection)
        .await?)
    }

    /// Whether this database knows that somebody holds this lease: then it is the one that the lease was lent by.
    pub async fn knows_lease(&mut self, lease: uuid::Uuid) -> Result<bool, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM public.agent_jobs j WHERE j.lease = $1)")
                .bind(lease)
                .fetch_one(&mut self.connection)
                .await?,
        )
    }

    /// The tables of which this login doesn't see every row and column, with why: by the catalogue, so that nothing has to
    /// be missing yet.
    pub async fn hidden(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as(AssertSqlSafe(format!(
            "SELECT x.name, x.why FROM (
               SELECT format('%I.%I', n.nspname, c.relname) AS name, CASE
                 WHEN NOT has_schema_privilege(n.oid, 'usage') OR NOT has_table_privilege(c.oid, 'select') THEN 'it may not be read'
                 WHEN r.rolsuper OR r.rolbypassrls OR NOT c.relrowsecurity THEN NULL
                 WHEN NOT EXISTS (SELECT FROM pg_policy p, unnest(p.polroles) AS g WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
                   AND CASE g WHEN 0 THEN true ELSE pg_has_role(current_user, g, 'usage') END AND pg_get_expr(p.polqual, p.polrelid) = 'true')
                   THEN 'no policy shows all of its rows'
                 WHEN EXISTS (SELECT FROM pg_policy p, unnest(p.polroles) AS g WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd IN ('r', '*')
                   AND CASE g WHEN 0 THEN true ELSE pg_has_role(current_user, g, 'usage') END) THEN 'a policy hides rows of it' END AS why
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.rolname = current_user
               WHERE c.relkind IN ('r', 'S') AND {OURS}) x
             WHERE x.why IS NOT NULL ORDER BY 1"
        )))
        .bind(self.prefix.role("owner"))
        .fetch_all(&mut self.connection)
        .await?)
    }

    /// How many rows the owner of the tables sees, if this login may have them counted.
    pub async fn witnessed(&mut self) -> Result<Option<Vec<(String, i64)>>, StoreError> {
        let may: bool = sqlx::query_scalar(
            "SELECT coalesce((SELECT has_function_privilege(p.oid, 'execute') FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
               WHERE n.nspname = 'cs_meta' AND p.proname = 'row_counts'), false)",
        )
        .fetch_one(&mut self.connection)
        .await?;
        if !may {
            return Ok(None);
        }
        Ok(Some(
            sqlx::query_as("SELECT table_name, row_count FROM cs_meta.row_counts()")
                .fetch_all(&mut self.connection)
                .await?,
        ))
    }

    /// What lies beside the workspace in its database, and belongs to somebody else: schemas, then relations, as patterns
    /// for `pg_dump`.
    pub async fn others(&mut self) -> Result<(Vec<String>, Vec<String>), StoreError> {
        let schemas = sqlx::query_scalar(
            "SELECT '\"' || replace(n.nspname, '\"', '\"\"') || '\"' FROM pg_namespace n
             WHERE n.nspname <> 'public' AND n.nspname !~ '^(cs_|pg_)' AND n.nspname <> 'information_schema' ORDER BY 1",
        )
        .fetch_all(&mut self.connection)
        .await?;
        let relations = sqlx::query_scalar(
            "SELECT '\"' || replace(n.nspname, '\"', '\"\"') || '\".\"' || replace(c.relname, '\"', '\"\"') || '\"' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE (n.nspname = 'public' OR n.nspname ~ '^cs_') AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_get_userbyid(c.relowner) <> $1
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1",
        )
        .bind(self.prefix.role("owner"))
        .fetch_all(&mut self.connection)
        .await?;
        Ok((schemas, relations))
    }

    /// The roles that objects of the database name, all of which have to be there before it is restored.
    pub async fn named_roles(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT r.rolname::text FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
             WHERE d.refclassid = 'pg_authid'::regclass AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1",
        )
        .fetch_all(&mut self.connection)
        .await?)
    }

    /// The sequences as they are now: they know no snapshot, and only ever go on.
    pub async fn sequences(&mut self) -> Result<Vec<Sequence>, StoreError> {
        sequences(&mut self.connection, &self.prefix).await
    }

    /// The end of the log's chain.
    pub async fn log_head(&mut self) -> Result<(i64, Vec<u8>), StoreError> {
        let row: Option<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT position, chain_hash FROM public.log_chain ORDER BY position DESC LIMIT 1")
                .fetch_optional(&mut self.connection)
                .await?;
        Ok(row.unwrap_or_else(|| {
            let beginning = crate::log_chain::Head::beginning();
            (beginning.position, beginning.hash)
        }))
    }

    /// The content of a table, piece by piece: one row a line.
    pub async fn read(&mut self, table: &Table, mut each: impl FnMut(&[u8])) -> Result<(), StoreError> {
        copy_out(&mut self.connection, &table.copy(), &mut each).await
    }

    /// Ends it.
    pub async fn end(self) {
        drop(self.connection.close().await);
    }
}

/// A long transaction that only reads, in the form of text that `pg_dump` asks for.
async fn settle(connection: &mut PgConnection) -> Result<(), StoreError> {
    raw_sql(
        "SET search_path = pg_catalog; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET row_security = on;
         SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 3; SET bytea_output = 'hex';
         SET client_encoding = 'UTF8'; SET synchronize_seqscans = off",
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn copy_out(
    connection: &mut PgConnection,
    statement: &str,
    each: &mut impl FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut pieces = connection.copy_out_raw(statement).await?;
    while let Some(piece) = pieces.next().await {
        each(&piece?);
    }
    Ok(())
}

async fn tables(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<Vec<Table>, StoreError> {
    let rows: Vec<(String, Vec<String>)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT format('%I.%I', n.nspname, c.relname), ARRAY(SELECT quote_ident(a.attname) FROM pg_attribute a
           WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum)
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND {OURS} ORDER BY 1"
    )))
    .bind(prefix.role("owner"))
    .fetch_all(connection)
    .await?;
    if rows.is_empty() {
        return Err(StoreError::NotInitialized);
    }
    Ok(rows
        .into_iter()
        .map(|(name, columns)| Table { name, columns })
        .collect())
}

async fn sequences(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<Vec<Sequence>, StoreError> {
    let names: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'S' AND {OURS} ORDER BY 1"
    )))
    .bind(prefix.role("owner"))
    .fetch_all(&mut *connection)
    .await?;
    let mut sequences = Vec::with_capacity(names.len());
    for name in names {
        let last: Option<i64> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT CASE WHEN s.is_called THEN s.last_value END FROM {name} s"
        )))
        .fetch_one(&mut *connection)
        .await?;
        sequences.push(Sequence { name, last });
    }
    Ok(sequences)
}

/// A database that was restored, looked at by whoever may act as the owner of its tables.
pub struct Restored {
    connection: PgConnection,
    prefix: RolePrefix,
}

impl Restored {
    /// Looks.
    pub async fn open(address: &Address, client: &str, prefix: &RolePrefix) -> Result<Self, StoreError> {
        let mut connection = address.connect(client).await?;
        settle(&mut connection).await?;
        raw_sql(AssertSqlSafe(format!("SET ROLE {}", prefix.role("owner"))))
            .execute(&mut connection)
            .await?;
        raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .execute(&mut connection)
            .await?;
        Ok(Self {
            connection,
            prefix: prefix.clone(),
        })
    }

    /// The tables that are there.
    pub async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        tables(&mut self.connection, &self.prefix).await
    }

    /// The content of one.
    pub async fn read(&mut self, table: &Table, mut each: impl FnMut(&[u8])) -> Result<(), StoreError> {
        copy_out(&mut self.connection, &table.copy(), &mut each).await
    }

    /// The sequences that are there.
    pub async fn sequences(&mut self) -> Result<Vec<Sequence>, StoreError> {
        sequences(&mut self.connection, &self.prefix).await
    }

    /// Sequences that would give a number which their column has already.
    pub async fn sequences_behind(&mut self) -> Result<Vec<String>, StoreError> {
        let owned: Vec<(String, String, String)> = sqlx::query_as(AssertSqlSafe(format!(
            "SELECT format('%I.%I', n.nspname, c.relname), d.refobjid::regclass::text, quote_ident(a.attname)
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
             JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
             WHERE c.relkind = 'S' AND {OURS} ORDER BY 1"
        )))
        .bind(self.prefix.role("owner"))
        .fetch_all(&mut self.connection)
        .await?;
        let mut behind = Vec::new();
        for (sequence, table, column) in owned {
            let is_behind: bool = sqlx::query_scalar(AssertSqlSafe(format!(
                "SELECT coalesce((SELECT max({column}) FROM {table}) > (SELECT CASE WHEN s.is_called THEN s.last_value ELSE s.last_value - 1 END FROM {sequence} s), false)"
            )))
            .fetch_one(&mut self.connection)
            .await?;
            if is_behind {
                behind.push(sequence);
            }
        }
        Ok(behind)
    }

    /// Ends it.
    pub async fn end(self) {
        drop(self.connection.close().await);
    }
}

/// What a database that is to be restored into holds already: names, some of them.
pub async fn holds(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT x.name FROM (
           SELECT format('%s.%s', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           UNION ALL SELECT format('%s.%s()', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           UNION ALL SELECT n.nspname || '.*' FROM pg_namespace n WHERE n.nspname NOT IN ('public', 'information_schema') AND n.nspname !~ '^pg_') x
         ORDER BY 1 LIMIT 10",
    )
    .fetch_all(connection)
    .await?)
}

/// The server's major version.
pub async fn server_major(connection: &mut PgConnection) -> Result<i32, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT current_setting('server_version_num')::integer / 10000")
            .fetch_one(connection)
            .await?,
    )
}

/// Whether things of another database of this server belong to these roles: two workspaces never share them.
pub async fn roles_used_elsewhere(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
           WHERE d.refclassid = 'pg_authid'::regclass AND r.rolname = $1 AND d.deptype = 'o'
             AND d.dbid NOT IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))",
    )
    .bind(prefix.role("owner"))
    .fetch_one(connection)
    .await?)
}

/// Makes the groups of the workspace, and whoever else the dump names. Which were made.
pub async fn make_roles(
    connection: &mut PgConnection,
    prefix: &RolePrefix,
    named: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut transaction = connection.begin().await?;
    let before: Vec<String> = sqlx::query_scalar("SELECT rolname::text FROM pg_roles")
        .fetch_all(&mut *transaction)
        .await?;
    roles::make(&mut transaction, prefix).await?;
    for role in named {
        let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)")
            .bind(role)
            .fetch_one(&mut *transaction)
            .await?;
        if !known {
            let quoted: String = sqlx::query_scalar("SELECT quote_ident($1)")
                .bind(role)
                .fetch_one(&mut *transaction)
                .await?;
            raw_sql(AssertSqlSafe(format!("CREATE ROLE {quoted} NOLOGIN NOINHERIT")))
                .execute(&mut *transaction)
                .await?;
        }
    }
    let made = sqlx::query_scalar("SELECT rolname::text FROM pg_roles WHERE rolname <> ALL ($1) ORDER BY 1")
        .bind(before)
        .fetch_all(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(made)
}

/// A login that the workspace knows.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KnownLogin {
    /// Its name.
    pub login: String,
    /// What kind of program it is for.
    pub kind: String,
    /// What it is called.
    pub label: String,
}

/// What a dump doesn't hold, because it belongs to the server or to the moment: the database is closed to everybody but
/// the workspace's logins; sessions and what was lent for them end; logins that the server lacks are made without a
/// password. Those need a new one.
pub async fn settle_in(connection: &mut PgConnection, prefix: &RolePrefix) -> Result<Vec<KnownLogin>, StoreError> {
    let mut transaction = connection.begin().await?;
    roles::close_database(&mut transaction, prefix).await?;
    let groups = ["admin", "support", "finance", "viewer"].map(|group| prefix.role(group));
    let lent: Vec<String> = sqlx::query_scalar(
        "SELECT format('REVOKE %I FROM %I', g.rolname, b.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles b ON b.oid = m.member
         WHERE g.rolname = ANY ($1) AND b.rolname !~ ('^' || $2 || '_[a-z]+$')",
    )
    .bind(&groups[..])
    .bind(prefix.as_str())
    .fetch_all(&mut *transaction)
    .await?;
    let database: String = sqlx::query_scalar("SELECT quote_ident(current_database())")
        .fetch_one(&mut *transaction)
        .await?;
    let logins: Vec<(String, String, String, bool)> = sqlx::query_as(
        "SELECT l.login::text, l.kind, l.label, EXISTS (SELECT FROM pg_roles r WHERE r.rolname = l.login AND r.rolcanlogin)
         FROM cs_auth.logins l WHERE l.revoked_at IS NULL ORDER BY l.kind, l.login",
    )
    .fetch_all(&mut *transaction)
    .await?;
    let mut without_password = Vec::new();
    for (login, kind, label, is_there) in logins {
        roles::readmit(&mut transaction, prefix, &kind, &login, &database).await?;
        if !is_there {
            without_password.push(KnownLogin { login, kind, label });
        }
    }
    // After the logins are there: what a session has lent is taken from its login.
    raw_sql(AssertSqlSafe(format!("SET LOCAL ROLE {}", prefix.role("owner"))))
        .execute(&mut *transaction)
        .await?;
    sqlx::query("SELECT cs_auth.end_sessions(NULL, NULL, 'restored')")
        .execute(&mut *transaction)
        .await?;
    raw_sql("SET LOCAL ROLE NONE").execute(&mut *transaction).await?;
    for statement in lent {
        raw_sql(AssertSqlSafe(statement)).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(without_password)
}

/// The names in a prefix, of a manifest that anybody may have written.
pub fn parse_prefix(text: &str) -> Result<RolePrefix, StoreError> {
    RolePrefix::parse(text)
}
