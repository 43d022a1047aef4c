//! What is refused, with what is said, and that nothing has changed.

use cs_tests::workspace_db::{attempt, connect, run};
use sqlx::Connection;
use store::StoreError;
use store::init::{DatabaseState, InitError, InitRequest, initialize, inspect};

use super::shared::{BOSS, BY_HAND, catalogue, empty, hashes, make, request, state, with};

#[tokio::test]
async fn each_difference_is_named() {
    let database = with(BY_HAND).await;
    let mut admin = connect(&database.admin_url).await;
    for (change, sentence) in [
        (
            "ALTER TABLE users ADD nickname TEXT",
            "users.nickname is not documented.",
        ),
        ("ALTER TABLE wallets DROP currency", "wallets.currency is missing."),
        ("DROP TABLE networking_config", "networking_config is missing."),
        (
            "ALTER TABLE users ALTER email TYPE TEXT",
            "users.email has the type text, documented is character varying(255).",
        ),
        (
            "ALTER TABLE vps_instances ALTER ipv4 TYPE VARCHAR(45)",
            "vps_instances.ipv4 has the type character varying(45), documented is character varying(15).",
        ),
        (
            "ALTER TABLE wallets ALTER balance TYPE NUMERIC(12,2)",
            "wallets.balance has the type numeric(12,2), documented is numeric(10,2).",
        ),
        (
            "ALTER TABLE invoices ALTER created_at TYPE TIMESTAMPTZ",
            "invoices.created_at has the type timestamp with time zone, documented is timestamp without time zone.",
        ),
        (
            "ALTER TABLE wallets ALTER currency SET DEFAULT 'EUR'",
            "wallets.currency has the default 'EUR'::character varying, documented is 'USD'::character varying.",
        ),
        (
            "ALTER TABLE tickets ALTER status DROP DEFAULT",
            "tickets.status has the default none, documented is 'open'::character varying.",
        ),
        (
            "ALTER TABLE tickets ALTER subject DROP NOT NULL",
            "tickets.subject allows NULL, the documentation refuses it.",
        ),
        (
            "ALTER TABLE containers ALTER id SET DEFAULT 7",
            "containers.id has the default 7, documented is nextval('containers_id_seq'::regclass).",
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT users_email_key",
            "users.email lacks the documented UNIQUE (email).",
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT users_role_check",
            "users.role lacks the documented CHECK",
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT users_role_check; ALTER TABLE users ADD CHECK (role IN ('admin', 'user', 'root'))",
            "users.role has a rule that is not documented, users_role_check",
        ),
        (
            "ALTER TABLE ticket_messages DROP CONSTRAINT ticket_messages_ticket_id_fkey, ADD FOREIGN KEY (ticket_id) REFERENCES tickets(id)",
            "ticket_messages.ticket_id lacks the documented FOREIGN KEY (ticket_id) REFERENCES tickets(id) ON DELETE CASCADE.",
        ),
        (
            "ALTER TABLE wallets DROP CONSTRAINT wallets_organization_id_fkey, ADD FOREIGN KEY (organization_id) REFERENCES organizations(id) ON DELETE CASCADE",
            "wallets.organization_id has a rule that is not documented",
        ),
        (
            "ALTER TABLE invoices ADD CHECK (amount > 0) NOT VALID",
            "invoices.amount has a rule that is not documented",
        ),
        (
            "ALTER TABLE users ADD CONSTRAINT again UNIQUE (email)",
            "users.email has the rule UNIQUE (email) twice.",
        ),
        (
            "CREATE UNIQUE INDEX one_label ON vps_instances (label)",
            "vps_instances has a unique index that is not documented, one_label",
        ),
        (
            "DROP INDEX idx_users_org; CREATE INDEX idx_users_org ON users (role)",
            "users has an index idx_users_org USING btree (role), documented is USING btree (organization_id).",
        ),
        (
            "CREATE TRIGGER t BEFORE DELETE ON wallets FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "wallets has a trigger that is not documented, t.",
        ),
        (
            "CREATE TRIGGER t BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION update_updated_at_column()",
            "invoices has a trigger that is not documented, t.",
        ),
        (
            "CREATE RULE r AS ON DELETE TO wallets DO INSTEAD NOTHING",
            "wallets has a rule that is not documented, r.",
        ),
        (
            "CREATE POLICY everything ON tickets USING (true)",
            "tickets has a policy that is not documented, everything.",
        ),
        (
            "DROP POLICY tickets_admin_policy ON tickets; CREATE POLICY tickets_admin_policy ON tickets USING (true)",
            "tickets has a policy that is not documented, tickets_admin_policy.",
        ),
        (
            "CREATE POLICY users_admin_policy ON users USING (true)",
            "users has a policy that is not documented, users_admin_policy.",
        ),
        (
            "CREATE OR REPLACE FUNCTION update_updated_at_column() RETURNS TRIGGER AS $$ BEGIN DELETE FROM wallets; RETURN NEW; END $$ LANGUAGE plpgsql",
            "update_updated_at_column() does something else than the documented function.",
        ),
        (
            "CREATE TABLE child () INHERITS (users)",
            "users is part of an inheritance, documented is a table.",
        ),
        (
            "ALTER TABLE networking_config SET UNLOGGED",
            "networking_config is unlogged, documented is a table.",
        ),
        (
            "ALTER TABLE stackscript_configs RENAME TO s; CREATE VIEW stackscript_configs AS SELECT * FROM s",
            "stackscript_configs is a view, documented is a table.",
        ),
        (
            "CREATE VIEW v AS SELECT email FROM users; GRANT SELECT ON v TO PUBLIC",
            "users can be read by everybody through the view v.",
        ),
        (
            "CREATE TABLE billing_runs (id INT)",
            "billing_runs has a name that this product needs for something of its own.",
        ),
        (
            "CREATE INDEX tickets_newest ON tickets (id)",
            "tickets_newest has a name that this product needs for something of its own.",
        ),
        (
            "CREATE SCHEMA cs_ledger",
            "cs_ledger has a name that this product needs for something of its own.",
        ),
        (
            "UPDATE wallets SET balance = -0.01 WHERE organization_id IN (1, 2)",
            "wallets.balance is below zero in 2 rows (the first has the id 1).",
        ),
        (
            "UPDATE wallets SET balance = 'NaN' WHERE id = 2",
            "wallets.balance is no number in 1 row (the first has the id 2).",
        ),
        (
            "ALTER TABLE users DROP CONSTRAINT users_role_check; UPDATE users SET role = 'root'; ALTER TABLE users ADD CHECK (role IN ('admin', 'user')) NOT VALID",
            "users.role",
        ),
        (
            "UPDATE transactions SET amount = 99999999, type = 'charge'",
            "wallets.balance is too far from what the transactions explain in 1 row",
        ),
    ] {
        let mut transaction = admin.begin().await.unwrap();
        attempt(&mut transaction, change)
            .await
            .unwrap_or_else(|error| panic!("{change}\n{error}"));
        match inspect(&mut transaction).await.unwrap() {
            DatabaseState::Differs { differences } => {
                let all: Vec<String> = differences.iter().map(ToString::to_string).collect();
                assert!(all.iter().any(|one| one.starts_with(sentence)), "{change}\n{all:#?}");
            }
            other => panic!("{change}\n{other:?}"),
        }
        transaction.rollback().await.unwrap();
    }
    // Roles that no rule kept out, in a database whose rule is in order otherwise.
    assert!(matches!(state(&database).await, DatabaseState::Documented { .. }));
}

