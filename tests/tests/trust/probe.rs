//! What a role can really do with a table, found out by doing it: which columns it may read, send and change, how many
//! rows it sees and touches, whether its rows are let in.

use std::collections::BTreeMap;

use cs_tests::workspace_db::{
    ADMIN, FINANCE, Login, SUPPORT, Session, WorkspaceDb, ask, attempt, connect, run, sqlstate,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::roles::LoginKind;

use super::shared::DENIED;

/// Everybody who comes to the database.
pub const ACTORS: &[&str] = &[
    "nobody",
    "admin",
    "support",
    "finance",
    "customer",
    "agent",
    "service as admin",
    "service for a customer",
    "service without settings",
    "backup",
    "owner",
];

/// An actor's login, session and what it says first.
pub struct Actor {
    pub name: &'static str,
    login: Login,
    session: Option<Session>,
    first: String,
}

impl Actor {
    /// The database role whose grants and policies it works under.
    pub fn group(&self) -> &'static str {
        match self.name {
            "nobody" => "staff",
            service if service.starts_with("service") => "service",
            other => other,
        }
    }

    /// The database role that it works as.
    pub fn role(&self) -> &str {
        match self.name {
            "customer" => self.first.trim_start_matches("SET LOCAL ROLE ").trim_end_matches(';'),
            _ => &self.login.name,
        }
    }

    /// Who has signed in.
    pub fn user(&self) -> i32 {
        self.session.as_ref().map_or(0, |session| session.user_id)
    }
}

/// The logins of all of them. The customer is support looking at organization 1.
pub async fn actors(db: &WorkspaceDb) -> Vec<Actor> {
    let mut actors = Vec::new();
    for name in ACTORS {
        let (login, session) = match *name {
            "nobody" => (db.desk().await, None),
            "admin" => db.desk_of(ADMIN).await.keep(),
            "support" | "customer" => db.desk_of(SUPPORT).await.keep(),
            "finance" => db.desk_of(FINANCE).await.keep(),
            "agent" => (db.login(LoginKind::Agent).await, None),
            "backup" => (db.login(LoginKind::Backup).await, None),
            // Not a login: the superuser becomes it.
            "owner" => (
                Login {
                    name: db.role("owner"),
                    url: String::new(),
                },
                None,
            ),
            _ => (db.login(LoginKind::Service).await, None),
        };
        let first = match *name {
            "customer" => {
                let token = session.as_ref().map_or("", |session| session.token.as_str());
                let view = format!("SELECT cs_auth.view_as('{token}', 1, 'They ask what they see')");
                run(&mut connect(&login.url).await, &view).await;
                format!("SET LOCAL ROLE {};", db.role("customer"))
            }
            "service as admin" => "SET LOCAL app.current_user_role = 'admin';".to_owned(),
            "service for a customer" => {
                "SET LOCAL app.current_user_role = 'user'; SET LOCAL app.current_organization_id = '1';".to_owned()
            }
            _ => String::new(),
        };
        actors.push(Actor {
            name,
            login,
            session,
            first,
        });
    }
    actors
}

trait Keep {
    fn keep(self) -> (Login, Option<Session>);
}

impl Keep for (Login, Session) {
    fn keep(self) -> (Login, Option<Session>) {
        (self.0, Some(self.1))
    }
}

/// A table, and a row of organization 1 and one of organization 2 as the superuser sees them.
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
    /// One that the database doesn't number by itself.
    plain: String,
    rows: Vec<String>,
}

