//! The database decides: what a desk's login gains with `psql`, signed in or not.

#[cfg(test)]
mod trust {
    use std::collections::{BTreeMap, BTreeSet};

    use cs_tests::workspace_db::{
        ADMIN, CUSTOMER, FINANCE, PASSWORD, SECOND_ADMIN, SUPPORT, WorkspaceDb, ask, attempt, challenge, connect,
        entered, open, proof, refused, run, sign_in, sign_in_over,
    };
    use sqlx::{AssertSqlSafe, PgConnection};
    use store::roles::LoginKind;

    /// Table; then what admin, support and finance may do there: r read, i insert, u update. PRODUCT's matrix, written
    /// down once more by hand: it doesn't look at the migration's.
    const MATRIX: &[(&str, &str, &str, &str)] = &[
        ("organizations", "riu", "r", "r"),
        ("users", "riu", "r", "r"),
        ("wallets", "ri", "r", "ri"),
        ("transactions", "riu", "r", "riu"),
        ("invoices", "ru", "r", "ru"),
        ("usage_details", "r", "r", "r"),
        ("billing_charges", "r", "r", "r"),
        ("billing_runs", "r", "r", "r"),
        ("organization_meters", "r", "r", "r"),
        ("resource_terms", "r", "r", "r"),
        ("parked_resources", "r", "r", "r"),
        ("wallet_holds", "r", "r", "r"),
        ("adjustment_requests", "riu", "r", "riu"),
        ("invoice_counters", "r", "", "r"),
        ("vps_instances", "riu", "r", "r"),
        ("containers", "riu", "r", "r"),
        ("vps_plans", "riu", "r", "r"),
        ("container_plans", "riu", "r", "r"),
        ("plan_prices", "r", "r", "r"),
        ("tickets", "riu", "riu", "riu"),
        ("ticket_messages", "ri", "ri", "ri"),
        ("notifications", "ru", "ru", "ru"),
        ("activity_logs", "r", "r", "r"),
        ("theme_settings", "riu", "r", "r"),
        ("workspace_settings", "ru", "r", "r"),
        ("provider_configs", "riu", "", ""),
        ("stackscript_configs", "riu", "", ""),
        ("networking_config", "riu", "", ""),
        ("user_api_keys", "riu", "", ""),
        ("password_reset_tokens", "", "", ""),
    ];

    /// What no session may read, and who may after all.
    const NEVER: &[(&str, &str, &[&str])] = &[
        ("users", "password_hash", &[]),
        ("user_api_keys", "key_hash", &[]),
        ("password_reset_tokens", "token", &[]),
        ("vps_instances", "root_password", &[ADMIN]),
        ("vps_instances", "stackscript_data", &[ADMIN]),
        ("provider_configs", "credentials", &[ADMIN]),
        ("vps_plans", "base_cost", &[ADMIN, FINANCE]),
        ("vps_plans", "markup_percentage", &[ADMIN, FINANCE]),
        ("container_plans", "base_cost", &[ADMIN, FINANCE]),
        ("plan_prices", "base_cost", &[ADMIN, FINANCE]),
    ];

    /// The functions of sign-in: all that a desk's login may call by itself.
    const SIGN_IN: &[&str] = &[
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
    ];

    const DENIED: &str = "42501";

    /// All tables of ours, with a column that can be written.
    async fn tables(db: &WorkspaceDb) -> Vec<(String, String)> {
        sqlx::query_as(
            "SELECT DISTINCT ON (1) format('%s.%I', c.relnamespace::regnamespace, c.relname), quote_ident(a.attname)
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND a.attidentity = '' AND NOT a.attisdropped
             WHERE c.relkind = 'r' AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta') ORDER BY 1, a.attnum",
        )
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap()
    }

    /// What a login may call, outside PostgreSQL's own schemas.
    async fn callable(db: &WorkspaceDb, login: &str) -> BTreeSet<String> {
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

    fn names(list: &[&str]) -> BTreeSet<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[tokio::test]
    async fn without_a_session_a_desk_may_only_sign_in() {
        let db = WorkspaceDb::new().await;
        let desk = db.desk().await;
        let mut connection = connect(&desk.url).await;
        let tables = tables(&db).await;
        assert!(tables.len() > 35, "{tables:?}");
        for (table, column) in &tables {
            for sql in [
                format!("SELECT {column} FROM {table}"),
                format!("SELECT count(*) FROM {table}"),
                format!("SELECT FROM {table} LIMIT 0"),
                format!("INSERT INTO {table} DEFAULT VALUES"),
                format!("UPDATE {table} SET {column} = {column}"),
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
                format!("LOCK TABLE {table} IN ACCESS SHARE MODE"),
                format!("COPY {table} TO STDOUT"),
            ] {
                assert_eq!(
                    refused(&mut connection, &format!("BEGIN; {sql}; COMMIT")).await,
                    DENIED,
                    "{sql}"
                );
            }
        }
        assert_eq!(callable(&db, &desk.name).await, names(SIGN_IN));
        assert_eq!(
            ask(
                &mut connection,
                "SELECT count(*) FROM cs_auth.whoami() w WHERE w.user_id IS NOT NULL"
            )
            .await,
            "0"
        );
        assert_eq!(
            ask(
                &mut connection,
                "SELECT concat(cs_auth.user_id(), cs_auth.role(), cs_auth.organization_id(), cs_auth.writing())"
            )
            .await,
            "f"
        );
        assert_eq!(
            ask(&mut connection, "SELECT is_test FROM cs_auth.workspace()").await,
            "true"
        );
        assert_eq!(refused(&mut connection, "SELECT cs_auth.enter('x')").await, "CS011");
        assert_eq!(
            refused(&mut connection, "SELECT cs_auth.replace_hash('x', 'y')").await,
            "CS011"
        );
    }

    #[tokio::test]
    async fn nobody_outside_the_groups_may_do_anything() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        let wide_open = "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta')
                           AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0)";
        assert_eq!(ask(&mut admin, wide_open).await, "∅");
        let unpinned = "SELECT string_agg(p.oid::regprocedure::text, ' ') FROM pg_proc p WHERE p.prosecdef AND p.pronamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta')
                          AND NOT coalesce(p.proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']";
        assert_eq!(ask(&mut admin, unpinned).await, "∅");
        let open_tables = "SELECT string_agg(c.oid::regclass::text, ' ') FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)";
        assert_eq!(ask(&mut admin, open_tables).await, "∅");
        let to_public = "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = 0 AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta')";
        assert_eq!(ask(&mut admin, to_public).await, "0");
        let database = "SELECT count(*) FROM pg_database d, aclexplode(d.datacl) a WHERE a.grantee = 0 AND d.datname = current_database()";
        assert_eq!(ask(&mut admin, database).await, "0");
        let truncate = "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee <> c.relowner AND a.privilege_type IN ('TRUNCATE', 'DELETE', 'REFERENCES', 'TRIGGER')
                          AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta')";
        assert_eq!(ask(&mut admin, truncate).await, "0");
        let sequences = format!(
            "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.relkind = 'S' AND a.grantee NOT IN (c.relowner, '{}'::regrole)
               AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta')",
            db.role("service")
        );
        assert_eq!(ask(&mut admin, &sequences).await, "0");
        // A group that policies name holds a column's grant, else DROP OWNED BY its members would drop those policies.
        let bare = format!(
            "SELECT string_agg(DISTINCT r::regrole::text, ' ') FROM pg_policy p, unnest(p.polroles) r WHERE r <> '{}'::regrole
               AND NOT EXISTS (SELECT FROM pg_attribute a, aclexplode(a.attacl) g WHERE g.grantee = r)",
            db.role("owner")
        );
        assert_eq!(ask(&mut admin, &bare).await, "∅");
    }

