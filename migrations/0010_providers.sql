-- Provider accounts and what they say.
--
-- The documented provider_configs hold how an account is reached; what the documentation has no place for is kept beside
-- it. The last states that a provider told are kept beside the documented columns of servers; a sync writes only status
-- and addresses into those.

-- Of the key that seals the workspace's secrets the database knows a fingerprint per version, so that a wrong one is
-- recognized. The key itself never comes here.
CREATE TABLE cs_auth.workspace_keys (
  version INTEGER PRIMARY KEY CHECK (version > 0),
  fingerprint BYTEA NOT NULL CHECK (length(fingerprint) = 32),
  registered_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  registered_by INTEGER REFERENCES public.users(id),
  login NAME NOT NULL DEFAULT session_user
);

-- The newest key's version and fingerprint.
CREATE FUNCTION cs_auth.workspace_key(OUT version integer, OUT fingerprint bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.version, k.fingerprint FROM cs_auth.workspace_keys k ORDER BY k.version DESC LIMIT 1
$$;

-- Makes a key known: the first, or the next. The one that is known already changes nothing.
CREATE FUNCTION cs_auth.register_workspace_key(version integer, fingerprint bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  newest cs_auth.workspace_keys;
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role may not register a workspace key' USING ERRCODE = '42501';
  END IF;
  -- Two that register at once stand in line here.
  PERFORM 1 FROM public.workspace_settings FOR NO KEY UPDATE;
  SELECT * INTO newest FROM cs_auth.workspace_keys k ORDER BY k.version DESC LIMIT 1;
  IF newest.version = register_workspace_key.version AND newest.fingerprint = register_workspace_key.fingerprint THEN
    RETURN;
  ELSIF coalesce(newest.version, 0) + 1 <> register_workspace_key.version THEN
    PERFORM cs_ledger.refuse('workspace_key_known', 'another workspace key is registered');
  END IF;
  INSERT INTO cs_auth.workspace_keys (version, fingerprint, registered_by)
  VALUES (register_workspace_key.version, register_workspace_key.fingerprint, cs_auth.user_id());
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address)
  VALUES (cs_auth.user_id(), 'workspace_key.create', 'workspace_key', register_workspace_key.version::text,
    jsonb_build_object('login', session_user), inet_client_addr());
END $$;

-- An account's name, whose it is at the provider, and the last time that its state was read. Label and age are part of
-- where a server is, so all staff read them.
CREATE TABLE provider_accounts (
  id INTEGER PRIMARY KEY REFERENCES provider_configs(id) ON DELETE CASCADE,
  label VARCHAR(100) NOT NULL,
  username VARCHAR(255),
  scopes TEXT,
  token_checked_at TIMESTAMP,
  observed_at TIMESTAMP
);
SELECT cs_meta.guard_table('provider_accounts');
SELECT cs_meta.permit('admin,agent', 'provider_accounts', 'select', '*', 'true');
SELECT cs_meta.permit('support,finance', 'provider_accounts', 'select', 'id,label,observed_at', 'true');
SELECT cs_meta.permit('admin', 'provider_accounts', 'insert', 'id,label,username,scopes,token_checked_at', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('admin', 'provider_accounts', 'update', 'label,username,scopes,token_checked_at', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('agent', 'provider_accounts', 'insert', 'id,label,username,scopes,token_checked_at', 'true');
SELECT cs_meta.permit('agent', 'provider_accounts', 'update', 'label,username,scopes,token_checked_at', 'true');
SELECT cs_meta.permit('agent', 'provider_configs', 'insert', 'id,provider_name,api_endpoint,credentials,is_active', 'true');
SELECT cs_meta.permit('agent', 'provider_configs', 'update', 'api_endpoint,credentials,is_active', 'true');
CREATE TRIGGER log_change AFTER INSERT OR DELETE OR UPDATE OF label, username, scopes ON provider_accounts
  FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change('provider', '');

-- What a provider says of one of an account's servers. While it is seen in every sync, it was last seen when its account
-- was last read; from the first sync on that doesn't see it, last_seen_at stays where it was. Gone is what a complete
-- list has no more and the provider doesn't know by its number.
CREATE TABLE provider_states (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider_config_id INTEGER NOT NULL REFERENCES provider_configs(id),
  external_id VARCHAR(64) NOT NULL,
  server_id INTEGER UNIQUE REFERENCES vps_instances(id) ON DELETE SET NULL,
  status TEXT,
  observed JSONB NOT NULL DEFAULT '{}',
  content_hash TEXT NOT NULL GENERATED ALWAYS AS (md5(observed::text)) STORED,
  first_seen_at TIMESTAMP,
  last_seen_at TIMESTAMP NOT NULL,
  is_missing BOOLEAN NOT NULL DEFAULT FALSE,
  gone_at TIMESTAMP,
  CONSTRAINT provider_states_one_per_server UNIQUE (provider_config_id, external_id),
  CONSTRAINT provider_states_gone_is_missing CHECK (gone_at IS NULL OR is_missing)
);
CREATE INDEX provider_states_missing ON provider_states (provider_config_id) WHERE is_missing;
CREATE INDEX idx_vps_provider ON vps_instances (provider_config_id);
SELECT cs_meta.guard_table('provider_states');
SELECT cs_meta.permit('admin,support,finance,agent', 'provider_states', 'select', '*', 'true');
CREATE TRIGGER log_change AFTER UPDATE OF gone_at ON provider_states
  FOR EACH ROW WHEN (OLD.gone_at IS DISTINCT FROM NEW.gone_at) EXECUTE FUNCTION cs_ledger.log_change('provider_state', 'observed');

-- One reading of an account, by anybody, safe to lose at any instant.
CREATE TABLE provider_syncs (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider_config_id INTEGER NOT NULL REFERENCES provider_configs(id),
  -- stopped: too many would be gone, a person is asked.
  status VARCHAR(20) NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'partial', 'stopped', 'failed', 'cancelled')),
  started_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  started_by INTEGER REFERENCES users(id),
  login NAME NOT NULL DEFAULT session_user,
  heartbeat_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  backend_pid INTEGER,
  seen INTEGER NOT NULL DEFAULT 0 CHECK (seen >= 0),
  added INTEGER NOT NULL DEFAULT 0 CHECK (added >= 0),
  changed INTEGER NOT NULL DEFAULT 0 CHECK (changed >= 0),
  unchanged INTEGER NOT NULL DEFAULT 0 CHECK (unchanged >= 0),
  returned INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
  missing INTEGER NOT NULL DEFAULT 0 CHECK (missing >= 0),
  gone INTEGER NOT NULL DEFAULT 0 CHECK (gone >= 0),
  skipped INTEGER NOT NULL DEFAULT 0 CHECK (skipped >= 0),
  notes JSONB NOT NULL DEFAULT '[]',
  error_code VARCHAR(60),
  error TEXT,
  CONSTRAINT provider_syncs_finish CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX provider_syncs_account ON provider_syncs (provider_config_id, id DESC);
-- Two syncs of one account at once: the second is refused.
CREATE UNIQUE INDEX provider_syncs_one_at_once ON provider_syncs (provider_config_id) WHERE status = 'running';
SELECT cs_meta.guard_table('provider_syncs');
SELECT cs_meta.permit('admin,agent', 'provider_syncs', 'select', '*', 'true');

CREATE SCHEMA cs_sync;
REVOKE ALL ON SCHEMA cs_sync FROM PUBLIC;
GRANT USAGE ON SCHEMA cs_sync TO containerstacks_admin, containerstacks_agent;

-- The sync that is at work, or a refusal.
CREATE FUNCTION cs_sync.at_work(sync bigint) RETURNS public.provider_syncs
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found_sync public.provider_syncs;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO found_sync FROM public.provider_syncs s WHERE s.id = sync AND s.status = 'running' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('sync_not_running', 'this sync has been ended');
  END IF;
  RETURN found_sync;
END $$;

CREATE FUNCTION cs_sync.begin(account integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  other record;
  begun bigint;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  -- Two that begin at once stand in line here.
  PERFORM 1 FROM public.provider_configs p WHERE p.id = account AND p.is_active IS NOT FALSE FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('sync_account_inactive', 'there is no such account, or it is switched off');
  END IF;
  SELECT s.id, s.heartbeat_at > clock_timestamp() - interval '60 seconds'
      AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = s.backend_pid) AS alive
  INTO other FROM public.provider_syncs s WHERE s.provider_config_id = account AND s.status = 'running' FOR UPDATE;
  IF other.alive THEN
    PERFORM cs_ledger.refuse('sync_under_way', 'another sync of this account is under way');
  END IF;
  UPDATE public.provider_syncs s SET status = 'failed', finished_at = cs_ledger.clock(), error_code = 'abandoned',
    error = 'The program that read it ended before its end. Nothing was written.'
  WHERE s.id = other.id;
  INSERT INTO public.provider_syncs (provider_config_id, started_at, started_by, backend_pid)
  VALUES (account, cs_ledger.clock(), cs_auth.user_id(), pg_backend_pid()) RETURNING id INTO begun;
  RETURN begun;
END $$;

-- Says that it is still at work.
CREATE FUNCTION cs_sync.beat(sync bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_sync.at_work(sync);
  UPDATE public.provider_syncs s SET heartbeat_at = clock_timestamp(), backend_pid = pg_backend_pid() WHERE s.id = sync;
END $$;

-- Ends one that wrote nothing.
CREATE FUNCTION cs_sync.give_up(sync bigint, outcome text, code text, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_sync.at_work(sync);
  UPDATE public.provider_syncs s SET status = outcome, finished_at = cs_ledger.clock(), error_code = left(code, 60), error = left(why, 2000) WHERE s.id = sync;
END $$;

-- Writes what a provider says of some servers. Rows that are as they were are not touched. A server whose number no row
-- has is stored without an organization; one that a row has, whoever wrote it, is matched, and of that row only status
-- and addresses follow the provider. What is not known (NULL) changes nothing.
CREATE FUNCTION cs_sync.apply_batch(sync bigint, batch jsonb, OUT added integer, OUT changed integer, OUT unchanged integer, OUT returned integer, OUT notes jsonb)
-- A thousand numbers in tables of any size: by their indexes, also before these have statistics.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  account integer := (cs_sync.at_work(sync)).provider_config_id;
  stamp timestamp := cs_ledger.clock();
BEGIN
  -- Two accounts that name one server don't both store it.
  PERFORM pg_advisory_xact_lock(hashtextextended('cs_sync.apply_batch', 0));
  -- Locked in id order, in a statement of its own: what is compared below is what others have committed.
  PERFORM 1 FROM public.vps_instances v
  WHERE v.linode_id IN (SELECT (x ->> 'id')::integer FROM jsonb_array_elements(batch) AS x) ORDER BY v.id FOR NO KEY UPDATE;

  INSERT INTO public.vps_instances (linode_id, label, region, status, ipv4, ipv6, image, provider_config_id, created_at)
  SELECT b.id, b.label, b.region, b.status, b.ipv4 ->> 0, b.ipv6, b.image, account, least(coalesce(b.created, stamp), stamp)
  FROM jsonb_to_recordset(batch) AS b(id integer, label text, region text, status text, ipv4 jsonb, ipv6 text, image text, created timestamp)
  WHERE NOT EXISTS (SELECT FROM public.vps_instances v WHERE v.linode_id = b.id)
  ORDER BY b.id;
  GET DIAGNOSTICS added = ROW_COUNT;
  -- A row that another program gave another server's number.
  UPDATE public.provider_states s SET server_id = NULL
  FROM jsonb_array_elements(batch) AS x JOIN public.vps_instances v ON v.linode_id = (x ->> 'id')::integer
  WHERE s.server_id = v.id AND s.external_id <> v.linode_id::text;

  WITH told AS MATERIALIZED (
    SELECT b.id, b.id::text AS external_id, b.status, b.ipv4, b.addresses_told, b.ipv6, b.observed, md5(b.observed::text) AS content_hash
    FROM jsonb_to_recordset(batch) AS b(id integer, status text, ipv4 jsonb, addresses_told boolean, ipv6 text, observed jsonb)
  ), row_of AS MATERIALIZED (
    -- Of several rows with one number: a living one, of this account, that somebody pays for.
    SELECT DISTINCT ON (t.id) t.id, v.id AS server, v.deleted_at IS NOT NULL AS is_deleted, coalesce(v.provider_config_id, account) <> account AS is_others
    FROM told t JOIN public.vps_instances v ON v.linode_id = t.id
    ORDER BY t.id, v.deleted_at IS NOT NULL, v.provider_config_id IS DISTINCT FROM account, v.organization_id IS NULL, v.id
  ), mine AS MATERIALIZED (
    SELECT r.id, r.server, r.is_deleted FROM row_of r
    WHERE NOT r.is_others AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.server_id = r.server
      AND (s.provider_config_id, s.external_id) <> (account, r.id::text))
  ), followed AS (
    UPDATE public.vps_instances v SET status = n.status, ipv4 = n.ipv4, ipv6 = n.ipv6, provider_config_id = account
    FROM (
      SELECT m.server, coalesce(t.status, o.status) AS status, coalesce(t.ipv6, o.ipv6) AS ipv6,
        -- The address that is written down, as long as it is one of them.
        CASE WHEN t.ipv4 ? o.ipv4 THEN o.ipv4 WHEN t.ipv4 <> '[]' OR t.addresses_told THEN t.ipv4 ->> 0 ELSE o.ipv4 END AS ipv4
      FROM mine m JOIN told t USING (id) JOIN public.vps_instances o ON o.id = m.server WHERE NOT m.is_deleted
    ) n
    WHERE v.id = n.server AND (v.status, v.ipv4, v.ipv6, v.provider_config_id) IS DISTINCT FROM (n.status, n.ipv4, n.ipv6, account)
    RETURNING v.id, v.linode_id
  ), known AS MATERIALIZED (
    SELECT t.id, s.id AS state, s.server_id, s.content_hash, s.is_missing, s.gone_at FROM told t
    JOIN public.provider_states s ON s.provider_config_id = account AND s.external_id = t.external_id
  ), moved AS (
    UPDATE public.provider_states s SET observed = t.observed, status = t.status, server_id = coalesce(m.server, s.server_id),
      first_seen_at = coalesce(s.first_seen_at, stamp), last_seen_at = stamp, is_missing = FALSE, gone_at = NULL
    FROM known k JOIN told t USING (id) LEFT JOIN mine m USING (id)
    WHERE s.id = k.state AND (k.is_missing OR k.content_hash <> t.content_hash OR k.server_id IS DISTINCT FROM coalesce(m.server, k.server_id))
    RETURNING k.id, k.gone_at IS NOT NULL AS came_back, k.content_hash <> t.content_hash AS differs, s.server_id
  ), appeared AS (
    INSERT INTO public.provider_states (provider_config_id, external_id, server_id, status, observed, first_seen_at, last_seen_at)
    SELECT account, t.external_id, m.server, t.status, t.observed, stamp, stamp
    FROM told t LEFT JOIN mine m USING (id) WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = t.id)
    ORDER BY t.id RETURNING 1
  ), unparked AS (
    UPDATE public.parked_resources p SET resolved_at = stamp, resolved_by = cs_auth.user_id(), resolution = 'returned'
    FROM moved m WHERE m.came_back AND p.resource_kind = 'vps' AND p.resource_id = m.server_id AND p.reason = 'gone' AND p.resolved_at IS NULL
    RETURNING 1
  ), different AS (
    SELECT m.id FROM moved m WHERE m.differs AND NOT m.came_back
    UNION
    SELECT f.linode_id FROM followed f WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = f.linode_id AND k.gone_at IS NOT NULL)
  )
  SELECT (SELECT count(*) FROM different), (SELECT count(*) FROM moved m WHERE m.came_back),
    (SELECT coalesce(jsonb_agg(n.note ORDER BY n.id), '[]') FROM (
      SELECT r.id, jsonb_build_object('id', r.id, 'kind', 'deleted_here', 'server_id', r.server) AS note FROM row_of r JOIN mine m USING (id) WHERE m.is_deleted
      UNION ALL
      SELECT r.id, jsonb_build_object('id', r.id, 'kind', 'of_another_account', 'server_id', r.server) FROM row_of r WHERE NOT EXISTS (SELECT FROM mine m WHERE m.id = r.id)
    ) n)
  INTO changed, returned, notes;
  unchanged := jsonb_array_length(batch) - added - changed - returned;
END $$;

-- Of what was not seen, what is gone: in a complete list alone, and not more than a tenth at once without a person's word.
-- A state that was seen until now was last seen when its account was last read.
CREATE FUNCTION cs_sync.judge(account integer, seen text[], gone_ids text[], allow_gone boolean, complete boolean) RETURNS text[]
-- The lists of numbers are looked up by hash only where the planner knows them.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  read_before timestamp := (SELECT a.observed_at FROM public.provider_accounts a WHERE a.id = account);
  living bigint;
  going text[];
BEGIN
  UPDATE public.provider_states s SET is_missing = TRUE, last_seen_at = greatest(s.last_seen_at, read_before)
  WHERE s.provider_config_id = account AND NOT s.is_missing AND s.external_id <> ALL (seen);
  SELECT count(*) FILTER (WHERE s.gone_at IS NULL),
    coalesce(array_agg(s.external_id) FILTER (WHERE s.gone_at IS NULL AND s.is_missing AND s.external_id = ANY (gone_ids)), '{}')
  INTO living, going FROM public.provider_states s WHERE s.provider_config_id = account;
  IF NOT complete AND going <> '{}' THEN
    PERFORM cs_ledger.refuse('sync_gone_unproven', 'only a complete list proves that something is gone');
  END IF;
  IF NOT allow_gone AND cardinality(going) * 10 > living THEN
    PERFORM cs_ledger.refuse('sync_many_gone', 'more than a tenth would be gone at once');
  END IF;
  RETURN going;
END $$;

-- The account of a sync that ends, with its row of what is known of it, locked.
CREATE FUNCTION cs_sync.account_of(sync bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  account integer := (cs_sync.at_work(sync)).provider_config_id;
BEGIN
  INSERT INTO public.provider_accounts (id, label)
  SELECT p.id, initcap(left(p.provider_name, 80)) || ' ' || p.id FROM public.provider_configs p WHERE p.id = account ON CONFLICT DO NOTHING;
  PERFORM 1 FROM public.provider_accounts a WHERE a.id = account FOR UPDATE;
  RETURN account;
END $$;

-- Writes down what a sync did: how many are missing now.
CREATE FUNCTION cs_sync.conclude(sync bigint, stamp timestamp, seen integer, complete boolean, counts jsonb, gone integer, notes jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  account integer := (SELECT s.provider_config_id FROM public.provider_syncs s WHERE s.id = sync);
  lacking integer := (SELECT count(*) FROM public.provider_states s WHERE s.provider_config_id = account AND s.is_missing AND s.gone_at IS NULL);
BEGIN
  UPDATE public.provider_accounts a SET observed_at = stamp WHERE a.id = account;
  UPDATE public.provider_syncs s SET finished_at = stamp,
    status = CASE WHEN complete AND (counts ->> 'skipped')::integer = 0 THEN 'completed' ELSE 'partial' END,
    seen = conclude.seen, added = (counts ->> 'added')::integer, changed = (counts ->> 'changed')::integer, unchanged = (counts ->> 'unchanged')::integer,
    returned = (counts ->> 'returned')::integer, skipped = (counts ->> 'skipped')::integer, missing = lacking, gone = conclude.gone,
    notes = conclude.notes
  WHERE s.id = sync;
  RETURN lacking;
END $$;

-- Ends a sync that has written: what was not seen is missing, what is proven gone is gone, and its hours are parked from
-- when it was last seen. `seen` are all numbers that the provider named, also those that could not be written.
CREATE FUNCTION cs_sync.finish(sync bigint, seen text[], gone_ids text[], allow_gone boolean, complete boolean, counts jsonb, notes jsonb,
  OUT missing integer, OUT gone jsonb)
-- The lists of numbers are looked up by hash only where the planner knows them.
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  account integer := cs_sync.account_of(sync);
  stamp timestamp := cs_ledger.clock();
  going text[];
BEGIN
  -- A row of this account that no sync has seen, perhaps of another program: nothing proves it since it was last charged.
  INSERT INTO public.provider_states (provider_config_id, external_id, server_id, status, last_seen_at, is_missing)
  SELECT DISTINCT ON (v.linode_id) account, v.linode_id::text, v.id, v.status, least(coalesce(v.last_billed_at, v.created_at, stamp), stamp), TRUE
  FROM public.vps_instances v
  WHERE v.provider_config_id = account AND v.linode_id IS NOT NULL AND v.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.server_id = v.id)
    AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.provider_config_id = account AND s.external_id = v.linode_id::text)
    AND v.linode_id::text <> ALL (seen)
  ORDER BY v.linode_id, v.id;

  going := cs_sync.judge(account, seen, gone_ids, allow_gone, complete);
  -- Whoever gives one of them to an organization at this moment has done so, and its hours are parked, or sees it gone.
  PERFORM 1 FROM public.vps_instances v JOIN public.provider_states s ON s.server_id = v.id
  WHERE s.provider_config_id = account AND s.external_id = ANY (going) ORDER BY v.id FOR UPDATE OF v;
  WITH went AS (
    UPDATE public.provider_states s SET gone_at = stamp
    WHERE s.provider_config_id = account AND s.gone_at IS NULL AND s.external_id = ANY (going)
    RETURNING s.external_id, s.server_id, s.last_seen_at
  ), parked AS (
    INSERT INTO public.parked_resources (resource_kind, resource_id, organization_id, reason, parked_from, parked_at)
    SELECT 'vps', v.id, v.organization_id, 'gone', w.last_seen_at, stamp
    FROM went w JOIN public.vps_instances v ON v.id = w.server_id WHERE v.organization_id IS NOT NULL AND v.deleted_at IS NULL ORDER BY v.id
    -- What waits for a person's decision already goes on waiting for that.
    ON CONFLICT (resource_kind, resource_id) WHERE resolved_at IS NULL
    DO UPDATE SET reason = 'gone', parked_from = EXCLUDED.parked_from WHERE parked_resources.reason NOT IN ('adopted', 'gone')
    RETURNING 1
  )
  SELECT coalesce(jsonb_agg(jsonb_build_object('linode_id', w.external_id, 'server_id', w.server_id, 'label', v.label,
      'organization_id', v.organization_id, 'last_seen_at', w.last_seen_at) ORDER BY v.label, w.external_id), '[]')
  INTO gone FROM went w LEFT JOIN public.vps_instances v ON v.id = w.server_id;
  missing := cs_sync.conclude(sync, stamp, cardinality(seen), complete, counts, jsonb_array_length(gone), notes);
END $$;

-- What is gone runs for nobody: it is given to nobody, and its parked hours wait until it is ended or back.
CREATE FUNCTION cs_sync.guard_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'vps_instances' THEN
    IF NEW.organization_id IS DISTINCT FROM OLD.organization_id AND NEW.organization_id IS NOT NULL
       AND EXISTS (SELECT FROM public.provider_states s WHERE s.server_id = NEW.id AND s.gone_at IS NOT NULL) THEN
      PERFORM cs_ledger.refuse('assign_gone', 'the provider has this server no more');
    END IF;
  ELSIF TG_TABLE_NAME = 'containers' THEN
    IF NEW.organization_id IS DISTINCT FROM OLD.organization_id AND NEW.organization_id IS NOT NULL
       AND EXISTS (SELECT FROM public.provider_states s WHERE s.container_id = NEW.id AND s.gone_at IS NOT NULL) THEN
      PERFORM cs_ledger.refuse('assign_gone_container', 'the host has this container no more');
    END IF;
  ELSIF NEW.resolution IN ('from_start', 'from_now') AND NEW.reason = 'gone'
     AND EXISTS (SELECT FROM public.provider_states s WHERE s.gone_at IS NOT NULL
       AND CASE NEW.resource_kind WHEN 'vps' THEN s.server_id WHEN 'container' THEN s.container_id END = NEW.resource_id) THEN
    PERFORM cs_ledger.refuse('parked_still_gone', 'the provider has this no more');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_guard_gone BEFORE UPDATE OF organization_id ON vps_instances FOR EACH ROW EXECUTE FUNCTION cs_sync.guard_gone();
CREATE TRIGGER b_guard_gone BEFORE UPDATE OF resolution ON parked_resources FOR EACH ROW EXECUTE FUNCTION cs_sync.guard_gone();

REVOKE ALL ON FUNCTION cs_auth.workspace_key(), cs_auth.register_workspace_key(integer, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_auth.workspace_key() TO containerstacks_admin, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_auth.register_workspace_key(integer, bytea) TO containerstacks_admin;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA cs_sync FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_sync.begin(integer), cs_sync.beat(bigint), cs_sync.give_up(bigint, text, text, text), cs_sync.apply_batch(bigint, jsonb),
  cs_sync.finish(bigint, text[], text[], boolean, boolean, jsonb, jsonb)
TO containerstacks_admin, containerstacks_agent;

-- Pages read again what a sync has changed.
SELECT cs_live.publish('provider_accounts', 'providers');
SELECT cs_live.publish('provider_syncs', 'providers', 'changed_somehow');
SELECT cs_live.publish('provider_states', 'servers', 'changed_somehow');
