-- Another key for what is sealed, while everybody goes on working.
--
-- A sealed value names the version of its key. A new key comes beside the old one: from then on nothing is sealed under
-- an older one, and what was is sealed anew bit by bit, by somebody who holds both. When nothing is left the old key is
-- retired. The new key lies here sealed under the one before it, so that who holds that one follows without being given
-- anything; but not where a computer was lost that held the old one: whoever has it must not follow.

ALTER TABLE cs_auth.workspace_keys
  ADD COLUMN wrapped TEXT CHECK (wrapped ~ '^csw1\.[1-9][0-9]{0,5}\.[A-Za-z0-9_-]{96}$'),
  -- In place of which lost holder's key it came: a login, or what else was lost.
  ADD COLUMN lost TEXT CHECK (length(lost) BETWEEN 1 AND 100),
  ADD COLUMN retired_at TIMESTAMPTZ,
  ADD CONSTRAINT workspace_keys_lost_is_not_wrapped CHECK (lost IS NULL OR wrapped IS NULL);

-- Where sealed values are: in a text column, or as {"sealed": …} in one of jsonb.
CREATE TABLE cs_auth.sealed_columns (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  in_json BOOLEAN NOT NULL,
  PRIMARY KEY (table_name, column_name)
);

-- What a lost computer's key opens in older copies of this database, until the secret itself is another. A value that
-- was only sealed anew is still the same secret; one that was replaced has another text than is remembered here.
CREATE TABLE cs_auth.exposed_secrets (
  table_name TEXT NOT NULL,
  column_name TEXT NOT NULL,
  row_id BIGINT NOT NULL,
  sealed_sha256 BYTEA NOT NULL,
  version INTEGER NOT NULL REFERENCES cs_auth.workspace_keys(version),
  noted_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (table_name, column_name, row_id)
);