    #[tokio::test]
    async fn only_a_desks_login_signs_in() {
        let db = WorkspaceDb::new().await;
        for kind in [LoginKind::Agent, LoginKind::Service] {
            let login = db.login(kind).await;
            let mut connection = connect(&login.url).await;
            assert_eq!(
                refused(&mut connection, &format!("SELECT cs_auth.challenge('{ADMIN}')")).await,
                DENIED
            );
        }
        let agent = db.login(LoginKind::Agent).await;
        assert_eq!(
            callable(&db, &agent.name).await,
            names(&["user_id", "role", "organization_id", "writing", "sweep", "workspace"])
        );
        let service = db.login(LoginKind::Service).await;
        assert_eq!(
            callable(&db, &service.name).await,
            names(&[
                "setting_organization",
                "setting_is_admin",
                "workspace",
                "user_id",
                "role",
                "organization_id",
                "writing"
            ])
        );
        // A desk that was revoked.
        let desk = db.desk().await;
        run(
            &mut db.admin().await,
            &format!(
                "UPDATE cs_auth.logins SET revoked_at = now() WHERE login = '{}'",
                desk.name
            ),
        )
        .await;
        assert_eq!(
            refused(
                &mut connect(&desk.url).await,
                &format!("SELECT cs_auth.challenge('{ADMIN}')")
            )
            .await,
            "CS010"
        );
    }

