//! In an empty database, and in several of one cluster.

use cs_tests::workspace_db::{PASSWORD, ask, connect, refused, run, sign_in, sqlstate};
use sqlx::{Connection, PgConnection};
use store::init::{DatabaseState, InitError, initialize};
use store::migrate;
use url::Url;

use super::shared::{BOSS, BY_HAND, Rows, catalogue, empty, hashes, make, request, state, unique, with};

#[tokio::test]
async fn an_empty_database_becomes_a_workspace() {
    let database = empty().await;
    assert_eq!(state(&database).await, DatabaseState::Empty);
    let (made, request) = make(&database).await.unwrap();
    assert_eq!(
        (made.adopted, made.admin_added, made.migrated.from, made.migrated.to),
        (false, true, 0, migrate::VERSION)
    );
    assert_eq!(made.migrated.applied.len(), migrate::MIGRATIONS.len());
    assert_eq!(
        state(&database).await,
        DatabaseState::Initialized {
            version: migrate::VERSION
        }
    );

    // The first admin signs in over the first desk's login; the agent's login works and signs nobody in.
    let session = sign_in(
        &database.url_as(&request.desk.login, &request.desk.password),
        BOSS,
        PASSWORD,
    )
    .await
    .unwrap();
    assert_eq!(session.user_id, 1);
    let mut agent = connect(&database.url_as(&request.agent.login, &request.agent.password)).await;
    assert_eq!(ask(&mut agent, "SELECT count(*) FROM wallets").await, "0");
    // UTC for every login, whatever the server's own setting.
    assert_eq!(ask(&mut agent, "SELECT current_setting('TimeZone')").await, "UTC");
    let mut admin = connect(&database.admin_url).await;
    assert_eq!(
        ask(
            &mut admin,
            "SELECT concat(role, ' ', last_name, ' ', first_name IS NULL) FROM users"
        )
        .await,
        "admin Boss t"
    );
    let owned = format!(
        "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_meta', 'cs_ledger') AND pg_get_userbyid(relowner) <> '{}_owner'",
        made.prefix
    );
    assert_eq!(ask(&mut admin, &owned).await, "0");

    // Once more: nothing is made twice, and the new logins work.
    // The log has the desks that were added.
    let unlogged = |mut rows: Rows| {
        rows.hashes.retain(|(table, _), _| table != "activity_logs");
        rows
    };
    let before = unlogged(hashes(&mut admin, None).await);
    let (again, request) = make(&database).await.unwrap();
    assert!(!again.adopted && !again.admin_added && again.migrated.applied.is_empty());
    assert_eq!(unlogged(hashes(&mut admin, None).await), before);
    assert_eq!(
        ask(
            &mut admin,
            "SELECT count(*) FROM activity_logs WHERE action = 'desk.add'"
        )
        .await,
        "2"
    );
    sign_in(
        &database.url_as(&request.desk.login, &request.desk.password),
        BOSS,
        PASSWORD,
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn every_documented_thing_is_there() {
    let database = empty().await;
    make(&database).await.unwrap();
    let mut admin = connect(&database.admin_url).await;
    for index in [
        "idx_users_email",
        "idx_users_org",
        "idx_vps_org",
        "idx_vps_linode",
        "idx_containers_org",
        "idx_invoices_org",
        "idx_invoices_status",
        "idx_transactions_org",
        "idx_activity_user",
        "idx_activity_org",
        "idx_activity_time",
        "idx_notifications_user",
        "idx_notifications_unread",
    ] {
        assert_ne!(
            ask(&mut admin, &format!("SELECT to_regclass('public.{index}')")).await,
            "∅",
            "{index}"
        );
    }
    for table in [
        "vps_instances",
        "containers",
        "invoices",
        "transactions",
        "tickets",
        "activity_logs",
        "notifications",
    ] {
        let policies = format!(
            "SELECT count(*) FROM pg_policies WHERE tablename = '{table}' AND policyname IN ('{table}_user_policy', '{table}_admin_policy') AND cmd = 'ALL'"
        );
        assert_eq!(ask(&mut admin, &policies).await, "2", "{table}");
    }
    assert_eq!(
        ask(
            &mut admin,
            "SELECT count(*) FROM pg_trigger WHERE tgname = 'update_users_updated_at'"
        )
        .await,
        "1"
    );
    for role in ["admin", "user", "support", "finance"] {
        run(
            &mut admin,
            &format!("INSERT INTO users (email, password_hash, role) VALUES ('{role}', 'x', '{role}')"),
        )
        .await;
    }
    assert_eq!(
        refused(
            &mut admin,
            "INSERT INTO users (email, password_hash, role) VALUES ('x', 'x', 'root')"
        )
        .await,
        "23514"
    );
    // Every documented column, with its type and default, as the documentation's own statements make it.
    let model = with(BY_HAND).await;
    let columns = "SELECT table_name::text, column_name::text, concat_ws(' ', data_type, character_maximum_length, numeric_precision, numeric_scale, is_nullable, column_default)
                   FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'newsletter'";
    let wanted: Vec<(String, String, String)> = sqlx::query_as(columns)
        .fetch_all(&mut connect(&model.admin_url).await)
        .await
        .unwrap();
    let found: Vec<(String, String, String)> = sqlx::query_as(columns).fetch_all(&mut admin).await.unwrap();
    assert!(wanted.len() > 150);
    for column in wanted {
        assert!(found.contains(&column), "{column:?}");
    }
}

#[tokio::test]
async fn workspaces_of_one_cluster_are_strangers() {
    let (one, other) = (empty().await, empty().await);
    let (a, b) = tokio::join!(make(&one), make(&other));
    let ((a, first), (b, second)) = (a.unwrap(), b.unwrap());
    assert_ne!(a.prefix, b.prefix);
    let refusal = PgConnection::connect(&other.url_as(&first.desk.login, &first.desk.password))
        .await
        .unwrap_err();
    assert_eq!(
        sqlstate(&refusal),
        "42501",
        "a desk of one can't even connect to the other"
    );
    let desk = other.url_as(&second.desk.login, &second.desk.password);
    sign_in(&desk, BOSS, PASSWORD).await.unwrap();
    assert_eq!(
        refused(&mut connect(&desk).await, &format!("SET ROLE {}_admin", a.prefix)).await,
        "42501"
    );
    // Databases whose names become the same in a role's name.
    let mut admin = connect(&one.admin_url).await;
    let mut prefixes = vec![a.prefix, b.prefix];
    for name in [format!("Books-{}", one.name), format!("books_{}", one.name)] {
        run(&mut admin, &format!("CREATE DATABASE \"{name}\" TEMPLATE template0")).await;
        let mut url = Url::parse(&one.admin_url).unwrap();
        url.set_path(&name);
        prefixes.push(
            initialize(&mut connect(url.as_str()).await, &request())
                .await
                .unwrap()
                .prefix,
        );
        run(&mut admin, &format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await;
    }
    let count = prefixes.len();
    prefixes.sort();
    prefixes.dedup();
    assert_eq!(prefixes.len(), count, "{prefixes:?}");
}

#[tokio::test]
async fn an_administrator_need_not_be_a_superuser() {
    let login = format!("dba_{}", unique());
    for sql in ["SELECT 1", BY_HAND] {
        let database = empty().await;
        let mut admin = connect(&database.admin_url).await;
        run(&mut admin, &format!("DROP ROLE IF EXISTS {login}; CREATE ROLE {login} LOGIN CREATEROLE PASSWORD 'x'; ALTER DATABASE {} OWNER TO {login}", database.name)).await;
        let url = database.url_as(&login, "x");
        run(&mut connect(&url).await, sql).await;
        let order = request();
        let made = initialize(&mut connect(&url).await, &order).await.unwrap();
        assert_eq!(made.adopted, sql == BY_HAND);
        sign_in(
            &database.url_as(&order.desk.login, &order.desk.password),
            BOSS,
            PASSWORD,
        )
        .await
        .unwrap();
        run(&mut admin, &format!("REASSIGN OWNED BY {login} TO CURRENT_USER; DROP OWNED BY {login}; ALTER DATABASE {} OWNER TO CURRENT_USER", database.name)).await;
    }
    // One who lacks the rights is told so, and nothing has happened.
    let database = empty().await;
    let mut admin = connect(&database.admin_url).await;
    let before = catalogue(&mut admin).await;
    run(&mut admin, &format!("ALTER ROLE {login} NOCREATEROLE")).await;
    let refusal = initialize(&mut connect(&database.url_as(&login, "x")).await, &request()).await;
    assert!(matches!(refusal, Err(InitError::NotAnAdministrator)), "{refusal:?}");
    assert_eq!(catalogue(&mut admin).await, before);
}
