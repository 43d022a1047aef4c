-- Containers as they are on their hosts: what an engine says of itself and of its containers, and what is done to them.
-- As with servers, a sync writes only what the host decides, and whatever is done is an intent first.

-- What a host's engine said of itself when it was last asked, beside the documented provider_configs. Its id stays when
-- its address changes: what is read under one account comes from one engine.
CREATE TABLE docker_hosts (
  id INTEGER PRIMARY KEY REFERENCES provider_configs(id) ON DELETE CASCADE,
  engine_id VARCHAR(255),
  engine_version VARCHAR(100),
  api_version VARCHAR(50),
  computer VARCHAR(255),
  system VARCHAR(255),
  architecture VARCHAR(50),
  storage_driver VARCHAR(50),
  cpus INTEGER CHECK (cpus > 0),
  memory_bytes BIGINT CHECK (memory_bytes > 0),
  limits_memory BOOLEAN,
  limits_cpu BOOLEAN,
  warnings JSONB NOT NULL DEFAULT '[]',
  checked_at TIMESTAMP
);
SELECT cs_meta.guard_table('docker_hosts');
SELECT cs_meta.permit('admin,support,finance,agent', 'docker_hosts', 'select', '*', 'true');
SELECT cs_meta.permit('admin', 'docker_hosts', 'insert', '*', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('admin', 'docker_hosts', 'update', '*,-id', '(SELECT cs_auth.writing())');
SELECT cs_meta.permit('agent', 'docker_hosts', 'insert', '*', 'true');
SELECT cs_meta.permit('agent', 'docker_hosts', 'update', '*,-id', 'true');
CREATE TRIGGER log_change AFTER INSERT OR DELETE OR UPDATE OF engine_id, engine_version, storage_driver ON docker_hosts
  FOR EACH ROW EXECUTE FUNCTION cs_ledger.log_change('provider', 'checked_at');
SELECT cs_live.publish('docker_hosts', 'providers');

-- A state is one of a server or of a container. noted_at: when a host's event moved it, so that a list which was read
-- before doesn't move it back.
ALTER TABLE provider_states
  ADD COLUMN container_id INTEGER UNIQUE REFERENCES containers(id) ON DELETE SET NULL,
  ADD COLUMN noted_at TIMESTAMP,
  ADD CONSTRAINT provider_states_one_thing CHECK (server_id IS NULL OR container_id IS NULL);
CREATE INDEX idx_containers_provider ON containers (provider_config_id);
SELECT cs_meta.permit('admin,support,finance,agent', 'provider_states', 'select', '*', 'true');

CREATE FUNCTION cs_live.changed_state() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM changed_rows c WHERE c.container_id IS NOT NULL) THEN
    PERFORM cs_live.tell('containers', NULL, NULL);
  END IF;
  IF EXISTS (SELECT FROM changed_rows c WHERE c.container_id IS NULL) THEN
    PERFORM cs_live.tell('servers', NULL, NULL);
  END IF;
  RETURN NULL;
END $$;
DROP TRIGGER live_insert ON provider_states;
DROP TRIGGER live_update ON provider_states;
DROP TRIGGER live_delete ON provider_states;
DELETE FROM cs_live.published WHERE table_name = 'provider_states';
SELECT cs_live.publish('provider_states', 'servers', 'changed_state');

-- The account, if it is a host's.
CREATE FUNCTION cs_sync.check_host(account integer) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM 1 FROM public.provider_configs p WHERE p.id = account AND lower(p.provider_name) = 'docker';
  IF NOT FOUND THEN
    PERFORM cs_ledger.refuse('sync_not_a_host', 'this account is no Docker host');
  END IF;
END $$;