    #[tokio::test]
    async fn a_session_gives_the_matrix_and_no_more() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        let listed: BTreeMap<&str, [&str; 3]> = MATRIX.iter().map(|(table, a, s, f)| (*table, [*a, *s, *f])).collect();
        for (place, person) in [ADMIN, SUPPORT, FINANCE].into_iter().enumerate() {
            let (desk, _session) = db.desk_of(person).await;
            let mut connection = connect(&desk.url).await;
            for (table, column) in tables(&db).await {
                let known = table.strip_prefix("public.").map(|name| {
                    listed
                        .get(name)
                        .unwrap_or_else(|| panic!("{table} is not in the test's matrix"))
                });
                let expected = known.map_or("", |roles| roles[place]);
                let mut has = String::new();
                for (letter, right) in [("r", "SELECT"), ("i", "INSERT"), ("u", "UPDATE")] {
                    if ask(
                        &mut admin,
                        &format!("SELECT has_any_column_privilege('{}', '{table}', '{right}')", desk.name),
                    )
                    .await
                        == "true"
                    {
                        has.push_str(letter);
                    }
                }
                assert_eq!(has, expected, "{person} on {table}");
                for right in ["DELETE", "TRUNCATE", "TRIGGER"] {
                    let any = format!("SELECT has_table_privilege('{}', '{table}', '{right}')", desk.name);
                    assert_eq!(ask(&mut admin, &any).await, "false", "{person}: {right} on {table}");
                }
                // Grants by column only: with the right to a whole table one may lock it.
                for right in ["SELECT", "INSERT", "UPDATE"] {
                    let whole = format!(
                        "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = '{table}'::regclass AND a.grantee <> c.relowner AND a.privilege_type = '{right}'"
                    );
                    assert_eq!(ask(&mut admin, &whole).await, "0", "{right} on the whole of {table}");
                }
                // The same once more, by doing it.
                let read = attempt(&mut connection, &format!("SELECT count(*) FROM {table}")).await;
                assert_eq!(read.is_ok(), expected.contains('r'), "{person} reads {table}");
                for sql in [
                    format!("DELETE FROM {table}"),
                    format!("TRUNCATE {table}"),
                    format!("UPDATE {table} SET {column} = {column}"),
                ] {
                    if !(sql.starts_with("UPDATE") && expected.contains('u')) {
                        assert_eq!(refused(&mut connection, &sql).await, DENIED, "{person}: {sql}");
                    }
                }
            }
            assert_eq!(callable(&db, &desk.name).await, names(SIGN_IN));
            for (table, column, readers) in NEVER {
                let allowed = readers.contains(&person);
                let sql = format!("SELECT {column} FROM {table} LIMIT 1");
                assert_eq!(attempt(&mut connection, &sql).await.is_ok(), allowed, "{person}: {sql}");
                if !allowed {
                    for sql in [
                        format!("SELECT t FROM {table} t"),
                        format!("SELECT * FROM {table}"),
                        format!("SELECT to_jsonb(t) FROM {table} t"),
                        format!("SELECT 1 FROM {table} WHERE {column} IS NOT NULL"),
                        format!("SELECT 1 FROM {table} ORDER BY {column}"),
                        format!("COPY {table} ({column}) TO STDOUT"),
                        format!("COPY (SELECT {column} FROM {table}) TO STDOUT"),
                    ] {
                        assert_eq!(refused(&mut connection, &sql).await, DENIED, "{person}: {sql}");
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn some_rows_are_only_for_some() {
        let db = WorkspaceDb::new().await;
        let (desk, session) = db.desk_of(SUPPORT).await;
        let mut support = connect(&desk.url).await;
        assert_eq!(ask(&mut support, "SELECT count(*) FROM notifications").await, "1");
        assert_eq!(
            ask(
                &mut support,
                &format!(
                    "SELECT count(*) FROM activity_logs WHERE user_id IS DISTINCT FROM {}",
                    session.user_id
                )
            )
            .await,
            "0"
        );
        assert_ne!(ask(&mut support, "SELECT count(*) FROM activity_logs").await, "0");
        let message = |ticket: i32, author: i32| {
            format!(
                "INSERT INTO ticket_messages (id, ticket_id, user_id, message) VALUES (NULL, {ticket}, {author}, 'x')"
            )
        };
        assert_eq!(
            refused(&mut support, &entered(&session.token, &message(1, 1))).await,
            DENIED,
            "in another's name"
        );
        run(
            &mut support,
            &entered(&session.token, "UPDATE notifications SET is_read = TRUE"),
        )
        .await;
        assert_eq!(
            ask(
                &mut db.admin().await,
                "SELECT count(*) FROM notifications WHERE is_read"
            )
            .await,
            "1"
        );

        let (desk, session) = db.desk_of(FINANCE).await;
        let mut finance = connect(&desk.url).await;
        assert_eq!(ask(&mut finance, "SELECT count(*) FROM activity_logs WHERE resource_type IN ('user', 'provider', 'api_key', 'session', 'ticket')").await, "0");
        assert_ne!(
            ask(
                &mut finance,
                "SELECT count(*) FROM activity_logs WHERE resource_type = 'transaction'"
            )
            .await,
            "0"
        );
        // Tickets of the category `billing` only; all can be read.
        assert_eq!(ask(&mut finance, "SELECT count(*) FROM tickets").await, "2");
        run(&mut finance, &entered(&session.token, &message(2, session.user_id))).await;
        assert_eq!(
            refused(&mut finance, &entered(&session.token, &message(1, session.user_id))).await,
            DENIED
        );
        run(
            &mut finance,
            &entered(&session.token, "UPDATE tickets SET priority = 'high'"),
        )
        .await;
        assert_eq!(
            ask(
                &mut finance,
                "SELECT string_agg(priority, ' ' ORDER BY id) FROM tickets"
            )
            .await,
            "medium high"
        );
        for sql in [
            "INSERT INTO tickets (id, subject, category) VALUES (NULL, 'x', 'technical')",
            "INSERT INTO tickets (id, subject) VALUES (NULL, 'x')",
            "UPDATE tickets SET category = 'technical'",
        ] {
            assert_eq!(
                refused(&mut finance, &entered(&session.token, sql)).await,
                DENIED,
                "{sql}"
            );
        }
        run(
            &mut finance,
            &entered(
                &session.token,
                "INSERT INTO tickets (id, subject, category) VALUES (NULL, 'x', 'billing')",
            ),
        )
        .await;
    }

    #[tokio::test]
    async fn a_write_shows_the_sessions_token() {
        let db = WorkspaceDb::new().await;
        let (desk, session) = db.desk_of(ADMIN).await;
        let (other_desk, _) = db.desk_of(SECOND_ADMIN).await;
        let mut connection = connect(&desk.url).await;
        let mut admin = db.admin().await;
        let insert = "INSERT INTO organizations (id, name) VALUES (NULL, 'Written')";
        let update = "UPDATE organizations SET name = 'Changed' WHERE id = 1";
        assert_eq!(refused(&mut connection, insert).await, DENIED);
        assert_eq!(attempt(&mut connection, update).await.unwrap(), 0);
        assert_eq!(
            refused(&mut connection, &entered("not the token", insert)).await,
            "CS011"
        );
        // Another's token, over another login.
        assert_eq!(
            refused(&mut connect(&other_desk.url).await, &entered(&session.token, insert)).await,
            "CS011"
        );

        // What enter() leaves is worth nothing in another transaction, and can't be made up.
        run(
            &mut connection,
            &format!("BEGIN; SELECT cs_auth.enter('{}')", session.token),
        )
        .await;
        let pass = ask(&mut connection, "SELECT current_setting('cs.pass')").await;
        run(&mut connection, "COMMIT").await;
        for forged in [
            pass.as_str(),
            "1:",
            "1",
            "",
            "true",
            &format!("{}:{}", 1, "0".repeat(64)),
        ] {
            run(&mut connection, &format!("SET cs.pass = '{forged}'")).await;
            assert_eq!(
                refused(
                    &mut connection,
                    &format!("BEGIN; SELECT txid_current(); {insert}; COMMIT")
                )
                .await,
                DENIED,
                "{forged}"
            );
            assert_eq!(attempt(&mut connection, update).await.unwrap(), 0, "{forged}");
        }
        run(
            &mut connection,
            "SET app.current_user_role = 'admin'; SET app.current_organization_id = '1'; SET cs_auth.user_id = '1'",
        )
        .await;
        assert_eq!(refused(&mut connection, insert).await, DENIED);
        assert_eq!(refused(&mut connection, "SELECT cs_auth.pass_of(1)").await, DENIED);
        assert_eq!(refused(&mut connection, "SELECT cs_auth.live_session()").await, DENIED);

        run(
            &mut connection,
            &entered(&session.token, &format!("{insert}; {update}")),
        )
        .await;
        assert_eq!(
            ask(
                &mut admin,
                "SELECT string_agg(name, ', ' ORDER BY id) FROM organizations"
            )
            .await,
            "Changed, Kestrel Maps, Written"
        );
        // An id that the writer sends is not the row's, so that no key can be used up or guessed ahead.
        run(
            &mut connection,
            &entered(
                &session.token,
                "INSERT INTO organizations (id, name) VALUES (2000000000, 'Numbered')",
            ),
        )
        .await;
        assert_eq!(
            ask(
                &mut admin,
                "SELECT string_agg(id::text, ' ' ORDER BY id) FROM organizations"
            )
            .await,
            "1 2 3 4"
        );
    }

    #[tokio::test]
    async fn an_ended_session_takes_the_role_back() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        let (admin_desk, admin_session) = db.desk_of(ADMIN).await;
        let mut as_admin = connect(&admin_desk.url).await;
        let insert = "INSERT INTO tickets (id, subject) VALUES (NULL, 'x')";
        let read = "SELECT count(*) FROM public.organizations";

        for how in ["expired", "idle", "left", "disabled", "demoted", "promoted"] {
            let (desk, session) = db.desk_of(SUPPORT).await;
            let mut connection = connect(&desk.url).await;
            assert_eq!(ask(&mut connection, read).await, "2", "{how}");
            let change_user = |change: &str| {
                entered(
                    &admin_session.token,
                    &format!("UPDATE users SET {change} WHERE id = {}", session.user_id),
                )
            };
            match how {
                "expired" => {
                    run(
                        &mut admin,
                        &format!(
                            "UPDATE cs_auth.sessions SET expires_at = now() WHERE login = '{}'",
                            desk.name
                        ),
                    )
                    .await
                }
                "idle" => {
                    run(
                        &mut admin,
                        &format!(
                            "UPDATE cs_auth.sessions SET last_use = now() - interval '31 minutes' WHERE login = '{}'",
                            desk.name
                        ),
                    )
                    .await
                }
                "left" => assert_eq!(
                    ask(&mut connection, &format!("SELECT cs_auth.leave('{}')", session.token)).await,
                    "true"
                ),
                "disabled" => run(&mut as_admin, &change_user("disabled_at = timezone('UTC', now())")).await,
                "demoted" => run(&mut as_admin, &change_user("role = 'user'")).await,
                _ => run(&mut as_admin, &change_user("role = 'finance'")).await,
            }
            // At once: no write, nobody signed in.
            assert_eq!(
                refused(&mut connection, &entered(&session.token, insert)).await,
                "CS011",
                "{how}"
            );
            assert_eq!(
                ask(&mut connection, &format!("SELECT cs_auth.touch('{}')", session.token)).await,
                "false",
                "{how}"
            );
            assert_eq!(
                ask(&mut connection, "SELECT concat(cs_auth.user_id(), cs_auth.role())").await,
                "",
                "{how}"
            );
            // What nobody did for a session that ran out, any other desk does.
            if matches!(how, "expired" | "idle") {
                assert_eq!(ask(&mut as_admin, "SELECT cs_auth.sweep()").await, "1", "{how}");
            }
            assert_eq!(
                refused(&mut connection, read).await,
                DENIED,
                "{how}: on the connection that was there"
            );
            assert_eq!(
                refused(&mut connect(&desk.url).await, read).await,
                DENIED,
                "{how}: on a new one"
            );
            let groups = format!(
                "SELECT string_agg(g.rolname, ' ') FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = '{}'::regrole",
                desk.name
            );
            assert_eq!(ask(&mut admin, &groups).await, db.role("staff"), "{how}");
            run(
                &mut admin,
                &format!(
                    "UPDATE users SET disabled_at = NULL, role = 'support' WHERE id = {}",
                    session.user_id
                ),
            )
            .await;
        }
        // The admin's own is untouched by all of it.
        assert_eq!(ask(&mut as_admin, read).await, "2");
    }

    #[tokio::test]
    async fn one_session_per_login() {
        let db = WorkspaceDb::new().await;
        let (desk, first) = db.desk_of(ADMIN).await;
        let mut connection = connect(&desk.url).await;
        assert_eq!(ask(&mut connection, "SELECT count(*) FROM provider_configs").await, "1");
        let second = sign_in(&desk.url, SUPPORT, PASSWORD).await.unwrap();
        assert_eq!(
            refused(&mut connection, &entered(&first.token, "SELECT 1")).await,
            "CS011"
        );
        run(&mut connection, &entered(&second.token, "SELECT 1")).await;
        assert_eq!(
            refused(&mut connection, "SELECT count(*) FROM provider_configs").await,
            DENIED,
            "the first role is gone"
        );
        assert_eq!(ask(&mut connection, "SELECT cs_auth.role()").await, "support");
        let sessions = format!(
            "SELECT string_agg(coalesce(end_reason, 'live'), ' ' ORDER BY id) FROM cs_auth.sessions WHERE login = '{}'",
            desk.name
        );
        assert_eq!(ask(&mut db.admin().await, &sessions).await, "replaced live");
        // Several at once: the last one stays, nothing breaks.
        let (mut one, mut two) = (connect(&desk.url).await, connect(&desk.url).await);
        let (a, b) = tokio::join!(
            sign_in_over(&mut one, SUPPORT, PASSWORD),
            sign_in_over(&mut two, FINANCE, PASSWORD)
        );
        let live = [a.unwrap(), b.unwrap()]
            .iter()
            .map(|s| format!("SELECT cs_auth.touch('{}')", s.token))
            .collect::<Vec<_>>();
        let answers = [ask(&mut one, &live[0]).await, ask(&mut two, &live[1]).await];
        assert_eq!(
            answers.iter().filter(|answer| *answer == "true").count(),
            1,
            "{answers:?}"
        );
        let lent = format!(
            "SELECT count(*) FROM pg_auth_members WHERE member = '{}'::regrole",
            desk.name
        );
        assert_eq!(ask(&mut db.admin().await, &lent).await, "2", "staff and one lent role");
    }

    #[tokio::test]
    async fn refusals_of_sign_in_tell_nothing() {
        let db = WorkspaceDb::new().await;
        let desk = db.desk().await;
        let mut connection = connect(&desk.url).await;
        assert_eq!(
            sign_in_over(&mut connection, SUPPORT, "wrong").await.unwrap_err(),
            "wrong"
        );
        assert_eq!(
            sign_in_over(&mut connection, "nobody@nowhere.example", PASSWORD)
                .await
                .unwrap_err(),
            "wrong"
        );
        assert_eq!(
            sign_in_over(&mut connection, CUSTOMER, PASSWORD).await.unwrap_err(),
            "role_not_allowed"
        );
        assert_eq!(
            sign_in_over(&mut connection, CUSTOMER, "wrong").await.unwrap_err(),
            "wrong"
        );
        run(
            &mut db.admin().await,
            "UPDATE users SET disabled_at = now() WHERE role = 'finance'",
        )
        .await;
        assert_eq!(
            sign_in_over(&mut connection, FINANCE, PASSWORD).await.unwrap_err(),
            "wrong"
        );
        assert_eq!(
            refused(&mut connection, "SELECT count(*) FROM public.users").await,
            DENIED
        );

        let known = challenge(&mut connection, SUPPORT).await;
        let (one, again) = (
            challenge(&mut connection, "x@y.example").await,
            challenge(&mut connection, " X@Y.example ").await,
        );
        let other = challenge(&mut connection, "z@y.example").await;
        assert_eq!(
            (&one.salt, &one.parameters),
            (&again.salt, &again.parameters),
            "a decoy stays the same"
        );
        assert_ne!(one.salt, other.salt);
        assert_ne!(one.nonce, again.nonce);
        assert_eq!((&one.algorithm, &one.parameters), (&known.algorithm, &known.parameters));
        assert_eq!(one.salt.unwrap().len(), known.salt.unwrap().len());
        // Addresses are compared without regard to case.
        sign_in_over(&mut connection, "SAM@Halyard.example", PASSWORD)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn failures_slow_down_one_login_and_no_colleague() {
        let db = WorkspaceDb::new().await;
        let (desk, colleague) = (db.desk().await, db.desk().await);
        let mut connection = connect(&desk.url).await;
        let mut admin = db.admin().await;
        let mut waits = Vec::new();
        for attempt in 1..=7 {
            assert_eq!(
                sign_in_over(&mut connection, SUPPORT, "wrong").await.unwrap_err(),
                "wrong",
                "attempt {attempt}"
            );
            let asked = challenge(&mut connection, SUPPORT).await;
            assert_eq!(asked.attempt.is_none(), asked.retry_after_ms > 0);
            waits.push(asked.retry_after_ms);
            if asked.retry_after_ms > 0 {
                assert_eq!(
                    sign_in_over(&mut connection, SUPPORT, PASSWORD).await.unwrap_err(),
                    "throttled",
                    "also with the right password"
                );
            }
            run(&mut admin, "UPDATE cs_auth.throttle SET next_at = now()").await;
        }
        assert_eq!(waits[..3], [0, 0, 0]);
        assert!(
            waits[3] > 1000 && waits.windows(2).skip(3).all(|pair| pair[1] > pair[0] * 3 / 2),
            "{waits:?}"
        );
        // The last wait still runs for this login; at another desk it doesn't.
        run(
            &mut admin,
            &format!(
                "UPDATE cs_auth.throttle SET next_at = now() + interval '1 hour' WHERE login = '{}'",
                desk.name
            ),
        )
        .await;
        assert_eq!(
            sign_in_over(&mut connection, SUPPORT, PASSWORD).await.unwrap_err(),
            "throttled"
        );
        sign_in(&colleague.url, SUPPORT, PASSWORD).await.unwrap();
        // Nor for another address at this one.
        sign_in_over(&mut connection, FINANCE, PASSWORD).await.unwrap();
        // An unknown address is slowed down alike.
        for _ in 0..4 {
            assert_eq!(
                sign_in_over(&mut connection, "nobody@nowhere.example", "wrong")
                    .await
                    .unwrap_err(),
                "wrong"
            );
        }
        assert!(
            challenge(&mut connection, "nobody@nowhere.example")
                .await
                .retry_after_ms
                > 0
        );
    }

    async fn failures(db: &WorkspaceDb) -> String {
        ask(
            &mut db.admin().await,
            "SELECT coalesce(max(failures), 0) FROM cs_auth.throttle",
        )
        .await
    }

    #[tokio::test]
    async fn an_attempt_counts_whether_or_not_it_is_rolled_back() {
        let db = WorkspaceDb::new().await;
        let desk = db.desk().await;
        let mut connection = connect(&desk.url).await;
        let submit = |id: uuid::Uuid, proof: Vec<u8>| {
            sqlx::query_as::<_, (bool, i64)>("SELECT * FROM cs_auth.submit($1, $2)")
                .bind(id)
                .bind(proof)
        };

        // In one transaction nothing opens, so a rollback that hides the count has learnt nothing.
        let asked = challenge(&mut connection, SUPPORT).await;
        let (id, right) = (asked.attempt.unwrap(), proof(&asked, PASSWORD));
        run(&mut connection, "BEGIN").await;
        assert!(submit(id, right.clone()).fetch_one(&mut connection).await.unwrap().0);
        assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "stale");
        run(&mut connection, "SAVEPOINT s").await;
        assert_eq!(
            open(&mut connection, Some(id)).await.unwrap_err(),
            "stale",
            "nor in a subtransaction"
        );
        run(&mut connection, "ROLLBACK").await;
        assert_eq!(
            open(&mut connection, Some(id)).await.unwrap_err(),
            "stale",
            "the proof was rolled back with it"
        );
        assert_eq!(failures(&db).await, "0");

        // A comparison that is rolled back had been counted before.
        let wrong = proof(&asked, "wrong");
        assert!(submit(id, wrong).fetch_one(&mut connection).await.unwrap().0);
        run(&mut connection, "BEGIN").await;
        assert_eq!(open(&mut connection, Some(id)).await.unwrap_err(), "wrong");
        run(&mut connection, "ROLLBACK").await;
        assert_eq!(failures(&db).await, "1");
        // One proof per attempt, and of one's own attempts only.
        assert!(!submit(id, right).fetch_one(&mut connection).await.unwrap().0);
        let other_desk = db.desk().await;
        let mut other = connect(&other_desk.url).await;
        let asked = challenge(&mut connection, SUPPORT).await;
        assert!(
            !submit(asked.attempt.unwrap(), proof(&asked, PASSWORD))
                .fetch_one(&mut other)
                .await
                .unwrap()
                .0
        );
        assert!(
            submit(asked.attempt.unwrap(), proof(&asked, PASSWORD))
                .fetch_one(&mut connection)
                .await
                .unwrap()
                .0
        );
        assert_eq!(open(&mut other, asked.attempt).await.unwrap_err(), "stale");
        open(&mut connection, asked.attempt).await.unwrap();
        assert_eq!(
            open(&mut connection, asked.attempt).await.unwrap_err(),
            "stale",
            "an attempt opens once"
        );
    }

    #[tokio::test]
    async fn parallel_attempts_are_each_counted() {
        let db = WorkspaceDb::new().await;
        let desk = db.desk().await;
        let mut prepared = Vec::new();
        for _ in 0..12 {
            let mut connection = connect(&desk.url).await;
            let asked = challenge(&mut connection, SUPPORT).await;
            prepared.push((connection, asked.attempt.unwrap(), proof(&asked, "wrong")));
        }
        let tasks: Vec<_> = prepared
            .into_iter()
            .map(|(mut connection, id, proof)| {
                tokio::spawn(async move {
                    let (accepted, _): (bool, i64) = sqlx::query_as("SELECT * FROM cs_auth.submit($1, $2)")
                        .bind(id)
                        .bind(proof)
                        .fetch_one(&mut connection)
                        .await
                        .unwrap();
                    accepted
                })
            })
            .collect();
        let mut accepted = 0;
        for task in tasks {
            accepted += usize::from(task.await.unwrap());
        }
        // The fourth failure closes the door for the others, however many stand before it at once.
        assert_eq!((accepted, failures(&db).await.as_str()), (4, "4"));
    }

    #[tokio::test]
    async fn an_old_hash_verifies_and_is_replaced() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        let argon = ask(
            &mut admin,
            &format!("SELECT password_hash FROM users WHERE email = '{FINANCE}'"),
        )
        .await;
        // bcrypt of the same password.
        let bcrypt = "$2a$04$1.syT.4BqhNJ81MZlv4WYeZvQGB8XIwWFjfIImJAp6LRxwc2YjLaG";
        run(
            &mut admin,
            &format!("UPDATE users SET password_hash = '{bcrypt}' WHERE email = '{SUPPORT}'"),
        )
        .await;
        let desk = db.desk().await;
        assert_eq!(sign_in(&desk.url, SUPPORT, "wrong").await.unwrap_err(), "wrong");
        let session = sign_in(&desk.url, SUPPORT, PASSWORD).await.unwrap();
        let mut connection = connect(&desk.url).await;
        let replace = |hash: &str| format!("SELECT cs_auth.replace_hash('{}', '{hash}')", session.token);
        assert_eq!(refused(&mut connection, &replace("plain")).await, "CS012");
        run(&mut connection, &replace(&argon)).await;
        let stored = format!("SELECT password_hash FROM users WHERE email = '{SUPPORT}'");
        assert_eq!(ask(&mut admin, &stored).await, argon);
        // A hash of today's kind isn't replaced: that would be a change of password without the old one.
        let forged = format!("{}A", &argon[..argon.len() - 1]);
        run(&mut connection, &replace(&forged)).await;
        assert_eq!(ask(&mut admin, &stored).await, argon);
        sign_in(&desk.url, SUPPORT, PASSWORD).await.unwrap();
    }

    /// Tables that a service login may read.
    async fn service_tables(connection: &mut PgConnection) -> Vec<String> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT c.relname::text FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND has_any_column_privilege(c.oid, 'SELECT')",
        )
        .fetch_all(connection)
        .await
        .unwrap();
        rows.into_iter().map(|(name,)| name).collect()
    }

