-- Who may do what: grants column by column and forced row level security, generated from one table of
-- rules. Staff read under USING (true): the lent role itself is what decides, indexes stay usable. Every
-- write of a person needs the session's token in its transaction (cs_auth.writing()).

-- Roles' rights to reach anything at all.
DO $$
DECLARE
  r text;
BEGIN
  REVOKE ALL ON SCHEMA public FROM PUBLIC;
  FOREACH r IN ARRAY ARRAY['admin', 'support', 'finance', 'customer', 'agent', 'service'] LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', 'containerstacks_' || r);
    EXECUTE format('GRANT USAGE ON SCHEMA cs_auth TO %I', 'containerstacks_' || r);
  END LOOP;
  GRANT USAGE ON SCHEMA cs_auth TO containerstacks_staff;
END $$;
REVOKE ALL ON FUNCTION public.update_updated_at_column() FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_auth FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  cs_auth.challenge(text), cs_auth.submit(uuid, bytea), cs_auth.open(uuid, text), cs_auth.enter(text), cs_auth.touch(text),
  cs_auth.leave(text), cs_auth.sweep(), cs_auth.whoami(), cs_auth.replace_hash(text, text)
TO containerstacks_staff;
GRANT EXECUTE ON FUNCTION cs_auth.user_id(), cs_auth.role(), cs_auth.organization_id(), cs_auth.writing()
TO containerstacks_staff, containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_customer, containerstacks_agent, containerstacks_service;
GRANT EXECUTE ON FUNCTION cs_auth.sweep() TO containerstacks_agent;
-- A grant on a mere column makes DROP OWNED BY a group fail for its members. This one lets nobody read or write.
GRANT REFERENCES (only_one) ON cs_meta.workspace TO containerstacks_staff;
-- What a desk may know before anybody has signed in: whether it fits this database.
CREATE FUNCTION cs_auth.workspace(OUT schema_version integer, OUT is_test boolean, OUT name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT (SELECT max(m.version) FROM cs_meta.migrations m), w.is_test, w.name FROM cs_meta.workspace w
$$;
REVOKE ALL ON FUNCTION cs_auth.workspace() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_auth.workspace() TO containerstacks_staff, containerstacks_agent, containerstacks_service;

-- What the documented settings say, for service logins only. Unset, empty or nonsense is NULL: no rows, no error.
CREATE FUNCTION cs_auth.setting_organization() RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN current_setting('app.current_organization_id', true) ~ '^[0-9]{1,9}$'
    THEN current_setting('app.current_organization_id', true)::integer END
$$;
CREATE FUNCTION cs_auth.setting_is_admin() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('app.current_user_role', true) = 'admin', false)
$$;
REVOKE ALL ON FUNCTION cs_auth.setting_organization(), cs_auth.setting_is_admin() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_auth.setting_organization(), cs_auth.setting_is_admin() TO containerstacks_service;

-- Policies that somebody made from the document by hand give way to these. Tables of other owners are not ours.
DO $$
DECLARE
  p record;
BEGIN
  FOR p IN SELECT polname, polrelid::regclass AS relation FROM pg_catalog.pg_policy
           WHERE polrelid IN (SELECT oid FROM pg_catalog.pg_class
                              WHERE relnamespace = 'public'::regnamespace AND pg_get_userbyid(relowner) = 'containerstacks_owner') LOOP
    EXECUTE format('DROP POLICY %I ON %s', p.polname, p.relation);
  END LOOP;
END $$;


-- The matrix. Conditions are written so that the server's own text of them, read again, gives the same text (no IN lists): a
-- restored dump is compared with it. columns: a list, '*' for all, or '*,-a,-b' for all but a and b. condition: which rows.
CREATE TABLE cs_meta.matrix (
  role TEXT NOT NULL,
  table_name TEXT NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('select', 'insert', 'update')),
  columns TEXT NOT NULL,
  condition TEXT NOT NULL,
  PRIMARY KEY (role, table_name, operation)
);