/// Rows that the seed lacks: of both organizations, and links of the chain.
pub async fn more_rows(admin: &mut PgConnection) {
    run(
        admin,
        "INSERT INTO public.notifications (user_id, organization_id, title, type) VALUES (5, 1, 'One', 'info'), (6, 2, 'Two', 'info');
         INSERT INTO public.container_plans (name, cpu_cores, memory_mb, hourly_rate, is_active) VALUES ('Retired', 1, 512, 0.0100, FALSE);
         INSERT INTO public.low_balances (organization_id, state, since) VALUES (1, 'low', '2026-01-01'), (2, 'zero', '2026-01-01');
         INSERT INTO public.revenue_hours (hour, currency, charged) VALUES ('2026-01-01', 'USD', 1.00);
         INSERT INTO public.provider_accounts (id, label) SELECT id, 'Main' FROM public.provider_configs;
         INSERT INTO public.docker_hosts (id, engine_id) SELECT id, 'an engine' FROM public.provider_configs;
         INSERT INTO public.provider_states (provider_config_id, external_id, server_id, last_seen_at) VALUES (1, '101', 1, '2026-01-01'), (1, '102', 2, '2026-01-01');
         INSERT INTO public.provider_syncs (provider_config_id, status, started_at, finished_at) VALUES (1, 'completed', '2026-01-01', '2026-01-01');
         INSERT INTO public.provider_intents (provider_config_id, kind, organization_id, server_id, external_id, label, idempotency_key, requested_at) VALUES
           (1, 'boot', 1, 1, 101, 'brisa-web-1', 'probe-1', '2026-01-01'), (1, 'boot', 2, 2, 102, 'kestrel-1', 'probe-2', '2026-01-01');
         SELECT cs_ledger.seal_log(1000);",
    )
    .await;
}

/// All tables of the schema `public`.
pub async fn tables(admin: &mut PgConnection) -> Vec<Table> {
    let names: Vec<(String, Vec<String>, String)> = sqlx::query_as(
        "SELECT c.relname::text, array_agg(quote_ident(a.attname) ORDER BY a.attnum),
           (array_agg(quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE a.attidentity = ''))[1] FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY 1",
    )
    .fetch_all(&mut *admin)
    .await
    .unwrap();
    let mut tables = Vec::new();
    for (name, columns, plain) in names {
        let one_each = if columns.iter().any(|column| column == "organization_id") {
            "SELECT DISTINCT ON (organization_id) to_jsonb(t)::text FROM public.TABLE t WHERE organization_id IS NOT NULL ORDER BY organization_id"
        } else {
            "SELECT to_jsonb(t)::text FROM public.TABLE t ORDER BY 1 LIMIT 4"
        };
        let rows = sqlx::query_scalar(AssertSqlSafe(one_each.replace("TABLE", &name)))
            .fetch_all(&mut *admin)
            .await
            .unwrap();
        tables.push(Table {
            name,
            columns,
            plain,
            rows,
        });
    }
    tables
}

/// Runs statements as an actor inside the superuser's transaction, and takes them back.
async fn as_actor(admin: &mut PgConnection, actor: &Actor, entered: bool, sql: &str) -> Result<u64, String> {
    let mut inner = admin.begin().await.unwrap();
    let enter = match (&actor.session, entered) {
        // Who looks as a customer shows no token: the database refuses it for as long as that lasts.
        (Some(session), true) if actor.name != "customer" => format!("SELECT cs_auth.enter('{}');", session.token),
        _ => String::new(),
    };
    let become_it = if actor.name == "owner" {
        "ROLE"
    } else {
        "SESSION AUTHORIZATION"
    };
    run(
        &mut inner,
        &format!("SET LOCAL {become_it} {}; {enter} {}", actor.login.name, actor.first),
    )
    .await;
    let done = attempt(&mut inner, sql).await.map_err(|error| sqlstate(&error));
    // The role of the savepoint before comes back with it.
    inner.rollback().await.unwrap();
    done
}

