-- Desks, invitations, seeing as a customer, and who can see a row.

-- Seeing as a customer. The session's row says whose customer, since when, why and until when; nothing that a client
-- can set does. While it lasts the login is lent a role that holds no right but to become the customer, so that nothing
-- of the customer's is mixed into what the login sees as itself.
ALTER TABLE cs_auth.sessions
  ADD COLUMN viewing_since TIMESTAMPTZ,
  ADD COLUMN viewing_until TIMESTAMPTZ,
  ADD COLUMN viewing_reason TEXT,
  ADD COLUMN viewing_ticket_id INTEGER REFERENCES public.tickets(id),
  ADD CONSTRAINT sessions_viewing CHECK (
    (viewing_organization_id IS NULL) = (viewing_until IS NULL) AND (viewing_organization_id IS NULL) = (viewing_since IS NULL)
    AND (viewing_organization_id IS NULL) = (viewing_reason IS NULL));
CREATE INDEX sessions_newest ON cs_auth.sessions (login, id DESC);

-- The organization that the live session looks at as its customer, if any.
CREATE OR REPLACE FUNCTION cs_auth.organization_id() RETURNS integer
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  live cs_auth.sessions := cs_auth.live_session();
BEGIN
  RETURN CASE WHEN live.viewing_until > clock_timestamp() THEN live.viewing_organization_id END;
END $$;

-- Both enter() and writing() compute the pass: whoever looks as a customer writes nothing, and is told why.
CREATE OR REPLACE FUNCTION cs_auth.pass_of(session_id bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM cs_auth.sessions s WHERE s.id = session_id AND s.viewing_until > clock_timestamp()) THEN
    PERFORM cs_ledger.refuse('session_is_viewing', 'the session looks as a customer, and writes nothing until it stops');
  END IF;
  RETURN (SELECT session_id || ':' || encode(sha256(
      s.value || convert_to(session_id || ':' || pg_current_xact_id()::text || ':' || pg_backend_pid(), 'UTF8')), 'hex')
    FROM cs_auth.secrets s WHERE s.name = 'pass');
END $$;

-- The live session whose token is shown; raises when there is none.
CREATE FUNCTION cs_auth.shown_session(token text) RETURNS cs_auth.sessions
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
BEGIN
  IF s.id IS NULL OR s.token_sha256 IS DISTINCT FROM sha256(convert_to(token, 'UTF8')) THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  RETURN s;
END $$;

