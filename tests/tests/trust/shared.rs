//! What these tests share.

use std::collections::BTreeSet;

use cs_tests::workspace_db::WorkspaceDb;
use sqlx::PgConnection;

/// The functions of sign-in: all that a desk's login may call by itself.
pub const SIGN_IN: &[&str] = &[
    "challenge",
    "submit",
    "open",
    "enter",
    "touch",
    "leave",
    "sweep",
    "whoami",
    "replace_hash",
    "user_id",
    "role",
    "organization_id",
    "writing",
    "workspace",
    "submit_code",
    "change_password_at_sign_in",
    "second_factor_begin_at_sign_in",
    "second_factor_finish_at_sign_in",
    "reset_submit",
    "reset_redeem",
    // An invitation is opened before anybody can sign in.
    "accept_invitation",
    // These ask for the session themselves.
    "view_as",
    "stop_viewing",
    "viewing",
    "sweep_views",
];

/// What everybody may call who has signed in.
pub const SIGNED_IN: &[&str] = &[
    "confirm_challenge",
    "confirm",
    "confirmed",
    "change_password",
    "my_security",
    "second_factor_begin",
    "second_factor_finish",
    "second_factor_disable",
    "second_factor_new_codes",
    "session_list",
    "revoke_session",
    "revoke_sessions_of",
];

/// The groups whose members come to the database.
pub const GROUPS: [&str; 8] = [
    "staff", "admin", "support", "finance", "customer", "agent", "service", "backup",
];

pub const DENIED: &str = "42501";

/// All tables of ours, with a column that can be written.
pub async fn tables(db: &WorkspaceDb) -> Vec<(String, String)> {
    sqlx::query_as(
        "SELECT DISTINCT ON (1) format('%s.%I', c.relnamespace::regnamespace, c.relname), quote_ident(a.attname)
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attidentity = '' AND NOT a.attisdropped
         WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_live', 'cs_meta') ORDER BY 1, a.attnum",
    )
    .fetch_all(&mut db.admin().await)
    .await
    .unwrap()
}

/// What a login may call, outside PostgreSQL's own schemas.
pub async fn callable(db: &WorkspaceDb, login: &str) -> BTreeSet<String> {
    let names: Vec<(String,)> = sqlx::query_as(
        "SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'
           AND has_function_privilege($1, p.oid, 'execute') AND has_schema_privilege($1, n.oid, 'usage')",
    )
    .bind(login)
    .fetch_all(&mut db.admin().await)
    .await
    .unwrap();
    names.into_iter().map(|(name,)| name).collect()
}

/// The same over a connection that is there, as a sorted list.
pub async fn callable_as(connection: &mut PgConnection, role: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast' AND has_function_privilege($1, p.oid, 'execute') ORDER BY 1",
    )
    .bind(role)
    .fetch_all(connection)
    .await
    .unwrap()
}

pub fn names(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}
