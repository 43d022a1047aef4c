-- StackScripts, networking and regions on sale; where provider and database differ; what is earned; provider prices that rise.

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
