-- What no list can hold, because it is about logins and about what others have made: one row for each thing that is wrong.
-- $1 is what the names of the workspace's roles begin with. Read with search_path = pg_catalog.
WITH groups AS (
  SELECT r.oid, r.rolname, substr(r.rolname, length($1) + 2) AS short FROM pg_roles r
  WHERE r.rolname IN ($1 || '_owner', $1 || '_staff', $1 || '_admin', $1 || '_support', $1 || '_finance', $1 || '_customer', $1 || '_agent', $1 || '_service', $1 || '_backup', $1 || '_viewer')
), this AS (
  SELECT d.oid, d.datdba, d.datacl, quote_ident(d.datname) AS name FROM pg_database d WHERE d.datname = current_database()
), logins AS (
  -- Whoever is a member of one of the groups of logins.
  SELECT r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication, quote_ident(r.rolname) AS name,
    array_agg(g.short ORDER BY g.short) AS kinds
  FROM pg_auth_members m JOIN groups g ON g.oid = m.roleid AND g.short IN ('staff', 'agent', 'service', 'backup') JOIN pg_roles r ON r.oid = m.member
  GROUP BY r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication
), bound AS (
  SELECT oid FROM groups WHERE short <> 'owner' UNION SELECT oid FROM logins
), tables AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND (n.nspname ~ '^cs_' OR n.nspname = 'public' AND c.relowner = (SELECT oid FROM groups WHERE short = 'owner'))
), found (level, object, says, remedy) AS (
  SELECT 'red', 'login ' || l.rolname, format('The login has more than a login''s rights (%s).', concat_ws(', ', CASE WHEN l.rolsuper THEN 'superuser' END,
      CASE WHEN l.rolbypassrls THEN 'bypasses row level security' END, CASE WHEN l.rolcreaterole THEN 'creates roles' END,
      CASE WHEN l.rolcreatedb THEN 'creates databases' END, CASE WHEN l.rolreplication THEN 'replication' END)),
    format('ALTER ROLE %s NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION;', l.name)
  FROM logins l WHERE l.rolsuper OR l.rolbypassrls OR l.rolcreaterole OR l.rolcreatedb OR l.rolreplication
  UNION ALL
  SELECT 'red', 'login ' || l.rolname, format('The login is in two groups (%s): one login is one kind of program.', array_to_string(l.kinds, ' and ')),
    format('REVOKE %I FROM %s; (the group that it doesn''t need)', $1 || '_' || l.kinds[1], l.name)
  FROM logins l WHERE cardinality(l.kinds) > 1
  UNION ALL
  SELECT 'red', 'login ' || l.rolname, format('The login is a member of %s, which sign-in never lends.', g.rolname), format('REVOKE %I FROM %s;', g.rolname, l.name)
  FROM logins l JOIN pg_auth_members m ON m.member = l.oid JOIN pg_roles g ON g.oid = m.roleid
  WHERE NOT l.rolsuper AND NOT EXISTS (SELECT FROM groups x WHERE x.oid = g.oid AND (x.short IN ('staff', 'agent', 'service', 'backup') OR x.short IN ('admin', 'support', 'finance', 'viewer') AND 'staff' = ANY (l.kinds)))
  UNION ALL
  SELECT 'red', 'login ' || l.rolname, 'The login holds several people''s roles at once.', format('REVOKE %s FROM %s;', string_agg(quote_ident(g.rolname), ', '), l.name)
  FROM logins l JOIN pg_auth_members m ON m.member = l.oid JOIN groups g ON g.oid = m.roleid AND g.short IN ('admin', 'support', 'finance')
  GROUP BY l.rolname, l.name HAVING count(*) > 1
  UNION ALL
  SELECT 'red', 'login ' || l.rolname, 'The login may lend its group to others.', format('REVOKE ADMIN OPTION FOR %I FROM %s;', g.rolname, l.name)
  FROM logins l JOIN pg_auth_members m ON m.member = l.oid AND m.admin_option JOIN pg_roles g ON g.oid = m.roleid
  UNION ALL
  SELECT DISTINCT 'red', 'login ' || l.rolname, 'The login owns things in this database.', format('REASSIGN OWNED BY %s TO %I;', l.name, $1 || '_owner')
  FROM logins l JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = l.oid AND d.deptype = 'o' AND d.dbid IN (0, (SELECT oid FROM this))
  UNION ALL
  SELECT 'red', 'login ' || l.rolname, format('The login''s connections begin with a setting of somebody''s (%s).', split_part(x, '=', 1)), format('ALTER ROLE %s RESET %I;', l.name, split_part(x, '=', 1))
  FROM logins l JOIN pg_db_role_setting s ON s.setrole = l.oid AND s.setdatabase IN (0, (SELECT oid FROM this)), unnest(s.setconfig) AS x WHERE x NOT ILIKE 'timezone=utc'
  UNION ALL
  SELECT 'red', 'login ' || l.rolname, 'The login''s time zone isn''t pinned to UTC.', format('ALTER ROLE %s SET TimeZone = ''UTC'';', l.name)
  FROM logins l WHERE l.kinds && ARRAY['staff', 'backup'] AND NOT EXISTS (SELECT FROM pg_db_role_setting s, unnest(s.setconfig) AS x WHERE s.setrole = l.oid AND x ILIKE 'timezone=utc')
  UNION ALL
  SELECT 'red', 'role ' || r.rolname, format('The role can become %s. Only the migrating login may: a superuser, or the database''s owner.', g.rolname), format('REVOKE %I FROM %I;', g.rolname, r.rolname)
  FROM pg_auth_members m JOIN groups g ON g.oid = m.roleid AND g.short = 'owner' JOIN pg_roles r ON r.oid = m.member
  WHERE NOT r.rolsuper AND r.oid <> (SELECT datdba FROM this)
  UNION ALL
  SELECT 'red', 'role ' || r.rolname, format('The role is a member of %s without having signed in at a desk.', g.rolname), format('REVOKE %I FROM %I;', g.rolname, r.rolname)
  FROM pg_auth_members m JOIN groups g ON g.oid = m.roleid AND g.short IN ('admin', 'support', 'finance', 'customer') JOIN pg_roles r ON r.oid = m.member
  WHERE NOT r.rolsuper AND r.oid <> (SELECT datdba FROM this) AND r.oid NOT IN (SELECT oid FROM groups) AND r.oid NOT IN (SELECT oid FROM logins)
  UNION ALL
  SELECT 'red', 'database', format('%s has the right %s to the database.', CASE a.grantee WHEN 0 THEN 'Everybody (PUBLIC)' ELSE pg_get_userbyid(a.grantee)::text END, a.privilege_type),
    format('REVOKE %s ON DATABASE %s FROM %s;', a.privilege_type, t.name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
  FROM this t, aclexplode(coalesce(t.datacl, acldefault('d', t.datdba))) a WHERE a.grantee IN (SELECT oid FROM bound) AND a.privilege_type <> 'CONNECT'
  UNION ALL
  SELECT 'red', 'database', format('Every connection begins with the setting %s.', x), format('ALTER %s RESET %s;', CASE s.setdatabase WHEN 0 THEN 'ROLE ALL' ELSE 'DATABASE ' || (SELECT name FROM this) END, split_part(x, '=', 1))
  FROM pg_db_role_setting s, unnest(s.setconfig) AS x
  WHERE s.setrole = 0 AND s.setdatabase IN (0, (SELECT oid FROM this)) AND split_part(x, '=', 1) IN ('search_path', 'session_replication_role', 'row_security', 'role', 'check_function_bodies')
  UNION ALL
  SELECT DISTINCT 'red', 'function ' || p.oid::regprocedure, format('%s may run this function of the server.', CASE a.grantee WHEN 0 THEN 'Everybody (PUBLIC)' ELSE pg_get_userbyid(a.grantee)::text END),
    format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', p.oid::regprocedure, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
  FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (a.grantee IN (SELECT oid FROM bound) OR a.grantee = 0 AND p.proname IN
    ('pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export', 'pg_reload_conf', 'pg_rotate_logfile', 'pg_promote', 'pg_switch_wal'))
  UNION ALL
  SELECT DISTINCT 'red', format('view %I.%I', n.nspname, v.relname), format('The view reads tables of this workspace as its owner, and %s may read it.', CASE a.grantee WHEN 0 THEN 'everybody (PUBLIC)' ELSE pg_get_userbyid(a.grantee)::text END),
    CASE v.relkind WHEN 'v' THEN format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, v.relname)
      ELSE format('REVOKE ALL ON %I.%I FROM %s;', n.nspname, v.relname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) END
  FROM pg_class v JOIN pg_namespace n ON n.oid = v.relnamespace JOIN pg_rewrite w ON w.ev_class = v.oid
    JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT oid FROM tables)
    CROSS JOIN LATERAL (SELECT x.grantee FROM aclexplode(v.relacl) x UNION
      SELECT x.grantee FROM pg_attribute c, aclexplode(c.attacl) x WHERE c.attrelid = v.oid) a
  WHERE v.relkind IN ('v', 'm') AND NOT coalesce(v.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1']
    AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM bound))
  UNION ALL
  SELECT DISTINCT CASE WHEN o.short = 'owner' THEN 'red' ELSE 'note' END, 'function ' || p.oid::regprocedure, format('The function runs with the rights of %s, and %s may run it. It isn''t this program''s.', pg_get_userbyid(p.proowner),
      CASE a.grantee WHEN 0 THEN 'everybody (PUBLIC)' ELSE pg_get_userbyid(a.grantee)::text END),
    format('REVOKE EXECUTE ON FUNCTION %s FROM %s;', p.oid::regprocedure, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN groups o ON o.oid = p.proowner CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^cs_' AND NOT (n.nspname = 'public' AND o.short = 'owner')
    AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM bound))
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 'note', 'event trigger ' || e.evtname, 'It runs with each change of the schema, as whoever changes it; only a superuser can make one.', format('DROP EVENT TRIGGER %I; (unless you know it)', e.evtname)
  FROM pg_event_trigger e WHERE e.evtenabled <> 'D'
)
SELECT f.level, f.object, f.says, f.remedy FROM found f ORDER BY f.level DESC, f.object, f.says