#[tokio::test]
async fn a_database_that_differs_stays_as_it_is() {
    let database = with(BY_HAND).await;
    let mut admin = connect(&database.admin_url).await;
    run(&mut admin, "ALTER TABLE users ADD nickname TEXT; ALTER TABLE wallets DROP currency; DROP TABLE networking_config; CREATE TABLE billing_runs (id INT)").await;
    let (rows, catalogue_before) = (hashes(&mut admin, None).await, catalogue(&mut admin).await);
    let Err(InitError::Differs(differences)) = make(&database).await else {
        panic!("it was taken")
    };
    assert_eq!(differences.len(), 4, "{differences:#?}");
    assert_eq!(hashes(&mut admin, None).await, rows);
    assert_eq!(catalogue(&mut admin).await, catalogue_before);
}

#[tokio::test]
async fn other_databases_are_refused() {
    let foreign = with("CREATE TABLE shop (id INT); CREATE TABLE basket (id INT)").await;
    let Err(InitError::Foreign(tables)) = make(&foreign).await else {
        panic!("it was taken")
    };
    assert_eq!(tables, ["public.basket", "public.shop"]);
    let elsewhere = with("CREATE SCHEMA shop; CREATE VIEW shop.v AS SELECT 1").await;
    assert!(matches!(make(&elsewhere).await, Err(InitError::Foreign(_))));

    let newer = empty().await;
    make(&newer).await.unwrap();
    let mut admin = connect(&newer.admin_url).await;
    run(
        &mut admin,
        "INSERT INTO cs_meta.migrations (version, name, checksum) VALUES (999, '0999_later', '')",
    )
    .await;
    let (rows, before) = (hashes(&mut admin, None).await, catalogue(&mut admin).await);
    assert_eq!(state(&newer).await, DatabaseState::NewerThanProgram { version: 999 });
    assert!(matches!(
        make(&newer).await,
        Err(InitError::Store(StoreError::TooNew { found: 999, .. }))
    ));
    assert_eq!(
        (hashes(&mut admin, None).await, catalogue(&mut admin).await),
        (rows, before)
    );

    // A migration whose text has changed since it ran is noticed.
    let changed = empty().await;
    make(&changed).await.unwrap();
    run(
        &mut connect(&changed.admin_url).await,
        "UPDATE cs_meta.migrations SET checksum = 'x' WHERE version = 2",
    )
    .await;
    assert!(matches!(
        make(&changed).await,
        Err(InitError::Store(StoreError::Rule(_)))
    ));

    // The first admin's address must not be a customer's.
    let taken = with(BY_HAND).await;
    run(
        &mut connect(&taken.admin_url).await,
        &format!(
            "INSERT INTO users (email, password_hash) VALUES ('{}', 'x')",
            BOSS.to_uppercase()
        ),
    )
    .await;
    let before = catalogue(&mut connect(&taken.admin_url).await).await;
    assert!(matches!(make(&taken).await, Err(InitError::AddressInUse)));
    assert_eq!(catalogue(&mut connect(&taken.admin_url).await).await, before);

    let test = empty().await;
    make(&test).await.unwrap();
    let wants_test = InitRequest {
        is_test: true,
        ..request()
    };
    assert!(matches!(
        initialize(&mut connect(&test.admin_url).await, &wants_test).await,
        Err(InitError::NotATest)
    ));
}