    #[tokio::test]
    async fn a_service_without_settings_sees_nothing() {
        let db = WorkspaceDb::new().await;
        let login = db.login(LoginKind::Service).await;
        let mut service = connect(&login.url).await;
        let tables = service_tables(&mut service).await;
        assert_eq!(tables.len(), 16, "{tables:?}");
        for (organization, role) in [
            (None, None),
            (Some(""), Some("")),
            (Some("nonsense"), Some("root")),
            (Some("99999999999999999999"), Some("Admin")),
            (Some("1; SELECT 1"), Some("admin ")),
            (Some("-1"), Some("user")),
            (Some("1.0"), None),
            (Some(" 1"), Some("customer")),
        ] {
            let mut fresh = connect(&login.url).await;
            if let Some(organization) = organization {
                run(
                    &mut fresh,
                    &format!("SET app.current_organization_id = '{organization}'"),
                )
                .await;
            }
            if let Some(role) = role {
                run(&mut fresh, &format!("SET app.current_user_role = '{role}'")).await;
            }
            for table in &tables {
                assert_eq!(
                    ask(&mut fresh, &format!("SELECT count(*) FROM {table}")).await,
                    "0",
                    "{table} with {organization:?}, {role:?}"
                );
            }
        }
        // After a SET LOCAL the setting is empty, not unset.
        run(
            &mut service,
            "BEGIN; SET LOCAL app.current_organization_id = '1'; SET LOCAL app.current_user_role = 'admin'; COMMIT",
        )
        .await;
        assert_eq!(ask(&mut service, "SELECT count(*) FROM organizations").await, "0");
    }

