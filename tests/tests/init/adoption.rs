//! In a database that was made by hand.

use cs_tests::workspace_db::{PASSWORD, ask, attempt, connect, refused, run, sign_in};
use store::init::DatabaseState;
use store::migrate;

use super::shared::{BOSS, BY_HAND, PLAIN, hashes, make, state, with};

#[tokio::test]
async fn a_database_made_by_hand_is_adopted_with_every_row() {
    let database = with(BY_HAND).await;
    let mut admin = connect(&database.admin_url).await;
    run(
        &mut admin,
        "GRANT SELECT ON users TO PUBLIC; GRANT UPDATE (balance) ON wallets TO PUBLIC",
    )
    .await;
    let before = hashes(&mut admin, None).await;
    let DatabaseState::Documented { rows } = state(&database).await else {
        panic!("it can't be adopted: {:?}", state(&database).await)
    };
    assert_eq!(
        (rows["organizations"], rows["transactions"], rows["ticket_messages"]),
        (3, 5, 5)
    );
    assert_eq!(hashes(&mut admin, None).await, before, "looking changes nothing");

    let (made, request) = make(&database).await.unwrap();
    assert!(made.adopted && made.admin_added);
    assert_eq!(made.access_ended, ["PUBLIC"]);
    let after = hashes(&mut admin, Some(&before)).await;
    for (row, hash) in &before.hashes {
        assert_eq!(after.hashes.get(row), Some(hash), "{row:?} was changed or lost");
    }
    let new: Vec<&(String, String)> = after
        .hashes
        .keys()
        .filter(|row| !before.hashes.contains_key(*row))
        .collect();
    let mut tables: Vec<&str> = new.iter().map(|(table, _)| table.as_str()).collect();
    tables.dedup();
    // The opening adjustment of the one wallet that nothing explained, the first admin, and the log of what was begun.
    assert_eq!(tables, ["activity_logs", "transactions", "users"]);
    assert_eq!(
        ask(&mut admin, "SELECT concat_ws(' ', organization_id, amount, type, status) FROM transactions WHERE idempotency_key = 'opening-adjustment'").await,
        "1 -13.50 adjustment completed"
    );
    // What was never charged waits for a decision; the rest goes on from where it was charged.
    let waits = "SELECT concat_ws(' ', (SELECT count(*) FROM parked_resources WHERE reason = 'adopted'),
        (SELECT count(*) FROM resource_terms t JOIN vps_instances v ON t.resource_kind = 'vps' AND v.id = t.resource_id
         WHERE t.unit_start <> coalesce(v.last_billed_at, v.created_at)))";
    let never = "SELECT concat_ws(' ', (SELECT count(*) FROM vps_instances WHERE organization_id IS NOT NULL AND last_billed_at IS NULL)
        + (SELECT count(*) FROM containers WHERE organization_id IS NOT NULL AND last_billed_at IS NULL), 0)";
    assert_eq!(ask(&mut admin, waits).await, ask(&mut admin, never).await);
    let unexplained = "SELECT count(*) FROM wallets w JOIN (
          SELECT organization_id, sum(CASE type WHEN 'charge' THEN -abs(amount) WHEN 'deposit' THEN abs(amount) ELSE amount END) AS moved
          FROM transactions WHERE coalesce(status, 'completed') = 'completed' GROUP BY 1) t USING (organization_id) WHERE w.balance <> t.moved";
    assert_eq!(ask(&mut admin, unexplained).await, "0");

    // The first admin, and an old hash of the first panel's; ids go on behind those that were given by hand.
    let desk = database.url_as(&request.desk.login, &request.desk.password);
    let session = sign_in(&desk, BOSS, PASSWORD).await.unwrap();
    let mut desk = connect(&desk).await;
    let write = format!(
        "BEGIN; SELECT cs_auth.enter('{}'); INSERT INTO organizations (id, name) VALUES (NULL, 'Next');
         INSERT INTO tickets (id, subject) VALUES (NULL, 'Next'); COMMIT",
        session.token
    );
    run(&mut desk, &write).await;
    assert_eq!(
        ask(
            &mut admin,
            "SELECT concat((SELECT max(id) FROM organizations), ' ', (SELECT max(id) FROM tickets))"
        )
        .await,
        "8 32"
    );
    // Conversations have their heads.
    assert_eq!(
        ask(
            &mut admin,
            "SELECT concat_ws(' ', last_message_id, last_from_customer, first_reply_at) FROM tickets WHERE id = 30"
        )
        .await,
        "4 t 2025-06-01 12:10:00"
    );
    // The stranger's table is the stranger's.
    assert_eq!(ask(&mut admin, "SELECT concat(relrowsecurity, pg_get_userbyid(relowner) = current_user) FROM pg_class WHERE relname = 'newsletter'").await, "ft");
    assert_eq!(refused(&mut desk, "SELECT * FROM newsletter").await, "42501");
    assert_eq!(ask(&mut admin, "SELECT count(*) FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'newsletter' AND NOT (relrowsecurity AND relforcerowsecurity)").await, "0");
    assert_eq!(
        state(&database).await,
        DatabaseState::Initialized {
            version: migrate::VERSION
        }
    );
}