-- Reading.
INSERT INTO cs_meta.matrix
SELECT r, t, 'select', c, 'true' FROM (VALUES
  ('admin,support,finance,agent', 'organizations', '*'),
  ('admin,support,finance,agent', 'users', '*,-password_hash'),
  ('admin,support,finance,agent', 'wallets', '*'),
  ('admin,support,finance,agent', 'transactions', '*'),
  ('admin,support,finance,agent', 'invoices', '*'),
  ('admin,agent', 'vps_instances', '*'),
  ('support,finance', 'vps_instances', '*,-root_password,-stackscript_data'),
  ('admin,support,finance,agent', 'containers', '*'),
  ('admin,finance,agent', 'vps_plans', '*'),
  ('support', 'vps_plans', '*,-base_cost,-markup_percentage'),
  ('admin,finance,agent', 'container_plans', '*'),
  ('support', 'container_plans', '*,-base_cost,-markup_percentage'),
  ('admin,finance,agent', 'plan_prices', '*'),
  ('support', 'plan_prices', '*,-base_cost,-markup_percentage'),
  ('admin,support,finance,agent', 'resource_terms', '*'),
  ('admin,support,finance,agent', 'organization_meters', '*'),
  ('admin,support,finance,agent', 'billing_runs', '*'),
  ('admin,support,finance,agent', 'billing_charges', '*'),
  ('admin,support,finance,agent', 'usage_details', '*'),
  ('admin,support,finance,agent', 'parked_resources', '*'),
  ('admin,support,finance,agent', 'wallet_holds', '*'),
  ('admin,support,finance,agent', 'adjustment_requests', '*'),
  ('admin,finance,agent', 'invoice_counters', '*'),
  ('admin,support,finance,agent', 'tickets', '*'),
  ('admin,support,finance,agent', 'ticket_messages', '*'),
  ('admin,support,finance,agent', 'theme_settings', '*'),
  ('admin,support,finance,agent', 'workspace_settings', '*'),
  ('admin,agent', 'provider_configs', '*'),
  ('admin,agent', 'stackscript_configs', '*'),
  ('admin,agent', 'networking_config', '*'),
  ('admin', 'user_api_keys', '*,-key_hash'),
  ('admin,agent', 'activity_logs', '*')
) AS m(roles, t, c), unnest(string_to_array(roles, ',')) AS r;

INSERT INTO cs_meta.matrix VALUES
  ('support', 'activity_logs', 'select', '*', 'user_id = (SELECT cs_auth.user_id())'),
  ('finance', 'activity_logs', 'select', '*', $c$resource_type = ANY ('{transaction,invoice,wallet,wallet_hold,billing_run,plan,container_plan,adjustment_request,parked_resource,resource_terms,settings}'::text[])$c$),
  ('customer', 'organizations', 'select', '*', 'id = (SELECT cs_auth.organization_id())'),
  ('customer', 'users', 'select', '*,-password_hash', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'wallets', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'transactions', 'select', 'id,organization_id,amount,type,status,payment_method,payment_id,created_at,refund_of,usage_month', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'invoices', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'vps_instances', 'select', '*,-root_password,-stackscript_data', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'containers', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'usage_details', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'billing_charges', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'organization_meters', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'resource_terms', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'vps_plans', 'select', '*,-base_cost,-markup_percentage', 'is_active'),
  ('customer', 'container_plans', 'select', '*,-base_cost,-markup_percentage', 'is_active'),
  ('customer', 'tickets', 'select', '*', 'organization_id = (SELECT cs_auth.organization_id())'),
  ('customer', 'ticket_messages', 'select', '*', 'NOT coalesce(is_internal, false) AND EXISTS (SELECT FROM public.tickets t WHERE t.id = ticket_id AND t.organization_id = (SELECT cs_auth.organization_id()))'),
  ('customer', 'theme_settings', 'select', '*', 'is_active'),
  ('customer', 'activity_logs', 'select', 'id,organization_id,action,resource_type,resource_id,created_at', 'organization_id = (SELECT cs_auth.organization_id())');
INSERT INTO cs_meta.matrix
SELECT r, 'notifications', 'select', '*', 'user_id = (SELECT cs_auth.user_id())' FROM unnest(ARRAY['admin', 'support', 'finance']) AS r;

