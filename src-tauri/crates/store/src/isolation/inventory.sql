-- What decides who may what, as the live catalogue has it: one line for each fact. Read with search_path = pg_catalog, so
-- that names are written in full. $1 is what the names of the workspace's roles begin with; it is written as @ here.
WITH ours AS (
  SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = 'public' OR n.nspname ~ '^cs_'
), groups AS (
  SELECT r.oid, r.rolname FROM pg_roles r
  WHERE r.rolname IN ($1 || '_owner', $1 || '_staff', $1 || '_admin', $1 || '_support', $1 || '_finance', $1 || '_customer', $1 || '_agent', $1 || '_service', $1 || '_backup', $1 || '_viewer')
), owner AS (
  SELECT g.oid FROM groups g WHERE g.rolname = $1 || '_owner'
), extended AS (
  SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'
), relations AS (
  SELECT c.oid, c.relkind, c.relowner, c.relacl, c.reloptions, c.relrowsecurity, c.relforcerowsecurity, format('%I.%I', n.nspname, c.relname) AS name,
    -- A table that somebody else keeps beside ours is not ours to judge, but what it lends to our groups is. One of ours that
    -- was given away is known by its policy, its sequence by its table.
    c.relowner = (SELECT oid FROM owner) OR n.nspname <> 'public' OR EXISTS (SELECT FROM pg_policy p WHERE p.polname = 'owner_all' AND (p.polrelid = c.oid
      OR c.relkind = 'S' AND p.polrelid IN (SELECT d.refobjid FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))) AS owned
  FROM pg_class c JOIN ours n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT EXISTS (SELECT FROM extended e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid)
), functions AS (
  SELECT p.oid, p.proowner, p.proacl, p.prosecdef, p.provolatile, p.proparallel, p.proleakproof, p.proconfig, p.prosrc, p.prosqlbody, l.lanname, p.prokind,
    format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS name
  FROM pg_proc p JOIN ours n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
  WHERE NOT EXISTS (SELECT FROM extended e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid)
    AND (n.nspname <> 'public' OR p.proowner = (SELECT oid FROM owner))
), triggers AS (
  SELECT t.oid, t.tgname, t.tgenabled, t.tgisinternal, r.name AS relation, t.tgconstraint, t.tgconstrindid
  FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE r.owned
), lines (kind, object, fact) AS (
  SELECT 'schema', n.nspname::text, 'owner ' || pg_get_userbyid(s.nspowner) FROM ours n JOIN pg_namespace s ON s.oid = n.oid
  UNION ALL
  SELECT 'relation', r.name,
    CASE r.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'table' END
      || ', owner ' || pg_get_userbyid(r.relowner)
      || CASE WHEN r.relkind IN ('r', 'p') THEN ', row level security ' || CASE WHEN r.relrowsecurity THEN 'on' ELSE 'off' END
           || CASE WHEN r.relforcerowsecurity THEN ' and forced' ELSE '' END ELSE '' END
      || CASE WHEN r.relkind IN ('v', 'm') THEN CASE WHEN coalesce(r.reloptions, '{}') && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'] THEN ', security invoker' ELSE ', runs as its owner' END
           || ', sha256 ' || encode(sha256(convert_to(replace(pg_get_viewdef(r.oid), $1 || '_', '@'), 'UTF8')), 'hex') ELSE '' END
  FROM relations r WHERE r.owned
  UNION ALL
  SELECT 'policy', format('%I on %s', p.polname, r.name),
    concat_ws(' ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
      'FOR', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
      'TO', (SELECT string_agg(CASE x WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(x)::text END, ', ' ORDER BY x) FROM unnest(p.polroles) AS x),
      'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
  FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'function', f.name,
    concat_ws(', ', CASE f.prokind WHEN 'a' THEN 'aggregate' WHEN 'p' THEN 'procedure' END, f.lanname, 'owner ' || pg_get_userbyid(f.proowner),
      CASE WHEN f.prosecdef THEN 'security definer' ELSE 'security invoker' END,
      CASE f.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
      CASE f.proparallel WHEN 's' THEN 'parallel safe' WHEN 'r' THEN 'parallel restricted' END, CASE WHEN f.proleakproof THEN 'leakproof' END,
      (SELECT string_agg(x, ' and ' ORDER BY x) FROM unnest(f.proconfig) AS x),
      'sha256 ' || encode(sha256(convert_to(replace(f.prosrc || coalesce(pg_get_function_sqlbody(f.oid), ''), $1 || '_', '@'), 'UTF8')), 'hex'))
  FROM functions f
  UNION ALL
  SELECT 'trigger', format('%I on %s', t.tgname, t.relation),
    pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN ' (disabled)' WHEN 'A' THEN ' (always)' ELSE ' (replica only)' END
  FROM triggers t WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'trigger', format('foreign key %s on %s', coalesce((SELECT c.conname FROM pg_constraint c WHERE c.oid = t.tgconstraint), t.tgname), t.relation), '(disabled)'
  FROM triggers t WHERE t.tgisinternal AND t.tgenabled <> 'O'
  UNION ALL
  SELECT 'rule', format('%I on %s', w.rulename, r.name), pg_get_ruledef(w.oid)
  FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE r.owned AND w.rulename <> '_RETURN'
  UNION ALL
  SELECT 'default', 'functions that ' || $1 || '_owner makes', CASE WHEN EXISTS (
      SELECT FROM pg_default_acl d WHERE d.defaclrole = (SELECT oid FROM owner) AND d.defaclobjtype = 'f' AND d.defaclnamespace = 0
        AND NOT EXISTS (SELECT FROM aclexplode(d.defaclacl) a WHERE a.grantee <> d.defaclrole)) THEN 'may be run by nobody else' ELSE 'may be run by others' END
  UNION ALL
  SELECT 'default', d.defaclobjtype::text || coalesce(' in ' || d.defaclnamespace::regnamespace::text, '') || ' made by ' || pg_get_userbyid(d.defaclrole), 'are lent to ' || CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
  FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE d.defaclrole = (SELECT oid FROM owner) AND a.grantee <> d.defaclrole
  UNION ALL
  SELECT 'group', g.rolname::text, concat_ws(', ', CASE WHEN r.rolcanlogin THEN 'login' ELSE 'no login' END, CASE WHEN r.rolinherit THEN 'inherits' ELSE 'no inherit' END,
      CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'bypasses row level security' END, CASE WHEN r.rolcreaterole THEN 'creates roles' END,
      CASE WHEN r.rolcreatedb THEN 'creates databases' END, CASE WHEN r.rolreplication THEN 'replication' END)
  FROM groups g JOIN pg_roles r ON r.oid = g.oid
  UNION ALL
  SELECT 'membership', m.member::regrole || ' in ' || m.roleid::regrole, CASE WHEN m.admin_option THEN 'may lend it' ELSE 'member' END
  FROM pg_auth_members m WHERE m.member IN (SELECT oid FROM groups)
  UNION ALL
  SELECT 'database', 'PUBLIC', coalesce((SELECT string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
      FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE d.datname = current_database() AND a.grantee = 0), 'nothing')
  UNION ALL
  SELECT 'database', 'time zone', coalesce((SELECT x FROM pg_db_role_setting s, unnest(s.setconfig) AS x WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND s.setrole = 0 AND x ILIKE 'timezone=%' LIMIT 1), 'not pinned')
  UNION ALL
  SELECT 'grant', format('%s on schema %I to %s', a.privilege_type || CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END, s.nspname, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END), ''
  FROM ours n JOIN pg_namespace s ON s.oid = n.oid, aclexplode(s.nspacl) a WHERE a.grantee <> s.nspowner
  UNION ALL
  -- All columns of one right of one role are one line. A whole table is not the same as all of its columns.
  SELECT 'grant', format('%s on %s to %s', g.privilege_type || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END, g.name, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee)::text END),
    coalesce(string_agg(g.column_name, ',' ORDER BY g.column_name), 'the whole')
  FROM (
    SELECT r.name, r.owned, r.relowner, a.grantee, a.privilege_type, a.is_grantable, NULL::text AS column_name FROM relations r, aclexplode(r.relacl) a
    UNION ALL
    SELECT r.name, r.owned, r.relowner, a.grantee, a.privilege_type, a.is_grantable, quote_ident(c.attname)
    FROM relations r JOIN pg_attribute c ON c.attrelid = r.oid AND NOT c.attisdropped, aclexplode(c.attacl) a
  ) g
  WHERE g.grantee <> g.relowner AND (g.owned OR g.grantee = 0 OR EXISTS (SELECT FROM groups x WHERE pg_has_role(g.grantee, x.oid, 'member')))
  GROUP BY g.name, g.grantee, g.privilege_type, g.is_grantable, g.column_name IS NULL
  UNION ALL
  SELECT 'grant', format('EXECUTE%s on function %s to %s', CASE WHEN a.is_grantable THEN ' with grant option' ELSE '' END, f.name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END), ''
  FROM functions f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a WHERE a.grantee <> f.proowner
)
SELECT l.kind, replace(l.object, $1 || '_', '@') AS object, replace(regexp_replace(l.fact, '\s+', ' ', 'g'), $1 || '_', '@') AS fact FROM lines l