-- Under which version a value is sealed; NULL for anything that this program has not sealed.
CREATE FUNCTION cs_auth.sealed_version(sealed text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN sealed ~ '^cs1\.[1-9][0-9]{0,5}\.[A-Za-z0-9_-]+$' THEN split_part(sealed, '.', 2)::integer END
$$;

-- How a column's sealed value is read.
CREATE FUNCTION cs_auth.sealed_in(c cs_auth.sealed_columns) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN c.in_json THEN format('(t.%I ->> ''sealed'')', c.column_name) ELSE format('t.%I', c.column_name) END
$$;

-- Nothing is sealed under a key that is not the newest one. Whoever registers the next waits here for those who write,
-- and those who write for whoever registers.
CREATE FUNCTION cs_auth.sealed_anew() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  kept jsonb := to_jsonb(NEW) -> TG_ARGV[0];
  under integer := cs_auth.sealed_version(CASE WHEN jsonb_typeof(kept) = 'object' THEN kept ->> 'sealed' ELSE kept #>> '{}' END);
BEGIN
  IF under IS NULL THEN
    RETURN NEW;
  END IF;
  PERFORM 1 FROM cs_auth.workspace_keys k WHERE k.version = under FOR SHARE;
  IF under IS DISTINCT FROM (SELECT max(k.version) FROM cs_auth.workspace_keys k) THEN
    PERFORM cs_ledger.refuse('sealed_under_newest', 'this was sealed under a workspace key that is not the newest one');
  END IF;
  RETURN NEW;
END $$;

-- Makes a column one of those whose values are sealed: a rotation then finds them.
CREATE FUNCTION cs_auth.seals(table_name text, column_name text, in_json boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c cs_auth.sealed_columns;
  looks_sealed text;
BEGIN
  INSERT INTO cs_auth.sealed_columns AS s VALUES (seals.table_name, seals.column_name, seals.in_json) RETURNING s.* INTO c;
  -- Whoever writes may not call functions of ours in a trigger's condition.
  looks_sealed := replace(cs_auth.sealed_in(c), 't.', 'NEW.') || $like$ LIKE 'cs1.%'$like$;
  EXECUTE format('CREATE TRIGGER %I BEFORE INSERT ON public.%I FOR EACH ROW WHEN (%s) EXECUTE FUNCTION cs_auth.sealed_anew(%L)',
    'c_sealed_' || column_name, table_name, looks_sealed, column_name);
  EXECUTE format('CREATE TRIGGER %1$I BEFORE UPDATE OF %2$I ON public.%3$I FOR EACH ROW
    WHEN (NEW.%2$I IS DISTINCT FROM OLD.%2$I AND %4$s) EXECUTE FUNCTION cs_auth.sealed_anew(%5$L)',
    'c_resealed_' || column_name, column_name, table_name, looks_sealed, column_name);
END $$;

-- All keys that are known, and how each is come by from the one before it. A wrapped key is worth nothing without that.
CREATE FUNCTION cs_auth.workspace_key_ring() RETURNS TABLE (
  version integer, fingerprint bytea, wrapped text, lost text, registered_at timestamptz, retired_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT k.version, k.fingerprint, k.wrapped, k.lost, k.registered_at, k.retired_at FROM cs_auth.workspace_keys k ORDER BY k.version
$$;

-- The key under which a value of this column is to be sealed now. It stays the newest until the transaction ends.
CREATE FUNCTION cs_auth.sealing_key(table_name text, column_name text, OUT version integer, OUT fingerprint bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  IF NOT EXISTS (SELECT FROM cs_auth.sealed_columns c
      WHERE (c.table_name, c.column_name) = (sealing_key.table_name, sealing_key.column_name)) THEN
    PERFORM cs_ledger.refuse('sealed_column_known', 'no rotation would find what is sealed in this column');
  END IF;
  LOOP
    SELECT max(k.version) INTO sealing_key.version FROM cs_auth.workspace_keys k;
    EXIT WHEN sealing_key.version IS NULL;
    PERFORM 1 FROM cs_auth.workspace_keys k WHERE k.version = sealing_key.version FOR SHARE;
    -- Whoever had the lock before may have registered another.
    EXIT WHEN sealing_key.version = (SELECT max(k.version) FROM cs_auth.workspace_keys k);
  END LOOP;
  SELECT k.fingerprint INTO sealing_key.fingerprint FROM cs_auth.workspace_keys k WHERE k.version = sealing_key.version;
END $$;

-- Makes a key known: the first, or the next. The one that is known already changes nothing. Wrapped, it is sealed under
-- the one before it, and who holds that one holds it, too. Otherwise only the desk that made it does; what others hold
-- is an older one from then on. What was lost with `lost` is noted.
DROP FUNCTION cs_auth.register_workspace_key(integer, bytea);
CREATE FUNCTION cs_auth.register_workspace_key(version integer, fingerprint bytea, wrapped text DEFAULT NULL, lost text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  newest cs_auth.workspace_keys;
  c cs_auth.sealed_columns;
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role may not register a workspace key' USING ERRCODE = '42501';
  END IF;
  -- Two that register at once stand in line here.
  PERFORM 1 FROM public.workspace_settings FOR NO KEY UPDATE;
  SELECT * INTO newest FROM cs_auth.workspace_keys k ORDER BY k.version DESC LIMIT 1;
  IF newest.version = register_workspace_key.version AND newest.fingerprint = register_workspace_key.fingerprint THEN
    PERFORM cs_auth.hold_workspace_key(register_workspace_key.version, register_workspace_key.fingerprint);
    RETURN;
  ELSIF coalesce(newest.version, 0) + 1 <> register_workspace_key.version THEN
    PERFORM cs_ledger.refuse('workspace_key_known', 'another workspace key is registered');
  ELSIF register_workspace_key.wrapped IS NOT NULL
      AND split_part(register_workspace_key.wrapped, '.', 2) IS DISTINCT FROM newest.version::text THEN
    PERFORM cs_ledger.refuse('workspace_key_wrapped_under', 'a workspace key is wrapped under the one before it');
  END IF;
  -- Whoever seals under the newest key at this moment has written, or seals under the next.
  PERFORM 1 FROM cs_auth.workspace_keys k WHERE k.version = newest.version FOR NO KEY UPDATE;
  INSERT INTO cs_auth.workspace_keys (version, fingerprint, wrapped, lost, registered_by)
  VALUES (register_workspace_key.version, register_workspace_key.fingerprint, register_workspace_key.wrapped, register_workspace_key.lost,
    cs_auth.user_id());
  UPDATE cs_auth.logins l SET holds_workspace_key = l.login = session_user
  WHERE l.kind = 'desk' AND l.holds_workspace_key <> (l.login = session_user)
    AND (register_workspace_key.wrapped IS NULL OR l.login = session_user);
  IF register_workspace_key.lost IS NOT NULL THEN
    FOR c IN SELECT s.* FROM cs_auth.sealed_columns s LOOP
      EXECUTE format($sql$
        INSERT INTO cs_auth.exposed_secrets (table_name, column_name, row_id, sealed_sha256, version)
        SELECT %1$L, %2$L, t.id, sha256(convert_to(%3$s, 'UTF8')), $1 FROM public.%1$I t WHERE cs_auth.sealed_version(%3$s) IS NOT NULL
        ON CONFLICT (table_name, column_name, row_id) DO UPDATE
        SET sealed_sha256 = EXCLUDED.sealed_sha256, version = EXCLUDED.version, noted_at = EXCLUDED.noted_at $sql$,
        c.table_name, c.column_name, cs_auth.sealed_in(c)) USING register_workspace_key.version;
    END LOOP;
  END IF;
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address)
  VALUES (cs_auth.user_id(), 'workspace_key.create', 'workspace_key', register_workspace_key.version::text,
    jsonb_strip_nulls(jsonb_build_object('login', session_user, 'instead_of', newest.version, 'lost', register_workspace_key.lost,
      'wrapped_under', CASE WHEN register_workspace_key.wrapped IS NOT NULL THEN newest.version END)), inet_client_addr());
END $$;

-- What a row of sealed values is called.
CREATE FUNCTION cs_auth.sealed_label(table_name text, row_id bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE table_name
    WHEN 'provider_configs' THEN (SELECT coalesce(a.label, initcap(left(p.provider_name, 80)) || ' ' || p.id)
      FROM public.provider_configs p LEFT JOIN public.provider_accounts a ON a.id = p.id WHERE p.id = row_id)
    WHEN 'vps_instances' THEN (SELECT v.label FROM public.vps_instances v WHERE v.id = row_id) END::text
$$;

-- How many values are sealed under each version.
CREATE FUNCTION cs_auth.sealed_counts() RETURNS TABLE (version integer, sealed bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  counted text;
BEGIN
  IF NOT cs_auth.administers() THEN
    RAISE EXCEPTION 'only admins ask what is sealed' USING ERRCODE = '42501';
  END IF;
  SELECT string_agg(format('SELECT cs_auth.sealed_version(%s) AS under FROM public.%I t', cs_auth.sealed_in(c), c.table_name), ' UNION ALL ')
  INTO counted FROM cs_auth.sealed_columns c;
  RETURN QUERY EXECUTE format('SELECT x.under, count(*) FROM (%s) x WHERE x.under IS NOT NULL GROUP BY 1 ORDER BY 1', counted);
END $$;

-- What is still sealed under an older key than the newest, behind a place.
CREATE FUNCTION cs_auth.sealed_before(after_table text, after_column text, after_row bigint, most integer) RETURNS TABLE (
  table_name text, column_name text, row_id bigint, label text, sealed text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  newest integer := (SELECT max(k.version) FROM cs_auth.workspace_keys k);
  room integer := most;
  told integer;
  c cs_auth.sealed_columns;
BEGIN
  IF NOT cs_auth.administers() THEN
    RAISE EXCEPTION 'only admins ask what is sealed' USING ERRCODE = '42501';
  END IF;
  FOR c IN SELECT s.* FROM cs_auth.sealed_columns s WHERE (s.table_name, s.column_name) >= (after_table, after_column)
           ORDER BY s.table_name, s.column_name LOOP
    EXIT WHEN room <= 0;
    RETURN QUERY EXECUTE format($sql$
      SELECT %1$L::text, %2$L::text, t.id::bigint, cs_auth.sealed_label(%1$L, t.id), %3$s::text FROM public.%1$I t
      WHERE cs_auth.sealed_version(%3$s) < $1 AND ($2 IS NULL OR t.id > $2) ORDER BY t.id LIMIT $3 $sql$,
      c.table_name, c.column_name, cs_auth.sealed_in(c))
    USING newest, CASE WHEN (c.table_name, c.column_name) = (after_table, after_column) THEN after_row END, room;
    GET DIAGNOSTICS told = ROW_COUNT;
    room := room - told;
  END LOOP;
END $$;

-- Writes what was sealed anew, each only where what was read is still there; how many were written.
CREATE FUNCTION cs_auth.reseal(batch jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  r record;
  touched integer;
  written integer := 0;
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role may not seal anew' USING ERRCODE = '42501';
  END IF;
  -- In one order, so that two who do this at once don't lock each other out.
  FOR r IN
    SELECT c.table_name, c.column_name, c.in_json, cs_auth.sealed_in(c) AS value, b.id, b.was, b.becomes
    FROM jsonb_to_recordset(batch) AS b("table" text, "column" text, id bigint, was text, becomes text)
    JOIN cs_auth.sealed_columns c ON (c.table_name, c.column_name) = (b."table", b."column")
    WHERE cs_auth.sealed_version(b.becomes) IS NOT NULL
    ORDER BY c.table_name, c.column_name, b.id
  LOOP
    EXECUTE format('UPDATE public.%I AS t SET %I = %s WHERE t.id = $1 AND %s = $2', r.table_name, r.column_name,
      CASE WHEN r.in_json THEN format($set$jsonb_set(t.%I, '{sealed}', to_jsonb($3))$set$, r.column_name) ELSE '$3' END, r.value)
    USING r.id, r.was, r.becomes;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched > 0 THEN
      UPDATE cs_auth.exposed_secrets e SET sealed_sha256 = sha256(convert_to(r.becomes, 'UTF8'))
      WHERE (e.table_name, e.column_name, e.row_id) = (r.table_name, r.column_name, r.id)
        AND e.sealed_sha256 = sha256(convert_to(r.was, 'UTF8'));
      written := written + touched;
    END IF;
  END LOOP;
  RETURN written;
END $$;

-- Retires the older keys under which nothing is sealed any more, as far as the sealed values say; which ones.
CREATE FUNCTION cs_auth.retire_workspace_keys() RETURNS SETOF integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  done integer[];
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role may not retire a workspace key' USING ERRCODE = '42501';
  END IF;
  -- In line with whoever registers. Nobody can seal under an older key meanwhile.
  PERFORM 1 FROM public.workspace_settings FOR NO KEY UPDATE;
  WITH retired AS (
    UPDATE cs_auth.workspace_keys k SET retired_at = clock_timestamp()
    WHERE k.retired_at IS NULL AND k.version < (SELECT max(n.version) FROM cs_auth.workspace_keys n)
      AND k.version NOT IN (SELECT s.version FROM cs_auth.sealed_counts() s)
    RETURNING k.version
  )
  SELECT coalesce(array_agg(r.version ORDER BY r.version), '{}') INTO done FROM retired r;
  -- A wrapped key that leads on to no newer one is of use only to whoever should not have it.
  UPDATE cs_auth.workspace_keys k SET wrapped = NULL
  WHERE k.wrapped IS NOT NULL AND k.retired_at IS NOT NULL
    AND EXISTS (SELECT FROM cs_auth.workspace_keys n WHERE n.version > k.version AND n.wrapped IS NULL);
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address)
  SELECT cs_auth.user_id(), 'workspace_key.retire', 'workspace_key', v::text, jsonb_build_object('login', session_user), inet_client_addr()
  FROM unnest(done) AS v;
  RETURN QUERY SELECT unnest(done);
END $$;

-- The secrets that the lost holder of a key may know, and that are still in use.
CREATE FUNCTION cs_auth.exposed() RETURNS TABLE (
  table_name text, column_name text, row_id bigint, label text, lost text, noted_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  c cs_auth.sealed_columns;
BEGIN
  IF NOT cs_auth.administers() THEN
    RAISE EXCEPTION 'only admins ask what is sealed' USING ERRCODE = '42501';
  END IF;
  FOR c IN SELECT s.* FROM cs_auth.sealed_columns s ORDER BY s.table_name, s.column_name LOOP
    RETURN QUERY EXECUTE format($sql$
      SELECT e.table_name, e.column_name, e.row_id, cs_auth.sealed_label(e.table_name, e.row_id), k.lost, e.noted_at
      FROM cs_auth.exposed_secrets e JOIN public.%I t ON t.id = e.row_id JOIN cs_auth.workspace_keys k ON k.version = e.version
      WHERE (e.table_name, e.column_name) = ($1, $2) AND e.sealed_sha256 = sha256(convert_to(%s, 'UTF8')) ORDER BY e.row_id LIMIT 500 $sql$,
      c.table_name, cs_auth.sealed_in(c)) USING c.table_name, c.column_name;
  END LOOP;
END $$;

-- An admin has changed a secret where it is used, and it is not kept here anew.
CREATE FUNCTION cs_auth.settle_exposed(table_name text, column_name text, row_id bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT (coalesce(cs_auth.writing() AND cs_auth.role() = 'admin', false) OR pg_has_role(session_user, 'containerstacks_owner', 'member')) THEN
    RAISE EXCEPTION 'this role may not say so' USING ERRCODE = '42501';
  END IF;
  DELETE FROM cs_auth.exposed_secrets e
  WHERE (e.table_name, e.column_name, e.row_id) = (settle_exposed.table_name, settle_exposed.column_name, settle_exposed.row_id);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO public.activity_logs (user_id, action, resource_type, resource_id, details, ip_address)
  VALUES (cs_auth.user_id(), 'workspace_key.settle', 'workspace_key', (SELECT max(k.version)::text FROM cs_auth.workspace_keys k),
    jsonb_build_object('login', session_user, 'table', settle_exposed.table_name, 'column', settle_exposed.column_name,
      'id', settle_exposed.row_id), inet_client_addr());
  RETURN true;
END $$;

SELECT cs_auth.seals('provider_configs', 'credentials', true);
SELECT cs_auth.seals('vps_instances', 'root_password', false);

REVOKE ALL ON FUNCTION cs_auth.sealed_version(text), cs_auth.sealed_in(cs_auth.sealed_columns), cs_auth.sealed_anew(), cs_auth.seals(text, text, boolean),
  cs_auth.workspace_key_ring(), cs_auth.sealing_key(text, text), cs_auth.register_workspace_key(integer, bytea, text, text),
  cs_auth.sealed_label(text, bigint), cs_auth.sealed_counts(), cs_auth.sealed_before(text, text, bigint, integer), cs_auth.reseal(jsonb),
  cs_auth.retire_workspace_keys(), cs_auth.exposed(), cs_auth.settle_exposed(text, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_auth.workspace_key_ring(), cs_auth.sealing_key(text, text) TO containerstacks_admin, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_auth.register_workspace_key(integer, bytea, text, text), cs_auth.sealed_counts(),
  cs_auth.sealed_before(text, text, bigint, integer), cs_auth.reseal(jsonb), cs_auth.retire_workspace_keys(), cs_auth.exposed(),
  cs_auth.settle_exposed(text, text, bigint)
TO containerstacks_admin;