-- Writing: always in a transaction that has shown the session's token.
INSERT INTO cs_meta.matrix
SELECT r, t, o, c, '(SELECT cs_auth.writing())' || coalesce(' AND ' || w, '') FROM (VALUES
  ('admin', 'organizations', 'insert', 'id,name', NULL),
  ('admin', 'organizations', 'update', 'name,archived_at', NULL),
  ('admin', 'users', 'insert', 'id,email,password_hash,first_name,last_name,role,organization_id,email_verified', NULL),
  ('admin', 'users', 'update', 'email,first_name,last_name,role,organization_id,email_verified,disabled_at', NULL),
  ('admin', 'vps_instances', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'vps_instances', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'containers', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'containers', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'vps_plans', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'vps_plans', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'container_plans', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'container_plans', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin,finance', 'wallets', 'insert', 'id,organization_id,currency', NULL),
  ('admin,finance', 'transactions', 'insert', 'id,organization_id,amount,type,status,payment_method,payment_id,metadata,idempotency_key,reason,refund_of,request_id', NULL),
  ('admin,finance', 'transactions', 'update', 'status', NULL),
  ('admin,finance', 'invoices', 'update', 'status,paid_at,amount_paid', NULL),
  ('admin,finance', 'adjustment_requests', 'insert', 'organization_id,type,amount,reason,refund_of,requested_by', 'requested_by = (SELECT cs_auth.user_id())'),
  ('admin,finance', 'adjustment_requests', 'update', 'decided_by,decided_at,decision', 'decided_by IS NOT DISTINCT FROM (SELECT cs_auth.user_id())'),
  ('admin,support', 'tickets', 'insert', 'id,subject,description,status,priority,category,user_id,organization_id,assigned_to,client_key', NULL),
  ('admin,support', 'tickets', 'update', 'subject,status,priority,category,user_id,organization_id,assigned_to,updated_at', NULL),
  ('finance', 'tickets', 'insert', 'id,subject,description,status,priority,category,user_id,organization_id,assigned_to,client_key', $c$category = 'billing'$c$),
  ('finance', 'tickets', 'update', 'subject,status,priority,user_id,assigned_to,updated_at', $c$category = 'billing'$c$),
  ('admin,support', 'ticket_messages', 'insert', 'id,ticket_id,user_id,message,is_internal,attachments,client_key', 'user_id = (SELECT cs_auth.user_id())'),
  ('finance', 'ticket_messages', 'insert', 'id,ticket_id,user_id,message,is_internal,attachments,client_key',
    $c$user_id = (SELECT cs_auth.user_id()) AND EXISTS (SELECT FROM public.tickets t WHERE t.id = ticket_id AND t.category = 'billing')$c$),
  ('admin,support,finance', 'notifications', 'update', 'is_read,read_at', 'user_id = (SELECT cs_auth.user_id())'),
  ('admin', 'theme_settings', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'theme_settings', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'provider_configs', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'provider_configs', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'stackscript_configs', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'stackscript_configs', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'networking_config', 'insert', '*,-created_at,-updated_at', NULL),
  ('admin', 'networking_config', 'update', '*,-id,-created_at,-updated_at', NULL),
  ('admin', 'user_api_keys', 'insert', 'id,user_id,organization_id,name,key_hash,expires_at,is_active', NULL),
  ('admin', 'user_api_keys', 'update', 'name,expires_at,is_active', NULL),
  ('admin', 'workspace_settings', 'update', '*,-id,-updated_at', NULL)
) AS m(roles, t, o, c, w), unnest(string_to_array(roles, ',')) AS r;

-- Trusted back ends (the customers' web panel) work under the documented settings.
INSERT INTO cs_meta.matrix
SELECT 'service', t, o, CASE o
    WHEN 'select' THEN CASE t WHEN 'vps_instances' THEN '*,-root_password' ELSE '*' END
    WHEN 'insert' THEN CASE t WHEN 'wallets' THEN 'id,organization_id,currency' ELSE '*' END
    ELSE CASE t WHEN 'wallets' THEN 'currency' WHEN 'transactions' THEN 'status' WHEN 'invoices' THEN 'status,paid_at' ELSE '*,-id' END END,
  'documented'
FROM unnest(ARRAY['organizations', 'users', 'wallets', 'vps_plans', 'vps_instances', 'container_plans', 'containers', 'invoices',
                  'transactions', 'tickets', 'ticket_messages', 'activity_logs', 'notifications', 'user_api_keys',
                  'password_reset_tokens', 'theme_settings']) AS t,
     unnest(ARRAY['select', 'insert', 'update']) AS o
WHERE NOT (t IN ('activity_logs') AND o = 'update') AND NOT (t IN ('vps_plans', 'container_plans', 'theme_settings') AND o <> 'select');

-- Applies one rule's grant: column by column, also where all columns are meant, because a table-wide
-- right to update would allow LOCK TABLE, and because a group that policies name must hold a column's
-- grant so that DROP OWNED BY its members can't drop those policies.
CREATE FUNCTION cs_meta.apply_grant(m cs_meta.matrix) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  listed text[] := string_to_array(m.columns, ',');
  granted text;
BEGIN
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO granted
  FROM pg_attribute a
  WHERE a.attrelid = format('public.%I', m.table_name)::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND (a.attname::text = ANY (listed) OR ('*' = ANY (listed) AND '-' || a.attname <> ALL (listed)));
  EXECUTE format('GRANT %s (%s) ON public.%I TO %I', m.operation, granted, m.table_name, 'containerstacks_' || m.role);
END $$;

DO $$
DECLARE
  t record;
  m cs_meta.matrix;
BEGIN
  FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
           AND pg_get_userbyid(c.relowner) = 'containerstacks_owner' LOOP
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC', t.relname);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t.relname);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', t.relname);
    EXECUTE format('CREATE POLICY owner_all ON public.%I TO containerstacks_owner USING (true) WITH CHECK (true)', t.relname);
  END LOOP;
  FOR m IN SELECT * FROM cs_meta.matrix ORDER BY table_name, role, operation LOOP
    PERFORM cs_meta.apply_grant(m);
    CONTINUE WHEN m.condition = 'documented';
    EXECUTE format('CREATE POLICY %I ON public.%I FOR %s TO %I %s (%s)%s',
      m.role || '_' || m.operation, m.table_name, m.operation, 'containerstacks_' || m.role,
      CASE m.operation WHEN 'insert' THEN 'WITH CHECK' ELSE 'USING' END,
      -- Which rows may be decided on is asked before the change, who decided after it.
      CASE WHEN m.table_name = 'adjustment_requests' AND m.operation = 'update'
        THEN '(SELECT cs_auth.writing()) AND decision IS NULL' ELSE m.condition END,
      CASE m.operation WHEN 'update' THEN ' WITH CHECK (' || m.condition || ')' ELSE '' END);
  END LOOP;
END $$;

-- The documented policies, under their names, for service logins.
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT DISTINCT x.table_name,
      CASE WHEN x.table_name = 'organizations' THEN 'id = (SELECT cs_auth.setting_organization())'
           WHEN x.table_name = 'ticket_messages' THEN 'NOT coalesce(is_internal, false) AND EXISTS (SELECT FROM public.tickets t WHERE t.id = ticket_id AND t.organization_id = (SELECT cs_auth.setting_organization()))'
           WHEN x.table_name = 'password_reset_tokens' THEN 'false'
           WHEN x.table_name IN ('vps_plans', 'container_plans', 'theme_settings') THEN 'is_active AND (SELECT cs_auth.setting_organization()) IS NOT NULL'
           ELSE 'organization_id = (SELECT cs_auth.setting_organization())' END AS mine
    FROM cs_meta.matrix x WHERE x.role = 'service' LOOP
    EXECUTE format('CREATE POLICY %I ON public.%I FOR ALL TO containerstacks_service USING (%s)', t.table_name || '_user_policy', t.table_name, t.mine);
    EXECUTE format('CREATE POLICY %I ON public.%I FOR ALL TO containerstacks_service USING ((SELECT cs_auth.setting_is_admin()))', t.table_name || '_admin_policy', t.table_name);
  END LOOP;
  -- FOR ALL is its own WITH CHECK: without these a back end in a customer's context could credit that customer.
  FOR t IN SELECT unnest(ARRAY['transactions', 'wallets', 'invoices', 'organizations', 'users']) AS table_name LOOP
    EXECUTE format('CREATE POLICY service_money_insert ON public.%I AS RESTRICTIVE FOR INSERT TO containerstacks_service WITH CHECK ((SELECT cs_auth.setting_is_admin()))', t.table_name);
    EXECUTE format('CREATE POLICY service_money_update ON public.%I AS RESTRICTIVE FOR UPDATE TO containerstacks_service USING ((SELECT cs_auth.setting_is_admin()))', t.table_name);
  END LOOP;
  -- A trusted back end inserts as documented, without naming an id.
  FOR t IN SELECT x.table_name FROM cs_meta.matrix x WHERE x.role = 'service' AND x.operation = 'insert' LOOP
    EXECUTE format('GRANT USAGE ON SEQUENCE public.%I TO containerstacks_service', t.table_name || '_id_seq');
  END LOOP;
END $$;