    #[tokio::test]
    async fn a_service_in_a_customers_context_stays_in_it() {
        let db = WorkspaceDb::new().await;
        let login = db.login(LoginKind::Service).await;
        let mut service = connect(&login.url).await;
        run(
            &mut service,
            "SET app.current_organization_id = '1'; SET app.current_user_role = 'user'",
        )
        .await;
        for table in service_tables(&mut service).await {
            let others = match table.as_str() {
                "organizations" => "id <> 1",
                "ticket_messages" => "is_internal OR ticket_id <> 1",
                "vps_plans" | "container_plans" | "theme_settings" => "NOT is_active",
                "password_reset_tokens" => "true",
                _ => "organization_id IS DISTINCT FROM 1",
            };
            assert_eq!(
                ask(&mut service, &format!("SELECT count(*) FROM {table} WHERE {others}")).await,
                "0",
                "{table}"
            );
            if !matches!(
                table.as_str(),
                "password_reset_tokens" | "notifications" | "activity_logs"
            ) {
                assert_ne!(
                    ask(&mut service, &format!("SELECT count(*) FROM {table}")).await,
                    "0",
                    "{table}"
                );
            }
        }
        for sql in [
            "INSERT INTO transactions (organization_id, amount, type, status, payment_id) VALUES (1, 1000, 'deposit', 'completed', 'mine')",
            "INSERT INTO transactions (organization_id, amount, type, status, payment_id) VALUES (1, 1000, 'deposit', 'pending', 'mine')",
            "INSERT INTO wallets (organization_id) VALUES (1)",
            "UPDATE wallets SET balance = 1000",
            "INSERT INTO invoices (organization_id, amount) VALUES (1, 5)",
            "INSERT INTO users (email, password_hash, role, organization_id) VALUES ('me@x.example', 'x', 'admin', 1)",
            "INSERT INTO tickets (subject, organization_id) VALUES ('x', 2)",
            "INSERT INTO ticket_messages (ticket_id, message) VALUES (2, 'x')",
            "INSERT INTO vps_plans (name, provider) VALUES ('free', 'x')",
            "SELECT root_password FROM vps_instances",
            "DELETE FROM tickets",
            "UPDATE tickets SET organization_id = 2",
        ] {
            assert_eq!(refused(&mut service, sql).await, DENIED, "{sql}");
        }
        for sql in [
            "UPDATE transactions SET status = 'completed'",
            "UPDATE users SET role = 'admin'",
            "UPDATE organizations SET name = 'x'",
            "UPDATE invoices SET status = 'paid'",
        ] {
            assert_eq!(attempt(&mut service, sql).await.unwrap(), 0, "{sql}");
        }
        run(
            &mut service,
            "INSERT INTO tickets (subject, organization_id) VALUES ('Mine', 1)",
        )
        .await;
        // What a trusted back end does as itself, as documented.
        run(&mut service, "SET app.current_user_role = 'admin'").await;
        run(&mut service, "INSERT INTO transactions (organization_id, amount, type, status, payment_method, payment_id) VALUES (2, 20, 'deposit', 'completed', 'card', 'pi_9')").await;
        assert_eq!(
            ask(&mut service, "SELECT balance FROM wallets WHERE organization_id = 2").await,
            "100.00"
        );
        assert_eq!(ask(&mut service, "SELECT count(*) FROM organizations").await, "2");
    }