-- Writes what a host says of some containers. Rows that are as they were are not touched; a container that no row has is
-- stored without an organization; of one that a row has only the status follows. A person may have written the id short.
-- named: all ids of a whole list, NULL where only some were asked for. A container that was made anew from one of ours
-- carries its key: where the old one is named no more, the row goes on with the new one.
CREATE FUNCTION cs_sync.store_containers(account integer, batch jsonb, named text[], read_at timestamp,
  OUT added integer, OUT changed integer, OUT unchanged integer, OUT returned integer, OUT notes jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
  stamp timestamp := cs_ledger.clock();
  followers integer[];
BEGIN
  PERFORM cs_sync.check_host(account);
  -- Two hosts, or a host and an order, don't both store one.
  PERFORM pg_advisory_xact_lock(hashtextextended('cs_sync.containers', 0));
  PERFORM 1 FROM public.containers c
  WHERE c.container_id IN (SELECT x ->> 'id' FROM jsonb_array_elements(batch) AS x UNION SELECT left(x ->> 'id', 12) FROM jsonb_array_elements(batch) AS x)
  ORDER BY c.id FOR NO KEY UPDATE;

  IF named IS NOT NULL THEN
    WITH anew AS (
      SELECT DISTINCT ON (i.container_id) i.container_id AS container, b.id FROM jsonb_to_recordset(batch) AS b(id text, key text, created timestamp)
      JOIN public.provider_intents i ON i.mark = b.key AND i.kind = 'create' AND i.provider_config_id = account AND i.container_id IS NOT NULL
      WHERE NOT EXISTS (SELECT FROM public.containers o WHERE o.container_id = b.id)
      ORDER BY i.container_id, b.created DESC NULLS LAST, b.id
    ), followed AS (
      UPDATE public.containers c SET container_id = a.id FROM anew a
      WHERE c.id = a.container AND c.deleted_at IS NULL AND c.container_id <> a.id AND c.container_id <> ALL (named)
      RETURNING c.id
    )
    SELECT array_agg(f.id) INTO followers FROM followed f;
    UPDATE public.provider_states s SET container_id = NULL WHERE s.container_id = ANY (followers);
  END IF;

  INSERT INTO public.containers (container_id, name, image, status, ports, provider_config_id, created_at)
  SELECT b.id, b.name, b.image, b.status, b.ports, account, least(coalesce(b.created, stamp), stamp)
  FROM jsonb_to_recordset(batch) AS b(id text, name text, image text, status text, ports jsonb, created timestamp, key text)
  WHERE NOT EXISTS (SELECT FROM public.containers c WHERE c.container_id IN (b.id, left(b.id, 12)))
    -- One that may be ours, made anew: only a whole list says whether the old one is no more.
    AND (named IS NOT NULL OR NOT EXISTS (SELECT FROM public.provider_intents i WHERE i.mark = b.key AND i.container_id IS NOT NULL))
  ORDER BY b.id;
  GET DIAGNOSTICS added = ROW_COUNT;
  -- A row that another program gave another container's id.
  UPDATE public.provider_states s SET container_id = NULL
  FROM jsonb_array_elements(batch) AS x JOIN public.containers c ON c.container_id = x ->> 'id'
  WHERE s.container_id = c.id AND s.external_id <> c.container_id;

  WITH told AS MATERIALIZED (
    SELECT b.id, b.status, b.observed, md5(b.observed::text) AS content_hash FROM jsonb_to_recordset(batch) AS b(id text, status text, observed jsonb)
    WHERE NOT EXISTS (SELECT FROM public.provider_states s WHERE s.provider_config_id = account AND s.external_id = b.id AND s.noted_at > read_at)
  ), row_of AS MATERIALIZED (
    SELECT DISTINCT ON (t.id) t.id, c.id AS container, c.deleted_at IS NOT NULL AS is_deleted, coalesce(c.provider_config_id, account) <> account AS is_others
    FROM told t JOIN public.containers c ON c.container_id IN (t.id, left(t.id, 12))
    ORDER BY t.id, c.deleted_at IS NOT NULL, c.provider_config_id IS DISTINCT FROM account, c.container_id <> t.id, c.organization_id IS NULL, c.id
  ), mine AS MATERIALIZED (
    SELECT r.id, r.container, r.is_deleted FROM row_of r
    WHERE NOT r.is_others AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.container_id = r.container
      AND (s.provider_config_id, s.external_id) <> (account, r.id))
  ), followed AS (
    UPDATE public.containers c SET status = coalesce(t.status, c.status), provider_config_id = account
    FROM mine m JOIN told t USING (id)
    WHERE c.id = m.container AND NOT m.is_deleted AND (c.status, c.provider_config_id) IS DISTINCT FROM (coalesce(t.status, c.status), account)
    RETURNING t.id
  ), known AS MATERIALIZED (
    SELECT t.id, s.id AS state, s.container_id, s.content_hash, s.is_missing, s.gone_at FROM told t
    JOIN public.provider_states s ON s.provider_config_id = account AND s.external_id = t.id
  ), moved AS (
    UPDATE public.provider_states s SET observed = t.observed, status = t.status, container_id = coalesce(m.container, s.container_id),
      first_seen_at = coalesce(s.first_seen_at, stamp), last_seen_at = stamp, is_missing = FALSE, gone_at = NULL,
      noted_at = CASE WHEN named IS NULL THEN stamp ELSE s.noted_at END
    FROM known k JOIN told t USING (id) LEFT JOIN mine m USING (id)
    WHERE s.id = k.state AND (k.is_missing OR k.content_hash <> t.content_hash OR k.container_id IS DISTINCT FROM coalesce(m.container, k.container_id))
    RETURNING k.id, k.gone_at IS NOT NULL AS came_back, k.content_hash <> t.content_hash AS differs, s.container_id
  ), appeared AS (
    INSERT INTO public.provider_states (provider_config_id, external_id, container_id, status, observed, first_seen_at, last_seen_at, noted_at)
    SELECT account, t.id, m.container, t.status, t.observed, stamp, stamp, CASE WHEN named IS NULL THEN stamp END
    FROM told t LEFT JOIN mine m USING (id) WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = t.id)
    ORDER BY t.id RETURNING 1
  ), unparked AS (
    UPDATE public.parked_resources p SET resolved_at = stamp, resolved_by = cs_auth.user_id(), resolution = 'returned'
    FROM moved m WHERE m.came_back AND p.resource_kind = 'container' AND p.resource_id = m.container_id AND p.reason = 'gone' AND p.resolved_at IS NULL
    RETURNING 1
  ), different AS (
    SELECT m.id FROM moved m WHERE m.differs AND NOT m.came_back
    UNION
    SELECT f.id FROM followed f WHERE NOT EXISTS (SELECT FROM known k WHERE k.id = f.id AND k.gone_at IS NOT NULL)
    UNION
    SELECT c.container_id FROM public.containers c WHERE c.id = ANY (followers)
  )
  SELECT (SELECT count(*) FROM different), (SELECT count(*) FROM moved m WHERE m.came_back),
    (SELECT coalesce(jsonb_agg(n.note ORDER BY n.id), '[]') FROM (
      SELECT r.id, jsonb_build_object('id', 0, 'external_id', r.id, 'kind', 'deleted_here', 'container_id', r.container) AS note
      FROM row_of r JOIN mine m USING (id) WHERE m.is_deleted
      UNION ALL
      SELECT r.id, jsonb_build_object('id', 0, 'external_id', r.id, 'kind', 'of_another_account', 'container_id', r.container)
      FROM row_of r WHERE NOT EXISTS (SELECT FROM mine m WHERE m.id = r.id)
    ) n)
  INTO changed, returned, notes;
  unchanged := jsonb_array_length(batch) - added - changed - returned;
