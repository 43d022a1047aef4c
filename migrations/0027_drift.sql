-- StackScripts, networking and regions on sale; where provider and database differ; provider prices that rise.

-- Settings of accounts, as an object or as a text that holds one. NULL is what nobody can add to without losing it.
CREATE FUNCTION cs_sync.settings_of(stored jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  told jsonb := stored;
BEGIN
  FOR i IN 1..2 LOOP
    EXIT WHEN jsonb_typeof(told) IS DISTINCT FROM 'string';
    told := coalesce(nullif(btrim(told #>> '{}'), ''), '{}')::jsonb;
  END LOOP;
  RETURN CASE WHEN told IS NULL OR told IN ('null', '[]') THEN '{}'::jsonb WHEN jsonb_typeof(told) = 'object' THEN told END;
EXCEPTION WHEN data_exception OR statement_too_complex THEN
  RETURN NULL;
END $$;

-- The regions of an account that are sold; NULL is all of them. A list, a list as a text, or words with commas between.
CREATE FUNCTION cs_sync.regions_on_sale(settings jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  told jsonb := cs_sync.settings_of(settings) -> 'allowed_regions';
BEGIN
  IF jsonb_typeof(told) = 'string' THEN
    BEGIN
      told := (told #>> '{}')::jsonb;
    EXCEPTION WHEN data_exception OR statement_too_complex THEN
      told := to_jsonb(string_to_array(told #>> '{}', ','));
    END;
  END IF;
  IF jsonb_typeof(told) IS DISTINCT FROM 'array' THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT array_agg(DISTINCT btrim(x.name) ORDER BY btrim(x.name)) FROM jsonb_array_elements_text(told) AS x(name) WHERE btrim(x.name) <> '');
END $$;

-- Nothing is ordered where nothing is sold, whoever asks.
CREATE FUNCTION cs_intents.on_sale() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sold text[];
BEGIN
  SELECT cs_sync.regions_on_sale(p.settings) INTO sold FROM public.provider_configs p WHERE p.id = NEW.provider_config_id;
  IF sold IS NOT NULL AND coalesce(NEW.parameters ->> 'region', '') <> ALL (sold) THEN
    PERFORM cs_ledger.refuse('intent_region_not_on_sale', 'this region of the account is not sold');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_on_sale BEFORE INSERT ON provider_intents FOR EACH ROW WHEN (NEW.kind = 'order') EXECUTE FUNCTION cs_intents.on_sale();

-- Programs without a window set all this up, too.
SELECT cs_meta.permit('agent', x.t, x.o, coalesce((SELECT m.columns || ',' FROM cs_meta.matrix m
    WHERE m.role = 'agent' AND m.table_name = x.t AND m.operation = x.o), '') || x.c, 'true') FROM (VALUES
  ('provider_configs', 'update', 'settings'),
  ('stackscript_configs', 'insert', '*,-created_at,-updated_at'),
  ('stackscript_configs', 'update', '*,-id,-created_at,-updated_at'),
  ('networking_config', 'insert', '*,-created_at,-updated_at'),
  ('networking_config', 'update', '*,-id,-created_at,-updated_at')
) AS x(t, o, c);
SELECT cs_live.publish('stackscript_configs', 'providers', 'changed_somehow');
SELECT cs_live.publish('networking_config', 'providers', 'changed_somehow');

-- How many requests an account's token has left, as its provider last said.
ALTER TABLE provider_accounts ADD COLUMN rate_limit INTEGER, ADD COLUMN rate_left INTEGER, ADD COLUMN rate_resets_at TIMESTAMP, ADD COLUMN rate_seen_at TIMESTAMP;
SELECT cs_meta.permit('admin,agent', 'provider_accounts', 'select', '*', 'true');
SELECT cs_meta.permit(x.r, 'provider_accounts', 'update', 'label,username,scopes,token_checked_at,rate_limit,rate_left,rate_resets_at,rate_seen_at', x.c)
FROM (VALUES ('admin', '(SELECT cs_auth.writing())'), ('agent', 'true')) AS x(r, c);

-- Removes one that nobody has changed since it was seen. Whether it did.
CREATE FUNCTION cs_sync.remove_script(script integer, seen timestamp) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  DELETE FROM public.stackscript_configs s
  WHERE s.id = script AND date_trunc('milliseconds', coalesce(s.updated_at, 'epoch')) = date_trunc('milliseconds', seen);
  RETURN FOUND;
END $$;
CREATE FUNCTION cs_sync.remove_networking(networking integer, seen timestamp) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  DELETE FROM public.networking_config n
  WHERE n.id = networking AND date_trunc('milliseconds', coalesce(n.updated_at, 'epoch')) = date_trunc('milliseconds', seen);
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION cs_sync.settings_of(jsonb), cs_sync.regions_on_sale(jsonb), cs_intents.on_sale(), cs_sync.remove_script(integer, timestamp),
  cs_sync.remove_networking(integer, timestamp) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_sync.settings_of(jsonb), cs_sync.regions_on_sale(jsonb), cs_sync.remove_script(integer, timestamp),
  cs_sync.remove_networking(integer, timestamp) TO containerstacks_admin, containerstacks_agent;

-- What providers take now, as their price lists say: '' is the usual price, else the region that has one of its own. What
-- is open (NULL) is unknown, not free. `was_*` is the price before, since when this one is in force as far as anybody looked.
CREATE TABLE provider_prices (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  provider VARCHAR(50) NOT NULL,
  type_id VARCHAR(100) NOT NULL,
  region VARCHAR(100) NOT NULL DEFAULT '',
  hourly NUMERIC(14, 6) CHECK (hourly >= 0),
  monthly NUMERIC(14, 4) CHECK (monthly >= 0),
  was_hourly NUMERIC(14, 6),
  was_monthly NUMERIC(14, 4),
  since TIMESTAMP NOT NULL,
  CONSTRAINT provider_prices_one UNIQUE (provider, type_id, region)
);
SELECT cs_meta.guard_table('provider_prices');
SELECT cs_meta.permit('admin,finance,agent', 'provider_prices', 'select', '*', 'true');
SELECT cs_live.publish('provider_prices', 'plans', 'changed_somehow');

-- When a provider's list was last read, and which plans admins were told of: once for each rise.
CREATE TABLE provider_price_lists (
  provider VARCHAR(50) PRIMARY KEY,
  read_at TIMESTAMP NOT NULL
);
SELECT cs_meta.guard_table('provider_price_lists');
SELECT cs_meta.permit('admin,finance,agent', 'provider_price_lists', 'select', '*', 'true');
CREATE TABLE provider_price_alarms (
  plan_id INTEGER PRIMARY KEY REFERENCES vps_plans(id) ON DELETE CASCADE,
  hourly NUMERIC(14, 6),
  monthly NUMERIC(14, 4),
  told_at TIMESTAMP NOT NULL
);
SELECT cs_meta.guard_table('provider_price_alarms');

-- What a month of 744 hours comes to at most, of a rate and a cap either of which may be unknown.
CREATE FUNCTION cs_billing.month_of(rate numeric, cap numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT least(rate * 744, cap) $$;

-- What a type costs us in a region, by the price list; before one was read, by the plans that sell the type.
CREATE FUNCTION cs_billing.type_costs() RETURNS TABLE (type_id text, region text, hourly numeric, monthly numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 200 AS $$
  SELECT p.type_id::text, p.region::text, p.hourly, p.monthly FROM public.provider_prices p WHERE p.provider = 'linode'
  UNION ALL
  (SELECT DISTINCT ON (v.linode_type, x.region) v.linode_type::text, x.region, v.base_cost, v.provider_monthly
  FROM public.vps_plans v
  CROSS JOIN LATERAL unnest(CASE WHEN coalesce(cardinality(v.available_regions), 0) = 0 THEN '{""}' ELSE v.available_regions END) AS x(region)
  WHERE lower(v.provider) = 'linode' AND v.linode_type IS NOT NULL AND v.base_cost >= 0 AND v.base_cost < 'NaN'
    AND NOT EXISTS (SELECT FROM public.provider_prices p WHERE p.provider = 'linode' AND p.type_id = v.linode_type)
  ORDER BY v.linode_type, x.region, v.is_active IS NOT FALSE DESC, v.id)
$$;

-- Whether this login may know what something costs us.
CREATE FUNCTION cs_billing.sees_cost() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT has_column_privilege(session_user, 'public.vps_plans', 'base_cost', 'SELECT') OR pg_has_role(session_user, 'containerstacks_owner', 'member')
$$;

-- Since when a provider has said what it says of a server, by word: type, region, status. What is not in it has been so
-- since the server was first seen.
ALTER TABLE provider_states ADD COLUMN told_since JSONB NOT NULL DEFAULT '{}';
SELECT cs_meta.permit('admin,support,finance,agent', 'provider_states', 'select', '*', 'true');
CREATE FUNCTION cs_sync.note_changes() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  NEW.told_since := NEW.told_since || coalesce((SELECT jsonb_object_agg(k, to_jsonb(cs_ledger.clock())) FROM unnest('{type,region,status,ipv4}'::text[]) AS k
    WHERE OLD.observed -> k IS DISTINCT FROM NEW.observed -> k), '{}');
  RETURN NEW;
END $$;
CREATE TRIGGER note_changes BEFORE UPDATE OF observed ON provider_states FOR EACH ROW
  WHEN (OLD.observed IS DISTINCT FROM NEW.observed) EXECUTE FUNCTION cs_sync.note_changes();

-- Where provider and database differ. kind: `unbilled` is there and nobody's, `overcharged` is somebody's and not there, `plan`,
-- `region`, `address` and `status` are there in another way, `deleted_here` is deleted and still there. monthly: what a month of
-- it is worth, either what it costs us (is_cost; only for who may know) or what a customer pays. since: from when on, as far as
-- anybody looked. target_plan: the plan that sells what is there.
CREATE FUNCTION cs_billing.drift() RETURNS TABLE (
  key bigint, kind text, resource_kind text, resource_id integer, label text, account_id integer, external_id text, organization_id integer, plan_id integer,
  here text, there text, monthly numeric, is_cost boolean, since timestamp, observed_at timestamp, is_gone boolean, target_plan integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp ROWS 1000 AS $$
  WITH cost AS MATERIALIZED (
    SELECT c.type_id, c.region, cs_billing.month_of(c.hourly, c.monthly) AS monthly FROM cs_billing.type_costs() c
  ), rate AS MATERIALIZED (
    SELECT r.plan_id, cs_billing.month_of(r.rate, r.cap) AS monthly FROM cs_billing.rates() r WHERE r.plan_kind = 'vps' AND r.rate IS NOT NULL
  ), server AS MATERIALIZED (
    SELECT s.id AS state, s.provider_config_id AS account, s.external_id, s.status AS is_now, s.is_missing, s.gone_at, s.last_seen_at, s.first_seen_at, s.told_since,
      s.observed ->> 'type' AS type, s.observed ->> 'region' AS region, s.observed -> 'ipv4' AS addresses,
      v.id, coalesce(nullif(v.label, ''), s.observed ->> 'label', s.external_id) AS label, v.region AS our_region, v.ipv4, v.organization_id, v.plan_id,
      v.deleted_at, p.linode_type, p.name AS plan, r.monthly AS pays, a.observed_at,
      EXISTS (SELECT FROM public.provider_intents i WHERE i.server_id = v.id AND i.state IN ('waiting', 'sending', 'running', 'unknown')) AS is_busy
    FROM public.provider_states s JOIN public.vps_instances v ON v.id = s.server_id
    LEFT JOIN public.vps_plans p ON p.id = v.plan_id LEFT JOIN rate r ON r.plan_id = v.plan_id
    LEFT JOIN public.provider_accounts a ON a.id = s.provider_config_id
  ), priced AS MATERIALIZED (
    SELECT s.*, CASE WHEN own.type_id IS NOT NULL THEN own.monthly ELSE usual.monthly END AS costs
    FROM server s LEFT JOIN cost own ON own.type_id = s.type AND own.region = s.region AND own.region <> ''
    LEFT JOIN cost usual ON usual.type_id = s.type AND usual.region = ''
  ), power AS (
    -- What was last done to a server decides whether it is expected to run.
    SELECT DISTINCT ON (i.server_id) i.server_id, i.kind, i.finished_at FROM public.provider_intents i
    WHERE i.state = 'done' AND i.kind IN ('boot', 'shutdown', 'reboot', 'order', 'rebuild', 'restore') AND i.server_id IS NOT NULL
    ORDER BY i.server_id, i.id DESC
  ), assigned AS (
    SELECT t.resource_id, t.starts_at FROM public.resource_terms t WHERE t.resource_kind = 'vps' AND t.ends_at IS NULL
  ), found AS (
    SELECT 1 AS number, 'unbilled' AS kind, s.*, NULL::text AS here, s.type AS there, s.costs AS monthly, true AS is_cost,
      greatest(s.first_seen_at, (SELECT max(t.ends_at) FROM public.resource_terms t WHERE t.resource_kind = 'vps' AND t.resource_id = s.id)) AS since,
      NULL::integer AS target
    FROM priced s WHERE s.organization_id IS NULL AND s.deleted_at IS NULL AND NOT s.is_missing
    UNION ALL
    SELECT 2, 'overcharged', s.*, s.plan, NULL, s.pays, false, s.last_seen_at, NULL
    FROM priced s WHERE s.organization_id IS NOT NULL AND s.deleted_at IS NULL AND s.is_missing
    UNION ALL
    SELECT 3, 'plan', s.*, s.linode_type, s.type, abs(g.monthly - s.pays), false,
      greatest(s.first_seen_at, (s.told_since ->> 'type')::timestamp, a.starts_at), g.id
    FROM priced s LEFT JOIN assigned a ON a.resource_id = s.id
    LEFT JOIN LATERAL (
      SELECT p.id, r.monthly FROM public.vps_plans p JOIN rate r ON r.plan_id = p.id
      WHERE lower(p.provider) = 'linode' AND p.linode_type = s.type AND p.is_active IS NOT FALSE
        AND (coalesce(cardinality(p.available_regions), 0) = 0 OR s.region = ANY (p.available_regions))
      ORDER BY coalesce(cardinality(p.available_regions), 0) = 0, p.id LIMIT 1) g ON true
    WHERE s.organization_id IS NOT NULL AND s.deleted_at IS NULL AND NOT s.is_missing AND NOT s.is_busy AND s.type <> s.linode_type
    UNION ALL
    SELECT 4, 'region', s.*, s.our_region, s.region, 0, false, greatest(s.first_seen_at, (s.told_since ->> 'region')::timestamp), NULL
    FROM priced s WHERE s.deleted_at IS NULL AND NOT s.is_missing AND s.region <> s.our_region
    UNION ALL
    SELECT 5, 'address', s.*, s.ipv4, s.addresses ->> 0, 0, false, greatest(s.first_seen_at, (s.told_since ->> 'ipv4')::timestamp), NULL
    FROM priced s WHERE s.deleted_at IS NULL AND NOT s.is_missing AND jsonb_typeof(s.addresses) = 'array' AND s.addresses <> '[]' AND NOT s.addresses ? coalesce(s.ipv4, '')
    UNION ALL
    SELECT 6, 'status', s.*, CASE WHEN w.kind = 'shutdown' THEN 'offline' ELSE 'running' END, s.is_now, CASE WHEN w.kind = 'shutdown' THEN 0 ELSE s.pays END, false,
      greatest(s.first_seen_at, (s.told_since ->> 'status')::timestamp, w.finished_at), NULL
    FROM priced s LEFT JOIN power w ON w.server_id = s.id
    WHERE s.organization_id IS NOT NULL AND s.deleted_at IS NULL AND NOT s.is_missing AND NOT s.is_busy
      AND CASE WHEN w.kind = 'shutdown' THEN s.is_now = 'running' ELSE s.is_now IN ('offline', 'stopped', 'billing_suspension') END
    UNION ALL
    SELECT 7, 'deleted_here', s.*, NULL, s.type, s.costs, true, greatest(s.first_seen_at, s.deleted_at), NULL
    FROM priced s WHERE s.deleted_at IS NOT NULL AND NOT s.is_missing AND NOT s.is_busy
  ), may AS (
    SELECT cs_billing.sees_cost() AS cost
  )
  SELECT f.state * 16 + f.number, f.kind, 'vps', f.id, f.label::text, f.account, f.external_id::text, f.organization_id, f.plan_id, f.here::text, f.there,
    CASE WHEN m.cost OR NOT f.is_cost THEN f.monthly END, f.is_cost, f.since, f.observed_at, f.gone_at IS NOT NULL, f.target
  FROM found f CROSS JOIN may m
  UNION ALL
  -- Of a container its host tells no price: what it costs us is not known.
  SELECT s.id * 16 + d.number, d.kind, 'container', c.id, coalesce(nullif(c.name, ''), left(s.external_id, 12)), s.provider_config_id, s.external_id::text,
    c.organization_id, c.plan_id, CASE d.number WHEN 2 THEN p.name END, CASE d.number WHEN 2 THEN NULL ELSE c.image END,
    CASE d.number WHEN 2 THEN cs_billing.month_of(r.rate, r.cap) END, d.number <> 2,
    CASE d.number WHEN 2 THEN s.last_seen_at WHEN 7 THEN greatest(s.first_seen_at, c.deleted_at)
      ELSE greatest(s.first_seen_at, (SELECT max(t.ends_at) FROM public.resource_terms t WHERE t.resource_kind = 'container' AND t.resource_id = c.id)) END,
    a.observed_at, s.gone_at IS NOT NULL, NULL
  FROM public.provider_states s JOIN public.containers c ON c.id = s.container_id
  CROSS JOIN LATERAL (SELECT CASE WHEN c.deleted_at IS NOT NULL THEN 7 WHEN s.is_missing THEN 2 ELSE 1 END AS number) n
  JOIN (VALUES (1, 'unbilled'), (2, 'overcharged'), (7, 'deleted_here')) AS d(number, kind) ON d.number = n.number
  LEFT JOIN public.container_plans p ON p.id = c.plan_id
  LEFT JOIN cs_billing.rates() r ON r.plan_kind = 'container' AND r.plan_id = c.plan_id AND r.rate IS NOT NULL
  LEFT JOIN public.provider_accounts a ON a.id = s.provider_config_id
  WHERE CASE d.number WHEN 1 THEN c.organization_id IS NULL WHEN 2 THEN c.organization_id IS NOT NULL ELSE NOT s.is_missing END
    AND NOT EXISTS (SELECT FROM public.provider_intents i WHERE i.container_id = c.id AND i.state IN ('waiting', 'sending', 'running', 'unknown'))
$$;

-- Takes over what the provider says of a server's region or address, if that and the row are still what was seen.
CREATE FUNCTION cs_sync.take_over(server integer, what text, seen_here text, seen_there text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v public.vps_instances;
  told jsonb;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO v FROM public.vps_instances x WHERE x.id = server AND x.deleted_at IS NULL FOR NO KEY UPDATE;
  SELECT s.observed INTO told FROM public.provider_states s WHERE s.server_id = server AND NOT s.is_missing;
  IF v.id IS NULL OR told IS NULL OR what NOT IN ('region', 'address')
     OR (CASE what WHEN 'region' THEN v.region ELSE v.ipv4 END) IS DISTINCT FROM seen_here
     OR (CASE what WHEN 'region' THEN told ->> 'region' ELSE told -> 'ipv4' ->> 0 END) IS DISTINCT FROM seen_there OR seen_there IS NULL THEN
    PERFORM cs_ledger.refuse('drift_moved', 'it is not any more what was seen');
  END IF;
  UPDATE public.vps_instances x SET region = CASE what WHEN 'region' THEN seen_there ELSE x.region END, ipv4 = CASE what WHEN 'address' THEN seen_there ELSE x.ipv4 END
  WHERE x.id = server;
END $$;

-- Plans whose type costs us more than we charge, where somebody may still be put on them or is on them.
CREATE FUNCTION cs_billing.price_alarms() RETURNS TABLE (
  plan_id integer, region text, rate numeric, cap numeric, hourly numeric, monthly numeric, was_hourly numeric, was_monthly numeric, since timestamp)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT DISTINCT ON (v.id) v.id, p.region::text, r.rate, r.cap, p.hourly, p.monthly, p.was_hourly, p.was_monthly, p.since
  FROM public.vps_plans v JOIN cs_billing.rates() r ON r.plan_kind = 'vps' AND r.plan_id = v.id AND r.rate IS NOT NULL
  JOIN public.provider_prices p ON p.provider = lower(v.provider) AND p.type_id = v.linode_type AND CASE
    WHEN coalesce(cardinality(v.available_regions), 0) = 0 THEN p.region = ''
    ELSE p.region = ANY (v.available_regions) OR p.region = '' AND EXISTS (SELECT FROM unnest(v.available_regions) AS g(region)
      WHERE NOT EXISTS (SELECT FROM public.provider_prices o WHERE o.provider = p.provider AND o.type_id = p.type_id AND o.region = g.region)) END
  WHERE cs_billing.sees_cost() AND (p.hourly > r.rate OR p.monthly > r.cap)
    AND (v.is_active IS NOT FALSE OR EXISTS (SELECT FROM public.vps_instances x WHERE x.plan_id = v.id AND x.deleted_at IS NULL AND x.organization_id IS NOT NULL))
  ORDER BY v.id, p.hourly DESC NULLS LAST, p.monthly DESC NULLS LAST, p.region
$$;

-- Keeps a provider's price list: what has changed is written, what a type no longer has apart is struck off. Admins are told of
-- plans that cost more than they bring, once for each rise. How many prices have changed, and of how many plans was told.
CREATE FUNCTION cs_billing.keep_prices(provider_name text, list jsonb, OUT changed integer, OUT told integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  stamp timestamp := cs_ledger.clock();
  names text;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  INSERT INTO public.provider_price_lists AS l (provider, read_at) VALUES (provider_name, stamp)
  ON CONFLICT (provider) DO UPDATE SET read_at = greatest(l.read_at, EXCLUDED.read_at);
  WITH told_price AS MATERIALIZED (
    SELECT DISTINCT ON (x.type_id, x.region) x.type_id, x.region, x.hourly, x.monthly
    FROM jsonb_to_recordset(list) AS x(type_id text, region text, hourly numeric, monthly numeric) ORDER BY x.type_id, x.region
  ), struck AS (
    DELETE FROM public.provider_prices p WHERE p.provider = provider_name AND p.type_id IN (SELECT t.type_id FROM told_price t)
      AND NOT EXISTS (SELECT FROM told_price t WHERE t.type_id = p.type_id AND t.region = p.region) RETURNING 1
  ), kept AS (
    INSERT INTO public.provider_prices AS p (provider, type_id, region, hourly, monthly, since)
    SELECT provider_name, t.type_id, t.region, t.hourly, t.monthly, stamp FROM told_price t ORDER BY t.type_id, t.region
    ON CONFLICT (provider, type_id, region) DO UPDATE SET was_hourly = p.hourly, was_monthly = p.monthly, hourly = EXCLUDED.hourly, monthly = EXCLUDED.monthly, since = stamp
    WHERE (p.hourly, p.monthly) IS DISTINCT FROM (EXCLUDED.hourly, EXCLUDED.monthly) RETURNING 1
  )
  SELECT (SELECT count(*) FROM struck) + (SELECT count(*) FROM kept) INTO changed;

  DELETE FROM public.provider_price_alarms a WHERE NOT EXISTS (SELECT FROM cs_billing.price_alarms() x WHERE x.plan_id = a.plan_id);
  WITH risen AS (
    INSERT INTO public.provider_price_alarms AS a (plan_id, hourly, monthly, told_at)
    SELECT x.plan_id, x.hourly, x.monthly, stamp FROM cs_billing.price_alarms() x ORDER BY x.plan_id
    ON CONFLICT (plan_id) DO UPDATE SET hourly = EXCLUDED.hourly, monthly = EXCLUDED.monthly, told_at = stamp
    WHERE EXCLUDED.hourly > a.hourly OR EXCLUDED.monthly > a.monthly RETURNING a.plan_id
  )
  SELECT count(*), string_agg(v.name, ', ' ORDER BY v.name, v.id) INTO told, names FROM risen r JOIN public.vps_plans v ON v.id = r.plan_id;
  IF told > 0 THEN
    INSERT INTO public.notifications (user_id, title, message, type, metadata)
    SELECT u.id, CASE told WHEN 1 THEN 'A plan costs more than it brings' ELSE told || ' plans cost more than they bring' END,
      left('The provider takes more than we charge: ' || names || '. Look at the plans and change their prices.', 2000), 'warning', '{"kind": "plan_price_rise"}'
    FROM public.users u WHERE u.role = 'admin' AND u.disabled_at IS NULL;
  END IF;
END $$;

REVOKE ALL ON FUNCTION cs_billing.month_of(numeric, numeric), cs_billing.type_costs(), cs_billing.sees_cost(), cs_sync.note_changes(), cs_billing.drift(),
  cs_sync.take_over(integer, text, text, text), cs_billing.price_alarms(), cs_billing.keep_prices(text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.drift() TO containerstacks_admin, containerstacks_support, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_billing.price_alarms() TO containerstacks_admin, containerstacks_finance, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_sync.take_over(integer, text, text, text), cs_billing.keep_prices(text, jsonb) TO containerstacks_admin, containerstacks_agent;