    #[tokio::test]
    async fn a_customers_view_shows_one_organization_or_none() {
        let db = WorkspaceDb::new().await;
        let (desk, _session) = db.desk_of(SUPPORT).await;
        let mut support = connect(&desk.url).await;
        let mut admin = db.admin().await;
        run(&mut support, &format!("SET ROLE {}", db.role("customer"))).await;
        for table in [
            "organizations",
            "users",
            "wallets",
            "transactions",
            "invoices",
            "vps_instances",
            "tickets",
            "ticket_messages",
            "activity_logs",
        ] {
            assert_eq!(
                ask(&mut support, &format!("SELECT count(*) FROM {table}")).await,
                "0",
                "{table}"
            );
        }
        run(
            &mut admin,
            &format!(
                "UPDATE cs_auth.sessions SET viewing_organization_id = 2 WHERE login = '{}'",
                desk.name
            ),
        )
        .await;
        assert_eq!(
            ask(&mut support, "SELECT string_agg(name, ' ') FROM organizations").await,
            "Kestrel Maps"
        );
        assert_eq!(ask(&mut support, "SELECT count(*) FROM ticket_messages").await, "1");
        assert_eq!(
            ask(&mut support, "SELECT count(*) FROM vps_plans WHERE NOT is_active").await,
            "0"
        );
        for sql in [
            "SELECT base_cost FROM vps_plans",
            "SELECT root_password FROM vps_instances",
            "UPDATE tickets SET subject = 'x'",
            "SELECT password_hash FROM users",
        ] {
            assert_eq!(refused(&mut support, sql).await, DENIED, "{sql}");
        }
        let (finance, _session) = db.desk_of(FINANCE).await;
        assert_eq!(
            refused(
                &mut connect(&finance.url).await,
                &format!("SET ROLE {}", db.role("customer"))
            )
            .await,
            DENIED
        );
    }