END $$;

-- The same for a sync, of which this is one batch.
CREATE FUNCTION cs_sync.apply_containers(sync bigint, batch jsonb, named text[],
  OUT added integer, OUT changed integer, OUT unchanged integer, OUT returned integer, OUT notes jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  under_way public.provider_syncs := cs_sync.at_work(sync);
BEGIN
  SELECT s.added, s.changed, s.unchanged, s.returned, s.notes INTO added, changed, unchanged, returned, notes
  FROM cs_sync.store_containers(under_way.provider_config_id, batch, coalesce(named, '{}'), under_way.started_at) s;
END $$;

-- What a host's events were about, asked for again: how many rows have moved.
CREATE FUNCTION cs_sync.note_containers(account integer, batch jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM cs_billing.check_caller('admin');
  RETURN (SELECT s.added + s.changed + s.returned FROM cs_sync.store_containers(account, batch, NULL, NULL) s);
END $$;

-- Ends a sync of a host that has written, as cs_sync.finish does.
CREATE FUNCTION cs_sync.finish_containers(sync bigint, seen text[], gone_ids text[], allow_gone boolean, complete boolean, counts jsonb, notes jsonb,
  OUT missing integer, OUT gone jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  account integer := cs_sync.account_of(sync);
  stamp timestamp := cs_ledger.clock();
  going text[];
BEGIN
  PERFORM cs_sync.check_host(account);
  INSERT INTO public.provider_states (provider_config_id, external_id, container_id, status, last_seen_at, is_missing)
  SELECT DISTINCT ON (c.container_id) account, c.container_id, c.id, c.status, least(coalesce(c.last_billed_at, c.created_at, stamp), stamp), TRUE
  FROM public.containers c
  WHERE c.provider_config_id = account AND length(c.container_id) BETWEEN 1 AND 64 AND c.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.container_id = c.id)
    AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.provider_config_id = account AND s.external_id = c.container_id)
    AND c.container_id <> ALL (seen)
  ORDER BY c.container_id, c.id;

  going := cs_sync.judge(account, seen, gone_ids, allow_gone, complete);
  PERFORM 1 FROM public.containers c JOIN public.provider_states s ON s.container_id = c.id
  WHERE s.provider_config_id = account AND s.external_id = ANY (going) ORDER BY c.id FOR UPDATE OF c;
  WITH went AS (
    UPDATE public.provider_states s SET gone_at = stamp
    WHERE s.provider_config_id = account AND s.gone_at IS NULL AND s.external_id = ANY (going)
    RETURNING s.external_id, s.container_id, s.last_seen_at
  ), parked AS (
    INSERT INTO public.parked_resources (resource_kind, resource_id, organization_id, reason, parked_from, parked_at)
    SELECT 'container', c.id, c.organization_id, 'gone', w.last_seen_at, stamp
    FROM went w JOIN public.containers c ON c.id = w.container_id WHERE c.organization_id IS NOT NULL AND c.deleted_at IS NULL ORDER BY c.id
    ON CONFLICT (resource_kind, resource_id) WHERE resolved_at IS NULL
    DO UPDATE SET reason = 'gone', parked_from = EXCLUDED.parked_from WHERE parked_resources.reason NOT IN ('adopted', 'gone')
    RETURNING 1
  )
  SELECT coalesce(jsonb_agg(jsonb_build_object('external_id', w.external_id, 'container_id', w.container_id, 'name', c.name,
      'organization_id', c.organization_id, 'last_seen_at', w.last_seen_at) ORDER BY c.name, w.external_id), '[]')
  INTO gone FROM went w LEFT JOIN public.containers c ON c.id = w.container_id;
  missing := cs_sync.conclude(sync, stamp, cardinality(seen), complete, counts, jsonb_array_length(gone), notes);
END $$;

-- As of servers.
CREATE TRIGGER b_guard_gone BEFORE UPDATE OF organization_id ON containers FOR EACH ROW EXECUTE FUNCTION cs_sync.guard_gone();

-- Writes an intent of a container down, as cs_intents.place does of a server. A creation holds 24 hours of the wallet.
CREATE FUNCTION cs_intents.place_container(kind text, host integer, organization integer, container integer, plan integer, parameters jsonb, key text, acting integer,
  OUT intent bigint, OUT held numeric, OUT repeated boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  who integer := cs_intents.asked_by(kind, acting);
  c public.containers;
  p public.container_plans;
  was public.provider_intents;
  called text := left(parameters ->> 'name', 255);
  payer integer := organization;
  tag text := 'cs-' || gen_random_uuid();
  hold bigint;
BEGIN
  IF coalesce(key, '') = '' THEN
    PERFORM cs_ledger.refuse('transactions_key_given', 'an intent carries the key of the caller that placed it');
  ELSIF kind NOT IN ('create', 'start', 'stop', 'restart', 'remove') THEN
    PERFORM cs_ledger.refuse('intent_of_container', 'this is not done to a container');
  END IF;
  IF kind = 'create' THEN
    -- Two that were sent under one key stand in line here.
    PERFORM 1 FROM public.wallets w WHERE w.organization_id = payer FOR UPDATE;
    IF organization IS NULL OR plan IS NULL OR host IS NULL OR container IS NOT NULL OR coalesce(called, '') = '' THEN
      PERFORM cs_ledger.refuse('intent_container_incomplete', 'a creation names host, organization, plan and name');
    END IF;
  ELSE
    SELECT * INTO c FROM public.containers x WHERE x.id = container FOR NO KEY UPDATE;
    IF NOT FOUND OR (host IS NOT NULL AND host IS DISTINCT FROM c.provider_config_id) THEN
      PERFORM cs_ledger.refuse('intent_container_known', 'there is no such container, or it is on another host');
    END IF;
    host := c.provider_config_id;
    payer := c.organization_id;
    called := coalesce(nullif(c.name, ''), 'container ' || c.id);
  END IF;

  SELECT * INTO was FROM public.provider_intents x WHERE x.idempotency_key = key;
  repeated := FOUND;
  IF repeated THEN
    IF (was.kind = place_container.kind AND was.plan_id IS NOT DISTINCT FROM plan AND was.parameters = place_container.parameters
        AND CASE WHEN kind = 'create' THEN was.provider_config_id = host AND was.organization_id = organization ELSE was.container_id = container END) IS NOT TRUE THEN
      PERFORM cs_billing.key_taken('provider_intents_idempotency');
    END IF;
    intent := was.id;
    held := coalesce((SELECT h.amount FROM public.wallet_holds h WHERE h.id = was.hold_id), 0);
    RETURN;
  END IF;

  IF kind <> 'create' THEN
    IF c.deleted_at IS NOT NULL THEN
      PERFORM cs_ledger.refuse('intent_container_deleted', 'the container is deleted');
    ELSIF c.container_id IS NULL OR host IS NULL OR length(c.container_id) > 64 THEN
      PERFORM cs_ledger.refuse('intent_container_without_host', 'nobody knows on which host the container is');
    ELSIF EXISTS (SELECT FROM public.provider_intents x WHERE x.container_id = container AND x.state IN ('waiting', 'sending', 'running', 'unknown')) THEN
      PERFORM cs_ledger.refuse('intent_container_busy', 'something else is done to the container, or waits to be');
    END IF;
  END IF;
  IF NOT EXISTS (SELECT FROM public.provider_configs x WHERE x.id = host AND x.is_active IS NOT FALSE AND lower(x.provider_name) = 'docker') THEN
    PERFORM cs_ledger.refuse('intent_host_inactive', 'there is no such host, or it is switched off');
  END IF;

  held := 0;
  IF kind = 'create' THEN
    SELECT * INTO p FROM public.container_plans x WHERE x.id = plan;
    IF NOT FOUND OR p.is_active IS FALSE THEN
      PERFORM cs_ledger.refuse('plan_inactive', 'there is no such plan, or it is not sold any more');
    ELSIF (p.cpu_cores, p.memory_mb, p.disk_gb) IS DISTINCT FROM
        ((parameters ->> 'cpu_cores')::numeric, (parameters ->> 'memory_mb')::integer, (parameters ->> 'disk_gb')::integer) THEN
      PERFORM cs_ledger.refuse('intent_plan_limits', 'what the container is held to is not what the plan sells');
    END IF;
    SELECT h.hold, h.held INTO hold, held FROM cs_billing.place_hold(payer, 'container', plan, 'create of ' || called, tag) h;
  END IF;

  INSERT INTO public.provider_intents (provider_config_id, kind, organization_id, container_id, host_container_id, label, plan_id, parameters, mark,
    idempotency_key, requested_by, requested_at, hold_id)
  VALUES (host, kind, payer, container, c.container_id, called, plan, parameters, tag, key, who, cs_ledger.clock(), hold) RETURNING id INTO intent;
END $$;

-- The host has the container of a creation: its row, made or found, and from when it is charged. As cs_intents.record.
CREATE FUNCTION cs_intents.record_container(intent bigint, told jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
  remote text := told ->> 'id';
  start timestamp;
  container integer;
  refused text;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO i FROM public.provider_intents x WHERE x.id = intent FOR UPDATE;
  IF i.kind IS DISTINCT FROM 'create' OR i.sent_at IS NULL OR i.state IN ('waiting', 'undone') OR coalesce(remote, '') = '' THEN
    PERFORM cs_ledger.refuse('intent_not_sent', 'this creation was not sent');
  ELSIF i.host_container_id IS NOT NULL AND i.host_container_id <> remote THEN
    PERFORM cs_ledger.refuse('intent_other_server', 'another container was recorded for this creation');
  ELSIF i.container_id IS NOT NULL THEN
    RETURN i.container_id;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('cs_sync.containers', 0));
  SELECT c.id INTO container FROM public.containers c
  WHERE c.container_id = remote AND c.deleted_at IS NULL AND coalesce(c.provider_config_id, i.provider_config_id) = i.provider_config_id FOR UPDATE;
  start := greatest((told ->> 'created')::timestamp, i.sent_at);
  start := least(start, greatest(cs_ledger.clock(), i.sent_at));
  BEGIN
    IF container IS NULL THEN
      INSERT INTO public.containers (container_id, name, image, plan_id, organization_id, status, ports, environment, volumes, provider_config_id, created_at)
      VALUES (remote, coalesce(told ->> 'name', i.label), coalesce(told ->> 'image', i.parameters ->> 'image'), i.plan_id, i.organization_id,
        told ->> 'status', i.parameters -> 'ports', told -> 'environment', i.parameters -> 'volumes', i.provider_config_id, start)
      RETURNING id INTO container;
    ELSE
      UPDATE public.containers c SET organization_id = i.organization_id, plan_id = i.plan_id, last_billed_at = greatest(start, c.created_at),
        provider_config_id = i.provider_config_id, ports = i.parameters -> 'ports', volumes = i.parameters -> 'volumes', environment = told -> 'environment',
        status = coalesce(told ->> 'status', c.status)
      WHERE c.id = container AND c.organization_id IS NULL;
    END IF;
  EXCEPTION WHEN SQLSTATE 'CS021' OR integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
    IF container IS NULL THEN
      INSERT INTO public.containers (container_id, name, image, status, ports, volumes, environment, provider_config_id, created_at)
      VALUES (remote, coalesce(told ->> 'name', i.label), told ->> 'image', told ->> 'status', i.parameters -> 'ports', i.parameters -> 'volumes',
        told -> 'environment', i.provider_config_id, start)
      RETURNING id INTO container;
    END IF;
    INSERT INTO public.notifications (user_id, organization_id, title, message, type, metadata)
    SELECT u.id, i.organization_id, left('The container ' || i.label || ' was made and is nobody''s', 255),
      'It is there and takes room, but could not be given to its organization (' || refused || '). Assign or remove it.', 'warning',
      jsonb_build_object('kind', 'intent_nobodys', 'intent_id', i.id, 'container_id', container, 'organization_id', i.organization_id)
    FROM public.users u WHERE u.role = 'admin' AND u.disabled_at IS NULL;
  END;
  UPDATE public.provider_intents x SET container_id = container, host_container_id = remote WHERE x.id = intent;
  RETURN container;
END $$;

-- Writes down what the host has done to a container. A removal makes the hour in which it was sent the last.
CREATE FUNCTION cs_intents.settle_container(intent bigint, told jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  i public.provider_intents;
BEGIN
  PERFORM cs_billing.check_caller('admin');
  SELECT * INTO i FROM public.provider_intents x WHERE x.id = intent FOR UPDATE;
  IF i.state = 'done' THEN
    RETURN i.state;
  ELSIF i.id IS NULL OR i.sent_at IS NULL OR i.state IN ('waiting', 'undone') OR i.kind NOT IN ('create', 'start', 'stop', 'restart', 'remove') THEN
    PERFORM cs_ledger.refuse('intent_not_sent', 'this intent was not sent');
  ELSIF i.kind = 'create' AND i.container_id IS NULL THEN
    PERFORM cs_ledger.refuse('intent_not_recorded', 'the container is not recorded');
  END IF;
  UPDATE public.containers c SET status = CASE i.kind WHEN 'remove' THEN 'removed' ELSE coalesce(told ->> 'status', c.status) END WHERE c.id = i.container_id;
  IF i.kind = 'remove' THEN
    UPDATE public.containers c SET deleted_at = greatest(i.sent_at, c.created_at) WHERE c.id = i.container_id AND c.deleted_at IS NULL;
    -- That it is missing from now on is known, and no sync has to ask.
    UPDATE public.provider_states s SET is_missing = TRUE, gone_at = coalesce(s.gone_at, cs_ledger.clock()), last_seen_at = greatest(s.last_seen_at, i.sent_at)
    WHERE s.provider_config_id = i.provider_config_id AND s.container_id = i.container_id;
  END IF;
  PERFORM cs_intents.free(i.hold_id);
  UPDATE public.provider_intents x SET state = 'done', answered_at = coalesce(x.answered_at, cs_ledger.clock()), finished_at = cs_ledger.clock(),
    progress = 100, secret = NULL, error_code = NULL, error = NULL, lease = NULL, held_until = NULL
  WHERE x.id = intent;
  RETURN 'done';
END $$;

REVOKE ALL ON FUNCTION cs_live.changed_state() FROM PUBLIC;
REVOKE ALL ON FUNCTION cs_sync.check_host(integer), cs_sync.store_containers(integer, jsonb, text[], timestamp), cs_sync.apply_containers(bigint, jsonb, text[]),
  cs_sync.note_containers(integer, jsonb), cs_sync.finish_containers(bigint, text[], text[], boolean, boolean, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_sync.apply_containers(bigint, jsonb, text[]), cs_sync.note_containers(integer, jsonb),
  cs_sync.finish_containers(bigint, text[], text[], boolean, boolean, jsonb, jsonb)
TO containerstacks_admin, containerstacks_agent;
-- What runs of some organizations, as far as it is known: not what was shut down, and not what the provider has no more.
CREATE FUNCTION cs_billing.runs_without_money(among integer[]) RETURNS TABLE (organization_id integer, kind text, id integer, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT v.organization_id, 'vps', v.id, coalesce(nullif(v.label, ''), 'server ' || v.id) FROM public.vps_instances v
  WHERE v.organization_id = ANY (among) AND v.deleted_at IS NULL AND coalesce(v.status, '') NOT IN ('offline', 'stopped')
    AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.server_id = v.id AND s.gone_at IS NOT NULL)
  UNION ALL
  SELECT c.organization_id, 'container', c.id, coalesce(nullif(c.name, ''), 'container ' || c.id) FROM public.containers c
  WHERE c.organization_id = ANY (among) AND c.deleted_at IS NULL AND coalesce(c.status, '') NOT IN ('offline', 'stopped', 'exited', 'created', 'dead')
    AND NOT EXISTS (SELECT FROM public.provider_states s WHERE s.container_id = c.id AND s.gone_at IS NOT NULL)
$$;
-- At the end of grace: what runs of some organizations is shut down, each once a crossing, asked for by nobody. What can't
-- be reached, or is busy with something else, is left out.
CREATE FUNCTION cs_intents.shut_down_for_grace(among integer[]) RETURNS TABLE (kind text, id integer)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  WITH running AS MATERIALIZED (
    SELECT r.*, concat_ws('-', 'grace', r.organization_id, to_char(l.since, 'YYYYMMDDHH24MISSUS'), r.kind, r.id) AS key
    FROM cs_billing.runs_without_money(among) r JOIN public.low_balances l ON l.organization_id = r.organization_id
  ), servers AS (
    INSERT INTO public.provider_intents AS i (provider_config_id, kind, organization_id, server_id, external_id, label, idempotency_key, requested_at)
    SELECT p.id, 'shutdown', r.organization_id, r.id, v.linode_id, r.name, r.key, cs_ledger.clock()
    FROM running r JOIN public.vps_instances v ON v.id = r.id JOIN public.provider_configs p ON p.id = v.provider_config_id
    WHERE r.kind = 'vps' AND v.linode_id IS NOT NULL AND p.is_active IS NOT FALSE AND lower(p.provider_name) = 'linode'
    ORDER BY r.id ON CONFLICT DO NOTHING RETURNING i.server_id
  ), boxes AS (
    INSERT INTO public.provider_intents AS i (provider_config_id, kind, organization_id, container_id, host_container_id, label, idempotency_key, requested_at)
    SELECT p.id, 'stop', r.organization_id, r.id, c.container_id, r.name, r.key, cs_ledger.clock()
    FROM running r JOIN public.containers c ON c.id = r.id JOIN public.provider_configs p ON p.id = c.provider_config_id
    WHERE r.kind = 'container' AND length(c.container_id) <= 64 AND p.is_active IS NOT FALSE AND lower(p.provider_name) = 'docker'
    ORDER BY r.id ON CONFLICT DO NOTHING RETURNING i.container_id
  )
  SELECT 'vps', s.server_id FROM servers s UNION ALL SELECT 'container', b.container_id FROM boxes b
$$;
REVOKE ALL ON FUNCTION cs_intents.shut_down_for_grace(integer[]), cs_billing.runs_without_money(integer[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_billing.runs_without_money(integer[]) TO containerstacks_agent;
REVOKE ALL ON FUNCTION cs_intents.place_container(text, integer, integer, integer, integer, jsonb, text, integer), cs_intents.record_container(bigint, jsonb),
  cs_intents.settle_container(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION cs_intents.place_container(text, integer, integer, integer, integer, jsonb, text, integer)
TO containerstacks_admin, containerstacks_support, containerstacks_agent;
GRANT EXECUTE ON FUNCTION cs_intents.record_container(bigint, jsonb), cs_intents.settle_container(bigint, jsonb)
TO containerstacks_admin, containerstacks_agent;