/// What an actor can do with a table: a line for each operation, each of which can be compared.
pub async fn probe(admin: &mut PgConnection, actor: &Actor, table: &Table) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let (name, columns) = (&table.name, &table.columns);
    if actor.name == "owner" {
        // FORCE binds it too: what it sees is its own policy's doing.
        let seen = as_actor(admin, actor, false, &format!("SELECT FROM public.{name}")).await;
        found.insert(
            "sees".to_owned(),
            seen.map_or_else(|code| code, |rows| rows.to_string()),
        );
        return found;
    }
    // Rights to columns, in one go: the server looks at them before it looks at a row.
    let mut may = BTreeMap::<&str, Vec<&str>>::new();
    let rights: Vec<(String, bool, bool, bool)> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT quote_ident(a.attname), has_column_privilege(r.oid, a.attrelid, a.attnum, 'SELECT'), has_column_privilege(r.oid, a.attrelid, a.attnum, 'INSERT'),
           has_column_privilege(r.oid, a.attrelid, a.attnum, 'UPDATE')
         FROM pg_attribute a, pg_roles r WHERE a.attrelid = 'public.{name}'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND r.rolname = '{}' ORDER BY a.attnum",
        actor.role()
    )))
    .fetch_all(&mut *admin)
    .await
    .unwrap();
    for (column, select, insert, update) in &rights {
        for (right, has) in [("select", select), ("insert", insert), ("update", update)] {
            if *has {
                may.entry(right).or_default().push(column);
            }
        }
    }
    for right in ["select", "insert", "update"] {
        found.insert(
            format!("{right} columns"),
            may.get(right).map(|columns| columns.join(",")).unwrap_or_default(),
        );
    }
    let told = |outcome: Result<u64, String>| outcome.map_or_else(|code| code, |rows| rows.to_string());
    // By doing it.
    let readable = may.get("select").and_then(|columns| columns.first()).copied();
    let seen = as_actor(
        admin,
        actor,
        false,
        &format!("SELECT {} FROM public.{name}", readable.unwrap_or(&columns[0])),
    )
    .await;
    found.insert("sees".to_owned(), told(seen));
    let changeable = may.get("update").and_then(|columns| columns.first()).copied();
    let column = changeable.unwrap_or(&table.plain);
    let change = format!("UPDATE public.{name} SET {column} = {column}");
    for (entered, key) in [(false, "changes without a token"), (true, "changes")] {
        let changed = as_actor(admin, actor, entered, &change).await;
        found.insert(key.to_owned(), told(changed));
    }
    let sendable = may
        .get("insert")
        .map_or_else(|| table.plain.clone(), |columns| columns.join(", "));
    for (entered, key) in [(false, "adds without a token"), (true, "adds")] {
        let mut outcomes = Vec::new();
        for row in &table.rows {
            // As the role would send it: the id is the database's, the person is who has signed in.
            let me = if actor.user() == 0 {
                "5".to_owned()
            } else {
                actor.user().to_string()
            };
            // A back end may send one, and shall not take another's place with it.
            let id = if actor.group() == "service" {
                ""
            } else {
                "\"id\": null, "
            };
            let insert = format!(
                "INSERT INTO public.{name} ({sendable}) SELECT {sendable} FROM jsonb_populate_record(NULL::public.{name},
                   '{}'::jsonb || '{{{id}\"user_id\": {me}, \"requested_by\": {me}, \"last_billed_at\": null, \"assigned_to\": null, \"idempotency_key\": \"a key\", \"client_key\": null}}') x",
                row.replace('\'', "''")
            );
            outcomes.push(match as_actor(admin, actor, entered, &insert).await {
                Err(code) if code == DENIED => "refused",
                // Another rule, or none: the rights let it through.
                _ => "let through",
            });
        }
        outcomes.dedup();
        found.insert(key.to_owned(), outcomes.join(" "));
    }
    let table_rights = format!(
        "SELECT string_agg(x, ' ') FROM unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS x WHERE has_table_privilege('{}', 'public.{name}', x)",
        actor.role()
    );
    found.insert("table rights".to_owned(), ask(admin, &table_rights).await);
    let deleted = as_actor(admin, actor, true, &format!("DELETE FROM public.{name}")).await;
    found.insert("deletes".to_owned(), told(deleted));
    found
}

/// How many rows of a table fulfil a condition.
pub async fn count(admin: &mut PgConnection, table: &str, condition: &str) -> String {
    ask(
        admin,
        &format!("SELECT count(*) FROM public.{table} t WHERE {condition}"),
    )
    .await
}