    /// Everything that was tried on such databases before; all of it is refused, whoever has signed in.
    fn attacks(db: &WorkspaceDb, own: &str, colleague: &str) -> Vec<String> {
        let mut attacks: Vec<String> = [
            "CREATE TEMP TABLE t (x int)",
            "CREATE TABLE public.t (x int)",
            "CREATE TABLE cs_auth.t (x int)",
            "CREATE SCHEMA mine",
            "CREATE VIEW public.v AS SELECT 1",
            "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE DOMAIN pg_temp.text AS pg_catalog.text",
            "CREATE EXTENSION pgcrypto",
            "CREATE ROLE mine",
            "CREATE DATABASE mine",
            "CREATE PUBLICATION p FOR ALL TABLES",
            "CREATE POLICY p ON public.users USING (true)",
            "CREATE TRIGGER t BEFORE UPDATE ON public.wallets FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column()",
            "CREATE RULE r AS ON SELECT TO public.wallets DO INSTEAD NOTHING",
            "CREATE INDEX ON public.users (email)",
            "ALTER TABLE public.users DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE public.users NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE public.wallets DISABLE TRIGGER ALL",
            "ALTER FUNCTION cs_auth.writing() RENAME TO w",
            "CREATE OR REPLACE FUNCTION cs_auth.writing() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            "DROP POLICY owner_all ON public.users",
            "DROP TABLE public.newest",
            "DROP SCHEMA cs_auth CASCADE",
            "SET session_replication_role = replica",
            "SET ROLE postgres",
            "SELECT set_config('session_replication_role', 'replica', false)",
            "SET SESSION AUTHORIZATION postgres",
            "SELECT nextval('public.users_id_seq')",
            "SELECT setval('public.users_id_seq', 2147483647)",
            "SELECT last_value FROM public.users_id_seq",
            "SELECT nextval('cs_auth.sessions_id_seq')",
            "COPY public.users TO '/tmp/x'",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "COPY public.wallets (balance) FROM PROGRAM 'echo 1'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT pg_ls_dir('.')",
            "SELECT lo_import('/etc/passwd')",
            "SELECT * FROM pg_authid",
            "SELECT * FROM pg_statistic",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'COLLEAGUE'",
            "ALTER SYSTEM SET log_statement = 'all'",
            "DO $$ BEGIN EXECUTE 'SELECT * FROM cs_auth.secrets'; END $$",
            "SELECT value FROM cs_auth.secrets",
            "SELECT token_sha256 FROM cs_auth.sessions",
            "SELECT proof FROM cs_auth.attempts",
            "SELECT cs_auth.take_back('COLLEAGUE')",
            "SELECT cs_auth.end_sessions(NULL, NULL, 'x')",
            "SELECT cs_auth.hmac('a', 'b')",
            "SELECT cs_ledger.move(ARRAY[1], ARRAY[100])",
            "SELECT cs_meta.apply_grant(NULL)",
            "SET row_security = off; SELECT count(*) FROM public.notifications",
            "ALTER ROLE COLLEAGUE PASSWORD 'x'",
            "ALTER ROLE COLLEAGUE SET cs.pass = 'x'",
            "DROP ROLE COLLEAGUE",
            "DROP OWNED BY COLLEAGUE",
            "ALTER ROLE OWN SUPERUSER",
            "ALTER ROLE OWN BYPASSRLS",
            "ALTER ROLE OWN CREATEROLE",
        ]
        .iter()
        .map(|sql| sql.replace("COLLEAGUE", colleague).replace("OWN ", &format!("{own} ")))
        .collect();
        for table in ["users", "wallets", "transactions", "organizations"] {
            for mode in ["ROW EXCLUSIVE", "SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"] {
                attacks.push(format!("LOCK TABLE public.{table} IN {mode} MODE NOWAIT"));
            }
            attacks.push(format!("TRUNCATE public.{table} CASCADE"));
            attacks.push(format!("DELETE FROM public.{table}"));
            attacks.push(format!("GRANT ALL ON public.{table} TO {own}"));
        }
        for group in [
            "owner", "staff", "admin", "support", "finance", "customer", "agent", "service",
        ] {
            let role = db.role(group);
            attacks.push(format!("DROP OWNED BY {role}"));
            attacks.push(format!("DROP OWNED BY {role} CASCADE"));
            attacks.push(format!("GRANT {role} TO {own}"));
            attacks.push(format!("GRANT {role} TO {colleague}"));
            attacks.push(format!("REVOKE {role} FROM {colleague}"));
            attacks.push(format!("ALTER ROLE {role} LOGIN"));
        }
        attacks
    }