CREATE FUNCTION cs_auth.log_view(s cs_auth.sessions, step text, why text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.activity_logs (user_id, organization_id, action, resource_type, resource_id, details, ip_address, user_agent)
  VALUES (s.user_id, s.viewing_organization_id, 'session.view_as', 'organization', s.viewing_organization_id::text,
    jsonb_strip_nulls(jsonb_build_object('login', s.login, 'role', s.role, 'step', step, 'why', why, 'reason', s.viewing_reason,
      'ticket_id', s.viewing_ticket_id, 'since', s.viewing_since, 'until', s.viewing_until)),
    inet_client_addr(), s.client)
$$;

-- Ends a view: the row forgets it, the login gives the role back, the log says so.
CREATE FUNCTION cs_auth.end_view(session_id bigint, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions;
BEGIN
  SELECT x.* INTO s FROM cs_auth.sessions x WHERE x.id = session_id AND x.viewing_organization_id IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  UPDATE cs_auth.sessions x SET viewing_organization_id = NULL, viewing_since = NULL, viewing_until = NULL,
    viewing_reason = NULL, viewing_ticket_id = NULL WHERE x.id = session_id;
  EXECUTE format('REVOKE containerstacks_viewer FROM %I', s.login);
  PERFORM cs_auth.log_view(s, 'end', why);
  RETURN true;
END $$;

-- However a session ends, what it looked at ends with it.
CREATE FUNCTION cs_auth.session_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_auth.end_view(NEW.id, NEW.end_reason);
  RETURN NULL;
END $$;
CREATE TRIGGER session_ended AFTER UPDATE OF ended_at ON cs_auth.sessions FOR EACH ROW
  WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL AND NEW.viewing_organization_id IS NOT NULL)
  EXECUTE FUNCTION cs_auth.session_ended();

-- Opens the view of an organization for half an hour. Another one that is open ends. Admins and support staff only.
CREATE FUNCTION cs_auth.view_as(token text, organization integer, reason text, ticket_number text DEFAULT NULL) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.shown_session(token);
  ticket integer;
BEGIN
  IF s.role NOT IN ('admin', 'support') THEN
    PERFORM cs_ledger.refuse('view_not_for_role', 'only admins and support staff look as a customer');
  END IF;
  IF length(btrim(coalesce(reason, ''))) NOT BETWEEN 3 AND 500 THEN
    PERFORM cs_ledger.refuse('view_reason_given', 'who looks as a customer says why');
  END IF;
  IF NOT EXISTS (SELECT FROM public.organizations o WHERE o.id = organization) THEN
    PERFORM cs_ledger.refuse('view_organization_known', 'there is no such organization');
  END IF;
  IF btrim(coalesce(ticket_number, '')) <> '' THEN
    SELECT t.id INTO ticket FROM public.tickets t
    WHERE lower(t.ticket_number) = lower(btrim(view_as.ticket_number)) AND t.organization_id = organization;
    IF NOT FOUND THEN
      PERFORM cs_ledger.refuse('view_ticket_of_organization', 'the organization has no ticket of this number');
    END IF;
  END IF;
  -- Two at once stand in line here; so does whatever ends the session.
  PERFORM 1 FROM cs_auth.sessions x WHERE x.id = s.id AND x.ended_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the session is over' USING ERRCODE = 'CS011';
  END IF;
  PERFORM cs_auth.end_view(s.id, 'another');
  UPDATE cs_auth.sessions x SET viewing_organization_id = organization, viewing_since = clock_timestamp(),
    viewing_until = least(clock_timestamp() + interval '30 minutes', x.expires_at), viewing_reason = btrim(reason), viewing_ticket_id = ticket
  WHERE x.id = s.id RETURNING x.* INTO s;
  EXECUTE format('GRANT containerstacks_viewer TO %I', s.login);
  PERFORM cs_auth.log_view(s, 'begin', NULL);
  RETURN s.viewing_until;
END $$;

CREATE FUNCTION cs_auth.stop_viewing(token text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.shown_session(token);
BEGIN
  RETURN cs_auth.end_view(s.id, 'stopped');
END $$;

-- What the session looks at now, and the role to read it as. No row when it doesn't.
CREATE FUNCTION cs_auth.viewing() RETURNS TABLE (
  organization_id integer, organization text, since timestamptz, until timestamptz, reason text, ticket_number text, as_role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT o.id, o.name::text, s.viewing_since, s.viewing_until, s.viewing_reason, t.ticket_number::text, 'containerstacks_customer'
  FROM cs_auth.live_session() s JOIN public.organizations o ON o.id = s.viewing_organization_id
  LEFT JOIN public.tickets t ON t.id = s.viewing_ticket_id
  WHERE s.viewing_until > clock_timestamp()
$$;

-- Ends views whose half hour is over. Called by every desk and the agent now and then; until then they show nothing.
CREATE FUNCTION cs_auth.sweep_views() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record;
  swept integer := 0;
BEGIN
  FOR s IN
    SELECT x.id FROM cs_auth.sessions x WHERE x.ended_at IS NULL AND x.viewing_until <= clock_timestamp()
    ORDER BY x.id FOR UPDATE SKIP LOCKED
  LOOP
    PERFORM cs_auth.end_view(s.id, 'expired');
    swept := swept + 1;
  END LOOP;
  RETURN swept;
END $$;

-- What every customer may read, whoever they are, is read only by those who look as one. A customer's notifications
-- are those of the organization's own people, not those that staff got about it.
SELECT cs_meta.permit('customer', t, 'select', m.columns, 'is_active AND (SELECT cs_auth.organization_id()) IS NOT NULL')
FROM unnest(ARRAY['vps_plans', 'container_plans', 'theme_settings']) AS t
JOIN cs_meta.matrix m ON m.role = 'customer' AND m.table_name = t AND m.operation = 'select';
SELECT cs_meta.permit('customer', 'notifications', 'select', 'id,user_id,title,message,type,is_read,created_at,read_at',
  'EXISTS (SELECT FROM public.users u WHERE u.id = user_id AND u.role = ''user'' AND u.organization_id = (SELECT cs_auth.organization_id()))');

-- A login that has become its lent role by SET ROLE keeps being it when the role is taken back. So that this is worth
-- nothing, the lent roles hold the rights to tables and functions, and the group of the desks' logins the right to look
-- into the schemas: only a login that has both, as itself, gets anywhere. It costs a query nothing.
DO $$
DECLARE
  n record;
BEGIN
  FOR n IN SELECT DISTINCT s.nspname FROM pg_namespace s, aclexplode(s.nspacl) a
           WHERE a.privilege_type = 'USAGE' AND a.grantee IN (
             'containerstacks_admin'::regrole, 'containerstacks_support'::regrole, 'containerstacks_finance'::regrole) LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO containerstacks_staff', n.nspname);
    EXECUTE format('REVOKE USAGE ON SCHEMA %I FROM containerstacks_admin, containerstacks_support, containerstacks_finance', n.nspname);
  END LOOP;
END $$;

-- Desks. A login is made by whoever administers the server: to make logins is to be able to change every other login's
-- password (PostgreSQL 15 knows no smaller right), which no function that a desk may call shall hold. To take all that
-- a login has from it needs no such right, so an admin can do that from any desk.
ALTER TABLE cs_auth.logins
  ADD COLUMN revoked_by INTEGER REFERENCES public.users(id),
  ADD COLUMN replaced_at TIMESTAMPTZ,
  ADD COLUMN invited_until TIMESTAMPTZ,
  ADD COLUMN accepted_at TIMESTAMPTZ,
  ADD COLUMN holds_workspace_key BOOLEAN NOT NULL DEFAULT FALSE,
  ADD CONSTRAINT logins_accepted CHECK (accepted_at IS NULL OR invited_until IS NOT NULL);

CREATE FUNCTION cs_auth.desk_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s cs_auth.sessions := cs_auth.live_session();
  done text := CASE
    WHEN TG_OP = 'INSERT' THEN 'add'
    WHEN NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL THEN 'revoke'
    WHEN NEW.replaced_at IS DISTINCT FROM OLD.replaced_at THEN 'replace'
    WHEN NEW.accepted_at IS NOT NULL AND OLD.accepted_at IS NULL THEN 'accept_invitation' END;
BEGIN
  IF done IS NOT NULL THEN
    INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address, user_agent)
    VALUES (s.user_id, 'desk.' || done, 'desk', NEW.login, jsonb_strip_nulls(jsonb_build_object('login', session_user, 'role', s.role,
      'label', NEW.label, 'invited_until', NEW.invited_until, 'holds_workspace_key', nullif(NEW.holds_workspace_key, false))),
      inet_client_addr(), s.client);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER desk_changed AFTER INSERT OR UPDATE ON cs_auth.logins FOR EACH ROW WHEN (NEW.kind = 'desk')
  EXECUTE FUNCTION cs_auth.desk_changed();

-- An admin at a desk, or somebody who has become the owner of the tables.
CREATE FUNCTION cs_auth.administers() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce((cs_auth.live_session()).role = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')
$$;

CREATE FUNCTION cs_auth.desks() RETURNS TABLE (
  login text, label text, added_at timestamptz, revoked_at timestamptz, revoked_by text, replaced_at timestamptz,
  invited_until timestamptz, accepted_at timestamptz, holds_workspace_key boolean, may_connect boolean, is_own boolean,
  last_person text, last_role text, last_client text, last_opened_at timestamptz, last_use timestamptz, is_signed_in boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT cs_auth.administers() THEN
    RAISE EXCEPTION 'only admins see the desks' USING ERRCODE = '42501';
  END IF;
  RETURN QUERY
    SELECT l.login::text, l.label, l.added_at, l.revoked_at, coalesce(nullif(btrim(concat_ws(' ', r.first_name, r.last_name)), ''), r.email),
      l.replaced_at, l.invited_until, l.accepted_at, l.holds_workspace_key, coalesce(g.rolcanlogin, false), l.login = session_user,
      coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email), s.role, s.client, s.opened_at, s.last_use,
      coalesce(s.ended_at IS NULL AND s.expires_at > clock_timestamp()
        AND s.last_use > clock_timestamp() - make_interval(mins => w.idle_minutes), false)
    FROM cs_auth.logins l CROSS JOIN public.workspace_settings w
    LEFT JOIN pg_roles g ON g.rolname = l.login
    LEFT JOIN public.users r ON r.id = l.revoked_by
    LEFT JOIN LATERAL (SELECT x.* FROM cs_auth.sessions x WHERE x.login = l.login ORDER BY x.id DESC LIMIT 1) s ON true
    LEFT JOIN public.users u ON u.id = s.user_id
    WHERE l.kind = 'desk'
    ORDER BY (l.revoked_at IS NOT NULL), l.added_at DESC, l.login
    LIMIT 500;
END $$;

-- Takes everything from a desk's login that this database has given it. Each next statement of it is refused.
CREATE FUNCTION cs_auth.close_desk(desk name, by_user integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  l cs_auth.logins;
BEGIN
  SELECT x.* INTO l FROM cs_auth.logins x WHERE x.login = desk AND x.kind = 'desk' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('desk_known', 'there is no such desk');
  END IF;
  UPDATE cs_auth.logins x SET revoked_at = clock_timestamp(), revoked_by = by_user WHERE x.login = desk AND x.revoked_at IS NULL;
  PERFORM cs_auth.end_sessions(NULL, desk, 'desk_revoked');
  PERFORM cs_auth.take_back(desk);
  RETURN l.holds_workspace_key;
END $$;

-- An admin revokes another desk. Says whether it held the workspace key, which then must be rotated.
CREATE FUNCTION cs_auth.revoke_desk(token text, desk text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  s record;
BEGIN
  SELECT e.* INTO s FROM cs_auth.enter(token) e;
  IF s.role <> 'admin' THEN
    RAISE EXCEPTION 'only admins revoke desks' USING ERRCODE = '42501';
  END IF;
  IF desk = session_user THEN
    PERFORM cs_ledger.refuse('desk_is_own', 'a desk does not revoke itself');
  END IF;
  IF EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = desk AND l.revoked_at IS NOT NULL) THEN
    PERFORM cs_ledger.refuse('desk_not_revoked', 'this desk was revoked before');
  END IF;
  RETURN cs_auth.close_desk(desk::name, s.user_id);
END $$;

-- The desk that asks was given the key; whether it is the newest one.
CREATE FUNCTION cs_auth.hold_workspace_key(version integer, fingerprint bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role holds no workspace key' USING ERRCODE = '42501';
  END IF;
  PERFORM 1 FROM public.workspace_settings FOR NO KEY UPDATE;
  IF NOT EXISTS (SELECT FROM cs_auth.workspace_keys k WHERE k.version = hold_workspace_key.version AND k.fingerprint = hold_workspace_key.fingerprint
      AND NOT EXISTS (SELECT FROM cs_auth.workspace_keys n WHERE n.version > k.version)) THEN
    RETURN false;
  END IF;
  UPDATE cs_auth.logins l SET holds_workspace_key = true WHERE l.login = session_user AND l.kind = 'desk' AND NOT l.holds_workspace_key;
  RETURN true;
END $$;

-- An invitation that nobody has opened in time signs nobody in.
CREATE FUNCTION cs_auth.invitation_lives() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = NEW.login AND l.accepted_at IS NULL AND l.invited_until <= clock_timestamp()) THEN
    PERFORM cs_ledger.refuse('invitation_expired', 'the invitation of this desk was not opened in time');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invitation_lives BEFORE INSERT ON cs_auth.attempts FOR EACH ROW EXECUTE FUNCTION cs_auth.invitation_lives();

-- The desk has opened its invitation: once, in time. It changes its password in the same transaction, which makes
-- every copy of the file worthless.
CREATE FUNCTION cs_auth.accept_invitation() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  l cs_auth.logins;
BEGIN
  SELECT x.* INTO l FROM cs_auth.logins x WHERE x.login = session_user AND x.kind = 'desk' AND x.revoked_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this login is not a desk''s' USING ERRCODE = 'CS010';
  END IF;
  IF l.accepted_at IS NOT NULL OR l.invited_until IS NULL THEN
    PERFORM cs_ledger.refuse('invitation_used', 'this invitation was opened before');
  END IF;
  IF l.invited_until <= clock_timestamp() THEN
    PERFORM cs_ledger.refuse('invitation_expired', 'the invitation of this desk was not opened in time');
  END IF;
  UPDATE cs_auth.logins x SET accepted_at = clock_timestamp() WHERE x.login = l.login;
END $$;

-- A desk that was revoked is told so at once. The other kinds of logins are not in the list of desks.
CREATE OR REPLACE FUNCTION cs_auth.workspace(OUT schema_version integer, OUT is_test boolean, OUT name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM cs_auth.logins l WHERE l.login = session_user AND l.revoked_at IS NOT NULL) THEN
    RAISE EXCEPTION 'this login is not a desk''s' USING ERRCODE = 'CS010';
  END IF;
  SELECT (SELECT max(m.version) FROM cs_meta.migrations m), w.is_test, w.name INTO schema_version, is_test, name FROM cs_meta.workspace w;
END $$;

-- Who can see a row: the policies and grants that are in force now, read from the catalogue and evaluated for the row.
-- Whoever a rule asks for is put in its place: the customers of each organization in turn, a back end's settings.
CREATE FUNCTION cs_auth.rule_in_force(relation regclass, whom name, command "char") RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN NOT c.relrowsecurity THEN 'true' ELSE (
    SELECT '(' || coalesce(string_agg('(' || p.asked || ')', ' OR ') FILTER (WHERE p.polpermissive), 'false') || ')'
      || coalesce(' AND ' || string_agg('(' || p.asked || ')', ' AND ') FILTER (WHERE NOT p.polpermissive), '')
    FROM (
      SELECT y.polpermissive, coalesce(pg_get_expr(y.polqual, y.polrelid), 'true') AS asked FROM pg_policy y
      WHERE y.polrelid = relation AND y.polcmd IN (command, '*')
        AND EXISTS (SELECT FROM unnest(y.polroles) r WHERE r = 0 OR r = whom::regrole)
    ) p) END
  FROM pg_class c WHERE c.oid = relation
$$;

CREATE FUNCTION cs_auth.who_sees(kind text, id integer) RETURNS TABLE (
  role text, context text, reads boolean, hidden text[], changes text[], inserts boolean, people text[], people_count bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name_of_table text := CASE kind
    WHEN 'organization' THEN 'organizations' WHEN 'server' THEN 'vps_instances' WHEN 'container' THEN 'containers'
    WHEN 'wallet' THEN 'wallets' WHEN 'transaction' THEN 'transactions' WHEN 'invoice' THEN 'invoices'
    WHEN 'ticket' THEN 'tickets' WHEN 'message' THEN 'ticket_messages' WHEN 'user' THEN 'users' END;
  relation regclass;
  there boolean;
  whose integer;
  g record;
  o record;
  db_role name;
  read_rule text;
  change_rule text;
  seen_by integer[];
  changed_by integer[];
BEGIN
  IF NOT cs_auth.administers() THEN
    RAISE EXCEPTION 'only admins ask who can see a row' USING ERRCODE = '42501';
  END IF;
  IF name_of_table IS NULL THEN
    RAISE EXCEPTION 'no such kind of row' USING ERRCODE = '22023';
  END IF;
  relation := format('public.%I', name_of_table)::regclass;
  EXECUTE format('SELECT true, %s FROM public.%I t WHERE t.id = $1',
    CASE kind WHEN 'organization' THEN 't.id'
      WHEN 'message' THEN '(SELECT k.organization_id FROM public.tickets k WHERE k.id = t.ticket_id)' ELSE 't.organization_id' END,
    name_of_table) INTO there, whose USING id;
  IF there IS NULL THEN
    RETURN;
  END IF;
  FOR g IN SELECT * FROM (VALUES
      (1, 'admin', 'own'), (2, 'support', 'own'), (3, 'finance', 'own'), (4, 'customer', 'own'),
      (5, 'service', 'admin'), (6, 'service', 'customer'), (7, 'agent', 'own')) AS v(place, grp, setting) ORDER BY place
  LOOP
    db_role := 'containerstacks_' || g.grp;
    SELECT array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE NOT has_column_privilege(db_role, relation, a.attnum, 'SELECT')),
           array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE has_column_privilege(db_role, relation, a.attnum, 'UPDATE'))
    INTO hidden, changes
    FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped;
    inserts := has_any_column_privilege(db_role, relation, 'INSERT');
    read_rule := cs_auth.supposed(cs_auth.rule_in_force(relation, db_role, 'r'), g.setting);
    change_rule := cs_auth.supposed(cs_auth.rule_in_force(relation, db_role, 'w'), g.setting);
    -- Of a rule that asks for no organization the answer is the same for all: one stands for them.
    FOR o IN EXECUTE format(
        'SELECT array_agg(s.supposed_organization ORDER BY s.supposed_organization) FILTER (WHERE EXISTS (SELECT FROM public.%1$I WHERE %1$I.id = $1 AND (%2$s))) AS seen_by,
                array_agg(s.supposed_organization ORDER BY s.supposed_organization) FILTER (WHERE EXISTS (SELECT FROM public.%1$I WHERE %1$I.id = $1 AND (%2$s) AND (%3$s))) AS changed_by
         FROM (SELECT z.id AS supposed_organization FROM public.organizations z WHERE $2 OR z.id IS NOT DISTINCT FROM $3
               UNION SELECT $3) s',
        name_of_table, read_rule, change_rule) USING id, g.grp = 'customer' OR g.setting = 'customer', whose
    LOOP
      seen_by := coalesce(o.seen_by, '{}');
      changed_by := coalesce(o.changed_by, '{}');
    END LOOP;
    role := g.grp;
    reads := seen_by <> '{}' AND has_any_column_privilege(db_role, relation, 'SELECT');
    IF NOT reads THEN
      hidden := NULL;
    END IF;
    IF changed_by = '{}' THEN
      changes := NULL;
    END IF;
    hidden := coalesce(hidden, '{}');
    changes := coalesce(changes, '{}');
    context := CASE
      WHEN g.grp = 'service' AND g.setting = 'admin' THEN 'as an administrator'
      WHEN g.grp IN ('customer', 'service') AND reads THEN (
        SELECT string_agg(n.name, ', ' ORDER BY n.id) FROM (
          SELECT z.id, z.name::text FROM public.organizations z WHERE z.id = ANY (seen_by) ORDER BY z.id LIMIT 5) n)
        || CASE WHEN cardinality(seen_by) > 5 THEN ' and ' || cardinality(seen_by) - 5 || ' more' ELSE '' END
      WHEN g.grp IN ('customer', 'service') THEN 'of any organization' END;
    IF g.grp IN ('agent', 'service') THEN
      SELECT array_agg(l.label ORDER BY l.label), count(*) INTO people, people_count
      FROM cs_auth.logins l WHERE l.kind = g.grp AND l.revoked_at IS NULL;
    ELSE
      SELECT (array_agg(coalesce(nullif(btrim(concat_ws(' ', u.first_name, u.last_name)), ''), u.email) ORDER BY u.id))[1:12], count(*)
      INTO people, people_count
      FROM public.users u WHERE u.disabled_at IS NULL AND CASE g.grp
        WHEN 'customer' THEN u.role = 'user' AND reads AND u.organization_id = ANY (seen_by) ELSE u.role = g.grp END;
    END IF;
    people := coalesce(people, '{}');
    RETURN NEXT;
  END LOOP;
END $$;

-- A rule's text with somebody in the place of who asks.
CREATE FUNCTION cs_auth.supposed(rule text, setting text) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r text := rule;
BEGIN
  r := replace(r, 'cs_auth.setting_organization()', CASE setting WHEN 'admin' THEN 'NULL::integer' ELSE 's.supposed_organization' END);
  r := replace(r, 'cs_auth.setting_is_admin()', CASE setting WHEN 'admin' THEN 'true' ELSE 'false' END);
  r := replace(r, 'cs_auth.organization_id()', 's.supposed_organization');
  r := replace(r, 'cs_auth.writing()', 'true');
  r := replace(r, 'cs_auth.user_id()', 'NULL::integer');
  IF r ~* '\m(cs_auth\.|current_user|session_user|current_setting|current_role)' THEN
    RAISE EXCEPTION 'a rule asks for what this function does not know' USING ERRCODE = '0A000';
  END IF;
  RETURN r;
END $$;

REVOKE ALL ON FUNCTION cs_auth.shown_session(text), cs_auth.log_view(cs_auth.sessions, text, text), cs_auth.end_view(bigint, text),
  cs_auth.session_ended(), cs_auth.view_as(text, integer, text, text), cs_auth.stop_viewing(text), cs_auth.viewing(), cs_auth.sweep_views(),
  cs_auth.desk_changed(), cs_auth.administers(), cs_auth.desks(), cs_auth.close_desk(name, integer), cs_auth.hold_workspace_key(integer, bytea),
  cs_auth.revoke_desk(text, text), cs_auth.invitation_lives(), cs_auth.accept_invitation(), cs_auth.rule_in_force(regclass, name, "char"),
  cs_auth.who_sees(text, integer), cs_auth.supposed(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_auth.view_as(text, integer, text, text), cs_auth.stop_viewing(text), cs_auth.viewing(), cs_auth.sweep_views(),
  cs_auth.accept_invitation() TO containerstacks_staff;
GRANT EXECUTE ON FUNCTION cs_auth.sweep_views() TO containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_auth.desks(), cs_auth.revoke_desk(text, text), cs_auth.who_sees(text, integer), cs_auth.hold_workspace_key(integer, bytea)
TO containerstacks_admin;