#[tokio::test]
async fn what_the_documentation_leaves_open_is_accepted() {
    let widened = PLAIN.to_owned();
    let all_triggers = format!(
        "{BY_HAND} CREATE TRIGGER update_wallets_updated_at BEFORE UPDATE ON wallets FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
         CREATE TRIGGER set_time BEFORE UPDATE ON tickets FOR EACH ROW EXECUTE PROCEDURE update_updated_at_column();"
    );
    let safe_policies = BY_HAND.replace(
        "current_setting('app.current_organization_id')",
        "current_setting('app.current_organization_id', true)",
    );
    let bare = BY_HAND.replace("CREATE INDEX", "-- CREATE INDEX").replace("CREATE POLICY vps_instances_user_policy ON vps_instances\n  FOR ALL\n  USING (organization_id = current_setting('app.current_organization_id')::INTEGER);", "");
    let other_names = format!(
        "{BY_HAND} ALTER TABLE users RENAME CONSTRAINT users_role_check TO valid_role; ALTER TABLE users RENAME CONSTRAINT users_email_key TO one_address;
         ALTER TABLE wallets ADD CONSTRAINT not_negative CHECK (balance >= 0); ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
         CREATE INDEX of_my_own ON transactions (type);"
    );
    let other_order = BY_HAND.replace(
        "  name VARCHAR(255) NOT NULL,\n  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,\n",
        "  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,\n  name VARCHAR(255) NOT NULL,\n",
    );
    for (what, sql) in [
        ("widened", widened),
        ("all triggers", all_triggers),
        ("safe policies", safe_policies),
        ("bare", bare),
        ("other names", other_names),
        ("other order", other_order),
    ] {
        let database = with(&sql).await;
        let found = state(&database).await;
        assert!(matches!(found, DatabaseState::Documented { .. }), "{what}: {found:?}");
        let mut admin = connect(&database.admin_url).await;
        let before = hashes(&mut admin, None).await;
        assert!(make(&database).await.unwrap().0.adopted, "{what}");
        let after = hashes(&mut admin, Some(&before)).await;
        assert!(
            before
                .hashes
                .iter()
                .all(|(row, hash)| after.hashes.get(row) == Some(hash)),
            "{what}"
        );
        run(
            &mut admin,
            "INSERT INTO users (email, password_hash, role) VALUES ('s@x.example', 'x', 'support')",
        )
        .await;
        let again = attempt(
            &mut admin,
            "INSERT INTO users (email, password_hash) VALUES ('s@x.example', 'x')",
        )
        .await
        .unwrap_err();
        assert_eq!(
            again.as_database_error().unwrap().constraint(),
            Some("users_email_key"),
            "{what}"
        );
        let triggers =
            "SELECT count(*) FROM pg_trigger WHERE tgfoid = 'public.update_updated_at_column()'::regprocedure";
        assert_eq!(ask(&mut admin, triggers).await, "13", "{what}");
    }
}