    #[tokio::test]
    async fn known_attacks_are_refused_whoever_has_signed_in() {
        let db = WorkspaceDb::new().await;
        let mut admin = db.admin().await;
        let colleague = db.desk().await;
        let _colleague_is_here = connect(&colleague.url).await;
        let fingerprint = "SELECT md5(concat((SELECT string_agg(concat(polname, polrelid, polroles, pg_get_expr(polqual, polrelid)), '' ORDER BY oid) FROM pg_policy),
                             (SELECT string_agg(concat(oid, relacl, relrowsecurity, relforcerowsecurity), '' ORDER BY oid) FROM pg_class WHERE relnamespace > 16000),
                             (SELECT string_agg(attacl::text, '' ORDER BY attrelid, attnum) FROM pg_attribute),
                             (SELECT string_agg(proacl::text, '' ORDER BY oid) FROM pg_proc), (SELECT sum(balance) FROM wallets)))";
        for person in [None, Some(SUPPORT), Some(FINANCE), Some(ADMIN)] {
            let desk = db.desk().await;
            if let Some(person) = person {
                sign_in(&desk.url, person, PASSWORD).await.unwrap();
            }
            let before = ask(&mut admin, fingerprint).await;
            let mut connection = connect(&desk.url).await;
            for sql in attacks(&db, &desk.name, &colleague.name) {
                // In a transaction that is rolled back, so that an attack that gets through spoils no other.
                run(&mut connection, "BEGIN").await;
                let outcome = attempt(&mut connection, &sql).await;
                run(&mut connection, "ROLLBACK").await;
                // An empty set to terminate is no success: others' rows are not shown with their user's rights.
                assert!(outcome.is_err(), "{person:?}: this was accepted: {sql}");
            }
            // And each outside a transaction, where some commands behave in another way.
            for sql in attacks(&db, &desk.name, &colleague.name) {
                assert!(
                    attempt(&mut connection, &sql).await.is_err(),
                    "{person:?}: this was accepted: {sql}"
                );
            }
            // The groups own nothing, so that their members reassign nothing; see the fingerprint.
            for group in ["staff", "admin", "support", "finance"] {
                drop(
                    attempt(
                        &mut connection,
                        &format!("REASSIGN OWNED BY {} TO {}", db.role(group), desk.name),
                    )
                    .await,
                );
            }
            for group in ["owner", "agent", "service"] {
                assert_eq!(
                    refused(&mut connection, &format!("SET ROLE {}", db.role(group))).await,
                    DENIED
                );
            }
            for sql in [
                "SELECT count(*) FROM pg_stats WHERE schemaname IN ('public', 'cs_auth', 'cs_meta')",
                "SELECT count(*) FROM pg_stats_ext",
                "SELECT count(*) FROM pg_stat_activity WHERE usename <> current_user AND query IS NOT NULL AND query NOT IN ('', '<insufficient privilege>')",
                "SELECT count(*) FROM pg_tables WHERE tableowner = current_user",
                "SELECT count(*) FROM pg_policies WHERE current_user = ANY (roles)",
            ] {
                assert_eq!(ask(&mut connection, sql).await, "0", "{person:?}: {sql}");
            }
            assert_eq!(ask(&mut admin, fingerprint).await, before, "{person:?}");
        }
    }

    #[tokio::test]
    async fn views_that_others_made_run_as_who_asks() {
        let db = WorkspaceDb::new().await;
        let views: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('v', 'm') AND c.relnamespace::regnamespace::text IN ('public', 'cs_auth', 'cs_ledger', 'cs_meta')
               AND NOT coalesce(c.reloptions, '{}') @> '{security_invoker=true}'"
                .to_owned(),
        ))
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap();
        assert!(views.is_empty(), "{views:?}");
    }
}
